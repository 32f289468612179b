//! Tables.

use super::{super::*, columns, outcome, shown};

#[test]
fn reads_a_table_with_names_in_two_languages_and_days() {
    let text = "Kode;Navn;Name;Fra;Til\r\n\
                30;Bank;Bank transfer;2020-01-01;\r\n\
                10;\"Kontant; i hånden\";\"Cash\";;31-12-2024\r\n";
    let names = vec![("da".to_owned(), "Navn".to_owned()), ("en".to_owned(), "Name".to_owned())];
    let days = Columns {
        names,
        valid_from: Some("Fra".to_owned()),
        valid_until: Some("Til".to_owned()),
        ..columns("Kode")
    };
    let csv = CsvForm { delimiter: Some(b';'), ..CsvForm::default() };
    let reading = Reading { columns: days, csv, ..Reading::default() };
    assert_eq!(
        outcome("means.csv", text, &reading),
        "means.csv:3:1 C0241 a day of validity cannot be read\n  \
         hint: days are written as in 2026-07-01; `days = \"day-first\"` takes 01-07-2026\n"
    );
    let text = text.replace("2020-01-01", "1.1.2020");
    let mut reading = reading;
    reading.columns.days = DayForm::DayFirst;
    assert_eq!(
        outcome("means.csv", &text, &reading),
        "10 | da:Kontant; i hånden | en:Cash | until 2024-12-31\n\
         30 | da:Bank | en:Bank transfer | from 2020-01-01\n"
    );
}

#[test]
fn reads_other_encodings_delimiters_and_quotes() {
    let latin = CsvForm { charset: Some("windows-1252".to_owned()), ..CsvForm::default() };
    let reading = Reading { csv: latin, columns: columns("kode"), ..Reading::default() };
    let (list, findings) = read("a.csv", b"kode,name\n\xC6,\xD8 og \xC5\n", &reading);
    assert_eq!((shown(&list.unwrap()).as_str(), findings.len()), ("Æ | :Ø og Å\n", 0));

    let (list, _) = read(
        "a.tsv",
        b"\xEF\xBB\xBFcode\tname\n1\tOne, two\n",
        &Reading { columns: columns("code"), ..Reading::default() },
    );
    assert_eq!(shown(&list.unwrap()), "1 | :One, two\n");

    let csv = CsvForm { quote: Some(b'\''), ..CsvForm::default() };
    let reading = Reading { csv, columns: columns("code"), ..Reading::default() };
    assert_eq!(outcome("a.csv", "code,x\n'a,''b',1\n", &reading), "a,'b\n");

    let csv = CsvForm { quote: None, ..CsvForm::default() };
    let reading = Reading { csv, ..Reading::default() };
    assert_eq!(outcome("a.csv", "code\n\"1\"\n", &reading), "\"1\"\n");
}

#[test]
fn tells_what_is_wrong_with_a_table_and_where() {
    let plain = Reading::default();
    let code = Reading { columns: columns("code"), ..Reading::default() };
    for (text, reading, told) in [
        (
            "",
            &plain,
            "a.csv:1:1 C0242 the table has no header\n  hint: the first line names the columns\n",
        ),
        (
            "code\n",
            &plain,
            "a.csv C0241 the list has no codes\n  hint: is it the file of the codes?\n",
        ),
        (
            "a;b\n1;2\n",
            &plain,
            "a.csv:1:1 C0242 the header is one cell, and holds what may stand between cells\n  \
             hint: `csv = { delimiter = \";\" }`\n",
        ),
        (
            "a,b\n1,2\n",
            &plain,
            "a.csv:1:1 C0242 which column holds the codes is not said\n  \
             hint: `columns` of the code list names them; columns here: a, b\n",
        ),
        (
            "a,b\n1,2\n",
            &code,
            "a.csv:1:1 C0242 the list has no column `code`\n  \
             hint: `columns` of the code list names them; columns here: a, b\n",
        ),
        (
            "code,code\n1,2\n",
            &code,
            "a.csv:1:1 C0242 the list has two columns `code`\n  \
             hint: `columns` of the code list names them; columns here: code, code\n",
        ),
        (
            "code,b\n1,2\n3\n ,4\n5,6,7\n",
            &code,
            "a.csv:3:1 C0241 the row has 1 cells, the header 2\n  \
             hint: a cell that holds a delimiter, a quote or a line end stands in quotes\n\
             a.csv:4:1 C0241 an entry has no code\n  \
             hint: each has one; remove the entry, or choose another column\n\
             a.csv:5:1 C0241 the row has 3 cells, the header 2\n  \
             hint: a cell that holds a delimiter, a quote or a line end stands in quotes\n",
        ),
        (
            "code,b\n1,\"two\nlines\"\n1,again\n",
            &code,
            "1\n1\na.csv:4:1 C0244 warning: the code `1` stands twice, on line 2 too\n  \
             hint: what a code means, one entry says\n",
        ),
    ] {
        assert_eq!(outcome("a.csv", text, reading), told, "{text:?}");
    }
    let (list, findings) = read("a.csv", b"code\n\xE6\n", &plain);
    assert!(list.is_none());
    assert_eq!(
        findings[0].to_string(),
        "a.csv:2:1 C0241 the bytes are not text in the encoding that applies\n  \
         hint: `csv = { charset = \"windows-1252\" }` says its encoding; UTF-8 where absent"
    );
    assert_eq!(
        outcome("a.txt", "code\n1\n", &plain),
        "a.txt C0241 how the list is written cannot be told from its name\n  \
         hint: say it by `format`: genericode, vefa, csv, json, rdf-xml or turtle\n"
    );
}

#[test]
fn a_code_may_be_taken_up_again_and_holds_on_the_days_of_each_entry() {
    let text = "code,name,from,until\n7,Seven,2020-01-01,2021-12-31\n7,Again,2024-01-01,\n\
                8,Eight,2024-01-01,2023-12-31\n";
    let mut reading = Reading { columns: columns("code"), ..Reading::default() };
    reading.columns.valid_from = Some("from".to_owned());
    reading.columns.valid_until = Some("until".to_owned());
    let told = outcome("a.csv", text, &reading);
    assert!(told.starts_with("a.csv:4:1 C0241 the last day of validity lies before"), "{told}");
    let (list, findings) =
        read("a.csv", text.replace("8,Eight,2024", "8,Eight,2022").as_bytes(), &reading);
    let list = list.unwrap();
    assert_eq!((findings.len(), list.codes().len(), list.code_count()), (0, 3, 2));
    let holds = |code: &str, day: &str| {
        let day = day.parse().unwrap();
        list.find(code).iter().any(|entry| entry.validity.holds_on(day))
    };
    for (code, day, valid) in [
        ("7", "2019-12-31", false),
        ("7", "2020-01-01", true),
        ("7", "2021-12-31", true),
        ("7", "2022-06-01", false),
        ("7", "2030-01-01", true),
        ("8", "2022-01-01", true),
        ("8", "2024-01-01", false),
        ("9", "2024-01-01", false),
        ("", "2024-01-01", false),
    ] {
        assert_eq!(holds(code, day), valid, "{code} {day}");
    }
    assert_eq!(list.find("7")[1].name("da"), Some("Again"));
}
