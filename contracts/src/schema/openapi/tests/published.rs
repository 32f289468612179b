//! Every published description of the shared suites loads, or its fault is real and named.

use crate::{
    Contract, ContractFiles, SchemaCache,
    shared::{shared, unpack},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// The versions that are faulty, and how the first fault is told: `folder<tab>finding`.
const FAULTY: &str = include_str!("faulty.tsv");

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

/// Loads a description with all files beside and below it; gives how many operations it has, or its first fault.
fn load(folder: &Path, entry: &str) -> Result<usize, String> {
    let mut files = ContractFiles::new("");
    let manifest = super::MANIFEST.replace("api.yaml", entry);
    files.add("contract.toml", manifest);
    let mut paths = Vec::new();
    files_below(folder, &mut paths);
    for path in paths {
        let below = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        files.add(&below, std::fs::read(&path).unwrap());
    }
    let (contract, findings) = Contract::load(&files, &SchemaCache::new());
    match contract {
        Some(contract) => Ok(contract.operations().len()),
        None => {
            let faults = findings.iter().filter(|finding| finding.is_error());
            let faults: Vec<String> = faults.map(ToString::to_string).collect();
            let first = faults.first().unwrap().lines().next().unwrap().to_owned();
            Err(format!("{first} ({} in all)", faults.len()))
        }
    }
}

#[test]
fn every_version_loads_or_its_fault_is_named() {
    let Some(folder) = unpack("suites/contracts.tar.gz") else { return };
    let folder = folder.path().join("contracts");
    let index = std::fs::read_to_string(folder.join("index.jsonl")).unwrap();
    let mut expected: BTreeMap<&str, &str> = FAULTY
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .collect();
    let (mut n_loaded, mut wrong) = (0, Vec::new());
    for line in index.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        if entry["kind"] != "openapi" {
            continue;
        }
        for path in entry["entry"].as_array().unwrap().iter().filter_map(|path| path.as_str()) {
            let (below, name) = path.rsplit_once('/').unwrap();
            let found = load(&folder.join(below), name);
            let known = expected.remove(below);
            match (&found, known) {
                (Ok(operations), None) => {
                    assert!(*operations > 0, "{path} has no operations");
                    n_loaded += 1;
                }
                (Err(fault), Some(known)) if fault == known => {}
                (found, _) => wrong.push(format!("{below}\t{found:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let left: BTreeSet<&str> = expected.into_keys().collect();
    assert!(left.is_empty(), "not in the suite: {left:?}");
    println!("{n_loaded} descriptions load");
    assert!(n_loaded > 30);
}

#[test]
fn descriptions_of_the_corpora_load() {
    let Some(folder) = shared("corpora/eformidling/openapi") else { return };
    let mut paths = Vec::new();
    files_below(&folder, &mut paths);
    let mut loaded = 0;
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read(&path).unwrap();
        if String::from_utf8_lossy(&text).contains("openapi") {
            let found = load(path.parent().unwrap(), &name);
            assert!(found.is_ok(), "{name}: {found:?}");
            loaded += 1;
        }
    }
    assert_eq!(loaded, 2);
}
