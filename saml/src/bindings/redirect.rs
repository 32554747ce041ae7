//! HTTP-Redirect (SAML Bindings section 3.4).

use super::deflate::{deflate, inflate};
use super::{MessageKind, RawRequest, RequestSignature};
use crate::xml::Limits;
use crate::{RequestFault, SamlError, Signer, SigningKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::encode_component;

const DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

/// The address that carries `xml` in its query, signed where `signer` is given.
pub fn redirect_url(
    location: &str,
    kind: MessageKind,
    xml: &str,
    relay_state: Option<&str>,
    signer: Option<&SigningKey>,
) -> Result<String, SamlError> {
    let message = STANDARD.encode(deflate(xml.as_bytes()));
    let mut query = String::with_capacity(message.len() * 2);
    append(&mut query, kind.as_str(), &encode_component(&message));
    if let Some(state) = relay_state {
        append(&mut query, "RelayState", &encode_component(state));
    }
    if let Some(signer) = signer.map(Signer::from) {
        append(&mut query, "SigAlg", &encode_component(signer.method()));
        let signature = STANDARD.encode(signer.sign(query.as_bytes())?);
        append(&mut query, "Signature", &encode_component(&signature));
    }
    let joint = if location.contains('?') { '&' } else { '?' };
    Ok(format!("{location}{joint}{query}"))
}

/// Appends a parameter whose value is encoded already.
fn append(query: &mut String, name: &str, raw: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    query.push_str(raw);
}

/// Takes a request out of a raw query; a signature is kept with the octets that it covers.
///
/// Refused: a parameter of the binding sent twice, under an encoded name, or
/// beside a SAMLResponse: which one counts would be the sender's choice
/// (parameter pollution).
pub fn decode_redirect(query: &str) -> Result<RawRequest, SamlError> {
    let sent = Sent::read(query)?;
    if sent.response.is_some() {
        return Err(malformed("SAMLRequest and SAMLResponse in one query"));
    }
    if let Some(encoding) = sent.encoding
        && decode(encoding)? != DEFLATE
    {
        return Err(SamlError::request(RequestFault::Unsupported, "an unknown SAMLEncoding"));
    }
    let request = sent.request.ok_or_else(|| malformed("no SAMLRequest"))?;
    let deflated =
        STANDARD.decode(decode(request)?).map_err(|_| malformed("SAMLRequest is not base64"))?;
    let xml = inflate(&deflated, Limits::REQUEST.bytes).map_err(malformed)?;
    let relay_state = sent.relay_state.map(decode).transpose()?;
    let signature = sent.signature(request)?;
    Ok(RawRequest { xml, relay_state, signature })
}

fn malformed(what: &str) -> SamlError {
    SamlError::request(RequestFault::Malformed, what)
}

/// The parameters of the binding, still as they were sent.
#[derive(Default)]
struct Sent<'a> {
    request: Option<&'a str>,
    response: Option<&'a str>,
    relay_state: Option<&'a str>,
    algorithm: Option<&'a str>,
    signature: Option<&'a str>,
    encoding: Option<&'a str>,
}

impl<'a> Sent<'a> {
    fn read(query: &'a str) -> Result<Self, SamlError> {
        let mut sent = Self::default();
        for pair in query.split('&') {
            let (raw_name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(raw_name)?;
            let slot = match name.as_str() {
                "SAMLRequest" => &mut sent.request,
                "SAMLResponse" => &mut sent.response,
                "RelayState" => &mut sent.relay_state,
                "SigAlg" => &mut sent.algorithm,
                "Signature" => &mut sent.signature,
                "SAMLEncoding" => &mut sent.encoding,
                _ => continue,
            };
            if raw_name != name {
                return Err(malformed("a parameter under an encoded name"));
            }
            if slot.replace(value).is_some() {
                return Err(malformed("a parameter is sent more than once"));
            }
        }
        Ok(sent)
    }

    /// Rebuilds the signed octets from the raw values, in the order that the
    /// binding fixes, whatever the order in the query (section 3.4.4.1).
    fn signature(&self, request: &str) -> Result<RequestSignature, SamlError> {
        let (algorithm, value) = match (self.algorithm, self.signature) {
            (Some(algorithm), Some(value)) => (algorithm, value),
            (None, None) => return Ok(RequestSignature::Absent),
            _ => return Err(malformed("SigAlg and Signature come together or not at all")),
        };
        let mut signed = String::with_capacity(request.len() * 2);
        append(&mut signed, "SAMLRequest", request);
        if let Some(state) = self.relay_state {
            append(&mut signed, "RelayState", state);
        }
        append(&mut signed, "SigAlg", algorithm);
        let value =
            STANDARD.decode(decode(value)?).map_err(|_| malformed("Signature is not base64"))?;
        Ok(RequestSignature::Detached {
            signed: signed.into_bytes(),
            algorithm: decode(algorithm)?,
            value,
        })
    }
}

fn decode(raw: &str) -> Result<String, SamlError> {
    let spaced = raw.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| malformed("a parameter is not percent-encoded UTF-8"))
}
