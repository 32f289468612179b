//! Starts the processes that judge, reads their lines, and goes on behind a case that broke one down.

use super::{What, case::Outcomes};
use crate::{Fault, report};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a case may be without a line before its process is ended.
const SILENCE_MAX: Duration = Duration::from_secs(120);
/// Address space of such a process, in KiB: what runs away ends there, not at the machine's end.
const SPACE_KIB_MAX: u64 = 6 << 20;

/// Cases of one set.
#[derive(Debug)]
pub(super) struct Job<'a> {
    pub(super) corpora: &'a Path,
    pub(super) set: &'a str,
    pub(super) what: What,
    pub(super) seed: u64,
}

/// Runs the cases from one number up to another.
pub(super) fn run(
    job: &Job<'_>,
    (from, to): (u64, u64),
    told: &mut dyn FnMut(&Outcomes),
) -> Result<(), Fault> {
    let mut next = from;
    while next < to {
        next = stretch(job, (next, to), None, told)?;
    }
    Ok(())
}

/// Runs one case.
pub(super) fn one(
    job: &Job<'_>,
    number: u64,
    keep: Option<&Path>,
    told: &mut dyn FnMut(&Outcomes),
) -> Result<(), Fault> {
    stretch(job, (number, number + 1), keep, told).map(|_| ())
}

/// Puts what a case judges into a folder.
pub(super) fn keep(job: &Job<'_>, number: u64, folder: Option<&Path>) -> Result<(), Fault> {
    let folder =
        folder.map(|folder| folder.join(format!("{}-{}-{number}", job.set, job.what.name())));
    stretch(job, (number, number + 1), folder.as_deref(), &mut |_| {}).map(|_| ())
}

/// Runs some cases in one process; gives the number of the case to go on with.
fn stretch(
    job: &Job<'_>,
    (from, to): (u64, u64),
    keep: Option<&Path>,
    told: &mut dyn FnMut(&Outcomes),
) -> Result<u64, Fault> {
    let mut child = command(job, (from, to), keep)?.spawn()?;
    let output = child.stdout.take().ok_or("no pipe")?;
    let (sender, lines) = mpsc::channel();
    let reading = thread::spawn(move || {
        BufReader::new(output).lines().map_while(Result::ok).all(|line| sender.send(line).is_ok())
    });
    let mut next = from;
    // Reading a set is a part of the first case.
    let broken = loop {
        match lines.recv_timeout(SILENCE_MAX) {
            Ok(line) => {
                told(&serde_json::from_str(&line)?);
                next += 1;
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                end(&mut child);
                break format!("no answer in {} s", SILENCE_MAX.as_secs());
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break format!("ended: {}", child.wait()?),
        }
    };
    end(&mut child);
    let _ = reading.join();
    if next >= to {
        return Ok(next);
    }
    if next == from && !started(job)? {
        return Err(format!("{}: cannot be judged at all: {broken}", job.set).into());
    }
    report::complain(&format!("{}/{}/{next}: {broken}", job.set, job.what.name()));
    told(&Outcomes::broken(next, broken));
    Ok(next + 1)
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// Whether a process for no case at all ends well.
fn started(job: &Job<'_>) -> Result<bool, Fault> {
    Ok(command(job, (0, 0), None)?.stderr(Stdio::inherit()).status()?.success())
}

fn command(job: &Job<'_>, (from, to): (u64, u64), keep: Option<&Path>) -> Result<Command, Fault> {
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("ulimit -v {SPACE_KIB_MAX}; exec \"$0\" \"$@\""))
        .arg(std::env::current_exe()?)
        .args(["part", "fuzz", "--set", job.set, "--what", job.what.name(), "--corpora"])
        .arg(job.corpora)
        .args(["--seed", &job.seed.to_string()])
        .args(["--from", &from.to_string(), "--to", &to.to_string()])
        // Memory that is free again goes back to the kernel at once, so that the next case's is seen.
        .envs([
            ("MALLOC_ARENA_MAX", "1"),
            ("MALLOC_TRIM_THRESHOLD_", "1048576"),
            ("MALLOC_MMAP_THRESHOLD_", "1048576"),
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if let Some(folder) = keep {
        command.arg("--keep").arg(folder);
    }
    Ok(command)
}
