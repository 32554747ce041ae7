//! Where the key lies, and every other shape of an EncryptedAssertion.

use super::*;

#[test]
fn the_key_may_lie_beside_with_or_without_a_way_to_it() {
    let inside = sealed(&signed_assertion());
    let key = span(&inside, "xenc:EncryptedKey").to_owned();
    let beside = |info: &str, id: &str| {
        let own = key.replacen(
            "<xenc:EncryptedKey>",
            &format!(
                "<xenc:EncryptedKey xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" Id=\"{id}\">"
            ),
            1,
        );
        let end = "</saml:EncryptedAssertion>";
        inside.replacen(&key, info, 1).replace(end, &format!("{own}{end}"))
    };
    let way = |uri: &str| {
        format!(
            "<ds:RetrievalMethod URI=\"{uri}\" Type=\"http://www.w3.org/2001/04/xmlenc#EncryptedKey\"></ds:RetrievalMethod>"
        )
    };
    assert_good(open_with(&carrying(&beside("", "_k1")), false));
    assert_good(open_with(&carrying(&beside(&way("#_k1"), "_k1")), false));
    for bad in [
        beside(&way("#_k2"), "_k1"),
        beside(&way("https://evil.test/key"), "_k1"),
        beside(&way("#_k1").replace("></", "><ds:Transforms></ds:Transforms></"), "_k1"),
        beside(&key, "_k1"),
        inside.replace(&key, &format!("{key}{key}")),
        inside.replace(&key, ""),
    ] {
        assert_eq!(fault_of(&carrying(&bad), false), AnswerFault::Encrypted, "{bad}");
    }
}

#[test]
fn another_shape_is_refused_before_a_key_is_used() {
    let inside = sealed(&signed_assertion());
    let method = format!("<xenc:EncryptionMethod Algorithm=\"{MGF1P}\">");
    let value = span(&inside, "xenc:CipherData");
    let value = &value[..value.find("</xenc:CipherData>").expect("its end") + 18];
    for (old, new) in [
        ("xmlenc#Element", "xmlenc#Content"),
        (
            "<xenc:CipherData>",
            "<xenc:EncryptionProperties></xenc:EncryptionProperties><xenc:CipherData>",
        ),
        (
            value,
            "<xenc:CipherData><xenc:CipherReference URI=\"file:///etc/passwd\"></xenc:CipherReference></xenc:CipherData>",
        ),
        (value, "<xenc:CipherData><xenc:CipherValue>%%%</xenc:CipherValue></xenc:CipherData>"),
        (value, ""),
        (method.as_str(), &format!("{method}<xenc:OAEPparams>AAAA</xenc:OAEPparams>")),
        (method.as_str(), &format!("{method}{SHA256_MASK}{SHA256_MASK}")),
        ("<xenc:EncryptedKey>", "<x></x><xenc:EncryptedKey><x></x>"),
        ("</saml:EncryptedAssertion>", "<x></x></saml:EncryptedAssertion>"),
        ("</saml:EncryptedAssertion>", "x</saml:EncryptedAssertion>"),
    ] {
        assert!(inside.contains(old), "{old}");
        let bad = carrying(&inside.replacen(old, new, 1));
        assert_eq!(fault_of(&bad, false), AnswerFault::Encrypted, "{new}");
    }
    let empty =
        format!("<saml:EncryptedAssertion xmlns:saml=\"{SAML}\"></saml:EncryptedAssertion>");
    assert_eq!(fault_of(&carrying(&empty), false), AnswerFault::Encrypted);
}

#[test]
fn line_breaks_in_the_ciphertext_and_a_default_namespace_inside_are_read() {
    // As xmlsec1 and Java write base64, and as ADFS writes an assertion.
    let by_default = unsigned_assertion().replace("saml:", "").replace("xmlns:saml=", "xmlns=");
    let by_default = by_default.replace(":saml=", "=");
    let inside = sealed(&by_default);
    let place = inside.rfind("<xenc:CipherValue>").expect("the text") + 18 + 64;
    let broken = format!("{}\n{}", &inside[..place], &inside[place..]);
    assert_good(open_with(&signed_carrying(&broken), false));
    let inside = sealed(&signed_assertion());
    let broken = format!("{}&#13;\n{}", &inside[..place], &inside[place..]);
    assert_good(open_with(&carrying(&broken), false));
}

#[test]
fn a_huge_ciphertext_is_refused_by_its_size() {
    let huge = sealed(&format!("<a>{}</a>", "x".repeat(300 << 10)));
    assert_eq!(fault_of(&carrying(&huge), false), AnswerFault::TooLarge);
}
