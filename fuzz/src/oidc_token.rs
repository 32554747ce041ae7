//! Token requests: a line with the Authorization header, then the form.

use crate::fixtures::{CLIENT, SERVICE};
use model::{Inbound, Method, TokenAuth};
use sp_proxy::fuzzing::{bearer, token_client};
use std::net::{IpAddr, Ipv4Addr};

/// Of a verifier that nobody knows.
const CHALLENGE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// One input.
pub fn run(data: &[u8]) {
    let mut halves = data.splitn(2, |byte| *byte == b'\n');
    let (first, body) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
    let mut headers =
        vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    if let Ok(authorization) = std::str::from_utf8(first)
        && !authorization.is_empty()
    {
        headers.push(("authorization".to_owned(), authorization.to_owned()));
    }
    let inbound = Inbound {
        method: Method::Post,
        path: "/oauth2/token".to_owned(),
        query: String::new(),
        headers,
        body: body.to_vec(),
        client: IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    if let Some((_, method, is_registered, is_verified)) =
        token_client(&inbound, &SERVICE, CHALLENGE)
    {
        let by_secret =
            matches!(method, TokenAuth::ClientSecretBasic | TokenAuth::ClientSecretPost);
        assert_eq!(
            is_registered, by_secret,
            "{CLIENT} has registered a secret, and passes by {method:?}"
        );
        assert!(!is_verified, "a verifier for a challenge that has none");
    }
    if let Ok(text) = std::str::from_utf8(body) {
        assert!(!bearer(text, |_| [0xa5; 32]) || text.ends_with(TAG), "a code that nobody made");
    }
}

/// What that MAC makes of any code: the first 16 bytes in base64url.
const TAG: &str = "paWlpaWlpaWlpaWlpaWlpQ";
