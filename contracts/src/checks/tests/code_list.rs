//! `code-list`.

use super::{JSON, XML, files, judged, payload};
use crate::{
    Contract, ContractFiles, JudgeOptions, Occasion, SchemaCache, code, codelist::CODES_MAX,
};
use std::sync::Arc;

const LISTS: &str = "[[code-list]]\nname = 'unit'\nversion = '1'\nfile = 'one.csv'\nvalid-until = 2025-12-31\n\
    [[code-list]]\nname = 'unit'\nversion = '2'\nfile = 'two.csv'\nvalid-from = 2025-07-01\nuri = 'urn:unit:2'\n\
    columns = { code = 'code', valid-from = 'from', valid-until = 'until' }\n";

fn contract_files(more: &str) -> ContractFiles {
    let mut files = files(more);
    files.add("one.csv", "code\nKGM\nC62\n");
    files.add("two.csv", "code,from,until\nKGM,,\nLTR,2026-03-01,\nMTR,,2026-01-31\n");
    files
}

fn contract(head: &str, check: &str) -> Arc<Contract> {
    let more = format!("{head}{LISTS}[[check]]\nid = 'U'\ncode-list = 'unit'\n{check}\n");
    let (contract, findings) = Contract::load(&contract_files(&more), &SchemaCache::new());
    contract.unwrap_or_else(|| panic!("{findings:?}"))
}

/// The codes of the violations of an invoice of a day with one unit.
fn codes(contract: &Contract, day: &str, unit: &str, version: &str) -> Vec<&'static str> {
    let text = format!(
        "<Invoice xmlns='urn:i'><Day>{day}</Day><Line unit='{unit}' version='{version}'/></Invoice>"
    );
    let payload = payload(&text);
    let options = JudgeOptions { now_unix_seconds: Some(1_788_220_800), ..JudgeOptions::default() };
    let verdict = contract.judge(Some(&payload), &Occasion::request("deliver"), &options);
    verdict.violations.iter().map(|each| each.code.as_str()).collect()
}

#[test]
fn the_day_of_the_document_decides_which_versions_and_codes_hold() {
    let contract = contract(XML, "path = 'i:Line/@unit'\nat = 'i:Day'");
    for (day, unit, told) in [
        ("2025-01-01", "C62", None),
        ("2025-01-01", "LTR", Some("V0711")),
        ("2025-08-01", "C62", None),
        ("2025-08-01", "MTR", None),
        ("2025-08-01", "LTR", Some("V0712")),
        ("2026-02-01", "C62", Some("V0711")),
        ("2026-01-31T23:59:59Z", "MTR", None),
        ("2026-02-01", "MTR", Some("V0712")),
        ("2026-03-01", "LTR", None),
        ("2026-03-01", "ltr", Some("V0711")),
        ("2026-03-01", "", Some("V0711")),
        // The day of judging: 2026-09-01.
        ("", "LTR", None),
        ("", "MTR", Some("V0712")),
    ] {
        assert_eq!(codes(&contract, day, unit, ""), Vec::from_iter(told), "{day} {unit}");
    }
    assert_eq!(codes(&contract, "in spring", "KGM", ""), ["V0714"]);
}

#[test]
fn a_version_is_named_by_the_check_or_by_the_document() {
    let named = contract(XML, "path = 'i:Line/@unit'\nat = 'i:Day'\nversion = '1'");
    assert_eq!(codes(&named, "2025-08-01", "MTR", ""), ["V0711"]);
    assert_eq!(codes(&named, "2026-08-01", "KGM", ""), ["V0713"]);
    let told = contract(
        XML,
        "path = 'i:Line/@unit'\nat = 'i:Day'\nversion-path = '../@version'\ncase = 'ignore'",
    );
    for (unit, version, violation) in [
        ("c62", "1", None),
        ("c62", "2", Some("V0711")),
        ("mtr", "urn:unit:2", None),
        ("c62", "", None),
        ("mtr", " ", None),
        ("c62", "3", Some("V0713")),
    ] {
        assert_eq!(
            codes(&told, "2025-08-01", unit, version),
            Vec::from_iter(violation),
            "{unit} {version}"
        );
    }
}

