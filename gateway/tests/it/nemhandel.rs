//! The register of NemHandel through a running gateway: every message arrives at the provider that serves its
//! receiver, byte for byte, or is refused with its code.

use crate::{
    cli::sluse,
    route::{expected, matches, participant, routes, shared},
    world::{Act, Provider, Reply, Seen, World, answer, limits, request, start, write_folder},
};
use serde_json::Value;
use sluse::store::Memory;
use sluse_contracts::library;
use sluse_ledger::{SigningKey, leaf::Ending};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

const REGISTER: &str = "corpora/nemhandel-rasp";
const XML: &str = "content-type: application/xml";
/// The members that receive, each with a provider of its own.
const MEMBERS: [&str; 3] = ["dk.one", "dk.two", "dk.three"];

fn taken(_: &Seen) -> Act {
    answer(200, "text/plain", "")
}

/// A gateway that knows the register, before three providers; each receiver is served by one of them.
struct Exchange {
    world: World,
    providers: Vec<Provider>,
    /// Whose receiver a key is.
    served: BTreeMap<String, usize>,
}

impl Exchange {
    async fn start(keys: &BTreeSet<String>, more: &str) -> Self {
        Self::prepared(keys, more, |_| {}).await
    }

    /// The same, with something done to the configuration folder before.
    async fn prepared(keys: &BTreeSet<String>, more: &str, prepare: impl Fn(&Path)) -> Self {
        let mut providers = Vec::new();
        let mut files = format!("{}[contracts]\nlibrary = [\"dk.nemhandel\"]\n", limits(""));
        for member in MEMBERS {
            let provider = Provider::start(taken).await;
            files.push_str(&format!(
                "#--- members/{member}.toml\n[[member]]\nid = \"{member}\"\nname = \"{member}\"\n\
                 [[member.subsystem]]\nid = \"{member}/archive\"\n\
                 #--- services/{member}.toml\nid = \"{member}/archive/documents\"\n\
                 upstream = [\"http://{}/inbox\"]\n",
                provider.address
            ));
            providers.push(provider);
        }
        let served: BTreeMap<String, usize> = keys.iter().cloned().zip((0..3).cycle()).collect();
        files.push_str("#--- services/orders.toml (absent)\n#--- receivers/all.csv\nkey,service\n");
        for (key, at) in &served {
            files.push_str(&format!("{key},{}/archive/documents\n", MEMBERS[*at]));
        }
        files.push_str(more);
        let other = Provider::start(taken).await;
        let folder = write_folder(&files, other.address);
        prepare(folder.path());
        let store = Arc::new(Memory::new(SigningKey::generate("test").unwrap()));
        Self { world: start(folder, store, other).await, providers, served }
    }

    /// Shows that a document that was sent arrives once, at the provider of its receiver alone, as it is.
    async fn check_arrival(&self, key: &str, document: &[u8], reply: &Reply) {
        assert_eq!(reply.status, 202, "{key}: {}", reply.text());
        let id = reply.exchange();
        assert!(reply.header("sluse-receipt").unwrap().parse::<u64>().is_ok());
        assert_eq!(reply.header("location"), Some(format!("/exchanges/{id}").as_str()));
        assert_eq!(self.world.ending(id).await, Ending::Delivered);
        for (at, provider) in self.providers.iter().enumerate() {
            let seen = provider.seen();
            let of_exchange = seen.iter().filter(|seen| seen.header("sluse-exchange") == Some(id));
            let arrived: Vec<&Seen> = of_exchange.collect();
            match arrived.as_slice() {
                [one] if self.served[key] == at => {
                    assert!(one.body == document, "byte for byte");
                    assert_eq!(one.line(), "POST /inbox HTTP/1.1");
                }
                [] if self.served[key] != at => {}
                _ => panic!("{key}: {} arrivals at provider {at}", arrived.len()),
            }
        }
    }
}

fn key_of(expected: &Value) -> Option<String> {
    let (scheme, value) = participant(&expected["key"], &expected["key_type"])?;
    Some(format!("{scheme}:{value}"))
}

