//! Folders that the binary carries and writes out: what `init` begins with, and what `demo` runs on.

/// The files of a folder of the crate, by path below it.
macro_rules! embedded {
    ($folder:literal: $($path:literal)*) => {
        &[$((
            $path,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $folder, "/", $path)),
        )),*]
    };
}

pub(crate) use embedded;

/// Shows that a list names every file of the folder, sorted, but those that stand apart.
#[cfg(test)]
pub(crate) fn assert_whole(folder: &str, files: &[(&str, &str)], apart: &[&str]) {
    use std::{fs, path::Path};
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    walk(&folder, &folder, &mut found);
    found.retain(|path| !apart.contains(&path.as_str()));
    found.sort();
    let listed: Vec<_> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(found, listed);
}
