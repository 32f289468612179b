//! Parameters in every place and style, servers, and paths.

use super::{judge, load};

/// What a description of one path with these parameters has against a request.
fn check(parameters: &str, path: &str, request: &str) -> String {
    let text = format!(
        "openapi: 3.1.0\nservers: [{{ url: 'https://example.org/api' }}]\npaths:\n  {path}:\n    get:\n      parameters: [{parameters}]\n      responses: {{ '200': {{ description: x }} }}\n"
    );
    let (contract, findings) = load(&text, &[]);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    judge(&contract, request)
}

#[test]
fn reads_parameters_of_every_place_and_style() {
    let ids = "schema: { type: array, maxItems: 2, items: { type: integer } }";
    let range = "schema: { type: object, required: [from], additionalProperties: false, properties: { from: { type: integer }, to: { type: integer } } }";
    for (parameter, path, good, bad) in [
        (format!("{{ name: id, in: path, required: true, {ids} }}"), "/a/{id}", "GET /a/1,2", "GET /a/1,x"),
        (format!("{{ name: id, in: path, required: true, style: label, explode: true, {ids} }}"), "/a/{id}", "GET /a/.1.2", "GET /a/1.2"),
        (format!("{{ name: id, in: path, required: true, style: matrix, explode: true, {ids} }}"), "/a/{id}", "GET /a/;id=1;id=2", "GET /a/;id=1;id=2;id=3"),
        (format!("{{ name: r, in: path, required: true, style: matrix, explode: true, {range} }}"), "/a{r}", "GET /a;from=1;to=2", "GET /a;to=2"),
        (format!("{{ name: id, in: query, {ids} }}"), "/a", "GET /a?id=1&id=2", "GET /a?id=1&id=2&id=3"),
        (format!("{{ name: id, in: query, explode: false, {ids} }}"), "/a", "GET /a?id=1,2", "GET /a?id=1,2,3"),
        (format!("{{ name: id, in: query, style: spaceDelimited, {ids}, explode: false }}"), "/a", "GET /a?id=1%202", "GET /a?id=1%20x"),
        (format!("{{ name: id, in: query, style: pipeDelimited, {ids}, explode: false }}"), "/a", "GET /a?id=1|2", "GET /a?id=1|x"),
        (format!("{{ name: r, in: query, style: deepObject, required: true, {range} }}"), "/a", "GET /a?r[from]=1&r%5Bto%5D=2", "GET /a?r[to]=2"),
        (format!("{{ name: r, in: query, {range} }}"), "/a", "GET /a?from=1&to=2", "GET /a?to=2"),
        (format!("{{ name: r, in: query, explode: false, {range} }}"), "/a", "GET /a?r=from,1", "GET /a?r=from"),
        (format!("{{ name: r, in: query, content: {{ application/json: {{ {range} }} }} }}"), "/a", "GET /a?r=%7B%22from%22%3A1%7D", "GET /a?r=%7B%22from%22"),
        (format!("{{ name: x-id, in: header, {ids} }}"), "/a", "GET /a\nX-Id: 1\nx-id: 2", "GET /a\nX-Id: 1, x"),
        (format!("{{ name: r, in: header, explode: true, {range} }}"), "/a", "GET /a\nR: from=1,to=2", "GET /a\nR: to=2"),
        (format!("{{ name: r, in: header, explode: true, {range} }}"), "/a", "GET /a\nR: from=1", "GET /a\nR: from=1, to"),
        (format!("{{ name: r, in: path, required: true, explode: true, {range} }}"), "/a/{r}", "GET /a/from=1,to=2", "GET /a/from,1"),
        (format!("{{ name: r, in: path, required: true, style: label, explode: true, {range} }}"), "/a/{r}", "GET /a/.from=1.to=2", "GET /a/.from=1.to"),
        ("{ name: session, in: cookie, required: true, schema: { type: string, minLength: 3 } }".into(), "/a", "GET /a\nCookie: x=1; session=abc", "GET /a\nCookie: session=a"),
        ("{ name: when, in: query, allowReserved: true, schema: { type: string, format: date-time } }".into(), "/a", "GET /a?when=2026-01-01T00:00:00+01:00", "GET /a?when=2026-01-01"),
        ("{ name: flag, in: query, allowEmptyValue: true, schema: { type: boolean } }".into(), "/a", "GET /a?flag", "GET /a?flag=1"),
        ("{ name: n, in: query, schema: { anyOf: [{ type: integer, maximum: 9 }, { type: string, pattern: '^0' }] } }".into(), "/a", "GET /a?n=07", "GET /a?n=10"),
        ("{ name: n, in: query, schema: { type: string } }".into(), "/a", "GET /a?n=1", "GET /a?n=1&n=2"),
    ] {
        assert_eq!(check(&parameter, path, good), "", "{parameter} {good}");
        assert_eq!(check(&parameter, path, &good.replace("GET ", "GET /api")), "", "{good} below the server");
        let found = check(&parameter, path, bad);
        assert!(found.starts_with("V0504 "), "{parameter} {bad}: {found}");
        assert_eq!(found.lines().count(), 1, "{bad}: {found}");
    }
}

