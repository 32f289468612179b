//! `sluse certificate show`: what a certificate says of itself.

use super::{Exit, Output, tell, text};
use sluse_conformance::certificate::Certificate;
use std::path::PathBuf;

/// Show what a certificate says of itself; it proves nothing
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse certificate show office.jws\n  \
    sluse certificate show office.jws --format json\n\n\
    `sluse certificate verify` says whether it is true.")]
pub(super) struct Args {
    /// The certificate
    #[arg(value_name = "CERTIFICATE")]
    certificate: PathBuf,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Exit, String> {
    let claims = Certificate::unproven(&text(&args.certificate)?)
        .map_err(|fault| format!("`{}`: {fault}", args.certificate.display()))?;
    if output.is_json() {
        output.json(&claims);
    } else {
        tell(&claims, output);
    }
    Ok(Exit::Fine)
}
