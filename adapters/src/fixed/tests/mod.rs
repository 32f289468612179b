//! Descriptions with faults, files with faults, and files that come back byte for byte.

mod described;
mod properties;
mod published;
mod written;

use crate::{
    fault::{Faults, Reach},
    layout::{Layout, Step, describe},
    shared::shared,
    tree::Tree,
};
use proptest::prelude::*;
use sluse_contracts::payload::Limits;
use std::{fs, sync::Arc};

/// A description with everything: three levels, keys, counts, and a field of every kind.
const PERSONS: &str = r#"
format        = "fixed"
character-set = "ibm277"
record-length = 40
type          = { position = 1, length = 3 }

[[record]]
name = "start"
type = "000"
role = "start"
field = [
    { name = "made", position = 4, length = 12, kind = "date", form = "yyyyMMddHHmm" },
    { position = 16, length = 25, kind = "filler" },
]

[[record]]
name = "person"
type = "001"
field = [
    { name = "number", position = 4, length = 10, kind = "digits", required = true },
    { name = "born", kind = "date", form = "ddMMyy", pivot = 30 },
    { name = "income", length = 5, kind = "packed", decimals = 2 },
    { name = "change", length = 6, kind = "number", sign = "overpunch" },
    { name = "code", length = 2, times = 4 },
    { kind = "ignored", length = 2 },
]

[[record]]
name     = "address"
type     = "002"
inside   = "person"
key      = ["number"]
at-most  = 2
field = [
    { name = "number", position = 4, length = 10, kind = "digits" },
    { name = "street", length = 20 },
    { name = "house", length = 4, align = "right" },
    { name = "floor", length = 2, kind = "binary" },
    { kind = "constant", value = "X" },
]

[[record]]
name     = "note"
type     = "003"
inside   = "address"
field = [{ name = "text", position = 4, length = 37 }]

[[record]]
name = "end"
type = "999"
role = "trailer"
field = [
    { name = "records", position = 4, length = 8, kind = "count", of = "records" },
    { name = "persons", length = 8, kind = "count", of = ["person"] },
    { name = "own", length = 8, kind = "sequence" },
    { kind = "filler", length = 13 },
]
"#;

fn layout(text: &str) -> Arc<dyn Layout> {
    let mut findings = Vec::new();
    let layout = describe("layout.toml", text, &mut findings);
    assert!(findings.is_empty(), "{findings:#?}");
    layout.unwrap()
}

