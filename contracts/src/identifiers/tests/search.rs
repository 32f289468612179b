//! What is found in texts, and what is not.

use crate::identifiers::{
    Identifier,
    search::{Found, PERSONAL, find},
};
use proptest::prelude::*;

fn all() -> Vec<Identifier> {
    PERSONAL.iter().map(|(_, identifier)| *identifier).collect()
}

/// What is found, as `word@character`.
fn found(text: &str) -> String {
    let identifiers = all();
    let words = find(text, &identifiers)
        .map(|Found { identifier, character }| format!("{}@{character}", identifier.word()));
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn numbers_are_found_in_the_ways_that_people_write_them() {
    for (text, told) in [
        // Written with a hyphen a day is enough.
        ("010165-0000", "cpr@1"),
        ("Ærø 010165-0000.", "cpr@5"),
        ("cpr:010165-0000;", "cpr@5"),
        ("brev_010165-0000_kopi", "cpr@6"),
        ("(010165\u{2011}0000)", "cpr@2"),
        ("010165-0000,010265-0000", "cpr@1 cpr@13"),
        ("311280-1234", "cpr@1"),
        // Ten digits in a row: modulus 11, or a 1 January.
        ("0709614231", "cpr@1"),
        ("070961 4231", "cpr@1"),
        ("0101650000", "cpr@1"),
        ("0709614231,0709614231\n0709614231", "cpr@1 cpr@12 cpr@23"),
        ("20036914700", "fodselsnummer@1"),
        ("200369 14700", "fodselsnummer@1"),
        ("30108299939", "fodselsnummer@1"),
        ("03851598730", "fodselsnummer@1"),
        ("640823-3234", "personnummer@1"),
        ("6408233234", "personnummer@1"),
        ("196408233234", "personnummer@1"),
        ("19640823-3234", "personnummer@1"),
        ("640823+3234", "personnummer@1"),
        ("701063-2391", "personnummer@1"),
    ] {
        assert_eq!(found(text), told, "{text}");
    }
}

#[test]
fn other_numbers_are_passed_over() {
    for text in [
        "",
        "0709614232",
        "310250-1234",
        "320150-1234",
        "011350-1234",
        "010165-00000",
        "1010165-0000",
        "010165-0000-1",
        "7-010165-0000",
        "010165-0000.5",
        "1.0709614231",
        "0709614231.5",
        "a0709614231",
        "0709614231b",
        "0709614231é",
        "00709614231",
        "07096142311",
        "+4570961423",
        "12 34 56 78",
        "2026-11-30T21:33:20Z",
        "311224 1531",
        "DK5000400440116243",
        "5798009811547",
        "1003388394",
        "27510647",
        "550e8400-e29b-41d4-a716-446655440000",
        "010165_0000",
        "010165  0000",
        "010165-\n0000",
        "０１０１６５-００００",
        "20036914701",
        "640823-3235",
        "18640823-3234-1",
    ] {
        assert_eq!(found(text), "", "{text}");
    }
}

#[test]
fn only_what_is_asked_for_is_found() {
    let text = "010150-0000 20036914700 196408233234";
    for (identifier, character) in
        [(Identifier::Cpr, 1), (Identifier::Fodselsnummer, 13), (Identifier::Personnummer, 25)]
    {
        let found: Vec<Found> = find(text, &[identifier]).collect();
        assert_eq!(found, [Found { identifier, character }]);
    }
    assert_eq!(find(text, &[]).count(), 0);
}

/// Were any of it looked at more than once for each place, these would not end.
#[test]
fn long_texts_are_searched_in_one_pass() {
    let identifiers = all();
    for (text, n_found) in [
        ("1".repeat(10_000_000), 0),
        ("010165-".repeat(100_000), 0),
        ("010165-0000 ".repeat(100_000), 100_000),
        ("010165 0000 ".repeat(100_000), 100_000),
        ("æ1 ".repeat(100_000), 0),
    ] {
        assert_eq!(find(&text, &identifiers).count(), n_found);
    }
}

proptest! {
    /// Whatever stands around it, a number that words do not touch is found, at its character.
    #[test]
    fn a_number_among_words_is_found(before in "([^0-9]{0,20} )?", after in "( [^0-9]{0,20})?") {
        let text = format!("{before}010165-0000{after}");
        prop_assert_eq!(found(&text), format!("cpr@{}", before.chars().count() + 1));
    }

    #[test]
    fn any_text_is_searched(text in "\\PC{0,40}|[0-9 .+-]{0,40}") {
        let identifiers = all();
        let mut last = 0;
        for each in find(&text, &identifiers) {
            prop_assert!(each.character > last);
            last = each.character;
            let digit = text.chars().nth(each.character - 1);
            prop_assert!(digit.is_some_and(|digit| digit.is_ascii_digit()));
        }
    }
}
