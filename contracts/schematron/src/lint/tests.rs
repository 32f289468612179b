//! Rule sets in, remarks out.

use super::RemarkKind;
use crate::{CompileOptions, RuleSet};
use std::sync::Arc;

/// The remarks on a rule set, each as its line, its kind and what it says.
fn remarks(body: &str) -> Vec<String> {
    let text = format!(
        "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'>\n{body}</schema>"
    );
    let files = |path: &str| (path == "a.sch").then(|| Arc::from(text.as_bytes()));
    let (rule_set, faults) = RuleSet::compile("a.sch", &files, &CompileOptions::default());
    assert!(rule_set.is_some(), "{faults:?}");
    let remarks = RuleSet::lint("a.sch", &files, &CompileOptions::default(), None);
    let word = |kind| match kind {
        RemarkKind::NeverFires => "never",
        RemarkKind::NameUnknown => "name",
        RemarkKind::Unused => "unused",
        RemarkKind::Duplicate => "twice",
        RemarkKind::Position => "position",
    };
    remarks
        .iter()
        .map(|each| format!("{} {} {}", each.line, word(each.kind), each.sentence))
        .collect()
}

#[test]
fn a_rule_after_one_that_meets_all_of_its_nodes_never_fires() {
    let late = [
        "3 never the rule never fires: that in line 2 of its pattern meets all of its nodes first",
    ];
    for (first, second, told) in [
        ("a", "a", true),
        ("a", "b/a", true),
        ("a", "//a", true),
        ("a", "a[b]", true),
        ("a[b]", "a[b][c]", true),
        ("a | b", "b | c/a", true),
        ("*", "a", true),
        ("b/a", "c/b/a", true),
        ("@x", "a/@x", true),
        ("/a", "/a[b]", true),
        ("a[b]", "a", false),
        ("a[b]", "a[c]", false),
        ("b/a", "a", false),
        ("b/a", "b//a", false),
        ("a", "a | b", false),
        ("a[1]", "a[1][b]", false),
        ("/a", "a", false),
        ("a", "@a", false),
        ("*", "@a", false),
        ("a", "*", false),
    ] {
        let rules = format!(
            "<pattern><rule context='{first}'><assert test='x'>x</assert></rule>\n\
             <rule context='{second}'><assert test='x'>x</assert></rule></pattern>"
        );
        let found = remarks(&rules);
        assert_eq!(found == late, told, "{first}, then {second}: {found:?}");
        assert!(told || found.is_empty(), "{first}, then {second}: {found:?}");
    }
    // Of another pattern each rule is its own.
    let apart = "<pattern><rule context='a'><assert test='x'>x</assert></rule></pattern>\
                 <pattern><rule context='a'><assert test='x'>x</assert></rule></pattern>";
    assert_eq!(remarks(apart), Vec::<String>::new());
}

#[test]
fn a_check_whose_test_is_the_same_for_every_document_is_told() {
    for (check, told) in [
        ("<assert test='true()'>x</assert>", Some("never fires")),
        ("<assert test='not(false())'>x</assert>", Some("never fires")),
        ("<assert test='\"cbc:ID\"'>x</assert>", Some("never fires")),
        ("<report test='false()'>x</report>", Some("never fires")),
        ("<report test='1 = 2'>x</report>", Some("never fires")),
        ("<assert test='1 = 2'>x</assert>", Some("always fires")),
        ("<assert test='\"\"'>x</assert>", Some("always fires")),
        // Plainly meant: the context says it all.
        ("<assert test='false()'>x</assert>", None),
        ("<report test='true()'>x</report>", None),
        ("<assert test='b or true() = (c = d)'>x</assert>", None),
        ("<assert test='. = \"x\"'>x</assert>", None),
    ] {
        let found = remarks(&format!("<pattern><rule context='a'>{check}</rule></pattern>"));
        match told {
            None => assert_eq!(found, Vec::<String>::new(), "{check}"),
            Some(words) => {
                assert!(found.len() == 1 && found[0].contains(words), "{check}: {found:?}");
            }
        }
    }
}

