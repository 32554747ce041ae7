//! The library and the services of the bench, outside the count.

use super::hub::ORIGIN;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flate2::read::DeflateDecoder;
use http::Request;
use model::{Params, Text};
use readerpass::outside::moment_now;
use saml::{
    AttrValues, AttributeOut, AuthnRequestOut, IdpSelf, MessageKind, NameId, ResponseOut, Sign,
    SigningKey, attr, name_format, name_id_format, redirect_url, write_idp_metadata,
    write_response,
};
use std::error::Error;
use std::io::Read as _;

const VERIFIER: &str = "a-verifier-of-more-than-forty-three-characters-000";
const SECRET: &str = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0";
const CALLBACK: &str = "https://ill.test/callback";

/// A member's identity provider, with a key of its own.
pub(crate) struct Library(SigningKey);

impl Library {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let key = KeyPair::generate(KeySize::Rsa2048)?;
        let der: Pkcs8V1Der<'_> = key.as_der()?;
        let pair = rcgen::KeyPair::try_from(der.as_ref())?;
        let cert = rcgen::CertificateParams::new(Vec::new())?.self_signed(&pair)?;
        Ok(Self(SigningKey::from_pkcs8(der.as_ref(), cert.der())?))
    }

    pub(crate) fn metadata(&self) -> String {
        write_idp_metadata(&IdpSelf {
            entity_id: "https://acme.test/idp",
            sso_redirect: "https://acme.test/sso",
            sso_post: "https://acme.test/sso",
            certs: &[self.0.certificate()],
            name: &Text::new("名", "name"),
            scopes: &["acme.test".to_owned()],
            want_authn_requests_signed: false,
        })
    }

    /// Answers the hub's redirect: RelayState and encoded Response.
    pub(crate) fn answer(&self, asked: &str) -> Result<(String, String), Box<dyn Error>> {
        let query = asked.split_once('?').ok_or("no query")?.1;
        let params = Params::parse(query.as_bytes())?;
        let message = params.one("SAMLRequest")?.ok_or("no request")?;
        let mut xml = String::new();
        DeflateDecoder::new(&STANDARD.decode(message)?[..]).read_to_string(&mut xml)?;
        let id = xml.split(" ID=\"").nth(1).and_then(|r| r.split('"').next()).ok_or("no ID")?;
        let relay_state = params.one("RelayState")?.ok_or("no RelayState")?;
        let response = write_response(&answer(id), &self.0, Sign::Assertion)?;
        Ok((relay_state.to_owned(), STANDARD.encode(response)))
    }
}

fn answer(in_response_to: &str) -> ResponseOut {
    let moment = moment_now();
    let text = |name: &str, value: &str| AttributeOut {
        name: name.to_owned(),
        name_format: name_format::URI.to_owned(),
        friendly_name: None,
        values: AttrValues::Text(vec![value.to_owned()]),
    };
    ResponseOut {
        response_id: format!("_{}", moment.entropy.short_token()),
        assertion_id: format!("_{}", moment.entropy.short_token()),
        issuer: "https://acme.test/idp".to_owned(),
        destination: format!("{ORIGIN}/saml/sp/acs"),
        in_response_to: Some(in_response_to.to_owned()),
        audience: format!("{ORIGIN}/saml/sp/metadata"),
        issue_instant: moment.now,
        name_id: NameId {
            format: Some(name_id_format::TRANSIENT.to_owned()),
            value: format!("_{}", moment.entropy.short_token()),
            name_qualifier: None,
            sp_name_qualifier: None,
        },
        attributes: vec![
            text(attr::PAIRWISE_ID, "reader0001@acme.test"),
            text(attr::DISPLAY_NAME, "读者甲"),
            text(attr::MAIL, "reader@acme.test"),
            text(attr::SCOPED_AFFILIATION, "student@acme.test"),
        ],
        authn_instant: moment.now,
        authn_context: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
            .to_owned(),
        session_index: format!("_{}", moment.entropy.short_token()),
        session_not_on_or_after: None,
        authenticating_authorities: Vec::new(),
        lifetime_s: 300,
    }
}

pub(crate) fn ask_by_saml() -> Result<String, Box<dyn Error>> {
    let moment = moment_now();
    let xml = AuthnRequestOut {
        id: &format!("_{}", moment.entropy.short_token()),
        destination: &format!("{ORIGIN}/saml/idp/sso"),
        issuer: "https://journals.test/metadata",
        acs_url: "https://journals.test/acs",
        force_authn: false,
        is_passive: false,
        issue_instant: moment.now,
        requester_ids: &[],
        provider_name: None,
        proxy_count: None,
    }
    .to_xml();
    Ok(redirect_url("/saml/idp/sso", MessageKind::Request, &xml, Some("r"), None)?)
}

