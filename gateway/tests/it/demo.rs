//! The demonstration, run as a stranger runs it.

use serde_json::Value;
use std::process::Command;

#[test]
fn the_demonstration_ends_by_itself_and_each_exchange_as_its_contract_says() {
    let output = Command::new(env!("CARGO_BIN_EXE_sluse"))
        .args(["demo", "--format", "json"])
        .output()
        .expect("sluse runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{text}");
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON Lines")).collect();
    let exchanges: Vec<&Value> = lines.iter().filter(|line| line["sent"].is_string()).collect();
    assert_eq!(exchanges.len(), 12);
    for exchange in &exchanges {
        assert_eq!(exchange["expected"], true, "{exchange}");
        assert!(exchange["receipt"].is_u64());
    }
    let verdicts: String = exchanges.iter().filter_map(|line| line["verdict"].as_str()).collect();
    for code in [
        "V0403", "V0203", "V0301", "V0801", "V0905", "PA-2.1", "PA-3.4", "JN-4", "waived",
        "observed",
    ] {
        assert!(verdicts.contains(code), "{code} in {verdicts}");
    }
    let summary = lines.iter().find(|line| line["exchanges"] == 12).expect("a summary");
    let reached = ["register", "archive", "mainframe"].map(|name| summary[name].as_u64());
    assert_eq!(reached, [Some(4), Some(2), Some(2)]);
    // One person's address is protected: the mainframe has it, the consumer does not get it.
    let translated: Vec<&Value> = exchanges
        .iter()
        .map(|exchange| &exchange["translated"])
        .filter(|made| made.is_object())
        .collect();
    assert_eq!(translated, [&serde_json::json!({ "persons": 3, "withheld": 1 })]);
    let evidence =
        lines.iter().find(|line| line["holds"].is_boolean()).expect("a check of the evidence");
    assert_eq!((&evidence["holds"], &evidence["leaves"]), (&true.into(), &24.into()));
}
