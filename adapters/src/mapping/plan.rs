//! A mapping turned one way: sides exchanged and conversions undone where it is read in reverse.

use super::{
    Conversion, Mapping, Path, Row, Section, Way,
    compute::{COMPUTED, Compute},
    formatted::PlannedText,
    path,
};
use sluse_contracts::settings::Place;
use std::{fmt, sync::Arc};

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
    pub(super) sections: Vec<PlannedSection>,
}

#[derive(Debug)]
pub(super) struct PlannedSection {
    pub(super) from: PlannedPath,
    pub(super) to: PlannedPath,
    pub(super) joins: bool,
    pub(super) in_order: bool,
    pub(super) rows: Vec<PlannedRow>,
    /// The sections that are within it.
    pub(super) inner: Vec<usize>,
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
}

#[derive(Debug, Clone)]
pub(super) struct PlannedPath {
    pub(super) from_root: bool,
    pub(super) steps: Vec<PlannedStep>,
    /// As the mapping writes it.
    pub(super) text: String,
}

#[derive(Debug, Clone)]
pub(super) struct PlannedStep {
    /// The number of the name in [`Plan::names`].
    pub(super) name: usize,
    /// Whether it leads to the group itself.
    pub(super) is_here: bool,
    pub(super) is_attribute: bool,
    pub(super) tests: Vec<(Vec<Self>, path::Value)>,
    pub(super) position: Option<u32>,
}

impl Plan {
    pub(super) fn of(mapping: &Mapping, way: Way) -> Result<Self, Vec<Irreversible>> {
        let mut plan = Self { names: Vec::new(), sections: Vec::new() };
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
            let around =
                section.within.filter(|_| is_read).and_then(|within| plan.sections.get_mut(within));
            if let Some(around) = around {
                around.inner.push(at);
            }
        }
        if faults.is_empty() { Ok(plan) } else { Err(faults) }
    }

    fn sides(&mut self, section: &Section, way: Way) -> (PlannedPath, PlannedPath) {
        let (from, to) = (self.path(&section.from), self.path(&section.to));
        match way {
            Way::Forward => (from, to),
            Way::Reverse => (to, from),
        }
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
        Ok(PlannedRow {
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
        let steps = path.steps.iter().map(|step| self.step(step)).collect();
        PlannedPath { from_root: path.from_root, steps, text: path.to_string() }
    }

    fn step(&mut self, step: &path::Step) -> PlannedStep {
        let tests = step.tests.iter().map(|(steps, value)| {
            (steps.iter().map(|step| self.step(step)).collect(), value.clone())
        });
        let tests = tests.collect();
        let name = self.name(&step.name);
        let is_here = step.is_here();
        let path::Step { is_attribute, position, .. } = *step;
        PlannedStep { name, is_here, is_attribute, tests, position }
    }

    /// The number of a name, which becomes one of the plan's.
    fn name(&mut self, name: &str) -> usize {
        self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        })
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
