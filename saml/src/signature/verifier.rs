//! From a document to the bytes that were signed.

use super::profile::{self, Shape};
use super::{SignatureFault, VerifyingKeys};
use crate::names::DS;
use crate::xml::{Document, Element};
use aws_lc_rs::digest;
use bergshamra::VerifyResult;
use bergshamra::c14n::{C14nMode, canonicalize_doc};
use bergshamra::dsig::verify::verify_all_document_with_source;
use bergshamra::xml::NodeSet;
use bergshamra::xml::uppsala;
use std::collections::HashSet;

/// What was signed: the exact bytes that were digested, without the signature itself.
pub(crate) struct Signed {
    /// Which of the candidates.
    pub(crate) index: usize,
    /// Its canonical form. Only this may be read from here on.
    pub(crate) bytes: Vec<u8>,
}

/// Verifies every signature of the document, each of which must sit in one of
/// the `candidates`, and gives the bytes of the first candidate that is signed.
///
/// All must verify: one good signature does not excuse a bad one beside it.
pub(crate) fn verify(
    document: &Document<'_>,
    candidates: &[Element<'_>],
    keys: &VerifyingKeys,
) -> Result<Signed, SignatureFault> {
    require_unique_ids(document)?;
    let mut shapes = Vec::new();
    for (index, candidate) in candidates.iter().enumerate() {
        if let Some(shape) = profile::read(*candidate)? {
            shapes.push((index, *candidate, shape));
        }
    }
    let everywhere = document.elements().filter(|e| e.is(DS, "Signature")).count();
    if everywhere != shapes.len() {
        return Err(SignatureFault::profile("a Signature where none belongs"));
    }
    let (index, element, shape) = shapes.first().ok_or(SignatureFault::Missing)?;
    require_valid(document, &shapes, keys)?;
    let bytes = canonical_bytes(document, *element, shape)?;
    // Digested once more by other code: what is read below is what was signed, whatever the
    // verifier above did on the way.
    if digest::digest(shape.digest, &bytes).as_ref() != shape.digest_value {
        return Err(SignatureFault::invalid("the digest of the canonical bytes differs"));
    }
    Ok(Signed { index: *index, bytes })
}

/// Two elements with one ID: which one a Reference means would be the attacker's choice.
fn require_unique_ids(document: &Document<'_>) -> Result<(), SignatureFault> {
    let mut seen = HashSet::new();
    for element in document.elements() {
        for (_, name, value) in element.attrs() {
            let is_id = name.eq_ignore_ascii_case("id") || name == "AssertionID";
            if is_id && !seen.insert(value) {
                return Err(SignatureFault::profile("an ID is used twice"));
            }
        }
    }
    Ok(())
}

fn require_valid(
    document: &Document<'_>,
    shapes: &[(usize, Element<'_>, Shape<'_>)],
    keys: &VerifyingKeys,
) -> Result<(), SignatureFault> {
    if keys.is_empty() {
        return Err(SignatureFault::invalid("the metadata name no usable key"));
    }
    let source = document.inner.input_text();
    let results = verify_all_document_with_source(keys.context(), &document.inner, Some(source))
        .map_err(|e| SignatureFault::invalid(e.to_string()))?;
    if results.len() != shapes.len() {
        return Err(SignatureFault::invalid("not every signature was verified"));
    }
    for (_, element, shape) in shapes {
        let good = results.iter().any(|result| covers(result, *element, shape));
        if !good {
            return Err(SignatureFault::invalid(reason(&results)));
        }
    }
    Ok(())
}

/// Whether the verifier found this very signature good, over this very element.
fn covers(result: &VerifyResult, element: Element<'_>, shape: &Shape<'_>) -> bool {
    let VerifyResult::Valid { signature_node, references, .. } = result else { return false };
    let mut references = references.iter();
    let only = references.next();
    *signature_node == shape.node.id
        && only.is_some_and(|r| r.digest_verified && r.resolved_node == Some(element.id))
        && references.next().is_none()
}

fn reason(results: &[VerifyResult]) -> String {
    let first = results.iter().find_map(|result| match result {
        VerifyResult::Invalid { reason } => Some(reason.clone()),
        VerifyResult::Valid { .. } => None,
    });
    first.unwrap_or_else(|| "it covers another element".to_owned())
}

fn canonical_bytes(
    document: &Document<'_>,
    element: Element<'_>,
    shape: &Shape<'_>,
) -> Result<Vec<u8>, SignatureFault> {
    let mut nodes = NodeSet::tree_without_comments(element.id, &document.inner);
    remove(&document.inner, shape.node.id, &mut nodes);
    canonicalize_doc(&document.inner, C14nMode::Exclusive, Some(&nodes), &shape.prefixes)
        .map_err(|e| SignatureFault::invalid(e.to_string()))
}

/// The enveloped-signature transform (XML Signature section 6.6.4).
fn remove(document: &uppsala::Document<'_>, id: uppsala::NodeId, nodes: &mut NodeSet) {
    nodes.remove_id(id);
    for below in document.descendants(id) {
        nodes.remove_id(below);
    }
}
