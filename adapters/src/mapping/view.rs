//! A mapping as people read it: its sections and rows, and which of them lead back.

use super::{
    Conversion, Mapping, Path, Row, Section, Way,
    compute::{COMPUTED, Compute},
};
use sluse_contracts::settings::Place;

/// A section, for people.
#[derive(Debug)]
pub struct SectionView<'m> {
    /// Where it begins in the file.
    pub place: Place,
    /// Its name; empty for the whole unit.
    pub name: &'m str,
    /// The section that it is within; empty where that is the whole unit.
    pub within: &'m str,
    /// What is done for each of.
    pub from: &'m Path,
    /// What becomes of each.
    pub to: &'m Path,
    /// Its rows, in the order of the file.
    pub rows: Vec<RowView<'m>>,
}

/// A row, for people.
#[derive(Debug)]
pub struct RowView<'m> {
    /// The file that it stands in: sets of rows may be included.
    pub file: &'m str,
    /// Where it stands in the file.
    pub place: Place,
    /// The only way in which it is read.
    pub only: Option<Way>,
    /// Where values stand on the one side.
    pub from: &'m [Path],
    /// Where they stand on the other.
    pub to: &'m [Path],
    /// What stands between the values of several paths.
    pub between: Option<&'m str>,
    /// What becomes of several values, as the file writes it.
    pub compute: Option<&'static str>,
    /// The conversions, as the file writes them.
    pub convert: &'m [String],
    /// The same, as they are done.
    pub conversions: &'m [Conversion],
    /// What is always written.
    pub constant: Option<&'m str>,
    /// What is written where there is no value.
    pub default: Option<&'m str>,
    /// The same, on the way back.
    pub reverse_default: Option<&'m str>,
    /// Why the value is not carried over.
    pub dropped: Option<&'m str>,
    /// Paths of the other side that must lead to something, or must not, for a constant to be written.
    pub wheres: &'m [(Path, bool)],
    /// Whether the value is which one of its kind the group is.
    pub counts: bool,
    /// Whether it is a group with all that stands in it.
    pub whole: bool,
    /// What of such a group is not carried over with it.
    pub but: &'m [Path],
    /// Whether it is a text with lines and marks.
    pub is_formatted: bool,
    /// Why it cannot be read in reverse.
    pub irreversible: Option<&'static str>,
}

impl Mapping {
    /// Its sections; the first is the whole unit.
    pub fn sections(&self) -> impl Iterator<Item = SectionView<'_>> {
        let mut only: Vec<Option<Way>> = Vec::new();
        self.sections.iter().map(move |section| {
            let around = section.within.and_then(|within| only.get(within).copied().flatten());
            let here = section.only.or(around);
            only.push(here);
            let within = section.within.and_then(|within| self.sections.get(within));
            let rows = section.rows.iter().map(|row| row.view(here)).collect();
            let Section { place, name, from, to, .. } = section;
            let within = within.map_or("", |within| &within.name);
            SectionView { place: *place, name, within, from, to, rows }
        })
    }
}

impl Row {
    /// The row in a section that is read in one way alone, or in both.
    fn view(&self, around: Option<Way>) -> RowView<'_> {
        let undone = self.convert.iter().map(Conversion::inverse);
        let irreversible = undone.filter_map(Result::err).next();
        let computed = self.compute.map(|_| COMPUTED);
        let only = self.only.or(around);
        RowView {
            file: &self.file,
            place: self.place,
            only,
            from: &self.from,
            to: &self.to,
            between: self.between.as_deref(),
            compute: self.compute.map(Compute::word),
            convert: &self.convert_words,
            conversions: &self.convert,
            constant: self.constant.as_deref(),
            default: self.default.as_deref(),
            reverse_default: self.reverse_default.as_deref(),
            dropped: self.dropped.as_deref(),
            wheres: &self.wheres,
            counts: self.counts,
            whole: self.whole,
            but: &self.but,
            is_formatted: self.form.is_some(),
            irreversible: irreversible.or(computed).filter(|_| only != Some(Way::Forward)),
        }
    }
}
