//! Functions on dates, times and durations (Functions and Operators, section 10).

use super::{Builtin, Gives, argument};
use crate::ast::ExprId;
use crate::cast;
use crate::compare::IMPLICIT_ZONE;
use crate::decimal::Decimal;
use crate::eval::{Focus, Run};
use crate::fault::{Code, Fault, Outcome};
use crate::moment::{Duration, Moment, MomentKind};
use crate::types::AtomType;
use crate::value::{Atomic, Seq};

const NO_CLOCK: Fault =
    Fault::new(Code::NoClock, "The current date is asked for, and none was given.");
const ZONE: Fault = Fault::new(Code::Fodt0003, "The time zone is out of range.");
const OVERFLOW: Fault = Fault::new(Code::Fodt0001, "Overflow in date and time arithmetic.");
const MINUTE_NANOS: i128 = 60_000_000_000;

macro_rules! field {
    ($name:literal, $type:ident, $of:ident) => {
        Builtin::new($name, 1, 1, Gives::Single, |run, arguments, focus| {
            let moment = moment(run, arguments, focus, MomentKind::$type)?;
            Ok(moment.and_then($of).into())
        })
    };
}

macro_rules! part {
    ($name:literal, $of:ident) => {
        Builtin::new($name, 1, 1, Gives::Single, |run, arguments, focus| {
            let duration = duration(run, arguments, focus)?;
            Ok(duration.map($of).into())
        })
    };
}

pub(super) const TABLE: &[Builtin] = &[
    Builtin::new("current-dateTime", 0, 0, Gives::Text, |run, _, _| now(run, MomentKind::DateTime)),
    Builtin::new("current-date", 0, 0, Gives::Text, |run, _, _| now(run, MomentKind::Date)),
    Builtin::new("current-time", 0, 0, Gives::Text, |run, _, _| now(run, MomentKind::Time)),
    Builtin::new("implicit-timezone", 0, 0, Gives::Text, |_, _, _| {
        Ok(Seq::atom(Atomic::Duration(Duration::nanos(i128::from(IMPLICIT_ZONE) * MINUTE_NANOS))))
    }),
    field!("year-from-dateTime", DateTime, year),
    field!("month-from-dateTime", DateTime, month),
    field!("day-from-dateTime", DateTime, day),
    field!("hours-from-dateTime", DateTime, hours),
    field!("minutes-from-dateTime", DateTime, minutes),
    field!("seconds-from-dateTime", DateTime, seconds),
    field!("timezone-from-dateTime", DateTime, zone),
    field!("year-from-date", Date, year),
    field!("month-from-date", Date, month),
    field!("day-from-date", Date, day),
    field!("timezone-from-date", Date, zone),
    field!("hours-from-time", Time, hours),
    field!("minutes-from-time", Time, minutes),
    field!("seconds-from-time", Time, seconds),
    field!("timezone-from-time", Time, zone),
    part!("years-from-duration", years_of),
    part!("months-from-duration", months_of),
    part!("days-from-duration", days_of),
    part!("hours-from-duration", hours_of),
    part!("minutes-from-duration", minutes_of),
    part!("seconds-from-duration", seconds_of),
    Builtin::new("dateTime", 2, 2, Gives::Text, date_time),
    Builtin::new("adjust-dateTime-to-timezone", 1, 2, Gives::Text, |run, arguments, focus| {
        adjust(run, arguments, focus, MomentKind::DateTime)
    }),
    Builtin::new("adjust-date-to-timezone", 1, 2, Gives::Text, |run, arguments, focus| {
        adjust(run, arguments, focus, MomentKind::Date)
    }),
    Builtin::new("adjust-time-to-timezone", 1, 2, Gives::Text, |run, arguments, focus| {
        adjust(run, arguments, focus, MomentKind::Time)
    }),
];

fn now<'a>(run: &Run<'a>, kind: MomentKind) -> Outcome<Seq<'a>> {
    let now = run.now.ok_or(NO_CLOCK)?;
    Ok(Seq::atom(Atomic::Moment(now.to_kind(kind))))
}

fn moment<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
    kind: MomentKind,
) -> Outcome<Option<Moment>> {
    let Some(atom) = run.atom(argument(arguments, 0)?, focus)? else { return Ok(None) };
    let atom =
        if let Atomic::Untyped(_) = atom { cast::cast(atom, kind.atom_type())? } else { atom };
    match atom {
        Atomic::Moment(moment) if moment.kind == kind => Ok(Some(moment)),
        _ => Err(super::TYPE),
    }
}

fn duration<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
) -> Outcome<Option<Duration>> {
    let Some(atom) = run.atom(argument(arguments, 0)?, focus)? else { return Ok(None) };
    let atom =
        if let Atomic::Untyped(_) = atom { cast::cast(atom, AtomType::Duration)? } else { atom };
    match atom {
        Atomic::Duration(duration) => Ok(Some(duration)),
        _ => Err(super::TYPE),
    }
}

