//! The words of SKOS and its neighbours.

/// `skos:Concept`.
pub(super) const CONCEPT: &str = "http://www.w3.org/2004/02/skos/core#Concept";
/// `skos:ConceptScheme`.
pub(super) const CONCEPT_SCHEME: &str = "http://www.w3.org/2004/02/skos/core#ConceptScheme";
/// `dct:valid`.
pub(super) const DCT_VALID: &str = "http://purl.org/dc/terms/valid";

const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";

/// Prefixes that people may write without declaring them.
const PREFIXES: &[(&str, &str)] = &[
    ("skos", SKOS),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("dct", "http://purl.org/dc/terms/"),
    ("dcterms", "http://purl.org/dc/terms/"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("schema", "https://schema.org/"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("euvoc", "http://publications.europa.eu/ontology/euvoc#"),
    ("at", "http://publications.europa.eu/ontology/authority/"),
];

/// What is read of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Property {
    Type,
    InScheme,
    HasTopConcept,
    Code,
    Label,
    Title,
    Version,
    Deprecated,
    Valid,
    /// Chosen by people.
    From,
    /// Chosen by people.
    Until,
}

impl Property {
    /// The property of an IRI, as SKOS, Dublin Core, OWL and DCAT name it.
    pub(super) fn of(iri: &str) -> Option<Self> {
        if let Some(local) = iri.strip_prefix(SKOS) {
            return Some(match local {
                "inScheme" | "topConceptOf" => Self::InScheme,
                "hasTopConcept" => Self::HasTopConcept,
                "notation" => Self::Code,
                "prefLabel" => Self::Label,
                _ => return None,
            });
        }
        Some(match iri {
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#type" => Self::Type,
            "http://purl.org/dc/terms/title"
            | "http://purl.org/dc/elements/1.1/title"
            | "http://www.w3.org/2000/01/rdf-schema#label" => Self::Title,
            "http://www.w3.org/2002/07/owl#versionInfo" | "http://www.w3.org/ns/dcat#version" => {
                Self::Version
            }
            "http://www.w3.org/2002/07/owl#deprecated" => Self::Deprecated,
            DCT_VALID => Self::Valid,
            _ => return None,
        })
    }
}

/// The IRI that people mean: written out, or with one of the well-known prefixes.
pub(super) fn iri(word: &str) -> Option<String> {
    let (prefix, local) = word.split_once(':')?;
    if let Some((_, namespace)) = PREFIXES.iter().find(|(known, _)| *known == prefix) {
        return Some(format!("{namespace}{local}"));
    }
    (local.starts_with("//") || prefix == "urn").then(|| word.to_owned())
}

/// The first and the last day of a period: `start=2024-01-01; end=2025-12-31` (DCMI Period Encoding
/// Scheme), or `2024-01-01/2025-12-31` (ISO 8601).
pub(super) fn period(text: &str) -> (Option<&str>, Option<&str>) {
    let part = |name: &str| {
        let parts = text.split(';').filter_map(|part| part.split_once('='));
        let mut fitting = parts.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
        fitting.next().map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    };
    let interval = || {
        let (from, until) = text.trim().split_once('/')?;
        let open = |day: &&str| !day.is_empty() && *day != "..";
        (!text.contains("://")).then(|| (Some(from).filter(open), Some(until).filter(open)))
    };
    match (part("start"), part("end")) {
        (None, None) => interval().unwrap_or_default(),
        found => found,
    }
}
