//! Schemas before there is a contract: which files of a folder a reader begins with.
//!
//! An entry is a file that no other one refers to; of files that only refer to each other, the first.
//! Every other file is looked at where an entry takes it in.

use crate::{
    ContractFiles,
    import::{Given, Kind},
    manifest::{JudgeStep, Language},
    settings::{Place, Placed},
};
use bytes::Bytes;
use sluse_xml::{Document, Limits};
use std::collections::{BTreeMap, BTreeSet};

/// The attributes of a WSDL description that name files.
const WSDL_REFERENCES: [&str; 2] = ["location", "schemaLocation"];

/// A file that a reader begins with, and those that it may refer to.
#[derive(Debug)]
pub struct Entry {
    /// The file and its language.
    pub step: JudgeStep,
    /// The file and those it may refer to.
    pub files: ContractFiles,
}

impl Entry {
    /// An entry of this language.
    fn of(language: Language, path: &str, files: ContractFiles) -> Self {
        let file = Placed { value: path.to_owned(), place: Place { line: 0, column: 0 } };
        Self { step: JudgeStep::new(language, file), files }
    }

    /// How findings name the file.
    pub fn name(&self) -> String {
        self.files.shown(&self.step.file.value)
    }

    /// The entry that a file is which somebody names: what it holds says what it is. Nothing where it is no schema.
    pub fn named(path: &str, files: ContractFiles) -> Option<Self> {
        let file = files.get(path)?;
        let language = language(path, &crate::import::kind(path, &file.bytes), true)?;
        Some(Self::of(language, path, files))
    }
}

/// The entries among files, by path. `folder` is how findings name the folder that holds them.
pub fn entries(folder: &str, files: &BTreeMap<String, Bytes>) -> Vec<Entry> {
    let given = Given::new(files);
    let mut referred: BTreeSet<String> = given.referred().into_iter().map(str::to_owned).collect();
    for (path, bytes) in files.iter().filter(|(path, _)| is_wsdl(path)) {
        referred.extend(wsdl_references(path, bytes));
    }
    let all = contract_files(folder, files.iter().map(|(path, bytes)| (path.as_str(), bytes)));
    let includers = given.includers();
    let mut covered: BTreeSet<String> = BTreeSet::new();
    let mut found: Vec<Entry> = Vec::new();
    for alone in [true, false] {
        for path in files.keys() {
            if alone == referred.contains(path) || covered.contains(path) {
                continue;
            }
            let path = match whole(path, &includers) {
                // A description has it under a namespace of its own.
                whole if covered.contains(whole) && !given.has_namespace(whole) => continue,
                whole => whole,
            };
            let language = given.kind(path).and_then(|kind| language(path, kind, false));
            let Some(language) = language else { continue };
            if found.iter().any(|entry| entry.step.file.value == path) {
                continue;
            }
            let closure = given.closure(path).files;
            // A description reads its schemas with more patience than a message's own schema is read with.
            if language != Language::Wsdl {
                covered.extend(closure.values().map(|path| (*path).to_owned()));
            }
            // Descriptions and JSON Schemas are given what they refer to alone: their readers look through all that there is.
            let entry_files = match language {
                Language::JsonSchema | Language::Openapi => {
                    let needed = closure.iter().filter_map(|(stands, source)| {
                        Some((stands.as_str(), files.get(*source)?))
                    });
                    contract_files(folder, needed)
                }
                _ => all.clone(),
            };
            if let Some(bytes) = files.get(path) {
                covered.extend(wsdl_references(path, bytes));
            }
            found.push(Entry::of(language, path, entry_files));
        }
    }
    found.sort_by(|a, b| a.step.file.value.cmp(&b.step.file.value));
    found
}

/// The schema that a file without a namespace is a part of: alone it may lack the namespace that it is read with.
fn whole<'p>(path: &'p str, includers: &BTreeMap<&'p str, &'p str>) -> &'p str {
    let mut whole = path;
    for _ in 0..includers.len() {
        match includers.get(whole) {
            // Of files that only include each other, each is as good.
            Some(includer) if *includer == path => return path,
            Some(includer) => whole = includer,
            None => break,
        }
    }
    whole
}

fn contract_files<'f>(
    folder: &str,
    files: impl Iterator<Item = (&'f str, &'f Bytes)>,
) -> ContractFiles {
    let mut all = ContractFiles::new(folder);
    for (path, bytes) in files {
        all.add(path, bytes.clone());
    }
    all
}

fn is_wsdl(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("wsdl"))
}

