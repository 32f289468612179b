//! One process of a program: started with nothing of the gateway's, and stopped with all that it started.

use super::{Broken, input::Input};
use rustix::process::{Pid, Signal, kill_process_group};
use sluse_adapters::{frames::FrameReader, program::Program};
use std::{
    io::Read,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        LazyLock,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel},
    },
    thread,
    time::Instant,
};

/// Bytes that are read from a program at once.
const PIECE_BYTES: usize = 65_536;
/// Pieces that are held for one program: a program that floods waits.
const PIECES_MAX: usize = 4;
/// Most files that a process may have open.
const FILES_MAX: usize = 256;

/// What becomes of what a program writes to its standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errors {
    /// It is thrown away: it may quote a message.
    Dropped,
    /// It is shown: somebody tries the program with a file of their own.
    Shown,
}

/// A running process. Dropping it stops it.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// Where a message is written.
    pub(super) input: Input,
    output: Receiver<Vec<u8>>,
    pub(super) frames: FrameReader,
}

impl Process {
    /// Starts a process with an empty environment, no descriptors but its standard ones, no network where the system can
    /// refuse it, and bounded memory.
    pub(super) fn start(program: &Program, folder: &Path, errors: Errors) -> Result<Self, Broken> {
        let (name, arguments) = program.command.split_first().ok_or(Broken::NotStarted)?;
        let file = find(name, folder).ok_or(Broken::NotStarted)?;
        // Those that the gateway opens are closed on their way; those that it was started with may not be.
        close_fds::set_fds_cloexec_threadsafe(3, &[]);
        let mut command = bounded(program);
        command.arg(file).args(arguments).current_dir(folder).env_clear().process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(if errors == Errors::Shown { Stdio::inherit() } else { Stdio::null() });
        let mut child = command.spawn().map_err(|_| Broken::NotStarted)?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let input = stdin.and_then(|stdin| Input::start(stdin).ok());
        let Some((input, stdout)) = input.zip(stdout) else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(Broken::NotStarted);
        };
        let (sender, output) = sync_channel(PIECES_MAX);
        let process = Self { child, input, output, frames: FrameReader::default() };
        let reading = thread::Builder::new().name("adapter-output".to_owned());
        reading.spawn(move || read(stdout, &sender)).map_err(|_| Broken::NotStarted)?;
        Ok(process)
    }

    /// Feeds the frames with the next bytes that the program writes.
    pub(super) fn read(&mut self, deadline: Instant) -> Result<(), Broken> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Broken::TooSlow);
        }
        let piece = self.output.recv_timeout(left).map_err(|ended| match ended {
            RecvTimeoutError::Timeout => Broken::TooSlow,
            RecvTimeoutError::Disconnected => Broken::Ended,
        })?;
        self.frames.feed(&piece);
        Ok(())
    }

    /// Whether it wrote more than its answer.
    pub(super) fn has_more(&self) -> bool {
        self.frames.holds_bytes()
    }

    /// Whether it runs, and wrote nothing since its last answer.
    pub(super) fn is_ready(&self) -> bool {
        matches!(self.output.try_recv(), Err(TryRecvError::Empty))
    }

    /// Stops it with all that it started: where the system lets it have a numbering of processes of its own, also what has
    /// left its group.
    pub(super) fn stop(&mut self) {
        self.input.stop();
        // Either may be gone already.
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
        let _ = self.child.wait();
    }
}

/// Hands on what a program writes until it ends, or nobody listens.
fn read(mut stdout: ChildStdout, sender: &SyncSender<Vec<u8>>) {
    let mut piece = vec![0; PIECE_BYTES];
    while let Ok(n @ 1..) = stdout.read(&mut piece) {
        if sender.send(piece.get(..n).unwrap_or_default().to_vec()).is_err() {
            return;
        }
    }
}

/// The file of a command: one with `/` stands in the adapter's folder, unless its path is whole; others on the path of the gateway.
fn find(name: &str, folder: &Path) -> Option<PathBuf> {
    if name.contains('/') {
        return folder.join(name).canonicalize().ok();
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|at| at.join(name)).find(|file| file.is_file())
}

/// What runs a program within bounds: `prlimit`, and `unshare` where the system lets it take the network and other processes away.
fn bounded(program: &Program) -> Command {
    let mut words = Vec::new();
    if let Some(flags) = *APART {
        words.push("unshare".to_owned());
        words.extend(flags.iter().map(|flag| (*flag).to_owned()));
        words.push("--".to_owned());
    }
    let memory = format!("--as={}", program.memory_bytes_max);
    let files = format!("--nofile={FILES_MAX}");
    words.extend(["prlimit".to_owned(), memory, files, "--core=0".to_owned(), "--".to_owned()]);
    let mut words = words.into_iter();
    let first = words.next().unwrap_or_default();
    let mut command = Command::new(find(&first, Path::new("/")).unwrap_or_else(|| first.into()));
    command.args(words);
    command
}

/// What the system lets an unprivileged process leave: the network and the others' processes, or the network alone. Where it has
/// processes of its own, all of them end with the first.
static APART: LazyLock<Option<&'static [&'static str]>> = LazyLock::new(|| {
    const ALL: &[&[&str]] =
        &[&["--user", "--net", "--pid", "--fork", "--kill-child"], &["--user", "--net"]];
    ALL.iter().copied().find(|flags| {
        let mut command = Command::new("unshare");
        command.args(*flags).args(["--", "true"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    })
});

/// Whether the system lets an unprivileged process leave the network.
pub(super) fn refuses_network() -> bool {
    APART.is_some()
}

/// Whether it lets one have a numbering of processes of its own.
pub(super) fn ends_all() -> bool {
    APART.is_some_and(|flags| flags.contains(&"--pid"))
}
