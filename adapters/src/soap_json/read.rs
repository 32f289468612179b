//! From XML to JSON: an element becomes a value by the form of its type.
//!
//! What the element is, its content model says, child by child; so an element that a wildcard lets in is told
//! from one of the same name that is declared. XML that is not as its schema says ends in a violation.

use super::{
    form::{AttributeForm, ContentForm, Form, Forms, What},
    fragment, names,
    namespaces::XSI,
    value,
};
use serde_json::{Map, Value};
use sluse_contracts::{Code, Layer, Severity, Violation, code, payload::Multipart};
use sluse_xml::{Document, NodeId, NodeKind};
use sluse_xsd::{AnyType, Choice, DeclaredElement, Shapes, SimpleId, Walk};

/// A document on its way into JSON.
pub(super) struct Reading<'r> {
    pub(super) shapes: Shapes<'r>,
    pub(super) forms: &'r Forms,
    pub(super) document: &'r Document,
    /// The message that the document is the root of, where it has attachments.
    pub(super) attachments: Option<&'r Multipart>,
    /// Deepest nesting of JSON values.
    pub(super) depth_max: usize,
}

type Read<T> = Result<T, Box<Violation>>;

impl<'r> Reading<'r> {
    /// The value of an element that is declared at the top of the schema.
    pub(super) fn global(&self, node: NodeId, depth: usize) -> Read<Value> {
        let (namespace, local) = (self.document.namespace(node), self.document.local(node));
        let found = self.shapes.global_element(namespace, local);
        let declared = found.and_then(|id| self.shapes.element(id));
        let declared = declared.ok_or_else(|| self.misfit(node, "the element is not declared"))?;
        self.element(node, &declared, depth)
    }

    /// The value of an element.
    fn element(&self, node: NodeId, declared: &DeclaredElement<'_>, depth: usize) -> Read<Value> {
        if depth > self.depth_max {
            return Err(self.fault(
                code::TOO_DEEP,
                node,
                "the JSON is nested deeper than the limit",
            ));
        }
        let mut object = Map::new();
        let of_type = self.of_type(node, declared, &mut object)?;
        let is_nil = self.is_nil(node);
        let form = match of_type {
            AnyType::Complex(id) => self.forms.get(self.shapes, id),
            AnyType::Simple(_) => None,
        };
        self.attributes(node, form, &mut object)?;
        if is_nil {
            return Ok(nil(object));
        }
        let simple = match (of_type, form.map(|form| &form.content)) {
            (AnyType::Simple(simple), _) => simple,
            (_, Some(ContentForm::Value(simple))) => *simple,
            (_, content) => {
                if let Some(content) = content {
                    self.content(node, content, &mut object, depth)?;
                }
                return Ok(Value::Object(object));
            }
        };
        let value = self.value(node, declared, simple)?;
        if object.is_empty() && !form.is_some_and(Form::is_object) {
            return Ok(value);
        }
        object.insert("$value".to_owned(), value);
        Ok(Value::Object(object))
    }

    /// The type that an element is of; one that is not the declared one is told in `$type`.
    fn of_type(
        &self,
        node: NodeId,
        declared: &DeclaredElement<'_>,
        object: &mut Map<String, Value>,
    ) -> Read<AnyType> {
        let Some(stated) = self.document.attribute(node, XSI, "type") else {
            return Ok(declared.of_type);
        };
        let (prefix, local) = stated.trim().split_once(':').unwrap_or(("", stated.trim()));
        let namespace = self.document.namespace_for_prefix(node, prefix).unwrap_or_default();
        let stated = self.shapes.named_type(namespace, local);
        let stated = stated.filter(|found| self.shapes.may_stand_for(*found, declared.of_type));
        let stated =
            stated.ok_or_else(|| self.misfit(node, "xsi:type names no type of its kind"))?;
        if stated != declared.of_type
            && let Some(name) = self.forms.types.name(stated)
        {
            object.insert("$type".to_owned(), Value::String(name.json.clone()));
        }
        Ok(stated)
    }

    fn is_nil(&self, node: NodeId) -> bool {
        let stated = self.document.attribute(node, XSI, "nil");
        stated.is_some_and(|text| matches!(text.trim(), "true" | "1"))
    }

