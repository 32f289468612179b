//! Evaluation of a program over one document.
//!
//! Three ways into an expression, so that the common assert allocates nothing: [`Run::visit`] hands items on one by one,
//! [`Run::truth`] asks for a boolean alone, and [`Run::eval`] makes a sequence. Each counts a step
//! and a level.

pub(crate) mod axes;
mod binding;
mod compatible;
pub(crate) mod joins;
mod memo;
mod name_runs;
mod operand;
mod operators;
mod path;
mod seek;
pub(crate) mod trails;
mod truth;
mod types;

use crate::ast::{ExprId, Node};
use crate::fault::{Code, Fault, Outcome};
use crate::fixed_hash::FixedHash;
use crate::functions::{Body, Builtin};
use crate::held::{self, Held};
use crate::limits::{EVALUATION_DEPTH_MAX, HELD_BYTES_MAX, ITEMS_MAX, TEXT_BYTES_MAX};
use crate::pattern::Patterns;
use crate::program::{Program, Root};
use crate::value::{Atomic, Item, Seq, Text};
use seek::Sought;
use sluse_xml::{Document, NameId, NodeId};
use std::collections::HashMap;
use std::ops::ControlFlow;

const SEVERAL: Fault = Fault::new(Code::Xpty0004, "Several items stand where one is taken.");

const NO_CONTEXT: Fault = Fault::new(Code::Xpdy0002, "There is no context item.");

/// Whether to go on.
pub(crate) type Flow = ControlFlow<()>;
/// What takes items one by one.
pub(crate) type Sink<'s, 'a> = &'s mut dyn FnMut(&mut Run<'a>, Item<'a>) -> Outcome<Flow>;

/// Items of a kept value that are handed on in the time of a step.
const ITEMS_OF_A_STEP: usize = 4;

pub(crate) const GO_ON: Flow = ControlFlow::Continue(());
pub(crate) const STOP: Flow = ControlFlow::Break(());

/// The focus: context item, position, size (0: not known, because nothing asks for it).
#[derive(Clone)]
pub(crate) struct Focus<'a> {
    pub(crate) item: Option<Item<'a>>,
    pub(crate) position: usize,
    pub(crate) size: usize,
}

impl<'a> Focus<'a> {
    pub(crate) fn node(node: NodeId) -> Self {
        Self { item: Some(Item::Node(node)), position: 1, size: 1 }
    }

    pub(crate) fn item(item: Item<'a>, position: usize, size: usize) -> Self {
        Self { item: Some(item), position, size }
    }

    pub(crate) fn absent() -> Self {
        Self { item: None, position: 0, size: 0 }
    }
}

/// A variable that is evaluated when it is first asked for.
pub(crate) enum LazyState<'a> {
    Open,
    UnderWay,
    Known(Result<Seq<'a>, Fault>),
}

/// One evaluation: a program, a document, and what is known so far.
pub(crate) struct Run<'a> {
    pub(crate) program: &'a Program,
    pub(crate) document: &'a Document,
    pub(crate) names: Vec<Option<NameId>>,
    /// Whether the evaluation began at a node, so that a leading `/` means something.
    pub(crate) is_rooted: bool,
    pub(crate) steps_left: u64,
    /// What values held on this thread before.
    held_before: usize,
    pub(crate) depth: usize,
    pub(crate) locals: Vec<Seq<'a>>,
    pub(crate) base: usize,
    pub(crate) lazies: Vec<LazyState<'a>>,
    /// The variables that the rule at hand has evaluated.
    pub(crate) lazies_of_rule: Vec<u32>,
    /// What `current()` gives, and the focus of a rule's variables.
    pub(crate) current: Option<Item<'a>>,
    pub(crate) group: Option<(Seq<'a>, Seq<'a>)>,
    pub(crate) patterns: Patterns,
    /// Bytes that were searched, by pattern.
    pub(crate) searched: HashMap<usize, usize, FixedHash>,
    pub(crate) now: Option<crate::moment::Moment>,
    pub(crate) memos: memo::Memos<'a>,
    pub(crate) tables: joins::Tables<'a>,
    pub(crate) pairs: Option<trails::Pairs>,
    pub(crate) operand: operand::Operand<'a>,
    pub(crate) name_runs: Option<std::rc::Rc<name_runs::NameRuns>>,
}

