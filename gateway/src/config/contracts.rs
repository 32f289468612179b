//! Loads the contracts of the folder and those of the shipped library that `sluse.toml` names.
//!
//! Contracts are compiled in parallel, and schemas that several of them use are compiled once.

use super::{Files, Origin, check::nearest};
use sluse_contracts::{
    Contract, ContractFiles, ContractRef, Finding, Registry, SchemaCache, code,
    library::{self, Shipped},
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

/// Loads all contracts. A contract of the folder goes before the shipped one of the same id and version.
pub(super) fn read(
    files: &Files,
    library: &[(String, Origin)],
    findings: &mut Vec<Finding>,
) -> Registry {
    let folders = folders(files, findings);
    let shipped = shipped(library, &folders, findings);
    let folders: Vec<ContractFiles> = folders.into_values().chain(shipped).collect();
    let mut contracts: Vec<Arc<Contract>> = Vec::new();
    for (files, (contract, found)) in folders.iter().zip(load_all(&folders, &SchemaCache::new())) {
        findings.extend(found);
        if let Some(contract) = contract {
            check_folder(files, &contract, findings);
            contracts.push(contract);
        }
    }
    contracts.sort_by(|a, b| {
        let key = |contract: &Contract| {
            let manifest = contract.manifest();
            (manifest.id.clone(), manifest.version)
        };
        key(a).cmp(&key(b))
    });
    Registry::new(contracts)
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

/// The shipped contracts that the words of `[contracts] library` mean, without those that the
/// folder has itself.
fn shipped(
    words: &[(String, Origin)],
    folders: &BTreeMap<String, ContractFiles>,
    findings: &mut Vec<Finding>,
) -> Vec<ContractFiles> {
    let mut meant = BTreeMap::new();
    for (word, origin) in words {
        let found = library::meant_by(word);
        if found.is_empty() {
            let sentence = format!("the shipped library has nothing called `{word}`");
            let hint = match nearest(word, library::ALL.iter().map(|shipped| shipped.id)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`sluse contract list` shows what ships".to_owned(),
            };
            findings.push(origin.finding(code::CONTRACT_NOT_FOUND, sentence).hint(hint));
        }
        meant.extend(found.into_iter().map(|shipped| ((shipped.id, shipped.version), shipped)));
    }
    let own = |shipped: &Shipped| {
        folders.contains_key(&format!("{FOLDER}/{}/{}", shipped.id, shipped.version))
    };
    meant.into_values().filter(|shipped| !own(shipped)).map(Shipped::files).collect()
}

/// A contract's folder follows its id and version, so that one can be found from the other.
fn check_folder(files: &ContractFiles, contract: &Contract, findings: &mut Vec<Finding>) {
    let Some(folder) = files.folder().strip_prefix("contracts/") else { return };
    let manifest = contract.manifest();
    let expected = format!("{}/{}", manifest.id, manifest.version);
    if folder != expected {
        let sentence =
            format!("the folder of {}@{} is `{FOLDER}/{expected}`", manifest.id, manifest.version);
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
/// What to do about it, as a hint.
pub fn find(registry: &Registry, asked: &ContractRef) -> Result<(), String> {
    if registry.find(asked).is_some() {
        return Ok(());
    }
    let contracts = registry.contracts().iter();
    let versions: Vec<String> = contracts
        .clone()
        .filter(|contract| contract.manifest().id == asked.id)
        .map(|contract| contract.manifest().version.to_string())
        .collect();
    if !versions.is_empty() {
        return Err(format!("there is {}", versions.join(", ")));
    }
    let ids = contracts.map(|contract| contract.manifest().id.as_str());
    match nearest(asked.id.as_str(), ids) {
        Some(near) => Err(format!("did you mean `{near}`?")),
        None => Err("add it to `contracts/`".to_owned()),
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
