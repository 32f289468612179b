//! `code-list`: each value is a code of a list that the contract brings, on the day that counts.
//!
//! Which version is meant, in this order: the one that the check names; the one that the document names;
//! every one that holds on the day. A code is good where one of those has it on that day.

use super::{
    Kind,
    identifier::is_nil,
    told::{Told, Wrong},
};
use crate::{
    Code, Day, code,
    codelist::{CodeLists, DayForm, Folded, ListVersion, ListedCode, read_day},
    manifest::CodeListCheck,
    path::{Allowance, DocumentPath, PathCompiler, Spot, Unevaluated},
};
use std::sync::Arc;

/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;

/// The compiled kind.
#[derive(Debug)]
pub(super) struct Coded {
    name: String,
    /// The versions that may be meant.
    versions: Vec<Candidate>,
    version_path: Option<DocumentPath>,
    at: Option<DocumentPath>,
    /// Whether any version, or any code of one, does not hold on every day.
    needs_day: bool,
}

/// A version of the list.
#[derive(Debug)]
struct Candidate {
    version: Arc<ListVersion>,
    /// Its codes without their case, where case does not count.
    folded: Option<Folded>,
}

/// What is wrong with a code: the kind, and a sentence that shows neither the code nor the day.
type Misfit = (Code, String);

impl Coded {
    /// Nothing where a path cannot be read, or the contract has no such list: both are told elsewhere.
    pub(super) fn compile(
        rule: &CodeListCheck,
        lists: &CodeLists,
        paths: &mut PathCompiler<'_>,
    ) -> Option<Self> {
        let mut path = |path: &Option<_>| match path {
            Some(path) => paths.compile(path).map(Some),
            None => Some(None),
        };
        let (version_path, at) = (path(&rule.version_path), path(&rule.at));
        let is_meant = |each: &&Arc<ListVersion>| {
            rule.version.as_ref().is_none_or(|version| version.value == each.version)
        };
        let versions: Vec<Candidate> = lists
            .versions(&rule.list.value)
            .iter()
            .filter(is_meant)
            .map(|version| Candidate {
                folded: rule.ignore_case.then(|| version.list.folded()),
                version: Arc::clone(version),
            })
            .collect();
        let needs_day = versions.iter().any(|each| each.version.has_days());
        let name = rule.list.value.clone();
        let coded = Self { name, version_path: version_path?, at: at?, needs_day, versions };
        (!coded.versions.is_empty()).then_some(coded)
    }

