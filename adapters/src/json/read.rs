//! Reading: what stands before the units, then unit by unit; or a whole document.
//!
//! No recursion: what is open stands on a list, which is bounded by `json_depth_max`.

use super::{
    layout::{JsonLayout, Units},
    tokens::{Next, Token, Tokens, coded, ill_formed},
};
use crate::{
    fault::{Fault, Faults, Reach},
    layout::{Step, UnitReader},
    tree::{Kind, NameId, OverLimit, Place, Tree},
};
use sluse_contracts::{code, payload::Limits};
use std::{collections::HashSet, fmt, sync::Arc};

/// Most that may stand before the list of units, in bytes of a tree: it is part of every unit.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// Reads one message.
pub(super) struct JsonReader {
    tokens: Tokens,
    state: State,
}

/// All but the bytes.
struct State {
    layout: Arc<JsonLayout>,
    /// What stands before the first unit, with what units stand in open.
    head: Tree,
    open: Vec<Open>,
    expect: Expect,
    /// The name of the member whose value comes.
    name: Option<Name>,
    /// How many of what is open lead to the list of units, that list counted.
    way: usize,
    has_array: bool,
    /// The unit that is being read: how much was open around it, and the line that it begins in.
    unit: Option<(usize, u32)>,
    n_units: u32,
    refused: bool,
    /// How much is open around what is read over.
    skipped: Option<usize>,
    skips_line: bool,
    /// The line that the last unit ended in, where each unit is a line.
    line: Option<u32>,
    /// Members that an object has, by a number of the object: of what units stand in, and of the unit.
    seen_around: HashSet<(u64, NameId)>,
    seen: HashSet<(u64, NameId)>,
    n_objects: u64,
    name_bytes_max: usize,
    depth_max: usize,
    over: Option<Step>,
}

/// An object or list that is open.
struct Open {
    is_object: bool,
    /// Whether it is a node of its own in the tree.
    is_node: bool,
    number: u64,
}

struct Name {
    id: NameId,
    /// Whether it is the next one on the way to the units.
    is_way: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    FirstItem,
    FirstMember,
    Member,
    Colon,
    Behind,
    End,
}

enum Act {
    Continue,
    Give(Step),
}

impl JsonReader {
    pub(super) fn new(layout: Arc<JsonLayout>, limits: &Limits) -> Self {
        let head_limits =
            Limits { tree_bytes_max: limits.tree_bytes_max.min(HEAD_BYTES_MAX), ..*limits };
        let state = State {
            head: Tree::new(layout.names.clone(), &head_limits),
            layout,
            open: Vec::new(),
            expect: Expect::Value,
            name: None,
            way: 0,
            has_array: false,
            unit: None,
            n_units: 0,
            refused: false,
            skipped: None,
            skips_line: false,
            line: None,
            seen_around: HashSet::new(),
            seen: HashSet::new(),
            n_objects: 0,
            name_bytes_max: limits.name_bytes_max,
            depth_max: limits.json_depth_max,
            over: None,
        };
        Self { tokens: Tokens::new(limits), state }
    }

    fn advance(&mut self, tree: &mut Tree, faults: &mut Faults) -> Result<Act, Fault> {
        if self.state.skips_line {
            if !self.tokens.pass_line() {
                return Ok(Act::Give(Step::Hungry));
            }
            self.state.skips_line = false;
            return Ok(Act::Give(Step::Refused));
        }
        let (token, place) = match self.tokens.next()? {
            Next::Token(token, place) => (token, place),
            Next::Hungry => return Ok(Act::Give(Step::Hungry)),
            Next::End(place) => return self.state.end(place),
        };
        self.state.token(token, place, self.tokens.text(), tree, faults)
    }
}

impl UnitReader for JsonReader {
    fn feed(&mut self, bytes: &[u8]) {
        self.tokens.feed(bytes);
    }

