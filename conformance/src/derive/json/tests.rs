//! What schemas give, and that the engine agrees.

use serde_json::Value;
use sluse_contracts::{
    Contract, ContractFiles, Direction, JudgeOptions, Occasion, Payload, SchemaCache,
    message::{MediaType, Message},
    payload::Limits,
};
use std::sync::Arc;

/// A contract of one operation that this schema judges.
pub(crate) fn contract(schema: &Value) -> Arc<Contract> {
    let manifest = "id = 'test/a'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = { en = 'A' }\n\
                    [[operation]]\nname = 'put'\nkind = 'one-way'\n\
                    request = { judge = [{ json-schema = 'schemas/a.json' }] }\n";
    let mut files = ContractFiles::new("");
    files.add("contract.toml", manifest.as_bytes());
    files.add("schemas/a.json", schema.to_string().into_bytes());
    let (contract, findings) = Contract::load(&files, &SchemaCache::default());
    contract.unwrap_or_else(|| panic!("{findings:?} {schema}"))
}

/// How many violations a value has of a schema.
pub(crate) fn broken(schema: &Value) -> impl Fn(&Value) -> usize + use<> {
    let contract = contract(schema);
    assert_eq!(contract.operations(), ["put"]);
    let _ = Direction::Request;
    move |value| {
        let message = Message::new(MediaType::json(), value.to_string().into_bytes());
        let payload = Payload::parse(&message, &Limits::default()).unwrap();
        let occasion = Occasion::request("put");
        contract.judge(Some(&payload), &occasion, &JudgeOptions::default()).violations.len()
    }
}
