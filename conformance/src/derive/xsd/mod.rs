//! Cases from XML Schema: documents at each bound, and documents that break one constraint and nothing else.
//!
//! A document is made from the schema, with as little in it as it may have; where the contract has rules besides its schema
//! that refuse such a document, the contract's own examples are begun with. From there each element that a document can have
//! is looked at once, in the smallest document that has it ([`explore`]). What is made is shown to the product's own judge:
//! a positive must be taken, a negative refused for the one rule, at the one place ([`proof`]).

pub(crate) mod assemble;
mod break_content;
mod break_values;
pub(crate) mod change;
pub(crate) mod explore;
pub(crate) mod forms;
pub(crate) mod grow;
mod identity;
mod keep;
pub(crate) mod number;
mod pattern;
pub(crate) mod proof;
pub(crate) mod sites;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod tree;
pub(crate) mod values;
mod words;

use crate::{
    Kind, Plan,
    case::{Expect, Statuses},
    derive::schematron,
};
use assemble::{Assembler, Draft, Outcomes};
use change::Scene;
use explore::Seed;
use grow::{FOREIGN, Grower};
use proof::{Proof, Way};
use sites::Declared;
use sluse_contracts::{
    Contract, ContractFiles, MediaType, Occasion,
    manifest::{Language, Operation, OperationKind, SelectBy},
};
use sluse_xsd::{AnyType, Choice, Content, ElementId, Shapes};
use std::collections::HashSet;
use tree::{At, Element, Name};

/// Most documents that are judged to derive the cases of one operation by its schema.
pub(crate) const JUDGEMENTS_MAX: usize = 20_000;
/// The same where rule sets judge besides, which take longer.
pub(crate) const JUDGEMENTS_WITH_RULES_MAX: usize = 6_000;
/// Most root elements of one schema.
const ROOTS_MAX: usize = 20;
/// Most examples of one contract.
const EXAMPLES_MAX: usize = 100;

/// The folder of a contract's examples that keep to it.
pub(crate) const EXAMPLES: &str = "examples/valid/";

/// All cases of the operations of a contract whose requests are XML documents that XML Schema or Schematron judges, for a
/// provider. A contract with a description gives none here.
pub(crate) fn documents(contract: &Contract, files: &ContractFiles) -> Plan {
    let mut plan = Plan::default();
    let mut ids = HashSet::new();
    if contract.description().is_some() {
        return plan;
    }
    for operation in &contract.manifest().operations {
        document(contract, files, operation, &mut ids, &mut plan);
    }
    plan
}

fn document(
    contract: &Contract,
    files: &ContractFiles,
    operation: &Operation,
    ids: &mut HashSet<String>,
    plan: &mut Plan,
) {
    let steps = &operation.request.judge;
    let is_xml = |language| matches!(language, Language::Xsd | Language::Schematron);
    let Some(first) = steps.iter().find(|step| is_xml(step.language)) else { return };
    let has_rules = steps.iter().any(|step| step.language == Language::Schematron);
    let way = way(operation);
    let judgements = if has_rules { JUDGEMENTS_WITH_RULES_MAX } else { JUDGEMENTS_MAX };
    let proof = Proof::new(contract, &way, judgements);
    let occasion = Occasion::request(&operation.name);
    let schemas = contract.schemas_of(&occasion);
    let schema = schemas.iter().find_map(|schema| schema.xsd());
    let examples = examples(files, &proof);
    let real = str::to_owned;
    let mut assembler = Assembler {
        proof: &proof,
        due: due(operation),
        prefix: operation.name.clone(),
        entry: first.file.value.clone(),
        real: &real,
        ids,
        plan,
    };
    for (name, tree) in &examples {
        let sentence = format!("Takes the contract's example `{name}`.");
        example(&mut assembler, name, sentence, tree);
    }
    let mut first_document = examples.first().map(|(_, tree)| tree.clone());
    if let Some(schema) = schema {
        let shapes = schema.shapes();
        let seeds = seeds(shapes, contract, &proof, &examples);
        first_document = seeds.first().map(|seed| seed.tree.clone()).or(first_document);
        if seeds.is_empty() {
            let why = "no document was made that is taken, and no example is: give one in `examples/valid`";
            assembler.constraints(
                std::collections::BTreeMap::new(),
                vec![(first.file.value.clone(), why.to_owned())],
            );
        }
        let mut met = explore::Met::default();
        let found = explore::explore(shapes, &proof, &seeds, &first.file.value, &mut met);
        assembler.explored(found);
    }
    if let Some(tree) = &first_document {
        assembler.forms(forms::forms(&tree.written()));
        roots(&mut assembler, tree);
    }
    schematron::rules(&mut assembler, files, steps, &examples);
}

/// How documents of an operation travel: to the service's address itself, where the manifest has no path.
fn way(operation: &Operation) -> Way {
    let media_type = operation.request.media_types.first().cloned().unwrap_or_else(MediaType::xml);
    Way {
        operation: operation.name.clone(),
        method: operation.method.clone().unwrap_or_else(|| "POST".to_owned()),
        path: operation.path.clone().unwrap_or_default(),
        headers: vec![("content-type".to_owned(), media_type.to_string())],
        media_type,
    }
}

/// A document that is taken is answered 2xx, and where there is an answer it is judged; one that is not, 4xx.
fn due(operation: &Operation) -> Outcomes {
    let statuses = |class| vec![Statuses::class(class)];
    let judged = operation.kind == OperationKind::TwoWay;
    let refused = Expect { statuses: statuses(4), judged: false, checks: Vec::new() };
    Outcomes {
        taken: Expect { statuses: statuses(2), judged, checks: Vec::new() },
        unreadable: refused.clone(),
        refused,
    }
}

