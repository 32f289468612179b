//! Peers for JSON: ajv on Node.js, and `jsonschema-rs` on Python. Small programs in `bench/peers` run them.

use crate::{
    Fault,
    judge::peers::{Measured, succeed},
    report,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const AJV: &str = include_str!("../../../peers/ajv.js");
const PYTHON: &str = include_str!("../../../peers/jsonschema_rs_judge.py");

/// What npm is asked for.
const PACKAGES: [&str; 2] = ["ajv@8.20.0", "ajv-formats@3.0.1"];

/// The peers that are there.
#[derive(Debug)]
pub(super) struct Peers {
    ajv: Option<PathBuf>,
    python: Option<PathBuf>,
}

impl Peers {
    /// Prepares what can be prepared, and tells what is missing.
    pub(super) fn prepare(folder: &Path) -> Self {
        let complain = |name: &str, hint: &str, fault: &Fault| {
            report::complain(&format!("without {name}: {hint} ({fault})"));
        };
        let ajv = prepare_ajv(&folder.join("node")).inspect_err(|fault| {
            complain("ajv", "install Node.js with npm, which fetches it from its registry", fault);
        });
        let python = prepare_python(folder).inspect_err(|fault| {
            complain("jsonschema-rs", "install it from PyPI for python3", fault);
        });
        Self { ajv: ajv.ok(), python: python.ok() }
    }

    pub(super) fn ajv(
        &self,
        schema: &Path,
        document: &Path,
        count: u64,
    ) -> Result<Option<Measured>, Fault> {
        run("node", self.ajv.as_deref(), schema, document, count)
    }

    pub(super) fn python(
        &self,
        schema: &Path,
        document: &Path,
        count: u64,
    ) -> Result<Option<Measured>, Fault> {
        run("python3", self.python.as_deref(), schema, document, count)
    }
}

fn run(
    program: &str,
    script: Option<&Path>,
    schema: &Path,
    document: &Path,
    count: u64,
) -> Result<Option<Measured>, Fault> {
    let Some(script) = script else { return Ok(None) };
    Measured::of(Command::new(program).args([script, schema, document]).arg(count.to_string()))
}

fn prepare_ajv(folder: &Path) -> Result<PathBuf, Fault> {
    fs::create_dir_all(folder)?;
    let script = folder.join("ajv.js");
    fs::write(&script, AJV)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--no-save", "--prefix"]).arg(folder);
    succeed(npm.args(PACKAGES).current_dir(folder))?;
    Ok(script)
}

fn prepare_python(folder: &Path) -> Result<PathBuf, Fault> {
    let script = folder.join("jsonschema_rs_judge.py");
    fs::write(&script, PYTHON)?;
    succeed(Command::new("python3").args(["-c", "import jsonschema_rs"]))?;
    Ok(script)
}
