//! From files to a validator, with every fault and its place.

use super::branch;
use super::documents::{Documents, Offline, uri_of};
use crate::{
    Finding, code,
    manifest::{self, Formats, JsonRules},
    payload::escape_step,
    schema::tree::Tree,
};
use jsonschema::{Draft, PatternOptions, ValidationError, Validator, error::ValidationErrorKind};
use serde_json::Value;
use std::collections::HashSet;

/// Most steps back of a pattern that needs look-around or back-references.
const BACKTRACK_STEPS_MAX: usize = 100_000;

/// Largest compiled pattern, in bytes.
const PATTERN_BYTES_MAX: usize = 10 << 20;

/// What building gives.
#[derive(Debug, Default)]
pub(crate) struct Built {
    pub(crate) validator: Option<Validator>,
    pub(crate) findings: Vec<Finding>,
}

/// Builds a validator of the schema that a file is.
pub(crate) fn build(documents: &Documents, file: &str, rules: &JsonRules) -> Built {
    let tree = match documents.get(file) {
        Some(Ok(tree)) => tree,
        Some(Err(fault)) => {
            return Built { validator: None, findings: vec![fault.finding(file)] };
        }
        None => {
            let finding = Finding::in_file(file, code::SCHEMA_MISSING, "there is no such file");
            return Built { validator: None, findings: vec![finding] };
        }
    };
    let counted = documents.counted();
    let schema = counted.get(file).and_then(|tree| tree.as_ref().ok());
    let schema = schema.map_or(&tree.value, |tree| &tree.value);
    let offline = counted.retriever();
    let options = jsonschema::options()
        .with_base_uri(uri_of(file))
        .with_retriever(offline.clone())
        .should_ignore_unknown_formats(true);
    let options = documents.compared(options);
    // What a schema says itself goes before what the manifest says of all.
    let options = match schema.get("$schema") {
        Some(_) => options,
        None => options.with_draft(draft(rules)),
    };
    let options = match rules.formats {
        Formats::Assert => options.should_validate_formats(true),
        // Up to draft 7 the engine asserts unless told otherwise; later drafts leave it to the dialect.
        Formats::Annotate if is_early(draft(rules).detect(schema)) => {
            options.should_validate_formats(false)
        }
        Formats::Annotate => options,
    };
    let linear_built = options.clone().with_pattern_options(linear()).build(schema);
    if !offline.missing().is_empty()
        || matches!(&linear_built, Err(fault) if is_reference_fault(fault))
    {
        let mut findings = schema_findings(documents, file, None);
        findings.extend(reference_findings(documents, file, linear_built.err(), &offline));
        return Built { validator: None, findings };
    }
    if let Ok(validator) = linear_built {
        return Built { validator: Some(validator), findings: Vec::new() };
    }
    match options.with_pattern_options(backtracking()).build(schema) {
        Ok(validator) => {
            Built { validator: Some(validator), findings: pattern_findings(documents) }
        }
        Err(fault) => {
            let mut findings = schema_findings(documents, file, Some(&fault));
            findings.extend(dangling(documents, file));
            Built { validator: None, findings }
        }
    }
}

/// The draft of schemas that name none.
pub(crate) fn draft(rules: &JsonRules) -> Draft {
    match rules.draft {
        Some(manifest::Draft::Draft4) => Draft::Draft4,
        Some(manifest::Draft::Draft6) => Draft::Draft6,
        Some(manifest::Draft::Draft7) => Draft::Draft7,
        Some(manifest::Draft::Draft201909) => Draft::Draft201909,
        Some(manifest::Draft::Draft202012) | None => Draft::Draft202012,
    }
}

fn is_early(draft: Draft) -> bool {
    matches!(draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7)
}

/// Patterns on an engine of linear time.
pub(crate) fn linear() -> PatternOptions<jsonschema::Regex> {
    PatternOptions::regex().size_limit(PATTERN_BYTES_MAX)
}

/// Patterns on an engine that can look around, with a limit of steps.
pub(crate) fn backtracking() -> PatternOptions<jsonschema::FancyRegex> {
    PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_STEPS_MAX).size_limit(PATTERN_BYTES_MAX)
}

