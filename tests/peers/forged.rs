//! What was altered on the way is refused by whoever gets it, and a library
//! that speaks for another by the hub.

use super::consortium::Consortium;
use super::installed::is_ready;
use super::library::{FOREIGN, LOGIN, Library, PASSWORD, sign_in};
use super::reader::Reader;
use super::service::Service;
use crate::harness::Seen;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::code;

#[tokio::test]
async fn pysaml2_refuses_an_altered_answer_of_the_hub_and_takes_the_true_one_once() {
    if !is_ready(Library::Central) {
        return;
    }
    let all = Consortium::start(Library::Central).await;
    for service in [Service::SamlAssertion, Service::SamlResponse] {
        let (mut reader, held) = held_back(&all, service).await;
        let forgery = altered(&held, |xml| xml.replace(">union<", ">onion<"));
        let refused = deliver(&mut reader, &held, forgery, &all.hub.url).await;
        service.refuses(&refused, "SignatureError");
        let unsigned = altered(&held, without_signature);
        let refused = deliver(&mut reader, &held, unsigned, &all.hub.url).await;
        assert_eq!(refused.status, 403, "{service:?}: {}", refused.body);

        let arrived = deliver(&mut reader, &held, held.posted.clone(), &all.hub.url).await;
        service.welcomes(&arrived, Library::Central, &all.hub.url);
        let again = deliver(&mut reader, &held, held.posted.clone(), &all.hub.url).await;
        service.refuses(&again, "UnsolicitedResponse");
    }
}

/// node-saml forgets a request with the first answer to it, whatever that was.
#[tokio::test]
async fn node_saml_refuses_an_altered_answer_of_the_hub_and_takes_the_true_one_once() {
    if !is_ready(Library::Central) {
        return;
    }
    let all = Consortium::start(Library::Central).await;
    let services = [
        (Service::NodeSamlAssertion, "Invalid signature"),
        (Service::NodeSamlResponse, "Invalid document signature"),
    ];
    for (service, unbelieved) in services {
        let alterations: [fn(&str) -> String; 2] =
            [|xml| xml.replace(">union<", ">onion<"), without_signature];
        for alteration in alterations {
            let (mut reader, held) = held_back(&all, service).await;
            let forgery = altered(&held, alteration);
            let refused = deliver(&mut reader, &held, forgery, &all.hub.url).await;
            service.refuses(&refused, unbelieved);
        }
        let (mut reader, held) = held_back(&all, service).await;
        let arrived = deliver(&mut reader, &held, held.posted.clone(), &all.hub.url).await;
        service.welcomes(&arrived, Library::Central, &all.hub.url);
        let again = deliver(&mut reader, &held, held.posted.clone(), &all.hub.url).await;
        service.refuses(&again, "InResponseTo is not valid");
    }
}

/// A login at the hub's own store, up to the answer that is not yet delivered.
pub(super) async fn held_back(all: &Consortium, service: Service) -> (Reader, Seen) {
    let mut reader = all.reader();
    let acs = format!("{}/acs", all.at(service));
    reader.stops_before = Some(acs.clone());
    let form = Library::Central.form(all, &mut reader, service).await;
    let held = sign_in(&mut reader, &form, LOGIN, PASSWORD).await;
    assert!(held.outside && held.url.as_str() == acs, "{}: {}", held.url, held.body);
    reader.stops_before = None;
    (reader, held)
}

/// node-saml does so unless it is told otherwise.
#[tokio::test]
async fn a_request_that_pysaml2_or_node_saml_signs_with_sha1_is_refused() {
    if !is_ready(Library::Central) {
        return;
    }
    let all = Consortium::start(Library::Central).await;
    for service in [Service::SamlResponse, Service::NodeSamlAssertion, Service::NodeSamlResponse] {
        let address = format!("{}?sha1=1", all.login_address(service));
        is_refused(&all.reader().get(&address).await, code::SAML_REQ_SIGNATURE);
    }
}

