//! A consortium of real programs: the hub, one library's provider, three services.

use super::authority::{Authority, saml_pair};
use super::hub::Hub;
use super::installed::{Generation, scripts};
use super::library::{FOREIGN, LOGIN, Library, PASSWORD};
use super::program::Program;
use super::reader::Reader;
use super::registry::{Registry, kept};
use super::service::Service;
use super::simplesamlphp::SimpleSamlPhp;
use crate::harness::folder::Folder;
use serde_json::{Value, json};
use std::path::Path;
use tokio::process::Command;

/// 256 bits, as the hub issues them.
const SECRET: &str = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA";

/// Those that show metadata of theirs.
pub const SAML_SERVICES: [Service; 4] = [
    Service::SamlAssertion,
    Service::SamlResponse,
    Service::NodeSamlAssertion,
    Service::NodeSamlResponse,
];

/// What the programs do with encryption; by default nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// The library encrypts: pysaml2 as it comes (`3des`) or with a template (`aes256-gcm`), SimpleSAMLphp (`cbc`).
    pub encrypts: Option<&'static str>,
    /// The library's connector takes CBC.
    pub accept_cbc: bool,
    /// The services by SAML have keys to decrypt with, and say so.
    pub services_decrypt: bool,
    /// Of pysaml2 and Authlib.
    pub generation: Generation,
}

/// Ended when dropped, every program of it.
pub struct Consortium {
    pub hub: Hub,
    authority: Authority,
    folder: Folder,
    programs: Vec<Program>,
    simplesamlphp: Option<SimpleSamlPhp>,
    node: String,
    authlib: String,
    pysaml2: String,
    node_saml: String,
    generation: Generation,
}

impl Consortium {
    /// With the provider of that library, and all services.
    pub async fn start(library: Library) -> Self {
        Self::start_as(library, Manner::default()).await
    }

    /// The same, with encryption.
    pub async fn start_as(library: Library, manner: Manner) -> Self {
        let authority = Authority::new();
        let hub = Hub::start(&authority).await;
        let folder = Folder::new("peers");
        folder.write("ca.pem", authority.pem());
        let mut all = Self {
            hub,
            authority,
            folder,
            programs: Vec::new(),
            simplesamlphp: None,
            node: String::new(),
            authlib: String::new(),
            pysaml2: String::new(),
            node_saml: String::new(),
            generation: manner.generation,
        };
        let registry = Registry::new(manner.accept_cbc);
        registry.central();
        all.open_library(library, &registry, manner).await;
        all.open_services(&registry, manner).await;
        all.hub.apply(registry.folder.path()).await;
        if library == Library::Central {
            all.hub.account().await;
        }
        all.wait_for_registry().await;
        all
    }

    /// A browser that nobody has used yet.
    pub fn reader(&self) -> Reader {
        Reader::new(&self.authority.pem())
    }

    /// Where a reader begins at the service.
    pub fn login_address(&self, service: Service) -> String {
        format!("{}/login", self.at(service))
    }

    pub fn at(&self, service: Service) -> String {
        match service {
            Service::NodeKey => format!("{}/key", self.node),
            Service::NodePublic => format!("{}/public", self.node),
            Service::Authlib => self.authlib.clone(),
            Service::SamlAssertion => format!("{}/assertion", self.pysaml2),
            Service::SamlResponse => format!("{}/response", self.pysaml2),
            Service::NodeSamlAssertion => format!("{}/assertion", self.node_saml),
            Service::NodeSamlResponse => format!("{}/response", self.node_saml),
        }
    }

