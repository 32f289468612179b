//! Documents of published corpora against their schemas: as a tree, as a stream, and with a fault.

use super::{
    super::closure::gather,
    corpora::{files_below, found_below, root_of},
};
use crate::{files::ContractFiles, schema::FileReader, shared::shared};
use sluse_xml::{Document, Limits, Reader};
use sluse_xsd::{Asked, Budget, Schema, Violation};
use std::{collections::HashMap, path::Path};

const ASKED: Asked = Asked { show_values: false, violations_max: 1_000 };

/// Where a corpus has its schemas and documents, and what its oracle says of them.
struct Corpus {
    schemas: &'static str,
    documents: &'static str,
    /// The entry; `{date}` is the date in the namespace of the document's root, as a path.
    entry: &'static str,
    /// How the root elements of the documents that the schema is for begin.
    root: &'static str,
    least: usize,
    /// Documents that other engines refuse too.
    invalid: &'static [&'static str],
}

const CORPORA: &[Corpus] = &[
    Corpus {
        schemas: "medcom-edifact/xsd",
        documents: "medcom-edifact/xml",
        entry: "{date}/EMessage.xsd",
        root: "Emessage",
        least: 15,
        invalid: &[],
    },
    Corpus {
        schemas: "sbdh-1.3",
        documents: "sbdh-1.3",
        entry: "StandardBusinessDocumentHeader.xsd",
        root: "StandardBusinessDocument",
        least: 1,
        invalid: &[],
    },
    Corpus {
        schemas: "en16931/cii/schema/D16B SCRDM (Subset)/uncoupled clm/CII",
        documents: "en16931/cii/examples",
        entry: "uncefact/data/standard/CrossIndustryInvoice_100pD16B.xsd",
        root: "CrossIndustryInvoice",
        least: 10,
        invalid: &[],
    },
];

fn entry(corpus: &Corpus, namespace: &str) -> String {
    let date = namespace.split_once("/schemas/").map_or("", |(_, date)| date.trim_matches('/'));
    corpus.entry.replace("{date}", date)
}

fn compile(entry: &str, files: &ContractFiles) -> Schema {
    let (closure, findings) = gather(entry, &FileReader::new(files));
    assert_eq!(findings, [], "{entry}");
    let (schema, faults) = Schema::compile(&closure.documents, &[entry], &Budget::default());
    assert_eq!(faults, [], "{entry}");
    schema.unwrap()
}

/// What is found in the tree, which must be what is found in the stream.
fn judge(schema: &Schema, bytes: &[u8], name: &str) -> Vec<Violation> {
    let document = Document::parse(bytes, None, &Limits::default()).unwrap();
    let found = schema.judge(&document, ASKED);
    let reader = Reader::new(bytes, None, Limits::default()).unwrap();
    assert_eq!(schema.judge_stream(reader, ASKED).unwrap(), found, "{name}");
    found
}

/// The document with an element of a stranger's as the first child of its root.
fn with_a_stranger(bytes: &[u8]) -> Vec<u8> {
    let is_root = |pair: &[u8]| pair[0] == b'<' && (pair[1].is_ascii_alphabetic());
    let root = bytes.windows(2).position(is_root).unwrap();
    let end = root + bytes[root..].iter().position(|byte| *byte == b'>').unwrap() + 1;
    [&bytes[..end], b"<stranger xmlns=\"urn:stranger\"/>", &bytes[end..]].concat()
}

fn judge_corpus(shared: &Path, corpus: &Corpus) {
    let files = files_below(&shared.join(corpus.schemas));
    let mut schemas = HashMap::new();
    let (mut judged, mut wrong) = (0, Vec::new());
    for (name, path) in found_below(&shared.join(corpus.documents), "xml") {
        let bytes = std::fs::read(path).unwrap();
        let (namespace, root) = root_of(&bytes);
        if !root.starts_with(corpus.root) {
            continue;
        }
        let entry = entry(corpus, &namespace);
        let schema = schemas.entry(entry.clone()).or_insert_with(|| compile(&entry, &files));
        let found = judge(schema, &bytes, &name);
        if found.is_empty() == corpus.invalid.contains(&name.as_str()) {
            wrong.push(format!("{name}: {found:?}"));
        }
        let found = judge(schema, &with_a_stranger(&bytes), &name);
        assert!(!found.is_empty(), "{name} with a stranger");
        judged += 1;
    }
    println!("{}: {judged} documents, {} not as the oracle says", corpus.documents, wrong.len());
    assert_eq!(wrong, Vec::<String>::new());
    assert!(judged >= corpus.least, "{}: {judged}", corpus.documents);
}

#[test]
fn judges_published_documents_as_their_oracles_do_in_tree_and_stream() {
    let Some(folder) = shared("corpora") else { return };
    for corpus in CORPORA {
        judge_corpus(&folder, corpus);
    }
}
