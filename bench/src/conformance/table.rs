//! The table of seeded faults, for people and in a file.

use super::{Row, peers::Failures};
use crate::Fault;
use serde_json::json;
use std::{fs, path::Path};

/// One line, as it is known.
#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
pub(super) fn line(row: &Row, sound: &Row) {
    let right = match (row.clause, row.is_right()) {
        (Some(_), true) => "found",
        (Some(_), false) => "MISSED",
        (None, true) => "passes",
        (None, false) => "FALSE ALARM",
    };
    let also = row.failed.iter().filter(|id| Some(id.as_str()) != row.clause);
    let also: Vec<&str> = also.map(String::as_str).collect();
    println!(
        "{:<24} {:<8} {right:<12} {:>5} requests {:>6.2} s  schemathesis {:<7} prism {:<7} {}{}",
        row.system,
        row.clause.unwrap_or("-"),
        row.requests,
        row.seconds,
        word(row.schemathesis.as_ref(), sound.schemathesis.as_ref(), row.clause.is_some()),
        word(row.prism.as_ref(), sound.prism.as_ref(), row.clause.is_some()),
        if row.same { "" } else { "UNSTEADY " },
        if also.is_empty() { String::new() } else { format!("also {}", also.join(" ")) },
    );
}

/// What a peer tells of a system: of a faulty one, beyond what it tells of the sound one.
fn word(told: Option<&Failures>, of_sound: Option<&Failures>, is_faulty: bool) -> &'static str {
    let Some(told) = told else { return "-" };
    let is_told = match of_sound.filter(|_| is_faulty) {
        Some(of_sound) => !told.is_subset(of_sound),
        None => !told.is_empty(),
    };
    if is_told { "told" } else { "silent" }
}

/// How many of what was found.
#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
pub(super) fn summary(rows: &[Row]) {
    let faulty = || rows.iter().filter(|row| row.clause.is_some());
    let sound = || rows.iter().filter(|row| row.clause.is_none());
    let found = faulty().filter(|row| row.is_right()).count();
    let alarms = sound().filter(|row| !row.is_right()).count();
    println!(
        "\nfound {found} of {} seeded faults; {alarms} false alarms on {} sound systems",
        faulty().count(),
        sound().count()
    );
    peer("schemathesis", rows, |row| row.schemathesis.as_ref());
    peer("prism", rows, |row| row.prism.as_ref());
    let unsteady = rows.iter().filter(|row| !row.same).count();
    println!("{unsteady} systems got another verdict in another turn");
}

/// How many of what a peer tells.
#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
fn peer(name: &str, rows: &[Row], told: impl Fn(&Row) -> Option<&Failures>) {
    let Some(of_sound) = rows.first().and_then(&told) else { return };
    let count = |is_faulty: bool| {
        let of = rows.iter().filter(|row| row.clause.is_some() == is_faulty);
        of.filter(|row| word(told(row), Some(of_sound), is_faulty) == "told").count()
    };
    let (of_faulty, of_sound) = (count(true), count(false));
    println!(
        "{name} tells of {of_faulty} of the faulty systems what it does not tell of the sound one, and a failure of {of_sound} of the sound systems"
    );
}

/// Keeps the rows.
pub(super) fn keep(file: &Path, rows: &[Row]) -> Result<(), Fault> {
    let text = serde_json::to_string_pretty(&json!({ "rows": rows })).unwrap_or_default();
    fs::write(file, text + "\n")
        .map_err(|fault| Fault::from(format!("{}: {fault}", file.display())))
}
