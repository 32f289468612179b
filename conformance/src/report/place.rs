//! The place of a difference in the body that came: a few lines of it, and where in them.

use crate::result::{Difference, Exchanged};

/// Lines shown before and after the place.
const LINES_AROUND: usize = 2;
/// Most characters shown of a line.
const CHARACTERS_MAX: usize = 160;

/// One line of a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: usize,
    /// What of it is shown.
    pub(super) text: String,
    /// Where in `text` the place is, in characters from 0.
    pub(super) mark: Option<usize>,
}

/// The lines around the place; none where it is not known, or there is no text.
pub(super) fn lines(difference: &Difference, exchange: Option<&Exchanged>) -> Vec<Line> {
    let body = exchange.and_then(|each| each.answer.as_ref()?.body.as_deref());
    let (Some(body), Some(line)) = (body, difference.line) else { return Vec::new() };
    let line = usize::try_from(line).unwrap_or(usize::MAX).max(1);
    let column = usize::try_from(difference.column.unwrap_or(1)).unwrap_or(1).max(1) - 1;
    let first = line.saturating_sub(LINES_AROUND).max(1);
    let shown = body.split('\n').enumerate().skip(first - 1).take(line - first + 1 + LINES_AROUND);
    shown.map(|(at, text)| excerpt(at + 1, text, (at + 1 == line).then_some(column))).collect()
}

/// A line, or what stands around the place in a long one.
fn excerpt(number: usize, text: &str, mark: Option<usize>) -> Line {
    let characters: Vec<char> = text.trim_end_matches('\r').chars().collect();
    let mark = mark.map(|mark| mark.min(characters.len()));
    let start = match mark {
        Some(mark) if characters.len() > CHARACTERS_MAX => mark.saturating_sub(CHARACTERS_MAX / 2),
        _ => 0,
    };
    let before = if start > 0 { "…" } else { "" };
    let end = (start + CHARACTERS_MAX).min(characters.len());
    let after = if end < characters.len() { "…" } else { "" };
    let inside = characters.get(start..end).unwrap_or_default();
    let inside: String = inside.iter().map(|c| if c.is_control() { ' ' } else { *c }).collect();
    let mark = mark.map(|mark| mark - start + before.chars().count());
    Line { number, text: format!("{before}{inside}{after}"), mark }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_place_in_long_and_short_lines() {
        let line = excerpt(3, "abc", Some(1));
        assert_eq!((line.text.as_str(), line.mark), ("abc", Some(1)));
        let long = format!("{}X{}", "a".repeat(500), "b".repeat(500));
        let line = excerpt(1, &long, Some(500));
        assert_eq!(line.text.chars().nth(line.mark.unwrap()), Some('X'));
        assert!(line.text.starts_with('…') && line.text.ends_with('…'));
        assert!(line.text.chars().count() <= CHARACTERS_MAX + 2);
        assert_eq!(excerpt(1, "", Some(9)).mark, Some(0));
    }
}
