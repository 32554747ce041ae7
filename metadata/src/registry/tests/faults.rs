//! Each fault: a good folder, spoiled in one place, gives that fault and no other.

use crate::registry::{Fault, check};
use crate::testing::Folder;
use crate::testing::{NOON, SIGNER, idp_xml, pem, registry, signed, sp_xml};

pub(super) const NJU: &str = "members/nju.toml";
pub(super) const UNION: &str = "members/union.toml";
pub(super) const ILL: &str = "services/ill.toml";
const IDP: &str = "members/nju-idp.xml";

pub(super) fn faults(folder: &Folder) -> Vec<Fault> {
    check(folder.path(), NOON).faults
}

/// `folder` has one fault: in `file`, at `key`, saying `what`.
pub(super) fn tells(folder: &Folder, (file, key, what): (&str, &str, &str)) {
    let found = faults(folder);
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    let is_it = |f: &Fault| {
        let has_key = f.key.as_deref().unwrap_or_default() == key;
        f.file == file && has_key && f.what.contains(what) && !f.remedy.is_empty()
    };
    assert!(found.iter().any(is_it), "{file} ¦ {key} ¦ {what} is not in {shown:#?}");
    assert_eq!(found.len(), 1, "{file} ¦ {key} ¦ {what} is not alone in {shown:#?}");
}

/// Runs a table of `file ¦ from ¦ to ¦ fault's file ¦ key ¦ what`. `from` may be
/// `NEW` (write the file) or `GONE` (remove it); `=` is the same file.
fn run(table: &str) {
    for line in table.lines().filter(|line| !line.trim().is_empty()) {
        let cells: Vec<String> = line.split('¦').map(|c| c.trim().replace("\\n", "\n")).collect();
        let [file, from, to, at, key, what] = cells.as_slice() else { panic!("{line}") };
        let folder = registry();
        match from.as_str() {
            "NEW" => folder.write(file, to),
            "GONE" => folder.remove(file),
            from => folder.edit(file, from, to),
        }
        tells(&folder, (if at == "=" { file } else { at }, key, what));
    }
}

#[test]
fn a_good_folder_has_no_fault_and_everything_may_be_absent() {
    let folder = registry();
    let report = check(folder.path(), NOON);
    assert_eq!(report.faults, []);
    assert_eq!((report.members, report.services, report.policies), (2, 2, 0));
    assert_eq!(faults(&Folder::new()), []);
    let missing = check(&folder.path().join("nowhere"), NOON).faults;
    assert!(missing[0].what.contains("no such folder"));
}

#[test]
fn a_fault_reads_as_file_key_what_and_remedy() {
    let folder = registry();
    folder.edit(NJU, "metadata = \"nju-idp.xml\"", "metadata = \"gone.xml\"");
    assert_eq!(
        faults(&folder)[0].to_string(),
        "members/nju.toml: connector[0].metadata: `gone.xml`: the file is missing — \
         put the file there, or correct the name"
    );
}

