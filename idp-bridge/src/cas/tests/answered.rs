//! Every check of the callback, each seen to refuse.

use super::*;

async fn answered(world: &World, place: &Place, ticket: &str) -> Result<Finished, Refusal> {
    let begun = world.begin(&world.cas, place).await.expect("begun");
    world.finish(&world.cas, place, &back(&begun, ticket), &begun.state).await
}

/// Bad answers of the server, by the step of the table that refuses them.
fn lies() -> Vec<(&'static str, Reply)> {
    let page = "<!DOCTYPE html><html><body>统一身份认证</body></html>";
    let dtd = format!("<!DOCTYPE r [<!ENTITY a 'b'>]>{}", Reply::user("a", "").body);
    vec![
        ("ticket taken", Reply::failure("INVALID_TICKET")),
        ("callback registered", Reply::failure("INVALID_SERVICE")),
        ("callback registered", Reply::failure("UNAUTHORIZED_SERVICE")),
        ("no failure of the server", Reply::failure("INTERNAL_ERROR")),
        ("no failure of the server", Reply::failure("INVALID_REQUEST")),
        ("no failure of the server", Reply::failure("INVALID_TICKET_SPEC")),
        ("server there", Reply::of(503, "")),
        ("server there", Reply::of(500, Reply::user("a", "").body)),
        ("answer readable", Reply::of(200, page)),
        ("answer readable", Reply::of(200, dtd)),
        ("answer readable", Reply::of(200, "yes\na\n")),
        ("answer readable", Reply::of(404, page)),
        ("answer readable", Reply::of(302, "")),
        ("answer readable", Reply::of(403, Reply::user("a", "").body)),
        ("answer readable", Reply::of(200, " ".repeat(70_000))),
        ("answer readable", Reply::user("a", "<cas:user>b</cas:user>")),
        (
            "no proxy",
            Reply::user("a", "<cas:proxies><cas:proxy>https://x.test</cas:proxy></cas:proxies>"),
        ),
        // The entry looks for its key in an attribute that is not there.
        ("reader key", Reply::user("a", "")),
    ]
}

#[tokio::test]
async fn every_check_of_the_table_refuses_with_its_code() {
    let (world, campus) = (world().await, Campus::start().await);
    let rows = |step: &str| {
        let row =
            CHECKS.iter().find(|c| c.endpoint.ends_with("/in/MEMBER/CONNECTOR") && c.step == step);
        row.unwrap_or_else(|| panic!("no row `{step}`")).code
    };
    let mut seen = BTreeSet::new();
    for (step, reply) in lies() {
        let mut place = place_at(&world, &campus, &[]);
        if step == "reader key" {
            let none = serde_json::json!({ "local_id": "personUuid" });
            place.entry.attributes = serde_json::from_value(none).expect("a map");
        }
        let body = reply.body.chars().take(80).collect::<String>();
        campus.says(reply);
        let refusal = refused(answered(&world, &place, "ST-7-abc").await);
        assert_eq!(refusal.code(), rows(step), "{step}: {body}: {refusal}");
        assert!(!refusal.to_string().contains("7-abc"), "a ticket in the log: {refusal}");
        seen.insert(step);
    }
    campus.says(Reply::user("a", ""));
    let place = place_at(&world, &campus, &[]);
    let begun = world.begin(&world.cas, &place).await.expect("begun");
    let good = back(&begun, "ST-1");
    for (step, query) in [
        ("parameters", "ticket=ST-1&ticket=ST-2"),
        ("parameters", "ticket=%FF"),
        ("ticket there", ""),
        ("ticket there", "ticket="),
        ("ticket there", "Ticket=ST-1"),
        ("form of the ticket", "ticket=PT-1"),
        ("form of the ticket", "ticket=ST-1%26user%3Db"),
        ("form of the ticket", "ticket=ST-1%0d%0aX"),
    ] {
        let inbound = Inbound { query: query.to_owned(), ..good.clone() };
        let refusal = refused(world.finish(&world.cas, &place, &inbound, &begun.state).await);
        assert_eq!(refusal.code(), rows(step), "{step}: {query}");
        seen.insert(step);
    }
    let long = format!("ticket=ST-{}", "a".repeat(254));
    let inbound = Inbound { query: long, ..good.clone() };
    let refusal = refused(world.finish(&world.cas, &place, &inbound, &begun.state).await);
    assert_eq!(refusal.code(), code::CAS_TICKET_FORM);
    assert_eq!(campus.asked().len(), lies().len(), "no bad ticket reaches the server");
    for path in ["/in/zju/campus", "/in/nju/campus", "/in/zju/campus/AAAAAAAAAAAAAAAAAAAAAA"] {
        let inbound = Inbound { path: path.to_owned(), ..good.clone() };
        let refusal = refused(world.finish(&world.cas, &place, &inbound, &begun.state).await);
        assert_eq!(refusal.code(), rows("callback of this leg"), "{path}");
    }
    seen.insert("callback of this leg");
    for state in [b"".as_slice(), b"{}", b"{\"step\":\"password\"}"] {
        let refusal = refused(world.finish(&world.cas, &place, &good, state).await);
        assert_eq!(refusal.code(), code::LOG_STATE_FORGED);
    }
    let at = world.at(&place, &world.moment);
    let refusal = refused(world.cas.finish(&at, &good, None, None).await);
    assert_eq!(refusal.code(), rows("state"));
    seen.insert("state");
    seen.insert("fresh login"); // the next test
    seen.insert("notice of logout"); // signed_out.rs
    let all: BTreeSet<_> = CHECKS
        .iter()
        .filter(|c| c.endpoint.ends_with("/in/MEMBER/CONNECTOR"))
        .map(|c| c.step)
        .collect();
    assert_eq!(seen, all, "every row was seen to fail");
}

