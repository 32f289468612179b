//! Values of a schema: whole ones, ones at its bounds, and ones that break one constraint.

pub(crate) mod breaks;
pub(crate) mod chance;
pub(crate) mod formats;
pub(crate) mod keeps;
pub(crate) mod leaf;
pub(crate) mod make;
pub(crate) mod naming;
pub(crate) mod number;
pub(crate) mod pattern;
pub(crate) mod reach;
pub(crate) mod spot;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod text;
pub(crate) mod variants;

/// A count of characters in words.
pub(crate) fn characters(n: usize) -> String {
    if n == 1 { "1 character".into() } else { format!("{n} characters") }
}
