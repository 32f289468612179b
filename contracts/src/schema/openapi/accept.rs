//! What a request accepts of media types (RFC 9110, section 12.5.1).

use super::contents::MediaRange;

/// Whether one of the ranges that these headers list takes a media type of a description; of several that speak of it, the
/// closest counts.
///
/// What cannot be read is passed over; where nothing can, everything is taken.
pub(super) fn takes(accepts: &[&str], wanted: &MediaRange) -> bool {
    let texts = accepts.iter().flat_map(|line| line.split(','));
    let ranges: Vec<(MediaRange, bool)> = texts.filter_map(read).collect();
    let (refused, taken): (Vec<_>, Vec<_>) = ranges.iter().partition(|(_, refused)| *refused);
    let covers = |range: &&MediaRange| range.covers(wanted);
    let refusing = refused.iter().map(|(range, _)| range).filter(covers);
    let refusing = refusing.map(MediaRange::closeness).max();
    let mut taking = taken.iter().map(|(range, _)| range).filter(|range| range.meets(wanted));
    ranges.is_empty() || taking.any(|range| Some(range.closeness()) >= refusing)
}

/// A range, without its weight, and whether that is zero.
fn read(text: &str) -> Option<(MediaRange, bool)> {
    let is_weight = |parameter: &&str| {
        let name = parameter.split('=').next().unwrap_or_default().trim();
        name.eq_ignore_ascii_case("q")
    };
    // What follows the weight is no part of the range.
    let range: Vec<&str> = text.split(';').take_while(|part| !is_weight(part)).collect();
    Some((MediaRange::parse(range.join(";").trim())?, is_refused(text)))
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
            ("application/json;q=0, */*", "application/json", false),
            ("*/*, application/json;q=0", "application/json", false),
            ("application/json;q=0, */*", "application/xml", true),
            ("application/*;q=0, */*", "application/json", false),
            ("application/*;q=0, application/json", "application/json", true),
            ("application/*;q=0, */*", "text/csv", true),
            ("*/*;q=0, application/json;q=0.1", "application/json", true),
            ("application/json;version=1;q=0, */*", "application/json", true),
            ("application/json;version=1;q=0, */*", "application/json;version=1", false),
            ("application/json;version=2;q=0, */*", "application/json;version=1", true),
            (
                "application/json;version=1, application/json;q=0",
                "application/json;version=1",
                true,
            ),
            ("application/json;q=0, */*", "application/*", true),
            ("application/json;q=0, application/json", "application/json", true),
            ("application/json; Q=0.000 , */*", "application/json", false),
            ("nonsense", "application/json", true),
            ("", "application/json", true),
        ] {
            let range = MediaRange::parse(wanted).unwrap();
            assert_eq!(takes(&[accept], &range), expected, "{accept} {wanted}");
        }
    }
}
