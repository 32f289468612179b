//! One message through a process: written on a thread of its own, for a program may answer while it still reads.

use super::{Broken, Failure, input::Input, process::Process};
use sluse_adapters::{
    fault::Fault,
    frames::{Frame, FrameReader, Refusal},
    program::Program,
};
use std::{
    io::{self, Read},
    thread,
    time::Instant,
};

/// Bytes of a message in one frame.
const PIECE_BYTES: usize = 65_536;

/// What writing a message came to.
enum Sent {
    /// All of it, so many bytes.
    Whole(u64),
    /// The program takes no more of it.
    NotTaken,
    /// It cannot be read.
    NotRead(io::Error),
}

/// How an answer ended.
enum Answer {
    Whole,
    /// Refused, by the frame as the program wrote it.
    Refused(Vec<u8>),
}

/// Writes a message and reads its answer.
pub(super) fn exchange<R: Read + Send>(
    process: &mut Process,
    begin: &Frame<'_>,
    message: R,
    take: impl FnMut(&[u8]) -> io::Result<()>,
    program: &Program,
    deadline: Instant,
) -> Result<(), Failure> {
    let input = process.input.clone();
    thread::scope(|scope| {
        let writing = scope.spawn(|| send(&input, begin, message, deadline));
        let answer = receive(process, take, program, deadline);
        if answer.is_err() {
            // What it was still to be told it need not hear: this also ends the writing.
            process.stop();
        }
        let sent = writing.join().unwrap_or(Sent::NotTaken);
        match (sent, answer) {
            (Sent::NotRead(error), _) => Err(Failure::Source(error)),
            (_, Err(failure)) => Err(failure),
            // It answered without having read all of the message.
            (Sent::NotTaken, Ok(_)) => Err(Failure::Program(Broken::Ended)),
            (Sent::Whole(_), Ok(Answer::Whole)) => Ok(()),
            (Sent::Whole(n_bytes), Ok(Answer::Refused(frame))) => {
                Err(Failure::Refused(Box::new(refused(&frame, program, n_bytes))))
            }
        }
    })
}

/// Writes the message as frames.
fn send<R: Read>(input: &Input, begin: &Frame<'_>, mut message: R, deadline: Instant) -> Sent {
    let mut frames = Vec::new();
    begin.write(&mut frames);
    let mut piece = vec![0; PIECE_BYTES];
    let mut n_bytes = 0_u64;
    loop {
        let read = match message.read(&mut piece) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Sent::NotRead(error),
        };
        n_bytes += read as u64;
        match piece.get(..read) {
            None | Some([]) => Frame::End.write(&mut frames),
            Some(bytes) => Frame::Bytes(bytes).write(&mut frames),
        }
        if !input.write(std::mem::take(&mut frames), deadline) {
            return Sent::NotTaken;
        }
        if read == 0 {
            return if input.flush(deadline) { Sent::Whole(n_bytes) } else { Sent::NotTaken };
        }
    }
}

/// Reads the answer to its end.
fn receive(
    process: &mut Process,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
    program: &Program,
    deadline: Instant,
) -> Result<Answer, Failure> {
    let mut n_bytes = 0_u64;
    loop {
        match process.frames.next_frame() {
            Ok(Some(Frame::Bytes(bytes))) => {
                n_bytes += bytes.len() as u64;
                if n_bytes > program.answer_bytes_max {
                    return Err(Failure::Program(Broken::TooLarge));
                }
                take(bytes).map_err(Failure::Target)?;
            }
            Ok(Some(Frame::End)) => return Ok(Answer::Whole),
            Ok(Some(refused @ Frame::Refused(_))) => {
                let mut frame = Vec::new();
                refused.write(&mut frame);
                return Ok(Answer::Refused(frame));
            }
            Ok(Some(Frame::Begin(..))) | Err(_) => return Err(Failure::Program(Broken::NoFrame)),
            Ok(None) => process.read(deadline).map_err(Failure::Program)?,
        }
    }
}

/// The fault of a refusal, now that the message's length is known.
fn refused(frame: &[u8], program: &Program, message_bytes: u64) -> Fault {
    let mut frames = FrameReader::default();
    frames.feed(frame);
    match frames.next_frame() {
        Ok(Some(Frame::Refused(refusal))) => program.fault(refusal, message_bytes),
        _ => program.fault(Refusal { word: "", offset: None, field: None }, message_bytes),
    }
}
