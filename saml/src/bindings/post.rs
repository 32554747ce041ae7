//! HTTP-POST (SAML Bindings section 3.5).

use super::{MessageKind, RawRequest, RawResponse, RequestSignature};
use crate::names::DS;
use crate::xml::Limits;
use crate::{AnswerFault, RequestFault, SamlError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Params;

/// Takes a request out of a posted form. The signature, if any, is inside.
pub fn decode_post(params: &Params) -> Result<RawRequest, SamlError> {
    let fault = |what: String| SamlError::request(RequestFault::Malformed, what);
    let (xml, relay_state) =
        message(params, MessageKind::Request, MessageKind::Response, &Limits::REQUEST)
            .map_err(|(_, what)| fault(what))?;
    // A hint for the caller, no more: a signature hidden from it only counts as none.
    let signed = xml.windows(DS.len()).any(|w| w == DS.as_bytes());
    let signature = if signed { RequestSignature::Enveloped } else { RequestSignature::Absent };
    Ok(RawRequest { xml, relay_state, signature })
}

/// Takes a response out of a posted form, unverified.
pub fn decode_response(params: &Params) -> Result<RawResponse, SamlError> {
    let (xml, relay_state) =
        message(params, MessageKind::Response, MessageKind::Request, &Limits::RESPONSE)
            .map_err(|(fault, what)| SamlError::answer(fault, what))?;
    Ok(RawResponse { xml, relay_state })
}

/// The fields of the form that carries `xml` through the browser.
pub fn post_fields(
    kind: MessageKind,
    xml: &str,
    relay_state: Option<&str>,
) -> Vec<(String, String)> {
    let mut fields = vec![(kind.as_str().to_owned(), STANDARD.encode(xml))];
    fields.extend(relay_state.map(|state| ("RelayState".to_owned(), state.to_owned())));
    fields
}

type Decoded = (Vec<u8>, Option<String>);

/// The message under `kind`; refused where a parameter comes twice or the other kind comes too.
fn message(
    params: &Params,
    kind: MessageKind,
    other: MessageKind,
    limits: &Limits,
) -> Result<Decoded, (AnswerFault, String)> {
    let malformed = |what: String| (AnswerFault::Malformed, what);
    let one = |name: &str| params.one(name).map_err(|e| malformed(e.to_string()));
    if one(other.as_str())?.is_some() {
        return Err(malformed("SAMLRequest and SAMLResponse in one form".to_owned()));
    }
    let encoded = one(kind.as_str())?.ok_or_else(|| malformed(format!("no {}", kind.as_str())))?;
    // Base64 takes 4 characters for 3 bytes; line breaks add a little.
    if encoded.len() > limits.bytes * 3 / 2 {
        return Err((AnswerFault::TooLarge, format!("larger than {} bytes", limits.bytes)));
    }
    // Some products break the lines; RFC 2045 readers skip them.
    let joined: Vec<u8> = encoded.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let xml = STANDARD
        .decode(joined)
        .map_err(|_| malformed(format!("{} is not base64", kind.as_str())))?;
    let relay_state = one("RelayState")?.map(str::to_owned);
    Ok((xml, relay_state))
}
