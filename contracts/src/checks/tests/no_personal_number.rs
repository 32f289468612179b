//! The kind `no-personal-number`.

use super::*;
use crate::{Outcome, Severity};

fn contract(kind: &str, path: &str, more: &str) -> Arc<Contract> {
    let check = format!(
        "[[check]]\nid = 'C-1'\npath = '{path}'\nno-personal-number = ['cpr', 'fodselsnummer', 'personnummer']\n{more}\n"
    );
    load(&files(&format!("{kind}{check}")))
}

#[test]
fn numbers_are_told_with_their_place_wherever_they_stand_below() {
    let xml = "<i:Invoice xmlns:i='urn:i'><i:Note a='x 010165-0000'>0101\n<i:b/>65-0000<!-- 010165-0000 -->\
               <?x 010165-0000?></i:Note>\n <i:Note>æ 010165-0000, 010265-0000</i:Note></i:Invoice>";
    let json = "{\"lines\":[\"010165-0000\",{\"a\":\n\"b\",\"010165-0000\":{\"x\":3112991234}}]}";
    let note = "/i:Invoice[1]/i:Note[1]";
    for (kind, path, document, told) in [
        (
            XML,
            "i:Note",
            xml,
            &[
                &*format!("{note}/@* 1:36 a CPR number 3"),
                &format!("{note}/comment()[1] 2:14 a CPR number 2"),
                &format!("{note}/processing-instruction()[1] 2:34 a CPR number 1"),
                "/i:Invoice[1]/i:Note[2]/text()[1] 3:10 a CPR number 3",
                "/i:Invoice[1]/i:Note[2]/text()[1] 3:10 a CPR number 16",
            ][..],
        ),
        (
            XML,
            "i:Note[2]",
            xml,
            &[
                "/i:Invoice[1]/i:Note[2]/text()[1] 3:10 a CPR number 3",
                "/i:Invoice[1]/i:Note[2]/text()[1] 3:10 a CPR number 16",
            ],
        ),
        (
            XML,
            "//i:Note | //i:Note/text() | //*",
            xml,
            &[
                &format!("{note}/@* 1:36 a CPR number 3"),
                &format!("{note}/comment()[1] 2:14 a CPR number 2"),
                &format!("{note}/processing-instruction()[1] 2:34 a CPR number 1"),
                "/i:Invoice[1]/i:Note[2]/text()[1] 3:10 a CPR number 3",
                "/i:Invoice[1]/i:Note[2]/text()[1] 3:10 a CPR number 16",
            ],
        ),
        (XML, "i:Note/@a", xml, &[&format!("{note}/@a 1:36 a CPR number 3")]),
        (
            XML,
            "string(i:Note[2])",
            xml,
            &["/i:Invoice[1] 1:1 a CPR number 3", "/i:Invoice[1] 1:1 a CPR number 16"],
        ),
        (JSON, "/lines", json, &["/lines/0 1:11 a CPR number 1", "/lines/1/* 2:5 a CPR number 1"]),
        (
            JSON,
            "/lines/*",
            json,
            &["/lines/0 1:11 a CPR number 1", "/lines/1/* 2:5 a CPR number 1"],
        ),
        (JSON, "/lines/1/a", json, &[]),
    ] {
        let found = judged(&contract(kind, path, ""), document);
        let expected: Vec<String> = told
            .iter()
            .map(|told| {
                let (place, character) = told.rsplit_once(' ').unwrap();
                let (at, name) = place.split_once(" a ").unwrap();
                format!("V0703 C-1 error {at} a {name} stands in the text, from character {character} on")
            })
            .collect();
        assert_eq!(found, expected, "{path}");
        assert!(!found.iter().any(|line| line.contains("0165")));
    }
}

#[test]
fn a_long_text_of_numbers_is_searched_in_one_pass_and_the_first_are_told() {
    let numbers = "010165-0000 ".repeat(1_000_000);
    for (more, outcome) in [("", Outcome::Rejected), ("severity = 'warning'", Outcome::Accepted)] {
        let document = format!("<i:Invoice xmlns:i='urn:i'><i:Note>{numbers}</i:Note></i:Invoice>");
        let verdict = contract(XML, "i:Note", more).judge(
            Some(&payload(&document)),
            &Occasion::request("deliver"),
            &JudgeOptions::default(),
        );
        assert_eq!((verdict.outcome, verdict.violations.len()), (outcome, 1_000));
        assert!(verdict.truncated);
    }
}

#[test]
fn its_words_and_weight_are_the_contracts() {
    let contract =
        contract(XML, "i:Note", "severity = 'warning'\nmessage = { da = 'Ingen personnumre' }");
    let document = payload("<i:Invoice xmlns:i='urn:i'><i:Note>010165-0000</i:Note></i:Invoice>");
    let verdict =
        contract.judge(Some(&document), &Occasion::request("deliver"), &JudgeOptions::default());
    assert_eq!(verdict.violations[0].severity, Severity::Warning);
    assert_eq!(verdict.violations[0].message, "Ingen personnumre");
}

#[test]
fn what_is_searched_for_is_checked_when_the_contract_loads() {
    for (rule, told) in [
        (
            "no-personal-number = ['cpr', 'cvr']",
            "contract.toml:15:30 C0105 `no-personal-number` takes one of: cpr, fodselsnummer, personnummer",
        ),
        (
            "no-personal-number = []",
            "contract.toml:15:22 C0105 `no-personal-number` names at least one kind of number",
        ),
        ("no-personal-number = 'cpr'", "contract.toml:15:22 C0103 "),
    ] {
        let found = findings(&format!("{XML}[[check]]\nid = 'C-1'\npath = 'i:Note'\n{rule}\n"));
        assert!(found[0].starts_with(told), "{found:?}");
    }
}
