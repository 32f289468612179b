//! A body as it arrives: bounded in bytes and time, kept in memory while small, on disk when not.
//!
//! The one place where a body is collected, for requests and answers alike.

use super::spool::{Spool, SpoolReader, SpoolWriter};
use bytes::{Buf as _, Bytes, BytesMut};
use futures_util::FutureExt as _;
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use std::{fmt, ops::Range, path::Path, time::Duration};
use tokio::time::{Instant, timeout_at};

/// What a body may cost.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimits<'a> {
    /// Largest body.
    pub bytes_max: u64,
    /// Larger than this goes to disk.
    pub memory_bytes_max: u64,
    /// Longest time between two pieces.
    pub idle_timeout_ms: u64,
    /// Longest time for all of it.
    pub timeout_ms: u64,
    /// Where the spool is.
    pub spool: &'a Path,
}

/// Why a body was not received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFault {
    /// Larger than the limit.
    TooLarge,
    /// Slower than the limit.
    TooSlow,
    /// Broke off before its end.
    BrokenOff,
    /// The disk does not take it.
    NoRoom,
}

/// A whole body.
#[derive(Clone)]
pub enum Received {
    /// In memory.
    Memory(Bytes),
    /// On disk.
    Spooled(Spool),
}

impl Received {
    /// Length in bytes.
    pub const fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Spooled(spool) => spool.bytes(),
        }
    }

    /// Whether there is no body.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of it in memory; its length was bounded when it was received.
    ///
    /// # Errors
    /// Where the disk does not give it back.
    pub async fn load(&self) -> std::io::Result<Bytes> {
        match self {
            Self::Memory(bytes) => Ok(bytes.clone()),
            Self::Spooled(spool) => spool.load().await,
        }
    }

    /// A part of it in memory: the caller has bounded its length. What lies beyond its end is not there.
    ///
    /// # Errors
    /// Where the disk does not give it back.
    pub async fn part(&self, range: Range<u64>) -> std::io::Result<Bytes> {
        match self {
            Self::Memory(bytes) => {
                let at = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                Ok(bytes.slice(at(range.start)..at(range.end).max(at(range.start))))
            }
            Self::Spooled(spool) => spool.part(range).await,
        }
    }

    /// Reads it from the start, on a thread that may block.
    pub fn blocking_reader(&self) -> Box<dyn std::io::Read + Send> {
        match self {
            Self::Memory(bytes) => Box::new(bytes.clone().reader()),
            Self::Spooled(spool) => Box::new(spool.blocking_reader()),
        }
    }

    /// Reads it from disk, where it is there.
    pub fn reader(&self) -> Result<Bytes, SpoolReader> {
        match self {
            Self::Memory(bytes) => Ok(bytes.clone()),
            Self::Spooled(spool) => Err(spool.reader()),
        }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Received({} bytes)", self.len())
    }
}

/// Receives a whole body; `seen` is shown each piece in order, for digests.
///
/// # Errors
/// Where a limit is met, the sender breaks off, or the disk is full.
pub async fn receive<B>(
    body: &mut B,
    limits: BodyLimits<'_>,
    mut seen: impl FnMut(&[u8]),
) -> Result<Received, BodyFault>
where
    B: Body<Data = Bytes> + Unpin,
{
    let stated = body.size_hint().lower();
    if stated > limits.bytes_max {
        return Err(BodyFault::TooLarge);
    }
    let mut pieces = Pieces::new(body, limits.idle_timeout_ms, limits.timeout_ms);
    let mut kept = Kept::One(Bytes::new());
    let mut length = 0;
    while let Some(piece) = pieces.next().await? {
        length += piece.len() as u64;
        if length > limits.bytes_max {
            return Err(BodyFault::TooLarge);
        }
        seen(&piece);
        kept = kept.add(piece, stated, limits).await?;
    }
    kept.whole().await
}

/// Reads on and throws away: at most `bytes_max` bytes, for at most `timeout_ms`.
pub async fn discard<B>(body: B, bytes_max: u64, timeout_ms: u64)
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut pieces = Pieces::new(body, timeout_ms, timeout_ms);
    let mut length = 0;
    while let Ok(Some(piece)) = pieces.next().await {
        length += piece.len() as u64;
        if length > bytes_max {
            return;
        }
    }
}

/// The pieces of a body, each within the time that it may take.
///
/// A timer is only started when a piece is not there yet: most small bodies come with their head.
#[derive(Debug)]
pub struct Pieces<B> {
    body: B,
    idle: Duration,
    total: Duration,
    deadline: Option<Instant>,
}

impl<B> Pieces<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    /// The pieces of `body`.
    pub const fn new(body: B, idle_timeout_ms: u64, timeout_ms: u64) -> Self {
        let (idle, total) =
            (Duration::from_millis(idle_timeout_ms), Duration::from_millis(timeout_ms));
        Self { body, idle, total, deadline: None }
    }

    /// The next piece; `None` at the end. Trailers are passed over.
    ///
    /// # Errors
    /// Where it takes too long, or the sender breaks off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, BodyFault> {
        loop {
            if self.body.is_end_stream() {
                return Ok(None);
            }
            let there = self.body.frame().now_or_never().map(known);
            let frame = match there {
                Some(frame) => frame?,
                None => self.wait().await?,
            };
            match frame.map(Frame::into_data) {
                None => return Ok(None),
                Some(Ok(piece)) => return Ok(Some(piece)),
                Some(Err(_)) => {}
            }
        }
    }

    async fn wait(&mut self) -> Result<Option<Frame<Bytes>>, BodyFault> {
        let now = Instant::now();
        let deadline = *self.deadline.get_or_insert(now + self.total);
        let until = deadline.min(now + self.idle);
        let frame = timeout_at(until, self.body.frame()).await;
        frame.map_err(|_| BodyFault::TooSlow).and_then(known)
    }
}

