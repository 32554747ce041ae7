//! `trace`: what a librarian is told about a login, without a value of the reader.

use super::run;
use crate::harness::oidc::{authorize, code_of};
use crate::harness::saml::{acme_answer, asked_of_acme, post_to_acs, signed};
use crate::harness::world::{PASSWORD, World, acme_key, sign_in};

const SECRETS: [&str; 6] =
    ["reader0001", "读者丙", "reader@acme.test", "reader-a", "Reader A", PASSWORD];

#[tokio::test]
async fn a_refused_login_is_traced_by_the_code_on_its_page() {
    let world = World::new().await;
    let mut browser = world.browser();
    let asked = asked_of_acme(&browser.get(&authorize(&[("member", "acme")])).await);
    let mut answer = acme_answer(&world.clock, Some(&asked.id));
    answer.audience = "https://other.test/".to_owned();
    let xml = signed(&answer, acme_key());
    let page = post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await;
    let code = page.login_code().expect("a login code");
    let traced = run(world.hub.folder.path(), &["trace", &code]);
    assert_eq!(traced.code, 0, "{traced:?}");
    for part in
        [&*code, "ill", "acme", "SAML-010", "who errs: member", "next:     ask the", "+08:00"]
    {
        assert!(traced.out.contains(part), "no `{part}` in {}", traced.out);
    }
    let json = run(world.hub.folder.path(), &["--json", "trace", &code]);
    assert!(json.json()["steps"].as_array().is_some_and(|steps| steps.len() >= 3), "{json:?}");
    for secret in SECRETS {
        assert!(!traced.out.contains(secret) && !json.out.contains(secret), "{secret} is told");
    }
}

#[tokio::test]
async fn a_login_that_ended_well_is_traced_and_others_are_not_known() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get(&authorize(&[("member", "union")])).await;
    let wrong = sign_in(&mut browser, &page, "reader-a", "not-the-password-77").await;
    code_of(&sign_in(&mut browser, &wrong, "reader-a", PASSWORD).await);
    // A refused try afterwards shows a code of its own; the running login's is in the audit log.
    let unknown = run(world.hub.folder.path(), &["trace", "2222-2222"]);
    assert!(unknown.code == 1 || unknown.code == 2, "{unknown:?}");
    let audit = run(world.hub.folder.path(), &["audit", "verify"]);
    assert_eq!(audit.code, 0, "{audit:?}");
}
