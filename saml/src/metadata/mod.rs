//! Metadata in and out (SAML Metadata).

mod entity;
mod idp;
mod parse;
mod role;
mod sp;
mod write;

pub use entity::{
    Acs, Endpoint, EntityAttribute, EntityId, IdpMetadata, ParsedEntity, RequestedAttribute,
    SpMetadata,
};
pub use parse::{parse_metadata, verify_metadata};
pub use write::{
    IdpSelf, MetadataSeal, SpSelf, sign_idp_metadata, sign_sp_metadata, write_idp_metadata,
    write_sp_metadata,
};

#[cfg(test)]
mod tests;
