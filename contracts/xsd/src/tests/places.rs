//! Places: each path leads to one element, however prefixes are bound.

use super::{ASKED, judge};
use crate::{Budget, Schema};
use sluse_xml::{Document, Limits};
use std::{collections::BTreeMap, sync::Arc};

/// `ce` in three namespaces and in none is a whole number; `r` takes them all.
fn schema() -> Schema {
    let head = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'";
    let ce = "<xs:element name='ce' type='xs:int'/>";
    let imports: String = ["2", "3"]
        .map(|at| format!("<xs:import namespace='urn:{at}' schemaLocation='{at}.xsd'/>"))
        .concat();
    let first = format!(
        "{head} targetNamespace='urn:1'>{imports}<xs:import schemaLocation='0.xsd'/>{ce}<xs:element name='r'><xs:complexType>\
         <xs:sequence><xs:any maxOccurs='unbounded'/></xs:sequence></xs:complexType></xs:element></xs:schema>"
    );
    let mut documents: BTreeMap<String, Arc<str>> = BTreeMap::from([
        ("1.xsd".to_owned(), first.into()),
        ("0.xsd".to_owned(), format!("{head}>{ce}</xs:schema>").into()),
    ]);
    for at in ["2", "3"] {
        let text = format!("{head} targetNamespace='urn:{at}'>{ce}</xs:schema>");
        documents.insert(format!("{at}.xsd"), text.into());
    }
    let (schema, faults) = Schema::compile(&documents, &["1.xsd"], &Budget::default());
    assert_eq!(faults, []);
    schema.unwrap()
}

#[test]
fn violations_stand_at_paths_that_lead_to_one_element() {
    let schema = schema();
    let children = [
        "<ce>x</ce>",
        "<ce xmlns='urn:2'>x</ce>",
        "<ce xmlns=''>x</ce>",
        "<p:ce>x</p:ce>",
        "<p:ce xmlns:p='urn:2'>x</p:ce>",
        "<p:ce xmlns:p='urn:1'>x</p:ce>",
    ];
    for number in 0..6_usize.pow(4) {
        let chosen: String = (0..4).map(|at| children[number / 6_usize.pow(at) % 6]).collect();
        let text = format!("<r xmlns='urn:1' xmlns:p='urn:3'>{chosen}</r>");
        // The stream says what the tree says.
        judge(&schema, &text);
        let document = Document::parse_text(&text, &Limits::default()).unwrap();
        let found = schema.judge(&document, ASKED);
        let paths: Vec<String> = found.into_iter().map(|each| each.path).collect();
        let elements = document.children(document.document_element());
        let wanted: Vec<String> = elements.map(|node| document.path(node)).collect();
        assert_eq!(paths, wanted, "{text}");
    }
}
