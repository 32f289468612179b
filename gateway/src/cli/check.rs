//! `sluse check`: every fault of a configuration folder at once.

use super::{Exit, Output};
use crate::{
    clock::SystemClock,
    config::{load, process_environment},
};
use sluse_contracts::Finding;
use std::path::{Path, PathBuf};

/// Tell every fault in configuration, contracts, routes and waivers at once
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse check --config /etc/sluse\n  \
    sluse check --config /etc/sluse --format json | jq .hint\n\n\
    A line is `file:line:column code sentence`. Warnings alone leave the exit status 0.")]
pub(super) struct Args {
    /// The configuration folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    config: PathBuf,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    if let Err(exit) = require_folder(&args.config, output) {
        return exit;
    }
    let loaded = load(&args.config, &SystemClock, &process_environment);
    for finding in &loaded.findings {
        output.finding(finding);
    }
    let faults = loaded.findings.iter().filter(|finding| finding.is_error()).count();
    output.note(summary(&loaded.findings));
    match &loaded.snapshot {
        Some(snapshot) if faults == 0 => {
            let counts = [
                (snapshot.registry.contracts().len(), "contract"),
                (snapshot.services.len(), "service"),
                (snapshot.routes.len(), "route"),
                (snapshot.receivers.len(), "receiver"),
                (snapshot.members.len(), "member"),
                (snapshot.waivers.len(), "waiver"),
            ];
            let mut counts = counts.map(|(count, one)| plural(count, one)).join(", ");
            let adapters = snapshot.adapters.sound().count();
            if adapters > 0 {
                counts = format!("{counts}, {}", plural(adapters, "adapter"));
            }
            output.note(counts);
            Exit::Fine
        }
        _ => Exit::Found,
    }
}

/// Refuses what is no folder, before anything is read.
pub(super) fn require_folder(folder: &Path, output: &mut Output) -> Result<(), Exit> {
    if folder.is_dir() {
        return Ok(());
    }
    let exit = output.error(format_args!("`{}` is not a folder", folder.display()));
    output.hint("`sluse init DIR` writes a configuration folder to start from");
    Err(exit)
}

/// How many faults and warnings there are, in words.
pub(super) fn summary(findings: &[Finding]) -> String {
    let faults = findings.iter().filter(|finding| finding.is_error()).count();
    let warnings = findings.len() - faults;
    format!("{}, {}", plural(faults, "fault"), plural(warnings, "warning"))
}

/// A number of things, in words.
pub(super) fn plural(count: usize, one: &str) -> String {
    match count {
        0 => format!("no {one}s"),
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    }
}
