//! The algorithms that are accepted. What is not listed does not exist here:
//! no SHA-1, no MD5, no HMAC (a public key must never pass for a secret), no DSA.

use super::SignatureFault;
use aws_lc_rs::digest;
use aws_lc_rs::signature::{self, VerificationAlgorithm};

pub(crate) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub(super) const RSA_SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384";
pub(super) const RSA_SHA512: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
pub(super) const ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
pub(super) const ECDSA_SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";

pub(super) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
pub(super) const SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#sha384";
pub(super) const SHA512: &str = "http://www.w3.org/2001/04/xmlenc#sha512";

pub(super) const EXCLUSIVE: &str = crate::names::EC;
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// An accepted signature algorithm. Each takes keys of its own sort only.
pub(super) fn signature_method(
    uri: &str,
) -> Result<&'static dyn VerificationAlgorithm, SignatureFault> {
    match uri {
        RSA_SHA256 => Ok(&signature::RSA_PKCS1_2048_8192_SHA256),
        RSA_SHA384 => Ok(&signature::RSA_PKCS1_2048_8192_SHA384),
        RSA_SHA512 => Ok(&signature::RSA_PKCS1_2048_8192_SHA512),
        ECDSA_SHA256 => Ok(&signature::ECDSA_P256_SHA256_FIXED),
        ECDSA_SHA384 => Ok(&signature::ECDSA_P384_SHA384_FIXED),
        other => Err(SignatureFault::Algorithm(other.into())),
    }
}

/// An accepted digest.
pub(super) fn digest_method(uri: &str) -> Result<&'static digest::Algorithm, SignatureFault> {
    match uri {
        SHA256 => Ok(&digest::SHA256),
        SHA384 => Ok(&digest::SHA384),
        SHA512 => Ok(&digest::SHA512),
        other => Err(SignatureFault::Algorithm(other.into())),
    }
}
