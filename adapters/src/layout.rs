//! Formats that need a description: a layout, and reading and writing by it as a stream.
//!
//! JSON and XML say themselves what they hold, so a `Format` alone carries them. Fixed width, CSV and
//! EDIFACT do not: a person describes them once in a file, which is checked and becomes a [`Layout`]. Where a mapping
//! makes XML or JSON, it has a description too: of prefixes, orders, lists and numbers, which no tree knows.
//! A file in such a format holds many *units*, each of which stands for itself: a record with those
//! nested in it, a row, a message of an interchange. A reader gives one unit at a time as a tree, so
//! memory is bounded by the largest unit and not by the file.
//!
//! The bytes come in pieces of any length; how they are split changes nothing:
//!
//! ```
//! use sluse_adapters::{fault::Faults, layout::{Layout, Step}, tree::Tree};
//! use sluse_contracts::payload::Limits;
//! use std::{io::{self, Read}, sync::Arc};
//!
//! fn read(layout: Arc<dyn Layout>, mut input: impl Read) -> io::Result<u64> {
//!     let limits = Limits::default();
//!     let mut tree = Tree::new(layout.names().clone(), &limits);
//!     let mut faults = Faults::new(1_000);
//!     let mut reader = layout.reader(&limits);
//!     let (mut piece, mut n_units) = ([0; 65_536], 0);
//!     loop {
//!         match reader.next(&mut tree, &mut faults) {
//!             Step::Unit => n_units += 1,
//!             Step::Refused => {} // `faults` says why; the next one may be sound
//!             Step::Hungry => match input.read(&mut piece)? {
//!                 0 => reader.finish(),
//!                 n => reader.feed(piece.get(..n).unwrap_or_default()),
//!             },
//!             Step::End | Step::Broken => return Ok(n_units),
//!         }
//!     }
//! }
//! ```

use crate::{
    content, csv as rows,
    edifact::{self, reader::EdifactReader},
    envelope,
    fault::{Fault, Faults, Numbered},
    fixed, json,
    shape::Part,
    tree::{Names, Tree},
    xml,
};
use sluse_contracts::{
    Finding, MediaType,
    payload::Limits,
    settings::{Settings, Table},
};
use std::{borrow::Cow, fmt, str::FromStr, sync::Arc};

/// A checked description of how one kind of file is written.
pub trait Layout: Send + Sync + fmt::Debug {
    /// The format's name, as descriptions write it.
    fn format(&self) -> &'static str;

    /// The media type of what it writes.
    fn media_type(&self) -> MediaType;

    /// The names that its trees use.
    fn names(&self) -> &Arc<Names>;

    /// The same layout with further names that its trees know, where it has trees that may hold names which the
    /// description does not declare; nothing where all its names are the description's. A mapping's names are a few that
    /// come in every unit: known, they are numbers, and faults may say them.
    fn knowing(&self, _names: &mut dyn Iterator<Item = &str>) -> Option<Arc<dyn Layout>> {
        None
    }

    /// Whether what comes again stands in a list of its own, as in JSON.
    fn has_lists(&self) -> bool {
        false
    }

    /// What the places in its messages number.
    fn numbered(&self) -> Numbered {
        Numbered::Record
    }

    /// The groups that stand once around the units of a message, as units of their own.
    fn around(&self) -> Around<'_> {
        Around::default()
    }

    /// What may stand in the tree of a unit; nothing where the description does not say.
    fn shape(&self) -> Option<Vec<Part>> {
        None
    }

    /// How names of XML are written in its trees; nothing where its messages are none.
    fn xml_names(&self) -> Option<&dyn XmlNames> {
        None
    }

    /// A reader for one message.
    fn reader(self: Arc<Self>, limits: &Limits) -> Box<dyn UnitReader>;

    /// A writer for one message.
    fn writer(self: Arc<Self>) -> Box<dyn UnitWriter>;
}

/// How the trees of a layout write names of XML.
pub trait XmlNames {
    /// The names that a document element may have: namespace and local name, and which of several default namespaces
    /// the document is in then.
    fn roots(&self) -> Vec<(&str, &str, Option<usize>)>;

    /// The name of an element, in a document of that default namespace.
    fn element<'n>(&self, namespace: &str, local: &'n str, default: Option<usize>) -> Cow<'n, str>;

    /// The name of an attribute.
    fn attribute<'n>(&self, namespace: &str, local: &'n str) -> Cow<'n, str>;
}

/// The groups that stand once around the units of a message, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Around<'l> {
    /// What stands before them, such as a start record.
    pub header: Option<&'l str>,
    /// What stands after them, such as a trailer.
    pub trailer: Option<&'l str>,
}

