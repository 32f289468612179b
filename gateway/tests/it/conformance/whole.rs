//! From a run to what is made of it: evidence that is judged again, and a system that calls us.

use super::{options, reference, run};
use serde_json::Value;
use sluse::{
    clock::SystemClock,
    reference::{CONTRACT, Options, Reference, caller, faults::Fault},
    target::{
        run::{Asked, Bench, Told},
        settings,
        subject::Subject,
    },
};
use sluse_conformance::{
    Role, RunResult,
    mask::mask,
    result::{CaseVerdict, RunOutcome},
    settle::Leave,
    verify::rejudge,
};
use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Command,
    sync::{Mutex, mpsc},
    thread,
    time::Duration,
};

#[test]
fn evidence_of_a_run_over_http_is_judged_again() {
    let subject = Subject::load(CONTRACT, Role::Provider).expect("the contract loads");
    let system = reference(options());
    let mut result = run(&system, &subject, &Asked { keep_all: true, ..Asked::default() });
    mask(&mut result, &subject.contract, &subject.plan, &[7; 32]);
    let again = rejudge(&result, &subject.contract, &subject.suite, &subject.plan);
    assert!(again.holds(), "{:?}", again.sentences());
    assert_eq!(again.judged, subject.plan.cases.len());
}

/// A contract of five operations is tested in at most so many requests; this one has six.
const REQUESTS_MAX: u64 = 600;

#[test]
fn a_whole_run_asks_the_system_no_more_often_than_it_must() {
    let subject = Subject::load(CONTRACT, Role::Provider).expect("the contract loads");
    let system = reference(options());
    let result = run(&system, &subject, &Asked::default());
    let holds = |verdict| matches!(verdict, CaseVerdict::Passed | CaseVerdict::NotApplicable);
    assert!(result.cases.iter().all(|case| holds(case.verdict)));
    assert!(system.asked() <= REQUESTS_MAX, "{}", system.asked());
    // What is not kept at its bound or not broken has a reason.
    let coverage = &result.coverage;
    assert!(coverage.kept * 10 >= coverage.constraints * 8, "{coverage:?}");
}

/// Runs the whole suite against a system, with what it sent and was answered.
fn whole(system: &Reference) -> RunResult {
    let subject = Subject::load(CONTRACT, Role::Provider).expect("the contract loads");
    run(system, &subject, &Asked { keep_all: true, ..Asked::default() })
}

/// The ids of what a run made and did not remove again.
fn left(result: &RunResult) -> BTreeSet<String> {
    let mut left = BTreeSet::new();
    for exchange in result.cases.iter().flat_map(|case| &case.exchanges) {
        let Some(answer) = exchange.answer.as_ref().filter(|it| it.start.starts_with('2')) else {
            continue;
        };
        let said: Option<Value> =
            serde_json::from_str(answer.body.as_deref().unwrap_or_default()).ok();
        if exchange.request.start.starts_with("POST ") {
            let id = said.and_then(|said| Some(said.get("id")?.as_str()?.to_owned()));
            left.insert(id.expect("what was made has an id"));
        }
        if let Some(path) = exchange.request.start.strip_prefix("DELETE ") {
            left.remove(path.rsplit('/').next().expect("a path"));
        }
    }
    left
}

#[test]
fn a_run_removes_what_it_made_also_where_what_must_be_refused_was_taken() {
    for faults in [
        &[][..],
        &[
            Fault::TakesUnknownMember,
            Fault::TakesAnyType,
            Fault::TokenNotNeeded,
            Fault::KeyNotNeeded,
        ],
    ] {
        let system = reference(Options { faults: faults.iter().copied().collect(), ..options() });
        let result = whole(&system);
        assert_eq!(left(&result), BTreeSet::new(), "{faults:?}");
    }
}

/// Over a list of so many entries pages of two are too many, and the walk begins again in larger ones.
const LONG: usize = 25;

#[test]
fn a_run_over_a_long_list_removes_what_it_made_as_well() {
    let system = reference(options());
    let created = whole(&system).cases.into_iter().flat_map(|case| case.exchanges).find(|each| {
        each.request.start.starts_with("POST ")
            && each.answer.as_ref().is_some_and(|answer| answer.start == "201")
    });
    let body = created.and_then(|each| each.request.body).expect("a permit was made");
    let said: Value = serde_json::from_str(&body).expect("JSON");
    let reference = said["reference"].as_str().expect("it has a reference").to_owned();
    let token = system.token("own");
    for at in 0..LONG {
        let body = body.replace(&reference, &format!("REF-{:010}", 5_000_000_000 + at));
        let key = format!("00000000-0000-4000-8000-{at:012}");
        let made = send_as(&token, system.address(), "POST", "/permits", &key, &body);
        assert_eq!(made, Some(201), "{at}");
    }
    let result = whole(&system);
    assert_eq!(result.outcome, RunOutcome::Conforms, "{:?}", result.reasons);
    assert_eq!(left(&result), BTreeSet::new());
}

