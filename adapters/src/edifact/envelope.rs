//! The envelope of an interchange: which service segment may follow which, and whether trailers count and refer rightly.
//!
//! `UNB ( UNG ( UNH … UNT )… UNE )… UNZ`, or without groups; binary objects may stand between messages. What is wrong
//! with one message is that message's; what is wrong around the messages is the interchange's.

use super::{
    problem::{Kind, Problem},
    segment::Segment,
};
use crate::tree::Place;
use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
};

/// Of how many messages of an interchange the references are held against each other.
pub(super) const REFERENCES_MAX: usize = 100_000;

/// Where the reading stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Before,
    Interchange,
    Group,
    Message,
    After,
}

/// What a segment does to the envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    InterchangeBegins,
    GroupBegins,
    MessageBegins,
    /// A segment of the message's own.
    Within,
    /// A binary object between messages.
    ObjectBegins,
    MessageEnds,
    /// The message ends without trailer: the segment belongs to what comes after it.
    MessageCutOff,
    GroupEnds,
    InterchangeEnds,
}

/// The envelope of one interchange.
#[derive(Debug)]
pub(super) struct Envelope {
    pub(super) stage: Stage,
    checks_trailers: bool,
    counts_objects: bool,
    reference: String,
    group_reference: String,
    message_reference: String,
    n_groups: u64,
    n_messages: u64,
    n_objects: u64,
    n_in_group: u64,
    /// Binary objects before the group.
    n_objects_before: u64,
    /// Segments of the message, or of the one read last.
    pub(super) n_segments: u32,
    references: HashSet<u64>,
    seed: RandomState,
}

impl Envelope {
    pub(super) fn new(checks_trailers: bool) -> Self {
        Self {
            stage: Stage::Before,
            checks_trailers,
            counts_objects: false,
            reference: String::new(),
            group_reference: String::new(),
            message_reference: String::new(),
            n_groups: 0,
            n_messages: 0,
            n_objects: 0,
            n_in_group: 0,
            n_objects_before: 0,
            n_segments: 0,
            references: HashSet::new(),
            seed: RandomState::new(),
        }
    }

