//! XML bodies, as the XML Object has them written: the specification's own examples, then what departs from them.

use super::{judge, load};

/// Judges a body by the schemas of components, of which `A` is the body's.
fn check(version: &str, schemas: &str, body: &str) -> String {
    let text = format!(
        "openapi: {version}\npaths:\n  /a:\n    post:\n      requestBody:\n        content:\n          \
         application/xml: {{ schema: {{ $ref: '#/components/schemas/A' }} }}\n      \
         responses: {{ '200': {{ description: x, content: {{ '*/*': {{ schema: {{ $ref: '#/components/schemas/A' }} }} }} }} }}\n\
         components:\n  schemas:\n{schemas}"
    );
    let (contract, findings) = load(&text, &[]);
    let contract = contract.unwrap_or_else(|| panic!("{schemas} {findings:?}"));
    judge(&contract, &format!("POST /a\ncontent-type: application/xml\n\n{body}"))
}

/// Codes and paths, one after the other.
fn codes(told: &str) -> String {
    let code = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ").trim().to_owned();
    told.lines().map(code).collect::<Vec<_>>().join(", ")
}

/// The examples of the specification (3.0.4, section 4.7.25.2; 3.1.1, section 4.8.26.2): a member `animals` in each.
#[test]
fn reads_lists_as_the_specification_has_them() {
    for (animals, good, bad) in [
        (
            "{ type: array, items: { type: string } }",
            "<animals>v</animals><animals>v</animals>",
            &["<animals><animals>v</animals></animals>"][..],
        ),
        (
            "{ type: array, items: { type: string, xml: { name: animal } } }",
            "<animal>v</animal><animal>v</animal>",
            &["<animals>v</animals>"],
        ),
        // The name of the list itself has no effect where nothing wraps it.
        (
            "{ type: array, xml: { name: aliens }, items: { type: string, xml: { name: animal } } }",
            "<animal>v</animal><animal>v</animal>",
            &["<aliens>v</aliens>"],
        ),
        (
            "{ type: array, xml: { wrapped: true }, items: { type: string } }",
            "<animals><animals>v</animals><animals>v</animals></animals>",
            &["<animals>v</animals>", "<animals><animal>v</animal></animals>"],
        ),
        (
            "{ type: array, xml: { name: aliens, wrapped: true }, items: { type: string, xml: { name: animal } } }",
            "<aliens><animal>v</animal><animal>v</animal></aliens>",
            &["<animals><animal>v</animal></animals>"],
        ),
        (
            "{ type: array, xml: { name: aliens, wrapped: true }, items: { type: string } }",
            "<aliens><aliens>v</aliens><aliens>v</aliens></aliens>",
            &["<aliens><animals>v</animals></aliens>"],
        ),
    ] {
        let schema = format!(
            "    A:\n      type: object\n      required: [animals]\n      additionalProperties: false\n      \
             properties: {{ animals: {animals} }}\n"
        );
        for version in ["3.0.3", "3.1.0"] {
            assert_eq!(check(version, &schema, &format!("<A>{good}</A>")), "", "{animals}");
            for bad in bad {
                let told = check(version, &schema, &format!("<A>{bad}</A>"));
                assert!(told.starts_with("V0"), "{animals} {bad} {told}");
            }
        }
    }
}

const PERSON: &str = r##"
    A:
      type: object
      required: [id, name, tags]
      additionalProperties: false
      xml: { name: person, namespace: "urn:p", prefix: p }
      properties:
        id: { type: integer, format: int32, xml: { attribute: true } }
        lang: { type: string, enum: [da, en], xml: { attribute: true, name: language } }
        name: { type: string, minLength: 2, xml: { namespace: "urn:n", prefix: n } }
        born: { type: string, format: date }
        alive: { type: boolean }
        share: { type: number, maximum: 100 }
        died: { type: string, format: date, nullable: true }
        tags: { type: array, minItems: 1, items: { type: string, maxLength: 3, xml: { name: tag } } }
        next: { $ref: "#/components/schemas/A" }
        homes: { type: array, xml: { wrapped: true }, items: { $ref: "#/components/schemas/Home" } }
    Home:
      type: object
      required: [street]
      xml: { name: home }
      properties: { street: { type: string }, floor: { type: integer } }
