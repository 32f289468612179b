//! What a document may make the engine remember, as the system counts it. One test, since the memory of a
//! process is counted for all of it.

#![expect(clippy::unwrap_used, reason = "tests fail by panics")]

use sluse_xml::{Limits, Reader};
use sluse_xsd::{Asked, Budget, Schema, Violation};
use std::collections::BTreeMap;
use std::io::{self, Read};

const ASKED: Asked = Asked { show_values: false, violations_max: 10 };
const MILLION: usize = 1_000_000;
const MEGABYTE: usize = 1 << 20;

/// A document made while it is read: a head, so many parts, and a tail.
struct Made<F> {
    part: F,
    at: usize,
    count: usize,
    left: Vec<u8>,
}

impl<F: Fn(usize) -> String> Made<F> {
    fn new(count: usize, part: F) -> Self {
        Self { part, at: 0, count, left: b"<r xmlns='urn:t'>".to_vec() }
    }
}

impl<F: Fn(usize) -> String> Read for Made<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.left.len() < buffer.len() && self.at <= self.count {
            let last = self.at == self.count;
            let part = if last { "</r>".to_owned() } else { (self.part)(self.at) };
            self.left.extend_from_slice(part.as_bytes());
            self.at += 1;
        }
        let length = self.left.as_slice().read(buffer)?;
        self.left.drain(..length);
        Ok(length)
    }
}

fn schema(inner: &str) -> Schema {
    let text = format!(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns='urn:t' xmlns:t='urn:t' \
         targetNamespace='urn:t' elementFormDefault='qualified'>{inner}</xs:schema>"
    );
    let documents = BTreeMap::from([("a.xsd".to_owned(), text.into())]);
    let (schema, faults) = Schema::compile(&documents, &["a.xsd"], &Budget::default());
    assert_eq!(faults, []);
    schema.unwrap()
}

/// A line of what the system says of this process, in bytes.
fn status(name: &str) -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start_matches(':').split_ascii_whitespace().next()?.parse::<usize>().ok()? << 10)
}

/// Judges a document; gives what was found, and how much more memory there was at the most than before.
fn measure(schema: &Schema, document: impl Read) -> Option<(Vec<Violation>, usize)> {
    // The peak is counted anew from here on.
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    let before = status("VmRSS")?;
    let reader = Reader::new(document, None, Limits::default()).unwrap();
    let found = schema.judge_stream(reader, ASKED).unwrap();
    Some((found, status("VmHWM")?.saturating_sub(before)))
}

#[test]
fn what_is_remembered_of_a_document_is_bounded() {
    let any = schema(
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:any processContents='lax' maxOccurs='unbounded'/></xs:sequence></xs:complexType></xs:element>",
    );
    let names = |at: usize| format!("<n{at} a{at}='' xmlns:p{at}='urn:{at}' p{at}:b{at}=''/>");
    let Some((found, bytes)) = measure(&any, Made::new(MILLION, names)) else {
        println!("SKIPPED: the system does not tell how much memory a process takes");
        return;
    };
    println!("names that never repeat, a million: {} MB", bytes / MEGABYTE);
    assert_eq!(found, []);
    assert!(bytes < 32 * MEGABYTE, "{bytes}");

    let keys = schema(
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='a' maxOccurs='unbounded'><xs:complexType><xs:attribute name='k' type='xs:int'/><xs:attribute name='to' type='xs:int'/></xs:complexType></xs:element></xs:sequence></xs:complexType>\
         <xs:key name='k'><xs:selector xpath='t:a'/><xs:field xpath='@k'/></xs:key><xs:keyref name='f' refer='k'><xs:selector xpath='t:a'/><xs:field xpath='@to'/></xs:keyref></xs:element>",
    );
    let pair = |at: usize| format!("<a k='{at}' to='{}'/>", (at + 7) % (MILLION + 1));
    let (found, bytes) = measure(&keys, Made::new(MILLION, pair)).unwrap();
    println!("keys and references, a million each: {} MB", bytes / MEGABYTE);
    // One reference leads to the number behind the last key.
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].constraint, "cvc-identity-constraint.4.3");
    assert!(bytes < 256 * MEGABYTE, "{bytes}");

    let ids = schema(
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='a' maxOccurs='unbounded'><xs:complexType><xs:attribute name='k' type='xs:ID'/><xs:attribute name='to' type='xs:IDREF'/></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>",
    );
    let pair = |at: usize| format!("<a k='i{at}' to='i{}'/>", MILLION - 1 - at);
    let (found, bytes) = measure(&ids, Made::new(MILLION, pair)).unwrap();
    println!("IDs and references, a million each: {} MB", bytes / MEGABYTE);
    assert_eq!(found, []);
    assert!(bytes < 256 * MEGABYTE, "{bytes}");
}
