//! The request of an operation that cases change one thing of: what must be there, and nothing else.

use super::{
    draft::{Draft, slots},
    expect,
    write::{BOUNDARY, encode, fields, parts, plain, write},
};
use crate::{
    case::{Body, Capture, Purpose, Request, Source, Step},
    derive::{
        json::variants::{Variant, variants},
        proof::{Prover, stand_in},
    },
    suite::{FreshForm, Spot, Suite},
    template::{Slot, Template},
};
use serde_json::Value;
use sluse_contracts::{
    Contract,
    schema::described::{Content, Described, In, Operation, Parameter, SchemaAt},
};

/// Longest way from one resource to the one that it is made in.
const RESOURCES_DEEP_MAX: usize = 4;

/// What marks a slot while a body is written: no text of a schema has these characters of private use.
const MARK: (char, char) = ('\u{F8F0}', '\u{F8F1}');

/// Header fields whose rules are those of HTTP itself (RFC 9110, sections 12 to 14).
pub(crate) const OF_HTTP: &[&str] =
    &["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range"];

/// What cases are derived from, and what is known on the way.
#[derive(Debug)]
pub(crate) struct Deriving<'p, 'd> {
    pub(crate) contract: &'p Contract,
    pub(crate) described: &'p Described<'d>,
    pub(crate) suite: Option<&'p Suite>,
    pub(crate) prover: Prover<'p>,
    pub(crate) sounds: Vec<Sound<'p, 'd>>,
}

/// The request of one operation.
#[derive(Debug)]
pub(crate) struct Sound<'p, 'd> {
    pub(crate) operation: &'p Operation<'d>,
    pub(crate) draft: Draft,
    /// The content that its body is of, and the documents that the body may be.
    pub(crate) content: Option<(&'p Content<'d>, SchemaAt)>,
    pub(crate) variants: Vec<Variant<'p, 'd>>,
    /// Whether its path names something that nobody has made.
    pub(crate) may_be_missing: bool,
    /// Why there is no request that keeps to the contract, where there is none.
    pub(crate) fault: Option<String>,
}

/// What a suite puts in a place of a request.
struct Bound {
    before: String,
    slot: Slot,
    /// What stands for the slot; nothing where a value of the schema does.
    stands: Option<&'static str>,
}

impl<'p, 'd> Deriving<'p, 'd> {
    pub(crate) fn new(
        contract: &'p Contract,
        described: &'p Described<'d>,
        suite: Option<&'p Suite>,
    ) -> Self {
        let prover = Prover::new(contract);
        let mut deriving = Self { contract, described, suite, prover, sounds: Vec::new() };
        for operation in &described.operations {
            let sound = deriving.sound(operation);
            deriving.sounds.push(sound);
        }
        deriving
    }

    fn sound(&mut self, operation: &'p Operation<'d>) -> Sound<'p, 'd> {
        let mut draft = Draft::new(Some(&operation.name), &operation.method, &operation.path);
        let mut may_be_missing = false;
        let mut fault = None;
        for parameter in &operation.parameters {
            let bound = self.bound_parameter(operation, parameter);
            if bound.is_none() && !parameter.required {
                continue;
            }
            may_be_missing |= bound.is_none() && parameter.place == In::Path;
            match self.input(parameter, bound.as_ref()) {
                Some(written) => draft.set(parameter.place, &parameter.name, written),
                None if parameter.required => {
                    let name = &parameter.name;
                    fault = Some(format!("no value was found for the parameter `{name}`"));
                }
                None => {}
            }
        }
        draft.accept = accepted(operation);
        let mut sound =
            Sound { operation, draft, content: None, variants: Vec::new(), may_be_missing, fault };
        self.add_body(&mut sound);
        if sound.fault.is_none() && !self.prover.keeps(&sound.draft.request()) {
            let told = self.prover.told(&sound.draft.request());
            let rules: Vec<String> = told.into_iter().map(|told| told.rule).collect();
            sound.fault =
                Some(format!("no request was found that breaks nothing: {}", rules.join(", ")));
        }
        sound
    }

