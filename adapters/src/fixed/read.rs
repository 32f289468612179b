//! Reading: record by record into the tree, unit by unit to the caller.

use super::{
    FixedLayout, Frame, Record, Role,
    frame::{Held, Next, Parting},
    record_text::Buffers,
};
use crate::{
    fault::{Fault, Faults},
    layout::{Step, UnitReader},
    tree::{Kind, NodeId, Place, Tree},
};
use sluse_contracts::code;
use std::{fmt, sync::Arc};

/// Reads one file.
pub(super) struct FixedReader {
    held: Held,
    parting: Parting,
    buffers: Buffers,
    state: State,
}

/// Where reading has come to.
pub(super) struct State {
    pub(super) layout: Arc<FixedLayout>,
    /// Records read, of each type and of all.
    pub(super) counts: Vec<u64>,
    pub(super) n_records: u64,
    /// Records of the unit that are open, the outermost first.
    open: Vec<(usize, NodeId)>,
    in_unit: bool,
    /// Faults of the unit were told.
    refused: bool,
    /// A limit of the tree was met: the rest of the unit is read over.
    over_limit: bool,
    trailer_read: bool,
    done: Option<Step>,
    pub(super) raw: String,
    pub(super) value: String,
}

impl FixedReader {
    pub(super) fn new(layout: Arc<FixedLayout>) -> Self {
        let length_max = layout.records.iter().map(|record| record.length).max().unwrap_or(0);
        let state = State {
            counts: vec![0; layout.records.len()],
            n_records: 0,
            open: Vec::new(),
            in_unit: false,
            refused: false,
            over_limit: false,
            trailer_read: false,
            done: None,
            raw: String::new(),
            value: String::new(),
            layout,
        };
        let parting = Parting::new(state.layout.frame, state.layout.set, length_max);
        Self { held: Held::default(), parting, buffers: Buffers::default(), state }
    }
}

impl UnitReader for FixedReader {
    fn feed(&mut self, bytes: &[u8]) {
        self.held.feed(bytes);
    }

    fn finish(&mut self) {
        self.held.finish();
    }

    fn next(&mut self, tree: &mut Tree, faults: &mut Faults) -> Step {
        let Self { held, parting, buffers, state } = self;
        if let Some(done) = state.done {
            return done;
        }
        loop {
            let place = state.place(held.offset);
            let (taken, n_bytes) = match held.next(parting) {
                Next::Hungry => return Step::Hungry,
                Next::End => return state.end(place, tree, faults),
                Next::CutOff => return state.broken(CUT_OFF.at(place), faults),
                Next::NoLineEnd => return state.broken(NO_LINE_END.at(place), faults),
                Next::Record(bytes, n_bytes) => {
                    (state.take(bytes, place, buffers, tree, faults), n_bytes)
                }
            };
            match taken {
                Taken::Left(step) => return step,
                Taken::Used(step) => {
                    held.skip(n_bytes);
                    if let Some(step) = step {
                        return step;
                    }
                }
            }
        }
    }

    fn held_bytes(&self) -> usize {
        let texts = self.state.raw.capacity() + self.state.value.capacity();
        self.held.held_bytes() + self.buffers.held_bytes() + texts
    }
}

/// What became of the record that stands next.
enum Taken {
    /// It is read; the unit may be whole with it.
    Used(Option<Step>),
    /// It belongs to the next unit, and the one before is whole.
    Left(Step),
}

impl State {
    fn place(&self, offset: u64) -> Place {
        let record = u32::try_from(self.n_records + 1).unwrap_or(u32::MAX);
        let line = match self.layout.frame {
            Frame::Lines { .. } => record,
            Frame::Length(_) => 0,
        };
        Place { offset, line, record }
    }

    fn take(
        &mut self,
        bytes: &[u8],
        place: Place,
        buffers: &mut Buffers,
        tree: &mut Tree,
        faults: &mut Faults,
    ) -> Taken {
        let layout = self.layout.clone();
        let fill = self.filled_to();
        let text = match buffers.text(layout.set, bytes, fill) {
            Ok(text) => text,
            Err(wrong) => {
                let place = Place { offset: place.offset + wrong.0 as u64, ..place };
                return self.unknown(WRONG_BYTE.at(place), tree, faults);
            }
        };
        let Some(at) = layout.record_of(&text, &mut self.raw) else {
            return self.unknown(UNKNOWN.at(place), tree, faults);
        };
        let Some(record) = layout.records.get(at) else { return Taken::Used(None) };
        if self.in_unit && record.inside.is_none() {
            return Taken::Left(self.finish_unit(tree, faults));
        }
        if let Some(fault) = self.out_of_place(record, place) {
            return Taken::Used(Some(self.broken(fault, faults)));
        }
        self.n_records += 1;
        if let Some(count) = self.counts.get_mut(at) {
            *count += 1;
        }
        self.begin(record, place, tree, faults);
        if !self.fits(text.n_given, record) {
            let sentence = format!("the record is not {} characters long", record.length);
            let fault = Fault::new(code::RECORD_LENGTH, sentence, place);
            self.tell(fault.in_field(&*record.title), record, faults);
        } else if self.nest(record, place, tree, faults) {
            self.read_record(at, record, &text, place, tree, faults);
        }
        self.step_after(record, tree, faults)
    }

