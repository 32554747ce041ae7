//! What ends the program, and when it was heard.

use super::CommandError;
use tokio::io::AsyncReadExt as _;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Ctrl-C and SIGTERM, listened for from the moment this is made: a signal that
/// comes while the program still starts ends it in order, too.
pub(crate) struct StopSignal {
    interrupt: Signal,
    terminate: Signal,
}

/// Who asks for the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A person at the keyboard, or a parent that is gone: nobody sends us requests by a list.
    Directly,
    /// SIGTERM: whoever spreads requests over nodes may still have us on the list.
    ByService,
}

impl StopSignal {
    /// Listens from now on.
    pub(crate) fn listen() -> Result<Self, CommandError> {
        Ok(Self {
            interrupt: on(SignalKind::interrupt())?,
            terminate: on(SignalKind::terminate())?,
        })
    }

    /// Resolves when one came.
    pub(crate) async fn came(&mut self) -> Asked {
        tokio::select! {
            _ = self.interrupt.recv() => Asked::Directly,
            _ = self.terminate.recv() => Asked::ByService,
        }
    }
}

/// SIGHUP asks for the certificate to be read again; without one it must not end the program.
pub(super) fn hangups() -> Result<impl Future<Output = ()> + Send + 'static, CommandError> {
    let mut hangup = on(SignalKind::hangup())?;
    Ok(async move {
        while hangup.recv().await.is_some() {
            tracing::info!(
                "nothing is read again at SIGHUP: the hub has no certificate of its own"
            );
        }
    })
}

/// The parent is gone: its end of our standard input was closed.
pub(super) async fn stdin_closed() {
    let mut stdin = tokio::io::stdin();
    let mut scrap = [0; 64];
    while !matches!(stdin.read(&mut scrap).await, Ok(0) | Err(_)) {}
}

fn on(kind: SignalKind) -> Result<Signal, CommandError> {
    signal(kind).map_err(|e| CommandError::Failed(format!("no signal can be caught: {e}")))
}
