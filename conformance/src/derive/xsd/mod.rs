//! Cases from XML Schema: documents at each bound, and documents that break one constraint and nothing else.
//!
//! A document is made from the schema, with as little in it as it may have; where the contract has rules besides its schema
//! that refuse such a document, the contract's own examples are begun with. From there each element that a document can have
//! is looked at once, in the smallest document that has it ([`explore`]). What is made is shown to the product's own judge:
//! a positive must be taken, a negative refused for the one rule, at the one place ([`proof`]).

pub(crate) mod assemble;
pub(crate) mod bound;
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
pub(crate) mod said;
pub(crate) mod sites;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod tree;
pub(crate) mod values;
mod words;

use crate::{
    Kind, Plan, Suite, Template,
    case::{Body, Expect, Request, Statuses},
    derive::schematron,
    suite::Refusal,
};
use assemble::{Assembler, Draft, Outcomes};
use bound::Bounds;
use change::Scene;
use explore::Seed;
use grow::{FOREIGN, Grower};
use proof::{Proof, Way};
use sites::Declared;
use sluse_contracts::{
    Contract, ContractFiles, MediaType, Occasion, Outcome,
    clauses::Level,
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
pub(crate) fn documents(contract: &Contract, files: &ContractFiles, suite: Option<&Suite>) -> Plan {
    let mut plan = Plan::default();
    let mut ids = HashSet::new();
    if contract.description().is_some() {
        return plan;
    }
    for operation in &contract.manifest().operations {
        Documents { contract, files, suite, operation }.cases(&mut ids, &mut plan);
    }
    plan
}

/// The documents of one operation.
pub(crate) struct Documents<'d> {
    pub(crate) contract: &'d Contract,
    pub(crate) files: &'d ContractFiles,
    pub(crate) suite: Option<&'d Suite>,
    pub(crate) operation: &'d Operation,
}

impl Documents<'_> {
    fn cases(&self, ids: &mut HashSet<String>, plan: &mut Plan) {
        let Self { contract, files, suite, operation } = *self;
        let steps = &operation.request.judge;
        let is_xml = |language| matches!(language, Language::Xsd | Language::Schematron);
        let Some(first) = steps.iter().find(|step| is_xml(step.language)) else { return };
        let way = way(operation);
        let proof = Proof::new(contract, &way, self.judgements_max());
        let occasion = Occasion::request(&operation.name);
        let schemas = contract.schemas_of(&occasion);
        let schema = schemas.iter().find_map(|schema| schema.xsd());
        let mut bounds = Bounds::of(suite, &operation.name);
        let examples = examples(files, &proof, &mut bounds);
        let seeds =
            schema.map(|schema| seeds(schema.shapes(), contract, &proof, &examples, &mut bounds));
        let real = str::to_owned;
        let mut assembler = Assembler {
            proof: &proof,
            due: due(operation, suite),
            prefix: operation.name.clone(),
            entry: first.file.value.clone(),
            real: &real,
            ids,
            plan,
            bounds,
            sent: HashSet::new(),
        };
        if way.path.contains('{') {
            let why = "its path has parameters, which no document fills in";
            let left_out = vec![(first.file.value.clone(), why.to_owned())];
            return assembler.constraints(std::collections::BTreeMap::new(), left_out);
        }
        for (name, tree) in &examples {
            let sentence = format!("Takes the contract's example `{name}`.");
            example(&mut assembler, name, sentence, tree);
        }
        let first_example = examples.first().map(|(_, tree)| tree.clone());
        let made = seeds.iter().flatten().next().map(|seed| seed.tree.clone());
        if let (Some(schema), Some(seeds)) = (schema, &seeds) {
            explored(&mut assembler, schema.shapes(), seeds, &first.file.value);
        }
        if let Some(tree) = made.or_else(|| first_example.clone()) {
            let marked = assembler.bounds.marked(&tree, true);
            assembler.forms(forms::forms(&marked.written()));
            roots(&mut assembler, &tree);
            media_type(&mut assembler, self, &tree);
            said::answers(&mut assembler, suite, &first_example.unwrap_or(tree));
        }
        schematron::rules(&mut assembler, files, steps, &examples);
    }

    /// Two requests at most that keep to the contract and say different things, their path as the contract writes it.
    pub(crate) fn sound(&self) -> Vec<Request> {
        let Self { contract, files, suite, operation } = *self;
        let way = way(operation);
        if matches!(way.method.as_str(), "GET" | "HEAD" | "DELETE") {
            let headers = operation.response.media_types.first();
            let headers = headers.map(|accept| ("accept".to_owned(), accept.to_string()));
            let way = Way { headers: headers.into_iter().collect(), ..way };
            return vec![assemble::request(&way, Body::None)];
        }
        let proof = Proof::new(contract, &way, self.judgements_max());
        let schemas = contract.schemas_of(&Occasion::request(&operation.name));
        let schema = schemas.iter().find_map(|schema| schema.xsd());
        let mut bounds = Bounds::of(suite, &operation.name);
        let examples = examples(files, &proof, &mut bounds);
        let made =
            schema.map(|schema| seeds(schema.shapes(), contract, &proof, &examples, &mut bounds));
        let made = made.unwrap_or_default().into_iter().map(|seed| seed.tree);
        let mut texts: Vec<Template> = Vec::new();
        for tree in examples.into_iter().map(|(_, tree)| tree).chain(made) {
            let text = bounds.template(&bounds.marked(&tree, true).document());
            if texts.len() < 2 && !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts.into_iter().map(|text| assemble::request(&way, Body::Text(text))).collect()
    }

    fn judgements_max(&self) -> usize {
        let mut steps = self.operation.request.judge.iter();
        let has_rules = steps.any(|step| step.language == Language::Schematron);
        if has_rules { JUDGEMENTS_WITH_RULES_MAX } else { JUDGEMENTS_MAX }
    }
}

