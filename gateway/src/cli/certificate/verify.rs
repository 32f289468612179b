//! `sluse certificate verify`: whether a certificate holds today.

use super::{Exit, Output, keys, list, tell, text};
use crate::{
    cli::Style,
    clock::{Clock as _, SystemClock},
};
use serde_json::json;
use sluse_conformance::certificate::{Answer, Asked, Certificate, Known, Word, can_connect};
use std::path::PathBuf;

/// Say whether a certificate holds today; works offline
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse certificate verify office.jws --trust city.pub --status-list status-list.jwt\n\n\
    Exit status: 0 it holds, 1 it does not, 2 it cannot be read, 3 not known: no status list says whether it was\n\
    revoked.")]
pub(super) struct Args {
    /// The certificate
    #[arg(value_name = "CERTIFICATE")]
    certificate: PathBuf,
    /// Whose word counts: a line as `sluse key public` prints it, or a file that holds it
    #[arg(long, value_name = "KEY", required = true)]
    trust: Vec<String>,
    /// The issuer's status list
    #[arg(long, value_name = "FILE")]
    status_list: Vec<PathBuf>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Exit, String> {
    let keys = keys(&args.trust)?;
    let certificate = match Certificate::read(&text(&args.certificate)?, &keys) {
        Ok(certificate) => certificate,
        Err(fault) => {
            answer("no", &fault.to_string(), output);
            return Ok(Exit::Found);
        }
    };
    let lists: Result<_, String> = args.status_list.iter().map(|file| list(file, &keys)).collect();
    let claims = certificate.claims.clone();
    let known = Known { certificates: vec![certificate], lists: lists? };
    let asked = Asked {
        system: &claims.sub,
        contract: &claims.contract,
        version: claims.version,
        role: None,
        profile: claims.profile.as_deref(),
        word: Word::SelfDeclared,
        now: i64::try_from(SystemClock.now_ms() / 1_000).unwrap_or(i64::MAX),
    };
    if !output.is_json() {
        tell(&claims, output);
    }
    Ok(match can_connect(&known, &asked) {
        Answer::Yes(_) => {
            answer("yes", "the certificate holds", output);
            Exit::Fine
        }
        Answer::No(why) => {
            answer("no", why.sentence(), output);
            Exit::Found
        }
        Answer::Unknown(why) => {
            answer("unknown", why.sentence(), output);
            Exit::NoVerdict
        }
    })
}

/// The answer and why, as a line or as JSON.
pub(in crate::cli) fn answer(word: &str, why: &str, output: &mut Output) {
    if output.is_json() {
        return output.json(&json!({ "answer": word, "why": why }));
    }
    let style = match word {
        "yes" => Style::Good,
        "no" => Style::Bad,
        _ => Style::Warn,
    };
    let word = output.paint(style, word);
    output.line(format_args!("{word}: {why}"));
}
