//! What the service of case documents keeps.

use crate::reference::xml::node::Node;
use std::collections::HashMap;

/// Most documents that are kept: enough for a run, and an end for a loop.
const DOCUMENTS_MAX: usize = 100_000;

/// A document that was filed.
#[derive(Debug, Clone)]
pub(super) struct Filed {
    pub(super) id: String,
    pub(super) message: String,
    pub(super) node: Node,
    pub(super) at_ms: u64,
}

/// What came of filing one.
pub(super) enum Filing {
    New(Filed),
    Again(Filed),
    /// The message's id is that of another document.
    Conflict(Filed),
    Full,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Cabinet {
    all: Vec<Filed>,
    by_message: HashMap<String, usize>,
}

impl Cabinet {
    /// Files a document, once for each message, unless it is to be filed again.
    pub(super) fn file(&mut self, message: &str, node: Node, at_ms: u64, again: bool) -> Filing {
        let before = self.by_message.get(message).and_then(|at| self.all.get(*at));
        match before.filter(|_| !again) {
            Some(before) if before.node == node => return Filing::Again(before.clone()),
            Some(before) => return Filing::Conflict(before.clone()),
            None => {}
        }
        if self.all.len() >= DOCUMENTS_MAX {
            return Filing::Full;
        }
        let id = format!("D{:06}", self.all.len() + 1);
        let filed = Filed { id, message: message.to_owned(), node, at_ms };
        self.by_message.insert(message.to_owned(), self.all.len());
        self.all.push(filed.clone());
        Filing::New(filed)
    }

    pub(super) fn find(&self, id: &str) -> Option<&Filed> {
        let number: usize = id.strip_prefix('D')?.parse().ok()?;
        self.all.get(number.checked_sub(1)?).filter(|filed| filed.id == id)
    }
}
