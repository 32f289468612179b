//! The same documents before several validators of XML Schema: documents that are valid, made wrong by chance and by a
//! seed, and what each validator says of them.
//!
//! Where they differ, one is wrong: differences are counted by kind, so that each kind is decided once, by the words of
//! the recommendation.

mod engines;
mod outside;
mod published;
mod sets;

use crate::Fault;
use crate::mutants::{Chance, changes, tree};
use crate::{report, setup, sources};
use engines::{FrontEnd, Judge, Ours, Verdict};
use outside::Outside;
use serde_json::{Value, json};
use sets::Set;
pub(crate) use sets::place;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of corpora; where it is absent, that of `SLUSE_SHARED`
    #[arg(long)]
    corpora: Option<PathBuf>,
    /// Mutants of each schema's documents
    #[arg(long, default_value_t = 5_000)]
    mutants: u64,
    /// Where chance begins; the same seed gives the same mutants
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only sets whose name has this in it
    #[arg(long, default_value = "")]
    only: String,
    /// Where to put one mutant of each kind of difference
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Also count where ours and the JDK's refuse by other rules
    #[arg(long)]
    rules: bool,
    /// A Python that has lxml
    #[arg(long, default_value = "python3")]
    python: String,
    /// Java, of which the validator in the JDK is used
    #[arg(long, default_value = "java")]
    java: String,
    /// Where the results go
    #[arg(long, default_value = "bench/results/differential.json")]
    results: PathBuf,
}

/// Differences of one kind: what was done to the document, and what each validator said.
#[derive(Debug, Default)]
struct Kind {
    count: u64,
    seed: u64,
}

pub(crate) fn run(args: &Args) -> Result<(), Fault> {
    let corpora = corpora(args.corpora.as_ref())?;
    let mut all = serde_json::Map::new();
    for set in sets::SETS.iter().filter(|set| set.name.contains(&args.only)) {
        all.insert(set.name.to_owned(), run_set(args, &corpora, set)?);
    }
    let result = json!({
        "command": format!(
            "cargo run --release -p sluse-bench -- differential --mutants {} --seed {}",
            args.mutants, args.seed
        ),
        "sets": all,
    });
    Ok(std::fs::write(&args.results, format!("{result:#}\n"))?)
}

/// The folder of corpora: the one that was given, or the shared one.
pub(crate) fn corpora(given: Option<&PathBuf>) -> Result<PathBuf, Fault> {
    let shared = || setup::shared().map(|shared| shared.join("corpora"));
    let corpora = given.cloned().or_else(shared);
    Ok(corpora.ok_or("there are no corpora: set SLUSE_SHARED or give --corpora")?)
}

fn run_set(args: &Args, corpora: &Path, set: &Set) -> Result<Value, Fault> {
    let schema = place(corpora, set.schema);
    let sources = sources::gather(&schema)?;
    let mut judges: Vec<Box<dyn Judge>> =
        vec![Box::new(Ours::new(&sources)?), Box::new(FrontEnd::new(&sources)?)];
    for outside in
        [Outside::java(&args.java, &schema), Outside::lxml(&args.python, &schema)].into_iter()
    {
        match outside {
            Ok(outside) => judges.push(Box::new(outside)),
            Err(fault) => report::complain(&format!("{}: left out: {fault}", set.name)),
        }
    }
    let names: Vec<&str> = judges.iter().map(|judge| judge.name()).collect();
    let published = published::judge(corpora, set, &sources, &mut judges)?;
    let documents = &published.valid;
    report::line(&format!("{}: {published}, by {}", set.name, names.join(", ")));
    let mut tally = Tally::default();
    // What nobody accepts cannot be made wrong.
    let mutants = if documents.is_empty() { 0 } else { args.mutants };
    for number in 0..mutants {
        let seed = args.seed.wrapping_mul(1_000_000_007).wrapping_add(number);
        let Some((what, bytes)) = mutant(documents, seed) else { continue };
        let verdicts = judge_all(&mut judges, &bytes)?;
        if tally.count(&names, &verdicts, what, seed, args.rules) {
            keep(args, set, seed, &bytes)?;
        }
    }
    tally.say(set.name);
    Ok(json!({
        "validators": names,
        "documents": published.to_json(),
        "mutants": tally.to_json(),
    }))
}

