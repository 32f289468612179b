//! Samples in, descriptions out, and each reads the sample that it was made from.

use super::*;
use crate::shared::shared;
use proptest::prelude::*;
use std::fs;

fn draft(sample: &[u8]) -> Draft {
    of(sample, Known::default()).unwrap_or_else(|fault| panic!("{fault}"))
}

/// The description, after making sure that it reads the sample.
fn sound(sample: &[u8]) -> String {
    let draft = draft(sample);
    assert_eq!(draft.unread, None, "{}", draft.description);
    draft.description
}

#[test]
fn rows_of_cells_show_delimiter_header_dates_and_decimals() {
    let text = "Kunde nr;Dato;Bel\u{f8}b;Tekst;Antal\r\n0017;01-07-2026;1250,50;\"\u{c6}bler; p\u{e6}rer\";3\r\n0018;;-3;\"\";12\r\n";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    insta::assert_snapshot!(sound(&latin), @r#"
# A draft from a sample: what is marked `# ?` the sample leaves open.
format        = "csv"
character-set = "iso-8859-1"   # ? by its letters; windows-1252 and iso-8859-15 write these the same
delimiter     = ";"
line-ends     = "crlf"
row           = "row"   # ? what is a row: a payment, a person?
field = [
    { name = "kunde-nr", column = "Kunde nr", kind = "digits" },
    { name = "dato", column = "Dato", kind = "date", form = "dd-MM-yyyy" },
    { name = "beløb", column = "Beløb", kind = "number", decimals = 2, mark = "," },
    { name = "tekst", column = "Tekst" },
    { name = "antal", column = "Antal", kind = "number" },   # ? a number, or digits that name something
]
"#);
    let thousands = "a;b;c;d\n1.255,50;1.255;1 000;x\n12,00;2.100;20;y\n2.100.255,5;-3.000;300;z\n";
    let fields: Vec<String> =
        sound(thousands.as_bytes()).lines().skip(6).map(str::to_owned).collect();
    insta::assert_snapshot!(fields.join("\n"), @r#"
field = [
    { name = "a", column = "a" },   # ? numbers with a mark between thousands, which are read as text: the sender should leave it out
    { name = "b", column = "b", kind = "number", decimals = 3, mark = "." },   # ? or the mark stands between thousands
    { name = "c", column = "c" },   # ? numbers with a mark between thousands, which are read as text: the sender should leave it out
    { name = "d", column = "d" },
]
"#);
    insta::assert_snapshot!(sound(b"1,a\n2,b\n"), @r#"
# A draft from a sample: what is marked `# ?` the sample leaves open.
format        = "csv"
character-set = "utf-8"   # ? the sample has no letters beyond ASCII, which show the character set: ask the sender
delimiter     = ","
line-ends     = "lf"
header        = false   # ? the first row looks like the others
row           = "row"   # ? what is a row: a payment, a person?
field = [
    { name = "column-1", kind = "number" },   # ? a number, or digits that name something
    { name = "column-2" },
]
"#);
}

#[test]
fn records_show_types_columns_and_counts() {
    let text = "00\u{c6}r\u{f8} Kommune         20261130\n\
                100101960001\u{c5}se Holm            24060 12\n\
                100101960002Bo Lund             24061123\n\
                20010196000100012000012550+\n\
                20010196000200120000000100-\n\
                200101960003 0120001250000+\n\
                99000002000007\n";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    insta::assert_snapshot!(sound(&latin), @r#"
# A draft from a sample: what is marked `# ?` the sample leaves open.
format          = "fixed"
character-set   = "iso-8859-1"   # ? by its letters; windows-1252 and iso-8859-15 write these the same
line-ends       = "lf"
trailing-blanks = "stripped"
type            = { position = 1, length = 2 }   # ? what tells the records apart: is it longer, or elsewhere?

[[record]]
name  = "start"
type  = "00"
role  = "start"
field = [
    { name = "field-3", position = 3, length = 20 },
    { name = "field-23", position = 23, length = 8, kind = "date", form = "yyyyMMdd" },
]

[[record]]
name  = "record-10"
type  = "10"
field = [
    { name = "field-3", position = 3, length = 10, kind = "digits" },   # ? digits that name something, or a number with implied decimals?
    { name = "field-13", position = 13, length = 20 },
    { name = "field-33", position = 33, length = 5, kind = "digits" },   # ? digits that name something, or a number with implied decimals?
    { name = "field-38", position = 38, length = 3, kind = "number", pad = "blank" },   # ? how many decimals are implied?
]

[[record]]
name  = "record-20"
type  = "20"
field = [
    { name = "field-3", position = 3, length = 10, kind = "digits" },   # ? digits that name something, or a number with implied decimals?
    { name = "field-13", position = 13, length = 14, kind = "number", pad = "blank" },   # ? how many decimals are implied?
    { name = "field-27", position = 27, length = 1 },
]
# ? if these belong to the record before them: inside = "…", and key = ["…"] where both have one

[[record]]
name  = "end"
type  = "99"
role  = "trailer"
field = [
    { name = "field-3", position = 3, length = 6, kind = "count", of = ["record-10"] },   # ? it fits in the sample; is it what it counts?
    { name = "field-9", position = 9, length = 6, kind = "count", of = "records" },   # ? it fits in the sample; is it what it counts?
]
"#);
}

#[test]
fn a_start_and_a_trailer_may_be_told_by_letters_among_types_of_digits() {
    let text = "H20261201REG01\n1000001Jensen    Ane  000012550\n2000001DK1000Vej 1\n\
                1000002Hansen    Bo   000000725\n2000002DK2000Gade 22\n2000002DK8000Gade 3\nT000005\n";
    let description = sound(text.as_bytes());
    assert!(description.contains("\ntype "), "{description}");
    for role in ["start", "trailer"] {
        assert!(description.contains(&format!("role  = \"{role}\"")), "{description}");
    }
    assert_eq!(description.matches("[[record]]").count(), 4, "{description}");
    // Where the letters are of the records themselves, they are no type.
    let names = "H0001\n1abcd\nB0002\n2abcd\nC0003\n";
    assert!(!sound(names.as_bytes()).contains("\ntype "));
}

#[test]
fn a_segment_that_comes_again_leads_a_group() {
    let text = "UNB+UNOC:3+A+B+261130:1200+1'UNH+1+ORDERS:D:96A:UN'BGM+220+X'DTM+137:20261130:102'NAD+BY+1::9'\
                NAD+SU'LIN+1'QTY+21:5'DTM+2:20261224:102'LIN+2'QTY+21:1'UNS+S'UNT+12+1'UNZ+1+1'";
    insta::assert_snapshot!(sound(text.as_bytes()), @r#"
# A draft from a sample: what is marked `# ?` the sample leaves open.
format    = "edifact"
line-ends = "none"
advice    = false

# ? the directory of the standard names elements by numbers (C507, 2005), says how long they are, and which must be there (!)
[composites]
DTM-1 = "DTM-1-1 DTM-1-2 DTM-1-3"
NAD-2 = "NAD-2-1 NAD-2-2 NAD-2-3"
QTY-1 = "QTY-1-1 QTY-1-2"

[segments]
BGM = "BGM-1 BGM-2"
DTM = "DTM-1"
LIN = "LIN-1"
NAD = "NAD-1 NAD-2"
QTY = "QTY-1"
UNS = "UNS-1"

[[message]]
type     = "ORDERS"
of       = ["ORDERS:D:96A:UN"]
# ? which segments must be there and how often they may stand: the sample has them so
segments = ["BGM", "DTM", "NAD 1..99", "group-1 1..99", "UNS"]
# ? groups are found where segments come again; they may be parted otherwise
[message.groups]
group-1 = ["LIN", "QTY", "DTM 0..1"]
"#);
}

#[test]
fn what_says_itself_needs_no_draft() {
    for (sample, fault) in [
        ("", NoDraft::Empty),
        (" \n", NoDraft::Empty),
        ("<a/>", NoDraft::SaysItself),
        ("\u{feff}<?xml version='1.0'?>", NoDraft::SaysItself),
        ("{\"a\":1}", NoDraft::SaysItself),
        ("[ {\"a\":1}]", NoDraft::SaysItself),
    ] {
        assert_eq!(of(sample.as_bytes(), Known::default()), Err(fault), "{sample}");
    }
    let known = Known { format: Some(DraftFormat::Edifact), ..Known::default() };
    assert_eq!(of(b"a;b\n", known), Err(NoDraft::Otherwise));
}

#[test]
fn tax_records_of_five_sets_are_read_by_their_drafts() {
    let Some(folder) = shared("corpora/skat-records") else { return };
    for (name, set) in [
        ("sample-ok.latin1.bin", "iso-8859-1"),
        ("sample-ok.crlf.latin1.txt", "iso-8859-1"),
        ("sample-ok.CP865.bin", "cp865"),
        ("sample-ok.CP850.bin", "cp850"),
        ("sample-ok.IBM277.bin", "ibm277"),
    ] {
        let description = sound(&fs::read(folder.join(name)).unwrap());
        println!("{name}\n{description}");
        assert!(description.contains(set) || set == "cp850", "{name}: {description}");
        assert!(description.contains("name  = \"end\"\ntype  = \"9998\""), "{name}: {description}");
        assert!(
            description.contains("kind = \"count\", of = \"records\""),
            "{name}: {description}"
        );
    }
}

#[test]
fn interchanges_of_the_corpora_are_read_by_their_drafts() {
    for folder in ["corpora/medcom-edifact", "corpora/en16931/edifact"] {
        let Some(folder) = shared(folder) else { return };
        let samples = samples(folder);
        assert!(!samples.is_empty());
        for sample in samples {
            assert_eq!(draft(&sample).unread, None);
        }
    }
}

/// Interchanges below a folder; files that are there to be refused are left out.
fn samples(folder: std::path::PathBuf) -> Vec<Vec<u8>> {
    let (mut samples, mut folders) = (Vec::new(), vec![folder]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            if edifact::is_one(&bytes) && !path.display().to_string().contains("ERROR") {
                samples.push(bytes);
            }
        }
    }
    samples
}

/// The same interchanges without the grammars that come with the product.
#[test]
fn groups_are_found_where_no_grammar_is_known() {
    let Some(folder) = shared("corpora/en16931/edifact") else { return };
    let (mut n_read, mut n_samples) = (0, 0);
    for sample in samples(folder) {
        let Some(own) = edifact::drafts(&sample).and_then(|drafts| drafts.last().cloned()) else {
            continue;
        };
        let draft = verify::first_that_reads(DraftFormat::Edifact, vec![own], &sample).unwrap();
        n_samples += 1;
        if draft.unread.is_some() {
            println!("{:?}\n{}", draft.unread, draft.description);
        }
        n_read += usize::from(draft.unread.is_none());
    }
    println!("{n_read} of {n_samples}");
    assert!(n_read > 0);
}

proptest! {
    /// Whatever the bytes, a draft is a sound description or there is none.
    #[test]
    fn any_sample_ends_in_a_draft_or_a_reason(
        rows in proptest::collection::vec("[A-Z0-9 ;,+'\"\\-]{0,30}", 1..12), end in "(\n|\r\n|)",
    ) {
        let sample = rows.iter().map(|row| format!("{row}{end}")).collect::<String>();
        if let Ok(draft) = of(sample.as_bytes(), Known::default()) {
            let mut findings = Vec::new();
            crate::layout::describe("draft", &draft.description, &mut findings);
            prop_assert!(!findings.iter().any(sluse_contracts::Finding::is_error), "{:?}\n{}", findings, draft.description);
        }
    }

    /// Even rows are read by what is found in them.
    #[test]
    fn even_rows_are_read_by_their_draft(
        rows in proptest::collection::vec(("[0-9]{4}", "[A-Z][a-z]{1,9}", "[0-9]{1,3}"), 3..20),
    ) {
        let line = |(a, b, c): &(String, String, String)| format!("{a}{b:10}{c:>3}\n");
        let sample: String = rows.iter().map(line).collect();
        prop_assert_eq!(draft(sample.as_bytes()).unread, None, "{}", draft(sample.as_bytes()).description);
    }
}
