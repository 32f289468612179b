//! Schemas as they judge one direction, for those who make messages: what each says, where it leads, and whether it takes a value.

use super::compile::{backtracking, linear};
use super::{Addresses, Documents, Names, Shown, exact, fragment, steps, uri_of, violations};
use crate::{payload::escape_step, percent::decode};
use jsonschema::{Registry, ValidationOptions, Validator};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::HashMap, fmt, rc::Rc};

/// Most violations that one value is told of.
const BROKEN_MAX: usize = 50;

/// A schema, or a part of one: a file of the contract and a JSON Pointer in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaAt {
    pub(crate) file: String,
    pub(crate) pointer: String,
}

/// A constraint that a value breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The constraint's place in the contract, as a violation's place names it.
    pub place: String,
    /// Where in the value, as a JSON Pointer.
    pub pointer: String,
    /// The keyword.
    pub rule: String,
}

/// How an engine is set up for these schemas.
pub(crate) type SetUp<'d> =
    Box<dyn for<'i> Fn(ValidationOptions<'i>) -> ValidationOptions<'i> + 'd>;

/// The schemas of a contract's files, as they judge messages of one direction.
///
/// Dialects are one: what OpenAPI 3.0 and Swagger 2.0 say otherwise is said here as JSON Schema 2020-12 says it, with
/// the places that verdicts name. A `discriminator` is an `if` and a `then` for each alternative.
pub struct Schemas<'d> {
    documents: &'d Documents,
    addresses: Addresses,
    registry: Registry<'d>,
    set_up: SetUp<'d>,
    reference_alone: bool,
    rules: RefCell<HashMap<SchemaAt, Option<Rc<Validator>>>>,
}

impl fmt::Debug for Schemas<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Schemas")
    }
}

impl SchemaAt {
    /// The last step to it: the keyword that it stands under, a name or a number.
    pub fn step(&self) -> &str {
        self.pointer.rsplit('/').next().unwrap_or_default()
    }

    /// The part at a member of this one.
    #[must_use]
    pub fn below(&self, step: &str) -> Self {
        let pointer = format!("{}/{}", self.pointer, escape_step(step));
        Self { file: self.file.clone(), pointer }
    }
}

impl<'d> Schemas<'d> {
    pub(crate) fn new(
        documents: &'d Documents,
        addresses: Addresses,
        registry: Registry<'d>,
        set_up: SetUp<'d>,
        reference_alone: bool,
    ) -> Self {
        let rules = RefCell::default();
        Self { documents, addresses, registry, set_up, reference_alone, rules }
    }

    /// What stands there; null where nothing does.
    pub fn value(&self, at: &SchemaAt) -> &'d Value {
        let tree = self.documents.get(&at.file).and_then(|tree| tree.as_ref().ok());
        tree.and_then(|tree| tree.value.pointer(&at.pointer)).unwrap_or(&Value::Null)
    }

    /// What a keyword says.
    pub fn keyword(&self, at: &SchemaAt, keyword: &str) -> Option<&'d Value> {
        let value = self.value(at);
        value.get(keyword).or_else(|| value.get(exact::beside(keyword)))
    }

    /// Whether `integer` takes only numbers that are written without a fraction or an exponent (JSON Schema up to draft 4,
    /// OpenAPI up to 3.0).
    pub fn is_whole_as_written(&self, at: &SchemaAt) -> bool {
        self.value(at).get(exact::beside("type")) == Some(&Value::Bool(true))
    }

    /// Whether keywords beside a `$ref` count for nothing (JSON Schema up to draft 7).
    pub fn reference_stands_alone(&self) -> bool {
        self.reference_alone
    }

    /// What a reference of the schema there leads to, in one step.
    pub fn resolve(&self, from: &SchemaAt, reference: &str) -> Option<SchemaAt> {
        let (_, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let file = self.documents.file_of(&from.file, reference)?.to_owned();
        let root = &self.documents.get(&file)?.as_ref().ok()?.value;
        let fragment = decode(fragment).into_owned();
        if fragment.is_empty() || fragment.starts_with('/') {
            root.pointer(&fragment)?;
            return Some(SchemaAt { file, pointer: fragment });
        }
        anchored(root, &fragment).map(|pointer| SchemaAt { file, pointer })
    }

    /// How verdicts name the constraint that a keyword of the schema there is.
    pub fn place(&self, at: &SchemaAt, keyword: &str) -> String {
        let pointer = fragment(&at.below(keyword).pointer);
        self.named(&format!("{}#{pointer}", uri_of(&at.file)))
    }

    fn named(&self, uri: &str) -> String {
        let place = self.addresses.place(uri);
        exact::place(crate::schema::openapi::plain_place(&place))
    }

    /// Whether the schema there takes a value; nothing where that takes too many steps, or the schema cannot be compiled.
    pub fn takes(&self, at: &SchemaAt, value: &Value) -> Option<bool> {
        let rule = self.rule(at)?;
        steps::judging(0, || rule.is_valid(value))
    }

    /// What a value breaks of the schema there; nothing where that takes too many steps, or the schema cannot be compiled.
    pub fn broken(&self, at: &SchemaAt, value: &Value) -> Option<Vec<Broken>> {
        let rule = self.rule(at)?;
        let names = Names::default();
        let shown = Shown { names: &names, show_values: true };
        let place = |uri: &str| self.named(uri);
        let told = || violations(&rule, value, &shown, BROKEN_MAX, &place);
        let (found, _) = steps::judging(0, told)?;
        let broken = found.into_iter().map(|each| Broken {
            rule: each.violation.rule.unwrap_or_default(),
            place: each.place,
            pointer: each.pointer,
        });
        Some(broken.collect())
    }

    fn rule(&self, at: &SchemaAt) -> Option<Rc<Validator>> {
        if let Some(rule) = self.rules.borrow().get(at) {
            return rule.clone();
        }
        let address = format!("{}#{}", uri_of(&at.file), fragment(&at.pointer));
        let reference = json!({ "$ref": address });
        let options = jsonschema::options()
            .with_registry(&self.registry)
            .with_base_uri("contract:///-")
            .should_ignore_unknown_formats(true);
        let options = (self.set_up)(options);
        let linear = options.clone().with_pattern_options(linear()).build(&reference);
        let rule =
            linear.or_else(|_| options.with_pattern_options(backtracking()).build(&reference));
        let rule = rule.ok().map(Rc::new);
        self.rules.borrow_mut().insert(at.clone(), rule.clone());
        rule
    }
}

/// The part of a file that gives itself this name (`$anchor`, `$dynamicAnchor`; `$id` or `id` up to draft 7).
fn anchored(root: &Value, name: &str) -> Option<String> {
    let mut open = vec![(String::new(), root)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                let says = |keyword: &str, text: &str| {
                    members.get(keyword).and_then(Value::as_str) == Some(text)
                };
                let hashed = format!("#{name}");
                let is_named = says("$anchor", name)
                    || says("$dynamicAnchor", name)
                    || says("$id", &hashed)
                    || says("id", &hashed);
                if is_named {
                    return Some(pointer);
                }
                let members = members.iter().rev();
                open.extend(
                    members
                        .map(|(step, value)| (format!("{pointer}/{}", escape_step(step)), value)),
                );
            }
            Value::Array(items) => {
                let items = items.iter().enumerate().rev();
                open.extend(items.map(|(at, value)| (format!("{pointer}/{at}"), value)));
            }
            _ => {}
        }
    }
    None
}
