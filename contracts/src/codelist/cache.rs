//! One list for all contracts that have the same file and read it alike.

use super::{CodeList, Reading, read};
use crate::{
    Finding,
    files::{ContractFiles, FileDigest},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A list that was read, and what was found about it.
type Cached = (Option<Arc<CodeList>>, Vec<Finding>);

/// Lists that were read, by their file's name and digest and by how they are read.
#[derive(Debug, Default)]
pub(crate) struct ListCache {
    lists: Mutex<HashMap<(String, FileDigest, Reading), Cached>>,
}

impl ListCache {
    /// The list of a file of a contract, read now unless it was before. Findings name the file by its
    /// path in the contract. Nothing where the contract has no such file.
    pub(crate) fn read(&self, path: &str, files: &ContractFiles, reading: &Reading) -> Cached {
        let Some(file) = files.get(path) else { return (None, Vec::new()) };
        let key = (path.to_owned(), file.digest, reading.clone());
        if let Some(cached) = self.lock().get(&key) {
            return cached.clone();
        }
        let (list, findings) = read(path, &file.bytes, reading);
        let read = (list.map(Arc::new), findings);
        self.lock().insert(key, read.clone());
        read
    }

    /// Forgets the lists that no contract uses any more.
    pub(crate) fn retain_used(&self) {
        let is_used = |list: &Arc<CodeList>| Arc::strong_count(list) > 1;
        self.lock().retain(|_, (list, _)| list.as_ref().is_some_and(is_used));
    }

    /// A lock whose holder panicked is taken all the same: what it guards is whole between statements.
    fn lock(&self) -> MutexGuard<'_, HashMap<(String, FileDigest, Reading), Cached>> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
