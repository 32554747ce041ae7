//! The registry folder of the test hub.

use super::SECRET;
use crate::oidc::samples::EcKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml::SigningKey;
use std::fs;
use std::path::Path;

const MEMBERS: [(&str, &str); 2] = [
    (
        "nju",
        r#"
id = "nju"
codes = ["a210093"]
name = { zh = "南京大学图书馆", en = "Nanjing University Library" }
region = "江苏/南京"
class = "A"
scopes = ["nju.edu.cn"]
status = "live"
links = { opac = "https://opac.nju.example/" }
[[connector]]
kind = "central"
"#,
    ),
    (
        "jinling",
        r#"
id = "jinling"
name = { zh = "金陵图书馆", en = "Jinling Library" }
region = "江苏/南京"
class = "C"
status = "live"
[[connector]]
kind = "central"
"#,
    ),
];

const SERVICES: [(&str, &str); 5] = [
    (
        "ill",
        r#"
id = "ill"
name = { zh = "馆际互借", en = "Interlibrary loan" }
release = ["name", "mail", "member", "class", "links"]
[oidc]
client_id = "ill"
client_secret_file = "ill.secret"
redirect_uris = ["https://ill.example.org/callback", "https://ill.example.org/other"]
post_logout_redirect_uris = ["https://ill.example.org/bye"]
"#,
    ),
    (
        "app",
        r#"
id = "app"
name = { zh = "阅读", en = "Reading app" }
release = ["member"]
[oidc]
client_id = "app"
redirect_uris = ["https://app.example.org/callback"]
id_token_signed_response_alg = "RS256"
"#,
    ),
    (
        "keyed",
        r#"
id = "keyed"
name = { zh = "参考咨询", en = "Virtual reference" }
release = []
[oidc]
client_id = "keyed"
jwks = "keyed.jwks.json"
redirect_uris = ["https://keyed.example.org/callback"]
"#,
    ),
    (
        "journals",
        r#"
id = "journals"
name = { zh = "外文期刊", en = "Foreign journals" }
release = ["name", "mail", "member", "affiliation", "links"]
[saml]
metadata = "journals-sp.xml"
"#,
    ),
    (
        "catalogue",
        r#"
id = "catalogue"
name = { zh = "联合目录", en = "Union catalogue" }
release = ["member"]
[saml]
metadata = "catalogue-sp.xml"
"#,
    ),
];

/// Writes everything; the service `catalogue` signs with the key of `certificate`.
pub(super) fn write(folder: &Path, client_key: &EcKey, certificate: &[u8]) {
    let put = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text.trim_start()).expect("written");
    };
    put("consortium.toml", "name = { zh = \"联合体\", en = \"Consortium\" }\n");
    for (id, text) in MEMBERS {
        put(&format!("members/{id}.toml"), text);
    }
    for (id, text) in SERVICES {
        put(&format!("services/{id}.toml"), text);
    }
    put("services/ill.secret", SECRET);
    put("services/keyed.jwks.json", &client_key.jwks().to_string());
    put("services/journals-sp.xml", &sp_metadata("journals", "", None));
    let flags = r#" AuthnRequestsSigned="true" WantAssertionsSigned="true""#;
    put("services/catalogue-sp.xml", &sp_metadata("catalogue", flags, Some(certificate)));
}

fn sp_metadata(host: &str, flags: &str, certificate: Option<&[u8]>) -> String {
    let key = certificate.map_or(String::new(), |der| {
        format!(
            r#"<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"#,
            STANDARD.encode(der)
        )
    });
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://{host}.example.org/metadata"><md:SPSSODescriptor{flags} protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{key}<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://{host}.example.org/acs" index="1" isDefault="true"/><md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://{host}.example.org/second" index="2"/></md:SPSSODescriptor></md:EntityDescriptor>"#
    )
}

/// A fresh RSA key of a service, and its certificate.
pub(super) fn signing_key() -> (SigningKey, Vec<u8>) {
    let pair = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048);
    let pair = pair.expect("a key");
    let params = rcgen::CertificateParams::new(vec!["sp.test".into()]).expect("names");
    let certificate = params.self_signed(&pair).expect("a certificate").der().to_vec();
    let key = SigningKey::from_pkcs8(&pair.serialize_der(), &certificate).expect("usable");
    (key, certificate)
}
