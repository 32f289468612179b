//! From the tree of a unit to its segments.

use super::{
    Begun, EdifactWriter, Group, Segment, Segments, fault,
    fields::{all_written, names},
    text_at,
};
use crate::{
    edifact::{
        grammar::{MessageGrammar, SegmentRule, What},
        repertoire::Repertoire,
    },
    fault::Fault,
    tree::{NodeId, Place, Tree},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sluse_contracts::code;

/// A message on its way out.
struct Out<'t> {
    tree: &'t Tree,
    segments: Segments,
    /// Segments of this message so far.
    n_segments: u64,
}

impl Out<'_> {
    fn push(&mut self, bytes: Vec<u8>) {
        self.segments.push(Segment::Written(bytes));
        self.n_segments += 1;
    }
}

impl EdifactWriter {
    /// All segments of a unit, with the headers that come before it.
    pub(super) fn segments(&mut self, tree: &Tree) -> Result<Segments, Fault> {
        let grammar = self.grammar.clone();
        let root = tree.root();
        let mut out = Out { tree, segments: Vec::new(), n_segments: 0 };
        let mut n_written = self.begin(tree, &mut out)?;
        n_written += self.begin_group(tree, &mut out)?;
        let object = tree.child(root, grammar.service.object);
        let message = grammar
            .messages
            .iter()
            .find_map(|message| tree.child(root, message.name).map(|node| (message, node)));
        out.n_segments = 0;
        match (message, object) {
            (Some((_, node)), None) => {
                let message = self.grammar_of(tree, node);
                let message = message.and_then(|number| grammar.messages.get(number));
                let message = message.ok_or_else(|| {
                    let sentence = "no grammar describes the message";
                    fault(code::MESSAGE_UNKNOWN, sentence, tree.place(node)).in_field("UNH/S009")
                })?;
                self.message(&mut out, node, message)?;
                self.n_messages += 1;
                if let Some(group) = &mut self.group {
                    group.n_messages += 1;
                }
            }
            (None, Some(node)) => {
                self.object(&mut out, node)?;
                self.n_objects += 1;
            }
            _ => {
                let sentence = "a unit is one message, or one binary object";
                return Err(fault(code::MESSAGE_UNKNOWN, sentence, Place::default()));
            }
        }
        all_written(tree, root, n_written + 1, "")?;
        Ok(out.segments)
    }

    /// Writes the header of the interchange where it begins; how many nodes that is.
    fn begin(&mut self, tree: &Tree, out: &mut Out<'_>) -> Result<usize, Fault> {
        let grammar = self.grammar.clone();
        let rule = &grammar.service.unb;
        let Some(node) = tree.child(tree.root(), rule.name) else {
            if self.begun.is_some() {
                return Ok(0);
            }
            let sentence = "the first message comes without header of the interchange";
            return Err(fault(code::ENVELOPE_MISSING, sentence, Place::default()));
        };
        let text = |element, component| text_at(tree, node, &names(rule, element, component));
        let (identifier, version) = (text(0, Some(0)), text(0, Some(1)));
        if self.begun.is_none() {
            self.repertoire = Repertoire::of(identifier.as_bytes()).ok_or_else(|| {
                let sentence = "the syntax is not one that is written here";
                fault(code::SYNTAX_UNKNOWN, sentence, tree.place(node)).in_field("UNB/S001/0001")
            })?;
        }
        let advice = self.advice(&version);
        let header = self.segment(tree, node, rule, None)?;
        match &self.begun {
            Some(begun) if begun.header == header => return Ok(1),
            Some(_) => {
                let sentence = "the message belongs to another interchange";
                return Err(fault(code::ENVELOPE_ORDER, sentence, tree.place(node)));
            }
            None => {}
        }
        if self.options.advises {
            out.segments.push(Segment::Object(advice));
            out.segments.push(Segment::Object(self.options.line_end.to_vec()));
        }
        self.begun = Some(Begun {
            header: header.clone(),
            reference: text(4, None),
            counts_objects: version == "4",
        });
        out.push(header);
        Ok(1)
    }

    /// The service string advice. From version 4 on elements may repeat; before, the place is reserved.
    fn advice(&mut self, version: &str) -> Vec<u8> {
        let repeats = version == "4";
        if repeats && !(self.is_as_read && self.options.advises) {
            self.service.repetition = Some(b'*');
        }
        let advice = self.service.advice().to_vec();
        if !repeats {
            self.service.repetition = None;
        }
        advice
    }

    /// Ends the group that is open, and begins another, where the tree says so; how many nodes that is.
    fn begin_group(&mut self, tree: &Tree, out: &mut Out<'_>) -> Result<usize, Fault> {
        let grammar = self.grammar.clone();
        let rule = &grammar.service.ung;
        let Some(node) = tree.child(tree.root(), rule.name) else {
            if self.n_groups == 0 {
                return Ok(0);
            }
            let sentence = "a message outside groups follows one within";
            return Err(fault(code::ENVELOPE_ORDER, sentence, Place::default()));
        };
        let header = self.segment(tree, node, rule, None)?;
        if self.group.as_ref().is_some_and(|group| group.header == header) {
            return Ok(1);
        }
        out.segments.extend(self.end_group());
        let reference = text_at(tree, node, &names(rule, 4, None));
        self.group = Some(Group { header: header.clone(), reference, n_messages: 0 });
        self.n_groups += 1;
        out.push(header);
        Ok(1)
    }

