//! Parting a sample into records.

use crate::{
    charset::CharacterSet,
    draft::set::{self, Guess},
};
use std::collections::HashSet;

/// Longest record that is looked for where there are no line ends.
const LENGTH_MAX: usize = 32_768;
/// Characters that are looked at to find how long records are.
const LOOKED_AT_MAX: usize = 200_000;

/// A sample as records.
pub(super) struct Records {
    pub(super) guess: Guess,
    /// As descriptions write it; none where length alone parts records.
    pub(super) line_end: Option<&'static str>,
    /// Whether blanks at the end of records are left out.
    pub(super) is_stripped: bool,
    /// The length of each, where length parts them; the longest otherwise.
    pub(super) length: usize,
    pub(super) records: Vec<Vec<char>>,
}

impl Records {
    pub(super) fn part(sample: &[u8], length: Option<usize>) -> Option<Self> {
        let guess = set::guess(sample, CharacterSet::Latin1);
        let mut text = String::new();
        guess.set.decode(sample, &mut text).ok()?;
        let end = if length.is_some() { None } else { line_end(&text) };
        match end {
            Some((end, mark)) => Some(Self::in_lines(guess, end, &text, mark)),
            None => Self::by_length(guess, &text, length),
        }
    }

    fn in_lines(guess: Guess, line_end: &'static str, text: &str, mark: &str) -> Self {
        let lines = text.strip_suffix(mark).unwrap_or(text).split(mark);
        let records: Vec<Vec<char>> = lines.map(|line| line.chars().collect()).collect();
        let length = records.iter().map(Vec::len).max().unwrap_or(0);
        let ends_blank = records.iter().any(|record| record.last() == Some(&' '));
        let is_even = records.iter().all(|record| record.len() == length);
        Self {
            guess,
            line_end: Some(line_end),
            is_stripped: !ends_blank && !is_even,
            length,
            records,
        }
    }

    fn by_length(guess: Guess, text: &str, length: Option<usize>) -> Option<Self> {
        let characters: Vec<char> = text.chars().collect();
        let length = length.or_else(|| find_length(&characters))?;
        if length == 0 || !characters.len().is_multiple_of(length) {
            return None;
        }
        let records = characters.chunks(length).map(<[char]>::to_vec).collect();
        Some(Self { guess, line_end: None, is_stripped: false, length, records })
    }

    /// How long records of one type are.
    pub(super) fn length_of(&self, records: &[&[char]]) -> usize {
        match self.line_end {
            None => self.length,
            Some(_) => records.iter().map(|record| record.len()).max().unwrap_or(0),
        }
    }
}

/// The line end that stands between records, by its name and as characters.
fn line_end(text: &str) -> Option<(&'static str, &'static str)> {
    // EBCDIC knows line ends of its own, among them NEL.
    [("crlf", "\r\n"), ("lf", "\n"), ("nel", "\u{85}")]
        .into_iter()
        .find(|(_, mark)| text.contains(mark))
}

/// The length of records by which the places where something begins or ends fall together most: each record begins
/// its fields at the same places, and none is blank.
fn find_length(characters: &[char]) -> Option<usize> {
    let edges = edges(characters);
    let total = characters.len();
    let lengths = (4..=total.min(LENGTH_MAX)).filter(|length| total.is_multiple_of(*length));
    let scored = lengths.filter_map(|length| {
        let mut records = characters.chunks(length);
        let is_sound = records.all(|record| record.iter().any(|c| !matches!(c, ' ' | '\0')));
        let first_is_same = characters.chunks(length).all(|record| record.first() != Some(&' '));
        (is_sound && (first_is_same || total == length)).then(|| (gathered(&edges, length), length))
    });
    let best = scored.reduce(|best, next| if next.0 > best.0 + 1e-9 { next } else { best });
    best.map(|(_, length)| length)
}

/// Places where one kind of character follows another.
fn edges(characters: &[char]) -> Vec<usize> {
    let kind = |c: &char| match c {
        ' ' | '\0' => 0,
        c if c.is_ascii_digit() => 1,
        _ => 2,
    };
    let looked_at = characters.get(..LOOKED_AT_MAX).unwrap_or(characters);
    let pairs = looked_at.windows(2).enumerate();
    let edge = |(at, pair): (usize, &[char])| match pair {
        [before, after] => (kind(before) != kind(after)).then_some(at + 1),
        _ => None,
    };
    pairs.filter_map(edge).collect()
}

/// How far edges gather at the same places, beyond what chance would do: 0 for not at all.
#[expect(clippy::cast_precision_loss, reason = "counts of a sample, compared with each other")]
fn gathered(edges: &[usize], length: usize) -> f64 {
    let distinct: HashSet<usize> = edges.iter().map(|edge| edge % length).collect();
    let (n_edges, length) = (edges.len() as f64, length as f64);
    let expected = length * (1.0 - (1.0 - 1.0 / length).powf(n_edges));
    if expected == 0.0 { 0.0 } else { 1.0 - distinct.len() as f64 / expected }
}
