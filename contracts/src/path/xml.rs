//! XPath relative to a node. Plain steps, which nearly all manifests write, are walked directly.

use super::Found;
use crate::manifest::XmlName;
use indexmap::IndexMap;
use sluse_xml::{Document, NodeId, NodeKind};
use sluse_xpath::{Code, EvaluationLimits, Expression, StaticFault, StaticScope};
use std::{borrow::Cow, sync::Arc};

/// Most steps of a plain path.
const STEPS_MAX: usize = 100;

/// Most steps of evaluating an expression over one document.
const EVALUATION_STEPS_MAX: u64 = 5_000_000;

/// Why a path cannot be compiled.
#[derive(Debug)]
pub(crate) enum PathFault {
    /// A prefix that the manifest does not declare.
    Prefix(String),
    /// A prefix inside an expression that the manifest does not declare; the sentence says which.
    Namespace(String),
    /// It is no expression.
    Expression(String),
}

/// A path, compiled.
#[derive(Debug, Clone)]
pub(crate) enum XmlPath {
    /// Child elements, and perhaps an attribute at the end.
    Steps(Steps),
    /// Anything else.
    Expression(Arc<Expression>),
}

/// A path of child elements, and perhaps an attribute at the end.
#[derive(Debug, Clone)]
pub(crate) struct Steps {
    absolute: bool,
    elements: Vec<XmlName>,
    attribute: Option<XmlName>,
}

impl XmlPath {
    pub(crate) fn compile(
        text: &str,
        namespaces: &IndexMap<String, String>,
    ) -> Result<Self, PathFault> {
        if let Some(steps) = Steps::compile(text.trim(), namespaces)? {
            return Ok(Self::Steps(steps));
        }
        let scope = StaticScope::with_namespaces(namespaces.clone());
        match Expression::compile(text, &scope) {
            Ok(expression) => Ok(Self::Expression(Arc::new(expression))),
            Err(fault) if fault.code == Code::Xpst0081 => {
                Err(PathFault::Namespace(sentence(&fault)))
            }
            Err(fault) => Err(PathFault::Expression(sentence(&fault))),
        }
    }

    /// The first place that it leads to; nothing where evaluating it fails.
    pub(crate) fn find<'d>(&self, document: &'d Document, from: NodeId) -> Option<Found<'d>> {
        match self {
            Self::Steps(steps) => {
                let node = steps.find(document, from)?;
                Some(Found { text: document.string_value(node), node: Some(node) })
            }
            Self::Expression(expression) => {
                if let Ok(nodes) = expression.nodes(document, from, &limits()) {
                    let node = nodes.into_iter().next()?;
                    return Some(Found { text: document.string_value(node), node: Some(node) });
                }
                let texts = expression.strings(document, from, &limits()).ok()?;
                Some(Found { text: Cow::Owned(texts.into_iter().next()?), node: None })
            }
        }
    }

    /// The texts of all places that it leads to.
    pub(crate) fn find_all<'d>(&self, document: &'d Document, from: NodeId) -> Vec<Cow<'d, str>> {
        match self {
            Self::Steps(steps) => {
                let mut found = Vec::new();
                steps.walk(document, from, &mut |node| {
                    found.push(document.string_value(node));
                    true
                });
                found
            }
            Self::Expression(expression) => {
                let texts = expression.strings(document, from, &limits()).unwrap_or_default();
                texts.into_iter().map(Cow::Owned).collect()
            }
        }
    }
}

/// A fault of an expression as findings write sentences: no capital, no full stop.
fn sentence(fault: &StaticFault) -> String {
    let text = fault.sentence.trim_end_matches('.');
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(rest).collect()
}

fn limits() -> EvaluationLimits {
    EvaluationLimits { steps_max: EVALUATION_STEPS_MAX, now_unix_seconds: None }
}

impl Steps {
    /// Whether it begins above the root element.
    pub(super) fn is_absolute(&self) -> bool {
        self.absolute
    }

    /// The names of its elements.
    pub(super) fn elements(&self) -> &[XmlName] {
        &self.elements
    }

    /// The name of the attribute that it ends at.
    pub(super) fn attribute(&self) -> Option<&XmlName> {
        self.attribute.as_ref()
    }

    /// Nothing where the text is more than plain steps.
    fn compile(
        text: &str,
        namespaces: &IndexMap<String, String>,
    ) -> Result<Option<Self>, PathFault> {
        let absolute = text.starts_with('/');
        let relative = text.strip_prefix('/').unwrap_or(text);
        let mut steps = Self { absolute, elements: Vec::new(), attribute: None };
        if relative == "." && !absolute {
            return Ok(Some(steps));
        }
        for step in relative.split('/') {
            let name = step.strip_prefix('@').unwrap_or(step);
            if !is_name(name) || steps.attribute.is_some() || steps.elements.len() >= STEPS_MAX {
                return Ok(None);
            }
            let name = expand(name, namespaces)?;
            if step.starts_with('@') {
                steps.attribute = Some(name);
            } else {
                steps.elements.push(name);
            }
        }
        Ok(Some(steps))
    }

    fn find(&self, document: &Document, from: NodeId) -> Option<NodeId> {
        let mut first = None;
        self.walk(document, from, &mut |node| {
            first = Some(node);
            false
        });
        first
    }

    /// Calls `visit` for each node in document order, until it says no.
    fn walk(&self, document: &Document, from: NodeId, visit: &mut dyn FnMut(NodeId) -> bool) {
        let from = if self.absolute { document.root() } else { from };
        self.descend(document, from, &self.elements, visit);
    }

    /// As deep as the path has steps, which are limited when it is compiled.
    fn descend(
        &self,
        document: &Document,
        node: NodeId,
        steps: &[XmlName],
        visit: &mut dyn FnMut(NodeId) -> bool,
    ) -> bool {
        let is = |node: NodeId, name: &XmlName| {
            document.local(node) == name.local && document.namespace(node) == name.namespace
        };
        if let Some((step, rest)) = steps.split_first() {
            let elements =
                document.children(node).filter(|child| document.kind(*child) == NodeKind::Element);
            let mut fitting = elements.filter(|child| is(*child, step));
            return fitting.all(|child| self.descend(document, child, rest, visit));
        }
        match &self.attribute {
            None => visit(node),
            Some(name) => document.attributes(node).find(|each| is(*each, name)).is_none_or(visit),
        }
    }
}

/// A name with or without a prefix, of letters that need no grammar to be told from operators.
fn is_name(text: &str) -> bool {
    let mut parts = text.split(':');
    let part = |part: &str| {
        part.starts_with(|first: char| first.is_alphabetic() || first == '_')
            && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    match (parts.next(), parts.next(), parts.next()) {
        (Some(local), None, None) => part(local),
        (Some(prefix), Some(local), None) => part(prefix) && part(local),
        _ => false,
    }
}

fn expand(name: &str, namespaces: &IndexMap<String, String>) -> Result<XmlName, PathFault> {
    let Some((prefix, local)) = name.split_once(':') else {
        return Ok(XmlName { namespace: String::new(), local: name.to_owned() });
    };
    match namespaces.get(prefix) {
        Some(namespace) => Ok(XmlName { namespace: namespace.clone(), local: local.to_owned() }),
        None if prefix == "xml" => {
            let namespace = sluse_xml::XML_NAMESPACE.to_owned();
            Ok(XmlName { namespace, local: local.to_owned() })
        }
        None => Err(PathFault::Prefix(prefix.to_owned())),
    }
}
