//! Writing: each record of a unit at its full length, counts made, nothing rounded or cut.

use super::{
    Content, FixedLayout, Frame, LineEnd, Record, Role, Slot, describe::made, slots::counted_of,
};
use crate::{
    charset::Unwritable,
    fault::Fault,
    field::Wrong,
    layout::UnitWriter,
    tree::{Kind, NodeId, Place, Tree},
};
use sluse_contracts::code;
use std::{borrow::Cow, fmt, sync::Arc};

/// Writes one file.
pub(super) struct FixedWriter {
    layout: Arc<FixedLayout>,
    counts: Vec<u64>,
    n_records: u64,
    trailer_written: bool,
    /// Bytes that may not stand in a record: those of line ends.
    marks: Vec<u8>,
    line_end: Vec<u8>,
    text: String,
    children: Children,
    counts_before: Vec<u64>,
}

impl FixedWriter {
    pub(super) fn new(layout: Arc<FixedLayout>) -> Self {
        let line_end = match layout.frame {
            Frame::Lines { end, .. } => end.bytes(layout.set),
            Frame::Length(_) => Vec::new(),
        };
        let marks = match layout.frame {
            Frame::Lines { .. } => [LineEnd::Crlf.bytes(layout.set), line_end.clone()].concat(),
            Frame::Length(_) => Vec::new(),
        };
        Self {
            counts: vec![0; layout.records.len()],
            layout,
            n_records: 0,
            trailer_written: false,
            marks,
            line_end,
            text: String::new(),
            children: Children::default(),
            counts_before: Vec::new(),
        }
    }
}

impl UnitWriter for FixedWriter {
    fn write(&mut self, unit: &Tree, out: &mut Vec<u8>) -> Result<(), Fault> {
        self.counts_before.clone_from(&self.counts);
        let before = (self.n_records, self.trailer_written);
        let n_bytes = out.len();
        let written = self.children_of(unit, unit.root(), None, out);
        if written.is_err() {
            out.truncate(n_bytes);
            (self.n_records, self.trailer_written) = before;
            self.counts.clone_from(&self.counts_before);
        }
        written
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        let layout = self.layout.clone();
        let place = Place::default();
        let trailer = layout.records.iter().position(|record| record.role == Role::Trailer);
        if let Some(at) = trailer.filter(|_| !self.trailer_written) {
            // A trailer of counts and constants needs nothing from a tree.
            let limits = sluse_contracts::payload::Limits::default();
            let empty = Tree::new(layout.names.clone(), &limits);
            self.record(at, &empty, empty.root(), out)?;
        }
        for (record, count) in layout.records.iter().zip(&self.counts) {
            if let Some(sentence) = record.wrong_number(*count).filter(|_| record.inside.is_none())
            {
                let fault = Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place);
                return Err(fault.in_field(&*record.title).of_message());
            }
        }
        Ok(())
    }
}

impl FixedWriter {
    /// Writes the records that stand in a group of the tree.
    fn children_of(
        &mut self,
        tree: &Tree,
        group: NodeId,
        inside: Option<usize>,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let layout = self.layout.clone();
        for child in tree.children(group) {
            let name = tree.name(child);
            let of_name = |record: &Record| record.title == name && record.inside == inside;
            let record = layout.records.iter().position(of_name);
            match record.filter(|_| tree.kind(child) == Kind::Group) {
                Some(at) => self.record(at, tree, child, out)?,
                None if inside.is_some() && tree.kind(child) != Kind::Group => {}
                None => {
                    let sentence = "the description has no such record here";
                    let fault = Fault::new(code::FIELD_UNKNOWN, sentence, tree.place(child));
                    return Err(match inside.and_then(|at| layout.records.get(at)) {
                        Some(record) => fault.in_field(&*record.title),
                        None => fault,
                    });
                }
            }
        }
        self.check_numbers(tree, group, inside)
    }

