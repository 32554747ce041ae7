//! What is there to test against. What is not is said in test-output/not-shown.txt,
//! never left out in silence.

use super::library::Library;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The folder with the scripts.
pub fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// Of the peers in Python: what is newest, and what a library that upgrades with its
/// distribution still runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Generation {
    /// As `py/requirements.txt` locks them.
    #[default]
    Newest,
    /// Debian's own packages.
    Debian,
}

impl Generation {
    /// The interpreter that has them.
    pub fn python(self) -> PathBuf {
        match self {
            Self::Newest => scripts().join("py/.venv/bin/python"),
            Self::Debian => "/usr/bin/python3".into(),
        }
    }

    /// The lock file knows the newest version and no other.
    ///
    /// # Panics
    /// Where both generations are one: the second would show nothing.
    pub fn is_of(self, version: &str) {
        let lock = std::fs::read_to_string(scripts().join("py/requirements.txt")).expect("a lock");
        let is_locked = lock.contains(&format!("=={version} "));
        assert_eq!(is_locked, self == Self::Newest, "{version} is not of {self:?}");
    }
}

/// The public folder of Debian's package.
pub const SIMPLESAMLPHP: &str = "/usr/share/simplesamlphp/www";

/// The program as `cargo build --bin readerpass` leaves it: beside this test's own folder.
pub fn readerpass() -> PathBuf {
    let own = std::env::current_exe().expect("our own path");
    let beside = own.ancestors().nth(2).expect("target/debug").join("readerpass");
    assert!(beside.is_file(), "{}: run `cargo build --bin readerpass` first", beside.display());
    beside
}

/// Whether everything that this test with that library needs is installed.
///
/// # Panics
/// Where something is missing and TESTS_REQUIRE_PEERS is set, as `./test` does.
pub fn is_ready(library: Library) -> bool {
    is_ready_of(library, Generation::Newest)
}

/// The same, with that generation of the peers in Python.
///
/// # Panics
/// As [`is_ready`].
pub fn is_ready_of(library: Library, generation: Generation) -> bool {
    is_complete(&missing(library, generation))
}

/// Whether these programs are installed.
///
/// # Panics
/// As [`is_ready`].
pub fn are_there(programs: &[&str]) -> bool {
    let absent = programs.iter().filter(|program| !Path::new(program).exists());
    is_complete(&absent.map(|program| format!("no {program}")).collect::<Vec<_>>())
}

fn is_complete(missing: &[String]) -> bool {
    if missing.is_empty() {
        return true;
    }
    not_shown(missing)
}

fn not_shown(missing: &[String]) -> bool {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("peers");
    let line = format!("{test}: {}: run tests/install.sh\n", missing.join("; "));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-output");
    let file = folder.join("not-shown.txt");
    std::fs::create_dir_all(&folder).expect("test-output");
    std::fs::File::options()
        .create(true)
        .append(true)
        .open(file)
        .and_then(|mut file| file.write_all(line.as_bytes()))
        .expect("test-output/not-shown.txt");
    #[expect(clippy::disallowed_methods, reason = "how ./test says that nothing may be left out")]
    let is_required = std::env::var_os("TESTS_REQUIRE_PEERS").is_some();
    assert!(!is_required, "{line}");
    false
}

/// Whether Debian's CAS server is installed, and its host's name known.
///
/// # Panics
/// As [`is_ready`].
pub fn is_cas_ready() -> bool {
    use std::net::ToSocketAddrs as _;
    let mut python = std::process::Command::new(Generation::Debian.python());
    let asked = python.args(["-s", "-c", "import cas_server, django, werkzeug"]).output();
    let mut missing = Vec::new();
    if !asked.is_ok_and(|ended| ended.status.success()) {
        missing.push("no django-cas-server of Debian".to_owned());
    }
    let is_here = |host: &str| (host, 443).to_socket_addrs().is_ok();
    missing.extend(
        ["hub.test", "dcas.test"]
            .into_iter()
            .filter(|host| !is_here(host))
            .map(|host| format!("no {host} in /etc/hosts")),
    );
    missing.is_empty() || not_shown(&missing)
}

fn missing(library: Library, generation: Generation) -> Vec<String> {
    let js = scripts().join("js/node_modules");
    let xmlsec1 = PathBuf::from("/usr/bin/xmlsec1");
    let mut files = vec![generation.python(), xmlsec1];
    files.extend(["openid-client", "@node-saml/node-saml"].map(|package| js.join(package)));
    let mut programs = vec!["node"];
    if library == Library::SimpleSamlPhp {
        files.push(SIMPLESAMLPHP.into());
        programs.push("php");
    }
    let files = files.iter().filter(|path| !path.exists());
    let mut missing: Vec<String> = files.map(|path| format!("no {}", path.display())).collect();
    for program in programs {
        let found = std::process::Command::new(program).arg("--version").output();
        if !found.is_ok_and(|ended| ended.status.success()) {
            missing.push(format!("no program `{program}`"));
        }
    }
    missing.extend(unresolved());
    missing.extend(unimportable(generation));
    missing
}

fn unimportable(generation: Generation) -> Option<String> {
    let mut python = std::process::Command::new(generation.python());
    let asked = python.args(["-s", "-c", "import authlib, flask, requests, saml2"]).output();
    let is_there = asked.is_ok_and(|ended| ended.status.success());
    (!is_there).then(|| format!("no pysaml2, Authlib and Flask of {generation:?}"))
}

/// Names that the system does not lead to loopback.
fn unresolved() -> Vec<String> {
    use std::net::ToSocketAddrs as _;
    ["hub", "ssp", "pyidp", "pysp", "nodesp", "nodeapp", "pyapp"]
        .iter()
        .map(|name| format!("{name}.test"))
        .filter(|host| {
            let found = (host.as_str(), 443).to_socket_addrs();
            !found.is_ok_and(|mut all| all.all(|address| address.ip().is_loopback()))
        })
        .map(|host| format!("no {host} in /etc/hosts"))
        .collect()
}
