//! One segment as it stands in the interchange: a tag and elements, each of components.
//!
//! Nothing is copied: a component is a range of the bytes that were read, and its text is made anew only where
//! it holds a release character or a line end.

use super::repertoire::Repertoire;
use crate::tree::Place;
use std::fmt;

/// What ends a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    Component,
    Repetition,
    Element,
    Segment,
}

/// The end of one component.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// Where what ends it stands, counted from the start of the segment.
    pub(super) at: u32,
    pub(super) ends: Ends,
    /// Whether it holds a release character or a line end.
    pub(super) mixed: bool,
}

/// A segment, borrowed from what has been read.
#[derive(Clone, Copy)]
pub struct Segment<'s> {
    pub(super) bytes: &'s [u8],
    pub(super) marks: &'s [Mark],
    pub(super) release: Option<u8>,
    pub(super) gap: &'s [u8],
    pub(super) place: Place,
    pub(super) wrong: Option<u32>,
    pub(super) irregular: bool,
}

impl fmt::Debug for Segment<'_> {
    /// Its tag and place; nothing of what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {:?}", self.tag().escape_ascii(), self.place)
    }
}

impl<'s> Segment<'s> {
    /// The segment as written, without its terminator.
    pub fn bytes(&self) -> &'s [u8] {
        self.bytes
    }

    /// The line end, or whatever else of white space, between the segment before and this one.
    pub fn gap(&self) -> &'s [u8] {
        self.gap
    }

    /// Where it begins; `record` is its number in the interchange, a service string advice not counted.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Its tag: three letters or digits.
    pub fn tag(&self) -> &'s [u8] {
        self.bytes.get(..3).unwrap_or_default()
    }

    /// Its tag as three bytes; blanks where it has none, which no segment of a scanner lacks.
    pub(super) fn tag_or_blank(&self) -> [u8; 3] {
        *self.tag().first_chunk().unwrap_or(b"   ")
    }

    /// Bytes of the interchange before the first byte that its repertoire does not allow.
    pub fn wrong_byte(&self) -> Option<u64> {
        self.wrong.map(|at| self.place.offset + u64::from(at))
    }

    /// Whether it is written otherwise than it would be here: separators with nothing after them, line ends within
    /// it, or characters released that need not be.
    pub fn irregular(&self) -> bool {
        self.irregular
    }

    /// Its elements in order, the tag not counted. Those of no content are there too.
    pub fn elements(&self) -> Elements<'s> {
        let mut elements =
            Elements { segment: *self, next: 0, position: 0, repetition: 0, repeats: false };
        elements.next();
        elements.position = 0;
        elements
    }

    /// The element at a position, from 1.
    pub fn element(&self, position: u32) -> Option<Element<'s>> {
        self.elements().find(|element| element.position == position)
    }

    /// One component, both positions from 1; nothing where it has no content.
    pub fn component(&self, element: u32, component: usize) -> Option<Component<'s>> {
        let element = self.element(element)?;
        let component = element.components().nth(component.checked_sub(1)?)?;
        (!component.is_empty()).then_some(component)
    }

    /// The text of one component; empty where it has no content. For service segments, whose text is ASCII.
    pub fn ascii(&self, element: u32, component: usize) -> String {
        let found = self.component(element, component);
        let text = |component: Component<'_>| {
            component.text(Repertoire::Latin1, &mut String::new()).to_owned()
        };
        found.map(text).unwrap_or_default()
    }
}

/// The elements of a segment in order; with syntax version 4 an element that repeats comes as often.
#[derive(Clone)]
pub struct Elements<'s> {
    segment: Segment<'s>,
    next: usize,
    position: u32,
    repetition: u32,
    repeats: bool,
}

impl<'s> Iterator for Elements<'s> {
    type Item = Element<'s>;

    fn next(&mut self) -> Option<Element<'s>> {
        let marks = self.segment.marks.get(self.next..)?;
        let last = marks.iter().position(|mark| mark.ends != Ends::Component)?;
        match self.repeats {
            true => self.repetition += 1,
            false => (self.position, self.repetition) = (self.position + 1, 0),
        }
        let element = Element {
            segment: self.segment,
            first: self.next,
            end: self.next + last + 1,
            position: self.position,
            repetition: self.repetition,
        };
        self.repeats = marks.get(last)?.ends == Ends::Repetition;
        self.next = element.end;
        Some(element)
    }
}

