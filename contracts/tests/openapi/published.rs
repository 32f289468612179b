//! Every published description of the shared suites loads, or its fault is real and named.

use crate::shared::{files_below, shared, unpack};
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

/// Loads every version of the lineages whose names begin so; gives how many load.
fn check(lineages: &[&str]) {
    let Some(folder) = unpack("suites/contracts.tar.gz") else { return };
    let folder = folder.path().join("contracts");
    let is_ours = |path: &str| {
        let name = path.strip_prefix("openapi/");
        name.is_some_and(|name| lineages.iter().any(|start| name.starts_with(start)))
    };
    let index = std::fs::read_to_string(folder.join("index.jsonl")).unwrap();
    let lines = FAULTY.lines().filter(|line| !line.starts_with('#'));
    let mut expected: BTreeMap<&str, &str> =
        lines.filter_map(|line| line.split_once('\t')).filter(|(path, _)| is_ours(path)).collect();
    let (mut n_loaded, mut wrong) = (0, Vec::new());
    for line in index.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let paths = entry["entry"].as_array().unwrap().iter().filter_map(|path| path.as_str());
        for path in paths.filter(|path| is_ours(path)) {
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
    assert!(expected.is_empty(), "not in the suite: {expected:?}");
    println!("{n_loaded} descriptions load");
    assert!(n_loaded > 0);
}

/// In parts, so that they load side by side.
const PARTS: [&[&str]; 4] = [
    &["brp-"],
    &["vng-documenten"],
    &["digdir-", "nhs-", "vng-autorisaties", "vng-klanten", "vng-verzoeken"],
    &["sundsvall-"],
];

#[test]
fn every_version_of_the_register_of_persons_loads() {
    check(PARTS[0]);
}

#[test]
fn every_version_of_the_documents_loads() {
    check(PARTS[1]);
}

#[test]
fn every_version_of_small_services_loads_or_its_fault_is_named() {
    check(PARTS[2]);
}

#[test]
fn every_version_of_case_data_loads_or_its_fault_is_named() {
    check(PARTS[3]);
}

#[test]
fn no_description_of_the_suite_is_left_out() {
    let Some(folder) = unpack("suites/contracts.tar.gz") else { return };
    let index = std::fs::read_to_string(folder.path().join("contracts/index.jsonl")).unwrap();
    for line in index.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let lineage = entry["lineage"].as_str().unwrap();
        if let Some(name) = lineage.strip_prefix("openapi/") {
            let mut starts = PARTS.iter().copied().flatten();
            assert!(starts.any(|start| name.starts_with(start)), "{name}");
        }
    }
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
