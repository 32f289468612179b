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
        let ascii = if self.bytes.is_ascii() { std::str::from_utf8(self.bytes).ok() } else { None };
        let mut elements = Elements {
            bytes: self.bytes,
            ascii,
            marks: self.marks,
            start: 0,
            offset: self.place.offset,
            release: self.release,
            position: 0,
            repetition: 0,
            repeats: false,
        };
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
    /// The segment, its text where all of it is ASCII, and the marks that are ahead.
    bytes: &'s [u8],
    ascii: Option<&'s str>,
    marks: &'s [Mark],
    /// Where the next element begins in it.
    start: u32,
    /// Bytes of the interchange before the segment.
    offset: u64,
    release: Option<u8>,
    position: u32,
    repetition: u32,
    repeats: bool,
}

impl<'s> Iterator for Elements<'s> {
    type Item = Element<'s>;

    #[inline]
    fn next(&mut self) -> Option<Element<'s>> {
        let last = self.marks.iter().position(|mark| mark.ends != Ends::Component)?;
        let (marks, ahead) = self.marks.split_at_checked(last + 1)?;
        let end = marks.last()?;
        match self.repeats {
            true => self.repetition += 1,
            false => (self.position, self.repetition) = (self.position + 1, 0),
        }
        let Self { bytes, ascii, start, offset, release, position, repetition, .. } = *self;
        self.repeats = end.ends == Ends::Repetition;
        (self.marks, self.start) = (ahead, end.at + 1);
        Some(Element { bytes, ascii, marks, start, offset, release, position, repetition })
    }
}

/// One element, or one repetition of it.
#[derive(Clone, Copy)]
pub struct Element<'s> {
    /// The segment, its text where all of it is ASCII, and the marks of the element.
    bytes: &'s [u8],
    ascii: Option<&'s str>,
    marks: &'s [Mark],
    start: u32,
    offset: u64,
    release: Option<u8>,
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
    #[inline]
    pub fn components(&self) -> impl Iterator<Item = Component<'s>> + use<'s> {
        let Self { bytes, ascii, mut start, offset, release, .. } = *self;
        self.marks.iter().map(move |mark| {
            let range = start as usize..mark.at as usize;
            let component = Component {
                ascii: ascii.and_then(|ascii| ascii.get(range.clone())),
                bytes: bytes.get(range).unwrap_or_default(),
                offset: offset + u64::from(start),
                release,
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
    /// Its text, where the whole segment is ASCII.
    ascii: Option<&'s str>,
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
        if let Some(ascii) = self.ascii.filter(|_| !self.mixed) {
            return ascii;
        }
        if !self.mixed
            && (repertoire == Repertoire::Utf8 || self.bytes.is_ascii())
            && let Ok(text) = std::str::from_utf8(self.bytes)
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
