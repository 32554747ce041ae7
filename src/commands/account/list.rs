//! `readerpass account list`

use super::{failed, member, note};
use crate::cli::{AccountListArgs, Cli};
use crate::commands::nearest::nearest;
use crate::commands::print::{Printer, counted};
use crate::commands::{CommandError, Ended, existing_installation};
use crate::installation::Installation;
use accounts::{Factors, PasskeyKept};
use model::Timestamp;
use store::AccountRow;

/// Page by page: a member may have a million readers.
pub(in crate::commands) async fn list(
    cli: &Cli,
    args: &AccountListArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let member = member(args.member.as_deref())?;
    let hub = existing_installation(cli).await?;
    let moment = hub.moment();
    let mut page = hub.accounts.list(member.as_ref(), None).await.map_err(failed)?;
    // Accounts of a member that has left the registry are still listed.
    if let Some(unknown) = member.as_ref().filter(|_| page.is_empty()) {
        let snapshot = hub.registry.current();
        if snapshot.member(unknown).is_none() {
            let near = nearest(unknown.as_str(), snapshot.members().map(|m| m.id.as_str()));
            return Err(CommandError::Failed(format!("no member `{unknown}`: {near}")));
        }
    }
    note(&hub, "account.listed", member.as_ref(), None, &moment).await?;
    let mut listing = print.list();
    'pages: while let Some(last) = page.last().map(|account| account.id.clone()) {
        for account in &page {
            let factors = factors(&hub, account).await?;
            if !listing.item(&json(account, factors.as_ref()), &line(account, factors.as_ref())) {
                break 'pages;
            }
        }
        page = hub.accounts.list(member.as_ref(), Some(&last)).await.map_err(failed)?;
    }
    let count = usize::try_from(listing.end()).unwrap_or(usize::MAX);
    if !print.json {
        eprintln!("{}", counted(count, "account", "accounts"));
    }
    Ok(Ended::Good)
}

/// Nobody without a role is asked for one.
async fn factors(
    hub: &Installation,
    account: &AccountRow,
) -> Result<Option<Factors>, CommandError> {
    if account.role.is_none() {
        return Ok(None);
    }
    let factors = hub.accounts.factors(&account.id).await;
    factors.map_err(|refusal| CommandError::Failed(refusal.to_string()))
}

fn json(account: &AccountRow, factors: Option<&Factors>) -> serde_json::Value {
    let passkey = |kept: &PasskeyKept| {
        serde_json::json!({
            "name": kept.name, "added": web::local_time(kept.added),
            "used": kept.used.map(web::local_time),
        })
    };
    let factors = factors.map(|factors| {
        serde_json::json!({
            "app": factors.app.map(web::local_time),
            "recovery_codes_left": factors.recovery_left,
            "passkeys": factors.passkeys.iter().map(passkey).collect::<Vec<_>>(),
        })
    });
    serde_json::json!({
        "second_factors": factors,
        "login": account.login, "role": account.role, "name": account.profile.name,
        "mail": account.profile.mail, "phone": account.profile.phone,
        "class": account.class, "category": account.category, "standing": account.standing,
        "valid_until": account.valid_until.map(web::local_time),
        "must_change_password": account.must_change,
        "created": web::local_time(account.created),
    })
}

/// Login name, standing, then what there is besides.
fn line(account: &AccountRow, factors: Option<&Factors>) -> String {
    let mut parts = vec![account.login.clone(), account.standing.as_str().to_owned()];
    parts.extend(account.role.map(|role| role.as_str().to_owned()));
    parts.extend(account.class.as_ref().map(|class| format!("class {class}")));
    parts.extend(account.category.clone());
    parts.extend(account.profile.name.clone());
    parts.extend(account.valid_until.map(|end| format!("until {}", day(end))));
    if account.must_change {
        parts.push("password to be changed".to_owned());
    }
    if let Some(factors) = factors {
        parts.extend(factors.app.map(|since| format!("code app since {}", day(since))));
        parts.extend(factors.passkeys.iter().map(|kept| {
            let used = kept.used.map_or("never used".to_owned(), |at| format!("used {}", day(at)));
            format!("passkey `{}` since {}, {used}", kept.name, day(kept.added))
        }));
        parts.push(counted(factors.recovery_left, "recovery code", "recovery codes"));
    }
    parts.join("  ")
}

fn day(at: Timestamp) -> String {
    web::local_time(at).chars().take(10).collect()
}
