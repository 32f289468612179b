//! Values of a simple type: ordinary ones, those at its bounds, and texts that break exactly one of its constraints.
//!
//! Candidates are made from the type's facets; the schema itself decides which of them are values and which constraint
//! the others break. What it does not confirm is not used.

use super::number::{Number, days_later};
use super::pattern;
use sluse_xsd::{IdUse, Primitive, Restrictions, Shapes, SimpleId, Variety};

/// Longest text that is made for a length, in characters.
pub(crate) const LENGTH_CHARS_MAX: u64 = 20_000;
/// Most listed values of one type that are sent.
pub(crate) const ENUMERATION_MAX: usize = 60;
/// Members of unions and items of lists in each other.
const DEPTH_MAX: usize = 8;

/// The name that references to IDs are given: that of the first ID of a document.
pub(crate) const FIRST_ID: &str = "id1";

/// A value at a bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sample {
    /// The facet, or a word for the form: `maxLength`, `unicode`.
    pub(crate) facet: &'static str,
    /// A sentence's part: "with the greatest length, 35".
    pub(crate) words: String,
    pub(crate) text: String,
}

/// A text that breaks one constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) facet: &'static str,
    /// How it breaks it: `over`, `under`, `form`.
    pub(crate) way: &'static str,
    /// A sentence's part: "longer than 35".
    pub(crate) words: String,
    pub(crate) text: String,
    /// The rule that is broken.
    pub(crate) rule: &'static str,
}

/// The values of a schema's simple types.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values<'s> {
    pub(crate) shapes: Shapes<'s>,
}

/// What texts of a primitive are tried first; `{n}` is another number each time.
fn plain(primitive: Primitive) -> &'static [&'static str] {
    match primitive {
        Primitive::Text => &["text {n}", "t{n}", "{n}", "a", "A1", "2024-02-29", "a@b.dk", "DK"],
        Primitive::Language => &["da", "en"],
        Primitive::NmToken | Primitive::XmlName | Primitive::NcName => &["n{n}", "a"],
        Primitive::Boolean => &["true", "false", "1", "0"],
        Primitive::Decimal | Primitive::Integer | Primitive::Float | Primitive::Double => {
            &["{n}", "1", "0", "10", "-1", "0.5"]
        }
        Primitive::Duration => &["P{n}D", "P1D", "PT1H", "P1Y"],
        Primitive::DateTime => &["2024-02-{d}T12:00:00Z", "2024-02-{d}T12:00:00"],
        Primitive::Time => &["12:00:{s}", "12:00:00Z"],
        Primitive::Date => &["2024-02-{d}"],
        Primitive::YearMonth => &["2024-02"],
        Primitive::Year => &["2024"],
        Primitive::MonthDay => &["--02-{d}"],
        Primitive::Day => &["---{d}"],
        Primitive::Month => &["--02"],
        Primitive::Hex => &["0aff", "00"],
        Primitive::Base64 => &["YWJj", "YQ=="],
        Primitive::Uri => &["urn:example:{n}", "https://example.org/{n}", "a"],
        Primitive::PrefixedName => &["name"],
    }
}

/// Texts that have not the form of a primitive.
fn malformed(primitive: Primitive) -> &'static [&'static str] {
    match primitive {
        Primitive::Text | Primitive::Uri => &[],
        Primitive::Language => &["-", "toolonglanguage"],
        Primitive::NmToken => &["a b", "<"],
        Primitive::XmlName | Primitive::NcName => &["1a", "a b"],
        Primitive::Boolean => &["yes", "TRUE"],
        Primitive::Decimal => &["1,5", "1e2", "one"],
        Primitive::Integer => &["1.5", "one"],
        Primitive::Float | Primitive::Double => &["1,5", "one"],
        Primitive::Duration => &["P", "1D", "P1H"],
        Primitive::DateTime => &["2023-02-29T12:00:00", "2024-02-28", "2024-02-28 12:00:00"],
        Primitive::Time => &["25:00:00", "12:00"],
        Primitive::Date => &["2023-02-29", "29-02-2024", "2024-02-28T00:00:00"],
        Primitive::YearMonth => &["2024-13", "2024"],
        Primitive::Year => &["24", "year"],
        Primitive::MonthDay => &["--02-30", "02-28"],
        Primitive::Day => &["---32", "1"],
        Primitive::Month => &["--13", "2"],
        Primitive::Hex => &["0af", "0g"],
        Primitive::Base64 => &["YWJ", "*"],
        Primitive::PrefixedName => &["a:b:c", "1a"],
    }
}

