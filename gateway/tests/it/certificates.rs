//! Conformance certificates at the gateway: which consumer is held back, which passes, and what is told.

use crate::{
    config::{lay, load_at_noon, sound},
    world::{Reply, World, answer, world},
};
use sluse::config::Loaded;
use sluse_conformance::{
    Role,
    certificate::{
        Certificate, Claims, Evidence, Status, StatusList, StatusReference, Word, months_later,
    },
};
use sluse_ledger::SigningKey;
use std::time::SystemTime;

const CONSUMER: &str = "dk.example/office";
const URI: &str = "https://city.example/status/1";
const QUESTION: &str = r#"{"id":"17"}"#;

fn now() -> i64 {
    i64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap()
}

/// A certificate of the consumer for `dk.cpr/persons`, issued a day ago.
fn claims() -> Claims {
    let iat = now() - 86_400;
    Claims {
        iss: "Example City".into(),
        sub: CONSUMER.into(),
        jti: "a-0".into(),
        iat,
        exp: months_later(iat, 12),
        contract: "dk.cpr/persons".into(),
        version: "1.0".parse().unwrap(),
        role: Role::Consumer,
        profile: None,
        word: Word::SelfDeclared,
        evidence: Evidence {
            bundle_sha256: "ab".repeat(32),
            bundle_key: String::new(),
            contract_sha256: "cd".repeat(32),
            suite_sha256: "ef".repeat(32),
            system: "office 4.1".into(),
            tool: "sluse 0.1.0".into(),
            run: "2026-11-30T08:00:00Z".into(),
        },
        status: Status { status_list: StatusReference { idx: 0, uri: URI.into() } },
    }
}

struct Issuer(SigningKey);

impl Issuer {
    fn new() -> Self {
        Self(SigningKey::generate("city.example/certificates").unwrap())
    }

    fn list(&self, revoked: bool) -> String {
        let mut list = StatusList::new(URI);
        list.take_place();
        if revoked {
            list.revoke(0);
        }
        list.sign(now(), &self.0).unwrap()
    }

    /// Files to lay over the world's: what the operator trusts, what the service asks for, what stands in the folder.
    fn files(&self, asks: &str, certificates: &[&str]) -> String {
        let usual = include_str!("world/world.toml").split("#--- ").nth(1).unwrap();
        let mut files = format!(
            "#--- {usual}[certificates]\nissuers = [\"{}\"]\n{}",
            self.0.verifier(),
            services(asks)
        );
        for (at, text) in certificates.iter().enumerate() {
            let ending = if text.starts_with(&self.list(false)[..40]) { "jwt" } else { "jws" };
            files.push_str(&format!("#--- certificates/{at}.{ending}\n{text}\n"));
        }
        files
    }

    fn certificate(&self, change: impl FnOnce(&mut Claims)) -> String {
        let mut claims = claims();
        change(&mut claims);
        Certificate::sign(&claims, &self.0).unwrap()
    }
}

/// The provider has no certificate, so only the route asks.
fn services(asks: &str) -> String {
    format!(
        "#--- services/persons.toml\nid = \"dk.cpr/register/persons\"\ncontract = \"dk.cpr/persons@^1.0\"\n\
         upstream = [\"http://@A/persons\"]\n[[route]]\npath = \"/v1\"\n{asks}\n[[route]]\npath = \"/open\"\n"
    )
}

