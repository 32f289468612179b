//! Comparison of atomic values (XPath 2.0, section 3.5; Functions and Operators, appendix B.2).

use crate::ast::Comparison;
use crate::cast;
use crate::fault::{Code, Fault, Outcome};
use crate::moment::MomentKind;
use crate::types::AtomType;
use crate::value::Atomic;
use std::cmp::Ordering;

/// The zone that a moment without one is compared in, in minutes: rule sets must judge alike everywhere.
pub(crate) const IMPLICIT_ZONE: i16 = 0;

const TYPES: Fault = Fault::new(Code::Xpty0004, "Values of these types cannot be compared.");

/// A general comparison of two items: untyped values take the type of the other side.
pub(crate) fn general(op: Comparison, left: &Atomic<'_>, right: &Atomic<'_>) -> Outcome<bool> {
    match (left, right) {
        (Atomic::Untyped(a), Atomic::Untyped(b) | Atomic::String(b, _) | Atomic::AnyUri(b))
        | (Atomic::String(a, _) | Atomic::AnyUri(a), Atomic::Untyped(b)) => {
            Ok(holds(op, (**a).cmp(&**b)))
        }
        (Atomic::Untyped(_), other) => value(op, &assimilate(left, other)?, right),
        (other, Atomic::Untyped(_)) => value(op, left, &assimilate(right, other)?),
        _ => value(op, left, right),
    }
}

/// An untyped value as the type that it is compared with.
fn assimilate<'a>(untyped: &Atomic<'a>, other: &Atomic<'_>) -> Outcome<Atomic<'a>> {
    if other.is_numeric() {
        return cast::double(untyped).map(Atomic::Double);
    }
    cast::cast(untyped.clone(), other.atom_type())
}

/// A value comparison: untyped values are strings.
pub(crate) fn value(op: Comparison, left: &Atomic<'_>, right: &Atomic<'_>) -> Outcome<bool> {
    let equality = matches!(op, Comparison::Equal | Comparison::NotEqual);
    match order(left, right, equality)? {
        Some(ordering) => Ok(holds(op, ordering)),
        None => Ok(op == Comparison::NotEqual),
    }
}

pub(crate) fn holds(op: Comparison, ordering: Ordering) -> bool {
    match op {
        Comparison::Equal => ordering.is_eq(),
        Comparison::NotEqual => ordering.is_ne(),
        Comparison::Less => ordering.is_lt(),
        Comparison::LessOrEqual => ordering.is_le(),
        Comparison::Greater => ordering.is_gt(),
        Comparison::GreaterOrEqual => ordering.is_ge(),
    }
}

/// The order of two values; `None` where one is not a number. With `equality`, unordered types only tell equal from unequal.
pub(crate) fn order(
    left: &Atomic<'_>,
    right: &Atomic<'_>,
    equality: bool,
) -> Outcome<Option<Ordering>> {
    let unequal = |equal: bool| Some(if equal { Ordering::Equal } else { Ordering::Less });
    Ok(match (left, right) {
        (
            Atomic::Untyped(a) | Atomic::String(a, _) | Atomic::AnyUri(a),
            Atomic::Untyped(b) | Atomic::String(b, _) | Atomic::AnyUri(b),
        ) => Some((**a).cmp(&**b)),
        (Atomic::Integer(a, _), Atomic::Integer(b, _)) => Some(a.cmp(b)),
        (Atomic::Boolean(a), Atomic::Boolean(b)) => Some(a.cmp(b)),
        (a, b) if a.is_numeric() && b.is_numeric() => numeric(a, b)?,
        (Atomic::Moment(a), Atomic::Moment(b)) if a.kind == b.kind => {
            let ordered =
                matches!(a.kind, MomentKind::DateTime | MomentKind::Date | MomentKind::Time);
            if !ordered && !equality {
                return Err(TYPES);
            }
            Some(a.compare(b, IMPLICIT_ZONE))
        }
        (Atomic::Duration(a), Atomic::Duration(b)) => {
            if equality {
                return Ok(unequal(a.months == b.months && a.nanos == b.nanos));
            }
            if a.kind != b.kind || a.kind == AtomType::Duration {
                return Err(TYPES);
            }
            Some(a.months.cmp(&b.months).then(a.nanos.cmp(&b.nanos)))
        }
        (Atomic::QName(a), Atomic::QName(b)) if equality => {
            unequal(a.namespace == b.namespace && a.local == b.local)
        }
        (Atomic::Binary(a, kind_a), Atomic::Binary(b, kind_b)) if equality && kind_a == kind_b => {
            unequal(a == b)
        }
        _ => return Err(TYPES),
    })
}

fn numeric(left: &Atomic<'_>, right: &Atomic<'_>) -> Outcome<Option<Ordering>> {
    let is = |probe: fn(&Atomic<'_>) -> bool| probe(left) || probe(right);
    if is(|atom| matches!(atom, Atomic::Double(_))) {
        return Ok(cast::double(left)?.partial_cmp(&cast::double(right)?));
    }
    if is(|atom| matches!(atom, Atomic::Float(_))) {
        return Ok(cast::float(left)?.partial_cmp(&cast::float(right)?));
    }
    Ok(Some(cast::decimal(left)?.cmp(&cast::decimal(right)?)))
}
