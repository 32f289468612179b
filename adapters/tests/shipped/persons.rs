//! The person register's extract: what is protected is told to nobody, either way, and that it is protected is.

use crate::translate::{Translated, shipped, translate};
use sluse_adapters::{library, mapping::Way};

fn example(path: &str) -> Vec<u8> {
    let shipped = library::find("person-register").unwrap();
    shipped.paths.iter().find(|(known, _)| *known == path).unwrap().1.to_vec()
}

fn both(way: Way, bytes: &[u8]) -> Translated {
    translate(&shipped("person-register"), way, bytes, 77)
}

#[test]
fn a_protected_address_is_not_told_and_that_there_is_one_is() {
    let extract = example("examples/three-persons.txt");
    assert!(String::from_utf8_lossy(&extract).contains("Strandvejen"));
    let done = both(Way::Forward, &extract);
    assert!(done.lost.is_empty());
    let told = String::from_utf8(done.sound()).unwrap();
    for secret in ["Strandvejen", "3700", "nne", "0400", "2019-08-01"] {
        assert!(!told.contains(secret), "{secret}");
    }
    assert!(
        told.contains("\"address-withheld\":true,\"protection\":[{\"kind\":\"address\""),
        "{told}"
    );
    assert!(told.contains("Ågade"), "another's address is told");
}

#[test]
fn other_kinds_of_protection_leave_the_address() {
    let extract = example("examples/three-persons.txt");
    let kind = b"00462028500020001";
    let at = extract.windows(kind.len()).position(|window| window == kind).unwrap();
    let mut open = extract.clone();
    open[at + kind.len() - 1] = b'2';
    let told = String::from_utf8(both(Way::Forward, &open).sound()).unwrap();
    assert!(told.contains("Strandvejen") && !told.contains("withheld"), "{told}");
    assert!(told.contains("{\"kind\":\"directory\""));
}

#[test]
fn a_protected_address_does_not_go_the_other_way_either() {
    let json = String::from_utf8(example("examples/three-persons.json")).unwrap();
    let leaky = json.replace(
        "\"address-withheld\":true",
        "\"address\":{\"street\":\"Strandvejen\",\"postcode\":\"3700\",\"town\":\"Byen\"}",
    );
    assert_ne!(leaky, json);
    let extract = both(Way::Reverse, leaky.as_bytes()).sound();
    assert!(!String::from_utf8_lossy(&extract).contains("Strandvejen"));
    assert_eq!(extract, example("examples/back.txt"));
}

/// The contract that ships beside it says the same, so a provider that tells an address is refused under it too.
#[test]
fn the_contract_of_persons_refuses_an_address_beside_its_protection() {
    let schema: serde_json::Value =
        serde_json::from_slice(&example("persons.schema.json")).unwrap();
    let person = &schema["$defs"]["person"];
    assert_eq!(person["properties"]["address-withheld"]["const"], true);
    assert!(person["dependentSchemas"]["protection"]["then"]["not"]["required"][0] == "address");
}