/// The contract's examples that are taken as they are, by name.
fn examples(files: &ContractFiles, proof: &Proof<'_>) -> Vec<(String, Element)> {
    let all = files.below(EXAMPLES).filter_map(|(path, file)| {
        let document = proof::parse(&file.bytes)?;
        let tree = Element::read(&document);
        Some((path.trim_start_matches(EXAMPLES).to_owned(), tree))
    });
    all.filter(|(_, tree)| proof.takes(tree)).take(EXAMPLES_MAX).collect()
}

fn example(assembler: &mut Assembler<'_>, name: &str, sentence: String, tree: &Element) {
    let expect = assembler.due.taken.clone();
    assembler.add(Draft {
        id: &format!("example.{name}"),
        sentence,
        kind: Kind::Positive,
        place: assembler.entry.clone(),
        level: None,
        headers: None,
        body: assemble::text(tree),
        expect,
    });
}

/// Documents to begin with: one made for each root element that is taken, else the examples.
fn seeds(
    shapes: Shapes<'_>,
    contract: &Contract,
    proof: &Proof<'_>,
    examples: &[(String, Element)],
) -> Vec<Seed> {
    let mut grower = Grower::new(shapes);
    let mut all = Vec::new();
    for id in root_elements(shapes, contract) {
        let made = [false, true].into_iter().find_map(|is_rich| {
            grower.is_rich = is_rich;
            seed(&mut grower, id).filter(|seed| proof.takes(&seed.tree))
        });
        all.extend(made);
    }
    if all.is_empty() {
        all.extend(examples.iter().filter_map(|(_, tree)| {
            let root = shapes.global_element(&tree.name.namespace, &tree.name.local)?;
            let roots = vec![(Vec::new(), Declared::Element(root))];
            Some(Seed { tree: tree.clone(), roots, is_made: false, is_rich: false })
        }));
    }
    all
}

/// The smallest document of a root element.
fn seed(grower: &mut Grower<'_>, id: ElementId) -> Option<Seed> {
    grower.begin(0);
    let tree = grower.element(id)?;
    Some(settled(grower, tree, vec![(Vec::new(), Declared::Element(id))]))
}

/// A document whose references to keys lead somewhere.
pub(crate) fn settled(grower: &Grower<'_>, tree: Element, roots: Vec<(At, Declared)>) -> Seed {
    let mut tree = tree;
    for site in sites::sites(&grower.shapes, &tree, &roots) {
        let scene = Scene { tree: tree.clone(), site };
        tree = identity::settle_references(grower, &scene).unwrap_or(tree);
    }
    Seed { tree, roots, is_made: true, is_rich: grower.is_rich }
}

/// The element that documents of the contract have, else those at the top of the schema that stand in no other.
fn root_elements(shapes: Shapes<'_>, contract: &Contract) -> Vec<ElementId> {
    if let Some(SelectBy::Root(name)) = contract.manifest().select.as_ref().map(|each| &each.by) {
        return shapes.global_element(&name.namespace, &name.local).into_iter().collect();
    }
    let all: Vec<ElementId> = shapes.global_elements();
    let mut inner: HashSet<ElementId> = HashSet::new();
    for id in &all {
        let Some(AnyType::Complex(complex)) = shapes.element(*id).map(|each| each.of_type) else {
            continue;
        };
        let Content::Elements { model, .. } = shapes.content(complex) else { continue };
        let choices = words::choices(&shapes, model).into_iter();
        inner.extend(choices.filter_map(|choice| match choice {
            Choice::Element(child) if child != *id => Some(child),
            Choice::Element(_) | Choice::Wildcard(_) => None,
        }));
    }
    let is_there = |id: &ElementId| grow::is_there(&shapes, Choice::Element(*id));
    let outer: Vec<ElementId> =
        all.iter().copied().filter(|id| is_there(id) && !inner.contains(id)).collect();
    let mut roots = if outer.is_empty() { all } else { outer };
    roots.sort_by_key(|id| shapes.element(*id).map(|each| (each.namespace, each.local)));
    roots.truncate(ROOTS_MAX);
    roots
}

/// Documents whose first element is another one, or of another namespace.
fn roots(assembler: &mut Assembler<'_>, tree: &Element) {
    let own = &tree.name;
    let others = [
        (
            "root.unknown",
            Name::new(&own.namespace, "Undeclared"),
            "whose root element is not declared",
        ),
        (
            "root.foreign",
            Name::new(FOREIGN, &own.local),
            "whose root element is of a strange namespace",
        ),
        ("root.unqualified", Name::new("", &own.local), "whose root element is of no namespace"),
    ];
    for (id, name, words) in others {
        if name == *own {
            continue;
        }
        let mut changed = tree.clone();
        changed.name = name;
        changed.prefix.clear();
        // What knows no such document says no more than that.
        let alone = assembler.proof.tree(&changed).is_some_and(|judged| judged.errors.len() == 1);
        let place = format!("{}#root", assembler.entry);
        let known = explore::Known {
            kept: true,
            broken: alone,
            tried: true,
            why: (!alone).then(|| "the change breaks other rules too".to_owned()),
            why_not_kept: None,
        };
        if alone {
            let expect = assembler.due.refused.clone();
            assembler.add(Draft {
                id,
                sentence: format!("Refuses a message {words}."),
                kind: Kind::Negative,
                place: place.clone(),
                level: None,
                headers: None,
                body: assemble::text(&changed),
                expect,
            });
        }
        assembler.constraint(&place, &known);
    }
}
