//! Signature wrapping, and reading other bytes than were signed: N1 and N2 of docs/lessons.md.

use super::*;
use crate::signature::tests::unsigned;

/// A forged, unsigned copy: another reader, other IDs.
fn evil(element: &str) -> String {
    unsigned(element).replace("reader-1", "admin").replace("_a1", "_evil").replace("_r1", "_evilr")
}

/// Whatever is refused, is refused for what it is, and never read.
fn refused_for_structure(xml: &str, name: &str) {
    let fault = fault(xml);
    let structural = [
        AnswerFault::Profile,
        AnswerFault::AssertionCount,
        AnswerFault::Malformed,
        AnswerFault::Unsigned,
    ];
    assert!(structural.contains(&fault), "{name}: {fault:?}");
}

// N1: signature wrapping, the eight classic shapes.

#[test]
fn n1_xsw1_and_2_a_forged_response_around_the_signed_one() {
    let signed = good(Sign::Response);
    let signature = span(&signed, "ds:Signature");
    let original = unsigned(&signed);
    let issuer_end = "</saml:Issuer>";
    let shell = evil(&signed);
    let place = shell.find(issuer_end).expect("an issuer") + issuer_end.len();
    let inside = signature
        .replace(SIGNATURE_END, &format!("<ds:Object>{original}</ds:Object>{SIGNATURE_END}"));
    for (name, insert) in [
        ("xsw1", inside.clone()),
        ("xsw1 bare", signature.replace(SIGNATURE_END, &format!("{original}{SIGNATURE_END}"))),
        ("xsw2", format!("{original}{signature}")),
        ("xsw2 after", format!("{signature}{original}")),
    ] {
        let xml = format!("{}{insert}{}", &shell[..place], &shell[place..]);
        refused_for_structure(&xml, name);
    }
}

#[test]
fn n1_xsw3_and_4_a_forged_assertion_beside_or_around_the_signed_one() {
    let xml = good(Sign::Assertion);
    let assertion = span(&xml, ASSERTION).to_owned();
    let forged = evil(&assertion);
    for both in [format!("{forged}{assertion}"), format!("{assertion}{forged}")] {
        assert_eq!(fault(&xml.replace(&assertion, &both)), AnswerFault::AssertionCount);
    }
    let around = forged.replace("</saml:Assertion>", &format!("{assertion}</saml:Assertion>"));
    assert_eq!(fault(&xml.replace(&assertion, &around)), AnswerFault::AssertionCount);
    let advice = forged.replace(
        "</saml:Conditions>",
        &format!("</saml:Conditions><saml:Advice>{assertion}</saml:Advice>"),
    );
    assert_eq!(fault(&xml.replace(&assertion, &advice)), AnswerFault::AssertionCount);
}

#[test]
fn n1_xsw5_and_6_a_changed_assertion_with_the_original_elsewhere() {
    let xml = good(Sign::Assertion);
    let assertion = span(&xml, ASSERTION).to_owned();
    let original = unsigned(&assertion);
    let changed = assertion.replace("reader-1", "admin").replacen("ID=\"_a1\"", "ID=\"_evil\"", 1);
    let after = xml.replace(&assertion, &format!("{changed}{original}"));
    assert_eq!(fault(&after), AnswerFault::AssertionCount);
    let inside = changed.replace(SIGNATURE_END, &format!("{original}{SIGNATURE_END}"));
    assert_eq!(fault(&xml.replace(&assertion, &inside)), AnswerFault::AssertionCount);
    // Without the original anywhere the Reference is to nothing.
    assert_eq!(fault(&xml.replace(&assertion, &changed)), AnswerFault::Profile);
}

#[test]
fn n1_xsw7_and_8_the_other_assertion_in_extensions_or_object() {
    let xml = good(Sign::Assertion);
    let assertion = span(&xml, ASSERTION).to_owned();
    let forged = evil(&assertion);
    let extensions = format!("<samlp:Extensions>{forged}</samlp:Extensions>{assertion}");
    assert_eq!(fault(&xml.replace(&assertion, &extensions)), AnswerFault::AssertionCount);
    let changed = assertion.replace("reader-1", "admin").replacen("ID=\"_a1\"", "ID=\"_evil\"", 1);
    let object = changed.replace(
        SIGNATURE_END,
        &format!("<ds:Object>{}</ds:Object>{SIGNATURE_END}", unsigned(&assertion)),
    );
    assert_eq!(fault(&xml.replace(&assertion, &object)), AnswerFault::AssertionCount);
}

