//! What must hold for any rule set and any document: bounds, and no values in messages.

use sluse_schematron::{CompileOptions, HIDDEN, JudgeOptions, RuleSet, RuleSetFaultKind, Severity};
use sluse_xml::{Document, Limits};
use std::sync::Arc;

const ISO: &str = "http://purl.oclc.org/dsdl/schematron";

fn compile(body: &str) -> (Option<RuleSet>, Vec<sluse_schematron::RuleSetFault>) {
    let text = format!("<schema xmlns='{ISO}' queryBinding='xslt2'>{body}</schema>");
    let bytes: Arc<[u8]> = text.into_bytes().into();
    let files = move |path: &str| (path == "rules.sch").then(|| Arc::clone(&bytes));
    RuleSet::compile("rules.sch", &files, &CompileOptions::default())
}

fn document(text: &str) -> Document {
    Document::parse(text.as_bytes(), None, &Limits::default()).unwrap()
}

#[test]
fn a_message_shows_values_only_when_asked() {
    let (rules, _) = compile(
        "<pattern><rule context='a'><report id='r' role='warning' test='b'>Name <name/> holds <value-of select='b'/>.</report></rule></pattern>",
    );
    let rules = rules.unwrap();
    let document = document("<a><b>secret</b></a>");
    let hidden = rules.judge(&document, &JudgeOptions::default());
    assert_eq!(hidden.fired[0].text, format!("Name a holds {HIDDEN}."));
    assert_eq!(hidden.fired[0].severity, Severity::Warning);
    let shown =
        rules.judge(&document, &JudgeOptions { show_values: true, ..JudgeOptions::default() });
    assert_eq!(shown.fired[0].text, "Name a holds secret.");
}

#[test]
fn an_error_in_a_check_is_reported_and_silences_no_other() {
    let (rules, _) = compile(
        "<pattern><rule context='a'><assert id='bad' test='xs:decimal(b) = 1'>x</assert><assert id='next' test='false()'>y</assert></rule></pattern>",
    );
    let report = rules.unwrap().judge(&document("<a><b/></a>"), &JudgeOptions::default());
    let fired: Vec<_> =
        report.fired.iter().map(|f| (f.rule.as_deref().unwrap(), f.evaluation_failed)).collect();
    assert_eq!(fired, [("bad", true), ("next", false)]);
}

#[test]
fn judging_ends_when_the_budget_is_spent() {
    let endless = |id: usize| {
        format!(
            "<assert id='{id}' test='every $x in 1 to 100000000{id} satisfies $x > 0'>x</assert>"
        )
    };
    let judge = |rules: usize| {
        let checks: String = (0..rules).map(endless).collect();
        let (rules, _) = compile(&format!(
            "<pattern><rule context='a'>{checks}<report id='last' test='true()'>y</report></rule></pattern>"
        ));
        let options = JudgeOptions { steps_max: 100_000, ..JudgeOptions::default() };
        rules.unwrap().judge(&document("<b><a/><a/></b>"), &options)
    };
    // Each is given up once, at half of what is left, and the others go on.
    for endless in [1, 2, 5] {
        let report = judge(endless);
        let given_up = report.fired.iter().filter(|fired| fired.ran_out()).count();
        let last = report.fired.iter().filter(|fired| fired.rule.as_deref() == Some("last"));
        assert_eq!((given_up, last.count(), report.over_budget), (endless, 2, false));
    }
    let report = judge(50);
    assert!(report.over_budget);
    assert!(report.fired.len() < 20);
}

#[test]
fn recursion_without_end_is_a_fault_of_the_check() {
    let (rules, faults) = compile(
        "<ns prefix='f' uri='urn:f'/><function xmlns='http://www.w3.org/1999/XSL/Transform' xmlns:f='urn:f' name='f:f'><param name='n'/><sequence select='f:f($n + 1)'/></function>\
         <pattern><rule context='a'><assert id='deep' test='f:f(1) = 1'>x</assert></rule></pattern>",
    );
    assert!(faults.is_empty(), "{faults:?}");
    let report = rules.unwrap().judge(&document("<a/>"), &JudgeOptions::default());
    assert!(report.fired[0].evaluation_failed);
}

