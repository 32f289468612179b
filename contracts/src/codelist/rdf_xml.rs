//! RDF as XML (RDF 1.1 XML Syntax, W3C Recommendation of 2014-02-25), as far as lists need it: containers
//! and reified statements are passed over.

use super::{
    build::Builder,
    skos::{Graph, Object},
    xml::{Elements, Kept, drive},
};
use oxiri::Iri;
use sluse_xml::{Attribute, Start, XML_NAMESPACE};
use std::rc::Rc;

/// The namespace of RDF.
pub(super) const NAMESPACE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
const LANGUAGE_STRING: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString";

/// Reads a file's triples.
pub(super) fn read(bytes: &[u8], graph: &mut Graph, list: &mut Builder) {
    let (open, kept) = (Vec::new(), Kept::default());
    drive(bytes, &mut RdfXml { graph, list, open, kept, line: 0, blanks: 0 });
}

/// An element that is open.
#[derive(Debug, Clone)]
struct Open {
    kind: Kind,
    base: Rc<str>,
    language: Rc<str>,
}

/// What an element is (section 6.2 of the recommendation).
#[derive(Debug, Clone)]
enum Kind {
    /// `rdf:RDF`, or a property whose things make a list: things stand in it.
    Things,
    /// A thing: properties stand in it.
    Thing(Rc<str>),
    /// A property of a thing: text or one thing stands in it.
    Property { subject: Rc<str>, predicate: Rc<str>, datatype: Rc<str>, is_settled: bool },
    /// XML that is a literal: it is passed over.
    Passed,
}

struct RdfXml<'a> {
    graph: &'a mut Graph,
    list: &'a mut Builder,
    open: Vec<Open>,
    kept: Kept,
    line: u32,
    blanks: usize,
}

impl Elements for RdfXml<'_> {
    const ROOT: &'static str = "`rdf:RDF`";

    fn is_root(&self, root: &Start<'_>) -> bool {
        root.namespace() == NAMESPACE && root.local() == "RDF"
    }

    /// The line of an element is that of the element before it while it is taken, near enough to find it.
    fn start(&mut self, _: usize, start: &Start<'_>) -> bool {
        let (base, language) = self.scope(start);
        let parent = self.open.last().map(|open| open.kind.clone());
        let kind = match parent {
            None => Kind::Things,
            Some(Kind::Things) => Kind::Thing(self.thing(start, &base, &language)),
            Some(Kind::Property { subject, predicate, .. }) => {
                let thing = self.thing(start, &base, &language);
                self.link(&subject, &predicate, &thing);
                if let Some(Open { kind: Kind::Property { is_settled, .. }, .. }) =
                    self.open.last_mut()
                {
                    *is_settled = true;
                }
                Kind::Thing(thing)
            }
            Some(Kind::Thing(subject)) => self.property(start, &subject, &base, &language),
            Some(Kind::Passed) => Kind::Passed,
        };
        self.kept.clear();
        self.open.push(Open { kind, base, language });
        true
    }

    fn at_place(&mut self, line: u32, _: u32) {
        self.line = line;
    }

    fn text(&mut self, text: &str) {
        if let Some(Kind::Property { is_settled: false, .. }) = self.open.last().map(|o| &o.kind) {
            self.kept.push(text);
        }
    }

    fn end(&mut self, _: usize) {
        let Some(Open { kind, language, .. }) = self.open.pop() else { return };
        if let Kind::Property { subject, predicate, datatype, is_settled: false } = kind {
            let text = self.kept.take();
            let (language, datatype) = match (&*datatype, &*language) {
                ("", "") => ("", STRING),
                ("", language) => (language, LANGUAGE_STRING),
                (datatype, _) => ("", datatype),
            };
            let object = Object::Text { text: &text, language, datatype };
            self.graph.take(self.line, &subject, &predicate, object);
        }
        if self.graph.is_over() {
            self.list.stop();
        }
    }

    fn list(&mut self) -> &mut Builder {
        self.list
    }
}

