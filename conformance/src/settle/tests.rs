//! What may never pass, and what is one defect.

use super::*;
use crate::{
    case::{Kind, Play},
    plan::Constraint,
    result::Difference,
};
use RunOutcome::{Breaches, NoVerdict};
use sluse_contracts::{ContractFiles, Direction, SchemaCache};
use std::sync::Arc;

const CLAUSES: &str = "
[[clause]]
id = 'A-1'
level = 'MUST'
target = 'provider'
text = { en = 'It answers.', da = 'Det svarer.' }
source = { document = 'A', url = 'https://a.example/1' }

[[clause]]
id = 'A-2'
level = 'SHOULD'
target = 'both'

[[clause]]
id = 'A-3'
level = 'MUST'
target = 'consumer'

[[clause]]
id = 'A-4'
level = 'MUST'
target = 'provider'
";

fn contract() -> Arc<Contract> {
    let mut files = ContractFiles::new("c");
    let manifest = "id = 't.t/t'\nversion = '1.2.0'\nstatus = 'in-force'\ntitle = { en = 'T' }\nsteward = 't.t'\n\
                    data-class = 'open'\n[[operation]]\nname = 'make'\nkind = 'two-way'\nrequest = { media-type = 'application/json' }\n";
    files.add("contract.toml", manifest.as_bytes());
    files.add("clauses.toml", CLAUSES.as_bytes());
    let (contract, findings) = Contract::load(&files, &SchemaCache::default());
    contract.unwrap_or_else(|| panic!("{findings:?}"))
}

fn case(id: &str, clause: &str, level: Level, role: Role) -> Case {
    Case {
        id: id.parse().unwrap(),
        sentence: format!("case {id}"),
        clause: clause.to_owned(),
        level,
        role,
        kind: Kind::Positive,
        operation: Some("make".to_owned()),
        constraint: None,
        alone: false,
        play: Play::Call(Vec::new()),
    }
}

fn provider(id: &str, clause: &str) -> Case {
    case(id, clause, Level::Must, Role::Provider)
}

fn found(case: &Case, verdict: CaseVerdict) -> CaseResult {
    CaseResult { verdict, reason: None, ..not_run(case) }
}

fn status(actual: &str) -> Difference {
    Difference {
        step: "test".into(),
        what: "status".into(),
        expected: "422".into(),
        actual: actual.into(),
        path: None,
        line: None,
        column: None,
        constraint: None,
        clause: None,
        hint: None,
    }
}

/// A run of these cases, all of which passed, with one thing about it changed.
struct Trap {
    plan: Plan,
    found: Vec<CaseResult>,
    set_up: Vec<SetUp>,
    leave: Vec<Leave>,
    filter: Option<&'static str>,
    contract: Option<Arc<Contract>>,
}

impl Trap {
    fn new() -> Self {
        let cases = vec![
            provider("one", "A-1"),
            case("two", "A-2", Level::Should, Role::Provider),
            provider("three", "A-4"),
        ];
        let found = cases.iter().map(|case| found(case, CaseVerdict::Passed)).collect();
        let plan = Plan { cases, ..Plan::default() };
        Self {
            plan,
            found,
            set_up: Vec::new(),
            leave: Vec::new(),
            filter: None,
            contract: Some(contract()),
        }
    }

    fn with(change: impl FnOnce(&mut Self)) -> Settled {
        let mut trap = Self::new();
        change(&mut trap);
        settle(
            &Run {
                plan: &trap.plan,
                contract: trap.contract.as_deref(),
                role: Role::Provider,
                filter: trap.filter,
                set_up: &trap.set_up,
                leave: &trap.leave,
                answers: &[],
                today: Day::from_days(100),
            },
            trap.found,
        )
    }
}

#[test]
fn a_run_in_which_every_must_clause_was_tested_and_passed_conforms() {
    let settled = Trap::with(|_| {});
    assert_eq!((settled.outcome, settled.reasons), (RunOutcome::Conforms, Vec::<String>::new()));
    let ids: Vec<&str> = settled.clauses.iter().map(|clause| clause.id.as_str()).collect();
    assert_eq!(ids, ["A-1", "A-2", "A-4"], "in the order of the contract, without the consumer's");
    assert_eq!((settled.coverage.must_clauses, settled.coverage.must_verified), (2, 2));
    assert_eq!(settled.clauses[0].url.as_deref(), Some("https://a.example/1"));
    let warned = Trap::with(|trap| trap.found[1].verdict = CaseVerdict::Failed);
    assert_eq!(warned.cases[1].verdict, CaseVerdict::Warning, "a SHOULD never fails");
    assert_eq!(warned.outcome, RunOutcome::Conforms);
}

type Change = fn(&mut Trap);

/// Something that only looks green, what comes of it, and a part of the reason.
type Looks = (&'static str, Change, RunOutcome, &'static str);

