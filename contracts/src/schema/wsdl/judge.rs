//! Judges one message: its envelope, its headers, its body.

use super::{
    Wsdl,
    envelope::{Envelope, Misfit},
    fault::OF_11,
    find::{Found, Told, soap_action},
    gather,
    http::is_other_method,
    names::{ADDRESSING, SECURITY, SoapVersion, WSU, XOP, elements, is},
    operations::{BodyRule, By},
};
use crate::{
    Code, Direction, Layer, Payload, Severity, Violation, code,
    judge::{JudgeOptions, Occasion, Violations},
    manifest::XmlName,
    payload::{Multipart, includes_of},
    schema::xsd,
};
use sluse_xml::{Document, NameId, NodeId, NodeKind};
use sluse_xsd::{Asked, Part};

/// The rules that violations of this layer name, those of XML Schema left out: sections of SOAP 1.1, SOAP
/// 1.2 part 1, WS-Addressing (its SOAP binding, its metadata) and XOP, and rules of the WS-I Basic Profile 1.1.
pub(super) const RULES: &[&str] = &[
    "soap11-3",
    "soap11-4",
    "soap11-4.1.2",
    "soap11-4.2.1",
    "soap11-4.2.3",
    "soap11-4.4",
    "soap11-6",
    "soap12-5",
    "soap12-5.1",
    "soap12-5.2",
    "soap12-5.2.3",
    "soap12-5.4",
    "soap12-part2-7.1.4",
    "wsam-4.4",
    "xop-3.2",
    "wsa-soap-3.2",
    "R2301",
    "R2712",
    "R2727",
    "R2729",
    "R2735",
    "R2738",
    "R2742",
    "R2744",
    "R2706",
    "R1126",
    "R1132",
    "rfc9110-12.5.1",
    "soap11-7.1",
];

/// Whether a message is of no operation, and is not one of theirs that is written wrongly.
pub(super) fn lacks_operation(
    wsdl: &Wsdl,
    payload: Option<&Payload>,
    occasion: &Occasion<'_>,
) -> bool {
    if is_other_method(occasion) {
        return true;
    }
    let Some(document) = payload.and_then(document_of) else { return false };
    let mut misfits = Vec::new();
    let Some(envelope) = Envelope::read(document, &mut misfits) else { return false };
    let soap_action = soap_action(occasion, envelope.version);
    let direction = occasion.direction;
    let told = Told { envelope: &envelope, soap_action, direction, port: None };
    misfits.is_empty()
        && wsdl.binds(envelope.version, None)
        && envelope.fault().is_none()
        && wsdl.is_of_none(&told)
}

/// The envelope of a message, where it can be one.
fn document_of(payload: &Payload) -> Option<&Document> {
    match payload {
        Payload::Xml(document) => Some(document),
        Payload::Multipart(multipart) => Some(multipart.document()),
        Payload::Json(_) | Payload::Other(_) => None,
    }
}

/// The operation of a message, where it says which.
pub(super) fn operation_of<'w>(
    wsdl: &'w Wsdl,
    payload: Option<&Payload>,
    occasion: &Occasion<'_>,
) -> Option<&'w str> {
    if is_other_method(occasion) {
        return None;
    }
    let envelope = Envelope::outline(document_of(payload?)?)?;
    let soap_action = soap_action(occasion, envelope.version);
    let (direction, port) = (occasion.direction, wsdl.port_called(occasion));
    let told = Told { envelope: &envelope, soap_action, direction, port };
    wsdl.find(&told).map(|found| found.operation.name.as_str())
}

/// Judges a message.
pub(super) fn judge(
    wsdl: &Wsdl,
    payload: Option<&Payload>,
    occasion: &Occasion<'_>,
    options: &JudgeOptions,
    violations: &mut Violations<'_>,
) {
    if is_other_method(occasion) {
        let sentence = "a SOAP service is asked by the method POST alone";
        let code = code::OPERATION_UNKNOWN;
        let violation = Violation::new(code, Layer::Wsdl, Severity::Error, sentence);
        return violations.push(violation.with_rule("R1132"));
    }
    let (document, multipart) = match payload {
        Some(Payload::Xml(document)) => (document, None),
        Some(Payload::Multipart(multipart)) => (multipart.document(), Some(&**multipart)),
        Some(Payload::Json(_) | Payload::Other(_)) => {
            let sentence = "the message is not XML, and no XML with attachments";
            let violation =
                Violation::new(code::MEDIA_TYPE, Layer::Wsdl, Severity::Error, sentence);
            return violations.push(violation);
        }
        None => return nothing(wsdl, occasion, violations),
    };
    let mut judging = Judging { wsdl, document, multipart, occasion, options, violations };
    judging.judge();
}

