//! Code lists that nobody means well with: bounded time and memory, and a finding that says which limit.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use sluse_contracts::{
    Contract, ContractFiles, Finding, SchemaCache,
    codelist::{CODES_MAX, Columns, FILE_BYTES_MAX, FINDINGS_MAX, ListFormat, Reading, read},
};
use std::fmt::Write;

const GENERICODE: &str = "http://docs.oasis-open.org/codelist/ns/genericode/1.0/";
const VEFA: &str = "urn:fdc:difi.no:2017:vefa:structure:CodeList-1";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";

/// The findings, or where there are none how many codes there are.
fn outcome(file: &str, text: &str, reading: &Reading) -> String {
    let (list, findings) = read(file, text.as_bytes(), reading);
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    if told.is_empty() { list.unwrap().code_count().to_string() } else { told.join("\n") }
}

fn columns(code: &str) -> Columns {
    Columns { code: Some(code.to_owned()), ..Columns::default() }
}

fn first(told: &str) -> &str {
    told.lines().next().unwrap_or_default()
}

#[test]
fn a_million_codes_are_refused_at_the_limit() {
    let mut csv = String::from("code\n");
    (0..1_000_000).for_each(|code| writeln!(csv, "{code}").unwrap());
    let limit = format!("C0243 the list has more than {CODES_MAX} codes");
    assert_eq!(outcome("a.csv", &csv, &Reading::default()), format!("a.csv:500002:1 {limit}"));
    let mut turtle = format!("@prefix s: <{SKOS}> .\n");
    (0..=CODES_MAX).for_each(|code| write!(turtle, "<urn:{code}> a s:Concept.").unwrap());
    let told = format!("a.ttl C0243 the file speaks of more than {CODES_MAX} things");
    assert_eq!(first(&outcome("a.ttl", &turtle, &Reading::default())), told);
}

#[test]
fn a_cell_of_ten_megabytes_is_told_and_not_kept() {
    let long = "x".repeat(10 << 20);
    let reading = Reading { columns: columns("code"), ..Reading::default() };
    for (text, told) in [
        (format!("code,name\n{long},b\n"), "a.csv:2:1 C0243 a code is longer than 1000 bytes"),
        (format!("code,name\n1,{long}\n"), "a.csv:2:1 C0243 a name is longer than 65536 bytes"),
        (format!("code,other\n1,\"{long}\n"), "1"),
        (format!("{long},b\n1,2\n"), "a.csv:1:1 C0242 the list has no column `code`"),
        (
            format!("{}\n1\n", ",".repeat(1 << 20)),
            "a.csv:1:1 C0243 the list has more than 1000 columns",
        ),
    ] {
        let shown = outcome("a.csv", &text, &reading);
        assert_eq!(first(&shown), told);
        assert!(shown.len() < 2_000, "{}", shown.len());
    }
    let gc = format!(
        "<g:CodeList xmlns:g='{GENERICODE}'><ColumnSet><Column Id='c'/>\
         </ColumnSet><SimpleCodeList><Row><Value><SimpleValue>{long}</SimpleValue></Value></Row></SimpleCodeList></g:CodeList>"
    );
    let told = outcome("a.gc", &gc, &Reading::default());
    assert_eq!(
        first(&told),
        "a.gc:1:161 C0243 a code is longer than 1000 bytes".replace(":161", ":1")
    );
    let turtle = format!("<a:b> a <{SKOS}Concept>; <{SKOS}notation> '{long}'.");
    assert_eq!(
        first(&outcome("a.ttl", &turtle, &Reading::default())),
        "a.ttl C0243 a code is longer than 1000 bytes"
    );
    let turtle = format!("<a:{long}> a <{SKOS}Concept>.");
    assert_eq!(
        first(&outcome("a.ttl", &turtle, &Reading::default())),
        "a.ttl C0243 a code is longer than 1000 bytes"
    );
}

#[test]
fn deep_xml_and_document_types_are_refused() {
    let deep = "<a>".repeat(100_000);
    for file in ["a.gc", "a.xml", "a.rdf"] {
        let (root, namespace) = match file {
            "a.gc" => ("CodeList", GENERICODE),
            "a.xml" => ("CodeList", VEFA),
            _ => ("RDF", RDF),
        };
        let text = format!("<r:{root} xmlns:r='{namespace}'>{deep}");
        let told = outcome(file, &text, &Reading::default());
        assert!(
            first(&told).ends_with("C0241 elements are nested deeper than the limit"),
            "{told}"
        );
        let bomb = format!(
            "<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><r:{root} xmlns:r='{namespace}'>&b;</r:{root}>"
        );
        let reading = Reading {
            format: match file {
                "a.gc" => Some(ListFormat::Genericode),
                "a.xml" => Some(ListFormat::Vefa),
                _ => Some(ListFormat::RdfXml),
            },
            ..Reading::default()
        };
        let told = outcome(file, &bomb, &reading);
        assert_eq!(
            first(&told),
            format!("{file}:1:1 C0241 document type declarations are refused")
        );
    }
    let turtle = format!("<a:a> <a:b> {}", "[ <a:b> ".repeat(200_000));
    let told = outcome("a.ttl", &turtle, &Reading::default());
    assert!(first(&told).contains("C0241 the file cannot be read as Turtle"), "{told}");
    let turtle = format!("<a:a> <a:b> {}", "(".repeat(200_000));
    let told = outcome("a.ttl", &turtle, &Reading::default());
    assert!(first(&told).contains("C0241 the file cannot be read as Turtle"), "{told}");
}

