//! Rule sets and documents that are made to take time or memory: each ends at a limit that has a name, and no rule silences another.

use sluse_schematron::{CompileOptions, JudgeOptions, RuleSet, RuleSetFault, RuleSetFaultKind};
use sluse_xml::{Document, Limits};
use std::sync::Arc;

/// Fewer steps than there are by default, so that the tests end sooner.
const FEW_STEPS: u64 = 4_000_000;
const ISO: &str = "http://purl.oclc.org/dsdl/schematron";

fn compile(body: &str) -> (Option<RuleSet>, Vec<RuleSetFault>) {
    let text = format!("<schema xmlns='{ISO}' queryBinding='xslt2'>{body}</schema>");
    let bytes: Arc<[u8]> = text.into_bytes().into();
    let twice: Arc<[u8]> = format!(
        "<pattern xmlns='{ISO}'><include href='twice.sch'/><include href='twice.sch'/></pattern>"
    )
    .into_bytes()
    .into();
    let files = move |path: &str| match path {
        "rules.sch" => Some(Arc::clone(&bytes)),
        "twice.sch" => Some(Arc::clone(&twice)),
        // Each file brings in the next one many times.
        level => {
            let level: u32 = level.strip_suffix(".sch")?.parse().ok()?;
            let next = format!("<include href='{}.sch'/>", level + 1).repeat(10);
            let text = if level < 9 { next } else { String::new() };
            Some(format!("<pattern xmlns='{ISO}'>{text}</pattern>").into_bytes().into())
        }
    };
    RuleSet::compile("rules.sch", &files, &CompileOptions::default())
}

/// A function, in `f`.
fn function(parameters: &str, body: &str) -> String {
    let parameters: String =
        parameters.split_whitespace().map(|name| format!("<param name='{name}'/>")).collect();
    format!(
        "<ns prefix='f' uri='urn:f'/><function xmlns='http://www.w3.org/1999/XSL/Transform' xmlns:f='urn:f' name='f:f'>\
         {parameters}<sequence select=\"{body}\"/></function>"
    )
}

/// What becomes of a check on a document, beside another that fires at its element.
fn judged(declarations: &str, test: &str, document: &str) -> String {
    judged_within(JudgeOptions::default().steps_max, declarations, test, document)
}

fn judged_within(steps_max: u64, declarations: &str, test: &str, document: &str) -> String {
    let (rules, faults) = compile(&format!(
        "{declarations}<pattern><rule context='/*'><assert id='hostile' test=\"{test}\">x</assert></rule></pattern>\
         <pattern><rule context='/*'><report id='next' test='true()'>y</report></rule></pattern>"
    ));
    let Some(rules) = rules else {
        return faults.first().map_or_else(String::new, |fault| format!("{:?}", fault.kind));
    };
    let document = Document::parse(document.as_bytes(), None, &Limits::default()).unwrap();
    let report = rules.judge(&document, &JudgeOptions { steps_max, ..JudgeOptions::default() });
    let next = report.fired.iter().filter(|fired| fired.rule.as_deref() == Some("next"));
    assert_eq!(next.count(), 1, "{test}: the other rule is judged");
    assert!(!report.over_budget, "{test}: there are steps for the other rule");
    let hostile = report.fired.iter().find(|fired| fired.rule.as_deref() == Some("hostile"));
    hostile
        .and_then(|fired| fired.fault)
        .map_or_else(|| "answered".to_owned(), |fault| fault.code.to_string())
}

/// The most memory that this process has had, in megabytes, where the system tells.
fn peak_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes / 1_024)
}

fn text(unit: &str, times: usize) -> String {
    format!("<r>{}</r>", unit.repeat(times))
}

