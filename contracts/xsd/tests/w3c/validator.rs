//! What is asked of an engine, and the suite run through it.

use crate::suite::{Row, Sources, Suite};
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A schema as an engine compiles it.
pub(crate) trait JudgesXsd: Sized {
    /// Compiles a schema.
    fn compile(sources: &Sources) -> Self;
    /// What is wrong with the schema; nothing where it is valid.
    fn schema_faults(&self) -> Vec<String>;
    /// What is wrong with a document; nothing where it is valid. By a schema that is not one, all are wrong.
    fn faults(&self, bytes: &[u8]) -> Vec<String>;
}

/// What was found in the tests that an engine decides otherwise than the suite.
pub(crate) type Disagreements = BTreeMap<String, Vec<String>>;

/// Runs tests on all processors; one schema is compiled once.
pub(crate) fn run<E: JudgesXsd>(suite: &Suite, rows: &[&Row]) -> Disagreements {
    let mut by_schema: HashMap<&[String], Vec<&Row>> = HashMap::new();
    for row in rows {
        by_schema.entry(&row.schema).or_default().push(row);
    }
    let groups: Vec<Vec<&Row>> = by_schema.into_values().collect();
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Disagreements::new()));
    let work = || {
        while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
            let disagreements = run_group::<E>(suite, group);
            found.lock().unwrap().extend(disagreements);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    found.into_inner().unwrap()
}

fn run_group<E: JudgesXsd>(suite: &Suite, group: &[&Row]) -> Disagreements {
    let mut compiled: HashMap<Vec<String>, E> = HashMap::new();
    let mut disagreements = Disagreements::new();
    for row in group {
        let sources = suite.sources(row);
        let schema = compiled.entry(sources.entries.clone());
        let schema = schema.or_insert_with(|| E::compile(&sources));
        let faults = match &row.instance {
            None => schema.schema_faults(),
            Some(path) => schema.faults(&suite.bytes(path).unwrap()),
        };
        if faults.is_empty() != row.valid {
            disagreements.insert(row.id.clone(), faults);
        }
    }
    disagreements
}
