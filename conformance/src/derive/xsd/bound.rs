//! What a suite binds in documents of XML: values that are new each time, or the supplier's own, as slots.

use super::tree::Element;
use crate::{
    Template,
    suite::{Spot, Suite},
    template::Slot,
};
use std::collections::BTreeSet;

/// A number that makes the value which stands for a new one where documents are judged before they are sent.
const SAMPLE: u128 = 0x1d_5eed;

/// One place of documents of an operation that a suite binds.
#[derive(Debug, Clone)]
struct Bound {
    /// Local names from the root element on.
    path: Vec<String>,
    /// What stands before the slot.
    prefix: String,
    slot: Slot,
    /// The value that stands for the slot in a document that is judged; nothing: what stands there already.
    sample: Option<String>,
    /// What stands there in the documents that all others are made of: another value is one that a case is about.
    usual: BTreeSet<String>,
}

/// All of them of one operation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bounds(Vec<Bound>);

impl Bounds {
    /// Those of an operation; none without a suite.
    pub(crate) fn of(suite: Option<&Suite>, operation: &str) -> Self {
        let Some(suite) = suite else { return Self::default() };
        let of = |operations: &[String]| {
            operations.is_empty() || operations.iter().any(|each| each == operation)
        };
        let fresh = suite.fresh.iter().filter(|each| of(&each.operations)).filter_map(|each| {
            let sample = format!("{}{}", each.prefix, each.form.write(SAMPLE));
            let slot = Slot::Fresh(each.name.clone());
            Some(bound(path(&each.at)?, &each.prefix, slot, Some(sample)))
        });
        let given = suite.given.iter().filter(|each| of(&each.operations)).filter_map(|each| {
            let at = each.at.as_ref()?;
            Some(bound(path(at)?, "", Slot::Given(each.name.clone()), None))
        });
        Self(fresh.chain(given).collect())
    }

    /// Puts the values that stand for new ones into a document that others are made of, and learns what stands there.
    pub(crate) fn settle(&mut self, tree: &mut Element) {
        for bound in &mut self.0 {
            let Some(element) = find(tree, &bound.path) else { continue };
            // What a schema alone gives is usual too: an element that is made anew has it.
            bound.usual.insert(element.text());
            if let Some(sample) = &bound.sample {
                element.set_text(sample);
            }
            bound.usual.insert(element.text());
        }
    }

    /// A document as text with a mark in each bound place. Where a message must be refused, a place that the case is
    /// about, whose value is not the usual one, stays as it is.
    pub(crate) fn marked(&self, tree: &Element, is_taken: bool) -> Element {
        let mut tree = tree.clone();
        for (number, bound) in self.0.iter().enumerate() {
            let Some(element) = find(&mut tree, &bound.path) else { continue };
            if element.element_count() == 0 && (is_taken || bound.usual.contains(&element.text())) {
                element.set_text(&mark(number));
            }
        }
        tree
    }

    /// Text with marks as one with slots.
    pub(crate) fn template(&self, text: &str) -> Template {
        let mut template = Template::default();
        let mut rest = text;
        while let Some((at, number, bound)) = self.next(rest) {
            template.push_text(rest.get(..at).unwrap_or_default());
            template.push_text(&bound.prefix);
            template.push_slot(bound.slot.clone());
            rest = rest.get(at + mark(number).len()..).unwrap_or_default();
        }
        template.push_text(rest);
        template
    }

    /// Text with marks as it is judged: with the values that stand for slots.
    pub(crate) fn filled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (number, bound) in self.0.iter().enumerate() {
            let value = bound.sample.as_ref().or_else(|| bound.usual.first());
            text = text.replace(&mark(number), value.map_or("", String::as_str));
        }
        text
    }

    /// What stands at a place of a document, as a request has it.
    pub(crate) fn at(&self, tree: &Element, spot: &Spot) -> Option<Template> {
        let mut marked = self.marked(tree, true);
        Some(self.template(&find(&mut marked, &path(spot)?)?.text()))
    }

    fn next(&self, text: &str) -> Option<(usize, usize, &Bound)> {
        let all = self.0.iter().enumerate();
        all.filter_map(|(number, each)| Some((text.find(&mark(number))?, number, each)))
            .min_by_key(|(at, ..)| *at)
    }
}

