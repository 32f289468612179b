//! EDIFACT (ISO 9735, syntax versions 1 to 4): interchanges to trees, one for each message, and back.
//!
//! ```text
//! bytes → scan (segments) → envelope (what is around messages) → grammar (the place of each segment) → tree
//! ```
//!
//! What messages consist of is data: a grammar file describes segments, composites and groups ([`grammar`]). What is
//! wrong has a place and a code ([`problem`]); what is wrong with one message refuses that message, what is wrong around
//! the messages refuses all.

pub mod contrl;
mod describe;
mod envelope;
mod fields;
pub mod grammar;
pub mod head;
pub mod manner;
pub mod problem;
pub mod reader;
pub mod repertoire;
pub mod scan;
pub mod segment;
pub mod service;
mod shape;
pub mod writer;

pub(crate) use describe::describe;

use crate::{
    fault::Numbered,
    layout::{Layout, UnitReader, UnitWriter},
    shape::Part,
    tree::Names,
};
use grammar::Grammar;
use reader::{EdifactReader, ReadOptions};
use sluse_contracts::{MediaType, payload::Limits};
use std::sync::Arc;
use writer::{EdifactWriter, WriteOptions};

/// How one kind of interchange is written: its grammar, and what reading and writing hold to.
#[derive(Debug)]
pub struct Edifact {
    /// What its messages consist of.
    pub grammar: Arc<Grammar>,
    /// How it is read.
    pub read: ReadOptions,
    /// How it is written.
    pub write: WriteOptions,
}

impl Layout for Edifact {
    fn format(&self) -> &'static str {
        "edifact"
    }

    /// The media type of RFC 1767.
    fn media_type(&self) -> MediaType {
        "application/edifact".parse().unwrap_or_else(|_| MediaType::octet_stream())
    }

    fn names(&self) -> &Arc<Names> {
        self.grammar.names()
    }

    fn numbered(&self) -> Numbered {
        Numbered::Segment
    }

    fn shape(&self) -> Option<Vec<Part>> {
        Some(shape::of(&self.grammar, self.write.makes_trailers))
    }

    fn reader(self: Arc<Self>, _limits: &Limits) -> Box<dyn UnitReader> {
        Box::new(EdifactReader::new(self.grammar.clone(), self.read))
    }

    fn writer(self: Arc<Self>) -> Box<dyn UnitWriter> {
        Box::new(EdifactWriter::new(self.grammar.clone(), self.write))
    }
}

#[cfg(test)]
mod tests;