#[test]
fn violations_name_the_list_and_its_version_and_no_value() {
    let contract =
        contract(JSON, "path = '/lines/*/unit'\nversion = '2'\nat = '/day'\nseverity = 'warning'");
    let text = r#"{"day":"2026-02-01","lines":[{"unit":"KGM"},{"unit":"secret"},{"unit":null},{"unit":{}},{"unit":"MTR"}]}"#;
    assert_eq!(
        judged(&contract, text),
        [
            "V0711 U warning /lines/1/unit 1:46 the code is not in the code list `unit` version 2",
            "V0711 U warning /lines/3/unit 1:78 a code is a text",
            "V0712 U warning /lines/4/unit 1:90 the code does not hold on the day that counts, in the code list `unit` version 2",
        ]
    );
}

#[test]
fn a_check_without_a_known_day_says_so_and_one_that_needs_none_does_not_ask() {
    let dated = contract(XML, "path = 'i:Line/@unit'");
    let text = "<Invoice xmlns='urn:i'><Line unit='KGM'/></Invoice>";
    assert_eq!(
        judged(&dated, text),
        [
            "V0708 U error /Invoice[1] 1:1 the check could not be made on this document: the day of judging is not known"
        ]
    );
    let more = format!(
        "{XML}[[code-list]]\nname = 'unit'\nversion = '1'\nfile = 'one.csv'\n[[check]]\nid = 'U'\ncode-list = 'unit'\npath = 'i:Line/@unit'\n"
    );
    let (plain, _) = Contract::load(&contract_files(&more), &SchemaCache::new());
    assert!(judged(&plain.unwrap(), text).is_empty());
}

#[test]
fn bindings_that_lead_nowhere_are_told() {
    let told = |check: &str| {
        let more = format!("{XML}{LISTS}{check}");
        let (_, findings) = Contract::load(&contract_files(&more), &SchemaCache::new());
        let first = |each: &crate::Finding| each.to_string().lines().next().map(str::to_owned);
        findings.iter().filter_map(first).collect::<Vec<String>>()
    };
    let check = |rest: &str| format!("[[check]]\nid = 'U'\npath = 'i:Line/@unit'\n{rest}\n");
    for (check, expected) in [
        (check("code-list = 'units'"), "C0105 the contract has no code list `units`"),
        (
            check("code-list = 'unit'\nversion = '3'"),
            "C0105 the contract has no version `3` of the code list `unit`",
        ),
        (
            check("code-list = 'unit'\nversion = '1'\nversion-path = '@v'"),
            "C0105 give `version` or `version-path`, not both",
        ),
        (check("code-list = 'unit'\ncase = 'any'"), "C0105 `case` takes one of: exact, ignore"),
        (check("code-list = 'unit'\nat = 'x:Day'"), "C0207 the prefix `x` is not declared"),
        (String::new(), "C0246 warning: no check uses the code list `unit`"),
    ] {
        let lines = told(&check);
        assert!(lines.iter().any(|line| line.contains(expected)), "{expected}: {lines:?}");
    }
    assert_eq!(told(&check("code-list = 'unit'")), Vec::<String>::new());
}

#[test]
fn a_list_at_the_limit_is_looked_into_without_walking_it() {
    let more = format!(
        "{XML}[[code-list]]\nname = 'unit'\nversion = '1'\nfile = 'large.csv'\n[[check]]\nid = 'U'\ncode-list = 'unit'\npath = 'i:Line/@unit'\n"
    );
    let mut files = files(&more);
    let codes: Vec<String> = (0..CODES_MAX / 10).map(|code| code.to_string()).collect();
    files.add("large.csv", format!("code\n{}\n", codes.join("\n")));
    let (contract, _) = Contract::load(&files, &SchemaCache::new());
    let lines: String = (0..2_000).map(|code| format!("<Line unit='{code}'/>")).collect();
    let text = format!("<Invoice xmlns='urn:i'>{lines}<Line unit='none'/></Invoice>");
    let told = judged(&contract.unwrap(), &text);
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with(code::CODE_UNKNOWN.as_str()), "{told:?}");
}
