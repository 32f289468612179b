//! Translating by an adapter that is another program: what it says goes to its author, who sits before it.

use super::{Args, Input, Unable, target::Target, tell_refused};
use crate::{
    cli::{Exit, Output, adapter::given::Given},
    config::read_program,
    external::{Errors, External, Failure},
};
use sluse_adapters::mapping::Way;
use sluse_contracts::{Finding, code};
use std::path::PathBuf;

/// What a message is said to be: a file does not tell.
const MEDIA_TYPE: &str = "application/octet-stream";

/// Has the program translate the file.
pub(super) fn translate(
    args: &Args,
    mut given: Given,
    input: Input,
    mut target: Target,
    output: &mut Output,
) -> Result<Exit, Unable> {
    if args.explain || args.loss.is_some() || args.skip_refused {
        let exit = output.error(format_args!("the adapter `{}` is a program", given.name));
        output.hint("--explain, --loss and --skip-refused are for adapters with mappings");
        return Ok(exit);
    }
    let program = read_program(&given.files, &mut given.findings);
    let Some(program) = program.filter(|_| !given.findings.iter().any(Finding::is_error)) else {
        given.findings.iter().for_each(|finding| output.note(finding));
        return Ok(output.error(format_args!("the adapter `{}` is faulty", given.name)));
    };
    let folder = Some(given.files.folder()).filter(|folder| !folder.is_empty()).unwrap_or(".");
    let external = External::new(program, PathBuf::from(folder), Errors::Shown);
    let way = if args.reverse { Way::Reverse } else { Way::Forward };
    let done = external.translate(way, MEDIA_TYPE, input.bytes, |bytes| target.write(bytes));
    match done {
        Ok(()) => {
            target.finish(output).map_err(Unable::Writing)?;
            output.note("translated by the program of the adapter");
            Ok(Exit::Fine)
        }
        Err(Failure::Refused(fault)) => {
            let told = format!("{} {fault}", fault.code);
            tell_refused(args, vec![(told, fault.into_violation())], output);
            Ok(Exit::Found)
        }
        Err(Failure::Program(broken)) => {
            let code = code::PROGRAM_FAILED;
            let exit =
                output.error(format_args!("{code} the program of `{}`: {broken}", given.name));
            output.hint(format_args!(
                "what it wrote to its standard error stands above; `sluse explain {code}` says more"
            ));
            Ok(exit)
        }
        Err(Failure::Source(fault)) => Err(Unable::Reading(fault)),
        Err(Failure::Target(fault)) => Err(Unable::Writing(fault)),
    }
}
