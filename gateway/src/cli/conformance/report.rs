//! `sluse conformance report`: a result as text, JSON, JUnit or one HTML file.

use super::{Exit, Output};
use crate::config::reason;
use sluse_conformance::{
    RunResult,
    report::{self, Language},
    result::FORM,
};
use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

/// Largest result, in bytes.
const RESULT_BYTES_MAX: u64 = 512 << 20;

/// Show a result as text, JSON, JUnit or one HTML file
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse conformance report conformance-result.json\n  \
    sluse conformance report conformance-result.json --as html --lang da --output report.html\n  \
    sluse conformance report conformance-result.json --as junit > junit.xml\n  \
    sluse conformance report --schema > result.schema.json\n\n\
    The HTML file fetches nothing, holds English and Danish, and needs no script. The exit status is 0 whatever\n\
    the result says.")]
pub(super) struct Args {
    /// The result that `sluse conformance run` wrote
    #[arg(value_name = "RESULT", required_unless_present = "schema")]
    result: Option<PathBuf>,
    /// The form of the report
    #[arg(long = "as", value_enum, default_value_t, value_name = "FORM")]
    form: Form,
    /// The language that is shown, and shown first in HTML: en or da
    #[arg(long, alias = "language", value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    lang: Language,
    /// Where it is written; standard output where absent
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the JSON Schema of results instead
    #[arg(long, conflicts_with = "result")]
    schema: bool,
}

#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum Form {
    #[default]
    Text,
    Json,
    Junit,
    Html,
}

fn language(text: &str) -> Result<Language, String> {
    text.parse().map_err(str::to_owned)
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let made = match &args.result {
        _ if args.schema => Ok(report::SCHEMA.to_owned()),
        Some(file) => read(file).map(|result| made(&result, args)),
        None => Err("a result is asked for".to_owned()),
    };
    let written = made.and_then(|text| match &args.output {
        None => {
            output.raw(text.as_bytes());
            Ok(())
        }
        Some(file) => fs::write(file, text)
            .map_err(|fault| format!("`{}` cannot be written: {}", file.display(), reason(&fault))),
    });
    match written {
        Ok(()) => Exit::Fine,
        Err(why) => output.error(why),
    }
}

fn made(result: &RunResult, args: &Args) -> String {
    match args.form {
        Form::Text => report::text::text(result, args.lang),
        Form::Json => serde_json::to_string_pretty(result).unwrap_or_default() + "\n",
        Form::Junit => report::junit::junit(result, args.lang),
        Form::Html => report::html::html(result, args.lang),
    }
}

/// Reads a result from its file.
pub(super) fn read(file: &Path) -> Result<RunResult, String> {
    let bytes = bytes(file, RESULT_BYTES_MAX)?;
    let result: Option<RunResult> = serde_json::from_slice(&bytes).ok();
    let result = result.filter(|result| result.form == FORM);
    result.ok_or_else(|| format!("`{}` is no result of a conformance run ({FORM})", file.display()))
}

/// Reads a file of a size that is bounded.
pub(in crate::cli) fn bytes(file: &Path, bytes_max: u64) -> Result<Vec<u8>, String> {
    let shown = file.display();
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|open| open.take(bytes_max + 1).read_to_end(&mut bytes));
    read.map_err(|fault| format!("`{shown}`: {}", reason(&fault)))?;
    if bytes.len() as u64 > bytes_max {
        return Err(format!("`{shown}` is larger than {bytes_max} bytes"));
    }
    Ok(bytes)
}
