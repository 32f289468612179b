//! Cases about what is around a message: media types, encodings, syntax, methods and paths.

use super::{
    cases::{Cases, Group, Sketch},
    draft::Draft,
    expect,
    sound::{Deriving, Sound, concrete, of_json},
    values::Place,
};
use crate::{
    case::{Body, Expect, Kind, Statuses},
    derive::json::{
        breaks::each_part,
        make::{self, Fullness, Maker},
        spot::Part,
    },
    suite::Refusal,
    template::Template,
};
use serde_json::Value;
use sluse_contracts::schema::described::{Content, In};

/// How deep values are nested in the case about that.
const NESTED_DEEP: usize = 2_000;

/// Media types that few operations take.
const STRANGE_TYPES: &[&str] = &["application/x-unknown", "text/csv"];

/// Statuses that refuse what is not well-formed, or nearly so, as well: that a reader cannot read it, that it is too large,
/// that it is of another kind (RFC 9110, sections 15.5.1, 15.5.14 and 15.5.16).
const ALSO: &[u16] = &[400, 413, 415];

/// Methods in the order in which one is looked for that a path does not have: the least harmful first.
const METHODS: &[&str] = &["PATCH", "POST", "PUT", "DELETE"];

/// A body that is not well-formed, or nearly so.
struct Malformed {
    label: &'static str,
    words: &'static str,
    bytes: Vec<u8>,
    /// Whether many readers take it all the same, so that it is only ill-advised to.
    is_should: bool,
    /// What a refusal is for: some readers find nothing wrong with the form, but with what it says.
    refusal: Refusal,
    rank: u8,
}

impl Deriving<'_, '_> {
    /// Adds the cases about what is around a message of an operation.
    pub(super) fn protocol(&self, sound: &Sound<'_, '_>, cases: &mut Cases) {
        self.syntax(sound, cases);
        self.encodings(sound, cases);
        self.read_only(sound, cases);
        self.no_body(sound, cases);
        self.media_types(sound, cases);
        self.accept(sound, cases);
        self.method(sound, cases);
    }

    fn json(&self, sound: &Sound<'_, '_>) -> Option<String> {
        let is_json = sound.draft.media_type.as_deref().is_some_and(of_json);
        let Body::Text(text) = &sound.draft.body else { return None };
        is_json.then(|| self.prover.fill(text))
    }

    fn syntax(&self, sound: &Sound<'_, '_>, cases: &mut Cases) {
        let Some(text) = self.json(sound) else { return };
        for malformed in malformed(&text) {
            let mut draft = sound.draft.clone();
            draft.body = Body::Bytes(malformed.bytes);
            if self.prover.breaks(&draft.request(), "").is_err() {
                continue;
            }
            let sketch = Sketch {
                id: format!("body.syntax.{}", malformed.label),
                sentence: format!("the body {}, and is refused", malformed.words),
                kind: Kind::Negative,
                place: sound.operation.place.clone(),
                constraint: None,
                is_should: malformed.is_should,
                expect: expect::refused(sound.operation, malformed.refusal, self.suite, ALSO),
                rank: malformed.rank,
                group: Group::None,
            };
            self.add(sound, &draft, sketch, cases);
        }
    }

    /// A byte order mark may be passed over or refused (RFC 8259, section 8.1), but must be answered.
    fn encodings(&self, sound: &Sound<'_, '_>, cases: &mut Cases) {
        let Some(text) = self.json(sound) else { return };
        let Body::Text(template) = &sound.draft.body else { return };
        let mut draft = sound.draft.clone();
        let mut marked = Template::literal("\u{feff}");
        marked.push(template);
        draft.body = Body::Text(marked);
        if text.is_empty() || !self.prover.keeps(&draft.request()) {
            return;
        }
        let sketch = Sketch {
            id: "body.encoding.byte-order-mark".into(),
            sentence: "the body begins with a byte order mark, and is accepted or refused".into(),
            kind: Kind::Positive,
            place: sound.operation.place.clone(),
            constraint: None,
            is_should: false,
            expect: expect::answered(sound.operation),
            rank: 4,
            group: Group::None,
        };
        self.add(sound, &draft, sketch, cases);
    }

