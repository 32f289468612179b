//! What is kept of what was sent and what came: bounded, and without secrets.

use crate::{
    result::{Exchanged, Kept},
    secrets::Secrets,
    target::{Answer, NoAnswer, Sent, Target},
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Most bytes of a body that a result keeps.
pub const KEPT_BODY_BYTES_MAX: usize = 64 * 1024;
/// Most headers of a message that a result keeps.
const KEPT_HEADERS_MAX: usize = 100;
/// Most bytes of a header's value that a result keeps.
const KEPT_HEADER_BYTES_MAX: usize = 4 * 1024;

/// Most exchanges of one case that a result keeps: the first, and the last.
const KEPT_EXCHANGES_MAX: usize = 1_100;
/// Most bytes that a result keeps of one case, both ways.
const KEPT_CASE_BYTES_MAX: usize = 16 << 20;

/// Keeps an exchange; of many, those in the middle go.
pub(super) fn add(kept: &mut Vec<Exchanged>, exchanged: Exchanged) {
    let mut bytes: usize = kept.iter().map(bytes_of).sum::<usize>() + bytes_of(&exchanged);
    while kept.len() >= KEPT_EXCHANGES_MAX || (bytes > KEPT_CASE_BYTES_MAX && kept.len() > 1) {
        bytes -= bytes_of(&kept.remove(kept.len() / 2));
    }
    kept.push(exchanged);
}

fn bytes_of(exchange: &Exchanged) -> usize {
    let messages = std::iter::once(&exchange.request).chain(&exchange.answer);
    let texts = messages.flat_map(|kept| {
        let headers = kept.headers.iter().flat_map(|(name, value)| [name, value]);
        headers.chain([&kept.start]).chain(&kept.body).chain(&kept.body_base64)
    });
    texts.map(String::len).sum()
}

/// One request and what became of it.
pub(super) fn exchange(
    step: &str,
    sent: &Sent,
    answer: &Result<Answer, NoAnswer>,
    target: &dyn Target,
) -> Exchanged {
    let mut headers = target.credentials_shown(&sent.credentials);
    headers.extend(sent.headers.iter().cloned());
    let start = format!("{} {}", sent.method, sent.path);
    let secrets = target.secrets();
    let request = kept(&start, &headers, sent.body.as_deref().unwrap_or_default(), secrets);
    let came = answer.as_ref().ok();
    Exchanged {
        step: step.to_owned(),
        request,
        answer: came.map(|came| kept(&came.status.to_string(), &came.headers, &came.body, secrets)),
        no_answer: answer.as_ref().err().map(ToString::to_string),
        micros: came.map_or(0, |came| came.micros),
    }
}

/// A message as it is kept: bounded, and without secrets.
pub(crate) fn kept(
    start: &str,
    headers: &[(String, String)],
    body: &[u8],
    secrets: &Secrets,
) -> Kept {
    let shown = |(name, value): &(String, String)| {
        (name.clone(), cut(&secrets.hide_text(value), KEPT_HEADER_BYTES_MAX).to_owned())
    };
    // Before anything is cut: half a secret would not be known again.
    let hidden = secrets.hide(body);
    let is_text = std::str::from_utf8(&hidden).is_ok();
    let text = is_text.then(|| String::from_utf8_lossy(&hidden));
    let body_text = text.map(|text| cut(&text, KEPT_BODY_BYTES_MAX).to_owned());
    let whole = hidden.get(..KEPT_BODY_BYTES_MAX).unwrap_or(&hidden);
    Kept {
        start: secrets.hide_text(start),
        headers: headers.iter().take(KEPT_HEADERS_MAX).map(shown).collect(),
        body: body_text.filter(|text| !text.is_empty()),
        body_base64: (!is_text).then(|| STANDARD.encode(whole)),
        body_bytes: u64::try_from(body.len()).unwrap_or(u64::MAX),
    }
}

/// The text up to a number of bytes, not cut within a character.
pub(super) fn cut(text: &str, bytes_max: usize) -> &str {
    let mut end = bytes_max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
