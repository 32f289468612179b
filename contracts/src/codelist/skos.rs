//! Lists that are concept schemes: SKOS (W3C Recommendation of 2009-08-18), in whichever way RDF is
//! written.
//!
//! A code is a concept's `skos:notation`; where no concept of the scheme has one, the last part of its
//! IRI, as in `…/authority/country/DNK`.

use super::{
    CODES_MAX, NAME_BYTES_MAX, Reading,
    build::{Builder, Raw, collapse},
};
use crate::code;
use indexmap::IndexMap;
use std::sync::Arc;

mod terms;

use terms::{DCT_VALID, Property, iri};

/// What a triple leads to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Object<'t> {
    /// A resource, by its IRI or the label of a blank node.
    Node(&'t str),
    /// A literal.
    Text { text: &'t str, language: &'t str, datatype: &'t str },
}

/// Concepts, schemes and what else is said of: things that nobody asks for are not kept.
#[derive(Debug)]
pub(super) struct Graph {
    wanted: Wanted,
    things: IndexMap<Box<str>, Thing>,
    languages: Vec<Arc<str>>,
    is_over: bool,
}

/// What people chose, as IRIs.
#[derive(Debug, Default)]
struct Wanted {
    scheme: Option<String>,
    notation_type: Option<String>,
    code: Option<String>,
    from: Option<String>,
    until: Option<String>,
}

#[derive(Debug, Default)]
struct Thing {
    /// 0 where it is not known.
    line: u32,
    is_concept: bool,
    is_scheme: bool,
    is_withdrawn: bool,
    schemes: Vec<Box<str>>,
    /// The codes, and their datatypes.
    codes: Vec<(Box<str>, Box<str>)>,
    labels: Vec<(Arc<str>, Box<str>)>,
    from: Option<Box<str>>,
    until: Option<Box<str>>,
    version: Option<Box<str>>,
    title: Option<Box<str>>,
}

/// The word that chooses a concept's whole IRI as its code.
const WHOLE_IRI: &str = "iri";
/// Most schemes of one concept, codes and names of one concept that are kept.
const VALUES_MAX: usize = 1_000;

/// Reads a list; `parse` hands the triples of the file to the graph.
pub(super) fn read(
    bytes: &[u8],
    reading: &Reading,
    parse: fn(&[u8], &mut Graph, &mut Builder),
    list: &mut Builder,
) {
    let Some(wanted) = Wanted::read(reading, list) else { return };
    let mut graph =
        Graph { wanted, things: IndexMap::new(), languages: Vec::new(), is_over: false };
    parse(bytes, &mut graph, list);
    if graph.is_over {
        let sentence = format!("the file speaks of more than {CODES_MAX} things");
        let hint = "take the list out of the file that it is published in";
        list.fault(0, 0, code::CODE_LIST_LIMIT, sentence, hint);
    } else if list.is_sound() {
        graph.into_list(list);
    }
}

impl Wanted {
    fn read(reading: &Reading, list: &mut Builder) -> Option<Self> {
        let columns = &reading.columns;
        if !columns.names.is_empty() {
            let sentence = "a concept scheme has its names by language already";
            list.fault(
                0,
                0,
                code::CODE_COLUMN,
                sentence,
                "remove `names`: `skos:prefLabel` is read",
            );
            return None;
        }
        let mut sound = true;
        let mut property = |word: &Option<String>| {
            let word = word.as_ref().filter(|word| *word != WHOLE_IRI)?;
            let found = iri(word);
            if found.is_none() {
                let sentence = format!("`{word}` is no property");
                let hint = "write its IRI, or as in skos:notation or dct:identifier";
                list.fault(0, 0, code::CODE_COLUMN, sentence, hint);
                sound = false;
            }
            found
        };
        let code = match columns.code.as_deref() {
            Some(WHOLE_IRI) => Some(WHOLE_IRI.to_owned()),
            _ => property(&columns.code),
        };
        let (from, until) = (property(&columns.valid_from), property(&columns.valid_until));
        let (scheme, notation_type) =
            (reading.skos.scheme.clone(), property(&reading.skos.notation_type));
        sound.then_some(Self { scheme, notation_type, code, from, until })
    }
}

impl Graph {
    /// Whether reading on is of no use.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Takes one triple, which stands on a line; 0 where it is not known.
    pub(super) fn take(&mut self, line: u32, subject: &str, predicate: &str, object: Object<'_>) {
        let Some(property) = self.property(predicate) else { return };
        match (property, object) {
            (Property::HasTopConcept, Object::Node(concept)) => {
                if let Some(thing) = self.thing(0, concept) {
                    push(&mut thing.schemes, subject.into());
                }
            }
            (property, object) => {
                let language = match object {
                    Object::Text { language, .. } if property == Property::Label => {
                        self.language(language)
                    }
                    _ => None,
                };
                if let Some(thing) = self.thing(line, subject) {
                    thing.take(property, object, language);
                }
            }
        }
    }

    fn property(&self, predicate: &str) -> Option<Property> {
        let is = |wanted: &Option<String>| wanted.as_deref() == Some(predicate);
        match Property::of(predicate) {
            _ if is(&self.wanted.code) => Some(Property::Code),
            _ if is(&self.wanted.from) => Some(Property::From),
            _ if is(&self.wanted.until) => Some(Property::Until),
            Some(Property::Code) if self.wanted.code.is_some() => None,
            property => property,
        }
    }

    fn thing(&mut self, line: u32, name: &str) -> Option<&mut Thing> {
        if !self.things.contains_key(name) {
            if self.things.len() == CODES_MAX {
                self.is_over = true;
                return None;
            }
            self.things.insert(name.into(), Thing::default());
        }
        let thing = self.things.get_mut(name)?;
        if thing.line == 0 {
            thing.line = line;
        }
        Some(thing)
    }

    fn language(&mut self, tag: &str) -> Option<Arc<str>> {
        if let Some(known) = self.languages.iter().find(|known| &***known == tag) {
            return Some(Arc::clone(known));
        }
        let new: Arc<str> = tag.into();
        // The languages of a list are few; what is beyond them is not shared.
        if self.languages.len() < VALUES_MAX / 10 {
            self.languages.push(Arc::clone(&new));
        }
        Some(new)
    }

    fn into_list(self, list: &mut Builder) {
        let Some(scheme) = self.scheme(list) else { return };
        let only = self.things.values().filter(|thing| thing.is_scheme).count() <= 1;
        if let Some(about) = self.things.get(&*scheme) {
            list.about().version = about.version.as_deref().map(collapse);
            let label = about.labels.first().map(|(_, label)| &**label);
            list.about().title = about.title.as_deref().or(label).map(collapse);
        }
        list.about().uri = Some(scheme.to_string()).filter(|scheme| !scheme.is_empty());
        let concepts = || {
            self.things.iter().filter(|(_, thing)| {
                let stated = thing.schemes.iter().any(|each| **each == *scheme);
                thing.is_concept && (stated || only && thing.schemes.is_empty())
            })
        };
        let by_iri = match self.wanted.code.as_deref() {
            Some(word) => word == WHOLE_IRI,
            None => concepts().all(|(_, thing)| thing.codes.is_empty()),
        };
        let mut without = 0_usize;
        for (iri, thing) in concepts() {
            if list.is_over() {
                return;
            }
            let code = match (by_iri, self.wanted.code.as_deref()) {
                (true, Some(_)) => Some(&**iri),
                (true, None) => Some(last_part(iri)),
                (false, _) => self.code(iri, thing, list),
            };
            match code {
                Some(code) => thing.add(code, list),
                None => without += 1,
            }
        }
        if without > 0 && list.is_sound() {
            let sentence = format!("{without} concepts have no notation, and are no codes");
            list.warn(
                0,
                code::CODE_LIST_BROKEN,
                sentence,
                "`columns = { code = \"iri\" }` takes every concept",
            );
        }
    }

    /// The scheme that is the list: the chosen one, or the only one.
    fn scheme(&self, list: &mut Builder) -> Option<Box<str>> {
        let mut schemes = self.things.iter().filter(|(_, thing)| thing.is_scheme);
        if let Some(scheme) = &self.wanted.scheme {
            if self.things.get(scheme.as_str()).is_none_or(|thing| !thing.is_scheme) {
                let sentence = format!("the file has no concept scheme <{scheme}>");
                let hint = "`skos = { scheme = \"…\" }` takes the IRI of a skos:ConceptScheme";
                list.fault(0, 0, code::CODE_COLUMN, sentence, hint);
                return None;
            }
            return Some(scheme.as_str().into());
        }
        match (schemes.next(), schemes.next()) {
            (None, _) => Some("".into()),
            (Some((scheme, _)), None) => Some(scheme.clone()),
            (Some(_), Some(_)) => {
                let sentence = "the file has several concept schemes";
                let hint = "`skos = { scheme = \"…\" }` says which of them is the list";
                list.fault(0, 0, code::CODE_COLUMN, sentence, hint);
                None
            }
        }
    }

    /// A concept's code among its notations; that it has several is a fault.
    fn code<'t>(&self, iri: &str, thing: &'t Thing, list: &mut Builder) -> Option<&'t str> {
        let fits = |datatype: &str| {
            self.wanted.notation_type.as_deref().is_none_or(|wanted| wanted == datatype)
        };
        let mut codes = thing.codes.iter().filter(|(_, datatype)| fits(datatype));
        let (code, _) = codes.next()?;
        if codes.any(|(other, _)| other != code) {
            let sentence = format!("the concept <{iri}> has several notations");
            let hint = "`skos = { notation-type = \"…\" }` says by their datatype which of them is the code";
            list.fault(thing.line, u32::from(thing.line > 0), code::CODE_COLUMN, sentence, hint);
        }
        Some(code)
    }
}

