//! The command line (DESIGN.md section 9: kept letter for letter).

mod keys;
mod member;

use clap::{Args, Parser, Subcommand};
pub use keys::{KeysCommand, KeysImportArgs, KeysRetireArgs, KeysRotateArgs, UseArgs};
pub use member::{MemberAcceptArgs, MemberCommand, MemberTestArgs};
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
    /// Member libraries.
    Member {
        /// What to do with a member.
        #[command(subcommand)]
        command: MemberCommand,
    },
    /// Central accounts.
    Account {
        /// What to do with accounts.
        #[command(subcommand)]
        command: AccountCommand,
    },
    /// Write a copy of everything durable to one file, while the hub runs.
    Backup {
        /// The file to write; an existing one is refused.
        file: PathBuf,
    },
    /// Begin an empty data folder with a backup.
    Restore {
        /// What `backup` wrote.
        file: PathBuf,
    },
    /// The hub's own keys: what signs, what is published, what comes next.
    Keys {
        /// What to do with keys.
        #[command(subcommand)]
        command: KeysCommand,
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
    /// Take a folder that leaves none of the members, or none of the services, that are in force.
    #[arg(long)]
    pub remove_all: bool,
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
    Create(Box<AccountCreateArgs>),
    /// Issue a one-time password in the place of a forgotten one; running sessions end.
    Reset(AccountNameArgs),
    /// Block an account: it logs in, and policy closes what a blocked card may not use.
    Block(AccountBlockArgs),
    /// Set an account to good standing again.
    Unblock(AccountNameArgs),
    /// Forget the second factors of who lost them all, or one passkey that was lost.
    ForgetFactor(AccountFactorArgs),
    /// List the accounts of a member.
    List(AccountListArgs),
}

/// Names one account.
#[derive(Debug, Args)]
pub struct AccountNameArgs {
    /// The member it belongs to; absent for operator and auditor only.
    #[arg(long, value_name = "ID")]
    pub member: Option<String>,
    /// Login name.
    #[arg(long, value_name = "NAME")]
    pub login: String,
}

/// Arguments of `account forget-factor`.
#[derive(Debug, Args)]
pub struct AccountFactorArgs {
    /// The account.
    #[command(flatten)]
    pub account: AccountNameArgs,
    /// This passkey alone, by the name that `account list` shows; absent: all factors, and
    /// the next login sets up a new one.
    #[arg(long, value_name = "NAME")]
    pub passkey: Option<String>,
}

/// Arguments of `account block`.
#[derive(Debug, Args)]
pub struct AccountBlockArgs {
    /// The account.
    #[command(flatten)]
    pub account: AccountNameArgs,
    /// Cut it off altogether: it cannot log in any more.
    #[arg(long)]
    pub suspend: bool,
}

/// Arguments of `account list`.
#[derive(Debug, Args)]
pub struct AccountListArgs {
    /// The member; absent: operators and auditors.
    #[arg(long, value_name = "ID")]
    pub member: Option<String>,
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
    /// Name of the person.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// E-mail address.
    #[arg(long, value_name = "ADDRESS")]
    pub mail: Option<String>,
    /// Telephone number.
    #[arg(long, value_name = "NUMBER")]
    pub phone: Option<String>,
    /// The library's own category of reader, e.g. graduate.
    #[arg(long, value_name = "CATEGORY")]
    pub category: Option<String>,
    /// Class, where it differs from the member's.
    #[arg(long, value_name = "CLASS")]
    pub class: Option<String>,
    /// Last day, as in 2027-06-30, or a time of RFC 3339.
    #[arg(long, value_name = "DATE")]
    pub valid_until: Option<String>,
}

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check every chain of the log.
    Verify(VerifyArgs),
}

/// Arguments of `audit verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The newest head that an earlier run printed: fails where the log holds it no more,
    /// as after the whole log, or its end, was taken away.
    #[arg(long, value_name = "N:HASH")]
    pub expect: Option<String>,
}
