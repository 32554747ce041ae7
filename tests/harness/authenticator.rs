//! An authenticator made for tests: it holds one key on P-256, does what the page asks, and
//! lies where it is told to. Used by the unit tests of `accounts` and `idp-bridge` too.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Somebody is there (WebAuthn section 6.1).
pub const PRESENT: u8 = 0x01;
/// And was recognised.
pub const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// One authenticator with one key. Every public field may be set to a lie.
pub struct Authenticator {
    key: EcdsaKeyPair,
    /// The credential id.
    pub id: Vec<u8>,
    /// The origin that the browser is at.
    pub origin: String,
    /// Another RP ID than the page names.
    pub rp_id: Option<String>,
    /// Another challenge than the page names.
    pub challenge: Option<String>,
    /// Another type of client data.
    pub kind: Option<&'static str>,
    /// Whether the page is shown inside another site's.
    pub cross_origin: bool,
    /// The flags, without the one for attested data.
    pub flags: u8,
    /// The signature counter: grows by one at each use, but where it is 0 and stays so.
    pub counter: u32,
    /// Whether it keeps a counter.
    pub counts: bool,
    /// The user handle that it returns.
    pub handle: Option<String>,
    /// The algorithm that the key says of itself.
    pub algorithm: u8,
}

impl Authenticator {
    /// A new key, in a browser at `origin`.
    pub fn new(origin: &str) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        let id = digest(&SHA256, key.public_key().as_ref()).as_ref()[..16].to_vec();
        Self {
            key,
            id,
            origin: origin.to_owned(),
            rp_id: None,
            challenge: None,
            kind: None,
            cross_origin: false,
            flags: PRESENT | VERIFIED,
            counter: 0,
            counts: true,
            handle: None,
            algorithm: 0x26,
        }
    }

    /// What a page posts after `navigator.credentials.create` with these options.
    pub fn create(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options");
        let object = self.attestation(&options);
        self.made(&options, &object)
    }

    /// The attestation object of format `none`, in the form of CTAP 2.
    pub fn attestation(&mut self, options: &Value) -> Vec<u8> {
        let mut data = self.data(options["rp"]["id"].as_str().expect("an RP ID"), ATTESTED);
        data.extend([0; 16]);
        let length = u16::try_from(self.id.len()).expect("a short id");
        data.extend(length.to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose());
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(u16::try_from(data.len()).expect("short data").to_be_bytes());
        object.extend(data);
        object
    }

    /// The post of an attestation object of any form.
    pub fn made(&self, options: &Value, object: &[u8]) -> String {
        json!({
            "clientDataJSON": encode(self.client_data(options, "webauthn.create").as_bytes()),
            "attestationObject": encode(object),
        })
        .to_string()
    }

    /// What a page posts after `navigator.credentials.get` with these options.
    pub fn get(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options");
        let data = self.data(options["rpId"].as_str().expect("an RP ID"), 0);
        let client = self.client_data(&options, "webauthn.get");
        let mut signed = data.clone();
        signed.extend(digest(&SHA256, client.as_bytes()).as_ref());
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("a signature");
        json!({
            "id": encode(&self.id),
            "clientDataJSON": encode(client.as_bytes()),
            "authenticatorData": encode(&data),
            "signature": encode(signature.as_ref()),
            "userHandle": self.handle,
        })
        .to_string()
    }

    fn data(&mut self, rp_id: &str, more: u8) -> Vec<u8> {
        let rp_id = self.rp_id.as_deref().unwrap_or(rp_id);
        let mut data = digest(&SHA256, rp_id.as_bytes()).as_ref().to_vec();
        data.push(self.flags | more);
        if self.counts {
            self.counter += 1;
        }
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, options: &Value, kind: &str) -> String {
        let challenge = options["challenge"].as_str().expect("a challenge");
        json!({
            "type": self.kind.unwrap_or(kind),
            "challenge": self.challenge.as_deref().unwrap_or(challenge),
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        })
        .to_string()
    }

    /// The public key as COSE (RFC 9053 section 7.1.1).
    fn cose(&self) -> Vec<u8> {
        let point = &self.key.public_key().as_ref()[1..];
        let (x, y) = point.split_at(32);
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, self.algorithm, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend(x);
        key.extend([0x22, 0x58, 0x20]);
        key.extend(y);
        key
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
