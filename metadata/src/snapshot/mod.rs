//! One version of the registry, as requests are answered from it.

mod build;
mod client_keys;
mod document;
mod ends;
mod live;

#[cfg(test)]
mod tests;

pub use client_keys::ClientKeys;
pub use ends::FirstEnds;
pub use live::{Registry, RegistryError};

use crate::discovery::Index;
use crate::mapping::{Pattern, Patterns};
use crate::registry::{Content, Owner};
use crate::{Bundle, Consortium, Fault, Hit, KeyRing, PublicUrl};
use document::Document;
use model::{ConnectorEntry, ConnectorId, Member, MemberId, Service, ServiceId, ValueName};
use policy::PolicySet;
use saml::{IdpMetadata, SpMetadata};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use zeroize::Zeroizing;

/// One version of the registry: immutable, so that a request sees one truth
/// from its first look to its last.
///
/// Metadata are parsed when they are first asked for, and once.
pub struct Snapshot {
    version: u64,
    consortium: Consortium,
    /// By id.
    members: Vec<Member>,
    /// The hub's own place.
    hub: Option<Member>,
    /// By id; the hub's own after all others.
    services: Vec<Service>,
    built_in: usize,
    /// Ids and codes, lower case.
    codes: HashMap<String, usize>,
    client_ids: HashMap<String, usize>,
    issuers: HashMap<String, (usize, usize)>,
    requesters: HashMap<String, usize>,
    providers: HashMap<Owner, Document<IdpMetadata>>,
    relying: HashMap<Owner, Document<SpMetadata>>,
    client_keys: HashMap<ServiceId, ClientKeys>,
    renames: BTreeMap<ServiceId, BTreeMap<ValueName, String>>,
    /// Files that settings of connectors name, and secrets of theirs, sealed.
    files: HashMap<Owner, Arc<str>>,
    sealed: BTreeMap<Owner, String>,
    policy: PolicySet,
    index: Index,
    patterns: Patterns,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("version", &self.version)
            .field("members", &self.members.len())
            .field("services", &(self.services.len() - self.built_in))
            .finish_non_exhaustive()
    }
}

impl Snapshot {
    /// A snapshot of a folder that was never applied: without documents that
    /// lie elsewhere and without client secrets, enough to explain a decision.
    pub fn from_bundle(
        bundle: &Bundle,
        version: u64,
        public_url: &PublicUrl,
    ) -> Result<Self, Vec<Fault>> {
        Self::build(bundle.content.clone(), version, public_url)
    }

    /// Its version in the store; 0 where nothing was ever applied.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The consortium.
    pub fn consortium(&self) -> &Consortium {
        &self.consortium
    }

    /// All registered members, whatever their status, by id; not the hub's own place.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter()
    }

    /// The member of that id, the hub's own place included.
    pub fn member(&self, id: &MemberId) -> Option<&Member> {
        match self.members.binary_search_by(|m| m.id.cmp(id)) {
            Ok(place) => self.members.get(place),
            Err(_) => self.hub.as_ref().filter(|hub| hub.id == *id),
        }
    }

    /// The member of that id or code, without regard to case.
    pub fn member_by_code(&self, code: &str) -> Option<&Member> {
        self.members.get(*self.codes.get(&code.to_ascii_lowercase())?)
    }

    /// All registered services, whatever their status, by id; not the hub's own.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().take(self.services.len() - self.built_in)
    }

    /// A pattern of a member's mapping, compiled once in the life of this version.
    ///
    /// # Errors
    /// What is wrong with it, for people; `check` takes no such pattern.
    pub fn pattern(&self, text: &str) -> Result<Pattern, String> {
        self.patterns.of(text)
    }

    /// The service of that id, the hub's own included.
    pub fn service(&self, id: &ServiceId) -> Option<&Service> {
        let registered = self.services.get(..self.services.len() - self.built_in)?;
        match registered.binary_search_by(|s| s.id.cmp(id)) {
            Ok(place) => registered.get(place),
            Err(_) => self.services.iter().rev().take(self.built_in).find(|s| s.id == *id),
        }
    }

    /// The service that an OAuth client belongs to, letter for letter.
    pub fn service_by_client_id(&self, client_id: &str) -> Option<&Service> {
        self.services.get(*self.client_ids.get(client_id)?)
    }

    /// The service that a SAML entity belongs to, letter for letter, with its metadata.
    pub fn service_by_entity_id(&self, entity_id: &str) -> Option<(&Service, &SpMetadata)> {
        let service = self.services.get(*self.requesters.get(entity_id)?)?;
        Some((service, self.sp_metadata(&service.id)?))
    }

    /// The SAML metadata of a service. Whether they have expired, the caller looks.
    pub fn sp_metadata(&self, service: &ServiceId) -> Option<&SpMetadata> {
        self.relying.get(&Owner::service(service))?.read()
    }

    /// The SAML metadata of a member's connector. Whether they have expired, the caller looks.
    pub fn idp_metadata(&self, member: &MemberId, connector: &ConnectorId) -> Option<&IdpMetadata> {
        self.providers.get(&Owner::connector(member, connector))?.read()
    }

    /// The one connector that may answer as `issuer`, letter for letter.
    pub fn connector_by_issuer(&self, issuer: &str) -> Option<(&Member, &ConnectorEntry)> {
        let (member, connector) = self.issuers.get(issuer)?;
        let member = self.members.get(*member)?;
        Some((member, member.connectors.get(*connector)?))
    }

    /// The text of the file that a setting of a connector names, e.g. `ca`.
    pub fn setting_file(
        &self,
        member: &MemberId,
        connector: &ConnectorId,
        key: &str,
    ) -> Option<&str> {
        self.files.get(&Owner::setting(member, connector, key)).map(|text| &**text)
    }

    /// The secret that a setting of a connector names, e.g. `password_file`. `None`: there is
    /// none, the registry was never applied, or these keys do not open it.
    pub fn setting_secret(
        &self,
        keys: &KeyRing,
        member: &MemberId,
        connector: &ConnectorId,
        key: &str,
    ) -> Option<Zeroizing<String>> {
        let owner = Owner::setting(member, connector, key);
        keys.open_secret(owner.as_str(), self.sealed.get(&owner)?)
    }

    /// What an OAuth client proves itself with; `None` for a public client.
    pub fn client_keys(&self, service: &ServiceId) -> Option<&ClientKeys> {
        self.client_keys.get(service)
    }

    /// The policies; open where there is no policy folder.
    pub fn policy(&self) -> &PolicySet {
        &self.policy
    }

    /// The name of a value at one service, where `attributes.toml` renames it.
    pub fn wire_name(&self, service: &ServiceId, value: ValueName) -> Option<&str> {
        self.renames.get(service)?.get(&value).map(String::as_str)
    }

    /// The libraries that a query finds, best first; those that only applied
    /// or have left are not found.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit<'_>> {
        self.search_from(query, limit, None)
    }

    /// The same for a reader at that address: of libraries that match alike, those whose
    /// networks lie around it come first, the narrowest network before the others.
    pub fn search_from(&self, query: &str, limit: usize, client: Option<IpAddr>) -> Vec<Hit<'_>> {
        self.index.search(&self.members, query, limit, client)
    }

    pub(crate) fn build(
        content: Content,
        version: u64,
        public_url: &PublicUrl,
    ) -> Result<Self, Vec<Fault>> {
        build::build(content, version, public_url)
    }
}
