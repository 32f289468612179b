//! One case, once: its steps in order, and what became of it.

use super::{Runner, check, failed, judged, keep, shown, untested, value::Read};
use crate::{
    case::{Body, Case, Check, Credentials, Kind, Purpose, Request, Statuses, Step},
    packs::numbered,
    result::{CaseResult, CaseVerdict, Difference, Exchanged, Renewed},
    target::{Answer, NoAnswer, Sent},
    template::{Part, Slot, Template},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// How often one request is sent again, at most, because the system was asked too often.
const AGAIN_MAX: usize = 5;

/// Requests that are sent at once, at most.
const TOGETHER_MAX: usize = 64;

/// How a step ended.
pub(super) enum Ended {
    /// As it must.
    Held,
    /// Only something that should be otherwise.
    Warned(Vec<Difference>),
    /// Not as it must.
    Differs(Vec<Difference>),
    /// The set-up is at fault.
    SetUp(String),
    /// It could not be tried.
    NotTested(String),
}

/// A case under way.
pub(super) struct Attempt<'a> {
    pub(super) runner: Runner<'a>,
    case: &'a Case,
    fresh: BTreeMap<String, String>,
    captured: BTreeMap<String, String>,
    /// The first answer of each step.
    pub(super) earlier: BTreeMap<String, Read>,
    /// The first request of each step.
    sent: BTreeMap<String, Sent>,
    /// What the walks of earlier steps met.
    pub(super) met: BTreeMap<String, BTreeMap<String, String>>,
    exchanges: Vec<Exchanged>,
    /// What answers told, in order.
    told: Vec<Renewed>,
    warnings: Vec<Difference>,
    micros: u64,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(runner: Runner<'a>, case: &'a Case) -> Self {
        Self {
            runner,
            case,
            fresh: BTreeMap::new(),
            captured: BTreeMap::new(),
            earlier: BTreeMap::new(),
            sent: BTreeMap::new(),
            met: BTreeMap::new(),
            exchanges: Vec::new(),
            told: Vec::new(),
            warnings: Vec::new(),
            micros: 0,
        }
    }

    /// Plays the steps up to the first that does not hold, then those that leave the system as it was.
    pub(super) fn play(mut self, steps: &[Step]) -> CaseResult {
        let mut ended = Ended::Held;
        for step in steps.iter().filter(|step| step.purpose != Purpose::Restore) {
            ended = self.step(step);
            match ended {
                Ended::Held => {}
                Ended::Warned(differences) => {
                    self.warnings.extend(differences);
                    ended = Ended::Held;
                }
                _ => break,
            }
        }
        self.restore(steps);
        self.finish(ended)
    }

    /// What another run finds otherwise.
    fn renewed(&self) -> Vec<Renewed> {
        let made_up = |(name, value): (&String, &String)| Renewed {
            name: name.clone(),
            value: value.clone(),
            step: None,
            from: None,
        };
        self.fresh.iter().map(made_up).chain(self.told.iter().cloned()).collect()
    }

    /// Leaves the system as it was. What two steps would delete is deleted once.
    fn restore(&mut self, steps: &[Step]) {
        let mut removed = BTreeSet::new();
        for step in steps.iter().filter(|step| step.purpose == Purpose::Restore) {
            let Some(request) = step.requests.first() else { continue };
            let sent = self.fill(request);
            if sent.is_ok_and(|sent| sent.method != "DELETE" || removed.insert(sent.path)) {
                let _ = self.step(step);
            }
        }
    }

    fn finish(self, ended: Ended) -> CaseResult {
        let tests = matches!(ended, Ended::Held);
        let renewed = self.renewed();
        let (verdict, reason, differences) = match ended {
            Ended::Held | Ended::Warned(_) if self.warnings.is_empty() => {
                (CaseVerdict::Passed, None, Vec::new())
            }
            Ended::Held | Ended::Warned(_) => (CaseVerdict::Warning, None, self.warnings),
            Ended::Differs(differences) => (failed(self.case), None, differences),
            Ended::SetUp(why) => (CaseVerdict::SetUp, Some(why), Vec::new()),
            Ended::NotTested(why) => (CaseVerdict::NotTested, Some(why), Vec::new()),
        };
        let keeps = self.runner.options.keep_all || !tests || verdict != CaseVerdict::Passed;
        CaseResult {
            reason,
            differences,
            renewed: if keeps { renewed } else { Vec::new() },
            exchanges: if keeps { self.exchanges } else { Vec::new() },
            micros: self.micros,
            ..untested(self.case, verdict)
        }
    }

    fn step(&mut self, step: &Step) -> Ended {
        let mut requests = Vec::new();
        for request in step.requests.iter().take(TOGETHER_MAX) {
            match self.fill(request) {
                Ok(sent) => requests.push(sent),
                Err(slot) => return missing(&slot),
            }
        }
        if step.wait_ms > 0 {
            self.runner.target.wait(Duration::from_millis(step.wait_ms));
        }
        let mut ended = self.exchange(step, &requests);
        if let (Ended::Held | Ended::Warned(_), Some(walk)) = (&ended, &step.walk)
            && let Some(first) = requests.first()
        {
            let walked = self.walk(step, walk, first);
            ended = if matches!(walked, Ended::Held) { ended } else { walked };
        }
        if step.purpose == Purpose::Prepare { unprepared(ended, step) } else { ended }
    }

    /// Sends the requests of a step and says what came of them.
    pub(super) fn exchange(&mut self, step: &Step, requests: &[Sent]) -> Ended {
        let answers = match requests {
            [only] => vec![self.patiently(step, only)],
            several => self.runner.target.send_together(several),
        };
        for (sent, answer) in requests.iter().zip(&answers) {
            self.micros = self.micros.saturating_add(answer.as_ref().map_or(0, |a| a.micros));
            let exchanged = keep::exchange(&step.name, sent, answer, self.runner.target);
            keep::add(&mut self.exchanges, exchanged);
        }
        self.assess(step, requests, answers)
    }

    /// Sends a request. Where the system is asked too often, it is sent again when the system says, as long as the target
    /// has patience: a rate limit is no answer to what the case asks, and is not kept.
    fn patiently(&self, step: &Step, sent: &Sent) -> Result<Answer, NoAnswer> {
        let target = self.runner.target;
        let mut answer = target.send(sent);
        for _ in 0..AGAIN_MAX {
            let wait = answer.as_ref().ok().and_then(Answer::asks_for_patience);
            let Some(wait) = wait.filter(|_| !asks_for(step, 429)) else { break };
            if !target.hold(wait) {
                break;
            }
            answer = target.send(sent);
        }
        answer
    }

    /// Says how the step ended, and keeps what later steps need.
    fn assess(
        &mut self,
        step: &Step,
        requests: &[Sent],
        answers: Vec<Result<Answer, NoAnswer>>,
    ) -> Ended {
        let mut differences = Vec::new();
        let mut warnings = Vec::new();
        let mut reads = Vec::new();
        for ((request, sent), answer) in step.requests.iter().zip(requests).zip(answers) {
            let answer = match answer {
                Ok(answer) => answer,
                Err(why) => return self.unanswered(step, why),
            };
            if let Some(why) = self.hampered(step, request, &answer) {
                return Ended::SetUp(why);
            }
            let read = Read::of(answer, self.runner.contract);
            if let Some(mut difference) = status(step, sent, &read.answer) {
                if self.case.kind == Kind::Positive && taken_otherwise(step, &read.answer) {
                    let found = judged::judge(self.runner, step, request, sent, &read);
                    difference.clause = found.errors.into_iter().find_map(|each| each.clause);
                }
                differences.push(difference);
            } else if step.expect.judged {
                let found = judged::judge(self.runner, step, request, sent, &read);
                differences.extend(found.errors);
                warnings.extend(found.warnings);
            }
            reads.push(read);
        }
        if differences.is_empty() {
            let fill = |template: &Template| self.filled(template);
            differences = check::all(step, &reads, (&self.earlier, &self.sent), fill);
        }
        self.leave(step, &reads);
        if differences.is_empty() {
            let good = reads.iter().find(|read| Statuses::class(2).holds(read.answer.status));
            differences = self.capture(step, good.or(reads.first()));
        }
        if let Some(first) = requests.first() {
            self.sent.insert(step.name.clone(), first.clone());
        }
        if let Some(first) = reads.into_iter().next() {
            self.earlier.insert(step.name.clone(), first);
        }
        if let Some(clause) = &step.clause {
            let own = |each: &mut Difference| {
                each.clause.get_or_insert_with(|| clause.clone());
            };
            differences.iter_mut().for_each(own);
        }
        let hide = |difference: Difference| shown::hidden(difference, self.runner.target.secrets());
        if !differences.is_empty() {
            return Ended::Differs(differences.into_iter().map(hide).collect());
        }
        if warnings.is_empty() {
            return Ended::Held;
        }
        Ended::Warned(warnings.into_iter().map(hide).collect())
    }

    /// No answer came: whose fault that is.
    fn unanswered(&self, step: &Step, why: NoAnswer) -> Ended {
        match why {
            NoAnswer::Unreachable | NoAnswer::NoCredentials => Ended::SetUp(why.to_string()),
            NoAnswer::Budget | NoAnswer::Unsendable => Ended::NotTested(why.to_string()),
            NoAnswer::Closed | NoAnswer::TooSlow | NoAnswer::TooLarge | NoAnswer::NotHttp => {
                Ended::Differs(vec![shown::no_answer(step, why)])
            }
        }
    }

    /// Why an answer says nothing of the clause: the caller may not ask, asks too often, or asks a system that is
    /// another than it was.
    fn hampered(&self, step: &Step, request: &Request, answer: &Answer) -> Option<String> {
        if let Some((name, before)) = &self.runner.options.version
            && let Some(now) = answer.header(name)
            && now != before
        {
            return Some(format!(
                "the system was changed during the run: `{name}` said `{before}` before and says `{now}` now"
            ));
        }
        if asks_for(step, answer.status) {
            return None;
        }
        let own = request.credentials == Credentials::Own && self.case.kind != Kind::Security;
        let prepares = step.purpose == Purpose::Prepare;
        let fits = step.expect.statuses.iter().any(|range| range.holds(answer.status));
        match answer.status {
            429 => Some(
                "the system refuses to be asked so often (429); `rate-per-second` of the file's limits bounds how often it is"
                    .to_owned(),
            ),
            401 if own => Some("the system does not take the credentials (401)".to_owned()),
            // A message that is refused with another status than the contract's is an answer, if a wrong one.
            403 if own && (self.case.kind != Kind::Negative || prepares || fits) => {
                Some(forbidden(step, request, self.case.kind == Kind::Negative && !prepares))
            }
            407 => Some("a proxy before the system asks for credentials (407)".to_owned()),
            _ => None,
        }
    }

    /// Takes what later removes what the answers say was made.
    fn leave(&mut self, step: &Step, reads: &[Read]) {
        let taken = |(_, read): &(usize, &Read)| Statuses::class(2).holds(read.answer.status);
        for (at, read) in reads.iter().enumerate().filter(taken) {
            for left in &step.left {
                let Some(value) = read.value(&left.from) else { continue };
                let text = if left.last_segment { last_segment(&value.text) } else { value.text };
                self.captured.insert(numbered(&left.name, at), text);
            }
        }
    }

    fn capture(&mut self, step: &Step, first: Option<&Read>) -> Vec<Difference> {
        let mut missing = Vec::new();
        for capture in &step.captures {
            match first.and_then(|read| read.value(&capture.from)) {
                Some(value) => {
                    let text =
                        if capture.last_segment { last_segment(&value.text) } else { value.text };
                    self.told.push(Renewed {
                        name: capture.name.clone(),
                        value: self.runner.target.secrets().hide_text(&text),
                        step: Some(step.name.clone()),
                        from: Some(capture.from.clone()),
                    });
                    self.captured.insert(capture.name.clone(), text);
                }
                None => missing.push(shown::absent(step, &capture.from)),
            }
        }
        missing
    }

    pub(super) fn fill(&mut self, request: &Request) -> Result<Sent, Slot> {
        self.draw(&request.path);
        request.headers.iter().for_each(|(_, value)| self.draw(value));
        let body = match &request.body {
            Body::None => None,
            Body::Text(text) => {
                self.draw(text);
                Some(self.filled(text)?.into_bytes())
            }
            Body::Coded(coding, text) => {
                self.draw(text);
                Some(coding.encode(&self.filled(text)?))
            }
            Body::Bytes(bytes) => Some(bytes.clone()),
        };
        let mut headers = Vec::new();
        for (name, value) in &request.headers {
            headers.push((name.clone(), self.filled(value)?));
        }
        let (method, credentials) = (request.method.clone(), request.credentials.clone());
        let mut path = self.filled(&request.path)?;
        if let [Part::Slot(Slot::Captured(_))] = request.path.parts() {
            // What an answer told is an address, or a path from the host's root.
            path = self.runner.target.below(&path).unwrap_or(path);
        }
        Ok(Sent { method, path, headers, body, credentials })
    }

    /// Makes the fresh values that a template asks for, each once in a case.
    fn draw(&mut self, template: &Template) {
        for slot in template.slots() {
            if let Slot::Fresh(name) = slot
                && !self.fresh.contains_key(name)
            {
                self.fresh.insert(name.clone(), self.runner.target.fresh(name));
            }
        }
    }

    pub(super) fn filled(&self, template: &Template) -> Result<String, Slot> {
        template.fill(|slot| match slot {
            Slot::Fresh(name) => self.fresh.get(name).cloned(),
            Slot::Captured(name) => self.captured.get(name).cloned(),
            Slot::Secret(name) | Slot::Given(name) => self.runner.target.given(name),
        })
    }
}