/// The faults of a description, as they are printed.
fn told(text: &str) -> String {
    let mut findings = Vec::new();
    let layout = describe("layout.toml", text, &mut findings);
    let has_errors = findings.iter().any(sluse_contracts::Finding::is_error);
    assert_eq!(layout.is_none(), has_errors);
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What reading gives: an outline for each unit, a line for each fault.
fn read(layout: &Arc<dyn Layout>, bytes: &[u8], piece: usize) -> String {
    let (text, _) = read_all(layout, bytes, piece, &Limits::default());
    text
}

fn read_all(
    layout: &Arc<dyn Layout>,
    bytes: &[u8],
    piece: usize,
    limits: &Limits,
) -> (String, Vec<Tree>) {
    let mut tree = Tree::new(layout.names().clone(), limits);
    let (mut reader, mut faults) = (layout.clone().reader(limits), Faults::new(100));
    let (mut pieces, mut text, mut units) = (bytes.chunks(piece), String::new(), Vec::new());
    loop {
        let step = reader.next(&mut tree, &mut faults);
        for fault in faults.take() {
            let reach = if fault.reach == Reach::Unit { "unit" } else { "message" };
            text.push_str(&format!("{} {reach}: {fault}\n", fault.code));
        }
        match step {
            Step::Unit => {
                text.push_str(&tree.outline());
                let next = Tree::new(layout.names().clone(), limits);
                units.push(std::mem::replace(&mut tree, next));
            }
            Step::Refused => text.push_str("refused\n"),
            Step::Hungry => match pieces.next() {
                Some(piece) => reader.feed(piece),
                None => reader.finish(),
            },
            Step::End | Step::Broken => {
                text.push_str(if step == Step::End { "end\n" } else { "broken\n" });
                assert_eq!(reader.next(&mut tree, &mut faults), step, "it stays so");
                return (text, units);
            }
        }
    }
}

fn write(layout: &Arc<dyn Layout>, units: &[Tree]) -> Result<Vec<u8>, String> {
    let (mut writer, mut out) = (layout.clone().writer(), Vec::new());
    let told = |fault: crate::fault::Fault| format!("{} {fault}", fault.code);
    for unit in units {
        writer.write(unit, &mut out).map_err(told)?;
    }
    writer.finish(&mut out).map_err(told)?;
    Ok(out)
}

fn encode(set: &str, text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    set.parse::<crate::charset::CharacterSet>().unwrap().encode(text, &mut bytes).unwrap();
    bytes
}

/// A file of persons: text in the character set, with bytes where numbers are packed.
fn persons(records: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for record in records {
        let mut encoded = encode("ibm277", record);
        if record.starts_with("001") {
            encoded[19..24].copy_from_slice(&[0x00, 0x01, 0x23, 0x45, 0x6D]);
        }
        if record.starts_with("002") {
            encoded[37..39].copy_from_slice(&[0xFF, 0xFE]);
        }
        assert_eq!(encoded.len(), 40, "{record:?}");
        bytes.extend(encoded);
    }
    bytes
}

const GOOD: [&str; 6] = [
    "000202611301200                         ",
    "0010101960001010196.....00012åAB  CD    ",
    "0020101960001Ågade               12B..X ",
    "003bag gården, ring først               ",
    "0010202960002      .....      A1        ",
    "99900000006000000020000000 6            ",
];

fn good() -> Vec<u8> {
    let mut records = GOOD.map(str::to_owned);
    records[2] = "0020101960001Ågade                12B..X".into();
    records[5] = format!("999{:08}{:08}{:08}{}", 6, 2, 6, " ".repeat(13));
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    persons(&records)
}

#[test]
fn records_nest_by_type_and_key_into_units() {
    let layout = layout(PERSONS);
    let expected = "\
start
  made: 2026-11-30T12:00
person
  number: 0101960001
  born: 1996-01-01
  income: -1234.56
  change: -120
  code: AB
  code: \n  code: CD
  address
    number: 0101960001
    street: Ågade
    house: 12B
    floor: -2
    note
      text: bag gården, ring først
person
  number: 0202960002
  income: -1234.56
  code: A1
end
  records: 6
  persons: 2
  own: 6
end
";
    let bytes = good();
    for piece in [1, 7, 40, 41, 1_000] {
        assert_eq!(read(&layout, &bytes, piece), expected, "in pieces of {piece}");
    }
    let (_, units) = read_all(&layout, &bytes, 1_000, &Limits::default());
    assert_eq!(write(&layout, &units), Ok(bytes.clone()));
    // A trailer of counts needs no tree.
    assert_eq!(write(&layout, &units[..units.len() - 1]), Ok(bytes));
}

/// The good file with one record changed.
fn with(at: usize, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let bytes = good();
    let mut records: Vec<Vec<u8>> = bytes.chunks(40).map(<[u8]>::to_vec).collect();
    change(&mut records[at]);
    records.concat()
}

/// The lines that are not of a tree.
fn faults(text: &str) -> String {
    let is_fault = |line: &&str| line.starts_with('V') || ["refused", "broken"].contains(line);
    text.lines().filter(is_fault).collect::<Vec<_>>().join("\n")
}

fn set(at: usize, text: &str) -> impl FnOnce(&mut Vec<u8>) {
    let bytes = encode("ibm277", text);
    move |record| record[at..at + bytes.len()].copy_from_slice(&bytes)
}

#[test]
fn a_fault_names_byte_record_and_field_and_how_far_it_reaches() {
    let layout = layout(PERSONS);
    let of = |bytes: Vec<u8>| faults(&read(&layout, &bytes, 64));
    insta::assert_snapshot!(of(with(1, set(5, "X"))), @r"
    V0906 unit: the field holds a character that is no digit (record 2, byte 45, person/number)
    V0904 unit: the key is not that of the record that it stands in (record 3, byte 80, address/number)
    refused
    ");
    insta::assert_snapshot!(of(with(1, |record| record[20] = 0xA1)), @r"
    V0906 unit: the field holds a half byte that is no digit (record 2, byte 60, person/income)
    refused
    ");
    insta::assert_snapshot!(of(with(2, set(3, "0202960002"))), @r"
    V0904 unit: the key is not that of the record that it stands in (record 3, byte 80, address/number)
    refused
    ");
    insta::assert_snapshot!(of(with(4, set(3, "          "))), @r"
    V0907 unit: the field has no value (record 5, byte 163, person/number)
    refused
    ");
    insta::assert_snapshot!(of(with(3, set(0, "007"))), @r"
    V0903 message: the description has no record of this type (record 4, byte 120)
    broken
    ");
    insta::assert_snapshot!(of(with(5, set(10, "5"))), @r"
    V0905 message: the number is not that of the records that there are (record 6, byte 203, end/records)
    broken
    ");
    insta::assert_snapshot!(of(good()[40..].to_vec()), @r"
    V0904 message: the first record is not the start record (record 1, byte 0, person)
    broken
    ");
    insta::assert_snapshot!(of(good()[..200].to_vec()), @r"
    V0901 message: the message ends without its trailer (byte 200)
    broken
    ");
    insta::assert_snapshot!(of(good()[..230].to_vec()), @r"
    V0901 message: the message ends within a record (record 6, byte 200)
    broken
    ");
    insta::assert_snapshot!(of([good(), good()].concat()), @r"
    V0904 message: a record follows the trailer (record 7, byte 240, start)
    broken
    ");
    insta::assert_snapshot!(of(Vec::new()), @r"
    V0109 message: the message has no records (byte 0)
    broken
    ");
    insta::assert_snapshot!(of(with(1, set(0, "002"))), @r"
    V0904 unit: the record stands in none of those that it may stand in (record 2, byte 40, address)
    refused
    V0905 message: the number is not that of the records that there are (record 6, byte 211, end/persons)
    broken
    ");
    let three = [&good()[..120], &good()[80..120], &good()[80..120], &good()[160..]].concat();
    insta::assert_snapshot!(of(three), @r"
    V0904 unit: there are more than 2 of the record (record 2, byte 40, address)
    refused
    V0905 message: the number is not that of the records that there are (record 7, byte 243, end/records)
    V0905 message: the number is not that of the records that there are (record 7, byte 259, end/own)
    broken
    ");
}

const LINES: &str = r#"
format          = "fixed"
character-set   = "utf-8"
line-ends       = "crlf"
trailing-blanks = "stripped"

[[record]]
name = "town"
field = [
    { name = "name", position = 1, length = 8 },
    { name = "code", length = 4, kind = "digits", required = true },
    { name = "note", length = 4 },
]
"#;

#[test]
fn lines_may_lack_their_blanks_and_positions_are_characters() {
    let layout = layout(LINES);
    let bytes = "Ærøskøb 5970\r\nÅlborg  9000 ø\r\n".as_bytes();
    let expected = "town\n  name: Ærøskøb\n  code: 5970\ntown\n  name: Ålborg\n  code: 9000\n  note:  ø\nend\n";
    assert_eq!(read(&layout, bytes, 3), expected);
    let (_, units) = read_all(&layout, bytes, 100, &Limits::default());
    assert_eq!(write(&layout, &units).unwrap(), bytes);
    // Other line ends, and none after the last record, are read as well.
    assert_eq!(read(&layout, "Ærøskøb 5970\nÅlborg  9000 ø".as_bytes(), 5), expected);
    assert_eq!(read(&layout, b"", 5), "end\n");
}

#[test]
fn a_bad_line_is_refused_alone() {
    let layout = layout(LINES);
    let text = "Ærø     5970\nÆrø     59X0\nÆrø     5970 for long\n\nÆrø\nÆrø     5970\n";
    insta::assert_snapshot!(faults(&read(&layout, text.as_bytes(), 9)), @r"
    V0906 unit: the field holds a character that is no digit (record 2, byte 27, town/code)
    refused
    V0902 unit: the record is not 16 characters long (record 3, byte 30, town)
    refused
    V0907 unit: the field has no value (record 4, byte 62, town/code)
    refused
    V0907 unit: the field has no value (record 5, byte 65, town/code)
    refused
    ");
    let wrong = [b"\xC6r\xF8     5970\n".as_slice(), "Ærø     5970\n".as_bytes()].concat();
    insta::assert_snapshot!(read(&layout, &wrong, 9), @r"
    V0102 unit: a byte is no text in the character set (record 1, byte 0)
    refused
    town
      name: Ærø
      code: 5970
    end
    ");
}
