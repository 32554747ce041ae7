//! Keys and good messages, made anew by whoever asks.

use crate::fixtures::{ACS, AUDIENCE, IDP, NOW, REQUEST_ID};
use aws_lc_rs::encoding::AsDer as _;
use model::{Entropy, Random, Text};
use saml::{
    AttrValues, AttributeOut, IdpSelf, NameId, ResponseOut, SigningKey, attr, name_format,
    name_id_format, write_idp_metadata,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A key with the certificate that it signed itself; PKCS#8 and DER.
pub fn key_pair() -> (Vec<u8>, Vec<u8>) {
    let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).expect("a key");
    let pkcs8 = key.as_der().expect("DER").as_ref().to_vec();
    let pair = rcgen::KeyPair::try_from(pkcs8.as_slice()).expect("a pair");
    let certificate = rcgen::CertificateParams::new(Vec::new())
        .and_then(|params| params.self_signed(&pair))
        .expect("a certificate");
    (pkcs8, certificate.der().to_vec())
}

/// A new signing key.
pub fn signing_key() -> SigningKey {
    let (pkcs8, certificate) = key_pair();
    SigningKey::from_pkcs8(&pkcs8, &certificate).expect("a signing key")
}

/// Metadata of the identity provider with this certificate.
pub fn idp_metadata(certificate: &[u8]) -> String {
    write_idp_metadata(&idp_self(&[certificate], &Text::new("示例", "Sample")))
}

/// The identity provider as it speaks of itself.
pub fn idp_self<'a>(certs: &'a [&'a [u8]], name: &'a Text) -> IdpSelf<'a> {
    IdpSelf {
        entity_id: IDP,
        sso_redirect: "https://idp.test/sso",
        sso_post: "https://idp.test/sso",
        certs,
        name,
        scopes: &[],
        want_authn_requests_signed: false,
    }
}

/// A good answer about the reader of that number, to our request or to another.
pub fn answer(reader: u8, in_response_to: &str) -> ResponseOut {
    let text = |name: &str, value: String| AttributeOut {
        name: name.to_owned(),
        name_format: name_format::URI.to_owned(),
        friendly_name: None,
        values: AttrValues::Text(vec![value]),
    };
    ResponseOut {
        response_id: format!("_response-{reader}"),
        assertion_id: format!("_assertion-{reader}"),
        issuer: IDP.to_owned(),
        destination: ACS.to_owned(),
        in_response_to: Some(in_response_to.to_owned()),
        audience: AUDIENCE.to_owned(),
        issue_instant: NOW,
        name_id: NameId {
            format: Some(name_id_format::PERSISTENT.to_owned()),
            value: format!("reader-{reader}"),
            name_qualifier: None,
            sp_name_qualifier: None,
        },
        attributes: vec![
            text(attr::PAIRWISE_ID, format!("reader{reader}@idp.test")),
            text(attr::SCOPED_AFFILIATION, "student@idp.test".to_owned()),
        ],
        authn_instant: NOW,
        authn_context: "urn:oasis:names:tc:SAML:2.0:ac:classes:Password".to_owned(),
        session_index: format!("_session-{reader}"),
        session_not_on_or_after: None,
        authenticating_authorities: Vec::new(),
        lifetime_s: 300,
    }
}

/// The good answer to our request.
pub fn good_answer() -> ResponseOut {
    answer(1, REQUEST_ID)
}

/// Bytes that differ each time and are the same in every run.
pub fn entropy() -> Entropy {
    struct Counted(AtomicU64);
    impl Random for Counted {
        fn fill(&self, buffer: &mut [u8]) {
            for part in buffer.chunks_mut(8) {
                let n = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
                part.copy_from_slice(&n.to_le_bytes()[..part.len()]);
            }
        }
    }
    Entropy::new(Arc::new(Counted(AtomicU64::new(1))))
}
