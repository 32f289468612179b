//! `sluse init`: a configuration folder to start from, on which `serve` runs as it is.

mod certificates;

use super::{Exit, Output};
use crate::{
    clock::{Clock, SystemClock},
    config::reason,
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use sluse_ledger::key::SigningKey;
use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// Write a configuration folder to start from
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse init sluse-conf\n  \
    sluse check --config sluse-conf\n  \
    sluse serve --config sluse-conf\n\n\
    The folder holds settings, keys (mode 0600), a test certificate authority with a server's and a\n\
    consumer's certificate, two members, one service and one contract. A folder that is not empty is refused.")]
pub(super) struct Args {
    /// The folder; made where it is absent
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// The origin that the folder's `sluse.toml` gives the ledger.
const ORIGIN: &str = "gateway.example.city/ledger";

/// Path below the folder, and what stands there.
macro_rules! files {
    ($($path:literal)*) => {
        &[$(($path, include_str!(concat!("../../../init/", $path)))),*]
    };
}

const FILES: &[(&str, &str)] = files! {
    "contracts/example.city/cases/1.0.0/clauses.toml"
    "contracts/example.city/cases/1.0.0/contract.toml"
    "contracts/example.city/cases/1.0.0/examples/broken/four-faults.json"
    "contracts/example.city/cases/1.0.0/examples/valid/enquiry.json"
    "contracts/example.city/cases/1.0.0/schemas/case.json"
    "contracts/example.city/cases/1.0.0/schemas/opened.json"
    "members/example.toml"
    "services/cases.toml"
    "sluse.toml"
};

const GITIGNORE: &str = include_str!("../../../init/gitignore");

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let folder = &args.folder;
    match is_free(folder) {
        Ok(true) => {}
        Ok(false) => {
            let exit = output.error(format_args!("`{}` is not empty", folder.display()));
            output.hint("name a folder that is empty or does not exist yet");
            return exit;
        }
        Err(fault) => {
            return output.error(format_args!("`{}`: {}", folder.display(), reason(&fault)));
        }
    }
    if let Err(fault) = write(folder, &SystemClock) {
        return output.error(format_args!("the folder cannot be written: {fault}"));
    }
    say_next_steps(folder, output);
    Exit::Fine
}

/// Whether the folder is empty or absent.
fn is_free(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(fault) => Err(fault),
    }
}

/// Why the folder could not be written.
#[derive(Debug, thiserror::Error)]
enum WriteFault {
    #[error("{0}: {r}", r = reason(.1))]
    File(String, io::Error),
    #[error("a key could not be made: {0}")]
    Key(#[from] sluse_ledger::key::KeyFault),
    #[error("a certificate could not be made: {0}")]
    Certificate(#[from] rcgen::Error),
    #[error("the system gives no random numbers")]
    NoRandomness,
}

/// Writes all files.
fn write(folder: &Path, clock: &dyn Clock) -> Result<(), WriteFault> {
    for (path, text) in FILES {
        place(folder, path, text, false)?;
    }
    place(folder, ".gitignore", GITIGNORE, false)?;
    place(folder, "keys/signing.pem", &SigningKey::generate(ORIGIN)?.to_pem()?, true)?;
    place(folder, "keys/storage.key", &random_key()?, true)?;
    place(folder, "keys/pseudonym.key", &random_key()?, true)?;
    let made = certificates::make(clock)?;
    for (name, pair) in [("ca", made.ca), ("server", made.server), ("consumer", made.consumer)] {
        place(folder, &format!("certificates/{name}.pem"), &pair.certificate, false)?;
        place(folder, &format!("keys/{name}.pem"), &pair.key, true)?;
    }
    Ok(())
}

/// 32 random bytes in base64.
fn random_key() -> Result<String, WriteFault> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| WriteFault::NoRandomness)?;
    Ok(BASE64.encode(bytes) + "\n")
}

/// Writes one new file, and the folders above it; a private one is its owner's alone from the first moment.
fn place(folder: &Path, path: &str, text: &str, private: bool) -> Result<(), WriteFault> {
    let fault = |fault| WriteFault::File(path.to_owned(), fault);
    let file = folder.join(path);
    if let Some(above) = file.parent() {
        let mut folders = DirBuilder::new();
        folders.recursive(true).mode(if private { 0o700 } else { 0o755 });
        folders.create(above).map_err(fault)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(if private { 0o600 } else { 0o644 });
    options.open(file).and_then(|mut file| file.write_all(text.as_bytes())).map_err(fault)
}

fn say_next_steps(folder: &Path, output: &mut Output) {
    let shown = folder.display();
    output.note(format_args!(
        "`{shown}` is ready. The keys and certificates are for trying out: make others before real data passes.\n\n\
         Next:\n  \
         sluse check --config {shown}                  every fault at once\n  \
         sluse serve --config {shown}                  the gateway on 127.0.0.1:8080\n  \
         sluse validate {shown}/contracts/example.city/cases/1.0.0/examples/broken/four-faults.json \\\n      \
         --contract example.city/cases --config {shown}    what the contract says of a document\n\n\
         Then look for CHANGE in its files."
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(folder: &Path, below: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, below, found);
            } else {
                found.push(path.strip_prefix(below).unwrap().display().to_string());
            }
        }
    }

    #[test]
    fn every_file_of_the_folder_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("init");
        let mut found = Vec::new();
        walk(&folder, &folder, &mut found);
        found.retain(|path| path != "gitignore");
        found.sort();
        let listed: Vec<_> = FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(found, listed);
    }
}
