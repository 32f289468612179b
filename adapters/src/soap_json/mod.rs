//! SOAP and REST meet: any operation of a WSDL in style `document` as JSON, by rules and without a mapping.
//!
//! The form of the JSON follows from the schema alone (the manual's page `json-to-a-soap-service.md` has the
//! rules): an object where the schema fixes the order of the children, so that JSON need not; an array of the
//! children in `$content` where it does not. Both ways are lossless but for what XML software does not tell apart.

mod describe;
mod envelope;
mod exchange;
mod fault;
mod form;
mod fragment;
mod judge;
mod names;
mod namespaces;
mod order;
mod pointer;
mod read;
#[cfg(test)]
mod tests;
mod value;
mod write;

pub use describe::to_yaml;
pub use exchange::version_of;
pub use fault::ServiceFault;

use envelope::Envelope;
use form::Forms;
use pointer::Token;
use read::Reading;
use serde_json::{Map, Value};
use sluse_contracts::{
    Direction, Layer, Severity, Violation, code,
    payload::{JsonPayload, Multipart},
    schema::{
        Schema,
        soap::{SoapOperation, SoapSide, SoapVersion},
    },
};
use sluse_xml::Document;
use sluse_xsd::Shapes;
use std::sync::Arc;
use write::Writing;

/// What services and routes call this adapter.
pub const NAME: &str = "soap-json";

/// The member that holds the headers of a message.
const HEADERS: &str = "$headers";

/// A SOAP service as one of JSON.
#[derive(Debug)]
pub struct Face {
    schema: Arc<dyn Schema>,
    forms: Forms,
}

/// A message of SOAP that was written from JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The envelope.
    pub envelope: String,
    /// Its version.
    pub version: SoapVersion,
    /// The action that HTTP states; may be empty.
    pub soap_action: String,
    /// What in it breaks the schema, with its place in the JSON.
    pub breaches: Vec<Violation>,
}

/// What a message may cost, and how much is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Deepest nesting of JSON values.
    pub json_depth_max: usize,
    /// After how many violations to stop.
    pub violations_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let json_depth_max = sluse_contracts::payload::Limits::default().json_depth_max;
        Self { json_depth_max, violations_max: 1_000 }
    }
}

/// Why an operation has no form in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoForm {
    /// The description has none of this name.
    #[error("the description has no such operation")]
    Unknown,
    /// It is not of style `document` with use `literal`.
    #[error(
        "the body of the operation is not made of declared elements: its style is not document/literal"
    )]
    NotOfElements,
    /// It has no message in this direction.
    #[error("the operation has no answer")]
    OneWay,
}

impl Face {
    /// The face of a description; nothing where it is none of a SOAP service.
    pub fn new(schema: Arc<dyn Schema>) -> Option<Self> {
        let forms = Forms::of(schema.xsd()?.shapes());
        Some(Self { schema, forms })
    }

    /// The operations that have a form in JSON.
    pub fn operations(&self) -> Vec<&str> {
        let all = self.schema.operations();
        all.into_iter().filter(|name| self.side(name, Direction::Request).is_ok()).collect()
    }

    /// Whether an operation has no business answer.
    pub fn is_one_way(&self, operation: &str) -> bool {
        self.schema.is_one_way(operation)
    }

