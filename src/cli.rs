//! The command line (DESIGN.md section 9: kept letter for letter).

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// The single sign-on hub of library consortia: one account, nationwide access.
#[derive(Debug, Parser)]
#[command(name = "readerpass", version, propagate_version = true)]
pub struct Cli {
    /// The configuration of the installation to act on.
    #[arg(long, global = true, value_name = "FILE", default_value = "readerpass.toml")]
    pub config: PathBuf,
    /// Print JSON, for scripts.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the sample consortium on loopback and print accounts to try.
    Demo(DemoArgs),
    /// Run the hub, or a library's own local connector.
    Serve(ServeArgs),
    /// Check a registry folder, print what changes, and change all or nothing.
    Apply(ApplyArgs),
    /// Write what is applied as a registry folder.
    Export {
        /// The folder to write; made where absent, refused where not empty.
        dir: PathBuf,
    },
    /// Check a registry folder: file, key and remedy of every fault.
    Check {
        /// The registry folder.
        dir: PathBuf,
    },
    /// Say what a reader would be given at a service, and why.
    Explain(ExplainArgs),
    /// Print the redacted steps of a login.
    Trace {
        /// The login code, as on the error page: K7F2-9QXP.
        code: String,
    },
    /// Central accounts.
    Account {
        /// What to do with accounts.
        #[command(subcommand)]
        command: AccountCommand,
    },
    /// The audit log.
    Audit {
        /// What to do with the log.
        #[command(subcommand)]
        command: AuditCommand,
    },
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Keep everything in this folder and use it again at the next start.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Port of the hub; the others follow.
    #[arg(long, value_name = "N", default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1024..=65000))]
    pub port: u16,
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// End when standard input closes: for a parent process that must not leave this one behind.
    #[arg(long, hide = true)]
    pub until_stdin_closes: bool,
    /// Mark every page as a demo.
    #[arg(long, hide = true)]
    pub demo_mark: bool,
}

/// Arguments of `apply`.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// The registry folder.
    pub dir: PathBuf,
    /// Print the changes and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The service.
    #[arg(long, value_name = "ID")]
    pub service: String,
    /// The member library.
    #[arg(long, value_name = "ID")]
    pub member: String,
    /// The class of the reader.
    #[arg(long, value_name = "CLASS")]
    pub class: String,
    /// TOML or JSON with further attributes by hub name: name, mail, category, standing, …
    #[arg(long, value_name = "FILE")]
    pub attributes: Option<PathBuf>,
    /// Explain this registry folder instead of the applied one.
    #[arg(long, value_name = "DIR")]
    pub registry: Option<PathBuf>,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Create a central account; without --password-file a one-time password is printed.
    Create(AccountCreateArgs),
}

/// Arguments of `account create`.
#[derive(Debug, Args)]
pub struct AccountCreateArgs {
    /// The member it belongs to; absent for operator and auditor only.
    #[arg(long, value_name = "ID")]
    pub member: Option<String>,
    /// Login name, unique in the member.
    #[arg(long, value_name = "NAME")]
    pub login: String,
    /// File that holds the password; it need not be changed at the first login.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Role; gives nothing until a second factor is enrolled.
    #[arg(long, value_parser = ["librarian", "head", "auditor", "operator"])]
    pub role: Option<String>,
}

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check every chain of the log.
    Verify,
}
