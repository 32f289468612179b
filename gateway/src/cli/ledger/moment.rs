//! Moments as people write them: RFC 3339, in UTC, down to the day.

use sluse_contracts::Day;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// A moment in milliseconds since the epoch, as in `2026-07-01T12:30:00.250Z`.
pub(super) fn show(at_ms: u64) -> String {
    let days = i64::try_from(at_ms / DAY_MS).unwrap_or(i64::MAX);
    let (year, month, day) = Day::from_days(days).date();
    let ms = at_ms % DAY_MS;
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1_000)
}

/// Reads `2026-07-01`, `2026-07-01T12:30` or `2026-07-01T12:30:00`, with or without `Z`: milliseconds since the epoch.
pub(super) fn read(text: &str) -> Result<u64, String> {
    let wrong = || "a moment is written as in 2026-07-01 or 2026-07-01T12:30:00Z (UTC)".to_owned();
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00"));
    let day: Day = date.parse().map_err(|_| wrong())?;
    let days = u64::try_from(day.days()).map_err(|_| wrong())?;
    let mut parts = time.trim_end_matches('Z').split(':').map(|part| {
        let two = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u64>().ok().filter(|_| two)
    });
    let (hour, minute) = (parts.next().flatten(), parts.next().flatten());
    let second = parts.next().unwrap_or(Some(0));
    match (hour, minute, second, parts.next()) {
        (Some(hour), Some(minute), Some(second), None)
            if hour < 24 && minute < 60 && second < 60 =>
        {
            Ok(days * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1_000)
        }
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_shows() {
        for (text, shown) in [
            ("2026-07-01", "2026-07-01T00:00:00.000Z"),
            ("2026-07-01T12:30", "2026-07-01T12:30:00.000Z"),
            ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000Z"),
            ("1970-01-01 00:00:00", "1970-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(show(read(text).unwrap()), shown);
        }
        for bad in [
            "",
            "now",
            "2026-02-30",
            "2026-07-01T24:00",
            "2026-07-01T1:00",
            "1969-01-01",
            "2026-07-01T00:00:00:00",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
