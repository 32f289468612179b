//! Each kind of field, read and written, with the faults of each.

use super::*;
use sluse_contracts::settings::Settings;

/// The field that the keys of a description make.
fn field(keys: &str) -> Field {
    let mut findings = Vec::new();
    let settings = Settings::parse("layout.toml", keys, &mut findings).unwrap();
    let mut table = settings.root();
    let kind = table.text("kind").unwrap();
    let field = FieldTable::new(&mut table).field(&kind);
    table.finish();
    let findings = settings.into_findings();
    assert!(findings.is_empty(), "{findings:?}");
    field.unwrap()
}

/// What reading gives: the value, `-` for none, or what is wrong and where.
fn read(field: &Field, raw: &str) -> String {
    match field.read(raw, &mut String::new()) {
        Ok(value) => value.unwrap_or("-").to_owned(),
        Err(wrong) => format!("{} {} {}", wrong.code, wrong.at, wrong.sentence),
    }
}

fn write(field: &Field, value: &str, width: usize) -> String {
    let mut raw = String::new();
    match field.write(Some(value), Some(width), &mut raw) {
        Ok(()) => raw,
        Err(wrong) => format!("{} {}", wrong.code, wrong.sentence),
    }
}

/// Raw and canonical forms of one field, that go over into each other.
#[track_caller]
fn both(keys: &str, pairs: &[(&str, &str)]) {
    let field = field(keys);
    for (raw, value) in pairs {
        assert_eq!(read(&field, raw), *value, "{keys} reads {raw:?}");
        let value = if *value == "-" { "" } else { value };
        assert_eq!(write(&field, value, raw.chars().count()), *raw, "{keys} writes {value:?}");
    }
}

#[test]
fn texts_are_filled_up_and_keep_their_own_blanks() {
    both("kind='text'", &[("Åse  ", "Åse"), (" a   ", " a"), ("     ", "-"), ("abcde", "abcde")]);
    both("kind='text'\nalign='right'", &[("  a b", "a b")]);
    both(
        "kind='text'\nalign='right'\npad='0'\nabsent=['zeros']",
        &[("00120", "120"), ("00000", "-")],
    );
    both("kind='text'\nabsent=['nulls']", &[("\0\0", "-"), ("a ", "a")]);
    let text = field("kind='text'\nrequired=true");
    assert_eq!(read(&text, "   "), "V0907 0 the field has no value");
    assert_eq!(write(&text, "abcd", 3), "V0908 the value is longer than the field");
    assert_eq!(
        write(&text, "a ", 3),
        "V0908 the value ends in what fills the field up, and would lose it"
    );
}

#[test]
fn digits_keep_zeros_in_front_and_their_length() {
    both("kind='digits'", &[("0101960001", "0101960001"), ("0000", "0000"), ("    ", "-")]);
    both("kind='digits'\nabsent=['zeros']", &[("0000", "-")]);
    let digits = field("kind='digits'");
    assert_eq!(read(&digits, "12X4"), "V0906 2 the field holds a character that is no digit");
    assert_eq!(read(&digits, "12 "), "V0906 2 the field holds a character that is no digit");
    assert_eq!(
        write(&digits, "123", 4),
        "V0908 the value does not have as many digits as the field"
    );
    let both_absent = field("kind='digits'\nabsent=['blanks','zeros']");
    assert_eq!(
        write(&both_absent, "0000", 4),
        "V0908 what the value is written as stands for no value"
    );
}

