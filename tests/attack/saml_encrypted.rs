//! Encrypted answers of a member's identity provider that must not be believed,
//! and what a refusal must not tell.

use crate::harness::clock::seeded;
use crate::harness::oidc::{authorize, code_of};
use crate::harness::saml::{
    AskedOfAcme, acme_answer, answer_as_acme, asked_of_acme, post_to_acs, signed,
};
use crate::harness::world::{HUB, World, acme_key, stranger_key};
use crate::harness::{Browser, Seen};
use saml::{
    Recipient, ResponseOut, Sign, SigningKey, SpSelf, parse_metadata, write_encrypted_response,
    write_sp_metadata,
};

/// A login that waits for the answer of `acme`, and the hub as `acme` encrypts to it.
async fn asked(world: &World) -> (Browser, AskedOfAcme, Recipient) {
    let mut browser = world.browser();
    let metadata = browser.get(&format!("{HUB}/saml/sp/metadata")).await;
    let hub = recipient(&metadata.body);
    let seen = browser.get(&authorize(&[("member", "acme")])).await;
    (browser, asked_of_acme(&seen), hub)
}

fn recipient(metadata: &str) -> Recipient {
    let entity = parse_metadata(metadata.as_bytes()).expect("metadata").remove(0);
    let offer = entity.sp.expect("a service provider").encryption;
    offer.recipient(None).expect("safe").expect("asked for").clone()
}

/// A hub that is not this one.
fn stranger() -> Recipient {
    recipient(&write_sp_metadata(&SpSelf {
        entity_id: "https://stranger.test/saml/sp/metadata",
        acs: "https://stranger.test/saml/sp/acs",
        certs: &[],
        encryption_certs: &[stranger_key().certificate()],
        name: &model::Text::new("别处", "Elsewhere"),
    }))
}

fn sealed(out: &ResponseOut, key: &SigningKey, sign: Sign, to: &Recipient) -> String {
    write_encrypted_response(out, key, sign, to, &seeded(&out.assertion_id)).expect("an answer")
}

fn refused(seen: &Seen, code: &str) {
    assert!(!seen.outside, "it was accepted: {}", seen.url);
    assert!(seen.status.is_client_error(), "{}: {}", seen.status, seen.body);
    assert!(seen.body.contains(code), "wanted {code}:\n{}", seen.body);
    assert!(seen.login_code().is_some(), "no login code:\n{}", seen.body);
}

/// Posts the good answer, encrypted and then changed; gives the page.
async fn with(world: &World, sign: Sign, change: impl FnOnce(String) -> String) -> Seen {
    let (mut browser, asked, hub) = asked(world).await;
    let out = acme_answer(&world.clock, Some(&asked.id));
    let xml = change(sealed(&out, acme_key(), sign, &hub));
    post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await
}

/// From `<name` to `</name>`, where it stands first.
fn span(xml: &str, name: &str) -> (usize, usize) {
    let start = xml.find(&format!("<{name}")).expect("the element");
    let close = format!("</{name}>");
    (start, start + xml[start..].find(&close).expect("its end") + close.len())
}

fn part<'a>(xml: &'a str, name: &str) -> &'a str {
    let (start, end) = span(xml, name);
    &xml[start..end]
}

/// Changes one character of the last CipherValue (the text), or of the first (its key).
fn flipped(xml: &str, of_key: bool, from_end: usize) -> String {
    let mark = "</xenc:CipherValue>";
    let end = if of_key { xml.find(mark) } else { xml.rfind(mark) };
    let place = end.expect("a ciphertext") - from_end;
    let other = if xml.as_bytes()[place] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &xml[..place], &xml[place + 1..])
}

#[tokio::test]
async fn the_good_encrypted_answer_is_accepted_or_the_others_prove_nothing() {
    let world = World::new().await;
    for sign in [Sign::Assertion, Sign::Response] {
        let seen = with(&world, sign, |xml| {
            assert!(!xml.contains("reader0001"), "in the clear");
            xml
        });
        code_of(&seen.await);
    }
}

