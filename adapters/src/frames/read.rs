//! Reading frames from bytes that come in pieces of any length.

use super::{FRAME_BYTES_MAX, Frame, NoFrame};

/// How many bytes a length takes.
const LENGTH_BYTES: usize = size_of::<u32>();

/// Reads frames. It holds no more than one frame and the piece that was fed last.
#[derive(Debug, Default)]
pub struct FrameReader {
    held: Vec<u8>,
    /// Bytes of `held` that were given out.
    given: usize,
    broken: Option<NoFrame>,
}

impl FrameReader {
    /// Takes the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.held.drain(..self.given.min(self.held.len()));
        self.given = 0;
        if self.broken.is_none() {
            self.held.extend_from_slice(bytes);
        }
    }

    /// The next frame; nothing where more bytes are needed.
    ///
    /// # Errors
    /// Where the bytes are no frame, then and ever after.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, NoFrame> {
        match self.broken {
            Some(broken) => Err(broken),
            None => self.read(),
        }
    }

    /// Whether bytes were fed that are part of no frame that was given.
    pub fn holds_bytes(&self) -> bool {
        self.held.len() > self.given
    }

    fn read(&mut self) -> Result<Option<Frame<'_>>, NoFrame> {
        let ahead = self.held.get(self.given..).unwrap_or_default();
        let Some((length, rest)) = ahead.split_first_chunk::<LENGTH_BYTES>() else {
            return Ok(None);
        };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length == 0 || length > FRAME_BYTES_MAX {
            self.broken = Some(NoFrame::Length);
            return Err(NoFrame::Length);
        }
        if rest.len() < length {
            return Ok(None);
        }
        let start = self.given + LENGTH_BYTES;
        self.given = start + length;
        let frame = self.held.get(start..self.given).unwrap_or_default();
        match frame
            .split_first()
            .ok_or(NoFrame::Length)
            .and_then(|(kind, body)| Frame::of(*kind, body))
        {
            Ok(frame) => Ok(Some(frame)),
            Err(broken) => {
                self.broken = Some(broken);
                Err(broken)
            }
        }
    }
}
