//! Sentences of a result in Danish. A result says them in English alone; a report finds their Danish in a book of
//! phrases (`danish.phrases`), whose holes take what is of one case: names, numbers, values. A sentence that is not in it
//! stays as it is, and is marked as English where a report can do that.

use std::sync::OnceLock;

const BOOK: &str = include_str!("danish.phrases");
/// A longer sentence is left as it is. In bytes.
const SENTENCE_BYTES_MAX: usize = 4_000;
/// So deep is what stands in holes put into Danish.
const DEPTH_MAX: usize = 6;
/// So many ways are tried to divide a sentence into the parts of one phrase.
const TRIES_MAX: usize = 400;

/// A phrase: what stands between its holes in English, and its Danish.
struct Phrase {
    english: Vec<&'static str>,
    danish: Vec<Part>,
}

/// A part of the Danish: a text, or the hole of this number.
enum Part {
    Text(&'static str),
    Hole(usize),
}

fn book() -> &'static [Phrase] {
    static READ: OnceLock<Vec<Phrase>> = OnceLock::new();
    READ.get_or_init(|| {
        let lines = BOOK.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut all: Vec<Phrase> =
            lines.filter_map(|line| line.split_once(" => ")).map(phrase).collect();
        // A whole sentence is what it is, whatever holes it would fit into.
        all.sort_by_key(|phrase| phrase.english.len() > 1);
        all
    })
}

fn phrase((english, danish): (&'static str, &'static str)) -> Phrase {
    let mut parts = Vec::new();
    let (mut rest, mut next) = (danish, 0);
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        parts.push(Part::Text(before));
        let hole = name.parse::<usize>().map_or(next, |number| number.saturating_sub(1));
        parts.push(Part::Hole(hole));
        next += 1;
        rest = after;
    }
    parts.push(Part::Text(rest));
    Phrase { english: english.split("{}").collect(), danish: parts }
}

/// A sentence in Danish; nothing where the book does not have it.
pub(super) fn sentence(text: &str) -> Option<String> {
    if text.len() > SENTENCE_BYTES_MAX { None } else { within(text, 0) }
}

/// What must be or what came, in Danish. It may be a value of a message that reads like a sentence, so only what begins as a
/// phrase begins, or with a number, is one.
pub(super) fn side(text: &str) -> Option<String> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    let begins = |phrase: &&Phrase| {
        let first = phrase.english.first().copied().unwrap_or_default();
        is_number || !first.is_empty() && text.starts_with(first)
    };
    if text.len() > SENTENCE_BYTES_MAX {
        return None;
    }
    book().iter().filter(begins).find_map(|phrase| said(phrase, text, 0))
}

fn within(text: &str, depth: usize) -> Option<String> {
    if depth > DEPTH_MAX || text.is_empty() {
        return None;
    }
    book().iter().find_map(|phrase| said(phrase, text, depth))
}

fn said(phrase: &Phrase, text: &str, depth: usize) -> Option<String> {
    let (first, rest) = phrase.english.split_first()?;
    let mut holes = Vec::new();
    let mut tries = TRIES_MAX;
    if !fits(text.strip_prefix(first)?, rest, &mut holes, &mut tries) {
        return None;
    }
    let mut out = String::new();
    for part in &phrase.danish {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Hole(number) => {
                let hole = holes.get(*number).copied().unwrap_or_default();
                match within(hole, depth + 1) {
                    Some(danish) => out.push_str(&danish),
                    None => out.push_str(hole),
                }
            }
        }
    }
    Some(out)
}

/// Whether what follows a part is a hole and the next part, to the end. A hole is never empty, and holds each name that
/// stands in `…` whole.
fn fits<'t>(text: &'t str, parts: &[&str], holes: &mut Vec<&'t str>, tries: &mut usize) -> bool {
    let Some((part, rest)) = parts.split_first() else { return text.is_empty() };
    if rest.is_empty() {
        let Some(hole) = text.strip_suffix(part) else { return false };
        let is_whole = is_hole(hole);
        if is_whole {
            holes.push(hole);
        }
        return is_whole;
    }
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|later| later.find(part)).map(|at| at + from) {
        let Some(left) = tries.checked_sub(1) else { return false };
        *tries = left;
        let (hole, after) = text.split_at(at);
        if is_hole(hole) {
            holes.push(hole);
            if fits(after.get(part.len()..).unwrap_or_default(), rest, holes, tries) {
                return true;
            }
            holes.pop();
        }
        from = at + part.chars().next().map_or(1, char::len_utf8);
    }
    false
}

fn is_hole(text: &str) -> bool {
    !text.is_empty() && text.matches('`').count().is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_has_its_holes_in_both_languages() {
        let lines: Vec<&str> =
            BOOK.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        for (line, phrase) in
            lines.iter().map(|line| (line, phrase(line.split_once(" => ").unwrap())))
        {
            let mut holes: Vec<usize> = phrase
                .danish
                .iter()
                .filter_map(|part| match part {
                    Part::Hole(number) => Some(*number),
                    Part::Text(_) => None,
                })
                .collect();
            holes.sort_unstable();
            let wanted: Vec<usize> = (0..phrase.english.len() - 1).collect();
            assert_eq!(holes, wanted, "{line}");
        }
    }

    #[test]
    fn what_stands_in_holes_is_danish_too_and_names_stay() {
        for (english, danish) in [
            (
                "createPermit: `note` of the body has 2001 characters, one more than `maxLength` allows, and is refused.",
                "createPermit: `note` i indholdet har 2001 tegn, én mere end `maxLength` tillader, og afvises.",
            ),
            (
                "PE-5.1 was not wholly tested (the list has more than 100 pages, and what was made is on none of those)",
                "PE-5.1 blev ikke prøvet helt (listen har mere end 100 sider, og det oprettede er på ingen af dem)",
            ),
            ("401 or 403", "401 eller 403"),
        ] {
            assert_eq!(sentence(english).as_deref(), Some(danish));
        }
        assert_eq!(side("401 or 403").as_deref(), Some("401 eller 403"));
        assert_eq!(side("Anna is missing"), None);
        assert_eq!(side("\"a value, as it was sent\""), None);
    }
}
