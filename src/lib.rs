//! The program `readerpass`: command line, configuration, assembly.
//!
//! No logic of logins lives here. `assemble` puts the rooms together from
//! what comes from outside; tests call it with a clock and a store of theirs.

pub mod assemble;
mod backup;
pub mod cli;
mod commands;
pub mod config;
mod demo;
mod health;
pub mod installation;
pub mod listen;
mod logging;
pub mod outside;
mod requests;
pub mod running;
mod second_opinion;

use clap::Parser as _;
use cli::Cli;
use std::process::ExitCode;

/// Runs the program: exit code 0 good, 1 the thing asked about is not good, 2 wrong use.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(why) = logging::start(cli.json) {
        eprintln!("{why}");
        return ExitCode::from(2);
    }
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        eprintln!("a TLS provider was installed twice");
        return ExitCode::from(2);
    }
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let code = runtime.block_on(commands::run(cli));
            // A thread that still waits for standard input must not hold up the end.
            runtime.shutdown_background();
            code
        }
        Err(e) => {
            eprintln!("the program could not start its worker threads: {e}");
            ExitCode::from(1)
        }
    }
}
