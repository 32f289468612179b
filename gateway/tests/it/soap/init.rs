//! A folder made of a description alone: the gateway on it proxies and judges at once.

use super::{ASK, WSDL, XML, envelope, envelope_12, of_id};
use crate::{
    cli::sluse,
    world::{Act, Provider, Seen, World, answer, start},
};
use sluse::store::Memory;
use sluse_ledger::SigningKey;
use std::{fs, path::Path, process::Command, sync::Arc};

/// The description in three folders: port types and schemas stand in files of their own.
fn lay_out(folder: &Path) {
    let (above, rest) = WSDL.split_once("  <types>").unwrap();
    let (types, rest) = rest.split_once("</types>\n").unwrap();
    let (abstract_part, bindings) = rest.split_once("  <binding ").unwrap();
    let schema = types.trim().replacen(
        "<xs:schema ",
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" ",
        1,
    );
    let types = "<types><xs:schema><xs:import namespace=\"urn:t\" schemaLocation=\"../xsd/ty pes.xsd\"/></xs:schema></types>";
    let import = "<import namespace=\"urn:t\" location=\"../abstract/register.wsdl\"/>";
    for (path, text) in [
        ("wsdl/service.wsdl", format!("{above}{import}<binding {bindings}")),
        ("abstract/register.wsdl", format!("{above}{types}{abstract_part}</definitions>")),
        ("xsd/ty pes.xsd", schema),
    ] {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // Not all publishers write UTF-8.
        let wide =
            format!("\u{feff}{}", text.replacen("encoding=\"UTF-8\"", "encoding=\"UTF-16\"", 1));
        let wide: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
        fs::write(path, wide).unwrap();
    }
}

fn provider(seen: &Seen) -> Act {
    let text = String::from_utf8_lossy(&seen.body).into_owned();
    let name = if text.contains("<t:id>13</t:id>") { "thirteen" } else { "1" };
    let told = format!("<t:told><t:name>{name}</t:name></t:told>");
    match text.contains("soap-envelope") {
        true => answer(200, "application/soap+xml", &envelope_12(&told)),
        false => answer(200, XML, &envelope(&told)),
    }
}

/// Starts the gateway on a folder that `init` wrote.
async fn serve(conf: &Path, provider: Provider) -> World {
    let copy = tempfile::tempdir().unwrap();
    let from = format!("{}/.", conf.display());
    assert!(Command::new("cp").args(["-a", &from]).arg(copy.path()).status().unwrap().success());
    let settings = fs::read_to_string(copy.path().join("sluse.toml")).unwrap();
    let settings =
        settings.replace("127.0.0.1:8080", "127.0.0.1:0").replace("127.0.0.1:9090", "127.0.0.1:0");
    fs::write(copy.path().join("sluse.toml"), settings).unwrap();
    let key = SigningKey::generate("test").unwrap();
    start(copy, Arc::new(Memory::new(key)), provider).await
}

