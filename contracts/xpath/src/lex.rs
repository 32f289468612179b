//! From text to tokens (XPath 2.0, appendix A.2). Whether a name is an operator is the parser's to say.

use crate::fault::{Code, StaticFault};

/// A token with its place in the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'t> {
    pub(crate) kind: Kind<'t>,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind<'t> {
    /// A name, with a prefix or without.
    Name(Option<&'t str>, &'t str),
    /// `prefix:*`
    PrefixStar(&'t str),
    /// `*:local`
    StarLocal(&'t str),
    Integer(&'t str),
    Decimal(&'t str),
    Double(&'t str),
    /// A string literal, with its quotes.
    String(&'t str),
    Symbol(&'static str),
    End,
}

const SYMBOLS: [&str; 27] = [
    "::", "..", "//", "<<", ">>", "<=", ">=", "!=", "||", ":=", "=>", "(", ")", "[", "]", ",", "$",
    "/", "|", "+", "-", "*", "=", "<", ">", "@", "?",
];

/// Cuts the text into tokens; the last one is [`Kind::End`].
pub(crate) fn tokens(text: &str) -> Result<Vec<Token<'_>>, StaticFault> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        at = skip_space(text, at)?;
        let token = next(text, at)?;
        at = token.end;
        tokens.push(token);
        if token.kind == Kind::End {
            return Ok(tokens);
        }
    }
}

/// The value of a string literal: doubled quotes stand for one.
pub(crate) fn unquote(literal: &str) -> String {
    let quote = if literal.starts_with('\'') { "'" } else { "\"" };
    let inner = literal.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).unwrap_or("");
    inner.replace(&quote.repeat(2), quote)
}

pub(crate) fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '_' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

pub(crate) fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Whether the text is a name without a colon.
pub(crate) fn is_ncname(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

/// Prefix, `""` for none, and local part of a text that is a qualified name.
pub(crate) fn qname(text: &str) -> Option<(&str, &str)> {
    let Some((prefix, local)) = text.split_once(':') else {
        return is_ncname(text).then_some(("", text));
    };
    (is_ncname(prefix) && is_ncname(local)).then_some((prefix, local))
}

fn rest(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or("")
}

fn skip_space(text: &str, mut at: usize) -> Result<usize, StaticFault> {
    loop {
        let rest = rest(text, at);
        let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        at += rest.len() - trimmed.len();
        if !trimmed.starts_with("(:") {
            return Ok(at);
        }
        at = skip_comment(text, at)?;
    }
}

fn skip_comment(text: &str, start: usize) -> Result<usize, StaticFault> {
    let mut depth = 0usize;
    let mut at = start;
    while let Some(c) = rest(text, at).chars().next() {
        if rest(text, at).starts_with("(:") {
            depth += 1;
            at += 2;
        } else if rest(text, at).starts_with(":)") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Ok(at);
            }
        } else {
            at += c.len_utf8();
        }
    }
    Err(StaticFault::new(Code::Xpst0003, start, "The comment has no end."))
}

fn next(text: &str, start: usize) -> Result<Token<'_>, StaticFault> {
    let rest = rest(text, start);
    let Some(first) = rest.chars().next() else {
        return Ok(Token { kind: Kind::End, start, end: start });
    };
    let (kind, length) = if is_name_start(first) {
        name(rest)
    } else if first.is_ascii_digit()
        || (first == '.' && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit))
    {
        number(rest, start)?
    } else if first == '"' || first == '\'' {
        string(rest, first, start)?
    } else if let Some(local) =
        rest.strip_prefix("*:").filter(|local| local.starts_with(is_name_start))
    {
        let end = ncname_end(local);
        (Kind::StarLocal(local.get(..end).unwrap_or("")), end + 2)
    } else {
        let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) else {
            return symbol_or_fault(rest, start);
        };
        (Kind::Symbol(symbol), symbol.len())
    };
    Ok(Token { kind, start, end: start + length })
}

fn symbol_or_fault(rest: &str, start: usize) -> Result<Token<'_>, StaticFault> {
    for symbol in [".", "!", ":"] {
        if rest.starts_with(symbol) && symbol != ":" {
            return Ok(Token { kind: Kind::Symbol(symbol), start, end: start + 1 });
        }
    }
    Err(StaticFault::new(Code::Xpst0003, start, "A character stands where none such may stand."))
}

fn ncname_end(text: &str) -> usize {
    text.find(|c| !is_name_char(c)).unwrap_or(text.len())
}

fn name(text: &str) -> (Kind<'_>, usize) {
    let end = ncname_end(text);
    let first = text.get(..end).unwrap_or("");
    let after = text.get(end..).unwrap_or("");
    if let Some(local) = after.strip_prefix(':') {
        if local.starts_with('*') {
            return (Kind::PrefixStar(first), end + 2);
        }
        if local.starts_with(is_name_start) {
            let local_end = ncname_end(local);
            return (
                Kind::Name(Some(first), local.get(..local_end).unwrap_or("")),
                end + 1 + local_end,
            );
        }
    }
    (Kind::Name(None, first), end)
}

fn number(text: &str, start: usize) -> Result<(Kind<'_>, usize), StaticFault> {
    let digits = |at: usize| text.bytes().skip(at).take_while(u8::is_ascii_digit).count();
    let mut end = digits(0);
    let mut whole = true;
    if text.as_bytes().get(end) == Some(&b'.') {
        whole = false;
        end += 1 + digits(end + 1);
    }
    let mut double = false;
    if matches!(text.as_bytes().get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.as_bytes().get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent == 0 {
            return Err(StaticFault::new(
                Code::Xpst0003,
                start,
                "The number has no digits after its exponent.",
            ));
        }
        double = true;
        end += 1 + sign + exponent;
    }
    if text.get(end..).is_some_and(|rest| rest.starts_with(is_name_start)) {
        return Err(StaticFault::new(
            Code::Xpst0003,
            start,
            "A name follows a number without a space.",
        ));
    }
    let number = text.get(..end).unwrap_or("");
    let kind = match (double, whole) {
        (true, _) => Kind::Double(number),
        (false, true) => Kind::Integer(number),
        (false, false) => Kind::Decimal(number),
    };
    Ok((kind, end))
}

fn string(text: &str, quote: char, start: usize) -> Result<(Kind<'_>, usize), StaticFault> {
    let mut at = 1;
    loop {
        let Some(found) = text.get(at..).and_then(|rest| rest.find(quote)) else {
            return Err(StaticFault::new(Code::Xpst0003, start, "The string has no end."));
        };
        at += found + 1;
        if !text.get(at..).is_some_and(|rest| rest.starts_with(quote)) {
            return Ok((Kind::String(text.get(..at).unwrap_or("")), at));
        }
        at += 1;
    }
}
