//! `sluse certificate issue`: from a bundle that conforms to a certificate.

use super::{Exit, Output, change, conformance, key};
use crate::{
    clock::{Clock as _, SystemClock},
    config::reason,
};
use sluse_conformance::certificate::{Certificate, Issue, StatusList, Word, issue};
use std::{fs, path::PathBuf};

/// Issue a certificate from a bundle, judged again first
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse certificate issue --bundle evidence.json --bundle-key supplier.pub \\\n      \
    --key keys/certificates.pem --issuer city.example --output office.jws\n  \
    sluse certificate issue --bundle ours.json --key keys/certificates.pem --issuer city.example --observed\n\n\
    The certificate holds for the contract's minor version and for twelve months. Without --observed it says\n\
    `self-declared`; say `--observed` only where you ran or replayed the suite against the system yourself. It\n\
    takes a place in the status list, which is made where it is not there. Exit status: 0 issued, 1 the run does\n\
    not conform or does not hold, 2 it could not be done.")]
pub(super) struct Args {
    /// The bundle that `sluse conformance run --bundle` wrote
    #[arg(long, value_name = "BUNDLE")]
    bundle: PathBuf,
    /// Who may have signed the bundle, beside you: a line as `sluse key public` prints it, or a file that holds it
    #[arg(long, value_name = "KEY")]
    bundle_key: Vec<String>,
    /// The contract's folder or id; the one of the library that the bundle names where absent
    #[arg(long, value_name = "PATH|ID")]
    contract: Option<String>,
    /// The key that signs the certificate (Ed25519, PEM), as `sluse key new` makes it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Your name in certificates, without spaces
    #[arg(long, value_name = "NAME")]
    issuer: String,
    /// The subsystem that is certified, where that is not the system's name in the bundle
    #[arg(long, value_name = "MEMBER/SUBSYSTEM")]
    system: Option<String>,
    /// You ran or replayed the suite yourself
    #[arg(long)]
    observed: bool,
    /// Your status list
    #[arg(long, value_name = "FILE", default_value = "status-list.jwt")]
    status_list: PathBuf,
    /// The name of a new status list: where it will be published
    #[arg(long, value_name = "URI")]
    status_uri: Option<String>,
    /// Where the certificate is written; standard output where absent
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Exit, String> {
    let key = key::read_signing_key(&args.issuer, &args.key)?;
    // What the issuer ran himself he signed himself.
    let mut signers = args.bundle_key.clone();
    signers.push(key.verifier().to_string());
    let contract = args.contract.as_deref();
    let judged = match conformance::judge(&args.bundle, &signers, contract, output) {
        Ok(judged) => judged,
        Err(exit) => return Ok(exit),
    };
    let now = i64::try_from(SystemClock.now_ms() / 1_000).unwrap_or(i64::MAX);
    let word = if args.observed { Word::Observed } else { Word::SelfDeclared };
    let ask = Issue { issuer: args.issuer.clone(), system: args.system.clone(), word, now };
    let uri =
        args.status_uri.clone().unwrap_or_else(|| format!("urn:sluse:status:{}", args.issuer));
    let mut refused = None;
    let made = change(
        &args.status_list,
        &key,
        || Ok(StatusList::new(uri)),
        now,
        |list| {
            let claims = issue(&judged.opened, &judged.rejudged, &ask, list).map_err(|fault| {
                refused = Some(fault.to_string());
                fault.to_string()
            })?;
            Certificate::sign(&claims, &key).map_err(|fault| fault.to_string())
        },
    );
    if let Some(why) = refused {
        output.note(format_args!("no certificate: {why}"));
        return Ok(Exit::Found);
    }
    let text = made? + "\n";
    match &args.output {
        None => output.raw(text.as_bytes()),
        Some(file) => {
            fs::write(file, text).map_err(|fault| {
                format!("`{}` cannot be written: {}", file.display(), reason(&fault))
            })?;
            output.note(format_args!("wrote `{}`", file.display()));
        }
    }
    output.note(format_args!("publish `{}` again", args.status_list.display()));
    Ok(Exit::Fine)
}
