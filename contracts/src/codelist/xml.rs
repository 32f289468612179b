//! Lists that are XML, read element by element: a large list costs what its codes do.

use super::{DEPTH_MAX, NAME_BYTES_MAX, build::Builder};
use crate::code;
use sluse_xml::{Event, FaultKind, Limits, ReadFault, Reader, Start, XmlFault};

/// Most attributes of one element.
const ATTRIBUTES_MAX: usize = 1_000;
/// Longest tag, comment or instruction, in bytes.
const PIECE_BYTES_MAX: usize = 1 << 20;

/// What takes the elements of a list. Depths count from 1, the root element.
pub(super) trait Elements {
    /// What the root element must be, as a sentence has it.
    const ROOT: &'static str;
    /// Whether the root element is such.
    fn is_root(&self, root: &Start<'_>) -> bool;
    /// An element begins. Whether its place is to be told by [`Elements::at_place`].
    fn start(&mut self, depth: usize, start: &Start<'_>) -> bool;
    /// Where the element that began stands.
    fn at_place(&mut self, line: u32, column: u32);
    /// Some text of the element that began last and has not ended.
    fn text(&mut self, text: &str);
    /// The element that began last and has not ended ends.
    fn end(&mut self, depth: usize);
    /// The list that is being read.
    fn list(&mut self) -> &mut Builder;
}

/// Reads all elements; what is wrong with the XML is told as a fault of the list.
pub(super) fn drive<E: Elements>(bytes: &[u8], elements: &mut E) {
    if let Err(fault) = pass(bytes, elements) {
        let hint = match fault.kind {
            FaultKind::Dtd => {
                "remove the document type declaration, and what refers to its entities"
            }
            FaultKind::Empty => "is it the file of the codes?",
            _ => "the file must be well-formed XML, within the limits of the manual",
        };
        let (sentence, line, column) = (fault.kind.sentence(), fault.line, fault.column);
        elements.list().fault(line, column, code::CODE_LIST_BROKEN, sentence, hint);
    }
}

fn pass<E: Elements>(bytes: &[u8], elements: &mut E) -> Result<(), XmlFault> {
    let mut reader = reader(bytes)?;
    let mut depth = 0;
    while !elements.list().is_over() {
        match reader.next_event().map_err(|fault| xml_fault(&fault))? {
            Event::Start(start) => {
                depth += 1;
                if depth == 1 && !elements.is_root(&start) {
                    let (line, column) = reader.place();
                    let sentence = format!("the root element is not {}", E::ROOT);
                    let hint = "`format` says how the list is written";
                    elements.list().fault(line, column, code::CODE_LIST_BROKEN, sentence, hint);
                    return Ok(());
                }
                if elements.start(depth, &start) {
                    let (line, column) = reader.place();
                    elements.at_place(line, column);
                }
            }
            Event::Text(text) => elements.text(text),
            Event::End => {
                elements.end(depth);
                depth -= 1;
            }
            Event::Comment(_) | Event::Instruction(_) => {}
            Event::Eof => break,
        }
    }
    Ok(())
}

/// The namespace of the root element; nothing where there is no element that can be read.
pub(super) fn root_namespace(bytes: &[u8]) -> Option<String> {
    let mut reader = reader(bytes).ok()?;
    loop {
        match reader.next_event().ok()? {
            Event::Start(start) => return Some(start.namespace().to_owned()),
            Event::Eof => return None,
            _ => {}
        }
    }
}

fn reader(bytes: &[u8]) -> Result<Reader<&[u8]>, XmlFault> {
    let limits = Limits {
        depth_max: DEPTH_MAX,
        attributes_max: ATTRIBUTES_MAX,
        piece_bytes_max: PIECE_BYTES_MAX,
        ..Limits::default()
    };
    Reader::new(bytes, None, limits).map_err(|fault| xml_fault(&fault))
}

/// Bytes in memory can always be had: what fails is the XML.
fn xml_fault(fault: &ReadFault) -> XmlFault {
    match fault {
        ReadFault::Xml(fault) => *fault,
        ReadFault::Input(_) => {
            XmlFault { kind: FaultKind::Encoding, line: 1, column: 1, offset: 0 }
        }
    }
}

/// The text of an element that is kept, so far.
#[derive(Debug, Default)]
pub(super) struct Kept(String);

impl Kept {
    /// Adds a piece; what is over the limit of a name is kept just far enough to be told.
    pub(super) fn push(&mut self, piece: &str) {
        if self.0.len() <= NAME_BYTES_MAX {
            let cut = piece.ceil_char_boundary(NAME_BYTES_MAX + 1);
            self.0.push_str(piece.get(..cut).unwrap_or(piece));
        }
    }

    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.0)
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
