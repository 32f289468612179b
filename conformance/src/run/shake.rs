//! Cases of the connection itself: what came of trying it, and what must.

use super::{Runner, failed, untested};
use crate::{
    case::{Case, Shake},
    result::{CaseResult, CaseVerdict, Difference, Exchanged, Kept},
    target::{NoAnswer, Shaken},
};
use std::fmt;

impl fmt::Display for Shake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate => "TLS 1.2 or 1.3",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Plain => "HTTP without TLS",
        })
    }
}

pub(super) fn play(runner: &Runner<'_>, case: &Case, shake: Shake) -> CaseResult {
    let came = runner.target.shake(shake);
    let (verdict, reason) = match came {
        // Where the run's time is up, nothing is wrong with the set-up.
        Err(why @ (NoAnswer::Budget | NoAnswer::Unsendable)) => {
            (CaseVerdict::NotTested, Some(why.to_string()))
        }
        Err(why) => (CaseVerdict::SetUp, Some(why.to_string())),
        Ok(Shaken::Alone) => {
            let why = "the address is one of this machine alone, without TLS";
            (CaseVerdict::NotApplicable, Some(why.to_owned()))
        }
        Ok(came) if holds(shake, came) => (CaseVerdict::Passed, None),
        Ok(_) => (failed(case), None),
    };
    let broken = came.ok().filter(|_| verdict == failed(case));
    let differences = broken.map(|came| difference(shake, came)).into_iter().collect();
    let exchanges = vec![exchanged(shake, came)];
    CaseResult { reason, differences, exchanges, ..untested(case, verdict) }
}

fn holds(shake: Shake, came: Shaken) -> bool {
    match shake {
        Shake::Certificate => came == Shaken::Taken,
        Shake::Tls10 | Shake::Tls11 => came == Shaken::Refused,
        Shake::Plain => matches!(came, Shaken::Refused | Shaken::Redirected),
    }
}

fn difference(shake: Shake, came: Shaken) -> Difference {
    let (expected, hint) = match shake {
        Shake::Certificate => (
            "a handshake with a certificate that holds",
            "write https:// in `address`, and see the system's TLS settings",
        ),
        Shake::Tls10 | Shake::Tls11 => {
            ("the handshake is refused", "let the system speak TLS 1.2 and 1.3 alone (RFC 8996)")
        }
        Shake::Plain => ("it is refused, or redirected to https", "let the port speak TLS alone"),
    };
    Difference {
        step: STEP.to_owned(),
        what: shake.to_string(),
        expected: expected.to_owned(),
        actual: came.to_string(),
        path: None,
        line: None,
        column: None,
        constraint: None,
        clause: None,
        hint: Some(hint.to_owned()),
    }
}

/// The one step of such a case.
const STEP: &str = "connect";

fn exchanged(shake: Shake, came: Result<Shaken, NoAnswer>) -> Exchanged {
    let said = |start: String| Kept {
        start,
        headers: Vec::new(),
        body: None,
        body_base64: None,
        body_bytes: 0,
    };
    Exchanged {
        step: STEP.to_owned(),
        request: said(shake.to_string()),
        answer: came.ok().map(|came| said(came.to_string())),
        no_answer: came.err().map(|why| why.to_string()),
        micros: 0,
    }
}
