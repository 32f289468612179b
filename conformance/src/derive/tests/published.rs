//! The descriptions of real services: each gives a plan in bounded time, and all of it is proved.

use super::*;
use crate::derive::proof::Prover;
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The folder of the shared data's descriptions, unpacked; where there is none the test says so.
fn unpacked() -> Option<tempfile::TempDir> {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to read it in")]
    let root = std::env::var("SLUSE_SHARED").map(PathBuf::from);
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let archive = root.clone().unwrap_or_else(|_| default()).join("suites/contracts.tar.gz");
    if !archive.exists() {
        assert!(root.is_err(), "SLUSE_SHARED has no suites/contracts.tar.gz");
        println!("SKIPPED: suites/contracts.tar.gz is not there; set SLUSE_SHARED");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let tar = Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(folder.path()).status();
    assert!(tar.unwrap().success());
    Some(folder)
}

fn add_below(files: &mut ContractFiles, folder: &Path, root: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add_below(files, &path, root);
        } else {
            let below = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            files.add(&below, std::fs::read(&path).unwrap());
        }
    }
}

/// The newest version of each service that loads.
fn newest(folder: &Path) -> Vec<(String, Arc<Contract>)> {
    let index = std::fs::read_to_string(folder.join("index.jsonl")).unwrap();
    let entries = index.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut paths = std::collections::BTreeMap::new();
    for entry in entries.filter(|entry| entry["kind"] == "openapi") {
        let path = entry["entry"][0].as_str().unwrap().to_owned();
        paths.insert(entry["lineage"].as_str().unwrap().to_owned(), path);
    }
    let mut contracts = Vec::new();
    for (lineage, path) in paths {
        let (below, name) = path.rsplit_once('/').unwrap();
        let mut files = ContractFiles::new("");
        let manifest = format!(
            "id = 'test/api'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = {{ en = 'T' }}\nopenapi = '{name}'\n"
        );
        files.add("contract.toml", manifest.into_bytes());
        add_below(&mut files, &folder.join(below), &folder.join(below));
        let (contract, _) = Contract::load(&files, &SchemaCache::new());
        contracts.extend(contract.map(|contract| (lineage, contract)));
    }
    contracts
}

#[test]
fn every_service_gives_a_plan_and_every_negative_is_proved() {
    let Some(folder) = unpacked() else { return };
    let contracts = newest(&folder.path().join("contracts"));
    assert!(contracts.len() > 5, "{}", contracts.len());
    for (lineage, contract) in contracts {
        let options = Options::default();
        let plan = plan(&contract, Role::Provider, &options);
        let n = n_requests(&plan);
        let n_operations = contract.operations().len();
        assert!(n <= n_operations * REQUESTS_PER_OPERATION, "{lineage}: {n}");
        let prover = Prover::new(&contract);
        for case in plan
            .cases
            .iter()
            .filter(|case| case.kind == Kind::Negative && case.constraint.is_some())
        {
            let told = prover.told(tested(case));
            assert_eq!(told.len(), 1, "{lineage} {} {told:?}", case.id);
        }
        let broken = plan.constraints.iter().filter(|each| each.broken).count();
        let kept = plan.constraints.iter().filter(|each| each.kept).count();
        println!(
            "{lineage}: {n_operations} operations, {n} requests, {} constraints, {kept} kept, {broken} broken",
            plan.constraints.len()
        );
        if std::env::args().any(|arg| arg == "--nocapture") {
            let mut reasons = std::collections::BTreeMap::new();
            for each in plan.constraints.iter().filter(|each| !each.broken) {
                *reasons.entry(each.reason.clone().unwrap_or_default()).or_insert(0) += 1;
            }
            for (reason, n) in reasons {
                println!("    {n} {reason}");
            }
        }
        assert!(n > 0, "{lineage}");
    }
}
