//! From a run to what is made of it: evidence that is judged again, and a system that calls us.

use super::{options, reference};
use sluse::{
    clock::SystemClock,
    reference::{CONTRACT, tokens},
    target::{
        run::{Asked, Bench, Told},
        settings,
        subject::Subject,
    },
};
use sluse_conformance::{Role, RunResult, mask::mask, result::CaseVerdict, verify::rejudge};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::mpsc,
    thread,
    time::Duration,
};

#[test]
fn evidence_of_a_run_over_http_is_judged_again() {
    let subject = Subject::load(CONTRACT, Role::Provider).expect("the contract loads");
    let system = reference(options());
    let token = |name: &str| {
        let token = name.strip_prefix("TOKEN_").filter(|token| tokens::NAMES.contains(token));
        token.map(|token| system.token(token))
    };
    let supplier = system.supplier().expect("the system has a supplier's file");
    let bench =
        Bench { supplier: &supplier, subject: &subject, environment: &token, clock: &SystemClock };
    let mut result = bench.run(&Asked { keep_all: true, ..Asked::default() }, &|_| {});
    mask(&mut result, &subject.contract, &subject.plan, &[7; 32]);
    let again = rejudge(&result, &subject.contract, &subject.plan);
    assert!(again.holds(), "{:?}", again.sentences());
    assert_eq!(again.judged, subject.plan.cases.len());
}

/// What the system sends; gives the status that it is answered with, or nothing where no answer came.
fn send(at: SocketAddr, method: &str, path: &str, key: &str, body: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(at).ok()?;
    let length = body.len();
    let text = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nidempotency-key: {key}\r\n\
         authorization: Bearer canary\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1)?.parse().ok()
}

/// Runs as a provider that is played, against a system that does this.
fn listen(
    system: impl FnOnce(SocketAddr) -> Vec<Option<u16>> + Send,
) -> (RunResult, Vec<Option<u16>>) {
    let subject = Subject::load(CONTRACT, Role::Consumer).expect("the contract loads");
    let text = format!(
        "contract = \"{CONTRACT}\"\nrole = \"consumer\"\naddress = \"http://127.0.0.1\"\n[system]\nname = \"Caller\"\n\
         [limits]\ntime-max-s = 5\n"
    );
    let (supplier, findings) = settings::read(settings::FILE, text.as_bytes(), Path::new(""));
    let supplier = supplier.unwrap_or_else(|| panic!("{findings:?}"));
    let none = |_: &str| None;
    let bench =
        Bench { supplier: &supplier, subject: &subject, environment: &none, clock: &SystemClock };
    let (heard, where_to) = mpsc::channel();
    let tell = move |told: Told<'_>| {
        if let Told::SetUp(check) = told {
            let address = check.sentence.rsplit('/').next().unwrap_or_default().to_owned();
            heard.send(address).expect("the system waits for the address");
        }
    };
    let tell = std::sync::Mutex::new(tell);
    thread::scope(|scope| {
        let calls = scope.spawn(move || {
            let at = where_to.recv().expect("the address is told");
            system(at.parse().expect("it is an address"))
        });
        let at = SocketAddr::from(([127, 0, 0, 1], 0));
        let tell = |told: Told<'_>| (tell.lock().expect("no panic"))(told);
        let result = bench.listen(&Asked::default(), at, &tell).expect("it listens");
        (result, calls.join().expect("the system ends"))
    })
}

fn verdict(result: &RunResult, id: &str) -> CaseVerdict {
    let case = result.cases.iter().find(|case| case.id.as_str() == id);
    case.unwrap_or_else(|| panic!("no case {id}")).verdict
}

const BODY: &str = r#"{"reference":"REF-0000001","applicant":{"name":"Test"},"parcel":"17a","kind":"new","received":"2026-03-01"}"#;

#[test]
fn a_system_that_calls_is_seen_to_wait_and_to_keep_its_key() {
    let (result, answers) = listen(|at| {
        let first = send(at, "POST", "/permits", "key-00001", BODY);
        thread::sleep(Duration::from_millis(1_100));
        let again = send(at, "POST", "/permits", "key-00001", BODY);
        let other = BODY.replace("0000001", "0000002");
        let lost = send(at, "POST", "/permits", "key-00002", &other);
        let after = send(at, "POST", "/permits", "key-00002", &other);
        vec![first, again, lost, after]
    });
    assert_eq!(answers, [Some(503), Some(201), None, Some(201)]);
    for id in [
        "createPermit.request",
        "createPermit.after-unavailable.waits",
        "createPermit.after-lost-answer.same-key",
    ] {
        assert_eq!(verdict(&result, id), CaseVerdict::Passed, "{id}");
    }
    assert_eq!(verdict(&result, "replacePermit.request"), CaseVerdict::NotTested);
    assert!(!serde_json::to_string(&result).expect("it is JSON").contains("canary"));
}

#[test]
fn a_system_that_calls_at_once_with_another_key_is_told_so() {
    let (result, _) = listen(|at| {
        let first = send(at, "POST", "/permits", "key-00001", BODY);
        let again = send(at, "POST", "/permits", "key-00002", BODY);
        let wrong = send(at, "POST", "/permits", "key-00003", r#"{"parcel":"x"}"#);
        vec![first, again, wrong]
    });
    for id in [
        "createPermit.request",
        "createPermit.after-unavailable.waits",
        "createPermit.after-unavailable.same-key",
    ] {
        assert_eq!(verdict(&result, id), CaseVerdict::Failed, "{id}");
    }
}
