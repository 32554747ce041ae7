//! What the metadata of a service say of encryption.

use super::algorithm::{Content, OAEP, OAEP_MGF1P, Transport};
use crate::signature::TrustedKey;
use crate::{RequestFault, SamlError};
use aws_lc_rs::rsa::{OaepPublicEncryptingKey, PublicEncryptingKey};
use std::fmt;
use std::sync::Arc;

/// For whom something is encrypted, and how: its key is RSA of 2048 to 8192 bits, the way is safe.
#[derive(Clone)]
pub struct Recipient {
    key: Arc<OaepPublicEncryptingKey>,
    certificate: Vec<u8>,
    content: Content,
    transport: Transport,
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient")
            .field("content", &self.content)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

impl Recipient {
    /// The certificate of its key, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    pub(super) const fn content(&self) -> Content {
        self.content
    }

    pub(super) const fn transport(&self) -> Transport {
        self.transport
    }

    pub(super) fn wrap(&self, session_key: &[u8]) -> Result<Vec<u8>, SamlError> {
        let mut room = vec![0; self.key.ciphertext_size()];
        // The library draws the seed of OAEP from its own generator: it takes no other.
        let wrapped = self.key.encrypt(self.transport.oaep(), session_key, &mut room, None);
        let bytes = wrapped.map_err(|_| SamlError::hub("encryption of a key failed"))?.len();
        room.truncate(bytes);
        Ok(room)
    }
}

/// Whether a service can be answered encrypted, and whether it asks to be.
#[derive(Debug, Clone, Default)]
pub enum EncryptionOffer {
    /// Its metadata name no key for encryption.
    #[default]
    Absent,
    /// They name a key without saying what for: it may serve, and nobody asked.
    Possible(Recipient),
    /// They ask: by a key that is said to be for encryption, or by a list of methods.
    Asked(Recipient),
    /// They ask for what is not safe, or name no key that can be used; the reason.
    Unusable(String),
}

impl EncryptionOffer {
    /// For whom to encrypt. `wanted` is the registry's word: yes, never, or as the metadata ask.
    ///
    /// Never less than what was asked for: where it cannot be given safely, it
    /// is an error, not an answer in the clear.
    pub fn recipient(&self, wanted: Option<bool>) -> Result<Option<&Recipient>, SamlError> {
        let refused = |what: &str| Err(SamlError::request(RequestFault::Encryption, what));
        match (self, wanted) {
            (_, Some(false)) | (Self::Absent | Self::Possible(_), None) => Ok(None),
            (Self::Asked(to), _) | (Self::Possible(to), Some(true)) => Ok(Some(to)),
            (Self::Absent, Some(true)) => {
                refused("`encrypt = true`, and the metadata name no key for encryption")
            }
            (Self::Unusable(why), _) => refused(&format!(
                "{why}: have the service offer AES-GCM with RSA-OAEP, or write `encrypt = false`"
            )),
        }
    }
}

/// A KeyDescriptor that may serve for encryption.
pub(crate) struct Listed<'a> {
    /// Whether it is said to be for encryption.
    pub(crate) is_explicit: bool,
    /// Its certificates, DER, with their keys.
    pub(crate) certificates: Vec<(Vec<u8>, TrustedKey)>,
    /// Its EncryptionMethods: Algorithm, DigestMethod, MGF.
    pub(crate) methods: Vec<(&'a str, Option<&'a str>, Option<&'a str>)>,
}

/// What the descriptors of a role come to: the first that asks and can be met; else the reason why none can.
pub(crate) fn offer(descriptors: &[Listed<'_>]) -> EncryptionOffer {
    let mut best = EncryptionOffer::Absent;
    for listed in descriptors {
        let asks = listed.is_explicit || !listed.methods.is_empty();
        match (listed.recipient(), asks) {
            (Ok(to), true) => return EncryptionOffer::Asked(to),
            (Err(why), true) => best = EncryptionOffer::Unusable(why),
            (Ok(to), false) if matches!(best, EncryptionOffer::Absent) => {
                best = EncryptionOffer::Possible(to);
            }
            _ => {}
        }
    }
    best
}

impl Listed<'_> {
    fn recipient(&self) -> Result<Recipient, String> {
        let (content, transport) = (self.content()?, self.transport()?);
        let usable = self.certificates.iter().find_map(|(certificate, key)| {
            let key = PublicEncryptingKey::from_der(key.spki()).ok()?;
            Some((certificate, OaepPublicEncryptingKey::new(key).ok()?))
        });
        let (certificate, key) = usable.ok_or("the metadata name no RSA key for encryption")?;
        Ok(Recipient { key: Arc::new(key), certificate: certificate.clone(), content, transport })
    }

    /// Where nothing is listed, the sender chooses (SAML Metadata section 2.4.1.1).
    fn content(&self) -> Result<Content, String> {
        let has = |wanted: Content| self.methods.iter().any(|m| m.0 == wanted.uri());
        let ciphers =
            || self.methods.iter().filter(|m| m.0.contains("-gcm") || m.0.contains("-cbc"));
        if has(Content::Aes256Gcm) || ciphers().next().is_none() {
            Ok(Content::Aes256Gcm)
        } else if has(Content::Aes128Gcm) {
            Ok(Content::Aes128Gcm)
        } else {
            let named: Vec<_> = ciphers().map(|m| m.0).take(4).collect();
            Err(format!("the metadata list only {} for encryption", named.join(", ")))
        }
    }

    fn transport(&self) -> Result<Transport, String> {
        let of_rsa: Vec<_> = self.methods.iter().filter(|m| m.0.contains("rsa-")).collect();
        if of_rsa.is_empty() {
            return Ok(Transport::Sha1);
        }
        let fits = |(uri, digest, mask): &(&str, Option<&str>, Option<&str>)| match *uri {
            // Named without parameters, the method takes them all: the message says which.
            OAEP if digest.is_none() && mask.is_none() => Some(Transport::Sha256),
            OAEP | OAEP_MGF1P => Transport::from_uris(uri, *digest, *mask),
            _ => None,
        };
        of_rsa.into_iter().find_map(fits).ok_or_else(|| {
            "the metadata list no RSA-OAEP with SHA-1 or SHA-256 for the key".to_owned()
        })
    }
}
