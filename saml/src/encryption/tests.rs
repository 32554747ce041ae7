//! Keys for tests, and a sender that encrypts as it is told, right or wrong.

use super::*;
use crate::names::{DS, SAML, XENC};
use crate::signature::tests::{make_pair, p256};
use crate::{RequestFault, SamlError};
use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{self, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OaepAlgorithm, OaepPublicEncryptingKey, PublicEncryptingKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bergshamra::EncContext;
use bergshamra::keys::{KeysManager, loader};
use model::{Entropy, Random};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

pub(crate) const AES128_GCM: &str = "http://www.w3.org/2009/xmlenc11#aes128-gcm";
pub(crate) const AES256_GCM: &str = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
pub(crate) const AES128_CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
pub(crate) const MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
pub(crate) const OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
pub(crate) const SHA256_MASK: &str = "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod><xenc11:MGF xmlns:xenc11=\"http://www.w3.org/2009/xmlenc11#\" Algorithm=\"http://www.w3.org/2009/xmlenc11#mgf1sha256\"></xenc11:MGF>";

struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            let drawn = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            *byte = drawn.to_be_bytes()[0];
        }
    }
}

pub(crate) fn entropy() -> &'static Entropy {
    static SOURCE: OnceLock<Entropy> = OnceLock::new();
    SOURCE.get_or_init(|| Entropy::new(Arc::new(Counting(AtomicU64::new(1)))))
}

/// Our keys: the second is the one before.
pub(crate) fn our_keys() -> &'static [DecryptingKey; 2] {
    static KEYS: OnceLock<[DecryptingKey; 2]> = OnceLock::new();
    KEYS.get_or_init(|| [(); 2].map(|()| stranger()))
}

/// A key that is not ours.
pub(crate) fn stranger() -> DecryptingKey {
    let (der, certificate) = make_pair();
    DecryptingKey::from_pkcs8(&der, &certificate).expect("usable")
}

pub(crate) fn decryption(accept_cbc: bool) -> Decryption<'static> {
    Decryption { keys: our_keys(), accept_cbc, entropy: entropy() }
}

/// How [`by_hand`] encrypts.
pub(crate) struct ByHand<'a> {
    /// Algorithm of the text.
    pub(crate) data: &'a str,
    /// Algorithm of the key.
    pub(crate) key: &'a str,
    /// What stands in the key's EncryptionMethod.
    pub(crate) parameters: &'a str,
    /// What is really done with the key.
    pub(crate) oaep: &'static OaepAlgorithm,
    /// The session key.
    pub(crate) session: &'a [u8],
    /// For whom.
    pub(crate) to: &'a DecryptingKey,
    /// The last block of CBC: text in, text with padding out.
    pub(crate) pad: fn(&[u8]) -> Vec<u8>,
}

impl Default for ByHand<'_> {
    fn default() -> Self {
        Self {
            data: AES256_GCM,
            key: MGF1P,
            parameters: "",
            oaep: &OAEP_SHA1_MGF1SHA1,
            session: &[7; 32],
            to: &our_keys()[0],
            pad: padded,
        }
    }
}

impl ByHand<'_> {
    pub(crate) fn wrapped(&self) -> Vec<u8> {
        let key = crate::signature::TrustedKey::from_certificate(self.to.certificate());
        let key = PublicEncryptingKey::from_der(key.expect("key").spki()).expect("RSA");
        let key = OaepPublicEncryptingKey::new(key).expect("key");
        let mut room = vec![0; key.ciphertext_size()];
        key.encrypt(self.oaep, self.session, &mut room, None).expect("encrypts").to_vec()
    }

    pub(crate) fn encrypted(&self, text: &[u8]) -> Vec<u8> {
        if self.data.ends_with("-cbc") { self.cbc(text) } else { self.gcm(text) }
    }

    fn gcm(&self, text: &[u8]) -> Vec<u8> {
        let algorithm =
            if self.session.len() == 16 { &aead::AES_128_GCM } else { &aead::AES_256_GCM };
        let key = LessSafeKey::new(UnboundKey::new(algorithm, self.session).expect("a key"));
        let mut out = text.to_vec();
        let nonce = Nonce::assume_unique_for_key([3; 12]);
        key.seal_in_place_append_tag(nonce, Aad::empty(), &mut out).expect("encrypts");
        [&[3; 12][..], &out].concat()
    }

    fn cbc(&self, text: &[u8]) -> Vec<u8> {
        let algorithm = if self.session.len() == 16 { &cipher::AES_128 } else { &cipher::AES_256 };
        let key = UnboundCipherKey::new(algorithm, self.session).expect("a key");
        let mut out = (self.pad)(text);
        let iv = EncryptionContext::Iv128(FixedLength::from([5; 16]));
        EncryptingKey::cbc(key)
            .and_then(|key| key.less_safe_encrypt(&mut out, iv))
            .expect("encrypts");
        [&[5; 16][..], &out].concat()
    }
}

