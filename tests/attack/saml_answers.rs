//! Answers of a member's identity provider that must not be believed.

use crate::harness::oidc::{authorize, code_of};
use crate::harness::saml::{
    AskedOfAcme, acme_answer, answer_as_acme, asked_of_acme, post_to_acs, signed,
};
use crate::harness::world::{HUB, World, acme_key, stranger_key};
use crate::harness::{Browser, Seen};
use saml::{AttrValues, ResponseOut, Sign, write_response};

/// A login that waits for the answer of `acme`.
async fn asked(world: &World) -> (Browser, AskedOfAcme) {
    let mut browser = world.browser();
    let seen = browser.get(&authorize(&[("member", "acme")])).await;
    let asked = asked_of_acme(&seen);
    (browser, asked)
}

fn refused(seen: &Seen, code: &str) {
    assert!(!seen.outside, "it was accepted: {}", seen.url);
    assert!(seen.status.is_client_error(), "{}: {}", seen.status, seen.body);
    assert!(seen.body.contains(code), "wanted {code}:\n{}", seen.body);
    assert!(seen.login_code().is_some(), "no login code:\n{}", seen.body);
}

/// Posts the good answer after `change`, signed with the registered key.
async fn with(change: impl FnOnce(&mut ResponseOut), code: &str) {
    let world = World::new().await;
    let (mut browser, asked) = asked(&world).await;
    let mut answer = acme_answer(&world.clock, Some(&asked.id));
    change(&mut answer);
    let xml = signed(&answer, acme_key());
    refused(&post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await, code);
}

/// Posts the good answer with its text changed after it was signed.
async fn tampered(change: impl FnOnce(String) -> String, code: &str) {
    let world = World::new().await;
    let (mut browser, asked) = asked(&world).await;
    let xml = change(signed(&acme_answer(&world.clock, Some(&asked.id)), acme_key()));
    refused(&post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await, code);
}

#[tokio::test]
async fn the_good_answer_is_accepted_or_the_others_prove_nothing() {
    let world = World::new().await;
    let (mut browser, asked) = asked(&world).await;
    code_of(&answer_as_acme(&mut browser, &world.clock, &asked).await);
}

#[tokio::test]
async fn a_key_that_is_not_in_the_metadata_signs_nothing() {
    let world = World::new().await;
    let (mut browser, asked) = asked(&world).await;
    // N10: the stranger's certificate travels in KeyInfo, if anywhere; it must not count.
    let xml = signed(&acme_answer(&world.clock, Some(&asked.id)), stranger_key());
    refused(&post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await, "SAML-003");
}

#[tokio::test]
async fn an_unsigned_answer_is_refused() {
    tampered(
        |xml| {
            let start = xml.find("<ds:Signature").expect("a signature");
            let end = xml.find("</ds:Signature>").expect("its end") + "</ds:Signature>".len();
            format!("{}{}", &xml[..start], &xml[end..])
        },
        "SAML-002",
    )
    .await;
}

#[tokio::test]
async fn a_changed_value_breaks_the_signature() {
    tampered(|xml| xml.replace("reader0001@acme.test", "reader0002@acme.test"), "SAML-003").await;
}

#[tokio::test]
async fn an_answer_for_another_audience_is_refused() {
    with(|a| a.audience = "https://other.test/saml/sp/metadata".to_owned(), "SAML-010").await;
}

#[tokio::test]
async fn an_answer_for_another_recipient_is_refused() {
    with(|a| a.destination = "https://other.test/saml/sp/acs".to_owned(), "SAML-008").await;
}

#[tokio::test]
async fn an_answer_to_another_request_is_refused() {
    with(|a| a.in_response_to = Some("_another-request".to_owned()), "SAML-011").await;
}

#[tokio::test]
async fn an_answer_from_the_future_is_refused() {
    with(|a| a.issue_instant = a.issue_instant.plus_s(600), "SAML-012").await;
}

#[tokio::test]
async fn an_answer_that_is_too_old_is_refused() {
    with(
        |a| {
            a.issue_instant = a.issue_instant.plus_s(-3600);
            a.authn_instant = a.issue_instant;
        },
        "SAML-013",
    )
    .await;
}

