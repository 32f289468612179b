//! Checkpoints: what the ledger was at one moment, signed.
//!
//! The form is C2SP `tlog-checkpoint`: origin, size and root, a line each, in a C2SP `signed-note`.
//! Any witness and any monitor of transparency logs reads it.

use crate::{
    key::{SigningKey, VerifierKey, check_origin},
    tree::Hash,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use std::fmt;

/// Longest signed checkpoint that is read, in bytes.
pub const NOTE_BYTES_MAX: usize = 64 << 10;
/// Most signatures on one checkpoint that are looked at.
pub const SIGNATURES_MAX: usize = 100;

/// What the ledger was: its origin, how many leaves, and their root. Displays as the text that is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which ledger.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
}

/// Why a text is not a checkpoint signed by the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// Not in the form of a signed note.
    #[error("the text is not a signed note")]
    NotANote,
    /// Not in the form of a checkpoint.
    #[error("the text is not a checkpoint: expected origin, size and root, a line each")]
    NotACheckpoint,
    /// It names another ledger than the key does.
    #[error("the checkpoint is of another ledger")]
    OtherOrigin,
    /// No signature of the key.
    #[error("the checkpoint is not signed by the ledger's key")]
    NotSigned,
    /// A signature that names the key and does not hold.
    #[error("the signature does not hold: the checkpoint was altered, or signed by another key")]
    SignatureWrong,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, BASE64.encode(self.root.0))
    }
}

impl Checkpoint {
    /// Signs: the checkpoint as a signed note. The origin must be that of the key.
    pub fn sign(&self, key: &SigningKey) -> String {
        let text = self.to_string();
        let mut signature = key.verifier().id().to_vec();
        signature.extend_from_slice(&key.sign(&text));
        format!("{text}\n\u{2014} {} {}\n", key.verifier().origin(), BASE64.encode(signature))
    }

    /// Reads a signed note without checking its signature.
    ///
    /// # Errors
    /// Where it has not the form.
    pub fn read_unchecked(note: &str) -> Result<Self, CheckpointFault> {
        Self::from_text(split(note)?.0)
    }

    /// Reads a signed note and checks that the ledger's key signed it. Signatures of others (witnesses) are passed over.
    ///
    /// # Errors
    /// Where it has not the form, is of another ledger, or is not signed by `key`.
    pub fn read(note: &str, key: &VerifierKey) -> Result<Self, CheckpointFault> {
        let (text, signatures) = split(note)?;
        let checkpoint = Self::from_text(text)?;
        if checkpoint.origin != key.origin() {
            return Err(CheckpointFault::OtherOrigin);
        }
        let mut found = CheckpointFault::NotSigned;
        for line in signatures.lines() {
            let (name, signature) = read_signature(line)?;
            match signature.split_first_chunk::<4>() {
                Some((id, signature)) if name == key.origin() && *id == key.id() => {
                    if key.signed(text, signature) {
                        return Ok(checkpoint);
                    }
                    found = CheckpointFault::SignatureWrong;
                }
                _ => {}
            }
        }
        Err(found)
    }

    /// Lines after the third are extensions (C2SP `tlog-checkpoint`): signed, and not ours to read.
    fn from_text(text: &str) -> Result<Self, CheckpointFault> {
        let wrong = CheckpointFault::NotACheckpoint;
        let mut lines = text.split_terminator('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(wrong);
        };
        check_origin(origin).map_err(|_| wrong)?;
        let size = size.parse::<u64>().ok().filter(|read| read.to_string() == size).ok_or(wrong)?;
        let root = BASE64.decode(root).ok().and_then(|root| Hash::from_slice(&root));
        if lines.any(str::is_empty) {
            return Err(wrong);
        }
        Ok(Self { origin: origin.to_owned(), size, root: root.ok_or(wrong)? })
    }
}

