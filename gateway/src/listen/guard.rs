//! A consumer's connection, guarded against one that is slow on purpose.
//!
//! hyper bounds how long a head may take, but closes without a word, and it waits for ever for an answer to be
//! taken. Here a stalled write ends the connection, and a head that takes too long is told so.

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

/// A guarded stream; its clones are the same stream.
pub(super) struct Guarded<S>(Arc<Mutex<Guard<S>>>);

struct Guard<S> {
    stream: S,
    write_timeout: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
    /// Whether something was read that has not been answered.
    heard: bool,
}

impl<S> Guarded<S> {
    pub(super) fn new(stream: S, write_timeout: Duration) -> Self {
        Self(Arc::new(Mutex::new(Guard { stream, write_timeout, stalled: None, heard: false })))
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
        let written = Pin::new(&mut guard.stream).poll_write(cx, bytes);
        guard.wrote(cx, written)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut guard = self.lock();
        let flushed = Pin::new(&mut guard.stream).poll_flush(cx);
        if flushed.is_ready() {
            return flushed;
        }
        guard.wrote(cx, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.lock().stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut guard = self.lock();
        let written = Pin::new(&mut guard.stream).poll_write_vectored(cx, bytes);
        guard.wrote(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.lock().stream.is_write_vectored()
    }
}
