//! Reads `contract.toml`: every fault at once, each with its place.

use super::{
    Condition, DataClass, Dates, Draft, Formats, JsonRules, JudgeStep, KeyRule, KeyRules,
    KeySource, Language, Manifest, Operation, OperationKind, Part, Profile, SchemeMapping,
    SchemeRule, Select, SelectBy, SeverityRules, Source, Status, XmlName, lists::read_lists,
};
use crate::{
    Finding, MediaType, Severity, code,
    files::{ContractFiles, FileDigest, resolve},
    settings::{Placed, Settings, Table, Value},
};
use indexmap::IndexMap;
use regex::RegexBuilder;
use std::collections::BTreeMap;

/// The manifest's file name.
pub const FILE: &str = "contract.toml";

/// Largest compiled pattern, in bytes.
const PATTERN_BYTES_MAX: usize = 1 << 20;

const STATUSES: &[(&str, Status)] = &[
    ("draft", Status::Draft),
    ("candidate", Status::Candidate),
    ("in-force", Status::InForce),
    ("deprecated", Status::Deprecated),
    ("retired", Status::Retired),
];
const DATA_CLASSES: &[(&str, DataClass)] = &[
    ("open", DataClass::Open),
    ("individual", DataClass::Individual),
    ("real-time", DataClass::RealTime),
];
const KINDS: &[(&str, OperationKind)] =
    &[("one-way", OperationKind::OneWay), ("two-way", OperationKind::TwoWay)];
pub(super) const SEVERITIES: &[(&str, Severity)] =
    &[("error", Severity::Error), ("warning", Severity::Warning), ("info", Severity::Info)];
const FORMATS: &[(&str, Formats)] = &[("assert", Formats::Assert), ("annotate", Formats::Annotate)];
const DRAFTS: &[(&str, Draft)] = &[
    ("4", Draft::Draft4),
    ("6", Draft::Draft6),
    ("7", Draft::Draft7),
    ("2019-09", Draft::Draft201909),
    ("2020-12", Draft::Draft202012),
];
const LANGUAGES: &[(&str, Language)] = &[
    ("xsd", Language::Xsd),
    ("schematron", Language::Schematron),
    ("json-schema", Language::JsonSchema),
];

/// Reads the manifest among a contract's files. Nothing where a required part is wrong; what can
/// be read is given even where there are other faults.
pub fn read(files: &ContractFiles, findings: &mut Vec<Finding>) -> Option<Manifest> {
    let Some(file) = files.get(FILE) else {
        findings.push(files.finding(
            FILE,
            code::SCHEMA_MISSING,
            "the contract has no contract.toml",
        ));
        return None;
    };
    let settings = Settings::parse_bytes(&files.shown(FILE), &file.bytes, findings)?;
    let manifest = read_root(settings.root());
    if let Some(manifest) = &manifest {
        check(manifest, files, &settings);
    }
    findings.extend(settings.into_findings());
    manifest
}

fn read_root(mut root: Table<'_>) -> Option<Manifest> {
    let id = root.name("id");
    let version = root.name("version");
    let status = root.required_choice("status", STATUSES);
    let namespaces = read_namespaces(&mut root);
    let select = root.optional_table("select").and_then(|table| read_select(table, &namespaces));
    let severity = root.optional_table("severity").map(read_severity).unwrap_or_default();
    let json = root.optional_table("json").map(read_json).unwrap_or_default();
    let rules = StepRules { severity: &severity, json: &json };
    let mut operations: Vec<Operation> = Vec::new();
    for table in root.tables("operation") {
        let operation = read_operation(table, rules, &operations);
        operations.extend(operation);
    }
    let manifest = Manifest {
        title: read_title(&mut root),
        steward: root.optional_text("steward"),
        legal_basis: root.optional_text("legal-basis"),
        profile: root.choice("profile", Profile::WORDS),
        data_class: root.choice("data-class", DATA_CLASSES),
        source: root.optional_table("source").map(read_source),
        registers: root.texts("register").into_iter().map(|each| each.value).collect(),
        dates: root.optional_table("dates").map(read_dates).unwrap_or_default(),
        select,
        keys: root.optional_table("keys").map(read_keys).unwrap_or_default(),
        operations,
        severity,
        json,
        openapi: root.optional_placed_text("openapi"),
        wsdl: root.optional_placed_text("wsdl"),
        code_lists: read_lists(root.tables("code-list")),
        digests: read_digests(&mut root),
        checks: super::check::read_checks(&mut root),
        duplicate_members: root.flag("duplicate-members").unwrap_or(false),
        namespaces,
        id: id?,
        version: version?,
        status: status?,
    };
    Some(manifest)
}

