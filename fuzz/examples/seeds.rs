//! Writes fixtures and seeds anew: `cargo run -p fuzz --features run --example seeds`.
//! The keys are made here and not kept.
#![expect(clippy::expect_used, reason = "what cannot be written is seen at once")]

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fuzz::fixtures::{BYE, CALLBACK, CLIENT, NOW, SP, SP_ACS, SSO};
use fuzz::parties::{good_answer, idp_metadata, idp_self, signing_key};
use fuzz::sealed_state;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use model::{Text, encode_component};
use saml::{
    AuthnRequestOut, MessageKind, MetadataSeal, Sign, redirect_url, sign_idp_metadata,
    write_response,
};
use serde_json::json;
use std::fs;
use std::path::Path;

const HERE: &str = env!("CARGO_MANIFEST_DIR");
const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../demo/registry");

const MATRIX: &str = "[classes]\nA = { zh = \"甲\", en = \"A\" }\nB = { zh = \"乙\", en = \"B\" }\n\
        [[row]]\nid = \"enter\"\nenter = [\"ill\"]\nmax_age_s = 600\nreason = { zh = \"可进\", en = \"may enter\" }\n\
        [[row]]\nclass = [\"A\"]\nstanding = [\"good\"]\nallow = [\"ill:request\"]\nreason = { zh = \"可借\", en = \"may borrow\" }\n\
        [[deny]]\nclass = [\"B\"]\nregion = [\"江苏\"]\nuse = [\"ill:guaranteed\"]\nreason = { zh = \"不可\", en = \"may not\" }\n";
const CEDAR: &str = "@id(\"enter-all\") @reason_zh(\"可进\") @reason_en(\"may enter\")\n\
        permit (principal, action == Action::\"enter\", resource == Service::\"ill\") when { principal.standing == Standing::\"good\" };\n\
        @id(\"no-blocked\") @reason_zh(\"停用\") @reason_en(\"blocked\")\n\
        forbid (principal, action, resource) when { principal.standing == Standing::\"blocked\" || context.shared_computer };\n";

fn main() {
    answers();
    metadata();
    requests();
    client();
    states_and_cookies();
    authorizations();
    registry();
    policy();
    searches();
    mappings();
}

fn put(name: &str, content: impl AsRef<[u8]>) {
    let path = Path::new(HERE).join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, content).expect("a file");
}

fn seed(target: &str, name: &str, content: impl AsRef<[u8]>) {
    put(&format!("corpus/{target}/{name}"), content);
}

fn demo(name: &str) -> String {
    fs::read_to_string(format!("{DEMO}/{name}")).expect("a file of the sample consortium")
}

fn answers() {
    let key = signing_key();
    put("fixtures/idp.xml", idp_metadata(key.certificate()));
    for (sign, name) in
        [(Sign::Assertion, "assertion-signed.xml"), (Sign::Response, "response-signed.xml")]
    {
        let xml = write_response(&good_answer(), &key, sign).expect("an answer");
        put(&format!("fixtures/{name}"), &xml);
        seed("saml_response", name, &xml);
        let form =
            format!("\x01SAMLResponse={}&RelayState=h", encode_component(&STANDARD.encode(&xml)));
        seed("saml_bindings", &format!("post-{name}"), form);
    }
    // Scripts: form, then place, kind and further decisions of each change.
    for form in 0..4_u8 {
        for kind in 0..12_u8 {
            let script = [0, form, 0, 20, kind, 0, 3, 1, 0, 40, kind, 0, 5, 0, 2, 9];
            seed("saml_changed", &format!("form-{form}-{kind}"), script);
        }
    }
}

fn metadata() {
    let key = signing_key();
    let (certs, name) = ([key.certificate()], Text::new("示例", "Sample"));
    let seal = MetadataSeal { id: "_metadata", valid_until: NOW.plus_s(86_400), key: &key };
    let signed = sign_idp_metadata(&idp_self(&certs, &name), &seal).expect("metadata");
    put("fixtures/signed-metadata.xml", &signed);
    put("fixtures/signer.der", key.certificate());
    seed("saml_metadata", "signed.xml", &signed);
    seed("saml_metadata", "idp.xml", demo("members/nju-idp.xml"));
    seed("saml_metadata", "sp.xml", demo("services/journals-sp.xml"));
    let both = [demo("members/nju-idp.xml"), demo("services/journals-sp.xml")].concat();
    let group = format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">{both}</md:EntitiesDescriptor>"
    );
    seed("saml_metadata", "group.xml", group);
}

