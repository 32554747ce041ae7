//! Encrypted assertions: N8 and what else a ciphertext can be.

mod shape;

use super::*;
use crate::encryption::EncryptionOffer;
use crate::encryption::tests::{
    AES128_CBC, AES128_GCM, AES256_GCM, ByHand, MGF1P, OAEP, SHA256_MASK, by_hand, decryption,
    entropy, of_parts, our_keys, padded, stranger,
};
use crate::names::SAML;
use crate::signature::tests::{other_key, unsigned};
use crate::{SpSelf, write_encrypted_response, write_sp_metadata};
use aws_lc_rs::rsa::OAEP_SHA256_MGF1SHA256;

fn open_with(xml: &str, accept_cbc: bool) -> Result<Verified<Assertion>, SamlError> {
    verify_encrypted_response(xml.as_bytes(), &expected(&idp()), &decryption(accept_cbc))
}

fn fault_of(xml: &str, accept_cbc: bool) -> AnswerFault {
    match open_with(xml, accept_cbc) {
        Err(SamlError::Answer(fault, _)) => fault,
        other => panic!("{other:?}"),
    }
}

/// The hub as the identity provider sees it in the hub's own metadata.
fn hub() -> EncryptionOffer {
    let certs = [our_keys()[0].certificate()];
    let xml = write_sp_metadata(&SpSelf {
        entity_id: "https://hub.test/saml/sp/metadata",
        acs: "https://hub.test/saml/sp/acs",
        certs: &[idp_key().certificate()],
        encryption_certs: &certs,
        name: &Text::new("枢纽", "Hub"),
    });
    let entity = parse_metadata(xml.as_bytes()).expect("parses").remove(0);
    assert!(entity.faults.is_empty(), "{:?}", entity.faults);
    entity.sp.expect("a service").encryption
}

/// The Assertion, signed by its own key, as text.
fn signed_assertion() -> String {
    span(&good(Sign::Assertion), ASSERTION).to_owned()
}

fn unsigned_assertion() -> String {
    span(&plain(&answer()), ASSERTION).to_owned()
}

/// An unsigned Response with `inside` in the place of the Assertion.
fn carrying(inside: &str) -> String {
    plain(&answer()).replace(&unsigned_assertion(), inside)
}

/// The same, signed as a whole.
fn signed_carrying(inside: &str) -> String {
    forge(&carrying(inside), RESPONSE, &Forge::default())
}

fn sealed(text: &str) -> String {
    by_hand(text.as_bytes(), &ByHand::default())
}

fn cbc() -> ByHand<'static> {
    ByHand { data: AES128_CBC, session: &[9; 16], ..ByHand::default() }
}

fn assert_good(read: Result<Verified<Assertion>, SamlError>) {
    let read = read.expect("accepted");
    assert_eq!((read.id.as_str(), read.response_id.as_str()), ("_a1", "_r1"));
    assert_eq!(read.name_id, Some(answer().name_id));
    assert_eq!(attribute(&read, "displayName").collect::<Vec<_>>(), ["读者甲 <&> \"x\""]);
}

#[test]
fn an_answer_encrypted_as_our_metadata_ask_is_read_whole() {
    let offer = hub();
    let to = offer.recipient(None).expect("safe").expect("our metadata ask");
    for sign in [Sign::Assertion, Sign::Response] {
        let xml = write_encrypted_response(&answer(), idp_key(), sign, to, entropy());
        let xml = xml.expect("writes");
        assert!(xml.contains(AES256_GCM) && !xml.contains("reader-1"), "{xml}");
        assert_good(open_with(&xml, false));
        // Who has no key says so.
        assert_eq!(fault(&xml), AnswerFault::Encrypted);
    }
}

