//! `sluse ledger verify`: whether the evidence is whole, and if not, where.

use super::{KeyFrom, Opened, Place};
use crate::cli::{Exit, Output, Style, key, plural, progress::Progress};
use serde::Serialize;
use sluse_contracts::code;
use sluse_ledger::{
    Checkpoint,
    checkpoint::CheckpointFault,
    verify::{Finding, Kind, Options, Report, verify},
};
use std::path::{Path, PathBuf};

/// Tell whether the evidence is whole, and if not, where; works offline
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse ledger verify --config /etc/sluse\n  \
    sluse ledger verify --ledger copy.sqlite --key ledger.pub\n  \
    sluse ledger verify --ledger copy.sqlite --key ledger.pub --checkpoint kept-in-june.txt\n\n\
    A checkpoint kept from earlier (`sluse ledger show --checkpoint`) also finds a tail that was cut\n\
    off, and a history that was rewritten by someone who has the key. Open exchanges are warnings.")]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
    /// A checkpoint kept from earlier, as a file
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct FindingLine<'a> {
    code: &'a str,
    severity: &'a str,
    /// First leaf concerned and the one after the last; absent where it is about a checkpoint alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaves: Option<[u64; 2]>,
    message: &'a str,
}

#[derive(Debug, Serialize)]
struct Summary<'a> {
    ledger: String,
    holds: bool,
    leaves: u64,
    openings: u64,
    closings: u64,
    checkpoints: u64,
    size: u64,
    root: Option<String>,
    key: String,
    key_from: &'a str,
    findings: u64,
    warnings: u64,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Exit, String> {
    let mut opened = args.place.open()?;
    let mut before = Vec::new();
    let earlier = match &args.checkpoint {
        None => None,
        Some(path) => read_earlier(path, &opened, &mut before)?,
    };
    let unreadable = |fault| format!("F0406 {fault}");
    let strays = opened.file.strays().map_err(unreadable)?;
    if strays > 0 {
        let sentence =
            format!("{strays} leaves stand at places below zero: they were never recorded");
        before.push(Finding { kind: Kind::OutOfPlace, leaves: 0..0, sentence, is_warning: false });
    }
    let total = opened.file.size().map_err(unreadable)?;
    let mut progress = Progress::new(usize::try_from(total).unwrap_or(usize::MAX), output);
    let options = Options { key: Some(&opened.key), earlier: earlier.as_ref() };
    let report = verify(&mut opened.file, options, &mut |leaves| {
        progress.at(leaves);
    });
    progress.end();
    let mut report = report.map_err(unreadable)?;
    report.findings.splice(0..0, before);
    // Where leaves are damaged the index cannot fit them, and that is told already.
    let lost = if report.holds() { opened.file.not_indexed().map_err(unreadable)? } else { 0 };
    if lost > 0 {
        let sentence = format!(
            "the file's own index of exchanges does not lead to {lost} leaves: `sluse ledger find` may miss their exchanges"
        );
        report.findings.push(Finding {
            kind: Kind::OutOfPlace,
            leaves: 0..0,
            sentence,
            is_warning: true,
        });
    }
    tell(&report, &opened, earlier.as_ref(), output);
    Ok(if report.holds() { Exit::Fine } else { Exit::Found })
}

/// A text that is no checkpoint cannot be used; one that the key did not sign is a finding.
fn read_earlier(
    path: &Path,
    opened: &Opened,
    findings: &mut Vec<Finding>,
) -> Result<Option<Checkpoint>, String> {
    let text = key::read_text(path)?;
    match Checkpoint::read(&text, &opened.key) {
        Ok(checkpoint) => Ok(Some(checkpoint)),
        Err(fault @ (CheckpointFault::NotSigned | CheckpointFault::SignatureWrong)) => {
            let sentence = format!("the checkpoint kept from earlier: {fault}");
            let finding =
                Finding { kind: Kind::NotSigned, leaves: 0..0, sentence, is_warning: false };
            findings.push(finding);
            Ok(None)
        }
        Err(fault) => Err(format!("`{}`: {fault}", path.display())),
    }
}

fn tell(report: &Report, opened: &Opened, earlier: Option<&Checkpoint>, output: &mut Output) {
    for finding in &report.findings {
        tell_finding(finding, output);
    }
    if report.findings_left_out > 0 {
        output.note(format_args!("and {} more that are not shown", report.findings_left_out));
    }
    let warnings = report.findings.iter().filter(|finding| finding.is_warning).count() as u64;
    let findings = report.findings.len() as u64 - warnings;
    let size = report.newest.as_ref().map_or(0, |newest| newest.size);
    let root = report.newest.as_ref().map(|newest| newest.root.to_string());
    if output.is_json() {
        output.json(&Summary {
            ledger: opened.path.display().to_string(),
            holds: report.holds(),
            leaves: report.leaves,
            openings: report.openings,
            closings: report.closings,
            checkpoints: report.checkpoints,
            size,
            root,
            key: opened.key.to_string(),
            key_from: name_of(opened.key_from),
            findings,
            warnings,
        });
        return;
    }
    output.line(format_args!("ledger       {}", opened.path.display()));
    output.line(format_args!("key          {}", opened.key));
    output.line(format_args!(
        "leaves       {} proved: {}, {}",
        report.leaves,
        counted(report.openings, "opening"),
        counted(report.closings, "closing"),
    ));
    output.line(format_args!("checkpoints  {} signed", report.checkpoints));
    output.line(format_args!("size         {size}"));
    output.line(format_args!(
        "root         {}",
        root.as_deref().unwrap_or("none: the ledger is empty")
    ));
    if let Some(earlier) = earlier {
        output.line(format_args!("earlier      checkpoint of size {}", earlier.size));
    }
    let verdict = if report.holds() {
        output.paint(Style::Good, "the evidence is whole")
    } else {
        output.paint(Style::Bad, format_args!("the evidence is NOT whole: {findings} found"))
    };
    output.line(verdict);
    if opened.key_from == KeyFrom::Ledger {
        output.hint(
            "the key was taken from the ledger itself, and whoever can write to the file can have exchanged both;\n\
             ask the gateway's owner for it (`sluse key public`) and give it with --key",
        );
    }
}

fn tell_finding(finding: &Finding, output: &mut Output) {
    let code = finding.kind.code();
    let severity = if finding.is_warning { "warning" } else { "error" };
    if output.is_json() {
        let leaves =
            (!finding.leaves.is_empty()).then_some([finding.leaves.start, finding.leaves.end]);
        output.json(&FindingLine { code, severity, leaves, message: &finding.sentence });
        return;
    }
    let style = if finding.is_warning { Style::Warn } else { Style::Bad };
    let title = code::entry(code).map_or("", |entry| entry.title);
    let mark = if finding.is_warning { "warning: " } else { "" };
    let code = output.paint(style, code);
    output.line(format_args!("{code} {mark}{title} {}", capitalised(&finding.sentence)));
}

fn counted(count: u64, what: &str) -> String {
    plural(usize::try_from(count).unwrap_or(usize::MAX), what)
}

fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters
        .next()
        .map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

fn name_of(from: KeyFrom) -> &'static str {
    match from {
        KeyFrom::Caller => "caller",
        KeyFrom::Configuration => "configuration",
        KeyFrom::Ledger => "ledger",
    }
}
