//! `sluse adapter explain`: an adapter as a table that people read, both ways.

use super::given::Given;
use crate::cli::{Exit, Output, Style};
use serde::Serialize;
use sluse_adapters::{
    adapter::{Adapter, Loss, Mapped},
    mapping::{Path, RowView, SectionView, Way},
};
use std::path::PathBuf;

/// Show an adapter as a table: what goes where, both ways, and what does not lead back
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse adapter explain extract --config conf\n  \
    sluse adapter explain ./adapters/extract --format json\n\n\
    ↔ leads both ways, → and ← one way, ✕ is not carried over, for the reason beside it.")]
pub(super) struct Args {
    /// The adapter's name, or its folder
    #[arg(value_name = "NAME|FOLDER")]
    adapter: String,
    /// The configuration folder
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
}

/// One row, as programs read it.
#[derive(Debug, Serialize)]
struct Line<'a> {
    file: &'a str,
    line: u32,
    section: &'a str,
    from: Vec<String>,
    to: Vec<String>,
    way: &'static str,
    convert: &'a [String],
    constant: Option<&'a str>,
    default: Option<&'a str>,
    reverse_default: Option<&'a str>,
    dropped: Option<&'a str>,
    irreversible: Option<&'a str>,
    /// Whether it is a group with all that stands in it, and what of it is not carried over with it.
    whole: bool,
    but: Vec<String>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let given = Given::find(&args.adapter, args.config.as_deref(), output);
    let adapter = match given.and_then(|given| given.read_or_tell(output)) {
        Ok(adapter) => adapter,
        Err(exit) => return exit,
    };
    if output.is_json() {
        for mapped in adapter.mappings() {
            for section in mapped.mapping.sections() {
                section.rows.iter().for_each(|row| output.json(&line(mapped, &section, row)));
            }
        }
    } else {
        tell(&adapter, output);
    }
    Exit::Fine
}

fn line<'a>(mapped: &'a Mapped, section: &SectionView<'a>, row: &RowView<'a>) -> Line<'a> {
    let texts = |paths: &[Path]| paths.iter().map(ToString::to_string).collect();
    Line {
        file: &mapped.file,
        line: row.place.line,
        section: section.name,
        from: texts(row.from),
        to: texts(row.to),
        way: match sign(row) {
            "↔" => "both",
            "→" => "forward",
            "←" => "reverse",
            _ => "none",
        },
        convert: row.convert,
        constant: row.constant,
        default: row.default,
        reverse_default: row.reverse_default,
        dropped: row.dropped,
        irreversible: row.irreversible,
        whole: row.whole,
        but: texts(row.but),
    }
}

fn tell(adapter: &Adapter, output: &mut Output) {
    let name = output.paint(Style::Bold, adapter.name());
    output.line(format_args!("{name}  {}", adapter.title()));
    output.line(format_args!("  legacy side      {}", adapter.from(Way::Forward).format()));
    output.line(format_args!("  contract's side  {}", adapter.to(Way::Forward).format()));
    output.line(match adapter.loss() {
        Loss::Refuse => {
            "  loss             refused: a unit with a value that no row carries goes nowhere"
        }
        Loss::Report => {
            "  loss             told: values that no row carries are named, and the unit goes on"
        }
    });
    if adapter.mappings().is_empty() {
        output.line("  no mapping: both sides have the same names");
    }
    for mapped in adapter.mappings() {
        output.line("");
        tell_mapping(mapped, output);
    }
    if let Err(rows) = adapter.plans(Way::Reverse) {
        output.line("");
        output.line(output.paint(Style::Warn, "It cannot be read in reverse:"));
        rows.iter().for_each(|row| output.line(format_args!("  {row}")));
    }
}

fn tell_mapping(mapped: &Mapped, output: &mut Output) {
    let units = |when: &Option<Path>| match when {
        Some(when) => format!("units with {when}"),
        None => "all units".to_owned(),
    };
    let (forward, reverse) = (units(&mapped.when), units(&mapped.reverse_when));
    let file = output.paint(Style::Bold, &mapped.file);
    output.line(format_args!("{file}  for {forward}; in reverse for {reverse}"));
    let sections: Vec<SectionView<'_>> = mapped.mapping.sections().collect();
    let rows = sections.iter().flat_map(|section| &section.rows);
    let width = |side: fn(&RowView<'_>) -> String| {
        rows.clone().map(|row| side(row).chars().count()).max().unwrap_or(0).min(48)
    };
    let widths = (width(left), width(right));
    for section in &sections {
        if !section.name.is_empty() {
            let within = match section.within {
                "" => String::new(),
                within => format!(" within {within}"),
            };
            let SectionView { name, from, to, .. } = section;
            let head = format!("  {name}{within}: each {from} ↔ {to}");
            output.line(output.paint(Style::Dim, head));
        }
        section.rows.iter().for_each(|row| tell_row(row, widths, output));
    }
}

fn tell_row(row: &RowView<'_>, (left_width, right_width): (usize, usize), output: &mut Output) {
    let (left, right) = (left(row), right(row));
    let line = format!(
        "  {:>4}  {left:left_width$}  {}  {right:right_width$}  {}",
        row.place.line,
        sign(row),
        remarks(row).join("; ")
    );
    output.line(line.trim_end());
}

fn left(row: &RowView<'_>) -> String {
    paths(row.from, row)
}

fn right(row: &RowView<'_>) -> String {
    paths(row.to, row)
}

/// Paths of a side, or what stands there instead.
fn paths(paths: &[Path], row: &RowView<'_>) -> String {
    match (paths, row.constant) {
        ([], Some(constant)) => format!("\"{constant}\""),
        ([], None) => "-".to_owned(),
        (paths, _) => paths.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// Which ways the row is read.
fn sign(row: &RowView<'_>) -> &'static str {
    match (row.dropped, row.only) {
        (Some(_), _) => "✕",
        (_, Some(Way::Forward)) => "→",
        (_, Some(Way::Reverse)) => "←",
        _ if row.irreversible.is_some() => "→",
        _ => "↔",
    }
}

/// That all of a group is carried over, and what of it is not.
fn whole(row: &RowView<'_>) -> String {
    match row.but {
        [] => "with all in it".to_owned(),
        but => {
            let but: Vec<String> = but.iter().map(ToString::to_string).collect();
            format!("with all in it but {}", but.join(", "))
        }
    }
}

/// What else there is to know of it.
fn remarks(row: &RowView<'_>) -> Vec<String> {
    let quoted = |what: &str, text: Option<&str>| text.map(|text| format!("{what} \"{text}\""));
    let mut remarks: Vec<String> = row.convert.to_vec();
    remarks.extend(row.whole.then(|| whole(row)));
    remarks.extend(row.compute.map(|word| format!("the {word}")));
    remarks.extend(quoted("joined by", row.between));
    remarks.extend(quoted("else", row.default));
    remarks.extend(quoted("in reverse else", row.reverse_default));
    remarks.extend(row.dropped.map(str::to_owned));
    remarks.extend(row.irreversible.map(|reason| format!("no way back: {reason}")));
    remarks
}
