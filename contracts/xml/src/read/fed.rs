//! Bytes that are fed to a reader, for those who cannot wait for them.

use std::{
    collections::VecDeque,
    fmt,
    io::{self, Read},
};

/// Bytes that come piece by piece. While there are none, and their end has not been said, reading says
/// [`io::ErrorKind::WouldBlock`]; the reader may then be fed and asked again, and goes on as if nothing had been.
///
/// ```
/// use sluse_xml::{Event, Limits, ReadFault, Reader};
///
/// let mut reader = Reader::fed(None, Limits::default());
/// let mut pieces = ["<a", ">", "</a>"].iter();
/// loop {
///     match reader.next_event() {
///         Ok(Event::Eof) => break,
///         Ok(_) => {}
///         Err(ReadFault::Input(_)) => match pieces.next() {
///             Some(piece) => reader.input_mut().feed(piece.as_bytes()),
///             None => reader.input_mut().finish(),
///         },
///         Err(fault) => return Err(fault),
///     }
/// }
/// # Ok::<(), ReadFault>(())
/// ```
#[derive(Default)]
pub struct Fed {
    bytes: VecDeque<u8>,
    has_ended: bool,
}

impl Fed {
    /// Takes the next bytes, any number of them.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// Says that there are no more bytes.
    pub fn finish(&mut self) {
        self.has_ended = true;
    }

    /// What it holds on to, in bytes.
    pub fn held_bytes(&self) -> usize {
        self.bytes.capacity()
    }
}

impl Read for Fed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.bytes.is_empty() && !self.has_ended {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.bytes.read(buffer)
    }
}

impl fmt::Debug for Fed {
    /// Never what was fed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fed({} bytes)", self.bytes.len())
    }
}
