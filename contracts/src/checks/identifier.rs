//! `identifier`: each value is an identifier of a register.

use super::{
    Kind,
    told::{Told, Wrong},
};
use crate::{
    code,
    identifiers::Misfit,
    manifest::IdentifierRule,
    path::{Allowance, At, DocumentPath, Spot, Unevaluated},
};
use serde_json::Value;
use sluse_xml::{Document, NodeId, NodeKind};

/// The namespace of `xsi:nil`.
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The compiled kind.
#[derive(Debug)]
pub(super) struct Identified(IdentifierRule);

impl Identified {
    pub(super) fn new(rule: &IdentifierRule) -> Self {
        Self(rule.clone())
    }

    /// What is wrong with a value.
    fn wrong(&self, spot: &Spot<'_>) -> Option<Wrong<'static>> {
        let form = |sentence| Wrong { code: code::IDENTIFIER_FORM, sentence, severity: None };
        let Some(text) = spot.text() else { return Some(form("an identifier is a text")) };
        match self.0.demand.check(&text) {
            Ok(()) => None,
            Err(Misfit::Form(sentence)) => Some(form(sentence)),
            Err(Misfit::CheckDigits(sentence)) => {
                let severity = Some(self.0.check_digits?);
                Some(Wrong { code: code::CHECK_DIGITS, sentence, severity })
            }
        }
    }
}

impl Kind for Identified {
    fn judge<'p>(
        &self,
        paths: &[DocumentPath],
        document: &Spot<'p>,
        allowance: &mut Allowance,
        told: &mut Told<'_, 'p>,
    ) -> Result<(), Unevaluated> {
        for path in paths {
            path.each(document, allowance, &mut |spot, _| {
                if is_nil(spot) {
                    return Ok(true);
                }
                Ok(self.wrong(spot).is_none_or(|wrong| told.tell(&wrong, spot)))
            })?;
        }
        Ok(())
    }
}

/// Whether a place says that it has no value: `null`, or `xsi:nil` (XML Schema Part 1, section 2.6.2).
pub(super) fn is_nil(spot: &Spot<'_>) -> bool {
    let nil = |document: &Document, node: NodeId| {
        let stated = document.attribute(node, XSI, "nil");
        document.kind(node) == NodeKind::Element && matches!(stated, Some("true" | "1"))
    };
    match spot.at {
        At::Xml(document, node) => nil(document, node),
        At::Json(_, value) => matches!(value, Value::Null),
    }
}