    fn check_numbers(
        &self,
        tree: &Tree,
        group: NodeId,
        inside: Option<usize>,
    ) -> Result<(), Fault> {
        let Some(inside) = inside else { return Ok(()) };
        let records = self.layout.records.iter();
        for record in records.filter(|each| each.inside == Some(inside) && each.is_bounded()) {
            let named = tree.children(group).filter(|child| tree.name(*child) == record.title);
            if let Some(sentence) = record.wrong_number(named.count() as u64) {
                let place = tree.place(group);
                let fault = Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place);
                return Err(fault.in_field(&*record.title));
            }
        }
        Ok(())
    }

    fn record(
        &mut self,
        at: usize,
        tree: &Tree,
        group: NodeId,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let layout = self.layout.clone();
        let Some(record) = layout.records.get(at) else { return Ok(()) };
        self.in_place(record, tree.place(group))?;
        self.n_records += 1;
        if let Some(count) = self.counts.get_mut(at) {
            *count += 1;
        }
        let start = out.len();
        self.slots(record, tree, group, out)?;
        self.type_into(record, start, out)?;
        self.end_record(start, out);
        if record.is_parent {
            self.children_of(tree, group, Some(at), out)?;
        }
        Ok(())
    }

    /// Start and trailer stand where they must.
    fn in_place(&mut self, record: &Record, place: Place) -> Result<(), Fault> {
        let first = self.n_records == 0;
        let sentence = if self.trailer_written {
            "a record follows the trailer"
        } else if first && record.role != Role::Start && self.layout.has(Role::Start) {
            "the first record is not the start record"
        } else if !first && record.role == Role::Start {
            "a start record stands within the file"
        } else {
            self.trailer_written = record.role == Role::Trailer;
            return Ok(());
        };
        let fault = Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place);
        Err(fault.in_field(&*record.title).of_message())
    }

    fn slots(
        &mut self,
        record: &Record,
        tree: &Tree,
        group: NodeId,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        self.children.look(tree, group);
        let (mut position, blank) = (0, self.layout.blank());
        for slot in &record.slots {
            out.extend(std::iter::repeat_n(blank, slot.start.saturating_sub(position)));
            for _ in 0..slot.times {
                let node = match slot.is_in_tree() {
                    true => self.children.take(tree, &slot.title),
                    false => None,
                };
                let value = match node {
                    Some(node) => tree.value(node),
                    None => key_of(record, slot, tree, group),
                };
                let place = tree.place(node.unwrap_or(group));
                self.slot(record, slot, value, out).map_err(|wrong| {
                    Fault::new(wrong.code, wrong.sentence, place).in_field(slot.path(record))
                })?;
            }
            position = slot.start + slot.length * slot.times;
        }
        out.extend(std::iter::repeat_n(blank, record.length.saturating_sub(position)));
        match self.children.left(record.is_parent) {
            None => Ok(()),
            Some(left) => {
                let sentence = "the record has no such field, or not as often";
                let fault = Fault::new(code::FIELD_UNKNOWN, sentence, tree.place(left));
                Err(fault.in_field(&*record.title))
            }
        }
    }

    fn slot(
        &mut self,
        record: &Record,
        slot: &Slot,
        value: Option<&str>,
        out: &mut Vec<u8>,
    ) -> Result<(), WrongSlot> {
        let width = Some(slot.length);
        self.text.clear();
        match &slot.content {
            Content::Packed(packed) => {
                return match value.filter(|value| !value.is_empty()) {
                    Some(value) => Ok(packed.write(value, slot.length, out)?),
                    None => Ok(packed.write_nothing(slot.length, self.layout.blank(), out)?),
                };
            }
            Content::Binary(binary) => {
                let value = value.filter(|value| !value.is_empty()).ok_or(Wrong::MISSING)?;
                return Ok(binary.write(value, slot.length, out)?);
            }
            Content::Field(field) => field.write(value, width, &mut self.text)?,
            Content::Count { form, of } => {
                let count = counted_of(&self.counts, self.n_records, of.as_deref()).to_string();
                made(form).write(Some(&count), width, &mut self.text)?;
            }
            Content::Sequence(form) => {
                made(form).write(Some(&self.n_records.to_string()), width, &mut self.text)?;
            }
            Content::Filler(pad) => self.text.extend(std::iter::repeat_n(*pad, slot.length)),
            Content::Ignored => self.text.extend(std::iter::repeat_n(' ', slot.length)),
        }
        self.encode(out)?;
        debug_assert_eq!(self.text.chars().count(), slot.length, "{}", slot.path(record));
        Ok(())
    }

    /// The text in the character set; a line end in it would make two records of one.
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), WrongSlot> {
        let start = out.len();
        self.layout.set.encode(&self.text, out).map_err(|Unwritable(position)| WrongSlot {
            code: code::CHARACTER_LACKING,
            sentence: format!("the character set lacks character {} of the value", position + 1)
                .into(),
        })?;
        match out.iter().skip(start).any(|byte| self.marks.contains(byte)) {
            true => Err(Wrong::fit("a line end cannot stand in a record").into()),
            false => Ok(()),
        }
    }

    /// Puts the type where it stands, unless a field has written it.
    fn type_into(&self, record: &Record, start: usize, out: &mut [u8]) -> Result<(), Fault> {
        let (Some((position, _)), Some(text)) = (self.layout.type_at, &record.type_text) else {
            return Ok(());
        };
        let mut bytes = Vec::new();
        let encoded = self.layout.set.encode(text, &mut bytes);
        let written = out.get_mut(start..).unwrap_or_default();
        let position = self.layout.bytes_before(written, position);
        let place = written.get_mut(position..position + bytes.len());
        let fault = |code, sentence| {
            Err(Fault::new(code, sentence, Place::default()).in_field(&*record.title))
        };
        match (encoded, place) {
            (Ok(()), Some(place)) if place == bytes => Ok(()),
            (Ok(()), Some(place)) if place.iter().all(|byte| *byte == self.layout.blank()) => {
                place.copy_from_slice(&bytes);
                Ok(())
            }
            (Ok(()), _) => fault(code::FIELD_VALUE, "a field is not the type of its record"),
            (Err(_), _) => fault(code::CHARACTER_LACKING, "the character set lacks the type"),
        }
    }

    fn end_record(&self, start: usize, out: &mut Vec<u8>) {
        let stripped = matches!(self.layout.frame, Frame::Lines { stripped: true, .. });
        while stripped && out.len() > start && out.last() == Some(&self.layout.blank()) {
            out.pop();
        }
        out.extend_from_slice(&self.line_end);
    }
}