#[test]
fn faults_name_their_kind_and_place() {
    for (body, kind) in [
        (
            "<pattern><rule context='a'><extends rule='none'/></rule></pattern>",
            RuleSetFaultKind::ExtendsMissing,
        ),
        ("<include href='other.sch'/>", RuleSetFaultKind::FileMissing),
        ("<include href='https://example.org/a.sch'/>", RuleSetFaultKind::ReferenceOutside),
        ("<include href='../a.sch'/>", RuleSetFaultKind::ReferenceOutside),
        (
            "<pattern><rule context='a'><assert test='1 +'>x</assert></rule></pattern>",
            RuleSetFaultKind::Expression,
        ),
        (
            "<pattern><rule context='a'><assert test='doc(\"x\")'>x</assert></rule></pattern>",
            RuleSetFaultKind::Unsupported,
        ),
        ("<pattern><rule context='p:a'/></pattern>", RuleSetFaultKind::NamespaceMissing),
        ("<phase id='p'><active pattern='none'/></phase>", RuleSetFaultKind::PhasePatternMissing),
        ("<pattern is-a='none'/>", RuleSetFaultKind::ReferenceMissing),
        ("<include href='rules.sch'/>", RuleSetFaultKind::Broken),
    ] {
        assert_told(body, kind);
    }
}

fn assert_told(body: &str, kind: RuleSetFaultKind) {
    let (rules, faults) = compile(body);
    assert_eq!(faults.first().map(|fault| fault.kind), Some(kind), "{body}");
    let is_used = faults.iter().all(sluse_schematron::RuleSetFault::is_warning);
    assert_eq!(rules.is_some(), is_used, "{body}");
    assert!(faults.iter().all(|fault| fault.line > 0), "{body}");
}

/// What could only fail at each message, or would be lost in silence, is told when the rule set is loaded.
#[test]
fn what_cannot_be_meant_is_told_when_loaded() {
    for (body, kind) in [
        // Names that Schematron has not, and elements where they say nothing: a check that is lost is told.
        ("<patern/>", RuleSetFaultKind::Broken),
        (
            "<pattern><rule context='a'><asert test='b'>x</asert></rule></pattern>",
            RuleSetFaultKind::Broken,
        ),
        (
            "<pattern><rule context='a'><Assert test='b'>x</Assert></rule></pattern>",
            RuleSetFaultKind::Broken,
        ),
        ("<pattern><assert test='b'>x</assert></pattern>", RuleSetFaultKind::SaysNothing),
        ("<rule context='a'/>", RuleSetFaultKind::SaysNothing),
        (
            "<pattern><rule context='a'><assert test='b' falg='warning'>x</assert></rule></pattern>",
            RuleSetFaultKind::SaysNothing,
        ),
        // Regular expressions that stand as literals.
        (
            r"<pattern><rule context='a'><assert test='matches(., &quot;(a&quot;)'>x</assert></rule></pattern>",
            RuleSetFaultKind::Expression,
        ),
        (
            r"<pattern><rule context='a'><assert test='matches(., &quot;(?=a)&quot;)'>x</assert></rule></pattern>",
            RuleSetFaultKind::Expression,
        ),
        (
            r"<pattern><rule context='a'><assert test='matches(., &quot;(a)\1&quot;)'>x</assert></rule></pattern>",
            RuleSetFaultKind::Unsupported,
        ),
        (
            r"<pattern><rule context='a'><assert test='matches(., &quot;(a{1000}){1000}&quot;)'>x</assert></rule></pattern>",
            RuleSetFaultKind::OverBudget,
        ),
        // Variables whose values ask for themselves.
        ("<let name='a' value='$a'/>", RuleSetFaultKind::Expression),
        (
            "<let name='a' value='1 + $b'/><let name='b' value='(1, $a)[1]'/>",
            RuleSetFaultKind::Expression,
        ),
        (
            "<let name='a' value='$c'/><pattern><let name='c' value='$a'/><rule context='a'/></pattern>",
            RuleSetFaultKind::Expression,
        ),
        (
            "<pattern><rule context='a'><assert test=\"key('none', '1')\">x</assert></rule></pattern>",
            RuleSetFaultKind::Expression,
        ),
    ] {
        assert_told(body, kind);
    }
}

