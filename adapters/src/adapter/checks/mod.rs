//! What can be known of an adapter before any message is seen: whether its mappings fit what both sides may hold.
//!
//! A side is known by its description, where that says what may stand in it, or by a schema. Of a side that is not known nothing is
//! said. Faults stand in the mapping's file, at the row that has them.

mod fit;
mod reach;
mod schema;
mod xml_schema;

pub(super) use schema::parts_of_schema;
pub(super) use xml_schema::parts_of_xml_schema;

use super::{Adapter, Mapped};
use crate::{
    mapping::{Path, RowView, SectionView, Way},
    shape::Part,
};
use reach::{Reached, Side};
use sluse_contracts::{Code, Finding, code, settings::Place};
use std::collections::{HashMap, HashSet};

/// One mapping under check.
struct Checking<'c> {
    file: String,
    legacy: Side<'c>,
    contract_side: Side<'c>,
    goes_back: bool,
    findings: Vec<Finding>,
}

/// Where a section stands on both sides.
#[derive(Clone)]
struct Standing<'c> {
    legacy: Reached<'c>,
    contract_side: Reached<'c>,
}

/// What schemas say of the sides of an adapter, where it names any.
pub(super) struct Known {
    pub(super) legacy: Option<Vec<Part>>,
    pub(super) contract_side: Option<Vec<Part>>,
}

/// Every fault and doubt of an adapter's mappings against what is known of its sides.
pub(super) fn check(
    adapter: &Adapter,
    known: &Known,
    shown: &dyn Fn(&str) -> String,
) -> Vec<Finding> {
    let (of_legacy, own) = (adapter.legacy.shape(), adapter.contract_side.shape());
    let legacy = known.legacy.as_deref().or(of_legacy.as_deref());
    let contract_side = known.contract_side.as_deref().or(own.as_deref());
    let trailer = adapter.legacy.around().trailer;
    let goes_back = adapter.plans(Way::Reverse).is_ok();
    let mut findings = Vec::new();
    for mapped in &adapter.mappings {
        let mut checking = Checking {
            file: shown(&mapped.file),
            legacy: Side::new(legacy),
            contract_side: Side::new(contract_side),
            goes_back,
            findings: Vec::new(),
        };
        checking.mapping(mapped);
        if let Some(trailer) = trailer {
            checking.trailer(mapped, trailer);
        }
        checking.findings.sort_by_key(|finding| (finding.line, finding.column));
        findings.append(&mut checking.findings);
    }
    findings
}

impl<'c> Checking<'c> {
    fn mapping(&mut self, mapped: &Mapped) {
        let mut known: HashMap<&str, Standing<'c>> = HashMap::new();
        let sections: Vec<SectionView<'_>> = mapped.mapping.sections().collect();
        for (number, section) in sections.iter().enumerate() {
            let root =
                Standing { legacy: self.legacy.root(), contract_side: self.contract_side.root() };
            let around = match number {
                0 => root,
                _ => known.get(section.within).cloned().unwrap_or(root),
            };
            let legacy = self.legacy.follow(&around.legacy, section.from);
            let legacy = self.told(section.place, legacy, "from");
            let contract_side = self.contract_side.follow(&around.contract_side, section.to);
            let contract_side = self.told(section.place, contract_side, "to");
            self.legacy.write_tested(&around.legacy, section.from);
            self.contract_side.write_tested(&around.contract_side, section.to);
            let standing = Standing { legacy, contract_side };
            for row in &section.rows {
                self.row(row, &standing);
            }
            known.insert(section.name, standing);
        }
        self.unwritten(&sections);
    }

