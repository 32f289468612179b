//! The gateway beside a direct call and nginx, under the same load.
//!
//! Each way through runs as a process of its own; what is compared is requests per CPU-second of
//! what stands between consumer and provider, which a noisy machine disturbs least.

use crate::{
    Fault,
    load::{self, Shot},
    process::{Running, Usage},
    provider, report,
    report::Row,
    setup::{self, Ports},
    upload,
};
use bytes::Bytes;
use hyper::StatusCode;
use serde_json::{Value, json};
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

/// Arguments of `gateway`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Seconds for each way and load
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Connections that send at the same time
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Where the results go
    #[arg(long, default_value = "bench/results/gateway.json")]
    output: PathBuf,
    /// Bytes of the upload that is broken off
    #[arg(long, default_value_t = 1_000_000_000)]
    upload_bytes: u64,
}

const COMMAND: &str = "cargo run --release -p sluse-bench -- gateway";

/// Runs all ways under all loads.
pub(crate) fn run(args: &Args) -> Result<(), Fault> {
    let folder = tempfile::tempdir()?;
    let ports = Ports { provider: 8201, nginx: 8202, sluse: 8200, operators: 8209 };
    let invoice = invoice(folder.path())?;
    setup::configuration(folder.path(), ports, invoice.as_ref().map(|(key, _)| key.as_str()))?;
    let parts = Parts::start(folder.path(), ports)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let loads = loads(invoice.map(|(_, body)| body));
    let mut rows = Vec::new();
    for load in &loads {
        for way in &load.ways(ports) {
            rows.push(runtime.block_on(parts.measure(args, load.name, way))?);
        }
    }
    let upload = runtime.block_on(upload::break_off(
        args.upload_bytes,
        &parts.sluse,
        ports,
        folder.path(),
    ))?;
    report::print(&rows);
    let facts = json!({ "ready_millis": parts.ready_millis, "upload_broken_off": upload });
    report::say(&facts);
    report::write(&args.output, COMMAND, &rows, &facts)
}

/// A real invoice and the key of its receiver, where real documents are.
fn invoice(folder: &Path) -> Result<Option<(String, Bytes)>, Fault> {
    let Some(shared) = setup::shared() else {
        report::complain("SKIPPED: OIOUBL invoice, since SLUSE_SHARED has no corpora/oioubl-2.1");
        return Ok(None);
    };
    let corpus = shared.join("corpora/oioubl-2.1");
    let (corpus_text, folder_text) = (corpus.display().to_string(), folder.display().to_string());
    setup::sluse(&[
        "contract",
        "import",
        &corpus_text,
        "--as",
        "dk.oioubl",
        "--config",
        &folder_text,
    ])?;
    let file = corpus.join("examples/OIOUBL_Invoice_v2p2.xml");
    let file_text = file.display().to_string();
    let route =
        setup::sluse(&["route", &file_text, "--library", "dk.oioubl@2.1.0", "--format", "json"])?;
    let route: Value = serde_json::from_str(&route)?;
    let key = route.pointer("/receiver/key").and_then(Value::as_str).ok_or("no receiver")?;
    Ok(Some((key.to_owned(), std::fs::read(file)?.into())))
}

/// The processes under test.
///
/// They end in this order: consumers first, so that nobody calls what has gone.
struct Parts {
    sluse: Running,
    nginx: Running,
    _provider: Running,
    ready_millis: u128,
    provider_address: SocketAddr,
}

impl Parts {
    fn start(folder: &Path, ports: Ports) -> Result<Self, Fault> {
        let wait = Duration::from_secs(30);
        let provider_address = loopback(ports.provider);
        let port = ports.provider.to_string();
        let (provider, _) =
            Running::start(&mut setup::part(&["provider", &port])?, provider_address, wait)?;
        let (nginx, _) =
            Running::start(&mut setup::nginx(folder, ports)?, loopback(ports.nginx), wait)?;
        let mut serve = setup::part(&["sluse", "serve", "--config"])?;
        serve.arg(folder).stderr(Stdio::from(std::fs::File::create(folder.join("sluse.log"))?));
        let (sluse, ready) = Running::start(&mut serve, loopback(ports.sluse), wait)?;
        Ok(Self {
            sluse,
            nginx,
            _provider: provider,
            ready_millis: ready.as_millis(),
            provider_address,
        })
    }

