//! Mappings: which value of one tree stands where in another, as a table that people can read and check.
//!
//! A mapping is data, not a program. Its rows say *from* where, *to* where, and what becomes of the value on
//! the way; its sections say what is repeated. The same rows are read in both directions, so that what goes out and
//! what comes back cannot drift apart; a row that cannot be undone says so, and the way back is refused with the reason.
//!
//! ```toml
//! [[code-table]]
//! name = "states"
//! rows = [["1", "active"], ["9", "closed"]]
//!
//! [[section]]
//! name = "person"
//! from = "start/person"
//! to   = "persons"
//! row  = [
//!     { from = "number", to = "id" },
//!     { from = "state", to = "status", convert = "code states" },
//!     { from = ["given", "surname"], to = "name", between = ", " },
//!     { to = "source", constant = "register" },
//!     { from = "filler", dropped = "blanks without meaning" },
//! ]
//!
//! [[section]]
//! name   = "address"
//! within = "person"
//! from   = "address"
//! to     = "addresses"
//! row    = [{ from = "street", to = "street" }]
//! ```
//!
//! What a mapping reads is marked; what nothing read is told after each unit: nothing is lost silently.

mod convert;
mod describe;
mod outcome;
mod path;
mod plan;
mod run;
mod table;
mod words;
mod written;

pub use convert::{Conversion, NotConverted};
pub use outcome::{Carried, Lost, Outcome};
pub use path::{NoPath, Path, Step};
pub use plan::{Irreversible, Plan};
pub use run::Translator;
pub use table::CodeTable;

use sluse_contracts::{Finding, settings::Place};
use std::fmt;

/// Which way a mapping is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// From `from` to `to`.
    Forward,
    /// From `to` to `from`.
    Reverse,
}

/// A mapping, read and checked in itself.
#[derive(Debug)]
pub struct Mapping {
    file: String,
    /// A section stands after the one that it is within; the first is the whole unit.
    sections: Vec<Section>,
}

/// What is done for each group that is found, or once.
#[derive(Debug)]
struct Section {
    name: String,
    /// The section around it; none for the first.
    within: Option<usize>,
    from: Path,
    to: Path,
    rows: Vec<Row>,
}

/// One row.
#[derive(Debug)]
struct Row {
    place: Place,
    /// Only this way; both where nothing is said.
    only: Option<Way>,
    from: Vec<Path>,
    to: Vec<Path>,
    /// What stands between the values of several paths that are one value on the other side.
    between: Option<String>,
    convert: Vec<Conversion>,
    constant: Option<String>,
    /// What is written where there is no value: forward, and in reverse.
    default: Option<String>,
    reverse_default: Option<String>,
    /// Why what stands there is not carried over.
    dropped: Option<String>,
}

impl Mapping {
    /// Reads a mapping. Every fault is added to `findings`; there is a mapping where none is an error.
    pub fn read(file: &str, text: &str, findings: &mut Vec<Finding>) -> Option<Self> {
        describe::read(file, text, findings)
    }

    /// What it takes to translate one way.
    ///
    /// # Errors
    /// Every row that cannot be read that way, with the reason.
    pub fn plan(&self, way: Way) -> Result<Plan, Vec<Irreversible>> {
        Plan::of(self, way)
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Forward => "forward",
            Self::Reverse => "in reverse",
        })
    }
}

#[cfg(test)]
mod tests;
