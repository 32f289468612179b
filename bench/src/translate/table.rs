//! What was measured: a table for people, JSON for keeping.

use crate::{Fault, report};
use serde_json::{Map, Value, json};
use std::{fs, path::Path, process::Command};

/// What a process tells of its work on one file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    pub(super) cpu_seconds: f64,
    pub(super) peak_bytes: u64,
    /// Units, segments or records, as the way counts them.
    pub(super) units: u64,
}

/// One way through one file.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) work: &'static str,
    pub(super) bytes: u64,
    pub(super) way: &'static str,
    /// Never empty.
    pub(super) measured: Vec<Measured>,
}

impl Measured {
    /// Runs a command that prints one JSON object; none where it fails.
    pub(super) fn of(command: &mut Command) -> Result<Option<Self>, Fault> {
        let output = command.output()?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            report::complain(&format!("{:?}: {}", command.get_program(), complaint.trim()));
            return Ok(None);
        }
        let told: Value = serde_json::from_slice(&output.stdout)?;
        let whole = |name: &str| told.get(name).and_then(Value::as_u64).unwrap_or(0);
        let cpu_seconds = told.get("cpu_seconds").and_then(Value::as_f64).unwrap_or(0.0);
        Ok(Some(Self { cpu_seconds, peak_bytes: whole("peak_bytes"), units: whole("units") }))
    }
}

impl Row {
    /// Sorts by time.
    pub(super) fn sort(&mut self) {
        self.measured.sort_by(|a, b| a.cpu_seconds.total_cmp(&b.cpu_seconds));
    }

    /// Bytes of the file for each CPU-second, in MB: by the slowest, the median and the fastest run.
    fn megabytes_per_second(&self) -> [f64; 3] {
        let at = |index: usize| {
            let seconds = self.measured.get(index).map_or(f64::NAN, |each| each.cpu_seconds);
            self.bytes as f64 / 1e6 / seconds.max(1e-9)
        };
        let last = self.measured.len().saturating_sub(1);
        [at(last), at(self.measured.len() / 2), at(0)]
    }

    fn peak_bytes(&self) -> u64 {
        self.measured.iter().map(|each| each.peak_bytes).max().unwrap_or(0)
    }

    fn units(&self) -> u64 {
        self.measured.first().map_or(0, |each| each.units)
    }

    /// How many times as fast as this way our own is, by the medians.
    fn ratio(&self, rows: &[Self]) -> Option<f64> {
        let ours = rows.iter().find(|row| row.way.starts_with("Sluse"))?;
        Some(ours.megabytes_per_second()[1] / self.megabytes_per_second()[1])
    }

    fn to_json(&self, rows: &[Self]) -> Value {
        let [least, median, most] = self.megabytes_per_second().map(round);
        json!({
            "work": self.work,
            "file_bytes": self.bytes,
            "way": self.way,
            "megabytes_per_cpu_second": median,
            "least": least,
            "most": most,
            "ours_is_times_as_fast": self.ratio(rows).map(round),
            "peak_bytes": self.peak_bytes(),
            "units": self.units(),
        })
    }
}

fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// Prints the table.
#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
pub(super) fn print(rows: &[Row]) {
    println!(
        "{:<20} {:>11} {:<40} {:>9} {:>9} {:>9} {:>8} {:>8} {:>9}",
        "work", "bytes", "way", "MB/CPU-s", "least", "most", "ours is", "peak MB", "units"
    );
    for row in rows {
        let [least, median, most] = row.megabytes_per_second();
        let ratio = row.ratio(rows).map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2} x"));
        println!(
            "{:<20} {:>11} {:<40} {median:>9.1} {least:>9.1} {most:>9.1} {ratio:>8} {:>8.1} {:>9}",
            row.work,
            row.bytes,
            row.way,
            row.peak_bytes() as f64 / 1e6,
            row.units(),
        );
    }
}

/// Puts the results of one part into the file beside those of the others.
pub(super) fn keep(path: &Path, part: &str, rows: &[Row]) -> Result<(), Fault> {
    let mut results: Map<String, Value> = match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)?,
        Err(_) => Map::new(),
    };
    let result = json!({
        "command": format!("cargo run --release -p sluse-bench -- translate --only {part}"),
        "machine": report::machine(),
        "rows": rows.iter().map(|row| row.to_json(rows)).collect::<Vec<_>>(),
    });
    results.insert(part.to_owned(), result);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, format!("{:#}\n", Value::Object(results)))?)
}
