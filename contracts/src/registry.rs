//! The contracts in force right now, in memory.

/// The contracts in force right now, found by id or by what a document says.
#[derive(Debug, Default)]
pub struct Registry {}
