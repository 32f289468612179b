//! What is written is read as the same tree, for any tree that a grammar allows.

use super::grammar;
use crate::{
    edifact::{
        grammar::{Composite, Content, Grammar, MessageGrammar, SegmentRule, Simple, What},
        reader::{EdifactReader, ReadOptions},
        writer::{EdifactWriter, WriteOptions},
    },
    fault::Faults,
    layout::{Step, UnitReader, UnitWriter},
    tree::{Kind, NameId, Place, Tree},
};
use proptest::prelude::*;
use sluse_contracts::payload::Limits;
use std::sync::Arc;

/// Grows a tree by a grammar; what is left open is decided by the bytes, in turn.
struct Grown<'g> {
    tree: Tree,
    choices: std::iter::Cycle<std::slice::Iter<'g, u8>>,
    texts: &'g [String],
}

impl Grown<'_> {
    fn choose(&mut self, below: usize) -> usize {
        usize::from(*self.choices.next().unwrap()) % below
    }

    fn group(&mut self, name: NameId) {
        self.tree.open(Kind::Group, name, Place::default()).unwrap();
    }

    fn field(&mut self, name: NameId, simple: &Simple) {
        let at = self.choose(self.texts.len());
        let text = self.texts[at].clone();
        let digits = (1..9).map(|length| "1".repeat(length));
        let letters = (1..9).map(|length| "A".repeat(length));
        let fitting: Vec<_> = std::iter::once(text).chain(digits).chain(letters).collect();
        let fitting = fitting.iter().find(|text| simple.form.check(text, b'.').is_ok());
        self.tree.field(name, fitting.unwrap(), Place::default()).unwrap();
    }

    fn composite(&mut self, name: NameId, composite: &Composite) {
        self.group(name);
        let mut is_empty = true;
        for (index, rule) in composite.components.iter().enumerate() {
            let required = composite.required >> index & 1 == 1;
            let is_date =
                composite.date.is_some_and(|(value, format)| index == value || index == format);
            let is_last = index + 1 == composite.components.len() && is_empty;
            if required || is_last || !is_date && self.choose(3) == 0 {
                self.field(rule.name, &rule.simple);
                is_empty = false;
            }
        }
        self.tree.close();
    }

    fn segment(&mut self, rule: &SegmentRule) {
        self.group(rule.name);
        for (index, of) in rule.elements.iter().enumerate() {
            if rule.required >> index & 1 == 0 && self.choose(3) > 0 {
                continue;
            }
            match &of.content {
                Content::Simple(simple) => self.field(of.name, simple),
                Content::Composite(composite) => self.composite(of.name, composite),
            }
        }
        self.tree.close();
    }

    fn level(&mut self, message: &MessageGrammar, level: usize) {
        for item in &message.levels[level].items {
            let spare = usize::try_from(item.max.min(item.min + 2) - item.min).unwrap();
            let count =
                item.min as usize + if self.choose(2) == 0 { self.choose(spare + 1) } else { 0 };
            for _ in 0..count {
                match item.what {
                    What::Segment(rule) => self.segment(&message.rules[rule]),
                    What::Group(below) => {
                        self.group(item.name);
                        self.level(message, below);
                        self.tree.close();
                    }
                    What::Object => {}
                }
            }
        }
    }

    /// Names and texts from a path: `("UNB", ["S001/0001=UNOC", …])`.
    fn service(&mut self, rule: &SegmentRule, values: &[&[&str]]) {
        self.group(rule.name);
        for (of, values) in
            rule.elements.iter().zip(values).filter(|(_, values)| !values.is_empty())
        {
            match &of.content {
                Content::Simple(_) => {
                    _ = self.tree.field(of.name, values[0], Place::default()).unwrap();
                }
                Content::Composite(composite) => {
                    self.group(of.name);
                    for (rule, value) in composite.components.iter().zip(*values) {
                        self.tree.field(rule.name, value, Place::default()).unwrap();
                    }
                    self.tree.close();
                }
            }
        }
        self.tree.close();
    }
}

