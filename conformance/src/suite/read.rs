//! Reading `suite/suite.toml`, with every fault at once: what it names must be in the contract.

use super::{
    Answers, Behaviour, Events, FaultSide, FaultTold, Fresh, FreshForm, Given, Idempotency, Paging,
    Preconditions, Profile, Refusal, Resource, Security, Spot, Suite, Tls, WHOLE,
};
use crate::{
    case::{Inject, Source, Statuses},
    walk::Next,
};
use sluse_contracts::{
    Contract, ContractFiles, Finding, code,
    settings::{Place, Placed, Settings, Table, nearest},
};
use std::collections::BTreeMap;

/// The file's path below the contract's folder.
pub const FILE: &str = "suite/suite.toml";

/// Longest a suite may ask a run to wait at one place, in milliseconds.
const WAIT_MS_MAX: u64 = 600_000;

/// Most pages that a suite may ask a walk to take.
const PAGES_MAX: u64 = 10_000;

const FORMS: &[(&str, FreshForm)] =
    &[("uuid", FreshForm::Uuid), ("digits", FreshForm::Digits), ("text", FreshForm::Text)];

const REFUSALS: &[(&str, Refusal)] = &[
    ("syntax", Refusal::Syntax),
    ("schema", Refusal::Schema),
    ("media-type", Refusal::MediaType),
    ("accept", Refusal::Accept),
    ("method", Refusal::Method),
    ("path", Refusal::Path),
];

const SIDES: &[(&str, FaultSide)] =
    &[("consumer", FaultSide::Consumer), ("provider", FaultSide::Provider)];

/// Longest `Retry-After` that a suite may ask for, in seconds.
const RETRY_AFTER_S_MAX: u64 = 60;

/// What may be brought about, with the time where the suite says none.
const INJECTS: &[(&str, Inject)] = &[
    ("unavailable", Inject::Unavailable(1)),
    ("too-many", Inject::TooMany(1)),
    ("lost-answer", Inject::LostAnswer),
    ("slow", Inject::Slow(3_000)),
    ("stale", Inject::Stale),
    ("failing", Inject::Failing(3)),
    ("duplicate", Inject::Duplicate),
    ("out-of-order", Inject::OutOfOrder),
];

/// How long is looked for what a consumer does, where the suite says nothing, in seconds.
const WITHIN_S: u64 = 10;

/// Longest that a suite may ask to look for what a consumer does, in seconds.
const WITHIN_S_MAX: u64 = 600;

/// Most failures in a row that a suite may ask for.
const TRIES_MAX: u64 = 10;

/// What may be demanded of a consumer.
const REACTIONS: &[&str] =
    &["retries", "same-key", "waits", "reads-anew", "backs-off", "acts-once", "in-order"];

/// Reads the suite of a contract; a contract without one has an empty suite.
pub fn read(files: &ContractFiles, contract: &Contract) -> (Suite, Vec<Finding>) {
    let mut findings = Vec::new();
    let Some(file) = files.get(FILE) else { return (Suite::default(), findings) };
    let shown = files.shown(FILE);
    let Some(settings) = Settings::parse_bytes(&shown, &file.bytes, &mut findings) else {
        return (Suite::default(), findings);
    };
    let suite = Reading { contract }.suite(settings.root());
    findings.extend(settings.into_findings());
    (suite, findings)
}

/// What names of a suite are looked up in.
struct Reading<'c> {
    contract: &'c Contract,
}

