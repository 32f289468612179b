//! Why an exchange did not complete: whose side it was on, and whether it may be tried again.
//!
//! A bad message is a verdict; it becomes a fault only in `pipeline::enforce`. A fault never holds
//! anything that a message said, so that it may be shown to either party and written anywhere.

use http::StatusCode;
use sluse_contracts::{Code, Verdict, code};
use std::fmt;

/// Whose side a fault is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The subsystem that asks.
    Consumer,
    /// The subsystem that answers.
    Provider,
    /// The gateway itself.
    Gateway,
}

impl Side {
    /// The word that the outside sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consumer => "consumer",
            Self::Provider => "provider",
            Self::Gateway => "gateway",
        }
    }
}

/// Whether the same request may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retry {
    /// The provider has not acted: sending again does nothing twice.
    Safe,
    /// The provider may have acted.
    Unsafe,
    /// The same request will fail the same way.
    Pointless,
}

impl Retry {
    /// The word that the outside sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::Pointless => "pointless",
        }
    }
}

/// Why an exchange did not complete.
#[derive(Clone, PartialEq, Eq)]
pub struct Fault {
    /// The stable code, with a page of its own.
    pub code: Code,
    /// Whose side it is on.
    pub side: Side,
    /// Whether the same request may be sent again.
    pub retry: Retry,
    /// HTTP status for the consumer.
    pub status: StatusCode,
    /// One sentence more than the code's title says; empty where there is nothing to add.
    pub detail: &'static str,
    /// Seconds after which to try again, for `Retry-After`.
    pub retry_after_s: Option<u32>,
    /// The methods that the address takes, for `Allow`.
    pub allow: Option<Box<str>>,
    /// The verdict that was enforced, where one was.
    pub verdict: Option<Box<Verdict>>,
}

impl Fault {
    const fn new(code: Code, side: Side, retry: Retry, status: StatusCode) -> Self {
        let (retry_after_s, allow, verdict) = (None, None, None);
        Self { code, side, retry, status, detail: "", retry_after_s, allow, verdict }
    }

    /// A fault on the consumer's side: the same request will fail again.
    pub const fn consumer(code: Code, status: StatusCode) -> Self {
        Self::new(code, Side::Consumer, Retry::Pointless, status)
    }

    /// A fault on the provider's side.
    pub const fn provider(code: Code, status: StatusCode, retry: Retry) -> Self {
        Self::new(code, Side::Provider, retry, status)
    }

    /// A fault on the gateway's side, found before anything was sent on.
    pub const fn gateway(code: Code, status: StatusCode) -> Self {
        Self::new(code, Side::Gateway, Retry::Safe, status)
    }

    /// The gateway has no room: try again in a moment.
    pub const fn no_room() -> Self {
        Self::gateway(code::NO_ROOM, StatusCode::SERVICE_UNAVAILABLE).after_s(1)
    }

    /// Evidence cannot be written, so nothing was sent on.
    pub const fn no_evidence() -> Self {
        Self::gateway(code::NO_EVIDENCE, StatusCode::SERVICE_UNAVAILABLE).after_s(5)
    }

    /// The gateway is stopping.
    pub const fn draining() -> Self {
        Self::gateway(code::DRAINING, StatusCode::SERVICE_UNAVAILABLE).after_s(5)
    }

    /// The gateway failed in a way that should not be; whether the provider acted is not known.
    pub const fn internal() -> Self {
        Self::new(code::INTERNAL, Side::Gateway, Retry::Unsafe, StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Adds a sentence.
    #[must_use]
    pub const fn detail(mut self, detail: &'static str) -> Self {
        self.detail = detail;
        self
    }

    /// The address does not take the method, but these.
    pub fn method_not_allowed(allow: impl Into<Box<str>>) -> Self {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        Self { allow: Some(allow.into()), ..Self::consumer(code::METHOD_NOT_ALLOWED, status) }
    }

    /// Says that sending again does nothing twice.
    #[must_use]
    pub const fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Says when to try again.
    #[must_use]
    pub const fn after_s(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Adds the verdict that was enforced.
    #[must_use]
    pub fn with_verdict(mut self, verdict: Verdict) -> Self {
        self.verdict = Some(Box::new(verdict));
        self
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({}, {}, {})", self.code, self.side.as_str(), self.status.as_u16())
    }
}
