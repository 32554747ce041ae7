//! Directories that lie, and readers who type what a directory could misread.

use super::*;
use wire::samples::{entry, message};

#[tokio::test]
async fn no_login_name_is_more_than_a_value() {
    let server = Server::honest().await;
    let mut library = Library::at(&server).await;
    for login in [
        "*",
        "r7*",
        "r7)(uid=*",
        "r7)(|(uid=*",
        "*)(objectClass=*",
        "\\2a",
        "r7\\00",
        "r7,ou=people",
    ] {
        assert_eq!(library.code(login, GOOD).await, code::ACC_WRONG_PASSWORD, "{login}");
        let last = server.heard().into_iter().rev().find_map(|asked| match asked.op {
            Op::Search { values, .. } => Some(values),
            _ => None,
        });
        // One comparison, with what was typed and nothing else.
        assert_eq!(last.expect("a search"), [login.as_bytes()], "{login}");
    }
    assert_eq!(server.reader_binds(), []);
}

#[tokio::test]
async fn no_login_name_breaks_out_of_a_name() {
    let server = Server::honest().await;
    let mut library = Library::with(direct(server.port, "uid={login},ou=people,dc=x")).await;
    for login in ["r7,ou=people,dc=x", "r7,dc=y", "r7+cn=a", "\"r7\"", "#r7", "r7;dc=y", "cn=hub"] {
        assert_eq!(library.code(login, GOOD).await, code::ACC_WRONG_PASSWORD, "{login}");
    }
    let names: Vec<String> = server.reader_binds().into_iter().map(|(name, _)| name).collect();
    for name in names {
        let value = name.strip_prefix("uid=").and_then(|n| n.strip_suffix(",ou=people,dc=x"));
        assert!(value.is_some_and(|v| !v.contains([',', '+', '"', ';', '=', '#'])), "{name}");
    }
    let mut library = Library::with(direct(server.port, "{login}@corp.x")).await;
    for login in ["r7@other.x", "CORP\\r7", "r7/a", "uid=r7"] {
        assert_eq!(library.code(login, GOOD).await, code::ACC_WRONG_PASSWORD, "{login}");
    }
    let is_foreign = |(name, _): &(String, String)| name.contains("other") || name.contains('\\');
    assert!(
        !server.reader_binds().iter().any(|bind| !bind.0.starts_with("uid=") && is_foreign(bind))
    );
}

#[tokio::test]
async fn what_a_directory_would_take_for_nobody_never_reaches_it() {
    // It says yes to an empty password, as many do.
    let server = lying(|asked| match &asked.op {
        Op::Bind { password, .. } if password.is_empty() => {
            Some(Some(asked.with(&result(BIND, 0, &[]))))
        }
        _ => None,
    });
    let server = server.await;
    for settings in [searching(&[server.port]), direct(server.port, "uid={login},ou=people,dc=x")] {
        let mut library = Library::with(settings).await;
        for (login, password) in [("r7", ""), ("", GOOD), ("  ", GOOD), ("", "")] {
            assert_eq!(library.code(login, password).await, code::ACC_PASSWORD_EMPTY);
        }
        let long = "x".repeat(10_000);
        for (login, password) in [
            ("r7", "\0"),
            ("r7", "right password\0"),
            ("r7", &long),
            (&long, GOOD),
            ("r\u{0}7", GOOD),
        ] {
            assert_eq!(library.code(login, password).await, code::ACC_WRONG_PASSWORD);
        }
    }
    assert!(server.heard().is_empty(), "{:?}", server.heard());
}

#[tokio::test]
async fn guesses_are_counted_before_the_wire() {
    let server = Server::honest().await;
    let mut library = Library::at(&server).await;
    for _ in 0..10 {
        assert_eq!(library.code("r7", "wrong").await, code::ACC_WRONG_PASSWORD);
    }
    let before = server.heard().len();
    assert_eq!(library.code("r7", GOOD).await, code::ACC_TOO_MANY_GUESSES);
    assert_eq!(library.code("R7 ", GOOD).await, code::ACC_TOO_MANY_GUESSES);
    assert_eq!(server.heard().len(), before);
    // A locked account that is told apart is a guess all the same, and another reader is free.
    assert_eq!(library.code("r8", "wrong").await, code::ACC_WRONG_PASSWORD);
}

