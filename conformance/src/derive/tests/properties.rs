//! Whatever the schema: what is to be accepted keeps to it, what is to be refused breaks one constraint alone.

use super::*;
use crate::derive::json::tests::contract;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use sluse_contracts::{JudgeOptions, MediaType, Message, Occasion, Payload, payload::Limits};

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0..6_u64, 0..6_u64).prop_map(|(least, more)| json!({"type": "string", "minLength": least, "maxLength": least + more})),
        Just(json!({"type": "string", "pattern": "^[a-z]{2,5}$"})),
        prop::sample::select(vec!["date", "date-time", "email", "uuid", "ipv4", "uri", "hostname"])
            .prop_map(|format| json!({"type": "string", "format": format})),
        (-50..50_i64, 0..50_i64).prop_map(|(least, more)| json!({"type": "integer", "minimum": least, "maximum": least + more})),
        (-50..50_i64, 1..50_i64).prop_map(|(least, more)| json!({"type": "number", "exclusiveMinimum": least, "maximum": least + more})),
        (1..9_i64).prop_map(|of| json!({"type": "integer", "multipleOf": of})),
        Just(json!({"type": "boolean"})),
        Just(json!({"enum": ["red", "green", 3, null]})),
        Just(json!({"type": ["string", "null"], "maxLength": 4})),
        Just(json!({})),
    ]
}

fn schema() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 16, 4, |inner| {
        let members = prop::collection::btree_map("[a-d]", inner.clone(), 1..4);
        prop_oneof![
            (members.clone(), any::<bool>(), any::<bool>()).prop_map(|(members, closed, all)| {
                let names: Vec<&String> = members.keys().take(if all { 9 } else { 1 }).collect();
                let mut schema = json!({"type": "object", "required": names, "properties": members});
                if closed {
                    schema["additionalProperties"] = false.into();
                }
                schema
            }),
            (inner.clone(), 0..3_u64, 0..3_u64, any::<bool>()).prop_map(|(items, least, more, unique)| {
                json!({"type": "array", "items": items, "minItems": least, "maxItems": least + more, "uniqueItems": unique})
            }),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({"anyOf": all})),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({"oneOf": all})),
            (inner.clone(), leaf()).prop_map(|(one, two)| json!({"allOf": [one, two]})),
            (members, inner).prop_map(|(members, other)| {
                let members: Map<String, Value> = members.into_iter().collect();
                json!({"type": "object", "properties": members, "if": {"required": ["a"]},
                       "then": {"properties": {"z": other}}, "else": {"maxProperties": 2}})
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn every_case_is_what_it_says(schema in schema()) {
        let contract = contract(&schema);
        let plan = plan(&contract, Role::Provider, &Options { requests_max: Some(400), ..Options::default() });
        for case in &plan.cases {
            let request = tested(case);
            let Body::Text(body) = &request.body else { continue };
            let bytes = body.as_literal().unwrap().as_bytes().to_vec();
            let media_type: MediaType = match request.headers.iter().find(|(name, _)| name == "content-type") {
                Some((_, text)) => text.as_literal().unwrap().parse().unwrap(),
                None => continue,
            };
            if media_type != MediaType::json() {
                continue;
            }
            let payload = Payload::parse(&Message::new(media_type, bytes), &Limits::default()).unwrap();
            let verdict = contract.judge(Some(&payload), &Occasion::request("put"), &JudgeOptions::default());
            let cited: Vec<_> = verdict.violations.iter().map(|each| each.clause.clone().unwrap()).collect();
            match case.kind {
                Kind::Positive => prop_assert_eq!(cited, Vec::<String>::new(), "{} {} {}", case.id, body, schema),
                _ => {
                    prop_assert_eq!(cited.len(), 1, "{} {} {}", case.id, body, schema);
                    let constraint = case.constraint.clone().unwrap();
                    // What stands in an alternative is told at the alternatives.
                    let outer = cited[0].ends_with("Of");
                    prop_assert!(cited[0] == constraint || (outer && constraint.starts_with(&cited[0])),
                        "{} {} {:?}", case.id, body, cited);
                }
            }
        }
    }
}
