//! A draft of an interchange: a grammar that comes with the product, or one found from the segments.

mod groups;

use super::DOUBT;
use crate::edifact::{
    grammar::BUILTIN,
    scan::{Scanned, Scanner},
    segment::Segment,
};
use groups::{Entry, Leader, Sequence};
use std::{collections::BTreeMap, fmt::Write};

/// Segments around messages, which every grammar knows.
const SERVICE: [&str; 8] = ["UNB", "UNG", "UNH", "UNT", "UNE", "UNZ", "UNO", "UNP"];

/// What the sample shows.
#[derive(Debug, Default)]
struct Seen {
    /// Of each segment its elements: how many components each has at most, and how often it repeats.
    segments: BTreeMap<String, Vec<(usize, u32)>>,
    /// Of each kind of message, by its identifier, the segments of each.
    messages: BTreeMap<String, Vec<Sequence>>,
}

/// Whether it begins as interchanges do.
pub(super) fn is_one(sample: &[u8]) -> bool {
    let bytes = sample.trim_ascii_start();
    let next = bytes.get(3).is_some_and(|next| !next.is_ascii_alphanumeric());
    next && (bytes.starts_with(b"UNA") || bytes.starts_with(b"UNB"))
}

/// Descriptions: by each grammar that comes with the product, then by one of its own.
pub(super) fn drafts(sample: &[u8]) -> Option<Vec<String>> {
    let line_end = match sample {
        _ if sample.windows(2).any(|pair| pair == b"\r\n") => "crlf",
        _ if sample.contains(&b'\n') => "lf",
        _ => "none",
    };
    let advice = sample.trim_ascii_start().starts_with(b"UNA");
    let head = format!(
        "# A draft from a sample: what is marked `# ?` the sample leaves open.\nformat    = \"edifact\"\nline-ends = \"{line_end}\"\nadvice    = {advice}\n"
    );
    if !is_one(sample) {
        return None;
    }
    let mut grammars: Vec<String> =
        BUILTIN.iter().map(|(name, _)| format!("grammar   = \"{name}\"\n")).collect();
    let seen = Seen::of(sample).unwrap_or_default();
    grammars.extend([Leader::Alike, Leader::Last].map(|leader| seen.grammar(leader)));
    let unchecked =
        format!("check-trailers = false   {DOUBT} counts or references of the sample are wrong\n");
    let drafts = grammars
        .iter()
        .flat_map(|grammar| [format!("{head}{grammar}"), format!("{head}{unchecked}{grammar}")]);
    Some(drafts.collect())
}

impl Seen {
    fn of(sample: &[u8]) -> Option<Self> {
        let (mut seen, mut scanner) = (Self::default(), Scanner::default());
        let mut message: Option<(String, Sequence)> = None;
        scanner.feed(sample);
        scanner.finish();
        loop {
            match scanner.scan() {
                Scanned::Segment(segment) => {
                    let tag = String::from_utf8_lossy(segment.tag()).into_owned();
                    match tag.as_str() {
                        "UNH" => message = Some((identifier(&segment), Sequence::new())),
                        "UNT" => {
                            if let Some((identifier, sequence)) = message.take() {
                                seen.messages.entry(identifier).or_default().push(sequence);
                            }
                        }
                        // What follows is no text: the segments before it are a sample too.
                        "UNO" => break,
                        _ => {}
                    }
                    if !SERVICE.contains(&&*tag) {
                        seen.segment(&tag, &segment);
                        if let Some((_, sequence)) = &mut message {
                            sequence.push(tag);
                        }
                    }
                }
                Scanned::Object(_) => {}
                Scanned::Hungry | Scanned::End(_) | Scanned::Fault(..) => break,
            }
        }
        // One that breaks off shows what it has.
        if let Some((identifier, sequence)) = message {
            seen.messages.entry(identifier).or_default().push(sequence);
        }
        (!seen.messages.is_empty()).then_some(seen)
    }

    fn segment(&mut self, tag: &str, segment: &Segment<'_>) {
        let elements = self.segments.entry(tag.to_owned()).or_default();
        for element in segment.elements() {
            let at = (element.position() as usize).saturating_sub(1);
            if elements.len() <= at {
                elements.resize(at + 1, (1, 1));
            }
            if let Some((n_components, repeats)) = elements.get_mut(at) {
                *n_components = (*n_components).max(element.components().count());
                *repeats = (*repeats).max(element.repetition() + 1);
            }
        }
    }

    fn grammar(&self, leader: Leader) -> String {
        let mut text = String::new();
        let _ = writeln!(
            text,
            "\n{DOUBT} the directory of the standard names elements by numbers (C507, 2005), says how long they are, and which must be there (!)"
        );
        text.push_str("[composites]\n");
        for (tag, elements) in &self.segments {
            for (at, (n_components, _)) in
                elements.iter().enumerate().filter(|(_, each)| each.0 > 1)
            {
                let name = format!("{tag}-{}", at + 1);
                let parts: Vec<String> =
                    (1..=*n_components).map(|number| format!("{name}-{number}")).collect();
                let _ = writeln!(text, "{name} = \"{}\"", parts.join(" "));
            }
        }
        text.push_str("\n[segments]\n");
        for (tag, elements) in &self.segments {
            let elements = elements.iter().enumerate().map(|(at, (_, repeats))| match repeats {
                0 | 1 => format!("{tag}-{}", at + 1),
                _ => format!("{tag}-{}@{}", at + 1, (*repeats).max(9)),
            });
            let _ = writeln!(text, "{tag} = \"{}\"", elements.collect::<Vec<_>>().join(" "));
        }
        for (identifier, sequences) in &self.messages {
            message(&mut text, identifier, sequences, leader);
        }
        text
    }
}

/// `ORDERS:D:96A:UN`, as the header says it.
fn identifier(unh: &Segment<'_>) -> String {
    let parts = [1, 2, 3, 4, 5].map(|component| unh.ascii(2, component));
    let n_said = parts.iter().rposition(|part| !part.is_empty()).map_or(0, |at| at + 1);
    parts.get(..n_said).unwrap_or_default().join(":")
}

fn message(text: &mut String, identifier: &str, sequences: &[Sequence], leader: Leader) {
    let name = identifier.split(':').next().unwrap_or_default();
    let mut groups = Vec::new();
    let entries = groups::infer(sequences, leader, &mut groups);
    let list = |entries: &[Entry]| {
        let items: Vec<String> = entries.iter().map(|entry| format!("\"{entry}\"")).collect();
        items.join(", ")
    };
    let _ = writeln!(text, "\n[[message]]\ntype     = \"{name}\"\nof       = [\"{identifier}\"]");
    let _ = writeln!(
        text,
        "{DOUBT} which segments must be there and how often they may stand: the sample has them so"
    );
    let _ = writeln!(text, "segments = [{}]", list(&entries));
    if !groups.is_empty() {
        let _ = writeln!(
            text,
            "{DOUBT} groups are found where segments come again; they may be parted otherwise"
        );
        text.push_str("[message.groups]\n");
        for (name, entries) in &groups {
            let _ = writeln!(text, "{name} = [{}]", list(entries));
        }
    }
}
