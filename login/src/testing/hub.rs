//! A whole hub for unit tests: real stores, keys, registry, accounts and the `central`
//! connector; a service protocol that writes down what it is given; a browser.

use super::counting;
use crate::{
    Answered, Edge, EdgeSettings, Login, LoginParts, Ready, Refused, Reply, ServiceProtocol,
    edge_layer,
};
use accounts::{Accounts, NewAccount};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::extract::connect_info::ConnectInfo;
use axum::routing::get;
use idp_bridge::{CentralConnector, Connector, SamlConnector};
use metadata::{
    Bundle, CertNames, HttpClient, HttpSettings, KeyRing, MasterKey, PublicUrl, Registry,
};
use model::{
    Clock, Cookie, Entropy, LoginRequest, LogoutState, MemberId, Moment, Next, Profile, Refusal,
    ReplyTo, SameSite, Timestamp,
};
use std::collections::BTreeMap;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use store::{Durable, SessionService, Shared, StoreConfig};
use tower::ServiceExt as _;
use zeroize::Zeroizing;

pub(crate) const PASSWORD: &str = "tall green window";
pub(crate) const PUBLIC: &str = "https://hub.test";

/// A clock that tests move.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn pass_s(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.0.load(Ordering::Relaxed))
    }
}

/// Answers with everything that it was given, in the address.
struct Probe;

#[async_trait]
impl ServiceProtocol for Probe {
    fn key(&self) -> &'static str {
        "probe"
    }

    async fn answer(
        &self,
        ready: &Ready,
        reply: &ReplyTo,
        _: &Moment,
    ) -> Result<Answered, Refusal> {
        let (session, service) = (ready.session(), &ready.service().id);
        let next = Next::Redirect(format!(
            "https://svc.test/{service}?reader={}&member={}&reply={}",
            session.reader().id,
            ready.member().id,
            reply.0
        ));
        Ok(Answered { next, detail: "detail".to_owned() })
    }

    fn refuse(&self, refusal: &Refusal, _: &ReplyTo, _: &Moment) -> Option<Next> {
        Some(Next::Redirect(format!("https://svc.test/error?code={}", refusal.code())))
    }

    async fn logout(&self, _: &SessionService) -> LogoutState {
        LogoutState::Ended
    }
}

/// One node of a hub.
pub(crate) struct Hub {
    pub(crate) login: Login,
    pub(crate) durable: Durable,
    pub(crate) shared: Shared,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) registry: Registry,
    pub(crate) accounts: Accounts,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) entropy: Entropy,
    pub(crate) folder: PathBuf,
    router: Router,
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Two libraries of the central store, one of them with a reading room, and two services.
pub(crate) async fn hub() -> Hub {
    hub_with(&[]).await
}

/// The same, with these registry files added or replaced.
pub(crate) async fn hub_with(files: &[(&str, &str)]) -> Hub {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("login-test-{}-{number}", std::process::id()));
    let clock = Arc::new(TestClock(AtomicI64::new(super::NOON.unix_ms())));
    let entropy = counting();
    let moment = Moment { now: clock.now(), entropy: entropy.clone() };
    let data = folder.join("data");
    fs::create_dir_all(&data).expect("a folder");
    let config = StoreConfig { data_dir: data.clone(), durable: None, shared: None };
    let (durable, shared) = store::open(&config).await.expect("stores");
    let public_url = PublicUrl::parse(PUBLIC).expect("an address");
    let master = MasterKey::load_or_create(&data.join("master.key"), &entropy).expect("a key");
    let names = CertNames::of(&public_url);
    let keys = KeyRing::open(&durable, &master, &moment, &names).await.expect("keys");
    let keys = Arc::new(keys);
    write_registry(&folder.join("registry"), files);
    apply(&durable, &keys, &folder, clock.now()).await;
    let registry = Registry::open(Arc::clone(&durable), public_url.clone()).await.expect("one");
    let accounts = Accounts::new(Arc::clone(&durable), Arc::clone(&shared), [7; 32]);
    let connectors: Vec<Arc<dyn Connector>> = vec![
        Arc::new(CentralConnector::new(accounts.clone())),
        Arc::new(SamlConnector::new(&public_url, Arc::clone(&keys), None)),
    ];
    let login = Login::new(LoginParts {
        registry: registry.clone(),
        keys: Arc::clone(&keys),
        shared: Arc::clone(&shared),
        durable: Arc::clone(&durable),
        accounts: accounts.clone(),
        connectors,
        protocols: vec![Arc::new(Probe)],
        public_url,
    })
    .expect("parts that fit");
    let router = router(&login, &clock, &entropy);
    Hub { login, durable, shared, keys, registry, accounts, clock, entropy, folder, router }
}

