//! JUnit XML: a case is a test, its class the clause that it tests.
//!
//! The form is that which Jenkins, GitLab and GitHub's actions read: `testsuites`, `testsuite`,
//! `testcase` with `failure`, `error` or `skipped`.

use super::{Language, replay, words::Say};
use crate::result::{CaseResult, CaseVerdict, Difference, RunResult};
use std::fmt::{self, Write};

/// The whole report as XML in UTF-8.
pub fn junit(result: &RunResult, language: Language) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a text cannot fail.
    let _ = write(result, language, &mut out);
    out
}

fn write(result: &RunResult, language: Language, out: &mut String) -> fmt::Result {
    let of = |verdicts: &[CaseVerdict]| {
        result.cases.iter().filter(|case| verdicts.contains(&case.verdict)).count()
    };
    let faults = result.set_up.iter().filter(|each| !each.ok).count();
    let failures = of(&[CaseVerdict::Failed]);
    let errors = of(&[CaseVerdict::SetUp]) + faults;
    let skipped = of(&[CaseVerdict::NotTested, CaseVerdict::NotApplicable, CaseVerdict::Waived]);
    let micros: u64 = result.cases.iter().map(|case| case.micros).fold(0, u64::saturating_add);
    let counts = format!(
        "tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{}\"",
        result.cases.len() + faults,
        seconds(micros)
    );
    writeln!(out, "<testsuites name=\"sluse conformance\" {counts}>")?;
    writeln!(
        out,
        "  <testsuite name=\"{}\" timestamp=\"{}\" {counts}>",
        xml(&result.contract.name),
        xml(&result.began)
    )?;
    properties(result, language, out)?;
    for fault in result.set_up.iter().filter(|each| !each.ok) {
        writeln!(
            out,
            "    <testcase classname=\"set-up\" name=\"{}\" time=\"0\">",
            xml(&fault.check)
        )?;
        let hint = language.sentence(fault.hint.as_deref().unwrap_or_default());
        writeln!(
            out,
            "      <error type=\"set-up\" message=\"{}\">{}</error>",
            xml(&language.sentence(&fault.sentence)),
            xml(&hint)
        )?;
        writeln!(out, "    </testcase>")?;
    }
    for case in &result.cases {
        test(result, case, language, out)?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn properties(result: &RunResult, language: Language, out: &mut String) -> fmt::Result {
    let pairs = [
        ("outcome", language.outcome(result.outcome)),
        ("contract.sha256", &result.contract.sha256),
        ("suite.sha256", &result.suite.sha256),
        ("system", &result.system.name),
        ("filter", result.filter.as_deref().unwrap_or_default()),
    ];
    writeln!(out, "    <properties>")?;
    for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "      <property name=\"{name}\" value=\"{}\"/>", xml(value))?;
    }
    for reason in &result.reasons {
        writeln!(
            out,
            "      <property name=\"reason\" value=\"{}\"/>",
            xml(&language.sentence(reason))
        )?;
    }
    writeln!(out, "    </properties>")
}

fn test(
    result: &RunResult,
    case: &CaseResult,
    language: Language,
    out: &mut String,
) -> fmt::Result {
    let head = format!(
        "classname=\"{}\" name=\"{}\" time=\"{}\"",
        xml(&case.clause),
        case.id,
        seconds(case.micros)
    );
    let reason = xml(&language.sentence(case.reason.as_deref().unwrap_or_default()));
    let inside = match case.verdict {
        CaseVerdict::Passed => return writeln!(out, "    <testcase {head}/>"),
        CaseVerdict::Failed => format!(
            "<failure type=\"failed\" message=\"{}\">{}</failure>",
            xml(&language.sentence(&case.sentence)),
            body(result, case, language)
        ),
        CaseVerdict::Warning => {
            format!("<system-out>{}</system-out>", body(result, case, language))
        }
        CaseVerdict::SetUp => format!("<error type=\"set-up\" message=\"{reason}\"/>"),
        CaseVerdict::NotTested | CaseVerdict::NotApplicable | CaseVerdict::Waived => {
            let word = language.verdict(case.verdict);
            let why = if reason.is_empty() { word.to_owned() } else { format!("{word}: {reason}") };
            format!("<skipped message=\"{why}\"/>")
        }
    };
    writeln!(out, "    <testcase {head}>\n      {inside}\n    </testcase>")
}

/// What differs, and how to see it again.
fn body(result: &RunResult, case: &CaseResult, language: Language) -> String {
    let mut text = format!("{}\n", language.sentence(&case.sentence));
    for difference in &case.differences {
        text.push_str(&told(difference, language));
    }
    text.extend(replay(result, case));
    xml(&text)
}

fn told(difference: &Difference, language: Language) -> String {
    let mut text = format!("[{}] {}", difference.step, difference.what);
    let mut add = |say: Say, value: Option<&str>| {
        if let Some(value) = value {
            // Writing to a text cannot fail.
            let _ = write!(text, "\n  {}: {value}", language.say(say));
        }
    };
    add(Say::Place, difference.path.as_deref());
    add(Say::Constraint, difference.constraint.as_deref());
    add(Say::Expected, Some(&language.side(&difference.expected)));
    add(Say::Actual, Some(&language.side(&difference.actual)));
    let hint = difference.hint.as_deref().map(|hint| language.sentence(hint));
    add(Say::Hint, hint.as_deref());
    text.push('\n');
    text
}

fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

/// Text in XML; characters that XML 1.0 does not have (section 2.2) are replaced.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
