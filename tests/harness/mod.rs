//! What every test stands on: time it owns, hubs in process, a browser.

pub mod authenticator;
pub mod browser;
pub mod cas;
pub mod clock;
pub mod folder;
pub mod html;
pub mod hub;
#[cfg(feature = "browser")]
pub mod nation;
pub mod oidc;
pub mod outgoing;
pub mod saml;
pub mod staff;
pub mod world;

pub use browser::{Browser, Seen};
pub use clock::TestClock;
pub use hub::TestHub;
