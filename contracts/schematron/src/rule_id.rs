//! The id of a rule where no attribute gives it: published rule sets write it at the head of the message.

const ID_BYTES_MAX: usize = 100;

/// Reads `[F-INV001] …`, or a leading token such as `OIOUBL-Common-GP004: …`.
pub(crate) fn from_text(text: &str) -> Option<&str> {
    let text = text.trim_start();
    if let Some(rest) = text.strip_prefix('[') {
        let (id, _) = rest.split_once(']')?;
        let id = id.trim();
        return is_id(id, false).then_some(id);
    }
    let token = text.split_whitespace().next()?.trim_end_matches([':', '-', '.', ',']);
    is_id(token, true).then_some(token)
}

/// In brackets any short word is an id; elsewhere it must look like one: capital first, a hyphen, a digit.
fn is_id(id: &str, strict: bool) -> bool {
    let bytes = id.as_bytes();
    let plain = !id.is_empty()
        && id.len() <= ID_BYTES_MAX
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'));
    let looks = bytes.first().is_some_and(u8::is_ascii_uppercase)
        && bytes.contains(&b'-')
        && bytes.iter().any(u8::is_ascii_digit);
    plain && (!strict || looks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ids_as_published_rule_sets_write_them() {
        for (text, id) in [
            ("[F-INV001] Root element must be Invoice", Some("F-INV001")),
            ("[BR-52]-Each document", Some("BR-52")),
            ("  [F-LIB002]Invalid", Some("F-LIB002")),
            ("OIOUBL-Common-GP004: If", Some("OIOUBL-Common-GP004")),
            ("An invoice shall have", None),
            ("[see the guide] text", None),
        ] {
            assert_eq!(from_text(text), id, "{text}");
        }
    }
}
