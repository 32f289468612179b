//! Functions on sequences (Functions and Operators, sections 15.1 to 15.3), and those that ask for the focus.

use super::{Builtin, Gives, argument};
use crate::ast::{Comparison, ExprId};
use crate::cast;
use crate::compare;
use crate::deep_equal;
use crate::eval::{Focus, GO_ON, Run};
use crate::fault::{Code, Fault, Outcome};
use crate::held::Held;
use crate::value::{Atomic, Item, Seq, Text};
use std::collections::HashSet;

/// The namespace of the codes of the recommendations.
const ERRORS: &str = "http://www.w3.org/2005/xqt-errors";
const NO_FOCUS: Fault = Fault::new(Code::Xpdy0002, "There is no context item.");

pub(super) const TABLE: &[Builtin] = &[
    Builtin::new("position", 0, 0, Gives::Single, |_, _, focus| {
        let _ = focus.item.as_ref().ok_or(NO_FOCUS)?;
        Ok(Seq::atom(Atomic::count(focus.position)))
    }),
    Builtin::new("last", 0, 0, Gives::Single, |_, _, focus| {
        let _ = focus.item.as_ref().ok_or(NO_FOCUS)?;
        Ok(Seq::atom(Atomic::count(focus.size)))
    }),
    Builtin::new("current", 0, 0, Gives::Any, |run, _, _| {
        run.current.clone().map(Seq::One).ok_or(NO_FOCUS)
    }),
    Builtin::new("current-group", 0, 0, Gives::Any, |run, _, _| {
        Ok(run.group.as_ref().map_or(Seq::Empty, |(items, _)| items.clone()))
    }),
    Builtin::new("current-grouping-key", 0, 0, Gives::Any, |run, _, _| {
        Ok(run.group.as_ref().map_or(Seq::Empty, |(_, key)| key.clone()))
    }),
    Builtin::new("data", 1, 1, Gives::Atoms, |run, arguments, focus| {
        let value = run.eval(argument(arguments, 0)?, focus)?;
        run.atomize_all(value.items())
    }),
    Builtin::new("reverse", 1, 1, Gives::Any, |run, arguments, focus| {
        let mut items = items(run, arguments, focus)?;
        items.reverse();
        Ok(items.into())
    }),
    Builtin::new("unordered", 1, 1, Gives::Any, |run, arguments, focus| {
        run.eval(argument(arguments, 0)?, focus)
    }),
    Builtin::new("head", 1, 1, Gives::Any, |run, arguments, focus| {
        Ok(items(run, arguments, focus)?.into_iter().next().map_or(Seq::Empty, Seq::One))
    }),
    Builtin::new("tail", 1, 1, Gives::Any, |run, arguments, focus| {
        Ok(items(run, arguments, focus)?.into_iter().skip(1).collect::<Vec<_>>().into())
    }),
    Builtin::new("distinct-values", 1, 2, Gives::Atoms, distinct_values),
    Builtin::new("index-of", 2, 3, Gives::Atoms, index_of),
    Builtin::new("insert-before", 3, 3, Gives::Any, |run, arguments, focus| {
        let mut items = items(run, arguments, focus)?;
        let position = run.integer(argument(arguments, 1)?, focus)?.ok_or(super::TYPE)?;
        let inserted = run.eval(argument(arguments, 2)?, focus)?;
        run.grow(items.len() + inserted.len())?;
        let at = usize::try_from(position.max(1) - 1).unwrap_or(usize::MAX).min(items.len());
        items.splice(at..at, inserted.items().iter().cloned());
        Ok(items.into())
    }),
    Builtin::new("remove", 2, 2, Gives::Any, |run, arguments, focus| {
        let mut items = items(run, arguments, focus)?;
        let position = run.integer(argument(arguments, 1)?, focus)?.ok_or(super::TYPE)?;
        if let Some(at) = usize::try_from(position - 1).ok().filter(|at| *at < items.len()) {
            items.remove(at);
        }
        Ok(items.into())
    }),
    Builtin::new("subsequence", 2, 3, Gives::Any, subsequence),
    Builtin::new("zero-or-one", 1, 1, Gives::Any, |run, arguments, focus| {
        let fault = Fault::new(Code::Forg0003, "There are several items.");
        counted(run, arguments, focus, |count| count <= 1, fault)
    }),
    Builtin::new("one-or-more", 1, 1, Gives::Any, |run, arguments, focus| {
        let fault = Fault::new(Code::Forg0004, "There are no items.");
        counted(run, arguments, focus, |count| count >= 1, fault)
    }),
    Builtin::new("exactly-one", 1, 1, Gives::Any, |run, arguments, focus| {
        let fault = Fault::new(Code::Forg0005, "There is not exactly one item.");
        counted(run, arguments, focus, |count| count == 1, fault)
    }),
    Builtin::new("deep-equal", 2, 3, Gives::Boolean, |run, arguments, focus| {
        run.check_collation(arguments, 2, focus)?;
        let a = run.eval(argument(arguments, 0)?, focus)?;
        let b = run.eval(argument(arguments, 1)?, focus)?;
        deep_equal::sequences(run, &a, &b).map(Seq::boolean)
    }),
    Builtin::new("error", 0, 3, Gives::Any, error),
    Builtin::new("trace", 2, 2, Gives::Any, |run, arguments, focus| {
        let value = run.eval(argument(arguments, 0)?, focus)?;
        let _ = run.required_text(arguments, 1, focus)?;
        Ok(value)
    }),
];

