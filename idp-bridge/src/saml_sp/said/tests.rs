use crate::testing::{
    NJU_IDP, NJU_KEY, NOON, Place, SP, World, answer, attribute, claimed, name_id, posted, refused,
    request_id, world,
};
use crate::{Claimed, Finished};
use model::{AttributeName, Refusal, Standing, code};
use saml::{AttrValues, AttributeOut, NameId, ResponseOut, attr, name_id_format};

async fn read(
    world: &World,
    place: &Place,
    attributes: Vec<AttributeOut>,
    name: Option<NameId>,
) -> Result<Finished, Refusal> {
    let begun = world.begin(&world.saml, place).await.expect("begun");
    let good = answer(Some(&request_id(&begun)));
    let name_id = name.unwrap_or_else(|| good.name_id.clone());
    let out = ResponseOut { attributes, name_id, ..good };
    let inbound = posted(&out, &NJU_KEY, place.handle.as_str());
    world.finish(&world.saml, place, &inbound, &begun.state).await
}

fn mapped(place: &mut Place, name: AttributeName, from: &[&str]) {
    place.entry.attributes.insert(name, from.iter().copied().collect());
}

/// A good key and these attributes.
async fn with(world: &World, more: Vec<AttributeOut>) -> Result<Finished, Refusal> {
    let mut attributes = vec![attribute(attr::PAIRWISE_ID, &["a1@nju.edu.cn"])];
    attributes.extend(more);
    read(world, &world.place("nju", "campus"), attributes, None).await
}

async fn key(world: &World, attributes: Vec<AttributeOut>, name: Option<NameId>) -> String {
    let place = world.place("nju", "campus");
    let claim: Claimed = claimed(read(world, &place, attributes, name).await);
    claim.key().as_str().to_owned()
}

#[tokio::test]
async fn the_first_key_present_wins_in_the_order_of_the_documentation() {
    let world = world().await;
    let persistent = || Some(name_id(name_id_format::PERSISTENT, "P1"));
    let all = || {
        vec![
            attribute(attr::TARGETED_ID, &["T1"]),
            attribute(attr::SUBJECT_ID, &["S1@nju.edu.cn"]),
            attribute(attr::PAIRWISE_ID, &["A1@NJU.edu.cn"]),
        ]
    };
    assert_eq!(key(&world, all(), persistent()).await, "a1@nju.edu.cn");
    assert_eq!(key(&world, all()[..2].to_vec(), persistent()).await, "s1@nju.edu.cn");
    assert_eq!(key(&world, all()[..1].to_vec(), persistent()).await, "T1");
    assert_eq!(key(&world, vec![], persistent()).await, "P1");
    let empty = vec![
        attribute(attr::PAIRWISE_ID, &["  "]),
        attribute(attr::SUBJECT_ID, &["S1@nju.edu.cn"]),
    ];
    assert_eq!(key(&world, empty, None).await, "s1@nju.edu.cn");
    let inside = AttributeOut {
        values: AttrValues::NameId(name_id(name_id_format::PERSISTENT, "T2")),
        ..attribute(attr::TARGETED_ID, &[])
    };
    assert_eq!(key(&world, vec![inside], None).await, "T2");
}

#[tokio::test]
async fn a_persistent_name_of_another_pair_is_another_reader() {
    let world = world().await;
    let named = |by: Option<&str>, to: Option<&str>| {
        Some(NameId {
            name_qualifier: by.map(str::to_owned),
            sp_name_qualifier: to.map(str::to_owned),
            ..name_id(name_id_format::PERSISTENT, "P1")
        })
    };
    assert_eq!(key(&world, vec![], named(Some(NJU_IDP), Some(SP))).await, "P1");
    assert_eq!(key(&world, vec![], named(None, Some(SP))).await, "P1");
    assert_ne!(key(&world, vec![], named(None, Some("https://other.test"))).await, "P1");
    assert_ne!(key(&world, vec![], named(Some("https://other.test"), None)).await, "P1");
}

#[tokio::test]
async fn a_name_for_one_session_is_never_a_key_whatever_the_entry_says() {
    let world = world().await;
    for source in ["NameID:transient", "NameID", "NameID:unspecified", "NameID:persistent"] {
        let mut place = world.place("nju", "campus");
        mapped(&mut place, AttributeName::LocalId, &[source]);
        for format in [name_id_format::TRANSIENT, name_id_format::UNSPECIFIED] {
            let name = Some(name_id(format, "_once"));
            let refusal = refused(read(&world, &place, vec![], name).await);
            assert_eq!(refusal.code(), code::LOG_NO_LOCAL_ID, "{source} {format}");
        }
        let named =
            vec![attribute("NameID:persistent", &["forged"]), attribute("NameID", &["forged"])];
        let refusal = refused(read(&world, &place, named, None).await);
        assert_eq!(refusal.code(), code::LOG_NO_LOCAL_ID, "an attribute of that name: {source}");
    }
}

