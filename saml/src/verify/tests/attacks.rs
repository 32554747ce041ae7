//! Attacks, by the numbers of docs/lessons.md: N5 to N10. The others have files of their own.

use super::*;
use crate::signature::tests::other_key;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

// N5: a comment in a value.

#[test]
fn n5_a_comment_in_a_name_id_is_refused_and_could_not_shorten_it() {
    // Canonicalization drops comments, so the signature would still hold.
    let mut out = answer();
    out.name_id.value = "admin@nju.example.evil.test".into();
    let xml =
        signed(&out, Sign::Assertion).replace("admin@nju.example", "admin@nju.example<!---->");
    assert_eq!(fault(&xml), AnswerFault::Malformed);
    // CDATA splits a text too; it is read whole.
    let xml = signed(&out, Sign::Assertion)
        .replace("admin@nju.example.evil", "admin@nju<![CDATA[.example]]>.evil");
    let read = verify(&xml).expect("verifies: the same characters");
    assert_eq!(
        read.name_id.as_ref().map(|n| n.value.as_str()),
        Some("admin@nju.example.evil.test")
    );
}

// N6: substitution, transforms, external things.

#[test]
fn n6_any_changed_character_breaks_the_signature() {
    for sign in [Sign::Assertion, Sign::Response] {
        for (old, new) in [
            ("reader-1", "reader-2"),
            ("_s1", "_s2"),
            ("10:36:05", "10:56:05"),
            ("PasswordProtected", "Password"),
        ] {
            let xml = good(sign).replace(old, new);
            assert_eq!(fault(&xml), AnswerFault::Signature, "{old} {sign:?}");
        }
    }
    let status = good(Sign::Response)
        .replace("InResponseTo=\"_q1\" IssueInstant", "InResponseTo=\"_q2\" IssueInstant");
    assert_eq!(fault(&status), AnswerFault::Signature, "the envelope too, where it is signed");
}

#[test]
fn n6_external_entities_and_dtds_are_refused() {
    let dtd = "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    let xml = format!("{dtd}{}", good(Sign::Response).replace("reader-1", "&x;"));
    assert_eq!(fault(&xml), AnswerFault::Malformed);
    assert_eq!(fault(&format!("<!DOCTYPE r>{}", good(Sign::Response))), AnswerFault::Malformed);
}

// N7: size.

#[test]
fn n7_deep_wide_and_large_answers_are_refused() {
    let deep = format!("{}{}", "<a>".repeat(5000), "</a>".repeat(5000));
    let xml = good(Sign::Assertion).replace("<samlp:Status>", &format!("{deep}<samlp:Status>"));
    assert_eq!(fault(&xml), AnswerFault::TooLarge);
    let wide = (0..20_000).map(|n| format!(" a{n}=\"\"")).collect::<Vec<_>>().concat();
    assert_eq!(
        fault(&good(Sign::Assertion).replace("<samlp:Status>", &format!("<samlp:Status{wide}>"))),
        AnswerFault::TooLarge
    );
    assert_eq!(fault(&" ".repeat(10 << 20)), AnswerFault::TooLarge);
}

// N8: nothing encrypted is taken.

#[test]
fn n8_encrypted_parts_are_refused_without_a_key() {
    let xml = plain(&answer());
    let assertion = span(&xml, ASSERTION).to_owned();
    let encrypted = "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"></saml:EncryptedAssertion>";
    assert_eq!(fault(&xml.replace(&assertion, encrypted)), AnswerFault::Encrypted);
    assert_eq!(
        fault(&xml.replace(&assertion, &format!("{assertion}{encrypted}"))),
        AnswerFault::AssertionCount
    );
    let name_id = span(&xml, "saml:NameID").to_owned();
    assert_eq!(
        fault(&resigned(&name_id, "<saml:EncryptedID></saml:EncryptedID>")),
        AnswerFault::Encrypted
    );
}

// N10: keys come from metadata.

#[test]
fn n10_an_embedded_certificate_is_never_a_key() {
    let cert = STANDARD.encode(other_key().certificate());
    let info = format!(
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{cert}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    );
    let how = Forge {
        sign: &|data| other_key().sign(data).expect("signs"),
        after: &|s| s.replace(SIGNATURE_END, &format!("{info}{SIGNATURE_END}")),
        ..Forge::default()
    };
    assert_eq!(fault(&forge(&plain(&answer()), ASSERTION, &how)), AnswerFault::Signature);
    // A good signature is not spoilt by a strange certificate beside it.
    let beside = Forge {
        after: &|s| s.replace(SIGNATURE_END, &format!("{info}{SIGNATURE_END}")),
        ..Forge::default()
    };
    assert!(verify(&forge(&plain(&answer()), ASSERTION, &beside)).is_ok());
}

#[test]
fn n10_unsigned_and_foreign_signatures_are_refused() {
    assert_eq!(fault(&plain(&answer())), AnswerFault::Unsigned);
    let foreign = write_response(&answer(), other_key(), Sign::Response).expect("writes");
    assert_eq!(fault(&foreign), AnswerFault::Signature);
    let empty = Forge { sign: &|_| Vec::new(), ..Forge::default() };
    let fault = fault(&forge(&plain(&answer()), ASSERTION, &empty));
    assert!(matches!(fault, AnswerFault::Signature | AnswerFault::Profile), "{fault:?}");
}

// Anything at all.

#[test]
fn random_bytes_never_panic() {
    use proptest::prelude::*;
    let good = good(Sign::Assertion).into_bytes();
    let idp = idp();
    proptest!(|(place in 0..good.len(), byte in any::<u8>(), cut in 0..good.len())| {
        let mut changed = good.clone();
        changed[place] = byte;
        if let Ok(read) = verify_response(&changed, &expected(&idp)) {
            // Only what canonicalization makes equal may pass.
            prop_assert_eq!(read.name_id.as_ref().map(|n| n.value.as_str()), Some("reader-1"));
            prop_assert_eq!(read.id.as_str(), "_a1");
        }
        prop_assert!(verify_response(&good[..cut], &expected(&idp)).is_err());
    });
}
