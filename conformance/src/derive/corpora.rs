//! Published files that tests derive cases from: they stand beside the repository, never in it.

use sluse_contracts::ContractFiles;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A part of the shared folder; nothing, said aloud, where it is not there.
pub(super) fn shared(part: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("SLUSE_SHARED").map_or_else(beside, PathBuf::from).join(part);
    if folder.exists() {
        return Some(folder);
    }
    println!(
        "SKIPPED: no `{part}`; set SLUSE_SHARED to the folder that holds corpora/ and suites/"
    );
    None
}

/// All files below a folder, sorted.
pub(super) fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// A path below a folder, as contracts write it.
pub(super) fn name(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap().to_string_lossy().into_owned()
}

/// A contract's files: a manifest, and all below a folder with something before each name.
pub(super) fn files(manifest: String, folder: &Path, before: &str) -> ContractFiles {
    let mut files = ContractFiles::new("");
    files.add("contract.toml", manifest.into_bytes());
    for path in below(folder) {
        files.add(&format!("{before}{}", name(&path, folder)), fs::read(&path).unwrap());
    }
    files
}
