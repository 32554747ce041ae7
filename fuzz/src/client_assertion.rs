//! JWTs of a client. Its key was not kept: what is accepted carries the claims that it signed.

use crate::fixtures::{CLIENT, CLIENT_JWKS, CLIENT_JWT, NOW};
use model::Timestamp;
use serde_json::Value;
use sp_proxy::fuzzing::assertion;
use std::sync::LazyLock;

const AUDIENCES: [&str; 2] = ["https://hub.test", "https://hub.test/oauth2/token"];

static KEYS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(CLIENT_JWKS).expect("a key set"));
static GOOD: LazyLock<(String, Timestamp)> =
    LazyLock::new(|| accepted(CLIENT_JWT.trim()).expect("our own assertion"));

fn accepted(jwt: &str) -> Option<(String, Timestamp)> {
    assertion(jwt, CLIENT, &KEYS, &AUDIENCES, NOW)
}

/// One input: a JWT.
pub fn run(data: &[u8]) {
    let good = &*GOOD;
    let Ok(jwt) = std::str::from_utf8(data) else { return };
    if let Some(read) = accepted(jwt) {
        assert_eq!(read, *good, "believed, and never signed");
    }
    assert!(assertion(jwt, "another", &KEYS, &AUDIENCES, NOW).is_none(), "another client's");
    assert!(
        assertion(jwt, CLIENT, &KEYS, &["https://other.test"], NOW).is_none(),
        "meant for another"
    );
}
