//! The violation's code for each constraint of the recommendation.

use crate::{Code, code};
use sluse_xsd::limits;

/// The code of a broken constraint.
pub(in crate::schema) fn code(constraint: &str) -> Code {
    match constraint {
        "cvc-elt.1" => code::ELEMENT_NOT_DECLARED,
        "cvc-elt.2" | "cvc-complex-type.2.4.a" | "cvc-complex-type.2.4.d" => {
            code::ELEMENT_NOT_ALLOWED
        }
        "cvc-complex-type.2.4.b" => code::ELEMENT_MISSING,
        "cvc-attribute.4" | "cvc-complex-type.3.1" => code::VALUE_NOT_ALLOWED,
        "cvc-complex-type.3.2.1"
        | "cvc-complex-type.3.2.2"
        | "cvc-assess-attr.1.2"
        | "cvc-complex-type.5.1"
        | "cvc-complex-type.5.2"
        | "cvc-type.3.1.1" => code::ATTRIBUTE_NOT_ALLOWED,
        "cvc-complex-type.4" => code::ATTRIBUTE_MISSING,
        "cvc-type.1" | "cvc-type.2" => code::INSTANCE_TYPE,
        "cvc-type.3.1.2"
        | "cvc-complex-type.2.1"
        | "cvc-complex-type.2.2"
        | "cvc-complex-type.2.3" => code::CONTENT_NOT_ALLOWED,
        limits::VALUE_BYTES => code::VALUE_TOO_LONG,
        limits::KEYS | limits::OPEN_CONSTRAINTS | limits::IDS => code::TOO_MANY_KEYS,
        limits::COUNTS => code::TOO_MANY_COUNTS,
        limits::PATTERN_STEPS => code::PATTERN_STEPS,
        _ => of_kind(constraint),
    }
}

/// Constraints that have others below them, whose code stands for them all.
const WHOLE: [(&str, &str); 6] = [
    ("cvc-complex-type.2.4", "cvc-complex-type.2.4.a"),
    ("cvc-complex-type.3", "cvc-complex-type.3.2.2"),
    ("cvc-complex-type.3.2", "cvc-complex-type.3.2.2"),
    ("cvc-attribute", "cvc-attribute.4"),
    ("cvc-elt", "cvc-elt.1"),
    ("cvc-type.3.1.3", "cvc-simple-type"),
];

/// The code of a constraint as people write it: Xerces names the parts of `cvc-complex-type.2.4` and `cvc-attribute` otherwise, and others
/// leave the last part out.
pub(in crate::schema) fn code_near(constraint: &str) -> Code {
    let mut name = constraint;
    loop {
        let whole = WHOLE.iter().find(|(whole, _)| *whole == name);
        let found = code(whole.map_or(name, |(_, part)| part));
        match name.rsplit_once('.') {
            Some((shorter, _)) if found == code::XSD_OTHER => name = shorter,
            _ => return found,
        }
    }
}

/// Whether a name is that of a constraint on schemas (XML Schema Part 1, appendix C.4 and C.5; Part 2, section 4).
pub(in crate::schema) fn is_of_schemas(name: &str) -> bool {
    const BEGINNINGS: [&str; 22] = [
        "a-props-",
        "ag-props-",
        "an-props-",
        "apply-",
        "au-props-",
        "c-",
        "cos-",
        "ct-props-",
        "derivation-ok-",
        "e-props-",
        "enumeration-",
        "mg-props-",
        "mgd-props-",
        "n-props-",
        "no-x",
        "p-props-",
        "rcase-",
        "s4s-",
        "sch-props-",
        "src-",
        "st-",
        "w-props-",
    ];
    BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || name.ends_with("-valid-restriction")
}

fn of_kind(constraint: &str) -> Code {
    let begins = |with: &str| constraint.starts_with(with);
    if begins("cvc-elt.3") || begins("cvc-elt.4") {
        code::INSTANCE_TYPE
    } else if begins("cvc-id") {
        code::IDENTITY_CONSTRAINT
    } else if begins("cvc-elt.5") || begins("cvc-simple-type") || begins("cvc-datatype-valid") {
        code::VALUE_NOT_ALLOWED
    } else if begins("cvc-") && constraint.ends_with("-valid") {
        // `cvc-pattern-valid` and its like.
        code::VALUE_NOT_ALLOWED
    } else {
        code::XSD_OTHER
    }
}
