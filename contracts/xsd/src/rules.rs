//! Names of constraints: what the front end tells by another name, or by none, under that of the recommendation.
//!
//! It gives one name to faults of several constraints; which one it is, its own words say. Names are those of XML
//! Schema Part 1, appendix C.1 to C.4, and of Part 2, section 4.3.

/// A name of the front end (any, where it is empty), what its words have (all of these), and the constraint.
type Row = (&'static str, &'static [&'static str], &'static str);

const ROWS: &[Row] = &[
    // Facets beside each other (Part 2, sections 4.3.1 to 4.3.12).
    ("cos-st-restricts", &["both minInclusive and minExclusive"], "minInclusive-minExclusive"),
    ("cos-st-restricts", &["both maxInclusive and maxExclusive"], "maxInclusive-maxExclusive"),
    ("cos-st-restricts", &["length and minLength cannot both"], "length-minLength-maxLength"),
    ("cos-st-restricts", &["length and maxLength cannot both"], "length-minLength-maxLength"),
    (
        "cos-st-restricts",
        &[": minLength ", " is greater than maxLength"],
        "minLength-less-than-equal-to-maxLength",
    ),
    ("cos-st-restricts", &[": length ", " is less than minLength"], "length-minLength-maxLength"),
    (
        "cos-st-restricts",
        &[": length ", " is greater than maxLength"],
        "length-minLength-maxLength",
    ),
    (
        "cos-st-restricts",
        &["fractionDigits ", " is greater than totalDigits"],
        "fractionDigits-totalDigits",
    ),
    (
        "cos-st-restricts",
        &["minInclusive '", "' is greater than maxInclusive '"],
        "minInclusive-less-than-equal-to-maxInclusive",
    ),
    (
        "cos-st-restricts",
        &["minExclusive '", "' is greater than maxExclusive '"],
        "minExclusive-less-than-equal-to-maxExclusive",
    ),
    (
        "cos-st-restricts",
        &["minInclusive '", "' must be less than maxExclusive '"],
        "minInclusive-less-than-maxExclusive",
    ),
    (
        "cos-st-restricts",
        &["minExclusive '", "' must be less than maxInclusive '"],
        "minExclusive-less-than-maxInclusive",
    ),
    (
        "cos-st-restricts",
        &["minInclusive value '", "' is not below maxInclusive value '"],
        "minInclusive-less-than-equal-to-maxInclusive",
    ),
    (
        "cos-st-restricts",
        &["minExclusive value '", "' is not below maxExclusive value '"],
        "minExclusive-less-than-equal-to-maxExclusive",
    ),
    (
        "cos-st-restricts",
        &["minInclusive value '", "' is not below maxExclusive value '"],
        "minInclusive-less-than-maxExclusive",
    ),
    (
        "cos-st-restricts",
        &["minExclusive value '", "' is not below maxInclusive value '"],
        "minExclusive-less-than-maxInclusive",
    ),
    // Facets beside those of the base.
    ("cos-st-restricts", &[" differs from base length "], "length-valid-restriction"),
    (
        "cos-st-restricts",
        &[" is less restrictive than base minLength "],
        "minLength-valid-restriction",
    ),
    (
        "cos-st-restricts",
        &[" is less restrictive than base maxLength "],
        "maxLength-valid-restriction",
    ),
    (
        "cos-st-restricts",
        &[" is less restrictive than base totalDigits "],
        "totalDigits-valid-restriction",
    ),
    (
        "cos-st-restricts",
        &[" is less restrictive than base fractionDigits "],
        "fractionDigits-valid-restriction",
    ),
    (
        "cos-st-restricts",
        &["whiteSpace ", " is less restrictive than base "],
        "whiteSpace-valid-restriction",
    ),
    ("cos-st-restricts", &["(minInclusive valid restriction)"], "minInclusive-valid-restriction"),
    ("cos-st-restricts", &["(maxInclusive valid restriction)"], "maxInclusive-valid-restriction"),
    ("cos-st-restricts", &["(minExclusive valid restriction)"], "minExclusive-valid-restriction"),
    ("cos-st-restricts", &["(maxExclusive valid restriction)"], "maxExclusive-valid-restriction"),
    (
        "cos-st-restricts",
        &["enumeration value '", "is not in base enumeration"],
        "enumeration-valid-restriction",
    ),
    ("cos-st-restricts", &["cannot override fixed "], "st-restrict-facets"),
    (
        "st-props-correct",
        &["Facet '", "must not appear more than once in a restriction"],
        "src-single-facet-value",
    ),
    ("st-props-correct", &["Invalid ", " value '", "': must be a"], "s4s-att-invalid-value"),
    ("pattern-valid", &["invalid pattern regex "], "src-pattern-value"),
    // Identity constraints (Part 1, section 3.11).
    ("src-identity-constraint", &["refer target '", "' not found "], "src-resolve"),
    ("src-identity-constraint", &[" field(s) but refer target '"], "c-props-correct.2"),
    ("src-identity-constraint", &["invalid selector XPath "], "c-selector-xpath"),
    ("src-identity-constraint", &["invalid field XPath "], "c-fields-xpaths"),
    ("ic-unique", &["Duplicate identity constraint name "], "sch-props-correct.2"),
    // Declarations (Part 1, sections 3.2 to 3.4).
    ("cos-attribute-decl", &[" has type xs:ID (or derived) "], "a-props-correct.3"),
    ("a-props-correct", &[" value '", "' is not valid for its declared type"], "a-props-correct.2"),
    ("cos-valid-default", &["Attribute cannot have both "], "src-attribute.1"),
    ("cos-valid-default", &["Element cannot have both "], "src-element.1"),
    ("src-attribute", &["must have either 'name' or 'ref' attribute"], "src-attribute.3.1"),
    ("src-element", &["must have either 'name' or 'ref' attribute"], "src-element.2.1"),
    ("src-element", &["complex type with non-mixed, non-simple content"], "e-props-correct.2"),
    ("src-resolve", &["Missing required name for "], "s4s-att-must-appear"),
    ("ct-props-correct", &[" both have xs:ID-derived types"], "ct-props-correct.5"),
    (
        "derivation-ok-restriction",
        &["Content model of '", "' is not a valid restriction "],
        "derivation-ok-restriction.5.4.2",
    ),
    // Words of XML Schema 1.1.
    ("", &["Attribute '", "' requires XSD 1.1 "], "s4s-att-not-allowed"),
    ("", &["Element '", "' requires XSD 1.1 "], "s4s-elt-invalid-content"),
];

/// The constraint that the recommendation has for a fault, where the front end names another.
pub(crate) fn named(constraint: &str, sentence: &str) -> Option<&'static str> {
    let is_of = |row: &&Row| {
        (row.0.is_empty() || row.0 == constraint)
            && row.1.iter().all(|words| sentence.contains(words))
    };
    ROWS.iter().find(is_of).map(|row| row.2)
}

/// A sentence without what speaks of the front end: where in an XPath it stopped, and a name that is told beside it.
pub(crate) fn plain(sentence: &str, constraint: &str) -> String {
    let mut plain = sentence.to_owned();
    for words in ["lex error", "parse error", "restriction"] {
        let begin = format!("identity XPath {words} at position ");
        if let Some((before, rest)) = plain.split_once(&begin) {
            let rest = rest.trim_start_matches(|each: char| each.is_ascii_digit());
            plain = format!("{before}{}", rest.trim_start_matches(": "));
        }
    }
    let family = constraint.split('.').next().unwrap_or(constraint);
    let named = |(_, told): &(&str, &str)| {
        !family.is_empty() && told.ends_with(')') && told.contains(family)
    };
    if let Some((before, _)) = plain.rsplit_once(" (").filter(named) {
        plain.truncate(before.len());
    }
    plain
}
