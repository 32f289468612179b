//! What a command says: data on standard output, everything else on standard error.

use clap::ValueEnum;
use serde::Serialize;
use sluse_contracts::Finding;
use std::{
    fmt::{self, Display},
    io::{self, BufWriter, ErrorKind, IsTerminal, Stderr, Stdout, Write},
    process::ExitCode,
};

/// How reports are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    #[value(alias = "yaml")]
    Text,
    /// JSON Lines.
    Json,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Fine.
    Fine,
    /// It ran and found something wrong.
    Found,
    /// It could not do it.
    Unable,
    /// It ran and gives no verdict.
    NoVerdict,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Fine => Self::SUCCESS,
            Exit::Found => Self::from(1),
            Exit::Unable => Self::from(2),
            Exit::NoVerdict => Self::from(3),
        }
    }
}

/// How a piece of text stands out on a terminal; elsewhere it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// What matters most.
    Bold,
    /// What matters least.
    Dim,
    /// Well.
    Good,
    /// Wrong.
    Bad,
    /// To be looked at.
    Warn,
    /// What to do next.
    Hint,
}

impl Style {
    fn sequence(self) -> &'static str {
        match self {
            Self::Bold => "\x1b[1m",
            Self::Dim => "\x1b[2m",
            Self::Good => "\x1b[32m",
            Self::Bad => "\x1b[1;31m",
            Self::Warn => "\x1b[33m",
            Self::Hint => "\x1b[36m",
        }
    }
}

/// A text with a style, ready to be printed.
struct Painted<T>(Option<Style>, T);

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(style) => write!(f, "{}{}\x1b[0m", style.sequence(), self.1),
            None => self.1.fmt(f),
        }
    }
}

/// Where a command writes.
///
/// Writing never fails from the command's point of view: the first fault is kept and decides the
/// exit status in [`Output::finish`]. A reader that went away (`| head`) is no fault.
#[derive(Debug)]
pub struct Output {
    format: Format,
    out: BufWriter<Stdout>,
    err: Stderr,
    out_colour: bool,
    err_colour: bool,
    live: bool,
    fault: Option<ErrorKind>,
}

impl Output {
    /// The process's own streams.
    #[expect(clippy::disallowed_methods, reason = "NO_COLOR is about this process's output alone")]
    pub fn new(format: Format) -> Self {
        let plain = std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty());
        let (out, err) = (io::stdout(), io::stderr());
        Self {
            format,
            out_colour: !plain && out.is_terminal(),
            err_colour: !plain && err.is_terminal(),
            live: out.is_terminal(),
            out: BufWriter::new(out),
            err,
            fault: None,
        }
    }

    /// Whether reports are JSON Lines.
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether a person looks at standard error, and sees no data come: progress is shown there.
    pub fn is_watched(&self) -> bool {
        self.err.is_terminal() && !self.live
    }

    /// A piece of text for [`Output::line`], styled where that shows.
    pub fn paint(&self, style: Style, text: impl Display) -> String {
        Painted(self.out_colour.then_some(style), text).to_string()
    }

    /// A line of data, on standard output.
    pub fn line(&mut self, text: impl Display) {
        let written = writeln!(self.out, "{text}");
        self.keep(written);
        if self.live {
            self.flush();
        }
    }

    /// Text or bytes of data as they are, on standard output.
    pub fn raw(&mut self, bytes: &[u8]) {
        let written = self.out.write_all(bytes);
        self.keep(written);
    }

    /// One JSON line, on standard output.
    pub fn json(&mut self, value: &impl Serialize) {
        match serde_json::to_string(value) {
            Ok(line) => self.line(line),
            Err(_) => self.fault = Some(ErrorKind::InvalidData),
        }
    }

    /// A finding, on standard output: as `file:line:column code sentence` with its hint, or as JSON.
    pub fn finding(&mut self, finding: &Finding) {
        if self.is_json() {
            self.json(finding);
        } else {
            self.line(finding);
        }
    }

    /// A remark, on standard error.
    pub fn note(&mut self, text: impl Display) {
        self.flush();
        let written = writeln!(self.err, "{text}");
        self.keep(written);
    }

    /// Why the command could not do it, on standard error. Gives the exit status that goes with it.
    pub fn error(&mut self, text: impl Display) -> Exit {
        let label = Painted(self.err_colour.then_some(Style::Bad), "error:").to_string();
        self.note(format_args!("{label} {text}"));
        Exit::Unable
    }

    /// What to do next, on standard error, apart from what was said before.
    pub fn hint(&mut self, text: impl Display) {
        let label = Painted(self.err_colour.then_some(Style::Hint), "hint:").to_string();
        self.note(format_args!("\n{label} {text}"));
    }

    /// Hands on what was written so far.
    pub fn flush(&mut self) {
        let flushed = self.out.flush();
        self.keep(flushed);
    }

    /// Hands on the rest, and says how the command ended.
    pub fn finish(mut self, exit: Exit) -> Exit {
        self.flush();
        match self.fault {
            None | Some(ErrorKind::BrokenPipe) => exit,
            Some(kind) => {
                self.fault = None;
                self.error(format_args!("the output could not be written: {kind}"))
            }
        }
    }

    fn keep(&mut self, written: io::Result<()>) {
        if let Err(fault) = written {
            self.fault.get_or_insert(fault.kind());
        }
    }
}

/// A value as a terminal can show it: one line, not too long.
pub(super) fn one_line(value: &str) -> String {
    const CHARACTERS_MAX: usize = 200;
    let mut shown = String::new();
    for (at, c) in value.chars().enumerate() {
        match c {
            _ if at == CHARACTERS_MAX => {
                shown.push('…');
                break;
            }
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}