#[test]
fn whichever_is_signed_and_both_is_accepted_with_every_algorithm_of_the_list() {
    let small = ByHand { data: AES128_GCM, session: &[1; 16], ..ByHand::default() };
    let sha256 = ByHand {
        key: OAEP,
        parameters: SHA256_MASK,
        oaep: &OAEP_SHA256_MGF1SHA256,
        ..ByHand::default()
    };
    let sha1_by_the_other_name = ByHand { key: OAEP, ..ByHand::default() };
    for how in [ByHand::default(), small, sha256, sha1_by_the_other_name] {
        let seal = |text: String| by_hand(text.as_bytes(), &how);
        assert_good(open_with(&carrying(&seal(signed_assertion())), false));
        assert_good(open_with(&signed_carrying(&seal(unsigned_assertion())), false));
        assert_good(open_with(&signed_carrying(&seal(signed_assertion())), false));
    }
}

#[test]
fn n8_encrypted_and_signed_by_nobody_is_refused() {
    // CVE-2026-2092: our certificate is public, so anybody can encrypt to it.
    assert_eq!(fault_of(&carrying(&sealed(&unsigned_assertion())), true), AnswerFault::Unsigned);
}

#[test]
fn n8_a_signature_that_is_not_of_the_library_is_refused_inside_and_outside() {
    let foreign = write_response(&answer(), other_key(), Sign::Assertion).expect("writes");
    let foreign = sealed(span(&foreign, ASSERTION));
    assert_eq!(fault_of(&carrying(&foreign), false), AnswerFault::Signature);
    // A good signature outside does not excuse the bad one inside.
    assert_eq!(fault_of(&signed_carrying(&foreign), false), AnswerFault::Signature);
    let sign = |data: &[u8]| other_key().sign(data).expect("signs");
    let outside = Forge { sign: &sign, ..Forge::default() };
    let xml = forge(&carrying(&sealed(&signed_assertion())), RESPONSE, &outside);
    assert_eq!(fault_of(&xml, false), AnswerFault::Signature);
    // Nor is what is inside an empty signature: it would be "signed" by its envelope.
    let shape = signed_assertion().replace("<ds:SignedInfo>", "<ds:SignedInfo Id=\"x\" x=\"y\">");
    assert_ne!(open_with(&signed_carrying(&sealed(&shape)), false).ok().map(|_| ()), Some(()));
}

#[test]
fn n8_weak_ciphers_are_refused_whatever_the_flag_says() {
    let triple = "http://www.w3.org/2001/04/xmlenc#tripledes-cbc";
    let rsa15 = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";
    for how in [
        ByHand { data: triple, session: &[2; 16], ..ByHand::default() },
        ByHand { key: rsa15, ..ByHand::default() },
        ByHand { key: "http://www.w3.org/2001/04/xmlenc#kw-aes256", ..ByHand::default() },
        ByHand { key: "", ..ByHand::default() },
        ByHand { data: "", ..ByHand::default() },
        // One hash for the digest, another for the mask: not built, and said so.
        ByHand {
            parameters: "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>",
            ..ByHand::default()
        },
    ] {
        let xml = signed_carrying(&by_hand(unsigned_assertion().as_bytes(), &how));
        assert_eq!(fault_of(&xml, true), AnswerFault::Algorithm, "{} {}", how.data, how.key);
    }
}

#[test]
fn n8_cbc_is_opened_with_the_flag_and_under_a_signature_only() {
    let inside = by_hand(unsigned_assertion().as_bytes(), &cbc());
    assert_good(open_with(&signed_carrying(&inside), true));
    assert_eq!(fault_of(&signed_carrying(&inside), false), AnswerFault::Algorithm);
    // The Assertion's own signature comes too late: it is found after the padding was looked at.
    let inside = by_hand(signed_assertion().as_bytes(), &cbc());
    assert_eq!(fault_of(&carrying(&inside), true), AnswerFault::Algorithm);
    assert_good(open_with(&signed_carrying(&inside), true));
    // Under the signature not a bit of it can be changed, so no padding is ever asked about.
    let xml = signed_carrying(&inside);
    let place = xml.rfind("</xenc:CipherValue>").expect("the text") - 12;
    let other = if xml.as_bytes()[place] == b'A' { "B" } else { "A" };
    let changed = format!("{}{other}{}", &xml[..place], &xml[place + 1..]);
    assert_eq!(fault_of(&changed, true), AnswerFault::Signature);
}

