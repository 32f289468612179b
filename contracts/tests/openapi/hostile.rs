//! Messages and descriptions that mean harm: each is refused under a code of its own, or costs no more than its size.

use crate::MANIFEST;
use sluse_contracts::{
    Contract, ContractFiles, JudgeOptions, MediaType, Message, Occasion, Outcome, Payload,
    SchemaCache, Verdict, payload::Limits,
};
use std::{fmt::Write, sync::Arc};

fn load(schema: &str) -> (Option<Arc<Contract>>, String) {
    let text = format!(
        "openapi: 3.1.0\npaths:\n  /a:\n    post:\n      operationId: a\n      requestBody:\n        content:\n\
         \x20         application/json: {{ schema: {{ $ref: '#/components/schemas/A' }} }}\n\
         \x20         multipart/form-data: {{ schema: {{ type: object }} }}\n\
         \x20         application/x-www-form-urlencoded: {{ schema: {{ type: object }} }}\n\
         \x20     responses: {{ '200': {{ description: x }} }}\ncomponents:\n  schemas:\n{schema}"
    );
    let mut files = ContractFiles::new("");
    files.add("contract.toml", MANIFEST.as_bytes());
    files.add("api.yaml", text);
    let (contract, findings) = Contract::load(&files, &SchemaCache::new());
    (contract, findings.iter().map(|finding| format!("{finding}\n")).collect())
}

/// The outcome and the first code.
fn judge(contract: &Contract, media_type: &str, body: impl Into<Vec<u8>>) -> String {
    let media_type: MediaType = media_type.parse().unwrap();
    let message = Message::new(media_type.clone(), body.into());
    let verdict = match Payload::parse(&message, &Limits::default()) {
        Ok(payload) => {
            let occasion = Occasion::request("a").of_type(&media_type);
            contract.judge(Some(&payload), &occasion, &JudgeOptions::default())
        }
        Err(violation) => Verdict::malformed(violation),
    };
    let first = verdict.violations.first().map_or("", |violation| violation.code.as_str());
    match verdict.outcome {
        Outcome::Accepted => "accepted".to_owned(),
        Outcome::Malformed => format!("malformed {first}"),
        _ => format!("rejected {first}"),
    }
}

#[test]
fn hostile_json_is_refused_by_name_or_taken_in_its_stride() {
    let (contract, findings) = load("    A: { additionalProperties: { type: integer } }\n");
    let contract = contract.unwrap_or_else(|| panic!("{findings}"));
    let mut keys = String::from("{");
    for at in 0..1_000_000 {
        write!(keys, "\"k{at}\":1,").unwrap();
    }
    let json = "application/json";
    assert_eq!(judge(&contract, json, format!("{keys}\"x\":1}}")), "accepted");
    assert_eq!(judge(&contract, json, format!("{keys}\"x\":\"1\"}}")), "rejected V0401");
    assert_eq!(judge(&contract, json, format!("{keys}\"k7\":1}}")), "malformed V0108");
    for levels in [129, 10_000, 100_000, 1_000_000] {
        let lists = "[".repeat(levels) + &"]".repeat(levels);
        assert_eq!(judge(&contract, json, lists), "malformed V0104", "{levels}");
        let objects = "{\"a\":".repeat(levels) + "1" + &"}".repeat(levels);
        assert_eq!(judge(&contract, json, objects), "malformed V0104", "{levels}");
        assert_eq!(judge(&contract, json, "[".repeat(levels)), "malformed V0104", "{levels}");
    }
    for (body, expected) in [
        (format!("{{\"a\":{}}}", "9".repeat(100_000)), "malformed V0117"),
        (format!("{{\"a\":-0.{}}}", "1".repeat(100_000)), "malformed V0117"),
        (format!("{{\"a\":1e{}}}", "9".repeat(100_000)), "malformed V0117"),
        ("{\"a\":1e999999999}".to_owned(), "rejected V0401"),
        ("{\"a\":1,\"a\":1}".to_owned(), "malformed V0108"),
        ("{\"a\":1,\"\\u0061\":1}".to_owned(), "malformed V0108"),
        ("\"\\ud800\"".to_owned(), "malformed V0107"),
        ("{\"\\udfff\":1}".to_owned(), "malformed V0107"),
        ("\"\\ud800\\u0041\"".to_owned(), "malformed V0107"),
        (format!("{{\"{}\":1}}", "n".repeat(1_000_000)), "malformed V0111"),
        (format!("[{}1]", "1,".repeat(8_000_000)), "malformed V0106"),
    ] {
        let shown: String = body.chars().take(30).collect();
        assert_eq!(judge(&contract, json, body), expected, "{shown}");
    }
}