fn read_title(root: &mut Table<'_>) -> IndexMap<String, String> {
    if !root.has("title") {
        root.report_missing("title");
    }
    let titles = root.text_entries("title");
    titles.into_iter().map(|(language, title)| (language.value.to_owned(), title)).collect()
}

fn read_namespaces(root: &mut Table<'_>) -> IndexMap<String, String> {
    let entries = root.text_entries("namespaces");
    entries.into_iter().map(|(prefix, uri)| (prefix.value.to_owned(), uri)).collect()
}

fn read_source(mut table: Table<'_>) -> Source {
    Source {
        name: table.optional_text("name"),
        url: table.optional_text("url"),
        licence: table.optional_text("licence"),
        version: table.optional_text("version"),
        id: table.optional_text("id"),
    }
}

fn read_dates(mut table: Table<'_>) -> Dates {
    let dates = Dates {
        observe_from: table.day("observe-from"),
        enforce_from: table.day("enforce-from"),
        retire_on: table.day("retire-on"),
    };
    let order = [
        ("observe-from", dates.observe_from),
        ("enforce-from", dates.enforce_from),
        ("retire-on", dates.retire_on),
    ];
    let given: Vec<_> = order.iter().filter_map(|(key, day)| Some((*key, (*day)?))).collect();
    for pair in given.windows(2) {
        if let [(earlier, first), (later, second)] = pair
            && first > second
        {
            table.report(later, code::VALUE_WRONG, format!("`{later}` lies before `{earlier}`"));
        }
    }
    dates
}

fn read_select(mut table: Table<'_>, namespaces: &IndexMap<String, String>) -> Option<Select> {
    let root = table.optional_placed_text("root");
    let member = table.optional_placed_text("member");
    let matches = table.value("matches");
    let mut conditions: Vec<Condition> =
        table.tables("where").into_iter().filter_map(read_condition).collect();
    let by = match (root, member) {
        (Some(root), None) => {
            if let Some(matches) = matches {
                matches.refuse("`matches` goes with `member`; use `where` to look into XML");
            }
            SelectBy::Root(read_root_name(&table, &root, namespaces)?)
        }
        (None, Some(member)) => {
            if !member.value.starts_with('/') {
                table.report(
                    "member",
                    code::VALUE_WRONG,
                    "`member` takes a JSON Pointer, as in /head/type",
                );
            }
            if let Some(pattern) = matches.and_then(|value| pattern(&value)) {
                conditions.insert(0, Condition { path: member.clone(), matches: pattern });
            }
            SelectBy::Member(member.value)
        }
        (None, None) => {
            table.report_missing("root");
            return None;
        }
        (Some(_), Some(_)) => {
            let sentence = "`root` is for XML and `member` for JSON: give one of them";
            table.report("member", code::VALUE_WRONG, sentence);
            return None;
        }
    };
    Some(Select { by, conditions })
}

