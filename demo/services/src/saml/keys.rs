//! The service's own key pair and what it publishes of it.

use crate::Place;
use crate::page::escape;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;

/// Why a key pair could not be made.
#[derive(Debug)]
pub struct SetupError(String);

impl std::fmt::Display for SetupError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the demo service could not make its keys: {}", self.0)
    }
}

impl std::error::Error for SetupError {}

/// An RSA-2048 key with a self-signed certificate.
pub struct SamlKeys {
    key: RsaKeyPair,
    certificate: Vec<u8>,
}

impl SamlKeys {
    /// Makes a new pair; nothing of it is kept on disk.
    ///
    /// # Errors
    /// The cryptographic library's own.
    pub fn generate(name: &str) -> Result<Self, SetupError> {
        let fault = |e: &dyn std::fmt::Display| SetupError(e.to_string());
        let key = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|e| fault(&e))?;
        let pkcs8 = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key)
            .map_err(|e| fault(&e))?;
        let pair = rcgen::KeyPair::try_from(pkcs8.as_ref()).map_err(|e| fault(&e))?;
        let mut asked = rcgen::CertificateParams::new(Vec::new()).map_err(|e| fault(&e))?;
        asked.distinguished_name = rcgen::DistinguishedName::new();
        asked.distinguished_name.push(rcgen::DnType::CommonName, name);
        let certificate = asked.self_signed(&pair).map_err(|e| fault(&e))?.der().to_vec();
        Ok(Self { key, certificate })
    }

    /// The service's metadata (Metadata 2.4.4), as given to the consortium's operator.
    pub fn metadata(&self, place: &Place) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let signed = place.kind.signs_requests();
        let _ = write!(
            xml,
            "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{}\">\n  \
             <md:SPSSODescriptor AuthnRequestsSigned=\"{signed}\" WantAssertionsSigned=\"true\" \
             protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\n    \
             <md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\
             <ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\n    \
             <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>\n    \
             <md:AssertionConsumerService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
             Location=\"{}\" index=\"0\" isDefault=\"true\"/>\n  \
             </md:SPSSODescriptor>\n</md:EntityDescriptor>\n",
            escape(&place.saml_entity_id()),
            STANDARD.encode(&self.certificate),
            escape(&place.saml_acs()),
        );
        xml
    }

    /// RSA-SHA256 over `octets`.
    pub(crate) fn sign(&self, octets: &[u8]) -> Result<Vec<u8>, String> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), octets, &mut signature)
            .map_err(|e| e.to_string())?;
        Ok(signature)
    }
}
