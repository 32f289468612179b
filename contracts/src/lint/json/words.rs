//! Keywords and formats that say nothing: misspelt, of another draft, or beside a `$ref` that stands alone.

use super::{Dialect, Told, parts::Part};
use crate::{code, manifest::Draft};
use serde_json::Value;

/// Every keyword of JSON Schema's drafts 4 to 2020-12 and of OpenAPI's schemas.
const KEYWORDS: [&str; 68] = [
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$recursiveAnchor",
    "$recursiveRef",
    "$ref",
    "$schema",
    "$vocabulary",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "definitions",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "deprecated",
    "description",
    "discriminator",
    "else",
    "enum",
    "example",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
    "format",
    "id",
    "if",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "readOnly",
    "required",
    "then",
    "title",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "writeOnly",
    "xml",
];

/// Keywords that judge, and the first draft that has them.
const SINCE: [(&str, Draft); 14] = [
    ("const", Draft::Draft6),
    ("contains", Draft::Draft6),
    ("propertyNames", Draft::Draft6),
    ("if", Draft::Draft7),
    ("then", Draft::Draft7),
    ("else", Draft::Draft7),
    ("dependentRequired", Draft::Draft201909),
    ("dependentSchemas", Draft::Draft201909),
    ("maxContains", Draft::Draft201909),
    ("minContains", Draft::Draft201909),
    ("unevaluatedItems", Draft::Draft201909),
    ("unevaluatedProperties", Draft::Draft201909),
    ("prefixItems", Draft::Draft202012),
    ("$dynamicRef", Draft::Draft202012),
];

