//! Every place that a path leads to, in either kind of document, within a budget of steps.

use super::{DocumentPath, Pointer, xml::XmlPath};
use crate::payload::{JsonPayload, escape_step};
use serde_json::Value;
use sluse_xml::{Document, NodeId, NodeKind};
use sluse_xpath::{EvaluationLimits, Expression};
use std::{borrow::Cow, fmt::Write};

/// How many bytes of text cost a step.
const BYTES_PER_STEP: usize = 32;

/// A place in a document.
#[derive(Clone)]
pub(crate) struct Spot<'p> {
    pub(crate) at: At<'p>,
    /// The steps of JSON that lead to it from the document.
    steps: Vec<Step<'p>>,
    /// The value of an expression that is no node, found from the node.
    atom: Option<String>,
}

/// What stands at a place.
#[derive(Clone, Copy)]
pub(crate) enum At<'p> {
    /// A node of XML.
    Xml(&'p Document, NodeId),
    /// A value of JSON.
    Json(&'p JsonPayload, &'p Value),
}

/// One step of JSON.
#[derive(Clone, Copy)]
pub(crate) enum Step<'p> {
    Member(&'p str),
    Item(usize),
}

/// The steps that may still be taken: nodes and values that are looked at, and texts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    pub(crate) steps_left: u64,
    pub(crate) now_unix_seconds: Option<i64>,
}

/// Why a path cannot be followed to its end: a sentence without a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unevaluated(pub(crate) String);

/// What hears of each place, and says whether to go on.
pub(crate) type Visit<'v, 'p> =
    &'v mut dyn FnMut(&Spot<'p>, &mut Allowance) -> Result<bool, Unevaluated>;

impl Allowance {
    /// Takes steps.
    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), Unevaluated> {
        let left = self.steps_left.checked_sub(u64::try_from(steps).unwrap_or(u64::MAX));
        self.steps_left = left.unwrap_or(0);
        left.map(|_| ())
            .ok_or_else(|| Unevaluated("it took more steps than its share of the limit".into()))
    }

    /// Takes the steps of reading a text.
    pub(crate) fn read(&mut self, text: &str) -> Result<(), Unevaluated> {
        self.spend(1 + text.len() / BYTES_PER_STEP)
    }
}

impl<'p> Spot<'p> {
    /// A place that paths lead on from.
    pub(crate) fn start(at: At<'p>) -> Self {
        Self { at, steps: Vec::new(), atom: None }
    }

    /// What the place says: the text of a node without white space around it, a text of JSON, or a
    /// number as written. Nothing for JSON that is neither.
    pub(crate) fn text(&self) -> Option<Cow<'_, str>> {
        if let Some(atom) = &self.atom {
            return Some(Cow::Borrowed(atom.trim()));
        }
        match self.at {
            At::Xml(document, node) => Some(super::trim(document.string_value(node))),
            At::Json(_, Value::String(text)) => Some(Cow::Borrowed(text)),
            At::Json(_, Value::Number(number)) => Some(Cow::Borrowed(number.as_str())),
            At::Json(..) => None,
        }
    }

    /// Whether it is the value of an expression that is no node.
    pub(crate) fn is_atom(&self) -> bool {
        self.atom.is_some()
    }

    /// Goes one step of JSON down, for as long as `visit` takes.
    pub(crate) fn within<T>(
        &mut self,
        step: Step<'p>,
        value: &'p Value,
        visit: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let At::Json(payload, _) = self.at else { return visit(self) };
        let above = std::mem::replace(&mut self.at, At::Json(payload, value));
        self.steps.push(step);
        let visited = visit(self);
        self.steps.pop();
        self.at = above;
        visited
    }

    /// The JSON Pointer of a value, where a member's name that `shown` denies is `*`.
    pub(crate) fn pointer(&self, shown: impl Fn(&str) -> bool) -> String {
        let mut pointer = String::new();
        for step in &self.steps {
            // Writing to a string does not fail.
            let _ = match step {
                Step::Item(at) => write!(pointer, "/{at}"),
                Step::Member(name) if shown(name) => write!(pointer, "/{}", escape_step(name)),
                Step::Member(_) => write!(pointer, "/*"),
            };
        }
        pointer
    }

    fn visit(&self, allowance: &mut Allowance, visit: Visit<'_, 'p>) -> Result<bool, Unevaluated> {
        match self.at {
            At::Xml(document, node) => allowance.read(document.text(node))?,
            At::Json(_, Value::String(text)) => allowance.read(text)?,
            At::Json(..) => allowance.spend(1)?,
        }
        visit(self, allowance)
    }
}

