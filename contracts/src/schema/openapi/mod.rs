//! OpenAPI 3.0 and 3.1 and Swagger 2.0: a description of a whole service judges its requests and answers.
//!
//! Operations are found by method and path, bodies by media type and status. Schemas are judged by
//! the same engine as JSON Schema; every violation also names its operation, so that a clause can
//! cover either the schema or the operation.

mod accept;
mod build;
mod contents;
mod convert;
mod describe;
mod description;
mod dialect;
mod discriminator;
mod examples;
mod form;
mod input;
mod judge;
mod parameters;
mod reader;
mod routes;
mod schemas;
mod server;
mod shape;
mod swagger;
mod template;
mod written;
mod xml;

pub(crate) use discriminator::place as plain_place;
pub(crate) use examples::DescriptionRules;

use super::{
    Compiled, FileReader, Published, Schema,
    cache::Source,
    described::Described,
    json::{Addresses, Documents, Names},
    tree::Tree,
};
use crate::{
    Direction, Finding, Layer, Payload, Violation,
    judge::{JudgeOptions, Occasion, Violations},
    manifest::{JudgeStep, Language},
};
use build::{Built, Operation};
use bytes::Bytes;
use dialect::Dialect;
use routes::Routes;
use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    sync::Arc,
};
use template::Values;

/// Whether the lines of the header `Accept` take this media type; one that is none is taken.
pub(in crate::schema) fn accepts_type(accepts: &[&str], media_type: &str) -> bool {
    let range = contents::MediaRange::parse(media_type);
    range.is_none_or(|range| accept::takes(accepts, &range))
}

/// How places of the description begin, whatever its file is called.
const ALIAS: &str = "openapi";

/// How the names of the files end that a description may refer to.
const SUFFIXES: &[&str] = &[".json", ".yaml", ".yml"];

/// What the description in this file says of itself; nothing where it is none.
pub(super) fn published(path: &str, bytes: &Bytes) -> Option<Published> {
    let tree = Tree::read(path, bytes).ok()?;
    ["openapi", "swagger"].iter().find_map(|key| tree.value.get(*key))?;
    let text = |name: &str| match tree.value.get("info")?.get(name)? {
        serde_json::Value::String(text) => Some(text.clone()),
        // Without quotes YAML reads a number.
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let (title, version) = (text("title"), text("version"));
    Some(Published {
        language: Language::Openapi,
        title: title.unwrap_or_default(),
        version: version.unwrap_or_default(),
    })
}

/// A compiled description.
struct Openapi {
    operations: Vec<Operation>,
    by_name: HashMap<String, usize>,
    routes: Routes,
    names: Names,
    addresses: Addresses,
    has_directions: bool,
    source: Source,
}

impl fmt::Debug for Openapi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Openapi({} operations)", self.operations.len())
    }
}

/// Compiles the description that a step names.
pub(super) fn compile(step: &JudgeStep, files: &FileReader<'_>) -> Compiled {
    let entry = step.file.value.as_str();
    let mut requests = Documents::read(entry, SUFFIXES, &step.json, files);
    let dialect = match Dialect::of(&requests, entry) {
        Ok(dialect) => dialect,
        Err(finding) => return Compiled { schema: None, findings: vec![*finding] },
    };
    let has_directions = requests.values().any(convert::has_directions);
    let mut answers = requests.clone();
    dialect.rewrite(&mut requests, entry, Direction::Request);
    dialect.rewrite(&mut answers, entry, Direction::Response);
    let built = build::build(entry, &requests, &answers, (&step.json, dialect));
    let Built { operations, routes, findings } = built;
    let sound = !findings.iter().any(Finding::is_error);
    let by_name = operations.iter().enumerate().map(|(at, each)| (each.name.clone(), at));
    let schema = Openapi {
        by_name: by_name.collect(),
        operations,
        routes,
        names: Names::of(requests.values()),
        addresses: requests.addresses().named(entry, ALIAS),
        has_directions,
        source: Source::of(step, files, SUFFIXES),
    };
    Compiled { schema: sound.then(|| Arc::new(schema) as Arc<dyn Schema>), findings }
}

impl Schema for Openapi {
    fn layer(&self) -> Layer {
        Layer::Openapi
    }

    fn judge(
        &self,
        payload: Option<&Payload>,
        occasion: &Occasion<'_>,
        options: &JudgeOptions,
        violations: &mut Violations<'_>,
    ) {
        let operation = self.by_name.get(occasion.operation);
        let Some(operation) = operation.and_then(|at| self.operations.get(*at)) else {
            return violations.push(self.unknown(occasion));
        };
        let judging = judge::Judging { description: self, operation, occasion, options };
        match occasion.direction {
            Direction::Request => judging.request(payload, violations),
            Direction::Response => judging.response(payload, violations),
        }
    }

    fn describe(&self, direction: Direction, ask: &mut dyn FnMut(&Described<'_>)) {
        self.source.read(&mut |step, files| describe::describe(step, files, direction, ask));
    }

    fn operations(&self) -> Vec<&str> {
        self.operations.iter().map(|operation| operation.name.as_str()).collect()
    }

    fn operation_named(&self, name: &str) -> Option<&str> {
        self.by_name.get_key_value(name).map(|(name, _)| name.as_str())
    }

    fn operation_at(&self, method: &str, path: &str) -> Option<&str> {
        let mut of_method = |at: usize| {
            let operation = self.operations.get(at)?;
            (operation.method == method).then_some(operation.name.as_str())
        };
        self.routes.find(path, &mut of_method).map(|(name, _)| name)
    }

    fn methods_at(&self, path: &str) -> Vec<&str> {
        let mut methods = BTreeSet::new();
        let mut gather = |at: usize| -> Option<()> {
            methods.extend(self.operations.get(at).map(|operation| operation.method.as_str()));
            None
        };
        let _ = self.routes.find(path, &mut gather);
        methods.into_iter().collect()
    }
}

impl Openapi {
    /// That a request is for no operation, with what its path takes.
    fn unknown(&self, occasion: &Occasion<'_>) -> Violation {
        let mut violation = crate::contract::operation_unknown();
        let Some(head) = occasion.request else { return violation };
        let methods = self.methods_at(head.path).into_iter().map(str::to_owned);
        violation.message += &match super::listed("its path takes", methods) {
            none if none.is_empty() => ": it has no such path".to_owned(),
            methods => methods,
        };
        violation
    }

    /// The values of an operation's parameters in a path, with or without its server's.
    fn values<'o, 'p>(&self, operation: &'o Operation, path: &'p str) -> Values<'o, 'p> {
        let mut meant = |at: usize| {
            self.operations.get(at).filter(|each| std::ptr::eq(*each, operation)).map(|_| ())
        };
        let below = self.routes.find(path, &mut meant).map(|(_, below)| below);
        below.and_then(|below| operation.template.fit(below)).unwrap_or_default()
    }

    /// How a verdict names the constraint at an address.
    fn place(&self, uri: &str) -> String {
        discriminator::place(&self.addresses.place(uri))
    }
}

#[cfg(test)]
mod tests;
