//! The program `readerpass-second-opinion`: started by the hub, asked on its standard input.

use std::process::ExitCode;

fn main() -> ExitCode {
    second_opinion::child::run()
}
