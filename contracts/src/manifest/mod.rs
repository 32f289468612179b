//! What `contract.toml` says, as types: parsed at the border, trusted inside.

mod check;
mod keys;
mod lists;
mod read;

pub use check::{
    CHECKS_MAX, Check, CheckRule, CodeListCheck, IdentifierRule, NoPersonalNumberRule, SidesRule,
};
pub use keys::{KeyRule, KeyRules, KeySource, SchemeMapping, SchemeRule};
pub use lists::CodeListRule;
pub use read::{FILE, digest_text, read};

use crate::{ContractId, Day, MediaType, Severity, Version, settings::Placed};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// Where a contract stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Being written.
    Draft,
    /// Offered for trial.
    Candidate,
    /// Binding, as its dates say.
    InForce,
    /// Still binding; a newer version is preferred.
    Deprecated,
    /// No longer taken.
    Retired,
}

/// The rules for versions, namespaces and names that a contract's schemas are written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Profile {
    /// None but that versions agree.
    #[default]
    Plain,
    /// Those of the Danish public sector.
    Oio,
    /// Those of the Norwegian public sector.
    No,
}

impl Profile {
    /// All of them, by the words that manifests and commands have for them.
    pub const WORDS: &[(&str, Self)] =
        &[("plain", Self::Plain), ("oio", Self::Oio), ("no", Self::No)];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, profile)| *profile == self).map_or("plain", |(word, _)| word)
    }
}

/// What kind of data the messages carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataClass {
    /// Open data.
    Open,
    /// Data about individuals.
    Individual,
    /// Data that is worth something only at once.
    RealTime,
}

/// From when a contract is observed and enforced, and when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dates {
    /// First day on which messages are judged.
    pub observe_from: Option<Day>,
    /// First day on which a breach is held back.
    pub enforce_from: Option<Day>,
    /// First day on which messages are refused.
    pub retire_on: Option<Day>,
}

/// An expanded XML name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct XmlName {
    /// Namespace; empty for none.
    pub namespace: String,
    /// Local name.
    pub local: String,
}

/// How a document is known to be of the contract.
#[derive(Debug, Clone)]
pub struct Select {
    /// What the document must be first.
    pub by: SelectBy,
    /// What must hold besides.
    pub conditions: Vec<Condition>,
}

/// What a document must be, before anything of it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectBy {
    /// XML with this root element.
    Root(XmlName),
    /// A JSON object in which this JSON Pointer (RFC 6901) leads to a value.
    Member(String),
}

/// A value that must match a pattern.
#[derive(Debug, Clone)]
pub struct Condition {
    /// XPath relative to the root element, or a JSON Pointer.
    pub path: Placed<String>,
    /// The pattern, in the syntax of the crate `regex`; anchored only where it says so.
    pub matches: regex::Regex,
}

/// Whether an operation has a business answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperationKind {
    /// No answer but the receipt.
    OneWay,
    /// A request and its answer.
    TwoWay,
}

/// One thing that can be asked of a service, as the manifest declares it.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its name, unique in the contract.
    pub name: String,
    /// With or without a business answer.
    pub kind: OperationKind,
    /// HTTP method, where the operation is told from others by it.
    pub method: Option<String>,
    /// Path template below the service's address, such as `/persons/{id}`, where told by it.
    pub path: Option<String>,
    /// What a request says.
    pub request: Part,
    /// What a response says.
    pub response: Part,
}

/// What one direction of an operation says.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// The media types taken; any where empty.
    pub media_types: Vec<MediaType>,
    /// The schemas that judge it, in this order.
    pub judge: Vec<JudgeStep>,
    /// Published files that are to judge it, in this order, by name; `sluse contract import` finds
    /// them among the files it is given, and completes `judge`.
    pub wants: Vec<JudgeStep>,
}

/// One schema that judges a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgeStep {
    /// The schema language.
    pub language: Language,
    /// The entry file, relative to the contract's folder, and where the manifest names it.
    pub file: Placed<String>,
    /// The phase of a Schematron rule set.
    pub phase: Option<String>,
    /// What the words and ids of a Schematron rule set weigh.
    pub severity: SeverityRules,
    /// How JSON Schemas are read.
    pub json: JsonRules,
}

/// How JSON Schemas are read, those of descriptions among them, where they do not say themselves.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct JsonRules {
    /// What `format` does.
    pub formats: Formats,
    /// The draft of schemas that name none by `$schema`; 2020-12 where absent.
    pub draft: Option<Draft>,
    /// Folders of the contract by the network folder whose files they hold: both end in `/`.
    pub addresses: BTreeMap<String, String>,
}

