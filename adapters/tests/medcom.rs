//! MedCom's letters by the descriptions and mappings of `library/medcom`: the published pairs, both ways.

#[cfg(test)]
mod letters {
    use sluse_adapters::{
        fault::Faults,
        layout::{Layout, Step, describe},
        mapping::{Mapping, Way},
        tree::Tree,
    };
    use sluse_contracts::payload::Limits;
    use std::{
        fs,
        path::{Path, PathBuf},
        sync::Arc,
    };

    /// The published letters, of which each holds.
    const HOLDING: [&str; 21] = [
        "BIN01_2", "BIN01_3", "BIN01_4", "CTL01_1", "DIS05_1", "DIS08_1", "DIS17_1", "DIS91_2",
        "DIS91_3", "REF01_1", "REF02_1", "REF06_2", "REF07_1", "REF07_3", "REQ03_1", "REQ03_2",
        "RPT01_1", "RPT01_3", "PRE01_1", "PRE01_2", "PRE60_3",
    ];

    /// The mapping of each version.
    const VERSIONS: [(&str, &str); 27] = [
        ("Q0130K", "req01"),
        ("Q0230M", "req02"),
        ("Q0330P", "req03"),
        ("R0130K", "rpt01"),
        ("LMS016", "pre01"),
        ("R6031W", "pre60"),
        ("D0133L", "dis01"),
        ("D0233L", "dis02"),
        ("D0333L", "dis03"),
        ("D0533L", "dis05"),
        ("D0633L", "dis06"),
        ("D0733L", "dis07"),
        ("D0833L", "dis08"),
        ("D1333L", "dis13"),
        ("D1431C", "dis14"),
        ("D1730C", "dis17"),
        ("D2030C", "dis20"),
        ("D9034L", "dis90"),
        ("D9134L", "dis91"),
        ("C0130Q", "ctl01"),
        ("C0230Q", "ctl02"),
        ("C0330Q", "ctl03"),
        ("B0131X", "bin01"),
        ("H0130R", "ref01"),
        ("H0230R", "ref02"),
        ("H0630R", "ref06"),
        ("H0731R", "ref07"),
    ];

    /// A folder of the shared data; where there is none the test says so and passes.
    fn shared(path: &str) -> Option<PathBuf> {
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration to read it in")]
        let root = std::env::var("SLUSE_SHARED").map(PathBuf::from);
        let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
        let found = root.unwrap_or_else(|_| default()).join(path);
        if !found.exists() {
            println!("SKIPPED: {path} is not there; set SLUSE_SHARED");
            return None;
        }
        Some(found)
    }

    /// The folder of the adapter that has the mapping of this name.
    fn library(mapping: &str) -> PathBuf {
        let name = if mapping.starts_with("pre") { "medcom-prescriptions" } else { "medcom" };
        Path::new(env!("CARGO_MANIFEST_DIR")).join("library").join(name)
    }

    fn layout(folder: &Path, name: &str) -> Arc<dyn Layout> {
        let (mut findings, text) = (Vec::new(), fs::read_to_string(folder.join(name)).unwrap());
        let layout = describe(name, &text, &mut findings);
        layout.unwrap_or_else(|| panic!("{findings:#?}"))
    }

