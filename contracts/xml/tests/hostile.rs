//! Documents made to cost much, read as streams: each is read in little memory or refused by a named limit.
//!
//! Inputs are made while they are read, so that what this process takes at most is what the reader takes.

use sluse_xml::{Event, FaultKind, Limits, ReadFault, Reader};
use std::{
    cell::Cell,
    io::Read,
    iter::{once, repeat, repeat_n},
    rc::Rc,
    sync::{Mutex, PoisonError},
};

/// What the process may have taken at most, with the limits as they are by default, in bytes.
const PEAK_BYTES_MAX: u64 = 128 << 20;
/// Documents are read one after the other, however many threads the tests have.
static TURN: Mutex<()> = Mutex::new(());
const MIB: usize = 1 << 20;

/// Parts of a document, made when they are asked for, and how many bytes were.
struct Made<I> {
    parts: I,
    part: Vec<u8>,
    given: usize,
    count: Rc<Cell<usize>>,
}

#[expect(clippy::indexing_slicing, reason = "counts are within what they count")]
impl<I: Iterator<Item = String>> Read for Made<I> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.given == self.part.len() {
            let Some(part) = self.parts.next() else { return Ok(0) };
            (self.part, self.given) = (part.into_bytes(), 0);
        }
        let rest = &self.part[self.given..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        self.count.set(self.count.get() + count);
        Ok(count)
    }
}

/// What became of a document.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    fault: Option<FaultKind>,
    starts: usize,
    /// Length of the longest attribute.
    longest: usize,
    /// Bytes that were asked for.
    asked: usize,
}

#[expect(clippy::panic, reason = "only the tests below call it")]
fn read(parts: impl Iterator<Item = String>) -> Outcome {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let count = Rc::new(Cell::new(0));
    let made = Made { parts, part: Vec::new(), given: 0, count: count.clone() };
    let mut outcome = Outcome { fault: None, starts: 0, longest: 0, asked: 0 };
    let done = Reader::new(made, None, Limits::default()).and_then(|mut reader| {
        loop {
            match reader.next_event()? {
                Event::Start(start) => {
                    outcome.starts += 1;
                    let longest = start.attributes().map(|each| each.value.len()).max();
                    outcome.longest = outcome.longest.max(longest.unwrap_or(0));
                }
                Event::Eof => return Ok(()),
                Event::Text(_) | Event::End | Event::Comment(_) | Event::Instruction(_) => {}
            }
            // A place is asked for as often as there are events.
            reader.place_of(0);
            reader.place();
        }
    });
    outcome.fault = done.err().map(|fault| match fault {
        ReadFault::Xml(fault) => fault.kind,
        ReadFault::Input(fault) => panic!("parts are never missing: {fault}"),
    });
    outcome.asked = count.get();
    if let Some(peak) = peak_bytes() {
        assert!(peak < PEAK_BYTES_MAX, "the process took {peak} bytes");
    }
    outcome
}

/// What this process has taken at most, where the system says so.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
}

fn text(text: &str) -> impl Iterator<Item = String> + use<> {
    once(text.to_owned())
}

/// A long part, in blocks.
fn long(unit: &str, bytes: usize) -> impl Iterator<Item = String> + use<> {
    let block = unit.repeat(4_096 / unit.len());
    let count = bytes / block.len();
    repeat_n(block, count)
}

fn refused(parts: impl Iterator<Item = String>, kind: FaultKind, asked_max: usize) {
    let outcome = read(parts);
    assert_eq!(outcome.fault, Some(kind));
    assert!(outcome.asked <= asked_max, "{kind:?} after {} bytes", outcome.asked);
}

