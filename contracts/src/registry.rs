//! The contracts in force right now, in memory: found by id, or by what a document says.

use crate::{
    Contract, ContractRef, Day, Payload, Violation, code,
    manifest::{SelectBy, Status},
};
use std::{collections::HashMap, sync::Arc};

/// The contracts of a library, found by id or by what a document says.
#[derive(Debug, Default)]
pub struct Registry {
    contracts: Vec<Arc<Contract>>,
    by_id: HashMap<String, Vec<usize>>,
    /// Local name of the root element → namespace and contract.
    by_root: HashMap<String, Vec<(String, usize)>>,
    by_member: Vec<usize>,
}

/// What is known about the contract of a document.
#[derive(Debug, Clone)]
pub enum Selection {
    /// This one.
    One(Arc<Contract>),
    /// No contract in force knows it.
    None,
    /// Several do: none is guessed.
    Several(Vec<Arc<Contract>>),
    /// Only a retired one does.
    Retired(Arc<Contract>),
}

impl Selection {
    /// The contract, where there is exactly one.
    pub fn one(&self) -> Option<&Arc<Contract>> {
        match self {
            Self::One(contract) => Some(contract),
            Self::None | Self::Several(_) | Self::Retired(_) => None,
        }
    }

    /// Why there is not exactly one contract.
    pub fn violation(&self) -> Option<Violation> {
        match self {
            Self::One(_) => None,
            Self::None => {
                let sentence = "no contract in force knows this document";
                Some(Violation::syntax(code::CONTRACT_UNKNOWN, sentence))
            }
            Self::Several(contracts) => {
                let names: Vec<String> = contracts.iter().map(ToString::to_string).collect();
                let sentence =
                    format!("several contracts know this document: {}", names.join(", "));
                Some(Violation::syntax(code::CONTRACT_AMBIGUOUS, sentence))
            }
            Self::Retired(contract) => {
                let sentence = format!("{contract} is retired");
                Some(Violation::syntax(code::CONTRACT_RETIRED, sentence))
            }
        }
    }
}

impl Registry {
    /// A registry of these contracts.
    pub fn new(contracts: Vec<Arc<Contract>>) -> Self {
        let mut registry = Self { contracts, ..Self::default() };
        for (at, contract) in registry.contracts.iter().enumerate() {
            let manifest = contract.manifest();
            registry.by_id.entry(manifest.id.as_str().to_owned()).or_default().push(at);
            match manifest.select.as_ref().map(|select| &select.by) {
                Some(SelectBy::Root(root)) => {
                    let roots = registry.by_root.entry(root.local.clone()).or_default();
                    roots.push((root.namespace.clone(), at));
                }
                Some(SelectBy::Member(_)) => registry.by_member.push(at),
                None => {}
            }
        }
        registry
    }

    /// All contracts, in the order given.
    pub fn contracts(&self) -> &[Arc<Contract>] {
        &self.contracts
    }

    /// The contract asked for: of those that fit, one in force before one on trial, one on trial
    /// before a draft, and a retired one last; of equals the newest.
    pub fn find(&self, wanted: &ContractRef) -> Option<&Arc<Contract>> {
        let all = self.by_id.get(wanted.id.as_str())?;
        let all = all.iter().filter_map(|at| self.contracts.get(*at));
        all.filter(|contract| wanted.range.contains(contract.manifest().version))
            .max_by_key(|contract| (rank(contract.manifest().status), contract.manifest().version))
    }

    /// The contract of a document, on a day. Contracts on trial count where none is in force;
    /// drafts never do.
    pub fn select(&self, payload: &Payload, today: Day) -> Selection {
        let fitting: Vec<&Arc<Contract>> =
            self.candidates(payload).filter(|contract| contract.fits(payload)).collect();
        let of_rank = |wanted: u8| {
            let live = fitting.iter().filter(move |contract| {
                !contract.is_retired(today) && rank(contract.manifest().status) == wanted
            });
            live.map(|contract| Arc::clone(contract)).collect::<Vec<_>>()
        };
        let mut found = of_rank(IN_FORCE);
        if found.is_empty() {
            found = of_rank(ON_TRIAL);
        }
        match found.len() {
            0 => match fitting.iter().find(|contract| contract.is_retired(today)) {
                Some(contract) => Selection::Retired(Arc::clone(contract)),
                None => Selection::None,
            },
            1 => found.pop().map_or(Selection::None, Selection::One),
            _ => Selection::Several(found),
        }
    }

