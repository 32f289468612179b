//! `sluse certificate revoke`: a certificate that holds no more.

use super::{Exit, Output, change, key, text};
use crate::clock::{Clock as _, SystemClock};
use sluse_conformance::certificate::Certificate;
use std::path::PathBuf;

/// Revoke a certificate: its place in the status list says so
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse certificate revoke office.jws --key keys/certificates.pem --status-list status-list.jwt\n\n\
    Publish the status list again: a gateway goes by the newest that it has.")]
pub(super) struct Args {
    /// The certificate
    #[arg(value_name = "CERTIFICATE")]
    certificate: PathBuf,
    /// The key that signed it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Your status list
    #[arg(long, value_name = "FILE", default_value = "status-list.jwt")]
    status_list: PathBuf,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Exit, String> {
    let text = text(&args.certificate)?;
    let shown = args.certificate.display();
    let claims = Certificate::unproven(&text).map_err(|fault| format!("`{shown}`: {fault}"))?;
    let key = key::read_signing_key(&claims.iss, &args.key)?;
    let own = std::slice::from_ref(key.verifier());
    Certificate::read(&text, own).map_err(|fault| format!("`{shown}`: {fault}"))?;
    let place = claims.status.status_list;
    let now = i64::try_from(SystemClock.now_ms() / 1_000).unwrap_or(i64::MAX);
    let absent = || Err(format!("there is no status list `{}`", args.status_list.display()));
    change(&args.status_list, &key, absent, now, |list| {
        if list.uri != place.uri {
            return Err(format!(
                "the certificate is of the list `{}`, and this is `{}`",
                place.uri, list.uri
            ));
        }
        list.revoke(place.idx).then_some(()).ok_or_else(|| "the list has no such place".to_owned())
    })?;
    output.note(format_args!("revoked; publish `{}` again", args.status_list.display()));
    Ok(Exit::Fine)
}
