//! Every operation of Serviceplatformen: valid messages are accepted, and each single fault is told by its
//! code, its rule and its path.

use super::{
    files_below,
    generate::{Attribute, Content, Element, Schemas, XSI},
};
use crate::{
    Direction, Layer, MediaType, Message, Occasion, Payload, Severity, Violation,
    clauses::Clauses,
    files::ContractFiles,
    judge::{JudgeOptions, RequestHead, Violations},
    payload::Limits,
    schema::{
        FileReader, Schema,
        wsdl::{
            gather,
            names::SoapVersion,
            operations::{self, BodyRule, By, Operation, Side, Wire},
        },
        xsd,
    },
    shared::shared,
};
use std::{collections::BTreeSet, ops::RangeInclusive, sync::Arc};

/// How many places of one message are made faulty, spread over all that there are.
const FAULTS_MAX: usize = 4;

/// One description: its operations, its schema documents, and what judges.
struct Service {
    name: String,
    operations: Vec<Operation>,
    schemas: Schemas,
    schema: Arc<dyn Schema>,
}

fn service(entry: &str, files: &ContractFiles) -> Option<Service> {
    let reader = FileReader::new(files);
    let schema = super::compile(entry, files).schema?;
    let mut findings = Vec::new();
    let gathered = gather::gather(entry, &reader, &mut findings);
    let operations = operations::build(&gathered, &mut findings);
    let (closure, _) = xsd::gather_from(gathered.schemas, &reader);
    let schemas = Schemas::read(&closure.documents);
    Some(Service { name: entry.to_owned(), operations, schemas, schema })
}

/// An envelope as text. `edit` is done to the parts before they are written.
#[derive(Debug, Clone, Default)]
struct Parts {
    headers: Vec<Element>,
    body: Vec<Element>,
    /// Whether the body holds a fault with this as its detail.
    fault: bool,
}

impl Parts {
    fn write(&self, version: SoapVersion) -> String {
        let mut spaces = BTreeSet::new();
        for element in self.headers.iter().chain(&self.body) {
            namespaces(element, &mut spaces);
        }
        let spaces: Vec<String> = spaces.into_iter().collect();
        let mut text = format!("<s:Envelope xmlns:s=\"{}\"", version.envelope());
        for (at, space) in spaces.iter().enumerate() {
            text.push_str(&format!(" xmlns:n{at}=\"{space}\""));
        }
        text.push('>');
        if !self.headers.is_empty() {
            text.push_str("<s:Header>");
            self.headers.iter().for_each(|each| write(each, &spaces, &mut text));
            text.push_str("</s:Header>");
        }
        text.push_str("<s:Body>");
        let (before, after) = self.around(version);
        text.push_str(before);
        self.body.iter().for_each(|each| write(each, &spaces, &mut text));
        text.push_str(after);
        text.push_str("</s:Body></s:Envelope>");
        text
    }

    fn around(&self, version: SoapVersion) -> (&'static str, &'static str) {
        match (self.fault, version) {
            (false, _) => ("", ""),
            (true, SoapVersion::V11) => (
                "<s:Fault><faultcode>s:Server</faultcode><faultstring>no</faultstring><detail>",
                "</detail></s:Fault>",
            ),
            (true, SoapVersion::V12) => (
                "<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason>\
                 <s:Text xml:lang=\"en\">no</s:Text></s:Reason><s:Detail>",
                "</s:Detail></s:Fault>",
            ),
        }
    }

    /// The path of what stands around the body's elements.
    fn base(&self, version: SoapVersion) -> &'static str {
        match (self.fault, version) {
            (false, _) => "/s:Envelope[1]/s:Body[1]",
            (true, SoapVersion::V11) => "/s:Envelope[1]/s:Body[1]/s:Fault[1]/detail[1]",
            (true, SoapVersion::V12) => "/s:Envelope[1]/s:Body[1]/s:Fault[1]/s:Detail[1]",
        }
    }
}

