//! How a message is judged: what is known about it, what is asked for, and how violations gather.

use crate::{
    Direction, MediaType, Severity, Verdict, Violation, clauses::Clauses, verdict::Outcome,
};

/// Most violations that a verdict keeps, unless asked otherwise.
pub const VIOLATIONS_MAX_DEFAULT: usize = 1_000;

/// Most steps that the rules of one rule set may take over one document, unless asked otherwise.
pub const RULE_STEPS_MAX_DEFAULT: u64 = 25_000_000;

/// What is asked of judging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JudgeOptions {
    /// Whether violations hold values and undeclared names: for a person's own files alone.
    pub show_values: bool,
    /// Most violations that the verdict keeps.
    pub violations_max: usize,
    /// Most steps that the rules of one rule set may take over one document.
    pub rule_steps_max: u64,
    /// The moment for rules that ask for today, in seconds since 1970-01-01T00:00:00Z. Where it is
    /// absent such a rule cannot be evaluated, and says so.
    pub now_unix_seconds: Option<i64>,
}

impl Default for JudgeOptions {
    fn default() -> Self {
        Self {
            show_values: false,
            violations_max: VIOLATIONS_MAX_DEFAULT,
            rule_steps_max: RULE_STEPS_MAX_DEFAULT,
            now_unix_seconds: None,
        }
    }
}

/// A request's head, as far as a contract may speak about it.
#[derive(Clone, Copy)]
pub struct RequestHead<'a> {
    /// The method, in upper case.
    pub method: &'a str,
    /// The path below the service's address, still percent-encoded.
    pub path: &'a str,
    /// The query without `?`, still percent-encoded.
    pub query: Option<&'a str>,
    /// Header fields in the order sent, names in any case.
    pub headers: &'a [(&'a str, &'a str)],
}

/// A response's head, as far as a contract may speak about it.
#[derive(Clone, Copy)]
pub struct ResponseHead<'a> {
    /// The status code.
    pub status: u16,
    /// Header fields in the order sent, names in any case.
    pub headers: &'a [(&'a str, &'a str)],
}

/// In which place of an exchange a payload stands.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// The operation's name in the contract.
    pub operation: &'a str,
    /// Which way the message goes.
    pub direction: Direction,
    /// The message's media type, where known.
    pub media_type: Option<&'a MediaType>,
    /// The request's head: parameters and headers are judged where it is there.
    pub request: Option<RequestHead<'a>>,
    /// The response's head.
    pub response: Option<ResponseHead<'a>>,
    /// The whole paths that the exchange is for, as far as they are known: the one that the provider is asked for, then
    /// the one that the consumer asked for.
    pub called: &'a [String],
}

impl<'a> Occasion<'a> {
    /// A request of which nothing but the payload is known, such as a document.
    pub fn request(operation: &'a str) -> Self {
        Self {
            operation,
            direction: Direction::Request,
            media_type: None,
            request: None,
            response: None,
            called: &[],
        }
    }

    /// A response of which nothing but the payload is known.
    pub fn response(operation: &'a str) -> Self {
        Self { direction: Direction::Response, ..Self::request(operation) }
    }

    /// Adds the media type.
    #[must_use]
    pub fn of_type(self, media_type: &'a MediaType) -> Self {
        Self { media_type: Some(media_type), ..self }
    }

    /// Adds the request's head.
    #[must_use]
    pub fn with_request(self, head: RequestHead<'a>) -> Self {
        Self { request: Some(head), ..self }
    }

    /// Adds the paths that the exchange is for.
    #[must_use]
    pub fn called_at(self, called: &'a [String]) -> Self {
        Self { called, ..self }
    }

    /// Adds the response's head.
    #[must_use]
    pub fn with_response(self, head: ResponseHead<'a>) -> Self {
        Self { response: Some(head), ..self }
    }
}

impl std::fmt::Debug for RequestHead<'_> {
    /// The method alone: paths and headers hold values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RequestHead({})", self.method)
    }
}

impl std::fmt::Debug for ResponseHead<'_> {
    /// The status alone: headers hold values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ResponseHead({})", self.status)
    }
}

/// Violations as they are found: so many are kept, all of them count.
#[derive(Debug)]
pub struct Violations<'c> {
    clauses: &'c Clauses,
    kept: Vec<Violation>,
    violations_max: usize,
    rejects: bool,
    malformed: bool,
    truncated: bool,
}

impl<'c> Violations<'c> {
    /// None yet; `violations_max` are kept, and cite these clauses.
    pub fn new(clauses: &'c Clauses, violations_max: usize) -> Self {
        let kept = Vec::new();
        Self { clauses, kept, violations_max, rejects: false, malformed: false, truncated: false }
    }

    /// Adds a violation that no constraint of a schema stands behind.
    pub fn push(&mut self, violation: Violation) {
        self.rejects |= violation.severity == Severity::Error;
        if self.kept.len() < self.violations_max {
            self.kept.push(violation);
        } else {
            self.truncated = true;
        }
    }

    /// Adds violations that no constraint of a schema stands behind.
    pub fn extend(&mut self, violations: impl IntoIterator<Item = Violation>) {
        violations.into_iter().for_each(|violation| self.push(violation));
    }

    /// Adds a violation of the constraint at these places of the contract, the nearest first, such
    /// as `schemas/person.json#/properties/name/type`: it cites the clause that covers one of them.
    pub fn push_at(&mut self, mut violation: Violation, places: &[&str]) {
        if self.kept.len() < self.violations_max {
            violation.clause = places.iter().find_map(|place| self.clauses.cite(place));
        }
        self.push(violation);
    }

    /// Adds the violation of a message that turns out not to be well-formed, or over a limit.
    pub fn malformed(&mut self, violation: Violation) {
        self.malformed = true;
        self.push(violation);
    }

    /// Makes room for so many more, as far as they are kept.
    pub(crate) fn reserve(&mut self, n_violations: usize) {
        self.kept.reserve(n_violations.min(self.room()));
    }

    /// Says that there are more, which were not looked for.
    pub fn cut_short(&mut self) {
        self.truncated = true;
    }

    /// How many more will be kept.
    pub fn room(&self) -> usize {
        self.violations_max.saturating_sub(self.kept.len())
    }

    /// Whether nothing more can change the verdict: a schema may stop looking.
    pub fn is_full(&self) -> bool {
        self.truncated && self.rejects
    }

    /// The verdict that they make.
    pub fn into_verdict(self) -> Verdict {
        let outcome = match (self.malformed, self.rejects) {
            (true, _) => Outcome::Malformed,
            (false, true) => Outcome::Rejected,
            (false, false) => Outcome::Accepted,
        };
        Verdict { outcome, violations: self.kept, truncated: self.truncated }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layer, code};

    #[test]
    fn counts_what_it_does_not_keep() {
        let clauses = Clauses::default();
        let mut violations = Violations::new(&clauses, 1);
        let warning = Violation::new(code::NO_RULE_MET, Layer::Schematron, Severity::Warning, "");
        violations.push(warning.clone());
        violations.push(warning);
        assert!(!violations.is_full());
        violations.push(Violation::syntax(code::ENCODING, ""));
        assert!(violations.is_full());
        let mut verdict = violations.into_verdict();
        assert_eq!((verdict.outcome, verdict.violations.len()), (Outcome::Rejected, 1));
        verdict.settle();
        assert_eq!(verdict.outcome, Outcome::Rejected);
        assert!(verdict.truncated);
    }
}
