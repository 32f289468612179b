//! One compiled schema for all contracts that use the same files.
//!
//! What a schema reads is known only when it has been compiled. So each compiled schema keeps the
//! list of files that were asked for, with their digests; a contract whose files give the same
//! answers shares it. Schemas of different keys compile at the same time, those of one key once.

use super::{Compiled, Schema};
use crate::codelist::ListCache;
use crate::files::{ContractFiles, FileDigest};
use crate::manifest::{JsonRules, JudgeStep, Language, SeverityRules};
use bytes::Bytes;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A contract's files, read by a schema that is compiled. Remembers what was asked for.
#[derive(Debug)]
pub struct FileReader<'f> {
    files: &'f ContractFiles,
    asked: Mutex<Asked>,
}

/// What a schema asked for while it was compiled, and what the answers were.
#[derive(Debug, Default)]
struct Asked {
    files: BTreeMap<String, Option<FileDigest>>,
    lists: BTreeMap<String, Vec<String>>,
}

impl<'f> FileReader<'f> {
    /// A reader over these files.
    pub fn new(files: &'f ContractFiles) -> Self {
        Self { files, asked: Mutex::default() }
    }

    /// The bytes of a file, by path relative to the contract's folder.
    pub fn read(&self, path: &str) -> Option<Bytes> {
        let file = self.files.get(path);
        lock(&self.asked).files.insert(path.to_owned(), file.map(|file| file.digest));
        file.map(|file| file.bytes.clone())
    }

    /// The paths of all files whose name ends so, such as `.json`, but examples and suites.
    pub fn paths(&self, suffix: &str) -> Vec<String> {
        let paths = list(self.files, suffix);
        lock(&self.asked).lists.insert(suffix.to_owned(), paths.clone());
        paths
    }

    fn into_asked(self) -> Asked {
        self.asked.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

fn list(files: &ContractFiles, suffix: &str) -> Vec<String> {
    let paths = files.iter().map(|(path, _)| path).filter(|path| path.ends_with(suffix));
    let schemas =
        paths.filter(|path| !path.starts_with("examples/") && !path.starts_with("suite/"));
    schemas.map(str::to_owned).collect()
}

/// The files of a compiled schema, for those who ask it later what it says: their bytes are shared with the contract's.
#[derive(Debug)]
pub(super) struct Source {
    step: JudgeStep,
    files: ContractFiles,
}

impl Source {
    /// The file that a step names, and all whose names end in one of these ways.
    pub(super) fn of(step: &JudgeStep, reader: &FileReader<'_>, suffixes: &[&str]) -> Self {
        let mut files = ContractFiles::new(reader.files.folder());
        let listed = suffixes.iter().flat_map(|suffix| reader.paths(suffix));
        for path in listed.chain([step.file.value.clone()]) {
            if let Some(bytes) = reader.read(&path) {
                files.add(&path, bytes);
            }
        }
        Self { step: step.clone(), files }
    }

    /// Reads them.
    pub(super) fn read(&self, read: &mut dyn FnMut(&JudgeStep, &FileReader<'_>)) {
        read(&self.step, &FileReader::new(&self.files));
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    language: Language,
    entry: String,
    digest: Option<FileDigest>,
    phase: Option<String>,
    severity: SeverityRules,
    json: JsonRules,
}

#[derive(Debug)]
struct Cached {
    asked: Asked,
    compiled: Compiled,
}

type Shelf = Arc<Mutex<Vec<Cached>>>;

/// Compiled schemas and code lists, shared by all contracts that use the same files.
#[derive(Debug, Default)]
pub struct SchemaCache {
    shelves: Mutex<HashMap<Key, Shelf>>,
    lists: ListCache,
}

impl SchemaCache {
    /// Nothing compiled yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The schema that a step names, compiled now unless it was before from the same files.
    pub fn compile(&self, step: &JudgeStep, files: &ContractFiles) -> Compiled {
        self.get_or_compile(step, files, |reader| super::compile(step, reader))
    }

    /// The code lists that contracts read.
    pub(crate) fn lists(&self) -> &ListCache {
        &self.lists
    }

    /// Forgets the schemas and code lists that no contract uses any more.
    pub fn retain_used(&self) {
        self.lists.retain_used();
        lock(&self.shelves).retain(|_, shelf| {
            let mut shelf = lock(shelf);
            shelf.retain(|each| each.compiled.schema.as_ref().is_some_and(is_used));
            !shelf.is_empty()
        });
    }

    /// How many schemas are kept.
    pub fn len(&self) -> usize {
        let shelves: Vec<Shelf> = lock(&self.shelves).values().cloned().collect();
        shelves.iter().map(|shelf| lock(shelf).len()).sum()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn get_or_compile(
        &self,
        step: &JudgeStep,
        files: &ContractFiles,
        compile: impl FnOnce(&FileReader<'_>) -> Compiled,
    ) -> Compiled {
        let key = Key {
            language: step.language,
            entry: step.file.value.clone(),
            digest: files.get(&step.file.value).map(|file| file.digest),
            phase: step.phase.clone(),
            severity: step.severity.clone(),
            json: step.json.clone(),
        };
        let shelf = Arc::clone(lock(&self.shelves).entry(key).or_default());
        let mut shelf = lock(&shelf);
        if let Some(cached) = shelf.iter().find(|cached| answers_alike(cached, files)) {
            return cached.compiled.clone();
        }
        let reader = FileReader::new(files);
        let compiled = compile(&reader);
        shelf.push(Cached { asked: reader.into_asked(), compiled: compiled.clone() });
        compiled
    }
}

fn answers_alike(cached: &Cached, files: &ContractFiles) -> bool {
    let Asked { files: asked, lists } = &cached.asked;
    asked.iter().all(|(path, digest)| files.get(path).map(|file| file.digest) == *digest)
        && lists.iter().all(|(suffix, paths)| list(files, suffix) == *paths)
}

fn is_used(schema: &Arc<dyn Schema>) -> bool {
    Arc::strong_count(schema) > 1
}

/// A lock whose holder panicked is taken all the same: what it guards is whole between statements.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
