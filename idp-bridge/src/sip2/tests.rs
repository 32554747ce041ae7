mod attacks;
mod record;
mod server;

use super::*;
use crate::checks::CHECKS;
use crate::testing::{Place, World, claimed, post, refused, world};
use model::{Code, Evidence, Form, Moment};
use serde_json::{Value, json};
use server::{Cq, GOOD, Number, Patron, Quirks, Sip2Server, Sum};
use std::collections::BTreeSet;

/// A key of the entry, and what stands there.
type Setting = (&'static str, Value);

/// A member whose library system is this server, and a login there.
pub(super) struct Library {
    world: World,
    place: Place,
    sip2: Sip2Connector,
    server: Sip2Server,
}

pub(super) fn patron(number: &'static str) -> Patron {
    let (login, password) = ("alice", "4711");
    Patron {
        number,
        login,
        password,
        flags: GOOD,
        fields: "XI900|AE读者甲|BEa@example.org|PA20991231|",
    }
}

impl Library {
    pub(super) async fn new(quirks: Quirks, settings: &[(&str, Value)]) -> Self {
        Self::with(quirks, settings, vec![patron("1001")]).await
    }

    pub(super) async fn with(
        quirks: Quirks,
        settings: &[(&str, Value)],
        patrons: Vec<Patron>,
    ) -> Self {
        let server = Sip2Server::start(quirks, patrons).await;
        let world = world().await;
        let mut place = world.place("nju", "central");
        place.connector = ConnectorId::parse("sip2").expect("an id");
        place.entry.kind = "sip2".to_owned();
        let own = [("host", json!("127.0.0.1")), ("port", json!(server.port))];
        let all = own.iter().chain(settings);
        place.entry.settings = all.map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        let dialer = TcpDialer::new(true);
        let mut sip2 = Sip2Connector::new(world.accounts.clone(), Arc::clone(&world.keys), dialer);
        sip2.whole = Duration::from_millis(1500);
        Self { world, place, sip2, server }
    }

    pub(super) async fn log_in(&self, number: &str, password: &str) -> Result<Finished, Refusal> {
        self.log_in_at(number, password, &self.world.later(5)).await
    }

    async fn log_in_at(
        &self,
        number: &str,
        password: &str,
        moment: &Moment,
    ) -> Result<Finished, Refusal> {
        let posted = post("/login", &[("username", number), ("password", password)]);
        let at = self.world.at(&self.place, moment);
        self.sip2.finish(&at, &posted, Some(STATE), Some(&self.place.ask())).await
    }

    /// What came of a login, as a code: a refusal's, or the problem of the form.
    pub(super) async fn code(&self, number: &str, password: &str) -> Code {
        code_of(self.log_in(number, password).await)
    }
}

fn form(begun: &Begun) -> &Form {
    match &begun.next {
        Next::Ask(form) => form,
        other => panic!("no form: {other:?}"),
    }
}

fn code_of(finished: Result<Finished, Refusal>) -> Code {
    match finished {
        Err(refusal) => refusal.code(),
        Ok(Finished::Again(begun)) => form(&begun).problem.expect("a problem"),
        other => panic!("{other:?}"),
    }
}

fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GBK.encode(text).0.into_owned()
}

#[tokio::test]
async fn a_card_and_its_password_are_a_claim() {
    let library = Library::new(Quirks::default(), &[("institution", json!("inst"))]).await;
    let claim = claimed(library.log_in(" 1001 ", "4711").await);
    assert_eq!(claim.key().as_str(), "900");
    assert_eq!((claim.member().as_str(), claim.connector().as_str()), ("nju", "sip2"));
    assert_eq!(claim.evidence(), Evidence::PasswordChecked);
    assert_eq!(claim.profile().name.as_deref(), Some("读者甲"));
    assert!(claim.account().is_none());
    let heard = library.server.heard();
    assert_eq!(heard[0], "9900802.00");
    assert!(heard[1].starts_with("6300120261121    200005          AOinst|AA1001|AC|AD4711|"));
}

#[tokio::test]
async fn the_form_asks_for_number_and_password_and_not_where_nobody_may_be_asked() {
    let library = Library::new(Quirks::default(), &[]).await;
    let begun = library.world.begin(&library.sip2, &library.place).await.expect("begun");
    let names: Vec<_> = form(&begun).fields.iter().map(|f| f.name).collect();
    assert_eq!(names, ["username", "password"]);
    let passive = Place { passive: true, ..library.world.place("nju", "central") };
    let refused = library.world.begin(&library.sip2, &passive).await.expect_err("refused");
    assert_eq!(refused.code(), code::LOG_LOGIN_REQUIRED);
}

