//! Personal numbers that stand in a text among other words.
//!
//! Time is linear in the text. What is taken for a number is chosen so that other numbers seldom are: a day that
//! exists, no digit or letter beside it, and check digits wherever the form alone does not tell enough.

use super::{ControlDigits, Identifier, Series, cpr, fodselsnummer, personnummer};
use std::ops::Range;

/// The identifiers that can be searched for, by the words of `contract.toml`.
pub const PERSONAL: &[(&str, Identifier)] = &[
    ("cpr", Identifier::Cpr),
    ("fodselsnummer", Identifier::Fodselsnummer),
    ("personnummer", Identifier::Personnummer),
];

/// A number that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Which identifier.
    pub identifier: Identifier,
    /// Where it begins, in characters of the text from 1.
    pub character: usize,
}

/// Finds numbers of these identifiers, each place once, in the order of the text.
pub fn find<'t>(text: &'t str, identifiers: &'t [Identifier]) -> impl Iterator<Item = Found> + 't {
    let mut runs = Runs { text, at: 0 }.peekable();
    let (mut counted_to, mut character) = (0, 1);
    std::iter::from_fn(move || {
        loop {
            let run = runs.next()?;
            let joined = runs.peek().cloned().and_then(|next| Candidate::joined(text, &run, &next));
            let pair = joined.and_then(|pair| Some((pair.identifier(identifiers)?, true)));
            let alone = || Some((Candidate::alone(text, &run)?.identifier(identifiers)?, false));
            let Some((identifier, is_pair)) = pair.or_else(alone) else { continue };
            if is_pair {
                runs.next();
            }
            character += text.get(counted_to..run.start).unwrap_or_default().chars().count();
            counted_to = run.start;
            return Some(Found { identifier, character });
        }
    })
}

/// Runs of digits, each as long as it goes.
struct Runs<'t> {
    text: &'t str,
    at: usize,
}

impl Iterator for Runs<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let start = self.at + rest.iter().position(u8::is_ascii_digit)?;
        let run = self.text.as_bytes().get(start..)?;
        let length = run.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(run.len());
        self.at = start + length;
        Some(start..self.at)
    }
}

/// Digits that may be a personal number.
struct Candidate<'t> {
    /// As a whole.
    text: &'t str,
    date: &'t str,
    serial: &'t str,
    between: Between,
}

/// What stands between day and serial number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Between {
    Nothing,
    Space,
    Sign,
}

impl<'t> Candidate<'t> {
    /// A run by itself.
    fn alone(text: &'t str, run: &Range<usize>) -> Option<Self> {
        let whole = text.get(run.clone())?;
        let date = match whole.len() {
            10 | 11 => 6,
            12 => 8,
            _ => return None,
        };
        let (date, serial) = whole.split_at_checked(date)?;
        stands_alone(text, run).then_some(Self {
            text: whole,
            date,
            serial,
            between: Between::Nothing,
        })
    }

    /// Two runs with one character between them.
    fn joined(text: &'t str, first: &Range<usize>, second: &Range<usize>) -> Option<Self> {
        if !matches!((first.len(), second.len()), (6 | 8, 4) | (6, 5)) {
            return None;
        }
        let between = match text.get(first.end..second.start)? {
            "-" | "+" | "\u{2010}" | "\u{2011}" | "\u{2013}" => Between::Sign,
            " " | "\u{a0}" => Between::Space,
            _ => return None,
        };
        let whole = first.start..second.end;
        let parts = (text.get(whole.clone())?, text.get(first.clone())?, text.get(second.clone())?);
        stands_alone(text, &whole).then_some(Self {
            text: parts.0,
            date: parts.1,
            serial: parts.2,
            between,
        })
    }

    /// The first of the identifiers that it is a number of.
    fn identifier(&self, identifiers: &[Identifier]) -> Option<Identifier> {
        identifiers.iter().copied().find(|identifier| match identifier {
            Identifier::Cpr => self.is_cpr(),
            Identifier::Fodselsnummer => self.is_fodselsnummer(),
            Identifier::Personnummer => self.is_personnummer(),
            _ => false,
        })
    }

    /// Written with a hyphen, a day is enough. Ten digits in a row are often something else: they satisfy
    /// modulus 11, or are of a 1 January, on which most of those were born whose numbers do not.
    fn is_cpr(&self) -> bool {
        let read = cpr::read(&self.plain()).filter(|cpr| cpr.series == Some(Series::Personal));
        read.is_some_and(|cpr| {
            self.between == Between::Sign || cpr.mod_11 || self.date.starts_with("0101")
        })
    }

    fn is_fodselsnummer(&self) -> bool {
        let read = fodselsnummer::read(&self.plain()).filter(|read| read.is_day);
        read.is_some_and(|read| read.satisfies(ControlDigits::Of2032))
    }

    fn is_personnummer(&self) -> bool {
        let read = personnummer::read(&self.plain());
        read.is_some_and(|read| read.series.is_some() && read.check_digit)
    }

    /// Its digits alone.
    fn plain(&self) -> std::borrow::Cow<'t, str> {
        match self.between {
            Between::Nothing => self.text.into(),
            Between::Space | Between::Sign => format!("{}{}", self.date, self.serial).into(),
        }
    }
}

/// Whether neither a letter nor a digit stands beside it, nor a point or hyphen that joins it to further digits: it
/// is no part of a longer number or word.
fn stands_alone(text: &str, run: &Range<usize>) -> bool {
    let mut before = text.get(..run.start).unwrap_or_default().chars().rev();
    let mut after = text.get(run.end..).unwrap_or_default().chars();
    let is_apart = |nearest: Option<char>, next: Option<char>| match nearest {
        Some('.' | '-') => !next.is_some_and(|next| next.is_ascii_digit()),
        Some(nearest) => !nearest.is_alphanumeric(),
        None => true,
    };
    is_apart(before.next(), before.next()) && is_apart(after.next(), after.next())
}
