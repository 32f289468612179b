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

/// Schema, document, and what the one has against the other.
const COMPARED: &[(&str, &str, &str)] = &[
    (r#"{"maximum":9007199254740992}"#, "9007199254740993", "V0406 maximum"),
    (r#"{"maximum":9007199254740992}"#, "9007199254740992.0000001", "V0406 maximum"),
    (r#"{"maximum":9007199254740993.5}"#, "9007199254740993.5", ""),
    (r#"{"maximum":9007199254740993.5}"#, "9007199254740993.6", "V0406 maximum"),
    (r#"{"exclusiveMinimum":9007199254740992}"#, "9007199254740993", ""),
    (r#"{"exclusiveMinimum":18446744073709551615}"#, "18446744073709551616", ""),
    (
        r#"{"exclusiveMaximum":18446744073709551616}"#,
        "18446744073709551616.0",
        "V0406 exclusiveMaximum",
    ),
    (r#"{"minimum":0.1}"#, "0.1", ""),
    (r#"{"minimum":0.1}"#, "0.0999999999999999999999999999", "V0406 minimum"),
    (r#"{"exclusiveMinimum":0}"#, "1e-400", ""),
    (r#"{"maximum":5}"#, "1e400", "V0406 maximum"),
    (r#"{"minimum":5}"#, "1e400", ""),
    (r#"{"minimum":-5}"#, "-1E1000000000", "V0406 minimum"),
    (
        r#"{"$schema":"http://json-schema.org/draft-04/schema#","minimum":9007199254740992,"exclusiveMinimum":true}"#,
        "9007199254740992",
        "V0406 minimum",
    ),
    (
        r#"{"$schema":"http://json-schema.org/draft-04/schema#","minimum":9007199254740992,"exclusiveMinimum":true}"#,
        "9007199254740992.1",
        "",
    ),
    (r#"{"multipleOf":0.01}"#, "1e300", ""),
    (r#"{"multipleOf":0.01}"#, "12345678901234567890.12", ""),
    (r#"{"multipleOf":0.01}"#, "12345678901234567890.123", "V0406 multipleOf"),
    (r#"{"multipleOf":3}"#, "100000000000000000000000000000000000002", ""),
    (r#"{"multipleOf":3}"#, "100000000000000000000000000000000000001", "V0406 multipleOf"),
    (r#"{"multipleOf":3}"#, "1e1000000000", "V0406 multipleOf"),
    (r#"{"multipleOf":1e-10}"#, "1e1000000000", ""),
    (r#"{"multipleOf":123456789012345678901234567890}"#, "370370367037037036703703703670", ""),
    (
        r#"{"multipleOf":123456789012345678901234567890}"#,
        "370370367037037036703703703671",
        "V0406 multipleOf",
    ),
    (r#"{"multipleOf":123456789012345678901234567890}"#, "0.0", ""),
    (r#"{"enum":[9007199254740993, "x"]}"#, "9007199254740993.0", ""),
    (r#"{"enum":[9007199254740993, "x"]}"#, "9007199254740992.5", "V0403 enum"),
    (r#"{"enum":[9007199254740993, "x"]}"#, "\"y\"", "V0403 enum"),
    (r#"{"enum":[{"a":[0.1]}]}"#, r#"{"a":[0.10]}"#, ""),
    (r#"{"enum":[{"a":[0.1]}]}"#, r#"{"a":[0.10000000000000000001]}"#, "V0403 enum"),
    (r#"{"const":1}"#, "1.00000000000000000001", "V0403 const"),
    (r#"{"const":1}"#, "10e-1", ""),
    (r#"{"const":1}"#, "2", "V0403 const"),
    (r#"{"const":1e400}"#, "10e399", ""),
    (r#"{"properties":{"enum":{"const":1}}}"#, r#"{"enum":1.00000000000000000001}"#, "V0403 const"),
    (r#"{"const":{"type":"integer"}}"#, r#"{"type":"integer"}"#, ""),
    (r#"{"uniqueItems":true}"#, "[9007199254740993, 9007199254740992]", ""),
    (r#"{"uniqueItems":true}"#, "[9007199254740993, 9007199254740993.0]", "V0499 uniqueItems"),
    (r#"{"uniqueItems":true}"#, "[1, [1], {\"a\": 1}, {\"a\": 1.0}]", "V0499 uniqueItems"),
    (
        r#"{"uniqueItems":true}"#,
        "[{\"a\": 1, \"b\": 2}, {\"b\": 2.0, \"a\": 1e0}, 3]",
        "V0499 uniqueItems",
    ),
    (r#"{"uniqueItems":true}"#, "[1e400, 1e401, 0, -0.0]", "V0499 uniqueItems"),
    (r#"{"uniqueItems":true}"#, "[1, true, \"1\", null, [], {}]", ""),
    (r#"{"uniqueItems":false}"#, "[1, 1]", ""),
    (r#"{"type":"integer"}"#, "9007199254740993.0", ""),
    (r#"{"type":"integer"}"#, "9007199254740993.5", "V0401 type"),
    (r#"{"type":"integer"}"#, "1e-400", "V0401 type"),
    (r#"{"type":["integer","null"]}"#, "1.5", "V0401 type"),
    (r#"{"type":["integer","number"]}"#, "9007199254740993.5", ""),
    (
        r#"{"$schema":"http://json-schema.org/draft-04/schema#","type":"integer"}"#,
        "1.0",
        "V0401 type",
    ),
    (
        r#"{"$schema":"http://json-schema.org/draft-04/schema#","type":"integer"}"#,
        "1e30",
        "V0401 type",
    ),
    (
        r#"{"$schema":"http://json-schema.org/draft-04/schema#","type":"integer"}"#,
        "100000000000000000000",
        "",
    ),
    ("{}", "[1e400, -1e999999999999999999]", ""),
    ("{}", "[1e1000000000000000000, {\"canary\": -1E-9999999999999999999}]", "V0406 -, V0406 -"),
];

#[test]
fn numbers_are_compared_as_they_are_written() {
    for (schema, document, expected) in COMPARED {
        assert_eq!(codes(schema, document), *expected, "{schema} {document}");
    }
}

#[test]
fn a_comparison_of_ours_is_told_as_the_schema_has_it() {
    let files = [
        ("schemas/a.json", r##"{"properties":{"a":{"$ref":"b.json#/$defs/a"}}}"##),
        (
            "schemas/b.json",
            r#"{"$defs":{"a":{"enum":[0.1],"type":["integer","null"],"maximum":1e3}}}"#,
        ),
    ];
    let (contract, findings) = load(&files);
    assert_eq!(findings, "");
    let contract = contract.unwrap();
    let document = b"{\"a\": 9007199254740993.5}";
    insta::assert_snapshot!(print(&judge(&contract, document, &JudgeOptions::default())), @r"
    V0406 maximum /a 1:2 the number must be at most 1e3 [schemas/b.json#/$defs/a/maximum]
    V0401 type /a 1:2 the value must be of type integer or null [schemas/b.json#/$defs/a/type]
    V0403 enum /a 1:2 the value must be one of 0.1 [schemas/b.json#/$defs/a/enum]
    ");
}

/// Two decimals on common digits, compared and divided as whole numbers.
fn whole(text: &str, places: u32) -> num_bigint::BigInt {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let shift = i64::from(places) + exponent.parse::<i64>().unwrap()
        - i64::try_from(fraction.len()).unwrap();
    let digits: num_bigint::BigInt = format!("{whole}{fraction}").parse().unwrap();
    digits * num_bigint::BigInt::from(10).pow(u32::try_from(shift).unwrap())
}

proptest! {
    #[test]
    fn numbers_are_compared_as_whole_numbers_are(
        number in "-?(0|[1-9][0-9]{0,25})([.][0-9]{1,25})?(e-?[0-9])?",
        limit in "(0|[1-9][0-9]{0,25})([.][0-9]{1,5})?(e-?[0-9])?",
        near in any::<bool>(),
    ) {
        // A number and one that differs in its last digits alone.
        let number = if near && !limit.contains(['.', 'e']) { format!("{limit}.0000000001") } else { number };
        let (left, right) = (whole(&number, 60), whole(&limit, 60));
        let holds = |schema: String| codes(&schema, &number).is_empty();
        prop_assert_eq!(holds(format!("{{\"minimum\":{limit}}}")), left >= right);
        prop_assert_eq!(holds(format!("{{\"exclusiveMinimum\":{limit}}}")), left > right);
        prop_assert_eq!(holds(format!("{{\"maximum\":{limit}}}")), left <= right);
        prop_assert_eq!(holds(format!("{{\"exclusiveMaximum\":{limit}}}")), left < right);
        prop_assert_eq!(holds(format!("{{\"const\":{limit}}}")), left == right);
        prop_assert_eq!(holds(format!("{{\"enum\":[[],{limit}]}}")), left == right);
        let unique = codes("{\"uniqueItems\":true}", &format!("[{number},{limit}]")).is_empty();
        prop_assert_eq!(unique, left != right);
        let one = whole("1", 60);
        let is_whole = &left % &one == num_bigint::BigInt::ZERO;
        prop_assert_eq!(holds("{\"type\":\"integer\"}".to_owned()), is_whole);
        if right != num_bigint::BigInt::ZERO {
            let divides = &left % &right == num_bigint::BigInt::ZERO;
            prop_assert_eq!(holds(format!("{{\"multipleOf\":{limit}}}")), divides);
        }
    }
}

#[test]
fn schemas_that_double_the_work_are_given_up() {
    for (name, document) in [("allOf", "1"), ("anyOf", "\"a\""), ("oneOf", "1")] {
        let steps = (0..40).map(|at| {
            let next = format!(r##"{{"$ref":"#/$defs/s{}"}}"##, at + 1);
            format!(r##""s{at}":{{"{name}":[{next},{next}]}},"##)
        });
        let steps: String = steps.collect();
        let doubling =
            format!(r##"{{"$ref":"#/$defs/s0","$defs":{{{steps}"s40":{{"type":"integer"}}}}}}"##);
        assert_eq!(codes(&doubling, document), "V0410 -", "{name}");
    }
    // The first breach ends judging; telling every one of them does not end.
    let again = r##"{"type":"array","items":{"$ref":"#"}}"##;
    let deep = format!(r##"{{"allOf":[{again},{again},{{"not":{{"const":[]}}}}]}}"##);
    let lists = "[".repeat(100) + "1" + &"]".repeat(100);
    assert_eq!(codes(&deep, &lists), "V0410 -");
    assert_eq!(codes(&deep, "1"), "V0401 type, V0401 type");
}

#[test]
fn many_numbers_of_many_digits_take_no_more_than_their_text() {
    let near: Vec<String> = (0..100_000).map(|at| format!("1.{at:030}")).collect();
    let huge: Vec<String> = (0..100_000).map(|at| format!("1e{}", at + 1_000_000_000)).collect();
    for (schema, items, expected) in [
        (r#"{"uniqueItems":true}"#, &near, ""),
        (r#"{"uniqueItems":true}"#, &huge, ""),
        (r#"{"items":{"multipleOf":1e-40,"minimum":0.5,"type":"number"}}"#, &near, ""),
        (r#"{"items":{"multipleOf":0.01,"exclusiveMinimum":1e999999999}}"#, &huge, ""),
        (r#"{"items":{"multipleOf":7e-30}}"#, &huge, "V0406 multipleOf"),
    ] {
        assert_eq!(codes(schema, &format!("[{}]", items.join(","))), expected, "{schema}");
    }
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

#[test]
fn tells_one_violation_of_a_document_that_could_have_a_million() {
    let (contract, _) = load(&[("schemas/a.json", r#"{"items":{"type":"integer"}}"#)]);
    let document = format!("[1,\n{}\"x\"]", "\"x\",".repeat(100_000));
    let verdict = judge(&contract.unwrap(), document.as_bytes(), &JudgeOptions::default());
    assert_eq!((verdict.violations.len(), verdict.truncated), (1, true));
    assert_eq!(verdict.violations[0].path, "/1");
    assert_eq!(verdict.outcome, crate::Outcome::Rejected);
}

#[test]
fn large_values_are_not_copied_to_tell_what_alternatives_have_against_them() {
    let member = |at: usize| format!("\"m{at}\":{{\"kind\":\"person\",\"name\":\"n\"}}");
    let large: String = (0..100_000).map(|at| member(at) + ",").collect();
    let large = format!("{{{large}\"a/b\":1}}");
    let many = format!("[{}1]", "\"x\",".repeat(90_000));
    for (keyword, document, line) in [
        ("oneOf", format!("{{\"a\":[1,\n{large}]}}"), "V0408 oneOf /a/1 2:1 "),
        ("anyOf", format!("{{\"a\":[1,\n{large}]}}"), "V0408 anyOf /a/1 2:1 "),
        ("anyOf", format!("{{\"a\":[{many},\n1]}}"), "V0408 anyOf /a/0 1:7 "),
    ] {
        let schema = format!(
            r##"{{"properties":{{"a":{{"items":{{"$ref":"#/$defs/x"}}}}}},"$defs":{{"x":{{"{keyword}":[
            {{"type":"integer"}},{{"required":["kind","name"]}},{{"type":"array","items":{{"type":"integer"}}}}]}}}}}}"##
        )
        .replace("\"required\":[", "\"type\":\"object\",\"required\":[");
        let (contract, findings) = load(&[("schemas/a.json", &schema)]);
        let contract = contract.unwrap_or_else(|| panic!("{findings}"));
        let verdict = judge(&contract, document.as_bytes(), &JudgeOptions::default());
        let told = print(&verdict);
        assert_eq!(verdict.violations.len(), 1, "{told}");
        assert!(told.starts_with(line), "{told}");
        assert!(told.contains(&format!("[schemas/a.json#/$defs/x/{keyword}]")), "{told}");
    }
    // What is small is told as before, and alike.
    let schema = r#"{"items":{"anyOf":[{"type":"integer"},{"type":"null"}]}}"#;
    insta::assert_snapshot!(check(schema, "[1,null,\"x\",{}]"), @r"
    V0408 anyOf /2 1:9 the value fits none of the schema's alternatives [schemas/a.json#/items/anyOf]
    V0408 anyOf /3 1:13 the value fits none of the schema's alternatives [schemas/a.json#/items/anyOf]
    ");
}

/// The most memory that this process has had, in megabytes, where the system tells.
fn peak_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes / 1_024)
}

#[test]
fn telling_about_alternatives_takes_little_memory_in_every_draft() {
    let many = format!("[{}1]", "\"x\",".repeat(400_000));
    let message = Message::new(MediaType::json(), many.into_bytes());
    let payload = Payload::parse(&message, &Limits::default()).unwrap();
    let parts = r#""numbers":{"type":"array","items":{"type":"integer"}},"truths":{"items":{"type":"boolean"},"type":"array"}"#;
    let early = ("http://json-schema.org/draft-07/schema#", "definitions");
    let late = ("https://json-schema.org/draft/2020-12/schema", "$defs");
    let beside = parts.replace("\"numbers\":", "").replace("\"truths\":", "");
    for ((draft, definitions), keyword, refer) in [
        (early, "anyOf", true),
        (early, "oneOf", false),
        (late, "anyOf", false),
        (late, "oneOf", true),
    ] {
        let reference = |name: &str| format!(r##"{{"$ref":"#/{definitions}/{name}"}}"##);
        let references = [reference("numbers"), reference("truths")].join(",");
        let alternatives = if refer { &references } else { &beside };
        let schema = format!(
            r#"{{"$schema":"{draft}","{definitions}":{{{parts}}},"{keyword}":[{alternatives}]}}"#
        );
        let (contract, findings) = load(&[("schemas/a.json", &schema)]);
        let contract = contract.unwrap_or_else(|| panic!("{findings}"));
        let occasion = Occasion::request("send");
        let verdict = contract.judge(Some(&payload), &occasion, &JudgeOptions::default());
        let told = print(&verdict);
        assert!(told.starts_with(&format!("V0408 {keyword}  1:1 ")), "{draft}: {told}");
        assert!(told.contains(&format!("[schemas/a.json#/{keyword}]")), "{draft}: {told}");
    }
    if let Some(peak) = peak_megabytes() {
        assert!(peak < 128, "{peak} MB");
    }
}

/// A schema of many for one list, each with much against every item: written out, and by references.
fn laid_over_each_other(draft: &str, n_schemas: usize, refer: bool) -> String {
    let item = |at: usize| {
        format!(
            r#"{{"type":"integer","enum":["a{at}"],"pattern":"^[0-9]{{{at}}}$","minLength":{at},"maxLength":0}}"#
        )
    };
    let list = |items: &str| format!(r#"{{"type":"array","items":{items}}}"#);
    let reference = |name: &str, at: usize| format!(r##"{{"$ref":"#/definitions/{name}{at}"}}"##);
    let schemas: Vec<usize> = (2..n_schemas + 2).collect();
    let joined = |each: &dyn Fn(usize) -> String| {
        schemas.iter().map(|at| each(*at)).collect::<Vec<_>>().join(",")
    };
    if !refer {
        let parts = joined(&|at| list(&item(at)));
        return format!(r#"{{"$schema":"{draft}","allOf":[{parts}]}}"#);
    }
    let items = joined(&|at| format!("\"item{at}\":{}", item(at)));
    let lists = joined(&|at| format!("\"list{at}\":{}", list(&reference("item", at))));
    let parts = joined(&|at| reference("list", at));
    format!(r#"{{"$schema":"{draft}","definitions":{{{items},{lists}}},"allOf":[{parts}]}}"#)
}

#[test]
fn schemas_laid_over_each_other_gather_so_many_violations_at_most() {
    let many = format!("[{}\"x\"]", "\"x\",\n".repeat(20_000));
    for draft in
        ["http://json-schema.org/draft-04/schema#", "https://json-schema.org/draft/2020-12/schema"]
    {
        for refer in [false, true] {
            let schema = laid_over_each_other(draft, 50, refer);
            let (contract, findings) = load(&[("schemas/a.json", &schema)]);
            let contract = contract.unwrap_or_else(|| panic!("{findings}"));
            let verdict = judge(&contract, many.as_bytes(), &JudgeOptions::default());
            assert_eq!((verdict.violations.len(), verdict.truncated), (1, true), "{schema}");
            assert_eq!(verdict.violations[0].path, "/0");
            // A document of a few values is told whole.
            let verdict = judge(&contract, b"[\"x\", \"x\"]", &JudgeOptions::default());
            assert_eq!((verdict.violations.len(), verdict.truncated), (2 * 50 * 5, false));
        }
    }
    if let Some(peak) = peak_megabytes() {
        assert!(peak < 256, "{peak} MB");
    }
}

#[test]
fn references_that_lead_around_or_far_are_counted_through() {
    let far: String = (0..5_000)
        .map(|at| format!(r##""r{at}":{{"allOf":[{{"$ref":"#/$defs/r{}"}}]}},"##, at + 1))
        .collect();
    for schema in [
        r##"{"items":{"$ref":"#"},"allOf":[{"type":["array","integer"]}]}"##.to_owned(),
        r##"{"allOf":[{"items":{"$ref":"#/$defs/a"}}],"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}],"items":{"$ref":"#/$defs/a"}},
            "b":{"type":["array","integer"],"items":{"$ref":"#/$defs/a"}}}}"##
            .to_owned(),
        format!(
            r##"{{"items":{{"$ref":"#/$defs/r4900"}},"$defs":{{{far}"r5000":{{"type":["array","integer"]}}}}}}"##
        ),
    ] {
        assert_eq!(check(&schema, "[1,[]]"), "", "{schema}");
        assert!(check(&schema, "[\"x\"]").starts_with("V0401 type /0 1:2 "), "{schema}");
    }
}

#[test]
fn references_lead_into_first_alternatives() {
    let schema = r##"{"properties":{"a":{"$ref":"#/properties/b/anyOf/0/properties/c"},"d":{"$ref":"#/properties/b/anyOf/0"},
        "b":{"anyOf":[{"type":"object","properties":{"c":{"type":"integer","oneOf":[{"maximum":5},{"minimum":9}]}}},{"type":"null"}]},
        "e":{"$ref":"#/properties/b/anyOf/0/properties/c/oneOf/0"},"f":{"$ref":"#/properties/b/anyOf/1"}}}"##;
    insta::assert_snapshot!(check(schema, r#"{"a":"x","b":{"c":1.5},"d":{"c":7},"e":6,"f":1}"#), @r"
    V0401 type /a 1:2 the value must be of type integer [schemas/a.json#/properties/b/anyOf/0/properties/c/type]
    V0408 oneOf /a 1:2 the value fits more than one of the schema's alternatives [schemas/a.json#/properties/b/anyOf/0/properties/c/oneOf]
    V0408 anyOf /b 1:10 the value fits none of the schema's alternatives [schemas/a.json#/properties/b/anyOf]
    V0408 oneOf /d/c 1:29 the value fits none of the schema's alternatives [schemas/a.json#/properties/b/anyOf/0/properties/c/oneOf]
    V0406 maximum /e 1:36 the number must be at most 5 [schemas/a.json#/properties/b/anyOf/0/properties/c/oneOf/0/maximum]
    V0401 type /f 1:42 the value must be of type null [schemas/a.json#/properties/b/anyOf/1/type]
    ");
    // A fault in one is told where it stands.
    let broken = r#"{"anyOf":[{"oneOf":[{"pattern":"("}]},{"type":"null"}]}"#;
    insta::assert_snapshot!(load(&[("schemas/a.json", broken)]).1, @r"
    schemas/a.json:1:22 C0203 not a valid schema: the pattern is none that can be read (ECMA-262)
      hint: see the JSON Schema specification of the draft that `$schema` names
    ");
}
