//! `/metrics` of the running program: what it tells, and that it names nobody.

use super::serving::{Serving, get_at};
use crate::harness::folder::Folder;
use crate::peers::authority::Authority;

#[test]
fn figures_count_what_happens_and_name_nobody() {
    let hub = Serving::start(Folder::new("figures"), "");
    for path in ["/discover", "/login?h=no-such-login", "/oauth2/authorize?client_id=nobody-knows"]
    {
        hub.get(path);
    }
    let text = hub.get("/metrics");
    for line in [
        "readerpass_build_info{version=\"",
        "readerpass_ready{part=\"durable\"} 1",
        "readerpass_store_operation_duration_seconds_bucket{store=\"shared\",operation=\"counters.add\",le=\"+Inf\"} ",
        "readerpass_store_operation_duration_seconds_sum{store=\"durable\",operation=\"registry.load_registry\"} ",
        "readerpass_store_operation_failures_total{store=\"durable\",operation=\"registry.load_registry\"} 0",
        "readerpass_password_checks_waiting 0",
        "readerpass_connections ",
        "readerpass_login_refusals_total{protocol=\"none\",code=\"",
        "readerpass_http_requests_total{area=\"discovery\",status=\"",
        "readerpass_http_request_duration_seconds_bucket{area=\"discovery\",le=\"+Inf\"} ",
        "readerpass_certificate_days_left{of=\"saml\"} 3",
    ] {
        assert!(text.contains(line), "no `{line}` in\n{text}");
    }
    for name in ["nobody-knows", "no-such-login", "127.0.0.1", "nju"] {
        assert!(!text.contains(name), "`{name}` is told:\n{text}");
    }
    // Every sample belongs to a family that was announced, and has a number.
    let body = text.split_once("\r\n\r\n").expect("a body").1;
    let mut families = Vec::new();
    for line in body.lines().filter(|line| !line.is_empty()) {
        if let Some(family) = line.strip_prefix("# TYPE ") {
            families.push(family.split(' ').next().expect("a name").to_owned());
        } else if !line.starts_with('#') {
            let (name, value) = line.rsplit_once(' ').expect("a value");
            let name = name.split('{').next().expect("a name");
            assert!(families.iter().any(|family| name.starts_with(family.as_str())), "{line}");
            value.parse::<f64>().unwrap_or_else(|_| panic!("no number: {line}"));
        }
    }
    let mut unique = families.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), families.len(), "a family was announced twice");
}

/// Who forgets the certificate is warned by its days.
#[test]
fn the_days_of_our_own_certificate_are_told() {
    let authority = Authority::new();
    let pair = authority.server("hub.localhost");
    let folder = Folder::new("figures");
    folder.write("tls.crt", &pair.cert);
    folder.write_secret("tls.key", &pair.key);
    let hub = Serving::start(folder, "tls = { cert = \"tls.crt\", key = \"tls.key\" }");
    let text = hub.get_by_tls(&authority, "/metrics");
    assert!(text.contains("readerpass_certificate_days_left{of=\"tls\"} "), "{text}");
}

/// What a proxy leads to is the other port.
#[test]
fn a_port_of_its_own_has_the_figures_and_nothing_else() {
    let port = crate::peers::hub::free_port();
    let own = format!("metrics_listen = \"127.0.0.1:{port}\"");
    let hub = Serving::start(Folder::new("figures"), &own);
    let text = get_at(port, "/metrics");
    assert!(text.contains("readerpass_ready{part=\"durable\"} 1"), "{text}");
    for path in ["/", "/healthz", "/discover", "/metrics/x"] {
        assert!(get_at(port, path).starts_with("HTTP/1.1 404"), "{path}");
    }
    let text = hub.get("/metrics");
    assert!(text.starts_with("HTTP/1.1 404") && !text.contains("readerpass_"), "{text}");
}
