//! Readers at both kinds of library and both kinds of service, and what is refused.

use super::Overheard;
use crate::harness::browser::Browser;
use crate::harness::clock::seeded;
use crate::harness::oidc::{authorize, basic, code_of, redeem_at, token_at, userinfo_at};
use crate::harness::saml::{Ask, accept, acme_answer, asked_of_acme, post_to_acs, signed};
use crate::harness::world::{
    HUB, ILL_CALLBACK, ILL_SECRET, PASSWORD, acme_key, sign_in, stranger_key,
};
use crate::harness::{Seen, TestClock};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml::{AttrValues, ResponseOut, Sign, attr, parse_metadata, write_encrypted_response};

const READER: &str = "reader-of-this-test";

/// SAML and the hub's own store × OpenID Connect and SAML, with single sign-on and logout.
pub async fn readers(all: &Overheard) {
    let person = ["--name", "Reader Overheard", "--mail", "overheard@mail.test"];
    let card = ["--phone", "000-0000-4711", "--category", "graduate-overheard"];
    let mut create = vec!["account", "create", "--member", "union", "--login", READER];
    create.extend(["--password-file", "password"].iter().chain(&person).chain(&card));
    all.command(&create).await;
    for (what, value) in [("login", READER), ("name", person[1]), ("mail", person[3])] {
        all.kept.lock().expect("secrets").add(what, value);
    }
    all.kept.lock().expect("secrets").add("phone", card[1]);
    for round in 0..2 {
        let mut browser = all.browser();
        let seen = if round == 0 {
            by_password(all, &mut browser, &authorize(&[("member", "union")])).await
        } else {
            by_acme(all, &mut browser, &authorize(&[("member", "acme")]), |_| ()).await
        };
        let code = code_of(&seen);
        let tokens = redeem_at(&all.hub, &code).await;
        let [access, hint] = ["access_token", "id_token"]
            .map(|name| tokens.json[name].as_str().unwrap_or_else(|| panic!("{tokens:?}")));
        assert_eq!(userinfo_at(&all.hub, access).await.status, 200);
        let ask = format!("_overheard-{round}");
        let arrived = browser
            .get(&Ask { id: &ask, ..Ask::default() }.address(&TestClock::of_the_machine()))
            .await;
        all.keep(&arrived);
        let _ = accept(&mut browser, &TestClock::of_the_machine(), &arrived, &ask).await;
        // The code again, and then its token.
        assert_eq!(redeem_at(&all.hub, &code).await.status, 400);
        assert_eq!(userinfo_at(&all.hub, access).await.status, 401);
        let leave = format!("{HUB}/oauth2/end_session?id_token_hint={hint}&state=state-of-leaving");
        browser.get(&leave).await;
    }
    // A login that begins at the service by SAML, at each.
    let mut browser = all.browser();
    let address =
        Ask { id: "_overheard-2", ..Ask::default() }.address(&TestClock::of_the_machine());
    let seen = by_password(all, &mut browser, &format!("{address}&member=union")).await;
    let _ = accept(&mut browser, &TestClock::of_the_machine(), &seen, "_overheard-2").await;
    let mut browser = all.browser();
    let address =
        Ask { id: "_overheard-3", ..Ask::default() }.address(&TestClock::of_the_machine());
    let seen = by_acme(all, &mut browser, &format!("{address}&member=acme"), |_| ()).await;
    let _ = accept(&mut browser, &TestClock::of_the_machine(), &seen, "_overheard-3").await;
}

/// Types a wrong password, then the password in the place of the name, then both right.
async fn by_password(all: &Overheard, browser: &mut Browser, address: &str) -> Seen {
    let form = browser.get(address).await;
    let again = sign_in(browser, &form, READER, "potato-harbour-of-this-test").await;
    let again = sign_in(browser, &again, "typed-into-the-wrong-field", PASSWORD).await;
    let seen = sign_in(browser, &again, READER, PASSWORD).await;
    assert!(seen.outside, "{}: {}", seen.url, seen.body);
    all.keep(&seen);
    seen
}

/// The answer of `acme`, changed, encrypted and posted.
async fn by_acme(
    all: &Overheard,
    browser: &mut Browser,
    address: &str,
    change: impl Fn(&mut ResponseOut),
) -> Seen {
    let metadata = browser.get(&format!("{HUB}/saml/sp/metadata")).await;
    let hub = parse_metadata(metadata.body.as_bytes()).expect("metadata").remove(0);
    let offer = hub.sp.expect("a service provider").encryption;
    let recipient = offer.recipient(None).expect("safe").expect("asked for").clone();
    let asked = browser.get(address).await;
    all.keep(&asked);
    let asked = asked_of_acme(&asked);
    let mut out = acme_answer(&TestClock::of_the_machine(), Some(&asked.id));
    change(&mut out);
    // What is in it does not show in what is posted.
    keep_clear(all, &out);
    let sealed =
        write_encrypted_response(&out, acme_key(), Sign::Assertion, &recipient, &seeded("logs"));
    let seen = post_to_acs(browser, &sealed.expect("an answer"), Some(&asked.relay_state)).await;
    all.keep(&seen);
    seen
}

fn keep_clear(all: &Overheard, out: &ResponseOut) {
    let clear = STANDARD.encode(signed(out, acme_key()));
    all.kept.lock().expect("secrets").add("SAMLResponse", &clear);
}

