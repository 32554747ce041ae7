//! Sample values for the tests of this module.

use model::{Class, Contact, Member, MemberId, MemberStatus, Text, Timestamp};
use saml::{Acs, AuthnRequest, Binding, EncryptionOffer, EntityAttribute, EntityId, SpMetadata};
use std::collections::BTreeMap;

pub(crate) const SP: &str = "https://journals.example.org/metadata";
pub(crate) const ACS: &str = "https://journals.example.org/acs";
pub(crate) const SSO: &str = "https://hub.test/saml/idp/sso";

pub(crate) fn now() -> Timestamp {
    Timestamp::from_unix_s(1_795_257_065)
}

fn acs(binding: Binding, location: &str, index: u16) -> Acs {
    Acs { binding, location: location.to_owned(), index, default: index == 1 }
}

pub(crate) fn sp() -> SpMetadata {
    SpMetadata {
        entity_id: EntityId::parse(SP).expect("entityID"),
        acs: vec![
            acs(Binding::Artifact, "https://journals.example.org/artifact", 0),
            acs(Binding::Post, ACS, 1),
            acs(Binding::Post, "https://journals.example.org/second", 2),
        ],
        slo: Vec::new(),
        signing_certs: Vec::new(),
        encryption: EncryptionOffer::Absent,
        wants_assertions_signed: false,
        signs_requests: false,
        name_id_formats: Vec::new(),
        valid_until: None,
        entity_attributes: Vec::new(),
        requested_attributes: Vec::new(),
        discovery_response: Vec::new(),
    }
}

pub(crate) fn request() -> AuthnRequest {
    AuthnRequest {
        id: "_request".into(),
        issuer: EntityId::parse(SP).expect("entityID"),
        destination: Some(SSO.into()),
        acs_url: None,
        acs_index: None,
        protocol_binding: None,
        force_authn: false,
        is_passive: false,
        issue_instant: now().plus_s(-2),
        name_id_policy_format: None,
        requested_authn_context: Vec::new(),
        authn_context_comparison: None,
        requester_ids: Vec::new(),
        proxy_count: None,
        provider_name: None,
        has_subject: false,
    }
}

pub(crate) fn member(scopes: &[&str]) -> Member {
    Member {
        id: MemberId::parse("nju").expect("id"),
        codes: Vec::new(),
        name: Text::new("南京大学图书馆", "Nanjing University Library"),
        aliases: Vec::new(),
        region: String::new(),
        class: Class::parse("A").expect("class"),
        scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
        status: MemberStatus::Live,
        contact: Contact::default(),
        links: BTreeMap::new(),
        ranges: Vec::new(),
        reading_rooms: Vec::new(),
        connectors: Vec::new(),
    }
}

/// The service with a wish for a subject identifier in its metadata.
pub(crate) fn wanting(value: &str) -> SpMetadata {
    let name = "urn:oasis:names:tc:SAML:profiles:subject-id:req".to_owned();
    let asked = EntityAttribute { name, values: vec![value.to_owned()] };
    SpMetadata { entity_attributes: vec![asked], ..sp() }
}
