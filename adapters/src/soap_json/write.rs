//! From JSON to XML: a value becomes an element by the form of its type.
//!
//! What JSON may say is judged here as far as its form goes; whether the XML is as the schema says, the schema
//! judges afterwards, and each node of the XML knows the place in the JSON that it comes from.

use super::{
    form::{AttributeForm, Child, Children, ContentForm, Form, Forms, What},
    fragment, names,
    namespaces::{Namespaces, XSI, escape},
    pointer::{Places, Token},
    value::{self, Misfit},
};
use serde_json::{Map, Value};
use sluse_contracts::{Layer, Severity, Violation, code};
use sluse_xml::{Document, NodeId};
use sluse_xsd::{AnyType, DeclaredElement, Shapes, SimpleId};

/// Most faults of form that are told of one message.
const FAULTS_MAX: usize = 100;

/// A document that is being written.
pub(super) struct Writing<'w> {
    shapes: Shapes<'w>,
    forms: &'w Forms,
    text: String,
    namespaces: Namespaces,
    pub(super) places: Places<'w>,
    pub(super) faults: Vec<Violation>,
    /// Where the declarations of namespaces are put in.
    declare_at: Option<usize>,
}

impl<'w> Writing<'w> {
    pub(super) fn new(shapes: Shapes<'w>, forms: &'w Forms) -> Self {
        Self {
            shapes,
            forms,
            text: String::new(),
            namespaces: Namespaces::default(),
            places: Places::default(),
            faults: Vec::new(),
            declare_at: None,
        }
    }

    /// The document, with all namespaces declared.
    pub(super) fn finish(mut self) -> (String, Places<'w>) {
        let declarations = self.namespaces.declarations();
        if let Some(at) = self.declare_at {
            self.text.insert_str(at, &declarations);
        }
        (self.text, self.places)
    }

    /// Begins an element; its attributes may follow, then [`Self::inside`]. Gives its name as written.
    pub(super) fn start(&mut self, namespace: &str, local: &str) -> String {
        let name = self.namespaces.written(namespace, local);
        self.text.push('<');
        self.text.push_str(&name);
        self.declare_at.get_or_insert(self.text.len());
        self.places.node();
        name
    }

    pub(super) fn inside(&mut self) {
        self.text.push('>');
    }

