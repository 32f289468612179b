//! Reading an interchange: segments to messages, one tree for each.
//!
//! The tree of a message holds the header of the interchange, that of its group, and the message with its own header
//! and trailer: `UNB`, `UNG`, then for example `MEDDIS` with `UNH`, segments, groups and `UNT` in it. A message that has
//! a fault is read on to its end, so that its other faults are told too, and refused alone.

mod object;
mod unit;

use super::{
    envelope::{Envelope, Event, Stage},
    grammar::Grammar,
    head::{InterchangeHead, MessageHead},
    manner::Manner,
    problem::{Kind, Problem},
    repertoire::Repertoire,
    scan::{ScanFault, Scanned, Scanner},
    segment::{KeptSegment, Segment},
    service::Service,
};
use crate::{
    fault::Faults,
    layout::{Step, UnitReader},
    tree::{Place, Tree},
};
use std::{fmt, sync::Arc};
use unit::{Reading, Unit};

/// How many problems of one message are kept.
pub const PROBLEMS_MAX: usize = 100;

/// The longest binary object where nothing else is said, in bytes.
pub const OBJECT_BYTES_MAX: u64 = 64 << 20;

/// How interchanges are read, beside the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadOptions {
    /// Whether the counts and references of trailers must be right.
    pub checks_trailers: bool,
    /// The longest binary object, in bytes.
    pub object_bytes_max: u64,
    /// Whether the manner of each unit is kept, so that it can be written with the same bytes.
    pub keeps_manner: bool,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { checks_trailers: true, object_bytes_max: OBJECT_BYTES_MAX, keeps_manner: false }
    }
}

/// Reads one interchange.
pub struct EdifactReader {
    scanner: Scanner,
    state: State,
}

/// All but the bytes.
struct State {
    grammar: Arc<Grammar>,
    envelope: Envelope,
    head: InterchangeHead,
    repertoire: Repertoire,
    unb: KeptSegment,
    ung: Option<KeptSegment>,
    unit: Unit,
    manner: Option<Manner>,
    over: Option<Step>,
}

/// What a segment asks of the reader.
enum Act {
    Continue,
    Give(Step),
    /// The same, and the segment is to be read again.
    GiveBefore(Step),
    /// Segments are held to a repertoire from now on, and elements may repeat.
    HoldTo(Repertoire, bool),
    /// A binary object of so many bytes comes.
    Object(u64),
}

impl EdifactReader {
    /// A reader for one interchange.
    pub fn new(grammar: Arc<Grammar>, options: ReadOptions) -> Self {
        let state = State {
            envelope: Envelope::new(options.checks_trailers),
            head: InterchangeHead::default(),
            repertoire: Repertoire::LevelB,
            unb: KeptSegment::default(),
            ung: None,
            unit: Unit::new(options.object_bytes_max),
            manner: options.keeps_manner.then(Manner::default),
            over: None,
            grammar,
        };
        Self { scanner: Scanner::default(), state }
    }

    /// The header of the interchange; empty before it has been read.
    pub fn head(&self) -> &InterchangeHead {
        &self.state.head
    }

    /// The header of the message that was given or refused last; empty where it was a binary object.
    pub fn message(&self) -> &MessageHead {
        &self.state.unit.head
    }

    /// What is wrong with the message that was refused last, or with the interchange.
    pub fn problems(&self) -> &[Problem] {
        &self.state.unit.problems
    }

    /// Takes the manner of what was read since it was taken last; empty where it is not kept.
    pub fn take_manner(&mut self) -> Manner {
        self.state.manner.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Tells a problem of the interchange and ends the reading.
    fn give_up(&mut self, problem: Problem, faults: &mut Faults) -> Step {
        faults.push(problem.fault());
        self.state.unit.problems.clear();
        self.state.unit.problems.push(problem);
        self.state.over = Some(Step::Broken);
        Step::Broken
    }

    /// Reads on by one segment, or a piece of an object.
    fn advance(&mut self, tree: &mut Tree) -> Result<Act, Problem> {
        let service = *self.scanner.service();
        match self.scanner.scan() {
            Scanned::Segment(segment) => self.state.segment(&segment, &service, tree),
            Scanned::Object(bytes) => {
                self.state.unit.object.push(bytes);
                Ok(Act::Continue)
            }
            Scanned::Hungry => Ok(Act::Give(Step::Hungry)),
            Scanned::End(place) => {
                self.state.envelope.finish(place)?;
                self.state.over = Some(Step::End);
                if let Some(manner) = &mut self.state.manner {
                    manner.tail = self.scanner.gap().to_vec();
                }
                Ok(Act::Give(Step::End))
            }
            Scanned::Fault(ScanFault::NoTag, place) if self.state.unit.object.is_open => {
                Err(Problem::new(Kind::ObjectLength, place).of_interchange())
            }
            Scanned::Fault(fault, place) => {
                Err(Problem::new(Kind::Scan(fault), place).of_interchange())
            }
        }
    }
}

impl fmt::Debug for EdifactReader {
    /// How far it has come; nothing of what the interchange says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EdifactReader").field("stage", &self.state.envelope.stage).finish()
    }
}

impl UnitReader for EdifactReader {
    fn feed(&mut self, bytes: &[u8]) {
        self.scanner.feed(bytes);
    }

    fn finish(&mut self) {
        self.scanner.finish();
    }

