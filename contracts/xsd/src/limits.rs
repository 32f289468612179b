//! What a document may cost beyond its depth: each limit with its unit, and the rule that a violation has
//! where it is reached. No recommendation knows these rules; what compiling a schema may cost is [`crate::Budget`].

/// Longest value of an element that is judged as a whole, in bytes.
pub const VALUE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The rule of a value that is longer than [`VALUE_BYTES_MAX`].
pub const VALUE_BYTES: &str = "value-bytes-max";

/// Most keys, unique values and references to keys of one document together.
pub const KEYS_MAX: usize = 5_000_000;
/// The rule of a document that has more than [`KEYS_MAX`].
pub const KEYS: &str = "keys-max";

/// Most identity constraints open at once: elements nested in each other that each have some.
pub const OPEN_CONSTRAINTS_MAX: usize = 200;
/// Most elements within each other that the selectors of open constraints choose.
pub const CHOSEN_MAX: usize = 1_000;
/// The rule of a document that has more than [`OPEN_CONSTRAINTS_MAX`] open, or more than [`CHOSEN_MAX`] chosen.
pub const OPEN_CONSTRAINTS: &str = "open-constraints-max";

/// Most IDs and references to IDs of one document together.
pub const IDS_MAX: usize = 5_000_000;
/// The rule of a document that has more than [`IDS_MAX`].
pub const IDS: &str = "ids-max";

/// Most ways in which the children of one element may be counted at once.
pub const COUNTS_MAX: usize = 200;
/// Most steps of following more than a few ways to count, for one document.
pub const COUNT_STEPS_MAX: u64 = 5_000_000;
/// The rule of children that can be counted in more ways than [`COUNTS_MAX`], or that take more steps than
/// [`COUNT_STEPS_MAX`].
pub const COUNTS: &str = "counts-max";

/// Most steps of matching patterns for one document, where they are followed state by state.
pub const PATTERN_STEPS_MAX: u64 = 1_000_000_000;
/// The rule of a value whose patterns take more than [`PATTERN_STEPS_MAX`].
pub const PATTERN_STEPS: &str = "pattern-steps-max";
