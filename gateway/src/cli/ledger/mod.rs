//! `sluse ledger`: find, show and verify evidence. Works on the file, whether or not a gateway runs.

mod find;
mod moment;
mod show;
mod verify;

use super::{Exit, Output, key};
use crate::{
    config::{StoreSettings, process_environment, read_settings},
    store::LedgerFile,
};
use sluse_ledger::VerifierKey;
use std::path::{Path, PathBuf};

/// Find, show and verify evidence
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Find(find::Args),
    Show(show::Args),
    Verify(verify::Args),
}

/// Which ledger.
#[derive(Debug, clap::Args)]
struct Place {
    /// The ledger's file
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    ledger: Option<PathBuf>,
    /// The configuration folder that names the ledger's file and key
    #[arg(long, value_name = "DIR", default_value = ".")]
    config: PathBuf,
    /// The ledger's public key: `origin+hash+base64`, or a file that holds it
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

/// Where a verifier key came from: what signatures are worth depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyFrom {
    Caller,
    Configuration,
    /// The file itself: whoever changed the file can have changed it.
    Ledger,
}

struct Opened {
    file: LedgerFile,
    path: PathBuf,
    key: VerifierKey,
    key_from: KeyFrom,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let done = match &args.command {
        Command::Find(args) => find::run(args, output),
        Command::Show(args) => show::run(args, output),
        Command::Verify(args) => verify::run(args, output),
    };
    done.unwrap_or_else(|why| output.error(why))
}

impl Place {
    fn open(&self) -> Result<Opened, String> {
        let settings = match self.ledger {
            Some(_) => None,
            None => Some(read_settings(&self.config, &process_environment).ok_or_else(|| {
                format!("{}; name the ledger's file with --ledger", key::no_settings(&self.config))
            })?),
        };
        let path = match (&self.ledger, &settings) {
            (Some(path), _) => path.clone(),
            (None, Some(settings)) => match &settings.store {
                StoreSettings::Embedded { path } => path.clone(),
                StoreSettings::Memory => {
                    return Err(
                        "the configuration keeps the ledger in memory: there is no file".into()
                    );
                }
            },
            (None, None) => return Err(key::no_settings(&self.config)),
        };
        let file = LedgerFile::open(&path)
            .map_err(|fault| format!("F0406 `{}`: {fault}", path.display()))?;
        let (key, key_from) = match (&self.key, settings) {
            (Some(said), _) => (read_verifier(said)?, KeyFrom::Caller),
            (None, Some(settings)) => {
                let ledger = settings.ledger;
                let signing = key::read_signing_key(&ledger.origin, &ledger.key)?;
                (signing.verifier().clone(), KeyFrom::Configuration)
            }
            (None, None) => {
                let kept = file.kept_key().map_err(|fault| fault.to_string())?;
                let kept =
                    kept.parse().map_err(|fault| format!("the key kept in the ledger: {fault}"));
                (kept?, KeyFrom::Ledger)
            }
        };
        Ok(Opened { file, path, key, key_from })
    }
}

/// A verifier key, or the file that holds one.
fn read_verifier(said: &str) -> Result<VerifierKey, String> {
    if let Ok(key) = said.parse() {
        return Ok(key);
    }
    let path = Path::new(said);
    if !path.exists() {
        let fault = said.parse::<VerifierKey>().err().map(|fault| fault.to_string());
        return Err(format!("--key: {}, and no file has this name", fault.unwrap_or_default()));
    }
    let text = key::read_text(path)?;
    text.trim().parse().map_err(|fault| format!("`{said}`: {fault}"))
}
