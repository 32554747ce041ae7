//! One file a command. Each returns whether the thing asked about is good.

mod account;
mod apply;
mod audit;
mod backup;
mod check;
mod demo;
mod explain;
mod export;
mod keys;
mod member;
mod nearest;
mod print;
mod restore;
mod serve;
mod snapshot;
mod trace;
mod until;

use crate::cli::{AccountCommand, AuditCommand, Cli, Command, MemberCommand};
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
    /// The file of a backup.
    #[error(transparent)]
    Backup(#[from] crate::backup::BackupError),
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
        Command::Demo(args) => Box::pin(demo::run(args)).await,
        Command::Serve(args) => serve::run(&cli, args).await,
        Command::Apply(args) => Box::pin(apply::run(&cli, args, print)).await,
        Command::Export { dir } => export::run(&cli, dir, print).await,
        Command::Check { dir } => Ok(check::run(dir, print)),
        Command::Explain(args) => explain::run(&cli, args, print).await,
        Command::Trace { code } => trace::run(&cli, code, print).await,
        Command::Member { command: MemberCommand::Test(args) } => {
            member::test(&cli, args, print).await
        }
        Command::Member { command: MemberCommand::AcceptReader(args) } => {
            member::accept(&cli, args, print).await
        }
        Command::Account { command } => account(&cli, command, print).await,
        Command::Backup { file } => backup::run(&cli, file, print).await,
        Command::Restore { file } => restore::run(&cli, file, print).await,
        Command::Keys { command } => keys::run(&cli, command, print).await,
        Command::Audit { command: AuditCommand::Verify(args) } => {
            audit::verify(&cli, args, print).await
        }
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

async fn account(
    cli: &Cli,
    command: &AccountCommand,
    print: Printer,
) -> Result<Ended, CommandError> {
    match command {
        AccountCommand::Create(args) => account::create(cli, args, print).await,
        AccountCommand::Reset(args) => account::reset(cli, args, print).await,
        AccountCommand::Block(args) => account::block(cli, args, print).await,
        AccountCommand::Unblock(args) => account::unblock(cli, args, print).await,
        AccountCommand::ForgetFactor(args) => account::forget_factor(cli, args, print).await,
        AccountCommand::List(args) => account::list(cli, args, print).await,
    }
}

/// The installation that `--config` names.
pub(crate) async fn installation(cli: &Cli) -> Result<Installation, CommandError> {
    Ok(Installation::open(configuration(cli)?).await?)
}

/// The installation that `--config` names, for commands that only look: a
/// mistyped folder must not read as an empty installation that is all well.
pub(crate) async fn existing_installation(cli: &Cli) -> Result<Installation, CommandError> {
    Ok(Installation::open(existing_configuration(cli)?).await?)
}

/// The configuration of an installation that is there.
pub(crate) fn existing_configuration(cli: &Cli) -> Result<Config, CommandError> {
    let config = configuration(cli)?;
    if !config.has_installation() {
        return Err(CommandError::Failed(format!(
            "data_dir {}: no installation there — name the right one in the configuration, or run `readerpass apply DIR` to begin one",
            config.data_dir.display()
        )));
    }
    Ok(config)
}

/// The configuration that `--config` names, with the environment over it.
pub(crate) fn configuration(cli: &Cli) -> Result<Config, CommandError> {
    let known = |name: &str| {
        name.starts_with("READERPASS_") && name != "READERPASS_LOG"
            || name == "CREDENTIALS_DIRECTORY"
    };
    let environment = std::env::vars_os()
        .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
        .filter(|(name, _)| known(name));
    Ok(Config::read(&cli.config, environment)?)
}
