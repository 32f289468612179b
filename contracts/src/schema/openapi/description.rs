//! What a description says, read once: operations, parameters, bodies, answers, and every fault.

use super::{
    contents::Body,
    parameters::{In, Parameter},
    reader::{At, Reader},
    server,
    template::Template,
};
use crate::{Finding, code};
use std::collections::HashMap;

const METHODS: &[&str] =
    &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// One answer.
#[derive(Debug)]
pub(super) struct Answer<'d> {
    pub(super) status: String,
    pub(super) headers: Vec<Parameter<'d>>,
    pub(super) body: Body<'d>,
}

/// The paths so far, without the names of their parameters: each as it was written first, and its methods.
type Seen = HashMap<String, (String, Vec<String>)>;

/// One operation.
#[derive(Debug)]
pub(super) struct Described<'d> {
    pub(super) name: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) template: Template,
    pub(super) base_paths: Vec<Template>,
    pub(super) parameters: Vec<Parameter<'d>>,
    pub(super) body: Option<Body<'d>>,
    pub(super) answers: Vec<Answer<'d>>,
    /// Its place in the contract.
    pub(super) constraint: String,
    at: At<'d>,
}

impl<'d> Reader<'d> {
    /// Every operation of the description in this file.
    pub(super) fn operations(&mut self, root: &At<'d>) -> Vec<Described<'d>> {
        if root.member("paths").is_none() {
            // Since 3.1 a description may hold webhooks or components alone.
            self.report(root, "the description has no `paths`");
            return Vec::new();
        }
        let mut operations: Vec<Described<'d>> = Vec::new();
        let mut seen = Seen::new();
        for (path, item) in root.members_of("paths") {
            if !path.starts_with('/') {
                self.report(&item, "a path begins with `/`");
                continue;
            }
            let Some(template) = Template::compile(path.split('?').next().unwrap_or_default())
            else {
                self.report(
                    &item,
                    "the braces of the path do not pair, or it has too many segments",
                );
                continue;
            };
            if template.has_touching() {
                let sentence =
                    "two parameters of the path touch, so that no request can be told to be for it";
                self.warn(&item, code::SCHEMA_BROKEN, sentence);
            }
            let stated = item.clone();
            let Some(item) = self.follow(&item) else { continue };
            let mut of_path = Vec::new();
            for method in METHODS {
                if let Some(at) = item.member(method).and_then(|at| self.follow(&at)) {
                    let operation = self.operation(root, &item, &at, (path, method), &template);
                    of_path.push(operation);
                }
            }
            self.check_twins(&stated, &of_path, &mut seen);
            operations.extend(of_path);
        }
        self.check_names(&operations);
        operations
    }

    fn operation(
        &mut self,
        root: &At<'d>,
        item: &At<'d>,
        at: &At<'d>,
        (path, method): (&str, &str),
        template: &Template,
    ) -> Described<'d> {
        let name = at
            .text("operationId")
            .map_or_else(|| format!("{} {path}", method.to_uppercase()), str::to_owned);
        let parameters = self.parameters(at, item);
        self.check_path(at, path, template, &parameters);
        let body = self.request_body(at);
        let answers = at.members_of("responses");
        if answers.is_empty() {
            let sentence = "the operation declares no answer, so each will be refused";
            self.warn(at, code::SCHEMA_BROKEN, sentence);
        }
        let answers = answers.into_iter();
        let answers = answers.filter_map(|(status, answer)| self.answer(status, &answer)).collect();
        Described {
            name,
            method: method.to_uppercase(),
            path: path.to_owned(),
            template: template.clone(),
            base_paths: server::base_paths([at, item, root]),
            parameters,
            body,
            answers,
            constraint: self.place(at),
            at: at.clone(),
        }
    }

    /// Paths that differ in the names of their parameters alone are one path (section 4.8.8.1): whoever looks for an
    /// operation finds the first. Where each has methods of its own that does no harm.
    fn check_twins(&mut self, at: &At<'d>, of_path: &[Described<'d>], seen: &mut Seen) {
        let Some(first) = of_path.first() else { return };
        let (path, methods) = seen.entry(first.template.nameless()).or_default();
        if path.is_empty() {
            first.path.clone_into(path);
        } else {
            let hint = format!("the other is {path}");
            let sentence = "two paths fit the same requests";
            let finding = Finding::in_file(&*at.file, code::DUPLICATE, sentence).hint(hint);
            let harms = of_path.iter().any(|each| methods.contains(&each.method));
            self.add(at, if harms { finding } else { finding.warning() });
        }
        methods.extend(of_path.iter().map(|each| each.method.clone()));
    }

    /// Parameters of the path are those of its template (section 4.8.12.2).
    fn check_path(
        &mut self,
        at: &At<'d>,
        path: &str,
        template: &Template,
        parameters: &[Parameter<'d>],
    ) {
        let of_path = |each: &&Parameter<'_>| each.place == In::Path;
        let stated: Vec<&str> =
            parameters.iter().filter(of_path).map(|each| each.name.as_str()).collect();
        for name in template.names().filter(|name| !stated.contains(name)) {
            let sentence = format!("no parameter is stated for `{{{name}}}` of the path {path}");
            self.warn(at, code::SCHEMA_BROKEN, sentence);
        }
        for name in stated {
            if !template.names().any(|each| each == name) {
                let sentence = format!("the path {path} has no `{{{name}}}` for this parameter");
                self.warn(at, code::SCHEMA_BROKEN, sentence);
            }
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
        let headers = self.headers(&at);
        Some(Answer { status: status.to_owned(), headers, body: self.body(&at) })
    }

    fn check_names(&mut self, operations: &[Described<'d>]) {
        let mut seen = HashMap::new();
        for operation in operations {
            let first = seen.entry(operation.name.as_str()).or_insert(operation);
            if !std::ptr::eq(*first, operation) {
                let sentence = format!("two operations are called `{}`", operation.name);
                let at = operation.at.member("operationId").unwrap_or_else(|| operation.at.clone());
                let hint = format!("the first is {} {}", first.method, first.path);
                self.add(&at, Finding::in_file(&*at.file, code::DUPLICATE, sentence).hint(hint));
            }
        }
    }
}
