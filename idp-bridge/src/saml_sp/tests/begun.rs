//! The question that goes out.

use super::*;
use saml::decode_redirect;

fn sent(next: &Next) -> saml::AuthnRequest {
    let Next::Redirect(url) = next else { panic!("no redirect: {next:?}") };
    let query = url.split_once('?').expect("a query").1;
    parse_authn_request(&decode_redirect(query).expect("decodes")).expect("parses")
}

#[tokio::test]
async fn it_asks_the_member_by_redirect_and_says_for_whom() {
    let world = world().await;
    let place = world.place("nju", "campus");
    let begun = world.begin(&world.saml, &place).await.expect("begun");
    let Next::Redirect(url) = &begun.next else { panic!("{:?}", begun.next) };
    assert!(url.starts_with("https://idp.nju.test/sso?SAMLRequest="), "{url}");
    assert_eq!(query_of(&begun.next).one("RelayState"), Ok(Some(place.handle.as_str())));
    let request = sent(&begun.next);
    assert_eq!(request.id, request_id(&begun));
    assert_eq!((request.issuer.as_str(), request.acs_url.as_deref()), (SP, Some(ACS_URL)));
    assert_eq!(request.destination.as_deref(), Some("https://idp.nju.test/sso"));
    assert_eq!(request.requester_ids, ["https://hub.test/services/ill"]);
    assert_eq!(request.issue_instant, NOON);
    assert_eq!((request.force_authn, request.is_passive), (false, false));
    let again = world.begin(&world.saml, &place).await.expect("begun");
    assert_ne!(request_id(&begun), request_id(&again));
}

#[tokio::test]
async fn force_and_passive_go_along() {
    let world = world().await;
    let place = Place { force: true, ..world.place("nju", "campus") };
    let request = sent(&world.begin(&world.saml, &place).await.expect("begun").next);
    assert_eq!((request.force_authn, request.is_passive), (true, false));
    let place = Place { passive: true, ..world.place("nju", "campus") };
    let request = sent(&world.begin(&world.saml, &place).await.expect("begun").next);
    assert_eq!((request.force_authn, request.is_passive), (false, true));
}

fn idp(only_post: bool, wants_signed: bool) -> saml::IdpMetadata {
    let name = model::Text::new("校园", "Campus");
    let xml = saml::write_idp_metadata(&saml::IdpSelf {
        entity_id: NJU_IDP,
        sso_redirect: "https://idp.nju.test/sso",
        sso_post: "https://idp.nju.test/sso-post",
        certs: &[NJU_KEY.certificate()],
        name: &name,
        scopes: &[],
        want_authn_requests_signed: wants_signed,
    });
    let mut idp =
        saml::parse_metadata(xml.as_bytes()).expect("metadata").remove(0).idp.expect("is");
    if only_post {
        idp.sso.retain(|e| e.binding == saml::Binding::Post);
    }
    idp
}

#[tokio::test]
async fn post_is_used_where_the_member_takes_nothing_else() {
    let world = world().await;
    let place = world.place("nju", "campus");
    let at = world.at(&place, &world.moment);
    let begun = world.saml.ask_of(&idp(true, false), &at, &place.ask()).expect("begun");
    let Next::AutoPost { action, fields } = begun.next else { panic!("{:?}", begun.next) };
    assert_eq!(action, "https://idp.nju.test/sso-post");
    let names: Vec<_> = fields.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(names, ["SAMLRequest", "RelayState"]);
    let mut nothing = idp(true, false);
    nothing.sso.clear();
    let refusal = world.saml.ask_of(&nothing, &at, &place.ask()).expect_err("refused");
    assert_eq!(refusal.code(), code::LOG_NO_CONNECTOR);
}

#[tokio::test]
async fn requests_are_signed_where_the_member_wants_them_so() {
    let world = world().await;
    let place = world.place("nju", "campus");
    let at = world.at(&place, &world.moment);
    let begun = world.saml.ask_of(&idp(false, true), &at, &place.ask()).expect("begun");
    let Next::Redirect(url) = &begun.next else { panic!("{:?}", begun.next) };
    let raw = decode_redirect(url.split_once('?').expect("a query").1).expect("decodes");
    let ours = [world.keys.current().saml().certificate().to_vec()];
    assert!(saml::verify_request_signature(&raw, &ours).is_ok());
    let begun = world.saml.ask_of(&idp(true, true), &at, &place.ask()).expect("begun");
    let Next::AutoPost { fields, .. } = begun.next else { panic!("{:?}", begun.next) };
    let body: Vec<_> =
        fields.iter().map(|(n, v)| format!("{n}={}", model::encode_component(v))).collect();
    let params = model::Params::parse(body.join("&").as_bytes()).expect("parameters");
    let raw = saml::decode_post(&params).expect("decodes");
    assert!(saml::verify_request_signature(&raw, &ours).is_ok());
}

#[tokio::test]
async fn without_metadata_or_past_their_end_nothing_is_asked() {
    let world = world().await;
    let place = world.place("nju", "campus");
    let nobody = Place { connector: model::ConnectorId::parse("other").expect("an id"), ..place };
    let refusal = world.begin(&world.saml, &nobody).await.expect_err("refused");
    assert_eq!(refusal.code(), code::LOG_NO_CONNECTOR);
    assert_eq!(refusal.detail().member.as_ref().map(model::MemberId::as_str), Some("nju"));
    let mut old = idp(false, false);
    old.valid_until = Some(NOON);
    assert!(super::super::request::require_in_force(&old, NOON).is_err());
    assert!(super::super::request::require_in_force(&old, NOON.plus_s(-1)).is_ok());
}
