//! What the product's own judge says of a message, before it is sent to anybody.

use super::change::{Change, Spot};
use super::tree::{Element, node_at};
use sluse_contracts::{
    Contract, JudgeOptions, Layer, MediaType, Message, Occasion, Outcome, Payload, Severity,
    Violation, judge::RequestHead, payload::Limits,
};
use sluse_xml::{Document, NodeId};
use std::cell::Cell;

/// How a message of one operation travels.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// The operation in the contract.
    pub(crate) operation: String,
    /// The method, in upper case.
    pub(crate) method: String,
    /// The path below the service's address.
    pub(crate) path: String,
    /// The media type.
    pub(crate) media_type: MediaType,
    /// Headers, names in lower case; `content-type` among them.
    pub(crate) headers: Vec<(String, String)>,
}

/// Judges messages, so many at most.
#[derive(Debug)]
pub(crate) struct Proof<'c> {
    contract: &'c Contract,
    way: &'c Way,
    left: Cell<usize>,
}

/// What judging found.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) outcome: Outcome,
    /// What rejects.
    pub(crate) errors: Vec<Violation>,
    /// What does not.
    pub(crate) warnings: Vec<Violation>,
    /// The document, where it is one.
    pub(crate) payload: Option<Payload>,
}

impl<'c> Proof<'c> {
    pub(crate) fn new(contract: &'c Contract, way: &'c Way, judgements_max: usize) -> Self {
        Self { contract, way, left: Cell::new(judgements_max) }
    }

    pub(crate) fn contract(&self) -> &'c Contract {
        self.contract
    }

    pub(crate) fn way(&self) -> &'c Way {
        self.way
    }

    /// Whether nothing more can be judged.
    pub(crate) fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    /// Judges bytes; nothing where the number of judgements is used up.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Option<Judged> {
        self.left.set(self.left.get().checked_sub(1)?);
        Some(judge(self.contract, self.way, bytes))
    }

    /// Judges a document.
    pub(crate) fn tree(&self, tree: &Element) -> Option<Judged> {
        self.bytes(tree.document().as_bytes())
    }

    /// Whether a document is taken.
    pub(crate) fn takes(&self, tree: &Element) -> bool {
        self.tree(tree).is_some_and(|judged| judged.outcome == Outcome::Accepted)
    }

    /// Whether a change breaks what it is meant to break, there, and nothing else.
    ///
    /// # Errors
    /// What it did instead, in a sentence.
    pub(crate) fn breaks(&self, change: &Change) -> Result<(), String> {
        let Some(judged) = self.tree(&change.tree) else {
            return Err("the number of judgements is used up".to_owned());
        };
        let Some(Payload::Xml(document)) = &judged.payload else {
            return Err("the changed message is not well-formed".to_owned());
        };
        let [only] = judged.errors.as_slice() else {
            return Err(instead(&judged.errors));
        };
        let rule = only.rule.as_deref().unwrap_or_default();
        if only.layer != Layer::Xsd || !change.rules.contains(&rule) {
            return Err(instead(&judged.errors));
        }
        let is_there =
            change.spots.iter().any(|spot| path(document, spot).as_deref() == Some(&only.path));
        if is_there {
            Ok(())
        } else {
            Err("the change is told at another place than it was made".to_owned())
        }
    }
}

fn instead(errors: &[Violation]) -> String {
    if errors.is_empty() {
        return "the change breaks nothing".to_owned();
    }
    let mut rules: Vec<&str> =
        errors.iter().map(|each| each.rule.as_deref().unwrap_or(each.code.as_str())).collect();
    rules.sort_unstable();
    rules.dedup();
    rules.truncate(5);
    format!("each change that was tried breaks {}", rules.join(", "))
}

/// The path of a spot, as violations write it.
fn path(document: &Document, spot: &Spot) -> Option<String> {
    let node = node_at(document, &spot.at)?;
    let Some(name) = &spot.attribute else { return Some(document.path(node)) };
    let is = |attribute: &NodeId| {
        document.local(*attribute) == name.local && document.namespace(*attribute) == name.namespace
    };
    let attribute = document.attributes(node).find(is)?;
    Some(document.path(attribute))
}

/// Judges the bytes of a request.
pub(crate) fn judge(contract: &Contract, way: &Way, bytes: &[u8]) -> Judged {
    let message = Message::new(way.media_type.clone(), bytes.to_vec());
    let payload = match Payload::parse(&message, &Limits::default()) {
        Ok(payload) => payload,
        Err(violation) => {
            let errors = vec![violation];
            let outcome = Outcome::Malformed;
            return Judged { outcome, errors, warnings: Vec::new(), payload: None };
        }
    };
    let headers: Vec<(&str, &str)> =
        way.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let head = RequestHead { method: &way.method, path: &way.path, query: None, headers: &headers };
    let occasion = Occasion::request(&way.operation).of_type(&way.media_type).with_request(head);
    // Names and values are the suite's own: they are shown, so that places can be compared.
    let options = JudgeOptions { show_values: true, ..JudgeOptions::default() };
    let verdict = contract.judge(Some(&payload), &occasion, &options);
    let is_error = |each: &Violation| each.severity == Severity::Error;
    let (errors, warnings) = verdict.violations.into_iter().partition(is_error);
    Judged { outcome: verdict.outcome, errors, warnings, payload: Some(payload) }
}

/// Reads a document of XML.
pub(crate) fn parse(bytes: &[u8]) -> Option<Document> {
    Document::parse(bytes, None, &sluse_xml::Limits::default()).ok()
}
