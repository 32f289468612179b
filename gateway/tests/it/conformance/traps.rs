//! Systems that look right to whoever does not look closely: none of them conforms.

use super::{options, reference};
use sluse::{
    clock::SystemClock,
    reference::CONTRACT,
    target::{
        run::{Asked, Bench},
        settings,
        subject::Subject,
    },
};
use sluse_conformance::{
    Role,
    consumer::{Answers as _, Reply},
    derive::SampleAnswers,
    result::RunOutcome,
};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// A request as far as a trap looks at it.
struct Asks {
    method: String,
    path: String,
    body: Vec<u8>,
    /// How many came before it.
    before: usize,
}

/// What a trap answers; nothing: it closes the connection.
type Answer = Box<dyn Fn(&Asks) -> Option<Reply> + Send + Sync>;

fn reply(status: u16, media_type: &str, body: &str) -> Reply {
    let headers = vec![("content-type".to_owned(), media_type.to_owned())];
    Reply { headers, body: body.into(), ..Reply::status(status) }
}

fn problem(status: u16) -> Reply {
    let body = format!(r#"{{"status":{status}}}"#);
    let mut reply = reply(status, "application/problem+json", &body);
    reply.headers.push(("www-authenticate".to_owned(), "Bearer".to_owned()));
    reply
}

fn always(reply: Reply) -> Answer {
    Box::new(move |_| Some(reply.clone()))
}

/// The example that the contract has for the operation, whatever was sent.
fn sample(subject: &Subject) -> impl Fn(&Asks) -> Reply + Send + Sync + 'static {
    let samples = SampleAnswers::of(&subject.contract);
    let contract = Arc::clone(&subject.contract);
    move |asks| {
        let path = asks.path.split('?').next().unwrap_or_default();
        let operation = contract.operation_asked(&asks.method, path);
        let good = operation.and_then(|operation| samples.answer(operation.name, None));
        good.unwrap_or_else(|| problem(404))
    }
}

fn traps(subject: &Subject, sound: String) -> Vec<(&'static str, Answer)> {
    let (good, also, then, later) =
        (sample(subject), sample(subject), sample(subject), sample(subject));
    let echo = |asks: &Asks| {
        let status = if asks.method == "POST" { 201 } else { 200 };
        Some(Reply { body: asks.body.clone(), ..reply(status, "application/json", "") })
    };
    let mut elsewhere = Reply::status(307);
    elsewhere.headers.push(("location".to_owned(), sound));
    vec![
        ("all is well", always(reply(200, "application/json", "{}"))),
        ("nothing to say", always(Reply::status(204))),
        ("an empty list of all", always(reply(200, "application/json", r#"{"items":[]}"#))),
        ("a page for people", always(reply(200, "text/html", "<html>welcome</html>"))),
        ("nobody is let in", always(problem(401))),
        ("nothing is there", always(problem(404))),
        ("all is refused", always(problem(400))),
        ("it is broken", always(problem(500))),
        ("come back later", always(problem(429))),
        ("ask elsewhere", always(elsewhere)),
        ("an echo", Box::new(echo)),
        ("the contract's own examples", Box::new(move |asks| Some(good(asks)))),
        (
            "examples, and no word to whoever writes",
            Box::new(move |asks| (asks.method == "GET").then(|| also(asks))),
        ),
        (
            "examples until the doctor is gone",
            Box::new(move |asks| (asks.before < 3).then(|| then(asks))),
        ),
        (
            "examples, and refusals for whoever writes",
            Box::new(move |asks| {
                Some(if asks.method == "GET" { later(asks) } else { problem(400) })
            }),
        ),
    ]
}

/// Starts a system that answers so, and gives its address.
fn start(answer: Answer) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (answer, count) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (answer, count) = (Arc::clone(&answer), Arc::clone(&count));
            thread::spawn(move || serve(stream, &answer, &count));
        }
    });
    format!("http://{address}")
}

/// One request, and the end of the connection.
fn serve(stream: TcpStream, answer: &Answer, count: &AtomicUsize) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if header.trim().is_empty() {
            break;
        }
        let (name, value) = header.split_once(':')?;
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let before = count.fetch_add(1, Ordering::SeqCst);
    let reply = answer(&Asks { method, path, body, before })?;
    let mut text = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", reply.status);
    if reply.status != 204 {
        text.push_str(&format!("content-length: {}\r\n", reply.body.len()));
    }
    for (name, value) in &reply.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    let stream = reader.get_mut();
    stream.write_all(text.as_bytes()).ok()?;
    stream.write_all(&reply.body).ok()
}

#[test]
fn no_system_that_only_looks_right_conforms() {
    let subject = Subject::load(CONTRACT, Role::Provider).expect("the contract loads");
    let sound = reference(options());
    let traps = traps(&subject, sound.url("127.0.0.1"));
    assert!(traps.len() >= 10);
    let traps: Vec<(&str, String)> =
        traps.into_iter().map(|(name, answer)| (name, start(answer))).collect();
    let wrong = |(name, address): &(&str, String)| {
        let text = format!(
            "contract = \"{CONTRACT}\"\nrole = \"provider\"\naddress = \"{address}\"\n[system]\nname = \"Trap\"\n\
             [limits]\nrequest-timeout-ms = 2000\n"
        );
        let (supplier, findings) = settings::read(settings::FILE, text.as_bytes(), Path::new(""));
        let supplier = supplier.unwrap_or_else(|| panic!("{findings:?}"));
        let bench = Bench {
            supplier: &supplier,
            subject: &subject,
            environment: &|_| None,
            clock: &SystemClock,
        };
        let result = bench.run(&Asked::default(), &|_| {});
        let fine = result.outcome != RunOutcome::Conforms && !result.reasons.is_empty();
        (!fine).then(|| (*name).to_owned())
    };
    assert_eq!(super::seeded::all(&traps, wrong), [""; 0]);
}
