//! Peers: libxml2, the JDK's Xerces, Saxon. Small programs in `bench/peers` run them, built on the spot.

use crate::{Fault, report};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// What a process tells of its judging.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    pub(super) cpu_seconds: f64,
    pub(super) wall_seconds: f64,
    /// Violations found; of validators that tell no number, 1 for any.
    pub(super) found: u64,
    pub(super) peak_bytes: u64,
}

/// The peers that are there.
#[derive(Debug)]
pub(super) struct Peers {
    libxml2: Option<PathBuf>,
    jdk: Option<PathBuf>,
    saxon: Option<PathBuf>,
}

const LIBXML2: &str = include_str!("../../peers/libxml2.c");
const JDK: &str = include_str!("../../peers/Jdk.java");
const SAXON: &str = include_str!("../../peers/saxon.py");

/// Rounds before the clock is looked at: what compiles itself while it runs needs them.
const WARM_UP_BYTES: u64 = 30_000_000;

impl Measured {
    /// Runs a command that prints one JSON object; none where it fails.
    pub(super) fn of(command: &mut Command) -> Result<Option<Self>, Fault> {
        let output = command.output()?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            report::complain(&format!("{:?}: {}", command.get_program(), complaint.trim()));
            return Ok(None);
        }
        let told: Value = serde_json::from_slice(&output.stdout)?;
        let number = |name: &str| told.get(name).and_then(Value::as_f64).unwrap_or(0.0);
        let valid = told.get("valid").and_then(Value::as_bool);
        let fired = told.get("fired").and_then(Value::as_u64).unwrap_or(0);
        Ok(Some(Self {
            cpu_seconds: number("cpu_seconds"),
            wall_seconds: number("wall_seconds"),
            found: valid.map_or(fired, |valid| u64::from(!valid)),
            peak_bytes: told.get("peak_bytes").and_then(Value::as_u64).unwrap_or(0),
        }))
    }
}

impl Peers {
    /// Builds what can be built, and tells what is missing.
    pub(super) fn prepare(folder: &Path) -> Self {
        let built = |name: &str, hint: &str, made: Result<PathBuf, Fault>| {
            let complain = |fault: &Fault| {
                report::complain(&format!("without {name}: {hint} ({fault})"));
            };
            made.inspect_err(complain).ok()
        };
        Self {
            libxml2: built(
                "libxml2",
                "install a C compiler and Debian's libxml2-dev",
                build_libxml2(folder),
            ),
            jdk: built("the JDK", "install Debian's default-jdk-headless", build_jdk(folder)),
            saxon: built("Saxon", "install saxonche and lxml from PyPI", build_saxon(folder)),
        }
    }

    pub(super) fn libxml2(
        &self,
        schema: &Path,
        document: &Path,
        count: u64,
    ) -> Result<Option<Measured>, Fault> {
        let Some(program) = &self.libxml2 else { return Ok(None) };
        Measured::of(Command::new(program).arg(schema).arg(document).arg(count.to_string()))
    }

    pub(super) fn jdk(
        &self,
        schema: &Path,
        document: &Path,
        count: u64,
    ) -> Result<Option<Measured>, Fault> {
        let Some(folder) = &self.jdk else { return Ok(None) };
        let warm_up = WARM_UP_BYTES / fs::metadata(document)?.len().max(1);
        Measured::of(
            Command::new("java")
                .arg("-cp")
                .arg(folder)
                .arg("Jdk")
                .args([schema, document])
                .args([count, warm_up].map(|number| number.to_string())),
        )
    }

    pub(super) fn saxon(
        &self,
        document: &Path,
        rules: &[PathBuf],
        count: u64,
    ) -> Result<Option<Measured>, Fault> {
        let Some(script) = &self.saxon else { return Ok(None) };
        let warm_up = (count / 4).max(1);
        Measured::of(
            Command::new("python3")
                .arg(script)
                .args([count, warm_up].map(|number| number.to_string()))
                .arg(document)
                .args(rules),
        )
    }

    /// Wall time in milliseconds of both in processes of their own, one document each.
    pub(super) fn cold(
        &self,
        schema: &Path,
        document: &Path,
        rules: &[PathBuf],
    ) -> Result<Option<f64>, Fault> {
        let (Some(folder), Some(script)) = (&self.jdk, &self.saxon) else { return Ok(None) };
        let mut java = Command::new("java");
        java.arg("-cp").arg(folder).arg("Jdk").args([schema, document]).args(["1", "0"]);
        let mut python = Command::new("python3");
        python.arg(script).args(["1", "0"]).arg(document).args(rules);
        let began = Instant::now();
        let done = Measured::of(&mut java)?.is_some() && Measured::of(&mut python)?.is_some();
        Ok(done.then(|| began.elapsed().as_secs_f64() * 1e3))
    }
}

fn build_libxml2(folder: &Path) -> Result<PathBuf, Fault> {
    let (source, program) = (folder.join("libxml2.c"), folder.join("libxml2"));
    fs::write(&source, LIBXML2)?;
    let flags = |what: &str| -> Result<Vec<String>, Fault> {
        let output = Command::new("xml2-config").arg(what).output()?;
        Ok(String::from_utf8(output.stdout)?.split_whitespace().map(ToOwned::to_owned).collect())
    };
    let mut compiler = Command::new("cc");
    compiler.arg("-O2").args(flags("--cflags")?).arg(&source).arg("-o").arg(&program);
    succeed(compiler.args(flags("--libs")?))?;
    Ok(program)
}

fn build_jdk(folder: &Path) -> Result<PathBuf, Fault> {
    let source = folder.join("Jdk.java");
    fs::write(&source, JDK)?;
    succeed(Command::new("javac").arg("-d").arg(folder).arg(source))?;
    Ok(folder.to_owned())
}

fn build_saxon(folder: &Path) -> Result<PathBuf, Fault> {
    let script = folder.join("saxon.py");
    fs::write(&script, SAXON)?;
    succeed(Command::new("python3").args(["-c", "import saxonche, lxml"]))?;
    Ok(script)
}

/// Runs a command to its end; its last complaint where it fails.
pub(super) fn succeed(command: &mut Command) -> Result<(), Fault> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(complaint.lines().last().unwrap_or("it failed").to_owned().into())
}
