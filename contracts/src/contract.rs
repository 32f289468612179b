//! One contract, loaded: it knows its documents, reads their keys, and judges messages.

use crate::{
    Day, Direction, Finding, JudgeOptions, Keys, Layer, Manifest, MediaType, Occasion, Payload,
    SchemaCache, Severity, Verdict, Violation,
    checks::Checks,
    clauses::Clauses,
    code,
    codelist::CodeLists,
    enforcement::{self, Effect, Enforcement},
    files::{ContractFiles, FileDigest},
    judge::Violations,
    keys::KeyReader,
    manifest::{self, JsonRules, JudgeStep, Language, Operation, OperationKind, Part},
    path::PathCompiler,
    schema::{self, Schema, described::Described},
    select::Selector,
    settings::Placed,
};
use std::{fmt, sync::Arc};

mod path;
mod stream;

/// A contract that messages can be judged under. Shared, immutable.
#[derive(Debug)]
pub struct Contract {
    manifest: Manifest,
    clauses: Clauses,
    selector: Option<Selector>,
    keys: KeyReader,
    operations: Vec<Judging>,
    description: Option<Arc<dyn Schema>>,
    code_lists: CodeLists,
    checks: Checks,
    digest: FileDigest,
}

/// An operation's name and kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationAt<'c> {
    /// Its name in the contract.
    pub name: &'c str,
    /// With or without a business answer.
    pub kind: OperationKind,
}

/// The compiled schemas of an operation that the manifest declares.
#[derive(Debug)]
struct Judging {
    request: Judged,
    response: Judged,
}

/// What judges one direction of an operation.
#[derive(Debug)]
struct Judged {
    schemas: Vec<Arc<dyn Schema>>,
    /// Told of every message that published files should judge which nobody has brought in.
    unjudged: Option<Violation>,
}

impl Contract {
    /// Loads a contract from its files. Gives every fault found; a contract only where none is an error.
    pub fn load(files: &ContractFiles, cache: &SchemaCache) -> (Option<Arc<Self>>, Vec<Finding>) {
        let mut findings = Vec::new();
        let manifest = manifest::read(files, &mut findings);
        let clauses = Clauses::read(files, &mut findings);
        let contract =
            manifest.map(|manifest| Self::compile(manifest, clauses, files, cache, &mut findings));
        findings.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        let sound = !findings.iter().any(Finding::is_error);
        (contract.filter(|_| sound).map(Arc::new), findings)
    }

    fn compile(
        manifest: Manifest,
        clauses: Clauses,
        files: &ContractFiles,
        cache: &SchemaCache,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let code_lists = CodeLists::load(&manifest, files, cache, findings);
        let mut paths = PathCompiler::new(&manifest, files.shown(manifest::FILE));
        let selector = Selector::compile(&manifest, &mut paths);
        let keys = KeyReader::compile(&manifest, &mut paths);
        let checks = Checks::compile(&manifest, &code_lists, &mut paths);
        findings.extend(paths.into_findings());
        let mut schemas = Schemas { files, cache, findings, seen: Vec::new() };
        let mut judged =
            |part: &Part| Judged { schemas: schemas.of(part), unjudged: unjudged(part, &manifest) };
        let operations = manifest.operations.iter().map(|operation| Judging {
            request: judged(&operation.request),
            response: judged(&operation.response),
        });
        let operations: Vec<Judging> = operations.collect();
        let openapi = manifest.openapi.as_ref().map(|file| (Language::Openapi, file));
        let wsdl = manifest.wsdl.as_ref().map(|file| (Language::Wsdl, file));
        let description = openapi
            .or(wsdl)
            .and_then(|(language, file)| schemas.description(language, file, &manifest.json));
        let digest = digest(files);
        let contract = Self {
            selector,
            keys,
            operations,
            description,
            code_lists,
            checks,
            clauses,
            digest,
            manifest,
        };
        let file = files.shown(manifest::FILE);
        if !contract.lacks_description() {
            findings.extend(contract.checks.unknown_operations(&file, &contract.operations()));
        }
        contract
    }

    /// Whether its description could not be compiled: its operations are not known.
    fn lacks_description(&self) -> bool {
        let Manifest { openapi, wsdl, .. } = &self.manifest;
        self.description.is_none() && (openapi.is_some() || wsdl.is_some())
    }

