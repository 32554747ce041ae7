//! Making a snapshot of a registry.

use super::document::{Document, Proof};
use super::{ClientKeys, Snapshot};
use crate::discovery::Index;
use crate::registry::{Content, Owner, Remote, beside, identity_provider, jwks, service_provider};
use crate::{Fault, PublicUrl};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{
    Class, Contact, HUB_MEMBER, Member, MemberId, MemberStatus, MetadataRef, OidcClient, Service,
    ServiceId, ServiceStatus, Text, ValueName,
};
use policy::PolicySet;
use saml::ParsedEntity;
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
    let policy = policy(&content)?;
    let sources = Sources::of(&mut content);
    let mut providers = HashMap::new();
    let mut issuers = HashMap::new();
    let mut codes = HashMap::new();
    for (place, member) in content.members.iter().enumerate() {
        codes.insert(member.id.as_str().to_owned(), place);
        codes.extend(member.codes.iter().map(|code| (code.to_ascii_lowercase(), place)));
        let file = format!("members/{}.toml", member.id);
        for (which, entry) in member.connectors.iter().enumerate() {
            let (Some(id), Some(reference)) = (entry.id(), &entry.metadata) else { continue };
            let owner = Owner::connector(&member.id, &id);
            issuers.extend(content.entities.get(&owner).map(|e| (e.clone(), (place, which))));
            let document = sources.document(&owner, reference, &file, identity_provider as Pick<_>);
            providers.extend(document.map(|d| (owner, d)));
        }
    }
    let (mut client_ids, mut requesters) = (HashMap::new(), HashMap::new());
    let (mut relying, mut client_keys) = (HashMap::new(), HashMap::new());
    for (place, service) in content.services.iter().enumerate() {
        let file = format!("services/{}.toml", service.id);
        if let Some(client) = &service.oidc {
            client_ids.insert(client.client_id.clone(), place);
            let keys = sources.keys(&content, &service.id, client, &file)?;
            client_keys.extend(keys.map(|k| (service.id.clone(), k)));
        }
        if let Some(saml) = &service.saml {
            let owner = Owner::service(&service.id);
            requesters.extend(content.entities.get(&owner).map(|e| (e.clone(), place)));
            let document =
                sources.document(&owner, &saml.metadata, &file, service_provider as Pick<_>);
            relying.extend(document.map(|d| (owner, d)));
        }
    }
    let own = built_in(public_url);
    let built_in = own.len();
    content.services.extend(own);
    content.members.shrink_to_fit();
    Ok(Snapshot {
        version,
        consortium: content.consortium.unwrap_or_default(),
        index: Index::of(&content.members),
        members: content.members,
        hub: hub_member(),
        services: content.services,
        built_in,
        codes,
        client_ids,
        issuers,
        requesters,
        providers,
        relying,
        client_keys,
        renames: content.renames,
        policy,
    })
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
