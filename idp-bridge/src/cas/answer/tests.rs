use super::*;

const XMLNS: &str = "xmlns:cas=\"http://www.yale.edu/tp/cas\"";

fn good(body: &str) -> Success {
    match read(body.as_bytes()) {
        Ok(Answer::Success(said)) => said,
        other => panic!("{body}: {other:?}"),
    }
}

fn fault(body: impl AsRef<[u8]>) -> Fault {
    let body = body.as_ref();
    read(body).expect_err(&String::from_utf8_lossy(body))
}

/// A success about 20190001 with these elements beside the user.
fn xml(beside: &str) -> String {
    format!(
        "<cas:serviceResponse {XMLNS}><cas:authenticationSuccess><cas:user>20190001</cas:user>\
         {beside}</cas:authenticationSuccess></cas:serviceResponse>"
    )
}

fn pairs(said: &Success) -> Vec<(&str, &str)> {
    said.attributes.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect()
}

#[test]
fn attributes_are_read_in_every_shape_that_is_in_use() {
    let expected = vec![("XM", "读者甲"), ("role", "student"), ("role", "member")];
    for beside in [
        // Children of cas:attributes, as most write them.
        "<cas:attributes><cas:XM>读者甲</cas:XM><cas:role>student</cas:role><cas:role> member </cas:role></cas:attributes>",
        // Directly beside the user.
        "<cas:XM>读者甲</cas:XM><cas:role>student</cas:role><cas:role>member</cas:role>",
        // By name and value, beside the user or in cas:attributes.
        "<cas:attribute name=\"XM\" value=\"读者甲\"/><cas:attribute name='role' value='student'/><cas:attribute name='role' value='member'/>",
        "<cas:attributes><cas:attribute name=\"XM\">读者甲</cas:attribute><cas:attribute name='role' value='student'/><cas:attribute name='role' value='member'/></cas:attributes>",
        // In no namespace, and split by CDATA and comments.
        "<attributes><XM>读者<!-- x --><![CDATA[甲]]></XM><role>student</role><role>member</role></attributes>",
        // One JSON text for all of them.
        "<cas:attributes>{\"XM\": \"读者甲\", \"role\": [\"student\", \"member\"]}</cas:attributes>",
    ] {
        let said = good(&xml(beside));
        assert_eq!((said.user.as_str(), pairs(&said)), ("20190001", expected.clone()), "{beside}");
        assert!(!said.is_proxied);
    }
    assert_eq!(pairs(&good(&xml(""))), [], "none at all is an answer too");
    let list = good(&xml(
        "<cas:attributes><cas:orgList>[{&quot;id&quot;:7,&quot;name&quot;:&quot;图书馆&quot;}]</cas:orgList></cas:attributes>",
    ));
    assert_eq!(
        pairs(&list),
        [
            ("orgList", "[{\"id\":7,\"name\":\"图书馆\"}]"),
            ("orgList.id", "7"),
            ("orgList.name", "图书馆")
        ]
    );
    let nested =
        good(&xml("<cas:attributes><cas:org><cas:id>7</cas:id></cas:org></cas:attributes>"));
    assert_eq!(pairs(&nested), [("org.id", "7")]);
}

#[test]
fn json_is_told_by_its_first_letter_and_says_the_same() {
    for body in [
        r#"{"serviceResponse":{"authenticationSuccess":{"user":"20190001","attributes":{"XM":"读者甲","role":["student","member"]}}}}"#,
        r#" {"serviceResponse":{"authenticationSuccess":{"user":20190001,"proxies":[],"attributes":[{"XM":"读者甲"},{"role":"student"},{"role":"member"}]}}}"#,
        r#"{"serviceResponse":{"authenticationSuccess":{"user":"20190001","attributes":"{\"XM\":\"读者甲\",\"role\":[\"student\",\"member\"]}"}}}"#,
        r#"{"serviceResponse":{"authenticationSuccess":{"user":"20190001","XM":"读者甲","role":["student","member"],"proxyGrantingTicket":null}}}"#,
    ] {
        let said = good(body);
        assert_eq!(said.user, "20190001");
        let mut found = pairs(&said);
        found.sort_unstable();
        assert_eq!(found, [("XM", "读者甲"), ("role", "member"), ("role", "student")], "{body}");
    }
    let typed = r#"{"serviceResponse":{"authenticationSuccess":{"user":"x","attributes":{"isFromNewLogin":[true],"n":null,"a":{"b":1}}}}}"#;
    let said = good(typed);
    let mut found = pairs(&said);
    found.sort_unstable();
    assert_eq!(found, [("a.b", "1"), ("isFromNewLogin", "true")]);
}

