//! Texts with lines and marks: in EDIFACT as `FTX` segments, in XML as mixed content.
//!
//! MedCom's letters hold running text in segments of five lines of at most 70 characters, each segment with a code of
//! how it is set; their XML has `Break`, `Bold` and other elements between the words. This is the one thing of a letter
//! that rows alone cannot say:
//!
//! ```text
//! FTX+NC+P00++Pt. møder med velfyldt blære, og bag denne ses en normalt \:konfigureret uterus.:.'
//! FTX+NC+PF0++Konklusion'
//! <Text01>Pt. møder med velfyldt blære, og bag denne ses en normalt konfigureret uterus.<Break/><Break/><Bold>Konklusion<Break/></Bold></Text01>
//! ```
//!
//! * A line that goes on in the next ends with `\`; every other line ends with a `Break`. A line that is blank is a `.`.
//! * A line is broken after white space before its 70th character, counting a character that takes a release character
//!   as two. A word that is longer is broken in it.
//! * The code is a letter for the font (`P`, or `F` of one width), then two characters: `00` for none, `F0` bold, `K0`
//!   italic, `U0` underlined, `0M` centred, `0H` at the right. A change begins a segment.

mod paragraphs;
mod segments;

use super::{
    Way,
    plan::{PlannedPath, PlannedRow},
    run::Unit,
    written::ROOT,
};
use crate::tree::{Kind, NodeId};
use paragraphs::{Font, Mark, Paragraphs, Style};
use sluse_contracts::code;

/// How much of a text is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Lines and marks.
    Formatted,
    /// Lines alone.
    Lines,
    /// Neither: one value.
    Plain,
    /// One value, in segments that have no code of how they are set.
    Bare,
    /// One value, in the lines of a segment after its first.
    Rest,
}

impl Form {
    /// As mappings write them.
    pub(super) const WORDS: [(&'static str, Self); 5] = [
        ("formatted", Self::Formatted),
        ("lines", Self::Lines),
        ("plain", Self::Plain),
        ("bare", Self::Bare),
        ("rest", Self::Rest),
    ];
}

/// A text as a plan has it: its form, and the numbers of the names that it needs.
#[derive(Debug)]
pub(super) struct PlannedText {
    form: Form,
    each: bool,
    way: Way,
    style: usize,
    lines: usize,
    line: [usize; LINES_MAX],
    line_break: usize,
    space: usize,
    fixed: usize,
    marks: [(Mark, usize); 5],
}

/// Lines of one segment.
const LINES_MAX: usize = 5;

/// Marks within marks, more than any schema allows.
const DEPTH_MAX: usize = 10;

impl PlannedText {
    /// `element` is the name of the text in XML: what is in it has the same prefix.
    pub(super) fn new(
        form: Form,
        each: bool,
        way: Way,
        element: &str,
        number: &mut dyn FnMut(&str) -> usize,
    ) -> Self {
        let prefix = element.split_once(':').map(|(prefix, _)| format!("{prefix}:"));
        let prefix = prefix.unwrap_or_default();
        let mut in_xml = |name: &str| number(&format!("{prefix}{name}"));
        let marks = Mark::NAMES.map(|(mark, name)| (mark, in_xml(name)));
        let (line_break, space) = (in_xml("Break"), in_xml("Space"));
        let fixed = in_xml("FixedFont");
        let line = ["4440", "4440_2", "4440_3", "4440_4", "4440_5"].map(&mut *number);
        let (style, lines) = (number("4453"), number("C108"));
        Self { form, each, way, style, lines, line, line_break, space, fixed, marks }
    }
}

impl Unit<'_> {
    /// Carries over a row's text.
    pub(super) fn text_row(
        &mut self,
        row: &PlannedRow,
        text: &PlannedText,
        source: NodeId,
        target: usize,
    ) {
        let ([from], [to]) = (row.from.as_slice(), row.to.as_slice()) else { return };
        let found = self.find(from, source);
        if found.is_empty() {
            return;
        }
        let target = if to.from_root { ROOT } else { target };
        match text.way {
            Way::Forward if text.each => {
                for node in found {
                    self.write_element(row, text, &[node], to, target);
                }
            }
            Way::Forward => self.write_element(row, text, &found, to, target),
            Way::Reverse => {
                for node in found {
                    match text.form {
                        Form::Rest => self.write_rest(row, text, node, to, target),
                        _ => self.write_segments(text, node, to, target),
                    }
                }
            }
        }
    }

    /// From an element to segments.
    fn write_segments(
        &mut self,
        text: &PlannedText,
        node: NodeId,
        to: &PlannedPath,
        target: usize,
    ) {
        let mut paragraphs = Paragraphs::default();
        self.mixed(text, node, &mut paragraphs, 0);
        let place = self.source.place(node);
        for segment in paragraphs.into_segments() {
            // The segments of one text differ in nothing else.
            let last = self.written.reach(target, &to.steps, false, place);
            let group = match self.written.has(last, text.lines) {
                true => self.written.beside(last, &[text.style], place),
                false => last,
            };
            if text.form != Form::Bare {
                let style = self.written.element(group, text.style, place);
                self.written.set(style, segment.style.code());
            }
            let lines = self.written.element(group, text.lines, place);
            for (line, name) in segment.lines.iter().zip(text.line) {
                let field = self.written.element(lines, name, place);
                self.written.set(field, line);
            }
        }
    }

