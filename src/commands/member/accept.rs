//! `readerpass member accept-reader ID --key NUMBER`: a key that passed to another person.

use super::connector;
use crate::cli::{Cli, MemberAcceptArgs};
use crate::commands::account::note;
use crate::commands::print::{Printer, counted};
use crate::commands::snapshot::member;
use crate::commands::{CommandError, Ended, existing_installation};
use login::{Holder, KeyAt, Settled, settle_key};

pub(in crate::commands) async fn accept(
    cli: &Cli,
    args: &MemberAcceptArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let hub = existing_installation(cli).await?;
    let snapshot = hub.registry.current();
    let member = member(&snapshot, &args.member)?;
    let (connector, _) = connector(member, args.connector.as_deref())?;
    let (holder, act, who) = if args.next_person {
        (Holder::Next, "reader.next", "another person")
    } else {
        (Holder::Same, "reader.same", "the same person")
    };
    let at = KeyAt { member: &member.id, connector: &connector, key: args.key.trim() };
    let (stores, moment) = ((&hub.durable, &hub.shared), hub.moment());
    let settled = settle_key(stores, &hub.keys, at, holder, &moment)
        .await
        .map_err(|refusal| CommandError::Failed(refusal.to_string()))?;
    let Settled::Done { ended } = settled else {
        let text = format!(
            "{}: nobody was refused under this key at `{connector}`, or it was settled before — \
             write the key as the hub has it: `readerpass member test` shows it as local_id",
            member.id
        );
        print.result(&serde_json::json!({ "accepted": false }), &text);
        return Ok(Ended::NotGood);
    };
    note(&hub, act, Some(&member.id), Some(args.key.trim()), &moment).await?;
    let text = format!(
        "{}: who was refused last under this key is {who} and comes in at the next login, {} ended",
        member.id,
        counted(ended, "session", "sessions")
    );
    let json = serde_json::json!({
        "accepted": true, "next_person": args.next_person, "sessions_ended": ended,
    });
    print.result(&json, &text);
    Ok(Ended::Good)
}
