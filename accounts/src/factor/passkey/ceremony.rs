//! The two ceremonies of WebAuthn level 3: section 7.1, a credential is made, and 7.2, it signs.
//!
//! `webauthn-rs-core` verifies; what it leaves to its caller is done here first: the origin
//! letter for letter (it compares parsed addresses), no embedding in another site's page
//! (it looks when a credential is made only), which algorithms go with which curve, and no
//! attestation but what section 8.7 leaves. The states it wants are written from a challenge
//! of ours, so it draws nothing and keeps nothing.

use super::key::Key;
use super::party::RelyingParty;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::PasskeyRow;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AttestationFormat, AuthenticationExtensionsClientOutputs, AuthenticationState,
    AuthenticatorAssertionResponseRaw, AuthenticatorAttestationResponseRaw, COSEAlgorithm, COSEKey,
    COSEKeyType, Credential, ECDSACurve, ParsedAttestation, ParsedAttestationData,
    PublicKeyCredential, RegisterPublicKeyCredential, RegisteredExtensions,
    RegistrationExtensionsClientOutputs, RegistrationState, UserVerificationPolicy,
};

/// Longest answer in bytes; ours are below 4 kB.
const LONGEST: usize = 12 * 1024;
/// Longest credential id in bytes (section 4, Credential ID).
const LONGEST_ID: usize = 1_023;

/// Why an answer does not count. For the log: holds nothing of what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Refused(&'static str),
    /// The signature counter did not grow (section 6.1.1): there may be two of them.
    Copied,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MadeJson {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    #[serde(rename = "attestationObject")]
    attestation_object: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedJson {
    id: String,
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    #[serde(rename = "authenticatorData")]
    authenticator_data: String,
    signature: String,
    #[serde(rename = "userHandle")]
    user_handle: Option<String>,
}

/// What `create` answered.
pub(super) struct Made {
    client_data: Vec<u8>,
    attestation_object: Vec<u8>,
}

/// What `get` answered.
pub(super) struct Signed {
    pub(super) id: Vec<u8>,
    client_data: Vec<u8>,
    authenticator_data: Vec<u8>,
    signature: Vec<u8>,
    user_handle: Option<String>,
}

/// The part of the client data that is judged here (section 5.8.1).
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    is_cross_origin: bool,
    #[serde(rename = "topOrigin", default)]
    top_origin: Option<Value>,
}

impl Made {
    pub(super) fn read(answer: &str) -> Result<Self, Fault> {
        let made: MadeJson = json_of(answer)?;
        Ok(Self {
            client_data: decoded(&made.client_data)?,
            attestation_object: decoded(&made.attestation_object)?,
        })
    }
}

impl Signed {
    pub(super) fn read(answer: &str) -> Result<Self, Fault> {
        let signed: SignedJson = json_of(answer)?;
        Ok(Self {
            id: decoded(&signed.id)?,
            client_data: decoded(&signed.client_data)?,
            authenticator_data: decoded(&signed.authenticator_data)?,
            signature: decoded(&signed.signature)?,
            user_handle: signed.user_handle,
        })
    }

    /// Section 7.2: a user handle that is given names the owner.
    pub(super) fn is_by(&self, handle: &str) -> bool {
        self.user_handle.as_deref().is_none_or(|given| given == handle)
    }
}

/// Section 7.1: the credential, its key, its counter.
pub(super) fn register(
    party: &RelyingParty,
    challenge: &str,
    made: &Made,
) -> Result<(Vec<u8>, Key, u32), Fault> {
    require_ours(party, &made.client_data, "webauthn.create", challenge)?;
    let state: RegistrationState = state(json!({
        "policy": "required",
        "exclude_credentials": [],
        "challenge": challenge,
        "credential_algorithms": ["ES256", "RS256"],
        "require_resident_key": false,
        "authenticator_attachment": null,
        "extensions": {},
        "allow_synchronised_authenticators": true,
    }))?;
    let answer = RegisterPublicKeyCredential {
        id: String::new(),
        raw_id: Vec::new(),
        response: AuthenticatorAttestationResponseRaw {
            attestation_object: made.attestation_object.clone(),
            client_data_json: made.client_data.clone(),
            transports: None,
        },
        type_: "public-key".to_owned(),
        extensions: RegistrationExtensionsClientOutputs::default(),
    };
    let credential = party.core().register_credential(&answer, &state, None);
    let credential = credential.map_err(|e| fault(&e))?;
    if credential.cred_id.is_empty() || credential.cred_id.len() > LONGEST_ID {
        return Err(Fault::Refused("a credential id out of bounds"));
    }
    require_unattested(&credential)?;
    require_known_key(&credential.cred)?;
    let key = Key { public: credential.cred, is_backup_eligible: credential.backup_eligible };
    Ok((credential.cred_id, key, credential.counter))
}

