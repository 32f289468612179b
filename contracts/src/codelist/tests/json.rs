//! Lists in JSON.

use super::*;

const FIKS: &str = "{\n \"protokollnavn\": \"no.example\",\n \"navn\": \"status\",\n \"versjon\": \"v1\",\n \"kodeliste\": [\n  \
    {\"kodeverdi\": \"B\", \"kodebeskrivelse\": \"Under behandling\"},\n  {\"kodeverdi\": \"A\", \"kodebeskrivelse\": \"Avsluttet\"}\n ]\n}\n";

#[test]
fn reads_the_lists_of_fiks_arkiv() {
    let (list, findings) = read("status.json", FIKS.as_bytes(), &Reading::default());
    assert!(findings.is_empty(), "{findings:?}");
    let list = list.unwrap();
    assert_eq!(
        (list.about().title.as_deref(), list.about().version.as_deref()),
        (Some("status"), Some("v1"))
    );
    assert_eq!(list.code_count(), 2);
    let twice = FIKS.replace("\"A\"", "\"B\"");
    let told = outcome("status.json", &twice, &Reading::default());
    assert!(told.contains("status.json:7:1 C0244 "), "{told}");
    let none = FIKS.replace("{\"kodeverdi\": \"A\"", "{\"x\": \"A\"");
    let told = outcome("status.json", &none, &Reading::default());
    assert!(told.starts_with("status.json:7:1 C0241 an entry has no code"), "{told}");
}

#[test]
fn members_are_chosen_and_codes_may_stand_alone() {
    let columns = Columns { code: Some("id".into()), ..Columns::default() };
    let chosen = Reading { columns, ..Reading::default() };
    for (text, reading, codes) in [
        ("[\"A\", \"B\", 3]", &Reading::default(), Some(3)),
        ("{\"x\": [{\"id\": 1, \"t\": \"one\"}]}", &chosen, Some(1)),
        ("[{\"code\": \"A\", \"name\": \"a\", \"more\": {}}]", &Reading::default(), Some(1)),
        ("[{\"id\": 1, \"t\": \"one\"}]", &Reading::default(), None),
        ("{\"x\": [1], \"y\": [2]}", &Reading::default(), None),
        ("{\"x\": 1}", &Reading::default(), None),
        ("[", &Reading::default(), None),
        ("[[1]]", &Reading::default(), None),
        ("[]", &Reading::default(), None),
    ] {
        let (list, findings) = read("a.json", text.as_bytes(), reading);
        assert_eq!(list.map(|list| list.code_count()), codes, "{text} {findings:?}");
        assert_eq!(findings.is_empty(), codes.is_some(), "{text} {findings:?}");
    }
}
