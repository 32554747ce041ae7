use super::*;
use crate::signature::tests::{NOW, WEAK_CERT, idp_key, make_pair_for, other_key};
use crate::{Binding, EncryptionOffer, SamlError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Text;

fn name() -> Text {
    Text::new("南京大学图书馆", "Nanjing University Library")
}

fn sp_self<'a>(certs: &'a [&'a [u8]], name: &'a Text) -> SpSelf<'a> {
    SpSelf {
        entity_id: "https://hub.test/saml/sp/metadata",
        acs: "https://hub.test/saml/sp/acs",
        certs,
        encryption_certs: &[],
        name,
    }
}

fn idp_xml() -> String {
    write_idp_metadata(&IdpSelf {
        entity_id: "https://idp.test/md",
        sso_redirect: "https://idp.test/sso",
        sso_post: "https://idp.test/sso/post",
        certs: &[idp_key().certificate()],
        name: &name(),
        scopes: &["nju.edu.cn".to_owned()],
        want_authn_requests_signed: true,
    })
}

fn only(xml: &str) -> ParsedEntity {
    let mut entities = parse_metadata(xml.as_bytes()).expect("parses");
    assert_eq!(entities.len(), 1);
    entities.remove(0)
}

fn cert_text() -> String {
    STANDARD.encode(idp_key().certificate())
}

#[test]
fn our_own_metadata_are_read_back_whole() {
    let entity = only(&idp_xml());
    assert!(entity.faults.is_empty() && entity.sp.is_none(), "{:?}", entity.faults);
    let idp = entity.idp.expect("an identity provider");
    assert_eq!(idp.entity_id, "https://idp.test/md");
    assert_eq!(idp.sso.len(), 2);
    assert_eq!(
        idp.sso[0],
        Endpoint { binding: Binding::Redirect, location: "https://idp.test/sso".into() }
    );
    assert_eq!(idp.signing_certs, [idp_key().certificate()]);
    assert_eq!(idp.scopes, ["nju.edu.cn"]);
    assert_eq!(idp.display, Some(name()));
    assert!(idp.wants_signed_requests && idp.logo.is_none() && idp.valid_until.is_none());

    let certs = [idp_key().certificate()];
    let sp = only(&write_sp_metadata(&sp_self(&certs, &name()))).sp.expect("a service");
    assert_eq!(
        sp.default_acs().map(|a| (a.location.as_str(), a.index)),
        Some(("https://hub.test/saml/sp/acs", 1))
    );
    assert!(sp.wants_assertions_signed && !sp.signs_requests);
    assert_eq!(sp.signing_certs.len(), 1);
    assert!(matches!(sp.encryption, EncryptionOffer::Absent));
}

#[test]
fn a_bad_certificate_is_left_out_with_its_reason_and_the_good_one_stays() {
    let good = format!("<ds:X509Certificate>{}</ds:X509Certificate>", cert_text());
    let ed25519 = STANDARD.encode(make_pair_for(&rcgen::PKCS_ED25519).1);
    for (bad, why) in [
        (WEAK_CERT, "2048"),
        (ed25519.as_str(), "not accepted"),
        ("AAAA", "not a usable certificate"),
        ("%%", "not base64"),
    ] {
        let both = format!("<ds:X509Certificate>{bad}</ds:X509Certificate>{good}");
        let entity = only(&idp_xml().replace(&good, &both));
        assert_eq!(entity.idp.map(|i| i.signing_certs.len()), Some(1));
        assert_eq!(entity.faults.len(), 1);
        assert!(entity.faults[0].contains(why), "{:?}", entity.faults);
        let entity = only(&idp_xml().replace(&cert_text(), bad));
        assert!(entity.idp.is_none(), "no key is left");
        assert!(entity.faults.iter().any(|f| f.contains("without a usable signing key")));
    }
}

#[test]
fn a_key_without_use_serves_signing_and_one_for_encryption_does_not() {
    assert!(only(&idp_xml().replace(" use=\"signing\"", "")).idp.is_some());
    assert!(only(&idp_xml().replace("use=\"signing\"", "use=\"encryption\"")).idp.is_none());
    let certs = [idp_key().certificate()];
    let xml = write_sp_metadata(&sp_self(&certs, &name()));
    let sp = only(&xml.replace(" use=\"signing\"", "")).sp.expect("a service");
    assert_eq!(sp.signing_certs.len(), 1);
    assert!(matches!(sp.encryption, EncryptionOffer::Possible(_)));
}

