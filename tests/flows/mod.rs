//! Whole logins, in process, every member protocol × every service protocol.

mod first_login;
mod saml_services;