    fn add_body(&mut self, sound: &mut Sound<'p, 'd>) {
        let operation = sound.operation;
        let Some(body) = &operation.body else { return };
        let form =
            |content: &&Content<'_>| of_form(&content.media_type) || of_parts(&content.media_type);
        let json = body.contents.iter().find(|content| of_json(&content.media_type));
        let Some(content) = json.or_else(|| body.contents.iter().find(form)) else {
            if body.required {
                let types: Vec<&str> =
                    body.contents.iter().map(|content| content.media_type.as_str()).collect();
                sound.fault = Some(format!("bodies of {} are not made", types.join(", ")));
            }
            return;
        };
        sound.draft.media_type = Some(concrete(&content.media_type));
        let Some(root) = &content.schema else {
            sound.draft.body = Body::Text(Template::literal("{}"));
            return;
        };
        let schemas = self.described.schemas;
        let examples = content.examples.iter().copied();
        let hint = examples.clone().find(|value| schemas.takes(root, value) == Some(true));
        let mut found = variants(schemas, root, hint.or(examples.clone().next()), "readOnly");
        for variant in &mut found {
            self.bind(operation, &mut variant.value);
        }
        match found.first().and_then(|variant| {
            self.body(operation, &concrete(&content.media_type), &variant.value)
        }) {
            Some(body) => sound.draft.body = body,
            None => sound.fault = Some("no document was found that the body's schema takes".into()),
        }
        sound.variants = found;
        sound.content = Some((content, root.clone()));
    }

    /// What a suite puts in the place of a parameter; a new key where one must be there and no suite says more of it.
    fn bound_parameter(
        &self,
        operation: &Operation<'_>,
        parameter: &Parameter<'_>,
    ) -> Option<Bound> {
        let bound = self.bound(operation, &spot(parameter));
        let is_key = parameter.place == In::Header && parameter.name == "idempotency-key";
        let stands = stand_in(FreshForm::Uuid);
        let takes = || {
            let at = parameter.schema.as_ref()?;
            self.described.schemas.takes(at, &Value::String(stands.to_owned()))
        };
        bound.or_else(|| {
            let fits = parameter.required && is_key && takes() != Some(false);
            let slot = Slot::Fresh(parameter.name.clone());
            fits.then(|| Bound { before: String::new(), slot, stands: Some(stands) })
        })
    }

    /// What a suite puts in a place of an operation's requests.
    fn bound(&self, operation: &Operation<'_>, at: &Spot) -> Option<Bound> {
        let suite = self.suite?;
        let of =
            |operations: &[String]| operations.is_empty() || operations.contains(&operation.name);
        let fresh = suite.fresh.iter().find(|fresh| of(&fresh.operations) && fresh.at == *at);
        if let Some(fresh) = fresh {
            let slot = Slot::Fresh(fresh.name.clone());
            return Some(Bound {
                before: fresh.prefix.clone(),
                slot,
                stands: Some(stand_in(fresh.form)),
            });
        }
        let mut given = suite.given.iter();
        let given = given.find(|given| of(&given.operations) && given.at.as_ref() == Some(at));
        let of_slot = |slot| Bound { before: String::new(), slot, stands: None };
        if let Some(given) = given {
            return Some(of_slot(Slot::Given(given.name.clone())));
        }
        match at {
            Spot::Path(name) => {
                let resource = suite.resource_of(name)?;
                let is_own = resource.create == operation.name;
                (!is_own).then(|| of_slot(Slot::Captured(resource.name.clone())))
            }
            Spot::Header(name) if name == "if-match" => {
                let changes = |change: &[String]| change.contains(&operation.name);
                let found = suite.preconditions.iter().find(|each| changes(&each.change))?;
                suite.resource(&found.resource)?.etag.as_ref()?;
                Some(of_slot(Slot::Captured(etag_slot(&found.resource))))
            }
            _ => None,
        }
    }

    /// What a parameter is written as: what a suite puts there, else a value of its schema.
    fn input(&mut self, parameter: &Parameter<'_>, bound: Option<&Bound>) -> Option<Vec<Template>> {
        let value = self.value(parameter);
        let Some(bound) = bound else {
            let written = write(parameter, &value?)?;
            return Some(written.into_iter().map(Template::literal).collect());
        };
        let stands = match bound.stands {
            Some(stands) => stands.to_owned(),
            None => {
                value.as_ref().and_then(plain).map_or_else(|| "x".into(), |text| text.into_owned())
            }
        };
        self.prover.stand_ins.entry(bound.slot.clone()).or_insert(stands);
        let mut template = Template::default();
        if matches!(parameter.place, In::Query | In::Cookie) {
            template.push_text(&format!("{}=", encode(&parameter.name)));
        }
        let is_plain = parameter.place == In::Header;
        template.push_text(&if is_plain { bound.before.clone() } else { encode(&bound.before) });
        template.push_slot(bound.slot.clone());
        Some(vec![template])
    }

