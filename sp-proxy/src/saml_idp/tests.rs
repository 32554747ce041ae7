//! The endpoints of the identity provider over a whole hub in this process.

use crate::testing::{Answer, Browser, Hub};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Next;
use saml::{
    Assertion, AuthnRequestOut, DecryptingKey, Decryption, Expected, MessageKind, SigningKey,
    Verified, attribute, parse_metadata, post_fields, redirect_url, verify_encrypted_response,
};

const SSO: &str = "https://hub.test/saml/idp/sso";
const JOURNALS: &str = "https://journals.example.org/metadata";
const JOURNALS_ACS: &str = "https://journals.example.org/acs";
const CATALOGUE: &str = "https://catalogue.example.org/metadata";
const CATALOGUE_ACS: &str = "https://catalogue.example.org/acs";

fn request<'a>(hub: &Hub, id: &'a str) -> AuthnRequestOut<'a> {
    AuthnRequestOut {
        id,
        destination: SSO,
        issuer: JOURNALS,
        acs_url: JOURNALS_ACS,
        force_authn: false,
        is_passive: false,
        issue_instant: hub.now(),
        requester_ids: &[],
        provider_name: None,
        proxy_count: None,
    }
}

fn by_redirect(out: &AuthnRequestOut<'_>, state: Option<&str>, key: Option<&SigningKey>) -> String {
    let url = redirect_url(SSO, MessageKind::Request, &out.to_xml(), state, key);
    format!("{}&member=nju", url.expect("written"))
}

/// The message that a form of the hub carries to the service.
fn carried(answer: &Answer) -> (String, Vec<u8>, Option<String>) {
    let (action, fields) = answer.posted();
    let message = fields.get("SAMLResponse").expect("a message");
    let xml = STANDARD.decode(message).expect("base64");
    (action.to_owned(), xml, fields.get("RelayState").cloned())
}

/// Judges an answer as a service would, with the metadata that the hub publishes.
async fn verified(
    hub: &Hub,
    xml: &[u8],
    audience: &str,
    recipient: &str,
    request_id: &str,
) -> Verified<Assertion> {
    opened(hub, xml, (audience, recipient, request_id), &[]).await
}

/// The same for a service with keys to decrypt with.
async fn opened(
    hub: &Hub,
    xml: &[u8],
    (audience, recipient, request_id): (&str, &str, &str),
    keys: &[DecryptingKey],
) -> Verified<Assertion> {
    let published = Browser::default().get(hub, "/saml/idp/metadata").await;
    assert_eq!(published.headers["content-type"], "application/samlmetadata+xml");
    let entity = parse_metadata(&published.body).expect("metadata").remove(0);
    let idp = entity.idp.expect("an identity provider");
    assert_eq!(entity.entity_id.as_str(), "https://hub.test/saml/idp/metadata");
    let expected = Expected {
        idp: &idp,
        audience,
        recipient,
        in_response_to: Some(request_id),
        now: hub.now(),
        skew_s: 60,
        force_authn_since: None,
    };
    let with = Decryption { keys, accept_cbc: false, entropy: &crate::testing::chance() };
    verify_encrypted_response(xml, &expected, &with).expect("accepted")
}

fn values<'a>(assertion: &'a Assertion, name: &str) -> Vec<&'a str> {
    attribute(assertion, name).collect()
}

