//! What a description says, read once: operations, parameters, bodies, answers, and every fault.

use super::template::Template;
use crate::{Finding, code, files::resolve, payload::escape_step, schema::json::Documents};
use serde_json::Value;
use std::collections::HashMap;

/// Most references from one to the next.
const REFERENCES_MAX: usize = 20;

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// A part of the description: its file, its JSON Pointer there, and what it says.
#[derive(Debug, Clone)]
pub(super) struct At<'d> {
    pub(super) file: String,
    pub(super) pointer: String,
    pub(super) value: &'d Value,
}

impl<'d> At<'d> {
    /// A member.
    pub(super) fn member(&self, name: &str) -> Option<Self> {
        let pointer = format!("{}/{}", self.pointer, escape_step(name));
        Some(Self { file: self.file.clone(), pointer, value: self.value.get(name)? })
    }

    /// All members, or none where it is no object.
    pub(super) fn members(&self) -> Vec<(&'d str, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        members.filter_map(|(name, _)| Some((name.as_str(), self.member(name)?))).collect()
    }

    fn items(&self) -> Vec<Self> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        let at = |(at, value)| Self {
            file: self.file.clone(),
            pointer: format!("{}/{at}", self.pointer),
            value,
        };
        items.map(at).collect()
    }

    fn text(&self, name: &str) -> Option<&'d str> {
        self.value.get(name)?.as_str()
    }

    fn flag(&self, name: &str) -> bool {
        self.value.get(name) == Some(&Value::Bool(true))
    }
}

/// Where a parameter stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum In {
    Path,
    Query,
    Header,
}

/// A parameter of a request, or a header of an answer.
#[derive(Debug)]
pub(super) struct Parameter<'d> {
    pub(super) name: String,
    pub(super) place: In,
    pub(super) required: bool,
    pub(super) explode: bool,
    pub(super) schema: Option<At<'d>>,
    pub(super) pointer: String,
}

/// The bodies of one direction, by media range.
#[derive(Debug, Default)]
pub(super) struct Body<'d> {
    pub(super) required: bool,
    pub(super) contents: Vec<(String, Option<At<'d>>)>,
    pub(super) pointer: String,
}

/// One answer.
#[derive(Debug)]
pub(super) struct Answer<'d> {
    pub(super) status: String,
    pub(super) headers: Vec<Parameter<'d>>,
    pub(super) body: Body<'d>,
}

/// One operation.
#[derive(Debug)]
pub(super) struct Described<'d> {
    pub(super) name: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) template: Template,
    pub(super) parameters: Vec<Parameter<'d>>,
    pub(super) body: Option<Body<'d>>,
    pub(super) answers: Vec<Answer<'d>>,
    pub(super) pointer: String,
}

/// Reads a description's parts and gathers its faults.
pub(super) struct Reader<'d> {
    documents: &'d Documents,
    pub(super) findings: Vec<Finding>,
}

impl<'d> Reader<'d> {
    pub(super) fn new(documents: &'d Documents) -> Self {
        Self { documents, findings: Vec::new() }
    }

