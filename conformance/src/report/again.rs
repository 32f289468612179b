//! A case of several requests as lines that can be pasted, today: what was new in the run is made new, and what an answer
//! told is read from the answer that comes now. The ids of the run are gone, since each case removes what it made, and
//! a key that was used gives its old answer.

use super::command::{captures, curl, hurl, is_whole, variable};
use crate::{
    case::Source,
    result::{CaseResult, Exchanged, Kept, Renewed},
};
use regex::Regex;
use std::{borrow::Cow, collections::BTreeSet};

/// Most requests that lines to paste send before the one that they are about.
const BEFORE_MAX: usize = 12;
/// A shorter value is put in only where it stands alone: `7` stands in everything. In bytes.
const VALUE_BYTES_MIN: usize = 4;

/// A value that another run finds otherwise, and how a shell finds it.
struct Found<'c> {
    renewed: &'c Renewed,
    /// What stands for it, as `{{secret:NAME}}`.
    name: String,
    /// The exchange whose answer tells it; none where it is made up.
    told: Option<usize>,
    /// What gives it in a POSIX shell.
    shell: String,
}

/// The exchanges of a case with names in place of what another run finds otherwise.
pub(super) struct Again<'c> {
    exchanges: Vec<Exchanged>,
    found: Vec<Found<'c>>,
    /// The variables of the secrets that the requests need.
    secrets: BTreeSet<String>,
}

impl<'c> Again<'c> {
    pub(super) fn of(case: &'c CaseResult) -> Self {
        let secrets: BTreeSet<String> = case.exchanges.iter().flat_map(secrets).collect();
        let mut taken = secrets.clone();
        taken.insert("ANSWER".to_owned());
        let mut found = Vec::new();
        for renewed in &case.renewed {
            let told = renewed.step.as_ref().and_then(|step| {
                case.exchanges.iter().position(|each| each.step == *step && each.answer.is_some())
            });
            let shell = match (&renewed.from, told.and_then(|at| case.exchanges.get(at))) {
                (None, _) => made_up(&renewed.value),
                (Some(from), Some(exchange)) => read(from, exchange, &renewed.value),
                (Some(_), None) => None,
            };
            let Some(shell) = shell else { continue };
            let mut name = renewed.name.replace('.', "-");
            while !taken.insert(variable(&name)) {
                name.push_str("-new");
            }
            found.push(Found { renewed, name, told, shell });
        }
        // A value within a longer one is no value of its own.
        found.sort_by_key(|each| std::cmp::Reverse(each.renewed.value.len()));
        let mut again = Self { exchanges: case.exchanges.clone(), found, secrets };
        again.put_in();
        again
    }

    fn put_in(&mut self) {
        for (at, exchange) in self.exchanges.iter_mut().enumerate() {
            if !is_whole(&exchange.request) {
                continue;
            }
            for each in &self.found {
                if each.told.is_none_or(|told| told < at) {
                    put(&mut exchange.request, &each.renewed.value, &each.name);
                }
            }
        }
    }

    /// The lines up to the exchange at this place, whose answer is shown; nothing where a body was cut.
    pub(super) fn curl(&self, address: &str, at: usize) -> Option<String> {
        let last = self.exchanges.get(at)?;
        let line = curl(address, &last.request)?;
        let mut before = Vec::new();
        for (place, exchange) in self.exchanges.iter().enumerate().take(at) {
            let told = self.told_by(place, at);
            let is_safe = ["GET ", "HEAD "].iter().any(|it| exchange.request.start.starts_with(it));
            if exchange.step == last.step || (is_safe && told.is_empty()) {
                continue;
            }
            before.push((curl(address, &exchange.request)?, told));
        }
        if before.len() > BEFORE_MAX {
            return Some(line);
        }
        let made_up = self.made_up(at);
        let mut lines: Vec<String> =
            made_up.map(|each| format!("{}={}", variable(&each.name), each.shell)).collect();
        for (line, told) in before {
            if told.is_empty() {
                lines.push(format!("{line} --silent --output /dev/null"));
                continue;
            }
            lines.push(format!("ANSWER=$({line} --silent)"));
            let read = |each: &&Found<'_>| format!("{}={}", variable(&each.name), each.shell);
            lines.extend(told.iter().map(read));
        }
        lines.push(line);
        Some(lines.join("\n"))
    }

    /// The whole case as a `.hurl` file.
    pub(super) fn hurl(&self, address: &str) -> String {
        let end = self.exchanges.len();
        let secrets = self.secrets.iter().map(|name| format!(" --variable \"{name}=${name}\""));
        let made_up = self
            .made_up(end)
            .map(|each| format!(" --variable \"{}={}\"", variable(&each.name), each.shell));
        let variables: String = secrets.chain(made_up).collect();
        let head = match variables.as_str() {
            "" => String::new(),
            variables => format!("# hurl{variables} FILE.hurl\n"),
        };
        let told = |at: usize| {
            let told = self.told_by(at, end).into_iter();
            captures(
                told.filter_map(|each| Some((variable(&each.name), each.renewed.from.as_ref()?))),
            )
        };
        format!("{head}{}", hurl(address, &self.exchanges, &told))
    }

