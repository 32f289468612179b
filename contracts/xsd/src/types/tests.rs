//! Types of schemas, texts, and whether these are values of those.

use super::{Ids, Scope, TypeId, Types};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use xsd_schema::{EmbeddedLoader, LoaderChain, SchemaSet, SchemaSetBuilder, TypeKey};

/// One prefix is bound.
struct One;

impl Scope for One {
    fn namespace(&self, prefix: &str) -> Option<&str> {
        (prefix == "p").then_some("urn:p")
    }
}

fn set(types: &str) -> SchemaSet {
    let text = format!(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:p='urn:p' xmlns='urn:d' \
         targetNamespace='urn:d'>{types}</xs:schema>"
    );
    let mut loaders = LoaderChain::new();
    loaders.add(Box::new(EmbeddedLoader::new()));
    let builder = SchemaSetBuilder::with_loader(Box::new(loaders));
    let builder = builder.add_source(&text, "mem:///a.xsd").unwrap();
    builder.compile().unwrap().into_schema_set()
}

/// A type whose local name is `T`.
fn of(types: &str) -> (Types, TypeId) {
    let set = set(types);
    let compiled = Types::compile(&set).unwrap();
    let named = set.arenas.simple_types.iter().find(|(_, data)| {
        data.name.is_some_and(|name| set.name_table.resolve_ref(name) == "T")
            && data.target_namespace.is_some_and(|uri| set.name_table.resolve_ref(uri) == "urn:d")
    });
    let id = compiled.id_of(named.unwrap().0);
    (compiled, id)
}

fn restricted(base: &str, facets: &str) -> String {
    format!(
        "<xs:simpleType name='T'><xs:restriction base='xs:{base}'>{facets}</xs:restriction></xs:simpleType>"
    )
}