impl Values<'_> {
    /// Whether a text is a value of a type.
    pub(crate) fn takes(&self, id: SimpleId, text: &str) -> bool {
        self.broken(id, text).is_none()
    }

    /// The constraint that a text breaks.
    pub(crate) fn broken(&self, id: SimpleId, text: &str) -> Option<&'static str> {
        self.shapes.broken(id, text, &|prefix| prefix.is_empty().then_some(""))
    }

    /// An ordinary value; another number gives another value, where there are several.
    pub(crate) fn ordinary(&self, id: SimpleId, n: u32) -> Option<String> {
        match self.shapes.id_use(id) {
            Some(IdUse::Id) => return Some(format!("id{n}")).filter(|text| self.takes(id, text)),
            Some(IdUse::Reference) => return Some(FIRST_ID.to_owned()),
            Some(IdUse::Entity) | None => {}
        }
        let all = self.candidates(id, n, 0);
        all.into_iter().find(|text| self.takes(id, text))
    }

    /// Texts that may be values, the most ordinary first.
    fn candidates(&self, id: SimpleId, n: u32, depth: usize) -> Vec<String> {
        if depth > DEPTH_MAX {
            return Vec::new();
        }
        let found = self.shapes.restrictions(id);
        if let Some(listed) = &found.enumeration {
            let turn = usize::try_from(n).unwrap_or(0) % listed.len().max(1);
            return listed.iter().cycle().skip(turn).take(listed.len()).cloned().collect();
        }
        let mut all = match self.shapes.variety(id) {
            Variety::Any => vec![format!("t{n}")],
            Variety::Atomic(primitive) => self.atoms(id, primitive, &found, n),
            Variety::List(item) => self.lists(item, &found, n, depth),
            Variety::Union(members) => {
                let each = |member: &SimpleId| self.candidates(*member, n, depth + 1);
                members.iter().flat_map(each).collect()
            }
        };
        let patterns = found.patterns.iter().flatten();
        all.extend(patterns.flat_map(|pattern| pattern::samples(pattern, n)));
        all
    }

    fn lists(&self, item: SimpleId, found: &Restrictions, n: u32, depth: usize) -> Vec<String> {
        let items: Vec<String> = self.candidates(item, n, depth + 1);
        let Some(first) = items.into_iter().find(|text| self.takes(item, text)) else {
            return Vec::new();
        };
        let count = found.length.or(found.min_length).unwrap_or(1).min(LENGTH_CHARS_MAX);
        let count = usize::try_from(count).unwrap_or(1);
        vec![vec![first; count].join(" ")]
    }

    fn atoms(
        &self,
        id: SimpleId,
        primitive: Primitive,
        found: &Restrictions,
        n: u32,
    ) -> Vec<String> {
        let day = format!("{:02}", n % 29 + 1);
        let second = format!("{:02}", n % 60);
        let filled = plain(primitive).iter().map(|text| {
            text.replace("{n}", &n.to_string()).replace("{d}", &day).replace("{s}", &second)
        });
        let mut all: Vec<String> = filled.collect();
        let bounds = self.shapes.bounds(id);
        let bounded = [
            bounds.min_inclusive,
            bounds.min_exclusive,
            bounds.max_inclusive,
            bounds.max_exclusive,
        ];
        for bound in bounded.into_iter().flatten() {
            all.extend(around(&bound, found.fraction_digits).into_iter().map(|(_, text)| text));
        }
        let least = found.length.or(found.min_length).filter(|least| *least <= LENGTH_CHARS_MAX);
        let least = least.or(found.max_length.filter(|most| *most < 8));
        if let Some(least) = least {
            all.extend(["x", "1", "A"].map(|unit| sized(primitive, unit, n, least)));
        }
        all
    }

    /// Values at the type's bounds, and of forms that systems stumble over.
    pub(crate) fn at_bounds(&self, id: SimpleId) -> Vec<Sample> {
        let found = self.shapes.restrictions(id);
        let mut all = self.at_lengths(id, &found);
        all.extend(self.at_numbers(id, &found));
        for value in found.enumeration.iter().flatten().take(ENUMERATION_MAX) {
            let words = format!("with the listed value {}", shown(value));
            all.push(Sample { facet: "enumeration", words, text: value.clone() });
        }
        for group in &found.patterns {
            for text in group.iter().flat_map(|pattern| pattern::samples(pattern, 0)).take(6) {
                let words = "with a text that its pattern describes".to_owned();
                all.push(Sample { facet: "pattern", words, text });
            }
        }
        all.extend(self.of_forms(id));
        let mut seen = Vec::new();
        all.retain(|sample| {
            let is_new = !seen.contains(&sample.text);
            seen.push(sample.text.clone());
            is_new && self.takes(id, &sample.text)
        });
        all
    }

    fn at_lengths(&self, id: SimpleId, found: &Restrictions) -> Vec<Sample> {
        let lengths = [
            ("length", found.length, "of exactly its length"),
            ("minLength", found.min_length, "of the least length"),
            ("maxLength", found.max_length, "of the greatest length"),
        ];
        let mut all = Vec::new();
        for (facet, length, words) in lengths {
            let Some(length) = length.filter(|length| *length <= LENGTH_CHARS_MAX) else {
                continue;
            };
            // Characters are counted, not bytes: the longest text is of letters that take two.
            let letters = (facet == "maxLength").then(|| "\u{f8}".repeat(length_of(length)));
            let texts = letters.into_iter().chain(self.of_length(id, length));
            let text = texts.into_iter().find(|text| self.takes(id, text));
            all.extend(text.map(|text| Sample {
                facet,
                words: format!("{words}, {length}"),
                text,
            }));
        }
        all
    }

    /// Texts of a length, counted as the type counts.
    fn of_length(&self, id: SimpleId, length: u64) -> Vec<String> {
        match self.shapes.variety(id) {
            Variety::List(item) => {
                let Some(first) = self.ordinary(item, 1) else { return Vec::new() };
                let count = usize::try_from(length).unwrap_or(0);
                vec![vec![first; count].join(" ")]
            }
            Variety::Atomic(primitive) => {
                let of_patterns = self.shapes.restrictions(id).patterns;
                let of_patterns = of_patterns.iter().flatten();
                let mut all: Vec<String> =
                    ["x", "1", "A", "Z9"].map(|unit| sized(primitive, unit, 1, length)).into();
                let chars = usize::try_from(length).unwrap_or(usize::MAX);
                all.extend(of_patterns.filter_map(|each| pattern::of_length(each, chars)));
                all
            }
            Variety::Any | Variety::Union(_) => Vec::new(),
        }
    }

    fn at_numbers(&self, id: SimpleId, found: &Restrictions) -> Vec<Sample> {
        let bounds = self.shapes.bounds(id);
        let inclusive = [
            ("minInclusive", bounds.min_inclusive, "with the least value"),
            ("maxInclusive", bounds.max_inclusive, "with the greatest value"),
        ];
        let mut all: Vec<Sample> = Vec::new();
        for (facet, bound, words) in inclusive {
            let Some(text) = bound else { continue };
            all.push(Sample { facet, words: format!("{words}, {text}"), text });
        }
        let exclusive = [
            ("minExclusive", bounds.min_exclusive, "with a value just above"),
            ("maxExclusive", bounds.max_exclusive, "with a value just below"),
        ];
        for (facet, bound, words) in exclusive {
            let Some(bound) = bound else { continue };
            for (_, text) in around(&bound, found.fraction_digits) {
                if self.takes(id, &text) {
                    all.push(Sample { facet, words: format!("{words} {bound}"), text });
                    break;
                }
            }
        }
        let digits = found.total_digits.zip(Some(found.fraction_digits));
        if let Some((total, fraction)) = digits.filter(|(total, _)| *total <= 1_000) {
            let text = nines(total, fraction.unwrap_or(0));
            all.push(Sample { facet: "totalDigits", words: format!("with {total} digits"), text });
        }
        if let Some(fraction) = found.fraction_digits.filter(|digits| *digits <= 1_000) {
            let zero = format!("{}", 0);
            let text =
                if fraction == 0 { zero } else { format!("0.{}", "5".repeat(fraction as usize)) };
            let words = format!("with {fraction} digits after the point");
            all.push(Sample { facet: "fractionDigits", words, text });
        }
        all
    }

    /// Forms that are right and easily got wrong.
    fn of_forms(&self, id: SimpleId) -> Vec<Sample> {
        let Variety::Atomic(primitive) = self.shapes.variety(id) else { return Vec::new() };
        let forms: &[(&'static str, &str, &str)] = match primitive {
            Primitive::Text => &[
                (
                    "letters",
                    "with Danish letters and a combining mark",
                    "Blåbærgrød på Ærø, cafe\u{301}",
                ),
                ("emoji", "with a character beyond 16 bits", "\u{c6}ble \u{1f34e}"),
            ],
            Primitive::Integer => &[(
                "exact",
                "with a number that a float does not hold, 2^53 + 1",
                "9007199254740993",
            )],
            Primitive::Decimal => {
                &[("exact", "with a number that a float does not hold", "9007199254740993.01")]
            }
            Primitive::Boolean => {
                &[("numeral", "with `1` for true", "1"), ("numeral", "with `0` for false", "0")]
            }
            Primitive::Date => &[
                ("leapDay", "on 29 February of a leap year", "2024-02-29"),
                ("zone", "with a time zone", "2024-02-28+01:00"),
            ],
            Primitive::DateTime => &[
                ("utc", "in UTC", "2024-02-29T23:59:59Z"),
                (
                    "zone",
                    "with a time zone and fractions of a second",
                    "2024-02-29T23:59:59.123+01:00",
                ),
            ],
            _ => &[],
        };
        let each = forms.iter().map(|(facet, words, text)| Sample {
            facet,
            words: (*words).to_owned(),
            text: (*text).to_owned(),
        });
        each.collect()
    }

    /// Texts that each break one constraint of the type, as the schema itself says.
    pub(crate) fn beyond(&self, id: SimpleId) -> Vec<Wrong> {
        let found = self.shapes.restrictions(id);
        let mut all = Vec::new();
        all.extend(self.out_of_form(id));
        all.extend(self.out_of_length(id, &found));
        all.extend(self.out_of_bounds(id, &found));
        all.extend(self.unlisted(id, &found));
        all
    }

    fn out_of_form(&self, id: SimpleId) -> Vec<Wrong> {
        const LEXICAL: [&str; 3] =
            ["cvc-datatype-valid.1.2.1", "cvc-datatype-valid.1.2.2", "cvc-datatype-valid.1.2.3"];
        let candidates: Vec<&str> = match self.shapes.variety(id) {
            Variety::Any => Vec::new(),
            Variety::Atomic(primitive) => malformed(primitive).to_vec(),
            Variety::List(item) => match self.shapes.variety(item) {
                Variety::Atomic(primitive) => malformed(primitive).to_vec(),
                _ => Vec::new(),
            },
            Variety::Union(_) => vec!["\u{a4}\u{a4}", "", "a b"],
        };
        let mut all = Vec::new();
        for text in candidates {
            let Some(rule) = self.broken(id, text).filter(|rule| LEXICAL.contains(rule)) else {
                continue;
            };
            let words =
                format!("the text `{text}`, which is none of {}", self.shapes.type_words(id));
            all.push(Wrong { facet: "type", way: "form", words, text: text.to_owned(), rule });
        }
        all.truncate(2);
        all
    }

    fn out_of_length(&self, id: SimpleId, found: &Restrictions) -> Vec<Wrong> {
        let over = |length: Option<u64>| length.and_then(|length| length.checked_add(1));
        let under = |length: Option<u64>| length.and_then(|length| length.checked_sub(1));
        let all = [
            ("length", "over", over(found.length), "cvc-length-valid"),
            ("length", "under", under(found.length), "cvc-length-valid"),
            ("minLength", "under", under(found.min_length), "cvc-minLength-valid"),
            ("maxLength", "over", over(found.max_length), "cvc-maxLength-valid"),
        ];
        let each = all.into_iter().filter_map(|(facet, way, length, rule)| {
            let length = length.filter(|length| *length <= LENGTH_CHARS_MAX)?;
            let mut texts = self.of_length(id, length).into_iter();
            let text = texts.find(|text| self.broken(id, text) == Some(rule))?;
            let words = format!("a value of length {length}");
            Some(Wrong { facet, way, words, text, rule })
        });
        each.collect()
    }

    fn out_of_bounds(&self, id: SimpleId, found: &Restrictions) -> Vec<Wrong> {
        let bounds = self.shapes.bounds(id);
        let all = [
            ("minInclusive", "under", bounds.min_inclusive, "cvc-minInclusive-valid"),
            ("maxInclusive", "over", bounds.max_inclusive, "cvc-maxInclusive-valid"),
            ("minExclusive", "at", bounds.min_exclusive, "cvc-minExclusive-valid"),
            ("maxExclusive", "at", bounds.max_exclusive, "cvc-maxExclusive-valid"),
        ];
        let mut wrongs: Vec<Wrong> = Vec::new();
        for (facet, way, bound, rule) in all {
            let Some(bound) = bound else { continue };
            let mut texts = around(&bound, found.fraction_digits);
            texts.insert(0, (way, bound.clone()));
            let found = texts.into_iter().find(|(_, text)| self.broken(id, text) == Some(rule));
            let Some((_, text)) = found else { continue };
            let words = format!("the value {text}, {way} the bound {bound}");
            wrongs.push(Wrong { facet, way, words, text, rule });
        }
        let total = found.total_digits.filter(|digits| *digits < 1_000);
        let fraction = found.fraction_digits.filter(|digits| *digits < 1_000);
        let digits = [
            ("totalDigits", total.map(|digits| nines(digits + 1, 0)), "cvc-totalDigits-valid"),
            (
                "fractionDigits",
                fraction.map(|digits| format!("0.{}5", "0".repeat(digits as usize))),
                "cvc-fractionDigits-valid",
            ),
            (
                "fractionDigits",
                fraction.map(|digits| format!("1.{}5", "0".repeat(digits as usize))),
                "cvc-fractionDigits-valid",
            ),
        ];
        for (facet, text, rule) in digits {
            let Some(text) = text.filter(|text| self.broken(id, text) == Some(rule)) else {
                continue;
            };
            if wrongs.iter().all(|wrong| wrong.facet != facet) {
                let words = format!("the value {text}, with a digit too many");
                wrongs.push(Wrong { facet, way: "over", words, text, rule });
            }
        }
        wrongs
    }

    /// Texts that are not listed, or that no pattern describes.
    fn unlisted(&self, id: SimpleId, found: &Restrictions) -> Vec<Wrong> {
        let mut all = Vec::new();
        let near = self.near_misses(id, found);
        for (facet, rule, present) in [
            ("enumeration", "cvc-enumeration-valid", found.enumeration.is_some()),
            ("pattern", "cvc-pattern-valid", !found.patterns.is_empty()),
        ] {
            if !present {
                continue;
            }
            let text = near.iter().find(|text| self.broken(id, text) == Some(rule));
            all.extend(text.map(|text| {
                let words = match facet {
                    "enumeration" => format!("the value {}, which is not listed", shown(text)),
                    _ => format!("the text {}, which its pattern does not describe", shown(text)),
                };
                Wrong { facet, way: "other", words, text: text.clone(), rule }
            }));
        }
        all
    }

    /// Texts a step away from values: one character more, fewer or another, another case.
    fn near_misses(&self, id: SimpleId, found: &Restrictions) -> Vec<String> {
        let mut all = Vec::new();
        let values = (0..3).filter_map(|n| self.ordinary(id, n));
        for value in values {
            let mut shorter = value.clone();
            shorter.pop();
            let swapped = |with: char| {
                let mut text = shorter.clone();
                text.push(with);
                text
            };
            all.extend([swapped('X'), swapped('x'), swapped('0'), swapped('\u{f8}')]);
            all.extend([format!("{value}X"), format!("{value}0"), format!("{value}!"), shorter]);
            all.extend([value.to_lowercase(), value.to_uppercase(), format!("X{value}")]);
        }
        let length = found.length.or(found.min_length).unwrap_or(1).clamp(1, LENGTH_CHARS_MAX);
        let length = usize::try_from(length).unwrap_or(1);
        all.extend(["!", "x", "0", "\u{f8}"].map(|unit| unit.repeat(length)));
        all.extend(["other", "999", "!", "", "2001-01-01", "1"].map(str::to_owned));
        all.dedup();
        all
    }
}

