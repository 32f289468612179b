//! What no row of a mapping carries over, where the adapter says that it is only told: to the operator, in the log.

use sluse_adapters::mapping::Outcome;
use std::collections::BTreeSet;

/// How many paths are told of one message.
const PATHS_MAX: usize = 20;

/// What was left of one message: by path, which has names of descriptions and `*` for all others; never a value.
#[derive(Debug)]
pub(in crate::pipeline) struct Left {
    exchange: String,
    paths: BTreeSet<String>,
    n_values: u64,
}

impl Left {
    /// Nothing yet, of a message of this exchange.
    pub(in crate::pipeline) fn of(exchange: &str) -> Self {
        Self { exchange: exchange.to_owned(), paths: BTreeSet::new(), n_values: 0 }
    }

    /// Adds what one unit leaves.
    pub(in crate::pipeline) fn add(&mut self, outcome: &Outcome) {
        self.n_values = self.n_values.saturating_add(outcome.n_lost);
        for lost in &outcome.lost {
            if self.paths.len() < PATHS_MAX && !self.paths.contains(&lost.path) {
                self.paths.insert(lost.path.clone());
            }
        }
    }

    /// Tells it, where there is anything.
    pub(in crate::pipeline) fn tell(&self) {
        if self.n_values == 0 {
            return;
        }
        let paths: Vec<&str> = self.paths.iter().map(String::as_str).collect();
        tracing::warn!(
            exchange = self.exchange,
            values = self.n_values,
            paths = paths.join(", "),
            "values of a message were not carried over by its adapter"
        );
    }
}
