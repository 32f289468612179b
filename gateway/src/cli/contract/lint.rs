//! `sluse contract lint`: every fault of contracts, or of schemas that are to become one, before anyone relies on them.

use super::stands;
use crate::{
    cli::{Exit, Output, check::summary, plural, progress::Progress, validate::gather},
    clock::{Clock as _, SystemClock},
    config::{Files, reason},
};
use bytes::Bytes;
use sluse_contracts::{
    Contract, ContractFiles, Day, Finding, SchemaCache, library,
    lint::{Entry, LintOptions, entries, lint, lint_entry},
    manifest::{FILE, Profile},
    overlap::overlaps,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// So many entry files are named, where there are more.
const ENTRIES_SHOWN_MAX: usize = 20;
const DAY_SECONDS: i64 = 86_400;

/// Tell every fault of contracts, or of schemas before there is a contract
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse contract lint conf/contracts\n  \
    sluse contract lint conf/contracts/dk.oioubl/invoice/2.1.0\n  \
    sluse contract lint dk.oioubl --config conf --format json\n  \
    sluse contract lint drafts/order.xsd drafts/rules.sch drafts/api.yaml\n  \
    sluse contract lint drafts\n\n\
    A folder without a contract.toml is looked through for schemas; those that no other file refers to\n\
    are its entries. A line is `file:line:column code sentence`. Warnings alone leave the exit status 0.")]
pub(super) struct Args {
    /// Folders of contracts, a contract's folder, the ids (or their beginnings) of contracts of the
    /// configuration folder or the shipped library, schemas, or folders of schemas; all contracts of the
    /// configuration folder where absent
    #[arg(value_name = "PATH|ID")]
    what: Vec<String>,
    /// The configuration folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    config: PathBuf,
    /// The rules for versions, namespaces and names; by default those that a contract's manifest names
    #[arg(long, value_name = "PROFILE", value_parser = profile)]
    profile: Option<Profile>,
    /// The day for which the examples of contracts are judged, where codes hold on some days alone; today where absent
    #[arg(long, value_name = "YYYY-MM-DD")]
    day: Option<Day>,
}

/// What is to be looked through.
#[derive(Default)]
struct Asked {
    contracts: Vec<ContractFiles>,
    entries: Vec<Entry>,
    /// What could not be read.
    findings: Vec<Finding>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let mut asked = Asked::default();
    if args.what.is_empty() {
        asked.contracts = named(&args.config, None, &mut asked.findings);
    }
    for what in &args.what {
        let before = asked.count();
        if let Err(exit) = asked.take(what, &args.config, output) {
            return exit;
        }
        if asked.count() == before {
            let exit = output.error(format_args!("there is no contract and no schema in `{what}`"));
            output.hint("`sluse contract list` lists contracts by id");
            return exit;
        }
    }
    if asked.count() == 0 {
        let exit = output.error("there is no contract in the configuration folder");
        output.hint("`sluse contract list` lists contracts by id");
        return exit;
    }
    let (n_contracts, n_entries) = (asked.contracts.len(), asked.entries.len());
    name_entries(&asked.entries, output);
    let today = i64::try_from(SystemClock.now_ms() / 1_000).ok();
    let now_unix_seconds = args.day.map(|day| day.days() * DAY_SECONDS).or(today);
    let options = LintOptions { profile: args.profile, now_unix_seconds };
    let findings = asked.look(&options, output);
    for finding in &findings {
        output.finding(finding);
    }
    let counts = [(n_contracts, "contract"), (n_entries, "entry file")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, one)| plural(count, one)).collect();
    output.note(format_args!("{}: {}", counts.join(", "), summary(&findings)));
    if findings.iter().any(Finding::is_error) { Exit::Found } else { Exit::Fine }
}

impl Asked {
    /// How much there is to look through, and what could not be read.
    fn count(&self) -> usize {
        self.contracts.len() + self.entries.len() + self.findings.len()
    }

    fn take(&mut self, what: &str, config: &Path, output: &mut Output) -> Result<(), Exit> {
        let path = Path::new(what);
        if path.is_dir() {
            self.folder(path);
            return Ok(());
        }
        if !path.is_file() {
            self.contracts.extend(named(config, Some(what), &mut self.findings));
            return Ok(());
        }
        let (entry, found) = gather(path)
            .map_err(|fault| output.error(format_args!("`{what}`: {}", reason(&fault))))?;
        // Findings name the folder as the person did, as far as the file stands in it.
        let folder = what.strip_suffix(entry.as_str()).map_or("", |folder| folder);
        let mut files = ContractFiles::new(folder);
        for (path, bytes) in found {
            files.add(&path, bytes);
        }
        self.entries.extend(Entry::named(&entry, files));
        Ok(())
    }

    /// The contracts below a folder, which may be one itself; where there is none, the schemas.
    fn folder(&mut self, folder: &Path) {
        let files = Files::read_all(folder, &mut self.findings);
        if files.get(FILE).is_some() {
            let mut contract = ContractFiles::new("");
            for (path, bytes) in files.iter() {
                contract.add(path, bytes.clone());
            }
            self.contracts.push(contract);
            return;
        }
        let files: BTreeMap<String, Bytes> =
            files.iter().map(|(path, bytes)| (path.to_owned(), bytes.clone())).collect();
        let contracts = stands::folders(&files);
        if contracts.is_empty() {
            self.entries.extend(entries(&folder.display().to_string(), &files));
        } else {
            self.contracts.extend(contracts);
        }
    }

    fn look(self, options: &LintOptions, output: &Output) -> Vec<Finding> {
        let mut findings = self.findings;
        let schemas = SchemaCache::default();
        let mut progress = Progress::new(self.contracts.len() + self.entries.len(), output);
        let mut done = 0;
        let mut contracts: Vec<Arc<Contract>> = Vec::new();
        for files in &self.contracts {
            let (contract, linted) = lint(files, &schemas, options);
            findings.extend(linted);
            contracts.extend(contract);
            done += 1;
            progress.at(done);
        }
        for entry in &self.entries {
            for finding in lint_entry(entry, &schemas, options.profile.unwrap_or_default()) {
                // A file that several entries take in says the same of each.
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
            done += 1;
            progress.at(done);
        }
        progress.end();
        findings.extend(overlaps(contracts.iter().map(|contract| &**contract)));
        findings
    }
}

/// Says which files are begun with: others are looked at where these take them in.
fn name_entries(entries: &[Entry], output: &mut Output) {
    for entry in entries.iter().take(ENTRIES_SHOWN_MAX) {
        output.note(format_args!("entry {} ({})", entry.name(), entry.step.language.key()));
    }
    if let Some(more) = entries.len().checked_sub(ENTRIES_SHOWN_MAX).filter(|more| *more > 0) {
        output.note(format_args!("and {more} more"));
    }
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

fn profile(word: &str) -> Result<Profile, String> {
    let known = Profile::WORDS.iter().find(|(known, _)| *known == word);
    known.map(|(_, profile)| *profile).ok_or_else(|| {
        let words: Vec<&str> = Profile::WORDS.iter().map(|(word, _)| *word).collect();
        format!("it is one of {}", words.join(", "))
    })
}
