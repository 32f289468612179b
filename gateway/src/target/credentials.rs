//! Secrets of the supplier: read from where his file says, put into requests, and never shown.
//!
//! What cannot be read is trouble, not an error: the doctor tells it, and cases that need the secret are not run.

use super::{
    settings::{Expected, OWN, Reference, Supplier, Way},
    token,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, header::AUTHORIZATION};
use sluse_conformance::secrets::{SECRET_BYTES_MIN, Secrets};
use std::{collections::BTreeMap, fmt, fs::File, io::Read, path::Path};

/// Largest file that a secret is read from, in bytes.
pub const SECRET_FILE_BYTES_MAX: u64 = 64 * 1024;
/// Tokens that are made of the supplier's own where he names none: without signature, and with one of nobody's key.
const MADE: [(&str, token::Make); 2] =
    [("unsigned", token::unsigned), ("wrong-key", token::signed_by_nobody)];

/// How a variable is looked up; handed in, so that tests decide what is set.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A secret that cannot be used. Never holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The name of the credentials, or of the secret.
    pub name: String,
    /// What is wrong.
    pub sentence: String,
    /// What to do.
    pub hint: String,
}

/// A header that carries credentials.
#[derive(Clone)]
pub(super) struct Carried {
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
    /// The value with slots in the place of secrets.
    pub(super) shown: String,
}

/// All that the supplier's file names.
#[derive(Clone, Default)]
pub struct Credentials {
    carried: BTreeMap<String, Carried>,
    values: BTreeMap<String, String>,
    secrets: Secrets,
    tokens: BTreeMap<String, (String, Expected)>,
    /// What could not be read.
    pub troubles: Vec<Trouble>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("names", &self.carried.keys().collect::<Vec<_>>())
            .field("troubles", &self.troubles)
            .finish_non_exhaustive()
    }
}

impl Credentials {
    /// Reads all secrets. A token that is asked for first is added with `add_token`.
    pub fn read(supplier: &Supplier, environment: Environment<'_>) -> Self {
        let mut all = Self::default();
        for (name, way) in &supplier.credentials {
            all.way(name, way, environment);
        }
        for (name, reference) in &supplier.secrets {
            if let Some(value) = all.secret(name, name, reference, environment) {
                all.values.insert(name.clone(), value);
            }
        }
        all.make();
        all
    }

    /// Whether there are credentials of this name.
    pub fn has(&self, name: &str) -> bool {
        self.carried.contains_key(name)
    }

    /// The secrets, to be hidden.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// A secret by its name, for the slots of cases.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The header that carries these credentials.
    pub(super) fn carried(&self, name: &str) -> Option<&Carried> {
        self.carried.get(name)
    }

    /// The token of this name and what it must say.
    pub(super) fn token(&self, name: &str) -> Option<(&str, &Expected)> {
        self.tokens.get(name).map(|(token, expected)| (token.as_str(), expected))
    }

    /// Adds a token that shows who we are (RFC 6750).
    pub(super) fn add_token(&mut self, name: &str, token: &str, expected: &Expected) {
        let slot = slot_name(name, "token");
        self.secrets.add(&slot, token);
        self.values.insert(slot.clone(), token.to_owned());
        self.tokens.insert(name.to_owned(), (token.to_owned(), expected.clone()));
        self.carry(name, AUTHORIZATION, "Bearer ", token, &slot);
        if name == OWN {
            self.make();
        }
    }

