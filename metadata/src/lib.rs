//! The trust registry: whom the hub believes, and with which keys.
//!
//! A registry folder is read whole ([`Bundle`]), judged ([`check`]), compared
//! ([`plan`]) and put into the store all or nothing ([`apply`]); every node
//! answers from one immutable [`Snapshot`] that [`Registry`] swaps whole. The
//! hub's own keys live in the [`KeyRing`], sealed under the [`MasterKey`], and
//! every request that the hub makes outwards goes through [`HttpClient`], or through
//! [`TcpDialer`] where it is not HTTP.

mod claims;
mod discovery;
mod http;
mod keys;
pub mod ldap;
mod mapping;
mod public_url;
mod registry;
mod sector;
mod settings;
mod snapshot;
mod tcp;
#[cfg(test)]
mod testing;

pub use claims::{RESERVED_CLAIMS, claim_name};
pub use discovery::{Hit, MatchField, Matched, nearness};
pub use http::{HttpAnswer, HttpClient, HttpError, HttpSettings};
pub use keys::{
    BroughtKey, CertNames, CertificateFacts, KeyError, KeyFacts, KeyPurpose, KeyRing, KeySet,
    KeyState, MasterKey, OidcKey, UseFrom, key_facts,
};
pub use mapping::{DateFormat, Pattern, Zone};
pub use public_url::{PublicUrl, PublicUrlFault};
pub use registry::{
    Applied, ApplyError, Bundle, Change, CheckReport, Consortium, Diff, ExportReport, Fault,
    FieldChange, RemoteOutcome, What, apply, check, emptied, export, mapping_faults, plan,
};
pub use sector::sector;
pub use settings::{CasCallback, CasSettings, CasVersion, SettingFault, SignedLinkSettings};
pub use snapshot::{ClientKeys, FirstEnds, Registry, RegistryError, Snapshot};
pub use tcp::{Secured, TcpDialer, TcpError, TcpTarget, TcpTrust, TcpWire};
