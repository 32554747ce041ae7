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
    /// The password was right; a factor that stands is asked for.
    Code {
        /// What a passkey must sign, base64url.
        challenge: String,
    },
    /// The password was right, and where a factor stands that too; one is to be set up.
    Enrol {
        /// The secret of an app, sealed, base64url; `None`: an app stands.
        app: Option<String>,
        /// What a new passkey must name, base64url.
        challenge: String,
        /// Whether no factor stood: then nothing was shown yet but the password.
        is_first: bool,
    },
    /// The first answer was right, and the recovery codes are shown.
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

    /// What a passkey must sign, where a factor is asked for and nothing else: a state that
    /// asks for one proves none.
    pub(super) fn asking(&self) -> Result<&str, Refusal> {
        match &self.step {
            Step::Code { challenge } => Ok(challenge),
            Step::Enrol { .. } | Step::Kept => Err(forged("another step")),
        }
    }

    /// The sealed secret of an app, what a passkey must name, and whether it is the first.
    pub(super) fn enrolling(&self) -> Result<(Option<Vec<u8>>, &str, bool), Refusal> {
        let Step::Enrol { app, challenge, is_first } = &self.step else {
            return Err(forged("another step"));
        };
        let decode =
            |sealed: &String| URL_SAFE_NO_PAD.decode(sealed).map_err(|_| forged("unreadable"));
        Ok((app.as_ref().map(decode).transpose()?, challenge, *is_first))
    }

    /// A factor was shown in this login before the state was written.
    pub(super) fn require_shown(&self) -> Result<(), Refusal> {
        match &self.step {
            Step::Kept | Step::Enrol { is_first: false, .. } => Ok(()),
            Step::Code { .. } | Step::Enrol { is_first: true, .. } => Err(forged("another step")),
        }
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
