//! Rows that come back byte for byte, and the faults of rows.

use crate::{
    fault::{Faults, Reach},
    layout::{Layout, Step, describe},
    tree::{Kind, Place, Tree},
};
use proptest::prelude::*;
use sluse_contracts::payload::Limits;
use std::sync::Arc;

const PAYMENTS: &str = r#"
format        = "csv"
character-set = "windows-1252"
delimiter     = ";"
row           = "payment"
field = [
    { name = "number", column = "Kunde nr", kind = "digits", required = true },
    { name = "paid", column = "Dato", kind = "date", form = "dd-MM-yyyy" },
    { name = "amount", column = "Beløb", kind = "number", decimals = 2, mark = "," },
    { name = "note", column = "Tekst" },
]
"#;

const POSITIONS: &str = r#"
format        = "csv"
character-set = "utf-8"
header        = false
line-ends     = "lf"
field = [{ name = "a" }, { name = "b" }]
"#;

fn layout(text: &str) -> Arc<dyn Layout> {
    let mut findings = Vec::new();
    let layout = describe("layout.toml", text, &mut findings);
    assert!(findings.is_empty(), "{findings:#?}");
    layout.unwrap()
}

fn told(text: &str) -> String {
    let mut findings = Vec::new();
    assert!(describe("layout.toml", text, &mut findings).is_none());
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn read(layout: &Arc<dyn Layout>, bytes: &[u8], piece: usize) -> (String, Vec<Tree>) {
    let limits = Limits::default();
    let mut tree = Tree::new(layout.names().clone(), &limits);
    let (mut reader, mut faults) = (layout.clone().reader(&limits), Faults::new(100));
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
                let next = Tree::new(layout.names().clone(), &limits);
                units.push(std::mem::replace(&mut tree, next));
            }
            Step::Refused => {}
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

/// A unit of one row.
fn unit(layout: &Arc<dyn Layout>, row: &str, fields: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::new(layout.names().clone(), &Limits::default());
    let place = Place { offset: 9, line: 3, record: 2 };
    let name = tree.name_for(row).unwrap();
    tree.open(Kind::Group, name, place).unwrap();
    for (name, value) in fields {
        let name = tree.name_for(name).unwrap();
        tree.field(name, value, place).unwrap();
    }
    tree.close();
    tree
}

fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

#[test]
fn rows_are_read_by_their_headings_and_written_back() {
    let layout = layout(PAYMENTS);
    let bytes = latin(
        "Kunde nr;Dato;Beløb;Tekst\r\n0017;01-07-2026;1250,5;\"Æbler; pærer\r\nog \"\"nødder\"\"\"\r\n0018;;-3;\r\n",
    );
    let expected = "\
payment
  number: 0017
  paid: 2026-07-01
  amount: 1250.5
  note: Æbler; pærer\\r\\nog \"nødder\"
payment
  number: 0018
  amount: -3
end
";
    for piece in [1, 2, 5, 1_000] {
        let (text, units) = read(&layout, &bytes, piece);
        assert_eq!(text, expected);
        assert_eq!(write(&layout, &units), Ok(bytes.clone()));
    }
    let place = |units: &[Tree], path: &[&str]| {
        let tree = &units[1];
        tree.place(tree.at(tree.root(), path).unwrap())
    };
    let (_, units) = read(&layout, &bytes, 7);
    assert_eq!(place(&units, &["payment"]), Place { offset: 81, line: 4, record: 3 });
    assert_eq!(place(&units, &["payment", "amount"]), Place { offset: 87, line: 4, record: 3 });
    // Columns in another order, other line ends, a last row without one, an empty row.
    let other = latin("Tekst;Kunde nr\n\n\"x\";\"0018\"");
    assert_eq!(read(&layout, &other, 4).0, "payment\n  note: x\n  number: 0018\nend\n");
}

#[test]
fn cells_without_header_are_known_by_position() {
    let layout = layout(POSITIONS);
    let bytes = "\u{feff}\"Å,\",ø\n,\n".as_bytes();
    for piece in [1, 100] {
        let (text, units) = read(&layout, bytes, piece);
        assert_eq!(text, "row\n  a: Å,\n  b: ø\nrow\nend\n");
        assert_eq!(write(&layout, &units).unwrap(), &bytes[3..]);
    }
    assert_eq!(read(&layout, b"", 1).0, "end\n");
    let one = self::layout("format='csv'\ncharacter-set='utf-8'\nheader=false\nfield=[{name='a'}]");
    assert_eq!(read(&one, b"x\r\n\r\ny", 1).0, "row\n  a: x\nrow\nrow\n  a: y\nend\n");
}

#[test]
fn a_bad_row_is_refused_alone_with_its_cell() {
    let layout = layout(PAYMENTS);
    let rows =
        |rows: &str| read(&layout, &latin(&format!("Kunde nr;Dato;Beløb;Tekst\n{rows}")), 3).0;
    insta::assert_snapshot!(rows("1;01-07-2026;1,5;a\n2x;32-07-2026;1.5;\n3;;;\n;;;b\n"), @r"
    payment
      number: 1
      paid: 2026-07-01
      amount: 1.5
      note: a
    V0906 unit: the field holds a character that is no digit (row 3, byte 46, payment/number)
    V0906 unit: the month has no such day (row 3, byte 48, payment/paid)
    V0906 unit: the field holds a character that is no part of a number (row 3, byte 60, payment/amount)
    payment
      number: 3
    V0907 unit: the field has no value (row 5, byte 69, payment/number)
    end
    ");
    insta::assert_snapshot!(rows("1;;\n1;;;;\n1;;;5\" pipe\n1;;;\"5\" pipe\"\n1;;;ok\n"), @r"
    V0902 unit: the row does not have 4 cells (row 2, byte 26)
    V0902 unit: the row does not have 4 cells (row 3, byte 30)
    V0911 unit: something stands beside the quotes of a cell (row 4, byte 41)
    V0911 unit: something stands beside the quotes of a cell (row 5, byte 55)
    payment
      number: 1
      note: ok
    end
    ");
    insta::assert_snapshot!(rows("1;;;\"open\n2;;;x\n"), @r"
    V0911 message: the message ends within a quoted cell (row 2, byte 31)
    broken
    ");
    insta::assert_snapshot!(read(&layout, b"Kunde nr;Tekst\n1;\x81\n2;\"\"\"\x8D\"\n", 3).0, @r"
    V0102 unit: a byte is no text in the character set (row 2, byte 17, payment/note)
    V0102 unit: a byte is no text in the character set (row 3, byte 24, payment/note)
    end
    ");
}

#[test]
fn a_header_that_does_not_fit_breaks_the_message() {
    let layout = layout(PAYMENTS);
    let header = |header: &str| read(&layout, &latin(header), 50).0;
    insta::assert_snapshot!(header("Kunde nr;Beloeb\n"), @r"
    V0912 message: the description does not have a column of this heading (row 1, byte 9)
    broken
    ");
    insta::assert_snapshot!(header("Kunde nr;Dato;Dato\n"), @r"
    V0912 message: a column stands twice (row 1, byte 14)
    broken
    ");
    insta::assert_snapshot!(header("Dato\n"), @r"
    V0912 message: a column that is required is missing (row 1, byte 0, payment/number)
    broken
    ");
    insta::assert_snapshot!(header(""), @r"
    V0109 message: the message has no header (row 1, byte 0)
    broken
    ");
    let ignoring = self::layout(&PAYMENTS.replace("row ", "other-columns = 'ignored'\nrow "));
    let text = read(&ignoring, &latin("canary;Kunde nr\ncanary;1\n"), 50).0;
    assert_eq!(text, "payment\n  number: 1\nend\n");
}

#[test]
fn quotes_are_written_where_the_description_says() {
    let always = layout(&POSITIONS.replace("field =", "quotes = 'always'\nfield ="));
    let (text, units) = read(&always, b"\"a\",\n\"b\",\"c\"\n", 100);
    assert_eq!(text, "row\n  a: a\nrow\n  a: b\n  b: c\nend\n");
    assert_eq!(write(&always, &units).unwrap(), b"\"a\",\n\"b\",\"c\"\n");
    let none = layout(&POSITIONS.replace("field =", "quotes = 'none'\nfield ="));
    let (text, units) = read(&none, b"5\" pipe,\"x\n", 100);
    assert_eq!(text, "row\n  a: 5\" pipe\n  b: \"x\nend\n");
    assert_eq!(write(&none, &units).unwrap(), b"5\" pipe,\"x\n");
    let refused = write(&none, &[unit(&none, "row", &[("a", "x,y")])]).unwrap_err();
    insta::assert_snapshot!(refused, @"V0908 a delimiter or line end cannot stand in a cell without quotes (row 2, byte 9, row/a)");
}

#[test]
fn what_cannot_be_written_is_refused_with_its_source() {
    let layout = layout(PAYMENTS);
    let refused = |row: &str, fields: &[(&str, &str)]| {
        write(&layout, &[unit(&layout, row, fields)]).unwrap_err()
    };
    insta::assert_snapshot!(refused("payment", &[("note", "x")]), @"V0907 the field has no value (row 2, byte 9, payment/number)");
    insta::assert_snapshot!(refused("payment", &[("number", "1"), ("amount", "1.505")]), @"V0908 the value has more decimals than the field (row 2, byte 9, payment/amount)");
    insta::assert_snapshot!(refused("payment", &[("number", "1"), ("canary", "1")]), @"V0910 the row has no such field, or not as often (row 2, byte 9, payment)");
    insta::assert_snapshot!(refused("payment", &[("number", "1"), ("number", "1")]), @"V0910 the row has no such field, or not as often (row 2, byte 9, payment)");
    insta::assert_snapshot!(refused("payment", &[("number", "1"), ("note", "Ω")]), @"V0909 the character set lacks character 1 of the value (row 2, byte 9, payment/note)");
    insta::assert_snapshot!(refused("canary", &[]), @"V0910 the description has no such row (row 2, byte 9)");
}

#[test]
fn every_fault_of_a_description_is_told_at_once() {
    insta::assert_snapshot!(told(r#"
format = "csv"
character-set = "latin-1"
delimiter = "ab"
quotes = "some"
header = 1
row = "a b"
field = [
    { name = "a", kind = "packed" },
    { name = "b", column = "x", length = 3 },
    { name = "b" },
    { name = "c", column = "x" },
]
"#), @r#"
    layout.toml:3:17 C0105 `character-set`: a character set is one of utf-8, iso-8859-1, iso-8859-15, windows-1252, cp850, cp865, ibm277, ibm1142
    layout.toml:4:13 C0105 `delimiter` takes one character
    layout.toml:5:10 C0105 `quotes` takes one of: needed, always, none
      hint: did you mean "none"?
    layout.toml:6:10 C0103 `header` takes true or false, not a whole number
    layout.toml:7:7 C0105 `row`: a name has 1 to 200 letters, digits, `-` and `_`
    layout.toml:9:19 C0105 `kind` takes one of: text, digits, number, date, constant
    layout.toml:10:33 C0102 there is no key `length` here
      hint: keys here: absent, align, column, kind, name, pad, required
    layout.toml:11:7 C0208 two fields are named `b`
    layout.toml:12:19 C0208 two fields have the column `x`
    "#);
    insta::assert_snapshot!(told("format='csv'\ncharacter-set='utf-8'\ndelimiter='→'"), @r"
    layout.toml:1:1 C0104 `field` is missing
    layout.toml:3:1 C0105 `delimiter` takes one character, such as ; or a tab, that is one byte in the character set
    ");
}

#[test]
fn memory_is_one_row_whatever_the_file_is() {
    let layout = layout(POSITIONS);
    let limits = Limits::default();
    let mut tree = Tree::new(layout.names().clone(), &limits);
    let (mut reader, mut faults) = (layout.clone().reader(&limits), Faults::new(10));
    let piece = "Ærøskøbing,\"5970,\"\n".repeat(1_000);
    let (mut n_units, mut held) = (0_u64, 0);
    for _ in 0..100 {
        reader.feed(piece.as_bytes());
        while reader.next(&mut tree, &mut faults) == Step::Unit {
            n_units += 1;
        }
        held = held.max(reader.held_bytes() + tree.held_bytes());
    }
    assert_eq!((n_units, faults.found()), (100_000, 0));
    assert!(held < 3 * piece.len(), "{held}");
}

#[test]
fn rows_without_end_are_bounded() {
    let told = |piece: &[u8]| {
        let layout = layout(POSITIONS);
        let limits = Limits::default();
        let mut tree = Tree::new(layout.names().clone(), &limits);
        let (mut reader, mut faults) = (layout.reader(&limits), Faults::new(10));
        reader.feed(b"\"");
        for _ in 0..10_000 {
            reader.feed(piece);
            if reader.next(&mut tree, &mut faults) == Step::Broken {
                break;
            }
        }
        assert!(reader.held_bytes() < 4 << 20, "{}", reader.held_bytes());
        faults.take().remove(0).to_string()
    };
    let expected = "the row has more bytes or cells than the limit (row 1, byte 0)";
    assert_eq!(told(&[b'\n'; 1_000]), expected);
    assert_eq!(told(&[b'"', b','].repeat(500)), expected);
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same_and_written_as_the_same(
        rows in proptest::collection::vec(("[ -~æøå\r\n\";,]{0,12}", ".{0,8}"), 0..8), piece in 1..40_usize,
    ) {
        for text in [POSITIONS.to_owned(), POSITIONS.replace("header        = false", "delimiter = ';'")] {
            let layout = layout(&text);
            let units: Vec<Tree> = rows
                .iter()
                .map(|(a, b)| {
                    let fields = [("a", a.as_str()), ("b", b.as_str())];
                    let there = fields.into_iter().filter(|(_, value)| !value.trim_matches(' ').is_empty());
                    unit(&layout, "row", &there.collect::<Vec<_>>())
                })
                .collect();
            let bytes = write(&layout, &units).unwrap();
            let (_, again) = read(&layout, &bytes, piece);
            let outline = |units: &[Tree]| units.iter().map(Tree::outline).collect::<String>();
            prop_assert_eq!(outline(&again), outline(&units));
            prop_assert_eq!(write(&layout, &again).unwrap(), bytes);
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic_or_disagree_on_pieces(
        bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b','), Just(b'"'), Just(b'\n')], 0..100), piece in 1..20_usize,
    ) {
        for text in [PAYMENTS, POSITIONS] {
            let layout = layout(text);
            prop_assert_eq!(read(&layout, &bytes, piece).0, read(&layout, &bytes, 1_000).0);
        }
    }
}