fn read_root_name(
    table: &Table<'_>,
    root: &Placed<String>,
    namespaces: &IndexMap<String, String>,
) -> Option<XmlName> {
    let (prefix, local) = root.value.split_once(':').unwrap_or(("", &root.value));
    let is_name = |text: &str| {
        let mut characters = text.chars();
        characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
            && characters.all(|each| each.is_alphanumeric() || matches!(each, '_' | '-' | '.'))
    };
    if !is_name(local) || !(prefix.is_empty() || is_name(prefix)) || root.value.starts_with(':') {
        let sentence = "`root` is the name of an element, where it has a namespace with a prefix";
        let hint =
            "declare the namespace under [namespaces], as in o = \"urn:order\", and write o:Order";
        table.settings().report_with_hint(root.place, code::VALUE_WRONG, sentence, hint);
        return None;
    }
    if prefix.is_empty() {
        return Some(XmlName { namespace: String::new(), local: local.to_owned() });
    }
    let Some(namespace) = namespaces.get(prefix) else {
        let sentence = format!("the prefix `{prefix}` is not declared");
        let hint = format!("add `{prefix} = \"…\"` under [namespaces]");
        table.settings().report_with_hint(root.place, code::NAMESPACE_MISSING, sentence, hint);
        return None;
    };
    Some(XmlName { namespace: namespace.clone(), local: local.to_owned() })
}

fn read_condition(mut table: Table<'_>) -> Option<Condition> {
    let path = table.placed_text("path");
    if !table.has("matches") {
        table.report_missing("matches");
    }
    let matches = table.value("matches").and_then(|value| pattern(&value));
    Some(Condition { path: path?, matches: matches? })
}

fn pattern(value: &Value<'_>) -> Option<regex::Regex> {
    let text = value.text()?;
    let pattern = RegexBuilder::new(&text).size_limit(PATTERN_BYTES_MAX).build();
    if pattern.is_err() {
        value.refuse("`matches` is not a pattern that can be read (look-around and back-references are not taken)");
    }
    pattern.ok()
}

fn read_keys(mut table: Table<'_>) -> KeyRules {
    KeyRules {
        receiver: table.optional_table("receiver").and_then(|rule| read_key(rule, true)),
        sender: table.optional_table("sender").and_then(|rule| read_key(rule, true)),
        document: table.optional_table("document").and_then(|rule| read_key(rule, false)),
        profile: table.optional_table("profile").and_then(|rule| read_key(rule, false)),
        subject: table.texts("subject"),
        schemes: table.optional_table("schemes").map(read_schemes).unwrap_or_default(),
    }
}

fn read_key(mut table: Table<'_>, participant: bool) -> Option<KeyRule> {
    let path = table.optional_placed_text("path");
    let constant = table.optional_text("value");
    let source = match (path, constant) {
        (Some(path), None) => KeySource::Path(path),
        (None, Some(constant)) => KeySource::Constant(constant),
        (None, None) => {
            table.report_missing("path");
            return None;
        }
        (Some(_), Some(_)) => {
            table.report("value", code::VALUE_WRONG, "give `path` or `value`, not both");
            return None;
        }
    };
    if !participant {
        return Some(KeyRule { source, scheme: None });
    }
    let path = table.optional_placed_text("scheme").map(SchemeRule::Path);
    let constant = table.optional_text("scheme-value").map(SchemeRule::Constant);
    if path.is_some() && constant.is_some() {
        table.report(
            "scheme-value",
            code::VALUE_WRONG,
            "give `scheme` or `scheme-value`, not both",
        );
    }
    Some(KeyRule { source, scheme: path.or(constant) })
}

fn read_schemes(mut table: Table<'_>) -> IndexMap<String, SchemeMapping> {
    let entries = table.entries();
    let mappings = entries.into_iter().filter_map(|(word, value)| {
        let mapping = if value.is_table() {
            let mut table = value.table()?;
            let scheme = table.text("scheme");
            let prefix = table.optional_text("prefix").filter(|prefix| !prefix.is_empty());
            SchemeMapping { scheme: scheme?, prefix }
        } else {
            SchemeMapping::of_word(word.value, value.text()?)
        };
        Some((word.value.to_owned(), mapping))
    });
    mappings.collect()
}

