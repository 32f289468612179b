//! Requests and answers, good and bad, under published descriptions: `contracts/tests/openapi/README.md` says how they
//! are written.

use crate::files::files_below;
use crate::shared::unpack;
use serde_json::Value;
use sluse_contracts::{
    Contract, ContractFiles, JudgeOptions, MediaType, Message, Occasion, Outcome, Payload,
    SchemaCache, Severity, Verdict,
    judge::{RequestHead, ResponseHead},
    payload::Limits,
};
use std::{collections::BTreeSet, path::Path, sync::Arc};

/// One file of pairs.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Pairs {
    description: String,
    exchange: Vec<Exchange>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    request: String,
    answer: String,
    pairs: Vec<String>,
}

/// A message in parts that can be changed.
#[derive(Clone)]
struct Changing {
    start: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Changing {
    fn read(text: &str) -> Self {
        let text = text.trim_start_matches('\n');
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.trim_end().lines();
        let start = lines.next().unwrap().to_owned();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("{line}"));
            (name.to_owned(), value.trim().to_owned())
        });
        Self { start, headers: headers.collect(), body: body.replace("\\r\\n", "\r\n") }
    }

    fn apply(&mut self, change: &str) {
        let (verb, rest) = change.split_once(' ').unwrap_or((change, ""));
        match verb {
            "as" => {}
            "start" => rest.clone_into(&mut self.start),
            "body" => self.body = rest.replace("\\r\\n", "\r\n"),
            "header" => {
                let (name, value) = rest.split_once(':').unwrap();
                self.headers.retain(|(each, _)| !each.eq_ignore_ascii_case(name));
                self.headers.push((name.to_owned(), value.trim().to_owned()));
            }
            "without" => self.headers.retain(|(each, _)| !each.eq_ignore_ascii_case(rest)),
            "set" | "remove" => {
                let (pointer, value) = rest.split_once(' ').unwrap_or((rest, ""));
                let mut body: Value = serde_json::from_str(&self.body).unwrap();
                let (above, step) = pointer.rsplit_once('/').unwrap();
                let value = (verb == "set").then(|| serde_json::from_str(value).unwrap());
                match (body.pointer_mut(above).unwrap(), value) {
                    (Value::Object(members), Some(value)) => {
                        members.insert(step.to_owned(), value);
                    }
                    (Value::Object(members), None) => {
                        members.shift_remove(step).unwrap();
                    }
                    (Value::Array(items), Some(value)) => {
                        items[step.parse::<usize>().unwrap()] = value;
                    }
                    (place, _) => panic!("{change}: {place}"),
                }
                self.body = body.to_string();
            }
            other => panic!("there is no change `{other}`"),
        }
    }

    fn headers(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn media_type(&self) -> Option<MediaType> {
        let mut stated = self.headers.iter();
        let stated = stated.find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        stated.map(|(_, value)| value.parse().unwrap())
    }

    /// Errors as code and path, parted by commas.
    fn judge(&self, contract: &Contract, occasion: &Occasion<'_>) -> String {
        let media_type = self.media_type();
        let occasion = media_type.as_ref().map_or(*occasion, |each| occasion.of_type(each));
        let message = Message::new(
            media_type.clone().unwrap_or(MediaType::octet_stream()),
            self.body.clone(),
        );
        let payload = (!self.body.is_empty()).then(|| Payload::parse(&message, &Limits::default()));
        let verdict = match payload {
            Some(Err(violation)) => Verdict::malformed(violation),
            Some(Ok(payload)) => {
                contract.judge(Some(&payload), &occasion, &JudgeOptions::default())
            }
            None => contract.judge(None, &occasion, &JudgeOptions::default()),
        };
        let errors = verdict.violations.iter().filter(|each| each.severity == Severity::Error);
        let mut told: Vec<String> = errors
            .map(|each| format!("{} {}", each.code, each.path).trim_end().to_owned())
            .collect();
        told.sort();
        assert_eq!(told.is_empty(), verdict.outcome == Outcome::Accepted);
        if told.is_empty() { "accepted".to_owned() } else { told.join(", ") }
    }
}

/// What a description says of a request and its answer.
fn judge(contract: &Contract, request: &Changing, answer: &Changing) -> [String; 2] {
    let (method, target) = request.start.split_once(' ').unwrap();
    let (path, query) =
        target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let Some(operation) = contract.operation_at(method, path) else {
        return ["no operation".to_owned(), "accepted".to_owned()];
    };
    let headers = request.headers();
    let head = RequestHead { method, path, query, headers: &headers };
    let asked = Occasion::request(operation.name).with_request(head);
    let headers = answer.headers();
    let status = answer.start.trim().parse().unwrap();
    let answered = Occasion::response(operation.name);
    let answered = answered.with_response(ResponseHead { status, headers: &headers });
    [request.judge(contract, &asked), answer.judge(contract, &answered)]
}

