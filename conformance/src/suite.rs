//! The cases of one folder, with the bodies that they name.
//!
//! Files are handed in as bytes: a suite may come from a folder, from an archive that a supplier
//! pinned, or from a contract's own `suite/`.

use crate::case::{Body, Case};
use sluse_contracts::{Finding, code};
use std::collections::BTreeMap;

/// A case and what its message says, as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteCase {
    /// The file that it was read from.
    pub file: String,
    /// The case.
    pub case: Case,
    /// The body, taken from the case or from the file that it names.
    pub body: Vec<u8>,
}

/// A set of cases, in the order of their files' names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suite {
    /// The cases.
    pub cases: Vec<SuiteCase>,
}

impl Suite {
    /// Reads every `*.case` of `files`, which are path → bytes. Gives the cases that are sound, and every fault.
    pub fn read(files: &BTreeMap<String, Vec<u8>>) -> (Self, Vec<Finding>) {
        let mut suite = Self::default();
        let mut findings = Vec::new();
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for (file, bytes) in files.iter().filter(|(file, _)| file.ends_with(".case")) {
            let Some(case) = Case::read(file, bytes, &mut findings) else { continue };
            if let Some(first) = seen.insert(case.id.to_string(), file) {
                let sentence = format!("the case `{}` stands in {first} too", case.id);
                findings.push(Finding::in_file(file, code::DUPLICATE, sentence));
                continue;
            }
            match body(file, &case, files) {
                Ok(body) => suite.cases.push(SuiteCase { file: file.clone(), case, body }),
                Err(finding) => findings.push(finding),
            }
        }
        (suite, findings)
    }
}

fn body(file: &str, case: &Case, files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, Finding> {
    match &case.body {
        Body::Text(text) => Ok(text.clone().into_bytes()),
        Body::None => Ok(Vec::new()),
        Body::File(name) => {
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            files.get(&path).cloned().ok_or_else(|| {
                let sentence = format!("the case names `{name}`, which is not there");
                Finding::in_file(file, code::SCHEMA_MISSING, sentence)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(id: &str, body: &str) -> Vec<u8> {
        format!(
            "id = '{id}'\nsentence = 's'\nclause = 'X-1'\nrole = 'provider'\ncontract = 'dk.ex/x'\n\
             [message]\ndirection = 'request'\nmedia-type = 'application/json'\n{body}\n\
             [expect]\nverdict = 'accepted'\n"
        )
        .into_bytes()
    }

    #[test]
    fn reads_cases_and_the_bodies_that_they_name() {
        let files = BTreeMap::from([
            ("a/1.case".to_owned(), file("one", "body = '{}'")),
            ("a/2.case".to_owned(), file("two", "file = 'bodies/two.json'")),
            ("a/bodies/two.json".to_owned(), b"[]".to_vec()),
            ("a/3.case".to_owned(), file("one", "")),
            ("a/4.case".to_owned(), file("four", "file = 'none.json'")),
        ]);
        let (suite, findings) = Suite::read(&files);
        let bodies: Vec<&[u8]> = suite.cases.iter().map(|case| &*case.body).collect();
        assert_eq!(bodies, [&b"{}"[..], b"[]"]);
        let printed: Vec<String> = findings.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(printed.join("\n"), @r"
        a/3.case C0208 the case `one` stands in a/1.case too
        a/4.case C0202 the case names `none.json`, which is not there
        ");
    }
}
