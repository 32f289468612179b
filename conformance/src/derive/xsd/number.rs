//! Decimal numbers as texts: one step up or down, digits counted. Never a float.

/// A decimal number with so many digits after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number {
    units: i128,
    scale: u32,
}

/// Most digits that are reckoned with.
const DIGITS_MAX: usize = 36;

impl Number {
    /// Reads a text; nothing where it is no decimal, or a longer one.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let digits = format!("{whole}{fraction}");
        if digits.len() > DIGITS_MAX {
            return None;
        }
        let units = digits.parse().ok()?;
        Some(Self { units, scale: u32::try_from(fraction.len()).ok()? })
    }

    /// The number with at least so many digits after the point.
    pub(crate) fn scaled(self, scale: u32) -> Option<Self> {
        let more = scale.saturating_sub(self.scale);
        let units = self.units.checked_mul(10_i128.checked_pow(more)?)?;
        Some(Self { units, scale: self.scale + more })
    }

    /// So many units of the last place more.
    pub(crate) fn plus(self, units: i128) -> Option<Self> {
        Some(Self { units: self.units.checked_add(units)?, ..self })
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scale = usize::try_from(self.scale).unwrap_or(0);
        let sign = if self.units < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.units.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let point = if scale > 0 { "." } else { "" };
        write!(f, "{sign}{whole}{point}{fraction}")
    }
}

/// A date of the Gregorian calendar so many days later (days since 1970 by Howard Hinnant's `days_from_civil`).
pub(crate) fn days_later(date: &str, days: i64) -> Option<String> {
    let mut parts = date.splitn(3, '-');
    let year: i64 = parts.next()?.parse().ok()?;
    let month: i64 = parts.next()?.parse().ok()?;
    let day: i64 = parts.next()?.get(..2)?.parse().ok()?;
    if !(1..=9998).contains(&year) {
        return None;
    }
    let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let at = y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 + days;
    let mut y = (at * 10_000 + 14_780) / 3_652_425;
    let mut rest = at - (y * 365 + y / 4 - y / 100 + y / 400);
    if rest < 0 {
        y -= 1;
        rest = at - (y * 365 + y / 4 - y / 100 + y / 400);
    }
    let m = (rest * 100 + 52) / 3_060;
    let day = rest - (m * 306 + 5) / 10 + 1;
    let (year, month) = if m >= 10 { (y + 1, m - 9) } else { (y, m + 3) };
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_keep_every_digit() {
        let step = |text: &str, scale, units| {
            Number::read(text).unwrap().scaled(scale).unwrap().plus(units).unwrap().to_string()
        };
        assert_eq!(step("100", 0, 1), "101");
        assert_eq!(step("0.99", 2, 1), "1.00");
        assert_eq!(step("0", 2, -1), "-0.01");
        assert_eq!(step("-9223372036854775808", 0, -1), "-9223372036854775809");
        assert_eq!(Number::read("1e3"), None);
    }

    #[test]
    fn days_follow_the_calendar() {
        for (date, days, later) in [
            ("2024-02-28", 1, "2024-02-29"),
            ("2023-02-28", 1, "2023-03-01"),
            ("2023-12-31", 1, "2024-01-01"),
            ("2024-01-01", -1, "2023-12-31"),
            ("1900-03-01", -1, "1900-02-28"),
            ("2000-01-01", 366, "2001-01-01"),
        ] {
            assert_eq!(days_later(date, days).as_deref(), Some(later), "{date} {days}");
        }
    }
}
