//! The limits of this crate: everything that input could make grow has one.

/// The levels of expressions within an expression.
pub const EXPRESSION_DEPTH_MAX: usize = 200;
/// The levels of evaluation, through calls of functions of the rule set: they fit into a stack of 1 MiB.
pub(crate) const EVALUATION_DEPTH_MAX: usize = 300;
/// The items of one sequence.
pub(crate) const ITEMS_MAX: usize = 1_000_000;
/// The bytes of one text that an expression makes.
pub(crate) const TEXT_BYTES_MAX: usize = 16 << 20;
/// The bytes that the values of one evaluation hold at one time.
pub(crate) const HELD_BYTES_MAX: usize = 128 << 20;
/// The memory of one compiled regular expression, in bytes.
pub(crate) const PATTERN_BYTES_MAX: usize = 4 << 20;
/// The regular expressions that one evaluation keeps compiled.
pub(crate) const PATTERNS_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{EXPRESSION_BYTES_MAX, PROGRAM_NODES_MAX};

    const PAGE: &str = include_str!("../../../gateway/docs/xpath-and-schematron.md");

    /// A number with a separator at each thousand.
    fn grouped(number: usize, separator: char) -> String {
        let digits = number.to_string();
        let mut out = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(separator);
            }
            out.push(digit);
        }
        out
    }

    #[test]
    fn the_manual_has_the_limits_of_expressions() {
        let (_, limits) = PAGE.split_once("\n## Limits\n").expect("the page has its limits");
        let all = include_str!("../../../gateway/docs/limits.md");
        for limit in [
            EXPRESSION_DEPTH_MAX,
            EVALUATION_DEPTH_MAX,
            ITEMS_MAX,
            TEXT_BYTES_MAX,
            HELD_BYTES_MAX,
            PATTERN_BYTES_MAX,
            EXPRESSION_BYTES_MAX,
            PROGRAM_NODES_MAX,
        ] {
            let row = format!("| {} |", grouped(limit, ','));
            assert!(limits.contains(&row), "the page of XPath has {row}");
            let row = format!("| {} |", grouped(limit, '_'));
            assert!(all.contains(&row), "the page of limits has {row}");
        }
    }
}
