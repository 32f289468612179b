//! General comparisons as XPath 1.0 has them (XPath 1.0, section 3.4; XPath 2.0, section 3.5.2, first bullet list).

use super::{Focus, Run};
use crate::ast::{Comparison, ExprId};
use crate::compare;
use crate::fault::Outcome;
use crate::functions::compatible::{number, text};
use crate::value::{Atomic, Item, Seq};

impl<'a> Run<'a> {
    /// A boolean on one side makes both booleans; order is that of numbers; equality that of numbers where a side is one, else of
    /// texts.
    pub(super) fn compatible(
        &mut self,
        op: Comparison,
        a: ExprId,
        b: ExprId,
        focus: &Focus<'a>,
    ) -> Outcome<bool> {
        let (left, right) = (self.eval(a, focus)?, self.eval(b, focus)?);
        if is_boolean(&left) || is_boolean(&right) {
            let (left, right) = (self.truth_of(&left)?, self.truth_of(&right)?);
            return compare::value(op, &Atomic::Boolean(left), &Atomic::Boolean(right));
        }
        let (left, right) = (self.atomize_all(left.items())?, self.atomize_all(right.items())?);
        for one in left.items() {
            self.spend(right.len())?;
            for other in right.items() {
                if let (Item::Atom(one), Item::Atom(other)) = (one, other)
                    && pair(op, one, other)?
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

fn is_boolean(value: &Seq<'_>) -> bool {
    matches!(value.items(), [Item::Atom(Atomic::Boolean(_))])
}

fn pair(op: Comparison, left: &Atomic<'_>, right: &Atomic<'_>) -> Outcome<bool> {
    if !is_known(left) || !is_known(right) {
        return compare::general(op, left, right);
    }
    let equality = matches!(op, Comparison::Equal | Comparison::NotEqual);
    if equality && !left.is_numeric() && !right.is_numeric() {
        let equal = *text(left.clone()) == *text(right.clone());
        return Ok(equal == (op == Comparison::Equal));
    }
    compare::value(op, &Atomic::Double(number(left)), &Atomic::Double(number(right)))
}

/// Whether XPath 1.0 knows the value's type; others compare as XPath 2.0 says.
fn is_known(atom: &Atomic<'_>) -> bool {
    atom.is_numeric()
        || matches!(
            atom,
            Atomic::Untyped(_) | Atomic::String(..) | Atomic::AnyUri(_) | Atomic::Boolean(_)
        )
}
