//! The OpenAPI of a face: JSON Schemas by the same rules that messages are read and written by.

mod openapi;
mod pattern;
mod presence;
mod simple;
mod yaml;

pub use yaml::to_yaml;

use super::{
    Face,
    form::{AttributeForm, Child, Children, ContentForm, Form, Forms, What},
};
use serde_json::{Map, Value, json};
use sluse_xsd::{AnyType, ComplexId, DeclaredElement, ModelShape, Shapes};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Where schemas stand in a description.
const PLACE: &str = "#/components/schemas/";

/// Schemas that are being made, each complex type once.
struct Describing<'d> {
    shapes: Shapes<'d>,
    forms: &'d Forms,
    schemas: BTreeMap<String, Value>,
    named: HashMap<ComplexId, String>,
    taken: HashSet<String>,
    /// Types whose schemas are still to be made.
    open: Vec<(ComplexId, String)>,
}

impl<'d> Describing<'d> {
    fn of(shapes: Shapes<'d>, face: &'d Face) -> Self {
        Self {
            shapes,
            forms: &face.forms,
            schemas: BTreeMap::new(),
            named: HashMap::new(),
            taken: HashSet::from(["Problem".to_owned(), "Any".to_owned()]),
            open: Vec::new(),
        }
    }

    /// Makes the schemas of all types that were referred to.
    fn finish(mut self) -> BTreeMap<String, Value> {
        while let Some((id, name)) = self.open.pop() {
            let schema = self.complex(id, &name);
            self.schemas.insert(name, schema);
        }
        self.schemas.insert("Any".to_owned(), any());
        self.schemas
    }

    /// The schema of the value of an element.
    fn element(&mut self, declared: &DeclaredElement<'_>) -> Value {
        let mut ways = Vec::new();
        match declared.of_type {
            AnyType::Simple(id) => ways.push(simple::schema(self.shapes, id)),
            AnyType::Complex(id) => {
                if !self.shapes.is_abstract(id) {
                    ways.push(self.reference(id, declared.local));
                }
                ways.extend(self.derived(declared.of_type));
            }
        }
        if declared.is_nillable {
            ways.extend(self.nil(declared.of_type));
        }
        match <[Value; 1]>::try_from(ways) {
            Ok([only]) => only,
            Err(ways) if ways.is_empty() => Value::Bool(false),
            Err(ways) => json!({ "anyOf": ways }),
        }
    }

    /// The complex types that may stand for one by way of `$type`, by their names.
    fn standing_for(&self, declared: AnyType) -> Vec<(String, AnyType)> {
        let is_whole = |of_type: &AnyType| matches!(of_type, AnyType::Complex(id) if !self.shapes.is_abstract(*id));
        let is_anything = matches!(declared, AnyType::Complex(id) if self.shapes.is_anything(id));
        if is_anything || matches!(declared, AnyType::Simple(_)) {
            return Vec::new();
        }
        let all = self.forms.types.all().filter(|(_, of_type)| *of_type != declared);
        let found = all.filter(|(_, of_type)| {
            is_whole(of_type) && self.shapes.may_stand_for(*of_type, declared)
        });
        let mut found: Vec<(String, AnyType)> =
            found.map(|(name, of_type)| (name.to_owned(), of_type)).collect();
        found.sort_by(|one, other| one.0.cmp(&other.0));
        found
    }

    /// The schemas of types that may stand for one, each named in `$type`.
    fn derived(&mut self, declared: AnyType) -> Vec<Value> {
        let mut ways = Vec::new();
        for (name, of_type) in self.standing_for(declared) {
            let AnyType::Complex(id) = of_type else { continue };
            let reference = self.reference(id, &name);
            let is_object = self.forms.get(self.shapes, id).is_some_and(Form::is_object);
            ways.push(if is_object {
                json!({ "allOf": [reference], "required": ["$type"] })
            } else {
                json!({
                    "type": "object",
                    "properties": { "$type": { "const": name }, "$value": reference },
                    "required": ["$type", "$value"],
                    "additionalProperties": false,
                })
            });
        }
        ways
    }

    /// The schemas of an element that is nil: of the declared type, and of those that may stand for it.
    fn nil(&self, declared: AnyType) -> Vec<Value> {
        let is_abstract = matches!(declared, AnyType::Complex(id) if self.shapes.is_abstract(id));
        let own = self.forms.types.name(declared).map(|known| known.json.as_str());
        let mut ways = Vec::new();
        if !is_abstract {
            ways.push(json!({ "type": "null" }));
            ways.push(self.nil_object(declared, own, false));
        }
        for (name, of_type) in self.standing_for(declared) {
            ways.push(self.nil_object(of_type, Some(&name), true));
        }
        ways
    }

