//! Translating beside the tools that people use: CPU time from bytes to bytes, and memory.
//!
//! Inputs are made here, of invented data, and so are the adapters (`bench/translate`). Each way reads the same file and runs in
//! a process of its own; ways take turns, so that what else the machine does falls on all of them. Peers do less than
//! the whole work where that is all they can do, and the table says what.

mod inputs;
mod ours;
mod peers;
mod table;

pub(crate) use ours::{Way, measure};

use crate::{Fault, report};
use std::{fs, path::PathBuf};
use table::{Measured, Row};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the results go; parts that are not run keep theirs
    #[arg(long, default_value = "bench/results/translate.json")]
    output: PathBuf,
    /// Only this part; can be given several times
    #[arg(long, value_enum)]
    only: Vec<Subject>,
    /// A tenth of the bytes
    #[arg(long)]
    quick: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Subject {
    /// An interchange of EDIFACT to XML
    Edifact,
    /// Records of fixed width to lines of JSON
    Fixed,
    /// XML to XML of other names
    Xml,
    /// An invoice of OIOXML to OIOUBL, by the adapter that ships
    Oioubl,
    /// A file of 1 GB through `sluse translate`: does memory stay flat?
    Memory,
}

/// A way to be measured, and what it is called.
type Measuring<'m> = (&'static str, Box<dyn Fn() -> Result<Option<Measured>, Fault> + 'm>);

const ROUNDS: usize = 3;

/// Measures what is asked for.
pub(crate) fn run(args: &Args) -> Result<(), Fault> {
    let folder = tempfile::tempdir()?;
    let peers = peers::Peers::prepare(folder.path());
    let part = if args.quick { 10 } else { 1 };
    let subjects =
        [Subject::Edifact, Subject::Fixed, Subject::Xml, Subject::Oioubl, Subject::Memory];
    for subject in subjects {
        if !args.only.is_empty() && !args.only.contains(&subject) {
            continue;
        }
        let file = folder.path().join("input");
        let (name, work, ways) = match subject {
            Subject::Edifact => {
                inputs::interchange(&file, 20_000_000 / part)?;
                ("edifact", "EDIFACT to XML", peers.edifact(&file))
            }
            Subject::Fixed => {
                inputs::payments(&file, 100_000_000 / part)?;
                ("fixed", "fixed width to JSON", peers.fixed(&file))
            }
            Subject::Xml => {
                inputs::orders(&file, 10_000_000 / part)?;
                ("xml", "XML to XML", peers.xml(&file))
            }
            Subject::Oioubl => {
                inputs::invoice(&file, 5_000_000 / part)?;
                ("oioubl", "OIOXML to OIOUBL", peers.oioubl(&file))
            }
            Subject::Memory => {
                inputs::payments(&file, 1_000_000_000 / part)?;
                ("memory", "fixed width to JSON", peers::memory(folder.path(), &file))
            }
        };
        let bytes = fs::metadata(&file)?.len();
        let rows =
            in_turn(work, bytes, &ways, if subject == Subject::Memory { 1 } else { ROUNDS })?;
        table::print(&rows);
        table::keep(&args.output, name, &rows)?;
    }
    Ok(())
}

/// Measures all ways in turn, several times. A way that is not there is left out.
fn in_turn(
    work: &'static str,
    bytes: u64,
    ways: &[Measuring<'_>],
    rounds: usize,
) -> Result<Vec<Row>, Fault> {
    let mut rows: Vec<Row> = Vec::new();
    for _ in 0..rounds {
        for (way, measure) in ways {
            let Some(measured) = measure()? else { continue };
            match rows.iter_mut().find(|row| row.way == *way) {
                Some(row) => row.measured.push(measured),
                None => rows.push(Row { work, bytes, way, measured: vec![measured] }),
            }
        }
    }
    if rows.is_empty() {
        report::complain(&format!("{work}: nothing could be measured"));
    }
    rows.iter_mut().for_each(Row::sort);
    Ok(rows)
}