#[test]
fn regular_expressions_end_at_the_limit_of_steps() {
    for (test, unit, expected) in [
        ("matches(., '(x+x+)+y')", "x", "answered"),
        ("matches(., '(.*)(.*)(.*)(.*)(.*)[^ab]')", "ab", "answered"),
        ("matches(., '[ab]*a[ab]{500}c')", "ab", "over-budget"),
        ("count(tokenize(., '[ab]*a[ab]{500}c')) = 0", "ab", "over-budget"),
        ("replace(., '[ab]*a[ab]{500}c', '$0') = ''", "ab", "over-budget"),
        // Each search reads all that is left.
        ("count(tokenize(., '.*[^A-Z]|[A-Z]')) = 0", "A", "over-budget"),
        ("matches(., concat('((a{100})', '{100}){100}'))", "a", "too-large"),
    ] {
        assert_eq!(judged_within(FEW_STEPS, "", test, &text(unit, 200_000)), expected, "{test}");
    }
    for (test, expected) in [
        // Patterns that are made while judging.
        (
            "every $i in 1 to 1000000 satisfies not(matches('a', concat('(a|aa)+', $i)))",
            "over-budget",
        ),
        (
            "every $i in 1 to 1000000 satisfies not(matches('a', concat('[a-z]{500}', $i)))",
            "over-budget",
        ),
    ] {
        assert_eq!(judged_within(FEW_STEPS, "", test, "<r/>"), expected, "{test}");
    }
}

#[test]
fn rules_that_look_at_everything_from_everywhere_end_at_the_limit_of_steps() {
    let document = format!("<r>{}</r>", "<a><b>1</b><c>x</c></a>".repeat(8_000));
    for test in [
        "count(//a[count(preceding::b[. = 2]) != 0]) = 0",
        "count(//a[count(following::b[. = 2]) != 0]) = 0",
        "count(//a[count(//b[. != current()/b][. = string(position())]) != 0]) = 0",
        "every $a in //a satisfies every $b in //b satisfies $b != concat($a, $b)",
        "deep-equal((1 to 100000)[. = (1 to 100000)], 1)",
    ] {
        assert_eq!(judged_within(FEW_STEPS, "", test, &document), "over-budget", "{test}");
    }
}

#[test]
fn what_grows_ends_at_the_limits_of_texts_sequences_and_memory() {
    let double = function("s n", "if ($n = 0) then $s else f:f(concat($s, $s), $n - 1)");
    let nested =
        function("n", "for $x in 1 to 900000 return $x, if ($n = 0) then () else f:f($n - 1)");
    let held = function("s n", "if ($n = 0) then $s else concat(f:f(concat($s, $n), $n - 1), $s)");
    for (declarations, test, expected) in [
        ("", "count(1 to 1000000000) = 1", "over-budget"),
        ("", "count(reverse(1 to 1000000000)) = 1", "too-large"),
        ("", "sum(for $i in 1 to 1000000000 return $i) = 1", "over-budget"),
        (&double, "string-length(f:f('abcdefgh', 100)) = 1", "too-large"),
        (&nested, "count(f:f(100)) = 1", "too-large"),
        (
            &held,
            "string-length(f:f(string-join(for $i in 1 to 1000000 return 'abcdefgh', ''), 200)) = 1",
            "too-large",
        ),
        (
            "",
            "string-length(string-join(for $i in 1 to 1000000 return 'abcdefghijklmnopqrstuvwxyz', 'x')) = 1",
            "too-large",
        ),
        (
            "",
            "string-length(string-join(('a', 'b', 'c', 'd'), string-join(for $i in 1 to 900000 return 'abcdefgh', ''))) = 1",
            "too-large",
        ),
        (
            "",
            "string-length(replace(string-join(for $i in 1 to 900000 return 'a', ''), 'a', '$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0')) = 1",
            "too-large",
        ),
    ] {
        assert_eq!(judged(declarations, test, "<r/>"), expected, "{test}");
    }
    if let Some(peak) = peak_megabytes() {
        assert!(peak < 400, "{peak} MB");
    }
}

#[test]
fn functions_on_long_texts_end_at_the_limits_of_items_and_texts() {
    for (test, expected) in [
        ("count(tokenize(., 'a')) = 1", "too-large"),
        ("count(string-to-codepoints(.)) = 1", "too-large"),
        (
            "string-length(normalize-unicode(translate(., 'a', '\u{fdfa}'), 'NFKD')) = 1",
            "too-large",
        ),
    ] {
        assert_eq!(judged("", test, &text("a", 10_000_000)), expected, "{test}");
    }
    if let Some(peak) = peak_megabytes() {
        assert!(peak < 400, "{peak} MB");
    }
}

