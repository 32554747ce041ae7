//! What identity providers send, read twice: by us and by samael in its own process. Runs
//! where TESTS_SECOND_OPINION names the program, as `./test` does in its second walk.

use crate::harness::TestClock;
use crate::harness::clock::seeded;
use crate::harness::hub::second_opinion;
use crate::harness::saml::acme_answer;
use crate::harness::world::{ACME_IDP, HUB, acme_key, idp_metadata};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use model::Clock as _;
use saml::{
    Accepted, AttrValues, AttributeOut, DecryptingKey, Decryption, Expected, IdpMetadata, NameId,
    Recipient, ResponseOut, Sign, SigningKey, SpSelf, attr, name_format, name_id_format,
    parse_metadata, verify_encrypted_response, write_encrypted_response, write_response,
    write_sp_metadata,
};
use second_opinion::{Question, Reply};

/// RSA, and both curves.
fn keys() -> Vec<SigningKey> {
    let curve = |algorithm| {
        let pair = rcgen::KeyPair::generate_for(algorithm).expect("a key");
        certified(&pair.serialize_der(), &pair)
    };
    let rsa = {
        let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa3072);
        let key = key.expect("a key");
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&key).expect("DER");
        let pair = rcgen::KeyPair::try_from(der.as_ref()).expect("a pair");
        certified(der.as_ref(), &pair)
    };
    vec![rsa, curve(&rcgen::PKCS_ECDSA_P256_SHA256), curve(&rcgen::PKCS_ECDSA_P384_SHA384)]
}

fn certified(der: &[u8], pair: &rcgen::KeyPair) -> SigningKey {
    let params = rcgen::CertificateParams::new(Vec::new()).expect("params");
    let certificate = params.self_signed(pair).expect("a certificate");
    SigningKey::from_pkcs8(der, certificate.der()).expect("a signing key")
}

/// What stands in the answers of products.
fn answers(clock: &TestClock) -> Vec<ResponseOut> {
    let plain = || acme_answer(clock, Some("_q"));
    let attribute = |name: &str, values| AttributeOut {
        name: name.to_owned(),
        name_format: name_format::URI.to_owned(),
        friendly_name: Some("a name for people".to_owned()),
        values,
    };
    let mut rich = plain();
    let many = ["读者甲 <&> \"x\"", " ", "e\u{301}", "a\nb", "\u{a0}c\u{2003}"];
    let many = many.map(str::to_owned).to_vec();
    rich.attributes.push(attribute("urn:many", AttrValues::Text(many)));
    rich.attributes.push(attribute("urn:none", AttrValues::Text(Vec::new())));
    rich.name_id.name_qualifier = Some(ACME_IDP.to_owned());
    rich.session_not_on_or_after = Some(clock.now().plus_s(600));
    rich.authenticating_authorities = vec!["https://campus.test/idp".to_owned()];
    let mut targeted = plain();
    let value = NameId {
        format: Some(name_id_format::PERSISTENT.to_owned()),
        value: "opaque-1".to_owned(),
        name_qualifier: Some(ACME_IDP.to_owned()),
        sp_name_qualifier: Some(HUB.to_owned()),
    };
    targeted.attributes.push(attribute(attr::TARGETED_ID, AttrValues::NameId(value)));
    vec![plain(), rich, targeted]
}

fn to_us(certificate: &[u8]) -> Recipient {
    let xml = write_sp_metadata(&SpSelf {
        entity_id: &format!("{HUB}/saml/sp/metadata"),
        acs: &format!("{HUB}/saml/sp/acs"),
        certs: &[certificate],
        encryption_certs: &[certificate],
        name: &model::Text::new("枢纽", "Hub"),
    });
    let sp = parse_metadata(xml.as_bytes()).expect("metadata").remove(0).sp.expect("a service");
    sp.encryption.recipient(None).expect("safe").expect("asked for").clone()
}

