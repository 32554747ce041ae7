//! Every kind of library × every kind of service: wrong password, login, single
//! sign-on, logout.

use super::consortium::{Consortium, Manner};
use super::installed::{Generation, is_ready_of};
use super::library::{LOGIN, Library, PASSWORD, sign_in};
use super::reader::Reader;
use super::service::{Service, said};
use crate::harness::Seen;

/// The service at which the reader begins, and the one that is opened next.
const WALKS: [(Service, Service); 7] = [
    (Service::NodeKey, Service::SamlResponse),
    (Service::Authlib, Service::NodeSamlResponse),
    (Service::SamlAssertion, Service::Authlib),
    (Service::NodePublic, Service::SamlAssertion),
    (Service::SamlResponse, Service::NodeSamlAssertion),
    (Service::NodeSamlAssertion, Service::NodePublic),
    (Service::NodeSamlResponse, Service::NodeKey),
];

/// The services in Python, among themselves.
const WALKS_OF_PYTHON: [(Service, Service); 3] = [
    (Service::Authlib, Service::SamlResponse),
    (Service::SamlAssertion, Service::Authlib),
    (Service::SamlResponse, Service::SamlAssertion),
];

#[tokio::test]
async fn pysaml2_as_library_with_every_service() {
    walk_all(Library::Pysaml2, Generation::Newest).await;
}

#[tokio::test]
async fn debians_pysaml2_as_library_with_debians_services() {
    walk_all(Library::Pysaml2, Generation::Debian).await;
}

#[tokio::test]
async fn simplesamlphp_as_library_with_every_service() {
    walk_all(Library::SimpleSamlPhp, Generation::Newest).await;
}

#[tokio::test]
async fn central_accounts_with_every_service() {
    walk_all(Library::Central, Generation::Newest).await;
}

#[tokio::test]
async fn central_accounts_with_debians_services() {
    walk_all(Library::Central, Generation::Debian).await;
}

async fn walk_all(library: Library, generation: Generation) {
    if !is_ready_of(library, generation) {
        return;
    }
    let all = Consortium::start_as(library, Manner { generation, ..Manner::default() }).await;
    let walks = match generation {
        Generation::Newest => &WALKS[..],
        Generation::Debian => &WALKS_OF_PYTHON[..],
    };
    for &(first, second) in walks {
        walk(&all, library, first, second).await;
    }
    all.hub.audit_holds().await;
}

async fn walk(all: &Consortium, library: Library, first: Service, second: Service) {
    let mut reader = all.reader();
    let form = library.form(all, &mut reader, first).await;
    let again = sign_in(&mut reader, &form, LOGIN, "potato-harbour-14").await;
    assert_eq!(again.url.host_str(), Some(library.host()), "{}", again.body);
    let arrived = sign_in(&mut reader, &again, LOGIN, PASSWORD).await;
    first.welcomes(&arrived, library, &all.hub.url);

    // No form is filled in from here on: this is single sign-on.
    let also = reader.get(&all.login_address(second)).await;
    second.welcomes(&also, library, &all.hub.url);

    let page = sign_out(all, &mut reader, first).await;
    is_honest(&page, library, second);
    comes_back(&mut reader, &page, first).await;
    for service in [first, second] {
        let address = format!("{}{}", all.login_address(service), service.silently());
        service.refuses(&reader.get(&address).await, service.nobody());
    }
    comes_again(all, &mut reader, library, (first, &arrived)).await;
}

/// The library's own login outlives ours, as the page said; the hub keeps none.
/// The service knows the reader again.
async fn comes_again(
    all: &Consortium,
    reader: &mut Reader,
    library: Library,
    (service, before): (Service, &Seen),
) {
    let mut seen = library.choose(all, reader, service).await;
    if library == Library::Central {
        seen = sign_in(reader, &seen, LOGIN, PASSWORD).await;
    }
    service.welcomes(&seen, library, &all.hub.url);
    assert_eq!(service.lasting_name(&seen), service.lasting_name(before));
}

/// As a reader does: at the service where it can, else at the hub.
async fn sign_out(all: &Consortium, reader: &mut Reader, service: Service) -> Seen {
    if !service.is_saml() {
        return reader.get(&format!("{}/logout", all.at(service))).await;
    }
    let question = reader.get(&format!("{}/logout", all.hub.url)).await;
    let form = crate::harness::html::forms(&question.body)
        .into_iter()
        .find(|form| form.method.eq_ignore_ascii_case("post") && form.action.contains("logout"))
        .unwrap_or_else(|| panic!("no button at {}:\n{}", question.url, question.body));
    reader.submit(&question, &form).await
}

/// Rule 12: names the service that still believes in the login, and the library that may.
fn is_honest(page: &Seen, library: Library, other: Service) {
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(page.url.host_str(), Some("hub.test"), "{}", page.body);
    assert!(page.body.contains(other.name()), "{other:?} is not named:\n{}", page.body);
    let has_own = library != Library::Central;
    let is_named = page.body.contains(&format!("{} 图书馆", library.id()));
    assert_eq!(is_named, has_own, "{library:?}:\n{}", page.body);
}

/// A service that asked for the logout gets its reader back, with its own state.
async fn comes_back(reader: &mut Reader, page: &Seen, service: Service) {
    if !service.is_saml() {
        let bye = reader.click(page, &page.link("/bye")).await;
        assert_eq!(said(&bye)["signed_out"], true, "{}", bye.body);
    }
}
