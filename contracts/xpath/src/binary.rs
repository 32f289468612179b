//! `xs:hexBinary` and `xs:base64Binary`: their texts and casts.

use crate::cast::SPACE;
use crate::fault::{Code, Fault, Outcome};
use crate::types::AtomType;
use crate::value::Atomic;
use std::fmt::Write as _;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(crate) fn cast<'a>(atom: &Atomic<'_>, target: AtomType) -> Outcome<Atomic<'a>> {
    let bytes = match atom {
        Atomic::Binary(bytes, _) => bytes.clone(),
        Atomic::Untyped(text) | Atomic::String(text, _) => {
            let text = text.trim_matches(SPACE);
            let bytes =
                if target == AtomType::HexBinary { from_hex(text) } else { from_base64(text) };
            bytes
                .ok_or(Fault::new(
                    Code::Forg0001,
                    "The text is not of the lexical form of the type.",
                ))?
                .into()
        }
        _ => {
            return Err(Fault::new(
                Code::Xpty0004,
                "A value of this type cannot be cast to that type.",
            ));
        }
    };
    Ok(Atomic::Binary(bytes, target))
}

pub(crate) fn to_text(bytes: &[u8], kind: AtomType) -> String {
    let mut out = String::new();
    if kind == AtomType::HexBinary {
        for byte in bytes {
            let _ = write!(out, "{byte:02X}");
        }
        return out;
    }
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .enumerate()
            .fold(0u32, |word, (at, byte)| word | u32::from(*byte) << (16 - 8 * at));
        for sextet in 0..4 {
            let index = (word >> (18 - 6 * sextet) & 63) as usize;
            let letter = if sextet <= chunk.len() { ALPHABET.get(index).copied() } else { None };
            out.push(char::from(letter.unwrap_or(b'=')));
        }
    }
    out
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits?;
    if digits.len() % 2 != 0 {
        return None;
    }
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit)).ok())
        .collect()
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let letters: Vec<u8> =
        text.bytes().filter(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r')).collect();
    if !letters.len().is_multiple_of(4) {
        return None;
    }
    let body: &[u8] = match letters.as_slice() {
        [body @ .., b'=', b'='] | [body @ .., b'='] => body,
        body => body,
    };
    let mut out = Vec::with_capacity(body.len());
    let (mut word, mut bits) = (0u32, 0u32);
    for letter in body {
        let value = ALPHABET.iter().position(|each| each == letter)?;
        word = word << 6 | u32::try_from(value).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(word >> bits & 0xFF).ok()?);
            word &= (1 << bits) - 1;
        }
    }
    (word == 0).then_some(out)
}
