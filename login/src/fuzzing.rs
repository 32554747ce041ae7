//! The doors through which the fuzz targets reach what parses here. Behind a feature that
//! no build of the program has; nothing that proves anything is made.

use crate::cookies::{self, Place, StateValue};
use crate::edge::behind_proxies;
use crate::flight::{Carried, Flight, InFlight};
use crate::seal::Sealer;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ipnet::IpNet;
use model::{
    Cookie, Handle, Inbound, LoginCode, LoginRequest, MemberId, Moment, Prompt, Refusal, ReplyTo,
    ServiceId, Timestamp, code,
};
use std::net::IpAddr;

/// Seals and opens states under a root secret of its own.
pub struct States(Sealer);

impl States {
    /// Every key is the same: only the fuzz target lives by it.
    pub fn new(root: [u8; 32]) -> Self {
        Self(Sealer::new(Box::new(move |_| root)))
    }

    /// The value of the cookie of a login at interlibrary loan, for this handle and browser.
    pub fn cookie(
        &self,
        handle: &Handle,
        binding: &str,
        moment: &Moment,
    ) -> Result<String, Refusal> {
        let (code, content) = opened(binding, moment)?;
        let sealed = URL_SAFE_NO_PAD.encode(self.0.seal(handle, &content, moment)?);
        let made_s = moment.now.unix_s();
        Ok(StateValue { made_s, code, place: Place::Here(&sealed) }.write())
    }

    /// The code of the login that a cookie's value leads to.
    pub fn open(
        &self,
        handle: &Handle,
        value: &str,
        binding: Option<&str>,
        now: Timestamp,
    ) -> Result<LoginCode, Refusal> {
        let forged = || Refusal::new(code::LOG_STATE_FORGED, "the state cookie is malformed");
        let Some(StateValue { place: Place::Here(state), .. }) = StateValue::parse(value) else {
            return Err(forged());
        };
        let sealed = URL_SAFE_NO_PAD.decode(state).map_err(|_| forged())?;
        read(&self.0.open(handle, &sealed, now)?, binding, now)
    }
}

/// What lies in the cookie of [`States::cookie`], in the clear.
pub fn opened(binding: &str, moment: &Moment) -> Result<(LoginCode, Vec<u8>), Refusal> {
    let named =
        |id| ServiceId::parse(id).map_err(|e| Refusal::new(code::HUB_INTERNAL, e.to_string()));
    let request = LoginRequest {
        service: named("ill")?,
        protocol: "oidc".to_owned(),
        reply: ReplyTo("{}".to_owned()),
        member: None,
        only_member: None,
        prompt: Prompt::AsNeeded,
        max_age_s: None,
        lang: None,
        login_hint: None,
    };
    let flight = Flight::new(request, LoginCode::draw(&moment.entropy), moment);
    Ok((flight.code, Carried::Login(&flight).write(binding, moment.now)?))
}

/// Reads opened bytes as those of a login of this browser.
pub fn read(bytes: &[u8], binding: Option<&str>, now: Timestamp) -> Result<LoginCode, Refusal> {
    Ok(match InFlight::read(bytes, binding, now)? {
        InFlight::Login(flight) => flight.code,
        InFlight::Arrival(arrival) => arrival.code,
    })
}

/// Everything that is read out of cookies before a login begins, and what would be set:
/// the state `added` with room for it, the library remembered, the ended ones removed.
pub fn cookies(
    inbound: &Inbound,
    added: &Cookie,
    code: LoginCode,
    member: &MemberId,
) -> Vec<Cookie> {
    let _ =
        (cookies::sent_binding(inbound), cookies::sent_sid(inbound), cookies::sent_any(inbound));
    let mut set = cookies::make_room(inbound, added, code);
    set.push(added.clone());
    set.push(cookies::remember(inbound, member));
    set.extend(cookies::removals_of(inbound, code));
    set
}

/// The client behind the proxies that are trusted.
pub fn client(peer: IpAddr, headers: &[(String, String)], trusted: &[IpNet]) -> IpAddr {
    behind_proxies(peer, headers, trusted)
}
