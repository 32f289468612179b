//! The contract's own JSON files, found by path and by `$id`: the only place references lead to.

use super::{branch, compile::texts_under, exact::exact, told};
use crate::{
    files::resolve,
    manifest::JsonRules,
    percent::decode,
    schema::{
        FileReader,
        tree::{Tree, TreeFault},
    },
};
use bytes::Bytes;
use jsonschema::{Retrieve, Uri, ValidationOptions};
use serde_json::Value;
use std::{
    collections::HashMap,
    error::Error,
    sync::{Arc, Mutex, PoisonError},
};

/// The scheme of a file's own address. Such addresses are never fetched.
const SCHEME: &str = "contract:///";

/// The address of a file of the contract.
pub(crate) fn uri_of(path: &str) -> String {
    let mut uri = String::from(SCHEME);
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// A JSON Pointer as a fragment of a URI (RFC 6901, section 6).
pub(crate) fn fragment(pointer: &str) -> String {
    let mut fragment = String::new();
    for byte in pointer.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=:@".contains(&byte) {
            fragment.push(char::from(byte));
        } else {
            fragment.push_str(&format!("%{byte:02X}"));
        }
    }
    fragment
}

/// One file as JSON.
#[derive(Debug, Clone)]
struct Document {
    path: String,
    tree: Result<Tree, TreeFault>,
}

/// The contract's own JSON files.
#[derive(Debug, Clone)]
pub(crate) struct Documents {
    documents: Vec<Document>,
    /// Address, without fragment, to file.
    by_uri: HashMap<String, usize>,
}

impl Documents {
    /// Reads the entry file and every other file of the contract whose name ends in one of these ways. A file has its
    /// own address, the one that it gives itself, and those of the folders that the manifest says it stands in.
    pub(crate) fn read(
        entry: &str,
        suffixes: &[&str],
        rules: &JsonRules,
        files: &FileReader<'_>,
    ) -> Self {
        let mut documents = Self { documents: Vec::new(), by_uri: HashMap::new() };
        let mut paths: Vec<String> = suffixes.iter().flat_map(|each| files.paths(each)).collect();
        if !paths.iter().any(|path| path == entry) {
            paths.insert(0, entry.to_owned());
        }
        for path in paths {
            if let Some(bytes) = files.read(&path) {
                documents.add(path, &bytes);
            }
        }
        documents.mount(rules);
        documents
    }

    /// Gives files the addresses of the network folders that their folders stand for.
    fn mount(&mut self, rules: &JsonRules) {
        for (address, folder) in &rules.addresses {
            for (at, document) in self.documents.iter().enumerate() {
                if let Some(rest) = document.path.strip_prefix(folder.as_str()) {
                    self.by_uri.entry(format!("{address}{rest}")).or_insert(at);
                }
            }
        }
    }

    fn add(&mut self, path: String, bytes: &Bytes) {
        let tree = Tree::read(&path, bytes);
        let at = self.documents.len();
        if let Ok(tree) = &tree
            && let Some(id) = own_id(&tree.value)
        {
            let uri = resolve(&path, id).map_or_else(|| id.to_owned(), |path| uri_of(&path));
            self.by_uri.entry(uri).or_insert(at);
        }
        self.by_uri.insert(uri_of(&path), at);
        self.documents.push(Document { path, tree });
    }

    /// Puts other trees in the place of the files' own.
    pub(crate) fn rewrite(&mut self, rewrite: impl Fn(&mut Value)) {
        for tree in self.documents.iter_mut().filter_map(|document| document.tree.as_mut().ok()) {
            rewrite(&mut tree.value);
        }
    }

    /// The same files, for an engine: what telling gathers is counted, and what it copies of alternatives.
    #[must_use]
    pub(crate) fn counted(&self) -> Self {
        let mut counted = self.clone();
        let weights = told::weights(&counted);
        for document in &mut counted.documents {
            if let Ok(tree) = &mut document.tree {
                told::mark(&mut tree.value, &weights);
                branch::mark(&mut tree.value, &uri_of(&document.path));
            }
        }
        counted
    }

    /// Puts another tree in the place of one file's.
    pub(crate) fn rewrite_one(&mut self, path: &str, mut rewrite: impl FnMut(&mut Value)) {
        let documents = self.documents.iter_mut().filter(|each| each.path == path);
        for tree in documents.filter_map(|document| document.tree.as_mut().ok()) {
            rewrite(&mut tree.value);
        }
    }

    /// The file that an address leads to.
    pub(crate) fn path_of(&self, address: &str) -> Option<&str> {
        let at = self.by_uri.get(address)?;
        self.documents.get(*at).map(|document| document.path.as_str())
    }

    /// A file's tree, or why it has none.
    pub(crate) fn get(&self, path: &str) -> Option<&Result<Tree, TreeFault>> {
        let at = self.by_uri.get(&uri_of(path))?;
        self.documents.get(*at).map(|document| &document.tree)
    }