#[test]
fn what_never_ends_is_refused_after_a_part_of_bounded_length() {
    let most = 32 * MIB;
    let endless = |unit: &str| repeat(unit.repeat(1_000));
    refused(endless("<a>"), FaultKind::TooDeep, MIB);
    refused(endless("<a xmlns='u'><?p?>x"), FaultKind::TooDeep, MIB);
    let long = FaultKind::PieceTooLong;
    refused(text("<").chain(endless("a")), long, most);
    refused(text("<a ").chain(endless(" a=''")), long, most);
    refused(text("<a b='").chain(endless("x")), long, most);
    refused(text("<a b='").chain(endless("&amp;")), long, most);
    refused(text("<a>&").chain(endless("a")), long, most);
    refused(text("<a>&#").chain(endless("0")), long, most);
    refused(text("<!--").chain(endless("- ")), long, most);
    refused(text("<a><?p ").chain(endless("?")), long, most);
    refused(text("<a></a").chain(endless(" ")), long, most);
    refused(text("<!DOCTYPE a [").chain(endless("<!ENTITY a 'a'>")), FaultKind::Dtd, MIB);
    refused(text("<a>").chain(endless("&b;")), FaultKind::Entity, MIB);
}

#[test]
fn a_million_levels_and_a_million_attributes_meet_their_limits() {
    refused(long("<a>", 3_000_000), FaultKind::TooDeep, MIB);
    let wide = || (0..1_000_000).map(|at| format!(" a{at}=''"));
    let parts = text("<a").chain(wide()).chain(text("/>"));
    refused(parts, FaultKind::TooManyAttributes, 16 * MIB);
}

#[test]
fn many_prefixes_cost_an_element_nothing() {
    let prefixes = (0..2_000).map(|at| format!(" xmlns:p{at}='urn:{at}'"));
    let elements = (0..20_000).map(|at| {
        let (one, other) = (at % 2_000, (at * 7) % 2_000);
        format!("<p{one}:b p{other}:c='' xmlns:p3='urn:own'><p3:d/></p{one}:b>")
    });
    let parts = text("<a").chain(prefixes).chain(text(">")).chain(elements).chain(text("</a>"));
    let outcome = read(parts);
    assert_eq!((outcome.fault, outcome.starts), (None, 40_001));
}

#[test]
fn long_names_are_refused_and_long_values_read() {
    let name = || long("n", 10 * MIB);
    refused(text("<").chain(name()).chain(text("/>")), FaultKind::NameTooLong, 16 * MIB);
    let parts = text("<a ").chain(name()).chain(text("=''/>"));
    refused(parts, FaultKind::NameTooLong, 16 * MIB);
    let parts = text("<a><?").chain(name()).chain(text(" ?></a>"));
    refused(parts, FaultKind::NameTooLong, 16 * MIB);
    let value = read(text("<a b='").chain(long("v", 10 * MIB)).chain(text("'/>")));
    assert_eq!((value.fault, value.longest), (None, 10 * MIB));
}

#[test]
fn nothing_is_kept_of_a_long_document() {
    let inside = |parts: &mut dyn Iterator<Item = String>| {
        read(text("<a>").chain(parts).chain(text("</a>")))
    };
    let mut names =
        (0..300_000).map(|at| format!("<n{at} xmlns:q{at}='urn:{at}' q{at}:a{at}=''/>"));
    let outcome = inside(&mut names);
    assert_eq!((outcome.fault, outcome.starts), (None, 300_001));
    let comment = format!("<!--{}-->", "x".repeat(5_000));
    let mut comments = repeat_n(comment, 100 * MIB / 5_000);
    assert_eq!(inside(&mut comments).fault, None);
    assert_eq!(inside(&mut long("text, and\r\n", 100 * MIB)).fault, None);
    assert_eq!(inside(&mut long("&#x41;", 10 * MIB)).fault, None);
    let mut section = text("<![CDATA[").chain(long("]] >&<b\r", 100 * MIB)).chain(text("]]>"));
    assert_eq!(inside(&mut section).fault, None);
}

#[test]
fn one_comment_of_100_mb_is_refused() {
    let parts = text("<a><!--").chain(long("x", 100 * MIB)).chain(text("--></a>"));
    refused(parts, FaultKind::PieceTooLong, 32 * MIB);
}

#[test]
fn namespaces_in_force_are_bounded_however_deep_they_are_declared() {
    let namespace = "u".repeat(9_000);
    let level = move |at: usize| {
        let declared = (0..100).map(|n| format!(" xmlns:p{at}-{n}='{namespace}'"));
        format!("<a{}>", declared.collect::<String>())
    };
    refused((0..900).map(level), FaultKind::PieceTooLong, 32 * MIB);
}
