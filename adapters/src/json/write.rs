//! Writing: what stands before the units once, then unit by unit; or a whole document.
//!
//! A tree is as a reader gives it, or as a mapping makes it: groups and fields that repeat are a list where the
//! description says so. What the description cannot make one message of is a fault, so nothing is lost unseen.

use super::{
    form::{Form, Scalar},
    layout::{JsonLayout, Units},
    seen::SeenInGroup,
};
use crate::{
    byte_set::ByteSet,
    fault::Fault,
    layout::UnitWriter,
    tree::{Kind, NameId, NodeId, Place, Tree, Walk},
};
use sluse_contracts::{code, payload::JsonLexer};
use std::{collections::HashMap, fmt, sync::Arc};

/// Writes one message.
pub(super) struct JsonWriter {
    layout: Arc<JsonLayout>,
    /// What stands before the units, as it was written.
    begun: Option<Vec<u8>>,
    n_units: u64,
    /// What is being written; its memory is used again.
    bytes: Vec<u8>,
    names: SeenInGroup,
}

/// What is still to be written, the next one last.
enum Ahead<'l> {
    Value(NodeId, Option<&'l Form>, usize),
    /// Members of which each is one node, in the order in which they stand, and whether another stands before them.
    Members(Walk, Option<&'l Form>, usize, bool),
    /// A member, and whether another stands before it.
    Member(Member, Option<&'l Form>, usize, bool),
    /// An item of a list, and whether another stands before it.
    Item(NodeId, Option<&'l Form>, usize, bool),
    End(u8, usize),
}

/// The nodes that are one member.
struct Member {
    name: NameId,
    nodes: Vec<NodeId>,
}

/// Up to so many members are compared with each other; more are looked up.
const COMPARED_MAX: usize = 16;

impl JsonWriter {
    pub(super) fn new(layout: Arc<JsonLayout>) -> Self {
        Self { layout, begun: None, n_units: 0, bytes: Vec::new(), names: SeenInGroup::default() }
    }
}

impl UnitWriter for JsonWriter {
    fn write(&mut self, unit: &Tree, out: &mut Vec<u8>) -> Result<(), Fault> {
        self.bytes.clear();
        let layout = self.layout.clone();
        match &layout.units {
            Units::Document if self.begun.is_some() => {
                let sentence = "the description has no units: each is a message of its own";
                return Err(Fault::new(code::FIELD_UNKNOWN, sentence, Place::default()));
            }
            Units::Document => self.root(unit, &layout.form, 0)?,
            Units::Lines => {
                self.root(unit, &layout.form, 0)?;
                self.bytes.push(b'\n');
            }
            Units::Array(path) => return self.units(unit, path, out),
        }
        self.begun.get_or_insert_default();
        out.extend_from_slice(&self.bytes);
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        self.bytes.clear();
        let layout = self.layout.clone();
        match (&layout.units, &self.begun) {
            (Units::Document, None) => {
                let sentence = "there is nothing to write: a message has a value";
                return Err(Fault::new(code::EMPTY_MESSAGE, sentence, Place::default()));
            }
            (Units::Document | Units::Lines, _) => {}
            (Units::Array(path), begun) => {
                if begun.is_none() {
                    self.around(path);
                }
                let depth = path.len();
                self.end(b']', depth, self.n_units > 0);
                (0..depth).rev().for_each(|level| self.end(b'}', level, true));
            }
        }
        if layout.indent.is_some() {
            self.bytes.push(b'\n');
        }
        out.extend_from_slice(&self.bytes);
        Ok(())
    }
}

impl JsonWriter {
    /// The units of a tree as members of the list, after what stands before it where they are the first.
    fn units(&mut self, unit: &Tree, path: &[String], out: &mut Vec<u8>) -> Result<(), Fault> {
        let layout = self.layout.clone();
        let (found, says_head) = self.head(unit, path)?;
        let head = std::mem::take(&mut self.bytes);
        match &self.begun {
            Some(begun) if says_head && *begun != head => {
                let sentence = "what stands before the units is not what stood before";
                let place = unit.place(unit.root());
                return Err(Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place));
            }
            Some(_) => {}
            None => self.bytes.extend_from_slice(&head),
        }
        let form = path.iter().try_fold(&layout.form, |form, name| form.member(name));
        let mut n_units = self.n_units;
        for node in found {
            if n_units > 0 {
                self.bytes.push(b',');
            }
            n_units += 1;
            self.line(path.len() + 1);
            match path {
                [] => self.root(unit, &layout.form, 1)?,
                _ => self.value(unit, node, form, path.len() + 1)?,
            }
        }
        self.n_units = n_units;
        self.begun.get_or_insert(head);
        out.extend_from_slice(&self.bytes);
        Ok(())
    }

    /// Writes what stands before the units. Gives the units, and whether something stands there.
    fn head(&mut self, unit: &Tree, path: &[String]) -> Result<(Vec<NodeId>, bool), Fault> {
        let layout = self.layout.clone();
        let mut form = Some(&layout.form);
        let (mut around, mut says_head) = (unit.root(), false);
        let mut found = vec![around];
        for (level, name) in path.iter().enumerate() {
            self.bytes.push(b'{');
            let mut members = members(unit, around)?;
            let at = members.iter().position(|member| named(unit, member) == name);
            let next = at.map(|at| members.remove(at));
            let follows = !members.is_empty();
            for (number, member) in members.into_iter().enumerate() {
                says_head = true;
                self.member(unit, member, form, level + 1, number > 0)?;
            }
            self.name(name, level + 1, follows);
            form = form.and_then(|form| form.member(name));
            let nodes = next.map(|next| next.nodes).unwrap_or_default();
            found = nodes.into_iter().flat_map(|node| items(unit, node)).collect();
            if level + 1 == path.len() {
                break;
            }
            around = match found.as_slice() {
                [one] if unit.kind(*one) == Kind::Group => *one,
                _ => {
                    let sentence = "what the units stand in is there once, as a group";
                    return Err(unknown(unit, around, sentence));
                }
            };
        }
        self.bytes.push(b'[');
        Ok((found, says_head))
    }

    /// What stands around a list without units.
    fn around(&mut self, path: &[String]) {
        for (level, name) in path.iter().enumerate() {
            self.bytes.push(b'{');
            self.name(name, level + 1, false);
        }
        self.bytes.push(b'[');
    }

    /// What a whole tree stands for: an object, unless it has one value without a name.
    fn root(&mut self, unit: &Tree, form: &Form, level: usize) -> Result<(), Fault> {
        let mut children = unit.children(unit.root());
        match (children.next(), children.next()) {
            (Some(only), None) if is_value(unit, only) => self.value(unit, only, Some(form), level),
            _ => self.value(unit, unit.root(), Some(form), level),
        }
    }

    /// A value with all that stands in it. No recursion: what is open stands on a list.
    fn value(
        &mut self,
        unit: &Tree,
        node: NodeId,
        form: Option<&Form>,
        level: usize,
    ) -> Result<(), Fault> {
        self.all(unit, vec![Ahead::Value(node, form, level)])
    }

    fn member(
        &mut self,
        unit: &Tree,
        member: Member,
        form: Option<&Form>,
        level: usize,
        follows: bool,
    ) -> Result<(), Fault> {
        self.all(unit, vec![Ahead::Member(member, form, level, follows)])
    }

    fn all<'l>(&mut self, unit: &Tree, mut ahead: Vec<Ahead<'l>>) -> Result<(), Fault> {
        while let Some(next) = ahead.pop() {
            match next {
                Ahead::End(bracket, level) => self.end(bracket, level, true),
                Ahead::Members(walk, form, level, follows) => {
                    self.next_member(unit, walk, (form, level, follows), &mut ahead)?;
                }
                Ahead::Member(member, form, level, follows) => {
                    let name = named(unit, &member);
                    self.name(name, level, follows);
                    let form = form.and_then(|form| form.member(name));
                    self.one_or_list(unit, &member, form, level, &mut ahead)?;
                }
                Ahead::Item(node, form, level, follows) => {
                    if follows {
                        self.bytes.push(b',');
                    }
                    self.line(level);
                    ahead.push(Ahead::Value(node, form, level));
                }
                Ahead::Value(node, form, level) => {
                    self.begin(unit, node, form, level, &mut ahead)?;
                }
            }
        }
        Ok(())
    }

    /// The value of a member: of several nodes, or where the description says so, a list of them.
    fn one_or_list<'l>(
        &mut self,
        unit: &Tree,
        member: &Member,
        form: Option<&'l Form>,
        level: usize,
        ahead: &mut Vec<Ahead<'l>>,
    ) -> Result<(), Fault> {
        let is_list = form.is_some_and(|form| form.is_list);
        match member.nodes.as_slice() {
            [one] if !is_list || unit.kind(*one) == Kind::List => {
                ahead.push(Ahead::Value(*one, form, level));
                Ok(())
            }
            [_, second, ..] if !is_list => {
                let sentence = "the member comes several times and is not among the `lists`";
                Err(unknown(unit, *second, sentence))
            }
            several => {
                let found = several.iter().flat_map(|node| items(unit, *node)).collect();
                self.list(found, form, level, ahead);
                Ok(())
            }
        }
    }

    fn list<'l>(
        &mut self,
        items: Vec<NodeId>,
        form: Option<&'l Form>,
        level: usize,
        ahead: &mut Vec<Ahead<'l>>,
    ) {
        self.bytes.push(b'[');
        if items.is_empty() {
            return self.bytes.push(b']');
        }
        ahead.push(Ahead::End(b']', level));
        let items = items.into_iter().enumerate().rev();
        ahead.extend(items.map(|(at, item)| Ahead::Item(item, form, level + 1, at > 0)));
    }

    fn begin<'l>(
        &mut self,
        unit: &Tree,
        node: NodeId,
        form: Option<&'l Form>,
        level: usize,
        ahead: &mut Vec<Ahead<'l>>,
    ) -> Result<(), Fault> {
        let value = unit.value(node).unwrap_or_default();
        match unit.kind(node) {
            Kind::Group => self.group(unit, node, form, level, ahead)?,
            Kind::List => self.list(unit.children(node).collect(), form, level, ahead),
            Kind::Field => self.scalar(unit, node, form)?,
            Kind::Number | Kind::Boolean => self.bytes.extend_from_slice(value.as_bytes()),
            Kind::Null => self.bytes.extend_from_slice(b"null"),
            Kind::Attribute | Kind::Text => return Err(no_attributes(unit, node)),
        }
        Ok(())
    }

    fn group<'l>(
        &mut self,
        unit: &Tree,
        node: NodeId,
        form: Option<&'l Form>,
        level: usize,
        ahead: &mut Vec<Ahead<'l>>,
    ) -> Result<(), Fault> {
        if unit.children(node).next().is_none() {
            self.bytes.extend_from_slice(b"{}");
            return Ok(());
        }
        self.bytes.push(b'{');
        ahead.push(Ahead::End(b'}', level));
        if self.names.all_differ(unit, node) {
            ahead.push(Ahead::Members(unit.walk(node), form, level + 1, false));
            return Ok(());
        }
        let members = members(unit, node)?.into_iter().enumerate().rev();
        ahead.extend(members.map(|(at, member)| Ahead::Member(member, form, level + 1, at > 0)));
        Ok(())
    }

    /// The next of members of which each is one node.
    fn next_member<'l>(
        &mut self,
        unit: &Tree,
        mut walk: Walk,
        (form, level, follows): (Option<&'l Form>, usize, bool),
        ahead: &mut Vec<Ahead<'l>>,
    ) -> Result<(), Fault> {
        let Some((node, kind)) = unit.next_child(&mut walk) else { return Ok(()) };
        ahead.push(Ahead::Members(walk, form, level, true));
        let name = unit.name(node);
        self.name(name, level, follows);
        let form = form.and_then(|form| form.member(name));
        match form.is_some_and(|form| form.is_list) && kind != Kind::List {
            true => self.list(vec![node], form, level, ahead),
            false => self.begin(unit, node, form, level, ahead)?,
        }
        Ok(())
    }

    /// A text, or what the description says that it is.
    fn scalar(&mut self, unit: &Tree, node: NodeId, form: Option<&Form>) -> Result<(), Fault> {
        let value = unit.value(node).unwrap_or_default();
        let wrong = |sentence: &'static str| {
            let fault = Fault::new(code::FIELD_VALUE, sentence, unit.place(node));
            Err(fault.in_field(unit.path(node)))
        };
        match form.and_then(|form| form.scalar) {
            None => text(value, &mut self.bytes),
            Some(Scalar::Number) if JsonLexer::new(value).number() != Ok(value) => {
                return wrong("the value is no number as JSON writes them");
            }
            Some(Scalar::Boolean) if !matches!(value, "true" | "false") => {
                return wrong("the value is neither `true` nor `false`");
            }
            Some(_) => self.bytes.extend_from_slice(value.as_bytes()),
        }
        Ok(())
    }

    fn name(&mut self, name: &str, level: usize, follows: bool) {
        if follows {
            self.bytes.push(b',');
        }
        self.line(level);
        text(name, &mut self.bytes);
        self.bytes.push(b':');
        if self.layout.indent.is_some() {
            self.bytes.push(b' ');
        }
    }

    fn end(&mut self, bracket: u8, level: usize, on_own_line: bool) {
        if on_own_line {
            self.line(level);
        }
        self.bytes.push(bracket);
    }

    /// A new line, where there are lines.
    fn line(&mut self, level: usize) {
        let Some(blanks) = self.layout.indent else { return };
        self.bytes.push(b'\n');
        self.bytes.extend(std::iter::repeat_n(b' ', blanks * level));
    }
}

