//! From what a description says to what judges: each schema compiled once, however often it is used.

use super::{
    contents::{self, MediaRange},
    description::{Answer, Described},
    dialect::Dialect,
    parameters::{In, Parameter, Written},
    reader::{At, Reader},
    routes::{Routes, Server},
    shape::Shape,
    template::Template,
    xml::{self, Plan},
};
use crate::{
    Finding, code,
    manifest::{Formats, JsonRules},
    schema::json::{
        Documents, Offline, against_schema, backtracking, counted_pointer, fragment,
        is_reference_fault, linear, pattern_findings, reference_findings, texts_under, uri_of,
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
    pub(super) may_be_empty: bool,
    pub(super) written: Written,
    /// Whether its text is JSON.
    pub(super) is_json: bool,
    pub(super) shape: Shape,
    pub(super) rule: Option<Arc<Validator>>,
    pub(super) constraint: String,
}

/// The bodies of one direction.
pub(super) struct Contents {
    pub(super) required: bool,
    pub(super) by_range: Vec<Content>,
    pub(super) constraint: String,
}

/// A body of one media range.
pub(super) struct Content {
    pub(super) range: MediaRange,
    pub(super) rule: Option<Arc<Validator>>,
    pub(super) shape: Shape,
    /// How bodies are written that are XML.
    pub(super) xml: Option<Arc<Plan>>,
    pub(super) fields: HashMap<String, Field>,
}

/// How one member of a form is written.
pub(super) struct Field {
    pub(super) media_types: Vec<MediaRange>,
    pub(super) written: Option<Written>,
    pub(super) headers: Vec<Input>,
}

/// One answer.
pub(super) struct Answered {
    pub(super) status: String,
    pub(super) headers: Vec<Input>,
    pub(super) contents: Contents,
}

/// What a description is compiled to.
pub(super) struct Built {
    pub(super) operations: Vec<Operation>,
    pub(super) routes: Routes,
    pub(super) findings: Vec<Finding>,
}

/// Compiles the description: operations, the tree of paths, and every fault.
pub(super) fn build(
    entry: &str,
    requests: &Documents,
    answers: &Documents,
    (rules, dialect): (&JsonRules, Dialect),
) -> Built {
    let counted = (requests.counted(), answers.counted());
    let of_requests = Rules::new((requests, &counted.0), entry, (rules, dialect));
    let of_answers = Rules::new((answers, &counted.1), entry, (rules, dialect));
    let (Some(mut of_requests), Some(mut of_answers)) = (of_requests, of_answers) else {
        let sentence = "the description's schemas cannot be read";
        let findings = vec![Finding::in_file(entry, code::SCHEMA_BROKEN, sentence)];
        return Built { operations: Vec::new(), routes: Routes::default(), findings };
    };
    let (described, answered) = (of_requests.operations(), of_answers.operations());
    let routes = routes(&described);
    let pairs = described.into_iter().zip(answered);
    let operations = pairs
        .map(|(request, answer)| operation(request, answer, &mut of_requests, &mut of_answers));
    let operations: Vec<Operation> = operations.collect();
    of_requests.check_components();
    let findings = findings(entry, requests, of_requests, of_answers);
    Built { operations, routes, findings }
}

/// What was found while reading and compiling, each once.
fn findings(
    entry: &str,
    requests: &Documents,
    of_requests: Rules<'_>,
    of_answers: Rules<'_>,
) -> Vec<Finding> {
    let backtracks = of_requests.backtracks || of_answers.backtracks;
    let retriever = of_requests.retriever;
    let mut findings = of_requests.reader.findings;
    // What reading the description told already is told once.
    let mut add = |finding: Finding| {
        let place = |each: &Finding| (each.file.clone(), each.line, each.column, each.code);
        if !findings.iter().any(|each| place(each) == place(&finding)) {
            findings.push(finding);
        }
    };
    of_answers.reader.findings.into_iter().for_each(&mut add);
    if backtracks {
        pattern_findings(requests).into_iter().for_each(&mut add);
    }
    if !retriever.missing().is_empty() {
        reference_findings(requests, entry, None, &retriever).into_iter().for_each(&mut add);
    }
    findings
}

/// The tree of paths, and the paths of the servers with what is offered there.
fn routes(described: &[Described<'_>]) -> Routes {
    let mut servers: Vec<Server> = Vec::new();
    for (at, operation) in described.iter().enumerate() {
        for path in &operation.base_paths {
            match servers.iter_mut().find(|server| server.path == *path) {
                Some(server) => {
                    server.operations.insert(at);
                }
                None => servers.push(Server { path: path.clone(), operations: [at].into() }),
            }
        }
    }
    Routes::new(described.iter().map(|each| &each.template), servers)
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
    Operation {
        name: request.name,
        method: request.method,
        template: request.template,
        inputs,
        body,
        answers,
        place: request.constraint,
    }
}

/// What a schema became.
#[derive(Clone, Default)]
struct Rule {
    validator: Option<Arc<Validator>>,
    /// Whether a file is missing that it refers to: what stands there takes everything.
    lacks_file: bool,
}

/// The schemas of one direction.
pub(super) struct Rules<'d> {
    pub(super) reader: Reader<'d>,
    registry: Registry<'d>,
    built: HashMap<(String, String), Rule>,
    plans: HashMap<(String, String, String), Arc<Plan>>,
    backtracks: bool,
    retriever: Offline,
    formats: Formats,
    dialect: Dialect,
}

/// All documents of a description by their addresses; nothing where their schemas cannot be read.
pub(super) fn registry<'d>(
    documents: &'d Documents,
    dialect: Dialect,
    retriever: &Offline,
) -> Option<Registry<'d>> {
    let mut registry = Registry::new().draft(dialect.draft()).retriever(retriever.clone());
    for (path, tree) in documents.readable() {
        registry = registry.add(uri_of(path), &tree.value).ok()?;
    }
    registry.prepare().ok()
}

