//! Keys from outside: what is taken, what is refused, and with which words.

use crate::keys::{BroughtKey, KeyError, KeyPurpose, KeyState, UseFrom};
use crate::testing::{Folder, NOON, durable, keys, moment};

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("files/", $name)).as_slice()
    };
}

const SAML: KeyPurpose = KeyPurpose::Saml;

fn read(purpose: KeyPurpose, pem: &[u8]) -> Result<BroughtKey, KeyError> {
    BroughtKey::read(purpose, pem)
}

#[test]
fn every_form_of_pem_is_read_and_is_the_same_key() {
    let pkcs1 = read(SAML, file!("rsa-2048-pkcs1.pem")).expect("PKCS#1");
    let pkcs8 = read(SAML, file!("rsa-2048-pkcs8.pem")).expect("PKCS#8");
    assert_eq!(*pkcs1.key.pkcs8, *pkcs8.key.pkcs8);
    assert_eq!(pkcs1.key.sort.to_string(), "rsa-2048");
    let p256 = read(KeyPurpose::OidcEs256, file!("p-256-sec1.pem")).expect("SEC1 on P-256");
    assert_eq!(p256.key.sort.to_string(), "p-256");
    let p384 = read(SAML, file!("p-384-sec1.pem")).expect("SEC1 on P-384");
    assert_eq!(p384.key.sort.to_string(), "p-384");
    assert_eq!(format!("{pkcs1:?}"), "BroughtKey(saml, PrivateKey(rsa-2048, ***))");
}

#[test]
fn what_is_weak_damaged_locked_or_of_another_sort_is_refused_with_what_to_do() {
    let two = [file!("p-256-sec1.pem"), file!("p-384-sec1.pem")].concat();
    for (pem, says) in [
        (file!("rsa-1024.pem"), "fewer than 2048 bits"),
        (file!("rsa-exponent-3.pem"), "exponent below 65537"),
        (file!("p-521.pem"), "neither RSA nor on P-256 or P-384"),
        (file!("ed25519.pem"), "neither RSA nor on P-256 or P-384"),
        (file!("locked-pkcs1.pem"), "openssl pkey"),
        (file!("locked-pkcs8.pem"), "openssl pkey"),
        (file!("p-256-mixed.pem"), "damaged"),
        (file!("rsa-damaged.pem"), "damaged"),
        (file!("rsa-2048.cert.pem"), "holds no private key"),
        (b"", "holds no private key"),
        (b"-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----\n", "is not PEM"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "neither RSA"),
        (&two, "more than one private key"),
    ] {
        let refused = read(SAML, pem).expect_err(says).to_string();
        assert!(refused.contains(says) && refused.contains(" — "), "{says}: {refused}");
    }
}

#[test]
fn a_key_serves_only_the_purposes_that_it_can() {
    let (rsa, p256, p384) =
        (file!("rsa-2048-pkcs8.pem"), file!("p-256-sec1.pem"), file!("p-384-sec1.pem"));
    for (purpose, taken, refused) in [
        (SAML, &[rsa, p256, p384][..], &[][..]),
        (KeyPurpose::SamlEncryption, &[rsa], &[p256, p384]),
        (KeyPurpose::OidcRs256, &[rsa], &[p256, p384]),
        (KeyPurpose::OidcEs256, &[p256], &[rsa, p384]),
        (KeyPurpose::Root, &[], &[rsa, p256, p384]),
    ] {
        assert!(taken.iter().all(|pem| read(purpose, pem).is_ok()), "{purpose}");
        for pem in refused {
            let said = read(purpose, pem).expect_err("refused").to_string();
            assert!(said.contains(purpose.as_str()), "{said}");
        }
    }
}

