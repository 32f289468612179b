//! Published rule sets as contracts: what a check weighs, and that no violation tells a value of the document.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail, and says what it skips"
)]

use sluse_contracts::{
    Contract, ContractFiles, JudgeOptions, MediaType, Message, Occasion, Payload, SchemaCache,
    Severity, Verdict, payload::Limits,
};
use sluse_xml::{Document, NodeId, NodeKind};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

const MANIFEST: &str = "id = 'test/rules'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = { en = 'Test' }\n\
     [[operation]]\nname = 'send'\nkind = 'one-way'\n";

fn shared(part: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("SLUSE_SHARED").map_or_else(beside, PathBuf::from).join(part);
    if folder.exists() {
        return Some(folder);
    }
    println!(
        "SKIPPED: no `{part}`; set SLUSE_SHARED to the folder that holds corpora/ and suites/"
    );
    None
}

/// A contract with these rule sets and this line of the manifest.
fn load(rules: &[(String, Vec<u8>)], entry: &str, severity: &str) -> Arc<Contract> {
    let mut files = ContractFiles::new("");
    let step = format!("request = {{ judge = [{{ schematron = '{entry}' }}] }}\n");
    files.add("contract.toml", format!("{MANIFEST}{step}{severity}"));
    for (name, bytes) in rules {
        files.add(name, bytes.clone());
    }
    let (contract, findings) = Contract::load(&files, &SchemaCache::new());
    assert!(contract.is_some(), "{entry}: {findings:?}");
    contract.unwrap()
}

/// The verdict; `None` where the document cannot be read.
fn judge(contract: &Contract, document: &[u8], show_values: bool) -> Option<Verdict> {
    let message = Message::new(MediaType::xml(), document.to_vec());
    let payload = Payload::parse(&message, &Limits::default()).ok()?;
    let options = JudgeOptions { show_values, ..JudgeOptions::default() };
    Some(contract.judge(Some(&payload), &Occasion::request("send"), &options))
}

