//! Lists in, codes and findings out.

mod corpora;
mod genericode;
mod json;
mod skos;
mod tables;

use super::{CodeList, Columns, Reading, read};
use std::fmt::Write;

/// A list as text: what it says of itself, then its codes.
fn shown(list: &CodeList) -> String {
    let about = list.about();
    let mut shown = String::new();
    for (label, value) in [
        ("title", &about.title),
        ("uri", &about.uri),
        ("version", &about.version),
        ("agency", &about.agency),
    ] {
        if let Some(value) = value {
            writeln!(shown, "{label} {value}").unwrap();
        }
    }
    for code in list.codes() {
        write!(shown, "{}", code.code).unwrap();
        for name in &code.names {
            write!(shown, " | {}:{}", name.language, name.text).unwrap();
        }
        if !code.validity.is_always() {
            write!(shown, " | {}", code.validity).unwrap();
        }
        shown.push('\n');
    }
    shown
}

/// What reading gives: the list, or the findings.
fn outcome(file: &str, text: &str, reading: &Reading) -> String {
    let (list, findings) = read(file, text.as_bytes(), reading);
    let mut shown = list.as_ref().map(shown).unwrap_or_default();
    for finding in findings {
        writeln!(shown, "{finding}").unwrap();
    }
    shown
}

fn columns(code: &str) -> Columns {
    Columns { code: Some(code.to_owned()), ..Columns::default() }
}
