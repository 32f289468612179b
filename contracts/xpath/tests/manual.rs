//! The manual's table of expressions, held to what is compiled: each word that it names has a sample here.

#![expect(clippy::unwrap_used, reason = "tests fail by panics")]

use sluse_xml::{Document, Limits};
use sluse_xpath::{EvaluationLimits, Expression, StaticScope};
use std::collections::{BTreeMap, BTreeSet};

const PAGE: &str = include_str!("../../../gateway/docs/xpath-and-schematron.md");

const DOCUMENT: &[u8] =
    b"<r xmlns:p='urn:p'><a k='1'>1</a><a k='2'>2<i/></a><!--c--><?t v?><p:n><n>x</n></p:n></r>";

/// A word, a text, and what comes of it.
type Sample = (&'static str, &'static str, &'static str);

/// Of each row that is no row of types: a word, an expression with it, and its values joined by spaces.
const SAMPLES: &[(&str, &[Sample])] = &[
    (
        "axes",
        &[
            ("child", "count(/r/child::a)", "2"),
            ("descendant", "count(/descendant::n)", "1"),
            ("descendant-or-self", "count(/r/descendant-or-self::*)", "6"),
            ("attribute", "/r/a[2]/attribute::k", "2"),
            ("self", "count(/r/*/self::a)", "2"),
            ("parent", "//n/parent::*/name()", "p:n"),
            ("ancestor", "//n/ancestor::*/name()", "r p:n"),
            ("ancestor-or-self", "count(//n/ancestor-or-self::*)", "3"),
            ("following", "/r/a[1]/following::*/name()", "a i p:n n"),
            ("following-sibling", "/r/a[1]/following-sibling::*/name()", "a p:n"),
            ("preceding", "//n/preceding::*/name()", "a a i"),
            ("preceding-sibling", "/r/a[2]/preceding-sibling::*", "1"),
            ("namespace", "/r/namespace::*", ""),
        ],
    ),
    (
        "node tests",
        &[
            ("n", "//n", "x"),
            ("p:n", "//p:n", "x"),
            ("*", "count(/r/*)", "3"),
            ("p:*", "//p:*/name()", "p:n"),
            ("*:n", "//*:n/name()", "p:n n"),
            ("node()", "count(/r/node())", "5"),
            ("text()", "//n/text()", "x"),
            ("comment()", "//comment()", "c"),
            (
                "processing-instruction()",
                "//processing-instruction(), //processing-instruction(t)",
                "v v",
            ),
            ("element()", "count(/r/element()), count(/r/element(a))", "3 2"),
            ("attribute()", "//attribute(), //attribute(k)", "1 2 1 2"),
            (
                "document-node()",
                "count(//n/ancestor::document-node()), count(//n/ancestor::document-node(element(a)))",
                "1 0",
            ),
            ("schema-element()", "//schema-element(a)", ""),
            ("schema-attribute()", "//schema-attribute(k)", ""),
        ],
    ),
    (
        "paths",
        &[
            ("/", "count(/)", "1"),
            ("//", "count(//*)", "6"),
            (".", "/r/a/.", "1 2"),
            ("..", "//n/../name()", "p:n"),
            ("@", "/r/a/@k", "1 2"),
            ("[…]", "/r/a[@k = '2'], /r/a[1]", "2 1"),
        ],
    ),
    (
        "operators",
        &[
            ("or", "false() or true()", "true"),
            ("and", "false() and true()", "false"),
            ("eq", "1 eq 1", "true"),
            ("ne", "1 ne 1", "false"),
            ("lt", "1 lt 2", "true"),
            ("le", "2 le 1", "false"),
            ("gt", "1 gt 2", "false"),
            ("ge", "2 ge 1", "true"),
            ("=", "(1, 2) = (2, 3)", "true"),
            ("!=", "(1, 2) != 2", "true"),
            ("<", "(1, 2) < 1", "false"),
            ("<=", "(1, 2) <= 1", "true"),
            (">", "(1, 2) > 2", "false"),
            (">=", "(1, 2) >= 2", "true"),
            ("is", "/r/a[1] is //a[1]", "true"),
            ("<<", "/r/a[1] << /r/a[2]", "true"),
            (">>", "/r/a[1] >> /r/a[2]", "false"),
            ("to", "2 to 4", "2 3 4"),
            ("+", "1 + 2", "3"),
            ("-", "1 - 2, -(3)", "-1 -3"),
            ("*", "2 * 3", "6"),
            ("div", "3 div 2", "1.5"),
            ("idiv", "7 idiv 2", "3"),
            ("mod", "7 mod 2", "1"),
            ("union", "/r/a[2] union /r/a[1]", "1 2"),
            ("|", "/r/a[2] | /r/a[1]", "1 2"),
            ("intersect", "/r/a intersect /r/a[2]", "2"),
            ("except", "/r/a except /r/a[2]", "1"),
            (",", "2, 1", "2 1"),
            ("||", "'a' || 'b'", ""),
            ("!", "(1, 2) ! 3", ""),
            ("=>", "'a' => upper-case()", ""),
        ],
    ),
    (
        "forms",
        &[
            ("for", "for $x in (1, 2), $y in (10, 20) return $x + $y", "11 21 12 22"),
            ("let", "let $x := 2, $y := $x + 1 return $x * $y", "6"),
            ("some", "some $x in (1, 2) satisfies $x = 2", "true"),
            ("every", "every $x in (1, 2) satisfies $x = 2", "false"),
            ("if", "if (//n) then 1 else 2", "1"),
            ("instance of", "1 instance of xs:decimal, //a instance of element()", "true false"),
            ("treat as", "(1, 2) treat as xs:integer+", "1 2"),
            ("castable as", "'x' castable as xs:integer", "false"),
            ("cast as", "'07' cast as xs:integer", "7"),
            ("try", "try { 1 } catch * { 2 }", ""),
            ("switch", "switch (1) case 1 return 2 default return 3", ""),
            ("typeswitch", "typeswitch (1) case xs:integer return 2 default return 3", ""),
            ("function", "function($x) { $x }", ""),
            ("map", "map { 'a': 1 }", ""),
        ],
    ),
];

/// A text that each type takes, and how it is written back.
const TYPES: &[Sample] = &[
    ("xs:untypedAtomic", "a", "a"),
    ("xs:boolean", "1", "true"),
    ("xs:decimal", "1.50", "1.5"),
    ("xs:float", "1e0", "1"),
    ("xs:double", "1e0", "1"),
    ("xs:duration", "P1YT60S", "P1YT1M"),
    ("xs:yearMonthDuration", "P12M", "P1Y"),
    ("xs:dayTimeDuration", "PT24H", "P1D"),
    ("xs:dateTime", "2026-01-31T12:00:00.50", "2026-01-31T12:00:00.5"),
    ("xs:date", "2026-01-31+00:00", "2026-01-31Z"),
    ("xs:time", "24:00:00", "00:00:00"),
    ("xs:gYear", "2026", "2026"),
    ("xs:gYearMonth", "2026-01", "2026-01"),
    ("xs:gMonth", "--01", "--01"),
    ("xs:gMonthDay", "--01-31", "--01-31"),
    ("xs:gDay", "---31", "---31"),
    ("xs:hexBinary", "0a", "0A"),
    ("xs:base64Binary", "Cg = =", "Cg=="),
    ("xs:anyURI", " u ", "u"),
    ("xs:QName", "p:a", "p:a"),
    ("xs:integer", "+7", "7"),
    ("xs:nonPositiveInteger", "-0", "0"),
    ("xs:negativeInteger", "-07", "-7"),
    ("xs:long", "07", "7"),
    ("xs:int", "07", "7"),
    ("xs:short", "07", "7"),
    ("xs:byte", "07", "7"),
    ("xs:nonNegativeInteger", "07", "7"),
    ("xs:unsignedLong", "07", "7"),
    ("xs:unsignedInt", "07", "7"),
    ("xs:unsignedShort", "07", "7"),
    ("xs:unsignedByte", "07", "7"),
    ("xs:positiveInteger", "07", "7"),
    ("xs:string", " a  b ", " a  b "),
    ("xs:normalizedString", "a  b", "a  b"),
    ("xs:token", " a  b ", "a b"),
    ("xs:language", "da-DK", "da-DK"),
    ("xs:NMTOKEN", "1a", "1a"),
    ("xs:Name", "a:b", "a:b"),
    ("xs:NCName", "a", "a"),
    ("xs:ID", "a", "a"),
    ("xs:IDREF", "a", "a"),
    ("xs:ENTITY", "a", "a"),
];

/// The rows of the table: their names, and the words of both columns.
fn rows() -> BTreeMap<&'static str, [Vec<String>; 2]> {
    let (_, part) = PAGE.split_once("\n## Expressions\n").unwrap();
    let (part, _) = part.split_once("\n## ").unwrap();
    let rows = part.lines().filter(|line| line.starts_with("| ")).skip(1);
    let words = |cell: &str| {
        cell.split('`').skip(1).step_by(2).map(|word| word.replace('\0', "|")).collect()
    };
    let name = |line: &'static str| line.split('|').nth(1).unwrap().trim();
    rows.map(|line| {
        let row = line.replace("\\|", "\0");
        let mut cells = row.split('|').skip(2).map(words);
        (name(line), [cells.next().unwrap(), cells.next().unwrap()])
    })
    .collect()
}