/// Padding of xmlenc-core section 5.2: only the last byte counts.
pub(crate) fn padded(text: &[u8]) -> Vec<u8> {
    let more = 16 - text.len() % 16;
    let mut out = text.to_vec();
    out.resize(text.len() + more, 0xEE);
    *out.last_mut().expect("padded") = u8::try_from(more).expect("small");
    out
}

/// An EncryptedAssertion in canonical form.
pub(crate) fn by_hand(text: &[u8], how: &ByHand<'_>) -> String {
    of_parts(how, &how.wrapped(), &how.encrypted(text))
}

pub(crate) fn of_parts(how: &ByHand<'_>, wrapped: &[u8], text: &[u8]) -> String {
    let (wrapped, text) = (STANDARD.encode(wrapped), STANDARD.encode(text));
    let (data, key, parameters) = (how.data, how.key, how.parameters);
    format!(
        "<saml:EncryptedAssertion xmlns:saml=\"{SAML}\"><xenc:EncryptedData xmlns:xenc=\"{XENC}\" Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><xenc:EncryptionMethod Algorithm=\"{data}\"></xenc:EncryptionMethod><ds:KeyInfo xmlns:ds=\"{DS}\"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm=\"{key}\">{parameters}</xenc:EncryptionMethod><xenc:CipherData><xenc:CipherValue>{wrapped}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{text}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>"
    )
}

/// A key pair with the offer that its certificate comes to.
fn asked(methods: &[(&str, Option<&str>, Option<&str>)]) -> (Vec<u8>, EncryptionOffer) {
    let (der, certificate) = make_pair();
    let key = crate::signature::TrustedKey::from_certificate(&certificate).expect("key");
    let listed = Listed {
        is_explicit: true,
        certificates: vec![(certificate, key)],
        methods: methods.to_vec(),
    };
    (der, offer(&[listed]))
}

#[test]
fn what_we_seal_is_opened_by_the_other_implementation() {
    let rsa_oaep = [(OAEP, None, None)];
    let small = [(AES128_GCM, None, None)];
    for (methods, names) in [
        (&[][..], [AES256_GCM, MGF1P]),
        (&rsa_oaep[..], [AES256_GCM, OAEP]),
        (&small[..], [AES128_GCM, MGF1P]),
    ] {
        let (der, offer) = asked(methods);
        let to = offer.recipient(None).expect("safe").expect("asked").clone();
        let xml = seal("<a>读者</a>", &to, entropy()).expect("seals");
        assert!(names.iter().all(|n| xml.contains(n)), "{xml}");
        assert!(!xml.contains("读者"));
        let body = STANDARD.encode(der);
        let lines: Vec<_> =
            body.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).expect("ASCII")).collect();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            lines.join("\n")
        );
        let mut keys = KeysManager::new();
        keys.add_keys([loader::load_rsa_private_pem(pem.as_bytes()).expect("a key")]);
        let opened = bergshamra::decrypt(&EncContext::new(keys), &xml).expect("opens");
        assert!(opened.contains("<a>读者</a>"), "{opened}");
        // Each time another key and nonce.
        assert_ne!(xml, seal("<a>读者</a>", &to, entropy()).expect("seals"));
    }
}

#[test]
fn what_the_other_implementation_seals_is_opened() {
    let certificate = our_keys()[0].certificate();
    for (data, key, parameters) in
        [(AES256_GCM, MGF1P, ""), (AES128_GCM, OAEP, SHA256_MASK), (AES128_CBC, MGF1P, "")]
    {
        let template = of_parts(&ByHand { data, key, parameters, ..ByHand::default() }, &[], &[]);
        let mut keys = KeysManager::new();
        keys.add_keys([loader::load_x509_cert_der(certificate).expect("a key")]);
        let xml = bergshamra::encrypt(&EncContext::new(keys), &template, b"<a/>").expect("seals");
        let document = crate::xml::parse(xml.as_bytes(), &crate::xml::Limits::RESPONSE);
        let document = document.expect("XML");
        let sealed = Sealed::read(document.root()).expect("the shape");
        assert_eq!(sealed.is_authenticated(), data != AES128_CBC);
        assert_eq!(open(&sealed, &decryption(true)).as_deref(), Ok(&b"<a/>"[..]), "{data}");
    }
}

struct Always(u8);

impl Random for Always {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0);
    }
}