    /// The compiled schemas that judge its messages, those of requests before those of answers, and then its description.
    pub fn schemas(&self) -> impl Iterator<Item = &Arc<dyn Schema>> {
        let parts =
            self.operations.iter().flat_map(|judging| [&judging.request, &judging.response]);
        parts.flat_map(|judged| &judged.schemas).chain(&self.description)
    }

    /// What its manifest says.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The compiled description that its operations come from, where it has one.
    pub fn description(&self) -> Option<&Arc<dyn Schema>> {
        self.description.as_ref()
    }

    /// Its clauses.
    pub fn clauses(&self) -> &Clauses {
        &self.clauses
    }

    /// Its code lists.
    pub fn code_lists(&self) -> &CodeLists {
        &self.code_lists
    }

    /// Digest of all its files: names and bytes.
    pub fn digest(&self) -> FileDigest {
        self.digest
    }

    /// Whether it is retired on a day.
    pub fn is_retired(&self, today: Day) -> bool {
        enforcement::is_retired(self.manifest.status, &self.manifest.dates, today)
    }

    /// What happens to its messages on a day, given what the operator set.
    pub fn in_effect(&self, today: Day, set: Enforcement) -> Effect {
        enforcement::in_effect(self.manifest.status, &self.manifest.dates, today, set)
    }

    /// Whether a document, whose root element or member fits, is of this contract.
    pub(crate) fn fits(&self, payload: &Payload) -> bool {
        self.selector.as_ref().is_some_and(|selector| selector.fits(payload))
    }

    /// What routing and evidence read from a document.
    pub fn keys(&self, payload: &Payload) -> Keys {
        self.keys.read(payload)
    }

    /// The compiled schemas that judge the messages of an operation that the manifest declares, in their order; none where
    /// a description judges them.
    pub fn schemas_of(&self, occasion: &Occasion<'_>) -> &[Arc<dyn Schema>] {
        self.part(occasion).map_or(&[], |(_, judged)| &judged.schemas)
    }

    /// Whether any schema judges its messages; else they are judged for form alone.
    pub fn has_schema(&self) -> bool {
        let judged =
            |each: &Judging| !each.request.schemas.is_empty() || !each.response.schemas.is_empty();
        self.description.is_some() || self.operations.iter().any(judged)
    }

    /// Whether a violation can have this rule, as far as the contract's schemas say: a rule set
    /// knows its own; names of constraints and keywords are told by their form.
    pub fn knows_rule(&self, rule: &str) -> bool {
        let parts = self.operations.iter().flat_map(|each| [&each.request, &each.response]);
        let mut schemas = parts.flat_map(|part| &part.schemas).chain(&self.description).peekable();
        (schemas.peek().is_none() && self.checks.is_empty())
            || self.checks.knows_rule(rule)
            || schemas.any(|schema| match schema.layer() {
                Layer::Xsd => rule.starts_with("cvc-"),
                Layer::JsonSchema | Layer::Openapi => {
                    rule.starts_with('$') || rule.bytes().all(|b| b.is_ascii_alphabetic())
                }
                _ => schema.knows_rule(rule),
            })
    }

    /// Whether any of its operations has a business answer.
    pub fn answers(&self) -> bool {
        let mut operations = self.operations().into_iter().filter_map(|name| self.operation(name));
        operations.any(|operation| operation.kind == OperationKind::TwoWay)
    }

    /// The names of its operations.
    pub fn operations(&self) -> Vec<&str> {
        match &self.description {
            Some(description) => description.operations(),
            None => self.manifest.operations.iter().map(|each| each.name.as_str()).collect(),
        }
    }

