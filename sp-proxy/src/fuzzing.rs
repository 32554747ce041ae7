//! The doors through which the fuzz targets reach what parses here. Behind a feature that
//! no build of the program has; nothing that proves anything is made.

pub use crate::oidc::fuzzing::{
    Authorized, assertion, authorize, bearer, end_session, token_client,
};
pub use crate::saml_idp::fuzzing::answer_address;
