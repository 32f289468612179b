//! Descriptions: every fault of one is told.

use super::*;

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
    layout.toml:1:10 C0105 `format` takes one of: content, csv, edifact, envelope, fixed, json, xml
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
