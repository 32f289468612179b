//! A message judged while it is read, and over its tree: both say the same, whatever it says.

use crate::{
    Contract, ContractFiles, Direction, JudgeOptions, MediaType, Message, Occasion, Payload,
    Registry, SchemaCache, Verdict,
    day::Day,
    payload::Limits,
    shared::shared,
    stream::{Outlined, Stream},
};
use proptest::prelude::*;
use std::{fmt::Write as _, path::Path, sync::Arc};

const HEAD: &str = "version = '1.0.0'\nstatus = 'in-force'\ntitle = { en = 'T' }\n";

fn loaded(files: &ContractFiles, cache: &SchemaCache) -> Arc<Contract> {
    let (contract, findings) = Contract::load(files, cache);
    contract.unwrap_or_else(|| panic!("{findings:?}"))
}

/// Both verdicts on a document that goes to the first operation, and what finds its contract and routes it.
fn agree(registry: &Registry, contract: &Arc<Contract>, bytes: &[u8], options: &JudgeOptions) {
    let limits = Limits::default();
    let operation = contract.document_operation().unwrap().name;
    let media_type = MediaType::xml();
    let message = Message::new(media_type.clone(), bytes.to_vec());
    let payload = Payload::parse(&message, &limits);
    for direction in [Direction::Request, Direction::Response] {
        assert!(contract.streams(operation, direction));
        let occasion = Occasion { direction, ..Occasion::request(operation).of_type(&media_type) };
        let tree = match &payload {
            Ok(payload) => contract.judge(Some(payload), &occasion, options),
            Err(violation) => Verdict::malformed(violation.clone()),
        };
        let mut input = bytes;
        let stream = Stream { input: &mut input, charset: None, limits: &limits };
        let stream = contract.judge_stream(stream, &occasion, options).unwrap();
        assert_eq!(stream, tree, "{}", String::from_utf8_lossy(bytes));
    }
    let mut input = bytes;
    let stream = Stream { input: &mut input, charset: None, limits: &limits };
    let today = Day::from_days(20_000);
    match (registry.outline(stream, Some(&media_type), options).unwrap(), &payload) {
        (Outlined::Malformed(stream), Err(tree)) => assert_eq!(stream, *tree),
        (Outlined::Outline(outline), Ok(payload)) => {
            let tree = registry.select(payload, today);
            let stream = outline.select(registry, today);
            assert_eq!(stream.violation(), tree.violation());
            for contract in registry.contracts() {
                assert_eq!(outline.keys(contract), contract.keys(payload), "{contract}");
                if let Some(verdict) = outline.verdict(contract) {
                    let occasion = Occasion::request(operation).of_type(&media_type);
                    assert_eq!(*verdict, contract.judge(Some(payload), &occasion, options));
                }
            }
        }
        (outlined, tree) => panic!("{outlined:?} {tree:?}"),
    }
}

const NOTE: &str = "[namespaces]\nn = 'urn:n'\no = 'urn:o'
[select]\nroot = 'n:Note'
where = [{ path = 'n:Head/n:Version', matches = '^2$' }, { path = '/n:Note/n:Head/@kind', matches = 'x' }]
[keys]\nreceiver = { path = 'n:Head/n:To', scheme = '@scheme' }
sender = { path = 'n:Head/n:From', scheme = 'n:Scheme' }
document = { path = 'n:Id' }\nprofile = { path = 'n:Body/o:Profile/@name' }\nsubject = ['n:Body/n:Person', '@owner', 'n:Head']
[[operation]]\nname = 'deliver'\nkind = 'two-way'
request = { media-type = 'application/xml', judge = [{ xsd = 'schemas/a.xsd' }, { xsd = 'schemas/b.xsd' }] }
response = { judge = [{ xsd = 'schemas/a.xsd' }] }\n";

const NOTE_XSD: &str = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns='urn:n' targetNamespace='urn:n' elementFormDefault='qualified'>
<xs:element name='Note'><xs:complexType><xs:sequence><xs:element name='Id' type='xs:int'/>
<xs:element name='Head'><xs:complexType><xs:sequence><xs:any maxOccurs='unbounded' processContents='skip'/></xs:sequence><xs:attribute name='kind'/></xs:complexType></xs:element>
<xs:element name='Body' maxOccurs='unbounded'><xs:complexType mixed='true'><xs:sequence><xs:any maxOccurs='unbounded' minOccurs='0' processContents='lax'/></xs:sequence></xs:complexType></xs:element>
</xs:sequence><xs:attribute name='owner' type='xs:date'/></xs:complexType></xs:element></xs:schema>";