async fn asked(issuer: &Issuer, asks: &str, certificates: &[&str]) -> (Reply, World) {
    let files = issuer.files(asks, certificates);
    let world = world(&files, |_| answer(200, "application/json", r#"{"name":"N"}"#)).await;
    let reply = world.post("/v1/ask", QUESTION).await;
    (reply, world)
}

#[tokio::test]
async fn a_consumer_without_a_certificate_that_will_do_is_held_back_and_told_why() {
    let issuer = Issuer::new();
    let refuse = "requires-certificate = \"refuse\"";
    let observed = "requires-certificate = \"refuse\"\ncertificate-word = \"observed\"";
    let good = issuer.certificate(|_| {});
    let (list, revoked) = (issuer.list(false), issuer.list(true));
    let expired = issuer.certificate(|claims| claims.exp = now() - 1);
    let early = issuer.certificate(|claims| claims.iat = now() + 1_000);
    let version = issuer.certificate(|claims| claims.version = "1.1".parse().unwrap());
    let side = issuer.certificate(|claims| claims.role = Role::Provider);
    let other = issuer.certificate(|claims| claims.sub = "dk.example/other".into());
    let stranger = Issuer::new().certificate(|_| {});
    for (asks, files, why) in [
        (refuse, vec![], "there is no certificate"),
        (refuse, vec![&other, &list], "there is no certificate"),
        (refuse, vec![&stranger, &list], "there is no certificate"),
        (refuse, vec![&expired, &list], "has expired"),
        (refuse, vec![&early, &list], "not valid yet"),
        (refuse, vec![&version, &list], "another version"),
        (refuse, vec![&side, &list], "the other side"),
        (refuse, vec![&good, &revoked], "was revoked"),
        (refuse, vec![&good], "no status list"),
        (observed, vec![&good, &list], "self-declared"),
    ] {
        let files: Vec<&str> = files.into_iter().map(String::as_str).collect();
        let (reply, world) = asked(&issuer, asks, &files).await;
        assert_eq!(reply.status, 403, "{why}: {}", String::from_utf8_lossy(&reply.body));
        let problem: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(problem["code"], "F0120");
        assert!(problem["detail"].as_str().unwrap().contains(why), "{why}: {problem}");
        assert_eq!(problem["side"], "consumer");
        let exchange = problem["exchange"].as_str().unwrap();
        let fault = world.exchange(exchange).await.1.fault;
        assert_eq!(fault.as_deref(), Some("F0120"), "it is evidence");
        let open = world.post("/open/ask", QUESTION).await;
        assert_eq!(open.status, 200, "a route that does not ask lets it pass");
    }
}

#[tokio::test]
async fn a_certificate_that_will_do_lets_the_consumer_pass() {
    let issuer = Issuer::new();
    let list = issuer.list(false);
    let good = issuer.certificate(|_| {});
    let observed = issuer.certificate(|claims| claims.word = Word::Observed);
    let expired = issuer.certificate(|claims| claims.exp = now() - 1);
    for (asks, files) in [
        ("requires-certificate = \"refuse\"", vec![&*good, &list]),
        (
            "requires-certificate = \"refuse\"\ncertificate-word = \"observed\"",
            vec![&*good, &observed, &list],
        ),
        ("requires-certificate = \"refuse\"", vec![&*expired, &good, &list]),
        ("requires-certificate = \"off\"\ncertificate-word = \"observed\"", vec![]),
    ] {
        let (reply, _) = asked(&issuer, asks, &files).await;
        assert_eq!(reply.status, 200, "{asks}: {}", String::from_utf8_lossy(&reply.body));
    }
}

#[tokio::test]
async fn where_it_only_warns_the_exchange_passes_and_is_counted() {
    let issuer = Issuer::new();
    let (reply, world) = asked(&issuer, "requires-certificate = \"warn\"", &[]).await;
    assert_eq!(reply.status, 200);
    let metrics = world.running.gateway.metrics().to_text();
    let line = "sluse_certificates_lacking_total{service=\"dk.cpr/register/persons\"} 1";
    assert!(metrics.contains(line), "{metrics}");
    let (_, world) = asked(
        &issuer,
        "requires-certificate = \"warn\"",
        &[&issuer.certificate(|_| {}), &issuer.list(false)],
    )
    .await;
    assert!(
        !world.running.gateway.metrics().to_text().contains("sluse_certificates_lacking_total{")
    );
}

/// What `check` prints of a folder whose service asks for a certificate.
fn printed(files: &str) -> String {
    let folder = sound();
    lay(folder.path(), &include_str!("world/world.toml").replace("@A", "127.0.0.1:1"));
    lay(folder.path(), files);
    let Loaded { findings, .. } = load_at_noon(folder.path());
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

#[test]
fn a_provider_without_its_certificate_is_told_when_the_folder_is_read() {
    let service = |demand: &str, contract: &str| {
        format!(
            "#--- services/persons.toml\nid = \"dk.cpr/register/persons\"\n{contract}\
             upstream = [\"http://127.0.0.1:1\"]\nrequires-certificate = \"{demand}\"\n"
        )
    };
    let agreed = "contract = \"dk.cpr/persons@^1.0\"\n";
    let lacking = "C0409 the provider `dk.cpr/register` has no conformance certificate that will do: there is no certificate";
    let refused = printed(&service("refuse", agreed));
    assert!(refused.contains(lacking), "{refused}");
    let warned = printed(&service("warn", agreed));
    assert!(warned.contains("C0409"), "{warned}");
    assert!(!printed(&service("off", agreed)).contains("C0409"));
    let without = printed(&service("refuse", ""));
    assert!(
        without.contains("C0105 a certificate is for a contract, and the service has none"),
        "{without}"
    );
    let stray =
        printed("#--- certificates/x.jws\na.b.c\n#--- certificates/server.pem\nnot looked at\n");
    assert_eq!(stray.matches("C0408").count(), 1, "{stray}");
    assert!(printed("#--- services/persons.toml\nid = \"dk.cpr/register/persons\"\nupstream = [\"http://127.0.0.1:1\"]\nrequires-certificate = \"maybe\"\n").contains("C0105"));
}
