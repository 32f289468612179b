//! Our own tables: what is tested.

use crate::suite::Sources;
use crate::validator::JudgesXsd;
use sluse_xml::{Document, Limits, Reader};
use sluse_xsd::{Asked, Budget, Schema, SchemaFault};

const ASKED: Asked = Asked { show_values: false, violations_max: 100 };

/// A schema as we compile it, which judges each document as a tree and as a stream.
pub(crate) struct Ours {
    schema: Option<Schema>,
    faults: Vec<String>,
}

impl JudgesXsd for Ours {
    fn compile(sources: &Sources) -> Self {
        let entries: Vec<&str> = sources.entries.iter().map(String::as_str).collect();
        let compiled = Schema::compile(&sources.documents, &entries, &Budget::default());
        let (schema, faults) = compiled;
        let is_placed = |fault: &SchemaFault| fault.line > 0 && !fault.sentence.contains("Key(");
        assert!(faults.iter().all(is_placed), "each fault has a place, and words: {faults:?}");
        let words = faults.iter().map(|fault| format!("{} {}", fault.constraint, fault.sentence));
        Self { schema, faults: words.collect() }
    }

    fn schema_faults(&self) -> Vec<String> {
        self.faults.clone()
    }

    fn faults(&self, bytes: &[u8]) -> Vec<String> {
        let Some(schema) = &self.schema else { return self.faults.clone() };
        let document = Document::parse(bytes, None, &Limits::default());
        let streamed = Reader::new(bytes, None, Limits::default());
        let streamed = streamed.and_then(|reader| schema.judge_stream(reader, ASKED));
        let document = match document {
            Ok(document) => document,
            Err(fault) => {
                assert!(streamed.is_err(), "the stream is read, and the tree is not");
                return vec![format!("not read: {fault:?}")];
            }
        };
        let found = schema.judge(&document, ASKED);
        assert_eq!(streamed.unwrap(), found, "the stream is judged as the tree is");
        found
            .iter()
            .map(|each| format!("{} {} {}", each.path, each.constraint, each.sentence))
            .collect()
    }
}
