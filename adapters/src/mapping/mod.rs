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
//! also = [["8", "closed"]]                     # read as this word and never written; `also-reverse` the other way round
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
//!
//! Rows that many sections share stand once, as a set (`[[rows]]`, `use`), so do sections (`[[sections]]`), and what many
//! mappings share stands in a file of its own (`include`). A section that `joins` puts its first group into the one that
//! rows before it have begun; any other begins a group for each that it finds. Groups of neighbouring sections that are
//! `in-order` are done in the order in which they stand, whichever section finds them. More that a row can say:
//!
//! | key | |
//! |---|---|
//! | `between`, `gaps` | what stands between the values of several paths that are one; with `gaps` a value that is missing keeps its place |
//! | `constant` | a value that is always the same: written on the one side, on the other nothing |
//! | `where`, `unless` | at a constant, or a row of one way: only where a path leads to something on the side that is read, or does not |
//! | `compute` | what becomes of several values: their `sum`, the `difference` of the first and the others, the `product`, the `quotient` of two, the `first` that is there, how many `bytes` base64 stands for, a `uuid` that follows from them; forward or in reverse `only` |
//! | `counts` | which one of its kind the group is, from 1 |
//! | `again` | the same value stands in a second place: reading both, they must be the same |
//! | `whole`, `but` | a group with all that stands in it, as it is, but for what these paths of it lead to (see `whole`) |
//! | `text`, `each` | a text with lines and marks, as segments hold it and as XML does (see `formatted`) |

mod compute;
mod convert;
mod describe;
mod find;
mod formatted;
mod outcome;
mod path;
mod plan;
mod rows;
mod run;
mod section;
mod table;
mod view;
mod whole;
mod words;
mod written;

pub use convert::{Conversion, NotConverted};
pub use outcome::{Carried, Lost, Outcome};
pub use path::{NoPath, Path, Step, Value};
pub use plan::{Irreversible, Plan};
pub(crate) use rows::Included;
pub use run::Translator;
pub use table::CodeTable;
pub use view::{RowView, SectionView};

use sluse_contracts::{Finding, settings::Place};
use std::{fmt, sync::Arc};

/// Which way a mapping is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// From `from` to `to`.
    Forward,
    /// From `to` to `from`.
    Reverse,
}

impl Way {
    /// Each by the word that mappings write.
    const WORDS: [(&'static str, Self); 2] =
        [("forward", Self::Forward), ("reverse", Self::Reverse)];
}

/// A mapping, read and checked in itself.
#[derive(Debug)]
pub struct Mapping {
    /// A section stands after the one that it is within; the first is the whole unit.
    sections: Vec<Section>,
}

/// What is done for each group that is found, or once.
#[derive(Debug)]
struct Section {
    place: Place,
    name: String,
    /// Only this way; both where nothing is said.
    only: Option<Way>,
    /// The section around it; none for the first.
    within: Option<usize>,
    from: Path,
    to: Path,
    /// Whether the first group goes into one that rows have begun.
    joins: bool,
    /// Whether its groups are done in one order with those of its neighbours that say so too.
    in_order: bool,
    rows: Vec<Row>,
}

/// One row.
#[derive(Debug)]
struct Row {
    /// The file that it stands in: an included one has rows too.
    file: Arc<str>,
    place: Place,
    /// Only this way; both where nothing is said.
    only: Option<Way>,
    from: Vec<Path>,
    to: Vec<Path>,
    /// What becomes of several values, where they are not put one behind the other.
    compute: Option<compute::Compute>,
    /// What stands between the values of several paths that are one value on the other side.
    between: Option<String>,
    /// Whether one that is missing keeps its place.
    gaps: bool,
    convert: Vec<Conversion>,
    /// The conversions as the file writes them.
    convert_words: Vec<String>,
    constant: Option<String>,
    /// When the constant or what is computed is written: paths of the other side that must lead to something, or must not.
    wheres: Vec<(Path, bool)>,
    /// What is written where there is no value: forward, and in reverse.
    default: Option<String>,
    reverse_default: Option<String>,
    /// Why what stands there is not carried over.
    dropped: Option<String>,
    /// Whether the value is which one of its kind the group is.
    counts: bool,
    /// Whether the value may be there already, if it is the same.
    again: bool,
    /// Whether it is a group with all that stands in it, and what of it is not carried over so.
    whole: bool,
    but: Vec<Path>,
    /// A text with lines and marks, and whether each group it stands in is a text of its own.
    form: Option<formatted::Form>,
    each: bool,
}

impl Mapping {
    /// Reads a mapping. Every fault is added to `findings`; there is a mapping where none is an error.
    pub fn read(file: &str, text: &str, findings: &mut Vec<Finding>) -> Option<Self> {
        Self::read_with(file, text, &|_| None, findings)
    }

    /// Reads a mapping that may include others' tables and sets of rows, which `included` gives by their names.
    pub fn read_with(
        file: &str,
        text: &str,
        included: &dyn Fn(&str) -> Option<String>,
        findings: &mut Vec<Finding>,
    ) -> Option<Self> {
        describe::read(file, text, included, &mut Included::default(), findings)
    }

    /// The same, for one of several mappings that include the same files; what is wrong in those is told once.
    pub(crate) fn read_among(
        file: &str,
        text: &str,
        included: &dyn Fn(&str) -> Option<String>,
        known: &mut Included,
        findings: &mut Vec<Finding>,
    ) -> Option<Self> {
        describe::read(file, text, included, known, findings)
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