    /// What is made up for the requests up to a place.
    fn made_up(&self, end: usize) -> impl Iterator<Item = &Found<'c>> {
        self.found.iter().filter(move |each| each.told.is_none() && self.is_used(each, end))
    }

    /// What the answer at a place tells and a request after it, up to another, needs.
    fn told_by(&self, place: usize, end: usize) -> Vec<&Found<'c>> {
        self.found
            .iter()
            .filter(|each| each.told == Some(place) && self.is_used(each, end))
            .collect()
    }

    fn is_used(&self, found: &Found<'_>, end: usize) -> bool {
        let stands = mark(&found.name);
        let mut requests = self.exchanges.iter().take(end + 1).map(|each| &each.request);
        requests.any(|request| {
            request.start.contains(&stands)
                || request.headers.iter().any(|(_, value)| value.contains(&stands))
                || request.body.as_ref().is_some_and(|body| body.contains(&stands))
        })
    }
}

fn mark(name: &str) -> String {
    format!("{{{{secret:{name}}}}}")
}

/// The variables of the secrets in a request.
fn secrets(exchange: &Exchanged) -> Vec<String> {
    let request = &exchange.request;
    let headers = request.headers.iter().map(|(_, value)| value.as_str());
    let texts = headers.chain([request.start.as_str()]).chain(request.body.as_deref());
    let named = texts.flat_map(|text| text.split("{{secret:").skip(1));
    named.filter_map(|rest| Some(variable(rest.split_once("}}")?.0))).collect()
}

fn put(request: &mut Kept, value: &str, name: &str) {
    let stands = mark(name);
    if value.len() >= VALUE_BYTES_MIN {
        request.start = request.start.replace(value, &stands);
        request.headers.iter_mut().for_each(|(_, each)| *each = each.replace(value, &stands));
        if let Some(body) = &mut request.body {
            *body = body.replace(value, &stands);
        }
        return;
    }
    let segments: Vec<Cow<'_, str>> = request.start.split('/').map(Cow::Borrowed).collect();
    let put = |each: Cow<'_, str>| if each == value { stands.clone() } else { each.into_owned() };
    request.start = segments.into_iter().map(put).collect::<Vec<_>>().join("/");
    for (_, each) in &mut request.headers {
        if each == value {
            each.clone_from(&stands);
        }
    }
}

/// What makes up a value of the same form in a POSIX shell.
fn made_up(value: &str) -> Option<String> {
    let is_hex = |part: &str| part.bytes().all(|b| b.is_ascii_hexdigit());
    let parts: Vec<&str> = value.split('-').collect();
    if parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(|it| is_hex(it))
    {
        return Some(r"$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n' | sed 's/\(.\{8\}\)\(.\{4\}\).\(.\{3\}\).\(.\{3\}\)\(.\{12\}\)/\1-\2-4\3-8\4-\5/')".to_owned());
    }
    if value.len() == 10 && value.bytes().all(|b| b.is_ascii_digit()) {
        return Some(r"1$(od -An -tu4 -N4 /dev/urandom | tr -d ' ' | sed 's/^/000000000/; s/.*\(.\{9\}\)$/\1/')".to_owned());
    }
    let is_sign = |b: u8| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b);
    if value.len() == 12 && value.bytes().all(is_sign) {
        return Some(r"$(od -An -tx1 -N6 /dev/urandom | tr -d ' \n' | tr 0189 ghij)".to_owned());
    }
    None
}

/// What reads a value from `$ANSWER` in a POSIX shell; nothing where it would not have read the value of the run.
fn read(from: &Source, exchange: &Exchanged, value: &str) -> Option<String> {
    let answer = exchange.answer.as_ref()?;
    let lines = r#"$(printf '%s\n' "$ANSWER" | tr -d '\r' | "#;
    match from {
        Source::Header(name) => {
            let said = answer.headers.iter().find(|(each, _)| each == name)?.1.as_str();
            let letter = |c: char| match c.is_ascii_alphabetic() {
                true => format!("[{}{c}]", c.to_ascii_uppercase()),
                false => c.to_string(),
            };
            let name: String = name.chars().map(letter).collect();
            let whole = format!("{lines}sed -n 's/^{name}: *//p' | sed -n 1p");
            match said {
                said if said == value => Some(format!("{whole})")),
                said if said.trim_end_matches('/').rsplit('/').next() == Some(value) => {
                    Some(format!("{whole} | sed 's,/*$,,; s,.*/,,')"))
                }
                _ => None,
            }
        }
        Source::Json(pointer) => {
            let member = pointer.rsplit('/').next().filter(|it| is_plain(it))?;
            let (text, number) =
                (format!("\"{member}\" *: *\"[^\"]*\""), format!("\"{member}\" *: *[-+.0-9eE]*"));
            let strip = format!("sed 's/^\"{member}\" *: *//; s/\"//g'");
            [text, number].iter().find_map(|pattern| {
                let shown = |found: &str| {
                    found.split_once(':').map(|(_, it)| it.trim_start().replace('"', ""))
                };
                let at = nth(pattern, answer, value, &shown)?;
                Some(format!("{lines}grep -o '{pattern}' | sed -n {at}p | {strip})"))
            })
        }
        Source::Xml(path) => {
            let element = path.rsplit('/').next().filter(|it| is_plain(it))?;
            let pattern = format!("[<:]{element}[^<>]*>[^<]*");
            let shown = |found: &str| found.split_once('>').map(|(_, it)| it.to_owned());
            let at = nth(&pattern, answer, value, &shown)?;
            Some(format!("{lines}grep -o '{pattern}' | sed -n {at}p | sed 's/.*>//')"))
        }
    }
}

