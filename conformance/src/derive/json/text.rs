//! Texts of a length, and texts that are hard to carry.

/// Longest text that is made, in characters.
pub(crate) const CHARS_MAX: usize = 100_000;

const WORDS: &str = "tekst som enhver kan laese ";

/// A plain text of so many characters.
pub(crate) fn of_length(chars: usize) -> String {
    let mut text: String = WORDS.chars().cycle().take(chars.min(CHARS_MAX)).collect();
    // White space at the end is what many systems take away.
    if text.ends_with(' ') {
        text.pop();
        text.push('x');
    }
    text
}

/// A text of a format that is stretched to so many characters; nothing where the format has one length.
pub(crate) fn stretched(format: &str, chars: usize) -> Option<String> {
    let (start, end) = match format {
        "email" | "idn-email" => ("a", "@example.org"),
        "uri" | "iri" | "url" => ("https://example.org/", ""),
        "uri-reference" | "iri-reference" | "json-pointer" => ("/", ""),
        "password" | "binary" => ("", ""),
        _ => return None,
    };
    let fixed = start.len() + end.len();
    // The name before `@` has at most 64 octets (RFC 5321, section 4.5.3.1.1).
    let room = if end.is_empty() { CHARS_MAX } else { 63 };
    let fill = chars.checked_sub(fixed).filter(|fill| *fill <= room)?;
    Some(format!("{start}{}{end}", "a".repeat(fill)))
}

/// Texts that are hard to carry, each with a name and what it holds, of at most so many characters.
pub(crate) fn hard(most: Option<usize>) -> Vec<(&'static str, &'static str, String)> {
    let all = [
        ("danish", "Danish letters", "Rødgrød på Ærø"),
        ("composed", "letters that are composed (NFC)", "éüå"),
        ("combining", "letters with combining marks (NFD)", "e\u{301}u\u{308}a\u{30a}"),
        ("emoji", "characters outside of the basic plane", "👍🏽 👩‍👩‍👧 𝒳"),
    ];
    let fits = |text: &str| most.is_none_or(|most| text.chars().count() <= most);
    let all = all.into_iter().map(|(name, words, text)| {
        let short: String = text.chars().take(most.unwrap_or(usize::MAX)).collect();
        let short = short.trim_end().to_owned();
        (name, words, if fits(text) { text.to_owned() } else { short })
    });
    all.filter(|(.., text)| !text.is_empty()).collect()
}

/// A text of so many characters, each of several bytes in UTF-8: systems that count bytes find it too long.
pub(crate) fn wide(chars: usize) -> String {
    "æøå".chars().cycle().take(chars.min(CHARS_MAX)).collect()
}