#[test]
fn line_breaks_in_a_certificate_are_read_over() {
    let text = cert_text();
    let (a, b) = text.split_at(64);
    assert!(only(&idp_xml().replace(&text, &format!("\n  {a}\r\n{b}\n"))).faults.is_empty());
}

#[test]
fn bad_endpoints_are_left_out_with_their_reason() {
    for bad in [
        "javascript:alert(1)",
        "/sso",
        "https://",
        "https:///x",
        "https://u@idp.test/",
        "ftp://idp.test/",
        "https://idp.test/a b",
        "https://idp.test/#f",
        "https://idp.test\\@x/",
    ] {
        assert!(!role::is_web_address(bad), "{bad}");
        let entity = only(&idp_xml().replace("https://idp.test/sso/post", bad));
        assert_eq!(entity.idp.map(|i| i.sso.len()), Some(1), "{bad}");
        assert_eq!(entity.faults.len(), 1);
    }
    for good in [
        "https://idp.test",
        "http://hub.localhost:8080/a?b=c",
        "https://[::1]:8443/x",
        "https://图书馆.test/登录",
    ] {
        assert!(role::is_web_address(good), "{good}");
    }
    let none = idp_xml().replace("Location=\"https://idp.test", "Location=\"x");
    assert!(only(&none).idp.is_none());
    let certs = [idp_key().certificate()];
    let entity =
        only(&write_sp_metadata(&sp_self(&certs, &name())).replace("HTTP-POST", "HTTP-Artifact"));
    assert!(entity.sp.is_none() && !entity.faults.is_empty());
}

#[test]
fn a_bad_logo_or_scope_costs_only_itself() {
    let ui =
        "<mdui:Logo height=\"1\" width=\"1\">data:image/png;base64,AAAA</mdui:Logo></mdui:UIInfo>";
    let entity = only(&idp_xml().replace("</mdui:UIInfo>", ui));
    assert!(entity.idp.is_some_and(|i| i.logo.is_none()) && entity.faults.len() == 1);
    let entity = only(&idp_xml().replace("regexp=\"false\"", "regexp=\"true\""));
    assert!(entity.idp.is_some_and(|i| i.scopes.is_empty()) && entity.faults.len() == 1);
    let two = "<mdui:Logo>x</mdui:Logo><mdui:Logo>https://idp.test/l.png</mdui:Logo></mdui:UIInfo>";
    let entity = only(&idp_xml().replace("</mdui:UIInfo>", two));
    assert_eq!(entity.idp.and_then(|i| i.logo).as_deref(), Some("https://idp.test/l.png"));
}

#[test]
fn one_bad_entity_does_not_take_the_others_down() {
    let group = |inside: &str| {
        format!(
            "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" validUntil=\"2027-01-01T00:00:00Z\"><!-- c -->{inside}</md:EntitiesDescriptor>"
        )
    };
    let second = idp_xml().replace("https://idp.test/md", "https://second.test/md");
    let bad = second
        .replace("entityID=", "validUntil=\"never\" entityID=")
        .replace("second.test/md", "bad.test/md");
    let entities =
        parse_metadata(group(&format!("{}{bad}{}", idp_xml(), group(&second))).as_bytes())
            .expect("parses");
    assert_eq!(entities.len(), 3);
    let usable: Vec<_> =
        entities.iter().map(|e| (e.entity_id.as_str(), e.idp.is_some(), e.faults.len())).collect();
    assert_eq!(
        usable,
        [
            ("https://idp.test/md", true, 0),
            ("https://bad.test/md", false, 1),
            ("https://second.test/md", true, 0)
        ]
    );
    let until = entities[2].idp.as_ref().and_then(|i| i.valid_until).map(model::Timestamp::rfc3339);
    assert_eq!(until.as_deref(), Some("2027-01-01T00:00:00Z"), "inherited");

    let twice =
        parse_metadata(group(&format!("{}{}", idp_xml(), idp_xml())).as_bytes()).expect("parses");
    assert!(twice.iter().all(|e| e.idp.is_none() && e.faults.len() == 1));
}

#[test]
fn a_role_for_another_protocol_is_no_role() {
    let entity = only(&idp_xml().replace(
        "protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"",
        "protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:1.1:protocol\"",
    ));
    assert!(entity.idp.is_none());
}