fn is_plain(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    name.bytes().all(plain) && name.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Which match of a pattern in the answer, as `curl --include` writes it, shows the value; counted from 1.
fn nth(
    pattern: &str,
    answer: &Kept,
    value: &str,
    shown: &dyn Fn(&str) -> Option<String>,
) -> Option<usize> {
    let pattern = Regex::new(pattern).ok()?;
    let headers = answer.headers.iter().map(|(name, value)| format!("{name}: {value}"));
    let body = answer.body.as_deref().unwrap_or_default();
    let lines = headers.chain(body.lines().map(str::to_owned));
    let found: Vec<String> = lines
        .flat_map(|line| {
            pattern.find_iter(&line).map(|found| found.as_str().to_owned()).collect::<Vec<_>>()
        })
        .collect();
    let at = found.iter().position(|found| shown(found).as_deref() == Some(value))?;
    Some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&str, &str)], body: &str) -> Exchanged {
        let message = |start: &str, body: &str| Kept {
            start: start.into(),
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            body: Some(body.into()),
            body_base64: None,
            body_bytes: body.len() as u64,
        };
        Exchanged {
            step: "create".into(),
            request: message("POST /things", ""),
            answer: Some(message("201", body)),
            no_answer: None,
            micros: 0,
        }
    }

    /// What a POSIX shell reads from the answer.
    fn in_the_shell(shell: &str, exchange: &Exchanged) -> String {
        let answer = exchange.answer.as_ref().unwrap();
        let headers: String =
            answer.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let said =
            format!("HTTP/1.1 201 Created\r\n{headers}\r\n{}", answer.body.as_ref().unwrap());
        let script = format!("VALUE={shell}; printf %s \"$VALUE\"");
        let mut sh = std::process::Command::new("sh");
        let done = sh.args(["-c", &script]).env("ANSWER", said).output().unwrap();
        String::from_utf8(done.stdout).unwrap()
    }

    #[test]
    fn a_shell_reads_the_value_that_the_answer_tells() {
        let json = r#"{"owner": {"id": "o-1"}, "id" : "p-2", "n": 17, "tag": "\"v1\""}"#;
        let xml = "<r:Receipt xmlns:r=\"u\"><r:Id kind=\"a\">x-9</r:Id></r:Receipt>";
        let headers = [("etag", "\"v1\""), ("location", "http://a.example/things/p-2/")];
        for (from, body, value, wanted) in [
            (Source::Json("/id".into()), json, "p-2", true),
            (Source::Json("/owner/id".into()), json, "o-1", true),
            (Source::Json("/n".into()), json, "17", true),
            (Source::Json("/id".into()), json, "p-3", false),
            (Source::Json("/tag".into()), json, "\"v1\"", false),
            (Source::Header("etag".into()), json, "\"v1\"", true),
            (Source::Header("location".into()), json, "p-2", true),
            (Source::Xml("/Receipt/Id".into()), xml, "x-9", true),
        ] {
            let exchange = answer(&headers, body);
            let shell = read(&from, &exchange, value);
            assert_eq!(shell.is_some(), wanted, "{from:?}");
            if let Some(shell) = shell {
                assert_eq!(in_the_shell(&shell, &exchange), value, "{shell}");
            }
        }
    }

    #[test]
    fn what_is_made_up_is_new_each_time_and_of_the_form_of_the_old() {
        for value in ["6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "1000000017", "a2b2c3d4e5f6"] {
            let shell = made_up(value).unwrap();
            let exchange = answer(&[], "");
            let [one, two] = [(), ()].map(|()| in_the_shell(&shell, &exchange));
            assert_ne!(one, two);
            assert_eq!(made_up(&one), Some(shell), "{one}");
        }
        assert_eq!(made_up("a value"), None);
    }
}
