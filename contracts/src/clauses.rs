//! `clauses.toml`: what the contract demands, in numbers and words that people can cite.

use crate::{
    Finding, code,
    files::ContractFiles,
    settings::{Settings, Table},
};
use indexmap::IndexMap;
use std::collections::HashMap;

/// The file's name.
pub const FILE: &str = "clauses.toml";

const LEVELS: &[(&str, Level)] =
    &[("MUST", Level::Must), ("SHOULD", Level::Should), ("MAY", Level::May)];
const TARGETS: &[(&str, Target)] =
    &[("provider", Target::Provider), ("consumer", Target::Consumer), ("both", Target::Both)];

/// How binding a clause is (RFC 2119).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Must be kept.
    Must,
    /// Should be kept.
    Should,
    /// May be used.
    May,
}

/// Whom a clause binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// Who answers.
    Provider,
    /// Who asks.
    Consumer,
    /// Both.
    Both,
}

/// One rule of the contract in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its number.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// Whom it binds.
    pub target: Target,
    /// Its words, by language.
    pub text: IndexMap<String, String>,
    /// The document, section and address that it is taken from.
    pub source: IndexMap<String, String>,
    /// Places in schemas whose violations cite it.
    pub covers: Vec<String>,
}

/// The clauses of a contract, found by the place of a constraint.
#[derive(Debug, Default)]
pub struct Clauses {
    clauses: Vec<Clause>,
    by_place: HashMap<String, usize>,
}

impl Clauses {
    /// Reads `clauses.toml` where the contract has one.
    pub fn read(files: &ContractFiles, findings: &mut Vec<Finding>) -> Self {
        let mut clauses = Self::default();
        let Some(file) = files.get(FILE) else { return clauses };
        let shown = files.shown(FILE);
        let Some(settings) = Settings::parse_bytes(&shown, &file.bytes, findings) else {
            return clauses;
        };
        let mut root = settings.root();
        for table in root.tables("clause") {
            clauses.add(table);
        }
        root.finish();
        findings.extend(settings.into_findings());
        clauses
    }

    /// All clauses, in the order of the file.
    pub fn all(&self) -> &[Clause] {
        &self.clauses
    }

    /// Whether the contract has no clauses in words.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// What a violation of the constraint at this place cites: the clause that covers the nearest
    /// place above it. Where the contract has no clauses, a constraint is a clause named by its place.
    pub fn cite(&self, place: &str) -> Option<String> {
        if self.clauses.is_empty() {
            return Some(place.to_owned());
        }
        let mut place = place;
        loop {
            if let Some(clause) = self.by_place.get(place).and_then(|at| self.clauses.get(*at)) {
                return Some(clause.id.clone());
            }
            place = place.get(..place.rfind(['/', '#'])?)?;
        }
    }

    fn add(&mut self, mut table: Table<'_>) {
        let id = table.text("id");
        let level = table.choice("level", LEVELS);
        let target = table.choice("target", TARGETS);
        let text = texts(&mut table, "text");
        let source = texts(&mut table, "source");
        let covers = table.texts("covers");
        let Some(id) = id else { return };
        if self.clauses.iter().any(|clause| clause.id == id) {
            table.report("id", code::DUPLICATE, format!("two clauses are called `{id}`"));
        }
        for place in &covers {
            if self.by_place.insert(place.value.clone(), self.clauses.len()).is_some() {
                let sentence = "two clauses cover the same place";
                table.settings().report(place.place, code::DUPLICATE, sentence);
            }
        }
        self.clauses.push(Clause {
            id,
            level: level.unwrap_or(Level::Must),
            target: target.unwrap_or(Target::Both),
            text,
            source,
            covers: covers.into_iter().map(|place| place.value).collect(),
        });
    }
}

fn texts(table: &mut Table<'_>, key: &'static str) -> IndexMap<String, String> {
    let entries = table.text_entries(key);
    entries.into_iter().map(|(name, text)| (name.value.to_owned(), text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cites_the_clause_of_the_nearest_place_above() {
        let mut files = ContractFiles::new("c");
        let text = "[[clause]]\nid = 'A-1'\ncovers = ['openapi#/paths/~1x/post']\n\
                    [[clause]]\nid = 'A-2'\nlevel = 'SHOULD'\ncovers = ['schemas/a.json']\n";
        files.add(FILE, text.as_bytes());
        let mut findings = Vec::new();
        let clauses = Clauses::read(&files, &mut findings);
        assert_eq!(findings, []);
        for (place, cited) in [
            ("openapi#/paths/~1x/post/requestBody", Some("A-1")),
            ("openapi#/paths/~1x/post", Some("A-1")),
            ("openapi#/paths/~1x/poster", None),
            ("schemas/a.json#/type", Some("A-2")),
            ("schemas/b.json#/type", None),
        ] {
            assert_eq!(clauses.cite(place).as_deref(), cited, "{place}");
        }
        assert_eq!(Clauses::default().cite("a#/b").as_deref(), Some("a#/b"));
    }
}