#[tokio::test(flavor = "multi_thread")]
async fn init_from_a_wsdl_in_several_folders_writes_a_folder_that_judges_at_once() {
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path());
    let provider = Provider::start(provider).await;
    let upstream = format!("http://{}/internal/register", provider.address);
    let said = sluse(
        folder.path(),
        &["init", "conf", "--from", "wsdl/service.wsdl", "--upstream", &upstream],
    );
    assert!(said.starts_with("exit: 0\n"), "{said}");
    assert!(said.contains("example.city/register@1.0.0 with 3 operations"), "{said}");
    assert!(
        said.contains(&format!("http://127.0.0.1:8080/register leads to {upstream}")),
        "{said}"
    );
    let checked = sluse(folder.path(), &["check", "--config", "conf"]);
    assert!(checked.contains("1 contract, 1 service, 1 route"), "{checked}");
    // The publisher's bytes are what they were, at the same places to each other.
    let kept = folder.path().join("conf/contracts/example.city/register/1.0.0");
    for path in ["wsdl/service.wsdl", "abstract/register.wsdl", "xsd/ty pes.xsd"] {
        assert_eq!(fs::read(kept.join(path)).unwrap(), fs::read(folder.path().join(path)).unwrap());
    }
    let world = serve(&folder.path().join("conf"), provider).await;
    let soap_12 = |id: &str| envelope_12(&format!("<t:ask><t:id>{id}</t:id></t:ask>"));
    for (headers, body, status, code) in [
        (&["content-type: text/xml", ASK][..], of_id("7"), 200, ""),
        (&["content-type: application/soap+xml"], soap_12("7"), 200, ""),
        (&["content-type: text/xml", ASK], of_id("seven"), 500, "V0203"),
        (&["content-type: application/soap+xml"], soap_12("seven"), 400, "V0203"),
        (&["content-type: text/xml", ASK], of_id("13"), 502, "F0201"),
        (&["content-type: text/xml", ASK], envelope("<t:drop/>"), 500, "V0607"),
    ] {
        let reply = world.ask("POST", "/register", headers, body.as_bytes()).await;
        assert_eq!(reply.status, status, "{body} {}", reply.text());
        assert!(reply.text().contains(code), "{code} {}", reply.text());
    }
    assert_eq!(world.ask("GET", "/elsewhere", &[], b"").await.status, 404);
    // The path of the upstream stands in the place of the gateway's, and nothing is added to it.
    let seen = world.provider.seen();
    assert!(seen.iter().all(|seen| seen.line() == "POST /internal/register HTTP/1.1"), "{seen:?}");
    assert_eq!(seen.len(), 3);
}

#[test]
fn init_takes_the_address_of_the_description_unless_it_cannot_be_called() {
    let folder = tempfile::tempdir().unwrap();
    let stated = "http://provider.example/register";
    for (address, exit, due) in [
        (
            stated,
            "exit: 0",
            "http://127.0.0.1:8080/register leads to http://provider.example/register",
        ),
        ("https://provider.example:8443/", "exit: 0", "leads to https://provider.example:8443/"),
        ("REPLACE_ME", "exit: 2", "states no address that can be called"),
        ("http://localhost:8080/register", "exit: 2", "where the gateway itself listens"),
    ] {
        fs::write(folder.path().join("service.wsdl"), WSDL.replace(stated, address)).unwrap();
        let conf = folder.path().join("conf");
        let _ = fs::remove_dir_all(&conf);
        let said = sluse(folder.path(), &["init", "conf", "--from", "service.wsdl"]);
        assert!(said.starts_with(exit) && said.contains(due), "{address} {said}");
        assert_eq!(conf.exists(), exit == "exit: 0", "{address}");
        assert!(
            exit == "exit: 0"
                || said.contains("hint: say where the service is reached: --upstream URL"),
            "{said}"
        );
    }
}

#[test]
fn init_tells_what_a_description_lacks_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let types = "  <types>";
    for (import, code, hint) in [
        (
            "<import namespace=\"urn:x\" location=\"gone.wsdl\"/>",
            "C0204",
            "put the file where the reference leads",
        ),
        ("<import namespace=\"urn:x\" location=\"../gone.wsdl\"/>", "C0215", "nothing is fetched"),
        (
            "<import namespace=\"urn:x\" location=\"https://x.example/a.wsdl\"/>",
            "C0215",
            "nothing is fetched",
        ),
    ] {
        let text = WSDL.replacen(types, &format!("{import}{types}"), 1);
        fs::write(folder.path().join("service.wsdl"), text).unwrap();
        let said = sluse(folder.path(), &["init", "conf", "--from", "service.wsdl"]);
        assert!(
            said.starts_with("exit: 1\n") && said.contains(code) && said.contains(hint),
            "{said}"
        );
        assert!(!folder.path().join("conf").exists());
    }
    fs::write(folder.path().join("service.wsdl"), "<definitions").unwrap();
    let said = sluse(folder.path(), &["init", "conf", "--from", "service.wsdl"]);
    assert!(said.starts_with("exit: 1\n") && said.contains("C0203"), "{said}");
}
