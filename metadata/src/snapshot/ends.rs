//! When the first certificates of others end.

use super::Snapshot;
use super::document::Document;
use crate::keys::CertificateFacts;
use model::Timestamp;
use saml::{IdpMetadata, SpMetadata};

/// When the first certificate with which a peer signs ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FirstEnds {
    /// Of the members'.
    pub members: Option<Timestamp>,
    /// Of the services'.
    pub services: Option<Timestamp>,
}

impl Snapshot {
    /// Reads all metadata, and keeps nothing of them: slow, for a thread for such work.
    pub fn first_ends(&self) -> FirstEnds {
        let idp = |document: &Document<IdpMetadata>| document.peek(|m| first(&m.signing_certs));
        let sp = |document: &Document<SpMetadata>| document.peek(|m| first(&m.signing_certs));
        FirstEnds {
            members: self.providers.values().filter_map(|d| idp(d).flatten()).min(),
            services: self.relying.values().filter_map(|d| sp(d).flatten()).min(),
        }
    }
}

fn first(certificates: &[Vec<u8>]) -> Option<Timestamp> {
    certificates.iter().filter_map(|der| Some(CertificateFacts::of(der)?.not_after)).min()
}
