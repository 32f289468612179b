//! Loads the contracts of the folder and those of the shipped library that `sluse.toml` names.
//!
//! Contracts are compiled in parallel, and schemas that several of them use are compiled once.

use super::{Files, Origin, check::nearest};
use sluse_contracts::{
    Contract, ContractFiles, ContractId, ContractRef, Finding, Registry, SchemaCache, code,
    library::{self, Shipped},
    manifest::Status,
    overlap::{know_the_same, overlaps},
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// The folder of contracts, below that of the configuration.
const FOLDER: &str = "contracts";
/// The file that makes a folder a contract.
const MANIFEST: &str = "contract.toml";

/// A contract that was loaded, if it could be, and every fault found in it.
type Loaded = (Option<Arc<Contract>>, Vec<Finding>);

/// What was loaded.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) registry: Registry,
    /// Folders of contracts that could not be loaded, with a slash at their end.
    faulty: Vec<String>,
}

impl Read {
    /// Whether a contract fits what is asked for. One that stands in the folder and is faulty counts:
    /// its faults are told already.
    pub(super) fn find(&self, asked: &ContractRef) -> Result<(), String> {
        let folder = format!("{FOLDER}/{}/", asked.id);
        if self.faulty.iter().any(|faulty| faulty.starts_with(&folder)) {
            return Ok(());
        }
        find(&self.registry, asked)
    }
}

impl Read {
    /// The contract that fits what is asked for.
    pub(super) fn at_hand(&self, asked: &ContractRef) -> Option<Arc<Contract>> {
        self.registry.find(asked).cloned()
    }

    /// Whether the contract that fits knows a rule; nothing where none fits.
    pub(super) fn knows_rule(&self, asked: &ContractRef, rule: &str) -> Option<bool> {
        self.registry.find(asked).map(|contract| contract.knows_rule(rule))
    }
}

/// Loads all contracts, or those of one id alone. A contract of the folder goes before the shipped one of the same id
/// and version.
pub(super) fn read(
    files: &Files,
    library: &[(String, Origin)],
    only: Option<&ContractId>,
    schemas: &SchemaCache,
    findings: &mut Vec<Finding>,
) -> Read {
    let mut folders = folders(files, findings);
    let mut shipped = shipped(library, findings);
    if let Some(id) = only {
        let own = format!("{FOLDER}/{id}");
        folders.retain(|folder, _| *folder == own || is_below(folder, &own));
        shipped.retain(|contract| contract.id == id.as_str());
    }
    for contract in shipped {
        let folder = format!("{FOLDER}/{}/{}", contract.id, contract.version);
        folders.entry(folder).or_insert_with(|| contract.files());
    }
    let folders: Vec<ContractFiles> = folders.into_values().collect();
    let (mut contracts, mut faulty) = (Vec::<(&ContractFiles, Arc<Contract>)>::new(), Vec::new());
    for (files, (contract, found)) in folders.iter().zip(load_all(&folders, schemas)) {
        findings.extend(found);
        match contract {
            Some(contract) => {
                check_folder(files, &contract, findings);
                contracts.push((files, contract));
            }
            None => faulty.push(format!("{}/", files.folder())),
        }
    }
    let key = |contract: &Arc<Contract>| {
        let manifest = contract.manifest();
        (manifest.id.clone(), manifest.version)
    };
    // The sort is stable: of two folders that hold the same, the second is told.
    contracts.sort_by_key(|(_, contract)| key(contract));
    for pair in contracts.windows(2) {
        if let [(first, a), (second, b)] = pair
            && key(a) == key(b)
        {
            let sentence = format!("`{b}` stands in two folders");
            let hint = format!("the other is {}; remove one", first.folder());
            findings.push(second.finding(MANIFEST, code::CONTRACT_DUPLICATE, sentence).hint(hint));
        }
    }
    yield_to_own(&mut contracts);
    findings.extend(overlaps(contracts.iter().map(|(_, contract)| &**contract)));
    let contracts = contracts.into_iter().map(|(_, contract)| contract).collect();
    Read { registry: Registry::new(contracts), faulty }
}

/// A shipped contract yields to a version of the same contract in the folder that knows the same
/// documents: whoever brings a version in means that one.
fn yield_to_own(contracts: &mut Vec<(&ContractFiles, Arc<Contract>)>) {
    let is_own = |files: &ContractFiles| files.folder().starts_with(FOLDER);
    let own: Vec<Arc<Contract>> = contracts
        .iter()
        .filter(|(files, _)| is_own(files))
        .map(|(_, contract)| Arc::clone(contract))
        .collect();
    contracts.retain(|(files, contract)| {
        let same = |other: &Arc<Contract>| {
            other.manifest().id == contract.manifest().id
                && matches!(other.manifest().status, Status::InForce | Status::Deprecated)
                && know_the_same(other, contract)
        };
        is_own(files) || !own.iter().any(same)
    });
}

