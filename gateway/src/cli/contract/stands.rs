//! The contracts that stand in a configuration folder, read without compiling anything.

use crate::cli::Output;
use crate::clock::SystemClock;
use crate::config::{Files, load, process_environment};
use bytes::Bytes;
use sluse_contracts::{
    ContractFiles, Finding, Manifest,
    library::{self, Shipped},
    manifest::{self, FILE},
};
use std::{collections::BTreeMap, path::Path};

/// The folder of contracts, below that of the configuration.
pub(super) const FOLDER: &str = "contracts";

/// A contract that is known here.
#[derive(Debug)]
pub(super) struct Standing {
    /// What its manifest says.
    pub(super) manifest: Manifest,
    /// Its manifest's text.
    pub(super) text: String,
    /// Whether it stands in the folder; else it ships with Sluse.
    pub(super) own: bool,
    /// Whether the gateway knows it: it stands in the folder, or `library` names it.
    pub(super) known: bool,
}

/// All contracts: those of the folder, and the shipped ones that they do not replace.
pub(super) fn all(config: &Path, output: &mut Output) -> Vec<Standing> {
    let mut findings = Vec::new();
    let mut found: BTreeMap<(String, String), Standing> = BTreeMap::new();
    for files in folders(&files(config, &mut findings)) {
        let Some(manifest) = manifest::read(&files, &mut findings) else { continue };
        let text = files.get(FILE).map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
        let key = (manifest.id.to_string(), manifest.version.to_string());
        let text = text.unwrap_or_default();
        found.insert(key, Standing { manifest, text, own: true, known: true });
    }
    for finding in findings.iter().filter(|finding| finding.is_error()) {
        output.note(finding);
    }
    let words = library_words(config, output);
    for shipped in library::ALL {
        let Some(manifest) = shipped.manifest().0 else { continue };
        let known = words.iter().any(|word| shipped.is_meant_by(word, &manifest));
        let Shipped { id, version, text } = *shipped;
        let standing = Standing { manifest, text: text.to_owned(), own: false, known };
        found.entry((id.to_owned(), version.to_owned())).or_insert(standing);
    }
    found.into_values().collect()
}

/// The files below `contracts/`, by path relative to it.
pub(in crate::cli) fn files(config: &Path, findings: &mut Vec<Finding>) -> BTreeMap<String, Bytes> {
    if !config.join(FOLDER).is_dir() {
        return BTreeMap::new();
    }
    let files = Files::read(config, findings);
    let below = files.below(FOLDER);
    let inside = below.filter_map(|(path, bytes)| {
        let path = path.strip_prefix(FOLDER)?.strip_prefix('/')?;
        Some((path.to_owned(), bytes.clone()))
    });
    inside.collect()
}

/// The files of each contract.
pub(in crate::cli) fn folders(files: &BTreeMap<String, Bytes>) -> Vec<ContractFiles> {
    let manifests = files.keys().filter_map(|path| path.strip_suffix(FILE)?.strip_suffix('/'));
    let folder = |folder: &str| {
        let mut contract = ContractFiles::new(format!("{FOLDER}/{folder}"));
        let below = format!("{folder}/");
        for (path, bytes) in files.range(below.clone()..) {
            let Some(path) = path.strip_prefix(&below) else { break };
            contract.add(path, bytes.clone());
        }
        contract
    };
    manifests.map(folder).collect()
}

/// What `sluse.toml` says of the shipped library.
fn library_words(config: &Path, output: &mut Output) -> Vec<String> {
    if !config.join("sluse.toml").is_file() {
        return Vec::new();
    }
    match load(config, &SystemClock, &process_environment).snapshot {
        Some(snapshot) => snapshot.settings.library,
        None => {
            output.note(
                "the configuration is faulty: which shipped contracts are in force is not known",
            );
            Vec::new()
        }
    }
}