#[tokio::test]
async fn the_hub_refuses_what_pysaml2_did_not_say() {
    if is_ready(Library::Pysaml2) {
        refuses_what_was_not_said(Library::Pysaml2).await;
    }
}

#[tokio::test]
async fn the_hub_refuses_what_simplesamlphp_did_not_say() {
    if is_ready(Library::SimpleSamlPhp) {
        refuses_what_was_not_said(Library::SimpleSamlPhp).await;
    }
}

async fn refuses_what_was_not_said(library: Library) {
    let all = Consortium::start(library).await;
    let mut reader = all.reader();
    reader.stops_before = Some(format!("{}/saml/sp/acs", all.hub.url));
    let form = library.form(&all, &mut reader, Service::NodeKey).await;
    let held = sign_in(&mut reader, &form, LOGIN, PASSWORD).await;
    assert!(held.outside, "{}: {}", held.url, held.body);
    reader.stops_before = None;
    let origin = form.url.origin().ascii_serialization();
    let forgery = altered(&held, |xml| xml.replace("0001@", "0009@"));
    let refused = deliver(&mut reader, &held, forgery, &origin).await;
    is_refused(&refused, code::SAML_SIGNATURE);
    let unsigned = altered(&held, |xml| without_signature(&without_signature(xml)));
    let refused = deliver(&mut reader, &held, unsigned, &origin).await;
    assert_eq!(refused.status, 403, "{}", refused.body);

    let mut reader = all.reader();
    let form = library.form(&all, &mut reader, Service::NodeKey).await;
    let refused = sign_in(&mut reader, &form, FOREIGN, PASSWORD).await;
    is_refused(&refused, code::LOG_SCOPE_FOREIGN);
    // Rule 7: our page first, with a button that tells the service.
    let back = reader.click(&refused, &refused.link("/callback")).await;
    Service::NodeKey.refuses(&back, "access_denied");
}

/// The hub's own page, with the stable code.
pub(super) fn is_refused(seen: &Seen, code: model::Code) {
    assert_eq!(seen.url.host_str(), Some("hub.test"), "{}", seen.body);
    assert_eq!(seen.status, 403, "{}", seen.body);
    assert!(seen.body.contains(code.as_str()), "not {}:\n{}", code.as_str(), seen.body);
    assert!(seen.login_code().is_some(), "no login code:\n{}", seen.body);
}

pub(super) async fn deliver(
    reader: &mut Reader,
    held: &Seen,
    fields: Vec<(String, String)>,
    from: &str,
) -> Seen {
    reader.post(&held.url, fields, from).await
}

/// The posted fields with another message.
///
/// # Panics
/// Where the alteration altered nothing: the test would prove nothing.
fn altered(held: &Seen, alter: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let encoded = held.posted("SAMLResponse").expect("a response");
    let bytes = STANDARD.decode(encoded.replace(['\r', '\n'], "")).expect("base64");
    let xml = String::from_utf8(bytes).expect("text");
    let other = alter(&xml);
    assert_ne!(xml, other, "nothing altered in {xml}");
    let swap = |(name, value): &(String, String)| match name.as_str() {
        "SAMLResponse" => (name.clone(), STANDARD.encode(&other)),
        _ => (name.clone(), value.clone()),
    };
    held.posted.iter().map(swap).collect()
}

/// Cuts the first signature out, whatever its prefix.
fn without_signature(xml: &str) -> String {
    let Some(named) = xml.find(":Signature ").or_else(|| xml.find(":Signature>")) else {
        return xml.to_owned();
    };
    let open = xml[..named].rfind('<').expect("a tag");
    let close = format!("</{}:Signature>", &xml[open + 1..named]);
    let end = xml[named..].find(&close).expect("its end") + named + close.len();
    format!("{}{}", &xml[..open], &xml[end..])
}
