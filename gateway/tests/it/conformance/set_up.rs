//! Faults of the set-up, each made for real: all are told as such, with what to do, before any case.

use super::*;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use sluse_conformance::result::CaseVerdict;
use std::{
    io::{Read as _, Write as _},
    net::{Ipv6Addr, SocketAddr, TcpListener},
    thread,
};

/// Starts the system that a fault is made of, and gives the desk from which it is called.
type Make = fn(&mut Vec<Reference>) -> Option<Desk>;

/// The twelve faults: a name, the check that tells it, words of what it says, and how it is made.
const FAULTS: [(&str, &str, &str, Make); 12] = [
    ("wrong port", "address", "nothing listens there", wrong_port),
    ("wrong base path", "exchange", "nothing of the contract is found there", base_path),
    (
        "our certificate has ended",
        "own-certificate",
        "our certificate ended",
        expired_own_certificate,
    ),
    ("keys are swapped", "own-certificate", "do not belong together", swapped_keys),
    ("wrong audience", "token", "does not take the credentials (401)", wrong_audience),
    ("a clock ten minutes off", "clock", "10 minutes ahead of", clock_off),
    ("a proxy between", "proxy", "a proxy", proxy_between),
    ("IPv6 only", "address", "over IPv6 alone", ipv6_only),
    ("no test data", "test-data", "no value for permit", no_test_data),
    ("test data that is used up", "test-data", "may be used up", used_up),
    ("a limit of rate", "rate", "(429)", rate_limit),
    ("another version of the contract", "contract-version", "keeps to `2.0.0`", wrong_version),
];

fn sound_desk(system: &Reference) -> Desk {
    Desk::at(&system.url("127.0.0.1"), &system.token("own"))
}

fn keep(systems: &mut Vec<Reference>, options: Options) -> &Reference {
    systems.push(reference(options));
    systems.last().unwrap()
}

fn wrong_port(_: &mut Vec<Reference>) -> Option<Desk> {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    Some(Desk::at(&format!("http://{free}"), "some-token"))
}

fn base_path(systems: &mut Vec<Reference>) -> Option<Desk> {
    let system = keep(systems, Options { base: "/api/v1".into(), ..options() });
    let address = system.url("127.0.0.1").replace("/v1", "/v2");
    Some(Desk::at(&address, &system.token("own")))
}

fn secure_desk(systems: &mut Vec<Reference>, own: &(String, String)) -> Desk {
    let authority = Authority::new();
    let tls = tls(&authority, &server_pair(&authority), true);
    let system = keep(systems, Options { tls: Some(tls), ..options() });
    Desk::at(&system.url("localhost"), &system.token("own"))
        .last("[tls]\nca = \"ca.pem\"\ncertificate = \"own.pem\"\nkey = \"own.key\"\n")
        .file("ca.pem", &authority.pem)
        .file("own.pem", &own.0)
        .file("own.key", &own.1)
}

fn expired_own_certificate(systems: &mut Vec<Reference>) -> Option<Desk> {
    let mut params = CertificateParams::new(vec!["us".to_owned()]).unwrap();
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2025, 1, 1);
    let key = KeyPair::generate().unwrap();
    let own = (params.self_signed(&key).unwrap().pem(), key.serialize_pem());
    Some(secure_desk(systems, &own))
}

fn swapped_keys(systems: &mut Vec<Reference>) -> Option<Desk> {
    let authority = Authority::new();
    let (certificate, _) = client_pair(&authority);
    let (_, key) = client_pair(&authority);
    Some(secure_desk(systems, &(certificate, key)))
}

fn wrong_audience(systems: &mut Vec<Reference>) -> Option<Desk> {
    let system = keep(systems, options());
    Some(Desk::at(&system.url("127.0.0.1"), &system.token("wrong-audience")))
}

fn clock_off(systems: &mut Vec<Reference>) -> Option<Desk> {
    Some(sound_desk(keep(systems, Options { clock_ahead_seconds: 600, ..options() })))
}

/// A proxy that lets nothing through, as they do: a page, and its name in `Via`.
fn proxy_between(_: &mut Vec<Reference>) -> Option<Desk> {
    Some(Desk::at(
        &always(
            "HTTP/1.1 403 Forbidden\r\nVia: 1.1 proxy\r\nContent-Type: text/html\r\nContent-Length: 20\r\nConnection: close\r\n\r\n<html>blocked</html>",
        ),
        "some-token",
    ))
}

