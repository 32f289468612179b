//! `sluse route`: which contract, receiver, sender, ids and route a document gives, and why.

use super::{
    Exit, Output, Style,
    documents::{self, Document, guess},
    known::{Known, KnownArgs, Unsaid},
    plural,
};
use crate::config::{Receivers, Service};
use bytes::Bytes;
use indexmap::IndexMap;
use serde::Serialize;
use sluse_contracts::{Contract, Keys, Message, Outcome, ParticipantKey, Payload, Violation, code};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

/// Say which contract, receiver, sender and route documents give, and why
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse route invoice.xml --config conf\n  \
    sluse route inbox --config conf --format json\n  \
    sluse route invoice.xml --library eu.peppol        without a configuration: contract and keys\n\n\
    It shows what the documents say: use it on files that you may read.\n\
    Exit status: 0 each document has one contract, 1 not each, 2 a file cannot be read.")]
pub(super) struct Args {
    /// Documents; `-` is standard input, a folder every file below it
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    known: KnownArgs,
}

/// What a document gives.
#[derive(Debug, Serialize)]
struct Routed {
    file: String,
    /// Accepted: it can be routed as far as its contract says.
    verdict: Outcome,
    contract: Option<String>,
    title: BTreeMap<String, String>,
    receiver: Option<Participant>,
    sender: Option<Participant>,
    profile: Option<String>,
    document: Option<String>,
    service: Option<String>,
    upstream: Vec<String>,
    violations: Vec<Violation>,
    why: Vec<String>,
}

/// A participant, in parts and as routing looks it up.
#[derive(Debug, Serialize)]
struct Participant {
    scheme: String,
    value: String,
    key: String,
}

impl From<&ParticipantKey> for Participant {
    fn from(key: &ParticipantKey) -> Self {
        Self { scheme: key.scheme.to_string(), value: key.value.to_string(), key: key.to_string() }
    }
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let known = match Known::load(&args.known, Unsaid::Register, output) {
        Ok(known) => known,
        Err(exit) => return exit,
    };
    let (documents, mut exit) = documents::named(&args.files, output);
    let work = |document: &Document| document.read().map(|bytes| route(document, &bytes, &known));
    let mut unknown = false;
    documents::each(&documents, output, work, |document, routed, output| {
        let found = match routed {
            Ok(routed) => {
                unknown |= routed.verdict == Outcome::UnknownContract;
                tell(&routed, output)
            }
            Err(fault) => {
                let why = crate::config::reason(&fault);
                output.error(format_args!("`{}`: {why}", document.name))
            }
        };
        exit = exit.max(found);
    });
    if unknown {
        args.known.hint_at_unknown(output);
    }
    exit
}

fn route(document: &Document, bytes: &Bytes, known: &Known) -> Routed {
    let mut routed = Routed {
        file: document.name.clone(),
        verdict: Outcome::Accepted,
        contract: None,
        title: BTreeMap::new(),
        receiver: None,
        sender: None,
        profile: None,
        document: None,
        service: None,
        upstream: Vec::new(),
        violations: Vec::new(),
        why: Vec::new(),
    };
    let message = Message::new(guess(&document.name, bytes), bytes.clone());
    let payload = match Payload::parse(&message, &known.limits) {
        Ok(payload) => payload,
        Err(violation) => {
            routed.refuse(Outcome::Malformed, violation);
            return routed;
        }
    };
    let selection = known.registry().select(&payload, known.today);
    if let Some(violation) = selection.violation() {
        routed.refuse(Outcome::UnknownContract, violation);
    }
    if let Some(contract) = selection.one() {
        routed.take_contract(contract, &payload);
        routed.locate(&contract.keys(&payload), known);
    }
    routed
}

impl Routed {
    fn refuse(&mut self, outcome: Outcome, violation: Violation) {
        self.verdict = outcome;
        self.why.push(violation.message.clone());
        self.violations.push(violation);
    }