/// What came of the mutants of one set.
#[derive(Debug, Default)]
struct Tally {
    /// Differences, by what each validator said.
    kinds: BTreeMap<String, Kind>,
    accepted: u64,
    refused: u64,
    /// Of those refused by all: where ours and the JDK's name a rule in common.
    same_rule: u64,
    different: u64,
}

impl Tally {
    /// Counts the verdicts on one mutant; whether it is the first of its kind.
    fn count(
        &mut self,
        names: &[&str],
        verdicts: &[Verdict],
        what: &'static str,
        seed: u64,
        rules: bool,
    ) -> bool {
        let accepting = verdicts.iter().filter(|verdict| verdict.accepts()).count();
        let key = if accepting == verdicts.len() {
            self.accepted += 1;
            return false;
        } else if accepting == 0 {
            self.refused += 1;
            let same = is_same_rule(verdicts);
            self.same_rule += u64::from(same);
            if same || !rules {
                return false;
            }
            let (ours, theirs) = (verdicts.first(), verdicts.get(JDK));
            let all = |verdict: Option<&Verdict>| verdict.map(Verdict::all).unwrap_or_default();
            format!("other rules: sluse: {} | jdk: {}", all(ours), all(theirs))
        } else {
            self.different += 1;
            let words = names.iter().zip(verdicts);
            let words: Vec<String> = words.map(|(name, said)| format!("{name}: {said}")).collect();
            format!("{} | {what}", words.join(" | "))
        };
        let kind = self.kinds.entry(key).or_default();
        kind.count += 1;
        let first = kind.count == 1;
        if first {
            kind.seed = seed;
        }
        first
    }

    fn to_json(&self) -> Value {
        let mut sorted: Vec<(&String, &Kind)> = self.kinds.iter().collect();
        sorted.sort_by_key(|(_, kind)| std::cmp::Reverse(kind.count));
        let kinds = sorted.into_iter();
        let kinds =
            kinds.map(|(key, kind)| json!({ "kind": key, "count": kind.count, "seed": kind.seed }));
        json!({
            "accepted_by_all": self.accepted,
            "refused_by_all": self.refused,
            "refused_by_a_rule_in_common_with_the_jdk": self.same_rule,
            "differ": self.different,
            "kinds": kinds.collect::<Vec<_>>(),
        })
    }

    fn say(&self, set: &str) {
        report::line(&format!(
            "{set}: all accept {} and refuse {} ({} by a rule that ours and the JDK's have in common); \
             {} differ",
            self.accepted, self.refused, self.same_rule, self.different
        ));
        let mut sorted: Vec<(&String, &Kind)> = self.kinds.iter().collect();
        sorted.sort_by_key(|(_, kind)| std::cmp::Reverse(kind.count));
        for (key, kind) in sorted {
            report::line(&format!("  {:>5}  {key}  (seed {})", kind.count, kind.seed));
        }
    }
}

/// Where the JDK's validator stands among all.
const JDK: usize = 2;

/// Whether ours and the JDK's found a rule in common broken.
fn is_same_rule(verdicts: &[Verdict]) -> bool {
    let (Some(ours), Some(theirs)) = (verdicts.first(), verdicts.get(JDK)) else { return false };
    ours.rules.iter().any(|rule| theirs.rules.contains(rule))
}

/// A document changed once or twice; what was done last.
fn mutant(documents: &[tree::Element], seed: u64) -> Option<(&'static str, Vec<u8>)> {
    let mut chance = Chance::new(seed);
    let mut document = chance.pick(documents)?.clone();
    let times = 1 + chance.below(2);
    let donor = chance.pick(documents)?;
    let mut done = None;
    for _ in 0..times {
        done = changes::once(&mut document, donor, &mut chance).or(done);
    }
    Some((done?, document.write().into_bytes()))
}

fn judge_all(judges: &mut [Box<dyn Judge>], bytes: &[u8]) -> Result<Vec<Verdict>, Fault> {
    judges.iter_mut().map(|judge| judge.judge(bytes)).collect()
}

/// The XML files below a folder.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let is_xml = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("xml"));
            if path.is_dir() {
                waiting.push(path);
            } else if is_xml {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn keep(args: &Args, set: &Set, seed: u64, bytes: &[u8]) -> Result<(), Fault> {
    let Some(folder) = &args.keep else { return Ok(()) };
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::write(folder.join(format!("{}-{seed}.xml", set.name)), bytes)?)
}
