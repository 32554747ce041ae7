//! `readerpass account create`

use super::print::Printer;
use super::{CommandError, Ended, installation};
use crate::cli::{AccountCreateArgs, Cli};
use accounts::NewAccount;
use model::{MemberId, Profile};
use std::collections::BTreeMap;
use store::{Actor, AuditEntry, Role};

pub(super) async fn create(
    cli: &Cli,
    args: &AccountCreateArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let role = args.role.as_deref().and_then(role);
    let of_consortium = matches!(role, Some(Role::Operator | Role::Auditor));
    let member = args
        .member
        .as_deref()
        .map(MemberId::parse)
        .transpose()
        .map_err(|e| CommandError::Usage(e.to_string()))?;
    if member.is_some() == of_consortium {
        return Err(CommandError::Usage(if of_consortium {
            "operators and auditors belong to no member: leave --member out".to_owned()
        } else {
            "name the library with --member ID; only --role operator or auditor goes without"
                .to_owned()
        }));
    }
    let password = args
        .password_file
        .as_ref()
        .map(|file| {
            std::fs::read_to_string(file)
                .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
                .map_err(|e| CommandError::Failed(format!("{}: {e}", file.display())))
        })
        .transpose()?;
    let hub = installation(cli).await?;
    let snapshot = hub.registry.current();
    if let Some(unknown) = member.as_ref().filter(|m| snapshot.member(m).is_none()) {
        return Err(CommandError::Failed(format!(
            "no member `{unknown}` in the registry: apply a registry that has it first"
        )));
    }
    let moment = hub.moment();
    let created = hub
        .accounts
        .create(
            NewAccount {
                member: member.clone(),
                login: args.login.clone(),
                password: password.map(Into::into),
                role,
                profile: Profile::default(),
                class: None,
                category: None,
                affiliation: Vec::new(),
                must_change: args.password_file.is_none(),
                valid_until: None,
            },
            &moment,
        )
        .await
        .map_err(|e| CommandError::Failed(e.to_string()))?;
    let entry = AuditEntry {
        actor: Actor::Command,
        act: "account.created".to_owned(),
        member,
        service: None,
        code: None,
        outcome: None,
        personal: BTreeMap::from([("login".to_owned(), args.login.clone())]),
    };
    hub.durable.append_audit(&entry, moment.now, moment.entropy.bytes()).await?;
    let mut text = format!("account {} created\n", args.login);
    let password = created.one_time_password.as_ref().map(|p| p.as_str());
    if let Some(password) = password {
        text.push_str("one-time password, to be changed at the first login: ");
        text.push_str(password);
        text.push('\n');
    }
    if role.is_some() {
        text.push_str("the role gives nothing until a second factor is enrolled\n");
    }
    let json = serde_json::json!({ "login": args.login, "one_time_password": password });
    print.result(&json, &text);
    Ok(Ended::Good)
}

fn role(name: &str) -> Option<Role> {
    match name {
        "librarian" => Some(Role::Librarian),
        "head" => Some(Role::Head),
        "auditor" => Some(Role::Auditor),
        "operator" => Some(Role::Operator),
        _ => None,
    }
}
