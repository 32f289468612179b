use super::*;
use proptest::prelude::*;

fn files(list: &[(&str, &str)]) -> BTreeMap<String, Bytes> {
    list.iter()
        .map(|(path, text)| ((*path).to_owned(), Bytes::copy_from_slice(text.as_bytes())))
        .collect()
}

fn run(given: &BTreeMap<String, Bytes>, existing: &BTreeMap<String, Bytes>, name: &str) -> Import {
    import(
        &Asked { given, existing, name },
        crate::library::ALL,
        &SchemaCache::default(),
        &mut |_, _| {},
    )
}

fn errors(import: &Import) -> Vec<String> {
    let shown =
        |finding: &Finding| finding.to_string().lines().next().unwrap_or_default().to_owned();
    import.findings.iter().filter(|finding| finding.is_error()).map(shown).collect()
}

const HEADER: &str = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader";

/// A schema of the same names as the published one, in our own words and much smaller.
fn header_schema() -> String {
    format!(
        "<s:schema xmlns:s='http://www.w3.org/2001/XMLSchema' targetNamespace='{HEADER}'>\n\
         <s:include schemaLocation='parts/partner.xsd'/>\n\
         <s:element name='StandardBusinessDocumentHeader' type='s:string'/>\n\
         <s:element name='StandardBusinessDocument' type='s:string'/></s:schema>"
    )
}

fn empty_schema(namespace: &str, root: &str) -> String {
    let root = if root.is_empty() {
        String::new()
    } else {
        format!("<s:element name='{root}' type='s:string'/>")
    };
    format!(
        "<s:schema xmlns:s='http://www.w3.org/2001/XMLSchema' targetNamespace='{namespace}'>{root}</s:schema>"
    )
}

#[test]
fn adds_the_files_that_a_shipped_contract_wants() {
    let (header, partner) = (header_schema(), empty_schema(HEADER, ""));
    let given = files(&[
        ("pack/x/StandardBusinessDocumentHeader.xsd", &header),
        ("pack/x/parts/partner.xsd", &partner),
        ("pack/x/other.xsd", &empty_schema("urn:other", "Other")),
        ("pack/sample.xml", "<a/>"),
    ]);
    let first = run(&given, &BTreeMap::new(), "org.unece.sbdh");
    assert_eq!(errors(&first), [""; 0]);
    assert_eq!((first.contracts.len(), first.unused), (2, 1));
    let folder = "org.unece.sbdh/standard-business-document/1.3.0";
    let written: Vec<&str> = first
        .writes
        .keys()
        .filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/'))
        .collect();
    assert_eq!(
        written,
        [
            "contract.toml",
            "schemas/xsd/StandardBusinessDocumentHeader.xsd",
            "schemas/xsd/parts/partner.xsd"
        ]
    );
    let text = std::str::from_utf8(&first.writes[&format!("{folder}/contract.toml")]).unwrap();
    assert!(text.starts_with("# Standard Business Document Header 1.3"), "{text}");
    assert!(
        text.contains("{ xsd = \"schemas/xsd/StandardBusinessDocumentHeader.xsd\" }"),
        "{text}"
    );
    let digest = FileDigest::of(partner.as_bytes()).to_string();
    assert!(text.contains(&format!("\"schemas/xsd/parts/partner.xsd\" = \"{digest}\"")), "{text}");

    let again = run(&given, &first.writes, "org.unece.sbdh");
    assert!(again.writes.is_empty(), "{:?}", again.writes.keys());
    assert!(again.contracts.iter().all(|each| each.action == Action::Unchanged));
}

