//! Keys of XSLT (`xsl:key`; XSLT 2.0, section 16.3): each name is a function from a value to nodes.
//!
//! `key('lines', $id)` is written out as the nodes that the key's pattern matches, filtered by what it uses. No index is
//! built for it: comparisons in predicates are answered from tables wherever they stand. Values are compared as by `=`.

use crate::fault::{RuleSetFault, RuleSetFaultKind};
use crate::instruction;
use crate::scopes::Scopes;
use crate::source::{Element, Language, Place};
use sluse_xpath::{Function, Instruction, InstructionKind, KEY_NAMESPACE, Variable};

/// The value that nodes are looked for by: no name that a rule set can write stands for it by chance.
const VALUE: &str = "value-of-key.sluse";
/// What a key with content gives for a node.
const USED: &str = "used-by-key.sluse";

/// Makes a function of each key's name.
pub(crate) fn functions(schema: &Element, scopes: &mut Scopes<'_, '_>) -> Vec<(Place, Function)> {
    let mut names: Vec<&str> = Vec::new();
    let keys: Vec<&Element> =
        schema.elements().filter(|each| each.is(Language::Xsl, "key")).collect();
    let mut made = Vec::new();
    for key in &keys {
        let name = key.attribute("name").unwrap_or_default();
        if names.contains(&name) {
            continue;
        }
        names.push(name);
        let alike: Vec<&Element> = keys
            .iter()
            .copied()
            .filter(|each| each.attribute("name") == key.attribute("name"))
            .collect();
        match function(&alike, scopes) {
            Ok(function) => made.push((key.place.clone(), function)),
            Err(fault) => scopes.faults.push(fault),
        }
    }
    made
}

/// The function of keys that share a name.
fn function(keys: &[&Element], scopes: &mut Scopes<'_, '_>) -> Result<Function, RuleSetFault> {
    let mut paths = Vec::new();
    let mut body = Vec::new();
    let mut name = "";
    for key in keys {
        name = instruction::required(key, "name")?;
        let matched = instruction::required(key, "match")?;
        scopes.is_context(key, "match", matched);
        let matched: Vec<String> = alternatives(matched).map(from_root).collect();
        match key.attribute("use") {
            Some(used) => {
                scopes.is_expression(key, "use", used);
                paths.extend(matched.iter().map(|path| format!("{path}[({used}) = ${VALUE}]")));
            }
            None if keys.len() == 1 => body = each(key, &matched.join(" | "))?,
            None => {
                let sentence = "Several keys of one name are taken where each has `use`.";
                return Err(key.place.fault(RuleSetFaultKind::Unsupported, sentence));
            }
        }
    }
    if let Some(key) = keys.first().filter(|_| !paths.is_empty()) {
        let kind = InstructionKind::Sequence(paths.join(" | "));
        body.push(Instruction { place: (key.place.line, key.place.column), kind });
    }
    let value = Variable { name: VALUE.to_owned(), ..Variable::default() };
    let name = (KEY_NAMESPACE.to_owned(), name.to_owned());
    Ok(Function { name, parameters: vec![value], as_type: None, body })
}

/// The nodes for which what a key has between its tags gives the value.
fn each(key: &Element, select: &str) -> Result<Vec<Instruction>, RuleSetFault> {
    let place = (key.place.line, key.place.column);
    let at = |kind| Instruction { place, kind };
    let used = Variable {
        name: USED.to_owned(),
        // Items as they are, not the text that they make together.
        as_type: Some("item()*".to_owned()),
        content: instruction::content(&key.children)?,
        ..Variable::default()
    };
    let found = vec![at(InstructionKind::Sequence(".".to_owned()))];
    let when = vec![(format!("${USED} = ${VALUE}"), found)];
    let body = vec![
        at(InstructionKind::Variable(used)),
        at(InstructionKind::Choose { when, otherwise: Vec::new() }),
    ];
    Ok(vec![at(InstructionKind::ForEach { select: select.to_owned(), body })])
}

/// The alternatives of a pattern: what stands between `|`, outside of brackets and quotes.
fn alternatives(pattern: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut quote) = (0_usize, None);
    pattern.split(move |c: char| {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            (None, _) => return c == '|' && depth == 0,
        }
        false
    })
}

/// A pattern as the path to all nodes that it matches.
fn from_root(pattern: &str) -> String {
    let pattern = pattern.trim();
    if pattern.starts_with('/') { pattern.to_owned() } else { format!("//{pattern}") }
}

#[cfg(test)]
mod tests {
    use super::{alternatives, from_root};

    #[test]
    fn a_pattern_is_split_where_alternatives_meet() {
        let paths = |pattern: &str| alternatives(pattern).map(from_root).collect::<Vec<_>>();
        assert_eq!(paths("a"), ["//a"]);
        assert_eq!(
            paths("a[b | c]/@d | /e | x[. = ('|', \"]|\")]"),
            ["//a[b | c]/@d", "/e", "//x[. = ('|', \"]|\")]"]
        );
    }
}