/// A message without content: right only as the answer to what has no answer, and as the question who asks.
fn nothing(wsdl: &Wsdl, occasion: &Occasion<'_>, violations: &mut Violations<'_>) {
    use super::Schema as _;
    let answer = occasion.direction == Direction::Response;
    if answer && (wsdl.is_one_way(occasion.operation) || asks_who(occasion)) {
        return;
    }
    let sentence = "the message has no content, and an envelope is due";
    violations.malformed(Violation::syntax(code::EMPTY_MESSAGE, sentence));
}

/// Whether an answer asks for credentials (RFC 9110, section 15.5.2): a step of HTTP before any envelope.
fn asks_who(occasion: &Occasion<'_>) -> bool {
    occasion.response.is_some_and(|head| {
        let mut names = head.headers.iter().map(|(name, _)| name);
        head.status == 401 && names.any(|name| name.eq_ignore_ascii_case("www-authenticate"))
    })
}

/// A message that is judged.
pub(super) struct Judging<'j, 'v, 'c> {
    pub(super) wsdl: &'j Wsdl,
    pub(super) document: &'j Document,
    pub(super) multipart: Option<&'j Multipart>,
    pub(super) occasion: &'j Occasion<'j>,
    options: &'j JudgeOptions,
    pub(super) violations: &'v mut Violations<'c>,
}

