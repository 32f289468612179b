//! What was measured: a table for people, JSON for keeping.

use crate::{Fault, judge::peers::Measured, judge::table::round, report};
use serde_json::{Map, Value, json};
use std::{fs, path::Path};

/// How often each way is measured: odd, so that there is a median.
const ROUNDS: usize = 11;

/// One way to judge one document.
#[derive(Debug)]
pub(super) struct Row {
    /// What is judged, such as `2 KB, valid`.
    pub(super) work: String,
    pub(super) bytes: u64,
    pub(super) way: &'static str,
    pub(super) count: u64,
    /// By round; of the same length for all rows, and never empty.
    measured: Vec<Measured>,
}

/// A way to be measured: how it is called, how many documents it judges, and what measures it.
pub(super) type Measuring<'m> =
    (&'static str, u64, Box<dyn Fn() -> Result<Option<Measured>, Fault> + 'm>);

/// Measures all ways of one work in turn. A way that is not there is left out.
pub(super) fn measure(work: &str, bytes: u64, ways: &[Measuring<'_>]) -> Result<Vec<Row>, Fault> {
    let mut rows: Vec<Row> = Vec::new();
    for _ in 0..ROUNDS {
        for (way, count, measure) in ways {
            let Some(measured) = measure()? else { continue };
            match rows.iter_mut().find(|row| row.way == *way) {
                Some(row) => row.measured.push(measured),
                None => rows.push(Row {
                    work: work.to_owned(),
                    bytes,
                    way,
                    count: *count,
                    measured: vec![measured],
                }),
            }
        }
    }
    Ok(rows)
}

impl Row {
    /// CPU time of one document, by round.
    fn by_round(&self) -> impl Iterator<Item = f64> {
        self.measured.iter().map(|each| each.cpu_seconds * 1e6 / self.count.max(1) as f64)
    }

    /// Least, median and most.
    fn micros(&self) -> [f64; 3] {
        spread(self.by_round().collect())
    }

    fn found(&self) -> u64 {
        self.measured.first().map_or(0, |each| each.found)
    }

    /// How many times as fast as this way our own is: the least, the median and the most of the rounds. What else the
    /// machine did in a round fell on both.
    fn ratios(&self, rows: &[Self]) -> Option<[f64; 3]> {
        let ours =
            rows.iter().find(|other| other.work == self.work && other.way.starts_with("Sluse"))?;
        let pairs = self.by_round().zip(ours.by_round());
        Some(spread(pairs.map(|(this, ours)| this / ours).collect()))
    }

    fn to_json(&self, rows: &[Self]) -> Value {
        let [least, median, most] = self.micros();
        let digits = |micros: f64| (micros * 10_000.0).round() / 10_000.0;
        let ratios = self.ratios(rows).map(|all| all.map(round));
        json!({
            "work": self.work,
            "document_bytes": self.bytes,
            "way": self.way,
            "documents": self.count,
            "cpu_micros_per_document": digits(median),
            "least": digits(least),
            "most": digits(most),
            "of_ours": ratios.map(|[_, median, _]| median),
            "of_ours_least": ratios.map(|[least, ..]| least),
            "of_ours_most": ratios.map(|[.., most]| most),
            "found": self.found(),
        })
    }
}

/// Least, median and most.
fn spread(mut of: Vec<f64>) -> [f64; 3] {
    of.sort_by(f64::total_cmp);
    let at = |index: usize| of.get(index).copied().unwrap_or(0.0);
    [at(0), at(of.len() / 2), at(of.len().saturating_sub(1))]
}

/// Prints the table.
#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
pub(super) fn print(rows: &[Row]) {
    println!(
        "{:<22} {:>9} {:<26} {:>12} {:>12} {:>12} {:>8} {:>6}",
        "work", "bytes", "way", "CPU µs/doc", "least", "most", "of ours", "found"
    );
    for row in rows {
        let [least, median, most] = row.micros();
        let ratio = row.ratios(rows).map(|[_, median, _]| format!("{median:.2}"));
        let ratio = ratio.unwrap_or_else(|| "-".to_owned());
        println!(
            "{:<22} {:>9} {:<26} {median:>12.3} {least:>12.3} {most:>12.3} {ratio:>8} {:>6}",
            row.work,
            row.bytes,
            row.way,
            row.found(),
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
        "command": format!("cargo run --release -p sluse-bench -- judge --only {part}"),
        "machine": report::machine(),
        "rows": rows.iter().map(|row| row.to_json(rows)).collect::<Vec<_>>(),
    });
    results.insert(part.to_owned(), result);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, format!("{:#}\n", Value::Object(results)))?)
}
