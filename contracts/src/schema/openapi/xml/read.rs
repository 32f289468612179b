//! From a document of XML to the value that its schema speaks of, and where each part of it stands.

use super::{
    DEPTH_MAX, VALUES_MAX,
    plan::{Form, Plan, Shape, Slot},
};
use crate::schema::openapi::shape::Kind;
use serde_json::{Map, Number, Value};
use sluse_xml::{Document, NodeId, NodeKind};
use std::collections::BTreeMap;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What stands under the name of a member that `xml.name` has written under another.
const CALLED_OTHERWISE: &str =
    "the member of this name is written under another name in the description";

/// What a document says.
pub(super) struct Read {
    pub(super) value: Value,
    pub(super) places: Places,
    pub(super) misfits: Vec<Misfit>,
    pub(super) n_values: usize,
}

/// Why a document is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    TooDeep,
    TooLarge,
}

/// What is not written as the description says.
pub(super) struct Misfit {
    pub(super) node: NodeId,
    pub(super) sentence: &'static str,
    /// Whether it contradicts the description; else the description says nothing of it.
    pub(super) contradicts: bool,
}

/// Where the parts of a value stand.
pub(super) struct Places {
    node: NodeId,
    members: BTreeMap<String, Self>,
    items: Vec<Self>,
}

impl Places {
    fn leaf(node: NodeId) -> Self {
        Self { node, members: BTreeMap::new(), items: Vec::new() }
    }

    /// The node that a JSON Pointer leads to, or the nearest one around it.
    pub(super) fn find(&self, pointer: &str) -> NodeId {
        let mut here = self;
        for step in pointer.split('/').skip(1) {
            let name = crate::payload::unescape_step(step);
            let item = name.parse::<usize>().ok().and_then(|at| here.items.get(at));
            let Some(next) = here.members.get(&*name).or(item) else { break };
            here = next;
        }
        here.node
    }
}

/// Reads a document; what is told besides is bounded.
pub(super) fn read(plan: &Plan, document: &Document, misfits_max: usize) -> Result<Read, Unread> {
    let root = document.document_element();
    let mut reading = Reading { plan, document, misfits: Vec::new(), misfits_max, n_values: 0 };
    let shape = plan.shapes.first();
    let is_named = plan.root_names.is_empty()
        || plan.root_names.iter().any(|name| name == document.local(root));
    let namespace = shape.and_then(|shape| shape.xml.namespace.as_deref()).unwrap_or_default();
    if !is_named {
        reading.tell(root, "the root element is called otherwise in the description");
    } else if document.namespace(root) != namespace
        && (!namespace.is_empty() || !plan.root_names.is_empty())
    {
        reading.tell(root, "the root element is of another namespace than the description says");
    }
    let (value, places) = match shape {
        Some(shape) if shape.is(Kind::Array) => {
            let names = plan.item_names(shape, &plan.root_names);
            reading.wrapped(root, shape.items, &names, namespace, 0)?
        }
        Some(shape) => reading.element(root, shape, namespace, 0)?,
        None => reading.anything(root, 0)?,
    };
    let Reading { misfits, n_values, .. } = reading;
    Ok(Read { value, places, misfits, n_values })
}

struct Reading<'r> {
    plan: &'r Plan,
    document: &'r Document,
    misfits: Vec<Misfit>,
    misfits_max: usize,
    n_values: usize,
}

type One = Result<(Value, Places), Unread>;

impl<'r> Reading<'r> {
    fn tell(&mut self, node: NodeId, sentence: &'static str) {
        self.push(Misfit { node, sentence, contradicts: true });
    }

    fn push(&mut self, misfit: Misfit) {
        if self.misfits.len() < self.misfits_max {
            self.misfits.push(misfit);
        }
    }

    /// Counts a value at a depth.
    fn count(&mut self, depth: usize) -> Result<(), Unread> {
        self.n_values += 1;
        if depth > DEPTH_MAX {
            return Err(Unread::TooDeep);
        }
        if self.n_values > VALUES_MAX { Err(Unread::TooLarge) } else { Ok(()) }
    }

