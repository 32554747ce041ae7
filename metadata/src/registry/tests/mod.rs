//! The registry folder against everything that can be wrong with it, and through the store.

mod encryption;
mod faults;
mod ldap;
mod mapping;
mod remote;
mod round_trip;
mod said;
mod sip2;
