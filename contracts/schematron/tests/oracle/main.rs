//! Published rule sets over published documents: the rule ids that fire must be those of the oracle files.

mod bounds;
mod oioubl;
mod shared;
mod test_sets;