    /// Members that are read-only should not be sent (OpenAPI 3.0.3, section 4.7.24.2), and are passed over or refused.
    fn read_only(&self, sound: &Sound<'_, '_>, cases: &mut Cases) {
        let (Some(first), Some((content, root))) = (sound.variants.first(), &sound.content) else {
            return;
        };
        let mut value = first.value.clone();
        if !add_foreign(&first.maker, &[Part::of(root.clone())], "", &first.value, &mut value) {
            return;
        }
        let mut draft = sound.draft.clone();
        let body = self.body(sound.operation, &concrete(&content.media_type), &value);
        let Some(body) = body else { return };
        draft.body = body;
        let told = self.prover.told(&draft.request());
        if told.is_empty() || told.iter().any(|told| told.is_error || told.rule != "readOnly") {
            return;
        }
        let sketch = Sketch {
            id: "body.read-only".into(),
            sentence: "the body has the members that are read-only, and is accepted or refused"
                .into(),
            kind: Kind::Positive,
            place: sound.operation.place.clone(),
            constraint: None,
            is_should: true,
            expect: expect::answered(sound.operation),
            rank: 2,
            group: Group::None,
        };
        self.add(sound, &draft, sketch, cases);
    }

    fn no_body(&self, sound: &Sound<'_, '_>, cases: &mut Cases) {
        let Some(body) = sound.operation.body.as_ref().filter(|body| body.required) else { return };
        let mut draft = sound.draft.clone();
        draft.body = Body::None;
        draft.media_type = None;
        if !self.is_refused_for(&draft, &body.constraint) {
            return cases.missed(&body.constraint, "a request without it breaks more than that");
        }
        cases.kept(&body.constraint);
        let sketch = Sketch {
            id: "body.missing".into(),
            sentence: "the body is missing, and the request is refused".into(),
            kind: Kind::Negative,
            place: body.constraint.clone(),
            constraint: Some(body.constraint.clone()),
            is_should: false,
            expect: expect::refused(sound.operation, Refusal::Schema, self.suite, &[415, 411]),
            rank: 1,
            group: Group::None,
        };
        self.add(sound, &draft, sketch, cases);
    }

    /// Whether a request breaks the constraint at a place and nothing else; an operation of the manifest's own says of its
    /// body what no schema stands behind.
    fn is_refused_for(&self, draft: &Draft, place: &str) -> bool {
        let request = draft.request();
        [place, ""].iter().any(|place| self.prover.breaks(&request, place).is_ok())
    }

    fn media_types(&self, sound: &Sound<'_, '_>, cases: &mut Cases) {
        let Some(body) = &sound.operation.body else { return };
        for strange in STRANGE_TYPES {
            let mut draft = sound.draft.clone();
            draft.media_type = Some((*strange).to_owned());
            if !self.is_refused_for(&draft, &body.constraint) {
                continue;
            }
            let sketch = Sketch {
                id: "body.media-type".into(),
                sentence: format!(
                    "the body is said to be {strange}, which is not declared, and is refused"
                ),
                kind: Kind::Negative,
                place: body.constraint.clone(),
                constraint: None,
                is_should: false,
                expect: expect::refused(sound.operation, Refusal::MediaType, self.suite, &[]),
                rank: 1,
                group: Group::None,
            };
            self.add(sound, &draft, sketch, cases);
            return;
        }
    }

    fn accept(&self, sound: &Sound<'_, '_>, cases: &mut Cases) {
        for strange in STRANGE_TYPES {
            let mut draft = sound.draft.clone();
            draft.accept = Some((*strange).to_owned());
            if self.prover.breaks(&draft.request(), &sound.operation.place).is_err() {
                continue;
            }
            let is_said =
                self.suite.is_some_and(|suite| suite.refusals.contains_key(&Refusal::Accept))
                    || sound.operation.answers.iter().any(|answer| answer.status == "406");
            let (sentence, expect) = if is_said {
                let expect = expect::refused(sound.operation, Refusal::Accept, self.suite, &[]);
                (
                    format!(
                        "only {strange} is asked for, which is not declared, and the request is refused"
                    ),
                    expect,
                )
            } else {
                // A server may leave `Accept` aside (RFC 9110, section 12.5.1).
                let expect = expect::answered(sound.operation);
                (
                    format!(
                        "only {strange} is asked for, which is not declared, and the request is answered"
                    ),
                    expect,
                )
            };
            let sketch = Sketch {
                id: "accept".into(),
                sentence,
                kind: Kind::Negative,
                place: sound.operation.place.clone(),
                constraint: None,
                is_should: false,
                expect,
                rank: 2,
                group: Group::None,
            };
            self.add(sound, &draft, sketch, cases);
            return;
        }
    }

