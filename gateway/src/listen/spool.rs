//! A body on disk: too large for memory, encrypted, and gone with the last handle to it.
//!
//! The file has no name from the first moment, so nothing is left behind by an abort or a crash, and its
//! key lives in memory only, so that what the disk keeps of it says nothing.

use super::body::Received;
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand,
};
use bytes::Bytes;
use std::{
    fmt,
    fs::File,
    io,
    ops::Range,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::task::{JoinHandle, spawn_blocking};

/// How much is encrypted and written at a time.
const PIECE_BYTES: usize = 128 * 1024;
const TAG_BYTES: usize = 16;

struct Vault {
    file: File,
    key: LessSafeKey,
}

impl Vault {
    /// A nameless file in `folder`, and a key that nobody else has.
    fn make(folder: &Path) -> io::Result<Self> {
        let file = tempfile::tempfile_in(folder)?;
        let mut key = [0; 32];
        let failed = |_| io::Error::other("no key for the spool");
        rand::fill(&mut key).map_err(failed)?;
        let key = UnboundKey::new(&AES_256_GCM, &key).map_err(failed)?;
        Ok(Self { file, key: LessSafeKey::new(key) })
    }

    fn nonce(piece: u64) -> Nonce {
        let mut nonce = [0; NONCE_LEN];
        for (to, from) in nonce.iter_mut().zip(piece.to_le_bytes()) {
            *to = from;
        }
        Nonce::assume_unique_for_key(nonce)
    }

    fn place(piece: u64) -> u64 {
        piece * (PIECE_BYTES + TAG_BYTES) as u64
    }

    fn write(&self, piece: u64, mut bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        self.key
            .seal_in_place_append_tag(Self::nonce(piece), Aad::empty(), &mut bytes)
            .map_err(|_| io::Error::other("a piece could not be encrypted"))?;
        self.file.write_all_at(&bytes, Self::place(piece))?;
        bytes.clear();
        Ok(bytes)
    }

    fn read(&self, piece: u64, length: usize) -> io::Result<Bytes> {
        let mut bytes = vec![0; length + TAG_BYTES];
        self.file.read_exact_at(&mut bytes, Self::place(piece))?;
        self.key
            .open_in_place(Self::nonce(piece), Aad::empty(), &mut bytes)
            .map_err(|_| io::Error::other("a piece could not be decrypted"))?;
        bytes.truncate(length);
        Ok(bytes.into())
    }
}

/// A body that is being written to disk.
pub struct SpoolWriter {
    vault: Arc<Vault>,
    buffer: Vec<u8>,
    pieces: u64,
    bytes: u64,
}

impl SpoolWriter {
    /// A nameless file in `folder`.
    ///
    /// # Errors
    /// Where the folder cannot be written to.
    pub async fn create(folder: &Path) -> io::Result<Self> {
        let folder = folder.to_owned();
        let made = spawn_blocking(move || Vault::make(&folder));
        Ok(Self::of(made.await.map_err(io::Error::other)??))
    }

    fn of(vault: Vault) -> Self {
        let buffer = Vec::with_capacity(PIECE_BYTES + TAG_BYTES);
        Self { vault: Arc::new(vault), buffer, pieces: 0, bytes: 0 }
    }

    /// Takes bytes for the piece at hand; gives what is left of them.
    fn fill<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let room = PIECE_BYTES.saturating_sub(self.buffer.len()).min(bytes.len());
        let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        self.buffer.extend_from_slice(now);
        self.bytes += now.len() as u64;
        later
    }

    /// Adds bytes; waits for the disk where a piece is full.
    ///
    /// # Errors
    /// Where the disk does not take them.
    pub async fn push(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            bytes = self.fill(bytes);
            if self.buffer.len() >= PIECE_BYTES {
                self.flush().await?;
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        let (vault, piece) = (Arc::clone(&self.vault), self.pieces);
        let buffer = std::mem::take(&mut self.buffer);
        let written = spawn_blocking(move || vault.write(piece, buffer));
        self.buffer = written.await.map_err(io::Error::other)??;
        self.pieces += 1;
        Ok(())
    }

    /// The whole body.
    ///
    /// # Errors
    /// Where the disk does not take the last piece.
    pub async fn finish(mut self) -> io::Result<Spool> {
        if !self.buffer.is_empty() {
            self.flush().await?;
        }
        Ok(Spool { vault: self.vault, bytes: self.bytes })
    }
}

/// Bytes that come on a thread that may block: in memory while they are few, on disk when not.
#[derive(Debug)]
pub struct Sink {
    folder: PathBuf,
    memory_bytes_max: u64,
    kept: Vec<u8>,
    spool: Option<SpoolWriter>,
    bytes: u64,
}

impl Sink {
    /// Keeps up to `memory_bytes_max` bytes in memory, and more in a nameless file in `folder`.
    pub fn new(folder: &Path, memory_bytes_max: u64) -> Self {
        let folder = folder.to_owned();
        Self { folder, memory_bytes_max, kept: Vec::new(), spool: None, bytes: 0 }
    }

    /// How many bytes came.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// Where the disk does not take them.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes += bytes.len() as u64;
        if self.bytes <= self.memory_bytes_max {
            self.kept.extend_from_slice(bytes);
            return Ok(());
        }
        if self.spool.is_none() {
            let mut writer = SpoolWriter::of(Vault::make(&self.folder)?);
            writer.push_blocking(&std::mem::take(&mut self.kept))?;
            self.spool = Some(writer);
        }
        self.spool.as_mut().map_or(Ok(()), |writer| writer.push_blocking(bytes))
    }

    /// All that came.
    ///
    /// # Errors
    /// Where the disk does not take the last piece.
    pub fn finish(self) -> io::Result<Received> {
        Ok(match self.spool {
            None => Received::Memory(self.kept.into()),
            Some(writer) => Received::Spooled(writer.finish_blocking()?),
        })
    }
}

