//! `sluse explain`: what a code means, why it is, how to put it right.

use super::{Exit, Output, Style};
use serde::Serialize;
use sluse_contracts::{
    code::{self, ENTRIES, Entry},
    schema::code_of_constraint,
};

/// Say what a code means, why, and how to put it right
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse explain V0301\n  \
    sluse explain cvc-complex-type.2.4.a   the page of a rule of XML Schema\n  \
    sluse explain                     every code, with its title\n  \
    sluse explain V0301 --format json")]
pub(super) struct Args {
    /// The code, such as V0301, or the name of a validation rule of XML Schema, such as cvc-elt.1;
    /// every code is listed where it is absent
    code: Option<String>,
}

/// A page, cut into its sections.
#[derive(Debug, Serialize)]
struct Page<'a> {
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
    let constraint = code_of_constraint(asked).map(|code| code.as_str());
    let Some(entry) = code::entry(constraint.unwrap_or(asked)) else {
        return unknown(asked, output);
    };
    if output.is_json() {
        output.json(&page(entry));
    } else {
        for line in entry.page.trim_end().lines() {
            let heading = line.starts_with('#');
            let line = if heading { output.paint(Style::Bold, line) } else { line.to_owned() };
            output.line(line);
        }
    }
    Exit::Fine
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
        code: entry.code.as_str(),
        title: entry.title,
        what: section("What"),
        why: section("Why"),
        remedy: section("How to put it right"),
        example: section("Example"),
    }
}
