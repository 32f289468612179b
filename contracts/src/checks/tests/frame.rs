//! What all kinds have in common: where a check looks, what it says, and what a manifest may say.

use super::*;
use crate::{Outcome, Severity, payload::Limits};

const CVR: &str = "identifier = 'cvr'";

fn check(more: &str) -> String {
    format!("[[check]]\nid = 'C-1'\n{more}\n")
}

#[test]
fn a_check_is_held_to_the_operation_and_direction_that_it_names() {
    let more = "[[operation]]\nname = 'ask'\nkind = 'two-way'\n";
    let document = "<i:Invoice xmlns:i='urn:i'><i:No>1</i:No></i:Invoice>";
    for (named, request, response, ask) in [
        ("", 1, 1, 1),
        ("operation = 'ask'", 0, 0, 1),
        ("direction = 'response'", 0, 1, 0),
        ("direction = 'request'\noperation = 'deliver'", 1, 0, 0),
    ] {
        let text = format!("{XML}{more}{}", check(&format!("path = 'i:No'\n{CVR}\n{named}")));
        let contract = load(&files(&text));
        let count =
            |operation: &str, direction| judged_as(&contract, document, operation, direction).len();
        assert_eq!(count("deliver", Direction::Request), request, "{named}");
        assert_eq!(count("deliver", Direction::Response), response, "{named}");
        assert_eq!(count("ask", Direction::Request), ask, "{named}");
    }
}

#[test]
fn severity_words_and_clauses_are_the_contracts_own() {
    let text = check(&format!(
        "path = 'i:No'\n{CVR}\nseverity = 'info'\nmessage = {{ da = 'Skriv et CVR-nummer', en = 'Write a CVR number' }}"
    ));
    let document = payload("<i:Invoice xmlns:i='urn:i'><i:No>canary</i:No></i:Invoice>");
    for (clauses, clause) in [
        ("", Some("C-1")),
        ("[[clause]]\nid = 'PA-7'\ncovers = ['C-1']\n", Some("PA-7")),
        ("[[clause]]\nid = 'PA-7'\n", None),
    ] {
        let mut files = files(&format!("{XML}{text}"));
        if !clauses.is_empty() {
            files.add("clauses.toml", clauses.as_bytes());
        }
        let contract = load(&files);
        assert!(contract.knows_rule("C-1") && !contract.knows_rule("C-2"));
        let occasion = Occasion::request("deliver");
        let options = JudgeOptions { show_values: true, ..JudgeOptions::default() };
        let verdict = contract.judge(Some(&document), &occasion, &options);
        let violation = &verdict.violations[0];
        assert_eq!(verdict.outcome, Outcome::Accepted);
        assert_eq!(violation.severity, Severity::Info);
        assert_eq!(violation.message, "Write a CVR number");
        assert_eq!(violation.clause.as_deref(), clause, "{clauses}");
        assert_eq!(violation.value.as_deref(), Some("canary"));
    }
}

#[test]
fn places_are_exact_in_both_kinds_of_document_and_hold_no_name_of_the_message() {
    let xml = "<j:Invoice xmlns:j='urn:i'>\n <j:canary><j:No/></j:canary>\n <j:Line/><j:Line no='1'><j:No>22</j:No></j:Line></j:Invoice>";
    let json = "{\"lines\":[{\"no\":\"27510647\"},\n{\"no\":\"1\"},{\"no\":null},{\"no\":true},{}],\"*\":[1]}";
    let sentence = "a CVR number has eight digits, and the first is not 0";
    for (kind, path, document, told) in [
        (XML, "i:Line/i:No", xml, &["/j:Invoice[1]/j:Line[2]/j:No[1] 3:26"][..]),
        (XML, "i:Line/@no", xml, &["/j:Invoice[1]/j:Line[2]/@no 3:19"]),
        (XML, "/i:Invoice/i:Line/i:No", xml, &["/j:Invoice[1]/j:Line[2]/j:No[1] 3:26"]),
        (
            XML,
            "//i:No",
            xml,
            &["/j:Invoice[1]/*[1]/j:No[1] 2:12", "/j:Invoice[1]/*[3]/j:No[1] 3:26"],
        ),
        (XML, "count(i:Line)", xml, &["/j:Invoice[1] 1:1"]),
        (XML, "i:Other", xml, &[]),
        (JSON, "/lines/*/no", json, &["/lines/1/no 2:2"]),
        (JSON, "/lines/1/no", json, &["/lines/1/no 2:2"]),
        (JSON, "/*/0", json, &["/*/0 2:45"]),
        (JSON, "/lines/9/no", json, &[]),
    ] {
        let contract =
            load(&files(&format!("{kind}{}", check(&format!("path = '{path}'\n{CVR}")))));
        let expected: Vec<String> =
            told.iter().map(|at| format!("V0701 C-1 error {at} {sentence}")).collect();
        let mut found = judged(&contract, document);
        found.retain(|line| line.ends_with(sentence));
        assert_eq!(found, expected, "{path}");
    }
}