/// A server that says the same to everyone. Gives its address.
fn always(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut head = [0; 4096];
            if stream.read(&mut head).is_ok_and(|read| read > 0) {
                let _ = stream.write_all(answer.as_bytes());
            }
        }
    });
    format!("http://{address}")
}

fn ipv6_only(systems: &mut Vec<Reference>) -> Option<Desk> {
    let listen = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
    if TcpListener::bind(listen).is_err() {
        std::io::stderr().write_all(b"SKIPPED: this machine has no IPv6\n").unwrap();
        return None;
    }
    Some(sound_desk(keep(systems, Options { listen, ..options() })))
}

fn no_test_data(systems: &mut Vec<Reference>) -> Option<Desk> {
    let desk = sound_desk(keep(systems, options()));
    Some(
        desk.first("known = \"/permits/{{given:permit}}\"\n").last("[test-data]\npermit = \" \"\n"),
    )
}

fn used_up(systems: &mut Vec<Reference>) -> Option<Desk> {
    let desk = sound_desk(keep(systems, options()));
    let data = "[test-data]\npermit = \"00000000-0000-4000-8000-000000000000\"\n";
    Some(desk.first("known = \"/permits/{{given:permit}}\"\n").last(data))
}

fn rate_limit(systems: &mut Vec<Reference>) -> Option<Desk> {
    Some(sound_desk(keep(systems, Options { requests_max: Some(0), ..options() })))
}

fn wrong_version(systems: &mut Vec<Reference>) -> Option<Desk> {
    let system = keep(systems, Options { version: "2.0.0".into(), ..options() });
    Some(sound_desk(system).last("[contract-version]\nheader = \"Contract-Version\"\n"))
}

/// What was found, without ports.
fn told(examined: &doctor::Examined) -> String {
    let ports = regex::Regex::new(r"(port |:)\d{4,5}\b").unwrap();
    let lines = examined.checks.iter().filter(|check| !check.ok).map(|check| {
        let hint = check.hint.as_deref().expect("a fault says what to do");
        format!("{}: {}\n  {hint}", check.check, check.sentence)
    });
    let told = lines.collect::<Vec<_>>().join("\n");
    ports.replace_all(&told, "${1}PORT").into_owned()
}

#[test]
fn each_fault_of_the_set_up_is_told_as_one_before_any_case() {
    for (name, check, words, make) in FAULTS {
        let mut systems = Vec::new();
        let Some(desk) = make(&mut systems) else { continue };
        let examined = desk.examine();
        assert!(!examined.is_sound(), "{name}");
        let faulty: Vec<&str> =
            examined.checks.iter().filter(|it| !it.ok).map(|it| it.check.as_str()).collect();
        assert_eq!(faulty, [check], "{name}: {:?}", examined.checks);
        let result = desk.run();
        assert_eq!(result.outcome.exit_status(), 3, "{name}: {:?}", result.reasons);
        assert!(result.cases.iter().all(|it| it.verdict != CaseVerdict::Failed), "{name}");
        let told = told(&examined);
        assert!(told.contains(words), "{name}: {told}");
    }
}

#[test]
fn a_sound_set_up_is_found_sound() {
    let system = reference(options());
    let made = Desk::at(&system.url("localhost"), &system.token("own"))
        .last("[contract-version]\nheader = \"contract-version\"\n");
    let examined = made.examine();
    let lines = examined.checks.iter().map(|check| format!("{}: {}", check.check, check.ok));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    address: true
    token: true
    test-data: true
    clock: true
    exchange: true
    contract-version: true
    ");
    assert!(examined.is_sound());
    assert_eq!(examined.version, Some(("contract-version".into(), "1.0.0".into())));
    assert_eq!(system.asked(), 1);
}

