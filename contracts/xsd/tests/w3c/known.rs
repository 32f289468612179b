//! The tests that are known to be decided otherwise than the suite says, with the reason and with
//! what two other engines say.

/// A row of `known.tsv`.
pub(crate) struct Known {
    pub(crate) id: &'static str,
    /// What kind of disagreement it is.
    pub(crate) kind: &'static str,
    /// Whether the front end's own validator agrees with the suite.
    pub(crate) peer_agrees: bool,
    /// Whether the validator of Java 17 agrees with the suite.
    pub(crate) xerces_agrees: bool,
}

/// The table; lines that begin with `#` explain it.
pub(crate) fn known() -> Vec<Known> {
    let lines = include_str!("known.tsv").lines();
    lines.filter(|line| !line.starts_with('#') && !line.is_empty()).map(row).collect()
}

fn row(line: &'static str) -> Known {
    let columns: Vec<&str> = line.split('\t').collect();
    let [id, kind, peer, xerces] = columns[..] else { panic!("not four columns: {line}") };
    let agrees = |word: &str| match word {
        "agrees" => true,
        "disagrees" => false,
        other => panic!("neither agrees nor disagrees: {other}"),
    };
    Known { id, kind, peer_agrees: agrees(peer), xerces_agrees: agrees(xerces) }
}
