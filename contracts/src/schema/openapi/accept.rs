//! What a request accepts of media types (RFC 9110, section 12.5.1).

use super::contents::MediaRange;

/// Whether one of the ranges that these headers list takes a media type of a description.
///
/// What cannot be read is passed over; where nothing can, everything is taken.
pub(super) fn takes(accepts: &[&str], wanted: &MediaRange) -> bool {
    let texts = accepts.iter().flat_map(|line| line.split(','));
    let ranges = texts.filter_map(|text| {
        let range = MediaRange::parse(text.split(';').next().unwrap_or_default().trim())?;
        Some((range, is_refused(text)))
    });
    let mut ranges = ranges.peekable();
    ranges.peek().is_none() || ranges.any(|(range, refused)| !refused && range.meets(wanted))
}

/// Whether the weight is zero: `q=0`, `q=0.0` and so on.
fn is_refused(text: &str) -> bool {
    let weight = text.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then_some(value.trim())
    });
    weight
        .is_some_and(|value| value.starts_with('0') && !value.contains(|c| matches!(c, '1'..='9')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_meet_are_taken() {
        for (accept, wanted, expected) in [
            ("application/json", "application/json", true),
            ("application/json;version=1", "application/json; charset=utf-8", true),
            ("text/html, application/xhtml+xml, */*;q=0.8", "application/json", true),
            ("text/html", "application/json", false),
            ("application/*", "application/json", true),
            ("application/json", "application/*", true),
            ("application/json", "*/*", true),
            ("application/hal+json", "application/*+json", true),
            ("application/json;q=0", "application/json", false),
            ("application/json;q=0.5", "application/json", true),
            ("text/*", "application/json", false),
            ("nonsense", "application/json", true),
            ("", "application/json", true),
        ] {
            let range = MediaRange::parse(wanted).unwrap();
            assert_eq!(takes(&[accept], &range), expected, "{accept} {wanted}");
        }
    }
}