    /// The day that counts; nothing where all holds on every day. What the document says in its place
    /// and cannot be read is told there.
    fn day<'p>(
        &self,
        document: &Spot<'p>,
        allowance: &mut Allowance,
        told: &mut Told<'_, 'p>,
    ) -> Result<Option<Day>, Unevaluated> {
        if !self.needs_day {
            return Ok(None);
        }
        let mut found: Option<Result<Day, Spot<'p>>> = None;
        if let Some(at) = &self.at {
            at.each(document, allowance, &mut |spot, _| {
                let text = spot.text().unwrap_or_default();
                if !text.is_empty() {
                    found = Some(read_day(&text, DayForm::Iso).ok_or_else(|| spot.clone()));
                }
                Ok(found.is_none())
            })?;
        }
        match found {
            Some(Ok(day)) => return Ok(Some(day)),
            Some(Err(spot)) => {
                let sentence = "the day that decides which codes hold cannot be read";
                told.tell(&Wrong { code: code::CODE_DAY, sentence, severity: None }, &spot);
            }
            None => {}
        }
        let today = allowance.now_unix_seconds;
        let today = today.map(|now| Day::from_days(now.div_euclid(DAY_SECONDS)));
        today.map(Some).ok_or_else(|| Unevaluated("the day of judging is not known".to_owned()))
    }

    /// The versions that a code is looked up in; what is wrong where there are none.
    fn meant<'p>(
        &self,
        spot: &Spot<'p>,
        day: Option<Day>,
        allowance: &mut Allowance,
    ) -> Result<Result<Vec<&Candidate>, Misfit>, Unevaluated> {
        let mut named: Option<String> = None;
        if let Some(path) = &self.version_path {
            path.each(spot, allowance, &mut |spot, _| {
                named = spot.text().filter(|text| !text.is_empty()).map(|text| text.into_owned());
                Ok(named.is_none())
            })?;
        }
        allowance.spend(self.versions.len())?;
        let by_name: Vec<&Candidate> = match &named {
            Some(named) => {
                self.versions.iter().filter(|each| each.version.is_called(named)).collect()
            }
            None => self.versions.iter().collect(),
        };
        let lacks = |sentence: String| Ok(Err((code::LIST_VERSION_UNKNOWN, sentence)));
        if by_name.is_empty() {
            let (name, known) = (&self.name, names(self.versions.iter()));
            return lacks(format!(
                "the document names a version of the code list `{name}` that the contract does not have; it has {known}"
            ));
        }
        let holds = |each: &&Candidate| day.is_none_or(|day| each.version.validity.holds_on(day));
        let on_day: Vec<&Candidate> = by_name.iter().copied().filter(holds).collect();
        if on_day.is_empty() {
            let known = names(by_name.into_iter());
            return lacks(format!(
                "the code list `{}` {known} does not hold on the day that counts",
                self.name
            ));
        }
        Ok(Ok(on_day))
    }

    fn misfit(&self, text: &str, versions: &[&Candidate], day: Option<Day>) -> Option<Misfit> {
        let mut is_known = false;
        for each in versions {
            for entry in each.find(text) {
                is_known = true;
                let holds = day.is_none_or(|day| entry.validity.holds_on(day));
                if holds && !entry.validity.withdrawn {
                    return None;
                }
            }
        }
        let (name, known) = (&self.name, names(versions.iter().copied()));
        Some(match is_known {
            true => (
                code::CODE_NOT_VALID,
                format!(
                    "the code does not hold on the day that counts, in the code list `{name}` {known}"
                ),
            ),
            false => {
                (code::CODE_UNKNOWN, format!("the code is not in the code list `{name}` {known}"))
            }
        })
    }
}

impl Candidate {
    fn find<'c>(&'c self, code: &str) -> Vec<&'c ListedCode> {
        match &self.folded {
            Some(folded) => folded.find(&self.version.list, code),
            None => self.version.list.find(code).iter().collect(),
        }
    }
}

impl Kind for Coded {
    fn judge<'p>(
        &self,
        paths: &[DocumentPath],
        document: &Spot<'p>,
        allowance: &mut Allowance,
        told: &mut Told<'_, 'p>,
    ) -> Result<(), Unevaluated> {
        let mut day = None;
        for path in paths {
            path.each(document, allowance, &mut |spot, allowance| {
                if is_nil(spot) {
                    return Ok(true);
                }
                let day = match day {
                    Some(day) => day,
                    None => *day.insert(self.day(document, allowance, told)?),
                };
                let misfit = match (spot.text(), self.meant(spot, day, allowance)?) {
                    (None, _) => Some((code::CODE_UNKNOWN, "a code is a text".to_owned())),
                    (_, Err(misfit)) => Some(misfit),
                    (Some(text), Ok(versions)) => self.misfit(&text, &versions, day),
                };
                Ok(misfit.is_none_or(|(code, sentence)| {
                    told.tell(&Wrong { code, sentence: &sentence, severity: None }, spot)
                }))
            })?;
        }
        Ok(())
    }
}

/// As in `version 2015` or `versions 2015, 2018`.
fn names<'c>(versions: impl Iterator<Item = &'c Candidate>) -> String {
    const SHOWN_MAX: usize = 10;
    let mut names: Vec<&str> = versions.map(|each| each.version.version.as_str()).collect();
    let word = if names.len() == 1 { "version" } else { "versions" };
    if names.len() > SHOWN_MAX {
        names.truncate(SHOWN_MAX);
        names.push("…");
    }
    format!("{word} {}", names.join(", "))
}
