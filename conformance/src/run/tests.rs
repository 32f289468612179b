//! Cases run against systems that are functions: what they answer decides the verdict, and nothing else does.

use super::*;
use crate::{
    case::{
        Body, Capture, Check, Credentials, Expect, Kind, Must, Purpose, Request, Role, Source,
        Statuses, Step,
    },
    secrets::Secrets,
    target::{Answer, NoAnswer, Sent},
    template::{Slot, Template},
    walk::{Next, Walk},
};
use sluse_contracts::{ContractFiles, SchemaCache};
use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

const CANARY: &str = "canary-of-the-token";

/// A system that is a function of the request and of how many came before it.
pub(crate) struct System<F> {
    answer: F,
    asked: AtomicU64,
    secrets: Secrets,
}

pub(crate) fn system<F: Fn(&Sent, u64) -> Result<Answer, NoAnswer> + Sync>(answer: F) -> System<F> {
    let mut secrets = Secrets::default();
    secrets.add("token", CANARY);
    System { answer, asked: AtomicU64::new(0), secrets }
}

impl<F: Fn(&Sent, u64) -> Result<Answer, NoAnswer> + Sync> Target for System<F> {
    fn send(&self, request: &Sent) -> Result<Answer, NoAnswer> {
        (self.answer)(request, self.asked.fetch_add(1, Ordering::SeqCst))
    }
    fn send_together(&self, requests: &[Sent]) -> Vec<Result<Answer, NoAnswer>> {
        requests.iter().map(|request| self.send(request)).collect()
    }
    fn wait(&self, _: Duration) {}
    fn hold(&self, time: Duration) -> bool {
        time <= Duration::from_secs(60)
    }
    fn fresh(&self, name: &str) -> String {
        format!("{name}-{}", self.asked.fetch_add(1, Ordering::SeqCst))
    }
    fn given(&self, name: &str) -> Option<String> {
        (name == "person").then(|| "0101010101".to_owned())
    }
    fn below(&self, address: &str) -> Option<String> {
        address.strip_prefix("http://system.example").map(str::to_owned)
    }
    fn secrets(&self) -> &Secrets {
        &self.secrets
    }
    fn credentials_shown(&self, credentials: &Credentials) -> Vec<(String, String)> {
        let own = *credentials == Credentials::Own;
        own.then(|| ("authorization".to_owned(), "Bearer {{secret:token}}".to_owned()))
            .into_iter()
            .collect()
    }
}

fn contract() -> Arc<Contract> {
    let mut files = ContractFiles::new("c");
    files.add("contract.toml", &b"id = \"t.t/t\"\nversion = \"1.0.0\"\nstatus = \"in-force\"\ntitle = { en = \"T\" }\nsteward = \"t.t\"\ndata-class = \"open\"\nopenapi = \"o.json\"\n"[..]);
    files.add("o.json", br#"{"openapi":"3.0.3","info":{"title":"T","version":"1"},"paths":{"/things":{"post":{
        "operationId":"make","requestBody":{"content":{"application/json":{"schema":{"type":"object"}}}},
        "responses":{"201":{"description":"made","content":{"application/json":{"schema":{
        "type":"object","required":["id"],"properties":{"id":{"type":"string","maxLength":8},"n":{"type":"integer","maximum":5}}}}}},
        "422":{"description":"no"},"404":{"description":"no"}}}}}}"#.as_slice());
    let (contract, findings) = Contract::load(&files, &SchemaCache::default());
    contract.unwrap_or_else(|| panic!("{findings:?}"))
}

fn answer(status: u16, body: &str) -> Result<Answer, NoAnswer> {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Ok(Answer { status, headers, body: body.as_bytes().to_vec(), micros: 5 })
}

fn step(name: &str, purpose: Purpose, statuses: Statuses) -> Step {
    let request = Request {
        operation: Some("make".into()),
        method: "POST".into(),
        path: Template::literal("/things"),
        headers: vec![("content-type".into(), Template::literal("application/json"))],
        body: Body::Text(Template::literal("{}")),
        credentials: Credentials::Own,
    };
    Step {
        name: name.into(),
        purpose,
        requests: vec![request],
        expect: Expect { statuses: vec![statuses], judged: true, ..Expect::default() },
        captures: vec![],
        left: Vec::new(),
        wait_ms: 0,
        clause: None,
        walk: None,
    }
}

fn case(kind: Kind, steps: Vec<Step>) -> Case {
    Case {
        id: "make.body".parse().unwrap(),
        sentence: "A thing is made.".into(),
        clause: "T-1".into(),
        level: Level::Must,
        role: Role::Provider,
        kind,
        operation: Some("make".into()),
        constraint: None,
        alone: false,
        play: Play::Call(steps),
    }
}