#[test]
fn expressions_without_end_are_refused_when_loaded() {
    let many = 1_000_000;
    for (test, expected) in [
        (format!("{}1{}", "(".repeat(many), ")".repeat(many)), "OverBudget"),
        (format!("{}a{}", "a[".repeat(50_000), "]".repeat(50_000)), "OverBudget"),
        (format!("1{} = 1", " + 1".repeat(100_000)), "OverBudget"),
        (format!("'{}' = .", "a".repeat(2 * many)), "OverBudget"),
        (format!("{} = 1", "9".repeat(100_000)), "Expression"),
        (format!("{} 1{}", "(:".repeat(100_000), ":)".repeat(100_000)), "Expression"),
        (format!("a{}", " or a".repeat(100_000)), "answered"),
        (format!("a{}", "/a".repeat(100_000)), "answered"),
        (format!("{}1", "-".repeat(500_000)), "answered"),
    ] {
        let begin: String = test.chars().take(20).collect();
        assert_eq!(judged("", &test, "<r/>"), expected, "{begin}");
    }
}

#[test]
fn rule_sets_that_bring_in_themselves_are_refused() {
    let ring =
        |count: usize, of: &dyn Fn(usize) -> String| -> String { (0..count).map(of).collect() };
    let rules = ring(50, &|at| {
        let next = (at + 1) % 50;
        format!(
            "<rule abstract='true' id='r{at}'><extends rule='r{next}'/><extends rule='r{next}'/></rule>"
        )
    });
    let tree = ring(40, &|at| {
        let next = at + 1;
        format!(
            "<rule abstract='true' id='r{at}'><extends rule='r{next}'/><extends rule='r{next}'/></rule>"
        )
    });
    let last = "<rule abstract='true' id='r40'><assert test='a'>x</assert></rule>";
    let used = "<rule context='a'><extends rule='r0'/></rule>";
    let filled = format!(
        "<pattern abstract='true' id='p'><rule context='a'>{}</rule></pattern>\
         <pattern is-a='p'><param name='a' value='{}b'/></pattern>",
        "<assert test='$a'>$a $a $a $a</assert>".repeat(1_000),
        "b or ".repeat(20_000)
    );
    for (body, expected) in [
        ("<include href='rules.sch'/>".to_owned(), RuleSetFaultKind::Broken),
        ("<include href='twice.sch'/>".to_owned(), RuleSetFaultKind::Broken),
        ("<include href='0.sch'/>".to_owned(), RuleSetFaultKind::OverBudget),
        ("<include href='../rules.sch'/>".to_owned(), RuleSetFaultKind::ReferenceOutside),
        ("<include href='/etc/passwd'/>".to_owned(), RuleSetFaultKind::ReferenceOutside),
        ("<include href='file:///etc/passwd'/>".to_owned(), RuleSetFaultKind::ReferenceOutside),
        (
            "<include href='http://example.org/a.sch'/>".to_owned(),
            RuleSetFaultKind::ReferenceOutside,
        ),
        (format!("<pattern>{rules}{used}</pattern>"), RuleSetFaultKind::Broken),
        (format!("<pattern>{tree}{last}{used}</pattern>"), RuleSetFaultKind::OverBudget),
        (filled, RuleSetFaultKind::OverBudget),
    ] {
        let (rules, faults) = compile(&body);
        let begin: String = body.chars().take(60).collect();
        assert!(rules.is_none(), "{begin}");
        assert_eq!(faults.first().map(|fault| fault.kind), Some(expected), "{begin}");
        assert!(faults.len() <= 1_000, "{begin}");
    }
    // Abstract patterns that are one another bring in nothing.
    let patterns =
        ring(30, &|at| format!("<pattern abstract='true' id='p{at}' is-a='p{}'/>", (at + 1) % 30));
    assert!(compile(&format!("{patterns}<pattern is-a='p0'/>")).1.is_empty());
}
