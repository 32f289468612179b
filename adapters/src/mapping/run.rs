//! Translating one unit by a plan.

mod known;
mod numbers;
mod search;
mod values;

use super::{
    outcome::{Carried, Outcome},
    plan::{Plan, PlannedPath, PlannedRow, PlannedSection},
    written::{ROOT, Written},
};
use crate::{
    fault::{Fault, Faults},
    tree::{NameId, NodeId, Place, Tree},
};
use known::KnownPaths;
use numbers::Numbers;
use search::Lists;
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
    lists: Lists,
    known: KnownPaths,
    source_names: Numbers,
    target_names: Numbers,
    explain: bool,
    pub(super) steps_max: u64,
}

/// One unit under way.
pub(super) struct Unit<'u> {
    pub(super) plan: &'u Plan,
    pub(super) source: &'u Tree,
    /// Each name of the plan as the source numbers it.
    pub(super) names: &'u [Option<NameId>],
    pub(super) written: &'u mut Written,
    pub(super) taken: &'u mut Vec<bool>,
    lists: &'u mut Lists,
    known: &'u mut KnownPaths,
    faults: &'u mut Faults,
    /// What was written by which row, where it was asked for.
    pub(super) carried: Option<Vec<(Carried, usize)>>,
    /// What tests of a path have read, and of which group: taken along where the path leads to something.
    tested: Vec<(NodeId, NodeId)>,
    pub(super) steps: u64,
    steps_max: u64,
    n_faults: u64,
    /// Whether what is read is marked as taken along.
    pub(super) takes: bool,
    /// Whether rows carry values over.
    carries: bool,
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
        Self {
            plan,
            written: Written::default(),
            taken: Vec::new(),
            lists: Lists::default(),
            known: KnownPaths::default(),
            source_names: Numbers::default(),
            target_names: Numbers::default(),
            explain,
            steps_max: STEPS_MAX,
        }
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
        let carried = self.rows(source, (true, target.bytes_max()), faults)?;
        let plan = &*self.plan;
        let names = self.target_names.of(&plan.names, target);
        if let Err(limit) = self.written.build(&plan.names, names, target) {
            faults.push(Fault::over_limit(limit, Place::default()));
            return None;
        }
        let number = |(carried, node): (Carried, usize)| {
            let node = self.written.built_as(node);
            Carried { node, ..carried }
        };
        let carried = carried.into_iter().flatten().map(number).collect();
        let mut outcome = Outcome { carried, ..Outcome::default() };
        outcome.tell_lost(source, &self.taken);
        Some(outcome)
    }

    /// Marks the values that rows drop, and constants that are known, of what stands in no unit: rows that carry have
    /// nothing to carry it to.
    pub(crate) fn mark_dropped(&mut self, source: &Tree, taken: &mut [bool]) {
        // Where limits end it early, what was not come to stays unmarked.
        self.rows(source, (false, source.bytes_max()), &mut Faults::new(0));
        taken.iter_mut().zip(&self.taken).for_each(|(taken, now)| *taken |= now);
    }

    /// Does all rows for one unit, or those alone that carry nothing. Gives what was carried, where it was asked for;
    /// nothing where there is a fault.
    fn rows(
        &mut self,
        source: &Tree,
        (carries, bytes_max): (bool, usize),
        faults: &mut Faults,
    ) -> Option<Option<Vec<(Carried, usize)>>> {
        self.written.clear();
        self.taken.clear();
        self.taken.resize(source.node_count(), false);
        let plan = &*self.plan;
        self.known.forget(plan.root_path_count());
        let mut unit = Unit {
            plan,
            source,
            names: self.source_names.of(&plan.names, source),
            written: &mut self.written,
            taken: &mut self.taken,
            lists: &mut self.lists,
            known: &mut self.known,
            faults,
            carried: self.explain.then(Vec::new),
            tested: Vec::new(),
            steps: 0,
            steps_max: self.steps_max,
            n_faults: 0,
            takes: true,
            carries,
            bytes_max,
        };
        unit.section(0, source.root(), ROOT);
        // A row may have used up the steps where no section follows.
        unit.may_go_on(source.root());
        (unit.n_faults == 0).then(|| unit.carried.take())
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
        for together in &section.inner {
            match together.as_slice() {
                [at] => self.inner(*at, source, target),
                several => self.in_order(several, source, target),
            }
        }
    }

    /// Does a section within another for each group that is found.
    fn inner(&mut self, at: usize, source: NodeId, target: usize) {
        let Some(planned) = self.plan.sections.get(at) else { return };
        let found = self.find(&planned.from, source);
        for (number, group) in found.iter().enumerate() {
            if !self.group((at, planned), *group, number, target) {
                break;
            }
        }
        self.lists.give(found);
    }

    /// The same for several sections, group by group in the order in which they stand.
    fn in_order(&mut self, together: &[usize], source: NodeId, target: usize) {
        let mut groups = Vec::new();
        for at in together {
            let Some(planned) = self.plan.sections.get(*at) else { continue };
            let found = self.find(&planned.from, source).into_iter().enumerate();
            groups.extend(found.map(|(number, group)| (group, number, (*at, planned))));
        }
        groups.sort_by_key(|(group, ..)| *group);
        for (group, number, section) in groups {
            if !self.group(section, group, number, target) {
                break;
            }
        }
    }

    /// Does a section for one group; false where limits allow no more.
    fn group(
        &mut self,
        (at, planned): (usize, &PlannedSection),
        found: NodeId,
        number: usize,
        target: usize,
    ) -> bool {
        if !self.may_go_on(found) {
            return false;
        }
        let place = self.source.place(found);
        let from = if planned.to.from_root { ROOT } else { target };
        let anew = number > 0 || !planned.joins;
        let group = self.written.reach(from, &planned.to.steps, anew, place);
        self.section(at, found, group);
        true
    }

    fn row(&mut self, row: &'u PlannedRow, source: NodeId, target: usize) {
        if !self.carries && !row.carries_nothing() {
            return;
        }
        if row.is_simple {
            return self.carry(row, source, target);
        }
        // What a constant is read for, it says whenever it stands there.
        let is_asked = row.constant.is_none() || !row.to.is_empty();
        let mut wheres = row.wheres.iter().filter(|_| is_asked);
        if !wheres.all(|(path, stands)| self.stands(path, source) == *stands) {
            return;
        }
        if row.is_dropped {
            return row.from.iter().for_each(|path| self.each(path, source, Self::take_all));
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
        self.carry(row, source, target);
    }

    /// Carries a value over.
    fn carry(&mut self, row: &'u PlannedRow, source: NodeId, target: usize) {
        if let Some((value, node)) = self.value(row, source) {
            self.put(row, &value, node, target);
        }
    }

    /// Writes the value of a row, to one place or in pieces to several.
    fn put(&mut self, row: &PlannedRow, value: &str, node: Option<NodeId>, target: usize) {
        if value.is_empty() && !row.convert.is_empty() {
            // A code table may say that a code is told by saying nothing.
            return;
        }
        match row.to.as_slice() {
            [to] => self.write(row, to, node, value, target),
            several => {
                let mut rest = value;
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
                    let place = node.map(|node| self.source.place(node)).unwrap_or_default();
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