#[test]
fn completes_a_contract_in_several_steps_and_keeps_what_people_wrote() {
    let root = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";
    let rules = |pattern: &str| {
        format!(
            "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'>{pattern}</schema>"
        )
    };
    let schemas = files(&[("a/UBL-Invoice-2.0.xsd", &empty_schema(root, "Invoice"))]);
    let mut folder = run(&schemas, &BTreeMap::new(), "dk.oioubl").writes;
    let manifest = "dk.oioubl/invoice/2.0.2/contract.toml";
    let text =
        String::from_utf8(folder[manifest].to_vec()).unwrap().replace("in-force", "candidate");
    folder.insert(manifest.to_owned(), format!("# ours\n{text}").into());
    let rules = files(&[("b/OIOUBL_Invoice_Schematron.xml", &rules(""))]);
    let second = run(&rules, &folder, "dk.oioubl");
    assert_eq!(errors(&second), [""; 0]);
    let [invoice] = &second.contracts[..] else { panic!("{:?}", second.contracts) };
    assert_eq!(
        (invoice.version.to_string().as_str(), invoice.action),
        ("2.0.2", Action::Completed)
    );
    assert_eq!(
        invoice.judge,
        ["schemas/xsd/UBL-Invoice-2.0.xsd", "schemas/schematron/OIOUBL_Invoice_Schematron.xml"]
    );
    let text = std::str::from_utf8(&second.writes[manifest]).unwrap();
    assert!(text.starts_with("# ours\n") && text.contains("\"candidate\""), "{text}");
}

#[test]
fn reports_faults_with_their_place_and_writes_no_contract_that_has_one() {
    let given = files(&[("pack/StandardBusinessDocumentHeader.xsd", &header_schema())]);
    let import = run(&given, &BTreeMap::new(), "org.unece.sbdh");
    assert_eq!(
        errors(&import),
        [
            "pack/StandardBusinessDocumentHeader.xsd:2:1 C0204 `parts/partner.xsd` is not among the given files"
        ]
    );
    assert!(import.writes.is_empty() && import.contracts.is_empty());

    for (given, name, expected) in [
        (
            files(&[("a/x.xml", "<a/>")]),
            "my.thing",
            "my.thing C0213 none of the given files is an entry schema for `my.thing`",
        ),
        (
            files(&[("a/x.xsd", &empty_schema("urn:a", "A"))]),
            "dk.oioubl",
            "dk.oioubl C0213 none of the given files is an entry schema for `dk.oioubl`",
        ),
        (
            files(&[]),
            "../x",
            "../x C0105 a contract id is one to four segments of letters, digits, '-', '_' and '.', parted by '/'",
        ),
        (files(&[]), "x@1", "x@1 C0105 a version is three numbers: major.minor.patch"),
    ] {
        assert_eq!(errors(&run(&given, &BTreeMap::new(), name)), [expected]);
    }
}

#[test]
fn begins_a_contract_or_a_family_where_nothing_is_shipped() {
    let single = files(&[("a/order.xsd", &empty_schema("urn:a", "Order"))]);
    let import = run(&single, &BTreeMap::new(), "my.order@2.1.0");
    assert_eq!(errors(&import), [""; 0]);
    assert_eq!(
        import.writes.keys().collect::<Vec<_>>(),
        ["my.order/2.1.0/contract.toml", "my.order/2.1.0/schemas/xsd/order.xsd"]
    );

    let several = files(&[
        ("a/order.xsd", &empty_schema("urn:a", "Order")),
        ("a/OrderResponse.xsd", &empty_schema("urn:a", "OrderResponse")),
        (
            "a/event.schema.json",
            "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"type\": \"object\"}",
        ),
        (
            "a/order-response-rules.sch",
            "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'/>",
        ),
    ]);
    let import = run(&several, &BTreeMap::new(), "my.shop");
    assert_eq!(errors(&import), [""; 0]);
    let made: Vec<(String, usize)> =
        import.contracts.iter().map(|each| (each.id.to_string(), each.judge.len())).collect();
    assert_eq!(
        made,
        [
            ("my.shop/order-response".to_owned(), 2),
            ("my.shop/event".to_owned(), 1),
            ("my.shop/order".to_owned(), 1)
        ]
    );
    let again = run(&several, &import.writes, "my.shop");
    assert!(again.writes.is_empty());
}