impl Reading<'_> {
    fn suite(&self, mut root: Table<'_>) -> Suite {
        let mut suite = Suite { version: root.optional_text("version"), ..Suite::default() };
        suite.refusals = root.optional_table("refusals").map(refusals).unwrap_or_default();
        suite.fresh = each(root.tables("fresh"), |table| self.fresh(table));
        suite.given = each(root.tables("given"), |table| self.given(table));
        suite.resources = each(root.tables("resource"), |table| self.resource(table));
        suite.idempotency = each(root.tables("idempotency"), |table| self.idempotency(table));
        suite.preconditions =
            each(root.tables("preconditions"), |table| self.preconditions(&suite, table));
        suite.paging = each(root.tables("paging"), |table| self.paging(&suite, table));
        suite.events = each(root.tables("events"), |table| self.events(&suite, table));
        suite.answers = each(root.tables("answer"), |table| self.answers(table));
        suite.faults = each(root.tables("fault"), |table| self.fault(table));
        suite.behaviours = each(root.tables("behaviour"), |table| self.behaviour(table));
        suite.security = root.optional_table("security").map(|table| self.security(table));
        suite.tls = root.optional_table("tls").map(|table| self.tls(table));
        suite.profiles = each(root.tables("profile"), |table| self.profile(table));
        root.finish();
        suite
    }

    fn profile(&self, table: &mut Table<'_>) -> Option<Profile> {
        let name = table.placed_text("name");
        let what = table.text("what");
        let without = self.operations(table, "without");
        let ids: Vec<&str> =
            self.contract.clauses().all().iter().map(|clause| clause.id.as_str()).collect();
        let mut clauses = Vec::new();
        for named in table.texts("clauses") {
            let one = Profile {
                name: String::new(),
                what: String::new(),
                clauses: vec![named.value.clone()],
                without: Vec::new(),
            };
            if !ids.iter().any(|id| one.holds(id)) {
                report_unknown(table, &named, "the contract has no clause of this id", &ids);
            }
            clauses.push(named.value);
        }
        if clauses.is_empty() {
            table.report_missing("clauses");
        }
        let name = name?;
        if name.value == WHOLE {
            let sentence = "`whole` is every system that keeps to the whole contract";
            table.settings().report(name.place, code::VALUE_WRONG, sentence);
        }
        Some(Profile { name: name.value, what: what?, clauses, without })
    }

    fn fresh(&self, table: &mut Table<'_>) -> Option<Fresh> {
        let name = table.text("name");
        let operations = self.operations(table, "operations");
        let at = table.name::<Spot>("at");
        let prefix = table.optional_text("prefix").unwrap_or_default();
        let form = table.choice("form", FORMS).unwrap_or_default();
        Some(Fresh { name: name?, operations, at: at?, prefix, form })
    }

    fn given(&self, table: &mut Table<'_>) -> Option<Given> {
        let name = table.text("name");
        let what = table.text("what");
        let operations = self.operations(table, "operations");
        let at = table.optional_name::<Spot>("at");
        Some(Given { name: name?, what: what?, operations, at })
    }

    fn resource(&self, table: &mut Table<'_>) -> Option<Resource> {
        let name = table.text("name");
        let create = self.operation(table, "create");
        let id = table.name::<Source>("id");
        let parameter = table.text("parameter");
        let read = self.optional_operation(table, "read");
        let remove = self.optional_operation(table, "remove");
        let etag = table.optional_name::<Source>("etag");
        let compare = pointers(table, "compare");
        let delay_ms = table.whole("delay-ms", 0..=WAIT_MS_MAX).unwrap_or_default();
        let clauses = self.clauses(table, &["read-back", "location", "gone"]);
        let (name, create, id, parameter) = (name?, create?, id?, parameter?);
        Some(Resource {
            name,
            create,
            id,
            parameter,
            read,
            remove,
            etag,
            compare,
            delay_ms,
            clauses,
        })
    }

    fn idempotency(&self, table: &mut Table<'_>) -> Option<Idempotency> {
        let operations = self.operations(table, "operations");
        let key = table.name::<Spot>("key");
        let required = table.flag("required").unwrap_or_default();
        let conflict = statuses(table, "conflict", &[422]);
        let under_way = statuses(table, "under-way", &[409]);
        let words = ["replay", "conflict", "at-once", "missing", "other-consumer"];
        let clauses = self.clauses(table, &words);
        Some(Idempotency { operations, key: key?, required, conflict, under_way, clauses })
    }

    fn preconditions(&self, suite: &Suite, table: &mut Table<'_>) -> Option<Preconditions> {
        let resource = resource_named(suite, table);
        let change = self.operations(table, "change");
        let required = table.flag("required").unwrap_or_default();
        let not_modified = table.flag("not-modified").unwrap_or_default();
        let words = ["match", "stale", "missing", "not-modified", "changes"];
        let clauses = self.clauses(table, &words);
        Some(Preconditions { resource: resource?, change, required, not_modified, clauses })
    }

    fn paging(&self, suite: &Suite, table: &mut Table<'_>) -> Option<Paging> {
        let operation = self.operation(table, "operation");
        let entries = pointer(table, "entries");
        let id = pointer(table, "id");
        let size = table.optional_text("size");
        let next = next(table);
        let resource = table.has("resource").then(|| resource_named(suite, table)).flatten();
        let pages_max = table.whole("pages-max", 1..=PAGES_MAX).unwrap_or(100);
        let clauses = self.clauses(table, &["walk", "insert", "size"]);
        let (operation, entries, id, next) = (operation?, entries?, id?, next?);
        Some(Paging { operation, entries, id, size, next, resource, pages_max, clauses })
    }

    fn events(&self, suite: &Suite, table: &mut Table<'_>) -> Option<Events> {
        let operation = self.operation(table, "operation");
        let entries = pointer(table, "entries");
        let (id, subject) = (pointer(table, "id"), pointer(table, "subject"));
        let order = table.has("order").then(|| pointer(table, "order")).flatten();
        let resource = resource_named(suite, table);
        let delay_ms = table.whole("delay-ms", 0..=WAIT_MS_MAX).unwrap_or_default();
        let next = next(table);
        let clauses = self.clauses(table, &["told", "order", "again"]);
        Some(Events {
            operation: operation?,
            entries: entries?,
            id: id?,
            subject: subject?,
            order,
            resource: resource?,
            delay_ms,
            next: next?,
            clauses,
        })
    }

    fn answers(&self, table: &mut Table<'_>) -> Option<Answers> {
        let operations = self.operations(table, "operations");
        let statuses = statuses(table, "statuses", &[]);
        let repeats = each(table.tables("repeats"), |pair| {
            let (sent, answered) = (pair.name::<Spot>("sent"), pair.name::<Source>("answered"));
            Some((sent?, answered?))
        });
        let clauses = self.clauses(table, &["status", "repeats"]);
        Some(Answers { operations, statuses, repeats, clauses })
    }

    fn fault(&self, table: &mut Table<'_>) -> Option<FaultTold> {
        let name = table.text("name");
        let operations = self.operations(table, "operations");
        let at = table.optional_name::<Spot>("at");
        let value = at.as_ref().and_then(|_| table.text("value"));
        let side = table.choice("side", SIDES);
        let statuses = statuses(table, "statuses", &[]);
        let detail = table.optional_text("detail");
        let clauses = self.clauses(table, &["told"]);
        let when = at.zip(value);
        Some(FaultTold { name: name?, operations, when, side, statuses, detail, clauses })
    }

    fn behaviour(&self, table: &mut Table<'_>) -> Option<Behaviour> {
        let inject = table.required_choice("inject", INJECTS);
        let after_s = table.whole("retry-after-s", 1..=RETRY_AFTER_S_MAX);
        let slow_ms = table.whole("slow-ms", 1..=WAIT_MS_MAX);
        let tries = table.whole("tries", 1..=TRIES_MAX);
        let within_s = table.whole("within-s", 1..=WITHIN_S_MAX).unwrap_or(WITHIN_S);
        let spread_ms = table.whole("spread-ms", 1..=WAIT_MS_MAX).unwrap_or(1_000);
        let operations = self.operations(table, "operations");
        let acts = self.operations(table, "acts");
        let clauses = self.clauses(table, REACTIONS);
        let inject = match inject? {
            Inject::Unavailable(default) => Inject::Unavailable(after_s.unwrap_or(default)),
            Inject::TooMany(default) => Inject::TooMany(after_s.unwrap_or(default)),
            Inject::Slow(default) => Inject::Slow(slow_ms.unwrap_or(default)),
            Inject::Failing(default) => Inject::Failing(tries.unwrap_or(default)),
            inject => inject,
        };
        let within_ms = within_s * 1_000;
        Some(Behaviour { inject, operations, within_ms, spread_ms, acts, clauses })
    }

    fn security(&self, mut table: Table<'_>) -> Security {
        let texts = |list: Vec<Placed<String>>| list.into_iter().map(|each| each.value).collect();
        let operations = self.operations(&mut table, "operations");
        let unauthorized: Vec<String> = texts(table.texts("unauthorized"));
        let forbidden: Vec<String> = texts(table.texts("forbidden"));
        let other = table.optional_text("other");
        let mut words = vec!["none", "other", "shown"];
        words.extend(unauthorized.iter().chain(&forbidden).map(String::as_str));
        let clauses = self.clauses(&mut table, &words);
        table.finish();
        Security { operations, unauthorized, forbidden, other, clauses }
    }

    fn tls(&self, mut table: Table<'_>) -> Tls {
        let clauses = self.clauses(&mut table, &["certificate", "old-versions", "plain"]);
        table.finish();
        Tls { clauses }
    }

    fn operation(&self, table: &mut Table<'_>, key: &'static str) -> Option<String> {
        let name = table.placed_text(key)?;
        self.known_operation(table, &name).then_some(name.value)
    }

    fn optional_operation(&self, table: &mut Table<'_>, key: &'static str) -> Option<String> {
        let name = table.optional_placed_text(key)?;
        self.known_operation(table, &name).then_some(name.value)
    }

    fn operations(&self, table: &mut Table<'_>, key: &'static str) -> Vec<String> {
        let names = table.texts(key);
        let known = names.into_iter().filter(|name| self.known_operation(table, name));
        known.map(|name| name.value).collect()
    }

    fn known_operation(&self, table: &Table<'_>, name: &Placed<String>) -> bool {
        let known = self.contract.operation(&name.value).is_some();
        if !known {
            let sentence = "the contract has no operation of this name";
            report_unknown(table, name, sentence, &self.contract.operations());
        }
        known
    }

    /// The table `clauses`: what is tested, and the clause that demands it.
    fn clauses(&self, table: &mut Table<'_>, words: &[&str]) -> BTreeMap<String, String> {
        let clauses = self.contract.clauses();
        let ids: Vec<&str> = clauses.all().iter().map(|clause| clause.id.as_str()).collect();
        let mut found = BTreeMap::new();
        let Some(mut table) = table.optional_table("clauses") else { return found };
        for (word, value) in table.entries() {
            let Some(id) = value.placed_text() else { continue };
            if !words.contains(&word.value) {
                let named = Placed { value: word.value.to_owned(), place: word.place };
                report_unknown(&table, &named, "nothing of this name is tested here", words);
            }
            if !ids.contains(&id.value.as_str()) {
                report_unknown(&table, &id, "the contract has no clause of this id", &ids);
            }
            found.insert(word.value.to_owned(), id.value);
        }
        found
    }
}