#[test]
fn form() {
    run(r#"
        members/nju.toml ¦ class = "A" ¦ class = ¦ = ¦ ¦ line 6
        members/nju.toml ¦ region ¦ regoin ¦ = ¦ regoin ¦ unknown key
        members/nju.toml ¦ phone = ¦ fone = ¦ = ¦ contact.fone ¦ unknown key
        members/nju.toml ¦ "江苏/南京" ¦ 5 ¦ = ¦ region ¦ the number 5 stands here
        members/nju.toml ¦ "NJU" ¦ 7 ¦ = ¦ codes[1] ¦ the number 7 stands here
        members/nju.toml ¦ class = "A"\n ¦ ¦ = ¦ class ¦ missing
        members/nju.toml ¦ "live" ¦ "alive" ¦ = ¦ status ¦ none of the words allowed
        members/nju.toml ¦ id = "nju" ¦ id = "NJU" ¦ = ¦ id ¦ is not a member id
        members/nju.toml ¦ 192.0.2.0/24 ¦ 192.0.2.0/33 ¦ = ¦ ranges[0] ¦
        members/nju.toml ¦ "nju-idp.xml" ¦ 5 ¦ = ¦ connector[0].metadata ¦ wrong type
        members/nju.toml ¦ "nju-idp.xml" ¦ { uri = "x" } ¦ = ¦ connector[0].metadata.uri ¦ unknown key
        members/nju.toml ¦ "nju-idp.xml" ¦ { url = 5 } ¦ = ¦ connector[0].metadata.url ¦ wrong type
        members/nju.toml ¦ name = "displayName" ¦ nmae = "x" ¦ = ¦ connector[0].attributes.nmae ¦ not an attribute of the hub
        members/nju.toml ¦ "displayName" ¦ true ¦ = ¦ connector[0].attributes.name ¦ wrong type
        members/nju.toml ¦ unsolicited ¦ reassignable = 1\nunsolicited ¦ = ¦ connector[0].reassignable ¦ wrong type
        members/nju.toml ¦ unsolicited ¦ name = "x"\nunsolicited ¦ = ¦ connector[0].name ¦ wrong type
        members/nju.toml ¦ unsolicited ¦ name = { zh = "校园账号" }\nunsolicited ¦ = ¦ connector[0].name ¦ wrong type
        members/nju.toml ¦ ["ill"] ¦ "ill" ¦ = ¦ connector[0].unsolicited ¦ wrong type
        members/nju.toml ¦ kind = "saml"\n ¦ ¦ = ¦ connector[0].kind ¦ missing
        members/nju.toml ¦ unsolicited ¦ metdata = "x"\nunsolicited ¦ = ¦ connector[0].metdata ¦ unknown key of a saml connector
        members/nju.toml ¦ metadata = "nju-idp.xml"\n ¦ ¦ = ¦ connector[0].metadata ¦ missing
        members/union.toml ¦ "central" ¦ "central"\nmetadata = "x.xml" ¦ = ¦ connector[0].metadata ¦ no such key
        services/ill.toml ¦ "mail" ¦ "email" ¦ = ¦ release[1] ¦ none of the words allowed
        services/ill.toml ¦ client_id ¦ clientid ¦ = ¦ oidc.clientid ¦ unknown key
        services/ill.toml ¦ ["ill:request"] ¦ [{ id = "x", by = "luck" }] ¦ = ¦ entitlements[0].by ¦ wrong type
        services/ill.toml ¦ ["ill:request"] ¦ [{ id = "x", via = "x" }] ¦ = ¦ entitlements[0].via ¦ unknown key
    "#);
    run(r#"
        services/ill.toml ¦ name = { zh = "馆际互借", en = "Interlibrary loan" } ¦ name = "x" ¦ = ¦ name ¦ the text "x" stands here
        services/ill.toml ¦ client_id = "ill"\n ¦ ¦ = ¦ oidc.client_id ¦ missing
        attributes.toml ¦ "display_name" ¦ 5 ¦ = ¦ service.ill ¦ the number 5 stands here
    "#);
    let folder = registry();
    std::fs::write(folder.path().join(NJU), [0xff, 0xfe]).expect("file");
    tells(&folder, (NJU, "", "not UTF-8"));
    folder.write(NJU, &"#".repeat(2_000_000));
    tells(&folder, (NJU, "", "larger than"));
}

#[test]
fn parts_that_are_not_known_or_not_built() {
    run(r#"
        roles.toml ¦ NEW ¦ ¦ = ¦ ¦ not built yet
        sources/edugain.toml ¦ NEW ¦ ¦ sources ¦ ¦ not built yet
        member.toml ¦ NEW ¦ ¦ = ¦ ¦ unknown file
        policy/matirx.toml ¦ NEW ¦ ¦ = ¦ ¦ unknown file
        member/nju2.toml ¦ NEW ¦ ¦ member ¦ ¦ unknown folder
        Policy/own.cedar ¦ NEW ¦ ¦ Policy ¦ ¦ unknown folder
        members/nju.toml ¦ "nju-idp.xml" ¦ { mdq = "https://m.test", entity_id = "x" } ¦ = ¦ connector[0].metadata ¦ not built yet
        services/ill.toml ¦ [oidc] ¦ [cas]\nservice_urls = []\n[oidc] ¦ = ¦ cas ¦ not built yet
        services/ill.toml ¦ [oidc] ¦ [forward_auth]\nhosts = []\n[oidc] ¦ = ¦ forward_auth ¦ not built yet
        services/ccc.toml ¦ "shared" ¦ "member" ¦ = ¦ saml.idp ¦ not built yet
        members/union.toml ¦ "central" ¦ "telepathy" ¦ = ¦ connector[0].kind ¦ unknown connector kind
    "#);
    for kind in ["oidc", "oauth2", "sql", "http", "radius", "network"] {
        let folder = registry();
        folder.edit(UNION, "\"central\"", &format!("\"{kind}\"\nhost = \"x\""));
        tells(&folder, (UNION, "connector[0].kind", "not built yet"));
    }
}

#[test]
fn references() {
    run(r#"
        members/nju-idp.xml ¦ GONE ¦ ¦ members/nju.toml ¦ connector[0].metadata ¦ the file is missing
        members/nju.toml ¦ nju-idp.xml ¦ ../../nju-idp.xml ¦ = ¦ connector[0].metadata ¦ leads out
        members/nju.toml ¦ nju-idp.xml ¦ /etc/hostname ¦ = ¦ connector[0].metadata ¦ leads out
        members/nju.toml ¦ nju-idp.xml ¦ union.toml ¦ = ¦ connector[0].metadata ¦ registry file itself
        members/nju.toml ¦ ["ill"] ¦ ["lli"] ¦ = ¦ connector[0].unsolicited ¦ there is no service `lli`
        attributes.toml ¦ ill ¦ lli ¦ = ¦ service.lli ¦ there is no service
        members/nju.toml ¦ "nju-idp.xml" ¦ { url = "https://i.test/m" } ¦ = ¦ connector[0].metadata ¦ without signer
        services/ccc.toml ¦ "ccc-sp.xml" ¦ { url = "https://i.test/m" } ¦ = ¦ saml.metadata ¦ without signer
        members/nju.toml ¦ "nju-idp.xml" ¦ { url = "https://i.test/m", signer = "s.pem" } ¦ = ¦ connector[0].metadata.signer ¦ the file is missing
        services/ill.secret ¦ GONE ¦ ¦ services/ill.toml ¦ oidc.client_secret_file ¦ the file is missing
        services/ill.secret ¦ NEW ¦ hunter2hunter2 ¦ services/ill.toml ¦ oidc.client_secret_file ¦ 128 are needed
        services/ill.toml ¦ client_secret_file = "ill.secret" ¦ jwks = "ill.jwks" ¦ = ¦ oidc.jwks ¦ the file is missing
    "#);
    let folder = registry();
    folder.edit(NJU, "\"nju-idp.xml\"", "{ url = \"https://i.test/m\", signer = \"s.pem\" }");
    let body = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (text, what) in [("hello", "no certificate"), (body, "no X.509 certificate")] {
        folder.write("members/s.pem", text);
        tells(&folder, (NJU, "connector[0].metadata.signer", what));
    }
    folder.write("members/s.pem", &pem(&SIGNER).repeat(2));
    tells(&folder, (NJU, "connector[0].metadata.signer", "more than one"));
    folder.write("members/s.pem", &pem(&SIGNER));
    assert_eq!(faults(&folder), []);
}

#[test]
fn a_secret_is_never_told() {
    let folder = registry();
    folder.write("services/ill.secret", "hunter2");
    assert!(!faults(&folder)[0].to_string().contains("hunter2"));
}

#[test]
fn metadata_that_cannot_be_used() {
    run("
        members/nju-idp.xml ¦ NEW ¦ hello ¦ members/nju.toml ¦ connector[0].metadata ¦ `nju-idp.xml`
        members/nju-idp.xml ¦ https://idp.test/sso ¦ http://idp.test/sso ¦ members/nju.toml ¦ connector[0].metadata ¦ plain http
        members/nju-idp.xml ¦ HTTP-Redirect ¦ SOAP ¦ members/nju.toml ¦ connector[0].metadata ¦ SingleSignOnService
        members/nju-idp.xml ¦ X509Data> ¦ X508Data> ¦ members/nju.toml ¦ connector[0].metadata ¦ `nju-idp.xml`
        services/ccc-sp.xml ¦ https://sp.test/acs ¦ http://sp.test/acs ¦ services/ccc.toml ¦ saml.metadata ¦ plain http
        services/ccc-sp.xml ¦ HTTP-POST ¦ SOAP ¦ services/ccc.toml ¦ saml.metadata ¦ AssertionConsumerService
    ");
    let good = idp_xml("https://i.test", None);
    let (key, sso) = (good.find("<md:KeyDescriptor"), good.find("<md:SingleSignOn"));
    let keyless = format!("{}{}", &good[..key.expect("key")], &good[sso.expect("sso")..]);
    let two = format!(
        r#"<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">{good}{}</md:EntitiesDescriptor>"#,
        idp_xml("https://b.test", None).replace("_doc", "_two")
    );
    for (xml, what) in [
        (&good[..400], "`nju-idp.xml`"),
        (sp_xml("https://i.test").as_str(), "no usable identity provider"),
        (idp_xml("https://i.test", Some(NOON)).as_str(), "expired"),
        (keyless.as_str(), "signing key"),
        (two.as_str(), "exactly one"),
    ] {
        let folder = registry();
        folder.write(IDP, xml);
        tells(&folder, (NJU, "connector[0].metadata", what));
    }
    let folder = registry();
    folder.write("services/ccc-sp.xml", &good);
    tells(&folder, ("services/ccc.toml", "saml.metadata", "no usable service provider"));
}

#[test]
fn a_signature_does_not_keep_a_file_from_being_read() {
    let folder = registry();
    folder.write(IDP, &signed(&idp_xml("https://i.test", Some(NOON.plus_s(1))), &SIGNER));
    assert_eq!(faults(&folder), []);
}

#[test]
fn addresses() {
    run(r#"
        services/ill.toml ¦ https://ill.test/" ¦ http://ill.test/" ¦ = ¦ launch_url ¦ plain http
        services/ill.toml ¦ client_secret_file = "ill.secret" ¦ jwks_uri = "http://ill.test/jwks" ¦ = ¦ oidc.jwks_uri ¦ plain http
        members/nju.toml ¦ http://opac.nju.example/ ¦ javascript:alert(1) ¦ = ¦ links.opac ¦ neither https nor http
        members/nju.toml ¦ opac = ¦ opca = ¦ = ¦ links.opca ¦ unknown key
        consortium.toml ¦ NEW ¦ name = { zh = "x" }\nlogo = "http://c.test/l.png" ¦ = ¦ logo ¦ plain http
    "#);
    let folder = registry();
    folder.edit(NJU, "\"nju-idp.xml\"", "{ url = \"http://i.test/m\", signer = \"s.pem\" }");
    folder.write("members/s.pem", &pem(&SIGNER));
    tells(&folder, (NJU, "connector[0].metadata.url", "plain http"));
}

#[test]
fn redirect_uris() {
    let with = |uri: &str| {
        let folder = registry();
        folder.edit(ILL, "https://ill.test/callback", uri);
        folder
    };
    for bad in [
        "http://ill.test/callback",
        "/callback",
        "https://ill.test/callback#x",
        "https://*.ill.test/callback",
        "https://user@ill.test/",
        "javascript:alert(1)",
        "https://ill.test/a b",
        "https:\\\\\\\\ill.test\\\\",
        "ftp://ill.test/",
    ] {
        tells(&with(bad), (ILL, "oidc.redirect_uris[0]", ""));
    }
    for good in [
        "http://localhost:8080/cb",
        "http://ill.localhost/cb",
        "http://127.0.0.1/cb",
        "org.example.app:/cb",
    ] {
        assert_eq!(faults(&with(good)), [], "{good}");
    }
}

#[test]
fn services() {
    run(r#"
        services/ill.toml ¦ client_secret_file ¦ jwks_uri = "https://ill.test/jwks"\nclient_secret_file ¦ = ¦ oidc ¦ together
        services/ill.toml ¦ ["https://ill.test/callback"] ¦ [] ¦ = ¦ oidc.redirect_uris ¦ empty
        services/ill.toml ¦ client_secret ¦ id_token_signed_response_alg = "none"\nclient_secret ¦ = ¦ oidc.id_token_signed_response_alg ¦ `none`
        services/ill.toml ¦ client_id = "ill" ¦ client_id = "i l" ¦ = ¦ oidc.client_id ¦ printable
        services/ill.toml ¦ ["ill:request"] ¦ ["ill:request", "ill:request"] ¦ = ¦ entitlements[1] ¦ twice
        services/ill.toml ¦ "mail" ¦ "name" ¦ = ¦ release[1] ¦ twice
        services/ill.toml ¦ 馆际互借 ¦ ¦ = ¦ name.zh ¦ empty
        attributes.toml ¦ display_name ¦ active ¦ = ¦ service.ill.name ¦ belongs to the protocol
        attributes.toml ¦ display_name ¦ sub ¦ = ¦ service.ill.name ¦ belongs to the protocol
        attributes.toml ¦ display_name ¦ email ¦ = ¦ service.ill.name ¦ two values
        attributes.toml ¦ display_name ¦ 姓名 ¦ = ¦ service.ill.name ¦ printable
    "#);
    let folder = registry();
    folder.edit(ILL, "馆际互借", "馆际\u{202e}互借");
    tells(&folder, (ILL, "name.zh", "cannot be seen"));
    for id in ["portal", "account", "desk", "console"] {
        let folder = registry();
        let text = folder.read("services/ccc.toml").replace("\"ccc\"", &format!("\"{id}\""));
        folder.write(&format!("services/{id}.toml"), &text);
        folder.remove("services/ccc.toml");
        tells(&folder, (&format!("services/{id}.toml"), "id", "of the hub itself"));
    }
}

/// Who took the id of the hub's own place, or of the sign-in there, could pass for it.
#[test]
fn the_hubs_own_place_and_its_sign_in_are_not_to_be_had() {
    let folder = registry();
    let text = folder.read("members/union.toml").replace("\"union\"", "\"hub\"");
    let text = text.replace("reader.example", "hub.example").replace("198.51.100.", "203.0.113.");
    folder.write("members/hub.toml", &text);
    tells(&folder, ("members/hub.toml", "id", "the hub's own place"));
    let folder = registry();
    folder.edit("members/union.toml", "kind = \"central\"", "kind = \"central\"\nid = \"staff\"");
    tells(&folder, ("members/union.toml", "connector[0].id", "who work here"));
    let folder = registry();
    folder.edit("members/union.toml", "kind = \"central\"", "kind = \"staff\"");
    tells(&folder, ("members/union.toml", "connector[0].kind", "unknown connector kind"));
}

#[test]
fn settings_of_a_cas_connector() {
    const GOOD: &str = "kind = \"cas\"\nserver = \"https://cas.test/cas\"\n\
        attributes = { local_id = \"user\" }\nreassignable = true";
    let with = |from: &str, to: &str| {
        let folder = registry();
        folder.edit(UNION, "kind = \"central\"", &GOOD.replace(from, to));
        folder
    };
    assert_eq!(faults(&with("", "")), []);
    let own = "{ local_id = [\"personUuid\"] }";
    assert_eq!(faults(&with("{ local_id = \"user\" }\nreassignable = true", own)), []);
    for (from, to, key, what) in [
        ("server = \"https://cas.test/cas\"\n", "", "server", "missing"),
        ("https:", "http:", "server", "plain http"),
        ("/cas\"", "/cas/login\"", "server", "ends in /login"),
        ("reassignable = true", "", "attributes.local_id", "`user` may pass to another person"),
        ("\"user\" }\nreassignable = true", "\"XH\" }", "attributes.local_id", "`XH`"),
        ("local_id = \"user\"", "name = \"XM\"", "attributes.local_id", "stays the same"),
        ("reassignable", "version = 1\nreassignable", "version", "none of its values"),
        ("reassignable", "callback = \"any\"\nreassignable", "callback", "none of its values"),
        ("reassignable", "metadata = \"x.xml\"\nreassignable", "metadata", "no such key"),
        ("reassignable", "unsolicited = [\"ill\"]\nreassignable", "unsolicited", "no such key"),
        ("reassignable", "accept_cbc = true\nreassignable", "accept_cbc", "unknown key of a cas"),
        ("reassignable", "ca = \"ca.pem\"\nreassignable", "ca", "unknown key of a cas"),
    ] {
        tells(&with(from, to), (UNION, &format!("connector[0].{key}"), what));
    }
    // One server behind two members would vouch for the readers of both, for either.
    let folder = with("", "");
    let other = folder.read(UNION).replace("\"union\"", "\"onion\"");
    let other =
        other.replace("reader.example", "onion.example").replace("198.51.100.", "203.0.113.");
    folder.write("members/onion.toml", &other);
    tells(&folder, (UNION, "connector[0].server", "members/onion.toml already"));
    folder.edit("members/onion.toml", "cas.test/cas", "cas.test/other/cas");
    assert_eq!(faults(&folder), []);
}

#[test]
fn what_one_alone_may_claim() {
    run(r#"
        members/union.toml ¦ id = "union" ¦ id = "nju" ¦ = ¦ id ¦ is that of members/nju.toml already
        members/union.toml ¦ id = "union" ¦ id = "onion" ¦ = ¦ id ¦ not that of the file
        services/ccc.toml ¦ id = "ccc" ¦ id = "ill" ¦ = ¦ id ¦ is that of services/ill.toml already
        members/union.toml ¦ class ¦ codes = ["A210093"]\nclass ¦ = ¦ codes[0] ¦ members/nju.toml already
        members/nju.toml ¦ "a210093" ¦ "Union" ¦ = ¦ codes[0] ¦ members/union.toml already
        members/union.toml ¦ reader.example ¦ NJU.edu.cn ¦ = ¦ scopes[0] ¦ members/nju.toml already
        members/union.toml ¦ reader.example ¦ *.example ¦ = ¦ scopes[0] ¦ not a domain name
        members/union.toml ¦ "central" ¦ "central"\n[[connector]]\nkind = "central" ¦ = ¦ connector[1].id ¦ two connectors
        services/ccc.toml ¦ [saml] ¦ [oidc]\nclient_id = "ill"\nredirect_uris = ["https://ccc.test/cb"]\n[saml] ¦ services/ill.toml ¦ oidc.client_id ¦ services/ccc.toml already
        members/union.toml ¦ "central" ¦ "saml"\nmetadata = "nju-idp.xml" ¦ = ¦ connector[0].metadata ¦ members/nju.toml already
        services/ill.toml ¦ [oidc] ¦ [saml]\nmetadata = "ccc-sp.xml"\n[oidc] ¦ = ¦ saml.metadata ¦ services/ccc.toml already
        members/union.toml ¦ 198.51.100.0/24 ¦ 192.0.2.64/26 ¦ = ¦ ranges[0] ¦ overlaps 192.0.2.0/24 of members/nju.toml
    "#);
    for wider in ["192.0.2.0/24", "192.0.0.0/16"] {
        let folder = registry();
        folder.edit(UNION, "198.51.100.0/24", wider);
        assert_eq!(faults(&folder).len(), 2, "both networks of the other lie in {wider}");
    }
}

#[test]
fn keys_that_pass_to_another_person() {
    for name in [
        "eduPersonPrincipalName",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
        "mail",
        "uid",
        "studentNumber",
        "NameID:email",
        "employeeNumber",
    ] {
        let folder = registry();
        let both = format!("[\"pairwise-id\", \"{name}\"]");
        folder.edit(NJU, "[\"pairwise-id\", \"subject-id\"]", &both);
        tells(&folder, (NJU, "connector[0].attributes.local_id", name));
        folder.edit(NJU, "unsolicited", "reassignable = true\nunsolicited");
        assert_eq!(faults(&folder), [], "{name}");
    }
    for fleeting in ["NameID", "NameID:transient", "NameID:unspecified", "NameID:emailAddress"] {
        let folder = registry();
        folder.edit(NJU, "\"pairwise-id\"", &format!("\"{fleeting}\""));
        folder.edit(NJU, "unsolicited", "reassignable = true\nunsolicited");
        tells(&folder, (NJU, "connector[0].attributes.local_id", fleeting));
    }
}

#[test]
fn jwk_sets() {
    let with = |jwks: &str| {
        let folder = registry();
        folder.edit(ILL, "client_secret_file = \"ill.secret\"", "jwks = \"ill.jwks\"");
        folder.write("services/ill.jwks", jwks);
        folder
    };
    let point = "A".repeat(43);
    let ec =
        |more: &str| format!(r#"{{"kty":"EC","crv":"P-256","x":"{point}","y":"{point}"{more}}}"#);
    let set = |keys: &[String]| format!(r#"{{"keys":[{}]}}"#, keys.join(","));
    assert_eq!(faults(&with(&set(&[ec("")]))), []);
    let two = set(&[ec(r#","kid":"a""#), ec(r#","kid":"b","use":"sig""#)]);
    assert_eq!(faults(&with(&two)), []);
    let short = format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"}}"#, "A".repeat(171));
    for (bad, what) in [
        ("nonsense".to_owned(), "not JSON"),
        ("{}".to_owned(), "no `keys`"),
        (set(&[]), "holds no key"),
        (set(&[ec(r#","d":"AAAA""#)]), "private member `d`"),
        (set(&[ec(r#","use":"enc""#)]), "not for signatures"),
        (set(&[ec(""), ec("")]), "`kid` of its own"),
        (set(&[ec(r#","kid":"a""#), ec(r#","kid":"a""#)]), "`kid` of its own"),
        (set(&[r#"{"kty":"oct","k":"AAAA"}"#.to_owned()]), "private member `k`"),
        (set(&[short]), "2048"),
        (set(&[r#"{"kty":"EC","crv":"P-521","x":"AA","y":"AA"}"#.to_owned()]), "neither"),
        (set(&[r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#.to_owned()]), "wrong length"),
    ] {
        tells(&with(&bad), (ILL, "oidc.jwks", what));
    }
}

#[test]
fn faults_of_policies_name_the_file() {
    let folder = registry();
    folder.write("policy/a.cedar", "permit (");
    let found = faults(&folder);
    assert!(found.iter().any(|f| f.file == "policy/a.cedar"), "{found:?}");
}

#[test]
fn a_broken_service_does_not_make_references_to_it_look_wrong() {
    let folder = registry();
    folder.edit(ILL, "id = \"ill\"", "id = ");
    tells(&folder, (ILL, "", "line 1"));
}

#[test]
fn hidden_files_and_files_that_nobody_names_are_passed_over() {
    let folder = registry();
    for name in [".git/config.toml", "members/._nju.toml", "README.md", "members/notes.txt"] {
        folder.write(name, "\u{0}");
    }
    assert_eq!(faults(&folder), []);
}
