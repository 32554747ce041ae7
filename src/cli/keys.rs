//! `readerpass keys …`

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The root secret is not among them: it never changes.
const PURPOSES: [&str; 4] = ["saml", "saml-encryption", "oidc-es256", "oidc-rs256"];

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List every key, where it stands in its life, and whether the master key opens it.
    List,
    /// Make the next key of a purpose: published at once, used later.
    Rotate(KeysRotateArgs),
    /// Give a key up: it is published no more, and its private part is forgotten.
    Retire(KeysRetireArgs),
    /// Take an existing key as the next of a purpose, with its certificate.
    Import(KeysImportArgs),
}

/// When a new key comes into use.
#[derive(Debug, Args)]
pub struct UseArgs {
    /// Publish it for so long before it is used, as in 36h or 14d [default: 7d for saml, 24h for oidc-…].
    #[arg(long, value_name = "TIME", value_parser = seconds, conflicts_with = "now")]
    pub after: Option<i64>,
    /// Use it as soon as every node holds it: peers that did not fetch it yet refuse what it signs.
    #[arg(long)]
    pub now: bool,
}

/// Arguments of `keys rotate`.
#[derive(Debug, Args)]
pub struct KeysRotateArgs {
    /// What the key is for.
    #[arg(long, value_name = "PURPOSE", value_parser = PURPOSES)]
    pub purpose: String,
    /// When it comes into use.
    #[command(flatten)]
    pub from: UseArgs,
}

/// Arguments of `keys retire`.
#[derive(Debug, Args)]
pub struct KeysRetireArgs {
    /// What the key is for.
    #[arg(long, value_name = "PURPOSE", value_parser = PURPOSES)]
    pub purpose: String,
    /// Its number, as `keys list` prints it.
    #[arg(long, value_name = "N")]
    pub generation: u32,
    /// Also where it is in use, or what it made is still good: for a key that was stolen.
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `keys import`.
#[derive(Debug, Args)]
pub struct KeysImportArgs {
    /// What the key is for.
    #[arg(long, value_name = "PURPOSE", value_parser = PURPOSES)]
    pub purpose: String,
    /// The private key: PEM, PKCS#8, PKCS#1 or SEC1, not encrypted.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Its certificate, PEM; saml and saml-encryption need it.
    #[arg(long, value_name = "FILE")]
    pub cert: Option<PathBuf>,
    /// When it comes into use.
    #[command(flatten)]
    pub from: UseArgs,
}

/// `36h` or `14d`; a year at most.
fn seconds(text: &str) -> Result<i64, String> {
    let wrong = || format!("`{text}` is no time: write hours or days, as in 36h or 14d");
    let (number, unit_s) = match text.strip_suffix('d') {
        Some(number) => (number, 86_400),
        None => (text.strip_suffix('h').ok_or_else(wrong)?, 3_600),
    };
    let count: i64 = number.parse().map_err(|_| wrong())?;
    let time_s = count.checked_mul(unit_s).ok_or_else(wrong)?;
    if (1..=366 * 86_400).contains(&time_s) {
        Ok(time_s)
    } else {
        Err(format!("`{text}` is out of range: from 1h to 366d; --now uses it at once"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_are_those_of_the_keys_but_for_the_root() {
        let known = metadata::KeyPurpose::ALL.map(metadata::KeyPurpose::as_str);
        assert_eq!(known.split_first(), Some((&"root", &PURPOSES[..])));
    }

    #[test]
    fn times_are_hours_and_days() {
        assert_eq!(seconds("36h"), Ok(129_600));
        assert_eq!(seconds("14d"), Ok(1_209_600));
        for bad in ["", "d", "7", "7w", "0h", "-1d", "367d", "99999999999999999999d", "1.5d"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
