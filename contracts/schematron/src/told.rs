//! What a rule set says, told in its own words: for those who look for documents that keep to it or break it.

use crate::expand::{self, Extensions};
use crate::source::{self, Element, Files, Language};
use crate::{CompileOptions, compile, message, rule_id, stylesheet};
use std::collections::{HashMap, HashSet};

/// Variables of one check that are told.
const VARIABLES_MAX: usize = 20;

/// An assert or report as its publisher wrote it, abstract patterns and rules filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldCheck {
    /// The published rule's id, where it has one.
    pub id: Option<String>,
    /// What its message says before the first value, white space made one space.
    pub head: String,
    /// Which nodes its rule meets.
    pub context: String,
    /// The expression that decides.
    pub test: String,
    /// Whether it fires where the expression is true.
    pub is_report: bool,
    /// The expressions of the variables that it uses, directly or through others.
    pub variables: Vec<String>,
    /// The namespaces of the prefixes in its expressions.
    pub namespaces: Vec<(String, String)>,
}

/// The checks of a rule set that are judged in a phase, in their order; none where it cannot be read.
pub(crate) fn told(entry: &str, files: Files<'_>, options: &CompileOptions) -> Vec<ToldCheck> {
    let mut faults = Vec::new();
    let Some(mut schema) = source::load(entry, files, &mut faults) else { return Vec::new() };
    if stylesheet::is_stylesheet(&schema) {
        schema = stylesheet::schema(&schema, &mut faults);
    }
    let phase = compile::phase(&schema, options, &mut faults);
    let active = compile::active_patterns(&schema, phase, &mut faults);
    let all = expand::patterns(&schema, &mut faults);
    let mut extensions = Extensions::new(&schema, &all);
    let namespaces = namespaces(&schema);
    let mut checks = Vec::new();
    for pattern in &all {
        let id = pattern.attribute("id");
        let is_active = |active: &HashSet<&str>| id.is_some_and(|id| active.contains(id));
        if active.as_ref().is_some_and(|active| !is_active(active)) {
            continue;
        }
        let outer: Vec<&Element> = schema.elements().chain(pattern.elements()).collect();
        for rule in pattern.schematron("rule") {
            let Some(context) = rule.attribute("context") else { continue };
            if rule.attribute("abstract") == Some("true") {
                continue;
            }
            let body = extensions.body(rule, &mut faults);
            let variables = Variables::of(outer.iter().chain(&body).copied());
            let each = body.iter().filter_map(|element| check(element, context, &variables));
            checks.extend(each.map(|each| ToldCheck { namespaces: namespaces.clone(), ..each }));
        }
    }
    checks
}

fn namespaces(schema: &Element) -> Vec<(String, String)> {
    let text = |element: &Element, name| element.attribute(name).map(str::to_owned);
    let all = schema.schematron("ns");
    all.filter_map(|ns| Some((text(ns, "prefix")?, text(ns, "uri")?))).collect()
}

fn check(element: &Element, context: &str, variables: &Variables<'_>) -> Option<ToldCheck> {
    let is_report = match (element.language, element.local.as_str()) {
        (Language::Schematron, "assert") => false,
        (Language::Schematron, "report") => true,
        _ => return None,
    };
    let test = element.attribute("test")?;
    let head = message::head(element);
    let id = element.attribute("id").or(rule_id::from_text(&head)).map(str::to_owned);
    Some(ToldCheck {
        id,
        head: head.split_ascii_whitespace().collect::<Vec<_>>().join(" "),
        context: context.to_owned(),
        test: test.to_owned(),
        is_report,
        variables: variables.used(&[context, test]),
        namespaces: Vec::new(),
    })
}

/// Variables that a rule sees, by name.
struct Variables<'e>(HashMap<&'e str, &'e str>);

impl<'e> Variables<'e> {
    fn of(elements: impl Iterator<Item = &'e Element>) -> Self {
        let mut all = HashMap::new();
        for element in elements {
            let value = match (element.language, element.local.as_str()) {
                (Language::Schematron, "let") => element.attribute("value"),
                (Language::Xsl, "variable") => element.attribute("select"),
                _ => None,
            };
            if let (Some(name), Some(value)) = (element.attribute("name"), value) {
                all.insert(name, value);
            }
        }
        Self(all)
    }

    /// The expressions of those that are used in some, and in each other.
    fn used(&self, expressions: &[&str]) -> Vec<String> {
        let mut found: Vec<&str> = Vec::new();
        let mut open: Vec<&str> = expressions.to_vec();
        while let Some(expression) = open.pop() {
            for name in references(expression) {
                let Some(value) = self.0.get(name) else { continue };
                if !found.contains(value) && found.len() < VARIABLES_MAX {
                    found.push(value);
                    open.push(value);
                }
            }
        }
        found.into_iter().map(str::to_owned).collect()
    }
}

/// The names after `$` in an expression.
fn references(expression: &str) -> impl Iterator<Item = &str> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    expression.split('$').skip(1).map(move |rest| {
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn tells_checks_with_what_they_stand_on() {
        let rules = "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'>\
            <ns prefix='o' uri='urn:o'/><let name='codes' value=\"'A B'\"/>\
            <pattern abstract='true' id='p'><rule context='$where'><extends rule='r'/>\
            <report id='R-2' test='o:Y'>no\n  Y in <name/></report></rule></pattern>\
            <pattern is-a='p'><param name='where' value='o:Order'/></pattern>\
            <pattern><rule abstract='true' id='r'><let name='all' value='tokenize($codes, \" \")'/>\
            <assert test='o:X = $all'>[A-1] an X</assert></rule></pattern></schema>";
        let files = |path: &str| (path == "a.sch").then(|| Arc::from(rules.as_bytes()));
        let told = told("a.sch", &files, &CompileOptions::default());
        let lines: Vec<String> = told
            .iter()
            .map(|each| {
                let id = each.id.as_deref().unwrap_or("-");
                format!(
                    "{id} | {} | {} | {:?} | {}",
                    each.context, each.test, each.variables, each.head
                )
            })
            .collect();
        assert_eq!(
            lines,
            [
                "A-1 | o:Order | o:X = $all | [\"tokenize($codes, \\\" \\\")\", \"'A B'\"] | [A-1] an X",
                "R-2 | o:Order | o:Y | [] | no Y in",
            ]
        );
        assert_eq!(told[0].namespaces, [("o".to_owned(), "urn:o".to_owned())]);
    }
}