    /// The operation of this name.
    pub fn operation(&self, name: &str) -> Option<OperationAt<'_>> {
        if let Some(description) = &self.description {
            let found = description.operation_named(name);
            return found.map(|name| described(&**description, name));
        }
        self.declared(name).map(|(operation, _)| operation_at(operation))
    }

    /// The operation that documents are delivered by: the first that takes a request.
    pub fn document_operation(&self) -> Option<OperationAt<'_>> {
        self.manifest.operations.first().map(operation_at)
    }

    /// The operation of a method and a path below the service's address.
    pub fn operation_at(&self, method: &str, path: &str) -> Option<OperationAt<'_>> {
        if let Some(description) = &self.description {
            let name = description.operation_at(method, path)?;
            return Some(described(&**description, name));
        }
        let fits = |operation: &&Operation| {
            operation.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && operation.path.as_ref().is_none_or(|template| path::path_fits(template, path))
        };
        self.manifest.operations.iter().find(fits).map(operation_at)
    }

    /// The operation that a request asks for by its method and path: what is described for GET may be asked for by HEAD, whose
    /// answer is the same without its content (RFC 9110, section 9.3.2).
    pub fn operation_asked(&self, method: &str, path: &str) -> Option<OperationAt<'_>> {
        let described = self.operation_at(method, path);
        described.or_else(|| if method == "HEAD" { self.operation_at("GET", path) } else { None })
    }

    /// The methods that a path takes below the service's address, sorted: HEAD wherever GET is described.
    pub fn methods_taken(&self, path: &str) -> Vec<&str> {
        let mut methods = self.methods_at(path);
        if methods.contains(&"GET") && !methods.contains(&"HEAD") {
            methods.push("HEAD");
            methods.sort_unstable();
        }
        methods
    }

    /// The methods that it describes at a path below the service's address, sorted; none where its operations are not
    /// told apart by method and path.
    pub fn methods_at(&self, path: &str) -> Vec<&str> {
        self.description.as_ref().map(|each| each.methods_at(path)).unwrap_or_default()
    }

    /// Where its services are reached, as the description's publisher says.
    pub fn addresses(&self) -> Vec<&str> {
        self.description.as_ref().map_or_else(Vec::new, |description| description.addresses())
    }

    /// Whether an operation is found from the message itself, rather than from method and path.
    pub fn finds_operations(&self) -> bool {
        self.description.as_ref().is_some_and(|description| description.finds_operations())
    }

    /// The operation of a message, where [`Contract::finds_operations`]; the occasion's is not asked.
    pub fn operation_of(
        &self,
        payload: Option<&Payload>,
        occasion: &Occasion<'_>,
    ) -> Option<OperationAt<'_>> {
        let description = self.description.as_ref()?;
        let name = description.operation_of(payload, occasion)?;
        Some(described(&**description, name))
    }

    /// Whether a message asks for what the contract has no operation for, where [`Contract::finds_operations`]: neither one
    /// of an operation that is written wrongly, nor one that may be of several.
    pub fn lacks_operation(&self, payload: Option<&Payload>, occasion: &Occasion<'_>) -> bool {
        let description = self.description.as_ref();
        description.is_some_and(|description| description.lacks_operation(payload, occasion))
    }

    /// Tells what is described for messages of one direction, for those who make messages of it: once for a description, else
    /// once for each operation of the manifest whose messages JSON Schema judges first.
    pub fn describe(&self, direction: Direction, ask: &mut dyn FnMut(&Described<'_>)) {
        if let Some(description) = &self.description {
            return description.describe(direction, ask);
        }
        for (operation, judging) in self.manifest.operations.iter().zip(&self.operations) {
            let judged = match direction {
                Direction::Request => &judging.request,
                Direction::Response => &judging.response,
            };
            let Some(schema) = judged.schemas.first() else { continue };
            schema.describe(direction, &mut |described| ask(&described.of(operation, direction)));
        }
    }

    /// Judges one message as [`Contract::judge`] does, but each violation cites the place of its constraint in the contract,
    /// whatever clause covers it.
    pub fn judge_by_place(
        &self,
        payload: Option<&Payload>,
        occasion: &Occasion<'_>,
        options: &JudgeOptions,
    ) -> Verdict {
        self.judge_citing(&Clauses::default(), payload, occasion, options)
    }

    /// Judges one message: a payload in its place in an exchange.
    ///
    /// A request of the operation that documents are delivered by must be a document of the
    /// contract, as its `select` says, also where somebody else said which contract it is of.
    pub fn judge(
        &self,
        payload: Option<&Payload>,
        occasion: &Occasion<'_>,
        options: &JudgeOptions,
    ) -> Verdict {
        self.judge_citing(&self.clauses, payload, occasion, options)
    }

    fn judge_citing(
        &self,
        clauses: &Clauses,
        payload: Option<&Payload>,
        occasion: &Occasion<'_>,
        options: &JudgeOptions,
    ) -> Verdict {
        if payload.is_none() && self.needs_content(occasion) {
            let sentence = "the message has no content";
            return Verdict::malformed(Violation::syntax(code::EMPTY_MESSAGE, sentence));
        }
        let mut violations = Violations::new(clauses, options.violations_max);
        match &self.description {
            Some(description) => {
                description.judge(payload, occasion, options, &mut violations);
                self.judge_checks_of_description(
                    &**description,
                    payload,
                    occasion,
                    options,
                    &mut violations,
                );
            }
            None => self.judge_declared(payload, occasion, options, &mut violations),
        }
        violations.into_verdict()
    }

    /// Whether schemas judge what a message has to say here. Nothing at all is then no more readable
    /// than half an element; a description says itself where a message may have no body.
    fn needs_content(&self, occasion: &Occasion<'_>) -> bool {
        let judging = self.declared(occasion.operation).map(|(_, judging)| judging);
        judging.is_some_and(|judging| match occasion.direction {
            Direction::Request => !judging.request.schemas.is_empty(),
            Direction::Response => !judging.response.schemas.is_empty(),
        })
    }

    /// Judges a message that is for none of the contract's operations: refused where it declares
    /// any; where it declares none, its documents are taken as they are.
    pub fn judge_without_operation(
        &self,
        payload: Option<&Payload>,
        options: &JudgeOptions,
    ) -> Verdict {
        if self.finds_operations() {
            return self.judge(payload, &Occasion::request(""), options);
        }
        if !self.operations().is_empty() {
            return Verdict::from_violations(vec![operation_unknown()]);
        }
        let mut violations = Violations::new(&self.clauses, options.violations_max);
        violations.extend(payload.and_then(|payload| self.misfit(payload, options)));
        let is_foreign =
            |selector: &Selector| payload.is_some_and(|payload| !selector.is_first(payload));
        if !self.selector.as_ref().is_some_and(is_foreign) {
            self.checks.judge(payload, &Occasion::request(""), options, &mut violations);
        }
        violations.into_verdict()
    }

    fn judge_declared(
        &self,
        payload: Option<&Payload>,
        occasion: &Occasion<'_>,
        options: &JudgeOptions,
        violations: &mut Violations<'_>,
    ) {
        let Some(judged) = self.judge_as_document(payload, occasion, options, violations) else {
            return;
        };
        for schema in &judged.schemas {
            schema.judge(payload, occasion, options, violations);
        }
        self.checks.judge(payload, occasion, options, violations);
    }

    /// Lays the checks on a message of an operation that a description has; of others nothing more is said.
    fn judge_checks_of_description(
        &self,
        description: &dyn Schema,
        payload: Option<&Payload>,
        occasion: &Occasion<'_>,
        options: &JudgeOptions,
        violations: &mut Violations<'_>,
    ) {
        let operation = match description.finds_operations() {
            true => description.operation_of(payload, occasion),
            false => description.operation_named(occasion.operation),
        };
        if let Some(operation) = operation {
            self.checks.judge(payload, &Occasion { operation, ..*occasion }, options, violations);
        }
    }

    /// Judges what schemas do not: whether the operation takes such a message, and whether it is a document
    /// of the contract. Gives what judges it further, if anything does.
    fn judge_as_document(
        &self,
        payload: Option<&Payload>,
        occasion: &Occasion<'_>,
        options: &JudgeOptions,
        violations: &mut Violations<'_>,
    ) -> Option<&Judged> {
        let Some((part, judged)) = self.part(occasion) else {
            violations.push(operation_unknown());
            return None;
        };
        if let Some(violation) = wrong_type(part, judged, payload, occasion) {
            // Whatever else could be said would be about a message that nobody asked for.
            violations.push(violation);
            return None;
        }
        if let Some(payload) = payload.filter(|_| self.takes_documents(occasion))
            && let Some(violation) = self.misfit(payload, options)
        {
            violations.push(violation);
            if self.selector.as_ref().is_some_and(|selector| !selector.is_first(payload)) {
                // Nothing in the contract speaks of such a document.
                return None;
            }
        }
        violations.extend(judged.unjudged.clone());
        Some(judged)
    }

    /// What an operation takes in a direction, and what judges it.
    fn part(&self, occasion: &Occasion<'_>) -> Option<(&Part, &Judged)> {
        let (operation, judging) =
            self.declared(occasion.operation).filter(|_| self.description.is_none())?;
        Some(match occasion.direction {
            Direction::Request => (&operation.request, &judging.request),
            Direction::Response => (&operation.response, &judging.response),
        })
    }

    /// Whether what is sent must be a document of the contract.
    fn takes_documents(&self, occasion: &Occasion<'_>) -> bool {
        occasion.direction == Direction::Request
            && self.document_operation().is_some_and(|each| each.name == occasion.operation)
    }

    /// Why a document is none of the contract's; nothing where it is, or the contract does not say.
    fn misfit(&self, payload: &Payload, options: &JudgeOptions) -> Option<Violation> {
        self.selector.as_ref()?.misfit(payload, options.show_values)
    }

    fn declared(&self, name: &str) -> Option<(&Operation, &Judging)> {
        let mut all = self.manifest.operations.iter().zip(&self.operations);
        all.find(|(operation, _)| operation.name == name)
    }
}

