//! What grows is bounded: steps of judging, and what telling gathers.

use super::*;

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
