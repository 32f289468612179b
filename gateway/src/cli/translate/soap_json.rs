//! Translating between SOAP and JSON by a WSDL alone: forward JSON becomes an envelope, in reverse an envelope JSON.

use super::{Unable, limits, open, target::Target, tell_refused};
use crate::cli::{
    Exit, Output,
    known::{Known, KnownArgs},
    validate::of_wsdl,
};
use sluse_adapters::soap_json::{Face, Limits as FormLimits};
use sluse_contracts::{
    Contract, ContractRef, Direction, MediaType, Message, Occasion, Violation, code,
    payload::{JsonPayload, Limits, Payload},
};
use std::{io::Read as _, path::PathBuf, sync::Arc};

pub(super) use sluse_adapters::soap_json::NAME;

/// Which messages are translated, for the adapter `soap-json`.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "For the adapter soap-json")]
pub(super) struct SoapArgs {
    /// The WSDL whose messages they are
    #[arg(long, value_name = "FILE", conflicts_with = "contract")]
    wsdl: Option<PathBuf>,
    /// A contract with a WSDL, of --config
    #[arg(long, value_name = "ID[@VERSION]")]
    contract: Option<ContractRef>,
    /// The operation; with --reverse found from the envelope where it is a request
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// Whether it is what is asked or what is answered
    #[arg(long, value_enum, value_name = "WHICH")]
    direction: Option<DirectionWord>,
}

/// Whether a message is what is asked or what is answered.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum DirectionWord {
    /// What is asked
    Request,
    /// What is answered; a fault, too
    Response,
}

impl SoapArgs {
    /// Whether any of them is said.
    pub(super) fn is_said(&self) -> bool {
        self.wsdl.is_some()
            || self.contract.is_some()
            || self.operation.is_some()
            || self.direction.is_some()
    }

    fn direction(&self) -> Direction {
        match self.direction {
            Some(DirectionWord::Response) => Direction::Response,
            Some(DirectionWord::Request) | None => Direction::Request,
        }
    }
}

/// What translating takes.
struct Work {
    contract: Arc<Contract>,
    face: Face,
    limits: Limits,
    told: FormLimits,
}

/// Translates the file.
pub(super) fn translate(args: &super::Args, output: &mut Output) -> Result<Exit, Unable> {
    if args.explain || args.loss.is_some() || args.skip_refused {
        let exit = output.error(format_args!("the adapter `{NAME}` has no mapping"));
        output.hint("--explain, --loss and --skip-refused are for adapters with mappings: this one carries over everything");
        return Ok(exit);
    }
    let work = match Work::prepare(args, output) {
        Ok(work) => work,
        Err(exit) => return Ok(exit),
    };
    let input = open(&args.file).map_err(Unable::Reading)?;
    let mut target = Target::new(args.output.as_deref()).map_err(Unable::Writing)?;
    let (mut bytes, bytes_max) = (Vec::new(), work.limits.tree_bytes_max as u64);
    input.bytes.take(bytes_max + 1).read_to_end(&mut bytes).map_err(Unable::Reading)?;
    let done = if bytes.len() as u64 > bytes_max {
        let sentence = "the document takes more memory as a tree than the limit";
        Err(vec![Violation::syntax(code::TREE_TOO_LARGE, sentence)])
    } else if args.reverse {
        let operation = work.operation_of(args, &bytes, output);
        let Some(operation) = operation else { return Ok(Exit::Unable) };
        work.to_json(&operation, args.soap.direction(), bytes)
    } else {
        let Some(operation) = work.operation(args, output) else { return Ok(Exit::Unable) };
        work.to_soap(&operation, args.soap.direction(), bytes)
    };
    match done {
        Ok(written) => {
            target.write(&written).map_err(Unable::Writing)?;
            target.finish(output).map_err(Unable::Writing)?;
            output.note("translated by the WSDL");
            Ok(Exit::Fine)
        }
        Err(violations) => {
            let told = |violation: Violation| (line(&violation), violation);
            tell_refused(args, violations.into_iter().map(told).collect(), output);
            Ok(Exit::Found)
        }
    }
}