"##;

#[test]
fn judges_attributes_namespaces_types_and_what_refers_to_itself() {
    let person = |attributes: &str, inner: &str| {
        format!(
            "<p:person xmlns:p='urn:p' xmlns:n='urn:n' xmlns:i='http://www.w3.org/2001/XMLSchema-instance' {attributes}>{inner}</p:person>"
        )
    };
    let name = "<n:name>Ane</n:name><tag>a</tag>";
    let root = "/p:person[1]";
    for (attributes, inner, expected) in [
        ("id='7'", name.to_owned(), String::new()),
        // Order is nothing that a schema of JSON states; numbers may be written as XML Schema has them.
        (
            "id='+007' language='da' i:schemaLocation='urn:p p.xsd' xml:lang='da'",
            "<share>.5</share><tag>a</tag><p:alive>1</p:alive><tag>b</tag><born>2001-01-31</born><n:name>Ane</n:name>".to_owned(),
            String::new(),
        ),
        ("id='7'", format!("{name}<died i:nil='true'/>"), String::new()),
        (
            "id='7'",
            format!(
                "{name}<homes><home><street>x</street></home><home><street/><floor>2</floor></home></homes>"
            ),
            String::new(),
        ),
        (
            "id='7'",
            format!("{name}<next id='8'><n:name>Bo</n:name><tag>a</tag></next>"),
            // `xml.name` of the schema holds wherever the schema is used.
            format!("V0510 {root}/next[1]"),
        ),
        (
            "id='7'",
            format!("{name}<p:person id='x'><n:name>B</n:name></p:person>"),
            format!(
                "V0407 {root}/p:person[1], V0401 {root}/p:person[1]/@id, V0407 {root}/p:person[1]/n:name[1]"
            ),
        ),
        ("", name.to_owned(), format!("V0402 {root}")),
        ("id='7'", "<n:name>Ane</n:name>".to_owned(), format!("V0407 {root}")),
        (
            "id='CANARY' language='CANARY' CANARY='1'",
            "<n:name>C</n:name><tag>CANARY</tag><CANARY2/><alive>CANARY</alive>".to_owned(),
            format!(
                "V0401 {root}/@id, V0403 {root}/@language, V0404 {root}/@*, V0407 {root}/n:name[1], \
                 V0407 {root}/tag[1], V0404 {root}/*[3], V0401 {root}/alive[1]"
            ),
        ),
        ("id='7'", format!("{name}<n:name>Bo</n:name>"), format!("V0510 {root}/n:name[2]")),
        ("id='7'", "<name>Ane</name><tag>a</tag>".to_owned(), format!("V0510 {root}/name[1]")),
        ("id='7'", format!("{name}<n:born>2001-01-31</n:born>"), format!("V0510 {root}/n:born[1]")),
        ("born='2001-01-31' id='7'", name.to_owned(), format!("V0510 {root}/@born")),
        ("", format!("{name}<id>7</id>"), format!("V0402 {root}, V0510 {root}/id[1]")),
        ("id='7'", format!("CANARY{name}"), format!("V0510 {root}/text()[1]")),
        (
            "id='7'",
            format!("{name}<alive><b/></alive>"),
            format!("V0401 {root}/alive[1], V0510 {root}/alive[1]/*[1]"),
        ),
        (
            "id='7'",
            format!("{name}<alive CANARY='1'>true</alive>"),
            format!("V0509 {root}/alive[1]/@*"),
        ),
        ("id='7'", format!("{name}<homes><house/></homes>"), format!("V0510 {root}/homes[1]/*[1]")),
        (
            "id='7'",
            format!("{name}<homes><home/></homes>"),
            format!("V0402 {root}/homes[1]/home[1]"),
        ),
    ] {
        let told = check("3.0.3", PERSON, &person(attributes, &inner));
        let mut found: Vec<String> = codes(&told).split(", ").map(str::to_owned).collect();
        let mut due: Vec<String> = expected.split(", ").map(str::to_owned).collect();
        found.sort();
        due.sort();
        assert_eq!(found, due, "{attributes} {inner}\n{told}");
        assert!(!told.contains("CANARY"), "{told}");
    }
    for (root, code) in
        [("<person xmlns='urn:p'/>", "V0402"), ("<person/>", "V0510"), ("<A/>", "V0510")]
    {
        assert!(check("3.0.3", PERSON, root).contains(code), "{root}");
    }
}

