//! Reading: the head, then unit by unit; or a whole document.

use super::{
    build::{Attribute, Builder},
    layout::XmlLayout,
    seen::SeenNames,
    spelling::NAMESPACE,
};
use crate::{
    fault::{Fault, Faults},
    layout::{Step, UnitReader},
    tree::{OverLimit, Place, Tree},
};
use sluse_contracts::{code, payload, payload::Limits};
use sluse_xml::{Event, Fed, Position, ReadFault, Reader, Start};
use std::{fmt, sync::Arc};

/// Most that the head before the first unit may take, in bytes of a tree: it is part of every unit.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// Reads one document.
pub(super) struct XmlReader {
    reader: Reader<Fed>,
    state: State,
}

/// All but the bytes.
struct State {
    layout: Arc<XmlLayout>,
    /// What stands before the first unit, with what units stand in open.
    head: Tree,
    builder: Builder,
    /// Which of the default namespaces the document is in.
    default: Option<usize>,
    seen: SeenNames,
    /// How many elements are open.
    depth: usize,
    /// How many of them are on the way to the units.
    way: usize,
    /// The longest way that was met: each of its elements stands once.
    way_max: usize,
    in_unit: bool,
    n_units: u32,
    /// Whether the unit has a fault.
    refused: bool,
    /// The depth outside which what is read over ends.
    skipped: Option<usize>,
    over: Option<Step>,
}

/// What an event asks of the reader.
enum Act {
    Continue,
    Give(Step),
}

impl XmlReader {
    pub(super) fn new(layout: Arc<XmlLayout>, limits: &Limits) -> Self {
        let head_limits =
            Limits { tree_bytes_max: limits.tree_bytes_max.min(HEAD_BYTES_MAX), ..*limits };
        let state = State {
            head: Tree::new(layout.names.clone(), &head_limits),
            builder: Builder::new(layout.keeps_white_space),
            layout,
            default: None,
            seen: SeenNames::new(),
            depth: 0,
            way: 0,
            way_max: 0,
            in_unit: false,
            n_units: 0,
            refused: false,
            skipped: None,
            over: None,
        };
        Self { reader: Reader::fed(None, payload::xml_limits(limits)), state }
    }

    /// Reads on by one event.
    fn advance(&mut self, tree: &mut Tree, faults: &mut Faults) -> Result<Act, Fault> {
        let state = &mut self.state;
        let fault = match self.reader.next_placed() {
            Ok((event, position)) => return state.event(&event, position, tree, faults),
            // What is fed can say nothing else.
            Err(ReadFault::Input(_)) => return Ok(Act::Give(Step::Hungry)),
            Err(ReadFault::Xml(fault)) => fault,
        };
        let place =
            Place { offset: self.reader.offset_of_fault(&fault), line: fault.line, record: 0 };
        let told = payload::xml_violation(fault);
        Err(Fault::new(told.code, told.message, place).of_message())
    }
}

impl UnitReader for XmlReader {
    fn feed(&mut self, bytes: &[u8]) {
        self.reader.input_mut().feed(bytes);
    }

    fn finish(&mut self) {
        self.reader.input_mut().finish();
    }

    fn next(&mut self, tree: &mut Tree, faults: &mut Faults) -> Step {
        loop {
            if let Some(step) = self.state.over {
                return step;
            }
            match self.advance(tree, faults) {
                Ok(Act::Continue) => {}
                Ok(Act::Give(step)) => return step,
                Err(fault) => {
                    faults.push(self.state.within(fault, tree));
                    self.state.over = Some(Step::Broken);
                }
            }
        }
    }

    fn around_no_units(&self, tree: &mut Tree) -> bool {
        let is_alone = !self.state.layout.unit.is_empty() && self.state.n_units == 0;
        if is_alone {
            tree.begin_as(&self.state.head);
            tree.close_all();
        }
        is_alone
    }

    fn held_bytes(&self) -> usize {
        let State { head, builder, .. } = &self.state;
        self.reader.held_bytes() + head.held_bytes() + builder.held_bytes()
    }
}

