//! What was signed once, by keys that were not kept.

use model::{Service, Timestamp};
use saml::IdpMetadata;
use std::sync::LazyLock;

/// The time of every target: 2026-11-21T10:31:05Z.
pub const NOW: Timestamp = Timestamp::from_unix_s(1_795_257_065);
/// The hub as service provider.
pub const AUDIENCE: &str = "https://hub.test/saml/sp/metadata";
/// Its one ACS.
pub const ACS: &str = "https://hub.test/saml/sp/acs";
/// The hub's address for AuthnRequests.
pub const SSO: &str = "https://hub.test/saml/idp/sso";
/// The request that the signed answers name.
pub const REQUEST_ID: &str = "_request";
/// The identity provider.
pub const IDP: &str = "https://idp.test/metadata";
/// The service that speaks SAML, and its one ACS.
pub const SP: &str = "https://journals.test/metadata";
/// Where it is answered.
pub const SP_ACS: &str = "https://journals.test/acs";
/// The OAuth client.
pub const CLIENT: &str = "ill";
/// Its one redirect URI.
pub const CALLBACK: &str = "https://ill.test/callback";
/// Where it sends readers after a logout.
pub const BYE: &str = "https://ill.test/bye";

/// Metadata of the identity provider whose key signed the answers.
pub const IDP_XML: &str = include_str!("../fixtures/idp.xml");
/// A good answer, the Assertion signed.
pub const ASSERTION_SIGNED: &str = include_str!("../fixtures/assertion-signed.xml");
/// The same, the Response signed.
pub const RESPONSE_SIGNED: &str = include_str!("../fixtures/response-signed.xml");
/// Metadata of an identity provider, signed as a whole.
pub const SIGNED_METADATA: &str = include_str!("../fixtures/signed-metadata.xml");
/// The certificate of their signer, DER.
pub const SIGNER: &[u8] = include_bytes!("../fixtures/signer.der");
/// Metadata of the SAML service, with the certificate of its key.
pub const SP_XML: &str = include_str!("../fixtures/sp.xml");
/// The query of a signed AuthnRequest.
pub const SIGNED_REQUEST: &str = include_str!("../fixtures/signed-request.txt");
/// The public key of the OAuth client.
pub const CLIENT_JWKS: &str = include_str!("../fixtures/client.jwks.json");
/// A good assertion of that client.
pub const CLIENT_JWT: &str = include_str!("../fixtures/client.jwt");

/// The identity provider.
pub static IDP_READ: LazyLock<IdpMetadata> = LazyLock::new(|| idp(IDP_XML));

/// The identity provider of a document that names one.
pub fn idp(xml: &str) -> IdpMetadata {
    let mut entities = saml::parse_metadata(xml.as_bytes()).expect("metadata");
    entities.remove(0).idp.expect("an identity provider")
}

/// The service with its OAuth client, which has registered a secret.
pub static SERVICE: LazyLock<Service> = LazyLock::new(|| {
    toml::from_str(&format!(
        "id = \"ill\"\nname = {{ zh = \"馆际互借\", en = \"Interlibrary loan\" }}\n\
         entitlements = [\"ill:request\", {{ id = \"ill:guaranteed\", by = \"application\" }}]\n\
         release = [\"name\", \"member\", \"class\", \"entitlements\"]\n\
         [oidc]\nclient_id = \"{CLIENT}\"\nclient_secret_file = \"ill.secret\"\n\
         redirect_uris = [\"{CALLBACK}\"]\npost_logout_redirect_uris = [\"{BYE}\"]\n"
    ))
    .expect("a service")
});
