//! `sluse conformance replay`: one case again, with everything that goes over the wire.

use super::{
    Exit, Output,
    desk::{Desk, DeskArgs},
};
use crate::{
    cli::Style,
    clock::{Clock, SystemClock},
    config::process_environment,
    target::{Credentials, HttpTarget},
};
use sluse_conformance::{
    Role,
    result::{CaseResult, CaseVerdict, Kept},
    run::{RunOptions, Runner},
    settle,
};

/// Run one case again, and show what is sent and what comes
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse conformance replay createPermit.body.note.maxLength.over\n  \
    sluse conformance replay CASE --format json | jq .exchanges\n\n\
    Secrets stand in what is shown as {{secret:NAME}}. Exit status: 0 it holds, 1 it does not, 2 it could not run,\n\
    3 it was not tested.")]
pub(super) struct Args {
    /// The case, by its name
    #[arg(value_name = "CASE")]
    case: String,
    #[command(flatten)]
    desk: DeskArgs,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let desk = match Desk::open(&args.desk, output) {
        Ok(desk) => desk,
        Err(exit) => return exit,
    };
    if desk.supplier.role == Role::Consumer {
        let exit = output.error("a consumer calls us: there is nothing that could be sent to it");
        output.hint("`sluse conformance run --clause ID` waits for what is tested, and lets it be done again");
        return exit;
    }
    let case = match desk.case(&args.case, output) {
        Ok(case) => case,
        Err(exit) => return exit,
    };
    let target = match target(&desk, output) {
        Ok(target) => target,
        Err(exit) => return exit,
    };
    let options = RunOptions {
        keep_all: true,
        now_unix_seconds: i64::try_from(SystemClock.now_ms() / 1_000).ok(),
        ..RunOptions::default()
    };
    let result = Runner::new(&desk.subject.contract, &target, &options).run(case);
    if output.is_json() {
        output.json(&result);
    } else {
        show(&result, output);
    }
    exit(result.verdict)
}

/// The system, without the doctor.
pub(super) fn target(desk: &Desk, output: &mut Output) -> Result<HttpTarget, Exit> {
    let credentials = Credentials::read(&desk.supplier, &process_environment);
    for trouble in &credentials.troubles {
        output.note(format_args!("{}: {}", trouble.sentence, trouble.hint));
    }
    let made = HttpTarget::new(&desk.supplier, credentials, desk.subject.suite.clone());
    let mut target = made.map_err(|fault| output.error(fault))?;
    for fault in target.acquire(&desk.supplier) {
        output.note(fault);
    }
    Ok(target)
}

fn exit(verdict: CaseVerdict) -> Exit {
    match verdict {
        CaseVerdict::Passed => Exit::Fine,
        CaseVerdict::Failed | CaseVerdict::Warning => Exit::Found,
        _ => Exit::NoVerdict,
    }
}

/// A case with all that went over the wire.
pub(super) fn show(result: &CaseResult, output: &mut Output) {
    output.line(format_args!("{}  {}", result.id, result.clause));
    output.line(format_args!("{}\n", result.sentence));
    for exchange in &result.exchanges {
        output.line(output.paint(Style::Bold, format_args!("# {}", exchange.step)));
        message(">", &exchange.request, output);
        match (&exchange.answer, &exchange.no_answer) {
            (Some(answer), _) => message("<", answer, output),
            (None, Some(why)) => output.line(format_args!("< {why}")),
            (None, None) => {}
        }
        output.line("");
    }
    let style = if result.verdict == CaseVerdict::Passed { Style::Good } else { Style::Bad };
    output.line(output.paint(style, settle::word(result.verdict)));
    if let Some(reason) = &result.reason {
        output.line(format_args!("  {reason}"));
    }
    for each in &result.differences {
        let place = each.path.as_deref().map(|path| format!(" at {path}")).unwrap_or_default();
        let line = each.line.zip(each.column);
        let line = line.map(|(line, column)| format!(" ({line}:{column})")).unwrap_or_default();
        output.line(format_args!("  {} {}{place}{line}", each.step, each.what));
        output.line(format_args!("    expected  {}", each.expected));
        output.line(format_args!("    actual    {}", each.actual));
        if let Some(hint) = &each.hint {
            output.line(output.paint(Style::Hint, format_args!("    hint: {hint}")));
        }
    }
}

fn message(mark: &str, kept: &Kept, output: &mut Output) {
    output.line(format_args!("{mark} {}", kept.start));
    for (name, value) in &kept.headers {
        output.line(format_args!("{mark} {name}: {value}"));
    }
    let body = kept.body.as_deref().or(kept.body_base64.as_deref());
    for line in body.unwrap_or_default().lines() {
        let shown: String =
            line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        output.line(format_args!("{mark} {shown}"));
    }
}