impl State {
    fn event(
        &mut self,
        event: &Event<'_>,
        position: Position,
        tree: &mut Tree,
        faults: &mut Faults,
    ) -> Result<Act, Fault> {
        let place = self.place(position);
        match event {
            Event::Start(start) => self.start(start, place, tree, faults).map(|()| Act::Continue),
            Event::Text(text) => self.text(text, place, tree, faults).map(|()| Act::Continue),
            Event::End => self.end(place, tree, faults),
            Event::Comment(_) | Event::Instruction(_) => Ok(Act::Continue),
            Event::Eof => {
                self.over = Some(Step::End);
                let is_whole = self.layout.unit.is_empty();
                Ok(if is_whole { Act::Give(Step::Unit) } else { Act::Continue })
            }
        }
    }

    /// A fault with the unit that it is in, where there may be several.
    fn within(&self, fault: Fault, tree: &Tree) -> Fault {
        let is_in_unit = self.in_unit && !self.layout.unit.is_empty();
        if is_in_unit { fault.in_unit(self.n_units, tree) } else { fault }
    }

    /// The place of something; its record is the number of its unit, where there may be several.
    fn place(&self, Position { offset, line }: Position) -> Place {
        let counts = self.in_unit && !self.layout.unit.is_empty();
        Place { offset, line, record: if counts { self.n_units } else { 0 } }
    }

    /// The depth at which units stand.
    fn unit_depth(&self) -> usize {
        self.layout.unit.len() + 1
    }

    fn start(
        &mut self,
        start: &Start<'_>,
        mut place: Place,
        tree: &mut Tree,
        faults: &mut Faults,
    ) -> Result<(), Fault> {
        self.depth += 1;
        if self.skipped.is_some() {
            return Ok(());
        }
        if self.depth == 1 {
            self.default = self.layout.spelling.default_of(start.namespace());
        }
        if !self.in_unit && self.way + 1 == self.depth {
            self.step(start, place, tree)?;
            if self.in_unit && !self.layout.unit.is_empty() {
                place.record = self.n_units;
            }
        }
        if !self.in_unit && self.way < self.depth && self.n_units > 0 {
            if self.layout.ignores_after_units {
                self.skipped = Some(self.depth);
                return Ok(());
            }
            return Err(after_units(place));
        }
        let built = self.build(start, place, tree);
        self.limited(built, place, faults)
    }