/// Every failure after a private key was used.
fn failures() -> Vec<(&'static str, String)> {
    let text = signed_assertion();
    let how = ByHand::default();
    let (wrapped, ciphertext) = (how.wrapped(), how.encrypted(text.as_bytes()));
    let flipped = |bytes: &[u8], place: usize| {
        let mut bytes = bytes.to_vec();
        bytes[place] ^= 1;
        bytes
    };
    let foreign = stranger();
    let short = ByHand { session: &[7; 16], ..ByHand::default() };
    let long = ByHand { data: AES128_GCM, ..ByHand::default() };
    let deep = format!("{}{}", "<a>".repeat(40), "</a>".repeat(40));
    let cbc_with = |pad| by_hand(text.as_bytes(), &ByHand { pad, ..cbc() });
    let last = ciphertext.len() - 1;
    vec![
        ("foreign key", by_hand(text.as_bytes(), &ByHand { to: &foreign, ..ByHand::default() })),
        ("key changed", of_parts(&how, &flipped(&wrapped, 9), &ciphertext)),
        ("key cut", of_parts(&how, &wrapped[..200], &ciphertext)),
        ("key of one byte", of_parts(&how, &[1], &ciphertext)),
        ("OAEP of another hash", {
            let sha256 = ByHand { oaep: &OAEP_SHA256_MGF1SHA256, ..ByHand::default() };
            by_hand(text.as_bytes(), &sha256)
        }),
        ("key too short", of_parts(&how, &short.wrapped(), &short.encrypted(text.as_bytes()))),
        ("key too long", of_parts(&long, &long.wrapped(), &short.encrypted(text.as_bytes()))),
        ("nonce changed", of_parts(&how, &wrapped, &flipped(&ciphertext, 0))),
        ("text changed", of_parts(&how, &wrapped, &flipped(&ciphertext, 40))),
        ("tag changed", of_parts(&how, &wrapped, &flipped(&ciphertext, last))),
        ("tag cut", of_parts(&how, &wrapped, &ciphertext[..last])),
        ("text of one byte", of_parts(&how, &wrapped, &[1])),
        ("not XML", sealed("reader-1")),
        ("two roots", sealed(&format!("{text}{text}"))),
        ("out of its element", sealed(&format!("</saml:EncryptedAssertion>{text}"))),
        ("a document type", sealed(&format!("<!DOCTYPE x>{text}"))),
        ("too deep", sealed(&deep)),
        ("another element", sealed("<a/>")),
        ("prefixes from outside", sealed(&text.replace(&format!(" xmlns:saml=\"{SAML}\""), ""))),
        ("another namespace", sealed(&text.replace(SAML, "urn:x"))),
        ("padding 0", cbc_with(|t| [padded(t), vec![0; 16]].concat())),
        ("padding 17", cbc_with(|t| [padded(t), vec![17; 16]].concat())),
        ("padding 255", cbc_with(|t| [padded(t), vec![255; 16]].concat())),
        ("padding of all", by_hand(b"", &cbc())),
        ("good padding, not XML", by_hand(b"reader-1", &cbc())),
        ("half a block", of_parts(&cbc(), &cbc().wrapped(), &[1; 24])),
        ("no block", of_parts(&cbc(), &cbc().wrapped(), &[1; 16])),
        ("CBC, foreign key", {
            let cbc = ByHand { to: &foreign, ..cbc() };
            by_hand(text.as_bytes(), &cbc)
        }),
    ]
}

#[test]
fn n8_whatever_fails_in_opening_is_told_with_the_same_words() {
    for (what, inside) in failures() {
        let told = open_with(&signed_carrying(&inside), true).expect_err(what);
        let SamlError::Answer(AnswerFault::Decryption, words) = told else {
            panic!("{what}: {told:?}")
        };
        assert!(words.starts_with("the encrypted part does not open"), "{what}: {words}");
    }
}

