//! The stream against the tree: both read the same documents, refuse the same ones, and for the same reason.

use super::{Event, Position, ReadFault, Reader};
use crate::{Document, Limits, NodeId, NodeKind, XmlFault};
use proptest::prelude::*;
use std::io::Read;

/// Gives its bytes in blocks of a few, and has none for now every other time.
struct Slow<'b> {
    bytes: &'b [u8],
    block: usize,
    rests: bool,
}

impl Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.rests = !self.rests;
        if self.rests {
            return Err(std::io::ErrorKind::WouldBlock.into());
        }
        let count = self.block.min(self.bytes.len()).min(into.len());
        let (head, rest) = self.bytes.split_at(count);
        into[..count].copy_from_slice(head);
        self.bytes = rest;
        Ok(count)
    }
}

/// One line for each thing that a document says, adjacent text together.
fn of_stream(bytes: &[u8], block: usize, charset: Option<&str>) -> Result<Vec<String>, XmlFault> {
    let slow = Slow { bytes, block, rests: false };
    let mut reader = Reader::lazy(slow, charset, limits(), block);
    let mut lines: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut text_at = (0, 0);
    loop {
        let mut starts = Vec::new();
        let (event, position) = match reader.next_placed() {
            Ok(placed) => placed,
            Err(ReadFault::Input(fault)) if fault.kind() == std::io::ErrorKind::WouldBlock => {
                continue;
            }
            Err(ReadFault::Input(fault)) => panic!("{fault}"),
            Err(ReadFault::Xml(fault)) => {
                assert!(reader.offset_of_fault(&fault) <= bytes.len() as u64);
                return Err(fault);
            }
        };
        let begins = |position: Position, character: u8| {
            let begun = &bytes[usize::try_from(position.offset).unwrap()..];
            // In UTF-16 either byte comes first.
            assert!(begun.iter().take(2).any(|byte| *byte == character), "{position:?}");
        };
        let line = match event {
            Event::Text(piece) => {
                let piece = piece.to_owned();
                // Of each of several events the place is that of the first.
                text_at = reader.place();
                text.push_str(&piece);
                continue;
            }
            Event::Start(start) => {
                begins(position, b'<');
                for (at, attribute) in start.attributes().enumerate() {
                    let prefixed = [attribute.prefix, attribute.local].concat();
                    begins(start.position(at).unwrap(), prefixed.as_bytes()[0]);
                }
                let attributes = start.attributes();
                starts = attributes
                    .map(|a| format!("@{}:{}{{{}}}={:?}", a.prefix, a.local, a.namespace, a.value))
                    .collect();
                format!("<{}:{}{{{}}}", start.prefix(), start.local(), start.namespace())
            }
            Event::End => ">".to_owned(),
            Event::Comment(_) => "comment".to_owned(),
            Event::Instruction(_) => "instruction".to_owned(),
            Event::Eof => return Ok(lines),
        };
        if !text.is_empty() {
            lines.push(format!("{text_at:?} {text:?}"));
            text.clear();
        }
        // Places may be asked for in any order.
        reader.place_of(starts.len().saturating_sub(1));
        let at = if line == ">" { String::new() } else { format!("{:?} ", reader.place()) };
        lines.push(format!("{at}{line}"));
        for (index, attribute) in starts.iter().enumerate() {
            lines.push(format!("{:?} {attribute}", reader.place_of(index)));
        }
    }
}

