//! A contract with all its files as one file: an archive of the form `ustar` (POSIX.1-2024, pax, "ustar Interchange
//! Format"), which every `tar` reads.
//!
//! The same files give the same bytes on each machine. First stands `SHA256SUMS`, in the form that `sha256sum --check`
//! reads; what is read back is held against it. An archive comes from a stranger: every limit is checked, and a name that
//! would leave the archive refuses all of it.

use bytes::Bytes;
use sluse_contracts::{ContractFiles, Finding, code, files::FileDigest};
use std::{collections::BTreeMap, fmt::Write as _};

/// Largest bundle, in bytes.
pub const BUNDLE_BYTES_MAX: u64 = 512 << 20;
/// Most files of a bundle.
const FILES_MAX: usize = 50_000;
/// The file of digests.
const SUMS: &str = "SHA256SUMS";
/// Size of a block.
const BLOCK: usize = 512;
/// Where the magic of `ustar` stands in a header.
const MAGIC_AT: usize = 257;

/// Whether these bytes begin as a bundle does.
pub fn is_bundle(bytes: &[u8]) -> bool {
    bytes.get(MAGIC_AT..MAGIC_AT + 5) == Some(b"ustar")
}

/// The files of a contract as a bundle, below the folder `ID/VERSION`.
///
/// # Errors
/// A name that is too long for the form.
pub fn pack(folder: &str, files: &ContractFiles) -> Result<Vec<u8>, String> {
    let mut sums = String::new();
    for (path, file) in files.iter() {
        // Writing to a text cannot fail.
        let _ = writeln!(sums, "{}  {folder}/{path}", file.digest);
    }
    let mut out = Vec::new();
    entry(SUMS, sums.as_bytes(), &mut out)?;
    for (path, file) in files.iter() {
        entry(&format!("{folder}/{path}"), &file.bytes, &mut out)?;
    }
    // Two empty blocks are the end.
    out.resize(out.len() + 2 * BLOCK, 0);
    Ok(out)
}

fn entry(path: &str, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    let too_long = || format!("the path `{path}` is too long for a bundle");
    let (prefix, name) = split(path).ok_or_else(too_long)?;
    let mut header = [0_u8; BLOCK];
    let mut put = |at: usize, text: &[u8]| {
        if let Some(field) = header.get_mut(at..at + text.len()) {
            field.copy_from_slice(text);
        }
    };
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{:011o}\0", bytes.len()).as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(MAGIC_AT, b"ustar\x0000");
    put(345, prefix.as_bytes());
    let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
    if let Some(field) = header.get_mut(148..156) {
        field.copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    out.extend(header);
    out.extend(bytes);
    out.resize(out.len().next_multiple_of(BLOCK), 0);
    Ok(())
}

/// A path as prefix and name, of at most 155 and 100 bytes.
fn split(path: &str) -> Option<(&str, &str)> {
    if path.len() <= 100 {
        return Some(("", path));
    }
    let slashes = path.match_indices('/').map(|(at, _)| at);
    let fits = |at: &usize| *at <= 155 && path.len() - at - 1 <= 100;
    let at = slashes.into_iter().find(fits)?;
    Some((path.get(..at)?, path.get(at + 1..)?))
}

/// The files of the one contract in a bundle, with their paths below its folder.
///
/// # Errors
/// What is wrong with it; `shown` is its name.
pub fn unpack(shown: &str, bytes: &Bytes) -> Result<BTreeMap<String, Bytes>, Finding> {
    let fault = |sentence: &str| Finding::in_file(shown, code::FILE_UNREADABLE, sentence);
    let mut all = entries(bytes).map_err(|why| fault(&why))?;
    let sums = all.remove(SUMS).ok_or_else(|| fault("it has no file `SHA256SUMS`"))?;
    let sums = String::from_utf8(sums.to_vec()).map_err(|_| fault("`SHA256SUMS` is no text"))?;
    let told: BTreeMap<&str, &str> = sums
        .lines()
        .filter_map(|line| line.split_once("  ").map(|(sum, path)| (path, sum)))
        .collect();
    for (path, bytes) in &all {
        if told.get(path.as_str()) != Some(&FileDigest::of(bytes).to_string().as_str()) {
            let sentence = format!("`{path}` is not the file that `SHA256SUMS` names");
            return Err(Finding::in_file(shown, code::DIGEST_MISMATCH, sentence));
        }
    }
    if told.len() != all.len() {
        return Err(fault("a file that `SHA256SUMS` names is not there"));
    }
    let manifests: Vec<&str> =
        all.keys().filter_map(|path| path.strip_suffix("/contract.toml")).collect();
    let [folder] = manifests.as_slice() else {
        return Err(fault("it holds no contract, or several"));
    };
    let folder = format!("{folder}/");
    if !all.keys().all(|path| path.starts_with(&folder)) {
        return Err(fault("it holds files of no contract"));
    }
    Ok(all
        .into_iter()
        .map(|(path, bytes)| (path.split_at(folder.len()).1.to_owned(), bytes))
        .collect())
}

fn entries(bytes: &Bytes) -> Result<BTreeMap<String, Bytes>, String> {
    let mut all = BTreeMap::new();
    let mut at = 0;
    loop {
        let header = bytes.get(at..at + BLOCK).ok_or("it ends in its middle")?;
        if header.iter().all(|byte| *byte == 0) {
            return Ok(all);
        }
        let (path, size) = read(header)?;
        let from = at + BLOCK;
        let end = from.checked_add(size).filter(|end| *end <= bytes.len());
        let end = end.ok_or("it ends in its middle")?;
        if all.len() == FILES_MAX {
            return Err(format!("it has more than {FILES_MAX} files"));
        }
        if all.insert(path.clone(), bytes.slice(from..end)).is_some() {
            return Err(format!("it has `{path}` twice"));
        }
        at = end.next_multiple_of(BLOCK);
    }
}

/// Path and size of an entry.
fn read(header: &[u8]) -> Result<(String, usize), String> {
    let field = |at: usize, length: usize| {
        let bytes = header.get(at..at + length).unwrap_or_default();
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        std::str::from_utf8(text).map_err(|_| "a name in it is no UTF-8".to_owned())
    };
    let number = |at: usize, length: usize| {
        usize::from_str_radix(field(at, length)?.trim(), 8)
            .map_err(|_| "a number in it cannot be read".to_owned())
    };
    if !is_bundle(header) {
        return Err("it is not an archive of the form `ustar`".to_owned());
    }
    let own = number(148, 8)?;
    let sum: usize = header
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { usize::from(*byte) })
        .sum();
    if own != sum {
        return Err("the checksum of an entry does not hold".to_owned());
    }
    let (prefix, name) = (field(345, 155)?, field(0, 100)?);
    let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
    let is_file = matches!(header.get(156), Some(b'0' | 0));
    if !is_file || !stays_inside(&path) {
        return Err(
            "an entry is no plain file below the archive's top: nothing of it was taken".to_owned()
        );
    }
    Ok((path, number(124, 12)?))
}