#[tokio::test]
async fn a_login_is_answered_to_the_acs_with_what_is_released() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let state = "ss:mem:<\"南\">&x";
    let target = by_redirect(&request(&hub, "_one"), Some(state), None);
    let asked = browser.get(&hub, &target).await;
    let answer = browser.log_in(&hub, &asked).await;
    let (action, xml, relay_state) = carried(&answer);
    assert_eq!((action.as_str(), relay_state.as_deref()), (JOURNALS_ACS, Some(state)));
    let assertion = verified(&hub, &xml, JOURNALS, JOURNALS_ACS, "_one").await;
    let pairwise = hub.keys.pairwise(&hub.reader, JOURNALS);
    let name_id = assertion.name_id.as_ref().expect("a NameID");
    assert_eq!(name_id.value, pairwise);
    assert_eq!(name_id.format.as_deref(), Some(saml::name_id_format::PERSISTENT));
    assert_eq!(values(&assertion, "pairwise-id"), [format!("{pairwise}@nju.edu.cn")]);
    assert_eq!(values(&assertion, "displayName"), ["读者甲"]);
    assert_eq!(values(&assertion, "mail"), ["a@example.org"]);
    assert_eq!(values(&assertion, "eduPersonScopedAffiliation"), ["student@nju.edu.cn"]);
    assert_eq!(values(&assertion, "links"), ["opac=https://opac.nju.example/"]);
    assert_eq!(values(&assertion, "member"), ["nju"]);
    assert!(values(&assertion, "subject-id").is_empty(), "only where asked for");
    assert!(assertion.session_index.is_some());
}

#[tokio::test]
async fn the_signature_stands_where_the_service_looks_for_it() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let asked = browser.get(&hub, &by_redirect(&request(&hub, "_one"), None, None)).await;
    let (_, xml, _) = carried(&browser.log_in(&hub, &asked).await);
    let text = String::from_utf8(xml).expect("UTF-8");
    let signature = text.find("<ds:Signature").expect("signed");
    assert!(signature < text.find("<saml:Assertion").expect("an assertion"), "on the Response");
    let wants =
        AuthnRequestOut { issuer: CATALOGUE, acs_url: CATALOGUE_ACS, ..request(&hub, "_2") };
    let target = by_redirect(&wants, None, Some(&hub.sp_key));
    let (action, xml, _) = carried(&browser.get(&hub, &target).await);
    assert_eq!(action, CATALOGUE_ACS);
    let _ = verified(&hub, &xml, CATALOGUE, CATALOGUE_ACS, "_2").await;
    let text = String::from_utf8(xml).expect("UTF-8");
    let signature = text.find("<ds:Signature").expect("signed");
    assert!(signature > text.find("<saml:Assertion").expect("an assertion"), "on the Assertion");
}

#[tokio::test]
async fn a_posted_request_is_taken_up_by_a_step_of_our_own() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let fields = post_fields(MessageKind::Request, &request(&hub, "_one").to_xml(), Some("S"));
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let posted = browser.post(&hub, "/saml/idp/sso?tenant=a210093", &fields, &[]).await;
    let step = posted.redirect().to_owned();
    assert!(step.starts_with("https://hub.test/login?h="), "{step}");
    let asked = browser.get(&hub, &step).await;
    let (_, xml, relay_state) = carried(&browser.log_in(&hub, &asked).await);
    assert_eq!(relay_state.as_deref(), Some("S"));
    let _ = verified(&hub, &xml, JOURNALS, JOURNALS_ACS, "_one").await;
}

#[tokio::test]
async fn a_request_is_answered_once() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let target = by_redirect(&request(&hub, "_one"), None, None);
    let asked = browser.get(&hub, &target).await;
    browser.log_in(&hub, &asked).await.posted();
    let answer = browser.get(&hub, &target).await;
    assert_eq!(answer.page_code(), "SAML-066");
    let fresh = by_redirect(&request(&hub, "_two"), None, None);
    browser.get(&hub, &fresh).await.posted();
}

#[tokio::test]
async fn an_unknown_issuer_stays_on_our_page() {
    let hub = Hub::start().await;
    let unknown = AuthnRequestOut { issuer: "https://evil.example", ..request(&hub, "_one") };
    let answer = Browser::default().get(&hub, &by_redirect(&unknown, None, None)).await;
    assert_eq!(answer.page_code(), "SAML-061");
    for target in ["/saml/idp/sso", "/saml/idp/sso?SAMLRequest=rubbish"] {
        assert_eq!(Browser::default().get(&hub, target).await.page_code(), "SAML-060");
    }
}

#[tokio::test]
async fn an_acs_that_is_not_registered_gets_nothing() {
    let hub = Hub::start().await;
    let evil = AuthnRequestOut { acs_url: "https://evil.example/acs", ..request(&hub, "_one") };
    let answer = Browser::default().get(&hub, &by_redirect(&evil, None, None)).await;
    assert_eq!(answer.page_code(), "SAML-062");
    assert!(answer.refused.expect("refused").back.is_none(), "nothing leads there");
}

