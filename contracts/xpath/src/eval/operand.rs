//! Numbers in words of 64 bits: what amounts and counts fit into, so that most arithmetic makes no atomic value.

use super::{Focus, Run};
use crate::arithmetic;
use crate::ast::{Comparison, ExprId, Node, Operator};
use crate::cast;
use crate::compare;
use crate::decimal::Decimal;
use crate::fault::Outcome;
use crate::types::AtomType;
use crate::value::{Atomic, Item, Seq};
use std::cmp::Ordering;

/// The digits of a fraction that 64 bits are used for.
const SCALE_MAX: u32 = 18;

/// What arithmetic has come to. A short number stands in [`Operand::short`], an atomic value in [`Operand::long`]: results are left
/// where they are, because moving them costs more than most operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Empty,
    Integer,
    Decimal,
    Long,
}

/// The last result of arithmetic.
#[derive(Default)]
pub(crate) struct Operand<'a> {
    short: Short,
    long: Option<Atomic<'a>>,
}

/// `value / 10^scale`.
#[derive(Clone, Copy, Default)]
struct Short {
    value: i64,
    scale: u32,
}

impl Short {
    fn atom<'a>(self, kind: Kind) -> Option<Atomic<'a>> {
        match kind {
            Kind::Integer => Some(Atomic::integer(self.value.into())),
            Kind::Decimal => Some(Atomic::Decimal(Decimal::new(self.value.into(), self.scale))),
            Kind::Empty | Kind::Long => None,
        }
    }
}

impl Kind {
    fn is_short(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal)
    }
}

/// A number in 64 bits, where it fits.
fn short_of(atom: &Atomic<'_>) -> Option<(Kind, Short)> {
    match atom {
        Atomic::Integer(value, _) => {
            let value = i64::try_from(*value).ok()?;
            Some((Kind::Integer, Short { value, scale: 0 }))
        }
        Atomic::Decimal(value) => {
            let (value, scale) = value.short(SCALE_MAX)?;
            Some((Kind::Decimal, Short { value, scale }))
        }
        _ => None,
    }
}

impl<'a> Run<'a> {
    pub(super) fn arithmetic(
        &mut self,
        op: Operator,
        a: ExprId,
        b: ExprId,
        focus: &Focus<'a>,
    ) -> Outcome<Option<Atomic<'a>>> {
        let kind = self.operated(op, a, b, focus)?;
        Ok(self.taken(kind))
    }

    fn taken(&mut self, kind: Kind) -> Option<Atomic<'a>> {
        if kind == Kind::Long { self.operand.long.take() } else { self.operand.short.atom(kind) }
    }

    fn leave(&mut self, atom: Option<Atomic<'a>>) -> Kind {
        let kind = if atom.is_some() { Kind::Long } else { Kind::Empty };
        self.operand.long = atom;
        kind
    }

    fn leave_short(&mut self, (kind, short): (Kind, Short)) -> Kind {
        self.operand.short = short;
        kind
    }

    fn operated(&mut self, op: Operator, a: ExprId, b: ExprId, focus: &Focus<'a>) -> Outcome<Kind> {
        let left_kind = self.operand(a, focus)?;
        if left_kind == Kind::Empty {
            return Ok(Kind::Empty);
        }
        let left = self.operand.short;
        let left_long = if left_kind == Kind::Long { self.operand.long.take() } else { None };
        let right_kind = self.operand(b, focus)?;
        if right_kind == Kind::Empty {
            return Ok(Kind::Empty);
        }
        if left_kind.is_short() && right_kind.is_short() {
            let right = self.operand.short;
            if let Some(result) = short(op, (left_kind, left), (right_kind, right)) {
                return Ok(self.leave_short(result));
            }
        }
        match (left_long.or_else(|| left.atom(left_kind)), self.taken(right_kind)) {
            (Some(left), Some(right)) => {
                let result = arithmetic::operate(op, left, right)?;
                Ok(self.leave(Some(result)))
            }
            _ => Ok(Kind::Empty),
        }
    }

    fn operand(&mut self, id: ExprId, focus: &Focus<'a>) -> Outcome<Kind> {
        let node = self.program.node(id);
        let known = match node {
            Node::Constant(value) => match &**value {
                Seq::One(Item::Atom(atom)) => short_of(atom),
                _ => None,
            },
            Node::Local(slot) => match self.locals.get(self.base + *slot as usize) {
                Some(Seq::One(Item::Atom(atom))) => short_of(atom),
                _ => None,
            },
            _ if makes_operand(node) => {
                self.enter()?;
                let kind = self.made_operand(node, focus);
                self.depth -= 1;
                return kind;
            }
            _ => None,
        };
        if let Some(known) = known {
            return Ok(self.leave_short(known));
        }
        let atom = self.atom(id, focus)?;
        Ok(self.leave(atom))
    }

    fn made_operand(&mut self, node: &'a Node, focus: &Focus<'a>) -> Outcome<Kind> {
        match node {
            Node::Arithmetic(op, a, b) => self.operated(*op, *a, *b, focus),
            Node::Cast(a, AtomType::Decimal, optional) => {
                if let Some(node) = self.single_node(*a, focus)? {
                    let text = cast::trim(self.document.text(node));
                    if let Some((value, scale)) = Decimal::parse_short(text) {
                        return Ok(self.leave_short((Kind::Decimal, Short { value, scale })));
                    }
                    let atom = self.atomize_node(node)?;
                    let decimal = cast::decimal(&atom)?;
                    return Ok(self.leave(Some(Atomic::Decimal(decimal))));
                }
                let atom = self.cast(*a, AtomType::Decimal, *optional, focus)?;
                Ok(self.leave(atom))
            }
            Node::Call(builtin, arguments) => {
                let [argument] = &**arguments else { return Ok(Kind::Empty) };
                let kind = self.operand(*argument, focus)?;
                if kind.is_short()
                    && let Some(short) = rounded_or_abs(builtin.name, kind, self.operand.short)
                {
                    return Ok(self.leave_short((kind, short)));
                }
                let atom = self.taken(kind);
                let atom = crate::functions::round_or_abs(builtin.name, atom)?;
                Ok(self.leave(atom))
            }
            _ => Ok(Kind::Empty),
        }
    }

    /// Whether two single values compare, where one of them is arithmetic; `None`: neither is.
    pub(super) fn compares_numbers(
        &mut self,
        op: Comparison,
        a: ExprId,
        b: ExprId,
        focus: &Focus<'a>,
    ) -> Option<Outcome<bool>> {
        if !makes_operand(self.program.node(a)) && !makes_operand(self.program.node(b)) {
            return None;
        }
        Some(self.compared(op, a, b, focus))
    }

    fn compared(
        &mut self,
        op: Comparison,
        a: ExprId,
        b: ExprId,
        focus: &Focus<'a>,
    ) -> Outcome<bool> {
        let right_kind = self.operand(b, focus)?;
        if right_kind == Kind::Empty {
            return Ok(false);
        }
        let right = self.operand.short;
        let right_long = if right_kind == Kind::Long { self.operand.long.take() } else { None };
        let left_kind = self.operand(a, focus)?;
        if left_kind.is_short() && right_kind.is_short() {
            return Ok(compare::holds(op, order(self.operand.short, right)));
        }
        match (self.taken(left_kind), right_long.or_else(|| right.atom(right_kind))) {
            (Some(left), Some(right)) => compare::general(op, &left, &right),
            _ => Ok(false),
        }
    }
}