#[test]
fn the_key_of_another_answer_opens_nothing() {
    let (one, two) = (ByHand::default(), ByHand { session: &[8; 32], ..ByHand::default() });
    let text = two.encrypted(signed_assertion().as_bytes());
    assert_good(open_with(&carrying(&of_parts(&two, &two.wrapped(), &text)), false));
    let swapped = carrying(&of_parts(&one, &one.wrapped(), &text));
    assert_eq!(fault_of(&swapped, false), AnswerFault::Decryption);
}

#[test]
fn either_key_of_a_rollover_opens_and_one_that_was_withdrawn_does_not() {
    let keys = our_keys();
    let before = ByHand { to: &keys[1], ..ByHand::default() };
    let xml = carrying(&by_hand(signed_assertion().as_bytes(), &before));
    assert_good(open_with(&xml, false));
    let idp = idp();
    let only = |keys| {
        let with = Decryption { keys, ..decryption(false) };
        verify_encrypted_response(xml.as_bytes(), &expected(&idp), &with).map(|_| ())
    };
    assert!(only(&keys[1..]).is_ok());
    for gone in [&keys[..1], &[]] {
        let told = only(gone).expect_err("refused");
        assert!(matches!(told, SamlError::Answer(AnswerFault::Decryption, _)), "{told:?}");
    }
}

#[test]
fn exactly_one_assertion_in_clear_or_encrypted() {
    let (inside, clear) = (sealed(&signed_assertion()), signed_assertion());
    for both in [
        format!("{inside}{inside}"),
        format!("{inside}{clear}"),
        format!("{clear}{inside}"),
        format!("{inside}<saml:Advice xmlns:saml=\"{SAML}\">{clear}</saml:Advice>"),
        format!("<x>{inside}</x>"),
    ] {
        assert_eq!(fault_of(&carrying(&both), false), AnswerFault::AssertionCount, "{both:.80}");
    }
}

#[test]
fn nothing_is_nested_in_what_was_opened() {
    let advice = |inside: &str| {
        let end = "</saml:Conditions>";
        let with = format!("{end}<saml:Advice>{inside}</saml:Advice>");
        sealed(&unsigned_assertion().replace(end, &with))
    };
    for inside in [sealed(&signed_assertion()), signed_assertion().replace("_a1", "_a2")] {
        let xml = signed_carrying(&advice(&inside));
        assert_eq!(fault_of(&xml, false), AnswerFault::AssertionCount, "{inside:.80}");
    }
    // Encrypted twice.
    let twice = sealed(&sealed(&signed_assertion()));
    assert_eq!(fault_of(&carrying(&twice), false), AnswerFault::Decryption);
    let name_id = span(&unsigned_assertion(), "saml:NameID").to_owned();
    let encrypted = "<saml:EncryptedID></saml:EncryptedID>";
    let xml = signed_carrying(&sealed(&unsigned_assertion().replace(&name_id, encrypted)));
    assert_eq!(fault_of(&xml, false), AnswerFault::Encrypted);
}

#[test]
fn wrapping_around_the_encrypted_assertion_is_refused() {
    // The signed Response is moved aside, and a forged one with an assertion of the attacker's put around it.
    let good = signed_carrying(&sealed(&unsigned_assertion()));
    let forged = unsigned_assertion().replace("reader-1", "reader-666");
    let evil = carrying(&sealed(&forged)).replace("_r1", "_r2");
    let inside = format!("<samlp:Extensions>{good}</samlp:Extensions><samlp:Status>");
    let wrapped = evil.replacen("<samlp:Status>", &inside, 1);
    let told = fault_of(&wrapped, false);
    assert!(matches!(told, AnswerFault::AssertionCount | AnswerFault::Profile), "{told:?}");
    // The signed Assertion inside, and a forged one beside it, in one ciphertext.
    let two = format!("<x>{forged}{}</x>", signed_assertion());
    assert_eq!(fault_of(&carrying(&sealed(&two)), false), AnswerFault::Decryption);
    // The signature inside moved onto another Assertion: its Reference is to another ID.
    let moved = signed_assertion().replacen("ID=\"_a1\"", "ID=\"_a2\"", 1);
    assert_eq!(fault_of(&carrying(&sealed(&moved)), false), AnswerFault::Profile);
}

