//! Real programs as counterparts, over TLS and with real names: pysaml2 and
//! SimpleSAMLphp and django-cas-server as libraries, openid-client, Authlib, pysaml2 and node-saml as services;
//! those in Python in two generations.
//! OpenLDAP's slapd as a library's directory.
//!
//! ```text
//! reader.rs ──▶ the hub (target/debug/readerpass) ──▶ libraries, services
//!               consortium.rs starts them all, program.rs ends them
//! ```
//!
//! The scripts lie in `py/`, `js/` and `simplesamlphp/`; `tests/install.sh` installs what
//! they need, `cargo build --bin readerpass` the hub, `cargo test -p system-tests
//! --features peers peers::` runs them.

pub mod authority;
mod cas;
mod consortium;
mod encrypted;
mod forged;
pub mod hub;
pub mod installed;
mod library;
mod matrix;
pub mod program;
mod reader;
mod registry;
mod service;
mod simplesamlphp;
mod slapd;
mod tls;