/// What a file is. One that somebody names is a schema where it can be one at all; in a folder it must say so.
fn language(path: &str, kind: &Kind, named: bool) -> Option<Language> {
    if is_wsdl(path) {
        return Some(Language::Wsdl);
    }
    match kind {
        Kind::Xsd(_) => Some(Language::Xsd),
        Kind::Rules => Some(Language::Schematron),
        Kind::Json(_) => Some(Language::JsonSchema),
        Kind::Openapi => Some(Language::Openapi),
        Kind::Wsdl { .. } => Some(Language::Wsdl),
        Kind::Broken(_) if path.to_ascii_lowercase().ends_with(".xsd") => Some(Language::Xsd),
        Kind::Broken(_) if is_yaml(path) || path.to_ascii_lowercase().ends_with(".json") => {
            Some(Language::Openapi)
        }
        Kind::Broken(_) => Some(Language::Schematron),
        Kind::RulesPart if named => Some(Language::Schematron),
        Kind::Other if named && path.to_ascii_lowercase().ends_with(".json") => {
            Some(Language::JsonSchema)
        }
        Kind::Other if named && is_yaml(path) => Some(Language::Openapi),
        Kind::RulesPart | Kind::Other => None,
    }
}

fn is_yaml(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    path.ends_with(".yaml") || path.ends_with(".yml")
}

/// The files that a WSDL description names, however deep in it.
fn wsdl_references(path: &str, bytes: &Bytes) -> Vec<String> {
    if !is_wsdl(path) {
        return Vec::new();
    }
    let Ok(document) = Document::parse(bytes, None, &Limits::default()) else { return Vec::new() };
    let mut found = Vec::new();
    for node in document.descendants(document.root()) {
        let named = WSDL_REFERENCES.iter().filter_map(|name| document.attribute(node, "", name));
        found.extend(named.filter_map(|location| crate::files::resolve(path, location)));
    }
    found.retain(|target| target != path);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const XS: &str = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'";

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Bytes::copy_from_slice(text.as_bytes())));
        let entries = entries("pack", &files.collect());
        entries.iter().map(|each| format!("{} {}", each.step.language.key(), each.name())).collect()
    }

    #[test]
    fn an_entry_is_what_nothing_else_refers_to() {
        let includes =
            |file: &str| format!("{XS}><xs:include schemaLocation='{file}'/></xs:schema>");
        let wsdl = "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'><import location='other.wsdl'/>\
                    <types><xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>\
                    <xs:import schemaLocation='in/types.xsd'/></xs:schema>\
                    <xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:i'>\
                    <xs:include schemaLocation='in/inline.xsd'/></xs:schema></types></definitions>";
        assert_eq!(
            found(&[
                ("a.xsd", &includes("in/b.xsd")),
                ("in/b.xsd", &format!("{XS}/>")),
                ("circle1.xsd", &includes("circle2.xsd")),
                ("circle2.xsd", &includes("circle1.xsd")),
                ("broken.xsd", "<xs:schema"),
                ("service.wsdl", wsdl),
                ("other.wsdl", "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'/>"),
                (
                    "in/types.xsd",
                    &format!(
                        "{XS} targetNamespace='urn:t'><xs:include schemaLocation='part.xsd'/></xs:schema>"
                    )
                ),
                (
                    "in/part.xsd",
                    &format!("{XS}><xs:include schemaLocation='deep.xsd'/></xs:schema>")
                ),
                ("in/deep.xsd", &format!("{XS}/>")),
                ("in/inline.xsd", &includes("inline-part.xsd")),
                ("in/inline-part.xsd", &format!("{XS}/>")),
                ("rules.sch", "<schema xmlns='http://purl.oclc.org/dsdl/schematron'/>"),
                ("api.yaml", "openapi: 3.1.0\npaths:\n  /x:\n    $ref: part.yaml\n"),
                ("part.yaml", "get: {}\n"),
                ("torn.yaml", "openapi: 3.1.0\n- paths\n"),
                ("torn.json", "{\n  \"swagger\": \"2.0\",\n"),
                ("torn-other.yaml", "a: 1\n- b\n"),
                ("data.json", "{\"a\": 1}"),
                ("person.json", "{\"$schema\": \"http://json-schema.org/draft-07/schema#\"}"),
                ("note.txt", "a"),
            ]),
            [
                "xsd pack/a.xsd",
                "openapi pack/api.yaml",
                "xsd pack/broken.xsd",
                "xsd pack/circle1.xsd",
                "xsd pack/in/types.xsd",
                "json-schema pack/person.json",
                "schematron pack/rules.sch",
                "wsdl pack/service.wsdl",
                "openapi pack/torn.json",
                "openapi pack/torn.yaml",
            ]
        );
    }
}