impl<'d> Rules<'d> {
    /// The schemas of documents, which are also there as an engine gets them.
    pub(super) fn new(
        (documents, counted): (&'d Documents, &'d Documents),
        entry: &str,
        (rules, dialect): (&JsonRules, Dialect),
    ) -> Option<Self> {
        let retriever = counted.retriever();
        let registry = registry(counted, dialect, &retriever)?;
        Some(Self {
            reader: Reader::new(documents, entry),
            registry,
            built: HashMap::new(),
            plans: HashMap::new(),
            backtracks: false,
            retriever,
            formats: rules.formats,
            dialect,
        })
    }

    fn operations(&mut self) -> Vec<Described<'d>> {
        self.reader.root().map(|root| self.reader.operations(&root)).unwrap_or_default()
    }

    fn input(&mut self, parameter: Parameter<'d>) -> Input {
        let shape = parameter.schema.as_ref().map(|schema| self.reader.shape(schema));
        let is_json = parameter.content.as_deref().is_some_and(contents::is_json);
        Input {
            name: parameter.name,
            place: parameter.place,
            required: parameter.required,
            may_be_empty: parameter.may_be_empty,
            written: parameter.written,
            is_json,
            // A text of another media type is judged as a text.
            shape: shape.filter(|_| parameter.content.is_none()).unwrap_or_default(),
            rule: parameter.schema.and_then(|schema| self.rule(schema)),
            constraint: parameter.constraint,
        }
    }

    fn answered(&mut self, answer: Answer<'d>) -> Answered {
        let headers = answer.headers.into_iter().map(|each| self.input(each)).collect();
        Answered { status: answer.status, headers, contents: self.contents(answer.body) }
    }

    fn contents(&mut self, body: contents::Body<'d>) -> Contents {
        let by_range = body.contents.into_iter().map(|content| self.content(content)).collect();
        Contents { required: body.required, by_range, constraint: body.constraint }
    }

    fn content(&mut self, content: contents::Content<'d>) -> Content {
        let by_text = content.range.is_form() || content.range.is_text();
        let may_be_xml = content.range.may_be_xml();
        let judged = by_text || may_be_xml || content.range.is_json();
        let schema = content.schema.as_ref().filter(|_| judged);
        let xml = schema.filter(|_| may_be_xml).map(|schema| self.xml(schema));
        let shape = schema.filter(|_| by_text).map(|schema| self.reader.shape(schema));
        let rule = schema.cloned().and_then(|schema| self.rule(schema));
        let fields = content.encodings.into_iter().map(|encoding| {
            let headers = encoding.headers.into_iter().map(|each| self.input(each)).collect();
            let (media_types, written) = (encoding.media_types, encoding.written);
            (encoding.member, Field { media_types, written, headers })
        });
        let fields = fields.collect();
        Content { range: content.range, rule, shape: shape.unwrap_or_default(), xml, fields }
    }

    /// How XML bodies of a schema are written: found out once for all uses of the same part of the description.
    fn xml(&mut self, schema: &At<'d>) -> Arc<Plan> {
        let reference = schema.value.get("$ref").and_then(Value::as_str).unwrap_or_default();
        let named = self.reader.follow(schema).unwrap_or_else(|| schema.clone());
        let key = (named.file, named.pointer, reference.to_owned());
        if let Some(plan) = self.plans.get(&key) {
            return Arc::clone(plan);
        }
        let plan = Arc::new(xml::plan(&mut self.reader, schema));
        self.plans.insert(key, Arc::clone(&plan));
        plan
    }

    /// The validator of a schema: one for all uses of the same part of the description.
    pub(super) fn rule(&mut self, schema: At<'d>) -> Option<Arc<Validator>> {
        self.built(schema).validator
    }

    /// The validator of a schema that refers to no missing file: without it a good value may look bad.
    pub(super) fn whole_rule(&mut self, schema: At<'d>) -> Option<Arc<Validator>> {
        let rule = self.built(schema);
        rule.validator.filter(|_| !rule.lacks_file)
    }

    fn built(&mut self, schema: At<'d>) -> Rule {
        let only_reference = schema.value.as_object().is_some_and(|members| members.len() == 1);
        let followed = if only_reference { self.reader.follow(&schema) } else { Some(schema) };
        let Some(schema) = followed else { return Rule::default() };
        let key = (schema.file.clone(), schema.pointer.clone());
        if let Some(built) = self.built.get(&key) {
            return built.clone();
        }
        let is_valid = self.check(&schema);
        let missing = self.retriever.missing().len();
        let validator = self.build(&schema, is_valid);
        let rule = Rule { validator, lacks_file: self.retriever.missing().len() > missing };
        self.built.insert(key, rule.clone());
        rule
    }

    fn build(&mut self, schema: &At<'d>, is_valid: bool) -> Option<Arc<Validator>> {
        let pointer = fragment(&counted_pointer(&schema.pointer));
        let reference = json!({ "$ref": format!("{}#{pointer}", uri_of(&schema.file)) });
        let options = jsonschema::options()
            .with_registry(&self.registry)
            .with_base_uri("contract:///-")
            .should_validate_formats(self.formats == Formats::Assert)
            .should_ignore_unknown_formats(true);
        let options = self.dialect.options(self.reader.documents().compared(options));
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
        let mut is_valid = true;
        let Some(meta) = self.dialect.metaschema() else { return true };
        for fault in meta.iter_errors(schema.value) {
            let pointer = format!("{}{}", schema.pointer, fault.instance_path().as_str());
            let at = At { pointer, ..schema.clone() };
            self.reader.report(&at, against_schema(&fault));
            is_valid = false;
        }
        is_valid
    }

    fn check_components(&mut self) {
        let Some(root) = self.reader.root() else { return };
        let components = root.member("components").map(|all| all.members_of("schemas"));
        for (_, schema) in
            components.unwrap_or_default().into_iter().chain(root.members_of("definitions"))
        {
            self.check(&schema);
        }
    }
}