#[tokio::test]
async fn a_session_that_has_ended_at_the_library_is_refused() {
    with(|a| a.session_not_on_or_after = Some(a.issue_instant.plus_s(-120)), "SAML-016").await;
}

#[tokio::test]
async fn a_member_cannot_speak_in_the_scope_of_another() {
    with(
        |a| {
            for attribute in &mut a.attributes {
                if attribute.name == saml::attr::PAIRWISE_ID {
                    attribute.values = AttrValues::Text(vec!["reader0001@nju.test".to_owned()]);
                }
            }
        },
        "LOG-032",
    )
    .await;
}

#[tokio::test]
async fn a_foreign_affiliation_never_reaches_a_service() {
    use crate::harness::saml::{Ask, REQUEST_ID, accept, value};
    let world = World::new().await;
    let mut browser = world.browser();
    let address = format!("{}&member=acme", Ask::default().address(&world.clock));
    let asked = asked_of_acme(&browser.get(&address).await);
    let mut answer = acme_answer(&world.clock, Some(&asked.id));
    for attribute in &mut answer.attributes {
        if attribute.name == saml::attr::SCOPED_AFFILIATION {
            attribute.values = AttrValues::Text(vec![
                "faculty@nju.test".to_owned(),
                "student@acme.test".to_owned(),
            ]);
        }
    }
    let xml = signed(&answer, acme_key());
    let arrived = post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await;
    let assertion = accept(&mut browser, &world.clock, &arrived, REQUEST_ID).await;
    assert_eq!(value(&assertion, saml::attr::SCOPED_AFFILIATION), ["student@acme.test"]);
}

#[tokio::test]
async fn the_issuer_of_one_member_cannot_answer_the_request_of_another() {
    // N12: the reader chose nju; acme answers with its own good signature.
    let world = World::new().await;
    let mut browser = world.browser();
    let discovery = browser.get(&authorize(&[])).await;
    let mut chosen = world.net();
    chosen.0.remove("nju.test");
    browser.net = chosen;
    let seen = browser.click(&discovery, &discovery.link("member=nju")).await;
    let relay_state = seen.query("RelayState").expect("RelayState");
    let xml = signed(&acme_answer(&world.clock, Some("_guessed")), acme_key());
    let answer = post_to_acs(&mut browser, &xml, Some(&relay_state)).await;
    assert!(answer.body.contains("LOG-015") || answer.body.contains("SAML-006"), "{}", answer.body);
}

#[tokio::test]
async fn an_issuer_that_nobody_registered_is_refused() {
    with(|a| a.issuer = "https://evil.test/idp".to_owned(), "LOG-015").await;
}

#[tokio::test]
async fn the_same_answer_works_once() {
    let world = World::new().await;
    let (mut browser, asked) = asked(&world).await;
    let before = browser.cookie_names("hub.test").len();
    assert!(before >= 2, "binding and state cookies");
    let xml = signed(&acme_answer(&world.clock, Some(&asked.id)), acme_key());
    let saved: Vec<_> = browser
        .cookie_names("hub.test")
        .iter()
        .map(|n| ((*n).to_owned(), browser.cookie("hub.test", n).expect("kept").to_owned()))
        .collect();
    code_of(&post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await);
    // The attacker restores every cookie of the moment before.
    for (name, value) in &saved {
        browser.set_cookie("hub.test", name, value);
    }
    let again = post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await;
    assert!(!again.outside, "a replay was accepted");
    assert!(again.body.contains("LOG-004") || again.body.contains("SAML-017"), "{}", again.body);
}

#[tokio::test]
async fn the_assertion_of_one_login_cannot_be_used_in_another() {
    let world = World::new().await;
    let (mut first, asked_first) = asked(&world).await;
    let answer = acme_answer(&world.clock, Some(&asked_first.id));
    let xml = signed(&answer, acme_key());
    code_of(&post_to_acs(&mut first, &xml, Some(&asked_first.relay_state)).await);
    let (mut second, asked_second) = asked(&world).await;
    refused(&post_to_acs(&mut second, &xml, Some(&asked_second.relay_state)).await, "SAML-011");
}

