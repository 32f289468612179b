//! What a program is told: written by a thread of its own, so that nobody waits longer than they may.
//!
//! A pipe takes what it has room for and then holds its writer up. Who may read from it is not known for certain: something that
//! the program started may hold it open and read nothing. So only a thread without any other work waits on it.

use std::{
    collections::VecDeque,
    io::{self, Write},
    process::ChildStdin,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Instant,
};

/// Pieces that wait to be written.
const PIECES_MAX: usize = 4;

/// The standard input of a program.
#[derive(Debug, Clone)]
pub(super) struct Input(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    pieces: VecDeque<Vec<u8>>,
    /// Whether a piece is being written.
    is_writing: bool,
    /// Whether nothing more is written: the program takes no more, or is not to be told more.
    is_over: bool,
}

impl Input {
    pub(super) fn start(stdin: ChildStdin) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let written = Arc::clone(&shared);
        let thread = thread::Builder::new().name("adapter-input".to_owned());
        thread.spawn(move || written.write_all(stdin))?;
        Ok(Self(shared))
    }

    /// Has a piece written once there is room; whether it will be.
    pub(super) fn write(&self, piece: Vec<u8>, deadline: Instant) -> bool {
        let room = |state: &State| state.pieces.len() < PIECES_MAX;
        let Some(mut state) = self.0.wait(room, deadline) else { return false };
        state.pieces.push_back(piece);
        self.0.changed.notify_all();
        true
    }

    /// Waits until all pieces are written; whether they are.
    pub(super) fn flush(&self, deadline: Instant) -> bool {
        let done = |state: &State| state.pieces.is_empty() && !state.is_writing;
        self.0.wait(done, deadline).is_some()
    }

    /// Has nothing more written. A thread that hangs in the pipe ends with whoever holds it open.
    pub(super) fn stop(&self) {
        self.0.state().is_over = true;
        self.0.changed.notify_all();
    }
}

impl Shared {
    /// Nothing in here panics, so a poisoned lock guards a whole state all the same.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state once something holds of it; nothing where that comes too late, or nothing more is written.
    fn wait(
        &self,
        holds: impl Fn(&State) -> bool,
        deadline: Instant,
    ) -> Option<MutexGuard<'_, State>> {
        let mut state = self.state();
        loop {
            if state.is_over {
                return None;
            }
            if holds(&state) {
                return Some(state);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            (state, _) =
                self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Writes piece after piece until nothing more is to be written.
    fn write_all(&self, mut stdin: ChildStdin) {
        while let Some(piece) = self.next_piece() {
            let written = stdin.write_all(&piece).and_then(|()| stdin.flush());
            let mut state = self.state();
            state.is_writing = false;
            state.is_over |= written.is_err();
            drop(state);
            self.changed.notify_all();
        }
    }

    fn next_piece(&self) -> Option<Vec<u8>> {
        let mut state = self.state();
        loop {
            if state.is_over {
                return None;
            }
            if let Some(piece) = state.pieces.pop_front() {
                state.is_writing = true;
                self.changed.notify_all();
                return Some(piece);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
