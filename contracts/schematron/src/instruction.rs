//! Instructions of XSLT inside rule sets: functions, variables, and what stands in them.

use crate::fault::{RuleSetFault, RuleSetFaultKind};
use crate::source::{Child, Element, Language};
use sluse_xpath::{Function, Instruction, InstructionKind, Variable};

type Read<T> = Result<T, RuleSetFault>;

/// Reads `xsl:function`. The name's prefix is resolved in the element's scope.
pub(crate) fn function(element: &Element) -> Read<Function> {
    let name = required(element, "name")?;
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let namespace = element.namespaces.get(prefix).cloned().unwrap_or_default();
    if namespace.is_empty() {
        let sentence = format!("No namespace is declared for the prefix of the function `{name}`.");
        return Err(element.place.fault(RuleSetFaultKind::NamespaceMissing, sentence));
    }
    let mut parameters = Vec::new();
    let mut body = Vec::new();
    for child in &element.children {
        match child {
            Child::Element(child) if child.is(Language::Xsl, "param") => {
                parameters.push(variable(child)?);
            }
            child => body.push(child.clone()),
        }
    }
    Ok(Function {
        name: (namespace, local.to_owned()),
        parameters,
        as_type: element.attribute("as").map(str::to_owned),
        body: content(&body)?,
    })
}

/// Reads `xsl:variable` or `xsl:param`.
pub(crate) fn variable(element: &Element) -> Read<Variable> {
    Ok(Variable {
        name: required(element, "name")?.to_owned(),
        as_type: element.attribute("as").map(str::to_owned),
        select: element.attribute("select").map(str::to_owned),
        content: content(&element.children)?,
    })
}

/// Reads the instructions of a sequence constructor. Text of white space alone does not count.
pub(crate) fn content(children: &[Child]) -> Read<Vec<Instruction>> {
    let mut instructions = Vec::new();
    for child in children {
        match child {
            Child::Text(text) if text.trim().is_empty() => {}
            Child::Text(text) => instructions
                .push(Instruction { place: (0, 0), kind: InstructionKind::Text(text.clone()) }),
            Child::Element(element) => {
                if let Some(kind) = kind(element)? {
                    let place = (element.place.line, element.place.column);
                    instructions.push(Instruction { place, kind });
                }
            }
        }
    }
    Ok(instructions)
}

fn kind(element: &Element) -> Read<Option<InstructionKind>> {
    if element.language != Language::Xsl {
        return Ok(Some(InstructionKind::Element(content(&element.children)?)));
    }
    Ok(Some(match element.local.as_str() {
        "text" => InstructionKind::Text(element.text()),
        "value-of" => match element.attribute("select") {
            Some(select) => InstructionKind::ValueOf {
                select: select.to_owned(),
                separator: element.attribute("separator").unwrap_or(" ").to_owned(),
            },
            None => InstructionKind::Element(content(&element.children)?),
        },
        "sequence" | "copy-of" => {
            InstructionKind::Sequence(required(element, "select")?.to_owned())
        }
        "variable" => InstructionKind::Variable(variable(element)?),
        "if" => InstructionKind::Choose {
            when: vec![(required(element, "test")?.to_owned(), content(&element.children)?)],
            otherwise: Vec::new(),
        },
        "choose" => choose(element)?,
        "for-each" => InstructionKind::ForEach {
            select: required(element, "select")?.to_owned(),
            body: content(&element.children)?,
        },
        "for-each-group" => InstructionKind::ForEachGroup {
            select: required(element, "select")?.to_owned(),
            group_by: required(element, "group-by")?.to_owned(),
            body: content(&element.children)?,
        },
        // Attributes of an element of the result are not part of its text.
        "attribute" | "comment" | "message" => return Ok(None),
        other => {
            let sentence = format!("The instruction xsl:{other} is not supported.");
            return Err(element.place.fault(RuleSetFaultKind::Unsupported, sentence));
        }
    }))
}

fn choose(element: &Element) -> Read<InstructionKind> {
    let mut when = Vec::new();
    let mut otherwise = Vec::new();
    for branch in element.elements() {
        match branch.local.as_str() {
            "when" => when.push((required(branch, "test")?.to_owned(), content(&branch.children)?)),
            "otherwise" => otherwise = content(&branch.children)?,
            other => {
                let sentence = format!("xsl:{other} cannot stand in xsl:choose.");
                return Err(branch.place.fault(RuleSetFaultKind::Broken, sentence));
            }
        }
    }
    Ok(InstructionKind::Choose { when, otherwise })
}

pub(crate) fn required<'e>(element: &'e Element, name: &str) -> Read<&'e str> {
    element.attribute(name).ok_or_else(|| {
        let sentence = format!("`{}` has no attribute `{name}`.", element.local);
        element.place.fault(RuleSetFaultKind::Broken, sentence)
    })
}