    /// The trees of all files.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        self.readable().map(|(_, tree)| &tree.value)
    }

    /// The files that are trees.
    pub(crate) fn readable(&self) -> impl Iterator<Item = (&str, &Tree)> {
        let readable = |each: &'_ Document| each.tree.is_ok();
        self.documents
            .iter()
            .filter(move |each| readable(each))
            .filter_map(|each| Some((each.path.as_str(), each.tree.as_ref().ok()?)))
    }

    /// A file and those that it refers to, where they can be read.
    pub(crate) fn reachable(&self, file: &str) -> Vec<(&str, &Tree)> {
        let mut reached: Vec<(&str, &Tree)> = Vec::new();
        let mut open = vec![file.to_owned()];
        while let Some(path) = open.pop() {
            let known = self.readable().find(|(each, _)| *each == path);
            let Some((path, tree)) = known else { continue };
            if reached.iter().any(|(each, _)| *each == path) {
                continue;
            }
            reached.push((path, tree));
            let references = texts_under(&tree.value, &["$ref"]);
            let files = references.iter().filter_map(|(_, target)| self.file_of(path, target));
            open.extend(files.map(str::to_owned));
        }
        reached
    }

    /// What a reference in a file leads to: the file's value, and the fragment, decoded.
    pub(super) fn target(&self, from: &str, reference: &str) -> Option<(&Value, String)> {
        let (_, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let tree = self.get(self.file_of(from, reference)?)?.as_ref().ok()?;
        Some((&tree.value, decode(fragment).into_owned()))
    }

    /// The file that a reference in a file leads to.
    pub(crate) fn file_of<'d>(&'d self, from: &'d str, reference: &str) -> Option<&'d str> {
        let address = reference.split('#').next().unwrap_or_default();
        if address.is_empty() {
            return Some(from);
        }
        let resolved = resolve(from, &decode(address));
        let resolved = resolved.and_then(|path| self.path_of(&uri_of(&path)));
        resolved.or_else(|| self.path_of(address))
    }

    /// Which address is which file: all that is needed to name places.
    pub(crate) fn addresses(&self) -> Addresses {
        let paths = self
            .by_uri
            .iter()
            .filter_map(|(uri, at)| Some((uri.clone(), self.documents.get(*at)?.path.clone())));
        Addresses(paths.collect())
    }

    /// Options of an engine that compares numbers as they are written. Where a schema of schemas says which keywords count,
    /// the engine's own stay, which know of that.
    pub(crate) fn compared<'o>(&self, options: ValidationOptions<'o>) -> ValidationOptions<'o> {
        let chooses = self.values().any(|value| value.get("$vocabulary").is_some());
        if chooses { options } else { exact(options) }
    }

    /// Something that answers references from these files, and remembers those it could not.
    pub(crate) fn retriever(&self) -> Offline {
        let values = self.by_uri.iter().filter_map(|(uri, at)| {
            let tree = self.documents.get(*at)?.tree.as_ref().ok()?;
            Some((uri.clone(), tree.value.clone()))
        });
        let paths = self.readable().map(|(path, _)| path.to_owned()).collect();
        Offline {
            values: Arc::new(values.collect()),
            mounts: Arc::new(self.mounts()),
            paths,
            missing: Arc::default(),
        }
    }

    /// Network folders that folders of the contract stand for: where `$id` and path end alike.
    fn mounts(&self) -> Vec<(String, String)> {
        let mounts = self.by_uri.iter().filter_map(|(uri, at)| {
            let mut path = self.documents.get(*at)?.path.as_str();
            let mut uri = uri.as_str();
            if uri.starts_with(SCHEME) {
                return None;
            }
            while let (Some((above, name)), last) = (uri.rsplit_once('/'), path.rsplit('/').next())
            {
                if last != Some(name) || name.is_empty() {
                    break;
                }
                uri = above;
                path = path.rsplit_once('/').map_or("", |(above, _)| above);
            }
            Some((format!("{uri}/"), path.to_owned()))
        });
        let mut mounts: Vec<_> = mounts.collect();
        mounts.sort();
        mounts.dedup();
        mounts
    }
}

/// Which address is which file.
#[derive(Debug, Default)]
pub(crate) struct Addresses(HashMap<String, String>);

impl Addresses {
    /// The same, with another name for one file.
    #[must_use]
    pub(crate) fn named(mut self, path: &str, name: &str) -> Self {
        for each in self.0.values_mut().filter(|each| *each == path) {
            name.clone_into(each);
        }
        self
    }

    /// How a verdict names the constraint at this address: file, `#`, JSON Pointer.
    pub(crate) fn place(&self, uri: &str) -> String {
        let (base, pointer) = uri.split_once('#').unwrap_or((uri, ""));
        let (file, pointer) = (self.0.get(base).map_or(base, String::as_str), decode(pointer));
        let mut place = String::with_capacity(file.len() + 1 + pointer.len());
        place.push_str(file);
        place.push('#');
        place.push_str(&pointer);
        place
    }
}

/// The address that a schema gives itself (`$id`; `id` up to draft 4).
fn own_id(schema: &Value) -> Option<&str> {
    let id = schema.get("$id").or_else(|| schema.get("id"))?.as_str()?;
    Some(id.trim_end_matches('#')).filter(|id| !id.is_empty())
}

/// Answers references from files in memory, and nothing else.
#[derive(Debug, Clone)]
pub(crate) struct Offline {
    values: Arc<HashMap<String, Value>>,
    mounts: Arc<Vec<(String, String)>>,
    paths: Vec<String>,
    missing: Arc<Mutex<Vec<String>>>,
}

impl Offline {
    /// The addresses that were asked for and are not there.
    pub(crate) fn missing(&self) -> Vec<String> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn find(&self, uri: &str) -> Option<&Value> {
        if let Some(value) = self.values.get(uri) {
            return Some(value);
        }
        self.mounts.iter().find_map(|(base, folder)| {
            let path = resolve(&format!("{folder}/x"), uri.strip_prefix(base.as_str())?)?;
            let known = self.paths.contains(&path);
            known.then(|| self.values.get(&uri_of(&path))).flatten()
        })
    }
}

impl Retrieve for Offline {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let uri = uri.as_str().split('#').next().unwrap_or_default();
        if let Some(value) = self.find(uri) {
            return Ok(value.clone());
        }
        // A schema that takes everything stands in, so that all missing files are found at once.
        let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        missing.push(uri.to_owned());
        Ok(Value::Object(serde_json::Map::new()))
    }
}
