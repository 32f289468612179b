//! What the system's first answers tell: clocks, tokens, who stands between, and which contract it keeps to.

use super::{
    CLOCK_SKEW_SECONDS_MAX, HttpTarget, OWN, Patient, VersionAt, fault_of,
    known_good::{Exchange, Seen, exchange},
    sound, token,
};
use crate::target::http::reading;
use sluse_conformance::{Target, result::SetUp, template::Slot};
use sluse_contracts::Day;

/// Fields that a proxy leaves, beside `Via` (RFC 9110, section 7.6.3).
const PROXY_FIELDS: [&str; 6] =
    ["via", "x-cache", "x-squid-error", "proxy-authenticate", "proxy-connection", "x-proxy-error"];

/// Sends one known-good exchange and looks at what came. Gives the version that the system says, for the run to watch.
pub(super) fn check(patient: &Patient<'_>, target: &HttpTarget) -> (Vec<SetUp>, Option<String>) {
    let exchange = exchange(patient, target);
    let mut checks = Vec::new();
    let Some(answer) = &exchange.answer else {
        let why = exchange.silence.as_deref().unwrap_or("nothing could be sent");
        let sentence = format!("`{}`: {why}", exchange.asked);
        checks.push(fault_of(
            "exchange",
            sentence,
            "see the system's log, and whether the port speaks HTTP",
        ));
        return (checks, None);
    };
    checks.extend(clock(patient, answer));
    let between = between(&exchange, answer);
    let whose = between.is_none().then(|| refusal(&exchange, answer, patient, target)).flatten();
    let is_sound = exchange.good && between.is_none() && whose.is_none();
    checks.extend(between);
    checks.extend(whose);
    if is_sound {
        checks
            .push(sound("exchange", format!("`{}` is answered {}", exchange.asked, answer.status)));
        checks.extend(known(patient, target));
    } else if checks.iter().all(|check| check.ok) {
        checks.push(misplaced(&exchange, answer));
    }
    let mut version = None;
    if let Some(at) = &patient.supplier.contract_version
        && is_sound
    {
        let (check, said) = contract_version(patient, target, at, answer);
        checks.push(check);
        version = said;
    }
    (checks, version)
}

fn clock(patient: &Patient<'_>, answer: &Seen) -> Option<SetUp> {
    let theirs = http_date(answer.header("date")?)?;
    let ahead = theirs - patient.now_seconds();
    if ahead.abs() <= CLOCK_SKEW_SECONDS_MAX {
        return Some(sound("clock", "the system's clock and this machine's agree"));
    }
    let which = if ahead > 0 { "ahead of" } else { "behind" };
    let sentence =
        format!("the system's clock is {} {which} this machine's", token::span(ahead.abs()));
    Some(fault_of(
        "clock",
        sentence,
        "let both ask a time server (NTP): tokens and certificates depend on it",
    ))
}

