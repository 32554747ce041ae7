//! Debian's SimpleSAMLphp on PHP's own server, behind TLS.

use super::authority::{Authority, saml_pair};
use super::installed::{SIMPLESAMLPHP, scripts};
use super::program::Program;
use super::tls::{Front, front};
use crate::harness::folder::Folder;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::process::Command;

pub struct SimpleSamlPhp {
    _program: Program,
    _front: Front,
    _folder: Folder,
    pub origin: String,
}

impl SimpleSamlPhp {
    /// With the hub's metadata as a service provider.
    pub async fn start(authority: &Authority, hub_metadata: &str, encrypts: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let origin = format!("https://ssp.test:{port}");
        let folder = Folder::new("ssp");
        let saml = saml_pair("ssp.test");
        folder.write("saml.crt", &saml.cert);
        folder.write("saml.key", &saml.key);
        folder.write("hub.xml", hub_metadata);
        let mut command = Command::new("php");
        command
            .args(["-S", "127.0.0.1:0", "-t", SIMPLESAMLPHP])
            .env("SIMPLESAMLPHP_CONFIG_DIR", scripts().join("simplesamlphp"))
            .env("PEER_ORIGIN", &origin)
            .env("PEER_FOLDER", folder.path())
            .env("PEER_ENCRYPTS", if encrypts { "1" } else { "0" });
        let (program, behind) = Program::start("simplesamlphp", &mut command, listening).await;
        let front = front(listener, behind, &authority.server("ssp.test"));
        Self { _program: program, _front: front, _folder: folder, origin }
    }

    pub fn metadata_address(&self) -> String {
        format!("{}/saml2/idp/metadata.php", self.origin)
    }
}

/// `PHP 8.2.36 Development Server (http://127.0.0.1:32997) started`
fn listening(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("Development Server (http://")?;
    rest.split_once(')')?.0.parse().ok()
}
