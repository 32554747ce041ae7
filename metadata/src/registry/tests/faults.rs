use crate::registry::{Fault, check};
use crate::testing::Folder;
use crate::testing::{NOON, SIGNER, idp_xml, pem, registry, signed, sp_xml};

fn faults(folder: &Folder) -> Vec<Fault> {
    check(folder.path(), NOON).faults
}

/// Each: what is done to a good folder, then file, key and a part of the one fault it must give.
type Case = (&'static str, fn(&Folder), &'static str, &'static str, &'static str);

const NJU: &str = "members/nju.toml";
const UNION: &str = "members/union.toml";
const ILL: &str = "services/ill.toml";
const CCC: &str = "services/ccc.toml";

fn run(cases: &[Case]) {
    for (name, spoil, file, key, what) in cases {
        let folder = registry();
        spoil(&folder);
        let found = faults(&folder);
        let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
        let is_told = found.iter().any(|f| {
            f.file == *file
                && f.key.as_deref().unwrap_or_default() == *key
                && f.what.contains(what)
                && !f.remedy.is_empty()
        });
        assert!(is_told, "{name}: {shown:#?}");
        assert_eq!(found.len(), 1, "{name}: {shown:#?}");
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
    run(&[
        ("syntax", |f| f.edit(NJU, "class = \"A\"", "class = "), NJU, "", "line 6"),
        ("unknown key", |f| f.edit(NJU, "region", "regoin"), NJU, "regoin", "unknown field"),
        (
            "unknown nested key",
            |f| f.edit(NJU, "phone =", "fone ="),
            NJU,
            "contact.fone",
            "unknown field",
        ),
        ("wrong type", |f| f.edit(NJU, "\"江苏/南京\"", "5"), NJU, "region", "invalid type"),
        ("wrong type in a list", |f| f.edit(NJU, "\"NJU\"", "7"), NJU, "codes[1]", "invalid type"),
        ("missing key", |f| f.edit(NJU, "class = \"A\"\n", ""), NJU, "", "missing field `class`"),
        ("bad status", |f| f.edit(NJU, "\"live\"", "\"alive\""), NJU, "status", "unknown variant"),
        (
            "bad id",
            |f| f.edit(NJU, "id = \"nju\"", "id = \"NJU\""),
            NJU,
            "id",
            "is not a member id",
        ),
        ("bad network", |f| f.edit(NJU, "192.0.2.0/24", "192.0.2.0/33"), NJU, "ranges[0]", ""),
        (
            "metadata of a wrong type",
            |f| f.edit(NJU, "\"nju-idp.xml\"", "5"),
            NJU,
            "connector[0].metadata",
            "wrong type",
        ),
        (
            "unknown key of metadata",
            |f| f.edit(NJU, "\"nju-idp.xml\"", "{ uri = \"x\" }"),
            NJU,
            "connector[0].metadata.uri",
            "unknown key",
        ),
        (
            "unknown attribute",
            |f| f.edit(NJU, "name = \"displayName\"", "nmae = \"x\""),
            NJU,
            "connector[0].attributes.nmae",
            "not an attribute of the hub",
        ),
        (
            "attribute of a wrong type",
            |f| f.edit(NJU, "\"displayName\"", "true"),
            NJU,
            "connector[0].attributes.name",
            "wrong type",
        ),
        (
            "reassignable of a wrong type",
            |f| f.edit(NJU, "unsolicited", "reassignable = 1\nunsolicited"),
            NJU,
            "connector[0].reassignable",
            "wrong type",
        ),
        (
            "kind missing",
            |f| f.edit(NJU, "kind = \"saml\"\n", ""),
            NJU,
            "connector[0].kind",
            "missing",
        ),
        (
            "unknown setting",
            |f| f.edit(NJU, "unsolicited", "metdata = \"x\"\nunsolicited"),
            NJU,
            "connector[0].metdata",
            "unknown key of a saml connector",
        ),
        (
            "setting of another kind",
            |f| f.edit(UNION, "\"central\"", "\"central\"\nmetadata = \"x.xml\""),
            UNION,
            "connector[0].metadata",
            "no such key",
        ),
        (
            "unknown value",
            |f| f.edit(ILL, "\"mail\"", "\"email\""),
            ILL,
            "release[1]",
            "unknown variant",
        ),
        (
            "unknown key of oidc",
            |f| f.edit(ILL, "client_id", "clientid"),
            ILL,
            "oidc.clientid",
            "unknown field",
        ),
        (
            "unknown form of an entitlement",
            |f| f.edit(ILL, "[\"ill:request\"]", "[{ id = \"x\", by = \"luck\" }]"),
            ILL,
            "entitlements[0].by",
            "wrong type",
        ),
        (
            "not UTF-8",
            |f| std::fs::write(f.path().join(NJU), [0xff, 0xfe]).expect("file"),
            NJU,
            "",
            "not UTF-8",
        ),
        ("too large", |f| f.write(NJU, &"#".repeat(2_000_000)), NJU, "", "larger than"),
    ]);
}

#[test]
fn parts_that_are_not_known_or_not_built() {
    run(&[
        ("roles", |f| f.write("roles.toml", ""), "roles.toml", "", "not built yet"),
        ("sources", |f| f.write("sources/edugain.toml", ""), "sources", "", "not built yet"),
        ("unknown file", |f| f.write("member.toml", ""), "member.toml", "", "unknown file"),
        (
            "unknown policy file",
            |f| f.write("policy/matirx.toml", ""),
            "policy/matirx.toml",
            "",
            "unknown file",
        ),
        (
            "mdq",
            |f| f.edit(NJU, "\"nju-idp.xml\"", "{ mdq = \"https://m.test\", entity_id = \"x\" }"),
            NJU,
            "connector[0].metadata",
            "not built yet",
        ),
        (
            "cas",
            |f| f.edit(ILL, "[oidc]", "[cas]\nservice_urls = []\n[oidc]"),
            ILL,
            "cas",
            "not built yet",
        ),
        (
            "forward_auth",
            |f| f.edit(ILL, "[oidc]", "[forward_auth]\nhosts = []\n[oidc]"),
            ILL,
            "forward_auth",
            "not built yet",
        ),
        (
            "idp = member",
            |f| f.edit(CCC, "\"shared\"", "\"member\""),
            CCC,
            "saml.idp",
            "not built yet",
        ),
        (
            "unknown kind",
            |f| f.edit(UNION, "\"central\"", "\"telepathy\""),
            UNION,
            "connector[0].kind",
            "unknown connector kind",
        ),
    ]);
    for kind in
        ["oidc", "oauth2", "cas", "ldap", "sip2", "sql", "http", "radius", "signed_link", "network"]
    {
        let folder = registry();
        folder.edit(UNION, "\"central\"", &format!("\"{kind}\"\nhost = \"x\""));
        let found = faults(&folder);
        assert!(found.len() == 1 && found[0].what.contains("not built yet"), "{kind}: {found:?}");
    }
}

#[test]
fn references() {
    run(&[
        (
            "no file",
            |f| f.remove("members/nju-idp.xml"),
            NJU,
            "connector[0].metadata",
            "the file is missing",
        ),
        (
            "out of the folder",
            |f| f.edit(NJU, "nju-idp.xml", "../../nju-idp.xml"),
            NJU,
            "connector[0].metadata",
            "leads out",
        ),
        (
            "absolute",
            |f| f.edit(NJU, "nju-idp.xml", "/etc/hostname"),
            NJU,
            "connector[0].metadata",
            "leads out",
        ),
        (
            "a registry file",
            |f| f.edit(NJU, "nju-idp.xml", "union.toml"),
            NJU,
            "connector[0].metadata",
            "registry file itself",
        ),
        (
            "unknown service",
            |f| f.edit(NJU, "[\"ill\"]", "[\"lli\"]"),
            NJU,
            "connector[0].unsolicited",
            "there is no service `lli`",
        ),
        (
            "renames of nothing",
            |f| f.edit("attributes.toml", "ill", "lli"),
            "attributes.toml",
            "service.lli",
            "there is no service",
        ),
        (
            "url without signer",
            |f| f.edit(NJU, "\"nju-idp.xml\"", "{ url = \"https://idp.test/m\" }"),
            NJU,
            "connector[0].metadata",
            "without signer",
        ),
        (
            "signer missing",
            |f| {
                f.edit(
                    NJU,
                    "\"nju-idp.xml\"",
                    "{ url = \"https://idp.test/m\", signer = \"s.pem\" }",
                )
            },
            NJU,
            "connector[0].metadata.signer",
            "the file is missing",
        ),
        (
            "signer is nothing",
            |f| {
                f.edit(
                    NJU,
                    "\"nju-idp.xml\"",
                    "{ url = \"https://idp.test/m\", signer = \"s.pem\" }",
                );
                f.write(
                    "members/s.pem",
                    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                );
            },
            NJU,
            "connector[0].metadata.signer",
            "no X.509 certificate",
        ),
        (
            "secret missing",
            |f| f.remove("services/ill.secret"),
            ILL,
            "oidc.client_secret_file",
            "the file is missing",
        ),
        (
            "secret too short",
            |f| f.write("services/ill.secret", "hunter2hunter2"),
            ILL,
            "oidc.client_secret_file",
            "128 are needed",
        ),
        (
            "jwks missing",
            |f| f.edit(ILL, "client_secret_file = \"ill.secret\"", "jwks = \"ill.jwks\""),
            ILL,
            "oidc.jwks",
            "the file is missing",
        ),
    ]);
    let folder = registry();
    folder.edit(NJU, "\"nju-idp.xml\"", "{ url = \"https://idp.test/m\", signer = \"s.pem\" }");
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
    const KEY: &str = "connector[0].metadata";
    const IDP: &str = "members/nju-idp.xml";
    run(&[
        ("no XML", |f| f.write(IDP, "hello"), NJU, KEY, "`nju-idp.xml`"),
        (
            "truncated",
            |f| f.write(IDP, &idp_xml("https://i.test", None)[..400]),
            NJU,
            KEY,
            "`nju-idp.xml`",
        ),
        (
            "a service provider",
            |f| f.write(IDP, &sp_xml("https://i.test")),
            NJU,
            KEY,
            "no usable identity provider",
        ),
        (
            "an identity provider",
            |f| f.write("services/ccc-sp.xml", &idp_xml("https://i.test", None)),
            CCC,
            "saml.metadata",
            "no usable service provider",
        ),
        ("expired", |f| f.write(IDP, &idp_xml("https://i.test", Some(NOON))), NJU, KEY, "expired"),
        (
            "plain http",
            |f| f.edit(IDP, "https://idp.test/sso", "http://idp.test/sso"),
            NJU,
            KEY,
            "plain http",
        ),
        (
            "another binding",
            |f| f.edit(IDP, "HTTP-Redirect", "SOAP"),
            NJU,
            KEY,
            "SingleSignOnService",
        ),
        (
            "no certificate",
            |f| {
                let xml = f.read(IDP);
                let (head, tail) = (xml.find("<md:KeyDescriptor"), xml.find("<md:SingleSignOn"));
                f.write(
                    IDP,
                    &format!("{}{}", &xml[..head.expect("key")], &xml[tail.expect("sso")..]),
                );
            },
            NJU,
            KEY,
            "signing key",
        ),
        (
            "http acs",
            |f| f.edit("services/ccc-sp.xml", "https://sp.test/acs", "http://sp.test/acs"),
            CCC,
            "saml.metadata",
            "plain http",
        ),
        (
            "two entities",
            |f| {
                let (one, two) = (
                    idp_xml("https://a.test", None),
                    idp_xml("https://b.test", None).replace("_doc", "_two"),
                );
                f.write(IDP, &format!(r#"<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">{one}{two}</md:EntitiesDescriptor>"#));
            },
            NJU,
            KEY,
            "exactly one",
        ),
    ]);
    let folder = registry();
    folder.write(
        "members/nju-idp.xml",
        &signed(&idp_xml("https://i.test", Some(NOON.plus_s(1))), &SIGNER),
    );
    assert_eq!(faults(&folder), [], "a signature does not keep a file from being read");
}

#[test]
fn addresses() {
    let redirect =
        |to: &'static str| move |f: &Folder| f.edit(ILL, "https://ill.test/callback", to);
    let folder = |to: &'static str| {
        let folder = registry();
        redirect(to)(&folder);
        faults(&folder)
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
        let found = folder(bad);
        let is_told = found.iter().any(|f| f.key.as_deref() == Some("oidc.redirect_uris[0]"));
        assert!(is_told && found.len() == 1, "{bad}: {found:?}");
    }
    for good in [
        "http://localhost:8080/cb",
        "http://ill.localhost/cb",
        "http://127.0.0.1/cb",
        "org.example.app:/cb",
    ] {
        assert_eq!(folder(good), [], "{good}");
    }
    run(&[
        (
            "launch",
            |f| f.edit(ILL, "https://ill.test/\"", "http://ill.test/\""),
            ILL,
            "launch_url",
            "plain http",
        ),
        (
            "metadata",
            |f| {
                f.edit(
                    NJU,
                    "\"nju-idp.xml\"",
                    "{ url = \"http://idp.test/m\", signer = \"s.pem\" }",
                );
                f.write("members/s.pem", &pem(&SIGNER));
            },
            NJU,
            "connector[0].metadata.url",
            "plain http",
        ),
        (
            "jwks_uri",
            |f| {
                f.edit(
                    ILL,
                    "client_secret_file = \"ill.secret\"",
                    "jwks_uri = \"http://ill.test/jwks\"",
                )
            },
            ILL,
            "oidc.jwks_uri",
            "plain http",
        ),
        (
            "link",
            |f| f.edit(NJU, "http://opac.nju.example/", "javascript:alert(1)"),
            NJU,
            "links.opac",
            "neither https nor http",
        ),
        ("unknown link", |f| f.edit(NJU, "opac =", "opca ="), NJU, "links.opca", "unknown key"),
        (
            "logo",
            |f| {
                f.write(
                    "consortium.toml",
                    "name = { zh = \"x\" }\nlogo = \"http://c.test/l.png\"\n",
                )
            },
            "consortium.toml",
            "logo",
            "plain http",
        ),
    ]);
}

#[test]
fn services() {
    run(&[
        (
            "two proofs",
            |f| {
                f.edit(
                    ILL,
                    "client_secret_file = \"ill.secret\"",
                    "client_secret_file = \"ill.secret\"\njwks_uri = \"https://ill.test/jwks\"",
                );
            },
            ILL,
            "oidc",
            "together",
        ),
        (
            "no redirect",
            |f| f.edit(ILL, "[\"https://ill.test/callback\"]", "[]"),
            ILL,
            "oidc.redirect_uris",
            "empty",
        ),
        (
            "algorithm",
            |f| {
                f.edit(
                    ILL,
                    "client_secret",
                    "id_token_signed_response_alg = \"none\"\nclient_secret",
                )
            },
            ILL,
            "oidc.id_token_signed_response_alg",
            "`none`",
        ),
        (
            "right twice",
            |f| f.edit(ILL, "[\"ill:request\"]", "[\"ill:request\", \"ill:request\"]"),
            ILL,
            "entitlements[1]",
            "twice",
        ),
        ("value twice", |f| f.edit(ILL, "\"mail\"", "\"name\""), ILL, "release[1]", "twice"),
        (
            "rename to a claim of the protocol",
            |f| f.edit("attributes.toml", "display_name", "sub"),
            "attributes.toml",
            "service.ill.name",
            "belongs to the protocol",
        ),
        (
            "rename onto another value",
            |f| f.edit("attributes.toml", "display_name", "email"),
            "attributes.toml",
            "service.ill.name",
            "two values",
        ),
        ("name empty", |f| f.edit(ILL, "馆际互借", " "), ILL, "name.zh", "empty"),
        (
            "name disguised",
            |f| f.edit(ILL, "馆际互借", "馆际\u{202e}互借"),
            ILL,
            "name.zh",
            "cannot be seen",
        ),
    ]);
    for id in ["portal", "account", "desk", "console"] {
        let folder = registry();
        let text = folder.read(CCC).replace("\"ccc\"", &format!("\"{id}\""));
        folder.write(&format!("services/{id}.toml"), &text);
        folder.remove(CCC);
        let found = faults(&folder);
        assert!(found.iter().any(|f| f.what.contains("of the hub itself")), "{id}: {found:?}");
    }
}

#[test]
fn what_one_alone_may_claim() {
    run(&[
        (
            "member id",
            |f| f.edit(UNION, "id = \"union\"", "id = \"nju\""),
            UNION,
            "id",
            "is that of members/nju.toml already",
        ),
        (
            "file name",
            |f| f.edit(UNION, "id = \"union\"", "id = \"onion\""),
            UNION,
            "id",
            "not that of the file",
        ),
        (
            "service id",
            |f| f.edit(CCC, "id = \"ccc\"", "id = \"ill\""),
            CCC,
            "id",
            "is that of services/ill.toml already",
        ),
        (
            "code",
            |f| f.edit(UNION, "class", "codes = [\"A210093\"]\nclass"),
            UNION,
            "codes[0]",
            "members/nju.toml already",
        ),
        (
            "code that is an id",
            |f| f.edit(NJU, "\"a210093\"", "\"Union\""),
            NJU,
            "codes[0]",
            "members/union.toml already",
        ),
        (
            "scope",
            |f| f.edit(UNION, "reader.example", "NJU.edu.cn"),
            UNION,
            "scopes[0]",
            "members/nju.toml already",
        ),
        (
            "scope of no form",
            |f| f.edit(UNION, "reader.example", "*.example"),
            UNION,
            "scopes[0]",
            "not a domain name",
        ),
        (
            "connector id",
            |f| {
                f.edit(
                    UNION,
                    "kind = \"central\"",
                    "kind = \"central\"\n[[connector]]\nkind = \"central\"",
                );
            },
            UNION,
            "connector[1].id",
            "two connectors",
        ),
        (
            "client_id",
            |f| {
                let oidc = "[oidc]\nclient_id = \"ill\"\nredirect_uris = [\"https://ccc.test/cb\"]\n[saml]";
                f.edit(CCC, "[saml]", oidc);
            },
            ILL,
            "oidc.client_id",
            "services/ccc.toml already",
        ),
        (
            "entityID of members",
            |f| {
                f.edit(UNION, "kind = \"central\"", "kind = \"saml\"\nmetadata = \"nju-idp.xml\"");
            },
            UNION,
            "connector[0].metadata",
            "members/nju.toml already",
        ),
        (
            "entityID of services",
            |f| {
                f.edit(ILL, "[oidc]", "[saml]\nmetadata = \"ccc-sp.xml\"\n[oidc]");
            },
            ILL,
            "saml.metadata",
            "services/ccc.toml already",
        ),
        (
            "networks",
            |f| f.edit(UNION, "198.51.100.0/24", "192.0.2.64/26"),
            UNION,
            "ranges[0]",
            "overlaps 192.0.2.0/24 of members/nju.toml",
        ),
    ]);
    let folder = registry();
    folder.edit(UNION, "198.51.100.0/24", "192.0.0.0/16");
    let found = faults(&folder);
    assert_eq!(found.len(), 2, "both networks of the other lie in it: {found:?}");
}

#[test]
fn keys_that_pass_to_another_person() {
    for name in [
        "eduPersonPrincipalName",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
        "mail",
        "uid",
        "studentNumber",
        "NameID:emailAddress",
        "NameID:unspecified",
        "employeeNumber",
    ] {
        let folder = registry();
        folder.edit(
            NJU,
            "[\"pairwise-id\", \"subject-id\"]",
            &format!("[\"pairwise-id\", \"{name}\"]"),
        );
        let found = faults(&folder);
        let is_told =
            found.len() == 1 && found[0].key.as_deref() == Some("connector[0].attributes.local_id");
        assert!(is_told, "{name}: {found:?}");
        folder.edit(NJU, "unsolicited", "reassignable = true\nunsolicited");
        assert_eq!(faults(&folder), [], "{name}");
    }
    let folder = registry();
    folder.edit(NJU, "\"pairwise-id\"", "\"NameID:transient\"");
    folder.edit(NJU, "unsolicited", "reassignable = true\nunsolicited");
    assert_eq!(faults(&folder).len(), 1, "never lasting");
}

#[test]
fn jwk_sets() {
    let with = |jwks: &str| {
        let folder = registry();
        folder.edit(ILL, "client_secret_file = \"ill.secret\"", "jwks = \"ill.jwks\"");
        folder.write("services/ill.jwks", jwks);
        faults(&folder)
    };
    let point = "A".repeat(43);
    let ec =
        |more: &str| format!(r#"{{"kty":"EC","crv":"P-256","x":"{point}","y":"{point}"{more}}}"#);
    let set = |keys: &[String]| format!(r#"{{"keys":[{}]}}"#, keys.join(","));
    assert_eq!(with(&set(&[ec("")])), []);
    assert_eq!(with(&set(&[ec(r#","kid":"a""#), ec(r#","kid":"b","use":"sig""#)])), []);
    for (bad, what) in [
        ("nonsense".to_owned(), "not JSON"),
        ("{}".to_owned(), "no `keys`"),
        (set(&[]), "holds no key"),
        (set(&[ec(r#","d":"AAAA""#)]), "private member `d`"),
        (set(&[ec(r#","use":"enc""#)]), "not for signatures"),
        (set(&[ec(""), ec("")]), "`kid` of its own"),
        (set(&[ec(r#","kid":"a""#), ec(r#","kid":"a""#)]), "`kid` of its own"),
        (set(&[r#"{"kty":"oct","k":"AAAA"}"#.to_owned()]), "private member `k`"),
        (set(&[format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"}}"#, "A".repeat(171))]), "2048"),
        (set(&[r#"{"kty":"EC","crv":"P-521","x":"AA","y":"AA"}"#.to_owned()]), "neither"),
        (set(&[r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#.to_owned()]), "wrong length"),
    ] {
        let found = with(&bad);
        assert!(found.len() == 1 && found[0].what.contains(what), "{bad}: {found:?}");
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
    let found = faults(&folder);
    assert!(found.len() == 1 && found[0].file == ILL, "{found:?}");
}

#[test]
fn hidden_files_and_files_that_nobody_names_are_passed_over() {
    let folder = registry();
    for name in [".git/config.toml", "members/._nju.toml", "README.md", "members/notes.txt"] {
        folder.write(name, "\u{0}");
    }
    assert_eq!(faults(&folder), []);
}
