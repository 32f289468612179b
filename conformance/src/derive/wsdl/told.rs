//! What is told by a fault: by SOAP's own rules, and as a suite says.

use super::Way;
use crate::{
    Kind, Suite,
    case::{Check, Expect, Must, Source, Statuses},
    derive::xsd::{
        assemble::{Assembler, Draft, Outcomes},
        bound,
        tree::Element,
    },
    suite::{FaultSide, FaultTold},
    template::Template,
};
use sluse_contracts::{
    clauses::Level,
    schema::soap::{SoapOperation, SoapVersion},
};

/// A fault with this code (SOAP 1.1, section 4.4.1; SOAP 1.2 part 1, section 5.4.6).
pub(super) fn code(version: SoapVersion, code: &str) -> Check {
    let at = match version {
        SoapVersion::V11 => "/Envelope/Body/Fault/faultcode",
        SoapVersion::V12 => "/Envelope/Body/Fault/Code/Value",
    };
    let must = Must::BeNamed(Template::literal(code));
    Check::Value { at: Source::Xml(at.to_owned()), must }
}

/// What must come of an envelope that is wrong. What is no envelope of a known version need not be answered by one, but that
/// SOAP 1.1 names the fault that tells of an unknown version (section 4.1.2).
pub(super) fn wrong(due: &Outcomes, way: &Way, id: &str) -> Expect {
    let is_11 = way.headers.iter().any(|(name, _)| name == "soapaction");
    match id {
        "envelope.namespace" if is_11 => {
            let mut expect = due.unreadable.clone();
            expect.checks.push(code(SoapVersion::V11, "VersionMismatch"));
            expect
        }
        "envelope.namespace" | "envelope.none" | "media-type.wrong" => due.unreadable.clone(),
        _ => due.refused.clone(),
    }
}

/// What a receiver should refuse and may read over, where no clause of the contract says otherwise: the action of another
/// operation (WS-I Basic Profile 1.1, R1127), and another media type (R1115).
pub(super) fn level(assembler: &Assembler<'_>, id: &str) -> Option<Level> {
    let has_clauses = !assembler.proof.contract().clauses().all().is_empty();
    let lenient = matches!(id, "action.wrong" | "media-type.wrong") && !has_clauses;
    lenient.then_some(Level::Should)
}

/// Adds a case for each fault that the suite names.
pub(super) fn faults(
    assembler: &mut Assembler<'_>,
    suite: Option<&Suite>,
    operation: &SoapOperation<'_>,
    taken: &Element,
    broken: Option<&Element>,
) {
    for told in suite.iter().flat_map(|suite| &suite.faults) {
        let of = &told.operations;
        if !of.is_empty() && !of.iter().any(|each| each == operation.name) {
            continue;
        }
        let Some(tree) = asked(assembler, told, taken, broken) else { continue };
        let draft = Draft {
            id: &format!("fault.{}", told.name),
            sentence: format!("Tells `{}` by the fault that the contract names.", told.name),
            kind: Kind::Negative,
            place: format!("suite/suite.toml#fault/{}", told.name),
            level: None,
            headers: None,
            body: assembler.text(Kind::Negative, &tree),
            expect: expect(assembler, told, operation.version),
        };
        assembler.add_under(told.clauses.get("told"), draft);
    }
}

/// The request that is told so: a good one with the value that the suite names, else one that breaks the schema.
fn asked(
    assembler: &Assembler<'_>,
    told: &FaultTold,
    taken: &Element,
    broken: Option<&Element>,
) -> Option<Element> {
    let Some((spot, value)) = &told.when else { return broken.cloned() };
    let mut tree = taken.clone();
    bound::find(&mut tree, &bound::path(spot)?)?.set_text(value);
    assembler.proof.takes(&tree).then_some(tree)
}

fn expect(assembler: &Assembler<'_>, told: &FaultTold, version: SoapVersion) -> Expect {
    let mut expect = assembler.due.refused.clone();
    expect.statuses = statuses(told, version);
    if let Some(side) = told.side {
        expect.checks.push(code(version, code_of(side, version)));
    }
    if let Some(detail) = &told.detail {
        let of_version = if version == SoapVersion::V11 { "detail" } else { "Detail" };
        let at = Source::Xml(format!("/Envelope/Body/Fault/{of_version}/{detail}"));
        expect.checks.push(Check::Value { at, must: Must::BePresent });
    }
    expect
}

/// SOAP 1.1, section 6.2; SOAP 1.2 part 2, table 20.
fn statuses(told: &FaultTold, version: SoapVersion) -> Vec<Statuses> {
    match (version, told.side) {
        (SoapVersion::V11, _) if !told.statuses.is_empty() => told.statuses.clone(),
        (SoapVersion::V11, _) | (SoapVersion::V12, Some(FaultSide::Provider)) => {
            vec![Statuses::only(500)]
        }
        (SoapVersion::V12, Some(FaultSide::Consumer)) => vec![Statuses::only(400)],
        (SoapVersion::V12, None) => vec![Statuses::class(4), Statuses::class(5)],
    }
}

fn code_of(side: FaultSide, version: SoapVersion) -> &'static str {
    match (side, version) {
        (FaultSide::Consumer, SoapVersion::V11) => "Client",
        (FaultSide::Consumer, SoapVersion::V12) => "Sender",
        (FaultSide::Provider, SoapVersion::V11) => "Server",
        (FaultSide::Provider, SoapVersion::V12) => "Receiver",
    }
}
