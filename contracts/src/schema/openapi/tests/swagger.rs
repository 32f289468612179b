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

    V0502  the operation declares no answer of this status [openapi#/paths/~1permits~1{id}/get/responses]

    V0402  1:1 the member `kind` is missing [openapi#/definitions/Permit/required]

    V0403 /kind 1:2 the value must be one of "Building", "Permit" [openapi#/definitions/Permit/allOf/0/properties/kind/enum]

    V0505  the operation requires a body [openapi#/paths/~1permits~1{id}/put/requestBody]

    V0503  the operation declares no content of this media type [openapi#/paths/~1permits~1{id}/put/requestBody]

    V0503  the operation declares no content of this media type [openapi#/paths/~1permits~1{id}/put/responses/200]

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

    V0403 /kind 1:2 the value must be one of "Dog", "Pet" [shared/pets.yaml#/definitions/Pet/allOf/0/properties/kind/enum]

    V0505  the operation requires a body [openapi#/paths/~1pets~1{id}/put/requestBody]

    V0504 header/x-count the header `x-count`: the value must be of type integer [shared/parts.yaml#/responses/pet/headers/X-Count/schema/type]
    V0402  1:1 the member `kind` is missing [shared/pets.yaml#/definitions/Pet/required]

    V0504 query/at the query parameter `at`: the text does not have the format `date` [moved.yaml#/get/parameters/0/schema/format]

    V0504 query/at the query parameter `at` is missing [moved.yaml#/get/parameters/0]
    "#);
}
