//! Files that the settings of a connector name.

use super::{At, PEM_BYTES, SECRET_BYTES};
use crate::TcpTrust;
use crate::registry::content::Owner;
use crate::registry::read::{Reading, text};
use model::{ConnectorEntry, ConnectorId, MemberId};
use std::path::Path;
use zeroize::Zeroizing;

/// Settings that name a file of the folder: kind and key.
const FILES: [(&str, &str); 4] = [
    ("sip2", "ca"),
    ("ldap", "ca"),
    ("signed_link", "public_key"),
    ("signed_link", "next_public_key"),
];
/// Settings that name a file with a secret that the hub must send, and never exports.
const SECRETS: [(&str, &str); 5] = [
    ("sip2", "password_file"),
    ("sip2", "terminal_password_file"),
    ("ldap", "bind_password_file"),
    ("signed_link", "secret_file"),
    ("signed_link", "next_secret_file"),
];
/// Longest secret in bytes: a field of SIP2 has no more.
const LONGEST: usize = 255;

/// The settings of `entry` that are among `of`, with the name that each holds.
fn named<'e>(
    entry: &'e ConnectorEntry,
    of: &'static [(&str, &str)],
) -> impl Iterator<Item = (&'static str, &'e str)> {
    let known = of.iter().filter(|(kind, _)| *kind == entry.kind);
    known.filter_map(|(_, key)| Some((*key, entry.settings.get(*key)?.as_str()?)))
}

/// Every setting that names a secret, with the name of its file.
pub(crate) fn secrets(entry: &ConnectorEntry) -> impl Iterator<Item = (&'static str, &str)> {
    named(entry, &SECRETS)
}

/// Every setting that names a file which is kept with the registry.
pub(crate) fn files(entry: &ConnectorEntry) -> impl Iterator<Item = (&'static str, &str)> {
    named(entry, &FILES)
}

impl Reading {
    pub(super) fn settings(
        &mut self,
        (file, place): (&str, usize),
        (member, id): (&MemberId, &ConnectorId),
        entry: &ConnectorEntry,
    ) {
        for (key, name) in files(entry) {
            let key = format!("connector[{place}].{key}");
            let at = At { file, key: &key };
            let Some(pem) = self.attach(&at, name, PEM_BYTES) else { continue };
            let (judged, remedy) = match entry.kind.as_str() {
                "signed_link" => (public_key(&pem), "put the Ed25519 public key there, in PEM"),
                _ => (
                    TcpTrust::pinned(&pem).map(drop),
                    "name the PEM certificate of the authority that the system's own is signed by",
                ),
            };
            if let Err(what) = judged {
                self.say(&at, format!("`{name}` {what}"), remedy);
            }
        }
        for (key, name) in secrets(entry) {
            let owner = Owner::setting(member, id, key);
            let key = format!("connector[{place}].{key}");
            match self.setting_secret(name) {
                Ok(secret) => {
                    self.connector_secrets.insert(owner, secret);
                    self.judge_mode(&At { file, key: &key }, ("members", name));
                }
                Err(what) => {
                    let remedy = "write what the library gave you for the hub, on one line";
                    self.say(&At { file, key: &key }, format!("`{name}`: {what}"), remedy);
                }
            }
        }
    }

    fn setting_secret(&self, name: &str) -> Result<Zeroizing<String>, String> {
        let path = self.dir.join("members").join(Path::new(name));
        let whole = Zeroizing::new(text(&path, SECRET_BYTES)?);
        let secret = whole.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err("the file is empty".to_owned());
        }
        if secret.len() > LONGEST || secret.chars().any(char::is_control) {
            return Err(format!("not one line of at most {LONGEST} bytes"));
        }
        Ok(Zeroizing::new(secret.to_owned()))
    }
}

/// Whether a text is an Ed25519 public key in PEM (RFC 8410 section 4). A private one does not
/// belong here.
fn public_key(pem: &str) -> Result<(), String> {
    if pem.contains("PRIVATE KEY") {
        return Err("is a private key, which stays at the library".to_owned());
    }
    jsonwebtoken::DecodingKey::from_ed_pem(pem.as_bytes())
        .map(drop)
        .map_err(|_| "is no Ed25519 public key in PEM".to_owned())
}