/// Whether a reference is what keeps a schema from being compiled.
pub(crate) fn is_reference_fault(fault: &ValidationError<'_>) -> bool {
    matches!(fault.kind(), ValidationErrorKind::Referencing(_))
}

/// References that lead nowhere: each at the place of its `$ref`.
pub(crate) fn reference_findings(
    documents: &Documents,
    file: &str,
    fault: Option<ValidationError<'_>>,
    offline: &Offline,
) -> Vec<Finding> {
    let missing = offline.missing();
    let mut findings = Vec::new();
    for (path, tree) in documents.readable() {
        for (pointer, reference) in texts_under(&tree.value, &["$ref"]) {
            let target = reference.split('#').next().unwrap_or_default();
            let end = target.trim_start_matches("./").trim_start_matches("../");
            if !end.is_empty() && missing.iter().any(|uri| uri.ends_with(end)) {
                findings.push(match broken_target(documents, path, target) {
                    Some(sentence) => {
                        let hint = "put the file right, or refer to another";
                        at(tree, path, &pointer, (code::IMPORT_UNRESOLVED, sentence, hint))
                    }
                    None => at(tree, path, &pointer, missing_sentence(target)),
                });
            }
        }
    }
    findings.extend(dangling(documents, file));
    if findings.is_empty() {
        let why = fault.map(|fault| format!(": {fault}")).unwrap_or_default();
        let sentence = format!("a reference leads nowhere{why}");
        findings.push(Finding::in_file(file, code::IMPORT_UNRESOLVED, sentence));
    }
    findings
}

/// Where a reference leads to a file that is there and cannot be read.
fn broken_target(documents: &Documents, from: &str, target: &str) -> Option<String> {
    let path = crate::files::resolve(from, target)?;
    let broken = documents.get(&path)?.is_err();
    broken.then(|| format!("the schema refers to {target}, which cannot be read as JSON or YAML"))
}

fn missing_sentence(target: &str) -> (crate::Code, String, &'static str) {
    if target.contains("://") {
        let sentence =
            format!("the schema refers to {target}, which is not among the contract's files");
        (
            code::REFERENCE_OUTSIDE,
            sentence,
            "nothing is fetched: copy the file in, with this address as its `$id`",
        )
    } else {
        let sentence =
            format!("the schema refers to {target}, which is not among the contract's files");
        (code::IMPORT_UNRESOLVED, sentence, "copy the file in beside this one")
    }
}

/// Patterns that only a backtracking engine can run.
pub(crate) fn pattern_findings(documents: &Documents) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, tree) in documents.readable() {
        let named = names_under(&tree.value, "patternProperties");
        for (pointer, pattern) in texts_under(&tree.value, &["pattern"]).into_iter().chain(named) {
            if needs_backtracking(&pattern) {
                let sentence = "the pattern needs look-around or back-references".to_owned();
                let hint =
                    "it runs with a limit of steps; other implementations may take unbounded time";
                let found = at(tree, path, &pointer, (code::PATTERN_BACKTRACKS, sentence, hint));
                findings.push(found.warning());
            }
        }
    }
    findings
}

fn needs_backtracking(pattern: &str) -> bool {
    let around = ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|group| pattern.contains(group));
    around || pattern.as_bytes().windows(2).any(|pair| matches!(pair, [b'\\', b'1'..=b'9']))
}

