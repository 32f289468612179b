//! What holding a restricted content model against its base's costs the front end.
//!
//! Particle Valid (Restriction), XML Schema Part 1, 3.9.6. Before it compares, the front end folds each group of
//! one particle into that particle and keeps the group as it was written beside it: both have all that is below,
//! so each fold doubles what the next one copies. Then each particle of the one is held against those of the
//! other; a particle that fails against a choice is held against all its ways a second time, in each choice
//! within, and what may stand for each other in an `all` is tried in every order. Here the same sums are told
//! from the models' parts, without folding or comparing anything.

/// Steps for each particle of a model that is folded and copied, beside those of comparing it.
const COPY_STEPS: u64 = 4;
/// Steps for each order in which an `all` is tried.
const ORDER_STEPS: u64 = 3;

/// Particles that stand side by side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// How many stand side by side.
    siblings: u64,
    /// All of them, and all within.
    particles: u64,
    /// What is copied of them: without what was folded at the top, and with it.
    term: u64,
    whole: u64,
    /// How many comparisons one particle takes that is held against them.
    visits: u64,
}

impl Shape {
    pub(crate) const NONE: Self = Self { siblings: 0, particles: 0, term: 0, whole: 0, visits: 0 };
    /// An element or a wildcard.
    pub(crate) const ONE: Self = Self { siblings: 1, particles: 1, term: 1, whole: 1, visits: 1 };

    pub(crate) fn beside(self, other: Self) -> Self {
        Self {
            siblings: self.siblings.saturating_add(other.siblings),
            particles: self.particles.saturating_add(other.particles),
            term: self.term.saturating_add(other.term),
            whole: self.whole.saturating_add(other.whole),
            visits: self.visits.saturating_add(other.visits),
        }
    }

    /// A sequence of these.
    pub(crate) fn sequence(self) -> Self {
        let (term, whole) = if self.siblings == 1 {
            (self.term, self.term.saturating_add(self.whole).saturating_add(1))
        } else {
            (self.whole.saturating_add(1), self.whole.saturating_add(1))
        };
        Self {
            siblings: 1,
            particles: self.particles.saturating_add(1),
            term,
            whole,
            visits: self.visits.saturating_add(1),
        }
    }

    /// A choice of these.
    pub(crate) fn choice(self) -> Self {
        self.twice().sequence()
    }

    /// All of these, some of which the same particles may stand for.
    pub(crate) fn all(self, alike: u64) -> Self {
        let one = self.sequence();
        let orders = (2..=alike.saturating_add(1)).take(30).fold(1, u64::saturating_mul);
        let orders = if alike > 1 { orders.saturating_mul(ORDER_STEPS) } else { 0 };
        Self { visits: one.visits.saturating_add(orders), ..one }
    }

    /// These, which are tried as one particle and as several.
    pub(crate) fn twice(self) -> Self {
        Self { visits: self.visits.saturating_mul(2), ..self }
    }

    /// These, found by their name: a step, even where there is nothing.
    pub(crate) fn looked_up(self) -> Self {
        Self { whole: self.whole.saturating_add(1), ..self }
    }

    /// Steps of telling whether this restricts a base.
    pub(crate) fn steps_against(self, base: Self) -> u64 {
        let copied = self.whole.saturating_add(base.whole).saturating_mul(COPY_STEPS);
        let compared = self.particles.saturating_mul(base.visits.saturating_add(base.whole));
        copied.saturating_add(compared)
    }
}
