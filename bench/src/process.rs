//! Peers run as processes of their own, so that each one's CPU time and memory can be told apart.

use crate::Fault;
use std::{
    fs,
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A process that ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
}

/// CPU time in seconds (user and system) and memory in bytes of a process and its children.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    pub(crate) cpu_seconds: f64,
    pub(crate) memory_bytes: u64,
}

/// Clock ticks per second in `/proc/<pid>/stat`; Linux gives user space 100 on all architectures.
const TICKS_PER_SECOND: f64 = 100.0;

impl Running {
    /// Starts `command` and waits until `address` accepts connections. Gives also how long that took.
    pub(crate) fn start(
        command: &mut Command,
        address: SocketAddr,
        wait: Duration,
    ) -> Result<(Self, Duration), Fault> {
        let began = Instant::now();
        let program = command.get_program().display().to_string();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let child =
            child.map_err(|fault| format!("{program} cannot be run: {fault}; install it first"))?;
        let mut running = Self { child };
        loop {
            if TcpStream::connect_timeout(&address, Duration::from_millis(100)).is_ok() {
                return Ok((running, began.elapsed()));
            }
            if let Some(status) = running.child.try_wait()? {
                return Err(format!("{command:?} ended at once: {status}").into());
            }
            if began.elapsed() > wait {
                return Err(format!("{command:?} does not listen on {address}").into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Runs `command` to its end and throws away what it writes. Gives its CPU time and the most memory that it had, as they
    /// were a moment before it ended.
    pub(crate) fn to_its_end(command: &mut Command) -> Result<Usage, Fault> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        let mut running = Self { child };
        let mut most = Usage::default();
        loop {
            let usage = running.usage();
            most.cpu_seconds = most.cpu_seconds.max(usage.cpu_seconds);
            most.memory_bytes = most.memory_bytes.max(usage.memory_bytes);
            if let Some(status) = running.child.try_wait()? {
                return if status.success() {
                    Ok(most)
                } else {
                    Err(format!("{command:?}: {status}").into())
                };
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// CPU time and memory, children included.
    pub(crate) fn usage(&self) -> Usage {
        let own = self.child.id();
        let mut usage = usage_of(own);
        for child in children_of(own) {
            let more = usage_of(child);
            usage.cpu_seconds += more.cpu_seconds;
            usage.memory_bytes += more.memory_bytes;
        }
        usage
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        let deadline = Instant::now() + Duration::from_secs(10);
        while asked.is_ok() && Instant::now() < deadline {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // It did not stop when asked: nothing more can be done about a failure here.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn usage_of(pid: u32) -> Usage {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // After the command's name, which stands in parentheses: state is the first field, utime and stime the 12th and 13th.
    let fields: Vec<&str> =
        stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let resident_kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok())
        .unwrap_or(0);
    Usage {
        cpu_seconds: (ticks(11) + ticks(12)) / TICKS_PER_SECOND,
        memory_bytes: resident_kib * 1024,
    }
}

fn children_of(pid: u32) -> Vec<u32> {
    fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|child| child.parse().ok())
        .collect()
}
