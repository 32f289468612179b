//! What one given file is, and which other files it refers to.
//!
//! An importer must follow references without compiling anything: a publisher's package holds
//! hundreds of files, most of them not schemas, and some that do not compile. So files are read
//! here only as far as needed. A document type declaration is passed over, not refused: the W3C's
//! own `xmldsig` schema has one. Nothing is expanded and nothing outside the text is read.

use super::json;
use crate::{
    files,
    settings::{LineIndex, Place},
};
use bytes::Bytes;
use quick_xml::{
    NsReader, XmlVersion,
    events::{BytesStart, Event},
    name::ResolveResult,
};
use std::borrow::Cow;

const XSD: &str = "http://www.w3.org/2001/XMLSchema";
const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
/// Bindings of WSDL 1.1 to SOAP 1.1 and 1.2.
const SOAP_BINDINGS: [&str; 2] =
    ["http://schemas.xmlsoap.org/wsdl/soap/", "http://schemas.xmlsoap.org/wsdl/soap12/"];
const SCHEMATRON: &str = "http://purl.oclc.org/dsdl/schematron";
const XSLT: &str = "http://www.w3.org/1999/XSL/Transform";

/// Global elements that are noted of one schema file.
const ROOTS_MAX: usize = 10_000;
/// References that are followed from one file.
const REFERENCES_MAX: usize = 10_000;

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An XML Schema.
    Xsd(XsdFile),
    /// A Schematron rule set, or the stylesheet that one was compiled to.
    Rules,
    /// A part of a rule set that cannot stand alone.
    RulesPart,
    /// A JSON Schema.
    Json(JsonFile),
    /// An OpenAPI description.
    Openapi,
    /// A WSDL description, or a part of one: what binds operations to SOAP can stand alone.
    Wsdl {
        /// Whether it binds any.
        binds: bool,
    },
    /// Nothing that judges messages.
    Other,
    /// Said by its name to be a schema, but it cannot be read.
    Broken(&'static str),
}

/// What an XML Schema file declares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct XsdFile {
    /// Its target namespace; empty for none.
    pub(super) namespace: String,
    /// Local names of the global elements that a document may have as root.
    pub(super) roots: Vec<String>,
    /// Local names of elements used by reference.
    pub(super) used: Vec<String>,
}

/// What a JSON Schema says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct JsonFile {
    /// Its `$id`.
    pub(super) id: Option<String>,
}

/// A file named in another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// The file as named; empty where only a namespace is.
    pub(super) location: String,
    /// The namespace whose schema is meant, where no file is named.
    pub(super) namespace: Option<String>,
    /// Where it is named.
    pub(super) place: Place,
    /// Whether it must lead somewhere. The location of an import is a hint (XML Schema Part 1, section 4.2.3): what is
    /// missed where it leads nowhere is told when the contract is loaded.
    pub(super) needed: bool,
}

/// A file that has been looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scanned {
    /// What it is.
    pub(super) kind: Kind,
    /// What it refers to, in its order.
    pub(super) references: Vec<Reference>,
}

impl Scanned {
    const OTHER: Self = Self { kind: Kind::Other, references: Vec::new() };

    /// Whether a reference may lead to the file.
    pub(super) fn is_schema(&self) -> bool {
        !matches!(self.kind, Kind::Other | Kind::Broken(_))
    }

    /// Whether the schema declares this element, and it may be a document's root.
    pub(super) fn declares(&self, namespace: &str, local: &str) -> bool {
        matches!(&self.kind, Kind::Xsd(xsd)
            if xsd.namespace == namespace && xsd.roots.iter().any(|root| root == local))
    }
}

/// Looks into a file as far as needed.
pub(super) fn scan(path: &str, bytes: &Bytes) -> Scanned {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "json" | "yaml" | "yml" => json::scan(path, bytes),
        extension @ ("xsd" | "wsdl" | "sch" | "xsl" | "xslt") => {
            let scanned = scan_xml(&files::text_of(bytes));
            let broken = |why| Scanned { kind: Kind::Broken(why), references: Vec::new() };
            match (&scanned.kind, extension) {
                (Kind::Other, "xsd") => broken("it is not an XML Schema"),
                (Kind::Other, "wsdl") => broken("it is not a description in WSDL 1.1"),
                _ => scanned,
            }
        }
        "xml" => match scan_xml(&files::text_of(bytes)) {
            Scanned { kind: Kind::Broken(_), .. } => Scanned::OTHER,
            scanned => scanned,
        },
        _ => Scanned::OTHER,
    }
}

