//! The reader against tables of documents: what is accepted, what is refused, and where.

use crate::{Document, FaultKind, Limits, NodeKind, XmlFault};
use proptest::prelude::*;

fn parse(text: &str) -> Result<Document, XmlFault> {
    Document::parse(text.as_bytes(), None, &Limits::default())
}

/// A document written out as one line for each node.
fn outline(document: &Document) -> Vec<String> {
    let all = std::iter::once(document.root()).chain(document.descendants(document.root()));
    let with_attributes =
        all.flat_map(|node| std::iter::once(node).chain(document.attributes(node)));
    with_attributes
        .skip(1)
        .map(|node| {
            let (line, column) = document.place(node);
            let text = match document.kind(node) {
                NodeKind::Element => String::new(),
                _ => format!(" {:?}", document.text(node)),
            };
            let namespace = document.namespace(node);
            format!("{line}:{column} {} {{{namespace}}}{text}", document.path(node))
        })
        .collect()
}

#[test]
fn makes_a_tree_with_names_places_and_paths() {
    let text = "<?xml version='1.0'?>\n<!-- æ\r\nb --><a:r xmlns:a='u' xmlns='d' a:x='1' y=' &lt;\n&#10;'>\n\
                 <b>t<![CDATA[<&]]>&amp;&#x20AC;</b><b/><?p  q ?>øl<a:b xmlns='' xml:lang='da'/></a:r>\n";
    let document = parse(text).unwrap();
    assert_eq!(
        outline(&document),
        [
            "2:1 /comment()[1] {} \" æ\\nb \"",
            "3:6 /a:r[1] {u}",
            "3:33 /a:r[1]/@a:x {u} \"1\"",
            "3:41 /a:r[1]/@y {} \" < \\n\"",
            "4:8 /a:r[1]/text()[1] {} \"\\n\"",
            "5:1 /a:r[1]/b[1] {d}",
            "5:4 /a:r[1]/b[1]/text()[1] {} \"t<&&€\"",
            "5:36 /a:r[1]/b[2] {d}",
            "5:40 /a:r[1]/processing-instruction()[1] {} \"q \"",
            "5:49 /a:r[1]/text()[2] {} \"øl\"",
            "5:51 /a:r[1]/a:b[1] {u}",
            "5:65 /a:r[1]/a:b[1]/@xml:lang {http://www.w3.org/XML/1998/namespace} \"da\"",
        ]
    );
}

#[test]
fn walks_in_every_direction() {
    let document = parse("<r a='1' b='2'>x<a><b/></a>y<!--c--></r>").unwrap();
    let r = document.document_element();
    let children: Vec<_> = document.children(r).collect();
    let backwards: Vec<_> =
        std::iter::successors(children.last().copied(), |node| document.previous_sibling(*node))
            .collect();
    assert_eq!(children.len(), 4);
    assert!(children.iter().rev().eq(&backwards));
    assert!(children.iter().all(|child| document.parent(*child) == Some(r)));
    assert_eq!(document.string_value(r), "xy");
    assert_eq!(document.attribute(r, "", "b"), Some("2"));
    assert_eq!(document.attributes(r).count(), 2);
    assert_eq!(document.attributes(children[0]).count(), 0);
    assert_eq!(document.subtree_end(document.root()).index(), document.node_count());
    assert_eq!(document.first_child(children[0]), None);
    assert_eq!(document.next_sibling(document.attributes(r).next().unwrap()), None);
    assert_eq!(document.path(document.root()), "/");
    let b = document.first_child(children[1]).unwrap();
    assert_eq!(document.path_with(b, |node| node != children[1]), "/r[1]/*[1]/b[1]");
}