    fn candidates(&self, payload: &Payload) -> impl Iterator<Item = &Arc<Contract>> {
        let found: Vec<usize> = match payload {
            Payload::Json(_) => self.by_member.clone(),
            Payload::Xml(document) => {
                let root = document.document_element();
                self.at_root(document.namespace(root), document.local(root)).collect()
            }
            Payload::Multipart(_) | Payload::Other(_) => Vec::new(),
        };
        found.into_iter().filter_map(|at| self.contracts.get(at))
    }

    /// The contracts that documents with this root element may be of.
    pub(crate) fn of_root(
        &self,
        namespace: &str,
        local: &str,
    ) -> impl Iterator<Item = &Arc<Contract>> {
        self.at_root(namespace, local).filter_map(|at| self.contracts.get(at))
    }

    fn at_root(&self, namespace: &str, local: &str) -> impl Iterator<Item = usize> {
        let named = self.by_root.get(local).into_iter().flatten();
        named.filter(move |(each, _)| each == namespace).map(|(_, at)| *at)
    }
}

const IN_FORCE: u8 = 3;
const ON_TRIAL: u8 = 2;

fn rank(status: Status) -> u8 {
    match status {
        Status::InForce | Status::Deprecated => IN_FORCE,
        Status::Candidate => ON_TRIAL,
        Status::Draft => 1,
        Status::Retired => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ContractFiles, Keys, MediaType, Message, SchemaCache, payload::Limits};
    use proptest::prelude::*;

    fn contract(id: &str, version: &str, status: &str, select: &str) -> Arc<Contract> {
        let text = format!(
            "id = '{id}'\nversion = '{version}'\nstatus = '{status}'\ntitle = {{ en = 'T' }}\n\
             [dates]\nretire-on = 2030-01-01\n[namespaces]\ni = 'urn:i'\nc = 'urn:c'\n{select}"
        );
        let mut files = ContractFiles::new("");
        files.add("contract.toml", text.into_bytes());
        let (contract, findings) = Contract::load(&files, &SchemaCache::new());
        contract.unwrap_or_else(|| panic!("{findings:?}"))
    }

    const INVOICE: &str = "[select]\nroot = 'i:Invoice'\nwhere = [{ path = 'c:Version', matches = '^2$' }]\n\
        [keys]\nreceiver = { path = 'c:To/c:ID', scheme = '@scheme' }\n\
        sender = { path = '//c:From[count(../c:From)]', scheme-value = 'GLN' }\n\
        document = { path = 'c:ID' }\nprofile = { value = 'basic' }\nsubject = ['c:Person/@number']\n\
        schemes = { 'GLN' = '0088', 'DK:CVR' = '0184', 'X' = { scheme = '0184', prefix = 'X-' } }\n";
    const OLD: &str =
        "[select]\nroot = 'i:Invoice'\nwhere = [{ path = 'c:Version', matches = '^1$' }]\n";
    const JSON: &str = "[select]\nmember = '/head/type'\nmatches = '^order$'\n\
        [keys]\nreceiver = { path = '/head/to', scheme-value = 'GLN' }\ndocument = { path = '/no' }\n\
        schemes = { GLN = '0088' }\n";

    fn registry() -> Registry {
        Registry::new(vec![
            contract("t/invoice", "2.0.0", "in-force", INVOICE),
            contract("t/invoice", "1.0.0", "retired", OLD),
            contract("t/trial", "1.0.0", "candidate", INVOICE),
            contract("t/both", "1.0.0", "in-force", "[select]\nroot = 'Both'\n"),
            contract("t/both", "1.1.0", "deprecated", "[select]\nroot = 'Both'\n"),
            contract("t/draft", "1.0.0", "draft", "[select]\nroot = 'Draft'\n"),
            contract("t/order", "1.0.0", "in-force", JSON),
        ])
    }

    fn parse(text: &str) -> Payload {
        let media_type = if text.starts_with('<') { MediaType::xml() } else { MediaType::json() };
        let message = Message::new(media_type, text.as_bytes().to_vec());
        Payload::parse(&message, &Limits::default()).unwrap()
    }

    fn invoice(version: &str, more: &str) -> String {
        format!(
            "<x:Invoice xmlns:x='urn:i' xmlns='urn:c'><Version> {version}\n</Version>{more}</x:Invoice>"
        )
    }

    #[test]
    fn selects_the_one_contract_in_force_that_knows_a_document() {
        let registry = registry();
        let outcome = |text: &str, today: &str| {
            let selection = registry.select(&parse(text), today.parse().unwrap());
            match (selection.one(), selection.violation()) {
                (Some(contract), None) => contract.to_string(),
                (None, Some(violation)) => violation.code.to_string(),
                _ => panic!("{selection:?}"),
            }
        };
        for (text, expected) in [
            (&*invoice("2", ""), "t/invoice@2.0.0"),
            (&invoice("1", ""), "V0803"),
            (&invoice("3", ""), "V0801"),
            ("<Invoice/>", "V0801"),
            ("<Invoice xmlns='urn:j'/>", "V0801"),
            ("<Both/>", "V0802"),
            ("<Draft/>", "V0801"),
            ("{\"head\":{\"type\":\"order\"}}", "t/order@1.0.0"),
            ("{\"head\":{\"type\":\"offer\"}}", "V0801"),
            ("[]", "V0801"),
        ] {
            assert_eq!(outcome(text, "2029-12-31"), expected, "{text}");
        }
        assert_eq!(outcome(&invoice("2", ""), "2030-01-01"), "V0803");
    }

    #[test]
    fn finds_the_newest_in_force_unless_a_version_is_asked_for() {
        let registry = registry();
        for (wanted, found) in [
            ("t/both", Some("t/both@1.1.0")),
            ("t/both@1.0.0", Some("t/both@1.0.0")),
            ("t/both@^1.0", Some("t/both@1.1.0")),
            ("t/both@^2", None),
            ("t/invoice@1.0.0", Some("t/invoice@1.0.0")),
            ("t/invoice", Some("t/invoice@2.0.0")),
            ("t/none", None),
        ] {
            let contract = registry.find(&wanted.parse().unwrap()).map(ToString::to_string);
            assert_eq!(contract.as_deref(), found, "{wanted}");
        }
    }

    #[test]
    fn reads_keys_and_takes_country_prefixes_off() {
        let registry = registry();
        let keys = |text: &str| -> Keys {
            let payload = parse(text);
            let selection = registry.select(&payload, Day::from_days(0));
            selection.one().unwrap().keys(&payload)
        };
        let receiver = |scheme: &str, value: &str| {
            let more = format!("<To><ID scheme='{scheme}'> {value} </ID></To>");
            keys(&invoice("2", &more)).receiver.map(|key| key.to_string())
        };
        assert_eq!(receiver("DK:CVR", "DK12345678").as_deref(), Some("0184:12345678"));
        assert_eq!(receiver("DK:CVR", "12345678").as_deref(), Some("0184:12345678"));
        assert_eq!(receiver("X", "X-1").as_deref(), Some("0184:1"));
        assert_eq!(receiver("GLN", "5798000000000").as_deref(), Some("0088:5798000000000"));
        assert_eq!(receiver("DK:VANS", "DK1").as_deref(), Some("DK:VANS:DK1"));
        assert_eq!(receiver("GLN", ""), None);
        let more = "<ID>7</ID><A><From>1</From><From>2</From></A><Person number='0101010000'/>";
        let found = keys(&invoice("2", more));
        assert_eq!(found.sender.as_ref().map(ToString::to_string).as_deref(), Some("0088:2"));
        assert_eq!(
            (found.document.as_deref(), found.profile.as_deref()),
            (Some("7"), Some("basic"))
        );
        assert_eq!(found.subjects, ["0101010000"]);
        assert!(!format!("{found:?}").contains("0101010000"));
        let found = keys("{\"head\":{\"type\":\"order\",\"to\":\"57\"},\"no\":12.50}");
        assert_eq!(found.receiver.unwrap().to_string(), "0088:57");
        assert_eq!(found.document.as_deref(), Some("12.50"));
    }

    proptest! {
        #[test]
        fn selects_and_reads_whatever_comes(bytes in proptest::collection::vec(any::<u8>(), 0..100), text in "[<>/xi:I '=\"{}a-z]{0,60}") {
            let registry = registry();
            let messages =
                [(MediaType::xml(), bytes.clone()), (MediaType::json(), bytes), (MediaType::xml(), text.into_bytes())];
            for (media_type, bytes) in messages {
                let payload = Payload::parse(&Message::new(media_type, bytes), &Limits::default());
                let Ok(payload) = payload else { continue };
                if let Selection::One(contract) = registry.select(&payload, Day::from_days(0)) {
                    contract.keys(&payload);
                }
            }
        }
    }
}
