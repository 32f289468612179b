//! What a search takes: the steps that are counted for it do not depend on what was searched for before, or where.
//!
//! The engine makes an automaton as it searches. Where that stays small a search reads each character once; where it does not, each
//! character may cost as many steps as the pattern has states. Which it is, is found by making the whole automaton, within a limit.

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson::{self, NFA};
use regex_automata::util::syntax;
use regex_automata::{Input, MatchKind};

/// Bytes of a whole automaton, and of the memory that making it takes.
const AUTOMATON_BYTES_MAX: usize = 1 << 20;
/// Bytes that are read in one step.
const STEP_BYTES: usize = 8;
/// States that are gone through in one step.
const STEP_STATES: usize = 16;

/// What searches with a pattern take.
#[derive(Debug)]
pub(super) enum Work {
    /// The whole automaton: each byte is read once.
    Linear(Box<dense::DFA<Vec<u32>>>),
    /// The number of the pattern's states, each of which may be looked at for each byte.
    States(usize),
}

impl Work {
    /// Of a pattern as the engine takes it.
    pub(super) fn of(translated: &str, flags: &str) -> Self {
        let syntax = syntax::Config::new()
            .case_insensitive(flags.contains('i'))
            .dot_matches_new_line(flags.contains('s'))
            .multi_line(flags.contains('m'));
        let Ok(nfa) = thompson::Compiler::new().syntax(syntax).build(translated) else {
            return Self::States(usize::MAX);
        };
        Self::whole(&nfa).map_or(Self::States(nfa.states().len()), |dfa| Self::Linear(dfa.into()))
    }

    fn whole(nfa: &NFA) -> Option<dense::DFA<Vec<u32>>> {
        let config = dense::Config::new()
            .match_kind(MatchKind::LeftmostFirst)
            .start_kind(StartKind::Unanchored)
            .accelerate(false)
            .dfa_size_limit(Some(AUTOMATON_BYTES_MAX))
            .determinize_size_limit(Some(AUTOMATON_BYTES_MAX));
        dense::Builder::new().configure(config).build_from_nfa(nfa).ok()
    }

    /// The steps of one search that begins at a place.
    pub(super) fn steps(&self, text: &str, start: usize) -> usize {
        let rest = text.len().saturating_sub(start);
        1 + match self {
            Self::Linear(dfa) => read(dfa, text, start).unwrap_or(rest) / STEP_BYTES,
            Self::States(states) => rest.saturating_mul(1 + states / STEP_STATES),
        }
    }
}

/// The bytes that a search reads before it knows its answer.
fn read(dfa: &dense::DFA<Vec<u32>>, text: &str, start: usize) -> Option<usize> {
    let mut state = dfa.start_state_forward(&Input::new(text).range(start..)).ok()?;
    let rest = text.as_bytes().get(start..)?;
    for (at, byte) in rest.iter().enumerate() {
        state = dfa.next_state(state, *byte);
        if dfa.is_special_state(state) && dfa.is_dead_state(state) {
            return Some(at + 1);
        }
    }
    Some(rest.len())
}