#[test]
fn what_the_description_leaves_open_is_told_and_not_guessed() {
    let object =
        |members: &str| format!("    A: {{ type: object, properties: {{ {members} }} }}\n");
    for (schema, body, why) in [
        ("    A: {}\n".to_owned(), "<A/>", "does not say what stands in it"),
        ("    A: { type: object }\n".into(), "<A><b/></A>", "does not say what stands in it"),
        (
            "    A: { type: array, items: { type: object, properties: { a: { type: string } } } }\n".into(),
            "<As/>",
            "does not say which element holds the list",
        ),
        (object("a: { type: [string, integer] }"), "<A/>", "values of several types"),
        (object("a: { anyOf: [{ type: array, items: { type: string } }, { type: string }] }"), "<A/>", "a list or none"),
        (object("a: { type: array, items: { type: array, items: { type: string } } }"), "<A/>", "lists of lists"),
        (object("a: { type: string }, b: { type: string, xml: { name: a } }"), "<A/>", "written by one name"),
        (object("a: { type: object, xml: { attribute: true }, properties: { b: { type: string } } }"), "<A/>", "an attribute would hold"),
        (object("a: { type: string, xml: { nodeType: text } }"), "<A/>", "`nodeType`"),
        (
            "    A: { type: object, patternProperties: { a: { type: integer } }, properties: { b: { type: string } } }\n".into(),
            "<A/>",
            "known by a pattern",
        ),
        (
            "    A: { allOf: [{ properties: { a: { xml: { name: b } } } }, { properties: { a: { xml: { name: c } } } }] }\n".into(),
            "<A/>",
            "say differently",
        ),
    ] {
        let told = check("3.1.0", &schema, body);
        assert!(told.starts_with("V0509 ") && told.contains(why) && told.lines().count() == 1, "{schema} {told}");
    }
}

#[test]
fn schemas_that_are_made_of_others_are_read_as_one() {
    let schemas = "    A:\n      allOf:\n        - $ref: '#/components/schemas/Base'\n        - type: object\n          \
                   required: [b]\n          properties: { b: { type: integer } }\n    \
                   Base: { type: object, required: [a], properties: { a: { type: boolean }, list: { type: array, items: { type: integer } } } }\n";
    assert_eq!(
        check("3.1.0", schemas, "<A><b>1</b><a>true</a><list>1</list><list>2</list></A>"),
        ""
    );
    assert_eq!(
        codes(&check("3.1.0", schemas, "<A><b>x</b><list>x</list></A>")),
        "V0402 /A[1], V0401 /A[1]/b[1], V0401 /A[1]/list[1]"
    );
    let choice = "    A:\n      oneOf:\n        - { type: object, required: [a], properties: { a: { type: integer } } }\n        \
                  - { type: object, required: [b], properties: { b: { type: integer } } }\n";
    assert_eq!(check("3.1.0", choice, "<A><b>1</b></A>"), "");
    assert_eq!(codes(&check("3.1.0", choice, "<A><c>1</c></A>")), "V0408 /A[1]");
    // Members without a name in the description, and what is read-only.
    let open = "    A: { type: object, additionalProperties: { type: integer }, properties: { id: { type: integer, readOnly: true } } }\n";
    assert_eq!(check("3.1.0", open, "<A><x>1</x><y>2</y></A>"), "");
    assert_eq!(codes(&check("3.1.0", open, "<A><x>v</x><id>1</id></A>")), "V0401 /A[1]/*[1]");
    assert_eq!(codes(&check("3.1.0", open, "<A><x>1</x><id>1</id></A>")), "V0506 /A[1]/id[1]");
    assert_eq!(codes(&check("3.1.0", open, "<A><x>1</x><x>2</x></A>")), "V0510 /A[1]/*[2]");
}

