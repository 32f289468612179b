//! `sluse validate` and `sluse route`, as a person or a script meets them.

use crate::cli::sluse;
use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};
use tempfile::TempDir;

const CASES: &str = "conf/contracts/example.city/cases/1.0.0";

/// A folder in which `conf` is what `sluse init` writes.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    sluse(folder.path(), &["init", "conf"]);
    folder
}

/// Runs `sluse validate`, with the time that judging took made the same for all.
fn validate(folder: &Path, arguments: &[&str]) -> String {
    let text = sluse(folder, &[&["validate"], arguments].concat());
    let mut masked = String::new();
    for part in text.split_inclusive("\"micros\":") {
        let digits = if masked.ends_with("\"micros\":") {
            masked.push('0');
            part.trim_start_matches(|c: char| c.is_ascii_digit())
        } else {
            part
        };
        masked.push_str(digits);
    }
    masked
}

fn write(folder: &Path, path: &str, text: &str) {
    fs::write(folder.join(path), text).unwrap();
}

#[test]
fn judges_a_folder_under_a_contract_of_the_configuration() {
    let folder = folder();
    let examples = format!("{CASES}/examples");
    let asked = ["--contract", "example.city/cases", "--config", "conf", &examples];
    insta::assert_snapshot!(validate(folder.path(), &asked));
    insta::assert_snapshot!(validate(folder.path(), &[&asked[..], &["--format", "json"]].concat()));
    let broken = format!("{CASES}/examples/broken/four-faults.json");
    let asked = [&asked[..4], &[&broken]].concat();
    let shown = ["--show-values", "--max-violations", "2"];
    insta::assert_snapshot!(validate(folder.path(), &[&asked[..], &shown].concat()));
}

#[test]
fn tells_many_documents_in_the_order_given() {
    let folder = folder();
    fs::create_dir(folder.path().join("many")).unwrap();
    for number in 0..200 {
        let attachments = if number % 3 == 0 { "-1" } else { "1" };
        let text = format!(
            r#"{{"kind":"enquiry","title":"{}","received":"2026-03-02","attachments":{attachments}}}"#,
            "x".repeat(200 - number)
        );
        write(folder.path(), &format!("many/{number:03}.json"), &text);
    }
    let asked =
        ["many", "--contract", "example.city/cases@^1", "--config", "conf", "--format", "json"];
    let text = validate(folder.path(), &asked);
    let lines: Vec<serde_json::Value> = text
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 200);
    for (number, line) in lines.iter().enumerate() {
        assert_eq!(line["file"], format!("many/{number:03}.json"));
        let verdict = if number % 3 == 0 { "rejected" } else { "accepted" };
        assert_eq!(line["verdict"], verdict, "{line}");
    }
    assert!(text.starts_with("exit: 1"));
}

#[test]
fn judges_standard_input_by_a_schema_named_on_the_command_line() {
    let folder = folder();
    let schema = format!("{CASES}/schemas/case.json");
    let mut child = Command::new(env!("CARGO_BIN_EXE_sluse"))
        .args(["validate", "-", "--json-schema", &schema])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"{\"kind\":\"enquiry\"}").unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8(done.stdout).unwrap());
}

#[test]
fn a_schema_on_the_command_line_may_refer_to_files_beside_and_above_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("a/entry")).unwrap();
    fs::create_dir_all(folder.path().join("a/parts")).unwrap();
    write(
        folder.path(),
        "a/entry/main.json",
        r#"{"properties":{"x":{"$ref":"../parts/x.json#/$defs/x"}}}"#,
    );
    write(folder.path(), "a/parts/x.json", r#"{"$defs":{"x":{"type":"string"}}}"#);
    write(folder.path(), "good.json", r#"{"x":"a"}"#);
    write(folder.path(), "bad.json", r#"{"x":1}"#);
    let asked = ["good.json", "bad.json", "--json-schema", "a/entry/main.json"];
    insta::assert_snapshot!(validate(folder.path(), &asked));
    write(folder.path(), "a/parts/x.json", "{");
    let refused = validate(folder.path(), &asked);
    assert!(refused.starts_with("exit: 2\n--- stdout\n--- stderr\na/"), "{refused}");
}

#[test]
fn tells_malformed_unknown_and_unreadable_documents_apart() {
    let folder = folder();
    write(folder.path(), "malformed.json", "{\"a\":");
    write(folder.path(), "empty.json", "");
    write(folder.path(), "unknown.json", "{}");
    let asked = ["malformed.json", "absent.json", "empty.json", "unknown.json", "--config", "conf"];
    insta::assert_snapshot!(validate(folder.path(), &asked));
    insta::assert_snapshot!(validate(folder.path(), &[&asked[..], &["--format", "json"]].concat()));
}

#[test]
fn refuses_what_it_cannot_do_and_says_what_would_help() {
    let folder = folder();
    write(folder.path(), "a.json", "{}");
    let asked = |more: &[&str]| validate(folder.path(), &[&["a.json"], more].concat());
    insta::assert_snapshot!(asked(&["--contract", "example.city/case", "--config", "conf"]));
    insta::assert_snapshot!(asked(&[
        "--contract",
        "example.city/cases",
        "--config",
        "conf",
        "--operation",
        "close"
    ]));
    insta::assert_snapshot!(asked(&["--json-schema", "absent.json"]));
    insta::assert_snapshot!(asked(&["--json-schema", "a.json", "--contract", "a/b"]));
    insta::assert_snapshot!(asked(&["--config", "absent"]));
}
