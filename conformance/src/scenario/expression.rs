//! Runtime expressions of Arazzo 1.1, section "Runtime Expressions", as far as a case can hold them.

use crate::{
    case::Source,
    template::{Slot, Template},
};

/// What an expression gives before anything is sent: `$inputs.NAME` or `$steps.STEP.outputs.NAME`.
pub(super) fn slot(text: &str) -> Option<Slot> {
    if let Some(name) = text.strip_prefix("$inputs.") {
        return is_name(name).then(|| Slot::Given(name.to_owned()));
    }
    let (step, output) = text.strip_prefix("$steps.")?.split_once(".outputs.")?;
    (is_name(step) && is_name(output)).then(|| Slot::Captured(format!("{step}.{output}")))
}

/// What an expression reads from an answer: `$response.body#/POINTER` or `$response.header.NAME`.
pub(super) fn source(text: &str) -> Option<Source> {
    if let Some(pointer) = text.strip_prefix("$response.body#") {
        return Some(Source::Json(pointer.to_owned()));
    }
    let name = text.strip_prefix("$response.header.")?;
    Some(Source::Header(name.to_ascii_lowercase()))
}

/// A text with expressions: one alone, or several in braces, as `/permits/{$steps.make.outputs.id}`.
///
/// # Errors
///
/// The expression that a case cannot hold.
pub(super) fn template(text: &str) -> Result<Template, String> {
    if text.starts_with('$') {
        return slot(text).map(Template::slot).ok_or_else(|| text.to_owned());
    }
    let mut template = Template::default();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{$") {
        template.push_text(before);
        let Some((name, after)) = after.split_once('}') else { return Err(rest.to_owned()) };
        let name = format!("${name}");
        template.push_slot(slot(&name).ok_or(name)?);
        rest = after;
    }
    template.push_text(rest);
    Ok(template)
}

fn is_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    !name.is_empty() && name.bytes().all(allowed)
}
