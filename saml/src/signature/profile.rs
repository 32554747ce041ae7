//! The strict profile: the one shape of signature that is looked at.
//!
//! XML Signature is a language; SAML needs one sentence of it (SAML Core
//! section 5.4). Everything else is refused before any cryptography:
//! - exactly one Signature in the signed element, as its direct child, so its
//!   scope is known from the Reference, not from a position (CVE-2024-8698);
//! - exactly one SignedInfo, one Reference, to that element's own ID, so
//!   nothing else can be what was signed (signature wrapping, CVE-2025-29774);
//! - only the two transforms of SAML, so nothing is cut out (XPath, XSLT) and
//!   no other document or file is ever fetched;
//! - DigestValue and SignatureValue are one run of characters each
//!   (comments inside: CVE-2025-29775);
//! - no Object, no parameters of algorithms.

use super::SignatureFault;
use super::algorithm::{ENVELOPED, EXCLUSIVE, digest_method, signature_method};
use crate::names::{DS, EC};
use crate::xml::Element;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// More prefixes than any product writes; each costs time at every element.
const MOST_PREFIXES: usize = 16;

/// A signature that has the right shape. Nothing is verified yet.
pub(super) struct Shape<'d> {
    pub(super) node: Element<'d>,
    pub(super) digest: &'static digest::Algorithm,
    pub(super) digest_value: Vec<u8>,
    pub(super) prefixes: Vec<String>,
}

/// Reads the signature of `signed`; `None` where it has none.
pub(super) fn read(signed: Element<'_>) -> Result<Option<Shape<'_>>, SignatureFault> {
    let mut found = signed.all(DS, "Signature");
    let Some(node) = found.next() else { return Ok(None) };
    if found.next().is_some() {
        return Err(SignatureFault::profile("more than one Signature in one element"));
    }
    let id = signed.attr("ID").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| SignatureFault::profile("the signed element has no ID"))?;

    let (info, value) = parts(node)?;
    require_base64(value)?;
    let [canonicalization, method, reference] =
        sequence(info, ["CanonicalizationMethod", "SignatureMethod", "Reference"])?;
    exclusive(canonicalization)?;
    signature_method(plain_algorithm(method)?)?;

    require_attrs(reference, &["URI"])?;
    if reference.attr("URI").and_then(|uri| uri.strip_prefix('#')) != Some(id) {
        return Err(SignatureFault::profile("the Reference is not to the signed element's own ID"));
    }
    let [transforms, digest, digest_value] =
        sequence(reference, ["Transforms", "DigestMethod", "DigestValue"])?;
    let digest = digest_method(plain_algorithm(digest)?)?;
    let digest_value = require_base64(digest_value)?;
    let [enveloped, canonical] = sequence(transforms, ["Transform", "Transform"])?;
    if plain_algorithm(enveloped)? != ENVELOPED {
        return Err(SignatureFault::profile("the first transform is not enveloped-signature"));
    }
    let prefixes = exclusive(canonical)?;
    Ok(Some(Shape { node, digest, digest_value, prefixes }))
}

/// SignedInfo and SignatureValue; a KeyInfo may follow and is never read: keys come from metadata.
fn parts(signature: Element<'_>) -> Result<(Element<'_>, Element<'_>), SignatureFault> {
    require_attrs(signature, &["Id"])?;
    if signature.children().count() > 2 {
        let [info, value, _] = sequence(signature, ["SignedInfo", "SignatureValue", "KeyInfo"])?;
        return Ok((info, value));
    }
    let [info, value] = sequence(signature, ["SignedInfo", "SignatureValue"])?;
    Ok((info, value))
}

/// The children of `parent`, which must be exactly these.
fn sequence<'d, const N: usize>(
    parent: Element<'d>,
    names: [&str; N],
) -> Result<[Element<'d>; N], SignatureFault> {
    let children: Vec<_> = parent.children().collect();
    let fits = parent.holds_only_elements()
        && children.iter().zip(names).all(|(child, name)| child.is(DS, name));
    let wrong = || {
        SignatureFault::profile(format!("{} must hold exactly {}", parent.name(), names.join(", ")))
    };
    if fits { children.try_into().map_err(|_| wrong()) } else { Err(wrong()) }
}

fn require_attrs(element: Element<'_>, known: &[&str]) -> Result<(), SignatureFault> {
    match element.attrs().find(|(ns, name, _)| !ns.is_empty() || !known.contains(name)) {
        Some(_) => {
            Err(SignatureFault::profile(format!("an unknown attribute on {}", element.name())))
        }
        None => Ok(()),
    }
}

/// The algorithm of a method that takes no parameters (HMACOutputLength: CVE-2009-0217).
fn plain_algorithm(method: Element<'_>) -> Result<&str, SignatureFault> {
    require_attrs(method, &["Algorithm"])?;
    if method.children().next().is_some() || !method.holds_only_elements() {
        return Err(SignatureFault::profile(format!("{} with parameters", method.name())));
    }
    method
        .attr("Algorithm")
        .ok_or_else(|| SignatureFault::profile(format!("{} without Algorithm", method.name())))
}

/// Requires exclusive canonicalization without comments; gives its PrefixList.
fn exclusive(method: Element<'_>) -> Result<Vec<String>, SignatureFault> {
    require_attrs(method, &["Algorithm"])?;
    if method.attr("Algorithm") != Some(EXCLUSIVE) {
        return Err(SignatureFault::profile(format!(
            "{} is not exclusive canonicalization",
            method.name()
        )));
    }
    let mut children = method.children();
    let list = children.next();
    if children.next().is_some() || !method.holds_only_elements() {
        return Err(SignatureFault::profile(format!("{} with parameters", method.name())));
    }
    let Some(list) = list else { return Ok(Vec::new()) };
    require_attrs(list, &["PrefixList"])?;
    let prefixes: Vec<_> = list
        .attr("PrefixList")
        .unwrap_or_default()
        .split_ascii_whitespace()
        .map(str::to_owned)
        .collect();
    if !list.is(EC, "InclusiveNamespaces")
        || list.children().next().is_some()
        || prefixes.len() > MOST_PREFIXES
    {
        return Err(SignatureFault::profile("an unusable InclusiveNamespaces"));
    }
    Ok(prefixes)
}

fn require_base64(element: Element<'_>) -> Result<Vec<u8>, SignatureFault> {
    let wrong = || SignatureFault::profile(format!("{} is not plain base64", element.name()));
    require_attrs(element, &[])?;
    let text: String = element
        .plain_text()
        .ok_or_else(wrong)?
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .collect();
    STANDARD.decode(text).map_err(|_| wrong())
}