#[test]
fn a_check_that_cannot_be_made_is_told_and_silences_no_other() {
    let text = format!(
        "{XML}{}[[check]]\nid = 'C-2'\npath = 'i:No'\n{CVR}\n",
        check(&format!("path = 'i:No[xs:decimal(.) > 1]'\n{CVR}"))
    );
    let contract = load(&files(&text));
    let found = judged(&contract, "<i:Invoice xmlns:i='urn:i'><i:No>canary</i:No></i:Invoice>");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("V0708 C-1 error /i:Invoice[1] 1:1 the check could not be made"));
    assert!(found[1].starts_with("V0701 C-2 error"), "{found:?}");
    assert!(!found[0].contains("canary"));
}

#[test]
fn checks_together_take_no_more_steps_than_the_limit() {
    let checks: String = (0..20)
        .map(|at| format!("[[check]]\nid = 'C-{at}'\npath = '//i:No[. = //i:No]'\n{CVR}\n"))
        .collect();
    let contract = load(&files(&format!("{XML}{checks}")));
    let document =
        format!("<i:Invoice xmlns:i='urn:i'>{}</i:Invoice>", "<i:No>1</i:No>".repeat(5_000));
    let options = JudgeOptions { rule_steps_max: 10_000, ..JudgeOptions::default() };
    let verdict =
        contract.judge(Some(&payload(&document)), &Occasion::request("deliver"), &options);
    let over = verdict.violations.iter().filter(|each| each.code == crate::code::CHECK_NOT_MADE);
    assert_eq!(over.count(), 20);
}

#[test]
fn a_contract_with_checks_is_judged_over_the_tree() {
    let text = format!("{XML}{}", check(&format!("path = 'i:No'\n{CVR}\ndirection = 'request'")));
    let contract = load(&files(&text));
    assert!(!contract.streams("deliver", Direction::Request));
    assert!(contract.streams("deliver", Direction::Response));
}

#[test]
fn a_contract_without_operations_is_held_to_its_checks() {
    let select = "[namespaces]\ni = 'urn:i'\n[select]\nroot = 'i:Invoice'\n";
    let contract = load(&files(&format!("{select}{}", check(&format!("path = 'i:No'\n{CVR}")))));
    for (document, n_violations) in [
        ("<Invoice xmlns='urn:i'><No>1</No></Invoice>", 1),
        ("<Invoice xmlns='urn:i'/>", 0),
        ("<Letter xmlns='urn:i'><No>1</No></Letter>", 1),
    ] {
        let verdict =
            contract.judge_without_operation(Some(&payload(document)), &JudgeOptions::default());
        assert_eq!(verdict.violations.len(), n_violations, "{document}");
    }
}

#[test]
fn more_violations_than_are_kept_are_cut_and_counted() {
    let contract = load(&files(&format!("{JSON}{}", check(&format!("path = '/lines/*'\n{CVR}")))));
    let document = format!("{{\"lines\":[{}\"1\"]}}", "\"12345678\",".repeat(100_000));
    let message = Message::new(MediaType::json(), document.into_bytes());
    let payload = Payload::parse(&message, &Limits::default()).unwrap();
    let verdict =
        contract.judge(Some(&payload), &Occasion::request("deliver"), &JudgeOptions::default());
    assert_eq!(verdict.violations.len(), 1_000);
    assert!(verdict.truncated);
    // The only error stands last, behind all the warnings.
    assert_eq!(verdict.outcome, Outcome::Rejected);
}

#[test]
fn every_fault_of_a_manifest_is_told_with_its_place() {
    for (more, told) in [
        ("path = 'i:No'", &["contract.toml:12:1 C0105 a check has one of "][..]),
        (
            "path = 'i:No'\nidentifier = 'cpr'\nidentifer = 'cvr'",
            &[
                "contract.toml:16:1 C0102 there is no key `identifer` here\n  hint: did you mean `identifier`?",
            ],
        ),
        (
            "path = 'i:No'\nidentifier = 'cpx'",
            &["contract.toml:15:14 C0105 `identifier` takes one of: "],
        ),
        (
            "path = 'x:No'\nidentifier = 'cvr'",
            &["contract.toml:14:8 C0207 the prefix `x` is not declared"],
        ),
        ("path = 'i:No['\nidentifier = 'cvr'", &["contract.toml:14:8 C0206 "]),
        (
            "path = []\nidentifier = 'cvr'",
            &["contract.toml:14:8 C0105 `path` takes a path, or a list of paths"],
        ),
        ("identifier = 'cvr'", &["contract.toml:12:1 C0104 `path` is missing"]),
        (
            "path = 'i:No'\nidentifier = 'cvr'\noperation = 'delivr'",
            &[
                "contract.toml:16:13 C0105 the contract has no operation `delivr`\n  hint: did you mean `deliver`?",
            ],
        ),
        (
            "path = 'i:No'\nidentifier = 'cvr'\nseverity = 'fatal'\ndirection = 'both'",
            &[
                "contract.toml:16:12 C0105 `severity` takes one of: error, warning, info",
                "contract.toml:17:13 C0105 `direction` takes one of: request, response",
            ],
        ),
        (
            "path = 'i:No'\nidentifier = 'cvr'\n[[check]]\nid = 'C-1'\npath = 'i:No'\nidentifier = 'cvr'",
            &["contract.toml:17:1 C0208 two checks are called `C-1`"],
        ),
    ] {
        let found = findings(&format!("{XML}{}", check(more)));
        assert_eq!(found.len(), told.len(), "{more}: {found:?}");
        for (found, told) in found.iter().zip(told) {
            assert!(found.starts_with(told), "{more}: {found}");
        }
    }
}
