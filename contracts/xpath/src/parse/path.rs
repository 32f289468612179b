//! Paths, steps, predicates and primary expressions.

use super::{Parsed, Parser};
use crate::ast::{Axis, ExprId, Node, NodeTest, Predicate, PredicateKind, Start, Step};
use crate::decimal::Decimal;
use crate::fault::{Code, StaticFault};
use crate::lex::{self, Kind};
use crate::props;
use crate::types::NameTest;
use crate::value::{Atomic, Seq};
use sluse_xml::NodeKind;

/// What is known of the nodes that the steps so far give.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    /// At most one.
    Single,
    /// Distinct, in document order, none below another.
    Peers,
    /// Distinct, in document order.
    Ordered,
    Unknown,
}

impl Parser<'_> {
    pub(super) fn path(&mut self) -> Parsed {
        let (start, mut steps) = if self.eat_symbol("//") {
            (Start::Root, vec![any_descendant_or_self()])
        } else if self.eat_symbol("/") {
            if !self.starts_step() {
                return self.push(Node::Root);
            }
            (Start::Root, Vec::new())
        } else {
            (Start::Here, Vec::new())
        };
        steps.push(self.step()?);
        while self.is_symbol("/") || self.is_symbol("//") {
            if self.eat_symbol("//") {
                steps.push(any_descendant_or_self());
            } else {
                self.advance();
            }
            steps.push(self.step()?);
        }
        self.finish_path(start, steps)
    }

    fn finish_path(&mut self, start: Start, mut steps: Vec<Step>) -> Parsed {
        let mut start = start;
        if matches!(start, Start::Here)
            && let Some(Step::Expr(first)) = steps.first()
        {
            // A path that begins with an expression starts from its value.
            start = Start::Expr(*first);
            steps.remove(0);
        }
        if steps.is_empty()
            && let Start::Expr(expr) = start
        {
            return Ok(expr);
        }
        let steps = self.join_descendants(steps);
        let streams = self.streams(start, &steps);
        self.push(Node::Path { start, steps: steps.into(), streams })
    }

    /// `//name` without positions is one step on the descendant axis.
    fn join_descendants(&self, steps: Vec<Step>) -> Vec<Step> {
        let mut joined: Vec<Step> = Vec::with_capacity(steps.len());
        for step in steps {
            let follows_any = matches!(
                joined.last(),
                Some(Step::Axis { axis: Axis::DescendantOrSelf, test, predicates, .. })
                    if test.kind.is_none() && predicates.is_empty()
            );
            match step {
                Step::Axis { axis: Axis::Child, test, predicates, needs_size }
                    if follows_any && self.are_positionless(&predicates) =>
                {
                    joined.pop();
                    joined.push(Step::Axis {
                        axis: Axis::Descendant,
                        test,
                        predicates,
                        needs_size,
                    });
                }
                step => joined.push(step),
            }
        }
        joined
    }

    fn are_positionless(&self, predicates: &[Predicate]) -> bool {
        predicates.iter().all(|predicate| {
            let props = self.builder.program.props(predicate.expr);
            predicate.kind == PredicateKind::Truth && !props.uses_position && !props.uses_last
        })
    }

    fn streams(&self, start: Start, steps: &[Step]) -> bool {
        let mut order = match start {
            Start::Root | Start::Here => Order::Single,
            Start::Expr(expr) if self.builder.program.props(expr).single => Order::Single,
            Start::Expr(_) => Order::Unknown,
        };
        if order == Order::Unknown {
            return false;
        }
        let last = steps.len().saturating_sub(1);
        for (at, step) in steps.iter().enumerate() {
            order = match step {
                Step::Axis { axis, .. } => after(order, *axis),
                Step::Expr(expr) => {
                    let props = self.builder.program.props(*expr);
                    if props.uses_position || props.uses_last || at != last {
                        return false;
                    }
                    // Atomic values stay in the order of the nodes that they come from.
                    if props.atomic || (order == Order::Single && props.single) {
                        order
                    } else {
                        Order::Unknown
                    }
                }
            };
            if order == Order::Unknown {
                return false;
            }
        }
        true
    }

    fn starts_step(&self) -> bool {
        match self.kind() {
            Kind::Name(..) | Kind::PrefixStar(_) | Kind::StarLocal(_) => true,
            Kind::Integer(_) | Kind::Decimal(_) | Kind::Double(_) | Kind::String(_) => true,
            Kind::Symbol(symbol) => matches!(symbol, "*" | "@" | "." | ".." | "(" | "$"),
            Kind::End => false,
        }
    }

    fn step(&mut self) -> Result<Step, StaticFault> {
        if self.eat_symbol("..") {
            let test = NodeTest { kind: None, name: NameTest::Any, never: false };
            return self.axis_step(Axis::Parent, test);
        }
        if self.eat_symbol("@") {
            let test = self.node_test(NodeKind::Attribute)?;
            return self.axis_step(Axis::Attribute, test);
        }
        if let Kind::Name(None, word) = self.kind()
            && self.ahead(1) == Kind::Symbol("::")
        {
            let Some(axis) = axis_of(word) else {
                return Err(self.axis_fault(word));
            };
            self.advance();
            self.advance();
            let principal =
                if axis == Axis::Attribute { NodeKind::Attribute } else { NodeKind::Element };
            let test = self.node_test(principal)?;
            return self.axis_step(axis, test);
        }
        if self.starts_node_test() {
            let test = self.node_test(NodeKind::Element)?;
            let attribute = test.kind == Some(NodeKind::Attribute);
            return self.axis_step(if attribute { Axis::Attribute } else { Axis::Child }, test);
        }
        self.filter()
    }

    fn axis_fault(&self, word: &str) -> StaticFault {
        if word == "namespace" {
            return StaticFault::new(
                Code::Unsupported,
                self.place(),
                "The namespace axis is not supported; XPath 2.0 deprecates it.",
            );
        }
        self.fault(format!("There is no axis `{word}`."))
    }

    fn starts_node_test(&self) -> bool {
        let parenthesis = self.ahead(1) == Kind::Symbol("(");
        match self.kind() {
            Kind::Name(None, word) if parenthesis => is_kind_test(word),
            Kind::Name(..) => !parenthesis,
            Kind::PrefixStar(_) | Kind::StarLocal(_) | Kind::Symbol("*") => true,
            _ => false,
        }
    }

    fn axis_step(&mut self, axis: Axis, mut test: NodeTest) -> Result<Step, StaticFault> {
        let of_element = self.split_document_test(&mut test)?;
        let mut predicates: Vec<Predicate> = of_element.into_iter().collect();
        self.predicates(&mut predicates)?;
        let predicates: Box<[Predicate]> = predicates.into();
        let needs_size = predicates.iter().any(|predicate| predicate.needs_size);
        Ok(Step::Axis { axis, test, predicates, needs_size })
    }

    /// What `document-node(element(…))` asks of the document's element, as a predicate.
    fn split_document_test(
        &mut self,
        test: &mut NodeTest,
    ) -> Result<Option<Predicate>, StaticFault> {
        let named = test.name != NameTest::Any || test.never;
        if test.kind != Some(NodeKind::Document) || !named {
            return Ok(None);
        }
        let element = NodeTest { kind: Some(NodeKind::Element), ..*test };
        *test = NodeTest { name: NameTest::Any, never: false, ..*test };
        let step = Step::Axis {
            axis: Axis::Child,
            test: element,
            predicates: Box::default(),
            needs_size: false,
        };
        let path = self.finish_path(Start::Here, vec![step])?;
        Ok(Some(self.predicate(path)))
    }

    fn filter(&mut self) -> Result<Step, StaticFault> {
        let base = self.primary()?;
        let mut predicates = Vec::new();
        self.predicates(&mut predicates)?;
        if predicates.is_empty() {
            return Ok(Step::Expr(base));
        }
        let predicates = predicates.into();
        Ok(Step::Expr(self.push(Node::Filter { base, predicates })?))
    }

    fn predicates(&mut self, predicates: &mut Vec<Predicate>) -> Result<(), StaticFault> {
        while self.eat_symbol("[") {
            let expr = self.expr()?;
            self.expect_symbol("]")?;
            predicates.push(self.predicate(expr));
        }
        Ok(())
    }

    fn predicate(&self, expr: ExprId) -> Predicate {
        let known = self.builder.program.props(expr);
        let kind = match props::literal_position(self.builder.program.node(expr)) {
            Some(position) => PredicateKind::Position(position),
            None if known.not_number => PredicateKind::Truth,
            None => PredicateKind::Open,
        };
        let uses_position = known.uses_position || kind != PredicateKind::Truth;
        Predicate { expr, kind, needs_size: known.uses_last, uses_position }
    }

    fn primary(&mut self) -> Parsed {
        let kind = self.kind();
        match kind {
            Kind::Integer(text) | Kind::Decimal(text) | Kind::Double(text) => {
                let atom = self.number(text, kind)?;
                self.advance();
                self.constant(atom)
            }
            Kind::String(text) => {
                self.advance();
                self.push(Node::Text(lex::unquote(text).into()))
            }
            Kind::Symbol("$") => {
                self.advance();
                self.variable()
            }
            Kind::Symbol(".") => {
                self.advance();
                self.push(Node::Here)
            }
            Kind::Symbol("(") => {
                self.advance();
                if self.eat_symbol(")") {
                    return self.push(Node::Constant(Box::new(Seq::Empty)));
                }
                let inner = self.expr()?;
                self.expect_symbol(")")?;
                Ok(inner)
            }
            Kind::Name(prefix, local) if self.ahead(1) == Kind::Symbol("(") => {
                self.call(prefix, local)
            }
            _ => Err(self.fault("An expression is expected here.")),
        }
    }

    fn number(&self, text: &str, kind: Kind<'_>) -> Result<Atomic<'static>, StaticFault> {
        let overflow =
            || StaticFault::new(Code::Foar0002, self.place(), "The number is too large.");
        if let Kind::Double(_) = kind {
            return text.parse().map(Atomic::Double).map_err(|_| overflow());
        }
        let Some(Ok(decimal)) = Decimal::parse(text) else { return Err(overflow()) };
        match (kind, decimal.as_integer()) {
            (Kind::Integer(_), Some(integer)) => Ok(Atomic::integer(integer)),
            _ => Ok(Atomic::Decimal(decimal)),
        }
    }

    fn variable(&mut self) -> Parsed {
        let at = self.place();
        let (namespace, local) = self.variable_name()?;
        let bound = self
            .frame
            .bindings
            .iter()
            .rev()
            .find(|(ns, name, _)| *ns == namespace && *name == local);
        if let Some((_, _, slot)) = bound {
            let slot = *slot;
            return self.push(Node::Local(slot));
        }
        match self.scope.variables.get(&(namespace, local.clone())) {
            Some(variable) => {
                let variable = variable.0;
                self.push(Node::Lazy(variable))
            }
            None => {
                Err(StaticFault::new(Code::Xpst0008, at, format!("There is no variable ${local}.")))
            }
        }
    }

    /// A variable's name: without a prefix it has no namespace.
    pub(super) fn variable_name(&mut self) -> Result<(String, String), StaticFault> {
        let Kind::Name(prefix, local) = self.kind() else {
            return Err(self.fault("A name is expected here."));
        };
        let namespace = match prefix {
            Some(prefix) => self.namespace(prefix)?,
            None => String::new(),
        };
        self.advance();
        Ok((namespace, local.to_owned()))
    }

    pub(super) fn namespace(&self, prefix: &str) -> Result<String, StaticFault> {
        self.scope.namespace(prefix).map(str::to_owned).ok_or_else(|| {
            StaticFault::new(
                Code::Xpst0081,
                self.place(),
                format!("No namespace is declared for the prefix `{prefix}`."),
            )
        })
    }
}

