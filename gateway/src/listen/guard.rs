//! A consumer's connection, guarded against one that is slow on purpose.
//!
//! hyper bounds how long a head may take, but closes without a word, and it waits for ever for an answer to be
//! taken. Here a stalled write ends the connection, and a head that takes too long is told so. A head that hyper cannot
//! read it refuses by itself, with a bare status: here it is told why, as every refusal is.

use std::{
    fmt,
    future::poll_fn,
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep, timeout},
};

/// How long the last words on a connection may take.
const LAST_WORDS_TIMEOUT_MS: u64 = 1_000;

/// What hyper's own refusals of a head begin with, and the status of each.
const BARE: [(&[u8], u16); 3] = [
    (b"HTTP/1.1 400 Bad Request\r\n", 400),
    (b"HTTP/1.1 414 URI Too Long\r\n", 414),
    (b"HTTP/1.1 431 Request Header Fields Too Large\r\n", 431),
];
/// Longer than any of hyper's own refusals.
const BARE_BYTES_MAX: usize = 256;

/// Writes a refusal of this status, as bytes of HTTP/1.1.
pub(super) type Refuse = Box<dyn Fn(u16) -> Vec<u8> + Send>;

/// A guarded stream; its clones are the same stream.
pub(super) struct Guarded<S>(Arc<Mutex<Guard<S>>>);

struct Guard<S> {
    stream: S,
    write_timeout: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
    /// Whether something was read that has not been answered.
    heard: bool,
    refuse: Refuse,
    /// What is still to be written in place of a refusal of hyper's own.
    words: Vec<u8>,
}

impl<S> Guarded<S> {
    pub(super) fn new(stream: S, write_timeout: Duration, refuse: Refuse) -> Self {
        let (stalled, heard, words) = (None, false, Vec::new());
        let guard = Guard { stream, write_timeout, stalled, heard, refuse, words };
        Self(Arc::new(Mutex::new(guard)))
    }

    /// Nothing in here panics, so a poisoned lock guards a whole stream all the same.
    fn lock(&self) -> MutexGuard<'_, Guard<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Clone for Guarded<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> fmt::Debug for Guarded<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guarded")
    }
}

impl<S: AsyncWrite + Unpin> Guarded<S> {
    /// Writes the last words on a connection whose head did not come in time, where it had begun.
    pub(super) async fn last_words(&self, words: &[u8]) {
        if !self.lock().heard {
            return;
        }
        let mut left = words;
        let write = poll_fn(|cx| {
            let mut guard = self.lock();
            while !left.is_empty() {
                match ready!(Pin::new(&mut guard.stream).poll_write(cx, left)) {
                    Ok(written) if written > 0 => left = left.get(written..).unwrap_or_default(),
                    _ => return Poll::Ready(()),
                }
            }
            Pin::new(&mut guard.stream).poll_shutdown(cx).map(drop)
        });
        let _ = timeout(Duration::from_millis(LAST_WORDS_TIMEOUT_MS), write).await;
    }
}

impl<S> Guard<S> {
    /// What came of a write: progress, or a stall that may not last.
    fn wrote<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            self.heard = false;
            return written;
        }
        let wait = self.write_timeout;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(wait)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncWrite + Unpin> Guard<S> {
    /// Puts the gateway's words in the place of a refusal that is hyper's own, and of nothing else: only hyper answers
    /// without the header that every answer of the gateway has. Gives whether it did.
    fn reword(&mut self, bytes: &[u8]) -> bool {
        let words = bare(bytes).filter(|_| self.heard).map(|status| (self.refuse)(status));
        self.words.extend(words.iter().flatten());
        words.is_some()
    }

    /// Writes what is left of the gateway's own words.
    fn poll_words(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.words.is_empty() {
            let written = Pin::new(&mut self.stream).poll_write(cx, &self.words);
            match ready!(self.wrote(cx, written))? {
                0 => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                written => drop(self.words.drain(..written.min(self.words.len()))),
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// The status of a head that is hyper's own refusal and nothing more.
fn bare(bytes: &[u8]) -> Option<u16> {
    if bytes.len() > BARE_BYTES_MAX {
        return None;
    }
    let (_, status) = BARE.iter().find(|(beginning, _)| bytes.starts_with(beginning))?;
    let head = std::str::from_utf8(bytes).ok()?.strip_suffix("\r\n\r\n")?;
    let own = ["connection: close", "content-length: 0"];
    let of_hyper = |line: &str| own.contains(&line) || line.starts_with("date: ");
    head.split("\r\n").skip(1).all(of_hyper).then_some(*status)
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut guard = self.lock();
        let before = buffer.filled().len();
        let read = Pin::new(&mut guard.stream).poll_read(cx, buffer);
        guard.heard |= buffer.filled().len() > before;
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut guard = self.lock();
        ready!(guard.poll_words(cx))?;
        if guard.reword(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut guard.stream).poll_write(cx, bytes);
        guard.wrote(cx, written)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut guard = self.lock();
        ready!(guard.poll_words(cx))?;
        let flushed = Pin::new(&mut guard.stream).poll_flush(cx);
        if flushed.is_ready() {
            return flushed;
        }
        guard.wrote(cx, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut guard = self.lock();
        ready!(guard.poll_words(cx))?;
        Pin::new(&mut guard.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut guard = self.lock();
        ready!(guard.poll_words(cx))?;
        let mut full = bytes.iter().filter(|slice| !slice.is_empty());
        if let (Some(only), None) = (full.next(), full.next())
            && guard.reword(only)
        {
            return Poll::Ready(Ok(only.len()));
        }
        let written = Pin::new(&mut guard.stream).poll_write_vectored(cx, bytes);
        guard.wrote(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.lock().stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_refusal_of_hypers_own_from_every_other_answer() {
        let tail =
            "connection: close\r\ncontent-length: 0\r\ndate: Wed, 01 Jan 2020 00:00:00 GMT\r\n\r\n";
        for (first, status) in [
            ("HTTP/1.1 400 Bad Request", Some(400)),
            ("HTTP/1.1 414 URI Too Long", Some(414)),
            ("HTTP/1.1 431 Request Header Fields Too Large", Some(431)),
            ("HTTP/1.1 404 Not Found", None),
            ("HTTP/1.1 400 Bad Request\r\nsluse-exchange: e-1", None),
            ("HTTP/1.1 400 Bad Request\r\ncontent-length: 1", None),
        ] {
            assert_eq!(bare(format!("{first}\r\n{tail}").as_bytes()), status, "{first}");
            assert_eq!(bare(format!("{first}\r\n{tail}x").as_bytes()), None);
        }
        assert_eq!(bare(b""), None);
    }
}
