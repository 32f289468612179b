//! What paths from the root lead to, looked up once for each unit: a section that is done for each of many groups asks for
//! the same few values again and again, and finding them among all those groups would take the square of their number.

use crate::tree::NodeId;

/// How many nodes of one path are kept.
const KEPT_MAX: usize = 64;

/// What is known of the paths of a plan, by their numbers.
#[derive(Debug, Default)]
pub(super) struct KnownPaths(Vec<Known>);

/// What is known of a path.
#[derive(Debug, Default, Clone)]
pub(super) enum Known {
    /// Nothing yet.
    #[default]
    Unseen,
    /// All that it leads to.
    Few(Vec<NodeId>),
    /// It leads to more than is kept.
    Many,
}

impl KnownPaths {
    /// Forgets what was known of a unit before.
    pub(super) fn forget(&mut self, n_paths: usize) {
        self.0.clear();
        self.0.resize(n_paths, Known::Unseen);
    }

    /// What is known of a path; nothing of one that has no number.
    pub(super) fn of(&self, number: Option<usize>) -> Option<&Known> {
        self.0.get(number?)
    }

    /// Keeps what a path leads to.
    pub(super) fn keep(&mut self, number: Option<usize>, found: &[NodeId]) {
        if let Some(known) = number.and_then(|number| self.0.get_mut(number)) {
            *known = match found.len() <= KEPT_MAX {
                true => Known::Few(found.to_vec()),
                false => Known::Many,
            };
        }
    }
}