#[test]
fn numbers_have_implied_or_written_decimals() {
    both("kind='number'", &[("00120", "120"), ("00000", "0"), ("     ", "-")]);
    both("kind='number'\ndecimals=2", &[("01250", "12.50"), ("00005", "0.05"), ("00000", "0.00")]);
    both("kind='number'\ndecimals=3\npad='blank'", &[("  1250", "1.250"), ("   005", "0.005")]);
    both(
        "kind='number'\ndecimals=2\nmark=','",
        &[("012,50", "12.50"), ("0012,5", "12.5"), ("000012", "12")],
    );
    let number = field("kind='number'\ndecimals=2");
    assert_eq!(
        read(&number, "12.50"),
        "V0906 2 the field holds a character that is no part of a number"
    );
    assert_eq!(
        read(&number, "1 250"),
        "V0906 1 the field holds a character that is no part of a number"
    );
    assert_eq!(write(&number, "1.005", 5), "V0908 the value has more decimals than the field");
    assert_eq!(write(&number, "12345.00", 5), "V0908 the number has more digits than the field");
    assert_eq!(write(&number, "-1.00", 5), "V0908 the value is negative and the field has no sign");
    assert_eq!(write(&number, "1,5", 5), "V0906 the value is no decimal number in canonical form");
    assert_eq!(write(&number, "1.", 5), "V0906 the value is no decimal number in canonical form");
    let mark = field("kind='number'\ndecimals=2\nmark=','");
    assert_eq!(
        read(&mark, "1,505"),
        "V0906 0 the number has more decimals than the description says"
    );
    assert_eq!(read(&mark, "15,"), "V0906 0 the number has no digit on one side of its mark");
}

#[test]
fn signs_stand_in_front_behind_or_in_the_last_digit() {
    both("kind='number'\nsign='leading'", &[("+0120", "120"), ("-0120", "-120"), ("+0000", "0")]);
    both(
        "kind='number'\nsign='leading'\nplus='0'\ndecimals=2",
        &[("00120", "1.20"), ("-0120", "-1.20")],
    );
    both("kind='number'\nsign='leading'\nplus='blank'", &[(" 0120", "120"), ("-0120", "-120")]);
    both(
        "kind='number'\nsign='leading'\nplus='blank'\npad='blank'",
        &[("  120", "120"), (" -120", "-120")],
    );
    both("kind='number'\nsign='trailing'\ndecimals=2", &[("00120+", "1.20"), ("00120-", "-1.20")]);
    both(
        "kind='number'\nsign='overpunch'\ndecimals=2",
        &[
            ("0012{", "1.20"),
            ("0012}", "-1.20"),
            ("0012C", "1.23"),
            ("0012R", "-1.29"),
            ("0000{", "0.00"),
        ],
    );
    both(
        "kind='number'\nsign='overpunch'\noverpunched-zeros='æå'",
        &[("1æ", "10"), ("1å", "-10"), ("0A", "1")],
    );
    let zoned = field("kind='number'\nsign='overpunch'");
    assert_eq!(read(&zoned, "125"), "125");
    assert_eq!(read(&zoned, "12å"), "V0906 2 the last digit carries no sign");
    assert_eq!(
        read(&field("kind='number'\nsign='leading'"), "-"),
        "V0906 1 the field holds no digit"
    );
    assert_eq!(read(&field("kind='number'\nsign='leading'\ndecimals=1"), "-00"), "0.0");
}

#[test]
fn numbers_of_any_length_keep_every_digit() {
    let digits = "9".repeat(3_000);
    both("kind='number'\ndecimals=2", &[(&digits, &format!("{}.99", "9".repeat(2_998)))]);
}

#[test]
fn dates_and_times_come_in_many_forms() {
    both("kind='date'\nform='yyyyMMdd'", &[("20260701", "2026-07-01"), ("        ", "-")]);
    both("kind='date'\nform='ddMMyyyy'", &[("29022024", "2024-02-29")]);
    both(
        "kind='date'\nform='ddMMyy'\npivot=40",
        &[("010739", "2039-07-01"), ("010740", "1940-07-01")],
    );
    both(
        "kind='date'\nform='yyDDD'\npivot=50",
        &[("24366", "2024-12-31"), ("24060", "2024-02-29"), ("25060", "2025-03-01")],
    );
    both("kind='date'\nform='yyyy-MM-dd HH:mm'", &[("2026-07-01 09:05", "2026-07-01T09:05")]);
    both("kind='date'\nform='yyyyMMddHHmmss'", &[("20260701235959", "2026-07-01T23:59:59")]);
    both("kind='date'\nform='HHmm'", &[("0905", "09:05")]);
    both(
        "kind='date'\nform='yyyyMMdd'\npartial=true",
        &[("19960700", "1996-07"), ("19960000", "1996")],
    );
}

