//! A library whose system speaks SIP2: from the card to the loan service.

#[expect(dead_code, reason = "the other switches are turned by the connector's own tests")]
#[path = "../../idp-bridge/src/sip2/tests/server.rs"]
mod server;

use crate::harness::oidc::{authorize, claims, code_of, redeem};
use crate::harness::world::{World, sign_in};
use crate::harness::{Browser, Seen};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use server::{GOOD, Patron, Quirks, Sip2Server};
use std::sync::Arc;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

const PIN: &str = "4711";

fn patrons() -> Vec<Patron> {
    let patron = |number, flags, fields| Patron { number, login: "", password: PIN, flags, fields };
    vec![
        patron("1001", GOOD, "XI1|AE读者甲|BEjia@mail.test|PC研究生|PA20991231|"),
        patron("1002", GOOD, "XI2|AE读者乙|PA20200101|"),
        patron("1003", "    Y         ", "XI3|AE读者丙|"),
        patron("1004", "          Y   ", "XI4|AE读者丁|BV50.00|"),
    ]
}

/// A consortium with the library 镇图书馆, whose server is this one.
async fn town(quirks: Quirks, settings: &str) -> (World, Sip2Server) {
    let world = World::new().await;
    let server = Sip2Server::start(quirks, patrons()).await;
    register(&world, server.port, settings, None).await;
    (world, server)
}

async fn register(world: &World, port: u16, settings: &str, ca: Option<&str>) {
    let member = format!(
        "id = \"town\"\nname = {{ zh = \"镇图书馆\", en = \"Town Library\" }}\nclass = \"C\"\n\
         scopes = [\"town.test\"]\nstatus = \"live\"\ncontact = {{ phone = \"000-0000-0009\" }}\n\
         [[connector]]\nkind = \"sip2\"\nhost = \"sip2.localhost\"\nport = {port}\n\
         network = \"127.0.0.0/8\"\nuser = \"hub\"\npassword_file = \"town.secret\"\n\
         institution = \"inst\"\n{settings}"
    );
    let mut files =
        vec![("members/town.toml", member), ("members/town.secret", "let me in\n".to_owned())];
    files.extend(ca.map(|pem| ("members/town-ca.pem", pem.to_owned())));
    world.hub.apply(&files).await;
}

fn guarded() -> Quirks {
    Quirks { terminal: Some(("hub", "let me in")), ..Quirks::default() }
}

async fn log_in(browser: &mut Browser, number: &str, pin: &str) -> Seen {
    let form = browser.get(&authorize(&[("member", "town")])).await;
    assert!(form.body.contains("镇图书馆"), "{}", form.body);
    sign_in(browser, &form, number, pin).await
}

#[tokio::test]
async fn a_card_of_a_town_library_opens_the_loan_service() {
    let (world, server) = town(guarded(), "").await;
    let mut browser = world.browser();
    let arrived = log_in(&mut browser, "1001", PIN).await;
    let tokens = redeem(&world.hub, &code_of(&arrived)).await;
    let id = claims(tokens.json["id_token"].as_str().expect("an ID token"));
    assert_eq!((&id["member"], &id["class"]), (&"town".into(), &"C".into()));
    assert_eq!((&id["name"], &id["email"]), (&"读者甲".into(), &"jia@mail.test".into()));
    // The second time nobody is asked.
    code_of(&browser.get(&authorize(&[])).await);
    assert_eq!(server.questions(), 1);
}

#[tokio::test]
async fn a_wrong_pin_and_an_unknown_card_are_told_alike_and_may_be_corrected() {
    let (world, _server) = town(guarded(), "").await;
    let mut browser = world.browser();
    let wrong = log_in(&mut browser, "1001", "4712").await;
    assert!(wrong.body.contains("账号或密码不正确"), "{}", wrong.body);
    let unknown = sign_in(&mut browser, &wrong, "9999", PIN).await;
    assert!(unknown.body.contains("账号或密码不正确"), "{}", unknown.body);
    let arrived = sign_in(&mut browser, &unknown, "1001", PIN).await;
    code_of(&arrived);
    for secret in [PIN, "4712"] {
        assert!(!wrong.body.contains(secret) && !unknown.body.contains(secret));
    }
}

#[tokio::test]
async fn an_expired_a_lost_and_an_owing_card_are_told_which_they_are() {
    let (world, _server) = town(guarded(), "").await;
    for number in ["1002", "1003", "1004"] {
        let mut browser = world.browser();
        let seen = log_in(&mut browser, number, PIN).await;
        assert!(!seen.outside && seen.body.contains("POL-002"), "{number}: {}", seen.body);
        assert!(seen.body.contains("000-0000-0009"), "no contact: {}", seen.body);
    }
}

#[tokio::test]
async fn a_library_whose_system_is_down_or_shuts_us_out_is_told_as_such() {
    let (world, server) = town(guarded(), "").await;
    let port = server.port;
    drop(server);
    let mut browser = world.browser();
    let down = log_in(&mut browser, "1001", PIN).await;
    assert!(!down.outside && down.body.contains("CON-001"), "{}", down.body);

    let strict = Quirks { terminal: Some(("hub", "another")), ..Quirks::default() };
    let shut = Sip2Server::start(strict, patrons()).await;
    assert_ne!(shut.port, port);
    register(&world, shut.port, "", None).await;
    let seen = log_in(&mut browser, "1001", PIN).await;
    assert!(seen.body.contains("CON-004"), "{}", seen.body);
    assert_eq!(shut.questions(), 0);
}

#[tokio::test]
async fn a_public_hub_reaches_a_private_server_by_its_own_waiver_only() {
    let (world, server) = town(guarded(), "").await;
    world.hub.change("members/town.toml", "127.0.0.0/8", "10.0.0.0/8").await;
    let mut browser = world.browser();
    let seen = log_in(&mut browser, "1001", PIN).await;
    assert!(seen.body.contains("CON-001"), "{}", seen.body);
    assert_eq!(server.connections(), 0);
}

/// TLS before the server, as stunnel would stand there; gives its port.
async fn front(behind: u16, certificate: CertificateDer<'static>, key: Vec<u8>) -> u16 {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::try_from(key).expect("a key");
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a pair");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut outside) = acceptor.accept(stream).await else { continue };
            let Ok(mut inside) = TcpStream::connect(("127.0.0.1", behind)).await else { continue };
            tokio::spawn(async move { copy_bidirectional(&mut outside, &mut inside).await });
        }
    });
    port
}

#[tokio::test]
async fn a_server_by_tls_is_believed_with_the_librarys_own_authority_only() {
    let (world, server) = town(guarded(), "").await;
    let made =
        |name: &str| rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("made");
    let (own, other, misnamed) = (made("sip2.localhost"), made("sip2.localhost"), made("x.test"));
    for (shown, trusted, is_believed) in
        [(&own, &own, true), (&own, &other, false), (&misnamed, &misnamed, false)]
    {
        let key = shown.signing_key.serialize_der();
        let port = front(server.port, shown.cert.der().clone(), key).await;
        register(&world, port, "ca = \"town-ca.pem\"", Some(&trusted.cert.pem())).await;
        let before = server.questions();
        let mut browser = world.browser();
        let seen = log_in(&mut browser, "1001", PIN).await;
        assert_eq!(seen.outside, is_believed, "{}", seen.body);
        assert_eq!(server.questions() - before, usize::from(is_believed));
    }
}
