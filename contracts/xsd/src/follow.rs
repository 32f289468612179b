//! What telling apart what may follow what costs the front end.
//!
//! Unique Particle Attribution is checked on a machine of states, some of which read: from each state all
//! others that are reached without reading are gone through, and the particles found there compared. That is
//! the square of the length where all is optional, and its cube where all are wildcards. Here the same sums
//! are told from a model's parts, without building it.

use std::ops::Add;

/// Steps for an element that is reached, beside those for each name that it may have.
const ELEMENT_STEPS: u64 = 20;
/// Steps for each name: of the declaration and of all that may stand for it.
const NAME_STEPS: u64 = 8;
/// Names that are compared in the time of a step, when those that may stand for an element are gathered: each with all before it.
const NAMES_OF_A_STEP: u64 = 6;

/// What is reached from a place, or from several together.
#[derive(Debug, Default, Clone, Copy)]
struct Reach {
    states: u64,
    wildcards: u64,
    elements: u64,
    /// Steps for the elements and states.
    steps: u64,
}

impl Add for Reach {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            states: self.states.saturating_add(other.states),
            wildcards: self.wildcards.saturating_add(other.wildcards),
            elements: self.elements.saturating_add(other.elements),
            steps: self.steps.saturating_add(other.steps),
        }
    }
}

impl Reach {
    const STATE: Self = Self { states: 1, wildcards: 0, elements: 0, steps: 1 };

    fn times(self, number: u64) -> Self {
        Self {
            states: self.states.saturating_mul(number),
            wildcards: self.wildcards.saturating_mul(number),
            elements: self.elements.saturating_mul(number),
            steps: self.steps.saturating_mul(number),
        }
    }
}

/// A part of a content model, as a machine with one state in which it begins and one in which it ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// Whether it can be passed without reading.
    empty: bool,
    /// What is reached from where it begins.
    first: Reach,
    /// The states from which the end is reached, and what is reached from them, all together.
    enders: u64,
    ends: Reach,
    /// Steps of all its states.
    steps: u64,
}

impl Part {
    /// Nothing: one state, in which it begins and ends.
    pub(crate) const EMPTY: Self =
        Self { empty: true, first: Reach::STATE, enders: 1, ends: Reach::STATE, steps: 1 };

    /// An element that may have so many names.
    pub(crate) fn element(names: u64) -> Self {
        let steps = NAME_STEPS.saturating_mul(names).saturating_add(ELEMENT_STEPS + 1);
        let part = Self::reads(Reach { states: 1, wildcards: 0, elements: 1, steps });
        let gathering = names.saturating_mul(names) / NAMES_OF_A_STEP;
        Self { steps: part.steps.saturating_add(gathering), ..part }
    }

    pub(crate) fn wildcard() -> Self {
        Self::reads(Reach { wildcards: 1, ..Reach::STATE })
    }

    fn reads(first: Reach) -> Self {
        let steps = first.steps.saturating_add(1);
        Self { empty: false, first, enders: 1, ends: Reach::STATE, steps }
    }

    /// Steps of going through it.
    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    /// This, and then another.
    pub(crate) fn then(self, next: Self) -> Self {
        let led = self.ends_leading_to(next.first);
        let steps = self.steps_leading_to(next.first).saturating_add(next.steps);
        let first = if self.empty { self.first + next.first } else { self.first };
        let (enders, ends) = if next.empty {
            (self.enders.saturating_add(next.enders), led + next.ends)
        } else {
            (next.enders, next.ends)
        };
        Self { empty: self.empty && next.empty, first, enders, ends, steps }
    }

    /// This or another.
    pub(crate) fn or(self, other: Self) -> Self {
        let empty = self.empty || other.empty;
        let both = Self {
            empty,
            first: Reach::STATE + self.first + other.first,
            enders: self.enders.saturating_add(other.enders),
            ends: self.ends + other.ends,
            steps: self.steps.saturating_add(other.steps),
        };
        both.begun_anew().then(Self { empty: false, ..Self::EMPTY })
    }

    /// This or nothing.
    pub(crate) fn or_nothing(self) -> Self {
        if self.empty {
            return self;
        }
        let first = self.first + Reach::STATE;
        let (enders, ends) = (self.enders.saturating_add(1), self.ends + first);
        Self { empty: true, first, enders, ends, steps: self.steps.saturating_add(1) }
    }

    /// This as often as the bounds say, as far as it matters: twice shows all that more often would.
    pub(crate) fn repeated(self, least: u64, most: Option<u64>) -> Self {
        match (least, most) {
            (_, Some(0)) => Self::EMPTY,
            (0, Some(1)) => self.or_nothing(),
            (1, Some(1)) => self,
            (0, _) => self.or_nothing().then(self.or_nothing()),
            (_, Some(most)) if most == least => self.then(self),
            _ => self.then(self.or_nothing()),
        }
    }

    /// The same with a state before it, which is one of those that lead to the end where it may be empty.
    fn begun_anew(self) -> Self {
        let steps = self.steps.saturating_add(going_through(self.first));
        if self.empty {
            let (enders, ends) = (self.enders.saturating_add(1), self.ends + self.first);
            return Self { enders, ends, steps, ..self };
        }
        Self { steps, ..self }
    }

    fn ends_leading_to(&self, first: Reach) -> Reach {
        self.ends + first.times(self.enders)
    }

    /// Steps where from each state that leads to the end so much more is reached.
    fn steps_leading_to(&self, first: Reach) -> u64 {
        let with = |number: u64, other: u64| number.saturating_mul(other);
        let (ends, more) = (self.ends, first.times(self.enders));
        let pairs = with(ends.wildcards, first.wildcards)
            .saturating_add(with(ends.wildcards, first.elements))
            .saturating_add(with(ends.elements, first.wildcards))
            .saturating_add(with(more.wildcards, first.wildcards.saturating_add(first.elements)));
        self.steps.saturating_add(more.steps).saturating_add(pairs)
    }
}

/// Steps of a state from which so much is reached.
fn going_through(reach: Reach) -> u64 {
    let others = reach.wildcards.saturating_add(reach.elements);
    reach.steps.saturating_add(reach.wildcards.saturating_mul(others))
}
