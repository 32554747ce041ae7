//! The floor under every SAML login: one RSA-2048 signature and one verification by
//! aws-lc-rs, in the same run as the figures that are told as its multiples.

use crate::measure::{Bench, Budget};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
};
use std::error::Error;

/// The figure that others are multiples of.
pub(crate) const FLOOR: &str = "RSA-2048: sign and verify";
/// The same when everything else is measured: a machine that became slower meanwhile, or
/// shares its cores with another, shows here.
pub(crate) const FLOOR_AT_THE_END: &str = "RSA-2048: sign and verify, at the end of the run";

/// About what is signed of an assertion: its canonical SignedInfo.
const MESSAGE: [u8; 512] = [0x2a; 512];

pub(crate) fn floor(bench: &mut Bench) -> Result<(), Box<dyn Error>> {
    sign_and_verify(bench, FLOOR)
}

pub(crate) fn floor_at_the_end(bench: &mut Bench) -> Result<(), Box<dyn Error>> {
    sign_and_verify(bench, FLOOR_AT_THE_END)
}

fn sign_and_verify(bench: &mut Bench, name: &'static str) -> Result<(), Box<dyn Error>> {
    let key = KeyPair::generate(KeySize::Rsa2048)?;
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());
    let random = SystemRandom::new();
    let mut signature = vec![0; key.public_modulus_len()];

    bench.take_always(name, Budget::None, 20, |meter, calls| {
        meter.count(|| {
            for _ in 0..calls {
                key.sign(&RSA_PKCS1_SHA256, &random, &MESSAGE, &mut signature)?;
                public.verify(&MESSAGE, &signature)?;
            }
            Ok(())
        })
    })
}
