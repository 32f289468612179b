//! From what a description says to what judges: each schema compiled once, however often it is used.

use super::{
    ALIAS, At, Reader,
    description::{Answer, Body, Described, In, Parameter},
    template::Template,
};
use crate::{
    Finding, code,
    schema::json::{
        Documents, Offline, against_schema, backtracking, is_reference_fault, linear,
        pattern_findings, reference_findings, texts_under, uri_of,
    },
};
use jsonschema::{Registry, Validator};
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};

/// An operation that messages can be judged by.
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) method: String,
    pub(super) template: Template,
    pub(super) inputs: Vec<Input>,
    pub(super) body: Option<Contents>,
    pub(super) answers: Vec<Answered>,
    pub(super) place: String,
}

/// A parameter or header.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) place: In,
    pub(super) required: bool,
    pub(super) explode: bool,
    /// The JSON types that its text may be, and those of its items where it is a list.
    pub(super) kinds: Vec<String>,
    pub(super) item_kinds: Vec<String>,
    pub(super) rule: Option<Arc<Validator>>,
    pub(super) constraint: String,
}

/// The bodies of one direction.
pub(super) struct Contents {
    pub(super) required: bool,
    pub(super) by_range: Vec<(String, Option<Arc<Validator>>)>,
    pub(super) constraint: String,
}

/// One answer.
pub(super) struct Answered {
    pub(super) status: String,
    pub(super) headers: Vec<Input>,
    pub(super) contents: Contents,
}

/// Compiles the description: operations, base paths, and every fault.
pub(super) fn build(
    entry: &str,
    requests: &Documents,
    answers: &Documents,
) -> (Vec<Operation>, Vec<String>, Vec<Finding>) {
    let mut findings = Vec::new();
    let (request_retriever, answer_retriever) = (requests.retriever(), answers.retriever());
    let rules =
        Rules::new(requests, &request_retriever).zip(Rules::new(answers, &answer_retriever));
    let (Some((mut of_requests, mut of_answers)), Some(root)) = (rules, root(requests, entry))
    else {
        findings.push(Finding::in_file(
            entry,
            code::SCHEMA_BROKEN,
            "the description's schemas cannot be read",
        ));
        return (Vec::new(), Vec::new(), findings);
    };
    let answer_root = root_or(answers, entry, &root);
    let described = of_requests.reader.operations(&root);
    let answered = of_answers.reader.operations(&answer_root);
    let pairs = described.into_iter().zip(answered);
    let operations = pairs
        .map(|(request, answer)| operation(request, answer, &mut of_requests, &mut of_answers));
    let operations: Vec<Operation> = operations.collect();
    of_requests.check_components(&root);
    findings.append(&mut of_requests.reader.findings);
    for finding in of_answers.reader.findings {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    if of_requests.backtracks || of_answers.backtracks {
        findings.extend(pattern_findings(requests));
    }
    if !request_retriever.missing().is_empty() {
        // What reading the description told already is told once.
        let told = |finding: &Finding, findings: &[Finding]| {
            let place = |each: &Finding| (each.file.clone(), each.line, each.column, each.code);
            findings.iter().any(|each| place(each) == place(finding))
        };
        for finding in reference_findings(requests, entry, None, &request_retriever) {
            if !told(&finding, &findings) {
                findings.push(finding);
            }
        }
    }
    let base_paths = Reader::base_paths(&root);
    (operations, base_paths, findings)
}

fn root<'d>(documents: &'d Documents, entry: &str) -> Option<At<'d>> {
    let value = &documents.get(entry)?.as_ref().ok()?.value;
    Some(At { file: entry.to_owned(), pointer: String::new(), value })
}

fn root_or<'d>(documents: &'d Documents, entry: &str, other: &At<'d>) -> At<'d> {
    root(documents, entry).unwrap_or_else(|| other.clone())
}

fn operation<'d>(
    request: Described<'d>,
    answer: Described<'d>,
    of_requests: &mut Rules<'d>,
    of_answers: &mut Rules<'d>,
) -> Operation {
    let inputs = request.parameters.into_iter().map(|each| of_requests.input(each)).collect();
    let body = request.body.map(|body| of_requests.contents(body));
    let answers = answer.answers.into_iter().map(|each| of_answers.answered(each)).collect();
    let place = format!("{ALIAS}#{}", request.pointer);
    Operation {
        name: request.name,
        method: request.method,
        template: request.template,
        inputs,
        body,
        answers,
        place,
    }
}

/// The schemas of one direction.
struct Rules<'d> {
    reader: Reader<'d>,
    registry: Registry<'d>,
    built: HashMap<(String, String), Option<Arc<Validator>>>,
    backtracks: bool,
    retriever: Offline,
}

impl<'d> Rules<'d> {
    fn new(documents: &'d Documents, retriever: &Offline) -> Option<Self> {
        let mut registry = Registry::new().retriever(retriever.clone());
        for (path, tree) in documents.readable() {
            registry = registry.add(uri_of(path), &tree.value).ok()?;
        }
        let registry = registry.prepare().ok()?;
        Some(Self {
            reader: Reader::new(documents),
            registry,
            built: HashMap::new(),
            backtracks: false,
            retriever: retriever.clone(),
        })
    }

