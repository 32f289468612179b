//! How fast a run asks, how often, and how long: the system belongs to somebody else.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a run waits, all in all, for a system that says that it is asked too often.
pub(super) const HOLD_TIME_MAX: Duration = Duration::from_secs(60);

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
    /// How much patience is left.
    patience: Duration,
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
            state: Mutex::new(State {
                left: requests_max,
                next: now,
                sent: 0,
                patience: HOLD_TIME_MAX,
            }),
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

    /// Sends nothing for so long, whoever asks; whether there is patience and time for it.
    pub(super) fn hold(&self, time: Duration) -> bool {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let until = now + time.min(HOLD_TIME_MAX);
        // Others may wait for the same already.
        let more = until.saturating_duration_since(state.next.max(now));
        if time > HOLD_TIME_MAX || more > state.patience || until >= self.ends {
            return false;
        }
        state.patience -= more;
        state.next = state.next.max(until);
        true
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
    fn a_system_that_is_asked_too_often_is_left_in_peace_for_a_bounded_time() {
        let pace = Pace::new(9, Duration::from_secs(3_600), 0);
        assert!(pace.hold(Duration::from_secs(20)) && pace.hold(Duration::from_secs(20)));
        let wait = pace.take().unwrap();
        assert!(wait > Duration::from_secs(19) && wait <= Duration::from_secs(20), "{wait:?}");
        assert!(pace.hold(Duration::from_secs(50)), "the first twenty seconds are shared");
        assert!(!pace.hold(HOLD_TIME_MAX + Duration::from_secs(1)));
        assert!(!pace.hold(HOLD_TIME_MAX), "no patience is left");
        let short = Pace::new(9, Duration::from_secs(5), 0);
        assert!(!short.hold(Duration::from_secs(6)), "the run ends before");
    }

    #[test]
    fn a_run_ends_in_time() {
        let pace = Pace::new(10, Duration::ZERO, 0);
        assert_eq!((pace.take(), pace.within(Duration::from_secs(9))), (None, Duration::ZERO));
    }
}
