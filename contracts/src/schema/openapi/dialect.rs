//! Which version a description is of, and what its schemas mean.
//!
//! OpenAPI 3.1 is JSON Schema 2020-12, or the dialect that `jsonSchemaDialect` names. OpenAPI 3.0 and Swagger 2.0 have
//! dialects of their own, which are rewritten to 2020-12.

use super::{
    convert,
    discriminator::{self, Children},
    swagger,
};
use crate::{
    Direction, Finding, code,
    schema::json::{Documents, Whole, mark},
};
use jsonschema::{Draft, ValidationOptions, meta::MetaValidator};
use serde_json::{Value, json};

/// The dialect of OpenAPI 3.1 itself (section 4.8.24.1), with or without a date in place of `base`.
const OWN_DIALECT: &str = "https://spec.openapis.org/oas/3.";

/// How a description's schemas are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    version: Version,
    draft: Draft,
    /// What schemas that build on one with a `discriminator` judge: by the versions up to 3.0.3, and 3.1.0, what it judges;
    /// the later ones say that it only helps to read.
    by_parent: Children,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    Swagger2,
    V3_0,
    V3_1,
}

impl Dialect {
    /// The dialect of the description in this file.
    pub(super) fn of(documents: &Documents, entry: &str) -> Result<Self, Box<Finding>> {
        let tree = match documents.get(entry) {
            Some(Ok(tree)) => tree,
            Some(Err(fault)) => return Err(Box::new(fault.finding(entry))),
            None => {
                let finding =
                    Finding::in_file(entry, code::SCHEMA_MISSING, "there is no such file");
                return Err(Box::new(finding));
            }
        };
        let refuse = |pointers: &[&str], sentence: &str| {
            let finding = Finding::in_file(entry, code::RULES_UNSUPPORTED, sentence);
            let place = pointers.iter().find_map(|pointer| tree.place(pointer));
            Box::new(place.map_or(finding.clone(), |at| finding.at(at.line, at.column)))
        };
        let stated = |name: &str| match tree.value.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            // Without quotes YAML reads a number.
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let text = stated("openapi").or_else(|| stated("swagger")).unwrap_or_default();
        let version = match text.split('.').take(2).collect::<Vec<_>>()[..] {
            ["2", _] => Version::Swagger2,
            ["3", "0"] => Version::V3_0,
            ["3", _] => Version::V3_1,
            _ => {
                let sentence = "the file is no description in OpenAPI 3.0 or 3.1 or Swagger 2.0";
                return Err(refuse(&["/openapi", "/swagger", ""], sentence));
            }
        };
        let named = stated("jsonSchemaDialect").filter(|_| version == Version::V3_1);
        let Some(draft) = named.as_deref().map_or(Some(Draft::Draft202012), draft) else {
            let sentence = "the dialect is none of JSON Schema's drafts 4 to 2020-12";
            return Err(refuse(&["/jsonSchemaDialect"], sentence));
        };
        let judges = ["3.0.0", "3.0.1", "3.0.2", "3.0.3", "3.1.0"].contains(&text.as_str());
        let by_parent = match version {
            Version::Swagger2 => Children::Named,
            _ if judges => Children::Judging,
            _ => Children::Ignored,
        };
        Ok(Self { version, draft, by_parent })
    }

    /// The draft that schemas are of once they are rewritten.
    pub(super) fn draft(self) -> Draft {
        self.draft
    }

    /// Whether what stands beside a `$ref` counts for nothing; of 3.0 and 2.0 that is taken out.
    pub(super) fn reference_stands_alone(self) -> bool {
        matches!(self.draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7)
    }

    /// Which numbers are whole.
    fn whole(self) -> Whole {
        match self.version {
            Version::Swagger2 | Version::V3_0 => Whole::AsWritten,
            Version::V3_1 => Whole::of(self.draft),
        }
    }

    /// The schema of schemas.
    pub(super) fn metaschema(self) -> Option<MetaValidator<'static>> {
        let address = match self.draft {
            Draft::Draft4 => "http://json-schema.org/draft-04/schema#",
            Draft::Draft6 => "http://json-schema.org/draft-06/schema#",
            Draft::Draft7 => "http://json-schema.org/draft-07/schema#",
            Draft::Draft201909 => "https://json-schema.org/draft/2019-09/schema",
            _ => "https://json-schema.org/draft/2020-12/schema",
        };
        jsonschema::meta::validator_for(&json!({ "$schema": address })).ok()
    }

    /// The draft, where it is another than the usual one, and the formats that OpenAPI adds.
    pub(super) fn options<'i>(self, options: ValidationOptions<'i>) -> ValidationOptions<'i> {
        let options = match self.draft {
            Draft::Draft202012 => options,
            other => options.with_draft(other),
        };
        // Section 4.4 of 3.0: base64 (RFC 4648, section 4). Since 3.1 that is `contentEncoding`.
        match self.version {
            Version::Swagger2 | Version::V3_0 => options.with_format("byte", is_base64),
            Version::V3_1 => options,
        }
    }

    /// Rewrites all documents of a description for messages of one direction.
    pub(super) fn rewrite(self, documents: &mut Documents, entry: &str, direction: Direction) {
        if self.version == Version::Swagger2 {
            swagger::to_3_0(documents, entry);
        }
        let has_directions = documents.values().any(convert::has_directions);
        if self.version != Version::V3_1 {
            documents.rewrite(convert::from_3_0);
        }
        discriminator::decide(documents, entry, self.by_parent);
        documents.rewrite(|value| {
            convert::whole_numbers(value);
            mark(value, self.whole());
            if has_directions {
                convert::for_direction(value, direction);
            }
        });
    }
}

/// The draft of a dialect's address.
fn draft(address: &str) -> Option<Draft> {
    if address.starts_with(OWN_DIALECT) {
        return Some(Draft::Draft202012);
    }
    match Draft::Draft202012.detect(&json!({ "$schema": address })) {
        Draft::Unknown => None,
        known => Some(known),
    }
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    text.len().is_multiple_of(4) && text.len() - body.len() <= 2 && body.bytes().all(plain)
}
