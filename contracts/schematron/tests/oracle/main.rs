//! Published rule sets over published documents: the rule ids that fire must be those of the oracle files.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests fail by panics and print their counts"
)]

mod bounds;
mod hostile;
mod keys;
mod oioubl;
mod oioxml;
mod shared;
mod suites;
mod test_sets;