/// Values just beside a bound, those beyond a greatest first where that is what the word says.
fn around(bound: &str, fraction_digits: Option<u32>) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    if let Some(number) = Number::read(bound) {
        for scale in [0, fraction_digits.unwrap_or(2).min(6)] {
            let Some(number) = number.scaled(scale) else { continue };
            for (way, units) in [("over", 1), ("under", -1)] {
                all.extend(number.plus(units).map(|near| (way, near.to_string())));
            }
        }
        return all;
    }
    let (date, rest) = bound.split_at_checked(10).unwrap_or((bound, ""));
    for (way, days) in [("over", 1), ("under", -1)] {
        all.extend(days_later(date, days).map(|date| (way, format!("{date}{rest}"))));
    }
    all
}

/// Nines, so many of them after the point.
fn nines(total: u32, fraction: u32) -> String {
    let whole = total.saturating_sub(fraction);
    let whole = if whole == 0 { "0".to_owned() } else { "9".repeat(whole as usize) };
    let fraction = fraction.min(total);
    match fraction {
        0 => whole,
        digits => format!("{whole}.{}", "9".repeat(digits as usize)),
    }
}

/// A text of so many characters, or bytes where those are what counts, that begins as `n` does.
fn length_of(length: u64) -> usize {
    usize::try_from(length).unwrap_or(0)
}

fn sized(primitive: Primitive, unit: &str, n: u32, length: u64) -> String {
    let length = usize::try_from(length).unwrap_or(0);
    match primitive {
        Primitive::Hex => "0a".repeat(length),
        Primitive::Base64 => {
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, vec![b'a'; length])
        }
        _ => {
            let mut text: String = if unit == "1" { format!("{n}") } else { String::new() };
            text.extend(unit.chars().cycle().take(length.saturating_sub(text.len())));
            text.truncate(length);
            text
        }
    }
}

/// A value of a schema in a sentence, cut where it is long.
pub(crate) fn shown(text: &str) -> String {
    const CHARS_MAX: usize = 40;
    match text.char_indices().nth(CHARS_MAX) {
        Some((at, _)) => format!("`{}…`", text.get(..at).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}