    fn operation(&self, name: &str) -> Result<SoapOperation<'_>, NoForm> {
        self.schema.soap_operation(name).ok_or(NoForm::Unknown)
    }

    fn side(&self, operation: &str, direction: Direction) -> Result<SoapSide<'_>, NoForm> {
        let operation = self.operation(operation)?;
        let side = match direction {
            Direction::Request => operation.request,
            Direction::Response => operation.response.ok_or(NoForm::OneWay)?,
        };
        if side.body.is_some() { Ok(side) } else { Err(NoForm::NotOfElements) }
    }

    fn shapes(&self) -> Option<Shapes<'_>> {
        self.schema.xsd().map(sluse_xsd::Schema::shapes)
    }

    /// Reads an envelope as JSON.
    ///
    /// # Errors
    /// A violation where the message is not as its description says.
    pub fn to_json(
        &self,
        operation: &str,
        direction: Direction,
        document: &Document,
        limits: &Limits,
    ) -> Result<Value, Box<Violation>> {
        self.read_with(operation, direction, (document, None), limits)
    }

    fn read_with(
        &self,
        operation: &str,
        direction: Direction,
        (document, attachments): (&Document, Option<&Multipart>),
        limits: &Limits,
    ) -> Result<Value, Box<Violation>> {
        let side = self.side(operation, direction).map_err(refused)?;
        let shapes = self.shapes().ok_or_else(|| refused(NoForm::Unknown))?;
        let depth_max = limits.json_depth_max;
        let reading = Reading { shapes, forms: &self.forms, document, attachments, depth_max };
        let root = document.document_element();
        let envelope = Envelope::read(document)
            .ok_or_else(|| reading.misfit(root, "the document is no envelope of SOAP"))?;
        if attachments.is_some_and(|all| all.lone_count() > 0) {
            let sentence =
                "an attachment stands beside the envelope, and no value of it is made of that";
            return Err(reading.misfit(root, sentence));
        }
        let body = body_to_json(&reading, &envelope, side.body.unwrap_or_default())?;
        if side.headers.is_empty() {
            return Ok(body);
        }
        let mut headers = Map::new();
        let called =
            names::beside(side.headers.iter().map(|n| (n.namespace.as_str(), n.local.as_str())));
        for (declared, name) in side.headers.iter().zip(called) {
            let same = |block: &&sluse_xml::NodeId| {
                document.local(**block) == declared.local
                    && document.namespace(**block) == declared.namespace
            };
            if let Some(block) = envelope.blocks.iter().find(same) {
                headers.insert(name, reading.global(*block, 2)?);
            }
        }
        Ok(with_headers(headers, body))
    }

    /// Writes JSON as an envelope, and judges it by the schema.
    ///
    /// # Errors
    /// Each violation with its place in the JSON.
    pub fn to_soap(
        &self,
        operation: &str,
        direction: Direction,
        payload: &JsonPayload,
        limits: &Limits,
    ) -> Result<Written, Vec<Violation>> {
        let written = self.write(operation, direction, None, payload, limits)?;
        if written.breaches.is_empty() { Ok(written) } else { Err(written.breaches) }
    }

    /// Writes JSON as an envelope of a version, that of the operation's first binding where none is asked for, and tells
    /// what in it breaks the schema.
    ///
    /// # Errors
    /// Where the JSON does not have the form of the message: each violation with its place in the JSON.
    pub fn write(
        &self,
        operation: &str,
        direction: Direction,
        version: Option<SoapVersion>,
        payload: &JsonPayload,
        limits: &Limits,
    ) -> Result<Written, Vec<Violation>> {
        let side = self.side(operation, direction).map_err(|no| vec![*refused(no)])?;
        let operation = self.operation(operation).map_err(|no| vec![*refused(no)])?;
        let Some((schema, shapes)) = self.schema.xsd().zip(self.shapes()) else {
            return Err(vec![*refused(NoForm::Unknown)]);
        };
        let version = version.unwrap_or(operation.version);
        let mut writing = Writing::new(shapes, &self.forms);
        let called =
            names::beside(side.headers.iter().map(|n| (n.namespace.as_str(), n.local.as_str())));
        write_envelope(&mut writing, version, &side, &called, payload.value());
        let mut faults = std::mem::take(&mut writing.faults);
        let (envelope, places) = writing.finish();
        if !faults.is_empty() {
            judge::place(&mut faults, payload);
            return Err(faults);
        }
        let mut breaches = judge::judge(schema, &envelope, &places, limits.violations_max);
        judge::place(&mut breaches, payload);
        let soap_action = operation.soap_action.to_owned();
        Ok(Written { envelope, version, soap_action, breaches })
    }
}

fn refused(no_form: NoForm) -> Box<Violation> {
    let violation =
        Violation::new(code::JSON_FORM, Layer::Wsdl, Severity::Error, no_form.to_string());
    Box::new(violation)
}

/// That a message is no envelope.
fn refused_payload() -> Box<Violation> {
    let sentence = "the message is no envelope of SOAP";
    Box::new(Violation::new(code::WITHOUT_JSON_FORM, Layer::Wsdl, Severity::Error, sentence))
}