    fn finish(&mut self) {
        self.tokens.finish();
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
                    let fault = self.state.within(fault, tree);
                    self.state.fail(fault, faults);
                }
            }
        }
    }

    fn around_no_units(&self, tree: &mut Tree) -> bool {
        let is_alone = self.state.layout.array().is_some() && self.state.n_units == 0;
        if is_alone {
            tree.begin_as(&self.state.head);
            tree.close_all();
        }
        is_alone
    }

    fn held_bytes(&self) -> usize {
        let State { head, open, seen, .. } = &self.state;
        let seen = seen.capacity() * size_of::<(u64, NameId)>();
        self.tokens.held_bytes() + head.held_bytes() + open.capacity() * size_of::<Open>() + seen
    }
}

impl State {
    /// A fault with the unit that it is in, where there may be several.
    fn within(&self, fault: Fault, tree: &Tree) -> Fault {
        let is_in_unit = self.unit.is_some() && self.layout.array().is_some();
        if is_in_unit { fault.in_unit(self.n_units, tree) } else { fault }
    }

    /// A fault that what follows cannot be read after: but for lines, of which each stands for itself.
    fn fail(&mut self, fault: Fault, faults: &mut Faults) {
        if self.layout.units != Units::Lines || fault.reach == Reach::Message {
            faults.push(fault.of_message());
            self.over = Some(Step::Broken);
            return;
        }
        if self.unit.take().is_none() {
            self.n_units = self.n_units.saturating_add(1);
        }
        let place = Place { record: self.n_units, ..fault.place };
        faults.push(Fault { place, ..fault });
        self.open.clear();
        self.name = None;
        self.refused = false;
        self.line = None;
        self.expect = Expect::Value;
        self.skips_line = true;
    }

    fn end(&mut self, place: Place) -> Result<Act, Fault> {
        let between = match (&self.layout.units, self.expect) {
            (Units::Lines, Expect::Value) => self.open.is_empty(),
            (Units::Document | Units::Array(_), Expect::End) => true,
            _ => false,
        };
        if !between {
            let nothing = self.expect == Expect::Value && self.open.is_empty();
            return Err(match nothing {
                true => coded(code::EMPTY_MESSAGE, "the message has no content", place),
                false => ill_formed("the document breaks off here", place, 0),
            });
        }
        if self.layout.array().is_some() && !self.has_array {
            let sentence = "the list of units is missing";
            return Err(coded(code::RECORD_OUT_OF_PLACE, sentence, place));
        }
        self.over = Some(Step::End);
        let is_whole = self.layout.units == Units::Document;
        Ok(if is_whole { Act::Give(Step::Unit) } else { Act::Continue })
    }

    fn token(
        &mut self,
        token: Token,
        place: Place,
        text: &str,
        tree: &mut Tree,
        faults: &mut Faults,
    ) -> Result<Act, Fault> {
        use Expect::{Behind, Colon, End, FirstItem, FirstMember, Member, Value};
        match (self.expect, token) {
            (FirstItem, Token::EndList) | (FirstMember, Token::EndObject) => {
                self.close(place, tree)
            }
            (FirstMember | Member, Token::String) => {
                self.expect = Colon;
                self.member(place, text, tree, faults).map(|()| Act::Continue)
            }
            (Colon, Token::Colon) => {
                self.expect = Value;
                Ok(Act::Continue)
            }
            (Behind, Token::Comma) => {
                let in_object = self.open.last().is_some_and(|open| open.is_object);
                self.expect = if in_object { Member } else { Value };
                Ok(Act::Continue)
            }
            (Behind, Token::EndObject | Token::EndList) => {
                let is_object = token == Token::EndObject;
                if self.open.last().is_none_or(|open| open.is_object != is_object) {
                    return Err(ill_formed(self.rule(), place, 0));
                }
                self.close(place, tree)
            }
            (Value | FirstItem, Token::BeginObject | Token::BeginList) => {
                self.begin(token == Token::BeginObject, place, tree, faults)?;
                Ok(Act::Continue)
            }
            (Value | FirstItem, Token::String | Token::Number) => {
                let kind = if token == Token::String { Kind::Field } else { Kind::Number };
                self.scalar(kind, text, place, tree, faults)
            }
            (Value | FirstItem, Token::True) => {
                self.scalar(Kind::Boolean, "true", place, tree, faults)
            }
            (Value | FirstItem, Token::False) => {
                self.scalar(Kind::Boolean, "false", place, tree, faults)
            }
            (Value | FirstItem, Token::Null) => self.scalar(Kind::Null, "", place, tree, faults),
            (Value | FirstItem | FirstMember | Member | Colon | Behind | End, _) => {
                Err(ill_formed(self.rule(), place, 0))
            }
        }
    }