/// The value that a field of the key has in the record around it.
fn key_of<'t>(record: &Record, slot: &Slot, tree: &'t Tree, group: NodeId) -> Option<&'t str> {
    let parent = tree.parent(group).filter(|_| record.key.contains(&slot.name))?;
    let named = |child: &NodeId| tree.name(*child) == slot.title;
    tree.children(parent).find(named).and_then(|child| tree.value(child))
}

/// The fields of a group, found in turn: most stand in the order in which they are asked for.
#[derive(Debug, Default)]
struct Children {
    fields: Vec<(NodeId, bool)>,
    next: usize,
    group: Option<NodeId>,
}

impl Children {
    fn look(&mut self, tree: &Tree, group: NodeId) {
        self.fields.clear();
        let fields = tree.children(group).filter(|child| !tree.kind(*child).has_children());
        self.fields.extend(fields.map(|child| (child, false)));
        self.group = tree.children(group).find(|child| tree.kind(*child).has_children());
        self.next = 0;
    }

    /// The next field of a name that was not taken.
    fn take(&mut self, tree: &Tree, name: &str) -> Option<NodeId> {
        let n_fields = self.fields.len();
        for at in (self.next..n_fields).chain(0..self.next.min(n_fields)) {
            let Some((node, taken)) = self.fields.get_mut(at) else { continue };
            if !*taken && tree.name(*node) == name {
                *taken = true;
                self.next = at + 1;
                return Some(*node);
            }
        }
        None
    }

    /// The first that nobody took; groups are left to others where the record holds records.
    fn left(&self, is_parent: bool) -> Option<NodeId> {
        let field = self.fields.iter().find(|(_, taken)| !taken).map(|(node, _)| *node);
        field.or(self.group.filter(|_| !is_parent))
    }
}

/// Why a slot cannot be written.
struct WrongSlot {
    code: sluse_contracts::Code,
    sentence: Cow<'static, str>,
}

impl From<Wrong> for WrongSlot {
    fn from(wrong: Wrong) -> Self {
        Self { code: wrong.code, sentence: wrong.sentence.into() }
    }
}

impl fmt::Debug for FixedWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FixedWriter({} records)", self.n_records)
    }
}
