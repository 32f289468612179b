//! Who may ask: no token, a token that is not good, one that may not, and another's object.

use super::{About, Packs, preparation, refusal};
use crate::{
    case::{Case, Check, Credentials, Kind, Purpose, Statuses, Step},
    suite::Security,
};

pub(super) fn cases(packs: &Packs<'_>) -> Vec<Case> {
    let Some(bound) = &packs.suite.security else { return Vec::new() };
    let all = packs.requests.operations();
    let operations = if bound.operations.is_empty() { &all } else { &bound.operations };
    let mut cases = Vec::new();
    for operation in operations {
        let of = Of { packs, bound, operation };
        cases.extend(of.refused("none", Credentials::None, 401));
        for (tokens, status) in [(&bound.unauthorized, 401), (&bound.forbidden, 403)] {
            let named = |name: &String| of.refused(name, Credentials::Named(name.clone()), status);
            cases.extend(tokens.iter().filter_map(named));
        }
        cases.extend(of.others());
    }
    cases
}

/// One operation that needs a token.
struct Of<'p> {
    packs: &'p Packs<'p>,
    bound: &'p Security,
    operation: &'p str,
}

impl Of<'_> {
    fn refused(&self, word: &str, credentials: Credentials, status: u16) -> Option<Case> {
        let mut request = self.packs.requests.valid(self.operation)?;
        request.credentials = credentials;
        let statuses = [Statuses::only(status)];
        let step = Step::new("ask", Purpose::Test, request, refusal(&statuses));
        let sentence = match word {
            "none" => "A request without a token is refused.".to_owned(),
            _ => format!("A request with the token `{word}` is refused."),
        };
        self.case(word, sentence, vec![step])
    }

    /// A resource of this consumer, asked for by another: refused, and unchanged.
    fn others(&self) -> Option<Case> {
        let other = self.bound.other.clone()?;
        let parameters = self.packs.requests.path_parameters(self.operation);
        let resource = parameters.iter().find_map(|name| self.packs.suite.resource_of(name))?;
        let mut request = self.packs.requests.valid(self.operation)?;
        request.credentials = Credentials::Named(other);
        let statuses = [Statuses::only(403), Statuses::only(404)];
        let ask = Step::new("ask", Purpose::Test, request, refusal(&statuses));
        let read = resource.read.as_deref().filter(|read| *read != self.operation);
        let read = read.and_then(|read| self.packs.requests.valid(read));
        let mut steps = vec![ask];
        if let Some(read) = read {
            steps.insert(0, self.packs.step("before", Purpose::Prepare, read.clone()));
            let mut after = self.packs.step("after", Purpose::Test, read);
            after.expect.checks.push(Check::SameAs("before".to_owned()));
            steps.push(after);
        }
        let sentence =
            format!("Another consumer's {} is neither shown nor changed.", resource.name);
        self.case("other", sentence, steps)
    }

    fn case(&self, word: &str, sentence: String, steps: Vec<Step>) -> Option<Case> {
        let (mut all, restore) = preparation(self.packs.suite, self.packs.requests, self.operation);
        all.extend(steps);
        all.extend(restore);
        let (kind, operation) = (Kind::Security, self.operation);
        let clauses = &self.bound.clauses;
        self.packs.case(&About { kind, operation, word, clauses, sentence }, all)
    }
}
