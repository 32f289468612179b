//! Whether a document is of a contract: what it is first, then patterns on its values.

use crate::{
    Layer, Manifest, Payload, Severity, Violation, code,
    manifest::{SelectBy, XmlName},
    path::{DocumentPath, Found, PathCompiler, Pointer, Wanted},
};
use sluse_xml::{Document, NodeId};

/// The conditions of one contract, compiled.
#[derive(Debug)]
pub(crate) struct Selector {
    by: By,
    conditions: Vec<Condition>,
}

/// What the document must be first.
#[derive(Debug)]
enum By {
    Root(XmlName),
    Member { pointer: Pointer, text: String },
}

/// A value that must match a pattern.
#[derive(Debug)]
struct Condition {
    path: DocumentPath,
    text: String,
    pattern: regex::Regex,
}

impl Selector {
    /// Nothing where the manifest selects no documents, or a path of it cannot be read.
    pub(crate) fn compile(manifest: &Manifest, paths: &mut PathCompiler<'_>) -> Option<Self> {
        let select = manifest.select.as_ref()?;
        let compiled = select.conditions.iter().map(|condition| {
            let path = paths.compile(&condition.path)?;
            let (text, pattern) = (condition.path.value.clone(), condition.matches.clone());
            Some(Condition { path, text, pattern })
        });
        let compiled: Vec<_> = compiled.collect();
        let by = match &select.by {
            SelectBy::Root(root) => By::Root(root.clone()),
            SelectBy::Member(text) => {
                By::Member { pointer: Pointer::compile(text)?, text: text.clone() }
            }
        };
        Some(Self { by, conditions: compiled.into_iter().collect::<Option<_>>()? })
    }

    /// Whether a document is one of the contract's.
    pub(crate) fn fits(&self, payload: &Payload) -> bool {
        self.is_first(payload) && self.conditions.iter().all(|each| each.holds(payload))
    }

    /// Why a document is none of the contract's; nothing where it is one. A value that says otherwise is a
    /// warning: what the document is in the first place is right.
    pub(crate) fn misfit(&self, payload: &Payload, show_names: bool) -> Option<Violation> {
        if !self.is_first(payload) {
            let violation = Violation::syntax(code::NOT_OF_CONTRACT, self.by.sentence());
            return Some(match payload {
                Payload::Xml(document) => {
                    let shown = |_: NodeId| show_names;
                    placed(violation, document, document.document_element(), shown)
                }
                Payload::Json(_) | Payload::Multipart(_) | Payload::Other(_) => violation,
            });
        }
        let broken = self.conditions.iter().find(|each| !each.holds(payload))?;
        Some(broken.violation(&self.by, payload, show_names))
    }

    /// Adds the paths that it looks at; false where only a tree can answer one of them.
    pub(crate) fn want<'c>(&'c self, wanted: &mut Wanted<'c>) -> bool {
        self.conditions.iter().all(|each| wanted.add(&each.path, false))
    }

    /// Whether a document is what it must be first, before anything of it is compared.
    pub(crate) fn is_first(&self, payload: &Payload) -> bool {
        match (&self.by, payload) {
            (By::Root(name), Payload::Xml(document)) => {
                let root = document.document_element();
                document.local(root) == name.local && document.namespace(root) == name.namespace
            }
            (By::Member { pointer, .. }, Payload::Json(json)) => pointer.find(json).is_some(),
            _ => false,
        }
    }
}

impl By {
    fn sentence(&self) -> String {
        match self {
            Self::Root(XmlName { namespace, local }) if namespace.is_empty() => {
                format!(
                    "documents of the contract are XML with the root element `{local}` of no namespace"
                )
            }
            Self::Root(XmlName { namespace, local }) => format!(
                "documents of the contract are XML with the root element `{local}` of the namespace {namespace}"
            ),
            Self::Member { text, .. } => {
                format!("documents of the contract are JSON with a value at {text}")
            }
        }
    }
}

