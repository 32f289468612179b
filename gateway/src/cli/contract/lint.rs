//! `sluse contract lint`: every fault of contracts, before anyone puts them in force.

use super::stands;
use crate::{
    cli::{Exit, Output, check::summary, plural},
    config::Files,
};
use sluse_contracts::{
    Contract, ContractFiles, Finding, SchemaCache, library, lint::lint, manifest::FILE,
    overlap::overlaps,
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Tell every fault of contracts: manifest, schemas, references, examples, overlaps
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse contract lint conf/contracts\n  \
    sluse contract lint conf/contracts/dk.oioubl/invoice/2.1.0\n  \
    sluse contract lint dk.oioubl --config conf --format json\n\n\
    A line is `file:line:column code sentence`. Warnings alone leave the exit status 0.")]
pub(super) struct Args {
    /// A folder of contracts, one contract's folder, or the id (or its beginning) of contracts of
    /// the configuration folder or the shipped library; all of the configuration folder where absent
    #[arg(value_name = "PATH|ID")]
    what: Option<String>,
    /// The configuration folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    config: PathBuf,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let mut findings = Vec::new();
    let found = match args.what.as_deref() {
        Some(what) if Path::new(what).is_dir() => below(Path::new(what), &mut findings),
        what => named(&args.config, what, &mut findings),
    };
    if found.is_empty() && findings.is_empty() {
        let what = args.what.as_deref().unwrap_or("the configuration folder");
        let exit = output.error(format_args!("there is no contract in `{what}`"));
        output.hint("`sluse contract list` lists contracts by id");
        return exit;
    }
    let schemas = SchemaCache::default();
    let mut contracts: Vec<Arc<Contract>> = Vec::new();
    for files in &found {
        let (contract, mut linted) = lint(files, &schemas);
        findings.append(&mut linted);
        contracts.extend(contract);
    }
    findings.extend(overlaps(contracts.iter().map(|contract| &**contract)));
    for finding in &findings {
        output.finding(finding);
    }
    output.note(format_args!("{}: {}", plural(found.len(), "contract"), summary(&findings)));
    if findings.iter().any(Finding::is_error) { Exit::Found } else { Exit::Fine }
}

/// The contracts below a folder; the folder itself may be one.
fn below(folder: &Path, findings: &mut Vec<Finding>) -> Vec<ContractFiles> {
    let files = Files::read_all(folder, findings);
    if let Some(manifest) = files.get(FILE) {
        let mut contract = ContractFiles::new("");
        contract.add(FILE, manifest.clone());
        for (path, bytes) in files.iter() {
            contract.add(path, bytes.clone());
        }
        return vec![contract];
    }
    stands::folders(&files.iter().map(|(path, bytes)| (path.to_owned(), bytes.clone())).collect())
}

/// The contracts of the configuration folder that are meant; else the shipped ones.
fn named(config: &Path, what: Option<&str>, findings: &mut Vec<Finding>) -> Vec<ContractFiles> {
    let all = stands::folders(&stands::files(config, findings));
    let Some(what) = what else { return all };
    let (id, version) = what.split_once('@').unwrap_or((what, ""));
    let meant = |files: &ContractFiles| {
        let folder =
            files.folder().strip_prefix(stands::FOLDER).unwrap_or_default().trim_start_matches('/');
        let (found, found_version) = folder.rsplit_once('/').unwrap_or((folder, ""));
        let below =
            found.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        below && (version.is_empty() || version == found_version)
    };
    let own: Vec<ContractFiles> = all.into_iter().filter(meant).collect();
    if own.is_empty() {
        library::meant_by(what).iter().map(|shipped| shipped.files()).collect()
    } else {
        own
    }
}