#[test]
fn entries_with_one_root_are_named_after_their_files() {
    let order = |namespace: &str| empty_schema(namespace, "Order");
    let (a, b, c) = (order("urn:a"), order("urn:b"), order("urn:c"));
    let given = files(&[("a/x.xsd", &a), ("a/y.xsd", &b), ("b/y.xsd", &c)]);
    let import = run(&given, &BTreeMap::new(), "my.shop");
    assert_eq!(
        errors(&import),
        ["b/y.xsd C0208 `a/y.xsd` is alike in name, so both would be `my.shop/y`"]
    );
    let made: Vec<&str> = import.contracts.iter().map(|each| each.id.as_str()).collect();
    assert_eq!(made, ["my.shop/x", "my.shop/y"]);
}

#[test]
fn a_description_of_an_interface_is_a_contract_of_its_own() {
    let given = files(&[
        (
            "a/permits.yaml",
            "openapi: 3.1.0\ninfo: { title: Permits, version: '1' }\npaths:\n  /permits:\n    post:\n      \
             operationId: apply\n      requestBody:\n        content:\n          application/json:\n            \
             schema: { $ref: 'parts/permit.yaml#/Permit' }\n      responses: { '201': { description: made } }\n",
        ),
        (
            "a/parts/permit.yaml",
            "Permit: { type: object, properties: { id: { $ref: 'id.yaml' } } }\n",
        ),
        ("a/parts/id.yaml", "type: string\n"),
    ]);
    let import = run(&given, &BTreeMap::new(), "dk.city/permits");
    assert_eq!(errors(&import), [""; 0]);
    let written: Vec<&str> = import.writes.keys().map(String::as_str).collect();
    assert_eq!(
        written,
        [
            "dk.city/permits/1.0.0/contract.toml",
            "dk.city/permits/1.0.0/schemas/openapi/parts/id.yaml",
            "dk.city/permits/1.0.0/schemas/openapi/parts/permit.yaml",
            "dk.city/permits/1.0.0/schemas/openapi/permits.yaml",
        ]
    );
    let text = std::str::from_utf8(&import.writes["dk.city/permits/1.0.0/contract.toml"]).unwrap();
    assert!(text.contains("openapi = \"schemas/openapi/permits.yaml\""), "{text}");
    assert!(run(&given, &import.writes, "dk.city/permits").writes.is_empty());
}

fn description(imports: &str) -> String {
    format!(
        "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/' xmlns:b='http://schemas.xmlsoap.org/wsdl/soap/' \
         xmlns:a='urn:a' xmlns:s='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:a'>\
         {imports}<message name='ask'><part name='body' element='a:Order'/></message>\
         <portType name='P'><operation name='ask'><input message='a:ask'/></operation></portType>\
         <binding name='B' type='a:P'><b:binding transport='http://schemas.xmlsoap.org/soap/http'/>\
         <operation name='ask'><b:operation soapAction=''/><input><b:body use='literal'/></input></operation></binding>\
         </definitions>"
    )
}

const TYPES: &str = "<types><s:schema targetNamespace='urn:t'>\
                     <s:import namespace='urn:a' schemaLocation='../xsd/order.xsd'/></s:schema></types>";

