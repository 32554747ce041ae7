use super::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const SOON: Duration = Duration::from_secs(3);

fn to(host: &str, port: u16) -> TcpTarget<'_> {
    TcpTarget { host, port, network: None, trust: None }
}

/// A server that says `hello` to each who comes.
async fn server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
    let port = listener.local_addr().expect("address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"hello").await;
        }
    });
    port
}

async fn refused(dialer: TcpDialer, target: &TcpTarget<'_>) -> bool {
    matches!(dialer.dial(target, SOON).await, Err(TcpError::Refused { .. }))
}

#[tokio::test]
async fn a_private_address_is_reached_by_its_own_waiver_only() {
    let port = server().await;
    let public = TcpDialer::new(false);
    for host in ["127.0.0.1", "localhost", "sip2.localhost", "::ffff:127.0.0.1"] {
        assert!(refused(public, &to(host, port)).await, "{host}");
    }
    let waived = |network: &str| Some(network.parse().expect("a network"));
    let other = TcpTarget { network: waived("10.0.0.0/8"), ..to("127.0.0.1", port) };
    assert!(refused(public, &other).await);
    let own = TcpTarget { network: waived("127.0.0.0/8"), ..to("sip2.localhost", port) };
    let mut said = [0; 5];
    public.dial(&own, SOON).await.expect("dialled").read_exact(&mut said).await.expect("read");
    assert_eq!(&said, b"hello");
    assert!(TcpDialer::new(true).dial(&to("127.0.0.1", port), SOON).await.is_ok());
}

#[tokio::test]
async fn a_hub_on_loopback_reaches_no_other_private_network() {
    let dialer = TcpDialer::new(true);
    for host in ["10.1.2.3", "192.168.1.1", "169.254.169.254", "0.0.0.0", "fe80::1", "fd00::1"] {
        assert!(refused(dialer, &to(host, 1)).await, "{host}");
    }
    let network = Some("169.254.0.0/16".parse().expect("a network"));
    assert!(refused(dialer, &TcpTarget { network, ..to("169.254.169.254", 1) }).await);
}

#[tokio::test]
async fn what_is_not_encrypted_does_not_leave_its_network() {
    let network = Some("10.0.0.0/8".parse().expect("a network"));
    for dialer in [TcpDialer::new(false), TcpDialer::new(true)] {
        for target in [to("192.0.3.1", 1), TcpTarget { network, ..to("8.8.8.8", 1) }] {
            let Err(TcpError::Refused { why, .. }) = dialer.dial(&target, SOON).await else {
                panic!("dialled");
            };
            assert!(why.contains("not encrypted"), "{why}");
        }
    }
}

#[test]
fn what_may_be_waived_is_private_and_no_more() {
    let may = |network: &str| may_waive(network.parse().expect("a network"));
    for good in ["10.1.0.0/16", "192.168.0.0/16", "172.20.1.1/32", "fd12::/48", "127.0.0.1/32"] {
        assert!(may(good), "{good}");
    }
    for bad in ["0.0.0.0/0", "8.0.0.0/8", "169.254.0.0/16", "192.0.0.0/8", "::/0", "fe80::/10"] {
        assert!(!may(bad), "{bad}");
    }
}

#[tokio::test]
async fn who_cannot_prove_its_name_is_not_spoken_to() {
    let port = server().await;
    let own = rcgen::generate_simple_self_signed(vec!["sip2.localhost".to_owned()]).expect("made");
    let trust = TcpTrust::pinned(&own.cert.pem()).expect("trust");
    // It speaks no TLS at all.
    let target = TcpTarget { trust: Some(&trust), ..to("sip2.localhost", port) };
    assert!(matches!(TcpDialer::new(true).dial(&target, SOON).await, Err(TcpError::Tls(_))));
    assert!(TcpTrust::pinned("no PEM").is_err());
}

#[tokio::test]
async fn nobody_there_and_nobody_answering_are_told() {
    let dialer = TcpDialer::new(true);
    let gone = dialer.dial(&to("127.0.0.1", 1), SOON).await;
    assert!(matches!(gone, Err(TcpError::Unreachable(_))));
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("port");
    let port = silent.local_addr().expect("address").port();
    let own = rcgen::generate_simple_self_signed(vec!["sip2.localhost".to_owned()]).expect("made");
    let trust = TcpTrust::pinned(&own.cert.pem()).expect("trust");
    let target = TcpTarget { trust: Some(&trust), ..to("sip2.localhost", port) };
    let slow = dialer.dial(&target, Duration::from_millis(50)).await;
    assert!(matches!(slow, Err(TcpError::TimedOut)));
}
