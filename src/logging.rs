//! Logs: one line an event, to standard error.

use tracing_subscriber::EnvFilter;

/// Starts logging; `READERPASS_LOG` holds the filter (`info` where absent).
pub(crate) fn start(json: bool) {
    let filter = EnvFilter::try_from_env("READERPASS_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,hyper=warn"));
    let base = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    // A second start, as in tests, keeps the first.
    let _ = if json { base.json().try_init() } else { base.with_target(false).try_init() };
}
