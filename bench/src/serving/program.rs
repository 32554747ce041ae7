//! The program `readerpass` beside this one, and an installation made by it.

use super::process::Process;
use super::wire::HOST;
use crate::folder::Folder;
use std::error::Error;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

/// The program with an installation that holds the folder's registry.
pub(crate) struct Program {
    file: PathBuf,
    home: PathBuf,
}

impl Program {
    /// Applies `registry` of the folder by the program's own command.
    pub(crate) fn install(folder: &Folder) -> Result<Self, Box<dyn Error>> {
        let program = Self { file: beside_us()?, home: folder.path().to_owned() };
        folder.write("readerpass.toml", format!("public_url = \"https://{HOST}\"\n"))?;
        let applied = program.command().args(["apply", "registry"]).output()?;
        if !applied.status.success() {
            let said = String::from_utf8_lossy(&applied.stderr);
            let said = said.lines().take(10).collect::<Vec<_>>().join("\n");
            return Err(format!("apply ended with {}:\n{said}", applied.status).into());
        }
        Ok(program)
    }

    /// Starts `readerpass serve` on a free port of loopback.
    pub(crate) fn serve(&self) -> Result<Process, Box<dyn Error>> {
        let at = free_port()?;
        let log = self.home.join("serve.log");
        let child = self
            .command()
            .arg("serve")
            .env("READERPASS_LISTEN", at.to_string())
            .stderr(std::fs::File::create(&log)?)
            .spawn()?;
        Ok(Process::new(child, at, log))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.file);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("READERPASS_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(&self.home)
            .args(["--config", "readerpass.toml"])
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }
}

/// What a process that ended wrote last.
pub(crate) fn last_words(log: &Path) -> String {
    let said = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = said.lines().collect();
    lines.get(lines.len().saturating_sub(10)..).unwrap_or_default().join("\n")
}

fn free_port() -> std::io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

/// The program as cargo leaves it beside this one.
fn beside_us() -> Result<PathBuf, Box<dyn Error>> {
    let own = std::env::current_exe()?;
    let folder = own.parent().ok_or("this program lies in no folder")?;
    // Tests lie one deeper.
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    let file = folder.join("readerpass");
    // A test tells no figure, and people edit while tests run.
    if cfg!(test) && file.is_file() {
        return Ok(file);
    }
    require_fresh(&file)?;
    Ok(file)
}

/// Refuses a program that is older than one of its sources: `cargo run -p bench` builds the
/// bench alone, and an old program would be measured without a word.
fn require_fresh(program: &Path) -> Result<(), String> {
    let option = if cfg!(debug_assertions) { "" } else { " --release" };
    let remedy = format!("run `cargo build{option} --bin readerpass` first");
    let shown = program.display();
    let built = program.metadata().and_then(|about| about.modified());
    let built = built.map_err(|e| format!("{shown}: {e} — {remedy}"))?;
    let named = std::fs::read_to_string(program.with_extension("d"));
    let named = named.map_err(|e| format!("{shown}.d: {e} — {remedy}"))?;
    match sources(&named).iter().find(|source| is_changed(Path::new(source), built)) {
        None => Ok(()),
        Some(source) => Err(format!("{shown} is older than {source} — {remedy}")),
    }
}

/// Changed since then, or gone.
fn is_changed(source: &Path, built: SystemTime) -> bool {
    !source.metadata().and_then(|about| about.modified()).is_ok_and(|changed| changed <= built)
}

/// The sources that cargo's dep-info names: `program: source source…`, a space inside a name
/// written `\ `.
fn sources(dep_info: &str) -> Vec<String> {
    let line = dep_info.lines().next().unwrap_or_default();
    let line = line.split_once(": ").map_or("", |(_, sources)| sources);
    let (mut names, mut name) = (Vec::new(), String::new());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => name.extend(letters.next()),
            ' ' => names.push(std::mem::take(&mut name)),
            _ => name.push(letter),
        }
    }
    names.push(name);
    names.retain(|name| !name.is_empty());
    names
}

#[cfg(test)]
mod tests {
    use super::{require_fresh, sources};
    use crate::folder::Folder;
    use std::time::Duration;

    #[test]
    fn sources_are_read_from_what_cargo_wrote() {
        let text = "/t/readerpass: /a/src/lib.rs /a/a\\ b.rs  /c.toml\n/t/other: /d.rs\n";
        assert_eq!(sources(text), ["/a/src/lib.rs", "/a/a b.rs", "/c.toml"]);
        assert!(sources("").is_empty());
    }

    #[test]
    fn a_program_is_fresh_while_no_source_is_newer_or_gone() {
        let folder = Folder::new().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let fresh = || require_fresh(&at("readerpass"));
        let dated = |name: &str, ago_s| {
            folder.write(name, "x").expect("written");
            let file = std::fs::File::options().write(true).open(at(name)).expect("a file");
            let then = file.metadata().and_then(|about| about.modified()).expect("a time");
            file.set_modified(then - Duration::from_secs(ago_s)).expect("dated");
        };
        assert!(fresh().is_err(), "no program");
        dated("readerpass", 100);
        assert!(fresh().is_err(), "no list of sources");
        let listed = format!("x: {} {}\n", at("a.rs").display(), at("b.rs").display());
        folder.write("readerpass.d", listed).expect("written");
        dated("a.rs", 300);
        assert!(fresh().expect_err("b.rs is gone").contains("b.rs"));
        dated("b.rs", 200);
        assert_eq!(fresh(), Ok(()));
        dated("a.rs", 50);
        assert!(fresh().expect_err("a.rs is newer").contains("a.rs"));
    }
}
