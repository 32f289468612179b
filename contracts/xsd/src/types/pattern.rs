//! Patterns, matched in time linear in the text.

use super::TypeFault;
use regex::{Regex, RegexBuilder};
use xsd_schema::regex_convert::rewrite_xsd10_category_escapes;

/// Largest compiled pattern, in bytes: `(a{0,1000}){0,1000}` stops here.
const PATTERN_BYTES_MAX: usize = 8 << 20;
/// Largest cache of a pattern in use, in bytes.
const CACHE_BYTES_MAX: usize = 256 << 10;

/// A regular expression of XML Schema Part 2, appendix F: it describes the whole text.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    text: Box<str>,
    regex: Regex,
}

impl Pattern {
    /// Compiles a pattern. Categories are those of Unicode 3.0, which the recommendation was written for.
    pub(super) fn compile(text: &str) -> Result<Self, TypeFault> {
        let categories = rewrite_xsd10_category_escapes(text);
        let translated = sluse_xpath::translate_schema_pattern(&categories).ok_or_else(|| {
            TypeFault::new(
                "cvc-pattern-valid",
                "a pattern is not a regular expression of XML Schema",
            )
        })?;
        let regex = RegexBuilder::new(&format!(r"\A(?:{translated})\z"))
            .size_limit(PATTERN_BYTES_MAX)
            .dfa_size_limit(CACHE_BYTES_MAX)
            .build()
            .map_err(|_| TypeFault::over_budget("a pattern takes more memory than the limit"))?;
        Ok(Self { text: text.into(), regex })
    }

    /// As the schema writes it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}
