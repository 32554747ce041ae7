//! One connection to a directory, and what may be asked over it.
//!
//! ```text
//! Link ─▶ ldap3 ─▶ socket pair ─▶ relay ─▶ TLS ─▶ the address that the guard checked
//!                                  └ every answer is checked here before ldap3 sees it
//! ```

mod ber;
mod link;
mod message;
mod policy;
mod relay;
#[cfg(test)]
pub(super) mod samples;
mod start_tls;

pub(super) use ber::Fault;
#[cfg(test)]
pub(super) use ber::{Elements, INTEGER, OCTETS, SEQUENCE, SET, first_message};
pub(super) use link::{
    BindLink, Door, Entry, Found, Link, LinkError, SUCCESS, Said, Scope, SearchLink,
};
pub(super) use policy::Word;
pub(super) use start_tls::StartTlsError;
