//! The kind `saml`.

use super::{Judge, Kind, key};
use model::{AttributeName, ConnectorEntry, MetadataRef};

/// Opens assertions in AES-CBC too, where a signature of the Response covers them.
const ACCEPT_CBC: &str = "accept_cbc";
/// Characters of a login handle, 16 bytes in base64url: a RelayState of that form is one.
const HANDLE_LEN: usize = 22;

pub(super) const KIND: Kind = Kind {
    name: "saml",
    keys: &["metadata", "attributes", "unsolicited", "reassignable", "bound_to", ACCEPT_CBC],
    judge,
};

fn judge(judge: &mut Judge<'_>, entry: &ConnectorEntry, at: &dyn Fn(&str) -> String) {
    if entry.settings.get(ACCEPT_CBC).is_some_and(|value| !value.is_boolean()) {
        judge.fault(&at(ACCEPT_CBC), "not true or false", "write true, or remove it");
    }
    match &entry.metadata {
        None => judge.fault(
            &at("metadata"),
            "missing",
            "name the file with the metadata of the identity provider",
        ),
        Some(reference) => metadata(judge, reference, &at("metadata")),
    }
    let names = entry.attributes.get(&AttributeName::LocalId);
    for name in names.iter().flat_map(|names| names.names()) {
        if is_fleeting(name) {
            let what = format!("`{name}` may name another reader at every login");
            let remedy =
                "name an attribute that stays the same, such as pairwise-id, or NameID:persistent";
            judge.fault(&at("attributes.local_id"), what, remedy);
        }
    }
    // Where none is named, the connector takes the identifiers that last by definition.
    key::judge(judge, entry, &at("attributes.local_id"));
    for service in entry.unsolicited.iter().filter(|id| id.as_str().len() == HANDLE_LEN) {
        let what = format!("`{service}` looks like the handle of a login");
        judge.fault(&at("unsolicited"), what, "give the service an id of another length");
    }
}

/// A NameID of any format but those that stay the same reader's (Core 8.3.8).
fn is_fleeting(name: &str) -> bool {
    let folded = name.to_ascii_lowercase();
    folded == "nameid"
        || folded
            .strip_prefix("nameid:")
            .is_some_and(|format| !matches!(format, "persistent" | "email"))
}

/// A reference to SAML metadata: nothing unsigned is taken from the network.
pub(in crate::registry::check) fn metadata(
    judge: &mut Judge<'_>,
    reference: &MetadataRef,
    key: &str,
) {
    match reference {
        MetadataRef::File(_) => {}
        MetadataRef::Url { url, signer } => {
            judge.address(&format!("{key}.url"), url);
            if signer.is_none() {
                let what = "metadata at an address without signer: whoever holds the address could name any key";
                judge.fault(
                    key,
                    what,
                    "add signer = \"FILE.pem\", the certificate that signs the document",
                );
            }
        }
        MetadataRef::Mdq { .. } => {
            judge.fault(
                key,
                "metadata query is not built yet",
                "use a file, or { url = …, signer = … }",
            );
        }
    }
}
