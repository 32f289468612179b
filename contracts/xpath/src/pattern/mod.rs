//! Regular expressions of XPath and XML Schema, translated to the linear engine of the `regex` crate.
//!
//! Back-references need backtracking, which takes unbounded time: they are not supported.

mod blocks;
mod translate;
mod work;

use crate::fault::{Code, Fault, Outcome};
use crate::limits::{PATTERN_BYTES_MAX, PATTERNS_MAX};
use regex::{Captures, Regex, RegexBuilder};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use translate::Dialect;
use work::Work;

const FLAGS: Fault = Fault::new(Code::Forx0001, "The flags of a regular expression are not right.");
const PATTERN: Fault = Fault::new(Code::Forx0002, "The regular expression is not right.");
/// Part of the syntax of other engines alone, so that the pattern is none here.
const LOOK_AROUND: Fault = Fault::new(
    Code::Forx0002,
    "Regular expressions of XPath have no look-ahead and no look-behind.",
);
const LARGE: Fault =
    Fault::new(Code::TooLarge, "The regular expression is larger than the limit regex-bytes-max.");
/// Bytes of a compiled pattern that is small, and the steps that making one, or a larger one, takes.
const SMALL_BYTES: usize = 64 << 10;
const SMALL_STEPS: usize = 2_000;
const LARGE_STEPS: usize = 500_000;
const REPLACEMENT: Fault = Fault::new(Code::Forx0004, "The replacement is not right.");

/// A compiled regular expression.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) regex: Regex,
    pub(crate) matches_empty: bool,
    /// The flag `q`: the pattern and the replacement are plain text.
    pub(crate) literal: bool,
    /// With the flag `m` and a `^`: the pattern, each `^` a group that holds nothing.
    marked: Option<Regex>,
    /// The pattern as the engine takes it, with its flags.
    source: (String, String),
    work: OnceLock<Work>,
    is_small: bool,
}

impl Pattern {
    /// The steps of one search in a text that begins at a place.
    pub(crate) fn steps(&self, text: &str, start: usize) -> usize {
        let (translated, flags) = &self.source;
        self.work.get_or_init(|| Work::of(translated, flags)).steps(text, start)
    }

    /// The steps that making the pattern takes.
    pub(crate) fn made_in_steps(&self) -> usize {
        if self.is_small { SMALL_STEPS } else { LARGE_STEPS }
    }

    /// Whether the text has a match.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        match self.marked_for(text) {
            Some(marked) => marked.captures_iter(text).any(|found| !begins_at_end(&found, text)),
            None => self.regex.is_match(text),
        }
    }

    /// The places of the matches, from left to right.
    pub(crate) fn matches<'t>(
        &'t self,
        text: &'t str,
    ) -> Box<dyn Iterator<Item = Range<usize>> + 't> {
        match self.marked_for(text) {
            Some(marked) => {
                let found = marked.captures_iter(text).filter(|found| !begins_at_end(found, text));
                Box::new(found.filter_map(|found| Some(found.get(0)?.range())))
            }
            None => Box::new(self.regex.find_iter(text).map(|found| found.range())),
        }
    }

    /// `^` with the flag `m` does not match after a newline that ends the text (Functions and Operators, section 7.6.1.1); the engine
    /// looks at one place at a time, so a match is asked where its `^` stood.
    fn marked_for(&self, text: &str) -> Option<&Regex> {
        self.marked.as_ref().filter(|_| text.ends_with('\n'))
    }
}

/// Whether a `^` of the match stands at the end of the text.
fn begins_at_end(found: &Captures<'_>, text: &str) -> bool {
    found.iter().skip(1).flatten().any(|mark| mark.is_empty() && mark.start() == text.len())
}

/// A regular expression with its flags.
type Flagged = (Box<str>, Arc<Pattern>);

/// Regular expressions by their text and flags.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    known: HashMap<Box<str>, Vec<Flagged>>,
    count: usize,
}

impl Patterns {
    pub(crate) fn find(&self, text: &str, flags: &str) -> Option<Arc<Pattern>> {
        let entries = self.known.get(text)?;
        entries.iter().find(|(each, _)| **each == *flags).map(|(_, pattern)| Arc::clone(pattern))
    }

    /// Compiles a pattern, and keeps it while there is room.
    pub(crate) fn compile(
        &mut self,
        text: &str,
        flags: &str,
        xpath_3: bool,
    ) -> Outcome<Arc<Pattern>> {
        let pattern = Arc::new(compile(text, flags, xpath_3)?);
        if self.count < PATTERNS_MAX {
            self.count += 1;
            self.known.entry(text.into()).or_default().push((flags.into(), Arc::clone(&pattern)));
        }
        Ok(pattern)
    }
}

/// A regular expression of XML Schema (Part 2, appendix F) as the `regex` crate takes it, without anchors;
/// none where it is not one.
pub fn translate_schema_pattern(text: &str) -> Option<String> {
    translate::translate_of_schema(text).ok()
}

