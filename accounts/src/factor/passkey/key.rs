//! The public key of a passkey, as it is kept.

use super::super::seal;
use model::{Moment, ReaderId, Refusal, code};
use serde::{Deserialize, Serialize};
use store::PasskeyRow;
use webauthn_rs_core::proto::COSEKey;

/// What a later signature is verified with. No secret, but whoever could change it could
/// log in: it is kept sealed, for this account and credential alone.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    pub(super) public: COSEKey,
    /// Whether the credential may be synchronised; it never changes (section 6.1.3).
    pub(super) is_backup_eligible: bool,
}

impl Key {
    pub(super) fn seal(
        &self,
        key: &[u8; 32],
        account: &ReaderId,
        credential: &[u8],
        moment: &Moment,
    ) -> Result<Vec<u8>, Refusal> {
        let plain = serde_json::to_vec(self)
            .map_err(|e| Refusal::new(code::HUB_INTERNAL, format!("passkey: {e}")))?;
        seal::seal_for(key, &bound_to(account, credential), &plain, moment)
    }

    pub(super) fn open(key: &[u8; 32], row: &PasskeyRow) -> Result<Self, Refusal> {
        let bound = bound_to(&row.account, &row.credential);
        let plain = seal::open_for(key, &bound, &row.sealed)?;
        serde_json::from_slice(&plain)
            .map_err(|_| Refusal::new(code::HUB_INTERNAL, "a kept passkey cannot be read"))
    }
}

/// An id of an account holds no line break, so no two pairs are written alike; and none is
/// like the binding of an app's secret, which is the id alone.
fn bound_to(account: &ReaderId, credential: &[u8]) -> Vec<u8> {
    [account.as_str().as_bytes(), b"\npasskey\n", credential].concat()
}
