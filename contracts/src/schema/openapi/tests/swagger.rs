//! Swagger 2.0, which public bodies still publish.

use super::{judge, load, told};

const DESCRIPTION: &str = r##"
swagger: "2.0"
info: { title: Permits, version: 1.0.0 }
host: example.org
basePath: /api/v1
consumes: [application/json]
produces: [application/json]
paths:
  /permits/{id}:
    parameters:
      - $ref: "#/parameters/Id"
    get:
      operationId: read
      parameters:
        - { name: tags, in: query, type: array, collectionFormat: pipes, items: { type: integer } }
        - { name: all, in: query, type: array, collectionFormat: multi, items: { type: string, enum: [a, b] } }
        - { name: X-Ids, in: header, type: array, collectionFormat: ssv, items: { type: integer } }
        - { name: limit, in: query, type: integer, maximum: 10, exclusiveMaximum: true }
      responses:
        "200":
          description: ok
          schema: { $ref: "#/definitions/Permit" }
          headers: { X-Rate: { type: integer } }
        "404": { $ref: "#/responses/NotFound" }
    put:
      operationId: write
      produces: [application/pdf]
      parameters:
        - { name: permit, in: body, required: true, schema: { $ref: "#/definitions/Permit" } }
      responses:
        "200": { description: ok, schema: { type: file } }
    post:
      operationId: upload
      consumes: [multipart/form-data]
      parameters:
        - { name: note, in: formData, type: string, maxLength: 3, required: true }
        - { name: file, in: formData, type: file }
      responses:
        "204": { description: none }
    patch:
      operationId: edit
      consumes: [application/x-www-form-urlencoded]
      parameters:
        - { name: note, in: formData, type: string, maxLength: 3 }
        - { name: days, in: formData, type: array, items: { type: integer } }
      responses:
        "204": { description: none }
parameters:
  Id: { name: id, in: path, required: true, type: integer, format: int32 }
responses:
  NotFound: { description: none, schema: { type: object, required: [code] } }
definitions:
  Permit:
    type: object
    required: [kind]
    discriminator: kind
    properties: { kind: { type: string }, made: { type: string, format: date, readOnly: true } }
  Building:
    allOf: [{ $ref: "#/definitions/Permit" }, { type: object, required: [floors], properties: { floors: { type: integer } } }]
"##;