/// Base type, facets, texts that fit, and texts that do not with the constraint that they break.
type Case =
    (&'static str, &'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

const ONE_OF: &str = "<xs:enumeration value='a'/><xs:enumeration value='b c'/>";

const CASES: &[Case] = &[
    (
        "decimal",
        "<xs:fractionDigits value='2'/><xs:totalDigits value='4'/>",
        &["1", "12.34", " 12.340\n", "-0012.3"],
        &[
            ("1.234", "cvc-fractionDigits-valid"),
            ("12345", "cvc-totalDigits-valid"),
            ("1e3", "cvc-datatype-valid.1.2.1"),
            ("", "cvc-datatype-valid.1.2.1"),
        ],
    ),
    (
        "decimal",
        "<xs:minInclusive value='-1.5'/><xs:maxExclusive value='10'/>",
        &["-1.50", "9.99999999999999999999999999999"],
        &[("-1.51", "cvc-minInclusive-valid"), ("10.0", "cvc-maxExclusive-valid")],
    ),
    (
        "int",
        "",
        &["2147483647", "-2147483648", "+1"],
        &[("2147483648", "cvc-maxInclusive-valid"), ("1.0", "cvc-datatype-valid.1.2.1")],
    ),
    (
        "unsignedByte",
        "<xs:minExclusive value='5'/>",
        &["6", "255"],
        &[
            ("5", "cvc-minExclusive-valid"),
            ("256", "cvc-maxInclusive-valid"),
            ("-1", "cvc-minInclusive-valid"),
        ],
    ),
    (
        "decimal",
        "<xs:enumeration value='1.0'/>",
        &["1", "1.000"],
        &[("1.01", "cvc-enumeration-valid")],
    ),
    (
        "string",
        ONE_OF,
        &["a", "b c"],
        &[("b  c", "cvc-enumeration-valid"), (" a", "cvc-enumeration-valid")],
    ),
    ("token", ONE_OF, &[" a ", "b \n c"], &[("bc", "cvc-enumeration-valid")]),
    (
        "string",
        "<xs:length value='2'/>",
        &["ab", "æø", "  "],
        &[("a", "cvc-length-valid"), ("abc", "cvc-length-valid")],
    ),
    (
        "token",
        "<xs:minLength value='1'/><xs:maxLength value='3'/>",
        &["ab ", "a  b"],
        &[(" ", "cvc-minLength-valid"), ("abcd", "cvc-maxLength-valid")],
    ),
    (
        "string",
        "<xs:pattern value='[A-Z]{2}'/><xs:pattern value='\\d+'/>",
        &["AB", "12"],
        &[("A", "cvc-pattern-valid"), ("AB\n", "cvc-pattern-valid"), ("xAB", "cvc-pattern-valid")],
    ),
    ("string", "<xs:pattern value='^a$'/>", &["^a$"], &[("a", "cvc-pattern-valid")]),
    ("string", "<xs:pattern value='[a-z-[aeiou]]+'/>", &["bcd"], &[("bad", "cvc-pattern-valid")]),
    (
        "boolean",
        "",
        &["true", " 1 ", "0"],
        &[("TRUE", "cvc-datatype-valid.1.2.1"), ("", "cvc-datatype-valid.1.2.1")],
    ),
    (
        "date",
        "<xs:minInclusive value='2024-01-01'/>",
        &["2024-01-01", "2024-02-29Z"],
        &[
            ("2023-12-31", "cvc-minInclusive-valid"),
            ("2024-01-01+14:00", "cvc-minInclusive-valid"),
            ("2023-02-29", "cvc-datatype-valid.1.2.1"),
        ],
    ),
    (
        "duration",
        "<xs:maxInclusive value='P1M'/>",
        &["P27D", "P1M"],
        &[("P30D", "cvc-maxInclusive-valid"), ("P1Y", "cvc-maxInclusive-valid")],
    ),
    (
        "double",
        "<xs:maxInclusive value='1e3'/>",
        &["1000", "-INF", "1E+3"],
        &[
            ("1000.1", "cvc-maxInclusive-valid"),
            ("NaN", "cvc-maxInclusive-valid"),
            ("+INF", "cvc-datatype-valid.1.2.1"),
        ],
    ),
    ("float", "<xs:maxInclusive value='NaN'/>", &["NaN"], &[("1", "cvc-maxInclusive-valid")]),
    (
        "float",
        "<xs:maxInclusive value='-0'/>",
        &["0", "-1"],
        &[("1e-40", "cvc-maxInclusive-valid")],
    ),
    (
        "decimal",
        "<xs:totalDigits value='1'/>",
        &["0.5", "0.0", "5.000", "007"],
        &[("0.05", "cvc-totalDigits-valid"), ("10", "cvc-totalDigits-valid")],
    ),
    (
        "hexBinary",
        "<xs:length value='2'/>",
        &["0fAB"],
        &[("0f", "cvc-length-valid"), ("0fA", "cvc-datatype-valid.1.2.1")],
    ),
    (
        "base64Binary",
        "<xs:maxLength value='2'/>",
        &["TWE=", " T W E = "],
        &[("TWFu", "cvc-maxLength-valid"), ("TQ=", "cvc-datatype-valid.1.2.1")],
    ),
    (
        "QName",
        "<xs:enumeration value='p:a'/>",
        &["p:a"],
        &[("a", "cvc-enumeration-valid"), ("q:a", "cvc-datatype-valid.1.2.1")],
    ),
    (
        "NMTOKENS",
        "<xs:maxLength value='2'/>",
        &["a b", " a\n"],
        &[
            ("a b c", "cvc-maxLength-valid"),
            ("", "cvc-minLength-valid"),
            ("a ,", "cvc-datatype-valid.1.2.2"),
        ],
    ),
    ("language", "", &["da-DK"], &[("d a", "cvc-datatype-valid.1.2.1")]),
    (
        "anyURI",
        "<xs:maxLength value='9'/>",
        &["urn:x", "", "a b"],
        &[("urn:0123456", "cvc-maxLength-valid"), ("a%", "cvc-datatype-valid.1.2.1")],
    ),
];

/// Addresses, each between spaces.
const LEGAL: &str = r##"a é \ ^ {}|`<>" %20 a%aF # ?# #a[1] ?a[1] ../.. ./a:b a/b:c // //a a//b a:b a:/ a:// a:?
    mailto:a@b a+b-c.d:x http:///x http://é/ http://a:b/ http://a@b@c/ http://u:p@h:1/x;y?z#w http://[::1]
    http://u@[::1]:80/?[#[ http://[::1.2.3.4]:/"##;
const NOT_LEGAL: &str = "% %zz a%2 a%2G #a#b a## :a 1:a a_b:x é:x a%20:x b: urn: http:#a a:[ a[1] /a] http://[::1
    http://::1] http://[zz]/ http://[1.2.3.4]/ http://a[::1]/ http://[::1]a/ http://[::1]:x http://a/[b]";

#[test]
fn an_address_is_what_rfc_2396_has_after_escaping() {
    let (types, id) = of(&restricted("anyURI", ""));
    let spaced = ["", "a b", "urn:x y", "http://a b/"];
    for text in LEGAL.split_ascii_whitespace().chain(spaced) {
        assert_eq!(types.check(id, text, &One), Ok(()), "{text}");
        assert!(types.value(id, text, &One).is_some(), "{text}");
    }
    for text in NOT_LEGAL.split_ascii_whitespace() {
        let told = types.check(id, text, &One).unwrap_err();
        assert_eq!(told.constraint, "cvc-datatype-valid.1.2.1", "{text}");
        assert!(types.value(id, text, &One).is_none(), "{text}");
    }
}

#[test]
fn facets_that_a_type_cannot_have_are_told() {
    let list = "<xs:simpleType name='L'><xs:list itemType='xs:int'/></xs:simpleType>";
    for (base, facet, constraint) in [
        ("xs:boolean", "<xs:enumeration value='true'/>", "cos-applicable-facets"),
        ("L", "<xs:whiteSpace value='preserve'/>", "whiteSpace-valid-restriction"),
        ("L", "<xs:whiteSpace value='replace'/>", "whiteSpace-valid-restriction"),
        ("L", "<xs:whiteSpace value='collapse'/>", ""),
        ("xs:boolean", "<xs:pattern value='true|1'/>", ""),
    ] {
        let types = format!(
            "{list}<xs:simpleType name='T'><xs:restriction base='{base}'>{facet}</xs:restriction></xs:simpleType>"
        );
        let told = Types::compile(&set(&types)).err();
        assert_eq!(told.map_or("", |fault| fault.constraint), constraint, "{base} {facet}");
    }
}

#[test]
fn a_text_is_a_value_or_breaks_the_constraint_that_it_breaks() {
    for (base, facets, good, bad) in CASES {
        let (types, id) = of(&restricted(base, facets));
        for text in *good {
            assert_eq!(types.check(id, text, &One), Ok(()), "{base} {facets} {text:?}");
            assert!(types.value(id, text, &One).is_some(), "{base} {text:?}");
        }
        for (text, constraint) in *bad {
            let broken = types.check(id, text, &One).unwrap_err();
            assert_eq!(broken.constraint, *constraint, "{base} {facets} {text:?}");
        }
    }
}

#[test]
fn what_was_expected_is_said_in_words_of_the_schema() {
    let expected = |types: &str, text: &str| {
        let (types, id) = of(types);
        types.check(id, text, &One).unwrap_err().expected
    };
    assert_eq!(
        expected(&restricted("decimal", "<xs:fractionDigits value='2'/>"), "1.234"),
        "at most 2 digits after the point"
    );
    assert_eq!(
        expected(
            &restricted("string", "<xs:enumeration value='b'/><xs:enumeration value='a'/>"),
            "x"
        ),
        "one of `a`, `b`"
    );
    assert_eq!(
        expected(&restricted("string", "<xs:pattern value='[0-9]{8}'/>"), "x"),
        "a text that matches `[0-9]{8}`"
    );
    assert_eq!(expected(&restricted("int", "<xs:minInclusive value='-3'/>"), "-4"), "at least -3");
    let union = "<xs:simpleType name='T'><xs:union memberTypes='xs:int xs:date'/></xs:simpleType>";
    assert_eq!(expected(union, "x"), "`int` or `date`");
    let list = "<xs:simpleType name='T'><xs:list itemType='xs:int'/></xs:simpleType>";
    assert_eq!(expected(list, "1 x"), "a list, each item a whole number");
}

#[test]
fn facets_of_base_types_hold_as_well() {
    let types = "<xs:simpleType name='B'><xs:restriction base='xs:string'><xs:pattern value='[ab]+'/><xs:maxLength value='4'/></xs:restriction></xs:simpleType>\
        <xs:simpleType name='T'><xs:restriction base='B'><xs:pattern value='a.*'/><xs:maxLength value='3'/></xs:restriction></xs:simpleType>";
    let (types, id) = of(types);
    for (text, fits) in [("ab", true), ("ba", false), ("ac", false), ("abbb", false)] {
        assert_eq!(types.check(id, text, &One).is_ok(), fits, "{text}");
    }
}

#[test]
fn unions_and_lists_are_judged_by_their_parts_and_their_own_facets() {
    let types = "<xs:simpleType name='U'><xs:union memberTypes='xs:int xs:NMTOKEN'/></xs:simpleType>\
        <xs:simpleType name='L'><xs:list itemType='U'/></xs:simpleType>\
        <xs:simpleType name='T'><xs:restriction base='L'><xs:maxLength value='2'/><xs:enumeration value='1 a'/><xs:enumeration value='7'/></xs:restriction></xs:simpleType>";
    let (types, id) = of(types);
    for (text, fits) in [
        ("1 a", true),
        (" 01\n a", true),
        ("07", true),
        ("a 1", false),
        ("1 a 1", false),
        ("!", false),
    ] {
        assert_eq!(types.check(id, text, &One).is_ok(), fits, "{text}");
    }
}

#[test]
fn values_are_equal_where_the_recommendation_says_so() {
    let (types, id) = of(
        "<xs:simpleType name='T'><xs:union memberTypes='xs:decimal xs:dateTime xs:hexBinary xs:boolean xs:string'/></xs:simpleType>",
    );
    let value = |text: &str| types.value(id, text, &One).unwrap();
    for (one, other) in [
        ("1.0", "01"),
        ("2024-01-01T10:00:00Z", "2024-01-01T12:00:00+02:00"),
        ("aB", "Ab"),
        ("1", "1.00"),
    ] {
        assert_eq!(value(one), value(other), "{one} {other}");
    }
    for (one, other) in
        [("1", "true"), ("2024-01-01T10:00:00Z", "2024-01-01T10:00:00"), ("x", "x ")]
    {
        assert_ne!(value(one), value(other), "{one} {other}");
    }
}

#[test]
fn ids_are_found_in_lists_and_unions() {
    let types = "<xs:simpleType name='U'><xs:union memberTypes='xs:int xs:IDREF'/></xs:simpleType>\
        <xs:simpleType name='T'><xs:list itemType='U'/></xs:simpleType>";
    let (types, id) = of(types);
    let mut found = Vec::new();
    types.each_id(id, "1 a 2 b", &One, &mut |ids, name| found.push((ids, name.to_owned())));
    assert_eq!(found, [(Ids::Idref, "a".to_owned()), (Ids::Idref, "b".to_owned())]);
}

#[test]
fn types_derive_from_their_bases_and_stand_for_unions_of_them() {
    let set = set("<xs:simpleType name='I'><xs:restriction base='xs:int'/></xs:simpleType>\
        <xs:simpleType name='U'><xs:union memberTypes='xs:integer xs:date'/></xs:simpleType>");
    let types = Types::compile(&set).unwrap();
    let id = |wanted: &str| {
        let mut all = set.arenas.simple_types.iter();
        let found = all.find(|(_, data)| {
            data.name.is_some_and(|name| set.name_table.resolve_ref(name) == wanted)
        });
        types.id_of(found.unwrap().0)
    };
    for (one, from, derives) in [
        ("I", "int", true),
        ("I", "decimal", true),
        ("I", "anySimpleType", true),
        ("int", "I", false),
        ("I", "U", true),
        ("string", "U", false),
        ("token", "string", true),
        ("string", "integer", false),
    ] {
        assert_eq!(types.derives(id(one), id(from)), derives, "{one} {from}");
    }
}

#[test]
fn what_a_hostile_schema_costs_is_bounded() {
    let mut unions = String::from(
        "<xs:simpleType name='U0'><xs:union memberTypes='xs:int xs:date'/></xs:simpleType>\
        <xs:simpleType name='U1'><xs:union memberTypes='xs:int xs:time'/></xs:simpleType>",
    );
    for at in 2..40 {
        unions += &format!(
            "<xs:simpleType name='U{at}'><xs:union memberTypes='U{} U{}'/></xs:simpleType>",
            at - 1,
            at - 2
        );
    }
    assert!(Types::compile(&set(&unions)).unwrap_err().over_budget);
    let long = restricted("string", "<xs:pattern value='((a{0,200}){0,200}){0,200}'/>");
    assert!(Types::compile(&set(&long)).unwrap_err().over_budget);
}

#[test]
fn unions_of_restricted_unions_are_tried_in_bounded_time() {
    let mut types = String::from(
        "<xs:simpleType name='U0'><xs:union memberTypes='xs:int xs:date'/></xs:simpleType>",
    );
    for at in 1..60 {
        types += &format!(
            "<xs:simpleType name='R{at}'><xs:restriction base='U{}'><xs:enumeration value='1'/>\
             <xs:enumeration value='2'/></xs:restriction></xs:simpleType>\
             <xs:simpleType name='U{at}'><xs:union memberTypes='R{at}'/></xs:simpleType>",
            at - 1
        );
    }
    types += "<xs:simpleType name='T'><xs:restriction base='U59'><xs:enumeration value='1'/></xs:restriction></xs:simpleType>";
    let (types, id) = of(&types);
    assert!(types.check(id, "1", &One).is_ok());
    assert!(types.check(id, "2", &One).is_err());
}

#[test]
fn ten_megabytes_of_one_value_are_read_in_one_go() {
    let digits = "1".repeat(10 << 20);
    for (base, facets, text) in [
        ("integer", "", digits.clone()),
        ("decimal", "<xs:maxInclusive value='5'/>", format!("0.{digits}")),
        ("date", "", format!("{digits}-01-01")),
        ("double", "", format!("0.{digits}e-5")),
        ("NCName", "", "a".repeat(10 << 20)),
        ("duration", "", format!("PT0.{digits}S")),
        ("string", "<xs:pattern value='((a|b)*c?)*(a|ab)*'/>", "ab".repeat(5 << 20)),
        ("token", "<xs:enumeration value='a'/>", " a".repeat(5 << 20)),
        ("base64Binary", "", "TWFu".repeat(2 << 20)),
        ("NMTOKENS", "", "a ".repeat(5 << 20)),
    ] {
        let (types, id) = of(&restricted(base, facets));
        let fits = types.check(id, &text, &One).is_ok();
        assert_eq!(fits, base != "token", "{base}");
    }
}

/// Texts near to values of many types.
fn near() -> impl Strategy<Value = String> {
    prop_oneof![
        "[+-]?[0-9]{0,3}[.]?[0-9]{0,3}([eE][+-]?[0-9]{1,2})?",
        "-?[0-9]{3,5}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]([.][0-9]{1,2})?)?(Z|[+-][01][0-9]:[0-5][0-9])?",
        "[0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[+-][01][0-9]:[0-5][0-9])?",
        "-{0,3}[0-9]{2}(-[0-9]{2})?Z?",
        "-?P([0-9]{1,2}Y)?([0-9]{1,2}M)?([0-9]{1,2}D)?(T([0-9]{1,2}H)?([0-9]{1,2}M)?([0-9]{1,2}([.][0-9])?S)?)?",
        "[ a-c:1-]{0,6}",
        "[A-Za-z0-9+/]{0,8}={0,2}",
        "(true|false|0|1|INF|-INF|NaN|inf)",
    ]
}

/// The front end's own reading of values is right for the types of XML Schema 1.0.
#[test]
fn agrees_with_another_engine() {
    let set = SchemaSet::new();
    let types = Types::compile(&set).unwrap();
    let name_of = |name| set.name_table.resolve_ref(name);
    let named =
        set.arenas.simple_types.iter().filter_map(|(key, data)| Some((key, name_of(data.name?))));
    // Names of notations and entities need declarations, and prefixes are bound otherwise there.
    let left_out = |name: &str| {
        let of_1_1 = [
            "anyAtomicType",
            "untypedAtomic",
            "yearMonthDuration",
            "dayTimeDuration",
            "dateTimeStamp",
            "error",
        ];
        of_1_1.contains(&name) || matches!(name, "NOTATION" | "ENTITY" | "ENTITIES" | "QName")
    };
    let named: Vec<_> = named.filter(|(_, name)| !left_out(name)).collect();
    assert_eq!(named.len(), 41);
    let agrees = |text: String| {
        for (key, name) in &named {
            // Space within base64 is allowed (section 3.2.16), and refused there.
            if *name == "base64Binary" && text.trim().contains(' ') {
                continue;
            }
            // What stands before a colon is looked at only here.
            if *name == "anyURI" && text.contains(':') {
                continue;
            }
            let theirs =
                xsd_schema::validation::validate_simple_type(&text, TypeKey::Simple(*key), &set)
                    .is_ok();
            let ours = types.check(types.id_of(*key), &text, &One).is_ok();
            prop_assert_eq!(ours, theirs, "{} {:?}", name, text);
        }
        Ok(())
    };
    let mut runner =
        TestRunner::new(Config { cases: 2_000, failure_persistence: None, ..Config::default() });
    runner.run(&near(), agrees).unwrap();
}
