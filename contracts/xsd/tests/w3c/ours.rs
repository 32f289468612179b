//! Our own tables: what is tested.

use crate::suite::Sources;
use crate::validator::JudgesXsd;
use sluse_xml::{Document, Limits};
use sluse_xsd::{Asked, Budget, Schema};

/// A schema as we compile it.
pub(crate) struct Ours {
    schema: Option<Schema>,
    faults: Vec<String>,
}

impl JudgesXsd for Ours {
    fn compile(sources: &Sources) -> Self {
        let entries: Vec<&str> = sources.entries.iter().map(String::as_str).collect();
        let compiled = Schema::compile(&sources.documents, &entries, &Budget::default());
        let (schema, faults) = compiled;
        let words = faults.iter().map(|fault| format!("{} {}", fault.constraint, fault.sentence));
        Self { schema, faults: words.collect() }
    }

    fn schema_faults(&self) -> Vec<String> {
        self.faults.clone()
    }

    fn faults(&self, bytes: &[u8]) -> Vec<String> {
        let Some(schema) = &self.schema else { return self.faults.clone() };
        let document = match Document::parse(bytes, None, &Limits::default()) {
            Ok(document) => document,
            Err(fault) => return vec![format!("not read: {fault:?}")],
        };
        let found = schema.judge(&document, Asked { show_values: false, violations_max: 100 });
        found
            .iter()
            .map(|each| format!("{} {} {}", each.path, each.constraint, each.sentence))
            .collect()
    }
}