#[tokio::test]
async fn a_key_that_is_there_and_bad_is_refused_and_not_passed_over() {
    let world = world().await;
    let persistent = || Some(name_id(name_id_format::PERSISTENT, "P1"));
    let place = world.place("nju", "campus");
    for (values, expected) in [
        (&["a1@pku.edu.cn"][..], code::LOG_SCOPE_FOREIGN),
        (&["a1@evil.nju.edu.cn"], code::LOG_SCOPE_FOREIGN),
        (&["a1@nju.edu.cn.evil.test"], code::LOG_SCOPE_FOREIGN),
        (&["a1"], code::LOG_SCOPE_FOREIGN),
        (&["a1@nju.edu.cn", "a2@nju.edu.cn"], code::LOG_BAD_VALUE),
        (&["a b@nju.edu.cn"], code::LOG_BAD_VALUE),
        (&["-a@nju.edu.cn"], code::LOG_BAD_VALUE),
        (&["a@pku.edu.cn@nju.edu.cn"], code::LOG_SCOPE_FOREIGN),
        (&["@nju.edu.cn"], code::LOG_SCOPE_FOREIGN),
    ] {
        let attributes = vec![attribute(attr::PAIRWISE_ID, values)];
        let refusal = refused(read(&world, &place, attributes, persistent()).await);
        assert_eq!(refusal.code(), expected, "{values:?}: {refusal}");
    }
    // Beside a good scoped value, the form of the key is what is wrong.
    for bad in ["a1", "@nju.edu.cn", "a@pku.edu.cn@nju.edu.cn", "a1@"] {
        let attributes = vec![
            attribute(attr::PAIRWISE_ID, &[bad]),
            attribute(attr::SCOPED_AFFILIATION, &["member@nju.edu.cn"]),
        ];
        let refusal = refused(read(&world, &place, attributes, persistent()).await);
        assert_eq!(refusal.code(), code::LOG_BAD_VALUE, "{bad}: {refusal}");
    }
}

#[tokio::test]
async fn a_foreign_key_is_refused_even_beside_good_scopes() {
    let world = world().await;
    let place = world.place("nju", "campus");
    for name in [attr::PAIRWISE_ID, attr::SUBJECT_ID] {
        let attributes = vec![
            attribute(name, &["a1@pku.edu.cn"]),
            attribute(attr::SCOPED_AFFILIATION, &["member@nju.edu.cn"]),
        ];
        let refusal = refused(read(&world, &place, attributes, None).await);
        assert_eq!(refusal.code(), code::LOG_SCOPE_FOREIGN, "{name}");
    }
    for source in ["eduPersonPrincipalName", attr::PRINCIPAL_NAME, "eduPersonUniqueId"] {
        let mut place = world.place("nju", "campus");
        mapped(&mut place, AttributeName::LocalId, &[source]);
        let wire = if source == attr::PRINCIPAL_NAME {
            "urn:mace:dir:attribute-def:eduPersonPrincipalName"
        } else {
            source
        };
        let attributes = vec![
            attribute(wire, &["a1@pku.edu.cn"]),
            attribute(attr::SCOPED_AFFILIATION, &["member@nju.edu.cn"]),
        ];
        let refusal = refused(read(&world, &place, attributes, None).await);
        assert_eq!(refusal.code(), code::LOG_SCOPE_FOREIGN, "{source}");
    }
}

#[tokio::test]
async fn foreign_affiliations_are_dropped_and_noted_without_their_values() {
    let world = world().await;
    let values =
        ["Student@NJU.edu.cn", "staff@pku.edu.cn", "alum", "a b@nju.edu.cn", "x@y@nju.edu.cn"];
    let claim = claimed(with(&world, vec![attribute(attr::SCOPED_AFFILIATION, &values)]).await);
    let kept: Vec<_> = claim.affiliation().iter().map(String::as_str).collect();
    assert_eq!(kept, ["student@nju.edu.cn"]);
    assert_eq!(claim.notes().len(), 4, "{:?}", claim.notes());
    let notes = claim.notes().join(" ");
    assert!(notes.contains("eduPersonScopedAffiliation") && !notes.contains("staff"), "{notes}");
}

#[tokio::test]
async fn an_affiliation_without_scope_is_the_members_own() {
    let world = world().await;
    let mut place = world.place("nju", "campus");
    mapped(&mut place, AttributeName::Affiliation, &["eduPersonAffiliation"]);
    let attributes = || {
        vec![
            attribute("eduPersonUniqueId", &["u1@nju.edu.cn"]),
            attribute("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", &["Student", "staff@pku.edu.cn"]),
        ]
    };
    mapped(&mut place, AttributeName::LocalId, &["eduPersonUniqueId"]);
    let claim = claimed(read(&world, &place, attributes(), None).await);
    let kept: Vec<_> = claim.affiliation().iter().map(String::as_str).collect();
    assert_eq!(kept, ["student@nju.edu.cn"]);
}