/// Section 7.2: the counter of a signature by this very passkey.
pub(super) fn authenticate(
    party: &RelyingParty,
    challenge: &str,
    signed: &Signed,
    row: &PasskeyRow,
    key: &Key,
) -> Result<u32, Fault> {
    require_ours(party, &signed.client_data, "webauthn.get", challenge)?;
    let state: AuthenticationState = state(json!({
        "credentials": [],
        "policy": "required",
        "challenge": challenge,
        "appid": null,
        "allow_backup_eligible_upgrade": false,
    }))?;
    let answer = PublicKeyCredential {
        id: String::new(),
        raw_id: signed.id.clone(),
        response: AuthenticatorAssertionResponseRaw {
            authenticator_data: signed.authenticator_data.clone(),
            client_data_json: signed.client_data.clone(),
            signature: signed.signature.clone(),
            user_handle: None,
        },
        extensions: AuthenticationExtensionsClientOutputs::default(),
        type_: "public-key".to_owned(),
    };
    let result = party.core().authenticate_single_credential(&answer, &state, &kept(row, key));
    result.map(|result| result.counter()).map_err(|e| fault(&e))
}

/// Sections 7.1 and 7.2: type, challenge, origin, crossOrigin, topOrigin of the client data.
fn require_ours(
    party: &RelyingParty,
    client_data: &[u8],
    kind: &str,
    challenge: &str,
) -> Result<(), Fault> {
    let said: ClientData = serde_json::from_slice(client_data)
        .map_err(|_| Fault::Refused("client data that cannot be read"))?;
    if said.kind != kind {
        return Err(Fault::Refused("client data of another ceremony"));
    }
    if said.challenge != challenge {
        return Err(Fault::Refused("another challenge"));
    }
    // Rule 4. A parsed address would be equal with a path, or the default port.
    if said.origin != party.origin() {
        return Err(Fault::Refused("another origin"));
    }
    if said.is_cross_origin || said.top_origin.is_some() {
        return Err(Fault::Refused("made inside a page of another site"));
    }
    Ok(())
}

/// Sections 8.7 and 5.4.7: we ask for none, and a browser leaves of it nothing, or what the
/// credential says of itself.
fn require_unattested(credential: &Credential) -> Result<(), Fault> {
    match (&credential.attestation_format, &credential.attestation.data) {
        (AttestationFormat::None, _)
        | (AttestationFormat::Packed, ParsedAttestationData::Self_) => Ok(()),
        _ => Err(Fault::Refused("an attestation that nobody asked for")),
    }
}

/// Section 5.8.5: ES256 is on P-256.
fn require_known_key(key: &COSEKey) -> Result<(), Fault> {
    let is_known = match &key.key {
        COSEKeyType::EC_EC2(point) => {
            key.type_ == COSEAlgorithm::ES256 && point.curve == ECDSACurve::SECP256R1
        }
        COSEKeyType::RSA(_) => key.type_ == COSEAlgorithm::RS256,
        COSEKeyType::EC_OKP(_) => false,
    };
    if is_known { Ok(()) } else { Err(Fault::Refused("a key of another kind than was asked for")) }
}

/// The credential as the library knows it.
fn kept(row: &PasskeyRow, key: &Key) -> Credential {
    Credential {
        cred_id: row.credential.clone(),
        cred: key.public.clone(),
        counter: row.counter,
        transports: None,
        user_verified: true,
        backup_eligible: key.is_backup_eligible,
        backup_state: false,
        registration_policy: UserVerificationPolicy::Required,
        extensions: RegisteredExtensions::default(),
        attestation: ParsedAttestation::default(),
        attestation_format: AttestationFormat::None,
    }
}

/// A state as the library would have drawn it. Its form is not promised between releases:
/// the release is pinned, and every test of these ceremonies reads one.
fn state<T: DeserializeOwned>(state: Value) -> Result<T, Fault> {
    serde_json::from_value(state).map_err(|_| Fault::Refused("a state that the library rejects"))
}

fn json_of<T: DeserializeOwned>(answer: &str) -> Result<T, Fault> {
    if answer.len() > LONGEST {
        return Err(Fault::Refused("too long an answer"));
    }
    serde_json::from_str(answer).map_err(|_| Fault::Refused("an answer that cannot be read"))
}

fn decoded(text: &str) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Fault::Refused("an answer that is not base64url"))
}

/// Not the library's own words: some of them quote what was sent.
fn fault(error: &WebauthnError) -> Fault {
    Fault::Refused(match error {
        WebauthnError::CredentialPossibleCompromise => return Fault::Copied,
        WebauthnError::InvalidRPIDHash => "made for another RP ID",
        WebauthnError::UserNotPresent => "nobody was present",
        WebauthnError::UserNotVerified => "the user was not verified",
        WebauthnError::AuthenticationFailure | WebauthnError::SignatureInvalid => "wrong signature",
        WebauthnError::CredentialAlteredAlgFromRequest => "an algorithm that was not asked for",
        WebauthnError::CredentialBackupEligibilityInconsistent
        | WebauthnError::CredentialMayNotBeHardwareBound => "it cannot be a copy and is one",
        WebauthnError::AttestationNotSupported => "an attestation of an unknown kind",
        _ => "an answer that the library cannot read",
    })
}
