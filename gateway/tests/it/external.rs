//! Adapters that are other programs: the manual's example does what it says, and those that hang, die, flood or lie do no harm.

use sluse::external::{Broken, Errors, External, Failure};
use sluse_adapters::{mapping::Way, program::Program};
use sluse_contracts::{code, settings::Settings};
use std::{
    fs,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// What every program here begins with.
const FRAMES: &str = r#"
import os, struct, sys, time
def read():
    length, kind = struct.unpack(">Ic", sys.stdin.buffer.read(5) or sys.exit())
    return kind, sys.stdin.buffer.read(length - 1)
def message():
    read(); whole = b""
    while (frame := read())[0] == b"B": whole += frame[1]
    return whole
def send(kind, body=b""):
    sys.stdout.buffer.write(struct.pack(">Ic", len(body) + 1, kind) + body); sys.stdout.buffer.flush()
"#;

/// Answers each message with itself.
const ECHO: &str = "while True: send(b'B', message() or b'-'); send(b'Z')";

struct Adapter {
    external: External,
    folder: TempDir,
}

impl Adapter {
    /// A program of this text, with keys beside its command.
    fn of(program: &str, keys: &str) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("adapter.py"), program).unwrap();
        let text = format!("[program]\ncommand = [\"python3\", \"adapter.py\"]\n{keys}\n");
        let mut findings = Vec::new();
        let settings = Settings::parse("adapter.toml", &text, &mut findings).unwrap();
        let mut root = settings.root();
        let program = Program::read(&mut root.table("program").unwrap()).unwrap();
        let external = External::new(program, folder.path().to_owned(), Errors::Dropped);
        Self { external, folder }
    }

    fn framed(program: &str, keys: &str) -> Self {
        Self::of(&format!("{FRAMES}{program}"), keys)
    }

    fn send(&self, way: Way, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut answer = Vec::new();
        let take = |bytes: &[u8]| {
            answer.extend_from_slice(bytes);
            Ok(())
        };
        self.external.translate(way, "text/plain", message, take)?;
        Ok(answer)
    }

    fn decode(&self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        self.send(Way::Forward, message)
    }

    fn broken(&self, message: &[u8]) -> Broken {
        match self.decode(message) {
            Err(Failure::Program(broken)) => broken,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_program_of_the_manual_does_what_the_manual_says() {
    let manual = include_str!("../../docs/adapter-in-any-language.md");
    let block = |language: &str| {
        let (_, rest) = manual.split_once(&format!("```{language}\n")).unwrap();
        rest.split_once("```").unwrap().0
    };
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("adapter.py"), block("python")).unwrap();
    let n_lines = block("python").lines().filter(|line| !line.trim().is_empty()).count();
    assert!(n_lines <= 25, "{n_lines} lines");
    let mut findings = Vec::new();
    let settings = Settings::parse("adapter.toml", block("toml"), &mut findings).unwrap();
    let program = Program::read(&mut settings.root().table("program").unwrap()).unwrap();
    let external = External::new(program, folder.path().to_owned(), Errors::Dropped);
    let adapter = Adapter { external, folder };
    for _ in 0..3 {
        let decoded = adapter.decode("name=Åse\ntown=Ribe\n".as_bytes()).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&decoded).unwrap();
        assert_eq!(read, serde_json::json!({ "name": "Åse", "town": "Ribe" }));
        let encoded = adapter.send(Way::Reverse, &decoded).unwrap();
        assert_eq!(encoded, "name=Åse\ntown=Ribe\n".as_bytes());
    }
    let refused = adapter.decode("name=Åse\nRibe\n".as_bytes());
    let Err(Failure::Refused(fault)) = refused else { panic!("{refused:?}") };
    assert_eq!(fault.to_string(), "a line has no `=` (byte 10)");
    assert!(adapter.decode(b"a=1\n").is_ok(), "a refusal ends nothing");
}

