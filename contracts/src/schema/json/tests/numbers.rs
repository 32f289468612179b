//! Numbers are compared as they are written, of whatever length.

use super::*;

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
