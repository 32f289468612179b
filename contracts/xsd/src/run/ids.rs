//! IDs and references to them (XML Schema Part 1, section 3.15.4, "Validation Root Valid (ID/IDREF)").

use super::report::At;
use super::{Mark, Named, Run};
use crate::identity::{Fingerprint, Fingerprints};
use crate::limits::{self, IDS_MAX};
use crate::types::{self, Scope, TypeId};
use std::collections::HashSet;

/// All IDs and references met so far.
#[derive(Debug, Default)]
pub(super) struct Ids {
    names: HashSet<Fingerprint>,
    references: Vec<(Fingerprint, Mark)>,
    prints: Fingerprints,
    over: bool,
}

impl Run<'_> {
    /// Takes the IDs, references and entities of a value; of an attribute, or of the element itself.
    pub(super) fn take_ids(
        &mut self,
        simple: TypeId,
        text: &str,
        scope: &dyn Scope,
        attribute: Option<Named<'_>>,
    ) {
        let mut met: Vec<(types::Ids, Fingerprint)> = Vec::new();
        let (types, prints) = (&self.tables.types, &self.ids.prints);
        types.each_id(simple, text, &self.counted(scope), &mut |kind, name| {
            met.push((kind, prints.of(name)));
        });
        for (kind, name) in met {
            if self.ids.over {
                return;
            }
            if self.ids.names.len() + self.ids.references.len() >= IDS_MAX {
                self.ids.over = true;
                let sentence = "the document has more IDs and references than the limit";
                return self.report(limits::IDS, sentence, At::Element);
            }
            match kind {
                types::Ids::None => {}
                types::Ids::Id => {
                    if !self.ids.names.insert(name) {
                        let sentence = "an ID must be unique in the document";
                        self.report_id("cvc-id.2", sentence, attribute);
                    }
                }
                types::Ids::Idref => {
                    let mark = self.mark(attribute);
                    self.ids.references.push((name, mark));
                }
                types::Ids::Entity => {
                    let sentence = "the value names an entity, and the document declares none";
                    let list = self.tables.types.is_list(simple);
                    let rule = if list { "cvc-simple-type.2.2" } else { "cvc-simple-type.2.1" };
                    self.report_id(rule, sentence, attribute);
                }
            }
        }
    }

    fn report_id(
        &mut self,
        constraint: &'static str,
        sentence: &str,
        attribute: Option<Named<'_>>,
    ) {
        match attribute {
            Some(named) => self.report(constraint, sentence, At::Attribute(named)),
            None => self.report(constraint, sentence, At::Element),
        }
    }

    fn mark(&mut self, attribute: Option<Named<'_>>) -> Mark {
        match attribute {
            Some(named) => {
                let step = self.attribute_step(&named);
                self.trail.mark_attribute(&step, named.site)
            }
            None => self.trail.mark(),
        }
    }

    /// Tells the references that lead to no ID; the document is at its end.
    pub(super) fn dangling_references(&mut self) {
        let ids = std::mem::take(&mut self.ids);
        if ids.over {
            return;
        }
        for (name, mark) in &ids.references {
            if !ids.names.contains(name) && !self.is_full() {
                let sentence = "a reference leads to no ID of the document";
                self.report("cvc-id.1", sentence, At::Marked(*mark));
            }
        }
    }
}
