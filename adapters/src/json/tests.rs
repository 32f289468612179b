//! Messages that come back byte for byte, units, lists and numbers, and the faults of each.

use crate::{
    layout::Layout,
    mapping::{Mapping, Way},
    tree::{Kind, Place, Tree},
    tried::{layout, read, read_within, told, write, written},
};
use proptest::prelude::*;
use serde_json::Value;
use sluse_contracts::payload::Limits;
use std::sync::Arc;

const PERSONS: &str = "format = 'json'\narray = 'data/persons'\nnames = ['date', 'id']";
const LINES: &str = "format = 'json'\nlines = true";
const WHOLE: &str = "format = 'json'";
const LIST: &str = "format = 'json'\narray = '.'";

#[test]
fn everything_that_json_has_is_read_and_written_back() {
    let text = r#"{"a":-1.50e+3,"b":[true,[],{},[null,"x"]],"":"\"Æ\n","c":{"d":"0"}}"#;
    let layout = layout(WHOLE);
    let (found, units) = read(&layout, text.as_bytes(), 3);
    insta::assert_snapshot!(found, @r#"
    a = -1.50e+3
    b[]
      - = true
      -[]
      -
      -[]
        - = null
        -: x
    -: "Æ\n
    c
      d: 0
    unit
    end
    "#);
    assert_eq!(written(&layout, &units), text);
    for value in ["7", "[]", "{}", "null", "\"\"", "[{\"a\":\"\"}]"] {
        assert_eq!(written(&layout, &read(&layout, value.as_bytes(), 1).1), value);
    }
    let spaced = b"\xef\xbb\xbf { \"a\" :\r\n[ 1 , 2 ]\t}\n";
    assert_eq!(written(&layout, &read(&layout, spaced, 2).1), r#"{"a":[1,2]}"#);
    let place = read(&layout, spaced, 100).1.remove(0);
    let second = place.children(place.at(place.root(), &["a"]).unwrap()).nth(1).unwrap();
    assert_eq!(place.place(second), Place { offset: 19, line: 2, record: 0 });
}

#[test]
fn each_member_of_the_list_is_read_with_what_stands_before_it() {
    let layout = layout(PERSONS);
    let text = r#"{"date":"x","data":{"n":2,"persons":[{"id":1},{"id":2,"z":{}},7]}}"#;
    let (found, units) = read(&layout, text.as_bytes(), 3);
    insta::assert_snapshot!(found, @r"
    date: x
    data
      n = 2
      persons[]
        -
          id = 1
    unit
    date: x
    data
      n = 2
      persons[]
        -
          id = 2
          z
    unit
    date: x
    data
      n = 2
      persons[]
        - = 7
    unit
    end
    ");
    assert_eq!(written(&layout, &units), text);
    assert_eq!(written(&layout, &[]), r#"{"data":{"persons":[]}}"#);
    assert_eq!(read(&layout, br#"{"data":{"persons":[]}}"#, 3).0, "end\n");
    let list = self::layout(LIST);
    let text = r#"[{"id":1},{},[2],3]"#;
    let (found, units) = read(&list, text.as_bytes(), 3);
    insta::assert_snapshot!(found, @r"
    id = 1
    unit
    unit
    -[]
      - = 2
    unit
    - = 3
    unit
    end
    ");
    assert_eq!(written(&list, &units), text);
    assert_eq!(written(&list, &[]), "[]");
}

#[test]
fn what_could_be_in_no_unit_is_refused_unless_the_description_ignores_it() {
    let text = br#"{"data":{"persons":[{"id":1}],"sum":[1,{"a":2}]},"tail":3}"#;
    insta::assert_snapshot!(read(&layout(PERSONS), text, 3).0, @r"
    data
      persons[]
        -
          id = 1
    unit
    V0904 message: line 1: something stands behind the units, and would be in none of them (byte 36)
    broken
    ");
    let ignoring = layout(&format!("{PERSONS}\nafter-units = 'ignored'"));
    assert_eq!(read(&ignoring, text, 3).0, "data\n  persons[]\n    -\n      id = 1\nunit\nend\n");
    for wrong in [&br#"{"data":{"person":[]}}"#[..], br#"{"data":{"persons":{}}}"#, b"[]", b"7"] {
        insta::allow_duplicates! {
            let told = read(&layout(PERSONS), wrong, 3).0;
            let told = told.split(" (byte").next().unwrap();
            insta::assert_snapshot!(told, @"V0904 message: line 1: the list of units is missing");
        }
    }
}

#[test]
fn where_a_document_breaks_off_the_unit_is_told() {
    let text = br#"{"data":{"persons":[{"id":1},{"id":01}]}}"#;
    insta::assert_snapshot!(read(&layout(PERSONS), text, 3).0.lines().skip(5).collect::<String>(), @"V0107 message: line 1: expected `,` or `}` after a member (record 2, byte 36, data/persons)broken");
}

#[test]
fn each_line_is_a_unit_and_a_faulty_one_is_refused_alone() {
    let layout = layout(LINES);
    let text = "{\"a\":1}\n\n {\"a\":\n2}\n{\"a\":3}\r\n{\"a\":\"x}\n{\"a\":1,\"a\":2} junk\n4 5\nnul\n[6]";
    insta::assert_snapshot!(read(&layout, text.as_bytes(), 3).0, @r"
    a = 1
    unit
    V0107 unit: line 4: a unit does not stand on a line of its own (record 2, byte 17)
    refused
    a = 3
    unit
    V0107 unit: line 6: a control character stands in a string (record 4, byte 36)
    refused
    V0108 unit: line 7: an object has two members of one name (record 5, byte 44)
    refused
    - = 4
    unit
    V0107 unit: line 8: a unit does not stand on a line of its own (record 7, byte 58)
    refused
    V0107 unit: line 9: expected a value (record 8, byte 60)
    refused
    -[]
      - = 6
    unit
    end
    ");
    let text = "{\"a\":1}\n[6]\n7\n";
    assert_eq!(written(&layout, &read(&layout, text.as_bytes(), 2).1), text);
    assert_eq!(read(&layout, b"", 2).0, "end\n");
}

#[test]
fn what_cannot_be_read_has_its_code_and_place() {
    let layout = layout(WHOLE);
    let limits = Limits {
        json_depth_max: 3,
        number_bytes_max: 5,
        name_bytes_max: 4,
        tree_bytes_max: 900,
        ..Limits::default()
    };
    let told = |text: &[u8]| {
        let found = read_within(&layout, text, 4, &limits).0;
        assert_eq!(found, read_within(&layout, text, 1_000, &limits).0);
        found.replace("broken\n", "")
    };
    let texts: [&[u8]; 19] = [
        b"",
        b" \n",
        b"{\"a\":1,\n\"a\":2}",
        b"{\"a\" 1}",
        b"{a:1}",
        b"[1 2]",
        b"[1}",
        b"[1,]",
        b"{\"a\":1",
        b"\"ab",
        b"01",
        b"tru",
        b"[\"\\x\"]",
        b"[\"a\xff\"]",
        b"1 2",
        b"[[[[]]]]",
        b"123456",
        b"{\"abcde\":1}",
        b"\xff\xfe1",
    ];
    let all: String = texts.iter().map(|text| told(text)).collect();
    insta::assert_snapshot!(all, @r"
    V0109 message: line 1: the message has no content (byte 0)
    V0109 message: line 2: the message has no content (byte 2)
    V0108 message: line 2: an object has two members of one name (byte 8)
    V0107 message: line 1: expected `:` after the name of a member (byte 5)
    V0107 message: line 1: expected a value (byte 1)
    V0107 message: line 1: expected `,` or `]` after an item (byte 3)
    V0107 message: line 1: expected `,` or `]` after an item (byte 2)
    V0107 message: line 1: expected a value (byte 3)
    V0107 message: line 1: the document breaks off here (byte 6)
    V0107 message: line 1: a string does not end (byte 0)
    V0107 message: line 1: something follows the end of the document (byte 1)
    V0107 message: line 1: expected a value (byte 0)
    V0107 message: line 1: no such escape in a string (byte 4)
    V0102 message: line 1: the bytes are not UTF-8 (byte 3)
    V0107 message: line 1: something follows the end of the document (byte 2)
    V0104 message: line 1: values are nested deeper than the limit (byte 3)
    V0117 message: line 1: a number is longer than the limit (byte 0)
    V0111 message: line 1: a member's name is longer than the limit (byte 1)
    V0102 message: line 1: the text is UTF-16 or UTF-32; JSON is exchanged as UTF-8 (byte 0)
    ");
    insta::assert_snapshot!(told(format!("[{}]", "1,".repeat(100)).as_bytes()), @"V0106 message: line 1: the message takes more memory as a tree than the limit (byte 41)");
    insta::assert_snapshot!(told(format!("[\"{}\"]", "x".repeat(2_000)).as_bytes()), @"V0106 message: line 1: the document takes more memory than the limit (byte 1)");
}

#[test]
fn texts_are_lists_numbers_and_truths_where_the_description_says_so() {
    let layout = layout(
        "format = 'json'\nlists = ['persons', 'persons/tags']\nnumbers = ['persons/income']\nbooleans = ['persons/tags/on']\nindent = 2",
    );
    let mut tree = Tree::new(layout.names().clone(), &Limits::default());
    let place = Place { offset: 9, line: 3, record: 2 };
    let [persons, income, tags, on, name] =
        ["persons", "income", "tags", "on", "name"].map(|name| tree.name_for(name).unwrap());
    tree.open(Kind::Group, persons, place).unwrap();
    tree.field(income, "12.50", place).unwrap();
    tree.field(name, "12.50", place).unwrap();
    for value in ["true", "false"] {
        tree.open(Kind::Group, tags, place).unwrap();
        tree.field(on, value, place).unwrap();
        tree.close();
    }
    tree.close();
    insta::assert_snapshot!(written(&layout, std::slice::from_ref(&tree)), @r#"
    {
      "persons": [
        {
          "income": 12.50,
          "name": "12.50",
          "tags": [
            {
              "on": true
            },
            {
              "on": false
            }
          ]
        }
      ]
    }
    "#);
    let again = read(&layout, &write(&layout, std::slice::from_ref(&tree)).unwrap(), 9).1;
    assert_eq!(written(&layout, &again), written(&layout, &[tree]));
}

fn one(layout: &Arc<dyn Layout>, name: &str, values: &[(Kind, &str)]) -> String {
    let mut tree = Tree::new(layout.names().clone(), &Limits::default());
    let id = tree.name_for(name).unwrap();
    for (kind, value) in values {
        tree.leaf(*kind, id, value, Place { offset: 9, line: 3, record: 2 }).unwrap();
    }
    written(layout, &[tree])
}

#[test]
fn what_cannot_be_written_is_refused_with_its_source() {
    let layout = layout("format = 'json'\nnumbers = ['n']\nbooleans = ['b']");
    let field = |name, value| one(&layout, name, &[(Kind::Field, value)]);
    insta::assert_snapshot!(field("n", "007"), @"V0906 the value is no number as JSON writes them (record 2, byte 9, n)");
    insta::assert_snapshot!(field("n", ""), @"V0906 the value is no number as JSON writes them (record 2, byte 9, n)");
    insta::assert_snapshot!(field("b", "1"), @"V0906 the value is neither `true` nor `false` (record 2, byte 9, b)");
    insta::assert_snapshot!(one(&layout, "n", &[(Kind::Field, "1"), (Kind::Field, "2")]), @"V0910 the member comes several times and is not among the `lists` (record 2, byte 9, n)");
    insta::assert_snapshot!(one(&layout, "canary", &[(Kind::Attribute, "1")]), @"V0910 JSON has members alone: no attributes, and no value beside members (record 2, byte 9, *)");
}

#[test]
fn every_fault_of_a_description_is_told_at_once() {
    insta::assert_snapshot!(told(
        "format = 'json'\nlines = true\narray = 'a'\nindent = 17\nlists = ['.', 'a', 'a', 'a//b']\nnumbers = ['a/b']\nbooleans = ['a/b']\nlist = 1"
    ), @r"
    layout.toml:2:1 C0105 units are lines, or members of an `array`
    layout.toml:4:10 C0105 `indent` must lie between 0 and 16
    layout.toml:5:10 C0105 the path leads to no member, or it is said already what stands there
    layout.toml:5:20 C0105 the path leads to no member, or it is said already what stands there
    layout.toml:5:25 C0105 `lists`: a path is names of members with `/` between them, or `.`
    layout.toml:7:13 C0105 the path leads to no member, or it is said already what stands there
    layout.toml:8:1 C0102 there is no key `list` here
      hint: did you mean `lists`?
    ");
}

#[test]
fn a_section_that_comes_once_is_a_list_all_the_same_and_lists_are_read_by_their_name() {
    let mapping = "[[section]]\nname = 'p'\nfrom = 'b/p'\nto = 'persons'\n\
        row = [{ from = 'n', to = 'name' }, { from = 't[2]', to = 'tags[1]' }, { from = 't[1]', to = 'tags[2]' }]";
    let mapping = Mapping::read("mapping.toml", mapping, &mut Vec::new()).unwrap();
    let xml = layout("format = 'xml'\nroot = 'b'");
    let json = layout("format = 'json'\nlists = ['persons', 'persons/tags']");
    let across = |way: Way, from: &Arc<dyn Layout>, to: &Arc<dyn Layout>, text: &str| {
        let plan = mapping.plan(way).unwrap();
        let units = read(from, text.as_bytes(), 10).1;
        let mut target = Tree::new(to.names().clone(), &Limits::default());
        let mut faults = crate::fault::Faults::new(9);
        let outcome =
            plan.translator(false).translate(&units[0], &mut target, &mut faults).unwrap();
        assert_eq!((outcome.n_lost, faults.found()), (0, 0));
        written(to, &[target])
    };
    let document =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<b><p><n>A</n><t>1</t><t>2</t></p></b>";
    let text = across(Way::Forward, &xml, &json, document);
    assert_eq!(text, r#"{"persons":[{"name":"A","tags":["2","1"]}]}"#);
    let back = across(Way::Reverse, &json, &xml, &text);
    assert_eq!(back, document);
    let nested = r#"{"persons":[[{"name":"A"}],[],[[{"name":"B"}]]]}"#;
    assert!(
        across(Way::Reverse, &json, &xml, nested)
            .ends_with("<b><p><n>A</n></p><p><n>B</n></p></b>")
    );
}

#[test]
fn a_unit_over_a_limit_is_refused_alone() {
    let limits = Limits { tree_bytes_max: 2_000, ..Limits::default() };
    let items = format!("[[{}],{{\"{}\":[1]}},2]", "1,".repeat(99) + "1", "n".repeat(700));
    insta::assert_snapshot!(read_within(&layout(LIST), items.as_bytes(), 9, &Limits { tree_bytes_max: 800, ..limits }).0, @r"
    V0106 unit: line 1: the message takes more memory as a tree than the limit (record 1, byte 36)
    refused
    V0106 unit: line 1: the message takes more memory as a tree than the limit (record 2, byte 907)
    refused
    - = 2
    unit
    end
    ");
    let head = format!("{{\"h\":[{}1],\"data\":{{\"persons\":[]}}}}", "1,".repeat(3_000));
    insta::assert_snapshot!(read(&layout(PERSONS), head.as_bytes(), 99).0, @r"
    V0106 message: line 1: the message takes more memory as a tree than the limit (byte 3196)
    broken
    ");
}

#[test]
fn memory_is_one_unit_whatever_the_message_is() {
    use crate::{fault::Faults, layout::Step};
    for (text, begin, between, end) in
        [(LINES, "", "\n", ""), (PERSONS, "{\"data\":{\"persons\":[0,", ",", "1]}}")]
    {
        let layout = layout(text);
        let limits = Limits::default();
        let mut tree = Tree::new(layout.names().clone(), &limits);
        let (mut reader, mut faults) = (layout.clone().reader(&limits), Faults::new(10));
        let piece = format!("{{\"id\":1,\"town\":\"Ærø\\nskøbing\"}}{between}").repeat(1_000);
        let (mut n_units, mut held) = (0_u64, 0);
        reader.feed(begin.as_bytes());
        for _ in 0..100 {
            reader.feed(piece.as_bytes());
            while reader.next(&mut tree, &mut faults) == Step::Unit {
                n_units += 1;
            }
            held = held.max(reader.held_bytes() + tree.held_bytes());
        }
        reader.feed(end.as_bytes());
        reader.finish();
        while reader.next(&mut tree, &mut faults) == Step::Unit {
            n_units += 1;
        }
        assert_eq!((n_units / 100_000, faults.found()), (1, 0));
        assert!(held < 4 * piece.len(), "{held}");
    }
}

#[test]
fn what_never_ends_is_bounded() {
    use crate::{fault::Faults, layout::Step};
    let limits = Limits { tree_bytes_max: 1 << 20, ..Limits::default() };
    for (text, piece) in [(WHOLE, "["), (WHOLE, "x"), (WHOLE, "1"), (PERSONS, "[")] {
        let layout = layout(text);
        let mut tree = Tree::new(layout.names().clone(), &limits);
        let (mut reader, mut faults) = (layout.reader(&limits), Faults::new(10));
        reader.feed(if piece == "x" { b"\"" } else { b" " });
        for _ in 0..10_000 {
            reader.feed(piece.repeat(1_000).as_bytes());
            if reader.next(&mut tree, &mut faults) == Step::Broken {
                break;
            }
        }
        assert_eq!(faults.found(), 1, "{text} {piece}");
        assert!(reader.held_bytes() < 4 << 20, "{}", reader.held_bytes());
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,12})?"
            .prop_map(|digits| Value::Number(digits.parse().unwrap())),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((".{0,6}", inner), 0..6).prop_map(|members| Value::from(
                members.into_iter().collect::<serde_json::Map<_, _>>()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn messages_come_back_byte_for_byte_in_pieces_of_any_length(
        values in proptest::collection::vec(value(), 0..4), piece in 1..50_usize,
    ) {
        let list = Value::from(values.clone()).to_string();
        let lines: String = values.iter().map(|value| format!("{value}\n")).collect();
        let around = format!("{{\"h\":{list},\"data\":{{\"persons\":{list}}}}}");
        for (text, message) in [(WHOLE, &list), (WHOLE, &around), (LIST, &list), (LINES, &lines), (PERSONS, &around)] {
            let layout = layout(text);
            let (found, units) = read(&layout, message.as_bytes(), piece);
            prop_assert!(found.ends_with("end\n"), "{}", found);
            prop_assert_eq!(&found, &read(&layout, message.as_bytes(), 1_000_000).0);
            // What stands before a list without members is in no unit.
            let empty = text == PERSONS && values.is_empty();
            let expected = if empty { "{\"data\":{\"persons\":[]}}" } else { message };
            prop_assert_eq!(written(&layout, &units), expected);
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic_or_disagree_on_pieces(
        bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'"'), Just(b'['), Just(b']'), Just(b','), Just(b'\n'), Just(b'1')], 0..60), piece in 1..20_usize,
    ) {
        for text in [WHOLE, LINES, LIST, PERSONS] {
            let layout = layout(text);
            let begun = [if text == PERSONS { &b"{\"data\":{\"persons\":["[..] } else { b"" }, &*bytes].concat();
            prop_assert_eq!(read(&layout, &begun, piece).0, read(&layout, &begun, 1_000).0);
        }
    }

    #[test]
    fn what_is_no_json_is_none_here_and_what_is_is(text in "[\\[\\]{}\",:0-2a\\\\ ntrue.-]{0,12}") {
        let message = sluse_contracts::Message::new(sluse_contracts::MediaType::json(), text.clone());
        let whole = sluse_contracts::Payload::parse(&message, &Limits::default());
        let found = read(&layout(WHOLE), text.as_bytes(), 5).0;
        prop_assert_eq!(whole.is_ok(), found.ends_with("end\n"), "{}", found);
        if let Err(violation) = whole {
            prop_assert!(found.starts_with(violation.code.as_str()), "{} {:?}", found, violation);
        }
    }
}
