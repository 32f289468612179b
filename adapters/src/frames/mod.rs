//! Frames: how the gateway and an adapter that is another program speak, over its standard input and output.
//!
//! A frame is a length, a kind and a body: four bytes that say how many follow (most significant first), one byte that
//! is a letter of ASCII, and the body. A message is a frame that begins it, frames with its bytes, and one that ends it:
//!
//! ```text
//! gateway → program   D media type    decode: from the legacy form to the contract's
//!                     E media type    encode: from the contract's form to the legacy one
//!                     B bytes         the next bytes of the message, 1 to 1,048,575 of them
//!                     Z               its end
//! program → gateway   B bytes         the next bytes of what became of it
//!                     Z               its end
//!                     X word [offset [field]]     it cannot be translated; ends the answer
//! ```
//!
//! One message is under way at a time; the answer may begin before the message has ended. A word of `X` is one that the
//! adapter's description declares with its sentence, so that nothing a message says gets into a fault; a field is a path
//! of names.
//!
//! Here are the frames alone; the process and its limits are the gateway's.

mod read;
mod refusal;

pub use read::FrameReader;
pub use refusal::Refusal;
pub(crate) use refusal::is_word;

use crate::mapping::Way;

/// Most bytes that a frame's length may say: its kind and its body.
pub const FRAME_BYTES_MAX: usize = 1_048_576;

/// Most bytes of a message in one frame.
pub const BODY_BYTES_MAX: usize = FRAME_BYTES_MAX - 1;

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame<'b> {
    /// A message begins: which way it is to go, and its media type.
    Begin(Way, &'b str),
    /// The next bytes.
    Bytes(&'b [u8]),
    /// The message or the answer is whole.
    End,
    /// The message cannot be translated.
    Refused(Refusal<'b>),
}

/// Bytes that are no frame. After it nothing that follows can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoFrame {
    /// The length is 0 or over [`FRAME_BYTES_MAX`].
    #[error("the length of a frame is 0 or over 1,048,576 bytes")]
    Length,
    /// The kind is none of the letters.
    #[error("the kind of a frame is none that there is")]
    Kind,
    /// The body is not what the kind takes.
    #[error("the body of a frame is not what its kind takes")]
    Body,
}

impl<'b> Frame<'b> {
    /// Writes the frame at the end of `out`. Bytes beyond [`BODY_BYTES_MAX`] become further frames; none become none.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Begin(way, media_type) => {
                put(out, if *way == Way::Forward { b'D' } else { b'E' }, media_type.as_bytes());
            }
            Self::Bytes(bytes) => {
                bytes.chunks(BODY_BYTES_MAX).for_each(|piece| put(out, b'B', piece));
            }
            Self::End => put(out, b'Z', b""),
            Self::Refused(refusal) => put(out, b'X', refusal.to_string().as_bytes()),
        }
    }

    /// The frame of a kind and a body.
    fn of(kind: u8, body: &'b [u8]) -> Result<Self, NoFrame> {
        let text = || std::str::from_utf8(body).map_err(|_| NoFrame::Body);
        match kind {
            b'D' => Ok(Self::Begin(Way::Forward, text()?)),
            b'E' => Ok(Self::Begin(Way::Reverse, text()?)),
            b'B' if body.is_empty() => Err(NoFrame::Body),
            b'B' => Ok(Self::Bytes(body)),
            b'Z' if body.is_empty() => Ok(Self::End),
            b'Z' => Err(NoFrame::Body),
            b'X' => Refusal::read(text()?).map(Self::Refused).ok_or(NoFrame::Body),
            _ => Err(NoFrame::Kind),
        }
    }
}

fn put(out: &mut Vec<u8>, kind: u8, body: &[u8]) {
    let body = body.get(..BODY_BYTES_MAX).unwrap_or(body);
    let length = u32::try_from(body.len() + 1).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.push(kind);
    out.extend_from_slice(body);
}

#[cfg(test)]
mod tests;