    /// A method that the path does not have; once for each path.
    fn method(&self, sound: &Sound<'_, '_>, cases: &mut Cases) {
        let path = &sound.operation.path;
        let mut of_path = self.sounds.iter().filter(|each| each.operation.path == *path);
        if of_path.next().is_none_or(|first| !std::ptr::eq(first, sound)) {
            return;
        }
        let request = sound.draft.request();
        let sent = self.prover.fill(&request.path);
        let sent = sent.split('?').next().unwrap_or_default();
        let known = self.contract.methods_at(sent);
        if known.is_empty() {
            return;
        }
        let Some(method) = METHODS.iter().find(|method| !known.contains(method)) else { return };
        let mut draft = sound.draft.clone();
        draft.operation = None;
        draft.method = (*method).to_owned();
        draft.body = Body::None;
        (draft.media_type, draft.accept) = (None, None);
        for parameter in &sound.operation.parameters {
            if parameter.place != In::Path {
                draft.remove(parameter.place, &parameter.name);
            }
        }
        let mut expect =
            expect::refused(sound.operation, Refusal::Method, self.suite, &missing(sound));
        if self.suite.is_none_or(|suite| !suite.refusals.contains_key(&Refusal::Method)) {
            expect.statuses = vec![Statuses::class(4), Statuses::only(501)];
        }
        let sketch = Sketch {
            id: format!("method.{method}"),
            sentence: format!("{method}, which is not declared for {path}, is refused"),
            kind: Kind::Negative,
            place: sound.operation.place.clone(),
            constraint: None,
            is_should: false,
            expect: Expect { judged: false, ..expect },
            rank: 1,
            group: Group::None,
        };
        self.add(sound, &draft, sketch, cases);
    }

    /// A path that the contract does not have; once.
    pub(super) fn unknown_path(&self, cases: &mut Cases) {
        let Some(sound) = self.sounds.first() else { return };
        let path = "/no-such-path-7c3a";
        if self.contract.methods_at(path).is_empty()
            && self.contract.operation_at("GET", path).is_none()
        {
            let draft = Draft::new(None, "GET", path);
            let mut expect = expect::refused(sound.operation, Refusal::Path, self.suite, &[]);
            if self.suite.is_none_or(|suite| !suite.refusals.contains_key(&Refusal::Path)) {
                expect.statuses = vec![Statuses::class(4)];
            }
            let sketch = Sketch {
                id: "unknown-path".into(),
                sentence: "a path that is not declared is refused".into(),
                kind: Kind::Negative,
                place: sound.operation.place.clone(),
                constraint: None,
                is_should: false,
                expect: Expect { judged: false, ..expect },
                rank: 1,
                group: Group::None,
            };
            self.add(sound, &draft, sketch, cases);
        }
    }

    /// Adds a case for each example of a body that the contract gives.
    pub(super) fn examples(
        &self,
        sound: &Sound<'_, '_>,
        place: &Place<'_>,
        content: &Content<'_>,
        cases: &mut Cases,
    ) {
        let media_type = concrete(&content.media_type);
        for (at, example) in content.examples.iter().enumerate() {
            let mut value = (*example).clone();
            self.renew(sound, &mut value);
            let mut draft = sound.draft.clone();
            let Some(body) = self.body(sound.operation, &media_type, &value) else { continue };
            draft.body = body;
            if !self.prover.keeps(&draft.request()) {
                continue;
            }
            let sketch = Sketch {
                id: format!("{}.example.{}", place.id, at + 1),
                sentence: "an example of the contract is accepted".into(),
                kind: Kind::Positive,
                place: sound.operation.place.clone(),
                constraint: None,
                is_should: false,
                expect: expect::taken(sound.operation, sound.may_be_missing),
                rank: 0,
                group: Group::None,
            };
            self.add(sound, &draft, sketch, cases);
        }
    }

