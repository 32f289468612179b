//! The set-up of the gateway bench: a configuration folder, an nginx configuration, the messages.

use crate::Fault;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Ports on loopback that the parts listen on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) provider: u16,
    pub(crate) nginx: u16,
    pub(crate) sluse: u16,
    pub(crate) operators: u16,
}

/// A message of about 2 KB that the bench's JSON contract allows.
pub(crate) fn json_message(kind: &str) -> String {
    let lines: Vec<Value> = (1..=16)
        .map(|number| {
            json!({
                "number": number,
                "text": "Line of an invented case, long enough to weigh something",
                "amount": format!("{}.50", number * 100),
                "unit": "H87",
            })
        })
        .collect();
    json!({ "id": "b1946ac9-2492-4f3b-8f5e-000000000001", "kind": kind, "opened": "2026-03-02", "lines": lines })
        .to_string()
}

fn json_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["id", "kind", "opened", "lines"],
        "additionalProperties": false,
        "properties": {
            "id": { "type": "string", "format": "uuid" },
            "kind": { "enum": ["question", "answer"] },
            "opened": { "type": "string", "format": "date" },
            "lines": {
                "type": "array", "minItems": 1, "maxItems": 1000,
                "items": {
                    "type": "object",
                    "required": ["number", "text", "amount", "unit"],
                    "additionalProperties": false,
                    "properties": {
                        "number": { "type": "integer", "minimum": 1 },
                        "text": { "type": "string", "minLength": 1, "maxLength": 200 },
                        "amount": { "type": "string", "pattern": "^-?[0-9]+\\.[0-9]{2}$" },
                        "unit": { "type": "string", "pattern": "^[A-Z0-9]{2,3}$" },
                    },
                },
            },
        },
    })
}

const CONTRACT: &str = r#"id         = "bench.json/case"
version    = "1.0.0"
status     = "in-force"
title      = { en = "Case of the bench" }
steward    = "bench.provider"
data-class = "open"

[[operation]]
name     = "ask"
kind     = "two-way"
request  = { media-type = "application/json", judge = [{ json-schema = "schemas/case.json" }] }
response = { media-type = "application/json", judge = [{ json-schema = "schemas/case.json" }] }
"#;

/// Writes the bench's configuration: one contract, three services, keys of its own.
pub(crate) fn configuration(
    folder: &Path,
    ports: Ports,
    receiver: Option<&str>,
) -> Result<(), Fault> {
    write(&folder.join("contracts/bench.json/case/1.0.0/contract.toml"), CONTRACT)?;
    let schema = format!("{:#}", json_schema());
    write(&folder.join("contracts/bench.json/case/1.0.0/schemas/case.json"), &schema)?;
    let Ports { provider, sluse, operators, .. } = ports;
    sluse::config::write_keys(folder, "bench.example/ledger")?;
    write(
        &folder.join("sluse.toml"),
        &format!(
            r#"[[listener]]
address  = "127.0.0.1:{sluse}"
consumer = "bench.consumer/load"

[operators]
address = "127.0.0.1:{operators}"

[ledger]
origin = "bench.example/ledger"

[keys]
storage = "keys/storage.key"

[contracts]
library = ["dk.nemhandel"]
"#
        ),
    )?;
    write(
        &folder.join("members/bench.toml"),
        r#"[[member]]
id   = "bench.consumer"
name = "Load"
[[member.subsystem]]
id = "bench.consumer/load"

[[member]]
id   = "bench.provider"
name = "Provider"
[[member.subsystem]]
id = "bench.provider/fixed"
"#,
    )?;
    let service = |name: &str, contract: &str, rest: &str| {
        format!(
            "id = \"bench.provider/fixed/{name}\"\n{contract}upstream = [\"http://127.0.0.1:{provider}\"]\n\
             enforcement = {{ request = \"enforce\", response = \"enforce\" }}\n{rest}"
        )
    };
    let route =
        |host: &str| format!("\n[[route]]\nhost = \"{host}.bench.example\"\npath = \"/\"\n");
    write(&folder.join("services/pass.toml"), &service("pass", "", &route("pass")))?;
    let contract = "contract = \"bench.json/case@^1\"\n";
    write(&folder.join("services/json.toml"), &service("json", contract, &route("json")))?;
    if let Some(receiver) = receiver {
        let contract = "contract = \"dk.oioubl/invoice@2.1.0\"\n";
        let receives = format!("\n[receives]\nkeys = [\"{receiver}\"]\n");
        write(&folder.join("services/invoice.toml"), &service("invoice", contract, &receives))?;
    }
    Ok(())
}

/// An nginx that passes everything to the provider, with connections kept both ways.
pub(crate) fn nginx(folder: &Path, ports: Ports) -> Result<Command, Fault> {
    let configuration = folder.join("nginx.conf");
    let (root, Ports { provider, nginx, .. }) = (folder.display(), ports);
    write(
        &configuration,
        &format!(
            r#"daemon off;
worker_processes 2;
pid {root}/nginx.pid;
error_log {root}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {root}/nginx-body;
  proxy_temp_path {root}/nginx-proxy;
  fastcgi_temp_path {root}/nginx-fastcgi;
  uwsgi_temp_path {root}/nginx-uwsgi;
  scgi_temp_path {root}/nginx-scgi;
  client_body_buffer_size 64k;
  keepalive_requests 1000000000;
  upstream provider {{ server 127.0.0.1:{provider}; keepalive 64; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{nginx};
    location / {{ proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
}}
"#
        ),
    )?;
    let mut command = Command::new("nginx");
    command.arg("-e").arg(folder.join("nginx.log")).arg("-c").arg(configuration);
    Ok(command)
}

/// This program again, as one of its parts.
pub(crate) fn part(arguments: &[&str]) -> Result<Command, Fault> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("part").args(arguments);
    Ok(command)
}

/// Runs `sluse` with `arguments` to its end; gives its standard output.
pub(crate) fn sluse(arguments: &[&str]) -> Result<String, Fault> {
    let output = part(&["sluse"])?.args(arguments).output()?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(format!("sluse {arguments:?}: {}\n{complaint}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Where real documents are: `SLUSE_SHARED`, or `../shared`.
pub(crate) fn shared() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "read once, here")]
    let folder = std::env::var("SLUSE_SHARED").map_or_else(|_| "../shared".into(), PathBuf::from);
    folder.join("corpora/oioubl-2.1").is_dir().then_some(folder)
}

/// Writes a file and the folders above it.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Fault> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, text)?)
}