    fn input(&mut self, parameter: Parameter<'d>) -> Input {
        let schema = parameter.schema.and_then(|schema| self.reader.follow(&schema));
        let kinds = schema.as_ref().map(|schema| kinds(schema.value)).unwrap_or_default();
        let items = schema.as_ref().and_then(|schema| self.reader.follow(&schema.member("items")?));
        Input {
            name: parameter.name,
            place: parameter.place,
            required: parameter.required,
            explode: parameter.explode,
            kinds,
            item_kinds: items.map(|items| self::kinds(items.value)).unwrap_or_default(),
            rule: schema.and_then(|schema| self.rule(schema)),
            constraint: format!("{ALIAS}#{}", parameter.pointer),
        }
    }

    fn answered(&mut self, answer: Answer<'d>) -> Answered {
        let headers = answer.headers.into_iter().map(|each| self.input(each)).collect();
        Answered { status: answer.status, headers, contents: self.contents(answer.body) }
    }

    fn contents(&mut self, body: Body<'d>) -> Contents {
        let by_range = body.contents.into_iter().map(|(range, schema)| {
            let is_json =
                range.ends_with("/json") || range.ends_with("+json") || range.contains('*');
            let rule = schema.filter(|_| is_json).and_then(|schema| self.rule(schema));
            (range, rule)
        });
        let by_range = by_range.collect();
        Contents {
            required: body.required,
            by_range,
            constraint: format!("{ALIAS}#{}", body.pointer),
        }
    }

    /// The validator of a schema: one for all uses of the same part of the description.
    fn rule(&mut self, schema: At<'d>) -> Option<Arc<Validator>> {
        let only_reference = schema.value.as_object().is_some_and(|members| members.len() == 1);
        let schema = if only_reference { self.reader.follow(&schema)? } else { schema };
        let key = (schema.file.clone(), schema.pointer.clone());
        if let Some(built) = self.built.get(&key) {
            return built.clone();
        }
        let is_valid = self.check(&schema);
        let built = self.build(&schema, is_valid);
        self.built.insert(key, built.clone());
        built
    }

    fn build(&mut self, schema: &At<'d>, is_valid: bool) -> Option<Arc<Validator>> {
        let reference =
            json!({ "$ref": format!("{}#{}", uri_of(&schema.file), fragment(&schema.pointer)) });
        let options = jsonschema::options()
            .with_registry(&self.registry)
            .with_base_uri("contract:///-")
            .should_validate_formats(true)
            .should_ignore_unknown_formats(true);
        let fault = match options.clone().with_pattern_options(linear()).build(&reference) {
            Ok(validator) => return Some(Arc::new(validator)),
            Err(fault) => fault,
        };
        if let Ok(validator) = options.with_pattern_options(backtracking()).build(&reference) {
            self.backtracks = true;
            return Some(Arc::new(validator));
        }
        if is_reference_fault(&fault) {
            self.report_references(schema);
        } else if is_valid && self.retriever.missing().is_empty() {
            self.reader.report(schema, format!("the schema cannot be compiled: {fault}"));
        }
        None
    }

    /// Reports each reference of a schema that leads nowhere, at its own place.
    fn report_references(&mut self, schema: &At<'d>) {
        for (pointer, reference) in texts_under(schema.value, &["$ref"]) {
            let above = pointer.strip_suffix("/$ref").unwrap_or(&pointer);
            if let Some(value) = schema.value.pointer(above) {
                let pointer = format!("{}{above}", schema.pointer);
                let at = At { file: schema.file.clone(), pointer, value };
                self.reader.check_reference(&at, &reference);
            }
        }
    }

    /// Reports what the metaschema has against a schema; says whether that is nothing.
    fn check(&mut self, schema: &At<'d>) -> bool {
        let Ok(meta) = jsonschema::meta::validator_for(schema.value) else { return true };
        let mut is_valid = true;
        for fault in meta.iter_errors(schema.value) {
            let pointer = format!("{}{}", schema.pointer, fault.instance_path().as_str());
            let at = At { pointer, ..schema.clone() };
            self.reader.report(&at, against_schema(&fault));
            is_valid = false;
        }
        is_valid
    }

    fn check_components(&mut self, root: &At<'d>) {
        let schemas = root.member("components").and_then(|components| components.member("schemas"));
        for (_, schema) in schemas.map(|schemas| schemas.members()).unwrap_or_default() {
            self.check(&schema);
        }
    }
}

fn kinds(schema: &Value) -> Vec<String> {
    match schema.get("type") {
        Some(Value::String(kind)) => vec![kind.clone()],
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// A JSON Pointer as a fragment of a URI (RFC 6901, section 6).
fn fragment(pointer: &str) -> String {
    let mut fragment = String::new();
    for byte in pointer.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=:@".contains(&byte) {
            fragment.push(char::from(byte));
        } else {
            fragment.push_str(&format!("%{byte:02X}"));
        }
    }
    fragment
}
