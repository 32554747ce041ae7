//! `readerpass keys import`

use super::said::{before, follow_up, json, time};
use super::{failed, note, purpose, until_in_use, use_from};
use crate::cli::{Cli, KeysImportArgs};
use crate::commands::print::Printer;
use crate::commands::{CommandError, Ended, existing_installation};
use metadata::{BroughtKey, KeyFacts, KeyPurpose};
use model::Timestamp;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use zeroize::Zeroizing;

/// A key with a long chain beside it is a tenth of this.
const PEM_BYTES: u64 = 64 << 10;

pub(super) async fn run(
    cli: &Cli,
    args: &KeysImportArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let purpose = purpose(&args.purpose)?;
    require_fitting(purpose, args)?;
    let brought = brought(purpose, args)?;
    let hub = existing_installation(cli).await?;
    let moment = hub.moment();
    let imported = hub.keys.import(&brought, use_from(&args.from), &moment).await;
    let key = imported.map_err(failed)?;
    note(&hub, "key.imported", &key, &moment).await?;
    let all = hub.keys.list(moment.now).await.map_err(failed)?;
    until_in_use(&args.from, &key, &moment).await;
    let mut text = follow_up(&key, before(&all, &key), args.from.now);
    text.push_str(&expiry(&key, moment.now));
    text.push_str("the key lies sealed in the store now: delete the file\n");
    print.result(&json(&key), &text);
    Ok(Ended::Good)
}

/// The peers of SAML know a key by its certificate, those of OpenID Connect have none.
fn require_fitting(purpose: KeyPurpose, args: &KeysImportArgs) -> Result<(), CommandError> {
    let wrong = match (purpose.has_certificate(), &args.cert) {
        (true, None) => "its peers know it by its certificate: name it with --cert FILE",
        (false, Some(_)) => "it is published without a certificate: leave --cert out",
        _ => return Ok(()),
    };
    Err(CommandError::Usage(format!("--purpose {purpose}: {wrong}")))
}

fn brought(purpose: KeyPurpose, args: &KeysImportArgs) -> Result<BroughtKey, CommandError> {
    let said = |option: &str, file: &Path, what: String| {
        CommandError::Failed(format!("{option} {}: {what}", file.display()))
    };
    let pem = read(&args.key).map_err(|what| said("--key", &args.key, what))?;
    let key = BroughtKey::read(purpose, &pem);
    let key = key.map_err(|e| said("--key", &args.key, e.to_string()))?;
    let Some(file) = &args.cert else { return Ok(key) };
    let pem = read(file).map_err(|what| said("--cert", file, what))?;
    key.certified(&pem).map_err(|e| said("--cert", file, e.to_string()))
}

fn read(file: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let remedy = |e| format!("{e} — name a file that this user may read");
    let mut pem = Zeroizing::new(Vec::new());
    let opened = File::open(file).map_err(remedy)?;
    opened.take(PEM_BYTES + 1).read_to_end(&mut pem).map_err(remedy)?;
    if u64::try_from(pem.len()).is_ok_and(|length| length > PEM_BYTES) {
        return Err("longer than 64 kB — name a PEM file of one key or certificate".to_owned());
    }
    Ok(pem)
}

fn expiry(key: &KeyFacts, now: Timestamp) -> String {
    let end = key.certificate.as_ref().map(|certificate| certificate.not_after);
    match end {
        Some(end) if end <= now => format!(
            "warning: its certificate ran out on {}: peers that look at dates refuse it\n",
            time(end)
        ),
        _ => String::new(),
    }
}