    /// Whether the unit is whole with this record.
    fn step_after(&mut self, record: &Record, tree: &mut Tree, faults: &mut Faults) -> Taken {
        if record.role != Role::Body && self.refused {
            self.done = Some(Step::Broken);
            return Taken::Used(self.done);
        }
        match record.inside.is_none() && !record.is_parent {
            true => Taken::Used(Some(self.finish_unit(tree, faults))),
            false => Taken::Used(None),
        }
    }

    /// Whether a record of this many characters may be one of this type.
    fn fits(&self, n_given: usize, record: &Record) -> bool {
        match self.layout.frame {
            Frame::Lines { stripped: true, .. } => n_given <= record.length,
            _ => n_given == record.length,
        }
    }

    /// How far a record is filled up where blanks may be missing at its end: to the longest, since
    /// its type is not known yet.
    fn filled_to(&self) -> Option<usize> {
        match self.layout.frame {
            Frame::Lines { stripped: true, .. } => {
                self.layout.records.iter().map(|record| record.length).max()
            }
            _ => None,
        }
    }

    /// A record that cannot be told belongs to the unit that is open, or is one of its own. Where
    /// length alone parts records, what follows cannot be trusted.
    fn unknown(&mut self, fault: Fault, tree: &mut Tree, faults: &mut Faults) -> Taken {
        if matches!(self.layout.frame, Frame::Length(_)) {
            return Taken::Used(Some(self.broken(fault, faults)));
        }
        self.n_records += 1;
        faults.push(fault);
        if self.in_unit {
            self.refused = true;
            return Taken::Used(None);
        }
        tree.clear();
        Taken::Used(Some(Step::Refused))
    }