#[test]
fn long_messages_go_through_in_both_directions_at_once() {
    // It answers while it reads, more than the pipes between hold.
    let adapter = Adapter::framed(
        "while True:\n read()\n while (frame := read())[0] == b'B': send(b'B', frame[1])\n send(b'Z')",
        "",
    );
    let long: Vec<u8> = (0..5_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    assert!(adapter.decode(&long).unwrap() == long);
    assert_eq!(adapter.decode(b"short").unwrap(), b"short");
}

#[test]
fn a_process_is_kept_and_has_one_message_at_a_time() {
    let adapter = Adapter::framed(
        "while True: message(); time.sleep(0.02); send(b'B', os.readlink('/proc/self').encode()); send(b'Z')",
        "processes-max = 2",
    );
    let answers: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..8).map(|_| scope.spawn(|| adapter.decode(b"x").unwrap())).collect();
        sent.into_iter().map(|sent| sent.join().unwrap()).collect()
    });
    let mut processes = answers.clone();
    processes.sort();
    processes.dedup();
    assert!((1..=2).contains(&processes.len()), "{answers:?}");
}

#[test]
fn a_program_has_nothing_of_the_gateway() {
    let adapter = Adapter::framed(
        r#"
import json, socket
def network():
    try: socket.create_connection(("127.0.0.1", int(seen)), 2); return True
    except OSError: return False
while True:
    seen = message()
    descriptors = [n for n in os.listdir("/proc/self/fd") if int(n) > 2 and os.path.exists(f"/proc/self/fd/{n}")]
    told = {"environment": [k for k in ("CARGO_MANIFEST_DIR", "HOME") if k in os.environ], "folder": os.getcwd(), "descriptors": descriptors, "network": network()}
    send(b"B", json.dumps(told).encode()); send(b"Z")
"#,
        "",
    );
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some(), "the test runner sets it");
    let listening = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listening.local_addr().unwrap().port().to_string();
    let told: serde_json::Value =
        serde_json::from_slice(&adapter.decode(port.as_bytes()).unwrap()).unwrap();
    let folder = adapter.folder.path().canonicalize().unwrap();
    let expected = serde_json::json!({
        "environment": [], "folder": folder, "descriptors": [], "network": !sluse::external::refuses_network(),
    });
    assert_eq!(told, expected);
}

#[test]
fn programs_that_hang_die_flood_or_lie_are_stopped_and_said() {
    let (short, long) = ("time-ms-max = 400", "time-ms-max = 5000");
    let answer = "while True: message(); send(b'B', b'x' * 1000); send(b'Z')";
    let cases = [
        ("time.sleep(60)", short, Broken::TooSlow),
        ("message(); time.sleep(60)", short, Broken::TooSlow),
        ("while True: message(); send(b'B', b'x')", short, Broken::TooSlow),
        // What it started holds its pipes open, out of its group, and outlives it.
        ("os.fork() or (os.setsid(), time.sleep(40)); time.sleep(60)", short, Broken::TooSlow),
        (
            "os.fork() or (os.setsid(), time.sleep(40)); send(b'Z'); time.sleep(60)",
            long,
            Broken::Ended,
        ),
        ("sys.exit()", "", Broken::Ended),
        ("message(); os.kill(os.getpid(), 9)", "", Broken::Ended),
        ("message(); send(b'B', b'half'); sys.exit()", "", Broken::Ended),
        ("send(b'Z'); sys.exit()", "", Broken::Ended),
        ("message(); bytearray(1 << 31)", "memory-bytes-max = 268435456", Broken::Ended),
        (answer, "answer-bytes-max = 999", Broken::TooLarge),
        ("while True: send(b'B', b'x' * 60000)", "", Broken::TooLarge),
        (
            "message(); sys.stdout.buffer.write(b'\\xff' * 9); sys.stdout.buffer.flush(); time.sleep(60)",
            "",
            Broken::NoFrame,
        ),
        (
            "message(); sys.stdout.buffer.write(b'\\0\\0\\xff\\xffB'); sys.stdout.buffer.flush(); time.sleep(60)",
            short,
            Broken::TooSlow,
        ),
        ("message(); print('hello', flush=True); time.sleep(60)", "", Broken::NoFrame),
        ("message(); send(b'D', b'text/plain'); time.sleep(60)", "", Broken::NoFrame),
    ];
    for (program, keys, expected) in cases {
        let adapter = Adapter::framed(program, keys);
        let began = Instant::now();
        // A message longer than a pipe holds: a program that does not read must not hold up the gateway either.
        let message = vec![b'x'; 300_000];
        let broken = adapter.broken(&message);
        assert_eq!(broken, expected, "{program}");
        assert_eq!(broken.fault().code, code::PROGRAM_FAILED);
        assert!(began.elapsed() < Duration::from_secs(30), "{program}: not stopped");
    }
}

