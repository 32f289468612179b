//! Which of several upstreams to call: those that answer, the least busy of them, in turn.
//!
//! An upstream that could not be reached rests for a while that doubles; its state outlives a change of configuration.

use http::Uri;
use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering},
    },
};

const REST_FIRST_MS: u64 = 500;
const REST_MAX_MS: u64 = 30_000;
const DOUBLINGS_MAX: u32 = 6;

/// How one upstream has fared.
#[derive(Debug, Default)]
pub(super) struct Way {
    rests_until_ms: AtomicU64,
    failures: AtomicU32,
    under_way: AtomicUsize,
}

impl Way {
    pub(super) fn begin(&self) -> UnderWay<'_> {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(self)
    }

    pub(super) fn answered(&self) {
        if self.failures.swap(0, Ordering::Relaxed) > 0 {
            self.rests_until_ms.store(0, Ordering::Relaxed);
        }
    }

    pub(super) fn failed(&self, now_ms: u64) {
        let before = self.failures.fetch_add(1, Ordering::Relaxed).min(DOUBLINGS_MAX);
        let rest = (REST_FIRST_MS << before).min(REST_MAX_MS);
        self.rests_until_ms.store(now_ms.saturating_add(rest), Ordering::Relaxed);
    }
}

/// A call under way; counted until it is dropped.
#[derive(Debug)]
pub(super) struct UnderWay<'a>(&'a Way);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// All upstreams that were called.
#[derive(Debug, Default)]
pub(super) struct Ways {
    by_address: RwLock<HashMap<Uri, Arc<Way>>>,
    turn: AtomicUsize,
}

impl Ways {
    pub(super) fn way(&self, upstream: &Uri) -> Arc<Way> {
        let known = self.by_address.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(way) = known.get(upstream) {
            return Arc::clone(way);
        }
        drop(known);
        let mut all = self.by_address.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(upstream.clone()).or_default())
    }

    /// The upstreams in the order to try them: those at rest last.
    pub(super) fn order<'a>(&self, upstreams: &'a [Uri], now_ms: u64) -> Vec<&'a Uri> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut order: Vec<_> = upstreams
            .iter()
            .enumerate()
            .map(|(at, upstream)| {
                let way = self.way(upstream);
                let rests = way.rests_until_ms.load(Ordering::Relaxed) > now_ms;
                let busy = way.under_way.load(Ordering::Relaxed);
                let after = (at + upstreams.len() - turn % upstreams.len()) % upstreams.len();
                ((rests, busy, after), upstream)
            })
            .collect();
        order.sort_by_key(|(rank, _)| *rank);
        order.into_iter().map(|(_, upstream)| upstream).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_turns_prefers_the_idle_and_leaves_the_failing_to_rest() {
        let ways = Ways::default();
        let all: Vec<Uri> =
            ["http://a", "http://b", "http://c"].iter().map(|u| u.parse().unwrap()).collect();
        let first = |now_ms| ways.order(&all, now_ms)[0].to_string();
        assert_eq!([first(0), first(0), first(0)], ["http://a/", "http://b/", "http://c/"]);
        let (a, b) = (ways.way(&all[0]), ways.way(&all[1]));
        a.failed(1_000);
        let busy = b.begin();
        assert!((0..3).all(|_| first(1_000) == "http://c/"));
        drop(busy);
        let order = ways.order(&all, 1_000);
        assert_eq!(order[2], &all[0], "still tried, but last");
        assert!((0..3).any(|_| first(1_500) == "http://a/"), "rested");
    }
}