#[test]
fn a_description_of_a_soap_service_is_a_contract_with_its_schemas() {
    let order = empty_schema("urn:a", "Order");
    let parts = "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/' targetNamespace='urn:p'/>";
    let given = files(&[
        (
            "pack/wsdl/orders.wsdl",
            &description(&format!(
                "<import namespace='urn:p' location='../policy/policy.wsdl'/>{TYPES}"
            )),
        ),
        ("pack/policy/policy.wsdl", parts),
        ("pack/xsd/order.xsd", &order),
        // Neither judges anything alone.
        ("pack/xsd/unused.xsd", &empty_schema("urn:b", "Unused")),
        ("pack/wsdl/unbound.wsdl", parts),
    ]);
    let import = run(&given, &BTreeMap::new(), "dk.city/orders@2.0.0");
    assert_eq!(errors(&import), [""; 0]);
    let written: Vec<&str> = import.writes.keys().map(String::as_str).collect();
    assert_eq!(
        written,
        [
            "dk.city/orders/2.0.0/contract.toml",
            "dk.city/orders/2.0.0/schemas/wsdl/policy/policy.wsdl",
            "dk.city/orders/2.0.0/schemas/wsdl/wsdl/orders.wsdl",
            "dk.city/orders/2.0.0/schemas/wsdl/xsd/order.xsd",
        ]
    );
    let text = std::str::from_utf8(&import.writes["dk.city/orders/2.0.0/contract.toml"]).unwrap();
    assert!(text.contains("wsdl = \"schemas/wsdl/wsdl/orders.wsdl\""), "{text}");
    assert_eq!(import.unused, 2);
    assert!(run(&given, &import.writes, "dk.city/orders").writes.is_empty());
}

