//! Conversions as a mapping writes them: a word and what it takes.

use super::{convert::Conversion, table::CodeTable};
use crate::field::MomentForm;
use std::{collections::HashMap, sync::Arc};

/// Code tables by name.
pub(super) type Tables = HashMap<String, Arc<CodeTable>>;

/// Every conversion, and how it is written.
const WORDS: &str = "code TABLE, write-date FORM, read-date FORM, scale POWER, negate, prefix TEXT, strip-prefix TEXT, suffix TEXT, strip-suffix TEXT, to-base64, from-base64, \
                     trim, upper, lower, pad LENGTH, strip-zeros, hyphens, strip-hyphens, base64-lines, strip-lines, blank TEXT, \
                     decimals NUMBER, round NUMBER, absolute";

/// Reads one conversion.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn conversion(text: &str, tables: &Tables) -> Result<Conversion, String> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let takes = |what: &str| Err(format!("`{word}` takes {what}"));
    let plain = match word {
        "negate" => Some(Conversion::Negate),
        "trim" => Some(Conversion::Trim),
        "upper" => Some(Conversion::Upper),
        "lower" => Some(Conversion::Lower),
        "strip-zeros" => Some(Conversion::StripZeros),
        "hyphens" => Some(Conversion::Hyphens),
        "strip-hyphens" => Some(Conversion::StripHyphens),
        "base64-lines" => Some(Conversion::Base64Lines),
        "strip-lines" => Some(Conversion::StripLines),
        "to-base64" => Some(Conversion::ToBase64),
        "from-base64" => Some(Conversion::FromBase64),
        "absolute" => Some(Conversion::Absolute),
        _ => None,
    };
    match (plain, word) {
        (Some(plain), _) if rest.is_empty() => Ok(plain),
        (Some(_), _) => takes("nothing"),
        (None, "code") => match tables.get(rest) {
            Some(table) => Ok(Conversion::Code(table.clone())),
            None => Err(format!("there is no code table `{rest}`")),
        },
        (None, "write-date") => Ok(Conversion::WriteDate(form(rest)?)),
        (None, "read-date") => Ok(Conversion::ReadDate(form(rest)?)),
        (None, "prefix" | "strip-prefix" | "suffix" | "strip-suffix" | "blank")
            if rest.is_empty() =>
        {
            takes("a text")
        }
        (None, "blank") => Ok(Conversion::Blank(rest.into())),
        (None, "decimals" | "round") => match (rest.parse::<u8>(), word) {
            (Ok(decimals @ 0..=18), "round") => Ok(Conversion::Round(decimals)),
            (Ok(decimals @ 0..=18), _) => Ok(Conversion::Decimals(decimals)),
            _ => takes("a number of decimals, 0 to 18"),
        },
        (None, "prefix") => Ok(Conversion::Prefix(rest.into())),
        (None, "suffix") => Ok(Conversion::Suffix(rest.into())),
        (None, "strip-suffix") => Ok(Conversion::StripSuffix(rest.into())),
        (None, "strip-prefix") => Ok(Conversion::StripPrefix(rest.into())),
        (None, "scale") => match rest.parse::<i8>() {
            Ok(power) => Ok(Conversion::Scale(power)),
            Err(_) => takes("a power of ten, -128 to 127"),
        },
        (None, "pad") => match rest.parse::<u8>() {
            Ok(length) if length > 0 => Ok(Conversion::Pad(length)),
            _ => takes("a number of digits, 1 to 255"),
        },
        (None, _) => Err(format!("there is no conversion `{word}`; there are: {WORDS}")),
    }
}

/// A form of dates, with `pivot NUMBER` after it where it has a year of two digits.
fn form(text: &str) -> Result<MomentForm, String> {
    let (pattern, pivot) = match text.split_once(" pivot ") {
        Some((pattern, pivot)) => {
            let number = pivot.parse::<u16>().ok().filter(|number| *number <= 100);
            (pattern, Some(number.ok_or("`pivot` is a number from 0 to 100")?))
        }
        None => (text, None),
    };
    let form =
        MomentForm::new(pattern, pivot.unwrap_or(0), false).map_err(|wrong| wrong.to_string())?;
    match form.has_short_year() && pivot.is_none() {
        true => Err(format!(
            "a year of two digits takes a pivot, as in `{pattern} pivot 50`: years below it are 20yy, others 19yy"
        )),
        false => Ok(form),
    }
}
