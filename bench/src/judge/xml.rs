//! Judging XML beside libxml2, the JDK, the front end's validator and Saxon.
//!
//! The same documents, one thread, warm, in one run. Peers that are not there are told by name.

use super::{
    Args,
    inputs::Inputs,
    ours,
    peers::{Measured, Peers},
    table::{self, Row, Work},
};
use crate::{Fault, report, setup};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

const COMMAND: &str = "cargo run --release -p sluse-bench -- judge";

/// Bytes of all documents that one way judges at one size, about.
const VOLUME_BYTES: u64 = 60_000_000;

/// Runs all work at all sizes.
pub(super) fn run(args: &Args) -> Result<(), Fault> {
    let shared =
        setup::shared().ok_or("SLUSE_SHARED has no corpora/oioubl-2.1: nothing to judge")?;
    let folder = tempfile::tempdir()?;
    let inputs = Inputs::find(&shared, folder.path())?;
    let peers = Peers::prepare(folder.path());
    let mut rows = Vec::new();
    let sizes: &[u64] =
        if args.quick { &[10_000, 1_000_000] } else { &[10_000, 1_000_000, 100_000_000] };
    for size in sizes {
        schema_rows(&inputs, &peers, *size, &mut rows)?;
    }
    if !args.quick {
        largest_rows(&inputs, &peers, args.largest_bytes, &mut rows)?;
    }
    let sizes: &[u64] =
        if args.quick { &[10_000, 100_000] } else { &[10_000, 100_000, 1_000_000, 10_000_000] };
    for work in [Work::RulesEn16931Peppol, Work::RulesOioubl] {
        for size in sizes {
            rule_rows(&inputs, &peers, work, *size, &mut rows)?;
        }
    }
    let facts = json!({
        "two_threads_against_one": two_threads(&inputs)?,
        "cold_start_millis": cold_start(&inputs, &peers, folder.path())?,
        "resident_bytes_with_36_nemhandel_contracts_and_oioubl": resident(folder.path(), &inputs)?,
    });
    table::print(&rows);
    report::say(&facts);
    table::write(&args.output, COMMAND, &rows, &facts)
}

/// What was written is a line longer than what was asked for.
fn length(document: &Path) -> Result<u64, Fault> {
    Ok(std::fs::metadata(document)?.len())
}

fn rounds(size: u64) -> u64 {
    (VOLUME_BYTES / size.max(1)).clamp(2, 4_000)
}

fn schema_rows(
    inputs: &Inputs,
    peers: &Peers,
    size: u64,
    rows: &mut Vec<Row>,
) -> Result<(), Fault> {
    let document = inputs.invoice(size)?;
    let size = length(&document)?;
    let count = rounds(size);
    let row =
        |way: &'static str, measured: Measured| Row { work: Work::Xsd, size, way, count, measured };
    for way in ["stream", "tree", "xsd-schema"] {
        let name = ours::name(way);
        let count = if way == "xsd-schema" { (count / 4).max(2) } else { count };
        let measured = ours::in_process(&["judge-xsd", way], &[&inputs.schema, &document], count)?;
        rows.push(Row { count, ..row(name, measured) });
    }
    rows.extend(
        peers.libxml2(&inputs.schema, &document, count)?.map(|found| row("libxml2", found)),
    );
    rows.extend(peers.jdk(&inputs.schema, &document, count)?.map(|found| row("JDK", found)));
    Ok(())
}

fn largest_rows(
    inputs: &Inputs,
    peers: &Peers,
    size: u64,
    rows: &mut Vec<Row>,
) -> Result<(), Fault> {
    let document = inputs.invoice(size)?;
    let size = length(&document)?;
    let row = |way: &'static str, measured: Measured| Row {
        work: Work::Xsd,
        size,
        way,
        count: 1,
        measured,
    };
    let measured = ours::in_process(&["judge-xsd", "stream"], &[&inputs.schema, &document], 1)?;
    rows.push(row(ours::name("stream"), measured));
    rows.extend(peers.libxml2(&inputs.schema, &document, 1)?.map(|found| row("libxml2", found)));
    std::fs::remove_file(document)?;
    Ok(())
}

