//! Effective boolean values, general comparisons and quantifiers: what asserts are made of.

use super::seek::Sought;
use super::{Focus, GO_ON, Run, STOP};
use crate::ast::{Comparison, ExprId, Node, Step};
use crate::cast;
use crate::compare;
use crate::constants::{Delimited, List};
use crate::fault::{Code, Fault, Outcome};
use crate::fixed_hash::FixedHash;
use crate::functions::Body;
use crate::value::{Atomic, Item, Seq};
use std::collections::HashSet;

const NO_TRUTH: Fault = Fault::new(Code::Forg0006, "The value has no effective boolean value.");

impl<'a> Run<'a> {
    /// The effective boolean value of an expression.
    pub(crate) fn truth(&mut self, id: ExprId, focus: &Focus<'a>) -> Outcome<bool> {
        self.enter()?;
        let truth = self.truth_inner(id, focus);
        self.depth -= 1;
        truth
    }

    pub(super) fn truth_inner(&mut self, id: ExprId, focus: &Focus<'a>) -> Outcome<bool> {
        let program = self.program;
        match program.node(id) {
            Node::Path { .. } => self.leads_to_any(id, focus),
            Node::Or(parts) => {
                for part in parts {
                    if self.truth(*part, focus)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Node::And(parts) => {
                for part in parts {
                    if !self.truth(*part, focus)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Node::General(op, a, b) => self.general(*op, *a, *b, focus),
            Node::Compatible(op, a, b) => self.compatible(*op, *a, *b, focus),
            Node::Quantified { every, slot, domain, body } => {
                let mut found = false;
                let _ = self.visit(*domain, focus, &mut |run, item| {
                    run.set_local(*slot, Seq::One(item));
                    found = run.truth(*body, focus)? != *every;
                    Ok(if found { STOP } else { GO_ON })
                })?;
                Ok(found != *every)
            }
            Node::If(test, then, otherwise) => {
                let branch = if self.truth(*test, focus)? { *then } else { *otherwise };
                self.truth(branch, focus)
            }
            Node::Truth { negated, operand } => Ok(self.truth(*operand, focus)? != *negated),
            Node::Exists { negated, operand } if self.program.props(*operand).nodes => {
                Ok(self.truth(*operand, focus)? != *negated)
            }
            Node::Exists { negated, operand } => {
                let flow = self.visit(*operand, focus, &mut |_, _| Ok(STOP))?;
                Ok(flow.is_break() != *negated)
            }
            Node::Around(join) => self.is_around(join, focus),
            Node::Memo { slot, inner } => self.memo_truth(*slot, *inner, focus),
            Node::Within { list, operand, call } => self.within(list, *operand, *call, focus),
            Node::NameEnds { text, call } => match focus.item {
                Some(Item::Node(node)) if self.document.name(node).is_some() => {
                    Ok(self.document.local(node).ends_with(&**text))
                }
                _ => self.truth_inner(*call, focus),
            },
            Node::Call(builtin, arguments) => {
                if let Body::Atom(body) = builtin.run {
                    return body(self, arguments, focus)?
                        .map_or(Ok(false), |atom| atom_truth(&atom));
                }
                let value = builtin.call(self, arguments, focus)?;
                self.truth_of(&value)
            }
            _ => self.truth_of_visited(id, focus),
        }
    }

    /// The effective boolean value of a path.
    fn leads_to_any(&mut self, id: ExprId, focus: &Focus<'a>) -> Outcome<bool> {
        if let Some(found) = self.sought(id, focus, Sought::Any) {
            return found.map(|found| found.is_some());
        }
        match self.program.node(id) {
            Node::Path { start, steps, .. }
                if steps.iter().all(|step| matches!(step, Step::Axis { .. })) =>
            {
                self.leads_somewhere(*start, steps, focus)
            }
            _ if self.program.props(id).nodes => {
                Ok(self.visit_inner(id, focus, &mut |_, _| Ok(STOP))?.is_break())
            }
            _ => self.truth_of_visited(id, focus),
        }
    }

    fn truth_of_visited(&mut self, id: ExprId, focus: &Focus<'a>) -> Outcome<bool> {
        let mut node_first = false;
        let mut first: Option<Atomic<'a>> = None;
        let _ = self.visit_inner(id, focus, &mut |_, item| match item {
            _ if first.is_some() => Err(NO_TRUTH),
            Item::Node(_) => {
                node_first = true;
                Ok(STOP)
            }
            Item::Atom(atom) => {
                first = Some(atom);
                Ok(GO_ON)
            }
        })?;
        match first {
            Some(atom) => atom_truth(&atom),
            None => Ok(node_first),
        }
    }

    /// The effective boolean value of a sequence.
    pub(crate) fn truth_of(&self, value: &Seq<'a>) -> Outcome<bool> {
        match value.items() {
            [] => Ok(false),
            [Item::Node(_), ..] => Ok(true),
            [Item::Atom(atom)] => atom_truth(atom),
            _ => Err(NO_TRUTH),
        }
    }

    /// Whether any pair of items compares; the side that is one value is held, the other streams.
    fn general(
        &mut self,
        op: Comparison,
        a: ExprId,
        b: ExprId,
        focus: &Focus<'a>,
    ) -> Outcome<bool> {
        if op == Comparison::Equal {
            for (operand, list) in [(a, b), (b, a)] {
                if let Node::List(list) = self.program.node(list)
                    && let Some(texts) = &list.texts
                {
                    return self.is_listed(operand, list, texts, focus);
                }
            }
        }
        for (operand, text, op) in [(a, b, op), (b, a, op.turned())] {
            if let Node::Text(text) = self.program.node(text) {
                return self.compares(op, operand, text, focus);
            }
        }
        if op == Comparison::Equal {
            for (operand, many) in [(a, b), (b, a)] {
                if let Some(texts) = self.kept_texts(many, focus)? {
                    return self.is_one_of(operand, &texts, focus);
                }
            }
        }
        let (known_a, known_b) = (self.program.props(a), self.program.props(b));
        if known_a.single && known_b.single {
            if let Some(compared) = self.compares_numbers(op, a, b, focus) {
                return compared;
            }
            let Some(right) = self.atom(b, focus)? else { return Ok(false) };
            let Some(left) = self.atom(a, focus)? else { return Ok(false) };
            return compare::general(op, &left, &right);
        }
        let (op, streamed, held) =
            if known_a.single && !known_b.single { (op.turned(), b, a) } else { (op, a, b) };
        let held = self.eval(held, focus)?;
        let held = match held {
            Seq::Empty => return Ok(false),
            Seq::One(item) => Seq::atom(self.atomize(item)?),
            many => self.atomize_all(many.items())?,
        };
        let mut found = false;
        let _ = self.visit(streamed, focus, &mut |run, item| {
            let left = run.atomize(item)?;
            run.spend(held.len())?;
            for right in held.items() {
                if let Item::Atom(right) = right
                    && compare::general(op, &left, right)?
                {
                    found = true;
                    return Ok(STOP);
                }
            }
            Ok(GO_ON)
        })?;
        Ok(found)
    }

    /// Whether any item is one of these texts.
    fn is_listed(
        &mut self,
        operand: ExprId,
        list: &List,
        texts: &HashSet<Box<str>, FixedHash>,
        focus: &Focus<'a>,
    ) -> Outcome<bool> {
        let mut found = false;
        let _ = self.visit(operand, focus, &mut |run, item| {
            match run.atomize(item)? {
                Atomic::Untyped(text) | Atomic::String(text, _) | Atomic::AnyUri(text) => {
                    run.spend(1)?;
                    found = texts.contains(&*text);
                }
                // Of a type that is compared with text in its own way, or not at all.
                atom => {
                    run.spend(list.items.len())?;
                    for item in &list.items {
                        if let Item::Atom(text) = item {
                            found |= compare::general(Comparison::Equal, &atom, text)?;
                        }
                    }
                }
            }
            Ok(if found { STOP } else { GO_ON })
        })?;
        Ok(found)
    }

    /// Whether any item compares with a constant text.
    fn compares(
        &mut self,
        op: Comparison,
        operand: ExprId,
        text: &'a str,
        focus: &Focus<'a>,
    ) -> Outcome<bool> {
        if self.program.props(operand).single {
            return match self.atom(operand, focus)? {
                None => Ok(false),
                Some(Atomic::Untyped(value) | Atomic::String(value, _) | Atomic::AnyUri(value)) => {
                    Ok(compare::holds(op, (*value).cmp(text)))
                }
                Some(atom) => compare::general(op, &atom, &Atomic::string(text)),
            };
        }
        let mut found = false;
        let _ = self.visit(operand, focus, &mut |run, item| {
            run.spend(1)?;
            found = match item {
                Item::Node(node) => compare::holds(op, (*run.text_of(node)?).cmp(text)),
                Item::Atom(atom) => compare::general(op, &atom, &Atomic::string(text))?,
            };
            Ok(if found { STOP } else { GO_ON })
        })?;
        Ok(found)
    }

    /// Whether a constant text holds a value between two delimiters.
    fn within(
        &mut self,
        list: &Delimited,
        operand: ExprId,
        call: ExprId,
        focus: &Focus<'a>,
    ) -> Outcome<bool> {
        let Some(atom) = self.atom(operand, focus)? else {
            return self.truth_inner(call, focus);
        };
        let text = cast::to_text(atom);
        self.spend(1 + text.len() / 64)?;
        match list.holds(&text) {
            Some(holds) => Ok(holds),
            None => self.truth_inner(call, focus),
        }
    }

    /// The typed values of items.
    pub(crate) fn atomize_all(&mut self, items: &[Item<'a>]) -> Outcome<Seq<'a>> {
        let mut atoms = Vec::with_capacity(items.len());
        for item in items {
            atoms.push(Item::Atom(self.atomize(item.clone())?));
        }
        Ok(atoms.into())
    }
}

fn atom_truth(atom: &Atomic<'_>) -> Outcome<bool> {
    match atom {
        Atomic::Boolean(value) => Ok(*value),
        Atomic::Untyped(text) | Atomic::String(text, _) | Atomic::AnyUri(text) => {
            Ok(!text.is_empty())
        }
        Atomic::Integer(value, _) => Ok(*value != 0),
        Atomic::Decimal(value) => Ok(!value.is_zero()),
        Atomic::Double(value) => Ok(!value.is_nan() && *value != 0.0),
        Atomic::Float(value) => Ok(!value.is_nan() && *value != 0.0),
        _ => Err(NO_TRUTH),
    }
}
