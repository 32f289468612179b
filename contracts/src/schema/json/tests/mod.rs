//! Schemas and documents in, what is told out.

mod bounds;
mod numbers;

use crate::{
    Contract, ContractFiles, Direction, JudgeOptions, MediaType, Message, Occasion, Payload,
    SchemaCache, Verdict, payload::Limits, shared::shared,
};
use proptest::prelude::*;
use std::{fmt::Write, sync::Arc};

const MANIFEST: &str = "id = 'test/json'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = { en = 'Test' }\n\
                        [[operation]]\nname = 'send'\nkind = 'one-way'\n\
                        request = { judge = [{ json-schema = 'schemas/a.json' }] }\n";

fn load(files: &[(&str, &str)]) -> (Option<Arc<Contract>>, String) {
    let mut all = ContractFiles::new("");
    all.add("contract.toml", MANIFEST.as_bytes());
    for (path, text) in files {
        all.add(path, text.as_bytes().to_vec());
    }
    let (contract, findings) = Contract::load(&all, &SchemaCache::new());
    (contract, findings.iter().map(|finding| format!("{finding}\n")).collect())
}

fn judge(contract: &Contract, document: &[u8], options: &JudgeOptions) -> Verdict {
    let message = Message::new(MediaType::json(), document.to_vec());
    match Payload::parse(&message, &Limits::default()) {
        Ok(payload) => contract.judge(Some(&payload), &Occasion::request("send"), options),
        Err(violation) => Verdict::malformed(violation),
    }
}

fn print(verdict: &Verdict) -> String {
    let mut text = String::new();
    for each in &verdict.violations {
        let place = format!("{}:{}", each.line.unwrap_or(0), each.column.unwrap_or(0));
        let rule = each.rule.as_deref().unwrap_or("-");
        let clause = each.clause.as_deref().unwrap_or("-");
        writeln!(text, "{} {rule} {} {place} {} [{clause}]", each.code, each.path, each.message)
            .unwrap();
    }
    text
}

/// What a schema has against a document.
fn check(schema: &str, document: &str) -> String {
    let (contract, findings) = load(&[("schemas/a.json", schema)]);
    let contract = contract.unwrap_or_else(|| panic!("{findings}"));
    print(&judge(&contract, document.as_bytes(), &JudgeOptions::default()))
}

