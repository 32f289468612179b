//! Closing the envelope that a document came in: as it was received, header, signature and all. The gateway does so where
//! both sides want the envelope; this is the same offline.

use super::{Args, Exit, Input, Output, PIECE_BYTES, Unable, limits, open, read, report::Report};
use crate::{cli::translate::target::Target, config::reason};
use sluse_adapters::{
    adapter::{Adapter, Options, Plans, Step},
    mapping::Way,
};
use std::{
    io::{self, Read},
    path::Path,
};

/// The format of a side that is a document as it is.
const CONTENT: &str = "content";

/// What became of an envelope that was opened beside the document.
enum Opened {
    /// It holds that document.
    Same,
    /// It holds another.
    Other,
    /// It cannot be opened, which was told.
    Faulty,
}

/// Writes the envelope at this path, where it holds the document.
pub(super) fn close(
    args: &Args,
    path: &Path,
    adapter: &Adapter,
    output: &mut Output,
) -> Result<Exit, Unable> {
    let name = adapter.name();
    if adapter.from(Way::Reverse).format() != CONTENT {
        return Ok(output.error(format_args!(
            "`{name}` opens no envelopes: its contract side is not `{CONTENT}`"
        )));
    }
    let (Ok(forward), Ok(reverse)) = (adapter.plans(Way::Forward), adapter.plans(Way::Reverse))
    else {
        return Ok(output.error(format_args!("`{name}` does not lead both ways")));
    };
    let mut envelope = match open(path) {
        // It is read twice: to look into it, and to copy it.
        Ok(Input { length: None, .. }) => {
            return Ok(output.error(format_args!("`{}`: --envelope takes a file", path.display())));
        }
        Ok(input) => input.bytes,
        Err(fault) => return Ok(unreadable(path, &fault, output)),
    };
    let mut document = open(&args.file).map_err(Unable::Reading)?.bytes;
    let envelope_name = path.display().to_string();
    let mut report = Report::new(&envelope_name, adapter, &forward, false);
    let opened = match opened(args, &forward, (&mut *envelope, &mut *document), &mut report, output)
    {
        Ok(opened) => opened,
        Err(fault) => return Ok(unreadable(path, &fault, output)),
    };
    match opened {
        Opened::Same => {}
        Opened::Other => {
            output.note("nothing is written: the envelope holds another document");
            output.hint("without --envelope a header is made of what the document says");
            return Ok(Exit::Found);
        }
        Opened::Faulty => {
            report.end(false, None, output);
            return Ok(Exit::Found);
        }
    }
    let file = args.file.display().to_string();
    let mut report = Report::new(&file, adapter, &reverse, false);
    report.closed();
    let mut target = Target::new(args.output.as_deref()).map_err(Unable::Writing)?;
    if let Err(fault) = copy(path, &mut target)? {
        return Ok(unreadable(path, &fault, output));
    }
    target.finish(output).map_err(Unable::Writing)?;
    report.end(true, args.output.as_deref(), output);
    Ok(Exit::Fine)
}

fn unreadable(path: &Path, fault: &io::Error, output: &mut Output) -> Exit {
    output.error(format_args!("`{}`: {}", path.display(), reason(fault)))
}

/// Opens an envelope, and holds what is in it against the document piece by piece.
fn opened(
    args: &Args,
    plans: &Plans,
    (envelope, document): (&mut dyn Read, &mut dyn Read),
    report: &mut Report<'_>,
    output: &mut Output,
) -> io::Result<Opened> {
    let mut translation = plans.begin(Options { limits: limits(args), ..Options::default() });
    let (mut piece, mut out, mut beside) = (vec![0; PIECE_BYTES], Vec::new(), Vec::new());
    let mut is_sound = true;
    loop {
        let step = translation.next(&mut out);
        beside.clear();
        document.take(out.len() as u64).read_to_end(&mut beside)?;
        if is_sound && out != beside {
            return Ok(Opened::Other);
        }
        out.clear();
        match step {
            Step::Hungry => match read(envelope, &mut piece)? {
                0 => translation.finish(),
                n => translation.feed(piece.get(..n).unwrap_or_default()),
            },
            Step::Unit(_) | Step::Around(_) => {}
            Step::Refused(faults) => {
                is_sound = false;
                report.refused(&faults, output);
            }
            Step::Broken(faults) => {
                report.broken(&faults, output);
                return Ok(Opened::Faulty);
            }
            Step::End if !is_sound => return Ok(Opened::Faulty),
            Step::End => {
                let is_all = read(document, &mut piece)? == 0;
                return Ok(if is_all { Opened::Same } else { Opened::Other });
            }
        }
    }
}

/// Copies a file; the fault within is one of reading it.
fn copy(path: &Path, target: &mut Target) -> Result<io::Result<()>, Unable> {
    let mut bytes = match open(path) {
        Ok(input) => input.bytes,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match read(&mut *bytes, &mut piece) {
            Ok(0) => return Ok(Ok(())),
            Ok(n) => target.write(piece.get(..n).unwrap_or_default()).map_err(Unable::Writing)?,
            Err(fault) => return Ok(Err(fault)),
        }
    }
}
