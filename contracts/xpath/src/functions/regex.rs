//! `matches`, `replace` and `tokenize` (Functions and Operators, section 7.6).

use super::{Builtin, Gives};
use crate::ast::ExprId;
use crate::eval::{Focus, Run};
use crate::fault::{Code, Fault, Outcome};
use crate::pattern::{Pattern, replacement};
use crate::value::{Item, Seq, Text};
use std::sync::Arc;

const EMPTY: Fault = Fault::new(Code::Forx0003, "The regular expression matches the empty string.");

/// Steps of making a pattern that is none, or too large.
const FAILED_STEPS: usize = 200_000;
/// Steps of finding what searching with a pattern takes.
const KNOWN_STEPS: usize = 100_000;
/// Bytes in which one evaluation may search with a pattern before it is looked into what searching takes.
const UNKNOWN_BYTES_MAX: usize = 2_000;

pub(super) const TABLE: &[Builtin] = &[
    Builtin::new("matches", 2, 3, Gives::Boolean, |run, arguments, focus| {
        let text = run.text_argument(arguments, 0, focus)?;
        let pattern = pattern(run, arguments, 2, focus)?;
        run.spend_search(&pattern, &text, 0)?;
        Ok(Seq::boolean(pattern.is_match(&text)))
    }),
    Builtin::new("replace", 3, 4, Gives::Text, |run, arguments, focus| {
        let text = run.text_argument(arguments, 0, focus)?;
        let pattern = pattern(run, arguments, 3, focus)?;
        let by = run.required_text(arguments, 2, focus)?;
        if pattern.matches_empty {
            return Err(EMPTY);
        }
        let by =
            if pattern.literal { by.replace('$', "$$") } else { replacement(&by, &pattern.regex)? };
        let references = by.matches('$').count();
        let mut out = String::new();
        let mut start = 0;
        run.spend_search(&pattern, &text, 0)?;
        for found in pattern.matches(&text) {
            run.spend_search(&pattern, &text, found.end)?;
            run.spend_part(&out, found.start - start)?;
            out.push_str(text.get(start..found.start).unwrap_or(""));
            run.spend_part(&out, by.len() + references.saturating_mul(found.len()))?;
            if references == 0 {
                out.push_str(&by);
            } else if let Some(captures) = pattern.regex.captures_at(&text, found.start) {
                captures.expand(&by, &mut out);
            }
            start = found.end;
        }
        run.spend_part(&out, text.len() - start)?;
        out.push_str(text.get(start..).unwrap_or(""));
        Ok(Seq::string(out))
    }),
    Builtin::new("tokenize", 2, 3, Gives::Texts, |run, arguments, focus| {
        let text = run.text_argument(arguments, 0, focus)?;
        let pattern = pattern(run, arguments, 2, focus)?;
        if pattern.matches_empty {
            return Err(EMPTY);
        }
        if text.is_empty() {
            return Ok(Seq::Empty);
        }
        run.spend_search(&pattern, &text, 0)?;
        let mut tokens = Vec::new();
        let mut start = 0;
        for found in pattern.matches(&text) {
            run.spend_search(&pattern, &text, found.end)?;
            run.grow(tokens.len())?;
            tokens.push(token(&text, start, found.start));
            start = found.end;
        }
        tokens.push(token(&text, start, text.len()));
        Ok(tokens.into())
    }),
];

fn token<'a>(text: &Text<'a>, start: usize, end: usize) -> Item<'a> {
    Item::Atom(crate::value::Atomic::string(super::string::slice(text, start, end)))
}

fn pattern<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    flags_at: usize,
    focus: &Focus<'a>,
) -> Outcome<Arc<Pattern>> {
    let text = run.required_text(arguments, 1, focus)?;
    let flags = if arguments.len() > flags_at {
        run.required_text(arguments, flags_at, focus)?
    } else {
        "".into()
    };
    let known =
        run.program.patterns.find(&text, &flags).or_else(|| run.patterns.find(&text, &flags));
    if let Some(known) = known {
        return Ok(known);
    }
    run.spend(100 + text.len() * 20)?;
    let made = run.patterns.compile(&text, &flags, run.program.xpath_3);
    let steps = made.as_ref().map_or(FAILED_STEPS, |pattern| pattern.made_in_steps());
    run.spend(steps)?;
    made
}

impl Run<'_> {
    /// Counts a search with a pattern in a text, from a place on, before it is made.
    fn spend_search(&mut self, pattern: &Arc<Pattern>, text: &str, start: usize) -> Outcome<()> {
        let bytes = text.len() - start;
        // A pattern that nobody keeps is looked into each time.
        let mut before = UNKNOWN_BYTES_MAX;
        if Arc::strong_count(pattern) > 1 {
            let known = self.searched.entry(Arc::as_ptr(pattern).addr()).or_default();
            before = *known;
            *known = known.saturating_add(bytes);
        }
        if before.saturating_add(bytes) <= UNKNOWN_BYTES_MAX {
            return self.spend(1 + bytes / 8);
        }
        if before <= UNKNOWN_BYTES_MAX {
            self.spend(KNOWN_STEPS)?;
        }
        self.spend(pattern.steps(text, start))
    }
}
