//! Everything that faces a member library.
//!
//! A connector sends the reader to prove who they are ([`Connector::begin`])
//! and judges the answer ([`Connector::finish`]). What it accepts leaves as
//! [`Claimed`], which only a verifier's own proof makes:
//! ```text
//! saml:     answer ─▶ saml::verify_response ─▶ Verified<Assertion> ─┐
//!                     mapping, scopes ──────────────────────────────┼─▶ Claimed
//! cas:      ticket ─▶ asked of the campus's server ─▶ Validated ──────┤
//! signed_link: token ─▶ a key of the library ─▶ Handover ──────────────┤
//! central:  form ───▶ Accounts::check_password ─▶ PasswordChecked ──┤
//! ldap:     form ───▶ a bind at the member's directory ─▶ Bound ────┤
//! sip2:     form ───▶ the library's server ─▶ PatronAccepted ───────┤
//! staff:    form ───▶ … ─▶ Accounts::check_code ─▶ SecondFactorChecked ─┘
//! ```
//! `login` seals what a connector must remember and admits what it claims.
//! [`CHECKS`] lists which check runs at which endpoint.

#![cfg_attr(test, allow(clippy::large_futures, reason = "a test holds a whole hub"))]

mod callback;
mod cas;
mod central;
mod checks;
mod claimed;
mod connector;
mod ldap;
mod mapping;
mod password_form;
mod saml_sp;
mod signed_link;
mod sip2;
#[cfg(test)]
mod testing;

pub use cas::CasConnector;
#[cfg(feature = "fuzzing")]
pub use cas::fuzzing as cas_fuzzing;
pub use central::CentralConnector;
pub use checks::{CHECKS, Check};
pub use claimed::{Claimed, Once};
pub use connector::{Ask, At, Begun, Clue, Connector, Entry, Finished, LogoutName, Probe};
pub use ldap::LdapConnector;
pub use mapping::{Filled, Received, Rehearsal, Values, rehearse};
pub use saml_sp::SamlConnector;
pub use signed_link::SignedLinkConnector;
pub use sip2::Sip2Connector;
#[cfg(feature = "fuzzing")]
pub use sip2::fuzzing as sip2_fuzzing;