impl DocumentPath {
    /// Calls `visit` for each place that it leads to from another one, in document order where the path says no
    /// other, until that says no. A path into the other kind of document leads nowhere.
    pub(crate) fn each<'p>(
        &self,
        from: &Spot<'p>,
        allowance: &mut Allowance,
        visit: Visit<'_, 'p>,
    ) -> Result<(), Unevaluated> {
        match (self, from.at) {
            (Self::Pointer(pointer), At::Json(..)) => {
                descend(&mut from.clone(), pointer.steps(), allowance, visit).map(|_| ())
            }
            (Self::Xml(XmlPath::Steps(steps)), At::Xml(document, node)) => {
                let from = if steps.is_absolute() { document.root() } else { node };
                walk(document, from, steps.elements(), steps.attribute(), allowance, visit)
                    .map(|_| ())
            }
            (Self::Xml(XmlPath::Expression(expression)), At::Xml(document, node)) => {
                evaluate(expression, document, node, allowance, visit)
            }
            _ => Ok(()),
        }
    }
}

/// Follows a pointer: `*` leads to every item of a list. As deep as the document, which is limited.
fn descend<'p>(
    spot: &mut Spot<'p>,
    steps: &[String],
    allowance: &mut Allowance,
    visit: Visit<'_, 'p>,
) -> Result<bool, Unevaluated> {
    let Some((step, rest)) = steps.split_first() else { return spot.visit(allowance, visit) };
    let At::Json(_, value) = spot.at else { return Ok(true) };
    allowance.spend(1)?;
    let mut enter = |taken: Step<'p>, next: &'p Value, allowance: &mut Allowance| {
        spot.within(taken, next, |spot| descend(spot, rest, allowance, visit))
    };
    match value {
        Value::Array(items) if step == Pointer::EVERY_ITEM => {
            for (at, item) in items.iter().enumerate() {
                if !enter(Step::Item(at), item, allowance)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Value::Array(items) => {
            let at = step.parse::<usize>().ok();
            let item = at.and_then(|at| Some((at, items.get(at)?)));
            item.map_or(Ok(true), |(at, item)| enter(Step::Item(at), item, allowance))
        }
        Value::Object(members) => match members.get_key_value(step) {
            Some((name, member)) => enter(Step::Member(name), member, allowance),
            None => Ok(true),
        },
        _ => Ok(true),
    }
}

/// Walks plain steps. As deep as the path, whose steps are limited.
fn walk<'p>(
    document: &'p Document,
    node: NodeId,
    steps: &[crate::manifest::XmlName],
    attribute: Option<&crate::manifest::XmlName>,
    allowance: &mut Allowance,
    visit: Visit<'_, 'p>,
) -> Result<bool, Unevaluated> {
    let is = |node: NodeId, name: &crate::manifest::XmlName| {
        document.local(node) == name.local && document.namespace(node) == name.namespace
    };
    if let Some((step, rest)) = steps.split_first() {
        for child in document.children(node) {
            allowance.spend(1)?;
            let fits = document.kind(child) == NodeKind::Element && is(child, step);
            if fits && !walk(document, child, rest, attribute, allowance, visit)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    let found = match attribute {
        None => Some(node),
        Some(name) => document.attributes(node).find(|each| is(*each, name)),
    };
    found.map_or(Ok(true), |node| Spot::start(At::Xml(document, node)).visit(allowance, visit))
}

/// Evaluates an expression. A value that is no node stands at the node that it was found from.
fn evaluate<'p>(
    expression: &Expression,
    document: &'p Document,
    node: NodeId,
    allowance: &mut Allowance,
    visit: Visit<'_, 'p>,
) -> Result<(), Unevaluated> {
    let Allowance { steps_left: steps_max, now_unix_seconds } = *allowance;
    let mut evaluation =
        expression.over(document, &EvaluationLimits { steps_max, now_unix_seconds });
    let nodes = match evaluation.nodes(expression.root(), node) {
        Ok(nodes) => Ok(nodes),
        Err(fault) if fault.is_limit() => Err(fault),
        Err(_) => match evaluation.strings(expression.root(), node) {
            Ok(atoms) => {
                allowance.steps_left = evaluation.steps_left();
                for atom in atoms {
                    let spot = Spot { atom: Some(atom), ..Spot::start(At::Xml(document, node)) };
                    if !visit(&spot, allowance)? {
                        break;
                    }
                }
                return Ok(());
            }
            Err(fault) => Err(fault),
        },
    };
    allowance.steps_left = evaluation.steps_left();
    let nodes = nodes.map_err(|fault| {
        let sentence = fault.sentence.trim_end_matches('.');
        Unevaluated(format!("{}: {sentence}", fault.code.as_str()))
    })?;
    for node in nodes {
        if !Spot::start(At::Xml(document, node)).visit(allowance, visit)? {
            break;
        }
    }
    Ok(())
}
