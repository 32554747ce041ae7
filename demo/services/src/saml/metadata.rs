//! What the service reads of the hub's metadata.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bergshamra::xml::{Document, NodeId};

const MD: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

/// The hub as identity provider.
pub(crate) struct Hub {
    pub(crate) entity_id: String,
    pub(crate) sso_redirect: String,
    pub(crate) certificates: Vec<Vec<u8>>,
}

/// Reads the entity descriptor of one identity provider.
pub(crate) fn read(xml: &str) -> Result<Hub, String> {
    let doc = bergshamra::xml::uppsala::parse(xml).map_err(|e| e.to_string())?;
    let root = doc.document_element().ok_or("empty metadata")?;
    let entity_id = doc.get_attribute(root, "entityID").ok_or("no entityID")?.to_owned();
    let role = doc
        .first_child_element_by_name_ns(root, MD, "IDPSSODescriptor")
        .ok_or("no identity provider in the hub's metadata")?;
    let sso_redirect = doc
        .child_elements_by_name_ns(role, MD, "SingleSignOnService")
        .into_iter()
        .find(|s| doc.get_attribute(*s, "Binding") == Some(REDIRECT))
        .and_then(|s| doc.get_attribute(s, "Location"))
        .ok_or("no SingleSignOnService by redirect")?
        .to_owned();
    let certificates = doc
        .child_elements_by_name_ns(role, MD, "KeyDescriptor")
        .into_iter()
        .filter(|k| doc.get_attribute(*k, "use") != Some("encryption"))
        .filter_map(|k| certificate(&doc, k))
        .collect();
    Ok(Hub { entity_id, sso_redirect, certificates })
}

fn certificate(doc: &Document<'_>, descriptor: NodeId) -> Option<Vec<u8>> {
    let info = doc.first_child_element_by_name_ns(descriptor, DS, "KeyInfo")?;
    let data = doc.first_child_element_by_name_ns(info, DS, "X509Data")?;
    let cert = doc.first_child_element_by_name_ns(data, DS, "X509Certificate")?;
    let plain: String = doc.text_content_deep(cert).split_whitespace().collect();
    STANDARD.decode(plain).ok()
}
