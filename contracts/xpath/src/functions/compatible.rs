//! Conversions of XPath 1.0, for expressions that are read in its compatibility mode (XPath 1.0, sections 4.2 and 4.4).
//!
//! They have no name that an expression could call: the parser puts them around operands and arguments.

use super::{Builtin, Gives, argument};
use crate::ast::ExprId;
use crate::cast;
use crate::eval::{Focus, Run};
use crate::fault::Outcome;
use crate::value::{Atomic, Item, Seq, Text};

/// `string()` of XPath 1.0: numbers are written without an exponent.
pub(crate) static STRING: Builtin =
    Builtin::new("string of XPath 1.0", 1, 1, Gives::Text, |run, arguments, focus| {
        let value = run.eval(argument(arguments, 0)?, focus)?;
        let Some(item) = value.items().first() else { return Ok(Seq::string("")) };
        Ok(Seq::string(match item {
            Item::Node(node) => run.text_of(*node)?,
            Item::Atom(atom) => text(atom.clone()),
        }))
    });

/// `number()` of XPath 1.0, of the context item where there is no argument.
pub(crate) static NUMBER: Builtin =
    Builtin::new("number of XPath 1.0", 0, 1, Gives::Single, |run, arguments, focus| {
        let atom = run.atom_or_here(arguments, focus)?;
        Ok(Seq::atom(Atomic::Double(atom.map_or(f64::NAN, |atom| number(&atom)))))
    });

/// An operand of arithmetic: a number, but for values that XPath 1.0 does not know.
pub(crate) static OPERAND: Builtin =
    Builtin::new("operand of XPath 1.0", 1, 1, Gives::Single, operand);

fn operand<'a>(run: &mut Run<'a>, arguments: &'a [ExprId], focus: &Focus<'a>) -> Outcome<Seq<'a>> {
    let atom = run.atom(argument(arguments, 0)?, focus)?;
    Ok(Seq::atom(match atom {
        Some(atom @ (Atomic::Moment(_) | Atomic::Duration(_))) => atom,
        Some(atom) => Atomic::Double(number(&atom)),
        None => Atomic::Double(f64::NAN),
    }))
}

/// A value as the number that XPath 1.0 makes of it; what is no number of that grammar is NaN.
pub(crate) fn number(atom: &Atomic<'_>) -> f64 {
    match atom {
        Atomic::Untyped(text) | Atomic::String(text, _) | Atomic::AnyUri(text) => read(text),
        Atomic::Boolean(value) => f64::from(u8::from(*value)),
        atom if atom.is_numeric() => cast::double(atom).unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}

/// `-`? digits, with a point anywhere (XPath 1.0, section 4.4, and Number of section 3.7).
fn read(text: &str) -> f64 {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().any(|b| b.is_ascii_digit());
    if plain { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

/// A value as the text that XPath 1.0 makes of it.
pub(crate) fn text(atom: Atomic<'_>) -> Text<'_> {
    match atom {
        Atomic::Double(value) if value.is_nan() => Text::Borrowed("NaN"),
        Atomic::Double(value) if value.is_infinite() => {
            Text::Borrowed(if value > 0.0 { "Infinity" } else { "-Infinity" })
        }
        Atomic::Double(0.0) => Text::Borrowed("0"),
        Atomic::Double(value) => Text::from(value.to_string()),
        other => cast::to_text(other),
    }
}
