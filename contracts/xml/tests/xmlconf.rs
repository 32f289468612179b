//! The reader against a published suite: what is well-formed is read, what is not is refused, and
//! what has a document type is refused as such.

use sluse_xml::{Document, Event, FaultKind, Limits, ReadFault, Reader, XmlFault};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

#[expect(clippy::unwrap_used, clippy::print_stdout, reason = "only the test below calls it")]
fn unpacked() -> Option<tempfile::TempDir> {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to read it in")]
    let root = std::env::var("SLUSE_SHARED").map(PathBuf::from);
    let root =
        root.unwrap_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let archive = root.join("suites/xmlconf-eduni.tar.gz");
    if !archive.exists() {
        println!("SKIPPED: xmlconf-eduni is not there; set SLUSE_SHARED");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let tar = Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(folder.path()).status();
    assert!(tar.unwrap().success());
    Some(folder)
}

fn has_document_type(bytes: &[u8]) -> bool {
    sluse_xml::decode(bytes, None).is_ok_and(|text| text.contains("<!DOCTYPE"))
}

/// What the stream makes of a document.
#[expect(clippy::panic, reason = "only the test below calls it")]
fn streamed(bytes: &[u8]) -> Result<(), XmlFault> {
    let done = Reader::new(bytes, None, Limits::default()).and_then(|mut reader| {
        while !matches!(reader.next_event()?, Event::Eof) {}
        Ok(())
    });
    done.map_err(|fault| match fault {
        ReadFault::Xml(fault) => fault,
        ReadFault::Input(fault) => panic!("bytes in memory: {fault}"),
    })
}

#[test]
fn reads_and_refuses_as_the_suite_says() {
    let Some(folder) = unpacked() else { return };
    let root = folder.path().join("xmlconf-eduni");
    let index = std::fs::read_to_string(root.join("index.tsv")).unwrap();
    let (mut counts, mut wrong) = (BTreeMap::<String, usize>::new(), Vec::new());
    for line in index.lines().skip(1) {
        let row: Vec<&str> = line.split('\t').collect();
        let (id, file, kind, version, editions) = (row[0], row[1], row[2], row[4], row[6]);
        let fifth = editions.is_empty() || editions.split(' ').any(|edition| edition == "5");
        if version != "1.0" || !fifth || row[7] == "no" {
            *counts.entry("out of scope".to_owned()).or_default() += 1;
            continue;
        }
        let bytes = std::fs::read(root.join("xmlconf").join(file)).unwrap();
        let read = Document::parse(&bytes, None, &Limits::default());
        assert_eq!(streamed(&bytes), read.as_ref().map(drop).map_err(|fault| *fault), "{id}");
        let document_type = has_document_type(&bytes);
        let right = match (&read, kind) {
            (_, "error") => true,
            (Ok(_), "valid" | "invalid") => !document_type,
            (Err(fault), "valid" | "invalid") => document_type && fault.kind == FaultKind::Dtd,
            (Ok(_), _) => false,
            (Err(_), _) => true,
        };
        let as_what = match &read {
            Ok(_) => "read",
            Err(fault) if fault.kind == FaultKind::Dtd => "refused for its document type",
            Err(_) => "refused",
        };
        *counts.entry(format!("{kind}, {as_what}")).or_default() += 1;
        if !right {
            wrong.push(format!("{id} {file} {kind}: {:?}", read.map(|_| ())));
        }
    }
    println!("xmlconf: {counts:#?}");
    assert_eq!(wrong, Vec::<String>::new());
}
