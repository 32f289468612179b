//! What the versions' own keywords mean: discriminators, directions, dialects, references.

use super::{judge, load, told};

#[test]
fn a_discriminator_says_which_schema_judges() {
    let text = r##"
openapi: VERSION
paths:
  /a:
    post:
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } }
      responses:
        "200":
          description: x
          content:
            application/json:
              schema:
                oneOf: [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" }]
                discriminator: { propertyName: kind, mapping: { kat: "#/components/schemas/Cat" } }
components:
  schemas:
    Pet: { type: object, required: [kind], discriminator: { propertyName: kind }, properties: { kind: { type: string } } }
    Cat: { allOf: [{ $ref: "#/components/schemas/Pet" }, { required: [lives], properties: { lives: { type: integer } } }] }
    Dog: { allOf: [{ $ref: "#/components/schemas/Pet" }, { required: [bark] }] }
"##;
    for (version, by_parent) in
        [("3.0.3", true), ("3.1.0", true), ("3.0.4", false), ("3.1.1", false)]
    {
        let (contract, findings) = load(&text.replace("VERSION", version), &[]);
        let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
        let found = judge(&contract, "POST /a\n\n{\"kind\":\"Cat\",\"lives\":\"x\"}");
        let place = "[openapi#/components/schemas/Cat/allOf/1/properties/lives/type]";
        let expected = format!("V0401 /lives 1:15 the value must be of type integer {place}\n");
        assert_eq!(found, if by_parent { expected } else { String::new() }, "{version}");
        for (answer, expected) in [
            ("{\"kind\":\"kat\",\"lives\":1}", ""),
            ("{\"kind\":\"Dog\",\"bark\":1}", ""),
            ("{\"kind\":\"Dog\"}", "the member `bark` is missing"),
            ("{\"kind\":\"Fish\"}", "the value must be one of \"Cat\", \"Dog\", \"kat\""),
            ("{}", "the member `kind` is missing"),
        ] {
            let found = judge(&contract, &format!("POST /a 200\n\n{answer}"));
            assert!(
                found.contains(expected) && found.is_empty() == expected.is_empty(),
                "{answer}: {found}"
            );
        }
    }
}

#[test]
fn a_description_names_the_dialect_of_its_schemas() {
    let text = |dialect: &str| {
        format!(
            "openapi: 3.1.0\njsonSchemaDialect: {dialect}\npaths:\n  /a:\n    post:\n      requestBody: {{ content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/A' }} }} }} }}\n\
                 \x20     responses: {{ '200': {{ description: x }} }}\ncomponents: {{ schemas: {{ A: {{ items: [{{ type: integer }}], additionalItems: false }} }} }}\n"
        )
    };
    let (contract, findings) = load(&text("'http://json-schema.org/draft-07/schema#'"), &[]);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    assert_eq!(judge(&contract, "POST /a\n\n[1]"), "");
    assert!(judge(&contract, "POST /a\n\n[1,2]").starts_with("V0404"));
    let (contract, findings) = load(&text("'https://spec.openapis.org/oas/3.1/dialect/base'"), &[]);
    assert!(contract.is_none());
    assert!(told(&findings).contains("api.yaml:8:"), "{findings:?}");
    let (contract, findings) = load(&text("'https://example.org/mine'"), &[]);
    assert!(contract.is_none());
    insta::assert_snapshot!(told(&findings), @"api.yaml:2:1 C0212 the dialect is none of JSON Schema's drafts 4 to 2020-12");
}

#[test]
fn what_is_required_counts_in_the_direction_in_which_it_belongs() {
    let text = "openapi: 3.0.3\npaths:\n  /a:\n    post:\n      requestBody: { content: { application/json: { schema: &a { allOf: [{ $ref: '#/components/schemas/Base' }], required: [id, pin] } } } }\n\
                \x20     responses: { '200': { description: x, content: { application/json: { schema: *a } } } }\n\
                components: { schemas: { Base: { properties: { id: { type: integer, readOnly: true }, pin: { type: integer, writeOnly: true } } } } }\n";
    let (contract, findings) = load(text, &[]);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    assert_eq!(judge(&contract, "POST /a\n\n{\"pin\":1}"), "");
    assert_eq!(judge(&contract, "POST /a 200\n\n{\"id\":1}"), "");
    assert!(judge(&contract, "POST /a\n\n{\"id\":1}").contains("`pin` is missing"));
    assert!(judge(&contract, "POST /a 200\n\n{\"pin\":1}").contains("`id` is missing"));
}