fn each<T>(tables: Vec<Table<'_>>, read: impl Fn(&mut Table<'_>) -> Option<T>) -> Vec<T> {
    let read = |mut table: Table<'_>| {
        let value = read(&mut table);
        table.finish();
        value
    };
    tables.into_iter().filter_map(read).collect()
}

fn report_unknown(table: &Table<'_>, name: &Placed<String>, sentence: &str, known: &[&str]) {
    let hint = match nearest(&name.value, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "it has none".to_owned(),
        None => format!("there are {}", known.join(", ")),
    };
    let settings = table.settings();
    let place: Place = name.place;
    settings.report_with_hint(place, code::SUITE_UNKNOWN, sentence, hint);
}

fn resource_named(suite: &Suite, table: &mut Table<'_>) -> Option<String> {
    let name = table.placed_text("resource")?;
    let known: Vec<&str> = suite.resources.iter().map(|each| each.name.as_str()).collect();
    if known.contains(&name.value.as_str()) {
        return Some(name.value);
    }
    report_unknown(table, &name, "the suite has no resource of this name", &known);
    None
}

fn refusals(mut table: Table<'_>) -> BTreeMap<Refusal, Vec<Statuses>> {
    let mut found = BTreeMap::new();
    for (word, refusal) in REFUSALS {
        let listed = statuses(&mut table, word, &[]);
        if !listed.is_empty() {
            found.insert(*refusal, listed);
        }
    }
    table.finish();
    found
}

