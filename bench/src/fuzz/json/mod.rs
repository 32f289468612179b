//! JSON Schemas and descriptions in OpenAPI as sets: their documents, requests and answers are mutated, and they themselves.

mod change;
mod exchange;
mod invent;
mod schema;
mod tree;

use super::{
    case::{Found, Outcomes, outcomes},
    material::Files,
    measure::Meter,
    sets::Set,
};
use crate::{Fault, differential, mutants::Chance};
use exchange::Exchange;
use invent::Inventor;
use serde_json::Value;
use sluse_contracts::{
    Contract, ContractFiles, JudgeOptions, MediaType, Message, Occasion, Outcome, Payload,
    SchemaCache, Verdict,
    judge::{RequestHead, ResponseHead},
    payload::Limits,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Documents that are invented where a set has none.
const INVENTED: u64 = 20;

/// A set, read.
#[derive(Debug)]
pub(super) struct Json {
    files: Files,
    entry: String,
    root: Value,
    documents: Vec<Value>,
    is_openapi: bool,
    contract: Arc<Contract>,
}

impl Json {
    /// Reads a set: its schema with all JSON files beside it, and its documents.
    pub(super) fn read(corpora: &Path, set: &Set) -> Result<Self, Fault> {
        let entry = differential::place(corpora, set.schema.ok_or("no schema")?);
        let above = entry.parent().and_then(Path::parent).ok_or("no folder")?;
        let mut files = Files::new();
        let is_openapi = set.name.starts_with("openapi");
        let of_schema = if is_openapi { vec![entry.clone()] } else { files_below(above)? };
        for path in
            of_schema.iter().filter(|path| path.extension().is_some_and(|end| end == "json"))
        {
            let name = path.strip_prefix(above)?.to_string_lossy().into_owned();
            files.insert(name, fs::read(path)?);
        }
        let entry = entry.strip_prefix(above)?.to_string_lossy().into_owned();
        let root: Value = serde_json::from_slice(files.get(&entry).ok_or("no entry")?)?;
        let mut documents = Vec::new();
        for folder in set.documents {
            for path in files_below(&differential::place(corpora, folder))? {
                documents.extend(serde_json::from_slice::<Value>(&fs::read(path)?).ok());
            }
        }
        let invented =
            (0..INVENTED).map(|seed| Inventor::new(&root).value(&root, &mut Chance::new(seed)));
        documents.extend(invented);
        let contract = load(&files, &entry, is_openapi).ok_or("the set is not loaded")?;
        Ok(Self { files, entry, root, documents, is_openapi, contract })
    }

    /// A mutated document, request or answer before the set's own schema.
    pub(super) fn of_document(
        &self,
        number: u64,
        chance: &mut Chance,
        keep: &mut dyn FnMut(&str, &[u8]),
    ) -> Option<Outcomes> {
        let meter = Meter::default();
        let (kind, made) = if self.is_openapi {
            let mut made = exchange::invented(&self.root, chance)?;
            (exchange::change(&mut made, chance), made)
        } else {
            let mutant = change::mutant(&self.documents, chance)?;
            (mutant.kind, plain(mutant.bytes))
        };
        keep("message.http", &made.written());
        let found = judge(&self.contract, self.is_openapi, &made, &meter);
        Some(outcomes(number, kind, &meter, &[found]))
    }

    /// A mutated schema or description, and messages before it.
    pub(super) fn of_schema(
        &self,
        number: u64,
        chance: &mut Chance,
        keep: &mut dyn FnMut(&str, &[u8]),
    ) -> Option<Outcomes> {
        let mut root = self.root.clone();
        let mut kind = schema::change(&mut root, chance);
        if chance.one_in(3) {
            kind = schema::change(&mut root, chance);
        }
        let mut files = self.files.clone();
        files.insert(self.entry.clone(), root.to_string().into_bytes());
        keep("schema.json", root.to_string().as_bytes());
        let meter = Meter::default();
        let loaded = meter.answer("loading", || load(&files, &self.entry, self.is_openapi));
        let kind = format!("schema: {kind}");
        let Some(Some(contract)) = loaded else {
            return Some(outcomes(number, kind, &meter, &[]));
        };
        let mut all = Vec::new();
        for at in 0..4 {
            let made = match (self.is_openapi, at % 2) {
                (true, 0) => exchange::invented(&root, chance)?,
                (true, _) => {
                    let mut made = exchange::invented(&self.root, chance)?;
                    exchange::change(&mut made, chance);
                    made
                }
                (false, 0) => {
                    let document = if at == 0 {
                        chance.pick(&self.documents)?.clone()
                    } else {
                        Inventor::new(&root).value(&root, chance)
                    };
                    plain(document.to_string().into_bytes())
                }
                (false, _) => plain(change::mutant(&self.documents, chance)?.bytes),
            };
            keep(&format!("message-{at}.http"), &made.written());
            all.push(judge(&contract, self.is_openapi, &made, &meter));
        }
        Some(outcomes(number, kind, &meter, &all))
    }
}

/// Every file of JSON below a folder.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|end| end == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A document without a request around it.
fn plain(body: Vec<u8>) -> Exchange {
    Exchange {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        query: String::new(),
        headers: Vec::new(),
        status: None,
        media_type: Some("application/json".to_owned()),
        body,
    }
}

fn load(files: &Files, entry: &str, is_openapi: bool) -> Option<Arc<Contract>> {
    let rules = if is_openapi {
        format!("openapi = '{entry}'\n")
    } else {
        format!(
            "[[operation]]\nname = 'send'\nkind = 'one-way'\nrequest = {{ judge = [{{ json-schema = '{entry}' }}] }}\n"
        )
    };
    let manifest = format!(
        "id = 'bench/mutated'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = {{ en = 'Mutated' }}\n{rules}"
    );
    let mut contract = ContractFiles::new("");
    contract.add("contract.toml", manifest.into_bytes());
    for (path, bytes) in files {
        contract.add(path, bytes.clone());
    }
    Contract::load(&contract, &SchemaCache::new()).0
}

/// What a contract says of a message.
fn judge(contract: &Contract, is_openapi: bool, made: &Exchange, meter: &Meter) -> Found {
    let verdict = meter.answer("judging", || verdict(contract, is_openapi, made));
    let Some(verdict) = verdict else { return Found::new("panic", false, 0) };
    let word = match verdict.outcome {
        Outcome::Accepted => "accepted",
        Outcome::Malformed => "malformed",
        _ => "rejected",
    };
    Found::new(word, verdict.outcome != Outcome::Malformed, verdict.violations.len())
}

fn verdict(contract: &Contract, is_openapi: bool, made: &Exchange) -> Verdict {
    let media_type: Option<MediaType> = made.media_type.as_ref().and_then(|text| text.parse().ok());
    let known = media_type.clone().unwrap_or(MediaType::octet_stream());
    let message = Message::new(known, made.body.clone());
    let payload = (!made.body.is_empty()).then(|| Payload::parse(&message, &Limits::default()));
    let payload = match payload.transpose() {
        Ok(payload) => payload,
        Err(violation) => return Verdict::malformed(violation),
    };
    let headers: Vec<(&str, &str)> =
        made.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let operation = if is_openapi { contract.operation_at(&made.method, &made.path) } else { None };
    let name = operation.as_ref().map_or("send", |operation| operation.name);
    let head = RequestHead {
        method: &made.method,
        path: &made.path,
        query: Some(&made.query).filter(|query| !query.is_empty()).map(String::as_str),
        headers: &headers,
    };
    let occasion = match (is_openapi, made.status) {
        (false, _) => Occasion::request(name),
        (true, None) => Occasion::request(name).with_request(head),
        (true, Some(status)) => {
            Occasion::response(name).with_response(ResponseHead { status, headers: &headers })
        }
    };
    let occasion = media_type.as_ref().map_or(occasion, |each| occasion.of_type(each));
    contract.judge(payload.as_ref(), &occasion, &JudgeOptions::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz::sets;
    use std::collections::BTreeSet;

    /// The sets that need no files of others.
    fn own() -> Vec<Json> {
        let own = sets::SETS.iter().filter(|set| set.is_json() && set.name.ends_with("-own"));
        let own: Vec<Json> =
            own.map(|set| Json::read(Path::new(""), set).expect("it is read")).collect();
        assert_eq!(own.len(), 2);
        own
    }

    #[test]
    fn mutants_of_json_are_the_same_each_time_and_judged_in_every_way() {
        for material in own() {
            let mut verdicts = BTreeSet::new();
            for number in 0..300 {
                let mut made = Vec::new();
                for _ in 0..2 {
                    let mut files = Vec::new();
                    let mut keep = |_: &str, bytes: &[u8]| files.push(bytes.to_vec());
                    let told = material.of_document(number, &mut Chance::new(number), &mut keep);
                    let told = told.expect("a mutant");
                    assert_eq!(told.fault, None, "{} {number}", told.kind);
                    made.push((told.kind, told.verdict.clone(), told.violations, files));
                    verdicts.insert(told.verdict);
                }
                assert!(made.windows(2).all(|two| two[0] == two[1]), "{number}");
            }
            assert_eq!(verdicts.len(), 3, "{verdicts:?}");
        }
    }

    #[test]
    fn mutated_schemas_of_json_are_refused_or_judge() {
        for material in own() {
            let mut verdicts = BTreeSet::new();
            for number in 0..20 {
                let told = material.of_schema(number, &mut Chance::new(number), &mut |_, _| {});
                let told = told.expect("a mutant");
                assert_eq!(told.fault, None, "{} {number}", told.kind);
                verdicts.insert(told.verdict);
            }
            assert!(verdicts.contains("refused") && verdicts.len() > 1, "{verdicts:?}");
        }
    }
}