/// Loads contracts side by side, on as many threads as the machine has cores; results in the order given.
pub(crate) fn load_all(folders: &[ContractFiles], cache: &SchemaCache) -> Vec<Loaded> {
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<Loaded>>> = folders.iter().map(|_| Mutex::default()).collect();
    let workers = thread::available_parallelism().map_or(1, usize::from).min(folders.len());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(files), Some(result)) = (folders.get(at), results.get(at)) else {
                        break;
                    };
                    let loaded = Contract::load(files, cache);
                    *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(loaded);
                }
            });
        }
    });
    let result =
        |each: Mutex<Option<Loaded>>| each.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.into_iter().filter_map(result).collect()
}

/// The files of each contract, by its folder.
fn folders(files: &Files, findings: &mut Vec<Finding>) -> BTreeMap<String, ContractFiles> {
    let mut folders: BTreeMap<String, ContractFiles> = BTreeMap::new();
    for (path, _) in files.below(FOLDER) {
        if let Some(folder) = path.strip_suffix(MANIFEST).and_then(|path| path.strip_suffix('/')) {
            let inner = folders.keys().any(|outer| is_below(folder, outer));
            if !inner && folder != FOLDER {
                folders.insert(folder.to_owned(), ContractFiles::new(folder));
            }
        }
    }
    for (path, bytes) in files.below(FOLDER) {
        let above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        let Some(folder) = above.into_iter().find(|folder| folders.contains_key(*folder)) else {
            if !path.ends_with(".md") {
                let sentence =
                    "the file is in no contract: no folder above it has a `contract.toml`";
                findings.push(Finding::in_file(path, code::FILE_UNEXPECTED, sentence));
            }
            continue;
        };
        if let Some(contract) = folders.get_mut(folder)
            && let Some(inside) = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'))
        {
            contract.add(inside, bytes.clone());
        }
    }
    folders
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The shipped contracts that the words of `[contracts] library` mean.
fn shipped(library: &[(String, Origin)], findings: &mut Vec<Finding>) -> Vec<&'static Shipped> {
    let mut all = Vec::new();
    for (word, origin) in library {
        let meant = library::meant_by(word);
        if meant.is_empty() {
            let sentence = format!("the shipped library has nothing called `{word}`");
            let near = nearest(word, library::ALL.iter().map(|shipped| shipped.id));
            let hint = near.map_or_else(
                || "`sluse contract list` shows what ships".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            findings.push(origin.finding(code::CONTRACT_NOT_FOUND, sentence).hint(hint));
        }
        all.extend(meant);
    }
    all
}

/// A contract's folder follows its id and version, so that one can be found from the other.
fn check_folder(files: &ContractFiles, contract: &Contract, findings: &mut Vec<Finding>) {
    let Some(folder) = files.folder().strip_prefix(&format!("{FOLDER}/")) else { return };
    let manifest = contract.manifest();
    let expected = format!("{}/{}", manifest.id, manifest.version);
    if folder != expected {
        let sentence = format!("the folder of `{contract}` is `{FOLDER}/{expected}`");
        findings.push(
            files
                .finding(MANIFEST, code::FOLDER_MISMATCH, sentence)
                .hint("move the folder, or change id and version"),
        );
    }
}

/// Whether a contract fits what is asked for.
///
/// # Errors
/// What to do about it in a configuration folder, as a hint.
fn find(registry: &Registry, asked: &ContractRef) -> Result<(), String> {
    if registry.find(asked).is_some() {
        return Ok(());
    }
    Err(hint_at_contract(registry, asked, true))
}

/// What to do where no contract fits, in a configuration folder or without one.
pub fn hint_at_contract(registry: &Registry, asked: &ContractRef, in_folder: bool) -> String {
    let contracts = registry.contracts().iter();
    let versions: Vec<String> = contracts
        .clone()
        .filter(|contract| contract.manifest().id == asked.id)
        .map(|contract| contract.manifest().version.to_string())
        .collect();
    if !versions.is_empty() {
        return format!("there is {}", versions.join(", "));
    }
    if library::ALL.iter().any(|shipped| shipped.id == asked.id.as_str()) {
        return if in_folder {
            format!(
                "the shipped library has it: add \"{}\" to `library` under `[contracts]` in sluse.toml",
                asked.id
            )
        } else {
            format!("the shipped library has it: --library {} makes it known", asked.id)
        };
    }
    let ids = contracts.map(|contract| contract.manifest().id.as_str());
    match nearest(asked.id.as_str(), ids) {
        Some(near) => format!("did you mean `{near}`?"),
        None if in_folder => "add it to `contracts/`".to_owned(),
        None => {
            "`sluse contract list` shows what ships; --config DIR makes your own contracts known"
                .to_owned()
        }
    }
}

/// Loads contracts that stand alone, without a configuration around them.
pub fn load_contracts(folders: &[ContractFiles]) -> (Registry, Vec<Finding>) {
    let (mut contracts, mut findings) = (Vec::new(), Vec::new());
    for (contract, found) in load_all(folders, &SchemaCache::new()) {
        contracts.extend(contract);
        findings.extend(found);
    }
    (Registry::new(contracts), findings)
}