/// A text in quotes.
fn text(value: &str, bytes: &mut Vec<u8>) {
    static STANDS_OUT: ByteSet = ByteSet::new(b"\"\\");
    if value.bytes().fold(0, |any, byte| any | STANDS_OUT.of(byte)) == 0 {
        bytes.push(b'"');
        bytes.extend_from_slice(value.as_bytes());
        return bytes.push(b'"');
    }
    // Writing to memory cannot fail.
    let _ = serde_json::to_writer(bytes, value);
}

/// The members of an object, those of one name together where the first of them stands.
fn members(unit: &Tree, node: NodeId) -> Result<Vec<Member>, Fault> {
    let mut members: Vec<Member> = Vec::new();
    let mut known: HashMap<NameId, usize> = HashMap::new();
    for child in unit.children(node) {
        let name = unit.name_id(child).filter(|_| unit.kind(child) != Kind::Attribute);
        let Some(name) = name else { return Err(no_attributes(unit, child)) };
        let at = if members.len() <= COMPARED_MAX {
            members.iter().position(|member| member.name == name)
        } else {
            if known.is_empty() {
                known.extend(members.iter().enumerate().map(|(at, member)| (member.name, at)));
            }
            known.get(&name).copied()
        };
        match at.and_then(|at| members.get_mut(at)) {
            Some(member) => member.nodes.push(child),
            None => {
                if !known.is_empty() {
                    known.insert(name, members.len());
                }
                members.push(Member { name, nodes: vec![child] });
            }
        }
    }
    Ok(members)
}

/// What a node is in a list: itself, or its members where it is one.
fn items(unit: &Tree, node: NodeId) -> Vec<NodeId> {
    match unit.kind(node) {
        Kind::List => unit.children(node).collect(),
        _ => vec![node],
    }
}

fn named<'u>(unit: &'u Tree, member: &Member) -> &'u str {
    member.nodes.first().map_or("", |node| unit.name(*node))
}

/// Whether a child of the root is what the whole tree stands for.
fn is_value(unit: &Tree, node: NodeId) -> bool {
    unit.name_id(node).is_none() && unit.kind(node) != Kind::Text
}

fn no_attributes(unit: &Tree, node: NodeId) -> Fault {
    unknown(unit, node, "JSON has members alone: no attributes, and no value beside members")
}

fn unknown(unit: &Tree, node: NodeId, sentence: &'static str) -> Fault {
    let fault = Fault::new(code::FIELD_UNKNOWN, sentence, unit.place(node));
    fault.in_field(unit.path(node))
}

impl fmt::Debug for JsonWriter {
    /// How far it has come; nothing of what it wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonWriter({} units)", self.n_units)
    }
}