#[tokio::test]
async fn every_form_of_an_answer_is_read_alike_by_both() {
    let Some(second) = second_opinion() else { return };
    let clock = TestClock::new();
    let chance = seeded("second opinion");
    let ours = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).expect("a key");
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&ours).expect("DER");
    let pair = rcgen::KeyPair::try_from(der.as_ref()).expect("a pair");
    let certificate = certified(der.as_ref(), &pair).certificate().to_vec();
    let decrypting = [DecryptingKey::from_pkcs8(der.as_ref(), &certificate).expect("a key")];
    let (audience, recipient) = (format!("{HUB}/saml/sp/metadata"), format!("{HUB}/saml/sp/acs"));
    let with = Decryption { keys: &decrypting, accept_cbc: false, entropy: &chance };
    let to = to_us(&certificate);
    for key in keys() {
        // Two keys, as while one is rolled over; the other one stands first.
        let certs = [acme_key().certificate(), key.certificate()];
        let idp = idp(&idp_metadata(ACME_IDP, "https://acme.test", &certs, "acme.test"));
        for out in answers(&clock) {
            for xml in forms(&out, &key, &to, &chance) {
                let expected = Expected {
                    idp: &idp,
                    audience: &audience,
                    recipient: &recipient,
                    in_response_to: Some("_q"),
                    now: clock.now(),
                    skew_s: 60,
                    force_authn_since: None,
                };
                let said = verify_encrypted_response(xml.as_bytes(), &expected, &with);
                let said = said.unwrap_or_else(|e| panic!("{e}\n{xml}"));
                let accepted = Accepted {
                    xml: xml.as_bytes(),
                    opened: said.opened(),
                    idp: &idp,
                    audience: &audience,
                    read: &said,
                };
                assert_eq!(said.opened().is_some(), xml.contains("EncryptedAssertion"));
                second.compare(accepted).await.unwrap_or_else(|o| panic!("{o:?}\n{xml}"));
            }
        }
    }
}

fn idp(metadata: &str) -> IdpMetadata {
    parse_metadata(metadata.as_bytes()).expect("metadata").remove(0).idp.expect("one")
}

fn forms(
    out: &ResponseOut,
    key: &SigningKey,
    to: &Recipient,
    chance: &model::Entropy,
) -> Vec<String> {
    let signs = [Sign::Assertion, Sign::Response];
    let clear = signs.map(|sign| write_response(out, key, sign).expect("written"));
    let sealed =
        signs.map(|sign| write_encrypted_response(out, key, sign, to, chance).expect("written"));
    clear.into_iter().chain(sealed).collect()
}

/// The program is asked for its own reading: were it to accept what nobody signed, its
/// agreement would be worth nothing.
#[tokio::test]
async fn the_program_believes_only_what_the_metadatas_keys_signed() {
    let Some(second) = crate::harness::hub::asking() else { return };
    let clock = TestClock::new();
    let out = acme_answer(&clock, Some("_q"));
    let good = write_response(&out, acme_key(), Sign::Assertion).expect("written");
    let ask = async |xml: &str, opened: Option<&str>, certificate: &[u8]| {
        use base64::Engine as _;
        let question = Question {
            xml: xml.to_owned(),
            opened: opened.map(str::to_owned),
            certificates: vec![base64::engine::general_purpose::STANDARD.encode(certificate)],
        };
        second.ask(&question).await.expect("a reply")
    };
    let stranger = crate::harness::world::stranger_key().certificate();
    let ours = acme_key().certificate();
    assert!(matches!(ask(&good, None, ours).await, Reply::Read(_)));
    let start = good.find("<ds:Signature").expect("a signature");
    let end = good.find("</ds:Signature>").expect("its end") + "</ds:Signature>".len();
    let unsigned = format!("{}{}", &good[..start], &good[end..]);
    let assertion = &unsigned[unsigned.find("<saml:Assertion").expect("one")..];
    let assertion = assertion.strip_suffix("</samlp:Response>").expect("its end");
    for (what, xml, opened, certificate) in [
        ("another key", good.as_str(), None, stranger),
        ("a changed value", good.replace("reader0001", "reader0002").as_str(), None, ours),
        ("no signature", unsigned.as_str(), None, ours),
        ("opened, and signed nowhere", unsigned.as_str(), Some(assertion), ours),
        ("no XML", "<samlp:Response", None, ours),
    ] {
        let reply = ask(xml, opened, certificate).await;
        assert!(matches!(reply, Reply::Refused(_)), "{what}: {reply:?}");
    }
}