    /// Takes the next segment.
    ///
    /// # Errors
    /// A problem of the interchange; problems of the message are added to `problems`.
    pub(super) fn step(
        &mut self,
        segment: &Segment<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<Event, Problem> {
        match (segment.tag(), self.stage) {
            (b"UNB", Stage::Before) => Ok(self.begin(segment)),
            (_, Stage::Before) => Err(absent("UNB", segment)),
            (_, Stage::After) | (b"UNB", _) => Err(misplaced(segment)),
            (b"UNH" | b"UNG" | b"UNE" | b"UNZ", Stage::Message) => {
                problems.push(self.in_message(absent("UNT", segment)));
                self.leave_message();
                Ok(Event::MessageCutOff)
            }
            (b"UNT", Stage::Message) => Ok(self.end_message(segment, problems)),
            (_, Stage::Message) => {
                self.n_segments = self.n_segments.saturating_add(1);
                Ok(Event::Within)
            }
            (b"UNG", Stage::Interchange) if self.n_groups > 0 || self.n_messages == 0 => {
                Ok(self.begin_group(segment))
            }
            (b"UNH", Stage::Group) => self.begin_message(segment, problems),
            (b"UNH", Stage::Interchange) if self.n_groups == 0 => {
                self.begin_message(segment, problems)
            }
            (b"UNE", Stage::Group) => self.end_group(segment),
            (b"UNZ", Stage::Interchange) => self.end(segment),
            (b"UNZ" | b"UNG", Stage::Group) => Err(absent("UNE", segment)),
            (b"UNO", _) => {
                self.n_objects += 1;
                Ok(Event::ObjectBegins)
            }
            (b"UNP", _) => Ok(Event::Within),
            _ => Err(misplaced(segment)),
        }
    }

    /// Takes the end of the bytes.
    ///
    /// # Errors
    /// Where the interchange is not whole.
    pub(super) fn finish(&self, place: Place) -> Result<(), Problem> {
        let missing = match self.stage {
            Stage::Before => "UNB",
            Stage::Group => "UNE",
            Stage::Message | Stage::Interchange => "UNZ",
            Stage::After => return Ok(()),
        };
        Err(Problem::new(Kind::Absent(missing), place).of_interchange())
    }

    fn begin(&mut self, segment: &Segment<'_>) -> Event {
        self.counts_objects = segment.ascii(1, 2) == "4";
        self.reference = segment.ascii(5, 1);
        self.stage = Stage::Interchange;
        Event::InterchangeBegins
    }

    fn begin_group(&mut self, segment: &Segment<'_>) -> Event {
        self.group_reference = segment.ascii(5, 1);
        self.n_groups += 1;
        self.n_in_group = 0;
        self.n_objects_before = self.n_objects;
        self.stage = Stage::Group;
        Event::GroupBegins
    }

    /// A message that has no reference cannot be told apart from others, nor be named to who sent it.
    fn begin_message(
        &mut self,
        segment: &Segment<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<Event, Problem> {
        self.message_reference = segment.ascii(1, 1);
        if self.message_reference.is_empty() {
            return Err(element(Kind::Required, segment, 1, "UNH/0062").of_interchange());
        }
        self.n_messages += 1;
        self.n_in_group += 1;
        self.n_segments = 1;
        self.stage = Stage::Message;
        let hash = self.seed.hash_one((self.n_groups, &self.message_reference));
        let has_room = self.references.len() < REFERENCES_MAX;
        if self.references.contains(&hash) || has_room && !self.references.insert(hash) {
            let problem = element(Kind::ReferenceTwice, segment, 1, "UNH/0062");
            problems.push(self.in_message(problem));
        }
        Ok(Event::MessageBegins)
    }

    fn end_message(&mut self, segment: &Segment<'_>, problems: &mut Vec<Problem>) -> Event {
        self.n_segments = self.n_segments.saturating_add(1);
        let count = self.check_count(segment, u64::from(self.n_segments), "UNT/0074");
        let reference = self.check_reference(segment, &self.message_reference, "UNT/0062");
        // What is missing is told when the segment is held to the directory.
        let problems_here = [count, reference].into_iter().filter_map(Result::err);
        for problem in problems_here.filter(|problem| problem.kind != Kind::Required) {
            problems.push(self.in_message(problem));
        }
        self.leave_message();
        Event::MessageEnds
    }

    fn leave_message(&mut self) {
        self.stage = if self.n_groups == 0 { Stage::Interchange } else { Stage::Group };
    }

    fn end_group(&mut self, segment: &Segment<'_>) -> Result<Event, Problem> {
        let of_interchange = Problem::of_interchange;
        if self.n_in_group == 0 && self.n_objects == self.n_objects_before {
            return Err(absent("UNH", segment));
        }
        self.check_count(segment, self.n_in_group, "UNE/0060").map_err(of_interchange)?;
        let reference = self.check_reference(segment, &self.group_reference, "UNE/0048");
        reference.map_err(of_interchange)?;
        self.stage = Stage::Interchange;
        Ok(Event::GroupEnds)
    }

    /// The trailer counts groups where there are any, else messages; since version 4 binary objects too.
    fn end(&mut self, segment: &Segment<'_>) -> Result<Event, Problem> {
        let of_interchange = Problem::of_interchange;
        if self.n_messages == 0 && self.n_objects == 0 {
            return Err(absent("UNH", segment));
        }
        let n_objects = if self.counts_objects { self.n_objects } else { 0 };
        let n_units = match self.n_groups {
            0 => self.n_messages + n_objects,
            n_groups => n_groups,
        };
        self.check_count(segment, n_units, "UNZ/0036").map_err(of_interchange)?;
        let reference = self.check_reference(segment, &self.reference, "UNZ/0020");
        reference.map_err(of_interchange)?;
        self.stage = Stage::After;
        Ok(Event::InterchangeEnds)
    }

    fn check_count(&self, segment: &Segment<'_>, is: u64, field: &str) -> Result<(), Problem> {
        match segment.ascii(1, 1) {
            told if told.is_empty() => Err(element(Kind::Required, segment, 1, field)),
            told if self.checks_trailers && told.parse() != Ok(is) => {
                Err(element(Kind::Count, segment, 1, field))
            }
            _ => Ok(()),
        }
    }

    fn check_reference(&self, segment: &Segment<'_>, is: &str, field: &str) -> Result<(), Problem> {
        match segment.ascii(2, 1) {
            told if told.is_empty() => Err(element(Kind::Required, segment, 2, field)),
            told if self.checks_trailers && told != is => {
                Err(element(Kind::Reference, segment, 2, field))
            }
            _ => Ok(()),
        }
    }

    /// Numbers a problem within the message that is being read.
    fn in_message(&self, mut problem: Problem) -> Problem {
        problem.segment = self.n_segments;
        problem
    }
}

fn absent(tag: &'static str, segment: &Segment<'_>) -> Problem {
    let problem = Problem::new(Kind::Absent(tag), segment.place());
    let problem = problem.in_segment(segment.tag_or_blank());
    if tag == "UNT" { problem } else { problem.of_interchange() }
}

fn misplaced(segment: &Segment<'_>) -> Problem {
    let problem = Problem::new(Kind::OutOfPlace, segment.place());
    problem.in_segment(segment.tag_or_blank()).of_interchange()
}

/// A problem of the first component of an element.
fn element(kind: Kind, segment: &Segment<'_>, position: u32, field: &str) -> Problem {
    let component = segment.component(position, 1);
    let offset = component.map_or(segment.place().offset, |component| component.offset());
    let problem = Problem::new(kind, Place { offset, ..segment.place() });
    let problem = problem.in_segment(segment.tag_or_blank());
    problem.in_element(position, 0, field.to_owned())
}
