//! README and manual are true: their `console` blocks are run, and what is printed is compared.
//!
//! A block is a session: `$ ` begins a command, `> ` goes on with it, the rest is what it prints.
//! `…` stands for any text in a line, and on a line of its own for any lines. All blocks of a page
//! run in order in one folder. A command must end with status 0; one that shows another status does
//! it with `; echo "status $?"`. A block that cannot be run says why: ` ```console ignore: reason `.
//!
//! The addresses that pages name may be taken on this machine, so free ports stand in for them.

use super::tidy::root;
use std::{
    env, fs,
    io::Write,
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// One command of a page, and what it must print.
#[derive(Debug, Default)]
struct Step {
    line: usize,
    command: String,
    expected: Vec<String>,
}

/// The longest that a page may take.
const PAGE_TIMEOUT: Duration = Duration::from_secs(60);

/// A page's commands in order, or the fault in how it is written.
fn steps(text: &str) -> Result<Vec<Step>, String> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    while let Some((at, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```console") else { continue };
        let run = match info.trim().strip_prefix("ignore") {
            None if info.trim().is_empty() => true,
            Some(reason) if reason.trim_start_matches(':').trim().len() > 10 => false,
            _ => return Err(format!("line {at}: a block is run, or says `ignore: reason`")),
        };
        let mut block: Vec<Step> = Vec::new();
        for (at, line) in lines.by_ref().take_while(|(_, line)| *line != "```") {
            match (line.strip_prefix("$ "), line.strip_prefix("> "), block.last_mut()) {
                (Some(command), ..) => {
                    block.push(Step { line: at, command: command.to_owned(), expected: vec![] });
                }
                (None, Some(more), Some(step)) if step.expected.is_empty() => {
                    step.command.push('\n');
                    step.command.push_str(more);
                }
                (None, _, Some(step)) => step.expected.push(line.to_owned()),
                (None, _, None) => return Err(format!("line {at}: a block begins with `$ `")),
            }
        }
        if run {
            steps.append(&mut block);
        }
    }
    Ok(steps)
}

