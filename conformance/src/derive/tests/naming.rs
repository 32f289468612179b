//! Members that say which schema judges: a message that is sent as a good one names a schema.

use super::*;
use serde_json::Value;
use std::collections::BTreeSet;

/// Searches that build on one of them, each by its name or by a word that is mapped to it; nothing lists them.
const DESCRIPTION: &str = r##"
openapi: 3.0.3
info: { title: Search, version: '1' }
paths:
  /search:
    post:
      operationId: search
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [query]
              properties:
                query: { $ref: "#/components/schemas/Query" }
                more: { type: array, minItems: 2, maxItems: 3, items: { $ref: "#/components/schemas/Query" } }
      responses: { '200': { description: found }, '400': { description: refused } }
components:
  schemas:
    Query:
      type: object
      required: [kind, limit]
      discriminator: { propertyName: kind, mapping: { by-name: "#/components/schemas/ByName" } }
      properties: { kind: { type: string, example: text }, limit: { type: integer, minimum: 1, maximum: 9 } }
    ByName: { allOf: [{ $ref: "#/components/schemas/Query" }, { required: [name], properties: { name: { type: string, maxLength: 7 } } }] }
    ByNumber: { allOf: [{ $ref: "#/components/schemas/Query" }, { properties: { number: { type: string, pattern: "^[0-9]{9}$" } } }] }
"##;

fn body(case: &Case) -> Option<Value> {
    let Body::Text(text) = &tested(case).body else { return None };
    serde_json::from_str(&text.to_string()).ok()
}

fn kinds(value: &Value) -> Vec<&str> {
    let more = value.get("more").and_then(Value::as_array).into_iter().flatten();
    let all = value.get("query").into_iter().chain(more);
    all.filter_map(|query| query.get("kind")?.as_str()).collect()
}

#[test]
fn a_good_message_names_the_schema_that_judges_it() {
    let plan = plan(&described(DESCRIPTION), Role::Provider, &Options::default());
    let bodies = |kind: Kind| {
        let of = plan
            .cases
            .iter()
            .filter(move |case| case.kind == kind && case.id.as_str().contains(".body"));
        of.filter_map(|case| Some((case.id.to_string(), body(case)?)))
    };
    let (mut names, mut lists) = (BTreeSet::new(), 0);
    for (id, body) in bodies(Kind::Positive) {
        for kind in kinds(&body) {
            assert!(["by-name", "ByName", "ByNumber"].contains(&kind), "{id}: {body}");
            names.insert(kind.to_owned());
        }
        lists += usize::from(body.get("more").is_some_and(|more| more.as_array().is_some()));
    }
    assert!(names.contains("by-name") && names.contains("ByNumber"), "{names:?}");
    assert!(lists > 0);
    let broken: Vec<String> = bodies(Kind::Negative).map(|(id, _)| id).collect();
    for wanted in ["search.body.query.name.maxLength.over", "search.body.query.limit.maximum.over"]
    {
        assert!(broken.iter().any(|id| id == wanted), "{wanted}: {broken:?}");
    }
}
