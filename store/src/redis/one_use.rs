//! One-use records in Redis.

use super::scripts::PUT_ONCE;
use super::{RedisShared, engine, name, ttl_ms};
use crate::digest::row_key;
use crate::{OneUse, Space, StoreError};
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
}
