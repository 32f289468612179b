//! What is told of a panic: its place in the program, and nothing else.
//!
//! A panic is a fault of the program or of a library. Its message is the library's own, and may quote the input that it
//! stumbled over; the standard hook would print it.

use sluse_contracts::{Violation, code};
use std::{
    fmt::Write as _,
    io::Write as _,
    panic::{AssertUnwindSafe, Location, catch_unwind, set_hook},
};

/// Makes every panic of this process tell its place alone: to the log where there is one, else to standard error.
pub fn install() {
    set_hook(Box::new(|panic| {
        let place = place(panic.location());
        if tracing::dispatcher::has_been_set() {
            tracing::error!(
                place,
                "a panic: what it says is not shown, for it may quote a message"
            );
        } else {
            let line = format!(
                "sluse: a panic at {place}; what it says is not shown, for it may quote a message\n"
            );
            // Where nothing can be said there is nobody to say it to.
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
    }));
}

/// Runs what may break down over a message: nothing where it panics.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// What is said of a message whose reading or judging broke down: never that it passes.
pub fn not_judged() -> Violation {
    Violation::syntax(code::NOT_JUDGED, "the message could not be judged")
}

fn place(location: Option<&Location<'_>>) -> String {
    let mut place = String::new();
    match location {
        None => place.push_str("an unknown place"),
        Some(at) => {
            // Writing to a string does not fail.
            let _ = write!(place, "{}:{}:{}", at.file(), at.line(), at.column());
        }
    }
    place
}