    fn next(&mut self, tree: &mut Tree, faults: &mut Faults) -> Step {
        if let Some(step) = self.state.over {
            return step;
        }
        loop {
            let step = match self.advance(tree) {
                Err(problem) => return self.give_up(problem, faults),
                Ok(Act::Continue) => continue,
                Ok(Act::HoldTo(repertoire, repeats)) => {
                    if let Some(manner) = &mut self.state.manner {
                        let service = (*self.scanner.service(), self.scanner.advised());
                        manner.service = Some(service);
                    }
                    self.scanner.hold_to(repertoire, repeats);
                    continue;
                }
                Ok(Act::Object(n_bytes)) => {
                    self.scanner.expect_object(n_bytes);
                    continue;
                }
                Ok(Act::Give(step)) => step,
                Ok(Act::GiveBefore(step)) => {
                    self.scanner.again();
                    step
                }
            };
            if step == Step::Refused {
                self.state.unit.problems.iter().for_each(|problem| faults.push(problem.fault()));
            }
            return step;
        }
    }

    fn held_bytes(&self) -> usize {
        self.scanner.held_bytes() + self.state.unit.held_bytes()
    }

    fn interchange(&self) -> Option<&Self> {
        Some(self)
    }
}

impl State {
    fn segment(
        &mut self,
        segment: &Segment<'_>,
        service: &Service,
        tree: &mut Tree,
    ) -> Result<Act, Problem> {
        self.unit.follow_object(segment)?;
        if !self.unit.is_open() {
            self.unit.problems.clear();
        }
        let event = self.envelope.step(segment, &mut self.unit.problems)?;
        if event == Event::MessageCutOff {
            self.unit.cut_off();
            return Ok(Act::GiveBefore(Step::Refused));
        }
        if let Some(manner) = &mut self.manner {
            manner.push(segment, service);
        }
        if event == Event::InterchangeBegins {
            self.repertoire = repertoire(segment)?;
            let wrong = self.repertoire.first_wrong(segment.bytes(), service);
            check_bytes(segment, wrong.map(|at| segment.place().offset + at as u64))?;
            self.head = InterchangeHead::of(segment);
            self.unb = segment.keep();
        }
        let number = self.envelope.n_segments;
        match event {
            Event::Within | Event::MessageEnds => self.unit.check_bytes(segment, number),
            _ => check_bytes(segment, segment.wrong_byte())?,
        }
        self.event(event, segment, service.decimal, tree)
    }

    fn event(
        &mut self,
        event: Event,
        segment: &Segment<'_>,
        decimal: u8,
        tree: &mut Tree,
    ) -> Result<Act, Problem> {
        let (service, number) = (&self.grammar.service, self.envelope.n_segments);
        let in_message = self.envelope.stage == Stage::Message;
        let mut reading = Reading {
            grammar: &self.grammar,
            tree,
            unit: &mut self.unit,
            repertoire: self.repertoire,
            decimal,
        };
        match event {
            Event::InterchangeBegins => {
                reading.unit.change_around();
                reading.service(segment, &service.unb)?;
                return Ok(Act::HoldTo(self.repertoire, self.head.version == "4"));
            }
            Event::GroupBegins => {
                reading.unit.change_around();
                reading.service(segment, &service.ung)?;
                self.ung = Some(segment.keep());
            }
            Event::MessageBegins => {
                reading.begin_message(segment, &self.unb, self.ung.as_ref());
            }
            Event::ObjectBegins => {
                let begun = reading.begin_package(segment, &self.unb, self.ung.as_ref());
                return begun.map(Act::Object);
            }
            Event::Within if in_message => {
                let object = reading.within(segment, number)?;
                return Ok(object.map_or(Act::Continue, Act::Object));
            }
            Event::Within if !reading.unit.object.is_open => {
                let problem = Problem::new(Kind::OutOfPlace, segment.place());
                return Err(problem.in_segment(*b"UNP").of_interchange());
            }
            Event::Within => return Ok(Act::Give(reading.end_package(segment))),
            Event::MessageEnds => return Ok(Act::Give(reading.end_message(segment, number))),
            Event::MessageCutOff => {}
            Event::GroupEnds => {
                reading.unit.change_around();
                reading.service(segment, &service.une)?;
                self.ung = None;
            }
            Event::InterchangeEnds => reading.service(segment, &service.unz)?,
        }
        Ok(Act::Continue)
    }
}

/// The repertoire that a header states.
fn repertoire(unb: &Segment<'_>) -> Result<Repertoire, Problem> {
    let problem = |component, field: &str| {
        let problem = Problem::new(Kind::Syntax, unb.place()).in_segment(*b"UNB");
        problem.in_element(1, component, field.to_owned()).of_interchange()
    };
    let identifier = unb.ascii(1, 1);
    let known = Repertoire::of(identifier.as_bytes());
    let repertoire = known.ok_or_else(|| problem(1, "UNB/S001/0001"))?;
    match unb.ascii(1, 2).as_str() {
        "1" | "2" | "3" | "4" => Ok(repertoire),
        _ => Err(problem(2, "UNB/S001/0002")),
    }
}

/// A segment of the envelope that holds a wrong byte makes the interchange unusable.
fn check_bytes(segment: &Segment<'_>, wrong: Option<u64>) -> Result<(), Problem> {
    let Some(offset) = wrong else { return Ok(()) };
    let problem = Problem::new(Kind::WrongByte, Place { offset, ..segment.place() });
    Err(problem.in_segment(segment.tag_or_blank()).of_interchange())
}