    /// A value for a parameter: an example of the contract's that can be written, else one that is made.
    pub(crate) fn value(&self, parameter: &Parameter<'_>) -> Option<Value> {
        let schemas = self.described.schemas;
        let fits = |value: &&&Value| {
            let taken =
                parameter.schema.as_ref().is_none_or(|at| schemas.takes(at, value) == Some(true));
            taken && write(parameter, value).is_some()
        };
        if let Some(example) = parameter.examples.iter().find(fits) {
            return Some((*example).clone());
        }
        let Some(at) = &parameter.schema else { return Some(Value::String("x".into())) };
        let made = variants(schemas, at, None, "readOnly");
        made.into_iter()
            .map(|variant| variant.value)
            .find(|value| write(parameter, value).is_some())
    }

    /// The places of a body that a suite fills.
    fn bound_members(&self, operation: &Operation<'_>) -> Vec<(String, Bound)> {
        let Some(suite) = self.suite else { return Vec::new() };
        let fresh = suite.fresh.iter().map(|fresh| Some(&fresh.at));
        let all = fresh.chain(suite.given.iter().map(|given| given.at.as_ref())).flatten();
        let pointers = all.filter_map(|at| match at {
            Spot::Json(pointer) => Some((pointer.clone(), self.bound(operation, at)?)),
            _ => None,
        });
        pointers.collect()
    }

    /// Puts what stands for the suite's values into a body.
    fn bind(&mut self, operation: &Operation<'_>, value: &mut Value) {
        for (pointer, bound) in self.bound_members(operation) {
            let Some(member) = value.pointer_mut(&pointer) else { continue };
            match bound.stands {
                Some(stands) => {
                    self.prover.stand_ins.insert(bound.slot, stands.to_owned());
                    *member = Value::String(format!("{}{stands}", bound.before));
                }
                None => {
                    let text = plain(member).map(std::borrow::Cow::into_owned);
                    self.prover.stand_ins.entry(bound.slot).or_insert(text.unwrap_or_default());
                }
            }
        }
    }

    /// The length that a value of the suite has at least, where it puts one at this place of a body.
    pub(crate) fn bound_text(
        &self,
        operation: &Operation<'_>,
        pointer: &str,
    ) -> Option<(String, String)> {
        let found = self.bound_members(operation).into_iter().find(|(each, _)| each == pointer);
        let (_, bound) = found?;
        Some((bound.before, bound.stands?.to_owned()))
    }

    /// The places of a body in which a suite wants a new text each time: what stands before it, and what stands for it.
    pub(crate) fn bound_texts(&self, operation: &Operation<'_>) -> Vec<(String, String, String)> {
        let all = self.bound_members(operation).into_iter();
        all.filter_map(|(at, bound)| Some((at, bound.before, bound.stands?.to_owned()))).collect()
    }

    /// Whether a suite says what a parameter is.
    pub(crate) fn is_bound(&self, sound: &Sound<'_, '_>, parameter: &Parameter<'_>) -> bool {
        self.bound_parameter(sound.operation, parameter).is_some()
    }

    /// A document as a body; what stands for the suite's values becomes slots.
    pub(crate) fn body(
        &self,
        operation: &Operation<'_>,
        media_type: &str,
        value: &Value,
    ) -> Option<Body> {
        let mut marked = value.clone();
        let mut slots = Vec::new();
        for (pointer, bound) in self.bound_members(operation) {
            let stands = self.prover.stand_ins.get(&bound.slot).cloned().unwrap_or_default();
            let Some(member) = marked.pointer_mut(&pointer) else { continue };
            let Some(text) = member.as_str() else { continue };
            let Some(before) = text.strip_suffix(stands.as_str()) else { continue };
            if before.starts_with(&bound.before) && !stands.is_empty() {
                *member = Value::String(format!("{before}{}{}{}", MARK.0, slots.len(), MARK.1));
                slots.push(bound.slot);
            }
        }
        let text = match () {
            () if of_form(media_type) => fields(&marked)?,
            () if of_parts(media_type) => parts(&marked)?,
            () => marked.to_string(),
        };
        Some(Body::Text(template(&text, &slots)))
    }

    /// The steps that make what a request needs.
    pub(crate) fn prepare(&self, request: &Request) -> Vec<Step> {
        let mut steps = Vec::new();
        self.add_steps(request, &mut steps, 0);
        steps
    }

