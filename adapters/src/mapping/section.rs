//! Reading sections: those of a mapping, and sets of sections that many mappings use.
//!
//! ```toml
//! [[sections]]
//! name    = "parties"
//! section = [{ name = "sender", from = "S01[role='S']", to = "Sender", row = [{ use = "party" }] }]
//!
//! [[section]]
//! use    = "parties"
//! name   = "letter"                   # where it is used twice: its sections are then `letter/sender` and so on
//! within = "letter"
//! ```

use super::{
    Path, Section, Way,
    rows::{self, RawRow, Shared},
};
use sluse_contracts::{
    code,
    settings::{Place, Placed, Table},
};

/// A section whose place in a mapping is not known yet.
#[derive(Debug, Clone)]
pub(super) struct RawSection {
    name: Placed<String>,
    /// The section around it, of those before it.
    within: Option<Placed<String>>,
    from: Path,
    to: Path,
    joins: bool,
    only: Option<Way>,
    in_order: bool,
    rows: Vec<RawRow>,
}

/// Rows outside any section: they stand for the whole unit.
pub(super) fn whole(root: &mut Table<'_>, shared: &Shared) -> Section {
    Section {
        place: Place::START,
        name: String::new(),
        within: None,
        from: Path::here(),
        to: Path::here(),
        joins: false,
        only: None,
        in_order: false,
        rows: rows::rows(root, shared),
    }
}

/// The sections of a set.
pub(super) fn set(table: &mut Table<'_>, shared: &Shared) -> Vec<RawSection> {
    table.tables("section").iter_mut().map(|section| raw(section, shared)).collect()
}

/// Reads a section, or those of a set that it uses, and adds them to those before.
pub(super) fn read(table: &mut Table<'_>, sections: &mut Vec<Section>, shared: &Shared) {
    if !table.has("use") {
        let section = raw(table, shared);
        return add(table, section, 0, sections);
    }
    let Some(name) = table.placed_text("use") else { return };
    let around = match table.optional_placed_text("within") {
        Some(within) => around(table, &within, sections),
        None => Some(0),
    };
    let prefix = table.optional_text("name");
    match shared.sections.get(&name.value) {
        Some(set) => {
            // A fault is told where the set is used: it may be sound elsewhere.
            for section in set.iter() {
                let mut section = section.clone();
                section.name.place = name.place;
                section.within.iter_mut().for_each(|within| within.place = name.place);
                if let Some(prefix) = &prefix {
                    let own = section.within.iter_mut().chain([&mut section.name]);
                    own.for_each(|name| name.value = format!("{prefix}/{}", name.value));
                }
                add(table, section, around.unwrap_or(0), sections);
            }
        }
        None => {
            let sentence = "no set of sections before this place has this name";
            table.settings().report(name.place, code::VALUE_WRONG, sentence);
        }
    }
}

fn raw(table: &mut Table<'_>, shared: &Shared) -> RawSection {
    let place = table.place();
    RawSection {
        name: table.placed_text("name").unwrap_or(Placed { value: String::new(), place }),
        within: table.optional_placed_text("within"),
        from: table.optional_name("from").unwrap_or_else(Path::here),
        to: table.optional_name("to").unwrap_or_else(Path::here),
        joins: table.flag("joins").unwrap_or(false),
        only: table.choice("only", &Way::WORDS),
        in_order: table.flag("in-order").unwrap_or(false),
        rows: rows::raw_rows(table, shared),
    }
}

/// Adds a section; where it does not say what is around it, that is `around`.
fn add(table: &Table<'_>, section: RawSection, around: usize, sections: &mut Vec<Section>) {
    let RawSection { name, within, from, to, joins, only, in_order, rows } = section;
    if sections.iter().any(|each| each.name == name.value) {
        let sentence = "there is a section of this name already";
        table.settings().report(name.place, code::VALUE_WRONG, sentence);
    }
    let within = match &within {
        Some(within) => self::around(table, within, sections),
        None => Some(around),
    };
    let rows = rows.into_iter().filter_map(|row| row.read(table.settings())).collect();
    let Placed { value: name, place } = name;
    sections.push(Section { place, name, within, from, to, joins, only, in_order, rows });
}

/// The number of the section of a name.
fn around(table: &Table<'_>, within: &Placed<String>, sections: &[Section]) -> Option<usize> {
    let found = sections.iter().position(|each| each.name == within.value);
    if found.is_none() {
        let sentence = "no section before this one has this name";
        table.settings().report(within.place, code::VALUE_WRONG, sentence);
    }
    found
}