/// Whether the name of an archive's entry is a plain path below its top.
pub(crate) fn stays_inside(name: &str) -> bool {
    !name.contains(['\\', '\0', ':'])
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn files(of: &[(&str, &[u8])]) -> ContractFiles {
        let mut files = ContractFiles::new("x");
        for (path, bytes) in of {
            files.add(path, bytes.to_vec());
        }
        files
    }

    #[test]
    fn what_was_packed_is_unpacked_and_the_same_files_give_the_same_bytes() {
        let long = format!("schemas/{}/{}.xsd", "a".repeat(90), "b".repeat(80));
        let all = files(&[("contract.toml", b"id"), (&long, &[7; 1_025]), ("empty", b"")]);
        let bundle = pack("dk.agency/order/1.0.0", &all).unwrap();
        assert_eq!(bundle, pack("dk.agency/order/1.0.0", &all).unwrap());
        let read = unpack("b.tar", &bundle.clone().into()).unwrap();
        let paths: Vec<&str> = read.keys().map(String::as_str).collect();
        assert_eq!(paths, ["contract.toml", "empty", long.as_str()]);
        assert_eq!(read[&long], vec![7; 1_025]);
        assert!(pack("x", &files(&[(&"n".repeat(300), b"")])).is_err());
    }

    #[test]
    fn a_bundle_that_was_changed_or_leads_out_is_refused_whole() {
        let told = |bytes: Vec<u8>| unpack("b.tar", &bytes.into()).unwrap_err().to_string();
        let good = pack("a/b/1.0.0", &files(&[("contract.toml", b"id"), ("x", b"one")])).unwrap();
        let mut changed = good.clone();
        let at = changed.windows(3).position(|it| it == b"one").unwrap();
        changed[at] = b'O';
        assert_eq!(
            told(changed),
            "b.tar C0214 `a/b/1.0.0/x` is not the file that `SHA256SUMS` names"
        );
        assert_eq!(told(good[..1_500].to_vec()), "b.tar C0106 it ends in its middle");
        let mut out = Vec::new();
        entry("../x", b"", &mut out).unwrap();
        out.resize(out.len() + 2 * BLOCK, 0);
        assert!(told(out).contains("no plain file below the archive's top"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..4_000), at in 0..4_000_usize) {
            let _ = unpack("b.tar", &bytes.into());
            let mut bundle = pack("a/b/1.0.0", &files(&[("contract.toml", b"id")])).unwrap();
            let at = at % bundle.len();
            bundle[at] ^= 0x55;
            let _ = unpack("b.tar", &bundle.into());
        }
    }
}
