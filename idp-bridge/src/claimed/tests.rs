use super::*;
use crate::testing::world;

#[tokio::test]
async fn a_claim_without_a_secret_gains_the_assurance_of_an_address_alone() {
    let world = world().await;
    let place = world.place("nju", "campus");
    for (what, evidence) in
        [(NoSecret::Network, Evidence::Network), (NoSecret::Number, Evidence::NumberOnly)]
    {
        let facts = Facts {
            key: LocalKey::new("12345").expect("a key"),
            profile: Profile::default(),
            class: place.member.class.clone(),
            category: None,
            affiliation: BTreeSet::new(),
            standing: Standing::Good,
            valid_until: None,
            notes: Vec::new(),
            target: None,
        };
        let claim = Claimed::new(Proof::NoSecret(what), &world.at(&place, &world.moment), facts);
        assert_eq!(claim.evidence(), evidence);
        assert_eq!(claim.acr(), "urn:oasis:names:tc:SAML:2.0:ac:classes:InternetProtocol");
        assert!(!claim.evidence().is_proved() && claim.account().is_none());
        assert!(!Claimed::is_by_two_factors(claim.evidence(), BY_TWO_FACTORS));
    }
}
