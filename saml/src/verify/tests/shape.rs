//! Signatures of another shape than the strict profile: N3, N4 and the transforms of N6.

use super::*;
use crate::signature::tests::unsigned;

// N3: the inside of a signature.

#[test]
fn n3_a_second_signed_info_is_refused() {
    let extra = Forge {
        after: &|s| {
            let info = span(&s, "ds:SignedInfo").to_owned();
            s.replacen(&info, &format!("{info}{}", info.replace("_a1", "_evil")), 1)
        },
        ..Forge::default()
    };
    assert_eq!(fault(&forge(&plain(&answer()), ASSERTION, &extra)), AnswerFault::Profile);
    let first = Forge {
        after: &|s| {
            s.replacen("<ds:SignedInfo", "<ds:SignedInfo></ds:SignedInfo><ds:SignedInfo", 1)
        },
        ..Forge::default()
    };
    assert_eq!(fault(&forge(&plain(&answer()), ASSERTION, &first)), AnswerFault::Profile);
}

#[test]
fn n3_comments_in_digest_or_signature_value_are_refused() {
    for place in ["<ds:DigestValue>", "<ds:SignatureValue>"] {
        for hidden in ["<!--x-->", "<?x?>", "<![CDATA[]]>", "<x></x>"] {
            let xml = good(Sign::Assertion).replacen(place, &format!("{place}{hidden}"), 1);
            let fault = fault(&xml);
            assert!(
                matches!(fault, AnswerFault::Malformed | AnswerFault::Profile),
                "{place}{hidden}: {fault:?}"
            );
        }
    }
}

// N4: the scope of a signature is what it refers to.

#[test]
fn n4_a_reference_to_anything_but_its_own_element_is_refused() {
    for uri in [
        "",
        "#",
        "#_r1",
        "#xpointer(/)",
        "#xpointer(id('_a1'))",
        "_a1",
        "file:///etc/passwd",
        "http://x.test/",
        "cid:_a1",
        "Cargo.toml",
    ] {
        let how = Forge {
            info: &|s| s.replace("URI=\"#_a1\"", &format!("URI=\"{uri}\"")),
            ..Forge::default()
        };
        assert_eq!(
            fault(&forge(&plain(&answer()), ASSERTION, &how)),
            AnswerFault::Profile,
            "{uri}"
        );
    }
    let none = Forge { info: &|s| s.replace(" URI=\"#_a1\"", ""), ..Forge::default() };
    assert_eq!(fault(&forge(&plain(&answer()), ASSERTION, &none)), AnswerFault::Profile);
    // The signature of the assertion moved under the Response, and the other way round.
    let xml = good(Sign::Assertion);
    let signature = span(&xml, "ds:Signature").to_owned();
    let moved = unsigned(&xml).replace("<samlp:Status>", &format!("{signature}<samlp:Status>"));
    assert_eq!(fault(&moved), AnswerFault::Profile);
    let deep = unsigned(&xml).replace(
        "<saml:Conditions",
        &format!("<saml:Advice>{signature}</saml:Advice><saml:Conditions"),
    );
    assert_eq!(fault(&deep), AnswerFault::Profile);
}

#[test]
fn n4_a_second_reference_or_signature_is_refused() {
    let two = Forge {
        info: &|s| {
            let reference = span(&s, "ds:Reference").to_owned();
            s.replace(&reference, &format!("{reference}{reference}"))
        },
        ..Forge::default()
    };
    assert_eq!(fault(&forge(&plain(&answer()), ASSERTION, &two)), AnswerFault::Profile);
    let double = Forge { after: &|s| format!("{s}{s}"), ..Forge::default() };
    assert_eq!(fault(&forge(&plain(&answer()), ASSERTION, &double)), AnswerFault::Profile);
    let none = Forge {
        info: &|s| {
            let reference = span(&s, "ds:Reference").to_owned();
            s.replace(&reference, "")
        },
        ..Forge::default()
    };
    assert_eq!(fault(&forge(&plain(&answer()), ASSERTION, &none)), AnswerFault::Profile);
}

// N6: transforms.

#[test]
fn n6_only_the_two_transforms_of_saml_are_run() {
    let enveloped = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>";
    let exclusive =
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>";
    let xpath = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath></ds:Transform>";
    let xslt =
        "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"></ds:Transform>";
    let comments = exclusive.replace("c14n#", "c14n#WithComments");
    let inclusive = exclusive.replace(
        "http://www.w3.org/2001/10/xml-exc-c14n#",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    );
    let both = format!("{enveloped}{exclusive}");
    for transforms in [
        format!("{enveloped}{xpath}{exclusive}"),
        format!("{xpath}{exclusive}"),
        format!("{enveloped}{xslt}"),
        format!("{enveloped}{comments}"),
        format!("{enveloped}{inclusive}"),
        format!("{exclusive}{enveloped}"),
        enveloped.to_owned(),
        exclusive.to_owned(),
        String::new(),
    ] {
        let how = Forge { info: &|s| s.replace(&both, &transforms), ..Forge::default() };
        assert_eq!(
            fault(&forge(&plain(&answer()), ASSERTION, &how)),
            AnswerFault::Profile,
            "{transforms}"
        );
    }
    let how = Forge {
        info: &|s| {
            s.replace("<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">", "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\">")
        },
        ..Forge::default()
    };
    assert_eq!(fault(&forge(&plain(&answer()), ASSERTION, &how)), AnswerFault::Profile);
}

#[test]
fn n6_a_prefix_list_is_honoured_and_bounded() {
    let exclusive = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">";
    let list = |prefixes: &str| {
        let inner = format!(
            "{exclusive}<ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"{prefixes}\"></ec:InclusiveNamespaces>"
        );
        let how = Forge { info: &|s| s.replace(exclusive, &inner), ..Forge::default() };
        forge(&plain(&answer()), ASSERTION, &how)
    };
    assert!(verify(&list("xs")).is_ok());
    assert_eq!(fault(&list(&"a ".repeat(17))), AnswerFault::Profile);
}
