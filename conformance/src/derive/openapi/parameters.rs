//! Cases about parameters: each missing, broken, at its bounds, and each that need not be there alone.

use super::{
    cases::{Cases, Group, Sketch},
    draft::Draft,
    expect,
    sound::{Deriving, OF_HTTP, Sound},
    values::{Place, Sends},
    write::write,
};
use crate::{case::Kind, derive::json::variants::variants, suite::Refusal, template::Template};
use serde_json::Value;
use sluse_contracts::schema::described::{In, Parameter};

impl Deriving<'_, '_> {
    /// Adds the plain request: what must be there, and nothing else.
    pub(super) fn plain(&self, sound: &Sound<'_, '_>, cases: &mut Cases) {
        if sound.content.is_some() {
            // The cases about the body begin with it.
            return;
        }
        let sketch = Sketch {
            id: "plain".into(),
            sentence: "a request with what must be there is accepted".into(),
            kind: Kind::Positive,
            place: sound.operation.place.clone(),
            constraint: None,
            is_should: false,
            expect: expect::taken(sound.operation, sound.may_be_missing),
            rank: 0,
            group: Group::None,
        };
        self.add(sound, &sound.draft, sketch, cases);
    }

    /// Adds the cases about each parameter.
    pub(super) fn parameters(&self, sound: &Sound<'_, '_>, cases: &mut Cases) {
        for parameter in &sound.operation.parameters {
            if parameter.place == In::Header && OF_HTTP.contains(&parameter.name.as_str()) {
                if let Some(at) = &parameter.schema {
                    let reason =
                        "its rules are those of HTTP, and a suite's preconditions test them";
                    for place in crate::derive::json::reach::constraints(self.described.schemas, at)
                    {
                        cases.missed(&place, reason);
                    }
                }
                continue;
            }
            self.missing(sound, parameter, cases);
            self.of_parameter(sound, parameter, cases);
        }
    }

    fn missing(&self, sound: &Sound<'_, '_>, parameter: &Parameter<'_>, cases: &mut Cases) {
        if !parameter.required || parameter.place == In::Path {
            return;
        }
        let mut draft = sound.draft.clone();
        draft.remove(parameter.place, &parameter.name);
        if self.prover.breaks(&draft.request(), &parameter.constraint).is_err() {
            return cases
                .missed(&parameter.constraint, "a request without it breaks more than that");
        }
        cases.kept(&parameter.constraint);
        let sketch = Sketch {
            id: format!("{}.missing", id(parameter)),
            sentence: format!("{} is missing, and the request is refused", words(parameter)),
            kind: Kind::Negative,
            place: parameter.constraint.clone(),
            constraint: Some(parameter.constraint.clone()),
            is_should: false,
            expect: expect::refused(sound.operation, Refusal::Schema, self.suite, &missing(sound)),
            rank: cases.rank_of(&parameter.constraint),
            group: Group::None,
        };
        self.add(sound, &draft, sketch, cases);
    }

    fn of_parameter(&self, sound: &Sound<'_, '_>, parameter: &Parameter<'_>, cases: &mut Cases) {
        let Some(root) = &parameter.schema else { return };
        let put = |value: &Value| -> Option<Draft> {
            let mut draft = sound.draft.clone();
            let written = write(parameter, value)?;
            let written = written.into_iter().map(Template::literal).collect();
            draft.set(parameter.place, &parameter.name, written);
            Some(draft)
        };
        let is_bound = self.is_bound(sound, parameter);
        let fresh = |_: &str, value: &Value| Some(value.clone());
        let place = Place {
            id: id(parameter),
            words: words(parameter),
            whole: ("given", "is given"),
            root: root.clone(),
            refusal: Refusal::Schema,
            also: if parameter.place == In::Path { &[404] } else { &[] },
            put: &put,
            // A value that somebody must know is not made up.
            keeps: match parameter.place {
                _ if is_bound => Sends::AsItIs,
                _ if self.is_cursor(sound.operation, parameter) => Sends::Nothing,
                In::Path => Sends::AsItIs,
                _ => Sends::All,
            },
            bound: Vec::new(),
            fresh: &fresh,
        };
        let hint = self.value(parameter);
        let found = variants(self.described.schemas, root, hint.as_ref(), "readOnly");
        self.values(sound, &place, &found, cases);
    }
}

/// Where nobody has made what the path names, that may be said as well.
fn missing(sound: &Sound<'_, '_>) -> Vec<u16> {
    sound.may_be_missing.then_some(404).into_iter().collect()
}

/// How the ids of a parameter's cases begin.
fn id(parameter: &Parameter<'_>) -> String {
    let place = match parameter.place {
        In::Path => "path",
        In::Query => "query",
        In::Header => "header",
        In::Cookie => "cookie",
    };
    format!("{place}.{}", parameter.name)
}

/// How a parameter is named in a sentence.
fn words(parameter: &Parameter<'_>) -> String {
    let kind = match parameter.place {
        In::Path => "the path parameter",
        In::Query => "the query parameter",
        In::Header => "the header",
        In::Cookie => "the cookie",
    };
    format!("{kind} `{}`", parameter.name)
}
