//! `sluse contract`: the architect's work on contracts.

mod bundle;
mod given;
mod import;
mod lint;
mod list;
mod show;
pub(super) mod stands;

use super::{Exit, Output};

/// Bring in, list, show, check and bundle contracts
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Bundle(bundle::Args),
    Import(import::Args),
    Lint(lint::Args),
    List(list::Args),
    Show(show::Args),
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    match &args.command {
        Command::Bundle(args) => bundle::run(args, output),
        Command::Import(args) => import::run(args, output),
        Command::Lint(args) => lint::run(args, output),
        Command::List(args) => list::run(args, output),
        Command::Show(args) => show::run(args, output),
    }
}

/// A size as people read it.
fn size(bytes: usize) -> String {
    const UNITS: [&str; 4] = ["bytes", "kB", "MB", "GB"];
    let (mut whole, mut tenths, mut unit) = (bytes, 0, 0);
    while whole >= 1000 && unit + 1 < UNITS.len() {
        tenths = whole % 1000 / 100;
        whole /= 1000;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    if unit == 0 { format!("{whole} {name}") } else { format!("{whole}.{tenths} {name}") }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn writes_sizes_for_people() {
        for (bytes, text) in
            [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1.0 kB"), (61_980_000, "61.9 MB")]
        {
            assert_eq!(size(bytes), text);
        }
    }
}
