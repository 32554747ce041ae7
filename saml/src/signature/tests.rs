//! Keys for tests, and a signer that does what it is told, right or wrong.

use super::algorithm::RSA_SHA256;
use super::*;
use crate::{NameId, ResponseOut, Sign, write_response};
use aws_lc_rs::digest;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Timestamp;
use std::sync::OnceLock;

/// A certificate of a 1024-bit RSA key.
pub(crate) const WEAK_CERT: &str = "MIIB+jCCAWOgAwIBAgIUbloCevWCddpTVZlZEHiPmMtzY0QwDQYJKoZIhvcNAQELBQAwDzENMAsGA1UEAwwEd2VhazAeFw0yNjExMjExMjI1NTlaFw0zNjExMTgxMjI1NTlaMA8xDTALBgNVBAMMBHdlYWswgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBANOAr0EcJfB+N0t7WOoVqRO84sfFB1TjOAswkLZqH8TZSUAE1ySUYyVGBIOPLZyiCOTU9P445sK4yqHhPIto+hDlE6w/3qAvjXg4DFeozibt46ebbFH98Nt2+vZmxLma3P18hZjKwiIXtzkWNWhdgZU09m4YtlcSFKMPnA2M6YBRAgMBAAGjUzBRMB0GA1UdDgQWBBSODOj1uJ+gdZZ4alnMJxhzZKlp+jAfBgNVHSMEGDAWgBSODOj1uJ+gdZZ4alnMJxhzZKlp+jAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4GBACX5cBYRKzcZ2gQKGU6KjVRVJzMpMjjGA1iEK9rWmTZpxMh2HYv6OzUxxaBZOus1E0bfAiwXGPloBe9wXYR28F0p7J6bBS/8umXQ3hIqquazMetOH74ae9vDppgaWOOAXYNk+8QxnZnD0slzN9vmVfu7uI0TWTkSPWSq6cRTgDRk";

fn make() -> SigningKey {
    let (der, cert) = make_pair();
    SigningKey::from_pkcs8(&der, &cert).expect("fits")
}

/// A fresh RSA key, PKCS#8, and its certificate.
pub(crate) fn make_pair() -> (Vec<u8>, Vec<u8>) {
    make_pair_for(&rcgen::PKCS_RSA_SHA256)
}

/// The same for any sort of key.
pub(crate) fn make_pair_for(sort: &'static rcgen::SignatureAlgorithm) -> (Vec<u8>, Vec<u8>) {
    let pair = rcgen::KeyPair::generate_for(sort).expect("generates");
    let cert = rcgen::CertificateParams::new(vec!["key.test".to_owned()])
        .and_then(|params| params.self_signed(&pair))
        .expect("signs");
    (pair.serialize_der(), cert.der().to_vec())
}

/// The key of the identity provider.
pub(crate) fn idp_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(make)
}

/// The key of somebody else.
pub(crate) fn other_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(make)
}

/// A P-256 key pair and its certificate.
pub(crate) fn p256() -> &'static (rcgen::KeyPair, Vec<u8>) {
    static KEY: OnceLock<(rcgen::KeyPair, Vec<u8>)> = OnceLock::new();
    KEY.get_or_init(|| {
        let pair = rcgen::KeyPair::generate().expect("generates");
        let params = rcgen::CertificateParams::new(vec!["key.test".to_owned()]).expect("params");
        let cert = params.self_signed(&pair).expect("signs");
        let der = cert.der().to_vec();
        (pair, der)
    })
}

/// ECDSA with that key, as XML signatures have it: r and s, joined.
pub(crate) fn p256_sign(data: &[u8]) -> Vec<u8> {
    let der = p256().0.serialize_der();
    let signer = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).expect("key");
    let rng = aws_lc_rs::rand::SystemRandom::new();
    signer.sign(&rng, data).expect("signs").as_ref().to_vec()
}

/// How [`forge`] signs.
pub(crate) struct Forge<'a> {
    /// Digest over the element.
    pub(crate) digest: &'static digest::Algorithm,
    /// Changes SignedInfo before it is signed.
    pub(crate) info: &'a dyn Fn(String) -> String,
    /// Signs SignedInfo.
    pub(crate) sign: &'a dyn Fn(&[u8]) -> Vec<u8>,
    /// Changes the whole Signature afterwards.
    pub(crate) after: &'a dyn Fn(String) -> String,
}

impl Default for Forge<'_> {
    fn default() -> Self {
        Self {
            digest: &digest::SHA256,
            info: &|s| s,
            sign: &|data| idp_key().sign(data).expect("signs"),
            after: &|s| s,
        }
    }
}

/// Signs the element `name` of canonical `xml`.
pub(crate) fn forge(xml: &str, name: &str, how: &Forge<'_>) -> String {
    let start = xml.find(&format!("<{name} ")).expect("the element");
    let close = format!("</{name}>");
    let end = xml.rfind(&close).expect("its end") + close.len();
    let element = &xml[start..end];
    let id = element.split_once(" ID=\"").and_then(|(_, r)| r.split_once('"')).expect("an ID").0;
    let digest = STANDARD.encode(digest::digest(how.digest, element.as_bytes()));
    let info = (how.info)(write::signed_info(id, &digest, idp_key().into()));
    let value = STANDARD.encode((how.sign)(info.as_bytes()));
    let signature = (how.after)(format!(
        "<ds:Signature xmlns:ds=\"{}\">{}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>",
        crate::names::DS,
        write::embedded(&info)
    ));
    let after =
        if element.starts_with("<samlp:Response ") { "<samlp:Status>" } else { "</saml:Issuer>" };
    let before = if after.starts_with("</") { after.len() } else { 0 };
    let place = start + element.find(after).expect("a place") + before;
    format!("{}{signature}{}", &xml[..place], &xml[place..])
}

