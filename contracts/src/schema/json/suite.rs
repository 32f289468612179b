//! The JSON Schema suite, drafts 4 to 2020-12, judged as a contract's messages are.
//!
//! Everything that a draft requires is judged as it says. Of what is optional, a table lists what is not, and why; a
//! case of it that turns right fails the test until it is taken out.

use crate::{
    Contract, ContractFiles, JudgeOptions, MediaType, Message, Occasion, Payload, SchemaCache,
    Verdict, payload::Limits, shared::unpack,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

/// Cases that are judged otherwise than the suite says, and why.
const OPTIONAL: &str = include_str!("optional.tsv");

const DRAFTS: [(&str, &str); 5] = [
    ("draft4", "4"),
    ("draft6", "6"),
    ("draft7", "7"),
    ("draft2019-09", "2019-09"),
    ("draft2020-12", "2020-12"),
];

/// A folder of documents by path.
fn documents(folder: &Path, below: &str, documents: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder.join(below)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            self::documents(folder, &format!("{path}/"), documents);
        } else {
            documents.insert(path, std::fs::read(entry.path()).unwrap());
        }
    }
}

/// A contract of one schema. What the suite serves on the network is a folder of it.
fn contract(
    schema: &Value,
    draft: &str,
    formats: &str,
    remotes: &BTreeMap<String, Vec<u8>>,
) -> Result<Arc<Contract>, String> {
    let manifest = format!(
        "id = 'test/suite'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = {{ en = 'Suite' }}\n\
         [json]\ndraft = '{draft}'\nformats = '{formats}'\n\
         addresses = {{ 'http://localhost:1234/' = 'schemas/remotes/' }}\n\
         [[operation]]\nname = 'judge'\nkind = 'one-way'\n\
         request = {{ judge = [{{ json-schema = 'schemas/schema.json' }}] }}\n"
    );
    let text = schema.to_string();
    let mut files = ContractFiles::new("");
    files.add("contract.toml", manifest);
    if text.contains("localhost:1234") {
        for (path, bytes) in remotes {
            files.add(&format!("schemas/remotes/{path}"), bytes.clone());
        }
    }
    files.add("schemas/schema.json", text);
    let (contract, findings) = Contract::load(&files, &SchemaCache::new());
    contract.ok_or_else(|| findings.iter().map(|each| format!("{each} ")).collect())
}

fn judge(contract: &Contract, document: &Value) -> Verdict {
    let message = Message::new(MediaType::json(), document.to_string());
    match Payload::parse(&message, &Limits::default()) {
        Ok(payload) => {
            contract.judge(Some(&payload), &Occasion::request("judge"), &JudgeOptions::default())
        }
        Err(violation) => Verdict::malformed(violation),
    }
}

/// What one file's cases are judged to be otherwise than it says, by id.
fn wrong(
    folder: &Path,
    name: &str,
    (draft, version): (&str, &str),
    remotes: &BTreeMap<String, Vec<u8>>,
) -> (usize, BTreeMap<String, String>) {
    let path = folder.join("tests").join(draft).join(format!("{name}.json"));
    let groups: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let formats = if name.starts_with("optional/format/") { "assert" } else { "annotate" };
    let (mut n_cases, mut wrong) = (0, BTreeMap::new());
    for (group_at, group) in groups.as_array().unwrap().iter().enumerate() {
        let contract = contract(&group["schema"], version, formats, remotes);
        for (at, case) in group["tests"].as_array().unwrap().iter().enumerate() {
            n_cases += 1;
            let expected = case["valid"].as_bool().unwrap();
            let why = match &contract {
                Ok(contract) => {
                    let found = judge(contract, &case["data"]);
                    let accepted = found.outcome == crate::Outcome::Accepted;
                    (accepted != expected).then(|| format!("{:?}", found.outcome).to_lowercase())
                }
                Err(findings) => Some(format!("not loaded: {findings}")),
            };
            if let Some(why) = why {
                let what = format!("{why}: {} / {}", group["description"], case["description"]);
                wrong.insert(format!("{draft}/{name}/{group_at}/{at}"), what);
            }
        }
    }
    (n_cases, wrong)
}

/// The names of a draft's files below `tests/<draft>/`.
fn names(folder: &Path, draft: &str) -> Vec<String> {
    let mut files = BTreeMap::new();
    documents(&folder.join("tests").join(draft), "", &mut files);
    files.keys().filter_map(|path| path.strip_suffix(".json").map(str::to_owned)).collect()
}

fn listed() -> BTreeSet<&'static str> {
    let lines = OPTIONAL.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (case, why) = line.split_once('\t').unwrap();
            assert!(why.len() > 20, "{case}: say why");
            case
        })
        .collect()
}

/// Judges every case of the suite in one draft.
fn check(at: usize) {
    let Some(folder) = unpack("suites/jsonschema.tar.gz") else { return };
    let folder = folder.path().join("jsonschema");
    let mut remotes = BTreeMap::new();
    documents(&folder.join("remotes"), "", &mut remotes);
    let listed = listed();
    let draft = DRAFTS[at];
    let (mut required, mut optional, mut faults) = (0, 0, Vec::new());
    for name in names(&folder, draft.0) {
        let (n_cases, wrong) = wrong(&folder, &name, draft, &remotes);
        *(if name.starts_with("optional/") { &mut optional } else { &mut required }) += n_cases;
        let of_file = format!("{}/{name}/", draft.0);
        let known = listed.iter().filter(|case| case.starts_with(&of_file));
        for case in known.filter(|case| !wrong.contains_key(**case)) {
            faults.push(format!("{case} is judged as the suite says: take it out of the table"));
        }
        for (case, what) in wrong {
            if !name.starts_with("optional/") || !listed.contains(case.as_str()) {
                faults.push(format!("{case}: {what}"));
            }
        }
    }
    assert!(required > 100 && optional > 50, "{required} {optional}");
    println!("{}: {required} required and {optional} optional cases", draft.0);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn judges_draft_4_as_the_suite_says() {
    check(0);
}

#[test]
fn judges_draft_6_as_the_suite_says() {
    check(1);
}

#[test]
fn judges_draft_7_as_the_suite_says() {
    check(2);
}

#[test]
fn judges_draft_2019_09_as_the_suite_says() {
    check(3);
}

#[test]
fn judges_draft_2020_12_as_the_suite_says() {
    check(4);
}