#[tokio::test]
async fn a_signed_response_around_a_changed_assertion_is_refused() {
    let world = World::new().await;
    let (mut browser, asked) = asked(&world).await;
    let answer = acme_answer(&world.clock, Some(&asked.id));
    let xml = write_response(&answer, acme_key(), Sign::Response).expect("an answer");
    let evil = xml.replace("reader0001@acme.test", "reader0002@acme.test");
    refused(&post_to_acs(&mut browser, &evil, Some(&asked.relay_state)).await, "SAML-003");
}

/// N1: the signed assertion is moved aside and an evil copy put where it stood.
#[tokio::test]
async fn wrapping_the_signed_assertion_is_refused_in_every_form() {
    let world = World::new().await;
    for form in 0..5 {
        let (mut browser, asked) = asked(&world).await;
        let xml = signed(&acme_answer(&world.clock, Some(&asked.id)), acme_key());
        let start = xml.find("<saml:Assertion").expect("an assertion");
        let end = xml.find("</saml:Assertion>").expect("its end") + "</saml:Assertion>".len();
        let good = &xml[start..end];
        let signature_start = good.find("<ds:Signature").expect("a signature");
        let signature_end = good.find("</ds:Signature>").expect("end") + "</ds:Signature>".len();
        let unsigned = format!("{}{}", &good[..signature_start], &good[signature_end..]);
        let evil = unsigned.replace("reader0001@", "reader0666@");
        let renamed = evil.replacen("ID=\"_assertion", "ID=\"_evil", 1);
        let inner = match form {
            0 => format!("{renamed}{good}"),
            1 => format!("{good}{renamed}"),
            2 => format!("{evil}{good}"),
            3 => renamed.replace(
                "<saml:Subject>",
                &format!("<saml:Advice>{good}</saml:Advice><saml:Subject>"),
            ),
            _ => renamed.replace(
                "<saml:Subject>",
                &format!(
                    "{}<saml:Subject>",
                    good[signature_start..signature_end].replace(
                        "</ds:Signature>",
                        &format!("<ds:Object>{good}</ds:Object></ds:Signature>")
                    )
                ),
            ),
        };
        let wrapped = format!("{}{inner}{}", &xml[..start], &xml[end..]);
        let seen = post_to_acs(&mut browser, &wrapped, Some(&asked.relay_state)).await;
        assert!(!seen.outside && seen.status.is_client_error(), "form {form} was accepted");
        assert!(seen.body.contains("SAML-0"), "form {form}: {}", seen.body);
    }
}

#[tokio::test]
async fn entities_and_document_types_are_refused() {
    for head in [
        "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE a [<!ENTITY e \"x\"><!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;\">]>",
        "<!DOCTYPE a>",
    ] {
        tampered(|xml| format!("{head}{xml}"), "SAML-001").await;
    }
}

#[tokio::test]
async fn a_comment_does_not_shorten_a_name() {
    // N5: whoever cuts the text at the comment reads another reader's key.
    let world = World::new().await;
    let (mut browser, asked) = asked(&world).await;
    let xml = signed(&acme_answer(&world.clock, Some(&asked.id)), acme_key());
    let split = xml.replace("reader0001@acme.test", "reader0001<!-- -->@acme.test");
    let seen = post_to_acs(&mut browser, &split, Some(&asked.relay_state)).await;
    // Refused outright, or read whole: never cut.
    assert!(!seen.outside || seen.query("code").is_some());
    if !seen.outside {
        assert!(seen.body.contains("SAML-0"), "{}", seen.body);
    }
}

#[tokio::test]
async fn ten_megabytes_and_a_thousand_levels_are_refused_and_the_hub_goes_on() {
    let world = World::new().await;
    let (mut browser, asked) = asked(&world).await;
    let large = format!("<a>{}</a>", "x".repeat(10 << 20));
    let seen = post_to_acs(&mut browser, &large, Some(&asked.relay_state)).await;
    assert!(seen.status == 413 || seen.status == 400, "{}", seen.status);
    let deep = format!("{}{}", "<a>".repeat(1000), "</a>".repeat(1000));
    let seen = post_to_acs(&mut browser, &deep, Some(&asked.relay_state)).await;
    refused(&seen, "SAML-0");
    code_of(&answer_as_acme(&mut browser, &world.clock, &asked).await);
}

