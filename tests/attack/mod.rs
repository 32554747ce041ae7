//! What attackers try, each against the whole hub in process.

mod bad_input;
mod cas;
mod corrupted;
mod login_in_flight;
mod marks;
mod oidc_requests;
mod oidc_tokens;
mod passkeys;
mod saml_answers;
mod saml_encrypted;
mod saml_requests;
mod second_opinion;
mod sessions;
mod side_doors;
mod staff;
mod unsolicited;
