//! Success criteria of a step (Arazzo 1.1, "Criterion Object", type `simple`), as statuses and checks.

use super::expression;
use crate::{
    case::{Check, Must, Statuses},
    template::Template,
};

/// What a condition asks for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The statuses that will do; nothing where none is asked for.
    pub(super) statuses: Option<Statuses>,
    pub(super) checks: Vec<Check>,
}

/// Longest first, so that `<=` is not read as `<`.
const OPERATORS: [&str; 6] = ["==", "!=", "<=", ">=", "<", ">"];

/// Adds what a condition asks for.
///
/// # Errors
///
/// Why it cannot be read.
pub(super) fn read(condition: &str, asked: &mut Asked) -> Result<(), String> {
    if condition.contains("||") {
        return Err("`||` is not supported: write a workflow for each".to_owned());
    }
    condition.split("&&").try_for_each(|part| comparison(part.trim(), asked))
}

fn comparison(part: &str, asked: &mut Asked) -> Result<(), String> {
    let found = OPERATORS.iter().filter_map(|it| part.split_once(*it).map(|(l, r)| (l, *it, r)));
    let first =
        found.min_by_key(|(left, operator, _)| (left.len(), std::cmp::Reverse(operator.len())));
    let Some((left, operator, right)) = first else {
        return Err("a condition compares two values".to_owned());
    };
    let (left, right) = (left.trim(), right.trim());
    if left == "$statusCode" {
        let status = right.parse().map_err(|_| "a status is a number".to_owned())?;
        return status_of(operator, status, asked);
    }
    let at = expression::source(left)
        .ok_or("on the left stands $statusCode, $response.body#/… or $response.header.…")?;
    let must = match (operator, right) {
        ("==", "null") => Must::BeAbsent,
        ("!=", "null") => Must::BePresent,
        ("==", text) => Must::Equal(operand(text)?),
        ("!=", text) => Must::Differ(operand(text)?),
        _ => return Err(format!("`{operator}` is for $statusCode alone")),
    };
    asked.checks.push(Check::Value { at, must });
    Ok(())
}

fn status_of(operator: &str, status: u16, asked: &mut Asked) -> Result<(), String> {
    let range = match operator {
        "==" => Statuses::only(status),
        "<" => Statuses { from: 100, to: status.saturating_sub(1) },
        "<=" => Statuses { from: 100, to: status },
        ">" => Statuses { from: status.saturating_add(1), to: 599 },
        ">=" => Statuses { from: status, to: 599 },
        _ => return Err("say which status must come, not which must not".to_owned()),
    };
    let before = asked.statuses.unwrap_or(Statuses { from: 100, to: 599 });
    let both = Statuses { from: before.from.max(range.from), to: before.to.min(range.to) };
    if both.from > both.to {
        return Err("no status is all that the conditions ask for".to_owned());
    }
    asked.statuses = Some(both);
    Ok(())
}

/// A literal (`'text'`, a number, `true`, `false`), or an expression.
fn operand(text: &str) -> Result<Template, String> {
    if let Some(inside) = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        return Ok(Template::literal(inside.replace("''", "'")));
    }
    if text.starts_with('$') {
        return expression::template(text).map_err(|name| format!("`{name}` is not supported"));
    }
    let is_literal = matches!(text, "true" | "false")
        || serde_json::from_str::<serde_json::Number>(text).is_ok();
    if is_literal {
        Ok(Template::literal(text))
    } else {
        Err("texts stand between ' and '".to_owned())
    }
}
