//! Consumers known by their certificate, over HTTP/1.1 and HTTP/2; and traces that go on.

use crate::world::{Act, Provider, Seen, Wire, answer, limits, request, world};
use bytes::Bytes;
use http::{Method, Request, StatusCode, Version};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use std::{fmt::Write as _, net::SocketAddr, sync::Arc, time::Duration};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const GOOD: &str = r#"{"id":"0101010101"}"#;

fn friendly(_: &Seen) -> Act {
    answer(200, "application/json", r#"{"name":"Ane"}"#)
}

pub(crate) struct Authority {
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    pub(crate) fn issue(&self, purpose: ExtendedKeyUsagePurpose) -> (String, String) {
        self.issue_to("someone", purpose)
    }

    pub(crate) fn issue_to(
        &self,
        name: &str,
        purpose: ExtendedKeyUsagePurpose,
    ) -> (String, String) {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }
}

pub(crate) fn digest(pem: &str) -> String {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    let mut text = String::new();
    for byte in aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &der).as_ref() {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

/// A client that shows a certificate, and speaks HTTP/2 or HTTP/1.1.
pub(crate) fn client(
    authority: &Authority,
    shown: Option<&(String, String)>,
    http2: bool,
) -> Client<
    hyper_rustls::HttpsConnector<hyper_util::client::legacy::connect::HttpConnector>,
    Full<Bytes>,
> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap()).unwrap();
    let builder = ClientConfig::builder().with_root_certificates(roots);
    let config = match shown {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
            let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
            builder.with_client_auth_cert(chain, key).unwrap()
        }
    };
    let https = hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(config).https_only();
    let https = if http2 { https.enable_http2().build() } else { https.enable_http1().build() };
    Client::builder(TokioExecutor::new()).http2_only(http2).build(https)
}

#[tokio::test(flavor = "multi_thread")]
async fn knows_consumers_by_their_certificate_over_both_versions_of_http() {
    let authority = Authority::new();
    let server = authority.issue(ExtendedKeyUsagePurpose::ServerAuth);
    let known = authority.issue(ExtendedKeyUsagePurpose::ClientAuth);
    let unknown = authority.issue(ExtendedKeyUsagePurpose::ClientAuth);
    let stranger = Authority::new().issue(ExtendedKeyUsagePurpose::ClientAuth);
    let over = format!(
        "#--- sluse.toml\n[operators]\naddress = \"127.0.0.1:0\"\n[store]\nkind = \"memory\"\n\
         [[listener]]\naddress = \"127.0.0.1:0\"\n[listener.tls]\ncertificate = \"keys/server.pem\"\n\
         key = \"keys/server.key\"\nclient-ca = \"keys/ca.pem\"\n\
         #--- keys/server.pem\n{}#--- keys/server.key\n{}#--- keys/ca.pem\n{}\
         #--- members/tls.toml\n[[member]]\nid = \"dk.tls\"\nname = \"Tls\"\n[[member.subsystem]]\n\
         id = \"dk.tls/desk\"\ncertificates = [\"sha256:{}\"]\n",
        server.0,
        server.1,
        authority.pem,
        digest(&known.0)
    );
    let world = world(&over, friendly).await;
    let uri = format!("https://localhost:{}/v1/ask", world.address().port());
    let ask = |http2| {
        Request::builder()
            .method(Method::POST)
            .uri(&uri)
            .version(if http2 { Version::HTTP_2 } else { Version::HTTP_11 })
            .header("content-type", "application/json")
            .body(Full::from(GOOD))
            .unwrap()
    };
    for http2 in [false, true] {
        let client = client(&authority, Some(&known), http2);
        for _ in 0..3 {
            let answer = client.request(ask(http2)).await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            let id = answer.headers()["sluse-exchange"].to_str().unwrap().to_owned();
            #[expect(clippy::disallowed_methods, reason = "bounded on the same line")]
            let body = Limited::new(answer.into_body(), 1000).collect().await.unwrap().to_bytes();
            assert_eq!(body, r#"{"name":"Ane"}"#);
            let (opening, _) = world.exchange(&id).await;
            assert_eq!(opening.consumer, "dk.tls/desk");
        }
    }
    let seen = world.provider.seen();
    assert!(seen[5].header("forwarded").unwrap().starts_with("for=_dk.tls.desk;proto=https"));
    for shown in [Some(&unknown), None] {
        let answer = client(&authority, shown, true).request(ask(true)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "of no member, or not shown");
        #[expect(clippy::disallowed_methods, reason = "bounded on the same line")]
        let body = Limited::new(answer.into_body(), 10_000).collect().await.unwrap().to_bytes();
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&problem["code"], &problem["status"]), (&"F0102".into(), &401.into()));
    }
    assert_eq!(world.leaves().await.len(), 12, "a stranger is counted, not recorded");
    let refused = client(&authority, Some(&stranger), false).request(ask(false)).await;
    assert!(refused.is_err(), "no handshake with a certificate of another authority");
}