#[test]
fn a_sound_set_up_over_tls_with_our_certificate_is_found_sound() {
    let authority = Authority::new();
    let tls = tls(&authority, &server_pair(&authority), true);
    let own = client_pair(&authority);
    let system = reference(Options { tls: Some(tls), ..options() });
    let desk = |lines: &str| {
        Desk::at(&system.url("localhost"), &system.token("own"))
            .last(lines)
            .file("ca.pem", &authority.pem)
            .file("own.pem", &own.0)
            .file("own.key", &own.1)
    };
    let whole = "[tls]\nca = \"ca.pem\"\ncertificate = \"own.pem\"\nkey = \"own.key\"\n";
    assert_eq!(told(&desk(whole).examine()), "");
    insta::assert_snapshot!(told(&desk("[tls]\nca = \"ca.pem\"\n").examine()), @r"
    tls: the system asks for a certificate of ours
      name it as `certificate` and `key` of [tls]
    ");
    let swapped = "[tls]\nca = \"ca.pem\"\ncertificate = \"own.key\"\nkey = \"own.pem\"\n";
    insta::assert_snapshot!(told(&desk(swapped).examine()), @r"
    own-certificate: `own.key` holds no certificate
      `certificate` and `key` of [tls] are swapped
    ");
    // The machine's authorities do not know this one.
    let unknown = told(&desk("").examine());
    assert!(
        unknown.starts_with("tls: who signed the system's certificate is not trusted here"),
        "{unknown}"
    );
}

#[test]
fn the_systems_certificate_is_told_by_what_is_wrong_with_it() {
    let told_of = |params: CertificateParams| {
        let key = KeyPair::generate().unwrap();
        let pair = (params.self_signed(&key).unwrap().pem(), key.serialize_pem());
        let config = tls(&Authority::new(), &pair, false);
        let system = reference(Options { tls: Some(config), ..options() });
        let desk = Desk::at(&system.url("localhost"), "some-token");
        told(&desk.last("[tls]\nca = \"ca.pem\"\n").file("ca.pem", &pair.0).examine())
    };
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_after = date_time_ymd(2025, 1, 1);
    assert!(told_of(params).starts_with("tls: the system's certificate ended "));
    let params = CertificateParams::new(vec!["elsewhere.example".to_owned()]).unwrap();
    insta::assert_snapshot!(told_of(params), @r"
    tls: the system's certificate is for elsewhere.example, not for `localhost`
      write the name that it is for in `address`
    ");
}

#[test]
fn what_is_no_http_or_no_tls_is_told() {
    let told_at = |address: String| told(&Desk::at(&address, "some-token").examine());
    let plain = always("SSH-2.0-OpenSSH_9.6\r\n");
    insta::assert_snapshot!(told_at(plain.clone()), @r"
    exchange: `GET /permits?limit=1`: what came is not HTTP
      see the system's log, and whether the port speaks HTTP
    ");
    insta::assert_snapshot!(told_at(plain.replace("http:", "https:")), @r"
    tls: the port does not speak TLS
      write http:// in `address`, or see the port
    ");
    let elsewhere = always(
        "HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n",
    );
    insta::assert_snapshot!(told_at(elsewhere), @r"
    exchange: `GET /permits?limit=1` is answered 301: the system redirects to https://elsewhere.example/
      write the place that it redirects to as `address`
    ");
    let unknown = told_at("http://no-such-host.invalid".into());
    assert!(unknown.starts_with("address: the name `no-such-host.invalid` is not"), "{unknown}");
}

#[test]
fn tokens_are_read_before_they_are_sent() {
    let system = reference(options());
    let desk = |name: &str, lines: &str| {
        Desk::at(&system.url("127.0.0.1"), &system.token(name)).last(lines).examine()
    };
    let expected = "audience = \"https://permits.example\"\nscopes = [\"permits\"]\n";
    insta::assert_snapshot!(told(&desk("wrong-audience", expected)), @r"
    token: the token `own`: its audience is not `https://permits.example`
      ask for another token, with the audience, issuer and scopes of this system
    ");
    let scopes = told(&desk("wrong-scope", expected));
    assert!(
        scopes.starts_with("scopes: the token `own`: it lacks the scope `permits`"),
        "{scopes}"
    );
    assert!(told(&desk("expired", "")).starts_with("token: the token `own`: it ended"));
    assert!(told(&desk("not-yet-valid", "")).starts_with("token: the token `own`: it begins in"));
    assert!(told(&desk("wrong-scope", "")).starts_with("scopes: `GET /permits?limit=1`"));
    let mut unset = Desk::at(&system.url("127.0.0.1"), "x");
    unset.variables.clear();
    insta::assert_snapshot!(told(&unset.examine()), @r"
    token: the credentials `own`: the variable `TOKEN` is not set
      set it for this command
    ");
}

#[test]
fn no_secret_is_in_what_the_doctor_says() {
    let canary = "canary-a8f1-of-the-token";
    // A system that says back what it was shown.
    let echo = always(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error_description=\"canary-a8f1-of-the-token\"\r\nContent-Type: text/html\r\nContent-Length: 24\r\nConnection: close\r\n\r\ncanary-a8f1-of-the-token",
    );
    let desk = Desk::at(&echo, canary);
    let examined = desk.examine();
    let said = format!("{:?} {:?}", examined.checks, examined.target);
    assert!(!said.contains(canary) && said.contains("{{secret:token}}"), "{said}");
    assert!(!holds(desk.folder.path(), canary));
}
