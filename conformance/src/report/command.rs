//! A kept request as a command that can be pasted: `curl` in a POSIX shell, and a `.hurl` file.
//!
//! A secret is never in it: `{{secret:NAME}}` becomes `"$NAME"` for the shell and `{{NAME}}` for hurl,
//! in capitals, and whoever pastes the line sets it.

use crate::{
    case::Source,
    result::{Exchanged, Kept},
};
use std::fmt::Write as _;

/// Longest body that is an argument of the command; a longer one comes through a pipe. In bytes; Linux takes 131,072.
const ARGUMENT_BYTES_MAX: usize = 100_000;
/// Headers that the tool writes itself, or that do not survive a second connection.
const OWN_HEADERS: [&str; 5] =
    ["host", "content-length", "connection", "transfer-encoding", "expect"];

/// A text and the secrets in it, in turn: text, name, text, …, text.
struct Spoken<'a> {
    texts: Vec<&'a str>,
    names: Vec<String>,
}

impl<'a> Spoken<'a> {
    fn of(text: &'a str) -> Self {
        const BEGIN: &str = "{{secret:";
        let mut spoken = Self { texts: Vec::new(), names: Vec::new() };
        let mut rest = text;
        let mut from = 0;
        while let Some(at) = rest.get(from..).and_then(|part| part.find(BEGIN)).map(|at| at + from)
        {
            let after = rest.get(at + BEGIN.len()..).unwrap_or_default();
            let name = after.split_once("}}").filter(|(name, _)| is_name(name));
            let Some((name, next)) = name else {
                from = at + BEGIN.len();
                continue;
            };
            spoken.texts.push(rest.get(..at).unwrap_or_default());
            spoken.names.push(variable(name));
            (rest, from) = (next, 0);
        }
        spoken.texts.push(rest);
        spoken
    }

    fn write(&self, text: impl Fn(&str) -> String, name: impl Fn(&str) -> String) -> String {
        let mut out = String::new();
        for (at, each) in self.texts.iter().enumerate() {
            out.push_str(&text(each));
            if let Some(secret) = self.names.get(at) {
                out.push_str(&name(secret));
            }
        }
        out
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// The variable that holds a secret: its name in capitals, with `_` for what a shell does not take.
pub fn variable(name: &str) -> String {
    let upper = name.bytes().map(|byte| match byte {
        b if b.is_ascii_alphanumeric() => char::from(b.to_ascii_uppercase()),
        _ => '_',
    });
    let upper: String = upper.collect();
    if upper.starts_with(|c: char| c.is_ascii_digit()) { format!("_{upper}") } else { upper }
}

/// A text as one word of a POSIX shell, with its secrets as variables.
pub fn shell_word(text: &str) -> String {
    let plain = |text: &str| {
        let safe = |b: u8| b.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&b);
        if !text.is_empty() && text.bytes().all(safe) {
            return text.to_owned();
        }
        if text.is_empty() { String::new() } else { format!("'{}'", text.replace('\'', r"'\''")) }
    };
    let word = Spoken::of(text).write(plain, |name| format!("\"${name}\""));
    if word.is_empty() { "''".to_owned() } else { word }
}

/// Whether the whole body was kept, so that it can be sent again.
pub fn is_whole(message: &Kept) -> bool {
    let kept = match (&message.body, &message.body_base64) {
        (Some(text), _) => text.len() as u64,
        (None, Some(base64)) => {
            let padding = base64.bytes().rev().take_while(|byte| *byte == b'=').count();
            (base64.len() / 4 * 3).saturating_sub(padding) as u64
        }
        (None, None) => 0,
    };
    // A secret in it is longer or shorter than its placeholder.
    message.body_bytes == kept
        || message.body.as_ref().is_some_and(|text| text.contains("{{secret:"))
}

/// The address and the path as one URL.
fn url(address: &str, target: &str) -> String {
    format!("{}{target}", address.trim_end_matches('/'))
}

fn sent_headers(request: &Kept) -> impl Iterator<Item = &(String, String)> {
    request.headers.iter().filter(|(name, _)| !OWN_HEADERS.contains(&name.as_str()))
}

/// The request as one command for a POSIX shell; nothing where its body was cut.
pub fn curl(address: &str, request: &Kept) -> Option<String> {
    if !is_whole(request) {
        return None;
    }
    let (method, target) = request.start.split_once(' ')?;
    let mut words = vec!["curl --include --path-as-is --globoff".to_owned()];
    words.push(match method {
        "HEAD" => "--head".to_owned(),
        method => format!("--request {}", shell_word(method)),
    });
    for (name, value) in sent_headers(request) {
        let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        words.push(format!("--header {}", shell_word(&header)));
    }
    let (before, body) = curl_body(request);
    if body.is_some() && !request.headers.iter().any(|(name, _)| name == "content-type") {
        // Otherwise curl states a form.
        words.push("--header 'content-type:'".to_owned());
    }
    words.extend(body);
    words.push(format!("--url {}", shell_word(&url(address, target))));
    Some(format!("{}{}", before.unwrap_or_default(), words.join(" \\\n  ")))
}

/// What feeds curl its body, and the option that takes it.
fn curl_body(request: &Kept) -> (Option<String>, Option<String>) {
    let piped = Some("--data-binary @-".to_owned());
    match (&request.body, &request.body_base64) {
        (Some(text), _) if text.is_empty() => (None, None),
        // A terminal would take them for commands, and no argument holds a NUL.
        (Some(text), _) if text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')) => {
            use base64::{Engine as _, engine::general_purpose::STANDARD};
            (Some(format!("printf %s {} | base64 -d | ", STANDARD.encode(text))), piped)
        }
        (Some(text), _) if text.len() > ARGUMENT_BYTES_MAX => {
            (Some(format!("printf %s {} | ", shell_word(text))), piped)
        }
        (Some(text), _) => (None, Some(format!("--data-raw {}", shell_word(text)))),
        (None, Some(base64)) => {
            (Some(format!("printf %s {} | base64 -d | ", shell_word(base64))), piped)
        }
        (None, None) => (None, None),
    }
}

