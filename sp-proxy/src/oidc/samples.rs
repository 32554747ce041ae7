//! Sample values for the tests of this module.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use model::{Inbound, Method, OidcClient, Service, ServiceId, ServiceStatus, Text, Timestamp};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

pub(crate) fn now() -> Timestamp {
    Timestamp::from_unix_s(1_795_257_065)
}

pub(crate) fn service() -> Service {
    Service {
        id: ServiceId::parse("ill").expect("id"),
        name: Text::new("馆际互借", "Interlibrary loan"),
        about: None,
        status: ServiceStatus::Live,
        launch_url: None,
        entitlements: Vec::new(),
        release: Vec::new(),
        oidc: Some(OidcClient {
            client_id: "ill".into(),
            client_secret_file: None,
            jwks: None,
            jwks_uri: None,
            redirect_uris: vec!["https://ill.example.org/callback".into()],
            post_logout_redirect_uris: vec!["https://ill.example.org/bye".into()],
            id_token_signed_response_alg: None,
        }),
        saml: None,
        cas: None,
        forward_auth: None,
    }
}

pub(crate) fn form(path: &str, body: &str) -> Inbound {
    Inbound {
        method: Method::Post,
        path: path.to_owned(),
        query: String::new(),
        headers: vec![("content-type".into(), "application/x-www-form-urlencoded".into())],
        body: body.as_bytes().to_vec(),
        client: IpAddr::V4(Ipv4Addr::LOCALHOST),
    }
}

/// A P-256 key of a client.
pub(crate) struct EcKey {
    kid: String,
    pair: EcdsaKeyPair,
}

impl EcKey {
    pub(crate) fn new(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("generates");
        Self { kid: kid.to_owned(), pair }
    }

    pub(crate) fn jwks(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let coordinate = |range: std::ops::Range<usize>| URL_SAFE_NO_PAD.encode(&point[range]);
        json!({"keys": [{
            "kty": "EC", "crv": "P-256", "kid": self.kid, "use": "sig", "alg": "ES256",
            "x": coordinate(1..33), "y": coordinate(33..65),
        }]})
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_with(claims, |_| ())
    }

    pub(crate) fn sign_with(&self, claims: &Value, change: impl FnOnce(&mut Header)) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.kid.clone());
        change(&mut header);
        let der = self.pair.to_pkcs8v1().expect("pkcs8");
        encode(&header, claims, &EncodingKey::from_ec_der(der.as_ref())).expect("signs")
    }
}