fn load(folder: &Path, description: &str) -> Arc<Contract> {
    let (below, entry) = description.rsplit_once('/').unwrap();
    let mut files = ContractFiles::new("");
    files.add("contract.toml", crate::MANIFEST.replace("api.yaml", entry));
    let folder = folder.join(below);
    let mut paths = Vec::new();
    files_below(&folder, &mut paths);
    for path in paths {
        let name = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
        files.add(&name, std::fs::read(&path).unwrap());
    }
    let (contract, findings) = Contract::load(&files, &SchemaCache::new());
    contract.unwrap_or_else(|| panic!("{findings:?}"))
}

/// Judges every pair of one file.
fn check(name: &str) {
    let Some(folder) = unpack("suites/contracts.tar.gz") else { return };
    let folder = folder.path().join("contracts");
    let pairs = read(name);
    if !folder.join(&pairs.description).exists() {
        return println!("SKIPPED: {} is not in this half of the suite", pairs.description);
    }
    let contract = load(&folder, &pairs.description);
    let (mut n_pairs, mut wrong) = (0, Vec::new());
    for exchange in &pairs.exchange {
        let request = Changing::read(&exchange.request);
        let answer = Changing::read(&exchange.answer);
        for line in &exchange.pairs {
            n_pairs += 1;
            let (change, expected) = line.split_once(" => ").unwrap();
            let (side, changes) = change.split_once(' ').unwrap();
            let (mut request, mut answer) = (request.clone(), answer.clone());
            let changed = if side == "request" { &mut request } else { &mut answer };
            changes.split(" ;; ").for_each(|change| changed.apply(change));
            let mut all: Vec<&str> = expected.trim().split(", ").collect();
            all.sort_unstable();
            let expected = match side {
                "request" => [all.join(", "), "accepted".to_owned()],
                "answer" => ["accepted".to_owned(), all.join(", ")],
                other => panic!("{other}"),
            };
            let found = judge(&contract, &request, &answer);
            if found != expected {
                wrong.push(format!("{line}\n    found {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {n_pairs}:\n{}", wrong.len(), wrong.join("\n"));
    println!("{name}: {n_pairs} pairs are judged as the description says");
}

fn read(name: &str) -> Pairs {
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openapi");
    let text = std::fs::read_to_string(tables.join(format!("{name}.toml"))).unwrap();
    toml::from_str(&text).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

macro_rules! pairs {
    ($($test:ident $name:literal)*) => {
        $(
            #[test]
            fn $test() {
                check($name);
            }
        )*

        const NAMES: &[&str] = &[$($name),*];
    };
}

pairs! {
    pairs_of_data "brp-data"
    pairs_of_custody "brp-gezag"
    pairs_of_information "brp-informatie"
    pairs_of_persons "brp-personen"
    pairs_of_digital_post "digdir-print"
    pairs_of_demographics "nhs-pds"
    pairs_of_case_data "sundsvall-case-data"
    pairs_of_authorisations "vng-autorisaties"
    pairs_of_documents "vng-documenten"
    pairs_of_customers "vng-klanten"
    pairs_of_requests "vng-verzoeken"
}

#[test]
fn there_are_enough_pairs_and_none_is_left_out() {
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openapi");
    let mut n_pairs = 0;
    for entry in std::fs::read_dir(tables).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "toml") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            assert!(NAMES.contains(&name.as_str()), "{name} is not run");
            let of_file = read(&name).exchange.iter().map(|each| each.pairs.len()).sum::<usize>();
            assert!(of_file >= 12, "{name}: {of_file}");
            n_pairs += of_file;
        }
    }
    println!("{n_pairs} pairs");
    assert!(n_pairs >= 600);
}

#[test]
fn every_description_of_the_suite_has_pairs() {
    let Some(folder) = unpack("suites/contracts.tar.gz") else { return };
    let index = std::fs::read_to_string(folder.path().join("contracts/index.jsonl")).unwrap();
    let entries = index.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let described = entries.filter(|entry| entry["kind"] == "openapi");
    let all: BTreeSet<String> =
        described.map(|entry| entry["lineage"].as_str().unwrap().to_owned()).collect();
    let without: Vec<&String> = all.iter().filter(|each| !NAMES.contains(&each.as_str())).collect();
    if without.len() == all.len() {
        return println!("SKIPPED: this is the half of the suite that is kept apart");
    }
    assert!(without.is_empty(), "{without:?}");
}