#[tokio::test]
async fn a_forced_login_that_is_not_fresh_is_refused() {
    let (world, campus) = (world().await, Campus::start().await);
    let said = |what: &str| Reply::user("a", &format!("<cas:attributes>{what}</cas:attributes>"));
    let date = |s: i64| {
        format!("<cas:authenticationDate>{}</cas:authenticationDate>", NOON.plus_s(s).rfc3339())
    };
    let is_new = |v: &str| format!("<cas:isFromNewLogin>{v}</cas:isFromNewLogin>");
    for (reply, is_good) in [
        (Reply::user("a", ""), true),
        (said(&is_new("true")), true),
        (said(&is_new("false")), false),
        (said(&is_new("")), false),
        (said(&date(-3600)), false),
        (said(&date(2)), true),
        (said(&format!("{}{}", date(2), is_new("false"))), false),
        (Reply::failure("INVALID_TICKET_SPEC"), false),
    ] {
        let body = reply.body.clone();
        campus.says(reply.clone());
        let place = Place { force: true, ..place_at(&world, &campus, &[]) };
        match answered(&world, &place, "ST-1").await {
            Ok(_) => assert!(is_good, "{body}"),
            Err(refusal) => assert!(!is_good && refusal.code() == code::CAS_NOT_FRESH, "{body}"),
        }
    }
    // Where nobody asked for a fresh one, an old one is good, and as old as the server says.
    for (text, expected) in [
        (NOON.plus_s(-3600).rfc3339(), NOON.plus_s(-3600)),
        (NOON.plus_s(3600).rfc3339(), NOON.plus_s(5)),
        (
            "2026-11-21T19:00:00.123+08:00[Asia/Shanghai]".to_owned(),
            model::Timestamp::parse_rfc3339("2026-11-21T19:00:00.123+08:00")
                .expect("a time")
                .min(NOON.plus_s(5)),
        ),
        ("yesterday".to_owned(), NOON.plus_s(5)),
    ] {
        campus.says(said(&format!("<cas:authenticationDate>{text}</cas:authenticationDate>")));
        let place = place_at(&world, &campus, &[]);
        let claim = claimed(answered(&world, &place, "ST-1").await);
        assert_eq!(claim.auth_time(), expected, "{text}");
    }
}

#[tokio::test]
async fn a_server_that_is_down_or_private_is_not_there() {
    let (world, campus) = (world().await, Campus::start().await);
    for server in ["http://localhost:1/cas", "https://localhost:1/cas"] {
        let place = place_at(&world, &campus, &[("server", server.into())]);
        let refusal = refused(answered(&world, &place, "ST-7-abc").await);
        assert_eq!(refusal.code(), code::CAS_UNREACHABLE);
        assert!(!refusal.to_string().contains("7-abc"), "a ticket in the log: {refusal}");
    }
    // A hub on the internet reaches no address of its own network.
    let http = HttpClient::new(&metadata::HttpSettings::default()).expect("a client");
    let public = CasConnector::new(&PublicUrl::parse(HUB).expect("an origin"), http);
    let place = place_at(&world, &campus, &[("server", "https://10.0.0.7/cas".into())]);
    let begun = world.begin(&public, &place).await.expect("begun");
    let refusal =
        refused(world.finish(&public, &place, &back(&begun, "ST-7-abc"), &begun.state).await);
    assert_eq!(refusal.code(), code::CAS_UNREACHABLE);
    assert!(refusal.to_string().contains("no public address"), "{refusal}");
    assert!(!refusal.to_string().contains("7-abc"), "a ticket in the log: {refusal}");
}