#[tokio::test]
async fn bytes_that_are_no_answer_end_the_connection_and_nothing_else() {
    // One within the other, as many as a message may hold: the library would open them all.
    let head = |depth: u32| [&[0x30, 0x84][..], &(depth * 6).to_be_bytes()].concat();
    let deep: Vec<u8> = (0..40_000).rev().flat_map(head).collect();
    for bytes in [
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        vec![0x30, 0x84, 0x7f, 0xff, 0xff, 0xff],
        vec![0x30, 0x80, 0x02, 0x01, 0x01, 0x00, 0x00],
        vec![0x30, 0x00],
        vec![0xff; 64],
        deep,
        message(&[1], &tlv(BIND, &[]), &[]),
        message(&[1], &result(0x79, 0, &[]), &[]),
    ] {
        let lie = bytes.clone();
        let server = Server::that(move |_| Some(lie.clone())).await;
        let mut library = Library::at(&server).await;
        assert_eq!(
            library.code("r7", GOOD).await,
            code::CON_ANSWER,
            "{:x?}",
            &bytes[..bytes.len().min(40)]
        );
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let crowd = |asked: &Asked| -> Vec<u8> {
        let more = entry(
            format!("uid=r7,{PEOPLE}").as_bytes(),
            &server::attribute("mail", &[&vec![b'x'; 100_000]]),
        );
        (0..40).flat_map(|_| asked.with(&more)).collect()
    };
    let server =
        lying(move |asked| matches!(asked.op, Op::Search { .. }).then(|| Some(crowd(asked))));
    let mut library = Library::at(&server.await).await;
    assert_eq!(library.code("r7", GOOD).await, code::CON_ANSWER);
    let references = lying(|asked| {
        let reference = tlv(0x73, &tlv(wire::OCTETS, b"ldap://elsewhere"));
        matches!(asked.op, Op::Search { .. })
            .then(|| Some((0..2_000).flat_map(|_| asked.with(&reference)).collect()))
    });
    let mut library = Library::at(&references.await).await;
    assert_eq!(library.code("r7", GOOD).await, code::CON_ANSWER);
}

#[tokio::test]
async fn references_to_other_servers_are_not_followed() {
    let elsewhere = Server::honest().await;
    let port = elsewhere.port;
    let server = lying(move |asked| {
        let address = format!("ldap://127.0.0.1:{port}/{PEOPLE}");
        let reference = tlv(0x73, &tlv(wire::OCTETS, address.as_bytes()));
        matches!(asked.op, Op::Search { .. })
            .then(|| Some([asked.with(&reference), found(asked, &[], 0)].concat()))
    });
    let mut library = Library::at(&server.await).await;
    assert_eq!(library.code("r7", GOOD).await, code::ACC_WRONG_PASSWORD);
    let server = lying(move |asked| {
        let address = format!("ldap://127.0.0.1:{port}/{PEOPLE}");
        let referral = tlv(0xa3, &tlv(wire::OCTETS, address.as_bytes()));
        matches!(&asked.op, Op::Bind { name, .. } if name != HUB)
            .then(|| Some(asked.with(&result(BIND, 10, &referral))))
    });
    let mut library = Library::at(&server.await).await;
    assert_eq!(library.code("r7", GOOD).await, code::CON_NOT_LET_IN);
    assert!(elsewhere.heard().is_empty());
}

#[tokio::test]
async fn an_answer_to_another_question_is_no_answer() {
    // The number of the next question, and a search answered by a bind's success.
    let other = lying(|asked| match &asked.op {
        Op::Bind { name, .. } if name != HUB => {
            let next = vec![asked.id[0] + 1];
            Some(Some(message(&next, &result(BIND, 0, &[]), &[])))
        }
        _ => None,
    });
    let mut library = Library::at(&other.await).await;
    assert_eq!(library.code("r7", "wrong").await, code::CON_ANSWER);
    let twice = lying(|asked| match &asked.op {
        // A second answer lies in wait for the next reader.
        Op::Bind { name, .. } if name.starts_with("uid=") => {
            let no = asked.with(&result(BIND, 49, &[]));
            let next = vec![asked.id[0] + 1];
            Some(Some([no, message(&next, &result(BIND, 0, &[]), &[])].concat()))
        }
        _ => None,
    });
    let mut library = Library::at(&twice.await).await;
    for _ in 0..3 {
        let code = library.code("r7", "wrong").await;
        assert!(code == code::ACC_WRONG_PASSWORD || code == code::CON_ANSWER, "{code}");
    }
}

/// What a login comes to where one check, and it alone, fails.
pub(super) async fn code_at(step: &str) -> Code {
    match step {
        "form"
        | "state"
        | "state of this kind"
        | "passive"
        | "both fields"
        | "guesses"
        | "password without NUL" => before_the_wire(step).await,
        "server's certificate" => tls::with_another_authority().await,
        "StartTLS granted" => tls::start_tls_that_says(Some(52), &[]).await,
        "nothing before TLS" => tls::start_tls_that_says(Some(0), b"\x30").await,
        "reader key"
        | "scope of the reader key"
        | "decisive values agree"
        | "form of valid_until"
        | "form of standing" => of_the_entry(step).await,
        _ => of_a_lie(step).await,
    }
}

async fn before_the_wire(step: &str) -> Code {
    let server = Server::honest().await;
    let mut library = Library::at(&server).await;
    let good = [("username", "r7"), ("password", GOOD)];
    let at = library.world.at(&library.leg, &library.world.moment);
    let ask = library.leg.ask();
    let code = match step {
        "form" => {
            let twice = post("/login", &[good[0], good[0], good[1]]);
            code_of(library.ldap.finish(&at, &twice, Some(STATE), Some(&ask)).await)
        }
        "state" => code_of(library.ldap.finish(&at, &post("/login", &good), None, None).await),
        "state of this kind" => {
            let other = Some(&b"sip2 password"[..]);
            code_of(library.ldap.finish(&at, &post("/login", &good), other, Some(&ask)).await)
        }
        "passive" => {
            library.leg.passive = true;
            let at = library.world.at(&library.leg, &library.world.moment);
            library.ldap.begin(&at, &library.leg.ask()).await.expect_err("refused").code()
        }
        "both fields" => library.code("r7", "").await,
        "guesses" => {
            for _ in 0..10 {
                let _ = library.code("r7", "wrong").await;
            }
            library.code("r7", GOOD).await
        }
        _ => library.code("r7", "right password\0").await,
    };
    assert!(step == "guesses" || server.heard().is_empty());
    code
}

async fn of_a_lie(step: &str) -> Code {
    let lie: fn(&Asked) -> Option<Option<Vec<u8>>> = match step {
        "hub's own bind" => |asked| match &asked.op {
            Op::Bind { name, .. } if name == HUB => Some(Some(asked.with(&result(BIND, 49, &[])))),
            _ => None,
        },
        "form of every answer" => |_| Some(Some(vec![0x30, 0x02, 0x02, 0x00])),
        "size of every answer" => |_| Some(Some(vec![0x30, 0x84, 0x7f, 0xff, 0xff, 0xff])),
        "answer to this question" => {
            |asked| Some(Some(message(&[asked.id[0] + 1], &result(BIND, 0, &[]), &[])))
        }
        "no referral followed" => {
            |asked| matches!(asked.op, Op::Search { .. }).then(|| Some(found(asked, &[], 10)))
        }
        "one entry" => |asked| {
            let two = [reader("r7", &[]), reader("r7", &[])];
            matches!(asked.op, Op::Search { .. }).then(|| Some(found(asked, &two, 0)))
        },
        "entry of this reader" => |asked| {
            matches!(asked.op, Op::Search { .. })
                .then(|| Some(found(asked, &[reader("r8", &[])], 0)))
        },
        "says no to a stranger" => |asked| match &asked.op {
            Op::Bind { .. } => Some(Some(asked.with(&result(BIND, 0, &[])))),
            _ => None,
        },
        "bound as somebody" => {
            |asked| matches!(asked.op, Op::Extended(_)).then(|| Some(i_am(asked, b"")))
        }
        "password not expired" => |asked| refuses_readers(asked, "data 532, v1"),
        "account not locked" => |asked| refuses_readers(asked, "data 775, v1"),
        "account open" => |asked| refuses_readers(asked, "data 533, v1"),
        "answer in time" => |_| Some(None),
        _ => |_| None,
    };
    let server = lying(lie).await;
    let mut library = Library::at(&server).await;
    library.code("r7", if step == "password" { "wrong" } else { GOOD }).await
}

#[expect(clippy::option_option, reason = "a lie, silence, or the truth")]
fn refuses_readers(asked: &Asked, text: &str) -> Option<Option<Vec<u8>>> {
    match &asked.op {
        Op::Bind { name, .. } if name.starts_with("uid=") => {
            Some(Some(asked.with(&said(BIND, 49, &format!("error, {text}"), &[]))))
        }
        _ => None,
    }
}

async fn of_the_entry(step: &str) -> Code {
    let (wanted, name, values): (_, _, &'static [&'static [u8]]) = match step {
        "reader key" => (AttributeName::LocalId, "employeeNumber", &[]),
        "scope of the reader key" => {
            (AttributeName::LocalId, "eduPersonPrincipalName", &[b"r7@pku.edu.cn"])
        }
        "decisive values agree" => (AttributeName::LocalId, "employeeNumber", &[b"1", b"2"]),
        "form of valid_until" => (AttributeName::ValidUntil, "validTo", &[b"soon"]),
        _ => (AttributeName::Standing, "state", &[b"fine"]),
    };
    let server = lying(move |asked| {
        let uid = server::attribute("uid", &[b"r7"]);
        let id = server::attribute("entryUUID", &[b"1"]);
        let more = server::attribute(name, values);
        let whole = entry(format!("uid=r7,{PEOPLE}").as_bytes(), &[uid, id, more].concat());
        matches!(asked.op, Op::Search { .. }).then(|| Some(found(asked, &[whole], 0)))
    });
    let server = server.await;
    let mut library = Library::at(&server).await;
    library.leg.entry.attributes.insert(wanted, Sources::from(name));
    library.set_up(None);
    library.code("r7", GOOD).await
}
