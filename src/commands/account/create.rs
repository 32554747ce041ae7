//! `readerpass account create`

use super::{failed, member, note};
use crate::cli::{AccountCreateArgs, Cli};
use crate::commands::nearest::nearest;
use crate::commands::print::Printer;
use crate::commands::until::until;
use crate::commands::{CommandError, Ended, installation};
use accounts::{Created, NewAccount};
use metadata::Snapshot;
use model::{Class, MemberId, Profile, Timestamp};
use store::Role;

pub(in crate::commands) async fn create(
    cli: &Cli,
    args: &AccountCreateArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let role = args.role.as_deref().and_then(Role::parse);
    let member = placed(args, role)?;
    let password = password(args)?;
    let hub = installation(cli).await?;
    let snapshot = hub.registry.current();
    let class = known(&snapshot, member.as_ref(), args.class.as_deref())?;
    if role.is_none() {
        logs_in_here(&snapshot, member.as_ref())?;
    }
    let moment = hub.moment();
    let account = NewAccount {
        member: member.clone(),
        login: args.login.clone(),
        password: password.map(Into::into),
        role,
        profile: Profile {
            name: args.name.clone(),
            mail: args.mail.clone(),
            phone: args.phone.clone(),
            ..Profile::default()
        },
        class,
        category: args.category.clone(),
        affiliation: Vec::new(),
        must_change: args.password_file.is_none(),
        valid_until: valid_until(args, moment.now)?,
    };
    let created = hub.accounts.create(account, &moment).await.map_err(failed)?;
    note(&hub, "account.created", member.as_ref(), Some(&args.login), &moment).await?;
    say(&args.login, &created, role, print);
    Ok(Ended::Good)
}

/// Rule 14: operators and auditors stand outside the members, and nobody else does.
fn placed(args: &AccountCreateArgs, role: Option<Role>) -> Result<Option<MemberId>, CommandError> {
    let of_consortium = is_of_consortium(role);
    let member = member(args.member.as_deref())?;
    let wrong = match (&member, of_consortium) {
        (Some(_), true) => "operators and auditors belong to no member: leave --member out",
        (None, false) => {
            "name the library with --member ID; only --role operator or auditor goes without"
        }
        (None, true) if args.class.is_some() || args.category.is_some() => {
            "class and category are of readers: leave --class and --category out"
        }
        _ => return Ok(member),
    };
    Err(CommandError::Usage(wrong.to_owned()))
}

fn is_of_consortium(role: Option<Role>) -> bool {
    matches!(role, Some(Role::Operator | Role::Auditor))
}

fn password(args: &AccountCreateArgs) -> Result<Option<String>, CommandError> {
    let Some(file) = &args.password_file else { return Ok(None) };
    let text = std::fs::read_to_string(file)
        .map_err(|e| CommandError::Failed(format!("--password-file {}: {e}", file.display())))?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Member and class must mean something in the registry that is applied.
fn known(
    snapshot: &Snapshot,
    member: Option<&MemberId>,
    class: Option<&str>,
) -> Result<Option<Class>, CommandError> {
    let is_library = |id: &MemberId| snapshot.members().any(|member| member.id == *id);
    if let Some(unknown) = member.filter(|id| !is_library(id)) {
        let near = nearest(unknown.as_str(), snapshot.members().map(|m| m.id.as_str()));
        return Err(CommandError::Failed(format!(
            "no member `{unknown}` in the registry: {near} — apply a registry that has it first"
        )));
    }
    let Some(class) = class else { return Ok(None) };
    let class = Class::parse(class).map_err(|e| CommandError::Usage(e.to_string()))?;
    let declared: Vec<&str> = snapshot.policy().classes().map(|(c, _)| c.as_str()).collect();
    if !declared.is_empty() && !declared.contains(&class.as_str()) {
        return Err(CommandError::Failed(format!(
            "class `{class}` is not declared in policy/matrix.toml: use one of {}",
            declared.join(", ")
        )));
    }
    Ok(Some(class))
}

/// Where the library's own system asks for the password, an account here opens nothing.
fn logs_in_here(snapshot: &Snapshot, member: Option<&MemberId>) -> Result<(), CommandError> {
    let Some(member) = member.and_then(|id| snapshot.member(id)) else { return Ok(()) };
    if member.connectors.iter().any(|entry| entry.kind == "central") {
        return Ok(());
    }
    Err(CommandError::Failed(format!(
        "readers of `{0}` do not log in at the hub: it has no connector of kind \"central\" — give members/{0}.toml one and apply it, or name --role for its staff",
        member.id
    )))
}

fn valid_until(
    args: &AccountCreateArgs,
    now: Timestamp,
) -> Result<Option<Timestamp>, CommandError> {
    let Some(text) = &args.valid_until else { return Ok(None) };
    let end = until(text).ok_or_else(|| {
        CommandError::Usage(format!("--valid-until `{text}`: write a day as in 2027-06-30"))
    })?;
    if end <= now {
        let what = format!("--valid-until `{text}` is past: name a later day");
        return Err(CommandError::Failed(what));
    }
    Ok(Some(end))
}

fn say(login: &str, created: &Created, role: Option<Role>, print: Printer) {
    let mut text = format!("account {login} created\n");
    let password = created.one_time_password.as_ref().map(|p| p.as_str());
    if let Some(password) = password {
        text.push_str("one-time password, to be changed at the first login: ");
        text.push_str(password);
        text.push('\n');
    }
    let works_at = role.map(|role| if is_of_consortium(Some(role)) { "/admin" } else { "/desk" });
    if let Some(path) = works_at {
        text.push_str("the role gives nothing until a second factor is enrolled: log in at ");
        text.push_str(path);
        text.push_str(" with an authenticator app at hand\n");
    }
    let json = serde_json::json!({
        "login": login, "one_time_password": password, "can_log_in": true, "works_at": works_at,
    });
    print.result(&json, &text);
}