fn run<F: Fn(&Sent, u64) -> Result<Answer, NoAnswer> + Sync>(case: &Case, of: F) -> CaseResult {
    Runner::new(&contract(), &system(of), &RunOptions::default()).run(case)
}

/// A result in a line or two, as a person would tell it.
fn told(result: &CaseResult) -> String {
    let mut told = serde_json::to_value(result.verdict).unwrap().as_str().unwrap().to_owned();
    if let Some(reason) = &result.reason {
        told.push_str(&format!(": {reason}"));
    }
    for each in &result.differences {
        let place = each.line.map(|line| format!(" {line}:{}", each.column.unwrap_or(0)));
        told.push_str(&format!(
            "\n{} {} | {} | {} | {}{}",
            each.step,
            each.what,
            each.expected,
            each.actual,
            each.path.as_deref().unwrap_or("-"),
            place.unwrap_or_default()
        ));
    }
    told
}

fn positive() -> Case {
    case(Kind::Positive, vec![step("test", Purpose::Test, Statuses::only(201))])
}

#[test]
fn an_answer_that_keeps_to_the_contract_passes_and_is_not_kept() {
    let result = run(&positive(), |_, _| answer(201, r#"{"id":"a"}"#));
    assert_eq!((told(&result).as_str(), result.exchanges.len()), ("passed", 0));
}

#[test]
fn tells_expected_and_actual_with_the_place_in_the_answer() {
    let result = run(&positive(), |_, _| answer(201, "{\n  \"id\": \"a\",\n  \"n\": 6\n}"));
    insta::assert_snapshot!(told(&result), @r"
    failed
    test maximum (V0406) | the number must be at most 5 | 6 | /n 3:3
    ");
    let result = run(&positive(), |_, _| answer(200, "{}"));
    insta::assert_snapshot!(told(&result), @r"
    failed
    test status | 201 | 200 | -
    ");
    assert_eq!(result.exchanges.len(), 1);
}

#[test]
fn what_comes_instead_of_an_answer_is_told() {
    let with = |why| told(&run(&positive(), move |_, _| Err(why)));
    insta::assert_snapshot!([
        NoAnswer::Closed, NoAnswer::TooSlow, NoAnswer::TooLarge, NoAnswer::NotHttp,
        NoAnswer::Unreachable, NoAnswer::NoCredentials, NoAnswer::Budget,
    ].map(with).join("\n"), @r"
    failed
    test answer | an answer with status 201 | the connection was closed before the answer was whole | -
    failed
    test answer | an answer with status 201 | no answer came in time | -
    failed
    test answer | an answer with status 201 | the answer is larger than allowed | -
    failed
    test answer | an answer with status 201 | what came is not HTTP | -
    set-up: no connection could be made
    set-up: the credentials that the case needs are not there
    not-tested: the run's budget is used up
    ");
}

#[test]
fn a_refusal_for_another_reason_never_passes_for_the_right_one() {
    let negative = |statuses| case(Kind::Negative, vec![step("test", Purpose::Test, statuses)]);
    for status in [401, 403, 407, 429] {
        let result = run(&negative(Statuses::class(4)), move |_, _| answer(status, "{}"));
        assert_eq!(result.verdict, CaseVerdict::SetUp, "{status}");
    }
    let result = run(&negative(Statuses::only(422)), |_, _| answer(422, ""));
    assert_eq!(result.verdict, CaseVerdict::Passed);
    let result = run(&negative(Statuses::only(422)), |_, _| answer(403, ""));
    assert_eq!(result.verdict, CaseVerdict::Failed);
    let mut security = negative(Statuses::only(401));
    security.kind = Kind::Security;
    let result = run(&security, |_, _| answer(403, ""));
    assert_eq!(result.verdict, CaseVerdict::Failed);
}

#[test]
fn a_system_that_is_asked_too_often_is_asked_again_when_it_says() {
    let positive = case(Kind::Positive, vec![step("test", Purpose::Test, Statuses::only(201))]);
    let too_often = |after: &str| {
        let headers = vec![("retry-after".to_owned(), after.to_owned())];
        Ok(Answer { headers, ..answer(429, "{}")? })
    };
    let after = |n_refused: u64, wait: &'static str| {
        let target =
            system(
                move |_, n| {
                    if n < n_refused { too_often(wait) } else { answer(201, r#"{"id":"a"}"#) }
                },
            );
        let options = RunOptions { keep_all: true, ..RunOptions::default() };
        let result = Runner::new(&contract(), &target, &options).run(&positive);
        (result.verdict, target.asked.load(Ordering::SeqCst), result.exchanges.len())
    };
    // A limit of rate is no answer to what was asked, and is not kept.
    assert_eq!(after(3, "1"), (CaseVerdict::Passed, 4, 1));
    assert_eq!(after(3, "Tue, 01 Dec 2026 12:00:00 GMT"), (CaseVerdict::Passed, 4, 1));
    assert_eq!(after(100, "1"), (CaseVerdict::SetUp, 6, 1));
    assert_eq!(after(3, "3600"), (CaseVerdict::SetUp, 1, 1));
    // Whoever asks for 429 is told at once.
    let mut asking = step("test", Purpose::Test, Statuses::only(429));
    asking.expect.judged = false;
    let asks = case(Kind::Scenario, vec![asking]);
    let target = system(|_, _| too_often("1"));
    let result = Runner::new(&contract(), &target, &RunOptions::default()).run(&asks);
    assert_eq!((result.verdict, target.asked.load(Ordering::SeqCst)), (CaseVerdict::Passed, 1));
}

#[test]
fn a_preparation_that_fails_leaves_the_case_untested() {
    let mut create = step("create", Purpose::Prepare, Statuses::only(201));
    let test = step("test", Purpose::Test, Statuses::only(201));
    let of = |create: &Step| case(Kind::Preconditions, vec![create.clone(), test.clone()]);
    let with = |case: Case, status| told(&run(&case, move |_, _| answer(status, "{}")));
    assert_eq!(
        with(of(&create), 500),
        "not-tested: what it needs could not be made: in `create`, expected 201, found 500"
    );
    assert_eq!(with(of(&create), 401), "set-up: the system does not take the credentials (401)");
    create.requests[0].path = Template::parse("/things?p={{given:person}}").unwrap();
    assert_eq!(
        with(of(&create), 409),
        "set-up: the test data `person` may be used up or unknown to the system: in `create`, expected 201, found 409"
    );
    create.requests[0].path = Template::parse("/things?p={{given:company}}").unwrap();
    assert_eq!(with(of(&create), 201), "set-up: the test data `company` is not there");
}

#[test]
fn captures_and_fresh_values_are_the_same_in_all_steps_of_a_case() {
    let mut create = step("create", Purpose::Prepare, Statuses::only(201));
    create.requests[0].headers.push(("key".into(), Template::slot(Slot::Fresh("key".into()))));
    create.captures.push(Capture {
        name: "id".into(),
        from: Source::Json("/id".into()),
        last_segment: false,
    });
    let mut again = step("again", Purpose::Test, Statuses::only(201));
    again.requests[0].headers.clone_from(&create.requests[0].headers);
    again.expect.checks = vec![
        Check::SameAs("create".into()),
        Check::Value {
            at: Source::Json("/id".into()),
            must: Must::Equal(Template::slot(Slot::Captured("id".into()))),
        },
        Check::Value { at: Source::Header("etag".into()), must: Must::BePresent },
    ];
    let case = case(Kind::Idempotency, vec![create, again]);
    let by_key = |sent: &Sent, _| {
        let key = &sent.headers.iter().find(|(name, _)| name == "key").unwrap().1;
        let mut said = answer(201, &format!("{{\"id\":\"{key}\"}}"))?;
        said.headers.push(("etag".into(), "\"1\"".into()));
        Ok(said)
    };
    assert_eq!(told(&run(&case, by_key)), "passed");
    let anew = |_: &Sent, asked| answer(201, &format!("{{\"id\":\"{asked}\"}}"));
    insta::assert_snapshot!(told(&run(&case, anew)), @r"
    failed
    again body | 1 | 2 | /id 1:2
    again body | 1 | 2 | /id 1:2
    again header etag | to be there | absent | -
    ");
}

#[test]
fn counts_what_became_of_requests_at_once() {
    let mut both = step("both", Purpose::Test, Statuses::class(2));
    both.expect.statuses.push(Statuses::only(409));
    both.requests.push(both.requests[0].clone());
    both.expect.checks = vec![Check::Count { statuses: Statuses::only(201), least: 1, most: 1 }];
    let case = case(Kind::Idempotency, vec![both]);
    let once = |_: &Sent, asked| answer(if asked == 0 { 201 } else { 409 }, r#"{"id":"a"}"#);
    // The contract does not describe 409, and says so; the count holds.
    assert!(told(&run(&case, once)).starts_with("failed\nboth"));
    let twice = |_: &Sent, _| answer(201, r#"{"id":"a"}"#);
    insta::assert_snapshot!(told(&run(&case, twice)), @r"
    failed
    both statuses together | 1 of 2 answers with status 201 | 201, 201 | -
    ");
}

#[test]
fn a_system_that_changes_during_the_run_is_told_with_the_case() {
    let options = RunOptions { version: Some(("v".into(), "1.0".into())), ..RunOptions::default() };
    let system = system(|_, _| {
        let mut said = answer(201, r#"{"id":"a"}"#)?;
        said.headers.push(("v".into(), "1.1".into()));
        Ok(said)
    });
    let result = Runner::new(&contract(), &system, &options).run(&positive());
    assert_eq!(
        told(&result),
        "set-up: the system was changed during the run: `v` said `1.0` before and says `1.1` now"
    );
}

#[test]
fn no_secret_is_in_a_result_though_the_system_says_it_back() {
    let mut step = step("test", Purpose::Test, Statuses::only(201));
    step.requests[0].headers.push(("x".into(), Template::literal(CANARY)));
    step.requests[0].path = Template::literal(format!("/things?t={CANARY}"));
    step.requests[0].body = Body::Bytes(format!("\u{1}{CANARY}").into_bytes());
    step.expect.checks = vec![Check::Value {
        at: Source::Json("/id".into()),
        must: Must::Equal(Template::literal("other")),
    }];
    step.expect.judged = false;
    for (status, kind) in [(201, Kind::Positive), (302, Kind::Positive), (500, Kind::Tls)] {
        let result = run(&case(kind, vec![step.clone()]), |_, _| {
            let mut said = answer(status, &format!("{{\"id\":\"{CANARY}\"}}"))?;
            said.headers.push(("location".into(), format!("/{CANARY}")));
            said.body.push(b' ');
            Ok(said)
        });
        let json = serde_json::to_string(&result).unwrap();
        assert!(json.contains("{{secret:token}}") && !json.contains(CANARY), "{json}");
        assert_eq!(result.verdict, CaseVerdict::Failed);
    }
}

#[test]
fn results_stand_in_the_order_of_the_cases_on_any_number_of_threads() {
    let cases: Vec<Case> = (0..40)
        .map(|n| {
            let kind = if n % 7 == 0 { Kind::Paging } else { Kind::Positive };
            let mut case = case(kind, vec![step("test", Purpose::Test, Statuses::only(201))]);
            case.id = format!("case.{n}").parse().unwrap();
            let Play::Call(steps) = &mut case.play else { panic!("a case that calls") };
            steps[0].requests[0].path = Template::literal(format!("/things?n={n}"));
            case
        })
        .collect();
    let by_path =
        |sent: &Sent, _| answer(if sent.path.ends_with('3') { 500 } else { 201 }, r#"{"id":"a"}"#);
    let verdicts = |threads| {
        let options = RunOptions { threads, ..RunOptions::default() };
        let (contract, system) = (contract(), system(by_path));
        let told = AtomicUsize::new(0);
        let cases: Vec<&Case> = cases.iter().collect();
        let tell = |_: &CaseResult| {
            told.fetch_add(1, Ordering::SeqCst);
        };
        let results = Runner::new(&contract, &system, &options).run_all(&cases, &tell);
        assert_eq!(told.load(Ordering::SeqCst), 40);
        results.into_iter().map(|r| (r.id, r.verdict)).collect::<Vec<_>>()
    };
    let alone = verdicts(1);
    assert_eq!(alone.iter().filter(|(_, v)| *v == CaseVerdict::Failed).count(), 4);
    assert_eq!(verdicts(8), alone);
}

#[test]
fn what_only_reads_runs_before_what_makes_something() {
    let cases: Vec<Case> = (0..20)
        .map(|n| {
            let mut case = positive();
            case.id = format!("case.{n}").parse().unwrap();
            let Play::Call(steps) = &mut case.play else { panic!("a case that calls") };
            steps[0].requests[0].method = if n % 2 == 0 { "POST" } else { "GET" }.into();
            case
        })
        .collect();
    let sent = Mutex::new(Vec::new());
    let system = system(|request, _| {
        sent.lock().unwrap().push(request.method.clone());
        answer(201, r#"{"id":"a"}"#)
    });
    let (contract, options) = (contract(), RunOptions { threads: 4, ..RunOptions::default() });
    let cases: Vec<&Case> = cases.iter().collect();
    Runner::new(&contract, &system, &options).run_all(&cases, &|_| {});
    let sent = sent.into_inner().unwrap();
    assert_eq!(sent[..10], ["GET"; 10]);
    assert_eq!(sent[10..], ["POST"; 10]);
}

#[test]
fn a_system_that_is_gone_ends_the_run_early() {
    let case = positive();
    let cases: Vec<&Case> = std::iter::repeat_n(&case, 50).collect();
    let system = system(|_, _| Err(NoAnswer::Unreachable));
    let (contract, options) = (contract(), RunOptions::default());
    let results = Runner::new(&contract, &system, &options).run_all(&cases, &|_| {});
    assert!(results.iter().all(|result| result.verdict == CaseVerdict::SetUp));
    assert_eq!(system.asked.load(Ordering::SeqCst), 10);
}

/// A list of so many entries in pages of two, as JSON; each page names the next by a cursor.
fn page_of(n_entries: u64, path: &str) -> Result<Answer, NoAnswer> {
    let after: u64 = path.split_once("after=").and_then(|(_, n)| n.parse().ok()).unwrap_or(0);
    let ids: Vec<String> =
        (after..n_entries.min(after + 2)).map(|n| format!("{{\"id\":\"{n}\"}}")).collect();
    let next = after + 2;
    let next = if next < n_entries { format!(",\"next\":\"{next}\"") } else { String::new() };
    answer(200, &format!("{{\"items\":[{}]{next}}}", ids.join(",")))
}

fn walk(meet: &str, next: Next) -> Case {
    let mut step = step("walk", Purpose::Test, Statuses::only(200));
    step.requests[0].operation = None;
    step.requests[0].path = Template::literal("/things?limit=2");
    step.walk = Some(Walk {
        entries: "/items".into(),
        id: "/id".into(),
        subject: None,
        order: None,
        next,
        size: Some(2),
        pages_max: 100,
        meet: vec![Template::literal(meet)],
        between: vec![],
        left: vec![],
        wider: None,
        within_ms: 0,
        again: None,
    });
    case(Kind::Paging, vec![step])
}

fn cursor() -> Next {
    Next::Cursor { at: Source::Json("/next".into()), parameter: "after".into() }
}

#[test]
fn walks_over_all_pages() {
    assert_eq!(told(&run(&walk("6", cursor()), |sent, _| page_of(7, &sent.path))), "passed");
    insta::assert_snapshot!(told(&run(&walk("7", cursor()), |sent, _| page_of(7, &sent.path))), @r"
    failed
    walk list | an entry for what was made | none on any page (4 pages read) | /items
    ");
    let stuck = |_: &Sent, _| answer(200, r#"{"items":[{"id":"1"}],"next":"2"}"#);
    insta::assert_snapshot!(told(&run(&walk("1", cursor()), stuck)), @r"
    failed
    walk list | each entry once | one that was met before (page 2) | /items/0
    ");
    let broken = |sent: &Sent, _| match sent.path.contains("after=4") {
        true => answer(500, ""),
        false => page_of(7, &sent.path),
    };
    insta::assert_snapshot!(told(&run(&walk("6", cursor()), broken)), @r"
    failed
    walk status | 200 | 500 | -
    ");
}

#[test]
fn what_was_not_met_in_a_list_that_is_too_long_was_not_tested() {
    let mut case = walk("6", cursor());
    let Play::Call(steps) = &mut case.play else { panic!("a case that calls") };
    steps[0].walk.as_mut().unwrap().pages_max = 2;
    let told = told(&run(&case, |sent, _| page_of(7, &sent.path)));
    assert!(told.starts_with("not-tested"), "{told}");
}

#[test]
fn the_next_page_is_asked_for_at_this_service_alone() {
    let at = |host: &'static str| {
        move |sent: &Sent, _| {
            if sent.path.contains("after") {
                return answer(200, r#"{"items":[{"id":"b"}]}"#);
            }
            answer(200, &format!(r#"{{"items":[{{"id":"a"}}],"next":"http://{host}/t?after=1"}}"#))
        }
    };
    let by_address = || walk("b", Next::Address(Source::Json("/next".into())));
    assert_eq!(told(&run(&by_address(), at("system.example"))), "passed");
    assert!(told(&run(&by_address(), at("elsewhere.example"))).contains("another address"));
}

#[test]
fn walks_again_until_what_comes_late_is_met() {
    let mut case = walk("0", cursor());
    let Play::Call(steps) = &mut case.play else { panic!("a case that calls") };
    steps[0].walk.as_mut().unwrap().within_ms = 500;
    let late = |sent: &Sent, asked| page_of(u64::from(asked > 3), &sent.path);
    assert_eq!(told(&run(&case, late)), "passed");
    let never = |sent: &Sent, _| page_of(0, &sent.path);
    assert_eq!(run(&case, never).verdict, CaseVerdict::Failed);
}
