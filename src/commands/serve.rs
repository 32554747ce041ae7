//! `readerpass serve`

use super::{CommandError, Ended, configuration};
use crate::assemble::{Appearance, assemble};
use crate::cli::{Cli, ServeArgs};
use crate::installation::Installation;
use crate::listen;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How often a node looks at the registry's version (DESIGN.md section 6).
const WATCH: Duration = Duration::from_millis(250);
/// How often metadata from addresses are fetched anew.
const REMOTE: Duration = Duration::from_hours(1);
/// How often the heads of the audit chains are joined (rule 11).
const HEADS: Duration = Duration::from_mins(1);
/// How long running requests may take to end.
const DRAIN: Duration = Duration::from_secs(15);

pub(super) async fn run(cli: &Cli, args: &ServeArgs) -> Result<Ended, CommandError> {
    let mut signal = StopSignal::listen()?;
    let config = configuration(cli)?;
    let failed = |e: &dyn std::fmt::Display| CommandError::Failed(e.to_string());
    let listener = listen::bind(config.listen, "the key `listen`").await.map_err(|e| failed(&e))?;
    let hub = Installation::open(config).await?;
    if hub.registry.current().version() == 0 {
        tracing::warn!("no registry is applied yet: run `readerpass apply DIR`");
    }
    tracing::info!(at = %hub.config.public_url.as_str(), listen = %hub.config.listen, "serving");
    let watch_stdin = args.until_stdin_closes;
    let stop = async move {
        if watch_stdin {
            tokio::select! { () = signal.came() => {}, () = stdin_closed() => {} }
        } else {
            signal.came().await;
        }
    };
    run_hub(hub, listener, Appearance { demo_mark: args.demo_mark }, stop).await?;
    Ok(Ended::Good)
}

/// Runs a hub until `stop`, with everything it does in the background.
pub(crate) async fn run_hub(
    hub: Installation,
    listener: TcpListener,
    appearance: Appearance,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), CommandError> {
    let router = assemble(&hub, appearance).map_err(|e| CommandError::Failed(e.to_string()))?;
    let background = [
        tokio::spawn(hub.registry.clone().watch(WATCH)),
        tokio::spawn(hub.registry.clone().watch_remote(
            hub.http.clone(),
            Arc::clone(&hub.clock),
            REMOTE,
        )),
        tokio::spawn(join_heads(hub.durable.clone(), Arc::clone(&hub.clock))),
    ];
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let stop = async move {
        stop.await;
        // The receiver is gone only when serving has ended already.
        let _ = stopping.send(());
    };
    let serving = listen::serve(listener, hub.config.tls.as_ref(), router, stop);
    let drained = async {
        if stopped.await.is_ok() {
            tokio::time::sleep(DRAIN).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    let served = tokio::select! {
        served = serving => served.map_err(|e| CommandError::Failed(e.to_string())),
        () = drained => Ok(()),
    };
    for task in background {
        task.abort();
    }
    served
}

async fn join_heads(durable: store::Durable, clock: Arc<dyn model::Clock>) {
    loop {
        tokio::time::sleep(HEADS).await;
        if let Err(fault) = durable.write_heads(clock.now()).await {
            tracing::error!(error = %fault, "the audit log's heads could not be written");
        }
    }
}

/// Ctrl-C and SIGTERM, listened for from the moment this is made: a signal that
/// comes while the program still starts ends it in order, too.
pub(crate) struct StopSignal {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignal {
    /// Listens from now on.
    pub(crate) fn listen() -> Result<Self, CommandError> {
        let on = |kind| {
            signal(kind).map_err(|e| CommandError::Failed(format!("no signal can be caught: {e}")))
        };
        Ok(Self {
            interrupt: on(SignalKind::interrupt())?,
            terminate: on(SignalKind::terminate())?,
        })
    }

    /// Resolves when one came.
    pub(crate) async fn came(&mut self) {
        tokio::select! { _ = self.interrupt.recv() => {}, _ = self.terminate.recv() => {} }
    }
}

/// The parent is gone: its end of our standard input was closed.
async fn stdin_closed() {
    let mut stdin = tokio::io::stdin();
    let mut scrap = [0; 64];
    while !matches!(stdin.read(&mut scrap).await, Ok(0) | Err(_)) {}
}
