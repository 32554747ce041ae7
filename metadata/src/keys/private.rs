//! A private key, looked at before it is trusted with anything.

use super::{KeyError, KeyPurpose, OidcKey};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::error::KeyRejected;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, KeyPair as _,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use std::fmt;
use zeroize::{Zeroize as _, Zeroizing};

/// What sort of key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeySort {
    /// RSA of so many bits.
    Rsa(usize),
    /// On the curve P-256.
    P256,
    /// On the curve P-384.
    P384,
}

impl fmt::Display for KeySort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(bits) => write!(f, "rsa-{bits}"),
            Self::P256 => f.write_str("p-256"),
            Self::P384 => f.write_str("p-384"),
        }
    }
}

impl KeySort {
    /// Whether such a key can serve `purpose`; else what can.
    pub(super) fn fits(self, purpose: KeyPurpose) -> Result<(), &'static str> {
        match (purpose, self) {
            (KeyPurpose::Saml, _)
            | (KeyPurpose::SamlEncryption | KeyPurpose::OidcRs256, Self::Rsa(_))
            | (KeyPurpose::OidcEs256, Self::P256) => Ok(()),
            (KeyPurpose::SamlEncryption | KeyPurpose::OidcRs256, _) => Err("an RSA key"),
            (KeyPurpose::OidcEs256, _) => Err("a key on P-256"),
            (KeyPurpose::Root, _) => Err("no key from outside"),
        }
    }
}

/// A private key that is strong enough and whole: the library refuses one whose parts do
/// not belong together.
pub(super) struct PrivateKey {
    /// PKCS#8 version 1, as our own keys are kept.
    pub(super) pkcs8: Zeroizing<Vec<u8>>,
    /// RSAPublicKey (RFC 8017 A.1.1) or the point: as SubjectPublicKeyInfo holds it.
    pub(super) public: Vec<u8>,
    pub(super) sort: KeySort,
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, ***)", self.sort)
    }
}

impl PrivateKey {
    /// Reads the one key of a PEM file: PKCS#8, PKCS#1 or SEC1, not encrypted.
    pub(super) fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        if pem.windows(9).any(|part| part == b"ENCRYPTED") {
            return Err(KeyError::refused(
                "the key is locked with a passphrase",
                "unlock a copy: openssl pkey -in LOCKED -out PLAIN, and delete it afterwards",
            ));
        }
        let mut found = PrivateKeyDer::pem_slice_iter(pem);
        let mut first = match found.next() {
            Some(Ok(key)) => key,
            Some(Err(e)) => return Err(not_pem(&format!("is not PEM: {e}"))),
            None => return Err(not_pem("holds no private key")),
        };
        let read = Self::read(&first);
        first.zeroize();
        if let Some(Ok(mut other)) = found.next() {
            other.zeroize();
            return Err(not_pem("holds more than one private key"));
        }
        read
    }

    /// A key of ours, out of the store.
    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        Self::of_pkcs8(der)
    }

    /// The name under which a JWK set would publish it (RFC 7638).
    pub(super) fn thumbprint(&self) -> Option<String> {
        match self.sort {
            KeySort::Rsa(_) => OidcKey::rs256(&self.pkcs8).ok().map(|key| key.kid),
            KeySort::P256 => OidcKey::es256(&self.pkcs8).ok().map(|key| key.kid),
            KeySort::P384 => None,
        }
    }

    fn read(key: &PrivateKeyDer<'_>) -> Result<Self, KeyError> {
        match key {
            PrivateKeyDer::Pkcs1(key) => match RsaKeyPair::from_der(key.secret_pkcs1_der()) {
                Ok(pair) => Self::rsa(&pair),
                Err(cause) => Err(weak_rsa(&cause).unwrap_or_else(unknown_sort)),
            },
            PrivateKeyDer::Sec1(key) => Self::on_a_curve(key.secret_sec1_der()),
            PrivateKeyDer::Pkcs8(key) => Self::of_pkcs8(key.secret_pkcs8_der()),
            _ => Err(unknown_sort()),
        }
    }

    fn of_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        match RsaKeyPair::from_pkcs8(der) {
            Ok(pair) => Self::rsa(&pair),
            Err(cause) => weak_rsa(&cause).map_or_else(|| Self::on_a_curve(der), Err),
        }
    }

    fn rsa(pair: &RsaKeyPair) -> Result<Self, KeyError> {
        let public = pair.public_key();
        // A small exponent makes room for forged paddings at careless peers.
        if public.exponent().big_endian_without_leading_zero().len() < 3 {
            return Err(KeyError::refused(
                "the RSA key has a public exponent below 65537",
                "make a new key: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072",
            ));
        }
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| unknown_sort())?;
        Ok(Self {
            pkcs8: Zeroizing::new(der.as_ref().to_vec()),
            public: public.as_ref().to_vec(),
            sort: KeySort::Rsa(pair.public_modulus_len() * 8),
        })
    }

    fn on_a_curve(der: &[u8]) -> Result<Self, KeyError> {
        let read = |algorithm: &'static EcdsaSigningAlgorithm| {
            EcdsaKeyPair::from_private_key_der(algorithm, der).ok()
        };
        if let Some(pair) = read(&ECDSA_P256_SHA256_FIXED_SIGNING) {
            return Self::ec(&pair, KeySort::P256);
        }
        let pair = read(&ECDSA_P384_SHA384_FIXED_SIGNING).ok_or_else(unknown_sort)?;
        Self::ec(&pair, KeySort::P384)
    }

    fn ec(pair: &EcdsaKeyPair, sort: KeySort) -> Result<Self, KeyError> {
        let document = pair.to_pkcs8v1().map_err(|_| unknown_sort())?;
        let pkcs8 = Zeroizing::new(document.as_ref().to_vec());
        Ok(Self { pkcs8, public: pair.public_key().as_ref().to_vec(), sort })
    }
}

fn not_pem(what: &str) -> KeyError {
    KeyError::refused(
        format!("the file of the key {what}"),
        "name a file with one private key that begins with -----BEGIN PRIVATE KEY-----",
    )
}

fn weak_rsa(cause: &KeyRejected) -> Option<KeyError> {
    let what = match cause.description_() {
        "TooSmall" => "the RSA key has fewer than 2048 bits",
        "TooLarge" => "the RSA key has more than 8192 bits",
        _ => return None,
    };
    let remedy =
        "make a new key with `readerpass keys rotate`, and give its certificate to the peers";
    Some(KeyError::refused(what, remedy))
}

fn unknown_sort() -> KeyError {
    KeyError::refused(
        "the key is damaged, or neither RSA nor on P-256 or P-384",
        "bring it from its backup, or make a new one with `readerpass keys rotate`",
    )
}
