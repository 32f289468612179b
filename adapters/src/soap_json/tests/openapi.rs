//! The OpenAPI of a face takes and refuses what the face takes and refuses.

use super::{
    instances::services,
    service::{self, document, envelope, json, schema, small},
};
use crate::soap_json::{Face, Limits, to_yaml};
use serde_json::{Value, json};
use sluse_contracts::{
    Contract, ContractFiles, Direction, JudgeOptions, MediaType, Occasion, Outcome, Payload,
    SchemaCache, Verdict, judge::ResponseHead,
};
use std::{ops::RangeInclusive, sync::Arc};

/// How many places of one message are changed in each way, spread over all that there are.
const PLACES_MAX: usize = 2;

/// The OpenAPI of a face, loaded in the engine that judges by OpenAPI.
fn loaded(face: &Face) -> Arc<Contract> {
    let mut files = ContractFiles::new("");
    let manifest = "id = \"local/face\"\nversion = \"1.0.0\"\nstatus = \"in-force\"\ntitle = { en = \"Face\" }\nopenapi = \"face.yaml\"\n";
    files.add("contract.toml", manifest);
    files.add("face.yaml", to_yaml(&face.openapi("Face", "1.0.0")));
    let (contract, findings) = Contract::load(&files, &SchemaCache::new());
    let faults: Vec<_> = findings.iter().filter(|finding| finding.is_error()).collect();
    contract.unwrap_or_else(|| panic!("{faults:#?}"))
}

fn judged(contract: &Contract, operation: &str, direction: Direction, text: &str) -> Verdict {
    let payload = Payload::Json(json(text));
    let media_type = MediaType::json();
    let occasion = match direction {
        Direction::Request => Occasion::request(operation),
        Direction::Response => {
            Occasion::response(operation).with_response(ResponseHead { status: 200, headers: &[] })
        }
    };
    contract.judge(Some(&payload), &occasion.of_type(&media_type), &JudgeOptions::default())
}

/// All places in a value, as pointers.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            places(value, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), all);
        }),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| places(item, &format!("{at}/{n}"), all));
        }
        _ => {}
    }
}

/// A way to change a value, where it applies.
type Change = fn(&mut Value) -> Option<()>;

const CHANGES: &[(&str, Change)] = &[
    ("strange member", |value| {
        value.as_object_mut().map(|members| drop(members.insert("strange".into(), json!(1))))
    }),
    ("strange attribute", |value| {
        value.as_object_mut().map(|members| drop(members.insert("@strange".into(), json!("1"))))
    }),
    ("first member left out", |value| {
        let name = value.as_object()?.keys().next()?.clone();
        value.as_object_mut()?.shift_remove(&name).map(drop)
    }),
    ("last member left out", |value| {
        let name = value.as_object()?.keys().next_back()?.clone();
        value.as_object_mut()?.shift_remove(&name).map(drop)
    }),
    ("one member alone", |value| {
        let members = value.as_object_mut().filter(|members| members.len() > 1)?;
        let name = members.keys().next()?.clone();
        members.retain(|each, _| *each == name);
        Some(())
    }),
    ("no item", |value| value.as_array_mut().map(Vec::clear)),
    ("an item more", |value| {
        let items = value.as_array_mut()?;
        items.push(items.first()?.clone());
        Some(())
    }),
    ("an array", |value| set(value, |before| json!([before]))),
    ("null", |value| set(value, |_| Value::Null)),
    ("an object", |value| set(value, |_| json!({}))),
    ("a strange text", |value| set(value, |_| json!("¤¤"))),
    ("no text", |value| value.is_string().then(|| *value = json!(""))),
    ("a long text", |value| value.is_string().then(|| *value = json!("x".repeat(3_000)))),
    ("white space", |value| {
        let text = format!(" {}", value.as_str()?);
        set(value, |_| json!(text))
    }),
    ("a number", |value| set(value, |_| json!(7))),
    ("a great number", |value| set(value, |_| json!(12_345_678_901_i64))),
    ("no whole number", |value| set(value, |_| json!(7.5))),
    ("digits", |value| value.is_string().then(|| *value = json!("7"))),
    ("truth", |value| set(value, |_| json!(true))),
];

fn set(value: &mut Value, to: impl Fn(Value) -> Value) -> Option<()> {
    let before = value.clone();
    *value = to(before.clone());
    (*value != before).then_some(())
}