/// Everything that their metaschemas have against a schema and those that it refers to.
fn schema_findings(
    documents: &Documents,
    file: &str,
    fault: Option<&ValidationError<'_>>,
) -> Vec<Finding> {
    let found = |tree: &Tree, file: &str, pointer: &str, sentence: String| {
        let hint = "see the JSON Schema specification of the draft that `$schema` names";
        at(tree, file, pointer, (code::SCHEMA_BROKEN, sentence, hint))
    };
    let mut findings = Vec::new();
    for (path, tree) in documents.reachable(file) {
        let Ok(meta) = jsonschema::meta::validator_for(&tree.value) else { continue };
        let mut seen = HashSet::new();
        for each in meta.iter_errors(&tree.value) {
            let pointer = each.instance_path().as_str().to_owned();
            if seen.insert(pointer.clone()) {
                findings.push(found(tree, path, &pointer, against_schema(&each)));
            }
        }
    }
    if let (true, Some(fault), Some(Ok(tree))) = (findings.is_empty(), fault, documents.get(file)) {
        let pointer = branch::published(fault.instance_path().as_str().to_owned());
        findings.push(found(tree, file, &pointer, against_schema(fault)));
    }
    findings
}

/// References into files that are there, to parts that are not: looked for where a schema is broken anyway, so that all are
/// told at once.
fn dangling(documents: &Documents, file: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, tree) in documents.reachable(file) {
        // An address within the file gives references below it another meaning.
        if texts_under(&tree.value, &["$id"]).iter().any(|(pointer, _)| pointer != "/$id") {
            continue;
        }
        for (pointer, reference) in texts_under(&tree.value, &["$ref"]) {
            let is_value = |name: &str| VALUES.contains(&name);
            if pointer.split('/').any(is_value) {
                continue;
            }
            let Some((target, part)) = documents.target(path, &reference) else { continue };
            let is_there =
                part.is_empty() || !part.starts_with('/') || target.pointer(&part).is_some();
            if !is_there {
                let sentence = format!("the reference `{reference}` leads to nothing");
                let hint = "name a part that is there";
                let found = (code::IMPORT_UNRESOLVED, sentence, hint);
                findings.push(at(tree, path, &pointer, found));
            }
        }
    }
    findings
}

/// Keywords whose values are no schemas.
const VALUES: &[&str] = &["enum", "const", "default", "example", "examples"];

/// What the metaschema has against a part of a schema. Where its own words would be about the metaschema, they are said
/// of the keyword instead.
pub(crate) fn against_schema(fault: &ValidationError<'_>) -> String {
    let keyword = fault.instance_path().as_str().rsplit('/').next().unwrap_or_default().to_owned();
    match fault.kind() {
        ValidationErrorKind::AnyOf { .. } if keyword == "type" => format!(
            "not a valid schema: `type` takes one or several of array, boolean, integer, null, number, object and string, not {}",
            fault.instance()
        ),
        ValidationErrorKind::Format { format } if format == "regex" => {
            "not a valid schema: the pattern is none that can be read (ECMA-262)".to_owned()
        }
        _ => format!("not a valid schema: {fault}"),
    }
}

fn at(
    tree: &Tree,
    file: &str,
    pointer: &str,
    (code, sentence, hint): (crate::Code, String, &'static str),
) -> Finding {
    let finding = Finding::in_file(file, code, sentence).hint(hint);
    match tree.place(pointer) {
        Some(place) => finding.at(place.line, place.column),
        None => finding,
    }
}

/// Every text that is a member of one of these names, with its JSON Pointer.
pub(crate) fn texts_under(value: &Value, names: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    each_member(value, &mut |pointer, name, value| {
        if names.contains(&name)
            && let Some(text) = value.as_str()
        {
            found.push((pointer.to_owned(), text.to_owned()));
        }
    });
    found
}

/// Every member name of the objects that are members of this name, with its JSON Pointer.
fn names_under(value: &Value, parent: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    each_member(value, &mut |pointer, name, value| {
        if name == parent
            && let Value::Object(members) = value
        {
            let each =
                members.keys().map(|key| (format!("{pointer}/{}", escape_step(key)), key.clone()));
            found.extend(each);
        }
    });
    found
}

fn each_member<'v>(value: &'v Value, visit: &mut dyn FnMut(&str, &'v str, &'v Value)) {
    let mut open = vec![(String::new(), value)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let pointer = format!("{pointer}/{}", escape_step(name));
                    visit(&pointer, name, value);
                    open.push((pointer, value));
                }
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                open.extend(items.map(|(at, item)| (format!("{pointer}/{at}"), item)));
            }
            _ => {}
        }
    }
}
