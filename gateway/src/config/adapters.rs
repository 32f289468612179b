//! Reads `adapters/<name>/`: how systems speak that do not speak as the contract says.

use super::Files;
use sluse_adapters::{
    adapter::{Adapter, MANIFEST},
    library,
};
use sluse_contracts::{ContractFiles, Finding, code};
use std::{collections::BTreeMap, sync::Arc};

/// The folder of adapters, below that of the configuration.
pub(crate) const FOLDER: &str = "adapters";

/// The adapters of a folder, by name; nothing for one that is faulty, whose faults were told.
#[derive(Debug, Default)]
pub struct Adapters {
    own: BTreeMap<String, Option<Arc<Adapter>>>,
}

impl Adapters {
    /// The names of those in the folder.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.own.keys().map(String::as_str)
    }

    /// Those in the folder that are sound.
    pub fn sound(&self) -> impl Iterator<Item = &Arc<Adapter>> {
        self.own.values().flatten()
    }

    /// Whether the folder has one of this name, sound or not.
    pub fn has(&self, name: &str) -> bool {
        self.own.contains_key(name)
    }

    /// The adapter of a name: that of the folder, else the shipped one.
    pub fn find(&self, name: &str) -> Option<Arc<Adapter>> {
        match self.own.get(name) {
            Some(own) => own.clone(),
            None => library::find(name).and_then(|shipped| shipped.read().0).map(Arc::new),
        }
    }
}

/// Reads all adapters of a configuration folder.
pub fn read(files: &Files, findings: &mut Vec<Finding>) -> Adapters {
    let mut folders: BTreeMap<&str, ContractFiles> = BTreeMap::new();
    for (path, bytes) in files.below(FOLDER) {
        let below = path.strip_prefix(FOLDER).and_then(|path| path.strip_prefix('/'));
        match below.and_then(|below| below.split_once('/')) {
            Some((name, inner)) => {
                let folder = || ContractFiles::new(format!("{FOLDER}/{name}"));
                folders.entry(name).or_insert_with(folder).add(inner, bytes.clone());
            }
            None if path.ends_with(".md") => {}
            None => {
                let sentence =
                    format!("`{FOLDER}` holds a folder for each adapter, with `{MANIFEST}` in it");
                findings.push(Finding::in_file(path, code::FILE_UNEXPECTED, sentence));
            }
        }
    }
    let read = |(name, files): (&str, ContractFiles)| {
        (name.to_owned(), Adapter::read(name, &files, findings).map(Arc::new))
    };
    Adapters { own: folders.into_iter().map(read).collect() }
}
