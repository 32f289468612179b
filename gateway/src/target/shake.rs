//! Connections tried as a system must not take them: versions of TLS that are out of use, and none at all.
//!
//! No library speaks TLS 1.0 and 1.1 any more, and none needs to: whether a system would is seen from its answer to the
//! first message (RFC 2246 and RFC 4346, section 7.4.1). Nothing of the supplier's is sent: no token, no path, no data.

use http::Uri;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use sluse_conformance::{
    case::Shake,
    target::{NoAnswer, Shaken},
};
use std::{io, net::IpAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// Longest that one try may take.
const TIME_MAX: Duration = Duration::from_secs(5);
/// So much of an answer is looked at, in bytes.
const LOOKED_AT_BYTES: usize = 1024;

/// A record of TLS that holds a handshake, and one that holds an alert.
const HANDSHAKE: u8 = 22;
/// The answer to a first message that is taken.
const SERVER_HELLO: u8 = 2;

/// Cipher suites that systems of the time had, and have.
const SUITES: [u16; 9] = [0xc013, 0xc014, 0xc009, 0xc00a, 0x002f, 0x0035, 0x0033, 0x0039, 0x000a];

/// Tries a connection to the host of an address.
pub(super) async fn shake(
    address: &Uri,
    config: &Arc<ClientConfig>,
    shake: Shake,
) -> Result<Shaken, NoAnswer> {
    let host = address.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if address.scheme_str() != Some("https") {
        return Ok(if is_here(bare) { Shaken::Alone } else { Shaken::Bare });
    }
    let tried = async {
        let stream = TcpStream::connect((bare, address.port_u16().unwrap_or(443))).await;
        let stream = stream.map_err(|_| NoAnswer::Unreachable)?;
        match shake {
            Shake::Certificate => whole(stream, config, bare).await,
            Shake::Tls10 => Ok(hello(stream, 1, bare).await),
            Shake::Tls11 => Ok(hello(stream, 2, bare).await),
            Shake::Plain => Ok(plain(stream, host).await),
        }
    };
    timeout(TIME_MAX, tried).await.unwrap_or(Err(NoAnswer::TooSlow))
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

async fn whole(
    stream: TcpStream,
    config: &Arc<ClientConfig>,
    host: &str,
) -> Result<Shaken, NoAnswer> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| NoAnswer::Unsendable)?;
    let shaken = TlsConnector::from(Arc::clone(config)).connect(name, stream).await;
    Ok(if shaken.is_ok() { Shaken::Taken } else { Shaken::Refused })
}

/// The first message of TLS 1.0 or 1.1 (`minor` 1 or 2), and whether it is taken.
async fn hello(mut stream: TcpStream, minor: u8, host: &str) -> Shaken {
    let answer = match stream.write_all(&first_message(minor, host)).await {
        Ok(()) => read(&mut stream, |bytes| bytes.len() >= 6).await,
        Err(_) => Vec::new(),
    };
    let taken = answer.first() == Some(&HANDSHAKE) && answer.get(5) == Some(&SERVER_HELLO);
    if taken { Shaken::Taken } else { Shaken::Refused }
}

/// RFC 4346, section 7.4.1.2, with the extensions of RFC 6066, section 3, and RFC 4492, section 5.1.
fn first_message(minor: u8, host: &str) -> Vec<u8> {
    let mut extensions = Vec::new();
    if host.parse::<IpAddr>().is_err() {
        let name = sized(2, host.as_bytes());
        extensions.extend(extension(0, &sized(2, &[&[0][..], &name].concat())));
    }
    extensions.extend(extension(10, &sized(2, &[0, 29, 0, 23, 0, 24])));
    extensions.extend(extension(11, &sized(1, &[0])));
    let suites: Vec<u8> = SUITES.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    let mut body = vec![3, minor];
    // What is random in a first message serves the handshake, which is never finished.
    body.extend([0x5a; 32]);
    body.push(0);
    body.extend(sized(2, &suites));
    body.extend(sized(1, &[0]));
    body.extend(sized(2, &extensions));
    let message = [&[1][..], &sized(3, &body)].concat();
    [&[HANDSHAKE, 3, 1][..], &sized(2, &message)].concat()
}

fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &sized(2, body)].concat()
}

/// Bytes after their number, which has this width in bytes.
fn sized(width: usize, bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len().to_be_bytes();
    let length = length.get(length.len().saturating_sub(width)..).unwrap_or_default();
    [length, bytes].concat()
}

/// A request without TLS, and what comes of it.
async fn plain(mut stream: TcpStream, host: &str) -> Shaken {
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let answer = match stream.write_all(request.as_bytes()).await {
        Ok(()) => read(&mut stream, |bytes| bytes.windows(4).any(|four| four == b"\r\n\r\n")).await,
        Err(_) => Vec::new(),
    };
    let text = String::from_utf8_lossy(&answer).to_ascii_lowercase();
    let status = text.strip_prefix("http/").and_then(|rest| rest.split(' ').nth(1));
    match status {
        None => Shaken::Refused,
        // What servers say to who speaks no TLS at their port (RFC 9110, sections 15.5.1 and 15.5.22).
        Some("400" | "426") => Shaken::Refused,
        Some(status) if status.starts_with('3') && text.contains("location: https://") => {
            Shaken::Redirected
        }
        Some(_) => Shaken::Answered,
    }
}

/// What comes, until it is enough, the connection ends, or there is more than is looked at.
async fn read(stream: &mut TcpStream, enough: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut found = Vec::new();
    let mut some = [0; LOOKED_AT_BYTES];
    while found.len() < LOOKED_AT_BYTES && !enough(&found) {
        let read: io::Result<usize> = stream.read(&mut some).await;
        match read {
            Ok(count @ 1..) => found.extend(some.iter().take(count)),
            Ok(0) | Err(_) => break,
        }
    }
    found
}
