//! Schemas and documents of our own in tables, then the real ones.

mod corpora;
mod instances;
mod published;

use super::super::{Compiled, FileReader};
use crate::{
    Payload,
    clauses::Clauses,
    files::ContractFiles,
    judge::{JudgeOptions, Occasion, Violations},
    verdict::Verdict,
};
use std::sync::Arc;

pub(super) fn compile(entry: &str, files: &ContractFiles) -> Compiled {
    super::compile(entry, &FileReader::new(files))
}

pub(super) fn judge_with(compiled: &Compiled, bytes: &[u8], options: &JudgeOptions) -> Verdict {
    let document = sluse_xml::Document::parse(bytes, None, &sluse_xml::Limits::default()).unwrap();
    let clauses = Clauses::default();
    let mut violations = Violations::new(&clauses, options.violations_max);
    let payload = Payload::Xml(Arc::new(document));
    let schema = compiled.schema.as_ref().expect("the schema compiles");
    schema.judge(Some(&payload), &Occasion::request("deliver"), options, &mut violations);
    violations.into_verdict()
}

/// One line for each violation.
pub(super) fn judge(compiled: &Compiled, bytes: &[u8]) -> Vec<String> {
    let verdict = judge_with(compiled, bytes, &JudgeOptions::default());
    let line = |each: &crate::Violation| {
        let (line, column) = (each.line.unwrap_or(0), each.column.unwrap_or(0));
        let rule = each.rule.as_deref().unwrap_or_default();
        format!("{line}:{column} {} {rule} {} {}", each.code, each.path, each.message)
    };
    verdict.violations.iter().map(line).collect()
}

fn one(text: &str) -> Compiled {
    let mut files = ContractFiles::new("");
    files.add("a.xsd", text.as_bytes().to_vec());
    let compiled = compile("a.xsd", &files);
    assert_eq!(compiled.findings, []);
    compiled
}

const SCHEMA: &str = include_str!("all-kinds.xsd");

