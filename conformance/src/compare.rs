//! How what was found differs from what a case expects.
//!
//! A case that fails must say why in a line; a case passes when there is no difference.

use crate::case::{Expectation, ExpectedAnswer, ExpectedViolation, OUTCOMES};
use sluse_contracts::{MediaType, Outcome, Verdict, Violation};
use std::fmt;

/// An answer as it came, with the verdict on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The media type, where one was stated.
    pub media_type: Option<MediaType>,
    /// Names of the headers, in lower case.
    pub headers: Vec<String>,
    /// The verdict on it under the contract, where it was judged.
    pub verdict: Option<Verdict>,
}

/// One way in which what was found is not what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Another outcome.
    Outcome {
        /// What the case expects.
        expected: Outcome,
        /// What was found.
        found: Outcome,
    },
    /// No violation as the case expects it.
    ViolationMissing(ExpectedViolation),
    /// There is no answer.
    NoAnswer,
    /// Another status.
    Status {
        /// The statuses that will do.
        expected: Vec<u16>,
        /// What was found.
        found: u16,
    },
    /// Another media type.
    MediaType {
        /// What the case expects.
        expected: MediaType,
    },
    /// A header is missing.
    HeaderMissing(String),
    /// The answer was not judged, or its verdict is another.
    AnswerOutcome {
        /// What the case expects.
        expected: Outcome,
        /// What was found.
        found: Option<Outcome>,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outcome { expected, found } => {
                write!(f, "expected {}, found {}", word(*expected), word(*found))
            }
            Self::ViolationMissing(violation) => {
                write!(f, "expected a violation {}", violation.code)?;
                if let Some(rule) = &violation.rule {
                    write!(f, " of {rule}")?;
                }
                violation.path.as_ref().map_or(Ok(()), |path| write!(f, " at {path}"))
            }
            Self::NoAnswer => f.write_str("expected an answer, found none"),
            Self::Status { expected, found } => {
                let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
                write!(f, "expected status {}, found {found}", expected.join(" or "))
            }
            Self::MediaType { expected } => {
                write!(f, "expected an answer of {}", expected.essence())
            }
            Self::HeaderMissing(name) => write!(f, "expected the header {name}"),
            Self::AnswerOutcome { expected, found } => {
                let found = found.map_or("no verdict", word);
                write!(f, "expected an answer that is {}, found {found}", word(*expected))
            }
        }
    }
}

impl Expectation {
    /// How the verdict on the case's message differs from what is expected.
    pub fn compare(&self, verdict: &Verdict) -> Vec<Difference> {
        let mut differences = Vec::new();
        if verdict.outcome != self.verdict {
            let (expected, found) = (self.verdict, verdict.outcome);
            differences.push(Difference::Outcome { expected, found });
        }
        let missing = |wanted: &&ExpectedViolation| {
            !verdict.violations.iter().any(|violation| wanted.is_met_by(violation))
        };
        let missing = self.violations.iter().filter(missing).cloned();
        differences.extend(missing.map(Difference::ViolationMissing));
        differences
    }
}

impl ExpectedViolation {
    /// Whether the violation is the expected one.
    pub fn is_met_by(&self, violation: &Violation) -> bool {
        self.code == violation.code
            && self.rule.as_ref().is_none_or(|rule| violation.rule.as_ref() == Some(rule))
            && self.path.as_ref().is_none_or(|path| violation.path == *path)
    }
}

impl ExpectedAnswer {
    /// How the answer differs from what is expected.
    pub fn compare(&self, answer: Option<&Answer>) -> Vec<Difference> {
        let Some(answer) = answer else { return vec![Difference::NoAnswer] };
        let mut differences = Vec::new();
        if !self.statuses.contains(&answer.status) {
            let (expected, found) = (self.statuses.clone(), answer.status);
            differences.push(Difference::Status { expected, found });
        }
        if let Some(expected) = &self.media_type {
            let found = answer.media_type.as_ref().map(MediaType::essence);
            if found != Some(expected.essence()) {
                differences.push(Difference::MediaType { expected: expected.clone() });
            }
        }
        let missing = self.headers.iter().filter(|name| !answer.headers.contains(name));
        differences.extend(missing.cloned().map(Difference::HeaderMissing));
        if let Some(expected) = self.verdict {
            let found = answer.verdict.as_ref().map(|verdict| verdict.outcome);
            if found != Some(expected) {
                differences.push(Difference::AnswerOutcome { expected, found });
            }
        }
        differences
    }
}

fn word(outcome: Outcome) -> &'static str {
    OUTCOMES.iter().find(|(_, each)| *each == outcome).map_or("", |(word, _)| word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluse_contracts::{Layer, Severity, code};

    fn expectation() -> Expectation {
        let violation = ExpectedViolation {
            code: code::JSON_REQUIRED,
            rule: Some("required".into()),
            path: Some("/applicant".into()),
        };
        Expectation { verdict: Outcome::Rejected, violations: vec![violation], answer: None }
    }

    #[test]
    fn is_satisfied_by_the_expected_violation_among_others() {
        let violation = |path: &str| {
            Violation::new(
                code::JSON_REQUIRED,
                Layer::JsonSchema,
                Severity::Error,
                "a member is missing",
            )
            .with_rule("required")
            .at_path(path)
        };
        let verdict = Verdict::from_violations(vec![violation(""), violation("/applicant")]);
        assert_eq!(expectation().compare(&verdict), []);
        let elsewhere = Verdict::from_violations(vec![violation("/other")]);
        let printed: Vec<String> =
            expectation().compare(&elsewhere).iter().map(ToString::to_string).collect();
        assert_eq!(printed, ["expected a violation V0402 of required at /applicant"]);
    }

    #[test]
    fn tells_every_difference_of_an_answer() {
        let expected = ExpectedAnswer {
            statuses: vec![200, 201],
            media_type: Some(MediaType::json()),
            headers: vec!["location".into()],
            verdict: Some(Outcome::Accepted),
        };
        let answer = Answer { status: 500, media_type: None, headers: Vec::new(), verdict: None };
        let printed: Vec<String> =
            expected.compare(Some(&answer)).iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(printed.join("\n"), @r"
        expected status 200 or 201, found 500
        expected an answer of application/json
        expected the header location
        expected an answer that is accepted, found no verdict
        ");
        assert_eq!(expected.compare(None), [Difference::NoAnswer]);
    }
}
