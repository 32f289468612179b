//! The door to evaluation: one program over one document, within a budget of steps.

use crate::eval::trails::Passed;
use crate::eval::{Focus, Run};
use crate::fault::{Code, Fault, StaticFault};
use crate::match_pattern::{ContextPattern, NameIndex};
use crate::moment::Moment;
use crate::program::{Builder, Program, Root, Trails};
use crate::scope::{StaticScope, VariableId};
use crate::value::{Item, Seq};
use sluse_xml::{Document, NameId, NodeId};

/// The steps that an evaluation may take when the caller says nothing.
pub const STEPS_MAX: u64 = 25_000_000;

/// What bounds an evaluation, and what it may know of the outside.
#[derive(Debug, Clone, Copy)]
pub struct EvaluationLimits {
    /// Steps: nodes looked at, expressions evaluated, texts made (32 bytes each).
    pub steps_max: u64,
    /// The moment that `current-dateTime()` gives, in seconds since 1970-01-01T00:00:00Z; `None`: asking for it is a fault.
    pub now_unix_seconds: Option<i64>,
}

impl Default for EvaluationLimits {
    fn default() -> Self {
        Self { steps_max: STEPS_MAX, now_unix_seconds: None }
    }
}

/// One program over one document. Variables of the program are evaluated once and kept.
pub struct Evaluation<'a> {
    pub(crate) run: Run<'a>,
}

/// Variables that one document's evaluation leaves to another's.
#[derive(Debug, Clone)]
pub struct Bequest<'a>(Vec<(usize, Result<Seq<'a>, Fault>)>);

impl std::fmt::Debug for Evaluation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Evaluation(…)")
    }
}

impl<'a> Evaluation<'a> {
    /// Binds a program's names to a document.
    pub fn new(program: &'a Program, document: &'a Document, limits: &EvaluationLimits) -> Self {
        let now = limits.now_unix_seconds.and_then(|seconds| {
            let instant = i128::from(seconds) * 1_000_000_000;
            Moment::at(instant, Some(0), crate::moment::MomentKind::DateTime)
        });
        let mut run = Run::new(program, document, limits.steps_max);
        run.now = now;
        Self { run }
    }

    /// Turns to a node that a rule met: it is what `current()` gives, and the rule's variables are evaluated anew.
    pub fn turn_to(&mut self, node: NodeId) {
        self.run.turn_to(node);
    }

    /// The effective boolean value of an expression at a node.
    ///
    /// # Errors
    /// A dynamic error of the expression, or a limit.
    pub fn truth(&mut self, root: Root, node: impl Into<Option<NodeId>>) -> Result<bool, Fault> {
        let focus = self.focus(node.into());
        self.run.root_truth(root, &focus)
    }

    /// The string values of an expression's items at a node.
    ///
    /// # Errors
    /// A dynamic error of the expression, or a limit.
    pub fn strings(
        &mut self,
        root: Root,
        node: impl Into<Option<NodeId>>,
    ) -> Result<Vec<String>, Fault> {
        let focus = self.focus(node.into());
        let value = self.run.root(root, &focus)?;
        value
            .items()
            .iter()
            .map(|item| {
                let atom = self.run.atomize(item.clone())?;
                Ok(crate::cast::to_text(atom).to_string())
            })
            .collect()
    }

    /// The nodes that an expression gives at a node.
    ///
    /// # Errors
    /// A dynamic error, a limit, or a value that is no node.
    pub fn nodes(
        &mut self,
        root: Root,
        node: impl Into<Option<NodeId>>,
    ) -> Result<Vec<NodeId>, Fault> {
        let focus = self.focus(node.into());
        let value = self.run.root(root, &focus)?;
        value
            .items()
            .iter()
            .map(|item| match item {
                Item::Node(node) => Ok(*node),
                Item::Atom(_) => Err(Fault::new(Code::Xpty0004, "Nodes are taken here.")),
            })
            .collect()
    }

    /// Whether a node matches a rule's context; only `alternatives` are tried, see [`ContextPattern::alternatives_of`].
    ///
    /// # Errors
    /// A dynamic error of a predicate, or a limit.
    pub fn matches(
        &mut self,
        pattern: &'a ContextPattern,
        alternatives: u64,
        node: NodeId,
    ) -> Result<bool, Fault> {
        crate::match_pattern::matches(&mut self.run, pattern, alternatives, node)
    }

