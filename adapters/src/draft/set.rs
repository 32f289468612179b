//! Which character set a sample is most likely in.

use crate::charset::CharacterSet;

/// A character set, and what is doubtful about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guess {
    pub(super) set: CharacterSet,
    pub(super) doubt: Option<&'static str>,
}

/// Letters that legacy files in the north hold beside ASCII.
const LETTERS: &str = "æøåÆØÅäöÄÖéÉüÜèàáíóúêôðþÐÞ";

/// The sets of one byte for a character that are tried, the likeliest first.
const SETS: [CharacterSet; 5] = [
    CharacterSet::Latin1,
    CharacterSet::Windows1252,
    CharacterSet::Cp865,
    CharacterSet::Cp850,
    CharacterSet::Ibm277,
];

/// Finds the set from the bytes. UTF-8 is told by its form, others by the letters that come of them.
pub(super) fn guess(sample: &[u8], unsaid: CharacterSet) -> Guess {
    if sample.is_ascii() && !looks_like_ebcdic(sample) {
        let doubt = Some(
            "the sample has no letters beyond ASCII, which show the character set: ask the sender",
        );
        return Guess { set: unsaid, doubt };
    }
    if std::str::from_utf8(sample).is_ok() {
        return Guess { set: CharacterSet::Utf8, doubt: None };
    }
    let scored = SETS.iter().filter_map(|set| Some((score(*set, sample)?, *set)));
    // Of sets that are as likely the first is taken.
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
    let (set, doubt) = match best.map(|(_, set)| set) {
        Some(CharacterSet::Ibm277) => {
            (CharacterSet::Ibm277, "EBCDIC, by its letters; ibm1142 is the same with the euro sign")
        }
        Some(CharacterSet::Latin1) => (
            CharacterSet::Latin1,
            "by its letters; windows-1252 and iso-8859-15 write these the same",
        ),
        Some(set) => (set, "by its letters: look whether they are right"),
        None => (unsaid, "no character set that is known makes sense of the sample"),
    };
    Guess { set, doubt: Some(doubt) }
}

/// How much sense a set makes of the bytes; none where a byte stands for nothing in it.
fn score(set: CharacterSet, sample: &[u8]) -> Option<i64> {
    let mut text = String::new();
    set.decode(sample, &mut text).ok()?;
    let of = |c: char| match c {
        '\n' | '\r' | '\u{85}' => 0,
        c if c.is_control() => -10,
        ' ' | '0'..='9' => 1,
        'a'..='z' | 'A'..='Z' => 1,
        c if c.is_ascii() => 0,
        c if LETTERS.contains(c) => 3,
        c if c.is_alphabetic() => -2,
        _ => -4,
    };
    Some(text.chars().map(of).sum())
}

fn looks_like_ebcdic(sample: &[u8]) -> bool {
    let printable = sample.iter().filter(|byte| byte.is_ascii_graphic() || **byte == b' ').count();
    printable * 2 < sample.len()
}
