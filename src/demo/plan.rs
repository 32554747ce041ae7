//! Who lives at which port.

use super::bind;
use crate::listen::ListenError;
use demo_services::{Kind, Place};
use tokio::net::TcpListener;

/// The ports that the committed sample registry is written for start here.
const SAMPLE_PORT: u16 = 8080;

/// A library with a local connector of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Library {
    /// Its id at the hub, and its host name.
    pub(super) id: &'static str,
    /// Name of its identity provider's metadata in the hub's registry.
    pub(super) metadata: &'static str,
    offset: u16,
}

/// The two libraries, in the order of their ports.
pub(super) const LIBRARIES: [Library; 2] = [
    Library { id: "nju", metadata: "nju-idp.xml", offset: 1 },
    Library { id: "jinling", metadata: "jinling-idp.xml", offset: 2 },
];

const FIRST_SERVICE: u16 = 3;

/// Addresses of one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    port: u16,
}

/// Ports held from the start, so that a busy one is named before anything is written.
pub(super) struct Listeners {
    pub(super) hub: TcpListener,
    pub(super) libraries: Vec<TcpListener>,
    pub(super) services: Vec<TcpListener>,
}

impl Plan {
    pub(super) fn new(port: u16) -> Self {
        Self { port }
    }

    pub(super) fn hub(self) -> String {
        format!("http://hub.localhost:{}", self.port)
    }

    pub(super) fn hub_port(self) -> u16 {
        self.port
    }

    pub(super) fn library_port(self, library: Library) -> u16 {
        self.port + library.offset
    }

    pub(super) fn library(self, library: Library) -> String {
        format!("http://{}.localhost:{}", library.id, self.library_port(library))
    }

    pub(super) fn service(self, kind: Kind) -> Place {
        let port = self.port + FIRST_SERVICE + place_of(kind);
        Place { kind, base: format!("http://{}.localhost:{port}", kind.id()), hub: self.hub() }
    }

    pub(super) async fn bind(self) -> Result<Listeners, ListenError> {
        let hub = bind(self.port).await?;
        let mut libraries = Vec::new();
        for library in LIBRARIES {
            libraries.push(bind(self.library_port(library)).await?);
        }
        let mut services = Vec::new();
        for kind in Kind::ALL {
            services.push(bind(self.port + FIRST_SERVICE + place_of(kind)).await?);
        }
        Ok(Listeners { hub, libraries, services })
    }

    /// The addresses of the committed sample, with what they are in this run.
    pub(super) fn renamed(self) -> Vec<(String, String)> {
        let sample = Self::new(SAMPLE_PORT);
        let mut pairs = vec![(sample.hub(), self.hub())];
        pairs.extend(LIBRARIES.map(|l| (sample.library(l), self.library(l))));
        pairs.extend(Kind::ALL.map(|k| (sample.service(k).base, self.service(k).base)));
        pairs
    }
}

fn place_of(kind: Kind) -> u16 {
    let place = Kind::ALL.iter().position(|k| *k == kind).unwrap_or_default();
    u16::try_from(place).unwrap_or_default()
}
