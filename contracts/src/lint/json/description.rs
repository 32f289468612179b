//! OpenAPI descriptions: their schemas, bodies without one, and their examples.

use super::{Dialect, Subject, Told, examples, look, parts, paths, placed, references, sound};
use crate::{
    Direction, Finding, code,
    manifest::JudgeStep,
    payload::escape_step,
    schema::{DescriptionRules, FileReader, tree::Tree},
};
use serde_json::{Map, Value};

/// Examples of one description that are judged.
const EXAMPLES_MAX: usize = 5_000;

const METHODS: [&str; 9] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// Where a description has schemas, and what has examples beside one.
#[derive(Default)]
struct Places<'v> {
    schemas: Vec<(String, &'v Value)>,
    /// Bodies and parameters: what has `schema`, `example` and `examples`, and in which direction it is sent.
    holders: Vec<(String, &'v Map<String, Value>, Direction)>,
    told: Vec<Told>,
}

pub(super) fn find(subject: &Subject<'_>, step: &JudgeStep, faults: &[Finding]) -> Vec<Finding> {
    let path = step.file.value.as_str();
    let file = subject.files.get(path);
    let Some(Ok(tree)) = file.map(|file| Tree::read(path, &file.bytes)) else { return Vec::new() };
    let Some(dialect) = dialect(&tree.value) else { return Vec::new() };
    let mut places = Places::default();
    places.description(&tree.value);
    let parts: Vec<_> = places
        .schemas
        .iter()
        .flat_map(|(pointer, value)| parts::below(value, pointer.clone()))
        .collect();
    let parts = sound::keep(parts, path, &tree, faults);
    let mut told = std::mem::take(&mut places.told);
    told.extend(look(&parts, dialect));
    told.extend(references::find(&tree.value, &parts));
    told.extend(paths::find(&tree.value, subject.profile));
    let mut asked: Vec<_> = places.of_holders();
    for part in &parts {
        let given = examples::given(part).into_iter();
        asked.extend(given.map(|given| (part.pointer.clone(), given, None)));
    }
    asked.truncate(EXAMPLES_MAX);
    let reader = FileReader::new(subject.files);
    let faults = DescriptionRules::faults(step, &reader, &mut |rules| {
        let mut told = Vec::new();
        for (schema, (pointer, words, value), direction) in &asked {
            let fault = rules.fault(schema, value, *direction);
            // A parameter's example may be a text as it is sent (OpenAPI 3.1, section 4.8.12.2).
            let as_sent = if is_parameter(&tree.value, schema) { sent(value) } else { Vec::new() };
            let keeps = |value: &Value| rules.fault(schema, value, *direction).is_none();
            let fault = fault.filter(|_| !as_sent.iter().any(keeps));
            told.extend(fault.map(|keyword| examples::breaks(pointer.clone(), words, &keyword)));
        }
        told
    });
    told.extend(faults);
    placed(subject, path, &tree, told)
}

/// How the schemas of a description are read; nothing where that is not known, or not worked out here.
fn dialect(root: &Value) -> Option<Dialect> {
    let version = |member: &str| root.get(member).and_then(Value::as_str).unwrap_or_default();
    match (version("openapi"), version("swagger")) {
        _ if root.get("jsonSchemaDialect").is_some() => None,
        (version, _) if version.starts_with("3.1") => Some(Dialect::Openapi3_1),
        (version, _) if version.starts_with("3.0") => Some(Dialect::Openapi3_0),
        ("", "2.0") => Some(Dialect::Openapi3_0),
        _ => None,
    }
}

type Asked<'v> = (String, (String, &'static str, &'v Value), Option<Direction>);

impl<'v> Places<'v> {
    fn description(&mut self, root: &'v Value) {
        for (pointer, schema) in named(root.get("definitions"), "/definitions") {
            self.schemas.push((pointer, schema));
        }
        if root.get("swagger").is_some() {
            // Bodies and parameters of Swagger 2.0 are written otherwise.
            return;
        }
        let shared = |name: &str| {
            let of = root.get("components").and_then(|components| components.get(name));
            named(of, &format!("/components/{name}"))
        };
        self.schemas.extend(shared("schemas"));
        for (pointer, parameter) in shared("parameters").into_iter().chain(shared("headers")) {
            self.holder(pointer, parameter, Direction::Request);
        }
        for (pointer, body) in shared("requestBodies") {
            self.body(&pointer, body, Direction::Request);
        }
        for (pointer, answer) in shared("responses") {
            self.answer(&pointer, answer);
        }
        for (pointer, item) in named(root.get("paths"), "/paths") {
            self.parameters(&pointer, item);
            for method in METHODS {
                if let Some(operation) = item.get(method) {
                    self.operation(&format!("{pointer}/{method}"), operation);
                }
            }
        }
    }

    fn operation(&mut self, pointer: &str, operation: &'v Value) {
        self.parameters(pointer, operation);
        if let Some(body) = operation.get("requestBody") {
            self.body(&format!("{pointer}/requestBody"), body, Direction::Request);
        }
        let answers = named(operation.get("responses"), &format!("{pointer}/responses"));
        for (pointer, answer) in answers {
            self.answer(&pointer, answer);
        }
    }

    fn parameters(&mut self, pointer: &str, of: &'v Value) {
        let list = of.get("parameters").and_then(Value::as_array).into_iter().flatten();
        for (number, parameter) in list.enumerate() {
            self.holder(format!("{pointer}/parameters/{number}"), parameter, Direction::Request);
        }
    }

    fn answer(&mut self, pointer: &str, answer: &'v Value) {
        self.body(pointer, answer, Direction::Response);
        for (pointer, header) in named(answer.get("headers"), &format!("{pointer}/headers")) {
            self.holder(pointer, header, Direction::Response);
        }
    }

    fn body(&mut self, pointer: &str, body: &'v Value, direction: Direction) {
        for (pointer, content) in named(body.get("content"), &format!("{pointer}/content")) {
            let media_type = pointer.rsplit('/').next().unwrap_or_default();
            let is_json = media_type.split(';').next().is_some_and(|essence| {
                let essence = essence.trim();
                essence.ends_with("~1json") || essence.ends_with("+json")
            });
            let lacks = content.as_object().is_some_and(|members| {
                !members.contains_key("schema") && !members.contains_key("$ref")
            });
            if lacks && is_json {
                let what = match direction {
                    Direction::Request => "a request's body",
                    Direction::Response => "an answer's body",
                };
                let sentence = format!("{what} has no schema: whatever JSON it is, it is accepted");
                self.told.push(Told::new(pointer.clone(), code::PART_WITHOUT_SCHEMA, sentence));
            }
            // Examples of other media types are texts that a schema of JSON says nothing of.
            if is_json {
                self.holder(pointer, content, direction);
            } else if let Some(schema) = content.get("schema") {
                self.schemas.push((format!("{pointer}/schema"), schema));
            }
        }
    }

    fn holder(&mut self, pointer: String, value: &'v Value, direction: Direction) {
        let Some(members) = value.as_object() else { return };
        if members.contains_key("$ref") {
            return;
        }
        if let Some(schema) = members.get("schema") {
            self.schemas.push((format!("{pointer}/schema"), schema));
        }
        self.holders.push((pointer, members, direction));
    }

    /// The examples of bodies and parameters, each with the pointer of its schema.
    fn of_holders(&self) -> Vec<Asked<'v>> {
        let mut asked = Vec::new();
        for (pointer, members, direction) in &self.holders {
            if !members.contains_key("schema") {
                continue;
            }
            let schema = format!("{pointer}/schema");
            if let Some(value) = members.get("example") {
                let given = (format!("{pointer}/example"), "the example", value);
                asked.push((schema.clone(), given, Some(*direction)));
            }
            for (at, example) in named(members.get("examples"), &format!("{pointer}/examples")) {
                if let Some(value) = example.get("value") {
                    let given = (format!("{at}/value"), "an example", value);
                    asked.push((schema.clone(), given, Some(*direction)));
                }
            }
        }
        asked
    }
}