    fn elements(&self, node: NodeId) -> impl Iterator<Item = NodeId> + Clone + use<'r> {
        let document = self.document;
        document.children(node).filter(move |child| document.kind(*child) == NodeKind::Element)
    }

    /// The attributes of an element that belong to what it says.
    fn attributes(&self, node: NodeId) -> impl Iterator<Item = NodeId> + Clone + use<'r> {
        let document = self.document;
        let kept = move |attribute: &NodeId| {
            !matches!(document.namespace(*attribute), XSI | sluse_xml::XML_NAMESPACE)
        };
        document.attributes(node).filter(kept)
    }

    fn is_nil(&self, node: NodeId) -> bool {
        let stated = self.document.attribute(node, XSI, "nil").map(str::trim);
        matches!(stated, Some("true" | "1"))
    }

    /// The value of one element. `inherited` is the namespace that the description states around it.
    fn element(&mut self, node: NodeId, shape: &'r Shape, inherited: &'r str, depth: usize) -> One {
        if self.is_nil(node) {
            self.count(depth)?;
            return Ok((Value::Null, Places::leaf(node)));
        }
        let holds_elements = self.elements(node).next().is_some();
        let is_text = shape.is_primitive() && (!shape.is(Kind::Object) || !holds_elements);
        if is_text {
            return self.text(node, shape, depth);
        }
        if shape.is(Kind::Object) {
            return self.object(node, shape, inherited, depth);
        }
        if shape.kinds == [Kind::Null] {
            return self.text(node, shape, depth);
        }
        self.anything(node, depth)
    }

    /// The value of an element that holds a text alone.
    fn text(&mut self, node: NodeId, shape: &Shape, depth: usize) -> One {
        self.count(depth)?;
        if let Some(child) = self.elements(node).next() {
            self.tell(child, "an element stands where the description has a text");
        }
        self.unsaid_attributes(node);
        Ok((primitive(self.document.text(node), &shape.kinds), Places::leaf(node)))
    }

    fn object(&mut self, node: NodeId, shape: &'r Shape, inherited: &'r str, depth: usize) -> One {
        self.count(depth)?;
        let mut object = Object { members: Map::new(), places: Places::leaf(node) };
        for attribute in self.attributes(node) {
            self.attribute(attribute, shape, &mut object)?;
        }
        self.stray_text(node);
        for child in self.elements(node) {
            match shape.elements.get(self.document.local(child)) {
                Some(slot) => self.member(child, slot, inherited, depth + 1, &mut object)?,
                None => self.other(child, shape, inherited, depth + 1, &mut object)?,
            }
        }
        // No element says whether a list that nothing holds is empty or absent: it is taken as what must be there.
        for slot in shape.elements.values().filter(|slot| slot.form == Form::Each) {
            if shape.required.contains(&slot.member) && !object.members.contains_key(&slot.member) {
                object.members.insert(slot.member.clone(), Value::Array(Vec::new()));
            }
        }
        Ok((Value::Object(object.members), object.places))
    }

    /// Tells a text that stands between elements.
    fn stray_text(&mut self, node: NodeId) {
        let document = self.document;
        let is_text = |child: &NodeId| {
            document.kind(*child) == NodeKind::Text && !document.text(*child).trim().is_empty()
        };
        if let Some(text) = document.children(node).find(is_text) {
            self.tell(text, "a text stands where the description has elements alone");
        }
    }

    /// Tells attributes of an element of which the description cannot say whether it has any.
    fn unsaid_attributes(&mut self, node: NodeId) {
        if let Some(attribute) = self.attributes(node).next() {
            let sentence = "the description cannot say what attributes stand here";
            self.push(Misfit { node: attribute, sentence, contradicts: false });
        }
    }

    fn attribute(
        &mut self,
        node: NodeId,
        shape: &'r Shape,
        object: &mut Object,
    ) -> Result<(), Unread> {
        self.count(0)?;
        let (local, text) = (self.document.local(node), self.document.text(node));
        let Some(slot) = shape.attributes.get(local) else {
            if shape.elements.contains_key(local) {
                self.tell(node, "an attribute stands where the description has an element");
            } else if shape.has_member(local) {
                self.tell(node, CALLED_OTHERWISE);
            } else {
                let kinds = shape.others.and_then(|id| self.plan.shapes.get(id));
                let kinds = kinds.map_or(&[][..], |shape| &shape.kinds);
                object.add(local, primitive(text, kinds), Places::leaf(node));
            }
            return Ok(());
        };
        if self.document.namespace(node) != slot.namespace.as_deref().unwrap_or_default() {
            self.tell(node, "the attribute is of another namespace than the description says");
        }
        let kinds = self.plan.shapes.get(slot.shape).map_or(&[][..], |shape| &shape.kinds);
        object.add(&slot.member, primitive(text, kinds), Places::leaf(node));
        Ok(())
    }

    /// An element that is a member, or one of the items of one.
    fn member(
        &mut self,
        node: NodeId,
        slot: &'r Slot,
        inherited: &'r str,
        depth: usize,
        object: &mut Object,
    ) -> Result<(), Unread> {
        let namespace = self.document.namespace(node);
        let due = slot.namespace.as_deref();
        // Whether a namespace holds for what stands within is left open: either is taken.
        let fits =
            due.map_or(namespace.is_empty() || namespace == inherited, |due| due == namespace);
        if !fits {
            self.tell(node, "the element is of another namespace than the description says");
        }
        let inherited = due.unwrap_or(inherited);
        let shape = self.plan.shapes.get(slot.shape);
        let (value, places) = match (&slot.form, shape) {
            (Form::Wrapped(names), Some(list)) if !self.is_nil(node) => {
                self.wrapped(node, list.items, names, inherited, depth)?
            }
            (_, Some(shape)) => self.element(node, shape, inherited, depth)?,
            (_, None) => self.anything(node, depth)?,
        };
        if slot.form == Form::Each {
            object.add_item(&slot.member, value, places);
        } else if object.members.contains_key(&slot.member) {
            self.tell(node, "the element stands more than once, and the description has it once");
        } else {
            object.add(&slot.member, value, places);
        }
        Ok(())
    }

    /// An element that is no member that the description names.
    fn other(
        &mut self,
        node: NodeId,
        shape: &'r Shape,
        inherited: &'r str,
        depth: usize,
        object: &mut Object,
    ) -> Result<(), Unread> {
        let local = self.document.local(node);
        if shape.attributes.contains_key(local) {
            self.tell(node, "an element stands where the description has an attribute");
            return Ok(());
        }
        if shape.has_member(local) {
            self.tell(node, CALLED_OTHERWISE);
            return Ok(());
        }
        let others = shape.others.and_then(|id| self.plan.shapes.get(id));
        let (value, places) = match others {
            Some(shape) => self.element(node, shape, inherited, depth)?,
            None => self.anything(node, depth)?,
        };
        if !object.members.contains_key(local) {
            object.add(local, value, places);
        } else if others.is_some() {
            self.tell(node, "the element stands more than once, and the description has it once");
        } else {
            object.add_again(local, value, places);
        }
        Ok(())
    }

    /// A list in an element of its own.
    fn wrapped(
        &mut self,
        node: NodeId,
        items: Option<usize>,
        names: &[String],
        inherited: &'r str,
        depth: usize,
    ) -> One {
        self.count(depth)?;
        self.stray_text(node);
        self.unsaid_attributes(node);
        let item = items.and_then(|id| self.plan.shapes.get(id));
        let due = item.and_then(|item| item.xml.namespace.as_deref());
        let mut list = Vec::new();
        let mut places = Places::leaf(node);
        for child in self.elements(node) {
            let namespace = self.document.namespace(child);
            let is_named =
                names.is_empty() || names.iter().any(|name| name == self.document.local(child));
            let fits =
                due.map_or(namespace.is_empty() || namespace == inherited, |due| due == namespace);
            if !(is_named && fits) {
                self.tell(child, "the list's items are called otherwise in the description");
                continue;
            }
            let (value, place) = match item {
                Some(item) => self.element(child, item, due.unwrap_or(inherited), depth + 1)?,
                None => self.anything(child, depth + 1)?,
            };
            list.push(value);
            places.items.push(place);
        }
        Ok((Value::Array(list), places))
    }

    /// What the description says nothing of: a text, or an object of what stands in it.
    fn anything(&mut self, node: NodeId, depth: usize) -> One {
        self.count(depth)?;
        let holds = self.elements(node).next().is_some() || self.attributes(node).next().is_some();
        if !holds {
            return Ok((Value::String(self.document.text(node).to_owned()), Places::leaf(node)));
        }
        let mut object = Object { members: Map::new(), places: Places::leaf(node) };
        for attribute in self.attributes(node) {
            self.count(depth)?;
            let text = Value::String(self.document.text(attribute).to_owned());
            object.add(self.document.local(attribute), text, Places::leaf(attribute));
        }
        for child in self.elements(node) {
            let (value, places) = self.anything(child, depth + 1)?;
            object.add_again(self.document.local(child), value, places);
        }
        Ok((Value::Object(object.members), object.places))
    }
}