#[tokio::test]
async fn quirks_of_real_servers_do_no_harm() {
    let slow = Some((1, Duration::ZERO));
    let q = Quirks::default;
    let cases: Vec<(&str, Quirks, Vec<Setting>)> = vec![
        ("CRLF", Quirks { end: "\r\n", ..q() }, vec![]),
        ("LF", Quirks { end: "\n", ..q() }, vec![]),
        ("blank lines and strays", Quirks { end: "|||\r\n\r\n|||\r", ..q() }, vec![]),
        ("byte by byte", Quirks { fragment: slow, end: "\r\n", ..q() }, vec![]),
        ("no sum", Quirks { sum: Sum::None, ..q() }, vec![]),
        ("no number", Quirks { number: Number::None, ..q() }, vec![]),
        ("always four", Quirks { number: Number::Four, ..q() }, vec![]),
        (
            "dp2",
            Quirks { sum: Sum::Dp2, number: Number::Four, encode: gbk, ..q() },
            vec![("checksum", json!("dp2")), ("charset", json!("gbk"))],
        ),
        ("wrong sums", Quirks { sum: Sum::Wrong, ..q() }, vec![("checksum", json!("ignore"))]),
        ("strict", q(), vec![("sequence", json!("strict"))]),
        ("unasked status", Quirks { unasked_status: true, ..q() }, vec![]),
        ("asks again", Quirks { resend: 2, ..q() }, vec![]),
        ("garbled twice", Quirks { garbled: 2, ..q() }, vec![]),
        ("hangs up", Quirks { hangs_up: true, ..q() }, vec![("status", json!("never"))]),
        ("by 23", Quirks { bx: "YYYYYYYNYYYYYYYY", ..q() }, vec![]),
        ("told 23", q(), vec![("ask", json!("status"))]),
        ("end session", q(), vec![("end_session", json!(true))]),
        ("status first", q(), vec![("status", json!("before"))]),
    ];
    for (name, quirks, settings) in cases {
        let library = Library::new(quirks, &settings).await;
        for _ in 0..2 {
            let claim = claimed(library.log_in("1001", "4711").await);
            assert_eq!(claim.key().as_str(), "900", "{name}");
            assert_eq!(claim.profile().name.as_deref(), Some("读者甲"), "{name}");
        }
        if name.ends_with("23") {
            assert!(library.server.heard().iter().any(|m| m.starts_with("23")), "{name}");
        }
        if name == "end session" {
            assert!(library.server.heard().iter().any(|m| m.starts_with("35")), "{name}");
        }
    }
}

#[tokio::test]
async fn the_terminal_logs_in_once_for_a_connection() {
    let quirks = Quirks { terminal: Some(("hub", "")), ..Quirks::default() };
    let library = Library::new(quirks.clone(), &[("user", json!("hub"))]).await;
    claimed(library.log_in("1001", "4711").await);
    claimed(library.log_in("1001", "4711").await);
    let logins = library.server.heard().iter().filter(|m| m.starts_with("93")).count();
    assert_eq!((logins, library.server.connections()), (1, 1));
    // Older than what servers leave open: a new one, without a try of the old.
    claimed(library.log_in_at("1001", "4711", &library.world.later(200)).await);
    assert_eq!(library.server.connections(), 2);

    let stranger = Library::new(quirks.clone(), &[("user", json!("other"))]).await;
    assert_eq!(stranger.code("1001", "4711").await, code::CON_NOT_LET_IN);
    assert_eq!(stranger.server.questions(), 0);
    let early = Library::new(quirks, &[("user", json!("hub")), ("status", json!("before"))]).await;
    assert_eq!(early.code("1001", "4711").await, code::CON_UNREACHABLE);
}

#[tokio::test]
async fn unknown_reader_wrong_password_and_silence_about_it_answer_alike() {
    for (cq, number, password) in [
        (Cq::Honest, "1001", "4712"),
        (Cq::Honest, "9999", "4711"),
        (Cq::Empty, "1001", "4711"),
        (Cq::Absent, "1001", "4711"),
        (Cq::Absent, "9999", "4711"),
    ] {
        let library = Library::new(Quirks { cq, ..Quirks::default() }, &[]).await;
        assert_eq!(library.code(number, password).await, code::ACC_WRONG_PASSWORD);
        assert_eq!(library.server.questions(), 1);
    }
}

