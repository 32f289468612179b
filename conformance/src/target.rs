//! The system that is tested, as a case sees it: somebody who is sent a request and answers.
//!
//! This crate knows no HTTP. Whoever carries the messages stands behind [`Target`]; the clock is
//! his too, so that a run is a function of what the target does.

use crate::{
    case::{Credentials, Shake},
    secrets::Secrets,
};
use std::{fmt, str::FromStr, time::Duration};

/// A request whose slots are filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The method, in upper case.
    pub method: String,
    /// Path and query below the service's address.
    pub path: String,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body's bytes; nothing where there is no body.
    pub body: Option<Vec<u8>>,
    /// Whose credentials the target adds.
    pub credentials: Credentials,
}

/// An answer as it came, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers in order, names in lower case; bytes that are no text are replaced.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// How long it took, in microseconds.
    pub micros: u64,
}

impl Answer {
    /// The first header of this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }
}

/// How long to wait where an answer 429 does not say it in seconds.
const RETRY_AFTER_UNSAID: Duration = Duration::from_secs(1);

impl Answer {
    /// How long a system that is asked too often wants to be left in peace (`Retry-After` in seconds: RFC 9110, section
    /// 10.2.3; a moment in its place counts as unsaid); nothing where the status is not 429 (RFC 6585, section 4).
    pub fn asks_for_patience(&self) -> Option<Duration> {
        let said = || self.header("retry-after")?.trim().parse().ok().map(Duration::from_secs);
        (self.status == 429).then(|| said().unwrap_or(RETRY_AFTER_UNSAID))
    }
}

/// Why there is no answer. None of them holds a value of a message or a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoAnswer {
    /// No connection could be made.
    Unreachable,
    /// The connection was closed before the answer was whole.
    Closed,
    /// The time for one request ran out.
    TooSlow,
    /// The answer is larger than the supplier's file allows.
    TooLarge,
    /// What came is not HTTP.
    NotHttp,
    /// A secret that the case needs is not there.
    NoCredentials,
    /// The run's time, or its number of requests, is used up.
    Budget,
    /// The request cannot be written as HTTP, so it was not sent.
    Unsendable,
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreachable => "no connection could be made",
            Self::Closed => "the connection was closed before the answer was whole",
            Self::TooSlow => "no answer came in time",
            Self::TooLarge => "the answer is larger than allowed",
            Self::NotHttp => "what came is not HTTP",
            Self::NoCredentials => "the credentials that the case needs are not there",
            Self::Budget => "the run's budget is used up",
            Self::Unsendable => "the request cannot be written as HTTP, so it was not sent",
        })
    }
}

/// What came of trying a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shaken {
    /// The handshake was made.
    Taken,
    /// It was not: the system said no, or ended the connection.
    Refused,
    /// A request without TLS was answered with a redirect to an address with TLS.
    Redirected,
    /// A request without TLS was answered.
    Answered,
    /// The system speaks no TLS, at an address of this machine alone: nobody else can listen in.
    Alone,
    /// The system speaks no TLS.
    Bare,
}

const SHAKEN: [(&str, Shaken); 6] = [
    ("taken", Shaken::Taken),
    ("refused", Shaken::Refused),
    ("redirected to TLS", Shaken::Redirected),
    ("answered without TLS", Shaken::Answered),
    ("no TLS, on this machine alone", Shaken::Alone),
    ("no TLS", Shaken::Bare),
];

impl fmt::Display for Shaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = SHAKEN.iter().find(|(_, each)| each == self).map(|(word, _)| *word);
        f.write_str(word.unwrap_or_default())
    }
}

impl FromStr for Shaken {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        SHAKEN.iter().find(|(word, _)| *word == text).map(|(_, each)| *each).ok_or(())
    }
}

/// A system under test. Shared by the threads of a run.
pub trait Target: Sync {
    /// Sends one request and waits for the answer. Redirects are answers, not followed.
    ///
    /// # Errors
    ///
    /// Why there is no answer.
    fn send(&self, request: &Sent) -> Result<Answer, NoAnswer>;

    /// Sends all at once, each on a connection of its own, and gives the answers in the order of the requests.
    fn send_together(&self, requests: &[Sent]) -> Vec<Result<Answer, NoAnswer>>;

    /// Waits.
    fn wait(&self, time: Duration);

    /// Leaves a system that is asked too often in peace for so long; says whether it may be asked again. Who has no patience
    /// waits for nothing.
    fn hold(&self, time: Duration) -> bool {
        let _ = time;
        false
    }

    /// A value that has not been given before in any run, for the slot of this name: letters and digits, and `-`.
    fn fresh(&self, name: &str) -> String;

    /// The value of a secret or of test data of the supplier, by name.
    fn given(&self, name: &str) -> Option<String>;

    /// Path and query below the service's address of what an answer refers to: an address, or a path from the host's
    /// root. Nothing where that leads elsewhere.
    fn below(&self, address: &str) -> Option<String>;

    /// The supplier's secrets, which nothing that is kept or printed may hold.
    fn secrets(&self) -> &Secrets;

    /// Tries a connection in this way. Nothing of the supplier's is sent.
    ///
    /// # Errors
    ///
    /// Why it could not be tried; a target that is no network has no connections.
    fn shake(&self, _shake: Shake) -> Result<Shaken, NoAnswer> {
        Err(NoAnswer::Unreachable)
    }

    /// The headers that credentials add to a request, with slots in the place of secrets: what a reader puts in himself.
    fn credentials_shown(&self, credentials: &Credentials) -> Vec<(String, String)>;
}
