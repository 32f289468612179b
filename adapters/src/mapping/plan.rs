//! A mapping turned one way: sides exchanged and conversions undone where it is read in reverse.

use super::{
    Conversion, Mapping, Path, Row, Section, Way,
    compute::{COMPUTED, Compute},
    formatted::PlannedText,
    path,
};
use sluse_contracts::settings::Place;
use std::{collections::HashMap, fmt, sync::Arc};

/// A row that cannot be read in a direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Irreversible {
    /// The file that the row stands in.
    pub file: String,
    /// Where the row stands in it.
    pub place: Place,
    /// Why it cannot.
    pub reason: &'static str,
}

/// What is done with one unit, in one direction. Shared, immutable.
#[derive(Debug)]
pub struct Plan {
    pub(super) names: Vec<String>,
    /// The number of each name.
    numbers: HashMap<String, usize>,
    /// The number of each path from the root that has no tests, as the mapping writes it.
    root_paths: HashMap<String, usize>,
    pub(super) sections: Vec<PlannedSection>,
}

#[derive(Debug)]
pub(super) struct PlannedSection {
    pub(super) from: PlannedPath,
    pub(super) to: PlannedPath,
    pub(super) joins: bool,
    pub(super) in_order: bool,
    pub(super) rows: Vec<PlannedRow>,
    /// The sections that are within it; those whose groups are done in one order are together.
    pub(super) inner: Vec<Vec<usize>>,
}

#[derive(Debug)]
pub(super) struct PlannedRow {
    pub(super) file: Arc<str>,
    pub(super) place: Place,
    pub(super) from: Vec<PlannedPath>,
    pub(super) to: Vec<PlannedPath>,
    pub(super) between: String,
    pub(super) gaps: bool,
    pub(super) compute: Option<Compute>,
    pub(super) convert: Vec<Conversion>,
    pub(super) constant: Option<String>,
    pub(super) default: Option<String>,
    pub(super) is_dropped: bool,
    /// When a constant is written: what must be there, or must not.
    pub(super) wheres: Vec<(PlannedPath, bool)>,
    pub(super) counts: bool,
    pub(super) again: bool,
    /// Whether it is a group with all in it, and what of it is left to other rows.
    pub(super) whole: bool,
    pub(super) but: Vec<PlannedPath>,
    pub(super) text: Option<PlannedText>,
    /// Whether it does no more than carry a value from one path to another.
    pub(super) is_simple: bool,
}

impl PlannedRow {
    /// Whether it says what becomes of values without carrying one: they are dropped, or a constant that is known.
    pub(super) fn carries_nothing(&self) -> bool {
        self.is_dropped || (self.constant.is_some() && self.to.is_empty())
    }
}

#[derive(Debug, Clone)]
pub(super) struct PlannedPath {
    pub(super) from_root: bool,
    /// The number of one from the root that has no tests, so that looking it up again changes nothing.
    pub(super) root_number: Option<usize>,
    /// Whether all its steps are plain.
    pub(super) is_plain: bool,
    pub(super) steps: Vec<PlannedStep>,
    /// As the mapping writes it.
    pub(super) text: String,
}

#[derive(Debug, Clone)]
pub(super) struct PlannedStep {
    /// The number of the name in [`Plan::names`].
    pub(super) name: usize,
    /// Whether its name says all of it: it has no tests, no position, and leads down.
    pub(super) is_plain: bool,
    /// Whether it leads to the group itself.
    pub(super) is_here: bool,
    pub(super) is_attribute: bool,
    pub(super) tests: Vec<(Vec<Self>, path::Value)>,
    pub(super) position: Option<u32>,
}

impl Plan {
    pub(super) fn of(mapping: &Mapping, way: Way) -> Result<Self, Vec<Irreversible>> {
        let mut plan = Self {
            names: Vec::new(),
            numbers: HashMap::new(),
            root_paths: HashMap::new(),
            sections: Vec::new(),
        };
        let (mut faults, mut are_read) = (Vec::new(), Vec::new());
        for (at, section) in mapping.sections.iter().enumerate() {
            // What stands within a section of the other way is not read either.
            let is_read_around = section.within.is_none_or(|at| are_read.get(at) == Some(&true));
            let is_read = is_read_around && section.only.is_none_or(|only| only == way);
            are_read.push(is_read);
            let rows = section
                .rows
                .iter()
                .filter(|_| is_read)
                .filter(|row| row.only.is_none_or(|only| only == way));
            let rows = rows
                .filter_map(|row| match plan.row(row, way) {
                    Ok(row) => Some(row),
                    Err(reason) => {
                        let (file, place) = (row.file.to_string(), row.place);
                        faults.push(Irreversible { file, place, reason });
                        None
                    }
                })
                .collect();
            let (from, to) = plan.sides(section, way);
            plan.sections.push(PlannedSection {
                from,
                to,
                joins: section.joins,
                in_order: section.in_order,
                rows,
                inner: Vec::new(),
            });
            if let Some(within) = section.within.filter(|_| is_read) {
                plan.put_within(at, within);
            }
        }
        if faults.is_empty() { Ok(plan) } else { Err(faults) }
    }