    /// Puts what stands for the suite's new values into a document of the contract's own.
    fn renew(&self, sound: &Sound<'_, '_>, value: &mut Value) {
        for (pointer, before, stands) in self.bound_texts(sound.operation) {
            if let Some(member) = value.pointer_mut(&pointer) {
                *member = Value::String(format!("{before}{stands}"));
            }
        }
    }
}

/// Adds the members that are read-only to the objects of a document; says whether there are any.
fn add_foreign(
    maker: &Maker<'_, '_>,
    starts: &[Part],
    pointer: &str,
    was: &Value,
    whole: &mut Value,
) -> bool {
    let spot = maker.gather(starts, pointer, Some(was));
    let mut is_added = false;
    if let Value::Object(members) = was {
        for name in spot.declared(maker.schemas) {
            let (starts, at) = (spot.member(maker.schemas, name), make::below(pointer, name));
            let inner = maker.gather(&starts, &at, None);
            let marked = inner.each(maker.schemas, maker.foreign).any(|(_, mark)| *mark == true);
            if !marked || members.contains_key(name) {
                continue;
            }
            if let (Some(value), Some(Value::Object(members))) =
                (maker.at(&starts, &at, Fullness::Least), whole.pointer_mut(pointer))
            {
                members.insert(name.to_owned(), value);
                is_added = true;
            }
        }
    }
    each_part(maker, &spot, was, &mut |starts, at, was| {
        is_added |= add_foreign(maker, starts, at, was, whole);
    });
    is_added
}

fn missing(sound: &Sound<'_, '_>) -> Vec<u16> {
    sound.may_be_missing.then_some(404).into_iter().collect()
}

/// Bodies that are not well-formed, made of one that is.
fn malformed(text: &str) -> Vec<Malformed> {
    let case = |label, words, bytes: Vec<u8>| Malformed {
        label,
        words,
        bytes,
        is_should: false,
        refusal: Refusal::Syntax,
        rank: 2,
    };
    let cut = text.get(..text.len().saturating_sub(1)).unwrap_or_default().to_owned();
    let mut found = vec![
        Malformed { rank: 1, ..case("cut", "is cut off before its end", cut.clone().into_bytes()) },
        case("two-values", "holds two values", format!("{text} {text}").into_bytes()),
        case("nan", "is NaN, which JSON does not have", b"NaN".to_vec()),
    ];
    if let Some(last) = text.chars().last().filter(|last| matches!(last, '}' | ']'))
        && !matches!(text, "{}" | "[]")
    {
        let comma = format!("{cut},{last}").into_bytes();
        found.push(case("comma", "has a comma after its last member", comma));
    }
    let deep = "[".repeat(NESTED_DEEP) + &"]".repeat(NESTED_DEEP);
    let deep = case("deep", "is nested two thousand levels deep", deep.into_bytes());
    found.push(Malformed { refusal: Refusal::Schema, ..deep });
    if let Some(rest) = text.strip_prefix('{')
        && let Some(first) = rest.split(':').next().filter(|name| name.len() > 2)
    {
        let twice = format!("{{{first}:null,{rest}").into_bytes();
        let words = "has two members of one name";
        // RFC 8259, section 4: names SHOULD be unique.
        let twice = case("member-twice", words, twice);
        found.push(Malformed { is_should: true, refusal: Refusal::Schema, ..twice });
    }
    // RFC 8259, section 8.1: UTF-8; some readers find out others.
    let wide = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let wide = case("utf-16", "is written in UTF-16", wide);
    found.push(Malformed { is_should: true, refusal: Refusal::Schema, ..wide });
    if let Some(at) = text.rfind('"') {
        let mut bytes = text.as_bytes().to_vec();
        bytes.insert(at, 0xff);
        found.push(case("not-utf-8", "has a byte that is no UTF-8", bytes));
    }
    found
}