/// Variables that ask for others, and for functions that ask for them, are no circle.
#[test]
fn variables_that_share_others_are_no_circle() {
    for body in [
        "<let name='a' value='1'/><let name='b' value='$a + $a'/><let name='c' value='($a, $b, $b)'/>",
        "<let name='c' value='$b'/><let name='b' value='$a'/><let name='a' value='1'/>",
        "<let name='a' value='1'/><pattern><let name='b' value='$a'/><rule context='a'><let name='c' value='$b'/></rule></pattern>",
    ] {
        let (rules, faults) = compile(body);
        assert!(rules.is_some() && faults.is_empty(), "{body}: {faults:?}");
    }
}

#[test]
fn names_that_are_meant_are_told() {
    for (body, told) in [
        ("<patern/>", "`pattern` is meant?"),
        ("<pattern><rule context='a'><Report test='b'/></rule></pattern>", "`report` is meant?"),
        ("<pattern><rule context='a' flagg='x'/></pattern>", "`flag` is meant?"),
        ("<pattern><assert test='b'>x</assert></pattern>", "stands in `rule`"),
        (
            "<pattern><rule context='a'><assert test='a || b'>x</assert></rule></pattern>",
            "`||` is of XPath 3",
        ),
        (
            "<pattern><rule context='a'><assert test='matches(.)'>x</assert></rule></pattern>",
            "takes 2 to 3 arguments, not 1.",
        ),
    ] {
        let (_, faults) = compile(body);
        let sentence = faults.first().map_or("", |fault| fault.sentence.as_str());
        assert!(sentence.contains(told), "{body}: {sentence}");
    }
}

/// What is small as written and large when read: each is told at its limit, soon and in little memory.
#[test]
fn rule_sets_that_grow_when_they_are_read_are_refused() {
    let template = |check: &str, count: usize| {
        format!(
            "<pattern id='t' abstract='true'><rule context='a'>{}</rule></pattern>",
            check.repeat(count)
        )
    };
    let instances = |value: &str, count: usize| {
        format!("<pattern is-a='t'><param name='p' value='{value}'/></pattern>").repeat(count)
    };
    let check = "<assert test='$p'>$p</assert>";
    let extends = "<extends rule='r1'/>".repeat(400);
    let doubling = format!(
        "<pattern><rule abstract='true' id='r1'>{}</rule><rule context='a'>{extends}</rule></pattern>",
        "<assert test='b'>x</assert>".repeat(300)
    );
    let includes = "<include href='rules.sch#t'/>".repeat(80);
    let large = format!("<!--{}--><pattern id='t'/>{includes}", "x".repeat(1 << 20));
    for body in [
        format!("{}{}", template(check, 300), instances("b", 400)),
        format!("{}{}", template(check, 30), instances(&"b ".repeat(500_000), 1)),
        format!("{}{}", template(check, 1), instances(&"b ".repeat(100_000), 200)),
        doubling,
        large,
        "<ns prefix='p' uri='u'/>".repeat(100_001),
    ] {
        let (rules, faults) = compile(&body);
        assert!(rules.is_none());
        let start: String = body.chars().take(60).collect();
        let kinds: Vec<_> = faults.iter().map(|fault| fault.kind).collect();
        assert!(kinds.contains(&RuleSetFaultKind::OverBudget), "{start} {kinds:?}");
    }
}

/// A name ends where it ends: the longest one is meant, and only a whole one.
#[test]
fn parameters_are_filled_in_by_their_whole_names() {
    let (rules, faults) = compile(
        "<pattern id='t' abstract='true'><param name='ab' value='0'/><rule context='a'><assert id='1' test='$a = $ab'>$a $ab $abc $</assert></rule></pattern>\
         <pattern is-a='t'><param name='a' value='1'/></pattern>",
    );
    assert!(faults.is_empty(), "{faults:?}");
    let report = rules.unwrap().judge(&document("<a/>"), &JudgeOptions::default());
    assert_eq!(report.fired[0].text, "1 0 $abc $");
}

