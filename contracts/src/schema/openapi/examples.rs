//! The schemas of a description alone: for those who hold its own examples against them.

use super::{build::Rules, dialect::Dialect, reader::At};
use crate::{
    Direction,
    manifest::JudgeStep,
    schema::{FileReader, json::Documents},
};
use serde_json::Value;
use std::fmt;

/// The schemas of both directions.
pub(crate) struct DescriptionRules<'d> {
    requests: Rules<'d>,
    answers: Rules<'d>,
    entry: String,
}

impl fmt::Debug for DescriptionRules<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DescriptionRules({})", self.entry)
    }
}

impl DescriptionRules<'_> {
    /// Asks the schemas of a description; nothing where it cannot be read.
    pub(crate) fn faults<T>(
        step: &JudgeStep,
        files: &FileReader<'_>,
        ask: &mut dyn FnMut(&mut DescriptionRules<'_>) -> Vec<T>,
    ) -> Vec<T> {
        let entry = step.file.value.as_str();
        let mut requests = Documents::read(entry, &[".json", ".yaml", ".yml"], &step.json, files);
        let Ok(dialect) = Dialect::of(&requests, entry) else { return Vec::new() };
        let mut answers = requests.clone();
        dialect.rewrite(&mut requests, entry, Direction::Request);
        dialect.rewrite(&mut answers, entry, Direction::Response);
        let counted = (requests.counted(), answers.counted());
        let of_requests = Rules::new((&requests, &counted.0), entry, (&step.json, dialect));
        let of_answers = Rules::new((&answers, &counted.1), entry, (&step.json, dialect));
        let (Some(requests), Some(answers)) = (of_requests, of_answers) else { return Vec::new() };
        ask(&mut DescriptionRules { requests, answers, entry: entry.to_owned() })
    }

    /// The keyword that a value breaks first of the schema at a pointer, in the direction in which it is sent; where that
    /// is not said, in both. Nothing where it keeps to it, or where that is not known.
    pub(crate) fn fault(
        &mut self,
        pointer: &str,
        value: &Value,
        direction: Option<Direction>,
    ) -> Option<String> {
        match direction {
            Some(Direction::Request) => fault(&mut self.requests, pointer, value, &self.entry),
            Some(Direction::Response) => fault(&mut self.answers, pointer, value, &self.entry),
            None => {
                let first = fault(&mut self.requests, pointer, value, &self.entry)?;
                fault(&mut self.answers, pointer, value, &self.entry)?;
                Some(first)
            }
        }
    }
}

fn fault<'d>(rules: &mut Rules<'d>, pointer: &str, value: &Value, entry: &str) -> Option<String> {
    let root: At<'d> = rules.reader.root()?;
    let schema = root.value.pointer(pointer)?;
    let at = At { file: entry.to_owned(), pointer: pointer.to_owned(), value: schema };
    let validator = rules.whole_rule(at)?;
    let fault = validator.iter_errors(value).next()?;
    Some(fault.kind().keyword().to_owned())
}