/// As rule sets are compiled: what XPath 3 adds to functions is taken.
fn scope() -> StaticScope {
    StaticScope { xpath_3: true, ..StaticScope::with_namespaces([("p", "urn:p")]) }
}

/// The values of an expression joined by spaces; `None` where compiling it is a fault.
fn value(text: &str) -> Option<String> {
    let document = Document::parse(DOCUMENT, None, &Limits::default()).unwrap();
    let compiled = Expression::compile(text, &scope()).ok()?;
    let values = compiled.strings(&document, document.root(), &EvaluationLimits::default());
    Some(values.map_or_else(|fault| fault.to_string(), |values| values.join(" ")))
}

#[test]
fn what_the_manual_names_is_understood_or_a_fault_as_it_says() {
    let rows = rows();
    for (row, samples) in SAMPLES {
        let [understood, faults] = &rows[row];
        let named: BTreeSet<&str> = understood.iter().chain(faults).map(String::as_str).collect();
        let sampled: BTreeSet<&str> = samples.iter().map(|(word, ..)| *word).collect();
        assert_eq!(named, sampled, "{row}: the manual's words, and those with a sample");
        for (word, text, expected) in *samples {
            let is_understood = understood.iter().any(|each| each == word);
            let expected = is_understood.then(|| (*expected).to_owned());
            assert_eq!(value(text), expected, "{row}, {word}: {text}");
        }
    }
    let types = ["atomic types", "integers", "texts", "types without values of their own"];
    let known = SAMPLES.iter().map(|(row, _)| *row).chain(types);
    assert_eq!(rows.keys().copied().collect::<BTreeSet<_>>(), known.collect::<BTreeSet<_>>());
}

