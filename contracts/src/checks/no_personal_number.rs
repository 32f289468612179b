//! `no-personal-number`: no personal number stands in a text.
//!
//! What a path leads to is searched with all that stands below it: in XML each text, attribute, comment and
//! instruction by itself, in JSON each text and number, and the names of members.

use super::{
    Kind,
    told::{Told, Wrong},
};
use crate::{
    code,
    identifiers::{Identifier, search},
    manifest::NoPersonalNumberRule,
    path::{Allowance, At, DocumentPath, Spot, Step, Unevaluated},
};
use serde_json::Value;
use sluse_xml::{Document, NodeId, NodeKind};

/// The compiled kind.
#[derive(Debug)]
pub(super) struct NoPersonalNumber(NoPersonalNumberRule);

impl NoPersonalNumber {
    pub(super) fn new(rule: &NoPersonalNumberRule) -> Self {
        Self(rule.clone())
    }

    /// Tells every number in a text. False where nothing more can change the verdict.
    fn search<'p>(&self, text: &str, spot: &Spot<'p>, told: &mut Told<'_, 'p>) -> bool {
        search::find(text, &self.0.identifiers).all(|found| {
            let name = name(found.identifier);
            let sentence =
                format!("{name} stands in the text, from character {} on", found.character);
            let wrong = Wrong { code: code::PERSONAL_NUMBER, sentence: &sentence, severity: None };
            told.tell(&wrong, spot) && !told.is_full()
        })
    }

    fn search_xml<'p>(
        &self,
        (document, top): (&'p Document, NodeId),
        allowance: &mut Allowance,
        told: &mut Told<'_, 'p>,
    ) -> Result<bool, Unevaluated> {
        let nodes = top.index()..document.subtree_end(top).index().max(top.index() + 1);
        for node in nodes.filter_map(|at| document.node(at)) {
            if matches!(document.kind(node), NodeKind::Element | NodeKind::Document) {
                continue;
            }
            let text = document.text(node);
            allowance.read(text)?;
            if !self.search(text, &Spot::start(At::Xml(document, node)), told) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// As deep as the document, which is limited.
    fn search_json<'p>(
        &self,
        spot: &mut Spot<'p>,
        allowance: &mut Allowance,
        told: &mut Told<'_, 'p>,
    ) -> Result<bool, Unevaluated> {
        let At::Json(_, value) = spot.at else { return Ok(true) };
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    allowance.read(name)?;
                    let goes_on = spot.within(Step::Member(name), member, |spot| {
                        Ok(self.search(name, spot, told)
                            && self.search_json(spot, allowance, told)?)
                    })?;
                    if !goes_on {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    let goes_on = spot.within(Step::Item(at), item, |spot| {
                        self.search_json(spot, allowance, told)
                    })?;
                    if !goes_on {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            _ => {
                let Some(text) = spot.text() else { return Ok(true) };
                allowance.read(&text)?;
                Ok(self.search(&text, spot, told))
            }
        }
    }
}

impl Kind for NoPersonalNumber {
    fn judge<'p>(
        &self,
        paths: &[DocumentPath],
        document: &Spot<'p>,
        allowance: &mut Allowance,
        told: &mut Told<'_, 'p>,
    ) -> Result<(), Unevaluated> {
        for path in paths {
            // What lies below a place that was searched is not searched again.
            let mut searched_to = None;
            path.each(document, allowance, &mut |spot, allowance| match spot.at {
                At::Xml(..) if spot.is_atom() => {
                    Ok(spot.text().is_none_or(|text| self.search(&text, spot, told)))
                }
                At::Xml(_, node) if searched_to.is_some_and(|end| node < end) => Ok(true),
                At::Xml(document, node) => {
                    searched_to = Some(document.subtree_end(node));
                    self.search_xml((document, node), allowance, told)
                }
                At::Json(..) => self.search_json(&mut spot.clone(), allowance, told),
            })?;
        }
        Ok(())
    }
}

fn name(identifier: Identifier) -> &'static str {
    match identifier {
        Identifier::Cpr => "a CPR number",
        Identifier::Fodselsnummer => "a fødselsnummer",
        _ => "a personnummer",
    }
}