    fn nil_object(&self, of_type: AnyType, name: Option<&str>, is_stated: bool) -> Value {
        let form = match of_type {
            AnyType::Complex(id) => self.forms.get(self.shapes, id),
            AnyType::Simple(_) => None,
        };
        let mut made = self.object(form);
        if let Some(name) = name {
            made.member("$type", json!({ "const": name }), is_stated);
        }
        made.member("$nil", json!({ "const": true }), true);
        made.finish()
    }

    /// A reference to the schema of a complex type, which will be made.
    fn reference(&mut self, id: ComplexId, element: &str) -> Value {
        if let Some(name) = self.named.get(&id) {
            return json!({ "$ref": format!("{PLACE}{name}") });
        }
        let known = self.forms.types.name(AnyType::Complex(id));
        let wanted = sound_name(known.map_or(element, |known| &known.local));
        let mut name = wanted.clone();
        let mut number = 2_u32;
        while !self.taken.insert(name.clone()) {
            name = format!("{wanted}.{number}");
            number = number.saturating_add(1);
        }
        self.named.insert(id, name.clone());
        self.open.push((id, name.clone()));
        json!({ "$ref": format!("{PLACE}{name}") })
    }

    fn complex(&mut self, id: ComplexId, name: &str) -> Value {
        let Some(form) = self.forms.get(self.shapes, id) else { return Value::Bool(true) };
        if self.shapes.is_anything(id) {
            return json!({ "type": "object" });
        }
        if let (false, ContentForm::Value(simple)) = (form.is_object(), &form.content) {
            return simple::schema(self.shapes, *simple);
        }
        self.members(id, form, name).finish()
    }

    /// The object of a complex type.
    fn members(&mut self, id: ComplexId, form: &'d Form, name: &str) -> Object {
        let mut made = self.object(Some(form));
        if let Some(known) = self.forms.types.name(AnyType::Complex(id)) {
            made.member("$type", json!({ "const": known.json }), false);
        }
        match &form.content {
            ContentForm::Empty => {}
            ContentForm::Value(simple) => {
                made.member("$value", simple::schema(self.shapes, *simple), true);
            }
            ContentForm::Members(children) => {
                for child in &children.all {
                    let schema = self.child(child);
                    made.member(&child.name, schema, false);
                }
                self.presence(children, name, &mut made);
            }
            ContentForm::Items { children, mixed } => {
                let may_be_empty = self.shapes.may_end(&self.shapes.walk(children.model));
                let schema = self.items(children, *mixed, may_be_empty);
                made.member("$content", schema, !may_be_empty);
            }
        }
        made
    }

    /// An object with the attributes of a form.
    fn object(&self, form: Option<&Form>) -> Object {
        let mut made = Object::default();
        for attribute in form.map(|form| form.attributes.as_slice()).unwrap_or_default() {
            made.member(&attribute.name, self.attribute(attribute), attribute.is_required);
        }
        made.has_open_attributes = form.is_some_and(|form| form.has_open_attributes);
        made
    }

    fn attribute(&self, attribute: &AttributeForm) -> Value {
        let schema = simple::schema(self.shapes, attribute.of_type);
        let fixed = attribute.fixed.as_ref();
        let fixed = fixed
            .and_then(|text| super::value::read(self.shapes, attribute.of_type, text, &|_| None));
        match fixed {
            // Of texts there is one spelling; numbers that are strings have several.
            Some(Value::String(text)) if schema.get("pattern").is_none() => {
                json!({ "const": text })
            }
            Some(value @ (Value::Bool(_) | Value::Number(_))) => json!({ "const": value }),
            _ => schema,
        }
    }

    /// The schema of what stands in the member of a child.
    fn child(&mut self, child: &Child) -> Value {
        let one = self.one(child);
        if child.repeats || child.what == What::Any {
            return json!({ "type": "array", "items": one });
        }
        one
    }

    fn one(&mut self, child: &Child) -> Value {
        match child.what {
            What::Any => json!({ "$ref": format!("{PLACE}Any") }),
            What::Element(id) => match self.shapes.element(id) {
                Some(declared) => self.element(&declared),
                None => Value::Bool(false),
            },
        }
    }

    fn items(&mut self, children: &Children, mixed: bool, may_be_empty: bool) -> Value {
        let mut made = Map::new();
        for child in &children.all {
            let schema = self.one(child);
            made.insert(child.name.clone(), schema);
        }
        let item = json!({
            "type": "object",
            "properties": made,
            "additionalProperties": false,
            "minProperties": 1,
            "maxProperties": 1,
        });
        let item = if mixed { json!({ "anyOf": [{ "type": "string" }, item] }) } else { item };
        let mut list = json!({ "type": "array", "items": item });
        if let (false, Some(list)) = (may_be_empty, list.as_object_mut()) {
            list.insert("contains".to_owned(), json!({ "type": "object" }));
        }
        list
    }