fn namespaces(element: &Element, all: &mut BTreeSet<String>) {
    let attributes = element.attributes.iter().map(|each| &each.name.0);
    let own = std::iter::once(&element.name.0).chain(attributes);
    let xml = sluse_xml::XML_NAMESPACE;
    all.extend(own.filter(|space| !space.is_empty() && *space != xml).cloned());
    let types = element.attributes.iter().filter(|each| each.name.0 == XSI);
    all.extend(types.filter_map(|each| Some(each.value.split_once(' ')?.0.to_owned())));
    for child in children(element) {
        namespaces(child, all);
    }
}

fn children(element: &Element) -> &[Element] {
    match &element.content {
        Content::Elements(all) | Content::Anything(all) => all,
        Content::Value(..) => &[],
    }
}

fn written(name: &(String, String), spaces: &[String]) -> String {
    if name.0 == sluse_xml::XML_NAMESPACE {
        return format!("xml:{}", name.1);
    }
    match spaces.iter().position(|space| *space == name.0) {
        Some(at) => format!("n{at}:{}", name.1),
        None => name.1.clone(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn write(element: &Element, spaces: &[String], text: &mut String) {
    let name = written(&element.name, spaces);
    text.push_str(&format!("<{name}"));
    for Attribute { name, value, .. } in &element.attributes {
        let value = match value.split_once(' ').filter(|_| name.0 == XSI) {
            Some((space, local)) => written(&(space.to_owned(), local.to_owned()), spaces),
            None => escaped(value),
        };
        text.push_str(&format!(" {}=\"{value}\"", written(name, spaces)));
    }
    text.push('>');
    match &element.content {
        Content::Value(value, _) => text.push_str(&escaped(value)),
        Content::Elements(all) | Content::Anything(all) => {
            all.iter().for_each(|child| write(child, spaces, text));
        }
    }
    text.push_str(&format!("</{name}>"));
}

/// A way to an element: positions among children.
type Way = Vec<usize>;

fn ways(element: &Element, at: &mut Way, all: &mut Vec<Way>) {
    all.push(at.clone());
    for (position, child) in children(element).iter().enumerate() {
        at.push(position);
        ways(child, at, all);
        at.pop();
    }
}

fn at_way<'e>(mut element: &'e mut Element, way: &[usize]) -> &'e mut Element {
    for position in way {
        element = match &mut element.content {
            Content::Elements(all) | Content::Anything(all) => &mut all[*position],
            Content::Value(..) => panic!("a value has no elements"),
        };
    }
    element
}

/// A kind of single fault.
#[derive(Debug, Clone, Copy)]
enum Kind {
    StrangeElement,
    StrangeAttribute,
    WrongValue,
    MissingElement,
    MissingAttribute,
}

const KINDS: [Kind; 5] = [
    Kind::StrangeElement,
    Kind::StrangeAttribute,
    Kind::WrongValue,
    Kind::MissingElement,
    Kind::MissingAttribute,
];

/// Makes one place faulty; the codes and rules that may tell it, and the way to where they must.
fn break_at(
    element: &mut Element,
    way: &Way,
    kind: Kind,
) -> Option<(Vec<&'static str>, Way, &'static str)> {
    let place = at_way(element, way);
    let strange = Element {
        name: ("urn:strange".into(), "strange".into()),
        attributes: Vec::new(),
        content: Content::Elements(Vec::new()),
        required: false,
        closed: (false, false),
    };
    match (kind, &mut place.content) {
        (Kind::StrangeElement, Content::Elements(all)) if !all.is_empty() && place.closed.0 => {
            all.insert(0, strange);
            Some((vec!["V0201 cvc-complex-type.2.4.a"], way.clone(), "/*[1]"))
        }
        (Kind::StrangeAttribute, Content::Elements(_) | Content::Value(..)) if place.closed.1 => {
            let name = ("urn:strange".into(), "strange".into());
            place.attributes.push(Attribute { name, value: "1".into(), required: false });
            let rules = vec!["V0204 cvc-complex-type.3.2.2", "V0204 cvc-type.3.1.1"];
            Some((rules, way.clone(), "/@*"))
        }
        (Kind::WrongValue, Content::Value(value, Some(wrong))) => {
            *value = std::mem::take(wrong);
            Some((vec!["V0203 cvc-"], way.clone(), ""))
        }
        (Kind::MissingElement, Content::Elements(all)) => {
            let same = |at: usize| all.iter().filter(|each| each.name == all[at].name).count();
            let at = (0..all.len()).find(|at| all[*at].required && same(*at) == 1)?;
            all.remove(at);
            let rules = vec!["V0201 cvc-complex-type.2.4.a", "V0202 cvc-complex-type.2.4.b"];
            Some((rules, way.clone(), "…"))
        }
        (Kind::MissingAttribute, _) => {
            let at = place.attributes.iter().position(|each| each.required)?;
            place.attributes.remove(at);
            Some((vec!["V0205 cvc-complex-type.4"], way.clone(), ""))
        }
        _ => None,
    }
}

/// The path of the element at a way, below `base`.
fn path(element: &Element, way: &Way, base: &str, spaces: &[String]) -> String {
    let mut path = format!("{base}/{}[1]", written(&element.name, spaces));
    let mut at = element;
    for position in way {
        let all = children(at);
        let child = &all[*position];
        let before = all[..*position].iter().filter(|each| each.name == child.name).count();
        path.push_str(&format!("/{}[{}]", written(&child.name, spaces), before + 1));
        at = child;
    }
    path
}

impl Service {
    fn judge(
        &self,
        text: &str,
        operation: &str,
        direction: Direction,
        action: Option<&str>,
    ) -> Vec<Violation> {
        let message = Message::new(MediaType::xml(), text.as_bytes().to_vec());
        let payload = Payload::parse(&message, &Limits::default()).expect(text);
        let clauses = Clauses::default();
        let options = JudgeOptions::default();
        let mut violations = Violations::new(&clauses, options.violations_max);
        let quoted = action.map(|action| format!("\"{action}\""));
        let headers: Vec<(&str, &str)> =
            quoted.iter().map(|action| ("SOAPAction", action.as_str())).collect();
        let head = RequestHead { method: "POST", path: "/", query: None, headers: &headers };
        let mut occasion = match direction {
            Direction::Request => Occasion::request(operation),
            Direction::Response => Occasion::response(operation),
        };
        if action.is_some() {
            occasion = occasion.with_request(head);
        }
        self.schema.judge(Some(&payload), &occasion, &options, &mut violations);
        violations.into_verdict().violations
    }

    fn parts(&self, side: &Side) -> Option<Parts> {
        let BodyRule::Elements(names) = &side.body else { return None };
        let instance =
            |name: &crate::manifest::XmlName| self.schemas.instance(&name.namespace, &name.local);
        let headers = side.headers.iter().filter_map(|by| match by {
            By::Element(name) => Some(instance(name)),
            By::Type(_) => None,
        });
        Some(Parts {
            headers: headers.collect(),
            body: names.iter().map(instance).collect(),
            fault: false,
        })
    }

    /// Judges a message that is right, and then each of its single faults. Gives how many.
    fn check(
        &self,
        parts: &Parts,
        operation: &Operation,
        wire: &Wire,
        direction: Direction,
    ) -> usize {
        let (version, name) = (wire.version, operation.name.as_str());
        let text = parts.write(version);
        let whose = format!("{} {name} {direction:?}\n{text}", self.name);
        let action = (direction == Direction::Request).then_some(wire.soap_action.as_str());
        let found = self.judge(&text, name, direction, action);
        assert_eq!(found, [], "{whose}");
        // Found from the message alone as well: where several operations share a body, by the action.
        let found = self.judge(&text, "", direction, action);
        let is_unclear = |each: &Violation| each.code == crate::code::SOAP_OPERATION_UNKNOWN;
        assert!(
            found.is_empty() || (direction == Direction::Response && found.iter().all(is_unclear)),
            "{whose} {found:?}"
        );
        let mut n = 1;
        for kind in KINDS {
            let mut all = Vec::new();
            let Some(body) = parts.body.first() else { continue };
            ways(body, &mut Vec::new(), &mut all);
            let fits = |way: &Way| break_at(&mut body.clone(), way, kind).is_some();
            all.retain(fits);
            let step = all.len().div_ceil(FAULTS_MAX).max(1);
            for way in all.iter().step_by(step) {
                let mut broken = parts.clone();
                let (rules, to, ending) = break_at(&mut broken.body[0], way, kind).unwrap();
                let text = broken.write(version);
                let found = self.judge(&text, name, direction, action);
                let mut spaces = BTreeSet::new();
                broken.headers.iter().chain(&broken.body).for_each(|e| namespaces(e, &mut spaces));
                let spaces: Vec<String> = spaces.into_iter().collect();
                let at = path(&broken.body[0], &to, parts.base(version), &spaces);
                let told = found.iter().any(|each| {
                    let rule =
                        format!("{} {}", each.code, each.rule.as_deref().unwrap_or_default());
                    let right = match ending {
                        "…" => each.path.starts_with(&at),
                        ending => each.path == format!("{at}{ending}"),
                    };
                    right
                        && rules.iter().any(|due| rule.starts_with(due))
                        && each.layer == Layer::Xsd
                });
                assert!(told && found.len() == 1, "{kind:?} {at} {found:#?} {}\n{text}", self.name);
                n += 1;
            }
        }
        n + self.check_envelope(parts, operation, wire, direction)
    }

    /// The single faults of the envelope itself.
    fn check_envelope(
        &self,
        parts: &Parts,
        operation: &Operation,
        wire: &Wire,
        direction: Direction,
    ) -> usize {
        let text = parts.write(wire.version);
        let soap = wire.version.envelope();
        let other = match wire.version {
            SoapVersion::V11 => SoapVersion::V12,
            SoapVersion::V12 => SoapVersion::V11,
        };
        let request = direction == Direction::Request;
        let end = "</s:Body></s:Envelope>";
        let body_at = text.find("<s:Body>").unwrap();
        let mut cases = vec![
            ("V0601", text.replace("s:Envelope", "s:Umschlag")),
            ("V0602", text.replace(soap, other.envelope())),
            ("V0602", text.replace(soap, "urn:soap")),
            ("V0603", text.replace(end, "</s:Body><s:Body/></s:Envelope>")),
            ("V0603", format!("{}</s:Envelope>", &text[..body_at])),
            ("V0604", text.replace(end, "</s:Body><s:Header/></s:Envelope>")),
            ("V0604", text.replace(end, "</s:Body><x xmlns=\"urn:x\"/></s:Envelope>")),
            ("V0604", text.replace(end, &format!("<?x y?>{end}"))),
            ("V0604", text.replace("<s:Body>", "text<s:Body>")),
        ];
        if !parts.fault {
            cases.push(("V0607", text.replace(end, &format!("<x xmlns=\"urn:x\"/>{end}"))));
            cases.push(("V0607", text.replace(end, &format!("text{end}"))));
            if !parts.headers.is_empty() {
                cases.push((
                    "V0608",
                    Parts { headers: Vec::new(), ..parts.clone() }.write(wire.version),
                ));
            }
        }
        let action = request.then_some(wire.soap_action.as_str());
        for (code, text) in &cases {
            let found = self.judge(text, &operation.name, direction, action);
            let codes: Vec<&str> = found.iter().map(|each| each.code.as_str()).collect();
            assert_eq!(codes, [*code], "{} {text}", operation.name);
            assert!(found[0].severity == Severity::Error && found[0].rule.is_some());
        }
        if request && wire.version == SoapVersion::V11 {
            let found = self.judge(&text, &operation.name, direction, Some("urn:another"));
            assert_eq!(found[0].code.as_str(), "V0606", "{}", operation.name);
            let strange = text.replacen("<s:Body>", "<s:Body><x xmlns=\"urn:x\"/>", 1);
            let found = self.judge(&strange, "", direction, Some(""));
            assert_eq!(found[0].code.as_str(), "V0605", "{}", operation.name);
        }
        cases.len()
    }
}

/// All descriptions of a contract whose files begin with these letters: how many operations they have, and how
/// many messages were judged.
fn contract(
    folder: &str,
    letters: RangeInclusive<char>,
    operations_least: usize,
    messages_least: usize,
) {
    let Some(root) = shared(&format!("corpora/serviceplatformen/{folder}")) else { return };
    let (mut operations, mut messages) = (0, 0);
    let files = files_below(&root);
    let is_meant = |path: &&str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        name.ends_with(".wsdl") && name.starts_with(|first| letters.contains(&first))
    };
    for entry in files.iter().map(|(path, _)| path).filter(is_meant) {
        let Some(mut service) = service(entry, &files) else { continue };
        operations += service.operations.len();
        for full in [false, true] {
            service.schemas.full = full;
            messages += all(&service);
        }
    }
    println!("{folder} {letters:?}: {operations} operations, {messages} messages");
    assert!(
        operations >= operations_least && messages >= messages_least,
        "{operations} {messages}"
    );
}