#[test]
fn every_type_that_the_manual_names_has_its_constructor() {
    let rows = rows();
    let columns = ["atomic types", "integers", "texts"].map(|row| &rows[row]);
    let understood = columns.iter().flat_map(|[understood, _]| understood);
    let sampled: BTreeSet<&str> = TYPES.iter().map(|(name, ..)| *name).collect();
    assert_eq!(understood.map(String::as_str).collect::<BTreeSet<_>>(), sampled);
    for (name, text, expected) in TYPES {
        let all = format!(
            "{name}('{text}') instance of {name}, '{text}' castable as {name}, \
             string('{text}' cast as {name}), string({name}('{text}'))"
        );
        let expected = format!("true true {expected} {expected}");
        assert_eq!(value(&all), Some(expected), "{name}");
    }
    for name in columns.iter().flat_map(|[_, faults]| faults) {
        for text in [format!("{name}('1')"), format!("'1' castable as {name}")] {
            assert_eq!(value(&text), None, "{text}");
        }
        assert_eq!(value(&format!("1 instance of {name}")), None, "{name}");
    }
}

#[test]
fn types_without_values_of_their_own_are_asked_for_alone() {
    let rows = rows();
    let [words, faults] = &rows["types without values of their own"];
    assert!(faults.is_empty());
    let types: Vec<&String> = words.iter().filter(|word| word.starts_with("xs:")).collect();
    assert_eq!(types, ["xs:anyAtomicType", "xs:NOTATION"]);
    for name in types {
        let is_any = (name == "xs:anyAtomicType").to_string();
        assert_eq!(value(&format!("1 instance of {name}")), Some(is_any), "{name}");
        assert_eq!(value(&format!("() treat as {name}?")), Some(String::new()), "{name}");
        for text in [format!("{name}('a')"), format!("'a' cast as {name}")] {
            assert_eq!(value(&text), None, "{text}");
        }
    }
}