impl SpoolWriter {
    fn push_blocking(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            bytes = self.fill(bytes);
            if self.buffer.len() >= PIECE_BYTES {
                self.flush_blocking()?;
            }
        }
        Ok(())
    }

    fn flush_blocking(&mut self) -> io::Result<()> {
        self.buffer = self.vault.write(self.pieces, std::mem::take(&mut self.buffer))?;
        self.pieces += 1;
        Ok(())
    }

    fn finish_blocking(mut self) -> io::Result<Spool> {
        if !self.buffer.is_empty() {
            self.flush_blocking()?;
        }
        Ok(Spool { vault: self.vault, bytes: self.bytes })
    }
}

impl fmt::Debug for SpoolWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpoolWriter({} bytes)", self.bytes)
    }
}

/// A whole body on disk. Cheap to clone; the file goes with the last clone and reader.
#[derive(Clone)]
pub struct Spool {
    vault: Arc<Vault>,
    bytes: u64,
}

impl Spool {
    /// Length in bytes.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads it from the start.
    pub fn reader(&self) -> SpoolReader {
        SpoolReader { spool: self.clone(), piece: 0, left: self.bytes, reading: None }
    }

    /// Reads it from the start, on a thread that may block.
    pub fn blocking_reader(&self) -> BlockingReader {
        BlockingReader { spool: self.clone(), piece: 0, left: self.bytes, now: Bytes::new() }
    }

    /// A part of it in memory: the caller has bounded its length. What lies beyond its end is not there.
    ///
    /// # Errors
    /// Where the disk does not give it back.
    pub async fn part(&self, range: Range<u64>) -> io::Result<Bytes> {
        let spool = self.clone();
        let read = spawn_blocking(move || spool.part_blocking(range));
        read.await.map_err(io::Error::other)?
    }

    fn part_blocking(&self, range: Range<u64>) -> io::Result<Bytes> {
        let (begin, end) = (range.start, range.end.min(self.bytes));
        let size = PIECE_BYTES as u64;
        let mut whole = Vec::new();
        let mut at = begin;
        while at < end {
            let piece = at / size;
            let length = (self.bytes - piece * size).min(size);
            let bytes = self.vault.read(piece, usize::try_from(length).unwrap_or(PIECE_BYTES))?;
            let within = |at: u64| usize::try_from(at - piece * size).unwrap_or(usize::MAX);
            let until = within(end).min(bytes.len());
            whole.extend_from_slice(bytes.get(within(at)..until).unwrap_or_default());
            at = (piece + 1) * size;
        }
        Ok(whole.into())
    }

