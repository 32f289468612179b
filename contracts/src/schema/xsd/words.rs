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
