//! The limits of this crate: everything that input could make grow has one.

/// The levels of expressions within an expression.
pub const EXPRESSION_DEPTH_MAX: usize = 200;
/// The levels of evaluation, through calls of functions of the rule set: they fit into a stack of 1 MiB.
pub(crate) const EVALUATION_DEPTH_MAX: usize = 300;
/// The items of one sequence.
pub(crate) const ITEMS_MAX: usize = 1_000_000;
/// The bytes of one text that an expression makes.
pub(crate) const TEXT_BYTES_MAX: usize = 16 << 20;
/// The memory of one compiled regular expression, in bytes.
pub(crate) const PATTERN_BYTES_MAX: usize = 4 << 20;
/// The regular expressions that one evaluation keeps compiled.
pub(crate) const PATTERNS_MAX: usize = 256;
