//! A message that is carried as it is: its bytes are one value. It may be looked into, so that an envelope can say who sent
//! it and to whom.
//!
//! ```toml
//! format     = "content"
//! media-type = "application/xml"
//! field      = "content"              # the name of the field that holds the bytes, in base64
//!
//! [inside]                            # how it is read, where a mapping looks for values in it; never written
//! format = "xml"
//! root   = "Invoice"
//! ```
//!
//! The tree of a message is that of its first unit, as `inside` reads it, and the bytes behind that. A message that
//! `inside` cannot read is refused. Written, a message is the bytes alone. A message is in memory as a whole, bounded by
//! `tree-bytes-max`.

mod read;
#[cfg(test)]
mod tests;

use crate::{
    fault::Fault,
    layout::{FieldName, Layout, UnitReader, UnitWriter, described},
    tree::{Names, NodeId, Place, Tree},
    whole_message::WholeReader,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use read::ReadContent;
use sluse_contracts::{MediaType, code, payload::Limits, settings::Table};
use std::{fmt, sync::Arc};

/// The name of the field of bytes, where nothing else is said.
const FIELD: &str = "content";

/// A checked description.
#[derive(Debug)]
struct Content {
    names: Arc<Names>,
    field: String,
    media_type: MediaType,
    inside: Option<Arc<dyn Layout>>,
}

/// Reads the table of a description; nothing where a fault was reported.
pub(crate) fn describe(root: &mut Table<'_>) -> Option<Arc<dyn Layout>> {
    let field: Option<FieldName> = root.optional_name("field");
    let field = field.map_or_else(|| FIELD.to_owned(), |name| name.to_string());
    let media_type: Option<MediaType> = root.optional_name("media-type");
    let inside = match root.optional_table("inside") {
        None => None,
        Some(mut table) => {
            let words: Vec<_> = described().iter().map(|format| (format.name, *format)).collect();
            let format = table.required_choice("format", &words);
            let inside = format.and_then(|format| format.describe(&mut table));
            if format.is_none() {
                table.entries();
            }
            table.finish();
            Some(inside?)
        }
    };
    let names = match &inside {
        Some(inside) => inside.names().clone(),
        None => {
            let mut names = Names::default();
            names.add(&field);
            Arc::new(names)
        }
    };
    let media_type = media_type.unwrap_or_else(MediaType::octet_stream);
    Some(Arc::new(Content { names, field, media_type, inside }))
}

/// The bytes of a value in base64, white space apart.
pub(crate) fn decoded(tree: &Tree, node: NodeId) -> Option<Vec<u8>> {
    let text: String = tree.value(node)?.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok()
}

impl Layout for Content {
    fn format(&self) -> &'static str {
        "content"
    }

    fn media_type(&self) -> MediaType {
        self.media_type.clone()
    }

    fn names(&self) -> &Arc<Names> {
        &self.names
    }

    fn reader(self: Arc<Self>, limits: &Limits) -> Box<dyn UnitReader> {
        Box::new(WholeReader::new(ReadContent(self), limits))
    }

    fn writer(self: Arc<Self>) -> Box<dyn UnitWriter> {
        Box::new(ContentWriter { content: self, is_written: false })
    }
}

/// Writes one message.
struct ContentWriter {
    content: Arc<Content>,
    is_written: bool,
}

impl UnitWriter for ContentWriter {
    fn write(&mut self, unit: &Tree, out: &mut Vec<u8>) -> Result<(), Fault> {
        let nodes: Vec<NodeId> = unit.children(unit.root()).collect();
        let [only] = nodes.as_slice() else {
            let place = nodes.get(1).map(|node| unit.place(*node)).unwrap_or_default();
            let sentence = "a message is the bytes of one value, and nothing beside it";
            return Err(Fault::new(code::FIELD_UNKNOWN, sentence, place));
        };
        let place = unit.place(*only);
        if unit.name(*only) != self.content.field {
            let sentence = "the description has no field of this name";
            return Err(Fault::new(code::FIELD_UNKNOWN, sentence, place));
        }
        if self.is_written {
            let sentence = "each value is a message of its own";
            return Err(Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place));
        }
        let bytes = decoded(unit, *only).ok_or_else(|| {
            let sentence = "the value is no base64";
            Fault::new(code::FIELD_VALUE, sentence, place).in_field(&*self.content.field)
        })?;
        out.extend_from_slice(&bytes);
        self.is_written = true;
        Ok(())
    }

    fn finish(&mut self, _out: &mut Vec<u8>) -> Result<(), Fault> {
        if self.is_written {
            return Ok(());
        }
        let sentence = "there is nothing to write";
        Err(Fault::new(code::EMPTY_MESSAGE, sentence, Place::default()))
    }
}

impl fmt::Debug for ContentWriter {
    /// How far it has come; nothing of what it wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentWriter({})", self.is_written)
    }
}