#[test]
fn an_address_of_the_network_leads_to_a_file_of_the_contract() {
    let text = "openapi: 3.0.3\npaths:\n  /a:\n    post:\n      requestBody: { $ref: 'https://example.org/shared/all.yaml#/bodies/A' }\n\
                \x20     responses: { '200': { description: x, content: { application/json: { schema: { $ref: 'https://example.org/shared/all.yaml#/schemas/A' } } } } }\n";
    let shared = "bodies: { A: { content: { application/json: { schema: { $ref: '#/schemas/A' } } } } }\nschemas: { A: { type: object, required: [x] } }\n";
    let (contract, findings) = load(text, &[]);
    assert!(contract.is_none());
    insta::assert_snapshot!(told(&findings), @r#"
    api.yaml:5:7 C0215 the reference https://example.org/shared/all.yaml#/bodies/A leads nowhere in the contract's files
      hint: nothing is fetched: copy the file in, and name its folder under [json.addresses]
    api.yaml:6:76 C0215 the reference https://example.org/shared/all.yaml#/schemas/A leads nowhere in the contract's files
      hint: nothing is fetched: copy the file in, and name its folder under [json.addresses]
    "#);
    let manifest =
        format!("{}[json.addresses]\n'https://example.org/shared/' = 'shared/'\n", super::MANIFEST);
    let (contract, findings) =
        load(text, &[("contract.toml", &manifest), ("shared/all.yaml", shared)]);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    for message in ["POST /a\n\n{}", "POST /a 200\n\n{}"] {
        assert_eq!(
            judge(&contract, message),
            "V0402  1:1 the member `x` is missing [shared/all.yaml#/schemas/A/required]\n"
        );
    }
}

#[test]
fn references_in_a_circle_and_long_chains_are_told_or_followed() {
    let chain = |count: usize, end: &str| {
        let mut text = String::from(
            "openapi: 3.1.0\npaths:\n  /a: { get: { parameters: [{ $ref: '#/components/parameters/P0' }], responses: { '200': { description: x } } } }\ncomponents:\n  parameters:\n",
        );
        for at in 0..count {
            text.push_str(&format!(
                "    P{at}: {{ $ref: '#/components/parameters/P{}' }}\n",
                at + 1
            ));
        }
        text + &format!("    P{count}: {end}\n")
    };
    let (contract, _) = load(&chain(90, "{ name: x, in: query, required: true }"), &[]);
    assert!(judge(&contract.unwrap(), "GET /a").contains("`x` is missing"));
    for text in
        [chain(1_000, "{ name: x, in: query }"), chain(3, "{ $ref: '#/components/parameters/P0' }")]
    {
        let (contract, findings) = load(&text, &[]);
        assert!(contract.is_none());
        assert!(
            told(&findings)
                .contains("C0203 a reference leads back to itself, or through too many others"),
            "{}",
            told(&findings)
        );
    }
}

#[test]
fn schemas_in_a_circle_that_says_nothing_do_no_harm() {
    let text = |schemas: &str| {
        format!(
            "openapi: 3.1.0\npaths:\n  /a: {{ post: {{ requestBody: {{ content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/A' }} }} }} }}, responses: {{ '200': {{ description: x }} }} }} }}\ncomponents: {{ schemas: {{ {schemas} }} }}\n"
        )
    };
    for schemas in [
        "A: { $ref: '#/components/schemas/A' }",
        "A: { allOf: [{ $ref: '#/components/schemas/B' }] }, B: { allOf: [{ $ref: '#/components/schemas/A' }] }",
        "A: { anyOf: [{ $ref: '#/components/schemas/A' }, { type: string }] }",
        "A: { not: { $ref: '#/components/schemas/A' } }",
        "A: { properties: { a: { $ref: '#/components/schemas/A' } } }",
    ] {
        let (contract, findings) = load(&text(schemas), &[]);
        assert!(contract.is_some() || !findings.is_empty(), "{schemas}");
        if let Some(contract) = contract {
            println!("{schemas}: {}", judge(&contract, "POST /a\n\n{\"a\":{\"a\":1}}"));
        }
    }
}

#[test]
fn a_discriminator_knows_schemas_of_other_files_by_their_names() {
    let text = r##"
openapi: 3.0.3
paths:
  /a:
    post:
      requestBody: { content: { application/json: { schema: { $ref: "pets.yaml#/Pet" } } } }
      responses:
        "200":
          description: x
          content:
            application/json:
              schema:
                oneOf: [{ $ref: "./cat.yaml" }, { $ref: "pets.yaml#/Dog" }, { $ref: "#/components/schemas/Bird" }]
                discriminator: { propertyName: kind, mapping: { kat: "cat.yaml", hund: "./pets.yaml#/Dog" } }
components:
  schemas:
    Cat: { $ref: "cat.yaml" }
    Bird: { $ref: "pets.yaml#/Feathered" }
"##;
    let pets = r##"
Pet: { type: object, required: [kind], discriminator: { propertyName: kind }, properties: { kind: { type: string } } }
Dog: { allOf: [{ $ref: "#/Pet" }, { required: [bark] }] }
Feathered: { type: object, required: [wings] }
"##;
    let cat = "allOf: [{ $ref: 'pets.yaml#/Pet' }, { required: [lives] }]\n";
    let (contract, findings) = load(text, &[("pets.yaml", pets), ("cat.yaml", cat)]);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    for (message, expected) in [
        ("POST /a\n\n{\"kind\":\"Cat\",\"lives\":9}", ""),
        (
            "POST /a\n\n{\"kind\":\"Cat\"}",
            "the member `lives` is missing [cat.yaml#/allOf/1/required]",
        ),
        (
            "POST /a\n\n{\"kind\":\"Dog\"}",
            "the member `bark` is missing [pets.yaml#/Dog/allOf/1/required]",
        ),
        ("POST /a 200\n\n{\"kind\":\"kat\",\"lives\":9}", ""),
        ("POST /a 200\n\n{\"kind\":\"hund\"}", "the member `bark` is missing"),
        ("POST /a 200\n\n{\"kind\":\"Bird\"}", "the member `wings` is missing"),
        (
            "POST /a 200\n\n{\"kind\":\"Fish\"}",
            "the value must be one of \"Bird\", \"Cat\", \"Dog\", \"hund\", \"kat\"",
        ),
    ] {
        let found = judge(&contract, message);
        assert!(
            found.contains(expected) && found.is_empty() == expected.is_empty(),
            "{message}: {found}"
        );
    }
}