/// Addresses that pages name, and where they are while the page is run.
struct Addresses(Vec<(&'static str, String)>);

impl Addresses {
    fn free() -> Self {
        let named = ["127.0.0.1:8080", "127.0.0.1:8081", "127.0.0.1:9090"];
        // All are held until each has its own.
        let held = named.map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let free = held.iter().map(|held| held.local_addr().expect("an address").to_string());
        Self(named.into_iter().zip(free).collect())
    }

    fn put_in(&self, command: &str) -> String {
        let mut command =
            self.0.iter().fold(command.to_owned(), |text, (named, free)| text.replace(named, free));
        if let Some(words) = command.strip_prefix("sluse init ") {
            let folder = words.split(' ').next().unwrap_or_default();
            let edits: String =
                self.0.iter().map(|(named, free)| format!(" -e s/{named}/{free}/")).collect();
            command = format!("{command} && sed -i{edits} {folder}/sluse.toml {folder}/services/*");
        }
        command
    }

    fn take_out(&self, printed: &str) -> String {
        self.0.iter().fold(printed.to_owned(), |text, (named, free)| text.replace(free, named))
    }
}

/// A script that runs each step, keeps what it prints and how it ended, and ends what it began.
fn script(steps: &[Step], addresses: &Addresses) -> String {
    let mut script =
        String::from("set -o pipefail\ntrap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n");
    for (number, step) in steps.iter().enumerate() {
        let command = addresses.put_in(&step.command.replace("cargo run --release -- ", "sluse "));
        script.push_str(&format!(
            "{{\n{command}\n}} >'.step/{number}.out' 2>&1 </dev/null\necho $? >'.step/{number}.status'\n"
        ));
    }
    script
}

/// A program that the steps call and that is not on this machine: `deploy/test.sh` installs it.
fn missing_tool(steps: &[Step]) -> Option<&'static str> {
    let path = env::var_os("PATH").unwrap_or_default();
    let is_there = |tool: &&str| env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    let is_called = |tool: &&str| {
        steps.iter().any(|step| step.command.split([' ', '\n']).any(|word| word == *tool))
    };
    ["curl", "sqlite3"].into_iter().find(|tool| is_called(tool) && !is_there(tool))
}

/// Whether the lines are the expected ones, where `…` stands for anything.
fn matches(expected: &[String], found: &[&str]) -> bool {
    match expected.split_first() {
        None => found.is_empty(),
        Some((first, rest)) if first.trim() == "…" => {
            (0..=found.len()).any(|skipped| matches(rest, &found[skipped..]))
        }
        Some((first, rest)) => found
            .split_first()
            .is_some_and(|(line, others)| line_matches(first, line) && matches(rest, others)),
    }
}

fn line_matches(expected: &str, found: &str) -> bool {
    let mut parts = expected.trim_end().split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = found.trim_end().strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

/// Runs a page in a folder of its own and tells every step that does not do what the page says.
fn run(page: &str, text: &str) -> Vec<String> {
    let steps = match steps(text) {
        Ok(steps) if steps.is_empty() => return Vec::new(),
        Ok(steps) => steps,
        Err(fault) => return vec![format!("{page}: {fault}")],
    };
    if let Some(tool) = missing_tool(&steps) {
        // Not `eprintln!`, which the test runner keeps to itself.
        let line = format!("SKIPPED: {page} calls {tool}, which is not installed\n");
        std::io::stderr().write_all(line.as_bytes()).expect("standard error");
        return Vec::new();
    }
    let addresses = Addresses::free();
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join(".step")).expect("a folder for what is printed");
    let binaries = Path::new(env!("CARGO_BIN_EXE_sluse")).parent().expect("a folder").display();
    let mut shell = Command::new("bash")
        .args(["-c", &format!("PATH={binaries}:$PATH\n{}", script(&steps, &addresses))])
        .current_dir(folder.path())
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .spawn()
        .expect("bash runs");
    let begun = Instant::now();
    while shell.try_wait().expect("the shell can be asked").is_none() {
        if begun.elapsed() > PAGE_TIMEOUT {
            shell.kill().expect("the shell ends");
            shell.wait().expect("the shell ended");
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    let read = |number: usize, kind: &str| {
        let bytes = fs::read(folder.path().join(format!(".step/{number}.{kind}")));
        addresses.take_out(&String::from_utf8_lossy(&bytes.unwrap_or_default()))
    };
    let steps = steps.iter().enumerate();
    steps
        .filter_map(|(at, step)| fault(page, step, &read(at, "out"), &read(at, "status")))
        .collect()
}

fn fault(page: &str, step: &Step, found: &str, status: &str) -> Option<String> {
    let status = status.trim();
    let mut expected = step.expected.clone();
    while expected.last().is_some_and(String::is_empty) {
        expected.pop();
    }
    let lines: Vec<&str> = found.trim_end().lines().collect();
    // What is begun in the background prints when it pleases.
    let is_background = step.command.ends_with(" &") && expected.is_empty();
    let is_right = status == "0" && (is_background || matches(&expected, &lines));
    (!is_right).then(|| {
        let status = if status.is_empty() { "none: it did not end in time" } else { status };
        format!("{page}:{}: $ {}\nstatus {status}, printed:\n{found}", step.line, step.command)
    })
}

#[test]
fn every_command_of_readme_and_manual_does_what_the_page_says() {
    let mut pages = vec!["README.md".to_owned()];
    for entry in fs::read_dir(root().join("gateway/docs")).expect("the manual").flatten() {
        pages.push(format!("gateway/docs/{}", entry.file_name().to_string_lossy()));
    }
    pages.sort();
    let mut faults = Vec::new();
    for page in pages.iter().filter(|page| page.ends_with(".md")) {
        let text = fs::read_to_string(root().join(page)).expect("a page that can be read");
        faults.extend(run(page, &text));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn readme_and_architecture_stay_short_enough_to_read() {
    for (page, lines_max) in [("README.md", 80), ("ARCHITECTURE.md", 200)] {
        let text = fs::read_to_string(root().join(page)).expect("a page that can be read");
        assert!(text.lines().count() <= lines_max, "{page} has at most {lines_max} lines");
    }
}

#[test]
fn a_page_that_is_not_true_is_found() {
    let page =
        "```console\n$ echo one; echo two 3\none\ntwo …\n$ printf 'a\\nb\\nc\\n'\n…\nc\n```\n";
    assert_eq!(run("true.md", page), Vec::<String>::new());
    let wrong = ["$ echo one\ntwo", "$ false", "$ echo one", "$ printf 'a\\nb\\n'\na\n…\nc"];
    for block in wrong {
        assert_eq!(run("wrong.md", &format!("```console\n{block}\n```\n")).len(), 1, "{block}");
    }
    assert_eq!(run("wrong.md", "```console ignore\n$ echo\n```\n").len(), 1);
}