/// Whether a schema is that of a parameter or header.
fn is_parameter(root: &Value, schema: &str) -> bool {
    let holder = schema.strip_suffix("/schema").and_then(|pointer| root.pointer(pointer));
    let is_header = schema.contains("/headers/");
    holder.is_some_and(|holder| holder.get("in").is_some() || is_header)
}

/// What a text may stand for where it is an example as it is sent: a number, a truth, or the items of a list.
fn sent(value: &Value) -> Vec<Value> {
    let Value::String(text) = value else { return Vec::new() };
    let read = |text: &str| match text.parse::<serde_json::Number>() {
        Ok(number) => Value::Number(number),
        Err(_) if matches!(text, "true" | "false") => Value::Bool(text == "true"),
        Err(_) => Value::String(text.to_owned()),
    };
    let texts = |between: char| -> Vec<&str> { text.split(between).map(str::trim).collect() };
    let mut may_be = vec![read(text)];
    for between in [',', ' ', '|'] {
        let items = texts(between);
        may_be.push(items.iter().map(|item| read(item)).collect());
        may_be.push(items.iter().map(|item| Value::String((*item).to_owned())).collect());
    }
    // Members are written in too many ways to be told from a mistake.
    may_be.push(Value::Object(Map::new()));
    may_be
}

/// The members of an object with their pointers, but those that extensions add.
fn named<'v>(value: Option<&'v Value>, pointer: &str) -> Vec<(String, &'v Value)> {
    let members = value.and_then(Value::as_object).into_iter().flatten();
    let members = members.filter(|(name, _)| !name.starts_with("x-"));
    members.map(|(name, value)| (format!("{pointer}/{}", escape_step(name)), value)).collect()
}