impl RdfXml<'_> {
    /// Base and language in an element: its own, else those around it.
    fn scope(&self, start: &Start<'_>) -> (Rc<str>, Rc<str>) {
        let of = |local: &str| {
            let mut attributes = start.attributes();
            attributes.find(|each| each.namespace == XML_NAMESPACE && each.local == local)
        };
        let around = self.open.last();
        let base = match of("base") {
            Some(base) => base.value.into(),
            None => around.map_or_else(|| "".into(), |open| Rc::clone(&open.base)),
        };
        let language = match of("lang") {
            Some(language) => language.value.into(),
            None => around.map_or_else(|| "".into(), |open| Rc::clone(&open.language)),
        };
        (base, language)
    }

    /// A thing, with what its element says of it: its class, and properties as attributes.
    fn thing(&mut self, start: &Start<'_>, base: &str, language: &str) -> Rc<str> {
        let subject = named(start, base).unwrap_or_else(|| self.blank());
        let class = format!("{}{}", start.namespace(), start.local());
        if class != "http://www.w3.org/1999/02/22-rdf-syntax-ns#Description" {
            self.link(&subject, TYPE, &class);
        }
        for attribute in start.attributes() {
            if attribute.namespace == NAMESPACE && attribute.local == "type" {
                self.link(&subject, TYPE, &resolve(base, attribute.value));
            } else if is_property(&attribute) {
                let predicate = format!("{}{}", attribute.namespace, attribute.local);
                let datatype = if language.is_empty() { STRING } else { LANGUAGE_STRING };
                let object = Object::Text { text: attribute.value, language, datatype };
                self.graph.take(self.line, &subject, &predicate, object);
            }
        }
        subject
    }

    fn property(
        &mut self,
        start: &Start<'_>,
        subject: &Rc<str>,
        base: &str,
        language: &str,
    ) -> Kind {
        let predicate: Rc<str> = format!("{}{}", start.namespace(), start.local()).into();
        match rdf(start, "parseType") {
            Some("Resource") => {
                let thing = self.blank();
                self.link(subject, &predicate, &thing);
                return Kind::Thing(thing);
            }
            Some("Collection") => return Kind::Things,
            Some(_) => return Kind::Passed,
            None => {}
        }
        let object = match (rdf(start, "resource"), rdf(start, "nodeID")) {
            (Some(iri), _) => Some(resolve(base, iri).into()),
            (None, Some(label)) => Some(format!("_:n{label}").into()),
            (None, None) if start.attributes().any(|each| is_property(&each)) => Some(self.blank()),
            (None, None) => None,
        };
        if let Some(object) = &object {
            self.link(subject, &predicate, object);
            for attribute in start.attributes().filter(is_property) {
                let predicate = format!("{}{}", attribute.namespace, attribute.local);
                let text = Object::Text { text: attribute.value, language, datatype: STRING };
                self.graph.take(self.line, object, &predicate, text);
            }
        }
        let datatype = rdf(start, "datatype").map_or("".into(), |iri| resolve(base, iri).into());
        let subject = Rc::clone(subject);
        Kind::Property { subject, predicate, datatype, is_settled: object.is_some() }
    }

    fn link(&mut self, subject: &str, predicate: &str, object: &str) {
        self.graph.take(self.line, subject, predicate, Object::Node(object));
    }

    fn blank(&mut self) -> Rc<str> {
        self.blanks += 1;
        format!("_:{}", self.blanks).into()
    }
}

/// The IRI or label that an element gives its thing.
fn named(start: &Start<'_>, base: &str) -> Option<Rc<str>> {
    if let Some(about) = rdf(start, "about") {
        return Some(resolve(base, about).into());
    }
    if let Some(id) = rdf(start, "ID") {
        return Some(resolve(base, &format!("#{id}")).into());
    }
    rdf(start, "nodeID").map(|label| format!("_:n{label}").into())
}

fn rdf<'r>(start: &Start<'r>, local: &str) -> Option<&'r str> {
    let mut attributes = start.attributes();
    let found = attributes.find(|each| each.namespace == NAMESPACE && each.local == local);
    found.map(|attribute| attribute.value)
}

fn is_property(attribute: &Attribute<'_>) -> bool {
    !matches!(attribute.namespace, "" | NAMESPACE | XML_NAMESPACE)
}

/// The IRI that a reference means; as it is written, where nothing says what it is relative to.
fn resolve(base: &str, reference: &str) -> String {
    let is_whole = reference
        .split_once(':')
        .is_some_and(|(scheme, _)| !scheme.is_empty() && !scheme.contains(['/', '?', '#']));
    if is_whole || base.is_empty() {
        return reference.to_owned();
    }
    let resolved = Iri::parse(base).ok().and_then(|base| base.resolve(reference).ok());
    resolved.map_or_else(|| reference.to_owned(), |iri| iri.as_str().to_owned())
}
