//! What a suite demands of answers to documents of XML: their status, and what of the request they repeat.

use super::assemble::{Assembler, Draft};
use super::tree::Element;
use crate::{
    Kind, Suite,
    case::{Check, Expect, Must, Source, Statuses},
    suite::{Answers, Spot},
};

/// The statuses of good answers of an operation.
pub(crate) fn good(suite: Option<&Suite>, operation: &str) -> Vec<Statuses> {
    let said = of(suite, operation).find(|each| !each.statuses.is_empty());
    said.map_or_else(|| vec![Statuses::class(2)], |each| each.statuses.clone())
}

fn of<'s>(suite: Option<&'s Suite>, operation: &str) -> impl Iterator<Item = &'s Answers> {
    let all = suite.map(|suite| suite.answers.as_slice()).unwrap_or_default().iter();
    all.filter(move |each| each.operations.iter().any(|each| each == operation))
}

/// Adds a case for each thing that answers of the operation must say, with a document that is taken.
pub(crate) fn answers(assembler: &mut Assembler<'_>, suite: Option<&Suite>, tree: &Element) {
    let operation = assembler.proof.way().operation.clone();
    for each in of(suite, &operation) {
        if !each.statuses.is_empty() {
            let what = "Answers a good message with the status that the contract names.";
            add(assembler, each, "status", what.to_owned(), tree, Vec::new());
        }
        for (sent, answered) in &each.repeats {
            let Some(check) = repeats(assembler, tree, sent, answered) else { continue };
            let what = format!("Repeats in `{answered}` of its answer what the message said.");
            add(assembler, each, "repeats", what, tree, vec![check]);
        }
    }
}

/// Nothing where the document has nothing at the place.
fn repeats(
    assembler: &Assembler<'_>,
    tree: &Element,
    sent: &Spot,
    answered: &Source,
) -> Option<Check> {
    let value = assembler.bounds.at(tree, sent)?;
    Some(Check::Value { at: answered.clone(), must: Must::Equal(value) })
}

fn add(
    assembler: &mut Assembler<'_>,
    answers: &Answers,
    word: &str,
    sentence: String,
    tree: &Element,
    checks: Vec<Check>,
) {
    let expect = Expect { checks, ..assembler.due.taken.clone() };
    let draft = Draft {
        id: &format!("answer.{word}"),
        sentence,
        kind: Kind::Positive,
        place: format!("suite/suite.toml#answer/{word}"),
        level: None,
        headers: None,
        body: assembler.text(Kind::Positive, tree),
        expect,
    };
    assembler.add_under(answers.clauses.get(word), draft);
}
