//! What an OAuth client proves itself with.

use crate::KeyRing;
use model::ServiceId;
use serde_json::Value;
use std::fmt;

/// The means of one client to prove itself; the secret itself is not among them (rule 10).
#[derive(Clone, Default)]
pub struct ClientKeys {
    /// MAC of its secret.
    pub secret_mac: Option<[u8; 32]>,
    /// Its public keys, a JWK set.
    pub jwks: Option<Value>,
}

impl fmt::Debug for ClientKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKeys")
            .field("has_secret", &self.secret_mac.is_some())
            .field("has_jwks", &self.jwks.is_some())
            .finish()
    }
}

impl ClientKeys {
    /// Whether `secret` is the client's, in a time that does not depend on how nearly right it is (N25).
    pub fn accepts_secret(&self, keys: &KeyRing, service: &ServiceId, secret: &str) -> bool {
        let given = keys.client_secret_mac(service, secret);
        self.secret_mac.is_some_and(|mac| {
            aws_lc_rs::constant_time::verify_slices_are_equal(&mac, &given).is_ok()
        })
    }
}
