//! Contracts begun from schemas alone, where the library ships no manifest.

use super::{
    Name, Plan, PlannedStep,
    closure::Given,
    scan::{Kind, XsdFile},
};
use crate::{
    ContractId, Finding, Version, code,
    manifest::{FILE, Language},
};
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};

/// The version that a contract begins with.
const FIRST: Version = Version { major: 1, minor: 0, patch: 0 };

/// A schema that messages are judged by on their own.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry<'g> {
    language: Language,
    path: &'g str,
    /// What a document of it is called: the root element, or the file's stem.
    root: String,
    /// The root element's namespace; nothing for JSON.
    namespace: Option<String>,
}

/// One contract for one entry schema, a family for several.
pub(super) fn plans<'g>(
    name: &Name,
    given: &Given<'g>,
    existing: &BTreeMap<String, Bytes>,
    findings: &mut Vec<Finding>,
) -> Vec<Plan<'g>> {
    let referred = given.referred();
    let mut entries = entries(given, &referred);
    let rules: Vec<&'g str> = given
        .iter()
        .filter(|(path, file)| matches!(file.scanned.kind, Kind::Rules) && !referred.contains(path))
        .map(|(path, _)| path)
        .collect();
    if entries.is_empty() {
        // Rule sets alone: the contract's root element is still to be filled in.
        entries.extend(rules.first().map(|path| Entry {
            language: Language::Schematron,
            path,
            root: stem(path).to_owned(),
            namespace: None,
        }));
    }
    let ids = ids(name, &entries, findings);
    let mut rules = share(&rules, &entries, findings);
    let mut plans = Vec::new();
    for (at, (entry, id)) in entries.iter().zip(ids).enumerate() {
        let Some(id) = id else { continue };
        let mut steps = vec![PlannedStep::Given(entry.language, entry.path)];
        let own = rules.remove(&at).unwrap_or_default();
        steps.extend(
            own.into_iter()
                .filter(|path| *path != entry.path)
                .map(|path| PlannedStep::Given(Language::Schematron, path)),
        );
        let (version, text) = text(&id, name.version, entry, existing);
        plans.push(Plan { id, version, text, steps, missing: Vec::new() });
    }
    plans
}

/// Schemas that no other given file refers to. Where each is referred to by another, all of them. Where any is a WSDL
/// description, XML Schemas beside it are its parts, and judge nothing alone.
fn entries<'g>(given: &Given<'g>, referred: &BTreeSet<&'g str>) -> Vec<Entry<'g>> {
    let all: Vec<Entry<'g>> = given
        .iter()
        .flat_map(|(path, file)| match &file.scanned.kind {
            Kind::Xsd(xsd) => roots(path, xsd)
                .into_iter()
                .map(|root| {
                    let namespace = Some(xsd.namespace.clone());
                    Entry { language: Language::Xsd, path, root, namespace }
                })
                .collect(),
            Kind::Json(_) => {
                let root = stem(path).to_owned();
                vec![Entry { language: Language::JsonSchema, path, root, namespace: None }]
            }
            Kind::Openapi => {
                let root = stem(path).to_owned();
                vec![Entry { language: Language::Openapi, path, root, namespace: None }]
            }
            Kind::Wsdl { binds: true } => {
                let root = stem(path).to_owned();
                vec![Entry { language: Language::Wsdl, path, root, namespace: None }]
            }
            _ => Vec::new(),
        })
        .collect();
    let all = match all.iter().any(|entry| entry.language == Language::Wsdl) {
        true => all.into_iter().filter(|entry| entry.language != Language::Xsd).collect(),
        false => all,
    };
    let free: Vec<Entry<'g>> =
        all.iter().filter(|entry| !referred.contains(entry.path)).cloned().collect();
    if free.is_empty() { all } else { free }
}

/// The elements that documents have as root: one that the file is named after, else those that the
/// file itself does not use inside another.
fn roots(path: &str, xsd: &XsdFile) -> Vec<String> {
    let name = plain(stem(path));
    let named = |root: &&String| !root.is_empty() && name.contains(&plain(root));
    if let Some(root) = xsd.roots.iter().filter(named).max_by_key(|root| root.len()) {
        return vec![root.clone()];
    }
    let used: BTreeSet<&str> = xsd.used.iter().map(String::as_str).collect();
    let free: Vec<String> =
        xsd.roots.iter().filter(|root| !used.contains(root.as_str())).cloned().collect();
    if free.is_empty() { xsd.roots.clone() } else { free }
}