    /// Every operation of the description in this file.
    pub(super) fn operations(&mut self, root: &At<'d>) -> Vec<Described<'d>> {
        let Some(paths) = root.member("paths") else {
            self.report(root, "the description has no `paths`");
            return Vec::new();
        };
        let mut operations: Vec<Described<'d>> = Vec::new();
        for (path, item) in paths.members() {
            if !path.starts_with('/') {
                self.report(&item, "a path begins with `/`");
                continue;
            }
            let Some(template) = Template::compile(path) else {
                self.report(&item, "the braces of the path do not pair, or a segment has too many");
                continue;
            };
            let Some(item) = self.follow(&item) else { continue };
            for method in METHODS {
                if let Some(at) = item.member(method).and_then(|at| self.follow(&at)) {
                    operations.push(self.operation(&item, &at, path, method, template.clone()));
                }
            }
        }
        self.check_names(root, &operations);
        operations
    }

    /// The base paths of the servers, such as `/api/v1`.
    pub(super) fn base_paths(root: &At<'_>) -> Vec<String> {
        let servers = root.member("servers").map(|servers| servers.items()).unwrap_or_default();
        servers.iter().filter_map(base_path).filter(|base| !base.is_empty()).collect()
    }

    fn operation(
        &mut self,
        item: &At<'d>,
        at: &At<'d>,
        path: &str,
        method: &str,
        template: Template,
    ) -> Described<'d> {
        let name = at
            .text("operationId")
            .map_or_else(|| format!("{} {path}", method.to_uppercase()), str::to_owned);
        let mut parameters = self.parameters(at);
        for shared in self.parameters(item) {
            if !parameters.iter().any(|own| own.name == shared.name && own.place == shared.place) {
                parameters.push(shared);
            }
        }
        let body = at
            .member("requestBody")
            .and_then(|body| self.follow(&body))
            .map(|body| Body { required: body.flag("required"), ..Self::body(&body) });
        let answers = at.member("responses").map(|answers| answers.members()).unwrap_or_default();
        if answers.is_empty() {
            self.push(
                at,
                code::SCHEMA_BROKEN,
                "the operation declares no answer, so each will be refused",
                true,
            );
        }
        let answers = answers.into_iter().filter(|(status, _)| !status.starts_with("x-"));
        let answers = answers.filter_map(|(status, answer)| self.answer(status, &answer)).collect();
        Described {
            name,
            method: method.to_uppercase(),
            path: path.to_owned(),
            template,
            parameters,
            body,
            answers,
            pointer: at.pointer.clone(),
        }
    }