#[test]
fn knows_the_namespaces_at_every_node() {
    let document =
        parse("<p:a xmlns:p='1' xmlns='d'><b xmlns:p='2' xmlns:q='3'><c/></b><e xmlns=''/></p:a>")
            .unwrap();
    let at = |path: &str| {
        let found = document.descendants(document.root()).find(|node| document.path(*node) == path);
        found.unwrap()
    };
    let c = at("/p:a[1]/b[1]/c[1]");
    let e = at("/p:a[1]/e[1]");
    let ask = |node, prefix| document.namespace_for_prefix(node, prefix);
    assert_eq!((ask(c, "p"), ask(c, "q"), ask(c, "")), (Some("2"), Some("3"), Some("d")));
    assert_eq!((ask(e, "p"), ask(e, "q"), ask(e, "")), (Some("1"), None, None));
    assert_eq!(ask(e, "xml"), Some(crate::XML_NAMESPACE));
    assert_eq!(ask(document.root(), "p"), None);
    assert_eq!(
        document.declarations(at("/p:a[1]/b[1]")).collect::<Vec<_>>(),
        [("p", "2"), ("q", "3")]
    );
}

/// Documents that are refused, and the place of the fault.
const REFUSED: &[(&str, &str)] = &[
    ("", "1:1 the document is empty"),
    (" \n", "1:1 the document is empty"),
    ("x", "1:1 text stands outside the element"),
    ("<a/>\nø x", "2:1 text stands outside the element"),
    ("<a/>&amp;", "1:5 text stands outside the element"),
    ("<a/><![CDATA[ ]]>", "1:5 text stands outside the element"),
    ("<a/><b/>", "1:5 a document has one element at its top"),
    ("<!-- -->", "1:9 there is no element"),
    ("<a><b></a></b>", "1:7 an end tag does not close the element that is open"),
    ("<a></A>", "1:4 an end tag does not close the element that is open"),
    ("<a></a x='1'>", "1:4 an end tag does not close the element that is open"),
    ("</a>", "1:1 an end tag stands where no element is open"),
    ("<a>\n<b>", "2:4 an element is not closed"),
    ("<a", "1:1 a tag is not closed"),
    ("<a b='1>", "1:1 a tag is not closed"),
    ("<a>&<b/></a>", "1:4 '&' begins no reference"),
    ("<a>& b</a>", "1:4 '&' begins no reference"),
    ("<a>x&y z;</a>", "1:5 '&' begins no reference"),
    ("<a>&#0;</a>", "1:4 a character reference names no character that XML allows"),
    ("<a b='x&#xFFFF;'/>", "1:8 a character reference names no character that XML allows"),
    ("<a>&nbsp;</a>", "1:4 an entity is referred to that XML does not predefine"),
    ("<a b='&nbsp;'/>", "1:7 an entity is referred to that XML does not predefine"),
    ("<a b='&amp'/>", "1:7 '&' begins no reference"),
    ("<a b='<'/>", "1:7 '<' may not stand in an attribute's value"),
    ("<a b=1/>", "1:6 an attribute's value must stand in quotes"),
    ("<a b/>", "1:5 an attribute must have a value"),
    ("<a b='1'c='2'/>", "1:9 white space must stand before an attribute"),
    ("<a b='1' b='2'/>", "1:10 an element has one attribute twice"),
    ("<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", "1:36 an element has one attribute twice"),
    ("<a xmlns:p='u' xmlns:p='u'/>", "1:16 an element has one attribute twice"),
    ("<a xmlns='u' xmlns='u'/>", "1:14 an element has one attribute twice"),
    ("<a>]]></a>", "1:4 ']]>' may not stand in text"),
    ("<a>\u{1}</a>", "1:4 a character stands here that XML does not allow"),
    ("<a b='\u{FFFE}'/>", "1:7 a character stands here that XML does not allow"),
    ("<a><!-- a--b --></a>", "1:10 '--' may not stand in a comment"),
    ("<a><!-- a---></a>", "1:10 '--' may not stand in a comment"),
    ("<a><!--></a>", "1:4 a comment is not closed"),
    ("<a><![CDATA[</a>", "1:4 a CDATA section is not closed"),
    ("<a><!ELEMENT b></a>", "1:4 '<!' begins no markup that may stand here"),
    ("<a><!DOCTYPE b></a>", "1:4 '<!' begins no markup that may stand here"),
    ("<!doctype a><a/>", "1:1 '<!' begins no markup that may stand here"),
    ("<a/><!DOCTYPE a>", "1:5 '<!' begins no markup that may stand here"),
    ("\n<!DOCTYPE a [<!ENTITY x '", "2:1 document type declarations are refused"),
    ("<?p", "1:1 a processing instruction is not closed"),
    ("<a><?xml version='1.0'?></a>", "1:4 an XML declaration may stand only at the beginning"),
    (" <?xml version='1.0'?><a/>", "1:2 an XML declaration may stand only at the beginning"),
    ("<?XML ?><a/>", "1:3 the target xml is reserved"),
    ("<?a:b ?><a/>", "1:3 an instruction's target is not a name"),
    ("<? a?><a/>", "1:3 an instruction's target is not a name"),
    (
        "<?xml version='1.0' encoding=\"UTF-8' ?><a/>",
        "1:30 a value in the XML declaration is not in quotes",
    ),
    ("< a/>", "1:2 a name must stand here"),
    ("<a></ a>", "1:4 an end tag does not close the element that is open"),
    ("<1/>", "1:2 a name is not as XML has it"),
    ("<a:b:c xmlns:a='u'/>", "1:2 a name is not as XML has it"),
    ("<a :b='1'/>", "1:4 a name is not as XML has it"),
    ("<p:a/>", "1:2 a prefix is used that no namespace is declared for"),
    ("<a p:b='1'/>", "1:4 a prefix is used that no namespace is declared for"),
    ("<a><p:b xmlns:p='u'/><p:c/></a>", "1:23 a prefix is used that no namespace is declared for"),
    ("<a xmlns:p=''/>", "1:4 a prefix may not be declared for no namespace"),
    ("<a xmlns:xml='u'/>", "1:4 the prefix xml stands for its own namespace only"),
    (
        "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
        "1:4 the namespace of the prefix xml may have no other prefix",
    ),
    (
        "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        "1:4 the namespace of declarations may not be declared",
    ),
    ("<a xmlns:xmlns='u'/>", "1:4 the prefix xmlns may not be declared"),
    ("<xmlns:a/>", "1:2 the prefix xmlns may not be used in names"),
    ("<a xmlns:='u'/>", "1:4 a name is not as XML has it"),
];

