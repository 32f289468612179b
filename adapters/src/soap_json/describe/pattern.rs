//! Regular expressions of XML Schema as ones of JSON Schema (ECMA-262, with Unicode).
//!
//! What has no counterpart (classes taken from classes, Unicode blocks) has none here: such a pattern is left out,
//! and the schema judges it when the message is written.

/// What XML names begin with.
pub(super) const NAME_START: &str = ":A-Z_a-z\u{c0}-\u{d6}\u{d8}-\u{f6}\u{f8}-\u{2ff}\u{370}-\u{37d}\u{37f}-\u{1fff}\u{200c}\u{200d}\u{2070}-\u{218f}\u{2c00}-\u{2fef}\u{3001}-\u{d7ff}\u{f900}-\u{fdcf}\u{fdf0}-\u{fffd}";
/// What else they have.
pub(super) const NAME_MORE: &str = "\\-.0-9\u{b7}\u{300}-\u{36f}\u{203f}\u{2040}";

/// One expression for a group of which one must match, the whole text each.
pub(super) fn group(patterns: &[String]) -> Option<String> {
    let translated: Option<Vec<String>> = patterns.iter().map(|text| translate(text)).collect();
    Some(format!("^(?:{})$", translated?.join("|")))
}

fn translate(pattern: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => out.push_str(&escape(&mut rest, false)?),
            '[' => class(&mut rest, &mut out)?,
            '.' => out.push_str("[^\\n\\r]"),
            '^' | '$' | '/' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    Some(out)
}

type Rest<'p> = std::iter::Peekable<std::str::Chars<'p>>;

/// What follows a backslash; within a class it stands without brackets.
fn escape(rest: &mut Rest<'_>, in_class: bool) -> Option<String> {
    let c = rest.next()?;
    let set = |inside: &str, negated: bool| match (in_class, negated) {
        (true, false) => Some(inside.to_owned()),
        (true, true) => None,
        (false, false) => Some(format!("[{inside}]")),
        (false, true) => Some(format!("[^{inside}]")),
    };
    match c {
        'n' | 'r' | 't' => Some(format!("\\{c}")),
        'd' => set("\\p{Nd}", false),
        'D' => set("\\p{Nd}", true),
        's' => set(" \\t\\n\\r", false),
        'S' => set(" \\t\\n\\r", true),
        'w' => set("\\p{L}\\p{M}\\p{N}\\p{S}", false),
        'W' => set("\\p{L}\\p{M}\\p{N}\\p{S}", true),
        'i' => set(NAME_START, false),
        'I' => set(NAME_START, true),
        'c' => set(&format!("{NAME_START}{NAME_MORE}"), false),
        'C' => set(&format!("{NAME_START}{NAME_MORE}"), true),
        'p' | 'P' => category(c, rest),
        '-' if !in_class => Some("-".to_owned()),
        c if c.is_ascii_punctuation() => Some(format!("\\{c}")),
        _ => None,
    }
}

fn category(kind: char, rest: &mut Rest<'_>) -> Option<String> {
    if rest.next()? != '{' {
        return None;
    }
    let name: String = rest.by_ref().take_while(|c| *c != '}').collect();
    let is_block = name.starts_with("Is");
    (!is_block).then(|| format!("\\{kind}{{{name}}}"))
}

fn class(rest: &mut Rest<'_>, out: &mut String) -> Option<()> {
    out.push('[');
    if rest.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut is_first = true;
    loop {
        match rest.next()? {
            ']' => break,
            // A class taken from the class has no counterpart.
            '[' => return None,
            '\\' => out.push_str(&escape(rest, true)?),
            '-' => match rest.peek()? {
                '[' => return None,
                // At either end a hyphen is itself.
                ']' => out.push_str("\\-"),
                _ if is_first => out.push_str("\\-"),
                _ => out.push('-'),
            },
            c @ ('^' | '&' | '~') => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
        is_first = false;
    }
    out.push(']');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_the_same_in_the_other_language() {
        for (schema, json) in [
            ("[0-9]{4}", "[0-9]{4}"),
            ("a|b^$", "a|b\\^\\$"),
            ("\\d+\\-.", "[\\p{Nd}]+-[^\\n\\r]"),
            ("[\\w\\-a-f-]", "[\\p{L}\\p{M}\\p{N}\\p{S}\\-a-f\\-]"),
            ("[-+^]", "[\\-+\\^]"),
            ("\\p{Lu}\\s", "\\p{Lu}[ \\t\\n\\r]"),
        ] {
            assert_eq!(translate(schema).as_deref(), Some(json), "{schema}");
        }
        for schema in ["[a-z-[aeiou]]", "\\p{IsGreek}", "[^\\D]"] {
            assert_eq!(translate(schema), None, "{schema}");
        }
    }
}
