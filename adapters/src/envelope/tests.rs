//! Messages in, headers and documents out, and back: the document as it was, whatever it is.

use crate::{
    fault::Faults,
    layout::{Layout, Step, describe},
    tree::Tree,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use sluse_contracts::payload::Limits;
use std::sync::Arc;

const DESCRIPTION: &str = "format = 'envelope'\nroot = 'h:Envelope'\n[namespaces]\nh = 'urn:h'\n";

fn layout() -> Arc<dyn Layout> {
    let mut findings = Vec::new();
    let layout = describe("envelope.toml", DESCRIPTION, &mut findings);
    layout.unwrap_or_else(|| panic!("{findings:?}"))
}

/// The unit of a message that comes in pieces; else its faults.
fn read(bytes: &[u8], piece: usize, limits: &Limits) -> Result<Tree, String> {
    let layout = layout();
    let mut tree = Tree::new(layout.names().clone(), limits);
    let mut faults = Faults::new(10);
    let mut reader = layout.reader(limits);
    bytes.chunks(piece).for_each(|piece| reader.feed(piece));
    reader.finish();
    let step = reader.next(&mut tree, &mut faults);
    let told: Vec<String> =
        faults.take().iter().map(|fault| format!("{} {fault}", fault.code)).collect();
    match step {
        Step::Unit => {
            assert_eq!(reader.next(&mut tree, &mut faults), Step::End);
            Ok(tree)
        }
        _ => Err(told.join("\n")),
    }
}

fn payload(tree: &Tree) -> Vec<u8> {
    let node = tree.at(tree.root(), &["payload"]).unwrap();
    STANDARD.decode(tree.value(node).unwrap()).unwrap()
}

fn written(tree: &Tree) -> Vec<u8> {
    let (mut writer, mut out) = (layout().writer(), Vec::new());
    writer.write(tree, &mut out).unwrap();
    writer.finish(&mut out).unwrap();
    out
}

fn around(document: &str) -> String {
    format!(
        "<h:Envelope xmlns:h=\"urn:h\" xmlns:o='urn:o&amp;x'><!-- begin --><h:To>7</h:To>\n{document}\n</h:Envelope>"
    )
}

#[test]
fn a_document_is_cut_out_with_what_it_needs_and_nothing_else() {
    let cases = [
        // One that says all itself stays what it is.
        ("<a xmlns=\"urn:a\"  b = 'x>y'><c/><!-- - --></a>", None),
        ("<a:x xmlns:a='urn:a'/>", None),
        // What stands right before and behind it is its own.
        ("<!-- > --><?x y?>\n<a xmlns='urn:a'/><!-- z -->", None),
        ("<!-- a --><o:x/>", Some("<!-- a --><o:x xmlns:o=\"urn:o&amp;x\"/>")),
        ("<x>\n<![CDATA[<h:To>]]></x>", None),
        // What the envelope declares for it comes along.
        ("<o:x><o:y a='1'/></o:x>", Some("<o:x xmlns:o=\"urn:o&amp;x\"><o:y a='1'/></o:x>")),
        ("<x o:a='1'/>", Some("<x xmlns:o=\"urn:o&amp;x\" o:a='1'/>")),
        ("<x xmlns:o='urn:own'><o:y/></x>", None),
        (
            "<o:x xmlns:h2='urn:h'>h:To</o:x>",
            Some("<o:x xmlns:o=\"urn:o&amp;x\" xmlns:h2='urn:h'>h:To</o:x>"),
        ),
    ];
    for (document, expected) in cases {
        let message = around(document);
        for piece in [1, 7, 4_096] {
            let tree = read(message.as_bytes(), piece, &Limits::default()).unwrap();
            let found = String::from_utf8(payload(&tree)).unwrap();
            assert_eq!(found, expected.unwrap_or(document));
            let header = tree.at(tree.root(), &["h:Envelope", "h:To"]).unwrap();
            assert_eq!(tree.value(header), Some("7"));
        }
        let again = written(&read(message.as_bytes(), 9, &Limits::default()).unwrap());
        let tree = read(&again, 9, &Limits::default()).unwrap();
        assert_eq!(payload(&tree), expected.unwrap_or(document).as_bytes());
        assert_eq!(written(&tree), again, "what was written is written again");
    }
}

#[test]
fn a_default_namespace_of_the_envelope_comes_along() {
    let text = "format = 'envelope'\nroot = 'Envelope'\ndefault-namespace = 'urn:h'\n";
    let mut findings = Vec::new();
    let layout = describe("e.toml", text, &mut findings).unwrap();
    let message = "<Envelope xmlns='urn:h' xmlns:p='urn:p'><To>7</To><p:x><y/></p:x></Envelope>";
    let limits = Limits::default();
    let mut tree = Tree::new(layout.names().clone(), &limits);
    let mut reader = layout.reader(&limits);
    reader.feed(message.as_bytes());
    reader.finish();
    assert_eq!(reader.next(&mut tree, &mut Faults::new(1)), Step::Unit);
    let found = String::from_utf8(payload(&tree)).unwrap();
    assert_eq!(found, "<p:x xmlns=\"urn:h\" xmlns:p=\"urn:p\"><y/></p:x>");
}

#[test]
fn an_envelope_may_be_empty_and_a_document_have_a_declaration() {
    let tree =
        read(b"<h:Envelope xmlns:h='urn:h'><h:To>7</h:To></h:Envelope>", 9, &Limits::default());
    let mut tree = tree.unwrap();
    assert!(tree.at(tree.root(), &["payload"]).is_none());
    let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?>\n<x>\xe6</x>\n";
    let name = tree.name_for("payload").unwrap();
    tree.field(name, &STANDARD.encode(latin), Default::default()).unwrap();
    let again = read(&written(&tree), 9, &Limits::default()).unwrap();
    assert_eq!(String::from_utf8(payload(&again)).unwrap(), "<x>æ</x>");
}

#[test]
fn what_is_no_envelope_is_told_at_its_place() {
    let told = |message: &[u8]| read(message, 100, &Limits::default()).unwrap_err();
    let cases = [
        (
            around("<a/><b/>").into_bytes(),
            "V0904 an envelope holds one document, and there is a second",
        ),
        (around("<a>").into_bytes(), "V0101"),
        (b"<h:Other xmlns:h='urn:h'/>".to_vec(), "V0903 the document element is none"),
        (
            b"<h:Envelope xmlns:h='urn:h'>\xe6</h:Envelope>".to_vec(),
            "V0102 an envelope with a document",
        ),
        (Vec::new(), "V0109"),
    ];
    for (message, expected) in cases {
        let found = told(&message);
        assert!(found.starts_with(expected), "{found}");
    }
    let limits = Limits { tree_bytes_max: 50, ..Limits::default() };
    assert!(read(around("<a/>").as_bytes(), 10, &limits).unwrap_err().starts_with("V0106"));
}

#[test]
fn what_is_no_document_is_not_wrapped() {
    for wrong in ["%%", &STANDARD.encode("<a>"), &STANDARD.encode("<!DOCTYPE a []><a/>"), ""] {
        let mut tree = read(around("<a/>").as_bytes(), 99, &Limits::default()).unwrap();
        let header = tree.children(tree.root()).next().unwrap();
        let mut other = Tree::new(tree.names().clone(), &Limits::default());
        other.graft(&tree, header).unwrap();
        let name = tree.name_for("payload").unwrap();
        other.field(name, wrong, Default::default()).unwrap();
        let mut out = Vec::new();
        assert!(layout().writer().write(&other, &mut out).is_err());
        assert!(out.is_empty());
    }
}

proptest! {
    /// Whatever stands in a document, and however the bytes come, it is as it was.
    #[test]
    fn a_document_comes_out_as_it_went_in(
        text in "([ -%'-;=-~æ\n]|&amp;|&lt;|<b/>|<!--x-->|<c a='>'>y</c>){0,12}", piece in 1_usize..50,
    ) {
        let document = format!("<a xmlns='urn:a'>{text}</a>");
        let tree = read(around(&document).as_bytes(), piece, &Limits::default()).unwrap();
        prop_assert_eq!(String::from_utf8(payload(&tree)).unwrap(), document);
        let once = written(&tree);
        let twice = written(&read(&once, piece, &Limits::default()).unwrap());
        prop_assert_eq!(twice, once);
    }

    /// No bytes make it panic.
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, 13, &Limits::default());
    }
}
