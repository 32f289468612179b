//! Days as lists and documents write them.

use super::DayForm;
use crate::Day;

/// The day that a text says, whatever time of day or zone follows it; nothing where it says none.
///
/// `2026-07-01` and `20260701` (ISO 8601, W3C XML Schema `date` and `dateTime`), or the day first:
/// `1.7.2026`, `01-07-2026`, `01/07/2026`.
pub(crate) fn read_day(text: &str, form: DayForm) -> Option<Day> {
    let text = text.trim();
    match form {
        DayForm::Iso => iso(text),
        DayForm::DayFirst => day_first(text),
    }
}

fn iso(text: &str) -> Option<Day> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Day::from_date(
            text.get(..4)?.parse().ok()?,
            text.get(4..6)?.parse().ok()?,
            text.get(6..)?.parse().ok()?,
        );
    }
    let (day, rest) = (text.get(..10)?, text.get(10..)?);
    let goes_on = rest.is_empty() || rest.starts_with(['T', ' ', 'Z', '+', '-']);
    day.parse().ok().filter(|_| goes_on)
}

fn day_first(text: &str) -> Option<Day> {
    let mut parts = text.split(['.', '-', '/']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let short = |part: &str| part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    let year = year.get(..4).filter(|head| *head == year || year[head.len()..].starts_with(' '))?;
    let sound = short(day) && short(month) && parts.next().is_none();
    let (day, month) = (day.parse().ok()?, month.parse().ok()?);
    Day::from_date(year.parse().ok()?, month, day).filter(|_| sound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_days_in_two_forms_and_guesses_none() {
        use DayForm::{DayFirst, Iso};
        for (text, form, day) in [
            ("2026-07-01", Iso, Some("2026-07-01")),
            (" 20260701 ", Iso, Some("2026-07-01")),
            ("2026-07-01T23:59:59+02:00", Iso, Some("2026-07-01")),
            ("2026-07-01Z", Iso, Some("2026-07-01")),
            ("2026-07-01 00:00", Iso, Some("2026-07-01")),
            ("2026-07-011", Iso, None),
            ("2026-02-30", Iso, None),
            ("01-07-2026", Iso, None),
            ("2026", Iso, None),
            ("", Iso, None),
            ("ååååå-07-01", Iso, None),
            ("01-07-2026", DayFirst, Some("2026-07-01")),
            ("1.7.2026", DayFirst, Some("2026-07-01")),
            ("31/12/2026", DayFirst, Some("2026-12-31")),
            ("31-12-2026 00:00:00", DayFirst, Some("2026-12-31")),
            ("12/31/2026", DayFirst, None),
            ("2026-07-01", DayFirst, None),
            ("1.7.26", DayFirst, None),
            ("1.7.2026.1", DayFirst, None),
            ("+1.7.2026", DayFirst, None),
        ] {
            let read = read_day(text, form).map(|day| day.to_string());
            assert_eq!(read.as_deref(), day, "{text:?} {form:?}");
        }
    }
}