/// Expressions that give numbers without making atomic values.
fn makes_operand(node: &Node) -> bool {
    match node {
        Node::Arithmetic(..) | Node::Cast(_, AtomType::Decimal, _) => true,
        Node::Call(builtin, arguments) => {
            arguments.len() == 1 && matches!(builtin.name, "round" | "abs")
        }
        _ => false,
    }
}

fn unit(scale: u32) -> Option<i64> {
    if scale <= SCALE_MAX { 10i64.checked_pow(scale) } else { None }
}

/// `round`, to the nearest integer, halves upward; or `abs`.
fn rounded_or_abs(name: &str, kind: Kind, short: Short) -> Option<Short> {
    if name == "abs" {
        return Some(Short { value: short.value.checked_abs()?, scale: short.scale });
    }
    if kind == Kind::Integer {
        return Some(short);
    }
    let unit = unit(short.scale)?;
    let (whole, rest) = (short.value.div_euclid(unit), short.value.rem_euclid(unit));
    Some(Short { value: if rest >= unit - rest { whole + 1 } else { whole }, scale: 0 })
}

fn order(left: Short, right: Short) -> Ordering {
    let scale = left.scale.max(right.scale);
    let grown =
        |short: Short| i128::from(short.value) * unit(scale - short.scale).map_or(1, i128::from);
    grown(left).cmp(&grown(right))
}

/// The result in 64 bits, where operands and result fit.
fn short(
    op: Operator,
    (left_kind, left): (Kind, Short),
    (right_kind, right): (Kind, Short),
) -> Option<(Kind, Short)> {
    let integers = left_kind == Kind::Integer && right_kind == Kind::Integer;
    let scale = left.scale.max(right.scale);
    let (value, scale) = match op {
        Operator::Add | Operator::Subtract => {
            let l = left.value.checked_mul(unit(scale - left.scale)?)?;
            let r = right.value.checked_mul(unit(scale - right.scale)?)?;
            let value = if op == Operator::Add { l.checked_add(r) } else { l.checked_sub(r) };
            (value?, scale)
        }
        Operator::Multiply => (left.value.checked_mul(right.value)?, left.scale + right.scale),
        Operator::Divide if right.scale == 0 => {
            // By 1, 10, 100 and so on.
            let zeros = (0..=6).find(|zeros| unit(*zeros) == Some(right.value))?;
            let scale = left.scale + zeros;
            let quotient = Short { value: left.value, scale };
            return (scale <= SCALE_MAX).then_some((Kind::Decimal, quotient));
        }
        Operator::Modulo if integers => (left.value.checked_rem(right.value)?, 0),
        Operator::IntegerDivide if integers => (left.value.checked_div(right.value)?, 0),
        Operator::Divide | Operator::Modulo | Operator::IntegerDivide => return None,
    };
    let kind = if integers { Kind::Integer } else { Kind::Decimal };
    (scale <= SCALE_MAX).then_some((kind, Short { value, scale }))
}
