//! Arithmetic on atomic values: numbers, dates, times and durations (XPath 2.0, section 3.4).

use crate::ast::Operator;
use crate::cast;
use crate::compare::IMPLICIT_ZONE;
use crate::decimal::{Decimal, Overflow};
use crate::fault::{Code, Fault, Outcome};
use crate::moment::{Duration, Moment, MomentKind};
use crate::types::AtomType;
use crate::value::Atomic;

const TYPES: Fault = Fault::new(Code::Xpty0004, "Values of these types have no such arithmetic.");
const ZERO: Fault = Fault::new(Code::Foar0001, "Division by zero.");
const OVERFLOW: Fault = Fault::new(Code::Foar0002, "Numeric overflow.");
const DATE_OVERFLOW: Fault = Fault::new(Code::Fodt0001, "Overflow in date and time arithmetic.");
const DURATION_OVERFLOW: Fault = Fault::new(Code::Fodt0002, "Overflow in duration arithmetic.");

impl From<Overflow> for Fault {
    fn from(_: Overflow) -> Self {
        OVERFLOW
    }
}

/// The result of an operator on two values. Untyped values are doubles.
pub(crate) fn operate<'a>(
    op: Operator,
    left: Atomic<'a>,
    right: Atomic<'a>,
) -> Outcome<Atomic<'a>> {
    if let Some(short) = short_integers(op, &left, &right) {
        return Ok(short);
    }
    let (left, right) = (typed(left)?, typed(right)?);
    match (&left, &right) {
        (Atomic::Integer(a, _), Atomic::Integer(b, _)) => integers(op, *a, *b),
        (a, b) if a.is_numeric() && b.is_numeric() => numbers(op, a, b),
        (Atomic::Moment(a), Atomic::Moment(b)) if op == Operator::Subtract => difference(a, b),
        (Atomic::Moment(a), Atomic::Duration(b)) => moved(op, a, b),
        (Atomic::Duration(a), Atomic::Moment(b)) if op == Operator::Add => moved(op, b, a),
        (Atomic::Duration(a), Atomic::Duration(b)) => durations(op, a, b),
        (Atomic::Duration(a), b) if b.is_numeric() => scaled(op, a, cast::double(b)?),
        (a, Atomic::Duration(b)) if a.is_numeric() && op == Operator::Multiply => {
            scaled(op, b, cast::double(a)?)
        }
        _ => Err(TYPES),
    }
}

/// Integers of 64 bits, whose result is one too.
fn short_integers<'a>(op: Operator, left: &Atomic<'_>, right: &Atomic<'_>) -> Option<Atomic<'a>> {
    let (Atomic::Integer(left, _), Atomic::Integer(right, _)) = (left, right) else { return None };
    let (left, right) = (i64::try_from(*left).ok()?, i64::try_from(*right).ok()?);
    let value = match op {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::Modulo => left.checked_rem(right),
        Operator::IntegerDivide => left.checked_div(right),
        Operator::Divide => None,
    };
    value.map(|value| Atomic::integer(value.into()))
}

