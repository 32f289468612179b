//! prism as a proxy before the system: it sends nothing of its own, so the suite's requests go through it, and what it
//! says of the answers is read from the header that it adds to them.

use super::{Failures, schemathesis::description};
use crate::Fault;
use serde_json::Value;
use sluse::reference::Reference;
use sluse_conformance::RunResult;
use std::{
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Longest that it may take to listen.
const START_TIME_MAX: Duration = Duration::from_secs(60);

/// The header in which it says what breaks the description.
const SAYS: &str = "sl-violations";

/// The proxy at work; it ends when it is dropped.
#[derive(Debug)]
pub(in crate::conformance) struct Proxy {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Proxy {
    /// Starts it before a system.
    pub(in crate::conformance) fn start(
        program: &Path,
        reference: &Reference,
    ) -> Result<Self, Fault> {
        let io = |fault: std::io::Error| Fault::from(format!("{}: {fault}", program.display()));
        let folder = tempfile::tempdir().map_err(io)?;
        let file = description(folder.path())?;
        let port = TcpListener::bind("127.0.0.1:0").and_then(|at| at.local_addr()).map_err(io)?;
        let port = port.port();
        let child = Command::new(program)
            .args(["proxy", "--host", "127.0.0.1", "--port", &port.to_string()])
            .arg(&file)
            .arg(reference.url("127.0.0.1"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(io)?;
        let proxy = Self { child, folder, port };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if began.elapsed() > START_TIME_MAX {
                return Err(Fault::from("prism does not listen".to_owned()));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(proxy)
    }

    /// Where it listens.
    pub(in crate::conformance) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = &self.folder;
    }
}

/// What it says of the answers of a run: the place and the kind of each violation that it calls an error.
pub(in crate::conformance) fn told(result: &RunResult) -> Failures {
    let exchanges = result.cases.iter().flat_map(|case| &case.exchanges);
    let answers = exchanges.filter_map(|exchange| exchange.answer.as_ref());
    let headers = answers.flat_map(|answer| &answer.headers);
    let said = headers.filter(|(name, _)| name == SAYS);
    said.flat_map(|(_, text)| of_answers(text)).collect()
}

fn of_answers(text: &str) -> Vec<String> {
    let all: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    let of = |violation: &Value| {
        let place = violation.get("location")?.as_array()?;
        let is_error = violation.get("severity")?.as_str()? == "Error";
        let names: Vec<&str> = place.iter().filter_map(Value::as_str).collect();
        let code = violation.get("code").and_then(Value::as_str).unwrap_or_default();
        let counts = is_error && names.first() == Some(&"response");
        counts.then(|| format!("{} {code}", names.join(".")))
    };
    all.iter().filter_map(of).collect()
}
