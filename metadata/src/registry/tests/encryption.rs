//! What the registry says of encryption, and what metadata ask for.

use crate::registry::{Bundle, canonical, check};
use crate::testing::{Folder, NOON, SIGNER, registry, sp_xml};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::SignatureHash;

const NJU: &str = "members/nju.toml";
const CCC: &str = "services/ccc.toml";
const CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
const GCM: &str = "http://www.w3.org/2009/xmlenc11#aes256-gcm";

/// The registry with a service whose metadata name a key, and what it takes.
fn with_key(methods: &[&str]) -> Folder {
    let folder = registry();
    let method = |m: &&str| format!(r#"<md:EncryptionMethod Algorithm="{m}"/>"#);
    let methods = methods.iter().map(method).collect::<Vec<_>>().concat();
    let role = r#"oasis:names:tc:SAML:2.0:protocol">"#;
    let key = format!(
        r#"{role}<md:KeyDescriptor use="encryption"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>{methods}</md:KeyDescriptor>"#,
        STANDARD.encode(SIGNER.certificate())
    );
    folder.write("services/ccc-sp.xml", &sp_xml("https://sp.test/metadata").replace(role, &key));
    folder
}

fn said(folder: &Folder) -> Vec<String> {
    check(folder.path(), NOON).faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_service_that_can_only_be_answered_unsafely_is_told_at_the_check() {
    assert_eq!(said(&with_key(&[])), [""; 0]);
    assert_eq!(said(&with_key(&[CBC, GCM])), [""; 0]);
    let cbc = with_key(&[CBC]);
    let told = said(&cbc);
    assert_eq!(told.len(), 1, "{told:?}");
    for part in [CCC, "saml.metadata", "aes256-cbc", "encrypt = false"] {
        assert!(told[0].contains(part), "{part}: {told:?}");
    }
    cbc.edit(CCC, "idp = \"shared\"", "idp = \"shared\"\nencrypt = false");
    assert_eq!(said(&cbc), [""; 0], "in the clear, as was said");
    let none = registry();
    none.edit(CCC, "idp = \"shared\"", "idp = \"shared\"\nencrypt = true");
    assert!(said(&none)[0].contains("name no key for encryption"), "{:?}", said(&none));
}

#[test]
fn the_settings_of_encryption_come_back_in_canonical_form() {
    let folder = with_key(&[GCM]);
    folder.edit(CCC, "idp = ", "encrypt = true\nsignature_hash = \"sha512\"\nidp = ");
    folder.edit(NJU, "kind = \"saml\"\n", "kind = \"saml\"\naccept_cbc = true\n");
    assert_eq!(said(&folder), [""; 0]);
    let bundle = Bundle::read(folder.path(), NOON).expect("good");
    let saml = bundle.content.services.iter().find_map(|s| s.saml.as_ref()).expect("a service");
    assert_eq!((saml.encrypt, saml.signature_hash), (Some(true), SignatureHash::Sha512));
    let files = canonical::files(&bundle.content);
    for (file, line) in [
        (CCC, "encrypt = true\n"),
        (CCC, "signature_hash = \"sha512\"\n"),
        (NJU, "accept_cbc = true\n"),
    ] {
        assert!(files[file].contains(line), "{file}: {}", files[file]);
    }
    let plain = Bundle::read(registry().path(), NOON).expect("good");
    assert!(!canonical::files(&plain.content)[CCC].contains("signature_hash"));
}

#[test]
fn a_setting_of_encryption_that_is_misspelt_is_told() {
    for (file, from, to, what) in [
        (NJU, "kind = \"saml\"\n", "kind = \"saml\"\naccept_cbc = \"yes\"\n", "not true or false"),
        (NJU, "kind = \"saml\"\n", "kind = \"saml\"\naccept_3des = true\n", "unknown key"),
        ("members/union.toml", "\"central\"\n", "\"central\"\naccept_cbc = true\n", "unknown key"),
        (CCC, "idp = ", "signature_hash = \"sha1\"\nidp = ", "sha1"),
        (CCC, "idp = ", "encrypt = \"yes\"\nidp = ", "encrypt"),
    ] {
        let folder = registry();
        folder.edit(file, from, to);
        let told = said(&folder);
        assert!(told.len() == 1 && told[0].contains(what), "{to}: {told:?}");
    }
}
