//! Faults of libraries in Redis: one hash, a field a library.

use super::scripts::NOTE_TROUBLE;
use super::{RedisShared, engine, ttl_ms};
use crate::digest::network_key;
use crate::{StoreError, TROUBLE_NETWORKS, TROUBLE_S, Trouble, Troubles, digest};
use ::redis::cmd;
use async_trait::async_trait;
use model::{MemberId, Timestamp};

const RUNS: &str = "rp:troubles";

#[async_trait]
impl Troubles for RedisShared {
    async fn note_trouble(
        &self,
        member: &MemberId,
        network: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let ends = now.plus_s(i64::from(TROUBLE_S));
        NOTE_TROUBLE
            .key(RUNS)
            .arg(member.as_str())
            .arg(digest::text(&network_key(member, network)))
            .arg(now.unix_ms())
            .arg(ends.unix_ms())
            .arg(TROUBLE_NETWORKS)
            .arg(ttl_ms(ends, now))
            .invoke_async(&mut self.connection.clone())
            .await
            .map_err(engine)
    }

    async fn end_trouble(&self, member: &MemberId) -> Result<(), StoreError> {
        let connection = &mut self.connection.clone();
        cmd("HDEL").arg(RUNS).arg(member.as_str()).query_async(connection).await.map_err(engine)
    }

    async fn troubles(&self, now: Timestamp) -> Result<Vec<Trouble>, StoreError> {
        let connection = &mut self.connection.clone();
        let runs: Vec<(String, String)> =
            cmd("HGETALL").arg(RUNS).query_async(connection).await.map_err(engine)?;
        let mut found = Vec::new();
        for (member, run) in &runs {
            let (ends, trouble) = read(member, run)?;
            if ends > now {
                found.push(trouble);
            }
        }
        found.sort_by(|a, b| a.member.cmp(&b.member));
        Ok(found)
    }
}

/// `since expires network network …`
fn read(member: &str, run: &str) -> Result<(Timestamp, Trouble), StoreError> {
    let corrupt = || StoreError::Corrupt(format!("the run of {member}: `{run}`"));
    let mut parts = run.split(' ');
    let mut time = || Some(Timestamp::from_unix_ms(parts.next()?.parse().ok()?));
    let (since, ends) = time().zip(time()).ok_or_else(corrupt)?;
    let networks = u32::try_from(parts.count()).map_err(|_| corrupt())?;
    let member = MemberId::parse(member).map_err(|_| corrupt())?;
    Ok((ends, Trouble { member, since, networks }))
}
