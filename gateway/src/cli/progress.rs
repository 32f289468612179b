//! How far long work is.

use super::Output;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};

/// Work that takes longer shows how far it is.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far long work is, on a terminal that shows nothing else.
pub(super) struct Progress {
    total: usize,
    shown: bool,
    begun: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn new(total: usize, output: &Output) -> Self {
        Self { total, shown: output.is_watched(), begun: Instant::now(), bar: None }
    }

    pub(super) fn at(&mut self, done: usize) {
        if !self.shown || self.begun.elapsed() < PATIENCE {
            return;
        }
        let total = u64::try_from(self.total).unwrap_or(u64::MAX);
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {per_sec}, {eta} left");
            let bar = ProgressBar::new(total);
            style.map_or(bar.clone(), |style| bar.with_style(style))
        });
        bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }

    pub(super) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