#[test]
fn a_rule_whose_context_is_false_for_every_node_is_told() {
    for (context, told) in [
        ("a[false()]", true),
        ("a[1 = 2]/b", true),
        ("a[b][not(true())]", true),
        ("a[false()] | b[false()]", true),
        ("a[false()] | b", false),
        ("a[true()]", false),
        ("a[b = 'x']", false),
        ("a[1]", false),
        ("/", false),
    ] {
        let rule = format!(
            "<pattern><rule context=\"{context}\"><assert test='x'>x</assert></rule></pattern>"
        );
        let found = remarks(&rule);
        let expected = "the rule never fires: a condition of its context is false for every node";
        assert_eq!(found.iter().any(|each| each.contains(expected)), told, "{context}: {found:?}");
        assert!(told || found.is_empty(), "{context}: {found:?}");
    }
}

#[test]
fn a_position_that_a_rule_does_not_have_is_told() {
    for (check, told) in [
        ("<assert test='position() = 1'>x</assert>", true),
        ("<report test='b and last() > 2'>x</report>", true),
        ("<assert test='if (b) then position() = last() else c'>x</assert>", true),
        ("<let name='at' value='position()'/><assert test='b[$at]'>x</assert>", true),
        ("<assert test='for $x in b return position()'>x</assert>", true),
        ("<assert test='b[position() = 1]'>x</assert>", false),
        ("<assert test='b[last()]/c'>x</assert>", false),
        ("<assert test='b/position() = 2'>x</assert>", false),
        ("<assert test='count(preceding-sibling::a) = 1'>x</assert>", false),
    ] {
        let found = remarks(&format!("<pattern><rule context='a[1]'>{check}</rule></pattern>"));
        let expected = "2 position `position()` and `last()` outside of a predicate are 1 here";
        assert_eq!(found == [expected], told, "{check}: {found:?}");
        assert!(told || found.is_empty(), "{check}: {found:?}");
    }
}

#[test]
fn a_check_of_an_abstract_rule_is_told_where_it_holds_of_all_uses() {
    let rules = |second: &str| {
        format!(
            "<pattern><rule abstract='true' id='A'><assert test='$limit = 1'>x</assert></rule>\
             <rule context='a'><let name='limit' value='1'/><extends rule='A'/></rule>\
             <rule context='b'><let name='limit' value='{second}'/><extends rule='A'/></rule></pattern>"
        )
    };
    // A variable's value is not worked out.
    assert_eq!(remarks(&rules("c")), Vec::<String>::new());
}

#[test]
fn what_nothing_refers_to_is_told() {
    let found = remarks(
        "<let name='used' value='1'/>\n<let name='vain' value='$used'/>\n\
         <pattern abstract='true' id='P1'><rule context='$c'><assert test='x'>x</assert></rule></pattern>\n\
         <pattern abstract='true' id='P2'><rule context='$c'><assert test='x'>x</assert></rule></pattern>\n\
         <pattern is-a='P1'><param name='c' value='q'/></pattern>\n\
         <pattern><rule abstract='true' id='R1'><assert test='x'>x</assert></rule>\n\
         <rule abstract='true' id='R2'><assert test='x'>x</assert></rule>\n\
         <rule context='a'><extends rule='R1'/><assert test='y' diagnostics='D1'>x</assert></rule></pattern>\n\
         <diagnostics><diagnostic id='D1'>d</diagnostic>\n<diagnostic id='D2'>d</diagnostic></diagnostics>",
    );
    assert_eq!(
        found,
        [
            "3 unused nothing uses the variable `vain`",
            "5 unused no pattern is made of the abstract pattern `P2`",
            "8 unused no rule extends the abstract rule `R2`",
            "11 unused no check names the diagnostic `D2`",
        ]
    );
}

#[test]
fn an_id_that_two_things_have_is_told() {
    let found = remarks(
        "<pattern id='A'><rule context='a'><assert id='B' test='x'>x</assert>\n\
         <assert id='B' test='y'>x</assert></rule></pattern>",
    );
    assert_eq!(found, ["3 twice the id `B` is that of the assert in line 2 too"]);
}

#[test]
fn a_rule_set_that_does_not_compile_has_no_remarks() {
    let text = "<schema xmlns='http://purl.oclc.org/dsdl/schematron'><pattern><rule context='('/></pattern></schema>";
    let files = |_: &str| Some(Arc::from(text.as_bytes()));
    assert_eq!(RuleSet::lint("a.sch", &files, &CompileOptions::default(), None), []);
}

#[test]
fn comparing_many_rules_ends() {
    let rules: String = (0..6_000)
        .map(|at| format!("<rule context='a{at}'><assert test='x'>x</assert></rule>"))
        .collect();
    assert_eq!(remarks(&format!("<pattern>{rules}</pattern>")), Vec::<String>::new());
}
