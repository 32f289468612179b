//! What is said about a fault: words of the schema alone, never of the message.

use crate::{Code, code};
use xsd_schema::{
    ElementKey, NameId, SchemaSet, SimpleTypeKey, TypeKey, validation::ExpectedElement,
};

/// Most names or values of a schema that one sentence lists.
const LISTED_MAX: usize = 10;

/// How far the base types of a type are followed.
const BASES_MAX: usize = 100;

/// What of a type's lexical form must be seen to before the engine sees a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lexical {
    /// `base64Binary`, in which white space may stand.
    Base64,
    /// A number.
    Number,
    /// All else.
    Other,
}

/// The lexical form of a type's values.
pub(super) fn lexical(set: &SchemaSet, key: TypeKey) -> Lexical {
    for type_key in bases(set, key) {
        let TypeKey::Simple(simple) = type_key else { continue };
        let Some(name) = built_in_name(set, simple) else { continue };
        return match name.as_str() {
            "base64Binary" => Lexical::Base64,
            "decimal" | "float" | "double" | "integer" | "nonPositiveInteger"
            | "negativeInteger" | "long" | "int" | "short" | "byte" | "nonNegativeInteger"
            | "unsignedLong" | "unsignedInt" | "unsignedShort" | "unsignedByte"
            | "positiveInteger" => Lexical::Number,
            _ => continue,
        };
    }
    Lexical::Other
}

/// Whether a byte may stand in a number, or around it.
pub(super) fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit()
        || byte.is_ascii_whitespace()
        || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E')
}

/// Whether a value is right `base64Binary` (XML Schema Part 2, section 3.2.16) with white space in it.
pub(super) fn is_spaced_base64(value: &str) -> bool {
    let packed: String = value.split_ascii_whitespace().collect();
    let digits = packed.trim_end_matches('=');
    packed.len() < value.len()
        && packed.len().is_multiple_of(4)
        && packed.len() - digits.len() <= 2
        && digits.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}

/// The violation's code and the constraint as the recommendation names it.
pub(super) fn kind(constraint: &'static str) -> (Code, &'static str) {
    let kind = match constraint {
        "cvc-elt.1" => code::ELEMENT_NOT_DECLARED,
        "cvc-elt.2" => code::ELEMENT_NOT_ALLOWED,
        "cvc-attribute.4" | "cvc-simple-type" => code::VALUE_NOT_ALLOWED,
        "cvc-complex-type.3.2.1" | "cvc-complex-type.3.2.2" | "cvc-assess-attr.1.2" => {
            code::ATTRIBUTE_NOT_ALLOWED
        }
        "cvc-complex-type.4" => code::ATTRIBUTE_MISSING,
        "cvc-type.2" | "cvc-attribute.5" => code::INSTANCE_TYPE,
        "cvc-complex-type.2.1" | "cvc-complex-type.2.2" | "cvc-complex-type.2.3" => {
            code::CONTENT_NOT_ALLOWED
        }
        _ if constraint.starts_with("cvc-elt.3") || constraint.starts_with("cvc-elt.4") => {
            code::INSTANCE_TYPE
        }
        _ if constraint.starts_with("cvc-id") => code::IDENTITY_CONSTRAINT,
        _ if constraint.starts_with("cvc-elt.5") || is_of_facet(constraint) => {
            code::VALUE_NOT_ALLOWED
        }
        _ => code::XSD_OTHER,
    };
    let rule = match constraint {
        "cvc-datatype-valid" => "cvc-datatype-valid.1.2.1",
        "cvc-simple-type" => "cvc-datatype-valid.1.2.3",
        other => other,
    };
    (kind, rule)
}

/// `cvc-pattern-valid` and its like.
fn is_of_facet(constraint: &str) -> bool {
    constraint.starts_with("cvc-datatype-valid")
        || (constraint.starts_with("cvc-") && constraint.ends_with("-valid"))
}