#[test]
fn refuses_each_breach_of_form_at_its_place() {
    for (text, wanted) in REFUSED {
        let fault = parse(text).expect_err(text);
        let found = format!("{}:{} {}", fault.line, fault.column, fault.kind.sentence());
        assert_eq!(found, *wanted, "{text:?}");
    }
}

fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn reads_every_encoding_by_mark_media_type_and_declaration() {
    let declared = |name: &str| format!("<?xml version='1.0' encoding='{name}'?><a>");
    let bytes = |name: &str, content: &[u8]| [declared(name).as_bytes(), content, b"</a>"].concat();
    let cases: Vec<(Vec<u8>, Option<&str>, &str)> = vec![
        (b"\xEF\xBB\xBF<a>\xC3\xA6</a>".to_vec(), None, "æ"),
        (b"\xEF\xBB\xBF<a>\xC3\xA6</a>".to_vec(), Some("iso-8859-1"), "æ"),
        (utf16("<a>æ€𝄞</a>", false, true), None, "æ€𝄞"),
        (utf16("<a>æ€𝄞</a>", true, true), Some("utf-8"), "æ€𝄞"),
        (utf16("<a>æ</a>", true, false), Some("UTF-16"), "æ"),
        (utf16("<a>æ</a>", false, false), Some("utf-16le"), "æ"),
        (utf16(&(declared("UTF-16") + "æ</a>"), true, false), None, "æ"),
        (utf16(&(declared("utf-16") + "æ</a>"), false, false), None, "æ"),
        (utf16(&(declared("UTF-16BE") + "æ</a>"), true, false), None, "æ"),
        (utf16(&(declared("UTF-16LE") + "æ</a>"), false, false), None, "æ"),
        (bytes("windows-1252", b"\xE6\x80"), None, "æ€"),
        (bytes("ISO-8859-1", b"\xE6\x80"), None, "æ\u{80}"),
        (bytes("iso-8859-15", b"\xA4\x9F\xE6"), None, "€\u{9F}æ"),
        (bytes("ISO-8859-9", b"\xF0\x80"), None, "ğ\u{80}"),
        (bytes("windows-1252", "æ".as_bytes()), Some("UTF-8"), "æ"),
        (bytes("UTF-8", b"\xE6"), Some("ISO-8859-1"), "æ"),
        (bytes("us-ascii", b"x"), None, "x"),
    ];
    for (bytes, charset, wanted) in cases {
        let document = Document::parse(&bytes, charset, &Limits::default()).unwrap();
        assert_eq!(document.text(document.document_element()), wanted);
    }
}

