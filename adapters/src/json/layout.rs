//! JSON by a description: objects, lists and values as a tree, and back.
//!
//! JSON says itself what it holds, so the [`super::Json`] format needs no description to carry it. Writing what a mapping
//! made does: its values are texts, and only a description can say which of them are numbers or `true` and `false`, and
//! what is a list even where it has one member or comes once.
//!
//! ```toml
//! format   = "json"
//! array    = "persons"                      # each member of the list is one unit
//! lists    = ["persons/addresses"]
//! numbers  = ["persons/income"]
//! booleans = ["persons/protected"]
//! ```
//!
//! An object is a group, a list a list of members without names; numbers keep the digits that they were written with.
//! The members of a list are reached by the list's name in paths of a mapping: `persons/addresses[2]/street`. A mapping
//! that writes `persons` several times makes a list of it.
//!
//! **Units.** A message is one unit; or each line of it is one (`lines = true`); or each member of a list (`array`, a path
//! of names, `.` where the list is the document). The tree of a unit of a list is that of a message whose list had that
//! one member: what stands before the list is in each of these trees, and is written once. What stands behind it could
//! be in none of them: it is refused, unless `after-units = "ignored"`.

use super::{form::Form, read::JsonReader, write::JsonWriter};
use crate::{
    layout::{Layout, UnitReader, UnitWriter},
    tree::Names,
};
use sluse_contracts::{MediaType, payload::Limits};
use std::sync::Arc;

/// A checked description of JSON.
#[derive(Debug, Clone)]
pub(super) struct JsonLayout {
    pub(super) names: Arc<Names>,
    pub(super) units: Units,
    /// Whether what stands behind the units is read over.
    pub(super) ignores_after_units: bool,
    pub(super) form: Form,
    /// Blanks for each level, where lines are made.
    pub(super) indent: Option<usize>,
}

/// What is one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Units {
    Document,
    Lines,
    /// The members of the list that names lead to; none where it is the document.
    Array(Vec<String>),
}

impl JsonLayout {
    /// The names that lead to the list of units.
    pub(super) fn array(&self) -> Option<&[String]> {
        match &self.units {
            Units::Array(path) => Some(path),
            Units::Document | Units::Lines => None,
        }
    }
}

impl Layout for JsonLayout {
    fn format(&self) -> &'static str {
        "json"
    }

    /// JSON Lines have no media type that is registered; this one is used most.
    fn media_type(&self) -> MediaType {
        match self.units {
            Units::Lines => "application/jsonl".parse().unwrap_or_else(|_| MediaType::json()),
            Units::Document | Units::Array(_) => MediaType::json(),
        }
    }

    fn names(&self) -> &Arc<Names> {
        &self.names
    }

    fn knowing(&self, names: &mut dyn Iterator<Item = &str>) -> Option<Arc<dyn Layout>> {
        Some(Arc::new(Self { names: Arc::new(self.names.with(names)), ..self.clone() }))
    }

    fn has_lists(&self) -> bool {
        true
    }

    fn reader(self: Arc<Self>, limits: &Limits) -> Box<dyn UnitReader> {
        Box::new(JsonReader::new(self, limits))
    }

    fn writer(self: Arc<Self>) -> Box<dyn UnitWriter> {
        Box::new(JsonWriter::new(self))
    }
}