    fn attributes(
        &self,
        node: NodeId,
        form: Option<&Form>,
        object: &mut Map<String, Value>,
    ) -> Read<()> {
        let document = self.document;
        let declared = form.map(|form| form.attributes.as_slice()).unwrap_or_default();
        for each in declared {
            let is_met = |attribute: &NodeId| is_called(document, *attribute, each);
            let Some(attribute) = document.attributes(node).find(is_met) else { continue };
            let value = self.read(node, each.of_type, document.text(attribute));
            let value = value.ok_or_else(|| self.wrong_value(attribute))?;
            object.insert(each.name.clone(), value);
        }
        for attribute in document.attributes(node) {
            let (namespace, local) = (document.namespace(attribute), document.local(attribute));
            let is_declared = declared.iter().any(|each| is_called(document, attribute, each));
            if is_declared || namespace == XSI {
                continue;
            }
            if !form.is_some_and(|form| form.has_open_attributes) {
                return Err(self.misfit(attribute, "the type has no such attribute"));
            }
            let name = format!("@{}", names::braced(namespace, local));
            object.insert(name, Value::String(document.text(attribute).to_owned()));
        }
        Ok(())
    }

    fn value(&self, node: NodeId, declared: &DeclaredElement<'_>, simple: SimpleId) -> Read<Value> {
        let included = self.included(node);
        if let (None, Some(child)) = (&included, self.elements(node).next()) {
            return Err(self.misfit(child, "no element may stand in a value"));
        }
        let text = included.as_deref().unwrap_or_else(|| self.document.text(node));
        let text = match declared.given {
            Some(given) if text.is_empty() => given.text,
            _ => text,
        };
        self.read(node, simple, text).ok_or_else(|| self.wrong_value(node))
    }

    /// The attachment that stands for a value, in base64 (XML-binary Optimized Packaging, section 2.1).
    fn included(&self, node: NodeId) -> Option<String> {
        let mut inside = self.elements(node);
        let (child, None) = (inside.next()?, inside.next()) else { return None };
        self.attachments?.included(child)
    }

    /// Whether an attachment stands for anything in an element.
    fn has_attachments(&self, node: NodeId) -> bool {
        let leads = |inside: NodeId| self.attachments.is_some_and(|all| all.leads(inside));
        self.attachments.is_some() && self.document.descendants(node).any(leads)
    }

    fn read(&self, node: NodeId, simple: SimpleId, text: &str) -> Option<Value> {
        let prefixes = |prefix: &str| self.document.namespace_for_prefix(node, prefix);
        value::read(self.shapes, simple, text, &prefixes)
    }

    fn content(
        &self,
        node: NodeId,
        content: &ContentForm,
        object: &mut Map<String, Value>,
        depth: usize,
    ) -> Read<()> {
        match content {
            ContentForm::Empty | ContentForm::Value(_) => {
                let inside = self.document.children(node).find(|child| self.says(*child, false));
                inside.map_or(Ok(()), |inside| Err(self.misfit(inside, "nothing may stand here")))
            }
            ContentForm::Members(children) => {
                let mut walk = self.shapes.walk(children.model);
                for child in self.document.children(node).filter(|child| self.says(*child, true)) {
                    let choice = self.step(&mut walk, child)?;
                    let met = children.met(choice);
                    let met = met.ok_or_else(|| self.misfit(child, "it may not stand here"))?;
                    let is_list = met.repeats || met.what == What::Any;
                    let value = self.child(child, choice, depth + 1 + usize::from(is_list))?;
                    put(object, &met.name, value, is_list);
                }
                self.end(node, &walk)
            }
            ContentForm::Items { children, mixed } => {
                let mut items = Vec::new();
                let mut walk = self.shapes.walk(children.model);
                for child in self.document.children(node).filter(|child| self.says(*child, !mixed))
                {
                    if self.document.kind(child) == NodeKind::Text && *mixed {
                        text_item(&mut items, self.document.text(child));
                        continue;
                    }
                    let choice = self.step(&mut walk, child)?;
                    let met = children.met(choice);
                    let met = met.ok_or_else(|| self.misfit(child, "it may not stand here"))?;
                    let value = self.child(child, choice, depth + 3)?;
                    items.push(Value::Object(Map::from_iter([(met.name.clone(), value)])));
                }
                object.insert("$content".to_owned(), Value::Array(items));
                self.end(node, &walk)
            }
        }
    }

