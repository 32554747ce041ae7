//! The two libraries: each an installation of its own, acting as that
//! library's local connector.

use super::folder::DemoFolder;
use super::plan::{LIBRARIES, Library, Plan};
use super::record::{Account, Record};
use super::{failed, hub::sample_member};
use crate::commands::CommandError;
use crate::config::Config;
use crate::installation::Installation;
use accounts::{AccountError, NewAccount};
use metadata::Bundle;
use model::{Class, MemberId, Profile, Text, Timestamp};
use saml::{IdpSelf, SpSelf, write_idp_metadata, write_sp_metadata};

/// Makes configuration, keys and accounts of both; returns their metadata by member.
pub(super) async fn prepare(
    folder: &DemoFolder,
    plan: Plan,
    record: &Record,
) -> Result<Vec<(Library, String)>, CommandError> {
    let mut prepared = Vec::new();
    for library in LIBRARIES {
        let installation = open(folder, plan, library).await?;
        create_accounts(&installation, library.id, record).await?;
        prepared.push((library, idp_metadata(&installation, library)?));
    }
    Ok(prepared)
}

/// Gives both libraries the hub's metadata: from now on they answer it.
pub(super) async fn introduce(
    folder: &DemoFolder,
    plan: Plan,
    hub: &Installation,
) -> Result<(), CommandError> {
    let hub_metadata = sp_metadata(hub);
    for library in LIBRARIES {
        let installation = open(folder, plan, library).await?;
        let base = format!("{}/registry", library.id);
        let write = |name: &str, text: &str| {
            folder.write(&format!("{base}/{name}"), text.as_bytes(), false).map_err(failed)
        };
        write(&format!("members/{}.toml", library.id), &own_member(library)?)?;
        write("services/hub.toml", HUB_AS_SERVICE)?;
        write("services/hub-sp.xml", &hub_metadata)?;
        write("policy/hub-decides.cedar", HUB_DECIDES)?;
        write("consortium.toml", &own_consortium(library)?)?;
        apply(&installation, &folder.join(&base)).await?;
    }
    Ok(())
}

