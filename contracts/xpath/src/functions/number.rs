//! Functions on numbers (Functions and Operators, section 6.4), and `format-number` of XSLT.

use super::{Builtin, Gives};
use crate::ast::ExprId;
use crate::cast;
use crate::decimal::Decimal;
use crate::eval::{Focus, Run};
use crate::fault::Outcome;
use crate::format_number;
use crate::value::{Atomic, Seq};

pub(super) const TABLE: &[Builtin] = &[
    Builtin::atom("number", 0, 1, Gives::Single, |run, arguments, focus| {
        let atom = run.atom_or_here(arguments, focus)?;
        let value =
            atom.map_or(f64::NAN, |atom| match cast::cast(atom, crate::types::AtomType::Double) {
                Ok(Atomic::Double(value)) => value,
                _ => f64::NAN,
            });
        Ok(Some(Atomic::Double(value)))
    }),
    Builtin::atom("abs", 1, 1, Gives::Single, |run, arguments, focus| {
        each(run, arguments, focus, Decimal::abs_or_self, f64::abs)
    }),
    Builtin::atom("floor", 1, 1, Gives::Single, |run, arguments, focus| {
        each(run, arguments, focus, Decimal::floor, f64::floor)
    }),
    Builtin::atom("ceiling", 1, 1, Gives::Single, |run, arguments, focus| {
        each(run, arguments, focus, Decimal::ceiling, f64::ceil)
    }),
    Builtin::atom("round", 1, 2, Gives::Single, |run, arguments, focus| {
        let digits = digits(run, arguments, focus)?;
        let round = |value: f64| half_up(value, digits);
        each_result(run, arguments, focus, &|decimal| Ok(decimal.round(digits)?), &round)
    }),
    Builtin::atom("round-half-to-even", 1, 2, Gives::Single, |run, arguments, focus| {
        let digits = digits(run, arguments, focus)?;
        let round = |value: f64| half_even(value, digits);
        each_result(run, arguments, focus, &|decimal| Ok(decimal.round_half_even(digits)?), &round)
    }),
    Builtin::new("format-number", 2, 3, Gives::Text, |run, arguments, focus| {
        let value = run.numeric_argument(arguments, 0, focus)?.unwrap_or(Atomic::Double(f64::NAN));
        let picture = run.required_text(arguments, 1, focus)?;
        run.spend_text(picture.len())?;
        format_number::format(&value, &picture).map(Seq::string)
    }),
];

fn digits<'a>(run: &mut Run<'a>, arguments: &'a [ExprId], focus: &Focus<'a>) -> Outcome<i32> {
    if arguments.len() < 2 {
        return Ok(0);
    }
    let digits = run.integer(super::argument(arguments, 1)?, focus)?.ok_or(super::TYPE)?;
    Ok(i32::try_from(digits.clamp(-400, 400)).unwrap_or(0))
}

fn each<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
    exact: fn(Decimal) -> Decimal,
    binary: fn(f64) -> f64,
) -> Outcome<Option<Atomic<'a>>> {
    each_result(run, arguments, focus, &|decimal| Ok(exact(decimal)), &binary)
}

/// Applies a function to a number, within its own type.
fn each_result<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
    exact: &dyn Fn(Decimal) -> Outcome<Decimal>,
    binary: &dyn Fn(f64) -> f64,
) -> Outcome<Option<Atomic<'a>>> {
    let Some(atom) = run.numeric_argument(arguments, 0, focus)? else { return Ok(None) };
    applied(atom, exact, binary).map(Some)
}

fn applied<'a>(
    number: Atomic<'a>,
    exact: &dyn Fn(Decimal) -> Outcome<Decimal>,
    binary: &dyn Fn(f64) -> f64,
) -> Outcome<Atomic<'a>> {
    Ok(match number {
        Atomic::Integer(value, _) => Atomic::integer(exact(Decimal::from(value))?.truncate()),
        Atomic::Decimal(value) => Atomic::Decimal(exact(value)?),
        Atomic::Double(value) => Atomic::Double(binary(value)),
        #[expect(clippy::cast_possible_truncation, reason = "a float's own function gives a float")]
        Atomic::Float(value) => Atomic::Float(binary(f64::from(value)) as f32),
        other => other,
    })
}

/// `round` or `abs` of a value that is known.
pub(crate) fn round_or_abs<'a>(
    name: &str,
    atom: Option<Atomic<'a>>,
) -> Outcome<Option<Atomic<'a>>> {
    let Some(number) = super::numeric(atom)? else { return Ok(None) };
    if name == "abs" {
        return applied(number, &|decimal| Ok(decimal.abs_or_self()), &f64::abs).map(Some);
    }
    applied(number, &|decimal| Ok(decimal.round(0)?), &round_half_up).map(Some)
}

/// To the nearest integer, halves toward positive infinity; the sign of zero is kept.
fn round_half_up(value: f64) -> f64 {
    if !value.is_finite() || value == value.trunc() {
        return value;
    }
    let rounded = (value + 0.5).floor();
    // Adding a half may itself round up just below a half.
    let rounded = if rounded - value > 0.5 { rounded - 1.0 } else { rounded };
    if rounded == 0.0 && value < 0.0 { -0.0 } else { rounded }
}

fn half_even(value: f64, digits: i32) -> f64 {
    if digits == 0 {
        return value.round_ties_even();
    }
    rounded(value, digits)
}

/// Rounds the exact decimal that a double is at a decimal place, halves to the even neighbour: the text of a number with so many
/// digits is rounded like this.
fn rounded(value: f64, digits: i32) -> f64 {
    if !value.is_finite() || value == 0.0 {
        return value;
    }
    let result = match usize::try_from(digits) {
        Ok(digits) => format!("{value:.digits$}").parse().unwrap_or(value),
        Err(_) => rounded_to_tens(value, digits.unsigned_abs()),
    };
    if result == 0.0 { 0.0_f64.copysign(value) } else { result }
}

/// Rounds at a place before the point: 1 for tens.
fn rounded_to_tens(value: f64, zeros: u32) -> f64 {
    let scientific = format!("{value:.400e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return value };
    let exponent: i64 = exponent.parse().unwrap_or(0);
    match usize::try_from(exponent - i64::from(zeros)) {
        Ok(kept) => format!("{value:.kept$e}").parse().unwrap_or(value),
        // Less than the place: up to it where it is more than a half.
        Err(_) if exponent + 1 == i64::from(zeros) => {
            let digits = mantissa.trim_start_matches('-').trim_end_matches(['0', '.']);
            let up = if digits > "5" { 1.0 } else { 0.0 };
            format!("{up}e{zeros}").parse().unwrap_or(0.0_f64).copysign(value)
        }
        Err(_) => 0.0,
    }
}

/// To a decimal place, halves toward positive infinity, through the exact decimal where it is short enough.
fn half_up(value: f64, digits: i32) -> f64 {
    if digits == 0 || !value.is_finite() {
        return round_half_up(value);
    }
    let exact = Decimal::from_f64(value).and_then(Result::ok);
    match exact.and_then(|decimal| decimal.round(digits).ok()) {
        Some(rounded) if rounded.is_zero() => 0.0_f64.copysign(value),
        Some(rounded) => rounded.to_f64(),
        None => rounded(value, digits),
    }
}

impl Decimal {
    fn abs_or_self(self) -> Self {
        self.abs().unwrap_or(self)
    }
}
