//! The files that an entry schema needs, and where they must stand.
//!
//! References are followed among the given files alone: never to a disk, never to the network. A
//! publisher's bytes are not altered, so a file must stand where the reference to it leads; where
//! only the letters' case or `%20` differ, it is laid there under the name that the reference uses.

use super::scan::{Kind, Reference, Scanned, scan};
use crate::{Code, Finding, code, files::resolve};
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};

/// The XML namespace's own schema, which every engine has.
const XML_NAMESPACE_SCHEMA: &str = "://www.w3.org/2001/xml.xsd";

/// Everything that was given, looked into.
#[derive(Debug, Default)]
pub(crate) struct Given<'g> {
    files: BTreeMap<&'g str, GivenFile<'g>>,
    folded: BTreeMap<String, Vec<&'g str>>,
    ids: BTreeMap<String, &'g str>,
    namespaces: BTreeMap<String, Vec<&'g str>>,
}

/// One given file.
#[derive(Debug)]
pub(crate) struct GivenFile<'g> {
    /// Its bytes.
    pub(super) bytes: &'g Bytes,
    /// What it is.
    pub(super) scanned: Scanned,
}

/// An entry schema with all that it needs.
#[derive(Debug, Clone)]
pub(crate) struct Closure<'g> {
    /// Where each file must stand → where it was given.
    pub(crate) files: BTreeMap<String, &'g str>,
    /// What is wrong with its references.
    pub(super) findings: Vec<Finding>,
}

impl<'g> Given<'g> {
    /// Looks into every file.
    pub(crate) fn new(files: &'g BTreeMap<String, Bytes>) -> Self {
        let mut given = Self::default();
        for (path, bytes) in files {
            let scanned = scan(path, bytes);
            if let Kind::Json(json) = &scanned.kind
                && let Some(id) = &json.id
            {
                given.ids.entry(id.trim_end_matches('#').to_owned()).or_insert(path);
            }
            if let Kind::Xsd(xsd) = &scanned.kind {
                given.namespaces.entry(xsd.namespace.clone()).or_default().push(path);
            }
            given.folded.entry(path.to_lowercase()).or_default().push(path);
            given.files.insert(path, GivenFile { bytes, scanned });
        }
        given
    }

