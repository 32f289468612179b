//! JSON Schemas near an entry schema that others may refer to by address.
//!
//! A schema names itself by `$id`, an address that says nothing of files. Publishers keep such schemas in
//! one folder, or in folders beside each other, so those are looked through, and nothing further.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Files looked into.
const FILES_MAX: usize = 2_000;
/// Folders looked through beside the entry's.
const FOLDERS_MAX: usize = 200;
/// Largest file looked into.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// A schema that names itself.
#[derive(Debug)]
pub(super) struct Addressed {
    pub(super) path: PathBuf,
    /// The last steps of the addresses that it has.
    names: BTreeSet<String>,
}

impl Addressed {
    /// Whether a reference may mean it.
    pub(super) fn is_wanted(&self, wanted: &BTreeSet<String>) -> bool {
        !self.names.is_disjoint(wanted)
    }
}

/// The schemas in a folder that name themselves.
pub(super) fn below(folder: &Path) -> Vec<Addressed> {
    let files = entries(folder).into_iter().filter(|path| {
        path.extension().is_some_and(|end| end == "json")
            && fs::metadata(path)
                .is_ok_and(|about| about.is_file() && about.len() <= FILE_BYTES_MAX)
    });
    files.take(FILES_MAX).filter_map(read).collect()
}

/// The schemas in the folder above one, and in the folders beside it.
pub(super) fn beside(folder: &Path) -> Vec<Addressed> {
    let Some(above) = folder.parent() else { return Vec::new() };
    let mut found = below(above);
    let folders = entries(above).into_iter().filter(|path| path.is_dir() && path != folder);
    for beside in folders.take(FOLDERS_MAX) {
        if found.len() < FILES_MAX {
            found.extend(below(&beside));
        }
    }
    found
}

/// The last steps of all addresses that files refer to.
pub(super) fn wanted<'b>(files: impl Iterator<Item = &'b Vec<u8>>) -> BTreeSet<String> {
    files.flat_map(|bytes| members(bytes, &["$ref"])).filter_map(|text| last_step(&text)).collect()
}

/// Whether a file refers to a whole address that no file has.
pub(super) fn is_open<'b>(files: impl Iterator<Item = &'b Vec<u8>> + Clone) -> bool {
    let ids = files.clone().flat_map(|bytes| members(bytes, &["$id", "id"]));
    let known: BTreeSet<String> = ids.filter_map(|text| last_step(&text)).collect();
    let whole = files
        .flat_map(|bytes| members(bytes, &["$ref"]))
        .filter(|text| text.contains("://") && !text.contains("://json-schema.org/"));
    whole.filter_map(|text| last_step(&text)).any(|name| !known.contains(&name))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(|each| Some(each.ok()?.path())).collect();
    paths.sort();
    paths
}

fn read(path: PathBuf) -> Option<Addressed> {
    let bytes = fs::read(&path).ok()?;
    let ids = members(&bytes, &["$id", "id"]);
    let names: BTreeSet<String> = ids.iter().filter_map(|id| last_step(id)).collect();
    (!names.is_empty()).then_some(Addressed { path, names })
}

/// The texts that members of these names have, wherever they stand.
fn members(bytes: &[u8], names: &[&str]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let texts: Vec<&str> = text.split('"').collect();
    let member = |three: &[&str]| match three {
        [name, colon, value] if names.contains(name) && colon.trim() == ":" => {
            Some((*value).to_owned())
        }
        _ => None,
    };
    texts.windows(3).filter_map(member).collect()
}

/// What stands last in an address, before its fragment.
fn last_step(address: &str) -> Option<String> {
    let address = address.split('#').next()?.trim_end_matches('/');
    let last = address.rsplit(['/', ':']).next()?;
    (!last.is_empty()).then(|| last.to_owned())
}