#[test]
fn judges_requests_and_answers() {
    let (contract, findings) = load(DESCRIPTION, &[]);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    assert_eq!(contract.operations(), ["read", "write", "upload", "edit"]);
    let part = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n")
    };
    let upload = |note: &str| {
        format!(
            "POST /permits/1\ncontent-type: multipart/form-data; boundary=b\n\n{}{}--b--",
            part("note", note),
            part("file", "\u{1}")
        )
    };
    for good in [
        "GET /permits/1?tags=1|2&all=a&all=b&limit=9\nX-Ids: 1 2",
        "GET /api/v1/permits/1",
        "GET /permits/1 200\nx-rate: 1\n\n{\"kind\":\"Building\",\"floors\":2,\"made\":\"2026-01-01\"}",
        "GET /permits/1 404\n\n{\"code\":1}",
        "PUT /permits/1\n\n{\"kind\":\"Permit\"}",
        "PUT /permits/1 200\ncontent-type: application/pdf\n\n%PDF",
        &upload("abc"),
        "PATCH /permits/1\ncontent-type: application/x-www-form-urlencoded\n\nnote=abc&days=1,2",
        "PATCH /permits/1 204",
    ] {
        assert_eq!(judge(&contract, good), "", "{good}");
    }
    let bad = [
        "GET /permits/x?tags=1|x&all=c&limit=10\nX-Ids: 1 x",
        "GET /permits/1 200\nx-rate: x\n\n{\"kind\":\"Building\"}",
        "GET /permits/1 404\n\n{}",
        "GET /permits/1 500",
        "PUT /permits/1\n\n{}",
        "PUT /permits/1\n\n{\"kind\":\"other\"}",
        "PUT /permits/1",
        "PUT /permits/1\ncontent-type: application/xml\n\n<x/>",
        "PUT /permits/1 200\n\n{}",
        &upload("abcd"),
        "PATCH /permits/1\ncontent-type: application/x-www-form-urlencoded\n\nnote=abcd&days=1,x",
        "DELETE /permits/1",
    ];
    let all: String = bad.iter().map(|each| judge(&contract, each) + "\n").collect();
    insta::assert_snapshot!(all, @r#"
    V0504 query/tags/1 the query parameter `tags`: the value must be of type integer [openapi#/paths/~1permits~1{id}/get/parameters/0/schema/items/type]
    V0504 query/all/0 the query parameter `all`: the value must be one of "a", "b" [openapi#/paths/~1permits~1{id}/get/parameters/1/schema/items/enum]
    V0504 header/x-ids/1 the header `x-ids`: the value must be of type integer [openapi#/paths/~1permits~1{id}/get/parameters/2/schema/items/type]
    V0504 query/limit the query parameter `limit`: the number must be less than 10 [openapi#/paths/~1permits~1{id}/get/parameters/3/schema/exclusiveMaximum]
    V0504 path/id the path parameter `id`: the value must be of type integer [openapi#/parameters/Id/schema/type]

    V0504 header/x-rate the header `x-rate`: the value must be of type integer [openapi#/paths/~1permits~1{id}/get/responses/200/headers/X-Rate/schema/type]
    V0402  1:1 the member `floors` is missing [openapi#/definitions/Building/allOf/1/required]

    V0402  1:1 the member `code` is missing [openapi#/responses/NotFound/content/application~1json/schema/required]

    V0502  the operation declares no answer of this status: it declares 200, 404 [openapi#/paths/~1permits~1{id}/get/responses]

    V0402  1:1 the member `kind` is missing [openapi#/definitions/Permit/required]

    V0403 /kind 1:2 the value must be one of "Building", "Permit" [openapi#/definitions/Permit/discriminator]

    V0505  the operation requires a body [openapi#/paths/~1permits~1{id}/put/requestBody]

    V0503  the operation declares no content of this media type: it declares application/json [openapi#/paths/~1permits~1{id}/put/requestBody]

    V0503  the operation declares no content of this media type: it declares application/pdf [openapi#/paths/~1permits~1{id}/put/responses/200]

    V0407 /note the text must have at most 3 characters [openapi#/paths/~1permits~1{id}/post/requestBody/content/multipart~1form-data/schema/properties/note/maxLength]

    V0401 /days/1 the value must be of type integer [openapi#/paths/~1permits~1{id}/patch/requestBody/content/application~1x-www-form-urlencoded/schema/properties/days/items/type]
    V0407 /note the text must have at most 3 characters [openapi#/paths/~1permits~1{id}/patch/requestBody/content/application~1x-www-form-urlencoded/schema/properties/note/maxLength]

    no operation
    "#);
}

#[test]
fn faults_are_told_where_the_file_has_them() {
    let text = "swagger: '2.0'\npaths:\n  /a:\n    get:\n      parameters:\n        - { in: query, type: string }\n        - { name: x, in: query, type: strin }\n\
                \x20     responses: { '200': { description: x, schema: { $ref: '#/definitions/Nope' } } }\n";
    let (contract, findings) = load(text, &[]);
    assert!(contract.is_none());
    insta::assert_snapshot!(told(&findings), @r#"
    api.yaml:6:11 C0203 a parameter has no `name`
    api.yaml:7:11 C0203 not a valid schema: `type` takes one or several of array, boolean, integer, null, number, object and string, not "strin"
    api.yaml:8:20 C0204 the reference #/definitions/Nope leads nowhere in the contract's files
      hint: the pointer after `#` must lead to something in this file
    "#);
}

/// What a description of one operation with these members has against a request, or an answer.
fn check(members: &str, request: &str) -> String {
    let text = format!(
        "swagger: '2.0'\ninfo: {{ title: A, version: '1' }}\npaths:\n  /a:\n    parameters: [{{ name: n, in: formData, type: string }}]\n    post: {{ {members} }}\n"
    );
    let (contract, findings) = load(&text, &[]);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    judge(&contract, request)
}

/// "Items Object", `collectionFormat`: each level of lists has its own delimiter, a comma where none is stated.
#[test]
fn lists_within_lists_are_cut_level_by_level() {
    let answers = "responses: { '200': { description: x } }";
    let list = |outer: &str, inner: &str| {
        format!(
            "parameters: [{{ name: l, in: query, type: array, collectionFormat: {outer}, items: {{ type: array{inner}, maxItems: 2, items: {{ type: integer }} }} }}], {answers}"
        )
    };
    for (outer, inner, good, too_long, no_number) in [
        ("pipes", "", "1,2|3", "1|1,2,3", "1,x"),
        ("pipes", ", collectionFormat: csv", "1,2%7C3", "1,2,3", "1%7Cx"),
        ("multi", ", collectionFormat: csv", "1,2&l=3,4", "1&l=1,2,3", "1,2&l=x"),
        ("csv", ", collectionFormat: ssv", "1%202,3", "1,1+2+3", "1+x"),
        ("csv", ", collectionFormat: pipes", "1%7C2,3|4", "1|2|3", "1,2|x"),
        ("ssv", ", collectionFormat: tsv", "1%092%203", "1%092%093", "1%20x"),
    ] {
        let members = list(outer, inner);
        for (values, expected) in [(good, ""), (too_long, "maxItems"), (no_number, "type")] {
            let found = check(&members, &format!("POST /a?l={values}"));
            let rule = format!("/{expected}]\n");
            assert_eq!(found.is_empty(), expected.is_empty(), "{outer}{inner} {values}: {found}");
            assert!(found.is_empty() || found.ends_with(&rule), "{outer}{inner} {values}: {found}");
        }
    }
}

/// "Response Object", `schema`: a `file` is content of any kind, whatever media type the operation produces.
#[test]
fn a_file_is_any_content_of_what_the_operation_produces() {
    for (media_type, body) in [
        ("application/json", "{\"a\":[1]}"),
        ("application/xml", "<a><b/></a>"),
        ("text/csv", "a;b"),
        ("application/pdf", "%PDF"),
    ] {
        let members = format!(
            "produces: ['{media_type}'], responses: {{ '200': {{ description: x, schema: {{ type: file }} }} }}"
        );
        let answer = format!("POST /a 200\ncontent-type: {media_type}\n\n{body}");
        // Of XML that nothing judges it is said so.
        let found = check(&members, &answer);
        assert_eq!(found.starts_with("V0509 "), media_type == "application/xml", "{found}");
        assert!(found.is_empty() || found.lines().count() == 1, "{media_type}: {found}");
        let other = answer.replace(media_type, "application/vnd.other");
        assert!(check(&members, &other).starts_with("V0503"), "{media_type}");
        assert!(check(&members, "POST /a 200").starts_with("V0505"), "{media_type}");
    }
}

/// "Path Item Object": a parameter of the operation counts in place of that of the path.
#[test]
fn a_field_that_an_operation_states_anew_counts() {
    let answers = "responses: { '200': { description: x } }";
    let own = "parameters: [{ name: n, in: formData, type: integer, required: true }]";
    let form =
        |body: &str| format!("POST /a\ncontent-type: application/x-www-form-urlencoded\n\n{body}");
    assert_eq!(check(answers, &form("n=x")), "");
    assert_eq!(check(&format!("{own}, {answers}"), &form("n=1")), "");
    let found = check(&format!("{own}, {answers}"), &form("n=x"));
    assert!(found.starts_with("V0401 /n "), "{found}");
    assert!(check(&format!("{own}, {answers}"), &form("m=1")).starts_with("V0402"));
}

/// A description, and the files that it is split into.
const SPLIT: [(&str, &str); 5] = [
    (
        "api.yaml",
        r##"
swagger: "2.0"
info: { title: Pets, version: 1.0.0 }
paths:
  /pets/{id}:
    parameters: [{ $ref: "shared/parts.yaml#/parameters/id" }]
    put:
      parameters:
        - { $ref: "shared/parts.yaml#/parameters/pet" }
        - { $ref: "shared/parts.yaml#/parameters/limit" }
      responses:
        "200": { $ref: "shared/parts.yaml#/responses/pet" }
  /moved: { $ref: "moved.yaml" }
definitions:
  Owner: { type: object }
"##,
    ),
    (
        "shared/parts.yaml",
        r##"
parameters:
  id: { name: id, in: path, required: true, type: integer }
  limit: { name: limit, in: query, type: integer, maximum: 5 }
  pet: { name: pet, in: body, required: true, schema: { $ref: "pets.yaml#/definitions/Pet" } }
responses:
  pet: { description: a pet, headers: { X-Count: { type: integer } }, schema: { $ref: "pets.yaml#/definitions/Pet" } }
"##,
    ),
    (
        "shared/pets.yaml",
        r##"
definitions:
  Pet:
    type: object
    discriminator: kind
    required: [kind]
    properties: { kind: { type: string } }
  Dog: { $ref: "dog.yaml" }
"##,
    ),
    (
        "shared/dog.yaml",
        "allOf:\n  - { $ref: 'pets.yaml#/definitions/Pet' }\n  - { required: [bark] }\n",
    ),
    (
        "moved.yaml",
        "get:\n  parameters: [{ name: at, in: query, required: true, type: string, format: date }]\n  responses: { '204': { description: gone } }\n",
    ),
];

#[test]
fn a_description_in_several_files_is_judged_as_one() {
    let [(_, text), files @ ..] = SPLIT;
    let (contract, findings) = load(text, &files);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    for good in [
        "PUT /pets/1?limit=5\n\n{\"kind\":\"Dog\",\"bark\":1}",
        "PUT /pets/1\n\n{\"kind\":\"Pet\"}",
        "PUT /pets/1 200\nx-count: 1\n\n{\"kind\":\"Dog\",\"bark\":1}",
        "GET /moved?at=2026-01-01",
    ] {
        assert_eq!(judge(&contract, good), "", "{good}");
    }
    let bad = [
        "PUT /pets/x?limit=6\n\n{\"kind\":\"Dog\"}",
        "PUT /pets/1\n\n{\"kind\":\"Cat\"}",
        "PUT /pets/1",
        "PUT /pets/1 200\nx-count: x\n\n{}",
        "GET /moved?at=today",
        "GET /moved",
    ];
    let all: String = bad.iter().map(|each| judge(&contract, each) + "\n").collect();
    insta::assert_snapshot!(all, @r#"
    V0504 query/limit the query parameter `limit`: the number must be at most 5 [shared/parts.yaml#/parameters/limit/schema/maximum]
    V0504 path/id the path parameter `id`: the value must be of type integer [shared/parts.yaml#/parameters/id/schema/type]
    V0402  1:1 the member `bark` is missing [shared/dog.yaml#/allOf/1/required]

    V0403 /kind 1:2 the value must be one of "Dog", "Pet" [shared/pets.yaml#/definitions/Pet/discriminator]

    V0505  the operation requires a body [openapi#/paths/~1pets~1{id}/put/requestBody]

    V0504 header/x-count the header `x-count`: the value must be of type integer [shared/parts.yaml#/responses/pet/headers/X-Count/schema/type]
    V0402  1:1 the member `kind` is missing [shared/pets.yaml#/definitions/Pet/required]

    V0504 query/at the query parameter `at`: the text does not have the format `date` [moved.yaml#/get/parameters/0/schema/format]

    V0504 query/at the query parameter `at` is missing [moved.yaml#/get/parameters/0]
    "#);
}