/// Applies a folder; the demo's own, so a fault in it is ours.
pub(super) async fn apply(
    installation: &Installation,
    dir: &std::path::Path,
) -> Result<(), CommandError> {
    let now = installation.moment().now;
    let bundle = Bundle::read(dir, now).map_err(|faults| {
        failed(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })?;
    metadata::apply(&installation.durable, &installation.keys, &installation.http, bundle, now)
        .await
        .map_err(failed)?;
    installation.registry.refresh().await.map_err(failed)?;
    Ok(())
}

/// Creates the sample accounts of one member that are not there yet.
pub(super) async fn create_accounts(
    installation: &Installation,
    member: &str,
    record: &Record,
) -> Result<(), CommandError> {
    let moment = installation.moment();
    for account in record.of_member(member) {
        let new = new_account(account, moment.now)?;
        match installation.accounts.create(new, &moment).await {
            Ok(created) if account.login == "reader-blocked" => {
                let blocked = model::Standing::Blocked;
                installation.durable.set_account_standing(&created.id, blocked).await?;
            }
            Ok(_) | Err(AccountError::LoginTaken) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(())
}

fn new_account(account: &Account, now: Timestamp) -> Result<NewAccount, CommandError> {
    let (name, mail, category) = match account.login.as_str() {
        "reader-jia" => ("读者甲", "reader-jia@nju.example", "研究生"),
        "reader-expired" => ("读者丙", "reader-bing@nju.example", "研究生"),
        "reader-yi" => ("读者乙", "reader-yi@jinling.example", "成人读者"),
        "reader-a" => ("Reader A", "reader-a@reader.example", "社会读者"),
        _ => ("读者丁", "reader-ding@reader.example", "社会读者"),
    };
    let expired = account.login == "reader-expired";
    let campus = account.member == "nju";
    Ok(NewAccount {
        member: Some(MemberId::parse(&account.member).map_err(failed)?),
        login: account.login.clone(),
        password: Some(account.password.clone().into()),
        role: None,
        profile: Profile {
            name: Some(name.to_owned()),
            mail: Some(mail.to_owned()),
            phone: Some("000-0000-1000".to_owned()),
            department: campus.then(|| "信息管理学院".to_owned()),
            card_number: (!campus).then(|| format!("S{}", 100_000 + account.login.len())),
        },
        class: Some(Class::parse(&account.class).map_err(failed)?),
        category: Some(category.to_owned()),
        affiliation: vec![if campus { "student" } else { "member" }.to_owned()],
        must_change: false,
        valid_until: expired.then(|| now.plus_s(-21 * 86_400)),
    })
}

async fn open(
    folder: &DemoFolder,
    plan: Plan,
    library: Library,
) -> Result<Installation, CommandError> {
    let text = format!(
        "# Written by `readerpass demo`: the local connector of one library.\n\
         public_url = \"{}\"\nlisten = \"127.0.0.1:{}\"\ndata_dir = \"data\"\n",
        plan.library(library),
        plan.library_port(library)
    );
    let name = format!("{}/readerpass.toml", library.id);
    folder.write(&name, text.as_bytes(), false).map_err(failed)?;
    let config = Config::read(&folder.join(&name), std::iter::empty())?;
    Ok(Installation::open_moved(config).await?)
}

fn idp_metadata(installation: &Installation, library: Library) -> Result<String, CommandError> {
    let member = sample_member(library.id)?;
    let public_url = &installation.config.public_url;
    let sso = public_url.join("/saml/idp/sso");
    let keys = installation.keys.current();
    Ok(write_idp_metadata(&IdpSelf {
        entity_id: &public_url.join("/saml/idp/metadata"),
        sso_redirect: &sso,
        sso_post: &sso,
        certs: &keys.saml_certificates(),
        name: &member.name,
        scopes: &member.scopes,
        want_authn_requests_signed: false,
    }))
}

fn sp_metadata(hub: &Installation) -> String {
    let public_url = &hub.config.public_url;
    let keys = hub.keys.current();
    write_sp_metadata(&SpSelf {
        entity_id: &public_url.join("/saml/sp/metadata"),
        acs: &public_url.join("/saml/sp/acs"),
        certs: &keys.saml_certificates(),
        encryption_certs: &keys.saml_encryption_certificates(),
        name: &Text::new("读者通", "Readerpass"),
    })
}

/// The library as its own connector sees it: one member, central accounts.
fn own_member(library: Library) -> Result<String, CommandError> {
    let mut member = sample_member(library.id)?;
    member.connectors.clear();
    let mut text = toml::to_string(&member).map_err(failed)?;
    text.push_str("\n[[connector]]\nkind = \"central\"\n");
    Ok(text)
}

fn own_consortium(library: Library) -> Result<String, CommandError> {
    let member = sample_member(library.id)?;
    let name = serde_json::json!(member.name.zh);
    let english = serde_json::json!(member.name.en);
    Ok(format!("name = {{ zh = {name}, en = {english} }}\n"))
}

/// What a library tells the hub of its readers.
const HUB_AS_SERVICE: &str = "\
id = \"hub\"
name = { zh = \"读者通\", en = \"Readerpass\" }
release = [\"name\", \"mail\", \"phone\", \"category\", \"department\", \"card_number\", \"affiliation\", \"valid_until\", \"standing\"]

[saml]
metadata = \"hub-sp.xml\"
idp = \"shared\"
";

/// Without it a reader whose card has expired would be refused here, before the
/// hub can say which services still work.
const HUB_DECIDES: &str = "\
@id(\"hub-decides\")
@reason_zh(\"读者证的状态由联盟的应用各自判断。\")
@reason_en(\"What the state of a card means is decided service by service at the hub.\")
permit (principal, action, resource in Service::\"hub\");
";