#[tokio::test]
async fn whoever_can_encrypt_to_the_hub_has_proved_nothing() {
    // N8: encrypted, and signed by nobody (CVE-2026-2092).
    let world = World::new().await;
    let unsigned = |xml: String| xml.replace(part(&xml, "ds:Signature"), "");
    refused(&with(&world, Sign::Response, unsigned).await, "SAML-002");
    // And signed by somebody, inside and outside.
    for sign in [Sign::Assertion, Sign::Response] {
        let (mut browser, asked, hub) = asked(&world).await;
        let out = acme_answer(&world.clock, Some(&asked.id));
        let xml = sealed(&out, stranger_key(), sign, &hub);
        let seen = post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await;
        refused(&seen, "SAML-003");
    }
}

#[tokio::test]
async fn the_key_of_another_login_opens_nothing() {
    let world = World::new().await;
    let (_, other, hub) = asked(&world).await;
    let out = acme_answer(&world.clock, Some(&other.id));
    let theirs = sealed(&out, acme_key(), Sign::Assertion, &hub);
    let seen = with(&world, Sign::Assertion, |xml| {
        xml.replace(part(&xml, "xenc:EncryptedKey"), part(&theirs, "xenc:EncryptedKey"))
    });
    refused(&seen.await, "SAML-026");
}

#[tokio::test]
async fn the_encrypted_assertion_of_another_login_is_refused() {
    let world = World::new().await;
    let (_, other, hub) = asked(&world).await;
    let out = acme_answer(&world.clock, Some(&other.id));
    let theirs = sealed(&out, acme_key(), Sign::Assertion, &hub);
    let seen = with(&world, Sign::Assertion, |xml| {
        let name = "saml:EncryptedAssertion";
        xml.replace(part(&xml, name), part(&theirs, name))
    });
    refused(&seen.await, "SAML-011");
}

#[tokio::test]
async fn an_encrypted_assertion_works_once() {
    let world = World::new().await;
    let (mut browser, asked, hub) = asked(&world).await;
    let out = acme_answer(&world.clock, Some(&asked.id));
    let xml = sealed(&out, acme_key(), Sign::Assertion, &hub);
    code_of(&post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await);
    let again = post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await;
    assert!(!again.outside, "a replay was accepted");
}

#[tokio::test]
async fn whatever_fails_in_decryption_gives_one_and_the_same_page() {
    let world = World::new().await;
    let mut pages = Vec::new();
    let (mut browser, asked, _) = asked(&world).await;
    let out = acme_answer(&world.clock, Some(&asked.id));
    let elsewhere = sealed(&out, acme_key(), Sign::Assertion, &stranger());
    pages.push(post_to_acs(&mut browser, &elsewhere, Some(&asked.relay_state)).await);
    for (of_key, from_end) in [(true, 12), (true, 300), (false, 12), (false, 400)] {
        let change = |xml: String| flipped(&xml, of_key, from_end);
        pages.push(with(&world, Sign::Assertion, change).await);
    }
    let shown = |seen: &Seen| {
        refused(seen, "SAML-026");
        let code = seen.login_code().expect("a login code");
        (seen.status, seen.body.replace(&code, "CODE"))
    };
    let first = shown(&pages[0]);
    for page in &pages[1..] {
        assert_eq!(shown(page), first);
    }
}

#[tokio::test]
async fn no_padding_of_cbc_is_ever_asked_about() {
    // Every answer to a changed ciphertext says the same: what an oracle would tell is never computed.
    let gcm = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
    let cbc = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
    let world = World::new().await;
    for flag in [false, true] {
        if flag {
            let with = "metadata = \"acme-idp.xml\"\naccept_cbc = true";
            world.hub.change("members/acme.toml", "metadata = \"acme-idp.xml\"", with).await;
        }
        for from_end in [4, 12, 28, 60] {
            // Not covered by a signature: refused by its name alone, flag or not.
            let change = |xml: String| flipped(&xml.replace(gcm, cbc), false, from_end);
            refused(&with(&world, Sign::Assertion, change).await, "SAML-005");
            // Covered: the signature has fixed every byte.
            let change = |xml: String| flipped(&xml.replace(gcm, cbc), false, from_end);
            refused(&with(&world, Sign::Response, change).await, "SAML-003");
        }
    }
}