/// All files below a folder with one of these endings, in order.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
            if path.is_dir() {
                folders.push(path);
            } else if ending.is_some_and(|ending| endings.contains(&&*ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn parse(bytes: &[u8]) -> Option<Document> {
    Document::parse(bytes, None, &sluse_xml::Limits::default()).ok()
}

/// All nodes of a document, with its attributes.
fn nodes(document: &Document) -> Vec<NodeId> {
    let mut all = Vec::new();
    let mut waiting = vec![document.root()];
    while let Some(node) = waiting.pop() {
        all.push(node);
        all.extend(document.attributes(node));
        waiting.extend(document.children(node));
    }
    all
}

/// What the fixed outside says that a word weighs: any other, and none, is an error.
fn expected(word: &str) -> Severity {
    match word {
        "warning" | "warn" => Severity::Warning,
        "info" | "information" => Severity::Info,
        _ => Severity::Error,
    }
}

/// What a check with these attributes weighs under a manifest with this line.
fn weight(rule: &str, check: &str, severity: &str) -> Severity {
    let text = format!(
        "<schema xmlns='http://purl.oclc.org/dsdl/schematron'><pattern><rule context='a' {rule}>\
         <assert id='X-1' test='b' {check}>b</assert></rule></pattern></schema>"
    );
    let contract = load(&[("a.sch".to_owned(), text.into_bytes())], "a.sch", severity);
    let verdict = judge(&contract, b"<a/>", false).unwrap();
    assert_eq!(verdict.violations.len(), 1);
    verdict.violations.first().unwrap().severity
}

fn assert_weighs(attribute: &str, word: &str) {
    let stated = format!("{attribute}='{word}'");
    let expected = expected(&word.trim().to_ascii_lowercase());
    assert_eq!(weight("", &stated, ""), expected, "{stated} on a check");
    assert_eq!(weight(&stated, "", ""), expected, "{stated} on a rule");
    let other = if attribute == "flag" { "role" } else { "flag" };
    for (name, weighs) in
        [("error", Severity::Error), ("warning", Severity::Warning), ("info", Severity::Info)]
    {
        let line =
            |attribute: &str| format!("[severity]\n{attribute} = {{ '{word}' = '{name}' }}\n");
        assert_eq!(weight("", &stated, &line(attribute)), weighs, "{stated} is {name}");
        assert_eq!(weight("", &stated, &line(other)), expected, "{stated}, {other} is {name}");
    }
}

#[test]
fn a_check_weighs_what_its_flag_else_its_role_says_and_the_manifest_may_say_otherwise() {
    for word in ["fatal", "error", "warning", "warn", "info", "information", "Warning", "hint", "E"]
    {
        assert_weighs("flag", word);
        assert_weighs("role", word);
    }
    assert_eq!(weight("", "", ""), Severity::Error);
    assert_eq!(weight("", "flag='info' role='error'", ""), Severity::Info);
    assert_eq!(weight("", "flag='hint' role='warning'", ""), Severity::Warning);
    assert_eq!(weight("flag='warning'", "flag='fatal'", ""), Severity::Error);
    let by_id = "[severity]\nid-prefix = { 'X-' = 'info' }\n";
    assert_eq!(weight("", "", by_id), Severity::Info);
    assert_eq!(weight("", "flag='warning'", by_id), Severity::Warning);
}

#[test]
fn each_published_word_weighs_what_the_fixed_outside_says() {
    let Some(corpora) = shared("corpora") else { return };
    let Some(suite) = shared("suites/schematron.tar.gz") else { return };
    let unpacked = tempfile::tempdir().unwrap();
    let mut tar = std::process::Command::new("tar");
    let unpack = tar.arg("xzf").arg(suite).arg("-C").arg(unpacked.path()).status();
    assert!(unpack.unwrap().success());
    let rule_sets = files(&corpora, &["sch"]).into_iter().chain(files(unpacked.path(), &["sch"]));
    let (mut words, mut n_files) = (BTreeMap::<(String, String), usize>::new(), 0);
    for path in rule_sets {
        let Some(document) = parse(&fs::read(&path).unwrap()) else { continue };
        n_files += 1;
        for node in nodes(&document) {
            let name = document.local(node);
            if document.kind(node) == NodeKind::Attribute && matches!(name, "flag" | "role") {
                let word = document.text(node).to_owned();
                *words.entry((name.to_owned(), word)).or_default() += 1;
            }
        }
    }
    println!("words of {n_files} rule sets: {words:?}");
    assert!(!words.is_empty());
    for (attribute, word) in words.keys() {
        assert_weighs(attribute, word);
    }
}

/// A published rule set with the documents that it is for.
struct Published {
    name: &'static str,
    /// The folder of the rule set below the corpora.
    rules: &'static str,
    entry: &'static str,
    documents: &'static [&'static str],
    /// The local name that the documents have.
    root: Option<&'static str>,
    /// Whether messages of the rule set have places for values; not only its functions.
    has_values: bool,
}

/// The documents that are judged by each rule set: the test is to end in seconds.
const DOCUMENTS_MAX: usize = 5;

const PUBLISHED: &[Published] = &[
    Published {
        name: "OIOUBL invoice",
        rules: "oioubl-2.1/sch",
        entry: "OIOUBL_Invoice_Schematron.xml",
        documents: &["oioubl-2.1/examples", "oioubl-2.1/scenarios-2.02", "oioubl-2.1/mutants"],
        root: Some("Invoice"),
        has_values: true,
    },
    Published {
        name: "OIOUBL utility statement",
        rules: "oioubl-2.1/sch",
        entry: "OIOUBL_UtilityStatement_Schematron.xml",
        documents: &["oioubl-2.1/examples", "oioubl-2.1/mutants"],
        root: Some("UtilityStatement"),
        has_values: true,
    },
    Published {
        name: "OIOUBL credit note",
        rules: "oioubl-2.1/sch",
        entry: "OIOUBL_CreditNote_Schematron.xml",
        documents: &["oioubl-2.1/examples", "oioubl-2.1/mutants"],
        root: Some("CreditNote"),
        has_values: true,
    },
    Published {
        name: "EN 16931",
        rules: "en16931/ubl",
        entry: "EN16931-UBL-validation-preprocessed.sch",
        documents: &["en16931/ubl/examples", "en16931/test/Invoice-unit-UBL"],
        root: None,
        has_values: false,
    },
    Published {
        name: "Peppol",
        rules: "peppol-bis-billing3/sch",
        entry: "PEPPOL-EN16931-UBL.sch",
        documents: &[
            "peppol-bis-billing3/examples",
            "peppol-bis-billing3/unit-UBL-PEPPOL",
            "peppol-bis-billing3/unit-UBL-DK",
        ],
        root: None,
        has_values: false,
    },
    Published {
        name: "OIOXML invoice",
        rules: "oioxml-0.7/schematron-xslt1",
        entry: "ublinvoice.xsl",
        documents: &["oioxml-0.7/valid", "oioxml-0.7/invalid"],
        root: None,
        has_values: false,
    },
];

/// What a message must not tell: the texts of more than three characters, without the space around them.
fn values(document: &Document) -> BTreeSet<String> {
    let holds = |node: &NodeId| {
        matches!(document.kind(*node), NodeKind::Text | NodeKind::Attribute | NodeKind::Comment)
    };
    let texts = nodes(document).into_iter().filter(holds);
    let texts = texts.map(|node| document.text(node).trim().to_owned());
    texts.filter(|text| text.chars().count() > 3).collect()
}

/// Which values of a document are replaced.
#[derive(Clone, Copy)]
enum Which {
    Texts,
    /// Each second text, from this one on.
    Half(usize),
    Attributes,
}

/// The document with words of its own for the values of elements or of attributes, so that many checks fire.
fn replaced(document: &str, which: Which) -> String {
    let mut out = String::new();
    for (number, part) in document.split_inclusive('>').enumerate() {
        let (text, tag) = part.split_once('<').unwrap_or((part, ""));
        let is_taken = match which {
            Which::Texts => true,
            Which::Half(first) => number % 2 == first,
            Which::Attributes => false,
        };
        let is_declaration = tag.contains("xmlns") || tag.starts_with('?');
        if is_taken && !text.trim().is_empty() {
            out.push_str(&format!("kanarie{number}<{tag}"));
        } else if matches!(which, Which::Attributes) && !is_declaration {
            let pieces = part.split('"').enumerate();
            let kept = |(at, piece): (usize, &str)| match at % 2 {
                0 => piece.to_owned(),
                _ => format!("kanarie{number}-{at}"),
            };
            out.push_str(&pieces.map(kept).collect::<Vec<_>>().join("\""));
        } else {
            out.push_str(part);
        }
    }
    out
}

/// The violations, with all that they have, that hold a value which the rule set does not hold itself.
fn telling(verdict: &Verdict, values: &BTreeSet<String>, own: &str) -> BTreeSet<String> {
    let told = verdict.violations.iter().map(|each| format!("{} {each:?}", each.message));
    let told: BTreeSet<String> = told.collect();
    let tells = |text: &String| {
        values.iter().any(|value| text.contains(value.as_str()) && !own.contains(value.as_str()))
    };
    told.into_iter().filter(tells).collect()
}

/// Some of the documents that a rule set is for, from all of its folders.
fn sample(published: &Published, corpora: &Path) -> Vec<PathBuf> {
    let is_meant = |path: &PathBuf| {
        let document = parse(&fs::read(path).unwrap());
        let root = document.as_ref().map(|document| document.local(document.document_element()));
        root.is_some() && (published.root.is_none() || published.root == root)
    };
    let all = published.documents.iter().flat_map(|part| files(&corpora.join(part), &["xml"]));
    let meant: Vec<PathBuf> = all.filter(is_meant).collect();
    let every = meant.len().div_ceil(DOCUMENTS_MAX).max(1);
    meant.into_iter().step_by(every).collect()
}

/// Judges a document and its changed forms; gives the violations, and those that tell a value when they are asked to.
fn sweep(published: &Published, contract: &Contract, own: &str, path: &Path) -> (usize, usize) {
    let bytes = fs::read(path).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let forms = [Which::Texts, Which::Half(0), Which::Half(1), Which::Attributes];
    let forms = forms.map(|which| replaced(&text, which));
    let (mut all, mut shown) = (0, 0);
    for form in [text].iter().chain(&forms) {
        let Some(document) = parse(form.as_bytes()) else { continue };
        let values = values(&document);
        let Some(verdict) = judge(contract, form.as_bytes(), false) else { continue };
        let told = telling(&verdict, &values, own);
        assert!(told.is_empty(), "{}: {}: {told:?}", published.name, path.display());
        all += verdict.violations.len();
        let verdict = judge(contract, form.as_bytes(), true).unwrap();
        shown += telling(&verdict, &values, own).len();
    }
    (all, shown)
}

#[test]
fn no_violation_of_a_published_rule_set_tells_a_value_of_its_document() {
    let Some(corpora) = shared("corpora") else { return };
    for published in PUBLISHED {
        let folder = corpora.join(published.rules);
        let rules = files(&folder, &["sch", "xml", "xsl"]).into_iter().map(|path| {
            let name = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        });
        let rules: Vec<_> = rules.collect();
        let own: String = rules.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
        let contract = load(&rules, published.entry, "");
        let (mut all, mut shown, mut n_documents) = (0, 0, 0);
        for path in sample(published, &corpora) {
            let (more, more_shown) = sweep(published, &contract, &own, &path);
            (all, shown) = (all + more, shown + more_shown);
            n_documents += usize::from(more > 0);
        }
        println!(
            "{}: {all} violations of {n_documents} documents tell no value; {shown} tell one when asked",
            published.name
        );
        assert!(all > 20, "{}: {all}", published.name);
        assert_eq!(shown > 0, published.has_values, "{}: {shown}", published.name);
    }
}
