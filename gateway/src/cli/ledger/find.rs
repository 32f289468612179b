//! `sluse ledger find`: which exchanges there were.
//!
//! Reads the leaves themselves, which are the evidence, and not what the file notes about them.

use super::{Place, moment};
use crate::{
    cli::{Exit, Output, Style},
    store::{LedgerFile, StoreFault},
};
use serde::Serialize;
use sluse_ledger::{Closing, Leaf, Opening, leaf::VerdictSummary, verify::Source};

/// Leaves read at once.
const PAGE_LEAVES: usize = 1_024;

/// Find exchanges by who, what and when
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse ledger find --config /etc/sluse --consumer dk.example/desk --since 2026-07-01\n  \
    sluse ledger find --config /etc/sluse --code V0301 --format json\n  \
    sluse ledger find --config /etc/sluse --parent 0197f3c2-5c1e-7d3a-9b1f-2f6c7f0a1b2c\n  \
    sluse ledger find --ledger copy.sqlite --open")]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
    /// Only this exchange
    #[arg(long, value_name = "ID")]
    exchange: Option<String>,
    /// Only those that this subsystem, or a subsystem of this member, asked
    #[arg(long, value_name = "ID")]
    consumer: Option<String>,
    /// Only the messages of the file that this exchange brought
    #[arg(long, value_name = "ID")]
    parent: Option<String>,
    /// Only those of this service
    #[arg(long, value_name = "ID")]
    service: Option<String>,
    /// Only those under this contract, of any version where none is given
    #[arg(long, value_name = "ID[@VERSION]")]
    contract: Option<String>,
    /// Only those with this code, or a broken rule of this id
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// Only those that opened at this moment or later (UTC)
    #[arg(long, value_name = "MOMENT", value_parser = moment::read)]
    since: Option<u64>,
    /// Only those that opened before this moment (UTC)
    #[arg(long, value_name = "MOMENT", value_parser = moment::read)]
    until: Option<u64>,
    /// Only those that are not closed
    #[arg(long)]
    open: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    most: usize,
}

/// One exchange.
#[derive(Debug, Serialize)]
struct Line {
    exchange: String,
    /// The exchange that brought the file of which this one is a message.
    parent: Option<String>,
    opening: u64,
    closing: Option<u64>,
    at: String,
    consumer: String,
    service: Option<String>,
    operation: Option<String>,
    contract: Option<String>,
    enforcement: Option<String>,
    ending: Option<String>,
    status: Option<u16>,
    fault: Option<String>,
    broken: Vec<String>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Exit, String> {
    let mut opened = args.place.open()?;
    let (lines, more) = search(&mut opened.file, args).map_err(|fault| format!("F0406 {fault}"))?;
    if output.is_json() {
        lines.iter().for_each(|line| output.json(line));
    } else {
        table(&lines, output);
    }
    if more {
        output.note(format_args!("there are more; --most shows more than {}", args.most));
    }
    Ok(Exit::Fine)
}

/// The exchanges that fit, and whether there are more.
fn search(file: &mut LedgerFile, args: &Args) -> Result<(Vec<Line>, bool), StoreFault> {
    let noted = args.exchange.as_deref().map(|exchange| file.places(exchange)).transpose()?;
    if let Some(Some((opening, _))) = noted {
        let found = search_from(file, args, opening)?;
        // What the file notes about places is not evidence: where it leads nowhere, all leaves are asked.
        if !found.0.is_empty() {
            return Ok(found);
        }
    }
    search_from(file, args, 0)
}

fn search_from(
    file: &mut LedgerFile,
    args: &Args,
    mut from: u64,
) -> Result<(Vec<Line>, bool), StoreFault> {
    let mut lines = Vec::new();
    loop {
        let page = file.leaves(from, PAGE_LEAVES)?;
        let Some(last) = page.last() else { return Ok((lines, false)) };
        from = last.index.saturating_add(1);
        for leaf in page {
            let Ok(Leaf::Opening(opening)) = Leaf::read(&leaf.bytes) else { continue };
            if !args.takes_opening(&opening) {
                continue;
            }
            let closing = closing_of(file, leaf.index, &opening.exchange)?;
            if args.takes_closing(&opening, closing.as_ref().map(|(_, closing)| closing)) {
                if lines.len() >= args.most {
                    return Ok((lines, true));
                }
                let found_it = args.exchange.is_some();
                lines.push(line(leaf.index, opening, closing));
                if found_it {
                    return Ok((lines, false));
                }
            }
        }
    }
}

fn closing_of(
    file: &mut LedgerFile,
    opening: u64,
    exchange: &str,
) -> Result<Option<(u64, Closing)>, StoreFault> {
    let Some((_, Some(index))) = file.places(exchange)? else { return Ok(None) };
    let leaf = file.leaf(index)?.and_then(|leaf| Leaf::read(&leaf.bytes).ok());
    Ok(match leaf {
        Some(Leaf::Closing(closing)) if closing.opening == opening => Some((index, closing)),
        _ => None,
    })
}

impl Args {
    fn takes_opening(&self, opening: &Opening) -> bool {
        let is = |asked: &Option<String>, found: Option<&str>| {
            asked.as_deref().is_none_or(|asked| found == Some(asked))
        };
        let consumer = self.consumer.as_deref().is_none_or(|asked| {
            opening.consumer == asked || opening.consumer.split('/').next() == Some(asked)
        });
        let contract = self.contract.as_deref().is_none_or(|asked| {
            let found = opening.contract.as_deref().unwrap_or_default();
            found == asked || found.split('@').next() == Some(asked)
        });
        is(&self.exchange, Some(&opening.exchange))
            && is(&self.parent, opening.parent.as_deref())
            && is(&self.service, opening.service.as_deref())
            && consumer
            && contract
            && self.since.is_none_or(|since| opening.at_ms >= since)
            && self.until.is_none_or(|until| opening.at_ms < until)
    }