#[test]
fn what_a_program_started_ends_with_it() {
    let program = "if not os.fork():\n os.setsid(); open('started', 'w').write(os.readlink('/proc/self')); time.sleep(60)\n\
                   while not os.path.exists('started') or not open('started').read(): time.sleep(0.01)\n\
                   message(); sys.stdout.buffer.write(b'\\xff' * 9); sys.stdout.buffer.flush(); time.sleep(60)";
    let adapter = Adapter::framed(program, "");
    assert_eq!(adapter.broken(b"x"), Broken::NoFrame);
    if !sluse::external::ends_all() {
        eprintln!("SKIPPED: the system lets no program have a numbering of processes of its own");
        return;
    }
    let started = fs::read_to_string(adapter.folder.path().join("started")).unwrap();
    let place = std::path::PathBuf::from(format!("/proc/{started}"));
    let ended = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        !place.exists()
    });
    assert!(ended, "{started} is still there");
}

#[test]
fn what_comes_unasked_is_never_taken_for_an_answer() {
    // Each process answers twice: the second answer is nobody's.
    let adapter = Adapter::framed(
        "while True:\n whole = message()\n send(b'B', whole); send(b'Z'); send(b'B', b'stale'); send(b'Z')",
        "",
    );
    for message in [&b"one"[..], b"two", b"three"] {
        assert_eq!(adapter.decode(message).unwrap(), message);
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn starts_are_bounded() {
    let adapter = Adapter::framed("message(); sys.exit()", "starts-per-minute-max = 3");
    let told: Vec<Broken> = (0..5).map(|_| adapter.broken(b"x")).collect();
    use Broken::{Ended, TooManyStarts};
    assert_eq!(told, [Ended, Ended, Ended, TooManyStarts, TooManyStarts]);
}

#[test]
fn a_program_that_is_not_there_is_said() {
    for command in ["no-such-program", "./no-such-file", "/no/such/file"] {
        let folder = TempDir::new().unwrap();
        let text = format!("[program]\ncommand = [\"{command}\"]\n");
        let settings = Settings::parse("adapter.toml", &text, &mut Vec::new()).unwrap();
        let program = Program::read(&mut settings.root().table("program").unwrap()).unwrap();
        let external = External::new(program, folder.path().to_owned(), Errors::Dropped);
        let adapter = Adapter { external, folder };
        let said = adapter.broken(b"x");
        assert!(matches!(said, Broken::NotStarted), "{command}: {said:?}");
    }
}

#[test]
fn an_answer_is_that_of_its_own_message() {
    let adapter = Adapter::framed(ECHO, "processes-max = 4");
    std::thread::scope(|scope| {
        for n in 0..16 {
            let adapter = &adapter;
            scope.spawn(move || {
                let message = format!("message {n}");
                assert_eq!(adapter.decode(message.as_bytes()).unwrap(), message.as_bytes());
            });
        }
    });
}

#[test]
fn sluse_translate_runs_the_program_of_an_adapter_and_shows_what_it_complains_of() {
    let folder = TempDir::new().unwrap();
    let place = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let manual = include_str!("../../docs/adapter-in-any-language.md");
    let block = |language: &str| {
        let (_, rest) = manual.split_once(&format!("```{language}\n")).unwrap();
        rest.split_once("```").unwrap().0
    };
    place("adapters/lines/adapter.toml", block("toml"));
    place("adapters/lines/adapter.py", block("python"));
    place(
        "adapters/dies/adapter.toml",
        "title = 'Dies'\n[program]\ncommand = ['python3', 'adapter.py']\n",
    );
    place("adapters/dies/adapter.py", "raise SystemExit('no licence')");
    place("good.txt", "name=Åse\n");
    place("bad.txt", "name=Åse\nRibe\n");
    let translate =
        |more: &[&str]| crate::cli::sluse(folder.path(), &[&["translate"], more].concat());
    let told = [
        translate(&["good.txt", "--adapter", "lines"]),
        translate(&["bad.txt", "--adapter", "lines", "--output", "out.json"]),
        translate(&["good.txt", "--adapter", "dies"]),
        translate(&["good.txt", "--adapter", "lines", "--explain"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
    assert!(!folder.path().join("out.json").exists(), "nothing is written of what is refused");
    place("good.json", "{\"name\": \"Åse\"}");
    let back = translate(&["good.json", "--adapter", "lines", "--reverse"]);
    assert!(back.contains("--- stdout\nname=Åse\n"), "{back}");
}