fn scan_xml(text: &str) -> Scanned {
    let mut reader = NsReader::from_str(text);
    let mut found =
        Finds { lines: LineIndex::new(text), kind: Kind::Other, references: Vec::new(), depth: 0 };
    loop {
        let start = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let Ok((namespace, event)) = reader.read_resolved_event() else {
            return Scanned {
                kind: Kind::Broken("it is not well-formed XML"),
                references: Vec::new(),
            };
        };
        let namespace = match namespace {
            ResolveResult::Bound(namespace) => namespace.into_inner(),
            _ => "",
        };
        match event {
            Event::Start(element) => {
                found.depth += 1;
                found.element(namespace, &element, start);
            }
            Event::Empty(element) => {
                found.depth += 1;
                found.element(namespace, &element, start);
                found.depth -= 1;
            }
            Event::End(_) => found.depth = found.depth.saturating_sub(1),
            Event::Eof => break,
            _ => {}
        }
        if found.depth > 0 && found.kind == Kind::Other {
            return Scanned::OTHER;
        }
    }
    Scanned { kind: found.kind, references: found.references }
}

/// What has been found so far.
struct Finds<'t> {
    lines: LineIndex<'t>,
    kind: Kind,
    references: Vec<Reference>,
    depth: usize,
}

impl Finds<'_> {
    fn element(&mut self, namespace: &str, element: &BytesStart<'_>, start: usize) {
        let local = element.local_name().into_inner();
        if self.depth == 1 {
            self.kind = document_kind(namespace, local, element);
            return;
        }
        match (namespace, local) {
            (XSD, "include" | "import" | "redefine" | "override") => {
                let needed = local != "import";
                match attribute(element, "schemaLocation") {
                    Some(location) => self.refer(&location, None, needed, start),
                    None => self.refer("", attribute(element, "namespace"), needed, start),
                }
            }
            (WSDL, "import") => {
                self.refer(&attribute(element, "location").unwrap_or_default(), None, true, start);
            }
            (namespace, "binding") if SOAP_BINDINGS.contains(&namespace) => {
                if let Kind::Wsdl { binds } = &mut self.kind {
                    *binds = true;
                }
            }
            (SCHEMATRON, "include" | "extends") | (XSLT, "include" | "import") => {
                self.refer(&attribute(element, "href").unwrap_or_default(), None, true, start);
            }
            (XSD, "element") => self.declaration(element),
            // Rules that were published compiled alone walk the whole document once for each pattern.
            (XSLT, "apply-templates")
                if self.kind == Kind::RulesPart
                    && attribute(element, "select").is_some_and(|select| select == "/")
                    && attribute(element, "mode").is_some() =>
            {
                self.kind = Kind::Rules;
            }
            _ => {}
        }
    }

    fn refer(&mut self, location: &str, namespace: Option<String>, needed: bool, start: usize) {
        let location = location.trim().to_owned();
        let says = !location.is_empty() || namespace.is_some();
        if says && self.references.len() < REFERENCES_MAX {
            let place = self.lines.place(start);
            self.references.push(Reference { location, namespace, place, needed });
        }
    }

    fn declaration(&mut self, element: &BytesStart<'_>) {
        let Kind::Xsd(xsd) = &mut self.kind else { return };
        if self.depth == 2 {
            let abstract_ =
                attribute(element, "abstract").is_some_and(|is| is == "true" || is == "1");
            if let Some(name) = attribute(element, "name")
                && !abstract_
                && xsd.roots.len() < ROOTS_MAX
            {
                xsd.roots.push(name);
            }
        } else if let Some(used) = attribute(element, "ref")
            && xsd.used.len() < ROOTS_MAX
        {
            let local = used.rsplit_once(':').map_or(used.as_str(), |(_, local)| local);
            xsd.used.push(local.trim().to_owned());
        }
    }
}