#[tokio::test(flavor = "multi_thread")]
async fn passes_a_trace_on_as_it_came_where_none_are_exported() {
    let world = world("", friendly).await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let header = format!("traceparent: {trace}");
    let json = "content-type: application/json";
    let reply = world.ask("POST", "/v1/ask", &[json, &header], GOOD.as_bytes()).await;
    assert_eq!(reply.status, 200);
    assert_eq!(world.provider.seen()[0].header("traceparent"), Some(trace));
}

/// A provider over TLS that answers every request alike; gives where it listens.
async fn secure_provider(
    authority: &Authority,
    tasks: &mut tokio::task::JoinSet<()>,
) -> SocketAddr {
    let (certificate, key) = authority.issue(ExtendedKeyUsagePurpose::ServerAuth);
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tasks.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let answer = b"HTTP/1.1 200 x\r\ncontent-length: 4\r\nconnection: close\r\n\r\ndone";
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_providers_over_tls_where_their_authority_is_trusted_and_not_otherwise() {
    let (trusted, other) = (Authority::new(), Authority::new());
    let mut tasks = tokio::task::JoinSet::new();
    let good = secure_provider(&trusted, &mut tasks).await;
    let bad = secure_provider(&other, &mut tasks).await;
    let service = |name: &str, at: &str| {
        format!(
            "#--- services/{name}.toml\nid = \"dk.cpr/register/{name}\"\nupstream = [\"https://{at}\"]\n\
             [[route]]\npath = \"/{name}\"\n"
        )
    };
    let over =
        limits("").replace("[limits]", "[upstream]\nca = \"certificates/providers.pem\"\n[limits]");
    let over = format!(
        "{over}#--- certificates/providers.pem\n{}{}{}{}",
        trusted.pem,
        service("good", &format!("localhost:{}", good.port())),
        service("bad", &format!("localhost:{}", bad.port())),
        // The right authority, and another name than the certificate's.
        service("misnamed", &format!("127.0.0.1:{}", good.port())),
    );
    let world = world(&over, friendly).await;
    let reply = world.post("/good/x", "x").await;
    assert_eq!((reply.status, reply.text().as_str()), (200, "done"), "{}", reply.head);
    for path in ["/bad/x", "/misnamed/x"] {
        let reply = world.post(path, "x").await;
        let expected = (502, "F0203".to_owned(), "provider".to_owned(), "safe".to_owned());
        assert_eq!(reply.refusal(), expected, "{path}");
        let (_, closing) = world.exchange(reply.exchange()).await;
        assert_eq!(closing.fault.as_deref(), Some("F0203"));
    }
}

/// Runs the binary, for what is of the whole process.
#[tokio::test(flavor = "multi_thread")]
async fn exports_traces_and_metrics_takes_a_trace_and_stops_in_order_on_sigterm() {
    let receiver = Provider::start(|_| answer(200, "application/x-protobuf", "")).await;
    let provider = Provider::start(friendly).await;
    let over = limits("").replace(
        "[limits]",
        &format!("[telemetry]\notlp-endpoint = \"http://{}\"\n", receiver.address),
    );
    let over = over
        .replace("address = \"127.0.0.1:0\"\nconsumer", "address = \"127.0.0.1:47811\"\nconsumer");
    let folder = crate::world::write_folder(&over, provider.address);
    let gateway = std::process::Command::new(env!("CARGO_BIN_EXE_sluse"))
        .args(["serve", "--config"])
        .arg(folder.path())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let address = "127.0.0.1:47811".parse().unwrap();
    for _ in 0..500 {
        if tokio::net::TcpStream::connect(address).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let header = format!("traceparent: 00-{trace}-b7ad6b7169203331-01");
    let mut wire = Wire::connect(address).await;
    let headers = ["content-type: application/json", &header];
    wire.send(&request("POST", "/v1/ask", &headers, GOOD.as_bytes())).await;
    assert_eq!(wire.reply().await.status, 200);
    let passed = provider.seen()[0].header("traceparent").unwrap().to_owned();
    assert!(passed.starts_with(&format!("00-{trace}-")), "the same trace: {passed}");
    assert!(!passed.contains("b7ad6b7169203331"), "our own span in it: {passed}");

    let pid = gateway.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let ended = tokio::task::spawn_blocking(move || gateway.wait_with_output().unwrap());
    let ended = tokio::time::timeout(Duration::from_secs(20), ended).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(0), "{said}");
    let seen = receiver.seen();
    let sent = |path: &str, name: &str| {
        seen.iter().any(|seen| {
            seen.line().contains(path) && String::from_utf8_lossy(&seen.body).contains(name)
        })
    };
    let lines: Vec<_> = seen.iter().map(Seen::line).collect();
    for name in ["exchange", "forward", "record::open", "record::close"] {
        assert!(sent("/v1/traces", name), "{name}: {lines:?} {said}");
    }
    assert!(sent("/v1/metrics", "sluse_exchanges"), "{lines:?} {said}");
}