/// One element, or one repetition of it.
#[derive(Clone, Copy)]
pub struct Element<'s> {
    segment: Segment<'s>,
    first: usize,
    end: usize,
    position: u32,
    repetition: u32,
}

impl<'s> Element<'s> {
    /// Its position in the segment, from 1.
    pub fn position(&self) -> u32 {
        self.position
    }

    /// How often the element has stood there before.
    pub fn repetition(&self) -> u32 {
        self.repetition
    }

    /// Its components in order, those of no content too.
    pub fn components(&self) -> impl Iterator<Item = Component<'s>> + use<'s> {
        let (segment, marks) = (self.segment, self.segment.marks);
        let before = self.first.checked_sub(1).and_then(|at| marks.get(at));
        let mut start = before.map_or(0, |mark| mark.at + 1);
        marks.get(self.first..self.end).unwrap_or_default().iter().map(move |mark| {
            let component = Component {
                bytes: segment.bytes.get(start as usize..mark.at as usize).unwrap_or_default(),
                offset: segment.place.offset + u64::from(start),
                release: segment.release,
                mixed: mark.mixed,
            };
            start = mark.at + 1;
            component
        })
    }

    /// Whether it has no content.
    pub fn is_empty(&self) -> bool {
        self.components().all(|component| component.is_empty())
    }
}

/// One component.
#[derive(Clone, Copy)]
pub struct Component<'s> {
    bytes: &'s [u8],
    offset: u64,
    release: Option<u8>,
    mixed: bool,
}

impl<'s> Component<'s> {
    /// The component as written.
    pub fn raw(&self) -> &'s [u8] {
        self.bytes
    }

    /// Bytes of the interchange before it.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether it has no content.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() || self.mixed && self.meant().next().is_none()
    }

    /// What it says, without release characters and line ends; put together in `scratch` where it does not stand in
    /// the segment as it is. Bytes that the repertoire does not allow have been told of before.
    pub fn text<'t>(&self, repertoire: Repertoire, scratch: &'t mut String) -> &'t str
    where
        's: 't,
    {
        if !self.mixed
            && let Ok(text) = std::str::from_utf8(self.bytes)
            && (repertoire == Repertoire::Utf8 || self.bytes.is_ascii())
        {
            return text;
        }
        scratch.clear();
        let bytes = self.meant();
        match repertoire {
            Repertoire::Utf8 => {
                let bytes: Vec<u8> = bytes.collect();
                scratch.push_str(&String::from_utf8_lossy(&bytes));
            }
            _ => scratch.extend(bytes.map(char::from)),
        }
        scratch
    }

    /// The bytes that are meant, without release characters and line ends.
    pub(super) fn meant(&self) -> impl Iterator<Item = u8> + use<'s> {
        let (release, mut released) = (self.release, false);
        self.bytes.iter().copied().filter(move |byte| match byte {
            b'\r' | b'\n' => false,
            byte if !released && release == Some(*byte) => {
                released = true;
                false
            }
            _ => {
                released = false;
                true
            }
        })
    }
}

macro_rules! say_nothing {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name<'_> {
            /// The kind alone: what a message says never reaches a log.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

say_nothing!(Elements, Element, Component);

/// A segment that is kept beyond the bytes that it was read from.
#[derive(Clone, Default)]
pub(super) struct KeptSegment {
    bytes: Vec<u8>,
    marks: Vec<Mark>,
    release: Option<u8>,
    place: Place,
}

impl Segment<'_> {
    pub(super) fn keep(&self) -> KeptSegment {
        KeptSegment {
            bytes: self.bytes.to_vec(),
            marks: self.marks.to_vec(),
            release: self.release,
            place: self.place,
        }
    }
}

impl KeptSegment {
    pub(super) fn segment(&self) -> Segment<'_> {
        Segment {
            bytes: &self.bytes,
            marks: &self.marks,
            release: self.release,
            gap: &[],
            place: self.place,
            wrong: None,
            irregular: false,
        }
    }
}