/// Takes every signature out again.
pub(crate) fn unsigned(xml: &str) -> String {
    let mut text = xml.to_owned();
    while let Some(start) = text.find("<ds:Signature ") {
        let close = "</ds:Signature>";
        let end = start + text[start..].find(close).expect("its end") + close.len();
        text.replace_range(start..end, "");
    }
    text
}

pub(crate) const NOW: Timestamp = Timestamp::from_unix_s(1_795_257_065);

/// A good answer.
pub(crate) fn answer() -> ResponseOut {
    ResponseOut {
        response_id: "_r1".into(),
        assertion_id: "_a1".into(),
        issuer: "https://idp.test/md".into(),
        destination: "https://hub.test/saml/sp/acs".into(),
        in_response_to: Some("_q1".into()),
        audience: "https://hub.test/saml/sp/metadata".into(),
        issue_instant: NOW,
        name_id: NameId {
            format: Some(crate::name_id_format::PERSISTENT.into()),
            value: "reader-1".into(),
            name_qualifier: None,
            sp_name_qualifier: None,
        },
        attributes: vec![crate::AttributeOut {
            name: crate::attr::DISPLAY_NAME.into(),
            name_format: crate::name_format::URI.into(),
            friendly_name: Some("displayName".into()),
            values: crate::AttrValues::Text(vec!["\u{8bfb}\u{8005}\u{7532} <&> \"x\"".into()]),
        }],
        authn_instant: NOW.plus_s(-30),
        authn_context: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport".into(),
        session_index: "_s1".into(),
        session_not_on_or_after: Some(NOW.plus_s(3600)),
        authenticating_authorities: vec!["https://campus.test/idp".into()],
        lifetime_s: 300,
    }
}

/// That answer, unsigned, in canonical form.
pub(crate) fn plain(out: &ResponseOut) -> String {
    unsigned(&write_response(out, idp_key(), Sign::Assertion).expect("writes"))
}

fn keys(ders: &[&[u8]]) -> VerifyingKeys {
    VerifyingKeys::new(
        ders.iter().map(|d| TrustedKey::from_certificate(d).expect("usable")).collect(),
    )
}

#[test]
fn weak_and_unknown_keys_are_refused() {
    let weak = STANDARD.decode(WEAK_CERT).expect("base64");
    let ed25519 = make_pair_for(&rcgen::PKCS_ED25519).1;
    let fault = |der: &[u8]| TrustedKey::from_certificate(der).map(|_| ()).expect_err("refused");
    assert!(fault(&weak).contains("2048"), "{}", fault(&weak));
    assert!(fault(&ed25519).contains("not accepted"), "{}", fault(&ed25519));
    assert!(TrustedKey::from_certificate(b"nonsense").is_err());
    assert!(TrustedKey::from_certificate(&p256().1).is_ok());
    assert!(TrustedKey::from_certificate(&make_pair_for(&rcgen::PKCS_ECDSA_P384_SHA384).1).is_ok());
}

#[test]
fn a_signing_key_and_its_certificate_must_belong_together() {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).expect("generates");
    assert!(SigningKey::from_pkcs8(&pair.serialize_der(), idp_key().certificate()).is_err());
    assert!(SigningKey::from_pkcs8(b"nonsense", idp_key().certificate()).is_err());
    for (sort, other) in [
        (&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384),
        (&rcgen::PKCS_ECDSA_P384_SHA384, &rcgen::PKCS_ECDSA_P256_SHA256),
    ] {
        let (der, cert) = make_pair_for(sort);
        assert!(SigningKey::from_pkcs8(&der, &cert).is_ok());
        assert!(SigningKey::from_pkcs8(&der, &make_pair_for(sort).1).is_err());
        assert!(SigningKey::from_pkcs8(&der, &make_pair_for(other).1).is_err());
    }
    assert_eq!(format!("{:?}", idp_key()), "SigningKey(***)");
}

#[test]
fn a_detached_signature_holds_for_its_octets_its_key_and_its_algorithm_only() {
    let trusted = keys(&[other_key().certificate(), idp_key().certificate()]);
    let good = idp_key().sign(b"octets").expect("signs");
    assert_eq!(trusted.verify_detached(RSA_SHA256, b"octets", &good), Ok(()));
    assert!(trusted.verify_detached(RSA_SHA256, b"octetz", &good).is_err());
    assert!(
        keys(&[other_key().certificate()]).verify_detached(RSA_SHA256, b"octets", &good).is_err()
    );
    let sha512 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
    assert!(matches!(
        trusted.verify_detached(sha512, b"octets", &good),
        Err(SignatureFault::Invalid(_))
    ));
    for weak in [
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "",
    ] {
        assert!(
            matches!(
                trusted.verify_detached(weak, b"octets", &good),
                Err(SignatureFault::Algorithm(_))
            ),
            "{weak}"
        );
    }
}

#[test]
fn a_p256_signature_verifies_detached() {
    let cert = &p256().1;
    let value = p256_sign(b"octets");
    let method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
    assert_eq!(keys(&[cert]).verify_detached(method, b"octets", &value), Ok(()));
    assert!(keys(&[cert]).verify_detached(RSA_SHA256, b"octets", &value).is_err());
}