/// `error`: the code is that of the name where it is one of the recommendations', else FOER0000.
fn error<'a>(run: &mut Run<'a>, arguments: &'a [ExprId], focus: &Focus<'a>) -> Outcome<Seq<'a>> {
    let mut code = Code::Foer0000;
    if let Some(name) = arguments.first() {
        match run.atom(*name, focus)? {
            Some(Atomic::QName(name)) if name.namespace == ERRORS => {
                code = Code::of_recommendation(&name.local).unwrap_or(code);
            }
            Some(Atomic::QName(_)) => {}
            None if arguments.len() > 1 => {}
            _ => return Err(super::TYPE),
        }
    }
    if arguments.len() > 1 {
        let _ = run.required_text(arguments, 1, focus)?;
    }
    if let Some(object) = arguments.get(2) {
        let _ = run.eval(*object, focus)?;
    }
    Err(Fault::new(code, "The expression calls error()."))
}

fn items<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
) -> Outcome<Vec<Item<'a>>> {
    let value = run.eval(argument(arguments, 0)?, focus)?;
    run.spend(value.len())?;
    Ok(value.items().to_vec())
}

fn counted<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
    admits: fn(usize) -> bool,
    fault: Fault,
) -> Outcome<Seq<'a>> {
    let value = run.eval(argument(arguments, 0)?, focus)?;
    if admits(value.len()) { Ok(value) } else { Err(fault) }
}

fn distinct_values<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
) -> Outcome<Seq<'a>> {
    run.check_collation(arguments, 1, focus)?;
    let mut seen: HashSet<Text<'a>> = HashSet::new();
    let mut others: Vec<Atomic<'a>> = Vec::new();
    let mut found: Vec<Item<'a>> = Vec::new();
    let mut held = Held::default();
    let _ = run.visit(argument(arguments, 0)?, focus, &mut |run, item| {
        let atom = run.atomize(item)?;
        let fresh = match &atom {
            Atomic::Untyped(text) | Atomic::String(text, _) | Atomic::AnyUri(text) => {
                seen.insert(text.clone())
            }
            _ => {
                run.spend(others.len())?;
                let fresh = !others.iter().any(|other| same(other, &atom));
                if fresh {
                    others.push(atom.clone());
                }
                fresh
            }
        };
        if fresh {
            let item = Item::Atom(atom);
            run.grow_by(&mut held, found.len(), &item)?;
            found.push(item);
        }
        Ok(GO_ON)
    })?;
    Ok(found.into())
}

/// Equal, or both not a number.
fn same(a: &Atomic<'_>, b: &Atomic<'_>) -> bool {
    let nan = |atom: &Atomic<'_>| atom.is_numeric() && cast::double(atom).is_ok_and(f64::is_nan);
    (nan(a) && nan(b)) || matches!(compare::value(Comparison::Equal, a, b), Ok(true))
}

fn index_of<'a>(run: &mut Run<'a>, arguments: &'a [ExprId], focus: &Focus<'a>) -> Outcome<Seq<'a>> {
    run.check_collation(arguments, 2, focus)?;
    let wanted = run.atom(argument(arguments, 1)?, focus)?.ok_or(super::TYPE)?;
    let mut position = 0usize;
    let mut found = Vec::new();
    let _ = run.visit(argument(arguments, 0)?, focus, &mut |run, item| {
        position += 1;
        let atom = run.atomize(item)?;
        if matches!(compare::value(Comparison::Equal, &atom, &wanted), Ok(true)) {
            found.push(Item::Atom(Atomic::count(position)));
        }
        Ok(GO_ON)
    })?;
    Ok(found.into())
}

fn subsequence<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
) -> Outcome<Seq<'a>> {
    let items = items(run, arguments, focus)?;
    let start = (run.double_argument(arguments, 1, focus)? + 0.5).floor();
    let end = if arguments.len() > 2 {
        start + (run.double_argument(arguments, 2, focus)? + 0.5).floor()
    } else {
        f64::INFINITY
    };
    let mut position = 0f64;
    let kept: Vec<Item<'a>> = items
        .into_iter()
        .filter(|_| {
            position += 1.0;
            position >= start && position < end
        })
        .collect();
    Ok(kept.into())
}
