//! `readerpass keys list`

use super::said::{json, time};
use crate::cli::Cli;
use crate::commands::print::Printer;
use crate::commands::{CommandError, Ended, existing_configuration};
use crate::installation::{master_key, stores};
use crate::outside::moment_now;
use metadata::{KeyFacts, KeyPurpose, KeyState, key_facts};
use model::Timestamp;
use std::fmt::Write as _;

/// A certificate that runs out within this needs its rotation to begin.
const SOON_S: i64 = 90 * 86_400;

/// Reads the rows without opening an installation: with a lost or another master key
/// nothing else of it works, and this tells what is sealed under which.
pub(super) async fn run(cli: &Cli, print: Printer) -> Result<Ended, CommandError> {
    let config = existing_configuration(cli)?;
    let moment = moment_now();
    let master = master_key(&config, &moment.entropy);
    let (durable, _) = stores(&config).await?;
    let rows = durable.keys().await?;
    let keys = key_facts(&rows, master.as_ref().ok(), moment.now);
    let mut troubles: Vec<String> =
        master.as_ref().err().map(ToString::to_string).into_iter().collect();
    if troubles.is_empty() {
        troubles.extend(sealed_otherwise(&keys));
    }
    troubles.extend(keys.iter().filter_map(|key| running_out(key, moment.now)));
    let text: String =
        keys.iter().map(line).chain(troubles.iter().map(|t| format!("{t}\n"))).collect();
    let all: Vec<_> = keys.iter().map(json).collect();
    print.result(&serde_json::json!({ "keys": all, "troubles": troubles }), &text);
    Ok(if troubles.is_empty() { Ended::Good } else { Ended::NotGood })
}

fn sealed_otherwise(keys: &[KeyFacts]) -> Option<String> {
    let shut = keys.iter().filter(|key| !key.opens).count();
    (shut > 0).then(|| {
        format!(
            "{shut} of {} keys were sealed under another master key — use the one that belongs to this data, e.g. from its backup",
            keys.len()
        )
    })
}

fn running_out(key: &KeyFacts, now: Timestamp) -> Option<String> {
    let end = key.certificate.as_ref().filter(|_| key.state == KeyState::InUse)?.not_after;
    let (purpose, generation) = (key.purpose, key.generation);
    (end < now.plus_s(SOON_S)).then(|| {
        let runs = if end <= now { "ran" } else { "runs" };
        format!(
            "the certificate of {purpose} {generation} {runs} out on {} — readerpass keys rotate --purpose {purpose}",
            time(end)
        )
    })
}

/// `saml  2  next  signs from 2026-11-28 18:47 +08:00  rsa-2048  certificate AB:CD:… until …`
fn line(key: &KeyFacts) -> String {
    let mut text = format!(
        "{:<16} {:>2}  {:<9}  {}",
        key.purpose.as_str(),
        key.generation,
        key.state.as_str(),
        when(key)
    );
    if let Some(sort) = &key.sort {
        let _ = write!(text, "  {sort}");
    }
    if let Some(kid) = &key.kid {
        let _ = write!(text, "  kid {kid}");
    }
    if let Some(certificate) = &key.certificate {
        let end = time(certificate.not_after);
        let day = end.split(' ').next().unwrap_or(&end);
        let _ = write!(text, "  certificate until {day}, SHA-256 {}", certificate.fingerprint);
    }
    if !key.opens {
        text.push_str("  DOES NOT OPEN");
    }
    text.push('\n');
    text
}

fn when(key: &KeyFacts) -> String {
    match (key.state, key.withdrawn, key.retire_from) {
        (_, Some(at), _) => format!("since {}", time(at)),
        (KeyState::Next, ..) => format!("used from {}", time(key.use_from)),
        (_, _, Some(due)) => format!("may be retired from {}", time(due)),
        _ if key.purpose == KeyPurpose::Root => "for good".to_owned(),
        _ => format!("since {}", time(key.use_from)),
    }
}