    fn add_steps(&self, request: &Request, steps: &mut Vec<Step>, depth: usize) {
        let Some(suite) = self.suite.filter(|_| depth < RESOURCES_DEEP_MAX) else { return };
        for slot in slots(request) {
            let Slot::Captured(name) = slot else { continue };
            let found = suite
                .resources
                .iter()
                .find(|each| each.name == name || etag_slot(&each.name) == name);
            let Some(resource) = found else { continue };
            let step = format!("create-{}", resource.name);
            let Some(sound) =
                self.sounds.iter().find(|sound| sound.operation.name == resource.create)
            else {
                continue;
            };
            if steps.iter().any(|each: &Step| each.name == step) {
                continue;
            }
            let create = sound.draft.request();
            self.add_steps(&create, steps, depth + 1);
            let is_address = resource.id == Source::Header("location".to_owned());
            let id = Capture {
                name: resource.name.clone(),
                from: resource.id.clone(),
                last_segment: is_address,
            };
            let etag = resource.etag.as_ref().map(|etag| Capture {
                name: etag_slot(&resource.name),
                from: etag.clone(),
                last_segment: false,
            });
            let captures = std::iter::once(id).chain(etag).collect();
            steps.push(Step {
                name: step,
                purpose: Purpose::Prepare,
                requests: vec![create],
                expect: expect::taken(sound.operation, false),
                captures,
                left: Vec::new(),
                wait_ms: 0,
                clause: None,
                walk: None,
            });
        }
    }

    /// Whether a parameter is the cursor of a list's pages: only an answer tells its values.
    pub(crate) fn is_cursor(&self, operation: &Operation<'_>, parameter: &Parameter<'_>) -> bool {
        use crate::walk::Next;
        let Some(suite) = self.suite else { return false };
        let of_paging = suite.paging.iter().map(|paging| (&paging.operation, &paging.next));
        let of_events = suite.events.iter().map(|events| (&events.operation, &events.next));
        of_paging.chain(of_events).any(|(name, next)| {
            let is_its = |named: &String| *named == parameter.name;
            *name == operation.name
                && matches!(next, Next::Cursor { parameter, .. } if is_its(parameter))
        })
    }
}

/// The slot of a resource's version.
pub(crate) fn etag_slot(resource: &str) -> String {
    format!("{resource}-etag")
}

/// How a suite names the place of a parameter.
fn spot(parameter: &Parameter<'_>) -> Spot {
    let name = parameter.name.clone();
    match parameter.place {
        In::Path => Spot::Path(name),
        In::Query => Spot::Query(name),
        In::Header => Spot::Header(name),
        In::Cookie => Spot::Cookie(name),
    }
}

/// A text with marks as a template.
fn template(text: &str, slots: &[Slot]) -> Template {
    let mut template = Template::default();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARK.0) {
        template.push_text(before);
        let (number, after) = after.split_once(MARK.1).unwrap_or((after, ""));
        let slot = number.parse::<usize>().ok().and_then(|number| slots.get(number));
        if let Some(slot) = slot {
            template.push_slot(slot.clone());
        }
        rest = after;
    }
    template.push_text(rest);
    template
}

/// What a request asks to be answered in: the media types that the operation answers in, good or bad.
fn accepted(operation: &Operation<'_>) -> Option<String> {
    let mut types: Vec<String> = Vec::new();
    for answer in &operation.answers {
        for content in &answer.body.contents {
            if !types.contains(&content.media_type) {
                types.push(content.media_type.clone());
            }
        }
    }
    (!types.is_empty()).then(|| types.join(", "))
}

/// A media type of a range.
pub(crate) fn concrete(range: &str) -> String {
    match range {
        "*/*" | "application/*" => "application/json".into(),
        parts if of_parts(parts) => format!("multipart/form-data; boundary={BOUNDARY}"),
        range => range.replace("*+json", "json").replace("/*", "/plain"),
    }
}

/// Whether bodies of a media range are JSON.
pub(crate) fn of_json(range: &str) -> bool {
    let essence = concrete(range);
    let essence = essence.split(';').next().unwrap_or_default().trim();
    essence.ends_with("/json") || essence.ends_with("+json")
}

/// Whether bodies of a media range are forms of several parts.
pub(crate) fn of_parts(range: &str) -> bool {
    range.starts_with("multipart/form-data")
}

/// Whether bodies of a media range are forms as queries are written.
pub(crate) fn of_form(range: &str) -> bool {
    range.starts_with("application/x-www-form-urlencoded")
}
