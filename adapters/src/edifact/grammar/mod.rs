//! Message grammars as data: what an interchange's messages consist of, described in a TOML file.
//!
//! A grammar file has a *directory*, which says what segments consist of, and *messages*, which say which
//! segments follow each other, in which groups and how often:
//!
//! ```toml
//! names = "plain"                          # names in the tree: BGM, C002, 1001; or "iso-20625": S_BGM, C_C002, D_1001
//!
//! [elements]                               # representations; of others nothing is checked
//! 1001 = "an..3"
//! 1004 = "an..35"
//!
//! [composites]
//! C507 = "2005! 2380 2379"                 # ! what must be there
//! C080 = "3036! 3036*4 3045"               # * how often in a row: 3036, 3036_2, … 3036_5
//!
//! [segments]
//! DTM = "C507!"
//!
//! [dates]
//! C507 = "2380 2379"                       # the value, and the code of its format
//!
//! [[message]]
//! type     = "MEDDIS"                      # its name in the tree
//! of       = ["MEDDIS:D:93A:UN"]           # how UNH (S009) names it; what is not said may be anything
//! segments = ["BGM", "DTM 1..5", "S01 1..9"]   # once where nothing is said
//!
//! [message.groups]
//! S01 = ["S01", "NAD", "CON 0..5"]         # the first segment begins the group
//!
//! [[message.codes]]                        # code lists, if need be for some association assigned codes (0057) alone
//! path   = "PAS/status"
//! for    = ["D2030C"]
//! values = ["HS", "DA"]
//! ```
//!
//! A group is *explicit* where its first segment is there for nothing else, as `S01` above, and *implicit* where
//! that segment says something, as `LIN` does; both are told by the tag of that segment. `OBJECT` stands for a
//! binary object: `UNO`, its bytes, `UNP`.

mod directory;
mod form;
mod matching;
mod read;
mod rules;

pub use directory::Naming;
pub use form::Misfit;
pub(crate) use form::check_date;
pub(crate) use matching::{Matcher, Mismatch, Missing};
pub use read::BUILTIN;
pub(crate) use rules::{Composite, Content, ElementRule, SegmentRule, Simple, Tag};

use crate::tree::{NameId, Names};
use std::{collections::HashSet, fmt, sync::Arc};

/// The grammars of one layout: what its interchanges may hold.
pub struct Grammar {
    names: Arc<Names>,
    pub(crate) service: ServiceRules,
    pub(crate) messages: Vec<MessageGrammar>,
}

impl Grammar {
    /// The names that trees of its messages use.
    pub fn names(&self) -> &Arc<Names> {
        &self.names
    }

    /// The grammar of a message, by what its header says of itself (S009): type, version, release, agency and
    /// association assigned code. The one that says most is taken; with its number.
    pub(crate) fn message(&self, identifier: &[&str; 5]) -> Option<(usize, &MessageGrammar)> {
        let said = |message: &MessageGrammar| message.n_said(identifier);
        let numbered = self.messages.iter().enumerate();
        let found = numbered.filter_map(|each| Some((said(each.1)?, each)));
        found.max_by_key(|(n_said, _)| *n_said).map(|(_, message)| message)
    }
}

impl fmt::Debug for Grammar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types: Vec<_> = self.messages.iter().map(|message| &message.label).collect();
        f.debug_struct("Grammar").field("messages", &types).finish_non_exhaustive()
    }
}

/// The rules of service segments, and the names around binary objects.
#[derive(Debug)]
pub(crate) struct ServiceRules {
    pub(crate) unb: SegmentRule,
    pub(crate) ung: SegmentRule,
    pub(crate) unh: SegmentRule,
    pub(crate) unt: SegmentRule,
    pub(crate) une: SegmentRule,
    pub(crate) unz: SegmentRule,
    pub(crate) uno: SegmentRule,
    pub(crate) unp: SegmentRule,
    /// The group of a binary object.
    pub(crate) object: NameId,
    /// Its bytes, in base64.
    pub(crate) data: NameId,
}

/// The grammar of one type of message.
#[derive(Debug)]
pub(crate) struct MessageGrammar {
    /// The group of the message in the tree.
    pub(crate) name: NameId,
    /// The type, for people.
    pub(crate) label: Box<str>,
    /// What its header may say.
    pub(crate) of: Vec<Vec<String>>,
    pub(crate) rules: Vec<SegmentRule>,
    /// The message itself first, then its groups.
    pub(crate) levels: Vec<Level>,
    pub(crate) lists: Vec<CodeList>,
}

impl MessageGrammar {
    /// How much of an identifier is said by what the grammar is for; nothing where it says otherwise.
    fn n_said(&self, identifier: &[&str; 5]) -> Option<usize> {
        let fits = |said: &&Vec<String>| said.iter().zip(identifier).all(|(said, is)| said == is);
        self.of.iter().filter(fits).map(Vec::len).max()
    }

    /// Whether any segment of this tag may stand somewhere in it.
    pub(crate) fn knows(&self, tag: Tag) -> bool {
        self.levels.iter().flat_map(|level| &level.items).any(|item| item.trigger == tag)
    }
}

/// The message, or a group of it: what may stand in it, in order.
#[derive(Debug)]
pub(crate) struct Level {
    pub(crate) label: Box<str>,
    pub(crate) items: Vec<Item>,
}

/// A segment or group at its place.
#[derive(Debug)]
pub(crate) struct Item {
    /// The tag of the segment, or of the group's first.
    pub(crate) trigger: Tag,
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) name: NameId,
    pub(crate) label: Box<str>,
    pub(crate) what: What,
}

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// A segment, by the number of its rule.
    Segment(usize),
    /// A group, by the number of its level.
    Group(usize),
    /// A binary object.
    Object,
}

/// The values that something may have, always or for some association assigned codes.
#[derive(Debug)]
pub(crate) struct CodeList {
    pub(crate) associations: Vec<String>,
    pub(crate) values: HashSet<String>,
}

impl CodeList {
    /// Whether the list holds for messages of this association assigned code.
    pub(crate) fn is_for(&self, association: &str) -> bool {
        self.associations.is_empty() || self.associations.iter().any(|each| each == association)
    }
}
