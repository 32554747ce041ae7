//! The answer: from a post to a claim.

use super::SamlConnector;
use super::request::{State, idp_in_force};
use super::said;
use super::settings;
use crate::claimed::{Claimed, Facts, Proof};
use crate::mapping;
use crate::{Ask, At};
use model::{Inbound, Refusal, ServiceId, code};
use saml::{
    Accepted, Assertion, Decryption, Expected, IdpMetadata, Objection, RawResponse, SamlError,
    Verified, decode_response, peek_issuer, verify_encrypted_response,
};

/// Tolerated difference of clocks in seconds.
const SKEW_S: i64 = 60;

impl SamlConnector {
    pub(super) async fn judge(
        &self,
        at: &At<'_>,
        inbound: &Inbound,
        state: Option<&[u8]>,
        ask: Option<&Ask<'_>>,
    ) -> Result<Claimed, Refusal> {
        let params = inbound
            .form_params()
            .map_err(|fault| Refusal::new(code::WEB_BAD_PARAMETERS, fault.to_string()))?;
        let raw = decode_response(&params)?;
        let (request, target) = match (state, ask) {
            (Some(state), Some(ask)) => (Some(solicited(&raw, state, ask)?), None),
            (None, None) => (None, Some(unsolicited(&raw, at)?)),
            _ => return Err(Refusal::new(code::LOG_STATE_MISSING, "half a login in flight")),
        };
        let idp = idp_in_force(at)?;
        let said = self.verify(&raw, idp, request.as_ref(), at)?;
        self.ask_second(&raw, idp, &said, at).await?;
        self.refuse_own_word(&said)?;
        let values = said::values(&said, &self.entity_id);
        let facts = Facts { target, ..mapping::read(at, &values)? };
        Ok(Claimed::new(Proof::Assertion(Box::new(said)), at, facts))
    }

    fn verify(
        &self,
        raw: &RawResponse,
        idp: &IdpMetadata,
        request: Option<&State>,
        at: &At<'_>,
    ) -> Result<Verified<Assertion>, Refusal> {
        let expected = Expected {
            idp,
            audience: &self.entity_id,
            recipient: &self.acs,
            in_response_to: request.map(|r| r.id.as_str()),
            now: at.moment.now,
            skew_s: SKEW_S,
            force_authn_since: request.and_then(|r| r.force.then_some(r.at)),
        };
        let keys = self.keys.current();
        let decryption = Decryption {
            keys: keys.saml_decryption(),
            accept_cbc: settings::accepts_cbc(at.entry),
            entropy: &at.moment.entropy,
        };
        let said = verify_encrypted_response(&raw.xml, &expected, &decryption)
            .map_err(|fault| refusal_of(fault, &raw.xml, idp))?;
        // The verifier's promise once more, for it is the one that holds members apart.
        if said.issuer != idp.entity_id {
            return Err(other_connector(said.issuer.as_str()));
        }
        Ok(said)
    }

    /// DESIGN.md section 8: what the second verifier reads otherwise is not believed, and
    /// neither is anything while there is none to ask.
    async fn ask_second(
        &self,
        raw: &RawResponse,
        idp: &IdpMetadata,
        said: &Verified<Assertion>,
        at: &At<'_>,
    ) -> Result<(), Refusal> {
        let Some(second) = &self.second else { return Ok(()) };
        let accepted = Accepted {
            xml: &raw.xml,
            opened: said.opened(),
            idp,
            audience: &self.entity_id,
            read: said,
        };
        match second.compare(accepted).await {
            Ok(()) => Ok(()),
            Err(Objection::Differs(what)) => {
                tracing::error!(member = %at.member.id, login_code = %at.code, %what,
                    "ALARM: two verifiers read one answer differently");
                Err(Refusal::new(code::SAML_SECOND_OPINION, format!("second opinion: {what}")))
            }
            Err(Objection::Unavailable(why)) => {
                tracing::error!(member = %at.member.id, login_code = %at.code, %why,
                    "no second opinion is to be had: the answer is refused");
                Err(Refusal::new(code::SAML_SECOND_DOWN, format!("second opinion: {why}")))
            }
        }
    }

    /// An answer that rests on our own word proves nothing (hubs that ask each other in a ring).
    fn refuse_own_word(&self, said: &Assertion) -> Result<(), Refusal> {
        let is_ours = |name: &String| name.starts_with(&self.own_names);
        if said.authenticating_authorities.iter().any(is_ours) {
            return Err(Refusal::new(
                code::LOG_CHAIN_LOOP,
                "AuthenticatingAuthority names this hub",
            ));
        }
        Ok(())
    }
}

/// Bindings 3.5.3: the RelayState comes back unchanged. It names this leg, so an
/// answer caught elsewhere cannot be slipped into another login of the browser.
fn solicited(raw: &RawResponse, state: &[u8], ask: &Ask<'_>) -> Result<State, Refusal> {
    if raw.relay_state.as_deref() != Some(ask.handle.as_str()) {
        return Err(Refusal::new(
            code::LOG_STATE_MISSING,
            "RelayState is not the handle of this leg",
        ));
    }
    serde_json::from_slice(state)
        .map_err(|_| Refusal::new(code::LOG_STATE_FORGED, "saml state cannot be read"))
}

/// Rule 5: an unsolicited answer names one registered service, never an address.
fn unsolicited(raw: &RawResponse, at: &At<'_>) -> Result<ServiceId, Refusal> {
    let refused = |what: &str| Refusal::new(code::LOG_UNSOLICITED_REFUSED, what);
    if at.entry.unsolicited.is_empty() {
        return Err(refused("this connector may not be started from outside"));
    }
    let wanted = raw.relay_state.as_deref().unwrap_or_default();
    let target = at.entry.unsolicited.iter().find(|id| id.as_str() == wanted);
    let target = target
        .ok_or_else(|| refused("RelayState names no service that may be started from outside"))?;
    match at.snapshot.service(target) {
        Some(_) => Ok(target.clone()),
        None => Err(refused("the service to be started is not registered")),
    }
}

/// Profiles 4.1.4.3: only the identity provider that was asked may answer. Another
/// one's answer fails its own checks too, but is called what it is (LOG-015).
/// The issuer is unverified here, and only chooses the words of a refusal.
fn refusal_of(fault: SamlError, xml: &[u8], idp: &IdpMetadata) -> Refusal {
    match peek_issuer(xml) {
        Some(issuer) if issuer != idp.entity_id.as_str() => other_connector(&issuer),
        _ => fault.into(),
    }
}

fn other_connector(issuer: &str) -> Refusal {
    let issuer: String = issuer.chars().filter(|c| !c.is_control()).take(200).collect();
    Refusal::new(code::LOG_WRONG_CONNECTOR, format!("the answer names as its issuer {issuer}"))
}
