//! Servers and readers that mean harm, or are only broken.

use super::*;
use model::LoginCode;

#[tokio::test]
async fn a_late_reply_of_another_reader_opens_nothing() {
    let other = Patron { login: "bob", ..patron("1002") };
    let quirks = Quirks { follows: Some("1002"), ..Quirks::default() };
    for settings in [vec![], vec![("aliases", json!(true))]] {
        let patrons = vec![patron("1001"), other.clone()];
        let library = Library::with(quirks.clone(), &settings, patrons).await;
        for _ in 0..3 {
            let _ = library.log_in("1001", "4711").await;
            let code = library.code("1002", "wrong").await;
            assert!([code::ACC_WRONG_PASSWORD, code::CON_ANSWER].contains(&code), "{code:?}");
        }
    }
}

#[tokio::test]
async fn another_readers_answer_closes_the_connection() {
    let quirks = Quirks { speaks_of: Some("1002"), ..Quirks::default() };
    let library = Library::new(quirks, &[]).await;
    for attempt in 1..=2 {
        assert_eq!(library.code("1001", "4711").await, code::CON_ANSWER);
        assert_eq!(library.server.connections(), attempt);
    }
}

#[tokio::test]
async fn a_login_name_leads_to_its_number_only_where_that_is_allowed_and_numbered() {
    let strict = Library::new(Quirks::default(), &[]).await;
    assert_eq!(strict.code("alice", "4711").await, code::CON_ANSWER);
    let aliases = [("aliases", json!(true))];
    let allowed = Library::new(Quirks::default(), &aliases).await;
    assert_eq!(claimed(allowed.log_in("alice", "4711").await).key().as_str(), "900");
    assert_eq!(claimed(allowed.log_in("1001", "4711").await).key().as_str(), "900");
    let unnumbered =
        Library::new(Quirks { number: Number::None, ..Quirks::default() }, &aliases).await;
    assert_eq!(unnumbered.code("alice", "4711").await, code::CON_ANSWER);
    assert_eq!(claimed(unnumbered.log_in("1001", "4711").await).key().as_str(), "900");
}

#[tokio::test]
async fn a_question_that_may_have_been_heard_is_not_put_twice() {
    // By a connection that was kept, and by a new one.
    for answers in [1, 0] {
        let library = Library::new(Quirks { answers, ..Quirks::default() }, &[]).await;
        for _ in 0..answers {
            claimed(library.log_in("1001", "4711").await);
        }
        assert_eq!(library.code("1001", "4711").await, code::CON_UNREACHABLE);
        assert_eq!((library.server.questions(), library.server.connections()), (answers + 1, 1));
    }
}

#[tokio::test]
async fn what_no_server_should_answer_is_refused() {
    let endless = format!("64{}", "x".repeat(20_000));
    let endless: &'static str = Box::leak(endless.into_boxed_str());
    for instead in ["64YYYY", "HTTP/1.1 400 Bad Request", "login: ", "941", "98YYYYYN", endless] {
        let library =
            Library::new(Quirks { instead: Some(instead), ..Quirks::default() }, &[]).await;
        let code = library.code("1001", "4711").await;
        assert_eq!(code, code::CON_ANSWER, "{}", &instead[..6.min(instead.len())]);
    }
    let stubborn = Library::new(Quirks { resend: 99, ..Quirks::default() }, &[]).await;
    assert_eq!(stubborn.code("1001", "4711").await, code::CON_ANSWER);
    let numbered = Quirks { number: Number::Four, ..Quirks::default() };
    let strict = Library::new(numbered, &[("sequence", json!("strict"))]).await;
    assert_eq!(strict.code("1001", "4711").await, code::CON_ANSWER);
}

#[tokio::test]
async fn a_server_that_dribbles_or_is_gone_is_not_waited_for() {
    let dribble = Some((1, Duration::from_millis(100)));
    let slow = Library::new(Quirks { fragment: dribble, ..Quirks::default() }, &[]).await;
    assert_eq!(slow.code("1001", "4711").await, code::CON_UNREACHABLE);
    let gone = Library::new(Quirks::default(), &[("port", json!(1))]).await;
    assert_eq!(gone.code("1001", "4711").await, code::CON_UNREACHABLE);
}

#[tokio::test]
async fn nothing_typed_becomes_a_field_or_a_message() {
    let gbk = [("charset", json!("gbk"))];
    let library = Library::new(Quirks::default(), &gbk).await;
    for (number, password) in [
        ("1001|AD4711", "x"),
        ("1001", "x|CQY"),
        ("1001", "x\r941"),
        ("1001\r\n63", "x"),
        ("1001\n", "4711\0"),
        // 0x7C as a second byte.
        ("億AD4711", "x"),
        ("1001", "億BLY"),
        ("1001", "\u{1f511}"),
    ] {
        assert_eq!(library.code(number, password).await, code::ACC_WRONG_PASSWORD, "{number:?}");
    }
    assert_eq!(library.server.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn an_empty_password_never_leaves() {
    let any = Patron { password: "", ..patron("1001") };
    let library = Library::with(Quirks::default(), &[], vec![any]).await;
    for (number, password) in [("1001", ""), ("", "4711"), (" \u{3000}", "4711")] {
        assert_eq!(library.code(number, password).await, code::ACC_PASSWORD_EMPTY);
    }
    assert_eq!(library.server.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_member_that_hangs_holds_up_few() {
    let quirks = Quirks { silent: true, ..Quirks::default() };
    let library = Library::new(quirks, &[("connections", json!(1))]).await;
    let moment = library.world.later(5);
    let mut all = tokio::task::JoinSet::new();
    let shared = Arc::new(library);
    for number in 0..40 {
        let (shared, moment) = (Arc::clone(&shared), moment.clone());
        all.spawn(async move {
            let mut place = shared.world.place("nju", "central");
            place.connector = shared.place.connector.clone();
            place.entry = shared.place.entry.clone();
            place.code = LoginCode::draw(&shared.world.moment.entropy);
            let number = number.to_string();
            let posted = post("/login", &[("username", &number), ("password", "4711")]);
            let at = shared.world.at(&place, &moment);
            code_of(shared.sip2.finish(&at, &posted, Some(STATE), Some(&place.ask())).await)
        });
    }
    let codes = all.join_all().await;
    let busy = codes.iter().filter(|c| **c == code::CON_BUSY).count();
    let late = codes.iter().filter(|c| **c == code::CON_UNREACHABLE).count();
    assert_eq!((busy, late), (40 - 1 - pool::MOST_WAITING, 1 + pool::MOST_WAITING));
}

#[tokio::test]
async fn no_secret_is_shown_in_a_refusal() {
    let quirks = Quirks { speaks_of: Some("1002"), ..Quirks::default() };
    let library = Library::new(quirks, &[]).await;
    let refusal = refused(library.log_in("1001", "4711").await);
    let shown = format!("{refusal} {refusal:?}");
    for secret in ["4711", "1001", "1002", "读者甲"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