/// `xpath_3`: with the flag `q` and groups that do not capture.
fn compile(text: &str, flags: &str, xpath_3: bool) -> Outcome<Pattern> {
    if !flags.chars().all(|flag| "smix".contains(flag) || (xpath_3 && flag == 'q')) {
        return Err(FLAGS);
    }
    let literal = flags.contains('q');
    let dialect = Dialect { xpath_3, ..Dialect::of(flags) };
    let (translated, flags) = if literal {
        (regex::escape(text), flags.replace(['s', 'm'], ""))
    } else {
        (translate::translate(text, dialect)?, flags.to_owned())
    };
    let small = build(&translated, &flags, SMALL_BYTES);
    let is_small = small.is_ok();
    let regex = small.or_else(|_| build(&translated, &flags, PATTERN_BYTES_MAX))?;
    let marked = if flags.contains('m') && text.contains('^') {
        let dialect = Dialect { marks: true, ..dialect };
        Some(build(&translate::translate(text, dialect)?, &flags, PATTERN_BYTES_MAX)?)
    } else {
        None
    };
    let matches_empty = regex.is_match("");
    let (source, work) = ((translated, flags), OnceLock::new());
    Ok(Pattern { regex, matches_empty, literal, marked, source, work, is_small })
}

fn build(translated: &str, flags: &str, bytes_max: usize) -> Outcome<Regex> {
    RegexBuilder::new(translated)
        .case_insensitive(flags.contains('i'))
        .dot_matches_new_line(flags.contains('s'))
        .multi_line(flags.contains('m'))
        .size_limit(bytes_max)
        .dfa_size_limit(PATTERN_BYTES_MAX)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => LARGE,
            _ => PATTERN,
        })
}

/// The replacement text in the form of the `regex` crate: `$1` becomes `${1}`, `\$` becomes `$$`.
pub(crate) fn replacement(text: &str, regex: &Regex) -> Outcome<String> {
    let groups = regex.captures_len() - 1;
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('\\') => out.push('\\'),
                Some('$') => out.push_str("$$"),
                _ => return Err(REPLACEMENT),
            },
            '$' => {
                let first = chars.next().and_then(|digit| digit.to_digit(10)).ok_or(REPLACEMENT)?;
                let mut group = first as usize;
                // More digits belong to the number while there are that many groups.
                while let Some(digit) = chars.peek().and_then(|digit| digit.to_digit(10)) {
                    let longer = group * 10 + digit as usize;
                    if longer > groups {
                        break;
                    }
                    group = longer;
                    chars.next();
                }
                if group <= groups {
                    out.push_str(&format!("${{{group}}}"));
                }
            }
            c => out.push(c),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_schemas_have_no_anchors() {
        for (pattern, text, expected) in [
            ("a^b$", "a^b$", true),
            ("[a-z-[aeiou]]", "b", true),
            ("(a|b){2}c?", "bac", true),
            (r"\$1", "$1", true),
            (".", "\n", false),
        ] {
            let regex =
                Regex::new(&format!("^(?:{})$", translate_schema_pattern(pattern).unwrap()));
            assert_eq!(regex.unwrap().is_match(text), expected, "{pattern}");
        }
        for pattern in ["(?:a)", "a*?", "a{,3}", "(", r"(a)\1"] {
            assert_eq!(translate_schema_pattern(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn patterns_mean_what_xml_schema_says() {
        for (pattern, text, expected) in [
            (r"^[a-z-[aeiou]]+$", "bcd", true),
            (r"^[a-z-[aeiou]]+$", "bad", false),
            (r"^\i\c*$", "Name.1", true),
            (r"^\i\c*$", "1", false),
            (r"^\p{IsBasicLatin}+$", "abc", true),
            (r"^\p{IsBasicLatin}+$", "æ", false),
            (r"^\d{4}$", "2024", true),
            (r"^[^\d]+$", "ab1", false),
            (r"\s", "\u{A0}", false),
            (r"^\w+$", "a-b", false),
            (r"^[\w]+$", "ab", true),
            (r"a.b", "a\nb", false),
            (r"^(a|b){2}$", "ab", true),
            (r"[.]", "x", false),
            (r"^[-+]$", "-", true),
            (r"^[^0-9-[a-d]]$", "a", false),
            (r"^[^0-9-[a-d]]$", "5", false),
            (r"^[^0-9-[a-d]]$", "e", true),
            (r"^[a-z-[^aeiou]]$", "e", true),
            (r"^[a-z-[b-y-[m]]]+$", "amz", true),
            (r"\p{IsHighSurrogates}|\P{IsLowSurrogates}", "x", true),
            (r"[\p{IsHighSurrogates}]", "x", false),
        ] {
            assert_eq!(
                compile(pattern, "", true).unwrap().regex.is_match(text),
                expected,
                "{pattern} {text}"
            );
        }
        for pattern in ["(", "[a", "a{2,1}", r"\q", "a**", "[b-a]", r"\p{Nope}"] {
            assert!(compile(pattern, "", true).is_err(), "{pattern}");
        }
        assert_eq!(compile(r"(a)\1", "", true).unwrap_err().code, Code::Unsupported);
        assert!(compile("a b", "x", true).unwrap().regex.is_match("ab"));
        assert!(compile("a", "y", true).is_err());
        assert!(!compile(r"\p{Lu}", "i", true).unwrap().regex.is_match("m"));
        assert!(compile(r"\P{Lu}", "i", true).unwrap().regex.is_match("m"));
    }
}
