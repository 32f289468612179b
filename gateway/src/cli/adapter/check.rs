//! `sluse adapter check`: every fault of an adapter at once.

use super::given::{Given, folders};
use crate::cli::{Exit, Output, check::summary};
use sluse_contracts::Finding;
use std::path::PathBuf;

/// Tell every fault of adapters: their descriptions, mappings and examples
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse adapter check extract --config conf\n  \
    sluse adapter check ./adapters/extract       a folder that stands anywhere\n  \
    sluse adapter check --config conf            all adapters of the configuration\n\n\
    A line is `file:line:column code sentence`. Warnings alone leave the exit status 0.")]
pub(super) struct Args {
    /// Names of adapters, or folders; all of the configuration where absent
    #[arg(value_name = "NAME|FOLDER")]
    adapters: Vec<String>,
    /// The configuration folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    config: PathBuf,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let mut given = Vec::new();
    for asked in &args.adapters {
        match Given::find(asked, Some(&args.config), output) {
            Ok(found) => given.push(found),
            Err(exit) => return exit,
        }
    }
    if args.adapters.is_empty() {
        let folders = folders(&args.config);
        let given_in = |folder: &PathBuf| Given::in_folder(folder).among(Some(&args.config));
        given.extend(folders.iter().map(given_in));
    }
    if given.is_empty() {
        let folder = args.config.join("adapters");
        let exit = output.error(format_args!("there is no adapter in `{}`", folder.display()));
        output.hint("`sluse adapter new NAME --from SAMPLE` starts one");
        return exit;
    }
    let mut findings: Vec<Finding> = Vec::new();
    for mut each in given.drain(..) {
        each.read();
        findings.append(&mut each.findings);
    }
    findings.iter().for_each(|finding| output.finding(finding));
    output.note(summary(&findings));
    if findings.iter().any(Finding::is_error) { Exit::Found } else { Exit::Fine }
}
