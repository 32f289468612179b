//! A list that comes in pages, from the first to the last: what a walk over it must meet.
//!
//! The answer to a page says where the next is, so a walk cannot be a list of steps. It is data all
//! the same: how pages follow, and what must be met. Who runs a case sends the pages and hands each
//! answer to [`Walking`].

use crate::{
    case::{Capture, Request, Source},
    target::Answer,
    template::Template,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// How the next page is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Next {
    /// `Link` with `rel="next"` (RFC 8288).
    Link,
    /// The value here goes into the query parameter; where it is absent or null, the page is the last.
    Cursor {
        /// Where the answer tells it.
        at: Source,
        /// The query parameter.
        parameter: String,
    },
    /// The address of the next page stands here.
    Address(Source),
}

/// A walk over pages, and what must hold of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Walk {
    /// Where the entries of a page stand (JSON Pointer).
    pub entries: String,
    /// Where the id of an entry stands, from the entry (JSON Pointer).
    pub id: String,
    /// Where the id of what the entry is about stands, from the entry, where that is not its own.
    pub subject: Option<String>,
    /// Where a value stands that must rise from entry to entry, from the entry.
    pub order: Option<String>,
    /// How the next page is found.
    pub next: Next,
    /// Most entries that a page may have.
    pub size: Option<u64>,
    /// Most pages that are read; a list with more is walked so far.
    pub pages_max: u64,
    /// Ids that must be met, each once; of a walk with a subject, subjects, each at least once.
    pub meet: Vec<Template>,
    /// What is sent after the first page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub between: Vec<Request>,
    /// What is taken of the answers to `between`, so that what they made can be removed again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Capture>,
    /// Where the list has more pages than that: how it is walked once more, from its first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wider: Option<Wider>,
    /// How long the walk is repeated until all are met, in milliseconds.
    #[serde(default)]
    pub within_ms: u64,
    /// The name of an earlier step whose walk met entries that this one must meet again with the same ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<String>,
}

/// A walk in larger pages, over a list that is too long for small ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Wider {
    /// The query parameter for the size of a page.
    pub parameter: String,
    /// The size that is asked for.
    pub size: u64,
    /// Most pages that are read.
    pub pages_max: u64,
    /// What is sent after the first page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub between: Vec<Request>,
    /// What is taken of the answers to `between`, so that what they made can be removed again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Capture>,
}

impl Walk {
    /// What may be sent during the walk, also once more in larger pages.
    pub fn all_between(&self) -> impl Iterator<Item = &Request> {
        self.between.iter().chain(self.wider.iter().flat_map(|wider| &wider.between))
    }

    /// The walk in larger pages, where there is one.
    pub fn widened(&self) -> Option<Self> {
        let wider = self.wider.as_ref()?;
        Some(Self {
            size: Some(wider.size),
            pages_max: wider.pages_max,
            between: wider.between.clone(),
            left: wider.left.clone(),
            wider: None,
            ..self.clone()
        })
    }
}

/// A fault of a list, in words without its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkFault {
    /// What must be.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// Where in the answer, as a JSON Pointer.
    pub path: Option<String>,
}

/// A walk under way.
#[derive(Debug)]
pub struct Walking<'w> {
    walk: &'w Walk,
    /// Id of each entry met, and how often; with its subject.
    met: BTreeMap<String, (u64, Option<String>)>,
    last: Option<Value>,
    pages: u64,
    cut_short: bool,
}

impl<'w> Walking<'w> {
    /// At the start of a walk.
    pub fn new(walk: &'w Walk) -> Self {
        Self { walk, met: BTreeMap::new(), last: None, pages: 0, cut_short: false }
    }

    /// Takes a page. Gives where the next is: path and query from the service's address, or an absolute address;
    /// nothing after the last.
    ///
    /// # Errors
    ///
    /// What is wrong with the page.
    pub fn take(&mut self, path: &str, answer: &Answer) -> Result<Option<String>, WalkFault> {
        let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        let entries = body.pointer(&self.walk.entries).and_then(Value::as_array);
        let Some(entries) = entries else {
            return Err(self.fault("a list of entries", "none", self.walk.entries.clone()));
        };
        if self.walk.size.is_some_and(|size| entries.len() as u64 > size) {
            let most = format!("at most {} entries", self.walk.size.unwrap_or_default());
            let count = format!("{} entries", entries.len());
            return Err(self.fault(&most, &count, self.walk.entries.clone()));
        }
        for (at, entry) in entries.iter().enumerate() {
            self.entry(entry, format!("{}/{at}", self.walk.entries))?;
        }
        self.pages += 1;
        let next = self.next(path, answer, &body);
        if next.as_deref() == Some(path) {
            return Err(self.fault(
                "the address of another page",
                "that of the same page",
                String::new(),
            ));
        }
        self.cut_short = next.is_some() && self.pages >= self.walk.pages_max;
        Ok(next.filter(|_| !self.cut_short))
    }

