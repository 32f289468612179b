//! Aggregates (Functions and Operators, section 15.4).

use super::{Builtin, Gives, argument};
use crate::arithmetic;
use crate::ast::{ExprId, Operator};
use crate::cast;
use crate::compare;
use crate::eval::{Focus, GO_ON, Run};
use crate::fault::{Code, Fault, Outcome};
use crate::types::AtomType;
use crate::value::{Atomic, Seq};
use std::cmp::Ordering;

const TYPE: Fault =
    Fault::new(Code::Forg0006, "The values are not all of one type that has an order or a sum.");

pub(super) const TABLE: &[Builtin] = &[
    Builtin::atom("count", 1, 1, Gives::Single, |run, arguments, focus| {
        let mut count = 0usize;
        if let Some(count) = run.sibling_count(argument(arguments, 0)?, focus) {
            run.spend(2)?;
            return Ok(Some(Atomic::count(count)));
        }
        let _ = run.visit(argument(arguments, 0)?, focus, &mut |_, _| {
            count += 1;
            Ok(GO_ON)
        })?;
        Ok(Some(Atomic::count(count)))
    }),
    Builtin::new("sum", 1, 2, Gives::Atoms, |run, arguments, focus| {
        let (sum, _) = total(run, arguments, focus)?;
        let zero = match arguments.get(1) {
            Some(zero) => run.atom(*zero, focus)?,
            None => Some(Atomic::integer(0)),
        };
        Ok(sum.or(zero).into())
    }),
    Builtin::new("avg", 1, 1, Gives::Single, |run, arguments, focus| {
        match total(run, arguments, focus)? {
            (Some(sum), count) => {
                arithmetic::operate(Operator::Divide, sum, Atomic::count(count)).map(Seq::atom)
            }
            (None, _) => Ok(Seq::Empty),
        }
    }),
    Builtin::new("min", 1, 2, Gives::Single, |run, arguments, focus| {
        extreme(run, arguments, focus, Ordering::Less)
    }),
    Builtin::new("max", 1, 2, Gives::Single, |run, arguments, focus| {
        extreme(run, arguments, focus, Ordering::Greater)
    }),
];

/// The sum of the values and their number.
fn total<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
) -> Outcome<(Option<Atomic<'a>>, usize)> {
    let mut sum: Option<Atomic<'a>> = None;
    let mut count = 0;
    let _ = run.visit(argument(arguments, 0)?, focus, &mut |run, item| {
        let atom = untyped_to_double(run.atomize(item)?)?;
        let summable = atom.is_numeric()
            || matches!(&atom, Atomic::Duration(d) if d.kind != AtomType::Duration);
        if !summable {
            return Err(TYPE);
        }
        count += 1;
        sum = Some(match sum.take() {
            None => atom,
            Some(sum) if sum.is_numeric() == atom.is_numeric() => {
                arithmetic::operate(Operator::Add, sum, atom)
                    .map_err(|fault| if fault.code == Code::Xpty0004 { TYPE } else { fault })?
            }
            Some(_) => return Err(TYPE),
        });
        Ok(GO_ON)
    })?;
    // The sum of a derived type of integers is an integer.
    let sum = sum.map(|sum| match sum {
        Atomic::Integer(value, _) if count > 1 => Atomic::integer(value),
        sum => sum,
    });
    Ok((sum, count))
}

fn untyped_to_double(atom: Atomic<'_>) -> Outcome<Atomic<'_>> {
    match atom {
        Atomic::Untyped(_) => cast::double(&atom).map(Atomic::Double),
        atom => Ok(atom),
    }
}

fn extreme<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
    wanted: Ordering,
) -> Outcome<Seq<'a>> {
    run.check_collation(arguments, 1, focus)?;
    let mut best: Option<Atomic<'a>> = None;
    let mut widest = AtomType::Integer;
    let mut strings = false;
    let _ = run.visit(argument(arguments, 0)?, focus, &mut |run, item| {
        let atom = untyped_to_double(run.atomize(item)?)?;
        strings |= matches!(atom, Atomic::String(..));
        widest = wider(widest, atom.atom_type().primitive());
        let Some(so_far) = best.take() else {
            // A value that has no order is refused even when alone.
            compare::order(&atom, &atom, false).map_err(|_| TYPE)?;
            best = Some(atom);
            return Ok(GO_ON);
        };
        let ordering = compare::order(&atom, &so_far, false).map_err(|_| TYPE)?;
        best = Some(match ordering {
            None => Atomic::Double(f64::NAN),
            Some(ordering) if ordering == wanted => atom,
            Some(_) => so_far,
        });
        Ok(GO_ON)
    })?;
    let best = match best {
        Some(number)
            if number.is_numeric() && matches!(widest, AtomType::Double | AtomType::Float) =>
        {
            Some(cast::cast(number, widest)?)
        }
        // Strings and URIs together are strings.
        Some(Atomic::AnyUri(text)) if strings => Some(Atomic::string(text)),
        best => best,
    };
    Ok(best.into())
}

fn wider(a: AtomType, b: AtomType) -> AtomType {
    let rank = |t: AtomType| match t {
        AtomType::Double => 3,
        AtomType::Float => 2,
        _ => 1,
    };
    if rank(b) > rank(a) { b } else { a }
}
