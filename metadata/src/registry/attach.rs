//! Files that the files of a registry refer to.

mod settings;

pub(crate) use settings::{files as setting_files, secrets as setting_secrets};

use super::content::{Owner, beside, has_ending};
use super::entity::{identity_provider, judge_idp, judge_sp, service_provider};
use super::read::{Reading, text};
use super::{Fault, secret};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{MetadataRef, OidcClient, ServiceId};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::server::ParsedCertificate;
use serde_json::Value;
use std::path::Path;
use zeroize::Zeroizing;

const METADATA_BYTES: u64 = 2 << 20;
const JWKS_BYTES: u64 = 64 << 10;
const PEM_BYTES: u64 = 64 << 10;
const SECRET_BYTES: u64 = 4 << 10;

/// Where a reference stands.
struct At<'a> {
    file: &'a str,
    key: &'a str,
}

/// Loads everything that is referred to.
pub(super) fn all(reading: &mut Reading) {
    for member in reading.content.members.clone() {
        let file = format!("members/{}.toml", member.id);
        for (place, entry) in member.connectors.iter().enumerate() {
            let Some(id) = entry.id() else { continue };
            reading.settings((&file, place), (&member.id, &id), entry);
            let Some(reference) = &entry.metadata else { continue };
            if entry.kind != "saml" {
                continue;
            }
            let key = format!("connector[{place}].metadata");
            let at = At { file: &file, key: &key };
            reading.metadata(
                &at,
                reference,
                &Owner::connector(&member.id, &id),
                |reading, text| {
                    let idp = saml::parse_metadata(text)
                        .map_err(|e| e.to_string())
                        .and_then(identity_provider)?;
                    judge_idp(&idp, reading.now)?;
                    Ok(idp.entity_id.as_str().to_owned())
                },
            );
        }
    }
    for service in reading.content.services.clone() {
        let file = format!("services/{}.toml", service.id);
        if let Some(saml) = &service.saml {
            let at = At { file: &file, key: "saml.metadata" };
            reading.metadata(&at, &saml.metadata, &Owner::service(&service.id), |reading, text| {
                let sp = saml::parse_metadata(text)
                    .map_err(|e| e.to_string())
                    .and_then(service_provider)?;
                judge_sp(&sp, saml.encrypt, reading.now)?;
                Ok(sp.entity_id.as_str().to_owned())
            });
        }
        if let Some(client) = &service.oidc {
            reading.client(&file, &service.id, client);
        }
    }
}

impl Reading {
    /// Loads metadata or its signer; `entity` reads a document and gives its entityID.
    fn metadata(
        &mut self,
        at: &At<'_>,
        reference: &MetadataRef,
        owner: &Owner,
        entity: impl Fn(&Self, &[u8]) -> Result<String, String>,
    ) {
        match reference {
            MetadataRef::File(name) => {
                let Some(text) = self.attach(at, name, METADATA_BYTES) else { return };
                match entity(self, text.as_bytes()) {
                    Ok(id) => drop(self.content.entities.insert(owner.clone(), id)),
                    Err(what) => self.say(
                        at,
                        format!("`{name}` {what}"),
                        "get the right metadata from their publisher",
                    ),
                }
            }
            MetadataRef::Url { signer: Some(signer), .. } => {
                let key = format!("{}.signer", at.key);
                let at = At { file: at.file, key: &key };
                let Some(pem) = self.attach(&at, signer, PEM_BYTES) else { return };
                if let Err(what) = certificate(&pem) {
                    self.say(
                        &at,
                        format!("`{signer}` {what}"),
                        "name the PEM certificate that signs the document",
                    );
                }
            }
            MetadataRef::Url { .. } | MetadataRef::Mdq { .. } => {}
        }
    }

    fn client(&mut self, file: &str, service: &ServiceId, client: &OidcClient) {
        if let Some(name) = &client.jwks {
            let at = At { file, key: "oidc.jwks" };
            let found = self.attach(&at, name, JWKS_BYTES).map(|text| jwks(&text));
            if let Some(Err(what)) = found {
                self.say(
                    &at,
                    format!("`{name}` {what}"),
                    "write the client's public keys as a JWK set (RFC 7517)",
                );
            }
        }
        if let Some(name) = &client.client_secret_file {
            let at = At { file, key: "oidc.client_secret_file" };
            match self.secret(name) {
                Ok(found) => {
                    self.secrets.insert(service.clone(), found);
                    self.judge_mode(&at, ("services", name));
                }
                Err(what) => {
                    let remedy = "make one with 32 random bytes, e.g. by `openssl rand -hex 32`";
                    self.say(&at, format!("`{name}`: {what}"), remedy);
                }
            }
        }
    }

    /// A secret may lie anywhere on this machine: it is never exported.
    fn secret(&self, name: &str) -> Result<Zeroizing<String>, String> {
        let path = self.dir.join("services").join(Path::new(name));
        secret::secret(&Zeroizing::new(text(&path, SECRET_BYTES)?))
    }

