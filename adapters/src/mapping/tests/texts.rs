//! Texts with lines and marks, as segments and as elements.

use super::*;
use proptest::prelude::*;

/// How one text is mapped in each form.
fn text(form: &str) -> Mapping {
    mapping(&format!("row = [{{ from = \"FTX[4451='NC']\", to = 'Text', text = '{form}' }}]"))
}

#[test]
fn marked_text_is_segments_of_lines_and_comes_back() {
    let segments = "\
FTX
  4451: NC
  4453: PF0
  C108
    4440: Title
FTX
  4451: NC
  4453: P00
  C108
    4440: one two
    4440_2: .
";
    let prefixed = "row = [{ from = \"FTX[4451='NC']\", to = 'x:Text', text = 'formatted' }]";
    let text = mapping(prefixed);
    let (element, told) = translated(&text, Way::Forward, &tree(segments));
    assert_eq!(told, "");
    let element = element.unwrap();
    insta::assert_snapshot!(element.outline(), @"
    x:Text
      x:Bold
        -: Title
        x:Break
      -: one two
      x:Break
      x:Break
    ");
    let (back, told) = translated(&text, Way::Reverse, &element);
    assert_eq!(told, "");
    assert_eq!(back.unwrap().outline().replace("\\\\", "\\"), segments);
}

/// A text as XML has it: words, and what stands between them.
fn element(pieces: &[(&str, &str)]) -> Tree {
    let mut outline = String::from("Text\n");
    for (name, words) in pieces {
        match (*name, *words) {
            ("", words) => outline.push_str(&format!("  -: {words}\n")),
            (name, "") => outline.push_str(&format!("  {name}\n")),
            (name, words) => outline.push_str(&format!("  {name}\n    -: {words}\n")),
        }
    }
    tree(&outline)
}

/// The lines of all segments, with their codes.
fn segments(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for line in tree.outline().lines() {
        match line.trim().split_once(": ") {
            Some(("4453", code)) => found.push(code.to_owned()),
            Some((name, line)) if name.starts_with("4440") => {
                found.last_mut().unwrap().push_str(&format!("|{}", line.replace("\\\\", "\\")));
            }
            _ => {}
        }
    }
    found
}

fn written(pieces: &[(&str, &str)]) -> Vec<String> {
    let (target, told) = translated(&text("formatted"), Way::Reverse, &element(pieces));
    assert_eq!(told, "");
    segments(&target.unwrap())
}

#[test]
fn lines_are_broken_between_words_before_their_seventieth_character() {
    let words = "Henvises for 3 mdr. varende tyngdefornemmelse distalt i abd. Klinisk us. (incl. GU/ smear) i.a.";
    assert_eq!(
        written(&[("", words), ("Break", "")]),
        [
            "P00|Henvises for 3 mdr. varende tyngdefornemmelse distalt i abd. Klinisk \\|us. (incl. GU/ smear) i.a."
        ]
    );
    // A character that takes a release character counts twice; a long word is broken in it.
    let colons = ":".repeat(40);
    let expected = format!("P00|{}\\|{}", ":".repeat(34), ":".repeat(6));
    assert_eq!(written(&[("", &colons)]), [expected]);
    let word = "x".repeat(150);
    let expected = format!("P00|{0}\\|{0}\\|{1}", "x".repeat(69), "x".repeat(12));
    assert_eq!(written(&[("", &word)]), [expected]);
}

#[test]
fn a_segment_has_five_lines_and_one_way_to_be_set() {
    let line = ("", "a");
    let lines: Vec<(&str, &str)> = (0..6)
        .flat_map(|_| [line, ("Break", "")])
        .chain([("Bold", "b"), ("", " c"), ("Break", "")])
        .collect();
    assert_eq!(written(&lines), ["P00|a|a|a|a|a", "P00|a", "PF0|b\\", "P00| c"]);
    assert_eq!(
        written(&[("Bold", "Title"), ("Break", ""), ("", "a"), ("Break", "")]),
        ["PF0|Title", "P00|a"]
    );
    assert_eq!(written(&[("", "a"), ("Center", "b"), ("", "c")]), ["P00|a", "P0M|b", "P00|c\\"]);
}

#[test]
fn what_is_none_of_the_marks_is_told_as_lost_and_an_unknown_code_is_a_fault() {
    let source = tree("Text\n  -: a\n  Sum\n    -: b\n");
    let (_, told) = translated(&text("formatted"), Way::Reverse, &source);
    assert_eq!(told, "lost */* (record 1, byte 30)");
    let source = tree("FTX\n  4451: NC\n  4453: X00\n  C108\n    4440: a\n");
    let (none, told) = translated(&text("formatted"), Way::Forward, &source);
    assert!(none.is_none());
    insta::assert_snapshot!(told, @"V0951 the code of how a text is set is none that is known (record 1, byte 20, FTX[4451='NC'])");
}

#[test]
fn a_text_in_another_form_has_lines_alone_or_neither() {
    let source = tree(
        "FTX\n  4451: NC\n  4453: PF0\n  C108\n    4440: one \\\n    4440_2: two\n    4440_3: three\n",
    );
    for (form, expected) in [
        ("lines", "Text\n  -: one two\n  Break\n  -: three\n  Break\n"),
        ("plain", "Text: one twothree\n"),
        ("bare", "Text: one twothree\n"),
    ] {
        let (target, told) = translated(&text(form), Way::Forward, &source);
        assert_eq!((target.unwrap().outline().as_str(), told.as_str()), (expected, ""));
    }
    let (target, _) = translated(&text("bare"), Way::Reverse, &tree("Text: a\n"));
    assert_eq!(target.unwrap().outline(), "FTX\n  4451: NC\n  C108\n    4440: a\n");
}

proptest! {
    /// No line is longer than it may be, and the words come back as they were.
    #[test]
    fn words_come_back_whatever_they_are(
        lines in prop::collection::vec("[a-zæøå]([a-zæøå ?:+'.,;-]{0,200}[a-zæøå])?", 1..12),
    ) {
        let pieces: Vec<(&str, &str)> =
            lines.iter().flat_map(|line| [("", line.as_str()), ("Break", "")]).collect();
        let source = element(&pieces);
        let (there, told) = translated(&text("formatted"), Way::Reverse, &source);
        prop_assert_eq!(told, "");
        let there = there.unwrap();
        for line in segments(&there).iter().flat_map(|segment| segment.split('|').skip(1)) {
            let n_released = line.trim_end_matches('\\').chars().filter(|c| "?:+'".contains(*c)).count();
            prop_assert!(line.chars().count() + n_released <= 70, "{}", line);
        }
        let (back, told) = translated(&text("formatted"), Way::Forward, &there);
        prop_assert_eq!(told, "");
        prop_assert_eq!(back.unwrap().outline(), source.outline());
    }
}