/// The contract of each entry, after its root element; after its file where several entries have
/// one root element, and after its folder as well where several descriptions have one name. Nothing where its
/// name cannot be one or is taken.
fn ids(name: &Name, entries: &[Entry<'_>], findings: &mut Vec<Finding>) -> Vec<Option<ContractId>> {
    let mut shared: BTreeMap<String, usize> = BTreeMap::new();
    for entry in entries {
        *shared.entry(kebab(&entry.root)).or_default() += 1;
    }
    let id = |entry: &Entry<'_>| {
        let root = kebab(&entry.root);
        let segment = match (shared.get(&root), entry.language) {
            (Some(1), _) => root,
            (_, Language::Wsdl) => kebab(&format!("{} {}", folder(entry.path), stem(entry.path))),
            _ => kebab(stem(entry.path)),
        };
        match entries {
            [_] => Ok(name.id.clone()),
            _ => format!("{}/{segment}", name.id).parse::<ContractId>(),
        }
    };
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut ids = Vec::new();
    for entry in entries {
        let id = id(entry);
        let fault = match &id {
            Ok(id) => seen.get(id.as_str()).map(|other| {
                let sentence = format!("`{other}` is alike in name, so both would be `{id}`");
                (code::DUPLICATE, sentence)
            }),
            Err(fault) => Some((code::VALUE_WRONG, fault.to_string())),
        };
        if let Some((code, sentence)) = fault {
            let hint = "bring it in alone, under a name of its own";
            findings.push(Finding::in_file(entry.path, code, sentence).hint(hint));
            ids.push(None);
            continue;
        }
        seen.extend(id.as_ref().ok().map(|id| (id.to_string(), entry.path)));
        ids.push(id.ok());
    }
    ids
}

/// Rule sets by the entry they belong to: all of them where there is one, else by name.
fn share<'g>(
    rules: &[&'g str],
    entries: &[Entry<'g>],
    findings: &mut Vec<Finding>,
) -> BTreeMap<usize, Vec<&'g str>> {
    let mut shared: BTreeMap<usize, Vec<&'g str>> = BTreeMap::new();
    for path in rules {
        let name = plain(stem(path));
        let named = |entry: &Entry<'_>| name.contains(&plain(&entry.root));
        let best = match entries {
            [_] => Some(0),
            _ => entries
                .iter()
                .enumerate()
                .filter(|(_, entry)| named(entry))
                .max_by_key(|(_, entry)| entry.root.len())
                .map(|(at, _)| at),
        };
        match best {
            Some(at) => shared.entry(at).or_default().push(path),
            None => {
                let sentence = "the rule set belongs to none of the schemas by its name";
                let hint = "add it to `judge` of the right contract by hand";
                findings
                    .push(Finding::in_file(*path, code::NO_ENTRY, sentence).hint(hint).warning());
            }
        }
    }
    shared
}

/// The manifest to complete: the newest that stands in the folder, else a new one.
fn text(
    id: &ContractId,
    version: Option<Version>,
    entry: &Entry<'_>,
    existing: &BTreeMap<String, Bytes>,
) -> (Version, String) {
    let prefix = format!("{id}/");
    let there = existing
        .range(prefix.clone()..)
        .take_while(|(path, _)| path.starts_with(&prefix))
        .filter_map(|(path, bytes)| {
            let (folder, file) = path.strip_prefix(&prefix)?.split_once('/')?;
            let text = std::str::from_utf8(bytes).ok().filter(|_| file == FILE)?;
            Some((folder.parse::<Version>().ok()?, text))
        })
        .filter(|(found, _)| version.is_none_or(|version| version == *found))
        .max_by_key(|(found, _)| *found);
    match there {
        Some((found, text)) => (found, text.to_owned()),
        None => {
            let version = version.unwrap_or(FIRST);
            (version, begin(id, version, entry))
        }
    }
}

