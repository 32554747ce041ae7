mod attacks;
mod groups;
mod server;
mod tls;

use super::*;
use crate::checks::CHECKS;
use crate::testing::{Place as Leg, World, claimed, post, refused, world};
use model::{AttributeName, Code, Evidence, Form, LoginCode, Moment, Next, Sources, Standing};
use serde_json::{Value, json};
use server::{
    Asked, BIND, DONE, EXTENDED, GOOD, HUB, HUB_SECRET, Op, PEOPLE, Server, honest, reader,
};
use std::collections::BTreeSet;
use wire::samples::{result, said, tlv};
use zeroize::Zeroizing;

/// A member whose directory is this server, and a login there.
pub(super) struct Library {
    pub(super) world: World,
    pub(super) leg: Leg,
    pub(super) ldap: LdapConnector,
}

/// The settings of a connector that searches.
pub(super) fn searching(ports: &[u16]) -> Vec<(&'static str, Value)> {
    let servers: Vec<String> =
        ports.iter().map(|port| format!("ldap://127.0.0.1:{port}")).collect();
    vec![
        ("servers", json!(servers)),
        ("plain", json!(true)),
        ("bind_dn", json!(HUB)),
        ("bind_password_file", json!("hub.secret")),
        ("base", json!(PEOPLE)),
        ("filter", json!("(&(objectClass=*)(uid={login}))")),
    ]
}

/// The settings of a connector that binds by a name made of the login name.
pub(super) fn direct(port: u16, template: &str) -> Vec<(&'static str, Value)> {
    let mut settings = vec![
        ("servers", json!([format!("ldap://127.0.0.1:{port}")])),
        ("plain", json!(true)),
        ("bind_dn_template", json!(template)),
    ];
    if !template.contains('=') {
        settings.extend([("base", json!(PEOPLE)), ("filter", json!("(uid={login})"))]);
    }
    settings
}

impl Library {
    async fn at(server: &Server) -> Self {
        Self::with(searching(&[server.port])).await
    }