/// Documents of that schema, and what is found in them.
const JUDGED: &[(&str, &[&str])] = &[
    (r#"<r xmlns="urn:t"><end>YQ ==</end></r>"#, &[]),
    (
        r#"<t:r xmlns:t="urn:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" m="b" SECRETa="1" SECRETb="2" xsi:schemaLocation="a">
<t:a>SECRET</t:a><t:c>SECRET</t:c><t:u>SECRET</t:u><t:p>SECRET</t:p><t:end/></t:r>"#,
        &[
            "1:76 V0203 cvc-complex-type.3.1 /t:r[1]/@m the value is not the one that the schema fixes",
            "1:82 V0204 cvc-complex-type.3.2.2 /t:r[1]/@* the attribute may not stand here",
            "1:94 V0204 cvc-complex-type.3.2.2 /t:r[1]/@* the attribute may not stand here",
            "2:1 V0203 cvc-datatype-valid.1.2.1 /t:r[1]/t:a[1] the value must be a whole number; the type is `int`",
            "2:18 V0203 cvc-enumeration-valid /t:r[1]/t:c[1] the value must be one of `a`, `b`; the type is `code`",
            "2:35 V0203 cvc-datatype-valid.1.2.3 /t:r[1]/t:u[1] the value must be `code` or `int`; the type is `u`",
            "2:52 V0203 cvc-maxLength-valid /t:r[1]/t:p[1] the value must be at most 4 characters; the type is a restricted `string`",
        ],
    ),
    (
        r#"<r xmlns="urn:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><n xsi:nil="true">1</n><e>SECRET</e><b/><f>SECRET</f><s z="1">SECRET</s><end>a</end></r>"#,
        &[
            "1:90 V0208 cvc-elt.3.2.1 /r[1]/n[1] an element with xsi:nil=\"true\" must be empty",
            "1:98 V0209 cvc-complex-type.2.1 /r[1]/e[1] the element must be empty",
            "1:108 V0208 cvc-type.2 /r[1]/b[1] the type is abstract: xsi:type must name one derived from it",
            "1:112 V0203 cvc-elt.5.2.2.2.2 /r[1]/f[1] the value is not the one that the schema fixes",
            "1:125 V0205 cvc-complex-type.4 /r[1]/s[1] the attribute 'k' is required",
            "1:125 V0203 cvc-datatype-valid.1.2.1 /r[1]/s[1] the value must be a date such as `2024-02-29`; the type is `date`",
            "1:128 V0204 cvc-complex-type.3.2.2 /r[1]/s[1]/@z the attribute may not stand here",
            "1:144 V0203 cvc-datatype-valid.1.2.1 /r[1]/end[1] the value must be base64; the type is `base64Binary`",
        ],
    ),
    (
        r#"<r xmlns="urn:t"><a>1</a><SECRET>x</SECRET><c>a</c><a>1</a></r>"#,
        &[
            "1:26 V0201 cvc-complex-type.2.4.a /r[1]/*[2] the element may not stand here; expected: c, u, p, n, e, b, f, s, id, end, or an element of a namespace that is not urn:t",
        ],
    ),
    (
        r#"<r xmlns="urn:t"><a>1</a></r>"#,
        &[
            "1:1 V0202 cvc-complex-type.2.4.b /r[1] the element is not complete; expected: c, u, p, n, e, b, f, s, id, end, or an element of a namespace that is not urn:t",
        ],
    ),
    (
        r#"<r xmlns="urn:t"><end/><end/></r>"#,
        &["1:24 V0201 cvc-complex-type.2.4.d /r[1]/end[2] no element may stand here"],
    ),
    (
        r#"<r xmlns="urn:t"><c>a</c><c>a</c><id id="SECRET" q="SECRET:x"/><id id="SECRET" ref="NOSECRET"/><end/></r>"#,
        &[
            "1:26 V0207 cvc-identity-constraint.4.1 /r[1]/c[2] the values of 'uq' must be unique",
            "1:50 V0203 cvc-datatype-valid.1.2.1 /r[1]/id[1]/@q the value must be a name whose prefix is declared; the type is `QName`",
            "1:68 V0207 cvc-id.2 /r[1]/id[2]/@id an ID must be unique in the document",
            "1:80 V0207 cvc-id.1 /r[1]/id[2]/@ref a reference leads to no ID of the document",
        ],
    ),
    (
        r#"<r xmlns="urn:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">SECRET<a xsi:type="SECRET">1</a><end/>SECRET</r>"#,
        &[
            "1:72 V0209 cvc-complex-type.2.3 /r[1] text may not stand here: the type allows elements alone",
            "1:78 V0208 cvc-elt.4.2 /r[1]/a[1] xsi:type names no type of the schema",
        ],
    ),
    (
        r#"<r xmlns="urn:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><a xsi:nil="true"/><end/></r>"#,
        &[
            "1:72 V0208 cvc-elt.3.1 /r[1]/a[1] xsi:nil may not stand on an element that is not nillable",
            "1:72 V0203 cvc-datatype-valid.1.2.1 /r[1]/a[1] the value must be a whole number; the type is `int`",
        ],
    ),
    (
        r#"<r xmlns="urn:t"><a><b/></a><s k="">2020-01-01</s><o:SECRET xmlns:o="urn:o"><a/></o:SECRET><end/></r>"#,
        &[
            "1:21 V0209 cvc-type.3.1.2 /r[1]/a[1]/b[1] no element may stand here: the type is simple",
            "1:32 V0203 cvc-datatype-valid.1.2.1 /r[1]/s[1]/@k the value must be a whole number; the type is `int`",
            "1:51 V0206 cvc-elt.1 /r[1]/*[3] the schema has no declaration for the element",
        ],
    ),
    (r#"<SECRET/>"#, &["1:1 V0206 cvc-elt.1 /*[1] the schema has no declaration for the element"]),
    (
        r#"<r xmlns="urn:other"/>"#,
        &["1:1 V0206 cvc-elt.1 /*[1] the schema has no declaration for the element"],
    ),
];

#[test]
fn says_what_is_wrong_and_where_in_words_of_the_schema() {
    let compiled = one(SCHEMA);
    for (text, wanted) in JUDGED {
        assert_eq!(judge(&compiled, text.as_bytes()), *wanted, "{text}");
    }
}

#[test]
fn shows_values_and_names_to_a_person_working_on_his_own_file_alone() {
    let compiled = one(SCHEMA);
    let text = b"<r xmlns='urn:t' canary='canary'><a>canary</a><canary/></r>";
    let shown = JudgeOptions { show_values: true, ..JudgeOptions::default() };
    let verdict = judge_with(&compiled, text, &shown);
    let values: Vec<_> = verdict.violations.iter().map(|each| each.value.as_deref()).collect();
    assert_eq!(values, [None, Some("canary"), None]);
    assert_eq!(verdict.violations[2].path, "/r[1]/canary[1]");
    let hidden = judge_with(&compiled, text, &JudgeOptions::default());
    assert_eq!(hidden.violations.len(), 3);
    assert!(!format!("{hidden:?}").contains("canary"));
}

#[test]
fn keeps_as_many_violations_as_asked_for_and_says_that_there_are_more() {
    let compiled = one(SCHEMA);
    let text = format!("<r xmlns='urn:t'>{}<end/></r>", "<c>x</c>".repeat(50));
    let options = JudgeOptions { violations_max: 10, ..JudgeOptions::default() };
    let verdict = judge_with(&compiled, text.as_bytes(), &options);
    assert_eq!((verdict.violations.len(), verdict.truncated), (10, true));
    assert_eq!(judge(&compiled, text.as_bytes()).len(), 50);
}

#[test]
fn bounds_what_hostile_documents_cost() {
    let compiled = one(SCHEMA);
    let number = "1".repeat(2_000_000);
    let long = format!("<r xmlns='urn:t'><a>{number}</a><s k='{number}'>2020-01-01</s><end/></r>");
    assert_eq!(
        judge(&compiled, long.as_bytes()),
        [
            "1:18 V0203 cvc-maxInclusive-valid /r[1]/a[1] the value must be at most 2147483647; the type is `int`",
            "1:2000028 V0203 cvc-maxInclusive-valid /r[1]/s[1]/@k the value must be at most 2147483647; the type is `int`",
        ]
    );
    let prefixes: String = (0..2_000).map(|n| format!(" xmlns:p{n}='urn:{n}'")).collect();
    let many = format!("<r xmlns='urn:t'{prefixes}>{}<end/></r>", "<c>a</c>".repeat(20_000));
    // A value of which there may be one stands there often.
    assert_eq!(judge(&compiled, many.as_bytes()).len(), 1_000);
    let attributes: String = (0..9_000).map(|n| format!(" a{n}=''")).collect();
    let wide = format!("<r xmlns='urn:t'{attributes}><end/></r>");
    assert_eq!(judge(&compiled, wide.as_bytes()).len(), 1_000);
    let deep = format!("<r xmlns='urn:t'>{}{}</r>", "<x>".repeat(990), "</x>".repeat(990));
    assert_eq!(judge(&compiled, deep.as_bytes()).len(), 1);
}

#[test]
fn judges_for_many_threads_at_once() {
    let compiled = one(SCHEMA);
    std::thread::scope(|scope| {
        for n in 0..8 {
            let compiled = &compiled;
            scope.spawn(move || {
                for _ in 0..20 {
                    let text = format!("<r xmlns='urn:t'>{}<end/></r>", "<c>x</c>".repeat(n));
                    assert_eq!(judge(compiled, text.as_bytes()).len(), n);
                }
            });
        }
    });
}

/// Sets of files with faults, the entry first, and what is found.
type Broken = (&'static [(&'static str, &'static str)], &'static [&'static str]);

const XS: &str = "xmlns:xs='http://www.w3.org/2001/XMLSchema'";

const BROKEN: &[Broken] = &[
    (&[], &["a.xsd C0202 the schema is not among the contract's files"]),
    (
        &[("a.xsd", "<xs:schema XS>\n<xs:element></xs:schema>")],
        &[
            "a.xsd:2:13 C0203 the schema cannot be read: an end tag does not close the element that is open",
        ],
    ),
    (
        &[("a.xsd", "<xs:schema XS>\n <xs:element name='a' type='nope'/></xs:schema>")],
        &["a.xsd:2:2 C0203 "],
    ),
    (&[("a.xsd", "<other/>")], &["a.xsd:1:1 C0203 "]),
    (
        &[("a.xsd", "<xs:schema XS>\n<xs:include schemaLocation='b.xsd'/></xs:schema>")],
        &["a.xsd:2:13 C0204 warning: the schema refers to a file that is not in the contract"],
    ),
    (
        &[(
            "a.xsd",
            "<xs:schema XS>\n<xs:include schemaLocation='b.xsd'/>\n<xs:element name='x' type='t'/></xs:schema>",
        )],
        &[
            "a.xsd:2:13 C0204 the schema refers to a file that is not in the contract",
            "a.xsd:3:1 C0203 ",
        ],
    ),
    (
        &[("a.xsd", "<xs:schema XS>\n<xs:redefine schemaLocation='b.xsd'/></xs:schema>")],
        &["a.xsd:2:14 C0204 warning: the schema refers to a file that is not in the contract"],
    ),
    (
        &[(
            "a.xsd",
            "<xs:schema XS>\n<xs:redefine schemaLocation='b.xsd'><xs:group name='g'/></xs:redefine></xs:schema>",
        )],
        &["a.xsd:2:14 C0204 the schema refers to a file that is not in the contract"],
    ),
    (
        &[("a.xsd", "<xs:schema XS>\n<xs:include schemaLocation='../b.xsd'/></xs:schema>")],
        &["a.xsd:2:13 C0215 the schema refers to a file outside its folder, or to the network"],
    ),
    (
        &[(
            "a.xsd",
            "<xs:schema XS><xs:redefine schemaLocation='https://example.org/b.xsd'/></xs:schema>",
        )],
        &["a.xsd:1:69 C0215 the schema refers to a file outside its folder, or to the network"],
    ),
    (
        &[("a.xsd", "<xs:schema XS><xs:import namespace='u' schemaLocation='b.xsd'/></xs:schema>")],
        &["a.xsd:1:81 C0204 warning: the schema refers to a file that is not in the contract"],
    ),
    (
        &[(
            "a.xsd",
            "<xs:schema XS xmlns:u='u'><xs:import namespace='u' schemaLocation='b.xsd'/><xs:element name='x' type='u:t'/></xs:schema>",
        )],
        &["a.xsd:1:93 C0204 the schema refers to a file that is not in the contract", "a.xsd:1:"],
    ),
    (
        &[
            ("a.xsd", "<xs:schema XS><xs:include schemaLocation='b.xsd'/></xs:schema>"),
            ("b.xsd", "<xs:schema XS>\n\n<xs:nothing/></xs:schema>"),
        ],
        &["b.xsd:3:1 C0203 "],
    ),
    // All faults of form, and all names that lead nowhere, in all documents.
    (
        &[
            (
                "a.xsd",
                "<xs:schema XS>\n<xs:include schemaLocation='b.xsd'/>\n<xs:element name='x' frm='1'/>\n<xs:element name='y'><xs:complexType><xs:group ref='g'/>\n<xs:attribute ref='b'/></xs:complexType></xs:element></xs:schema>",
            ),
            (
                "b.xsd",
                "<xs:schema XS>\n<xs:nothing/>\n<xs:annotation><xs:appinfo><xs:group ref='h'/></xs:appinfo></xs:annotation>\n<xs:simpleType name='t'><xs:list itemType='t2'/></xs:simpleType></xs:schema>",
            ),
        ],
        &["a.xsd:3:1 C0203 ", "a.xsd:4:", "a.xsd:5:1 C0203 ", "b.xsd:2:1 C0203 ", "b.xsd:4:"],
    ),
    (
        &[(
            "a.xsd",
            "<xs:schema XS>\n<xs:complexType name='t'><xs:sequence><xs:element name='a' type='xs:int' minOccurs='0'/><xs:element name='a' type='xs:int'/></xs:sequence></xs:complexType></xs:schema>",
        )],
        &["a.xsd:2:"],
    ),
    (
        &[(
            "a.xsd",
            "<xs:schema XS><xs:import namespace='http://www.w3.org/XML/1998/namespace' schemaLocation='http://www.w3.org/2001/xml.xsd'/><xs:element name='x'><xs:complexType><xs:attribute ref='xml:lang'/></xs:complexType></xs:element></xs:schema>",
        )],
        &[],
    ),
    (
        &[(
            "a.xsd",
            "<?xml version='1.0' encoding='ISO-8859-1'?><!DOCTYPE xs:schema [<!ENTITY % p ''>]>\n<xs:schema XS/>",
        )],
        &[],
    ),
    (&[("a.xsd", "<!DOCTYPE xs:schema [<!ENTITY e 'x'>]><xs:schema XS id='&e;'/>")], &["a.xsd:1:"]),
];

#[test]
fn finds_the_faults_of_schemas_with_file_line_and_column() {
    for (files, wanted) in BROKEN {
        let mut all = ContractFiles::new("");
        for (path, text) in *files {
            all.add(path, text.replace("XS", XS.trim()).into_bytes());
        }
        let found: Vec<String> =
            compile("a.xsd", &all).findings.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), wanted.len(), "{files:?} {found:?}");
        for (found, wanted) in found.iter().zip(*wanted) {
            assert!(found.starts_with(wanted), "{files:?} {found}");
        }
    }
}
