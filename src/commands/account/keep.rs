//! `readerpass account reset`, `block`, `unblock` and `forget-factor`

use super::{failed, member, note};
use crate::cli::{AccountBlockArgs, AccountFactorArgs, AccountNameArgs, Cli};
use crate::commands::print::{Printer, counted};
use crate::commands::{CommandError, Ended, existing_installation};
use model::Standing;

/// What a reader who forgot the password is promised: the librarian has it reset.
pub(in crate::commands) async fn reset(
    cli: &Cli,
    args: &AccountNameArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let member = member(args.member.as_deref())?;
    let hub = existing_installation(cli).await?;
    let moment = hub.moment();
    let reset = hub.accounts.reset(member.as_ref(), &args.login, &moment).await.map_err(failed)?;
    note(&hub, "account.reset", member.as_ref(), Some(&args.login), &moment).await?;
    let text = format!(
        "account {} reset, {} ended\none-time password, to be changed at the next login: {}\n",
        args.login,
        sessions(reset.ended),
        reset.one_time_password.as_str()
    );
    let json = serde_json::json!({
        "login": args.login, "one_time_password": reset.one_time_password.as_str(),
        "sessions_ended": reset.ended,
    });
    print.result(&json, &text);
    Ok(Ended::Good)
}

/// For who lost phone and recovery codes, and was recognised otherwise; or one passkey.
pub(in crate::commands) async fn forget_factor(
    cli: &Cli,
    args: &AccountFactorArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let (login, passkey) = (&args.account.login, args.passkey.as_deref());
    let member = member(args.account.member.as_deref())?;
    let hub = existing_installation(cli).await?;
    let moment = hub.moment();
    let (was_there, ended) =
        hub.accounts.forget_factor(member.as_ref(), login, passkey).await.map_err(failed)?;
    let json = serde_json::json!({
        "login": login, "passkey": passkey, "forgotten": was_there, "sessions_ended": ended,
    });
    if !was_there {
        let what = passkey.map_or("second factor".to_owned(), |name| format!("passkey `{name}`"));
        let text = format!("account {login} has no {what}: nothing to forget\n");
        print.result(&json, &text);
        return Ok(Ended::NotGood);
    }
    let act =
        if passkey.is_some() { "account.passkey_forgotten" } else { "account.factor_forgotten" };
    note(&hub, act, member.as_ref(), Some(login), &moment).await?;
    let ended = sessions(ended);
    let text = match passkey {
        Some(name) => format!("account {login}: passkey `{name}` forgotten, {ended} ended\n"),
        None => format!(
            "account {login}: second factors forgotten, {ended} ended; the next login sets up a new one\n"
        ),
    };
    print.result(&json, &text);
    Ok(Ended::Good)
}

pub(in crate::commands) async fn block(
    cli: &Cli,
    args: &AccountBlockArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let (standing, means) = if args.suspend {
        (Standing::Suspended, "it cannot log in")
    } else {
        (
            Standing::Blocked,
            "it still logs in, and policy says what that closes; --suspend keeps it out altogether",
        )
    };
    set(cli, &args.account, standing, ("account.blocked", means), print).await
}

pub(in crate::commands) async fn unblock(
    cli: &Cli,
    args: &AccountNameArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let said = ("account.unblocked", "it logs in and is in good standing");
    set(cli, args, Standing::Good, said, print).await
}

async fn set(
    cli: &Cli,
    args: &AccountNameArgs,
    standing: Standing,
    (act, means): (&str, &str),
    print: Printer,
) -> Result<Ended, CommandError> {
    let member = member(args.member.as_deref())?;
    let hub = existing_installation(cli).await?;
    let moment = hub.moment();
    let changed =
        hub.accounts.set_standing(member.as_ref(), &args.login, standing).await.map_err(failed)?;
    note(&hub, act, member.as_ref(), Some(&args.login), &moment).await?;
    let text = format!(
        "account {}: {}, was {}: {means}\n{} ended\n",
        args.login,
        standing.as_str(),
        changed.was.as_str(),
        sessions(changed.ended)
    );
    let json = serde_json::json!({
        "login": args.login, "standing": standing, "was": changed.was,
        "sessions_ended": changed.ended,
    });
    print.result(&json, &text);
    Ok(Ended::Good)
}

fn sessions(ended: usize) -> String {
    counted(ended, "session", "sessions")
}