#[test]
fn what_a_description_lacks_is_told_and_what_everybody_has_is_not_missed() {
    let order = empty_schema("urn:a", "Order");
    let gone = description("<import namespace='urn:p' location='policy.wsdl'/>");
    let import = run(&files(&[("a/x.wsdl", &gone)]), &BTreeMap::new(), "my.shop");
    let told = errors(&import);
    assert!(told[0].contains("C0204 `policy.wsdl` is not among the given files"), "{told:?}");
    let network = description("<import namespace='urn:p' location='http://x.example/p.wsdl'/>");
    let import = run(&files(&[("a/x.wsdl", &network)]), &BTreeMap::new(), "my.shop");
    let told = errors(&import);
    assert!(told[0].contains("C0215 `http://x.example/p.wsdl` is outside"), "{told:?}");

    let swaref = "<s:import namespace='http://ws-i.org/profiles/basic/1.1/xsd' \
                  schemaLocation='http://ws-i.org/profiles/basic/1.1/swaref.xsd'/>";
    let known = description(&TYPES.replace("<s:import", &format!("{swaref}<s:import")));
    let (a, b) = ("a/token/Orders.wsdl", "a/context/Orders.wsdl");
    let given = files(&[(a, &known), (b, &known), ("a/xsd/order.xsd", &order)]);
    let import = run(&given, &BTreeMap::new(), "my.shop");
    assert_eq!(errors(&import), [""; 0]);
    let made: Vec<&str> = import.contracts.iter().map(|each| each.id.as_str()).collect();
    assert_eq!(made, ["my.shop/context-orders", "my.shop/token-orders"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever is given, nothing panics, and nothing is written outside the contracts' folders.
    #[test]
    fn any_files_are_looked_into_and_none_is_laid_outside(
        given in prop::collection::btree_map("[a-c./\\\\%é]{0,8}\\.(xsd|sch|json|yaml|xml)", content(), 0..6),
        name in prop::sample::select(vec!["my.shop", "org.unece.sbdh", "dk.nemhandel", "a/b/c/d"]),
    ) {
        let given: BTreeMap<String, Bytes> =
            given.into_iter().map(|(path, text)| (path, Bytes::from(text))).collect();
        for path in run(&given, &BTreeMap::new(), name).writes.keys() {
            let plain = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
            prop_assert!(plain && !path.contains('\\'), "{path}");
        }
    }
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    let location = "[a-c./%é]{0,8}\\.(xsd|sch|json)";
    let xsd = location.prop_map(|at| {
        let text =
            schema_with(&format!("<s:include schemaLocation='{at}'/><s:element name='Order'/>"));
        text.into_bytes()
    });
    let json = location.prop_map(|at| {
        format!("{{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"$ref\": \"{at}\"}}")
            .into_bytes()
    });
    prop_oneof![xsd, json, prop::collection::vec(any::<u8>(), 0..64)]
}

fn schema_with(inside: &str) -> String {
    format!(
        "<s:schema xmlns:s='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:a'>{inside}</s:schema>"
    )
}

#[test]
fn brings_in_code_lists_that_are_named() {
    let schema = empty_schema("urn:o", "Order");
    let fiks = r#"{"navn": "status", "versjon": "v1", "kodeliste": [{"kodeverdi": "A", "kodebeskrivelse": "a"}]}"#;
    let turtle = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n<urn:s> a skos:ConceptScheme .\n\
                  <urn:s/a> a skos:Concept ; skos:inScheme <urn:s> ; skos:notation \"A\" .\n";
    let given = files(&[
        ("order.xsd", &schema),
        ("Sak Status.json", fiks),
        ("codes.csv", "code\nA\nB\n"),
        ("scheme.ttl", turtle),
        ("pack/other.csv", "code\nA\n"),
    ]);
    let first = run(&given, &BTreeMap::new(), "x.y/order");
    assert_eq!(errors(&first), [""; 0]);
    assert_eq!(first.contracts.len(), 1);
    let manifest = &first.writes["x.y/order/1.0.0/contract.toml"];
    let manifest = String::from_utf8_lossy(manifest);
    for (name, version, file) in [
        ("sak-status", "v1", "codelists/Sak Status.json"),
        ("codes", "1", "codelists/codes.csv"),
        ("scheme", "1", "codelists/scheme.ttl"),
    ] {
        let table = format!(
            "[[code-list]]\nname = \"{name}\"\nversion = \"{version}\"\nfile = \"{file}\"\n"
        );
        assert!(manifest.contains(&table), "{manifest}");
        assert!(manifest.contains(&format!("\"{file}\" = \"")), "{manifest}");
        assert!(first.writes.contains_key(&format!("x.y/order/1.0.0/{file}")));
    }
    assert!(!first.writes.keys().any(|path| path.ends_with("other.csv")), "nobody named it");
    // Once more, with one that is newer: nothing is named twice.
    let newer = files(&[("codes.csv", "code\nA\nC\n")]);
    let second = run(&newer, &first.writes, "x.y/order");
    assert_eq!(errors(&second), [""; 0]);
    let changed: Vec<&str> = second.writes.keys().map(String::as_str).collect();
    assert_eq!(changed, ["x.y/order/1.0.0/codelists/codes.csv", "x.y/order/1.0.0/contract.toml"]);
    let manifest = String::from_utf8_lossy(&second.writes["x.y/order/1.0.0/contract.toml"]);
    assert_eq!(manifest.matches("[[code-list]]").count(), 3);
    // The schemas again: the digests of lists stay.
    let third = run(&files(&[("order.xsd", &schema)]), &first.writes, "x.y/order");
    assert_eq!((errors(&third), third.writes.len()), (Vec::new(), 0));
}

#[test]
fn a_list_that_cannot_be_read_or_has_no_contract_is_told() {
    let list = files(&[("codes.csv", "code\nA\n")]);
    let nowhere = run(&list, &BTreeMap::new(), "x.y/order");
    assert_eq!(
        errors(&nowhere),
        ["x.y/order C0213 there is no contract `x.y/order` that code lists could go into"]
    );
    let schema = empty_schema("urn:o", "Order");
    let made = run(&files(&[("order.xsd", &schema)]), &BTreeMap::new(), "x.y/order");
    for (path, text, code) in [("codes.csv", "a,b\n1,2\n", "C0242"), ("codes.gc", "<x/>", "C0241")]
    {
        let broken = run(&files(&[(path, text)]), &made.writes, "x.y/order");
        let told = errors(&broken);
        assert!(told.len() == 1 && told[0].contains(code), "{told:?}");
        assert!(broken.writes.is_empty() && broken.contracts.is_empty());
    }
}