#[test]
fn tells_an_encoding_that_is_not_known_from_bytes_that_are_not_of_it() {
    for (bytes, charset, kind) in [
        (&b"<a/>"[..], Some("no such"), FaultKind::EncodingUnknown),
        (b"<?xml version='1.0' encoding='x-nothing'?><a/>", None, FaultKind::EncodingUnknown),
        (b"\0\0\xFE\xFF\0\0\0<", None, FaultKind::EncodingUnknown),
        (b"<a>\xFF</a>", None, FaultKind::Encoding),
        (b"<a>\xE6</a>", Some("us-ascii"), FaultKind::Encoding),
        // UTF-16 must have a mark or be declared (XML 1.0, section 4.3.3).
        (b"<\0a\0/\0>\0", None, FaultKind::Encoding),
        (b"\0<\0a\0/\0>", None, FaultKind::Encoding),
    ] {
        let fault = Document::parse(bytes, charset, &Limits::default()).unwrap_err();
        assert_eq!(fault.kind, kind, "{bytes:?} {charset:?}");
    }
    for (declared, big) in [("UTF-16LE", true), ("UTF-16BE", false), ("UTF-8", true)] {
        let bytes = utf16(&format!("<?xml version='1.0' encoding='{declared}'?><a/>"), big, false);
        let fault = Document::parse(&bytes, None, &Limits::default()).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Encoding, "{declared}");
    }
}

/// Bytes, the charset of their media type, and the place of the fault.
type WrongBytes = (&'static [u8], Option<&'static str>, (u32, u32, u64));

#[test]
fn refuses_bytes_that_are_not_of_the_encoding_at_their_place() {
    let cases: &[WrongBytes] = &[
        (b"<a>\n\xC3\xA6\xFF</a>", None, (2, 2, 6)),
        (b"\xEF\xBB\xBF<a>\xC3", None, (1, 4, 6)),
        (b"<a>\xE6</a>", Some("us-ascii"), (1, 4, 3)),
        (b"<a/>", Some("utf-7"), (1, 1, 0)),
        (b"<a/>", Some("no such"), (1, 1, 0)),
        (b"<a/>", Some("utf-16"), (1, 1, 0)),
        (b"<?xml version='1.0' encoding='x-nothing'?><a/>", None, (1, 1, 0)),
        (b"<?xml version='1.0' encoding='UTF-16'?><a/>", None, (1, 1, 0)),
        (b"\xFF\xFE<\0a\0\0\xD8>\0", None, (1, 3, 6)),
        (b"\xFF\xFE<\0a\0/", None, (1, 3, 6)),
        (b"\0\0\xFE\xFF\0\0\0<", None, (1, 1, 0)),
        (b"<a>\xD2</a>", Some("windows-1253"), (1, 4, 3)),
    ];
    for (bytes, charset, place) in cases {
        match Document::parse(bytes, *charset, &Limits::default()) {
            Err(fault)
                if matches!(fault.kind, FaultKind::Encoding | FaultKind::EncodingUnknown) =>
            {
                assert_eq!((fault.line, fault.column, fault.offset), *place, "{bytes:?}");
            }
            // Two ASCII bytes read as one UTF-16 unit are a character, but no markup.
            other => assert!(*charset == Some("utf-16") && other.is_err(), "{bytes:?}"),
        }
    }
}

