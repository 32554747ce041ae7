//! `readerpass keys retire`

use super::said::json;
use super::{failed, note, purpose};
use crate::cli::{Cli, KeysRetireArgs};
use crate::commands::print::Printer;
use crate::commands::{CommandError, Ended, existing_installation};

pub(super) async fn run(
    cli: &Cli,
    args: &KeysRetireArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let purpose = purpose(&args.purpose)?;
    let hub = existing_installation(cli).await?;
    let moment = hub.moment();
    let retired = hub.keys.retire(purpose, args.generation, args.force, moment.now).await;
    let key = retired.map_err(failed)?;
    note(&hub, "key.retired", &key, &moment).await?;
    let text = format!(
        "{purpose} {} is withdrawn: it is published no more, and its private part is forgotten\n",
        key.generation
    );
    print.result(&json(&key), &text);
    Ok(Ended::Good)
}