    /// The file at this path.
    pub(super) fn get(&self, path: &str) -> Option<&GivenFile<'g>> {
        self.files.get(path)
    }

    /// What the file at this path is.
    pub(crate) fn kind(&self, path: &str) -> Option<&Kind> {
        self.files.get(path).map(|file| &file.scanned.kind)
    }

    /// All files, sorted by path.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'g str, &GivenFile<'g>)> {
        self.files.iter().map(|(path, file)| (*path, file))
    }

    /// Paths that some other given file refers to.
    pub(crate) fn referred(&self) -> BTreeSet<&'g str> {
        let mut referred = BTreeSet::new();
        for (path, file) in &self.files {
            let targets = file
                .scanned
                .references
                .iter()
                .filter_map(|each| self.lead(path, path, each).ok().flatten());
            referred.extend(targets.map(|(_, source)| source).filter(|source| source != path));
        }
        referred
    }

    /// Whether the file at this path is an XML Schema of a namespace.
    pub(crate) fn has_namespace(&self, path: &str) -> bool {
        matches!(self.kind(path), Some(Kind::Xsd(xsd)) if !xsd.namespace.is_empty())
    }

    /// XML Schemas without a namespace that another one includes or redefines, and that one: such a file may need the
    /// namespace of its includer to be read (XML Schema Part 1, section 4.2.1).
    pub(crate) fn includers(&self) -> BTreeMap<&'g str, &'g str> {
        let mut includers = BTreeMap::new();
        let namespace = |path: &str| match self.kind(path) {
            Some(Kind::Xsd(xsd)) => Some(xsd.namespace.as_str()),
            _ => None,
        };
        for (path, file) in self.files.iter().filter(|(path, _)| namespace(path).is_some()) {
            for reference in file.scanned.references.iter().filter(|each| each.needed) {
                if let Ok(Some((_, source))) = self.lead(path, path, reference)
                    && namespace(source) == Some("")
                    && source != *path
                {
                    includers.entry(source).or_insert(*path);
                }
            }
        }
        includers
    }

    /// Follows every reference from an entry on.
    pub(crate) fn closure(&self, entry: &'g str) -> Closure<'g> {
        let mut closure = Closure { files: BTreeMap::new(), findings: Vec::new() };
        let mut open = vec![(entry.to_owned(), entry)];
        while let Some((stands, source)) = open.pop() {
            if closure.files.insert(stands.clone(), source).is_some() {
                continue;
            }
            let Some(file) = self.get(source) else { continue };
            for reference in &file.scanned.references {
                match self.lead(&stands, source, reference) {
                    Ok(Some(next)) if !closure.files.contains_key(&next.0) => open.push(next),
                    Ok(_) => {}
                    Err(_) if !reference.needed => {}
                    Err((code, sentence)) => closure.findings.push(
                        Finding::in_file(source, code, sentence)
                            .at(reference.place.line, reference.place.column)
                            .hint(hint(code)),
                    ),
                }
            }
        }
        closure
    }

    /// Where a reference leads: where the file must stand, and which given file it is.
    fn lead(
        &self,
        stands: &str,
        source: &str,
        reference: &Reference,
    ) -> Result<Option<(String, &'g str)>, (Code, String)> {
        let location = reference.location.as_str();
        if let Some(namespace) = &reference.namespace {
            return Ok(self.by_namespace(namespace).map(|path| (path.to_owned(), path)));
        }
        if location.contains(XML_NAMESPACE_SCHEMA) {
            return Ok(None);
        }
        if let Some(path) = self.by_id(source, location) {
            return Ok(Some((path.to_owned(), path)));
        }
        let Some(path) = resolve(stands, location) else {
            let sentence = format!("`{location}` is outside the given files");
            return Err((code::REFERENCE_OUTSIDE, sentence));
        };
        match self.nearest(&path) {
            Some(found) => Ok(Some((path, found))),
            None => {
                Err((code::IMPORT_UNRESOLVED, format!("`{location}` is not among the given files")))
            }
        }
    }

    /// The one schema of a namespace. Of several none is guessed: some other reference names one.
    fn by_namespace(&self, namespace: &str) -> Option<&'g str> {
        match self.namespaces.get(namespace)?.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// A JSON Schema by its `$id`, in full or relative to the referring schema's own.
    fn by_id(&self, source: &str, location: &str) -> Option<&'g str> {
        let Kind::Json(json) = &self.get(source)?.scanned.kind else { return None };
        if location.contains("://") {
            return self.ids.get(location).copied();
        }
        let id = json.id.as_deref()?;
        let (folder, _) = id.rsplit_once('/')?;
        let (scheme, path) = folder.split_once("://")?;
        let target = resolve(&format!("{path}/_"), location)?;
        self.ids.get(&format!("{scheme}://{target}")).copied()
    }

    fn nearest(&self, path: &str) -> Option<&'g str> {
        if let Some((found, _)) = self.files.get_key_value(path) {
            return Some(found);
        }
        let plain = percent_decoded(path);
        if let Some((found, _)) = self.files.get_key_value(plain.as_str()) {
            return Some(found);
        }
        match self.folded.get(&plain.to_lowercase())?.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

fn hint(code: Code) -> &'static str {
    if code == code::REFERENCE_OUTSIDE {
        "give the folder that holds both files; nothing is ever fetched from the network"
    } else {
        "give the folder or file that holds it as well"
    }
}