impl Judging<'_, '_, '_> {
    fn judge(&mut self) {
        let mut misfits = Vec::new();
        let document = self.document;
        let envelope = Envelope::read(document, &mut misfits);
        for Misfit { code, rule, sentence, node } in misfits {
            self.tell(code, rule, sentence, node);
        }
        let Some(envelope) = envelope else { return };
        let port = self.wsdl.port_called(self.occasion);
        if !self.wsdl.binds(envelope.version, port) {
            let what = if port.is_some() { "port that is called" } else { "contract" };
            let sentence = format!("the {what} binds nothing to {}", envelope.version.word());
            let root = document.document_element();
            return self.tell(code::SOAP_VERSION, "soap11-4.1.2", sentence, root);
        }
        self.media_type(envelope.version);
        self.references();
        let direction = self.occasion.direction;
        let soap_action = soap_action(self.occasion, envelope.version);
        let told = Told { envelope: &envelope, soap_action, direction, port };
        let found = match self.occasion.operation {
            "" => self.wsdl.find(&told),
            name => self.wsdl.named(name, &told),
        };
        if let Some(fault) = envelope.fault() {
            return self.fault(&envelope, fault, found);
        }
        let Some(found) = found else {
            let sentence = self.wsdl.lost(told);
            let at = envelope.contents.first().copied().unwrap_or(envelope.body);
            return self.tell(code::SOAP_OPERATION_UNKNOWN, "R2727", sentence, at);
        };
        self.status(false, envelope.body);
        self.accepted(found);
        self.actions(found, &told);
        self.headers(&envelope, Some(found));
        self.body(&envelope, found);
    }

    /// Which way the message goes.
    pub(super) fn direction(&self) -> Direction {
        self.occasion.direction
    }

    /// Adds an error at a node.
    pub(super) fn tell(
        &mut self,
        code: Code,
        rule: &str,
        sentence: impl Into<String>,
        node: NodeId,
    ) {
        self.push(code, Severity::Error, rule, sentence, node);
    }

    /// Adds a violation at a node.
    pub(super) fn push(
        &mut self,
        code: Code,
        severity: Severity,
        rule: &str,
        sentence: impl Into<String>,
        node: NodeId,
    ) {
        let (line, column) = self.document.place(node);
        let violation = Violation::new(code, Layer::Wsdl, severity, sentence)
            .with_rule(rule)
            .at_path(self.path(node))
            .at(line, column);
        self.violations.push(violation);
    }

    /// The path of a node: names of SOAP and of the contract are shown, all others are `*`.
    fn path(&self, node: NodeId) -> String {
        let document = self.document;
        document.path_with(node, |step| {
            let (namespace, local) = (document.namespace(step), document.local(step));
            let is_attribute = document.kind(step) == NodeKind::Attribute;
            self.options.show_values
                || (SoapVersion::of(namespace).is_some() && is_soap(local))
                || (namespace.is_empty() && is_of_fault(document, step))
                || (!is_attribute && self.is_known(namespace, local))
        })
    }

    fn is_known(&self, namespace: &str, local: &str) -> bool {
        self.wsdl.schema.has_name(namespace, local)
            || self
                .wsdl
                .words
                .contains(&XmlName { namespace: namespace.to_owned(), local: local.to_owned() })
            || (ADDRESSING.contains(&namespace) && local == "Action")
    }

    /// References into the message that lead nowhere (XML-binary Optimized Packaging, section 3.2).
    fn references(&mut self) {
        let document = self.document;
        for node in includes_of(document) {
            let leads = self.multipart.is_some_and(|multipart| multipart.leads(node));
            if !leads {
                let sentence =
                    "the reference leads to no part of the message that it could stand for";
                self.tell(code::PART_MISSING, "xop-3.2", sentence, node);
            }
        }
    }

    fn actions(&mut self, found: Found<'_>, told: &Told<'_>) {
        let Some(side) = found.side(told.direction) else { return };
        let is_request = told.direction == Direction::Request;
        if let Some((node, action)) = told.envelope.action()
            && action != side.action
        {
            let severity = if is_request { Severity::Error } else { Severity::Warning };
            let sentence = format!(
                "the WS-Addressing action is not that of the operation `{}`",
                found.operation.name
            );
            self.push(code::SOAP_ACTION, severity, "wsam-4.4", sentence, node);
        }
        if let Some(second) = told.envelope.second_action() {
            let sentence = "the message states more than one WS-Addressing action";
            self.tell(code::SOAP_ACTION, "wsa-soap-3.2", sentence, second);
        }
        if !is_request || self.occasion.request.is_none() {
            return;
        }
        let due = &found.wire.soap_action;
        let stated = told.soap_action.as_deref().unwrap_or_default();
        if stated == due || (stated.is_empty() && !found.wire.asks_for_action) {
            return;
        }
        let name = &found.operation.name;
        let (severity, sentence) = if stated.is_empty() {
            let sentence =
                format!("HTTP states no SOAP action, and the operation `{name}` has one");
            (Severity::Warning, sentence)
        } else {
            let sentence = format!("the SOAP action of HTTP is not that of the operation `{name}`");
            (Severity::Error, sentence)
        };
        let at = self.document.document_element();
        self.push(code::SOAP_ACTION, severity, "R2744", sentence, at);
    }

    pub(super) fn headers(&mut self, envelope: &Envelope<'_>, found: Option<Found<'_>>) {
        let document = self.document;
        let side = found.and_then(|found| found.side(self.occasion.direction));
        let declared = side.filter(|_| envelope.fault().is_none());
        let declared = declared.map_or(&[][..], |side| &side.headers);
        let passed_over = passed_over(document, envelope.version, true);
        for by in declared {
            let By::Element(name) = by else { continue };
            let mut blocks = envelope.blocks.iter();
            match blocks.find(|block| is(document, **block, &name.namespace, &name.local)) {
                Some(block) => self.part(*block, None, &passed_over, found),
                None => {
                    let sentence = format!(
                        "the header `{}` (namespace {}) is missing",
                        name.local, name.namespace
                    );
                    let at = envelope.header.unwrap_or_else(|| document.document_element());
                    self.tell(code::SOAP_HEADER_MISSING, "R2738", sentence, at);
                }
            }
        }
        if let Some(header) =
            envelope.header.filter(|_| side.is_some_and(|side| side.encodes_headers))
        {
            let sentence = "a header of the operation is encoded, and is not judged";
            self.push(code::SOAP_ENCODED, Severity::Warning, "R2706", sentence, header);
        }
        for block in &envelope.blocks {
            let namespace = document.namespace(*block);
            let is_declared = declared.iter().any(|by| match by {
                By::Element(name) => is(document, *block, &name.namespace, &name.local),
                By::Type(_) => false,
            });
            // A contract states these by policies, and endpoints understand them before any contract.
            let is_common = ADDRESSING.contains(&namespace) || SECURITY.contains(&namespace);
            if !is_declared && !is_common && envelope.must_be_understood(*block) {
                let rule = match envelope.version {
                    SoapVersion::V11 => "soap11-4.2.3",
                    SoapVersion::V12 => "soap12-5.2.3",
                };
                let sentence =
                    "the header must be understood, and the contract does not declare it";
                self.push(code::SOAP_HEADER_UNKNOWN, Severity::Warning, rule, sentence, *block);
            }
        }
    }

    fn body(&mut self, envelope: &Envelope<'_>, found: Found<'_>) {
        let Some(side) = found.side(self.occasion.direction) else {
            let sentence = format!("the operation `{}` has no answer", found.operation.name);
            return self.tell(code::SOAP_BODY, "R2727", sentence, envelope.body);
        };
        match &side.body {
            BodyRule::Elements(names) => self.elements(envelope, names, found),
            BodyRule::Typed(name) => {
                let passed_over: Vec<NameId> = self
                    .document
                    .attributes(envelope.body)
                    .filter_map(|attribute| self.document.name(attribute))
                    .collect();
                self.part(envelope.body, Some(name), &passed_over, Some(found));
            }
            BodyRule::Rpc { wrapper, parts } => self.wrapper(envelope, wrapper, parts, found),
            BodyRule::Encoded { wrapper } => self.encoded(envelope, wrapper.as_ref(), found),
        }
    }

    fn elements(&mut self, envelope: &Envelope<'_>, names: &[XmlName], found: Found<'_>) {
        self.stray_text(envelope.body);
        let operation = &found.operation.name;
        let passed_over = passed_over(self.document, envelope.version, false);
        let mut contents = envelope.contents.iter();
        for name in names {
            let Some(node) = contents.next() else {
                let sentence = format!("the element `{}` of `{operation}` is missing", name.local);
                return self.tell(code::SOAP_BODY, "R2712", sentence, envelope.body);
            };
            if !is(self.document, *node, &name.namespace, &name.local) {
                let sentence =
                    format!("the element `{}` of `{operation}` must stand here", name.local);
                return self.tell(code::SOAP_BODY, "R2712", sentence, *node);
            }
            self.part(*node, None, &passed_over, Some(found));
        }
        if let Some(more) = contents.next() {
            let sentence = format!("the body of `{operation}` holds nothing more");
            self.tell(code::SOAP_BODY, "R2712", sentence, *more);
        }
    }

    /// Encoded content: nothing but the name of its wrapper is judged, and the verdict says so.
    fn encoded(&mut self, envelope: &Envelope<'_>, wrapper: Option<&XmlName>, found: Found<'_>) {
        self.stray_text(envelope.body);
        let first = envelope.contents.first().copied();
        let fits = |name: &XmlName| {
            first.is_some_and(|node| is(self.document, node, &name.namespace, &name.local))
        };
        if let Some(name) = wrapper.filter(|name| !fits(name)) {
            let sentence = format!(
                "the wrapper `{}` of `{}` must stand here",
                name.local, found.operation.name
            );
            self.tell(code::SOAP_BODY, "soap11-7.1", sentence, first.unwrap_or(envelope.body));
        }
        let sentence = "the content of the body is encoded, and is not judged";
        self.push(code::SOAP_ENCODED, Severity::Warning, "R2706", sentence, envelope.body);
    }

    fn stray_text(&mut self, node: NodeId) {
        let document = self.document;
        let text = document.children(node).find(|child| {
            document.kind(*child) == NodeKind::Text && !document.text(*child).trim().is_empty()
        });
        if let Some(text) = text {
            self.tell(code::SOAP_BODY, "R2712", "text may not stand here", text);
        }
    }

    /// A wrapper and its parts (WS-I Basic Profile 1.1, section 4.7.10 and following).
    fn wrapper(
        &mut self,
        envelope: &Envelope<'_>,
        wrapper: &XmlName,
        parts: &[(String, By)],
        found: Found<'_>,
    ) {
        let document = self.document;
        self.stray_text(envelope.body);
        let first = envelope.contents.first().copied();
        let fits = |node: NodeId| is(document, node, &wrapper.namespace, &wrapper.local);
        let Some(node) = first.filter(|node| fits(*node)) else {
            let sentence = format!("the wrapper `{}` must stand here", wrapper.local);
            return self.tell(code::SOAP_BODY, "R2729", sentence, first.unwrap_or(envelope.body));
        };
        if let Some(more) = envelope.contents.get(1) {
            self.tell(code::SOAP_BODY, "R2729", "the body holds one wrapper alone", *more);
        }
        self.stray_text(node);
        let mut accessors = elements(document, node);
        for (name, by) in parts {
            let Some(accessor) = accessors.next() else {
                let sentence = format!("the part `{name}` is missing");
                return self.tell(code::SOAP_BODY, "R2735", sentence, node);
            };
            match by {
                By::Type(type_name) if is(document, accessor, "", name) => {
                    self.part(accessor, Some(type_name), &[], Some(found));
                }
                By::Element(element)
                    if is(document, accessor, &element.namespace, &element.local) =>
                {
                    self.part(accessor, None, &[], Some(found));
                }
                By::Type(_) | By::Element(_) => {
                    let (rule, sentence) = misplaced(document, accessor, (name, by), parts);
                    return self.tell(code::SOAP_BODY, rule, sentence, accessor);
                }
            }
        }
        if let Some(more) = accessors.next() {
            self.tell(code::SOAP_BODY, "R2735", "the wrapper has no such part", more);
        }
    }

    /// Judges an element by its declaration, or by a type.
    pub(super) fn part(
        &mut self,
        element: NodeId,
        type_name: Option<&XmlName>,
        passed_over: &[NameId],
        found: Option<Found<'_>>,
    ) {
        let document = self.document;
        let include = document.name_id(XOP, "Include");
        let multipart = self.multipart;
        let stand_in = move |node: NodeId| {
            let stands = include.is_some() && document.name(node) == include;
            // One that leads nowhere is told already, and stands for nothing here.
            stands.then(|| multipart.and_then(|all| all.included(node)).unwrap_or_default().into())
        };
        let part = Part {
            element,
            type_name: type_name.map(|name| (name.namespace.as_str(), name.local.as_str())),
            passed_over,
            stand_in: include.is_some().then_some(&stand_in),
        };
        let asked = Asked {
            show_values: self.options.show_values,
            // One more than there is room for, so that the verdict knows that it was cut.
            violations_max: self.violations.room().saturating_add(1),
        };
        let judged = self.wsdl.schema.judge_part(document, &part, asked).unwrap_or_default();
        if judged.is_empty() {
            return;
        }
        let base = self.path(element);
        let operation = found.map_or("", |found| found.operation.place.as_str());
        for mut each in judged {
            // What stands in a part that names a type is declared in no schema.
            let place = each.declared_in.as_deref().filter(|place| *place != "#");
            let place = place.map(gather::real_place);
            let places = [place.as_deref().unwrap_or(operation), operation];
            // The engine's path begins with the element itself.
            let below = each.path.get(1..).and_then(|path| path.find('/')).map(|at| at + 1);
            let below = below.and_then(|at| each.path.get(at..)).unwrap_or_default();
            each.path = format!("{base}{below}");
            self.violations.push_at(xsd::violation(each), &places);
        }
    }
}