/// A list of statuses: `409`, or `"4xx"` for a class.
fn statuses(table: &mut Table<'_>, key: &'static str, default: &[u16]) -> Vec<Statuses> {
    let Some(value) = table.value(key) else {
        return default.iter().copied().map(Statuses::only).collect();
    };
    let mut found = Vec::new();
    for each in value.list() {
        let text = each.is_text().then(|| each.text()).flatten();
        let class = text.as_deref().and_then(|text| text.strip_suffix("xx"));
        match class.map(|digit| digit.parse::<u16>()) {
            Some(Ok(class @ 1..=5)) => found.push(Statuses::class(class)),
            _ if each.is_text() => each.refuse("a status is a number, or a class such as \"4xx\""),
            _ => found.extend(
                each.whole(100..=599)
                    .and_then(|status| u16::try_from(status).ok())
                    .map(Statuses::only),
            ),
        }
    }
    found
}

fn pointer(table: &mut Table<'_>, key: &'static str) -> Option<String> {
    let text = table.placed_text(key)?;
    is_pointer(table, &text).then_some(text.value)
}

fn pointers(table: &mut Table<'_>, key: &'static str) -> Vec<String> {
    let texts = table.texts(key);
    let good = texts.into_iter().filter(|text| is_pointer(table, text));
    good.map(|text| text.value).collect()
}

fn is_pointer(table: &Table<'_>, text: &Placed<String>) -> bool {
    let good = text.value.is_empty() || text.value.starts_with('/');
    if !good {
        let sentence = "a JSON Pointer is empty or begins with `/` (RFC 6901)";
        table.settings().report(text.place, code::VALUE_WRONG, sentence);
    }
    good
}

/// How the next page is found: `next = "link"`, or the place of a cursor with `cursor = PARAMETER`, or of an address.
fn next(table: &mut Table<'_>) -> Option<Next> {
    let text = table.placed_text("next");
    let cursor = table.optional_text("cursor");
    let text = text?;
    if text.value == "link" {
        return Some(Next::Link);
    }
    match (text.value.parse::<Source>(), cursor) {
        (Ok(at), Some(parameter)) => Some(Next::Cursor { at, parameter }),
        (Ok(at), None) => Some(Next::Address(at)),
        (Err(fault), _) => {
            let sentence = format!("the next page is `link` or a place: {fault}");
            table.settings().report(text.place, code::VALUE_WRONG, sentence);
            None
        }
    }
}
