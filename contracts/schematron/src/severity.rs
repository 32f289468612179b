//! How much a rule weighs. A rule set says so in `flag` or `role`, each publisher in words of its own; what a word means beyond
//! the common ones is told by whoever knows the publisher.

use crate::source::Element;
use std::collections::BTreeMap;

/// How much a rule weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// For information.
    Info,
    /// Should be put right.
    Warning,
    /// Rejects.
    Error,
}

impl Severity {
    /// The words that mean the same in every rule set.
    fn read(word: &str) -> Option<Self> {
        match word {
            "fatal" | "error" => Some(Self::Error),
            "warning" | "warn" => Some(Self::Warning),
            "info" | "information" => Some(Self::Info),
            _ => None,
        }
    }
}

/// What a publisher's words and ids mean, beyond `fatal`, `error`, `warning`, `warn`, `info` and `information`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Severities {
    /// Values of `flag`, in lower case.
    pub flag: BTreeMap<String, Severity>,
    /// Values of `role`, in lower case.
    pub role: BTreeMap<String, Severity>,
    /// Beginnings of rule ids, for rules that neither `flag` nor `role` weighs. The longest that fits counts.
    pub id_prefix: BTreeMap<String, Severity>,
}

impl Severities {
    /// By `flag`, else `role`, of the check, else of its rule; else by the beginning of an id; all else is an error.
    pub(crate) fn of(&self, stated: &Stated) -> Severity {
        let word = |attribute: &Attribute, word: &str| {
            let words = match attribute {
                Attribute::Flag => &self.flag,
                Attribute::Role => &self.role,
            };
            words.get(word).copied().or_else(|| Severity::read(word))
        };
        let by_word = stated.words.iter().find_map(|(attribute, text)| word(attribute, text));
        by_word.or_else(|| self.by_id(stated)).unwrap_or(Severity::Error)
    }

    fn by_id(&self, stated: &Stated) -> Option<Severity> {
        let fitting = self
            .id_prefix
            .iter()
            .filter(|(prefix, _)| stated.ids.iter().any(|id| id.starts_with(prefix.as_str())));
        fitting.max_by_key(|(prefix, _)| prefix.len()).map(|(_, severity)| *severity)
    }
}

#[derive(Debug, Clone, Copy)]
enum Attribute {
    Flag,
    Role,
}

/// What a rule set says of a check's weight.
#[derive(Debug, Clone)]
pub(crate) struct Stated {
    words: Vec<(Attribute, String)>,
    ids: Vec<String>,
}

impl Stated {
    /// Of a check, its rule, and the id at the head of its text.
    pub(crate) fn of(check: &Element, rule: &Element, id_in_text: Option<&str>) -> Self {
        let mut words = Vec::new();
        for element in [check, rule] {
            for (name, attribute) in [("flag", Attribute::Flag), ("role", Attribute::Role)] {
                let stated = element.attribute(name).map(|word| word.trim().to_ascii_lowercase());
                words.extend(stated.map(|word| (attribute, word)));
            }
        }
        let ids = check.attribute("id").into_iter().chain(id_in_text);
        Self { words, ids: ids.map(str::to_owned).collect() }
    }
}
