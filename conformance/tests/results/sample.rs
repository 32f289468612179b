//! A plan of a few cases of the shipped permits contract, and systems that keep to it or do not.

use sluse_conformance::{
    Case, Kind, Plan, Role, RunResult, Target, Template,
    case::{
        Body, Capture, Check, Credentials, Expect, Must, Play, Purpose, Request, Source, Statuses,
        Step,
    },
    library,
    plan::Constraint,
    result::{Digested, FORM, Named, SetUp},
    run::{RunOptions, Runner},
    secrets::Secrets,
    settle::{Run, settle},
    target::{Answer, NoAnswer, Sent},
    template::Slot,
    verify::suite_digest,
};
use sluse_contracts::{Contract, Day, Direction, SchemaCache, clauses::Level};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

pub(crate) const NAME: &str = "openapi#/components/schemas/Applicant/properties/name/maxLength";
pub(crate) const NOTE: &str = "openapi#/components/schemas/Application/properties/note/maxLength";
/// The supplier's token, which nothing may show.
pub(crate) const TOKEN: &str = "canary-token-7f3a";
/// An invented person of the test data: it satisfies modulus 11.
pub(crate) const PERSON: &str = "0707614285";

pub(crate) fn contract() -> Arc<Contract> {
    let shipped = library::find("example.city/permits").unwrap();
    Contract::load(&shipped.files(), &SchemaCache::default()).0.unwrap()
}