/// A sentence on a broken constraint; `type_key` is the type of the value, where one is at fault.
pub(super) fn message(
    set: &SchemaSet,
    constraint: &str,
    type_key: Option<TypeKey>,
    declaration: Option<ElementKey>,
) -> String {
    let of_type = || type_key.map_or_else(|| "not known".to_owned(), |key| type_words(set, key));
    let fixed = match constraint {
        "cvc-elt.1" => "the schema has no declaration for the element",
        "cvc-elt.2" => "the element is abstract: one of its substitution group must stand here",
        "cvc-type.2" => "the type is abstract: xsi:type must name one derived from it",
        "cvc-elt.3.1" => "xsi:nil may not stand on an element that is not nillable",
        "cvc-elt.3.2.1" => "an element with xsi:nil=\"true\" must be empty",
        "cvc-elt.3.2.2" => "an element with a fixed value may not have xsi:nil=\"true\"",
        "cvc-elt.4.1" | "cvc-attribute.5" => "xsi:type names no type of the schema",
        "cvc-elt.4.3" => "xsi:type names a type that is not derived from the declared one",
        "cvc-complex-type.2.1" => "the element must be empty",
        "cvc-complex-type.2.2" => "the element has a simple type: no element may stand in it",
        "cvc-complex-type.2.3" => "text may not stand here: the type allows elements alone",
        "cvc-complex-type.3.2.1" | "cvc-complex-type.3.2.2" => "the attribute may not stand here",
        "cvc-assess-attr.1.2" => "the schema has no declaration for the attribute",
        "cvc-id.1" => "a reference leads to no ID of the document",
        "cvc-id.2" => "an ID must be unique in the document",
        "cvc-attribute.4" | "cvc-elt.5.2.2" => "the value is not the one that the schema fixes",
        _ => "",
    };
    if !fixed.is_empty() {
        return fixed.to_owned();
    }
    if let Some(facet) = type_key.and_then(|key| facet_words(set, constraint, key)) {
        return format!("{facet}; the type is {}", of_type());
    }
    if constraint.starts_with("cvc-identity-constraint") {
        let names = identity_names(set, declaration);
        return format!("a key is missing, not unique, or refers to nothing{names}");
    }
    if constraint.starts_with("cvc-datatype-valid") || constraint == "cvc-simple-type" {
        return format!("the value does not fit; the type is {}", of_type());
    }
    if is_of_facet(constraint) {
        return format!("the value does not fit; the type is {}", of_type());
    }
    format!("the constraint {constraint} of XML Schema is broken")
}

/// What a facet demands, read from the nearest type that sets it.
fn facet_words(set: &SchemaSet, constraint: &str, key: TypeKey) -> Option<String> {
    let facets = bases(set, key).filter_map(|key| match key {
        TypeKey::Simple(simple) => set.arenas.simple_types.get(simple).map(|each| &each.facets),
        TypeKey::Complex(complex) => {
            let inner = set.arenas.complex_types.get(complex)?.resolved_simple_content_type?;
            set.arenas.simple_types.get(inner.as_simple()?).map(|each| &each.facets)
        }
    });
    let mut facets = facets;
    facets.find_map(|facets| match constraint {
        "cvc-enumeration-valid" => facets.enumeration.as_ref().map(|facet| {
            let mut values: Vec<&str> = facet.values.iter().map(String::as_str).collect();
            values.sort_unstable();
            format!("the value is not one of: {}", list(values.into_iter().map(str::to_owned)))
        }),
        "cvc-pattern-valid" => {
            let patterns = facets.patterns.iter().flatten().map(|facet| facet.value.clone());
            let patterns = list(patterns);
            (!patterns.is_empty()).then(|| format!("the value does not match: {patterns}"))
        }
        "cvc-length-valid" => {
            facets.length.as_ref().map(|facet| format!("the length must be {}", facet.value))
        }
        "cvc-minLength-valid" => facets
            .min_length
            .as_ref()
            .map(|facet| format!("the length must be at least {}", facet.value)),
        "cvc-maxLength-valid" => facets
            .max_length
            .as_ref()
            .map(|facet| format!("the length must be at most {}", facet.value)),
        "cvc-minInclusive-valid" => facets
            .min_inclusive
            .as_ref()
            .map(|facet| format!("the value must be at least {}", facet.value)),
        "cvc-maxInclusive-valid" => facets
            .max_inclusive
            .as_ref()
            .map(|facet| format!("the value must be at most {}", facet.value)),
        "cvc-minExclusive-valid" => facets
            .min_exclusive
            .as_ref()
            .map(|facet| format!("the value must be more than {}", facet.value)),
        "cvc-maxExclusive-valid" => facets
            .max_exclusive
            .as_ref()
            .map(|facet| format!("the value must be less than {}", facet.value)),
        "cvc-totalDigits-valid" => facets
            .total_digits
            .as_ref()
            .map(|facet| format!("the value may have {} digits", facet.value)),
        "cvc-fractionDigits-valid" => facets
            .fraction_digits
            .as_ref()
            .map(|facet| format!("the value may have {} fraction digits", facet.value)),
        _ => None,
    })
}