fn bound(path: Vec<String>, prefix: &str, slot: Slot, sample: Option<String>) -> Bound {
    Bound { path, prefix: prefix.to_owned(), slot, sample, usual: BTreeSet::new() }
}

/// What stands for a slot while a document is written: letters and digits, so that every encoding has them.
fn mark(number: usize) -> String {
    format!("zqSlot{number}Zq")
}

/// The local names of a place in a document of XML.
pub(crate) fn path(spot: &Spot) -> Option<Vec<String>> {
    let Spot::Xml(path) = spot else { return None };
    Some(path.strip_prefix('/')?.split('/').map(str::to_owned).collect())
}

/// The first element of a path of local names from the root.
pub(crate) fn find<'t>(tree: &'t mut Element, path: &[String]) -> Option<&'t mut Element> {
    let (root, below) = path.split_first()?;
    if tree.name.local != *root {
        return None;
    }
    let mut at = Vec::new();
    for name in below {
        let here = tree.at(&at)?;
        at.push(here.elements().position(|each| each.name.local == *name)?);
    }
    tree.at_mut(&at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        derive::xsd::proof::parse,
        suite::{Fresh, FreshForm, Given},
    };

    fn tree(text: &str) -> Element {
        Element::read(&parse(text.as_bytes()).unwrap())
    }

    fn bounds() -> Bounds {
        let fresh = Fresh {
            name: "id".to_owned(),
            operations: vec!["send".to_owned()],
            at: Spot::Xml("/A/Id".to_owned()),
            prefix: "R-".to_owned(),
            form: FreshForm::Digits,
        };
        let given = Given {
            name: "number".to_owned(),
            what: "a number".to_owned(),
            operations: Vec::new(),
            at: Some(Spot::Xml("/A/B/Number".to_owned())),
        };
        let suite = Suite { fresh: vec![fresh], given: vec![given], ..Suite::default() };
        Bounds::of(Some(&suite), "send")
    }

    #[test]
    fn what_a_suite_binds_is_a_slot_but_where_a_case_is_about_it() {
        let mut bounds = bounds();
        let mut first = tree("<A><Id>x</Id><B><Number>7</Number></B></A>");
        bounds.settle(&mut first);
        let sent = |tree: &Element, is_taken| {
            bounds.template(&bounds.marked(tree, is_taken).written()).to_string()
        };
        let all = "<A><Id>R-{{fresh:id}}</Id><B><Number>{{given:number}}</Number></B></A>";
        assert_eq!(sent(&first, true), all);
        assert_eq!(sent(&first, false), all);
        let wrong = tree("<A><Id>x</Id><B><Number>seven</Number></B></A>");
        let but_one = "<A><Id>R-{{fresh:id}}</Id><B><Number>seven</Number></B></A>";
        assert_eq!(sent(&wrong, false), but_one);
        assert_eq!(sent(&wrong, true), all);
        assert_eq!(sent(&tree("<C><Id>x</Id></C>"), true), "<C><Id>x</Id></C>");
    }

    #[test]
    fn what_is_judged_has_values_in_place_of_slots() {
        let mut bounds = bounds();
        let mut first = tree("<A><Id>x</Id><B><Number>7</Number></B></A>");
        bounds.settle(&mut first);
        let filled = bounds.filled(&bounds.marked(&first, true).written());
        assert_eq!(filled, first.written());
        let spot = Spot::Xml("/A/Id".to_owned());
        assert_eq!(bounds.at(&first, &spot).unwrap().to_string(), "R-{{fresh:id}}");
        assert!(Bounds::of(None, "send").at(&first, &Spot::Xml("/A/Z".to_owned())).is_none());
    }
}