    /// Start and trailer stand where they must.
    fn out_of_place(&mut self, record: &Record, place: Place) -> Option<Fault> {
        let first = self.n_records == 0;
        let sentence = if self.trailer_read {
            "a record follows the trailer"
        } else if first && record.role != Role::Start && self.layout.has(Role::Start) {
            "the first record is not the start record"
        } else if !first && record.role == Role::Start {
            "a start record stands within the file"
        } else {
            self.trailer_read = record.role == Role::Trailer;
            return None;
        };
        let fault = Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place);
        Some(fault.in_field(&*record.title))
    }

    /// Begins a unit with a record that stands in no other, or that should stand in one.
    fn begin(&mut self, record: &Record, place: Place, tree: &mut Tree, faults: &mut Faults) {
        if self.in_unit {
            return;
        }
        tree.clear();
        self.open.clear();
        (self.in_unit, self.refused, self.over_limit) = (true, false, false);
        if record.inside.is_some() {
            let sentence = "the record stands in none of those that it may stand in";
            let fault = Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place);
            self.tell(fault.in_field(&*record.title), record, faults);
        }
    }

    /// Closes records until the one is open that this record stands in. Whether it can be read.
    fn nest(
        &mut self,
        record: &Record,
        place: Place,
        tree: &mut Tree,
        faults: &mut Faults,
    ) -> bool {
        let Some(parent) = record.inside else { return true };
        if !self.open.iter().any(|(open, _)| *open == parent) {
            if !self.refused || !self.open.is_empty() {
                let sentence = "the record stands in none of those that it may stand in";
                let fault = Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place);
                self.tell(fault.in_field(&*record.title), record, faults);
            }
            return false;
        }
        while self.open.last().is_some_and(|(open, _)| *open != parent) {
            self.close(tree, faults);
        }
        true
    }

    fn read_record(
        &mut self,
        at: usize,
        record: &Record,
        text: &super::record_text::RecordText<'_>,
        place: Place,
        tree: &mut Tree,
        faults: &mut Faults,
    ) {
        if self.over_limit {
            return;
        }
        let node = match tree.open(Kind::Group, record.name, place) {
            Ok(node) => node,
            Err(limit) => {
                self.over_limit = true;
                return self.tell(Fault::over_limit(limit, place), record, faults);
            }
        };
        self.open.push((at, node));
        super::slots::read(self, record, text, place, tree, faults);
        self.check_key(record, node, place, tree, faults);
    }

    /// Fields of the key are those of the record around it.
    fn check_key(
        &mut self,
        record: &Record,
        node: NodeId,
        place: Place,
        tree: &Tree,
        faults: &mut Faults,
    ) {
        let Some(parent) = tree.parent(node) else { return };
        for name in &record.key {
            if tree.value_of(node, *name) != tree.value_of(parent, *name) {
                let sentence = "the key is not that of the record that it stands in";
                let field = tree.names().text(*name).unwrap_or_default();
                let fault = Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place)
                    .in_field(format!("{}/{field}", record.title));
                self.tell(fault, record, faults);
            }
        }
    }

    /// Closes the innermost record and counts what stood in it.
    fn close(&mut self, tree: &mut Tree, faults: &mut Faults) {
        let Some((at, node)) = self.open.pop() else { return };
        tree.close();
        let is_parent = self.layout.records.get(at).is_some_and(|record| record.is_parent);
        if !is_parent || self.over_limit || self.refused {
            return;
        }
        let layout = self.layout.clone();
        let within = layout.records.iter().filter(|record| record.inside == Some(at));
        for record in within.filter(|record| record.is_bounded()) {
            let n_found = tree.children_named(node, record.name).count() as u64;
            if let Some(sentence) = record.wrong_number(n_found) {
                let place = tree.place(node);
                let fault = Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place);
                self.tell(fault.in_field(&*record.title), record, faults);
            }
        }
    }

    fn finish_unit(&mut self, tree: &mut Tree, faults: &mut Faults) -> Step {
        while !self.open.is_empty() {
            self.close(tree, faults);
        }
        self.in_unit = false;
        if self.refused { Step::Refused } else { Step::Unit }
    }

    fn end(&mut self, place: Place, tree: &mut Tree, faults: &mut Faults) -> Step {
        if self.in_unit {
            return self.finish_unit(tree, faults);
        }
        let place = Place { line: 0, record: 0, ..place };
        let layout = self.layout.clone();
        let needs_records = layout.has(Role::Start) || layout.has(Role::Trailer);
        if self.n_records == 0 && needs_records {
            return self.broken(EMPTY.at(place), faults);
        }
        if layout.has(Role::Trailer) && !self.trailer_read {
            return self.broken(NO_TRAILER.at(place), faults);
        }
        for (record, count) in layout.records.iter().zip(self.counts.clone()) {
            if let Some(sentence) = record.wrong_number(count).filter(|_| record.inside.is_none()) {
                let fault = Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place);
                return self.broken(fault.in_field(&*record.title), faults);
            }
        }
        self.done = Some(Step::End);
        Step::End
    }

    /// Tells a fault of the unit; of the message, where it is in the start record or trailer.
    pub(super) fn tell(&mut self, fault: Fault, record: &Record, faults: &mut Faults) {
        self.refused = true;
        faults.push(if record.role == Role::Body { fault } else { fault.of_message() });
    }

    fn broken(&mut self, fault: Fault, faults: &mut Faults) -> Step {
        faults.push(fault.of_message());
        self.done = Some(Step::Broken);
        Step::Broken
    }

    pub(super) fn met_limit(&mut self) {
        self.over_limit = true;
    }
}

/// A fault that needs nothing but its place.
struct Known(sluse_contracts::Code, &'static str);

const CUT_OFF: Known = Known(code::CUT_OFF, "the message ends within a record");
const NO_LINE_END: Known =
    Known(code::RECORD_LENGTH, "there is no line end where the longest record must have ended");
const WRONG_BYTE: Known = Known(code::ENCODING, "a byte is no text in the character set");
const UNKNOWN: Known = Known(code::RECORD_UNKNOWN, "the description has no record of this type");
const EMPTY: Known = Known(code::EMPTY_MESSAGE, "the message has no records");
const NO_TRAILER: Known = Known(code::CUT_OFF, "the message ends without its trailer");

impl Known {
    fn at(&self, place: Place) -> Fault {
        Fault::new(self.0, self.1, place)
    }
}

impl fmt::Debug for FixedReader {
    /// Counts alone: what was fed never reaches a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FixedReader({} records)", self.state.n_records)
    }
}