/// A type and those that it derives from, the nearest first.
fn bases(set: &SchemaSet, key: TypeKey) -> impl Iterator<Item = TypeKey> + '_ {
    let base = |key: &TypeKey| match key {
        TypeKey::Simple(simple) => set.arenas.simple_types.get(*simple)?.resolved_base_type,
        TypeKey::Complex(complex) => set.arenas.complex_types.get(*complex)?.resolved_base_type,
    };
    std::iter::successors(Some(key), base).take(BASES_MAX)
}

/// The name of a type of XML Schema itself.
fn built_in_name(set: &SchemaSet, key: SimpleTypeKey) -> Option<String> {
    let data = set.arenas.simple_types.get(key)?;
    let namespace = name(set, data.target_namespace?);
    (namespace == super::super::closure::XS).then(|| data.name.map(|local| name(set, local)))?
}

/// How a type is called: by its name, or by that of the type that it restricts.
fn type_words(set: &SchemaSet, key: TypeKey) -> String {
    for (steps, key) in bases(set, key).enumerate() {
        let (local, built_in) = match key {
            TypeKey::Simple(simple) => {
                let data = set.arenas.simple_types.get(simple);
                (data.and_then(|data| data.name), built_in_name(set, simple).is_some())
            }
            TypeKey::Complex(complex) => {
                (set.arenas.complex_types.get(complex).and_then(|data| data.name), false)
            }
        };
        let Some(local) = local.map(|local| name(set, local)) else { continue };
        let prefix = if built_in { "xs:" } else { "" };
        let based = if steps > 0 { "based on " } else { "" };
        return format!("{based}{prefix}{local}");
    }
    "without name".to_owned()
}

fn identity_names(set: &SchemaSet, declaration: Option<ElementKey>) -> String {
    let declaration = declaration.and_then(|key| set.arenas.elements.get(key));
    let keys = declaration.map(|data| data.identity_constraints.as_slice()).unwrap_or_default();
    let names = keys.iter().filter_map(|key| set.arenas.identity_constraints.get(*key));
    let names = list(names.map(|constraint| name(set, constraint.name)));
    if names.is_empty() { names } else { format!(": {names}") }
}

/// The elements that may come next.
pub(super) fn expected(set: &SchemaSet, expected: &[ExpectedElement]) -> String {
    let mut names: Vec<String> = Vec::new();
    for element in expected {
        let name = name(set, element.local_name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    list(names.into_iter())
}

fn list(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.collect();
    let more = words.len().saturating_sub(LISTED_MAX);
    let mut text = words.into_iter().take(LISTED_MAX).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

/// A name of the schema.
pub(super) fn name(set: &SchemaSet, name: NameId) -> String {
    set.name_table.try_resolve(name).unwrap_or_default()
}
