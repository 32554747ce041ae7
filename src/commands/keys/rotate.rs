//! `readerpass keys rotate`

use super::said::{before, follow_up, json};
use super::{failed, note, purpose, until_in_use, use_from};
use crate::cli::{Cli, KeysRotateArgs};
use crate::commands::print::Printer;
use crate::commands::{CommandError, Ended, existing_installation};
use metadata::CertNames;

pub(super) async fn run(
    cli: &Cli,
    args: &KeysRotateArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let purpose = purpose(&args.purpose)?;
    let hub = existing_installation(cli).await?;
    let moment = hub.moment();
    let names = CertNames::of(&hub.config.public_url);
    let from = use_from(&args.from);
    let key = hub.keys.rotate(purpose, from, &names, &moment).await.map_err(failed)?;
    note(&hub, "key.rotated", &key, &moment).await?;
    let all = hub.keys.list(moment.now).await.map_err(failed)?;
    until_in_use(&args.from, &key, &moment).await;
    print.result(&json(&key), &follow_up(&key, before(&all, &key), args.from.now));
    Ok(Ended::Good)
}
