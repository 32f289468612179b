//! The system as a target over real sockets: what a system may do to a run, and what is made of it.

use super::*;
use sluse_conformance::{
    Target,
    case::Credentials as Whose,
    result::{CaseResult, CaseVerdict},
    run::{RunOptions, Runner},
    target::{NoAnswer, Sent},
};
use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

fn reading(path: &str) -> Sent {
    Sent {
        method: "GET".into(),
        path: path.into(),
        headers: vec![],
        body: None,
        credentials: Whose::Own,
    }
}

/// A server that does the same with every connection. Gives its address.
fn server(act: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let act = Arc::new(act);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let act = Arc::clone(&act);
            thread::spawn(move || act(stream));
        }
    });
    format!("http://{address}")
}

fn head(stream: &mut TcpStream) {
    let mut bytes = [0; 4096];
    let _ = stream.read(&mut bytes);
}

/// Limits that a test has time for.
const LIMITS: &str = "[limits]\nrequest-timeout-ms = 300\nanswer-bytes-max = 100000\n";

#[test]
fn whatever_a_system_does_is_told_within_limits() {
    let hangs = server(|mut stream| {
        head(&mut stream);
        thread::sleep(Duration::from_secs(5));
    });
    let drips = server(|mut stream| {
        head(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        while stream.write_all(b" ").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let closes = server(|mut stream| head(&mut stream));
    let breaks_off = server(|mut stream| {
        head(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}");
    });
    let gigabytes = server(|mut stream| {
        head(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while stream.write_all(b"1000\r\n").is_ok() && stream.write_all(&[b' '; 4096]).is_ok() {
            if stream.write_all(b"\r\n").is_err() {
                break;
            }
        }
    });
    let endless_head = server(|mut stream| {
        head(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(&[b'a'; 4096]).is_ok() {}
    });
    let no_http = server(|mut stream| {
        head(&mut stream);
        let _ = stream.write_all(b"220 mail.example ESMTP\r\n");
    });
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for (name, address, wanted) in [
        ("hangs", hangs, NoAnswer::TooSlow),
        ("drips", drips, NoAnswer::TooSlow),
        ("closes", closes, NoAnswer::Closed),
        ("breaks off", breaks_off, NoAnswer::Closed),
        ("gigabytes", gigabytes, NoAnswer::TooLarge),
        ("endless head", endless_head, NoAnswer::TooLarge),
        ("no http", no_http, NoAnswer::NotHttp),
        ("nobody", nobody, NoAnswer::Unreachable),
    ] {
        let target = Desk::at(&address, "some-token").last(LIMITS).target();
        assert_eq!(target.send(&reading("/permits")), Err(wanted), "{name}");
        let together = target.send_together(&[reading("/permits"), reading("/permits")]);
        assert_eq!(together, [Err(wanted), Err(wanted)], "{name}, together");
        // Whoever is told of it learns the case and the place.
        let options = RunOptions::default();
        let result = Runner::new(&PERMITS.0, &target, &options).run(&list("list"));
        let told = result.differences.first().map(|it| (it.step.as_str(), it.actual.clone()));
        let reason = result.reason.clone().unwrap_or_default();
        assert!(
            told == Some(("test", wanted.to_string())) || reason == wanted.to_string(),
            "{name}: {result:?}"
        );
    }
}

#[test]
fn redirects_are_answers() {
    let elsewhere = server(|mut stream| {
        head(&mut stream);
        let _ = stream.write_all(
            b"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        );
    });
    let target = Desk::at(&elsewhere, "some-token").target();
    assert_eq!(target.send(&reading("/permits")).unwrap().status, 307);
}

#[test]
fn a_connection_that_was_closed_while_idle_is_no_fault() {
    // Says that it keeps the connection, and closes it at once.
    let closes = server(|mut stream| {
        head(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    });
    let target = Desk::at(&closes, "some-token").target();
    for _ in 0..50 {
        assert_eq!(target.send(&reading("/permits")).unwrap().status, 200);
    }
}

#[test]
fn asks_no_more_than_the_budget() {
    let system = reference(options());
    let desk = Desk::at(&system.url("127.0.0.1"), &system.token("own"));
    let target = desk.last("[limits]\nrequests-max = 3\n").target();
    let statuses = [(); 4].map(|()| target.send(&reading("/permits")).map(|answer| answer.status));
    assert_eq!(statuses, [Ok(200), Ok(200), Ok(200), Err(NoAnswer::Budget)]);
    assert_eq!((system.asked(), target.sent()), (3, 3));
}

#[test]
fn speaks_both_versions_of_http_with_tls_and_each_connection_on_its_own() {
    let authority = Authority::new();
    let own = client_pair(&authority);
    for http2 in [true, false] {
        let mut config = (*tls(&authority, &server_pair(&authority), true)).clone();
        if !http2 {
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
        }
        let system = reference(Options { tls: Some(Arc::new(config)), ..options() });
        let desk = Desk::at(&system.url("localhost"), &system.token("own"))
            .last("[tls]\nca = \"ca.pem\"\ncertificate = \"own.pem\"\nkey = \"own.key\"\n")
            .file("ca.pem", &authority.pem)
            .file("own.pem", &own.0)
            .file("own.key", &own.1);
        let target = desk.target();
        assert_eq!(target.send(&reading("/permits")).unwrap().status, 200);
        let together = target.send_together(&[reading("/permits"), reading("/events")]);
        assert!(
            together.iter().all(|it| it.as_ref().is_ok_and(|it| it.status == 200)),
            "{together:?}"
        );
    }
}

#[test]
fn credentials_are_shown_in_every_way_and_secrets_in_none() {
    let (seen, heard) = std::sync::mpsc::channel();
    let address = server(move |mut stream| {
        let mut bytes = [0; 4096];
        let read = stream.read(&mut bytes).unwrap_or(0);
        let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
        let body = text.replace('"', "");
        let _ = seen.send(text);
        let _ = stream.write_all(
            format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Echo: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", "secret-b7", body.len()).as_bytes(),
        );
    });
    for (way, shown, slot) in [
        ("token = \"env:S\"", "authorization: Bearer secret-b7", "Bearer {{secret:token}}"),
        (
            "user = \"u\"\npassword = \"env:S\"",
            "authorization: Basic dTpzZWNyZXQtYjc=",
            "Basic {{secret:password}}",
        ),
        ("header = \"X-Key\"\nvalue = \"file:s.txt\"", "x-key: secret-b7", "{{secret:key}}"),
    ] {
        let mut desk = Desk::at(&address, "unused").file("s.txt", "secret-b7\n");
        desk.text = desk.text.replace("token = \"env:TOKEN\"", way);
        desk.variables.insert("S".into(), "secret-b7".into());
        let target = desk.target();
        let options = RunOptions { keep_all: true, ..RunOptions::default() };
        let result: CaseResult = Runner::new(&PERMITS.0, &target, &options).run(&list("list"));
        assert!(heard.recv().unwrap().contains(shown), "{way}");
        let json = serde_json::to_string(&result).unwrap();
        assert!(!json.contains("secret-b7") && !json.contains("dTpzZWNyZXQtYjc="), "{json}");
        assert_eq!(result.exchanges[0].request.headers[0].1, slot);
        assert_eq!(result.verdict, CaseVerdict::Failed);
        assert!(!format!("{target:?} {:?}", target.credentials()).contains("secret-b7"));
    }
}

#[test]
fn a_token_is_asked_for_where_the_file_says_so() {
    let system = reference(options());
    let token = system.token("own");
    let issuer = {
        let token = token.clone();
        server(move |mut stream| {
            let mut bytes = [0; 4096];
            let read = stream.read(&mut bytes).unwrap_or(0);
            let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
            // The body may come after the head.
            let good = text.contains("authorization: Basic dXM6c2VjcmV0LWI3")
                && (text.contains("grant_type=client_credentials") || text.ends_with("\r\n\r\n"));
            let status = if good { "200 OK" } else { "401 Unauthorized" };
            let body = format!("{{\"access_token\":\"{token}\",\"token_type\":\"Bearer\"}}");
            let _ = stream.write_all(
                format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                )
                .as_bytes(),
            );
        })
    };
    let mut desk = Desk::at(&system.url("127.0.0.1"), "unused");
    let way = format!(
        "token-url = \"{issuer}/token\"\nclient-id = \"us\"\nclient-secret = \"env:S\"\nscopes = [\"permits\"]"
    );
    desk.text = desk.text.replace("token = \"env:TOKEN\"", &way);
    desk.variables.insert("S".into(), "secret-b7".into());
    let examined = desk.examine();
    assert!(examined.is_sound(), "{:?}", examined.checks);
    assert!(!format!("{examined:?}").contains(&token));
}

#[test]
fn the_reference_system_makes_permits_and_lists_them() {
    let system = reference(options());
    let target = Desk::at(&system.url("127.0.0.1"), &system.token("own")).target();
    let options = RunOptions { keep_all: true, threads: 4, ..RunOptions::default() };
    let cases: Vec<Case> = (0..20)
        .map(|n| if n % 2 == 0 { create(&format!("c.{n}")) } else { list(&format!("l.{n}")) })
        .collect();
    let cases: Vec<&Case> = cases.iter().collect();
    let results = Runner::new(&PERMITS.0, &target, &options).run_all(&cases, &|_| {});
    let failed: Vec<&CaseResult> =
        results.iter().filter(|it| it.verdict != CaseVerdict::Passed).collect();
    assert!(failed.is_empty(), "{failed:?}");
}