/// The same of a tree.
fn of_tree(bytes: &[u8], charset: Option<&str>) -> Result<Vec<String>, XmlFault> {
    let document = Document::parse(bytes, charset, &limits())?;
    let mut lines = Vec::new();
    let mut open: Vec<NodeId> = Vec::new();
    for node in document.descendants(document.root()) {
        while open.last().is_some_and(|last| document.subtree_end(*last) <= node) {
            open.pop();
            lines.push(">".to_owned());
        }
        let at = document.place(node);
        let name = |node| {
            format!(
                "{}:{}{{{}}}",
                document.prefix(node),
                document.local(node),
                document.namespace(node)
            )
        };
        match document.kind(node) {
            NodeKind::Element => {
                lines.push(format!("{at:?} <{}", name(node)));
                for attribute in document.attributes(node) {
                    lines.push(format!(
                        "{:?} @{}={:?}",
                        document.place(attribute),
                        name(attribute),
                        document.text(attribute)
                    ));
                }
                open.push(node);
            }
            NodeKind::Text => lines.push(format!("{at:?} {:?}", document.text(node))),
            NodeKind::Comment => lines.push(format!("{at:?} comment")),
            NodeKind::Instruction => lines.push(format!("{at:?} instruction")),
            NodeKind::Document | NodeKind::Attribute => {}
        }
    }
    lines.extend(open.iter().map(|_| ">".to_owned()));
    Ok(lines)
}

fn limits() -> Limits {
    Limits {
        depth_max: 20,
        attributes_max: 20,
        name_bytes_max: 30,
        piece_bytes_max: 500,
        ..Limits::default()
    }
}

/// So many bytes are read before it is known what the encoding is, and looked at as one block.
const HEAD_BYTES: usize = 1_000;

/// A document whose blocks may be small.
fn behind_a_head(text: &str) -> String {
    "\n".repeat(HEAD_BYTES) + text
}