/// What libraries, services and strangers send that is refused.
pub async fn refusals(all: &Overheard) {
    bad_answers(all).await;
    bad_requests(all).await;
    bad_grants(all).await;
}

async fn bad_answers(all: &Overheard) {
    let address = authorize(&[("member", "acme")]);
    let changes: [fn(&mut ResponseOut); 7] = [
        |out| set(out, attr::PAIRWISE_ID, "reader0007@elsewhere.test"),
        |out| set(out, attr::PAIRWISE_ID, "no-scope-and-a-card-2004711"),
        |out| set(out, attr::PAIRWISE_ID, ""),
        |out| "https://other.test/sp".clone_into(&mut out.audience),
        |out| out.issue_instant = out.issue_instant.plus_s(-90_000),
        |out| out.in_response_to = Some("_of-another-login".to_owned()),
        |out| "a-name-with-<markup>-&-quotes\"".clone_into(&mut out.name_id.value),
    ];
    for change in changes {
        by_acme(all, &mut all.browser(), &address, change).await;
    }
    // In clear: signed by a stranger, altered, twice, no XML, no base64.
    let mut browser = all.browser();
    let asked = asked_of_acme(&browser.get(&address).await);
    let out = acme_answer(&TestClock::of_the_machine(), Some(&asked.id));
    let good = signed(&out, acme_key());
    for xml in [
        signed(&out, stranger_key()),
        good.replace("reader0001@", "reader0009@"),
        good.replace("</saml:Subject>", ""),
        good.clone(),
        good,
        "<a><reader>somebody-by-name</reader>".to_owned(),
    ] {
        all.keep(&post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await);
    }
    let acs = format!("{HUB}/saml/sp/acs");
    let fields = [("SAMLResponse", "not-base64-but-perhaps-a-secret!"), ("RelayState", "_nobody")];
    browser.post(&acs, &fields, "https://acme.test/").await;
}

fn set(out: &mut ResponseOut, name: &str, value: &str) {
    for attribute in out.attributes.iter_mut().filter(|attribute| attribute.name == name) {
        attribute.values = AttrValues::Text(vec![value.to_owned()]);
    }
}

async fn bad_requests(all: &Overheard) {
    let mut browser = all.browser();
    for further in [
        ("redirect_uri", "https://evil.test/?stolen=value-of-an-address"),
        ("client_id", "a-secret-in-the-wrong-place"),
        ("request", "eyJhbGciOiJub25lIn0.an-unsigned-request-object"),
        ("id_token_hint", "eyJhbGciOiJub25lIn0.an-old-token-of-somebody"),
        ("login_hint", "somebody@hinted.test"),
        ("scope", "profile"),
    ] {
        browser.get(&authorize(&[further])).await;
    }
    let sso = format!("{HUB}/saml/idp/sso");
    let broken = STANDARD.encode("<samlp:AuthnRequest secret=\"in-a-broken-request\"");
    for message in [broken.as_str(), "neither-base64-nor-xml-of-a-request"] {
        let fields = [("SAMLRequest", message), ("RelayState", "relay-of-a-bad-request")];
        browser.post(&sso, &fields, "https://journals.test/").await;
    }
    let unknown = Ask {
        issuer: "https://unknown.test/sp",
        acs: "https://unknown.test/acs",
        ..Ask::default()
    };
    browser.get(&unknown.address(&TestClock::of_the_machine())).await;
    // The sealed state of a login, bent; a handle that nobody gave.
    browser.get(&authorize(&[("member", "union")])).await;
    let names: Vec<String> =
        browser.cookie_names("hub.test").iter().map(|name| (*name).to_owned()).collect();
    for name in names {
        let Some(value) = browser.cookie("hub.test", &name) else { continue };
        let bent = format!("{value}AAAA");
        browser.set_cookie("hub.test", &name, &bent);
        browser.get(&authorize(&[])).await;
    }
    browser.get(&format!("{HUB}/login?h=a-handle-that-nobody-gave")).await;
}

async fn bad_grants(all: &Overheard) {
    let mut browser = all.browser();
    let seen = by_password(all, &mut browser, &authorize(&[("member", "union")])).await;
    let code = code_of(&seen);
    let right = basic("ill", ILL_SECRET);
    let wrong = basic("ill", "a-wrong-client-secret");
    for (code, authorization) in [
        ("a-code-that-was-made-up", Some(right.as_str())),
        (&code, Some(&wrong)),
        (&code, Some("Bearer a-bearer-token-instead-of-basic")),
        (&code, Some("Basic not-base64-of-a-client-secret")),
        (&code, None),
        (&code, Some(&right)),
    ] {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", ILL_CALLBACK),
            ("code_verifier", "a-verifier-that-is-long-enough-and-is-a-wrong-one"),
        ];
        let answer = token_at(&all.hub, &fields, authorization).await;
        assert!(answer.status.is_client_error(), "{answer:?}");
    }
    let assertion = [
        ("grant_type", "authorization_code"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJpbGwifQ.a-signature-of-an-assertion"),
        ("client_secret", "a-client-secret-in-the-body"),
    ];
    token_at(&all.hub, &assertion, None).await;
    for token in ["a-token-that-was-made-up", "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJpbGwifQ.sig-of-it"] {
        assert_eq!(userinfo_at(&all.hub, token).await.status, 401);
    }
}
