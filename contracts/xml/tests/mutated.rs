//! Documents with bytes changed at random, from a seed: no panic, and stream and tree say the same.

use sluse_xml::{Document, Event, Limits, ReadFault, Reader, XmlFault};

/// How many documents are made of each original.
const ROUNDS: usize = 4_000;

/// SplitMix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count.max(1) as u64).unwrap_or(0)
    }
}

/// What markup is made of: put in where bytes alone would seldom meet.
const PIECES: &[&[u8]] = &[
    b"<",
    b">",
    b"/>",
    b"</",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<?",
    b"?>",
    b"&",
    b";",
    b"&#x0;",
    b"&lt;",
    b"'",
    b"\"",
    b"=",
    b":",
    b"xmlns",
    b" xmlns:a='u'",
    b" xml:lang='da'",
    b"\r",
    b"\n",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"\xEF\xBF\xBE",
    b"\xC3",
    b"\xF0\x9D\x84\x9E",
    b"\0",
    b"<!DOCTYPE a>",
    b"<?xml version='1.0' encoding='UTF-16'?>",
];

fn originals() -> Vec<Vec<u8>> {
    let text = "<?xml version='1.0' encoding='UTF-8'?>\r\n<!-- æ --><a:r xmlns:a='u' xmlns='d' a:x='1' \
                y=' &lt;&#10;'>\n<b>t<![CDATA[<&]]>&amp;&#x20AC;</b><b/><?p  q ?>øl<a:b xmlns='' \
                xml:lang='da'/></a:r>\n";
    let wide = |order: fn(u16) -> [u8; 2]| {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        units.flat_map(order).collect::<Vec<u8>>()
    };
    let latin =
        b"<?xml version='1.0' encoding='windows-1252'?><a b='\xE6\x80'>\xF8\x81<c/>\x9F</a>";
    let japanese = b"<?xml version='1.0' encoding='Shift_JIS'?><a>\x83A\x83\x5C</a>";
    vec![
        text.as_bytes().to_vec(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
        latin.to_vec(),
        japanese.to_vec(),
    ]
}

#[expect(clippy::indexing_slicing, reason = "places are below the length")]
fn change(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        let end = (at + random.below(9)).min(bytes.len());
        match random.below(6) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.truncate(at),
            2 => {
                let copy = bytes[at..end].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, copy);
            }
            3 => bytes[at] = random.next().to_le_bytes()[0],
            4 => bytes[at] ^= 1 << random.below(8),
            _ => drop(bytes.splice(at..at, PIECES[random.below(PIECES.len())].to_vec())),
        }
        if bytes.is_empty() {
            return;
        }
    }
}

/// What the stream makes of a document.
#[expect(clippy::panic, reason = "only the test below calls it")]
fn streamed(bytes: &[u8], charset: Option<&str>, limits: Limits) -> Result<usize, XmlFault> {
    let mut elements = 0;
    let done = Reader::new(bytes, charset, limits).and_then(|mut reader| {
        loop {
            match reader.next_event()? {
                Event::Start(start) => elements += 1 + start.attributes().len(),
                Event::Eof => return Ok(elements),
                Event::Text(_) | Event::End | Event::Comment(_) | Event::Instruction(_) => {}
            }
        }
    });
    done.map_err(|fault| match fault {
        ReadFault::Xml(fault) => fault,
        ReadFault::Input(fault) => panic!("bytes in memory: {fault}"),
    })
}

fn of_tree(bytes: &[u8], charset: Option<&str>, limits: Limits) -> Result<usize, XmlFault> {
    let document = Document::parse(bytes, charset, &limits)?;
    let all = document.descendants(document.root());
    let elements = all.filter(|node| document.kind(*node) == sluse_xml::NodeKind::Element);
    Ok(elements.map(|element| 1 + document.attributes(element).count()).sum())
}

#[test]
fn changed_bytes_are_read_or_refused_alike_and_never_panic() {
    let limits =
        Limits { depth_max: 8, attributes_max: 8, name_bytes_max: 20, ..Limits::default() };
    let charsets =
        [None, None, Some("utf-8"), Some("utf-16"), Some("iso-8859-1"), Some("us-ascii")];
    let mut random = Random(20_261);
    let (mut read, mut refused) = (0, 0);
    for original in originals() {
        for round in 0..ROUNDS {
            let mut bytes = original.clone();
            change(&mut random, &mut bytes);
            let charset = charsets[random.below(charsets.len())];
            let tree = of_tree(&bytes, charset, limits);
            assert_eq!(
                streamed(&bytes, charset, limits),
                tree,
                "round {round}: {bytes:?} {charset:?}"
            );
            *(if tree.is_ok() { &mut read } else { &mut refused }) += 1;
        }
    }
    // Changed so little that both ways are gone often.
    assert!(read > 500 && refused > 1_000, "{read} read, {refused} refused");
}
