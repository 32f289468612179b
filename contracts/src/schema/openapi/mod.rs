//! OpenAPI 3.0 and 3.1: a description of a whole service judges its requests and answers.
//!
//! Operations are found by method and path, bodies by media type and status. Schemas are judged by
//! the same engine as JSON Schema; every violation also names its operation, so that a clause can
//! cover either the schema or the operation.

mod build;
mod convert;
mod description;
mod judge;
mod template;

use super::{
    Compiled, FileReader, Schema,
    json::{Addresses, Documents, Names},
};
use crate::{
    Direction, Finding, Layer, Payload, code,
    judge::{JudgeOptions, Occasion, Violations},
    manifest::JudgeStep,
};
use build::Operation;
use description::{At, Reader};
use std::{fmt, sync::Arc};
use template::Template;

/// How places of the description begin, whatever its file is called.
const ALIAS: &str = "openapi";

/// A compiled description.
struct Openapi {
    operations: Vec<Operation>,
    base_paths: Vec<String>,
    names: Names,
    addresses: Addresses,
    has_directions: bool,
}

impl fmt::Debug for Openapi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Openapi({} operations)", self.operations.len())
    }
}

/// Compiles the description that a step names.
pub(super) fn compile(step: &JudgeStep, files: &FileReader<'_>) -> Compiled {
    let entry = step.file.value.as_str();
    let read = || Documents::read(entry, &[".json", ".yaml", ".yml"], &step.json, files);
    let (mut requests, mut answers) = (read(), read());
    let is_3_0 = match version(&requests, entry) {
        Ok(version) => version.starts_with("3.0"),
        Err(finding) => return Compiled { schema: None, findings: vec![*finding] },
    };
    let has_directions = requests.values().any(convert::has_directions);
    for (documents, direction) in
        [(&mut requests, Direction::Request), (&mut answers, Direction::Response)]
    {
        documents.rewrite(|value| {
            if is_3_0 {
                convert::from_3_0(value);
            }
            convert::whole_numbers(value);
            if has_directions {
                convert::for_direction(value, direction);
            }
        });
    }
    let (operations, base_paths, findings) = build::build(entry, &requests, &answers);
    let sound = !findings.iter().any(Finding::is_error);
    let names = Names::of(requests.values());
    let addresses = requests.addresses().named(entry, ALIAS);
    let schema = Openapi { operations, base_paths, names, addresses, has_directions };
    Compiled { schema: sound.then(|| Arc::new(schema) as Arc<dyn Schema>), findings }
}

/// The version that the description states.
fn version(documents: &Documents, entry: &str) -> Result<String, Box<Finding>> {
    let tree = match documents.get(entry) {
        Some(Ok(tree)) => tree,
        Some(Err(fault)) => return Err(Box::new(fault.finding(entry))),
        None => {
            let finding = Finding::in_file(entry, code::SCHEMA_MISSING, "there is no such file");
            return Err(Box::new(finding));
        }
    };
    let version = tree.value.get("openapi").and_then(serde_json::Value::as_str);
    match version {
        Some(version) if version.starts_with("3.") => Ok(version.to_owned()),
        _ => {
            let sentence = "the file is not a description in OpenAPI 3";
            let finding = Finding::in_file(entry, code::RULES_UNSUPPORTED, sentence);
            let place = ["/openapi", "/swagger", ""].iter().find_map(|pointer| tree.place(pointer));
            Err(Box::new(place.map_or(finding.clone(), |at| finding.at(at.line, at.column))))
        }
    }
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
        let Some(operation) = self.operations.iter().find(|each| each.name == occasion.operation)
        else {
            return violations.push(crate::contract::operation_unknown());
        };
        let judging = judge::Judging { description: self, operation, occasion, options };
        match occasion.direction {
            Direction::Request => judging.request(payload, violations),
            Direction::Response => judging.response(payload, violations),
        }
    }

    fn operations(&self) -> Vec<&str> {
        self.operations.iter().map(|operation| operation.name.as_str()).collect()
    }

    fn operation_at(&self, method: &str, path: &str) -> Option<&str> {
        let fitting = self.operations.iter().filter(|operation| {
            operation.method.eq_ignore_ascii_case(method)
                && self.fit(&operation.template, path).is_some()
        });
        fitting
            .min_by_key(|operation| operation.template.n_parameters())
            .map(|each| each.name.as_str())
    }
}

impl Openapi {
    /// The values of a template's parameters in a path, with or without a server's base path.
    fn fit<'t, 'p>(&self, template: &'t Template, path: &'p str) -> Option<Fit<'t, 'p>> {
        template.fit(path).or_else(|| {
            let below = self.base_paths.iter().filter_map(|base| path.strip_prefix(base.as_str()));
            below.filter(|rest| rest.starts_with('/')).find_map(|rest| template.fit(rest))
        })
    }
}

type Fit<'t, 'p> = Vec<(&'t str, std::borrow::Cow<'p, str>)>;

#[cfg(test)]
mod tests;