    fn way(&mut self, name: &str, way: &Way, environment: Environment<'_>) {
        match way {
            Way::Bearer(reference, expected) => {
                let slot = slot_name(name, "token");
                if let Some(token) = self.secret(name, &slot, reference, environment) {
                    self.add_token(name, &token, expected);
                }
            }
            Way::Basic { user, password } => {
                let slot = slot_name(name, "password");
                if let Some(password) = self.secret(name, &slot, password, environment) {
                    let pair = STANDARD.encode(format!("{user}:{password}"));
                    self.secrets.add(&slot, &pair);
                    self.carry(name, AUTHORIZATION, "Basic ", &pair, &slot);
                }
            }
            Way::Header(header, reference) => {
                let slot = slot_name(name, "key");
                if let Some(value) = self.secret(name, &slot, reference, environment) {
                    self.carry(name, header.clone(), "", &value, &slot);
                }
            }
            Way::ClientCredentials { client_secret, .. } => {
                let slot = slot_name(name, "client-secret");
                if let Some(secret) = self.secret(name, &slot, client_secret, environment) {
                    self.values.insert(slot, secret);
                }
            }
        }
    }

    fn carry(&mut self, name: &str, header: HeaderName, before: &str, value: &str, slot: &str) {
        let shown = format!("{before}{{{{secret:{slot}}}}}");
        match HeaderValue::from_str(&format!("{before}{value}")) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.carried.insert(name.to_owned(), Carried { name: header, value, shown });
            }
            Err(_) => self.trouble(
                name,
                format!("the credentials `{name}` hold characters that no header may hold"),
                "look for line breaks and other characters that cannot be printed",
            ),
        }
    }

    /// Reads one secret, and sees that it will be hidden.
    fn secret(
        &mut self,
        name: &str,
        slot: &str,
        reference: &Reference,
        environment: Environment<'_>,
    ) -> Option<String> {
        let found = match reference {
            Reference::Environment(variable) => environment(variable).ok_or((
                format!("the variable `{variable}` is not set"),
                "set it for this command",
            )),
            Reference::File(path) => read(path).map_err(|why| {
                (
                    format!("`{}` cannot be read: {why}", shown(path)),
                    "see that the file is there and yours to read",
                )
            }),
        };
        let value = match found {
            Ok(value) => value.trim().to_owned(),
            Err((why, hint)) => {
                self.trouble(name, format!("the credentials `{name}`: {why}"), hint);
                return None;
            }
        };
        if value.len() < SECRET_BYTES_MIN {
            let (why, hint) = if value.is_empty() {
                ("are empty".to_owned(), "see what the variable or the file holds")
            } else {
                (
                    format!(
                        "are shorter than {SECRET_BYTES_MIN} bytes: what is so short stands by chance in half of what a system says, and could not be hidden in reports"
                    ),
                    "see what the variable or the file holds; where that is the whole secret, ask for a longer one",
                )
            };
            self.trouble(name, format!("the credentials `{name}` {why}"), hint);
            return None;
        }
        self.secrets.add(slot, &value);
        Some(value)
    }

    /// Tokens that can be made of the own one, so that nobody must provide them.
    fn make(&mut self) {
        let Some((own, expected)) = self.tokens.get(OWN).cloned() else { return };
        for (name, make) in MADE {
            if !self.has(name)
                && let Some(made) = make(&own)
            {
                self.add_token(name, &made, &expected);
            }
        }
    }

    fn trouble(&mut self, name: &str, sentence: String, hint: &str) {
        self.troubles.push(Trouble { name: name.to_owned(), sentence, hint: hint.to_owned() });
    }
}

/// What the slot of a secret is called: of the own credentials what it is, of others their name.
pub(super) fn slot_name(name: &str, what: &str) -> String {
    if name == OWN { what.to_owned() } else { name.to_owned() }
}

fn read(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|fault| crate::config::reason(&fault))?;
    let mut text = String::new();
    let read = file.take(SECRET_FILE_BYTES_MAX + 1).read_to_string(&mut text);
    read.map_err(|fault| crate::config::reason(&fault))?;
    if text.len() as u64 > SECRET_FILE_BYTES_MAX {
        return Err(format!("it is larger than {SECRET_FILE_BYTES_MAX} bytes"));
    }
    Ok(text)
}

/// The last part of a path.
fn shown(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