/// Checks that a value, and each change of it, is judged alike. Gives how many were refused.
fn alike(
    face: &Face,
    contract: &Contract,
    operation: &str,
    direction: Direction,
    value: &Value,
    places_max: usize,
) -> (usize, usize) {
    let limits = Limits::default();
    let (mut n_taken, mut n_refused) = (0, 0);
    let mut check = |value: &Value, whose: &str| {
        let text = value.to_string();
        let written = face.to_soap(operation, direction, &json(&text), &limits);
        let verdict = judged(contract, operation, direction, &text);
        let taken = verdict.outcome == Outcome::Accepted;
        assert_eq!(
            taken,
            written.is_ok(),
            "{operation} {direction:?} {whose} {written:#?} {verdict:#?} {text}"
        );
        if taken { n_taken += 1 } else { n_refused += 1 }
    };
    check(value, "unchanged");
    let mut all = Vec::new();
    places(value, "", &mut all);
    for (what, change) in CHANGES {
        let fits = |place: &&String| {
            value.pointer(place).is_some_and(|inside| change(&mut inside.clone()).is_some())
        };
        let changed = |place: &String| {
            let mut changed = value.clone();
            change(changed.pointer_mut(place)?).map(|()| changed)
        };
        let fitting: Vec<&String> = all.iter().filter(fits).collect();
        let step = fitting.len().div_ceil(places_max).max(1);
        for place in fitting.into_iter().step_by(step) {
            check(&changed(place).unwrap(), &format!("{what} at {place}"));
        }
    }
    (n_taken, n_refused)
}

/// All services of a folder whose files begin with these letters.
fn published(folder: &str, letters: RangeInclusive<char>, least: usize) {
    let (mut n_taken, mut n_refused, mut n_services) = (0, 0, 0);
    for mut service in services(folder) {
        let file = service.name.rsplit('/').next().unwrap_or_default();
        if !file.starts_with(|first| letters.contains(&first)) {
            continue;
        }
        let contract = loaded(&service.face);
        n_services += 1;
        for instance in service.instances() {
            let (operation, direction) = (instance.operation.as_str(), instance.direction);
            let limits = Limits::default();
            let document = document(&instance.envelope);
            let value = service.face.to_json(operation, direction, &document, &limits).unwrap();
            let found = alike(&service.face, &contract, operation, direction, &value, PLACES_MAX);
            n_taken += found.0;
            n_refused += found.1;
        }
    }
    println!(
        "{folder}: {n_services} descriptions, {n_taken} taken and {n_refused} refused by both"
    );
    assert!(n_services == 0 || n_taken + n_refused >= least, "{folder} {n_taken} {n_refused}");
}

#[test]
fn the_openapi_of_sf1500_from_a_to_f_judges_as_the_face_does() {
    published("sf1500-v6", 'A'..='F', 1_000);
}

#[test]
fn the_openapi_of_sf1500_from_g_to_m_judges_as_the_face_does() {
    published("sf1500-v6", 'G'..='M', 1_000);
}

#[test]
fn the_openapi_of_sf1500_from_n_to_o_judges_as_the_face_does() {
    published("sf1500-v6", 'N'..='O', 1_000);
}

#[test]
fn the_openapi_of_sf1500_from_p_to_z_judges_as_the_face_does() {
    published("sf1500-v6", 'P'..='Z', 700);
}

#[test]
fn the_openapi_of_sf1600_judges_as_the_face_does() {
    published("sf1600", 'A'..='Z', 300);
}

#[test]
fn the_openapi_of_sf2900_judges_as_the_face_does() {
    published("sf2900", 'A'..='Z', 700);
}

#[test]
fn the_openapi_of_the_registers_judges_as_the_face_does() {
    published("online-service-contract", 'A'..='Z', 500);
    published("person-base-data-extended-service-contract", 'A'..='Z', 100);
}

/// Checks a small schema and contents of `m`, each with all its changes.
fn rules(declarations: &str, contents: &[&str]) {
    let face = small(&schema(declarations));
    let contract = loaded(&face);
    for xml in contents {
        let read = service::to_json(&face, &envelope(xml)).unwrap();
        let value: Value = serde_json::from_str(&read).unwrap();
        alike(&face, &contract, "ask", Direction::Request, &value, usize::MAX);
    }
}