#[test]
fn keeps_every_limit() {
    let limits = Limits {
        depth_max: 3,
        attributes_max: 2,
        tree_bytes_max: 4_000,
        name_bytes_max: 5,
        ..Limits::default()
    };
    let read = |text: &str| Document::parse(text.as_bytes(), None, &limits).map_err(|f| f.kind);
    assert!(read("<a><a><a/></a></a>").is_ok());
    assert_eq!(read("<a><a><a><a/></a></a></a>").unwrap_err(), FaultKind::TooDeep);
    assert!(read("<a b='' c=''/>").is_ok());
    assert_eq!(read("<a b='' c='' d=''/>").unwrap_err(), FaultKind::TooManyAttributes);
    assert!(read("<abcde/>").is_ok());
    assert_eq!(read("<abcdef/>").unwrap_err(), FaultKind::NameTooLong);
    assert_eq!(
        read(&format!("<a>{}</a>", "<b/>".repeat(200))).unwrap_err(),
        FaultKind::TreeTooLarge
    );
    assert_eq!(
        read(&format!("<a>{}</a>", "x".repeat(5_000))).unwrap_err(),
        FaultKind::TreeTooLarge
    );
}

#[test]
fn bounds_what_hostile_documents_cost() {
    let default = |text: &str| parse(text).map(|_| ()).map_err(|fault| fault.kind);
    assert_eq!(default(&"<a>".repeat(100_000)), Err(FaultKind::TooDeep));
    let wide = |count: usize| {
        let attributes: String = (0..count).map(|n| format!(" a{n}=''")).collect();
        format!("<a{attributes}/>")
    };
    assert_eq!(default(&wide(100_000)), Err(FaultKind::TooManyAttributes));
    assert_eq!(default(&format!("<a{}/>", "a".repeat(2_000_000))), Err(FaultKind::NameTooLong));
    // With the limits out of the way, time stays linear.
    let limits = Limits { depth_max: 200_000, attributes_max: 1_000_000, ..Limits::default() };
    let read = |text: &str| Document::parse(text.as_bytes(), None, &limits).unwrap();
    let document = read(&wide(1_000_000));
    assert_eq!(document.attributes(document.document_element()).count(), 1_000_000);
    let deep = read(&format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000)));
    assert_eq!(deep.node_count(), 200_001);
    let prefixes: String = (0..2_000).map(|n| format!(" xmlns:p{n}='urn:{n}'")).collect();
    let many = read(&format!("<a{prefixes}>{}</a>", "<p7:b p9:c=''/>".repeat(20_000)));
    let last = many.children(many.document_element()).last().unwrap();
    assert_eq!(many.path(last), "/a[1]/p7:b[20000]");
    assert_eq!(many.namespace_for_prefix(last, "p1999"), Some("urn:1999"));
}

#[test]
fn shows_nothing_of_a_document_when_printed() {
    let document = parse("<canary canary='canary'>canary</canary>").unwrap();
    assert!(!format!("{document:?}").contains("canary"));
    let fault = parse("<canary>&canary;</canary>").unwrap_err();
    assert!(!format!("{fault} {fault:?}").contains("canary"));
}

proptest! {
    #[test]
    fn reads_any_bytes_to_a_tree_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Document::parse(&bytes, None, &Limits::default());
    }

    #[test]
    fn reads_any_markup_and_every_place_is_in_the_text(
        pieces in proptest::collection::vec(
            prop::sample::select(vec![
                "<a>", "</a>", "<b x='", "'", "\"", "/>", ">", "&amp;", "&", "#", ";", "<!--", "-->",
                "<![CDATA[", "]]>", "<?p ", "?>", "xmlns:p='u'", " ", "\r\n", "p:", "æ", "<", "=", "𝄞",
            ]), 0..40))
    {
        let text = format!("<a>{}</a>", pieces.concat());
        let last = crate::place::place_in(&text, text.len());
        match parse(&text) {
            Ok(document) => {
                for node in (0..document.node_count()).filter_map(|index| document.node(index)) {
                    prop_assert!(document.place(node) <= last);
                    prop_assert!(document.subtree_end(node) > node);
                }
            }
            Err(fault) => prop_assert!((fault.line, fault.column) <= last),
        }
    }

    #[test]
    fn gives_texts_and_values_back(content in "[a-zæ€𝄞 <>&'\"\\]\n\t]{1,60}") {
        let escape = |text: &str| {
            text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&#62;")
                .replace('\'', "&apos;").replace('\n', "&#xA;").replace('\t', "&#9;")
        };
        let escaped = escape(&content);
        let document = parse(&format!("<a b='{escaped}'>{escaped}</a>")).unwrap();
        let a = document.document_element();
        prop_assert_eq!(document.attribute(a, "", "b").unwrap(), &content);
        prop_assert_eq!(document.string_value(a), content);
        prop_assert_eq!(document.children(a).count(), 1);
    }
}

