//! How fast a run asks, how often, and how long: the system belongs to somebody else.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The budget of a run.
#[derive(Debug)]
pub(super) struct Pace {
    /// Time between two requests; none where they may follow each other at once.
    between: Option<Duration>,
    ends: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    left: u64,
    next: Instant,
    sent: u64,
}

impl Pace {
    /// So many requests, so long, and at most so many each second; 0 is without limit of rate.
    pub(super) fn new(requests_max: u64, time_max: Duration, rate_per_second: u64) -> Self {
        let now = Instant::now();
        let between =
            Duration::from_secs(1).checked_div(u32::try_from(rate_per_second).unwrap_or(u32::MAX));
        Self {
            between,
            ends: now + time_max,
            state: Mutex::new(State { left: requests_max, next: now, sent: 0 }),
        }
    }

    /// How long to wait before the next request; nothing where there may be none.
    pub(super) fn take(&self) -> Option<Duration> {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.left == 0 || now >= self.ends {
            return None;
        }
        let at = state.next.max(now);
        if at >= self.ends {
            return None;
        }
        state.left -= 1;
        state.sent += 1;
        state.next = at + self.between.unwrap_or_default();
        Some(at - now)
    }

    /// How many requests were sent.
    pub(super) fn sent(&self) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).sent
    }

    /// How long a wait may be, so that it ends with the run.
    pub(super) fn within(&self, wait: Duration) -> Duration {
        wait.min(self.ends.saturating_duration_since(Instant::now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_and_spaced() {
        let pace = Pace::new(3, Duration::from_secs(3_600), 1);
        assert_eq!(pace.take(), Some(Duration::ZERO));
        let waits = [pace.take().unwrap(), pace.take().unwrap()];
        assert!(waits[0] > Duration::ZERO && waits[0] <= Duration::from_secs(1), "{waits:?}");
        assert!(waits[1] > waits[0] && waits[1] <= Duration::from_secs(2), "{waits:?}");
        assert_eq!((pace.take(), pace.sent()), (None, 3));
    }

    #[test]
    fn a_run_ends_in_time() {
        let pace = Pace::new(10, Duration::ZERO, 0);
        assert_eq!((pace.take(), pace.within(Duration::from_secs(9))), (None, Duration::ZERO));
    }
}
