//! `[[check]]`: what a contract demands beyond its schemas, judged after them over the tree.
//!
//! One file for each kind of check; [`compile`] is the visible list. A kind is told each check's paths and the
//! document, and tells what it finds; place, clause, words and limits are the same for all kinds.

mod amount;
mod code_list;
mod count_equals;
mod cross;
mod form;
mod identifier;
mod moment;
mod no_personal_number;
mod not_before;
mod sum_equals;
mod told;

#[cfg(test)]
mod tests;

use crate::{
    Direction, Finding, JudgeOptions, Payload, code,
    codelist::CodeLists,
    judge::{Occasion, Violations},
    manifest::{Check, CheckRule, Manifest, SelectBy},
    path::{Allowance, At, DocumentPath, PathCompiler, Spot, Unevaluated},
    payload::unescape_step,
    settings::Placed,
};
use code_list::Coded;
use count_equals::CountEquals;
use cross::Sides;
use identifier::Identified;
use no_personal_number::NoPersonalNumber;
use not_before::NotBefore;
use sluse_xml::{Document, NodeId, NodeKind};
use std::{collections::HashSet, fmt};
use sum_equals::SumEquals;
use told::Told;

/// A compiled kind of check.
trait Kind: fmt::Debug + Send + Sync {
    /// Looks at the places that the check's paths lead to from `document`, and tells what is wrong.
    ///
    /// # Errors
    /// Where a path could not be followed to its end.
    fn judge<'p>(
        &self,
        paths: &[DocumentPath],
        document: &Spot<'p>,
        allowance: &mut Allowance,
        told: &mut Told<'_, 'p>,
    ) -> Result<(), Unevaluated>;
}

/// Compiles what a check demands: the list of kinds.
fn compile(
    check: &Check,
    lists: &CodeLists,
    paths: &mut PathCompiler<'_>,
) -> Option<Box<dyn Kind>> {
    Some(match &check.rule {
        CheckRule::CodeList(rule) => Box::new(Coded::compile(rule, lists, paths)?),
        CheckRule::Identifier(rule) => Box::new(Identified::new(rule)),
        CheckRule::NoPersonalNumber(rule) => Box::new(NoPersonalNumber::new(rule)),
        CheckRule::CountEquals(sides) => Box::new(CountEquals(Sides::compile(sides, paths)?)),
        CheckRule::SumEquals(sides) => Box::new(SumEquals(Sides::compile(sides, paths)?)),
        CheckRule::NotBefore(sides) => Box::new(NotBefore(Sides::compile(sides, paths)?)),
    })
}

/// The checks of one contract, compiled.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    checks: Vec<Compiled>,
    /// Names that the contract's paths say, which may be shown.
    names: HashSet<String>,
    /// Whether messages are SOAP envelopes.
    is_soap: bool,
}

#[derive(Debug)]
struct Compiled {
    check: Check,
    paths: Vec<DocumentPath>,
    kind: Box<dyn Kind>,
}

impl Checks {
    /// Compiles the checks of a manifest; a path that cannot be read is reported.
    pub(crate) fn compile(
        manifest: &Manifest,
        lists: &CodeLists,
        paths: &mut PathCompiler<'_>,
    ) -> Self {
        let mut checks = Vec::new();
        for check in &manifest.checks {
            let compiled: Vec<_> = check.paths.iter().map(|path| paths.compile(path)).collect();
            let kind = compile(check, lists, paths);
            let compiled: Option<Vec<_>> = compiled.into_iter().collect();
            checks.extend(compiled.zip(kind).map(|(paths, kind)| Compiled {
                check: check.clone(),
                paths,
                kind,
            }));
        }
        let is_soap = manifest.wsdl.is_some();
        Self { checks, names: names(manifest, paths.texts()), is_soap }
    }