impl Condition {
    fn find<'p>(&self, payload: &'p Payload) -> Option<Found<'p>> {
        self.path.find(payload, None)
    }

    fn holds(&self, payload: &Payload) -> bool {
        self.find(payload).is_some_and(|found| self.pattern.is_match(&found.text))
    }

    fn violation(&self, by: &By, payload: &Payload, show_names: bool) -> Violation {
        let (path, pattern) = (&self.text, self.pattern.as_str());
        let found = self.find(payload);
        let sentence = match &found {
            Some(_) => format!("in documents of the contract {path} matches {pattern}"),
            None => {
                format!("documents of the contract have a value at {path} that matches {pattern}")
            }
        };
        // Rules may be laid on documents that say of themselves that they are of a narrower type: an
        // invoice of Peppol keeps to EN 16931 as well.
        let severity = Severity::Warning;
        let violation = Violation::new(code::NOT_OF_CONTRACT, Layer::Syntax, severity, sentence);
        match (payload, by) {
            (Payload::Xml(document), By::Root(root)) => {
                let node = found.and_then(|found| found.node);
                let shown = |node: NodeId| {
                    let name = document.local(node);
                    show_names || name == root.local || has_word(path, name)
                };
                placed(violation, document, node.unwrap_or(document.document_element()), shown)
            }
            (Payload::Json(json), _) if found.is_some() => {
                let violation = violation.at_path(path);
                match json.places(&[path]).into_iter().next().flatten() {
                    Some(place) => violation.at(place.line, place.column),
                    None => violation,
                }
            }
            _ => violation,
        }
    }
}

fn placed(
    violation: Violation,
    document: &Document,
    node: NodeId,
    shown: impl Fn(NodeId) -> bool,
) -> Violation {
    let (line, column) = document.place(node);
    violation.at_path(document.path_with(node, shown)).at(line, column)
}

/// Whether a path of the manifest says a name: then it is the contract's own.
fn has_word(path: &str, name: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    path.split(|c| !is_name(c)).any(|word| word == name)
}

#[cfg(test)]
mod tests {
    use crate::{
        Contract, ContractFiles, JudgeOptions, MediaType, Message, Occasion, Payload, SchemaCache,
        payload::Limits,
    };
    use std::sync::Arc;

    const XML: &str =
        "[select]\nroot = 'i:Invoice'\nwhere = [{ path = 'c:Version', matches = '^2$' }]\n";
    const PLAIN: &str = "[select]\nroot = 'Note'\n";
    const JSON: &str = "[select]\nmember = '/head/type'\nmatches = '^order$'\n";
    const BARE: &str = "[[operation]]\nname = 'deliver'\nkind = 'two-way'\n";
    const WANTS: &str = "[[operation]]\nname = 'deliver'\nkind = 'two-way'\n\
        request = { media-type = ['application/xml', 'application/json'], wants = [{ xsd = 'a.xsd' }, { schematron = 'a.sch' }] }\n";
    const PART: &str = "[[operation]]\nname = 'deliver'\nkind = 'two-way'\n\
        request = { wants = [{ xsd = 'a.xsd' }, { schematron = 'a.sch' }], judge = [{ xsd = 'schemas/a.xsd' }] }\n";
    const SCHEMA: &str = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element name='Note'/></xs:schema>";

    fn contract(more: &str) -> Arc<Contract> {
        let text = format!(
            "id = 't/invoice'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = {{ en = 'T' }}\n\
             [namespaces]\ni = 'urn:i'\nc = 'urn:c'\n{more}"
        );
        let mut files = ContractFiles::new("");
        files.add("contract.toml", text.into_bytes());
        files.add("schemas/a.xsd", SCHEMA);
        let (contract, findings) = Contract::load(&files, &SchemaCache::new());
        contract.unwrap_or_else(|| panic!("{findings:?}"))
    }

    fn judged(contract: &Contract, text: &str, occasion: &Occasion<'_>) -> Vec<String> {
        let media_type = match text.get(..1) {
            Some("<") => MediaType::xml(),
            Some("{") => MediaType::json(),
            _ => "text/plain".parse().unwrap(),
        };
        let message = Message::new(media_type.clone(), text.as_bytes().to_vec());
        let payload = Payload::parse(&message, &Limits::default()).unwrap();
        let occasion = occasion.of_type(&media_type);
        let verdict = contract.judge(Some(&payload), &occasion, &JudgeOptions::default());
        let told = verdict.violations.iter().map(|each| {
            let place = each.line.zip(each.column).map(|(line, column)| format!("{line}:{column}"));
            let place = place.unwrap_or_default();
            format!("{} {} {place} {}", each.code, each.path, each.message)
        });
        told.collect()
    }

