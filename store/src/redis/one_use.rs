//! One-use records in Redis.

use super::scripts::{PUT_ALL_ONCE, PUT_ONCE};
use super::{RedisShared, engine, name, ttl_ms};
use crate::digest::row_key;
use crate::{OneUse, Space, StoreError, Used};
use async_trait::async_trait;
use model::Timestamp;

#[async_trait]
impl OneUse for RedisShared {
    async fn put_once(
        &self,
        space: Space,
        key: &str,
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if expires <= now {
            return Ok(false);
        }
        PUT_ONCE
            .key(name("once", &row_key(space, key)))
            .arg(now.unix_ms())
            .arg(expires.unix_ms())
            .arg(ttl_ms(expires, now))
            .invoke_async(&mut self.connection.clone())
            .await
            .map_err(engine)
    }
    async fn put_all_once(
        &self,
        values: &[Used<'_>],
        now: Timestamp,
    ) -> Result<Option<usize>, StoreError> {
        if let Some(stale) = values.iter().position(|value| value.expires <= now) {
            return Ok(Some(stale));
        }
        let mut script = PUT_ALL_ONCE.arg(now.unix_ms());
        for value in values {
            script
                .key(name("once", &row_key(value.space, value.key)))
                .arg(value.expires.unix_ms())
                .arg(ttl_ms(value.expires, now));
        }
        let taken: usize =
            script.invoke_async(&mut self.connection.clone()).await.map_err(engine)?;
        Ok(taken.checked_sub(1))
    }
}