    /// Adds which members must be there, and which may be there together.
    fn presence(&mut self, children: &Children, name: &str, made: &mut Object) {
        if let ModelShape::AnyOrder { elements, is_optional } = self.shapes.model(children.model) {
            return any_order(self.shapes, children, &elements, is_optional, made);
        }
        let Some(presence) = presence::find(self.shapes, children) else { return };
        let place = |number: usize| format!("{PLACE}{name}.if{number}");
        let (mut keywords, shared) = presence.keywords(&place);
        for (number, schema) in shared {
            self.schemas.insert(format!("{name}.if{number}"), schema);
        }
        if let Some(keywords) = keywords.as_object_mut() {
            if let Some(Value::Array(required)) = keywords.remove("required") {
                made.required.extend(required);
            }
            if keywords.is_empty() {
                return;
            }
        }
        if keywords != Value::Bool(true) {
            made.also.push(keywords);
        }
    }
}

/// What must be there of children in any order.
fn any_order(
    shapes: Shapes<'_>,
    children: &Children,
    elements: &[(sluse_xsd::ElementId, u32, bool)],
    is_optional: bool,
    made: &mut Object,
) {
    let mut particles: BTreeMap<u32, (bool, Vec<Value>)> = BTreeMap::new();
    for (id, particle, required) in elements {
        let Some(declared) = shapes.element(*id).filter(|each| !each.is_abstract) else { continue };
        let found = children.all.iter().find(|child| {
            matches!(child.what, What::Element(other) if shapes.element(other)
                .is_some_and(|o| (o.namespace, o.local) == (declared.namespace, declared.local)))
        });
        let Some(child) = found else { continue };
        let entry = particles.entry(*particle).or_insert((*required, Vec::new()));
        entry.1.push(json!({ "required": [child.name] }));
    }
    let of_one = |names: &Vec<Value>| match names.as_slice() {
        [only] => only.clone(),
        several => json!({ "oneOf": several }),
    };
    let mut all = Vec::new();
    for (required, names) in particles.values() {
        if *required {
            all.push(of_one(names));
        } else if names.len() > 1 {
            let none = json!({ "not": { "anyOf": names } });
            all.push(json!({ "anyOf": [of_one(names), none] }));
        }
    }
    if all.is_empty() {
        return;
    }
    if is_optional {
        let names: Vec<&Value> = particles.values().flat_map(|(_, names)| names).collect();
        let none = json!({ "not": { "anyOf": names } });
        made.also.push(json!({ "anyOf": [none, { "allOf": all }] }));
    } else {
        made.also.extend(all);
    }
}

/// What a wildcard lets in.
fn any() -> Value {
    json!({
        "description": "XML in a string, or one element that the schema declares: {\"{namespace}name\": value}.",
        "anyOf": [
            { "type": "string", "contentMediaType": "application/xml", "pattern": "^\\s*<[\\s\\S]*>\\s*$" },
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "propertyNames": { "pattern": "^\\{[^{}]*\\}[^{}:]+$" },
            },
        ],
    })
}

/// An object's schema in the making.
#[derive(Debug, Default)]
struct Object {
    properties: Map<String, Value>,
    required: Vec<Value>,
    also: Vec<Value>,
    has_open_attributes: bool,
}

impl Object {
    fn member(&mut self, name: &str, schema: Value, required: bool) {
        self.properties.insert(name.to_owned(), schema);
        if required {
            self.required.push(Value::from(name));
        }
    }

    fn finish(self) -> Value {
        let mut made = Map::from_iter([("type".to_owned(), Value::from("object"))]);
        if !self.properties.is_empty() {
            made.insert("properties".to_owned(), Value::Object(self.properties));
        }
        if self.has_open_attributes {
            let open = json!({ "^@\\{[^{}]*\\}[^{}:]+$": { "type": "string" } });
            made.insert("patternProperties".to_owned(), open);
        }
        if !self.required.is_empty() {
            made.insert("required".to_owned(), Value::Array(self.required));
        }
        made.insert("additionalProperties".to_owned(), Value::Bool(false));
        if !self.also.is_empty() {
            made.insert("allOf".to_owned(), Value::Array(self.also));
        }
        Value::Object(made)
    }
}

/// A name that a component may have (OpenAPI 3.1, section 4.8.7).
fn sound_name(name: &str) -> String {
    let sound = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
    name.chars().map(sound).collect()
}