impl fmt::Display for Contract {
    /// `id@version`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.manifest.id, self.manifest.version)
    }
}

/// The violation of a request that is for no operation of the contract.
pub fn operation_unknown() -> Violation {
    let sentence = "the contract has no such operation";
    Violation::new(code::OPERATION_UNKNOWN, Layer::Openapi, Severity::Error, sentence)
}

/// Compiles the schemas of one contract; each file's faults are reported once.
struct Schemas<'a> {
    files: &'a ContractFiles,
    cache: &'a SchemaCache,
    findings: &'a mut Vec<Finding>,
    seen: Vec<JudgeStep>,
}

impl Schemas<'_> {
    fn of(&mut self, part: &Part) -> Vec<Arc<dyn Schema>> {
        part.judge.iter().filter_map(|step| self.compile(step)).collect()
    }

    fn description(
        &mut self,
        language: Language,
        file: &Placed<String>,
        json: &JsonRules,
    ) -> Option<Arc<dyn Schema>> {
        let step = JudgeStep::new(language, file.clone());
        self.compile(&JudgeStep { json: json.clone(), ..step })
    }

    fn compile(&mut self, step: &JudgeStep) -> Option<Arc<dyn Schema>> {
        self.files.get(&step.file.value)?;
        let compiled = self.cache.compile(step, self.files);
        if !self.seen.contains(step) {
            self.seen.push(step.clone());
            self.findings.extend(compiled.findings.into_iter().map(|mut finding| {
                finding.file = self.files.shown(&finding.file);
                finding
            }));
        }
        compiled.schema
    }
}

