//! One case: a mutant, what judges it, and what came of it.

use super::{
    document, material,
    material::{Files, Material, Step},
    measure::Meter,
    rules, schema, text,
};
use crate::mutants::{Chance, tree};
use serde::{Deserialize, Serialize};
use sluse_contracts::{
    Contract, JudgeOptions, Layer, Occasion, Outcome, Payload, Verdict, code, judge,
};
use sluse_xml::{Document, FaultKind, Limits, ReadFault, Reader};
use sluse_xsd::{Asked, Schema, Violation};
use std::sync::Arc;

/// What came of one case; a line between the process that judges and the one that counts.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Outcomes {
    pub(super) number: u64,
    /// What was done.
    pub(super) kind: String,
    /// `accepted`, `rejected` or `malformed`; of a schema `refused`, or what most documents were.
    pub(super) verdict: String,
    /// Whether schema or rules knew the document, so that it was judged to its depth.
    pub(super) deep: bool,
    /// Of the slowest answer.
    pub(super) ms: f64,
    pub(super) slowest: String,
    /// Of the largest answer.
    pub(super) bytes: u64,
    /// Violations told.
    pub(super) violations: usize,
    /// Whether a stream and a tree were compared.
    pub(super) compared: bool,
    /// A panic, or a difference between stream and tree.
    pub(super) fault: Option<String>,
}

impl Outcomes {
    /// Where chance made no mutant.
    pub(super) fn none(number: u64) -> Self {
        Self::broken(number, String::new()).without_fault()
    }

    /// Where the process that judged broke down.
    pub(super) fn broken(number: u64, fault: String) -> Self {
        Self {
            number,
            kind: "nothing".to_owned(),
            verdict: "none".to_owned(),
            deep: false,
            ms: 0.0,
            slowest: String::new(),
            bytes: 0,
            violations: 0,
            compared: false,
            fault: Some(fault),
        }
    }

    fn without_fault(self) -> Self {
        Self { fault: None, ..self }
    }
}

/// What judges: the contract, and its schema as streams are judged by it.
#[derive(Debug)]
pub(super) struct Judges {
    contract: Arc<Contract>,
    schema: Option<Schema>,
}

impl Judges {
    /// Of a set as it was published.
    pub(super) fn of(material: &Material) -> Result<Self, crate::Fault> {
        let (contract, findings) = material::load(&material.all_steps(), &material.all_files());
        let contract = contract.ok_or_else(|| format!("not loaded: {findings:?}"))?;
        let step = material.steps.iter().find(|(step, _)| step.language == "xsd");
        let schema = step.and_then(|(step, files)| material::schema(step, files));
        Ok(Self { contract, schema })
    }

    /// Whether a document is one of the set's: of those that it judges to their depth.
    pub(super) fn knows(&self, document: &str) -> bool {
        judge(self, document.as_bytes(), &Meter::default()).deep
    }
}

/// A mutated document before the set's own schema and rules.
pub(super) fn of_document(
    material: &Material,
    judges: &Judges,
    number: u64,
    chance: &mut Chance,
    keep: &mut dyn FnMut(&str, &[u8]),
) -> Option<Outcomes> {
    let mutant = document::mutant(&material.documents, chance)?;
    keep("document.xml", &mutant.bytes);
    let meter = Meter::default();
    let found = judge(judges, &mutant.bytes, &meter);
    Some(outcomes(number, mutant.kind, &meter, &[found]))
}

/// A mutated schema or rule set, and documents before it.
pub(super) fn of_schema(
    material: &Material,
    number: u64,
    chance: &mut Chance,
    keep: &mut dyn FnMut(&str, &[u8]),
) -> Option<Outcomes> {
    let (step, files) = chance.pick(&material.steps)?;
    let (kind, files) = mutated(step, files, chance)?;
    for (path, bytes) in &files {
        keep(path, bytes);
    }
    let meter = Meter::default();
    let loaded = meter.answer("loading", || material::load(&[step], &files));
    let Some((Some(contract), _)) = loaded else {
        return Some(outcomes(number, kind, &meter, &[]));
    };
    let schema = (step.language == "xsd").then(|| material::schema(step, &files)).flatten();
    let judges = Judges { contract, schema };
    let mut all = Vec::new();
    for at in 0..3 {
        let bytes = if at == 2 {
            document::mutant(&material.documents, chance)?.bytes
        } else {
            chance.pick(&material.documents)?.write().into_bytes()
        };
        keep(&format!("document-{at}.xml"), &bytes);
        all.push(judge(&judges, &bytes, &meter));
    }
    Some(outcomes(number, kind, &meter, &all))
}