#[test]
fn choices_bounds_and_groups_are_those_of_the_schema() {
    rules(
        "<xs:element name=\"m\"><xs:complexType><xs:sequence>\
         <xs:element name=\"a\" type=\"xs:string\"/>\
         <xs:element name=\"b\" type=\"xs:string\" minOccurs=\"2\" maxOccurs=\"3\"/>\
         <xs:choice minOccurs=\"0\"><xs:element name=\"c\" type=\"xs:string\"/>\
         <xs:sequence><xs:element name=\"d\" type=\"xs:string\"/><xs:element name=\"e\" type=\"xs:string\" maxOccurs=\"unbounded\"/></xs:sequence></xs:choice>\
         <xs:choice><xs:element name=\"f\" type=\"xs:string\"/><xs:sequence minOccurs=\"0\"><xs:element name=\"g\" type=\"xs:string\"/>\
         <xs:choice><xs:element name=\"h2\" type=\"xs:string\"/><xs:element name=\"i\" type=\"xs:string\" minOccurs=\"0\" maxOccurs=\"2\"/></xs:choice>\
         </xs:sequence></xs:choice></xs:sequence></xs:complexType></xs:element>",
        &[
            "<m><a/><b/><b/></m>",
            "<m><a/><b/><b/><b/><c/><f/></m>",
            "<m><a/><b/><b/><d/><e/><e/><g/><h2/></m>",
            "<m><a/><b/><b/><d/><e/><g/><i/><i/></m>",
        ],
    );
    rules(
        "<xs:element name=\"m\"><xs:complexType><xs:all minOccurs=\"0\"><xs:element name=\"a\" type=\"xs:int\"/>\
         <xs:element name=\"b\" type=\"xs:int\" minOccurs=\"0\"/></xs:all></xs:complexType></xs:element>",
        &["<m/>", "<m><b>1</b><a>2</a></m>"],
    );
}

#[test]
fn attributes_types_and_nil_are_those_of_the_schema() {
    rules(
        "<xs:complexType name=\"base\" abstract=\"true\"><xs:sequence><xs:element name=\"a\" type=\"xs:int\"/></xs:sequence></xs:complexType>\
         <xs:complexType name=\"more\"><xs:complexContent><xs:extension base=\"t:base\"><xs:sequence><xs:element name=\"b\" type=\"xs:decimal\" nillable=\"true\"/></xs:sequence>\
         <xs:attribute name=\"x\" type=\"xs:date\" use=\"required\"/></xs:extension></xs:complexContent></xs:complexType>\
         <xs:element name=\"m\"><xs:complexType><xs:sequence><xs:element name=\"p\" type=\"t:base\" nillable=\"true\" maxOccurs=\"2\"/></xs:sequence></xs:complexType></xs:element>",
        &[
            "<m><p xsi:type=\"t:more\" x=\"2024-02-29\"><a>1</a><b>2</b></p></m>",
            "<m><p xsi:nil=\"true\" x=\"2024-02-29\" xsi:type=\"t:more\"/><p xsi:type=\"t:more\" x=\"2024-02-29\"><a>1</a><b xsi:nil=\"true\"/></p></m>",
        ],
    );
}

#[test]
fn values_are_those_of_the_schema() {
    for (of_type, value) in [
        ("xs:boolean", "true"),
        ("xs:byte", "7"),
        ("xs:long", "7"),
        ("xs:positiveInteger", "7"),
        ("xs:nonNegativeInteger", "0"),
        ("xs:decimal", "7.50"),
        ("xs:double", "7.50"),
        ("xs:date", "2024-02-29"),
        ("xs:dateTime", "2024-02-29T23:59:59Z"),
        ("xs:time", "24:00:00"),
        ("xs:gYear", "2024"),
        ("xs:gMonthDay", "--02-29"),
        ("xs:duration", "P1DT2H"),
        ("xs:hexBinary", "0aff"),
        ("xs:base64Binary", "YWJj"),
        ("xs:token", "a b"),
        ("xs:language", "da-DK"),
        ("xs:NCName", "a"),
        ("xs:NMTOKENS", "a b"),
        ("xs:QName", "t:a"),
    ] {
        rules(
            &format!("<xs:element name=\"m\" type=\"{of_type}\"/>"),
            &[&format!("<m>{value}</m>")],
        );
    }
    let restricted = |facets: &str, base: &str| {
        format!(
            "<xs:element name=\"m\"><xs:simpleType><xs:restriction base=\"xs:{base}\">{facets}</xs:restriction></xs:simpleType></xs:element>"
        )
    };
    for (base, facets, value) in [
        ("string", "<xs:minLength value=\"1\"/><xs:maxLength value=\"3\"/>", "abc"),
        ("token", "<xs:pattern value=\"[A-Z]{2}\\d?\"/>", "DK7"),
        ("string", "<xs:enumeration value=\"DK\"/><xs:enumeration value=\"7\"/>", "DK"),
        ("int", "<xs:enumeration value=\"07\"/><xs:enumeration value=\"8\"/>", "8"),
        ("decimal", "<xs:fractionDigits value=\"2\"/><xs:minInclusive value=\"0\"/>", "7.50"),
        ("integer", "<xs:totalDigits value=\"20\"/>", "7"),
        ("int", "<xs:pattern value=\"[0-9]{4}\"/>", "0007"),
        ("boolean", "<xs:pattern value=\"[01]\"/>", "1"),
    ] {
        rules(&restricted(facets, base), &[&format!("<m>{value}</m>")]);
    }
}