/// `[severity]`: `flag`, `role` and `id-prefix`, each a table from a word to `error`, `warning` or `info`.
fn read_severity(mut table: Table<'_>) -> SeverityRules {
    let mut words = |key: &'static str| {
        let entries = table.optional_table(key).map(|mut table| table.entries());
        let entries = entries.into_iter().flatten().filter_map(|(word, value)| {
            let text = value.text()?;
            let Some((_, severity)) = SEVERITIES.iter().find(|(name, _)| *name == text) else {
                value.refuse("a severity is `error`, `warning` or `info`");
                return None;
            };
            Some((word.value.to_owned(), *severity))
        });
        entries.collect::<BTreeMap<_, _>>()
    };
    let (flag, role, id_prefix) = (words("flag"), words("role"), words("id-prefix"));
    let lower = |words: BTreeMap<String, Severity>| {
        words.into_iter().map(|(word, severity)| (word.to_ascii_lowercase(), severity)).collect()
    };
    SeverityRules { flag: lower(flag), role: lower(role), id_prefix }
}

/// `[json]`: `formats`, `draft`, and `addresses`, a table from a network folder to a folder of the contract.
fn read_json(mut table: Table<'_>) -> JsonRules {
    let formats = table.choice("formats", FORMATS).unwrap_or_default();
    let draft = table.choice("draft", DRAFTS);
    let entries = table.optional_table("addresses").map(|mut table| table.entries());
    let addresses = entries.into_iter().flatten().filter_map(|(address, value)| {
        let folder = value.text()?;
        let is_folder = folder.ends_with('/') && resolve("", &folder).is_some();
        if !address.value.contains("://") || !address.value.ends_with('/') || !is_folder {
            value.refuse(
                "a folder on the network stands for a folder of the contract, and both end in `/`",
            );
            return None;
        }
        Some((address.value.to_owned(), folder))
    });
    JsonRules { formats, draft, addresses: addresses.collect() }
}

/// What a manifest says once for all steps.
#[derive(Clone, Copy)]
struct StepRules<'m> {
    severity: &'m SeverityRules,
    json: &'m JsonRules,
}

fn read_operation(
    mut table: Table<'_>,
    rules: StepRules<'_>,
    before: &[Operation],
) -> Option<Operation> {
    let name = table.text("name");
    if let Some(name) = name.as_ref().filter(|name| before.iter().any(|each| each.name == **name)) {
        table.report("name", code::DUPLICATE, format!("two operations are called `{name}`"));
    }
    let kind = table.required_choice("kind", KINDS);
    let method = table.optional_text("method");
    let path = table.optional_text("path");
    let request = table.optional_table("request");
    let request = request.map(|part| read_part(part, rules)).unwrap_or_default();
    let response = table.optional_table("response");
    if kind == Some(OperationKind::OneWay) && response.is_some() {
        table.report("response", code::VALUE_WRONG, "a one-way operation has no response");
    }
    let response = response.map(|part| read_part(part, rules)).unwrap_or_default();
    Some(Operation { name: name?, kind: kind?, method, path, request, response })
}

fn read_part(mut table: Table<'_>, rules: StepRules<'_>) -> Part {
    let media_types = match table.value("media-type") {
        Some(value) if value.is_list() => value.list().iter().filter_map(Value::name).collect(),
        Some(value) => value.name::<MediaType>().into_iter().collect(),
        None => Vec::new(),
    };
    let step = |table| read_step(table, rules);
    let judge = table.tables("judge").into_iter().filter_map(step).collect();
    let wants = table.tables("wants").into_iter().filter_map(step).collect();
    Part { media_types, judge, wants }
}