/// One of a step's files changed: what was done, and all files.
fn mutated(step: &Step, files: &Files, chance: &mut Chance) -> Option<(String, Files)> {
    let paths: Vec<&String> = files.keys().collect();
    // The entry often: most of what is in other files has no part in it.
    let path = if chance.one_in(2) { &step.entry } else { *chance.pick(&paths)? };
    let bytes = files.get(path)?;
    let mut all = files.clone();
    let own_name = path.rsplit('/').next().unwrap_or(path);
    let read = tree::read(bytes).filter(|_| !chance.one_in(12));
    let (kind, bytes) = match read {
        Some(mut document) => {
            let kind = if step.language == "xsd" {
                schema::change(&mut document, chance)
            } else {
                rules::change(&mut document, chance)
            };
            (kind, document.write().replace("mutated.xsd", own_name).into_bytes())
        }
        None if chance.one_in(3) => {
            let (kind, text) = text::marks(&String::from_utf8_lossy(bytes), chance);
            (format!("{}: marks {kind}", step.language), text.into_bytes())
        }
        None => {
            let mut bytes = bytes.clone();
            let kind = text::bytes(&mut bytes, chance);
            (format!("{}: bytes {kind}", step.language), bytes)
        }
    };
    all.insert(path.clone(), bytes);
    Some((kind, all))
}

/// What was said of one document.
#[derive(Debug)]
pub(super) struct Found {
    verdict: &'static str,
    deep: bool,
    violations: usize,
    compared: bool,
    difference: Option<String>,
}

impl Found {
    /// Where only one way judges.
    pub(super) fn new(verdict: &'static str, deep: bool, violations: usize) -> Self {
        Self { verdict, deep, violations, compared: false, difference: None }
    }
}

const ASKED: Asked =
    Asked { show_values: false, violations_max: judge::VIOLATIONS_MAX_DEFAULT + 1 };

fn judge(judges: &Judges, bytes: &[u8], meter: &Meter) -> Found {
    let tree = meter.answer("tree", || {
        let document = Document::parse(bytes, None, &Limits::default())?;
        let payload = Payload::Xml(Arc::new(document));
        let options =
            JudgeOptions { now_unix_seconds: Some(1_764_000_000), ..JudgeOptions::default() };
        Ok(judges.contract.judge(Some(&payload), &Occasion::request("send"), &options))
    });
    let tree: Option<Result<Verdict, sluse_xml::XmlFault>> = tree;
    let stream = judges.schema.as_ref().and_then(|schema| {
        meter.answer("stream", || {
            schema.judge_stream(Reader::new(bytes, None, Limits::default())?, ASKED)
        })
    });
    let compared = tree.is_some() && stream.is_some();
    let difference = match (&tree, &stream) {
        (Some(tree), Some(stream)) => difference(tree, stream),
        _ => None,
    };
    match tree {
        None => Found { verdict: "panic", deep: false, violations: 0, compared, difference },
        Some(Err(_)) => {
            Found { verdict: "malformed", deep: false, violations: 0, compared, difference }
        }
        Some(Ok(verdict)) => Found {
            verdict: if verdict.outcome == Outcome::Accepted { "accepted" } else { "rejected" },
            deep: is_deep(&verdict),
            violations: verdict.violations.len(),
            compared,
            difference,
        },
    }
}

/// Whether the schema knows the document element, and some rule met something.
fn is_deep(verdict: &Verdict) -> bool {
    !verdict.violations.iter().any(|each| {
        each.code == code::NO_RULE_MET
            || (each.rule.as_deref() == Some("cvc-elt.1") && each.path.matches('/').count() == 1)
    })
}