    pub(super) async fn with(settings: Vec<(&'static str, Value)>) -> Self {
        Self::trusting(settings, None).await
    }

    /// With that authority in place of a file that a registry would hold.
    pub(super) async fn trusting(settings: Vec<(&'static str, Value)>, ca: Option<&str>) -> Self {
        let world = world().await;
        let mut leg = world.place("nju", "central");
        leg.connector = ConnectorId::parse("ldap").expect("an id");
        leg.entry.kind = "ldap".to_owned();
        leg.entry.settings =
            settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let name = |text: &str| Sources::from(text);
        leg.entry.attributes.insert(AttributeName::Name, name("displayName"));
        leg.entry.attributes.insert(AttributeName::Mail, name("mail"));
        let dialer = TcpDialer::new(true);
        let ldap = LdapConnector::new(world.accounts.clone(), Arc::clone(&world.keys), dialer);
        let library = Self { world, leg, ldap };
        library.set_up(ca);
        library
    }

    /// Puts the directory in place with its secret, which a registry would hold sealed.
    pub(super) fn set_up(&self, ca: Option<&str>) {
        self.set_up_with(ca, HUB_SECRET);
    }

    fn set_up_with(&self, ca: Option<&str>, secret: &str) {
        let settings = LdapSettings::read(&self.leg.entry).expect("settings");
        let trust = ca.map_or_else(TcpTrust::system, TcpTrust::pinned).expect("trust");
        let doors = settings.servers.iter().map(|server| self.ldap.door(server, &settings, &trust));
        let doors = doors.collect();
        let secret = Some(Zeroizing::new(secret.to_owned()));
        let directory = Arc::new(Directory::new(settings, doors, secret));
        let place = (self.leg.member.id.clone(), self.leg.connector.clone());
        let version = self.world.snapshot.version();
        self.ldap.directories.lock().expect("lock").insert(place, (version, directory));
    }

    pub(super) async fn log_in(&self, login: &str, password: &str) -> Result<Finished, Refusal> {
        self.log_in_at(login, password, &self.world.later(5)).await
    }

    pub(super) async fn log_in_at(
        &self,
        login: &str,
        password: &str,
        moment: &Moment,
    ) -> Result<Finished, Refusal> {
        let fields = [("handle", "h1"), ("username", login), ("password", password)];
        let at = self.world.at(&self.leg, moment);
        self.ldap.finish(&at, &post("/login", &fields), Some(STATE), Some(&self.leg.ask())).await
    }

    /// What a login in a leg of its own came to.
    pub(super) async fn code(&mut self, login: &str, password: &str) -> Code {
        self.leg.code = LoginCode::draw(&self.world.moment.entropy);
        code_of(self.log_in(login, password).await)
    }
}

/// The code of a refusal, or of the problem in the form that is shown again.
pub(super) fn code_of(finished: Result<Finished, Refusal>) -> Code {
    match finished {
        Err(refusal) => refusal.code(),
        Ok(Finished::Again(Begun {
            next: Next::Ask(Form { problem: Some(code), .. }), ..
        })) => code,
        other => panic!("neither refused nor asked again: {other:?}"),
    }
}

#[tokio::test]
async fn a_right_password_becomes_a_claim() {
    let server = Server::honest().await;
    let library = Library::at(&server).await;
    let claim = claimed(library.log_in(" R7 ", GOOD).await);
    assert_eq!(claim.key().as_str(), "00000000-0000-0000-0000-0000000000r7");
    assert_eq!((claim.evidence(), claim.standing()), (Evidence::PasswordChecked, Standing::Good));
    assert!(claim.acr().ends_with(":PasswordProtectedTransport"));
    assert_eq!(claim.profile().name.as_deref(), Some("读者甲"));
    assert_eq!(claim.profile().mail.as_deref(), Some("r7@mail.test"));
    assert_eq!((claim.account(), claim.upstream().is_none()), (None, true));
    assert_eq!(server.reader_binds(), [(format!("uid=r7,{PEOPLE}"), GOOD.to_owned())]);
}

#[tokio::test]
async fn only_what_the_mapping_names_is_asked_for() {
    let server = Server::honest().await;
    let library = Library::at(&server).await;
    claimed(library.log_in("r7", GOOD).await);
    let asked = server.heard().into_iter().find_map(|asked| match asked.op {
        Op::Search { attributes, .. } => Some(attributes),
        _ => None,
    });
    let asked: BTreeSet<String> = asked.expect("a search").into_iter().collect();
    let mut expected: BTreeSet<String> = account::STATE.iter().map(|s| (*s).to_owned()).collect();
    expected.extend(["entryUUID", "objectGUID", "displayName", "mail", "uid"].map(str::to_owned));
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn nothing_tells_an_unknown_reader_from_a_wrong_password() {
    let server = Server::honest().await;
    let library = Library::at(&server).await;
    let mut said = Vec::new();
    for (login, password) in [("r7", "wrong"), ("nobody", GOOD)] {
        let before = server.heard().len();
        let again = library.log_in(login, password).await;
        let Ok(Finished::Again(Begun { next: Next::Ask(form), state })) = again else {
            panic!("not asked again: {again:?}");
        };
        // The same questions go out, so the answer takes the same time.
        let ops: Vec<_> =
            server.heard()[before..].iter().map(|a| std::mem::discriminant(&a.op)).collect();
        let kinds = ops.iter().rev().take(1).copied().collect::<Vec<_>>();
        said.push((form.problem, form.kind, state, kinds));
    }
    assert_eq!(said[0].0, Some(code::ACC_WRONG_PASSWORD));
    assert_eq!(said[0], said[1]);
}

#[tokio::test]
async fn a_readers_connection_never_becomes_the_hubs() {
    let server = Server::honest().await;
    let library = Library::at(&server).await;
    for password in [GOOD, "wrong", GOOD] {
        let _ = library.log_in("r7", password).await;
    }
    let heard = server.heard();
    let of = |is: &dyn Fn(&Op) -> bool| -> BTreeSet<usize> {
        heard.iter().filter(|asked| is(&asked.op)).map(|asked| asked.connection).collect()
    };
    let searched = of(&|op| matches!(op, Op::Search { .. }));
    let bound = of(&|op| matches!(op, Op::Bind { name, .. } if name != HUB));
    assert!(searched.is_disjoint(&bound), "{searched:?} {bound:?}");
    // Both are kept: three logins, two connections.
    assert_eq!((searched.len(), bound.len()), (1, 1));
}

#[tokio::test]
async fn a_dead_server_is_passed_over_and_left_alone() {
    let server = Server::honest().await;
    let library = Library::with(searching(&[1, server.port])).await;
    claimed(library.log_in("r7", GOOD).await);
    let dead = Library::with(searching(&[1, 2])).await;
    assert_eq!(code_of(dead.log_in("r7", GOOD).await), code::CON_UNREACHABLE);
    let directory = dead.ldap.directory(&dead.world.at(&dead.leg, &dead.world.moment)).expect("is");
    let soon = directory.search_link(&dead.world.later(6)).await;
    assert!(matches!(soon, Err(LinkError::Resting)));
    let later = directory.search_link(&dead.world.later(8)).await;
    assert!(matches!(later, Err(LinkError::Dial(_))));
}

#[tokio::test]
async fn a_directory_that_came_back_is_asked_again() {
    let server = Server::honest().await;
    let library = Library::at(&server).await;
    let directory = library.ldap.directory(&library.world.at(&library.leg, &library.world.moment));
    let directory = directory.expect("is");
    claimed(library.log_in("r7", GOOD).await);
    // Every connection dies, as when a server restarts; the next login opens new ones.
    let (mut kept, _) = directory.search_link(&library.world.moment).await.expect("kept");
    assert!(kept.is_open());
    drop(kept);
    claimed(library.log_in("r7", GOOD).await);
}

#[tokio::test]
async fn one_that_hangs_up_or_says_nothing_does_not_answer() {
    let hangs_up = Server::that(|_| None).await;
    let mut library = Library::at(&hangs_up).await;
    assert_eq!(library.code("r7", GOOD).await, code::CON_UNREACHABLE);
    let silent = Server::that(|_| Some(Vec::new())).await;
    let mut library = Library::at(&silent).await;
    library.ldap.whole = Duration::from_millis(100);
    assert_eq!(library.code("r7", GOOD).await, code::CON_UNREACHABLE);
}

#[tokio::test]
async fn by_a_name_made_of_the_login_the_entry_is_read_as_the_reader() {
    let server = Server::honest().await;
    for template in ["uid={login},ou=people,dc=x", "{login}@corp.x"] {
        let mut library = Library::with(direct(server.port, template)).await;
        let claim = claimed(library.log_in("r7", GOOD).await);
        assert_eq!(claim.profile().name.as_deref(), Some("读者甲"));
        assert_eq!(library.code("r7", "wrong").await, code::ACC_WRONG_PASSWORD);
        assert_eq!(library.code("r8", GOOD).await, code::ACC_WRONG_PASSWORD);
    }
    assert!(
        server
            .heard()
            .iter()
            .all(|asked| !matches!(&asked.op, Op::Bind { name, .. } if name == HUB))
    );
}

#[tokio::test]
async fn without_its_own_password_the_hub_asks_as_nobody_else() {
    let server = Server::honest().await;
    let mut library = Library::at(&server).await;
    library.set_up_with(None, "");
    assert_eq!(library.code("r7", GOOD).await, code::CON_NOT_LET_IN);
    assert!(server.heard().is_empty(), "{:?}", server.heard());
}

#[tokio::test]
async fn the_entry_of_another_reader_is_not_taken_for_the_readers_own() {
    let server = lying(|asked| {
        matches!(asked.op, Op::Search { .. }).then(|| Some(found(asked, &[reader("r8", &[])], 0)))
    });
    let server = server.await;
    for template in ["uid={login},ou=people,dc=x", "{login}@corp.x"] {
        let mut library = Library::with(direct(server.port, template)).await;
        assert_eq!(library.code("r7", GOOD).await, code::CON_ANSWER, "{template}");
    }
}

#[tokio::test]
async fn the_state_of_an_account_is_its_standing() {
    for (more, standing, code) in [
        (("userAccountControl", "514"), Some(Standing::Suspended), None),
        (("accountExpires", "134116992000000000"), Some(Standing::Expired), None),
        (("userAccountControl", "512"), Some(Standing::Good), None),
        (("pwdReset", "TRUE"), None, Some(code::CON_PASSWORD_EXPIRED)),
    ] {
        let server = Server::that(move |asked| {
            Some(match &asked.op {
                Op::Search { .. } => {
                    [asked.with(&reader("r7", &[more])), asked.with(&result(DONE, 0, &[]))].concat()
                }
                _ => honest(asked),
            })
        });
        let library = Library::at(&server.await).await;
        let finished = library.log_in("r7", GOOD).await;
        match (standing, code) {
            (Some(standing), _) => assert_eq!(claimed(finished).standing(), standing, "{more:?}"),
            (_, Some(code)) => assert_eq!(refused(finished).code(), code),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_locked_account_is_told_so_where_its_entry_says_it() {
    let server = Server::that(|asked| {
        let locked = [("pwdAccountLockedTime", "20261121120000Z")];
        Some(match &asked.op {
            Op::Search { .. } => {
                [asked.with(&reader("r7", &locked)), asked.with(&result(DONE, 0, &[]))].concat()
            }
            _ => honest(asked),
        })
    });
    let mut library = Library::at(&server.await).await;
    assert_eq!(library.code("r7", "wrong").await, code::CON_LOCKED);
    // The lock has run out: the directory let the reader in.
    claimed(library.log_in("r7", GOOD).await);
}

#[tokio::test]
async fn the_words_of_active_directory_reach_the_reader() {
    for (data, expected) in [
        ("52e", code::ACC_WRONG_PASSWORD),
        ("525", code::ACC_WRONG_PASSWORD),
        ("532", code::CON_PASSWORD_EXPIRED),
        ("533", code::CON_CLOSED),
        ("773", code::CON_PASSWORD_EXPIRED),
        ("775", code::CON_LOCKED),
    ] {
        let text = format!("80090308: LdapErr: DSID-0C0, comment: error, data {data}, v2580");
        let server = Server::that(move |asked| {
            Some(match &asked.op {
                Op::Bind { name, .. } if name != HUB => asked.with(&said(BIND, 49, &text, &[])),
                _ => honest(asked),
            })
        });
        let mut library = Library::at(&server.await).await;
        assert_eq!(library.code("r7", GOOD).await, expected, "{data}");
    }
}

#[tokio::test]
async fn a_probe_says_what_is_amiss_and_what_to_do() {
    let server = Server::honest().await;
    let library = Library::at(&server).await;
    let probed = async |library: &Library| {
        library.ldap.probe(&library.world.at(&library.leg, &library.world.moment)).await
    };
    // The honest directory of the tests has no entry at its base.
    let probe = probed(&library).await;
    assert!(!probe.is_ready && probe.findings[0].starts_with("base: "), "{probe:?}");
    let whole = Server::that(|asked| {
        Some(match &asked.op {
            Op::Search { values, .. } if values.is_empty() => {
                let base = wire::samples::entry(PEOPLE.as_bytes(), &[]);
                [asked.with(&base), asked.with(&result(DONE, 0, &[]))].concat()
            }
            _ => honest(asked),
        })
    });
    let library = Library::at(&whole.await).await;
    assert_eq!(probed(&library).await, Probe { is_ready: true, findings: Vec::new() });
    let dead = Library::with(searching(&[1])).await;
    let probe = probed(&dead).await;
    assert!(!probe.is_ready && probe.findings[0].contains("firewall"), "{probe:?}");
    let anyone = Server::that(|asked| {
        Some(match asked.op {
            Op::Bind { .. } => asked.with(&result(BIND, 0, &[])),
            _ => honest(asked),
        })
    });
    let probe = probed(&Library::at(&anyone.await).await).await;
    assert!(!probe.is_ready && probe.findings[0].contains("any password"), "{probe:?}");
}

#[tokio::test]
async fn every_listed_check_refuses_with_its_code() {
    let mut seen = BTreeSet::new();
    for check in CHECKS.iter().filter(|c| c.endpoint == "POST /login by ldap") {
        assert_eq!(Box::pin(attacks::code_at(check.step)).await, check.code, "{}", check.step);
        seen.insert(check.step);
    }
    assert!(seen.len() >= 20, "{seen:?}");
}

/// A server that answers one kind of question otherwise.
async fn lying(lie: impl Fn(&Asked) -> Option<Option<Vec<u8>>> + Send + Sync + 'static) -> Server {
    Server::that(move |asked| lie(asked).unwrap_or_else(|| Some(honest(asked)))).await
}

/// A search that ends with `code`, after these entries.
fn found(asked: &Asked, entries: &[Vec<u8>], code: u8) -> Vec<u8> {
    let mut bytes: Vec<u8> = entries.iter().flat_map(|entry| asked.with(entry)).collect();
    bytes.extend(asked.with(&result(DONE, code, &[])));
    bytes
}

/// The answer to "who am I".
fn i_am(asked: &Asked, who: &[u8]) -> Vec<u8> {
    asked.with(&result(EXTENDED, 0, &tlv(0x8b, who)))
}
