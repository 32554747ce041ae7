//! Directories by TLS: another authority's, another name's, and somebody between.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    fn acceptor(&self, name: &str) -> TlsAcceptor {
        let params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        let key = KeyPair::generate().expect("a key");
        let cert = params.signed_by(&key, &self.0).expect("a certificate");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![cert.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .expect("a key");
        TlsAcceptor::from(Arc::new(config))
    }
}

/// What a server of the tests does before TLS.
#[derive(Clone)]
enum Before {
    Nothing,
    /// Answers StartTLS with that code, and says more with the same breath.
    StartTls(Option<u8>, Vec<u8>),
}

type Heard = Arc<Mutex<Vec<Asked>>>;

async fn listen(acceptor: TlsAcceptor, before: Before) -> (u16, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let heard = Heard::default();
    let all = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (acceptor, before, all) = (acceptor.clone(), before.clone(), Arc::clone(&all));
            tokio::spawn(async move {
                if let Before::StartTls(code, more) = before {
                    let mut asked = [0; 31];
                    let _ = stream.read_exact(&mut asked).await;
                    let Some(code) = code else { return };
                    let answer = wire::samples::message(&[1], &result(EXTENDED, code, &[]), &[]);
                    let _ = stream.write_all(&[answer, more].concat()).await;
                }
                let Ok(stream) = acceptor.accept(stream).await else { return };
                server::serve(stream, 1, all, Arc::new(|asked: &Asked| Some(honest(asked)))).await;
            });
        }
    });
    (port, heard)
}

fn by_tls(scheme: &str, host: &str, port: u16) -> Vec<(&'static str, Value)> {
    let mut settings = searching(&[port]);
    settings[0] = ("servers", json!([format!("{scheme}://{host}:{port}")]));
    settings.retain(|(key, _)| *key != "plain");
    settings
}

async fn code(
    (acceptor, before): (TlsAcceptor, Before),
    scheme: &str,
    ca: &Authority,
) -> (Option<Code>, Heard) {
    let (port, heard) = listen(acceptor, before).await;
    let settings = by_tls(scheme, "ldap.localhost", port);
    let library = Library::trusting(settings, Some(&ca.0.pem())).await;
    match library.log_in("r7", GOOD).await {
        Ok(Finished::Claimed(_)) => (None, heard),
        other => (Some(code_of(other)), heard),
    }
}

#[tokio::test]
async fn a_directory_is_believed_by_its_own_authority_and_its_own_name() {
    let (own, other) = (Authority::new(), Authority::new());
    for (scheme, before) in
        [("ldaps", Before::Nothing), ("ldap", Before::StartTls(Some(0), vec![]))]
    {
        let acceptor = own.acceptor("ldap.localhost");
        let good = code((acceptor.clone(), before.clone()), scheme, &own).await;
        assert_eq!(good.0, None, "{scheme}");
        let (refused, heard) = code((acceptor, before.clone()), scheme, &other).await;
        assert_eq!(refused, Some(code::CON_UNREACHABLE), "{scheme}: another authority");
        assert!(heard.lock().expect("heard").is_empty());
        let named = (own.acceptor("dc2.localhost"), before);
        let (refused, heard) = code(named, scheme, &own).await;
        assert_eq!(refused, Some(code::CON_UNREACHABLE), "{scheme}: another name");
        assert!(heard.lock().expect("heard").is_empty());
    }
}

pub(super) async fn with_another_authority() -> Code {
    let (own, other) = (Authority::new(), Authority::new());
    let acceptor = own.acceptor("ldap.localhost");
    code((acceptor, Before::Nothing), "ldaps", &other).await.0.expect("refused")
}

/// What a login comes to where StartTLS is answered so; no password has left by then.
pub(super) async fn start_tls_that_says(answer: Option<u8>, more: &[u8]) -> Code {
    let own = Authority::new();
    let before = Before::StartTls(answer, more.to_vec());
    let (code, heard) = code((own.acceptor("ldap.localhost"), before), "ldap", &own).await;
    assert!(heard.lock().expect("heard").is_empty());
    code.expect("refused")
}

#[tokio::test]
async fn somebody_between_gains_nothing_before_tls() {
    for (answer, more) in
        [(Some(52), &b""[..]), (Some(2), b""), (None, b""), (Some(0), b"\x16\x03")]
    {
        assert_eq!(start_tls_that_says(answer, more).await, code::CON_UNREACHABLE, "{answer:?}");
    }
}
