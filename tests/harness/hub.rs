//! One hub in process: a real installation with the test's clock and chance.

use super::clock::{TestClock, seeded};
use super::folder::Folder;
use accounts::NewAccount;
use axum::Router;
use metadata::Bundle;
use model::{Class, MemberId, Profile, Timestamp};
use readerpass::assemble::{Appearance, assemble};
use readerpass::config::Config;
use readerpass::installation::Installation;
use saml::SecondOpinion;
use second_opinion::{Asking, Settings};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub struct TestHub {
    pub origin: String,
    pub folder: Arc<Folder>,
    pub installation: Installation,
    pub router: Router,
}

/// A reader's account, as a test wants it.
pub struct Person<'a> {
    pub member: &'a str,
    pub login: &'a str,
    pub password: &'a str,
    pub name: &'a str,
    pub class: &'a str,
    pub valid_until: Option<Timestamp>,
}

impl TestHub {
    /// Opens a hub at `origin` with its own folder.
    pub async fn open(origin: &str, clock: &Arc<TestClock>) -> Self {
        let host = url::Url::parse(origin).expect("an origin").host_str().expect("host").to_owned();
        Self::open_in(origin, clock, Arc::new(Folder::new(&host)), None).await
    }

    /// Opens a hub on a folder that may be another hub's too, and a shared store.
    pub async fn open_in(
        origin: &str,
        clock: &Arc<TestClock>,
        folder: Arc<Folder>,
        shared: Option<&str>,
    ) -> Self {
        static OPENED: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let n = OPENED.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let shared = shared.map_or_else(String::new, |s| format!("[store]\nshared = \"{s}\"\n"));
        folder.write("readerpass.toml", format!("public_url = \"{origin}\"\n{shared}"));
        let config = Config::read(&folder.path().join("readerpass.toml"), std::iter::empty())
            .expect("a configuration");
        let entropy = seeded(&format!("{origin}/{n}"));
        let mut installation =
            Installation::open_with(config, clock.clone(), entropy).await.expect("an installation");
        installation.second_opinion = second_opinion();
        let router = assemble(&installation, Appearance::default()).expect("a router");
        Self { origin: origin.to_owned(), folder, installation, router }
    }

    /// The same hub, which asks this one before it believes a SAML answer.
    pub fn asks(&mut self, second: Arc<dyn SecondOpinion>) {
        self.installation.second_opinion = Some(second);
        self.router = assemble(&self.installation, Appearance::default()).expect("a router");
    }

    /// Applies a registry given as files.
    pub async fn apply(&self, files: &[(&str, String)]) {
        for (name, text) in files {
            self.folder.write(&format!("registry/{name}"), text);
        }
        self.apply_folder().await;
    }

    /// Applies the folder as it lies.
    pub async fn apply_folder(&self) {
        let now = self.installation.moment().now;
        let bundle = Bundle::read(&self.folder.path().join("registry"), now)
            .unwrap_or_else(|faults| panic!("{faults:#?}"));
        let at = &self.installation;
        metadata::apply(&at.durable, &at.keys, &at.http, bundle, now).await.expect("applies");
        at.registry.refresh().await.expect("refreshes");
    }

    /// Changes one file of the registry by replacing a text in it.
    pub async fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.path().join("registry").join(file);
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{file} has no `{from}`");
        std::fs::write(&path, text.replace(from, to)).expect("a file");
        self.apply_folder().await;
    }

    pub async fn account(&self, person: &Person<'_>) {
        let new = NewAccount {
            member: Some(MemberId::parse(person.member).expect("an id")),
            login: person.login.to_owned(),
            password: Some(person.password.to_owned().into()),
            role: None,
            profile: Profile {
                name: Some(person.name.to_owned()),
                mail: Some(format!("{}@mail.test", person.login)),
                phone: Some("000-0000-0000".to_owned()),
                ..Profile::default()
            },
            class: Some(Class::parse(person.class).expect("a class")),
            category: Some("graduate".to_owned()),
            affiliation: vec!["student".to_owned()],
            must_change: false,
            valid_until: person.valid_until,
        };
        let moment = self.installation.moment();
        self.installation.accounts.create(new, &moment).await.expect("an account");
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// The program that every hub of this run asks, where TESTS_SECOND_OPINION names it: so `./test`
/// walks flows and attacks with the second opinion on.
pub fn second_opinion() -> Option<Arc<dyn SecondOpinion>> {
    Some(Arc::new(asking()?))
}

/// The same, to be asked without a hub.
pub fn asking() -> Option<Asking> {
    let program = second_opinion_program()?;
    let time_limit = Duration::from_mins(1);
    Some(Asking::new(Settings { program, time_limit }))
}

/// Where it lies.
pub fn second_opinion_program() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "the switch of the test run, not configuration")]
    let program = std::env::var_os("TESTS_SECOND_OPINION")?;
    Some(program.into())
}
