//! Finding groups in the segments of messages: what comes again, led by the same segment.

use std::{collections::BTreeSet, fmt};

/// The segments of one message, by their tags.
pub(super) type Sequence = Vec<String>;

/// A segment or group at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) least: usize,
    pub(super) most: usize,
}

/// Groups by name, each with what it consists of.
pub(super) type Groups = Vec<(String, Vec<Entry>)>;

/// Deepest nesting that is looked for.
const DEPTH_MAX: usize = 8;
/// Segments that say something of what stands before them: directories let none of them lead a group.
const FOLLOWERS: [&str; 10] =
    ["ALI", "COM", "DTM", "FTX", "GIN", "GIR", "IMD", "MEA", "PIA", "QTY"];
/// Most groups that are looked for in one.
const GROUPS_MAX: usize = 100;

/// Which segment is taken for the leader of a group, where several come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leader {
    /// The one after which most is alike.
    Alike,
    /// The one that comes last: details stand behind what is said once.
    Last,
}

/// What messages consist of, groups and all.
pub(super) fn infer(sequences: &[Sequence], leader: Leader, groups: &mut Groups) -> Vec<Entry> {
    level(sequences.to_vec(), leader, groups, &mut 0, 0)
}

fn level(
    mut sequences: Vec<Sequence>,
    leader: Leader,
    groups: &mut Groups,
    n_groups: &mut usize,
    depth: usize,
) -> Vec<Entry> {
    let mut found = Vec::new();
    while depth < DEPTH_MAX && found.len() < GROUPS_MAX {
        let Some(trigger) = trigger(&sequences, leader) else { break };
        *n_groups += 1;
        let name = format!("group-{n_groups}");
        let bodies = fold(&mut sequences, &trigger, &name);
        found.push((name, trigger, bodies));
    }
    for (name, trigger, bodies) in found {
        let rest = |body: &Sequence| body.get(1..).unwrap_or_default().to_vec();
        let rest: Vec<Sequence> = bodies.iter().map(rest).collect();
        let mut entries = vec![Entry { name: trigger, least: 1, most: 1 }];
        entries.extend(level(rest, leader, groups, n_groups, depth + 1));
        groups.push((name, entries));
    }
    flat(&sequences)
}

/// The segment that leads a group: it comes again after others, and what follows it is alike each time.
fn trigger(sequences: &[Sequence], leader: Leader) -> Option<String> {
    let comes_again = |tag: &String| {
        !tag.contains('-') && sequences.iter().any(|sequence| runs(sequence, tag) > 1)
    };
    let (followers, leaders): (Vec<String>, Vec<String>) = order(sequences)
        .into_iter()
        .filter(comes_again)
        .partition(|tag| FOLLOWERS.contains(&tag.as_str()));
    // Where nothing else leads, one of those that follow must.
    let candidates = if leaders.is_empty() { followers } else { leaders };
    if leader == Leader::Last {
        return candidates.into_iter().next_back();
    }
    let scored = candidates.into_iter().map(|tag| (likeness(sequences, &tag), tag));
    let best = scored.reduce(|best, next| if next.0 > best.0 + 1e-9 { next } else { best });
    best.map(|(_, tag)| tag)
}

/// How often a tag stands, those in a row counted once.
fn runs(sequence: &[String], tag: &str) -> usize {
    let mut n_runs = 0;
    let mut before = None;
    for each in sequence {
        n_runs += usize::from(each == tag && before != Some(each));
        before = Some(each);
    }
    n_runs
}

/// How alike what follows a tag is, each time but the last: 1 where it is the same.
#[expect(clippy::cast_precision_loss, reason = "counts of a sample, compared with each other")]
fn likeness(sequences: &[Sequence], tag: &str) -> f64 {
    let mut sets: Vec<BTreeSet<&str>> = Vec::new();
    for sequence in sequences {
        let places = places(sequence, tag);
        for pair in places.windows(2) {
            if let [from, to] = pair {
                let body = sequence.get(*from..*to).unwrap_or_default();
                sets.push(body.iter().map(String::as_str).collect());
            }
        }
        // Of the last it is not known where it ends: as far as the others reach.
        let known: BTreeSet<&str> = sets.iter().flatten().copied().collect();
        if let Some(last) = places.last() {
            let body = sequence.get(*last..).unwrap_or_default();
            sets.push(
                body.iter().map(String::as_str).take_while(|each| known.contains(each)).collect(),
            );
        }
    }
    let union: BTreeSet<&str> = sets.iter().flatten().copied().collect();
    let shares = sets.iter().map(|set| set.len() as f64 / union.len() as f64);
    shares.sum::<f64>() / sets.len() as f64
}

fn places(sequence: &[String], tag: &str) -> Vec<usize> {
    sequence.iter().enumerate().filter(|(_, each)| *each == tag).map(|(at, _)| at).collect()
}

/// Puts the name of a group in place of each of its repetitions, and gives what stood there.
fn fold(sequences: &mut [Sequence], trigger: &str, name: &str) -> Vec<Sequence> {
    let mut within: BTreeSet<String> = BTreeSet::new();
    for sequence in sequences.iter() {
        for pair in places(sequence, trigger).windows(2) {
            if let [from, to] = pair {
                within.extend(sequence.get(*from..*to).unwrap_or_default().iter().cloned());
            }
        }
    }
    let mut bodies = Vec::new();
    for sequence in sequences.iter_mut() {
        let mut folded = Sequence::new();
        let mut at = 0;
        while let Some(tag) = sequence.get(at) {
            if tag != trigger {
                folded.push(tag.clone());
                at += 1;
                continue;
            }
            let rest = sequence.get(at + 1..).unwrap_or_default();
            let next = rest.iter().position(|each| each == trigger);
            let n_after = match next {
                Some(next) => next,
                None => rest.iter().take_while(|each| within.contains(*each)).count(),
            };
            bodies.push(sequence.get(at..at + 1 + n_after).unwrap_or_default().to_vec());
            folded.push(name.to_owned());
            at += 1 + n_after;
        }
        *sequence = folded;
    }
    bodies
}

/// Each tag, in an order in which they may come.
fn order(sequences: &[Sequence]) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    for sequence in sequences {
        let mut after = 0;
        for tag in sequence {
            match order.iter().position(|each| each == tag) {
                Some(at) => after = at + 1,
                None => {
                    order.insert(after.min(order.len()), tag.clone());
                    after += 1;
                }
            }
        }
    }
    order
}

/// A level in which nothing comes again but in a row.
fn flat(sequences: &[Sequence]) -> Vec<Entry> {
    let entry = |name: String| {
        let counts = sequences.iter().map(|sequence| places(sequence, &name).len());
        let (least, most) = counts
            .fold((usize::MAX, 0), |(least, most), count| (least.min(count), most.max(count)));
        let most = match most {
            0 | 1 => 1,
            2..=99 => 99,
            _ => 9_999,
        };
        Entry { name, least: least.min(1), most }
    };
    order(sequences).into_iter().map(entry).collect()
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (1, 1) => f.write_str(&self.name),
            (least, most) => write!(f, "{} {least}..{most}", self.name),
        }
    }
}
