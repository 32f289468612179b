//! Patterns that are one class of characters with a count, such as `[\p{L} ]{0,4000}`.
//!
//! A machine has each class as often as it may stand. Here the class is compiled once, and characters are counted.

/// Counts below this are left to the machine, which is small.
const COUNTED_MIN: u64 = 100;

/// How many characters a text may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    least: u64,
    /// None is without end.
    most: Option<u64>,
}

impl Count {
    pub(super) fn has(self, text: &str) -> bool {
        // A character is a byte at least, and four at most.
        let bytes = text.len() as u64;
        if bytes < self.least || self.most.is_some_and(|most| bytes / 4 > most) {
            return false;
        }
        let chars = text.chars().count() as u64;
        chars >= self.least && self.most.is_none_or(|most| chars <= most)
    }
}

/// The class of a pattern that is one class with a large count, and the count; groups around it are passed over.
pub(super) fn counted(pattern: &str) -> Option<(&str, Count)> {
    let mut pattern = pattern;
    while let Some(inner) = pattern.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        pattern = inner;
    }
    let length = class_length(pattern)?;
    let (class, quantity) = pattern.split_at_checked(length)?;
    let bounds = quantity.strip_prefix('{')?.strip_suffix('}')?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u64>().ok()).flatten()
    };
    let (least, most) = match bounds.split_once(',') {
        None => (number(bounds)?, Some(number(bounds)?)),
        Some((least, "")) => (number(least)?, None),
        Some((least, most)) => (number(least)?, Some(number(most)?)),
    };
    let is_large = most.unwrap_or(least) >= COUNTED_MIN;
    is_large.then_some((class, Count { least, most }))
}

/// How many bytes the class takes that a pattern begins with; none where it begins with something else.
fn class_length(pattern: &str) -> Option<usize> {
    let mut chars = pattern.char_indices();
    match chars.next()?.1 {
        '.' => Some(1),
        '\\' => match chars.next()?.1 {
            'p' | 'P' => pattern.find('}').map(|at| at + 1),
            each => Some(1 + each.len_utf8()),
        },
        '[' => {
            let mut open = 1_usize;
            while let Some((at, each)) = chars.next() {
                match each {
                    '\\' => drop(chars.next()?),
                    '[' => open += 1,
                    ']' => open -= 1,
                    _ => {}
                }
                if open == 0 {
                    return Some(at + 1);
                }
            }
            None
        }
        _ => None,
    }
}
