//! `sluse certificate`: the governing body's work: issue, show, verify and revoke certificates of conformance.

mod issue;
mod revoke;
mod show;
mod verify;

pub(super) use verify::answer;

use super::{Exit, Output, conformance, key};
use crate::config::reason;
use sluse_conformance::{
    certificate::{CERTIFICATE_BYTES_MAX, Claims, StatusList},
    suite::WHOLE,
};
use sluse_ledger::{SigningKey, VerifierKey};
use std::{
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
};

/// Largest status list, in bytes.
const STATUS_LIST_BYTES_MAX: u64 = 8 << 20;

/// Issue, show, verify and revoke certificates of conformance
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Issue(issue::Args),
    Revoke(revoke::Args),
    Show(show::Args),
    Verify(verify::Args),
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let done = match &args.command {
        Command::Issue(args) => issue::run(args, output),
        Command::Revoke(args) => revoke::run(args, output),
        Command::Show(args) => show::run(args, output),
        Command::Verify(args) => verify::run(args, output),
    };
    done.unwrap_or_else(|why| output.error(why))
}

/// The text of a certificate.
pub(super) fn text(file: &Path) -> Result<String, String> {
    let bytes = conformance::bytes(file, CERTIFICATE_BYTES_MAX as u64)?;
    String::from_utf8(bytes).map_err(|_| format!("`{}` is no text", file.display()))
}

/// A status list that one of these keys signed, and which.
pub(super) fn list(file: &Path, keys: &[VerifierKey]) -> Result<(StatusList, VerifierKey), String> {
    let bytes = conformance::bytes(file, STATUS_LIST_BYTES_MAX)?;
    let text = String::from_utf8_lossy(&bytes);
    StatusList::read(&text, keys).map_err(|fault| format!("`{}`: {fault}", file.display()))
}

/// Keys as they are given: each a line, or a file that holds it.
pub(super) fn keys(given: &[String]) -> Result<Vec<VerifierKey>, String> {
    given.iter().map(|given| key::verifier(given)).collect()
}

/// Changes a status list in its file: one at a time, and never half.
fn change<T>(
    file: &Path,
    key: &SigningKey,
    new: impl FnOnce() -> Result<StatusList, String>,
    now: i64,
    change: impl FnOnce(&mut StatusList) -> Result<T, String>,
) -> Result<T, String> {
    let _lock = Lock::take(file)?;
    let mut status =
        if file.exists() { list(file, std::slice::from_ref(key.verifier()))?.0 } else { new()? };
    let made = change(&mut status)?;
    let text = status.sign(now, key).map_err(|fault| fault.to_string())?;
    let beside = beside(file, "new");
    fs::write(&beside, text + "\n")
        .and_then(|()| fs::rename(&beside, file))
        .map_err(|fault| format!("`{}` cannot be written: {}", file.display(), reason(&fault)))?;
    Ok(made)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}

/// Two issuers at once would give out one place twice.
struct Lock(PathBuf);

impl Lock {
    fn take(file: &Path) -> Result<Self, String> {
        let path = beside(file, "lock");
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => Ok(Self(path)),
            Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists => Err(format!(
                "`{}` is there: another `sluse certificate` changes the status list; where none runs, remove it",
                path.display()
            )),
            Err(fault) => Err(format!("`{}`: {}", path.display(), reason(&fault))),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Where it cannot be removed, the next one tells.
        let _ = fs::remove_file(&self.0);
    }
}

/// What a certificate says, line by line.
fn tell(claims: &Claims, output: &mut Output) {
    let day = |seconds: i64| sluse_contracts::Day::from_days(seconds.div_euclid(86_400));
    let role = serde_json::to_value(claims.role).unwrap_or_default();
    let status = &claims.status.status_list;
    for (name, value) in [
        ("system", claims.sub.clone()),
        ("contract", format!("{}@{}", claims.contract, claims.version)),
        ("role", role.as_str().unwrap_or_default().to_owned()),
        ("profile", claims.profile.clone().unwrap_or_else(|| WHOLE.to_owned())),
        ("word", claims.word.to_string()),
        ("issuer", claims.iss.clone()),
        ("id", claims.jti.clone()),
        ("from", day(claims.iat).to_string()),
        ("until", day(claims.exp - 1).to_string()),
        (
            "tested",
            format!(
                "{} with {} on {}",
                claims.evidence.system, claims.evidence.tool, claims.evidence.run
            ),
        ),
        ("bundle", format!("sha256 {}", claims.evidence.bundle_sha256)),
        ("status", format!("place {} of {}", status.idx, status.uri)),
    ] {
        output.line(format_args!("{name:<10}  {}", super::output::one_line(&value)));
    }
}
