//! Keys of XSLT in rule sets: what Saxon finds for the same.

use sluse_schematron::{CompileOptions, JudgeOptions, RuleSet, RuleSetFaultKind};
use sluse_xml::{Document, Limits};
use std::sync::Arc;

const ISO: &str = "http://purl.oclc.org/dsdl/schematron";
const DOCUMENT: &str = "<o><party id='a' vat='1'/><party id='b' vat='1'/><x><party id='a' vat='2'/></x>\
    <line to='a' n='1'/><line to='c' n='01'/><line n='x|y'/><note ref='b'>a</note></o>";

/// The checks of one rule on `o`, in the order in which they fire; the first fault where the rule set is refused.
fn judged(binding: &str, keys: &str, checks: &[&str]) -> Result<Vec<usize>, RuleSetFaultKind> {
    let checks: String = checks
        .iter()
        .enumerate()
        .map(|(at, test)| format!("<report id='{at}' test=\"{test}\">x</report>"))
        .collect();
    let text = format!(
        "<schema xmlns='{ISO}' xmlns:xsl='http://www.w3.org/1999/XSL/Transform' {binding}>{keys}\
         <pattern><rule context='o'>{checks}</rule></pattern></schema>"
    );
    let bytes: Arc<[u8]> = text.into_bytes().into();
    let files = move |path: &str| (path == "rules.sch").then(|| Arc::clone(&bytes));
    let (rules, faults) = RuleSet::compile("rules.sch", &files, &CompileOptions::default());
    let Some(rules) = rules else { return Err(faults.first().unwrap().kind) };
    let document = Document::parse(DOCUMENT.as_bytes(), None, &Limits::default()).unwrap();
    let report = rules.judge(&document, &JudgeOptions::default());
    assert!(report.fired.iter().all(|fired| fired.fault.is_none()), "{keys}");
    Ok(report.fired.iter().map(|fired| fired.rule.as_deref().unwrap().parse().unwrap()).collect())
}

const XPATH_2: &str = "queryBinding='xslt2'";

#[test]
fn a_key_leads_from_values_to_nodes() {
    let by_id = "<xsl:key name='party' match='party' use='@id'/>";
    let by_vat = "<xsl:key name='vat' match='party[@vat] | line/@n' use=\"if (self::party) then @vat else .\"/>";
    let twice = "<xsl:key name='any' match='party' use='@id'/><xsl:key name='any' match='note' use='@ref, string(.)'/>";
    let content = "<xsl:key name='text' match='line | party'><xsl:text>t</xsl:text><xsl:value-of select='@to'/></xsl:key>";
    for (keys, tests, fires) in [
        (
            by_id,
            &["count(key('party', 'a')) = 2", "key('party', 'z')", "key('party', line/@to)"][..],
            &[0, 2][..],
        ),
        (
            by_id,
            &[
                "every $l in line[@to] satisfies key('party', $l/@to)",
                "line[@to][not(key('party', @to))]/@n = '01'",
                "key('party', ('b', 'a'))[1]/@id = 'a'",
                "count(key('party', ('a', 'a', 'b'))) = 3",
                "key('party', 'a')[2]/parent::x",
                "empty(key('party', ()))",
            ],
            &[1, 2, 3, 4, 5],
        ),
        (
            by_vat,
            &["count(key('vat', '1')) = 3", "key('vat', 'x|y')/parent::line", "key('vat', '9')"],
            &[0, 1],
        ),
        (
            twice,
            &[
                "count(key('any', 'b')) = 2",
                "count(key('any', 'a')) = 3",
                "key('any', 'b')[2]/self::note",
            ],
            &[0, 1, 2],
        ),
        (
            content,
            &["count(key('text', 't')) = 6", "key('text', 'ta')", "count(key('text', 'a')) = 1"],
            &[0, 2],
        ),
    ] {
        assert_eq!(judged(XPATH_2, keys, tests).as_deref(), Ok(fires), "{keys}");
    }
    // XPath 1.0, and no binding, which has keys as well.
    for binding in ["queryBinding='xslt'", ""] {
        let tests = [
            "count(key('party', 'a')) = 2",
            "key('party', //line/@to)/@vat = 2",
            "key('party', 'z')",
        ];
        assert_eq!(judged(binding, by_id, &tests).as_deref(), Ok(&[0, 1][..]), "{binding}");
    }
}

#[test]
fn what_is_wrong_with_a_key_is_told_when_the_rule_set_is_loaded() {
    let by_id = "<xsl:key name='party' match='party' use='@id'/>";
    for (keys, test, fault) in [
        (by_id, "key('parties', 'a')", RuleSetFaultKind::Expression),
        (by_id, "key(@name, 'a')", RuleSetFaultKind::Unsupported),
        (by_id, "key('party', 'a', /)", RuleSetFaultKind::Unsupported),
        ("", "key('party', 'a')", RuleSetFaultKind::Expression),
        ("<xsl:key match='party' use='@id'/>", "true()", RuleSetFaultKind::Broken),
        ("<xsl:key name='a' use='@id'/>", "true()", RuleSetFaultKind::Broken),
        ("<xsl:key name='a' match='b[' use='@id'/>", "true()", RuleSetFaultKind::Expression),
        ("<xsl:key name='a' match='b' use='1) or (1'/>", "true()", RuleSetFaultKind::Expression),
        (
            "<xsl:key name='a' match='b'>x</xsl:key><xsl:key name='a' match='c' use='1'/>",
            "true()",
            RuleSetFaultKind::Unsupported,
        ),
    ] {
        assert_eq!(judged(XPATH_2, keys, &[test]), Err(fault), "{keys} {test}");
    }
}

#[test]
fn many_look_ups_by_a_key_take_few_steps() {
    let text = format!(
        "<schema xmlns='{ISO}' xmlns:xsl='http://www.w3.org/1999/XSL/Transform' queryBinding='xslt2'>\
         <xsl:key name='k' match='a' use='@id'/><pattern><rule context='a'><assert id='r' test=\"key('k', @to)\">x</assert></rule></pattern></schema>"
    );
    let bytes: Arc<[u8]> = text.into_bytes().into();
    let files = move |path: &str| (path == "rules.sch").then(|| Arc::clone(&bytes));
    let rules = RuleSet::compile("rules.sch", &files, &CompileOptions::default()).0.unwrap();
    let items: String = (0..10_000).map(|at| format!("<a id='{at}' to='{}'/>", at + 1)).collect();
    let document = format!("<r>{items}</r>");
    let document = Document::parse(document.as_bytes(), None, &Limits::default()).unwrap();
    let report =
        rules.judge(&document, &JudgeOptions { steps_max: 2_000_000, ..JudgeOptions::default() });
    assert_eq!(report.fired.len(), 1, "{:?}", report.fired.first());
    assert!(!report.over_budget);
}