#[test]
fn the_first_rule_of_a_pattern_wins_and_patterns_are_apart() {
    let (rules, _) = compile(
        "<pattern><rule context='b[@x]'><report id='1' test='true()'>x</report></rule><rule context='*'><report id='2' test='true()'>x</report></rule></pattern>\
         <pattern><rule context='a/b'><report id='3' test='true()'>x</report></rule></pattern>",
    );
    let report = rules.unwrap().judge(&document("<a><b x='1'/><b/></a>"), &JudgeOptions::default());
    let ids: Vec<_> = report.fired.iter().map(|fired| fired.rule.as_deref().unwrap()).collect();
    assert_eq!(ids, ["2", "1", "3", "2", "3"]);
    assert_eq!(report.rules_met, 5);
}

#[test]
fn the_node_of_a_rule_is_the_first_of_one_and_predicates_count() {
    let (rules, _) = compile(
        "<pattern><rule context='b'><let name='at' value='position()'/>\
         <report id='one' test='position() = 1 and last() = 1 and $at = 1'>x</report>\
         <report id='counted' test='../b[position() = 2] is .'>x</report></rule></pattern>\
         <pattern><rule context='b[last()]'><report id='last' test='true()'>x</report></rule></pattern>",
    );
    let report =
        rules.unwrap().judge(&document("<a x='1'>t<b/>t<b/></a>"), &JudgeOptions::default());
    let ids: Vec<_> = report.fired.iter().map(|fired| fired.rule.as_deref().unwrap()).collect();
    assert_eq!(ids, ["one", "one", "counted", "last"]);
}

#[test]
fn a_rule_set_for_other_documents_meets_nothing() {
    let (rules, _) =
        compile("<pattern><rule context='a'><assert test='b'>x</assert></rule></pattern>");
    assert_eq!(rules.unwrap().judge(&document("<c/>"), &JudgeOptions::default()).rules_met, 0);
}

#[test]
fn recursion_of_any_shape_keeps_to_a_small_stack() {
    for call in [
        "(for $i in f:f($n + 1) return $i)[. = 1]",
        "(some $i in (f:f($n), 1) satisfies $i = f:f(1))",
        "if (not(f:f($n) = 1 or 2 = f:f($n))) then 1 else 2",
        "$d/*[f:f($n, .)]/b",
        "$d/(b | c[f:f($n, .)])/string(.)",
        "concat('a', string(number(f:f($n)) + sum((1, f:f($n)))))",
    ] {
        let call = call
            .replace("f:f($n)", "f:f($n, $d)")
            .replace("f:f(1)", "f:f(1, $d)")
            .replace("f:f($n + 1)", "f:f($n, $d)")
            .replace("f:f($n, .)", "f:f($n, $d)");
        let (rules, faults) = compile(&format!(
            "<ns prefix='f' uri='urn:f'/><function xmlns='http://www.w3.org/1999/XSL/Transform' xmlns:f='urn:f' name='f:f'><param name='n'/><param name='d'/><sequence select=\"{call}\"/></function>\
             <pattern><rule context='a'><assert id='deep' test='f:f(1, .) = 1'>x</assert></rule></pattern>"
        ));
        assert!(faults.is_empty(), "{faults:?}");
        let rules = rules.unwrap();
        let judging = move || rules.judge(&document("<a><b/><c/></a>"), &JudgeOptions::default());
        let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(judging).unwrap();
        assert!(thread.join().unwrap().fired[0].evaluation_failed, "{call}");
    }
}

#[test]
fn expressions_nested_without_end_are_faults_within_a_small_stack() {
    for (open, close) in
        [("(", ")"), ("not(", ")"), ("a[", "]"), ("-(", ")"), ("if (a) then (", ") else 1")]
    {
        let test = format!("{}a{}", open.repeat(5_000), close.repeat(5_000));
        let body =
            format!("<pattern><rule context='a'><assert test='{test}'>x</assert></rule></pattern>");
        let compiling = move || compile(&body).1.first().map(|fault| fault.kind);
        let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(compiling).unwrap();
        assert_eq!(thread.join().unwrap(), Some(RuleSetFaultKind::OverBudget), "{open}");
    }
}
