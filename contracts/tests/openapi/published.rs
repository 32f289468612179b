//! Every published description of the shared suites loads, or its fault is real and named.

use crate::files::files_below;
use crate::shared::{shared, unpack};
use serde_json::Value;
use sluse_contracts::{Contract, ContractFiles, SchemaCache};
use std::{collections::BTreeMap, path::Path};

/// The versions that are faulty, and how the first fault is told: `folder<tab>finding`.
const FAULTY: &str = include_str!("faulty.tsv");

/// Loads a description with all files beside and below it; gives how many operations it has, or its first fault.
fn load(folder: &Path, entry: &str) -> Result<usize, String> {
    let mut files = ContractFiles::new("");
    let manifest = crate::MANIFEST.replace("api.yaml", entry);
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

/// In how many parts the versions are loaded, side by side.
const PARTS: usize = 4;

/// Loads every version of a part.
fn check(part: usize) {
    let Some(folder) = unpack("suites/contracts.tar.gz") else { return };
    let folder = folder.path().join("contracts");
    let index = std::fs::read_to_string(folder.join("index.jsonl")).unwrap();
    let lines = FAULTY.lines().filter(|line| !line.starts_with('#'));
    let expected: BTreeMap<&str, &str> = lines.filter_map(|line| line.split_once('\t')).collect();
    let (mut n_loaded, mut wrong) = (0, Vec::new());
    let entries = index.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let descriptions = entries.filter(|entry| entry["kind"] == "openapi");
    for (_, entry) in descriptions.enumerate().filter(|(at, _)| at % PARTS == part) {
        for path in entry["entry"].as_array().unwrap().iter().filter_map(Value::as_str) {
            let (below, name) = path.rsplit_once('/').unwrap();
            let found = load(&folder.join(below), name);
            match (&found, expected.get(below)) {
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
    println!("{n_loaded} descriptions load");
    assert!(n_loaded > 0);
}

#[test]
fn every_version_loads_or_its_fault_is_named_in_part_1() {
    check(0);
}

#[test]
fn every_version_loads_or_its_fault_is_named_in_part_2() {
    check(1);
}

#[test]
fn every_version_loads_or_its_fault_is_named_in_part_3() {
    check(2);
}

#[test]
fn every_version_loads_or_its_fault_is_named_in_part_4() {
    check(PARTS - 1);
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