#[test]
fn a_root_element_that_the_description_does_not_name_is_taken_and_told() {
    let text = "openapi: 3.0.3\npaths:\n  /a:\n    post:\n      requestBody: { content: { text/xml: { schema: { type: object, properties: { a: { type: integer } } } } } }\n      \
                responses: { '200': { description: x, content: { '*/*': { schema: { type: object, xml: { name: list }, properties: { a: { type: integer } } } } } } }\n";
    let (contract, findings) = load(text, &[]);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    let told = |message: &str| codes(&judge(&contract, message));
    assert_eq!(told("POST /a\ncontent-type: text/xml\n\n<b><a>1</a></b>"), "V0509 /*[1]");
    assert_eq!(
        told("POST /a\ncontent-type: text/xml\n\n<b><a>x</a></b>"),
        "V0509 /*[1], V0401 /*[1]/a[1]"
    );
    assert_eq!(
        told("POST /a 200\ncontent-type: application/atom+xml\n\n<list><a>1</a></list>"),
        ""
    );
    assert_eq!(told("POST /a 200\ncontent-type: application/atom+xml\n\n<a/>"), "V0510 /a[1]");
    assert_eq!(told("POST /a 200\ncontent-type: application/json\n\n{\"a\":1}"), "");
}

#[test]
fn swagger_2_0_has_the_same_xml() {
    let text = "swagger: '2.0'\nconsumes: [application/xml]\nproduces: [application/xml]\npaths:\n  /a:\n    post:\n      \
                parameters: [{ name: body, in: body, schema: { $ref: '#/definitions/Pet' } }]\n      \
                responses: { '200': { description: x, schema: { $ref: '#/definitions/Pet' } } }\n\
                definitions:\n  Pet:\n    type: object\n    required: [id, photos]\n    xml: { name: pet }\n    properties:\n      \
                id: { type: integer, xml: { attribute: true } }\n      \
                photos: { type: array, xml: { name: photo, wrapped: true }, items: { type: string } }\n";
    let (contract, findings) = load(text, &[]);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    for line in ["POST /a", "POST /a 200"] {
        let told = |body: &str| {
            codes(&judge(&contract, &format!("{line}\ncontent-type: application/xml\n\n{body}")))
        };
        assert_eq!(told("<pet id='1'><photo><photo>x</photo></photo></pet>"), "");
        assert_eq!(told("<pet id='1'><photo/></pet>"), "");
        assert_eq!(told("<pet id='x'/>"), "V0402 /pet[1], V0401 /pet[1]/@id");
        assert_eq!(told("<Pet/>"), "V0510 /Pet[1], V0402 /Pet[1], V0402 /Pet[1]");
    }
}

#[test]
fn hostile_bodies_end_at_a_named_limit() {
    let schema = "    A: { type: object, properties: { a: { $ref: '#/components/schemas/A' }, b: { type: array, items: { type: integer } } } }\n";
    let deep = |levels: usize| format!("<A>{}{}</A>", "<a>".repeat(levels), "</a>".repeat(levels));
    assert_eq!(check("3.1.0", schema, &deep(120)), "");
    assert_eq!(codes(&check("3.1.0", schema, &deep(200))), "V0104");
    let undeclared = deep(200).replace("a>", "z>");
    assert_eq!(codes(&check("3.1.0", schema, &undeclared)), "V0104");
    assert_eq!(check("3.1.0", schema, &format!("<A>{}</A>", "<b>1</b>".repeat(10_000))), "");
    let many = format!("<A>{}</A>", "<b/>".repeat(500_001));
    assert_eq!(codes(&check("3.1.0", schema, &many)), "V0106");
    let wrong = check("3.1.0", schema, &format!("<A>{}</A>", "<b>x</b>".repeat(5_000)));
    assert_eq!(wrong.lines().count(), 1_000);
}
