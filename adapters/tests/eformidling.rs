//! eFormidling's StandardBusinessDocument between XML and JSON: the published samples, and what no row carries.

#[cfg(test)]
mod samples {
    use serde_json::Value;
    use sluse_adapters::{
        adapter::{Options, Step},
        library,
        mapping::Way,
    };
    use std::{
        fs,
        path::{Path, PathBuf},
    };

    /// Translates a message; else the faults.
    fn translate(way: Way, message: &[u8]) -> Result<Vec<u8>, Vec<String>> {
        let (adapter, findings) = library::find("eformidling-sbd").unwrap().read();
        assert!(findings.is_empty(), "{findings:?}");
        let plans = adapter.unwrap().plans(way).unwrap();
        let mut translation = plans.begin(Options::default());
        translation.feed(message);
        translation.finish();
        let (mut out, mut told) = (Vec::new(), Vec::new());
        loop {
            match translation.next(&mut out) {
                Step::Unit(_) | Step::Around(_) | Step::Hungry => {}
                Step::Refused(faults) => told.extend(faults.iter().map(ToString::to_string)),
                Step::Broken(faults) => {
                    told.extend(faults.iter().map(ToString::to_string));
                    return Err(told);
                }
                Step::End if told.is_empty() => return Ok(out),
                Step::End => return Err(told),
            }
        }
    }

    /// A published sample; where there is none the test says so and passes.
    fn sample(name: &str) -> Option<Vec<u8>> {
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration to read it in")]
        let root = std::env::var("SLUSE_SHARED").map(PathBuf::from);
        let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
        let folder = root.unwrap_or_else(|_| default()).join("corpora/eformidling/samples");
        if !folder.exists() {
            println!("SKIPPED: corpora/eformidling is not there; set SLUSE_SHARED");
            return None;
        }
        Some(fs::read(folder.join(name)).unwrap())
    }

    fn json(bytes: &[u8]) -> Value {
        serde_json::from_slice(bytes).unwrap()
    }

    #[test]
    fn the_published_pair_says_the_same_in_both_syntaxes() {
        let Some(published) = sample("StandardBusinessDocument.json") else { return };
        let of_xml =
            translate(Way::Forward, &sample("StandardBusinessDocument.xml").unwrap()).unwrap();
        let (mut of_xml, mut published) = (json(&of_xml), json(&published));
        // The published two differ in what they say of the standard, its type and the process, and in nothing else.
        let differing = [
            "/documentIdentification/standard",
            "/documentIdentification/type",
            "/businessScope/scope/0/identifier",
        ];
        for pointer in differing.map(|rest| format!("/standardBusinessDocumentHeader{rest}")) {
            let (one, other) =
                (of_xml.pointer_mut(&pointer).unwrap(), published.pointer_mut(&pointer).unwrap());
            assert_ne!(one, other, "{pointer}");
            *one = Value::Null;
            *other = Value::Null;
        }
        assert_eq!(of_xml, published);
    }

    #[test]
    fn each_way_and_back_loses_nothing() {
        let (Some(published), Some(xml)) =
            (sample("StandardBusinessDocument.json"), sample("StandardBusinessDocument.xml"))
        else {
            return;
        };
        let back = translate(Way::Forward, &translate(Way::Reverse, &published).unwrap()).unwrap();
        assert_eq!(json(&back), json(&published));
        let canonical = translate(Way::Reverse, &translate(Way::Forward, &xml).unwrap()).unwrap();
        let again = translate(Way::Reverse, &translate(Way::Forward, &canonical).unwrap()).unwrap();
        assert_eq!(String::from_utf8(again), String::from_utf8(canonical));
    }

    #[test]
    fn messages_of_other_kinds_are_refused_and_nothing_of_them_is_told() {
        let Some(published) = sample("StandardBusinessDocument.json") else { return };
        let mut other = json(&published);
        let members = other.as_object_mut().unwrap();
        members.remove("arkivmelding");
        members.insert("einnsyn".to_owned(), serde_json::json!({ "secret": "KANARIE77" }));
        let told = translate(Way::Reverse, other.to_string().as_bytes()).unwrap_err();
        assert!(told[0].starts_with("no row of the mapping carries the value over"), "{told:?}");
        let said = told.concat();
        assert!(!said.contains("KANARIE77") && !said.contains("secret"), "{told:?}");
    }
}