const OF_THE_RUN: [Looks; 8] = [
    ("an empty suite", |t| t.plan.cases.clear(), NoVerdict, "no case for this role"),
    ("a part of the suite", |t| t.filter = Some("--clause A-1"), NoVerdict, "only a part"),
    ("a contract that does not load", |t| t.contract = None, NoVerdict, "cannot be loaded"),
    ("nothing tested", |t| t.found.clear(), NoVerdict, "no MUST clause was tested and passed"),
    ("nothing that applies", not_applicable, NoVerdict, "no MUST clause was tested and passed"),
    ("only a SHOULD tested", only_should, NoVerdict, "no MUST clause was tested and passed"),
    ("a set-up at fault", set_up_at_fault, NoVerdict, "the set-up is at fault (token)"),
    ("cases of the other role", other_role, NoVerdict, "no case for this role"),
];

const OF_CASES: [Looks; 7] = [
    ("a case left out", |t| drop(t.found.remove(2)), NoVerdict, "A-4 was not wholly tested"),
    ("a case's set-up at fault", set_up_of_case, NoVerdict, "A-1 could not be tested"),
    ("a pass that differs", pass_that_differs, Breaches, "A-1 is not kept"),
    ("a case weaker than its clause", weaker, Breaches, "A-1 is not kept"),
    ("the better of two results", better_of_two, Breaches, "A-1 is not kept"),
    ("a result under another clause", other_clause, Breaches, "A-1 is not kept"),
    ("a case that was never planned", never_planned, NoVerdict, "no case for this role"),
];

fn not_applicable(trap: &mut Trap) {
    trap.found.iter_mut().for_each(|each| each.verdict = CaseVerdict::NotApplicable);
}

fn only_should(trap: &mut Trap) {
    trap.plan.cases.retain(|case| case.clause == "A-2");
}

fn set_up_at_fault(trap: &mut Trap) {
    let (check, sentence) = ("token".into(), "expired".into());
    trap.set_up.push(SetUp { check, ok: false, sentence, hint: None });
}

fn other_role(trap: &mut Trap) {
    trap.plan.cases.iter_mut().for_each(|case| case.role = Role::Consumer);
}

fn set_up_of_case(trap: &mut Trap) {
    trap.found[0].verdict = CaseVerdict::SetUp;
}

fn pass_that_differs(trap: &mut Trap) {
    trap.found[0].differences.push(status("201"));
}

fn weaker(trap: &mut Trap) {
    trap.plan.cases[0].level = Level::May;
    trap.found[0].verdict = CaseVerdict::Warning;
}

fn better_of_two(trap: &mut Trap) {
    let worse = found(&trap.plan.cases[0], CaseVerdict::Failed);
    trap.found.insert(0, worse);
}

fn other_clause(trap: &mut Trap) {
    trap.found[0].clause = "A-2".into();
    trap.found[0].verdict = CaseVerdict::Failed;
}

fn never_planned(trap: &mut Trap) {
    trap.plan.cases.clear();
    trap.found = vec![found(&provider("four", "A-1"), CaseVerdict::Passed)];
}

#[test]
fn nothing_that_only_looks_green_conforms() {
    for (what, change, outcome, reason) in OF_THE_RUN.into_iter().chain(OF_CASES) {
        let settled = Trap::with(change);
        assert_eq!(settled.outcome, outcome, "{what}");
        let told = settled.reasons.iter().any(|each| each.contains(reason));
        assert!(told, "{what}: {:?}", settled.reasons);
    }
}

#[test]
fn leave_is_no_pass_and_ends() {
    for (until, verdict, outcome) in
        [(99, CaseVerdict::Failed, Breaches), (100, CaseVerdict::Waived, NoVerdict)]
    {
        let settled = Trap::with(|trap| {
            let (id, clause, reason) = ("L-1".into(), "A-1".into(), "late".into());
            let approver = "the board".into();
            trap.leave.push(Leave { id, clause, reason, approver, until: Day::from_days(until) });
            trap.found[0].verdict = CaseVerdict::Failed;
        });
        assert_eq!((settled.cases[0].verdict, settled.outcome), (verdict, outcome), "{until}");
        let reason = settled.cases[0].reason.as_deref().unwrap_or_default();
        assert!(reason.contains("L-1") && reason.contains("1970-04-1"), "{reason}");
    }
}