/// `GET|POST /start` takes the request as JSON in the query.
fn router(login: &Login, clock: &Arc<TestClock>, entropy: &Entropy) -> Router {
    async fn start(State(login): State<Login>, edge: Edge) -> Result<Reply, Refused> {
        let params = edge.inbound.query_params().expect("a query");
        let json = params.one("r").expect("once").expect("a request");
        let request: LoginRequest = serde_json::from_str(json).expect("JSON");
        login.start(&edge, request).await
    }
    let settings = EdgeSettings {
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        entropy: entropy.clone(),
        trusted_proxies: Vec::new(),
    };
    Router::new()
        .route("/start", get(start).post(start))
        .with_state(login.clone())
        .merge(login.routes())
        .layer(edge_layer(settings))
}

pub(crate) fn write_registry(folder: &Path, files: &[(&str, &str)]) {
    let base = [
        ("consortium.toml", "name = { zh = \"示例\", en = \"Sample\" }\n"),
        ("members/aa.toml", AA),
        ("members/bb.toml", BB),
        ("services/ill.toml", ILL),
        ("services/opac.toml", OPAC),
    ];
    for (name, content) in base.iter().chain(files) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("a file");
    }
}

pub(crate) async fn apply(durable: &Durable, keys: &KeyRing, folder: &Path, now: Timestamp) {
    let bundle = Bundle::read(&folder.join("registry"), now).expect("a good registry");
    let http = HttpClient::new(&HttpSettings::default()).expect("a client");
    metadata::apply(durable, keys, &http, bundle, now).await.expect("applied");
}

pub(crate) const AA: &str = r#"
id = "aa"
name = { zh = "甲图书馆", en = "Library A" }
class = "A"
status = "live"
reading_rooms = ["192.0.2.128/25"]
[[connector]]
kind = "central"
"#;
const BB: &str = r#"
id = "bb"
name = { zh = "乙图书馆", en = "Library B" }
class = "B"
status = "live"
[[connector]]
kind = "central"
"#;
const ILL: &str = r#"
id = "ill"
name = { zh = "馆际互借", en = "Interlibrary loan" }
launch_url = "https://svc.test/ill/start"
release = ["name", "member"]
[oidc]
client_id = "ill"
redirect_uris = ["https://svc.test/cb"]
"#;
const OPAC: &str = r#"
id = "opac"
name = { zh = "联合目录", en = "Union catalogue" }
[oidc]
client_id = "opac"
redirect_uris = ["https://svc.test/opac"]
"#;

impl Hub {
    pub(crate) fn moment(&self) -> Moment {
        Moment { now: self.clock.now(), entropy: self.entropy.clone() }
    }

    /// An account whose password is [`PASSWORD`].
    pub(crate) async fn account(&self, member: &str, login: &str) -> model::ReaderId {
        let account = NewAccount {
            member: MemberId::parse(member).ok(),
            login: login.to_owned(),
            password: Some(Zeroizing::new(PASSWORD.to_owned())),
            role: None,
            profile: Profile::default(),
            class: None,
            category: None,
            affiliation: Vec::new(),
            must_change: false,
            valid_until: None,
        };
        self.accounts.create(account, &self.moment()).await.expect("an account").id
    }

    /// Changes registry files and swaps the registry.
    pub(crate) async fn change(&self, files: &[(&str, &str)]) {
        write_registry(&self.folder.join("registry"), files);
        apply(&self.durable, &self.keys, &self.folder, self.clock.now()).await;
        assert!(self.registry.refresh().await.expect("refreshes"));
    }
}

/// What a page handler answered.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    Reply(Reply),
    Refused(Refused),
}

/// A browser with its cookies.
pub(crate) struct Browser<'h> {
    hub: &'h Hub,
    pub(crate) cookies: BTreeMap<String, (String, SameSite)>,
    pub(crate) address: IpAddr,
}

impl Hub {
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { hub: self, cookies: BTreeMap::new(), address: [198, 51, 100, 7].into() }
    }
}

