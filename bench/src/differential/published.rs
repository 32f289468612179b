//! Documents as their publishers give them, and documents that are invented where they give none: what does each
//! validator say of them?

use super::{engines::Judge, engines::Verdict, files, judge_all, sets, sets::Set};
use crate::{
    Fault,
    mutants::{Chance, invent::Inventor, tree},
    report,
    sources::Sources,
};
use serde_json::{Value, json};
use std::{fmt, fs, path::Path};

/// Documents that are invented of each element.
const INVENTED: u64 = 40;

/// What came of the documents of a set.
#[derive(Debug, Default)]
pub(super) struct Published {
    /// Those that all validators accept.
    pub(super) valid: Vec<tree::Element>,
    invented: bool,
    accepted: u64,
    refused: u64,
    /// Where they differ: the document, and what each says.
    differ: Vec<String>,
}

impl fmt::Display for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.invented { "invented" } else { "published" };
        let Self { accepted, refused, differ, .. } = self;
        write!(
            f,
            "of {what} documents all accept {accepted} and refuse {refused}; {} differ",
            differ.len()
        )
    }
}

impl Published {
    pub(super) fn to_json(&self) -> Value {
        json!({
            "invented": self.invented,
            "accepted_by_all": self.accepted,
            "refused_by_all": self.refused,
            "differ": self.differ,
        })
    }

    fn count(&mut self, set: &Set, name: &str, judges: &[Box<dyn Judge>], verdicts: &[Verdict]) {
        if verdicts.iter().all(Verdict::accepts) {
            self.accepted += 1;
        } else if verdicts.iter().any(Verdict::accepts) {
            let words = judges.iter().zip(verdicts);
            let words: Vec<String> =
                words.map(|(judge, said)| format!("{}: {said}", judge.name())).collect();
            self.differ.push(format!("{name}: {}", words.join(" | ")));
            report::line(&format!("{}: {name}: {}", set.name, words.join(" | ")));
        } else {
            self.refused += 1;
        }
    }

    /// Keeps a document that all accept also where it is written anew.
    fn keep(
        &mut self,
        document: tree::Element,
        judges: &mut [Box<dyn Judge>],
    ) -> Result<(), Fault> {
        if judge_all(judges, document.write().as_bytes())?.iter().all(Verdict::accepts) {
            self.valid.push(document);
        }
        Ok(())
    }
}

/// Judges the documents of a set.
pub(super) fn judge(
    corpora: &Path,
    set: &Set,
    sources: &Sources,
    judges: &mut [Box<dyn Judge>],
) -> Result<Published, Fault> {
    let mut published = Published::default();
    for folder in set.documents {
        for path in files(&sets::place(corpora, folder))? {
            let bytes = fs::read(&path)?;
            let Some(document) = tree::read(&bytes) else { continue };
            if !set.roots.contains(&document.local_name()) {
                continue;
            }
            let verdicts = judge_all(judges, &bytes)?;
            let name = path.strip_prefix(corpora).unwrap_or(&path).to_string_lossy().into_owned();
            published.count(set, &name, judges, &verdicts);
            published.keep(document, judges)?;
        }
    }
    if set.documents.is_empty() {
        invented(set, sources, judges, &mut published)?;
    }
    Ok(published)
}

fn invented(
    set: &Set,
    sources: &Sources,
    judges: &mut [Box<dyn Judge>],
    published: &mut Published,
) -> Result<(), Fault> {
    published.invented = true;
    let inventor = Inventor::new(sources.documents.values());
    let entry = sources.documents.get(&sources.entry).and_then(|text| tree::read(text.as_bytes()));
    let entry = entry.ok_or("the schema cannot be read")?;
    for root in entry.elements().filter(|it| it.local_name() == "element") {
        let Some((_, name)) = root.attributes.iter().find(|(name, _)| name == "name") else {
            continue;
        };
        for number in 0..INVENTED {
            let Some(document) = inventor.document(name, &mut Chance::new(number)) else {
                continue;
            };
            let verdicts = judge_all(judges, document.write().as_bytes())?;
            published.count(set, &format!("{name} {number}"), judges, &verdicts);
            published.keep(document, judges)?;
        }
    }
    Ok(())
}