pub(crate) fn ask_by_oidc() -> String {
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
    format!(
        "/oauth2/authorize?response_type=code&client_id=ill&redirect_uri={}&scope=openid\
         &state=s&nonce=n&code_challenge={challenge}&code_challenge_method=S256",
        model::encode_component(CALLBACK)
    )
}

/// The link to the one library, on the discovery page.
pub(crate) fn choice(page: &str) -> Result<String, Box<dyn Error>> {
    let link = page
        .split("href=\"")
        .filter_map(|part| part.split('"').next())
        .find(|link| link.contains("member=acme"))
        .ok_or("no link to the library")?;
    Ok(link.replace("&amp;", "&").replace("&#38;", "&"))
}

pub(crate) fn code_in(location: &str) -> Result<String, Box<dyn Error>> {
    let query = location.split_once('?').ok_or_else(|| format!("no query: {location}"))?.1;
    let code = Params::parse(query.as_bytes())?.one("code")?.map(str::to_owned);
    Ok(code.ok_or("no code")?)
}

pub(crate) fn token_request(code: &str) -> Result<Request<String>, Box<dyn Error>> {
    let form = format!(
        "grant_type=authorization_code&code={code}&redirect_uri={}&code_verifier={VERIFIER}",
        model::encode_component(CALLBACK)
    );
    Ok(Request::post("/oauth2/token")
        .header("host", "hub.test")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", format!("Basic {}", STANDARD.encode(format!("ill:{SECRET}"))))
        .body(form)?)
}

pub(crate) fn userinfo_request(access_token: &str) -> Result<Request<String>, Box<dyn Error>> {
    Ok(Request::get("/oauth2/userinfo")
        .header("host", "hub.test")
        .header("authorization", format!("Bearer {access_token}"))
        .body(String::new())?)
}

pub(crate) fn sp_metadata(library: &Library) -> String {
    let certificate = STANDARD.encode(library.0.certificate());
    format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
         entityID=\"https://journals.test/metadata\"><md:SPSSODescriptor WantAssertionsSigned=\"true\" \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\
         <ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\
         </md:KeyDescriptor><md:AssertionConsumerService index=\"0\" isDefault=\"true\" \
         Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
         Location=\"https://journals.test/acs\"/></md:SPSSODescriptor></md:EntityDescriptor>"
    )
}

/// The registry of the bench, but for metadata.
pub(crate) const REGISTRY: &[(&str, &str)] = &[
    ("consortium.toml", "name = { zh = \"示例\", en = \"Sample\" }\n"),
    (
        "members/acme.toml",
        "id = \"acme\"\nname = { zh = \"示例图书馆\", en = \"Acme Library\" }\nclass = \"A\"\n\
         scopes = [\"acme.test\"]\nstatus = \"live\"\n[[connector]]\nid = \"campus\"\nkind = \"saml\"\n\
         metadata = \"acme-idp.xml\"\n[connector.attributes]\nlocal_id = \"pairwise-id\"\n\
         affiliation = \"eduPersonScopedAffiliation\"\nname = \"displayName\"\nmail = \"mail\"\n",
    ),
    (
        "members/union.toml",
        "id = \"union\"\nname = { zh = \"读者服务\", en = \"Reader service\" }\nclass = \"B\"\n\
         scopes = [\"union.test\"]\nstatus = \"live\"\n[[connector]]\nkind = \"central\"\n",
    ),
    (
        "services/journals.toml",
        "id = \"journals\"\nname = { zh = \"外文期刊\", en = \"Journals\" }\n\
         release = [\"name\", \"member\", \"affiliation\"]\n[saml]\nmetadata = \"journals-sp.xml\"\n",
    ),
    (
        "services/ill.toml",
        "id = \"ill\"\nname = { zh = \"馆际互借\", en = \"Interlibrary loan\" }\n\
         release = [\"name\", \"mail\", \"member\", \"class\", \"links\"]\n[oidc]\nclient_id = \"ill\"\n\
         client_secret_file = \"ill.secret\"\nredirect_uris = [\"https://ill.test/callback\"]\n",
    ),
    ("services/ill.secret", SECRET),
];
