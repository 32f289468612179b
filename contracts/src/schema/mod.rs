//! Schemas: compiled once, shared, and all judged through one small trait.
//!
//! The visible list of schema languages is [`compile`].

mod cache;
pub mod described;
mod json;
mod openapi;
mod published;
mod schematron;
pub mod soap;
pub(crate) mod tree;
mod wsdl;
mod xsd;

pub use cache::{FileReader, SchemaCache};
pub(crate) use json::PartRules;
pub(crate) use openapi::DescriptionRules;
pub use published::{Published, published};
pub use tree::{Tree, TreeFault};
pub(crate) use xsd::{XS, read as read_xsd};

use crate::{
    Code, Direction, Finding, Layer, Severity, Violation, code,
    files::ContractFiles,
    judge::{JudgeOptions, Occasion, Violations},
    manifest::{JudgeStep, Language},
    payload::Payload,
};
use sluse_xml::{Reader, Start};
use std::{fmt, io, sync::Arc};

/// A compiled schema.
pub trait Schema: Send + Sync + fmt::Debug {
    /// The kind of rules it holds.
    fn layer(&self) -> Layer;

    /// Judges a payload; nothing where the message has none.
    ///
    /// Each violation is added with the place of the broken constraint in the contract, such as
    /// `schemas/person.json#/properties/name/type`, so that it can cite a clause.
    fn judge(
        &self,
        payload: Option<&Payload>,
        occasion: &Occasion<'_>,
        options: &JudgeOptions,
        violations: &mut Violations<'_>,
    );

    /// Tells what it describes for messages of one direction, where it is JSON Schema or OpenAPI.
    fn describe(&self, _direction: Direction, _ask: &mut dyn FnMut(&described::Described<'_>)) {}

    /// Whether it can judge XML while that is read.
    fn streams(&self) -> bool {
        false
    }

    /// Begins to judge XML while it is read, where the language allows that. Fewer than so many
    /// violations are all that there are.
    fn begin_stream(
        &self,
        _show_values: bool,
        _violations_max: usize,
    ) -> Option<Box<dyn Streaming + '_>> {
        None
    }

    /// The names of the operations that it describes, where it is a description of a whole service.
    fn operations(&self) -> Vec<&str> {
        Vec::new()
    }

    /// What may stand in what, where the language is XML Schema.
    fn outline(&self) -> Option<sluse_xsd::Outline> {
        None
    }

    /// Whether a violation can have this rule; a language whose rules are fixed words is asked nothing here.
    fn knows_rule(&self, _rule: &str) -> bool {
        false
    }

    /// The place of a declaration as clauses name it, of one that a place of the compiled schema names.
    fn place_of(&self, place: &str) -> String {
        place.to_owned()
    }

    /// How much a rule of a rule set weighs at most; none where it has no such rule.
    fn rule_severity(&self, _rule: &str) -> Option<Severity> {
        None
    }

    /// The operation of this name, where it describes one.
    fn operation_named(&self, name: &str) -> Option<&str> {
        self.operations().into_iter().find(|each| *each == name)
    }

    /// The methods that it describes at a path, sorted.
    fn methods_at(&self, _path: &str) -> Vec<&str> {
        Vec::new()
    }

    /// Whether the operation is found from the message itself, rather than from method and path.
    fn finds_operations(&self) -> bool {
        false
    }

    /// The operation of a message, as far as it says; of the occasion's operation nothing is asked.
    fn operation_of(&self, _payload: Option<&Payload>, _occasion: &Occasion<'_>) -> Option<&str> {
        None
    }

    /// Whether a message asks for what it describes no operation of: it is told apart from a message of an operation
    /// that is written wrongly, or that does not say which of several it is of.
    fn lacks_operation(&self, _payload: Option<&Payload>, _occasion: &Occasion<'_>) -> bool {
        false
    }

    /// Where the services that it describes are reached, as their publisher says.
    fn addresses(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Whether an operation has no business answer.
    fn is_one_way(&self, _operation: &str) -> bool {
        false
    }

    /// An operation of a SOAP service, where it describes one of this name.
    fn soap_operation(&self, _name: &str) -> Option<soap::SoapOperation<'_>> {
        None
    }

    /// An operation of a SOAP service in each of its bindings; none where it describes none of this name.
    fn soap_bindings(&self, _name: &str) -> Vec<soap::SoapOperation<'_>> {
        Vec::new()
    }

    /// The schema that elements of its messages are judged by, where it is one of XML.
    fn xsd(&self) -> Option<&sluse_xsd::Schema> {
        None
    }

    /// The schema as it is written, where it is one of JSON: for those who ask what may stand in a message.
    fn json(&self) -> Option<serde_json::Value> {
        None
    }

    /// The operation of a method and a path, where it describes any.
    fn operation_at(&self, _method: &str, _path: &str) -> Option<&str> {
        None
    }
}

