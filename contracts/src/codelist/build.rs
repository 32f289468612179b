//! What readers have in common: codes gather here, within limits, and faults with their places.

use super::{
    About, CODE_BYTES_MAX, CODES_MAX, CodeList, DayForm, FINDINGS_MAX, ListedCode, NAME_BYTES_MAX,
    Name, Validity, read_day,
};
use crate::{Code, Finding, code};
use std::sync::Arc;

/// A code as a file has it.
#[derive(Debug, Default)]
pub(super) struct Raw<'r> {
    pub(super) code: &'r str,
    /// Language and name.
    pub(super) names: Vec<(Arc<str>, &'r str)>,
    pub(super) from: Option<&'r str>,
    pub(super) until: Option<&'r str>,
    pub(super) withdrawn: bool,
}

/// A list that is being read.
#[derive(Debug)]
pub(super) struct Builder {
    file: String,
    days: DayForm,
    about: About,
    /// Codes and the lines they stand on, 0 where it is not known.
    codes: Vec<(ListedCode, u32)>,
    findings: Vec<Finding>,
    is_over: bool,
}

impl Builder {
    pub(super) fn new(file: &str, days: DayForm) -> Self {
        let about = About::default();
        Self {
            file: file.to_owned(),
            days,
            about,
            codes: Vec::new(),
            findings: Vec::new(),
            is_over: false,
        }
    }

    /// What the list says of itself.
    pub(super) fn about(&mut self) -> &mut About {
        &mut self.about
    }

    /// Whether reading on is of no use: the list is over a limit, or has enough faults.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Says that reading on is of no use.
    pub(super) fn stop(&mut self) {
        self.is_over = true;
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_sound(&self) -> bool {
        !self.findings.iter().any(Finding::is_error)
    }

    /// Adds a fault; line and column from 1, 0 where it is about the file as a whole.
    pub(super) fn fault(
        &mut self,
        line: u32,
        column: u32,
        code: Code,
        sentence: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(Finding::in_file(&*self.file, code, sentence).at(line, column).hint(hint));
    }

    /// Adds a warning about the file as a whole.
    pub(super) fn warn(&mut self, line: u32, code: Code, sentence: String, hint: &str) {
        let finding = Finding::in_file(&*self.file, code, sentence).hint(hint).warning();
        self.push(finding.at(line, u32::from(line > 0)));
    }

    fn push(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        } else if !self.is_over {
            self.is_over = true;
            let sentence = "there is more to say of the list, which is not told".to_owned();
            self.findings.push(Finding { sentence, hint: None, ..finding }.at(0, 0));
        }
    }

    /// Adds a code that stands on a line.
    pub(super) fn add(&mut self, line: u32, raw: &Raw<'_>) {
        if self.codes.len() == CODES_MAX {
            self.is_over = true;
            let sentence = format!("the list has more than {CODES_MAX} codes");
            let finding = Finding::in_file(&*self.file, code::CODE_LIST_LIMIT, sentence);
            self.findings.push(finding.at(line, u32::from(line > 0)));
            return;
        }
        match self.listed(raw) {
            Ok(listed) => self.codes.push((listed, line)),
            Err((code, sentence, hint)) => {
                self.fault(line, u32::from(line > 0), code, sentence, hint);
            }
        }
    }

    fn listed(&self, raw: &Raw<'_>) -> Result<ListedCode, (Code, String, &'static str)> {
        let broken = |sentence: &str, hint| (code::CODE_LIST_BROKEN, sentence.to_owned(), hint);
        let text = raw.code.trim();
        if text.is_empty() {
            return Err(broken(
                "an entry has no code",
                "each has one; remove the entry, or choose another column",
            ));
        }
        if text.len() > CODE_BYTES_MAX {
            let sentence = format!("a code is longer than {CODE_BYTES_MAX} bytes");
            return Err((code::CODE_LIST_LIMIT, sentence, "is it the column of the codes?"));
        }
        let mut names = Vec::new();
        for (language, name) in &raw.names {
            if name.len() > NAME_BYTES_MAX {
                let sentence = format!("a name is longer than {NAME_BYTES_MAX} bytes");
                return Err((code::CODE_LIST_LIMIT, sentence, "is it the column of the names?"));
            }
            let text = collapse(name);
            if !text.is_empty() {
                names.push(Name { language: Arc::clone(language), text: text.into() });
            }
        }
        let day = |text: Option<&str>| match text.filter(|text| !text.trim().is_empty()) {
            None => Ok(None),
            Some(text) => read_day(text, self.days).map(Some).ok_or_else(|| {
                broken(
                    "a day of validity cannot be read",
                    "days are written as in 2026-07-01; `days = \"day-first\"` takes 01-07-2026",
                )
            }),
        };
        let (from, until) = (day(raw.from)?, day(raw.until)?);
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            return Err(broken(
                "the last day of validity lies before the first",
                "correct the entry",
            ));
        }
        let validity = Validity { from, until, withdrawn: raw.withdrawn };
        Ok(ListedCode { code: text.into(), names: names.into(), validity })
    }

    /// The list, and everything that was found about it.
    pub(super) fn finish(mut self) -> (Option<CodeList>, Vec<Finding>) {
        let codes = std::mem::take(&mut self.codes);
        let codes = self.sort(codes);
        if codes.is_empty() && self.findings.is_empty() {
            let sentence = "the list has no codes";
            self.fault(0, 0, code::CODE_LIST_BROKEN, sentence, "is it the file of the codes?");
        }
        let sound = self.is_sound();
        let list = CodeList { about: self.about, codes };
        (sound.then_some(list), self.findings)
    }

    /// Sorts the codes; tells those that stand twice for the same day.
    fn sort(&mut self, mut codes: Vec<(ListedCode, u32)>) -> Vec<ListedCode> {
        codes.sort_by(|(one, a), (other, b)| {
            (&one.code, one.validity.from, a).cmp(&(&other.code, other.validity.from, b))
        });
        for pair in codes.windows(2) {
            let [(one, first), (other, line)] = pair else { continue };
            if one.code == other.code && one.validity.overlaps(&other.validity) {
                let place =
                    if *first > 0 { format!(", on line {first} too") } else { String::new() };
                let sentence = format!("the code `{}` stands twice{place}", other.code);
                self.warn(*line, code::CODE_TWICE, sentence, "what a code means, one entry says");
            }
        }
        codes.into_iter().map(|(listed, _)| listed).collect()
    }
}

/// A text whose white space is single spaces, as lists break their lines anywhere.
pub(super) fn collapse(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len().min(NAME_BYTES_MAX));
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}
