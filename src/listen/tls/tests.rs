use super::*;
use crate::listen::{Ear, HANDSHAKE, Places, bind, serve};
use crate::outside::system_entropy;
use axum::Router;
use model::Timestamp;
use rcgen::KeyPair;
use std::path::PathBuf;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

struct Files {
    folder: PathBuf,
    files: TlsFiles,
}

impl Files {
    fn new() -> Self {
        // A second install, by another test, changes nothing.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let name = format!("readerpass-tls-{}", system_entropy().short_token());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let files = TlsFiles { cert: folder.join("cert.pem"), key: folder.join("key.pem") };
        Self { folder, files }
    }

    fn put(&self, (cert, key): (&str, &str)) {
        std::fs::write(&self.files.cert, cert).expect("a file");
        std::fs::write(&self.files.key, key).expect("a file");
        self.mode(0o600);
    }

    fn mode(&self, mode: u32) {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&self.files.key, mode).expect("its mode");
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn pair(name: &str) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new(vec![name.to_owned()]).expect("a name");
    (params.self_signed(&key).expect("a certificate").pem(), key.serialize_pem())
}

/// Noon, until a test says otherwise.
struct Fixed(AtomicI64);

impl Fixed {
    fn noon() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_900_000_000)))
    }
}

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_s(self.0.load(Ordering::SeqCst))
    }
}

fn load(files: &Files) -> Result<Arc<Tls>, ListenError> {
    Tls::load(&files.files, "a.test", Fixed::noon())
}

/// Good from the first year to the last, at the beginning of each.
fn pair_of(name: &str, (from, to): (i32, i32)) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).expect("a name");
    params.not_before = rcgen::date_time_ymd(from, 1, 1);
    params.not_after = rcgen::date_time_ymd(to, 1, 1);
    (params.self_signed(&key).expect("a certificate").pem(), key.serialize_pem())
}

fn der(pem: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM").to_vec()
}

#[test]
fn new_files_are_taken_and_bad_ones_leave_the_old() {
    let files = Files::new();
    let (first, second, third) = (pair("a.test"), pair("b.test"), pair("c.test"));
    files.put((&first.0, &first.1));
    let tls = load(&files).expect("loads");
    let mut seen = tls.look([0; 32], false);
    assert_eq!(tls.certificate(), der(&first.0));

    files.put((&second.0, &second.1));
    seen = tls.look(seen, false);
    assert_eq!(tls.certificate(), der(&second.0));
    // The two files are written one after the other: between them, they do not fit.
    for (bad, why) in [
        ((&*third.0, &*second.1), "a key of another certificate"),
        (("no PEM", &third.1), "no certificate"),
        ((&third.0, ""), "no key"),
        ((&third.1, &third.0), "the one in the place of the other"),
    ] {
        files.put(bad);
        let after = tls.look(seen, false);
        assert_ne!(after, seen, "{why}: the change is not noticed");
        assert_eq!(tls.look(after, false), after, "{why}: told once");
        assert_eq!(tls.certificate(), der(&second.0), "{why}");
        seen = after;
    }
    std::fs::remove_file(&files.files.cert).expect("removed");
    seen = tls.look(seen, false);
    assert_eq!(tls.certificate(), der(&second.0));
    files.put((&third.0, &third.1));
    tls.look(seen, false);
    assert_eq!(tls.certificate(), der(&third.0));
}

#[test]
fn a_key_that_others_may_read_is_not_taken() {
    let files = Files::new();
    let (cert, key) = pair("a.test");
    files.put((&cert, &key));
    for mode in [0o400, 0o440, 0o600, 0o640] {
        files.mode(mode);
        assert!(load(&files).is_ok(), "{mode:o}");
    }
    for mode in [0o604, 0o644, 0o602, 0o620, 0o660, 0o666] {
        files.mode(mode);
        let said = load(&files).err().expect("refused").to_string();
        let named = ["key.pem", "chmod 600", &format!("(mode 0{mode:o})")];
        assert!(named.iter().all(|part| said.contains(part)), "{said}");
    }
    // While it runs, the old one stays.
    files.mode(0o600);
    let tls = load(&files).expect("loads");
    let other = pair("b.test");
    files.put((&other.0, &other.1));
    files.mode(0o644);
    let seen = tls.look([1; 32], false);
    assert_eq!(tls.certificate(), der(&cert));
    files.mode(0o600);
    tls.look(seen, false);
    assert_eq!(tls.certificate(), der(&other.0));
}