fn requests() {
    let key = signing_key();
    let certificate = STANDARD.encode(key.certificate());
    let sp = format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{SP}\">\
         <md:SPSSODescriptor AuthnRequestsSigned=\"false\" protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
         <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
         <md:AssertionConsumerService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"{SP_ACS}\" index=\"0\"/>\
         </md:SPSSODescriptor></md:EntityDescriptor>"
    );
    put("fixtures/sp.xml", sp);
    let xml = AuthnRequestOut {
        id: "_authn-request",
        destination: SSO,
        issuer: SP,
        acs_url: SP_ACS,
        force_authn: false,
        is_passive: false,
        issue_instant: NOW,
        requester_ids: &[],
        provider_name: None,
        proxy_count: None,
    }
    .to_xml();
    let query = |key| {
        let url = redirect_url(SSO, MessageKind::Request, &xml, Some("relay"), key).expect("a URL");
        url.split_once('?').expect("a query").1.to_owned()
    };
    put("fixtures/signed-request.txt", query(Some(&key)));
    seed("saml_bindings", "redirect-signed", format!("\0{}", query(Some(&key))));
    seed("saml_bindings", "redirect", format!("\0{}", query(None)));
    let form = format!("\x01SAMLRequest={}&RelayState=r", encode_component(&STANDARD.encode(&xml)));
    seed("saml_bindings", "post-request", form);
    seed("saml_bindings", "xml", format!("\x02{xml}"));
}

fn client() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let point = pair.public_key().as_ref();
    let part = |range| URL_SAFE_NO_PAD.encode(point.get(range).expect("a point"));
    let keys = json!({"keys": [{
        "kty": "EC", "crv": "P-256", "kid": "key-1", "use": "sig", "alg": "ES256",
        "x": part(1..33), "y": part(33..65),
    }]});
    put("fixtures/client.jwks.json", keys.to_string());
    let claims = json!({
        "iss": CLIENT, "sub": CLIENT, "aud": "https://hub.test/oauth2/token",
        "jti": "one", "iat": NOW.unix_s(), "exp": NOW.unix_s() + 300,
    });
    let header = Header { kid: Some("key-1".to_owned()), ..Header::new(Algorithm::ES256) };
    let der = pair.to_pkcs8v1().expect("PKCS#8");
    let jwt = encode(&header, &claims, &EncodingKey::from_ec_der(der.as_ref())).expect("a JWT");
    put("fixtures/client.jwt", &jwt);
    seed("client_assertion", "good.jwt", &jwt);
    let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    let code =
        "grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Fill.test%2Fcallback";
    seed(
        "oidc_token",
        "assertion",
        format!("\n{code}&client_assertion_type={kind}&client_assertion={jwt}"),
    );
    let basic = STANDARD.encode("ill:c2VjcmV0%2B");
    seed("oidc_token", "basic", format!("Basic {basic}\n{code}&code_verifier={}", "v".repeat(43)));
    seed("oidc_token", "post", format!("\n{code}&client_id=ill&client_secret=secret"));
    seed("oidc_token", "public", format!("\n{code}&client_id=ill"));
}

fn states_and_cookies() {
    let cookie = sealed_state::cookie();
    seed("sealed_state", "cookie", format!("\0{cookie}"));
    seed("sealed_state", "content", [vec![1], sealed_state::content()].concat());
    let (handle, binding) = (sealed_state::HANDLE, sealed_state::BINDING);
    let line = format!("Cookie: __Host-rp_b={binding}; __Host-rp_s_{handle}={cookie}");
    seed("cookies", "login", format!("/login?h={handle}\n{line}; __Host-rp_recent=nju.union"));
    seed(
        "cookies",
        "session",
        format!("/\nCookie: __Host-rp_sid={}; __Host-rp_who=x", "s".repeat(43)),
    );
    seed("cookies", "two-lines", format!("/?a=b\nCookie: a=1; a=2\n{line}"));
    seed(
        "cookies",
        "proxies",
        "/\nX-Forwarded-For: 203.0.113.9, 10.1.1.1\nX-Forwarded-For: 10.0.0.2",
    );
    seed(
        "sip2",
        "patron",
        format!(
            "\u{0}64{}00120261121    120000{}AOinst|AA1001|AE读者甲|BLY|CQY|AFa|AY1AZ0000\r\n96AZFEF6\r",
            " ".repeat(14),
            " ".repeat(24)
        ),
    );
    seed(
        "sip2",
        "unsummed",
        format!("\u{1}24{}00120261121    120000AA1001|BLY|CQY|\r", " ".repeat(14)),
    );
    seed("ldap_template", "filter", "(&(objectClass=person)(uid={login}))\nr7)(uid=*");
    seed("ldap_template", "several", "(|(uid={login})(mail={login}@x.edu.cn)(!(pager=*)))\n读者甲");
    seed("ldap_template", "name", "uid={login},ou=people,dc=x\na,ou=b+c=\"d\"");
    seed("ldap_template", "principal", "{login}@corp.x.edu.cn\nreader.7");
    seed("ldap_template", "same", "uid=A\\2cb, DC=x\nUID = a\\,b,dc=x");
    seed("params", "query", "a=1&b=%E5%8D%97+x&c&=d&e=");
    seed("params", "login", format!("h={handle}&username=reader-a&password=%2B%26"));
}

