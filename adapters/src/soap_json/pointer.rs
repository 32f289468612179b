//! Where in JSON each node of the XML comes from.

use sluse_contracts::payload::escape_step;
use std::fmt::Write as _;

/// A step of a JSON Pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// A member whose name the schema gives.
    Name(&'t str),
    /// A member whose name the sender gives: it is not shown.
    Hidden,
    /// An item.
    Index(usize),
}

/// A place, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlaceId(usize);

/// The places of elements and attributes, in the order of the document.
#[derive(Debug, Default)]
pub(super) struct Places<'t> {
    /// Each step and the place before it; the first place has none.
    steps: Vec<(usize, Token<'t>)>,
    /// The place where writing is: one more than the number of its step.
    here: usize,
    nodes: Vec<usize>,
}

impl<'t> Places<'t> {
    /// Goes one step further; gives the place before, for [`Self::leave`].
    pub(super) fn enter(&mut self, token: Token<'t>) -> PlaceId {
        let before = self.here;
        self.steps.push((before, token));
        self.here = self.steps.len();
        PlaceId(before)
    }

    /// Goes back.
    pub(super) fn leave(&mut self, before: PlaceId) {
        self.here = before.0;
    }

    /// An element or attribute begins here.
    pub(super) fn node(&mut self) {
        self.nodes.push(self.here);
    }

    /// The pointer of the place where writing is.
    pub(super) fn pointer(&self) -> String {
        self.pointer_of(self.here)
    }

    /// The pointer of an element or attribute, by its number in the order of the document.
    pub(super) fn of_node(&self, number: usize) -> String {
        self.nodes.get(number).map(|place| self.pointer_of(*place)).unwrap_or_default()
    }

    fn pointer_of(&self, place: usize) -> String {
        let step = |place: usize| place.checked_sub(1).and_then(|at| self.steps.get(at));
        let up = std::iter::successors(step(place), |(before, _)| step(*before));
        let mut tokens: Vec<Token<'_>> = up.map(|(_, token)| *token).collect();
        tokens.reverse();
        let mut pointer = String::new();
        for token in tokens {
            // Writing to a text cannot fail.
            let _ = match token {
                Token::Name(name) => write!(pointer, "/{}", escape_step(name)),
                Token::Hidden => write!(pointer, "/*"),
                Token::Index(at) => write!(pointer, "/{at}"),
            };
        }
        pointer
    }
}