/// What is said where another element stands in the place of a part (WS-I Basic Profile 1.1, R2301 and R2735).
fn misplaced(
    document: &Document,
    accessor: NodeId,
    (name, by): (&str, &By),
    parts: &[(String, By)],
) -> (&'static str, String) {
    let local = document.local(accessor);
    let qualified = !document.namespace(accessor).is_empty();
    if matches!(by, By::Type(_)) && local == name && qualified {
        return ("R2735", format!("the part `{name}` stands in no namespace"));
    }
    if parts.iter().any(|(other, _)| other == local) {
        return ("R2301", format!("the part `{name}` must stand here: parts stand in their order"));
    }
    ("R2735", format!("the part `{name}` must stand here"))
}

/// Whether a node is one of the elements that a fault of SOAP 1.1 has, which are of no namespace.
fn is_of_fault(document: &Document, node: NodeId) -> bool {
    let parent = document.parent(node);
    OF_11.contains(&document.local(node))
        && document.kind(node) == NodeKind::Element
        && parent.is_some_and(|parent| is(document, parent, SoapVersion::V11.envelope(), "Fault"))
}

/// Names of SOAP's own elements and attributes.
fn is_soap(local: &str) -> bool {
    const NAMES: [&str; 13] = [
        "Envelope",
        "Header",
        "Body",
        "Fault",
        "Code",
        "Subcode",
        "Value",
        "Reason",
        "Text",
        "Node",
        "Role",
        "Detail",
        "mustUnderstand",
    ];
    NAMES.contains(&local)
}

/// Attributes that SOAP and WS-Security put on what stands in a header or body: `wsu:Id` for signatures
/// (SOAP Message Security 1.1, section 4), and for blocks of a header who must understand them.
pub(super) fn passed_over(
    document: &Document,
    version: SoapVersion,
    is_block: bool,
) -> Vec<NameId> {
    let soap = version.envelope();
    let of_block = ["mustUnderstand", "actor", "role", "relay"];
    let of_block = of_block.iter().filter(|_| is_block).map(|local| (soap, *local));
    let all = [(WSU, "Id"), (soap, "encodingStyle")].into_iter().chain(of_block);
    all.filter_map(|(namespace, local)| document.name_id(namespace, local)).collect()
}
