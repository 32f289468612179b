//! Schemas and documents in tables: each document is judged as a tree and as a stream, and both must
//! say the same.

mod circles;
mod content;
mod corpora;
mod demands;
mod front;
mod hostile;
mod identity;
mod instance;
mod limits;
mod named;
mod part;
mod particles;
mod places;
mod restrict;
mod rules;
mod told;

use crate::{Asked, Budget, Schema, SchemaFault};
use sluse_xml::{Document, Limits, Reader};
use std::{collections::BTreeMap, sync::Arc};

const ASKED: Asked = Asked { show_values: false, violations_max: 100 };

/// Compiles what stands inside `xs:schema`, with the target namespace `urn:t`.
fn compile(inner: &str) -> (Option<Schema>, Vec<SchemaFault>) {
    let text = format!(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns='urn:t' xmlns:t='urn:t' \
         targetNamespace='urn:t' elementFormDefault='qualified'>\n{inner}</xs:schema>"
    );
    let documents: BTreeMap<String, Arc<str>> = BTreeMap::from([("a.xsd".into(), text.into())]);
    Schema::compile(&documents, &["a.xsd"], &Budget::default())
}

fn schema(inner: &str) -> Schema {
    let (schema, faults) = compile(inner);
    assert_eq!(faults, []);
    schema.expect("the schema compiles")
}

/// One line for each violation, the same for the tree and for the stream.
fn judge(schema: &Schema, text: &str) -> Vec<String> {
    let limits = Limits::default();
    let document = Document::parse(text.as_bytes(), None, &limits).unwrap();
    let tree = schema.judge(&document, ASKED);
    let reader = Reader::new(text.as_bytes(), None, limits).unwrap();
    let stream = schema.judge_stream(reader, ASKED).unwrap();
    assert_eq!(tree, stream, "{text}");
    let line = |each: &crate::Violation| {
        format!("{}:{} {} {} {}", each.line, each.column, each.constraint, each.path, each.sentence)
    };
    tree.iter().map(line).collect()
}

/// Documents, and what is found: rule and path.
fn check(inner: &str, cases: &[(&str, &[&str])]) {
    let schema = schema(inner);
    for (text, wanted) in cases {
        let text = text.replace(
            "<r",
            "<r xmlns='urn:t' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'",
        );
        let found = judge(&schema, &text);
        let short: Vec<String> = found
            .iter()
            .map(|line| line.split(' ').skip(1).take(2).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(short, *wanted, "{text} {found:#?}");
    }
}