/// A time of HTTP (RFC 9110, section 5.6.7) in its usual form, as seconds since 1970.
fn http_date(text: &str) -> Option<i64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let mut words = text.split_once(", ")?.1.split(' ');
    let day: u8 = words.next()?.parse().ok()?;
    let month = words.next().filter(|word| word.len() == 3)?;
    let month = u8::try_from(MONTHS.find(month)? / 3 + 1).ok()?;
    let day = Day::from_date(words.next()?.parse().ok()?, month, day)?;
    let mut parts = words.next()?.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    Some(day.days() * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// Whether somebody else answers.
fn between(exchange: &Exchange, answer: &Seen) -> Option<SetUp> {
    let field = PROXY_FIELDS.iter().find(|name| answer.header(name).is_some());
    let asked = &exchange.asked;
    let hint = "call the system without the proxy, or let the proxy pass what is sent to it (NO_PROXY, its list of allowed hosts)";
    if answer.status == 407 {
        let sentence = format!("`{asked}`: a proxy asks for credentials (407)");
        return Some(fault_of("proxy", sentence, hint));
    }
    if exchange.good {
        let field = field?;
        return Some(sound("proxy", format!("somebody stands between and says so in `{field}`")));
    }
    if answer.is_page() && (field.is_some() || answer.status < 400 || answer.status >= 502) {
        let sentence = format!(
            "`{asked}` is answered {} with a page for people: a proxy or another system answers",
            answer.status
        );
        return Some(fault_of("proxy", sentence, hint));
    }
    let field = field.filter(|_| matches!(answer.status, 403 | 502..=504))?;
    let sentence = format!("`{asked}` is answered {} by a proxy (`{field}`)", answer.status);
    Some(fault_of("proxy", sentence, hint))
}

/// Whether we may not ask.
fn refusal(
    exchange: &Exchange,
    answer: &Seen,
    patient: &Patient<'_>,
    target: &HttpTarget,
) -> Option<SetUp> {
    let asked = &exchange.asked;
    let says =
        answer.header("www-authenticate").map(|said| format!(": {said}")).unwrap_or_default();
    match answer.status {
        401 if !target.credentials().has(OWN) => Some(fault_of(
            "token",
            format!("`{asked}`: the system asks for credentials (401), and the file names none"),
            "name them under [credentials.own]",
        )),
        401 => Some(fault_of(
            "token",
            format!("`{asked}`: the system does not take the credentials (401){says}"),
            format!("see audience, issuer, and for which system they are{}", aimed(patient)),
        )),
        403 => Some(fault_of(
            "scopes",
            format!("`{asked}`: the credentials may not do this (403){says}"),
            "ask for the scopes or roles that the contract's operations need",
        )),
        429 => Some(fault_of(
            "rate",
            format!("`{asked}`: the system refuses to be asked so often (429)"),
            "wait, raise the system's limit for this caller, or set `rate-per-second` under [limits]",
        )),
        _ => None,
    }
}

fn aimed(patient: &Patient<'_>) -> String {
    let address = &patient.supplier.address;
    address.host().map_or_else(String::new, |host| format!(" ({host} is asked)"))
}

/// Something answers, but not what the contract describes.
fn misplaced(exchange: &Exchange, answer: &Seen) -> SetUp {
    let asked = &exchange.asked;
    let (why, hint) = match answer.status {
        300..=399 => {
            let place = answer.header("location").unwrap_or("nowhere");
            (
                format!("the system redirects to {place}"),
                "write the place that it redirects to as `address`",
            )
        }
        404 | 405 | 501 => (
            "nothing of the contract is found there".to_owned(),
            "see the base path of `address`: the contract's paths are added to it",
        ),
        500..=599 => (
            "the system fails at the first request".to_owned(),
            "see the system's log, and what it depends on",
        ),
        _ => (
            "a system that works answers otherwise".to_owned(),
            "see the system's log, and the base path of `address`",
        ),
    };
    fault_of("exchange", format!("`{asked}` is answered {}: {why}", answer.status), hint)
}

/// Whether what the supplier says is there can be read.
fn known(patient: &Patient<'_>, target: &HttpTarget) -> Option<SetUp> {
    let known = patient.supplier.known.as_ref()?;
    let filled = known.fill(|slot| match slot {
        Slot::Given(name) => target.given(name),
        _ => None,
    });
    let Ok(path) = filled else { return None };
    let hint = "make the data anew, and write where it is as `known` and under [test-data]";
    Some(match target.send(&reading(&path)) {
        Ok(answer) if (200..300).contains(&answer.status) => {
            sound("test-data", "what `known` names can be read")
        }
        Ok(answer) if matches!(answer.status, 404 | 409 | 410) => {
            let sentence = format!(
                "what `known` names is not there ({}): the test data may be used up",
                answer.status
            );
            fault_of("test-data", sentence, hint)
        }
        Ok(answer) => fault_of(
            "test-data",
            format!("what `known` names cannot be read ({})", answer.status),
            hint,
        ),
        Err(why) => {
            fault_of("test-data", format!("what `known` names cannot be read: {why}"), hint)
        }
    })
}

fn contract_version(
    patient: &Patient<'_>,
    target: &HttpTarget,
    at: &VersionAt,
    answer: &Seen,
) -> (SetUp, Option<String>) {
    let wanted = patient.contract.manifest().version.to_string();
    let hint = "run the suite of the contract that the system keeps to, or deliver the version that is asked for";
    let said = match target.contract_version(at, Some(&answer.as_answer())) {
        Ok(said) => said,
        Err(why) => return (fault_of("contract-version", why, "see [contract-version]"), None),
    };
    // A range or a name around the number is a matter of taste; the number is not.
    let fits = said.split(|c: char| !(c.is_ascii_digit() || c == '.')).any(|word| word == wanted);
    let check = if fits {
        sound("contract-version", format!("the system keeps to {wanted}"))
    } else {
        let sentence =
            format!("the system says that it keeps to `{said}`, and the contract is {wanted}");
        fault_of("contract-version", sentence, hint)
    };
    (check, Some(said))
}

#[cfg(test)]
mod tests {
    use super::http_date;

    #[test]
    fn reads_the_time_of_an_answer() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        for wrong in [
            "",
            "yesterday",
            "Sun, 06 Nov",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Xov 1994 08:49:37 GMT",
        ] {
            assert_eq!(http_date(wrong), None, "{wrong}");
        }
    }
}
