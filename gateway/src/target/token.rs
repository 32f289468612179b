//! What a JSON Web Token says of itself (RFC 7519), read without its key: enough to see why a system would not take it.

use super::settings::Expected;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// How much clocks may differ before a token's times are told, in seconds.
pub(super) const LEEWAY_SECONDS: i64 = 30;

/// Makes another token of one.
pub(super) type Make = fn(&str) -> Option<String>;

/// The claims; nothing where the text is no token of this kind.
pub(super) fn claims(token: &str) -> Option<Value> {
    let (head, rest) = token.split_once('.')?;
    let (claims, _) = rest.split_once('.')?;
    part(head)?.is_object().then_some(())?;
    part(claims).filter(Value::is_object)
}

/// The token without signature (`alg: none`), which nobody may take (RFC 8725, section 3.2).
pub(super) fn unsigned(token: &str) -> Option<String> {
    claims(token)?;
    let claims = token.split('.').nth(1)?;
    let head = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "typ": "JWT" }).to_string());
    Some(format!("{head}.{claims}."))
}

/// The token with a signature that no key of its issuer made.
pub(super) fn signed_by_nobody(token: &str) -> Option<String> {
    claims(token)?;
    let (signed, signature) = token.rsplit_once('.')?;
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).ok().filter(|bytes| !bytes.is_empty())?;
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// What is wrong with a token, in sentences without its values but times: the first thing wrong alone is seldom all.
pub(super) fn faults(token: &str, expected: &Expected, now_seconds: i64) -> Vec<String> {
    let mut faults = Vec::new();
    if token.contains(char::is_whitespace) {
        faults.push("it holds white space: perhaps a line break was copied with it".to_owned());
    }
    let Some(claims) = claims(token) else {
        if expected != &Expected::default() {
            faults.push(
                "it is no JSON Web Token, so audience, issuer and scopes are not known".to_owned(),
            );
        }
        return faults;
    };
    let time = |name: &str| claims.get(name).and_then(Value::as_i64);
    if let Some(until) = time("exp").filter(|until| *until + LEEWAY_SECONDS < now_seconds) {
        faults.push(format!("it ended {} ago", span(now_seconds - until)));
    }
    if let Some(from) = time("nbf").filter(|from| now_seconds + LEEWAY_SECONDS < *from) {
        faults.push(format!("it begins in {}", span(from - now_seconds)));
    }
    if let Some(audience) = &expected.audience
        && !texts(&claims, "aud").contains(audience)
    {
        faults.push(format!("its audience is not `{audience}`"));
    }
    if let Some(issuer) = &expected.issuer
        && claims.get("iss").and_then(Value::as_str) != Some(issuer)
    {
        faults.push(format!("its issuer is not `{issuer}`"));
    }
    let scopes = scopes(&claims);
    let missing = expected.scopes.iter().filter(|scope| !scopes.contains(scope));
    faults.extend(missing.map(|scope| format!("it lacks the scope `{scope}`")));
    faults
}

/// How long a token holds on, in seconds; nothing where it does not say.
pub(super) fn holds_for(token: &str, now_seconds: i64) -> Option<i64> {
    Some(claims(token)?.get("exp")?.as_i64()? - now_seconds)
}

/// `scope` as one text (RFC 8693, section 4.2), or `scp` as a list or one.
fn scopes(claims: &Value) -> Vec<String> {
    let listed = ["scope", "scp", "scopes"].iter().flat_map(|name| texts(claims, name));
    listed.flat_map(|text| text.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn texts(claims: &Value, name: &str) -> Vec<String> {
    match claims.get(name) {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => {
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

fn part(text: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// A time span as people say it.
pub(super) fn span(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} seconds"),
        120..7_200 => format!("{} minutes", seconds / 60),
        7_200..172_800 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.c2lnbmF0dXJl", part(&json!({ "alg": "EdDSA" })), part(claims))
    }

    #[test]
    fn tells_why_a_token_would_not_be_taken() {
        let expected = Expected {
            audience: Some("permits".into()),
            issuer: Some("https://issuer.example".into()),
            scopes: vec!["permits:write".into()],
        };
        let good = json!({ "exp": 1_000, "nbf": 0, "aud": ["a", "permits"], "iss": "https://issuer.example", "scope": "x permits:write" });
        assert_eq!(faults(&token(&good), &expected, 500), Vec::<String>::new());
        let bad = json!({ "exp": 100, "nbf": 9_000, "aud": "other", "scp": ["x"] });
        insta::assert_snapshot!(faults(&token(&bad), &expected, 800).join("\n"), @r"
        it ended 11 minutes ago
        it begins in 2 hours
        its audience is not `permits`
        its issuer is not `https://issuer.example`
        it lacks the scope `permits:write`
        ");
        assert_eq!(faults("opaque", &Expected::default(), 0), Vec::<String>::new());
        assert_eq!(faults("opaque", &expected, 0).len(), 1);
        assert_eq!(faults("a\nb", &Expected::default(), 0).len(), 1);
    }

    #[test]
    fn makes_tokens_that_nobody_may_take() {
        let own = token(&json!({ "aud": "permits" }));
        for make in [unsigned, signed_by_nobody] {
            let made = make(&own).unwrap();
            assert_ne!(made, own);
            assert_eq!(claims(&made), claims(&own));
            assert_eq!(make("opaque"), None);
        }
        assert!(unsigned(&own).unwrap().ends_with('.'));
    }
}