/// Code of the refusal and of what the document was found to be.
fn codes(reply: &Reply) -> (u16, String, String) {
    let (status, code, side, retry) = reply.refusal();
    assert_eq!((side.as_str(), retry.as_str()), ("consumer", "pointless"));
    let violation = reply.json()["violations"][0]["code"].as_str().unwrap_or_default().to_owned();
    (status, code, violation)
}

fn refused(status: u16, code: &str, violation: &str) -> (u16, String, String) {
    (status, code.to_owned(), violation.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_of_the_register_arrives_at_the_provider_of_its_receiver_or_is_refused() {
    let Some(corpus) = shared(REGISTER) else { return };
    let expected = expected(&corpus);
    let mut keys: BTreeSet<String> = expected.values().filter_map(key_of).collect();
    // One receiver is nobody's.
    let nobody = keys.pop_last().unwrap();
    let exchange = Exchange::start(&keys, "").await;
    let mut wire = exchange.world.wire().await;
    let mut sent = Vec::new();
    let (mut n_unknown, mut n_without) = (0, 0);
    for (file, expected) in &expected {
        let document = fs::read(corpus.join("messages").join(file)).unwrap();
        wire.send(&request("POST", "/documents", &[XML], &document)).await;
        let reply = wire.reply().await;
        let known = matches(expected).len() == 1;
        match key_of(expected) {
            _ if !known && expected["root"].is_null() => {
                assert_eq!(codes(&reply), refused(400, "F0101", "V0101"), "{file}");
            }
            _ if !known => {
                assert_eq!(codes(&reply), refused(422, "F0109", "V0801"), "{file}");
                n_unknown += 1;
            }
            None => {
                assert_eq!(codes(&reply), refused(422, "F0113", "V0804"), "{file}");
                n_without += 1;
            }
            Some(key) if key == nobody => {
                assert_eq!(codes(&reply), refused(422, "F0113", ""), "{file}");
                n_without += 1;
            }
            Some(key) => sent.push((key, document, reply)),
        }
    }
    for (key, document, reply) in &sent {
        exchange.check_arrival(key, document, reply).await;
    }
    let arrived: usize = exchange.providers.iter().map(|provider| provider.seen().len()).sum();
    assert_eq!(arrived, sent.len(), "nothing else arrives");
    assert!(exchange.providers.iter().all(|provider| !provider.seen().is_empty()));
    println!("{arrived} arrived, {n_unknown} of no known type, {n_without} for no known receiver");

    // The same configuration, asked offline, names the same services.
    let folder = exchange.world.folder.path().to_str().unwrap();
    let (_, found) = routes(&corpus.join("messages"), &[".", "--config", folder]);
    for (file, expected) in &expected {
        let served = key_of(expected).and_then(|key| exchange.served.get(&key).copied());
        let service = served.map(|at| format!("{}/archive/documents", MEMBERS[at]));
        assert_eq!(found[&format!("./{file}")]["service"].as_str(), service.as_deref(), "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_and_retired_messages_of_the_register_are_refused() {
    let Some(corpus) = shared(REGISTER) else { return };
    let expected = expected(&corpus);
    let retired = library::ALL.iter().find(|shipped| shipped.id == "dk.oioubl/invoice").unwrap();
    assert_eq!(retired.version, "2.0.2");
    let text = retired.text.replace("\"in-force\"", "\"retired\"");
    let keys: BTreeSet<String> = expected.values().filter_map(key_of).collect();
    let manifest = format!("#--- contracts/dk.oioubl/invoice/2.0.2/contract.toml\n{text}");
    let exchange = Exchange::start(&keys, &manifest).await;
    let mut wire = exchange.world.wire().await;
    let (mut n_retired, mut n_broken) = (0, 0);
    for (file, expected) in &expected {
        let document = fs::read(corpus.join("messages").join(file)).unwrap();
        if expected["matches"] == serde_json::json!(["Faktura"]) {
            wire.send(&request("POST", "/documents", &[XML], &document)).await;
            assert_eq!(codes(&wire.reply().await), refused(422, "F0109", "V0803"), "{file}");
            n_retired += 1;
        }
        let end = document.iter().rposition(|byte| *byte == b'<').unwrap();
        wire.send(&request("POST", "/documents", &[XML], &document[..end])).await;
        assert_eq!(codes(&wire.reply().await), refused(400, "F0101", "V0101"), "{file}");
        n_broken += 1;
    }
    assert!(exchange.providers.iter().all(|provider| provider.seen().is_empty()));
    println!("{n_retired} of a retired type, {n_broken} broken off");
    assert!(n_retired > 0);
}

/// Brings published files into a configuration folder.
fn import(folder: &Path, paths: &[&Path], name: &str) {
    let paths = paths.iter().map(|path| path.to_str().unwrap());
    let asked = ["contract", "import", "--as", name, "--config", "."].into_iter().chain(paths);
    let said = sluse(folder, &asked.collect::<Vec<_>>());
    assert!(said.starts_with("exit: 0\n"), "{said}");
}

/// The rules that a refused document breaks, in one layer.
fn broken(reply: &Reply, layer: &str) -> BTreeSet<String> {
    let problem = reply.json();
    let violations = problem["violations"].as_array().unwrap().iter();
    let errors = violations.filter(|each| each["severity"] == "error" && each["layer"] == layer);
    errors.map(|each| each["rule"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_the_register_are_judged_on_their_way_by_the_published_files() {
    let Some(corpus) = shared(REGISTER) else { return };
    let (Some(oioubl), Some(oioxml)) = (shared("corpora/oioubl-2.1"), shared("corpora/oioxml-0.7"))
    else {
        return;
    };
    let expected = expected(&corpus);
    let keys: BTreeSet<String> = expected.values().filter_map(key_of).collect();
    let schemas = corpus.join("ubl20-xsd");
    let exchange = Exchange::prepared(&keys, "", |folder| {
        import(folder, &[&schemas, &oioubl, &oioxml], "dk.nemhandel");
    })
    .await;
    let mut wire = exchange.world.wire().await;
    let mut n_taken = 0;
    let mut refused = BTreeMap::new();
    let known = expected.iter().filter(|(_, expected)| key_of(expected).is_some());
    for (file, expected) in known.clone() {
        let document = fs::read(corpus.join("messages").join(file)).unwrap();
        wire.send(&request("POST", "/documents", &[XML], &document)).await;
        let reply = wire.reply().await;
        if !file.starts_with("Examples_Invalid/") {
            assert_eq!(reply.status, 202, "{file}: {}", reply.text());
            n_taken += 1;
            continue;
        }
        let (status, code, ..) = reply.refusal();
        assert_eq!((status, code.as_str()), (422, "F0108"), "{file}");
        // The register's own tests say which of the two has something against it; and no value is told.
        let by_schema = file.contains("WrongElement");
        assert_eq!(!broken(&reply, "xsd").is_empty(), by_schema, "{file}: {}", reply.text());
        let number = expected["key"].as_str().unwrap().trim_start_matches("DK");
        assert!(!reply.text().contains(number), "{file}: {}", reply.text());
        let layer = if by_schema { "xsd" } else { "schematron" };
        refused.insert(file.as_str(), broken(&reply, layer));
    }
    let rules: Vec<(&str, usize)> = refused.iter().map(|(file, all)| (*file, all.len())).collect();
    println!("{n_taken} taken, refused with so many rules: {rules:?}");
    assert!(!refused.is_empty() && refused.values().all(|rules| !rules.is_empty()));
    // An element that the schema does not have.
    let (file, _) = known.clone().find(|(_, each)| each["matches"][0] == "Faktura").unwrap();
    let text = fs::read_to_string(corpus.join("messages").join(file)).unwrap();
    let wrong = text.replacen("<cbc:IssueDate>", "<cbc:Wrong/><cbc:IssueDate>", 1);
    wire.send(&request("POST", "/documents", &[XML], wrong.as_bytes())).await;
    let reply = wire.reply().await;
    assert_eq!((reply.status, broken(&reply, "xsd").len()), (422, 1), "{}", reply.text());
    let arrived: usize = exchange.providers.iter().map(|provider| provider.seen().len()).sum();
    assert!(arrived <= n_taken, "nothing that was refused arrives");
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_with_one_fault_are_refused_by_the_rules_that_the_publisher_says() {
    let Some(corpus) = shared("corpora/oioubl-2.1") else { return };
    let mutants = corpus.join("mutants");
    let (_, found) = routes(&mutants, &[".", "--library", "dk.oioubl@2.1.0"]);
    let receiver =
        |file: &str| Some(found[&format!("./{file}")]["receiver"]["key"].as_str()?.to_owned());
    let manifest = fs::read_to_string(mutants.join("manifest.json")).unwrap();
    let manifest: Vec<Value> = serde_json::from_str(&manifest).unwrap();
    let sent: Vec<(&Value, &str, String)> = manifest
        .iter()
        .filter_map(|mutant| {
            let file = mutant["file"].as_str().unwrap();
            mutants.join(file).is_file().then_some((mutant, file, receiver(file)?))
        })
        .collect();
    let keys: BTreeSet<String> = sent.iter().map(|(.., key)| key.clone()).collect();
    let exchange =
        Exchange::prepared(&keys, "", |folder| import(folder, &[&corpus], "dk.oioubl")).await;
    let mut wire = exchange.world.wire().await;
    let (mut taken, mut n_refused) = (Vec::new(), 0);
    for (mutant, file, key) in &sent {
        let document = fs::read(mutants.join(file)).unwrap();
        wire.send(&request("POST", "/documents", &[XML], &document)).await;
        let reply = wire.reply().await;
        let fatal = mutant["fatal"].as_array().unwrap().iter();
        let fatal: BTreeSet<String> = fatal.map(|id| id.as_str().unwrap().to_owned()).collect();
        let valid = mutant["xsd_valid"] == true;
        if valid && fatal.is_empty() {
            taken.push((key, document, reply));
            continue;
        }
        let (status, code, ..) = reply.refusal();
        assert_eq!((status, code.as_str()), (422, "F0108"), "{file}: {}", reply.text());
        assert_eq!(broken(&reply, "xsd").is_empty(), valid, "{file}: {}", reply.text());
        if valid {
            assert_eq!(broken(&reply, "schematron"), fatal, "{file}");
        }
        n_refused += 1;
    }
    for (key, document, reply) in &taken {
        exchange.check_arrival(key, document, reply).await;
    }
    println!(
        "{} of {} taken, {n_refused} refused by the rules of the oracle",
        taken.len(),
        manifest.len()
    );
    assert!(n_refused > 0 && !taken.is_empty());
}

/// An element of an invented message.
#[derive(Default)]
struct Element {
    name: String,
    scheme: Option<String>,
    text: String,
    children: Vec<Self>,
}

impl Element {
    /// The element at the end of a path below this one; what is not there yet is made.
    fn at(&mut self, path: &str) -> &mut Self {
        path.split('/').filter(|step| !step.is_empty()).fold(self, |element, step| {
            let found = element.children.iter().position(|child| child.name == step);
            let at = found.unwrap_or_else(|| {
                element.children.push(Self { name: step.to_owned(), ..Self::default() });
                element.children.len() - 1
            });
            &mut element.children[at]
        })
    }

    fn write(&self, attributes: &str, text: &mut String) {
        let Self { name, .. } = self;
        let scheme = self.scheme.as_ref().map(|scheme| format!(" schemeID=\"{scheme}\""));
        let scheme = scheme.unwrap_or_default();
        text.push_str(&format!("<{name}{attributes}{scheme}>{}", self.text));
        self.children.iter().for_each(|child| child.write("", text));
        text.push_str(&format!("</{name}>"));
    }
}

/// A message of a type, invented from where the register says that everything stands, and what it gives.
fn invent(kind: &Value, scheme: &str, value: &str) -> (String, Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
    let constant = |path: &str| {
        path.strip_prefix("string('").and_then(|rest| rest.strip_suffix("')")).map(str::to_owned)
    };
    let root = text(&kind["root"]);
    let mut message = Element { name: format!("root:{root}"), ..Element::default() };
    let below = |path: &str| {
        let path = path.trim();
        path.split_once(&format!(":{root}/")).map_or(path, |(_, below)| below).to_owned()
    };
    // A pattern with white space around it is met by no value that a document has.
    let mut is_known = true;
    for each in kind["discriminators"].as_array().unwrap() {
        let pattern = each["expect"].as_str().unwrap();
        is_known &= pattern == pattern.trim();
        let value = pattern.trim().replace("(1|2)", "2");
        message.at(&below(&text(&each["xpath"]))).text = value;
    }
    let mut participant = |which: &str| {
        let path = below(&text(&kind[which]["xpath"]));
        // The last of several identifiers is the one that counts.
        let element = match path.split_once("[count(") {
            Some((path, _)) => {
                message.at(path).text = "0000000000000".to_owned();
                let (above, name) = path.rsplit_once('/').unwrap();
                let last = Element { name: name.to_owned(), ..Element::default() };
                let above = message.at(above);
                above.children.push(last);
                above.children.last_mut().unwrap()
            }
            None => message.at(&path),
        };
        element.text = value.to_owned();
        let kind = &kind[which]["type"][0];
        let fixed = constant(&text(&kind["xpath"]));
        if fixed.is_none() {
            element.scheme = Some(scheme.to_owned());
        }
        let word = fixed.unwrap_or_else(|| scheme.to_owned());
        serde_json::json!([[kind["map"][&word], word]])
    };
    let (key_type, sender_type) = (participant("key"), participant("sender"));
    let mut given = |which: &str| {
        let path = text(&kind[which]);
        constant(&path).unwrap_or_else(|| {
            if !path.is_empty() {
                message.at(&below(&path)).text = format!("the-{which}");
            }
            if path.is_empty() { String::new() } else { format!("the-{which}") }
        })
    };
    let (profile, docid) = (given("profile"), given("docid"));
    let names = kind["namespaces"].as_object().unwrap().iter();
    let mut attributes: String =
        names.map(|(prefix, name)| format!(" xmlns:{prefix}={name}")).collect();
    if kind["namespaces"].get("root").is_none() {
        attributes.push_str(&format!(" xmlns:root={}", kind["ns"]));
    }
    let mut written = String::new();
    message.write(&attributes, &mut written);
    let expected = serde_json::json!({
        "matches": is_known.then_some(&kind["name"]).into_iter().collect::<Vec<_>>(), "key": value, "key_type": key_type,
        "sender": value, "sender_type": sender_type, "profile": profile, "docid": docid,
    });
    (written, expected)
}

/// Invented messages of all types of the register, with what the register gives for each.
fn invented(corpus: &Path) -> Vec<(String, Value)> {
    let kinds = fs::read_to_string(corpus.join("contracts.json")).unwrap();
    let kinds: Vec<Value> = serde_json::from_str(&kinds).unwrap();
    let participants = [
        ("GLN", "5790000000012"),
        ("DK:CVR", "DK12345678"),
        ("DK:SE", "DK87654321"),
        ("DK:P", "1000000001"),
        ("DK:VANS", "net-9"),
        ("DUNS", "123456789"),
    ];
    kinds
        .iter()
        .flat_map(|kind| participants.map(|(scheme, value)| invent(kind, scheme, value)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn invented_messages_of_all_types_of_the_register_go_where_they_should() {
    let Some(corpus) = shared(REGISTER) else { return };
    let invented = invented(&corpus);
    let keys: BTreeSet<String> =
        invented.iter().filter_map(|(_, expected)| key_of(expected)).collect();
    let exchange = Exchange::start(&keys, "").await;
    let folder = tempfile::tempdir().unwrap();
    for (at, (document, _)) in invented.iter().enumerate() {
        fs::write(folder.path().join(format!("{at:03}.xml")), document).unwrap();
    }
    let (_, found) = routes(folder.path(), &["."]);
    let mut wrong = Vec::new();
    for (at, (document, expected)) in invented.iter().enumerate() {
        let faults = crate::route::check_route(expected, &found[&format!("./{at:03}.xml")]);
        wrong.extend(faults.into_iter().map(|fault| format!("{fault} in {document}")));
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
    let mut wire = exchange.world.wire().await;
    let mut sent = Vec::new();
    for (document, expected) in &invented {
        wire.send(&request("POST", "/documents", &[XML], document.as_bytes())).await;
        let reply = wire.reply().await;
        if expected["matches"] == serde_json::json!([]) {
            assert_eq!(codes(&reply), refused(422, "F0109", "V0801"));
            continue;
        }
        sent.push((key_of(expected).unwrap(), document, reply));
    }
    for (key, document, reply) in &sent {
        exchange.check_arrival(key, document.as_bytes(), reply).await;
    }
    println!("{} invented messages arrived", sent.len());
}
