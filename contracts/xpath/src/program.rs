//! A program: expressions compiled together, so that they share names, functions and variables.
//!
//! It is immutable once built, and shared between threads. A rule set is one program; an
//! [`crate::Expression`] is a program with one root.

use crate::ast::{ExprId, Node, Props};
use crate::eval::trails::Passed;
use crate::fault::{Code, StaticFault};
use crate::fixed_hash::FixedHash;
use crate::parse::{self, Frame};
use crate::pattern::Patterns;
use crate::scope::{StaticScope, VariableId};
use crate::types::SeqType;
use indexmap::{Equivalent, IndexSet};
use sluse_xml::{Document, NameId};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// The longest expression that is compiled, in bytes.
pub const EXPRESSION_BYTES_MAX: usize = 1 << 20;
/// The nodes of all expressions of one program.
pub const PROGRAM_NODES_MAX: usize = 1 << 17;

/// An expression of a program, ready to be evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root {
    pub(crate) expr: ExprId,
    pub(crate) slots: u32,
}

/// A name of the program: namespace (`""` is none) and local part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) namespace: Box<str>,
    pub(crate) local: Box<str>,
}

/// A name that is looked for.
#[derive(Hash)]
struct NameRef<'n>(&'n str, &'n str);

impl Equivalent<Name> for NameRef<'_> {
    fn equivalent(&self, name: &Name) -> bool {
        *self.0 == *name.namespace && *self.1 == *name.local
    }
}

#[derive(Debug, Clone)]
pub(crate) struct UserFunction {
    pub(crate) parameters: Vec<SeqType>,
    pub(crate) result: SeqType,
    pub(crate) body: Option<Root>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Lazy {
    pub(crate) root: Option<Root>,
    pub(crate) per_rule: bool,
}

/// Expressions compiled together. `Send + Sync`, immutable.
#[derive(Debug, Default)]
pub struct Program {
    pub(crate) nodes: Vec<Node>,
    pub(crate) props: Vec<Props>,
    pub(crate) names: IndexSet<Name, FixedHash>,
    pub(crate) functions: Vec<UserFunction>,
    pub(crate) lazies: Vec<Lazy>,
    /// Regular expressions that stand as literals.
    pub(crate) patterns: Patterns,
    /// Expressions whose values are kept for a document.
    pub(crate) memos: u32,
    /// Joins that are answered by tables.
    pub(crate) tables: u32,
    /// Whether what XPath 3.0 adds is taken, see [`StaticScope::xpath_3`].
    pub(crate) xpath_3: bool,
}

impl Program {
    pub(crate) fn node(&self, id: ExprId) -> &Node {
        // A variable that no frame has is empty.
        static NOTHING: Node = Node::Local(u32::MAX);
        self.nodes.get(id.0 as usize).unwrap_or(&NOTHING)
    }

    pub(crate) fn props(&self, id: ExprId) -> Props {
        self.props.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// The names that decide an expression: where a document does not have them, it is true, or false where `truth` is false.
    pub fn trail(&self, root: Root, truth: bool) -> Trail {
        crate::optimize::trail(self, root.expr, truth)
    }

    /// The names of the program as the document knows them.
    pub(crate) fn bind(&self, document: &Document) -> Vec<Option<NameId>> {
        let mut bound = vec![None; self.names.len()];
        for (id, namespace, local) in document.names() {
            if let Some(index) = self.names.get_index_of(&NameRef(namespace, local))
                && let Some(place) = bound.get_mut(index)
            {
                *place = Some(id);
            }
        }
        bound
    }
}

/// Names that a path must pass: where the document does not have them so, what asks for the path is decided.
#[derive(Debug, Clone, Default)]
pub struct Trail(pub(crate) Box<[Passed]>);

/// Trails side by side, because most checks are no more than a look at theirs.
#[derive(Debug, Clone, Default)]
pub struct Trails {
    ends: Vec<u32>,
    passed: Vec<Passed>,
}

impl Trails {
    /// Adds a trail.
    pub fn push(&mut self, trail: &Trail) {
        self.passed.extend(trail.0.iter().copied());
        self.ends.push(u32::try_from(self.passed.len()).unwrap_or(u32::MAX));
    }

