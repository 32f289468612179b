//! Faults of SOAP in JSON, and back: what the member `fault` of a problem holds.

use super::{
    Face, Limits,
    envelope::{Envelope, elements, is_soap},
    fragment, names,
    namespaces::escape,
    read::Reading,
    write::Writing,
};
use serde_json::{Map, Value, json};
use sluse_contracts::schema::soap::SoapVersion;
use sluse_xml::{Document, NodeId};

/// A fault of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceFault {
    /// Its code: the local name for one of SOAP's own and one in no namespace, `{namespace}name` for any other.
    pub code: String,
    /// Whether it is the asking side's, as its code or its status says.
    pub of_sender: bool,
    /// Why, in words.
    pub reason: String,
    /// Its details: an object `{"{namespace}name": value}` for what the schema declares, else XML in a string.
    pub detail: Vec<Value>,
}

impl ServiceFault {
    /// The member `fault` of a problem.
    pub fn to_value(&self) -> Value {
        let mut made = Map::from_iter([
            ("code".to_owned(), Value::from(self.code.as_str())),
            ("reason".to_owned(), Value::from(self.reason.as_str())),
        ]);
        if !self.detail.is_empty() {
            made.insert("detail".to_owned(), Value::Array(self.detail.clone()));
        }
        Value::Object(made)
    }

    /// The fault that a problem (RFC 9457) tells: in its member `fault`, else by its title and status.
    pub fn of_problem(problem: &Value) -> Self {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let fault = problem.get("fault");
        let of_consumer = problem.get("status").and_then(Value::as_u64).is_some_and(|n| n < 500);
        let code = text(fault.and_then(|fault| fault.get("code")));
        let code = code.unwrap_or_else(|| if of_consumer { "Client" } else { "Server" }.to_owned());
        let reason = text(fault.and_then(|fault| fault.get("reason")));
        let reason = reason.or_else(|| text(problem.get("detail")));
        let reason = reason.or_else(|| text(problem.get("title"))).unwrap_or_default();
        let detail = fault.and_then(|fault| fault.get("detail")).and_then(Value::as_array);
        let of_sender = of_consumer || names_sender(&code);
        Self { code, of_sender, reason, detail: detail.cloned().unwrap_or_default() }
    }
}

impl Face {
    /// The fault that an envelope holds; nothing where it holds none.
    pub fn fault(&self, document: &Document, limits: &Limits) -> Option<ServiceFault> {
        let shapes = self.shapes()?;
        let envelope = Envelope::read(document)?;
        let fault = *envelope.contents.first()?;
        if !is_soap(document.namespace(fault)) || document.local(fault) != "Fault" {
            return None;
        }
        let find = |inside: NodeId, names: [&str; 2]| {
            elements(document, inside).find(|node| names.contains(&document.local(*node)))
        };
        let code = find(fault, ["faultcode", "Code"]);
        let class = code.map(|node| elements(document, node).next().unwrap_or(node));
        let of_sender = class.is_some_and(|node| names_sender(&code_of(document, node)));
        let code = code.map(|node| innermost_value(document, node));
        let reason = find(fault, ["faultstring", "Reason"]);
        let reason = reason.map(|node| elements(document, node).next().unwrap_or(node));
        let detail = find(fault, ["detail", "Detail"]);
        let details = detail.into_iter().flat_map(|node| elements(document, node));
        let depth_max = limits.json_depth_max;
        let attachments = None;
        let reading = Reading { shapes, forms: &self.forms, document, attachments, depth_max };
        Some(ServiceFault {
            code: code.map(|node| code_of(document, node)).unwrap_or_default(),
            of_sender,
            reason: reason.map(|node| document.text(node).to_owned()).unwrap_or_default(),
            detail: details.map(|node| detail_of(&reading, node)).collect(),
        })
    }

