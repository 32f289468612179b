//! Validators in processes of their own: a document goes in after its length, a line with the broken rules comes out.

use super::engines::{Judge, Verdict};
use crate::Fault;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const LXML: &str = include_str!("lxml_judge.py");
const JAVA: &str = include_str!("JdkJudge.java");

/// A validator in a process of its own.
pub(super) struct Outside {
    name: &'static str,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Holds the program while it runs.
    _folder: tempfile::TempDir,
}

impl Outside {
    /// lxml, which is libxml2.
    pub(super) fn lxml(python: &str, schema: &Path) -> Result<Self, Fault> {
        Self::start("lxml", python, "lxml_judge.py", LXML, schema)
    }

    /// The validator in the JDK, which is Xerces.
    pub(super) fn java(java: &str, schema: &Path) -> Result<Self, Fault> {
        Self::start("jdk", java, "JdkJudge.java", JAVA, schema)
    }

    fn start(
        name: &'static str,
        program: &str,
        file: &str,
        source: &str,
        schema: &Path,
    ) -> Result<Self, Fault> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(file);
        std::fs::write(&path, source)?;
        let mut child = Command::new(program)
            .arg(&path)
            .arg(schema)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("no pipes".into());
        };
        let output = BufReader::new(output);
        let mut outside = Self { name, child, input, output, _folder: folder };
        match outside.line()?.as_str() {
            "ready" => Ok(outside),
            other => Err(format!("{name} does not take the schema: {other}").into()),
        }
    }

    fn line(&mut self) -> Result<String, Fault> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            return Err(format!("{} has ended", self.name).into());
        }
        Ok(line.trim_end().to_owned())
    }
}

impl Judge for Outside {
    fn name(&self) -> &'static str {
        self.name
    }

    fn judge(&mut self, bytes: &[u8]) -> Result<Verdict, Fault> {
        writeln!(self.input, "{}", bytes.len())?;
        self.input.write_all(bytes)?;
        self.input.flush()?;
        let line = self.line()?;
        Ok(Verdict { rules: line.split_ascii_whitespace().map(str::to_owned).collect() })
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
