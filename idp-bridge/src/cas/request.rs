//! The question: the campus's login page, with the address to come back to.

use crate::callback;
use crate::{Ask, At, Begun};
use metadata::{CasCallback, CasSettings, PublicUrl};
use model::{Next, Refusal, Timestamp, code, encode_component};
use serde::{Deserialize, Serialize};

/// What the answer must match.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    /// `service` as it was sent: validation sends it once more, byte for byte.
    #[serde(rename = "s")]
    pub(super) service: String,
    /// A fresh login was asked for.
    #[serde(rename = "r")]
    pub(super) renew: bool,
    /// When.
    #[serde(rename = "t")]
    pub(super) at: Timestamp,
}

impl State {
    pub(super) fn read(sealed: &[u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(sealed)
            .map_err(|_| Refusal::new(code::LOG_STATE_FORGED, "cas state cannot be read"))
    }

    /// Rule 5: the answer came to the very address that this leg was sent out with, so that
    /// of another login, connector or member is none.
    pub(super) fn require_here(&self, arrived: &str) -> Result<(), Refusal> {
        if self.service == arrived {
            return Ok(());
        }
        let log = "the answer came to another callback than that of this login";
        Err(Refusal::new(code::LOG_WRONG_CONNECTOR, log))
    }
}

/// CAS Protocol 2.1.1. `renew` and `gateway` together are undefined there, so a fresh login
/// without asking the reader is refused here.
pub(super) fn begin(
    public_url: &PublicUrl,
    settings: &CasSettings,
    at: &At<'_>,
    ask: &Ask<'_>,
) -> Result<Begun, Refusal> {
    // Most servers do not say when the reader logged in: where the age counts, it is now.
    let renew = ask.force || ask.max_age_s.is_some();
    if ask.passive && renew {
        let log = "a fresh login cannot be had unasked";
        return Err(Refusal::new(code::LOG_LOGIN_REQUIRED, log));
    }
    let handle = (settings.callback == CasCallback::Prefix).then_some(ask.handle);
    let service = public_url.join(&callback::path(at, handle));
    let joint = if settings.login.contains('?') { '&' } else { '?' };
    let mut url = format!("{}{joint}service={}", settings.login, encode_component(&service));
    if renew {
        url.push_str("&renew=true");
    } else if ask.passive {
        url.push_str("&gateway=true");
    }
    let state = serde_json::to_vec(&State { service, renew, at: at.moment.now })
        .map_err(|e| Refusal::new(code::HUB_INTERNAL, format!("cas state: {e}")))?;
    Ok(Begun { next: Next::Redirect(url), state })
}