type Part<'a> = Option<Atomic<'a>>;

fn year<'a>(moment: Moment) -> Part<'a> {
    let year = if moment.year <= 0 { moment.year - 1 } else { moment.year };
    Some(Atomic::integer(year.into()))
}

fn month<'a>(moment: Moment) -> Part<'a> {
    Some(Atomic::integer(moment.month.into()))
}

fn day<'a>(moment: Moment) -> Part<'a> {
    Some(Atomic::integer(moment.day.into()))
}

fn hours<'a>(moment: Moment) -> Part<'a> {
    Some(hours_of(Duration::nanos(moment.nanos.into())))
}

fn minutes<'a>(moment: Moment) -> Part<'a> {
    Some(minutes_of(Duration::nanos(moment.nanos.into())))
}

fn seconds<'a>(moment: Moment) -> Part<'a> {
    Some(seconds_of(Duration::nanos(moment.nanos.into())))
}

fn zone<'a>(moment: Moment) -> Part<'a> {
    moment.zone.map(|zone| Atomic::Duration(Duration::nanos(i128::from(zone) * MINUTE_NANOS)))
}

fn years_of<'a>(duration: Duration) -> Atomic<'a> {
    Atomic::integer(i128::from(duration.months / 12))
}

fn months_of<'a>(duration: Duration) -> Atomic<'a> {
    Atomic::integer(i128::from(duration.months % 12))
}

fn days_of<'a>(duration: Duration) -> Atomic<'a> {
    Atomic::integer(duration.nanos / (MINUTE_NANOS * 60 * 24))
}

fn hours_of<'a>(duration: Duration) -> Atomic<'a> {
    Atomic::integer(duration.nanos / (MINUTE_NANOS * 60) % 24)
}

fn minutes_of<'a>(duration: Duration) -> Atomic<'a> {
    Atomic::integer(duration.nanos / MINUTE_NANOS % 60)
}

fn seconds_of<'a>(duration: Duration) -> Atomic<'a> {
    Atomic::Decimal(Decimal::new(duration.nanos % MINUTE_NANOS, 9))
}

fn date_time<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
) -> Outcome<Seq<'a>> {
    let date = moment(run, arguments, focus, MomentKind::Date)?;
    let rest = arguments.get(1..).unwrap_or(&[]);
    let time = moment(run, rest, focus, MomentKind::Time)?;
    let Some((date, time)) = date.zip(time) else { return Ok(Seq::Empty) };
    let zone = match (date.zone, time.zone) {
        (Some(a), Some(b)) if a != b => {
            return Err(Fault::new(Code::Forg0008, "Date and time have different time zones."));
        }
        (a, b) => a.or(b),
    };
    let moment = Moment { kind: MomentKind::DateTime, nanos: time.nanos, zone, ..date };
    Ok(Seq::atom(Atomic::Moment(moment)))
}

fn adjust<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
    kind: MomentKind,
) -> Outcome<Seq<'a>> {
    let given = moment(run, arguments, focus, kind)?;
    let zone = match arguments.get(1) {
        None => Some(Duration::nanos(i128::from(IMPLICIT_ZONE) * MINUTE_NANOS)),
        Some(argument) => zone_argument(run, *argument, focus)?,
    };
    let Some(given) = given else { return Ok(Seq::Empty) };
    let zone = zone.map(zone_minutes).transpose()?;
    let adjusted = match (given.zone, zone) {
        (Some(_), Some(zone)) => Moment::at(given.instant(0), Some(zone), kind).ok_or(OVERFLOW)?,
        (_, zone) => Moment { zone, ..given },
    };
    Ok(Seq::atom(Atomic::Moment(adjusted)))
}

/// An argument of type `xs:dayTimeDuration?`.
fn zone_argument<'a>(
    run: &mut Run<'a>,
    argument: ExprId,
    focus: &Focus<'a>,
) -> Outcome<Option<Duration>> {
    let duration = match run.atom(argument, focus)? {
        None => return Ok(None),
        Some(untyped @ Atomic::Untyped(_)) => cast::cast(untyped, AtomType::DayTimeDuration)?,
        Some(atom) => atom,
    };
    match duration {
        Atomic::Duration(duration) if duration.kind == AtomType::DayTimeDuration => {
            Ok(Some(duration))
        }
        _ => Err(super::TYPE),
    }
}

/// A time zone in minutes: whole ones, up to 14 hours.
fn zone_minutes(zone: Duration) -> Outcome<i16> {
    if zone.nanos % MINUTE_NANOS != 0 || zone.nanos.abs() > 840 * MINUTE_NANOS {
        return Err(ZONE);
    }
    i16::try_from(zone.nanos / MINUTE_NANOS).map_err(|_| ZONE)
}
