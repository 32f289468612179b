//! What a schema tells of itself to those who make documents of it.

use super::schema;
use crate::{AnyType, Choice, Content, IdUse, IdentityKind, Processing};

#[test]
fn tells_bounds_places_keys_and_wildcards() {
    let schema = schema(
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='d' maxOccurs='9'>\
         <xs:simpleType><xs:restriction base='xs:date'><xs:maxExclusive value='2024-01-01'/></xs:restriction>\
         </xs:simpleType></xs:element><xs:any namespace='##other' processContents='lax'/></xs:sequence>\
         <xs:attribute name='id' type='xs:ID'/><xs:anyAttribute namespace='urn:x'/></xs:complexType>\
         <xs:unique name='days'><xs:selector xpath='.//t:d'/><xs:field xpath='.'/></xs:unique></xs:element>\
         <xs:attribute name='global' type='xs:int'/>",
    );
    let shapes = schema.shapes();
    let r = shapes.global_element("urn:t", "r").unwrap();
    assert_eq!((shapes.place(r).as_str(), shapes.global_elements()), ("a.xsd#/r", vec![r]));
    let globals = shapes.global_attributes();
    assert!(globals.iter().any(|each| (each.namespace, each.local) == ("urn:t", "global")));
    let Some(AnyType::Complex(complex)) = shapes.element(r).map(|each| each.of_type) else {
        panic!()
    };
    assert!(shapes.lets_in_attributes(complex, "urn:x") && !shapes.lets_in_attributes(complex, ""));
    let id = shapes.attributes(complex).next().unwrap();
    assert_eq!(shapes.id_use(id.of_type), Some(IdUse::Id));

    let keys = shapes.identity_constraints(r);
    let [days] = keys.as_slice() else { panic!("{keys:?}") };
    assert_eq!((days.name, days.kind), ("days", IdentityKind::Unique));
    assert!(days.selector[0].is_below && days.selector[0].steps[0].meets("urn:t", "d"));
    assert!(days.fields[0][0].steps.is_empty() && days.fields[0][0].attribute.is_none());

    let Content::Elements { model, .. } = shapes.content(complex) else { panic!() };
    let mut walk = shapes.walk(model);
    let before = walk.place();
    let Some(Choice::Element(d)) = shapes.step(&mut walk, "urn:t", "d") else { panic!() };
    assert_ne!(walk.place(), before);
    let Some(AnyType::Simple(day)) = shapes.element(d).map(|each| each.of_type) else { panic!() };
    assert_eq!(shapes.bounds(day).max_exclusive.as_deref(), Some("2024-01-01"));
    let broken = |text| shapes.broken(day, text, &|_| None);
    assert_eq!(broken("2023-12-31"), None);
    assert_eq!(broken("2024-01-01"), Some("cvc-maxExclusive-valid"));
    assert_eq!(broken("today"), Some("cvc-datatype-valid.1.2.1"));
    let wild = shapes.next_wildcards(&walk);
    assert_eq!(wild.iter().map(|id| shapes.processing(*id)).collect::<Vec<_>>(), [Processing::Lax]);
}
