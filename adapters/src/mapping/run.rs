//! Translating one unit by a plan.

mod search;
mod values;

use super::{
    outcome::{Carried, Outcome},
    plan::{Plan, PlannedPath, PlannedRow},
    written::{ROOT, Written},
};
use crate::{
    fault::{Fault, Faults},
    tree::{NameId, NodeId, Place, Tree},
};
use sluse_contracts::code;
use std::{ops::Deref, sync::Arc};

/// Most nodes that are looked at for one unit: sections within sections may meet all with all.
const STEPS_MAX: u64 = 50_000_000;

/// Translates units by a plan, which is borrowed or shared. Its memory is used again.
#[derive(Debug)]
pub struct Translator<P> {
    plan: P,
    written: Written,
    taken: Vec<bool>,
    explain: bool,
    pub(super) steps_max: u64,
}

/// One unit under way.
pub(super) struct Unit<'u> {
    pub(super) plan: &'u Plan,
    pub(super) source: &'u Tree,
    /// Each name of the plan as the source numbers it.
    pub(super) names: Vec<Option<NameId>>,
    pub(super) written: &'u mut Written,
    pub(super) taken: &'u mut Vec<bool>,
    faults: &'u mut Faults,
    /// What was written by which row, where it was asked for.
    pub(super) carried: Option<Vec<(Carried, usize)>>,
    pub(super) steps: u64,
    steps_max: u64,
    n_faults: u64,
    /// Whether what is read is marked as taken along.
    pub(super) takes: bool,
    bytes_max: usize,
}

impl Plan {
    /// A translator. With `explain` it tells of each value where it went.
    pub fn translator(&self, explain: bool) -> Translator<&Self> {
        Translator::new(self, explain)
    }

    /// A translator that keeps the plan itself.
    pub fn shared(self: &Arc<Self>, explain: bool) -> Translator<Arc<Self>> {
        Translator::new(self.clone(), explain)
    }
}

impl<P: Deref<Target = Plan>> Translator<P> {
    fn new(plan: P, explain: bool) -> Self {
        let (written, taken) = (Written::default(), Vec::new());
        Self { plan, written, taken, explain, steps_max: STEPS_MAX }
    }

    /// Translates one unit into `target`, which is emptied first; nothing where it has a fault.
    ///
    /// A fault names its place in the message and the path of the mapping, never a value.
    pub fn translate(
        &mut self,
        source: &Tree,
        target: &mut Tree,
        faults: &mut Faults,
    ) -> Option<Outcome> {
        target.clear();
        self.written.clear();
        self.taken.clear();
        self.taken.resize(source.node_count(), false);
        let plan = &*self.plan;
        let mut unit = Unit {
            plan,
            source,
            names: plan.names.iter().map(|name| source.find_name(name)).collect(),
            written: &mut self.written,
            taken: &mut self.taken,
            faults,
            carried: self.explain.then(Vec::new),
            steps: 0,
            steps_max: self.steps_max,
            n_faults: 0,
            takes: true,
            bytes_max: target.bytes_max(),
        };
        unit.section(0, source.root(), ROOT);
        // A row may have used up the steps where no section follows.
        unit.may_go_on(source.root());
        let (carried, n_faults) = (unit.carried.take(), unit.n_faults);
        if n_faults > 0 {
            return None;
        }
        let numbers = match self.written.build(&plan.names, target) {
            Ok(numbers) => numbers,
            Err(limit) => {
                faults.push(Fault::over_limit(limit, Place::default()));
                return None;
            }
        };
        let number = |(carried, node): (Carried, usize)| {
            let node = numbers.get(node).copied().unwrap_or_default();
            Carried { node, ..carried }
        };
        let carried = carried.into_iter().flatten().map(number).collect();
        let mut outcome = Outcome { carried, ..Outcome::default() };
        outcome.tell_lost(source, &self.taken);
        Some(outcome)
    }
}

