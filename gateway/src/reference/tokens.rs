//! Tokens of the reference system: JSON Web Tokens signed with Ed25519 (RFC 8037), good ones and all kinds of bad ones.

use super::faults::{Fault, Faults};
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::fmt;

/// Who issues.
const ISSUER: &str = "https://issuer.permits.example";
/// For whom.
const AUDIENCE: &str = "https://permits.example";
/// What a token must allow.
const SCOPE: &str = "permits";
/// How long a token holds, in seconds.
const HOLDS_SECONDS: i64 = 3_600;
/// Longest token that is read, in bytes.
const TOKEN_BYTES_MAX: usize = 4_096;

/// Names of the tokens that [`Issuer::issue`] makes, `own` first.
pub const NAMES: [&str; 9] = [
    "own",
    "other",
    "expired",
    "not-yet-valid",
    "wrong-audience",
    "wrong-issuer",
    "wrong-key",
    "unsigned",
    "wrong-scope",
];

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Nobody's: 401, and what `WWW-Authenticate` says.
    Unauthorized(&'static str),
    /// Somebody's who may not: 403.
    Forbidden,
}

/// Issues tokens and takes them.
pub struct Issuer {
    key: Ed25519KeyPair,
    other_key: Ed25519KeyPair,
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Issuer")
    }
}

impl Issuer {
    /// With keys of its own; nothing where the system gives no random numbers.
    pub fn new() -> Option<Self> {
        let key = || {
            let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).ok()?;
            Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).ok()
        };
        Some(Self { key: key()?, other_key: key()? })
    }

    /// The token of this name, one of [`NAMES`]; any other name is that of a consumer.
    pub fn issue(&self, name: &str, now_seconds: i64) -> String {
        let subject = if NAMES.contains(&name) && name != "other" { "own" } else { name };
        let mut claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": subject, "scope": SCOPE,
            "nbf": now_seconds - 60, "exp": now_seconds + HOLDS_SECONDS,
        });
        let change = match name {
            "expired" => Some(("exp", json!(now_seconds - HOLDS_SECONDS))),
            "not-yet-valid" => Some(("nbf", json!(now_seconds + HOLDS_SECONDS / 2))),
            "wrong-audience" => Some(("aud", json!("https://elsewhere.example"))),
            "wrong-issuer" => Some(("iss", json!("https://somebody.example"))),
            "wrong-scope" => Some(("scope", json!("something-else"))),
            _ => None,
        };
        if let (Some((claim, value)), Some(claims)) = (change, claims.as_object_mut()) {
            claims.insert(claim.to_owned(), value);
        }
        let algorithm = if name == "unsigned" { "none" } else { "EdDSA" };
        let head = json!({ "alg": algorithm, "typ": "JWT" });
        let signed = format!("{}.{}", part(&head), part(&claims));
        let signature = match name {
            "unsigned" => String::new(),
            "wrong-key" => URL_SAFE_NO_PAD.encode(self.other_key.sign(signed.as_bytes())),
            _ => URL_SAFE_NO_PAD.encode(self.key.sign(signed.as_bytes())),
        };
        format!("{signed}.{signature}")
    }

    /// Who shows this token.
    pub(super) fn take(
        &self,
        shown: Option<&str>,
        now_seconds: i64,
        faults: &Faults,
    ) -> Result<String, Refused> {
        let Some(shown) = shown else {
            let lets_in = faults.has(Fault::TokenNotNeeded);
            return if lets_in {
                Ok("own".to_owned())
            } else {
                Err(Refused::Unauthorized("Bearer"))
            };
        };
        let invalid = Err(Refused::Unauthorized("Bearer error=\"invalid_token\""));
        let token = shown.strip_prefix("Bearer ").filter(|it| it.len() <= TOKEN_BYTES_MAX);
        let Some((claims, is_signed)) = token.and_then(|token| self.read(token, faults)) else {
            return invalid;
        };
        let number = |name: &str| claims.get(name).and_then(Value::as_i64);
        let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        let holds = is_signed
            && (number("exp").is_some_and(|it| now_seconds < it)
                || faults.has(Fault::TakesExpired))
            && (number("nbf").is_none_or(|it| it <= now_seconds) || faults.has(Fault::TakesNotYet))
            && (text("aud") == AUDIENCE || faults.has(Fault::TakesAnyAudience))
            && (text("iss") == ISSUER || faults.has(Fault::TakesAnyIssuer));
        if !holds {
            return invalid;
        }
        if !text("scope").split(' ').any(|it| it == SCOPE) && !faults.has(Fault::TakesAnyScope) {
            return Err(Refused::Forbidden);
        }
        Ok(text("sub").to_owned())
    }

    /// The claims, and whether they are signed.
    fn read(&self, token: &str, faults: &Faults) -> Option<(Value, bool)> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (head, claims) = signed.split_once('.')?;
        let decode = |text: &str| -> Option<Value> {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
        };
        let head = decode(head)?;
        let algorithm = head.get("alg").and_then(Value::as_str);
        let public = UnparsedPublicKey::new(&ED25519, self.key.public_key().as_ref());
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let is_signed = match algorithm {
            Some("none") => faults.has(Fault::TakesUnsigned),
            Some("EdDSA") if faults.has(Fault::TakesAnySignature) => true,
            Some("EdDSA") => public.verify(signed.as_bytes(), &signature).is_ok(),
            _ => false,
        };
        Some((decode(claims)?, is_signed))
    }
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_its_own_tokens_and_those_alone() {
        let issuer = Issuer::new().unwrap();
        let take = |name: &str, faults: &Faults| {
            issuer.take(
                Some(&format!("Bearer {}", issuer.issue(name, 1_000_000))),
                1_000_000,
                faults,
            )
        };
        let none = Faults::default();
        for (name, fault) in [
            ("expired", Fault::TakesExpired),
            ("not-yet-valid", Fault::TakesNotYet),
            ("wrong-audience", Fault::TakesAnyAudience),
            ("wrong-issuer", Fault::TakesAnyIssuer),
            ("wrong-key", Fault::TakesAnySignature),
            ("unsigned", Fault::TakesUnsigned),
        ] {
            assert!(matches!(take(name, &none), Err(Refused::Unauthorized(_))), "{name}");
            assert_eq!(take(name, &Faults::from_iter([fault])), Ok("own".into()), "{name}");
        }
        assert_eq!(take("wrong-scope", &none), Err(Refused::Forbidden));
        assert_eq!(take("own", &none), Ok("own".into()));
        assert_eq!(take("other", &none), Ok("other".into()));
        assert!(issuer.take(None, 0, &none).is_err());
    }
}
