//! How far long work is.

use super::Output;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};

/// Work that takes longer shows how far it is.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far long work is, on a terminal that shows nothing else.
pub(super) struct Progress {
    total: Option<u64>,
    template: &'static str,
    shown: bool,
    begun: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Of so many things.
    pub(super) fn new(total: usize, output: &Output) -> Self {
        let template = "{bar:30} {pos}/{len} {per_sec}, {eta} left";
        Self::of(|| u64::try_from(total).ok(), template, output)
    }

    /// Of so many bytes, where that is known.
    pub(super) fn of_bytes(total: impl FnOnce() -> Option<u64>, output: &Output) -> Self {
        let template = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left";
        Self::of(total, template, output)
    }

    fn of(total: impl FnOnce() -> Option<u64>, template: &'static str, output: &Output) -> Self {
        let shown = output.is_watched();
        let total = if shown { total() } else { None };
        Self { total, template, shown, begun: Instant::now(), bar: None }
    }

    pub(super) fn at(&mut self, done: u64) {
        if !self.shown || self.begun.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let template =
                if self.total.is_some() { self.template } else { "{bytes} {bytes_per_sec}" };
            let bar = self.total.map_or_else(ProgressBar::no_length, ProgressBar::new);
            let style = ProgressStyle::with_template(template);
            let bar = style.map_or(bar.clone(), |style| bar.with_style(style));
            // What was done before it was shown was not done at once.
            bar.set_position(done);
            bar.reset_eta();
            bar
        });
        bar.set_position(done);
    }

    pub(super) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