    fn take_contract(&mut self, contract: &Arc<Contract>, payload: &Payload) {
        let manifest = contract.manifest();
        self.contract = Some(contract.to_string());
        self.title = manifest.title.clone().into_iter().collect();
        let keys = contract.keys(payload);
        self.receiver = keys.receiver.as_ref().map(Participant::from);
        self.sender = keys.sender.as_ref().map(Participant::from);
        self.profile = keys.profile;
        self.document = keys.document;
        self.why.push(format!("{contract} alone of the contracts in force knows the document"));
        if !contract.has_schema() {
            self.why.push("the contract has no schema: the document is judged for form".to_owned());
        }
    }

    /// Finds the service that receives for the document's receiver.
    fn locate(&mut self, keys: &Keys, known: &Known) {
        let Some(receiver) = &keys.receiver else {
            let sentence = "the document does not say who its receiver is";
            let violation = Violation::syntax(code::RECEIVER_MISSING, sentence);
            self.why.push(violation.message.clone());
            self.violations.push(violation);
            return;
        };
        let Some(snapshot) = known.snapshot() else {
            self.why.push("without --config there are no receivers to look in".to_owned());
            return;
        };
        let service = find_service(&snapshot.receivers, &snapshot.services, receiver);
        match service {
            Some(service) => {
                self.why.push(format!("{} receives for {receiver}", service.id));
                self.service = Some(service.id.to_string());
                self.upstream = service.upstream.iter().map(ToString::to_string).collect();
            }
            None => self.why.push(format!(
                "no service receives for {receiver} (of {}): the gateway refuses it with {}",
                plural(snapshot.receivers.len(), "receiver key"),
                code::RECEIVER_UNKNOWN,
            )),
        }
    }
}

fn find_service<'s>(
    receivers: &Receivers,
    services: &'s IndexMap<sluse_contracts::id::ServiceId, Arc<Service>>,
    receiver: &ParticipantKey,
) -> Option<&'s Arc<Service>> {
    services.get(receivers.service(&receiver.to_string())?)
}

fn tell(routed: &Routed, output: &mut Output) -> Exit {
    if output.is_json() {
        output.json(routed);
    } else {
        tell_text(routed, output);
    }
    if routed.contract.is_some() { Exit::Fine } else { Exit::Found }
}

fn tell_text(routed: &Routed, output: &mut Output) {
    let name = output.paint(Style::Bold, &routed.file);
    output.line(name);
    let key = |participant: &Option<Participant>| participant.as_ref().map(|each| each.key.clone());
    let title = routed.title.get("en").or_else(|| routed.title.values().next());
    let contract = routed.contract.as_ref().map(|contract| match title {
        Some(title) => format!("{contract}  ({title})"),
        None => contract.clone(),
    });
    let upstream = (!routed.upstream.is_empty()).then(|| routed.upstream.join("  "));
    let lines = [
        ("contract", contract),
        ("receiver", key(&routed.receiver)),
        ("sender", key(&routed.sender)),
        ("profile", routed.profile.clone()),
        ("document", routed.document.clone()),
        ("service", routed.service.clone()),
        ("upstream", upstream),
    ];
    for (what, value) in lines.into_iter().filter_map(|(what, value)| Some((what, value?))) {
        let what = output.paint(Style::Dim, format!("{what:<9}"));
        output.line(format_args!("  {what} {value}"));
    }
    for violation in &routed.violations {
        let code = output.paint(Style::Bad, violation.code);
        let place = match (violation.line, violation.column) {
            (Some(line), Some(column)) => format!(" at {line}:{column}"),
            _ => String::new(),
        };
        output.line(format_args!("  {code} {}{place}", violation.message));
    }
    let told = |why: &&String| routed.violations.iter().all(|violation| violation.message != **why);
    for why in routed.why.iter().filter(told) {
        let what = output.paint(Style::Dim, "why      ");
        output.line(format_args!("  {what} {why}"));
    }
}
