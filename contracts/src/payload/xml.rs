//! An XML payload: faults of the reader become violations.

use super::Limits;
use crate::{Code, Violation, code};
use sluse_xml::{Document, FaultKind, XmlFault};
use std::borrow::Cow;

/// Reads an XML document. `charset` is what the media type states.
pub(super) fn parse(
    bytes: &[u8],
    charset: Option<&str>,
    limits: &Limits,
) -> Result<Document, Violation> {
    Document::parse(bytes, charset, &self::limits(limits)).map_err(violation)
}

/// The text of bytes that are of a charset: UTF-8 where none is stated.
///
/// # Errors
/// V0102 at the first bytes that are not of it, or where it is not known.
pub(crate) fn text<'b>(bytes: &'b [u8], charset: Option<&str>) -> Result<Cow<'b, str>, Violation> {
    sluse_xml::decode(bytes, Some(charset.unwrap_or("utf-8"))).map_err(violation)
}

/// What holds for XML.
pub fn limits(limits: &Limits) -> sluse_xml::Limits {
    sluse_xml::Limits {
        depth_max: limits.depth_max,
        attributes_max: limits.attributes_max,
        tree_bytes_max: limits.tree_bytes_max,
        name_bytes_max: limits.name_bytes_max,
        ..sluse_xml::Limits::default()
    }
}

/// What is said of a document that cannot be read.
pub fn violation(fault: XmlFault) -> Violation {
    let violation = Violation::syntax(code_of(fault.kind), fault.kind.sentence());
    match fault.kind {
        FaultKind::Empty => violation,
        _ => violation.at(fault.line, fault.column),
    }
}

fn code_of(kind: FaultKind) -> Code {
    match kind {
        FaultKind::Encoding | FaultKind::EncodingUnknown => code::ENCODING,
        FaultKind::Dtd => code::DTD,
        FaultKind::TooDeep => code::TOO_DEEP,
        FaultKind::TooManyAttributes => code::TOO_MANY_ATTRIBUTES,
        FaultKind::TreeTooLarge => code::TREE_TOO_LARGE,
        FaultKind::PieceTooLong => code::MARKUP_TOO_LONG,
        FaultKind::Entity => code::ENTITY,
        FaultKind::NameTooLong => code::NAME_TOO_LONG,
        FaultKind::PrefixNotDeclared => code::PREFIX_NOT_DECLARED,
        FaultKind::Empty => code::EMPTY_MESSAGE,
        _ => code::XML_NOT_WELL_FORMED,
    }
}
