use super::*;

fn refused(xml: &str) -> XmlFault {
    parse(xml.as_bytes(), &Limits::RESPONSE).expect_err("must be refused")
}

#[test]
fn a_dtd_is_refused_wherever_it_stands() {
    assert_eq!(refused("<!DOCTYPE r><r/>"), XmlFault::Dtd);
    assert_eq!(
        refused(r#"<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>"#),
        XmlFault::Dtd
    );
    assert_eq!(refused("<?xml version=\"1.0\"?>\n<!DOCTYPE r><r/>"), XmlFault::Dtd);
}

#[test]
fn billion_laughs_never_reach_the_parser() {
    let entities: Vec<_> =
        (1..40).map(|n| format!("<!ENTITY a{n} \"&a{0};&a{0};\">", n - 1)).collect();
    let dtd = format!("<!DOCTYPE r [<!ENTITY a0 \"ha\">{}]>", entities.concat());
    assert_eq!(refused(&format!("{dtd}<r>&a39;</r>")), XmlFault::Dtd);
}

#[test]
fn an_undeclared_entity_is_refused() {
    assert!(matches!(refused("<r>&nbsp;</r>"), XmlFault::Malformed(_)));
}

#[test]
fn size_depth_and_attributes_are_capped() {
    let limits = Limits { bytes: 20_000, ..Limits::RESPONSE };
    let large = format!("<r>{}</r>", "x".repeat(20_000));
    assert_eq!(parse(large.as_bytes(), &limits).map(|_| ()), Err(XmlFault::TooLarge(20_000)));

    let deep = |n: usize| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
    assert!(parse(deep(32).as_bytes(), &limits).is_ok());
    assert_eq!(parse(deep(33).as_bytes(), &limits).map(|_| ()), Err(XmlFault::TooDeep(32)));

    let wide = |n: usize| {
        let attrs = (0..n).map(|i| format!(" a{i}='>'")).collect::<Vec<_>>().concat();
        format!("<r{attrs}/>")
    };
    assert!(parse(wide(32).as_bytes(), &limits).is_ok());
    assert_eq!(
        parse(wide(33).as_bytes(), &limits).map(|_| ()),
        Err(XmlFault::TooManyAttributes(32))
    );
}

#[test]
fn comments_and_instructions_are_refused_in_messages_and_read_over_in_metadata() {
    for xml in
        ["<r>a<!-- -->b</r>", "<r>a<?x y?>b</r>", "<!-- --><r/>", "<?xml-stylesheet href='x'?><r/>"]
    {
        assert_eq!(refused(xml), XmlFault::Comment, "{xml}");
    }
    let read = parse(b"<r>a<!-- x -->b<![CDATA[<c>]]></r>", &Limits::METADATA).expect("parses");
    assert_eq!(read.root().text().as_deref(), Ok("ab<c>"));
}

#[test]
fn another_encoding_is_refused() {
    assert_eq!(refused("<?xml version=\"1.0\" encoding=\"UTF-16\"?><r/>"), XmlFault::Encoding);
    assert!(parse(b"<?xml version=\"1.0\" encoding=\"utf-8\"?><r/>", &Limits::RESPONSE).is_ok());
    assert_eq!(parse(b"<r>\xff</r>", &Limits::RESPONSE).map(|_| ()), Err(XmlFault::Encoding));
}

#[test]
fn names_count_with_their_namespace_and_a_second_child_is_a_fault() {
    let read = parse(
        br#"<r xmlns:a="urn:a" xmlns:b="urn:b" a:x="1" x="2"><a:c/><b:c/><a:d/><a:d/></r>"#,
        &Limits::RESPONSE,
    )
    .expect("parses");
    let root = read.root();
    assert_eq!((root.attr("x"), root.attr_ns("urn:a", "x")), (Some("2"), Some("1")));
    assert!(root.one("urn:a", "c").expect("one").is_some());
    assert!(root.one("urn:c", "c").expect("none").is_none());
    assert!(root.one("urn:a", "d").is_err());
}

/// Found by a second reader of the same bytes, which took `<:AttributeValue>` for SAML's own.
#[test]
fn a_name_that_namespaces_do_not_allow_is_refused() {
    for xml in [
        "<:r/>",
        "<r xmlns='urn:r'><:a>x</:a></r>",
        "<r:/>",
        "<a:b:c xmlns:a='urn:a'/>",
        "<r :a='1'/>",
        "<r a:='1'/>",
        "<r xmlns:a='urn:a' a:b:c='1'/>",
        "<r xmlns:='urn:a'/>",
        "<r\n:a\n=\n'1'/>",
        "<a:1b xmlns:a='urn:a'/>",
        "<a:-b xmlns:a='urn:a'/>",
        "<a::b xmlns:a='urn:a'/>",
    ] {
        assert!(matches!(refused(xml), XmlFault::Malformed(_)), "{xml}");
    }
    for xml in ["<a:r xmlns:a='urn:a:b' a:南='x:y' b=':' c=\"'::'\">:::</a:r>", "<r>:a :</r>"] {
        assert!(parse(xml.as_bytes(), &Limits::RESPONSE).is_ok(), "{xml}");
    }
}

/// Prefixes that no reader agrees on (Namespaces in XML 1.0, section 3).
#[test]
fn a_declaration_that_namespaces_do_not_allow_is_refused() {
    for xml in [
        "<r xmlns:a=''/>",
        "<r xmlns:xmlns='urn:a'/>",
        "<r xmlns:xml='urn:a'/>",
        "<r xmlns:a='http://www.w3.org/2000/xmlns/'/>",
        "<r xmlns:a='http://www.w3.org/XML/1998/namespace'/>",
        "<r xmlns='http://www.w3.org/XML/1998/namespace'/>",
        "<a:r/>",
        "<r a:b='1'/>",
    ] {
        assert!(matches!(refused(xml), XmlFault::Malformed(_)), "{xml}");
    }
}

#[test]
fn text_with_an_element_inside_is_no_text() {
    let read = parse(b"<r>a<b/>c</r>", &Limits::RESPONSE).expect("parses");
    assert!(read.root().text().is_err());
}

#[test]
fn what_is_written_is_canonical_already() {
    let mut out = Canonical::with_capacity(64);
    out.open(
        "p:a",
        &[("p", "urn:p")],
        &[("A", Some("<&>\"'\t\n\r")), ("B", None), ("C", Some(""))],
    )
    .text("<&>\"'\t\n\r\u{0}\u{FFFE}南")
    .leaf("p:b", &[], "")
    .close("p:a");
    let text = out.finish();
    let document = bergshamra::xml::uppsala::parse(&text).expect("parses");
    let canonical = bergshamra::c14n::canonicalize_doc::<&str>(
        &document,
        bergshamra::c14n::C14nMode::Exclusive,
        None,
        &[],
    )
    .expect("canonicalises");
    assert_eq!(String::from_utf8(canonical).expect("UTF-8"), text);
    assert!(text.contains("\u{FFFD}\u{FFFD}南"));
}
