//! Two readings of the same bytes, held beside each other.

use crate::wire::{Attribute, Reading};
use saml::Assertion;

/// White space of XML, which neither side counts around a text.
const WHITE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Fails with the name of the first thing that is read differently, never with a value.
///
/// Beside what names the reader this is what decides who may be believed: the issuer, the id
/// that works once, and that each audience restriction names us (Core 2.5.1.4). Qualifiers of
/// the NameID are not compared: samael does not read them.
pub fn compare(ours: &Assertion, audience: &str, theirs: &Reading) -> Result<(), String> {
    let same = |what: &str, same: bool| if same { Ok(()) } else { Err(what.to_owned()) };
    same("Issuer", trimmed(&theirs.issuer) == ours.issuer.as_str())?;
    same("ID", theirs.id == ours.id)?;
    same("NameID", is_same_name(ours, theirs))?;
    same("Audience", names_us(theirs, audience))?;
    same("the number of attributes", ours.attributes.len() == theirs.attributes.len())?;
    for (mine, other) in ours.attributes.iter().zip(&theirs.attributes) {
        same("an attribute", is_same_attribute(mine, other))?;
    }
    Ok(())
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(WHITE)
}

fn is_same_name(ours: &Assertion, theirs: &Reading) -> bool {
    match (&ours.name_id, &theirs.name_id) {
        (None, None) => true,
        (Some(mine), Some(other)) => {
            mine.value == trimmed(&other.value) && mine.format == other.format
        }
        _ => false,
    }
}

fn names_us(theirs: &Reading, audience: &str) -> bool {
    let names_us = |names: &Vec<String>| names.iter().any(|name| trimmed(name) == audience);
    !theirs.audiences.is_empty() && theirs.audiences.iter().all(names_us)
}

fn is_same_attribute(mine: &saml::Attribute, other: &Attribute) -> bool {
    // Our reader leaves out values that say nothing.
    let values = other.values.iter().map(|v| trimmed(v)).filter(|v| !v.is_empty());
    mine.name == other.name
        && mine.friendly_name == other.friendly_name
        && mine.name_format == other.name_format
        && mine.values.iter().map(String::as_str).eq(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::NameId;
    use saml::EntityId;

    fn ours() -> Assertion {
        let attribute = |name: &str, value: &str| saml::Attribute {
            name: name.to_owned(),
            friendly_name: None,
            name_format: Some("urn:x".to_owned()),
            values: vec![value.to_owned()],
        };
        let at = model::Timestamp::from_unix_s(1_795_257_065);
        Assertion {
            id: "_a".to_owned(),
            issuer: EntityId::parse("https://idp.test/").expect("a name"),
            name_id: Some(saml::NameId {
                format: Some("urn:f".to_owned()),
                value: "reader-1".to_owned(),
                name_qualifier: None,
                sp_name_qualifier: None,
            }),
            attributes: vec![attribute("mail", "a@idp.test"), attribute("cn", "读者甲")],
            authn_instant: at,
            authn_context: None,
            session_index: None,
            session_not_on_or_after: None,
            authenticating_authorities: Vec::new(),
            not_on_or_after: at,
            one_time_use: false,
            response_id: "_r".to_owned(),
        }
    }

    fn theirs() -> Reading {
        let attribute = |name: &str, values: &[&str]| Attribute {
            name: name.to_owned(),
            friendly_name: None,
            name_format: Some("urn:x".to_owned()),
            values: values.iter().map(|v| (*v).to_owned()).collect(),
        };
        Reading {
            id: "_a".to_owned(),
            issuer: "\nhttps://idp.test/ ".to_owned(),
            name_id: Some(NameId {
                format: Some("urn:f".to_owned()),
                value: " reader-1".to_owned(),
            }),
            audiences: vec![vec!["https://x/".to_owned(), "https://hub.test/".to_owned()]],
            attributes: vec![attribute("mail", &["a@idp.test", " "]), attribute("cn", &["读者甲"])],
        }
    }

    fn differs(change: impl FnOnce(&mut Reading)) -> String {
        let mut theirs = theirs();
        change(&mut theirs);
        compare(&ours(), "https://hub.test/", &theirs).expect_err("read differently")
    }

    #[test]
    fn white_space_around_a_text_and_values_that_say_nothing_are_no_difference() {
        assert_eq!(compare(&ours(), "https://hub.test/", &theirs()), Ok(()));
    }

    type Change = fn(&mut Reading);

    #[test]
    fn every_thing_that_is_compared_can_differ_and_no_value_is_told() {
        let changes: [(&str, Change); 13] = [
            ("Issuer", |r| r.issuer.push('x')),
            ("ID", |r| r.id.insert(0, ' ')),
            ("NameID", |r| r.name_id = None),
            ("NameID", |r| r.name_id.as_mut().expect("one").value.push('x')),
            ("NameID", |r| r.name_id.as_mut().expect("one").format = None),
            ("Audience", |r| r.audiences.clear()),
            ("Audience", |r| r.audiences[0].truncate(1)),
            ("Audience", |r| r.audiences.push(vec!["https://x/".to_owned()])),
            ("number", |r| drop(r.attributes.pop())),
            ("attribute", |r| r.attributes.swap(0, 1)),
            ("attribute", |r| r.attributes[0].values.push("b@idp.test".to_owned())),
            ("attribute", |r| r.attributes[0].name_format = None),
            ("attribute", |r| r.attributes[0].friendly_name = Some("m".to_owned())),
        ];
        for (what, change) in changes {
            let told = differs(change);
            assert!(told.contains(what), "{what}: {told}");
            assert!(!told.contains("reader") && !told.contains("idp.test"), "{told}");
        }
    }
}