impl Work {
    fn prepare(args: &super::Args, output: &mut Output) -> Result<Self, Exit> {
        let contract = contract(args, output)?;
        let description = contract.description();
        let Some(face) = description.and_then(|schema| Face::new(Arc::clone(schema))) else {
            return Err(
                output.error("the contract has no WSDL: only a SOAP service has a form in JSON")
            );
        };
        let limits = limits(args);
        let told = FormLimits { json_depth_max: limits.json_depth_max, ..FormLimits::default() };
        Ok(Self { contract, face, limits, told })
    }

    /// The operation that is named, or the only one. Where there is none, that is told.
    fn operation(&self, args: &super::Args, output: &mut Output) -> Option<String> {
        let all = self.face.operations();
        match (&args.soap.operation, all.as_slice()) {
            (Some(asked), _) if all.contains(&asked.as_str()) => Some(asked.clone()),
            (None, [only]) => Some((*only).to_owned()),
            (asked, _) => {
                match asked {
                    Some(asked) => output.error(format_args!(
                        "the WSDL has no operation `{asked}` with a form in JSON"
                    )),
                    None => output
                        .error("the WSDL has not just one operation: name it with --operation"),
                };
                match all.is_empty() {
                    true => output.hint("none of its operations is of style document/literal"),
                    false => output.hint(format_args!("it has {}", all.join(", "))),
                }
                None
            }
        }
    }

    /// The operation of an envelope: as named, or the one whose request it is.
    fn operation_of(
        &self,
        args: &super::Args,
        bytes: &[u8],
        output: &mut Output,
    ) -> Option<String> {
        let is_request = matches!(args.soap.direction(), Direction::Request);
        if args.soap.operation.is_none() && is_request {
            let payload = self.payload(bytes.to_vec()).ok();
            let found = self.contract.operation_of(payload.as_ref(), &Occasion::request(""));
            if let Some(found) = found {
                return Some(found.name.to_owned());
            }
        }
        self.operation(args, output)
    }

    fn payload(&self, bytes: Vec<u8>) -> Result<Payload, Violation> {
        Payload::parse(&Message::new(MediaType::xml(), bytes), &self.limits)
    }

    /// JSON as an envelope.
    fn to_soap(
        &self,
        operation: &str,
        direction: Direction,
        bytes: Vec<u8>,
    ) -> Result<Vec<u8>, Vec<Violation>> {
        let json =
            JsonPayload::parse(&bytes.into(), None, &self.limits).map_err(|not| vec![not])?;
        let written = self.face.to_soap(operation, direction, &json, &self.told)?;
        Ok(written.envelope.into_bytes())
    }

    /// An envelope as JSON; a fault as the member `fault` of a problem says it.
    fn to_json(
        &self,
        operation: &str,
        direction: Direction,
        bytes: Vec<u8>,
    ) -> Result<Vec<u8>, Vec<Violation>> {
        let payload = self.payload(bytes).map_err(|not| vec![not])?;
        let value = match self.face.fault_of(&payload, &self.told) {
            Some(fault) => serde_json::json!({ "fault": fault.to_value() }),
            None => {
                let read = self.face.read(operation, direction, &payload, &self.told);
                read.map_err(|not| vec![*not])?
            }
        };
        Ok(format!("{value}\n").into_bytes())
    }
}

fn contract(args: &super::Args, output: &mut Output) -> Result<Arc<Contract>, Exit> {
    let known = KnownArgs::of_folder(args.config.as_deref());
    match (&args.soap.wsdl, &args.soap.contract) {
        (Some(path), _) => of_wsdl(path, output),
        (None, Some(asked)) => Known::load_for(&known, asked, output)?.contract(asked, output),
        (None, None) => {
            let exit = output.error("`soap-json` translates by a WSDL: name it with --wsdl, or a contract with --contract");
            output.hint("a contract is found in --config DIR");
            Err(exit)
        }
    }
}

/// A violation on one line: its place in the JSON or the XML, its code, its sentence.
fn line(violation: &Violation) -> String {
    let place = match (violation.line, violation.column) {
        (Some(line), Some(column)) => format!("{line}:{column} "),
        _ => String::new(),
    };
    let at =
        if violation.path.is_empty() { String::new() } else { format!(" at {}", violation.path) };
    format!("{place}{} {}{at}", violation.code, violation.message)
}