#[test]
fn paths_are_unique_where_names_are_written_alike() {
    let children = [
        "<ce/>",
        "<ce xmlns='urn:2'/>",
        "<ce xmlns=''/>",
        "<p:ce/>",
        "<p:ce xmlns:p='urn:2'/>",
        "<p:ce xmlns:p='urn:1'/>",
    ];
    for number in 0..6_usize.pow(4) {
        let chosen: String = (0..4).map(|at| children[number / 6_usize.pow(at) % 6]).collect();
        let text = format!("<r xmlns='urn:1' xmlns:p='urn:3'>{chosen}</r>");
        let document = Document::parse_text(&text, &Limits::default()).unwrap();
        let nodes = document.children(document.document_element());
        let mut paths: Vec<String> = nodes.map(|node| document.path(node)).collect();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), 4, "{text} {paths:?}");
    }
    let text = "<r xmlns='urn:1'><ce/><ce xmlns='urn:2'><a/></ce><ce/><ce xmlns=''/><b xmlns='urn:2'/></r>";
    let document = Document::parse_text(text, &Limits::default()).unwrap();
    let paths: Vec<String> =
        document.descendants(document.document_element()).map(|node| document.path(node)).collect();
    assert_eq!(
        paths,
        [
            "/r[1]/ce[1]",
            "/r[1]/Q{urn:2}ce[1]",
            "/r[1]/Q{urn:2}ce[1]/a[1]",
            "/r[1]/ce[2]",
            "/r[1]/Q{}ce[1]",
            "/r[1]/b[1]"
        ]
    );
}

#[test]
fn a_mark_and_a_declaration_must_not_contradict_each_other() {
    let declared = |label: &str| format!("<?xml version='1.0' encoding='{label}'?><a/>");
    let with_mark = |label: &str| ["\u{FEFF}", &declared(label)].concat().into_bytes();
    for (bytes, charset, is_read) in [
        (with_mark("utf-8"), None, true),
        (with_mark("UTF8"), None, true),
        (with_mark("ISO-8859-1"), None, false),
        (with_mark("windows-1252"), None, false),
        (with_mark("us-ascii"), None, false),
        (with_mark("UTF-16"), None, false),
        (with_mark("x-nothing"), None, false),
        // Whoever sent it says so: the declaration does not count.
        (with_mark("ISO-8859-1"), Some("utf-8"), true),
        (utf16(&declared("UTF-16"), true, true), None, true),
        (utf16(&declared("UTF-16"), false, true), None, true),
        (utf16(&declared("UTF-16LE"), false, true), None, true),
        (utf16(&declared("UTF-16LE"), true, true), None, false),
        (utf16(&declared("UTF-8"), false, true), None, false),
    ] {
        let found = Document::parse(&bytes, charset, &Limits::default());
        let fault = found.as_ref().err().map(|fault| (fault.kind, fault.line, fault.column));
        assert_eq!(fault, (!is_read).then_some((FaultKind::Encoding, 1, 1)), "{bytes:?}");
        let mut reader = crate::Reader::new(&bytes[..], charset, Limits::default());
        let streamed = reader.as_mut().map(|reader| reader.next_event().is_ok());
        assert_eq!(streamed.unwrap_or(false), is_read, "{bytes:?}");
    }
}

#[test]
fn bytes_that_windows_1252_leaves_open_are_control_characters() {
    let bytes = b"<?xml version='1.0' encoding='windows-1252'?><a>\x81\x8D\x8F\x90\x9D</a>";
    let document = Document::parse(bytes, None, &Limits::default()).unwrap();
    let text = document.text(document.document_element());
    assert_eq!(text, "\u{81}\u{8D}\u{8F}\u{90}\u{9D}");
}
