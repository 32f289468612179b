//! Pairs of files: what is received, and what the format writes again or why it cannot be read.

#[cfg(test)]
mod pairs {
    use sluse_adapters::{Format, builtin};
    use sluse_contracts::{Message, payload::Limits};
    use std::{fs, path::Path};

    /// What the format makes of a message: the bytes it writes again, or the violation in a line.
    fn read_and_write(format: &dyn Format, bytes: Vec<u8>) -> (&'static str, Vec<u8>) {
        let message = Message::new(format.media_type(), bytes);
        match format.decode(&message, &Limits::default()) {
            Ok(payload) => ("out", format.encode(&payload).unwrap().bytes.to_vec()),
            Err(fault) => {
                let place = fault.line.zip(fault.column);
                let place = place.map_or("-".into(), |(line, column)| format!("{line}:{column}"));
                ("err", format!("{} {place} {}\n", fault.code, fault.message).into_bytes())
            }
        }
    }

    #[test]
    fn every_format_has_examples_and_does_what_they_say() {
        let mut faults = Vec::new();
        for format in builtin() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(format.name());
            let (mut n_written, mut n_refused) = (0, 0);
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                if path.extension().is_none_or(|extension| extension != "in") {
                    continue;
                }
                let (kind, found) = read_and_write(*format, fs::read(&path).unwrap());
                let expected = fs::read(path.with_extension(kind)).unwrap_or_default();
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                if found != expected {
                    let (found, expected) = (text(&found), text(&expected));
                    let name = path.display();
                    faults.push(format!(
                        "{name}\nexpected {kind}: {expected:?}\n   found {kind}: {found:?}"
                    ));
                }
                match kind {
                    "out" => n_written += 1,
                    _ => n_refused += 1,
                }
            }
            assert!(n_written > 0 && n_refused > 0, "{} has examples of both", format.name());
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
