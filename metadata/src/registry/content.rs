//! The registry as one value: what the store keeps and a snapshot is made of.

use model::{
    ConnectorId, Contact, Member, MemberId, MetadataRef, Service, ServiceId, Text, Timestamp,
    ValueName,
};
use policy::PolicySource;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Counts up when the encoding changes in a way that an older program would misread.
const FORMAT: u32 = 1;

/// The consortium as readers see it: `consortium.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consortium {
    /// Its name.
    pub name: Text,
    /// Address of its logo, https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// Whom readers without a library ask.
    #[serde(default, alias = "contacts", skip_serializing_if = "is_empty")]
    pub contact: Contact,
}

fn is_empty(contact: &Contact) -> bool {
    *contact == Contact::default()
}

impl Default for Consortium {
    fn default() -> Self {
        Self { name: Text::new("读者通", "Readerpass"), logo: None, contact: Contact::default() }
    }
}

/// Wire names of values, by service: `attributes.toml`.
pub(crate) type Renames = BTreeMap<ServiceId, BTreeMap<ValueName, String>>;

/// A document fetched from elsewhere, as it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remote {
    pub(crate) url: String,
    pub(crate) text: String,
    /// When it was fetched and verified; every later reading verifies it again as of then.
    pub(crate) fetched: Timestamp,
}

/// Everything that `apply` puts into the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Content {
    format: u32,
    pub(crate) consortium: Option<Consortium>,
    pub(crate) members: Vec<Member>,
    pub(crate) services: Vec<Service>,
    /// Files of the policy folder by name, as written.
    pub(crate) policy: BTreeMap<String, String>,
    pub(crate) renames: Renames,
    /// Files that others refer to, by path in the folder, as written.
    pub(crate) files: BTreeMap<String, String>,
    /// What was fetched, by [`Owner`].
    pub(crate) remote: BTreeMap<Owner, Remote>,
    /// entityIDs, by [`Owner`], so that a snapshot need not parse all metadata to index them.
    pub(crate) entities: BTreeMap<Owner, String>,
    /// MACs of client secrets, base64url.
    pub(crate) secrets: BTreeMap<ServiceId, String>,
    /// Secrets of connectors that the hub must send, sealed, by [`Owner::setting`].
    #[serde(default)]
    pub(crate) sealed: BTreeMap<Owner, String>,
}

/// Who needs a document: `member/nju/campus`, `setting/nju/campus/ca`, `service/ill` or `jwks/ill`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Owner(String);

impl Owner {
    pub(crate) fn connector(member: &MemberId, connector: &ConnectorId) -> Self {
        Self(format!("member/{member}/{connector}"))
    }

    /// One setting of a connector that names a file.
    pub(crate) fn setting(member: &MemberId, connector: &ConnectorId, key: &str) -> Self {
        Self(format!("setting/{member}/{connector}/{key}"))
    }

    pub(crate) fn service(service: &ServiceId) -> Self {
        Self(format!("service/{service}"))
    }

    pub(crate) fn jwks(service: &ServiceId) -> Self {
        Self(format!("jwks/{service}"))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A document that must be fetched.
pub(crate) struct Needed {
    pub(crate) owner: Owner,
    pub(crate) url: String,
    /// Path of the signer's certificate; `None` for a JWK set, which https alone vouches for.
    pub(crate) signer: Option<String>,
    /// Where the reference stands.
    pub(crate) file: String,
    pub(crate) key: String,
}

impl Default for Content {
    fn default() -> Self {
        Self {
            format: FORMAT,
            consortium: None,
            members: Vec::new(),
            services: Vec::new(),
            policy: BTreeMap::new(),
            renames: Renames::new(),
            files: BTreeMap::new(),
            remote: BTreeMap::new(),
            entities: BTreeMap::new(),
            secrets: BTreeMap::new(),
            sealed: BTreeMap::new(),
        }
    }
}

impl Content {
    /// The bytes that the store keeps.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, String> {
        serde_json::to_vec(self).map_err(|e| e.to_string())
    }

    /// Reads what the store kept.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, String> {
        let content: Self = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
        if content.format != FORMAT {
            return Err(format!("registry format {}, this program reads {FORMAT}", content.format));
        }
        Ok(content)
    }

    /// The policy folder.
    pub(crate) fn policy_source(&self) -> PolicySource {
        let cedar = self.policy.iter().filter(|(name, _)| has_ending(name, "cedar"));
        PolicySource {
            cedar: cedar.map(|(name, text)| (name.clone(), text.clone())).collect(),
            matrix: self.policy.get("matrix.toml").cloned(),
            assertions: self.policy.get("assertions.toml").cloned(),
        }
    }

    /// Every document that lies elsewhere.
    pub(crate) fn needed(&self) -> Vec<Needed> {
        let mut needed = Vec::new();
        for member in &self.members {
            let file = format!("members/{}.toml", member.id);
            for (place, entry) in member.connectors.iter().enumerate() {
                let Some(connector) = entry.id() else { continue };
                let owner = Owner::connector(&member.id, &connector);
                let key = format!("connector[{place}].metadata");
                needed.extend(signed(entry.metadata.as_ref(), owner, &file, key));
            }
        }
        for service in &self.services {
            let file = format!("services/{}.toml", service.id);
            let reference = service.saml.as_ref().map(|s| &s.metadata);
            let key = "saml.metadata".to_owned();
            needed.extend(signed(reference, Owner::service(&service.id), &file, key));
            if let Some(url) = service.oidc.as_ref().and_then(|o| o.jwks_uri.clone()) {
                let (owner, key) = (Owner::jwks(&service.id), "oidc.jwks_uri".to_owned());
                needed.push(Needed { owner, url, signer: None, file, key });
            }
        }
        needed
    }
}

fn signed(
    reference: Option<&MetadataRef>,
    owner: Owner,
    file: &str,
    key: String,
) -> Option<Needed> {
    let Some(MetadataRef::Url { url, signer }) = reference else { return None };
    let signer = signer.as_ref().and_then(|s| beside(file, s));
    Some(Needed { owner, url: url.clone(), signer, file: file.to_owned(), key })
}

/// Whether a file name ends in `.ending`.
pub(crate) fn has_ending(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|e| e == ending)
}

/// The path in the folder of what `file` names relative to itself; `None`
/// where that is absolute or leads out of the folder.
pub(crate) fn beside(file: &str, name: &str) -> Option<String> {
    if name.is_empty() || name.starts_with(['/', '\\']) || name.contains(['\\', ':', '\0']) {
        return None;
    }
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_folder() {
        for (file, name, path) in [
            ("members/nju.toml", "nju.xml", Some("members/nju.xml")),
            ("members/nju.toml", "./x/nju.xml", Some("members/x/nju.xml")),
            ("members/nju.toml", "../metadata/nju.xml", Some("metadata/nju.xml")),
            ("members/nju.toml", "../../nju.xml", None),
            ("members/nju.toml", "/etc/passwd", None),
            ("members/nju.toml", "C:\\nju.xml", None),
            ("members/nju.toml", "", None),
        ] {
            assert_eq!(beside(file, name).as_deref(), path, "{name}");
        }
    }

    #[test]
    fn another_format_is_refused() {
        let mut content = Content { format: 2, ..Content::default() };
        assert!(Content::decode(&content.encode().expect("bytes")).is_err());
        content.format = FORMAT;
        assert_eq!(Content::decode(&content.encode().expect("bytes")), Ok(content));
    }
}
