//! Algorithms that are refused, and the few that are not.

use super::*;
use crate::SigningKey;
use crate::signature::tests::{make_pair_for, p256, p256_sign};
use aws_lc_rs::{digest, hmac};
use model::SignatureHash;

fn with_method(uri: &str, sign: &dyn Fn(&[u8]) -> Vec<u8>) -> String {
    let how = Forge {
        info: &|s| s.replace("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", uri),
        sign,
        ..Forge::default()
    };
    forge(&plain(&answer()), ASSERTION, &how)
}

#[test]
fn an_hmac_with_the_public_key_as_secret_is_refused() {
    let secret = idp_key().certificate();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let mac = |data: &[u8]| hmac::sign(&key, data).as_ref().to_vec();
    let xml = with_method("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", &mac);
    assert_eq!(fault(&xml), AnswerFault::Algorithm);
}

#[test]
fn weak_and_unknown_algorithms_are_refused() {
    let sign = |data: &[u8]| idp_key().sign(data).expect("signs");
    for uri in [
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
        "http://www.w3.org/2001/04/xmlenc#rsa-1_5",
        "none",
    ] {
        assert_eq!(fault(&with_method(uri, &sign)), AnswerFault::Algorithm, "{uri}");
    }
    for uri in
        ["http://www.w3.org/2000/09/xmldsig#sha1", "http://www.w3.org/2001/04/xmldsig-more#md5"]
    {
        let how = Forge {
            digest: &digest::SHA1_FOR_LEGACY_USE_ONLY,
            info: &|s| s.replace("http://www.w3.org/2001/04/xmlenc#sha256", uri),
            ..Forge::default()
        };
        assert_eq!(
            fault(&forge(&plain(&answer()), ASSERTION, &how)),
            AnswerFault::Algorithm,
            "{uri}"
        );
    }
    // HMACOutputLength and the like (CVE-2009-0217).
    let how = Forge {
        info: &|s| {
            s.replace(
                "</ds:SignatureMethod>",
                "<ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>",
            )
        },
        ..Forge::default()
    };
    assert_eq!(fault(&forge(&plain(&answer()), ASSERTION, &how)), AnswerFault::Profile);
}

#[test]
fn an_algorithm_of_another_kind_of_key_is_refused() {
    let sign = |data: &[u8]| idp_key().sign(data).expect("signs");
    let ecdsa = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
    assert_eq!(fault(&with_method(ecdsa, &sign)), AnswerFault::Signature);
    let sha512 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
    assert_eq!(fault(&with_method(sha512, &sign)), AnswerFault::Signature);
}

#[test]
fn the_stronger_digests_and_p256_are_accepted() {
    for (algorithm, uri) in [
        (&digest::SHA384, "http://www.w3.org/2001/04/xmldsig-more#sha384"),
        (&digest::SHA512, "http://www.w3.org/2001/04/xmlenc#sha512"),
    ] {
        let how = Forge {
            digest: algorithm,
            info: &|s| s.replace("http://www.w3.org/2001/04/xmlenc#sha256", uri),
            ..Forge::default()
        };
        assert!(verify(&forge(&plain(&answer()), ASSERTION, &how)).is_ok(), "{uri}");
    }
    let xml = with_method("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", &p256_sign);
    let idp = idp_with(&[&p256().1]);
    assert!(verify_response(xml.as_bytes(), &expected(&idp)).is_ok());
}

#[test]
fn what_we_sign_verifies_with_every_sort_of_key_and_hash_and_with_no_other_key() {
    let sorts = [
        (&rcgen::PKCS_RSA_SHA256, SignatureHash::Sha256, "#rsa-sha256"),
        (&rcgen::PKCS_RSA_SHA256, SignatureHash::Sha384, "#rsa-sha384"),
        (&rcgen::PKCS_RSA_SHA256, SignatureHash::Sha512, "#rsa-sha512"),
        // A curve keeps its own hash, whatever is wished for.
        (&rcgen::PKCS_ECDSA_P256_SHA256, SignatureHash::Sha512, "#ecdsa-sha256"),
        (&rcgen::PKCS_ECDSA_P384_SHA384, SignatureHash::Sha256, "#ecdsa-sha384"),
    ];
    for (sort, hash, name) in sorts {
        let (der, cert) = make_pair_for(sort);
        let key = SigningKey::from_pkcs8(&der, &cert).expect("usable");
        for sign in [Sign::Assertion, Sign::Response] {
            let xml = write_response(&answer(), key.hashing(hash), sign).expect("writes");
            assert!(xml.contains(name), "{name}: {xml}");
            let idp = idp_with(&[idp_key().certificate(), &cert]);
            assert!(verify_response(xml.as_bytes(), &expected(&idp)).is_ok(), "{name}");
            let (_, other) = make_pair_for(sort);
            let refused = verify_response(xml.as_bytes(), &expected(&idp_with(&[&other])));
            assert!(matches!(refused, Err(SamlError::Answer(AnswerFault::Signature, _))), "{name}");
        }
    }
}

#[test]
fn a_curve_under_the_name_of_the_other_is_refused() {
    let (der, cert) = make_pair_for(&rcgen::PKCS_ECDSA_P384_SHA384);
    let key = SigningKey::from_pkcs8(&der, &cert).expect("usable");
    let xml = with_method("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", &|data| {
        key.sign(data).expect("signs")
    });
    let refused = verify_response(xml.as_bytes(), &expected(&idp_with(&[&cert])));
    assert!(matches!(refused, Err(SamlError::Answer(AnswerFault::Signature, _))), "{refused:?}");
}
