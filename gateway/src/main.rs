//! The binary `sluse`: takes the command line, runs one command, exits with its status.

use std::process::ExitCode;

fn main() -> ExitCode {
    sluse::panics::install();
    sluse::cli::run(std::env::args_os())
}
