//! Encrypted answers, from the hub's own metadata to the claim.

use super::*;
use saml::{Recipient, Sign, write_encrypted_response, write_response};

/// Who reads metadata with this certificate encrypts to its key.
fn recipient(certificate: &[u8]) -> Recipient {
    let xml = write_sp_metadata(&SpSelf {
        entity_id: SP,
        acs: ACS_URL,
        certs: &[],
        encryption_certs: &[certificate],
        name: &model::Text::new("枢纽", "Hub"),
    });
    let entity = saml::parse_metadata(xml.as_bytes()).expect("metadata").remove(0);
    let offer = entity.sp.expect("a service provider").encryption;
    offer.recipient(None).expect("safe").expect("asked for").clone()
}

fn encrypted(out: &ResponseOut, certificate: &[u8], sign: Sign) -> String {
    let entropy = crate::testing::entropy(42);
    write_encrypted_response(out, &*NJU_KEY, sign, &recipient(certificate), &entropy)
        .expect("written")
}

/// An answer with that fault.
pub(super) fn spoiled(out: &ResponseOut, step: &str) -> String {
    let clear = write_response(out, &*NJU_KEY, Sign::Assertion).expect("written");
    match step {
        "encryption" => clear.replace("saml:NameID", "saml:EncryptedID"),
        "algorithms" => clear.replace("xmldsig-more#rsa-sha256", "xmldsig-more#rsa-md5"),
        // To a key that is not ours.
        _ => encrypted(out, PKU_KEY.certificate(), Sign::Assertion),
    }
}

async fn answered_with(
    world: &World,
    place: &Place,
    write: impl FnOnce(&ResponseOut) -> String,
) -> Result<Finished, Refusal> {
    let begun = world.begin(&world.saml, place).await.expect("begun");
    let xml = write(&answer(Some(&request_id(&begun))));
    let inbound = posted_xml(&xml, place.handle.as_str());
    world.finish(&world.saml, place, &inbound, &begun.state).await
}

#[tokio::test]
async fn an_encrypted_answer_becomes_the_same_claim() {
    let world = world().await;
    let place = world.place("nju", "campus");
    let keys = world.keys.current();
    let certificate = keys.saml_decryption()[0].certificate();
    for sign in [Sign::Assertion, Sign::Response] {
        let outcome = answered_with(&world, &place, |out| encrypted(out, certificate, sign)).await;
        let claim = claimed(outcome);
        assert_eq!(claim.key().as_str(), "q7kx2@nju.edu.cn");
        assert_eq!(claim.profile().name.as_deref(), Some("读者甲"));
    }
}

#[tokio::test]
async fn cbc_is_for_members_that_say_so_and_never_outside_a_signature() {
    let world = world().await;
    let keys = world.keys.current();
    let certificate = keys.saml_decryption()[0].certificate();
    for (flag, wanted) in [(false, "accept_cbc = true"), (true, "signed Response")] {
        let mut place = world.place("nju", "campus");
        place.entry.settings.insert("accept_cbc".to_owned(), flag.into());
        let outcome = answered_with(&world, &place, |out| {
            let gcm = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
            let cbc = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
            encrypted(out, certificate, Sign::Assertion).replace(gcm, cbc)
        });
        let refusal = refused(outcome.await);
        assert_eq!(refusal.code(), code::SAML_ALGORITHM);
        assert!(refusal.to_string().contains(wanted), "{refusal}");
    }
}
