//! Ways around a check that stands: a limit turned against readers, a prefix gained late,
//! doors for the operator's machine, requests that cost nothing to send.

use crate::harness::oidc::{authorize, code_of};
use crate::harness::world::{HUB, PASSWORD, World, sign_in};
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderName, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use std::net::SocketAddr;
use tower::ServiceExt as _;

#[tokio::test]
async fn guesses_that_are_refused_lock_nobody_else_out() {
    let world = World::new().await;
    let mut attacker = world.browser();
    let form = attacker.get(&authorize(&[("member", "union")])).await;
    // This login may guess no more …
    for n in 0..10 {
        sign_in(&mut attacker, &form, &format!("nobody-{n}"), "wrong-password-guess").await;
    }
    // … so what it still tries at a reader's name must not count against the reader.
    for _ in 0..11 {
        let seen = sign_in(&mut attacker, &form, "reader-a", "wrong-password-guess").await;
        assert!(seen.body.contains("ACC-002"), "an eleventh guess in one login");
    }
    let mut reader = world.browser();
    let form = reader.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut reader, &form, "reader-a", PASSWORD).await);
}

#[tokio::test]
async fn a_cookie_gains_no_host_prefix_by_the_space_before_it() {
    let world = World::new().await;
    let mut owner = world.browser();
    let form = owner.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut owner, &form, "reader-a", PASSWORD).await);
    let sid = owner.cookie("hub.test", "__Host-rp_sid").expect("a session").to_owned();
    // A sibling host may set the last four for the whole domain: to the browser they have no prefix.
    let names = [("", true), (" ", true)];
    let tossed = ["\u{2000}", "\u{a0}", "\u{85}", "\u{3000}"].map(|space| (space, false));
    for (space, counts) in names.into_iter().chain(tossed) {
        let mut victim = world.browser();
        victim.set_cookie("hub.test", &format!("{space}__Host-rp_sid"), &sid);
        let seen = victim.get(&authorize(&[])).await;
        assert_eq!(seen.outside, counts, "{space:?} before the name");
    }
}

#[tokio::test]
async fn a_page_elsewhere_cannot_post_the_form_of_a_login() {
    let world = World::new().await;
    let mut reader = world.browser();
    let page = reader.get(&authorize(&[("member", "union")])).await;
    let mut form = page.form("username");
    form.set("username", "reader-b");
    form.set("password", PASSWORD);
    let fields: Vec<(&str, &str)> =
        form.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    // It may know everything but where it comes from.
    let address = format!("{HUB}/login");
    let seen = reader.post(&address, &fields, "https://evil.test/").await;
    assert!(
        seen.status == StatusCode::BAD_REQUEST && seen.body.contains("WEB-006"),
        "{}",
        seen.body
    );
    assert!(reader.cookie("hub.test", "__Host-rp_sid").is_none());
    let mut old = reader.clone();
    old.plain = true;
    let seen = old.post(&address, &fields, "https://evil.test/").await;
    assert!(
        seen.body.contains("WEB-006"),
        "by Origin alone, from a browser without Fetch Metadata"
    );
    code_of(&reader.submit(&page, &form).await);
}

#[tokio::test]
async fn a_program_that_names_no_origin_still_logs_in() {
    let world = World::new().await;
    let mut program = world.browser();
    let page = program.get(&authorize(&[("member", "union")])).await;
    let mut form = page.form("username");
    form.set("username", "reader-a");
    form.set("password", PASSWORD);
    let body =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form.fields).finish();
    let names = program.cookie_names("hub.test");
    let pairs = names.iter().map(|n| format!("{n}={}", program.cookie("hub.test", n).expect("it")));
    let request = Request::post("/login")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, pairs.collect::<Vec<_>>().join("; "))
        .body(Body::from(body))
        .expect("a request");
    let answer = world.hub.router.clone().oneshot(request).await.expect("infallible");
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{:?}", answer.headers());
}

