//! What may never be shown: each secret of the supplier, in every form in which a system may say it back.
//!
//! A run knows its secrets, so it need not guess what is one: before anything is kept, each is put
//! back into the slot that it came from.

use crate::template::Slot;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use std::{borrow::Cow, fmt};

/// Shortest secret, in bytes: a shorter one stands by chance in half of what a system says, and cannot be hidden.
pub const SECRET_BYTES_MIN: usize = 4;

/// The secrets of a run.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// What is looked for and what is put in its place, the longest first.
    forms: Vec<(Vec<u8>, String)>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} forms)", self.forms.len())
    }
}

impl Secrets {
    /// Adds a secret by the name under which the supplier's file has it. One shorter than
    /// [`SECRET_BYTES_MIN`] is passed over: whoever reads the file refuses it.
    pub fn add(&mut self, name: &str, value: &str) {
        if value.len() < SECRET_BYTES_MIN {
            return;
        }
        let slot = Slot::Secret(name.to_owned()).to_string();
        let quoted = serde_json::Value::from(value).to_string();
        let forms = [
            value.to_owned(),
            quoted.trim_matches('"').to_owned(),
            // Some write JSON so (RFC 8259, section 7, allows it).
            quoted.trim_matches('"').replace('/', "\\/"),
            percent_encoded(value),
            lower_escapes(&percent_encoded(value)),
            STANDARD.encode(value),
            STANDARD.encode(value).trim_end_matches('=').to_owned(),
            URL_SAFE_NO_PAD.encode(value),
            xml_escaped(value),
        ];
        for form in forms {
            if self.forms.iter().all(|(known, _)| *known != form.as_bytes()) {
                self.forms.push((form.into_bytes(), slot.clone()));
            }
        }
        self.forms.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
    }

    /// Bytes with each secret put back into its slot.
    pub fn hide<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        let mut shown = Cow::Borrowed(bytes);
        for (form, slot) in &self.forms {
            if let Some(without) = replaced(&shown, form, slot.as_bytes()) {
                shown = Cow::Owned(without);
            }
        }
        shown
    }

    /// Text with each secret put back into its slot.
    pub fn hide_text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.hide(text.as_bytes())).into_owned()
    }
}

/// The bytes with each occurrence replaced; nothing where there is none.
fn replaced(bytes: &[u8], form: &[u8], by: &[u8]) -> Option<Vec<u8>> {
    let first = *form.first()?;
    let mut out: Option<Vec<u8>> = None;
    let mut kept = 0;
    let mut at = 0;
    while let Some(step) = bytes.get(at..)?.iter().position(|byte| *byte == first) {
        let here = at + step;
        if bytes.get(here..).is_some_and(|rest| rest.starts_with(form)) {
            let out = out.get_or_insert_with(Vec::new);
            out.extend_from_slice(bytes.get(kept..here).unwrap_or_default());
            out.extend_from_slice(by);
            at = here + form.len();
            kept = at;
        } else {
            at = here + 1;
        }
    }
    let mut out = out?;
    out.extend_from_slice(bytes.get(kept..).unwrap_or_default());
    Some(out)
}

/// RFC 3986, section 2.1: all but the unreserved characters.
fn percent_encoded(text: &str) -> String {
    use fmt::Write;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// The same with escapes in small letters (RFC 3986, section 2.1: they are equivalent).
fn lower_escapes(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut lower = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (escape, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        lower.extend(["%", &escape.to_ascii_lowercase(), rest]);
    }
    lower
}

fn xml_escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secrets() -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add("token", "s3cr&t/\"value");
        secrets
    }

    #[test]
    fn hides_a_secret_in_each_form() {
        let secrets = secrets();
        for said in [
            "a s3cr&t/\"value b",
            r#"{"token":"s3cr&t/\"value"}"#,
            "?t=s3cr%26t%2F%22value",
            "?t=s3cr%26t%2f%22value",
            r#"{"token":"s3cr&t\/\"value"}"#,
            "<t>s3cr&amp;t/&quot;value</t>",
            &STANDARD.encode("s3cr&t/\"value"),
        ] {
            let shown = secrets.hide_text(said);
            assert!(shown.contains("{{secret:token}}") && !shown.contains("s3cr"), "{shown}");
        }
        assert_eq!(secrets.hide_text("nothing of it"), "nothing of it");
    }

    #[test]
    fn the_longer_of_two_secrets_goes_first() {
        let mut secrets = Secrets::default();
        secrets.add("short", "abcd");
        secrets.add("long", "abcdef");
        assert_eq!(secrets.hide_text("abcdef abcd"), "{{secret:long}} {{secret:short}}");
    }

    proptest! {
        #[test]
        fn no_secret_is_left_whatever_stands_around_it(before in "[ab]{0,9}", after in "[ab]{0,9}") {
            let mut secrets = Secrets::default();
            secrets.add("t", "abab");
            let shown = secrets.hide_text(&format!("{before}abab{after}"));
            prop_assert!(!shown.contains("abab"), "{shown}");
        }
    }
}
