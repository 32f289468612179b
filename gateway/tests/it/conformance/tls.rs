//! How connections begin: what a system takes is told under its clause, and again offline.

use super::*;
use sluse_conformance::{
    result::{CaseVerdict, RunOutcome},
    verify::rejudge,
};
use std::{
    io::{Read as _, Write as _, copy},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    thread,
};

/// Stands before a system with TLS and takes what that does not: handshakes of old versions, and requests without TLS.
fn careless(system: SocketAddr, plain: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || careless_with(stream, system, plain));
        }
    });
    port
}

fn careless_with(mut stream: TcpStream, system: SocketAddr, plain: &str) -> std::io::Result<()> {
    let mut first = [0; 4096];
    let read = stream.read(&mut first)?;
    let first = &first[..read];
    if first.first() != Some(&22) {
        return stream.write_all(plain.as_bytes());
    }
    // The version that the client offers stands after the heads of record and message; 3.3 offers more in an extension.
    let minor = first[10];
    if minor < 3 {
        let hello =
            [&[22, 3, minor, 0, 42, 2, 0, 0, 38, 3, minor][..], &[7; 32], &[0, 0x00, 0x2f, 0]]
                .concat();
        return stream.write_all(&hello);
    }
    let mut behind = TcpStream::connect(system)?;
    behind.write_all(first)?;
    let (mut from, mut to) = (stream.try_clone()?, behind.try_clone()?);
    thread::spawn(move || {
        let _ = copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    copy(&mut behind, &mut stream)?;
    stream.shutdown(Shutdown::Both)
}

/// The cases of `[tls]` and one that asks.
fn subject() -> Subject {
    let whole = Subject::load("example.city/permits", Role::Provider).unwrap();
    let of_tls = whole.plan.cases.iter().filter(|case| case.kind == Kind::Tls).cloned();
    let cases = of_tls.chain([list("list")]).collect();
    let plan = Plan { cases, ..Plan::default() };
    Subject { digest: sluse_conformance::verify::suite_digest(&plan), plan, ..whole }
}

fn verdicts(desk: &Desk) -> Vec<(String, CaseVerdict)> {
    let (subject, supplier) = (subject(), desk.supplier());
    let environment = |name: &str| desk.variables.get(name).cloned();
    let bench = Bench {
        supplier: &supplier,
        subject: &subject,
        environment: &environment,
        clock: &SystemClock,
    };
    let result = bench.run(&Asked { keep_all: true, ..Asked::default() }, &|_| {});
    let again = rejudge(&result, &subject.contract, &subject.suite, &subject.plan);
    assert_eq!(again.sentences(), [""; 0]);
    assert_ne!(result.outcome, RunOutcome::NoVerdict, "{:?}", result.reasons);
    let of_tls = result.cases.iter().filter(|case| case.kind == Kind::Tls);
    of_tls.map(|case| (case.id.to_string(), case.verdict)).collect()
}

#[test]
fn what_begins_without_a_tls_of_today_is_told_under_its_clause() {
    use CaseVerdict::{Failed, NotApplicable, Passed};
    let authority = Authority::new();
    let config = tls(&authority, &server_pair(&authority), false);
    let system = reference(Options { tls: Some(config), ..options() });
    let token = system.token("own");
    let desk = |port: u16| {
        Desk::at(&format!("https://localhost:{port}"), &token)
            .last("[tls]\nca = \"ca.pem\"\n")
            .file("ca.pem", &authority.pem)
    };
    let answers = careless(system.address(), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let redirects = careless(
        system.address(),
        "HTTP/1.1 308 Elsewhere\r\nLocation: https://localhost/\r\ncontent-length: 0\r\n\r\n",
    );
    let loose = reference(options());
    for (name, desk, wanted) in [
        ("sound", desk(system.address().port()), [Passed; 4]),
        ("takes all", desk(answers), [Passed, Failed, Failed, Failed]),
        ("redirects", desk(redirects), [Passed, Failed, Failed, Passed]),
        (
            "on this machine",
            Desk::at(&loose.url("127.0.0.1"), &loose.token("own")),
            [NotApplicable; 4],
        ),
    ] {
        let found: Vec<CaseVerdict> =
            verdicts(&desk).into_iter().map(|(_, verdict)| verdict).collect();
        assert_eq!(found, wanted, "{name}");
    }
}