    fn mapping(name: &str) -> Mapping {
        let file = format!("{name}.toml");
        let folder = library(name);
        let read = |name: &str| fs::read_to_string(folder.join(name)).ok();
        let mut findings = Vec::new();
        let text = read(&file).unwrap_or_else(|| panic!("{file} is missing"));
        let mapping = Mapping::read_with(&file, &text, &read, &mut findings);
        mapping.unwrap_or_else(|| {
            panic!("{}", findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })
    }

    /// The one unit of a message.
    fn read(layout: &Arc<dyn Layout>, bytes: &[u8]) -> Result<Tree, String> {
        let limits = Limits::default();
        let mut tree = Tree::new(layout.names().clone(), &limits);
        let mut faults = Faults::new(100);
        let mut reader = layout.clone().reader(&limits);
        reader.feed(bytes);
        reader.finish();
        let mut unit = None;
        loop {
            match reader.next(&mut tree, &mut faults) {
                Step::Unit => {
                    let next = Tree::new(layout.names().clone(), &limits);
                    unit = Some(std::mem::replace(&mut tree, next));
                }
                Step::End => break,
                step => return Err(format!("{step:?} {}", told(&mut faults))),
            }
        }
        unit.ok_or_else(|| "no unit".to_owned())
    }

    fn told(faults: &mut Faults) -> String {
        let told = faults.take();
        told.iter().map(|fault| format!("{} {fault}", fault.code)).collect::<Vec<_>>().join("\n")
    }

    fn write(layout: &Arc<dyn Layout>, unit: &Tree) -> Result<Vec<u8>, String> {
        let (mut out, mut writer) = (Vec::new(), layout.clone().writer());
        let written = writer.write(unit, &mut out).and_then(|()| writer.finish(&mut out));
        written.map_err(|fault| format!("{} {fault}", fault.code))?;
        Ok(out)
    }

    /// The descriptions of both sides, and the mapping of a letter.
    struct Adapter {
        edifact: Arc<dyn Layout>,
        xml: Arc<dyn Layout>,
        mapping: Mapping,
    }

    impl Adapter {
        /// The one for a letter, by the version that its header names; nothing where there is none.
        fn of(edi: &[u8]) -> Option<Self> {
            let head = String::from_utf8_lossy(edi.get(..400.min(edi.len()))?).into_owned();
            let (_, file) = VERSIONS.iter().find(|(version, _)| head.contains(version))?;
            let folder = library(file);
            let (edifact, xml) = (layout(&folder, "edifact.toml"), layout(&folder, "xml.toml"));
            Some(Self { edifact, xml, mapping: mapping(file) })
        }

        /// XML to EDIFACT.
        fn to_edifact(&self, document: &[u8]) -> Result<Vec<u8>, String> {
            let unit = read(&self.xml, document)?;
            let target = self.translated(Way::Reverse, &unit, &self.edifact)?;
            write(&self.edifact, &target)
        }

        /// EDIFACT to XML, as the outline of its elements and texts.
        fn to_xml(&self, edi: &[u8]) -> Result<String, String> {
            let unit = read(&self.edifact, edi)?;
            let target = self.translated(Way::Forward, &unit, &self.xml)?;
            self.outline(&write(&self.xml, &target)?)
        }

        fn outline(&self, document: &[u8]) -> Result<String, String> {
            Ok(read(&self.xml, document)?.outline())
        }

        /// A unit translated; what is lost is a fault here.
        fn translated(&self, way: Way, unit: &Tree, to: &Arc<dyn Layout>) -> Result<Tree, String> {
            let plan = self.mapping.plan(way).map_err(|reasons| format!("{reasons:#?}"))?;
            let mut target = Tree::new(to.names().clone(), &Limits::default());
            let mut faults = Faults::new(100);
            let outcome = plan.translator(false).translate(unit, &mut target, &mut faults);
            let lost = outcome.ok_or_else(|| told(&mut faults))?.lost;
            match lost.as_slice() {
                [] => Ok(target),
                _ => Err(lost
                    .iter()
                    .map(|lost| format!("lost {lost}"))
                    .collect::<Vec<_>>()
                    .join("\n")),
            }
        }
    }

    /// Where two texts part.
    fn difference(found: &str, expected: &str) -> Result<(), String> {
        if found == expected {
            return Ok(());
        }
        let same = found.chars().zip(expected.chars()).take_while(|(a, b)| a == b).count();
        let around =
            |text: &str| text.chars().skip(same.saturating_sub(100)).take(300).collect::<String>();
        Err(format!("found:\n{}\nexpected:\n{}", around(found), around(expected)))
    }

    /// Bytes as text, without line ends unless they count.
    fn text(bytes: &[u8], with_lines: bool) -> String {
        let bytes = bytes.iter().filter(|byte| with_lines || !matches!(byte, b'\r' | b'\n'));
        bytes.map(|byte| char::from(*byte)).collect()
    }

    /// What is wrong with a pair, both ways.
    fn wrong(name: &str, edi: &[u8], document: &[u8]) -> Vec<String> {
        let Some(adapter) = Adapter::of(edi) else { return vec![format!("{name}: no mapping")] };
        // The bytes of binary objects are not to be looked through for line ends.
        let with_lines = name.starts_with("BIN");
        let to_edifact = adapter
            .to_edifact(document)
            .and_then(|found| difference(&text(&found, with_lines), &text(edi, with_lines)));
        let to_xml =
            adapter.to_xml(edi).and_then(|found| difference(&found, &adapter.outline(document)?));
        let told = [("EDIFACT", to_edifact), ("XML", to_xml)];
        let told = told.into_iter().filter_map(|(to, result)| Some((to, result.err()?)));
        told.map(|(to, why)| format!("{name} to {to}: {why}")).collect()
    }

    #[test]
    fn each_published_letter_is_the_same_both_ways() {
        let Some(folder) = shared("corpora/medcom-edifact") else { return };
        let entries = fs::read_dir(folder.join("edi")).unwrap();
        let stem = |path: PathBuf| Some(path.file_stem()?.to_str()?.to_owned());
        let mut names: Vec<String> =
            entries.filter_map(|entry| stem(entry.unwrap().path())).collect();
        names.sort();
        let (mut told, mut holding) = (Vec::new(), Vec::new());
        for name in &names {
            let edi = fs::read(folder.join(format!("edi/{name}.edi"))).unwrap();
            let document = fs::read(folder.join(format!("xml/{name}.xml"))).unwrap();
            let wrong = wrong(name, &edi, &document);
            if wrong.is_empty() {
                holding.push(name.as_str());
            }
            told.extend(wrong);
        }
        assert!(told.is_empty(), "{}", told.join("\n"));
        for name in HOLDING {
            assert!(holding.contains(&name), "{name} is not there");
        }
    }

    #[test]
    fn every_mapping_is_sound_both_ways() {
        for (_, file) in VERSIONS {
            let mapping = mapping(file);
            for way in [Way::Forward, Way::Reverse] {
                assert!(mapping.plan(way).is_ok(), "{file} {way}: {:#?}", mapping.plan(way).err());
            }
        }
    }
}
