//! Making a snapshot of a registry.

use super::document::{Document, Proof};
use super::{ClientKeys, Snapshot};
use crate::discovery::Index;
use crate::mapping::Patterns;
use crate::registry::{
    Content, Owner, Remote, beside, identity_provider, jwks, service_provider, setting_files,
};
use crate::{Fault, PublicUrl};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{
    Class, Contact, HUB_MEMBER, Member, MemberId, MemberStatus, MetadataRef, OidcClient, Service,
    ServiceId, ServiceStatus, Text, ValueName,
};
use policy::PolicySet;
use saml::{IdpMetadata, ParsedEntity, SpMetadata};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

type Pick<T> = fn(Vec<ParsedEntity>) -> Result<T, String>;

pub(super) fn build(
    mut content: Content,
    version: u64,
    public_url: &PublicUrl,
) -> Result<Snapshot, Vec<Fault>> {
    content.members.sort_by(|a, b| a.id.cmp(&b.id));
    content.services.sort_by(|a, b| a.id.cmp(&b.id));
    let sources = Sources::of(&mut content);
    let read = &content;
    // The policies take as long as all the rest, and either needs a processor alone.
    let (policy, tables) = std::thread::scope(|scope| {
        let policy = scope.spawn(|| policy(read));
        let tables = (Index::of(&read.members), Tables::of(read, &sources));
        (policy.join(), tables)
    });
    let policy = policy.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    let (index, tables) = (tables.0, tables.1?);
    let own = built_in(public_url);
    let built_in = own.len();
    content.services.extend(own);
    content.members.shrink_to_fit();
    Ok(Snapshot {
        version,
        consortium: content.consortium.unwrap_or_default(),
        index,
        members: content.members,
        hub: hub_member(),
        services: content.services,
        built_in,
        patterns: Patterns::default(),
        codes: tables.codes,
        client_ids: tables.client_ids,
        issuers: tables.issuers,
        requesters: tables.requesters,
        providers: tables.providers,
        relying: tables.relying,
        client_keys: tables.client_keys,
        files: tables.files,
        renames: content.renames,
        sealed: content.sealed,
        policy,
    })
}

/// Where each name of the registry leads.
#[derive(Default)]
struct Tables {
    codes: HashMap<String, usize>,
    client_ids: HashMap<String, usize>,
    issuers: HashMap<String, (usize, usize)>,
    requesters: HashMap<String, usize>,
    providers: HashMap<Owner, Document<IdpMetadata>>,
    relying: HashMap<Owner, Document<SpMetadata>>,
    client_keys: HashMap<ServiceId, ClientKeys>,
    /// Files that settings of connectors name.
    files: HashMap<Owner, Arc<str>>,
}

impl Tables {
    fn of(content: &Content, sources: &Sources) -> Result<Self, Vec<Fault>> {
        let mut tables = Self::default();
        for (place, member) in content.members.iter().enumerate() {
            tables.member(content, sources, place, member);
        }
        for (place, service) in content.services.iter().enumerate() {
            tables.service(content, sources, place, service)?;
        }
        Ok(tables)
    }

    fn member(&mut self, content: &Content, sources: &Sources, place: usize, member: &Member) {
        self.codes.insert(member.id.as_str().to_owned(), place);
        self.codes.extend(member.codes.iter().map(|code| (code.to_ascii_lowercase(), place)));
        let file = format!("members/{}.toml", member.id);
        for (which, entry) in member.connectors.iter().enumerate() {
            let Some(id) = entry.id() else { continue };
            for (key, name) in setting_files(entry) {
                let text = sources.file(&file, name);
                self.files.extend(text.map(|text| (Owner::setting(&member.id, &id, key), text)));
            }
            let Some(reference) = &entry.metadata else { continue };
            let owner = Owner::connector(&member.id, &id);
            let issuer = content.entities.get(&owner);
            self.issuers.extend(issuer.map(|e| (e.clone(), (place, which))));
            let document = sources.document(&owner, reference, &file, identity_provider as Pick<_>);
            self.providers.extend(document.map(|d| (owner, d)));
        }
    }

    fn service(
        &mut self,
        content: &Content,
        sources: &Sources,
        place: usize,
        service: &Service,
    ) -> Result<(), Vec<Fault>> {
        let file = format!("services/{}.toml", service.id);
        if let Some(client) = &service.oidc {
            self.client_ids.insert(client.client_id.clone(), place);
            let keys = sources.keys(content, &service.id, client, &file)?;
            self.client_keys.extend(keys.map(|k| (service.id.clone(), k)));
        }
        if let Some(saml) = &service.saml {
            let owner = Owner::service(&service.id);
            self.requesters.extend(content.entities.get(&owner).map(|e| (e.clone(), place)));
            let document =
                sources.document(&owner, &saml.metadata, &file, service_provider as Pick<_>);
            self.relying.extend(document.map(|d| (owner, d)));
        }
        Ok(())
    }
}

