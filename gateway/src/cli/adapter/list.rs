//! `sluse adapter list`: which adapters there are.

use super::given::{Given, folders};
use crate::cli::{Exit, Output, Style, plural};
use serde::Serialize;
use sluse_adapters::{
    adapter::{Adapter, Loss},
    library,
    mapping::Way,
    soap_json,
};
use sluse_contracts::Finding;
use std::path::PathBuf;

/// List adapters: those of a configuration folder, and those that ship with Sluse
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse adapter list\n  \
    sluse adapter list --config conf --format json | jq -r .adapter")]
pub(super) struct Args {
    /// The configuration folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    config: PathBuf,
}

/// One adapter, as programs read it.
#[derive(Debug, Serialize)]
struct Line<'a> {
    adapter: &'a str,
    title: Option<&'a str>,
    /// `folder`, `shipped`, or `built-in` for one that follows from a contract alone.
    source: &'static str,
    sound: bool,
    legacy: Option<&'static str>,
    contract_side: Option<&'static str>,
    reverse: bool,
    loss: Option<&'static str>,
}

/// An adapter and where it comes from.
struct Listed {
    name: String,
    source: &'static str,
    adapter: Option<Adapter>,
    is_program: bool,
}

/// What the adapter that follows from a WSDL alone is called in the list.
const SOAP_JSON_TITLE: &str = "a SOAP service called with JSON, by the WSDL of its contract";

/// The adapter that follows from a WSDL alone: it has no files.
fn soap_json() -> Line<'static> {
    Line {
        adapter: soap_json::NAME,
        title: Some(SOAP_JSON_TITLE),
        source: "built-in",
        sound: true,
        legacy: Some("json"),
        contract_side: Some("soap"),
        reverse: true,
        loss: Some("refuse"),
    }
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let mut all: Vec<Listed> = folders(&args.config).iter().map(|folder| own(folder)).collect();
    for shipped in library::ALL {
        if !all.iter().any(|listed| listed.name == shipped.name) {
            let (name, adapter) = (shipped.name.to_owned(), shipped.read().0);
            all.push(Listed { name, source: "shipped", adapter, is_program: false });
        }
    }
    let width = all.iter().map(|listed| listed.name.len()).max().unwrap_or(0);
    let width = width.max(soap_json::NAME.len());
    if output.is_json() {
        output.json(&soap_json());
    } else {
        let name = output.paint(Style::Bold, format_args!("{:width$}", soap_json::NAME));
        output.line(format_args!("built-in  {name}  {:18}  {SOAP_JSON_TITLE}", "json ↔ soap"));
    }
    for listed in &all {
        if output.is_json() {
            output.json(&line(listed));
        } else {
            tell(listed, width, output);
        }
    }
    let is_faulty = |listed: &&Listed| listed.adapter.is_none() && !listed.is_program;
    let n_faulty = all.iter().filter(is_faulty).count();
    output.note(plural(all.len() + 1, "adapter"));
    if n_faulty > 0 {
        output.hint("`sluse adapter check NAME` tells what is wrong with one");
        return Exit::Found;
    }
    Exit::Fine
}

fn own(folder: &std::path::Path) -> Listed {
    let mut given = Given::in_folder(folder);
    let adapter = given.read();
    let is_sound = !given.findings.iter().any(Finding::is_error);
    let is_program = given.is_program() && is_sound;
    let adapter = adapter.filter(|_| is_sound);
    Listed { name: given.name, source: "folder", adapter, is_program }
}

fn tell(listed: &Listed, width: usize, output: &mut Output) {
    let name = output.paint(Style::Bold, format_args!("{:width$}", listed.name));
    let source = format!("{:8}", listed.source);
    let Some(adapter) = &listed.adapter else {
        if listed.is_program {
            return output.line(format_args!("{source}  {name}  a program"));
        }
        let faulty = output.paint(Style::Bad, "faulty");
        return output.line(format_args!("{source}  {name}  {faulty}"));
    };
    let sides = format!(
        "{} {} {}",
        adapter.from(Way::Forward).format(),
        arrow(adapter),
        adapter.to(Way::Forward).format()
    );
    output.line(format_args!("{source}  {name}  {sides:18}  {}", adapter.title()));
}

/// Whether it leads both ways.
fn arrow(adapter: &Adapter) -> &'static str {
    if adapter.plans(Way::Reverse).is_ok() { "↔" } else { "→" }
}

fn line(listed: &Listed) -> Line<'_> {
    let adapter = listed.adapter.as_ref();
    Line {
        adapter: &listed.name,
        title: adapter.map(Adapter::title),
        source: listed.source,
        sound: adapter.is_some() || listed.is_program,
        legacy: adapter.map(|adapter| adapter.from(Way::Forward).format()),
        contract_side: adapter.map(|adapter| adapter.to(Way::Forward).format()),
        reverse: adapter.is_some_and(|adapter| adapter.plans(Way::Reverse).is_ok()),
        loss: adapter.map(|adapter| match adapter.loss() {
            Loss::Refuse => "refuse",
            Loss::Report => "report",
        }),
    }
}