#[test]
fn the_certificate_is_of_the_key_and_a_chain_may_lie_beside_it() {
    let rsa = || read(SAML, file!("rsa-2048-pkcs8.pem")).expect("a key");
    let own = rsa().certified(file!("rsa-2048.cert.pem")).expect("its own").certificate;
    let chain = [file!("p-384.cert.pem"), file!("rsa-2048.cert.pem")].concat();
    assert_eq!(rsa().certified(&chain).expect("in a chain").certificate, own);
    for (pem, says) in [
        (file!("p-384.cert.pem"), "is of another key"),
        (file!("rsa-2048-pkcs8.pem"), "holds no certificate"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no X.509"),
    ] {
        let refused = rsa().certified(pem).expect_err(says).to_string();
        assert!(refused.contains(says), "{refused}");
    }
}

#[tokio::test]
async fn an_imported_key_is_published_ahead_and_then_signs_with_its_own_certificate() {
    let folder = Folder::new();
    let ring = keys(&folder, &durable(&folder).await).await;
    let key = read(SAML, file!("rsa-2048-pkcs1.pem")).expect("a key");
    let key = key.certified(file!("rsa-2048.cert.pem")).expect("its certificate");
    let facts = ring.import(&key, UseFrom::Usual, &moment(5)).await.expect("imported");
    assert_eq!((facts.generation, facts.state), (2, KeyState::Next));
    assert_eq!(facts.use_from, NOON.plus_s(7 * 86_400));
    let published = ring.current();
    assert_eq!(published.saml_certificates()[1], key.certificate);
    assert_ne!(published.saml().certificate(), key.certificate);
    ring.refresh(facts.use_from).await.expect("refreshed");
    assert_eq!(ring.current().saml().certificate(), key.certificate);
}

#[tokio::test]
async fn a_key_that_the_hub_has_or_had_is_not_taken_for_any_purpose() {
    let folder = Folder::new();
    let ring = keys(&folder, &durable(&folder).await).await;
    let pem = file!("rsa-2048-pkcs8.pem");
    let tokens = read(KeyPurpose::OidcRs256, pem).expect("a key");
    let of_saml = || read(SAML, pem).expect("a key").certified(file!("rsa-2048.cert.pem"));
    let of_saml = of_saml().expect("its certificate");
    ring.import(&tokens, UseFrom::Now, &moment(5)).await.expect("imported");
    let said = async |key: &BroughtKey| {
        ring.import(key, UseFrom::Now, &moment(6)).await.expect_err("refused").to_string()
    };
    assert!(said(&of_saml).await.contains("each purpose has a key of its own"));
    assert!(said(&tokens).await.contains("already"));
    ring.retire(KeyPurpose::OidcRs256, 2, false, NOON).await.expect("taken back");
    assert!(said(&tokens).await.contains("was given up"));
    assert!(said(&of_saml).await.contains("was given up"));
}

#[tokio::test]
async fn the_hubs_own_key_comes_back_for_no_other_purpose_either() {
    let folder = Folder::new();
    let durable = durable(&folder).await;
    let ring = keys(&folder, &durable).await;
    let key = read(KeyPurpose::SamlEncryption, file!("rsa-2048-pkcs8.pem")).expect("a key");
    let key = key.certified(file!("rsa-2048.cert.pem")).expect("its certificate");
    ring.import(&key, UseFrom::Usual, &moment(5)).await.expect("imported");
    let tokens = read(KeyPurpose::OidcRs256, file!("rsa-2048-pkcs8.pem")).expect("a key");
    let refused = ring.import(&tokens, UseFrom::Usual, &moment(6)).await.expect_err("known");
    assert!(refused.to_string().contains("saml-encryption 2"), "{refused}");
}

#[tokio::test]
async fn with_and_without_a_certificate_as_the_purpose_asks() {
    let folder = Folder::new();
    let ring = keys(&folder, &durable(&folder).await).await;
    let bare = read(SAML, file!("rsa-2048-pkcs8.pem")).expect("a key");
    let refused = ring.import(&bare, UseFrom::Usual, &moment(5)).await.expect_err("bare");
    assert!(refused.to_string().contains("with a certificate"), "{refused}");
    let tokens = read(KeyPurpose::OidcRs256, file!("rsa-2048-pkcs8.pem")).expect("a key");
    let dressed = tokens.certified(file!("rsa-2048.cert.pem")).expect("its certificate");
    let refused = ring.import(&dressed, UseFrom::Usual, &moment(5)).await.expect_err("dressed");
    assert!(refused.to_string().contains("without a certificate"), "{refused}");
}