/// The warning of messages that published files should judge which are not there.
fn unjudged(part: &Part, manifest: &Manifest) -> Option<Violation> {
    part.still_wanted().next()?;
    let Manifest { id, version, .. } = manifest;
    let judged = if part.judge.is_empty() { "for form alone" } else { "by a part of its rules" };
    let sentence = format!(
        "judged {judged}: published files of {id}@{version} are not there; \
         bring them in with `sluse contract import PATH --as {id}`"
    );
    Some(Violation::new(code::NOT_IMPORTED, Layer::Syntax, Severity::Warning, sentence))
}

/// A message of another media type than the operation takes, or of another kind than its schemas judge.
fn wrong_type(
    part: &Part,
    judged: &Judged,
    payload: Option<&Payload>,
    occasion: &Occasion<'_>,
) -> Option<Violation> {
    let payload = payload?;
    if occasion.media_type.is_some_and(|media_type| !takes(part, media_type)) {
        let sentence = "the operation does not take messages of this media type";
        return Some(Violation::syntax(code::MEDIA_TYPE, sentence));
    }
    judged.schemas.iter().find_map(|schema| schema::wrong_kind(schema.layer(), Some(payload)))
}

/// An operation of a description.
fn described<'c>(description: &dyn Schema, name: &'c str) -> OperationAt<'c> {
    let one_way = description.is_one_way(name);
    OperationAt { name, kind: if one_way { OperationKind::OneWay } else { OperationKind::TwoWay } }
}

fn operation_at(operation: &Operation) -> OperationAt<'_> {
    OperationAt { name: &operation.name, kind: operation.kind }
}

/// `text/xml` and `application/xml` say the same (RFC 7303, section 9.2).
fn takes(part: &Part, media_type: &MediaType) -> bool {
    let plain = |essence: &str| matches!(essence, "application/xml" | "text/xml");
    part.media_types.is_empty()
        || part.media_types.iter().any(|taken| {
            taken.essence() == media_type.essence()
                || (plain(taken.essence()) && plain(media_type.essence()))
        })
}

fn digest(files: &ContractFiles) -> FileDigest {
    let lines: String =
        files.iter().map(|(path, file)| format!("{} {path}\n", file.digest)).collect();
    FileDigest::of(lines.as_bytes())
}
