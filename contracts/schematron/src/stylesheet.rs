//! Rule sets of which only the compiled form was published: a stylesheet of XSLT 1.0, as the first compilers of Schematron wrote it.
//!
//! Its shape is regular: a template for `/` that walks the document once for each pattern, in a mode of its own; in each mode
//! templates with priorities, which are the pattern's rules; in each template an `xsl:if` for a report, an `xsl:choose` with an
//! empty `xsl:when` for an assert, and a walk to the nodes below. That shape is read back into the schema that it was made of. What
//! stands outside of it is a fault: this is no processor of stylesheets.
//!
//! Such a file knows no ids. A check is named by its pattern's mode and its place in it: `M13-2` is the second of mode `M13`.

use crate::fault::{RuleSetFault, RuleSetFaultKind};
use crate::instruction;
use crate::source::{Child, Element, Language};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The part of a test that is shown where a message repeats it.
const TEST_SHOWN_CHARS_MAX: usize = 150;

type Read<T> = Result<T, RuleSetFault>;

/// Whether a file's root element is a stylesheet's.
pub(crate) fn is_stylesheet(element: &Element) -> bool {
    element.is(Language::Xsl, "stylesheet") || element.is(Language::Xsl, "transform")
}

/// The schema that a stylesheet was made of; what is outside the shape is a fault.
pub(crate) fn schema(stylesheet: &Element, faults: &mut Vec<RuleSetFault>) -> Element {
    let mut read = Stylesheet { modes: Vec::new(), rules: BTreeMap::new(), variables: Vec::new() };
    for element in stylesheet.elements() {
        if let Err(fault) = read.top(element) {
            faults.push(fault);
        }
    }
    if read.modes.is_empty() {
        let sentence = "The stylesheet has no template for `/` that walks the document in a mode.";
        faults.push(stylesheet.place.fault(RuleSetFaultKind::Broken, sentence));
    }
    let mut children: Vec<Child> = read.variables.into_iter().map(Child::Element).collect();
    for mode in &read.modes {
        let rules = read.rules.remove(mode).unwrap_or_default();
        children.push(Child::Element(pattern(stylesheet, mode, rules, faults)));
    }
    let attributes = vec![("queryBinding".to_owned(), "xslt".to_owned())];
    made(stylesheet, "schema", attributes, children)
}

/// What is read so far.
struct Stylesheet<'s> {
    /// The modes in which the document is walked, in order.
    modes: Vec<String>,
    rules: BTreeMap<String, Vec<&'s Element>>,
    variables: Vec<Element>,
}

impl<'s> Stylesheet<'s> {
    fn top(&mut self, element: &'s Element) -> Read<()> {
        match (element.language, element.local.as_str()) {
            (Language::Xsl, "output") => Ok(()),
            (Language::Xsl, "variable" | "param") => {
                self.variables.push(element.clone());
                Ok(())
            }
            (Language::Xsl, "template") => self.template(element),
            (Language::Xsl, other) => Err(outside(element, &format!("xsl:{other} is"))),
            // Elements of other namespaces mean nothing at the top (XSLT 1.0, section 2.2).
            _ => Ok(()),
        }
    }

    fn template(&mut self, template: &'s Element) -> Read<()> {
        let matches = instruction::required(template, "match")?;
        if template.attribute("name").is_some() {
            return Err(outside(template, "A template with a name is"));
        }
        match template.attribute("mode") {
            None if matches.trim() == "/" => self.walks(template),
            None if is_silent(template) => Ok(()),
            None => Err(outside(template, "A template without a mode is")),
            Some(_) if matches.trim() == "text()" && is_silent(template) => Ok(()),
            Some(mode) => {
                self.rules.entry(mode.to_owned()).or_default().push(template);
                Ok(())
            }
        }
    }

    /// The walks of the template for `/`, however deep in elements of the result they stand.
    fn walks(&mut self, holder: &Element) -> Read<()> {
        for element in holder.elements() {
            match (element.language, element.local.as_str()) {
                (Language::Xsl, "apply-templates") => {
                    let mode = instruction::required(element, "mode")?;
                    if element.attribute("select").is_some_and(|select| select.trim() != "/") {
                        return Err(outside(
                            element,
                            "A walk that begins elsewhere than at `/` is",
                        ));
                    }
                    if !self.modes.iter().any(|known| known == mode) {
                        self.modes.push(mode.to_owned());
                    }
                }
                (Language::Xsl, "text" | "comment" | "attribute") => {}
                (Language::Xsl, other) => {
                    return Err(outside(
                        element,
                        &format!("xsl:{other} in the template for `/` is"),
                    ));
                }
                _ => self.walks(element)?,
            }
        }
        Ok(())
    }
}

/// A mode's templates as a pattern: the highest priority first, of equal ones the last (XSLT 1.0, section 5.5).
fn pattern(
    stylesheet: &Element,
    mode: &str,
    templates: Vec<&Element>,
    faults: &mut Vec<RuleSetFault>,
) -> Element {
    let alone = templates.len() == 1;
    let mut checks = 0;
    let mut rules = Vec::new();
    for template in templates {
        let read = priority(template, alone)
            .and_then(|priority| Ok((priority, rule(template, mode, &mut checks)?)));
        match read {
            Ok(read) => rules.push(read),
            Err(fault) => faults.push(fault),
        }
    }
    rules.reverse();
    rules.sort_by_key(|(priority, _)| Reverse(*priority));
    let children = rules.into_iter().map(|(_, rule)| Child::Element(rule)).collect();
    made(stylesheet, "pattern", vec![("id".to_owned(), mode.to_owned())], children)
}

