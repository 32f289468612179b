//! Simple types that stand on themselves, or on more than can be followed: told before the front end follows them.

use super::compile;

/// What is told of a schema of these types with an element that has a default.
fn told(types: &str) -> String {
    let (schema, faults) =
        compile(&format!("<xs:element name='r' type='t0' default='1'/>\n{types}"));
    assert!(schema.is_none(), "{types}");
    let first = &faults[0];
    assert!(first.line > 1, "{first:?}");
    format!("{} {}", first.constraint, first.sentence).trim().to_owned()
}

#[test]
fn types_that_stand_on_themselves_are_told_whichever_way_they_do() {
    for types in [
        "<xs:simpleType name='t0'><xs:union memberTypes='t0 xs:int'/></xs:simpleType>",
        "<xs:simpleType name='t0'><xs:list itemType='t0'/></xs:simpleType>",
        "<xs:simpleType name='t0'><xs:restriction base='t0'/></xs:simpleType>",
        "<xs:simpleType name='t0'><xs:list><xs:simpleType><xs:union memberTypes='xs:int t0'/></xs:simpleType></xs:list></xs:simpleType>",
        "<xs:simpleType name='t0'><xs:union><xs:simpleType><xs:restriction base='t1'/></xs:simpleType></xs:union></xs:simpleType>\
         <xs:simpleType name='t1'><xs:union memberTypes='t2'/></xs:simpleType>\
         <xs:simpleType name='t2'><xs:list itemType='t1'/></xs:simpleType>",
    ] {
        let told = told(types);
        assert!(
            told.starts_with("st-props-correct.2 the simple type stands on itself"),
            "{types} {told}"
        );
    }
}

#[test]
fn types_that_lead_to_too_many_others_are_told_by_the_limit() {
    let chain =
        |at: usize, inner: &str| format!("<xs:simpleType name='t{at}'>{inner}</xs:simpleType>");
    let last = |at: usize| chain(at, "<xs:restriction base='xs:int'/>");
    let doubling: String = (0..40)
        .map(|at| chain(at, &format!("<xs:union memberTypes='t{0} t{0}'/>", at + 1)))
        .chain([last(40)])
        .collect();
    assert!(told(&doubling).contains("tried-max"));
    let deep: String = (0..5_000)
        .map(|at| chain(at, &format!("<xs:restriction base='t{}'/>", at + 1)))
        .chain([last(5_000)])
        .collect();
    assert!(told(&deep).contains("types-depth-max"));
}

#[test]
fn types_that_many_share_stand_on_nothing_twice() {
    let (schema, faults) = compile(
        "<xs:element name='r' type='t0' default='1'/>\
         <xs:simpleType name='t0'><xs:union memberTypes='t1 t2 t1'/></xs:simpleType>\
         <xs:simpleType name='t1'><xs:restriction base='t2'><xs:maxInclusive value='9'/></xs:restriction></xs:simpleType>\
         <xs:simpleType name='t2'><xs:restriction base='xs:int'/></xs:simpleType>",
    );
    assert!(schema.is_some(), "{faults:?}");
}
