//! `sluse adapter new`: a folder to begin with, from a sample of what a system writes.

use super::given::Given;
use crate::{
    cli::{Exit, Output},
    config::{place, reason},
};
use clap::ValueEnum;
use serde::Serialize;
use sluse_adapters::{
    draft::{self, DOUBT, Draft, DraftFormat, Known, NoDraft},
    layout::describe,
    shape::{Part, paths, repeated},
};
use sluse_contracts::Finding;
use std::{
    fmt::Write,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Start an adapter from a sample: records, columns or segments are found, doubtful places marked
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse adapter new persons --from sample.txt --config conf\n  \
    sluse adapter new persons --from sample.bin --as fixed --record-length 868\n\n\
    The folder is adapters/NAME of the configuration. It passes `sluse adapter check` and reads its\n\
    sample; what the sample leaves open is marked with `# ?` in its files.")]
pub(super) struct Args {
    /// What the adapter is to be called
    #[arg(value_name = "NAME")]
    name: String,
    /// A sample of what the legacy system writes; `-` is standard input
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The format, where it is not to be guessed
    #[arg(long = "as", value_enum, value_name = "FORMAT")]
    written_as: Option<Word>,
    /// Characters of each record, where records have no line ends
    #[arg(long, value_name = "N")]
    record_length: Option<usize>,
    /// The configuration folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    config: PathBuf,
}

/// A format of which a draft can be made.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Word {
    /// Rows of cells with delimiters
    Csv,
    /// An EDIFACT interchange
    Edifact,
    /// Records of fixed width
    Fixed,
}

/// What was made, as programs read it.
#[derive(Debug, Serialize)]
struct Line<'a> {
    folder: &'a str,
    format: &'a str,
    doubts: usize,
    unread: Option<&'a str>,
    files: &'a [&'a str],
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if args.name.is_empty() || args.name.starts_with('.') || !args.name.chars().all(is_name) {
        return output.error("the name of an adapter has letters, digits, `-`, `_` and `.`");
    }
    let sample = match read(&args.from) {
        Ok(sample) => sample,
        Err(fault) => {
            return output.error(format_args!("`{}`: {}", args.from.display(), reason(&fault)));
        }
    };
    let format = args.written_as.map(|word| match word {
        Word::Csv => DraftFormat::Csv,
        Word::Edifact => DraftFormat::Edifact,
        Word::Fixed => DraftFormat::Fixed,
    });
    let draft = match draft::of(&sample, Known { format, record_length: args.record_length }) {
        Ok(draft) => draft,
        Err(none) => return tell_none(none, args, output),
    };
    let folder = args.config.join("adapters").join(&args.name);
    if folder.exists() {
        let exit = output.error(format_args!("`{}` is there already", folder.display()));
        output.hint("nothing is overwritten: give another name, or remove the folder");
        return exit;
    }
    let files = files(&args.name, &draft);
    for (path, text) in &files {
        if let Err(fault) = place(&folder, path, text, false) {
            return output.error(format_args!("`{}`: {fault}", folder.display()));
        }
    }
    let names: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    tell(args, &folder, &draft, &names, output)
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut sample = Vec::new();
    let most = draft::SAMPLE_BYTES_MAX as u64 + 1;
    match path.as_os_str() == "-" {
        true => io::stdin().take(most).read_to_end(&mut sample)?,
        false => File::open(path)?.take(most).read_to_end(&mut sample)?,
    };
    Ok(sample)
}

fn tell_none(none: NoDraft, args: &Args, output: &mut Output) -> Exit {
    let exit = output.error(format_args!("`{}`: {none}", args.from.display()));
    match none {
        NoDraft::Unknown => {
            output.hint("--as fixed --record-length N, or --as csv, says what it is");
        }
        NoDraft::SaysItself => output.hint(
            "`format = \"xml\"` or `\"json\"` is all that its description needs to begin with",
        ),
        NoDraft::Empty | NoDraft::TooLong | NoDraft::Otherwise => {}
    }
    exit
}

