//! Whole logins, in process, every member protocol × every service protocol.

mod cas;
mod circle;
mod first_login;
mod keys;
mod saml_services;
mod second_opinion;
mod signed_link;
mod sip2;
mod staff;
mod status;