    /// From an element to the lines of a segment after its first.
    fn write_rest(
        &mut self,
        row: &PlannedRow,
        text: &PlannedText,
        node: NodeId,
        to: &PlannedPath,
        target: usize,
    ) {
        let mut paragraphs = Paragraphs::default();
        self.mixed(text, node, &mut paragraphs, 0);
        let place = self.source.place(node);
        let lines: Vec<String> =
            paragraphs.into_segments().into_iter().flat_map(|segment| segment.lines).collect();
        if lines.len() >= LINES_MAX {
            let sentence = "the text has more lines than its segment has left";
            return self.fault(code::VALUE_UNCONVERTED, sentence, place, row);
        }
        let group = self.written.reach(target, &to.steps, false, place);
        let group = self.written.child(group, text.lines, place);
        for (line, name) in lines.iter().zip(text.line.iter().skip(1)) {
            let field = self.written.element(group, *name, place);
            self.written.set(field, line);
        }
    }

    /// Adds what stands in an element to paragraphs.
    fn mixed(&mut self, text: &PlannedText, node: NodeId, to: &mut Paragraphs, depth: usize) {
        let source = self.source;
        if !source.kind(node).has_children() {
            self.take(node);
            return to.add_text(source.value(node).unwrap_or_default());
        }
        for child in source.children(node) {
            let is = |name: usize| {
                self.names.get(name).copied().flatten() == source.name_id(child)
                    && source.kind(child) != Kind::Text
            };
            let mark = text.marks.iter().find(|(_, name)| is(*name)).map(|(mark, _)| *mark);
            if source.kind(child) == Kind::Text {
                self.take(child);
                to.add_text(source.value(child).unwrap_or_default());
            } else if is(text.line_break) {
                self.take(child);
                to.add_break();
            } else if is(text.space) {
                self.take(child);
                to.add_text(" ");
            } else if depth < DEPTH_MAX && (mark.is_some() || is(text.fixed)) {
                let before = to.enter(mark);
                self.mixed(text, child, to, depth + 1);
                to.leave(mark, before);
            }
        }
    }

    /// From segments to an element.
    fn write_element(
        &mut self,
        row: &PlannedRow,
        text: &PlannedText,
        nodes: &[NodeId],
        to: &PlannedPath,
        target: usize,
    ) {
        let Some(first) = nodes.first() else { return };
        let place = self.source.place(*first);
        let element = self.written.reach(target, &to.steps, text.each, place);
        let mut out = segments::Element::new(text, element, place);
        for node in nodes {
            self.take_same(*first, *node);
            let Some(style) = self.style(row, text, *node) else { continue };
            let lines = self.lines(text, *node);
            out.segment(self.written, style, &lines);
        }
        if !out.end(self.written) {
            let sentence = "the mapping writes two values to one place";
            self.fault(code::VALUE_TWICE, sentence, place, row);
        }
    }

    /// Takes along what a segment says as the first one does.
    fn take_same(&mut self, first: NodeId, node: NodeId) {
        let source = self.source;
        if first == node {
            return;
        }
        for field in source.children(node) {
            let is_same = |of_first: NodeId| {
                source.name_id(of_first) == source.name_id(field)
                    && source.value(of_first) == source.value(field)
            };
            if !source.kind(field).has_children() && source.children(first).any(is_same) {
                self.take(field);
            }
        }
    }

    /// How a segment is set; nothing, and a fault, where its code is not known.
    fn style(&mut self, row: &PlannedRow, text: &PlannedText, node: NodeId) -> Option<Style> {
        let source = self.source;
        let name = self.names.get(text.style).copied().flatten();
        let Some(field) = name.and_then(|name| source.child(node, name)) else {
            return Some(Style::default());
        };
        self.take(field);
        let style = Style::of_code(source.value(field).unwrap_or_default());
        if style.is_none() {
            let sentence = "the code of how a text is set is none that is known";
            self.fault(code::CODE_UNTRANSLATED, sentence, source.place(field), row);
        }
        match text.form {
            Form::Formatted => style,
            _ => style.map(|_| Style { font: Font::Proportional, mark: None }),
        }
    }

    fn lines(&mut self, text: &PlannedText, node: NodeId) -> Vec<String> {
        let source = self.source;
        let name = self.names.get(text.lines).copied().flatten();
        let Some(group) = name.and_then(|name| source.child(node, name)) else { return Vec::new() };
        let n_before = usize::from(text.form == Form::Rest);
        let fields: Vec<NodeId> = source.children(group).skip(n_before).collect();
        fields.iter().for_each(|field| self.take(*field));
        fields.iter().filter_map(|field| Some(source.value(*field)?.to_owned())).collect()
    }
}