fn authorizations() {
    let query = |pairs: &[(&str, &str)]| {
        let pairs: Vec<_> =
            pairs.iter().map(|(n, v)| format!("{n}={}", encode_component(v))).collect();
        pairs.join("&")
    };
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let plain = [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("state", "s"),
        ("nonce", "n"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ];
    seed("oidc_authorize", "plain", query(&plain));
    let more = [
        ("prompt", "login select_account"),
        ("max_age", "0"),
        ("member", "nju"),
        ("tenant", "nju"),
        ("ui_locales", "zh-CN en"),
        ("login_hint", "reader-a"),
        ("id_token_hint", "a.b.c"),
        ("response_mode", "query"),
    ];
    seed("oidc_authorize", "all", query(&[&plain[..], &more].concat()));
    let bye = [("client_id", CLIENT), ("post_logout_redirect_uri", BYE), ("state", "s t")];
    seed("oidc_authorize", "logout", query(&bye));
}

fn registry() {
    let file = |name: &str, text: &str| format!("=== {name}\n{text}\n");
    let own = |name: &str| file(name, &demo(name));
    let members = [own("consortium.toml"), own("members/nju.toml"), own("members/nju-idp.xml")];
    seed("registry", "member", members.concat());
    seed("registry", "central", own("members/union.toml"));
    seed("registry", "oidc", [own("services/ill.toml"), own("services/ill.jwks.json")].concat());
    let saml = [own("services/journals.toml"), own("services/journals-sp.xml")];
    seed("registry", "saml", saml.concat());
    let renames = file("attributes.toml", "[service.ill]\nmail = \"e_mail\"");
    let secret = demo("services/ill.toml")
        .replace("jwks = \"ill.jwks.json\"", "client_secret_file = \"ill.secret\"");
    let secret =
        [file("services/ill.toml", &secret), file("services/ill.secret", &"0f1e2d3c".repeat(8))];
    seed("registry", "secret", renames + &secret.concat());
    let oidc = [own("services/ill.toml"), own("services/ill.jwks.json")].concat();
    let rules = [file("policy/matrix.toml", MATRIX), file("policy/rules.cedar", CEDAR)].concat();
    seed("registry", "policy", oidc + &rules);
}

fn policy() {
    seed("policy", "matrix", MATRIX);
    seed("policy", "cedar", format!("=== cedar\n{CEDAR}"));
    seed("policy", "both", format!("{MATRIX}=== cedar\n{CEDAR}"));
}

fn searches() {
    for (name, typed) in [
        ("zh", "南京"),
        ("pinyin", "nanjing"),
        ("initials", "njdx"),
        ("mixed", "南京d"),
        ("en", "library"),
        ("code", "a210093"),
    ] {
        seed("discovery", name, typed);
    }
}

/// Maps of all steps, each with values that they let in.
fn mappings() {
    seed(
        "mapping",
        "names",
        r#"local_id = ["pairwise-id", "subject-id", "NameID:persistent"]
affiliation = "eduPersonScopedAffiliation"
name = "displayName"
mail = "mail"
---
pairwise-id=a1@nju.edu.cn
eduPersonScopedAffiliation=student@nju.edu.cn
eduPersonScopedAffiliation=staff@pku.edu.cn
displayName=读者甲
mail=a@nju.edu.cn
"#,
    );
    seed(
        "mapping",
        "tables",
        r#"local_id = { from = "XH", pattern = '[A-Z]*(\d{6,12})' }
affiliation = [{ from = ["userType", "type"], split = ";", values = { "教师" = "faculty", "本科生" = "student", "临时" = "" } }, { constant = "member" }]
standing = { from = "ZT", values = { "正常" = "good", "挂失" = "blocked" }, otherwise = "suspended" }
name = { from = ["XM", "cn"], required = true }
---
XH=B20271234
userType=教师;访客;临时
ZT=正常
XM=读者甲
"#,
    );
    seed(
        "mapping",
        "dates",
        r#"local_id = "XI"
valid_until = { from = "PA", date = "YYYYMMDD    HHMMSS", zone = "+08:00", values = { "永久" = "" } }
category = { from = "PC", pattern = "(?:全日制)?(.+)" }
---
XI=1
PA=20270630    235959
PC=全日制本科生
"#,
    );
    seed(
        "mapping",
        "scope",
        r#"local_id = { from = "eduPersonPrincipalName", pattern = '^([^@]+)@nju\.edu\.cn$' }
valid_until = { from = "end", date = "D.M.YYYY HH:MM" }
---
urn:oid:1.3.6.1.4.1.5923.1.1.1.6=s1@nju.edu.cn
end=3.6.2027 08:00
"#,
    );
}
