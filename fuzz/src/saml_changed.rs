//! Good answers taken apart and put together otherwise: moved, copied, wrapped, renamed and
//! mixed with another reader's. Byte by byte a fuzzer hardly finds a document that is still
//! well-formed; here every input is one.

mod edits;

use crate::fixtures;
use crate::parties::{answer, entropy, idp_metadata, key_pair, signing_key};
use crate::saml_response::{expected, hold};
use crate::script::Script;
use edits::Pieces;
use model::{Entropy, Text};
use saml::{
    Assertion, DecryptingKey, Decryption, IdpMetadata, Recipient, ResponseOut, Sign, SigningKey,
    SpSelf, parse_metadata, verify_encrypted_response, write_encrypted_response, write_response,
    write_sp_metadata,
};
use std::sync::LazyLock;

/// Most changes to one answer.
const MOST: usize = 12;

struct Parties {
    idp: IdpMetadata,
    keys: [DecryptingKey; 1],
    entropy: Entropy,
    /// Our reader's answer: in clear and encrypted, Assertion or Response signed.
    good: Vec<String>,
    /// Those of another reader to another request, in the same order.
    others: Vec<String>,
    read: Assertion,
}

/// Made anew in each process: an input is a script of changes and holds for any key.
static PARTIES: LazyLock<Parties> = LazyLock::new(|| {
    let key = signing_key();
    let (pkcs8, certificate) = key_pair();
    let keys = [DecryptingKey::from_pkcs8(&pkcs8, &certificate).expect("a decrypting key")];
    let idp = fixtures::idp(&idp_metadata(key.certificate()));
    let entropy = entropy();
    let to = recipient(key.certificate(), &certificate);
    let every = |out: &ResponseOut| every(out, &key, &to, &entropy);
    let good = every(&answer(1, fixtures::REQUEST_ID));
    let others = every(&answer(2, "_another-request"));
    let with = Decryption { keys: &keys, accept_cbc: false, entropy: &entropy };
    let mut read = good.iter().map(|xml| {
        let accepted = verify_encrypted_response(xml.as_bytes(), &expected(&idp), &with);
        (*accepted.expect("a good answer")).clone()
    });
    let first = read.next().expect("one");
    assert!(read.all(|again| again == first), "one answer in four forms");
    Parties { idp, keys, entropy, good, others, read: first }
});

fn recipient(signing: &[u8], encryption: &[u8]) -> Recipient {
    let xml = write_sp_metadata(&SpSelf {
        entity_id: fixtures::AUDIENCE,
        acs: fixtures::ACS,
        certs: &[signing],
        encryption_certs: &[encryption],
        name: &Text::new("枢纽", "Hub"),
    });
    let sp = parse_metadata(xml.as_bytes()).expect("metadata").remove(0).sp.expect("a service");
    sp.encryption.recipient(None).expect("safe").expect("asked for").clone()
}

fn every(out: &ResponseOut, key: &SigningKey, to: &Recipient, chance: &Entropy) -> Vec<String> {
    let in_clear = |sign| write_response(out, key, sign).expect("an answer");
    let sealed = |sign| write_encrypted_response(out, key, sign, to, chance).expect("an answer");
    vec![
        in_clear(Sign::Assertion),
        in_clear(Sign::Response),
        sealed(Sign::Assertion),
        sealed(Sign::Response),
    ]
}

/// One input.
pub fn run(data: &[u8]) {
    let _ = changed(data);
}

/// Whether the answer is still believed after the changes.
fn changed(data: &[u8]) -> bool {
    let parties = &*PARTIES;
    let mut script = Script::new(data);
    let form = script.below(parties.good.len());
    let mut pieces = Pieces::of(&parties.good[form]);
    for _ in 0..MOST {
        if script.is_over() {
            break;
        }
        pieces.change(script.one_of(&parties.others).as_str(), &mut script);
    }
    let xml = pieces.whole();
    let with = Decryption { keys: &parties.keys, accept_cbc: false, entropy: &parties.entropy };
    match verify_encrypted_response(xml.as_bytes(), &expected(&parties.idp), &with) {
        Ok(accepted) => {
            hold(&accepted, &parties.read, xml.as_bytes());
            true
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_changes_is_believed_and_most_changes_are_noticed() {
        for form in 0..4 {
            assert!(changed(&[0, form]), "form {form}");
        }
        let noticed = crate::seeds("saml_changed").iter().filter(|(_, s)| !changed(s)).count();
        assert!(noticed > 40, "{noticed} of 48");
    }

    #[test]
    fn what_is_taken_apart_is_put_together_again() {
        for xml in &PARTIES.good {
            assert_eq!(Pieces::of(xml).whole(), *xml);
        }
    }
}