#[test]
fn days_and_times_that_do_not_exist_are_faults() {
    let date = field("kind='date'\nform='ddMMyy'\npivot=40");
    assert_eq!(read(&date, "000000"), "-");
    assert_eq!(read(&date, "300226"), "V0906 0 the month has no such day");
    assert_eq!(read(&date, "011326"), "V0906 0 there is no such month");
    assert_eq!(read(&date, "0113"), "V0906 4 the date or time is cut off");
    assert_eq!(
        read(&date, "01x326"),
        "V0906 2 the date or time holds a character that is no digit"
    );
    assert_eq!(read(&date, "0101260"), "V0906 6 something follows the date or time");
    assert_eq!(write(&date, "2040-01-01", 6), "V0908 the form cannot hold all of the date or time");
    assert_eq!(write(&date, "1940-1-1", 6), "V0906 the value is no date or time in canonical form");
    assert_eq!(write(&date, "1996-07", 6), "V0906 the month has no such day");
    assert_eq!(
        read(&field("kind='date'\nform='yyDDD'\npivot=0"), "23366"),
        "V0906 0 the year has no such day"
    );
    let time = field("kind='date'\nform='HHmm'\nabsent=['blanks']");
    assert_eq!(read(&time, "2400"), "V0906 0 there is no such time of day");
    assert_eq!(write(&time, "09:05:30", 4), "V0908 the form cannot hold all of the date or time");
    assert_eq!(read(&time, "0000"), "00:00");
}

#[test]
fn constants_are_checked_and_written() {
    let constant = field("kind='constant'\nvalue='0001'");
    assert_eq!(read(&constant, "0001"), "-");
    assert_eq!(
        read(&constant, "0002"),
        "V0906 0 the field does not hold what the description says"
    );
    assert_eq!(write(&constant, "", 4), "0001");
    assert_eq!(write(&constant, "0002", 4), "V0906 the value is not what the description says");
}

#[test]
fn a_wrong_field_is_told_with_its_place() {
    let told = |keys: &str| {
        let mut findings = Vec::new();
        let settings = Settings::parse("layout.toml", keys, &mut findings).unwrap();
        let mut table = settings.root();
        let kind = table.text("kind").unwrap();
        assert!(FieldTable::new(&mut table).field(&kind).is_none(), "{keys}");
        table.finish();
        settings.into_findings().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(told("kind='date'\nform='ddMMyy'"), @"layout.toml:2:1 C0104 a year of two digits takes `pivot`: years below it are 20yy, others 19yy");
    insta::assert_snapshot!(told("kind='date'\nform='yyyyDD'"), @"layout.toml:2:1 C0105 `form`: a form consists of yyyy or yy, MM, dd, DDD, HH, mm, ss and marks between them");
    insta::assert_snapshot!(told("kind='date'\nform='yyyyMM'"), @"layout.toml:2:1 C0105 `form`: a form has a year with month and day or with the day of the year, or HH and mm, or both, as in yyyyMMdd, ddMMyy, yyDDD, yyyy-MM-dd HH:mm: MM is the month, mm the minute");
    insta::assert_snapshot!(told("kind='number'\nmark=','"), @"layout.toml:2:1 C0105 `mark` stands before decimals: say how many with `decimals`");
    insta::assert_snapshot!(told("kind='number'\nsign='leadign'"), @r#"
    layout.toml:2:6 C0105 `sign` takes one of: none, leading, trailing, overpunch
      hint: did you mean "leading"?
    "#);
    insta::assert_snapshot!(told("kind='text'\npad='ab'"), @"layout.toml:2:5 C0105 `pad` takes one character");
}
