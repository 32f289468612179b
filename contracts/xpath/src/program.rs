//! A program: expressions compiled together, so that they share names, functions and variables.
//!
//! It is immutable once built, and shared between threads. A rule set is one program; an
//! [`crate::Expression`] is a program with one root.

use crate::ast::{ExprId, Node, Props};
use crate::fault::{Code, StaticFault};
use crate::parse::{self, Frame};
use crate::pattern::Patterns;
use crate::scope::{StaticScope, VariableId};
use crate::types::SeqType;
use sluse_xml::{Document, NameId};
use std::collections::HashMap;

/// The longest expression that is compiled, in bytes.
pub const EXPRESSION_BYTES_MAX: usize = 1 << 20;
/// The nodes of all expressions of one program.
pub const PROGRAM_NODES_MAX: usize = 1 << 20;

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
    pub(crate) names: Vec<Name>,
    pub(crate) functions: Vec<UserFunction>,
    pub(crate) lazies: Vec<Lazy>,
    /// Regular expressions that stand as literals.
    pub(crate) patterns: Patterns,
}

impl Program {
    pub(crate) fn node(&self, id: ExprId) -> &Node {
        static NOTHING: Node = Node::Constant(crate::value::Seq::Empty);
        self.nodes.get(id.0 as usize).unwrap_or(&NOTHING)
    }

    pub(crate) fn props(&self, id: ExprId) -> Props {
        self.props.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// The names of the program as the document knows them.
    pub(crate) fn bind(&self, document: &Document) -> Vec<Option<NameId>> {
        self.names.iter().map(|name| document.name_id(&name.namespace, &name.local)).collect()
    }
}

/// Builds a [`Program`], expression by expression.
#[derive(Debug, Default)]
pub struct Builder {
    pub(crate) program: Program,
    names: HashMap<Name, u32>,
    pub(crate) functions: HashMap<(String, String, usize), u32>,
}

impl Builder {
    /// An empty program.
    pub fn new() -> Self {
        Self::default()
    }

    /// Compiles one expression.
    ///
    /// # Errors
    /// The first fault found, with its place in the text.
    pub fn expression(&mut self, text: &str, scope: &StaticScope) -> Result<Root, StaticFault> {
        let mut frame = Frame::default();
        let expr = parse::compile(self, text, scope, &mut frame)?;
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

    /// The finished program.
    pub fn finish(self) -> Program {
        self.program
    }

    pub(crate) fn name(&mut self, namespace: &str, local: &str) -> u32 {
        let name = Name { namespace: namespace.into(), local: local.into() };
        if let Some(index) = self.names.get(&name) {
            return *index;
        }
        let index = u32::try_from(self.program.names.len()).unwrap_or(u32::MAX);
        self.program.names.push(name.clone());
        self.names.insert(name, index);
        index
    }

    pub(crate) fn push(&mut self, node: Node, at: usize) -> Result<ExprId, StaticFault> {
        if self.program.nodes.len() >= PROGRAM_NODES_MAX {
            return Err(StaticFault::new(
                Code::TooLarge,
                at,
                "The program has more expressions than the limit.",
            ));
        }
        let props = crate::props::of(&self.program, &node);
        if usize::from(props.depth) > crate::limits::EXPRESSION_DEPTH_MAX {
            return Err(StaticFault::new(
                Code::TooDeep,
                at,
                "The expression is nested deeper than the limit.",
            ));
        }
        let id = ExprId(u32::try_from(self.program.nodes.len()).unwrap_or(u32::MAX));
        self.program.nodes.push(node);
        self.program.props.push(props);
        Ok(id)
    }
}