impl Thing {
    fn take(&mut self, property: Property, object: Object<'_>, language: Option<Arc<str>>) {
        match (property, object) {
            (Property::Type, Object::Node(class)) => {
                self.is_concept |= class == terms::CONCEPT;
                self.is_scheme |= class == terms::CONCEPT_SCHEME;
            }
            (Property::InScheme, Object::Node(scheme)) => push(&mut self.schemes, scheme.into()),
            (Property::Code, Object::Text { text, datatype, .. }) => {
                push(&mut self.codes, (text.into(), datatype.into()));
            }
            (Property::Code, Object::Node(iri)) => push(&mut self.codes, (iri.into(), "".into())),
            (Property::Label, Object::Text { text, .. }) => {
                if let Some(language) = language {
                    push(&mut self.labels, (language, cut(text).into()));
                }
            }
            (Property::Title, Object::Text { text, .. }) => {
                self.title.get_or_insert_with(|| cut(text).into());
            }
            (Property::Version, Object::Text { text, .. }) => {
                self.version.get_or_insert_with(|| cut(text).into());
            }
            (Property::Deprecated, Object::Text { text, .. }) => {
                self.is_withdrawn |= matches!(text.trim(), "true" | "1");
            }
            (Property::From, Object::Text { text, .. }) => self.from = Some(cut(text).into()),
            (Property::Until, Object::Text { text, .. }) => self.until = Some(cut(text).into()),
            (Property::Valid, Object::Text { text, .. }) => {
                let (from, until) = terms::period(text);
                self.from = from.map(Into::into).or(self.from.take());
                self.until = until.map(Into::into).or(self.until.take());
                if from.is_none() && until.is_none() {
                    // Told as a day that cannot be read, rather than left out.
                    self.from = Some(DCT_VALID.into());
                }
            }
            _ => {}
        }
    }

    fn add(&self, code: &str, list: &mut Builder) {
        let names = self.labels.iter().map(|(tag, text)| (Arc::clone(tag), &**text)).collect();
        let (from, until) = (self.from.as_deref(), self.until.as_deref());
        // A day says more than that there was one.
        let withdrawn = self.is_withdrawn && until.is_none();
        list.add(self.line, &Raw { code, names, from, until, withdrawn });
    }
}

fn push<T>(values: &mut Vec<T>, value: T) {
    if values.len() < VALUES_MAX {
        values.push(value);
    }
}

/// A text as far as it is kept: just over the limit, so that it is told.
fn cut(text: &str) -> &str {
    text.get(..text.ceil_char_boundary(NAME_BYTES_MAX + 1)).unwrap_or(text)
}

/// What stands behind the last `#`, `/` or `:` of an IRI.
fn last_part(iri: &str) -> &str {
    let iri = iri.trim_end_matches('/');
    let part = iri.rsplit(['#', '/']).next().unwrap_or(iri);
    if part.len() == iri.len() { iri.rsplit(':').next().unwrap_or(iri) } else { part }
}