    fn message(
        &self,
        out: &mut Out<'_>,
        node: NodeId,
        message: &MessageGrammar,
    ) -> Result<(), Fault> {
        let (unh, unt) = (&self.grammar.service.unh, &self.grammar.service.unt);
        let number = (self.n_messages + 1).to_string();
        let header = out.tree.child(node, unh.name).ok_or_else(|| {
            let sentence = "the message has no header";
            fault(code::ENVELOPE_MISSING, sentence, out.tree.place(node)).in_field("UNH")
        })?;
        let told = text_at(out.tree, header, &names(unh, 0, None));
        let reference = if told.is_empty() { &number } else { &told };
        out.push(self.segment(out.tree, header, unh, Some(&number))?);
        let n_written = self.level(out, node, message, 0)?;
        let trailer = out.tree.child(node, unt.name);
        let n_trailers = usize::from(trailer.is_some());
        all_written(out.tree, node, n_written + 1 + n_trailers, &message.label)?;
        match trailer.filter(|_| !self.options.makes_trailers) {
            Some(trailer) => out.push(self.segment(out.tree, trailer, unt, None)?),
            None => {
                let trailer = self.trailer(b"UNT", out.n_segments + 1, reference);
                out.segments.push(trailer);
            }
        }
        Ok(())
    }

    /// Writes what stands in a level, in the order of the grammar; how many nodes that is.
    fn level(
        &self,
        out: &mut Out<'_>,
        node: NodeId,
        message: &MessageGrammar,
        level: usize,
    ) -> Result<usize, Fault> {
        let Some(level) = message.levels.get(level) else { return Ok(0) };
        let mut n_written = 0;
        for item in &level.items {
            let found: Vec<_> = out.tree.children_named(node, item.name).collect();
            let place = out.tree.place(node);
            if found.len() > item.max as usize {
                let sentence = "the segment or its group stands too often";
                return Err(fault(code::SEGMENT_TOO_OFTEN, sentence, place).in_field(&*item.label));
            }
            if found.len() < item.min as usize {
                let sentence = format!("`{}` of `{}` is missing", item.label, level.label);
                return Err(fault(code::SEGMENT_MISSING, sentence, place).in_field(&*item.label));
            }
            n_written += found.len();
            for child in found {
                match item.what {
                    What::Segment(rule) => self.listed(out, child, message.rules.get(rule))?,
                    What::Object => self.object(out, child)?,
                    What::Group(below) => {
                        let n_below = self.level(out, child, message, below)?;
                        all_written(out.tree, child, n_below, &item.label)?;
                    }
                }
            }
        }
        Ok(n_written)
    }

    fn listed(
        &self,
        out: &mut Out<'_>,
        node: NodeId,
        rule: Option<&SegmentRule>,
    ) -> Result<(), Fault> {
        if let Some(rule) = rule {
            out.push(self.segment(out.tree, node, rule, None)?);
        }
        Ok(())
    }

    /// Writes a binary object from its base64; the length is that of its bytes.
    fn object(&self, out: &mut Out<'_>, node: NodeId) -> Result<(), Fault> {
        let service = &self.grammar.service;
        let place = out.tree.place(node);
        let text = out.tree.value_of(node, service.data).unwrap_or_default();
        let bytes = STANDARD.decode(text).map_err(|_| {
            let sentence = "the bytes of a binary object are no base64";
            fault(code::PART_FORM, sentence, place).in_field("DATA")
        })?;
        let header = out.tree.child(node, service.uno.name);
        let trailer = out.tree.child(node, service.unp.name);
        let Some((header, trailer)) = header.zip(trailer) else {
            let sentence = "a binary object has a header and a trailer";
            return Err(fault(code::ENVELOPE_MISSING, sentence, place).in_field("UNO"));
        };
        let told = text_at(out.tree, header, &names(&service.uno, 3, Some(0)));
        let again = text_at(out.tree, trailer, &names(&service.unp, 0, None));
        if told.parse() != Ok(bytes.len()) || again.parse() != Ok(bytes.len()) {
            let sentence = "the binary object is not of its length";
            return Err(fault(code::OBJECT_LENGTH, sentence, place).in_field("UNO/S022/0810"));
        }
        out.push(self.segment(out.tree, header, &service.uno, None)?);
        out.segments.push(Segment::Object(bytes));
        out.push(self.segment(out.tree, trailer, &service.unp, None)?);
        Ok(())
    }

    /// The number of the grammar that the message's header asks for.
    fn grammar_of(&self, tree: &Tree, node: NodeId) -> Option<usize> {
        let unh = &self.grammar.service.unh;
        let header = tree.child(node, unh.name)?;
        let parts = [0, 1, 2, 3, 4].map(|at| text_at(tree, header, &names(unh, 1, Some(at))));
        let parts = parts.each_ref().map(String::as_str);
        self.grammar.message(&parts).map(|(number, _)| number)
    }
}