fn rule_rows(
    inputs: &Inputs,
    peers: &Peers,
    work: Work,
    size: u64,
    rows: &mut Vec<Row>,
) -> Result<(), Fault> {
    let (document, rules) = match work {
        Work::RulesOioubl => (inputs.invoice(size)?, &inputs.oioubl),
        Work::RulesEn16931Peppol | Work::Xsd => (inputs.peppol(size)?, &inputs.en16931_peppol),
    };
    let size = length(&document)?;
    let count = (rounds(size) / 8).max(2);
    let mut paths: Vec<&Path> = vec![&document];
    paths.extend(rules.iter().map(PathBuf::as_path));
    let measured = ours::in_process(&["judge-rules"], &paths, count)?;
    rows.push(Row { work, size, way: "Sluse", count, measured });
    let count = (count / 4).max(2);
    let found = peers.saxon(&document, rules, count)?;
    rows.extend(found.map(|measured| Row { work, size, way: "Saxon", count, measured }));
    Ok(())
}

/// Documents in a second of two threads beside those of one.
fn two_threads(inputs: &Inputs) -> Result<Value, Fault> {
    let document = inputs.invoice(10_000)?;
    let rules = inputs.peppol(10_000)?;
    let mut paths: Vec<&Path> = vec![&rules];
    paths.extend(inputs.en16931_peppol.iter().map(PathBuf::as_path));
    Ok(json!({
        "xsd": ours::throughput(&["judge-xsd", "tree"], &[&inputs.schema, &document], 4_000)?,
        "rules": ours::throughput(&["judge-rules"], &paths, 800)?,
    }))
}

/// From the start of a process to the verdict on one invoice, wall time.
fn cold_start(inputs: &Inputs, peers: &Peers, folder: &Path) -> Result<Value, Fault> {
    let configuration = configured(inputs, folder)?;
    let document = inputs.invoice(10_000)?;
    let mut sluse = setup::part(&["sluse", "validate"])?;
    sluse.arg(&document).arg("--contract").arg("dk.oioubl/invoice@2.1.0");
    sluse.arg("--config").arg(&configuration);
    Ok(json!({
        "sluse": fastest(|| timed(&mut sluse))?,
        "xerces_then_saxon": fastest(|| peers.cold(&inputs.schema, &document, &inputs.oioubl))?,
    }))
}

/// The least of three.
fn fastest(mut time: impl FnMut() -> Result<Option<f64>, Fault>) -> Result<Option<f64>, Fault> {
    let mut least: Option<f64> = None;
    for _ in 0..3 {
        let Some(millis) = time()? else { return Ok(None) };
        least = Some(least.map_or(millis, |least| least.min(millis)));
    }
    Ok(least.map(table::round))
}

fn timed(command: &mut Command) -> Result<Option<f64>, Fault> {
    let began = Instant::now();
    let output = command.output()?;
    let millis = began.elapsed().as_secs_f64() * 1e3;
    if output.status.code() == Some(2) {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(Some(millis))
}

/// A configuration folder with the 36 document types and OIOUBL's schemas and rules.
fn configured(inputs: &Inputs, folder: &Path) -> Result<PathBuf, Fault> {
    let configuration = folder.join("configuration");
    if !configuration.exists() {
        let ports = setup::Ports { provider: 8201, nginx: 8202, sluse: 8200, operators: 8209 };
        setup::configuration(&configuration, ports, None)?;
        let (corpus, into) =
            (inputs.corpus.display().to_string(), configuration.display().to_string());
        setup::sluse(&["contract", "import", &corpus, "--as", "dk.oioubl", "--config", &into])?;
    }
    Ok(configuration)
}

/// Memory of a gateway that is ready and has seen no message.
fn resident(folder: &Path, inputs: &Inputs) -> Result<u64, Fault> {
    let configuration = configured(inputs, folder)?;
    let mut serve = setup::part(&["sluse", "serve", "--config"])?;
    serve.arg(configuration).stderr(std::process::Stdio::null());
    let wait = std::time::Duration::from_secs(30);
    let address = crate::gateway::loopback(8200);
    let (running, _) = crate::process::Running::start(&mut serve, address, wait)?;
    Ok(running.usage().memory_bytes)
}
