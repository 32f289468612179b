//! Evaluation of what needs no document, once for the program.

use crate::ast::{ExprId, Node};
use crate::constants::{self, List};
use crate::eval::{Focus, Run};
use crate::program::Program;
use crate::value::{Atomic, Item, Seq};
use sluse_xml::{Document, Limits};
use std::sync::Arc;

/// Steps of evaluation that one constant may take.
const STEPS_MAX: u64 = 50_000;
/// Steps of evaluation that all constants of a program may take.
const ALL_STEPS_MAX: u64 = 1_000_000;
/// Items of a constant.
const ITEMS_MAX: usize = 10_000;
/// Bytes of the texts of a constant.
const BYTES_MAX: usize = 1 << 18;
/// Local variables that a constant may use.
const SLOTS_MAX: u32 = 64;

pub(super) struct Folding {
    /// Evaluation takes a document; constants do not look at it.
    document: Option<Document>,
    steps_left: u64,
}

impl Folding {
    pub(super) fn new() -> Self {
        Self {
            document: Document::parse(b"<a/>", None, &Limits::default()).ok(),
            steps_left: ALL_STEPS_MAX,
        }
    }

    /// The constant that an expression is. One that fails is left to fail when it is evaluated.
    pub(super) fn fold(&mut self, program: &Program, id: ExprId) -> Option<Node> {
        if !super::is_work(program.node(id)) {
            return None;
        }
        let steps_max = self.steps_left.min(STEPS_MAX);
        let mut run = Run::unbound(program, self.document.as_ref()?, steps_max);
        let value = run.framed(SLOTS_MAX, |run| run.eval(id, &Focus::absent()));
        self.steps_left -= steps_max - run.steps_left;
        let value = value.ok()?;
        if value.len() > ITEMS_MAX {
            return None;
        }
        let items = constants::owned(&value)?;
        let bytes: usize = items.iter().map(text_bytes).sum();
        if bytes > BYTES_MAX {
            return None;
        }
        Some(node(items))
    }
}

fn text_bytes(item: &Item<'_>) -> usize {
    match item {
        Item::Atom(Atomic::String(text, _) | Atomic::Untyped(text) | Atomic::AnyUri(text)) => {
            text.len()
        }
        _ => 0,
    }
}

fn node(mut items: Vec<Item<'static>>) -> Node {
    if items.len() > 1 {
        return Node::List(Arc::new(List::new(items)));
    }
    match items.pop() {
        Some(Item::Atom(Atomic::String(text, crate::types::AtomType::String))) => {
            Node::Text(Box::from(&*text))
        }
        Some(item) => Node::Constant(Box::new(Seq::One(item))),
        None => Node::Constant(Box::new(Seq::Empty)),
    }
}