fn policy(content: &Content) -> Result<PolicySet, Vec<Fault>> {
    if content.policy.is_empty() {
        return Ok(PolicySet::open());
    }
    PolicySet::compile(&content.policy_source(), &content.services).map_err(|faults| {
        let of = |f: policy::PolicyFault| {
            let file = format!("policy/{}", f.file);
            Fault { file, key: f.key, what: f.what, remedy: f.remedy }
        };
        faults.into_iter().map(of).collect()
    })
}

/// Documents by where they are, each held once.
struct Sources {
    files: HashMap<String, Arc<str>>,
    remote: BTreeMap<Owner, Remote>,
}

impl Sources {
    fn of(content: &mut Content) -> Self {
        let files = std::mem::take(&mut content.files);
        let files = files.into_iter().map(|(path, text)| (path, text.into())).collect();
        Self { files, remote: std::mem::take(&mut content.remote) }
    }

    fn file(&self, from: &str, name: &str) -> Option<Arc<str>> {
        self.files.get(&beside(from, name)?).cloned()
    }

    /// The document that `owner` refers to, not parsed yet; `None` where it was never fetched.
    fn document<T>(
        &self,
        owner: &Owner,
        reference: &MetadataRef,
        file: &str,
        pick: Pick<T>,
    ) -> Option<Document<T>> {
        match reference {
            MetadataRef::File(name) => {
                Some(Document::new(self.file(file, name)?, Proof::File, pick))
            }
            MetadataRef::Url { signer, .. } => {
                let pem = self.file(file, signer.as_ref()?)?;
                let held = self.remote.get(owner)?;
                let proof = Proof::Signed(pem, held.fetched);
                Some(Document::new(held.text.as_str().into(), proof, pick))
            }
            MetadataRef::Mdq { .. } => None,
        }
    }

    fn keys(
        &self,
        content: &Content,
        service: &ServiceId,
        client: &OidcClient,
        file: &str,
    ) -> Result<Option<ClientKeys>, Vec<Fault>> {
        let remote = self.remote.get(&Owner::jwks(service)).map(|r| Arc::from(r.text.as_str()));
        let set = client.jwks.as_ref().and_then(|name| self.file(file, name)).or(remote);
        let broken =
            |key: &str, what: String| vec![Fault::key(file, key, what, "apply the registry again")];
        let jwks = set.map(|text| jwks(&text)).transpose().map_err(|e| broken("oidc.jwks", e))?;
        let mac = content.secrets.get(service).map(|text| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|b| b.try_into().ok());
            bytes.ok_or_else(|| broken("oidc.client_secret_file", "its MAC is broken".to_owned()))
        });
        let secret_mac = mac.transpose()?;
        let has_any = secret_mac.is_some() || jwks.is_some();
        Ok(has_any.then_some(ClientKeys { secret_mac, jwks }))
    }
}

/// The hub's own services: told everything, because nobody else sees it.
fn built_in(public_url: &PublicUrl) -> Vec<Service> {
    let own = |id: &str, name: Text, path: &str| {
        Some(Service {
            id: ServiceId::parse(id).ok()?,
            name,
            about: None,
            status: ServiceStatus::Live,
            launch_url: Some(public_url.join(path)),
            entitlements: Vec::new(),
            release: ValueName::ALL.to_vec(),
            oidc: None,
            saml: None,
            cas: None,
            forward_auth: None,
        })
    };
    [
        own("portal", Text::new("我的读者通", "My page"), "/"),
        own("desk", Text::new("馆员工作台", "Librarian's desk"), "/desk"),
        own("console", Text::new("运行控制台", "Operator's console"), "/admin"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The hub as a member: where operators and auditors log in, and nobody else. It is listed
/// nowhere, found by no code, and has no connector that a reader could be sent to.
fn hub_member() -> Option<Member> {
    Some(Member {
        id: MemberId::parse(HUB_MEMBER).ok()?,
        codes: Vec::new(),
        name: Text::new("本系统", "The hub itself"),
        aliases: Vec::new(),
        region: String::new(),
        class: Class::parse(HUB_MEMBER).ok()?,
        scopes: Vec::new(),
        status: MemberStatus::Live,
        contact: Contact::default(),
        links: BTreeMap::new(),
        ranges: Vec::new(),
        reading_rooms: Vec::new(),
        connectors: Vec::new(),
    })
}
