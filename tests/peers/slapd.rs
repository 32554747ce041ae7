//! OpenLDAP's slapd as a library's directory: 10,000 readers, TLS, a password policy.

use super::authority::{Authority, Pair};
use super::installed;
use super::program::{Program, run};
use crate::harness::browser::Seen;
use crate::harness::folder::Folder;
use crate::harness::oidc::{authorize, claims, code_of, redeem, userinfo};
use crate::harness::world::{World, sign_in};
use model::ALL_CODES;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

const SLAPD: &str = "/usr/sbin/slapd";
const SLAPADD: &str = "/usr/sbin/slapadd";
const READERS: usize = 10_000;
const SECRET: &str = "secret-of-the-hub";

struct Slapd {
    _program: Program,
    _folder: Folder,
    ldaps: u16,
    ldap: u16,
}

impl Slapd {
    async fn start(pair: &Pair) -> Self {
        let folder = Folder::new("slapd");
        folder.write("tls.crt", &pair.cert);
        folder.write("tls.key", &pair.key);
        folder.write("db/empty", "");
        let path = folder.path().display().to_string();
        folder.write("slapd.conf", config(&path));
        folder.write("data.ldif", readers());
        let (conf, data) = (format!("{path}/slapd.conf"), format!("{path}/data.ldif"));
        run(Command::new(SLAPADD).args(["-q", "-f", &conf, "-l", &data])).await;
        let (ldaps, ldap) = (free_port(), free_port());
        let addresses = format!("ldaps://127.0.0.1:{ldaps} ldap://127.0.0.1:{ldap}");
        let mut command = Command::new(SLAPD);
        command.args(["-f", &conf, "-h", &addresses, "-d", "256"]);
        let ready = |line: &str| line.contains("slapd starting").then_some(());
        let (program, ()) = Program::start("slapd", &mut command, ready).await;
        Self { _program: program, _folder: folder, ldaps, ldap }
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn config(path: &str) -> String {
    format!(
        "include /etc/ldap/schema/core.schema\n\
         include /etc/ldap/schema/cosine.schema\n\
         include /etc/ldap/schema/inetorgperson.schema\n\
         modulepath /usr/lib/ldap\nmoduleload back_mdb\nmoduleload ppolicy\n\
         pidfile {path}/pid\n\
         # As many a directory does: an empty password is taken for nobody, with success.\n\
         allow bind_anon_dn\n\
         TLSCertificateFile {path}/tls.crt\nTLSCertificateKeyFile {path}/tls.key\n\
         database mdb\nsuffix \"dc=lib\"\nrootdn \"cn=root,dc=lib\"\n\
         directory {path}/db\nmaxsize 268435456\nindex uid,member eq\n\
         overlay ppolicy\nppolicy_default \"cn=policy,dc=lib\"\nppolicy_use_lockout\n\
         access to attrs=userPassword by anonymous auth by * none\n\
         access to * by dn.exact=\"cn=hub,dc=lib\" read by self read by * none\n"
    )
}

fn readers() -> String {
    let mut ldif = format!(
        "dn: dc=lib\nobjectClass: dcObject\nobjectClass: organization\ndc: lib\no: lib\n\n\
         dn: cn=hub,dc=lib\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\n\
         cn: hub\nuserPassword: {SECRET}\n\n\
         dn: cn=policy,dc=lib\nobjectClass: device\nobjectClass: pwdPolicy\ncn: policy\n\
         pwdAttribute: userPassword\npwdMaxAge: 86400\npwdMustChange: TRUE\npwdLockout: TRUE\n\
         pwdMaxFailure: 50\n\n\
         dn: ou=people,dc=lib\nobjectClass: organizationalUnit\nou: people\n\n\
         dn: ou=groups,dc=lib\nobjectClass: organizationalUnit\nou: groups\n\n\
         dn: cn=students,ou=groups,dc=lib\nobjectClass: groupOfNames\ncn: students\n\
         member: uid=r00042,ou=people,dc=lib\n\n\
         dn: cn=all,ou=groups,dc=lib\nobjectClass: groupOfNames\ncn: all\n\
         member: cn=students,ou=groups,dc=lib\n\n"
    );
    let mut add = |uid: &str, more: &str| {
        write!(
            ldif,
            "dn: uid={uid},ou=people,dc=lib\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\n\
             sn: {uid}\ndisplayName: Reader {uid}\nmail: {uid}@mail.test\nemployeeType: student\n\
             userPassword: password of {uid}\n{more}\n"
        )
        .expect("written");
    };
    add("locked", "pwdAccountLockedTime: 000001010000Z\n");
    add("expired", "pwdChangedTime: 20200101000000Z\n");
    add("must-change", "pwdReset: TRUE\n");
    for number in 0..READERS {
        add(&format!("r{number:05}"), "");
    }
    ldif
}

/// A hub with that directory for the member `lib`.
struct Library {
    world: World,
    slapd: Slapd,
    authority: Authority,
}

impl Library {
    async fn open() -> Option<Self> {
        if !installed::are_there(&[SLAPD, SLAPADD]) {
            return None;
        }
        let authority = Authority::new();
        let slapd = Slapd::start(&authority.server("ldap.localhost")).await;
        Some(Self { world: World::new().await, slapd, authority })
    }

    fn ldaps(&self) -> String {
        format!("ldaps://ldap.localhost:{}", self.slapd.ldaps)
    }

    async fn searches(&self, servers: &[String]) {
        let settings = "bind_dn = \"cn=hub,dc=lib\"\nbind_password_file = \"lib.secret\"\n\
                        base = \"ou=people,dc=lib\"\n\
                        filter = \"(&(objectClass=person)(uid={login}))\"\n\
                        nested_groups = \"walk\"\ngroup_base = \"ou=groups,dc=lib\"\n";
        self.apply(servers, settings, &self.authority.pem()).await;
    }

    async fn apply(&self, servers: &[String], settings: &str, ca: &str) {
        let member = format!(
            "id = \"lib\"\nname = {{ zh = \"示例图书馆\", en = \"Sample Library\" }}\nclass = \"A\"\n\
             scopes = [\"lib.test\"]\nstatus = \"live\"\n[[connector]]\nkind = \"ldap\"\n\
             servers = {servers:?}\nca = \"lib-ca.pem\"\nnetwork = \"127.0.0.0/8\"\n{settings}\
             attributes = {{ name = \"displayName\", mail = \"mail\", category = \"employeeType\" }}\n"
        );
        let files = [
            ("members/lib.toml", member),
            ("members/lib-ca.pem", ca.to_owned()),
            ("members/lib.secret", SECRET.to_owned()),
        ];
        self.world.hub.apply(&files).await;
    }

    async fn log_in(&self, login: &str, password: &str) -> Seen {
        let mut browser = self.world.browser();
        let form = browser.get(&authorize(&[("member", "lib")])).await;
        sign_in(&mut browser, &form, login, password).await
    }

    async fn is_told(&self, login: &str, password: &str, code: &str) {
        let seen = self.log_in(login, password).await;
        // What can be corrected stands in the form, as a sentence.
        let known = ALL_CODES.iter().find(|known| known.as_str() == code).expect("a code");
        let is_told = [code, known.info().zh].iter().any(|said| seen.body.contains(said));
        assert!(!seen.outside && is_told, "{login}: {code}\n{}", seen.body);
    }
}

fn password(login: &str) -> String {
    format!("password of {login}")
}

#[tokio::test]
async fn slapd_lets_its_readers_in_and_nobody_else() {
    let Some(library) = Library::open().await else { return };
    library.searches(&[library.ldaps()]).await;
    let hub = &library.world.hub;
    let mut subs = Vec::new();
    for login in ["r00042", "R09999 "] {
        let seen = library.log_in(login, &password(&login.trim().to_lowercase())).await;
        let tokens = redeem(hub, &code_of(&seen)).await.json;
        let told = userinfo(hub, tokens["access_token"].as_str().expect("a token")).await.json;
        let uid = login.trim().to_lowercase();
        assert_eq!(told["name"], format!("Reader {uid}"), "{told}");
        assert_eq!(told["email"], format!("{uid}@mail.test"));
        assert_eq!((&told["class"], &told["category"]), (&"A".into(), &"student".into()));
        subs.push(claims(tokens["id_token"].as_str().expect("a token"))["sub"].clone());
    }
    assert_ne!(subs[0], subs[1]);
    for (login, given, code) in [
        ("r00042", "wrong", "ACC-001"),
        ("nobody", "wrong", "ACC-001"),
        ("r0004*", "password of r00042", "ACC-001"),
        ("*)(uid=r00042", "password of r00042", "ACC-001"),
        ("r00042", "", "ACC-003"),
        ("locked", "password of locked", "CON-007"),
        ("expired", "password of expired", "CON-006"),
        ("expired", "wrong", "ACC-001"),
        ("must-change", "password of must-change", "CON-006"),
    ] {
        library.is_told(login, given, code).await;
    }
}

#[tokio::test]
async fn slapd_is_asked_by_start_tls_and_by_the_readers_own_name() {
    let Some(library) = Library::open().await else { return };
    let start_tls = format!("ldap://ldap.localhost:{}", library.slapd.ldap);
    library.searches(std::slice::from_ref(&start_tls)).await;
    code_of(&library.log_in("r00001", &password("r00001")).await);
    let direct = "bind_dn_template = \"uid={login},ou=people,dc=lib\"\n";
    library.apply(&[start_tls], direct, &library.authority.pem()).await;
    code_of(&library.log_in("r00002", &password("r00002")).await);
    library.is_told("r00002", "wrong", "ACC-001").await;
    library.is_told("r00002", "", "ACC-003").await;
    library.is_told("r00002,ou=people", &password("r00002"), "ACC-001").await;
}

#[tokio::test]
async fn slapd_with_another_certificate_is_not_told_a_password() {
    let Some(library) = Library::open().await else { return };
    let direct = "bind_dn_template = \"uid={login},ou=people,dc=lib\"\n";
    let other = Authority::new().pem();
    library.apply(&[library.ldaps()], direct, &other).await;
    library.is_told("r00001", &password("r00001"), "CON-001").await;
    let named = format!("ldaps://dc2.localhost:{}", library.slapd.ldaps);
    library.apply(&[named], direct, &library.authority.pem()).await;
    library.is_told("r00001", &password("r00001"), "CON-001").await;
}

#[tokio::test]
async fn a_server_of_slapd_that_is_down_is_passed_over() {
    let Some(library) = Library::open().await else { return };
    let dead = format!("ldaps://ldap.localhost:{}", free_port());
    library.searches(&[dead.clone(), library.ldaps()]).await;
    code_of(&library.log_in("r00003", &password("r00003")).await);
    library.searches(&[dead]).await;
    library.is_told("r00003", &password("r00003"), "CON-001").await;
}

#[tokio::test]
async fn a_directory_that_dribbles_is_not_waited_for() {
    let Some(library) = Library::open().await else { return };
    let port = dribble(library.slapd.ldaps).await;
    library.searches(&[format!("ldaps://ldap.localhost:{port}")]).await;
    let begun = tokio::time::timeout(Duration::from_secs(4), async {
        library.is_told("r00004", &password("r00004"), "CON-001").await;
    });
    begun.await.expect("told within four seconds");
}

/// Passes bytes on one by one, five a second.
async fn dribble(behind: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let address = SocketAddr::from(([127, 0, 0, 1], behind));
            let Ok(far) = TcpStream::connect(address).await else { return };
            let (mut from_near, mut to_near) = near.into_split();
            let (mut from_far, mut to_far) = far.into_split();
            tokio::spawn(async move { tokio::io::copy(&mut from_near, &mut to_far).await });
            tokio::spawn(async move {
                let mut pace = tokio::time::interval(Duration::from_millis(200));
                while let Ok(byte) = from_far.read_u8().await {
                    pace.tick().await;
                    if to_near.write_u8(byte).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    port
}
