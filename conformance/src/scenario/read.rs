//! Reading workflows, with every fault at once.

use super::step;
use crate::{
    case::{Case, CaseId, Kind, Level, Play, Role, Step},
    packs::Requests,
};
use serde_json::{Map, Value};
use sluse_contracts::{
    Code, Contract, ContractFiles, Finding, code, schema::Tree, settings::nearest,
};

/// Most workflows of a contract.
const WORKFLOWS_MAX: usize = 1_000;

/// Most steps of a workflow.
const STEPS_MAX: usize = 200;

/// The cases of the workflows beside a contract's suite, and what is wrong with the files.
pub fn read(
    files: &ContractFiles,
    contract: &Contract,
    requests: &dyn Requests,
) -> (Vec<Case>, Vec<Finding>) {
    let mut cases = Vec::new();
    let mut findings = Vec::new();
    for (path, file) in files.below("suite/") {
        if ![".arazzo.yaml", ".arazzo.yml", ".arazzo.json"].iter().any(|end| path.ends_with(end)) {
            continue;
        }
        let shown = files.shown(path);
        match Tree::read(path, &file.bytes) {
            Err(fault) => findings.push(fault.finding(&shown)),
            Ok(tree) => {
                let mut reading =
                    Reading { tree: &tree, file: &shown, contract, requests, findings: Vec::new() };
                cases.extend(reading.document());
                reading.findings.sort_by_key(|each| (each.line, each.column));
                findings.append(&mut reading.findings);
            }
        }
    }
    if findings.iter().any(Finding::is_error) {
        cases.clear();
    }
    (cases, findings)
}

/// One file, and what its names are looked up in.
pub(super) struct Reading<'r> {
    tree: &'r Tree,
    file: &'r str,
    pub(super) contract: &'r Contract,
    pub(super) requests: &'r dyn Requests,
    findings: Vec<Finding>,
}

