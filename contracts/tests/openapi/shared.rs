//! Where the published documents are.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// A folder or file of the shared data; where there is none the test says so and passes.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let root = std::env::var_os("SLUSE_SHARED").map_or_else(beside, PathBuf::from);
    let found = root.join(path);
    if !found.exists() {
        println!("SKIPPED: {path} is not there; set SLUSE_SHARED");
        return None;
    }
    Some(found)
}

/// An archive of the shared data, unpacked for the time of a test.
pub(crate) fn unpack(path: &str) -> Option<tempfile::TempDir> {
    let archive = shared(path)?;
    let folder = tempfile::tempdir().unwrap();
    let tar = Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(folder.path()).status();
    assert!(tar.unwrap().success());
    Some(folder)
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}