/// A template's priority in thousandths. One that is not stated follows from the match in ways that are outside the shape.
fn priority(template: &Element, alone: bool) -> Read<i64> {
    let Some(stated) = template.attribute("priority") else {
        return if alone {
            Ok(0)
        } else {
            Err(outside(template, "A template without a priority, beside others of its mode, is"))
        };
    };
    let value: f64 = stated.trim().parse().map_err(|_| {
        template.place.fault(RuleSetFaultKind::Broken, "The priority is not a number.")
    })?;
    #[expect(clippy::cast_possible_truncation, reason = "clamped to what fits")]
    Ok((value * 1_000.0).clamp(-1e15, 1e15) as i64)
}

fn rule(template: &Element, mode: &str, checks: &mut usize) -> Read<Element> {
    let matches = instruction::required(template, "match")?;
    if meets_attributes(matches) {
        return Err(outside(template, "A template for attributes, which no walk comes to, is"));
    }
    let mut walks_on = false;
    let mut children = Vec::new();
    for child in &template.children {
        let Child::Element(element) = child else {
            continue;
        };
        match (element.language, element.local.as_str()) {
            (Language::Xsl, "variable") => children.push(Child::Element(element.clone())),
            (Language::Xsl, "if" | "choose") => {
                *checks += 1;
                let id = format!("{mode}-{checks}");
                children.push(Child::Element(check(element, id)?));
            }
            (Language::Xsl, "apply-templates") => {
                let here = element.attribute("mode") == Some(mode);
                if !here || element.attribute("select").is_some() || element.elements().count() > 0
                {
                    return Err(outside(element, "A walk in another mode, or to chosen nodes, is"));
                }
                walks_on = true;
            }
            (_, other) => {
                return Err(outside(element, &format!("`{other}` in a template is")));
            }
        }
    }
    if !walks_on {
        return Err(outside(template, "A template that does not walk on to the nodes below is"));
    }
    Ok(made(template, "rule", vec![("context".to_owned(), matches.to_owned())], children))
}

/// `xsl:if` writes where its test holds: a report. `xsl:choose` writes where its one test does not: an assert.
fn check(element: &Element, id: String) -> Read<Element> {
    let (name, tested, written) = if element.local == "if" {
        ("report", element, element)
    } else {
        let branches: Vec<&Element> = element.elements().collect();
        match branches.as_slice() {
            [when, otherwise]
                if when.is(Language::Xsl, "when")
                    && is_silent(when)
                    && otherwise.is(Language::Xsl, "otherwise") =>
            {
                ("assert", *when, *otherwise)
            }
            _ => {
                let what = "xsl:choose with other than an empty xsl:when and xsl:otherwise is";
                return Err(outside(element, what));
            }
        }
    };
    let test = instruction::required(tested, "test")?;
    let mut outputs = written.elements();
    let message = match (outputs.next(), outputs.next()) {
        (Some(output), None) if output.language != Language::Xsl => message(output, test)?,
        _ => return Err(outside(element, "A check that writes other than one element is")),
    };
    let attributes = vec![("test".to_owned(), test.to_owned()), ("id".to_owned(), id)];
    Ok(made(tested, name, attributes, message))
}

/// What the element that is written says: texts, names and values; its attributes are not part of it.
fn message(written: &Element, test: &str) -> Read<Vec<Child>> {
    let mut message = Vec::new();
    for child in &written.children {
        let element = match child {
            Child::Text(text) => {
                message.push(Child::Text(text.clone()));
                continue;
            }
            Child::Element(element) => element,
        };
        match (element.language, element.local.as_str()) {
            (Language::Xsl, "attribute" | "comment") => {}
            (Language::Xsl, "text") => message.push(Child::Text(element.text())),
            (Language::Xsl, "value-of") => {
                let select = instruction::required(element, "select")?;
                let is_name = matches!(select.trim(), "name()" | "name(.)");
                message.push(Child::Element(if is_name {
                    made(element, "name", Vec::new(), Vec::new())
                } else {
                    element.clone()
                }));
            }
            (Language::Xsl, other) => {
                return Err(outside(element, &format!("xsl:{other} in a message is")));
            }
            _ => message.push(Child::Text(shortened(&element.text(), test))),
        }
    }
    Ok(message)
}

/// A text that repeats the test is cut where it is long: lists of codes take pages.
fn shortened(text: &str, test: &str) -> String {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = words(text);
    if said != words(test) || said.chars().count() <= TEST_SHOWN_CHARS_MAX {
        return text.to_owned();
    }
    let shown: String = said.chars().take(TEST_SHOWN_CHARS_MAX).collect();
    format!("{shown}…")
}

/// Whether a match ends in attributes somewhere.
fn meets_attributes(matches: &str) -> bool {
    let mut outer = String::new();
    let (mut depth, mut quote) = (0usize, None);
    for c in matches.chars() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, _) if depth == 0 => outer.push(c),
            _ => {}
        }
    }
    outer.split('|').any(|path| {
        let last = path.rsplit('/').next().unwrap_or("").trim();
        last.starts_with('@') || last.starts_with("attribute::")
    })
}

fn is_silent(element: &Element) -> bool {
    element.children.iter().all(|child| match child {
        Child::Text(text) => text.trim().is_empty(),
        Child::Element(_) => false,
    })
}

fn made(
    from: &Element,
    local: &str,
    attributes: Vec<(String, String)>,
    children: Vec<Child>,
) -> Element {
    Element {
        language: Language::Schematron,
        local: local.to_owned(),
        attributes,
        children,
        place: from.place.clone(),
        namespaces: std::sync::Arc::clone(&from.namespaces),
    }
}

fn outside(element: &Element, what: &str) -> RuleSetFault {
    let sentence = format!("{what} outside the shape of compiled rules that can be read.");
    element.place.fault(RuleSetFaultKind::Unsupported, sentence)
}
