//! How large a pattern is when what it repeats is written out, told before anything compiles it.
//!
//! `(((a?){9}){9}){9}` is short, and each level makes it nine times larger. Whoever compiles such a pattern
//! meets all of it, and what repeats nothing but what may be absent is no state that a limit would count.

use std::str::Chars;

/// Most parts of one pattern.
pub(crate) const PATTERN_PARTS_MAX: u64 = 200_000;

/// Parts of a pattern: characters, classes and groups, each as often as it is repeated at most.
///
/// A pattern that is broken has some number too: what is wrong with it is told by others.
pub(crate) fn parts(pattern: &str) -> u64 {
    let mut groups = vec![Group::default()];
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => chars = after_escape(chars),
            '[' => chars = after_class(chars),
            '{' => {
                let rest = chars.as_str();
                let (bounds, after) = rest.split_once('}').unwrap_or((rest, ""));
                if let Some(group) = groups.last_mut() {
                    group.last = group.last.saturating_mul(most(bounds));
                }
                chars = after.chars();
                continue;
            }
            '(' => {
                groups.push(Group::default());
                continue;
            }
            ')' if groups.len() > 1 => {
                let parts = groups.pop().map_or(0, |group| group.parts());
                groups.last_mut().into_iter().for_each(|group| group.push(parts.max(1)));
                continue;
            }
            '|' | '*' | '+' | '?' => continue,
            _ => {}
        }
        groups.last_mut().into_iter().for_each(|group| group.push(1));
    }
    groups.iter().fold(0, |sum, group| sum.saturating_add(group.parts()))
}

/// What a group has, its last part apart, since a quantity may follow.
#[derive(Debug, Default)]
struct Group {
    before: u64,
    last: u64,
}

impl Group {
    fn push(&mut self, parts: u64) {
        self.before = self.parts();
        self.last = parts;
    }

    fn parts(&self) -> u64 {
        self.before.saturating_add(self.last)
    }
}

/// The greatest number of a quantity, `n`, `n,` or `n,m`; at least one.
fn most(bounds: &str) -> u64 {
    let numbers = bounds.split(',').filter(|number| !number.is_empty());
    // More digits than a number has is more than any limit.
    numbers.map(|number| number.parse().unwrap_or(u64::MAX)).max().unwrap_or(1).max(1)
}

/// What follows a back slash and its escape: `\p{Lu}` is one.
fn after_escape(mut chars: Chars<'_>) -> Chars<'_> {
    let is_category = matches!(chars.next(), Some('p' | 'P'));
    let name = chars.as_str().strip_prefix('{').filter(|_| is_category);
    name.map_or(chars, |name| name.split_once('}').map_or("", |(_, after)| after).chars())
}

/// What follows a class, with those that are taken away from it.
fn after_class(mut chars: Chars<'_>) -> Chars<'_> {
    let mut open = 1_usize;
    while open > 0 {
        match chars.next() {
            None => break,
            Some('\\') => chars = after_escape(chars),
            Some('[') => open += 1,
            Some(']') => open -= 1,
            Some(_) => {}
        }
    }
    chars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_repeated_as_often_as_it_may_be() {
        for (pattern, expected) in [
            ("", 0),
            ("abc", 3),
            ("a{4}b", 5),
            ("a{2,}b{0}", 3),
            ("(ab){0,3}", 6),
            ("((a{10}){10}){10}", 1_000),
            ("(a|bc){3}", 9),
            (r"\p{Lu}{2}\{{3}", 5),
            (r"[a-z-[aeiou{}\]]]{7}", 7),
            ("()", 1),
            ("(((((((a?){9}){9}){9}){9}){9}){9}){9}", 4_782_969),
            ("a{99999999999999999999}", u64::MAX),
            // Broken ones have some number.
            (")a(", 2),
            ("{3}a{", 1),
            ("[a", 1),
            (r"\", 1),
        ] {
            assert_eq!(parts(pattern), expected, "{pattern}");
        }
    }
}
