//! Our own judging, as a gateway does it: from bytes to verdict under a contract. And the crate `jsonschema` alone.

use crate::{
    Fault,
    judge::{ours, peers::Measured},
    setup,
};
use serde_json::Value;
use sluse_contracts::{
    Contract, ContractFiles, JudgeOptions, MediaType, Message, Occasion, Payload, SchemaCache,
    judge::RequestHead, payload::Limits,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What such a process is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct Way {
    way: String,
    /// Where the contract or the schema is
    folder: PathBuf,
    document: PathBuf,
    count: u64,
}

/// Runs a way in a process of its own.
pub(super) fn in_process(
    way: &str,
    folder: &Path,
    document: &Path,
    count: u64,
) -> Result<Option<Measured>, Fault> {
    let mut command = setup::part(&["judge-service", way])?;
    command.arg(folder).arg(document).arg(count.to_string());
    Measured::of(&mut command)
}

/// Measures a way: this is the process of its own.
pub(crate) fn measure(way: &Way) -> Result<(), Fault> {
    match way.way.as_str() {
        "json" => message(way, MediaType::json(), None),
        "xml" => message(way, MediaType::xml(), None),
        "soap" => message(way, "text/xml".parse()?, Some(("POST", super::soap::HEADERS))),
        "operations" => operations(way),
        "crate-errors" => alone(way, |validator, value| validator.iter_errors(value).count()),
        "crate-is-valid" => alone(way, |validator, value| usize::from(!validator.is_valid(value))),
        other => Err(format!("{other} is no way to judge").into()),
    }
}

/// Reads and judges a message under the contract in the folder.
fn message(
    way: &Way,
    media_type: MediaType,
    head: Option<(&str, &[(&str, &str)])>,
) -> Result<(), Fault> {
    let contract = load(&way.folder)?;
    let message = Message::new(media_type, fs::read(&way.document)?);
    let (limits, options) = (Limits::default(), JudgeOptions::default());
    let first = contract.operations().first().copied().unwrap_or_default();
    let judge = || -> Result<usize, Fault> {
        let Ok(payload) = Payload::parse(&message, &limits) else { return Ok(1) };
        let mut occasion = Occasion::request(first).of_type(&message.media_type);
        if let Some((method, headers)) = head {
            let head = RequestHead { method, path: "/", query: None, headers };
            occasion = occasion.with_request(head);
            let found = contract.operation_of(Some(&payload), &occasion);
            occasion.operation = found.map_or("", |found| found.name);
        }
        Ok(contract.judge(Some(&payload), &occasion, &options).violations.len())
    };
    ours::repeat(way.count, &judge)
}

/// Looks up all requests of the document, a line each: method, path, and the operation that is meant. One round counts as
/// so many lookups as there are lines.
fn operations(way: &Way) -> Result<(), Fault> {
    let contract = load(&way.folder)?;
    let text = fs::read_to_string(&way.document)?;
    let mut requests = Vec::new();
    for line in text.lines() {
        let mut words = line.split(' ');
        let (Some(method), Some(path)) = (words.next(), words.next()) else {
            return Err(format!("{line} is no request").into());
        };
        let meant = words.next();
        let found = contract.operation_at(method, path).map(|found| found.name.to_owned());
        if found.as_deref() != meant {
            return Err(format!("{line} leads to {found:?}").into());
        }
        requests.push((method, path));
    }
    let judge = || -> Result<usize, Fault> {
        let lost = requests.iter().filter(|(method, path)| {
            std::hint::black_box(contract.operation_at(method, path)).is_none()
        });
        Ok(lost.count())
    };
    ours::repeat(way.count / requests.len() as u64, &judge)
}

/// The crate as its users use it: `serde_json` reads, the validator judges.
fn alone(
    way: &Way,
    judge: impl Fn(&jsonschema::Validator, &Value) -> usize + Sync,
) -> Result<(), Fault> {
    let schema: Value = serde_json::from_slice(&fs::read(way.folder.join(super::json::SCHEMA))?)?;
    let validator = jsonschema::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .should_validate_formats(true)
        .build(&schema)
        .map_err(|fault| fault.to_string())?;
    let bytes = fs::read(&way.document)?;
    ours::repeat(way.count, &|| {
        let value: Value = serde_json::from_slice(&bytes)?;
        Ok(judge(&validator, &value))
    })
}

fn load(folder: &Path) -> Result<Arc<Contract>, Fault> {
    let mut files = ContractFiles::new("");
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        files.add(&entry.file_name().to_string_lossy(), fs::read(entry.path())?);
    }
    let (contract, findings) = Contract::load(&files, &SchemaCache::new());
    contract.ok_or_else(|| format!("{findings:?}").into())
}
