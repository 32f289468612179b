//! Documents that come back byte for byte, units, orders, and the faults of each.

use crate::{
    layout::Layout,
    tree::{Kind, Place, Tree},
    tried::{layout, read, read_within, told, write, written},
};
use proptest::prelude::*;
use sluse_contracts::payload::Limits;
use std::sync::Arc;

const LETTER: &str = r#"
format = "xml"
root   = "l:Letter"
indent = 2

[namespaces]
l   = "urn:letter"
xsi = "http://www.w3.org/2001/XMLSchema-instance"

[root-attributes]
"xsi:schemaLocation" = "urn:letter letter.xsd"

[order]
"l:Letter"       = ["l:Number", "l:Sender", "l:Receiver", "l:Text"]
"l:Sender"       = ["l:Name", "l:Unit"]
"l:Sender/l:Unit" = ["l:Code", "l:Name"]
"#;

const BATCH: &str = r#"
format = "xml"
root   = "Batch"
unit   = "Letters/Letter"
"#;

/// A tree of lines: `name: value` for fields, `@name: value` for attributes, `-: value` for text, `name` for groups.
fn tree(layout: &Arc<dyn Layout>, outline: &str) -> Tree {
    let mut tree = Tree::new(layout.names().clone(), &Limits::default());
    let place = Place { offset: 9, line: 3, record: 2 };
    for line in outline.lines() {
        let level = (line.len() - line.trim_start().len()) / 2;
        while tree.depth() > level {
            tree.close();
        }
        let (name, value) = match line.trim().split_once(": ") {
            Some((name, value)) => (name, Some(value)),
            None => (line.trim(), None),
        };
        let attribute = name.strip_prefix('@');
        let id = match name {
            "-" => tree.nameless(),
            _ => tree.name_for(attribute.unwrap_or(name)).unwrap(),
        };
        match (value, attribute) {
            (Some(value), Some(_)) => drop(tree.leaf(Kind::Attribute, id, value, place)),
            (Some(value), None) if name == "-" => drop(tree.leaf(Kind::Text, id, value, place)),
            (Some(value), None) => drop(tree.field(id, value, place)),
            (None, _) => drop(tree.open(Kind::Group, id, place)),
        }
    }
    tree
}