fn grown(grammar: &Grammar, number: usize, choices: &[u8], texts: &[String]) -> Tree {
    let message = &grammar.messages[number];
    let tree = Tree::new(grammar.names().clone(), &Limits::default());
    let mut grown = Grown { tree, choices: choices.iter().cycle(), texts };
    grown.service(
        &grammar.service.unb,
        &[&["UNOY", "3"], &["A", "14"], &["B"], &["260101", "1200"], &["REF1"]],
    );
    grown.group(message.name);
    let identifier: Vec<&str> = message.of[0].iter().map(String::as_str).collect();
    grown.service(&grammar.service.unh, &[&["1"], &identifier]);
    grown.level(message, 0);
    grown.tree.close();
    grown.tree
}

/// All that a tree says, but for trailers, which the writer makes.
fn nodes(grammar: &Grammar, tree: &Tree) -> Vec<String> {
    let trailer = grammar.names().text(grammar.service.unt.name).unwrap();
    let inside = |node| {
        std::iter::successors(Some(node), |node| tree.parent(*node))
            .any(|node| tree.name(node) == trailer)
    };
    let all = tree.descendants(tree.root()).filter(|node| !inside(*node));
    all.map(|node| format!("{:?} {} {:?}", tree.kind(node), tree.name(node), tree.value(node)))
        .collect()
}

fn write(grammar: &Arc<Grammar>, trees: &[&Tree]) -> Vec<u8> {
    let mut writer = EdifactWriter::new(grammar.clone(), WriteOptions::default());
    let mut out = Vec::new();
    trees.iter().for_each(|tree| writer.write(tree, &mut out).unwrap());
    writer.finish(&mut out).unwrap();
    out
}

fn read(grammar: &Arc<Grammar>, bytes: &[u8]) -> Vec<Tree> {
    let mut reader = EdifactReader::new(grammar.clone(), ReadOptions::default());
    let (mut trees, mut faults) = (Vec::new(), Faults::new(10));
    reader.feed(bytes);
    reader.finish();
    loop {
        let mut tree = Tree::new(grammar.names().clone(), &Limits::default());
        match reader.next(&mut tree, &mut faults) {
            Step::Unit => trees.push(tree),
            Step::End => return trees,
            step => panic!("{step:?} {faults:?} {:?}", String::from_utf8_lossy(bytes)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_tree_that_is_written_is_read_as_the_same_tree(
        choices in proptest::collection::vec(any::<u8>(), 50..200),
        texts in proptest::collection::vec("[+:'?*a-zæøå€ 0-9.]{1,40}", 1..6),
    ) {
        for name in ["medcom", "medpre", "invoic-d14b"] {
            let grammar = grammar(name);
            let number = usize::from(choices[0]) % grammar.messages.len();
            let tree = grown(&grammar, number, &choices, &texts);
            let bytes = write(&grammar, &[&tree]);
            let again = read(&grammar, &bytes);
            prop_assert_eq!(again.len(), 1);
            prop_assert_eq!(nodes(&grammar, &again[0]), nodes(&grammar, &tree));
            prop_assert_eq!(write(&grammar, &[&again[0]]), bytes);
        }
    }
}

#[test]
fn references_in_trailers_are_in_the_repertoire_of_the_interchange() {
    let grammar = grammar("medcom");
    let text = "UNA:+.? 'UNB+UNOC:3+a:14+b:14+110304:1230+ø1'UNH+ø?:2+CONTRL:D:93A:ZZ'UCI+1+a+b+4'UNT+3+ø?:2'UNZ+1+ø1'";
    let bytes: Vec<u8> = text.chars().map(|character| u8::try_from(character).unwrap()).collect();
    let trees = read(&grammar, &bytes);
    let written = write(&grammar, &trees.iter().collect::<Vec<_>>());
    assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(&bytes));
}