#[tokio::test]
async fn a_probe_tells_what_to_write() {
    let probe = async |quirks: Quirks, settings: &[(&str, Value)]| {
        let library = Box::pin(Library::new(quirks, settings)).await;
        let at = library.world.at(&library.place, &library.world.moment);
        let found = library.sip2.probe(&at).await;
        (found.is_ready, found.findings.join("; "))
    };
    let q = Quirks::default;
    let (is_ready, said) = Box::pin(probe(q(), &[("network", json!("127.0.0.0/8"))])).await;
    assert!(is_ready && said.is_empty(), "{said}");
    let dp2 = Quirks { sum: Sum::Dp2, ..q() };
    let cases: [(Quirks, &[Setting], bool, &str); 6] = [
        (dp2, &[], false, "checksum = \"dp2\""),
        (Quirks { sum: Sum::Wrong, ..q() }, &[], false, "checksum = \"ignore\""),
        (Quirks { encode: gbk, ..q() }, &[], true, "charset = \"gbk\""),
        (Quirks { bx: "YYYYYYYNYYYYYYYY", ..q() }, &[], true, "by 23"),
        (Quirks { terminal: Some(("hub", "x")), ..q() }, &[], false, "user and password_file"),
        (q(), &[("port", json!(1))], false, "firewall"),
    ];
    for (quirks, settings, expected, what) in cases {
        let (is_ready, said) = Box::pin(probe(quirks, settings)).await;
        assert_eq!(is_ready, expected, "{said}");
        assert!(said.contains(what), "{what}: {said}");
    }
}

/// What came of the step, as a code.
async fn code_at(step: &str) -> Code {
    let q = Quirks::default;
    let library = match step {
        "answer of another reader" => {
            Library::new(Quirks { speaks_of: Some("1002"), ..q() }, &[]).await
        }
        "checksum" => Library::new(Quirks { sum: Sum::Wrong, ..q() }, &[]).await,
        "password said valid" => Library::new(Quirks { cq: Cq::Empty, ..q() }, &[]).await,
        "terminal let in" => {
            let terminal = Some(("hub", "x"));
            Library::new(Quirks { terminal, ..q() }, &[("user", json!("hub"))]).await
        }
        "answer in time" => Library::new(Quirks { silent: true, ..q() }, &[]).await,
        "institution" => Library::new(q(), &[("institution", json!("other"))]).await,
        "reader key" => {
            let nameless = Patron { fields: "AE读者甲|", ..patron("1001") };
            Library::with(q(), &[], vec![nameless]).await
        }
        "form of valid_until" => {
            let odd = Patron { fields: "XI900|PAsoon|", ..patron("1001") };
            Library::with(q(), &[], vec![odd]).await
        }
        "decisive values agree" => {
            let twice = Patron { fields: "XI900|BEx|XI901|", ..patron("1001") };
            Library::with(q(), &[], vec![twice]).await
        }
        _ => Library::new(q(), &[]).await,
    };
    match step {
        "state" => {
            let at = library.world.at(&library.place, &library.world.moment);
            let posted = post("/login", &[("username", "1001"), ("password", "4711")]);
            let ask = library.place.ask();
            let forged = library.sip2.finish(&at, &posted, Some(b"other"), Some(&ask)).await;
            assert_eq!(refused(forged).code(), code::LOG_STATE_FORGED);
            code_of(library.sip2.finish(&at, &posted, None, None).await)
        }
        "form" => {
            let at = library.world.at(&library.place, &library.world.moment);
            let twice = post("/login", &[("username", "a"), ("password", "b"), ("username", "c")]);
            let ask = library.place.ask();
            code_of(library.sip2.finish(&at, &twice, Some(STATE), Some(&ask)).await)
        }
        "both fields" => library.code("1001", "").await,
        "guesses" => {
            for _ in 0..10 {
                let _ = library.log_in("1001", "wrong").await;
            }
            let code = library.code("1001", "4711").await;
            assert_eq!(library.server.questions(), 10, "the eleventh is not put to the library");
            code
        }
        "password" => library.code("1001", "wrong").await,
        "value fits its field" => {
            let code = library.code("1001|ADx", "4711").await;
            assert_eq!(library.server.questions(), 0);
            code
        }
        "passive" => {
            let passive = Place { passive: true, ..library.world.place("nju", "central") };
            library.world.begin(&library.sip2, &passive).await.expect_err("refused").code()
        }
        _ => library.code("1001", "4711").await,
    }
}

#[tokio::test]
async fn every_check_of_the_table_refuses_with_its_code() {
    let mut seen = BTreeSet::new();
    for check in CHECKS.iter().filter(|c| c.endpoint == "POST /login by sip2") {
        assert_eq!(Box::pin(code_at(check.step)).await, check.code, "{}", check.step);
        seen.insert(check.step);
    }
    assert_eq!(seen.len(), 16);
}
