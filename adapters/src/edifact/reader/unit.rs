//! One unit while it is read: a message, or a binary object that stands between messages.

use super::{PROBLEMS_MAX, object::Object};
use crate::{
    edifact::{
        fields::Fields,
        grammar::{Grammar, Matcher, MessageGrammar, Mismatch, Missing, SegmentRule, What},
        head::MessageHead,
        problem::{Kind, Problem},
        repertoire::Repertoire,
        segment::{KeptSegment, Segment},
    },
    layout::Step,
    tree::{Kind as NodeKind, OverLimit, Place, Tree},
};

/// What is known of the unit that is being read, or was read last.
pub(super) struct Unit {
    pub(super) head: MessageHead,
    pub(super) problems: Vec<Problem>,
    pub(super) object: Object,
    is_open: bool,
    /// The headers around the units, as they stand in the tree of each; nothing before the first one.
    around: Option<Tree>,
    /// The number of the message's grammar; nothing where there is none, or a limit is reached: then its
    /// segments are passed over.
    grammar: Option<usize>,
    matcher: Matcher,
    missing: Vec<Missing>,
    scratch: String,
    object_bytes_max: u64,
}

impl Unit {
    pub(super) fn new(object_bytes_max: u64) -> Self {
        Self {
            head: MessageHead::default(),
            problems: Vec::new(),
            object: Object::default(),
            is_open: false,
            around: None,
            grammar: None,
            matcher: Matcher::default(),
            missing: Vec::new(),
            scratch: String::new(),
            object_bytes_max,
        }
    }

    /// Whether a unit has begun and not ended.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Says that units to come have other headers around them.
    pub(super) fn change_around(&mut self) {
        self.around = None;
    }

    /// Ends the unit without more ado.
    pub(super) fn cut_off(&mut self) {
        self.is_open = false;
    }

    pub(super) fn held_bytes(&self) -> usize {
        let around = self.around.as_ref().map_or(0, Tree::held_bytes);
        self.object.held_bytes() + self.scratch.capacity() + around
    }

    fn message<'g>(&self, grammar: &'g Grammar) -> Option<&'g MessageGrammar> {
        grammar.messages.get(self.grammar?)
    }
}

/// A unit, and what reading it needs beside the segments.
pub(super) struct Reading<'r> {
    pub(super) grammar: &'r Grammar,
    pub(super) tree: &'r mut Tree,
    pub(super) unit: &'r mut Unit,
    pub(super) repertoire: Repertoire,
    pub(super) decimal: u8,
}

