//! Concept schemes, in both ways of writing.

use super::{super::*, columns, outcome};

const TURTLE: &str = r#"
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://ex.org/kind/> .

<http://ex.org/kind> a skos:ConceptScheme ; dct:title "Kinds"@en ; owl:versionInfo "2026-1" ;
    skos:hasTopConcept ex:a .
ex:a a skos:Concept ; skos:notation "A" ; skos:prefLabel "Alpha"@en, "Alfa"@da .
ex:b a skos:Concept ; skos:inScheme <http://ex.org/kind> ; skos:notation "B" ;
    owl:deprecated true .
ex:c a skos:Concept ; skos:topConceptOf <http://ex.org/kind> ; skos:notation "C" ;
    dct:valid "start=2020-01-01; end=2024-12-31; scheme=W3C-DTF;"^^dct:Period ; owl:deprecated "true"^^xsd:boolean .
ex:d a skos:Concept ; skos:inScheme <http://ex.org/other> ; skos:notation "D" .
"#;

const XML: &str = r#"<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:skos="http://www.w3.org/2004/02/skos/core#"
  xmlns:owl="http://www.w3.org/2002/07/owl#" xmlns:dct="http://purl.org/dc/terms/" xml:base="http://ex.org/kind/">
  <skos:ConceptScheme rdf:about="http://ex.org/kind" owl:versionInfo="2026-1">
    <dct:title xml:lang="en">Kinds</dct:title>
    <skos:hasTopConcept>
      <skos:Concept rdf:about="a" skos:notation="A">
        <skos:prefLabel xml:lang="en">Alpha</skos:prefLabel>
        <skos:prefLabel xml:lang="da">Alfa</skos:prefLabel>
        <skos:note rdf:parseType="Literal"><x><skos:notation>no</skos:notation></x></skos:note>
        <skos:broader rdf:parseType="Resource"><skos:notation>no</skos:notation></skos:broader>
      </skos:Concept>
    </skos:hasTopConcept>
  </skos:ConceptScheme>
  <rdf:Description rdf:about="b">
    <rdf:type rdf:resource="http://www.w3.org/2004/02/skos/core#Concept"/>
    <skos:inScheme rdf:resource="http://ex.org/kind"/>
    <skos:notation>B</skos:notation>
    <owl:deprecated rdf:datatype="http://www.w3.org/2001/XMLSchema#boolean">true</owl:deprecated>
  </rdf:Description>
  <skos:Concept rdf:about="http://ex.org/kind/c">
    <skos:topConceptOf rdf:resource="http://ex.org/kind"/>
    <skos:notation>C</skos:notation>
    <owl:deprecated>true</owl:deprecated>
    <dct:valid>2020-01-01/2024-12-31</dct:valid>
  </skos:Concept>
  <skos:Concept rdf:about="d"><skos:inScheme rdf:resource="../other"/><skos:notation>D</skos:notation></skos:Concept>
</rdf:RDF>"#;

const LIST: &str = "title Kinds\nuri http://ex.org/kind\nversion 2026-1\n\
                    A | en:Alpha | da:Alfa\nB | withdrawn\nC | 2020-01-01 to 2024-12-31\n";

#[test]
fn both_ways_of_writing_make_the_same_list() {
    assert_eq!(outcome("kinds.ttl", TURTLE, &Reading::default()), LIST);
    assert_eq!(outcome("kinds.rdf", XML, &Reading::default()), LIST);
    assert_eq!(outcome("kinds.xml", XML, &Reading::default()), LIST);
}

