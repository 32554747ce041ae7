use super::*;
use crate::saml_idp::samples::{member, sp, wanting};

fn texts(attribute: &AttributeOut) -> &[String] {
    match &attribute.values {
        AttrValues::Text(texts) => texts,
        AttrValues::NameId(_) => panic!("not a text"),
    }
}

#[test]
fn well_known_values_bear_their_oids_and_the_rest_their_hub_names() {
    let values = BTreeMap::from([
        (ValueName::Name, Value::Text("读者甲".into())),
        (ValueName::Class, Value::Text("A".into())),
        (ValueName::Entitlements, Value::List(vec!["ill:request".into(), "x:y".into()])),
        (ValueName::Links, Value::Map(BTreeMap::from([("opac".into(), "https://o/".into())]))),
        (ValueName::Affiliation, Value::List(Vec::new())),
    ]);
    let mut attributes = released(&values, |_| None);
    attributes.sort_by(|a, b| a.name.cmp(&b.name));
    let read: Vec<_> =
        attributes.iter().map(|a| (a.name.as_str(), a.name_format.as_str(), texts(a))).collect();
    assert_eq!(
        read,
        [
            ("class", name_format::BASIC, &["A".to_owned()][..]),
            ("links", name_format::BASIC, &["opac=https://o/".to_owned()][..]),
            (
                attr::ENTITLEMENT,
                name_format::URI,
                &["ill:request".to_owned(), "x:y".to_owned()][..]
            ),
            (attr::DISPLAY_NAME, name_format::URI, &["读者甲".to_owned()][..]),
        ]
    );
}

#[test]
fn a_service_may_have_its_own_name_for_a_value() {
    let values = BTreeMap::from([(ValueName::Mail, Value::Text("a@example.org".into()))]);
    let plain = released(&values, |_| Some("emailAddress".into()));
    assert_eq!(
        (plain[0].name.as_str(), plain[0].name_format.as_str()),
        ("emailAddress", name_format::BASIC)
    );
    let named = released(&values, |_| Some("urn:oid:1.2.3".into()));
    assert_eq!(named[0].name_format, name_format::URI);
}

#[test]
fn pairwise_id_goes_along_and_subject_id_only_where_asked_for() {
    assert_eq!(Identifier::wanted_by(&sp()), Identifier::Pairwise);
    assert_eq!(Identifier::wanted_by(&wanting("any")), Identifier::Pairwise);
    assert_eq!(Identifier::wanted_by(&wanting("pairwise-id")), Identifier::Pairwise);
    assert_eq!(Identifier::wanted_by(&wanting("subject-id")), Identifier::Subject);
    assert_eq!(Identifier::wanted_by(&wanting("none")), Identifier::None);
}

#[test]
fn the_identifier_lies_in_the_members_first_scope() {
    let attribute = |identifier: Identifier, scopes: &[&str]| {
        identifier.attribute(|i| format!("{i:?}").to_lowercase(), &member(scopes), "hub.test")
    };
    let out = attribute(Identifier::Pairwise, &["nju.edu.cn", "lib.nju.edu.cn"]).expect("given");
    assert_eq!(
        (out.name.as_str(), texts(&out)),
        (attr::PAIRWISE_ID, &["pairwise@nju.edu.cn".to_owned()][..])
    );
    let out = attribute(Identifier::Subject, &[]).expect("given");
    assert_eq!(
        (out.name.as_str(), texts(&out)),
        (attr::SUBJECT_ID, &["subject@hub.test".to_owned()][..])
    );
    assert_eq!(attribute(Identifier::None, &["nju.edu.cn"]), None);
}