#[test]
fn names_are_those_of_the_description_whatever_prefixes_a_document_uses() {
    let layout = layout(LETTER);
    let document = "<Letter xmlns='urn:letter' xmlns:q='urn:other' a='1' xml:lang='da'>\n  \
                    <Number>7</Number>\n <q:Number q:b='2'>8</q:Number><x:Text xmlns:x='urn:letter'>a<!-- -->\
                    <b/> c </x:Text><Number xmlns=''> </Number></Letter>";
    insta::assert_snapshot!(read(&layout, document.as_bytes(), 7).0, @"
    l:Letter
      @a: 1
      @xml:lang: da
      l:Number: 7
      {urn:other}Number
        @{urn:other}b: 2
        -: 8
      l:Text
        -: a
        l:b
        -:  c 
      Number:  
    unit
    end
    ");
}

#[test]
fn what_is_written_has_the_order_the_namespaces_and_the_attributes_of_the_description() {
    let layout = layout(LETTER);
    let letter = tree(
        &layout,
        "l:Letter\n  l:Text\n    @xml:lang: da\n    -: a < b & \"c\"\n  l:Sender\n    l:Unit\n      \
         l:Name: Æ\n      l:Code\n    l:Name: B\n  l:Number: 1\n  l:Number: 2",
    );
    let text = written(&layout, std::slice::from_ref(&letter));
    insta::assert_snapshot!(text, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <l:Letter xmlns:l="urn:letter" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:letter letter.xsd">
      <l:Number>1</l:Number>
      <l:Number>2</l:Number>
      <l:Sender>
        <l:Name>B</l:Name>
        <l:Unit>
          <l:Code/>
          <l:Name>Æ</l:Name>
        </l:Unit>
      </l:Sender>
      <l:Text xml:lang="da">a &lt; b &amp; "c"</l:Text>
    </l:Letter>
    "#);
    let (_, again) = read(&layout, text.as_bytes(), 1_000);
    assert_eq!(written(&layout, &again), text);
}

#[test]
fn each_unit_is_read_with_the_head_and_the_head_is_written_once() {
    let layout = layout(BATCH);
    let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Batch day=\"1\"><From><Name>A</Name></From>\
                <Letters kind=\"k\"><Count>2</Count><Letter><No>1</No></Letter><Letter n=\"2\"/></Letters></Batch>";
    let (found, units) = read(&layout, text.as_bytes(), 5);
    insta::assert_snapshot!(found, @"
    Batch
      @day: 1
      From
        Name: A
      Letters
        @kind: k
        Count: 2
        Letter
          No: 1
    unit
    Batch
      @day: 1
      From
        Name: A
      Letters
        @kind: k
        Count: 2
        Letter
          @n: 2
    unit
    end
    ");
    assert_eq!(written(&layout, &units), text);
    let record = |unit: &Tree, path: &[&str]| unit.place(unit.at(unit.root(), path).unwrap());
    let second = record(&units[1], &["Batch", "Letters", "Letter"]);
    assert_eq!((second.record, second.line), (2, 2));
    assert_eq!(&text.as_bytes()[usize::try_from(second.offset).unwrap()..][..10], b"<Letter n=");
    assert_eq!(record(&units[1], &["Batch", "From"]).record, 0);
    // A unit that says nothing of the head belongs to what has begun; one that says another does not.
    let bare = tree(&layout, "Batch\n  Letters\n    Letter: x");
    let other = tree(&layout, "Batch\n  @day: 2\n  Letters\n    Letter: x");
    let both = [units.into_iter().next().unwrap(), bare];
    assert!(written(&layout, &both).ends_with("</Letter><Letter>x</Letter></Letters></Batch>"));
    let [first, _] = both;
    insta::assert_snapshot!(written(&layout, &[first, other]), @"V0904 the head is not that of the units before (record 2, byte 9)");
    assert_eq!(written(&layout, &[]), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Batch/>");
}

#[test]
fn what_could_be_in_no_unit_is_refused_unless_the_description_ignores_it() {
    let refusing = layout(BATCH);
    let text = "<Batch><Letters><Letter/>\n<Sum>1<x/></Sum><Letter/></Letters>tail</Batch>";
    insta::assert_snapshot!(read(&refusing, text.as_bytes(), 3).0, @"
    Batch
      Letters
        Letter
    unit
    V0904 message: line 2: something stands between or behind the units, and would be in none of them (byte 26)
    broken
    ");
    let ignoring = layout(&format!("{BATCH}after-units = 'ignored'"));
    let (found, units) = read(&ignoring, text.as_bytes(), 3);
    assert_eq!((units.len(), found.ends_with("unit\nend\n")), (2, true), "{found}");
    let twice = "<Batch><Letters/><Letters><Letter/></Letters></Batch>";
    insta::assert_snapshot!(read(&refusing, twice.as_bytes(), 3).0, @"
    V0904 message: line 1: what the units stand in comes a second time (byte 17, Letters)
    broken
    ");
}

#[test]
fn where_a_document_breaks_off_the_unit_is_told() {
    let text = b"<Batch><Letters><Letter/><Letter><a></b></Letter></Letters></Batch>";
    insta::assert_snapshot!(read(&layout(BATCH), text, 3).0.lines().skip(4).collect::<String>(), @"V0101 message: line 1: an end tag does not close the element that is open (record 2, byte 36, Batch/Letters/Letter)broken");
}

#[test]
fn what_cannot_be_read_has_its_code_and_place() {
    let layout = layout(LETTER);
    let read = |text: &[u8]| read(&layout, text, 4).0;
    insta::assert_snapshot!(read(b"<Letter/>"), @"
    V0903 message: line 1: the document element is none of those that the description has (byte 0)
    broken
    ");
    insta::assert_snapshot!(read(b"<l:Letter xmlns:l='urn:other'/>"), @"
    V0903 message: line 1: the document element is none of those that the description has (byte 0)
    broken
    ");
    insta::assert_snapshot!(read(b"<Letter xmlns='urn:letter'>\n<a></b></Letter>"), @"
    V0101 message: line 2: an end tag does not close the element that is open (byte 31)
    broken
    ");
    insta::assert_snapshot!(read(b"<!DOCTYPE x><x/>"), @"
    V0103 message: line 1: document type declarations are refused (byte 0)
    broken
    ");
    insta::assert_snapshot!(read(b"<?xml version='1.0' encoding='iso-8859-1'?><Letter xmlns='urn:letter'>\xe6\xe6<a></b></Letter>"), @"
    V0101 message: line 1: an end tag does not close the element that is open (byte 75)
    broken
    ");
    insta::assert_snapshot!(read(b"<Letter xmlns='urn:letter'>\xe6</Letter>"), @"
    V0102 message: line 1: the bytes are not text in the encoding that applies (byte 27)
    broken
    ");
    insta::assert_snapshot!(read(b"<Letter xmlns='urn:letter'>"), @"
    V0101 message: line 1: an element is not closed (byte 27)
    broken
    ");
    insta::assert_snapshot!(read(b""), @"
    V0109 message: line 1: the document is empty (byte 0)
    broken
    ");
    // What follows the end of a whole document refuses it: nothing of it was given.
    insta::assert_snapshot!(read(b"<Letter xmlns='urn:letter'/><x/>"), @"
    V0101 message: line 1: a document has one element at its top (byte 28)
    broken
    ");
}

#[test]
fn what_cannot_be_written_is_refused_with_its_source() {
    let layout = layout(LETTER);
    let refused = |outline: &str| written(&layout, &[tree(&layout, outline)]);
    insta::assert_snapshot!(refused("Letter"), @"V0910 the description has no such document element (record 2, byte 9, *)");
    insta::assert_snapshot!(refused("l:Letter\nl:Letter"), @"V0910 a document has one element at its top (record 2, byte 9, l:Letter)");
    insta::assert_snapshot!(refused("l:Letter\n  l:Canary: x"), @"V0910 the order of the description does not have the element (record 2, byte 9, l:Letter/*)");
    insta::assert_snapshot!(refused("l:Letter\n  l:Text\n    canary:x: y"), @"V0910 the name is none of XML, or the description does not have its prefix (record 2, byte 9, l:Letter/l:Text/*)");
    insta::assert_snapshot!(refused("l:Letter\n  l:Text\n    3039: y"), @"V0910 the name is none of XML, or the description does not have its prefix (record 2, byte 9, l:Letter/l:Text/*)");
    insta::assert_snapshot!(refused("l:Letter\n  l:Text\n    @l:Text: y\n    @l:Text: y"), @"V0910 an element has one attribute twice (record 2, byte 9, l:Letter/l:Text/@l:Text)");
    insta::assert_snapshot!(refused("l:Letter\n  l:Number: a\u{1}"), @"V0909 XML cannot hold character 2 of the value (record 2, byte 9, l:Letter/l:Number)");
    insta::assert_snapshot!(refused(""), @"V0109 there is nothing to write: a document has an element (byte 0)");
    let letter = || tree(&layout, "l:Letter\n  l:Number: 1");
    insta::assert_snapshot!(written(&layout, &[letter(), letter()]), @"V0910 the description has no `unit`: each unit is a document of its own (record 2, byte 9, l:Letter)");
}

#[test]
fn other_character_sets_are_read_by_their_declaration_and_written_by_the_description() {
    for (set, bytes) in [
        ("iso-8859-1", &b"\xc6&#8364;"[..]),
        ("windows-1252", b"\xc6\x80"),
        ("iso-8859-15", b"\xc6\xa4"),
    ] {
        let layout = layout(&format!("format = 'xml'\nroot = 'a'\ncharacter-set = '{set}'"));
        let declaration = format!("<?xml version=\"1.0\" encoding=\"{set}\"?>\n<a b=\"");
        let document = [declaration.as_bytes(), bytes, b"\">", bytes, b"</a>"].concat();
        let (found, units) = read(&layout, &document, 3);
        assert_eq!(found, "a\n  @b: Æ€\n  -: Æ€\nunit\nend\n");
        assert_eq!(write(&layout, &units).unwrap(), document);
    }
    let utf16: Vec<u8> = "\u{feff}<a>Æ</a>".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let layout = layout("format = 'xml'\nroot = 'a'");
    assert_eq!(read(&layout, &utf16, 3).0, "a: Æ\nunit\nend\n");
}

#[test]
fn white_space_between_elements_is_kept_where_the_description_says_so() {
    let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<p> <b>a</b> <i>b</i>\n</p>";
    let kept = layout("format = 'xml'\nroot = 'p'\nwhite-space = 'kept'");
    assert_eq!(written(&kept, &read(&kept, text.as_bytes(), 9).1), text);
    let dropped = layout("format = 'xml'\nroot = 'p'");
    let again = written(&dropped, &read(&dropped, text.as_bytes(), 9).1);
    assert!(again.ends_with("<p><b>a</b><i>b</i></p>"), "{again}");
}

#[test]
fn every_fault_of_a_description_is_told_at_once() {
    insta::assert_snapshot!(told(r#"
format = "xml"
root = ["a:b", "c d"]
unit = "x//y"
after-units = "dropped"
character-set = "cp850"
indent = 99
default-namespace = "urn:a"
[namespaces]
xmlx = "urn:x"
a = "urn:a"
e = ""
[order]
"b" = ["q:c", "d", "d"]
"b/" = []
"f" = "g"
[root-attributes]
"q:a" = "1"
"a" = 1
"#), @r"
    layout.toml:3:16 C0105 `root`: a name is letters, digits, `-`, `.` and `_`, perhaps with a prefix and `:` before them
    layout.toml:4:8 C0105 `unit`: a name is letters, digits, `-`, `.` and `_`, perhaps with a prefix and `:` before them
    layout.toml:5:15 C0105 `after-units` takes one of: refused, ignored
    layout.toml:6:17 C0105 `character-set` takes one of: utf-8, iso-8859-1, iso-8859-15, windows-1252
    layout.toml:7:10 C0105 `indent` must lie between 0 and 16
    layout.toml:10:1 C0105 a prefix is letters and digits, and does not begin with `xml`
    layout.toml:11:1 C0208 one namespace has two prefixes: a name would have two spellings
    layout.toml:12:1 C0105 a namespace that a prefix stands for is a text, and not one of XML's own
    layout.toml:14:7 C0105 an order has each child once
    layout.toml:14:8 C0105 `namespaces` does not have the prefix of a name
    layout.toml:15:1 C0105 the key is the name of an element, or several with `/` between
    layout.toml:16:7 C0103 `f` takes a list, not a text
    layout.toml:18:9 C0105 `namespaces` does not have the prefix of a name
    layout.toml:19:7 C0103 `a` takes a text, not a whole number
    ");
    insta::assert_snapshot!(told("format = 'xml'"), @"layout.toml:1:1 C0104 `root` is missing");
}

#[test]
fn a_unit_over_a_limit_is_refused_alone() {
    let limits = Limits { tree_bytes_max: 2_000, ..Limits::default() };
    let layout = layout("format = 'xml'\nroot = 'b'\nunit = 'u'");
    let long = "x".repeat(3_000);
    let text = format!(
        "<b><u>1</u><u><v/>{long}<w a='1'>t</w></u><u>{}</u><u>2</u></b>",
        "<v/>".repeat(100)
    );
    insta::assert_snapshot!(read_within(&layout, text.as_bytes(), 64, &limits).0, @"
    b
      u: 1
    unit
    V0106 unit: line 1: the message takes more memory as a tree than the limit (record 2, byte 18)
    refused
    V0106 unit: line 1: the message takes more memory as a tree than the limit (record 3, byte 3223)
    refused
    b
      u: 2
    unit
    end
    ");
    let whole = self::layout("format = 'xml'\nroot = 'b'");
    insta::assert_snapshot!(read_within(&whole, text.as_bytes(), 64, &limits).0, @r"
    V0106 message: line 1: the message takes more memory as a tree than the limit (byte 18)
    broken
    ");
    let head = format!("<b>{}<u/></b>", "<h/>".repeat(2_000));
    insta::assert_snapshot!(read(&layout, head.as_bytes(), 64).0, @r"
    V0106 message: line 1: the message takes more memory as a tree than the limit (byte 6543)
    broken
    ");
}

#[test]
fn memory_is_one_unit_whatever_the_document_is() {
    use crate::{fault::Faults, layout::Step};
    let layout = layout("format = 'xml'\nroot = 'b'\nunit = 'u'");
    let limits = Limits::default();
    let mut tree = Tree::new(layout.names().clone(), &limits);
    let (mut reader, mut faults) = (layout.clone().reader(&limits), Faults::new(10));
    let piece = "<u a='1'><town>Ærøskøbing</town><!-- c --></u>\n".repeat(1_000);
    reader.feed(b"<b>");
    let (mut n_units, mut held) = (0_u64, 0);
    for _ in 0..200 {
        reader.feed(piece.as_bytes());
        while reader.next(&mut tree, &mut faults) == Step::Unit {
            n_units += 1;
        }
        held = held.max(reader.held_bytes() + tree.held_bytes());
    }
    reader.feed(b"</b>");
    reader.finish();
    while reader.next(&mut tree, &mut faults) == Step::Unit {
        n_units += 1;
    }
    assert_eq!((n_units, faults.found()), (200_000, 0));
    assert!(held < 1 << 20, "{held}");
}

/// A document as it is written, of everything that a tree keeps.
fn element() -> impl Strategy<Value = String> {
    let name = || "(p:|q:)?[a-z]{1,2}";
    let text = "([ -%'-;?-~æ€\n]|&amp;|&lt;|&gt;|&#13;){1,6}[a-z]";
    let attributes = proptest::collection::btree_map(
        "(p:)?[a-z]{1,2}",
        "([ !#-%'-;?-~æ]|&amp;|&lt;|&quot;|&#10;){0,5}",
        0..3,
    );
    let leaf = prop_oneof![
        name().prop_map(|name| format!("<{name}/>")),
        (name(), text)
            .prop_map(|(name, text)| format!("<{name}>{}</{name}>", text.replace('>', "&gt;"))),
    ];
    leaf.prop_recursive(4, 30, 4, move |inner| {
        (name(), attributes.clone(), proptest::collection::vec((inner, "([a-z]{1,3})?"), 1..4))
            .prop_map(|(name, attributes, children)| {
                let attributes: String =
                    attributes.iter().map(|(name, value)| format!(" {name}=\"{value}\"")).collect();
                let children: String =
                    children.iter().map(|(child, text)| format!("{child}{text}")).collect();
                format!("<{name}{attributes}>{children}</{name}>")
            })
    })
}

proptest! {
    #[test]
    fn documents_come_back_byte_for_byte_in_pieces_of_any_length(
        children in proptest::collection::vec(element(), 0..4), piece in 1..50_usize,
    ) {
        let whole = layout("format='xml'\nroot='r'\n[namespaces]\np='urn:p'\nq='urn:q'");
        let units = layout("format='xml'\nroot='r'\nunit='u'\n[namespaces]\np='urn:p'\nq='urn:q'");
        let begin = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r xmlns:p=\"urn:p\" xmlns:q=\"urn:q\"";
        let inner: String = children.iter().map(|child| format!("<u>{child}</u>")).collect();
        let document = match children.is_empty() {
            true => format!("{begin}/>"),
            false => format!("{begin}>{inner}</r>"),
        };
        for layout in [whole, units] {
            let (found, units) = read(&layout, document.as_bytes(), piece);
            prop_assert!(found.ends_with("end\n"), "{}", found);
            prop_assert_eq!(&found, &read(&layout, document.as_bytes(), 1_000_000).0);
            prop_assert_eq!(written(&layout, &units), document.as_str());
        }
    }

    #[test]
    fn indented_documents_come_back_byte_for_byte(levels in proptest::collection::vec(0..3_u8, 0..20)) {
        let layout = layout("format='xml'\nroot='r'\nindent=1");
        let mut tree = Tree::new(layout.names().clone(), &Limits::default());
        let (r, a) = (tree.name_for("r").unwrap(), tree.name_for("a").unwrap());
        tree.open(Kind::Group, r, Place::default()).unwrap();
        for level in levels {
            match level {
                0 => drop(tree.open(Kind::Group, a, Place::default())),
                1 if tree.depth() > 1 => tree.close(),
                _ => drop(tree.field(a, "t", Place::default())),
            }
        }
        let text = written(&layout, &[tree]);
        prop_assert_eq!(written(&layout, &read(&layout, text.as_bytes(), 7).1), text);
    }

    #[test]
    fn no_bytes_make_a_reader_panic_or_disagree_on_pieces(
        bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'<'), Just(b'>'), Just(b'u'), Just(b'/')], 0..60), piece in 1..20_usize,
    ) {
        for text in ["format='xml'\nroot='r'", "format='xml'\nroot='r'\nunit='u'"] {
            let layout = layout(text);
            let bytes = [b"<r><h>1</h><u>", &*bytes].concat();
            prop_assert_eq!(read(&layout, &bytes, piece).0, read(&layout, &bytes, 1_000).0);
        }
    }
}

const LETTERS: &str = r#"
format            = "xml"
root              = "Letter"
default-namespace = ["urn:2005", "urn:2007"]
"#;

#[test]
fn a_document_may_be_in_one_of_several_namespaces_and_says_which() {
    let layout = layout(LETTERS);
    for namespace in ["urn:2005", "urn:2007"] {
        let document = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Letter xmlns=\"{namespace}\" id=\"1\"><Name>a</Name></Letter>"
        );
        let (told, units) = read(&layout, document.as_bytes(), 7);
        assert_eq!(
            told,
            format!("Letter\n  @xmlns: {namespace}\n  @id: 1\n  Name: a\nunit\nend\n")
        );
        assert_eq!(written(&layout, &units), document);
    }
    // One document is in one namespace.
    let (told, _) =
        read(&layout, b"<Letter xmlns='urn:2005'><Name xmlns='urn:2007'>a</Name></Letter>", 7);
    assert_eq!(told, "Letter\n  @xmlns: urn:2005\n  {urn:2007}Name: a\nunit\nend\n");
    for outline in ["Letter\n  Name: a\n", "Letter\n  @xmlns: urn:2009\n  Name: a\n"] {
        let fault = layout.clone().writer().write(&tree(&layout, outline), &mut Vec::new());
        assert!(fault.unwrap_err().to_string().starts_with("`xmlns` does not say which"));
    }
}