#[test]
fn a_key_that_does_not_open_is_replaced_and_the_same_way_is_gone_to_the_end() {
    // Whatever is wrong with the key, the text is decrypted all the same: only so can a
    // text under the very key that was drawn in its place be read.
    let how = ByHand::default();
    let text = how.encrypted(b"<a/>");
    let drawn = Entropy::new(Arc::new(Always(7)));
    let other = Entropy::new(Arc::new(Always(8)));
    let mut changed = how.wrapped();
    changed[200] ^= 1;
    let of_another_length = ByHand { session: &[1; 16], ..ByHand::default() }.wrapped();
    for wrapped in [changed, vec![1; 256], vec![1; 3], of_another_length] {
        let xml = of_parts(&how, &wrapped, &text);
        let document = crate::xml::parse(xml.as_bytes(), &crate::xml::Limits::RESPONSE);
        let document = document.expect("XML");
        let sealed = Sealed::read(document.root()).expect("the shape");
        let with = |entropy| Decryption { keys: our_keys(), accept_cbc: false, entropy };
        assert_eq!(open(&sealed, &with(&drawn)).as_deref(), Ok(&b"<a/>"[..]));
        assert_eq!(open(&sealed, &with(&other)), Err(EncryptionFault::Opening));
    }
}

#[test]
fn a_decryption_key_and_its_certificate_must_belong_together() {
    let (der, _) = make_pair();
    let (_, other) = make_pair();
    assert!(DecryptingKey::from_pkcs8(&der, &other).is_err());
    assert!(DecryptingKey::from_pkcs8(b"nonsense", &other).is_err());
    assert!(DecryptingKey::from_pkcs8(&p256().0.serialize_der(), &p256().1).is_err());
    assert_eq!(format!("{:?}", our_keys()[0]), "DecryptingKey(***)");
}

fn listed<'a>(
    is_explicit: bool,
    certificate: &[u8],
    methods: &[(&'a str, Option<&'a str>, Option<&'a str>)],
) -> Listed<'a> {
    let key = crate::signature::TrustedKey::from_certificate(certificate).expect("key");
    let certificates = vec![(certificate.to_vec(), key)];
    Listed { is_explicit, certificates, methods: methods.to_vec() }
}

/// Whether it is encrypted: as asked, when told to, when told not to. `Err` is a refusal.
fn outcomes(descriptors: &[Listed<'_>]) -> [Result<bool, ()>; 3] {
    let offer = offer(descriptors);
    [None, Some(true), Some(false)].map(|wanted| match offer.recipient(wanted) {
        Ok(to) => Ok(to.is_some()),
        Err(SamlError::Request(RequestFault::Encryption, _)) => Err(()),
        Err(other) => panic!("{other:?}"),
    })
}

#[test]
fn a_service_is_answered_encrypted_where_it_asks_and_never_less_than_it_asks() {
    let rsa = our_keys()[0].certificate();
    let (gcm, cbc) = ((AES256_GCM, None, None), (AES128_CBC, None, None));
    let rsa15 = ("http://www.w3.org/2001/04/xmlenc#rsa-1_5", None, None);
    let sha512 = (OAEP, Some("http://www.w3.org/2001/04/xmlenc#sha512"), None);
    let yes = [Ok(true), Ok(true), Ok(false)];
    let refused = [Err(()), Err(()), Ok(false)];
    for (what, descriptors, wanted) in [
        ("nothing", vec![], [Ok(false), Err(()), Ok(false)]),
        ("a key for encryption", vec![listed(true, rsa, &[])], yes),
        ("a key for anything", vec![listed(false, rsa, &[])], [Ok(false), Ok(true), Ok(false)]),
        ("a key for anything, with methods", vec![listed(false, rsa, &[cbc, gcm])], yes),
        ("CBC only", vec![listed(true, rsa, &[cbc])], refused),
        ("RSA-1.5 only", vec![listed(true, rsa, &[gcm, rsa15])], refused),
        ("OAEP of another hash", vec![listed(true, rsa, &[gcm, sha512])], refused),
        ("RSA-1.5 and OAEP", vec![listed(true, rsa, &[rsa15, (MGF1P, None, None)])], yes),
        ("a key on a curve", vec![listed(true, &p256().1, &[])], refused),
        ("the second can", vec![listed(true, &p256().1, &[]), listed(true, rsa, &[])], yes),
        ("asked and not able", vec![listed(false, rsa, &[]), listed(true, rsa, &[cbc])], refused),
    ] {
        assert_eq!(outcomes(&descriptors), wanted, "{what}");
    }
}

#[test]
fn the_reason_and_the_remedy_are_told() {
    let rsa = our_keys()[0].certificate();
    let cbc = offer(&[listed(true, rsa, &[(AES128_CBC, None, None)])]);
    let said = cbc.recipient(None).expect_err("refused").to_string();
    assert!(said.contains("aes128-cbc") && said.contains("encrypt = false"), "{said}");
}