    #[test]
    fn tells_a_document_that_is_none_of_the_contracts_wherever_it_came_from() {
        let invoice = |version: &str| {
            format!(
                "<i:Invoice xmlns:i='urn:i' xmlns:c='urn:c'>\n<c:Version>{version}</c:Version></i:Invoice>"
            )
        };
        for (select, document, told) in [
            (XML, &*invoice("2"), &[][..]),
            (
                XML,
                &invoice("canary"),
                &[
                    "V0805 /i:Invoice[1]/c:Version[1] 2:1 in documents of the contract c:Version matches ^2$",
                ],
            ),
            (
                XML,
                "<Invoice xmlns='urn:i'/>",
                &[
                    "V0805 /Invoice[1] 1:1 documents of the contract have a value at c:Version that matches ^2$",
                ],
            ),
            (
                XML,
                "<canary/>",
                &[
                    "V0805 /*[1] 1:1 documents of the contract are XML with the root element `Invoice` of the namespace urn:i",
                ],
            ),
            (
                XML,
                "<Invoice xmlns='urn:canary'/>",
                &[
                    "V0805 /*[1] 1:1 documents of the contract are XML with the root element `Invoice` of the namespace urn:i",
                ],
            ),
            (
                XML,
                "{\"canary\":1}",
                &[
                    "V0805   documents of the contract are XML with the root element `Invoice` of the namespace urn:i",
                ],
            ),
            (
                XML,
                "canary",
                &[
                    "V0805   documents of the contract are XML with the root element `Invoice` of the namespace urn:i",
                ],
            ),
            (PLAIN, "<Note/>", &[]),
            (
                PLAIN,
                "<Letter/>",
                &[
                    "V0805 /*[1] 1:1 documents of the contract are XML with the root element `Note` of no namespace",
                ],
            ),
            (JSON, "{\"head\":{\"type\":\"order\"}}", &[]),
            (
                JSON,
                "{\"head\":\n{\"type\":\"canary\"}}",
                &["V0805 /head/type 2:2 in documents of the contract /head/type matches ^order$"],
            ),
            (
                JSON,
                "{\"canary\":1}",
                &["V0805   documents of the contract are JSON with a value at /head/type"],
            ),
        ] {
            let contract = contract(&format!("{select}{BARE}"));
            let found = judged(&contract, document, &Occasion::request("deliver"));
            assert_eq!(found, told, "{document}");
            // An answer is no document of the contract.
            assert_eq!(judged(&contract, document, &Occasion::response("deliver")), [""; 0]);
        }
    }

    #[test]
    fn says_what_judges_nothing_until_it_is_brought_in() {
        let alone = "V0806   judged for form alone: published files of t/invoice@1.0.0 are not there; \
                     bring them in with `sluse contract import PATH --as t/invoice`";
        let partly = "V0806   judged by a part of its rules: published files of t/invoice@1.0.0 are not there; \
                      bring them in with `sluse contract import PATH --as t/invoice`";
        let foreign = "V0805 /*[1] 1:1 documents of the contract are XML with the root element `Note` of no namespace";
        let other = "V0113   the operation does not take messages of this media type";
        for (operation, document, told) in [
            (WANTS, "<Note/>", &[alone][..]),
            (WANTS, "<Letter/>", &[foreign]),
            (WANTS, "a note", &[other]),
            (PART, "<Note/>", &[partly]),
            (PART, "{}", &["V0113   the message is not XML"]),
            (BARE, "<Note/>", &[]),
        ] {
            let contract = contract(&format!("{PLAIN}{operation}"));
            let found = judged(&contract, document, &Occasion::request("deliver"));
            assert_eq!(found, told, "{operation} {document}");
        }
    }
}