/// The files of the folder, by name.
fn files(name: &str, draft: &Draft) -> Vec<(&'static str, String)> {
    let mut manifest = format!(
        "title         = \"{name}\"   {DOUBT} what people call it\n\
         legacy        = \"legacy.toml\"\n\
         contract-side = \"contract-side.toml\"\n\
         loss          = \"refuse\"   # or \"report\": a value that no row of a mapping carries\n\n"
    );
    let layout = describe("legacy.toml", &draft.description, &mut Vec::new());
    let parts = layout.as_ref().and_then(|layout| layout.shape()).unwrap_or_default();
    let mut files = vec![
        ("legacy.toml", draft.description.clone()),
        ("contract-side.toml", contract_side(&parts)),
    ];
    // The groups of an interchange are for a person to map: until then both sides have its names.
    if draft.format == DraftFormat::Edifact.name() {
        manifest.push_str("# Without a mapping both sides have the same names.\n# [[mapping]]\n# file = \"mapping.toml\"\n");
    } else {
        manifest.push_str("[[mapping]]\nfile = \"mapping.toml\"\n");
        let trailer = layout.as_ref().and_then(|layout| layout.around().trailer);
        files.push(("mapping.toml", mapping(&parts, trailer)));
    }
    files.insert(0, ("adapter.toml", manifest));
    files
}

/// Lines of JSON, with lists where something may come again.
fn contract_side(parts: &[Part]) -> String {
    let mut text = "# Each unit is a line of JSON.\nformat = \"json\"\nlines  = true\n".to_owned();
    let lists = repeated(parts);
    if !lists.is_empty() {
        let lists: Vec<String> = lists.iter().map(|path| format!("    \"{path}\",\n")).collect();
        let _ = writeln!(text, "lists  = [\n{}]", lists.concat());
    }
    text
}

/// A row for each value, to the same name.
fn mapping(parts: &[Part], trailer: Option<&str>) -> String {
    let mut text = format!(
        "{DOUBT} `to` is the contract's: give each value the name that it has there, or say why it is dropped\nrow = [\n"
    );
    for (path, value) in paths(parts) {
        let is_in_trailer = trailer.is_some_and(|trailer| path.split('/').next() == Some(trailer));
        let _ = match (is_in_trailer, value.is_made) {
            (false, _) => writeln!(text, "    {{ from = \"{path}\", to = \"{path}\" }},"),
            (true, true) => {
                writeln!(text, "    {{ from = \"{path}\", dropped = \"counts are made anew\" }},")
            }
            (true, false) => writeln!(
                text,
                "    {{ from = \"{path}\", dropped = \"it comes when all units have gone on\" }},   {DOUBT} does anybody need it?"
            ),
        };
    }
    text.push_str("]\n");
    text
}

fn tell(args: &Args, folder: &Path, draft: &Draft, files: &[&str], output: &mut Output) -> Exit {
    let shown = folder.display().to_string();
    let shown = shown.strip_prefix("./").unwrap_or(&shown).to_owned();
    let mut given = Given::in_folder(folder);
    given.read();
    let faults: Vec<&Finding> =
        given.findings.iter().filter(|finding| finding.is_error()).collect();
    let unread = draft.unread.as_deref();
    if output.is_json() {
        output.json(&Line {
            folder: &shown,
            format: draft.format,
            doubts: draft.n_doubts,
            unread,
            files,
        });
    } else {
        output.line(format_args!("{shown}  {}, {} doubtful places", draft.format, draft.n_doubts));
        files.iter().for_each(|file| output.line(format_args!("  {file}")));
    }
    for finding in &faults {
        output.note(finding);
    }
    if let Some(unread) = unread {
        output.note(format_args!("the draft does not read all of the sample: {unread}"));
    }
    let config = match args.config.as_os_str() == "." {
        true => String::new(),
        false => format!(" --config {}", args.config.display()),
    };
    let (name, from) = (&args.name, args.from.display());
    output.hint(format_args!(
        "look at each `{DOUBT}`, then\n  sluse adapter check {name}{config}\n  sluse translate {from} --adapter {name}{config} --explain"
    ));
    if faults.is_empty() && unread.is_none() { Exit::Fine } else { Exit::Found }
}
