//! How a session lies in a store: JSON without its id.

use crate::{SessionRecord, StoreError, Upstream};
use model::{LoginCode, Membership, Reader, Sid, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Written<'a> {
    code: LoginCode,
    auth_time: Timestamp,
    opened: Timestamp,
    expires: Timestamp,
    idle_s: u32,
    shared_computer: bool,
    acr: &'a str,
    authorities: &'a [String],
    reader: &'a Reader,
    membership: &'a Membership,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<&'a Upstream>,
    indexes: &'a [String],
    pending: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    proof: &'a str,
}

#[derive(Deserialize)]
struct Read {
    code: LoginCode,
    auth_time: Timestamp,
    opened: Timestamp,
    expires: Timestamp,
    idle_s: u32,
    shared_computer: bool,
    acr: String,
    authorities: Vec<String>,
    reader: Reader,
    membership: Membership,
    #[serde(default)]
    upstream: Option<Upstream>,
    indexes: Vec<String>,
    pending: bool,
    #[serde(default)]
    proof: String,
}

/// The record without `sid`, which is the bearer's secret, and `last_seen`, which moves.
pub(crate) fn write(session: &SessionRecord) -> Result<Vec<u8>, StoreError> {
    write_with(session, &session.proof)
}

/// What the proof is made over, but for the id.
pub(crate) fn write_without_proof(session: &SessionRecord) -> Result<Vec<u8>, StoreError> {
    write_with(session, "")
}

fn write_with(session: &SessionRecord, proof: &str) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(&Written {
        code: session.code,
        auth_time: session.auth_time,
        opened: session.opened,
        expires: session.expires,
        idle_s: session.idle_s,
        shared_computer: session.shared_computer,
        acr: &session.acr,
        authorities: &session.authorities,
        reader: &session.reader,
        membership: &session.membership,
        upstream: session.upstream.as_ref(),
        indexes: &session.indexes,
        pending: session.pending,
        proof,
    })
    .map_err(|fault| StoreError::Corrupt(format!("a session cannot be written: {fault}")))
}

/// The record of the session `sid`, last seen at `last_seen`.
pub(crate) fn read(
    blob: &[u8],
    sid: &Sid,
    last_seen: Timestamp,
) -> Result<SessionRecord, StoreError> {
    // Only the place of the fault is told: the message of a full error may quote a reader's value.
    let read: Read = serde_json::from_slice(blob)
        .map_err(|fault| StoreError::Corrupt(format!("a session, column {}", fault.column())))?;
    Ok(SessionRecord {
        sid: sid.clone(),
        code: read.code,
        auth_time: read.auth_time,
        opened: read.opened,
        last_seen,
        expires: read.expires,
        idle_s: read.idle_s,
        shared_computer: read.shared_computer,
        acr: read.acr,
        authorities: read.authorities,
        reader: read.reader,
        membership: read.membership,
        upstream: read.upstream,
        indexes: read.indexes,
        pending: read.pending,
        proof: read.proof,
    })
}