    /// A fault as an envelope. Details that have no form in XML are left out: the reason says what matters.
    pub fn fault_to_soap(&self, version: SoapVersion, fault: &ServiceFault) -> Option<String> {
        let shapes = self.shapes()?;
        let mut writing = Writing::new(shapes, &self.forms);
        let soap = version.envelope();
        let open = ["Envelope", "Body", "Fault"].map(|local| {
            let name = writing.start(soap, local);
            writing.inside();
            name
        });
        let code = match names::unbraced(&fault.code) {
            Some((namespace, local)) => writing.written(namespace, local),
            None => writing.written(soap, own_code(version, &fault.code)),
        };
        match version {
            SoapVersion::V11 => {
                writing.text_element("", "faultcode", &code, "");
                writing.text_element("", "faultstring", &fault.reason, "");
            }
            SoapVersion::V12 => {
                // Codes of SOAP 1.2 are five; any other is told below one of them.
                let own = own_code(version, &fault.code);
                let known = ["Sender", "Receiver", "VersionMismatch", "MustUnderstand"];
                let is_own = known.contains(&own) || own == "DataEncodingUnknown";
                let outer = writing.start(soap, "Code");
                writing.inside();
                let class = if fault.of_sender { "Sender" } else { "Receiver" };
                let value = if is_own { code.clone() } else { writing.written(soap, class) };
                writing.text_element(soap, "Value", &value, "");
                if !is_own {
                    let is_braced = names::unbraced(&fault.code).is_some();
                    let inner = writing.start(soap, "Subcode");
                    writing.inside();
                    // A code that is none of SOAP's and names no namespace is in none.
                    let text = if is_braced { &code } else { own };
                    writing.text_element(soap, "Value", text, "");
                    writing.end(&inner);
                }
                writing.end(&outer);
                let reason = writing.start(soap, "Reason");
                writing.inside();
                writing.text_element(soap, "Text", &fault.reason, " xml:lang=\"en\"");
                writing.end(&reason);
            }
        }
        if !fault.detail.is_empty() {
            let (namespace, local) = match version {
                SoapVersion::V11 => ("", "detail"),
                SoapVersion::V12 => (soap, "Detail"),
            };
            let name = writing.start(namespace, local);
            writing.inside();
            fault.detail.iter().for_each(|detail| writing.any(detail));
            writing.end(&name);
        }
        open.iter().rev().for_each(|name| writing.end(name));
        Some(writing.finish().0)
    }
}

/// Whether a code says that the asking side is at fault: `Client` (SOAP 1.1, section 4.4.1) with what is within it, `Sender`
/// (SOAP 1.2 part 1, section 5.4.6).
fn names_sender(code: &str) -> bool {
    matches!(code.split('.').next(), Some("Client" | "Sender"))
}

/// The value that says most: of SOAP 1.2 the innermost subcode, of SOAP 1.1 the element itself.
fn innermost_value(document: &Document, code: NodeId) -> NodeId {
    let inside = |node: NodeId, local: &str| {
        elements(document, node).find(|child| document.local(*child) == local)
    };
    let subcodes = std::iter::successors(Some(code), |node| inside(*node, "Subcode"));
    let innermost = subcodes.last().unwrap_or(code);
    inside(innermost, "Value").unwrap_or(innermost)
}

fn code_of(document: &Document, node: NodeId) -> String {
    let text = document.text(node).trim();
    let (prefix, local) = text.split_once(':').unwrap_or(("", text));
    match document.namespace_for_prefix(node, prefix) {
        Some("") => local.to_owned(),
        Some(namespace) if is_soap(namespace) => local.to_owned(),
        Some(namespace) => names::braced(namespace, local),
        None => local.to_owned(),
    }
}

/// SOAP's own codes are called otherwise in its other version.
fn own_code(version: SoapVersion, code: &str) -> &str {
    match (version, code) {
        (SoapVersion::V11, "Sender") => "Client",
        (SoapVersion::V11, "" | "Receiver") => "Server",
        (SoapVersion::V12, "Client") => "Sender",
        (SoapVersion::V12, "" | "Server") => "Receiver",
        (_, code) => code,
    }
}

fn detail_of(reading: &Reading<'_>, node: NodeId) -> Value {
    let document = reading.document;
    let name = names::braced(document.namespace(node), document.local(node));
    match reading.global(node, 3) {
        Ok(value) => json!({ name: value }),
        Err(_) => Value::String(fragment::write(document, node)),
    }
}

impl Writing<'_> {
    /// An element with text in it; `attributes` stand as they are.
    fn text_element(&mut self, namespace: &str, local: &str, text: &str, attributes: &str) {
        let name = self.start(namespace, local);
        self.push(attributes);
        self.inside();
        let mut escaped = String::new();
        let sound: String = text.chars().filter(|c| super::value::is_of_xml(*c)).collect();
        escape(&sound, &mut escaped);
        self.push(&escaped);
        self.end(&name);
    }
}