    /// Whether the document decides what asks for the trail at a place, without a look at it from the node.
    pub fn is_decided(&mut self, trails: &Trails, at: usize, node: NodeId) -> bool {
        let trail = trails.get(at);
        let names = &self.run.names;
        let lacks = |passed: &Passed| names.get(passed.name as usize).copied().flatten().is_none();
        // The last names are the rarest.
        trail.iter().rev().any(lacks)
            || (!trail.is_empty() && self.run.is_barren(node, trail.iter().copied()))
    }

    /// How the document knows a name of the program, where it has it at all.
    pub fn bound(&self, name: NameIndex) -> Option<NameId> {
        self.run.names.get(name.index()).copied().flatten()
    }

    /// The focus of a node; without one, expressions that ask for the context item, or the root of its tree, are in error.
    fn focus(&mut self, node: Option<NodeId>) -> Focus<'a> {
        self.run.is_rooted = node.is_some();
        node.map_or_else(Focus::absent, Focus::node)
    }

    /// The steps that are left.
    pub fn steps_left(&self) -> u64 {
        self.run.steps_left
    }

    /// Takes steps that were spent elsewhere.
    pub fn spend(&mut self, steps: u64) {
        self.run.steps_left = self.run.steps_left.saturating_sub(steps);
    }

    /// Evaluates with so many steps at most; what is left of them is given back. The steps that were taken stand beside the result.
    pub fn within<T>(
        &mut self,
        steps_max: u64,
        evaluate: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> (Result<T, Fault>, u64) {
        let left = self.run.steps_left;
        let lent = steps_max.min(left);
        self.run.steps_left = lent;
        let result = evaluate(self);
        let taken = lent - self.run.steps_left.min(lent);
        self.run.steps_left = left - taken;
        (result, taken)
    }

    /// The program's variables that are one for a document, as the evaluation of another document takes them over; not those of
    /// `own`, which that evaluation finds itself.
    pub fn bequeathed(&mut self, own: &[VariableId]) -> Bequest<'a> {
        let mut values = Vec::new();
        for (at, lazy) in self.run.program.lazies.iter().enumerate() {
            let index = u32::try_from(at).unwrap_or(u32::MAX);
            if !lazy.per_rule && !own.contains(&VariableId(index)) {
                values.push((at, self.run.bequeathed(index)));
            }
        }
        Bequest(values)
    }

    /// Takes over variables of another document's evaluation.
    pub fn inherit(&mut self, bequest: &Bequest<'a>) {
        for (at, value) in &bequest.0 {
            self.run.inherit(*at, value.clone());
        }
    }
}

/// One expression, compiled alone. `Send + Sync`.
#[derive(Debug)]
pub struct Expression {
    pub(crate) program: Program,
    pub(crate) root: Root,
}

impl Expression {
    /// Compiles an expression.
    ///
    /// # Errors
    /// The first fault found, with its place in the text.
    pub fn compile(text: &str, scope: &StaticScope) -> Result<Self, StaticFault> {
        let mut builder = Builder::new();
        let root = builder.expression(text, scope)?;
        Ok(Self { program: builder.finish(), root })
    }

    /// Its evaluation over a document, for who counts the steps that are left: to be asked for [`Expression::root`].
    pub fn over<'a>(&'a self, document: &'a Document, limits: &EvaluationLimits) -> Evaluation<'a> {
        Evaluation::new(&self.program, document, limits)
    }

    /// The expression in its program.
    pub fn root(&self) -> Root {
        self.root
    }

    /// The string values of the items at a node.
    ///
    /// # Errors
    /// A dynamic error of the expression, or a limit.
    pub fn strings(
        &self,
        document: &Document,
        node: impl Into<Option<NodeId>>,
        limits: &EvaluationLimits,
    ) -> Result<Vec<String>, Fault> {
        Evaluation::new(&self.program, document, limits).strings(self.root, node)
    }

    /// The effective boolean value at a node.
    ///
    /// # Errors
    /// A dynamic error of the expression, or a limit.
    pub fn truth(
        &self,
        document: &Document,
        node: impl Into<Option<NodeId>>,
        limits: &EvaluationLimits,
    ) -> Result<bool, Fault> {
        Evaluation::new(&self.program, document, limits).truth(self.root, node)
    }

    /// The nodes that it gives at a node.
    ///
    /// # Errors
    /// A dynamic error, a limit, or a value that is no node.
    pub fn nodes(
        &self,
        document: &Document,
        node: impl Into<Option<NodeId>>,
        limits: &EvaluationLimits,
    ) -> Result<Vec<NodeId>, Fault> {
        Evaluation::new(&self.program, document, limits).nodes(self.root, node)
    }
}
