//! The registry folder that the hub is given: the libraries and services that run.

use super::authority::Pair;
use super::library::Library;
use super::service::Service;
use crate::harness::folder::Folder;

/// Released to every service.
const RELEASE: &str =
    "release = [\"name\", \"mail\", \"member\", \"class\", \"category\", \"affiliation\"]";

pub struct Registry {
    pub folder: Folder,
    accept_cbc: bool,
}

impl Registry {
    /// `accept_cbc` is what the connectors of libraries say of CBC.
    pub fn new(accept_cbc: bool) -> Self {
        let folder = Folder::new("registry");
        folder.write(
            "consortium.toml",
            "name = { zh = \"示例联合体\", en = \"Sample consortium\" }\n",
        );
        Self { folder, accept_cbc }
    }

    /// A library with a SAML identity provider of its own.
    pub fn asserting(&self, library: Library, metadata: &str) {
        self.folder.write(&format!("members/{}-idp.xml", library.id()), metadata);
        let connector = format!(
            "id = \"campus\"\nkind = \"saml\"\nmetadata = \"{}-idp.xml\"\n\
             attributes = {{ local_id = [\"pairwise-id\"], affiliation = \"eduPersonScopedAffiliation\", \
             name = \"displayName\", mail = \"mail\" }}\n{}",
            library.id(),
            if self.accept_cbc { "accept_cbc = true\n" } else { "" }
        );
        self.member(library, &connector);
    }

    /// Libraries whose readers have accounts at the hub; two, so that there is a choice.
    pub fn central(&self) {
        for id in [Library::Central.id(), "branch"] {
            self.named_member(id, Library::Central, "kind = \"central\"\n");
        }
    }

    fn member(&self, library: Library, connector: &str) {
        self.named_member(library.id(), library, connector);
    }

    fn named_member(&self, id: &str, library: Library, connector: &str) {
        let class = library.class();
        let member = format!(
            "id = \"{id}\"\nname = {{ zh = \"{id} 图书馆\", en = \"{id} library\" }}\n\
             region = \"江苏/南京\"\nclass = \"{class}\"\nscopes = [\"{id}.test\"]\nstatus = \"live\"\n\
             [[connector]]\n{connector}"
        );
        self.folder.write(&format!("members/{id}.toml"), member);
    }

    /// A service by OpenID Connect; `proof` is the line that says how its client proves itself.
    pub fn oidc(&self, service: Service, at: &str, proof: &str) {
        let oidc = format!(
            "[oidc]\nclient_id = \"{}\"\n{proof}\nredirect_uris = [\"{at}/callback\"]\n\
             post_logout_redirect_uris = [\"{at}/bye\"]\n",
            service.id()
        );
        self.service(service, &oidc);
    }

    /// A service by SAML.
    pub fn saml(&self, service: Service, metadata: &str) {
        self.folder.write(&format!("services/{}-sp.xml", service.id()), metadata);
        self.service(service, &format!("[saml]\nmetadata = \"{}-sp.xml\"\n", service.id()));
    }

    fn service(&self, service: Service, protocol: &str) {
        let (id, name) = (service.id(), service.name());
        let text = format!(
            "id = \"{id}\"\nname = {{ zh = \"{name}\", en = \"{id}\" }}\n{RELEASE}\n{protocol}"
        );
        self.folder.write(&format!("services/{id}.toml"), text);
    }
}

/// Writes a pair into a folder as `NAME.crt` and `NAME.key`, and gives their paths for a script.
pub fn kept(folder: &Folder, name: &str, pair: &Pair) -> serde_json::Value {
    let (cert, key) = (format!("{name}.crt"), format!("{name}.key"));
    folder.write(&cert, &pair.cert);
    folder.write(&key, &pair.key);
    serde_json::json!({ "cert": folder.path().join(cert), "key": folder.path().join(key) })
}