#[test]
fn where_the_contract_has_no_clauses_its_constraints_are_clauses() {
    let mut files = ContractFiles::new("c");
    let manifest = "id = 't.t/t'\nversion = '1.2.0'\nstatus = 'in-force'\ntitle = { en = 'T' }\nsteward = 't.t'\n\
                    data-class = 'open'\n[[operation]]\nname = 'make'\nkind = 'two-way'\nrequest = { media-type = 'application/json' }\n";
    files.add("contract.toml", manifest.as_bytes());
    let (contract, _) = Contract::load(&files, &SchemaCache::default());
    let constraint = |place: &str, reason: Option<&str>| Constraint {
        place: place.into(),
        direction: Direction::Request,
        kept: true,
        broken: reason.is_none(),
        reason: reason.map(str::to_owned),
        kept_by: Vec::new(),
    };
    let mut one = provider("one", "o#/a/maxLength");
    one.constraint = Some("o#/a/maxLength".into());
    let plan = Plan {
        constraints: vec![
            constraint("o#/a/maxLength", None),
            constraint("o#/b/const", Some("nothing breaks it alone")),
        ],
        cases: vec![one.clone()],
        ..Plan::default()
    };
    let run = Run {
        plan: &plan,
        contract: contract.as_deref(),
        role: Role::Provider,
        filter: None,
        set_up: &[],
        leave: &[],
        answers: &[("make 201".into(), false)],
        today: Day::from_days(0),
    };
    let settled = settle(&run, vec![found(&one, CaseVerdict::Passed)]);
    let told: Vec<_> =
        settled.clauses.iter().map(|each| (each.id.as_str(), each.level, each.verdict)).collect();
    assert_eq!(
        told,
        [
            ("o#/a/maxLength", Level::Must, CaseVerdict::Passed),
            ("o#/b/const", Level::Must, CaseVerdict::NotTested)
        ]
    );
    assert_eq!(settled.clauses[1].reason.as_deref(), Some("nothing breaks it alone"));
    assert_eq!(
        settled.outcome,
        RunOutcome::Conforms,
        "what no case can test is told, and does not count"
    );
    let coverage = settled.coverage;
    assert_eq!((coverage.constraints, coverage.kept, coverage.broken), (2, 1, 0));
    let missing: Vec<&str> = coverage.missing.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(missing, ["o#/a/maxLength", "o#/b/const", "make 201"]);
}

/// Cases of one kind with these statuses; each breaks its own constraint.
fn defects_of(kind: Kind, statuses: &[Option<&str>]) -> Vec<Defect> {
    let cases: Vec<Case> = (0..statuses.len())
        .map(|at| {
            let constraint = Some(format!("o#/{at}"));
            Case { kind, constraint, ..provider(&format!("case-{at}"), "A-1") }
        })
        .collect();
    let results: Vec<CaseResult> = cases
        .iter()
        .zip(statuses)
        .map(|(case, actual)| match actual {
            Some(actual) => {
                CaseResult { differences: vec![status(actual)], ..found(case, CaseVerdict::Failed) }
            }
            None => found(case, CaseVerdict::Passed),
        })
        .collect();
    defects::defects(&cases, &results)
}

#[test]
fn failures_with_one_cause_are_one_defect() {
    let count = |kind, statuses: &[Option<&str>]| defects_of(kind, statuses).len();
    assert_eq!(
        count(Kind::Negative, &[Some("201"), Some("201"), None]),
        2,
        "two checks are missing"
    );
    assert_eq!(
        count(Kind::Negative, &[Some("201"), Some("201"), Some("201")]),
        1,
        "nothing is checked"
    );
    assert_eq!(count(Kind::Negative, &[Some("500"), Some("500"), None]), 1, "it breaks down");
    assert_eq!(count(Kind::Negative, &[Some("500"), Some("201"), None]), 2);
    assert_eq!(count(Kind::Positive, &[None, None]), 0);
    let one = &defects_of(Kind::Positive, &[Some("404"), Some("404"), Some("404")])[0];
    assert_eq!(one.cases.len(), 3);
    assert_eq!(one.sentence, "make answers requests with 404; expected 422");
}

#[test]
fn an_answer_that_breaks_one_rule_everywhere_is_one_defect() {
    let rule = |path: &str, constraint: Option<&str>| Difference {
        what: "format (V0405)".into(),
        path: Some(path.into()),
        constraint: constraint.map(str::to_owned),
        clause: Some("A-4".into()),
        ..status("")
    };
    let cases: Vec<Case> = ["a", "b", "c"].map(|id| provider(id, "A-1")).into();
    let differences = [
        vec![rule("/items/0/time", Some("o#/time/format"))],
        vec![rule("/items/7/time", Some("o#/time/format")), rule("/name", None)],
        vec![rule("/name", None)],
    ];
    let results: Vec<CaseResult> = cases
        .iter()
        .zip(differences)
        .map(|(case, differences)| CaseResult { differences, ..found(case, CaseVerdict::Failed) })
        .collect();
    let defects = defects::defects(&cases, &results);
    let told: Vec<_> = defects
        .iter()
        .map(|each| (each.cases.iter().map(CaseId::as_str).collect::<Vec<_>>(), &each.clauses[..]))
        .collect();
    assert_eq!(
        told[0],
        (vec!["a", "b"], &["A-4".to_owned()][..]),
        "the case that shows nothing else comes first"
    );
    assert_eq!(told[1].0, ["c", "b"]);
    assert_eq!(told.len(), 2);
}