#[test]
fn twenty_runs_against_one_system_come_out_the_same() {
    let system = reference(options());
    let verdicts = |result: &RunResult| -> Vec<(String, CaseVerdict)> {
        result.cases.iter().map(|case| (case.id.to_string(), case.verdict)).collect()
    };
    let first = whole(&system);
    assert_eq!(first.outcome, RunOutcome::Conforms, "{:?}", first.reasons);
    for run in 2..=20 {
        let next = whole(&system);
        assert_eq!(verdicts(&next), verdicts(&first), "run {run}");
    }
}

/// What the system sends; gives the status that it is answered with, or nothing where no answer came.
fn send(at: SocketAddr, method: &str, path: &str, key: &str, body: &str) -> Option<u16> {
    send_as("canary", at, method, path, key, body)
}

/// The same, with a token.
fn send_as(
    token: &str,
    at: SocketAddr,
    method: &str,
    path: &str,
    key: &str,
    body: &str,
) -> Option<u16> {
    let mut stream = TcpStream::connect(at).ok()?;
    let length = body.len();
    let text = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nidempotency-key: {key}\r\n\
         authorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1)?.parse().ok()
}

/// Runs as a provider that is played, against a system that does this.
fn listen<T: Send>(system: impl FnOnce(SocketAddr) -> T + Send, seconds: u64) -> (RunResult, T) {
    let subject = Subject::load(CONTRACT, Role::Consumer).expect("the contract loads");
    let text = format!(
        "contract = \"{CONTRACT}\"\nrole = \"consumer\"\naddress = \"http://127.0.0.1\"\n[system]\nname = \"Caller\"\n\
         [limits]\ntime-max-s = {seconds}\n"
    );
    let (supplier, findings) = settings::read(settings::FILE, text.as_bytes(), Path::new(""));
    let supplier = supplier.unwrap_or_else(|| panic!("{findings:?}"));
    let none = |_: &str| None;
    let bench =
        Bench { supplier: &supplier, subject: &subject, environment: &none, clock: &SystemClock };
    let (heard, where_to) = mpsc::channel();
    let heard = Mutex::new(heard);
    thread::scope(|scope| {
        let calls = scope.spawn(move || system(where_to.recv().expect("the address is told")));
        let at = SocketAddr::from(([127, 0, 0, 1], 0));
        let tell = |told: Told<'_>| {
            if let Told::Listens(here) = told {
                let heard = heard.lock().expect("no panic");
                heard.send(here).expect("the system waits for the address");
            }
        };
        let asked = Asked { keep_all: true, ..Asked::default() };
        let result = bench.listen(&asked, at, &tell).expect("it listens");
        (result, calls.join().expect("the system ends"))
    })
}

/// Runs against the reference consumer.
fn call(
    faults: impl IntoIterator<Item = caller::faults::Fault>,
    variants: impl IntoIterator<Item = caller::benign::Variant>,
) -> RunResult {
    let (faults, variants) = (faults.into_iter().collect(), variants.into_iter().collect());
    let day = |at: SocketAddr| {
        let address = format!("http://{at}").parse().expect("it is an address");
        caller::call(&caller::Options { faults, variants, ..caller::Options::new(address) })
    };
    let (result, called) = listen(day, 40);
    assert!(called.expect("it calls") > 0);
    result
}

fn verdict(result: &RunResult, id: &str) -> CaseVerdict {
    let case = result.cases.iter().find(|case| case.id.as_str() == id);
    case.unwrap_or_else(|| panic!("no case {id}")).verdict
}

const BODY: &str = r#"{"reference":"REF-0000001","applicant":{"name":"Test"},"parcel":"17a","kind":"new","received":"2026-03-01"}"#;

