//! schemathesis, with the contract's OpenAPI and the supplier's own token.

use super::Failures;
use crate::Fault;
use serde_json::Value;
use sluse::reference::{CONTRACT, Reference};
use sluse_conformance::library;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// Largest report that is read, in bytes.
const REPORT_BYTES_MAX: u64 = 64 << 20;

/// The contract's description, written into a folder.
pub(super) fn description(folder: &Path) -> Result<std::path::PathBuf, Fault> {
    let shipped = library::find(CONTRACT).ok_or_else(|| Fault::from("no contract".to_owned()))?;
    let text = shipped.texts.iter().find(|(path, _)| *path == "openapi.yaml");
    let file = folder.join("openapi.yaml");
    fs::write(&file, text.map_or("", |(_, text)| text))
        .map_err(|fault| Fault::from(fault.to_string()))?;
    Ok(file)
}

/// What it tells of this system: each kind of failure with each operation. All its checks are on, and all its phases
/// but that of links, which the contract does not have.
pub(in crate::conformance) fn run(
    program: &Path,
    examples: u32,
    reference: &Reference,
) -> Result<Failures, Fault> {
    let folder = tempfile::tempdir().map_err(|fault| Fault::from(fault.to_string()))?;
    let file = description(folder.path())?;
    let report = folder.path().join("report.json");
    let examples = examples.to_string();
    Command::new(program)
        .args(["run", "--checks", "all", "--phases", "examples,coverage,fuzzing", "--seed", "1"])
        .args(["--max-examples", &examples, "--report", "json", "--report-json-path"])
        .arg(&report)
        .arg("--url")
        .arg(reference.url("127.0.0.1"))
        .arg("--header")
        .arg(format!("Authorization: Bearer {}", reference.token("own")))
        .arg(&file)
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|fault| Fault::from(format!("{}: {fault}", program.display())))?;
    let read = || {
        let size = fs::metadata(&report).ok()?.len();
        let text = fs::read(&report).ok().filter(|_| size <= REPORT_BYTES_MAX)?;
        failures(&serde_json::from_slice(&text).ok()?)
    };
    read().ok_or_else(|| Fault::from("schemathesis left no report that can be read".to_owned()))
}

fn failures(report: &Value) -> Option<Failures> {
    let mut told = Failures::new();
    for failure in report.get("failures")?.as_array()? {
        let kind = failure.get("title")?.as_str()?;
        for operation in failure.get("operations")?.as_array()? {
            told.insert(format!("{kind}: {}", operation.as_str()?));
        }
    }
    Some(told)
}
