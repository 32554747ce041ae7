//! The hub as a relying party: what its passkeys are bound to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use store::PasskeyRow;
use url::{Host, Url};
use webauthn_rs_core::WebauthnCore;

/// How long a browser waits for the authenticator; the login itself ends it earlier.
const PATIENCE_MS: u32 = 300_000;
/// ES256 and RS256, in this order (COSE algorithms). EdDSA is none that our library verifies.
const ALGORITHMS: [i32; 2] = [-7, -257];

/// What passkeys of this installation are bound to: its host as RP ID, its origin letter
/// for letter (WebAuthn sections 5.1.2 and 13.4.9). Cheap to clone.
#[derive(Clone)]
pub struct RelyingParty(Arc<Party>);

struct Party {
    id: String,
    origin: String,
    core: WebauthnCore,
}

/// Whom a passkey is made for.
pub(super) struct User<'a> {
    /// Base64url, and no name of anybody.
    pub(super) handle: String,
    /// Shown by the authenticator, which lists accounts by name.
    pub(super) login: &'a str,
    /// The hub's own name, shown too.
    pub(super) hub: &'a str,
}

impl RelyingParty {
    /// Of the hub's own address, an origin; `None` where its host is no name: an address in
    /// numbers is no RP ID (section 5.1.2).
    pub fn of(origin: &str) -> Option<Self> {
        let url = Url::parse(origin).ok()?;
        let Some(Host::Domain(id)) = url.host() else { return None };
        let id = id.to_owned();
        let core = WebauthnCore::new_unsafe_experts_only(
            &id,
            &id,
            vec![url.clone()],
            Duration::from_millis(u64::from(PATIENCE_MS)),
            Some(false),
            Some(false),
        );
        let origin = url.origin().ascii_serialization();
        Some(Self(Arc::new(Party { id, origin, core })))
    }

    pub(super) fn origin(&self) -> &str {
        &self.0.origin
    }

    pub(super) fn core(&self) -> &WebauthnCore {
        &self.0.core
    }

    /// PublicKeyCredentialRequestOptions, as JSON (section 5.5).
    pub(super) fn request(&self, challenge: &str, kept: &[PasskeyRow]) -> String {
        json!({
            "challenge": challenge,
            "rpId": self.0.id,
            "timeout": PATIENCE_MS,
            "userVerification": "required",
            "allowCredentials": described(kept),
        })
        .to_string()
    }

    /// PublicKeyCredentialCreationOptions, as JSON (section 5.4).
    pub(super) fn creation(&self, challenge: &str, user: &User<'_>, kept: &[PasskeyRow]) -> String {
        let algorithms: Vec<Value> =
            ALGORITHMS.iter().map(|alg| json!({ "type": "public-key", "alg": alg })).collect();
        json!({
            "challenge": challenge,
            "rp": { "id": self.0.id, "name": user.hub },
            "user": { "id": user.handle, "name": user.login, "displayName": user.login },
            "pubKeyCredParams": algorithms,
            "timeout": PATIENCE_MS,
            "attestation": "none",
            // The account is known from its password: nothing need be discoverable.
            "authenticatorSelection": {
                "residentKey": "discouraged", "requireResidentKey": false,
                "userVerification": "required",
            },
            "excludeCredentials": described(kept),
        })
        .to_string()
    }
}

fn described(kept: &[PasskeyRow]) -> Vec<Value> {
    let described = |row: &PasskeyRow| json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(&row.credential) });
    kept.iter().map(described).collect()
}

impl fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RelyingParty({})", self.0.origin)
    }
}
