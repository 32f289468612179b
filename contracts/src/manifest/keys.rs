//! How routing and evidence find receiver, sender and ids in a document.

use crate::settings::Placed;
use indexmap::IndexMap;

/// Where a key's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// XPath relative to the root element, or a JSON Pointer.
    Path(Placed<String>),
    /// The same for every document of the contract.
    Constant(String),
}

/// Where the scheme of a participant's key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeRule {
    /// XPath relative to the node that the key's path found, such as `@schemeID`; for JSON a pointer.
    Path(Placed<String>),
    /// The same word for every document.
    Constant(String),
}

/// How one key is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRule {
    /// Where its value comes from.
    pub source: KeySource,
    /// Where its scheme comes from; participants only.
    pub scheme: Option<SchemeRule>,
}

/// What a document's word for a scheme means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeMapping {
    /// The ISO 6523 identifier, such as `0184`.
    pub scheme: String,
    /// Letters that stand before the value in documents and are no part of it, such as `DK`.
    pub prefix: Option<String>,
}

/// Everything that is read from a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyRules {
    /// Who the document is for.
    pub receiver: Option<KeyRule>,
    /// Who it is from.
    pub sender: Option<KeyRule>,
    /// Its own id.
    pub document: Option<KeyRule>,
    /// The profile (process) it belongs to.
    pub profile: Option<KeyRule>,
    /// Paths of personal identifiers.
    pub subject: Vec<Placed<String>>,
    /// The document's words for schemes.
    pub schemes: IndexMap<String, SchemeMapping>,
}

impl KeyRules {
    /// Every path that the rules hold, for checking.
    pub fn paths(&self) -> impl Iterator<Item = &Placed<String>> {
        let rules = [&self.receiver, &self.sender, &self.document, &self.profile];
        let paths = rules.into_iter().flatten().flat_map(|rule| {
            let path = match &rule.source {
                KeySource::Path(path) => Some(path),
                KeySource::Constant(_) => None,
            };
            let scheme = match &rule.scheme {
                Some(SchemeRule::Path(path)) => Some(path),
                _ => None,
            };
            path.into_iter().chain(scheme)
        });
        paths.chain(&self.subject)
    }
}

impl SchemeMapping {
    /// A mapping whose prefix is not stated: where the document's word begins with a country
    /// (`DK:CVR`), or the scheme's values are known to be written with one, that country's code.
    pub(super) fn of_word(word: &str, scheme: String) -> Self {
        let prefix = word
            .split_once(':')
            .map(|(country, _)| country)
            .filter(|country| country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase()))
            .or_else(|| country_of_scheme(&scheme));
        Self { prefix: prefix.map(str::to_owned), scheme }
    }

    /// The value without the country prefix that a digit must follow.
    pub fn strip<'v>(&self, value: &'v str) -> &'v str {
        let rest = self.prefix.as_deref().and_then(|prefix| value.strip_prefix(prefix));
        match rest {
            Some(rest) if rest.starts_with(|first: char| first.is_ascii_digit()) => rest,
            _ => value,
        }
    }
}

/// Countries of ISO 6523 schemes whose values documents write with the country's code in front
/// (Danish business registers: CVR, production unit, SE).
fn country_of_scheme(scheme: &str) -> Option<&'static str> {
    matches!(scheme, "0184" | "0096" | "0198").then_some("DK")
}
