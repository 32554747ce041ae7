//! Sessions that this hub opened, told from whatever else lies in the shared store.
//!
//! The store may be a Redis that others reach, too. Whoever may write there could else lay
//! down a session of an operator under an id of their own choice; so every record carries a
//! proof under a key that derives from the sealed root, and one without it is no session.
//! What was ended and is laid down again as it was passes until it expires.

use crate::Login;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Refusal, Sid, Timestamp};
use store::{SessionRecord, StoreError};

impl Login {
    /// Lays a session down with its proof, and gives it back as it lies there.
    pub(crate) async fn keep_session(
        &self,
        record: SessionRecord,
    ) -> Result<SessionRecord, Refusal> {
        let proof = self.proof_of(&record)?;
        let record = SessionRecord { proof, ..record };
        self.0.shared.create(&record).await?;
        Ok(record)
    }

    /// A session that runs, and that a node of this hub laid down.
    pub(crate) async fn find_session(
        &self,
        sid: &Sid,
        now: Timestamp,
    ) -> Result<Option<SessionRecord>, Refusal> {
        Ok(self.0.shared.find(sid, now).await?.filter(|record| self.is_own(record)))
    }

    /// Whether a node of this hub wrote it, and nobody changed it; compared in constant time.
    pub(crate) fn is_own(&self, record: &SessionRecord) -> bool {
        let is_own = self.proof_of(record).is_ok_and(|proof| {
            verify_slices_are_equal(proof.as_bytes(), record.proof.as_bytes()).is_ok()
        });
        if !is_own {
            tracing::warn!(login = %record.code, "a session that this hub did not write was passed over");
        }
        is_own
    }

    fn proof_of(&self, record: &SessionRecord) -> Result<String, StoreError> {
        Ok(URL_SAFE_NO_PAD.encode(self.0.keys.mac("session record", &record.proved()?)))
    }
}

#[cfg(test)]
mod tests;