    /// What is said of operations that the contract does not have.
    pub(crate) fn unknown_operations(&self, file: &str, operations: &[&str]) -> Vec<Finding> {
        let named = self.checks.iter().filter_map(|each| each.check.operation.as_ref());
        let unknown = named.filter(|named| !operations.contains(&named.value.as_str()));
        let finding = |Placed { value, place }: &Placed<String>| {
            let sentence = format!("the contract has no operation `{value}`");
            let hint = match crate::settings::nearest(value, operations) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("operations: {}", operations.join(", ")),
            };
            let finding = Finding::in_file(file, code::VALUE_WRONG, sentence).hint(hint);
            finding.at(place.line, place.column)
        };
        unknown.map(finding).collect()
    }

    /// Whether a violation can have this rule.
    pub(crate) fn knows_rule(&self, rule: &str) -> bool {
        self.checks.iter().any(|each| each.check.id == rule)
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.checks.is_empty()
    }

    /// Whether any judges the messages of an operation in a direction.
    pub(crate) fn judge_any(&self, operation: &str, direction: Direction) -> bool {
        self.checks.iter().any(|each| each.is_for(operation, direction))
    }

    /// Judges a message of an operation.
    pub(crate) fn judge(
        &self,
        payload: Option<&Payload>,
        occasion: &Occasion<'_>,
        options: &JudgeOptions,
        violations: &mut Violations<'_>,
    ) {
        // What a form says has no lines that a violation could name.
        let form = payload.and_then(|payload| form::fields(payload, occasion.media_type));
        let form = form.map(Payload::Json);
        let placed = payload.filter(|_| form.is_none());
        let payload = form.as_ref().or(payload);
        let Some(document) = payload.and_then(|payload| self.start(payload)) else { return };
        let mut steps_left = options.rule_steps_max;
        let mut told = Told::new(&self.names, options.show_values, violations.room());
        let of_message = |each: &&Compiled| each.is_for(occasion.operation, occasion.direction);
        for each in self.checks.iter().filter(of_message) {
            // One check without end must not silence the others.
            let share = steps_left.div_ceil(2);
            let now_unix_seconds = options.now_unix_seconds;
            let mut allowance = Allowance { steps_left: share, now_unix_seconds };
            told.turn_to(&each.check);
            if let Err(why) = each.kind.judge(&each.paths, &document, &mut allowance, &mut told) {
                told.not_evaluated(&document, &why);
            }
            steps_left -= share - allowance.steps_left.min(share);
        }
        told.finish(placed, violations);
    }

    /// Where paths begin: at the root, in an envelope at the first element of its body.
    fn start<'p>(&self, payload: &'p Payload) -> Option<Spot<'p>> {
        let at = match payload {
            Payload::Json(json) => At::Json(json, json.value()),
            Payload::Xml(document) => At::Xml(document, self.first_node(document)?),
            Payload::Multipart(read) => {
                let document = read.document();
                At::Xml(document, self.first_node(document)?)
            }
            Payload::Other(_) => return None,
        };
        Some(Spot::start(at))
    }

    fn first_node(&self, document: &Document) -> Option<NodeId> {
        let root = document.document_element();
        if !self.is_soap {
            return Some(root);
        }
        let element = |node: &NodeId| document.kind(*node) == NodeKind::Element;
        let is_body = |node: &NodeId| {
            document.local(*node) == "Body" && document.namespace(*node) == document.namespace(root)
        };
        let body = document.children(root).filter(element).find(is_body)?;
        document.children(body).find(element)
    }
}

impl Compiled {
    fn is_for(&self, operation: &str, direction: Direction) -> bool {
        self.check.operation.as_ref().is_none_or(|named| named.value == operation)
            && self.check.direction.is_none_or(|judged| judged == direction)
    }
}

/// Every name that the contract's paths and its root say, and those of SOAP.
fn names<'t>(manifest: &Manifest, paths: impl Iterator<Item = &'t str>) -> HashSet<String> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut names: HashSet<String> = ["Envelope", "Header", "Body"].map(str::to_owned).into();
    if let Some(SelectBy::Root(root)) = manifest.select.as_ref().map(|select| &select.by) {
        names.insert(root.local.clone());
    }
    for path in paths {
        names.extend(path.split(|c| !is_name(c)).map(str::to_owned));
        names.extend(path.split('/').map(|step| unescape_step(step).into_owned()));
    }
    names
}
