//! Values that are invented by a simple type.

use super::{
    Chance,
    invent::{Inventor, Place, XS},
};
use regex_syntax::hir::{Class, Hir, HirKind};

/// How deep types may be derived from each other.
const DERIVED_MAX: usize = 20;

/// A value of a type by its name.
pub(super) fn of_name(inventor: &Inventor, name: &(String, String), chance: &mut Chance) -> String {
    if name.0 == XS {
        return built_in(&name.1, chance);
    }
    let found = inventor.definition("type", name);
    found.map_or_else(String::new, |found| of_type(inventor, found, chance))
}

/// A value of a simple type.
pub(super) fn of_type(inventor: &Inventor, of: Place, chance: &mut Chance) -> String {
    let mut of = of;
    let mut facets: Vec<(String, String)> = Vec::new();
    for _ in 0..DERIVED_MAX {
        let Some(how) = inventor.child(of, &["restriction", "list", "union"]) else { break };
        let kind = inventor.kind(how);
        let own = inventor.child(how, &["simpleType"]);
        let name = match kind {
            "restriction" => inventor.named(how, "base"),
            "list" => inventor.named(how, "itemType"),
            _ => inventor.attribute(how, "memberTypes").and_then(|names| {
                names.split_whitespace().next().map(|name| inventor.resolved(how, name))
            }),
        };
        let own_facets: Vec<(String, String)> = inventor
            .children(how)
            .into_iter()
            .filter_map(|facet| {
                let value = inventor.attribute(facet, "value")?;
                Some((inventor.kind(facet).to_owned(), value.to_owned()))
            })
            .collect();
        let listed: Vec<&(String, String)> =
            own_facets.iter().filter(|(kind, _)| kind == "enumeration").collect();
        if let Some((_, value)) = chance.pick(&listed).copied() {
            return value.clone();
        }
        facets.extend(own_facets);
        let base = match (own, &name) {
            (Some(own), _) => Some(own),
            (None, Some(name)) if name.0 != XS => inventor.definition("type", name),
            _ => None,
        };
        match (base, name) {
            (Some(base), _) => of = base,
            (None, Some((_, name))) => return shaped(&facets, &built_in(&name, chance), chance),
            (None, None) => break,
        }
    }
    shaped(&facets, "text", chance)
}

/// A value made to fit facets, the nearest first.
fn shaped(facets: &[(String, String)], value: &str, chance: &mut Chance) -> String {
    let facet = |wanted: &str| {
        facets.iter().find(|(kind, _)| kind == wanted).map(|(_, value)| value.as_str())
    };
    if let Some(pattern) = facet("pattern") {
        // The regular expressions of XML Schema are close enough for this.
        if let Ok(read) = regex_syntax::Parser::new().parse(pattern) {
            let mut out = String::new();
            sample(&read, &mut out, chance);
            return out;
        }
    }
    if let Some(least) = facet("minInclusive").or_else(|| facet("maxInclusive")) {
        return least.to_owned();
    }
    let number = |wanted: &str| facet(wanted).and_then(|text| text.parse::<usize>().ok());
    let least = number("length").or_else(|| number("minLength")).unwrap_or(0);
    let most = number("length").or_else(|| number("maxLength")).unwrap_or(usize::MAX);
    let signs: Vec<char> = value.chars().collect();
    let length = signs.len().clamp(least.min(10_000), most);
    signs.into_iter().chain(std::iter::repeat('x')).take(length).collect()
}

/// A text that a regular expression matches.
fn sample(of: &Hir, out: &mut String, chance: &mut Chance) {
    match of.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class.ranges();
            // Letters and digits rather than what surrounds them.
            let plain = ranges.iter().find(|range| range.start().is_ascii_alphanumeric());
            out.extend(plain.or(ranges.first()).map(|range| match range.start() {
                '\0'..' ' if range.end() >= 'a' => 'a',
                start => start,
            }));
        }
        HirKind::Class(Class::Bytes(class)) => {
            out.extend(class.ranges().first().map(|range| char::from(range.start())));
        }
        HirKind::Repetition(again) => {
            let most = again.max.unwrap_or(again.min + 3).min(again.min + 3);
            let times = again.min as usize + chance.below((most - again.min) as usize + 1);
            (0..times.min(1_000)).for_each(|_| sample(&again.sub, out, chance));
        }
        HirKind::Capture(capture) => sample(&capture.sub, out, chance),
        HirKind::Concat(parts) => parts.iter().for_each(|part| sample(part, out, chance)),
        HirKind::Alternation(ways) => {
            if let Some(way) = chance.pick(ways) {
                sample(way, out, chance);
            }
        }
    }
}

/// A value of a type of XML Schema itself.
pub(super) fn built_in(name: &str, chance: &mut Chance) -> String {
    let values: &[&str] = match name {
        "decimal" => &["1.50", "0", "-3"],
        "integer" | "nonNegativeInteger" | "positiveInteger" | "int" | "long" | "short"
        | "byte" | "unsignedInt" | "unsignedLong" | "unsignedShort" | "unsignedByte" => {
            &["1", "7", "42"]
        }
        "nonPositiveInteger" | "negativeInteger" => &["-1"],
        "float" | "double" => &["1.5", "1e3", "INF"],
        "boolean" => &["true", "false", "1"],
        "date" => &["2024-01-31", "2024-02-29Z"],
        "dateTime" => &["2024-01-31T12:00:00", "2024-01-31T12:00:00.5+01:00"],
        "time" => &["12:00:00"],
        "gYear" => &["2024"],
        "gYearMonth" => &["2024-01"],
        "gMonth" => &["--01"],
        "gDay" => &["---31"],
        "gMonthDay" => &["--01-31"],
        "duration" => &["P1DT2H"],
        "base64Binary" => &["QUJD"],
        "hexBinary" => &["0aFF"],
        "anyURI" => &["urn:x", "http://example/x"],
        "language" => &["da", "nb-NO"],
        "ID" => return format!("i{}", chance.next()),
        "QName" | "Name" | "NCName" | "NMTOKEN" | "NMTOKENS" | "token" => &["text"],
        _ => &["text", "a b", "\u{e6}\u{f8}\u{e5}"],
    };
    chance.pick(values).map(|value| (*value).to_owned()).unwrap_or_default()
}
