//! `readerpass member …`

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What to do with a member library.
#[derive(Debug, Subcommand)]
pub enum MemberCommand {
    /// Try a library's connector without a login: what a reader's attributes would become.
    Test(MemberTestArgs),
    /// Let in a reader whose number used to be another's, or whose details have changed (LOG-039).
    AcceptReader(MemberAcceptArgs),
}

/// Arguments of `member accept-reader`.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("holder").required(true).args(["same_person", "next_person"])))]
pub struct MemberAcceptArgs {
    /// The member library.
    #[arg(value_name = "ID")]
    pub member: String,
    /// The reader's key, as `member test` shows it as local_id.
    #[arg(long, value_name = "KEY")]
    pub key: String,
    /// It is the same person: a new name, a card renewed late.
    #[arg(long)]
    pub same_person: bool,
    /// It is another person: services are told another reader, and the sessions of the one
    /// before end.
    #[arg(long)]
    pub next_person: bool,
    /// The connector; the member's first where it has several.
    #[arg(long, value_name = "ID")]
    pub connector: Option<String>,
}

/// Arguments of `member test`.
#[derive(Debug, Args)]
pub struct MemberTestArgs {
    /// The member library.
    #[arg(value_name = "ID")]
    pub member: String,
    /// JSON or TOML with what the library's system would send: its own names, each with a
    /// value or a list. Without it, the connectors are asked whether a login could begin.
    #[arg(long, value_name = "FILE")]
    pub attributes: Option<PathBuf>,
    /// The connector; the member's first where it has several.
    #[arg(long, value_name = "ID")]
    pub connector: Option<String>,
    /// Say in full what this service would be told, and why.
    #[arg(long, value_name = "ID", requires = "attributes")]
    pub service: Option<String>,
    /// Try this registry folder instead of the applied one.
    #[arg(long, value_name = "DIR", requires = "attributes")]
    pub registry: Option<PathBuf>,
}
