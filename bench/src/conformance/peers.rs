//! Another suite before the same system: schemathesis, with the contract's OpenAPI and the supplier's own token.

use crate::Fault;
use sluse::reference::{CONTRACT, Reference};
use sluse_conformance::library;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// Most examples that it makes for each operation.
const EXAMPLES: &str = "100";

/// Whether schemathesis tells any failure of this system.
pub(super) fn schemathesis(program: &Path, reference: &Reference) -> Result<bool, Fault> {
    let shipped = library::find(CONTRACT).ok_or_else(|| Fault::from("no contract".to_owned()))?;
    let text = shipped.texts.iter().find(|(path, _)| *path == "openapi.yaml");
    let folder = tempfile::tempdir().map_err(|fault| Fault::from(fault.to_string()))?;
    let file = folder.path().join("openapi.yaml");
    fs::write(&file, text.map_or("", |(_, text)| text))
        .map_err(|fault| Fault::from(fault.to_string()))?;
    let status = Command::new(program)
        .args(["run", "--checks", "all", "--max-examples", EXAMPLES, "--seed", "1", "--url"])
        .arg(reference.url("127.0.0.1"))
        .arg("--header")
        .arg(format!("Authorization: Bearer {}", reference.token("own")))
        .arg(&file)
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|fault| Fault::from(format!("{}: {fault}", program.display())))?;
    Ok(!status.success())
}
