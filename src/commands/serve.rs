//! `readerpass serve`

mod signals;

pub(crate) use signals::StopSignal;

use super::{CommandError, Ended, configuration};
use crate::assemble::{Appearance, assemble};
use crate::cli::{Cli, ServeArgs};
use crate::health;
use crate::installation::Installation;
use crate::listen::{self, Ear, Places, Tls};
use crate::outside::SystemClock;
use crate::running::Running;
use crate::second_opinion;
use model::Clock;
use signals::{Asked, hangups, stdin_closed};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use store::Durable;

/// How often a node looks at the registry's version (DESIGN.md section 6) and at the keys.
const WATCH: Duration = Duration::from_millis(250);
/// How often metadata from addresses are fetched anew.
const REMOTE: Duration = Duration::from_hours(1);
/// How often the heads of the audit chains are joined (rule 11).
const HEADS: Duration = Duration::from_mins(1);
/// How long running requests may take to end.
const LAST: Duration = Duration::from_secs(15);

pub(super) async fn run(cli: &Cli, args: &ServeArgs) -> Result<Ended, CommandError> {
    let mut signal = StopSignal::listen()?;
    // From the first moment, and for good: a reload that comes early must not end the program.
    let hangups = hangups()?;
    let config = configuration(cli)?;
    let failed = |e: &dyn std::fmt::Display| CommandError::Failed(e.to_string());
    let host = config.public_url.host();
    let load = |files| Tls::load(files, host, Arc::new(SystemClock));
    let tls = config.tls.as_ref().map(load).transpose().map_err(|e| failed(&e))?;
    let listener = listen::bind(config.listen, "the key `listen`").await.map_err(|e| failed(&e))?;
    let figures = figures_port(config.metrics_listen).await?;
    let hub = Installation::open(config).await?;
    if hub.registry.current().version() == 0 {
        tracing::warn!("no registry is applied yet: run `readerpass apply DIR`");
    }
    second_opinion::prepare(hub.second_opinion.as_ref()).await;
    tracing::info!(at = %hub.config.public_url.as_str(), listen = %hub.config.listen, "serving");
    if tls.is_none() {
        tokio::spawn(hangups);
    }
    let has_parent = args.until_stdin_closes;
    let (asking, asked) = tokio::sync::oneshot::channel();
    let asked_twice = async move {
        let parent_gone =
            async { if has_parent { stdin_closed().await } else { std::future::pending().await } };
        let who =
            tokio::select! { who = signal.came() => who, () = parent_gone => Asked::Directly };
        // The receiver is gone only when serving has ended already.
        let _ = asking.send(who);
        signal.came().await;
    };
    let (running, drain) = (Arc::clone(&hub.running), hub.config.drain);
    let stop = async move {
        let who = asked.await;
        running.end();
        if who == Ok(Asked::ByService) {
            tracing::info!(seconds = drain.as_secs(), "ending: no longer ready, still serving");
            tokio::time::sleep(drain).await;
        }
    };
    let ears = (Ear { listener, tls, places: Places::new() }, figures);
    let appearance = Appearance { demo_mark: args.demo_mark };
    tokio::select! {
        ended = Box::pin(run_hub(hub, ears, appearance, stop)) => ended.map(|()| Ended::Good),
        () = asked_twice => {
            tracing::warn!("asked twice: ending at once");
            Ok(Ended::NotGood)
        }
    }
}

/// The port of `/metrics` alone, where the configuration names one.
async fn figures_port(at: Option<SocketAddr>) -> Result<Option<Ear>, CommandError> {
    let Some(at) = at else { return Ok(None) };
    let listener = listen::bind(at, "the key `metrics_listen`")
        .await
        .map_err(|e| CommandError::Failed(e.to_string()))?;
    Ok(Some(Ear { listener, tls: None, places: Places::new() }))
}

/// Runs a hub until `stop`, with everything it does in the background; the second ear is for
/// `/metrics` alone.
pub(crate) async fn run_hub(
    hub: Installation,
    (ear, figures): (Ear, Option<Ear>),
    appearance: Appearance,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), CommandError> {
    let router = assemble(&hub, appearance).map_err(|e| CommandError::Failed(e.to_string()))?;
    // Set once: a process runs one hub.
    let _ = hub.running.ear.set((ear.places.clone(), ear.tls.clone()));
    let certificate = ear.tls.clone();
    let own_port = health::own_port(router.clone());
    let background = [
        tokio::spawn(hub.registry.clone().watch(WATCH)),
        tokio::spawn(Arc::clone(&hub.keys).watch(Arc::clone(&hub.clock), WATCH)),
        tokio::spawn(hub.registry.clone().watch_remote(
            hub.http.clone(),
            Arc::clone(&hub.clock),
            REMOTE,
        )),
        tokio::spawn(join_heads(
            hub.durable.clone(),
            Arc::clone(&hub.clock),
            Arc::clone(&hub.running),
        )),
        tokio::spawn(async move {
            if let Some(tls) = certificate {
                tls.watch().await;
            }
        }),
        tokio::spawn(async move {
            if let Some(ear) = figures {
                // Until the end: what happens while the hub ends is to be seen too.
                listen::serve(ear, own_port, std::future::pending()).await;
            }
        }),
    ];
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let stop = async move {
        stop.await;
        // The receiver is gone only when serving has ended already.
        let _ = stopping.send(());
    };
    let serving = listen::serve(ear, router, stop);
    let drained = async {
        if stopped.await.is_ok() {
            tokio::time::sleep(LAST).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = serving => {}
        () = drained => {}
    }
    for task in background {
        task.abort();
    }
    Ok(())
}

async fn join_heads(durable: Durable, clock: Arc<dyn Clock>, running: Arc<Running>) {
    loop {
        tokio::time::sleep(HEADS).await;
        let now = clock.now();
        match durable.write_heads(now).await {
            Ok(()) => running.wrote_heads(now),
            Err(fault) => {
                tracing::error!(error = %fault, "the audit log's heads could not be written");
            }
        }
    }
}
