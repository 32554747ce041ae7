//! Values that work once (rule 3).

use crate::StoreError;
use async_trait::async_trait;
use model::Timestamp;

/// What a one-use or parked key is for; keys of two spaces never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Space {
    /// A leg of a login: one `begin`.
    Leg,
    /// A login in flight, ended by its answer.
    Login,
    /// A member's assertion id (SAML Core 2.5.1.5).
    Assertion,
    /// A service's request id.
    Request,
    /// An authorization code (RFC 6749 section 4.1.2).
    Code,
    /// An access token.
    AccessToken,
    /// The `jti` of a client's assertion (RFC 7523 section 3).
    ClientAssertion,
    /// A reply too long for its cookie.
    Parked,
    /// A password reset link.
    ResetLink,
    /// A grant and its refresh family.
    Grant,
    /// A code of a second factor (RFC 6238 section 5.2).
    FactorCode,
    /// A challenge that a passkey signed (WebAuthn section 13.4.3).
    Challenge,
}

impl Space {
    /// Every space.
    pub const ALL: [Self; 12] = [
        Self::Leg,
        Self::Login,
        Self::Assertion,
        Self::Request,
        Self::Code,
        Self::AccessToken,
        Self::ClientAssertion,
        Self::Parked,
        Self::ResetLink,
        Self::Grant,
        Self::FactorCode,
        Self::Challenge,
    ];

    /// A short name, stable: it is part of every stored key.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Leg => "leg",
            Self::Login => "login",
            Self::Assertion => "assertion",
            Self::Request => "request",
            Self::Code => "code",
            Self::AccessToken => "token",
            Self::ClientAssertion => "client",
            Self::Parked => "parked",
            Self::ResetLink => "reset",
            Self::Grant => "grant",
            Self::FactorCode => "factor",
            Self::Challenge => "challenge",
        }
    }
}

/// One value to be used up.
#[derive(Debug, Clone, Copy)]
pub struct Used<'a> {
    /// What it is for.
    pub space: Space,
    /// The value; kept as a hash only.
    pub key: &'a str,
    /// Until when its use is remembered.
    pub expires: Timestamp,
}

/// Marks that something was used.
#[async_trait]
pub trait OneUse: Send + Sync {
    /// True for exactly one of all callers on all nodes until `expires`; false for the rest.
    ///
    /// A record that would be over already (`expires <= now`) is refused with
    /// false: what it guards is stale, and it would guard nothing. The key is
    /// kept as a hash only.
    async fn put_once(
        &self,
        space: Space,
        key: &str,
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Uses all of `values` up in one atomic step, or none: the place of the first that was
    /// used before, or would be over already, is told. Of two callers with a value in
    /// common exactly one gets `None`, so neither can be left with half of what it needs.
    async fn put_all_once(
        &self,
        values: &[Used<'_>],
        now: Timestamp,
    ) -> Result<Option<usize>, StoreError>;
}

/// Keeps a value for a while.
///
/// The store keeps a hash of the key, and the value encrypted under the key:
/// who reads the store's files learns neither codes nor what they stand for.
#[async_trait]
pub trait Parked: Send + Sync {
    /// Keeps `value` until `expires`; replaces what the key held.
    async fn put(
        &self,
        space: Space,
        key: &str,
        value: &[u8],
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The value, which stays; `None` when absent or past its end.
    async fn peek(
        &self,
        space: Space,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError>;

    /// The value, to exactly one of all callers on all nodes; `None` to the rest.
    async fn take(
        &self,
        space: Space,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError>;

    /// Removes the value, whether it is there or not.
    async fn forget(&self, space: Space, key: &str) -> Result<(), StoreError>;
}