impl<'a> Run<'a> {
    /// A run that knows nothing yet.
    pub(crate) fn new(program: &'a Program, document: &'a Document, steps_max: u64) -> Self {
        Self {
            names: program.bind(document),
            lazies: program.lazies.iter().map(|_| LazyState::Open).collect(),
            memos: memo::Memos::new(program.memos),
            ..Self::unbound(program, document, steps_max)
        }
    }

    /// A run for expressions that ask for no names and no variables.
    pub(crate) fn unbound(program: &'a Program, document: &'a Document, steps_max: u64) -> Self {
        Self {
            program,
            document,
            names: Vec::new(),
            is_rooted: true,
            steps_left: steps_max,
            held_before: held::bytes(),
            depth: 0,
            locals: Vec::new(),
            base: 0,
            lazies: Vec::new(),
            lazies_of_rule: Vec::new(),
            current: None,
            group: None,
            patterns: Patterns::default(),
            searched: HashMap::default(),
            now: None,
            memos: memo::Memos::new(0),
            tables: joins::Tables::default(),
            pairs: None,
            operand: operand::Operand::default(),
            name_runs: None,
        }
    }

    /// Evaluates a root of the program in a frame of its own.
    pub(crate) fn root(&mut self, root: Root, focus: &Focus<'a>) -> Outcome<Seq<'a>> {
        self.framed(root.slots, |run| run.eval(root.expr, focus))
    }

    /// The effective boolean value of a root.
    pub(crate) fn root_truth(&mut self, root: Root, focus: &Focus<'a>) -> Outcome<bool> {
        self.framed(root.slots, |run| run.truth(root.expr, focus))
    }

    pub(crate) fn framed<T>(
        &mut self,
        slots: u32,
        inner: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        if slots == 0 {
            return inner(self);
        }
        let (base, length) = (self.base, self.locals.len());
        self.base = length;
        self.locals.resize(length + slots as usize, Seq::Empty);
        let outcome = inner(self);
        self.locals.truncate(length);
        self.base = base;
        outcome
    }

    /// Counts steps; ends the evaluation when there are none left.
    #[inline]
    pub(crate) fn spend(&mut self, steps: usize) -> Outcome<()> {
        match self.steps_left.checked_sub(steps as u64) {
            Some(left) => {
                self.steps_left = left;
                Ok(())
            }
            None => Err(self.over_budget()),
        }
    }

    #[cold]
    fn over_budget(&mut self) -> Fault {
        self.steps_left = 0;
        Fault::new(
            Code::OverBudget,
            "The evaluation took more steps than the limit rule-steps-max.",
        )
    }

    /// Counts the making of a text, and bounds its length.
    pub(crate) fn spend_text(&mut self, bytes: usize) -> Outcome<()> {
        if bytes > TEXT_BYTES_MAX {
            return Err(Fault::new(
                Code::TooLarge,
                "A text is longer than the limit text-bytes-max.",
            ));
        }
        self.check_held()?;
        self.spend(1 + bytes / 32)
    }

    /// Bounds what values hold at one time.
    fn check_held(&self) -> Outcome<()> {
        if held::bytes().wrapping_sub(self.held_before).cast_signed()
            <= HELD_BYTES_MAX.cast_signed()
        {
            return Ok(());
        }
        Err(Fault::new(Code::TooLarge, "Values hold more memory than the limit held-bytes-max."))
    }

    /// Counts a part that is added to a text, and bounds the text's length.
    pub(crate) fn spend_part(&mut self, text: &str, part: usize) -> Outcome<()> {
        if text.len() + part > TEXT_BYTES_MAX {
            return Err(Fault::new(
                Code::TooLarge,
                "A text is longer than the limit text-bytes-max.",
            ));
        }
        self.check_held()?;
        self.spend(1 + part / 32)
    }

    #[inline]
    fn enter(&mut self) -> Outcome<()> {
        if self.steps_left == 0 || self.depth >= EVALUATION_DEPTH_MAX {
            return Err(self.no_entry());
        }
        self.steps_left -= 1;
        self.depth += 1;
        Ok(())
    }

    #[cold]
    fn no_entry(&mut self) -> Fault {
        if self.steps_left == 0 {
            return self.over_budget();
        }
        Fault::new(
            Code::TooDeep,
            "The evaluation is nested deeper than the limit evaluation-depth-max.",
        )
    }

    /// The value of an expression.
    pub(crate) fn eval(&mut self, id: ExprId, focus: &Focus<'a>) -> Outcome<Seq<'a>> {
        self.enter()?;
        let value = self.eval_inner(id, focus);
        self.depth -= 1;
        value
    }

    pub(crate) fn eval_inner(&mut self, id: ExprId, focus: &Focus<'a>) -> Outcome<Seq<'a>> {
        let program = self.program;
        match program.node(id) {
            Node::Text(text) => Ok(Seq::string(&**text)),
            Node::Constant(value) => Ok(Seq::clone(value)),
            Node::List(list) => Ok(Seq::Slice(&list.items)),
            Node::Memo { slot, inner } => self.memo_value(*slot, *inner, focus),
            Node::Keyed(join) => self.keyed(join, focus),
            Node::Within { .. }
            | Node::NameEnds { .. }
            | Node::Around(_)
            | Node::Truth { .. }
            | Node::Exists { .. } => self.truth_inner(id, focus).map(Seq::boolean),
            Node::Local(slot) => Ok(self.local(*slot)),
            Node::Lazy(index) => self.lazy(*index),
            Node::Here => self.here(focus).map(Seq::One),
            Node::Root => self.root_node().map(|root| Seq::One(Item::Node(root))),
            Node::If(test, then, otherwise) => {
                let branch = if self.truth(*test, focus)? { *then } else { *otherwise };
                self.eval(branch, focus)
            }
            Node::Call(builtin, arguments) => builtin.call(self, arguments, focus),
            Node::CallUser(index, arguments) => self.call_user(*index, arguments, focus),
            Node::Or(_) | Node::And(_) | Node::General(..) | Node::Quantified { .. } => {
                self.truth_inner(id, focus).map(Seq::boolean)
            }
            Node::Let { slot, value, body } => {
                let value = self.eval(*value, focus)?;
                self.set_local(*slot, value);
                self.eval(*body, focus)
            }
            Node::Compatible(op, a, b) => self.compatible(*op, *a, *b, focus).map(Seq::boolean),
            Node::Value(op, a, b) => self.value_comparison(*op, *a, *b, focus),
            Node::Nodes(op, a, b) => self.node_comparison(*op, *a, *b, focus),
            Node::Arithmetic(op, a, b) => self.arithmetic(*op, *a, *b, focus).map(Seq::from),
            Node::Negate(a) => self.sign(*a, true, focus).map(Seq::from),
            Node::Plus(a) => self.sign(*a, false, focus).map(Seq::from),
            Node::Set(op, a, b) => self.set_operation(*op, *a, *b, focus),
            Node::InstanceOf(a, seq_type) => {
                let value = self.eval(*a, focus)?;
                Ok(Seq::boolean(self.is_instance(&value, *seq_type)))
            }
            Node::Treat(a, seq_type) => self.treat(*a, *seq_type, focus),
            Node::Convert(a, seq_type) => {
                let value = self.eval(*a, focus)?;
                self.convert(value, *seq_type)
            }
            Node::Castable(a, atom_type, optional) => {
                self.castable(*a, *atom_type, *optional, focus)
            }
            Node::Cast(a, atom_type, optional) => {
                self.cast(*a, *atom_type, *optional, focus).map(Seq::from)
            }
            Node::ValueOf { select, separator } => self.value_of(*select, separator, focus),
            Node::Content(parts) => self.content(parts, focus),
            Node::Path { start, steps, streams } if !*streams => {
                self.gather_path(*start, steps, focus)
            }
            Node::Filter { base, predicates } => self.filter(*base, predicates, focus),
            Node::ForEachGroup { select, key, body } => {
                self.for_each_group(*select, *key, *body, focus)
            }
            Node::Path { .. }
            | Node::Sequence(_)
            | Node::Range(..)
            | Node::For { .. }
            | Node::Each(..) => self.collect(id, focus),
        }
    }

    /// Hands the items of an expression on, one by one.
    pub(crate) fn visit(
        &mut self,
        id: ExprId,
        focus: &Focus<'a>,
        sink: Sink<'_, 'a>,
    ) -> Outcome<Flow> {
        self.enter()?;
        let flow = self.visit_inner(id, focus, sink);
        self.depth -= 1;
        flow
    }

    pub(crate) fn visit_inner(
        &mut self,
        id: ExprId,
        focus: &Focus<'a>,
        sink: Sink<'_, 'a>,
    ) -> Outcome<Flow> {
        let program = self.program;
        match program.node(id) {
            Node::Path { start, steps, streams: true } => {
                self.walk_path(*start, steps, focus, sink)
            }
            Node::Sequence(parts) => {
                for part in parts {
                    if self.visit(*part, focus, sink)?.is_break() {
                        return Ok(STOP);
                    }
                }
                Ok(GO_ON)
            }
            Node::Range(from, to) => self.visit_range(*from, *to, focus, sink),
            Node::For { slot, domain, body } => self.visit(*domain, focus, &mut |run, item| {
                run.set_local(*slot, Seq::One(item));
                run.visit(*body, focus, sink)
            }),
            Node::Each(domain, body) => self.visit_each(*domain, *body, focus, sink),
            Node::If(test, then, otherwise) => {
                let branch = if self.truth(*test, focus)? { *then } else { *otherwise };
                self.visit(branch, focus, sink)
            }
            Node::Memo { slot, inner } => match self.memo_value(*slot, *inner, focus) {
                Ok(value) => self.hand_on(&value, sink),
                Err(fault) if fault.code == Code::OverBudget => Err(fault),
                // Whoever takes the items may stop before the fault.
                Err(_) => self.visit_inner(*inner, focus, sink),
            },
            _ => {
                let value = self.eval_inner(id, focus)?;
                self.hand_on(&value, sink)
            }
        }
    }

    /// Gives the items of a value one by one. What is kept costs no step to have, but to go through.
    fn hand_on(&mut self, value: &Seq<'a>, sink: Sink<'_, 'a>) -> Outcome<Flow> {
        for items in value.items().chunks(ITEMS_OF_A_STEP) {
            self.spend(1)?;
            for item in items {
                if sink(self, item.clone())?.is_break() {
                    return Ok(STOP);
                }
            }
        }
        Ok(GO_ON)
    }

    fn collect(&mut self, id: ExprId, focus: &Focus<'a>) -> Outcome<Seq<'a>> {
        let mut items = Vec::new();
        let mut held = Held::default();
        let _ = self.visit_inner(id, focus, &mut |run, item| {
            run.grow_by(&mut held, items.len(), &item)?;
            items.push(item);
            Ok(GO_ON)
        })?;
        Ok(items.into())
    }

    /// Counts one more item of a sequence that is being made, and bounds its length.
    pub(crate) fn grow(&mut self, length: usize) -> Outcome<()> {
        if length >= ITEMS_MAX {
            return Err(Fault::new(
                Code::TooLarge,
                "A sequence has more items than the limit sequence-items-max.",
            ));
        }
        if length.is_multiple_of(1_024) {
            self.check_held()?;
        }
        self.spend(1)
    }

    /// The same, of a sequence that stays while other expressions are evaluated.
    pub(crate) fn grow_by(
        &mut self,
        held: &mut Held,
        length: usize,
        item: &Item<'a>,
    ) -> Outcome<()> {
        held.add(held::item_bytes(item));
        self.grow(length)
    }

    pub(crate) fn here(&self, focus: &Focus<'a>) -> Outcome<Item<'a>> {
        focus.item.clone().ok_or(NO_CONTEXT)
    }

    /// What a leading `/` stands for: the document, also where a function or a value took the focus.
    pub(crate) fn root_node(&self) -> Outcome<NodeId> {
        if self.is_rooted { Ok(self.document.root()) } else { Err(NO_CONTEXT) }
    }

    pub(crate) fn here_node(&self, focus: &Focus<'a>) -> Outcome<NodeId> {
        match &focus.item {
            Some(Item::Node(node)) => Ok(*node),
            Some(Item::Atom(_)) => {
                Err(Fault::new(Code::Xpty0020, "The context item is not a node."))
            }
            None => Err(NO_CONTEXT),
        }
    }

    /// The typed value of an item: a node of an unvalidated tree gives untyped text, or a string.
    pub(crate) fn atomize(&mut self, item: Item<'a>) -> Outcome<Atomic<'a>> {
        match item {
            Item::Atom(atom) => Ok(atom),
            Item::Node(node) => self.atomize_node(node),
        }
    }

    fn atomize_node(&mut self, node: NodeId) -> Outcome<Atomic<'a>> {
        let text = self.text_of(node)?;
        Ok(match self.document.kind(node) {
            sluse_xml::NodeKind::Comment | sluse_xml::NodeKind::Instruction => Atomic::string(text),
            _ => Atomic::Untyped(text),
        })
    }

    /// The string value of a node.
    pub(crate) fn text_of(&mut self, node: NodeId) -> Outcome<Text<'a>> {
        // Any text of a document stands in it whole.
        Ok(Text::Borrowed(self.document.text(node)))
    }

    /// The one atomic value of an expression, or none. Several are a type error.
    pub(crate) fn atom(&mut self, id: ExprId, focus: &Focus<'a>) -> Outcome<Option<Atomic<'a>>> {
        if self.streams_nodes(id) {
            let found = self.single_node(id, focus)?;
            return found.map(|node| self.atomize_node(node)).transpose();
        }
        if let Some(outcome) = self.atom_alone(id, focus) {
            return outcome;
        }
        if self.streams(id) {
            let mut found = None;
            let _ = self.visit(id, focus, &mut |run, item| {
                if found.is_some() {
                    return Err(SEVERAL);
                }
                found = Some(run.atomize(item)?);
                Ok(GO_ON)
            })?;
            return Ok(found);
        }
        match self.eval(id, focus)? {
            Seq::Empty => Ok(None),
            Seq::One(item) => self.atomize(item).map(Some),
            value => match value.items() {
                [] => Ok(None),
                [item] => self.atomize(item.clone()).map(Some),
                _ => Err(SEVERAL),
            },
        }
    }

    fn streams_nodes(&self, id: ExprId) -> bool {
        matches!(self.program.node(id), Node::Path { streams: true, .. })
            && self.program.props(id).nodes
    }

    /// The one node of a path that gives nodes one by one, or none; other expressions give none here.
    fn single_node(&mut self, id: ExprId, focus: &Focus<'a>) -> Outcome<Option<NodeId>> {
        if let Some(found) = self.sought(id, focus, Sought::One) {
            return found;
        }
        let mut found = None;
        if self.streams_nodes(id) {
            let _ = self.visit(id, focus, &mut |_, item| match (found, item) {
                (None, Item::Node(node)) => {
                    found = Some(node);
                    Ok(GO_ON)
                }
                _ => Err(SEVERAL),
            })?;
        }
        Ok(found)
    }

    /// The atomic value of an expression that makes no sequence; `None` where it is no such expression.
    fn atom_alone(&mut self, id: ExprId, focus: &Focus<'a>) -> Option<Outcome<Option<Atomic<'a>>>> {
        let node = self.program.node(id);
        match node {
            Node::Text(text) => return Some(Ok(Some(Atomic::string(&**text)))),
            Node::Constant(value) => {
                return match &**value {
                    Seq::One(Item::Atom(atom)) => Some(Ok(Some(atom.clone()))),
                    _ => None,
                };
            }
            Node::Local(slot) => {
                return match self.locals.get(self.base + *slot as usize) {
                    Some(Seq::One(Item::Atom(atom))) => Some(Ok(Some(atom.clone()))),
                    Some(Seq::One(Item::Node(node))) => {
                        let node = *node;
                        Some(self.atomize_node(node).map(Some))
                    }
                    _ => None,
                };
            }
            Node::Call(Builtin { run: Body::Atom(_), .. }, _)
            | Node::Arithmetic(..)
            | Node::Negate(_)
            | Node::Plus(_)
            | Node::Cast(..) => {}
            _ => return None,
        }
        if let Err(fault) = self.enter() {
            return Some(Err(fault));
        }
        let atom = match node {
            Node::Call(Builtin { run: Body::Atom(body), .. }, arguments) => {
                body(self, arguments, focus)
            }
            Node::Arithmetic(op, a, b) => self.arithmetic(*op, *a, *b, focus),
            Node::Negate(a) => self.sign(*a, true, focus),
            Node::Plus(a) => self.sign(*a, false, focus),
            Node::Cast(a, atom_type, optional) => self.cast(*a, *atom_type, *optional, focus),
            _ => Ok(None),
        };
        self.depth -= 1;
        Some(atom)
    }

    /// Whether an expression's items come one by one.
    fn streams(&self, id: ExprId) -> bool {
        matches!(
            self.program.node(id),
            Node::Path { streams: true, .. }
                | Node::Sequence(_)
                | Node::Range(..)
                | Node::For { .. }
                | Node::Each(..)
                | Node::If(..)
                | Node::Memo { .. }
        )
    }
}