fn any_descendant_or_self() -> Step {
    Step::Axis {
        axis: Axis::DescendantOrSelf,
        test: NodeTest { kind: None, name: NameTest::Any, never: false },
        predicates: Box::default(),
        needs_size: false,
    }
}

/// Whether steps along axes from one node give distinct nodes in document order one after the other.
pub(crate) fn axes_stream(steps: &[Step]) -> bool {
    let order = steps.iter().fold(Order::Single, |order, step| match step {
        Step::Axis { axis, .. } => after(order, *axis),
        Step::Expr(_) => Order::Unknown,
    });
    order != Order::Unknown
}

fn after(order: Order, axis: Axis) -> Order {
    match (order, axis) {
        (order, Axis::SelfNode) => order,
        (Order::Single, Axis::Parent) => Order::Single,
        (Order::Single, Axis::Child | Axis::Attribute | Axis::FollowingSibling) => Order::Peers,
        (Order::Peers, Axis::Child | Axis::Attribute) => Order::Peers,
        (Order::Single | Order::Peers, Axis::Descendant | Axis::DescendantOrSelf) => Order::Ordered,
        (Order::Single, Axis::Following) => Order::Ordered,
        (Order::Ordered, Axis::Attribute) => Order::Ordered,
        (Order::Single | Order::Peers, Axis::AttributeBelow) => Order::Ordered,
        _ => Order::Unknown,
    }
}

fn axis_of(word: &str) -> Option<Axis> {
    Some(match word {
        "child" => Axis::Child,
        "descendant" => Axis::Descendant,
        "descendant-or-self" => Axis::DescendantOrSelf,
        "attribute" => Axis::Attribute,
        "self" => Axis::SelfNode,
        "parent" => Axis::Parent,
        "ancestor" => Axis::Ancestor,
        "ancestor-or-self" => Axis::AncestorOrSelf,
        "following" => Axis::Following,
        "following-sibling" => Axis::FollowingSibling,
        "preceding" => Axis::Preceding,
        "preceding-sibling" => Axis::PrecedingSibling,
        _ => return None,
    })
}

fn is_kind_test(word: &str) -> bool {
    matches!(
        word,
        "node"
            | "text"
            | "comment"
            | "processing-instruction"
            | "element"
            | "attribute"
            | "document-node"
            | "schema-element"
            | "schema-attribute"
    )
}