/// The value of a body: that of its one element, or an object with a member for each where there is not one.
fn body_to_json(
    reading: &Reading<'_>,
    envelope: &Envelope,
    due: &[sluse_contracts::manifest::XmlName],
) -> Result<Value, Box<Violation>> {
    let document = reading.document;
    let called = names::beside(due.iter().map(|n| (n.namespace.as_str(), n.local.as_str())));
    let mut body = Map::new();
    let mut contents = envelope.contents.iter();
    for (name, member) in due.iter().zip(called) {
        let node = contents.next().copied().unwrap_or_else(|| document.document_element());
        if document.local(node) != name.local || document.namespace(node) != name.namespace {
            return Err(reading.misfit(node, "the body is not that of the operation"));
        }
        let value = reading.global(node, 1)?;
        if due.len() == 1 && envelope.contents.len() == 1 {
            return Ok(value);
        }
        body.insert(member, value);
    }
    match contents.next() {
        Some(more) => Err(reading.misfit(*more, "the body is not that of the operation")),
        None => Ok(Value::Object(body)),
    }
}

/// A body and its headers as one object.
fn with_headers(headers: Map<String, Value>, body: Value) -> Value {
    let mut whole = Map::from_iter([(HEADERS.to_owned(), Value::Object(headers))]);
    match body {
        Value::Object(members) => whole.extend(members),
        value => {
            whole.insert("$value".to_owned(), value);
        }
    }
    Value::Object(whole)
}

fn write_envelope<'w>(
    writing: &mut Writing<'w>,
    version: SoapVersion,
    side: &SoapSide<'w>,
    called: &'w [String],
    value: &Value,
) {
    let soap = version.envelope();
    let envelope = writing.start(soap, "Envelope");
    writing.inside();
    let mut body_value = std::borrow::Cow::Borrowed(value);
    if !side.headers.is_empty() {
        body_value = std::borrow::Cow::Owned(without_headers(value));
        let header = writing.start(soap, "Header");
        writing.inside();
        let before = writing.places.enter(Token::Name(HEADERS));
        write_headers(writing, side, called, value.get(HEADERS));
        writing.places.leave(before);
        writing.end(&header);
    }
    let body = writing.start(soap, "Body");
    writing.inside();
    write_body(writing, side.body.unwrap_or_default(), &body_value);
    writing.end(&body);
    writing.end(&envelope);
}

/// What of a message is not its headers.
fn without_headers(value: &Value) -> Value {
    let Value::Object(object) = value else { return value.clone() };
    let mut rest = object.clone();
    rest.shift_remove(HEADERS);
    if rest.len() == 1 && rest.contains_key("$value") {
        return rest.shift_remove("$value").unwrap_or_default();
    }
    Value::Object(rest)
}

fn write_headers<'w>(
    writing: &mut Writing<'w>,
    side: &SoapSide<'w>,
    called: &'w [String],
    headers: Option<&Value>,
) {
    let Some(Value::Object(headers)) = headers else {
        return writing.fault("an object must stand here, with the headers of the message");
    };
    for (declared, name) in side.headers.iter().zip(called) {
        let before = writing.places.enter(Token::Name(name));
        match headers.get(name) {
            Some(value) => writing.global(&declared.namespace, &declared.local, value),
            None => writing.fault("the header is missing"),
        }
        writing.places.leave(before);
    }
    if headers.keys().any(|name| !called.contains(name)) {
        writing.hidden_fault("there is no such header");
    }
}

fn write_body(
    writing: &mut Writing<'_>,
    due: &[sluse_contracts::manifest::XmlName],
    value: &Value,
) {
    if let [only] = due {
        return writing.global(&only.namespace, &only.local, value);
    }
    let called = names::beside(due.iter().map(|n| (n.namespace.as_str(), n.local.as_str())));
    let Value::Object(object) = value else { return writing.fault("an object must stand here") };
    for (name, member) in due.iter().zip(&called) {
        match object.get(member) {
            Some(value) => writing.global(&name.namespace, &name.local, value),
            None => writing.fault("a member for a part of the body is missing"),
        }
    }
    if object.keys().any(|name| !called.contains(name)) {
        writing.hidden_fault("there is no such member here");
    }
}