#[test]
fn files_that_cannot_be_used_at_the_start_are_named() {
    let files = Files::new();
    let (cert, key) = pair("a.test");
    let named = |file: &str| {
        let said = load(&files).err().expect("refused").to_string();
        assert!(said.contains(file) && said.contains("PEM"), "{said}");
    };
    named("cert.pem");
    files.put((&cert, ""));
    named("key.pem");
    files.put(("", &key));
    named("cert.pem");
    files.put((&cert, &pair("a.test").1));
    named("cert.pem");
}

/// Noon is in March 2030.
#[test]
fn what_clients_will_refuse_is_named_with_its_remedy() {
    let said = |name: &str, years, host: &str| {
        let (cert, _) = pair_of(name, years);
        judge::troubles(&der(&cert), host, Fixed::noon().now()).join("\n")
    };
    assert_eq!(said("hub.test", (2030, 2031), "hub.test"), "");
    assert_eq!(said("*.lib.test", (2030, 2031), "hub.lib.test"), "");
    let over = said("hub.test", (2029, 2030), "hub.test");
    assert!(over.contains("ended at 2030-01-01") && over.contains("renewed"), "{over}");
    let early = said("hub.test", (2031, 2032), "hub.test");
    assert!(early.contains("begins only at 2031-01-01") && early.contains("clock"), "{early}");
    let other = said("hub.test", (2030, 2031), "login.test");
    assert!(other.contains("not for `login.test`") && other.contains("public_url"), "{other}");
    assert_eq!(said("hub.test", (2029, 2030), "login.test").lines().count(), 2);
}

#[test]
fn one_that_is_over_or_too_early_is_taken_at_the_start_and_replaces_no_good_one() {
    let files = Files::new();
    let over = pair_of("a.test", (2029, 2030));
    files.put((&over.0, &over.1));
    let clock = Fixed::noon();
    let tls = Tls::load(&files.files, "a.test", clock.clone()).expect("loads");
    assert_eq!(tls.certificate(), der(&over.0), "an operator may have reasons");

    let good = pair_of("a.test", (2030, 2033));
    files.put((&good.0, &good.1));
    let mut seen = tls.look([0; 32], false);
    assert_eq!(tls.certificate(), der(&good.0));
    files.put((&over.0, &over.1));
    seen = tls.look(seen, true);
    assert_eq!(tls.certificate(), der(&good.0), "a good one is replaced by one that is over");
    let early = pair_of("a.test", (2031, 2034));
    files.put((&early.0, &early.1));
    seen = tls.look(seen, false);
    assert_eq!(tls.certificate(), der(&good.0), "a good one is replaced by one too early");
    // Its time comes, and nobody touches the files.
    clock.0.fetch_add(366 * 86_400, Ordering::SeqCst);
    tls.look(seen, false);
    assert_eq!(tls.certificate(), der(&early.0));
    // Another host name is no reason: names may be moved one after the other.
    let other = pair_of("b.test", (2030, 2034));
    files.put((&other.0, &other.1));
    tls.look(seen, true);
    assert_eq!(tls.certificate(), der(&other.0));
}

/// Who opens a connection and says nothing holds a place for so long and no longer.
#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_come_is_not_waited_for() {
    let files = Files::new();
    let (cert, key) = pair("a.test");
    files.put((&cert, &key));
    let tls = Some(load(&files).expect("loads"));
    let listener = bind(([127, 0, 0, 1], 0).into(), "a port").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    let ear = Ear { listener, tls, places: Places::new() };
    tokio::spawn(serve(ear, Router::new(), std::future::pending()));
    let mut silent = TcpStream::connect(at).await.expect("connects");
    let ended = tokio::time::timeout(HANDSHAKE * 4, silent.read(&mut [0; 16])).await;
    assert!(ended.is_ok(), "it is held for ever");
}
