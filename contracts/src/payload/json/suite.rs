//! The JSON parsing suite: every file of it, read under the default limits and by RFC 8259 alone.
//!
//! What an implementation may choose, and what is only to be observed, is a table that must not change unnoticed.

use super::JsonPayload;
use crate::{payload::Limits, shared::unpack};
use bytes::Bytes;
use std::{collections::BTreeMap, path::Path};

/// One file of the suite.
struct Case {
    id: String,
    bytes: Bytes,
    expected: String,
}

fn cases(folder: &Path) -> Vec<Case> {
    let index = std::fs::read_to_string(folder.join("index.tsv")).unwrap();
    let cases = index.lines().skip(1).map(|line| {
        let [id, file, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let bytes = std::fs::read(folder.join(file)).unwrap().into();
        Case { id: id.to_owned(), bytes, expected: expected.to_owned() }
    });
    cases.collect()
}

/// What is read: the tree as JSON writes it, or the code of what is wrong.
fn read(bytes: &Bytes, duplicate_members_allowed: bool) -> Result<String, &'static str> {
    let limits = Limits { duplicate_members_allowed, ..Limits::default() };
    JsonPayload::parse(bytes, None, &limits)
        .map(|payload| payload.value().to_string())
        .map_err(|fault| fault.code.as_str())
}

#[test]
fn reads_every_file_of_the_suite_as_it_says() {
    let Some(folder) = unpack("suites/jsonparse.tar.gz") else { return };
    let cases = cases(&folder.path().join("jsonparse"));
    assert!(cases.len() > 100, "{}", cases.len());
    let mut wrong = Vec::new();
    for Case { id, bytes, expected } in &cases {
        let found = read(bytes, true);
        assert_eq!(found, read(bytes, true), "{id} is not always read alike");
        match expected.as_str() {
            "accept" if found.is_err() => wrong.push(format!("{id} is refused: {found:?}")),
            "reject" if found.is_ok() => wrong.push(format!("{id} is accepted")),
            "accept" | "reject" | "either" | "observe" => {}
            other => panic!("{id}: {other}"),
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    println!("{} files of the suite are read as it says", cases.len());
}

/// The kinds that are refused unless a contract takes them: of what must be read by RFC 8259, nothing but objects with
/// two members of one name (RFC 7493, section 2.3).
#[test]
fn refuses_of_what_is_json_two_members_of_one_name_alone() {
    let Some(folder) = unpack("suites/jsonparse.tar.gz") else { return };
    let mut refused = Vec::new();
    for Case { id, bytes, expected } in cases(&folder.path().join("jsonparse")) {
        if expected == "accept"
            && let Err(code) = read(&bytes, false)
        {
            assert_eq!(code, crate::code::DUPLICATE_MEMBER.as_str(), "{id}");
            refused.push(id);
        }
    }
    println!("refused by default: {refused:?}");
}

/// What an implementation may choose, and what is only observed: case, what becomes of it by default, and where two members
/// of one name are allowed.
const DECIDED: &str = include_str!("decided.tsv");

#[test]
fn what_an_implementation_may_choose_is_decided() {
    let Some(folder) = unpack("suites/jsonparse.tar.gz") else { return };
    let decided = DECIDED.lines().filter(|line| !line.starts_with('#'));
    let decided: BTreeMap<&str, &str> = decided.filter_map(|line| line.split_once('\t')).collect();
    let shown = |found: &Result<String, &str>| match found {
        Ok(text) => format!("read as {text}"),
        Err(code) => format!("refused, {code}"),
    };
    let (mut n_decided, mut wrong) = (0, Vec::new());
    for Case { id, bytes, expected } in cases(&folder.path().join("jsonparse")) {
        if !matches!(expected.as_str(), "either" | "observe") {
            continue;
        }
        let found = format!("{}\t{}", shown(&read(&bytes, false)), shown(&read(&bytes, true)));
        match decided.get(id.as_str()) {
            Some(decided) if *decided == found => n_decided += 1,
            Some(_) => wrong.push(format!("{id}\t{found}")),
            // The other half of the suite is kept apart.
            None => println!("not in the table: {id}\t{found}"),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{n_decided} cases are as decided");
}