#[test]
fn every_operation_of_sf1500_from_a_to_f_takes_what_is_right_and_tells_what_is_not() {
    contract("sf1500-v6", 'A'..='F', 24, 2_000);
}

#[test]
fn every_operation_of_sf1500_from_g_to_m_takes_what_is_right_and_tells_what_is_not() {
    contract("sf1500-v6", 'G'..='M', 42, 3_000);
}

#[test]
fn every_operation_of_sf1500_from_n_to_o_takes_what_is_right_and_tells_what_is_not() {
    contract("sf1500-v6", 'N'..='O', 28, 2_000);
}

#[test]
fn every_operation_of_sf1500_from_p_to_z_takes_what_is_right_and_tells_what_is_not() {
    contract("sf1500-v6", 'P'..='Z', 16, 1_200);
}

#[test]
fn every_operation_of_sf1600_takes_what_is_right_and_tells_what_is_not() {
    contract("sf1600", 'A'..='Z', 4, 200);
}

#[test]
fn every_operation_of_sf2900_takes_what_is_right_and_tells_what_is_not() {
    contract("sf2900", 'A'..='Z', 10, 500);
}

#[test]
fn every_operation_of_the_register_of_companies_takes_what_is_right_and_tells_what_is_not() {
    contract("online-service-contract", 'A'..='Z', 10, 500);
}

#[test]
fn every_operation_of_the_register_of_persons_takes_what_is_right_and_tells_what_is_not() {
    contract("person-base-data-extended-service-contract", 'A'..='Z', 2, 100);
}

/// All messages of a service, with all their single faults.
fn all(service: &Service) -> usize {
    let mut n = 0;
    for operation in &service.operations {
        for wire in &operation.wires {
            let request = service.parts(&wire.request).expect("style document");
            n += service.check(&request, operation, wire, Direction::Request);
            let Some(response) = &wire.response else { continue };
            let response = service.parts(response).expect("style document");
            n += service.check(&response, operation, wire, Direction::Response);
            for fault in &wire.faults {
                let By::Element(name) = fault else { panic!("a fault of a type") };
                let detail = service.schemas.instance(&name.namespace, &name.local);
                let parts = Parts { headers: Vec::new(), body: vec![detail], fault: true };
                n += service.check(&parts, operation, wire, Direction::Response);
            }
        }
    }
    n
}
