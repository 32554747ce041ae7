//! Judges an AuthnRequest against the service's metadata, check by check, without I/O.

use super::authn_context;
use super::name_id::NameIdFormat;
use super::return_to::{AnswerTo, ReturnTo};
use model::{Code, Refusal, Timestamp, code};
use saml::{
    AuthnRequest, Binding, RawRequest, SpMetadata, parse_authn_request, verify_request_signature,
};

/// A request is good for this long after it was made.
pub(crate) const REQUEST_LIFE_S: i64 = 300;
/// Clocks may differ by this much.
pub(crate) const SKEW_S: i64 = 60;
/// SAML Bindings sections 3.4.3 and 3.5.3 allow 80 bytes; services in the field
/// send addresses of a few hundred.
const LONGEST_RELAY_STATE: usize = 1024;

/// What the request is judged by.
pub(crate) struct Own<'a> {
    /// Where requests are sent.
    pub(crate) sso_url: &'a str,
    /// The hub as service provider.
    pub(crate) sp_entity_id: &'a str,
    /// Now.
    pub(crate) now: Timestamp,
}

/// Verifies the signature where there must be one or is one.
///
/// A service that says AuthnRequestsSigned is protected from requests that
/// others make in its name; a signature that is there and does not verify is a
/// forgery even where none was needed.
pub(crate) fn authenticate(
    raw: &RawRequest,
    claimed: AuthnRequest,
    sp: &SpMetadata,
) -> Result<AuthnRequest, Refusal> {
    let refuse = |log: &str| Refusal::new(code::SAML_REQ_SIGNATURE, log);
    if !raw.signature.is_present() || sp.signing_certs.is_empty() {
        if sp.signs_requests {
            return Err(refuse("AuthnRequestsSigned, but the request cannot be verified"));
        }
        return Ok(claimed);
    }
    let verified = verify_request_signature(raw, &sp.signing_certs)?;
    // The keys were chosen by the unverified Issuer: the signed one must be the same.
    if verified.issuer != sp.entity_id {
        return Err(refuse("the signed Issuer is another"));
    }
    // SAML Bindings 3.4.5.2 and 3.5.5.2: or a request signed for another
    // identity provider could be forwarded here.
    if verified.destination.is_none() {
        return Err(Refusal::new(code::SAML_REQ_DESTINATION, "signed without Destination"));
    }
    Ok((*verified).clone())
}

/// Proves that the request was meant for us, now, and finds the ACS of its answer.
///
/// Until this succeeds nothing is posted anywhere: an answer to an address that
/// the request names freely would hand the reader's assertion to a stranger.
pub(crate) fn address(
    request: &AuthnRequest,
    relay_state: Option<&str>,
    sp: &SpMetadata,
    own: &Own<'_>,
) -> Result<ReturnTo, Refusal> {
    let refuse = |code: Code, log: &str| Err(Refusal::new(code, log));
    if request.destination.as_deref().is_some_and(|d| !is_ours(d, own.sso_url)) {
        return refuse(code::SAML_REQ_DESTINATION, "Destination is another address");
    }
    let age_s = own.now.seconds_since(request.issue_instant);
    if !(-SKEW_S..=REQUEST_LIFE_S).contains(&age_s) {
        return refuse(code::SAML_REQ_EXPIRED, "IssueInstant is too old or in the future");
    }
    if sp.valid_until.is_some_and(|until| until <= own.now) {
        return refuse(code::SAML_METADATA, "the service's metadata have expired");
    }
    if relay_state.is_some_and(|state| state.len() > LONGEST_RELAY_STATE) {
        return refuse(code::LOG_REPLY_TOO_LARGE, "RelayState is longer than 1024 bytes");
    }
    if request.protocol_binding.as_deref().is_some_and(|b| b != Binding::Post.as_str()) {
        return refuse(code::SAML_REQ_UNSUPPORTED, "ProtocolBinding is not HTTP-POST");
    }
    let Some(acs) = acs(request, sp) else {
        return refuse(code::SAML_REQ_ACS, "the ACS is not in the service's metadata");
    };
    Ok(ReturnTo {
        entity_id: sp.entity_id.to_string(),
        acs: acs.to_owned(),
        request_id: request.id.clone(),
        relay_state: relay_state.map(str::to_owned),
        is_passive: request.is_passive,
    })
}

/// Our address, or the same with the library named in its query.
fn is_ours(destination: &str, sso_url: &str) -> bool {
    destination.strip_prefix(sso_url).is_some_and(|rest| {
        rest.is_empty() || rest.starts_with("?member=") || rest.starts_with("?tenant=")
    })
}

/// The ACS from the metadata, letter for letter (SAML Core section 3.4.1).
fn acs<'a>(request: &AuthnRequest, sp: &'a SpMetadata) -> Option<&'a str> {
    let mut posts = sp.acs.iter().filter(|acs| acs.binding == Binding::Post);
    let found = match (&request.acs_url, request.acs_index) {
        (Some(url), None) => posts.find(|acs| acs.location == *url),
        (None, Some(index)) => posts.find(|acs| acs.index == index),
        (None, None) => sp.default_acs(),
        // The two are mutually exclusive.
        (Some(_), Some(_)) => None,
    };
    found.map(|acs| acs.location.as_str())
}

/// Reads the rest of the request; what cannot be met goes back in SAML's own words.
pub(crate) fn read(
    request: &AuthnRequest,
    to: &ReturnTo,
    sp: &SpMetadata,
    own: &Own<'_>,
) -> Result<AnswerTo, Refusal> {
    let refuse = |code: Code, log: &str| Err(Refusal::new(code, log));
    // Core 3.3.2.2: the answer would have to be about that subject and no other.
    if request.has_subject {
        return refuse(code::SAML_REQ_UNSUPPORTED, "the request names a Subject");
    }
    // Core 3.4.1: a fresh proof cannot be had without asking.
    if request.force_authn && request.is_passive {
        return refuse(code::LOG_LOGIN_REQUIRED, "ForceAuthn and IsPassive together");
    }
    let policy = request.name_id_policy_format.as_deref();
    let Some(format) = NameIdFormat::chosen(policy, sp) else {
        return refuse(code::SAML_REQ_NAME_ID, "NameIDPolicy Format is not offered");
    };
    let comparison = request.authn_context_comparison.as_deref();
    if !authn_context::can_be_met(&request.requested_authn_context, comparison) {
        return refuse(code::SAML_REQ_AUTHN_CONTEXT, "RequestedAuthnContext cannot be met");
    }
    if request.requester_ids.iter().any(|id| id == own.sp_entity_id) {
        return refuse(code::LOG_LOOP, "the hub itself is among the requesters");
    }
    Ok(AnswerTo {
        to: to.clone(),
        format,
        contexts: request.requested_authn_context.clone(),
        forbids_proxy: request.proxy_count == Some(0),
    })
}

/// Reads the message itself, unverified.
pub(crate) fn parse(raw: &RawRequest) -> Result<AuthnRequest, Refusal> {
    Ok(parse_authn_request(raw)?)
}

#[cfg(test)]
mod tests;
