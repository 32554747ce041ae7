//! A whole hub in this process for the tests of the endpoints: real stores in a
//! folder of their own, real keys, and readers of the central account store.

mod browser;
mod registry;

pub(crate) use browser::{Answer, Browser};

use crate::oidc::samples::EcKey;
use crate::{OidcProtocol, SamlIdpProtocol, SpParts, oidc_routes, saml_routes};
use accounts::{Accounts, NewAccount};
use axum::Router;
use idp_bridge::{CentralConnector, Connector};
use login::{EdgeSettings, Login, LoginParts, ServiceProtocol, edge_layer};
use metadata::{
    Bundle, CertNames, HttpClient, HttpSettings, KeyRing, MasterKey, PublicUrl, Registry, apply,
};
use model::{Clock, Entropy, MemberId, Moment, Profile, Random, ReaderId, Timestamp};
use saml::SigningKey;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use store::{Durable, Shared, StoreConfig};

pub(crate) const HUB: &str = "https://hub.test";
pub(crate) const PASSWORD: &str = "kestrel-harbour-42";
/// The secret of the client `ill`.
pub(crate) const SECRET: &str = "q7Vd2+JmXr/9sT%4KbW8yZpN6cLfHgA3eRuQxD1oM5i";

/// A clock that stands until it is moved.
pub(crate) struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.0.load(Ordering::SeqCst))
    }
}

/// Chance that counts: never repeats, the same in every run.
struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            for (slot, byte) in chunk.iter_mut().zip((z ^ (z >> 31)).to_le_bytes()) {
                *slot = byte;
            }
        }
    }
}

/// Chance for a test that needs its own.
pub(crate) fn chance() -> Entropy {
    Entropy::new(Arc::new(Counting(AtomicU64::new(99))))
}

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("readerpass-sp-proxy-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The hub and what a test may look at.
pub(crate) struct Hub {
    pub(crate) router: Router,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) shared: Shared,
    pub(crate) durable: Durable,
    /// Key of the client `keyed`.
    pub(crate) client_key: EcKey,
    /// Key of the service `catalogue`, which signs its requests.
    pub(crate) sp_key: SigningKey,
    pub(crate) reader: ReaderId,
    registry: Registry,
    folder: Folder,
}

impl Hub {
    /// Starts with two libraries, their readers, and the services of `registry`.
    pub(crate) async fn start() -> Self {
        let folder = Folder::new();
        let clock = Arc::new(HandClock(AtomicI64::new(1_795_257_065_000)));
        let entropy = Entropy::new(Arc::new(Counting(AtomicU64::new(7))));
        let moment = Moment { now: clock.now(), entropy: entropy.clone() };
        let data_dir = folder.0.join("data");
        std::fs::create_dir_all(&data_dir).expect("a folder");
        let config = StoreConfig { data_dir: data_dir.clone(), durable: None, shared: None };
        let (durable, shared) = store::open(&config).await.expect("stores");
        let public_url = PublicUrl::parse(HUB).expect("an address");
        let master = MasterKey::load_or_create(&data_dir.join("master.key"), &entropy);
        let names = CertNames::of(&public_url);
        let keys = KeyRing::open(&durable, &master.expect("a key"), &moment, &names).await;
        let keys = Arc::new(keys.expect("keys"));
        let client_key = EcKey::new("k1");
        let (sp_key, sp_certificate) = registry::signing_key();
        registry::write(&folder.0.join("registry"), &client_key, &sp_certificate);
        put_in_force(&folder.0.join("registry"), &durable, &keys, moment.now).await;
        let registry = Registry::open(durable.clone(), public_url.clone()).await.expect("registry");
        let accounts = Accounts::new(durable.clone(), shared.clone(), keys.derive("accounts"));
        let reader = accounts.create(reader_a(), &moment).await.expect("an account").id;
        let parts = Parts { registry, keys, shared, durable, public_url };
        let edge_clock = Arc::clone(&clock) as Arc<dyn Clock>;
        let settings = EdgeSettings { clock: edge_clock, entropy, trusted_proxies: Vec::new() };
        let router = parts.router(accounts).layer(edge_layer(settings));
        let Parts { registry, keys, shared, durable, .. } = parts;
        Self { router, clock, keys, shared, durable, client_key, sp_key, reader, registry, folder }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn advance_s(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// Rewrites one registry file and puts it in force.
    pub(crate) async fn change(&self, file: &str, from: &str, to: &str) {
        let folder = self.folder.0.join("registry");
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{file} holds {from}");
        std::fs::write(&path, text.replace(from, to)).expect("written");
        put_in_force(&folder, &self.durable, &self.keys, self.now()).await;
        assert!(self.registry.refresh().await.expect("refreshed"));
    }
}

struct Parts {
    registry: Registry,
    keys: Arc<KeyRing>,
    shared: Shared,
    durable: Durable,
    public_url: PublicUrl,
}

impl Parts {
    fn router(&self, accounts: Accounts) -> Router {
        let own = || {
            let keys = Arc::clone(&self.keys);
            (self.registry.clone(), keys, self.shared.clone(), self.public_url.clone())
        };
        let (registry, keys, shared, public_url) = own();
        let oidc = Arc::new(OidcProtocol::new(registry, keys, shared, public_url));
        let (registry, keys, shared, public_url) = own();
        let saml = Arc::new(SamlIdpProtocol::new(registry, keys, shared, public_url));
        let login = Login::new(LoginParts {
            registry: self.registry.clone(),
            keys: Arc::clone(&self.keys),
            shared: self.shared.clone(),
            durable: self.durable.clone(),
            accounts: accounts.clone(),
            connectors: vec![Arc::new(CentralConnector::new(accounts)) as Arc<dyn Connector>],
            protocols: vec![oidc as Arc<dyn ServiceProtocol>, saml],
            public_url: self.public_url.clone(),
        });
        let login = login.expect("a path of a login");
        let (registry, keys, shared, public_url) = own();
        let parts = SpParts { login: login.clone(), registry, keys, shared, public_url };
        login.routes().merge(oidc_routes(parts.clone())).merge(saml_routes(parts))
    }
}

fn reader_a() -> NewAccount {
    NewAccount {
        member: Some(MemberId::parse("nju").expect("id")),
        login: "reader-a".into(),
        password: Some(PASSWORD.to_owned().into()),
        role: None,
        profile: Profile {
            name: Some("读者甲".into()),
            mail: Some("a@example.org".into()),
            ..Profile::default()
        },
        class: None,
        category: None,
        affiliation: vec!["student".into()],
        must_change: false,
        valid_until: None,
    }
}

async fn put_in_force(folder: &std::path::Path, durable: &Durable, keys: &KeyRing, now: Timestamp) {
    let bundle = Bundle::read(folder, now).unwrap_or_else(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", faults.join("\n"))
    });
    let http = HttpClient::new(&HttpSettings::default()).expect("a client");
    apply(durable, keys, &http, bundle, now).await.expect("applied");
}
