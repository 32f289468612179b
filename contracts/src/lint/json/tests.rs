//! Schemas and descriptions in, findings out.

use crate::{
    ContractFiles, SchemaCache,
    lint::{Entry, lint_entry},
    manifest::Profile,
};

/// What is found in one file: code, sentence and hint.
fn found(path: &str, text: &str) -> Vec<String> {
    let mut files = ContractFiles::new("");
    files.add(path, text.as_bytes().to_vec());
    let entry = Entry::named(path, files).unwrap();
    let findings = lint_entry(&entry, &SchemaCache::new(), Profile::Plain);
    assert!(findings.iter().all(|each| !each.is_error() && each.line > 0), "{findings:?}");
    findings.iter().map(|each| format!("{} {}", each.code, each.sentence)).collect()
}

fn schema(keywords: &str) -> Vec<String> {
    found(
        "a.json",
        &format!("{{\n\"$schema\": \"http://json-schema.org/draft-07/schema#\"\n,{keywords}}}"),
    )
}

fn newer(keywords: &str) -> Vec<String> {
    let dialect = "https://json-schema.org/draft/2020-12/schema";
    found("a.json", &format!("{{\n\"$schema\": \"{dialect}\"\n,{keywords}}}"))
}

#[test]
fn what_no_value_can_keep_to_is_told() {
    for (keywords, told) in [
        (
            r#""minLength": 3, "maxLength": 2"#,
            "C0256 `minLength` is greater than `maxLength`: no value keeps to both",
        ),
        (
            r#""minimum": 3, "exclusiveMaximum": 3"#,
            "C0256 `minimum` leaves nothing below `exclusiveMaximum`",
        ),
        (
            r#""properties": {"a": {"minItems": 2, "maxItems": 1}}"#,
            "C0256 `minItems` is greater than `maxItems`: no value keeps to both",
        ),
        (
            r#""type": "string", "enum": [1, 2]"#,
            "C0256 no value of `enum` is of the type string: nothing keeps to both",
        ),
        (
            r#""type": "string", "const": 1"#,
            "C0256 `const` is of another type than string: no value keeps to both",
        ),
        (
            r#""required": ["a", "b"], "additionalProperties": false, "properties": {"a": {}}"#,
            "C0256 `b` is required, and `additionalProperties` is false without it: no object keeps to both",
        ),
        (
            r#""required": ["a"], "properties": {"a": false}"#,
            "C0256 `a` is required, and its schema is false: no object keeps to both",
        ),
    ] {
        assert_eq!(schema(keywords), [told], "{keywords}");
    }
}