/// Asks for an address as from a peer at `client`.
async fn asked(
    world: &World,
    path: &str,
    client: &str,
    more: &[(&str, &str)],
) -> (StatusCode, String) {
    let client: SocketAddr = client.parse().expect("an address");
    let mut request =
        Request::get(path).header(header::HOST, "hub.test").extension(ConnectInfo(client));
    let headers = request.headers_mut().expect("good so far");
    for (name, value) in more {
        headers.insert(
            HeaderName::from_bytes(name.as_bytes()).expect("a name"),
            value.parse().expect("a value"),
        );
    }
    let request = request.body(Body::empty()).expect("a request");
    let answer = world.hub.router.clone().oneshot(request).await.expect("infallible");
    let status = answer.status();
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn figures_are_for_the_machine_itself_and_the_state_says_no_more_than_it_must() {
    let world = World::new().await;
    let here = [("host", "127.0.0.1:8080")];
    let (status, figures) = asked(&world, "/metrics", "127.0.0.1:4000", &here).await;
    assert_eq!(status, StatusCode::OK);
    assert!(figures.contains("\nreaderpass_members ") && figures.contains("{part=\"shared\"} 1\n"));
    let forwarded = [("host", "127.0.0.1:8080"), ("x-forwarded-for", "127.0.0.1")];
    for (client, more) in [
        ("203.0.113.7:4000", &[][..]),
        ("127.0.0.1:4000", &forwarded),
        // A proxy on this machine that adds no header passes the public name on.
        ("127.0.0.1:4000", &[("host", "hub.test")]),
        ("203.0.113.7:4000", &forwarded),
    ] {
        let (status, page) = asked(&world, "/metrics", client, more).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{client} {more:?}");
        assert!(
            page.contains("没有这个页面") && !page.contains("readerpass_"),
            "{client} {more:?}"
        );
    }
    let ready = asked(&world, "/readyz", "203.0.113.7:4000", &[]).await;
    assert_eq!(ready, (StatusCode::OK, "ready\n".to_owned()));
}

#[tokio::test]
async fn a_refusal_is_not_larger_than_what_was_asked() {
    let world = World::new().await;
    let ask = format!("/oauth2/authorize?client_id={}", "&%26a".repeat(3_000));
    let (status, page) = asked(&world, &ask, "203.0.113.7:4000", &[]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(page.len() < 4_000 && !page.contains("%26a"), "{} bytes", page.len());
    let cookies: Vec<_> = (0..1_500).map(|n| format!("__Host-rp_s_{n}=")).collect();
    let request = Request::get("/?login=1").header(header::COOKIE, cookies.join("; "));
    let request = request.body(Body::empty()).expect("a request");
    let answer = world.hub.router.clone().oneshot(request).await.expect("infallible");
    let set = answer.headers().get_all(header::SET_COOKIE).iter().count();
    // Those removed, the state, the binding.
    assert_eq!((answer.status(), set), (StatusCode::OK, 32 + 2));
}

/// As many long requests as there is room for, but for a hundred, came from everywhere; now one
/// network sends as many as it can, from many addresses and ever new browsers.
#[tokio::test]
async fn one_network_cannot_use_up_what_is_left_to_park() {
    let world = World::new().await;
    let hub = &world.hub.installation;
    let now = hub.moment().now;
    for _ in 0..19_900 {
        hub.shared.add("park/all", 600, now).await.expect("counts");
    }
    let long: String = std::iter::repeat_with(|| hub.entropy.token()).take(130).collect();
    let ask = authorize(&[("state", &long)]);
    let parks = async |address: [u8; 4]| {
        let mut browser = world.browser();
        browser.address = SocketAddr::from((address, 40_000));
        let seen = browser.get(&ask).await;
        let is_refused = seen.body.contains("LOG-034");
        assert_eq!(seen.status == StatusCode::TOO_MANY_REQUESTS, is_refused, "{}", seen.body);
        !is_refused
    };
    let mut parked = 0;
    for last in 1..=60 {
        parked += usize::from(parks([198, 18, 1, last]).await);
    }
    // A fifth: a quarter of what it leaves free.
    assert_eq!(parked, 20);
    for elsewhere in 1..=10 {
        assert!(parks([203, 0, elsewhere, 1]).await, "{elsewhere}");
    }
}