fn typed(atom: Atomic<'_>) -> Outcome<Atomic<'_>> {
    match atom {
        Atomic::Untyped(_) => cast::double(&atom).map(Atomic::Double),
        atom => Ok(atom),
    }
}

/// The value with its sign turned.
pub(crate) fn negate(atom: Atomic<'_>) -> Outcome<Atomic<'_>> {
    Ok(match typed(atom)? {
        Atomic::Integer(value, _) => Atomic::integer(value.checked_neg().ok_or(OVERFLOW)?),
        Atomic::Decimal(value) => Atomic::Decimal(value.negate()?),
        Atomic::Double(value) => Atomic::Double(-value),
        Atomic::Float(value) => Atomic::Float(-value),
        _ => return Err(TYPES),
    })
}

/// The value as a number, as unary plus asks.
pub(crate) fn number(atom: Atomic<'_>) -> Outcome<Atomic<'_>> {
    let atom = typed(atom)?;
    if atom.is_numeric() { Ok(atom) } else { Err(TYPES) }
}

fn integers<'a>(op: Operator, a: i128, b: i128) -> Outcome<Atomic<'a>> {
    let value = match op {
        Operator::Add => a.checked_add(b),
        Operator::Subtract => a.checked_sub(b),
        Operator::Multiply => a.checked_mul(b),
        Operator::Divide => return decimals(op, Decimal::from(a), Decimal::from(b)),
        Operator::IntegerDivide if b == 0 => return Err(ZERO),
        Operator::IntegerDivide => a.checked_div(b),
        Operator::Modulo if b == 0 => return Err(ZERO),
        Operator::Modulo => Some(a.checked_rem(b).unwrap_or(0)),
    };
    value.map(Atomic::integer).ok_or(OVERFLOW)
}

fn decimals<'a>(op: Operator, a: Decimal, b: Decimal) -> Outcome<Atomic<'a>> {
    let value = match op {
        Operator::Add => a.add(b)?,
        Operator::Subtract => a.subtract(b)?,
        Operator::Multiply => a.multiply(b)?,
        Operator::Divide => a.divide(b).ok_or(ZERO)??,
        Operator::Modulo => a.modulo(b).ok_or(ZERO)??,
        Operator::IntegerDivide => return Ok(Atomic::integer(a.integer_divide(b).ok_or(ZERO)??)),
    };
    Ok(Atomic::Decimal(value))
}

fn numbers<'a>(op: Operator, a: &Atomic<'_>, b: &Atomic<'_>) -> Outcome<Atomic<'a>> {
    let is = |probe: fn(&Atomic<'_>) -> bool| probe(a) || probe(b);
    if is(|atom| matches!(atom, Atomic::Double(_))) {
        return doubles(op, cast::double(a)?, cast::double(b)?);
    }
    if is(|atom| matches!(atom, Atomic::Float(_))) {
        return floats(op, cast::float(a)?, cast::float(b)?);
    }
    decimals(op, cast::decimal(a)?, cast::decimal(b)?)
}

fn doubles<'a>(op: Operator, a: f64, b: f64) -> Outcome<Atomic<'a>> {
    Ok(Atomic::Double(match op {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / b,
        Operator::Modulo => a % b,
        Operator::IntegerDivide => return quotient(a, b, a / b),
    }))
}

fn floats<'a>(op: Operator, a: f32, b: f32) -> Outcome<Atomic<'a>> {
    Ok(Atomic::Float(match op {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / b,
        Operator::Modulo => a % b,
        Operator::IntegerDivide => {
            return quotient(f64::from(a), f64::from(b), f64::from(a / b));
        }
    }))
}

/// `ratio`, that of `a` and `b` in their own type, cut to an integer.
fn quotient<'a>(a: f64, b: f64, ratio: f64) -> Outcome<Atomic<'a>> {
    if b == 0.0 {
        return Err(ZERO);
    }
    if a.is_nan() || b.is_nan() || a.is_infinite() {
        return Err(OVERFLOW);
    }
    let value = Decimal::from_f64(ratio.trunc()).ok_or(OVERFLOW)??;
    Ok(Atomic::integer(value.truncate()))
}

fn difference<'a>(a: &Moment, b: &Moment) -> Outcome<Atomic<'a>> {
    if a.kind != b.kind
        || !matches!(a.kind, MomentKind::DateTime | MomentKind::Date | MomentKind::Time)
    {
        return Err(TYPES);
    }
    Ok(Atomic::Duration(Duration::nanos(a.instant(IMPLICIT_ZONE) - b.instant(IMPLICIT_ZONE))))
}

fn moved<'a>(op: Operator, moment: &Moment, duration: &Duration) -> Outcome<Atomic<'a>> {
    let sign = match op {
        Operator::Add => 1,
        Operator::Subtract => -1,
        _ => return Err(TYPES),
    };
    let result = match (moment.kind, duration.kind) {
        (MomentKind::DateTime | MomentKind::Date, AtomType::YearMonthDuration) => {
            moment.plus_months(duration.months * sign)
        }
        (MomentKind::DateTime | MomentKind::Date | MomentKind::Time, AtomType::DayTimeDuration) => {
            moment.plus_nanos(duration.nanos * i128::from(sign))
        }
        _ => return Err(TYPES),
    };
    result.map(Atomic::Moment).ok_or(DATE_OVERFLOW)
}

fn durations<'a>(op: Operator, a: &Duration, b: &Duration) -> Outcome<Atomic<'a>> {
    if a.kind != b.kind || a.kind == AtomType::Duration {
        return Err(TYPES);
    }
    let sign = match op {
        Operator::Add => 1,
        Operator::Subtract => -1,
        Operator::Divide => return ratio(a, b),
        _ => return Err(TYPES),
    };
    let months = b.months.checked_mul(sign).and_then(|months| a.months.checked_add(months));
    let nanos = a.nanos.checked_add(b.nanos * i128::from(sign));
    match (months, nanos) {
        (Some(months), Some(nanos)) => {
            Ok(Atomic::Duration(Duration { kind: a.kind, months, nanos }))
        }
        _ => Err(DURATION_OVERFLOW),
    }
}

fn ratio<'a>(a: &Duration, b: &Duration) -> Outcome<Atomic<'a>> {
    let whole = |duration: &Duration| Decimal::from(i128::from(duration.months) + duration.nanos);
    Ok(Atomic::Decimal(whole(a).divide(whole(b)).ok_or(ZERO)??))
}

fn scaled<'a>(op: Operator, duration: &Duration, factor: f64) -> Outcome<Atomic<'a>> {
    if duration.kind == AtomType::Duration || !matches!(op, Operator::Multiply | Operator::Divide) {
        return Err(TYPES);
    }
    if factor.is_nan() {
        return Err(Fault::new(Code::Foca0005, "NaN is not a factor of a duration."));
    }
    let amount = i128::from(duration.months) + duration.nanos;
    let rounded = scaled_exactly(op, amount, factor).or_else(|| scaled_nearly(op, amount, factor));
    let rounded = rounded.ok_or(DURATION_OVERFLOW)?;
    Ok(Atomic::Duration(if duration.kind == AtomType::YearMonthDuration {
        Duration::months(i64::try_from(rounded).map_err(|_| DURATION_OVERFLOW)?)
    } else {
        Duration::nanos(rounded)
    }))
}

/// The amount scaled by the exact decimal that the factor is, where both are short enough.
fn scaled_exactly(op: Operator, amount: i128, factor: f64) -> Option<i128> {
    let factor = Decimal::from_f64(factor)?.ok().filter(|factor| !factor.is_zero())?;
    let amount = Decimal::from(amount);
    let scaled = match op {
        Operator::Multiply => amount.multiply(factor),
        _ => amount.divide(factor)?,
    };
    scaled.and_then(|scaled| scaled.round(0)).ok().map(Decimal::truncate)
}

fn scaled_nearly(op: Operator, amount: i128, factor: f64) -> Option<i128> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "beyond the exact decimals the nearest is taken"
    )]
    let amount = amount as f64;
    let result = if op == Operator::Multiply { amount * factor } else { amount / factor };
    #[expect(clippy::cast_possible_truncation, reason = "bounded by the filter")]
    Some(result).filter(|result| result.abs() < 1e30).map(|result| (result + 0.5).floor() as i128)
}
