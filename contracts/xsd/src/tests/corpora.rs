use super::ASKED;
use crate::{Budget, Schema};
use sluse_xml::{Document, Limits, Reader};
use std::{collections::BTreeMap, env, fs, path::Path, path::PathBuf, sync::Arc};

/// The folder of shared documents, where it is there.
fn shared(below: &str) -> Option<PathBuf> {
    let given = env::var_os("SLUSE_SHARED").map(PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = given.unwrap_or(root).join(below);
    if !folder.is_dir() {
        eprintln!("SKIPPED: {} is not there; set SLUSE_SHARED", folder.display());
        return None;
    }
    Some(folder)
}

fn files(folder: &Path, ending: &str, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, all);
        } else if path.extension().is_some_and(|each| each == ending) {
            all.push(path);
        }
    }
}

#[test]
fn says_of_a_stream_what_it_says_of_a_tree() {
    let Some(folder) = shared("corpora/oioubl-2.1") else { return };
    let (mut schemas, mut documents) = (Vec::new(), Vec::new());
    let root = folder.join("xsd/UBL_v2.1");
    files(&root, "xsd", &mut schemas);
    files(&folder.join("mutants"), "xml", &mut documents);
    files(&folder.join("examples"), "xml", &mut documents);
    let texts: BTreeMap<String, Arc<str>> = schemas
        .iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            let bytes = fs::read(path).unwrap();
            let text = sluse_xml::decode(&bytes, None).unwrap();
            (name, text.trim_start_matches('\u{feff}').into())
        })
        .collect();
    let entries: Vec<&str> =
        texts.keys().filter(|name| name.starts_with("maindoc/")).map(String::as_str).collect();
    let (schema, faults) = Schema::compile(&texts, &entries, &Budget::default());
    assert_eq!(faults, []);
    let schema = schema.unwrap();
    eprintln!("all of UBL: {schema:?}");
    let mut found = 0;
    for path in &documents {
        let bytes = fs::read(path).unwrap();
        let Ok(document) = Document::parse(&bytes, None, &Limits::default()) else { continue };
        let tree = schema.judge(&document, ASKED);
        let reader = Reader::new(bytes.as_slice(), None, Limits::default()).unwrap();
        assert_eq!(tree, schema.judge_stream(reader, ASKED).unwrap(), "{}", path.display());
        found += tree.len();
    }
    assert!(documents.len() > 400 && found > 0, "{} {found}", documents.len());
}