#[test]
fn the_last_part_of_an_iri_is_the_code_where_no_concept_has_a_notation() {
    let text = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        <http://ex.org/a#DNK> a skos:Concept . <http://ex.org/a/NOR/> a skos:Concept .
        <urn:ex:SWE> a skos:Concept .";
    assert_eq!(outcome("a.ttl", text, &Reading::default()), "DNK\nNOR\nSWE\n");
    let whole = Reading { columns: columns("iri"), ..Reading::default() };
    assert_eq!(
        outcome("a.ttl", text, &whole),
        "http://ex.org/a#DNK\nhttp://ex.org/a/NOR/\nurn:ex:SWE\n"
    );
    let some = text
        .replace("<urn:ex:SWE> a skos:Concept", "<urn:ex:SWE> a skos:Concept; skos:notation 's'");
    assert_eq!(
        outcome("a.ttl", &some, &Reading::default()),
        "s\na.ttl C0241 warning: 2 concepts have no notation, and are no codes\n  \
         hint: `columns = { code = \"iri\" }` takes every concept\n"
    );
}

#[test]
fn schemes_notations_and_properties_are_chosen_and_never_guessed() {
    let text = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        @prefix euvoc: <http://publications.europa.eu/ontology/euvoc#> .
        <urn:one> a skos:ConceptScheme . <urn:two> a skos:ConceptScheme .
        <urn:x:DNK> a skos:Concept ; skos:inScheme <urn:one> ; euvoc:startDate '1950-05-09' ;
            skos:notation 'DK'^^<urn:alpha2>, 'DNK'^^<urn:alpha3> ; <http://purl.org/dc/elements/1.1/identifier> 'dnk' .
        <urn:x:NOR> a skos:Concept ; skos:inScheme <urn:two> ; skos:notation 'NO' .";
    let told = |reading: &Reading| outcome("a.ttl", text, reading);
    let first = |told: String| told.lines().next().unwrap_or_default().to_owned();
    assert_eq!(
        first(told(&Reading::default())),
        "a.ttl C0242 the file has several concept schemes"
    );
    let of = |scheme: &str, notation_type: Option<&str>| Reading {
        skos: SkosChoice {
            scheme: Some(scheme.to_owned()),
            notation_type: notation_type.map(str::to_owned),
        },
        ..Reading::default()
    };
    assert_eq!(
        first(told(&of("urn:three", None))),
        "a.ttl C0242 the file has no concept scheme <urn:three>"
    );
    assert_eq!(told(&of("urn:two", None)), "uri urn:two\nNO\n");
    assert_eq!(
        first(told(&of("urn:one", None))),
        "a.ttl C0242 the concept <urn:x:DNK> has several notations"
    );
    assert_eq!(told(&of("urn:one", Some("urn:alpha3"))), "uri urn:one\nDNK\n");
    let mut chosen = of("urn:one", None);
    chosen.columns = columns("dc:identifier");
    chosen.columns.valid_from = Some("euvoc:startDate".to_owned());
    assert_eq!(told(&chosen), "uri urn:one\ndnk | from 1950-05-09\n");
    chosen.columns.code = Some("nothing".to_owned());
    assert_eq!(first(told(&chosen)), "a.ttl C0242 `nothing` is no property");
    chosen.columns.names = vec![("en".to_owned(), "x".to_owned())];
    assert_eq!(
        first(told(&chosen)),
        "a.ttl C0242 a concept scheme has its names by language already"
    );
}

#[test]
fn tells_where_a_file_is_no_rdf() {
    let broken = TURTLE.replace("skos:notation \"B\" ;", "skos:notation \"B ;");
    let told = outcome("a.ttl", &broken, &Reading::default());
    assert!(told.starts_with("a.ttl:11:"), "{told}");
    assert!(told.contains("C0241 the file cannot be read as Turtle from here"), "{told}");
    let told = outcome("a.rdf", "<rdf/>", &Reading::default());
    assert!(told.starts_with("a.rdf:1:1 C0241 the root element is not `rdf:RDF`"), "{told}");
    let valid = XML.replace("2020-01-01/2024-12-31", "in spring");
    let told = outcome("a.rdf", &valid, &Reading::default());
    assert!(told.contains("C0241 a day of validity cannot be read"), "{told}");
}