#[test]
fn n1_an_id_used_twice_is_refused_even_on_a_stranger() {
    let id = resigned("<saml:AuthnContext>", "<saml:AuthnContext ID=\"_a1\">");
    assert_eq!(fault(&id), AnswerFault::Profile);
    for name in ["Id", "id", "xml:id", "AssertionID"] {
        let value = format!("<saml:AttributeValue {name}=\"_r1\">");
        assert_eq!(
            fault(&resigned("<saml:AttributeValue>", &value)),
            AnswerFault::Profile,
            "{name}"
        );
    }
}

#[test]
fn n1_a_second_assertion_under_a_good_signature_is_refused() {
    let xml = plain(&answer());
    let assertion = span(&xml, ASSERTION).to_owned();
    let two = xml.replace(&assertion, &format!("{assertion}{}", evil(&assertion)));
    assert_eq!(fault(&forge(&two, RESPONSE, &Forge::default())), AnswerFault::AssertionCount);
    let none = xml.replace(&assertion, "");
    assert_eq!(fault(&forge(&none, RESPONSE, &Forge::default())), AnswerFault::AssertionCount);
}

#[test]
fn n1_the_assertion_stands_directly_in_the_response() {
    let xml = good(Sign::Assertion);
    let assertion = span(&xml, ASSERTION).to_owned();
    let deep =
        xml.replace(&assertion, &format!("<samlp:Extensions>{assertion}</samlp:Extensions>"));
    assert_eq!(fault(&deep), AnswerFault::AssertionCount);
    assert_eq!(fault(&assertion), AnswerFault::Malformed, "an Assertion is no Response");
}

// N2: only verified bytes are read.

#[test]
fn n2_of_an_unsigned_envelope_nothing_is_taken() {
    // A second Subject outside the signed element, under an Issuer-like shell, changes nothing but refuses.
    let xml = good(Sign::Assertion);
    let subject = span(&xml, "saml:Subject").replace("reader-1", "admin").replacen(
        "<saml:Subject>",
        "<saml:Subject xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">",
        1,
    );
    let outside = xml.replace("<samlp:Status>", &format!("{subject}<samlp:Status>"));
    let read = verify(&outside).expect("verifies: the stranger is not looked at");
    assert_eq!(read.name_id, Some(answer().name_id));
}

/// Signed by the identity provider itself: we would pass them over, and a reader that looks at
/// local names alone would believe them.
#[test]
fn n2_a_name_of_samls_in_another_namespace_is_refused_where_samls_own_would_stand() {
    for (old, new) in [
        ("<saml:Conditions", "<x:Subject xmlns:x=\"urn:x\"></x:Subject><saml:Conditions"),
        ("<saml:NameID", "<NameID xmlns=\"urn:x\">admin</NameID><saml:NameID"),
        (
            "</saml:AttributeStatement>",
            "<x:Attribute xmlns:x=\"urn:x\"></x:Attribute></saml:AttributeStatement>",
        ),
        (
            "<saml:AudienceRestriction>",
            "<saml:AudienceRestriction xmlns:x=\"urn:x\" x:Name=\"mail\">",
        ),
    ] {
        assert_eq!(fault(&resigned(old, new)), AnswerFault::Malformed, "{new}");
    }
    // What the schema leaves to others stays theirs.
    let inside =
        "<saml:AttributeValue><x:NameID xmlns:x=\"urn:x\">a</x:NameID></saml:AttributeValue>";
    assert!(verify(&resigned("</saml:Attribute>", &format!("{inside}</saml:Attribute>"))).is_ok());
}

#[test]
fn n2_namespace_tricks_do_not_change_what_is_read() {
    // The prefix of the assertion bound to another namespace: no assertion at all.
    let xml = good(Sign::Assertion)
        .replace("xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"", "xmlns:saml=\"urn:x\"");
    refused_for_structure(&xml, "rebound prefix");
    // The signature under another namespace is no signature.
    let xml = good(Sign::Assertion).replace("http://www.w3.org/2000/09/xmldsig#\"", "urn:x\"");
    assert_eq!(fault(&xml), AnswerFault::Unsigned);
}
