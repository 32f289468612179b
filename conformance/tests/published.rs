//! Cases of the descriptions of real services: each gives a plan in bounded time, and all of it is proved.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail, and says what it skips"
)]

use serde_json::Value;
use sluse_conformance::{
    Case, Kind, Plan, Role,
    case::Play,
    derive::{self, Options, REQUESTS_PER_OPERATION},
    plan::Constraint,
};
use sluse_contracts::{Contract, ContractFiles, SchemaCache};
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
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

/// The newest version of each service of a part that loads.
fn newest(folder: &Path, part: usize) -> Vec<(String, Arc<Contract>)> {
    let index = std::fs::read_to_string(folder.join("index.jsonl")).unwrap();
    let entries = index.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut paths = std::collections::BTreeMap::new();
    for entry in entries.filter(|entry| entry["kind"] == "openapi") {
        let path = entry["entry"][0].as_str().unwrap().to_owned();
        paths.insert(entry["lineage"].as_str().unwrap().to_owned(), path);
    }
    let mut contracts = Vec::new();
    for (lineage, path) in paths.into_iter().skip(part).step_by(PARTS) {
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

/// The request that a case tests.
fn tested(case: &Case) -> &sluse_conformance::case::Request {
    let Play::Call(steps) = &case.play else { panic!("{} calls nothing", case.id) };
    &steps.last().unwrap().requests[0]
}

/// How many requests a plan has.
fn n_requests(plan: &Plan) -> usize {
    let steps = plan.cases.iter().filter_map(|case| match &case.play {
        Play::Call(steps) => Some(steps),
        Play::Listen(_) | Play::Shake(_) => None,
    });
    steps.flatten().map(|step| step.requests.len()).sum()
}

/// In how many parts the services are looked at, side by side.
const PARTS: usize = 4;

fn check(part: usize) {
    let Some(folder) = unpacked() else { return };
    let contracts = newest(&folder.path().join("contracts"), part);
    assert!(!contracts.is_empty());
    for (lineage, contract) in contracts {
        let plan = derive::plan(&contract, Role::Provider, &Options::default());
        let (n, n_operations) = (n_requests(&plan), contract.operations().len());
        assert!(n > 0 && n <= n_operations * REQUESTS_PER_OPERATION, "{lineage}: {n}");
        let is_about_one = |case: &&Case| case.kind == Kind::Negative && case.constraint.is_some();
        for case in plan.cases.iter().filter(is_about_one) {
            let told = derive::told_of(&contract, tested(case));
            assert_eq!(told.len(), 1, "{lineage} {} {told:?}", case.id);
        }
        let count = |wanted: fn(&Constraint) -> bool| {
            plan.constraints.iter().filter(|each| wanted(each)).count()
        };
        let (all, kept, broken) =
            (count(|_| true), count(|each| each.kept), count(|each| each.broken));
        println!(
            "{lineage}: {n_operations} operations, {n} requests, {all} constraints, {kept} kept, {broken} broken"
        );
        let mut reasons = std::collections::BTreeMap::new();
        for each in plan.constraints.iter().filter(|each| !each.broken) {
            *reasons.entry(each.reason.as_deref().unwrap()).or_insert(0) += 1;
        }
        reasons.iter().for_each(|(reason, n)| println!("    {n} {reason}"));
    }
}

#[test]
fn every_service_gives_a_plan_and_every_negative_is_proved_in_part_1() {
    check(0);
}

#[test]
fn every_service_gives_a_plan_and_every_negative_is_proved_in_part_2() {
    check(1);
}

#[test]
fn every_service_gives_a_plan_and_every_negative_is_proved_in_part_3() {
    check(2);
}

#[test]
fn every_service_gives_a_plan_and_every_negative_is_proved_in_part_4() {
    check(PARTS - 1);
}