fn application(name: &str, note: &str) -> Template {
    let mut text = Template::literal(r#"{"reference":"REF-"#);
    text.push_slot(Slot::Fresh("reference".into()));
    text.push_text(r#"","applicant":{"name":""#);
    text.push_text(name);
    text.push_text(r#"","person":""#);
    text.push_slot(Slot::Given("person".into()));
    text.push_text(r#""},"parcel":"17a","kind":"new","received":"2026-03-01","note":""#);
    text.push_text(note);
    text.push_text("\"}");
    text
}

fn create(name: &str, purpose: Purpose, body: Template, statuses: Vec<Statuses>) -> Step {
    let key = Template::slot(Slot::Fresh("key".into()));
    let json = Template::literal("application/json");
    Step {
        name: name.into(),
        purpose,
        requests: vec![Request {
            operation: Some("createPermit".into()),
            method: "POST".into(),
            path: Template::literal("/permits"),
            headers: vec![("idempotency-key".into(), key), ("content-type".into(), json)],
            body: Body::Text(body),
            credentials: Credentials::Own,
        }],
        expect: Expect { statuses, judged: true, ..Expect::default() },
        captures: Vec::new(),
        left: Vec::new(),
        wait_ms: 0,
        clause: None,
        walk: None,
    }
}

fn case(
    id: &str,
    clause: &str,
    kind: Kind,
    sentence: &str,
    constraint: Option<&str>,
    steps: Vec<Step>,
) -> Case {
    Case {
        id: id.parse().unwrap(),
        sentence: sentence.into(),
        clause: clause.into(),
        level: Level::Must,
        role: Role::Provider,
        kind,
        operation: Some("createPermit".into()),
        constraint: constraint.map(str::to_owned),
        alone: false,
        play: Play::Call(steps),
    }
}

/// A permit is made, and the name in it read back.
fn read_back() -> Vec<Step> {
    let body = application("Åse", r#"it's \"quoted\" $HOME"#);
    let mut made = create("create", Purpose::Prepare, body, vec![Statuses::only(201)]);
    made.captures =
        vec![Capture { name: "id".into(), from: Source::Json("/id".into()), last_segment: false }];
    let mut path = Template::literal("/permits/");
    path.push_slot(Slot::Captured("id".into()));
    let request = Request {
        operation: Some("getPermit".into()),
        method: "GET".into(),
        path,
        headers: Vec::new(),
        body: Body::None,
        credentials: Credentials::Own,
    };
    let must = Must::Equal(Template::literal("Åse"));
    let check = Check::Value { at: Source::Json("/applicant/name".into()), must };
    let expect = Expect {
        statuses: vec![Statuses::only(200)],
        judged: true,
        checks: vec![check],
        ..Expect::default()
    };
    vec![made, Step::new("read", Purpose::Test, request, expect)]
}

fn messages() -> Vec<Case> {
    let length = |id: &str, kind, sentence: &str, place, name: usize, note: usize| {
        let statuses: &[u16] = if kind == Kind::Positive { &[201] } else { &[400, 422] };
        let statuses = statuses.iter().map(|status| Statuses::only(*status)).collect();
        let body = application(&"æ".repeat(name), &"æ".repeat(note));
        let step = create("test", Purpose::Test, body, statuses);
        let id = format!("createPermit.body.{id}");
        case(&id, "PE-1.1", kind, sentence, Some(place), vec![step])
    };
    let taken = "A name of 70 characters, the most there may be, is taken.";
    let long = "A name of 71 characters is refused.";
    let note = "A note of 201 characters is refused.";
    vec![
        length("applicant.name.maxLength.at", Kind::Positive, taken, NAME, 70, 0),
        length("applicant.name.maxLength.over", Kind::Negative, long, NAME, 71, 0),
        length("note.maxLength.over", Kind::Negative, note, NOTE, 3, 201),
    ]
}

/// Five cases: a message that is taken, two that are not, one that is read back, one without a token.
pub(crate) fn plan() -> Plan {
    let mut cases = messages();
    let sentence = "A permit is read back as it was applied for.";
    let id = "createPermit.read-back";
    cases.push(case(id, "PE-2.2", Kind::ReadBack, sentence, None, read_back()));
    let refused = vec![Statuses::only(401)];
    let mut stranger = create("test", Purpose::Test, application("Åse", ""), refused);
    stranger.requests[0].credentials = Credentials::None;
    let sentence = "Who shows no token is refused.";
    let id = "createPermit.security.none";
    cases.push(case(id, "PE-7.1", Kind::Security, sentence, None, vec![stranger]));
    let constraint = |place: &str, broken, kept, reason: Option<&str>| Constraint {
        place: place.into(),
        direction: Direction::Request,
        kept,
        broken,
        reason: reason.map(str::to_owned),
        kept_by: Vec::new(),
    };
    let left_out = "openapi#/components/schemas/Application/properties/kind/enum";
    let constraints = vec![
        constraint(NAME, true, true, None),
        constraint(NOTE, true, false, None),
        constraint(left_out, false, false, Some("left out of the sample")),
    ];
    Plan { cases, constraints, ..Plan::default() }
}

/// What is wrong with a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    Nothing,
    /// It takes names and notes of any length.
    Lengths,
    /// It answers with a time without a zone.
    Time,
    /// It forgets the letters that are not ASCII.
    Letters,
}

pub(crate) struct System {
    wrong: Wrong,
    count: AtomicU64,
    kept: Mutex<Vec<String>>,
    secrets: Secrets,
}

impl System {
    pub(crate) fn new(wrong: Wrong) -> Self {
        let mut secrets = Secrets::default();
        secrets.add("token", TOKEN);
        Self { wrong, count: AtomicU64::new(1), kept: Mutex::default(), secrets }
    }

    fn answer(&self, status: u16, media_type: &str, body: String, more: &[(&str, &str)]) -> Answer {
        let mut headers = vec![("content-type".to_owned(), media_type.to_owned())];
        headers.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Answer { status, headers, body: body.into_bytes(), micros: 1_200 }
    }

    fn refuse(&self, status: u16) -> Answer {
        let body = format!("{{\"status\":{status}}}");
        self.answer(status, "application/problem+json", body, &[("www-authenticate", "Bearer")])
    }

    fn make(&self, sent: &Sent) -> Answer {
        let said: serde_json::Value =
            serde_json::from_slice(sent.body.as_deref().unwrap()).unwrap();
        let length = |pointer: &str| {
            said.pointer(pointer)
                .and_then(|text| text.as_str())
                .map_or(0, |text| text.chars().count())
        };
        let long = length("/applicant/name") > 70 || length("/note") > 200;
        if long && self.wrong != Wrong::Lengths {
            return self.refuse(422);
        }
        let mut permit = said;
        let mut kept = self.kept.lock().unwrap();
        let id = format!("00000000-0000-4000-8000-{:012}", kept.len());
        permit["id"] = id.clone().into();
        permit["status"] = "received".into();
        permit["version"] = 1.into();
        let created =
            if self.wrong == Wrong::Time { "2026-12-01T08:00:00" } else { "2026-12-01T08:00:00Z" };
        permit["created"] = created.into();
        if self.wrong == Wrong::Letters {
            let name =
                permit["applicant"]["name"].as_str().unwrap().replace(|c: char| !c.is_ascii(), "?");
            permit["applicant"]["name"] = name.into();
        }
        let text = serde_json::to_string_pretty(&permit).unwrap();
        kept.push(text.clone());
        self.answer(
            201,
            "application/json",
            text,
            &[("location", &format!("/permits/{id}")), ("etag", "\"1\"")],
        )
    }
}

impl Target for System {
    fn send(&self, sent: &Sent) -> Result<Answer, NoAnswer> {
        if sent.credentials == Credentials::None {
            return Ok(self.refuse(401));
        }
        if sent.method == "POST" {
            return Ok(self.make(sent));
        }
        let at: usize = sent.path.rsplit('-').next().unwrap().parse().unwrap();
        let text = self.kept.lock().unwrap()[at].clone();
        Ok(self.answer(200, "application/json", text, &[("etag", "\"1\"")]))
    }
    fn send_together(&self, requests: &[Sent]) -> Vec<Result<Answer, NoAnswer>> {
        requests.iter().map(|request| self.send(request)).collect()
    }
    fn wait(&self, _: Duration) {}
    fn fresh(&self, name: &str) -> String {
        format!("{name}-{:08}", self.count.fetch_add(1, Ordering::SeqCst))
    }
    fn given(&self, name: &str) -> Option<String> {
        (name == "person").then(|| PERSON.to_owned())
    }
    fn below(&self, address: &str) -> Option<String> {
        address.strip_prefix("/api").map(str::to_owned)
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

/// A run of the plan against a system, settled as `sluse conformance run` does it.
pub(crate) fn run(wrong: Wrong) -> RunResult {
    let (contract, plan, system) = (contract(), plan(), System::new(wrong));
    let options = RunOptions { keep_all: true, ..RunOptions::default() };
    let runner = Runner::new(&contract, &system, &options);
    let found = plan.cases.iter().map(|case| runner.run(case)).collect();
    let set_up = vec![SetUp {
        check: "address".into(),
        ok: true,
        sentence: "https://permits.example answers".into(),
        hint: None,
    }];
    let answers =
        vec![("createPermit 201".to_owned(), true), ("createPermit 409".to_owned(), false)];
    let settled = settle(
        &Run {
            plan: &plan,
            contract: Some(&contract),
            role: Role::Provider,
            filter: None,
            set_up: &set_up,
            leave: &[],
            answers: &answers,
            today: Day::from_days(20_788),
        },
        found,
    );
    RunResult {
        form: FORM.into(),
        tool: Named { name: "sluse".into(), version: Some("0.1.0".into()) },
        contract: Digested {
            name: "example.city/permits@1.0.0".into(),
            sha256: contract.digest().to_string(),
        },
        suite: Digested { name: "example.city/permits@1.0.0".into(), sha256: suite_digest(&plan) },
        system: Named { name: "example.city/permit-office".into(), version: Some("4.1".into()) },
        role: Role::Provider,
        profile: None,
        address: "https://permits.example/api".into(),
        began: "2026-12-01T08:00:00Z".into(),
        ended: "2026-12-01T08:00:02Z".into(),
        filter: None,
        outcome: settled.outcome,
        reasons: settled.reasons,
        set_up,
        cases: settled.cases,
        clauses: settled.clauses,
        defects: settled.defects,
        coverage: settled.coverage,
        waivers: Vec::new(),
        heard: None,
    }
}
