//! The sample consortium on loopback: a hub, two libraries with a login of
//! their own, and five services, all speaking over HTTP as strangers would.

mod banner;
mod children;
mod folder;
mod hub;
mod libraries;
mod plan;
mod record;
mod seed;

use crate::assemble::Appearance;
use crate::commands::{CommandError, StopSignal, run_hub};
use crate::installation::Installation;
use crate::listen::{self, Ear, Places};
use crate::outside::moment_now;
use children::Children;
use demo_services::{Credentials, Kind, Place, SamlKeys};
use folder::DemoFolder;
use plan::Plan;
use record::Record;
use std::path::Path;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Runs the demo until Ctrl-C or SIGTERM, whenever it comes.
pub(crate) async fn run(data: Option<&Path>, port: u16) -> Result<(), CommandError> {
    let mut stop = StopSignal::listen()?;
    let plan = Plan::new(port);
    let listeners = plan.bind().await.map_err(failed)?;
    let folder = DemoFolder::open(data, &moment_now()).map_err(failed)?;
    let prepared = tokio::select! {
        prepared = prepare(plan, &folder) => prepared.map(Some),
        _ = stop.came() => Ok(None),
    };
    let result = match prepared {
        Ok(Some(prepared)) => serve(plan, &folder, listeners, prepared, stop).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    // The stores are closed by now; a temporary folder goes with them.
    drop(folder);
    result
}

/// What stands before anything is served.
struct Prepared {
    record: Record,
    services: Vec<(Place, Credentials)>,
    hub: Installation,
}

async fn prepare(plan: Plan, folder: &DemoFolder) -> Result<Prepared, CommandError> {
    let record = Record::load_or_draw(folder, plan, &moment_now())?;
    // First of all: it marks the folder as a demo's.
    record.save(folder)?;
    let libraries = libraries::prepare(folder, plan, &record).await?;
    let services = services(plan, &record)?;
    let hub = hub::prepare(folder, plan, &record, &libraries, &services).await?;
    libraries::introduce(folder, plan, &hub).await?;
    Ok(Prepared { record, services, hub })
}

async fn serve(
    plan: Plan,
    folder: &DemoFolder,
    listeners: plan::Listeners,
    prepared: Prepared,
    mut stop: StopSignal,
) -> Result<(), CommandError> {
    let Prepared { record, services, hub } = prepared;
    // Held until now so that nobody else takes the libraries' ports.
    drop(listeners.libraries);
    let mut children = Children::start(folder).map_err(failed)?;
    let (ending, ended) = watch::channel(false);
    let mut tasks = Vec::new();
    for ((place, credentials), listener) in services.into_iter().zip(listeners.services) {
        let until = until(ended.clone());
        tasks.push(tokio::spawn(demo_services::run(listener, place, credentials, until)));
    }
    let ear = Ear { listener: listeners.hub, tls: None, places: Places::new() };
    let serving = Box::pin(run_hub(hub, (ear, None), Appearance { demo_mark: true }, until(ended)));
    let watched = async {
        let stood = tokio::select! {
            ready = children.wait_until_ready(plan) => ready.map(|()| true),
            _ = stop.came() => Ok(false),
        };
        let outcome = match stood {
            Ok(true) => {
                banner::print(plan, &record, folder);
                tokio::select! {
                    _ = stop.came() => Ok(()),
                    why = children.one_ended() => Err(failed(why)),
                }
            }
            Ok(false) => Ok(()),
            Err(why) => Err(failed(why)),
        };
        // Gone only where serving has ended already.
        let _ = ending.send(true);
        outcome
    };
    let (served, watched) = tokio::join!(serving, watched);
    children.end().await;
    for task in tasks {
        task.abort();
    }
    watched.and(served)
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone: that is a stop, too.
    let _ = stopped.wait_for(|s| *s).await;
}

fn services(plan: Plan, record: &Record) -> Result<Vec<(Place, Credentials)>, CommandError> {
    Kind::ALL
        .into_iter()
        .map(|kind| {
            let place = plan.service(kind);
            let credentials = if kind.speaks_saml() {
                Credentials::Saml(SamlKeys::generate(kind.id()).map_err(failed)?)
            } else {
                let client = record.client(kind.id()).ok_or_else(|| {
                    failed("demo.json names no client of a service: delete it and start again")
                })?;
                Credentials::Oidc {
                    client_id: client.client_id.clone(),
                    client_secret: client.client_secret.clone(),
                }
            };
            Ok((place, credentials))
        })
        .collect()
}

fn failed(why: impl std::fmt::Display) -> CommandError {
    CommandError::Failed(why.to_string())
}

/// Binds one loopback port of the demo.
async fn bind(port: u16) -> Result<TcpListener, listen::ListenError> {
    listen::bind(([127, 0, 0, 1], port).into(), "readerpass demo --port N").await
}
