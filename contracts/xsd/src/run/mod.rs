//! One document on its way through the tables: start tags, text and end tags are pushed in, violations
//! come out.
//!
//! Memory is bounded by the depth of the document (and by what identity constraints must remember);
//! the common way allocates nothing.

mod attributes;
mod content;
mod element;
mod ids;
mod instance;
mod report;
mod tag;
mod trail;
mod words;

pub(crate) use tag::{Attribute, Named, Tag};
pub(crate) use trail::{LATER, Mark, OPEN};

use crate::fault::{Asked, Violation};
use crate::identity::{Found, Scopes};
use crate::limits::{COUNT_STEPS_MAX, PATTERN_STEPS_MAX};
use crate::names::{Known, NONE};
use crate::tables::{Governing, Tables};
use crate::types::Scope;
use ids::Ids;
use sluse_xml::Document;
use std::cell::Cell;
use std::collections::HashMap;
use trail::Trail;

/// How much of an element's text is kept, in bytes, before it is asked whether its value is judged as a whole.
pub(crate) const KEPT_BYTES_MAX: usize = 1 << 20;

/// What may stand in an element that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Nothing: neither elements nor text.
    Empty,
    /// Nothing, because it says `xsi:nil="true"`.
    Nil,
    /// A value.
    Simple,
    /// Elements by a model.
    Elements { model: u32, mixed: bool },
}

/// An element that is open.
#[derive(Debug, Clone, Copy)]
struct Frame {
    governing: Governing,
    /// Its declaration, or `NONE`.
    element: u32,
    mode: Mode,
    /// State of the content model.
    state: u32,
    /// How long the stack of content models was before.
    stack: u32,
    /// Where its text begins in the buffer.
    text: usize,
    /// Whether a child stood where it may not: what follows would be faults of the same fault.
    derailed: bool,
    /// Whether its text is at fault already.
    text_faulty: bool,
    /// Whether it has elements.
    has_children: bool,
    /// Whether an identity constraint awaits its value.
    awaited: bool,
}

/// A document on its way.
#[derive(Debug)]
pub(crate) struct Run<'s> {
    tables: &'s Tables,
    asked: Asked,
    /// The tree that sites are nodes of; without one, a site is line and column.
    document: Option<&'s Document>,
    frames: Vec<Frame>,
    trail: Trail<'s>,
    /// States of content models that are more than a number.
    stack: Vec<u32>,
    text: String,
    /// The attributes of the element that is being opened.
    attributes: Vec<Known>,
    /// The declaration of the document's element, or `NONE`.
    root: u32,
    /// How deep in content that is not judged.
    skipped: u32,
    scopes: Scopes,
    identity: Vec<Found>,
    identity_over: bool,
    ids: Ids,
    /// Steps of counting children in several ways that are left.
    count_steps: u64,
    /// Steps of matching patterns that are left.
    pattern_steps: Cell<u64>,
    /// Declarations found in models after a fault.
    anywhere: HashMap<(u32, u32), Option<u32>>,
    /// The same for wildcards, by namespace.
    let_in_anywhere: HashMap<(u32, u32), Option<u32>>,
    found: Vec<Violation>,
    /// Violations whose place is not known yet.
    unplaced: Vec<(usize, u64)>,
}

impl<'s> Run<'s> {
    /// A run over a document; `document` is the tree whose nodes are the sites, where it is one.
    pub(crate) fn new(tables: &'s Tables, asked: Asked, document: Option<&'s Document>) -> Self {
        Self {
            tables,
            asked,
            document,
            frames: Vec::with_capacity(32),
            trail: Trail::new(tables.names.len(), asked.show_values, document),
            stack: Vec::new(),
            text: String::new(),
            attributes: Vec::new(),
            root: NONE,
            skipped: 0,
            scopes: Scopes::default(),
            identity: Vec::new(),
            identity_over: false,
            ids: Ids::default(),
            count_steps: COUNT_STEPS_MAX,
            pattern_steps: Cell::new(PATTERN_STEPS_MAX),
            anywhere: HashMap::new(),
            let_in_anywhere: HashMap::new(),
            found: Vec::new(),
            unplaced: Vec::new(),
        }
    }

    /// Whether as many violations were found as were asked for.
    pub(crate) fn is_full(&self) -> bool {
        self.found.len() >= self.asked.violations_max
    }

    /// Whether anything waits for a place that can be told until the next event.
    pub(crate) fn is_unplaced(&self) -> bool {
        !self.unplaced.is_empty() || self.trail.is_unplaced()
    }

    /// Gives places to all sites from [`LATER`] on that anyone needs.
    pub(crate) fn settle(&mut self, mut place: impl FnMut(u64) -> (u32, u32)) {
        self.trail.settle(&mut |site| {
            let (line, column) = place(site);
            u64::from(line) << 32 | u64::from(column)
        });
        for (at, site) in self.unplaced.drain(..) {
            if let Some(violation) = self.found.get_mut(at) {
                (violation.line, violation.column) = place(site);
            }
        }
    }

    /// A scope in which reading values is counted.
    fn counted<'a>(&'a self, scope: &'a dyn Scope) -> Counted<'a> {
        Counted { scope, steps: &self.pattern_steps }
    }

    /// The end of the document: what refers to nothing is told, and all violations are given.
    pub(crate) fn finish(mut self) -> Vec<Violation> {
        self.dangling_references();
        // References to keys and IDs are told when it is known that these never come.
        self.found.sort_by_key(|each| (each.line, each.column));
        self.found.truncate(self.asked.violations_max);
        self.found
    }
}

/// The prefixes of a scope, and the steps that are left.
struct Counted<'a> {
    scope: &'a dyn Scope,
    steps: &'a Cell<u64>,
}

impl Scope for Counted<'_> {
    fn namespace(&self, prefix: &str) -> Option<&str> {
        self.scope.namespace(prefix)
    }

    fn spend(&self, steps: u64) -> bool {
        let left = self.steps.get().checked_sub(steps);
        self.steps.set(left.unwrap_or(self.steps.get()));
        left.is_some()
    }
}
