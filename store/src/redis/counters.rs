//! Counters in Redis.

use super::scripts::COUNT;
use super::{RedisShared, engine, name, ttl_ms};
use crate::digest::counter_key;
use crate::{Counters, StoreError};
use ::redis::cmd;
use async_trait::async_trait;
use model::Timestamp;

#[async_trait]
impl Counters for RedisShared {
    async fn add(&self, name: &str, window_s: u32, now: Timestamp) -> Result<u64, StoreError> {
        let ends = now.plus_s(i64::from(window_s));
        COUNT
            .key(row(name))
            .arg(now.unix_ms())
            .arg(ends.unix_ms())
            .arg(ttl_ms(ends, now))
            .invoke_async(&mut self.connection.clone())
            .await
            .map_err(engine)
    }

    async fn read(&self, name: &str, now: Timestamp) -> Result<u64, StoreError> {
        let (ends, value): (Option<i64>, Option<u64>) = cmd("HMGET")
            .arg(row(name))
            .arg("expires")
            .arg("value")
            .query_async(&mut self.connection.clone())
            .await
            .map_err(engine)?;
        Ok(value.filter(|_| ends.is_some_and(|ends| ends > now.unix_ms())).unwrap_or(0))
    }

    async fn clear(&self, name: &str) -> Result<(), StoreError> {
        let name = row(name);
        cmd("DEL").arg(name).query_async(&mut self.connection.clone()).await.map_err(engine)
    }
}

fn row(counter: &str) -> String {
    name("count", &counter_key(counter))
}