#[test]
fn an_opened_assertion_meets_every_check_of_one_in_clear() {
    for (old, new, wanted) in [
        ("https://hub.test/saml/sp/metadata", "https://other.test/", AnswerFault::Audience),
        ("Recipient=\"https://hub", "Recipient=\"https://x", AnswerFault::Recipient),
        ("InResponseTo=\"_q1\"", "InResponseTo=\"_q2\"", AnswerFault::InResponseTo),
        ("https://idp.test/md", "https://evil.test/md", AnswerFault::Issuer),
        ("<saml:AuthnStatement", "<saml:X", AnswerFault::Malformed),
    ] {
        let text = unsigned_assertion();
        assert!(text.contains(old), "{old}");
        let text = text.replace(old, new).replace("</saml:AuthnStatement>", {
            if new == "<saml:X" { "</saml:X>" } else { "</saml:AuthnStatement>" }
        });
        let told = fault_of(&signed_carrying(&sealed(&text)), false);
        let wanted =
            if wanted == AnswerFault::Malformed { AnswerFault::NoAuthnStatement } else { wanted };
        assert_eq!(told, wanted, "{old}");
    }
    // Of the unsigned envelope nothing is taken, but it can refuse.
    let elsewhere = carrying(&sealed(&signed_assertion()))
        .replace("Destination=\"https://hub", "Destination=\"https://x");
    assert_eq!(fault_of(&elsewhere, false), AnswerFault::Destination);
    let signed_for_another = forge(&elsewhere, RESPONSE, &Forge::default());
    assert_eq!(fault_of(&signed_for_another, false), AnswerFault::Destination);
}

#[test]
fn a_change_anywhere_never_ends_in_another_reader() {
    use proptest::prelude::*;
    let good = carrying(&sealed(&signed_assertion())).into_bytes();
    let idp = idp();
    proptest!(ProptestConfig::with_cases(96), |(place in 0..good.len(), byte in any::<u8>())| {
        let mut changed = good.clone();
        changed[place] = byte;
        if let Ok(read) = verify_encrypted_response(&changed, &expected(&idp), &decryption(true)) {
            prop_assert_eq!(read.name_id.as_ref().map(|n| n.value.as_str()), Some("reader-1"));
            prop_assert_eq!(read.id.as_str(), "_a1");
        }
    });
    // What is read was signed or covered, never what was beside it.
    assert_eq!(
        fault_of(&unsigned(&signed_carrying(&sealed(&unsigned_assertion()))), false),
        AnswerFault::Unsigned
    );
}

/// What opening costs, and that a failure costs the same: run by hand in a release build.
#[test]
#[ignore = "measures, proves nothing"]
#[expect(clippy::disallowed_methods, reason = "a measurement asks the real clock")]
fn measure() {
    let (text, how) = (signed_assertion(), ByHand::default());
    let good = carrying(&sealed(&text));
    let mut wrapped = how.wrapped();
    wrapped[255] ^= 1;
    let bad_key = carrying(&of_parts(&how, &wrapped, &how.encrypted(text.as_bytes())));
    let mut ciphertext = how.encrypted(text.as_bytes());
    ciphertext[40] ^= 1;
    let bad_text = carrying(&of_parts(&how, &how.wrapped(), &ciphertext));
    let clear = carrying(&text);
    let idp = idp();
    for keys in [&our_keys()[..1], &our_keys()[..]] {
        let with = Decryption { keys, ..decryption(false) };
        for (what, xml) in [
            ("clear", &clear),
            ("opens", &good),
            ("key fails", &bad_key),
            ("text fails", &bad_text),
        ] {
            let start = std::time::Instant::now();
            for _ in 0..400 {
                let _ = verify_encrypted_response(xml.as_bytes(), &expected(&idp), &with);
            }
            println!("{} keys, {what}: {:?}", keys.len(), start.elapsed() / 400);
        }
    }
}
