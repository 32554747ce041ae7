//! Where a login stands between password and second factor: bytes that this crate alone
//! can write, and that `login` seals besides.

use crate::proof::mark;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{ReaderId, Refusal, Timestamp, code};
use serde::{Deserialize, Serialize};
use store::AccountRow;

/// How long a right password waits for the code, in seconds.
const CODE_WITHIN_S: i64 = 600;
const TAG_LEN: usize = 32;

/// What was done, and so what may come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// The password was right; a code is asked for.
    Code,
    /// The password was right; this secret is to be enrolled.
    Enrol {
        /// Sealed, base64url.
        sealed: String,
    },
    /// The first code was right, and the recovery codes are shown.
    Kept,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stepping {
    pub(super) account: ReaderId,
    /// For the app, which lists accounts by name.
    pub(super) login: String,
    step: Step,
    at: Timestamp,
    /// Which password was typed: a reset ends the step.
    mark: String,
}

impl Stepping {
    pub(super) fn new(key: &hmac::Key, account: &AccountRow, step: Step, at: Timestamp) -> Self {
        Self {
            account: account.id.clone(),
            login: account.login.clone(),
            step,
            at,
            mark: mark(key, account),
        }
    }

    pub(super) fn write(&self, key: &hmac::Key) -> Result<Vec<u8>, Refusal> {
        let body = serde_json::to_vec(self)
            .map_err(|e| Refusal::new(code::HUB_INTERNAL, format!("second step: {e}")))?;
        let mut bytes = hmac::sign(key, &body).as_ref().to_vec();
        bytes.extend(body);
        Ok(bytes)
    }

    /// Opens what [`Self::write`] made less than ten minutes ago; compares its tag in
    /// constant time.
    pub(super) fn open(bytes: &[u8], key: &hmac::Key, now: Timestamp) -> Result<Self, Refusal> {
        let (tag, body) = bytes.split_at_checked(TAG_LEN).ok_or_else(|| forged("too short"))?;
        hmac::verify(key, body, tag).map_err(|_| forged("wrong tag"))?;
        let stepping: Self = serde_json::from_slice(body).map_err(|_| forged("unreadable"))?;
        if now.seconds_since(stepping.at) > CODE_WITHIN_S {
            return Err(Refusal::new(code::LOG_STATE_EXPIRED, "second step: too old"));
        }
        Ok(stepping)
    }

    /// It stands at this very step: a state that asks for a code proves none.
    pub(super) fn require(self, step: &Step) -> Result<Self, Refusal> {
        if self.step == *step { Ok(self) } else { Err(forged("another step")) }
    }

    /// The sealed secret that is to be enrolled.
    pub(super) fn sealed(&self) -> Result<Vec<u8>, Refusal> {
        let Step::Enrol { sealed } = &self.step else { return Err(forged("another step")) };
        URL_SAFE_NO_PAD.decode(sealed).map_err(|_| forged("unreadable"))
    }

    /// Whether the account still has the password that was typed.
    pub(super) fn is_of(&self, account: &AccountRow, key: &hmac::Key) -> bool {
        let now = mark(key, account);
        aws_lc_rs::constant_time::verify_slices_are_equal(self.mark.as_bytes(), now.as_bytes())
            .is_ok()
    }
}

pub(super) fn encode(sealed: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(sealed)
}

fn forged(why: &str) -> Refusal {
    Refusal::new(code::LOG_STATE_FORGED, format!("second step: {why}"))
}