    /// What was expected, in words.
    fn rule(&self) -> &'static str {
        match (self.expect, self.open.last().is_some_and(|open| open.is_object)) {
            (Expect::Value | Expect::FirstItem, _) => "expected a value",
            (Expect::FirstMember | Expect::Member, _) => "expected the name of a member",
            (Expect::Colon, _) => "expected `:` after the name of a member",
            (Expect::Behind, true) => "expected `,` or `}` after a member",
            (Expect::Behind, false) => "expected `,` or `]` after an item",
            (Expect::End, _) => "something follows the end of the document",
        }
    }

    /// The name of a member.
    fn member(
        &mut self,
        place: Place,
        name: &str,
        tree: &mut Tree,
        faults: &mut Faults,
    ) -> Result<(), Fault> {
        if name.len() > self.name_bytes_max {
            let sentence = "a member's name is longer than the limit";
            return Err(coded(code::NAME_TOO_LONG, sentence, place));
        }
        self.name = None;
        let in_unit = self.unit.is_some();
        if self.refused || self.skipped.is_some() || (!in_unit && self.n_units > 0) {
            return Ok(());
        }
        let named = if in_unit { tree.name_for(name) } else { self.head.name_for(name) };
        let id = match named {
            Ok(id) => id,
            Err(limit) => return self.limited(Err(limit), place, faults),
        };
        let number = self.open.last().map_or(0, |open| open.number);
        let seen = if in_unit { &mut self.seen } else { &mut self.seen_around };
        if !seen.insert((number, id)) {
            let sentence = "an object has two members of one name";
            return Err(coded(code::DUPLICATE_MEMBER, sentence, place));
        }
        let on_way = !in_unit && self.way > 0 && self.way == self.open.len();
        let next = self.layout.array().and_then(|path| path.get(self.way.checked_sub(1)?));
        self.name = Some(Name { id, is_way: on_way && next.is_some_and(|next| next == name) });
        Ok(())
    }

    /// Before a value: it may begin a unit, or be read over.
    fn value(&mut self, place: &mut Place, tree: &mut Tree) -> Result<(), Fault> {
        let depth = self.open.len();
        if self.skipped.is_some() || self.unit.is_some() {
            place.record = if self.counts() { self.n_units } else { 0 };
            return Ok(());
        }
        let begins = match &self.layout.units {
            Units::Document | Units::Lines => depth == 0,
            Units::Array(path) => self.way == path.len() + 1 && depth == self.way,
        };
        if begins {
            if self.line.is_some_and(|line| line == place.line) {
                return Err(ill_formed("a unit does not stand on a line of its own", *place, 0));
            }
            self.unit = Some((depth, place.line));
            self.n_units = self.n_units.saturating_add(1);
            place.record = if self.counts() { self.n_units } else { 0 };
            self.seen.clear();
            tree.begin_as(&self.head);
        } else if self.n_units > 0 && depth > 0 {
            if !self.layout.ignores_after_units {
                let sentence = "something stands behind the units, and would be in none of them";
                return Err(coded(code::RECORD_OUT_OF_PLACE, sentence, *place));
            }
            self.skipped = Some(depth);
        }
        Ok(())
    }

    /// Whether units are numbered.
    fn counts(&self) -> bool {
        self.layout.units != Units::Document
    }

    /// Whether a value is what the whole tree stands for.
    fn is_root(&self) -> bool {
        let around = match &self.layout.units {
            Units::Document | Units::Lines => 0,
            Units::Array(path) if path.is_empty() => 1,
            Units::Array(_) => return self.open.is_empty(),
        };
        self.open.len() == around
    }

    fn begin(
        &mut self,
        is_object: bool,
        mut place: Place,
        tree: &mut Tree,
        faults: &mut Faults,
    ) -> Result<(), Fault> {
        if self.open.len() >= self.depth_max {
            return Err(coded(code::TOO_DEEP, "values are nested deeper than the limit", place));
        }
        self.value(&mut place, tree)?;
        self.n_objects += 1;
        let mut open = Open { is_object, is_node: false, number: self.n_objects };
        self.expect = if is_object { Expect::FirstMember } else { Expect::FirstItem };
        let name = self.name.take();
        let on_way = self.is_way(is_object, name.as_ref());
        self.has_array |= on_way && !is_object;
        let is_root = if is_object { self.is_root() } else { on_way && self.open.is_empty() };
        if self.skipped.is_some() || self.refused || is_root {
            self.open.push(open);
            self.way += usize::from(on_way);
            return Ok(());
        }
        let in_unit = self.unit.is_some();
        let tree = if in_unit { tree } else { &mut self.head };
        let kind = if is_object { Kind::Group } else { Kind::List };
        let id = name.map_or(tree.nameless(), |name| name.id);
        let opened = tree.open(kind, id, place);
        open.is_node = opened.is_ok();
        self.open.push(open);
        self.way += usize::from(on_way);
        self.limited(opened.map(drop), place, faults)
    }

    /// Whether what begins is the next one on the way to the units.
    fn is_way(&self, is_object: bool, name: Option<&Name>) -> bool {
        let Some(path) = self.layout.array() else { return false };
        let fits = self.open.is_empty() || name.is_some_and(|name| name.is_way);
        let is_last = self.way == path.len();
        self.unit.is_none() && self.way == self.open.len() && fits && is_object != is_last
    }

    fn scalar(
        &mut self,
        kind: Kind,
        value: &str,
        mut place: Place,
        tree: &mut Tree,
        faults: &mut Faults,
    ) -> Result<Act, Fault> {
        self.value(&mut place, tree)?;
        let name = self.name.take();
        if self.skipped.is_none() && !self.refused {
            let in_unit = self.unit.is_some();
            let into = if in_unit { &mut *tree } else { &mut self.head };
            let id = name.map_or(into.nameless(), |name| name.id);
            let added = into.leaf(kind, id, value, place).map(drop);
            self.limited(added, place, faults)?;
        }
        self.behind(place, tree)
    }

    fn close(&mut self, place: Place, tree: &mut Tree) -> Result<Act, Fault> {
        if self.open.pop().is_some_and(|open| open.is_node && !self.refused) {
            // The list of units stays open in the head: nothing follows that would be in it.
            match self.unit {
                Some(_) => tree.close(),
                None if self.n_units == 0 => self.head.close(),
                None => {}
            }
        }
        if self.unit.is_none() {
            self.way = self.way.min(self.open.len());
        }
        self.behind(place, tree)
    }

    /// After a value.
    fn behind(&mut self, place: Place, tree: &mut Tree) -> Result<Act, Fault> {
        let depth = self.open.len();
        self.expect = if depth == 0 { Expect::End } else { Expect::Behind };
        if self.skipped == Some(depth) {
            self.skipped = None;
            return Ok(Act::Continue);
        }
        let Some((around, line)) = self.unit.filter(|(around, _)| *around == depth) else {
            return Ok(Act::Continue);
        };
        self.unit = None;
        tree.close_all();
        if self.layout.units == Units::Lines {
            if line != place.line {
                self.unit = Some((around, line));
                return Err(ill_formed("a unit does not stand on a line of its own", place, 0));
            }
            self.line = Some(line);
            self.expect = Expect::Value;
        }
        if std::mem::take(&mut self.refused) {
            return Ok(Act::Give(Step::Refused));
        }
        // A whole document is given once all of it was read.
        Ok(if self.layout.units == Units::Document { Act::Continue } else { Act::Give(Step::Unit) })
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
        if self.unit.is_none() || !self.counts() {
            return Err(fault.of_message());
        }
        faults.push(fault);
        self.refused = true;
        Ok(())
    }
}

impl fmt::Debug for JsonReader {
    /// How far it has come; nothing of what the message says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonReader({} units)", self.state.n_units)
    }
}
