//! A small contract with a system that keeps to it and one that does not: a whole run in a moment.

use sluse_conformance::{
    Plan, Role, RunResult, Target,
    case::Credentials,
    result::{Digested, FORM, Named},
    run::{RunOptions, Runner},
    secrets::Secrets,
    settle::{Run, settle},
    target::{Answer, NoAnswer, Sent},
    verify::suite_digest,
};
use sluse_contracts::{Contract, Day};
use std::time::Duration;

/// `contract.toml`.
pub(crate) const MANIFEST: &str = "id = \"example.city/doors\"\nversion = \"1.0.0\"\nstatus = \"in-force\"\ntitle = { en = \"Doors\" }\n\
                        steward = \"example.city\"\ndata-class = \"open\"\nopenapi = \"openapi.yaml\"\n";
/// `openapi.yaml`.
pub(crate) const OPENAPI: &str = "
openapi: 3.0.3
info: { title: Doors, version: 1.0.0 }
paths:
  /doors:
    get:
      operationId: listDoors
      parameters:
        - { name: floor, in: query, schema: { type: integer, minimum: 0, maximum: 9 } }
      responses:
        '200':
          description: The doors
          content: { application/json: { schema: { type: array, items: { type: string } } } }
        '400': { description: Refused }
        '404': { description: Nothing there }
        '405': { description: Not so }
        '406': { description: Not in this form }
";

/// A system that keeps to the contract; one that checks no floor does not.
struct Doors {
    checks: bool,
    secrets: Secrets,
}

impl Doors {
    fn status(&self, sent: &Sent) -> u16 {
        let (path, query) = sent.path.split_once('?').unwrap_or((&sent.path, ""));
        let takes = |media: &str| {
            media.contains("*/*")
                || media.contains("application/json")
                || media.contains("application/*")
        };
        let accept = sent.headers.iter().find(|(name, _)| name == "accept");
        let floors: Vec<&str> =
            query.split('&').filter_map(|pair| pair.strip_prefix("floor=")).collect();
        let good = |floor: &&str| {
            floor.parse::<u8>().is_ok_and(|number| number <= 9 && !floor.starts_with('+'))
        };
        match sent.method.as_str() {
            _ if path != "/doors" => 404,
            "GET" | "HEAD" if accept.is_some_and(|(_, media)| !takes(media)) => 406,
            "GET" | "HEAD" if self.checks && !(floors.len() <= 1 && floors.iter().all(good)) => 400,
            "GET" | "HEAD" => 200,
            _ => 405,
        }
    }
}

impl Target for Doors {
    fn send(&self, sent: &Sent) -> Result<Answer, NoAnswer> {
        let status = self.status(sent);
        let (headers, body) = match status {
            200 => (
                vec![("content-type".to_owned(), "application/json".to_owned())],
                b"[\"a\"]".to_vec(),
            ),
            _ => (Vec::new(), Vec::new()),
        };
        Ok(Answer { status, headers, body, micros: 10 })
    }
    fn send_together(&self, requests: &[Sent]) -> Vec<Result<Answer, NoAnswer>> {
        requests.iter().map(|request| self.send(request)).collect()
    }
    fn wait(&self, _: Duration) {}
    fn fresh(&self, name: &str) -> String {
        format!("{name}-1")
    }
    fn given(&self, _: &str) -> Option<String> {
        None
    }
    fn below(&self, _: &str) -> Option<String> {
        None
    }
    fn secrets(&self) -> &Secrets {
        &self.secrets
    }
    fn credentials_shown(&self, _: &Credentials) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// A run of a plan against the system, settled.
pub(crate) fn run(contract: &Contract, plan: &Plan, checks: bool) -> RunResult {
    let system = Doors { checks, secrets: Secrets::default() };
    let options = RunOptions { keep_all: true, ..RunOptions::default() };
    let runner = Runner::new(contract, &system, &options);
    let found = plan.cases.iter().map(|case| runner.run(case)).collect();
    let settled = settle(
        &Run {
            plan,
            contract: Some(contract),
            role: Role::Provider,
            filter: None,
            set_up: &[],
            leave: &[],
            answers: &[],
            today: Day::from_days(20_788),
        },
        found,
    );
    let named = |name: &str| Named { name: name.into(), version: None };
    let digested = |sha256: String| Digested { name: "example.city/doors@1.0.0".into(), sha256 };
    RunResult {
        form: FORM.into(),
        tool: named("sluse"),
        contract: digested(contract.digest().to_string()),
        suite: digested(suite_digest(plan)),
        system: named("example.city/doorkeeper"),
        role: Role::Provider,
        profile: None,
        address: "https://doors.example".into(),
        began: "2026-12-01T08:00:00Z".into(),
        ended: "2026-12-01T08:00:01Z".into(),
        filter: None,
        outcome: settled.outcome,
        reasons: settled.reasons,
        set_up: Vec::new(),
        cases: settled.cases,
        clauses: settled.clauses,
        defects: settled.defects,
        coverage: settled.coverage,
        waivers: Vec::new(),
        heard: None,
    }
}