impl Reading<'_> {
    fn document(&mut self) -> Vec<Case> {
        let tree = self.tree;
        let Some(root) = self.object("", &tree.value) else { return Vec::new() };
        let version = root.get("arazzo").and_then(Value::as_str).unwrap_or_default();
        if !["1.0.", "1.1."].iter().any(|known| version.starts_with(known)) {
            self.refuse("/arazzo", "the file does not say that it is of Arazzo 1.0 or 1.1");
        }
        self.known("", root, &["arazzo", "info", "sourceDescriptions", "workflows"]);
        let workflows = root.get("workflows").and_then(Value::as_array);
        let Some(workflows) = workflows.filter(|list| list.len() <= WORKFLOWS_MAX) else {
            self.refuse("/workflows", &format!("there must be workflows, at most {WORKFLOWS_MAX}"));
            return Vec::new();
        };
        let each = workflows.iter().enumerate();
        each.flat_map(|(at, value)| self.workflow(&format!("/workflows/{at}"), value)).collect()
    }

    fn workflow(&mut self, at: &str, value: &Value) -> Vec<Case> {
        let Some(workflow) = self.object(at, value) else { return Vec::new() };
        let words = ["workflowId", "summary", "description", "inputs", "steps", "outputs"];
        let own = ["x-sluse-clauses", "x-sluse-role"];
        self.known(at, workflow, &[&words[..], &own[..]].concat());
        if workflow.get("x-sluse-role").is_some_and(|role| role != "provider") {
            let sentence =
                "scenarios are played with providers; what consumers do stands in `[[behaviour]]`";
            self.refuse(&format!("{at}/x-sluse-role"), sentence);
        }
        let Some(name) = self.text(at, workflow, "workflowId") else { return Vec::new() };
        let steps = self.steps(at, workflow);
        let summary = workflow.get("summary").and_then(Value::as_str).unwrap_or(&name);
        let clauses = self.clauses(at, workflow);
        let alone = clauses.len() == 1;
        let case = |(clause, level): (String, Level)| {
            let id = if alone { name.clone() } else { format!("{name}.{clause}") };
            Some(Case {
                id: CaseId::of(&format!("scenario.{id}"))?,
                sentence: sentence(summary),
                clause,
                level,
                role: Role::Provider,
                kind: Kind::Scenario,
                operation: None,
                constraint: None,
                alone: false,
                play: Play::Call(steps.clone()),
            })
        };
        clauses.into_iter().filter_map(case).collect()
    }

    fn steps(&mut self, at: &str, workflow: &Map<String, Value>) -> Vec<Step> {
        let list = workflow.get("steps").and_then(Value::as_array);
        let Some(list) = list.filter(|list| !list.is_empty() && list.len() <= STEPS_MAX) else {
            self.refuse(&format!("{at}/steps"), &format!("a workflow has 1 to {STEPS_MAX} steps"));
            return Vec::new();
        };
        let mut steps: Vec<Step> = Vec::new();
        for (number, value) in list.iter().enumerate() {
            let place = format!("{at}/steps/{number}");
            let Some(step) = step::read(self, &place, value) else { continue };
            if steps.iter().any(|each| each.name == step.name) {
                self.tell(&format!("{place}/stepId"), code::DUPLICATE, "two steps have this name");
            }
            steps.push(step);
        }
        steps
    }

    /// The clauses that a workflow is about; the workflow itself where it names none.
    fn clauses(&mut self, at: &str, workflow: &Map<String, Value>) -> Vec<(String, Level)> {
        let Some(named) = workflow.get("x-sluse-clauses") else {
            return vec![(format!("{}#{at}", self.file), Level::Must)];
        };
        let clauses = self.contract.clauses();
        let ids: Vec<&str> = clauses.all().iter().map(|clause| clause.id.as_str()).collect();
        let mut found = Vec::new();
        for (number, value) in named.as_array().into_iter().flatten().enumerate() {
            let id = value.as_str().unwrap_or_default();
            match clauses.all().iter().find(|clause| clause.id == id) {
                Some(clause) => found.push((id.to_owned(), clause.level)),
                None => {
                    let place = format!("{at}/x-sluse-clauses/{number}");
                    self.unknown(&place, "the contract has no clause of this id", id, &ids);
                }
            }
        }
        found
    }

    pub(super) fn object<'v>(
        &mut self,
        at: &str,
        value: &'v Value,
    ) -> Option<&'v Map<String, Value>> {
        if value.as_object().is_none() {
            self.refuse(at, "this must be an object");
        }
        value.as_object()
    }

    pub(super) fn text(&mut self, at: &str, of: &Map<String, Value>, key: &str) -> Option<String> {
        let text = of.get(key).and_then(Value::as_str);
        if text.is_none() {
            self.refuse(at, &format!("`{key}` must be here, as a text"));
        }
        text.map(str::to_owned)
    }

    /// Refuses what is not among these words: what is not understood would not be tested.
    pub(super) fn known(&mut self, at: &str, of: &Map<String, Value>, words: &[&str]) {
        let unknown = |key: &&String| !words.contains(&key.as_str()) && !is_foreign(key);
        for key in of.keys().filter(unknown) {
            let place = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
            self.unknown(&place, &format!("`{key}` is not supported here"), key, words);
        }
    }

    pub(super) fn refuse(&mut self, at: &str, sentence: &str) {
        self.tell(at, code::WORKFLOW_UNSUPPORTED, sentence);
    }

    pub(super) fn unknown(&mut self, at: &str, sentence: &str, word: &str, known: &[&str]) {
        let hint = match nearest(word, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", known.join(", ")),
        };
        self.tell(at, code::WORKFLOW_UNSUPPORTED, sentence);
        if let Some(last) = self.findings.pop() {
            self.findings.push(last.hint(hint));
        }
    }

    fn tell(&mut self, at: &str, code: Code, sentence: &str) {
        let mut finding = Finding::in_file(self.file, code, sentence);
        if let Some(place) = self.tree.nearest_place(at) {
            finding = finding.at(place.line, place.column);
        }
        self.findings.push(finding);
    }
}

/// Extensions of others mean nothing here.
fn is_foreign(key: &str) -> bool {
    key.starts_with("x-") && !key.starts_with("x-sluse-")
}

fn sentence(summary: &str) -> String {
    let end = if summary.ends_with('.') { "" } else { "." };
    format!("{summary}{end}")
}