#[test]
fn what_is_no_metadata_is_refused() {
    for bad in [
        "",
        "<x/>",
        "<!DOCTYPE x><x/>",
        "<EntityDescriptor entityID=\"a\"/>",
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\"/>",
    ] {
        assert!(matches!(parse_metadata(bad.as_bytes()), Err(SamlError::Metadata(_))), "{bad}");
    }
}

#[test]
fn the_parts_of_a_service_are_read() {
    let xml = r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://sp.test">
      <Extensions><mdattr:EntityAttributes xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute">
        <saml:Attribute xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Name="urn:oasis:names:tc:SAML:profiles:subject-id:req">
          <saml:AttributeValue>pairwise-id</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes></Extensions>
      <SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="1">
        <Extensions><d:DiscoveryResponse xmlns:d="urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol" index="1"
          Binding="urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol" Location="https://sp.test/ds"/></Extensions>
        <NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</NameIDFormat>
        <AssertionConsumerService index="0" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact" Location="https://sp.test/art" isDefault="true"/>
        <AssertionConsumerService index="3" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.test/acs"/>
        <AssertionConsumerService index="3" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.test/double"/>
        <AssertionConsumerService index="70000" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.test/far"/>
        <AttributeConsumingService index="1"><ServiceName xml:lang="en">x</ServiceName>
          <RequestedAttribute Name="urn:oid:0.9.2342.19200300.100.1.3" FriendlyName="mail" isRequired="true"/></AttributeConsumingService>
      </SPSSODescriptor></EntityDescriptor>"#;
    let entity = only(xml);
    assert_eq!(entity.faults.len(), 2, "{:?}", entity.faults);
    let sp = entity.sp.expect("a service");
    assert_eq!(sp.acs.len(), 2);
    assert_eq!(sp.default_acs().map(|a| a.index), Some(3), "the first that can be answered");
    assert!(sp.signs_requests && !sp.wants_assertions_signed);
    assert_eq!(sp.name_id_formats, ["urn:oasis:names:tc:SAML:2.0:nameid-format:transient"]);
    assert_eq!(sp.entity_attributes[0].values, ["pairwise-id"]);
    assert_eq!(sp.discovery_response, ["https://sp.test/ds"]);
    assert!(sp.requested_attributes[0].required);
}

#[test]
fn signed_metadata_verify_with_their_signer_until_their_end_only() {
    let certs = [idp_key().certificate()];
    let (name, key) = (name(), idp_key());
    let seal = MetadataSeal { id: "_m1", valid_until: NOW.plus_s(60), key };
    let xml = sign_sp_metadata(&sp_self(&certs, &name), &seal).expect("signs");
    let read = verify_metadata(xml.as_bytes(), key.certificate(), NOW).expect("verifies");
    assert_eq!(read[0].entity_id, "https://hub.test/saml/sp/metadata");
    assert!(read[0].sp.as_ref().is_some_and(|s| s.valid_until == Some(NOW.plus_s(60))));

    let refused = |xml: &str, cert: &[u8], now| match verify_metadata(xml.as_bytes(), cert, now) {
        Err(SamlError::Metadata(what)) => what,
        other => panic!("{other:?}"),
    };
    assert!(refused(&xml, key.certificate(), NOW.plus_s(60)).contains("validUntil"));
    assert!(refused(&xml, other_key().certificate(), NOW).contains("signature"));
    assert!(
        refused(&xml.replace("saml/sp/acs", "saml/sp/evil"), key.certificate(), NOW)
            .contains("signature")
    );
    assert!(
        refused(&write_sp_metadata(&sp_self(&certs, &name)), key.certificate(), NOW)
            .contains("not signed")
    );
    // Comments may stand in metadata, but not in a signature (N3).
    for value in ["</ds:DigestValue>", "</ds:SignatureValue>"] {
        let hidden = xml.replace(value, &format!("<!-- x -->{value}"));
        assert!(refused(&hidden, key.certificate(), NOW).contains("plain base64"), "{value}");
    }
    let weak = STANDARD.decode(WEAK_CERT).expect("base64");
    assert!(refused(&xml, &weak, NOW).contains("2048"));
    assert!(refused(&format!("<x>{xml}</x>"), key.certificate(), NOW).contains("belongs"));
}

#[test]
fn an_entity_id_is_one_plain_word() {
    assert!(EntityId::parse("https://idp.test/md").is_some());
    for bad in ["", "a b", "a\n", &"x".repeat(1025)] {
        assert!(EntityId::parse(bad).is_none());
    }
}
