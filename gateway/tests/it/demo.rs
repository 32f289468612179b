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
    assert_eq!(exchanges.len(), 10);
    for exchange in &exchanges {
        assert_eq!(exchange["expected"], true, "{exchange}");
        assert!(exchange["receipt"].is_u64());
    }
    let verdicts: String = exchanges.iter().filter_map(|line| line["verdict"].as_str()).collect();
    for code in
        ["V0403", "V0203", "V0301", "V0801", "PA-2.1", "PA-3.4", "JN-4", "waived", "observed"]
    {
        assert!(verdicts.contains(code), "{code} in {verdicts}");
    }
    let summary = lines.iter().find(|line| line["exchanges"] == 10).expect("a summary");
    assert_eq!((&summary["register"], &summary["archive"]), (&4.into(), &2.into()));
    let evidence =
        lines.iter().find(|line| line["holds"].is_boolean()).expect("a check of the evidence");
    assert_eq!((&evidence["holds"], &evidence["leaves"]), (&true.into(), &20.into()));
}
