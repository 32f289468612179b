//! How a document is written: encodings, forms that say the same, and what is no document of XML or may not be read.
//!
//! The rules are XML's own (Extensible Markup Language 1.0, fifth edition); that a document type is refused, and with it all
//! entities, is the product's, as of every exchange that is safe.

use crate::case::Coding;

/// What must come of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// It is taken: every reader of XML must be able to read it.
    Taken,
    /// It is taken by a good reader; none must be able to read it.
    ShouldBeTaken,
    /// It is refused.
    Refused,
}

/// A document in one form.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// The end of the case's id.
    pub(crate) id: &'static str,
    /// The place of the rule: `xml#encoding`.
    pub(crate) place: &'static str,
    /// What the message is, in words.
    pub(crate) what: &'static str,
    pub(crate) due: Due,
    pub(crate) text: String,
    /// The encoding; UTF-8 where there is none.
    pub(crate) coding: Option<Coding>,
}

/// All forms of a document, which is given as text without a declaration.
pub(crate) fn forms(text: &str) -> Vec<Form> {
    let mut all = taken(text);
    all.extend(refused(text));
    all
}

fn taken(text: &str) -> Vec<Form> {
    let declared =
        |encoding: &str| format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>{text}");
    let form =
        |id, place, what, text| Form { id, place, what, due: Due::Taken, text, coding: None };
    let coded = |id, what, coding| {
        let coding = Some(coding);
        Form { coding, ..form(id, "xml#encoding", what, declared("UTF-16")) }
    };
    let mut all = vec![
        form(
            "encoding.mark",
            "xml#encoding",
            "a message in UTF-8 that begins with a byte order mark",
            format!("\u{feff}{}", declared("UTF-8")),
        ),
        form(
            "encoding.undeclared",
            "xml#encoding",
            "a message in UTF-8 without a declaration",
            text.to_owned(),
        ),
        coded("encoding.utf-16", "a message in UTF-16, little end first", Coding::Utf16Little),
        coded("encoding.utf-16-big", "a message in UTF-16, big end first", Coding::Utf16Big),
        form(
            "form.comment",
            "xml#well-formed",
            "a message with a comment after its element",
            format!("{}<!-- - -->\n", declared("UTF-8")),
        ),
    ];
    if text.chars().all(|c| u32::from(c) <= 0xff) {
        let what = "a message in ISO 8859-1 that says so";
        let text = declared("ISO-8859-1");
        let latin = form("encoding.latin-1", "xml#encoding", what, text);
        all.push(Form { due: Due::ShouldBeTaken, coding: Some(Coding::Latin1), ..latin });
    }
    if let Some(written) = with_sections(text) {
        let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{written}");
        let what = "a message whose first text stands in a CDATA section";
        all.push(form("form.cdata", "xml#well-formed", what, text));
    }
    all
}

/// The first text between tags, in a CDATA section.
fn with_sections(text: &str) -> Option<String> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find('>').map(|at| from + at + 1) {
        let rest = text.get(at..)?;
        let end = rest.find('<')?;
        let content = rest.get(..end)?;
        if !content.trim().is_empty() && !content.contains('&') {
            let (before, after) = (text.get(..at)?, rest.get(end..)?);
            return Some(format!("{before}<![CDATA[{content}]]>{after}"));
        }
        from = at;
    }
    None
}

/// What a message is changed by: its parts, and the name of its root element.
struct Parts<'t> {
    text: &'t str,
    name: &'t str,
    /// Up to the end of the first tag, and what comes after.
    before: &'t str,
    after: &'t str,
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// A form as text: id, place, words, and the message.
type Written = (&'static str, &'static str, &'static str, String);

impl<'t> Parts<'t> {
    fn of(text: &'t str) -> Self {
        let end = text.find('>').unwrap_or(0);
        let is_empty = text.get(..end).unwrap_or_default().ends_with('/');
        let inside = if is_empty { end } else { end + 1 };
        let (before, after) = text.split_at_checked(inside).unwrap_or((text, ""));
        Self { text, name: root_name(text), before, after }
    }

    /// Document types and what they bring.
    fn document_types(&self) -> Vec<Written> {
        let Self { text, name, before, after } = self;
        let doctype = |subset: &str| format!("{HEAD}<!DOCTYPE {name}{subset}>{text}");
        vec![
            ("dtd.empty", "xml#dtd", "a message with a document type", doctype("")),
            (
                "dtd.entity",
                "xml#dtd",
                "a message with an entity of its own, used in it",
                format!("{HEAD}<!DOCTYPE {name} [<!ENTITY e \"\">]>{before}&e;{after}"),
            ),
            (
                "dtd.external",
                "xml#dtd",
                "a message with an entity that lies elsewhere",
                format!(
                    "{HEAD}<!DOCTYPE {name} [<!ENTITY e SYSTEM \"urn:sluse:nowhere\">]>{before}&e;{after}"
                ),
            ),
            (
                "dtd.nested",
                "xml#dtd",
                "a message with entities made of entities",
                doctype(
                    " [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]",
                ),
            ),
        ]
    }

    /// What is not well-formed.
    fn malformed(&self) -> Vec<Written> {
        let Self { text, before, after, .. } = self;
        let cut = text.floor_char_boundary(text.len() / 2);
        vec![
            (
                "entity.undeclared",
                "xml#well-formed",
                "a message with an entity that is not declared",
                format!("{HEAD}{before}&nbsp;{after}"),
            ),
            (
                "syntax.cut",
                "xml#well-formed",
                "a message that ends in its middle",
                format!("{HEAD}{}", text.get(..cut).unwrap_or_default()),
            ),
            (
                "syntax.two-roots",
                "xml#well-formed",
                "a message with a second root element",
                format!("{HEAD}{text}<more/>"),
            ),
            (
                "syntax.unclosed",
                "xml#well-formed",
                "a message with a tag that is not closed",
                format!("{HEAD}{before}<open>{after}"),
            ),
            (
                "syntax.prefix",
                "xml#well-formed",
                "a message with a prefix that is not declared",
                format!("{HEAD}{before}<nowhere:x/>{after}"),
            ),
            ("syntax.empty", "xml#well-formed", "a message with nothing in it", String::new()),
        ]
    }
}

fn refused(text: &str) -> Vec<Form> {
    let parts = Parts::of(text);
    let texts = parts.document_types().into_iter().chain(parts.malformed());
    let form =
        |(id, place, what, text)| Form { id, place, what, due: Due::Refused, text, coding: None };
    let mut all: Vec<Form> = texts.map(form).collect();
    let what = "a message in ISO 8859-1 that says it is in UTF-8";
    let wrong = format!("{HEAD}{}\u{e6}\u{f8}\u{e5}{}", parts.before, parts.after);
    let wrong = form(("encoding.wrong", "xml#encoding", what, wrong));
    all.push(Form { coding: Some(Coding::Latin1), ..wrong });
    let what = "a message in an encoding that nobody knows";
    let unknown = format!("<?xml version=\"1.0\" encoding=\"x-nobody-knows\"?>{text}");
    all.push(form(("encoding.unknown", "xml#encoding", what, unknown)));
    all
}

/// The root element's name as it is written.
fn root_name(text: &str) -> &str {
    let rest = text.trim_start().strip_prefix('<').unwrap_or_default();
    let end =
        rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}
