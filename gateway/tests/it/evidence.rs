//! The commands of a supplier's evidence and a governing body's certificates, from a run to a revocation.

use crate::{cli::sluse, doors};
use sluse::target::subject::Subject;
use sluse_conformance::{
    Role,
    bundle::{About, seal},
    result::Digested,
};
use sluse_ledger::SigningKey;
use std::{fs, path::Path};
use tempfile::TempDir;

/// A folder with the contract, a run that conforms, one that does not, their bundles, and keys.
fn office() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("doors")).unwrap();
    write("doors/contract.toml", doors::MANIFEST);
    write("doors/openapi.yaml", doors::OPENAPI);
    let contract = folder.path().join("doors");
    let subject = Subject::load(contract.to_str().unwrap(), Role::Provider).unwrap();
    let supplier = SigningKey::generate("supplier.example/doors").unwrap();
    write("supplier.pub", &format!("{}\n", supplier.verifier()));
    let digested = |name: &str| Digested { name: name.into(), sha256: "ab".repeat(32) };
    for (name, checks) in [("good", true), ("bad", false)] {
        let result = doors::run(&subject.contract, &subject.plan, checks);
        write(&format!("{name}.json"), &serde_json::to_string(&result).unwrap());
        let about =
            About { tool: digested("sluse"), declaration: digested("conformance.toml"), masked: 0 };
        write(&format!("{name}.bundle"), &seal(result, &about, &supplier).unwrap());
    }
    let made =
        sluse(folder.path(), &["key", "new", "certs", "--config", ".", "--origin", "city.example"]);
    let public = made.lines().find(|line| line.starts_with("city.example+")).unwrap();
    write("city.pub", public);
    folder
}

/// Runs one command line in the folder; the exit status must be this one.
#[track_caller]
fn said(folder: &Path, status: &str, line: &str) -> String {
    let said = sluse(folder, &line.split(' ').collect::<Vec<_>>());
    assert!(said.starts_with(&format!("exit: {status}\n")), "{line}\n{said}");
    said
}

#[test]
fn a_bundle_is_judged_again_offline_the_signature_first() {
    let office = office();
    let folder = office.path();
    let good =
        said(folder, "0", "conformance verify good.bundle --key supplier.pub --contract doors");
    assert!(good.contains("outcome     conforms\nthe bundle holds\n"), "{good}");
    let bad =
        said(folder, "0", "conformance verify bad.bundle --key supplier.pub --contract doors");
    assert!(bad.contains("outcome     breaches\n") && bad.contains("the bundle holds"), "{bad}");
    let own = said(folder, "0", "conformance verify good.bundle --contract doors");
    assert!(own.contains("hint: the key was taken from the bundle itself"), "{own}");
    let other = said(folder, "1", "conformance verify good.bundle --key city.pub --contract doors");
    assert!(other.contains("which is none of the keys given"), "{other}");
    let text = fs::read_to_string(folder.join("good.bundle")).unwrap();
    fs::write(folder.join("changed.bundle"), text.replacen("eyJfdHlwZSI6", "eyJfdHlwZSJ6", 1))
        .unwrap();
    let changed = said(folder, "1", "conformance verify changed.bundle --contract doors");
    assert!(changed.contains("no signature is valid"), "{changed}");
    said(folder, "2", "conformance verify good.json --contract doors");
    said(folder, "2", "conformance verify good.bundle");
    fs::write(folder.join("doors/openapi.yaml"), format!("{}\n# later\n", doors::OPENAPI)).unwrap();
    let later = said(folder, "1", "conformance verify good.bundle --contract doors");
    assert!(later.contains("the contract is not, byte for byte, the one of the run"), "{later}");
}

#[test]
fn a_certificate_is_issued_asked_for_and_revoked() {
    let office = office();
    let folder = office.path();
    let issue = "certificate issue --key keys/certs.pem --issuer city.example --contract doors --output doors.jws";
    let refused =
        said(folder, "1", &format!("{issue} --bundle bad.bundle --bundle-key supplier.pub"));
    assert!(refused.contains("no certificate: the run does not conform"), "{refused}");
    let stranger = said(folder, "1", &format!("{issue} --bundle good.bundle"));
    assert!(stranger.contains("which is none of the keys given"), "{stranger}");
    assert!(!folder.join("doors.jws").exists() && !folder.join("status-list.jwt").exists());
    said(folder, "0", &format!("{issue} --bundle good.bundle --bundle-key supplier.pub"));
    let shown = said(folder, "0", "certificate show doors.jws");
    assert!(shown.contains("word        self-declared\n"), "{shown}");
    let verify = "certificate verify doors.jws --trust city.pub";
    said(folder, "3", verify);
    said(folder, "0", &format!("{verify} --status-list status-list.jwt"));
    said(folder, "1", "certificate verify doors.jws --trust supplier.pub");
    let ask = "can-connect --system example.city/doorkeeper --certificates . --trust city.pub --contract example.city/doors";
    let yes = said(folder, "0", &format!("{ask}@1.0"));
    assert!(yes.contains("yes: self-declared certificate of city.example until "), "{yes}");
    assert!(said(folder, "1", &format!("{ask}@1.1")).contains("another version"));
    assert!(said(folder, "1", &format!("{ask}@1.0 --word observed")).contains("self-declared"));
    assert!(said(folder, "1", &format!("{ask}@1.0 --role consumer")).contains("the other side"));
    said(
        folder,
        "3",
        "can-connect --system example.city/x --certificates . --trust city.pub --contract example.city/doors@1.0",
    );
    let second = issue.replace("doors.jws", "second.jws");
    said(
        folder,
        "0",
        &format!("{second} --bundle good.bundle --bundle-key supplier.pub --observed"),
    );
    said(folder, "0", "certificate revoke doors.jws --key keys/certs.pem");
    assert!(
        said(folder, "0", &format!("{ask}@1.0")).contains("yes: observed"),
        "the second still holds"
    );
    said(folder, "0", "certificate revoke second.jws --key keys/certs.pem");
    assert!(said(folder, "1", &format!("{ask}@1.0")).contains("no: the certificate was revoked"));
    fs::write(folder.join("status-list.jwt.lock"), "").unwrap();
    let locked = said(folder, "2", "certificate revoke doors.jws --key keys/certs.pem");
    assert!(locked.contains("another `sluse certificate` changes the status list"), "{locked}");
}

#[test]
fn reports_and_comparisons_come_of_result_files() {
    let office = office();
    let folder = office.path();
    let text = said(folder, "0", "conformance report bad.json");
    assert!(
        text.contains("The system breaks the contract") && text.contains("curl --include"),
        "{text}"
    );
    assert!(said(folder, "0", "conformance report bad.json --as junit").contains("<testsuites "));
    said(folder, "0", "conformance report bad.json --as html --lang da --output report.html");
    assert!(fs::read_to_string(folder.join("report.html")).unwrap().contains("<html lang=\"da\">"));
    let worse = said(folder, "1", "conformance diff good.json bad.json");
    assert!(worse.contains("newly failed: "), "{worse}");
    assert!(said(folder, "0", "conformance diff bad.json good.json").contains("newly passed: "));
    assert!(
        said(folder, "0", "conformance diff good.json good.json")
            .contains("the runs found the same")
    );
    said(folder, "2", "conformance report good.bundle");
    said(folder, "2", "conformance diff good.json absent.json");
}
