//! The report for a terminal.

use super::{
    Indexed, Language, counted, exchange, level, named, pasted, place, replay, role, words::Say,
};
use crate::result::{CaseResult, CaseVerdict, ClauseResult, Defect, Difference, RunResult};
use std::fmt::{self, Write};

/// Width of a column where what was expected and what came stand side by side, in characters.
const COLUMN: usize = 44;
/// Most lines of missing coverage that are shown; the rest is counted.
const MISSING_MAX: usize = 20;

/// The whole report as text; ends with a line feed.
pub fn text(result: &RunResult, language: Language) -> String {
    let mut out = String::new();
    let report = Report { indexed: Indexed::new(result), language };
    // Writing to a text cannot fail.
    let _ = report.write(&mut out);
    out
}

/// One case alone: what `replay` and a run's last lines show of it.
pub fn case(result: &RunResult, case: &CaseResult, language: Language) -> String {
    let mut out = String::new();
    let report = Report { indexed: Indexed::new(result), language };
    let _ = report.case(&mut out, case);
    out
}

struct Report<'r> {
    indexed: Indexed<'r>,
    language: Language,
}

impl Report<'_> {
    fn say(&self, say: Say) -> &'static str {
        self.language.say(say)
    }

    fn told(&self, sentence: &str) -> String {
        self.language.sentence(sentence)
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        self.head(out)?;
        self.set_up(out)?;
        self.clauses(out)?;
        self.defects(out)?;
        self.coverage(out)?;
        self.end(out)
    }

    fn head(&self, out: &mut String) -> fmt::Result {
        let result = self.indexed.result;
        let pairs = [
            (Say::Contract, result.contract.name.clone()),
            (Say::System, named(&result.system)),
            (Say::Role, role(result, self.language)),
            (Say::Address, result.address.clone()),
            (Say::Began, result.began.clone()),
            (Say::Tool, named(&result.tool)),
        ];
        for (say, value) in pairs {
            writeln!(out, "{:<10} {}", self.say(say), plain(&value))?;
        }
        Ok(())
    }

    fn set_up(&self, out: &mut String) -> fmt::Result {
        let faults = self.indexed.result.set_up.iter().filter(|each| !each.ok);
        for (at, fault) in faults.enumerate() {
            if at == 0 {
                writeln!(out, "\n{}", self.say(Say::SetUpTitle))?;
            }
            writeln!(out, "  {}: {}", plain(&fault.check), plain(&self.told(&fault.sentence)))?;
            self.hint(out, fault.hint.as_deref(), "  ")?;
        }
        Ok(())
    }

    fn hint(&self, out: &mut String, hint: Option<&str>, indent: &str) -> fmt::Result {
        match hint {
            Some(hint) => {
                writeln!(
                    out,
                    "{indent}{}: {}",
                    self.say(Say::Hint).to_lowercase(),
                    plain(&self.told(hint))
                )
            }
            None => Ok(()),
        }
    }

    fn clauses(&self, out: &mut String) -> fmt::Result {
        let clauses = &self.indexed.result.clauses;
        writeln!(out, "\n{}", self.say(Say::Clauses))?;
        let width = clauses.iter().map(|each| each.id.chars().count()).max().unwrap_or(0).min(48);
        for clause in clauses {
            let verdict = self.verdict(clause.verdict);
            let level = level(clause.level, self.language);
            let counts = counted(clause, self.language);
            let reason = self.told(clause.reason.as_deref().unwrap_or_default());
            let told = match (counts.is_empty(), clause.verdict) {
                (true, _) => reason,
                (false, CaseVerdict::Waived) => format!("{counts} ({reason})"),
                (false, _) => counts,
            };
            writeln!(
                out,
                "  {verdict:<14}  {:<width$}  {level:<6}  {}",
                plain(&clause.id),
                plain(&told)
            )?;
        }
        Ok(())
    }

    /// In capitals where it is bad, so that it is seen without colour.
    fn verdict(&self, verdict: CaseVerdict) -> String {
        let word = self.language.verdict(verdict);
        if verdict == CaseVerdict::Failed { word.to_uppercase() } else { word.to_owned() }
    }

    fn defects(&self, out: &mut String) -> fmt::Result {
        let defects = &self.indexed.result.defects;
        writeln!(out, "\n{}", self.say(Say::Defects))?;
        if defects.is_empty() {
            writeln!(out, "  {}", self.say(Say::NoDefects))?;
        }
        for (at, defect) in defects.iter().enumerate() {
            self.defect(out, at + 1, defect)?;
        }
        Ok(())
    }

    fn defect(&self, out: &mut String, number: usize, defect: &Defect) -> fmt::Result {
        writeln!(out, "\n{number}. {}", plain(&self.told(&defect.sentence)))?;
        for id in &defect.clauses {
            self.clause(out, id, self.indexed.clause(id))?;
        }
        if let Some(case) = self.indexed.best(defect) {
            self.case(out, case)?;
        }
        if let Some(more) = defect.cases.get(1..).filter(|more| !more.is_empty()) {
            let shown: Vec<&str> = more.iter().take(5).map(crate::CaseId::as_str).collect();
            let rest =
                if more.len() > 5 { format!(" … +{}", more.len() - 5) } else { String::new() };
            writeln!(out, "   {}: {}{rest}", self.say(Say::AlsoIn), shown.join(", "))?;
        }
        Ok(())
    }

    fn clause(&self, out: &mut String, id: &str, clause: Option<&ClauseResult>) -> fmt::Result {
        let Some(clause) = clause else { return writeln!(out, "   {}", plain(id)) };
        writeln!(out, "   {}  {}", plain(id), level(clause.level, self.language))?;
        if let Some((_, text)) = self.language.of(&clause.text) {
            writeln!(out, "   {}", plain(text))?;
        }
        match &clause.url {
            Some(url) => writeln!(out, "   {}", plain(url)),
            None => Ok(()),
        }
    }

    fn case(&self, out: &mut String, case: &CaseResult) -> fmt::Result {
        writeln!(out, "   {}: {}", self.say(Say::Case), case.id)?;
        writeln!(out, "   {}", plain(&self.told(&case.sentence)))?;
        if let Some(reason) = &case.reason {
            writeln!(out, "   {}: {}", self.say(Say::Reason), plain(&self.told(reason)))?;
        }
        for difference in &case.differences {
            self.difference(out, case, difference)?;
        }
        if case.verdict == CaseVerdict::Passed {
            return Ok(());
        }
        let first = exchange(case, case.differences.first());
        match (replay(self.indexed.result, case), first) {
            (Some(replay), _) => {
                self.commands(out, case)?;
                writeln!(out, "   {}: {replay}", self.say(Say::Replay))
            }
            // The system sent it: there is nothing to send again.
            (None, Some(first)) => {
                writeln!(out, "   {}: {}", self.say(Say::Request), plain(&first.request.start))
            }
            (None, None) => Ok(()),
        }
    }

    /// What can be pasted.
    fn commands(&self, out: &mut String, case: &CaseResult) -> fmt::Result {
        let address = &self.indexed.result.address;
        let Some((line, file)) = pasted(address, case) else { return Ok(()) };
        let Some(line) = line else {
            return writeln!(out, "   {}", self.say(Say::BodyCut));
        };
        // At the margin and as it is: white space before a line of a body would be sent.
        writeln!(out, "   {}:\n{line}", self.say(Say::Curl))?;
        writeln!(out, "   {}:\n{}", self.say(Say::Hurl), file.trim_end())?;
        if file.contains("{{") {
            writeln!(out, "   {}", self.say(Say::Secrets))?;
        }
        Ok(())
    }

    fn difference(&self, out: &mut String, case: &CaseResult, each: &Difference) -> fmt::Result {
        write!(out, "   [{}] {}", plain(&each.step), plain(&each.what))?;
        if let Some(path) = &each.path {
            write!(out, "  {}", plain(path))?;
        }
        if let (Some(line), column) = (each.line, each.column.unwrap_or(1)) {
            write!(out, "  ({line}:{column})")?;
        }
        writeln!(out)?;
        if let Some(constraint) = &each.constraint {
            writeln!(out, "   {}", plain(constraint))?;
        }
        let (expected, actual) = (&each.expected, &each.actual);
        self.side_by_side(out, &self.language.side(expected), &self.language.side(actual))?;
        for line in place::lines(each, exchange(case, Some(each))) {
            writeln!(out, "   {:>5} | {}", line.number, plain(&line.text))?;
            if let Some(mark) = line.mark {
                writeln!(out, "         | {}^", " ".repeat(mark))?;
            }
        }
        self.hint(out, each.hint.as_deref(), "   ")
    }

    fn side_by_side(&self, out: &mut String, expected: &str, actual: &str) -> fmt::Result {
        let (left, right) = (wrapped(expected), wrapped(actual));
        writeln!(out, "     {:<COLUMN$} | {}", self.say(Say::Expected), self.say(Say::Actual))?;
        for row in 0..left.len().max(right.len()) {
            let of = |side: &[String]| side.get(row).cloned().unwrap_or_default();
            writeln!(out, "     {:<COLUMN$} | {}", of(&left), of(&right))?;
        }
        Ok(())
    }

    fn coverage(&self, out: &mut String) -> fmt::Result {
        let coverage = &self.indexed.result.coverage;
        let seen = coverage.answers.iter().filter(|(_, seen)| *seen).count();
        let rows = [
            (Say::MustVerified, coverage.must_verified, coverage.must_clauses as usize),
            (Say::Kept, coverage.kept, coverage.constraints as usize),
            (Say::Broken, coverage.broken, coverage.constraints as usize),
            (Say::Answers, u32::try_from(seen).unwrap_or(u32::MAX), coverage.answers.len()),
            (Say::SentJudged, coverage.sent_judged, coverage.sent_constraints as usize),
        ];
        writeln!(out, "\n{}", self.say(Say::Coverage))?;
        for (say, part, whole) in rows.into_iter().filter(|(_, _, whole)| *whole > 0) {
            writeln!(out, "  {:<30} {part} / {whole}", self.say(say))?;
        }
        for (at, (what, why)) in coverage.missing.iter().enumerate().take(MISSING_MAX) {
            if at == 0 {
                writeln!(out, "  {}", self.say(Say::Missing))?;
            }
            writeln!(out, "    {}: {}", plain(what), plain(&self.told(why)))?;
        }
        let rest = coverage.missing.len().saturating_sub(MISSING_MAX);
        if rest > 0 {
            writeln!(out, "    … +{rest}")?;
        }
        Ok(())
    }

    fn end(&self, out: &mut String) -> fmt::Result {
        let result = self.indexed.result;
        writeln!(out, "\n{}", super::outcome(result, self.language))?;
        for reason in &result.reasons {
            writeln!(out, "  {}", plain(&self.told(reason)))?;
        }
        Ok(())
    }
}

/// Text as a terminal can show it: control characters, which could move the cursor, are written out.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

/// A text in lines of a column's width.
fn wrapped(text: &str) -> Vec<String> {
    let characters: Vec<char> = plain(text).chars().collect();
    let mut rows: Vec<String> = Vec::new();
    let mut row = String::new();
    for word in characters.split(|c| *c == ' ') {
        for piece in word.chunks(COLUMN) {
            let length = row.chars().count();
            if length > 0 && length + 1 + piece.len() > COLUMN {
                rows.push(std::mem::take(&mut row));
            }
            if !row.is_empty() {
                row.push(' ');
            }
            row.extend(piece);
        }
    }
    rows.push(row);
    rows
}