    /// The names that its paths have.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    fn put_within(&mut self, at: usize, within: usize) {
        let in_order = |at: usize| self.sections.get(at).is_some_and(|section| section.in_order);
        let last = self.sections.get(within).and_then(|around| around.inner.last()?.last());
        let joins = last.is_some_and(|last| in_order(*last)) && in_order(at);
        let Some(around) = self.sections.get_mut(within) else { return };
        match around.inner.last_mut().filter(|_| joins) {
            Some(together) => together.push(at),
            None => around.inner.push(vec![at]),
        }
    }

    fn sides(&mut self, section: &Section, way: Way) -> (PlannedPath, PlannedPath) {
        let (from, to) = (self.path(&section.from), self.path(&section.to));
        match way {
            Way::Forward => (from, to),
            Way::Reverse => (to, from),
        }
    }

    /// How many paths from the root have a number.
    pub(super) fn root_path_count(&self) -> usize {
        self.root_paths.len()
    }

    fn row(&mut self, row: &Row, way: Way) -> Result<PlannedRow, &'static str> {
        let paths =
            |plan: &mut Self, paths: &[Path]| paths.iter().map(|path| plan.path(path)).collect();
        let (from, to): (Vec<_>, Vec<_>) = (paths(self, &row.from), paths(self, &row.to));
        let (from, to, default, convert) = match way {
            Way::Forward => (from, to, &row.default, row.convert.clone()),
            Way::Reverse => {
                let undone = row.convert.iter().rev().map(Conversion::inverse);
                (to, from, &row.reverse_default, undone.collect::<Result<_, _>>()?)
            }
        };
        if row.compute.is_some() && (row.only.is_none() || to.len() != 1) {
            return Err(COMPUTED);
        }
        let wheres = row.wheres.iter().map(|(path, stands)| (self.path(path), *stands));
        let wheres = wheres.collect();
        let but = paths(self, &row.but);
        let text = row.form.map(|form| {
            let is_of_xml = |path: &Path| path.steps.last().map(|step| step.name.clone());
            let element = row.to.first().and_then(is_of_xml).unwrap_or_default();
            PlannedText::new(form, row.each, way, &element, &mut |name| self.name(name))
        });
        let is_simple = from.len() == 1
            && to.len() == 1
            && row.compute.is_none()
            && row.constant.is_none()
            && row.dropped.is_none()
            && !(row.gaps || row.counts || row.whole || row.form.is_some())
            && row.wheres.is_empty();
        Ok(PlannedRow {
            is_simple,
            file: row.file.clone(),
            place: row.place,
            from,
            to,
            between: row.between.clone().unwrap_or_default(),
            gaps: row.gaps,
            compute: row.compute,
            convert,
            constant: row.constant.clone(),
            default: default.clone(),
            is_dropped: row.dropped.is_some(),
            wheres,
            counts: row.counts,
            again: row.again,
            whole: row.whole,
            but,
            text,
        })
    }

    fn path(&mut self, path: &Path) -> PlannedPath {
        let steps: Vec<PlannedStep> = path.steps.iter().map(|step| self.step(step)).collect();
        let is_plain = steps.iter().all(|step| step.is_plain);
        let text = path.to_string();
        let has_number = path.from_root && steps.iter().all(|step| step.tests.is_empty());
        let root_number = has_number.then(|| {
            let next = self.root_paths.len();
            *self.root_paths.entry(text.clone()).or_insert(next)
        });
        PlannedPath { from_root: path.from_root, root_number, is_plain, steps, text }
    }

    fn step(&mut self, step: &path::Step) -> PlannedStep {
        let tests = step.tests.iter().map(|(steps, value)| {
            (steps.iter().map(|step| self.step(step)).collect(), value.clone())
        });
        let tests: Vec<_> = tests.collect();
        let name = self.name(&step.name);
        let is_here = step.is_here();
        let path::Step { is_attribute, position, .. } = *step;
        let is_plain = tests.is_empty() && position.is_none() && !is_here;
        PlannedStep { name, is_plain, is_here, is_attribute, tests, position }
    }

    /// The number of a name, which becomes one of the plan's.
    fn name(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), self.names.len() - 1);
        self.names.len() - 1
    }
}

impl fmt::Display for Irreversible {
    /// `mapping.toml:7:5 the row cannot be read this way: …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, place, reason } = self;
        write!(
            f,
            "{file}:{}:{} the row cannot be read this way: {reason}",
            place.line, place.column
        )
    }
}
