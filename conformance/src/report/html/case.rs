//! What differs in a case and what was sent, as the page shows it.

use super::{both, breakable, escape, hint, pre, say, told};
use crate::{
    report::{command, exchange, place, words::Say},
    result::{CaseResult, Difference, Exchanged, Kept},
};
use std::fmt::{self, Write};

/// Words in both languages where they are words; a value of a message stays as it is.
fn either(text: &str) -> String {
    both(|language| language.side(text))
}

/// What must be and what came, side by side.
pub(super) fn difference(out: &mut String, case: &CaseResult, each: &Difference) -> fmt::Result {
    let place = match (&each.path, each.line) {
        (Some(path), Some(line)) => {
            format!("<code>{}</code> ({line}:{})", breakable(path), each.column.unwrap_or(1))
        }
        (Some(path), None) => format!("<code>{}</code>", breakable(path)),
        (None, Some(line)) => format!("{line}:{}", each.column.unwrap_or(1)),
        (None, None) => String::new(),
    };
    writeln!(
        out,
        "<div class=\"difference\"><p class=\"what\"><b>{}</b> <span class=\"step\">{}</span> {place}</p>",
        escape(&each.what),
        escape(&each.step)
    )?;
    if let Some(constraint) = &each.constraint {
        writeln!(
            out,
            "<p class=\"constraint\">{} <code>{}</code></p>",
            say(Say::Constraint),
            breakable(constraint)
        )?;
    }
    writeln!(
        out,
        "<dl class=\"sides\"><div class=\"expected\"><dt>{}</dt><dd>{}</dd></div><div class=\"actual\"><dt>{}</dt><dd>{}</dd></div></dl>",
        say(Say::Expected),
        either(&each.expected),
        say(Say::Actual),
        either(&each.actual)
    )?;
    let lines = place::lines(each, exchange(case, Some(each)));
    if !lines.is_empty() {
        let shown: Vec<String> = lines.iter().map(marked).collect();
        writeln!(out, "<pre class=\"excerpt\" tabindex=\"0\">{}</pre>", shown.concat())?;
    }
    writeln!(out, "{}</div>", hint(each.hint.as_deref()))
}

/// A line with its number, and a mark from the place to the end of the word.
fn marked(line: &place::Line) -> String {
    let number = format!("<span class=\"line\">{:>5}</span>  ", line.number);
    let Some(mark) = line.mark else { return format!("{number}{}\n", escape(&line.text)) };
    let before: String = line.text.chars().take(mark).collect();
    let rest: String = line.text.chars().skip(mark).collect();
    let first = rest.chars().next().map_or(0, char::len_utf8);
    // A member of JSON with its value; a word or a tag of anything else.
    let ends = if rest.starts_with('"') { ",}]" } else { ",}]>< " };
    let stop = rest.char_indices().skip(1).find(|(_, c)| ends.contains(*c));
    let end = stop.map_or(rest.len(), |(at, _)| at).max(first);
    let (inside, after) = rest.split_at_checked(end).unwrap_or((&rest, ""));
    let inside = if inside.is_empty() { " " } else { inside };
    format!("{number}{}<mark>{}</mark>{}\n", escape(&before), escape(inside), escape(after))
}

pub(super) fn exchanges(out: &mut String, case: &CaseResult) -> fmt::Result {
    if case.exchanges.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<details class=\"exchanges\"><summary>{} <span class=\"count\">{}</span></summary>",
        say(Say::Exchanges),
        case.exchanges.len()
    )?;
    for each in &case.exchanges {
        exchanged(out, each)?;
    }
    writeln!(out, "</details>")
}

fn exchanged(out: &mut String, each: &Exchanged) -> fmt::Result {
    writeln!(
        out,
        "<div class=\"exchange\"><div><h4>{} <span class=\"step\">{}</span></h4>{}</div>",
        say(Say::Request),
        escape(&each.step),
        message(&each.request)
    )?;
    let answer = match (&each.answer, &each.no_answer) {
        (Some(answer), _) => message(answer),
        (None, Some(why)) => format!("<p>{}</p>", told(why)),
        (None, None) => format!("<p>{}</p>", say(Say::NoAnswer)),
    };
    writeln!(out, "<div><h4>{}</h4>{answer}</div></div>", say(Say::Answer))
}

fn message(kept: &Kept) -> String {
    let mut text = kept.start.clone();
    for (name, value) in &kept.headers {
        // Writing to a text cannot fail.
        let _ = write!(text, "\n{name}: {value}");
    }
    let mut shown = String::new();
    match (&kept.body, &kept.body_base64) {
        (Some(body), _) if !body.is_empty() => {
            let _ = write!(text, "\n\n{body}");
        }
        (None, Some(base64)) => {
            let _ = write!(text, "\n\n{base64}");
            shown = format!("<p>{}</p>", say(Say::Binary));
        }
        _ => {}
    }
    let cut =
        if command::is_whole(kept) { String::new() } else { format!("<p>{}</p>", say(Say::Cut)) };
    format!("{shown}{}{cut}", pre(&text))
}
