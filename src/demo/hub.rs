//! The hub of the demo: the sample registry with this run's addresses.

use super::folder::DemoFolder;
use super::libraries::{apply, create_accounts};
use super::plan::{Library, Plan};
use super::record::Record;
use super::{failed, seed};
use crate::commands::CommandError;
use crate::config::Config;
use crate::installation::Installation;
use demo_services::{Credentials, Place};
use model::Member;

/// Writes the registry, applies it, and makes the class B accounts.
pub(super) async fn prepare(
    folder: &DemoFolder,
    plan: Plan,
    record: &Record,
    libraries: &[(Library, String)],
    services: &[(Place, Credentials)],
) -> Result<Installation, CommandError> {
    write_config(folder, plan)?;
    write_registry(folder, plan, record)?;
    let write = |name: &str, text: &str| {
        folder.write(&format!("registry/{name}"), text.as_bytes(), false).map_err(failed)
    };
    for (library, metadata) in libraries {
        write(&format!("members/{}", library.metadata), metadata)?;
    }
    for (place, credentials) in services {
        if let Credentials::Saml(keys) = credentials {
            write(&format!("services/{}-sp.xml", place.kind.id()), &keys.metadata(place))?;
        }
    }
    let config = Config::read(&folder.join("readerpass.toml"), std::iter::empty())?;
    let hub = Installation::open_moved(config).await?;
    apply(&hub, &folder.join("registry")).await?;
    create_accounts(&hub, "union", record).await?;
    Ok(hub)
}

fn write_config(folder: &DemoFolder, plan: Plan) -> Result<(), CommandError> {
    let text = format!(
        "# Written by `readerpass demo`: the hub. Try `readerpass --config THIS trace LOGIN-CODE`.\n\
         public_url = \"{}\"\nlisten = \"127.0.0.1:{}\"\ndata_dir = \"data\"\n",
        plan.hub(),
        plan.hub_port()
    );
    folder.write("readerpass.toml", text.as_bytes(), false).map_err(failed)
}

/// The committed sample with this run's addresses, and secrets in place of key files.
fn write_registry(folder: &DemoFolder, plan: Plan, record: &Record) -> Result<(), CommandError> {
    let renamed = plan.renamed();
    for (path, text) in seed::FILES {
        let mut text = (*text).to_owned();
        for (sample, ours) in &renamed {
            text = text.replace(sample, ours);
        }
        for client in &record.clients {
            let id = &client.service;
            text = text.replace(
                &format!("jwks = \"{id}.jwks.json\""),
                &format!("client_secret_file = \"{id}.secret\""),
            );
        }
        if !path.ends_with(".jwks.json") {
            folder.write(&format!("registry/{path}"), text.as_bytes(), false).map_err(failed)?;
        }
    }
    for client in &record.clients {
        let name = format!("registry/services/{}.secret", client.service);
        folder.write(&name, client.client_secret.as_bytes(), true).map_err(failed)?;
    }
    Ok(())
}

/// A member of the committed sample.
pub(super) fn sample_member(id: &str) -> Result<Member, CommandError> {
    let path = format!("members/{id}.toml");
    let (_, text) = seed::FILES
        .iter()
        .find(|(name, _)| *name == path)
        .ok_or_else(|| failed(format!("the sample has no {path}")))?;
    toml::from_str(text).map_err(failed)
}
