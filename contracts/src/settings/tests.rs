use super::*;
use crate::{ContractId, day::Day};

/// Reads the same keys from each text and gives all faults as they are printed.
fn check(text: &str) -> String {
    let mut findings = Vec::new();
    if let Some(settings) = Settings::parse("x.toml", text, &mut findings) {
        let mut root = settings.root();
        root.name::<ContractId>("id");
        root.optional_text("steward");
        root.whole("body-bytes-max", 1..=1_000);
        root.flag("open");
        root.day("from");
        root.choice("status", &[("draft", 0), ("in-force", 1)]);
        root.texts("keys");
        root.text_entries("namespaces");
        for mut each in root.tables("operation") {
            each.text("name");
            each.finish();
        }
        root.finish();
        findings.extend(settings.into_findings());
    }
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

#[test]
fn accepts_what_is_right() {
    let text = "id = 'dk.cpr/persons'\nfrom = 2026-01-01\nstatus = 'draft'\nkeys = ['a']\nbody-bytes-max = 0x10\n\
                [namespaces]\ncbc = 'urn:x'\n[[operation]]\nname = 'deliver'\n";
    assert_eq!(check(text), "");
}

#[test]
fn tells_all_faults_at_once_with_their_places() {
    let text = "# æøå\nsteward = 'æ'\nstewart = 1\nbody-bytes-max = 1_001\nopen = 'yes'\nfrom = 2026-01-01T10:00:00Z\n\
                status = 'inforce'\nkeys = ['a', 2]\n[namespaces]\ncbc = 1\n[[operation]]\nnam = 'x'\n";
    insta::assert_snapshot!(check(text), @r#"
    x.toml:1:1 C0104 `id` is missing
    x.toml:3:1 C0102 there is no key `stewart` here
      hint: did you mean `steward`?
    x.toml:4:18 C0105 `body-bytes-max` must lie between 1 and 1000
    x.toml:5:8 C0103 `open` takes true or false, not a text
    x.toml:6:8 C0105 `from` takes a date without time, as in 2026-07-01
    x.toml:7:10 C0105 `status` takes one of: draft, in-force
      hint: did you mean "in-force"?
    x.toml:8:14 C0103 `keys` takes a text, not a whole number
    x.toml:10:7 C0103 `cbc` takes a text, not a whole number
    x.toml:11:1 C0104 `name` is missing
    x.toml:12:1 C0102 there is no key `nam` here
      hint: did you mean `name`?
    "#);
}

#[test]
fn tells_every_fault_of_form() {
    insta::assert_snapshot!(check("id = \nsteward = 'a\nopen = true\nopen = false\n"), @r#"
    x.toml:1:6 C0101 string values must be quoted, expected literal string
    x.toml:2:13 C0101 invalid literal string, expected `'`
    x.toml:4:1 C0101 duplicate key
    "#);
}

#[test]
fn refuses_bytes_that_are_no_text_and_takes_a_byte_order_mark() {
    let mut findings = Vec::new();
    assert!(Settings::parse_bytes("x.toml", b"a = '\xff'", &mut findings).is_none());
    assert_eq!(findings[0].code, code::FILE_NOT_TEXT);
    assert!(Settings::parse_bytes("x.toml", b"\xef\xbb\xbfa = 1", &mut findings).is_some());
}

#[test]
fn reads_days_and_entries_in_the_order_of_the_file() {
    let text = "z = '1'\na = '2'\nday = 2026-03-01\n";
    let settings = Settings::parse("x.toml", text, &mut Vec::new()).unwrap();
    let mut root = settings.root();
    assert_eq!(root.day("day"), Some(Day::from_days(20_513)));
    let names: Vec<&str> = root.entries().iter().map(|(key, _)| key.value).collect();
    assert_eq!(names, ["z", "a", "day"]);
}

#[test]
fn survives_deep_and_odd_texts() {
    for text in [
        "a = ".to_owned() + &"[".repeat(10_000),
        "a.".repeat(10_000) + "b = 1",
        "\0".into(),
        "[[".into(),
    ] {
        check(&text);
    }
}

proptest::proptest! {
    /// Many places at once are those of each alone, in whatever order they are asked for.
    #[test]
    fn many_places_are_those_of_each_alone(
        text in "[aæ😀\n]{0,40}", offsets in proptest::collection::vec(proptest::option::of(0_usize..80), 0..12),
    ) {
        let lines = LineIndex::new(&text);
        let each: Vec<Option<Place>> =
            offsets.iter().map(|offset| offset.map(|offset| lines.place(offset))).collect();
        proptest::prop_assert_eq!(lines.places(&offsets), each);
    }
}
