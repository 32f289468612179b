//! `sluse translate`: runs an adapter offline.

mod envelope;
mod program;
mod report;
mod soap_json;
mod target;

use super::{Exit, Output, adapter::given::Given, progress::Progress};
use crate::config::{process_environment, read_settings, reason};
use report::Report;
use sluse_adapters::{
    adapter::{Adapter, Loss, Options, Plans, Step},
    mapping::Way,
};
use sluse_contracts::{Violation, payload::Limits};
use soap_json::SoapArgs;
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};
use target::Target;

/// Translate a file with an adapter, offline
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse translate extract.txt --adapter person-register > persons.json\n  \
    sluse translate persons.json --adapter person-register --reverse --output extract.txt\n  \
    sluse translate extract.txt --adapter ./adapters/extract --explain --output /dev/null\n  \
    sluse translate order.json --adapter soap-json --wsdl stock.wsdl --operation order\n\n\
    What is written is on standard output, what is told on standard error. Where a unit is refused\n\
    nothing is written, unless --skip-refused leaves such units out.\n\
    Exit status: 0 all is translated, 1 a unit or the file is refused, 2 a file or adapter cannot be read.")]
pub(super) struct Args {
    /// The file; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The adapter: a folder, one of the configuration's adapters/, or one that ships
    #[arg(long, value_name = "NAME|FOLDER")]
    adapter: String,
    /// From the contract's side to the legacy one
    #[arg(long)]
    reverse: bool,
    /// With --reverse: the envelope that the document came in, which is closed again as it was received; a file
    #[arg(long, value_name = "FILE", requires = "reverse", conflicts_with_all = ["explain", "loss", "skip_refused"])]
    envelope: Option<PathBuf>,
    /// Tell of each value where it came from, and by which row of the mapping
    #[arg(long)]
    explain: bool,
    /// With --explain: show the values too, for your own files
    #[arg(long, requires = "explain")]
    show_values: bool,
    /// The configuration folder
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
    /// Where to write; a file is there whole or not at all
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What is done with values that no row carries, where it is to be otherwise than the adapter says
    #[arg(long, value_enum, value_name = "WHAT")]
    loss: Option<LossWord>,
    /// Write the units that are sound, though others are refused
    #[arg(long)]
    skip_refused: bool,
    #[command(flatten)]
    soap: SoapArgs,
}

/// What is done with values that no row carries.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum LossWord {
    /// The unit is refused
    Refuse,
    /// They are told
    Report,
}

/// Bytes that are read at a time.
const PIECE_BYTES: usize = 1 << 17;

/// Said where there is no envelope that could be kept.
const NO_ENVELOPE: &str = "--envelope is for adapters whose contract side is `content`";

/// Why a file could not be translated at all.
enum Unable {
    Reading(io::Error),
    Writing(io::Error),
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let done = if args.adapter == soap_json::NAME && args.envelope.is_some() {
        return output.error(NO_ENVELOPE);
    } else if args.adapter == soap_json::NAME {
        soap_json::translate(args, output)
    } else if args.soap.is_said() {
        let exit = output.error(
            "--wsdl, --contract, --operation and --direction are for the adapter `soap-json`",
        );
        output.hint("other adapters describe their messages themselves");
        return exit;
    } else {
        by_files(args, output)
    };
    done.unwrap_or_else(|unable| {
        let name = args.file.display();
        match unable {
            Unable::Reading(fault) => output.error(format_args!("`{name}`: {}", reason(&fault))),
            Unable::Writing(fault) => {
                let target = args
                    .output
                    .as_ref()
                    .map_or("the output".into(), |path| format!("`{}`", path.display()));
                output.error(format_args!("{target} cannot be written: {}", reason(&fault)))
            }
        }
    })
}

/// Translates by an adapter that is a folder of files.
fn by_files(args: &Args, output: &mut Output) -> Result<Exit, Unable> {
    let given = match Given::find(&args.adapter, args.config.as_deref(), output) {
        Ok(given) => given,
        Err(exit) => return Ok(exit),
    };
    translate(args, given, &args.file.display().to_string(), output)
}

fn translate(args: &Args, given: Given, name: &str, output: &mut Output) -> Result<Exit, Unable> {
    let open_both = || {
        let input = open(&args.file).map_err(Unable::Reading)?;
        Ok((input, Target::new(args.output.as_deref()).map_err(Unable::Writing)?))
    };
    if given.is_program() {
        if args.envelope.is_some() {
            return Ok(output.error(NO_ENVELOPE));
        }
        let (input, target) = open_both()?;
        return program::translate(args, given, input, target, output);
    }
    let adapter = match given.read_or_tell(output) {
        Ok(adapter) => adapter,
        Err(exit) => return Ok(exit),
    };
    if let Some(path) = &args.envelope {
        return envelope::close(args, path, &adapter, output);
    }
    let plans = match plans(args, &adapter, output) {
        Ok(plans) => plans,
        Err(exit) => return Ok(exit),
    };
    let (input, target) = open_both()?;
    let report = Report::new(name, &adapter, &plans, args.show_values);
    Work { args, plans: &plans, target, report }.translate(input, output)
}