    /// Warns of a secret that others on this machine may read: it stays so until somebody looks.
    #[cfg(unix)]
    fn judge_mode(&mut self, at: &At<'_>, (folder, name): (&str, &str)) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.dir.join(folder).join(name);
        let Ok(about) = std::fs::metadata(&path) else { return };
        let mode = about.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            let what = format!("`{name}`: others may read or change this secret (mode {mode:04o})");
            let remedy = format!("chmod 600 {}", path.display());
            self.warnings.push(Fault::key(at.file, at.key, what, remedy));
        }
    }

    #[cfg(not(unix))]
    fn judge_mode(&mut self, _: &At<'_>, _: (&str, &str)) {}

    /// The text of a file of the folder, kept with the registry.
    fn attach(&mut self, at: &At<'_>, name: &str, cap: u64) -> Option<String> {
        let Some(path) = beside(at.file, name) else {
            let remedy = "name a file in the registry folder, relative to this one";
            self.say(at, format!("`{name}` leads out of the registry folder"), remedy);
            return None;
        };
        if let Some(text) = self.content.files.get(&path) {
            return Some(text.clone());
        }
        if is_ours(&path) {
            self.say(
                at,
                format!("`{name}` is a registry file itself"),
                "name the file that is meant",
            );
            return None;
        }
        match text(&self.dir.join(&path), cap) {
            Ok(text) => {
                self.content.files.insert(path, text.clone());
                Some(text)
            }
            Err(what) => {
                self.say(
                    at,
                    format!("`{name}`: {what}"),
                    "put the file there, or correct the name",
                );
                None
            }
        }
    }

    fn say(&mut self, at: &At<'_>, what: String, remedy: &str) {
        self.faults.push(Fault::key(at.file, at.key, what, remedy));
    }
}

/// Whether an export would write a document of its own there.
fn is_ours(path: &str) -> bool {
    path.starts_with("policy/") || has_ending(path, "toml")
}

/// The certificate of a signer, DER.
pub(crate) fn certificate(pem: &str) -> Result<Vec<u8>, String> {
    let mut found = CertificateDer::pem_slice_iter(pem.as_bytes());
    let first = match found.next() {
        Some(Ok(certificate)) => certificate,
        Some(Err(e)) => return Err(format!("is not PEM: {e}")),
        None => return Err("holds no certificate".to_owned()),
    };
    if found.next().is_some() {
        return Err("holds more than one certificate".to_owned());
    }
    ParsedCertificate::try_from(&first).map_err(|e| format!("holds no X.509 certificate: {e}"))?;
    Ok(first.to_vec())
}

/// The public keys of a client (RFC 7517); private or weak ones are refused.
pub(crate) fn jwks(text: &str) -> Result<Value, String> {
    let set: Value = serde_json::from_str(text).map_err(|e| format!("is not JSON: {e}"))?;
    let keys =
        set.get("keys").and_then(Value::as_array).ok_or("is not a JWK set: it has no `keys`")?;
    if keys.is_empty() {
        return Err("holds no key".to_owned());
    }
    for (place, key) in keys.iter().enumerate() {
        jwk(key).map_err(|what| format!("keys[{place}] {what}"))?;
    }
    let kids: Vec<Option<&str>> =
        keys.iter().map(|k| k.get("kid").and_then(Value::as_str)).collect();
    let is_ambiguous = kids.iter().enumerate().any(|(place, kid)| {
        kids.len() > 1 && (kid.is_none() || kids.iter().take(place).any(|other| other == kid))
    });
    if is_ambiguous {
        return Err("has several keys: each needs a `kid` of its own".to_owned());
    }
    Ok(set)
}

fn jwk(key: &Value) -> Result<(), String> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let bytes = |name: &str| {
        let decoded = text(name).and_then(|t| URL_SAFE_NO_PAD.decode(t).ok());
        decoded.ok_or_else(|| format!("has no base64url `{name}`"))
    };
    // RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1.
    if let Some(private) =
        ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().find(|n| key.get(**n).is_some())
    {
        return Err(format!(
            "holds the private member `{private}`: it must never leave the client; make a new key"
        ));
    }
    if text("use").is_some_and(|u| u != "sig") {
        return Err("is not for signatures (`use`)".to_owned());
    }
    match (text("kty"), text("crv")) {
        (Some("RSA"), _) => {
            let modulus = bytes("n")?;
            let bits = modulus.iter().skip_while(|b| **b == 0).count() * 8;
            bytes("e")?;
            if bits < 2048 {
                Err(format!("is RSA of {bits} bits; 2048 are needed"))
            } else {
                Ok(())
            }
        }
        (Some("EC"), Some("P-256")) => {
            let is_point = bytes("x")?.len() == 32 && bytes("y")?.len() == 32;
            if is_point { Ok(()) } else { Err("has a point of the wrong length".to_owned()) }
        }
        (Some("OKP"), Some("Ed25519")) => {
            if bytes("x")?.len() == 32 {
                Ok(())
            } else {
                Err("has a point of the wrong length".to_owned())
            }
        }
        _ => Err("is neither RSA, EC P-256 nor Ed25519".to_owned()),
    }
}
