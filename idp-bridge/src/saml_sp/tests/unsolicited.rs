//! Starts from outside (rule 5).

use super::*;
use model::ServiceId;

async fn started(world: &World, member: &str, inbound: &Inbound) -> Result<Finished, Refusal> {
    let place = world.place(member, "campus");
    let moment = world.later(5);
    world.saml.finish(&world.at(&place, &moment), inbound, None, None).await
}

#[tokio::test]
async fn a_registered_start_names_its_service_and_works_once() {
    let world = world().await;
    let out = answer(None);
    let claim = claimed(started(&world, "nju", &posted(&out, &NJU_KEY, "ill")).await);
    assert!(claim.is_unsolicited());
    assert_eq!(claim.target().map(ServiceId::as_str), Some("ill"));
    assert_eq!(claim.once().len(), 1);
}

#[tokio::test]
async fn a_start_names_an_allowed_service_and_never_an_address() {
    let world = world().await;
    for relay_state in ["ccc", "", "ILL", "ill ", "https://ill.test/", "//evil.test", "no-such"] {
        let refusal =
            refused(started(&world, "nju", &posted(&answer(None), &NJU_KEY, relay_state)).await);
        assert_eq!(refusal.code(), code::LOG_UNSOLICITED_REFUSED, "{relay_state}");
    }
}

#[tokio::test]
async fn a_member_without_permission_starts_nothing() {
    let world = world().await;
    let mut out = answer(None);
    out.issuer = PKU_IDP.to_owned();
    let refusal = refused(started(&world, "pku", &posted(&out, &PKU_KEY, "ill")).await);
    assert_eq!(refusal.code(), code::LOG_UNSOLICITED_REFUSED);
    assert!(refusal.to_string().contains("this connector"), "{refusal}");
}

#[tokio::test]
async fn a_service_that_left_the_registry_cannot_be_started() {
    let world = world().await;
    let mut place = world.place("nju", "campus");
    place.entry.unsolicited = vec![ServiceId::parse("gone").expect("an id")];
    let inbound = posted(&answer(None), &NJU_KEY, "gone");
    let moment = world.later(5);
    let outcome = world.saml.finish(&world.at(&place, &moment), &inbound, None, None).await;
    assert_eq!(refused(outcome).code(), code::LOG_UNSOLICITED_REFUSED);
}

#[tokio::test]
async fn an_answer_to_a_request_is_no_start() {
    let world = world().await;
    let inbound = posted(&answer(Some("_someone-elses")), &NJU_KEY, "ill");
    let refusal = refused(started(&world, "nju", &inbound).await);
    assert_eq!(refusal.code(), code::SAML_IN_RESPONSE_TO);
}

#[tokio::test]
async fn a_start_never_continues_a_login_in_flight() {
    let world = world().await;
    let place = world.place("nju", "campus");
    let outcome = answered(&world, &place, |out| out.in_response_to = None).await;
    assert_eq!(refused(outcome).code(), code::SAML_IN_RESPONSE_TO);
    let begun = world.begin(&world.saml, &place).await.expect("begun");
    let inbound = posted(&answer(None), &NJU_KEY, "ill");
    let outcome = world.finish(&world.saml, &place, &inbound, &begun.state).await;
    assert_eq!(refused(outcome).code(), code::LOG_STATE_MISSING);
}