    /// Goes a step on the way to the units, where the element is one.
    fn step(&mut self, start: &Start<'_>, place: Place, tree: &mut Tree) -> Result<(), Fault> {
        let name = self.layout.spelling.element(start.namespace(), start.local(), self.default);
        let fits = match self.depth.checked_sub(2) {
            None => self.layout.roots.iter().any(|root| *root == name),
            Some(at) => self.layout.unit.get(at).is_some_and(|step| *step == name),
        };
        if !fits && self.depth == 1 {
            let sentence = "the document element is none of those that the description has";
            return Err(Fault::new(code::RECORD_UNKNOWN, sentence, place).of_message());
        }
        if !fits {
            return Ok(());
        }
        if self.depth == self.unit_depth() {
            let before = self.builder.before_element(&mut self.head);
            before.map_err(|limit| Fault::over_limit(limit, place).of_message())?;
            self.in_unit = true;
            self.n_units = self.n_units.saturating_add(1);
            tree.begin_as(&self.head);
            return Ok(());
        }
        if self.depth <= self.way_max {
            let sentence = "what the units stand in comes a second time";
            let fault = Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place);
            return Err(fault.in_field(name).of_message());
        }
        (self.way, self.way_max) = (self.depth, self.depth);
        Ok(())
    }

    fn build(&mut self, start: &Start<'_>, place: Place, tree: &mut Tree) -> Result<(), OverLimit> {
        if self.refused {
            return Ok(());
        }
        let tree = if self.in_unit { tree } else { &mut self.head };
        let spelling = &self.layout.spelling;
        let spell = || spelling.element(start.namespace(), start.local(), self.default);
        let name = self.seen.name(start.number(), tree, spell)?;
        self.builder.start(tree, name, place)?;
        if self.depth == 1 && spelling.defaults.len() > 1 {
            let name = tree.name_for(NAMESPACE)?;
            let attribute = Attribute { name, value: start.namespace(), place };
            self.builder.attribute(tree, &attribute)?;
        }
        let is_way = !self.in_unit && self.way == self.depth;
        for (at, attribute) in start.attributes().enumerate() {
            let spell = || spelling.attribute(attribute.namespace, attribute.local);
            let constant =
                |(known, value): &(String, String)| *known == spell() && value == attribute.value;
            if self.depth == 1 && self.layout.root_attributes.iter().any(constant) {
                continue;
            }
            let name = self.seen.name(attribute.number, tree, spell)?;
            let Position { offset, line } = start.position(at).unwrap_or_default();
            let place = Place { offset, line, ..place };
            let attribute = Attribute { name, value: attribute.value, place };
            self.builder.attribute(tree, &attribute)?;
        }
        // What units stand in is a group whatever comes.
        if is_way { self.builder.before_element(tree) } else { Ok(()) }
    }

    fn text(
        &mut self,
        text: &str,
        place: Place,
        tree: &mut Tree,
        faults: &mut Faults,
    ) -> Result<(), Fault> {
        let is_blank = || text.bytes().all(|byte| byte.is_ascii_whitespace());
        let on_way = !self.in_unit && self.depth == self.way;
        if self.skipped.is_some() || self.refused || (on_way && is_blank()) {
            return Ok(());
        }
        if on_way && self.n_units > 0 {
            return if self.layout.ignores_after_units { Ok(()) } else { Err(after_units(place)) };
        }
        let added = match self.in_unit {
            true => self.builder.text(tree, text, place),
            false => self.builder.text(&self.head, text, place),
        };
        self.limited(added, place, faults)
    }

    fn end(&mut self, place: Place, tree: &mut Tree, faults: &mut Faults) -> Result<Act, Fault> {
        let depth = self.depth;
        self.depth -= 1;
        if let Some(skipped) = self.skipped {
            self.skipped = Some(skipped).filter(|skipped| *skipped < depth);
            return Ok(Act::Continue);
        }
        if !self.in_unit && self.way == depth {
            self.way -= 1;
            if self.n_units == 0 {
                let ended = self.builder.end(&mut self.head);
                self.limited(ended, place, faults)?;
            }
            return Ok(Act::Continue);
        }
        let ended = match (self.refused, self.in_unit) {
            (true, _) => Ok(()),
            (false, true) => self.builder.end(tree),
            (false, false) => self.builder.end(&mut self.head),
        };
        self.limited(ended, place, faults)?;
        if !self.in_unit || depth > self.unit_depth() {
            return Ok(Act::Continue);
        }
        self.in_unit = false;
        tree.close_all();
        if std::mem::take(&mut self.refused) {
            return Ok(Act::Give(Step::Refused));
        }
        // A whole document is given once all of it was read.
        Ok(if self.layout.unit.is_empty() { Act::Continue } else { Act::Give(Step::Unit) })
    }

    /// A limit of the tree that was met: one among several units is refused alone.
    fn limited(
        &mut self,
        done: Result<(), OverLimit>,
        place: Place,
        faults: &mut Faults,
    ) -> Result<(), Fault> {
        let Err(limit) = done else { return Ok(()) };
        let fault = Fault::over_limit(limit, place);
        if !self.in_unit || self.layout.unit.is_empty() {
            return Err(fault.of_message());
        }
        faults.push(fault);
        self.refused = true;
        self.builder.clear();
        Ok(())
    }
}

fn after_units(place: Place) -> Fault {
    let sentence = "something stands between or behind the units, and would be in none of them";
    Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place).of_message()
}

impl fmt::Debug for XmlReader {
    /// How far it has come; nothing of what the document says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "XmlReader({} units)", self.state.n_units)
    }
}