#[tokio::test]
async fn weak_key_transport_and_3des_are_refused_by_name() {
    let world = World::new().await;
    for (strong, weak) in [
        (
            "http://www.w3.org/2009/xmlenc11#aes256-gcm",
            "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
        ),
        (
            "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
            "http://www.w3.org/2001/04/xmlenc#rsa-1_5",
        ),
    ] {
        let change = |xml: String| {
            let changed = xml.replace(strong, weak);
            assert_ne!(changed, xml);
            changed
        };
        refused(&with(&world, Sign::Assertion, change).await, "SAML-005");
    }
}

#[tokio::test]
async fn wrapping_an_encrypted_assertion_is_refused_in_every_form() {
    let world = World::new().await;
    for form in 0..5 {
        let (mut browser, asked, hub) = asked(&world).await;
        let out = acme_answer(&world.clock, Some(&asked.id));
        let xml = sealed(&out, acme_key(), Sign::Assertion, &hub);
        let good = part(&xml, "saml:EncryptedAssertion").to_owned();
        let mut evil = acme_answer(&world.clock, Some(&asked.id));
        evil.name_id.value = "reader-666".to_owned();
        let evil = signed(&evil, stranger_key());
        let evil = part(&evil, "saml:Assertion");
        let evil = evil.replace(part(evil, "ds:Signature"), "");
        let wrapped = match form {
            0 => xml.replace(&good, &format!("{evil}{good}")),
            1 => xml.replace(&good, &format!("{good}{evil}")),
            2 => xml.replace(&good, &format!("{good}{good}")),
            3 => xml.replace(&good, &format!("<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{good}</saml:EncryptedAssertion>")),
            _ => {
                let aside = format!("<samlp:Extensions>{good}</samlp:Extensions>");
                xml.replace(&good, &evil).replacen("<samlp:Status>", &format!("{aside}<samlp:Status>"), 1)
            }
        };
        let seen = post_to_acs(&mut browser, &wrapped, Some(&asked.relay_state)).await;
        refused(&seen, "SAML-022");
    }
}

#[tokio::test]
async fn a_huge_ciphertext_is_refused_and_the_hub_goes_on() {
    let world = World::new().await;
    let seen = with(&world, Sign::Assertion, |xml| {
        xml.replacen(
            "</xenc:CipherValue>",
            &format!("{}</xenc:CipherValue>", "A".repeat(280_000)),
            1,
        )
    });
    let seen = seen.await;
    assert!(seen.status.is_client_error() && !seen.outside, "{}: {}", seen.status, seen.body);
    let mut browser = world.browser();
    let again = browser.get(&authorize(&[("member", "acme")])).await;
    code_of(&answer_as_acme(&mut browser, &world.clock, &asked_of_acme(&again)).await);
}

#[tokio::test]
async fn a_library_that_runs_this_program_encrypts_by_itself() {
    // The hub's metadata ask, and the library's readerpass does as it is asked.
    let world = World::new().await;
    let service =
        std::fs::read_to_string(world.nju.folder.path().join("registry/services/hub-sp.xml"));
    let service = service.expect("the hub's metadata");
    assert!(service.contains("use=\"encryption\"") && service.contains("#aes256-gcm"));
    assert!(!service.contains("-cbc"), "what only some may send is not offered");
    let to = recipient(&service);
    let now = world.browser().get(&format!("{HUB}/saml/sp/metadata")).await;
    assert_eq!(to.certificate(), recipient(&now.body).certificate());
}