#[test]
fn prefix_and_white_space_are_a_matter_of_taste() {
    for body in [
        "\n\n\n<x:serviceResponse xmlns:x='http://www.yale.edu/tp/cas'><x:authenticationSuccess><x:user> a </x:user></x:authenticationSuccess></x:serviceResponse>\n",
        "<serviceResponse xmlns='http://www.yale.edu/tp/cas'><authenticationSuccess><user>a</user></authenticationSuccess></serviceResponse>",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<serviceResponse><authenticationSuccess><user>a</user></authenticationSuccess></serviceResponse>",
        "\u{feff}<serviceResponse><authenticationSuccess><user>a</user></authenticationSuccess></serviceResponse>",
    ] {
        assert_eq!(good(body).user, "a");
    }
}

#[test]
fn a_failure_is_its_code_and_nothing_of_what_stands_beside() {
    for (body, code) in [
        (format!("<cas:serviceResponse {XMLNS}><cas:authenticationFailure code=\"INVALID_TICKET\">Ticket ST-1 is not recognized</cas:authenticationFailure></cas:serviceResponse>"), "INVALID_TICKET"),
        (format!("<cas:serviceResponse {XMLNS}><cas:authenticationFailure code=' invalid_service '/></cas:serviceResponse>"), "INVALID_SERVICE"),
        (format!("<cas:serviceResponse {XMLNS}><cas:authenticationFailure/></cas:serviceResponse>"), "NO_CODE"),
        (r#"{"serviceResponse":{"authenticationFailure":{"code":"INVALID_TICKET","description":"ST-1"}}}"#.to_owned(), "INVALID_TICKET"),
        (r#"{"serviceResponse":{"authenticationFailure":{"code":"<b>ST-1\n"}}}"#.to_owned(), "BST1"),
    ] {
        assert_eq!(read(body.as_bytes()), Ok(Answer::Failure(Failure { code: code.to_owned() })));
    }
}

#[test]
fn an_answer_that_can_be_read_two_ways_is_none() {
    let two =
        |a: &str, b: &str| format!("<cas:serviceResponse {XMLNS}>{a}{b}</cas:serviceResponse>");
    let ok = "<cas:authenticationSuccess><cas:user>a</cas:user></cas:authenticationSuccess>";
    let no = "<cas:authenticationFailure code='INVALID_TICKET'/>";
    for body in [
        two(ok, no),
        two(no, ok),
        two(ok, ok),
        two("", ""),
        two("<cas:proxySuccess/>", ""),
        two(
            "<e:authenticationSuccess xmlns:e='urn:e'><e:user>a</e:user></e:authenticationSuccess>",
            "",
        ),
        xml("<cas:user>20190002</cas:user>"),
        xml("").replace("20190001", ""),
        xml("").replace("20190001", " \n "),
        xml("").replace("20190001", "a<cas:b/>c"),
        xml("").replace("20190001", &"a".repeat(257)),
        xml("").replace("20190001", "a&#9;b"),
        xml("").replace("cas:user>", "cas:usr>"),
        xml("").replace("www.yale.edu/tp/cas", "www.yale.edu/tp/cas/"),
        xml("").replace("serviceResponse", "serviceAnswer"),
        // A success inside a value of a failure is text, or no answer at all.
        two(&format!("<cas:authenticationFailure>{ok}</cas:authenticationFailure>"), ok),
    ] {
        assert!(matches!(fault(&body), Fault::Shape(_) | Fault::Xml(_)), "{body}");
    }
    for body in [
        r#"{"serviceResponse":{"authenticationSuccess":{"user":"a"},"authenticationFailure":{"code":"X"}}}"#,
        r#"{"serviceResponse":{"authenticationSuccess":{"user":"a","user":"b"}}}"#,
        r#"{"serviceResponse":{"authenticationSuccess":{"user":"a"},"authenticationSuccess":{"user":"b"}}}"#,
        r#"{"serviceResponse":{}}"#,
        r#"{"serviceResponse":{"authenticationSuccess":{"user":["a"]}}}"#,
        r#"{"serviceResponse":{"authenticationSuccess":{"user":""}}}"#,
        r#"{"serviceResponse":{"authenticationSuccess":{"user":"a","attributes":7}}}"#,
        r#"{"serviceResponse":{"authenticationSuccess":{"user":"a"}}} x"#,
        r#"{"user":"a"}"#,
    ] {
        assert!(matches!(fault(body), Fault::Shape(_) | Fault::Json), "{body}");
    }
}

#[test]
fn n6_no_entity_no_external_file_and_no_other_charset() {
    let bomb = xml("<cas:x>&a;</cas:x>");
    let dtd = format!("<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>{bomb}");
    assert!(matches!(fault(dtd), Fault::Xml(saml::xml::XmlFault::Dtd)));
    assert!(matches!(fault(bomb), Fault::Xml(_)));
    let gbk = format!("<?xml version='1.0' encoding='GBK'?>{}", xml(""));
    assert!(matches!(fault(gbk), Fault::Xml(saml::xml::XmlFault::Encoding)));
    assert!(matches!(fault([b"<a>".as_slice(), &[0xc4, 0xcf], b"</a>"].concat()), Fault::Xml(_)));
    for page in ["<!DOCTYPE html><html>", "<HTML><body>ST-1</body></HTML>"] {
        assert_eq!(fault(page), Fault::Page);
    }
    for body in ["", "yes\nreader\n", "no\n\n", "\0"] {
        assert_eq!(fault(body), Fault::Neither);
    }
}

#[test]
fn n7_what_is_read_is_bounded() {
    let deep = xml(&format!("{}{}", "<cas:a>".repeat(20), "</cas:a>".repeat(20)));
    assert!(matches!(fault(deep), Fault::Xml(saml::xml::XmlFault::TooDeep(_))));
    assert!(matches!(fault(xml(&"<cas:a>1</cas:a>".repeat(513))), Fault::Shape(_)));
    assert_eq!(good(&xml(&"<cas:a>1</cas:a>".repeat(512))).attributes.len(), 512);
    let nested = format!("{}1{}", "[".repeat(30), "]".repeat(30));
    let json = r#"{"serviceResponse":{"authenticationSuccess":{"user":"a","x":N}}}"#;
    assert!(matches!(fault(json.replace('N', &nested)), Fault::Shape(_)));
    let large = xml(&format!("<cas:a>{}</cas:a>", "x".repeat(LARGEST)));
    assert!(matches!(fault(large), Fault::Xml(saml::xml::XmlFault::TooLarge(_))));
}

#[test]
fn a_ticket_of_another_service_is_seen_by_its_proxies() {
    assert!(
        good(&xml("<cas:proxies><cas:proxy>https://app.test/pgt</cas:proxy></cas:proxies>"))
            .is_proxied
    );
    assert!(
        !good(&xml("<cas:proxies/><cas:proxyGrantingTicket>PGTIOU-1</cas:proxyGrantingTicket>"))
            .is_proxied
    );
    let json = r#"{"serviceResponse":{"authenticationSuccess":{"user":"a","proxies":["https://app.test"]}}}"#;
    assert!(good(json).is_proxied);
}

#[test]
fn values_are_not_shown_by_debug() {
    let shown = format!("{:?}", good(&xml("<cas:XM>secret</cas:XM>")));
    assert!(
        shown.contains("XM") && !shown.contains("secret") && !shown.contains("2019"),
        "{shown}"
    );
}