/// Where a stream says otherwise than a tree.
fn difference(
    tree: &Result<Verdict, sluse_xml::XmlFault>,
    stream: &Result<Vec<Violation>, ReadFault>,
) -> Option<String> {
    match (tree, stream) {
        (Err(tree), Err(ReadFault::Xml(stream))) if tree == stream => None,
        // A text is decoded as a whole before it becomes a tree, so that fault comes before all others.
        (Err(tree), Err(_)) if tree.kind == FaultKind::Encoding => None,
        (Err(tree), Err(stream)) => Some(format!("the tree says {tree:?}, the stream {stream:?}")),
        (Ok(_), Err(stream)) => Some(format!("only the stream is refused: {stream:?}")),
        // What is full stops reading; what is too large as a tree may be read as a stream.
        (Err(_), Ok(found)) if found.len() >= ASKED.violations_max => None,
        (Err(tree), Ok(_)) if tree.kind == FaultKind::TreeTooLarge => None,
        (Err(tree), Ok(_)) => Some(format!("only the tree is refused: {tree:?}")),
        (Ok(verdict), Ok(found)) => {
            let theirs = verdict.violations.iter().filter(|each| each.layer == Layer::Xsd);
            let theirs = theirs.map(|each| {
                (each.rule.as_deref(), &*each.path, each.line, each.column, &*each.message)
            });
            let ours = found.iter().take(ASKED.violations_max - 1).map(|each| {
                let (line, column) = (Some(each.line), Some(each.column));
                (Some(each.constraint), &*each.path, line, column, &*each.sentence)
            });
            let (theirs, ours): (Vec<_>, Vec<_>) = (theirs.collect(), ours.collect());
            let other = theirs.iter().zip(&ours).find(|(one, other)| one != other);
            let words =
                || format!("{} and {} violations, first {other:?}", theirs.len(), ours.len());
            (theirs != ours).then(words)
        }
    }
}

/// All that was said of one case.
pub(super) fn outcomes(number: u64, kind: String, meter: &Meter, found: &[Found]) -> Outcomes {
    let reading = meter.reading();
    let verdicts = ["accepted", "rejected", "malformed", "panic"];
    let most = verdicts
        .into_iter()
        .rev()
        .max_by_key(|verdict| found.iter().filter(|each| each.verdict == *verdict).count());
    let difference = found.iter().find_map(|each| each.difference.clone());
    Outcomes {
        number,
        kind,
        verdict: if found.is_empty() { "refused" } else { most.unwrap_or("refused") }.to_owned(),
        deep: found.iter().any(|each| each.deep),
        ms: reading.ms,
        slowest: reading.slowest.to_owned(),
        bytes: reading.bytes,
        violations: found.iter().map(|each| each.violations).sum(),
        compared: found.iter().any(|each| each.compared),
        fault: reading.panic.map(|place| format!("panic: {place}")).or(difference),
    }
}

#[cfg(test)]
mod tests {
    use super::{Judges, Material, of_document, of_schema};
    use crate::{fuzz::sets, mutants::Chance};
    use std::{collections::BTreeSet, path::Path};

    /// The set that needs no documents of others.
    fn own() -> Material {
        let set = sets::SETS.iter().find(|set| set.name == "all-types");
        Material::read(Path::new(""), set.expect("a set")).expect("it is read")
    }

    #[test]
    fn mutants_are_the_same_each_time_and_judged_in_every_way() {
        let material = own();
        let judges = Judges::of(&material).expect("it compiles");
        let mut verdicts = BTreeSet::new();
        for number in 0..200 {
            let mut made = Vec::new();
            for _ in 0..2 {
                let mut files = Vec::new();
                let mut keep = |_: &str, bytes: &[u8]| files.push(bytes.to_vec());
                let told =
                    of_document(&material, &judges, number, &mut Chance::new(number), &mut keep);
                let told = told.expect("a mutant");
                assert_eq!(told.fault, None, "{} {number}", told.kind);
                assert!(told.compared);
                made.push((told.kind, told.verdict.clone(), told.violations, files));
                verdicts.insert(told.verdict);
            }
            assert!(made.windows(2).all(|two| two[0] == two[1]), "{number}");
        }
        assert_eq!(
            verdicts.iter().map(String::as_str).collect::<Vec<_>>(),
            ["accepted", "malformed", "rejected"]
        );
    }

    #[test]
    fn mutated_schemas_are_refused_or_judge() {
        let material = own();
        let mut verdicts = BTreeSet::new();
        for number in 0..60 {
            let told = of_schema(&material, number, &mut Chance::new(number), &mut |_, _| {});
            let told = told.expect("a mutant");
            assert_eq!(told.fault, None, "{} {number}", told.kind);
            verdicts.insert(told.verdict);
        }
        assert!(verdicts.contains("refused") && verdicts.len() > 1, "{verdicts:?}");
    }
}