#[test]
fn a_system_that_calls_is_seen_to_wait_and_to_keep_its_key() {
    let (result, answers) = listen(
        |at| {
            let first = send(at, "POST", "/permits", "key-00001", BODY);
            thread::sleep(Duration::from_millis(1_100));
            let again = send(at, "POST", "/permits", "key-00001", BODY);
            let other = BODY.replace("0000001", "0000002");
            let lost = send(at, "POST", "/permits", "key-00002", &other);
            let after = send(at, "POST", "/permits", "key-00002", &other);
            vec![first, again, lost, after]
        },
        5,
    );
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
    let (result, _) = listen(
        |at| {
            let first = send(at, "POST", "/permits", "key-00001", BODY);
            let again = send(at, "POST", "/permits", "key-00002", BODY);
            let wrong = send(at, "POST", "/permits", "key-00003", r#"{"parcel":"x"}"#);
            vec![first, again, wrong]
        },
        5,
    );
    for id in [
        "createPermit.request",
        "createPermit.after-unavailable.waits",
        "createPermit.after-unavailable.same-key",
    ] {
        assert_eq!(verdict(&result, id), CaseVerdict::Failed, "{id}");
    }
}

fn told(result: &RunResult) -> Vec<&str> {
    let broken = |verdict| matches!(verdict, CaseVerdict::Failed | CaseVerdict::Warning);
    let clauses = result.clauses.iter().filter(|clause| broken(clause.verdict));
    clauses.map(|clause| clause.id.as_str()).collect()
}

/// What is wrong with a run judged again.
fn judged_again(mut result: RunResult) -> Vec<String> {
    let subject = Subject::load(CONTRACT, Role::Consumer).expect("the contract loads");
    mask(&mut result, &subject.contract, &subject.plan, &[7; 32]);
    let again = rejudge(&result, &subject.contract, &subject.suite, &subject.plan);
    again.sentences()
}

#[test]
fn every_seeded_fault_of_a_consumer_is_told_under_its_clause_and_again_offline() {
    let wrong = |fault: &caller::faults::Fault| {
        let result = call([*fault], []);
        let told: Vec<String> = told(&result).into_iter().map(str::to_owned).collect();
        let again = judged_again(result);
        let fine = told.iter().any(|each| each == fault.clause()) && again.is_empty();
        (!fine).then(|| {
            format!("{} ({}): told {told:?}, again {again:?}", fault.word(), fault.clause())
        })
    };
    assert_eq!(super::seeded::all(caller::faults::Fault::ALL, wrong), [""; 0]);
}

#[test]
fn no_way_of_a_consumer_to_do_the_same_is_minded() {
    use caller::benign::Variant;
    let ways: Vec<Option<Variant>> = Variant::ALL.iter().copied().map(Some).chain([None]).collect();
    let wrong = |way: &Option<Variant>| {
        let result = call([], *way);
        let (outcome, reasons) = (result.outcome, result.reasons.clone());
        let again = judged_again(result);
        let fine = outcome == RunOutcome::Conforms && again.is_empty();
        let name = way.map_or("none", Variant::word);
        (!fine).then(|| format!("{name}: {reasons:?}, again {again:?}"))
    };
    assert_eq!(super::seeded::all(&ways, wrong), [""; 0]);
}

#[test]
fn no_secret_of_a_consumer_is_in_its_evidence() {
    let result = call([], []);
    let text = serde_json::to_string(&result).expect("it is JSON");
    assert!(!text.contains(caller::TOKEN) && text.contains("Bearer ***"));
}

#[test]
fn no_consumer_that_only_looks_right_conforms() {
    let (silent, ()) = listen(|_| (), 1);
    let (reads, _) = listen(|at| send(at, "GET", "/permits", "", ""), 1);
    let (refused, _) = listen(|at| send(at, "POST", "/permits", "key-00001", "{}"), 1);
    let (elsewhere, _) = listen(|at| send(at, "GET", "/", "", ""), 1);
    for (name, result, outcome) in [
        ("it sends nothing", &silent, RunOutcome::NoVerdict),
        ("it reads once", &reads, RunOutcome::NoVerdict),
        ("all it sends is refused", &refused, RunOutcome::Breaches),
        ("it asks for what the contract lacks", &elsewhere, RunOutcome::Breaches),
    ] {
        assert_eq!(result.outcome, outcome, "{name}: {:?}", result.reasons);
        let again = judged_again(result.clone());
        assert_eq!(again, [""; 0], "{name}");
    }
}

/// Validates a result with the schema that the binary prints, by the binary.
fn is_of_the_published_schema(result: &RunResult) {
    let sluse = |arguments: &[&str]| {
        let command = Command::new(env!("CARGO_BIN_EXE_sluse")).args(arguments).output();
        command.expect("the binary runs")
    };
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (schema, file) = (at("schema.json"), at("result.json"));
    fs::write(&schema, sluse(&["conformance", "report", "--schema"]).stdout).expect("a file");
    fs::write(&file, serde_json::to_string(result).expect("it is JSON")).expect("a file");
    let judged = sluse(&["validate", &file, "--json-schema", &schema]);
    let told = String::from_utf8_lossy(&judged.stdout).into_owned();
    assert!(judged.status.success(), "{told}");
}

#[test]
fn results_of_both_roles_are_of_the_published_schema() {
    let caller = call([caller::faults::Fault::BadParcel], []);
    is_of_the_published_schema(&caller);
    let (mut silent, ()) = listen(|_| (), 1);
    let until = "2026-12-31".parse().expect("a day");
    let [id, clause, reason, approver] = ["w-1", "PE-8.1", "late", "the board"].map(str::to_owned);
    silent.waivers.push(Leave { id, clause, reason, approver, until });
    is_of_the_published_schema(&silent);
}