fn explored(assembler: &mut Assembler<'_>, shapes: Shapes<'_>, seeds: &[Seed], entry: &str) {
    if seeds.is_empty() {
        let why =
            "no document was made that is taken, and no example is: give one in `examples/valid`";
        let left_out = vec![(entry.to_owned(), why.to_owned())];
        assembler.constraints(std::collections::BTreeMap::new(), left_out);
    }
    let mut met = explore::Met::default();
    let found = explore::explore(shapes, assembler.proof, seeds, entry, &mut met);
    assembler.explored(found);
}

/// A document under a media type that its operation does not take.
fn media_type(assembler: &mut Assembler<'_>, documents: &Documents<'_>, tree: &Element) {
    let other = MediaType::text();
    let headers = vec![("content-type".to_owned(), other.to_string())];
    let way = Way { media_type: other, headers, ..assembler.proof.way().clone() };
    let judged = proof::judge(documents.contract, &way, tree.document().as_bytes());
    if judged.outcome == Outcome::Accepted {
        return;
    }
    let statuses = documents.suite.and_then(|suite| suite.refusals.get(&Refusal::MediaType));
    let mut expect = assembler.due.unreadable.clone();
    expect.statuses = statuses.cloned().unwrap_or_else(|| vec![Statuses::only(415)]);
    // A server may understand what it was not asked to (RFC 9110, section 15.5.16).
    let has_no_clauses = documents.contract.clauses().all().is_empty();
    let place = "http#media-type";
    assembler.add(Draft {
        id: "media-type.wrong",
        sentence: "Refuses a message under another media type.".to_owned(),
        kind: Kind::Negative,
        place: place.to_owned(),
        level: has_no_clauses.then_some(Level::Should),
        headers: Some(way.headers),
        body: assembler.text(Kind::Positive, tree),
        expect,
    });
    let known = explore::Known { kept: true, broken: true, tried: true, ..Default::default() };
    assembler.constraint(place, &known);
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

/// A document that is taken is answered 2xx, and where there is an answer it is judged; one that is not, 4xx; as the suite
/// says, where it does.
fn due(operation: &Operation, suite: Option<&Suite>) -> Outcomes {
    let judged = operation.kind == OperationKind::TwoWay;
    let refused = |refusal| {
        let said = suite.and_then(|suite| suite.refusals.get(&refusal)).cloned();
        let statuses = said.unwrap_or_else(|| vec![Statuses::class(4)]);
        Expect { statuses, judged: false, ..Expect::default() }
    };
    Outcomes {
        taken: Expect { statuses: said::good(suite, &operation.name), judged, ..Expect::default() },
        refused: refused(Refusal::Schema),
        unreadable: refused(Refusal::Syntax),
    }
}

/// The contract's examples that are taken, by name, with the values that a suite binds.
fn examples(
    files: &ContractFiles,
    proof: &Proof<'_>,
    bounds: &mut Bounds,
) -> Vec<(String, Element)> {
    let all = files.below(EXAMPLES).filter_map(|(path, file)| {
        let document = proof::parse(&file.bytes)?;
        let mut tree = Element::read(&document);
        bounds.settle(&mut tree);
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
        body: assembler.text(Kind::Positive, tree),
        expect,
    });
}

/// Documents to begin with: one made for each root element that is taken, else the examples.
fn seeds(
    shapes: Shapes<'_>,
    contract: &Contract,
    proof: &Proof<'_>,
    examples: &[(String, Element)],
    bounds: &mut Bounds,
) -> Vec<Seed> {
    let mut grower = Grower::new(shapes);
    let mut all = Vec::new();
    for id in root_elements(shapes, contract) {
        let made = [false, true].into_iter().find_map(|is_rich| {
            grower.is_rich = is_rich;
            let mut seed = seed(&mut grower, id)?;
            bounds.settle(&mut seed.tree);
            Some(seed).filter(|seed| proof.takes(&seed.tree))
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
                body: assembler.text(Kind::Negative, &changed),
                expect,
            });
        }
        assembler.constraint(&place, &known);
    }
}