fn document_kind(namespace: &str, local: &str, element: &BytesStart<'_>) -> Kind {
    match (namespace, local) {
        (XSD, "schema") => {
            let namespace = attribute(element, "targetNamespace").unwrap_or_default();
            Kind::Xsd(XsdFile { namespace, ..XsdFile::default() })
        }
        (WSDL, "definitions") => Kind::Wsdl { binds: false },
        (SCHEMATRON, "schema") => Kind::Rules,
        (SCHEMATRON, _) | (XSLT, "stylesheet" | "transform") => Kind::RulesPart,
        _ => Kind::Other,
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    attributes.with_checks(false);
    let attribute = attributes.flatten().find(|each| each.key.into_inner() == name)?;
    attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(path: &str, bytes: &[u8]) -> Scanned {
        super::scan(path, &Bytes::copy_from_slice(bytes))
    }

    fn locations(scanned: &Scanned) -> Vec<(&str, u32)> {
        scanned.references.iter().map(|each| (each.location.as_str(), each.place.line)).collect()
    }

    #[test]
    fn reads_what_a_schema_declares_and_refers_to() {
        let text = "<?xml version='1.0'?>\n<!DOCTYPE schema [<!ATTLIST schema x CDATA #IMPLIED>]>\n\
            <x:schema xmlns:x='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:a'>\n\
            <x:import namespace='urn:b' schemaLocation='../b.xsd'/>\n<x:include schemaLocation=' c.xsd '/>\n\
            <x:import namespace='urn:d'/><x:element name='Order'><x:complexType><x:sequence>\
            <x:element name='Local'/><x:element ref='b:Line'/></x:sequence></x:complexType></x:element>\
            <x:element name='Head' abstract='true'/></x:schema>";
        let scanned = scan("a.xsd", text.as_bytes());
        assert_eq!(locations(&scanned), [("../b.xsd", 4), ("c.xsd", 5), ("", 6)]);
        assert!(scanned.declares("urn:a", "Order"));
        assert!(!scanned.declares("urn:a", "Head") && !scanned.declares("urn:a", "Local"));
        let Kind::Xsd(xsd) = scanned.kind else { panic!("{scanned:?}") };
        assert_eq!(xsd.used, ["Line"]);
    }

    #[test]
    fn knows_files_by_what_they_hold() {
        for (path, text, kind) in [
            ("a.xml", "<schema xmlns='http://purl.oclc.org/dsdl/schematron'/>", Kind::Rules),
            ("a.xml", "<pattern xmlns='http://purl.oclc.org/dsdl/schematron'/>", Kind::RulesPart),
            (
                "a.xsl",
                "<stylesheet xmlns='http://www.w3.org/1999/XSL/Transform'><template match='/'>\
                 <apply-templates select='/' mode='M1'/></template></stylesheet>",
                Kind::Rules,
            ),
            (
                "a.xsl",
                "<stylesheet xmlns='http://www.w3.org/1999/XSL/Transform'><template match='/'>\
                 <apply-templates/></template></stylesheet>",
                Kind::RulesPart,
            ),
            (
                "a.xml",
                "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'/>",
                Kind::Wsdl { binds: false },
            ),
            (
                "a.wsdl",
                "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'><binding>\
                 <binding xmlns='http://schemas.xmlsoap.org/wsdl/soap12/'/></binding></definitions>",
                Kind::Wsdl { binds: true },
            ),
            (
                "a.wsdl",
                "<description xmlns='http://www.w3.org/ns/wsdl'/>",
                Kind::Broken("it is not a description in WSDL 1.1"),
            ),
            ("a.xml", "<Invoice/>", Kind::Other),
            ("a.xml", "<Invoice>", Kind::Other),
            ("a.txt", "<schema xmlns='http://purl.oclc.org/dsdl/schematron'/>", Kind::Other),
            ("a.xsd", "<Invoice/>", Kind::Broken("it is not an XML Schema")),
            ("a.xsd", "<a><b></a>", Kind::Broken("it is not an XML Schema")),
            ("a.sch", "<schema xmlns='http://purl.oclc.org/dsdl/schematron'>", Kind::Rules),
            (
                "a.sch",
                "<schema xmlns='http://purl.oclc.org/dsdl/schematron'></x>",
                Kind::Broken("it is not well-formed XML"),
            ),
        ] {
            assert_eq!(scan(path, text.as_bytes()).kind, kind, "{path} {text}");
        }
    }

    #[test]
    fn reads_other_encodings() {
        let text =
            "<schema xmlns='http://purl.oclc.org/dsdl/schematron'><include href='æ.sch'/></schema>";
        let little: Vec<u8> =
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(locations(&scan("a.sch", &little)), [("æ.sch", 1)]);
        let latin: Vec<u8> = text.chars().map(|each| each as u8).collect();
        assert_eq!(locations(&scan("a.sch", &latin)), [("æ.sch", 1)]);
    }
}