    pub(crate) fn get(&self, at: usize) -> &[Passed] {
        let end = |at: usize| self.ends.get(at).map_or(0, |end| *end as usize);
        let start = at.checked_sub(1).map_or(0, end);
        self.passed.get(start..end(at)).unwrap_or(&[])
    }
}

/// Builds a [`Program`], expression by expression.
#[derive(Debug, Default)]
pub struct Builder {
    pub(crate) program: Program,
    /// Whether anything so far is of XPath 2.0 alone.
    pub(crate) newer: bool,
    /// Expressions by what they are: the same expression is compiled once.
    same: HashMap<u64, ExprId>,
    hashes: RandomState,
    /// Where evaluation can begin.
    pub(crate) roots: Vec<ExprId>,
    pub(crate) functions: HashMap<(String, String, usize), u32>,
}

impl Builder {
    /// An empty program.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether anything compiled so far is read by XPath 2.0 alone: an operator, a function or a kind of expression that XPath 1.0 and
    /// XSLT 1.0 do not have.
    pub fn is_newer(&self) -> bool {
        self.newer
    }

    /// Compiles one expression.
    ///
    /// # Errors
    /// The first fault found, with its place in the text.
    pub fn expression(&mut self, text: &str, scope: &StaticScope) -> Result<Root, StaticFault> {
        let mut frame = Frame::default();
        let expr = parse::compile(self, text, scope, &mut frame)?;
        self.roots.push(expr);
        Ok(Root { expr, slots: frame.slots })
    }

    /// Compiles an expression whose value is shown as text: in XPath 1.0 compatibility mode the text of its first item.
    ///
    /// # Errors
    /// The first fault found, with its place in the text.
    pub fn shown(&mut self, text: &str, scope: &StaticScope) -> Result<Root, StaticFault> {
        let mut frame = Frame::default();
        let mut expr = parse::compile(self, text, scope, &mut frame)?;
        if scope.compatible {
            expr = parse::compatible::string(self, expr, 0)?;
        }
        Ok(Root { expr, slots: frame.slots })
    }

    /// Reserves a variable that is evaluated when it is first asked for.
    /// `per_rule`: anew for each rule that meets a node, with that node as its focus; else once for a document, at its root.
    pub fn declare(&mut self, per_rule: bool) -> VariableId {
        self.program.lazies.push(Lazy { root: None, per_rule });
        VariableId(u32::try_from(self.program.lazies.len() - 1).unwrap_or(u32::MAX))
    }

    /// Gives a reserved variable its expression.
    pub fn define(&mut self, variable: VariableId, root: Root) {
        if let Some(lazy) = self.program.lazies.get_mut(variable.0 as usize) {
            lazy.root = Some(root);
        }
    }

    /// Variables whose values ask for themselves, one for each circle: none of them has a value (XSLT 2.0, section 9.8).
    pub fn circular(&self) -> HashSet<VariableId> {
        crate::circles::variables(&self.program)
    }

    /// The finished program.
    pub fn finish(self) -> Program {
        crate::optimize::optimize(self.program, &self.roots)
    }

    pub(crate) fn name(&mut self, namespace: &str, local: &str) -> u32 {
        if let Some(index) = self.program.names.get_index_of(&NameRef(namespace, local)) {
            return u32::try_from(index).unwrap_or(u32::MAX);
        }
        let name = Name { namespace: namespace.into(), local: local.into() };
        let (index, _) = self.program.names.insert_full(name);
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    pub(crate) fn push(&mut self, node: Node, at: usize) -> Result<ExprId, StaticFault> {
        let hash = self.hashes.hash_one(&node);
        if let Some(known) = self.same.get(&hash)
            && *self.program.node(*known) == node
        {
            return Ok(*known);
        }
        if self.program.nodes.len() >= PROGRAM_NODES_MAX {
            return Err(StaticFault::new(
                Code::TooLarge,
                at,
                "The program has more expressions than the limit expressions-max.",
            ));
        }
        let props = crate::props::of(&self.program, &node);
        if usize::from(props.depth) > crate::limits::EXPRESSION_DEPTH_MAX {
            return Err(StaticFault::new(
                Code::TooDeep,
                at,
                "The expression is nested deeper than the limit expression-depth-max.",
            ));
        }
        let id = ExprId(u32::try_from(self.program.nodes.len()).unwrap_or(u32::MAX));
        self.program.nodes.push(node);
        self.program.props.push(props);
        self.same.insert(hash, id);
        Ok(id)
    }
}