fn begin(id: &ContractId, version: Version, entry: &Entry<'_>) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let title = quoted(&entry.root);
    let mut text = format!(
        "# Begun by `sluse contract import`. Look through it, complete what is commented out, then say `in-force`.\n\n\
         id      = \"{id}\"\nversion = \"{version}\"\nstatus  = \"draft\"          # draft candidate in-force deprecated retired\n\
         title   = {{ en = {title} }}\n\
         # steward    = \"…\"        # who decides on it\n\
         # data-class = \"individual\" # open individual real-time\n\
         # source     = {{ name = \"…\", url = \"…\", licence = \"…\", version = \"…\" }}\n"
    );
    let media_type = match (&entry.namespace, entry.language) {
        (Some(namespace), _) if namespace.is_empty() => {
            text.push_str(&select_xml("", &entry.root));
            "application/xml"
        }
        (Some(namespace), _) => {
            text.push_str(&format!("\n[namespaces]\ndoc = {}\n", quoted(namespace)));
            text.push_str(&select_xml("doc:", &entry.root));
            "application/xml"
        }
        (None, Language::JsonSchema) => {
            text.push_str(SELECT_JSON);
            "application/json"
        }
        // Its operations and their media types come from the description.
        (None, Language::Openapi | Language::Wsdl) => "",
        (None, _) => {
            text.push_str(SELECT_UNKNOWN);
            "application/xml"
        }
    };
    if matches!(entry.language, Language::Openapi | Language::Wsdl) {
        return text;
    }
    text.push_str(&format!(
        "\n[[operation]]\nname    = \"deliver\"\nkind    = \"one-way\"        # one-way two-way\n\
         request = {{ media-type = \"{media_type}\" }}\n"
    ));
    text
}

fn select_xml(step: &str, root: &str) -> String {
    format!(
        "\n[select]                   # how a document is known to be of this contract\n\
         root  = \"{step}{root}\"\n\
         # where = [{{ path = \"{step}Version\", matches = '^1\\.' }}]\n\
         \n[keys]                     # what routing and evidence read from a document; paths start at the root element\n\
         # receiver = {{ path = \"{step}Receiver/{step}ID\", scheme = \"@schemeID\" }}\n\
         # sender   = {{ path = \"{step}Sender/{step}ID\", scheme = \"@schemeID\" }}\n\
         # document = {{ path = \"{step}ID\" }}\n\
         # subject  = []            # paths of personal identifiers: masked\n"
    )
}

const SELECT_JSON: &str = "
# [select]                 # how a document is known to be of this contract
# member  = \"/type\"        # a JSON Pointer
# matches = '^order$'

[keys]                     # what routing and evidence read from a document, as JSON Pointers
# receiver = { path = \"/receiver/id\", scheme = \"/receiver/scheme\" }
# sender   = { path = \"/sender/id\", scheme = \"/sender/scheme\" }
# document = { path = \"/id\" }
# subject  = []            # paths of personal identifiers: masked
";

const SELECT_UNKNOWN: &str = "
# [namespaces]
# doc = \"urn:…\"

# [select]                 # how a document is known to be of this contract
# root = \"doc:…\"
";

/// The name of the folder that a file stands in.
fn folder(path: &str) -> &str {
    path.rsplit('/').nth(1).unwrap_or_default()
}

/// A file's name without folder and extensions.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let end = name.rfind('.').unwrap_or(name.len());
    let name = name.get(..end).unwrap_or(name);
    name.strip_suffix(".schema").unwrap_or(name)
}

/// Letters and digits alone, in lower case, so that names can be compared.
fn plain(name: &str) -> String {
    name.chars().filter(|each| each.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A name as a segment of a contract's id: `OrderResponse` becomes `order-response`.
fn kebab(name: &str) -> String {
    let mut kebab = String::with_capacity(name.len() + 8);
    let mut before = ' ';
    for each in name.chars() {
        let joins = before.is_ascii_lowercase() || before.is_ascii_digit();
        if each.is_ascii_uppercase() && joins {
            kebab.push('-');
        }
        kebab.push(if each == '_' || each == ' ' { '-' } else { each.to_ascii_lowercase() });
        before = each;
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_contracts_after_what_they_hold() {
        for (name, segment) in [
            ("OrderResponseSimple", "order-response-simple"),
            ("NKSPayment", "nkspayment"),
            ("arkivmelding", "arkivmelding"),
            ("innbyggerpost_dpi_feil_1_0", "innbyggerpost-dpi-feil-1-0"),
        ] {
            assert_eq!(kebab(name), segment);
        }
        assert_eq!(stem("a/b.schema.json"), "b");
        assert_eq!(stem("a/no.ks.v1.xsd"), "no.ks.v1");
    }

    #[test]
    fn chooses_the_elements_that_documents_have_as_root() {
        let xsd = |roots: &[&str], used: &[&str]| XsdFile {
            namespace: String::new(),
            roots: roots.iter().map(|each| (*each).to_owned()).collect(),
            used: used.iter().map(|each| (*each).to_owned()).collect(),
        };
        assert_eq!(roots("UBL-Invoice-2.1.xsd", &xsd(&["Invoice", "Line"], &[])), ["Invoice"]);
        assert_eq!(roots("types.xsd", &xsd(&["Order", "Line"], &["Line"])), ["Order"]);
        assert_eq!(roots("types.xsd", &xsd(&["A", "B"], &["A", "B"])), ["A", "B"]);
    }
}