#[test]
fn versions_whose_table_prints_labels_with_points_take_them_so() {
    for (version, dotted) in [("3.0.3", ""), ("3.1.0", ""), ("3.0.4", "V0504"), ("3.1.1", "V0504")]
    {
        let text = format!(
            "openapi: {version}\npaths:\n  /a/{{v}}:\n    get:\n      parameters: [{{ name: v, in: path, required: true, style: label, schema: {{ type: array, items: {{ type: integer }} }} }}]\n\
             \x20     responses: {{ '200': {{ description: x }} }}\n"
        );
        let (contract, findings) = load(&text, &[]);
        let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
        assert_eq!(judge(&contract, "GET /a/.1,2"), "", "{version}");
        let found = judge(&contract, "GET /a/.1.2");
        assert_eq!(found.get(..5).unwrap_or_default(), dotted, "{version}: {found}");
        assert!(judge(&contract, "GET /a/.1,x").starts_with("V0504"), "{version}");
    }
}

#[test]
fn names_the_part_of_a_parameter_that_is_wrong() {
    let range = "{ name: r, in: query, style: deepObject, schema: { type: object, properties: { from: { type: integer } }, additionalProperties: { type: boolean } } }";
    insta::assert_snapshot!(check(range, "/a", "GET /a?r[from]=CANARY&r[CANARY]=CANARY"), @r#"
    V0504 query/r/from the query parameter `r`: the value must be of type integer [openapi#/paths/~1a/get/parameters/0/schema/properties/from/type]
    V0504 query/r/* the query parameter `r`: the value must be of type boolean [openapi#/paths/~1a/get/parameters/0/schema/additionalProperties/type]
    "#);
}

#[test]
fn operations_are_found_where_their_servers_offer_them() {
    let text = "openapi: 3.1.0\nservers: [{ url: /v1 }]\npaths:\n  /a: { get: { responses: { '200': { description: x } } } }\n\
                \x20 /b:\n    servers: [{ url: '/{v}', variables: { v: { default: v2, enum: [v2, v3] } } }]\n\
                \x20   get: { responses: { '200': { description: x } } }\n    put: { servers: [{ url: / }], responses: { '200': { description: x } } }\n";
    let (contract, findings) = load(text, &[]);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    for (method, path, expected) in [
        ("GET", "/a", Some("GET /a")),
        ("GET", "/v1/a", Some("GET /a")),
        ("GET", "/v2/a", None),
        ("GET", "/v3/b", Some("GET /b")),
        ("GET", "/v1/b", None),
        ("PUT", "/b", Some("PUT /b")),
        ("PUT", "/v2/b", None),
        ("POST", "/a", None),
    ] {
        let found = contract.operation_at(method, path).map(|operation| operation.name);
        assert_eq!(found, expected, "{method} {path}");
    }
    assert_eq!(contract.methods_at("/v3/b"), ["GET"]);
    assert_eq!(contract.methods_at("/b"), ["GET", "PUT"]);
    // HEAD asks what GET asks.
    let asked = |method: &str| contract.operation_asked(method, "/v3/b").map(|found| found.name);
    assert_eq!(asked("HEAD"), asked("GET"));
    assert!(asked("HEAD").is_some() && asked("head").is_none() && asked("OPTIONS").is_none());
    assert_eq!(contract.methods_taken("/b"), ["GET", "HEAD", "PUT"]);
    assert_eq!(contract.methods_taken("/c"), [""; 0]);
    assert!(contract.methods_at("/c").is_empty());
}

/// YAML 1.2 reads `yes` as a text: read as neither `true` nor `false`, what it says would count for nothing.
#[test]
fn a_flag_that_is_no_flag_is_told() {
    let text = "openapi: 3.0.3\npaths:\n  /a:\n    post:\n      parameters:\n        - { name: x, in: query, required: yes, schema: {} }\n\
                \x20       - { name: y, in: query, explode: no, allowReserved: 1, allowEmptyValue: null, schema: {} }\n\
                \x20     requestBody: { required: 'true', content: { multipart/form-data: { encoding: { e: { explode: off } } } } }\n\
                \x20     responses: { '200': { description: x, headers: { h: { required: on, schema: {} } } } }\n";
    let (contract, findings) = load(text, &[]);
    assert!(contract.is_none());
    insta::assert_snapshot!(super::told(&findings), @"
    api.yaml:6:33 C0203 `required` is `true` or `false`
      hint: YAML 1.2 reads `yes`, `no`, `on` and `off` as texts
    api.yaml:7:33 C0203 `explode` is `true` or `false`
      hint: YAML 1.2 reads `yes`, `no`, `on` and `off` as texts
    api.yaml:7:46 C0203 `allowReserved` is `true` or `false`
    api.yaml:7:64 C0203 `allowEmptyValue` is `true` or `false`
    api.yaml:8:22 C0203 `required` is `true` or `false`
      hint: YAML 1.2 reads `yes`, `no`, `on` and `off` as texts
    api.yaml:8:91 C0203 `explode` is `true` or `false`
      hint: YAML 1.2 reads `yes`, `no`, `on` and `off` as texts
    api.yaml:9:61 C0203 `required` is `true` or `false`
      hint: YAML 1.2 reads `yes`, `no`, `on` and `off` as texts
    ");
    let text = text.replace(": yes", ": true").replace(": no", ": false").replace("'true'", "true");
    let text = text.replace(": 1,", ": true,").replace("null", "true");
    let text = text.replace(": off", ": false").replace(": on", ": true");
    let (contract, findings) = load(&text, &[]);
    assert!(contract.is_some(), "{findings:?}");
}

#[test]
fn faults_of_parameters_are_told_with_their_places() {
    let text = "openapi: 3.0.3\npaths:\n  /a/{id}:\n    get:\n      parameters:\n        - { name: x, in: query, style: label }\n\
                \x20       - { name: y, in: header, style: nosuch }\n        - { name: z, in: query, schema: {}, content: { a/b: {} } }\n\
                \x20       - { name: z, in: query }\n        - { name: w, in: query, content: { a/b: {}, c/d: {} } }\n        - { name: v, in: path }\n\
                \x20     responses: { '200': { description: x } }\n  /a/{other}: { get: { responses: { '200': { description: x } } } }\n";
    let (contract, findings) = load(text, &[]);
    assert!(contract.is_none());
    insta::assert_snapshot!(super::told(&findings), @r#"
    api.yaml:4:5 C0203 warning: no parameter is stated for `{id}` of the path /a/{id}
    api.yaml:4:5 C0203 warning: the path /a/{id} has no `{v}` for this parameter
    api.yaml:6:11 C0203 the `style` is none of those that parameters of this place have
    api.yaml:7:11 C0203 there is no such `style`
    api.yaml:8:11 C0203 a parameter has `schema` or `content`, not both
    api.yaml:9:11 C0203 the parameter `z` is stated twice
    api.yaml:10:11 C0203 the `content` of a parameter has one media type
    api.yaml:11:11 C0203 warning: a path parameter states `required: true`
    api.yaml:13:3 C0208 two paths fit the same requests
      hint: the other is /a/{id}
    api.yaml:13:17 C0203 warning: no parameter is stated for `{other}` of the path /a/{other}
    "#);
}