const GOOD: &str = "<n:Note xmlns:n='urn:n' xmlns:o='urn:o' owner='2026-01-01'>\n<n:Id>7</n:Id>
<n:Head kind='x'><n:Version> 2 </n:Version><n:To scheme='GLN'>1</n:To><n:To>2</n:To><n:From><n:Id>3</n:Id><n:Scheme>S</n:Scheme></n:From><n:From><n:Id>4</n:Id></n:From></n:Head>
<n:Body>a<o:Profile/><o:Profile name='p'/><n:Person>P<o:b>Q</o:b>R</n:Person></n:Body><n:Body><n:Person>S</n:Person></n:Body>
</n:Note>";

/// What may be put into a document, or in the place of a part of it.
const PARTS: &[&str] = &[
    "",
    "<n:Id>x</n:Id>",
    "<n:To>9</n:To>",
    "<n:Head kind='x'/>",
    "</n:Head>",
    "<n:Head>",
    "<o:Profile name='q'/>",
    "<n:Version>2</n:Version>",
    "<n:Person/>",
    "<![CDATA[c]]>",
    "<!--c-->",
    "&amp;",
    "&",
    "2",
    " kind='y'",
    "\n",
    "<n:Note/>",
    " xmlns:n='urn:m'",
    "n:Other",
    "<n:From/>",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_change_of_a_document_is_judged_alike_as_stream_and_tree(
        changes in proptest::collection::vec((0..GOOD.len(), 0_usize..12, 0..PARTS.len()), 0..4),
        violations_max in prop_oneof![Just(1_usize), Just(2), Just(1_000)],
    ) {
        let mut text = GOOD.to_owned();
        for (at, length, part) in changes {
            let at = at.min(text.len());
            let to = (at + length).min(text.len());
            text.replace_range(at..to, PARTS[part]);
        }
        let (registry, contract) = note();
        let options = JudgeOptions { violations_max, ..JudgeOptions::default() };
        agree(registry, contract, text.as_bytes(), &options);
    }
}

fn note() -> &'static (Registry, Arc<Contract>) {
    static NOTES: std::sync::OnceLock<(Registry, Arc<Contract>)> = std::sync::OnceLock::new();
    NOTES.get_or_init(|| {
        let mut files = ContractFiles::new("");
        files.add("contract.toml", format!("id = 't/note'\n{HEAD}{NOTE}"));
        files.add("schemas/a.xsd", NOTE_XSD);
        files.add("schemas/b.xsd", NOTE_XSD.replace("xs:int", "xs:string"));
        let contract = loaded(&files, &SchemaCache::new());
        (Registry::new(vec![Arc::clone(&contract)]), contract)
    })
}

#[test]
fn a_whole_document_has_its_keys_from_the_stream() {
    let (registry, contract) = note();
    let options = JudgeOptions::default();
    agree(registry, contract, GOOD.as_bytes(), &options);
    let mut input = GOOD.as_bytes();
    let stream = Stream { input: &mut input, charset: None, limits: &Limits::default() };
    let Outlined::Outline(outline) = registry.outline(stream, None, &options).unwrap() else {
        panic!("the document is sound");
    };
    let keys = outline.keys(contract);
    assert_eq!(keys.receiver.unwrap().to_string(), "GLN:1");
    assert_eq!(keys.sender.unwrap().to_string(), "S:3S");
    assert_eq!((keys.document.as_deref(), keys.profile.as_deref()), (Some("7"), Some("p")));
    assert_eq!(keys.subjects, ["PQR", "S", "2026-01-01", "2 123S4"]);
    assert!(outline.verdict(contract).unwrap().violations.is_empty());
}

