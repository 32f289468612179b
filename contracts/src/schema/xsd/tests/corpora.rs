//! Published schemas and documents against what other engines say of them.

use super::{compile, judge};
use crate::{files::ContractFiles, schema::Compiled, shared::shared};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

pub(super) fn files_below(root: &Path) -> ContractFiles {
    let mut files = ContractFiles::new("");
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "xsd") {
                let relative = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.add(&relative, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Schemas of a folder, each compiled when first asked for.
struct Schemas {
    files: ContractFiles,
    compiled: HashMap<String, Compiled>,
}

impl Schemas {
    fn below(root: &Path) -> Self {
        Self { files: files_below(root), compiled: HashMap::new() }
    }

    /// The entry that declares a root element: by its file's name.
    fn entry(&self, root: &str) -> Option<String> {
        let named = |path: &&str| {
            path.contains("maindoc/")
                && path.rsplit('/').next().is_some_and(|file| file.split('-').nth(1) == Some(root))
        };
        self.files.iter().map(|(path, _)| path).find(named).map(str::to_owned)
    }

    fn judge(&mut self, entry: &str, bytes: &[u8]) -> Vec<String> {
        let files = &self.files;
        let compiled = self.compiled.entry(entry.to_owned()).or_insert_with(|| {
            let compiled = compile(entry, files);
            assert_eq!(compiled.findings, [], "{entry}");
            compiled
        });
        judge(compiled, bytes)
    }
}

pub(super) fn root_of(bytes: &[u8]) -> (String, String) {
    let document = sluse_xml::Document::parse(bytes, None, &sluse_xml::Limits::default()).unwrap();
    let root = document.document_element();
    (document.namespace(root).to_owned(), document.local(root).to_owned())
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

pub(super) fn found_below(root: &Path, extension: &str) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|each| each == extension) {
                found.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), path);
            }
        }
    }
    found
}

/// What the oracle says of each document that is here, by path.
fn oioubl_cases(folder: &Path) -> Vec<(PathBuf, bool)> {
    let mut cases = Vec::new();
    for (name, each) in json(&folder.join("oracle-1.17.2.json")).as_object().unwrap() {
        let file = name.rsplit('/').next().unwrap();
        let place = if name.starts_with("oio21/") { "examples" } else { "scenarios-2.02" };
        cases.push((folder.join(place).join(file), each["xsd_valid"].as_bool().unwrap()));
    }
    for each in json(&folder.join("mutants/manifest.json")).as_array().unwrap() {
        let path = folder.join("mutants").join(each["file"].as_str().unwrap());
        cases.push((path, each["xsd_valid"].as_bool().unwrap()));
    }
    cases.retain(|(path, _)| path.exists());
    cases
}

#[test]
fn judges_oioubl_as_its_oracle_does() {
    let Some(folder) = shared("corpora/oioubl-2.1") else { return };
    let mut schemas = Schemas::below(&folder.join("xsd"));
    let cases = oioubl_cases(&folder);
    let mut wrong = Vec::new();
    for (path, valid) in &cases {
        let bytes = std::fs::read(path).unwrap();
        let (_, root) = root_of(&bytes);
        let entry = schemas.entry(&root).unwrap();
        let found = schemas.judge(&entry, &bytes);
        if found.is_empty() != *valid {
            wrong.push(format!("{}: valid {valid}, found {found:?}", path.display()));
        }
    }
    println!("OIOUBL 2.1: {} of {} as the oracle says", cases.len() - wrong.len(), cases.len());
    assert!(cases.len() > 400, "{}", cases.len());
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn judges_oioxml_with_its_redefinitions_as_its_oracle_does() {
    let Some(folder) = shared("corpora/oioxml-0.7") else { return };
    let mut schemas = Schemas::below(&folder.join("xsd"));
    let mut judged = 0;
    for (name, each) in json(&folder.join("oracle.json")).as_object().unwrap() {
        let kind = each["ns"].as_str().and_then(|ns| ns.trim_end_matches('/').rsplit('/').next());
        let (Some(kind), Some(_)) = (kind, each["xsdStrict"].as_bool()) else { continue };
        let file = name.strip_prefix("Examples/").map(|file| folder.join("valid").join(file));
        let invalid = name.strip_prefix("Examples_Invalid/");
        let Some(path) = file.or_else(|| invalid.map(|file| folder.join("invalid").join(file)))
        else {
            continue;
        };
        if !path.exists() {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for (key, form) in [("xsdStrict", "Strict"), ("xsdLax", "Lax")] {
            let found = schemas.judge(&format!("{kind}{form}.xsd"), &bytes);
            assert_eq!(found.is_empty(), each[key].as_bool().unwrap(), "{name} {form}: {found:?}");
            judged += 1;
        }
    }
    println!("OIOXML 0.7: {judged} judgements as the oracle says");
    assert!(judged >= 8, "{judged}");
}

#[test]
fn judges_standard_business_document_headers_with_substitution_groups() {
    let Some(folder) = shared("corpora/sbdh-1.3") else { return };
    let mut schemas = Schemas::below(&folder);
    let samples = found_below(&folder, "xml");
    assert!(!samples.is_empty());
    for (name, path) in samples {
        let bytes = std::fs::read(path).unwrap();
        let found = schemas.judge("StandardBusinessDocumentHeader.xsd", &bytes);
        println!("SBDH {name}: {found:?}");
        assert_eq!(found, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn judges_the_records_of_an_archive_where_they_are_there() {
    let Some(folder) = shared("corpora/eformidling") else { return };
    let mut schemas = Schemas::below(&folder.join("xsd"));
    // The schema is compiled even where no sample is there.
    let foreign = schemas.judge("arkivmelding.xsd", b"<other/>");
    assert_eq!(foreign.len(), 1, "{foreign:?}");
    for (name, path) in found_below(&folder.join("samples"), "xml") {
        let bytes = std::fs::read(path).unwrap();
        if root_of(&bytes).1 == "arkivmelding" {
            let found = schemas.judge("arkivmelding.xsd", &bytes);
            assert_eq!(found.is_empty(), !name.contains("error"), "{name}: {found:?}");
        }
    }
}

#[test]
fn judges_the_messages_of_nemhandel_against_ubl() {
    let Some(folder) = shared("corpora/nemhandel-rasp") else { return };
    let mut schemas = Schemas::below(&folder.join("ubl20-xsd"));
    let (mut valid, mut invalid) = (0, 0);
    for (name, path) in found_below(&folder.join("messages"), "xml") {
        let bytes = std::fs::read(path).unwrap();
        let limits = sluse_xml::Limits::default();
        let Ok(document) = sluse_xml::Document::parse(&bytes, None, &limits) else { continue };
        let root = document.document_element();
        let namespace = document.namespace(root).to_owned();
        let Some(entry) = schemas.entry(document.local(root)) else { continue };
        if !namespace.starts_with("urn:oasis:names:specification:ubl:schema:xsd:") {
            continue;
        }
        let found = schemas.judge(&entry, &bytes);
        if found.is_empty() {
            valid += 1;
        } else {
            invalid += 1;
            // Documents of Peppol are written against UBL 2.1.
            assert!(name.to_lowercase().contains("peppol"), "{name}: {found:?}");
        }
    }
    println!("NemHandel against UBL 2.0: {valid} valid, {invalid} not");
    assert!(valid > invalid, "{valid} {invalid}");
}