impl Reading<'_> {
    /// Checks a segment of the envelope.
    ///
    /// # Errors
    /// The first problem of it, which is the interchange's.
    pub(super) fn service(
        &mut self,
        segment: &Segment<'_>,
        rule: &SegmentRule,
    ) -> Result<(), Problem> {
        let n_before = self.unit.problems.len();
        self.tree.clear();
        let read = self.fields(segment, rule);
        self.tree.clear();
        let first = self.unit.problems.drain(n_before..).next();
        let over = read.err().map(|limit| Problem::new(Kind::Limit(limit), segment.place()));
        first.or(over).map_or(Ok(()), |problem| Err(problem.of_interchange()))
    }

    /// Begins a unit: the headers around it, which have been checked, are in its tree.
    fn begin(&mut self, unb: &KeptSegment, ung: Option<&KeptSegment>) -> Result<(), OverLimit> {
        let n_before = self.unit.problems.len();
        self.unit.is_open = true;
        self.unit.grammar = None;
        if let Some(around) = &self.unit.around {
            self.tree.begin_as(around);
            return Ok(());
        }
        self.tree.clear();
        self.fields(&unb.segment(), &self.grammar.service.unb)?;
        if let Some(ung) = ung {
            self.fields(&ung.segment(), &self.grammar.service.ung)?;
        }
        self.unit.problems.truncate(n_before);
        self.unit.around = Some(self.tree.clone());
        Ok(())
    }

    pub(super) fn begin_message(
        &mut self,
        unh: &Segment<'_>,
        unb: &KeptSegment,
        ung: Option<&KeptSegment>,
    ) {
        self.unit.head = MessageHead::of(unh);
        let begun = self.begin(unb, ung).and_then(|()| self.header(unh));
        self.limit(begun, unh.place());
        self.number(0, 1);
    }

    fn header(&mut self, unh: &Segment<'_>) -> Result<(), OverLimit> {
        let identifier = self.unit.head.identifier.each_ref().map(String::as_str);
        let found = self.grammar.message(&identifier);
        let Some((number, message)) = found else {
            let problem = Problem::new(Kind::NoGrammar, unh.place()).in_segment(*b"UNH");
            self.unit.problems.push(problem.in_element(2, 0, "UNH/S009".to_owned()));
            return Ok(());
        };
        self.unit.grammar = Some(number);
        self.unit.matcher.begin();
        self.tree.open(NodeKind::Group, message.name, unh.place())?;
        self.fields(unh, &self.grammar.service.unh)
    }

    /// Reads a segment of the message.
    ///
    /// # Errors
    /// Where nothing tells how long a binary object is; its length otherwise, where one begins.
    pub(super) fn within(
        &mut self,
        segment: &Segment<'_>,
        number: u32,
    ) -> Result<Option<u64>, Problem> {
        let n_before = self.unit.problems.len();
        let mut object = None;
        if segment.tag() == b"UNO" {
            object = Some(self.unit.object.begin(segment)?);
        }
        if let Some(message) = self.unit.message(self.grammar) {
            let read = self.place(segment, message, object);
            self.limit(read, segment.place());
        } else {
            self.unit.object.is_open &= segment.tag() != b"UNP";
            self.unit.object.is_kept = false;
        }
        self.number(n_before, number);
        Ok(object)
    }

    /// Finds the segment's place and reads it there.
    fn place(
        &mut self,
        segment: &Segment<'_>,
        message: &MessageGrammar,
        object: Option<u64>,
    ) -> Result<(), OverLimit> {
        if segment.tag() == b"UNP" && self.unit.object.is_open {
            return self.end_object(segment);
        }
        let tag = segment.tag_or_blank();
        let found = self.unit.matcher.step(message, tag, &mut self.unit.missing);
        self.tell_missing(segment);
        let found = match found {
            Ok(found) => found,
            Err(mismatch) => {
                self.unit.object.is_kept = false;
                let kind = match mismatch {
                    Mismatch::Unknown => Kind::Unknown,
                    Mismatch::Misplaced => Kind::Misplaced,
                    Mismatch::TooOften => Kind::TooOften,
                };
                self.unit.problems.push(Problem::new(kind, segment.place()).in_segment(tag));
                return Ok(());
            }
        };
        for _ in 0..found.n_closed {
            self.tree.close();
        }
        if let Some(group) = found.opened {
            self.tree.open(NodeKind::Group, group, segment.place())?;
        }
        match (found.what, object) {
            (What::Segment(rule), _) => match message.rules.get(rule) {
                Some(rule) => self.fields(segment, rule),
                None => Ok(()),
            },
            (_, Some(n_bytes)) => self.begin_object(segment, n_bytes),
            _ => Ok(()),
        }
    }

    pub(super) fn end_message(&mut self, unt: &Segment<'_>, number: u32) -> Step {
        let n_before = self.unit.problems.len();
        if let Some(message) = self.unit.message(self.grammar) {
            let n_open = self.unit.matcher.depth();
            self.unit.matcher.end(message, &mut self.unit.missing);
            self.tell_missing(unt);
            (0..n_open).for_each(|_| self.tree.close());
            let read = self.fields(unt, &self.grammar.service.unt);
            self.tree.close();
            self.limit(read, unt.place());
        }
        self.number(n_before, number);
        self.end()
    }

    /// Begins a binary object that stands between messages; its length.
    ///
    /// # Errors
    /// Where nothing tells how long it is.
    pub(super) fn begin_package(
        &mut self,
        uno: &Segment<'_>,
        unb: &KeptSegment,
        ung: Option<&KeptSegment>,
    ) -> Result<u64, Problem> {
        self.unit.head = MessageHead::default();
        let n_bytes = self.unit.object.begin(uno)?;
        let begun = self.begin(unb, ung).and_then(|()| self.begin_object(uno, n_bytes));
        self.limit(begun, uno.place());
        Ok(n_bytes)
    }

    /// Ends a binary object that stands between messages.
    pub(super) fn end_package(&mut self, unp: &Segment<'_>) -> Step {
        let read = self.end_object(unp);
        self.limit(read, unp.place());
        self.end()
    }

    fn begin_object(&mut self, uno: &Segment<'_>, n_bytes: u64) -> Result<(), OverLimit> {
        self.unit.object.is_kept = n_bytes <= self.unit.object_bytes_max;
        if !self.unit.object.is_kept {
            let problem = Problem::new(Kind::ObjectTooLong, uno.place()).in_segment(*b"UNO");
            self.unit.problems.push(problem.in_element(4, 1, "UNO/S022/0810".to_owned()));
        }
        self.tree.open(NodeKind::Group, self.grammar.service.object, uno.place())?;
        self.fields(uno, &self.grammar.service.uno)
    }

    fn end_object(&mut self, unp: &Segment<'_>) -> Result<(), OverLimit> {
        let (is_kept, place) = (self.unit.object.is_kept, self.unit.object.place);
        let text = self.unit.object.end(unp, &mut self.unit.problems);
        if !is_kept {
            return Ok(());
        }
        self.tree.field(self.grammar.service.data, text, place)?;
        self.fields(unp, &self.grammar.service.unp)?;
        self.tree.close();
        Ok(())
    }

    fn end(&mut self) -> Step {
        self.unit.is_open = false;
        if self.unit.problems.is_empty() { Step::Unit } else { Step::Refused }
    }

    fn fields(&mut self, segment: &Segment<'_>, rule: &SegmentRule) -> Result<(), OverLimit> {
        let lists = self.unit.message(self.grammar).map_or(&[][..], |message| &message.lists);
        let [.., association] = &self.unit.head.identifier;
        let mut fields = Fields {
            tree: self.tree,
            problems: &mut self.unit.problems,
            repertoire: self.repertoire,
            decimal: self.decimal,
            lists,
            association,
            scratch: &mut self.unit.scratch,
        };
        fields.read(segment, rule)
    }

    fn tell_missing(&mut self, segment: &Segment<'_>) {
        for missing in self.unit.missing.drain(..) {
            let kind = Kind::Missing(missing.name, missing.group);
            let tag = segment.tag_or_blank();
            self.unit.problems.push(Problem::new(kind, segment.place()).in_segment(tag));
        }
    }

    /// Where a limit is reached, the rest of the unit is passed over.
    fn limit(&mut self, read: Result<(), OverLimit>, place: Place) {
        if let Err(limit) = read {
            self.unit.problems.push(Problem::new(Kind::Limit(limit), place));
            self.unit.grammar = None;
            self.tree.clear();
        }
    }

    /// Numbers the problems found last within the message, and keeps no more than a certain number.
    fn number(&mut self, from: usize, number: u32) {
        let found = self.unit.problems.iter_mut().skip(from);
        found.filter(|problem| problem.segment == 0).for_each(|problem| problem.segment = number);
        self.unit.problems.truncate(PROBLEMS_MAX);
    }
}

impl Unit {
    /// After the bytes of a binary object comes its trailer, or its length was not right.
    pub(super) fn follow_object(&self, segment: &Segment<'_>) -> Result<(), Problem> {
        if self.object.is_open && segment.tag() != b"UNP" {
            let problem = Problem::new(Kind::ObjectLength, segment.place());
            return Err(problem.of_interchange());
        }
        Ok(())
    }

    /// Tells of a byte that is none of the repertoire's.
    pub(super) fn check_bytes(&mut self, segment: &Segment<'_>, number: u32) {
        let Some(offset) = segment.wrong_byte() else { return };
        let place = Place { offset, ..segment.place() };
        let mut problem = Problem::new(Kind::WrongByte, place);
        problem.segment = number;
        self.problems.push(problem.in_segment(segment.tag_or_blank()));
    }
}