impl<'u> Unit<'u> {
    /// Does a section once: its rows, then for each group that is found the sections within it.
    fn section(&mut self, at: usize, source: NodeId, target: usize) {
        let plan = self.plan;
        let Some(section) = plan.sections.get(at) else { return };
        for row in &section.rows {
            self.row(row, source, target);
        }
        let inner = section.inner.iter().filter_map(|at| Some((*at, plan.sections.get(*at)?)));
        let inner: Vec<_> = inner.collect();
        for together in inner.chunk_by(|(_, before), (_, after)| before.in_order && after.in_order)
        {
            let mut groups = Vec::new();
            for (at, planned) in together {
                let found = self.find(&planned.from, source).into_iter().enumerate();
                groups.extend(found.map(|(number, group)| (group, number, *at, *planned)));
            }
            if together.len() > 1 {
                groups.sort_by_key(|(group, ..)| *group);
            }
            for (found, number, at, planned) in groups {
                if !self.may_go_on(found) {
                    return;
                }
                let place = self.source.place(found);
                let from = if planned.to.from_root { ROOT } else { target };
                let anew = number > 0 || !planned.joins;
                let group = self.written.reach(from, &planned.to.steps, anew, place);
                self.section(at, found, group);
            }
        }
    }

    fn row(&mut self, row: &PlannedRow, source: NodeId, target: usize) {
        // What a constant is read for, it says whenever it stands there.
        let is_asked = row.constant.is_none() || !row.to.is_empty();
        let mut wheres = row.wheres.iter().filter(|_| is_asked);
        if !wheres.all(|(path, stands)| self.stands(path, source) == *stands) {
            return;
        }
        if row.is_dropped {
            for path in &row.from {
                for node in self.find(path, source) {
                    self.take_all(node);
                }
            }
            return;
        }
        if let Some(constant) = &row.constant {
            return self.constant(row, constant, source, target);
        }
        if row.whole {
            return self.whole(row, source, target);
        }
        if row.counts {
            return self.counted(row, source, target);
        }
        if let Some(text) = &row.text {
            return self.text_row(row, text, source, target);
        }
        let Some((value, node)) = self.value(row, source) else { return };
        if value.is_empty() && !row.convert.is_empty() {
            // A code table may say that a code is told by saying nothing.
            return;
        }
        let place = node.map(|node| self.source.place(node)).unwrap_or_default();
        match row.to.as_slice() {
            [to] => self.write(row, to, node, &value, target),
            several => {
                let mut rest = value.as_ref();
                for (number, to) in several.iter().enumerate() {
                    let is_last = number + 1 == several.len();
                    let (piece, after) = match rest.split_once(row.between.as_str()) {
                        Some(parts) if !is_last => parts,
                        _ => (rest, ""),
                    };
                    rest = after;
                    if !piece.is_empty() {
                        self.write(row, to, node, piece, target);
                    }
                }
                if value.is_empty() {
                    self.fault(code::FIELD_VALUE, "the value is empty", place, row);
                }
            }
        }
    }

    fn write(
        &mut self,
        row: &PlannedRow,
        to: &PlannedPath,
        node: Option<NodeId>,
        value: &str,
        target: usize,
    ) {
        let place = node.map(|node| self.source.place(node));
        let from = if to.from_root { ROOT } else { target };
        let end = self.written.reach(from, &to.steps, false, place.unwrap_or_default());
        let is_there = row.again && self.written.value(end) == Some(value);
        if !is_there && !self.written.set(end, value) {
            let sentence = "the mapping writes two values to one place";
            return self.fault(code::VALUE_TWICE, sentence, place.unwrap_or_default(), row);
        }
        if let Some(carried) = &mut self.carried {
            let from = node.and_then(|_| row.from.first()).map(|path| path.text.clone());
            let carry = Carried {
                from,
                to: to.text.clone(),
                source: place,
                file: row.file.clone(),
                row: row.place,
                node: 0,
            };
            carried.push((carry, end));
        }
    }

    /// Whether the limits allow another group.
    fn may_go_on(&mut self, node: NodeId) -> bool {
        let sentence = if self.steps > self.steps_max {
            "the mapping takes more steps for this message than the limit"
        } else if self.written.bytes() > self.bytes_max {
            "what the mapping makes of the message takes more memory than the limit"
        } else {
            return true;
        };
        if self.n_faults == 0 {
            self.n_faults += 1;
            let place = self.source.place(node);
            self.faults.push(Fault::new(code::MAPPING_TOO_LARGE, sentence, place));
        }
        false
    }

    pub(super) fn fault(
        &mut self,
        code: sluse_contracts::Code,
        sentence: &'static str,
        place: Place,
        row: &PlannedRow,
    ) {
        self.n_faults += 1;
        let path = row.from.first().or(row.to.first()).map(|path| path.text.clone());
        self.faults.push(Fault::new(code, sentence, place).in_field(path.unwrap_or_default()));
    }
}
