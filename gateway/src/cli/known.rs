//! The contracts that a command line means: those of a configuration folder, or of the shipped library.

use super::{Exit, Output, check::require_folder, contract::stands};
use crate::{
    clock::{Clock, SystemClock},
    config::{Snapshot, load, load_contracts, load_named, process_environment},
};
use sluse_contracts::{
    Contract, ContractFiles, ContractRef, Day, Finding, Registry, library, payload::Limits,
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Which contracts are known.
#[derive(Debug, clap::Args)]
pub(super) struct KnownArgs {
    /// A configuration folder, or one that has a folder `contracts` at least: those contracts are known
    #[arg(long, value_name = "DIR")]
    pub(super) config: Option<PathBuf>,
    /// Without --config: the part of the shipped library that is known, as a register, an id, the
    /// beginning of ids, or id@version; the register dk.nemhandel where absent
    #[arg(long, value_name = "NAME", conflicts_with = "config")]
    library: Vec<String>,
}

/// What is known of the shipped library where nothing else is said. Not all of it: there, versions
/// stand side by side that know the same documents, and an operator says which is in force.
const LIBRARY_DEFAULT: &str = "dk.nemhandel";

/// How much of the shipped library is known where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsaid {
    /// The contracts of one register: documents find theirs.
    Register,
    /// All: a contract is named.
    All,
}

impl KnownArgs {
    /// What a folder knows, or all that ships where none is named.
    pub(super) fn of_folder(config: Option<&Path>) -> Self {
        Self { config: config.map(Path::to_owned), library: Vec::new() }
    }

    /// Tells, where nothing was said, why a document's contract may not be known.
    pub(super) fn hint_at_unknown(&self, output: &mut Output) {
        if self.config.is_none() && self.library.is_empty() && !output.is_json() {
            output.hint(format_args!(
                "without --config, contracts of {LIBRARY_DEFAULT} are known; `sluse contract list` shows what else ships, --library makes it known"
            ));
        }
    }
}

/// The contracts, and what else a configuration says.
pub(super) struct Known {
    snapshot: Option<Snapshot>,
    /// Contracts without a configuration around them.
    alone: Registry,
    in_folder: bool,
    /// Limits on what is read into memory.
    pub(super) limits: Limits,
    /// Today, UTC.
    pub(super) today: Day,
}

impl Known {
    /// Loads the contracts that one is found among which is named. Faults are told.
    pub(super) fn load_for(
        args: &KnownArgs,
        asked: &ContractRef,
        output: &mut Output,
    ) -> Result<Self, Exit> {
        let named = args.config.as_ref();
        let named = named.and_then(|folder| load_named(folder, &process_environment, asked));
        let Some((alone, limits)) = named else { return Self::load(args, Unsaid::All, output) };
        let limits = limits.payload();
        Ok(Self { snapshot: None, alone, in_folder: true, limits, today: today() })
    }

    /// Loads them. Faults are told.
    pub(super) fn load(
        args: &KnownArgs,
        unsaid: Unsaid,
        output: &mut Output,
    ) -> Result<Self, Exit> {
        let today = today();
        let (limits, alone) = (Limits::default(), Registry::default());
        let in_folder = args.config.is_some();
        let mut known = Self { snapshot: None, alone, in_folder, limits, today };
        match &args.config {
            Some(folder) => {
                require_folder(folder, output)?;
                if let Some(contracts) = contracts_alone(folder) {
                    known.alone = registry_of(&contracts, output)?;
                    return Ok(known);
                }
                let loaded = load(folder, &SystemClock, &process_environment);
                let Some(snapshot) = loaded.snapshot else {
                    return Err(refuse(&loaded.findings, output));
                };
                known.limits = snapshot.settings.limits.payload();
                known.snapshot = Some(snapshot);
            }
            None => known.alone = shipped_registry(&args.library, unsaid, output)?,
        }
        Ok(known)
    }

    /// The contracts.
    pub(super) fn registry(&self) -> &Registry {
        self.snapshot.as_ref().map_or(&self.alone, |snapshot| &snapshot.registry)
    }

    /// The contract that is named. Where there is none, that is told.
    pub(super) fn contract(
        &self,
        asked: &ContractRef,
        output: &mut Output,
    ) -> Result<Arc<Contract>, Exit> {
        if let Some(contract) = self.registry().find(asked) {
            return Ok(Arc::clone(contract));
        }
        let exit = output.error(format_args!("no contract fits `{asked}`"));
        output.hint(crate::config::hint_at_contract(self.registry(), asked, self.in_folder));
        Err(exit)
    }

    /// The configuration, where one was named.
    pub(super) fn snapshot(&self) -> Option<&Snapshot> {
        self.snapshot.as_ref()
    }
}

/// Today, UTC.
fn today() -> Day {
    Day::from_days(i64::try_from(SystemClock.now_ms() / 86_400_000).unwrap_or(i64::MAX))
}

/// The contracts of a folder that holds nothing else yet, as `sluse contract import` leaves one.
fn contracts_alone(folder: &Path) -> Option<Vec<ContractFiles>> {
    if folder.join("sluse.toml").exists() {
        return None;
    }
    let files = stands::files(folder, &mut Vec::new());
    let contracts = stands::folders(&files);
    (!contracts.is_empty()).then_some(contracts)
}

fn refuse(findings: &[Finding], output: &mut Output) -> Exit {
    for finding in findings {
        output.note(finding);
    }
    output.error("the configuration is faulty")
}

fn shipped_registry(
    words: &[String],
    unsaid: Unsaid,
    output: &mut Output,
) -> Result<Registry, Exit> {
    let mut meant = Vec::new();
    for word in words {
        let found = library::meant_by(word);
        if found.is_empty() {
            let exit =
                output.error(format_args!("the shipped library has nothing called `{word}`"));
            output.hint("`sluse contract list` shows what ships");
            return Err(exit);
        }
        meant.extend(found);
    }
    match unsaid {
        _ if !words.is_empty() => {}
        Unsaid::Register => meant = library::meant_by(LIBRARY_DEFAULT),
        Unsaid::All => meant.extend(library::ALL),
    }
    let mut folders: Vec<_> = meant.into_iter().map(library::Shipped::files).collect();
    folders.sort_by(|a, b| a.folder().cmp(b.folder()));
    folders.dedup_by(|a, b| a.folder() == b.folder());
    registry_of(&folders, output)
}

fn registry_of(folders: &[ContractFiles], output: &mut Output) -> Result<Registry, Exit> {
    let (registry, findings) = load_contracts(folders);
    if findings.iter().any(Finding::is_error) {
        return Err(refuse(&findings, output));
    }
    Ok(registry)
}