    fn answer(&mut self, status: &str, at: &At<'d>) -> Option<Answer<'d>> {
        let is_status = status == "default"
            || (status.len() == 3
                && status.starts_with(|first| ('1'..='5').contains(&first))
                && (status.ends_with("XX") || status.bytes().all(|byte| byte.is_ascii_digit())));
        if !is_status {
            self.report(at, "an answer's status is three digits, 1XX to 5XX, or `default`");
        }
        let at = self.follow(at)?;
        let headers = at.member("headers").map(|headers| headers.members()).unwrap_or_default();
        let headers = headers.into_iter().filter_map(|(name, header)| {
            let header = self.follow(&header)?;
            Some(Parameter {
                name: name.to_ascii_lowercase(),
                place: In::Header,
                required: header.flag("required"),
                explode: false,
                schema: header.member("schema"),
                pointer: header.pointer,
            })
        });
        let headers = headers.filter(|header| header.name != "content-type").collect();
        Some(Answer { status: status.to_owned(), headers, body: Self::body(&at) })
    }

    fn body(at: &At<'d>) -> Body<'d> {
        let contents = at.member("content").map(|content| content.members()).unwrap_or_default();
        let contents = contents.into_iter().map(|(range, content)| {
            (
                range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
                content.member("schema"),
            )
        });
        Body { required: false, contents: contents.collect(), pointer: at.pointer.clone() }
    }

    fn parameters(&mut self, at: &At<'d>) -> Vec<Parameter<'d>> {
        let items =
            at.member("parameters").map(|parameters| parameters.items()).unwrap_or_default();
        items.into_iter().filter_map(|item| self.parameter(&item)).collect()
    }

    fn parameter(&mut self, at: &At<'d>) -> Option<Parameter<'d>> {
        let at = self.follow(at)?;
        let Some(name) = at.text("name") else {
            self.report(&at, "a parameter has no `name`");
            return None;
        };
        let place = match at.text("in") {
            Some("path") => In::Path,
            Some("query") => In::Query,
            Some("header") => In::Header,
            Some("cookie") => return None,
            _ => {
                self.report(&at, "a parameter stands `in` path, query, header or cookie");
                return None;
            }
        };
        // Section 4.8.12: headers of these names are described elsewhere.
        let elsewhere = ["accept", "content-type", "authorization"];
        if place == In::Header && elsewhere.iter().any(|each| name.eq_ignore_ascii_case(each)) {
            return None;
        }
        let explode = at
            .value
            .get("explode")
            .map_or(place == In::Query, |explode| *explode == Value::Bool(true));
        let required = place == In::Path || at.flag("required");
        Some(Parameter {
            name: name.to_owned(),
            place,
            required,
            explode,
            schema: at.member("schema"),
            pointer: at.pointer,
        })
    }

    /// What a reference leads to, from one to the next.
    pub(super) fn follow(&mut self, from: &At<'d>) -> Option<At<'d>> {
        let mut at = from.clone();
        for _ in 0..REFERENCES_MAX {
            let Some(reference) = at.value.get("$ref").and_then(Value::as_str) else {
                return Some(at);
            };
            at = match self.resolve(&at, reference) {
                Some(target) => target,
                None => {
                    self.report_reference(&at, reference);
                    return None;
                }
            };
        }
        self.report(from, "a reference leads back to itself");
        None
    }

    fn resolve(&self, from: &At<'d>, reference: &str) -> Option<At<'d>> {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let file = if file.is_empty() { from.file.clone() } else { resolve(&from.file, file)? };
        let root = self.documents.get(&file)?.as_ref().ok()?;
        let pointer = crate::percent::decode(pointer).into_owned();
        let value = root.value.pointer(&pointer)?;
        Some(At { file, pointer, value })
    }

    fn check_names(&mut self, root: &At<'d>, operations: &[Described<'d>]) {
        let mut seen = HashMap::new();
        for operation in operations {
            let first = seen.entry(operation.name.as_str()).or_insert(operation);
            if !std::ptr::eq(*first, operation) {
                let sentence = format!("two operations are called `{}`", operation.name);
                let pointer = format!("{}/operationId", operation.pointer);
                let at = At { pointer, ..root.clone() };
                let hint = format!("the first is {} {}", first.method, first.path);
                self.add(&at, Finding::in_file(&*at.file, code::DUPLICATE, sentence).hint(hint));
            }
        }
    }

    /// Reports a reference that leads nowhere.
    pub(super) fn check_reference(&mut self, at: &At<'d>, reference: &str) {
        if self.resolve(at, reference).is_none() {
            self.report_reference(at, reference);
        }
    }

    fn report_reference(&mut self, at: &At<'d>, reference: &str) {
        let sentence = format!("the reference {reference} leads nowhere in the contract's files");
        let (code, hint) = if reference.contains("://") {
            (
                code::REFERENCE_OUTSIDE,
                "nothing is fetched: copy the file in and refer to it by path",
            )
        } else if reference.starts_with('#') {
            (code::IMPORT_UNRESOLVED, "the pointer after `#` must lead to something in this file")
        } else {
            (code::IMPORT_UNRESOLVED, "copy the file in, and look at the pointer after `#`")
        };
        self.add(at, Finding::in_file(&*at.file, code, sentence).hint(hint));
    }

    pub(super) fn report(&mut self, at: &At<'d>, sentence: impl Into<String>) {
        self.push(at, code::SCHEMA_BROKEN, sentence, false);
    }

    fn push(
        &mut self,
        at: &At<'d>,
        code: crate::Code,
        sentence: impl Into<String>,
        is_warning: bool,
    ) {
        let finding = Finding::in_file(&*at.file, code, sentence);
        self.add(at, if is_warning { finding.warning() } else { finding });
    }

    fn add(&mut self, at: &At<'d>, finding: Finding) {
        let tree = self.documents.get(&at.file).and_then(|tree| tree.as_ref().ok());
        let finding = match tree.and_then(|tree| tree.place(&at.pointer)) {
            Some(place) => finding.at(place.line, place.column),
            None => finding,
        };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}

/// The path of a server's address, with the default values of its variables.
fn base_path(server: &At<'_>) -> Option<String> {
    let mut url = server.text("url")?.to_owned();
    for (name, variable) in server.member("variables").map(|all| all.members()).unwrap_or_default()
    {
        url = url.replace(&format!("{{{name}}}"), variable.text("default").unwrap_or_default());
    }
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|start| rest.get(start..)).unwrap_or_default(),
        None => &url,
    };
    Some(path.trim_end_matches('/').to_owned())
}
