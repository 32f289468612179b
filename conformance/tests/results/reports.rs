//! Reports of real runs: what each must hold, and that what can be pasted works.

use crate::sample::{self, Wrong};
use proptest::prelude::*;
use sluse_conformance::{
    diff::diff,
    report::{self, Language, command, html::html, junit::junit, text::text},
    result::{CaseVerdict, Kept, RunOutcome},
};
use std::{io::Write as _, process::Command};

fn schema() -> jsonschema::Validator {
    let schema = serde_json::from_str(report::SCHEMA).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn every_result_is_of_the_published_schema() {
    let schema = schema();
    for wrong in [Wrong::Nothing, Wrong::Lengths, Wrong::Time, Wrong::Letters] {
        let result = serde_json::to_value(sample::run(wrong)).unwrap();
        let faults: Vec<String> = schema
            .iter_errors(&result)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert_eq!(faults, Vec::<String>::new(), "{wrong:?}");
        for member in result.as_object().unwrap().keys() {
            let mut less = result.clone();
            less.as_object_mut().unwrap().remove(member);
            assert!(!schema.is_valid(&less), "the schema demands {member}");
        }
        let mut more = result.clone();
        more["secret"] = "x".into();
        assert!(!schema.is_valid(&more), "the schema is closed");
    }
}

#[test]
fn runs_come_out_as_the_systems_are() {
    let conforms = sample::run(Wrong::Nothing);
    assert_eq!((conforms.outcome, conforms.reasons), (RunOutcome::Conforms, vec![]));
    for (wrong, defects, failed) in
        [(Wrong::Lengths, 2, 2), (Wrong::Time, 1, 1), (Wrong::Letters, 1, 1)]
    {
        let result = sample::run(wrong);
        assert_eq!(result.outcome, RunOutcome::Breaches, "{wrong:?}");
        assert_eq!(result.defects.len(), defects, "{wrong:?}: {:#?}", result.defects);
        let count = result.cases.iter().filter(|case| case.verdict == CaseVerdict::Failed).count();
        assert_eq!(count, failed, "{wrong:?}");
    }
}

#[test]
fn the_text_shows_clause_place_and_what_to_do() {
    let result = sample::run(Wrong::Letters);
    let english = text(&result, Language::English);
    for part in [
        "FAILED          PE-2.2",
        "What was accepted is read back as it was sent.",
        "https://permits.example/contract#PE-2.2",
        "sluse conformance replay createPermit.read-back",
        "curl --include",
        "\"$TOKEN\"",
        "Bearer {{TOKEN}}",
        "Åse                                          | ?se",
        "^\n",
        "The system breaks the contract",
    ] {
        assert!(english.contains(part), "{part}\n{english}");
    }
    let danish = text(&result, Language::Danish);
    assert!(
        danish.contains("Det, der blev modtaget, læses tilbage, som det blev sendt."),
        "{danish}"
    );
    assert!(danish.contains("Systemet bryder kontrakten"));
    assert!(
        text(&sample::run(Wrong::Nothing), Language::English).ends_with("The system conforms\n")
    );
}

#[test]
fn no_report_shows_a_secret() {
    for wrong in [Wrong::Nothing, Wrong::Lengths, Wrong::Letters] {
        let result = sample::run(wrong);
        let json = serde_json::to_string(&result).unwrap();
        for report in [
            json,
            text(&result, Language::Danish),
            junit(&result, Language::English),
            html(&result, Language::English),
        ] {
            assert!(!report.contains(sample::TOKEN));
        }
    }
}

#[test]
fn junit_is_well_formed_and_has_a_test_for_each_case() {
    let mut result = sample::run(Wrong::Lengths);
    result.cases[0].sentence = "a <b> & \"c\" \u{1} ]]>".into();
    result.cases[0].verdict = CaseVerdict::Failed;
    result.set_up[0].ok = false;
    let xml = junit(&result, Language::English);
    let document =
        sluse_xml::Document::parse(xml.as_bytes(), None, &sluse_xml::Limits::default()).unwrap();
    drop(document);
    assert_eq!(xml.matches("<testcase ").count(), result.cases.len() + 1);
    assert!(
        xml.contains("classname=\"PE-1.1\" name=\"createPermit.body.note.maxLength.over\""),
        "{xml}"
    );
    assert!(xml.contains("failures=\"3\" errors=\"1\""), "{xml}");
}

#[test]
fn the_page_is_whole_in_both_languages_and_fetches_nothing() {
    let mut result = sample::run(Wrong::Lengths);
    result.system.name = "<script>alert(1)</script>".into();
    result.clauses[0].url = Some("javascript:alert(1)".into());
    let page = html(&result, Language::Danish);
    assert!(page.starts_with("<!doctype html>\n<html lang=\"da\">"));
    for part in [
        "id=\"language-da\" checked",
        "Systemet bryder kontrakten",
        "The system breaks the contract",
        "default-src 'none'",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for part in ["<script", "javascript:", "src=", "url(", "@import", "<link"] {
        assert!(!page.contains(part), "{part}");
    }
    // Every element that is opened is closed.
    for element in ["div", "section", "article", "dl", "table", "details", "span", "ul", "pre"] {
        let opened = page.matches(&format!("<{element}>")).count()
            + page.matches(&format!("<{element} ")).count();
        assert_eq!(opened, page.matches(&format!("</{element}>")).count(), "{element}");
    }
}

#[test]
fn what_changed_between_two_runs_is_told() {
    let (good, bad) = (sample::run(Wrong::Nothing), sample::run(Wrong::Lengths));
    let worse = diff(&good, &bad);
    assert!(worse.is_worse() && !worse.is_same());
    let ids: Vec<&str> = worse.newly_failed.iter().map(|moved| moved.case.as_str()).collect();
    assert_eq!(
        ids,
        [
            "createPermit.body.applicant.name.maxLength.over",
            "createPermit.body.note.maxLength.over"
        ]
    );
    assert_eq!(worse.newly_broken_clauses, ["PE-1.1"]);
    assert_eq!(worse.changed, []);
    let better = diff(&bad, &good);
    assert!(!better.is_worse());
    assert_eq!(
        (better.newly_passed.len(), &better.newly_kept_clauses[..]),
        (2, &["PE-1.1".to_owned()][..])
    );
    assert!(diff(&good, &good).is_same());
    let mut other = good.clone();
    other.system.version = Some("4.2".into());
    other.suite.sha256 = "0".repeat(64);
    let gone = other.cases.remove(0);
    let found = diff(&good, &other);
    let what: Vec<&str> = found.changed.iter().map(|changed| changed.what).collect();
    assert_eq!(what, ["suite", "system"]);
    assert_eq!(found.gone_cases[0].case, gone.id);
    assert!(!found.is_worse());
    let mut new = gone;
    new.verdict = CaseVerdict::Failed;
    let mut later = other.clone();
    later.cases.push(new);
    assert!(diff(&other, &later).is_worse(), "a new case that fails is worse");
}

/// What a POSIX shell makes of a word.
fn through_the_shell(word: &str) -> String {
    let out = Command::new("sh")
        .arg("-c")
        .arg(format!("printf %s {word}"))
        .env("TOKEN", "t'o\"k$n")
        .output()
        .unwrap();
    assert!(out.status.success(), "{word}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// The arguments that a shell hands to curl, one on a line of its own in hexadecimal, and what curl is fed.
fn arguments(line: &str) -> Vec<String> {
    let script = format!(
        "curl() {{ for a in \"$@\"; do printf '%s\\000' \"$a\"; done; case \" $* \" in *' @- '*) cat;; esac; }}\n{line}\n"
    );
    // From a file: a script as an argument has the limit that the line itself keeps to.
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(script.as_bytes()).unwrap();
    let out = Command::new("sh").arg(file.path()).env("TOKEN", "the-token").output().unwrap();
    assert!(out.status.success(), "{line}: {}", String::from_utf8_lossy(&out.stderr));
    out.stdout
        .split(|byte| *byte == 0)
        .map(|each| String::from_utf8_lossy(each).into_owned())
        .collect()
}

fn request(body: &str) -> Kept {
    Kept {
        start: "POST /permits?a=1%20b&c='x'".into(),
        headers: vec![
            ("authorization".into(), "Bearer {{secret:token}}".into()),
            ("x".into(), String::new()),
            ("content-length".into(), "3".into()),
        ],
        body: Some(body.to_owned()).filter(|body| !body.is_empty()),
        body_base64: None,
        body_bytes: body.len() as u64,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_one_word_of_the_shell(text in "[^\0]{0,40}") {
        prop_assume!(!text.contains("{{secret:"));
        prop_assert_eq!(through_the_shell(&command::shell_word(&text)), text);
    }

    #[test]
    fn a_secret_is_a_variable_wherever_it_stands(before in "[^\0{}]{0,12}", after in "[^\0{}]{0,12}") {
        let word = command::shell_word(&format!("{before}{{{{secret:token}}}}{after}"));
        prop_assert_eq!(through_the_shell(&word), format!("{before}t'o\"k$n{after}"));
    }

    #[test]
    fn curl_is_handed_the_body_as_it_was_sent(body in "(?s).{0,60}") {
        prop_assume!(!body.contains("{{secret:"));
        let line = command::curl("https://permits.example/api/", &request(&body)).unwrap();
        let got = arguments(&line);
        let fed = got.iter().position(|each| each == "--data-raw").map(|at| got[at + 1].clone());
        let piped = || got.last().cloned().unwrap_or_default();
        if body.contains('\0') {
            // Only the pipe carries it; the arguments are parted at NUL here.
            prop_assert!(line.contains("base64 -d"));
        } else if !body.is_empty() {
            prop_assert_eq!(fed.unwrap_or_else(piped), body);
        }
        prop_assert!(got.contains(&"authorization: Bearer the-token".to_owned()));
        prop_assert!(got.contains(&"x;".to_owned()));
        prop_assert!(got.contains(&"https://permits.example/api/permits?a=1%20b&c='x'".to_owned()));
        prop_assert!(!line.contains("content-length"));
    }
}

#[test]
fn long_and_cut_bodies_are_told_apart() {
    let long = "x".repeat(150_000);
    let line = command::curl("http://a.example", &request(&long)).unwrap();
    assert_eq!(arguments(&line).last().map(String::len), Some(long.len()));
    let mut cut = request("abc");
    cut.body_bytes = 4;
    assert_eq!(command::curl("http://a.example", &cut), None);
}