    /// All of it in memory: the caller has bounded its length.
    ///
    /// # Errors
    /// Where the disk does not give it back.
    pub async fn load(&self) -> io::Result<Bytes> {
        let mut whole = Vec::with_capacity(usize::try_from(self.bytes).unwrap_or(0));
        let mut reader = self.reader();
        while let Some(piece) = std::future::poll_fn(|cx| reader.poll_piece(cx)).await {
            whole.extend_from_slice(&piece?);
        }
        Ok(whole.into())
    }
}

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spool({} bytes)", self.bytes)
    }
}

/// Reads a spooled body piece by piece.
pub struct SpoolReader {
    spool: Spool,
    piece: u64,
    left: u64,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
}

impl SpoolReader {
    /// Bytes not yet read.
    pub const fn bytes_left(&self) -> u64 {
        self.left
    }

    /// The next piece; `None` at the end.
    pub fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let (vault, piece) = (&self.spool.vault, self.piece);
        let length = usize::try_from(self.left).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
        let reading = self.reading.get_or_insert_with(|| {
            let vault = Arc::clone(vault);
            spawn_blocking(move || vault.read(piece, length))
        });
        let read = ready!(Pin::new(reading).poll(cx)).map_err(io::Error::other);
        self.reading = None;
        self.piece += 1;
        self.left -= length as u64;
        Poll::Ready(Some(read.and_then(|read| read)))
    }
}

impl fmt::Debug for SpoolReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpoolReader({} bytes left)", self.left)
    }
}

/// Reads a spooled body where the thread may wait for the disk; one piece of it is in memory at a time.
pub struct BlockingReader {
    spool: Spool,
    piece: u64,
    left: u64,
    now: Bytes,
}

impl io::Read for BlockingReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.now.is_empty() && self.left > 0 {
            let length = usize::try_from(self.left).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
            self.now = self.spool.vault.read(self.piece, length)?;
            self.piece += 1;
            self.left -= length as u64;
        }
        let given = self.now.split_to(into.len().min(self.now.len()));
        if let Some(place) = into.get_mut(..given.len()) {
            place.copy_from_slice(&given);
        }
        Ok(given.len())
    }
}

impl fmt::Debug for BlockingReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlockingReader({} bytes left)", self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn gives_back_what_was_written_and_leaves_no_name_and_no_plain_text() {
        let folder = tempfile::tempdir().unwrap();
        for length in [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES + 7] {
            let bytes: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let mut writer = SpoolWriter::create(folder.path()).await.unwrap();
            for part in bytes.chunks(10_007) {
                writer.push(part).await.unwrap();
            }
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
            let spool = writer.finish().await.unwrap();
            assert_eq!(spool.load().await.unwrap(), bytes);
            let mut sink = Sink::new(folder.path(), 1_000);
            bytes.chunks(997).for_each(|part| sink.push(part).unwrap());
            let kept = sink.finish().unwrap();
            assert_eq!(matches!(kept, Received::Spooled(_)), length > 1_000);
            assert_eq!(kept.load().await.unwrap(), bytes);
            let mut read = Vec::new();
            io::Read::read_to_end(&mut spool.blocking_reader(), &mut read).unwrap();
            assert_eq!(read, bytes);
            for (begin, end) in
                [(0, 0), (0, 1), (5, length), (length / 2, length), (length, length + 9)]
            {
                let part = spool.part(begin as u64..end as u64).await.unwrap();
                let due = bytes.get(begin.min(length)..end.min(length)).unwrap_or_default();
                assert_eq!(part, due, "{length} {begin} {end}");
            }
            if length > 1000 {
                let mut raw = vec![0; 1000];
                spool.vault.file.read_exact_at(&mut raw, 0).unwrap();
                assert_ne!(raw, bytes[..1000]);
            }
        }
    }
}
