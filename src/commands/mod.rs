//! One file a command. Each returns whether the thing asked about is good.

mod account;
mod apply;
mod audit;
mod check;
mod demo;
mod explain;
mod export;
mod print;
mod serve;
mod trace;

use crate::cli::{AccountCommand, AuditCommand, Cli, Command};
use crate::config::{Config, ConfigError};
use crate::installation::{Installation, OpenError};
use print::Printer;
use std::process::ExitCode;

pub(crate) use serve::{StopSignal, run_hub};

/// How a command ended.
pub(crate) enum Ended {
    /// Good: exit code 0.
    Good,
    /// The thing asked about is not good: exit code 1.
    NotGood,
}

/// Why a command could not do its work; exit code 1, or 2 for wrong use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The installation.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A store.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// Asked in the wrong way.
    #[error("{0}")]
    Usage(String),
    /// Anything else, said in full.
    #[error("{0}")]
    Failed(String),
}

pub(crate) async fn run(cli: Cli) -> ExitCode {
    let print = Printer { json: cli.json };
    let ended = match &cli.command {
        Command::Demo(args) => demo::run(args).await,
        Command::Serve(args) => serve::run(&cli, args).await,
        Command::Apply(args) => apply::run(&cli, args, print).await,
        Command::Export { dir } => export::run(&cli, dir, print).await,
        Command::Check { dir } => Ok(check::run(dir, print)),
        Command::Explain(args) => explain::run(&cli, args, print).await,
        Command::Trace { code } => trace::run(&cli, code, print).await,
        Command::Account { command: AccountCommand::Create(args) } => {
            account::create(&cli, args, print).await
        }
        Command::Audit { command: AuditCommand::Verify } => audit::verify(&cli, print).await,
    };
    match ended {
        Ok(Ended::Good) => ExitCode::SUCCESS,
        Ok(Ended::NotGood) => ExitCode::from(1),
        Err(error) => {
            print.error(&error.to_string());
            ExitCode::from(if matches!(error, CommandError::Usage(_)) { 2 } else { 1 })
        }
    }
}

/// The installation that `--config` names.
pub(crate) async fn installation(cli: &Cli) -> Result<Installation, CommandError> {
    Ok(Installation::open(configuration(cli)?).await?)
}

/// The installation that `--config` names, for commands that only look: a
/// mistyped folder must not read as an empty installation that is all well.
pub(crate) async fn existing_installation(cli: &Cli) -> Result<Installation, CommandError> {
    let config = configuration(cli)?;
    if !config.has_installation() {
        return Err(CommandError::Failed(format!(
            "data_dir {}: no installation there — name the right one in the configuration, or run `readerpass apply DIR` to begin one",
            config.data_dir.display()
        )));
    }
    Ok(Installation::open(config).await?)
}

/// The configuration that `--config` names, with the environment over it.
pub(crate) fn configuration(cli: &Cli) -> Result<Config, CommandError> {
    let known = |name: &str| name.starts_with("READERPASS_") && name != "READERPASS_LOG";
    let environment = std::env::vars_os()
        .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
        .filter(|(name, _)| known(name));
    Ok(Config::read(&cli.config, environment)?)
}