#[test]
fn tells_each_kind_of_breach_in_the_words_of_the_schema() {
    let schema = r#"{"type":"object","required":["name","born"],"additionalProperties":false,"properties":{
        "name":{"type":"string","minLength":2,"pattern":"^[A-Z]"},"born":{"type":"string","format":"date"},
        "kind":{"enum":["a","b"]},"size":{"minimum":1,"maximum":10,"multipleOf":0.5},
        "list":{"type":"array","maxItems":1,"items":{"type":["integer","null"]}},
        "any":{"oneOf":[{"type":"string"},{"const":1}]},"free":{"additionalProperties":{"type":"integer"}}}}"#;
    let document = "{\"name\": \"x\",\n \"kind\": \"canary\", \"size\": 11.25,\n \"list\": [1, \"canary\"],\n\
                    \"any\": true, \"free\": {\"canary\": \"canary\", \"name\": \"canary\"},\n \"canary/~\": 1}";
    insta::assert_snapshot!(check(schema, document), @r#"
    V0402 required  1:1 the member `born` is missing [schemas/a.json#/required]
    V0407 minLength /name 1:2 the text must have at least 2 characters [schemas/a.json#/properties/name/minLength]
    V0405 pattern /name 1:2 the text does not match the pattern ^[A-Z] [schemas/a.json#/properties/name/pattern]
    V0403 enum /kind 2:2 the value must be one of "a", "b" [schemas/a.json#/properties/kind/enum]
    V0406 maximum /size 2:20 the number must be at most 10 [schemas/a.json#/properties/size/maximum]
    V0406 multipleOf /size 2:20 the number must be a multiple of 0.5 [schemas/a.json#/properties/size/multipleOf]
    V0407 maxItems /list 3:2 the list must have at most 1 item [schemas/a.json#/properties/list/maxItems]
    V0401 type /list/1 3:14 the value must be of type null or integer [schemas/a.json#/properties/list/items/type]
    V0408 oneOf /any 4:1 the value fits none of the schema's alternatives [schemas/a.json#/properties/any/oneOf]
    V0401 type /free/* 4:23 the value must be of type integer [schemas/a.json#/properties/free/additionalProperties/type]
    V0401 type /free/name 4:43 the value must be of type integer [schemas/a.json#/properties/free/additionalProperties/type]
    V0404 additionalProperties /* 5:2 the schema does not allow this member [schemas/a.json#/additionalProperties]
    "#);
}

#[test]
fn shows_values_and_names_to_a_person_who_asks() {
    let schema = r#"{"additionalProperties":{"type":"integer"}}"#;
    let (contract, _) = load(&[("schemas/a.json", schema)]);
    let options = JudgeOptions { show_values: true, ..JudgeOptions::default() };
    let verdict = judge(&contract.unwrap(), b"{\"a/b\":\"x\"}", &options);
    assert_eq!(verdict.violations[0].path, "/a~1b");
    assert_eq!(verdict.violations[0].value.as_deref(), Some("\"x\""));
}

#[test]
fn keeps_so_many_violations_and_says_that_there_are_more() {
    let (contract, _) = load(&[("schemas/a.json", r#"{"items":{"type":"integer"}}"#)]);
    let contract = contract.unwrap();
    let document = format!("[{}\"x\"]", "\"x\",".repeat(50));
    for (violations_max, kept, truncated) in [(51, 51, false), (50, 50, true), (0, 0, true)] {
        let options = JudgeOptions { violations_max, ..JudgeOptions::default() };
        let verdict = judge(&contract, document.as_bytes(), &options);
        assert_eq!((verdict.violations.len(), verdict.truncated), (kept, truncated));
        assert_eq!(verdict.outcome, crate::Outcome::Rejected);
    }
}

#[test]
fn finds_schemas_by_path_and_by_their_own_address_and_fetches_nothing() {
    let entry = r##"{"$id":"https://example.org/s/a.json","allOf":[{"$ref":"b.json"},{"$ref":"sub/c.json#/definitions/x"},{"$ref":"https://example.net/d"}]}"##;
    let files = [
        ("schemas/a.json", entry),
        ("schemas/b.json", r#"{"type":"object"}"#),
        (
            "schemas/sub/c.json",
            r#"{"$id":"https://example.org/s/sub/c.json","definitions":{"x":{"required":["x"]}}}"#,
        ),
        ("schemas/d.json", r#"{"$id":"https://example.net/d","required":["y"]}"#),
    ];
    let (contract, findings) = load(&files);
    assert_eq!(findings, "");
    let verdict = judge(&contract.unwrap(), b"{}", &JudgeOptions::default());
    insta::assert_snapshot!(print(&verdict), @r#"
    V0402 required  1:1 the member `x` is missing [schemas/sub/c.json#/definitions/x/required]
    V0402 required  1:1 the member `y` is missing [schemas/d.json#/required]
    "#);
    let (contract, findings) = load(&files[..2]);
    assert!(contract.is_none());
    insta::assert_snapshot!(findings, @r#"
    schemas/a.json:1:67 C0204 the schema refers to sub/c.json, which is not among the contract's files
      hint: copy the file in beside this one
    schemas/a.json:1:104 C0215 the schema refers to https://example.net/d, which is not among the contract's files
      hint: nothing is fetched: copy the file in, with this address as its `$id`
    "#);
}

#[test]
fn reports_every_fault_of_a_schema_with_its_place() {
    let broken = "{\n \"type\": \"strin\",\n \"properties\": {\"a\": {\"minLength\": -1}},\n \"required\": \"a\"}";
    let faults = |schema| {
        let (contract, findings) = load(&[("schemas/a.json", schema)]);
        assert!(contract.is_none(), "{schema}");
        findings
    };
    let all = [broken, "{\"a\": 1,\n}", "{\"pattern\": \"(\"}"].map(faults);
    insta::assert_snapshot!(all.concat(), @r#"
    schemas/a.json:2:2 C0203 not a valid schema: `type` takes one or several of array, boolean, integer, null, number, object and string, not "strin"
      hint: see the JSON Schema specification of the draft that `$schema` names
    schemas/a.json:3:23 C0203 not a valid schema: -1 is less than the minimum of 0
      hint: see the JSON Schema specification of the draft that `$schema` names
    schemas/a.json:4:2 C0203 not a valid schema: "a" is not of type "array"
      hint: see the JSON Schema specification of the draft that `$schema` names
    schemas/a.json:2:1 C0203 expected the name of a member
    schemas/a.json:1:2 C0203 not a valid schema: the pattern is none that can be read (ECMA-262)
      hint: see the JSON Schema specification of the draft that `$schema` names
    "#);
}

#[test]
fn limits_patterns_that_look_around() {
    let schema = "{\"properties\": {\"a\": {\"pattern\": \"^((?=a)a+)+$\"}}}";
    let (contract, findings) = load(&[("schemas/a.json", schema)]);
    insta::assert_snapshot!(findings, @"
    schemas/a.json:1:23 C0217 warning: the pattern needs look-around or back-references
      hint: it runs with a limit of steps; other implementations may take unbounded time
    ");
    let document = format!("{{\"a\":\"{}!\"}}", "a".repeat(5_000));
    let verdict = judge(&contract.unwrap(), document.as_bytes(), &JudgeOptions::default());
    assert_eq!(verdict.violations[0].code, crate::code::JSON_PATTERN_LIMIT);
}

#[test]
fn shares_one_compiled_schema_between_contracts_of_the_same_files() {
    let cache = SchemaCache::new();
    let mut contracts = Vec::new();
    for other in ["{}", "{}", "{\"x\":1}"] {
        let mut files = ContractFiles::new("");
        files.add("contract.toml", MANIFEST.as_bytes());
        files.add("schemas/a.json", &b"{\"type\":\"object\"}"[..]);
        files.add("schemas/b.json", other.as_bytes());
        contracts.push(Contract::load(&files, &cache).0.unwrap());
    }
    assert_eq!(cache.len(), 2);
    contracts.pop();
    cache.retain_used();
    assert_eq!(cache.len(), 1);
}

#[test]
fn judges_nested_documents_without_running_out_of_stack() {
    let schema = r##"{"$ref":"#/definitions/n","definitions":{"n":{"anyOf":[{"type":"array","items":{"allOf":[{"$ref":"#/definitions/n"}]}},{"type":"integer"}]}}}"##;
    let depth = Limits::default().json_depth_max;
    let deep = "[".repeat(depth) + "1" + &"]".repeat(depth);
    assert_eq!(check(schema, &deep), "");
    assert_ne!(check(schema, &deep.replace('1', "true")), "");
}

/// The codes and rules of what a schema has against a document.
fn codes(schema: &str, document: &str) -> String {
    let (contract, findings) = load(&[("schemas/a.json", schema)]);
    let contract = contract.unwrap_or_else(|| panic!("{findings}"));
    let verdict = judge(&contract, document.as_bytes(), &JudgeOptions::default());
    let told = verdict.violations.iter().map(|each| {
        let rule = each.rule.as_deref().unwrap_or("-");
        format!("{} {rule}", each.code)
    });
    told.collect::<Vec<_>>().join(", ")
}

#[test]
fn judges_eformidling_as_its_readme_says() {
    let Some(folder) = shared("corpora/eformidling") else { return };
    let read = |path: &str| std::fs::read(folder.join(path)).unwrap();
    let load = |entry: &str| {
        let mut files = ContractFiles::new("");
        let manifest = MANIFEST.replace("schemas/a.json", entry);
        files.add("contract.toml", manifest.into_bytes());
        for sub in ["common", "dpi"] {
            for each in std::fs::read_dir(folder.join("json-schema").join(sub)).unwrap() {
                let name = each.unwrap().file_name().into_string().unwrap();
                files.add(&format!("{sub}/{name}"), read(&format!("json-schema/{sub}/{name}")));
            }
        }
        let (contract, findings) = Contract::load(&files, &SchemaCache::new());
        contract.unwrap_or_else(|| panic!("{entry}: {findings:?}"))
    };
    let verdict = |entry: &str, sample: &str| {
        let contract = load(&format!("dpi/innbyggerpost_dpi_{entry}_1_0.schema.json"));
        print(&judge(&contract, &read(&format!("samples/{sample}")), &JudgeOptions::default()))
    };
    insta::assert_snapshot!(verdict("feil", "feil-sbd.json"), @"
    V0402 required /standardBusinessDocument 2:3 the member `feil` is missing [dpi/innbyggerpost_dpi_feil_1_0.schema.json#/definitions/standardBusinessDocument/required]
    V0404 additionalProperties /standardBusinessDocument/digital 38:5 the schema does not allow this member [dpi/innbyggerpost_dpi_feil_1_0.schema.json#/definitions/standardBusinessDocument/additionalProperties]
    ");
    for (entry, sample) in [
        ("digital", "digital_ready_for_send-sbd.json"),
        ("utskrift", "utskrift_ready_for_send-sbd.json"),
    ] {
        if folder.join("samples").join(sample).exists() {
            assert_eq!(verdict(entry, sample), "", "{sample}");
        } else {
            println!("SKIPPED: {sample} is not in this half of the corpus");
            load(&format!("dpi/innbyggerpost_dpi_{entry}_1_0.schema.json"));
        }
    }
}

proptest! {
    #[test]
    fn judges_whatever_comes_and_shows_no_value(
        names in proptest::collection::vec("canary[a-z0-9/~]{0,3}|name|list", 1..6),
        values in proptest::collection::vec(r#""canary[0-9]{0,3}"|[0-9]{1,3}|null|true|\[\]|\{"canary":1\}"#, 6),
        noise in proptest::collection::vec(any::<u8>(), 0..20),
    ) {
        let (contract, _) = load(&[("schemas/a.json", r#"{"type":"object","required":["x"],"additionalProperties":{"type":"null"},
            "propertyNames":{"maxLength":7},"properties":{"name":{"enum":["y"]},"list":{"pattern":"^z","type":"string","format":"date"}}}"#)]);
        let contract = contract.unwrap();
        let members: Vec<String> = names.iter().zip(&values).map(|(n, v)| format!("\"{n}\":{v}")).collect();
        let document = format!("{{{}}}", members.join(","));
        let verdict = judge(&contract, document.as_bytes(), &JudgeOptions::default());
        let printed = format!("{verdict:?} {}", serde_json::to_string(&verdict).unwrap());
        prop_assert!(!printed.contains("canary"), "{}", printed);
        judge(&contract, &noise, &JudgeOptions::default());
        let _ = Direction::Request;
    }
}
