//! Other suites before the same systems.
//!
//! Neither knows the contract's clauses, so what one tells is compared with what it tells of the sound system: a fault
//! counts as told where something is told that is not told of the sound system too.

pub(super) mod prism;
pub(super) mod schemathesis;

use std::collections::BTreeSet;

/// What a peer tells of a system, each thing once.
pub(super) type Failures = BTreeSet<String>;
