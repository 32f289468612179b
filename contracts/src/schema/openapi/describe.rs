//! What a description describes, for those who make messages: read anew from its files.

use super::{
    ALIAS, SUFFIXES, build, contents, description,
    dialect::Dialect,
    parameters::{self, Written},
    reader::{At, Reader},
};
use crate::{
    Direction,
    manifest::{Formats, JudgeStep},
    schema::{
        FileReader,
        described::{Answer, Body, Content, Described, In, Operation, Parameter, Style},
        json::{Documents, SchemaAt, Schemas, SetUp},
    },
};

/// Tells what the description that a step names describes for messages of one direction; nothing where it cannot be read.
pub(super) fn describe(
    step: &JudgeStep,
    files: &FileReader<'_>,
    direction: Direction,
    ask: &mut dyn FnMut(&Described<'_>),
) {
    let entry = step.file.value.as_str();
    let mut documents = Documents::read(entry, SUFFIXES, &step.json, files);
    let Ok(dialect) = Dialect::of(&documents, entry) else { return };
    dialect.rewrite(&mut documents, entry, direction);
    let Some(registry) = build::registry(&documents, dialect, &documents.retriever()) else {
        return;
    };
    let asserts = step.json.formats == Formats::Assert;
    let compared = &documents;
    let set_up: SetUp<'_> = Box::new(move |options| {
        dialect.options(compared.compared(options.should_validate_formats(asserts)))
    });
    let addresses = documents.addresses().named(entry, ALIAS);
    let alone = dialect.reference_stands_alone();
    let schemas = Schemas::new(&documents, addresses, registry, set_up, alone);
    let mut reader = Reader::new(&documents, entry);
    let Some(root) = reader.root() else { return };
    let operations = reader.operations(&root).into_iter().map(operation).collect();
    ask(&Described { operations, schemas: &schemas });
}

fn operation(described: description::Described<'_>) -> Operation<'_> {
    Operation {
        name: described.name,
        method: described.method,
        path: described.path.split('?').next().unwrap_or_default().to_owned(),
        parameters: described.parameters.into_iter().map(parameter).collect(),
        body: described.body.map(body),
        answers: described.answers.into_iter().map(answer).collect(),
        place: described.constraint,
    }
}

fn answer(answer: description::Answer<'_>) -> Answer<'_> {
    let headers = answer.headers.into_iter().map(parameter).collect();
    Answer { status: answer.status, headers, body: body(answer.body) }
}

fn body(body: contents::Body<'_>) -> Body<'_> {
    let contents = body.contents.into_iter().map(|content| Content {
        media_type: content.range.to_string(),
        schema: content.schema.map(schema_at),
        examples: content.examples,
    });
    Body { required: body.required, contents: contents.collect(), constraint: body.constraint }
}

fn parameter(parameter: parameters::Parameter<'_>) -> Parameter<'_> {
    let Written { style, explode, .. } = parameter.written;
    let is_json = parameter.content.as_deref().is_some_and(contents::is_json);
    Parameter {
        name: parameter.name,
        place: match parameter.place {
            parameters::In::Path => In::Path,
            parameters::In::Query => In::Query,
            parameters::In::Header => In::Header,
            parameters::In::Cookie => In::Cookie,
        },
        required: parameter.required,
        may_be_empty: parameter.may_be_empty,
        style: shown(style),
        explode,
        is_json,
        is_other: parameter.content.is_some() && !is_json,
        schema: parameter.schema.map(schema_at),
        examples: parameter.examples,
        constraint: parameter.constraint,
    }
}

fn shown(style: parameters::Style) -> Style {
    match style {
        parameters::Style::Simple => Style::Simple,
        parameters::Style::Label | parameters::Style::Dotted => Style::Label,
        parameters::Style::Matrix => Style::Matrix,
        parameters::Style::Form => Style::Form,
        parameters::Style::Space => Style::Space,
        parameters::Style::Pipe => Style::Pipe,
        parameters::Style::Tab => Style::Tab,
        parameters::Style::Deep => Style::Deep,
    }
}

fn schema_at(at: At<'_>) -> SchemaAt {
    SchemaAt { file: at.file, pointer: at.pointer }
}

impl<'d> Reader<'d> {
    /// The values that a parameter or a content gives for itself: `example` and `examples` (OpenAPI 3.1, section 4.8.19), and
    /// `x-example`, as Swagger 2.0 has it.
    pub(super) fn examples(&self, at: &At<'d>) -> Vec<&'d serde_json::Value> {
        let mut found: Vec<&'d serde_json::Value> = Vec::new();
        found.extend(["example", "x-example"].iter().filter_map(|name| at.value.get(*name)));
        for (_, example) in at.member("examples").map(|all| all.members()).unwrap_or_default() {
            let reference = example.value.get("$ref").and_then(serde_json::Value::as_str);
            let example = match reference {
                Some(reference) => self.resolve(&example, reference),
                None => Some(example),
            };
            found.extend(example.and_then(|example| example.value.get("value")));
        }
        found
    }
}