/// What an entry of a `.hurl` file takes from its answer, each under a name.
pub(super) fn captures<'s>(all: impl Iterator<Item = (String, &'s Source)>) -> String {
    let mut section = String::new();
    for (name, from) in all {
        if section.is_empty() {
            section.push_str("[Captures]\n");
        }
        // Writing to a text cannot fail.
        let _ = match from {
            Source::Header(header) if header == "location" => {
                writeln!(section, "{name}: header \"Location\" regex \"([^/]+)/*$\"")
            }
            Source::Header(header) => writeln!(section, "{name}: header \"{header}\""),
            Source::Json(pointer) => {
                writeln!(section, "{name}: jsonpath \"{}\"", json_path(pointer))
            }
            Source::Xml(path) => {
                let steps = path.split('/').filter(|step| !step.is_empty());
                let steps: String =
                    steps.map(|step| format!("/*[local-name()='{step}']")).collect();
                writeln!(section, "{name}: xpath \"string({steps})\"")
            }
        };
    }
    section
}

/// A JSON Pointer as a JSONPath (RFC 9535), within double quotes.
fn json_path(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    let step = |step: String| match step.parse::<usize>() {
        Ok(index) => format!("[{index}]"),
        Err(_) => format!("['{}']", step.replace('\\', "").replace(['"', '\''], "")),
    };
    format!("${}", steps.map(step).collect::<String>())
}

/// The exchanges as a `.hurl` file: <https://hurl.dev>, whose file format is that of version 4 and later. What `captures` gives for
/// the place of an exchange stands after its entry.
pub(super) fn hurl(
    address: &str,
    exchanges: &[Exchanged],
    captures: &dyn Fn(usize) -> String,
) -> String {
    let mut file = String::new();
    for (at, exchange) in exchanges.iter().enumerate() {
        let request = &exchange.request;
        let Some((method, target)) = request.start.split_once(' ') else { continue };
        // Writing to a text cannot fail.
        let _ = writeln!(file, "# {}", one_line(&exchange.step));
        let _ = writeln!(file, "{method} {}", hurl_text(&url(address, target)));
        for (name, value) in sent_headers(request) {
            let _ = writeln!(file, "{name}: {}", hurl_text(value));
        }
        if is_whole(request) {
            hurl_body(request, &mut file);
        } else {
            file.push_str("# the body is longer than what was kept of it\n");
        }
        let _ = writeln!(file, "HTTP *\n{}", captures(at));
    }
    file
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Text in a line of a hurl file: `#` begins a comment there, and `\` an escape.
fn hurl_text(text: &str) -> String {
    let plain = |text: &str| {
        let mut out = String::new();
        for c in text.chars() {
            match c {
                '#' | '\\' => out.extend(['\\', c]),
                // Braces would begin a variable.
                '{' | '}' => {
                    let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
                }
                c if c.is_control() => {
                    let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
                }
                c => out.push(c),
            }
        }
        out
    };
    Spoken::of(text).write(plain, |name| format!("{{{{{name}}}}}"))
}

/// A body without secrets is written in base64, which is exact whatever it holds; its text stands above as a comment.
fn hurl_body(request: &Kept, file: &mut String) {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let base64 = match (&request.body, &request.body_base64) {
        (Some(text), _) if text.is_empty() => return,
        (Some(text), _) if text.contains("{{secret:") => {
            let _ = writeln!(file, "`{}`", hurl_text(text).replace('`', "\\u{60}"));
            return;
        }
        (Some(text), _) => {
            for line in text.lines().take(100) {
                let _ = writeln!(file, "# {}", one_line(line));
            }
            STANDARD.encode(text)
        }
        (None, Some(base64)) => base64.clone(),
        (None, None) => return,
    };
    let _ = writeln!(file, "base64,{base64};");
}