    async fn open_library(&mut self, library: Library, registry: &Registry, manner: Manner) {
        let mut reader = self.reader();
        let hub_metadata = format!("{}/saml/sp/metadata", self.hub.url);
        match library {
            Library::Central => {}
            Library::SimpleSamlPhp => {
                let hub_metadata = reader.get(&hub_metadata).await.body;
                let running =
                    SimpleSamlPhp::start(&self.authority, &hub_metadata, manner.encrypts.is_some())
                        .await;
                let metadata = reader.get(&running.metadata_address()).await;
                registry.asserting(library, &metadata.body);
                self.simplesamlphp = Some(running);
            }
            Library::Pysaml2 => {
                let settings = json!({
                    "scope": library.host(),
                    "hub": hub_metadata,
                    "encrypts": manner.encrypts,
                    "readers": {
                        LOGIN: { "password": PASSWORD, "attributes": {
                            "pairwise-id": ["py0001@pyidp.test"],
                            "eduPersonScopedAffiliation": ["student@pyidp.test", "member@elsewhere.test"],
                            "displayName": ["读者甲"],
                            "mail": ["reader-jia@mail.test"],
                        } },
                        FOREIGN: { "password": PASSWORD, "attributes": {
                            "pairwise-id": ["py0002@elsewhere.test"],
                            "displayName": ["读者乙"],
                        } },
                    },
                });
                let told = self.script("identity_provider.py", library.host(), settings).await;
                let metadata = reader.get(&format!("{}/metadata", origin(&told))).await;
                registry.asserting(library, &metadata.body);
            }
        }
    }

    async fn open_services(&mut self, registry: &Registry, manner: Manner) {
        let hub = self.hub.url.clone();
        let secret =
            json!({ "issuer": hub, "client_id": Service::Authlib.id(), "client_secret": SECRET });
        self.authlib = origin(&self.script("relying_party.py", "pyapp.test", secret).await);
        registry.folder.write("services/cvrs.secret", SECRET);
        registry.oidc(
            Service::Authlib,
            &self.at(Service::Authlib),
            "client_secret_file = \"cvrs.secret\"",
        );

        let clients = json!({ "key": Service::NodeKey.id(), "public": Service::NodePublic.id() });
        let settings = json!({ "issuer": hub, "clients": clients });
        let told = self.script("relying-party.mjs", "nodeapp.test", settings).await;
        self.node = origin(&told);
        registry.folder.write("services/ill.jwks.json", told["jwks"].to_string());
        registry.oidc(Service::NodeKey, &self.at(Service::NodeKey), "jwks = \"ill.jwks.json\"");
        registry.oidc(Service::NodePublic, &self.at(Service::NodePublic), "");

        let metadata = format!("{hub}/saml/idp/metadata");
        let settings = json!({ "hub": metadata, "decrypts": manner.services_decrypt });
        let told = self.script("saml_service.py", "pysp.test", settings.clone()).await;
        self.pysaml2 = origin(&told);
        self.node_saml = origin(&self.script("saml-service.mjs", "nodesp.test", settings).await);
        for service in SAML_SERVICES {
            let metadata = self.reader().get(&format!("{}/metadata", self.at(service))).await;
            registry.saml(service, &metadata.body);
        }
    }

    /// Starts a script, and gives what it told: its origin, perhaps more.
    async fn script(&mut self, name: &'static str, host: &str, mut settings: Value) -> Value {
        settings["host"] = json!(host);
        settings["tls"] = kept(&self.folder, host, &self.authority.server(host));
        settings["saml"] = kept(&self.folder, &format!("{host}.saml"), &saml_pair(host));
        let file = format!("{name}.json");
        self.folder.write(&file, settings.to_string());
        let is_python = Path::new(name).extension().is_some_and(|e| e == "py");
        let python = self.generation.python();
        let (program, at) = if is_python { (python, "py") } else { ("node".into(), "js") };
        let ca = self.folder.path().join("ca.pem");
        let mut command = Command::new(program);
        command
            .arg(scripts().join(at).join(name))
            .arg(self.folder.path().join(file))
            .env("REQUESTS_CA_BUNDLE", &ca)
            .env("NODE_EXTRA_CA_CERTS", &ca)
            .env("PYTHONNOUSERSITE", "1")
            .env("PYTHONWARNINGS", "ignore")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("NO_PROXY", "*");
        let told = |line: &str| serde_json::from_str::<Value>(line).ok().filter(Value::is_object);
        let (program, told) = Program::start(name, &mut command, told).await;
        self.programs.push(program);
        if let Some(version) = told["version"].as_str() {
            self.generation.is_of(version);
        }
        told
    }

    /// The running hub looks at the registry's version by itself.
    async fn wait_for_registry(&self) {
        let mut reader = self.reader();
        let address = format!("{}/readyz", self.hub.url);
        for _ in 0..100 {
            if reader.get(&address).await.status == 200 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("the hub has not taken the registry up");
    }
}

fn origin(told: &Value) -> String {
    told["origin"].as_str().expect("an origin").to_owned()
}