#[tokio::test]
async fn an_acs_struck_in_the_meantime_gets_nothing() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let asked = browser.get(&hub, &by_redirect(&request(&hub, "_one"), None, None)).await;
    hub.change("services/journals-sp.xml", "example.org/acs", "example.org/moved").await;
    let answer = browser.log_in_refused(&hub, &asked).await;
    assert_eq!(answer.page_code(), "SAML-062");
}

#[tokio::test]
async fn a_service_that_signs_is_verified() {
    let hub = Hub::start().await;
    let own = |id: &'static str| AuthnRequestOut {
        issuer: CATALOGUE,
        acs_url: CATALOGUE_ACS,
        ..request(&hub, id)
    };
    let unsigned = by_redirect(&own("_1"), None, None);
    assert_eq!(Browser::default().get(&hub, &unsigned).await.page_code(), "SAML-064");
    let forged = by_redirect(&own("_2"), None, Some(hub.keys.current().saml()));
    assert_eq!(Browser::default().get(&hub, &forged).await.page_code(), "SAML-064");
    let signed = by_redirect(&own("_3"), Some("S"), Some(&hub.sp_key));
    let changed = signed.replace("RelayState=S", "RelayState=T");
    assert_ne!(changed, signed);
    assert_eq!(Browser::default().get(&hub, &changed).await.page_code(), "SAML-064");
    let xml = own("_5").to_xml().replace(&format!(" Destination=\"{SSO}\""), "");
    assert!(!xml.contains("Destination"));
    let nowhere = redirect_url(SSO, MessageKind::Request, &xml, None, Some(&hub.sp_key));
    let answer = Browser::default().get(&hub, &nowhere.expect("written")).await;
    assert_eq!(answer.page_code(), "SAML-063", "signed for nobody in particular");
    let good = Browser::default().get(&hub, &signed).await;
    assert!(matches!(good.next(), Next::Ask(_)), "{:?}", good.next());
    let posted = own("_4").to_signed_xml(&hub.sp_key).expect("signed");
    let fields = post_fields(MessageKind::Request, &posted, None);
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let good = Browser::default().post(&hub, "/saml/idp/sso", &fields, &[]).await;
    assert!(good.redirect().starts_with("https://hub.test/login?h="));
}

#[tokio::test]
async fn is_passive_without_a_session_is_answered_no_passive() {
    let hub = Hub::start().await;
    let passive = AuthnRequestOut { is_passive: true, ..request(&hub, "_one") };
    let answer = Browser::default().get(&hub, &by_redirect(&passive, Some("S"), None)).await;
    let (action, xml, relay_state) = carried(&answer);
    assert_eq!((action.as_str(), relay_state.as_deref()), (JOURNALS_ACS, Some("S")));
    let text = String::from_utf8(xml).expect("UTF-8");
    assert!(text.contains("urn:oasis:names:tc:SAML:2.0:status:NoPassive"), "{text}");
    assert!(text.contains("<ds:Signature") && text.contains("InResponseTo=\"_one\""), "{text}");
    assert!(!text.contains("Assertion>"), "{text}");
}

#[tokio::test]
async fn force_authn_asks_again() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let asked = browser.get(&hub, &by_redirect(&request(&hub, "_one"), None, None)).await;
    browser.log_in(&hub, &asked).await.posted();
    let force = AuthnRequestOut { force_authn: true, ..request(&hub, "_two") };
    let answer = browser.get(&hub, &by_redirect(&force, None, None)).await;
    assert!(matches!(answer.next(), Next::Ask(_)), "{:?}", answer.next());
}

#[tokio::test]
async fn a_library_that_is_not_known_is_said_to_the_reader_first() {
    let hub = Hub::start().await;
    let target = by_redirect(&request(&hub, "_one"), None, None).replace("member=nju", "member=x");
    let answer = Browser::default().get(&hub, &target).await;
    assert_eq!(answer.page_code(), "LOG-012");
    assert!(matches!(
        answer.refused.expect("refused").back.as_deref(),
        Some(Next::AutoPost { .. })
    ));
}