#[test]
fn only_a_tree_will_do_for_rule_sets_and_for_paths_that_are_more_than_steps() {
    let rules = "<schema xmlns='http://purl.oclc.org/dsdl/schematron'><pattern><rule context='/*'><assert test='true()'>a</assert></rule></pattern></schema>";
    for (more, streams) in [
        (
            "[[operation]]\nname = 'o'\nkind = 'two-way'\nrequest = { judge = [{ xsd = 'schemas/a.xsd' }] }\n",
            true,
        ),
        ("[[operation]]\nname = 'o'\nkind = 'two-way'\n", true),
        (
            "[[operation]]\nname = 'o'\nkind = 'two-way'\nrequest = { judge = [{ xsd = 'schemas/a.xsd' }, { schematron = 'schemas/a.sch' }] }\n",
            false,
        ),
        (
            "[select]\nroot = 'a'\nwhere = [{ path = 'b[1]', matches = 'x' }]\n[[operation]]\nname = 'o'\nkind = 'two-way'\n",
            false,
        ),
    ] {
        let mut files = ContractFiles::new("");
        files.add("contract.toml", format!("id = 't/note'\n{HEAD}{more}"));
        files.add("schemas/a.xsd", NOTE_XSD);
        files.add("schemas/a.sch", rules);
        let contract = loaded(&files, &SchemaCache::new());
        assert_eq!(contract.streams("o", Direction::Request), streams, "{more}");
        assert!(!contract.streams("other", Direction::Request));
        let registry = Registry::new(vec![contract]);
        let mut input = &b"<a><b/></a>"[..];
        let stream = Stream { input: &mut input, charset: None, limits: &Limits::default() };
        let outlined = registry.outline(stream, None, &JudgeOptions::default()).unwrap();
        let of_a = more.contains("select");
        assert_eq!(matches!(outlined, Outlined::NeedsTree), of_a && !streams, "{more}");
    }
}

/// Contracts for the documents of UBL that a folder of schemas has, by root element.
fn ubl(folder: &Path, cache: &SchemaCache) -> Vec<Arc<Contract>> {
    let mut files = ContractFiles::new("");
    let mut folders = vec![folder.to_owned()];
    let mut entries = Vec::new();
    while let Some(each) = folders.pop() {
        for path in std::fs::read_dir(each).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "xsd") {
                let below = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                files.add(&below, std::fs::read(&path).unwrap());
                entries.extend(below.contains("maindoc/").then_some(below));
            }
        }
    }
    let of = |entry: &String| {
        let root = entry.rsplit('/').next().unwrap().split('-').nth(1).unwrap();
        let mut text = format!("id = 't/{}'\n{HEAD}[namespaces]\n", root.to_lowercase());
        let ubl = "urn:oasis:names:specification:ubl:schema:xsd:";
        for (prefix, name) in
            [("d", root), ("cac", "CommonAggregateComponents"), ("cbc", "CommonBasicComponents")]
        {
            let _ = writeln!(text, "{prefix} = '{ubl}{name}-2'");
        }
        let _ = writeln!(
            text,
            "[select]\nroot = 'd:{root}'\nwhere = [{{ path = 'cbc:CustomizationID', matches = '^OIOUBL-2\\.(01|02)$' }}]\n\
             [keys]\nreceiver = {{ path = 'cac:AccountingCustomerParty/cac:Party/cbc:EndpointID', scheme = '@schemeID' }}\n\
             document = {{ path = 'cbc:ID' }}\nsubject = ['cac:InvoiceLine/cac:Item/cbc:Name']\n\
             [[operation]]\nname = 'deliver'\nkind = 'one-way'\nrequest = {{ judge = [{{ xsd = '{entry}' }}] }}"
        );
        let mut files = files.clone();
        files.add("contract.toml", text);
        loaded(&files, cache)
    };
    entries
        .iter()
        .filter(|entry| {
            ["Invoice", "CreditNote", "Order"]
                .iter()
                .any(|name| entry.contains(&format!("-{name}-")))
        })
        .map(of)
        .collect()
}

#[test]
fn published_documents_and_mutants_are_judged_alike_as_stream_and_tree() {
    let Some(folder) = shared("corpora/oioubl-2.1") else { return };
    let contracts = ubl(&folder.join("xsd/UBL_v2.1"), &SchemaCache::new());
    assert_eq!(contracts.len(), 3);
    let registry = Registry::new(contracts);
    let mut judged = 0;
    for below in ["examples", "mutants", "scenarios-2.02"] {
        let entries = std::fs::read_dir(folder.join(below)).unwrap();
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.extension().is_none_or(|end| end != "xml") {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            for contract in registry.contracts().iter().filter(|each| {
                let root = each.manifest().id.to_string();
                let name = root.rsplit('/').next().unwrap_or_default().to_owned();
                String::from_utf8_lossy(&bytes).to_lowercase().contains(&format!("{name}-2"))
            }) {
                for violations_max in [2, 1_000] {
                    let options = JudgeOptions { violations_max, ..JudgeOptions::default() };
                    agree(&registry, contract, &bytes, &options);
                }
                judged += 1;
            }
        }
    }
    println!("{judged} documents alike as stream and tree");
    assert!(judged > 150, "{judged}");
}
