//! What was measured: a table for people, JSON for keeping.

use super::peers::Measured;
use crate::{Fault, report};
use serde_json::{Value, json};
use std::{fs, path::Path};

/// What is done to a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// XML Schema, an UBL invoice.
    Xsd,
    /// The rules of EN 16931 and of Peppol.
    RulesEn16931Peppol,
    /// The rules of OIOUBL.
    RulesOioubl,
}

/// One way to do it, at one size.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) work: Work,
    pub(super) size: u64,
    pub(super) way: &'static str,
    pub(super) count: u64,
    pub(super) measured: Measured,
}

impl Work {
    fn name(self) -> &'static str {
        match self {
            Self::Xsd => "xsd-ubl-invoice",
            Self::RulesEn16931Peppol => "rules-en16931-peppol",
            Self::RulesOioubl => "rules-oioubl",
        }
    }

    /// Who is measured against.
    fn peer(self) -> &'static str {
        match self {
            Self::Xsd => "libxml2",
            Self::RulesEn16931Peppol | Self::RulesOioubl => "Saxon",
        }
    }
}

impl Row {
    fn micros(&self) -> f64 {
        self.measured.cpu_seconds * 1e6 / self.count.max(1) as f64
    }

    /// How many times as fast as the peer.
    fn ratio(&self, rows: &[Self]) -> Option<f64> {
        let peer = rows.iter().find(|other| {
            (other.work, other.size) == (self.work, self.size) && other.way == self.work.peer()
        })?;
        Some(peer.micros() / self.micros())
    }

    fn to_json(&self, rows: &[Self]) -> Value {
        json!({
            "work": self.work.name(),
            "document_bytes": self.size,
            "way": self.way,
            "documents": self.count,
            "cpu_micros_per_document": round(self.micros()),
            "times_as_fast_as_peer": self.ratio(rows).map(round),
            "peer": self.work.peer(),
            "found": self.measured.found,
            "peak_bytes": self.measured.peak_bytes,
        })
    }
}

/// Prints the table.
#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
pub(super) fn print(rows: &[Row]) {
    println!(
        "{:<22} {:>12} {:<14} {:>14} {:>9} {:>9} {:>7} {:>8}",
        "work", "bytes", "way", "CPU µs/doc", "MB/CPU-s", "x peer", "found", "peak MB"
    );
    for row in rows {
        let speed = row.size as f64 / row.micros();
        let ratio = row.ratio(rows).map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
        println!(
            "{:<22} {:>12} {:<14} {:>14.1} {:>9.1} {:>9} {:>7} {:>8.0}",
            row.work.name(),
            row.size,
            row.way,
            row.micros(),
            speed,
            ratio,
            row.measured.found,
            row.measured.peak_bytes as f64 / 1e6,
        );
    }
}

/// Writes the results with machine and command.
pub(super) fn write(path: &Path, command: &str, rows: &[Row], facts: &Value) -> Result<(), Fault> {
    let result = json!({
        "command": command,
        "machine": report::machine(),
        "rows": rows.iter().map(|row| row.to_json(rows)).collect::<Vec<_>>(),
        "facts": facts,
    });
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, format!("{result:#}\n"))?)
}

/// Two decimals.
pub(super) fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
