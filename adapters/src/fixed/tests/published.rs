//! Mainframe files, and tax records as their publisher describes them.

use super::*;

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
