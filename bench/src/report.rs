//! Results: a table for people on standard output, JSON Lines' worth of facts in a file.

use crate::{Fault, load::Volley, process::Usage};
use serde_json::{Value, json};
use std::{fs, path::Path, process::Command};

/// One way through under one load.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) load: &'static str,
    pub(crate) way: &'static str,
    pub(crate) volley: Volley,
    /// CPU-seconds of what stands between, during the volley; `None` for the direct call.
    pub(crate) usage: Option<Usage>,
}

impl Row {
    /// Requests per CPU-second of what stands between.
    pub(crate) fn per_cpu_second(&self) -> Option<f64> {
        self.usage.map(|usage| self.volley.requests as f64 / usage.cpu_seconds.max(0.01))
    }

    fn to_json(&self) -> Value {
        json!({
            "load": self.load,
            "way": self.way,
            "requests": self.volley.requests,
            "seconds": round(self.volley.seconds),
            "requests_per_second": round(self.volley.per_second()),
            "requests_per_cpu_second": self.per_cpu_second().map(round),
            "latency_micros": {
                "p50": self.volley.latency_micros(0.5),
                "p99": self.volley.latency_micros(0.99),
            },
            "memory_bytes": self.usage.map(|usage| usage.memory_bytes),
        })
    }
}

/// Prints the table, with ratios against the way named nginx under the same load.
#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
pub(crate) fn print(rows: &[Row]) {
    println!(
        "{:<10} {:<22} {:>9} {:>11} {:>8} {:>9} {:>9} {:>8}",
        "load", "way", "req/s", "req/CPU-s", "/nginx", "p50 µs", "p99 µs", "MB"
    );
    for row in rows {
        let text = |value: Option<f64>, digits: usize| {
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
        };
        println!(
            "{:<10} {:<22} {:>9.0} {:>11} {:>8} {:>9} {:>9} {:>8}",
            row.load,
            row.way,
            row.volley.per_second(),
            text(row.per_cpu_second(), 0),
            text(ratio(rows, row), 2),
            row.volley.latency_micros(0.5),
            row.volley.latency_micros(0.99),
            text(row.usage.map(|usage| usage.memory_bytes as f64 / 1e6), 0),
        );
    }
}

fn ratio(rows: &[Row], row: &Row) -> Option<f64> {
    let nginx = rows.iter().find(|other| other.load == row.load && other.way == "nginx")?;
    Some(row.per_cpu_second()? / nginx.per_cpu_second()?)
}

/// Writes the results with machine and command.
pub(crate) fn write(path: &Path, command: &str, rows: &[Row], facts: &Value) -> Result<(), Fault> {
    let ratios: Vec<Value> = rows
        .iter()
        .filter_map(|row| {
            ratio(rows, row)
                .map(|ratio| json!({ "load": row.load, "way": row.way, "of_nginx": round(ratio) }))
        })
        .collect();
    let result = json!({
        "command": command,
        "machine": machine(),
        "rows": rows.iter().map(Row::to_json).collect::<Vec<_>>(),
        "requests_per_cpu_second_against_nginx": ratios,
        "facts": facts,
    });
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, format!("{result:#}\n"))?;
    Ok(())
}

pub(crate) fn machine() -> Value {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown", |rest| rest.trim_start_matches([' ', '\t', ':']));
    let version = |program: &str, argument: &str| {
        Command::new(program).arg(argument).output().ok().map(|output| {
            let text = [output.stdout, output.stderr].concat();
            String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_owned()
        })
    };
    json!({
        "cpu": model,
        "cores": std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        "rustc": version("rustc", "--version"),
        "nginx": version("nginx", "-v"),
    })
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Says on standard error what went wrong.
#[expect(clippy::print_stderr, reason = "a bench is a command")]
pub(crate) fn complain(sentence: &str) {
    eprintln!("{sentence}");
}

/// Prints a line.
#[expect(clippy::print_stdout, reason = "a bench is a command")]
pub(crate) fn line(sentence: &str) {
    println!("{sentence}");
}

/// Prints further facts, a line each.
#[expect(clippy::print_stdout, reason = "the facts are what the command is for")]
pub(crate) fn say(facts: &Value) {
    for (name, fact) in facts.as_object().into_iter().flatten() {
        println!("{name}: {fact}");
    }
}