impl Browser<'_> {
    pub(crate) async fn get(&mut self, path: &str) -> Outcome {
        let request = http::Request::builder().uri(path).body(Body::empty()).expect("a request");
        self.send(request, false).await
    }

    /// A post from one of our own pages.
    pub(crate) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Outcome {
        self.post_from(path, form, "same-origin").await
    }

    pub(crate) async fn post_from(
        &mut self,
        path: &str,
        form: &[(&str, &str)],
        site: &str,
    ) -> Outcome {
        let body: Vec<String> =
            form.iter().map(|(n, v)| format!("{n}={}", model::encode_component(v))).collect();
        let request = http::Request::builder()
            .method("POST")
            .uri(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site)
            .body(Body::from(body.join("&")))
            .expect("a request");
        self.send(request, site == "cross-site").await
    }

    async fn send(&mut self, mut request: http::Request<Body>, cross_site_post: bool) -> Outcome {
        let line: Vec<String> = self
            .cookies
            .iter()
            .filter(|(_, (_, same_site))| !cross_site_post || *same_site == SameSite::None)
            .map(|(name, (value, _))| format!("{name}={value}"))
            .collect();
        assert!(line.join("; ").len() < 8_000, "one Cookie line passes a proxy");
        if !line.is_empty() {
            request.headers_mut().insert("cookie", line.join("; ").parse().expect("a header"));
        }
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address, 1)));
        let response = self.hub.router.clone().oneshot(request).await.expect("infallible");
        let answered = match response.extensions().get::<Reply>() {
            Some(reply) => Outcome::Reply(reply.clone()),
            None => Outcome::Refused(
                response.extensions().get::<Refused>().cloned().expect("a reply or a refusal"),
            ),
        };
        match &answered {
            Outcome::Reply(reply) => self.keep(&reply.cookies),
            Outcome::Refused(refused) => self.keep(&refused.cookies),
        }
        answered
    }

    fn keep(&mut self, set: &[Cookie]) {
        for cookie in set {
            if cookie.max_age_s == Some(0) {
                self.cookies.remove(&cookie.name);
            } else {
                let value = (cookie.value.clone(), cookie.same_site);
                self.cookies.insert(cookie.name.clone(), value);
            }
        }
    }

    pub(crate) async fn start(&mut self, request: &LoginRequest) -> Outcome {
        self.get(&start_path(request)).await
    }

    /// From the service through discovery and the password form to the answer.
    pub(crate) async fn log_in(
        &mut self,
        request: &LoginRequest,
        member: &str,
        login: &str,
    ) -> Outcome {
        let handle = self.start(request).await.discovery();
        let handle = self.get(&format!("/login?h={handle}&member={member}")).await.form();
        self.password(&handle, login, PASSWORD).await
    }

    pub(crate) async fn password(&mut self, handle: &str, login: &str, password: &str) -> Outcome {
        let form = [("handle", handle), ("username", login), ("password", password)];
        self.post("/login", &form).await
    }

    /// A GET that carries all cookies, for what is called without a handler.
    pub(crate) fn inbound(&self) -> model::Inbound {
        let cookies: Vec<(&str, &str)> =
            self.cookies.iter().map(|(name, (value, _))| (name.as_str(), value.as_str())).collect();
        model::Inbound { client: self.address, ..super::inbound(&cookies) }
    }

    /// A cookie that the hub never set.
    pub(crate) fn forge(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), (value.to_owned(), SameSite::None));
    }

    pub(crate) fn state_names(&self) -> Vec<&str> {
        let names = self.cookies.keys().map(String::as_str);
        names.filter(|name| name.starts_with(crate::cookies::STATE_PREFIX)).collect()
    }
}

pub(crate) fn start_path(request: &LoginRequest) -> String {
    let json = serde_json::to_string(request).expect("JSON");
    format!("/start?r={}", model::encode_component(&json))
}

impl Outcome {
    pub(crate) fn reply(self) -> Reply {
        match self {
            Self::Reply(reply) => reply,
            Self::Refused(refused) => panic!("refused: {}", refused.refusal),
        }
    }

    pub(crate) fn redirect(self) -> String {
        match self.reply().next {
            Next::Redirect(url) => url,
            other => panic!("not a redirect: {other:?}"),
        }
    }

    /// The handle on the discovery page.
    pub(crate) fn discovery(self) -> String {
        match self.reply().next {
            Next::Page(model::PageModel::Discovery { handle, .. }) => handle.as_str().to_owned(),
            other => panic!("not discovery: {other:?}"),
        }
    }

    /// The handle in a form.
    pub(crate) fn form(self) -> String {
        match self.reply().next {
            Next::Ask(form) => {
                let handle = form.hidden.iter().find(|(name, _)| name == "handle");
                handle.expect("a handle").1.clone()
            }
            other => panic!("not a form: {other:?}"),
        }
    }

    pub(crate) fn refused(self) -> Refused {
        match self {
            Self::Refused(refused) => refused,
            Self::Reply(reply) => panic!("not refused: {:?}", reply.next),
        }
    }

    /// The code of the refusal.
    pub(crate) fn code(self) -> model::Code {
        self.refused().refusal.code()
    }
}
