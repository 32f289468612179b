//! Descriptions with faults, files with faults, and files that come back byte for byte.

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

#[test]
fn every_fault_of_a_description_is_told_at_once() {
    insta::assert_snapshot!(told(r#"
format = "fixed"
character-set = "ebcdic"
record-length = 0
"#), @r"
    layout.toml:1:1 C0104 `record` is missing
    layout.toml:3:17 C0105 `character-set`: a character set is one of utf-8, iso-8859-1, iso-8859-15, windows-1252, cp850, cp865, ibm277, ibm1142
    layout.toml:4:17 C0105 `record-length` must lie between 1 and 65536
    ");
    insta::assert_snapshot!(told("format = \"fixd\"\nrecord = 1\n"), @r#"
    layout.toml:1:10 C0105 `format` takes one of: csv, edifact, fixed
      hint: did you mean "fixed"?
    "#);
    insta::assert_snapshot!(told(r#"
format = "fixed"
character-set = "utf-8"
record-length = 20
type = { position = 0, length = 2 }

[[record]]
name = "a b"
type = "01"
field = [
    { name = "y", length = 4, kind = "packed", decimal = 2 },
    { name = "x", length = 4, kind = "packet" },
    { name = "n", length = 4, kind = "count", of = "records" },
]
"#), @r#"
    layout.toml:3:1 C0105 records in utf-8 need `line-ends`: a character may take several bytes
    layout.toml:5:21 C0105 `position` must lie between 1 and 65536
    layout.toml:8:8 C0105 `name`: a name has 1 to 200 letters, digits, `-` and `_`
    layout.toml:11:31 C0105 bytes that are no text cannot stand in utf-8
    layout.toml:11:48 C0102 there is no key `decimal` here
      hint: did you mean `decimals`?
    layout.toml:12:31 C0105 `kind` takes one of: text, digits, number, date, packed, binary, count, sequence, constant, filler, ignored
    layout.toml:13:31 C0105 a count stands in the record with `role = "trailer"`
    "#);
    insta::assert_snapshot!(told("format = 'fixed'\ncharacter-set = 'cp865'\nline-ends = 'lf'\n[[record]]\nname='a'\nfield = [{ name = 'a', length = 3, kind = 'packed' }]"), @"layout.toml:6:36 C0105 bytes that are no text may hold a line end: leave `line-ends` out");
    insta::assert_snapshot!(told("format = 'fixed'\ncharacter-set = 'cp865'\nline-ends = 'nel'\n[[record]]\nname='a'\nfield = [{ name = 'a', length = 3, kind = 'date', form = 'yyyyMMdd' }]"), @r"
    layout.toml:3:1 C0105 `nel` is a line end of EBCDIC: say lf or crlf
    layout.toml:6:24 C0105 `length` is 3, but what is written takes 8 characters
    ");
}

#[test]
fn fields_and_records_that_do_not_go_together_are_told() {
    insta::assert_snapshot!(told(r#"
format = "fixed"
character-set = "ibm277"
record-length = 20
type = { position = 1, length = 2 }

[[record]]
name = "a"
type = "01"
inside = "b"
field = [
    { name = "x", position = 3, length = 10, kind = "digits" },
    { name = "y", position = 12, length = 4 },
    { name = "y", position = 18, length = 4, kind = "packed" },
]

[[record]]
name = "b"
type = "01"
inside = "a"
key = ["z"]
field = [{ name = "count", position = 3, length = 4, kind = "sequence" }]

[[record]]
name = "b"
type = "3"
inside = "c"
field = [{ kind = "filler", position = 3, length = 18 }]

[[record]]
name = "end"
type = "99"
role = "trailer"
field = [{ name = "n", position = 3, length = 18, kind = "count", of = ["c"] }]
"#), @r#"
    layout.toml:7:1 C0605 `a` stands in itself
      hint: one of the records around it stands in no other
    layout.toml:13:5 C0601 `y` begins at position 12, where `x` still is
      hint: each position belongs to one field: check positions and lengths
    layout.toml:14:5 C0602 warning: positions 16 to 17 belong to no field
      hint: it is read over and written as blanks: say `kind = "filler"` or `"ignored"`
    layout.toml:14:5 C0603 `y` ends at position 21 of a record of 20
      hint: check `position`, `length` and `times` against `record-length`
    layout.toml:14:5 C0208 two fields of `a` are named `y`
      hint: a repeated field takes `times`
    layout.toml:17:1 C0602 warning: positions 7 to 20 belong to no field
      hint: it is read over and written as blanks: say `kind = "filler"` or `"ignored"`
    layout.toml:17:1 C0604 `b` has the type of `a`
      hint: records are told apart by their type
    layout.toml:17:1 C0605 a field of the `key` of `b` is missing
      hint: the record and the one that it stands in both have fields of these names
    layout.toml:17:1 C0605 `b` stands in itself
      hint: one of the records around it stands in no other
    layout.toml:24:1 C0105 `type` of `b` is not 2 characters long
      hint: write the blanks of the type too
    layout.toml:24:1 C0208 two records are named `b`
      hint: the name is that of the group in the tree: give each its own
    layout.toml:27:10 C0605 there is no record `c`
      hint: records here: a, b, b, end
    layout.toml:34:73 C0605 there is no record `c`
      hint: records here: a, b, b, end
    "#);
    insta::assert_snapshot!(told("format='fixed'\ncharacter-set='cp865'\nline-ends='lf'\n[[record]]\nname='a'\nfield=[{ name='a', length=3 }]\n[[record]]\nname='b'\nkey=['a']\nfield=[{ name='a', length=3 }]"), @r"
    layout.toml:7:1 C0605 `b` has a `key` and stands in no record
      hint: say the record that it stands in with `inside`
    layout.toml:7:1 C0604 there are several records and nothing tells them apart
      hint: say where the type stands, as in type = { position = 1, length = 3 }
    ");
}

#[test]
fn what_cannot_be_written_is_refused_with_its_source() {
    let layout = layout(LINES);
    let place = crate::tree::Place { offset: 99, line: 7, record: 3 };
    let unit = |fields: &[(&str, &str)]| {
        let mut tree = Tree::new(layout.names().clone(), &Limits::default());
        let town = tree.find_name("town").unwrap();
        tree.open(crate::tree::Kind::Group, town, place).unwrap();
        for (name, value) in fields {
            let name = tree.name_for(name).unwrap();
            tree.field(name, value, place).unwrap();
        }
        tree.close();
        write(&layout, &[tree]).map(|bytes| String::from_utf8(bytes).unwrap())
    };
    assert_eq!(unit(&[("code", "5970"), ("name", "Ærø")]), Ok("Ærø     5970\r\n".into()));
    let refused = |fields: &[(&str, &str)]| unit(fields).unwrap_err();
    insta::assert_snapshot!(refused(&[("name", "Ærø")]), @"V0907 the field has no value (record 3, byte 99, town/code)");
    insta::assert_snapshot!(refused(&[("code", "5970"), ("name", "Marstal på Ærø")]), @"V0908 the value is longer than the field (record 3, byte 99, town/name)");
    insta::assert_snapshot!(refused(&[("code", "5970"), ("name", "a\nb")]), @"V0908 a line end cannot stand in a record (record 3, byte 99, town/name)");
    insta::assert_snapshot!(refused(&[("code", "5970"), ("canary", "x")]), @"V0910 the record has no such field, or not as often (record 3, byte 99, town)");
    insta::assert_snapshot!(refused(&[("code", "5970"), ("code", "5971")]), @"V0910 the record has no such field, or not as often (record 3, byte 99, town)");
}

#[test]
fn a_character_that_the_set_lacks_is_told_by_its_position() {
    let layout = layout(
        "format='fixed'\ncharacter-set='cp865'\nline-ends='lf'\n[[record]]\nname='r'\nfield=[{name='t',length=8}]",
    );
    let mut tree = Tree::new(layout.names().clone(), &Limits::default());
    let (record, text) = (tree.find_name("r").unwrap(), tree.find_name("t").unwrap());
    tree.open(crate::tree::Kind::Group, record, Default::default()).unwrap();
    tree.field(text, "blå Žito", Default::default()).unwrap();
    tree.close();
    let told = write(&layout, &[tree]).unwrap_err();
    assert_eq!(told, "V0909 the character set lacks character 5 of the value (byte 0, r/t)");
}

#[test]
fn memory_is_one_unit_whatever_the_file_is() {
    let layout = layout(LINES);
    let limits = Limits::default();
    let mut tree = Tree::new(layout.names().clone(), &limits);
    let (mut reader, mut faults) = (layout.reader(&limits), Faults::new(10));
    let piece = "Ærøskøb 5970 ø\r\n".repeat(1_000);
    let (mut n_units, mut held) = (0_u64, 0);
    for _ in 0..200 {
        reader.feed(piece.as_bytes());
        while reader.next(&mut tree, &mut faults) == Step::Unit {
            n_units += 1;
        }
        held = held.max(reader.held_bytes() + tree.held_bytes());
    }
    assert_eq!((n_units, faults.found()), (200_000, 0));
    assert!(held < 3 * piece.len(), "{held}");
}

#[test]
fn endless_repetition_and_endless_lines_are_bounded() {
    let limits = Limits { tree_bytes_max: 20_000, ..Limits::default() };
    let layout = layout(PERSONS);
    let address = good()[80..120].to_vec();
    let bytes = [&good()[..80], &address.repeat(100_000)].concat();
    let mut tree = Tree::new(layout.names().clone(), &limits);
    let (mut reader, mut faults) = (layout.reader(&limits), Faults::new(10));
    for piece in bytes.chunks(4_000) {
        reader.feed(piece);
        while reader.next(&mut tree, &mut faults) != Step::Hungry {}
        assert!(reader.held_bytes() + tree.held_bytes() < 100_000);
    }
    assert_eq!((faults.found(), faults.kept()[0].code.as_str()), (1, "V0106"));

    let layout = self::layout(LINES);
    let (mut reader, mut faults) = (layout.reader(&limits), Faults::new(10));
    for _ in 0..1_000 {
        reader.feed(&[b'x'; 100]);
        if reader.next(&mut tree, &mut faults) == Step::Broken {
            break;
        }
    }
    assert_eq!(faults.kept()[0].code.as_str(), "V0902");
    assert!(reader.held_bytes() < 20_000, "{}", reader.held_bytes());
}

#[test]
fn debug_shows_nothing_of_a_message() {
    let layout = layout(LINES);
    let mut reader = layout.clone().reader(&Limits::default());
    reader.feed(b"canary");
    let shown = format!("{reader:?} {:?}", layout.writer());
    assert!(!shown.contains("canary"), "{shown}");
}

/// Values for the fields of a person, canonical by their kinds.
fn person() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let born = (1930..2030_u32, 1..=12_u32, 1..=28_u32)
        .prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"));
    let income = "-?[1-9][0-9]{0,6}\\.[0-9]{2}";
    let change = "-?[1-9][0-9]{0,5}";
    let code = "[A-ZÆØÅ0-9][A-Za-zæøå]";
    (
        "[0-9]{10}",
        proptest::option::of(born),
        proptest::option::of(income),
        proptest::option::of(change),
        proptest::collection::vec(code, 0..=4),
    )
        .prop_map(|(number, born, income, change, codes)| {
            let mut fields = vec![("number", number)];
            fields.extend(born.map(|born| ("born", born)));
            fields.extend(income.map(|income| ("income", income)));
            fields.extend(change.map(|change| ("change", change)));
            fields.extend(codes.into_iter().map(|code| ("code", code)));
            fields
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same_and_written_as_the_same(
        persons in proptest::collection::vec((person(), proptest::collection::vec("[!-~æøåÆØÅ]{1,20}", 0..3)), 0..6),
        piece in 1..200_usize,
    ) {
        let layout = layout(PERSONS);
        let mut units = Vec::new();
        let place = crate::tree::Place::default();
        let group = |tree: &mut Tree, name: &str| {
            let name = tree.find_name(name).unwrap();
            tree.open(crate::tree::Kind::Group, name, place).unwrap();
        };
        let mut start = Tree::new(layout.names().clone(), &Limits::default());
        group(&mut start, "start");
        units.push(start);
        for (fields, streets) in &persons {
            let mut tree = Tree::new(layout.names().clone(), &Limits::default());
            group(&mut tree, "person");
            for (name, value) in fields {
                tree.field(tree.find_name(name).unwrap(), value, place).unwrap();
            }
            for street in streets {
                group(&mut tree, "address");
                tree.field(tree.find_name("street").unwrap(), street, place).unwrap();
                tree.field(tree.find_name("floor").unwrap(), "-32768", place).unwrap();
                tree.close();
            }
            units.push(tree);
        }
        let bytes = write(&layout, &units).unwrap();
        let (text, again) = read_all(&layout, &bytes, piece, &Limits::default());
        prop_assert_eq!(faults(&text), "");
        prop_assert_eq!(again.len(), units.len() + 1);
        prop_assert_eq!(write(&layout, &again).unwrap(), bytes);
    }

    #[test]
    fn no_bytes_make_a_reader_panic_or_disagree_on_pieces(
        bytes in proptest::collection::vec(any::<u8>(), 0..200), piece in 1..50_usize, place in 0..240_usize,
    ) {
        for text in [PERSONS, LINES] {
            let layout = layout(text);
            prop_assert_eq!(read(&layout, &bytes, piece), read(&layout, &bytes, 1_000));
        }
        let layout = layout(PERSONS);
        let mut changed = good();
        for (to, byte) in changed.iter_mut().skip(place).zip(&bytes) {
            *to = *byte;
        }
        prop_assert_eq!(read(&layout, &changed, piece), read(&layout, &changed, 1_000));
    }
}

/// A field of some kind: its keys, and canonical values that fit.
fn any_field() -> impl Strategy<Value = (String, Option<String>)> {
    let text = (1..12_usize).prop_flat_map(|length| {
        let value = proptest::string::string_regex(&format!("[!-~æøåÆØÅ]{{1,{length}}}")).unwrap();
        (Just(format!("kind = 'text', length = {length}")), value)
    });
    let digits = (1..12_usize).prop_flat_map(|length| {
        let value = proptest::string::string_regex(&format!("[0-9]{{{length}}}")).unwrap();
        (Just(format!("kind = 'digits', length = {length}")), value)
    });
    let date = (1951..2050_u32, 1..=12_u32, 1..=28_u32, 0..4_usize).prop_map(|(y, m, d, form)| {
        let forms = ["'yyyyMMdd'", "'ddMMyy', pivot = 51", "'yyDDD', pivot = 51", "'dd.MM.yyyy'"];
        (format!("kind = 'date', form = {}", forms[form]), format!("{y:04}-{m:02}-{d:02}"))
    });
    prop_oneof![text, digits, any_number(), date]
        .prop_flat_map(|(keys, value)| (Just(keys), proptest::option::of(Just(value))))
}

/// A number in characters, packed or binary, with every place of the sign.
fn any_number() -> impl Strategy<Value = (String, String)> {
    (1..10_usize, 0..10_usize, any::<u64>(), any::<bool>(), 0..7_usize).prop_map(
        |(n_digits, decimals, seed, negative, kind)| {
            let decimals = decimals.min(n_digits);
            let number = seed % 10_u64.pow(u32::try_from(n_digits).unwrap());
            let digits = format!("{number:0width$}", width = decimals + 1);
            let (whole, fraction) = digits.split_at(digits.len() - decimals);
            let (keys, length, has_sign) = match kind {
                0 => ("kind = 'number'", n_digits, false),
                1 => ("kind = 'number', sign = 'leading'", n_digits + 1, true),
                2 => (
                    "kind = 'number', sign = 'leading', plus = 'blank', pad = 'blank'",
                    n_digits + 3,
                    true,
                ),
                3 => ("kind = 'number', sign = 'trailing'", n_digits + 1, true),
                4 => ("kind = 'number', sign = 'overpunch'", n_digits, true),
                5 => ("kind = 'packed'", n_digits / 2 + 1, true),
                _ => ("kind = 'binary'", 8, true),
            };
            let sign = if negative && has_sign && number > 0 { "-" } else { "" };
            let point = if decimals > 0 { "." } else { "" };
            let value = format!("{sign}{whole}{point}{fraction}");
            (format!("{keys}, length = {length}, decimals = {decimals}"), value)
        },
    )
}

proptest! {
    #[test]
    fn any_description_writes_what_it_reads(
        fields in proptest::collection::vec(any_field(), 1..12),
        set in prop_oneof![Just("iso-8859-1"), Just("iso-8859-15"), Just("windows-1252"),
            Just("cp850"), Just("cp865"), Just("ibm277"), Just("ibm1142")],
        n_units in 1..4_usize,
    ) {
        let mut keys = String::new();
        for (at, (field, _)) in fields.iter().enumerate() {
            keys.push_str(&format!("  {{ name = 'f{at}', {field} }},\n"));
        }
        let text = |length: usize| {
            format!("format = 'fixed'\ncharacter-set = '{set}'\nrecord-length = {length}\n[[record]]\nname = 'r'\nfield = [\n{keys}]\n")
        };
        // The warning of positions without a field says where the fields end.
        let warning = told(&text(60_000));
        let end = warning.split("positions ").nth(1).unwrap().split(' ').next().unwrap();
        let length = end.parse::<usize>().unwrap() - 1;
        let layout = layout(&text(length));
        let mut unit = Tree::new(layout.names().clone(), &Limits::default());
        let place = crate::tree::Place::default();
        unit.open(crate::tree::Kind::Group, unit.find_name("r").unwrap(), place).unwrap();
        for (at, (keys, value)) in fields.iter().enumerate() {
            let name = unit.find_name(&format!("f{at}")).unwrap();
            // A binary number has no form for "no value".
            let value = value.clone().or_else(|| keys.contains("binary").then(|| "0".to_owned()));
            if let Some(value) = value {
                unit.field(name, &value, place).unwrap();
            }
        }
        unit.close();
        let (mut writer, mut bytes) = (layout.clone().writer(), Vec::new());
        for _ in 0..n_units {
            writer.write(&unit, &mut bytes).unwrap();
        }
        prop_assert_eq!(bytes.len(), length * n_units);
        let (text, again) = read_all(&layout, &bytes, 50, &Limits::default());
        prop_assert_eq!(faults(&text), "");
        for (at, (keys, value)) in fields.iter().enumerate() {
            let found = again[0].at(again[0].root(), &["r", &format!("f{at}")]);
            let found = found.and_then(|node| again[0].value(node));
            if value.is_some() || !keys.contains("binary") {
                prop_assert_eq!(found, value.as_deref(), "{}", keys);
            }
        }
        prop_assert_eq!(write(&layout, &again).unwrap(), bytes);
    }
}

proptest! {
    /// Descriptions are people's, and yet nothing in them may make the program fail.
    #[test]
    fn no_description_makes_the_reader_of_descriptions_panic(
        at in 0..PERSONS.len(), cut in 0..40_usize, put in "[0-9a-z ={}\\[\\]\"',\n]{0,8}",
    ) {
        let head: String = PERSONS.chars().take(at).collect();
        let tail: String = PERSONS.chars().skip(at + cut).collect();
        let mut findings = Vec::new();
        let layout = describe("layout.toml", &format!("{head}{put}{tail}"), &mut findings);
        if let Some(layout) = layout {
            read(&layout, &good(), 64);
        } else {
            prop_assert!(findings.iter().any(sluse_contracts::Finding::is_error));
        }
    }
}

#[test]
fn lines_of_mainframes_end_in_nel() {
    let layout = layout(
        "format='fixed'\ncharacter-set='ibm277'\nline-ends='nel'\n[[record]]\nname='r'\nfield=[{name='t',length=3}]",
    );
    let bytes = [encode("ibm277", "Ærø"), vec![0x15], encode("ibm277", "ab "), vec![0x15]].concat();
    let (text, units) = read_all(&layout, &bytes, 2, &Limits::default());
    assert_eq!(text, "r\n  t: Ærø\nr\n  t: ab\nend\n");
    assert_eq!(write(&layout, &units).unwrap(), bytes);
}

#[test]
fn packed_numbers_may_be_absent_as_blanks_or_low_values() {
    let text = |keys: &str| {
        format!(
            "format='fixed'\ncharacter-set='ibm277'\nrecord-length=2\n[[record]]\nname='r'\nfield=[{{name='n',length=2,kind='packed'{keys}}}]"
        )
    };
    let outline = |keys: &str, bytes: &[u8]| {
        let layout = layout(&text(keys));
        let (text, units) = read_all(&layout, bytes, 2, &Limits::default());
        if faults(&text).is_empty() {
            assert_eq!(write(&layout, &units).unwrap(), bytes);
        }
        text
    };
    assert_eq!(outline("", &[0x40, 0x40]), "r\nend\n");
    assert_eq!(outline(",absent=['nulls']", &[0, 0]), "r\nend\n");
    assert_eq!(outline("", &[0x12, 0x3D]), "r\n  n: -123\nend\n");
    insta::assert_snapshot!(outline("", &[0, 0]), @r"
    V0906 unit: the last half byte is no sign (record 1, byte 1, r/n)
    refused
    end
    ");
    insta::assert_snapshot!(outline(",required=true", &[0x40, 0x40]), @r"
    V0907 unit: the field has no value (record 1, byte 0, r/n)
    refused
    end
    ");
    insta::assert_snapshot!(outline(",signed=false", &[0x12, 0x3D]), @r"
    V0906 unit: the last half byte is no sign (record 1, byte 1, r/n)
    refused
    end
    ");
    insta::assert_snapshot!(told(&text(",absent=['zeros']")), @"layout.toml:6:41 C0105 a packed number of zeros is zero: say blanks or nulls");
}

/// The securities report's neighbour: foreign institutes, as the tax agency describes them.
const INSTITUTES: &str = r#"
format = "fixed"
character-set = "iso-8859-1"
record-length = 868
type = { position = 1, length = 4 }

[[record]]
name = "start"
type = "0001"
role = "start"
field = [
    { name = "brugernr", position = 5, length = 4, kind = "digits" },
    { kind = "constant", position = 9, value = "0314315255" },
    { name = "navn", position = 19, length = 27 },
    { name = "adresse", position = 46, length = 35 },
    { kind = "filler", position = 81, length = 788 },
]

[[record]]
name = "individ"
type = "2253"
field = [
    { name = "opsenr", position = 5, length = 8, kind = "digits" },
    { name = "cprnr", position = 13, length = 10, kind = "digits" },
    { name = "policekontonr", position = 23, length = 15 },
    { name = "ordnnr", position = 38, length = 9, kind = "digits" },
    { name = "udbdto", position = 47, length = 8, kind = "date", form = "yyyyMMdd" },
    { name = "slettekode", position = 55, length = 1, kind = "digits", required = true },
    { kind = "filler", position = 56, length = 813 },
]

[[record]]
name = "slut"
type = "9998"
role = "trailer"
field = [
    { name = "brugernr", position = 5, length = 4, kind = "digits" },
    { name = "antal", position = 9, length = 7, kind = "count", of = "records" },
    { kind = "filler", position = 16, length = 853 },
]
"#;

#[test]
fn tax_records_are_read_as_their_publisher_says() {
    let Some(folder) = shared("corpora/skat-records") else { return };
    let file = |name: &str| fs::read(folder.join(name)).unwrap();
    let good = read(&layout(INSTITUTES), &file("sample-ok.latin1.bin"), 1_000);
    insta::assert_snapshot!(good, @r"
    start
      brugernr: 7654
      navn: Prøvekassen Ærø
      adresse: Ågade 1, 5970 Ærøskøbing
    individ
      opsenr: 27510647
      cprnr: 8605010001
      policekontonr: POL0000
      udbdto: 2026-01-15
      slettekode: 0
    individ
      opsenr: 27510647
      cprnr: 8605010002
      policekontonr: POL0001
      udbdto: 2026-01-15
      slettekode: 0
    slut
      brugernr: 7654
      antal: 4
    end
    ");
    let in_lines = INSTITUTES.replace("record-length", "line-ends = \"crlf\"\nrecord-length");
    let variants = [
        ("sample-ok.IBM277.bin", INSTITUTES.replace("iso-8859-1", "ibm277")),
        ("sample-ok.CP865.bin", INSTITUTES.replace("iso-8859-1", "cp865")),
        ("sample-ok.CP850.bin", INSTITUTES.replace("iso-8859-1", "cp850")),
        ("sample-ok.crlf.latin1.txt", in_lines),
        ("sample-ok.latin1.bin", INSTITUTES.to_owned()),
    ];
    for (name, text) in variants {
        let (layout, bytes) = (layout(&text), file(name));
        let (read, units) = read_all(&layout, &bytes, 777, &Limits::default());
        assert_eq!(read, good, "{name}");
        assert!(write(&layout, &units).unwrap() == bytes, "{name} is not written as it was read");
    }
    let of = |name: &str| faults(&read(&layout(INSTITUTES), &file(name), 512));
    insta::assert_snapshot!(of("sample-bad-count.latin1.bin"), @r"
    V0905 message: the number is not that of the records that there are (record 4, byte 2612, slut/antal)
    broken
    ");
    insta::assert_snapshot!(of("sample-truncated.latin1.bin"), @r"
    V0901 message: the message ends within a record (record 4, byte 2604)
    broken
    ");
    insta::assert_snapshot!(of("sample-bad-cpr.latin1.bin"), @r"
    V0906 unit: the field holds a character that is no digit (record 2, byte 888, individ/cprnr)
    refused
    ");
}