/// An object as it is read.
struct Object {
    members: Map<String, Value>,
    places: Places,
}

impl Object {
    fn add(&mut self, name: &str, value: Value, places: Places) {
        self.members.insert(name.to_owned(), value);
        self.places.members.insert(name.to_owned(), places);
    }

    /// Adds to the list of a member.
    fn add_item(&mut self, name: &str, value: Value, places: Places) {
        let node = self.places.node;
        let list = self.members.entry(name).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(items) = list {
            items.push(value);
        }
        let all = self.places.members.entry(name.to_owned()).or_insert_with(|| Places::leaf(node));
        all.items.push(places);
    }

    /// Adds what may stand there already: it is a list then.
    fn add_again(&mut self, name: &str, value: Value, places: Places) {
        match (self.members.get_mut(name), self.places.members.get_mut(name)) {
            (Some(Value::Array(items)), Some(all)) => {
                items.push(value);
                all.items.push(places);
            }
            (Some(first), Some(all)) => {
                *first = Value::Array(vec![first.take(), value]);
                let node = all.node;
                let one = std::mem::replace(all, Places::leaf(node));
                all.items.extend([one, places]);
            }
            _ => self.add(name, value, places),
        }
    }
}

/// The value that a text stands for, by the types that its schema takes. Numbers and truth values may be written as XML
/// Schema writes them, whose tools write most XML.
fn primitive(text: &str, kinds: &[Kind]) -> Value {
    let is = |kind: Kind| kinds.contains(&kind);
    let plain = text.trim_matches([' ', '\t', '\r', '\n']);
    if is(Kind::String) || kinds.is_empty() {
        return Value::String(text.to_owned());
    }
    if is(Kind::Null) && plain.is_empty() {
        return Value::Null;
    }
    match plain {
        "true" | "1" if is(Kind::Boolean) => return Value::Bool(true),
        "false" | "0" if is(Kind::Boolean) => return Value::Bool(false),
        _ => {}
    }
    let number = (is(Kind::Integer) || is(Kind::Number)).then(|| number(plain)).flatten();
    number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

/// A number as XML Schema writes it: with `+`, leading zeros, a point at either end.
fn number(text: &str) -> Option<Number> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => digits.split_at(at),
        None => (digits, ""),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{part}{exponent}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stand_for_values_of_their_types() {
        use Kind::{Boolean, Integer, Null, Number, String};
        for (text, kinds, expected) in [
            ("7", &[Integer][..], "7"),
            (" +007 ", &[Integer], "7"),
            ("-0", &[Integer], "-0"),
            ("1.50", &[Number], "1.50"),
            (".5", &[Number], "0.5"),
            ("1.", &[Number], "1"),
            ("1e3", &[Number], "1e3"),
            ("INF", &[Number], "\"INF\""),
            (".", &[Number], "\".\""),
            ("+-1", &[Number], "\"+-1\""),
            ("1x", &[Integer], "\"1x\""),
            ("", &[Integer], "\"\""),
            ("", &[Integer, Null], "null"),
            ("", &[String, Null], "\"\""),
            ("1", &[Boolean], "true"),
            ("false", &[Boolean], "false"),
            ("no", &[Boolean], "\"no\""),
            (" a ", &[String], "\" a \""),
            ("7", &[], "\"7\""),
        ] {
            let value = primitive(text, kinds).to_string();
            let value = value.replace("1e+3", "1e3");
            assert_eq!(value, expected, "{text} {kinds:?}");
        }
    }
}