    /// Whether there were more pages than the walk may read: what it did not meet may be on one of them.
    pub fn is_cut_short(&self) -> bool {
        self.cut_short
    }

    /// After the last page: what was to be met and was not. `earlier` is what [`Walking::met`] gave of the walk that
    /// this one repeats.
    ///
    /// # Errors
    ///
    /// What is missing.
    pub fn finish(
        &self,
        meet: &[String],
        earlier: Option<&BTreeMap<String, String>>,
    ) -> Result<(), WalkFault> {
        for id in meet {
            let of_subject = |(_, subject): &&(u64, Option<String>)| subject.as_ref() == Some(id);
            let met = match self.walk.subject {
                Some(_) => self.met.values().filter(of_subject).count() > 0,
                None => self.met.contains_key(id),
            };
            if !met {
                return Err(self.missing(
                    "an entry for what was made",
                    "none on any page",
                    self.walk.entries.clone(),
                ));
            }
        }
        let again = self.met();
        let lost = |(id, subject): (&String, &String)| again.get(id) != Some(subject);
        if earlier.is_some_and(|earlier| earlier.iter().any(lost)) {
            let actual = "an entry that was read before is gone, or has another id";
            return Err(self.missing(
                "the entries that were read before, with their ids",
                actual,
                self.walk.entries.clone(),
            ));
        }
        Ok(())
    }

    /// What was met: ids, and what each entry is about.
    pub fn met(&self) -> BTreeMap<String, String> {
        let pair = |(id, (_, subject)): (&String, &(u64, Option<String>))| {
            (id.clone(), subject.clone().unwrap_or_default())
        };
        self.met.iter().map(pair).collect()
    }

    fn entry(&mut self, entry: &Value, at: String) -> Result<(), WalkFault> {
        let Some(id) = entry.pointer(&self.walk.id).map(text) else {
            return Err(self.fault("an entry with an id", "one without", at));
        };
        let subject = self.walk.subject.as_ref().and_then(|place| entry.pointer(place)).map(text);
        let known = self.met.entry(id).or_insert((0, subject));
        known.0 += 1;
        if known.0 > 1 {
            return Err(self.fault("each entry once", "one that was met before", at));
        }
        if let Some(place) = &self.walk.order {
            let value = entry.pointer(place).cloned().unwrap_or(Value::Null);
            if self.last.as_ref().is_some_and(|last| !rises(last, &value)) {
                return Err(self.fault("entries in their order", "one before its predecessor", at));
            }
            self.last = Some(value);
        }
        Ok(())
    }

    fn next(&self, path: &str, answer: &Answer, body: &Value) -> Option<String> {
        match &self.walk.next {
            Next::Link => answer.header("link").and_then(next_link),
            Next::Address(at) => value_at(at, answer, body),
            Next::Cursor { at, parameter } => {
                let cursor = value_at(at, answer, body)?;
                Some(with_parameter(path, parameter, &cursor))
            }
        }
    }

    /// A fault of the list as a whole.
    fn missing(&self, expected: &str, actual: &str, path: String) -> WalkFault {
        let actual = format!("{actual} ({} pages read)", self.pages);
        WalkFault { expected: expected.to_owned(), actual, path: Some(path) }
    }

    /// A fault of the page that is being read.
    fn fault(&self, expected: &str, actual: &str, path: String) -> WalkFault {
        let page = self.pages + 1;
        WalkFault {
            expected: expected.to_owned(),
            actual: format!("{actual} (page {page})"),
            path: Some(path),
        }
    }
}

