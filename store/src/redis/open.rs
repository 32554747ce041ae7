//! Opening: a server that could forget a used code is refused.

use super::{RedisShared, engine};
use crate::StoreError;
use crate::seen::Seen;
use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::{Client, ErrorKind, cmd};
use rustls::crypto::CryptoProvider;
use std::time::Duration;

/// A request waits no longer for Redis.
const ANSWER: Duration = Duration::from_secs(2);

impl RedisShared {
    /// Connects, and looks at how the server is set up.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        let unusable = |fault: ::redis::RedisError| {
            // The address may hold a password: the fault's own text stays out.
            StoreError::setup(
                format!("store.shared names a Redis that cannot be used ({:?})", fault.kind()),
                "start it, or correct the address: redis://[user:password@]host[:port][/db], \
                 rediss:// for TLS, or redis+unix:///path",
            )
        };
        match url.split_once(':').map_or(url, |(scheme, _)| scheme) {
            "redis" | "redis+unix" => {}
            // Without a provider the TLS library would panic at the first connection.
            "rediss" if CryptoProvider::get_default().is_some() => {}
            "rediss" => {
                return Err(StoreError::setup(
                    "store.shared asks for TLS before the program has chosen its cryptography",
                    "install a rustls CryptoProvider before the store is opened",
                ));
            }
            _ => return Err(unusable((ErrorKind::InvalidClientConfig, "scheme").into())),
        }
        let client = Client::open(url).map_err(unusable)?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(ANSWER))
            .set_response_timeout(Some(ANSWER));
        let mut connection =
            ConnectionManager::new_with_config(client, config).await.map_err(unusable)?;
        let info: String = cmd("INFO").query_async(&mut connection).await.map_err(engine)?;
        check(&info)?;
        Ok(Self { connection, seen: Seen::new() })
    }
}

/// What `INFO` tells of the set-up. A code that is evicted could be used again.
fn check(info: &str) -> Result<(), StoreError> {
    let value = |key: &str| {
        info.lines().find_map(|line| line.trim_end().strip_prefix(key)?.strip_prefix(':'))
    };
    let refuse = |what: &str, remedy: &str| Err(StoreError::setup(what, remedy));
    let is_bounded = value("maxmemory").is_some_and(|bytes| bytes != "0");
    if is_bounded && value("maxmemory_policy") != Some("noeviction") {
        return refuse(
            "this Redis evicts keys when its memory is full, so a used code could be used again",
            "set `maxmemory-policy noeviction`",
        );
    }
    if value("cluster_enabled") == Some("1") {
        return refuse(
            "this Redis runs in cluster mode, which the shared store cannot use",
            "name one primary without cluster mode",
        );
    }
    if value("role").is_some_and(|role| role != "master") {
        return refuse("this Redis is a replica, which takes no writes", "name the primary");
    }
    if value("aof_enabled") == Some("0") {
        tracing::warn!(
            "Redis keeps no append-only file: when it restarts, sessions end and codes used in \
             the last minute could be used again; set `appendonly yes`"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(memory: &str, policy: &str, cluster: &str, role: &str) -> String {
        format!(
            "# Memory\r\nmaxmemory:{memory}\r\nmaxmemory_human:x\r\nmaxmemory_policy:{policy}\r\n\
             # Persistence\r\naof_enabled:1\r\nrole:{role}\r\ncluster_enabled:{cluster}\r\n"
        )
    }

    #[test]
    fn a_server_that_may_forget_is_refused_with_a_remedy() {
        assert!(check(&info("0", "allkeys-lru", "0", "master")).is_ok());
        assert!(check(&info("1000", "noeviction", "0", "master")).is_ok());
        let text = check(&info("1000", "volatile-ttl", "0", "master")).unwrap_err().to_string();
        assert!(text.contains("noeviction"), "{text}");
        assert!(check(&info("0", "noeviction", "1", "master")).is_err());
        assert!(check(&info("0", "noeviction", "0", "slave")).is_err());
    }

    #[tokio::test]
    async fn a_wrong_address_is_refused_without_showing_its_password() {
        for url in [
            "redis://:s3cret-word@127.0.0.1:1/",
            "rediss://:s3cret-word@127.0.0.1:1/",
            "valkeys://:s3cret-word@127.0.0.1:1/",
            "http://:s3cret-word@127.0.0.1/",
            "s3cret-word",
        ] {
            let text = match RedisShared::open(url).await {
                Ok(_) => panic!("{url} opened"),
                Err(fault) => fault.to_string(),
            };
            assert!(text.contains("store.shared") && !text.contains("s3cret-word"), "{text}");
        }
    }
}
