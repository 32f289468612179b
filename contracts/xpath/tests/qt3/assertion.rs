//! The assertions of QT3 on a result.

use crate::suite::{Environment, elements};
use sluse_xml::{Document, Limits, NodeId};
use sluse_xpath::{EvaluationLimits, Expression};

/// 2026-01-01: any fixed moment does.
const NOW: i64 = 1_767_225_600;

struct Subject<'c> {
    expression: &'c str,
    environment: &'c Environment,
    document: &'c Document,
    node: Option<NodeId>,
}

pub(crate) fn check(
    set: &Document,
    assertion: NodeId,
    expression: &str,
    environment: &Environment,
    document: Option<&Document>,
) -> Result<bool, String> {
    let nothing = Document::parse(b"<nothing/>", None, &Limits::default()).unwrap();
    let node = document.map(Document::root);
    let subject = Subject { expression, environment, document: document.unwrap_or(&nothing), node };
    if subject.strings(expression) == Err("unsupported".to_owned()) {
        return Err("not supported".to_owned());
    }
    subject.holds(set, assertion)
}

impl Subject<'_> {
    fn holds(&self, set: &Document, assertion: NodeId) -> Result<bool, String> {
        let text = set.string_value(assertion);
        let case = self.expression;
        let attribute = |name: &str| set.attribute(assertion, "", name);
        Ok(match set.local(assertion) {
            "any-of" => {
                let results: Vec<_> =
                    elements(set, assertion).map(|each| self.holds(set, each)).collect();
                if !results.contains(&Ok(true))
                    && let Some(Err(reason)) = results.iter().find(|result| result.is_err())
                {
                    return Err(reason.clone());
                }
                results.contains(&Ok(true))
            }
            "all-of" => {
                for each in elements(set, assertion) {
                    if !self.holds(set, each)? {
                        return Ok(false);
                    }
                }
                true
            }
            "not" => match elements(set, assertion).next() {
                Some(inner) => !self.holds(set, inner)?,
                None => false,
            },
            "error" => match self.strings(case) {
                Ok(_) => false,
                Err(code) => {
                    attribute("code").is_some_and(|wanted| wanted == "*" || wanted == code)
                }
            },
            "assert-true" => self.strings(case) == Ok(vec!["true".to_owned()]),
            "assert-false" => self.strings(case) == Ok(vec!["false".to_owned()]),
            "assert-eq" => self.truth(&format!("({case}\n) eq ({text})")),
            "assert-type" => self.truth(&format!("({case}\n) instance of {text}")),
            "assert-count" => self.truth(&format!("count(({case}\n)) eq {text}")),
            "assert-empty" => self.truth(&format!("empty(({case}\n))")),
            "assert-deep-eq" => self.truth(&format!("deep-equal(({case}\n), ({text}))")),
            "assert" => self.truth(&format!("let $result := ({case}\n) return {text}")),
            "assert-string-value" => {
                let joined = self.strings(case).map(|all| all.join(" "));
                if attribute("normalize-space") == Some("true") {
                    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                    joined.map(|joined| words(&joined)) == Ok(words(&text))
                } else {
                    joined == Ok(text.into_owned())
                }
            }
            "assert-permutation" => {
                let sorted = |expression: &str| {
                    self.strings(expression).map(|mut all| {
                        all.sort_unstable();
                        all
                    })
                };
                let found = sorted(case);
                found.is_ok() && found == sorted(&text)
            }
            other => return Err(other.to_owned()),
        })
    }

    fn compile(&self, expression: &str) -> Result<Expression, String> {
        let bound: String = self
            .environment
            .variables
            .iter()
            .map(|(name, select)| format!("let ${name} := ({select}) return "))
            .collect();
        Expression::compile(&format!("{bound}{expression}"), &self.environment.scope)
            .map_err(|fault| fault.code.to_string())
    }

    fn strings(&self, expression: &str) -> Result<Vec<String>, String> {
        let limits =
            EvaluationLimits { now_unix_seconds: Some(NOW), ..EvaluationLimits::default() };
        let compiled = self.compile(expression)?;
        compiled.strings(self.document, self.node, &limits).map_err(|fault| fault.code.to_string())
    }

    fn truth(&self, expression: &str) -> bool {
        let limits =
            EvaluationLimits { now_unix_seconds: Some(NOW), ..EvaluationLimits::default() };
        self.compile(expression)
            .is_ok_and(|compiled| compiled.truth(self.document, self.node, &limits) == Ok(true))
    }
}
