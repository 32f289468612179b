use super::*;
use crate::payload::Payload;
use crate::{MediaType, Message};
use proptest::prelude::*;
use serde_json::json;

/// Code, line and column of what is wrong, or the tree printed.
fn check(bytes: &[u8]) -> String {
    match JsonPayload::parse(&Bytes::copy_from_slice(bytes), None, &Limits::default()) {
        Ok(payload) => payload.value().to_string(),
        Err(found) => {
            format!("{} {:?}:{:?}", found.code, found.line.unwrap_or(0), found.column.unwrap_or(0))
        }
    }
}

#[test]
fn reads_json_and_says_where_it_is_not() {
    for (text, expected) in [
        ("{}", "{}"),
        (" [ ] ", "[]"),
        ("{\"b\":[1,{\"c\":null}],\"a\":true}", "{\"b\":[1,{\"c\":null}],\"a\":true}"),
        (
            "[1.0,-0,1E400,100000000000000000000000001,0.10]",
            "[1.0,-0,1E400,100000000000000000000000001,0.10]",
        ),
        ("[1e6,1E+6,1e-06,0.0e0]", "[1e6,1E+6,1e-06,0.0e0]"),
        (r#""\u00e6\ud83d\ude00\/\n""#, r#""æ😀/\n""#),
        ("\u{feff}1", "1"),
        ("{\"$serde_json::private::Number\":\"1\"}", "{\"$serde_json::private::Number\":\"1\"}"),
        ("", "V0109 0:0"),
        (" \n", "V0109 0:0"),
        ("{\"a\":1,\n \"æ\":1,\"a\":2}", "V0108 2:8"),
        ("{\"a\":1,\"\\u0061\":2}", "V0108 1:8"),
        ("{\"a\":1,\"a\" 2}", "V0108 1:8"),
        ("{\"a\":1,\"a\":{\"b\":[1,x", "V0108 1:8"),
        ("{\"a\":1,\"b\":{\"c\":1,\"c\":2},\"a\":3}", "V0108 1:19"),
        ("{\"a\":1,\"a\":{\"c\":1,\"c\":2}}", "V0108 1:8"),
        ("{\"\":1,\"b\":2 3}", "V0107 1:13"),
        ("{\"\":1,\"b\":2,3}", "V0107 1:13"),
        ("{\"\":1,\"\":2,3}", "V0108 1:7"),
        ("[1,]", "V0107 1:4"),
        ("[1 2]", "V0107 1:4"),
        ("{\"a\" 1}", "V0107 1:6"),
        ("{a:1}", "V0107 1:2"),
        ("01", "V0107 1:2"),
        ("1.", "V0107 1:3"),
        ("-", "V0107 1:2"),
        ("+1", "V0107 1:1"),
        ("nul", "V0107 1:1"),
        ("\"a\tb\"", "V0107 1:3"),
        ("\"\\ud800\"", "V0107 1:8"),
        ("\"\\udc00\\ud800\"", "V0107 1:8"),
        ("\"\\x\"", "V0107 1:4"),
        ("\"abc", "V0107 1:5"),
        ("{\"a\":1", "V0107 1:7"),
        ("1 1", "V0107 1:3"),
    ] {
        assert_eq!(check(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn takes_utf_8_alone() {
    let wide: Vec<u8> = "[1]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let narrow: Vec<u8> = "[1]".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [&wide[..], &narrow, b"\xff\xfe[\0", b"\"\xe6\"", b"\"\xed\xa0\x80\""] {
        assert!(check(bytes).starts_with("V0102"), "{bytes:?}");
    }
    assert_eq!(check(b"[1,\n\"\xe6\"]"), "V0102 2:2");
    for (charset, text, good) in [
        ("utf-8", "\"æ\"", true),
        ("utf-16", "\"a\"", false),
        ("iso-8859-1", "\"a\"", true),
        ("iso-8859-1", "\"æ\"", false),
        ("klingon", "\"a\"", false),
    ] {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        let parsed = JsonPayload::parse(&bytes, Some(charset), &Limits::default());
        assert_eq!(parsed.is_ok(), good, "{charset}");
    }
}

#[test]
fn bounds_nesting_size_and_names() {
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(check(deep(128).as_bytes()).starts_with('['));
    assert_eq!(check(deep(129).as_bytes()), "V0104 1:129");
    assert_eq!(check("[".repeat(1_000_000).as_bytes()), "V0104 1:129");
    assert_eq!(check("{\"a\":".repeat(10_000).as_bytes()), "V0104 1:641");
    let name = format!("{{\"{}\":1}}", "n".repeat(1_001));
    assert_eq!(check(name.as_bytes()), "V0111 1:2");
    for (number, good) in [
        ("9".repeat(1_000), true),
        ("9".repeat(1_001), false),
        (format!("0.{}", "1".repeat(100_000)), false),
    ] {
        let text = format!("[{number}]");
        assert_eq!(check(text.as_bytes()), if good { text } else { "V0117 1:2".into() });
    }
    let limits = Limits { tree_bytes_max: 10_000, ..Limits::default() };
    let many = format!("[{}1]", "1,".repeat(1_000));
    let fault = JsonPayload::parse(&many.into(), None, &limits).unwrap_err();
    assert_eq!(fault.code, code::TREE_TOO_LARGE);
    // The text counts, what a number or text takes on the heap, though it be one digit: 32 bytes at least, and where it stands: 8.
    for item in ["1", "\"x\""] {
        let most = 10_000 / (size_of::<Value>() + 32 + 8 + item.len() + 1) - 1;
        let list = |count: usize| format!("[{}]", vec![item; count].join(","));
        assert!(JsonPayload::parse(&list(most).into(), None, &limits).is_ok(), "{item}");
        assert!(JsonPayload::parse(&list(most + 2).into(), None, &limits).is_err(), "{item}");
    }
}

#[test]
fn the_names_of_one_object_count_once_more_since_judging_may_gather_them() {
    let limits = Limits { tree_bytes_max: 100_000, ..Limits::default() };
    let members = |count: usize| {
        let all: Vec<String> = (0..count).map(|at| format!("\"m{at:03}\":[]")).collect();
        format!("{{{}}}", all.join(","))
    };
    let fits = |text: String| JsonPayload::parse(&text.into(), None, &limits).is_ok();
    let names = size_of::<String>() + 32;
    // Each value, and where it stands.
    let value = size_of::<Value>() + 8;
    let member = value + names + 3 * size_of::<usize>() + "\"m000\":[],".len();
    let most = (100_000 - value) / (member + names);
    assert!(fits(members(most)) && !fits(members(most + 1)));
    // The names of the widest object are gathered at once, not those of all objects together.
    let half = members(most / 2);
    assert!(fits(format!("[{half},{half}]")));
    let third = members(most / 3);
    assert!(fits(format!("[{third},{third},{third}]")));
}

#[test]
fn lets_the_last_of_two_members_count_where_they_are_allowed() {
    let limits = Limits { duplicate_members_allowed: true, ..Limits::default() };
    let text = Bytes::from_static(b"{\"a\":1,\n\"a\":2}");
    let payload = JsonPayload::parse(&text, None, &limits).unwrap();
    assert_eq!(payload.value().to_string(), "{\"a\":2}");
    assert_eq!(payload.places(&["/a"]), [Some(Place { line: 2, column: 1 })]);
}

#[test]
fn says_where_values_stand() {
    let text = "{ \"a\": [1, {\"b/c\": \"x\"}, []],\n  \"\\u00e6\": {\"a\": null} }";
    let payload = JsonPayload::parse(&text.into(), None, &Limits::default()).unwrap();
    let place = |line, column| Some(Place { line, column });
    let pointers =
        ["", "/a", "/a/0", "/a/1", "/a/1/b~1c", "/a/2", "/æ", "/æ/a", "/x", "/a/3", "/a/0/x", "/a"];
    let places = payload.places(&pointers);
    assert_eq!(
        places,
        [
            place(1, 1),
            place(1, 3),
            place(1, 9),
            place(1, 12),
            place(1, 13),
            place(1, 26),
            place(2, 3),
            place(2, 14),
            None,
            None,
            None,
            place(1, 3)
        ]
    );
}

#[test]
fn shows_no_value_when_printed() {
    let message = Message::new(MediaType::json(), &b"{\"canary\":\"canary\"}"[..]);
    let payload = Payload::parse(&message, &Limits::default()).unwrap();
    assert_eq!(format!("{payload:?}"), "JsonPayload(19 bytes)");
}

proptest! {
    #[test]
    fn reads_whatever_comes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }

    #[test]
    fn reads_as_another_reader_does(text in r#"[\[\]{}:,"\\ u0-9a-fnrt.eE+-]{0,24}"#) {
        let ours = JsonPayload::parse(&text.clone().into(), None, &Limits::default());
        let limits = Limits { duplicate_members_allowed: true, ..Limits::default() };
        let lenient = JsonPayload::parse(&text.clone().into(), None, &limits);
        let theirs = serde_json::from_str::<Value>(&text);
        prop_assert_eq!(lenient.is_ok(), theirs.is_ok(), "{}", text);
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            // The other reader writes exponents in its own way.
            let ours: Value = serde_json::from_str(&ours.value().to_string()).unwrap();
            prop_assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn finds_every_value_where_it_stands(tree in tree(), pretty: bool) {
        let text = if pretty { format!("{tree:#}") } else { tree.to_string() };
        let payload = JsonPayload::parse(&text.clone().into(), None, &Limits::default()).unwrap();
        let stands = parts(&tree);
        let pointers: Vec<&str> = stands.iter().map(|(pointer, _)| pointer.as_str()).collect();
        for ((pointer, begins), place) in stands.iter().zip(payload.places(&pointers)) {
            let place = place.unwrap();
            let line = text.lines().nth(place.line as usize - 1).unwrap();
            let rest: String = line.chars().skip(place.column as usize - 1).collect();
            prop_assert!(rest.starts_with(begins), "{} {} {}", pointer, begins, text);
            prop_assert_eq!(payload.places(&[pointer.as_str()]), [Some(place)]);
        }
    }
}

/// Trees whose names sort before and behind the sign between steps.
fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<i32>().prop_map(Value::from),
        "[a\"é]{0,3}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let name = "[a!/~\"é0]{0,2}";
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::hash_map(name, inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The pointers of all values of a tree, and what stands there: of a member its name.
fn parts(tree: &Value) -> Vec<(String, String)> {
    let first = |value: &Value| match value {
        Value::Array(_) => "[".to_owned(),
        Value::Object(_) => "{".to_owned(),
        other => other.to_string(),
    };
    let mut found = vec![(String::new(), first(tree))];
    let mut open = vec![(String::new(), tree)];
    while let Some((above, value)) = open.pop() {
        let (items, members) = (value.as_array(), value.as_object());
        for (at, item) in items.into_iter().flatten().enumerate() {
            found.push((format!("{above}/{at}"), first(item)));
            open.push((format!("{above}/{at}"), item));
        }
        for (name, member) in members.into_iter().flatten() {
            let pointer = format!("{above}/{}", escape_step(name));
            found.push((pointer.clone(), Value::from(name.as_str()).to_string()));
            open.push((pointer, member));
        }
    }
    found
}