    pub(super) fn end(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    /// Writes what is written already.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A name with the prefix of its namespace.
    pub(super) fn written(&mut self, namespace: &str, local: &str) -> String {
        self.namespaces.written(namespace, local)
    }

    fn attribute(&mut self, namespace: &str, local: &str, value: &str) {
        let name = self.namespaces.written(namespace, local);
        self.text.push(' ');
        self.text.push_str(&name);
        self.text.push_str("=\"");
        escape(value, &mut self.text);
        self.text.push('"');
        self.places.node();
    }

    /// Tells a fault of form at the present place.
    pub(super) fn fault(&mut self, sentence: Misfit) {
        if self.faults.len() < FAULTS_MAX {
            let violation = Violation::new(code::JSON_FORM, Layer::Wsdl, Severity::Error, sentence);
            self.faults.push(violation.at_path(self.places.pointer()));
        }
    }

    /// Tells a fault of form one step further.
    fn fault_at(&mut self, token: Token<'w>, sentence: Misfit) {
        let before = self.places.enter(token);
        self.fault(sentence);
        self.places.leave(before);
    }

    /// Tells a fault of form of a member whose name is not shown.
    pub(super) fn hidden_fault(&mut self, sentence: Misfit) {
        self.fault_at(Token::Hidden, sentence);
    }

    /// Writes an element that is declared at the top of the schema.
    pub(super) fn global(&mut self, namespace: &str, local: &str, value: &Value) {
        let found = self.shapes.global_element(namespace, local);
        match found.and_then(|id| self.shapes.element(id)) {
            Some(declared) => self.element(&declared, value),
            None => self.fault("the schema does not declare the element"),
        }
    }

    fn element(&mut self, declared: &DeclaredElement<'_>, value: &Value) {
        let empty = Map::new();
        let object = value.as_object();
        let Some(of_type) = self.of_type(declared, object) else { return };
        let name = self.start(declared.namespace, declared.local);
        if let Some(stated) = object.and_then(|object| object.get("$type"))
            && let Some(type_name) = self.forms.types.name(of_type)
            && stated.is_string()
        {
            let text = self.namespaces.written(&type_name.namespace, &type_name.local);
            self.attribute(XSI, "type", &text);
        }
        let is_nil = value.is_null() || object.and_then(|object| object.get("$nil")).is_some();
        if is_nil {
            self.nil(declared, object);
        }
        let form = match of_type {
            AnyType::Complex(id) => self.forms.get(self.shapes, id),
            AnyType::Simple(_) => None,
        };
        if let (Some(form), Some(object)) = (form, object) {
            self.attributes(form, object);
        }
        self.inside();
        if is_nil {
            self.known(object.unwrap_or(&empty), form, |_| false);
        } else {
            self.content(of_type, form, value);
        }
        self.end(&name);
    }

    fn nil(&mut self, declared: &DeclaredElement<'_>, object: Option<&Map<String, Value>>) {
        if !declared.is_nillable {
            self.fault("the element may not be nil");
        }
        let stated = object.and_then(|object| object.get("$nil"));
        if stated.is_some_and(|stated| *stated != Value::Bool(true)) {
            self.fault_at(Token::Name("$nil"), "`true` must stand here, or the member be left out");
        }
        self.attribute(XSI, "nil", "true");
    }

    fn of_type(
        &mut self,
        declared: &DeclaredElement<'_>,
        object: Option<&Map<String, Value>>,
    ) -> Option<AnyType> {
        let Some(stated) = object.and_then(|object| object.get("$type")) else {
            return Some(declared.of_type);
        };
        let found = stated.as_str().and_then(|name| self.forms.types.find(name));
        let fits = |found: &AnyType| self.shapes.may_stand_for(*found, declared.of_type);
        let found = found.filter(fits);
        if found.is_none() {
            let sentence = "the name of a type must stand here that may stand for the declared one";
            self.fault_at(Token::Name("$type"), sentence);
        }
        found
    }

    fn attributes(&mut self, form: &'w Form, object: &Map<String, Value>) {
        for attribute in &form.attributes {
            let Some(value) = object.get(&attribute.name) else { continue };
            let before = self.places.enter(Token::Name(&attribute.name));
            match value::write(self.shapes, attribute.of_type, value, &mut self.namespaces) {
                Ok(text) => self.attribute(&attribute.namespace, &attribute.local, &text),
                Err(misfit) => self.fault(misfit),
            }
            self.places.leave(before);
        }
        if form.has_open_attributes {
            let open = object.iter().filter(|(name, _)| is_open_attribute(form, name));
            open.for_each(|(name, value)| self.open_attribute(form, name, value));
        }
    }

    fn open_attribute(&mut self, form: &Form, name: &str, value: &Value) {
        let before = self.places.enter(Token::Hidden);
        let parts = name.strip_prefix('@').and_then(names::unbraced);
        // One that the type declares would stand twice.
        let is_free = |(namespace, local): (&str, &str)| {
            let same = |each: &AttributeForm| each.namespace == namespace && each.local == local;
            namespace != XSI && value::is_namespace(namespace) && !form.attributes.iter().any(same)
        };
        match (parts.filter(|parts| is_free(*parts)), value) {
            (Some((namespace, local)), Value::String(text))
                if is_name(local) && text.chars().all(value::is_of_xml) =>
            {
                self.attribute(namespace, local, text);
            }
            _ => self.fault("an attribute is called `@{namespace}name`, and its value is a string"),
        }
        self.places.leave(before);
    }

    fn content(&mut self, of_type: AnyType, form: Option<&'w Form>, value: &Value) {
        let simple = match (of_type, form.map(|form| &form.content)) {
            (AnyType::Simple(simple), _) => simple,
            (_, Some(ContentForm::Value(simple))) => *simple,
            (_, content) => {
                let Some(object) = value.as_object() else {
                    return self.fault("an object must stand here");
                };
                match content {
                    Some(ContentForm::Members(children)) => self.members(form, children, object),
                    Some(ContentForm::Items { children, mixed }) => {
                        self.items(form, children, *mixed, object);
                    }
                    _ => self.known(object, form, |_| false),
                }
                return;
            }
        };
        let has_type = value.as_object().is_some_and(|object| object.contains_key("$type"));
        if has_type || form.is_some_and(Form::is_object) {
            self.value_in_object(form, simple, value);
        } else {
            self.simple(simple, value);
        }
    }

    fn value_in_object(&mut self, form: Option<&'w Form>, simple: SimpleId, value: &Value) {
        let Some(object) = value.as_object() else {
            return self.fault("an object with the member `$value` must stand here");
        };
        self.known(object, form, |name| name == "$value");
        let Some(value) = object.get("$value") else {
            return self.fault("the member `$value` is missing");
        };
        let before = self.places.enter(Token::Name("$value"));
        self.simple(simple, value);
        self.places.leave(before);
    }

    fn simple(&mut self, simple: SimpleId, value: &Value) {
        match value::write(self.shapes, simple, value, &mut self.namespaces) {
            Ok(text) => escape(&text, &mut self.text),
            Err(misfit) => self.fault(misfit),
        }
    }

    /// Tells members that the form does not have.
    fn known(
        &mut self,
        object: &Map<String, Value>,
        form: Option<&Form>,
        is_content: impl Fn(&str) -> bool,
    ) {
        for name in object.keys() {
            let is_attribute = form.is_some_and(|form| {
                form.attributes.iter().any(|each| each.name == *name)
                    || is_open_attribute(form, name)
            });
            let is_known = matches!(name.as_str(), "$type" | "$nil") || is_attribute;
            if !is_known && !is_content(name) {
                self.fault_at(Token::Hidden, "there is no such member here");
            }
        }
    }

    fn members(
        &mut self,
        form: Option<&'w Form>,
        children: &'w Children,
        object: &Map<String, Value>,
    ) {
        self.known(object, form, |name| children.find(name).is_some());
        if children.in_any_order {
            let members = object.iter();
            let members = members.filter_map(|(name, value)| Some((children.find(name)?, value)));
            members.for_each(|(child, value)| self.member(child, value));
            return;
        }
        for child in &children.all {
            if let Some(value) = object.get(&child.name) {
                self.member(child, value);
            }
        }
    }

    fn member(&mut self, child: &'w Child, value: &Value) {
        let before = self.places.enter(Token::Name(&child.name));
        match (child.repeats || child.what == What::Any, value) {
            (false, value) => self.child(child, value),
            (true, Value::Array(items)) => {
                for (at, item) in items.iter().enumerate() {
                    let before = self.places.enter(Token::Index(at));
                    self.child(child, item);
                    self.places.leave(before);
                }
            }
            (true, _) => self.fault("an array must stand here: there can be more than one"),
        }
        self.places.leave(before);
    }

    fn child(&mut self, child: &'w Child, value: &Value) {
        match child.what {
            What::Element(id) => match self.shapes.element(id) {
                Some(declared) => self.element(&declared, value),
                None => self.fault("the schema does not have the type of the element"),
            },
            What::Any => self.any(value),
        }
    }

    /// What a wildcard lets in: an object with one declared element, or XML in a string.
    pub(super) fn any(&mut self, value: &Value) {
        match value {
            Value::Object(object) if object.len() == 1 => {
                for (name, value) in object {
                    let before = self.places.enter(Token::Hidden);
                    match names::unbraced(name) {
                        Some((namespace, local)) => self.global(namespace, local, value),
                        None => self.fault("the member is called `{namespace}name`"),
                    }
                    self.places.leave(before);
                }
            }
            Value::String(text) => self.fragment(text),
            _ => self.fault("an object with one member, or a string of XML, must stand here"),
        }
    }

    fn fragment(&mut self, text: &str) {
        let Ok(document) = Document::parse_text(text, &sluse_xml::Limits::default()) else {
            return self.fault("the string is not well-formed XML");
        };
        let root = document.document_element();
        fragment::append(&document, root, &mut self.text);
        let below = std::iter::once(root).chain(document.descendants(root));
        let n_nodes = |node: NodeId| match document.kind(node) {
            sluse_xml::NodeKind::Element => 1 + document.attributes(node).count(),
            _ => 0,
        };
        (0..below.map(n_nodes).sum::<usize>()).for_each(|_| self.places.node());
    }

    fn items(
        &mut self,
        form: Option<&'w Form>,
        children: &'w Children,
        mixed: bool,
        object: &Map<String, Value>,
    ) {
        self.known(object, form, |name| name == "$content");
        let Some(content) = object.get("$content") else { return };
        let before = self.places.enter(Token::Name("$content"));
        match content {
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    let before = self.places.enter(Token::Index(at));
                    self.item(children, mixed, item);
                    self.places.leave(before);
                }
            }
            _ => self.fault("an array must stand here"),
        }
        self.places.leave(before);
    }

    fn item(&mut self, children: &'w Children, mixed: bool, item: &Value) {
        match item {
            Value::String(text) if mixed && text.chars().all(value::is_of_xml) => {
                escape(text, &mut self.text);
            }
            Value::Object(object) if object.len() == 1 => {
                for (name, value) in object {
                    let Some(child) = children.find(name) else {
                        self.fault_at(Token::Hidden, "there is no such member here");
                        continue;
                    };
                    let before = self.places.enter(Token::Name(&child.name));
                    self.child(child, value);
                    self.places.leave(before);
                }
            }
            _ if mixed => self.fault("a string, or an object with one member, must stand here"),
            _ => self.fault("an object with one member must stand here"),
        }
    }
}

fn is_open_attribute(form: &Form, name: &str) -> bool {
    form.has_open_attributes
        && name.starts_with('@')
        && !form.attributes.iter().any(|each| each.name == name)
}

/// Whether a text can be the name of an attribute; what XML has more of is not needed here.
fn is_name(text: &str) -> bool {
    let is_letter = |c: char| c.is_alphabetic() || c == '_';
    text.starts_with(is_letter)
        && text.chars().all(|c| is_letter(c) || c.is_numeric() || matches!(c, '-' | '.' | '·'))
}
