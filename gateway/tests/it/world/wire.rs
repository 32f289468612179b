//! A consumer that speaks bytes on a socket, so that it can be slow, wrong, or gone.

use serde_json::Value;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// An answer as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn exchange(&self) -> &str {
        self.header("sluse-exchange").unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Status, code, side and retry of a refusal, after a look at the members that every refusal has.
    pub(crate) fn refusal(&self) -> (u16, String, String, String) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        let code = text("code");
        assert!(text("type").ends_with(&code));
        assert_eq!(problem["status"], self.status);
        assert_eq!(text("exchange"), self.exchange());
        assert!(!text("title").is_empty() && !text("detail").is_empty());
        assert!(problem["violations"].is_array() && problem.get("contract").is_some());
        (self.status, code, text("side"), text("retry"))
    }
}

/// One request as bytes; the length is stated unless the headers frame the body themselves.
pub(crate) fn request(method: &str, path: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\n");
    if !headers.iter().any(|line| line.starts_with("host:")) {
        text.push_str("host: gateway.example\r\n");
    }
    for line in headers {
        text.push_str(line);
        text.push_str("\r\n");
    }
    if !headers.iter().any(|line| line.starts_with("transfer-encoding")) && !body.is_empty() {
        text.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Wire {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(address).await.unwrap(), buffer: Vec::new() }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Sends as far as the other side takes it.
    pub(crate) async fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    pub(crate) async fn reply(&mut self) -> Reply {
        self.try_reply().await.expect("the connection was closed before an answer")
    }

    /// The next answer, from one that has much to do.
    pub(crate) async fn reply_within(&mut self, seconds: u64) -> Reply {
        let reply = timeout(Duration::from_secs(seconds), self.read()).await;
        reply.expect("an answer in time").expect("the connection was closed before an answer")
    }

    /// The next answer; none where the connection ends before it is whole.
    pub(crate) async fn try_reply(&mut self) -> Option<Reply> {
        timeout(Duration::from_secs(20), self.read()).await.expect("no answer in 20 seconds")
    }

    /// The head of the next answer, whose content is not sent.
    pub(crate) async fn head(&mut self) -> String {
        while !self.buffer.ends_with(b"\r\n\r\n") {
            let more = timeout(Duration::from_secs(20), self.more()).await;
            more.expect("no answer in 20 seconds").expect("the connection was closed");
        }
        String::from_utf8_lossy(&std::mem::take(&mut self.buffer)).into_owned()
    }

    async fn read(&mut self) -> Option<Reply> {
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        self.buffer.drain(..end);
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut reply = Reply { status, head, body: Vec::new() };
        if reply.header("transfer-encoding").is_some_and(|coding| coding == "chunked") {
            loop {
                let line = self.line().await?;
                let length = usize::from_str_radix(line.trim(), 16).unwrap();
                let mut chunk = self.take(length + 2).await?;
                chunk.truncate(length);
                reply.body.extend(chunk);
                if length == 0 {
                    return Some(reply);
                }
            }
        }
        let length = reply.header("content-length").map_or(0, |length| length.parse().unwrap());
        reply.body = self.take(length).await?;
        Some(reply)
    }

    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(at) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=at).collect();
                return Some(String::from_utf8_lossy(&line).into_owned());
            }
            self.more().await?;
        }
    }

    async fn take(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < length {
            self.more().await?;
        }
        Some(self.buffer.drain(..length).collect())
    }

    async fn more(&mut self) -> Option<()> {
        let read = self.stream.read_buf(&mut self.buffer).await.ok()?;
        (read > 0).then_some(())
    }
}
