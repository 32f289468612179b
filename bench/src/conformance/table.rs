//! The table of seeded faults, for people and in a file.

use super::Row;
use crate::Fault;
use serde_json::json;
use std::{fs, path::Path};

/// One line, as it is known.
#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
pub(super) fn line(row: &Row) {
    let right = match (row.clause, row.is_right()) {
        (Some(_), true) => "found",
        (Some(_), false) => "MISSED",
        (None, true) => "passes",
        (None, false) => "FALSE ALARM",
    };
    let also = row.failed.iter().filter(|id| Some(id.as_str()) != row.clause);
    let also: Vec<&str> = also.map(String::as_str).collect();
    let peer = row.schemathesis.map_or("-", |told| if told { "told" } else { "silent" });
    println!(
        "{:<24} {:<8} {right:<12} {:>5} requests {:>6.2} s  schemathesis {peer:<7} {}{}",
        row.system,
        row.clause.unwrap_or("-"),
        row.requests,
        row.seconds,
        if row.same { "" } else { "UNSTEADY " },
        if also.is_empty() { String::new() } else { format!("also {}", also.join(" ")) },
    );
}

/// How many of what was found.
#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
pub(super) fn summary(rows: &[Row]) {
    let faulty = || rows.iter().filter(|row| row.clause.is_some());
    let sound = || rows.iter().filter(|row| row.clause.is_none());
    let found = faulty().filter(|row| row.is_right()).count();
    let alarms = sound().filter(|row| !row.is_right()).count();
    let told = |rows: &mut dyn Iterator<Item = &Row>| {
        rows.filter(|row| row.schemathesis == Some(true)).count()
    };
    println!(
        "\nfound {found} of {} seeded faults; {alarms} false alarms on {} sound systems",
        faulty().count(),
        sound().count()
    );
    if rows.iter().any(|row| row.schemathesis.is_some()) {
        let (of_faulty, of_sound) = (told(&mut faulty()), told(&mut sound()));
        println!(
            "schemathesis tells a failure of {of_faulty} of the faulty and {of_sound} of the sound systems"
        );
    }
    let unsteady = rows.iter().filter(|row| !row.same).count();
    println!("{unsteady} systems got another verdict in another turn");
}

/// Keeps the rows.
pub(super) fn keep(file: &Path, rows: &[Row]) -> Result<(), Fault> {
    let text = serde_json::to_string_pretty(&json!({ "rows": rows })).unwrap_or_default();
    fs::write(file, text + "\n")
        .map_err(|fault| Fault::from(format!("{}: {fault}", file.display())))
}