#[tokio::test]
async fn one_session_bears_another_index_at_every_service() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let asked = browser.get(&hub, &by_redirect(&request(&hub, "_1"), None, None)).await;
    let (_, xml, _) = carried(&browser.log_in(&hub, &asked).await);
    let first = verified(&hub, &xml, JOURNALS, JOURNALS_ACS, "_1").await;
    let (_, xml, _) =
        carried(&browser.get(&hub, &by_redirect(&request(&hub, "_2"), None, None)).await);
    let second = verified(&hub, &xml, JOURNALS, JOURNALS_ACS, "_2").await;
    assert_eq!(first.session_index, second.session_index, "one session at one service");
    let other =
        AuthnRequestOut { issuer: CATALOGUE, acs_url: CATALOGUE_ACS, ..request(&hub, "_3") };
    let target = by_redirect(&other, None, Some(&hub.sp_key));
    let (_, xml, _) = carried(&browser.get(&hub, &target).await);
    let third = verified(&hub, &xml, CATALOGUE, CATALOGUE_ACS, "_3").await;
    assert_ne!(first.session_index, third.session_index);
}

/// Gives `journals` a key to decrypt with.
async fn with_key(hub: &Hub) -> DecryptingKey {
    let pair = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048);
    let pair = pair.expect("a key");
    let params = rcgen::CertificateParams::new(vec!["sp.test".into()]).expect("names");
    let certificate = params.self_signed(&pair).expect("a certificate").der().to_vec();
    let descriptor = format!(
        r#"<md:KeyDescriptor use="encryption"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:AssertionConsumerService "#,
        STANDARD.encode(&certificate)
    );
    let first = "<md:AssertionConsumerService ";
    let once = format!(
        "{first}Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"https://journals.example.org/acs\""
    );
    let with = once.replace(first, &descriptor);
    hub.change("services/journals-sp.xml", &once, &with).await;
    DecryptingKey::from_pkcs8(&pair.serialize_der(), &certificate).expect("usable")
}

#[tokio::test]
async fn a_service_that_asks_is_answered_encrypted() {
    let hub = Hub::start().await;
    let key = with_key(&hub).await;
    let mut browser = Browser::default();
    let asked = browser.get(&hub, &by_redirect(&request(&hub, "_one"), None, None)).await;
    let (_, xml, _) = carried(&browser.log_in(&hub, &asked).await);
    let text = String::from_utf8(xml).expect("UTF-8");
    assert!(text.contains("<saml:EncryptedAssertion"), "{text}");
    assert!(!text.contains("a@example.org") && !text.contains("读者甲"), "{text}");
    let whom = (JOURNALS, JOURNALS_ACS, "_one");
    let read = opened(&hub, text.as_bytes(), whom, std::slice::from_ref(&key)).await;
    assert_eq!(values(&read, "mail"), ["a@example.org"]);
    // The registry has the last word.
    let file = "services/journals.toml";
    hub.change(file, "journals-sp.xml\"", "journals-sp.xml\"\nencrypt = false").await;
    let target = by_redirect(&request(&hub, "_two"), None, None);
    let (_, xml, _) = carried(&browser.get(&hub, &target).await);
    let _ = verified(&hub, &xml, JOURNALS, JOURNALS_ACS, "_two").await;
}

#[tokio::test]
async fn the_registry_names_the_hash_of_the_signature() {
    let hub = Hub::start().await;
    let file = "services/journals.toml";
    let with = "journals-sp.xml\"\nsignature_hash = \"sha512\"";
    hub.change(file, "journals-sp.xml\"", with).await;
    let mut browser = Browser::default();
    let asked = browser.get(&hub, &by_redirect(&request(&hub, "_one"), None, None)).await;
    let (_, xml, _) = carried(&browser.log_in(&hub, &asked).await);
    assert!(String::from_utf8_lossy(&xml).contains("xmldsig-more#rsa-sha512"));
    let _ = verified(&hub, &xml, JOURNALS, JOURNALS_ACS, "_one").await;
}