/// The last segment of an address's path.
fn last_segment(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned()
}

/// A slot that nothing is known for.
pub(super) fn missing(slot: &Slot) -> Ended {
    match slot {
        Slot::Secret(name) => Ended::SetUp(format!("the secret `{name}` is not there")),
        Slot::Given(name) => Ended::SetUp(format!("the test data `{name}` is not there")),
        Slot::Captured(name) | Slot::Fresh(name) => {
            Ended::NotTested(format!("no step before gave `{name}`"))
        }
    }
}

/// A preparation that failed: the case was not tested, and where the supplier's test data may be used up, the set-up is
/// at fault.
fn unprepared(ended: Ended, step: &Step) -> Ended {
    let Ended::Differs(differences) = ended else { return ended };
    let name = &step.name;
    let why = differences
        .first()
        .map(|difference| format!("expected {}, found {}", difference.expected, difference.actual));
    let why = why.unwrap_or_default();
    let given = step.requests.iter().flat_map(given_in).next();
    let gone = differences.iter().any(|each| {
        each.what == "status" && ["404", "409", "410"].iter().any(|s| each.actual.starts_with(s))
    });
    match given.filter(|_| gone) {
        Some(data) => Ended::SetUp(format!(
            "the test data `{data}` may be used up or unknown to the system: in `{name}`, {why}"
        )),
        None => Ended::NotTested(format!("what it needs could not be made: in `{name}`, {why}")),
    }
}