    /// Whether a node says anything: comments and instructions do not, and blank text only where text may stand.
    fn says(&self, node: NodeId, blank_is_nothing: bool) -> bool {
        match self.document.kind(node) {
            NodeKind::Element => true,
            NodeKind::Text => !blank_is_nothing || !self.document.text(node).trim().is_empty(),
            NodeKind::Comment
            | NodeKind::Instruction
            | NodeKind::Document
            | NodeKind::Attribute => false,
        }
    }

    fn step(&self, walk: &mut Walk, child: NodeId) -> Read<Choice> {
        if self.document.kind(child) != NodeKind::Element {
            return Err(self.misfit(child, "text may not stand here"));
        }
        let (namespace, local) = (self.document.namespace(child), self.document.local(child));
        let taken = self.shapes.step(walk, namespace, local);
        taken.ok_or_else(|| self.misfit(child, "the element may not stand here"))
    }

    fn end(&self, node: NodeId, walk: &Walk) -> Read<()> {
        if self.shapes.may_end(walk) {
            return Ok(());
        }
        Err(self.misfit(node, "the element is not complete"))
    }

    /// The value of a child, or for one that a wildcard lets in what stands in `$any`.
    fn child(&self, child: NodeId, choice: Choice, depth: usize) -> Read<Value> {
        match choice {
            Choice::Element(id) => {
                let declared = self.shapes.element(id);
                let declared = declared.filter(|declared| !declared.is_abstract);
                let declared =
                    declared.ok_or_else(|| self.misfit(child, "the element may not stand here"))?;
                self.element(child, &declared, depth)
            }
            Choice::Wildcard(id) => {
                let (namespace, local) =
                    (self.document.namespace(child), self.document.local(child));
                let declared = self.shapes.global_element(namespace, local);
                if declared.is_none() || !self.shapes.judges(id) {
                    if self.has_attachments(child) {
                        let sentence = "an attachment stands in an element that is not declared";
                        return Err(self.misfit(child, sentence));
                    }
                    return Ok(Value::String(fragment::write(self.document, child)));
                }
                let value = self.global(child, depth + 1)?;
                let name = names::braced(namespace, local);
                Ok(Value::Object(Map::from_iter([(name, value)])))
            }
        }
    }

    fn elements(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let is_element = |child: &NodeId| self.document.kind(*child) == NodeKind::Element;
        self.document.children(node).filter(is_element)
    }

    fn wrong_value(&self, node: NodeId) -> Box<Violation> {
        self.misfit(node, "the text is no value of its type")
    }

    pub(super) fn misfit(&self, node: NodeId, sentence: &'static str) -> Box<Violation> {
        self.fault(code::WITHOUT_JSON_FORM, node, sentence)
    }

    /// A violation at a node; names that the schema does not have are not shown.
    fn fault(&self, code: Code, node: NodeId, sentence: &'static str) -> Box<Violation> {
        let (line, column) = self.document.place(node);
        let path = self.document.path_with(node, |step| {
            let (namespace, local) = (self.document.namespace(step), self.document.local(step));
            self.shapes.has_name(namespace, local) || super::envelope::is_soap(namespace)
        });
        let violation = Violation::new(code, Layer::Wsdl, Severity::Error, sentence);
        Box::new(violation.at_path(path).at(line, column))
    }
}

fn is_called(document: &Document, attribute: NodeId, form: &AttributeForm) -> bool {
    document.local(attribute) == form.local && document.namespace(attribute) == form.namespace
}

/// An element that is nil: `null`, or an object where more is to be said.
fn nil(mut object: Map<String, Value>) -> Value {
    if object.is_empty() {
        return Value::Null;
    }
    object.insert("$nil".to_owned(), Value::Bool(true));
    Value::Object(object)
}

/// Adds a child to an object. One that stands once has been met once: its model has no place for more.
fn put(object: &mut Map<String, Value>, name: &str, value: Value, is_list: bool) {
    if !is_list {
        object.insert(name.to_owned(), value);
        return;
    }
    let list = object.entry(name).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(list) = list {
        list.push(value);
    }
}

/// Adds text to mixed content; what comments part is one text.
fn text_item(items: &mut Vec<Value>, text: &str) {
    match items.last_mut() {
        Some(Value::String(before)) => before.push_str(text),
        _ => items.push(Value::String(text.to_owned())),
    }
}
