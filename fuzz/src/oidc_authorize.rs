//! Authorization and logout requests.

use crate::fixtures::{BYE, CALLBACK, SERVICE};
use model::{MemberId, Params};
use sp_proxy::fuzzing::{authorize, end_session};

/// One input: a query.
pub fn run(data: &[u8]) {
    let Ok(params) = Params::parse(data) else { return };
    let member = MemberId::parse("nju").expect("an id");
    if let Some(asked) = authorize(&params, &SERVICE, &member) {
        assert_eq!(asked.redirect_uri, CALLBACK);
        assert_eq!(params.one("redirect_uri").ok().flatten(), Some(CALLBACK));
        assert_eq!(asked.request.service, SERVICE.id);
        assert_eq!(asked.code_challenge.len(), 43);
        assert_eq!(params.one("code_challenge_method").ok().flatten(), Some("S256"));
        assert!(asked.request.member.is_none_or(|named| named == member));
    }
    if let Some(back) = end_session(&params, &SERVICE) {
        let rest = back.strip_prefix(BYE).expect("another address than the registered one");
        assert!(rest.is_empty() || rest.starts_with("?state="), "{back}");
    }
}
