use super::guard::is_public;
use super::*;
use std::net::IpAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

fn client(hub_on_loopback: bool, private: &[&str]) -> HttpClient {
    let private_networks = private.iter().map(|n| n.parse().expect("network")).collect();
    HttpClient::new(&HttpSettings { hub_on_loopback, private_networks, extra_ca_pem: None })
        .expect("client")
}

/// A server that answers every connection with `answer`, and its port.
async fn server(answer: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
    let port = listener.local_addr().expect("address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    port
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n{body}")
}

#[tokio::test]
async fn a_name_below_localhost_is_this_machine() {
    let port =
        server(answer("200 OK", "Content-Type: text/plain\r\nContent-Length: 5\r\n", "hello"))
            .await;
    let found =
        client(true, &[]).get(&format!("http://nju.localhost:{port}/"), 100).await.expect("answer");
    assert_eq!((found.status, found.body.as_slice()), (200, &b"hello"[..]));
    assert_eq!(found.content_type.as_deref(), Some("text/plain"));
}

#[tokio::test]
async fn a_form_is_posted() {
    let port = server(answer("204 No Content", "", "")).await;
    let fields = [("grant_type".to_owned(), "a b&c".to_owned())];
    let found =
        client(true, &[]).post_form(&format!("http://localhost:{port}/"), &fields, 10).await;
    assert_eq!(found.expect("answer").status, 204);
}

#[tokio::test]
async fn a_body_above_the_cap_is_refused_announced_or_not() {
    let body = "x".repeat(5000);
    for headers in ["Content-Length: 5000\r\n", ""] {
        let port = server(answer("200 OK", headers, &body)).await;
        let url = format!("http://localhost:{port}/");
        assert!(matches!(client(true, &[]).get(&url, 4999).await, Err(HttpError::TooLarge(4999))));
        assert_eq!(client(true, &[]).get(&url, 5000).await.expect("fits").body.len(), 5000);
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let port =
        server(answer("302 Found", "Location: http://localhost:1/\r\nContent-Length: 0\r\n", ""))
            .await;
    let found =
        client(true, &[]).get(&format!("http://localhost:{port}/"), 10).await.expect("answer");
    assert_eq!(found.status, 302);
    assert!(matches!(found.ok(), Err(HttpError::Status(302))));
}

#[tokio::test]
async fn what_may_not_be_asked_is_refused_before_any_byte_is_sent() {
    let public = client(false, &[]);
    for url in [
        "http://example.org/",
        "http://localhost:1/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://user:pw@example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "not an address",
    ] {
        let refused = public.get(url, 10).await;
        assert!(matches!(refused, Err(HttpError::Refused { .. })), "{url}: {refused:?}");
    }
    assert!(matches!(
        client(true, &[]).get("http://example.org/", 10).await,
        Err(HttpError::Refused { .. })
    ));
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused_unless_its_network_is_allowed() {
    let refused = client(false, &[]).get("https://hub.localhost:9/", 10).await;
    let Err(HttpError::Unreachable(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains("no public address"), "{why}");
    let allowed = client(false, &["127.0.0.0/8"]).get("https://hub.localhost:9/", 10).await;
    let Err(HttpError::Unreachable(why)) = allowed else { panic!("{allowed:?}") };
    assert!(!why.contains("no public address"), "{why}");
}

#[test]
fn addresses_are_public_or_not() {
    for ip in ["1.1.1.1", "202.119.32.7", "2001:da8:1007::1", "64:ff9b::101:101", "2002:101:101::1"]
    {
        assert!(is_public(ip.parse::<IpAddr>().expect("ip")), "{ip}");
    }
    for ip in [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.31.255.255",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fc00::1",
        "fe80::1",
        "ff02::1",
        "::ffff:192.168.1.1",
        "64:ff9b::a00:1",
        "2002:c0a8:101::1",
        "2001:db8::1",
        "2001::1",
        "::7f00:1",
    ] {
        assert!(!is_public(ip.parse::<IpAddr>().expect("ip")), "{ip}");
    }
}

#[test]
fn an_unreadable_authority_stops_the_start() {
    for pem in
        [&b"nonsense"[..], b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    {
        let settings = HttpSettings { extra_ca_pem: Some(pem.to_vec()), ..HttpSettings::default() };
        assert!(HttpClient::new(&settings).is_err());
    }
}

/// A TLS server for `idp.localhost` with a certificate of its own: its port and that certificate.
fn tls_server() -> (u16, Vec<u8>) {
    use rustls::pki_types::PrivatePkcs8KeyDer;
    use std::io::{Read as _, Write as _};
    let made =
        rcgen::generate_simple_self_signed(vec!["idp.localhost".to_owned()]).expect("certificate");
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .expect("key");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("port");
    let port = listener.local_addr().expect("address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection =
                rustls::ServerConnection::new(Arc::new(config.clone())).expect("connection");
            let mut stream = rustls::StreamOwned::new(connection, stream);
            let mut request = [0; 4096];
            if stream.read(&mut request).is_ok() {
                let _ =
                    stream.write_all(answer("200 OK", "Content-Length: 2\r\n", "ok").as_bytes());
            }
        }
    });
    (port, made.cert.pem().into_bytes())
}

#[tokio::test]
async fn https_is_believed_with_an_authority_that_was_named_and_not_without() {
    let (port, pem) = tls_server();
    let url = format!("https://idp.localhost:{port}/");
    let settings = HttpSettings { hub_on_loopback: true, ..HttpSettings::default() };
    let stranger = HttpClient::new(&settings).expect("client").get(&url, 10).await;
    assert!(matches!(stranger, Err(HttpError::Unreachable(_))), "{stranger:?}");
    let settings = HttpSettings { extra_ca_pem: Some(pem), ..settings };
    let client = HttpClient::new(&settings).expect("client");
    assert_eq!(client.get(&url, 10).await.expect("answer").body, b"ok");
    let other_name = client.get(&format!("https://sp.localhost:{port}/"), 10).await;
    assert!(matches!(other_name, Err(HttpError::Unreachable(_))), "{other_name:?}");
}
