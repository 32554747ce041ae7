//! Probes.

use super::*;

#[tokio::test]
async fn a_probe_tells_a_cas_server_from_what_is_none_and_what_it_does_not_take() {
    let (world, campus) = (world().await, Campus::start().await);
    let place = place_at(&world, &campus, &[]);
    for (reply, login, finding) in [
        (Reply::failure("INVALID_TICKET"), 200, None),
        (Reply::failure("INVALID_TICKET"), 302, None),
        (Reply::failure("INVALID_TICKET"), 403, Some("register it by prefix")),
        (Reply::failure("INVALID_TICKET"), 404, Some("correct `login`")),
        (Reply::failure("INVALID_SERVICE"), 200, Some("register it by prefix")),
        (Reply::failure("INTERNAL_ERROR"), 200, Some("INTERNAL_ERROR")),
        (Reply::user("a", ""), 200, Some("anybody could log in as anybody")),
        (Reply::of(404, ""), 200, Some("no CAS server answers")),
        (Reply::of(200, "<html>"), 200, Some("no CAS server answers")),
        (Reply::of(502, ""), 200, Some("firewall")),
    ] {
        campus.says(reply);
        campus.shows(Reply::of(login, "a page"));
        let probe = world.cas.probe(&world.at(&place, &world.moment)).await;
        assert_eq!(probe.is_ready, finding.is_none(), "{probe:?}");
        match finding {
            None => assert_eq!(probe.findings, Vec::<String>::new()),
            Some(text) => assert!(probe.findings[0].contains(text), "{probe:?}"),
        }
    }
    let asked = campus.asked();
    assert!(asked.iter().all(|line| line.contains("ticket=ST-0-") || line.contains("/login?")));
    let tickets: BTreeSet<_> = asked.iter().filter_map(|l| l.split("ticket=").nth(1)).collect();
    assert_eq!(tickets.len(), 10, "a ticket of chance each time");
    let down = place_at(&world, &campus, &[("server", "http://localhost:1/cas".into())]);
    assert!(!world.cas.probe(&world.at(&down, &world.moment)).await.is_ready);
    let none = place_at(&world, &campus, &[("version", 9.into())]);
    let probe = world.cas.probe(&world.at(&none, &world.moment)).await;
    assert!(!probe.is_ready && probe.findings[0].contains("version"), "{probe:?}");
}
