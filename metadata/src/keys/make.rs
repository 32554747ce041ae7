//! Making keys.

use super::{KeyError, KeyPurpose, MasterKey, OidcKey};
use crate::PublicUrl;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Moment, Timestamp};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, IsCa, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256,
    SerialNumber, date_time_ymd,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use store::KeyRow;
use zeroize::Zeroizing;

/// Self-signed: what counts is the key in the metadata. Long, because a
/// certificate that runs out makes services fail one by one (P11).
const CERTIFICATE_YEARS: i32 = 10;

/// The names in the certificates that the hub signs for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertNames {
    /// Common name: the host of the hub.
    pub common_name: String,
}

impl CertNames {
    /// Named after the hub's address.
    pub fn of(public_url: &PublicUrl) -> Self {
        // X.520 bounds a common name at 64 characters.
        Self { common_name: public_url.host().chars().take(64).collect() }
    }
}

/// Which key is made, and since when it is used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) purpose: KeyPurpose,
    pub(super) generation: u32,
    pub(super) use_from: Timestamp,
}

/// What is authenticated with a sealed key.
pub(super) fn seal_purpose(purpose: KeyPurpose, generation: u32, id: &str) -> String {
    format!("key/{purpose}/{generation}/{id}")
}

/// Makes a new key, sealed.
pub(super) fn make(
    slot: Slot,
    master: &MasterKey,
    moment: &Moment,
    names: &CertNames,
) -> Result<KeyRow, KeyError> {
    let usage = match slot.purpose {
        KeyPurpose::Root => {
            let secret = Zeroizing::new(moment.entropy.bytes::<32>().to_vec());
            return seal(slot, &secret, Vec::new(), master, moment);
        }
        KeyPurpose::OidcEs256 => return seal(slot, &ec_key()?, Vec::new(), master, moment),
        KeyPurpose::OidcRs256 => return seal(slot, &rsa_key()?, Vec::new(), master, moment),
        KeyPurpose::Saml => KeyUsagePurpose::DigitalSignature,
        KeyPurpose::SamlEncryption => KeyUsagePurpose::KeyEncipherment,
    };
    let secret = rsa_key()?;
    let certificate = certificate(&secret, usage, moment, names)?;
    seal(slot, &secret, certificate, master, moment)
}

/// Seals a key under its public name.
pub(super) fn seal(
    slot: Slot,
    secret: &[u8],
    public: Vec<u8>,
    master: &MasterKey,
    moment: &Moment,
) -> Result<KeyRow, KeyError> {
    let Slot { purpose, generation, use_from } = slot;
    let id = match purpose {
        KeyPurpose::Root => format!("{purpose}-{}", moment.entropy.short_token()),
        KeyPurpose::OidcEs256 => OidcKey::es256(secret)?.kid,
        KeyPurpose::OidcRs256 => OidcKey::rs256(secret)?.kid,
        KeyPurpose::Saml | KeyPurpose::SamlEncryption => {
            URL_SAFE_NO_PAD.encode(digest(&SHA256, &public))
        }
    };
    let sealed = master.seal(&seal_purpose(purpose, generation, &id), secret, &moment.entropy)?;
    let purpose = purpose.as_str().to_owned();
    let created = moment.now;
    Ok(KeyRow { id, purpose, generation, created, use_from, withdrawn: None, sealed, public })
}

// The library draws these keys from its own generator: it takes no other.
fn rsa_key() -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let key = RsaKeyPair::generate(KeySize::Rsa2048)
        .map_err(|e| KeyError::broken("an RSA key could not be made", e))?;
    let der: Pkcs8V1Der<'_> =
        key.as_der().map_err(|e| KeyError::broken("an RSA key could not be written", e))?;
    Ok(Zeroizing::new(der.as_ref().to_vec()))
}

fn ec_key() -> Result<Zeroizing<Vec<u8>>, KeyError> {
    EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .map(|document| Zeroizing::new(document.as_ref().to_vec()))
        .map_err(|e| KeyError::broken("an EC key could not be made", e))
}

fn certificate(
    pkcs8: &[u8],
    usage: KeyUsagePurpose,
    moment: &Moment,
    names: &CertNames,
) -> Result<Vec<u8>, KeyError> {
    let fault = |e: rcgen::Error| KeyError::broken("a certificate could not be made", e);
    let key =
        KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(pkcs8), &PKCS_RSA_SHA256)
            .map_err(fault)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, names.common_name.as_str());
    let (year, month, day) = date(moment.now.plus_s(-86_400))?;
    params.not_before = date_time_ymd(year, month, day);
    // The 29th of February has no counterpart in most years.
    params.not_after = date_time_ymd(year + CERTIFICATE_YEARS, month, day.min(28));
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![usage];
    let mut serial = moment.entropy.bytes::<16>();
    if let Some(first) = serial.first_mut() {
        // RFC 5280 section 4.1.2.2: positive, and not zero.
        *first = *first & 0x7f | 0x40;
    }
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.self_signed(&key).map(|c| c.der().to_vec()).map_err(fault)
}

fn date(at: Timestamp) -> Result<(i32, u8, u8), KeyError> {
    let text = at.rfc3339();
    let mut parts = text.split(['-', 'T']);
    let mut next = || parts.next();
    let read = (|| Some((next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?)))();
    read.ok_or_else(|| KeyError::Broken(format!("the clock says {text}")))
}