fn value_at(at: &Source, answer: &Answer, body: &Value) -> Option<String> {
    match at {
        Source::Header(name) => answer.header(name).map(str::to_owned),
        Source::Json(pointer) => body.pointer(pointer).filter(|value| !value.is_null()).map(text),
        Source::Xml(_) => None,
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether a value comes after another: numbers by size, texts (times among them) by their characters.
fn rises(last: &Value, value: &Value) -> bool {
    match (last.as_i64().zip(value.as_i64()), last.as_str().zip(value.as_str())) {
        (Some((last, value)), _) => value > last,
        (_, Some((last, value))) => value >= last,
        _ => false,
    }
}

/// The target of `rel="next"` in a header `Link` (RFC 8288, section 3).
fn next_link(header: &str) -> Option<String> {
    let mut rest = header;
    while let Some((target, after)) = rest.split_once('<').and_then(|(_, it)| it.split_once('>')) {
        let end = after.find(",<").or_else(|| after.find(", <")).unwrap_or(after.len());
        let (parameters, further) = after.split_at(end);
        let relation = parameters.split(';').find_map(|each| {
            let (name, value) = each.trim().split_once('=')?;
            name.trim().eq_ignore_ascii_case("rel").then(|| value.trim().trim_matches('"'))
        });
        let is_next = |each: &str| each.eq_ignore_ascii_case("next");
        if relation.is_some_and(|words| words.split_ascii_whitespace().any(is_next)) {
            return Some(target.to_owned());
        }
        rest = further;
    }
    None
}

/// Path and query with this parameter in place of one of its name.
pub fn with_parameter(path: &str, name: &str, value: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let of_name = |pair: &&str| pair.split_once('=').map_or(*pair, |(key, _)| key) != name;
    let kept = query.split('&').filter(|pair| !pair.is_empty()).filter(of_name);
    let mut pairs: Vec<String> = kept.map(str::to_owned).collect();
    pairs.push(format!("{name}={}", encoded(value)));
    format!("{path}?{}", pairs.join("&"))
}

/// Percent-encoding of all but the unreserved characters (RFC 3986, section 2.3).
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(next: Next) -> Walk {
        Walk {
            entries: "/items".to_owned(),
            id: "/id".to_owned(),
            subject: None,
            order: Some("/n".to_owned()),
            next,
            size: Some(2),
            pages_max: 10,
            meet: Vec::new(),
            between: Vec::new(),
            left: Vec::new(),
            wider: None,
            within_ms: 0,
            again: None,
        }
    }

    fn cursor() -> Next {
        Next::Cursor { at: Source::Json("/next".to_owned()), parameter: "after".to_owned() }
    }

    fn page(body: &str) -> Answer {
        Answer { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec(), micros: 0 }
    }

    /// Walks pages as they come and gives the first fault, or `met` of the ids.
    fn check(pages: &[&str], meet: &[&str]) -> String {
        let walk = walk(cursor());
        let mut walking = Walking::new(&walk);
        let mut path = "/list?limit=2".to_owned();
        for body in pages {
            match walking.take(&path, &page(body)) {
                Ok(Some(next)) => path = next,
                Ok(None) => break,
                Err(fault) => return format!("{}, not {}", fault.expected, fault.actual),
            }
        }
        let meet: Vec<String> = meet.iter().map(|id| (*id).to_owned()).collect();
        match walking.finish(&meet, None) {
            Ok(()) => format!("met {}", walking.met().into_keys().collect::<Vec<_>>().join(" ")),
            Err(fault) => format!("{}, not {}", fault.expected, fault.actual),
        }
    }

    #[test]
    fn a_walk_meets_each_entry_once_and_in_order() {
        let first = r#"{"items": [{"id": "a", "n": 1}, {"id": "b", "n": 2}], "next": "c d"}"#;
        let last = r#"{"items": [{"id": "c", "n": 3}]}"#;
        assert_eq!(check(&[first, last], &["a", "c"]), "met a b c");
        let wrong = "an entry for what was made, not none on any page (2 pages read)";
        assert_eq!(check(&[first, last], &["d"]), wrong);
        let twice = r#"{"items": [{"id": "b", "n": 3}]}"#;
        assert_eq!(
            check(&[first, twice], &[]),
            "each entry once, not one that was met before (page 2)"
        );
        let back = r#"{"items": [{"id": "c", "n": 1}]}"#;
        let wrong = "entries in their order, not one before its predecessor (page 2)";
        assert_eq!(check(&[first, back], &[]), wrong);
        let many = r#"{"items": [{"id": 1, "n": 1}, {"id": 2, "n": 2}, {"id": 3, "n": 3}]}"#;
        assert_eq!(check(&[many], &[]), "at most 2 entries, not 3 entries (page 1)");
        assert_eq!(check(&["{}"], &[]), "a list of entries, not none (page 1)");
    }

    #[test]
    fn a_page_that_names_itself_is_not_read_for_ever() {
        let next = Next::Address(Source::Json("/next".to_owned()));
        let walk = walk(next);
        let answer = page(r#"{"items": [], "next": "/list"}"#);
        assert!(Walking::new(&walk).take("/list", &answer).is_err());
    }

    #[test]
    fn the_next_page_is_read_from_a_link() {
        for (header, next) in [
            (r#"<https://a/?p=2>; rel="next""#, Some("https://a/?p=2")),
            (r#"</a?x=1,2>; rel=prev, </b>; title="x"; rel="last next""#, Some("/b")),
            (r#"</a>; rel="prev""#, None),
            ("nonsense", None),
        ] {
            assert_eq!(next_link(header).as_deref(), next, "{header}");
        }
    }

    #[test]
    fn a_parameter_takes_the_place_of_its_like() {
        assert_eq!(with_parameter("/a?after=1&limit=2", "after", "c d"), "/a?limit=2&after=c%20d");
        assert_eq!(with_parameter("/a", "after", "é"), "/a?after=%C3%A9");
    }
}
