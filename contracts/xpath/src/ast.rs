//! The compiled form of expressions: nodes in one arena, names and functions by index.
//!
//! Everything that can be known without a document is decided here: functions are pointers,
//! variables are slots, names are indexes that each document binds once.

use crate::constants::{Delimited, List};
use crate::functions::Builtin;
use crate::types::{AtomType, NameTest, SeqType};
use crate::value::Seq;
use sluse_xml::NodeKind;
use std::sync::Arc;

/// An expression in the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ExprId(pub(crate) u32);

/// An operator of comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// Whether it asks for an order: all but `=` and `!=`.
    pub(crate) fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }

    /// The operator with its sides exchanged.
    pub(crate) fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }
}

/// An operator on nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum NodeComparison {
    Is,
    Before,
    After,
}

/// An operator of arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    IntegerDivide,
    Modulo,
}

/// An operator on sets of nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum SetOperator {
    Union,
    Intersect,
    Except,
}

/// An axis of XPath 2.0; the namespace axis is not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Axis {
    Child,
    Descendant,
    DescendantOrSelf,
    Attribute,
    SelfNode,
    Parent,
    Ancestor,
    AncestorOrSelf,
    Following,
    FollowingSibling,
    Preceding,
    PrecedingSibling,
    /// Of the node and of all elements below it: `descendant-or-self::node()/attribute::`.
    AttributeBelow,
}

/// A test on a node's kind and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct NodeTest {
    /// `None`: any kind.
    pub(crate) kind: Option<NodeKind>,
    pub(crate) name: NameTest,
    /// Holds for no node of an unvalidated tree.
    pub(crate) never: bool,
}

/// What a predicate's value can be, as far as is known before evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PredicateKind {
    /// Never a number: its effective boolean value counts.
    Truth,
    /// A literal position.
    Position(usize),
    /// Decided by the value.
    Open,
    /// Decided by the value, which is the same for each item.
    Fixed,
}

/// A predicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Predicate {
    pub(crate) expr: ExprId,
    pub(crate) kind: PredicateKind,
    /// Whether `last()` may be asked for, so that the size must be known.
    pub(crate) needs_size: bool,
    /// Whether `position()` may be asked for.
    pub(crate) uses_position: bool,
}

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Axis { axis: Axis, test: NodeTest, predicates: Box<[Predicate]>, needs_size: bool },
    Expr(ExprId),
}

/// Where a path starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Start {
    Root,
    Here,
    Expr(ExprId),
}

/// A comparison of a value with those of many nodes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Join {
    /// The number of its table.
    pub(crate) table: u32,
    /// The nodes that are looked at.
    pub(crate) nodes: ExprId,
    /// What is compared of each.
    pub(crate) key: ExprId,
    /// What it is compared with.
    pub(crate) value: ExprId,
    /// What stands in the rule set.
    pub(crate) call: ExprId,
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    Text(Box<str>),
    Constant(Box<Seq<'static>>),
    Local(u32),
    Lazy(u32),
    Here,
    Root,
    Sequence(Box<[ExprId]>),
    Range(ExprId, ExprId),
    Or(Box<[ExprId]>),
    And(Box<[ExprId]>),
    General(Comparison, ExprId, ExprId),
    /// A general comparison as XPath 1.0 has it.
    Compatible(Comparison, ExprId, ExprId),
    Value(Comparison, ExprId, ExprId),
    Nodes(NodeComparison, ExprId, ExprId),
    Arithmetic(Operator, ExprId, ExprId),
    Negate(ExprId),
    Plus(ExprId),
    Set(SetOperator, ExprId, ExprId),
    If(ExprId, ExprId, ExprId),
    For {
        slot: u32,
        domain: ExprId,
        body: ExprId,
    },
    Quantified {
        every: bool,
        slot: u32,
        domain: ExprId,
        body: ExprId,
    },
    Let {
        slot: u32,
        value: ExprId,
        body: ExprId,
    },
    InstanceOf(ExprId, SeqType),
    Treat(ExprId, SeqType),
    Convert(ExprId, SeqType),
    Castable(ExprId, AtomType, bool),
    Cast(ExprId, AtomType, bool),
    /// `streams`: the steps give distinct nodes in document order one after the other.
    Path {
        start: Start,
        steps: Box<[Step]>,
        streams: bool,
    },
    Filter {
        base: ExprId,
        predicates: Box<[Predicate]>,
    },
    Call(&'static Builtin, Box<[ExprId]>),
    CallUser(u32, Box<[ExprId]>),
    /// Evaluates the body with each item as the focus.
    Each(ExprId, ExprId),
    /// Text with the items' string values, joined.
    ValueOf {
        select: ExprId,
        separator: Box<str>,
    },
    /// The text of a temporary tree.
    Content(Box<[ExprId]>),
    ForEachGroup {
        select: ExprId,
        key: ExprId,
        body: ExprId,
    },
    /// `not(…)`, and `boolean(…)` where `negated` is false.
    Truth {
        negated: bool,
        operand: ExprId,
    },
    /// `exists(…)`, and `empty(…)` where `negated`.
    Exists {
        negated: bool,
        operand: ExprId,
    },
    /// Several constants.
    List(Arc<List>),
    /// `contains(list, concat(delimiter, operand, delimiter))`; `call` is what stands in the rule set.
    Within {
        list: Arc<Delimited>,
        operand: ExprId,
        call: ExprId,
    },
    /// `ends-with(name(), text)` for a text without a colon.
    NameEnds {
        text: Box<str>,
        call: ExprId,
    },
    /// `value = following-sibling::a/b` and its like.
    Around(Box<Join>),
    /// `//a[key = value]`.
    Keyed(Box<Join>),
    /// An expression whose value is one for a document, kept once it is known.
    Memo {
        slot: u32,
        inner: ExprId,
    },
}

/// What is known of a node before evaluation.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Props {
    /// Levels of expressions below, with this one.
    pub(crate) depth: u16,
    /// `position()` is asked for of the focus that the expression is evaluated in.
    pub(crate) uses_position: bool,
    /// `last()` is asked for of that focus.
    pub(crate) uses_last: bool,
    /// The value is one boolean, or an error.
    pub(crate) boolean: bool,
    /// The value holds no number: nodes, strings or booleans alone.
    pub(crate) not_number: bool,
    /// The value holds nodes alone, or nothing.
    pub(crate) nodes: bool,
    /// At most one item.
    pub(crate) single: bool,
    /// The value holds atomic values alone, or nothing.
    pub(crate) atomic: bool,
}