/// What it takes; a way that does not exist is told with the reasons.
fn plans(args: &Args, adapter: &Adapter, output: &mut Output) -> Result<Plans, Exit> {
    let way = if args.reverse { Way::Reverse } else { Way::Forward };
    let plans = adapter.plans(way).map_err(|rows| {
        rows.iter().for_each(|row| output.note(row));
        let name = adapter.name();
        let exit = output.error(format_args!("`{name}` cannot be read {way}"));
        output.hint("a row that holds one way alone says so: `only = \"forward\"`, with another for the way back");
        exit
    })?;
    Ok(match args.loss {
        None => plans,
        Some(LossWord::Refuse) => plans.with_loss(Loss::Refuse),
        Some(LossWord::Report) => plans.with_loss(Loss::Report),
    })
}

/// The input, and how long it is where that is known.
struct Input {
    bytes: Box<dyn Read + Send>,
    length: Option<u64>,
}

fn open(path: &Path) -> io::Result<Input> {
    if path.as_os_str() == "-" {
        return Ok(Input { bytes: Box::new(io::stdin()), length: None });
    }
    let file = File::open(path)?;
    let about = file.metadata()?;
    if about.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let length = about.is_file().then_some(about.len());
    Ok(Input { bytes: Box::new(file), length })
}

/// One file under way.
struct Work<'a> {
    args: &'a Args,
    plans: &'a Plans,
    target: Target,
    report: Report<'a>,
}

impl Work<'_> {
    fn translate(mut self, mut input: Input, output: &mut Output) -> Result<Exit, Unable> {
        let mut progress = Progress::of_bytes(|| input.length, output);
        let options =
            Options { explain: self.args.explain, limits: self.limits(), ..Options::default() };
        let mut translation = self.plans.begin(options);
        let (mut piece, mut out, mut n_read) = (vec![0; PIECE_BYTES], Vec::new(), 0_u64);
        let is_sound = loop {
            let step = translation.next(&mut out);
            if self.keeps() {
                self.target.write(&out).map_err(Unable::Writing)?;
            }
            out.clear();
            match step {
                Step::Hungry => {
                    let n_bytes = read(&mut *input.bytes, &mut piece).map_err(Unable::Reading)?;
                    n_read = n_read.saturating_add(n_bytes as u64);
                    progress.at(n_read);
                    match n_bytes {
                        0 => translation.finish(),
                        _ => translation.feed(piece.get(..n_bytes).unwrap_or_default()),
                    }
                }
                Step::Unit(unit) => {
                    self.report.unit(&unit, &translation, self.args.explain, output);
                }
                Step::Around(outcome) => self.report.lost(&outcome),
                Step::Refused(faults) => self.report.refused(&faults, output),
                Step::End => break true,
                Step::Broken(faults) => {
                    self.report.broken(&faults, output);
                    break false;
                }
            }
        };
        progress.end();
        self.end(is_sound, output)
    }

    /// Hands on what was written, where it is all that was asked for.
    fn end(self, is_sound: bool, output: &mut Output) -> Result<Exit, Unable> {
        let is_written = is_sound && self.keeps();
        if is_written {
            self.target.finish(output).map_err(Unable::Writing)?;
        }
        self.report.end(is_written, self.args.output.as_deref(), output);
        Ok(if is_sound && self.report.n_refused() == 0 { Exit::Fine } else { Exit::Found })
    }

    /// Whether what is written by now is still wanted.
    fn keeps(&self) -> bool {
        self.args.skip_refused || self.report.n_refused() == 0
    }

    fn limits(&self) -> Limits {
        limits(self.args)
    }
}

/// The limits of the configuration, where one is named.
fn limits(args: &Args) -> Limits {
    let folder = args.config.as_deref();
    let settings = folder.and_then(|folder| read_settings(folder, &process_environment));
    settings.map_or_else(Limits::default, |settings| settings.limits.payload())
}

/// Tells that a file is refused as a whole.
fn tell_refused(args: &Args, faults: Vec<(String, Violation)>, output: &mut Output) {
    if output.is_json() {
        let violations: Vec<Violation> =
            faults.into_iter().map(|(_, violation)| violation).collect();
        let line = serde_json::json!({
            "file": args.file.display().to_string(), "unit": null, "verdict": "broken", "violations": violations,
        });
        output.note(line);
        return;
    }
    for (told, _) in &faults {
        output.note(format_args!("{} {told}", args.file.display()));
    }
    output.note("nothing is written: the file is refused as a whole");
}

fn read(input: &mut dyn Read, piece: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(piece) {
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}