/// Keywords of JSON Schema that schemas of OpenAPI 3.0 and Swagger 2.0 do not have (OpenAPI 3.0.3, section 4.7.24), and that
/// judge where a toolkit knows them.
const NOT_OF_3_0: [&str; 25] = [
    "$anchor",
    "$defs",
    "$dynamicRef",
    "$id",
    "$recursiveRef",
    "additionalItems",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "definitions",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "examples",
    "if",
    "maxContains",
    "minContains",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Keywords beside a `$ref` that readers look at, and no judge.
const BESIDE_REF: [&str; 17] = [
    "$ref",
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "example",
    "examples",
    "externalDocs",
    "id",
    "readOnly",
    "title",
    "writeOnly",
    "xml",
];

/// Formats of texts: JSON Schema Validation 2020-12, section 7.3, and those of older drafts and of OpenAPI.
const FORMATS: [&str; 26] = [
    "binary",
    "byte",
    "color",
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "idn-email",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "password",
    "regex",
    "relative-json-pointer",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
    "base64url",
    "char",
    "media-range",
];
/// Formats of numbers, of OpenAPI (its registry of formats).
const NUMBER_FORMATS: [&str; 11] = [
    "decimal",
    "decimal128",
    "double",
    "double-int",
    "float",
    "int16",
    "int32",
    "int64",
    "int8",
    "uint8",
    "uint64",
];

pub(super) fn find(part: &Part<'_>, dialect: Dialect, told: &mut Vec<Told>) {
    if part.has("$ref") && dialect.refs_stand_alone() {
        return beside_reference(part, dialect, told);
    }
    misspelt(part, told);
    of_other_drafts(part, dialect, told);
    format(part, told);
}

fn beside_reference(part: &Part<'_>, dialect: Dialect, told: &mut Vec<Told>) {
    if !part.members.get("$ref").is_some_and(Value::is_string) {
        return;
    }
    for keyword in part.members.keys() {
        let judges =
            KEYWORDS.contains(&keyword.as_str()) && !BESIDE_REF.contains(&keyword.as_str());
        if judges {
            let sentence = format!(
                "`{keyword}` has no effect: {} ignores what stands beside a `$ref`",
                dialect.words()
            );
            let hint = "put both into `allOf`";
            told.push(
                Told::new(part.at(keyword), code::KEYWORD_WITHOUT_EFFECT, sentence).hint(hint),
            );
        }
    }
}

/// Words that are no keyword and nearly one.
fn misspelt(part: &Part<'_>, told: &mut Vec<Told>) {
    for word in part.members.keys() {
        if KEYWORDS.contains(&word.as_str()) || word.starts_with("x-") {
            continue;
        }
        if let Some(meant) = KEYWORDS.iter().find(|keyword| is_near(word, keyword)) {
            let sentence = format!("`{word}` is no keyword of JSON Schema: it has no effect");
            let hint = format!("did you mean `{meant}`?");
            told.push(Told::new(part.at(word), code::KEYWORD_WITHOUT_EFFECT, sentence).hint(hint));
        }
    }
}

/// Other letters' case, or one slip in a word of some length.
fn is_near(word: &str, keyword: &str) -> bool {
    word.eq_ignore_ascii_case(keyword)
        || (keyword.len() >= 6 && strsim::damerau_levenshtein(word, keyword) == 1)
}

fn of_other_drafts(part: &Part<'_>, dialect: Dialect, told: &mut Vec<Told>) {
    let none = |keyword: &str| {
        let sentence =
            format!("`{keyword}` is no keyword of {}: it has no effect", dialect.words());
        Told::new(part.at(keyword), code::KEYWORD_WITHOUT_EFFECT, sentence)
    };
    if let Dialect::Draft(draft) = dialect {
        for (keyword, since) in SINCE {
            if rank(draft) < rank(since) && part.has(keyword) {
                told.push(none(keyword));
            }
        }
    }
    if dialect == Dialect::Openapi3_0 {
        let mut tell = |keyword: &str, what: &str| {
            let sentence =
                format!("{what} is of OpenAPI 3.1: by 3.0 it says nothing, and toolkits differ");
            told.push(Told::new(part.at(keyword), code::KEYWORD_WITHOUT_EFFECT, sentence));
        };
        for keyword in NOT_OF_3_0.into_iter().filter(|keyword| part.has(keyword)) {
            tell(keyword, &format!("`{keyword}`"));
        }
        if matches!(part.members.get("type"), Some(Value::Array(_))) {
            tell("type", "a list of types");
        }
        if part.members.get("type").is_some_and(|kind| kind == "null") {
            tell("type", "the type `null`");
        }
        for keyword in ["exclusiveMinimum", "exclusiveMaximum"] {
            if part.members.get(keyword).is_some_and(Value::is_number) {
                tell(keyword, &format!("`{keyword}` as a number"));
            }
        }
    }
    let is_true = part.members.get("nullable") == Some(&Value::Bool(true));
    if is_true && dialect != Dialect::Openapi3_0 {
        told.push(none("nullable"));
    }
}

fn rank(draft: Draft) -> u8 {
    match draft {
        Draft::Draft4 => 4,
        Draft::Draft6 => 6,
        Draft::Draft7 => 7,
        Draft::Draft201909 => 8,
        Draft::Draft202012 => 9,
    }
}

fn format(part: &Part<'_>, told: &mut Vec<Told>) {
    let Some(format) = part.members.get("format").and_then(Value::as_str) else { return };
    let mut tell = |sentence: String, hint: Option<String>| {
        let told_of = Told::new(part.at("format"), code::KEYWORD_WITHOUT_EFFECT, sentence);
        told.push(Told { hint, ..told_of });
    };
    let (of_text, of_number) = (FORMATS.contains(&format), NUMBER_FORMATS.contains(&format));
    if !of_text && !of_number {
        let near = FORMATS.iter().chain(&NUMBER_FORMATS).find(|known| {
            format.eq_ignore_ascii_case(known)
                || (known.len() >= 4 && strsim::damerau_levenshtein(format, known) == 1)
        });
        let hint = near.map(|known| format!("did you mean `{known}`?"));
        return tell(format!("no format is called `{format}`: it has no effect"), hint);
    }
    let Some(types) = part.types() else { return };
    let takes = |kinds: &[&str]| types.iter().any(|kind| kinds.contains(kind));
    // Texts that hold numbers are common, and OpenAPI's registry has formats for both.
    if of_text && !of_number && !takes(&["string"]) {
        let of = types.join(" or ");
        tell(
            format!(
                "the format `{format}` has no effect: it is one of texts, and the type is {of}"
            ),
            None,
        );
    }
}