/// A format that needs a description, and how its description is read.
#[derive(Clone, Copy)]
pub struct Described {
    /// The format's name, as `format` in a description writes it.
    pub name: &'static str,
    /// Reads the table of a description; nothing where a fault was reported.
    describe: fn(&mut Table<'_>) -> Option<Arc<dyn Layout>>,
}

impl Described {
    /// Reads the table of a description; nothing where a fault was reported.
    pub(crate) fn describe(&self, table: &mut Table<'_>) -> Option<Arc<dyn Layout>> {
        (self.describe)(table)
    }
}

/// Every format that needs a description.
pub fn described() -> &'static [Described] {
    &[
        Described { name: "content", describe: content::describe },
        Described { name: "csv", describe: rows::describe },
        Described { name: "edifact", describe: edifact::describe },
        Described { name: "envelope", describe: envelope::describe },
        Described { name: "fixed", describe: fixed::describe },
        Described { name: "json", describe: json::describe },
        Described { name: "xml", describe: xml::describe },
    ]
}

/// Reads a description. Every fault is added to `findings`, and warnings too; there is a layout
/// where none of them is an error.
pub fn describe(file: &str, text: &str, findings: &mut Vec<Finding>) -> Option<Arc<dyn Layout>> {
    describe_otherwise(file, text, &[], findings)
}

/// The same, where some keys of the description say other texts than its file does.
pub(crate) fn describe_otherwise(
    file: &str,
    text: &str,
    otherwise: &[(&str, String)],
    findings: &mut Vec<Finding>,
) -> Option<Arc<dyn Layout>> {
    let mut settings = Settings::parse(file, text, findings)?;
    for (key, text) in otherwise {
        settings.put(key, text);
    }
    let words: Vec<_> = described().iter().map(|format| (format.name, *format)).collect();
    let mut root = settings.root();
    let format = root.required_choice("format", &words);
    let layout = format.and_then(|format| (format.describe)(&mut root));
    if format.is_none() {
        // Which keys there are depends on the format.
        root.entries();
    }
    root.finish();
    let found = settings.into_findings();
    let is_sound = !found.iter().any(Finding::is_error);
    findings.extend(found);
    layout.filter(|_| is_sound)
}

/// The name of a group or field in a description: it becomes a step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName(String);

/// A text that is not the name of a group or field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 200 letters, digits, `-` and `_`")]
pub struct NoFieldName;

impl FromStr for FieldName {
    type Err = NoFieldName;

    fn from_str(name: &str) -> Result<Self, NoFieldName> {
        let of_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        let sound = !name.is_empty() && name.len() <= 200 && name.chars().all(of_name);
        sound.then(|| Self(name.to_owned())).ok_or(NoFieldName)
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Described({})", self.name)
    }
}

/// What a reader has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The tree holds the next unit, whole and sound.
    Unit,
    /// The next unit has faults, which were told; what the tree holds is not to be used.
    Refused,
    /// All that was fed is read: feed more, or finish.
    Hungry,
    /// The message is read to its end, and adds up.
    End,
    /// A fault of the whole message was told: nothing more can be read, and nothing that was read
    /// may be used.
    Broken,
}

/// Reads one message, unit by unit.
pub trait UnitReader: Send + fmt::Debug {
    /// Takes the next bytes of the message, any number of them.
    fn feed(&mut self, bytes: &[u8]);

    /// Says that there are no more bytes.
    fn finish(&mut self);

    /// Reads on to the next unit, or to where more bytes are needed. After `End` or `Broken` it says
    /// the same again.
    ///
    /// The tree is cleared before a unit is begun. A call that gave `Hungry` is followed by one with
    /// the same tree, which may hold what was read of a unit so far.
    fn next(&mut self, tree: &mut Tree, faults: &mut Faults) -> Step;

    /// Puts what stands around the units of a message that has none into the tree, asked at its end: no unit shows it.
    /// Whether there is such a thing.
    fn around_no_units(&self, _tree: &mut Tree) -> bool {
        false
    }

    /// What the reader holds on to, in bytes, besides the tree.
    fn held_bytes(&self) -> usize;

    /// The reader of an interchange of EDIFACT, whose sender is told by an acknowledgement of its own; nothing for other
    /// formats.
    fn interchange(&self) -> Option<&EdifactReader> {
        None
    }
}

/// Writes one message, unit by unit.
pub trait UnitWriter: Send + fmt::Debug {
    /// Writes a unit at the end of `out`, which the caller may empty between calls.
    ///
    /// # Errors
    /// The first fault; nothing of the unit is written then. Its place is the node's, so that it
    /// leads to where the value came from.
    fn write(&mut self, unit: &Tree, out: &mut Vec<u8>) -> Result<(), Fault>;

    /// Writes what stands after the last unit, such as a trailer with its counts.
    ///
    /// # Errors
    /// Where the message would not be whole.
    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Fault>;
}

#[cfg(test)]
mod tests;