#[tokio::test]
async fn a_member_without_scopes_speaks_no_scoped_value() {
    let world = world().await;
    let mut place = world.place("nju", "campus");
    place.member.scopes.clear();
    let persistent = || Some(name_id(name_id_format::PERSISTENT, "P1"));
    assert_eq!(claimed(read(&world, &place, vec![], persistent()).await).key().as_str(), "P1");
    let scoped = vec![attribute(attr::SCOPED_AFFILIATION, &["member@nju.edu.cn"])];
    let refusal = refused(read(&world, &place, scoped, persistent()).await);
    assert_eq!(refusal.code(), code::LOG_SCOPE_FOREIGN);
}

#[tokio::test]
async fn values_are_trimmed_and_bad_ones_dropped_by_name() {
    let world = world().await;
    let long = "x".repeat(300);
    let claim = claimed(
        with(
            &world,
            vec![
                attribute(attr::DISPLAY_NAME, &["  Reader A  ", "Reader B"]),
                attribute(attr::MAIL, &["no address"]),
                attribute(attr::TELEPHONE_NUMBER, &[&long]),
                attribute("department", &["Astro\u{7f}nomy"]),
                attribute("card_number", &["B 123"]),
                attribute("category", &["graduate"]),
            ],
        )
        .await,
    );
    let profile = claim.profile();
    assert_eq!(profile.name.as_deref(), Some("Reader A"));
    assert_eq!((&profile.mail, &profile.phone, &profile.department), (&None, &None, &None));
    assert_eq!(profile.card_number.as_deref(), Some("B 123"));
    assert_eq!(claim.category(), Some("graduate"));
    assert_eq!(claim.notes().len(), 3, "{:?}", claim.notes());
    assert!(!claim.notes().join(" ").contains("Astro"));
}

#[tokio::test]
async fn a_shown_value_in_a_foreign_scope_is_dropped() {
    let world = world().await;
    let mut place = world.place("nju", "campus");
    mapped(&mut place, AttributeName::CardNumber, &["eduPersonPrincipalName"]);
    let attributes = vec![
        attribute(attr::PAIRWISE_ID, &["a1@nju.edu.cn"]),
        attribute(attr::PRINCIPAL_NAME, &["a1@pku.edu.cn"]),
    ];
    let claim = claimed(read(&world, &place, attributes, None).await);
    assert_eq!((&claim.profile().card_number, claim.notes().len()), (&None, 1));
}

#[tokio::test]
async fn standing_and_end_are_read_or_refused_and_never_guessed() {
    let world = world().await;
    let claim = claimed(
        with(
            &world,
            vec![attribute("standing", &["Blocked"]), attribute("valid_until", &["2027-06-30"])],
        )
        .await,
    );
    assert_eq!(claim.standing(), Standing::Blocked);
    let end = model::Timestamp::parse_rfc3339("2027-07-01T00:00:00Z");
    assert_eq!(claim.valid_until(), end, "the whole day");
    let exact = vec![attribute("valid_until", &["2027-06-30T18:00:00+08:00"])];
    let end = model::Timestamp::parse_rfc3339("2027-06-30T10:00:00Z");
    assert_eq!(claimed(with(&world, exact).await).valid_until(), end);
    for (name, values) in [
        ("standing", &["fine"][..]),
        ("standing", &["good", "blocked"]),
        ("valid_until", &["30.6.2027"]),
        ("valid_until", &["2027-06-31"]),
        ("valid_until", &["2027-06-30T10:00:00Z", "2028-06-30T10:00:00Z"]),
    ] {
        let refusal = refused(with(&world, vec![attribute(name, values)]).await);
        assert_eq!(refusal.code(), code::LOG_BAD_VALUE, "{values:?}");
        assert!(refusal.to_string().contains(name), "{refusal}");
    }
    assert!(claimed(with(&world, vec![]).await).valid_until().is_none_or(|t| t > NOON));
}

#[tokio::test]
async fn the_members_own_names_are_used_and_tried_in_order() {
    let world = world().await;
    let mut place = world.place("nju", "campus");
    mapped(&mut place, AttributeName::Name, &["displayName", "cn"]);
    mapped(&mut place, AttributeName::Category, &["urn:example:kind"]);
    let attributes = vec![
        attribute(attr::PAIRWISE_ID, &["a1@nju.edu.cn"]),
        attribute("urn:oid:2.5.4.3", &["Reader A"]),
        attribute("urn:example:kind", &["graduate"]),
    ];
    let claim = claimed(read(&world, &place, attributes, None).await);
    assert_eq!(claim.profile().name.as_deref(), Some("Reader A"));
    assert_eq!(claim.category(), Some("graduate"));
}