    /// Tells a path that leads nowhere; what it leads to is not known then.
    fn told(
        &mut self,
        place: Place,
        found: Result<Reached<'c>, reach::Nowhere>,
        key: &str,
    ) -> Reached<'c> {
        match found {
            Ok(reached) => reached,
            Err(nowhere) => {
                let sentence = format!("`{key}`: {}", nowhere.sentence);
                self.tell(place, code::PATH_IMPOSSIBLE, sentence, nowhere.hint);
                Reached::unknown()
            }
        }
    }

    fn row(&mut self, row: &RowView<'_>, standing: &Standing<'c>) {
        let from = self.ends(row, row.from, true, standing);
        let to = self.ends(row, row.to, false, standing);
        // Of a row of one way the side that it reads is asked; of a constant the one that it is not written to.
        let asks_legacy = match row.only {
            Some(way) => way == Way::Forward,
            None => row.from.is_empty(),
        };
        for (path, _) in row.wheres {
            let found = match asks_legacy {
                true => self.legacy.follow(&standing.legacy, path),
                false => self.contract_side.follow(&standing.contract_side, path),
            };
            self.told(row.place, found, "where");
        }
        for misfit in fit::misfits(row, &from, &to, self.goes_back) {
            let finding = Finding::in_file(&*self.file, misfit.code, misfit.sentence);
            let finding = finding.at(row.place.line, row.place.column);
            let finding = match misfit.hint {
                Some(hint) => finding.hint(hint),
                None => finding,
            };
            self.findings.push(if misfit.is_doubt { finding.warning() } else { finding });
        }
    }

    /// Where the paths of one side of a row lead; what it writes is noted.
    fn ends(
        &mut self,
        row: &RowView<'_>,
        paths: &[Path],
        is_legacy: bool,
        standing: &Standing<'c>,
    ) -> Vec<Reached<'c>> {
        let key = if is_legacy { "from" } else { "to" };
        let is_written = match row.only {
            Some(Way::Forward) => !is_legacy,
            Some(Way::Reverse) => is_legacy,
            None => !is_legacy || self.goes_back,
        };
        let mut ends = Vec::new();
        for path in paths {
            let found = match is_legacy {
                true => self.legacy.follow(&standing.legacy, path),
                false => self.contract_side.follow(&standing.contract_side, path),
            };
            let end = self.told(row.place, found, key);
            if row.dropped.is_none() && !row.is_formatted && !row.whole && end.is_group() {
                let sentence =
                    format!("`{key}`: `{path}` is a group, which has no value of its own");
                self.tell(row.place, code::PATH_IMPOSSIBLE, sentence, None);
            }
            if row.dropped.is_none() && is_written {
                let side = if is_legacy { &mut self.legacy } else { &mut self.contract_side };
                side.write(&end);
                if row.is_formatted || row.whole {
                    side.write_whole(&end);
                }
                let around = if is_legacy { &standing.legacy } else { &standing.contract_side };
                side.write_tested(around, path);
            }
            ends.push(end);
        }
        ends
    }

    /// Values that must be there in what is written, and that no row writes.
    fn unwritten(&mut self, sections: &[SectionView<'_>]) {
        let place = sections
            .iter()
            .flat_map(|section| section.rows.first())
            .map(|row| row.place)
            .next()
            .unwrap_or(Place::START);
        let mut sides = vec![("to", self.contract_side.unwritten())];
        if self.goes_back {
            sides.push(("from", self.legacy.unwritten()));
        }
        for (key, paths) in sides {
            for path in paths {
                let way = if key == "to" { "forward" } else { "in reverse" };
                let sentence = format!("`{path}` must have a value, and no row writes it {way}");
                let hint = format!("add a row with `{key} = \"{path}\"`, or a `constant` there");
                self.tell(place, code::TARGET_UNWRITTEN, sentence, Some(hint));
            }
        }
    }

    /// What stands after all units comes when they have gone on.
    fn trailer(&mut self, mapped: &Mapped, trailer: &str) {
        for section in mapped.mapping.sections() {
            let is_in_it = |path: &Path| {
                let first = path.steps.first().map(|step| step.name.as_str());
                first == Some(trailer) && (path.from_root || section.name.is_empty())
            };
            for row in &section.rows {
                let is_read = row.dropped.is_none() && row.only != Some(Way::Reverse);
                if is_read && row.from.iter().any(is_in_it) && !row.to.is_empty() {
                    let sentence = format!(
                        "`{trailer}` comes after all units have gone on: it can only be dropped"
                    );
                    let hint = "say `dropped` with the reason; for the way back alone, `only = \"reverse\"`";
                    self.tell(row.place, code::PATH_IMPOSSIBLE, sentence, Some(hint.to_owned()));
                }
            }
        }
    }

    fn tell(&mut self, place: Place, code: Code, sentence: String, hint: Option<String>) {
        let finding = Finding::in_file(&*self.file, code, sentence).at(place.line, place.column);
        self.findings.push(match hint {
            Some(hint) => finding.hint(hint),
            None => finding,
        });
    }
}

/// How many digits a pattern such as `[0-9]{8}` asks for, where it asks for nothing else.
fn digits_of(pattern: &str) -> Option<(usize, usize)> {
    let times = pattern.strip_prefix("[0-9]").or_else(|| pattern.strip_prefix("\\d"))?;
    let times = times.strip_prefix('{')?.strip_suffix('}')?;
    let (least, most) = times.split_once(',').unwrap_or((times, times));
    Some((least.parse().ok()?, most.parse().ok()?))
}

/// The names that the paths of mappings have: what else a side may hold need not be known.
pub(super) fn names_of(mappings: &[Mapped]) -> HashSet<String> {
    let mut names = HashSet::new();
    for section in mappings.iter().flat_map(|mapped| mapped.mapping.sections()) {
        let rows = section.rows.iter();
        let of_rows = rows.flat_map(|row| {
            row.from.iter().chain(row.to).chain(row.wheres.iter().map(|(path, _)| path))
        });
        let paths = of_rows.chain([section.from, section.to]);
        let steps = paths.flat_map(|path| &path.steps);
        for step in steps {
            let tested = step.tests.iter().flat_map(|(steps, _)| steps);
            names.extend(tested.map(|step| step.name.clone()));
            names.insert(step.name.clone());
        }
    }
    names
}

#[cfg(test)]
mod tests;
