//! What a JSON Schema says, for those who make documents of it: read anew from its files.

use super::{Documents, SUFFIXES, SchemaAt, Schemas, SetUp, Whole, compile, mark, uri_of};
use crate::{
    manifest::{Formats, JudgeStep},
    schema::{
        FileReader,
        described::{Body, Content, Described, Operation},
    },
};
use jsonschema::{Draft, Registry};

/// Tells what the schema that a step names says, as the body of one operation without a name; nothing where it cannot be read.
pub(super) fn describe(
    step: &JudgeStep,
    files: &FileReader<'_>,
    ask: &mut dyn FnMut(&Described<'_>),
) {
    let entry = step.file.value.as_str();
    let mut documents = Documents::read(entry, SUFFIXES, &step.json, files);
    let whole = Whole::of(compile::draft(&step.json));
    documents.rewrite(|value| mark(value, whole));
    let Some(Ok(tree)) = documents.get(entry) else { return };
    let draft = compile::draft(&step.json).detect(&tree.value);
    let mut registry = Registry::new().draft(draft).retriever(documents.retriever());
    for (path, tree) in documents.readable() {
        let Ok(more) = registry.add(uri_of(path), &tree.value) else { return };
        registry = more;
    }
    let Ok(registry) = registry.prepare() else { return };
    let is_early = matches!(draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7);
    let formats = step.json.formats;
    let compared = &documents;
    let set_up: SetUp<'_> = Box::new(move |options| {
        let options = compared.compared(options.with_draft(draft));
        match formats {
            Formats::Assert => options.should_validate_formats(true),
            Formats::Annotate if is_early => options.should_validate_formats(false),
            Formats::Annotate => options,
        }
    });
    let addresses = documents.addresses();
    let schemas = Schemas::new(&documents, addresses, registry, set_up, is_early);
    let root = SchemaAt { file: entry.to_owned(), pointer: String::new() };
    let content =
        Content { media_type: "application/json".into(), schema: Some(root), examples: Vec::new() };
    let place = format!("{entry}#");
    let body = Body { required: true, contents: vec![content], constraint: place.clone() };
    let operation = Operation {
        name: String::new(),
        method: "POST".into(),
        path: "/".into(),
        parameters: Vec::new(),
        body: Some(body),
        answers: Vec::new(),
        place,
    };
    ask(&Described { operations: vec![operation], schemas: &schemas });
}