fn percent_decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex =
            tail.get(..2).filter(|_| *first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Lays files below `folder`: the part of the path that all of them share falls away, so that
/// relative references stay valid. Gives each path → where it was given, and where `entry` is.
pub(super) fn lay<'g>(
    closure: &Closure<'g>,
    entry: &str,
    folder: &str,
) -> (BTreeMap<String, &'g str>, String) {
    let mut shared: Option<Vec<&str>> = None;
    for path in closure.files.keys() {
        let parents: Vec<&str> =
            path.rsplit_once('/').map_or("", |(parents, _)| parents).split('/').collect();
        shared = Some(match shared {
            None => parents,
            Some(before) => before
                .into_iter()
                .zip(parents)
                .take_while(|(a, b)| a == b)
                .map(|(a, _)| a)
                .collect(),
        });
    }
    let strip = shared.unwrap_or_default().join("/");
    let below = |path: &str| {
        let rest = path.strip_prefix(&strip).unwrap_or(path);
        format!("{folder}/{}", rest.trim_start_matches('/'))
    };
    let files = closure.files.iter().map(|(path, source)| (below(path), *source)).collect();
    (files, below(entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(files: &[(&str, &str)]) -> BTreeMap<String, Bytes> {
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Bytes::copy_from_slice(text.as_bytes())))
            .collect()
    }

    fn schema(locations: &[&str]) -> String {
        let imports: String =
            locations.iter().map(|at| format!("\n<include schemaLocation='{at}'/>")).collect();
        format!("<schema xmlns='http://www.w3.org/2001/XMLSchema'>{imports}</schema>")
    }

    #[test]
    fn follows_references_and_keeps_them_valid() {
        let (a, b, c) =
            (schema(&["../common/B%20b.xsd", "C.xsd"]), schema(&["../main/a.xsd"]), schema(&[]));
        let files = given(&[
            ("x/main/a.xsd", &a),
            ("x/common/b b.xsd", &b),
            ("x/main/c.xsd", &c),
            ("x/d.xsd", &c),
        ]);
        let given = Given::new(&files);
        let closure = given.closure("x/main/a.xsd");
        assert_eq!(closure.findings, []);
        let (laid, entry) = lay(&closure, "x/main/a.xsd", "schemas/xsd");
        assert_eq!(entry, "schemas/xsd/main/a.xsd");
        let laid: Vec<_> = laid.iter().map(|(path, source)| (path.as_str(), *source)).collect();
        assert_eq!(
            laid,
            [
                ("schemas/xsd/common/B%20b.xsd", "x/common/b b.xsd"),
                ("schemas/xsd/main/C.xsd", "x/main/c.xsd"),
                ("schemas/xsd/main/a.xsd", "x/main/a.xsd"),
            ]
        );
        assert_eq!(
            given.referred().into_iter().collect::<Vec<_>>(),
            ["x/common/b b.xsd", "x/main/a.xsd", "x/main/c.xsd"]
        );
    }

    #[test]
    fn reports_references_that_lead_nowhere_with_their_place() {
        let a = schema(&[
            "b.xsd",
            "../../b.xsd",
            "http://x.example/b.xsd",
            "http://www.w3.org/2001/xml.xsd",
        ]);
        let files = given(&[("x/a.xsd", &a)]);
        let closure = Given::new(&files).closure("x/a.xsd");
        let printed: Vec<String> = closure.findings.iter().map(ToString::to_string).collect();
        let firsts: Vec<&str> = printed.iter().filter_map(|each| each.lines().next()).collect();
        assert_eq!(
            firsts,
            [
                "x/a.xsd:2:1 C0204 `b.xsd` is not among the given files",
                "x/a.xsd:3:1 C0215 `../../b.xsd` is outside the given files",
                "x/a.xsd:4:1 C0215 `http://x.example/b.xsd` is outside the given files",
            ]
        );
    }

    #[test]
    fn finds_a_schema_by_its_namespace_where_no_file_is_named() {
        let schema = |target: &str, import: &str| {
            format!(
                "<schema xmlns='http://www.w3.org/2001/XMLSchema' targetNamespace='{target}'>\
                 <import namespace='{import}'/></schema>"
            )
        };
        let (a, b, c) = (schema("urn:a", "urn:b"), schema("urn:b", "urn:c"), schema("urn:c", ""));
        let files = given(&[("a.xsd", &a), ("b.xsd", &b), ("c1.xsd", &c), ("c2.xsd", &c)]);
        let closure = Given::new(&files).closure("a.xsd");
        assert_eq!((closure.findings.len(), closure.files.len()), (0, 2));
    }

    #[test]
    fn finds_json_schemas_by_their_id() {
        let files = given(&[
            ("x/a.json", r#"{"$id": "https://x.example/s/a.json", "$ref": "t/b.json"}"#),
            (
                "x/b.json",
                r#"{"$id": "https://x.example/s/t/b.json", "$ref": "https://x.example/s/a.json#/y"}"#,
            ),
        ]);
        let given = Given::new(&files);
        let closure = given.closure("x/a.json");
        assert_eq!((closure.findings.len(), closure.files.len()), (0, 2));
    }
}