/// What a sender's failure means; what it said is not kept.
fn known<E>(frame: Option<Result<Frame<Bytes>, E>>) -> Result<Option<Frame<Bytes>>, BodyFault> {
    frame.transpose().map_err(|_| BodyFault::BrokenOff)
}

enum Kept {
    One(Bytes),
    Many(BytesMut),
    Disk(SpoolWriter),
}

impl Kept {
    async fn add(
        self,
        piece: Bytes,
        stated: u64,
        limits: BodyLimits<'_>,
    ) -> Result<Self, BodyFault> {
        let so_far: &[u8] = match &self {
            Self::One(first) => first,
            Self::Many(bytes) => bytes,
            Self::Disk(_) => &[],
        };
        if let Self::Disk(mut writer) = self {
            writer.push(&piece).await.map_err(|_| BodyFault::NoRoom)?;
            return Ok(Self::Disk(writer));
        }
        let length = (so_far.len() + piece.len()) as u64;
        if length > limits.memory_bytes_max {
            let mut writer =
                SpoolWriter::create(limits.spool).await.map_err(|_| BodyFault::NoRoom)?;
            writer.push(so_far).await.map_err(|_| BodyFault::NoRoom)?;
            writer.push(&piece).await.map_err(|_| BodyFault::NoRoom)?;
            return Ok(Self::Disk(writer));
        }
        Ok(match self {
            Self::One(first) if first.is_empty() => Self::One(piece),
            Self::One(first) => {
                let room = stated.min(limits.memory_bytes_max).max(length);
                let mut bytes = BytesMut::with_capacity(usize::try_from(room).unwrap_or(0));
                bytes.extend_from_slice(&first);
                bytes.extend_from_slice(&piece);
                Self::Many(bytes)
            }
            Self::Many(mut bytes) => {
                bytes.extend_from_slice(&piece);
                Self::Many(bytes)
            }
            Self::Disk(writer) => Self::Disk(writer),
        })
    }

    async fn whole(self) -> Result<Received, BodyFault> {
        match self {
            Self::One(bytes) => Ok(Received::Memory(bytes)),
            Self::Many(bytes) => Ok(Received::Memory(bytes.freeze())),
            Self::Disk(writer) => {
                writer.finish().await.map(Received::Spooled).map_err(|_| BodyFault::NoRoom)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::{Full, StreamBody};
    use std::convert::Infallible;

    fn limits(spool: &Path) -> BodyLimits<'_> {
        BodyLimits {
            bytes_max: 1_000_000,
            memory_bytes_max: 10_000,
            idle_timeout_ms: 50,
            timeout_ms: 200,
            spool,
        }
    }

    fn pieces(of: Vec<Vec<u8>>) -> impl Body<Data = Bytes, Error = Infallible> + Unpin {
        let frames = of.into_iter().map(|piece| Ok(Frame::data(Bytes::from(piece))));
        StreamBody::new(futures_util::stream::iter(frames))
    }

    #[tokio::test]
    async fn keeps_small_bodies_in_memory_and_large_ones_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        for (count, on_disk) in [(0u8, false), (1, false), (10, false), (11, true), (200, true)] {
            let sent: Vec<Vec<u8>> = (0..count).map(|at| vec![at; 1000]).collect();
            let whole = sent.concat();
            let mut seen = Vec::new();
            let got =
                receive(&mut pieces(sent), limits(folder.path()), |b| seen.extend_from_slice(b))
                    .await
                    .unwrap();
            assert_eq!(matches!(got, Received::Spooled(_)), on_disk);
            assert_eq!((got.load().await.unwrap(), seen), (whole.clone().into(), whole));
        }
    }

    #[tokio::test]
    async fn refuses_what_is_too_large_stated_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut stated = Full::new(Bytes::from(vec![0; 1_000_001]));
        let mut unstated = pieces(vec![vec![0; 600_000], vec![0; 600_000]]);
        let got = receive(&mut stated, limits(folder.path()), |_| {}).await;
        assert_eq!(got.unwrap_err(), BodyFault::TooLarge);
        let got = receive(&mut unstated, limits(folder.path()), |_| {}).await;
        assert_eq!(got.unwrap_err(), BodyFault::TooLarge);
    }

    #[tokio::test]
    async fn refuses_what_is_too_slow_between_pieces_or_in_all() {
        let folder = tempfile::tempdir().unwrap();
        for (pause_ms, wait_ms) in [(1000, 50), (40, 200)] {
            let drip = futures_util::stream::unfold((), move |()| async move {
                tokio::time::sleep(Duration::from_millis(pause_ms)).await;
                Some((Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"x"))), ()))
            });
            let start = Instant::now();
            let got =
                receive(&mut StreamBody::new(Box::pin(drip)), limits(folder.path()), |_| {}).await;
            assert_eq!(got.unwrap_err(), BodyFault::TooSlow);
            assert!(start.elapsed() >= Duration::from_millis(wait_ms));
            assert!(start.elapsed() < Duration::from_millis(wait_ms + 800));
        }
    }
}
