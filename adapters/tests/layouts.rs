//! Files by their descriptions: what is read, written again, or wrong with them.
//!
//! In `examples/<format>/`, or `described/` in it where the format is also read without one, a description `name.toml` has messages `name.case.in`, each with what
//! reading gives: `name.case.out` where all is sound, and it is written back byte for byte, else
//! `name.case.err`. A description with faults has `name.err`.

#[cfg(test)]
mod described_formats {
    use sluse_adapters::{
        fault::{Faults, Reach},
        layout::{Layout, Step, describe, described},
        tree::Tree,
    };
    use sluse_contracts::{Finding, payload::Limits};
    use std::{
        fs,
        path::{Path, PathBuf},
        sync::Arc,
    };

    /// What reading gives, and the units.
    fn read(layout: &Arc<dyn Layout>, bytes: &[u8]) -> (&'static str, String, Vec<Tree>) {
        let limits = Limits::default();
        let mut reader = layout.clone().reader(&limits);
        let mut tree = Tree::new(layout.names().clone(), &limits);
        let (mut faults, mut pieces) = (Faults::new(1_000), bytes.chunks(13));
        let (mut text, mut units, mut kind) = (String::new(), Vec::new(), "out");
        loop {
            let step = reader.next(&mut tree, &mut faults);
            for fault in faults.take() {
                let reach = if fault.reach == Reach::Unit { "unit" } else { "message" };
                text.push_str(&format!("{} {reach}: {fault}\n", fault.code));
                kind = "err";
            }
            match step {
                Step::Unit => {
                    text.push_str(&tree.outline());
                    let next = Tree::new(layout.names().clone(), &limits);
                    units.push(std::mem::replace(&mut tree, next));
                }
                Step::Hungry => match pieces.next() {
                    Some(piece) => reader.feed(piece),
                    None => reader.finish(),
                },
                Step::Refused => {}
                Step::End | Step::Broken => return (kind, text, units),
            }
        }
    }

    fn write(layout: &Arc<dyn Layout>, units: &[Tree]) -> Vec<u8> {
        let (mut writer, mut out) = (layout.clone().writer(), Vec::new());
        for unit in units {
            writer.write(unit, &mut out).unwrap();
        }
        writer.finish(&mut out).unwrap();
        out
    }

    fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> =
            entries.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
        files.sort();
        files
    }

    fn check(path: &Path, kind: &str, found: &str, wrong: &mut Vec<String>) {
        let expected = fs::read_to_string(path.with_extension(kind)).unwrap_or_default();
        if found != expected {
            let name = path.display();
            wrong.push(format!("{name}\nexpected {kind}:\n{expected}\nfound {kind}:\n{found}"));
        }
    }

    #[test]
    fn every_described_format_has_examples_and_does_what_they_say() {
        let mut wrong = Vec::new();
        for format in described() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(format.name);
            let described = folder.join("described");
            let folder = if described.is_dir() { described } else { folder };
            let (mut n_sound, mut n_faulty) = (0, 0);
            for path in files(&folder, "toml") {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let mut findings: Vec<Finding> = Vec::new();
                let layout = describe(&name, &fs::read_to_string(&path).unwrap(), &mut findings);
                let told: String = findings.iter().map(|finding| format!("{finding}\n")).collect();
                check(&path, "err", &told, &mut wrong);
                let Some(layout) = layout else { continue };
                let of_it = format!("{}.", path.file_stem().unwrap().to_string_lossy());
                for path in files(&folder, "in") {
                    if !path.file_name().unwrap().to_string_lossy().starts_with(&of_it) {
                        continue;
                    }
                    let bytes = fs::read(&path).unwrap();
                    let (kind, found, units) = read(&layout, &bytes);
                    check(&path, kind, &found, &mut wrong);
                    if kind == "out" && write(&layout, &units) != bytes {
                        wrong.push(format!("{} is not written as it was read", path.display()));
                    }
                    *(if kind == "out" { &mut n_sound } else { &mut n_faulty }) += 1;
                }
            }
            assert!(n_sound > 0 && n_faulty > 0, "{} has examples of both", format.name);
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