#[tokio::test]
async fn a_failed_status_is_said_so() {
    let world = World::new().await;
    let (mut browser, asked) = asked(&world).await;
    let acs = format!("{HUB}/saml/sp/acs");
    let xml = saml::write_error_response(
        &saml::ErrorOut {
            response_id: "_error".to_owned(),
            issuer: crate::harness::world::ACME_IDP.to_owned(),
            destination: acs,
            in_response_to: Some(asked.id.clone()),
            issue_instant: model::Clock::now(&*world.clock),
            status: saml::StatusCode::Responder,
            second: Some(saml::StatusCode::AuthnFailed),
            message: None,
        },
        acme_key(),
    )
    .expect("an answer");
    refused(&post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await, "SAML-018");
}

#[tokio::test]
async fn a_forced_login_that_the_library_answers_from_its_session_is_refused() {
    let world = World::new().await;
    let mut browser = world.browser();
    let force = authorize(&[("member", "acme"), ("prompt", "login")]);
    let asked = asked_of_acme(&browser.get(&force).await);
    assert!(asked.xml.contains("ForceAuthn=\"true\""), "{}", asked.xml);
    let mut answer = acme_answer(&world.clock, Some(&asked.id));
    answer.authn_instant = answer.authn_instant.plus_s(-600);
    let xml = signed(&answer, acme_key());
    let seen = post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await;
    assert!(!seen.outside, "a login of ten minutes ago passed for a new one");
    assert!(browser.cookie("hub.test", "__Host-rp_sid").is_none(), "{}", seen.body);
}

#[tokio::test]
async fn a_transient_name_is_no_key_of_a_reader() {
    with(|a| a.attributes.retain(|a| a.name != saml::attr::PAIRWISE_ID), "LOG-033").await;
}

/// The state cookies of one login and the RelayState of another do not mix.
#[tokio::test]
async fn an_answer_cannot_be_slipped_into_another_login_of_the_same_browser() {
    let world = World::new().await;
    let (mut browser, first) = asked(&world).await;
    let second = asked_of_acme(&browser.get(&authorize(&[("member", "acme")])).await);
    let xml = signed(&acme_answer(&world.clock, Some(&first.id)), acme_key());
    refused(&post_to_acs(&mut browser, &xml, Some(&second.relay_state)).await, "SAML-011");
}

/// P10: the new certificate stands beside the old one for a while, then alone.
#[tokio::test]
async fn a_library_renews_its_certificate_and_its_readers_stay_who_they_are() {
    use crate::harness::oidc::{claims, redeem};
    use crate::harness::world::{ACME_IDP, idp_metadata};
    let world = World::new().await;
    let (old, new) = (acme_key(), stranger_key());
    let mut subjects = Vec::new();
    for (registered, signing, refused_key) in [
        (vec![old.certificate()], old, Some(new)),
        (vec![old.certificate(), new.certificate()], old, None),
        (vec![old.certificate(), new.certificate()], new, None),
        (vec![new.certificate()], new, Some(old)),
    ] {
        let xml = idp_metadata(ACME_IDP, "https://acme.test", &registered, "acme.test");
        world.hub.folder.write("registry/members/acme-idp.xml", xml);
        world.hub.apply_folder().await;
        if let Some(key) = refused_key {
            let (mut browser, asked) = asked(&world).await;
            let xml = signed(&acme_answer(&world.clock, Some(&asked.id)), key);
            refused(&post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await, "SAML-003");
        }
        let (mut browser, asked) = asked(&world).await;
        let xml = signed(&acme_answer(&world.clock, Some(&asked.id)), signing);
        let code = code_of(&post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await);
        let tokens = redeem(&world.hub, &code).await;
        subjects.push(claims(tokens.json["id_token"].as_str().expect("a token"))["sub"].clone());
    }
    subjects.dedup();
    assert_eq!(subjects.len(), 1, "the reader became another: {subjects:?}");
}
