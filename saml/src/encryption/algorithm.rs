//! The algorithms that are accepted. What is not listed does not exist here:
//! no 3DES, no RSA with PKCS#1 v1.5 (Bleichenbacher 1998), no key wrap.

use crate::names::{DS, XENC11};
use crate::xml::Canonical;
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm};

pub(super) const OAEP_MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
pub(super) const OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const MGF1_SHA1: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha1";
const MGF1_SHA256: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha256";

/// How an assertion is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Aes128Gcm,
    Aes256Gcm,
    Aes128Cbc,
    Aes256Cbc,
}

impl Content {
    pub(super) fn from_uri(uri: &str) -> Option<Self> {
        [Self::Aes128Gcm, Self::Aes256Gcm, Self::Aes128Cbc, Self::Aes256Cbc]
            .into_iter()
            .find(|known| known.uri() == uri)
    }

    pub(super) const fn uri(self) -> &'static str {
        match self {
            Self::Aes128Gcm => "http://www.w3.org/2009/xmlenc11#aes128-gcm",
            Self::Aes256Gcm => "http://www.w3.org/2009/xmlenc11#aes256-gcm",
            Self::Aes128Cbc => "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
            Self::Aes256Cbc => "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
        }
    }

    pub(super) const fn key_bytes(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes128Cbc => 16,
            Self::Aes256Gcm | Self::Aes256Cbc => 32,
        }
    }

    /// Whether a changed ciphertext fails by itself.
    pub(super) const fn is_authenticated(self) -> bool {
        matches!(self, Self::Aes128Gcm | Self::Aes256Gcm)
    }
}

/// How its key is encrypted: RSA-OAEP with one hash, since AWS-LC has no mixture of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    /// SHA-1 in both places, where nothing hangs on its collisions (RFC 8017 appendix B.1).
    Sha1,
    Sha256,
}

impl Transport {
    /// By method, digest and mask; `None` where another is asked for.
    ///
    /// rsa-oaep-mgf1p has MGF1 with SHA-1 whatever the digest is (xmlenc-core
    /// section 5.5.2); both digest and mask of rsa-oaep are SHA-1 where not named.
    pub(super) fn from_uris(
        method: &str,
        digest: Option<&str>,
        mask: Option<&str>,
    ) -> Option<Self> {
        match (method, digest.unwrap_or(SHA1), mask.unwrap_or(MGF1_SHA1)) {
            (OAEP_MGF1P | OAEP, SHA1, MGF1_SHA1) => Some(Self::Sha1),
            (OAEP, SHA256, MGF1_SHA256) => Some(Self::Sha256),
            _ => None,
        }
    }

    pub(super) const fn oaep(self) -> &'static OaepAlgorithm {
        match self {
            Self::Sha1 => &OAEP_SHA1_MGF1SHA1,
            Self::Sha256 => &OAEP_SHA256_MGF1SHA256,
        }
    }

    /// Writes the element `name` that says so; `ds` declares that prefix where no element around does.
    pub(super) fn write(self, out: &mut Canonical, name: &str, ds: &[(&str, &str)]) {
        let (method, digest) = match self {
            Self::Sha1 => (OAEP_MGF1P, SHA1),
            Self::Sha256 => (OAEP, SHA256),
        };
        out.open(name, &[], &[("Algorithm", Some(method))])
            .open("ds:DigestMethod", ds, &[("Algorithm", Some(digest))])
            .close("ds:DigestMethod");
        if self == Self::Sha256 {
            let mask = [("Algorithm", Some(MGF1_SHA256))];
            out.open("xenc11:MGF", &[("xenc11", XENC11)], &mask).close("xenc11:MGF");
        }
        out.close(name);
    }
}

/// Writes what is accepted without condition, the best first, as md:EncryptionMethod
/// (SAML Metadata section 2.4.1.1). CBC is not offered: only some may send it.
pub(crate) fn write_accepted(out: &mut Canonical) {
    for content in [Content::Aes256Gcm, Content::Aes128Gcm] {
        out.leaf("md:EncryptionMethod", &[("Algorithm", Some(content.uri()))], "");
    }
    for transport in [Transport::Sha1, Transport::Sha256] {
        transport.write(out, "md:EncryptionMethod", &[("ds", DS)]);
    }
}