    async fn measure(&self, args: &Args, load: &'static str, way: &Way) -> Result<Row, Fault> {
        load::fire(&way.shot, args.connections, Duration::from_secs(1)).await?;
        self.delivered().await?;
        let before = self.usage(way.through);
        let volley =
            load::fire(&way.shot, args.connections, Duration::from_secs(args.seconds)).await?;
        // What was accepted must also be delivered, and that work counts.
        self.delivered().await?;
        let usage = self.usage(way.through).zip(before).map(|(after, before)| Usage {
            cpu_seconds: after.cpu_seconds - before.cpu_seconds,
            memory_bytes: after.memory_bytes,
        });
        Ok(Row { load, way: way.name, volley, usage })
    }

    fn usage(&self, through: Through) -> Option<Usage> {
        match through {
            Through::Nothing => None,
            Through::Nginx => Some(self.nginx.usage()),
            Through::Sluse => Some(self.sluse.usage()),
        }
    }

    /// Waits until the provider has received nothing for a while: the outbox is empty.
    async fn delivered(&self) -> Result<(), Fault> {
        let mut sender = load::connect(self.provider_address).await?;
        let count = Shot {
            address: self.provider_address,
            host: "provider".into(),
            path: provider::COUNT_PATH.into(),
            media_type: "text/plain",
            body: Bytes::new(),
            expected: StatusCode::OK,
        };
        let mut last = Bytes::new();
        loop {
            let (_, now) = load::send(&mut sender, &count).await?;
            if now == last {
                return Ok(());
            }
            last = now;
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Through {
    Nothing,
    Nginx,
    Sluse,
}

struct Way {
    name: &'static str,
    through: Through,
    shot: Shot,
}

struct Load {
    name: &'static str,
    media_type: &'static str,
    body: Bytes,
    /// Host of the judging route; absent where the document finds its own way.
    host: Option<&'static str>,
    judged_status: StatusCode,
}

fn loads(invoice: Option<Bytes>) -> Vec<Load> {
    let json = Load {
        name: "json-2k",
        media_type: "application/json",
        body: setup::json_message("question").into(),
        host: Some("json.bench.example"),
        judged_status: StatusCode::OK,
    };
    let invoice = invoice.map(|body| Load {
        name: "oioubl-10k",
        media_type: "application/xml",
        body,
        host: None,
        judged_status: StatusCode::ACCEPTED,
    });
    std::iter::once(json).chain(invoice).collect()
}

impl Load {
    fn ways(&self, ports: Ports) -> [Way; 4] {
        let shot = |port: u16, host: &str, path: &str, expected| Shot {
            address: loopback(port),
            host: host.to_owned(),
            path: path.to_owned(),
            media_type: self.media_type,
            body: self.body.clone(),
            expected,
        };
        let (host, path) = self.host.map_or(("documents", "/documents"), |host| (host, "/ask"));
        let ok = StatusCode::OK;
        [
            Way {
                name: "direct",
                through: Through::Nothing,
                shot: shot(ports.provider, "provider", "/ask", ok),
            },
            Way {
                name: "nginx",
                through: Through::Nginx,
                shot: shot(ports.nginx, "nginx", "/ask", ok),
            },
            Way {
                name: "sluse pass-through",
                through: Through::Sluse,
                shot: shot(ports.sluse, "pass.bench.example", "/ask", ok),
            },
            Way {
                name: "sluse judging",
                through: Through::Sluse,
                shot: shot(ports.sluse, host, path, self.judged_status),
            },
        ]
    }
}

/// An address on loopback.
pub(crate) fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}