#[test]
fn schemas_that_double_the_work_with_each_level_are_given_up_by_name() {
    let steps = (0..40).map(|at| {
        let next = format!("{{ $ref: '#/components/schemas/S{}' }}", at + 1);
        format!("    S{at}: {{ allOf: [{next}, {next}] }}\n")
    });
    let doubling = format!(
        "    A: {{ $ref: '#/components/schemas/S0' }}\n{}    S40: {{ type: integer }}\n",
        steps.collect::<String>()
    );
    let (contract, findings) = load(&doubling);
    let contract = contract.unwrap_or_else(|| panic!("{findings}"));
    assert_eq!(judge(&contract, "application/json", "1"), "rejected V0410");
    // Alternatives that lead to the same schema: twice the work with each level of the message.
    let again = "{ type: object, additionalProperties: { $ref: '#/components/schemas/A' } }";
    let (contract, findings) = load(&format!("    A: {{ anyOf: [{again}, {again}] }}\n"));
    let contract = contract.unwrap_or_else(|| panic!("{findings}"));
    let deep = |levels: usize| "{\"a\":".repeat(levels) + "1" + &"}".repeat(levels);
    assert_eq!(judge(&contract, "application/json", deep(8)), "rejected V0408");
    assert_eq!(judge(&contract, "application/json", deep(100)), "rejected V0410");
}

#[test]
fn hostile_forms_are_refused_by_name() {
    let (contract, findings) = load("    A: {}\n");
    let contract = contract.unwrap_or_else(|| panic!("{findings}"));
    let form = "multipart/form-data; boundary=b";
    let part = "--b\r\nContent-Disposition: form-data; name=x\r\n";
    for (media_type, body, expected) in [
        (form, format!("{}--b--", format!("{part}\r\n1\r\n").repeat(10_000)), "malformed V0122"),
        (form, format!("{part}{}\r\n1\r\n--b--", "a: b\r\n".repeat(1_000_000)), "malformed V0122"),
        (form, format!("{part}a: {}", "b".repeat(10_000_000)), "malformed V0121"),
        (form, format!("{part}a: {}\r\n--b--", "b".repeat(10_000_000)), "malformed V0122"),
        (form, "--c\r\n\r\n1\r\n--c--".to_owned(), "malformed V0121"),
        (form, "--b\r\n\r\n1".to_owned(), "malformed V0121"),
        ("multipart/form-data", "--b--".to_owned(), "malformed V0121"),
        ("multipart/form-data; boundary=\"\"", "----".to_owned(), "malformed V0121"),
        (form, format!("{part}Content-Encoding: gzip\r\n\r\n\u{1f}\r\n--b--"), "rejected V0123"),
        (
            form,
            format!("{part}Content-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--b--"),
            "rejected V0123",
        ),
        ("application/x-www-form-urlencoded", "a&".repeat(1_000_000), "malformed V0122"),
        ("application/x-www-form-urlencoded", "a=%ff%fe".to_owned(), "accepted"),
    ] {
        let shown: String = body.chars().take(60).collect();
        assert_eq!(judge(&contract, media_type, body), expected, "{shown}");
    }
}

#[test]
fn chains_and_circles_of_schemas_are_followed_or_refused() {
    let chain = |count: usize, end: &str| {
        let links = (0..count).map(|at| {
            let next = format!("{{ $ref: '#/components/schemas/S{}' }}", at + 1);
            format!("    S{at}: {next}\n")
        });
        let links: String = links.collect();
        format!("    A: {{ $ref: '#/components/schemas/S0' }}\n{links}    S{count}: {end}\n")
    };
    let (contract, findings) = load(&chain(50, "{ type: integer }"));
    let contract = contract.unwrap_or_else(|| panic!("{findings}"));
    assert_eq!(judge(&contract, "application/json", "1"), "accepted");
    assert_eq!(judge(&contract, "application/json", "\"1\""), "rejected V0401");
    for schema in [
        chain(2_000, "{ type: integer }"),
        chain(3, "{ $ref: '#/components/schemas/S0' }"),
        "    A: { allOf: [{ $ref: '#/components/schemas/A' }] }\n".to_owned(),
        "    A: { properties: { a: { $ref: '#/components/schemas/A' } } }\n".to_owned(),
    ] {
        let (contract, findings) = load(&schema);
        assert!(contract.is_some() || findings.contains(" C02"), "{findings}");
        if let Some(contract) = contract {
            let deep = "{\"a\":".repeat(100) + "1" + &"}".repeat(100);
            judge(&contract, "application/json", deep);
        }
    }
}

#[test]
fn patterns_that_take_for_ever_elsewhere_do_not_here() {
    for pattern in
        ["^(a+)+$", "^(a|aa)+$", "^([a-z]+)*b$", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$"]
    {
        let (contract, findings) =
            load(&format!("    A: {{ type: string, pattern: '{pattern}' }}\n"));
        let contract = contract.unwrap_or_else(|| panic!("{findings}"));
        assert_eq!(findings, "", "{pattern}");
        for text in ["a".repeat(50_000) + "!", "x".repeat(50_000)] {
            let found = judge(&contract, "application/json", format!("\"{text}\""));
            assert!(found == "accepted" || found == "rejected V0405", "{pattern}: {found}");
        }
    }
    // What looks around needs another engine, which has a limit of steps and says so when it is loaded.
    let (contract, findings) = load("    A: { type: string, pattern: '^(?=(a+)+$)b' }\n");
    assert!(findings.contains("C0217 warning"), "{findings}");
    let found =
        judge(&contract.unwrap(), "application/json", format!("\"{}!\"", "a".repeat(5_000)));
    assert!(found == "rejected V0409" || found == "rejected V0405", "{found}");
}
