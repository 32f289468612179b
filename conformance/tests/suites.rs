//! Every suite of the repository is read whole, and each of its cases survives being written.

use sluse_conformance::{Case, Suite};
use std::{collections::BTreeMap, fs, io, path::Path};

type Files = BTreeMap<String, Vec<u8>>;

fn files_below(folder: &Path, prefix: &str, files: &mut Files) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files_below(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(())
}

#[test]
fn suites_are_sound_and_every_case_survives_being_written() {
    let suites = Path::new(env!("CARGO_MANIFEST_DIR")).join("suites");
    let mut n_suites = 0;
    for folder in fs::read_dir(suites).unwrap().map(Result::unwrap) {
        let mut files = Files::new();
        files_below(&folder.path(), "", &mut files).unwrap();
        let (suite, findings) = Suite::read(&files);
        assert_eq!(findings, [], "{}", folder.path().display());
        let n_files = files.keys().filter(|file| file.ends_with(".case")).count();
        assert_eq!((suite.cases.len(), n_files > 0), (n_files, true));
        for each in suite.cases {
            let file = Path::new(&each.file).file_stem().unwrap().to_string_lossy();
            assert_eq!(file, each.case.id.as_str(), "a case's file is named by its id");
            let mut findings = Vec::new();
            let again = Case::read(&each.file, each.case.to_toml().as_bytes(), &mut findings);
            assert_eq!((again, findings), (Some(each.case), Vec::new()));
        }
        n_suites += 1;
    }
    assert!(n_suites > 0, "there are suites");
}
