//! `sluse conformance verify`: a bundle judged again, without the system.

use super::{Exit, Output, desk, report};
use crate::{
    cli::{Style, key},
    target::subject::{Subject, SubjectFault},
};
use serde_json::json;
use sluse_conformance::{
    bundle::{self, BUNDLE_BYTES_MAX, Opened},
    verify::{Rejudged, rejudge},
};
use std::path::{Path, PathBuf};

/// Judge an evidence bundle again, offline and without the system
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse conformance verify evidence.json --key supplier.pub\n  \
    sluse conformance verify evidence.json --key supplier.pub --contract contracts/example.city/permits/1.0.0\n\n\
    The signature is looked at first. Then every verdict is worked out anew from the kept exchanges and the\n\
    contract. Exit status: 0 the bundle holds, 1 it does not, 2 it cannot be read. That it holds says nothing of\n\
    whether the system conforms: the outcome is printed.")]
pub(super) struct Args {
    /// The bundle that `sluse conformance run --bundle` wrote
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// Who may have signed it: a line as `sluse key public` prints it, or a file that holds it
    #[arg(long, value_name = "KEY")]
    key: Vec<String>,
    /// The contract's folder or id; the one of the library that the bundle names where absent
    #[arg(long, value_name = "PATH|ID")]
    contract: Option<String>,
}

/// A bundle whose signature holds, and what came of judging it again.
pub(in crate::cli) struct Judged {
    pub(in crate::cli) opened: Opened,
    pub(in crate::cli) rejudged: Rejudged,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    match judge(&args.bundle, &args.key, args.contract.as_deref(), output) {
        Ok(judged) => {
            tell(&judged, output);
            if judged.rejudged.holds() { Exit::Fine } else { Exit::Found }
        }
        Err(exit) => exit,
    }
}

/// Opens a bundle, the signature first, and judges it again. What stands in the way is told.
pub(in crate::cli) fn judge(
    file: &Path,
    keys: &[String],
    contract: Option<&str>,
    output: &mut Output,
) -> Result<Judged, Exit> {
    let keys: Result<Vec<_>, String> = keys.iter().map(|given| key::verifier(given)).collect();
    let keys = keys.map_err(|why| output.error(why))?;
    let bytes = report::bytes(file, BUNDLE_BYTES_MAX).map_err(|why| output.error(why))?;
    let opened = match bundle::open(&bytes, &keys) {
        Ok(opened) => opened,
        Err(fault @ (bundle::BundleFault::NotAnEnvelope | bundle::BundleFault::NotAResult)) => {
            return Err(output.error(format_args!("`{}`: {fault}", file.display())));
        }
        Err(fault) => {
            let line = output.paint(Style::Bad, format_args!("the bundle does NOT hold: {fault}"));
            output.line(line);
            return Err(Exit::Found);
        }
    };
    let word = contract.unwrap_or(&opened.result().contract.name).to_owned();
    let subject = Subject::load(&word, opened.result().role);
    let subject = subject.map_err(|fault| unusable(&word, fault, output))?;
    let profile = opened.result().profile.as_deref();
    let subject = subject.of_profile(profile);
    let subject = subject.map_err(|names| desk::unknown_profile(profile, &names, output))?;
    let rejudged = rejudge(opened.result(), &subject.contract, &subject.suite, &subject.plan);
    Ok(Judged { opened, rejudged })
}

/// Tells why the contract cannot be used.
fn unusable(word: &str, fault: SubjectFault, output: &mut Output) -> Exit {
    match fault {
        SubjectFault::Faulty(findings) => {
            findings.iter().for_each(|finding| output.note(finding));
            output.error(format_args!("the contract `{word}` is faulty"))
        }
        SubjectFault::Unknown => {
            let exit = output.error(format_args!("there is no contract `{word}` here"));
            output.hint("give its folder with --contract");
            exit
        }
    }
}

fn tell(judged: &Judged, output: &mut Output) {
    let Judged { opened, rejudged } = judged;
    let sentences = rejudged.sentences();
    if output.is_json() {
        return output.json(&json!({
            "holds": rejudged.holds(), "signer": opened.signer.to_string(), "trusted": opened.is_trusted,
            "sha256": opened.sha256, "masked": opened.statement.predicate.masked, "outcome": rejudged.outcome,
            "reasons": rejudged.reasons, "judged": rejudged.judged, "differences": sentences,
        }));
    }
    let result = opened.result();
    output.line(format_args!("signed by   {}", opened.signer));
    output.line(format_args!("contract    {}", result.contract.name));
    if let Some(profile) = &result.profile {
        output.line(format_args!("profile     {profile}"));
    }
    output.line(format_args!("system      {}", result.system.name));
    output.line(format_args!("run         {}", result.began));
    output.line(format_args!("masked      {} values", opened.statement.predicate.masked));
    let cases = result.cases.len();
    output.line(format_args!("judged      {} of {cases} cases again", rejudged.judged));
    for sentence in &sentences {
        let line = output.paint(Style::Bad, sentence);
        output.line(line);
    }
    let outcome = serde_json::to_value(rejudged.outcome).unwrap_or_default();
    output.line(format_args!("outcome     {}", outcome.as_str().unwrap_or_default()));
    for reason in &rejudged.reasons {
        output.line(format_args!("  {reason}"));
    }
    let line = if rejudged.holds() {
        output.paint(Style::Good, "the bundle holds")
    } else {
        output.paint(Style::Bad, "the bundle does NOT hold")
    };
    output.line(line);
    if !opened.is_trusted {
        output.hint(
            "the key was taken from the bundle itself, and whoever made it can have used any;\n\
             ask the supplier for it (`sluse key public`) and give it with --key",
        );
    }
}