    fn takes_closing(&self, opening: &Opening, closing: Option<&Closing>) -> bool {
        if self.open && closing.is_some() {
            return false;
        }
        let Some(code) = &self.code else { return true };
        let is = |word: &str| word.eq_ignore_ascii_case(code);
        let broke = |verdict: Option<&VerdictSummary>| {
            verdict.is_some_and(|verdict| verdict.broken.keys().any(|key| key.split(' ').any(is)))
        };
        let fault = closing.and_then(|closing| closing.fault.as_deref());
        fault.is_some_and(is)
            || broke(opening.verdict.as_ref())
            || broke(closing.and_then(|closing| closing.verdict.as_ref()))
    }
}

fn line(index: u64, opening: Opening, closing: Option<(u64, Closing)>) -> Line {
    let (closing_index, closing) = closing.unzip();
    let mut broken: Vec<String> = [&opening.verdict]
        .into_iter()
        .chain(closing.as_ref().map(|closing| &closing.verdict))
        .flatten()
        .flat_map(|verdict| verdict.broken.keys().cloned())
        .collect();
    broken.sort();
    broken.dedup();
    let ending = closing
        .as_ref()
        .and_then(|closing| serde_json::to_value(closing.ending).ok()?.as_str().map(str::to_owned));
    Line {
        opening: index,
        closing: closing_index,
        at: moment::show(opening.at_ms),
        exchange: opening.exchange,
        parent: opening.parent,
        consumer: opening.consumer,
        service: opening.service,
        operation: opening.operation,
        contract: opening.contract,
        enforcement: opening.enforcement,
        ending,
        status: closing.as_ref().and_then(|closing| closing.status),
        fault: closing.and_then(|closing| closing.fault),
        broken,
    }
}

fn table(lines: &[Line], output: &mut Output) {
    const HEADS: [&str; 8] =
        ["LEAF", "OPENED", "CONSUMER", "SERVICE", "ENDING", "STATUS", "CODES", "EXCHANGE"];
    let rows: Vec<[String; 8]> = lines
        .iter()
        .map(|line| {
            let codes = line.fault.iter().chain(&line.broken).cloned().collect::<Vec<_>>();
            [
                line.opening.to_string(),
                line.at.clone(),
                line.consumer.clone(),
                line.service.clone().unwrap_or_else(|| "-".into()),
                line.ending.clone().unwrap_or_else(|| "open".into()),
                line.status.map_or_else(|| "-".into(), |status| status.to_string()),
                if codes.is_empty() { "-".into() } else { codes.join(", ") },
                line.exchange.clone(),
            ]
        })
        .collect();
    let mut widths = HEADS.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let joined = |cells: &[String; 8]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    if !rows.is_empty() {
        let heads = output.paint(Style::Bold, joined(&HEADS.map(str::to_owned)));
        output.line(heads);
    }
    for row in &rows {
        output.line(joined(row));
    }
    let one = if rows.len() == 1 { "" } else { "s" };
    output.note(format_args!("{} exchange{one}", rows.len()));
}
