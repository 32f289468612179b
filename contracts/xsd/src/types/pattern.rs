//! Patterns, matched in time linear in the text, and in memory and steps that are bounded.
//!
//! A pattern is a machine of states, all of which a text may have to be taken through. A deterministic
//! automaton is made of it as texts ask for it, in a cache; where the cache does not serve, the machine is
//! followed state by state, and that is counted.

mod counted;

use super::{Scope, TypeFault};
use crate::fault::beyond;
use counted::{Count, counted};
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{NFA, WhichCaptures, pikevm::PikeVM};
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::{cmp::Ordering, fmt, sync::Arc};

/// Largest compiled pattern, in bytes: `(a{0,1000}){0,1000}` stops here.
pub(crate) const PATTERN_BYTES_MAX: usize = 8 << 20;
/// Largest memory of all compiled patterns of a schema together, in bytes.
pub(crate) const PATTERNS_BYTES_MAX: usize = 64 << 20;
/// Largest cache of a pattern in use, in bytes for each thread.
const CACHE_BYTES_MAX: usize = 256 << 10;
/// How often a cache is filled before it is asked whether it serves.
const CACHE_FILLS: usize = 3;
/// States that a cache holds, about: making one takes as many steps as the machine has states.
const CACHED_STATES: u64 = 1_000;

/// A regular expression of XML Schema Part 2, appendix F: it describes the whole text.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    text: Box<str>,
    machine: Arc<Machine>,
    /// How many characters a text may have, where the machine does not count them.
    count: Option<Count>,
}

/// A compiled pattern.
struct Machine {
    /// None where the machine is too large for a cache.
    lazy: Option<Lazy>,
    followed: PikeVM,
    states: u64,
}

type MakesCache = Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>;

/// The deterministic automaton as far as it is made, once for each thread.
struct Lazy {
    automaton: Arc<DFA>,
    caches: Pool<Cache, MakesCache>,
}

impl Pattern {
    /// Compiles a pattern. Categories are those of one table, that of Unicode 16.0, in every form of an escape: the
    /// recommendation (Part 2, second edition, F.1.1) encourages later versions than its own. Were a class told by
    /// one table and its complement by another, a character could be in both or in neither.
    pub(super) fn compile(text: &str) -> Result<Self, TypeFault> {
        let broken = |sentence: &str| TypeFault::new("cvc-pattern-valid", sentence);
        let translated = sluse_xpath::translate_schema_pattern(text)
            .ok_or_else(|| broken("a pattern is not a regular expression of XML Schema"))?;
        if repeats_backwards(text) {
            return Err(broken("a pattern repeats something more often at least than at most"));
        }
        let class = counted(text).and_then(|(class, count)| {
            Some((format!("(?:{})*", sluse_xpath::translate_schema_pattern(class)?), count))
        });
        let (translated, count) = match class {
            Some((repeated, count)) => (repeated, Some(count)),
            None => (translated, None),
        };
        let config = NFA::config()
            .nfa_size_limit(Some(PATTERN_BYTES_MAX))
            .which_captures(WhichCaptures::None);
        // What is wrong was told; what is left is too large.
        let over = |_| {
            let what = "a compiled pattern takes too much memory; large counts are better said by maxLength";
            TypeFault::over_budget(beyond(what, "pattern-bytes-max", PATTERN_BYTES_MAX as u64))
        };
        let nfa = NFA::compiler()
            .configure(config)
            .build(&format!(r"\A(?:{translated})\z"))
            .map_err(over)?;
        let machine = Machine::of(nfa).map_err(over)?;
        Ok(Self { text: text.into(), machine: Arc::new(machine), count })
    }

    /// As the schema writes it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Bytes in memory, about; caches are left out.
    pub(super) fn memory_bytes(&self) -> usize {
        self.text.len() + self.machine.followed.get_nfa().memory_usage()
    }

    /// Whether a text matches; none where finding out would take more steps than are left.
    pub(super) fn matches(&self, text: &str, scope: &dyn Scope) -> Option<bool> {
        if self.count.is_some_and(|count| !count.has(text)) {
            return Some(false);
        }
        let machine = &*self.machine;
        let input = Input::new(text).anchored(Anchored::Yes).earliest(true);
        let steps = machine.states.saturating_mul(text.len() as u64 + 1);
        if let Some(lazy) = &machine.lazy {
            let mut cache = lazy.caches.get();
            let before = cache.clear_count();
            let found = lazy.automaton.try_search_fwd(&mut cache, &input);
            let fills = cache.clear_count().saturating_sub(before) as u64;
            let made = fills.saturating_mul(CACHED_STATES).saturating_mul(machine.states);
            if fills > 0 && !scope.spend(made.min(steps)) {
                return None;
            }
            if let Ok(found) = found {
                return Some(found.is_some());
            }
        }
        let mut followed = machine.followed.create_cache();
        scope.spend(steps).then(|| machine.followed.is_match(&mut followed, input))
    }
}

impl Machine {
    fn of(nfa: NFA) -> Result<Self, regex_automata::nfa::thompson::BuildError> {
        let states = nfa.states().len();
        let config = DFA::config()
            .cache_capacity(CACHE_BYTES_MAX)
            .minimum_cache_clear_count(Some(CACHE_FILLS))
            // A state costs as many steps as the machine has states, so it must serve for long.
            .minimum_bytes_per_state(Some((states / 16).max(10)));
        let automaton = DFA::builder().configure(config).build_from_nfa(nfa.clone()).ok();
        let lazy = automaton.map(|automaton| {
            let automaton = Arc::new(automaton);
            let own = Arc::clone(&automaton);
            let make: MakesCache = Box::new(move || own.create_cache());
            Lazy { automaton, caches: Pool::new(make) }
        });
        Ok(Self { lazy, followed: PikeVM::new_from_nfa(nfa)?, states: states as u64 })
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Machine({} states)", self.states)
    }
}

/// Whether a pattern has a quantity `{n,m}` of which `n` is the greater.
fn repeats_backwards(text: &str) -> bool {
    let (mut escaped, mut classes) = (false, 0_usize);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'[' => classes += 1,
            b']' => classes = classes.saturating_sub(1),
            b'{' if classes == 0 && text.get(at + 1..).is_some_and(is_backwards) => return true,
            _ => {}
        }
    }
    false
}

/// Whether a text begins `n,m}` with the greater number first; `\p{…}` has none.
fn is_backwards(text: &str) -> bool {
    let bounds = text.split_once('}').and_then(|(bounds, _)| bounds.split_once(','));
    let Some((least, most)) = bounds else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (least_digits, most_digits) = (least.trim_start_matches('0'), most.trim_start_matches('0'));
    let order = least_digits.len().cmp(&most_digits.len()).then(least_digits.cmp(most_digits));
    is_number(least) && is_number(most) && order == Ordering::Greater
}

#[cfg(test)]
mod tests;