#[test]
fn what_has_no_effect_is_told() {
    for (keywords, told) in [
        (
            r#""type": "string", "enum": ["a", 1]"#,
            "C0257 a value of `enum` is of another type than string: it has no effect",
        ),
        (
            r#""type": "integer", "maxLength": 1"#,
            "C0257 `maxLength` has no effect: it looks at a text, and the type is integer",
        ),
        (
            r#""type": "array", "required": ["a"]"#,
            "C0257 `required` has no effect: it looks at an object, and the type is array",
        ),
        (r#""minlength": 1"#, "C0257 `minlength` is no keyword of JSON Schema: it has no effect"),
        (r#""propertes": {}"#, "C0257 `propertes` is no keyword of JSON Schema: it has no effect"),
        (r#""nullable": true"#, "C0257 `nullable` is no keyword of draft 7: it has no effect"),
        (
            r#""dependentRequired": {}"#,
            "C0257 `dependentRequired` is no keyword of draft 7: it has no effect",
        ),
        (r#""format": "datetime""#, "C0257 no format is called `datetime`: it has no effect"),
        (
            r#""type": "integer", "format": "date""#,
            "C0257 the format `date` has no effect: it is one of texts, and the type is integer",
        ),
        (
            r##""definitions": {"a": {}}, "properties": {"b": {"$ref": "#/definitions/a", "maxLength": 1}}"##,
            "C0257 `maxLength` has no effect: draft 7 ignores what stands beside a `$ref`",
        ),
    ] {
        assert_eq!(schema(keywords), [told], "{keywords}");
    }
    assert_eq!(
        newer(
            r##""$defs": {"a": {}}, "properties": {"b": {"$ref": "#/$defs/a", "maxLength": 1}}"##
        ),
        [""; 0]
    );
}

#[test]
fn sound_schemas_have_no_findings() {
    for keywords in [
        r#""required": ["a"], "additionalProperties": false, "patternProperties": {"a": {}}"#,
        r#""required": ["a"], "additionalProperties": {}"#,
        r#""required": ["a"], "properties": {"b": {}}"#,
        r#""type": ["integer", "null"], "enum": [1, 2.0, null], "minimum": 1"#,
        r#""properties": {"minlength": {"type": "string"}, "requird": {}}"#,
        r#""x-requird": 1, "kind": "y", "type": "number", "format": "double", "maximum": 1, "minimum": 1"#,
        r#""type": "string", "format": "date-time", "default": "2024-01-01T00:00:00Z", "examples": ["2024-01-01T00:00:00Z"]"#,
        r##""definitions": {"a": {}}, "properties": {"b": {"$ref": "#/definitions/a", "title": "B", "default": 1}}"##,
        r#""enum": [1, "a"]"#,
    ] {
        assert_eq!(schema(keywords), [""; 0], "{keywords}");
    }
}

#[test]
fn examples_that_break_their_schema_are_told() {
    assert_eq!(
        newer(r#""type": "string", "default": 1, "examples": ["a", 2]"#),
        [
            "C0255 the default breaks its own schema: `type`",
            "C0255 an example breaks its own schema: `type`"
        ]
    );
    assert_eq!(
        schema(
            r##""definitions": {"a": {"type": "object", "required": ["b"], "default": {}}}, "$comment": """##
        ),
        ["C0255 the default breaks its own schema: `required`"]
    );
}

#[test]
fn a_description_is_held_to_what_it_says() {
    let description = |version: &str| {
        format!(
            "openapi: {version}\ninfo: {{title: T, version: 1.0.0}}\npaths:\n  /a:\n    post:\n      operationId: a\n      \
             parameters:\n        - {{name: n, in: query, schema: {{type: integer}}, example: one}}\n      requestBody:\n        \
             content:\n          application/json:\n            schema: {{$ref: '#/components/schemas/A'}}\n            \
             examples:\n              good: {{value: {{id: 1}}}}\n              bad: {{value: {{}}}}\n      responses:\n        \
             '200':\n          description: d\n          content: {{application/json: {{}}}}\n        \
             '400':\n          description: d\n          content: {{text/plain: {{}}}}\n\
             components:\n  schemas:\n    A:\n      type: object\n      required: [id, made]\n      properties:\n        \
             id: {{type: integer, nullable: true, example: null}}\n        made: {{type: string, readOnly: true, example: 3}}\n"
        )
    };
    assert_eq!(
        found("a.yaml", &description("3.0.3")),
        [
            "C0255 the example breaks its own schema: `type`",
            "C0255 an example breaks its own schema: `required`",
            "C0254 an answer's body has no schema: whatever JSON it is, it is accepted",
            "C0255 the example breaks its own schema: `type`",
        ]
    );
    let newer = found("a.yaml", &description("3.1.0"));
    assert!(
        newer.contains(
            &"C0257 `nullable` is no keyword of OpenAPI 3.1: it has no effect".to_owned()
        ),
        "{newer:?}"
    );
}

/// All findings of a file, errors too: the line and the beginning of each.
fn all(path: &str, text: &str) -> Vec<String> {
    let mut files = ContractFiles::new("");
    files.add(path, text.as_bytes().to_vec());
    let entry = Entry::named(path, files).unwrap();
    let findings = lint_entry(&entry, &SchemaCache::new(), Profile::Plain);
    findings.iter().map(|each| format!("{} {} {}", each.line, each.code, each.sentence)).collect()
}

/// Errors hide no warning that can be judged without what is broken, and make none up.
#[test]
fn what_is_broken_hides_nothing_else() {
    let description = |broken: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: 1.0.0}}\npaths:\n  /a:\n    get:\n      operationId: a\n      responses:\n        \
             '200':\n          description: d\n          content: {{application/json: {{}}}}\n        '201':\n          description: d\n          \
             content:\n            application/json:\n              schema: {{$ref: '#/components/schemas/Broken'}}\n              example: 1\n\
             components:\n  schemas:\n    Sound: {{type: string, example: 1}}\n    Beside:\n      $ref: '#/components/schemas/Sound'\n      nullable: true\n    \
             Broken: {broken}\n"
        )
    };
    let warnings = [
        "10 C0254 an answer's body has no schema: whatever JSON it is, it is accepted",
        "19 C0255 the example breaks its own schema: `type`",
        "22 C0257 `nullable` has no effect: OpenAPI 3.0 ignores what stands beside a `$ref`",
    ];
    for (broken, code) in [
        ("{type: strin, maxLength: 1, example: 3}", "C0203"),
        ("{type: object, properties: 3, maxLength: 1}", "C0203"),
        ("{type: object, required: [1], maxLength: 1}", "C0203"),
        ("{type: string, pattern: '('}", "C0203"),
        ("{$ref: '#/components/schemas/None'}", "C0204"),
        ("{$ref: 'none.yaml#/A'}", "C0204"),
        // What stands for a missing file takes everything, so that both would hold.
        ("{oneOf: [{$ref: 'none.yaml#/A'}, {$ref: 'none.yaml#/B'}]}", "C0204"),
    ] {
        let found = all("a.yaml", &description(broken));
        let (errors, rest): (Vec<_>, Vec<_>) =
            found.iter().map(String::as_str).partition(|each| each.contains(code));
        assert!(!errors.is_empty(), "{broken} {found:?}");
        let mut rest = rest;
        rest.sort_unstable();
        assert_eq!(rest, warnings, "{broken}");
    }
    for (broken, told) in [
        (r#"{"type": "strin", "maxLength": 1, "default": 1}"#, 1),
        (r##"{"$ref": "#/definitions/None"}"##, 1),
        (r#"{"$ref": "none.json"}"#, 0),
    ] {
        let text = format!(
            "{{\n\"$schema\": \"http://json-schema.org/draft-07/schema#\",\n\"definitions\": {{\n\"a\": {{\"type\": \"string\",\n\
             \"default\": 1}},\n\"b\": {{\"type\": \"string\", \"minimum\": 1}},\n\"c\": {broken}}},\n\
             \"properties\": {{\"c\": {{\"$ref\": \"#/definitions/c\"}}}}\n}}"
        );
        let found = all("a.json", &text);
        let count = |code: &str| found.iter().filter(|each| each.contains(code)).count();
        assert_eq!((count("C0255"), count("C0257")), (told, 1), "{broken} {found:?}");
        assert!(found.iter().any(|each| each.starts_with("7 C02")), "{broken} {found:?}");
    }
}

#[test]
fn references_that_lead_back_and_mappings_that_lead_nowhere_are_told() {
    for (keywords, told) in [
        (r##""$ref": "#""##, 1),
        (r##""definitions": {"a": {"$ref": "#/definitions/a"}}"##, 1),
        (
            r##""definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}}"##,
            2,
        ),
        (r##""definitions": {"a": {"allOf": [{"$ref": "#/definitions/a"}]}}"##, 1),
        (
            r##""definitions": {"a/b": {"$ref": "#/definitions/a~1b"}, "c%": {"$ref": "#/definitions/c%25"}}"##,
            2,
        ),
        (r##""definitions": {"a": {"properties": {"a": {"$ref": "#/definitions/a"}}}}"##, 0),
        (r##""definitions": {"a": {"items": {"$ref": "#"}}}"##, 0),
        (
            r##""definitions": {"a": {"anyOf": [{"$ref": "#/definitions/b"}]}, "b": {"type": "string"}}"##,
            0,
        ),
    ] {
        let found = schema(keywords);
        let expected = "C0257 `$ref` leads back to itself: it demands nothing";
        assert!(
            found.len() == told && found.iter().all(|each| each == expected),
            "{keywords} {found:?}"
        );
    }
    let description = "openapi: 3.0.3\ninfo: {title: T, version: 1.0.0}\npaths: {}\ncomponents:\n  schemas:\n    Cat: {type: object}\n    \
                       Pet:\n      oneOf: [{$ref: '#/components/schemas/Cat'}]\n      discriminator:\n        propertyName: kind\n        mapping:\n          \
                       a: Cat\n          b: '#/components/schemas/Cat'\n          c: Dog\n          d: '#/components/schemas/Dog'\n          e: other.yaml#/Dog\n";
    assert_eq!(
        found("a.yaml", description),
        [
            "C0257 the discriminator maps `c` to `Dog`, which is no schema of the description",
            "C0257 the discriminator maps `d` to `#/components/schemas/Dog`, which is no schema of the description",
        ]
    );
}

#[test]
fn references_to_nothing_are_told_in_parts_that_nothing_uses() {
    let told = "C0204 the reference `#/definitions/none` leads to nothing";
    for (keywords, expected) in [
        (r##""definitions": {"a": {"$ref": "#/definitions/none"}}"##, vec![told]),
        (
            r##""definitions": {"a": {"properties": {"b": {"$ref": "#/definitions/none"}}}}"##,
            vec![told],
        ),
        (r##""definitions": {"a": {"$ref": "#/definitions/b"}, "b": {}}"##, vec![]),
        (r##""definitions": {"a": {"$ref": "#/definitions/b~1c%25"}, "b/c%": {}}"##, vec![]),
        (r##""definitions": {"a": {"properties": {"$ref": {"type": "string"}}}}"##, vec![]),
        (r##""definitions": {"a": {"enum": [{"$ref": "#/definitions/none"}]}}"##, vec![]),
        (
            r##""definitions": {"a": {"$id": "other.json", "definitions": {"none": {}, "b": {"$ref": "#/definitions/none"}}}}"##,
            vec![],
        ),
    ] {
        assert_eq!(schema(keywords), expected, "{keywords}");
    }
    let description = "openapi: 3.0.3\ninfo: {title: T, version: 1.0.0}\npaths: {}\ncomponents:\n  schemas:\n    Cat: {type: object}\n    \
                       Pet:\n      allOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]\n";
    assert_eq!(
        found("a.yaml", description),
        ["C0204 the reference `#/components/schemas/Dog` leads to nothing"]
    );
}

fn described(head: &str, paths: &str) -> Vec<String> {
    found("a.yaml", &format!("{head}\npaths:\n{paths}\n"))
}

#[test]
fn words_that_a_description_does_not_have_are_told() {
    let head = "openapi: 3.0.3\ninfo: {title: T, version: 1.0.0}";
    let answers = "responses: {'200': {description: d}}";
    for (paths, told) in [
        (
            format!("  /a: {{GET: {{{answers}}}}}"),
            "C0257 `GET` is no word of a path: it has no effect",
        ),
        (
            format!("  /a: {{fetch: {{{answers}}}}}"),
            "C0257 `fetch` is no word of a path: it has no effect",
        ),
        (
            format!("  /a: {{get: {{{answers}, parameter: []}}}}"),
            "C0257 `parameter` is no word of an operation: it has no effect",
        ),
        (
            format!("  /a: {{get: {{{answers}, consumes: []}}}}"),
            "C0257 `consumes` is no word of an operation: it has no effect",
        ),
        (
            "  /a: {get: {responses: {'200': {}}}}".to_owned(),
            "C0203 the answer has no `description`, which OpenAPI requires",
        ),
    ] {
        assert_eq!(described(head, &paths), [told], "{paths}");
    }
    let fine = format!(
        "  /a: {{x-a: 1, summary: s, servers: [], trace: {{{answers}, x-b: 1, callbacks: {{}}}}}}\n  x-c: {{get: 1}}"
    );
    assert_eq!(described(head, &fine), [""; 0]);
    for (head, told) in [
        (
            "openapi: 3.0.3\ninfo: {title: T}",
            "C0203 the description states no `version` in `info`, which OpenAPI requires",
        ),
        (
            "openapi: 3.1.0\ninfo: {version: 1.0}",
            "C0203 the description states no `title` in `info`, which OpenAPI requires",
        ),
        (
            "swagger: '2.0'\ninfo: {title: '', version: 1.0.0}",
            "C0203 the description states no `title` in `info`, which OpenAPI requires",
        ),
        (
            "openapi: 3.0.3\ninfo: {title: T, version: 1.0.0}\nwebhooks: {}",
            "C0257 `webhooks` is a word of OpenAPI 3.1: in 3.0.3 it has no effect",
        ),
    ] {
        assert_eq!(described(head, "  {}"), [told], "{head}");
    }
}

#[test]
fn words_of_3_1_are_told_in_3_0_alone() {
    let text = |version: &str, schema: &str| {
        format!(
            "openapi: {version}\ninfo: {{title: T, version: 1.0.0}}\npaths: {{}}\ncomponents: {{schemas: {{A: {{{schema}}}}}}}\n"
        )
    };
    for (schema, what) in [
        ("const: 1", "`const`"),
        ("type: object, patternProperties: {a: {}}", "`patternProperties`"),
        ("if: {type: string}, then: {}", "`if`"),
        ("type: array, prefixItems: [{}]", "`prefixItems`"),
        ("type: [string, 'null']", "a list of types"),
        ("type: number, exclusiveMinimum: 3", "`exclusiveMinimum` as a number"),
    ] {
        let told =
            format!("C0257 {what} is of OpenAPI 3.1: by 3.0 it says nothing, and toolkits differ");
        let older = found("a.yaml", &text("3.0.3", schema));
        assert!(older.contains(&told), "{schema} {older:?}");
        let newer = found("a.yaml", &text("3.1.0", schema));
        assert!(newer.is_empty(), "{schema} {newer:?}");
    }
}

#[test]
fn texts_as_they_are_sent_are_held_against_the_schema_of_a_parameter() {
    for (schema, example, fine) in [
        ("type: integer", "'7'", true),
        ("type: integer", "seven", false),
        ("type: boolean", "'true'", true),
        ("type: boolean", "'yes'", false),
        ("type: string, format: date", "'2024-12-01'", true),
        ("type: string, enum: [a, b]", "a", true),
        ("type: string, enum: [a, b]", "c", false),
        ("type: string, maxLength: 2", "abc", false),
        ("type: array, items: {type: integer}", "'1,2'", true),
        ("type: array, items: {type: integer}", "'1,b'", false),
        ("type: object", "'a,1,b,2'", true),
    ] {
        for given in
            [format!("example: {example}"), format!("examples: {{a: {{value: {example}}}}}")]
        {
            let paths = format!(
                "  /a: {{get: {{parameters: [{{name: n, in: query, schema: {{{schema}}}, {given}}}], responses: {{'200': {{description: d}}}}}}}}"
            );
            let found = described("openapi: 3.0.3\ninfo: {title: T, version: 1.0.0}", &paths);
            assert_eq!(found.is_empty(), fine, "{schema} {given} {found:?}");
            assert!(found.iter().all(|each| each.starts_with("C0255 ")), "{found:?}");
        }
    }
}
