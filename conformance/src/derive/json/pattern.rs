//! Texts that match a pattern, from its syntax tree.

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};
use std::fmt::Write as _;

/// Most characters of a text that is made of a pattern.
const CHARS_MAX: usize = 5_000;

/// Deepest nesting of a pattern that is read.
const DEPTH_MAX: usize = 60;

/// Characters that people can read, in the order in which they are preferred.
const PREFERRED: &[char] = &[
    'a', 'A', '1', 'b', 'B', '2', 'c', 'C', '0', 'e', 'x', '-', '_', '.', ' ', ':', '/', '@', '+',
];

/// Whether a text matches a pattern somewhere; not where the pattern cannot be read.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    regex::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
}

/// Texts that match a pattern, of about so many characters; the plainest first. None where the pattern cannot be read.
///
/// Whoever uses one asks the judge whether it does: what only looks around is passed over here.
pub(crate) fn texts(pattern: &str, chars: &[usize]) -> Vec<String> {
    let Some(tree) = tree(pattern) else { return Vec::new() };
    let least = tree.properties().minimum_len().unwrap_or_default();
    let ends = Ends::of(&tree);
    let mut found: Vec<String> = Vec::new();
    let wanted = std::iter::once(least).chain(chars.iter().copied());
    for wanted in wanted {
        for pick in 0..3 {
            let mut maker = Maker { left: wanted.saturating_sub(least), pick, text: String::new() };
            maker.add(&tree, 0);
            let text = ends.pad(maker.text, wanted);
            if !found.contains(&text) {
                found.push(text);
            }
        }
    }
    found
}

fn tree(pattern: &str) -> Option<Hir> {
    let parse = |pattern: &str| {
        let mut parser = regex_syntax::ParserBuilder::new();
        parser.nest_limit(60).build().parse(pattern).ok()
    };
    parse(pattern).or_else(|| parse(&without_looks(pattern)))
}

/// A pattern without the groups that only look around.
fn without_looks(pattern: &str) -> String {
    let mut plain = String::new();
    let mut rest = pattern;
    while let Some(at) = ["(?=", "(?!", "(?<=", "(?<!"].iter().filter_map(|l| rest.find(l)).min() {
        plain.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + closing(rest.get(at..).unwrap_or_default())..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

/// How many bytes a group has that begins here.
fn closing(text: &str) -> usize {
    let (mut depth, mut escaped, mut in_class) = (0_usize, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// Whether other text may stand before or behind what matches.
struct Ends {
    is_open: bool,
}

impl Ends {
    fn of(tree: &Hir) -> Self {
        let looks = tree.properties().look_set_suffix();
        Self { is_open: !looks.contains(regex_syntax::hir::Look::End) }
    }

    fn pad(&self, mut text: String, chars: usize) -> String {
        let n = text.chars().count();
        if self.is_open && n < chars {
            let last = text.chars().last().unwrap_or('a');
            text.extend(std::iter::repeat_n(last, (chars - n).min(CHARS_MAX)));
        }
        text
    }
}

struct Maker {
    /// How many characters more than the least are wished for.
    left: usize,
    /// Which of several ways is taken.
    pick: usize,
    text: String,
}

impl Maker {
    fn add(&mut self, tree: &Hir, depth: usize) {
        if depth > DEPTH_MAX || self.text.len() > CHARS_MAX {
            return;
        }
        match tree.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => {
                self.text.push_str(&String::from_utf8_lossy(&literal.0));
            }
            HirKind::Class(class) => self.class(class),
            HirKind::Repetition(repetition) => self.repeat(repetition, depth),
            HirKind::Capture(capture) => self.add(&capture.sub, depth + 1),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.add(part, depth + 1)),
            HirKind::Alternation(ways) => {
                let chosen = self.pick.min(ways.len().saturating_sub(1));
                if let Some(way) = ways.get(chosen) {
                    self.add(way, depth + 1);
                }
            }
        }
    }

    fn repeat(&mut self, repetition: &Repetition, depth: usize) {
        let least = usize::try_from(repetition.min).unwrap_or(CHARS_MAX);
        let most = repetition.max.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX);
        for _ in 0..least.min(CHARS_MAX) {
            self.add(&repetition.sub, depth + 1);
        }
        let mut n = least;
        while n < most && self.left > 0 && self.text.len() < CHARS_MAX {
            let before = self.text.chars().count();
            self.add(&repetition.sub, depth + 1);
            let added = self.text.chars().count().saturating_sub(before);
            if added == 0 || added > self.left {
                return;
            }
            self.left -= added;
            n += 1;
        }
    }

    fn class(&mut self, class: &Class) {
        let Class::Unicode(class) = class else {
            let _ = self.text.write_str("a");
            return;
        };
        let holds =
            |c: char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&c));
        let mut known = PREFERRED.iter().copied().filter(|c| holds(*c));
        let found = known.nth(self.pick).or_else(|| PREFERRED.iter().copied().find(|c| holds(*c)));
        let first = || class.ranges().first().map(|range| range.start());
        self.text.extend(found.or_else(first));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_texts_that_match() {
        for pattern in [
            "^[a-z]+$",
            "^\\d{4}-\\d{2}$",
            "^(DK|SE)?\\d{8}$",
            "^[^@]+@[^@]+\\.[a-z]{2,}$",
            "abc",
            "^(?!0)[0-9]{1,5}$",
            "^\\p{Lu}\\w{0,20}$",
            "^(a|b|(c+d?)){2,4}$",
            "^https:\\/\\/",
            "^$",
        ] {
            let found = texts(pattern, &[0, 3, 8, 20]);
            let plain = without_looks(pattern);
            assert!(found.iter().any(|text| matches(&plain, text)), "{pattern} {found:?}");
        }
        assert_eq!(texts("(", &[]), Vec::<String>::new());
    }

    #[test]
    fn makes_texts_of_the_length_that_is_asked_for() {
        for (pattern, chars) in [("^[a-z]*$", 17), ("^[A-Z]{2,9}$", 9), ("^x", 12), ("^(ab)+$", 8)]
        {
            let found = texts(pattern, &[chars]);
            assert!(found.iter().any(|text| text.chars().count() == chars), "{pattern} {found:?}");
        }
    }
}