fn read_step(mut table: Table<'_>, rules: StepRules<'_>) -> Option<JudgeStep> {
    let phase = table.optional_text("phase");
    let mut found: Vec<(Language, Placed<String>)> = Vec::new();
    for (key, language) in LANGUAGES {
        found.extend(table.optional_placed_text(key).map(|file| (*language, file)));
    }
    if found.len() != 1 {
        let sentence = "a step of `judge` names one file: `xsd`, `schematron` or `json-schema`";
        table.settings().report(table.place(), code::VALUE_WRONG, sentence);
    }
    let (language, file) = found.into_iter().next()?;
    if phase.is_some() && language != Language::Schematron {
        table.report("phase", code::VALUE_WRONG, "`phase` goes with `schematron`");
    }
    let mut step = JudgeStep::new(language, file);
    match language {
        Language::Schematron => step.severity = rules.severity.clone(),
        Language::JsonSchema | Language::Openapi => step.json = rules.json.clone(),
        Language::Xsd | Language::Wsdl => {}
    }
    step.phase = phase;
    Some(step)
}

fn read_digests(root: &mut Table<'_>) -> IndexMap<String, Placed<String>> {
    let Some(mut table) = root.optional_table("digests") else { return IndexMap::new() };
    let entries = table.entries();
    let digests = entries.into_iter().filter_map(|(path, value)| {
        let digest = value.text()?;
        let is_hex =
            digest.len() == 64 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !is_hex {
            value.refuse("a digest is SHA-256 in 64 lower-case hexadecimal digits");
            return None;
        }
        Some((path.value.to_owned(), Placed { value: digest, place: path.place }))
    });
    digests.collect()
}

fn check(manifest: &Manifest, files: &ContractFiles, settings: &Settings<'_>) {
    check_files(manifest, files, settings);
    check_operations(manifest, settings);
    for (path, digest) in &manifest.digests {
        match files.get(path) {
            None => report_missing(settings, digest, path),
            Some(file) if file.digest.to_string() != digest.value => {
                let sentence = format!("`{path}` is not the file that the digest names");
                settings.report(digest.place, code::DIGEST_MISMATCH, sentence);
            }
            Some(_) => {}
        }
    }
}

fn check_files(manifest: &Manifest, files: &ContractFiles, settings: &Settings<'_>) {
    let steps = manifest.operations.iter().flat_map(|each| [&each.request, &each.response]);
    let named = steps.flat_map(|part| part.judge.iter().map(|step| &step.file));
    let lists = manifest.code_lists.iter().map(|list| &list.file);
    for file in named.chain(&manifest.openapi).chain(&manifest.wsdl).chain(lists) {
        match resolve("", &file.value) {
            Some(path) if files.get(&path).is_some() => {}
            Some(path) => report_missing(settings, file, &path),
            None => {
                let sentence = "the path leaves the contract's folder";
                settings.report(file.place, code::REFERENCE_OUTSIDE, sentence);
            }
        }
    }
}

fn report_missing(settings: &Settings<'_>, named: &Placed<String>, path: &str) {
    let hint = "copy it there, or bring in the published files with `sluse contract import`";
    let sentence = format!("there is no file `{path}` in the contract");
    settings.report_with_hint(named.place, code::SCHEMA_MISSING, sentence, hint);
}

fn check_operations(manifest: &Manifest, settings: &Settings<'_>) {
    let root = settings.root_place("operation");
    let described = manifest.openapi.is_some() || manifest.wsdl.is_some();
    if described && !manifest.operations.is_empty() {
        let sentence = "operations come from a description, or from [[operation]], not from both";
        settings.report(root, code::VALUE_WRONG, sentence);
    }
    if let (Some(_), Some(wsdl)) = (&manifest.openapi, &manifest.wsdl) {
        let sentence = "a contract has one description: `openapi` or `wsdl`";
        settings.report(wsdl.place, code::VALUE_WRONG, sentence);
    }
}

/// The digest of a file as `[digests]` writes it.
pub fn digest_text(bytes: &[u8]) -> String {
    FileDigest::of(bytes).to_string()
}