/// The names of the supplier's test data in a request.
fn given_in(request: &Request) -> Vec<&str> {
    let body = request.body.template();
    let headers = request.headers.iter().map(|(_, value)| value);
    let templates = std::iter::once(&request.path).chain(headers).chain(body);
    let slots = templates.flat_map(Template::slots);
    slots
        .filter_map(|slot| match slot {
            Slot::Given(name) => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

/// What 403 to the own credentials says: not that the message is wrong.
fn forbidden(step: &Step, request: &Request, is_wrong: bool) -> String {
    let doing = request.operation.as_ref().unwrap_or(&step.name);
    let why = if is_wrong {
        "so it is not known whether the system would find what is wrong with the message"
    } else {
        "though the message keeps to the contract and must be taken"
    };
    format!("the credentials may not do `{doing}` (403), {why}")
}

/// Whether a step asks for just this status.
fn asks_for(step: &Step, status: u16) -> bool {
    step.expect.names(status) || step.expect.checks.iter().any(|check| counts(check, status))
}

/// Whether a check counts answers of this status.
fn counts(check: &Check, status: u16) -> bool {
    matches!(check, Check::Count { statuses, .. } if *statuses == Statuses::only(status))
}

/// Whether a request was taken as it must be, and only the status is another good one: that breaks what the contract says
/// of answers, not what it says of requests.
fn taken_otherwise(step: &Step, answer: &Answer) -> bool {
    let good = Statuses::class(2);
    let wanted = step.expect.statuses.iter().any(|range| good.holds(range.from));
    step.expect.judged && wanted && good.holds(answer.status)
}

fn status(step: &Step, sent: &Sent, answer: &Answer) -> Option<Difference> {
    let wanted = &step.expect.statuses;
    let fits = wanted.is_empty() || wanted.iter().any(|range| range.holds(answer.status));
    (!fits).then(|| shown::status(step, sent, answer))
}
