//! An envelope of XML with a document in it: SBDH and its like. The header is a tree, the document stays what it is.
//!
//! ```toml
//! format  = "envelope"
//! root    = "sh:StandardBusinessDocument"
//! payload = "payload"                       # the name of the field that holds the document
//!
//! [namespaces]
//! sh = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
//! ```
//!
//! All keys of [`crate::xml`] are keys here too. The payload is the one child of the document element that is of no
//! namespace of the description, with comments right before and behind it. It is not read: its bytes become a value, in base64, and stand behind the header's
//! group in the tree; written, they stand behind the header's elements. What the envelope declares for it and it does not
//! declare itself is added to its start tag, since a document means nothing without its namespaces; nothing else of it is
//! touched. An envelope whose document is text or base64 already, as in `TextContent` and `BinaryContent`, is XML like any
//! other and needs no format of its own.
//!
//! A message is one unit and is in memory as a whole, bounded by `tree-bytes-max`.

mod cut;
mod read;
#[cfg(test)]
mod tests;
mod write;

use crate::{
    layout::{FieldName, Layout, UnitReader, UnitWriter},
    tree::Names,
    whole_message::WholeReader,
    xml,
};
use read::ReadEnvelope;
use sluse_contracts::{MediaType, payload::Limits, settings::Table};
use std::sync::Arc;
use write::EnvelopeWriter;

/// The name of the payload's field, where nothing else is said.
const PAYLOAD: &str = "payload";

/// A checked description of envelopes.
#[derive(Debug)]
struct Envelope {
    header: Arc<dyn Layout>,
    payload: String,
}

/// Reads the table of a description; nothing where a fault was reported.
pub(crate) fn describe(root: &mut Table<'_>) -> Option<Arc<dyn Layout>> {
    let payload: Option<FieldName> = root.optional_name("payload");
    let payload = payload.map_or_else(|| PAYLOAD.to_owned(), |name| name.to_string());
    let header = xml::describe_with(root, &[&payload])?;
    Some(Arc::new(Envelope { header, payload }))
}

impl Layout for Envelope {
    fn format(&self) -> &'static str {
        "envelope"
    }

    fn media_type(&self) -> MediaType {
        MediaType::xml()
    }

    fn names(&self) -> &Arc<Names> {
        self.header.names()
    }

    fn reader(self: Arc<Self>, limits: &Limits) -> Box<dyn UnitReader> {
        Box::new(WholeReader::new(ReadEnvelope(self), limits))
    }

    fn writer(self: Arc<Self>) -> Box<dyn UnitWriter> {
        Box::new(EnvelopeWriter::new(self))
    }
}

impl Envelope {
    /// Whether a namespace is one of the description's.
    fn describes(&self, namespace: &str) -> bool {
        let Some(names) = self.header.xml_names() else { return false };
        names.roots().into_iter().any(|(of_root, _, default)| {
            let spelt = || names.element(namespace, "x", default);
            of_root == namespace || (!namespace.is_empty() && !spelt().starts_with('{'))
        })
    }
}
