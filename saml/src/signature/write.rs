//! Signing what we write.

use super::Signer;
use super::algorithm::{ENVELOPED, EXCLUSIVE};
use crate::SamlError;
use crate::names::DS;
use crate::xml::Canonical;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Signs the element `head` + `tail`, which is in canonical form and has the
/// ID `id`, and gives it with the Signature between the two.
pub(crate) fn enveloped(
    id: &str,
    head: &str,
    tail: &str,
    signer: Signer<'_>,
) -> Result<String, SamlError> {
    let mut context = digest::Context::new(signer.digest().1);
    context.update(head.as_bytes());
    context.update(tail.as_bytes());
    let digest = STANDARD.encode(context.finish());

    // SignedInfo as its own canonicalization sees it: it is the first to use the prefix.
    let info = signed_info(id, &digest, signer);
    let value = STANDARD.encode(signer.sign(info.as_bytes())?);

    let mut out = Canonical::with_capacity(head.len() + tail.len() + 4096);
    out.raw(head)
        .open("ds:Signature", &[("ds", DS)], &[])
        .raw(&embedded(&info))
        .leaf("ds:SignatureValue", &[], &value)
        .open("ds:KeyInfo", &[], &[])
        .open("ds:X509Data", &[], &[])
        .leaf("ds:X509Certificate", &[], signer.certificate_base64())
        .close("ds:X509Data")
        .close("ds:KeyInfo")
        .close("ds:Signature")
        .raw(tail);
    Ok(out.finish())
}

/// SignedInfo as it stands inside the Signature, which has declared the prefix already:
/// so the whole stays canonical, should another sign around it.
pub(super) fn embedded(info: &str) -> String {
    info.replacen(&format!(" xmlns:ds=\"{DS}\""), "", 1)
}

pub(super) fn signed_info(id: &str, digest: &str, signer: Signer<'_>) -> String {
    let mut out = Canonical::with_capacity(1024);
    let algorithm = |uri| [("Algorithm", Some(uri))];
    out.open("ds:SignedInfo", &[("ds", DS)], &[])
        .leaf("ds:CanonicalizationMethod", &algorithm(EXCLUSIVE), "")
        .leaf("ds:SignatureMethod", &algorithm(signer.method()), "")
        .open("ds:Reference", &[], &[("URI", Some(&format!("#{id}")))])
        .open("ds:Transforms", &[], &[])
        .leaf("ds:Transform", &algorithm(ENVELOPED), "")
        .leaf("ds:Transform", &algorithm(EXCLUSIVE), "")
        .close("ds:Transforms")
        .leaf("ds:DigestMethod", &algorithm(signer.digest().0), "")
        .leaf("ds:DigestValue", &[], digest)
        .close("ds:Reference")
        .close("ds:SignedInfo");
    out.finish()
}
