//! `sluse contract import`: published schemas become contracts.

use super::{given::Given, size, stands};
use crate::{
    cli::{Exit, Output, Style, plural, progress::Progress},
    config::reason,
};
use bytes::Bytes;
use serde::Serialize;
use sluse_contracts::{
    SchemaCache,
    import::{self, Action, Asked, Import, Imported},
    library,
};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Bring published schemas and rule sets into contracts
///
/// Finds the entry schemas among the files, copies them with all that they include and import into
/// the contracts that the shipped library has for them, and writes digests. Where the library has
/// none, a contract is begun, or a family of them: one for each root element. Doing it again
/// completes what is there. Nothing is fetched from the network.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse contract import OIOUBL.zip --as dk.oioubl --config conf\n  \
    sluse contract import UBL-2.1 peppol-rules --as eu.peppol.billing\n  \
    sluse contract import order.xsd order.sch --as dk.agency/order@1.2.0\n  \
    sluse contract import rules --as dk.oioubl/invoice --format json\n\n\
    Exit status: 0 all was brought in, 1 a fault was found, 2 a file cannot be read or written.")]
pub(super) struct Args {
    /// Folders, zip archives or single files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A contract's id, the beginning of ids, or a register of the shipped library; with @VERSION
    /// where several versions could be meant
    #[arg(long = "as", value_name = "NAME")]
    name: String,
    /// The configuration folder: contracts are written below contracts/ in it
    #[arg(long, value_name = "DIR", default_value = ".")]
    config: PathBuf,
}

/// One contract, as programs read it.
#[derive(Debug, Serialize)]
struct Line<'i> {
    contract: String,
    action: Action,
    judge: &'i [String],
    missing: &'i [String],
    files: usize,
    bytes: usize,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    if let Err(fault) = import::check_name(&args.name) {
        let exit = output.error(format_args!("`--as {}`: {fault}", args.name));
        output.hint("write it as in dk.agency/order, or dk.agency/order@1.2.0");
        return exit;
    }
    let given = Given::read(args.paths.iter().map(PathBuf::as_path));
    if !given.findings.is_empty() {
        for finding in &given.findings {
            output.note(finding);
        }
        return output.error("not all that was given can be read, so nothing was brought in");
    }
    let mut findings = Vec::new();
    let existing = stands::files(&args.config, &mut findings);
    if let Some(finding) = findings.first() {
        output.note(finding);
        return output.error("the configuration folder cannot be read");
    }
    let asked = Asked { given: &given.files, existing: &existing, name: &args.name };
    let mut bar: Option<Progress> = None;
    let brought =
        import::import(&asked, library::ALL, &SchemaCache::default(), &mut |done, total| {
            bar.get_or_insert_with(|| Progress::new(total, output)).at(done as u64);
        });
    if let Some(bar) = bar {
        bar.end();
    }
    if let Err((path, fault)) = write(&args.config.join(stands::FOLDER), &brought.writes) {
        return output.error(format_args!(
            "`{}` cannot be written: {}",
            path.display(),
            reason(&fault)
        ));
    }
    tell(&brought, given.files.len(), output)
}

fn tell(brought: &Import, given: usize, output: &mut Output) -> Exit {
    for contract in &brought.contracts {
        tell_contract(contract, output);
    }
    for finding in &brought.findings {
        output.finding(finding);
    }
    let of = |action: Action| brought.contracts.iter().filter(|each| each.action == action).count();
    let bytes = brought.writes.values().map(Bytes::len).sum();
    output.note(format_args!(
        "{} looked into; {} made, {} completed, {} unchanged; {} written ({})",
        plural(given, "file"),
        plural(of(Action::Made), "contract"),
        of(Action::Completed),
        of(Action::Unchanged),
        plural(brought.writes.len(), "file"),
        size(bytes),
    ));
    if brought.unused > 0 {
        output.note(format_args!(
            "{} of no contract of that name",
            plural(brought.unused, "schema file")
        ));
    }
    if brought.findings.iter().any(sluse_contracts::Finding::is_error) {
        return Exit::Found;
    }
    if of(Action::Made) > 0 {
        output.hint("`sluse check` looks through the whole configuration");
    }
    Exit::Fine
}

fn tell_contract(contract: &Imported, output: &mut Output) {
    let Imported { id, version, action, judge, missing, files, bytes } = contract;
    let name = format!("{id}@{version}");
    if output.is_json() {
        let (files, bytes) = (*files, *bytes);
        output.json(&Line { contract: name, action: *action, judge, missing, files, bytes });
        return;
    }
    let word = match action {
        Action::Made => "made     ",
        Action::Completed => "completed",
        Action::Unchanged => "unchanged",
    };
    let name = output.paint(Style::Bold, name);
    output.line(format_args!("{word}  {name}  {}, {}", plural(*files, "file"), size(*bytes)));
    for file in judge {
        output.line(format_args!("             judged by {file}"));
    }
}

/// Writes the files, each contract's manifest last: a gateway that looks meanwhile sees either no
/// contract or a whole one.
fn write(folder: &Path, writes: &BTreeMap<String, Bytes>) -> Result<(), (PathBuf, io::Error)> {
    let is_manifest = |path: &str| path.ends_with(sluse_contracts::manifest::FILE);
    let (last, first): (Vec<_>, Vec<_>) = writes.iter().partition(|(path, _)| is_manifest(path));
    for (path, bytes) in first.into_iter().chain(last) {
        let path = folder.join(path);
        write_whole(&path, bytes).map_err(|fault| (path, fault))?;
    }
    Ok(())
}

/// Under another name first, so that nobody reads half a file.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push("~");
    let beside = path.with_file_name(name);
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path)
}