/// A document of XML on its way past a schema: what the reader meets is pushed in, one event after the other.
pub trait Streaming {
    /// An element begins.
    fn start(&mut self, start: Start<'_>);
    /// Text, in pieces as the reader gives it.
    fn text(&mut self, text: &str);
    /// The element that the reader has just left ends.
    fn end(&mut self, reader: &StreamReader<'_>);
    /// Takes the places that it needs of the reader's last event: called after each.
    fn settle(&mut self, reader: &mut StreamReader<'_>);
    /// Whether nothing more will be told.
    fn is_full(&self) -> bool;
    /// At the end of the document: adds what was found.
    fn finish(self: Box<Self>, violations: &mut Violations<'_>);
}

/// Reads a document of XML as a stream, from wherever its bytes come.
pub type StreamReader<'r> = Reader<&'r mut dyn io::Read>;

/// What compiling gives: a schema unless it is broken, and every fault found.
#[derive(Debug, Clone, Default)]
pub struct Compiled {
    /// The schema.
    pub schema: Option<Arc<dyn Schema>>,
    /// Faults; their files are relative to the contract's folder.
    pub findings: Vec<Finding>,
}

impl Compiled {
    /// A schema without faults.
    pub fn new(schema: impl Schema + 'static) -> Self {
        Self::of(Some(schema), Vec::new())
    }

    /// A schema, where there is one, and the faults found.
    pub fn of(schema: Option<impl Schema + 'static>, findings: Vec<Finding>) -> Self {
        let schema = schema.map(|schema| Arc::new(schema) as Arc<dyn Schema>);
        Self { schema, findings }
    }
}

/// Compiles the schema that a step of the manifest names: the list of schema languages.
pub fn compile(step: &JudgeStep, files: &FileReader<'_>) -> Compiled {
    match step.language {
        Language::JsonSchema => json::compile(step, files),
        Language::Openapi => openapi::compile(step, files),
        Language::Schematron => schematron::compile(step, files),
        Language::Wsdl => wsdl::compile(&step.file.value, files),
        Language::Xsd => xsd::compile(&step.file.value, files),
    }
}

/// The XML Schema in a file, with all that it includes, imports and redefines of the same files: for those who ask what
/// may stand in a document. Nothing where it has an error; every fault found, files named as findings name them.
pub fn xml_schema(entry: &str, files: &ContractFiles) -> (Option<sluse_xsd::Schema>, Vec<Finding>) {
    let (schema, mut findings) = xsd::schema(entry, &FileReader::new(files));
    for finding in &mut findings {
        finding.file = files.shown(&finding.file);
    }
    (schema, findings)
}

/// The code under which a broken rule of a recommendation is told, by the rule's name there: a validation rule of XML Schema (Part 1,
/// appendix C) such as `cvc-complex-type.2.4.a`, also without its last parts or with more; a constraint on schemas such as
/// `cos-nonambig`; an error of XPath (appendix G) such as `XPST0003`.
pub fn code_of_constraint(name: &str) -> Option<Code> {
    if name.starts_with("cvc-") {
        return Some(xsd::words::code_near(name)).filter(|code| *code != code::XSD_OTHER);
    }
    if xsd::words::is_of_schemas(name) {
        return Some(code::SCHEMA_BROKEN);
    }
    sluse_xpath::Code::of_recommendation(name)?;
    // `XPST` are told when an expression is read, all others when it is evaluated.
    Some(if name.starts_with("XPST") { code::EXPRESSION_WRONG } else { code::RULE_NOT_EVALUATED })
}

/// The violation of a message that is not of the kind that schemas of this layer judge.
pub(crate) fn wrong_kind(layer: Layer, payload: Option<&Payload>) -> Option<Violation> {
    let expected = match (layer, payload) {
        (Layer::JsonSchema, Some(Payload::Json(_))) => return None,
        (Layer::JsonSchema, _) => "JSON",
        (Layer::Xsd | Layer::Schematron, Some(Payload::Xml(_))) => return None,
        (Layer::Xsd | Layer::Schematron, _) => "XML",
        _ => return None,
    };
    let sentence = format!("the message is not {expected}");
    Some(Violation::new(code::MEDIA_TYPE, layer, Severity::Error, sentence))
}

/// Most of what is declared that a sentence tells.
const TOLD_MAX: usize = 8;

/// `: it declares a, b`, of what the contract declares; nothing where that is nothing.
pub(crate) fn listed(words: &str, declared: impl Iterator<Item = String>) -> String {
    let mut told = Vec::new();
    let mut n_more = 0_usize;
    for each in declared {
        if told.contains(&each) {
            continue;
        }
        if told.len() < TOLD_MAX { told.push(each) } else { n_more += 1 }
    }
    match (told.is_empty(), n_more) {
        (true, _) => String::new(),
        (false, 0) => format!(": {words} {}", told.join(", ")),
        (false, n_more) => format!(": {words} {} and {n_more} more", told.join(", ")),
    }
}
