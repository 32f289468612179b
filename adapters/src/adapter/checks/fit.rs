//! Whether what a row reads can be what it writes.

use super::reach::Reached;
use crate::{
    mapping::{Conversion, RowView, Way},
    shape::{Holds, ValueShape},
};
use sluse_contracts::{Code, code};

/// Something that a row makes and the other side does not take.
pub(super) struct Misfit {
    pub(super) code: Code,
    pub(super) sentence: String,
    pub(super) hint: Option<String>,
    /// It fits for some values.
    pub(super) is_doubt: bool,
}

/// Characters of the shortest canonical date and time.
const MOMENT_LENGTH_MIN: usize = 4;

/// What does not fit in one row, each way in which it is read.
pub(super) fn misfits(
    row: &RowView<'_>,
    from: &[Reached<'_>],
    to: &[Reached<'_>],
    goes_back: bool,
) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    // Counts are made, marks make a text longer or shorter, and what is computed is as long as nobody knows.
    let is_made = row.counts || row.is_formatted || row.whole || row.compute.is_some();
    if row.dropped.is_some() || is_made {
        return misfits;
    }
    if row.only != Some(Way::Reverse) {
        one_way(row.conversions, row.default, row.constant, from, to, &mut misfits);
    }
    let undone = row.conversions.iter().rev().map(Conversion::inverse);
    if row.only != Some(Way::Forward)
        && goes_back
        && let Ok(undone) = undone.collect::<Result<Vec<_>, _>>()
    {
        one_way(&undone, row.reverse_default, row.constant, to, from, &mut misfits);
    }
    // Both ways may say the same.
    let mut said: Vec<String> = Vec::new();
    misfits.retain(|misfit| {
        let is_new = !said.contains(&misfit.sentence);
        said.push(misfit.sentence.clone());
        is_new
    });
    misfits
}

fn one_way(
    conversions: &[Conversion],
    default: Option<&str>,
    constant: Option<&str>,
    from: &[Reached<'_>],
    to: &[Reached<'_>],
    misfits: &mut Vec<Misfit>,
) {
    // Joined and split values are as long as nobody knows.
    let [end] = to else { return };
    let Some(target) = end.value() else { return };
    if let Some(constant) = constant.filter(|_| from.is_empty()) {
        misfits.extend(fixed(constant, target, "the constant"));
        return;
    }
    if let Some(default) = default {
        misfits.extend(fixed(default, target, "the default"));
    }
    let source = match from {
        [one] => one.value(),
        _ => None,
    };
    codes(conversions, source, target, misfits);
    let Some(made) = source.and_then(|source| made(source, conversions)) else { return };
    misfits.extend(kinds(&made, target, conversions));
    misfits.extend(lengths(&made, target));
}

/// A text that is always written.
fn fixed(text: &str, target: &ValueShape, what: &str) -> Option<Misfit> {
    let n_characters = text.chars().count();
    let wrong = |sentence: String| {
        Some(Misfit { code: code::VALUE_UNFIT, sentence, hint: None, is_doubt: false })
    };
    let is_number = || crate::field::canonical(text).is_ok();
    if !target.codes.is_empty() && !target.codes.iter().any(|code| code == text) {
        return wrong(format!("{what} is none of the values that may stand there"));
    }
    match target.holds {
        Holds::Digits if !text.bytes().all(|byte| byte.is_ascii_digit()) => {
            wrong(format!("{what} has a character that is no digit, and digits must stand there"))
        }
        Holds::Number { .. } if !is_number() => {
            wrong(format!("{what} is no decimal number, and one must stand there"))
        }
        Holds::Text | Holds::Digits
            if target.length_max.is_some_and(|most| n_characters > most) =>
        {
            wrong(format!(
                "{what} has {n_characters} characters, and there is room for {}",
                target.length_max.unwrap_or(0)
            ))
        }
        Holds::Text | Holds::Digits if n_characters < target.length_min => wrong(format!(
            "{what} has {n_characters} characters, and {} must stand there",
            target.length_min
        )),
        _ => None,
    }
}

/// Code tables and enumerations that do not have what the other has.
fn codes(
    conversions: &[Conversion],
    source: Option<&ValueShape>,
    target: &ValueShape,
    misfits: &mut Vec<Misfit>,
) {
    let known = source.map(|source| source.codes.as_slice()).unwrap_or_default();
    let lacking = |sentence: String, hint: Option<&str>| {
        let hint = hint.map(str::to_owned);
        Misfit { code: code::CODE_LACKING, sentence, hint, is_doubt: false }
    };
    match conversions {
        [] => {
            let untaken = known
                .iter()
                .filter(|code| !target.codes.is_empty() && !target.codes.contains(code));
            for code in untaken {
                let hint = "translate the codes: `convert = \"code TABLE\"`";
                misfits.push(lacking(
                    format!("`{code}` may stand on one side and not on the other"),
                    Some(hint),
                ));
            }
        }
        [table @ (Conversion::Code(_) | Conversion::CodeBack(_))] => {
            let rows = columns(table);
            let has = |code: &&String| table.apply(code).is_ok();
            for code in known.iter().filter(|code| !has(code)) {
                let hint = "add a row to the code table";
                misfits.push(lacking(
                    format!("the code table has no row for `{code}`, which may stand there"),
                    Some(hint),
                ));
            }
            for (_, word) in &rows {
                if !target.codes.is_empty() && !target.codes.contains(word) {
                    misfits.push(lacking(
                        format!("the code table makes `{word}`, which may not stand there"),
                        None,
                    ));
                } else if let Some(misfit) =
                    fixed(word, target, &format!("`{word}` of the code table"))
                {
                    misfits.push(misfit);
                }
            }
        }
        _ => {}
    }
}

/// What a code table reads and what it makes of it.
fn columns(table: &Conversion) -> Vec<(String, String)> {
    let rows = match table {
        Conversion::Code(table) => table.forward_rows(),
        Conversion::CodeBack(table) => table.backward_rows(),
        _ => Vec::new(),
    };
    // A code that is told by saying nothing writes nothing.
    let rows = rows.into_iter().filter(|(_, word)| !word.is_empty());
    rows.map(|(from, to)| (from.to_owned(), to.to_owned())).collect()
}

/// What conversions make of a value; nothing where that is not known.
fn made(source: &ValueShape, conversions: &[Conversion]) -> Option<ValueShape> {
    let mut shape = source.clone();
    for conversion in conversions {
        shape.codes.clear();
        match conversion {
            Conversion::Prefix(text) | Conversion::Suffix(text) => {
                let more = text.chars().count();
                shape.holds = Holds::Text;
                shape.length_min += more;
                shape.length_max = shape.length_max.map(|most| most + more);
            }
            Conversion::StripPrefix(text) | Conversion::StripSuffix(text) => {
                let less = text.chars().count();
                shape.length_min = shape.length_min.saturating_sub(less);
                shape.length_max = shape.length_max.map(|most| most.saturating_sub(less));
            }
            Conversion::Trim | Conversion::StripZeros => shape.length_min = 0,
            Conversion::Upper
            | Conversion::Lower
            | Conversion::Negate
            | Conversion::Absolute
            | Conversion::Blank(_) => {}
            Conversion::Pad(length) => {
                shape.holds = Holds::Digits;
                shape.length_min = usize::from(*length);
                shape.length_max = Some(usize::from(*length));
            }
            Conversion::WriteDate(form) => {
                let width = form.width();
                shape = ValueShape {
                    length_min: width,
                    length_max: Some(width),
                    ..ValueShape::default()
                };
            }
            Conversion::ReadDate(_) => {
                shape = ValueShape { holds: Holds::Moment, ..ValueShape::default() };
            }
            Conversion::Scale(_)
            | Conversion::Decimals(_)
            | Conversion::Round(_)
            | Conversion::Code(_)
            | Conversion::CodeBack(_)
            | Conversion::Hyphens
            | Conversion::StripHyphens
            | Conversion::Base64Lines
            | Conversion::StripLines
            | Conversion::ToBase64
            | Conversion::FromBase64 => return None,
        }
    }
    Some(shape)
}

/// A date where none can be, or none where one must be.
fn kinds(made: &ValueShape, target: &ValueShape, conversions: &[Conversion]) -> Option<Misfit> {
    let (sentence, hint) = match (made.holds, target.holds) {
        (Holds::Moment, Holds::Digits | Holds::Number { .. }) => (
            "a date is written as 2026-07-01, and digits must stand there",
            "write it otherwise: `convert = \"write-date yyyyMMdd\"`",
        ),
        (Holds::Digits | Holds::Number { .. }, Holds::Moment) if conversions.is_empty() => (
            "digits are read, and a date as 2026-07-01 must stand there",
            "read them as one: `convert = \"read-date yyyyMMdd\"`",
        ),
        (Holds::Moment, Holds::Text)
            if target.length_max.is_some_and(|most| most < MOMENT_LENGTH_MIN) =>
        {
            ("a date is longer than what has room there", "write it otherwise, with `write-date`")
        }
        _ => return None,
    };
    let (sentence, hint) = (sentence.to_owned(), Some(hint.to_owned()));
    Some(Misfit { code: code::VALUE_UNFIT, sentence, hint, is_doubt: false })
}

/// A value that is longer, or has more digits, than there is room for.
fn lengths(made: &ValueShape, target: &ValueShape) -> Option<Misfit> {
    let unit = match (made.holds, target.holds) {
        (Holds::Moment, _) | (_, Holds::Moment) => return None,
        (Holds::Number { .. }, Holds::Number { .. }) => "digits",
        (Holds::Number { .. }, _) | (_, Holds::Number { .. }) => return None,
        _ => "characters",
    };
    let (most, least) = (target.length_max, target.length_min);
    let (sentence, is_doubt) = match (made.length_max, most) {
        (_, Some(most)) if made.length_min > most => (
            format!(
                "the value has {} {unit} at least, and there is room for {most}",
                made.length_min
            ),
            false,
        ),
        (Some(longest), _) if longest < least => {
            (format!("the value has {longest} {unit} at most, and {least} must stand there"), false)
        }
        (Some(longest), Some(most)) if longest > most => {
            (format!("the value may have {longest} {unit}, and there is room for {most}"), true)
        }
        _ => return None,
    };
    let hint =
        is_doubt.then(|| "a value that is longer refuses its unit: nothing is cut".to_owned());
    Some(Misfit { code: code::VALUE_UNFIT, sentence, hint, is_doubt })
}
