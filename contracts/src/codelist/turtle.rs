//! RDF as Turtle (W3C Recommendation of 2014-02-25), N-Triples being Turtle too, by the crate `oxttl`.

use super::{
    build::Builder,
    skos::{Graph, Object},
};
use crate::code;
use oxrdf::{NamedOrBlankNode, Term, Triple};
use oxttl::{TurtleParser, TurtleSyntaxError};

/// What relative addresses are relative to, unless the file says: it knows no address of its own.
const BASE: &str = "file:///";

/// Reads a file's triples. The reader tells no lines but those of faults.
pub(super) fn read(bytes: &[u8], graph: &mut Graph, list: &mut Builder) {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let parser = TurtleParser::new();
    let parser = parser.clone().with_base_iri(BASE).unwrap_or(parser);
    for triple in parser.for_slice(bytes) {
        if list.is_over() || graph.is_over() {
            return;
        }
        match triple {
            Ok(triple) => take(&triple, graph),
            Err(fault) => tell(&fault, list),
        }
    }
}

fn take(triple: &Triple, graph: &mut Graph) {
    let blank;
    let subject = match &triple.subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str(),
        NamedOrBlankNode::BlankNode(node) => {
            blank = node.to_string();
            &blank
        }
    };
    let labelled;
    let object = match &triple.object {
        Term::NamedNode(node) => Object::Node(node.as_str()),
        Term::BlankNode(node) => {
            labelled = node.to_string();
            Object::Node(&labelled)
        }
        Term::Literal(literal) => Object::Text {
            text: literal.value(),
            language: literal.language().unwrap_or_default(),
            datatype: literal.datatype().as_str(),
        },
    };
    graph.take(0, subject, triple.predicate.as_str(), object);
}

fn tell(fault: &TurtleSyntaxError, list: &mut Builder) {
    let start = fault.location().start;
    let place = |number: u64| u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
    let sentence = "the file cannot be read as Turtle from here";
    let hint = format!("the reader says: {}", short(fault.message()));
    list.fault(place(start.line), place(start.column), code::CODE_LIST_BROKEN, sentence, hint);
}

/// The first characters of a message that may hold a long piece of the file.
fn short(message: &str) -> &str {
    const CHARS_MAX: usize = 200;
    let line = message.lines().next().unwrap_or_default();
    line.char_indices().nth(CHARS_MAX).and_then(|(end, _)| line.get(..end)).unwrap_or(line)
}
