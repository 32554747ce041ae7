//! Parked values in Redis.

use super::scripts::TAKE;
use super::{RedisShared, engine, name, ttl_ms};
use crate::digest::row_key;
use crate::{Parked, Space, StoreError, sealed};
use ::redis::{cmd, pipe};
use async_trait::async_trait;
use model::Timestamp;

#[async_trait]
impl Parked for RedisShared {
    async fn put(
        &self,
        space: Space,
        key: &str,
        value: &[u8],
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let name = row(space, key);
        let sealed = sealed::seal(space.as_str(), key, value)?;
        let mut work = pipe();
        work.atomic();
        work.cmd("HSET").arg(&name).arg("expires").arg(expires.unix_ms()).arg("value").arg(sealed);
        work.cmd("PEXPIRE").arg(&name).arg(ttl_ms(expires, now));
        work.query_async::<()>(&mut self.connection.clone()).await.map_err(engine)
    }

    async fn peek(
        &self,
        space: Space,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let (expires, value): (Option<i64>, Option<Vec<u8>>) = cmd("HMGET")
            .arg(row(space, key))
            .arg("expires")
            .arg("value")
            .query_async(&mut self.connection.clone())
            .await
            .map_err(engine)?;
        match (expires, value) {
            (Some(expires), Some(value)) if expires > now.unix_ms() => {
                sealed::open(space.as_str(), key, value).map(Some)
            }
            _ => Ok(None),
        }
    }

    async fn take(
        &self,
        space: Space,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let value: Option<Vec<u8>> = TAKE
            .key(row(space, key))
            .arg(now.unix_ms())
            .invoke_async(&mut self.connection.clone())
            .await
            .map_err(engine)?;
        value.map(|value| sealed::open(space.as_str(), key, value)).transpose()
    }

    async fn forget(&self, space: Space, key: &str) -> Result<(), StoreError> {
        let name = row(space, key);
        cmd("DEL").arg(name).query_async(&mut self.connection.clone()).await.map_err(engine)
    }
}

fn row(space: Space, key: &str) -> String {
    name("parked", &row_key(space, key))
}