#[test]
fn lines_are_counted_alike_whatever_ends_them() {
    let reading = Reading { columns: columns("code"), ..Reading::default() };
    for end in ["\n", "\r\n"] {
        let text = ["code,name", "1,\"two", "lines\"", "2", "", " ,x", "1,again", ""].join(end);
        let (_, findings) = read("a.csv", text.as_bytes(), &reading);
        let lines: Vec<u32> = findings.iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [4, 6, 7], "{end:?}");
    }
}

#[test]
fn faults_without_end_are_told_up_to_a_limit() {
    let mut csv = String::from("code,name\n");
    csv.push_str(&" ,x\n".repeat(100_000));
    let (_, findings) =
        read("a.csv", csv.as_bytes(), &Reading { columns: columns("code"), ..Reading::default() });
    assert_eq!(findings.len(), FINDINGS_MAX + 1);
    let mut csv = String::from("code,name\n");
    csv.push_str(&"1,x\n".repeat(100_000));
    let (list, findings) =
        read("a.csv", csv.as_bytes(), &Reading { columns: columns("code"), ..Reading::default() });
    assert_eq!((findings.len(), list.unwrap().code_count()), (FINDINGS_MAX + 1, 1));
    let large = vec![b'x'; FILE_BYTES_MAX + 1];
    let (_, findings) = read("a.csv", &large, &Reading::default());
    assert!(findings[0].to_string().starts_with("a.csv C0243 it is larger than 67108864 bytes"));
}

/// The first line of each finding about a contract with these tables and files; and how many versions of the list
/// `kind` it has.
fn load(tables: &str, files: &[(&str, &str)]) -> (Vec<String>, usize) {
    let mut contract = ContractFiles::new("");
    contract.add(
        "contract.toml",
        format!(
            "id = 'x/y'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = {{ en = 'X' }}\n{tables}"
        ),
    );
    for (path, text) in files {
        contract.add(path, (*text).to_owned());
    }
    let (loaded, findings) = Contract::load(&contract, &SchemaCache::default());
    // No check uses these lists.
    let findings = findings.iter().filter(|each| each.code.to_string() != "C0246");
    let lines = findings.filter_map(|each| each.to_string().lines().next().map(str::to_owned));
    (lines.collect(), loaded.map_or(0, |contract| contract.code_lists().versions("kind").len()))
}

#[test]
fn a_contract_pins_the_versions_of_its_lists() {
    let vefa =
        format!("<CodeList xmlns='{VEFA}'><Version>1</Version><Code><Id>a</Id></Code></CodeList>");
    let files = [("k.xml", vefa.as_str()), ("k.csv", "code,name\na,b\n")];
    let list = |rest: &str| format!("[[code-list]]\nname = 'kind'\n{rest}\n");
    let one = list("version = '1'\nfile = 'k.xml'\nvalid-until = 2025-12-31");
    let two =
        list("version = '2'\nfile = 'k.csv'\nvalid-from = 2026-01-01\ncolumns = { code = 'code' }");
    assert_eq!(load(&format!("{one}{two}"), &files), (vec![], 2));
    for (tables, told) in [
        (
            list("version = '2'\nfile = 'k.xml'"),
            "contract.toml:8:8 C0245 `k.xml` says that it is version `1`, not `2`",
        ),
        (list("file = 'k.xml'"), "C0104 `version` is missing"),
        (
            list("version = '1'\nfile = 'none.gc'"),
            "contract.toml:8:8 C0202 there is no file `none.gc` in the contract",
        ),
        (
            list("version = '1'\nfile = '../k.xml'"),
            "contract.toml:8:8 C0215 the path leaves the contract's folder",
        ),
        (format!("{one}{one}"), "contract.toml:11:1 C0208 two code lists are called `kind` 1"),
        (
            list(
                "version = '1'\nfile = 'k.xml'\nvalid-from = 2026-01-01\nvalid-until = 2025-01-01",
            ),
            "contract.toml:10:1 C0105 `valid-until` lies before `valid-from`",
        ),
        (
            list("version = '1'\nfile = 'k.csv'"),
            "k.csv:1:1 C0242 which column holds the codes is not said",
        ),
        (
            list("version = '1'\nfile = 'k.csv'\ncsv = { delimiter = ';;' }"),
            "contract.toml:9:21 C0105 it takes one ASCII character",
        ),
        (
            format!("{one}[digests]\n'k.xml' = '{}'\n", "0".repeat(64)),
            "contract.toml:11:1 C0214 `k.xml` is not the file that the digest names",
        ),
    ] {
        let (lines, versions) = load(&tables, &files);
        assert!(lines.iter().any(|line| line.contains(told)), "{told}: {lines:?}");
        assert_eq!(versions, 0, "{told}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>, format in 0_usize..6) {
        use ListFormat::{Csv, Genericode, Json, RdfXml, Turtle, Vefa};
        let format = [Csv, Genericode, Json, RdfXml, Turtle, Vefa].get(format).copied();
        let (list, findings) = read("a", &bytes, &Reading { format, ..Reading::default() });
        assert!(list.is_some() || findings.iter().any(Finding::is_error));
    }
}