/// What the keyword `format` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Formats {
    /// A text that does not have the format is a violation.
    #[default]
    Assert,
    /// It says something to readers, and judges nothing, unless the schema's own dialect says so.
    Annotate,
}

/// A draft of JSON Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Draft {
    /// Draft 4, of 2013.
    Draft4,
    /// Draft 6, of 2017.
    Draft6,
    /// Draft 7, of 2018.
    Draft7,
    /// 2019-09.
    Draft201909,
    /// 2020-12.
    Draft202012,
}

/// How the publisher of rule sets marks what weighs less than an error, beyond the common words of
/// `flag` and `role`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SeverityRules {
    /// Values of `flag`, in lower case.
    pub flag: BTreeMap<String, Severity>,
    /// Values of `role`, in lower case.
    pub role: BTreeMap<String, Severity>,
    /// Beginnings of the ids of rules that neither `flag` nor `role` weighs.
    pub id_prefix: BTreeMap<String, Severity>,
}

/// A schema language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// XML Schema 1.0.
    Xsd,
    /// ISO Schematron.
    Schematron,
    /// JSON Schema.
    JsonSchema,
    /// OpenAPI.
    Openapi,
    /// WSDL 1.1.
    Wsdl,
}

/// Where the schema files come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// What they are called.
    pub name: Option<String>,
    /// Where they are published.
    pub url: Option<String>,
    /// Under which licence.
    pub licence: Option<String>,
    /// The publisher's own version.
    pub version: Option<String>,
    /// The publisher's own id of the contract, such as a register's number for a document type.
    pub id: Option<String>,
}

/// Everything that `contract.toml` says.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The contract's id.
    pub id: ContractId,
    /// Its version.
    pub version: Version,
    /// Where it stands in its life.
    pub status: Status,
    /// What people call it, by language.
    pub title: IndexMap<String, String>,
    /// Who decides on it.
    pub steward: Option<String>,
    /// The law it rests on.
    pub legal_basis: Option<String>,
    /// What kind of data it carries.
    pub data_class: Option<DataClass>,
    /// The rules that its schemas are written to.
    pub profile: Option<Profile>,
    /// Where its schema files come from.
    pub source: Option<Source>,
    /// Registers that it belongs to, such as `dk.nemhandel`.
    pub registers: Vec<String>,
    /// From when it is observed, enforced, refused.
    pub dates: Dates,
    /// Prefixes that paths use.
    pub namespaces: IndexMap<String, String>,
    /// How a document is known to be of it.
    pub select: Option<Select>,
    /// What routing and evidence read from a document.
    pub keys: KeyRules,
    /// Operations declared in the manifest itself.
    pub operations: Vec<Operation>,
    /// An OpenAPI description that declares the operations instead.
    pub openapi: Option<Placed<String>>,
    /// A WSDL description that declares the operations instead.
    pub wsdl: Option<Placed<String>>,
    /// The code lists, each with its version.
    pub code_lists: Vec<CodeListRule>,
    /// SHA-256 of files, in lower-case hex, by path.
    pub digests: IndexMap<String, Placed<String>>,
    /// What the words and ids of rule sets weigh.
    pub severity: SeverityRules,
    /// How JSON Schemas are read.
    pub json: JsonRules,
    /// What is demanded beyond schemas.
    pub checks: Vec<Check>,
    /// Whether JSON objects may have two members of one name.
    pub duplicate_members: bool,
}

impl Language {
    /// The key that names a file of this language in `judge`, such as `json-schema`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Xsd => "xsd",
            Self::Schematron => "schematron",
            Self::JsonSchema => "json-schema",
            Self::Openapi => "openapi",
            Self::Wsdl => "wsdl",
        }
    }
}

impl JudgeStep {
    /// A step of which nothing is said but its file.
    pub fn new(language: Language, file: Placed<String>) -> Self {
        let (severity, json) = (SeverityRules::default(), JsonRules::default());
        Self { language, file, phase: None, severity, json }
    }
}

impl Part {
    /// The published files that are to judge it and that nobody has brought in yet.
    pub fn still_wanted(&self) -> impl Iterator<Item = &JudgeStep> {
        let name = |step: &JudgeStep| step.file.value.rsplit('/').next().map(str::to_owned);
        self.wants
            .iter()
            .filter(move |want| !self.judge.iter().any(|step| name(step) == name(want)))
    }
}

impl Manifest {
    /// The title in a language, else in English, else in any, else the id.
    pub fn title(&self, language: &str) -> &str {
        let titles = &self.title;
        let title =
            titles.get(language).or_else(|| titles.get("en")).or_else(|| titles.values().next());
        title.map_or(self.id.as_str(), String::as_str)
    }
}

#[cfg(test)]
mod tests;
