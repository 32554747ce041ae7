//! Every validity check, one change to a good answer at a time.

use super::*;
use crate::name_id_format::TRANSIENT;

fn with(change: impl FnOnce(&mut ResponseOut)) -> String {
    let mut out = answer();
    change(&mut out);
    signed(&out, Sign::Response)
}

/// What verification at another time or under another expectation says.
fn fault_when(xml: &str, change: impl FnOnce(&mut Expected<'_>)) -> AnswerFault {
    let idp = idp();
    let mut expected = expected(&idp);
    change(&mut expected);
    match verify_response(xml.as_bytes(), &expected) {
        Err(SamlError::Answer(fault, _)) => fault,
        other => panic!("{other:?}"),
    }
}

fn passes_when(xml: &str, change: impl FnOnce(&mut Expected<'_>)) -> bool {
    let idp = idp();
    let mut expected = expected(&idp);
    change(&mut expected);
    verify_response(xml.as_bytes(), &expected).is_ok()
}

const UNTIL: &str = "NotOnOrAfter=\"2026-11-21T10:36:05Z\"";

#[test]
fn the_fixture_has_the_times_that_the_tests_replace() {
    assert!(plain(&answer()).contains(UNTIL), "{}", plain(&answer()));
}

#[test]
fn issuer_of_response_and_of_assertion() {
    assert_eq!(fault(&with(|o| o.issuer = "https://other.test/md".into())), AnswerFault::Issuer);
    let xml = plain(&answer());
    let (before, after) = xml.split_once("<saml:Assertion").expect("an assertion");
    let other = format!(
        "{before}<saml:Assertion{}",
        after.replacen("https://idp.test/md", "https://other.test/md", 1)
    );
    assert_eq!(fault(&forge(&other, ASSERTION, &Forge::default())), AnswerFault::Issuer);
    assert_eq!(fault(&forge(&other, RESPONSE, &Forge::default())), AnswerFault::Issuer);
}

#[test]
fn a_signed_response_names_its_issuer() {
    let xml = plain(&answer());
    let (start, end) =
        (xml.find("<saml:Issuer").expect("one"), xml.find("<samlp:Status>").expect("end"));
    let without = xml.replacen(&xml[start..end], "", 1);
    assert_eq!(fault(&forge(&without, RESPONSE, &Forge::default())), AnswerFault::Issuer);
    assert!(
        verify(&forge(&without, ASSERTION, &Forge::default())).is_ok(),
        "optional where not signed"
    );
}

#[test]
fn destination() {
    let other = "https://other.test/acs";
    let change = |sign| {
        let xml = plain(&answer()).replace(
            "Destination=\"https://hub.test/saml/sp/acs\"",
            &format!("Destination=\"{other}\""),
        );
        forge(&xml, sign, &Forge::default())
    };
    assert_eq!(fault(&change(RESPONSE)), AnswerFault::Destination);
    assert_eq!(fault(&change(ASSERTION)), AnswerFault::Destination);
    let absent = plain(&answer()).replace(" Destination=\"https://hub.test/saml/sp/acs\"", "");
    assert_eq!(fault(&forge(&absent, RESPONSE, &Forge::default())), AnswerFault::Destination);
    assert!(
        verify(&forge(&absent, ASSERTION, &Forge::default())).is_ok(),
        "optional where the message is not signed"
    );
}

#[test]
fn recipient_and_audience() {
    assert_eq!(
        fault(&resigned(
            "Recipient=\"https://hub.test/saml/sp/acs\"",
            "Recipient=\"https://hub.test/saml/sp/acs/\""
        )),
        AnswerFault::Recipient
    );
    assert_eq!(
        fault(&resigned(" Recipient=\"https://hub.test/saml/sp/acs\"", "")),
        AnswerFault::Recipient
    );
    assert_eq!(fault(&with(|o| o.audience = "https://other.test".into())), AnswerFault::Audience);
    let restriction = "<saml:AudienceRestriction><saml:Audience>https://hub.test/saml/sp/metadata</saml:Audience></saml:AudienceRestriction>";
    assert_eq!(fault(&resigned(restriction, "")), AnswerFault::Audience);
    let second = restriction.replace("hub.test", "other.test");
    assert_eq!(
        fault(&resigned(restriction, &format!("{restriction}{second}"))),
        AnswerFault::Audience
    );
    let beside = restriction.replace(
        "<saml:Audience>",
        "<saml:Audience>https://other.test</saml:Audience><saml:Audience>",
    );
    assert!(verify(&resigned(restriction, &beside)).is_ok(), "one of several audiences");
}

#[test]
fn in_response_to_of_both_and_of_an_unsolicited_answer() {
    assert_eq!(fault(&with(|o| o.in_response_to = Some("_q2".into()))), AnswerFault::InResponseTo);
    assert_eq!(fault(&with(|o| o.in_response_to = None)), AnswerFault::InResponseTo);
    let response = plain(&answer()).replacen("InResponseTo=\"_q1\"", "InResponseTo=\"_q2\"", 1);
    for element in [RESPONSE, ASSERTION] {
        let xml = forge(&response, element, &Forge::default());
        assert_eq!(fault(&xml), AnswerFault::InResponseTo, "the Response alone");
    }
    let data = "<saml:SubjectConfirmationData InResponseTo=\"_q1\"";
    assert_eq!(
        fault(&resigned(data, "<saml:SubjectConfirmationData InResponseTo=\"_q2\"")),
        AnswerFault::InResponseTo
    );
    assert_eq!(fault(&resigned(data, "<saml:SubjectConfirmationData")), AnswerFault::InResponseTo);
    let unsolicited = with(|o| o.in_response_to = None);
    assert!(passes_when(&unsolicited, |e| e.in_response_to = None));
    assert_eq!(
        fault_when(&signed(&answer(), Sign::Response), |e| e.in_response_to = None),
        AnswerFault::InResponseTo
    );
}

#[test]
fn not_on_or_after_with_its_tolerance() {
    let xml = signed(&answer(), Sign::Response);
    assert!(passes_when(&xml, |e| e.now = NOW.plus_s(359)));
    assert_eq!(fault_when(&xml, |e| e.now = NOW.plus_s(360)), AnswerFault::Expired);
    let ended = "NotOnOrAfter=\"2026-11-21T10:30:05Z\"";
    let conditions = resigned(
        &format!("{UNTIL}><saml:AudienceRestriction>"),
        &format!("{ended}><saml:AudienceRestriction>"),
    );
    assert_eq!(fault(&conditions), AnswerFault::Expired, "Conditions alone");
    let confirmation = resigned(&format!("{UNTIL} Recipient"), &format!("{ended} Recipient"));
    assert_eq!(fault(&confirmation), AnswerFault::Expired, "SubjectConfirmationData alone");
    assert_eq!(
        fault(&resigned(&format!("{UNTIL} Recipient"), "Recipient")),
        AnswerFault::NoBearer,
        "it must be there"
    );
    assert_eq!(
        fault(&resigned(&format!("{UNTIL} Recipient"), "NotOnOrAfter=\"soon\" Recipient")),
        AnswerFault::Malformed
    );
}

#[test]
fn not_before_with_its_tolerance() {
    let xml = signed(&answer(), Sign::Response);
    assert!(passes_when(&xml, |e| e.now = NOW.plus_s(-60)), "issued a minute ahead of our clock");
    assert_eq!(fault_when(&xml, |e| e.now = NOW.plus_s(-61)), AnswerFault::NotYetValid);
    let later = "NotBefore=\"2026-11-21T10:32:06Z\"";
    assert_eq!(
        fault(&resigned("NotBefore=\"2026-11-21T10:30:05Z\"", later)),
        AnswerFault::NotYetValid,
        "Conditions"
    );
    let confirmation =
        resigned(&format!("{UNTIL} Recipient"), &format!("{later} {UNTIL} Recipient"));
    assert_eq!(fault(&confirmation), AnswerFault::NotYetValid, "SubjectConfirmationData");
    let issued = "ID=\"_a1\" IssueInstant=\"2026-11-21T10:31:05Z\"";
    assert_eq!(
        fault(&resigned(issued, &issued.replace("10:31", "10:33"))),
        AnswerFault::NotYetValid,
        "IssueInstant"
    );
}

#[test]
fn bearer_confirmation() {
    assert_eq!(fault(&resigned("cm:bearer", "cm:sender-vouches")), AnswerFault::NoBearer);
    let xml = plain(&answer());
    let start = xml.find("<saml:SubjectConfirmation ").expect("a confirmation");
    let end = xml.find("</saml:Subject>").expect("its end");
    let confirmation = &xml[start..end];
    assert_eq!(fault(&resigned(confirmation, "")), AnswerFault::NoBearer);
    let other = confirmation.replace("saml/sp/acs", "other");
    assert!(
        verify(&resigned(confirmation, &format!("{other}{confirmation}"))).is_ok(),
        "one that holds is enough"
    );
    let subject =
        &xml[xml.find("<saml:Subject>").expect("a subject")..end + "</saml:Subject>".len()];
    assert_eq!(fault(&resigned(subject, "")), AnswerFault::NoBearer);
}

#[test]
fn authn_statement_and_the_end_of_its_session() {
    let xml = plain(&answer());
    let start = xml.find("<saml:AuthnStatement").expect("a statement");
    let end = xml.find("<saml:AttributeStatement").expect("its end");
    let statement = &xml[start..end];
    assert_eq!(fault(&resigned(statement, "")), AnswerFault::NoAuthnStatement);
    let ended = "SessionNotOnOrAfter=\"2026-11-21T10:30:05Z\"";
    assert_eq!(
        fault(&resigned("SessionNotOnOrAfter=\"2026-11-21T11:31:05Z\"", ended)),
        AnswerFault::SessionEnded
    );
    assert_eq!(fault(&with(|o| o.authn_instant = NOW.plus_s(61))), AnswerFault::NotYetValid);
}

#[test]
fn a_fresh_login_that_was_asked_for_must_be_fresh() {
    let xml = signed(&answer(), Sign::Response);
    assert!(passes_when(&xml, |e| e.force_authn_since = Some(NOW.plus_s(30))));
    assert_eq!(
        fault_when(&xml, |e| e.force_authn_since = Some(NOW.plus_s(31))),
        AnswerFault::NotFresh
    );
}

#[test]
fn conditions_are_kept_told_or_refused() {
    let end = "</saml:AudienceRestriction>";
    let add = |condition: &str| resigned(end, &format!("{end}{condition}"));
    assert!(verify(&add("<saml:OneTimeUse></saml:OneTimeUse>")).expect("verifies").one_time_use);
    assert_eq!(
        fault(&add("<saml:ProxyRestriction Count=\"0\"></saml:ProxyRestriction>")),
        AnswerFault::Audience
    );
    assert!(verify(&add("<saml:ProxyRestriction Count=\"1\"></saml:ProxyRestriction>")).is_ok());
    let named = "<saml:ProxyRestriction><saml:Audience>x</saml:Audience></saml:ProxyRestriction>";
    assert_eq!(fault(&add(named)), AnswerFault::Audience);
    assert_eq!(fault(&add("<saml:Condition></saml:Condition>")), AnswerFault::Malformed);
    let xml = plain(&answer());
    let conditions = &xml[xml.find("<saml:Conditions").expect("conditions")
        ..xml.find("<saml:AuthnStatement").expect("end")];
    assert_eq!(fault(&resigned(conditions, "")), AnswerFault::Audience);
}

#[test]
fn status_version_and_kind_of_message() {
    let success = "urn:oasis:names:tc:SAML:2.0:status:Success";
    let status = |new: &str| {
        plain(&answer()).replace(&format!("<samlp:StatusCode Value=\"{success}\">"), new)
    };
    let denied =
        status("<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\">");
    assert_eq!(fault(&denied), AnswerFault::Status, "told even where unsigned");
    assert_eq!(fault(&forge(&denied, RESPONSE, &Forge::default())), AnswerFault::Status);
    let passive = status(
        "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:NoPassive\"></samlp:StatusCode>",
    );
    assert_eq!(fault(&passive), AnswerFault::NoPassive);
    let none = plain(&answer());
    let (start, end) = (
        none.find("<samlp:Status>").expect("a status"),
        none.find("<saml:Assertion").expect("end"),
    );
    assert_eq!(fault(&none.replace(&none[start..end], "")), AnswerFault::Malformed);

    let response = plain(&answer()).replacen("Version=\"2.0\"", "Version=\"1.1\"", 1);
    assert_eq!(fault(&forge(&response, RESPONSE, &Forge::default())), AnswerFault::Version);
    let issued = "IssueInstant=\"2026-11-21T10:31:05Z\" Version=\"2.0\"><saml:Issuer>";
    assert_eq!(fault(&resigned(issued, &issued.replace("2.0", "2.1"))), AnswerFault::Version);
    assert_eq!(
        fault(&plain(&answer()).replace("samlp:Response", "samlp:ArtifactResponse")),
        AnswerFault::Malformed
    );
}

#[test]
fn metadata_past_their_end_vouch_for_nothing() {
    let mut idp = idp();
    let xml = signed(&answer(), Sign::Response);
    idp.valid_until = Some(NOW.plus_s(1));
    assert!(verify_response(xml.as_bytes(), &expected(&idp)).is_ok());
    idp.valid_until = Some(NOW);
    assert!(matches!(
        verify_response(xml.as_bytes(), &expected(&idp)),
        Err(SamlError::Metadata(_))
    ));
}

#[test]
fn attributes_are_found_by_every_name_and_never_by_friendly_name() {
    let mut out = answer();
    let text = |name: &str, value: &str| crate::AttributeOut {
        name: name.into(),
        name_format: crate::name_format::URI.into(),
        friendly_name: Some("mail".into()),
        values: crate::AttrValues::Text(vec![value.into()]),
    };
    out.attributes = vec![
        text("urn:mace:dir:attribute-def:displayName", " 甲 "),
        text("urn:oid:1.2.3", "not a mail"),
        crate::AttributeOut {
            values: crate::AttrValues::NameId(crate::NameId {
                value: "targeted".into(),
                ..out.name_id.clone()
            }),
            ..text(crate::attr::TARGETED_ID, "")
        },
    ];
    let read = verify(&signed(&out, Sign::Assertion)).expect("verifies");
    let all = |name: &str| attribute(&read, name).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(all("displayName"), ["甲"]);
    assert_eq!(all("urn:oid:2.16.840.1.113730.3.1.241"), ["甲"]);
    assert!(all("mail").is_empty());
    assert_eq!(all("urn:oid:1.2.3"), ["not a mail"]);
    assert_eq!(all("eduPersonTargetedID"), ["targeted"]);
    assert_eq!(all("NameID:persistent"), ["reader-1"]);
    assert!(all("NameID:transient").is_empty());
    out.name_id.format = Some(TRANSIENT.into());
    let read = verify(&signed(&out, Sign::Assertion)).expect("verifies");
    assert_eq!(attribute(&read, "NameID:persistent").next(), None);
    assert_eq!(attribute(&read, "NameID").next(), Some("reader-1"));
}