fn agree(bytes: &[u8], charset: Option<&str>) {
    let tree = of_tree(bytes, charset);
    for block in [1, 2, 3, 7, 50, 100_000] {
        let stream = of_stream(bytes, block, charset);
        assert_eq!(stream, tree, "blocks of {block}: {:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn reads_as_the_tree_does() {
    for text in [
        "<a/>",
        "<?xml version='1.0'?>\r\n<!-- æ\r\nb --><a:r xmlns:a='u' xmlns='d' a:x='1' y=' &lt;\n&#10;'>\n<b>t<![CDATA[<&]]>&amp;&#x20AC;</b><b/><?p  q ?>øl\r\n<a:b xmlns='' xml:lang='da'/></a:r>\n",
        "<a>]]<b/>]</a><!--e-->",
        "<p:a xmlns:p='1'><p:a xmlns:p='2'><p:a/></p:a><p:a/></p:a>",
        "<a xmlns='u'><b xmlns=''><c/></b><d/></a>",
        " ",
        "",
        "<!---->",
        "<a",
        "<a>",
        "</a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>x",
        "x<a/>",
        "<a>]]></a>",
        "<a>&x;</a>",
        "<a>&</a>",
        "<a>&lt</a>",
        "<a b='1' b='2'/>",
        "<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>",
        "<p:a/>",
        "<a p:b=''/>",
        "<a xmlns:p=''/>",
        "<a xmlns:p='u' xmlns:p='v'/>",
        "<a b=1/>",
        "<a b='<'/>",
        "<a b/>",
        "<1/>",
        "<a:b:c/>",
        "<!DOCTYPE a><a/>",
        "<a><!DOCTYPE a></a>",
        "<a><!-- -- --></a>",
        "<a><!x></a>",
        "<a><![CDATA[x]></a>",
        "<a/><![CDATA[x]]>",
        "<?xml?><a/>",
        " <?xml version='1.0'?><a/>",
        "<a><?xml x?></a>",
        "<a>\u{1}</a>",
        "<a>\u{FFFE}</a>",
        "\u{FEFF}\u{FEFF}<a/>",
        "<xmlns:a/>",
        "<a xmlns:xml='u'/>",
        "<a xmlns:xmlns='u'/>",
        "<?a:b c?><a/>",
        "<?XML a?><a/>",
        "<abcdefghijklmnopqrstuvwxyzabcdefghijkl/>",
        "<a>\r</a>\r",
        "<a b='\r\n\t'>\r\r\n</a>",
        "<a xmlnsx='1'/>",
        "<a >x</a\n>",
    ] {
        agree(text.as_bytes(), None);
        agree(behind_a_head(text).as_bytes(), None);
    }
    agree("<a>".repeat(21).as_bytes(), None);
    // Text in pieces, the first of which is forgotten before the last is read.
    let pieces =
        format!("<a>\n<![CDATA[]]>&#10;{}&lt;x<![CDATA[y]]><!---->z</a>", "\n ".repeat(70_000));
    agree(pieces.as_bytes(), None);
    let many: String = (0..21).map(|at| format!(" a{at}=''")).collect();
    agree(format!("<a{many}/>").as_bytes(), None);
    let prefixes: String = (0..18).map(|at| format!(" xmlns:p{at}='u{at}'")).collect();
    agree(
        format!("<a{prefixes}><p17:b xmlns:p17='v'><p17:c/></p17:b><p17:d p3:e='1'/><p18:f/></a>")
            .as_bytes(),
        None,
    );
}

#[test]
fn reads_every_encoding_as_the_tree_does() {
    let text = "<?xml version='1.0' encoding='ENC'?><a>æøå€</a>";
    for (label, bytes) in [
        ("windows-1252", &b"\xe6\xf8\xe5\x80"[..]),
        ("ISO-8859-1", b"\xe6\xf8\xe5\x85"),
        ("ISO-8859-15", b"\xe6\xa4"),
        ("us-ascii", b"abc"),
        ("us-ascii", b"\xe6"),
        ("UTF-8", "æ€𝄞".as_bytes()),
        ("UTF-8", b"a\xe6"),
        ("UTF-8", b"\xe2\x82"),
        ("x-nope", b"a"),
        ("UTF-16", b"a"),
        ("Shift_JIS", b"\x83A"),
        ("Shift_JIS", b"\x83"),
        ("windows-1257", b"\xa1"),
    ] {
        let (head, tail) = text.split_once("æøå€").unwrap();
        let mut document = head.replace("ENC", label).into_bytes();
        document.extend_from_slice(bytes);
        document.extend_from_slice(tail.as_bytes());
        agree(&document, None);
        agree(&document, Some(label));
        let later = format!("?>{}", " ".repeat(HEAD_BYTES));
        let at = document.windows(2).position(|two| two == b"?>").unwrap();
        document.splice(at..at + 2, later.into_bytes());
        agree(&document, None);
        document.truncate(document.len() - 1);
        agree(&document, None);
    }
    let wide = |mark: &[u8], order: fn(u16) -> [u8; 2]| {
        let units =
            text.replace("ENC", "UTF-16").encode_utf16().flat_map(order).collect::<Vec<_>>();
        [mark, &units].concat()
    };
    for (mark, order) in [
        (&b"\xff\xfe"[..], u16::to_le_bytes as fn(u16) -> [u8; 2]),
        (b"\xfe\xff", u16::to_be_bytes),
        (b"", u16::to_le_bytes),
        (b"", u16::to_be_bytes),
    ] {
        let bytes = wide(mark, order);
        for charset in [None, Some("utf-16"), Some("utf-16le"), Some("utf-8")] {
            agree(&bytes, charset);
            agree(&bytes[..bytes.len() - 1], charset);
        }
    }
    agree(b"\xef\xbb\xbf<a/>", None);
    agree(b"\0\0\xfe\xff\0\0\0<", None);
}

#[test]
fn memory_is_that_of_the_longest_piece_and_not_of_the_document() {
    let mut row = String::from("<r>");
    (0..5_000).for_each(|at| row.push_str(&format!("<n{at} a='{at}'>{at}</n{at}>")));
    row.push_str("</r>");
    let document = format!("<a>{}</a>", row.repeat(40));
    let limits = Limits { piece_bytes_max: 1 << 20, ..Limits::default() };
    let mut reader = Reader::new(document.as_bytes(), None, limits).unwrap();
    let mut starts = 0;
    loop {
        match reader.next_event().unwrap() {
            Event::Start(_) => starts += 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(starts, 40 * 5_001 + 1);
    assert!(reader.window.text().len() < 1 << 20);
    let long = format!("<a><!--{}--></a>", "x".repeat(4 << 20));
    let mut reader = Reader::new(long.as_bytes(), None, limits).unwrap();
    let fault = loop {
        match reader.next_event() {
            Ok(Event::Eof) => panic!("a comment of 4 MiB was taken"),
            Ok(_) => {}
            Err(fault) => break fault,
        }
    };
    assert!(matches!(fault, ReadFault::Xml(XmlFault { kind: crate::FaultKind::PieceTooLong, .. })));
}

#[test]
fn a_million_levels_and_a_million_attributes_are_read_where_the_limits_allow() {
    let limits = Limits { attributes_max: 1_000_000, depth_max: 1_000_000, ..Limits::default() };
    let starts = |text: &str| {
        let mut reader = Reader::new(text.as_bytes(), None, limits).unwrap();
        let (mut elements, mut attributes) = (0, 0);
        loop {
            match reader.next_event().unwrap() {
                Event::Start(start) => {
                    elements += 1;
                    attributes += start.attributes().len();
                }
                Event::Eof => return (elements, attributes),
                _ => {}
            }
        }
    };
    let wide: String = (0..1_000_000).map(|at| format!(" a{at}=''")).collect();
    assert_eq!(starts(&format!("<a{wide}/>")), (1, 1_000_000));
    let deep = format!("{}{}", "<a>".repeat(1_000_000), "</a>".repeat(1_000_000));
    assert_eq!(starts(&deep), (1_000_000, 0));
}

const LONG_TEXT: &str = match std::str::from_utf8(&[b'x'; 300]) {
    Ok(text) => text,
    Err(_) => "",
};
const LONG_DECLARATION: &str = concat!(
    "<d xmlns:l='urn:declared-here-and-there-again:one-two-three-four-five-six-seven-eight-nine-ten'",
    " xmlns:m='urn:declared-here-and-there-again:one-two-three-four-five-six-seven-eight-nine-ten'>"
);

/// Documents and near-documents.
fn near() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<a>"),
        Just("</a>"),
        Just("<b/>"),
        Just("<p:c xmlns:p='u' p:d=\"&lt;\">"),
        Just("</p:c>"),
        Just("<p:e/>"),
        Just("æ€"),
        Just("\r\n"),
        Just("\n"),
        Just("]]"),
        Just(">"),
        Just("&amp;"),
        Just("&#65;"),
        Just("<!--c-->"),
        Just("<![CDATA[x]]>"),
        Just("<?t d?>"),
        Just("<"),
        Just("'"),
        Just(" x='1'"),
        Just("&"),
        Just("<!"),
        Just("xmlns='v'"),
        Just("<![CDATA["),
        Just("]]>"),
        Just("]"),
        Just("\r"),
        Just("some text"),
        Just(" x='2' y='<'"),
        Just("</r>"),
        Just("\u{1}"),
        Just("\u{FFFE}"),
        Just(LONG_TEXT),
        Just(LONG_DECLARATION),
        Just("<!--"),
        Just("-->"),
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| format!("<r>{}</r>", pieces.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_reads_the_same_in_any_blocks(text in near(), block in 1_usize..40) {
        let text = behind_a_head(&text);
        prop_assert_eq!(of_stream(text.as_bytes(), block, None), of_tree(text.as_bytes(), None));
    }

    #[test]
    fn bytes_that_are_no_text_do_not_hide_what_stands_before_them(
        text in near(), at in 0_usize..200, block in 1_usize..40
    ) {
        let mut bytes = behind_a_head(&text).into_bytes();
        bytes.insert((HEAD_BYTES + at).min(bytes.len()), 0xFF);
        prop_assert_eq!(of_stream(&bytes, block, None), of_tree(&bytes, None));
    }

    #[test]
    fn any_bytes_are_read_or_refused_alike(bytes in proptest::collection::vec(any::<u8>(), 0..60), block in 1_usize..9) {
        prop_assert_eq!(of_stream(&bytes, block, None), of_tree(&bytes, None));
    }
}
