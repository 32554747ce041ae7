//! The step × endpoint tables of the two rooms that face outside.

use super::documents::{document_root, has_test, sources};
use idp_bridge::CHECKS as MEMBER_CHECKS;
use sp_proxy::{CHECKS as SERVICE_CHECKS, Endpoint, FailsWith};
use std::collections::BTreeSet;

/// A check whose refusal nothing in the room, or in the room that it calls, ever makes
/// would be a promise only.
#[test]
fn every_check_towards_members_has_a_code_that_exists_and_is_used() {
    let used = ["idp-bridge", "login", "accounts", "saml"].map(sources).concat();
    let codes = std::fs::read_to_string(format!("{}/model/src/codes.rs", document_root()))
        .expect("the codes");
    for check in MEMBER_CHECKS {
        let text = check.code.as_str();
        assert!(model::Code::find(text).is_some(), "{}: {text}", check.step);
        assert!(!check.clause.is_empty() && !check.endpoint.is_empty(), "{}", check.step);
        // `SAML_UNSIGNED("SAML-002"` in the list, `code::SAML_UNSIGNED` where it is made.
        let at =
            codes.find(&format!("\"{text}\"")).unwrap_or_else(|| panic!("{text} is not listed"));
        let name = codes[..at]
            .rsplit(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
            .find(|word| word.contains('_'))
            .unwrap_or_else(|| panic!("{text} has no name"));
        assert!(
            used.contains(&format!("code::{name}")),
            "{}: nothing refuses with {name}",
            check.step
        );
    }
}

#[test]
fn every_check_towards_services_names_a_test_that_exists() {
    let tests = sources("sp-proxy");
    let mut endpoints = BTreeSet::new();
    for check in SERVICE_CHECKS {
        endpoints.insert(format!("{:?}", check.endpoint));
        assert!(!check.clause.is_empty(), "{}", check.what);
        assert!(
            has_test(&tests, check.proof),
            "{}: there is no test `{}`",
            check.what,
            check.proof
        );
        if let FailsWith::Page(code) = check.fails_with {
            assert!(model::Code::find(code).is_some(), "{}: {code}", check.what);
        }
    }
    for endpoint in [Endpoint::Authorize, Endpoint::Token, Endpoint::Userinfo, Endpoint::SamlSso] {
        assert!(endpoints.contains(&format!("{endpoint:?}")), "{endpoint:?} checks nothing");
    }
}
