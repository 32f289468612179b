//! Changing a request with slots: a header, a query parameter, a member of its JSON body.

use crate::{
    case::{Body, Request},
    suite::Spot,
    template::{Part, Slot, Template},
    walk::encoded,
};
use serde_json::Value;

/// Puts a header in place of one of its name, which is in lower case.
pub(crate) fn set_header(request: &mut Request, name: &str, value: Template) {
    remove_header(request, name);
    request.headers.push((name.to_owned(), value));
}

/// Takes a header away.
pub(super) fn remove_header(request: &mut Request, name: &str) {
    request.headers.retain(|(each, _)| each != name);
}

/// Adds a query parameter; one of its name goes.
pub(crate) fn set_query(request: &mut Request, name: &str, value: &Template) {
    remove_query(request, name);
    let has_query = request.path.to_string().contains('?');
    request.path.push_text(if has_query { "&" } else { "?" });
    request.path.push_text(&format!("{}=", encoded(name)));
    request.path.push(value);
}

/// Takes a query parameter away.
fn remove_query(request: &mut Request, name: &str) {
    let written = request.path.to_string();
    let Some((path, query)) = written.split_once('?') else { return };
    let other = |pair: &&str| pair.split_once('=').map_or(*pair, |(key, _)| key) != encoded(name);
    let kept: Vec<&str> = query.split('&').filter(other).collect();
    let written =
        if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) };
    if let Ok(path) = Template::parse(&written) {
        request.path = path;
    }
}

/// Takes away what stands at a place. Gives whether it could be done.
pub(super) fn remove(request: &mut Request, at: &Spot) -> bool {
    match at {
        Spot::Header(name) => remove_header(request, name),
        Spot::Query(name) => remove_query(request, name),
        Spot::Json(pointer) => return remove_member(request, pointer),
        Spot::Path(_) | Spot::Cookie(_) | Spot::Xml(_) => return false,
    }
    true
}

fn remove_member(request: &mut Request, pointer: &str) -> bool {
    let Some(mut body) = json(&request.body) else { return false };
    let (above, name) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let Some(Value::Object(members)) = body.pointer_mut(above) else { return false };
    let removed = members.shift_remove(name).is_some();
    if let (true, Ok(text)) = (removed, Template::parse(&body.to_string())) {
        request.body = Body::Text(text);
    }
    removed
}

/// The body as JSON whose texts may hold slots as they are written; nothing where it is none.
pub(super) fn json(body: &Body) -> Option<Value> {
    match body {
        Body::Text(template) => serde_json::from_str(&template.to_string()).ok(),
        Body::None | Body::Coded(..) | Body::Bytes(_) => None,
    }
}

/// The same request with new values of its own: `Fresh("key")` becomes `Fresh("key.2")`.
pub(super) fn renumbered(request: &Request, number: usize) -> Request {
    let mut request = request.clone();
    each_slot(&mut request, |slot| match slot {
        Slot::Fresh(name) => Slot::Fresh(format!("{name}.{number}")),
        slot => slot.clone(),
    });
    request
}

/// Names another capture in place of one.
pub(super) fn recapture(request: &mut Request, from: &str, to: &str) {
    each_slot(request, |slot| match slot {
        Slot::Captured(name) if name == from => Slot::Captured(to.to_owned()),
        slot => slot.clone(),
    });
}

fn each_slot(request: &mut Request, change: impl Fn(&Slot) -> Slot) {
    request.path = changed(&request.path, &change);
    for (_, value) in &mut request.headers {
        *value = changed(value, &change);
    }
    match &mut request.body {
        Body::Text(text) | Body::Coded(_, text) => *text = changed(text, &change),
        Body::None | Body::Bytes(_) => {}
    }
}

fn changed(template: &Template, change: &impl Fn(&Slot) -> Slot) -> Template {
    let mut out = Template::default();
    for part in template.parts() {
        match part {
            Part::Literal(text) => out.push_text(text),
            Part::Slot(slot) => out.push_slot(change(slot)),
        }
    }
    out
}
