//! A service's AuthnRequest (SAML Core section 3.4.1).

use super::element;
use crate::names::{SAML, SAMLP};
use crate::signature::{self, SignatureFault, TrustedKey, VerifyingKeys};
use crate::xml::{self, Element, Limits, XmlFault};
use crate::{EntityId, RawRequest, RequestFault, RequestSignature, SamlError, Verified};
use model::Timestamp;

/// What a service asks. Unverified unless wrapped in [`Verified`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthnRequest {
    /// ID, to be answered as InResponseTo.
    pub id: String,
    /// The service.
    pub issuer: EntityId,
    /// The address it was sent to, where named.
    pub destination: Option<String>,
    /// AssertionConsumerServiceURL; to be looked up in the metadata, never used as it is.
    pub acs_url: Option<String>,
    /// AssertionConsumerServiceIndex.
    pub acs_index: Option<u16>,
    /// ProtocolBinding, the binding asked for the answer.
    pub protocol_binding: Option<String>,
    /// The reader is to prove it afresh.
    pub force_authn: bool,
    /// The reader is not to be asked.
    pub is_passive: bool,
    /// When it was made.
    pub issue_instant: Timestamp,
    /// NameIDPolicy Format.
    pub name_id_policy_format: Option<String>,
    /// RequestedAuthnContext: class references, in order of preference.
    pub requested_authn_context: Vec<String>,
    /// Comparison of RequestedAuthnContext; absent means `exact`.
    pub authn_context_comparison: Option<String>,
    /// Scoping RequesterID.
    pub requester_ids: Vec<String>,
    /// Scoping ProxyCount.
    pub proxy_count: Option<u32>,
    /// ProviderName, a name for people.
    pub provider_name: Option<String>,
    /// Whether a Subject is named; such a request cannot be answered for another.
    pub has_subject: bool,
}

/// Reads an AuthnRequest. Nothing is verified.
pub fn parse_authn_request(raw: &RawRequest) -> Result<AuthnRequest, SamlError> {
    let document = xml::parse(&raw.xml, &Limits::REQUEST).map_err(SamlError::in_request)?;
    read(document.root())
}

/// Verifies the signature of a request with the service's certificates (DER),
/// and reads the request from the bytes that were signed.
///
/// A certificate that cannot be used is passed over; where none is left the
/// request is refused.
pub fn verify_request_signature(
    raw: &RawRequest,
    certs: &[Vec<u8>],
) -> Result<Verified<AuthnRequest>, SamlError> {
    let usable = certs.iter().filter_map(|der| TrustedKey::from_certificate(der).ok());
    let keys = VerifyingKeys::new(usable.collect());
    match &raw.signature {
        RequestSignature::Absent => Err(SignatureFault::Missing.in_request()),
        RequestSignature::Detached { signed, algorithm, value } => {
            // The octets hold the message itself, from which `xml` was inflated.
            keys.verify_detached(algorithm, signed, value).map_err(SignatureFault::in_request)?;
            parse_authn_request(raw).map(Verified::new)
        }
        RequestSignature::Enveloped => {
            let document = xml::parse(&raw.xml, &Limits::REQUEST).map_err(SamlError::in_request)?;
            let signed = signature::verify(&document, &[document.root()], &keys)
                .map_err(SignatureFault::in_request)?;
            let document =
                xml::parse(&signed.bytes, &Limits::REQUEST).map_err(SamlError::in_request)?;
            read(document.root()).map(Verified::new)
        }
    }
}

fn read(root: Element<'_>) -> Result<AuthnRequest, SamlError> {
    if !root.is(SAMLP, "AuthnRequest") {
        return Err(SamlError::request(RequestFault::Malformed, "not an AuthnRequest"));
    }
    if root.attr("Version") != Some("2.0") {
        return Err(SamlError::request(RequestFault::Unsupported, "another version than 2.0"));
    }
    read_parts(root).map_err(SamlError::in_request)
}

fn read_parts(root: Element<'_>) -> Result<AuthnRequest, XmlFault> {
    let attr = |name| root.attr(name).map(str::to_owned);
    let acs_url = attr("AssertionConsumerServiceURL");
    let acs_index = element::number(root, "AssertionConsumerServiceIndex")?;
    if acs_url.is_some() && acs_index.is_some() {
        // Core 3.4.1: mutually exclusive.
        return Err(XmlFault::malformed("both an ACS address and an ACS index"));
    }
    let policy = root.one(SAMLP, "NameIDPolicy")?;
    let context = root.one(SAMLP, "RequestedAuthnContext")?;
    let scoping = root.one(SAMLP, "Scoping")?;
    Ok(AuthnRequest {
        id: element::id(root)?,
        issuer: element::issuer(root)?.ok_or_else(|| XmlFault::malformed("no Issuer"))?,
        destination: attr("Destination"),
        acs_url,
        acs_index,
        protocol_binding: attr("ProtocolBinding"),
        force_authn: element::boolean(root, "ForceAuthn")?,
        is_passive: element::boolean(root, "IsPassive")?,
        issue_instant: element::required_time(root, "IssueInstant")?,
        name_id_policy_format: policy.and_then(|p| p.attr("Format")).map(str::to_owned),
        requested_authn_context: texts(context, SAML, "AuthnContextClassRef")?,
        authn_context_comparison: context.and_then(|c| c.attr("Comparison")).map(str::to_owned),
        requester_ids: texts(scoping, SAMLP, "RequesterID")?,
        proxy_count: scoping.map(|s| element::number(s, "ProxyCount")).transpose()?.flatten(),
        provider_name: attr("ProviderName"),
        has_subject: root.one(SAML, "Subject")?.is_some(),
    })
}

fn texts(
    parent: Option<Element<'_>>,
    namespace: &'static str,
    name: &'static str,
) -> Result<Vec<String>, XmlFault> {
    let found = parent.into_iter().flat_map(|p| p.all(namespace, name));
    found.map(Element::trimmed).collect()
}