/// Parts a note into its text, with the last newline, and its signature lines (C2SP `signed-note`).
fn split(note: &str) -> Result<(&str, &str), CheckpointFault> {
    let wrong = CheckpointFault::NotANote;
    if note.len() > NOTE_BYTES_MAX || note.chars().any(|c| c.is_control() && c != '\n') {
        return Err(wrong);
    }
    let middle = note.rfind("\n\n").ok_or(wrong)?;
    let (text, signatures) = note.split_at_checked(middle + 1).ok_or(wrong)?;
    let signatures = signatures.strip_prefix('\n').ok_or(wrong)?;
    let lines = signatures.lines().count();
    let fits = signatures.ends_with('\n') && (1..=SIGNATURES_MAX).contains(&lines);
    if fits { Ok((text, signatures)) } else { Err(wrong) }
}

fn read_signature(line: &str) -> Result<(&str, Vec<u8>), CheckpointFault> {
    let wrong = CheckpointFault::NotANote;
    let (name, signature) =
        line.strip_prefix("\u{2014} ").and_then(|rest| rest.split_once(' ')).ok_or(wrong)?;
    let signature = BASE64.decode(signature).map_err(|_| wrong)?;
    if check_origin(name).is_err() || signature.len() < 5 {
        return Err(wrong);
    }
    Ok((name, signature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Frontier;
    use proptest::prelude::*;

    #[test]
    fn is_the_signed_note_that_others_make() {
        // The example key and note of C2SP signed-note's reference implementation.
        let key: VerifierKey =
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
        let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        let signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
        let signature = BASE64.decode(signature).unwrap();
        assert_eq!(signature[..4], key.id());
        assert!(key.signed(text, &signature[4..]));
        assert!(!key.signed(&text.replace("the", "an"), &signature[4..]));
    }

    #[test]
    fn signs_and_reads() {
        let key = SigningKey::generate("dk.example/ledger").unwrap();
        let other = SigningKey::generate("dk.example/ledger").unwrap();
        let tree: Frontier = [Hash::of_leaf(b"a")].into_iter().collect();
        let made = Checkpoint { origin: "dk.example/ledger".into(), size: 1, root: tree.root() };
        let note = made.sign(&key);
        assert_eq!(Checkpoint::read(&note, key.verifier()), Ok(made.clone()));
        assert_eq!(Checkpoint::read_unchecked(&note), Ok(made.clone()));
        let read = |note: &str| Checkpoint::read(note, key.verifier()).unwrap_err();
        assert_eq!(read(&made.sign(&other)), CheckpointFault::NotSigned);
        assert_eq!(read(&note.replacen("\n1\n", "\n2\n", 1)), CheckpointFault::SignatureWrong);
        assert_eq!(read(&note.replacen("\n1\n", "\n01\n", 1)), CheckpointFault::NotACheckpoint);
        assert_eq!(read(&note.replacen("\n1\n", "\n1\n\n", 1)), CheckpointFault::NotACheckpoint);
        assert_eq!(read(&note.replace("dk.example", "dk.other")), CheckpointFault::OtherOrigin);
        assert_eq!(read(&note.replace("\u{2014}", "-")), CheckpointFault::NotANote);
        assert_eq!(read(""), CheckpointFault::NotANote);
        let both = format!("{note}\u{2014} witness AAAAAAAA\n");
        assert_eq!(Checkpoint::read(&both, key.verifier()), Ok(made));
    }

    proptest! {
        #[test]
        fn no_altered_note_is_taken(at in any::<prop::sample::Index>(), with in any::<char>()) {
            let key = SigningKey::generate("dk.example/ledger").unwrap();
            let made = Checkpoint { origin: "dk.example/ledger".into(), size: 12, root: Hash([7; 32]) };
            let note: Vec<char> = made.sign(&key).chars().collect();
            let mut altered = note.clone();
            altered[at.index(note.len())] = with;
            let altered: String = altered.into_iter().collect();
            // Base64 has no second way to write the same bytes, so only the note itself is taken.
            if let Ok(read) = Checkpoint::read(&altered, key.verifier()) {
                prop_assert_eq!(altered, note.into_iter().collect::<String>());
                prop_assert_eq!(read, made);
            }
        }
    }
}
