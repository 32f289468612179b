//! `sluse explain`: what a code means, why it is, how to put it right.

use super::{Exit, Output, Style};
use serde::Serialize;
use serde_json::json;
use sluse_contracts::{
    code::{self, ENTRIES, Entry},
    schema::code_of_constraint,
};

/// Say what a code means, why, and how to put it right
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse explain V0301\n  \
    sluse explain cvc-complex-type.2.4.a   the page of a rule of XML Schema\n  \
    sluse explain keys-max            a limit: how much it is, and its page\n  \
    sluse explain                     every code, with its title\n  \
    sluse explain V0301 --format json")]
pub(super) struct Args {
    /// The code, such as V0301, the name of a rule of XML Schema, such as cvc-elt.1, or of a limit, such as keys-max;
    /// every code is listed where it is absent
    code: Option<String>,
}

/// The manual's page of limits.
const LIMITS: &str = include_str!("../../docs/limits.md");

/// A page, cut into its sections.
#[derive(Debug, Serialize)]
struct Page<'a> {
    /// The limit that was asked for, where it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
    code: &'a str,
    title: &'a str,
    what: &'a str,
    why: &'a str,
    remedy: &'a str,
    example: &'a str,
}

/// A line of the list.
#[derive(Debug, Serialize)]
struct Title<'a> {
    code: &'a str,
    title: &'a str,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let Some(asked) = &args.code else {
        return list(output);
    };
    let asked = asked.trim();
    let limit = limit(asked);
    if let Some(Limit { told, code: None }) = &limit {
        if output.is_json() {
            output.json(&json!({ "limit": told }));
        } else {
            output.line(told);
        }
        return Exit::Fine;
    }
    let of_limit = limit.as_ref().and_then(|limit| limit.code);
    let constraint = code_of_constraint(asked).map(|code| code.as_str());
    let Some(entry) = code::entry(of_limit.or(constraint).unwrap_or(asked)) else {
        return unknown(asked, output);
    };
    let limit = limit.map(|limit| limit.told);
    if output.is_json() {
        output.json(&Page { limit, ..page(entry) });
    } else {
        if let Some(limit) = limit {
            output.line(limit);
            output.line("");
        }
        for line in entry.page.trim_end().lines() {
            let heading = line.starts_with('#');
            let line = if heading { output.paint(Style::Bold, line) } else { line.to_owned() };
            output.line(line);
        }
    }
    Exit::Fine
}

/// A limit as the manual tells it.
#[derive(Debug, PartialEq, Eq)]
struct Limit {
    told: String,
    /// Of what is told where it is reached; a limit of a file of the configuration has none.
    code: Option<&'static str>,
}

/// The limit of a name, by the manual's tables, a line for each row that has it; the line above a table may give its code.
fn limit(name: &str) -> Option<Limit> {
    let quoted = format!("`{name}`");
    let (mut of_table, mut code) = (None, None);
    let mut told: Vec<String> = Vec::new();
    for line in LIMITS.lines() {
        if !line.starts_with('|') {
            of_table = code_in(line).or(of_table.filter(|_| line.is_empty()));
        } else if line.contains(&quoted) {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            told.push(match cells.as_slice() {
                [what, unit, value, of] => format!("{what}: {value} {unit}, {of}"),
                [what, unit, value] => format!("{what}: {value} {unit}"),
                _ => continue,
            });
            code = code.or(code_in(line).or(of_table));
        }
    }
    (!told.is_empty()).then(|| Limit { told: told.join("\n"), code })
}

/// The first code that stands in brackets.
fn code_in(line: &'static str) -> Option<&'static str> {
    let after = line.split('(').skip(1);
    after.filter_map(|part| part.get(..5)).find(|part| code::entry(part).is_some())
}

fn list(output: &mut Output) -> Exit {
    for entry in ENTRIES {
        let (code, title) = (entry.code.as_str(), entry.title);
        if output.is_json() {
            output.json(&Title { code, title });
        } else {
            let code = output.paint(Style::Bold, code);
            output.line(format_args!("{code}  {title}"));
        }
    }
    Exit::Fine
}

fn unknown(asked: &str, output: &mut Output) -> Exit {
    let exit = output.error(format_args!("there is no code `{asked}`"));
    let near = near_misses(asked);
    if near.is_empty() {
        output
            .hint("a code is a letter (V, F or C) and four digits; `sluse explain` lists them all");
    } else {
        let near: Vec<String> =
            near.into_iter().map(|entry| format!("{}  {}", entry.code, entry.title)).collect();
        output.hint(format_args!("the nearest are\n  {}", near.join("\n  ")));
    }
    exit
}

/// The codes one keystroke away, else those whose title has the word; a few.
fn near_misses(asked: &str) -> Vec<&'static Entry> {
    const SHOWN_MAX: usize = 5;
    let upper = asked.trim().to_ascii_uppercase();
    let near = |entry: &&Entry| strsim::damerau_levenshtein(entry.code.as_str(), &upper) <= 1;
    let mut found: Vec<_> = ENTRIES.iter().filter(near).take(SHOWN_MAX).collect();
    if found.is_empty() && upper.len() >= 3 {
        let lower = upper.to_ascii_lowercase();
        let has_word = |entry: &&Entry| entry.title.to_ascii_lowercase().contains(&lower);
        found = ENTRIES.iter().filter(has_word).take(SHOWN_MAX).collect();
    }
    found
}

fn page(entry: &'static Entry) -> Page<'static> {
    let section = |heading: &str| {
        entry
            .page
            .split("\n## ")
            .find_map(|section| section.strip_prefix(heading)?.strip_prefix('\n'))
            .map_or("", str::trim)
    };
    Page {
        limit: None,
        code: entry.code.as_str(),
        title: entry.title,
        what: section("What"),
        why: section("Why"),
        remedy: section("How to put it right"),
        example: section("Example"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_found_by_their_names() {
        for (name, code) in [
            ("keys-max", Some("V0211")),
            ("count-steps-max", Some("V0212")),
            ("regex-bytes-max", Some("V0302")),
            ("pattern-bytes-max", Some("C0218")),
            ("rule-steps-max", Some("V0304")),
            ("body-bytes-max", Some("F0106")),
            ("drain-timeout-ms", None),
        ] {
            let limit = limit(name).expect(name);
            assert_eq!(limit.code, code, "{name}");
            assert!(limit.told.contains(name), "{}", limit.told);
        }
        assert_eq!(limit("nothing-max"), None);
    }

    #[test]
    fn each_named_limit_that_has_a_code_has_its_page() {
        let rows = LIMITS.lines().filter(|line| line.starts_with('|'));
        let names = rows.filter_map(|row| {
            let name = row.split('`').nth(1)?;
            name.ends_with("-max").then_some(name)
        });
        let names: Vec<&str> = names.collect();
        assert!(names.len() > 40, "the page has its limits");
        for name in names {
            let limit = limit(name).expect(name);
            assert!(limit.code.is_none_or(|code| code::entry(code).is_some()), "{name}");
        }
    }
}
