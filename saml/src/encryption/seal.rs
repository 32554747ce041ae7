//! Sealing an assertion for a service.

use super::Recipient;
use super::algorithm::Content;
use crate::SamlError;
use crate::names::{DS, SAML, XENC};
use crate::xml::Canonical;
use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Entropy;
use zeroize::Zeroizing;

/// An EncryptedAssertion, in canonical form, that only `to` can open: a fresh
/// key each time, under AES-GCM, so a nonce never meets a key twice.
pub(crate) fn seal(
    assertion: &str,
    to: &Recipient,
    entropy: &Entropy,
) -> Result<String, SamlError> {
    let session = Zeroizing::new(entropy.bytes::<32>());
    let session = session.get(..to.content().key_bytes()).unwrap_or_default();
    let wrapped = STANDARD.encode(to.wrap(session)?);
    let text = STANDARD.encode(encrypt(assertion, to.content(), session, entropy.bytes())?);
    let mut out = Canonical::with_capacity(text.len() + 4096);
    out.open("saml:EncryptedAssertion", &[("saml", SAML)], &[])
        .open(
            "xenc:EncryptedData",
            &[("xenc", XENC)],
            &[("Type", Some("http://www.w3.org/2001/04/xmlenc#Element"))],
        )
        .leaf("xenc:EncryptionMethod", &[("Algorithm", Some(to.content().uri()))], "")
        .open("ds:KeyInfo", &[("ds", DS)], &[])
        .open("xenc:EncryptedKey", &[], &[]);
    to.transport().write(&mut out, "xenc:EncryptionMethod", &[]);
    // Which of its keys, for a service that is rolling one over.
    out.open("ds:KeyInfo", &[], &[])
        .open("ds:X509Data", &[], &[])
        .leaf("ds:X509Certificate", &[], &STANDARD.encode(to.certificate()))
        .close("ds:X509Data")
        .close("ds:KeyInfo");
    write_cipher(&mut out, &wrapped);
    out.close("xenc:EncryptedKey").close("ds:KeyInfo");
    write_cipher(&mut out, &text);
    out.close("xenc:EncryptedData").close("saml:EncryptedAssertion");
    Ok(out.finish())
}

fn write_cipher(out: &mut Canonical, value: &str) {
    out.open("xenc:CipherData", &[], &[])
        .leaf("xenc:CipherValue", &[], value)
        .close("xenc:CipherData");
}

/// xmlenc-core section 5.2.4: nonce, text, tag.
fn encrypt(
    plain: &str,
    content: Content,
    key: &[u8],
    nonce: [u8; 12],
) -> Result<Vec<u8>, SamlError> {
    let failed = |_| SamlError::hub("encryption failed");
    let algorithm = if content == Content::Aes128Gcm { &AES_128_GCM } else { &AES_256_GCM };
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key).map_err(failed)?);
    let mut text = plain.as_bytes().to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
        .map_err(failed)?;
    Ok([&nonce[..], &text].concat())
}
