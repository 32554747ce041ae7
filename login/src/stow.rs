//! The sealed state goes with the browser, and is found again.

use crate::Login;
use crate::cookies::{
    self, LARGEST_STATE, Place, StateValue, make_room, sent_binding, state_cookie, state_name,
};
use crate::flight::{Carried, InFlight, STATE_LIFE, STATE_LIFE_S};
use crate::parking;
use crate::turn::Turn;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Cookie, Handle, Inbound, Moment, Refusal, code};
use store::Space;

/// Largest sealed state that is parked in the shared store.
pub(crate) const LARGEST_PARKED: usize = 8 * 1024;

impl Login {
    /// Seals a state for its handle; the cookies carry it and make room for it.
    ///
    /// Writes nothing, but for a state that is too large for a cookie: that is parked,
    /// sealed, bounded and limited (rule 2).
    pub(crate) async fn stow(
        &self,
        turn: &Turn<'_>,
        handle: &Handle,
        state: Carried<'_>,
    ) -> Result<Vec<Cookie>, Refusal> {
        let content = state.write(&turn.binding.value, turn.now())?;
        let sealed = self.0.sealer.seal(handle, &content, turn.moment())?;
        let (made_s, code) = (turn.now().unix_s(), state.code());
        let here = URL_SAFE_NO_PAD.encode(&sealed);
        let mut value = StateValue { made_s, code, place: Place::Here(&here) }.write();
        if state_name(handle).len() + value.len() > LARGEST_STATE {
            let key = self.park(turn, &sealed).await?;
            value = StateValue { made_s, code, place: Place::Parked(&key) }.write();
        }
        let added = state_cookie(handle, value, STATE_LIFE);
        let mut cookies = make_room(turn.inbound(), &added, code);
        cookies.push(added);
        if turn.binding.is_new {
            cookies.push(turn.binding.cookie());
        }
        Ok(cookies)
    }

    async fn park(&self, turn: &Turn<'_>, sealed: &[u8]) -> Result<String, Refusal> {
        if sealed.len() > LARGEST_PARKED {
            let log = format!("the sealed state has {} bytes", sealed.len());
            return Err(Refusal::new(code::LOG_REPLY_TOO_LARGE, log));
        }
        parking::count(&self.0.shared, &parking::LIMITS, turn).await?;
        let key = turn.moment().entropy.short_token();
        let expires = turn.now().plus_s(STATE_LIFE_S);
        self.0.shared.put(Space::Parked, &key, sealed, expires, turn.now()).await?;
        Ok(key)
    }

    /// The state of `handle`, if this browser carries it, it opens, and it is in time.
    pub(crate) async fn find_state(
        &self,
        inbound: &Inbound,
        handle: &Handle,
        moment: &Moment,
    ) -> Result<InFlight, Refusal> {
        let Some(value) = inbound.cookie(&state_name(handle)) else {
            return Err(no_state(inbound));
        };
        let forged = || Refusal::new(code::LOG_STATE_FORGED, "the state cookie is malformed");
        let value = StateValue::parse(value).ok_or_else(forged)?;
        let sealed = match value.place {
            Place::Here(state) => URL_SAFE_NO_PAD.decode(state).map_err(|_| forged())?,
            Place::Parked(key) => {
                self.0.shared.peek(Space::Parked, key, moment.now).await?.ok_or_else(|| {
                    Refusal::new(code::LOG_STATE_EXPIRED, "the parked state is gone")
                })?
            }
        };
        let opened = self.0.sealer.open(handle, &sealed, moment.now)?;
        InFlight::read(&opened, sent_binding(inbound), moment.now)
    }
}

/// P15: says what was lost. A browser without any of our cookies keeps none.
pub(crate) fn no_state(inbound: &Inbound) -> Refusal {
    if cookies::sent_any(inbound) {
        Refusal::new(code::LOG_STATE_MISSING, "no state cookie of this handle, but others")
    } else {
        Refusal::new(code::LOG_NO_COOKIE, "no cookie of a login was sent")
    }
}

#[cfg(test)]
mod tests;
