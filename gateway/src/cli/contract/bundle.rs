//! `sluse contract bundle`: a contract with all its files as one file, for those who have to keep to it.

use super::size;
use crate::{
    cli::{Exit, Output, plural},
    config::{bundle, reason},
    target::subject::{self, SubjectFault},
};
use bytes::Bytes;
use serde_json::json;
use sluse_conformance::suite;
use sluse_contracts::{Contract, Finding, SchemaCache, files::FileDigest};
use std::{fs, path::PathBuf};

/// Write a contract with all its files as one file
///
/// Suppliers give it to `sluse conformance init --contract FILE`. It is an archive that every tar
/// reads, with SHA256SUMS at its head; the same contract gives the same bytes on each machine.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse contract bundle contracts/example.city/permits/1.0.0\n  \
    sluse contract bundle example.city/permits@1.0.0 --output permits.tar\n\n\
    A contract or a suite with a fault is not bundled. Exit status: 0 the file is written, 2 it is not.")]
pub(super) struct Args {
    /// A contract's folder, or an id of the library
    #[arg(value_name = "PATH|ID")]
    contract: String,
    /// The file that is written; ID-VERSION.tar where absent, `/` in the id as `-`
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let files = match subject::files(&args.contract) {
        Ok(files) => files,
        Err(SubjectFault::Unknown) => {
            let exit = output.error(format_args!("there is no contract `{}`", args.contract));
            output.hint("name a contract's folder, or an id of the library");
            return exit;
        }
        Err(SubjectFault::Faulty(findings)) => return refuse(&findings, output),
    };
    let (contract, mut findings) = Contract::load(&files, &SchemaCache::default());
    let Some(contract) = contract else { return refuse(&findings, output) };
    findings.extend(suite::read(&files, &contract).1);
    if findings.iter().any(Finding::is_error) {
        return refuse(&findings, output);
    }
    let manifest = contract.manifest();
    let (id, version) = (manifest.id.to_string(), manifest.version.to_string());
    let bytes = match bundle::pack(&format!("{id}/{version}"), &files) {
        Ok(bytes) => bytes,
        Err(why) => return output.error(why),
    };
    // Whoever gets it reads it so: a name that a reader refuses is told here, not there.
    let bytes = Bytes::from(bytes);
    if let Err(finding) = bundle::unpack(&format!("{id}@{version}"), &bytes) {
        return refuse(&[finding], output);
    }
    let usual = || PathBuf::from(format!("{}-{version}.tar", id.replace('/', "-")));
    let file = args.output.clone().unwrap_or_else(usual);
    let shown = file.display();
    if let Err(fault) = fs::write(&file, &bytes) {
        return output.error(format_args!("`{shown}` cannot be written: {}", reason(&fault)));
    }
    let (sum, count) = (FileDigest::of(&bytes), files.iter().count());
    if output.is_json() {
        output.json(&json!({
            "file": shown.to_string(), "contract": format!("{id}@{version}"), "sha256": sum.to_string(),
            "contract-sha256": contract.digest().to_string(), "files": count, "bytes": bytes.len(),
        }));
    } else {
        output.line(format_args!("{sum}  {shown}"));
        output.note(format_args!(
            "{id}@{version}: {}, {}",
            plural(count, "file"),
            size(bytes.len())
        ));
    }
    Exit::Fine
}

fn refuse(findings: &[Finding], output: &mut Output) -> Exit {
    findings.iter().for_each(|finding| output.note(finding));
    output.error("the contract is faulty")
}
